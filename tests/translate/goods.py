"""Builders for what goes out: receipts, shipments, and the orders they fulfil there.

``receipt("PO-17 MILLCO", "4/10 FLOUR 0.80")``: of PO-17, from MILLCO, 4 of 10 came at 0.80.
Line n fulfils the order's line ``L<n>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.documents import (
    Ancestor,
    Customer,
    Document,
    Employee,
    Item,
    ListRecord,
    Money,
    MovementLine,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    Shipment,
    Vendor,
)
from counterfoil.settings import Settings
from counterfoil.translate import Context, OrderThere, Translated, Translator

TODAY = date(2026, 3, 2)

_KINDS: Mapping[type[ListRecord], RecordKind] = {
    Customer: RecordKind.CUSTOMER,
    Vendor: RecordKind.VENDOR,
    Employee: RecordKind.EMPLOYEE,
    Item: RecordKind.ITEM,
}


def moved(text: str, order_line: str | None, **changes: Any) -> MovementLine:
    """A line: ``moved[/ordered] item [value]``."""
    count, name, *value = text.split()
    came, _, ordered = count.partition("/")
    made = MovementLine(
        item=Reference(name),
        moved=Quantity(Decimal(came)),
        ordered=Quantity(Decimal(ordered)) if ordered else None,
        order_line_id=order_line,
        unit_value=Money(Decimal(value[0])) if value else None,
    )
    return msgspec.structs.replace(made, **changes)


def _lines(lines: Iterable[str | MovementLine]) -> tuple[MovementLine, ...]:
    return tuple(
        moved(line, f"L{place}") if isinstance(line, str) else line
        for place, line in enumerate(lines, start=1)
    )


def receipt(heading: str, *lines: str | MovementLine, **changes: Any) -> Receipt:
    """A receipt: ``order [supplier]`` and its lines."""
    number, _, vendor = heading.partition(" ")
    made = Receipt(
        id=f"r-{number}",
        order_id=f"id-{number}",
        order_number=number,
        vendor=Reference(vendor) if vendor else None,
        received_on=date(2026, 2, 27),
        lines=_lines(lines),
    )
    return msgspec.structs.replace(made, **changes)


def shipment(heading: str, *lines: str | MovementLine, **changes: Any) -> Shipment:
    """A shipment: ``order [client]`` and its lines."""
    number, _, client = heading.partition(" ")
    made = Shipment(
        id=f"s-{number}",
        order_id=f"id-{number}",
        order_number=number,
        customer=Reference(client) if client else None,
        shipped_on=date(2026, 2, 27),
        lines=_lines(lines),
    )
    return msgspec.structs.replace(made, **changes)


def purchase(heading: str, *lines: str, **changes: Any) -> PurchaseOrder:
    """A purchase order: ``number [supplier]``; lines are ``quantity item [cost]``."""
    number, _, vendor = heading.partition(" ")
    made = PurchaseOrder(
        id=f"id-{number}",
        number=number,
        vendor=Reference(vendor) if vendor else None,
        created_on=date(2026, 2, 27),
        due_on=date(2026, 3, 9),
        lines=tuple(
            PurchaseLine(
                id=f"L{place}",
                item=Reference(name),
                quantity=Quantity(Decimal(quantity)),
                unit_cost=Money(Decimal(cost[0])) if cost else None,
            )
            for place, (quantity, name, *cost) in enumerate(
                (line.split() for line in lines), start=1
            )
        ),
    )
    return msgspec.structs.replace(made, **changes)


def there(
    lines: Iterable[str],
    *,
    sales: bool = False,
    made_into: Iterable[str] = (),
    closed: Iterable[int] = (),
    paired: Mapping[str, str] | None = None,
    **changes: Any,
) -> OrderThere:
    """The order in the books: lines are ``delivered/ordered item [price]``.

    Line n is the books' ``T<n>`` and the source's ``L<n>``, unless ``paired`` says otherwise.
    """
    made: list[Any] = []
    closed = set(closed)
    for place, text in enumerate(lines, start=1):
        count, name, *price = text.split()
        delivered, _, ordered = count.partition("/")
        shared: dict[str, Any] = {
            "id": f"T{place}",
            "item": Reference(name, f"item-{name}"),
            "quantity": Quantity(Decimal(ordered)),
            "delivered": Quantity(Decimal(delivered)) if delivered != "?" else None,
            "is_closed": place in closed,
        }
        value = Money(Decimal(price[0])) if price else None
        made.append(
            OrderLine(**shared, unit_price=value)
            if sales
            else PurchaseLine(**shared, unit_cost=value)
        )
    ancestors = tuple(Ancestor(*each.split()) for each in made_into)
    head: dict[str, Any] = {"id": "T", "made_into": ancestors, "lines": tuple(made)}
    document: Document = (
        SalesOrder(**head, number="SO-1", customer=Reference("Acme LLC", "9-1"))
        if sales
        else PurchaseOrder(**head, number="PO-17", vendor=Reference("Mill Co", "9-2"))
    )
    pairs = {f"L{place}": f"T{place}" for place in range(1, len(made) + 1)}
    return OrderThere(
        document=msgspec.structs.replace(document, **changes),
        lines=pairs if paired is None else paired,
    )


def context(
    made: Settings, *records: ListRecord, order: OrderThere | None = None, **changes: Any
) -> Context:
    """What a translation knows."""
    known = {(_KINDS[type(each)], each.full_name): each for each in records}
    base = Context(settings=made, today=TODAY, records=known, target="QuickBooks", order=order)
    return msgspec.structs.replace(base, **changes)


def outcome(
    flow: Translator,
    document: Document,
    made: Settings,
    *records: ListRecord,
    part: str = "",
    **known: Any,
) -> Translated | Refusal:
    """Translate as planning does: number first, with the records that ``needs`` names only."""
    wanted = flow.needs(document, made)
    full = context(made, *records, **known)
    narrow = {key: record for key, record in full.records.items() if key in wanted}
    number = flow.number(document, part, made)
    return flow.translate(document, number, msgspec.structs.replace(full, records=narrow))


def translated(
    flow: Translator, document: Document, made: Settings, *records: ListRecord, **known: Any
) -> Translated:
    """Translate what can be translated."""
    result = outcome(flow, document, made, *records, **known)
    assert isinstance(result, Translated), result
    return result


def refused(
    flow: Translator, document: Document, made: Settings, *records: ListRecord, **known: Any
) -> Refusal:
    """Translate what is refused."""
    result = outcome(flow, document, made, *records, **known)
    assert isinstance(result, Refusal), result
    # No text of it has a gap, and every setting that it would change is one.
    assert "{" not in f"{result.sentence}{result.cure}"
    return result


def supplier(code: str, name: str | None = None) -> Vendor:
    """A supplier of the operations system."""
    return Vendor(id=f"supplier-{code}", name=code, full_name=code, company_name=name)
