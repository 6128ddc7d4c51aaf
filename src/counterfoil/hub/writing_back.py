"""What is written back to the source once its document has landed (P9, P26).

Autotask keeps the number that an order has in the books, as its External P.O. Number.  Writing it
is a follow-up like that of a custom field, to the other connection: it is read first, and written
only where it is blank or what we wrote there last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import decode
from counterfoil.engine.following import follow
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.ledger import connections, follow_ups
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS

from .links import LinkView
from .standpoints import views_for
from .systems import traits_of

__all__ = ["begin", "fields_of"]

# The flows whose documents have such a field at their source: no other is asked.
_FLOWS: Final = (FlowName.PURCHASE_ORDER_OUT,)


def begin(
    tx: Tx,
    landings: Iterable[tuple[Transfer, Landing]],
    loaded: Sequence[Sourced],
    now: datetime,
) -> None:
    """Begin what is to be written back of documents that have just landed.

    Args:
        landings: The transfers with what they became.
        loaded: The same transfers with their sources.
    """
    numbers = {each.id: to.number for each, to in landings if each.flow in _FLOWS}
    found = [each for each in loaded if each.transfer.id in numbers]
    views = views_for(tx, found)
    for each in found:
        view = views[each.transfer.link]
        source = _source(view, each)
        fields = follow(
            each.transfer.id,
            each.kind,
            each.document_id,
            fields_of(each, view, numbers[each.transfer.id]).items(),
            now,
        )
        follow_ups.begin(tx, source.id, fields)
        if fields:
            connections.wake(tx, source.id, now)


def fields_of(each: Sourced, view: LinkView, number: str | None) -> Mapping[str, str]:
    """Give the fields of a source's document, by name, that shall hold something else by now."""
    flow = FlowName(each.transfer.flow)
    if flow not in _FLOWS or each.kind not in traits_of(_source(view, each).system).takes_numbers:
        return {}
    document = decode(each.kind, each.body)
    return {
        field.name: field.value
        for field in TRANSLATORS[flow].write_back(document, number, view.settings)
        if document.custom_field(field.name) != field.value
    }


def _source(view: LinkView, each: Sourced) -> Connection:
    return view.source_of(FLOWS[FlowName(each.transfer.flow)])
