"""Numbers in one spelling."""

from __future__ import annotations

from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.translate._plain import plain, plain_text

DIGITS = st.lists(st.sampled_from((0, 0, 1, 5, 9)), min_size=1, max_size=40).map(tuple)


@pytest.mark.parametrize(
    "written, spelled",
    [
        ("2.0", "2"),
        ("-2.50", "-2.5"),
        ("1E+2", "100"),
        ("100", "100"),
        ("-0.00", "0"),
        ("0.0000000100", "1E-8"),
        ("1E+40", "1E+40"),
    ],
)
def test_one_spelling(written: str, spelled: str) -> None:
    """Trailing zeros go, zeros before the point are written out, zero has no sign."""
    assert str(plain(Decimal(written))) == spelled


@given(st.sampled_from((0, 1)), DIGITS, st.integers(-35, 35), st.integers(0, 5))
def test_equal_numbers(sign: int, digits: tuple[int, ...], exponent: int, zeros: int) -> None:
    """However a number is written, it stays the number it is and has one spelling."""
    number = Decimal((sign, digits, exponent))
    longer = Decimal((sign, digits + (0,) * zeros, exponent - zeros))

    assert plain(number) == number
    assert str(plain(longer)) == str(plain(number))


@given(st.text(st.sampled_from("ab \t\r\n\x85\u00a0\u2028\u0301é")))
def test_one_spelling_of_texts(text: str) -> None:
    """Accents are composed, blanks at the ends of lines go, and empty is nothing."""
    lines = [line.strip() for line in normalize("NFC", text).strip().splitlines()]

    assert plain_text(text) == ("\n".join(lines) or None)
