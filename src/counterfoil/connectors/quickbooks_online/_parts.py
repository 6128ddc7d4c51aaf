"""What the forms have in common: their heads, their lines, and what they were made from.

A line is read as long as its detail is one that we know; of a bundle its members are read.  A
subtotal is the service's own.  Every other line (a discount, a text) is carried along when a form
is changed, for an update replaces all lines.

Source: reference sections 2.5 and 4.1; corrections, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import Ancestor, DocumentKind, Money, OrderLink, Quantity, amount_of

from ._client import Record
from ._codecs import CODE, TEXT, Field, identity_of, read_fields

__all__ = [
    "DESCRIBED",
    "DETAILS",
    "LINE",
    "PURCHASED",
    "PURCHASED_BY_ACCOUNT",
    "SOLD",
    "carried_lines",
    "head_in",
    "is_emptied",
    "line_in",
    "line_links",
    "lines_in",
    "links_in",
    "merged",
    "priced",
]

SOLD: Final = "SalesItemLineDetail"
PURCHASED: Final = "ItemBasedExpenseLineDetail"
PURCHASED_BY_ACCOUNT: Final = "AccountBasedExpenseLineDetail"
DESCRIBED: Final = "DescriptionLineDetail"
_DESCRIPTION_ONLY: Final = "DescriptionOnly"
_BUNDLE: Final = "GroupLineDetail"
_SUBTOTAL: Final = "SubTotalLineDetail"

DETAILS: Final = frozenset({SOLD, PURCHASED, PURCHASED_BY_ACCOUNT})
"""Details of the lines that our documents hold."""
# Made by the service, and passed over in silence when they are sent.
_READ_ONLY: Final = frozenset({"Received", "LineNum"})

# What a linked transaction is called -> our kind of it.
_LINKED: Final[Mapping[str, DocumentKind]] = {
    "Bill": DocumentKind.BILL,
    "Invoice": DocumentKind.INVOICE,
    "Estimate": DocumentKind.ESTIMATE,
    "PurchaseOrder": DocumentKind.PURCHASE_ORDER,
}


# --- Heads --------------------------------------------------------------------------------


def head_in(reader: Reader, fields: Sequence[Field]) -> dict[str, Any]:
    """Read what all forms share, and further fields."""
    return {
        "id": identity_of(reader),
        "number": reader.code("DocNumber"),
        "revision": reader.code("SyncToken"),
        **read_fields(reader, fields),
    }


def links_in(reader: Reader, kinds: Iterable[DocumentKind]) -> tuple[Ancestor, ...]:
    """Read which forms of some kinds a form is linked to; each once."""
    wanted, found = set(kinds), []
    for each in reader.records("LinkedTxn"):
        kind = _LINKED.get(each.code("TxnType") or "")
        identity = each.identity("TxnId")
        if kind in wanted and identity is not None:
            found.append(Ancestor(kind.value, identity))
    return tuple(dict.fromkeys(found))


def is_emptied(reader: Reader, note: str | None) -> bool:
    """Whether a form was voided: it stays, with zero amounts and quantities, and says so."""
    total = reader.decimal("TotalAmt")
    if total is None or total:
        return False
    quantities = [
        Reader(detail).decimal("Qty")
        for line in lines_in(reader, DETAILS)
        for detail in [line.value(_detail_name(line) or "")]
        if isinstance(detail, Mapping)
    ]
    has_none = bool(quantities) and not any(quantities)
    return has_none or (note or "").strip().lower().startswith("voided")


# --- Lines --------------------------------------------------------------------------------


def _detail_name(line: Reader) -> str | None:
    """Say which detail a line has, by its type, else by what stands there: samples omit it."""
    told = line.code("DetailType")
    if told is not None:
        return DESCRIBED if told == _DESCRIPTION_ONLY else told
    return next((name for name in (*DETAILS, DESCRIBED) if line.has(name)), None)


def lines_in(reader: Reader, details: Iterable[str]) -> Iterator[Reader]:
    """Give the lines that have one of some details, in place of a bundle its members."""
    wanted = frozenset(details)
    for line in reader.records("Line"):
        name = _detail_name(line)
        if name == _BUNDLE:
            yield from lines_in(Reader(line.value(_BUNDLE) or {}, line.path(_BUNDLE)), wanted)
        elif name in wanted:
            yield line


LINE: Final = (Field("id", "Id", CODE), Field("description", "Description", TEXT))


def line_in(
    line: Reader, detail: str, fields: Sequence[Field], beside: Sequence[Field] = LINE
) -> dict[str, Any]:
    """Read a line: some fields of its detail, and those that stand beside it."""
    inner = Reader(line.value(detail) or {}, line.path(detail))
    told = {**read_fields(line, beside), **read_fields(inner, fields)}
    told["id"] = told.get("id") or ""
    return told


def line_links(line: Reader, kind: str) -> OrderLink | None:
    """Read which line of an order a line fulfils: told by that line's identity."""
    for each in line.records("LinkedTxn"):
        order, of_line = each.identity("TxnId"), each.identity("TxnLineId")
        if each.code("TxnType") == kind and order is not None:
            return OrderLink(order, of_line)
    return None


def priced(
    quantity: Quantity | None, price: Money | None, amount: Money | None
) -> tuple[dict[str, Decimal], Decimal]:
    """Give what a line's detail says of quantity and price, and its amount.

    The amount has to be quantity times price, rounded to cents; so where a price is told, it
    decides, and else the amount does.
    """
    told = {}
    if quantity is not None:
        told["Qty"] = quantity.value
    if price is None:
        return told, Decimal(0) if amount is None else amount.amount
    told["UnitPrice"] = price.amount
    count = Decimal(1) if quantity is None else quantity.value
    return told, amount_of(price.amount, count)


# --- Changing -----------------------------------------------------------------------------


def merged(lines: Sequence[Record], current: Record) -> list[Record]:
    """Give all lines of a form that is changed: those it shall have, and those nobody names.

    A line that is there already keeps what we say nothing about.  What our documents do not
    hold goes along unchanged, after the others; members of a bundle stay in it.

    Raises:
        InvalidDocument: A line that is there cannot be read; an update would drop it.
    """
    listed = _records(current, "Line")
    known = {str(each.get("Id")): each for each in listed if each.get("Id") is not None}
    bundled = {str(each.get("Id")) for line in listed for each in _members(line)}
    told = [
        _over(known.get(str(line.get("Id"))), line)
        for line in lines
        if str(line.get("Id")) not in bundled
    ]
    return [*told, *carried_lines(listed)]


def carried_lines(lines: Iterable[Record]) -> list[Record]:
    """Give the lines that no document of ours holds, as they are sent again."""
    return [
        _writable(each)
        for each in lines
        if (name := _detail_name(Reader(each))) not in DETAILS and name != _SUBTOTAL
    ]


def _members(line: Record) -> Sequence[Record]:
    bundle = line.get(_BUNDLE)
    return _records(bundle, "Line") if isinstance(bundle, Mapping) else []


def _records(holder: Record, name: str) -> list[Record]:
    """Give the objects of an array as they came, once all of them are some."""
    Reader(holder).records(name)
    found = holder.get(name) or ()
    return [found] if isinstance(found, Mapping) else [*found]


def _over(known: Record | None, line: Record) -> Record:
    if known is None:
        # An identity that is not there would be taken for a new line's, too.
        return {name: value for name, value in line.items() if name != "Id"}
    told = {**_writable(known), **line}
    for name in DETAILS:
        before, now = known.get(name), line.get(name)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            told[name] = {**before, **now}
    return told


def _writable(line: Record) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in _READ_ONLY}
