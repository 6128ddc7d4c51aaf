"""Amounts and quantities: a ``Decimal`` never travels without what it counts."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import msgspec

__all__ = ["CENT", "Money", "Quantity", "amount_of", "exact", "places_of", "rounded_to"]

CENT = Decimal("0.01")
# Connectors let in numbers of at most 30 digits below 1e31: a product of two is held whole.
_WIDE = Context(prec=200)


class Money(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """An amount in one currency, with as many decimals as its source sent.

    ``currency`` is an ISO 4217 code, or ``None`` for the home currency of the
    connection the document came from (a company that keeps one currency never
    names it on the wire).
    """

    amount: Decimal
    currency: str | None = None

    def rounded(self, rounding: str = ROUND_HALF_EVEN) -> Money:
        """Give the amount in whole cents."""
        return Money(self.amount.quantize(CENT, rounding, _WIDE), self.currency)

    def times(self, quantity: Quantity) -> Money:
        """Give the price of a quantity, in whole cents, halves away from zero.

        Source: QuickBooks rounds a line's amount so (reference section 7.4).
        """
        return Money(amount_of(self.amount, quantity.value), self.currency)


class Quantity(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """How many, in which unit; ``unit`` is ``None`` for the item's own stock unit."""

    value: Decimal
    unit: str | None = None


def amount_of(price: Decimal, quantity: Decimal) -> Decimal:
    """Give the bare amount, as ``Money.times`` does."""
    return _WIDE.multiply(price, quantity).quantize(CENT, ROUND_HALF_UP, _WIDE)


def exact(text: str | int | Decimal) -> Decimal:
    """Read a number without ever passing through binary floating point.

    Raises:
        ValueError: The text is no finite decimal number.
    """
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError(f"{text!r} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def places_of(number: Decimal) -> int:
    """Count the decimals that a number needs: 1.50 needs one."""
    text = str(number)
    if "E" not in text:  # a dozen times quicker than taking the number apart
        return len(text.partition(".")[2].rstrip("0"))
    _sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "the rim lets only finite numbers in"
    if exponent >= 0 or not number:
        return 0
    zeros = next(count for count, digit in enumerate(reversed(digits)) if digit)
    return max(0, -exponent - zeros)


def rounded_to(places: int, number: Decimal | Fraction) -> Decimal:
    """Give a number with so many decimals, halves away from zero.

    The one place where a quantity or a price is rounded.  What is exact already stays as it
    is written.

    Source: QuickBooks figures so (reference section 7.4 and its correction).
    """
    if isinstance(number, Decimal) and places_of(number) <= places:
        return number
    exactly = Fraction(number)
    scaled = abs(exactly) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exactly >= 0 else -whole).scaleb(-places, _WIDE)
