"""The shapes of documents: frozen, exact, and of one mind about what absence means."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    DOCUMENT_TYPES,
    EXTERNAL_NUMBER,
    RECORD_TYPES,
    Ancestor,
    Customer,
    CustomField,
    DocumentKind,
    Money,
    OrderLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    SalesOrder,
    Unit,
    document_kind,
    exact,
    places_of,
    record_kind,
)
from tests.documents.strategies import field_types
from tests.support.builders import client, fields, order

SHAPES = [*DOCUMENT_TYPES.values(), *RECORD_TYPES.values()]


def nested(type_: Any) -> set[type[msgspec.Struct]]:
    """Give a type and every shape that can stand inside it."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        inner = {each for field in field_types(type_).values() for each in nested(field)}
        return {type_} | inner
    return {each for argument in get_args(type_) for each in nested(argument)}


ALL_SHAPES = sorted({each for top in SHAPES for each in nested(top)}, key=lambda t: t.__name__)


class TestFrozen:
    @pytest.mark.parametrize("type_", ALL_SHAPES)
    def test_no_shape_can_be_changed(self, type_: type[msgspec.Struct]) -> None:
        """Every shape, however deep it stands, is frozen: a change is another value."""
        assert type_.__struct_config__.frozen

    def test_a_document_refuses_a_new_value(self) -> None:
        """Writing to a field of a document fails."""
        with pytest.raises(AttributeError):
            order("SO-1 ACME").number = "SO-2"  # type: ignore[misc]

    @pytest.mark.parametrize("type_", ALL_SHAPES)
    def test_lists_are_tuples(self, type_: type[msgspec.Struct]) -> None:
        """No field holds a list or dictionary that somebody could change from inside."""
        types = field_types(type_).values()
        parts = {get_origin(t) or t for field in types for t in (field, *get_args(field))}

        assert not parts & {list, dict, set}


class TestExact:
    @pytest.mark.parametrize("type_", ALL_SHAPES)
    def test_no_field_is_binary_floating_point(self, type_: type[msgspec.Struct]) -> None:
        """Amounts and quantities are decimals wherever they stand."""
        used = {t for field in field_types(type_).values() for t in (field, *get_args(field))}

        assert float not in used

    @pytest.mark.parametrize("type_", ALL_SHAPES)
    def test_a_decimal_travels_with_what_it_counts(self, type_: type[msgspec.Struct]) -> None:
        """A bare decimal stands only inside money and quantity."""
        used = {t for field in field_types(type_).values() for t in (field, *get_args(field))}

        assert Decimal not in used or type_ in {Money, Quantity}

    def test_cents_that_binary_fractions_cannot_hold(self) -> None:
        """A number written as text is kept digit by digit, trailing zeros included."""
        assert str(exact("0.10")) == "0.10"
        assert exact("0.1") + exact("0.2") == Decimal("0.3")

    @pytest.mark.parametrize("text", ["", "twelve", "1,5", "NaN", "Infinity", "1.2.3"])
    def test_what_is_no_number_is_named(self, text: str) -> None:
        """Text that is no finite decimal number is refused, and quoted in the message."""
        with pytest.raises(ValueError, match="is not a"):
            exact(text)

    @pytest.mark.parametrize(
        "price, quantity, amount",
        [("1.50", "2", "3.00"), ("0.125", "1", "0.13"), ("0.005", "-1", "-0.01"), ("3", "0", "0")],
    )
    def test_a_line_is_rounded_away_from_zero(self, price: str, quantity: str, amount: str) -> None:
        """7.4: price times quantity is in whole cents, halves away from zero."""
        line = Money(Decimal(price), "USD").times(Quantity(Decimal(quantity)))

        assert line == Money(Decimal(amount), "USD")

    def test_money_is_rounded_half_even_unless_told(self) -> None:
        """A sum is rounded to the even cent, so that many roundings do not add up."""
        assert Money(Decimal("0.125")).rounded() == Money(Decimal("0.12"))
        assert Money(Decimal("0.125")).rounded(ROUND_HALF_UP) == Money(Decimal("0.13"))

    @given(st.integers(), st.integers(-40, 40))
    def test_decimals_are_counted_however_they_are_written(self, digits: int, tens: int) -> None:
        """A number needs as many decimals as tenths make it whole, zeros at its end or not."""
        number = Decimal(digits).scaleb(-tens, Context(prec=100, Emin=-999, Emax=999))
        needed = next(count for count in range(100) if Fraction(number) * 10**count % 1 == 0)

        assert places_of(number) == needed

    @given(st.decimals("-1e9", "1e9", places=5), st.decimals("-1e6", "1e6", places=5))
    def test_a_rounded_line_is_within_half_a_cent(self, price: Decimal, quantity: Decimal) -> None:
        """Whatever price and quantity, the amount is at most half a cent off."""
        line = Money(price).times(Quantity(quantity))

        assert abs(line.amount - price * quantity) <= Decimal("0.005")


class TestAbsence:
    @pytest.mark.parametrize("type_", ALL_SHAPES)
    def test_absence_is_none(self, type_: type[msgspec.Struct]) -> None:
        """An optional text is absent as ``None``; only an identity may be empty text."""
        types = field_types(type_)
        empty = [
            field.name
            for field in msgspec.structs.fields(type_)
            if field.default == "" and types[field.name] is str
        ]
        optional_but_set = [
            field.name
            for field in msgspec.structs.fields(type_)
            if get_origin(types[field.name]) in {Union, UnionType}
            and field.default not in (None, msgspec.NODEFAULT)
        ]

        assert empty in ([], ["id"])
        assert optional_but_set == []

    def test_the_external_number_reads_like_a_custom_field(self) -> None:
        """The number of another system is found under its name, like any field of the order."""
        order_ = PurchaseOrder(id="501", external_number="1044")

        assert order_.custom_field(EXTERNAL_NUMBER) == "1044"
        assert order_.custom_field("Other") is None

    def test_a_custom_field_that_is_absent(self) -> None:
        """A custom field is found under exactly its name; any other name gives ``None``."""
        found = order("SO-1 ACME", custom_fields=fields(Colour="red"))

        assert found.custom_field("Colour") == "red"
        assert found.custom_field("colour") is None
        assert client("ACME", custom_fields=fields(Colour="red")).custom_field("Size") is None


class TestNames:
    @pytest.mark.parametrize(
        "full_name, parent",
        [("ACME", None), ("ACME:Roof", "ACME"), ("ACME:Roof:Tiles", "ACME:Roof")],
    )
    def test_the_record_above(self, full_name: str, parent: str | None) -> None:
        """A record's parent is everything before the last colon of its full name."""
        record = Customer(id="1", name=full_name.rpartition(":")[2], full_name=full_name)

        assert record.parent_name == parent


class TestKinds:
    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_kind_of_document_has_a_shape(self, kind: DocumentKind) -> None:
        """Each kind has its own type, and the type knows its kind."""
        assert DOCUMENT_TYPES[kind] in ALL_SHAPES
        assert len(set(DOCUMENT_TYPES.values())) == len(DocumentKind)
        assert kind.words == kind.value.replace("-", " ")

    @pytest.mark.parametrize("kind", RecordKind)
    def test_every_list_has_a_shape(self, kind: RecordKind) -> None:
        """Each list has its own type, and the type knows its list."""
        own: dict[str, Any] = {"base": Unit("each")} if kind is RecordKind.UNIT_SET else {}
        record = RECORD_TYPES[kind](id="1", name="A", full_name="A", **own)

        assert record_kind(record) is kind

    def test_a_document_knows_its_kind(self) -> None:
        """A sales order is of the kind sales order."""
        assert document_kind(order("SO-1")) is DocumentKind.SALES_ORDER


class TestShapesThatNeverGrow:
    def test_shapes_stored_by_position(self) -> None:
        """Money, quantity, ancestor and custom field are stored without names, so they gain no field.

        One more field, even with a default, would change the fingerprint of every document.
        """
        by_position = {
            shape.__name__: shape.__struct_fields__
            for shape in ALL_SHAPES
            if shape.__struct_config__.array_like
        }

        assert by_position == {
            "Ancestor": ("kind", "id"),
            "CustomField": CustomField.__struct_fields__,
            "Money": ("amount", "currency"),
            "Quantity": ("value", "unit"),
        }
        assert CustomField.__struct_fields__ == ("name", "value")

    def test_defaults_are_left_out_everywhere_else(self) -> None:
        """Every other shape leaves defaults out, which is what lets it gain a field."""
        told = [
            shape.__name__
            for shape in ALL_SHAPES
            if not shape.__struct_config__.omit_defaults
            and shape not in {CustomField, Ancestor}  # they have no defaults
        ]

        assert told == []

    def test_text_lines_have_no_item(self) -> None:
        """A line without item, quantity and price is a line of text."""
        text = OrderLine(description="Thank you")

        assert (text.item, text.quantity, text.unit_price, text.amount) == (None, None, None, None)
        assert SalesOrder(id="1").lines == ()
