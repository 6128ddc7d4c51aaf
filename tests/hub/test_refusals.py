"""Documents that stop: what they say, and that the way out they offer works.

Each test lets an order stop for one reason, reads the refusal as a bookkeeper would, does
what it says with the ordinary verbs, and finds the order in the books.
"""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.api.ways_out import ways_out
from counterfoil.hub import desk
from counterfoil.hub.dispatcher import keep_house
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    keyed,
    line,
    request,
    sales_order,
    service,
    tags,
    vendor,
)
from tests.support.world import ACTOR, World

STRICT = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
)


@pytest.fixture
def strict(open_company: OpenWorld) -> World:
    """A company whose settings create nothing; the books know ACME and BOLT."""
    world = open_company(*STRICT)
    world.enter_books(customer("ACME"), service("BOLT", "1.25"))
    return world


def stopped(world: World, number: str = "SO-1") -> desk.TransferRow:
    """Let everything run; the order has to be refused, with a sentence and a cure."""
    world.sync()
    row = world.row(number)
    assert row.state == "refused", row
    assert row.sentence
    assert row.cure
    assert row.actor
    return row


def retry(world: World) -> None:
    """Press "try again" for everything that stopped, and let it run."""
    desk.retry(world.hub, ACTOR, link=world.link)
    world.settle()


def choice(world: World, row: desk.TransferRow, action: str) -> dict[str, str]:
    """The arguments of a way out, as the refusal offers it."""
    refusal: dict[str, Any] = desk.details(world.hub, row.id)["full_refusal"]
    found = [each for each in refusal["choices"] if each["action"] == action]
    assert found, f"{row.refusal} offers no {action}: {refusal['choices']}"
    return dict(found[0].get("arguments", {}))


class TestUnknownRecords:
    def test_an_unknown_customer_by_creating_it_by_hand(self, strict: World) -> None:
        """The name is told; somebody enters it in QuickBooks and tries again."""
        strict.order("SO-1", "NEWMOON", "2 BOLT 1.50")
        row = stopped(strict)
        assert row.refusal == "record-unknown"
        assert "NEWMOON" in (row.sentence or "")
        strict.enter_books(customer("NewMoon"))

        retry(strict)
        strict.check_exactly_once("SO-1")

    def test_an_unknown_customer_by_the_setting_it_names(self, strict: World) -> None:
        """The setting that the refusal names creates the customer."""
        strict.order("SO-1", "NEWMOON", "2 BOLT 1.50")
        change = choice(strict, stopped(strict), "change-setting")
        strict.set(f"{change['setting']}={change['value']}")

        retry(strict)
        strict.check_exactly_once("SO-1")
        assert "NEWMOON" in [each["Name"] for each in strict.booked("Customer")]

    def test_an_unknown_customer_by_choosing_another(self, strict: World) -> None:
        """A name that means a customer of another name is decided once, for all orders."""
        strict.order("SO-1", "ACME-INC", "2 BOLT 1.50")
        offered = choice(strict, stopped(strict), "use-record")
        said = desk.match_name(
            strict.hub, strict.link, offered["kind"], offered["name"], ACTOR, record="acme"
        )
        assert "ACME" in said
        strict.order("SO-2", "ACME-INC", "1 BOLT 1.50")

        strict.read_operations()
        retry(strict)
        strict.check_exactly_once("SO-1", "SO-2")
        assert {each["CustomerRef"]["FullName"] for each in strict.booked()} == {"ACME"}

    def test_a_near_name_is_suggested_and_never_used(self, strict: World) -> None:
        """A customer of nearly that name is suggested to a person, and nothing is booked on it."""
        strict.order("SO-1", "ACMEE", "2 BOLT 1.50")
        row = stopped(strict)

        assert desk.details(strict.hub, row.id)["suggestions"] == ["ACME"]
        assert strict.booked() == []

    def test_an_unknown_item_by_the_settings_it_names(self, strict: World) -> None:
        """Creating items needs an income account; both settings are asked for by name."""
        strict.order("SO-1", "ACME", "2 GEAR 1.50")
        change = choice(strict, stopped(strict), "change-setting")
        strict.set(
            f"{change['setting']}={change['value']}", "sales-order-out.income_account=Sales:Goods"
        )

        retry(strict)
        strict.check_exactly_once("SO-1")

    def test_an_account_that_is_not_there(self, strict: World) -> None:
        """An income account that QuickBooks lacks is QuickBooks' refusal of the item."""
        strict.set(
            "sales-order-out.create_missing_items=true",
            "sales-order-out.income_account=Sales:Nowhere",
        )
        strict.order("SO-1", "ACME", "2 GEAR 1.50")
        row = stopped(strict)
        assert "Sales:Nowhere" in (row.sentence or "")
        strict.set("sales-order-out.income_account=Sales:Goods")

        retry(strict)
        strict.check_exactly_once("SO-1")


class TestUnfitNames:
    def test_an_inactive_customer(self, strict: World) -> None:
        """An inactive customer is named as such; made active again, it is used."""
        made = strict.enter_books(customer("SLEEPY", active="false"))
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        row = stopped(strict)
        assert row.refusal == "record-inactive"
        strict.clock.wait(5)
        strict.enter_books(request("CustomerMod", keyed(made[0], "ListID") + tags(IsActive="true")))

        retry(strict)
        strict.check_exactly_once("SO-1")

    def test_a_vendor_of_the_same_name(self, world: World) -> None:
        """The lists share their names: the customer is created under another one."""
        world.enter_books(vendor("ACME"))
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        row = stopped(world)
        assert row.refusal == "name-taken"
        assert "vendor" in (row.sentence or "")
        offered = choice(world, row, "create-as")
        desk.match_name(
            world.hub, world.link, offered["kind"], offered["name"], ACTOR, create_as="ACME (C)"
        )

        retry(world)
        world.check_exactly_once("SO-1")
        assert [each["Name"] for each in world.booked("Customer")] == ["ACME (C)"]

    def test_a_name_with_a_colon(self, world: World) -> None:
        """A colon makes levels in QuickBooks: refused, and created under a plain name."""
        world.order("SO-1", "AC:ME", "2 BOLT 1.50")
        row = stopped(world)
        assert row.refusal == "name-has-colon"
        offered = choice(world, row, "create-as")
        desk.match_name(
            world.hub, world.link, offered["kind"], offered["name"], ACTOR, create_as="AC ME"
        )

        retry(world)
        world.check_exactly_once("SO-1")

    def test_a_job_below_a_customer_is_found_by_its_full_name(self, strict: World) -> None:
        """A colon that does name a job of a customer there is no refusal."""
        strict.enter_books(customer("Kitchen", "ACME"))
        strict.order("SO-1", "acme:kitchen", "2 BOLT 1.50")
        strict.sync()

        strict.check_exactly_once("SO-1")
        assert strict.booked()[0]["CustomerRef"]["FullName"] == "ACME:Kitchen"

    @pytest.mark.parametrize("length, refusal", [(41, None), (42, "name-too-long")])
    def test_a_customer_name_of_41_characters(
        self, world: World, length: int, refusal: str | None
    ) -> None:
        """Check 6 of 8.1: 41 characters go, 42 are refused, and none is ever cut."""
        world.order("SO-1", "N" * length, "2 BOLT 1.50")
        world.sync()

        assert world.row("SO-1").refusal == refusal

    @pytest.mark.parametrize("length, refusal", [(31, None), (32, "name-too-long")])
    def test_an_item_name_of_31_characters(
        self, world: World, length: int, refusal: str | None
    ) -> None:
        """Check 6 of 8.1: 31 characters go, 32 are refused."""
        world.order("SO-1", "ACME", f"2 {'P' * length} 1.50")
        world.sync()

        assert world.row("SO-1").refusal == refusal


class TestTexts:
    """Check 6 of 8.1: what QuickBooks can keep arrives as it is, the rest is refused."""

    @pytest.mark.parametrize(
        "name", ["Café Ångström", "O'Brien & Söhne", 'The "Mill" <Ltd>', "€uro"]
    )
    def test_western_names_arrive_intact(self, world: World, name: str) -> None:
        """Accents, quotes and ampersands arrive in the books as they are."""
        world.enter("clients", code=name, name=name)
        world.order("SO-1", name, "2 BOLT 1.50")
        world.sync()

        world.check_exactly_once("SO-1")
        assert world.booked()[0]["CustomerRef"]["FullName"] == name

    def test_what_windows_1252_lacks_is_refused_or_replaced(self, world: World) -> None:
        """A name QuickBooks would mangle is refused; the setting it names replaces letters."""
        world.order("SO-1", "Škoda-Łódź", "2 BOLT 1.50")
        row = stopped(world)
        assert row.refusal == "text-unholdable"
        change = choice(world, row, "change-setting")
        world.set(f"{change['setting']}={change['value']}")

        retry(world)
        world.check_exactly_once("SO-1")
        assert world.booked()[0]["CustomerRef"]["FullName"] == "Škoda-Lódz"

    def test_a_code_of_twelve_characters(self, world: World) -> None:
        """Eleven characters are QuickBooks' limit: refused, and numbered by QuickBooks as set."""
        world.order("SO-12345678", "ACME", "1 BOLT 1.50")
        world.order("SO-123456789", "ACME", "1 BOLT 1.50")
        row = stopped(world, "SO-123456789")
        assert row.refusal == "number-too-long"
        assert "12 characters" in (row.sentence or "")
        assert world.row("SO-12345678").state == "done"
        change = choice(world, row, "change-setting")
        world.set(f"{change['setting']}={change['value']}")

        retry(world)
        assert len(world.booked()) == 2
        assert world.row("SO-123456789").state == "done"
        world.check_books()


class TestNumbers:
    def number_is_taken(self, world: World) -> desk.TransferRow:
        world.enter_books(
            customer("ACME"),
            service("BOLT", "1.25"),
            sales_order("ACME", line("BOLT", "7", rate="9.00"), ref_number="SO-1"),
        )
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        row = stopped(world)
        assert row.refusal == "number-taken"
        return row

    def test_an_unrelated_order_has_the_number(self, world: World) -> None:
        """An order of that number, entered by somebody else, is left alone."""
        row = self.number_is_taken(world)

        assert "ACME" in (row.sentence or "")
        assert len(world.booked()) == 1
        assert world.booked()[0]["TotalAmount"] == "63.00"

    def test_the_order_there_is_adopted(self, world: World) -> None:
        """A person who consents to what differs makes it so; nothing is written."""
        row = self.number_is_taken(world)
        there = choice(world, row, "adopt")["id"]
        assert there == world.booked()[0]["TxnID"]
        desk.adopt(world.hub, row.id, there, ACTOR, consent=True)
        world.settle()

        assert world.row("SO-1").state == "done"
        assert world.row("SO-1").target_id == there
        assert len(world.booked()) == 1

    def test_the_number_is_changed_in_the_books(self, world: World) -> None:
        """Once the number is free there, trying again sends the order."""
        row = self.number_is_taken(world)
        there = world.booked()[0]
        world.clock.wait(5)
        world.enter_books(
            request(
                "SalesOrderMod",
                tags(TxnID=there["TxnID"], EditSequence=there["EditSequence"], RefNumber="OLD-1"),
            )
        )
        desk.retry(world.hub, ACTOR, transfer_ids=[row.id])
        world.settle()

        assert sorted(world.numbers_booked()) == ["OLD-1", "SO-1"]

    def test_two_orders_of_one_number(self, world: World) -> None:
        """Of two orders with one number, from two shops say, the second is refused."""
        world.operations.settings(strict_codes=False)
        world.order("so-1", "ACME", "2 BOLT 1.50")
        world.order("SO-1", "ACME", "3 BOLT 1.50")
        world.sync()
        world.clock.advance(hours=1)
        world.sync()

        # QuickBooks tells capitals from small letters when asked to; both are there once.
        assert sum(world.numbers_booked().values()) == 2
        world.check_books()


class TestPeople:
    def test_left_out_and_sent_after_all(self, strict: World) -> None:
        """An order left out stays out until somebody sends it after all."""
        strict.order("SO-1", "NEWMOON", "2 BOLT 1.50")
        row = stopped(strict)
        desk.skip(strict.hub, [row.id], ACTOR)
        strict.enter_books(customer("NEWMOON"))
        strict.settle()
        assert strict.row("SO-1").state == "skipped"
        assert strict.booked() == []

        desk.release(strict.hub, strict.link, "sales-order", ["SO-1"], ACTOR, everything=False)
        strict.settle()
        strict.check_exactly_once("SO-1")

    def test_a_manual_flow_waits_for_its_person(self, open_company: OpenWorld) -> None:
        """FLOW-1: what is manual is held, shown, and sent when somebody says so, once."""
        world = open_company("sales-order-out.mode=manual", *STRICT[1:])
        world.enter_books(customer("ACME"), service("BOLT", "1.25"))
        world.orders(3)
        world.sync()
        assert set(world.states().values()) == {"held"}
        assert world.booked() == []

        for _ in range(2):
            desk.release(world.hub, world.link, "sales-order", ["SO-2"], ACTOR, everything=False)
            world.settle()
        assert list(world.numbers_booked()) == ["SO-2"]
        desk.release(world.hub, world.link, "sales-order", [], ACTOR, everything=True)
        world.settle()
        world.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_sending_what_is_there_already_names_it(self, world: World) -> None:
        """FLOW-8: sent once only; a second press says which document it is."""
        world.orders(1)
        world.sync()
        said = desk.release(world.hub, world.link, "sales-order", ["SO-1"], ACTOR, everything=False)

        assert said.released == ()
        assert "SO-1" in str(said.left[0][1])
        world.settle()
        world.check_exactly_once("SO-1")

    def test_a_preview_says_what_would_happen_and_does_nothing(self, strict: World) -> None:
        """A preview names what would be written and what would stop, and writes nothing."""
        strict.orders(1)
        strict.order("SO-2", "NEWMOON", "1 BOLT 1.00")
        strict.read_operations()
        strict.run_web_connector(cut_after=5)  # the lists are known now
        before = strict.states()
        seen = desk.preview(strict.hub, strict.link)

        assert [each.action for each in seen if each.name == "SO-2"] == ["stop"]
        assert strict.states() == before
        assert strict.booked() == []


class TestSourceChanges:
    def edit(self, world: World, number: str, **changes: Any) -> None:
        """Change an order in the operations system."""
        path = f"/sales-orders/{world.source_ids[number]}"
        world.operations.token = ""
        answer = world.operations.call("GET", path)
        body = {**answer.json(), **{key.replace("_", "-"): value for key, value in changes.items()}}
        answer = world.operations.call("PUT", path, body)
        assert answer.status_code == 200, answer.text

    def test_a_change_after_the_send_is_shown(self, world: World) -> None:
        """FLOW-7: an order changed after it was sent is shown as changed, and not sent again."""
        world.orders(1)
        world.sync()
        self.edit(world, "SO-1", observations="please hurry")
        world.clock.advance(hours=1)
        world.settle()
        assert world.row("SO-1").state in {"changed", "done"}
        shippings = world.produced()[0]["shippings"]
        shippings[0]["products"][0]["quantity-ordered"] = "5"
        self.edit(world, "SO-1", shippings=shippings)
        world.clock.advance(hours=1)
        world.settle()

        assert world.row("SO-1").state == "changed"
        assert world.numbers_booked() == {"SO-1": 1}

    def test_a_refused_order_that_is_corrected_goes_by_itself(self, world: World) -> None:
        """Somebody corrects the order at its source: it is tried again without being asked."""
        world.order("SO-123456789", "ACME", "1 BOLT 1.50")
        stopped(world, "SO-123456789")
        self.edit(world, "SO-123456789", code="SO-9")
        world.clock.advance(hours=1)
        world.settle()

        assert list(world.numbers_booked()) == ["SO-9"]

    @pytest.mark.parametrize("when", ["before", "while", "after"])
    def test_an_order_is_cancelled(self, world: World, when: str) -> None:
        """Cancelled before it left, it stays out; afterwards it is shown, for a person."""
        world.orders(2)
        world.read_operations()
        if when == "while":
            world.run_web_connector(drop_before=3)  # its write is on its way and gets lost
        if when == "after":
            world.run_web_connector()
        world.operations.token = ""
        gone = world.operations.call("DELETE", f"/sales-orders/{world.source_ids['SO-1']}")
        assert gone.status_code in (200, 204), gone.text
        world.clock.advance(hours=1)
        world.settle()

        expected = {"before": "skipped", "while": "skipped", "after": "changed"}[when]
        assert world.row("SO-1").state == expected
        assert world.numbers_booked() == (
            {"SO-1": 1, "SO-2": 1} if when == "after" else {"SO-2": 1}
        )


class TestCustomFields:
    """DOC-9: custom fields are a second step, and its failure never sends the order again."""

    def fields(self, world: World, *names: str) -> None:
        for name in names or ("Shop code", "Colour"):
            # Orders bear the fields of their customers.
            definition = tags(
                OwnerID="0",
                DataExtName=name,
                DataExtType="STR255TYPE",
                AssignToObject="Customer",
            )
            world.enter_books(request("DataExtDefAdd", definition))

    def settings(self, world: World) -> None:
        world.set(
            "sales-order-out.save_custom_fields=true",
            "sales-order-out.save_entity_code_to=Shop code",
            "sales-order-out.custom_fields=paint=Colour",
        )

    def values(self, world: World) -> dict[str, str]:
        [order] = world.booked()
        fields = order.get("DataExtRet", [])
        found = fields if isinstance(fields, list) else [fields]
        return {each["DataExtName"]: each["DataExtValue"] for each in found}

    def enter(self, world: World) -> None:
        self.settings(world)
        world.order(
            "SO-1", "ACME", "2 BOLT 1.50", custom_fields=[{"name": "paint", "value": "red"}]
        )

    def test_they_are_written_once_the_order_is_there(self, world: World) -> None:
        """The order's code and a field of its own arrive in the fields of the books."""
        self.fields(world)
        self.enter(world)
        world.sync()

        assert self.values(world) == {"Shop code": "SO-1", "Colour": "red"}
        world.check_exactly_once("SO-1")

    def test_a_field_that_is_not_there_is_told_and_written_later(self, world: World) -> None:
        """The books lack one of two fields: the order is there, and says what is missing."""
        self.fields(world, "Colour")
        self.enter(world)
        world.sync()
        world.clock.advance(hours=2)
        world.settle()
        row = world.row("SO-1")

        assert row.state == "done"
        assert row.refusal == "field-missing"
        assert row.sentence == (
            "Done, but the custom field “Shop code” could not be written: it is not in QuickBooks."
        )
        assert "Define it in QuickBooks for customers" in (row.cure or "")
        assert [each.id for each in desk.rows(world.hub, fields=True)] == [row.id]
        assert [each.fields_refused for each in desk.link_status(world.hub)] == [1]
        [way, _leave] = ways_out(desk.details(world.hub, row.id))
        assert way.commands == [f"counterfoil retry {row.id}"]

        self.fields(world, "Shop code")
        assert desk.retry(world.hub, "Dana", transfer_ids=[row.id]).released == (row.id,)
        world.settle()
        assert self.values(world) == {"Shop code": "SO-1", "Colour": "red"}
        assert world.row("SO-1").sentence is None
        world.check_exactly_once("SO-1")

    @pytest.mark.parametrize(
        "setting, values",
        [
            ("sales-order-out.save_entity_code_to=Work order", {"Work order": "SO-1"}),
            ("sales-order-out.save_custom_fields=false", {}),
        ],
    )
    def test_other_settings_decide_about_it_anew(
        self, world: World, setting: str, values: dict[str, str]
    ) -> None:
        """A field named anew is written by itself; one that is named no more is told no more."""
        self.fields(world, "Work order")
        world.set(
            "sales-order-out.save_custom_fields=true",
            "sales-order-out.save_entity_code_to=work Order code",
        )
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.sync()
        world.settle()
        assert world.row("SO-1").refusal == "field-missing"
        world.set(setting)
        world.settle()

        assert world.row("SO-1").refusal is None
        assert self.values(world) == values

    def test_what_somebody_entered_is_asked_about(self, world: World) -> None:
        """The field was filled by hand before it could be written: a person decides."""
        self.enter(world)
        world.sync()
        world.settle()
        self.fields(world)
        world.clock.advance(minutes=1)
        [order] = world.booked()
        where = {"TxnDataExtType": "SalesOrder", "TxnID": order["TxnID"]}
        value = tags(OwnerID="0", DataExtName="Colour", **where, DataExtValue="blue")
        world.enter_books(request("DataExtAdd", value))
        id_ = world.row("SO-1").id
        desk.retry(world.hub, "Dana", link=world.link)
        world.settle()
        row = world.row("SO-1")
        assert row.refusal == "field-conflict"
        assert "“blue” there, not “red”" in (row.sentence or "")
        # For all of a link nothing is written over that nobody looked at.
        assert desk.retry(world.hub, "Dana", link=world.link).released == ()

        desk.retry(world.hub, "Dana", transfer_ids=[id_])
        world.settle()
        assert self.values(world) == {"Shop code": "SO-1", "Colour": "red"}
        assert world.row("SO-1").refusal is None

    def test_put_off_too_long_it_is_told(self, world: World) -> None:
        """Somebody has the order open for days: the field stops waiting, and says so."""
        self.enter(world)
        world.sync()
        world.settle()
        self.fields(world)
        world.books.arm("locked-record", match="DataExt", count=1_000)
        desk.retry(world.hub, "Dana", link=world.link)
        world.run_web_connector()
        shown = desk.details(world.hub, world.row("SO-1").id)["custom_fields"]
        assert {each["state"] for each in shown} == {"waiting"}
        world.clock.advance(days=4)
        keep_house(world.hub)

        assert world.row("SO-1").refusal == "waited-too-long"
        assert "custom field “Shop code”" in (world.row("SO-1").sentence or "")

    def test_a_person_may_leave_it(self, world: World) -> None:
        """Accepted as it is, nobody is told of it any more; nor after the order was taken out."""
        self.enter(world)
        world.sync()
        world.settle()
        id_ = world.row("SO-1").id
        assert desk.accept(world.hub, [id_], "Dana").released == (id_,)

        assert world.row("SO-1").sentence is None
        shown = desk.details(world.hub, id_)["custom_fields"]
        assert {each["state"] for each in shown} == {"skipped"}

    def test_a_voided_order_ends_its_fields(self, world: World) -> None:
        """What was taken out of the books needs no field any more."""
        self.enter(world)
        world.sync()
        world.settle()
        id_ = world.row("SO-1").id
        assert {each["state"] for each in desk.details(world.hub, id_)["custom_fields"]} == {
            "refused"
        }
        desk.undo(world.hub, "Dana", transfer_ids=[id_])
        world.settle()

        assert {each["state"] for each in desk.details(world.hub, id_)["custom_fields"]} == {
            "skipped"
        }
        assert world.row("SO-1").field_problems == ()

    @pytest.mark.parametrize("kind", ["locked-record", "crash-before", "crash-after-commit"])
    def test_a_failure_on_the_way_is_tried_again(self, world: World, kind: str) -> None:
        """A locked order, or a lost answer: the field is written later, the order once."""
        self.fields(world)
        self.enter(world)
        world.books.arm(kind, match="DataExt", count=2)
        for _ in range(4):
            world.read_operations()
            world.run_web_connector()
            world.clock.wait(600)
        world.settle()

        assert self.values(world) == {"Shop code": "SO-1", "Colour": "red"}
        world.check_exactly_once("SO-1")
