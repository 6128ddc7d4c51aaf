"""Which lists a run reads: those that the flows and settings of its links need.

A list that nobody needs is not read, for whoever QuickBooks runs as may have no right to it
(payroll), and each reading costs.  What was not read stays unknown (``hub.unread``): as soon as
a setting needs a list, documents wait until the next run has read it.  People may ask for any
list; it is then read once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind
from counterfoil.engine.matching import SHARED_NAMES
from counterfoil.engine.reading import records_cursor
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection
from counterfoil.settings import FlowName, WorkerList

from . import sites
from .links import LinkView
from .systems import traits_of

__all__ = ["answered", "ask", "asked", "lists_due", "lists_needed", "lists_to_read"]

_FACT: Final = "asked_lists"

_GOODS: Final = (RecordKind.ITEM, RecordKind.UNIT_SET)
_SALES: Final = (RecordKind.CUSTOMER, *_GOODS)
_PURCHASES: Final = (RecordKind.VENDOR, *_GOODS)

# Both sides' lists: of each side those are read that its system has.
_OF_FLOW: Final[Mapping[FlowName, tuple[RecordKind, ...]]] = {
    FlowName.SALES_ORDER_OUT: _SALES,
    FlowName.PURCHASE_ORDER_OUT: _PURCHASES,
    FlowName.RECEIPT_OUT: _PURCHASES,
    FlowName.SHIPMENT_OUT: _SALES,
    FlowName.WORK_ENTRY_OUT: (RecordKind.EMPLOYEE, RecordKind.CUSTOMER, RecordKind.ITEM),
    FlowName.STOCK_COUNT_OUT: (*_GOODS, RecordKind.ACCOUNT),
    FlowName.SALES_ORDER_IN: _SALES,
    FlowName.PURCHASE_ORDER_IN: _PURCHASES,
    FlowName.INVOICE_IN: _SALES,
    FlowName.ESTIMATE_IN: _SALES,
    FlowName.BILL_IN: _PURCHASES,
}
# Whoever is created must bear a name that none of these lists holds.
_NEW_NAMES: Final = tuple(sorted(SHARED_NAMES))
_OF_OPTION: Final[Mapping[str, tuple[RecordKind, ...]]] = {
    "create_missing_customers": _NEW_NAMES,
    "create_missing_vendors": _NEW_NAMES,
    "create_missing_employees": _NEW_NAMES,
    "create_missing_items": (RecordKind.ACCOUNT,),
    "payables_account": (RecordKind.ACCOUNT,),
    "payroll_item": (RecordKind.PAYROLL_ITEM,),
    "payment_terms": (RecordKind.PAYMENT_TERM,),
    "location": (RecordKind.LOCATION,),
    "tax_code": (RecordKind.TAX_CODE,),
    "use_taxes": (RecordKind.TAX_CODE,),
    "carry_details": (RecordKind.CUSTOMER, RecordKind.SHIP_METHOD),
    "save_custom_fields": (RecordKind.CUSTOM_FIELD,),
    "custom_field": (RecordKind.CUSTOM_FIELD,),
}
_OF_CHOICE: Final[Mapping[tuple[str, str], tuple[RecordKind, ...]]] = {
    ("workers", WorkerList.EITHER): (RecordKind.VENDOR,),
    ("workers", WorkerList.VENDORS): (RecordKind.VENDOR,),
}


def lists_needed(connection: Connection, views: Iterable[LinkView]) -> tuple[RecordKind, ...]:
    """Give the lists of a connection that the flows of its links need, as they are set."""
    wanted: set[RecordKind] = set()
    for view in views:
        for flow in view.active_flows:
            wanted.update(_OF_FLOW[flow.name])
            rules = view.settings.flow(flow.name)
            wanted.update(sites.lists_of(view, flow.name))
            for option, kinds in _OF_OPTION.items():
                if getattr(rules, option, None):
                    wanted.update(kinds)
            for (option, value), kinds in _OF_CHOICE.items():
                if getattr(rules, option, None) == value:
                    wanted.update(kinds)
    return _that_are_there(connection, wanted)


def lists_to_read(
    connection: Connection, views: Iterable[LinkView], more: Iterable[RecordKind] = ()
) -> tuple[RecordKind, ...]:
    """Give the lists that a run may read: what is needed, what people asked for, and ``more``."""
    return _that_are_there(
        connection, {*lists_needed(connection, views), *asked(connection), *more}
    )


def _for_additions(kinds: Iterable[RecordKind]) -> set[RecordKind]:
    """Give the lists that tell whether a name is free in those of some kinds."""
    wanted = set(kinds)
    return {*wanted, *_NEW_NAMES} if wanted & SHARED_NAMES else wanted


def lists_due(
    connection: Connection,
    views: Iterable[LinkView],
    read: Mapping[str, tuple[datetime | None, datetime]],
    now: datetime,
    added_to: Iterable[RecordKind] = (),
) -> tuple[RecordKind, ...]:
    """Give the lists that this run reads: those not read lately, and those people asked for.

    Args:
        read: Cursor -> how far, and when a reading of it came to its end.
        added_to: Lists to which something shall be added: no name may be taken there.
    """
    every, open_ = traits_of(connection.system).lists_every, _for_additions(added_to)
    wanted = {*asked(connection), *open_}

    def is_due(kind: RecordKind) -> bool:
        last = read.get(records_cursor(kind))
        return kind in wanted or last is None or last[1] + every <= now

    return tuple(kind for kind in lists_to_read(connection, views, open_) if is_due(kind))


def _that_are_there(connection: Connection, kinds: set[RecordKind]) -> tuple[RecordKind, ...]:
    return tuple(kind for kind in traits_of(connection.system).lists if kind in kinds)


def asked(connection: Connection) -> list[RecordKind]:
    """Give the lists that people asked for and that have not been read since."""
    found = connection.facts.get(_FACT)
    return [RecordKind(kind) for kind in found] if isinstance(found, list) else []


def ask(tx: Tx, connection_id: int, kind: RecordKind) -> None:
    """Note that a person wants to see a list: the next run reads it, once."""
    connection = _loaded(tx, connection_id)
    wanted = asked(connection)
    if kind not in wanted:
        _keep(tx, connection, [*wanted, kind])


def answered(tx: Tx, connection_id: int, kinds: Iterable[RecordKind]) -> None:
    """Note lists that were read, or could not be: nobody waits for them any more."""
    connection, done = _loaded(tx, connection_id), set(kinds)
    wanted = asked(connection)
    left = [kind for kind in wanted if kind not in done]
    if left != wanted:
        _keep(tx, connection, left)


def _loaded(tx: Tx, connection_id: int) -> Connection:
    connection = connections.load(tx, connection_id)
    assert connection is not None, "its lists are asked for"
    return connection


def _keep(tx: Tx, connection: Connection, wanted: list[RecordKind]) -> None:
    facts = {name: value for name, value in connection.facts.items() if name != _FACT}
    if wanted:
        facts[_FACT] = [kind.value for kind in wanted]
    connections.change(tx, connection.id, facts=facts)
