"""Reading replies, as tolerantly as QuickBooks makes necessary and no further."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    LINES,
    Answer,
    Fields,
    Record,
    UnreadableQbxml,
    UnreadableValue,
    Version,
    decimal_in,
    parse_replies,
    render_replies,
    text_in,
    word_in,
)


def document(inside: str, *, head: str = '<?xml version="1.0" ?>', attributes: str = "") -> str:
    return f"{head}<QBXML><QBXMLMsgsRs {attributes}>{inside}</QBXMLMsgsRs></QBXML>"


def query(inside: str) -> str:
    return document(
        '<SalesOrderQueryRs requestID="1" statusCode="0" statusSeverity="Info">'
        f"<SalesOrderRet>{inside}</SalesOrderRet></SalesOrderQueryRs>"
    )


def order(inside: str) -> Record:
    """A sales order with this inside, as read."""
    return parse_replies(query(inside)).replies[0].records[0]


class TestReplySet:
    def test_attributes(self) -> None:
        """Everything a reply says about itself is read."""
        text = document(
            '<CustomerQueryRs requestID="7" statusCode="500" statusSeverity="Warn"'
            ' statusMessage="not found" retCount="3" iteratorRemainingCount="2"'
            ' iteratorID="{x}"/>',
            attributes='newMessageSetID="cf-1" messageSetStatusCode="9002"',
        )
        found = parse_replies(text)
        reply = found.replies[0]

        assert (found.status_code, found.new_set_id) == (9002, "cf-1")
        assert (reply.name, reply.request_id, reply.status_code) == ("CustomerQuery", "7", 500)
        assert (reply.severity, reply.message) == ("Warn", "not found")
        assert (reply.ret_count, reply.remaining, reply.iterator_id) == (3, 2, "{x}")
        assert reply.records == ()

    def test_missing_attributes(self) -> None:
        """A reply that says nothing about itself is still read."""
        reply = parse_replies(document("<CustomerQueryRs/>")).replies[0]

        assert (reply.request_id, reply.status_code, reply.severity) == (None, None, "")
        assert (reply.message, reply.ret_count, reply.remaining) == ("", None, None)

    def test_a_status_that_is_no_number(self) -> None:
        """A status code that is no number is no status code."""
        assert parse_replies(document('<XRs statusCode="OK"/>')).replies[0].status_code is None

    def test_several_replies_in_order(self) -> None:
        """Replies come in the order of their requests."""
        found = parse_replies(document('<ARs requestID="1"/><BRs requestID="2"/>'))

        assert [(reply.name, reply.request_id) for reply in found.replies] == [
            ("A", "1"),
            ("B", "2"),
        ]

    def test_what_a_reply_says_of_itself_is_bounded(self) -> None:
        """A token of a page or a message without end is no token, and a shorter message."""
        text = document(f'<ARs statusMessage="{"m" * 5000}" iteratorID="{"i" * 300}"/>')
        reply = parse_replies(text).replies[0]

        assert len(reply.message) == 1000
        assert reply.iterator_id is None

    @pytest.mark.parametrize("count", ["", "many", "1_0", "9" * 5000, "٣"])
    def test_a_count_that_is_no_number(self, count: str) -> None:
        """A count that is no number is not known, however long it is."""
        text = document(f'<ARs iteratorRemainingCount="{count}"/>')

        assert parse_replies(text).replies[0].remaining is None

    def test_no_reply(self) -> None:
        """The answer to a set that only cleared has no replies."""
        assert parse_replies(document("")).replies == ()

    def test_a_recovered_write(self) -> None:
        """3.3: the keys of a recovered write are apart from records."""
        reply = parse_replies(
            document(
                '<BillAddRs statusCode="0"><ErrorRecovery><TxnID>1-2</TxnID></ErrorRecovery>'
                "</BillAddRs>"
            )
        ).replies[0]

        assert reply.records == ()
        assert reply.recovery is not None
        assert reply.recovery.text("TxnID") == "1-2"

    def test_elements_directly_in_the_reply(self) -> None:
        """A deletion is answered without a record; its elements are in the body."""
        reply = parse_replies(document("<TxnDelRs><TxnID>1-2</TxnID></TxnDelRs>")).replies[0]

        assert reply.records == ()
        assert reply.body.text("TxnID") == "1-2"

    def test_an_empty_record_is_a_record(self) -> None:
        """A record trimmed to nothing is still a record."""
        reply = parse_replies(document("<ItemQueryRs><ItemServiceRet/></ItemQueryRs>")).replies[0]

        assert [record.tag for record in reply.records] == ["ItemServiceRet"]


class TestRecord:
    def test_reads_by_type(self) -> None:
        """Each reader gives its type."""
        found = order(
            "<TimeCreated>2026-01-05T10:11:12-08:00</TimeCreated><TxnNumber>42</TxnNumber>"
            "<TxnDate>2026-01-05</TxnDate><TotalAmount>-1234.50</TotalAmount>"
            "<IsFullyInvoiced>false</IsFullyInvoiced><IsManuallyClosed>1</IsManuallyClosed>"
            "<Duration>PT1H30M0S</Duration>"
        )

        assert found.wall_clock("TimeCreated") == datetime(2026, 1, 5, 10, 11, 12)  # noqa: DTZ001
        assert found.integer("TxnNumber") == 42
        assert found.date("TxnDate") == date(2026, 1, 5)
        assert found.decimal("TotalAmount") == Decimal("-1234.50")
        assert found.flag("IsFullyInvoiced") is False
        assert found.flag("IsManuallyClosed") is True
        assert found.interval("Duration") == timedelta(hours=1, minutes=30)

    @pytest.mark.parametrize("inside", ["", "<X></X>", "<X/>"])
    def test_absent_and_empty(self, inside: str) -> None:
        """Absent and empty are None, except that an empty text is a text."""
        found = order(inside)

        assert found.text("X") == (None if not inside else "")
        assert [found.decimal("X"), found.integer("X"), found.date("X")] == [None] * 3
        assert [found.wall_clock("X"), found.interval("X"), found.flag("X")] == [None] * 3

    @pytest.mark.parametrize(
        "reader", ["decimal", "integer", "date", "wall_clock", "interval", "flag"]
    )
    @pytest.mark.parametrize("text", ["x", "NaN", "2026-13-45", "yes"])
    def test_a_value_of_another_type(self, reader: str, text: str) -> None:
        """A value that is not of its type is named with its element."""
        with pytest.raises(UnreadableValue, match=f"SalesOrderRet/X is '{text}'"):
            getattr(order(f"<X>{text}</X>"), reader)("X")

    def test_reads_what_a_table_names(self) -> None:
        """Of a table the fields come whose elements are there, the first of each name."""
        found = order("<A>SO-1</A><B/><A>SO-2</A><N>5</N><Z>9</Z>")
        columns = (("a", "A", word_in), ("b", "B", text_in), ("c", "C", text_in))

        assert found.read(columns) == {"a": "SO-1", "b": None}
        with pytest.raises(UnreadableValue, match="SalesOrderRet/A is 'SO-1'"):
            found.read([("a", "A", decimal_in)])

    def test_words_are_short(self) -> None:
        """What names a record is a word of at most 255 characters; an empty one is none."""
        found = order(f"<A>SO-1</A><B/><C>{'x' * 256}</C>")

        assert (found.word("A"), found.word("B"), found.word("D")) == ("SO-1", None, None)
        with pytest.raises(UnreadableValue, match="at most 255 characters"):
            found.word("C")

    def test_a_value_knows_its_line(self) -> None:
        """An unreadable value tells element, value, what was wanted and, where it has one, line."""
        with pytest.raises(UnreadableValue) as caught:
            order("<Quantity>two</Quantity>").decimal("Quantity")
        placed = caught.value.in_line(3)

        assert (placed.name, placed.value, placed.wanted) == ("Quantity", "two", "a number")
        assert (caught.value.line_number, placed.line_number) == (None, 3)

    def test_children(self) -> None:
        """Children come by name, by several names in document order, or all."""
        found = order(
            "<CustomerRef><FullName>Acme</FullName></CustomerRef><ALine><N>1</N></ALine>"
            "<BLine><N>2</N></BLine><ALine><N>3</N></ALine>"
        )

        assert [line.text("N") for line in found.children("ALine")] == ["1", "3"]
        assert [line.text("N") for line in found.children("ALine", "BLine")] == ["1", "2", "3"]
        assert len(list(found.children())) == 4
        assert found.text("CustomerRef/FullName") == "Acme"
        customer = found.child("CustomerRef")
        assert customer is not None
        assert (customer.tag, customer.text("FullName")) == ("CustomerRef", "Acme")
        assert found.child("VendorRef") is None

    def test_repeated_texts(self) -> None:
        """All texts of one name come in order."""
        assert order("<V>1</V><V/><V>3</V>").texts("V") == ["1", "", "3"]

    def test_to_fields(self) -> None:
        """Everything inside is given as mappings, what came twice as a list, nothing lost."""
        found = order(
            "<New2030>x</New2030><R><ListID>1</ListID></R><L><N>1</N></L><L><N>2</N></L><L/>"
        )

        assert found.to_fields() == {
            "New2030": "x",
            "R": {"ListID": "1"},
            "L": [{"N": "1"}, {"N": "2"}, ""],
        }

    def test_what_the_company_file_writes_is_read(self) -> None:
        """What the sandbox renders and what is read here are the same."""
        fields: Fields = {
            "TxnID": "1-2",
            "CustomerRef": {"FullName": "Müller & Söhne"},
            LINES: [("SalesOrderLineRet", {"TxnLineID": "3-4"})],
        }
        answer = Answer("SalesOrderQuery", "1", records=[("SalesOrderRet", fields)])
        reply = parse_replies(render_replies([answer], version=Version(13))).replies[0]

        assert reply.records[0].to_fields() == {
            "TxnID": "1-2",
            "CustomerRef": {"FullName": "Müller & Söhne"},
            "SalesOrderLineRet": {"TxnLineID": "3-4"},
        }


class TestTolerance:
    """Section 8, quirks 7 and 10."""

    @pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "UTF-8", "us-ascii"])
    def test_declared_encodings_are_ignored(self, encoding: str) -> None:
        """The text is already decoded, so what it says about its bytes does not matter."""
        text = query("<Memo>Zürich €</Memo>").replace(
            '<?xml version="1.0" ?>', f'<?xml version="1.0" encoding="{encoding}"?>'
        )

        assert parse_replies(text).replies[0].records[0].text("Memo") == "Zürich €"

    @pytest.mark.parametrize("lead", ["\ufeff", "\n", " \r\n\t"])
    def test_what_stands_before_the_declaration(self, lead: str) -> None:
        """A byte order mark or blanks in front do not disturb."""
        assert parse_replies(lead + query("")).replies

    @pytest.mark.parametrize(
        "mess", ["\x0b", "\x00", "&#11;", "&#x1F;", "&#xFFFF;", "&#55296;", "\ufffe"]
    )
    def test_forbidden_characters_are_shown(self, mess: str) -> None:
        """Characters XML forbids are U+FFFD, raw or as references, and all others kept."""
        assert order(f"<Memo>a{mess}b &#233; &amp; é</Memo>").text("Memo") == "a\ufffdb é & é"

    @pytest.mark.parametrize("end", ["\0", "\0\n\0", "\ufffd\ufffd"])
    def test_the_zeros_of_a_buffer_do_not_matter(self, end: str) -> None:
        """What stands behind the document, also as SOAP has shown it, is no part of it."""
        assert parse_replies(query("") + end).replies

    def test_values_outside_the_schema(self) -> None:
        """`Mail` is no delivery method in the schema, yet QuickBooks returns it."""
        found = order("<PreferredDeliveryMethod>Mail</PreferredDeliveryMethod><Later>1</Later>")

        assert found.text("PreferredDeliveryMethod") == "Mail"
        assert found.text("Later") == "1"

    def test_entities_of_text(self) -> None:
        """Numeric references and the five entities are resolved."""
        assert order("<Memo>&#233;&#x20AC;&lt;&quot;</Memo>").text("Memo") == 'é€<"'

    def test_a_huge_reply(self) -> None:
        """A reply of eleven megabytes is read: its one huge text hides nothing beside it."""
        found = order(f"<Memo>{'x' * 11 * 2**20}</Memo><RefNumber>SO-1</RefNumber>")

        assert found.text("RefNumber") == "SO-1"
        with pytest.raises(UnreadableValue, match="SalesOrderRet/Memo"):
            found.text("Memo")


class TestHostility:
    @pytest.mark.parametrize(
        "declaration",
        [
            '<!DOCTYPE QBXML [<!ENTITY a "b">]>',
            '<!DOCTYPE QBXML SYSTEM "http://127.0.0.1:9/x.dtd">',
            '<!DOCTYPE QBXML [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
            "<!DOCTYPE QBXML>",
            "<!DOCTYPE QBXML [<!ATTLIST QBXMLMsgsRs messageSetStatusCode CDATA '0'>]>",
        ],
    )
    @pytest.mark.parametrize("memo", ["x", "&a;"])
    def test_document_types_are_refused(self, declaration: str, memo: str) -> None:
        """A reply has no document type, so nothing that declares one is read."""
        text = query(f"<Memo>{memo}</Memo>").replace("?>", f"?>{declaration}", 1)

        with pytest.raises(UnreadableQbxml):
            parse_replies(text)

    def test_entity_bomb(self) -> None:
        """Entities that multiply are refused before they grow."""
        entities = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
        )
        text = query("<Memo>&a11;</Memo>").replace("?>", f"?><!DOCTYPE q [{entities}]>", 1)

        with pytest.raises(UnreadableQbxml):
            parse_replies(text)

    def test_size(self) -> None:
        """More bytes than allowed are refused, counted as bytes."""
        text = query(f"<Memo>{'é' * 600}</Memo>")
        assert parse_replies(text, limit_bytes=2000).replies

        with pytest.raises(UnreadableQbxml, match="longer than the 1000 bytes allowed"):
            parse_replies(text, limit_bytes=1000)

    def test_deep_nesting(self) -> None:
        """A document nested without end is refused, not followed."""
        with pytest.raises(UnreadableQbxml):
            parse_replies(query("<a>" * 100_000))

    def test_deep_records(self) -> None:
        """A record nested deeper than any of qbXML's is not followed to its end."""
        found = order("<a>" * 200 + "</a>" * 200)

        with pytest.raises(UnreadableQbxml, match="nested"):
            found.to_fields()

    @pytest.mark.parametrize("text", ["", " \n", "\ufeff", "\x00"])
    def test_nothing(self, text: str) -> None:
        """Nothing is not a document."""
        with pytest.raises(UnreadableQbxml):
            parse_replies(text)

    @pytest.mark.parametrize(
        "text", ["<html/>", "<QBXML/>", "<QBXML><QBXMLMsgsRq/></QBXML>", "<QBXMLMsgsRs/>"]
    )
    def test_other_documents(self, text: str) -> None:
        """A document of another kind says what it is instead."""
        with pytest.raises(UnreadableQbxml, match="no reply set"):
            parse_replies(text)

    def test_place_of_the_fault(self) -> None:
        """The failure names line and column and shows what stands there."""
        with pytest.raises(UnreadableQbxml) as caught:
            parse_replies(query("\n\n<Memo>Acme & Co</Memo>"))

        assert caught.value.line == 3
        assert "Acme & Co" in caught.value.excerpt
        assert "line 3" in str(caught.value)

    @given(st.integers(0, 400))
    def test_truncation_anywhere(self, length: int) -> None:
        """A reply cut off anywhere is unreadable, never half read."""
        text = query("<Memo>" + "x" * 300 + "</Memo>")

        with pytest.raises(UnreadableQbxml):
            parse_replies(text[: min(length, len(text) - 1)])

    @given(st.text(st.sampled_from("<>/&;\"'=?![]-#x1\x00 \n\ud800QBXMLMsgsRs")))
    def test_rubbish(self, text: str) -> None:
        """Whatever comes, the failure is ours and typed."""
        with pytest.raises(UnreadableQbxml):
            parse_replies(text)
