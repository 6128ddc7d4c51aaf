"""Documents as bytes, their fingerprints, and the one check at the rim."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counterfoil.documents import (
    DOCUMENT_TYPES,
    RECORD_TYPES,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    InvalidDocument,
    Item,
    ListRecord,
    Money,
    OrderLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
    decode,
    decode_record,
    difference,
    encode,
    fingerprint,
    may_name,
    validated,
)
from tests.documents.strategies import field_types, shapes, values_of
from tests.support.builders import client, order

PROGRESS = {"external_number", "made_from", "made_into", "revision", "status", "tax"}
# Each property is tried for each kind, so a third of the examples is enough for one kind.
PER_KIND = settings(max_examples=settings().max_examples // 3)


class TestRoundTrip:
    @pytest.mark.parametrize("kind", DocumentKind)
    @PER_KIND
    @given(data=st.data())
    def test_a_document_comes_back_as_it_went(
        self, kind: DocumentKind, data: st.DataObject
    ) -> None:
        """Any document of any kind, stored and read again, is the same document."""
        document = data.draw(shapes(DOCUMENT_TYPES[kind]))

        assert decode(kind, encode(document)) == document

    @pytest.mark.parametrize("kind", RecordKind)
    @PER_KIND
    @given(data=st.data())
    def test_a_record_comes_back_as_it_went(self, kind: RecordKind, data: st.DataObject) -> None:
        """Any list record, stored and read again, is the same record."""
        record = data.draw(shapes(RECORD_TYPES[kind]))

        assert decode_record(kind, encode(record)) == record

    @PER_KIND
    @given(item=shapes(Item))
    def test_what_a_field_says_shows_unread(self, item: Item) -> None:
        """A field that is not named in a stored item is at its default when it is read."""
        stored = encode(item)
        bare = Item(id=item.id, name=item.name, full_name=item.full_name)

        for field in Item.__struct_fields__:
            assert may_name(stored, field) or getattr(item, field) == getattr(bare, field)
        assert not may_name(encode(bare), "unit_set")

    def test_digits_are_kept(self) -> None:
        """A price is stored with as many decimals as its source sent."""
        stored = decode(DocumentKind.SALES_ORDER, encode(order("SO-1 ACME", "2 BOLT 1.500")))

        assert isinstance(stored, SalesOrder)
        assert str(stored.lines[0].unit_price and stored.lines[0].unit_price.amount) == "1.500"

    def test_a_field_of_a_later_version_is_passed_over(self) -> None:
        """A record written by a later version reads: fields unknown here are left out."""
        plain = json.loads(encode(order("SO-1 ACME", "2 BOLT 1.50")))
        plain["weather"] = "fine"
        plain["customer"]["mood"] = "good"
        plain["lines"][0]["colour"] = {"name": "red"}

        stored = decode(DocumentKind.SALES_ORDER, json.dumps(plain).encode())

        assert stored == order("SO-1 ACME", "2 BOLT 1.50")


class TestFingerprint:
    @pytest.mark.parametrize("kind", DocumentKind)
    @PER_KIND
    @given(data=st.data())
    def test_progress_is_no_change(self, kind: DocumentKind, data: st.DataObject) -> None:
        """Whatever status and revision a document has, its fingerprint is the same."""
        document = data.draw(shapes(DOCUMENT_TYPES[kind]))
        later = msgspec.structs.replace(
            document, status=data.draw(st.sampled_from(DocumentStatus)), revision="1760000000"
        )

        assert fingerprint(later) == fingerprint(document)

    @pytest.mark.parametrize("kind", DocumentKind)
    @PER_KIND
    @given(data=st.data())
    def test_anything_else_is_a_change(self, kind: DocumentKind, data: st.DataObject) -> None:
        """A document that differs in any business field has another fingerprint."""
        type_ = DOCUMENT_TYPES[kind]
        document = data.draw(shapes(type_))
        types = {name: t for name, t in field_types(type_).items() if name not in PROGRESS}
        name = data.draw(st.sampled_from(sorted(types)))
        value = data.draw(values_of(types[name]))
        changed: Any = msgspec.structs.replace(document, **{name: value})
        assume(encode(changed) != encode(document))

        assert fingerprint(changed) != fingerprint(document)

    @pytest.mark.parametrize(
        "changed",
        [
            order("SO-1 ACME", "3 BOLT 1.50"),
            order("SO-1 ACME", "2 BOLT 1.51"),
            order("SO-1 ACME", "2 NUT 1.50"),
            order("SO-1 ACME", "2 BOLT"),
            order("SO-1 ACME", "2 BOLT 1.50", "1 NUT"),
            order("SO-1 ACE", "2 BOLT 1.50"),
            order("SO-2 ACME", "2 BOLT 1.50", id="id-SO-1"),
            order("SO-1 ACME", "2 BOLT 1.50", due_on=date(2026, 3, 9)),
            order("SO-1 ACME", "2 BOLT 1.50", memo="Ring twice"),
            order("SO-1 ACME", "2 BOLT 1.50", currency="EUR"),
        ],
    )
    def test_what_a_bookkeeper_calls_a_change(self, changed: SalesOrder) -> None:
        """Quantity, price, item, line, party, number, date, memo and currency are changes."""
        assert fingerprint(changed) != fingerprint(order("SO-1 ACME", "2 BOLT 1.50"))

    def test_delivering_is_no_change(self) -> None:
        """What was invoiced or shipped of an order's lines does not change what was ordered."""
        ordered = order("SO-1 ACME", "2 BOLT 1.50", "1 NUT")
        part = msgspec.structs.replace(ordered.lines[0], delivered=Quantity(Decimal(1)))
        shipped = msgspec.structs.replace(ordered, lines=(part, ordered.lines[1]))

        assert fingerprint(shipped) == fingerprint(ordered)
        assert difference(ordered, shipped) is None
        assert difference(shipped, ordered) is None

    def test_the_number_of_another_system_is_no_change(self) -> None:
        """The number that we write back to an order does not make it another one."""
        ordered = PurchaseOrder(id="501", vendor=Reference("Millco", "174"))
        numbered = msgspec.structs.replace(ordered, external_number="1044")

        assert fingerprint(numbered) == fingerprint(ordered)

    def test_a_field_added_later_changes_nothing(self) -> None:
        """A document that gains a field with a default keeps its fingerprint.

        Otherwise an upgrade would show every document as changed.
        """

        class LaterLine(OrderLine, frozen=True, kw_only=True):
            colour: str | None = None

        class LaterOrder(SalesOrder, frozen=True, kw_only=True):
            priority: int = 0

        now = order("SO-1 ACME", "2 BOLT 1.50")
        lines = tuple(LaterLine(**msgspec.structs.asdict(each)) for each in now.lines)
        later = LaterOrder(**(msgspec.structs.asdict(now) | {"lines": lines}))

        assert fingerprint(later) == fingerprint(now)

    def test_it_is_the_same_on_every_machine(self) -> None:
        """The fingerprint of a known order is known: stored ones stay comparable."""
        assert fingerprint(order("SO-1 ACME", "2 BOLT 1.50")) == "50900c064b2a5a2e48423912900386f5"

    def test_a_records_revision_is_no_change(self) -> None:
        """A list record that only got another revision has the same fingerprint."""
        acme = client("ACME")

        assert fingerprint(msgspec.structs.replace(acme, revision="2")) == fingerprint(acme)
        assert fingerprint(client("ACME", is_active=False)) != fingerprint(acme)


class TestRim:
    def test_plain_values_become_a_document(self) -> None:
        """At the rim a document is built from plain values, dates and decimals as text."""
        built = validated(
            SalesOrder,
            {
                "id": "1",
                "created_on": "2026-02-27",
                "status": "closed",
                "lines": [{"item": {"name": "BOLT"}, "quantity": ["2"]}],
            },
        )

        assert built == SalesOrder(
            id="1",
            created_on=date(2026, 2, 27),
            status=DocumentStatus.CLOSED,
            lines=(OrderLine(item=Reference("BOLT"), quantity=Quantity(Decimal(2))),),
        )

    def test_shapes_already_built_are_taken(self) -> None:
        """Nested shapes may be built before."""
        line = OrderLine(unit_price=Money(Decimal("1.50")))

        assert validated(SalesOrder, {"id": "1", "lines": [line]}).lines == (line,)

    @pytest.mark.parametrize(
        "fields, where, value",
        [
            ({"id": 12}, "id", "12"),
            ({"id": "1", "created_on": "31.02.2026"}, "created_on", "31.02.2026"),
            ({"id": "1", "status": "odd"}, "status", "odd"),
            ({"id": "1", "customer": "ACME"}, "customer", "ACME"),
            (
                {"id": "1", "lines": [{"id": "1"}, {"id": "2", "quantity": ["two"]}]},
                "lines[1].quantity[0]",
                "two",
            ),
            ({"id": "1", "lines": [{"item": {"name": None}}]}, "lines[0].item.name", "None"),
            ({}, "SalesOrder", ""),
            ({"id": "1", "lines": [{"item": {}}]}, "lines[0].item", "{}"),
        ],
    )
    def test_an_error_names_field_and_value(
        self, fields: dict[str, Any], where: str, value: str
    ) -> None:
        """What does not fit is refused with the path of its field and its value."""
        with pytest.raises(InvalidDocument) as caught:
            validated(SalesOrder, fields)

        assert (caught.value.where, caught.value.value) == (where, value)
        assert str(caught.value).startswith(f"{where}: ")
        assert caught.value.problem

    def test_a_long_value_is_shortened_in_the_message(self) -> None:
        """A message quotes at most eighty characters of a value."""
        with pytest.raises(InvalidDocument) as caught:
            validated(SalesOrder, {"id": "1", "created_on": "x" * 500})

        assert caught.value.value == "x" * 500
        assert "x" * 80 in str(caught.value)
        assert "x" * 81 not in str(caught.value)

    def test_records_are_checked_too(self) -> None:
        """A list record is built the same way."""
        with pytest.raises(InvalidDocument, match="full_name"):
            validated(RECORD_TYPES[RecordKind.CUSTOMER], {"id": "1", "name": "ACME"})


def test_every_shape_can_be_told_apart() -> None:
    """Documents and records are two families, and every type belongs to exactly one."""
    assert all(issubclass(each, Document) for each in DOCUMENT_TYPES.values())
    assert all(issubclass(each, ListRecord) for each in RECORD_TYPES.values())
    assert CustomField("a", "1") == CustomField("a", "1")
