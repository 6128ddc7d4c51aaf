"""Values in one spelling, so that equal values have equal fingerprints."""

from __future__ import annotations

from decimal import MAX_PREC, Context, Decimal

from counterfoil.documents import composed

__all__ = ["plain", "plain_text"]


_EXACT = Context(prec=MAX_PREC)
# More zeros than any quantity or price has are left to the exponent.
_ZEROS_MAX = 28


def plain(number: Decimal) -> Decimal:
    """Give the number in its one spelling: ``2.0`` is 2, ``1E+2`` is 100.

    Exact, however many digits it has.
    """
    text = str(number)
    is_short = len(text) <= _ZEROS_MAX and "E" not in text
    if number and is_short and (text[-1] != "0" or "." not in text):
        return number
    reduced = _EXACT.normalize(number)
    # Zero has a sign, and a power of ten an exponent; both are rare.
    return reduced if reduced and "E" not in str(reduced) else _spelled_out(number)


def _spelled_out(number: Decimal) -> Decimal:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "the rim lets only finite numbers in"
    kept = len(digits)
    while kept and digits[kept - 1] == 0:
        kept -= 1
    if not kept:
        return Decimal(0)
    zeros = exponent + len(digits) - kept
    if 0 < zeros <= _ZEROS_MAX:
        return Decimal((sign, digits[:kept] + (0,) * zeros, 0))
    return Decimal((sign, digits[:kept], zeros))


def plain_text(text: str | None) -> str | None:
    """Give a text as systems hand it back: composed, no outer blanks, one kind of line end.

    ``None`` stands for an empty one, too: systems do not tell the two apart.
    """
    if text is None:
        return None
    if text.isascii() and text.isprintable():  # nothing to compose, and one line
        return text.strip() or None
    return "\n".join(line.strip() for line in composed(text).strip().splitlines()) or None
