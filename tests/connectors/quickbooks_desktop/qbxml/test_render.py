"""Writing message sets and replies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    LINES,
    Answer,
    Fields,
    Request,
    Version,
    parse_replies,
    parse_request_set,
    render_replies,
    render_set,
)

V13, V16 = Version(13), Version(16)


def rendered(request: Request) -> str:
    """What stands between the tags of the message set."""
    document = render_set([request], version=V16)
    return document.partition("<QBXMLMsgsRq")[2].partition(">")[2].partition("</QBXMLMsgsRq>")[0]


def line(**fields: Any) -> str:
    """A sales order line with these fields, as written."""
    request = Request("SalesOrderAdd", {"SalesOrderLineAdd": [fields]})
    return (
        rendered(request).partition("<SalesOrderLineAdd>")[2].partition("</SalesOrderLineAdd>")[0]
    )


class TestMessageSet:
    def test_the_whole_document(self) -> None:
        """3.1: both instructions, the set's attributes, requests without white space between."""
        document = render_set(
            [
                Request("HostQuery", request_id="1"),
                Request("CustomerAdd", {"IsActive": True, "Name": "Acme"}, request_id="2"),
            ],
            version=V13,
            on_error="stopOnError",
            new_set_id="cf-1",
            response_data="includeAll",
        )

        assert document == (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<?qbxml version="13.0"?>\n'
            '<QBXML><QBXMLMsgsRq onError="stopOnError" newMessageSetID="cf-1"'
            ' responseData="includeAll">'
            '<HostQueryRq requestID="1"></HostQueryRq>'
            '<CustomerAddRq requestID="2"><CustomerAdd><Name>Acme</Name>'
            "<IsActive>true</IsActive></CustomerAdd></CustomerAddRq>"
            "</QBXMLMsgsRq></QBXML>"
        )

    def test_recovery_set(self) -> None:
        """3.3: the same id as old and new, and no children, asks for the kept answers."""
        document = render_set([], version=V13, new_set_id="cf-1", old_set_id="cf-1")
        found = parse_request_set(document)

        assert (found.new_set_id, found.old_set_id, found.requests) == ("cf-1", "cf-1", ())

    def test_clearing_set(self) -> None:
        """3.3: the old id alone, and no children, clears the kept answers."""
        found = parse_request_set(render_set([], version=V13, old_set_id="cf-1"))

        assert (found.new_set_id, found.old_set_id, found.requests) == (None, "cf-1", ())

    def test_host_query_holds_no_white_space(self) -> None:
        """3.1: white space between the tags of HostQueryRq is an error in QuickBooks."""
        assert rendered(Request("HostQuery")) == "<HostQueryRq></HostQueryRq>"

    def test_attributes_of_queries(self) -> None:
        """3.4: an iterator is carried by attributes."""
        request = Request(
            "CustomerQuery",
            {"MaxReturned": 100},
            "q",
            attributes={"iterator": "Continue", "iteratorID": "{6b063959}"},
        )

        assert rendered(request) == (
            '<CustomerQueryRq requestID="q" iterator="Continue" iteratorID="{6b063959}">'
            "<MaxReturned>100</MaxReturned></CustomerQueryRq>"
        )

    def test_trimming_follows_the_block(self) -> None:
        """IncludeRetElement of an Add stands behind the block, not in it."""
        request = Request("ClassAdd", {"Name": "Shop"}, include=["ListID", "EditSequence"])

        assert rendered(request) == (
            "<ClassAddRq><ClassAdd><Name>Shop</Name></ClassAdd>"
            "<IncludeRetElement>ListID</IncludeRetElement>"
            "<IncludeRetElement>EditSequence</IncludeRetElement></ClassAddRq>"
        )


class TestRefusals:
    def test_rollback(self) -> None:
        """3.1: QuickBooks does not support rollbackOnError, so it is never sent."""
        with pytest.raises(ValueError, match="rollbackOnError"):
            render_set([], version=V13, on_error="rollbackOnError")

    def test_long_set_ids(self) -> None:
        """3.3: a set id has 24 characters at most, else QuickBooks answers 9004."""
        render_set([], version=V13, new_set_id="x" * 24, old_set_id="y" * 24)
        with pytest.raises(ValueError, match="25 characters; 24 are allowed"):
            render_set([], version=V13, new_set_id="x" * 25)
        with pytest.raises(ValueError, match="25 characters; 24 are allowed"):
            render_set([], version=V13, old_set_id="x" * 25)

    def test_long_request_ids(self) -> None:
        """6: a request id has 50 characters at most, else QuickBooks answers 1060."""
        rendered(Request("HostQuery", request_id="x" * 50))
        with pytest.raises(ValueError, match="51 characters; 50 are allowed"):
            rendered(Request("HostQuery", request_id="x" * 51))

    @pytest.mark.parametrize(
        "request_",
        [
            Request("LeadAdd"),
            Request("ClassAdd", {"Nmae": "Shop"}),
            Request("ClassAdd", {LINES: []}),
            Request("SalesOrderAdd", {LINES: [("InvoiceLineAdd", {})]}),
            Request("ClassAdd", {"Name": {"x": "y"}}),
            Request("ClassAdd", {"ParentRef": "Shop"}),
            Request("ClassAdd", {"Name": 1.5}),  # type: ignore[dict-item]
            Request("AccountQuery", attributes={"iterator": "Start"}),
            Request("SalesOrderAdd", {"SalesOrderLineAdd": [{"Amount": Decimal("1.005")}]}),
            Request("SalesOrderAdd", {"SalesOrderLineAdd": [{"Rate": Decimal("Infinity")}]}),
        ],
        ids=str,
    )
    def test_what_cannot_be_written(self, request_: Request) -> None:
        """Nothing is dropped or rounded to make it fit."""
        with pytest.raises(ValueError, match=r"\w"):
            rendered(request_)

    @pytest.mark.parametrize(
        "text", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800", "é\x01"]
    )
    def test_characters_xml_cannot_carry(self, text: str) -> None:
        """A character XML cannot carry would spoil the whole set, so it is refused."""
        with pytest.raises(ValueError, match="no XML document can hold"):
            rendered(Request("ClassAdd", {"Name": text}))


class TestValues:
    @pytest.mark.parametrize(
        "element, value, text",
        [
            ("Amount", Decimal(10), "10.00"),
            ("Amount", Decimal("10.5"), "10.50"),
            ("Amount", Decimal("10.500"), "10.50"),
            ("Amount", Decimal("1E+3"), "1000.00"),
            ("Amount", Decimal("-0.01"), "-0.01"),
            ("Amount", 7, "7.00"),
            ("Rate", Decimal("0.00001"), "0.00001"),
            ("Rate", Decimal("1E-5"), "0.00001"),
            ("Rate", Decimal("1.2345600"), "1.23456"),
            ("Rate", Decimal("1.2E+5"), "120000"),
            ("Quantity", Decimal("2.50"), "2.50"),
            ("Quantity", Decimal("1E+2"), "100"),
            ("Quantity", 3, "3"),
            ("IsManuallyClosed", True, "true"),
            ("IsManuallyClosed", False, "false"),
            ("Desc", "as it is", "as it is"),
            ("Desc", "", ""),
        ],
    )
    def test_numbers_and_flags(self, element: str, value: object, text: str) -> None:
        """3.5: amounts have two decimals, others up to five, none an exponent."""
        assert line(**{element: value}) == f"<{element}>{text}</{element}>"

    def test_dates(self) -> None:
        """3.5: dates as they are; date-times in wall-clock time, without offset or fraction."""
        moment = datetime(2026, 1, 31, 23, 59, 58, 999, tzinfo=UTC)
        request = Request("CustomerQuery", {"FromModifiedDate": moment})

        assert "<TxnDate>2026-01-31</TxnDate>" in rendered(
            Request("BillAdd", {"TxnDate": date(2026, 1, 31)})
        )
        assert "<TxnDate>2026-01-31</TxnDate>" in rendered(Request("BillAdd", {"TxnDate": moment}))
        assert "<FromModifiedDate>2026-01-31T23:59:58</FromModifiedDate>" in rendered(request)

    @pytest.mark.parametrize(
        "length, text",
        [
            (timedelta(hours=1, minutes=30), "PT1H30M0S"),
            (timedelta(days=2, seconds=1), "PT48H0M1S"),
            (timedelta(minutes=-5), "-PT0H5M0S"),
            (timedelta(), "PT0H0M0S"),
        ],
    )
    def test_intervals(self, length: timedelta, text: str) -> None:
        """3.5: a time interval counts hours, minutes and seconds."""
        assert f"<Duration>{text}</Duration>" in rendered(
            Request("TimeTrackingAdd", {"Duration": length})
        )

    def test_none_is_absent_and_empty_is_empty(self) -> None:
        """None leaves an element out; the empty text clears it."""
        assert line(Desc=None, Other1="") == "<Other1></Other1>"


class TestOrder:
    def test_fields_come_in_the_order_of_the_tables(self) -> None:
        """The order of keys does not matter: 0x80040400 for a wrong order cannot happen."""
        assert line(Amount="1.00", ItemRef={"FullName": "Bolt"}, Desc="d") == (
            "<ItemRef><FullName>Bolt</FullName></ItemRef><Desc>d</Desc><Amount>1.00</Amount>"
        )

    def test_the_trap_of_non_inventory_items(self) -> None:
        """4.12: ItemNonInventoryAdd has ParentRef before ClassRef; its Mod the other way round."""
        fields = {"ClassRef": {"FullName": "Shop"}, "ParentRef": {"FullName": "Parts"}}
        add = rendered(Request("ItemNonInventoryAdd", fields))
        mod = rendered(Request("ItemNonInventoryMod", fields))

        assert add.index("ParentRef") < add.index("ClassRef")
        assert mod.index("ClassRef") < mod.index("ParentRef")

    def test_lines_of_two_kinds(self) -> None:
        """Under the reserved key, lines and groups of lines keep their order."""
        kit = {"ItemGroupRef": {"FullName": "Kit"}}
        lines: list[tuple[str, Fields]] = [
            ("SalesOrderLineAdd", {"Desc": "1"}),
            ("SalesOrderLineGroupAdd", kit),
            ("SalesOrderLineAdd", {"Desc": "3"}),
        ]
        mixed = rendered(Request("SalesOrderAdd", {LINES: lines, "StoreName": "Web"}))
        apart = rendered(
            Request(
                "SalesOrderAdd",
                {"SalesOrderLineGroupAdd": [kit], "SalesOrderLineAdd": [{"Desc": "1"}]},
            )
        )

        assert mixed.index(">1<") < mixed.index("Kit") < mixed.index(">3<") < mixed.index("Web")
        assert apart.index(">1<") < apart.index("Kit")


class TestCharacters:
    def test_only_ascii_leaves(self) -> None:
        """3.6: everything beyond ASCII becomes a decimal reference."""
        assert line(Desc="Zürich €5") == "<Desc>Z&#252;rich &#8364;5</Desc>"

    def test_markup_is_escaped(self) -> None:
        """3.6: the five markup characters are escaped, in text and attributes."""
        request = Request("ClassAdd", {"Name": "<a&b>\"'"}, request_id='"<&')

        assert "<Name>&lt;a&amp;b&gt;&quot;&apos;</Name>" in rendered(request)
        assert 'requestID="&quot;&lt;&amp;"' in rendered(request)

    @given(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"]).filter(lambda c: c not in "\ufffe\uffff")
        )
    )
    def test_every_text_comes_back(self, text: str) -> None:
        """Whatever text goes in, the document is ASCII and gives it back."""
        for name in ("FullName", "ListID"):
            request = Request(
                "ClassAdd",
                {"Name": text, "ParentRef": {name: text}},
                include=[text],
                request_id="1",
            )
            document = render_set([request], version=V13)
            tree = etree.fromstring(document.encode("ascii"))

            assert (tree.findtext(".//Name") or "") == text
            assert (tree.findtext(f".//{name}") or "") == text
            assert (tree.findtext(".//IncludeRetElement") or "") == text


class TestReplies:
    def test_the_whole_document(self) -> None:
        """7.8 step 6: no qbxml instruction, attributes in their place, elements in order."""
        document = render_replies(
            [
                Answer(
                    "CustomerQuery",
                    "q-1",
                    records=[("CustomerRet", {"Name": "Acme & Co", "ListID": "1-2"})],
                    ret_count=7,
                    remaining=6,
                    iterator_id="{5}",
                ),
                Answer("BillAdd", None, 3140, "Error", "There is an invalid reference"),
            ],
            version=V13,
            new_set_id="cf-1",
            set_status=0,
        )

        assert document == (
            '<?xml version="1.0" ?>\n'
            '<QBXML>\n<QBXMLMsgsRs newMessageSetID="cf-1" messageSetStatusCode="0">\n'
            '<CustomerQueryRs requestID="q-1" statusCode="0" statusSeverity="Info"'
            ' statusMessage="Status OK" retCount="7" iteratorRemainingCount="6" iteratorID="{5}">\n'
            "<CustomerRet><ListID>1-2</ListID><Name>Acme &amp; Co</Name></CustomerRet>\n"
            "</CustomerQueryRs>\n"
            '<BillAddRs statusCode="3140" statusSeverity="Error"'
            ' statusMessage="There is an invalid reference" />\n'
            "</QBXMLMsgsRs>\n</QBXML>\n"
        )

    def test_elements_of_the_version_only(self) -> None:
        """An older request is answered without the elements that came later."""
        answer = Answer("SalesOrderQuery", records=[("SalesOrderRet", {"StoreName": "Web"})])

        assert "StoreName" not in render_replies([answer], version=V13)
        assert "StoreName" in render_replies([answer], version=V16)

    def test_replies_without_a_record(self) -> None:
        """A deletion's elements stand directly in the reply."""
        answer = Answer("TxnDel", "1", fields={"TxnID": "5-6", "TxnDelType": "Invoice"})
        document = render_replies([answer], version=V13)

        assert "<TxnDelType>Invoice</TxnDelType><TxnID>5-6</TxnID>" in document
        assert parse_replies(document).replies[0].body.text("TxnID") == "5-6"

    def test_error_recovery(self) -> None:
        """3.3: a recovered write may come back with its keys only."""
        answer = Answer("BillAdd", "1", recovery={"EditSequence": "7", "TxnID": "5-6"})
        reply = parse_replies(render_replies([answer], version=V13)).replies[0]

        assert reply.recovery is not None
        assert reply.recovery.to_fields() == {"TxnID": "5-6", "EditSequence": "7"}
        assert reply.records == ()
