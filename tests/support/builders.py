"""Builders that speak the trade: an order is a line of text, not thirty keywords.

``order("SO-1 ACME", "2 BOLT 1.50", "1 NUT")`` is order SO-1 of the customer ACME over two
bolts at 1.50 and one nut at the item's price.  What a text cannot say is a keyword.
Everything is invented, and equal arguments give equal values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from counterfoil.documents import (
    Customer,
    CustomField,
    DocumentKind,
    DocumentStatus,
    Item,
    ListRecord,
    Money,
    OrderLine,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    encode,
    fingerprint,
    name_key,
)
from counterfoil.engine.admission import Link
from counterfoil.engine.deciding import Write
from counterfoil.engine.drafting import Knowledge, Target, Work
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.engine.matching import Entry, Lookup, NameChoice
from counterfoil.engine.operations import Operation, VoidWay
from counterfoil.engine.ordering import Follower, OrderStanding
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Landing, Pairing, Transfer, derived_mark, marks_of
from counterfoil.settings import FLOWS, FlowMode, FlowName, Settings
from counterfoil.translate import TRANSLATORS

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINK = 1
BOOKS = 7


def fields(**named: str) -> tuple[CustomField, ...]:
    """Custom fields in the order given; an underscore in a name stands for a blank."""
    return tuple(CustomField(name.replace("_", " "), value) for name, value in named.items())


def line(text: str, **changes: Any) -> OrderLine:
    """A line: ``quantity item [price]``; an item's name may have blanks."""
    quantity, _, rest = text.partition(" ")
    name, price = rest, None
    head, _, tail = rest.rpartition(" ")
    if head:
        try:
            name, price = head, Money(Decimal(tail))
        except InvalidOperation:
            name = rest
    made = OrderLine(item=Reference(name), quantity=Quantity(Decimal(quantity)), unit_price=price)
    return msgspec.structs.replace(made, **changes)


def order(heading: str, *lines: str | OrderLine, **changes: Any) -> SalesOrder:
    """A sales order: ``number [customer]`` and its lines."""
    number, _, customer = heading.partition(" ")
    made = SalesOrder(
        id=f"id-{number}",
        number=number,
        customer=Reference(customer) if customer else None,
        created_on=date(2026, 2, 27),
        lines=tuple(line(each) if isinstance(each, str) else each for each in lines),
    )
    return msgspec.structs.replace(made, **changes)


def client(code: str, company: str | None = None, **changes: Any) -> Customer:
    """A client of the operations system, or a customer of the books."""
    made = Customer(id=f"client-{code}", name=code, full_name=code, company_name=company)
    return msgspec.structs.replace(made, **changes)


def product(code: str, text: str | None = None, **changes: Any) -> Item:
    """A product, or an item of the books."""
    made = Item(id=f"product-{code}", name=code, full_name=code, description=text)
    return msgspec.structs.replace(made, **changes)


def settings(
    *,
    zone: str = "UTC",
    sales_order_out: Mapping[str, Any] | None = None,
    sales_order_in: Mapping[str, Any] | None = None,
    flows: Mapping[str, Mapping[str, Any]] | None = None,
    **general: Any,
) -> Settings:
    """Settings of a link with what is changed from the defaults.

    Sales orders are automatic both ways; of other flows, by the names of their fields in
    ``Settings``, only those in ``flows``.
    """
    made = Settings()
    changed = {
        "sales_order_out": sales_order_out or {},
        "sales_order_in": sales_order_in or {},
        **(flows or {}),
    }
    sections = {
        name: msgspec.structs.replace(
            getattr(made, name), **({"mode": FlowMode.AUTOMATIC} | dict(changes))
        )
        for name, changes in changed.items()
    }
    rules = msgspec.structs.replace(made.general, time_zone=zone, **general)
    return msgspec.structs.replace(made, general=rules, **sections)


def mark(id: int, flow: FlowName = FlowName.SALES_ORDER_OUT, *, generation: int = 0) -> str:
    """The mark of a transfer's document, as it is written."""
    return derived_mark("operations", "books", flow, str(id), "", generation)


def marks(of: Transfer) -> tuple[str, ...]:
    """The marks of all generations of a transfer, as they are compared."""
    return marks_of("operations", "books", of.flow, str(of.id), "", of.generation)


def transfer(
    id: int = 1,
    state: State = State.READY,
    flow: FlowName = FlowName.SALES_ORDER_OUT,
    **changes: Any,
) -> Transfer:
    """A transfer that has just come to its state; where a write is wanted, to be created."""
    resting = STATES[state].standing is Standing.RESTING
    made = Transfer(
        id=id,
        link=LINK,
        flow=flow,
        document_row=id,
        target=BOOKS,
        target_kind=FLOWS[flow].target,
        number=f"SO-{id}",
        state=state,
        state_since=NOW,
        write=None if resting else Write.CREATE,
        released_at=NOW,
    )
    return msgspec.structs.replace(made, **changes)


def pairing(
    written: SalesOrder | None = None, sent: SalesOrder | None = None, **changes: Any
) -> Pairing:
    """What a transfer landed on.

    Args:
        written: As the target had it after our last write; ``None``: never read.
        sent: The source it was made from; ``None``: not known.
    """
    carried = TRANSLATORS[FlowName.SALES_ORDER_OUT].carried
    landing = Landing(
        id=written.id if written else "T1",
        kind=DocumentKind.SALES_ORDER,
        number=written.number if written else None,
        revision=written.revision if written else None,
        content=fingerprint(carried(written)) if written else None,
    )
    made = landing.as_pairing(fingerprint(sent) if sent else None, 1)
    return msgspec.structs.replace(made, **changes)


def seen(before: Pairing, found: SalesOrder) -> Pairing:
    """The pairing once its document has been read in the target."""
    carried = TRANSLATORS[FlowName.SALES_ORDER_OUT].carried
    return msgspec.structs.replace(
        before,
        seen_content=fingerprint(carried(found)),
        seen_revision=found.revision,
        seen=encode(found),
    )


def standpoint(
    document: SalesOrder | None = None,
    rules: Settings | None = None,
    *,
    flow: FlowName = FlowName.SALES_ORDER_OUT,
    is_paused: bool = False,
    **changes: Any,
) -> Standpoint:
    """What is known about a transfer: its source as last seen, and its link's rules."""
    source = document or order("SO-1 ACME", "1 NUT")
    made = Standpoint(
        flow=flow,
        link=Link(settings=rules or settings(), is_paused=is_paused),
        kind=DocumentKind.SALES_ORDER,
        body=encode(source),
        fingerprint=fingerprint(source),
        is_withdrawn=source.status is DocumentStatus.CANCELLED,
    )
    return replace(made, **changes)


def work(
    document: SalesOrder,
    of: Transfer | None = None,
    rules: Settings | None = None,
    *,
    choices: Mapping[Lookup, NameChoice] | None = None,
    landed: Landing | None = None,
    order: OrderStanding | None = None,
    followers: tuple[Follower, ...] = (),
    **known: Any,
) -> Work:
    """A waiting transfer with what is known about it."""
    made = of or transfer()
    return Work(
        transfer=made,
        at=standpoint(document, rules, flow=FlowName(made.flow), **known),
        settings_version=1,
        marks=marks(made),
        choices=choices or {},
        landed=landed,
        order=order,
        followers=followers,
    )


def follower(*, leaves: bool = False) -> Follower:
    """An invoice of ours that fulfils an order; ``leaves``: a person undid it."""
    return Follower(row=99, words="invoice 1017", leaves=leaves)


def entry(kind: RecordKind, name: str, id: str | None = None, *, active: bool = True) -> Entry:
    """A directory entry."""
    return Entry(kind, id or f"{kind}:{name}", name, active)


def customers(*names: str) -> list[Entry]:
    """Active customers of the target."""
    return [entry(RecordKind.CUSTOMER, name) for name in names]


def items(*names: str) -> list[Entry]:
    """Active items of the target."""
    return [entry(RecordKind.ITEM, name) for name in names]


def knowledge(entries: Iterable[Entry] = (), *records: ListRecord) -> Knowledge:
    """What the look-ups brought: entries of the target, and the source's own records."""
    found: dict[str, list[Entry]] = {}
    for each in entries:
        found.setdefault(name_key(each.full_name), []).append(each)
    return Knowledge(entries=found, origins=origins(*records))


def origins(*records: ListRecord) -> dict[tuple[int, RecordKind, str], ListRecord]:
    """The source's records as the look-ups give them."""
    kinds = {Customer: RecordKind.CUSTOMER, Item: RecordKind.ITEM}
    return {(LINK, kinds[type(each)], each.full_name): each for each in records}


def accept(operation: Operation, rules: Settings) -> Refusal | None:
    """A target's check that finds nothing wrong."""
    return None


def target(**changes: Any) -> Target:
    """A target with the limits of QuickBooks Desktop."""
    made = Target(
        name="QuickBooks",
        batch_size=100,
        lists_share_names=True,
        has_hierarchy=True,
        number_length_max={DocumentKind.SALES_ORDER: 11},
        name_length_max={RecordKind.CUSTOMER: 41, RecordKind.ITEM: 31},
        check=accept,
        keeps_marks=True,
        changes=frozenset({DocumentKind.SALES_ORDER}),
        ways_out={DocumentKind.SALES_ORDER: (VoidWay.DELETE,)},
        closes=frozenset({DocumentKind.SALES_ORDER}),
    )
    return msgspec.structs.replace(made, **changes)


def numbered_keys(prefix: str = "key") -> Callable[[], str]:
    """A source of marks that counts, so that equal plans get equal marks."""
    counter = itertools.count(1)
    return lambda: f"{prefix}-{next(counter)}"
