"""Rule 4.13: custom fields."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    line,
    query,
    request,
    sales_order,
    tags,
)

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
OTHER = "{0A11AA00-0000-4000-8000-000000000001}"


def define(name: str, *objects: str, owner: str = "0", kind: str = "STR255TYPE") -> str:
    body = tags(OwnerID=owner, DataExtName=name, DataExtType=kind)
    return request("DataExtDefAdd", body + "".join(tags(AssignToObject=one) for one in objects))


def write(verb: str, name: str, target: str, value: str | None, owner: str = "0") -> str:
    body = tags(OwnerID=owner, DataExtName=name) + target + tags(DataExtValue=value)
    return request(f"DataExt{verb}", body)


def on_list(kind: str, full_name: str) -> str:
    return tags(ListDataExtType=kind) + f"<ListObjRef>{tags(FullName=full_name)}</ListObjRef>"


def on_order(order: Reply, line_id: str | None = None) -> str:
    return tags(TxnDataExtType="SalesOrder", TxnID=order.text("TxnID"), TxnLineID=line_id)


COMPANY = tags(OtherDataExtType="Company")
CAFE = on_list("Customer", "Blue Heron Cafe")


def values(desk: Desk, owner: str | None = "0", name: str = "CustomerQuery") -> list[str]:
    body = tags(FullName="Blue Heron Cafe", OwnerID=owner)
    return desk.one(query(name, body)).texts("DataExtRet/DataExtValue")


def opening(desk: Desk, owner: str = OWNER) -> dict[str, str]:
    """What the opening queries of a run show of an owner's fields on the company."""
    shown = desk.session().hcp(owner)[1]
    names, kept = (shown.texts(f"DataExtRet/DataExt{part}") for part in ("Name", "Value"))
    return dict(zip(names, kept, strict=True))


class TestDefinitions:
    def test_public_fields_belong_to_four_kinds(self, desk: Desk) -> None:
        """A public field on orders or the company is 3351."""
        answer = desk.ask(define("Colour", "Customer", "Item"), define("Batch", "SalesOrder"))

        assert answer.codes == [0, 3351]

    def test_a_field_is_defined_once(self, desk: Desk) -> None:
        """The same name again is 3180 and says that it exists."""
        again = desk.ask(define("Colour", "Item"), define("COLOUR", "Item"))[1]

        assert (again.code, "already exists" in again.message) == (3180, True)

    def test_asking_for_nobodys_fields_finds_none(self, desk: Desk) -> None:
        """DataExtDefQuery needs an owner or an object."""
        desk.enter(define("Colour", "Item"))
        by_owner = desk.one(query("DataExtDefQuery", tags(OwnerID="0")))
        by_object = desk.one(query("DataExtDefQuery", tags(AssignToObject="Item")))

        assert desk.one(query("DataExtDefQuery")).code == 1
        assert by_owner.texts("DataExtName") == by_object.texts("DataExtName") == ["Colour"]

    def test_public_fields_stay(self, desk: Desk) -> None:
        """Deleting a public field is refused, a private one goes with its values."""
        desk.enter(define("Colour", "Item"), define("Mark", "Company", owner=OWNER))
        public = query("DataExtDefDel", tags(OwnerID="0", DataExtName="Colour"))
        private = query("DataExtDefDel", tags(OwnerID=OWNER, DataExtName="Mark"))

        assert desk.ask(public, private).codes == [3160, 0]

    def test_renaming_keeps_the_values(self, shop: Desk) -> None:
        """A field's values are found under its new name."""
        shop.enter(define("Colour", "Customer"), write("Add", "Colour", CAFE, "green"))
        body = tags(OwnerID="0", DataExtName="Colour", DataExtNewName="Shade")
        shop.enter(request("DataExtDefMod", body))
        seen = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe", OwnerID="0")))

        assert seen.texts("DataExtRet/DataExtName") == ["Shade"]
        assert seen.texts("DataExtRet/DataExtValue") == ["green"]


class TestValues:
    def test_values_are_shown_to_those_who_name_the_owner(self, shop: Desk) -> None:
        """Without OwnerID no custom field comes back, and private ones only for their owner."""
        shop.enter(
            define("Colour", "Customer"),
            define("Mark", "Customer", owner=OWNER),
            write("Add", "Colour", CAFE, "green"),
            write("Add", "Mark", CAFE, "seen", OWNER),
        )

        assert values(shop, None) == []
        assert values(shop) == ["green"]
        assert values(shop, OWNER.lower()) == ["seen"]
        assert values(shop, OTHER) == []

    def test_an_application_keeps_private_data_on_the_company(self, desk: Desk) -> None:
        """Defined, added, changed and removed; each opening query shows it beside the FileID."""
        desk.enter(
            define("FileID", "Company", owner=OWNER),
            define("Ledger", "Company", owner=OWNER, kind="STR1024TYPE"),
            define("Ledger", "Company", owner=OTHER),
            write("Add", "FileID", COMPANY, "file-1", OWNER),
            write("Add", "Ledger", COMPANY, "epoch 1", OWNER),
            write("Add", "Ledger", COMPANY, "somebody else's", OTHER),
        )
        seen = [opening(desk)]
        desk.enter(write("Mod", "Ledger", COMPANY, "epoch 2", OWNER))
        seen.append(opening(desk))
        removed = desk.one(write("Del", "Ledger", COMPANY, None, OWNER))
        seen.append(opening(desk))

        assert seen == [
            {"FileID": "file-1", "Ledger": "epoch 1"},
            {"FileID": "file-1", "Ledger": "epoch 2"},
            {"FileID": "file-1"},
        ]
        assert removed.code == 0
        assert opening(desk, OTHER) == {"Ledger": "somebody else's"}
        assert desk.one(write("Del", "Ledger", COMPANY, None, OWNER)).code == 3120

    def test_a_field_of_the_company_has_to_be_assigned_to_it(self, desk: Desk) -> None:
        """One that is defined for customers only is 3351 there; an unknown one is not found."""
        desk.enter(define("Mark", "Customer", owner=OWNER))

        assert desk.ask(
            write("Add", "Mark", COMPANY, "x", OWNER), write("Add", "None", COMPANY, "x", OWNER)
        ).codes == [3351, 3120]

    def test_a_value_is_added_once(self, shop: Desk) -> None:
        """An Add over a value is 3180; a Mod changes it, a Del removes it."""
        shop.enter(define("Colour", "Customer"), write("Add", "Colour", CAFE, "green"))
        twice = shop.one(write("Add", "Colour", CAFE, "red"))
        shop.enter(write("Mod", "Colour", CAFE, "blue"))
        changed = values(shop)
        shop.enter(write("Del", "Colour", CAFE, None))

        assert (twice.code, changed, values(shop)) == (3180, ["blue"], [])

    def test_an_undefined_field_is_not_found(self, shop: Desk) -> None:
        """A value needs its definition first."""
        assert shop.one(write("Add", "Colour", CAFE, "green")).code == 3120

    def test_a_field_serves_its_objects_only(self, shop: Desk) -> None:
        """A field of items has no place on a customer."""
        shop.enter(define("Colour", "Item"))

        assert shop.one(write("Add", "Colour", CAFE, "green")).code == 3351

    @pytest.mark.parametrize("length, code", [(255, 0), (256, 3070)])
    def test_a_value_has_its_types_length(self, shop: Desk, length: int, code: int) -> None:
        """STR255TYPE means what it says."""
        shop.enter(define("Colour", "Customer"))

        assert shop.one(write("Add", "Colour", CAFE, "x" * length)).code == code

    def test_writing_a_value_is_a_change(self, shop: Desk) -> None:
        """The record is newer afterwards."""
        shop.enter(define("Colour", "Customer"))
        shop.wait(60)
        shop.enter(write("Add", "Colour", CAFE, "green"))
        seen = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))

        assert seen.text("TimeModified") == "2026-03-02T09:31:00-05:00"


class TestTransactions:
    def test_a_customers_field_exists_on_its_orders(self, shop: Desk) -> None:
        """A public field of customers takes a value on an order's header."""
        shop.enter(define("Colour", "Customer"))
        order = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1")))
        shop.enter(write("Add", "Colour", on_order(order), "green"))
        seen = shop.one(query("SalesOrderQuery", tags(TxnID=order.text("TxnID"), OwnerID="0")))

        assert seen.text("DataExtRet/DataExtValue") == "green"

    def test_a_line_brings_its_own_fields(self, shop: Desk) -> None:
        """DataExt on an order line is stored with that line."""
        shop.enter(define("Colour", "Item"))
        field = f"<DataExt>{tags(OwnerID='0', DataExtName='Colour', DataExtValue='red')}</DataExt>"
        order = shop.one(
            sales_order("Blue Heron Cafe", line("BOLT-8", "1"), line("NUT-8", "1", rest=field))
        )
        seen = shop.one(
            query(
                "SalesOrderQuery",
                tags(TxnID=order.text("TxnID"), IncludeLineItems="true", OwnerID="0"),
            )
        )
        by_line = [
            one.findtext("DataExtRet/DataExtValue") for one in seen.record.iter("SalesOrderLineRet")
        ]

        assert by_line == [None, "red"]

    def test_a_line_can_be_written_later(self, shop: Desk) -> None:
        """TxnLineID names the line; one that does not exist is not found."""
        shop.enter(define("Colour", "Item"))
        order = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1")))
        line_id = order.text("SalesOrderLineRet/TxnLineID")
        known = write("Add", "Colour", on_order(order, line_id), "red")
        unknown = write("Add", "Colour", on_order(order, "9-9"), "red")

        assert shop.ask(known, unknown).codes == [0, 3120]

    def test_multi_user_mode_may_refuse(self, shop: Desk) -> None:
        """Some releases refuse custom fields in multi-user mode: the switch plays one."""
        shop.enter(define("Colour", "Customer"))
        shop.client.patch("/sandbox/quickbooks/settings", json={"file_mode": "MultiUser"})
        shop.switch(header_custom_fields_in_multi_user=False)

        assert shop.one(write("Add", "Colour", CAFE, "green")).code == 3180
