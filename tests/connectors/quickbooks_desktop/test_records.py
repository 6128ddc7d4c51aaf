"""Records of a company file and our own: what is read, and what is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    UnreadableQbxml,
    UnreadableValue,
    parse_replies,
)
from counterfoil.connectors.quickbooks_desktop.records import (
    ITEM_TYPES,
    change_sales_order,
    read_record,
    read_sales_order,
    unreadable,
    write_customer,
    write_item,
    write_sales_order,
)
from counterfoil.documents import (
    Account,
    AccountType,
    Address,
    Contact,
    Customer,
    CustomField,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    Money,
    Quantity,
    Reference,
    Unit,
    UnitSet,
)
from counterfoil.engine.operations import LineScope, UpdateDocument
from tests.support.builders import client, line, order, product

KEY = "{00000000-0000-4000-8000-000000000001}"


def record(text: str) -> Record:
    """One record as QuickBooks answers with it."""
    reply = (
        f"<QBXML><QBXMLMsgsRs><AnyQueryRs statusCode='0'>{text}</AnyQueryRs></QBXMLMsgsRs></QBXML>"
    )
    return parse_replies(reply).replies[0].records[0]


UNIT_SET = (
    "<UnitOfMeasureSetRet><ListID>8-2</ListID><Name>Count in each</Name>"
    "<UnitOfMeasureType>Count</UnitOfMeasureType>"
    "<BaseUnit><Name>each</Name><Abbreviation>ea</Abbreviation></BaseUnit>"
    "<RelatedUnit><Name>case</Name><Abbreviation>cs</Abbreviation>"
    "<ConversionRatio>{ratio}</ConversionRatio></RelatedUnit></UnitOfMeasureSetRet>"
)


@pytest.mark.parametrize(
    "inside, quantity, delivered",
    [
        ("<Quantity>5</Quantity><Invoiced>2</Invoiced>", ("5", None), ("2", None)),
        ("<UnitOfMeasure>case</UnitOfMeasure><Quantity>5</Quantity>", ("5", "case"), None),
        ("<Quantity/><UnitOfMeasure>case</UnitOfMeasure>", None, None),
        (
            "<Quantity>5</Quantity><UnitOfMeasure>case</UnitOfMeasure><Invoiced>0</Invoiced>",
            ("5", "case"),
            ("0", "case"),
        ),
        ("<Quantity>5</Quantity><UnitOfMeasure/>", ("5", None), None),
    ],
)
def test_quantities_count_in_the_unit_of_their_line(
    inside: str, quantity: tuple[str, str | None] | None, delivered: tuple[str, str | None] | None
) -> None:
    """What a line says of quantities is in its unit, wherever that stands; no unit is no number."""
    wrapped = f"<TxnID>1-1</TxnID><SalesOrderLineRet>{inside}</SalesOrderLineRet>"
    (read,) = read_sales_order(record(f"<SalesOrderRet>{wrapped}</SalesOrderRet>")).lines

    def counted(told: tuple[str, str | None] | None) -> Quantity | None:
        return None if told is None else Quantity(Decimal(told[0]), told[1])

    assert (read.quantity, read.delivered) == (counted(quantity), counted(delivered))


class TestUnitsAndTaxOfAnOrder:
    def test_unit_and_tax_are_read(self) -> None:
        """A line's unit, the set it belongs to, and the tax in the total."""
        found = read_sales_order(
            record(
                "<SalesOrderRet><TxnID>A-1</TxnID><SalesTaxTotal>2.88</SalesTaxTotal>"
                "<TotalAmount>38.88</TotalAmount><SalesOrderLineRet><TxnLineID>L-1</TxnLineID>"
                "<Quantity>2</Quantity><UnitOfMeasure>case</UnitOfMeasure><OverrideUOMSetRef>"
                "<ListID>8-2</ListID><FullName>Count in each</FullName></OverrideUOMSetRef>"
                "</SalesOrderLineRet></SalesOrderRet>"
            )
        )

        assert (found.tax, found.total) == (Money(Decimal("2.88")), Money(Decimal("38.88")))
        assert found.lines[0].quantity == Quantity(Decimal(2), "case")
        assert found.lines[0].unit_set == Reference("Count in each", "8-2")

    def test_the_unit_is_written_where_there_is_one(self) -> None:
        """Add and Mod name the line's unit; a line without one leaves it out."""
        counted = msgspec.structs.replace(line("2 NUT 1.25"), quantity=Quantity(Decimal(2), "each"))
        made: Any = write_sales_order(order("SO-1 ACME", counted, "3 BOLT 1"), KEY)
        change = UpdateDocument(
            id="1",
            kind=DocumentKind.SALES_ORDER,
            document_id="A-1",
            revision="5",
            document=order("SO-1 ACME", counted, "3 BOLT 1"),
        )

        assert [each.get("UnitOfMeasure") for each in made["SalesOrderLineAdd"]] == ["each", None]
        changed: Any = change_sales_order(change)["SalesOrderLineMod"]
        assert [each.get("UnitOfMeasure") for each in changed] == ["each", None]


class TestReadingLists:
    def test_a_customer(self) -> None:
        """Names, address, contact and state of a customer are read."""
        found = read_record(
            record(
                "<CustomerRet><ListID>8-1</ListID><EditSequence>7</EditSequence>"
                "<Name>Kitchen</Name><FullName>Acme:Kitchen</FullName><IsActive>false</IsActive>"
                "<CompanyName>Acme Ltd</CompanyName><BillAddress><Addr1>Acme</Addr1>"
                "<Addr2>1 Mill Lane</Addr2><City>Lowell</City></BillAddress>"
                "<Phone>555-0100</Phone></CustomerRet>"
            )
        )

        assert isinstance(found, Customer)
        assert (found.id, found.name, found.full_name) == ("8-1", "Kitchen", "Acme:Kitchen")
        assert not found.is_active
        assert found.billing_address == Address(lines=("Acme", "1 Mill Lane"), city="Lowell")
        assert found.contact == Contact(None, "555-0100", None)

    def test_a_set_of_units(self) -> None:
        """Base unit, related units and what they hold are read, and what is counted."""
        found = read_record(record(UNIT_SET.format(ratio="12")))

        assert found == UnitSet(
            id="8-2",
            name="Count in each",
            full_name="Count in each",
            base=Unit("each", "ea"),
            related=(Unit("case", "cs", Quantity(Decimal(12))),),
            counts=True,
        )

    @pytest.mark.parametrize("ratio", ["", "0", "-1", "twelve"])
    def test_a_unit_that_converts_into_nothing(self, ratio: str) -> None:
        """A set whose ratio cannot be read is shown, and no ratio is taken for it."""
        with pytest.raises(UnreadableValue) as told:
            read_record(record(UNIT_SET.format(ratio=ratio)))

        row = unreadable(record(UNIT_SET.format(ratio=ratio)), told.value)
        assert (row.id, row.number) == ("8-2", "Count in each")
        assert "conversion ratio of a unit" in row.problem

    def test_the_units_of_an_item(self) -> None:
        """An item tells the set of units that it is counted in."""
        found = read_record(
            record(
                "<ItemInventoryRet><ListID>8-1</ListID><Name>A</Name><UnitOfMeasureSetRef>"
                "<ListID>8-2</ListID><FullName>Count in each</FullName></UnitOfMeasureSetRef>"
                "</ItemInventoryRet>"
            )
        )

        assert isinstance(found, Item)
        assert found.unit_set == Reference("Count in each", "8-2")

    @pytest.mark.parametrize("tag, kind", ITEM_TYPES.items())
    def test_every_type_of_item(self, tag: str, kind: ItemType) -> None:
        """Each record of the item list is an item of its own type."""
        found = read_record(record(f"<{tag}><ListID>8-1</ListID><Name>A</Name></{tag}>"))

        assert isinstance(found, Item)
        assert (found.type, found.full_name, found.is_active) == (kind, "A", True)

    def test_prices_stand_in_three_places(self) -> None:
        """Stock has its own fields; the other types one side, or both."""
        stock = (
            "<SalesDesc>d</SalesDesc><SalesPrice>2.50</SalesPrice><PurchaseCost>1</PurchaseCost>"
        )
        one = "<SalesOrPurchase><Desc>d</Desc><Price>2.50</Price></SalesOrPurchase>"
        both = f"<SalesAndPurchase>{stock}</SalesAndPurchase>"
        for tag, inside in (
            ("ItemInventoryRet", stock),
            ("ItemServiceRet", one),
            ("ItemNonInventoryRet", both),
        ):
            found = read_record(record(f"<{tag}><Name>A</Name>{inside}</{tag}>"))
            assert isinstance(found, Item)
            assert (found.description, found.sales_price) == ("d", Money(Decimal("2.50")))

    def test_an_account_of_an_unknown_type_is_still_an_account(self) -> None:
        """A type this version does not know is ``None``, and the rest is read."""
        for text, kind in (("CostOfGoodsSold", AccountType.COST_OF_GOODS_SOLD), ("Odd", None)):
            found = read_record(
                record(f"<AccountRet><Name>A</Name><AccountType>{text}</AccountType></AccountRet>")
            )
            assert isinstance(found, Account)
            assert found.type is kind

    def test_a_record_we_keep_nothing_of(self) -> None:
        """A list that matching does not need is passed over."""
        assert (
            read_record(record("<DateDrivenTermsRet><Name>Net</Name></DateDrivenTermsRet>")) is None
        )


class TestReadingOrders:
    def test_an_order_with_a_group(self) -> None:
        """The components of a line group are lines; the group itself says nothing more."""
        found = read_sales_order(
            record(
                "<SalesOrderRet><TxnID>A-1</TxnID><CustomerRef><ListID>8-1</ListID>"
                "<FullName>ACME</FullName></CustomerRef><TxnDate>2026-03-02</TxnDate>"
                "<RefNumber>SO-1</RefNumber><ShipDate>2026-03-09</ShipDate>"
                "<TotalAmount>7.50</TotalAmount>"
                "<SalesOrderLineRet><TxnLineID>L-1</TxnLineID><ItemRef><FullName>BOLT</FullName>"
                "</ItemRef><Quantity>2</Quantity><Rate>1.50</Rate><Amount>3.00</Amount>"
                "</SalesOrderLineRet><SalesOrderLineGroupRet><TxnLineID>G</TxnLineID>"
                "<SalesOrderLineRet><TxnLineID>L-2</TxnLineID><Amount>4.50</Amount>"
                "</SalesOrderLineRet></SalesOrderLineGroupRet>"
                "<DataExtRet><DataExtName>Colour</DataExtName><DataExtValue>red</DataExtValue>"
                "</DataExtRet></SalesOrderRet>"
            )
        )

        assert (found.id, found.number, found.due_on) == ("A-1", "SO-1", date(2026, 3, 9))
        assert found.customer == Reference("ACME", "8-1")
        assert [each.id for each in found.lines] == ["L-1", "L-2"]
        assert found.total == Money(Decimal("7.50"))
        assert found.custom_fields == (CustomField("Colour", "red"),)

    @pytest.mark.parametrize(
        "inside, status",
        [
            ("", DocumentStatus.OPEN),
            ("<IsFullyInvoiced>true</IsFullyInvoiced>", DocumentStatus.CLOSED),
            (
                "<IsManuallyClosed>true</IsManuallyClosed><IsFullyInvoiced>true</IsFullyInvoiced>",
                DocumentStatus.CANCELLED,
            ),
        ],
    )
    def test_closed_by_hand_is_cancelled(self, inside: str, status: DocumentStatus) -> None:
        """FLOW-4: closed by hand counts as cancelled, fully invoiced does not."""
        text = f"<SalesOrderRet><TxnID>A-1</TxnID>{inside}</SalesOrderRet>"

        assert read_sales_order(record(text)).status is status


class TestUnreadable:
    @pytest.mark.parametrize(
        "inside, field, says",
        [
            ("<TxnDate>0001-01-01</TxnDate>", "created_on", "the date 0001-01-01 "),
            ("<ShipDate>9999-12-31</ShipDate>", "due_on", "the ship date 9999-12-31 "),
            ("<TotalAmount>1,000</TotalAmount>", "total", "the total 1,000 "),
            ("<IsManuallyClosed>perhaps</IsManuallyClosed>", "status", "the mark “closed”"),
            (
                "<SalesOrderLineRet/><SalesOrderLineRet><Rate>1e30</Rate></SalesOrderLineRet>",
                "lines[1].unit_price",
                "line 2: the price “1e30”",
            ),
            (
                (
                    "<SalesOrderLineGroupRet><SalesOrderLineRet><Amount>x</Amount>"
                    "</SalesOrderLineRet></SalesOrderLineGroupRet>"
                ),
                "lines[0].amount",
                "line 1: the amount “x”",
            ),
        ],
    )
    def test_what_cannot_be_read_is_named(self, inside: str, field: str, says: str) -> None:
        """Identity, number, field, value and line of what cannot be read, in the trade's words."""
        head = "<TxnID>A-1</TxnID><RefNumber>SO-1</RefNumber>"
        found = record(f"<SalesOrderRet>{head}{inside}</SalesOrderRet>")
        with pytest.raises(UnreadableValue) as caught:
            read_sales_order(found)
        row = unreadable(found, caught.value)

        assert (row.id, row.number, row.field) == ("A-1", "SO-1", field)
        assert row.value is not None
        assert says in row.problem

    def test_separators_that_say_one_thing_are_read(self) -> None:
        """A localised amount is read where there is only one way to read it."""
        found = read_sales_order(
            record(
                "<SalesOrderRet><TxnID>A-1</TxnID><TotalAmount>1,234.50</TotalAmount>"
                "<SalesOrderLineRet><Quantity>12,5</Quantity></SalesOrderLineRet></SalesOrderRet>"
            )
        )

        assert found.total == Money(Decimal("1234.50"))
        assert found.lines[0].quantity is not None
        assert found.lines[0].quantity.value == Decimal("12.5")

    def test_an_endless_number_is_shown_cut(self) -> None:
        """A number too long to be one is cut where people see it; an identity is left out."""
        found = record(
            f"<SalesOrderRet><TxnID>{'8' * 300}</TxnID><RefNumber>{'9' * 300}</RefNumber>"
            "</SalesOrderRet>"
        )
        row = unreadable(found, "words")

        assert row.id is None
        assert row.number is not None
        assert len(row.number) == 60

    @given(
        st.sampled_from(["SalesOrderRet", *ITEM_TYPES, "CustomerRet", "AccountRet"]),
        st.dictionaries(
            st.sampled_from(
                ["TxnID", "ListID", "RefNumber", "Name", "FullName", "TxnDate", "ShipDate", "Memo",
                 "TotalAmount", "IsActive", "IsManuallyClosed", "SalesPrice", "QuantityOnHand",
                 "AccountType", "EditSequence"]
            ),
            st.one_of(
                st.text(st.characters(exclude_characters="&<>"), max_size=20),
                st.sampled_from(["1e99999", "NaN", "-1,000.5", "9999-12-31", "x" * 9000, "²", "\x0b"]),
            ),
        ),
    )  # fmt: skip
    def test_a_reader_gives_a_record_or_says_what_is_wrong(
        self, tag: str, texts: dict[str, str]
    ) -> None:
        """Whatever stands in a record, it is read or a row can be made of it."""
        inside = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
        found = record(f"<{tag}>{inside}</{tag}>")
        try:
            read_sales_order(found) if tag == "SalesOrderRet" else read_record(found)
        except UnreadableQbxml as error:
            row = unreadable(found, error)
            assert row.value is not None
            row.sentence.encode()


class TestWriting:
    def test_an_order(self) -> None:
        """Quantity and rate are sent; amounts and what is absent are left to QuickBooks."""
        document = order(
            "SO-1 ACME",
            line("2 BOLT 1.50", item=Reference("BOLT", "8-2")),
            line("1 NUT"),
        )
        fields = write_sales_order(document, KEY)

        assert fields["CustomerRef"] == {"FullName": "ACME"}
        assert fields["ExternalGUID"] == KEY
        assert "ShipDate" not in fields
        lines = fields["SalesOrderLineAdd"]
        assert isinstance(lines, list)
        assert lines[0] == {
            "ItemRef": {"ListID": "8-2"},
            "Quantity": Decimal(2),
            "Rate": Decimal("1.50"),
        }
        assert "Rate" not in lines[1]

    def test_a_changed_order(self) -> None:
        """7.3: identity and version, then what an Add would say, lines by their identities."""
        document = order("SO-1 ACME", line("2 BOLT 1.50", id="1F-1"), line("1 NUT"))
        change = UpdateDocument(
            id="1",
            kind=DocumentKind.SALES_ORDER,
            document_id="1E-1",
            revision="17",
            document=document,
        )
        fields = change_sales_order(change)
        head = change_sales_order(msgspec.structs.replace(change, lines=LineScope.NONE))

        assert (fields["TxnID"], fields["EditSequence"]) == ("1E-1", "17")
        lines = fields["SalesOrderLineMod"]
        assert isinstance(lines, list)
        assert [each["TxnLineID"] for each in lines] == ["1F-1", "-1"]
        assert "ExternalGUID" not in fields
        assert head == {name: fields[name] for name in fields if name != "SalesOrderLineMod"}

    def test_a_job_names_its_parent(self) -> None:
        """A name with levels is written as its last one, below its parent."""
        fields = write_customer(client("Kitchen", full_name="ACME:Kitchen"), KEY)

        assert fields["Name"] == "Kitchen"
        assert fields["ParentRef"] == {"FullName": "ACME"}

    def test_what_does_not_fit_is_left_out_and_never_cut(self) -> None:
        """Texts nothing depends on are told in full or not at all."""
        address = Address(lines=("x" * 42, "1 Mill Lane"), city="y" * 32)
        fields = write_customer(
            client("ACME", "z" * 42, billing_address=address, contact=Contact("A", "5" * 22)), KEY
        )

        assert fields["CompanyName"] is None
        assert fields["Phone"] is None
        bill = fields["BillAddress"]
        assert isinstance(bill, dict)
        assert bill["Addr2"] == "1 Mill Lane"
        assert "Addr1" not in bill
        assert bill["City"] is None

    def test_items_by_type(self) -> None:
        """Stock names three accounts, everything else one."""
        made = product(
            "GEAR",
            type=ItemType.INVENTORY,
            income_account="Sales",
            expense_account="COGS",
            asset_account="Stock",
        )
        name, fields = write_item(made, KEY)

        assert name == "ItemInventoryAdd"
        assert fields["COGSAccountRef"] == {"FullName": "COGS"}
        assert fields["AssetAccountRef"] == {"FullName": "Stock"}

    def test_an_item_of_a_type_we_never_create(self) -> None:
        """Asking for a group or a discount is a mistake of ours."""
        with pytest.raises(AssertionError, match="are not created"):
            write_item(product("X", type=ItemType.GROUP), KEY)
