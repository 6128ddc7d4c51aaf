"""How an order that is there becomes the one that shall be: the body of a PUT.

Pure.  Whether PUT replaces or merges is not documented (A11), so everything that was read is
sent back, and in it only what really changes is changed: a creation date whose day stays
keeps its time of day, a property we do not know keeps its value.

A line is known by its delivery and its place in it (``2011:1``), which is its id for us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from counterfoil.connectors.called import Json, Reader, clean_text, spelled
from counterfoil.documents import (
    Address,
    CustomField,
    DocumentStatus,
    InvalidDocument,
    OrderLine,
    PurchaseLine,
    SalesOrder,
    difference,
)
from counterfoil.engine.operations import LineScope

from ._fields import FieldMap
from ._kinds import Order
from ._wire import (
    PURCHASES,
    SALES,
    Side,
    merge_for_put,
    order_parts,
    parse_purchase_order,
    parse_sales_order,
    render_purchase_order,
    render_sales_order,
    with_pairs,
    written,
)

__all__ = [
    "GoneError",
    "NotAllowedError",
    "Wish",
    "as_kept",
    "body_of",
    "is_seen_otherwise",
    "left_over",
]

Line = OrderLine | PurchaseLine

# Our field -> theirs, of what stands in the order itself.
_HEADER: Mapping[str, Mapping[str, str]] = {
    "sales-order": {
        "number": "code",
        "created_on": "creation-date",
        "customer": "client",
        "sales_channel": "marketplace",
        "billing_address": "billing-address",
        "memo": "observations",
    },
    "purchase-order": {
        "number": "code",
        "created_on": "creation-date",
        "vendor": "supplier",
        "memo": "notes",
        "message_to_vendor": "external-notes",
    },
}


class GoneError(Exception):
    """A line that shall be changed is not there."""


class NotAllowedError(Exception):
    """What shall be would lose something that has happened."""

    def __init__(self, where: str, value: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.value = value
        self.problem = problem


class Wish(NamedTuple):
    """What an order shall be.

    Attributes:
        order: As Fusion Operations would keep it (``as_kept``); of its lines only those that
            name an item, without any where the lines stay.
        lines: Whether ``order`` has them.
        closes: Close it, re-open it, or leave that alone (``None``).
    """

    order: Order
    lines: LineScope
    closes: bool | None


def side_of(order: Order) -> Side:
    """Give the words of its kind."""
    return SALES if isinstance(order, SalesOrder) else PURCHASES


def rendered(order: Order, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write an order."""
    if isinstance(order, SalesOrder):
        return render_sales_order(order, zone, fields)
    return render_purchase_order(order, zone, fields)


def as_kept(order: Order, zone: tzinfo, fields: FieldMap) -> Order:
    """Give an order as it reads once Fusion Operations has it: written, and read again.

    Lines without an item are left out, a description becomes the line's remark, an address
    free text.  Ids of lines are kept.

    Raises:
        InvalidDocument: It holds what could not be read back.
    """
    body = rendered(order, zone, fields)
    body[fields[f"{side_of(order).order}.id"]] = "0"
    kept: Order
    if isinstance(order, SalesOrder):
        kept = parse_sales_order(body, zone, fields)
    else:
        kept = parse_purchase_order(body, zone, fields)
    lines: Iterable[tuple[Line, Line]] = zip(
        kept.lines, (line for line in order.lines if line.item is not None), strict=True
    )
    placed = tuple(msgspec.structs.replace(line, id=given.id) for line, given in lines)
    return msgspec.structs.replace(kept, id=order.id, lines=placed)


def difference_of(one: Order, other: Order) -> str | None:
    """Name the first field in which ``other`` does not say what ``one`` says."""
    return difference(_plain(one), _plain(other))


def _plain(order: Order) -> Order:
    """Give an order with its addresses as free text: however they are kept, they say that."""
    changes = {
        name: Address(tuple((written(address) or "").splitlines()))
        for name in ("billing_address", "delivery_address")
        if (address := getattr(order, name, None)) is not None
    }
    return msgspec.structs.replace(order, **changes) if changes else order


def is_seen_otherwise(
    expected: Order, found: Order, wish: Wish, zone: tzinfo, fields: FieldMap
) -> str | None:
    """Name a field in which an order is not the one that was expected; ``None``: it is.

    Of what ``wish`` would write over, also a value that was not there when it was read.
    """
    path = difference_of(expected, found)
    if path is not None:
        try:
            # It may be told as it was sent, not as it was read.
            path = difference_of(as_kept(expected, zone, fields), found)
        except InvalidDocument:
            return path
    if path is not None:
        return path
    for name in _HEADER[side_of(found).order]:
        if getattr(wish.order, name) is not None and getattr(expected, name) is None:
            alone = type(found)(id="", **{name: getattr(wish.order, name)})
            if getattr(found, name) is not None and difference_of(alone, found) is not None:
                return name
    return None


def left_over(wish: Wish, found: Order) -> str | None:
    """Name the first field in which an order is not yet what it shall be; ``None``: it is."""
    path = difference_of(wish.order, found)
    if path is None and wish.closes is not None:
        is_closed = found.status is DocumentStatus.CLOSED
        if is_closed is not wish.closes:
            return "status"
    return path


def body_of(raw: Json, found: Order, wish: Wish, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Give what to PUT.

    Args:
        raw: The order as the service last told it.
        found: The same, read.
        wish: What it shall be.
        zone, fields: Of the connection.

    Raises:
        GoneError: A line that shall be changed is not there.
        NotAllowedError: What has been shipped or received would be taken away, or the field map
            knows no word for closing.
        InvalidDocument: ``raw`` cannot be taken apart.
    """
    side = side_of(found)
    body_wanted = rendered(wish.order, zone, fields)
    changes: dict[str, Any] = {
        key: body_wanted[key] for key in _changed_keys(side, wish.order, found, fields)
    }
    custom = fields[f"{side.order}.custom-fields"]
    if _new_pairs(wish.order.custom_fields, found.custom_fields):
        changes[custom] = with_pairs(Reader(raw).value(custom), wish.order.custom_fields)
    changes.update(_closing(wish, found, raw, side, fields))
    body = merge_for_put(raw, changes)
    _place_parts(body, raw, found, wish, body_wanted, _Words(side, fields, zone))
    return body


class _Words(NamedTuple):
    side: Side
    fields: FieldMap
    zone: tzinfo


def _changed_keys(side: Side, wanted: Order, found: Order, fields: FieldMap) -> Iterator[str]:
    for ours, theirs in _HEADER[side.order].items():
        value = getattr(wanted, ours)
        if value is None:
            continue
        alone = type(found)(id="", **{ours: value})
        if difference_of(alone, found) is not None:
            yield fields[f"{side.order}.{theirs}"]


def _new_pairs(wanted: tuple[CustomField, ...], found: tuple[CustomField, ...]) -> bool:
    return not set(wanted) <= set(found)


def _closing(
    wish: Wish, found: Order, raw: Json, side: Side, fields: FieldMap
) -> Iterator[tuple[str, Any]]:
    if wish.closes is None or (found.status is DocumentStatus.CLOSED) is wish.closes:
        return
    name = fields[f"{side.order}.status"]
    word = fields.word("closed" if wish.closes else "open")
    if not name or word is None:
        raise NotAllowedError(
            "status", "", "the field map of this connection has no word for closing an order"
        )
    yield name, word
    if side is SALES and not wish.closes:
        archived = fields["sales-order.archived"]
        if Reader(raw).flag(archived, default=False):
            yield archived, False


# --- Deliveries and lines ----------------------------------------------------------------------


class _Part(NamedTuple):
    """A delivery on its way into the body: the object it stands in, and its lines."""

    holder: dict[str, Any]
    reader: Reader
    lines: list[Any]


def _place_parts(
    body: dict[str, Any],
    raw: Json,
    found: Order,
    wish: Wish,
    wanted: Json,
    words: _Words,
) -> None:
    """Put the deliveries, with their changed dates, addresses and lines, into the body."""
    side, fields = words.side, words.fields
    parts_name = fields[f"{side.order}.{side.parts}"]
    own_name = spelled(body, parts_name)
    nested = body.get(own_name)
    if isinstance(nested, Mapping):
        nested = [nested]
    # A tenant that nests none has everything in the order itself.
    holders = [dict(each) for each in nested] if nested else [body]
    told = order_parts(Reader(raw), found.id, side, fields)
    parts = [
        _Part(holder, reader, _raw_lines(holder, side, fields, is_nested=bool(nested)))
        for holder, (_, reader, _) in zip(holders, told, strict=True)
    ]
    head = wanted[parts_name][0] if wanted.get(parts_name) else {}
    _date(parts, head, found, wish.order, words)
    _address(parts, head, found, wish.order, words)
    if wish.lines is LineScope.ALL:
        known = {f"{key}:{place}": (index, place - 1)
                 for index, (key, _, lines) in enumerate(told)
                 for place in range(1, len(lines) + 1)}  # fmt: skip
        products = head.get(fields[f"{side.part}.products"], [])
        placed = _placed(parts, known, wish.order, products, words)
        for part, lines in zip(parts, placed, strict=True):
            group = side.part if nested else side.order
            part.holder[spelled(part.holder, fields[f"{group}.products"])] = lines
        holders = [part.holder for part, lines in zip(parts, placed, strict=True) if lines]
    if nested:
        body[own_name] = holders


def _raw_lines(
    holder: Mapping[str, Any], side: Side, fields: FieldMap, *, is_nested: bool
) -> list[Any]:
    found = holder.get(
        spelled(holder, fields[f"{side.part if is_nested else side.order}.products"])
    )
    return [found] if isinstance(found, Mapping) else [*(found or [])]


def _date(parts: list[_Part], head: Json, found: Order, wanted: Order, words: _Words) -> None:
    """Set the due date of those deliveries that had the one the order is known by."""
    name = words.fields[f"{words.side.part}.due-date"]
    if wanted.due_on is None or wanted.due_on == found.due_on:
        return
    for part in parts:
        if part.reader.day(name, words.zone) == found.due_on:
            part.holder[spelled(part.holder, name)] = head[name]


def _address(parts: list[_Part], head: Json, found: Order, wanted: Order, words: _Words) -> None:
    """Set the delivery address where the order's is read: in its first delivery."""
    if not isinstance(wanted, SalesOrder) or wanted.delivery_address is None:
        return
    alone = SalesOrder(id="", delivery_address=wanted.delivery_address)
    if difference_of(alone, found) is not None:
        name = words.fields["shipping.delivery-address"]
        holder = parts[0].holder
        holder[spelled(holder, name)] = head[name]


def _placed(
    parts: list[_Part],
    known: Mapping[str, tuple[int, int]],
    wanted: Order,
    products: list[Json],
    words: _Words,
) -> list[list[Any]]:
    """Give each delivery's lines as they shall be; a new one stands behind its neighbour."""
    placed: list[list[Any]] = [[] for _ in parts]
    kept: set[str] = set()
    here = 0
    lines: tuple[Line, ...] = wanted.lines
    for line, product in zip(lines, products, strict=True):
        if not line.id:
            placed[here].append(product)
            continue
        if line.id not in known or line.id in kept:
            raise GoneError(f"The line {line.id} is not there")
        kept.add(line.id)
        here, place = known[line.id]
        placed[here].append(_line(parts[here].lines[place], line, product, words))
    for id_, (index, place) in known.items():
        reader = Reader(parts[index].lines[place])
        if id_ not in kept and _moved(reader, words):
            raise NotAllowedError(
                "lines",
                reader.code(words.fields[f"{words.side.line}.product"]) or "",
                "a line of which something has been delivered cannot be taken away",
            )
    return placed


def _moved(reader: Reader, words: _Words) -> Decimal:
    return reader.decimal(words.fields[f"{words.side.line}.{words.side.moved}"]) or Decimal(0)


def _line(raw: Json, line: Line, product: Json, words: _Words) -> dict[str, Any]:
    """Change in a line what really changes; what the service computes of it is left to it."""
    side, fields = words.side, words.fields
    reader = Reader(raw)
    names = {
        name: fields[f"{side.line}.{name}"]
        for name in ("product", "quantity-ordered", side.value, "observations")
    }
    same: Mapping[str, Callable[[], bool]] = {
        "product": lambda: reader.code(names["product"]) == (line.item and line.item.name),
        "quantity-ordered": lambda: _same_number(reader, product, names["quantity-ordered"]),
        side.value: lambda: _same_number(reader, product, names[side.value]),
        "observations": lambda: (
            reader.text(names["observations"])
            == clean_text(str(product.get(names["observations"])))
        ),
    }
    changes = {
        names[name]: product[names[name]]
        for name, is_same in same.items()
        if names[name] in product and not is_same()
    }
    moved = _moved(reader, words)
    if line.quantity is not None and moved > line.quantity.value:
        raise NotAllowedError(
            "lines",
            f"{line.quantity.value:f}",
            f"{moved:f} of “{line.item.name if line.item else ''}” have been delivered",
        )
    if isinstance(line, OrderLine) and line.custom_fields:
        name = fields["sales-line.parameters"]
        if _new_pairs(line.custom_fields, reader.pairs(name)):
            changes[name] = with_pairs(reader.value(name), line.custom_fields)
    merged = merge_for_put(raw, changes)
    if names["quantity-ordered"] in changes or names[side.value] in changes:
        # Quantity times price, as it was: it would contradict what is sent.
        merged.pop(spelled(merged, fields[f"{side.line}.{_TOTALS[side.line]}"]), None)
    return merged


_TOTALS = {"sales-line": "price", "purchase-line": "cost"}


def _same_number(reader: Reader, product: Json, name: str) -> bool:
    return name in product and reader.decimal(name) == Decimal(str(product[name]))
