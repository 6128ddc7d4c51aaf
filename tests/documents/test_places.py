"""How a place of an answer is named in words."""

from __future__ import annotations

import pytest

from counterfoil.documents import InvalidDocument, place_in_words


@pytest.mark.parametrize(
    "where, words",
    [
        ("shippings[0].products[0].unit-price", "line 1 of shipping 1: unit price"),
        ("lines[2].quantity", "line 3: quantity"),
        ("receivings[1]", "receiving 2"),
        ("Line[0].SalesItemLineDetail.Qty", "line 1: sales item line detail qty"),
        ("due_date", "due date"),
        ("document", "document"),
    ],
)
def test_places_are_counted_from_one(where: str, words: str) -> None:
    """The innermost comes first and the field last, spelled as people do."""
    assert place_in_words(where) == words


def test_what_is_wrong_begins_with_its_place() -> None:
    """What is told of a record that cannot be read is a sentence."""
    error = InvalidDocument("lines[0].unit-price", "a lot", "is not a decimal number")

    assert error.sentence == "Line 1: unit price is not a decimal number"
