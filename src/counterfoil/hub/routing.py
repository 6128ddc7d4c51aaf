"""Several company files of one operations system: a document goes to one link at most.

Where an operations connection has routes, each of its documents belongs to one link: that to
which its vendor, its customer or its worker is routed, else the one that takes all the rest.
Goods follow their order.  A document stays with the link where it landed or may be on its way,
whatever the routes say by then; what has not been sent moves with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    Document,
    DocumentKind,
    Reason,
    Receipt,
    RecordKind,
    Reference,
    Shipment,
    WorkEntry,
    decode,
    name_key,
    reason,
)
from counterfoil.engine.life import Standing, State
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import connections, routes, transfers
from counterfoil.ledger.routes import Route
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import Direction, Flow

from .ancestors import Asked
from .links import LinkView

__all__ = ["PARTIES", "hold", "left_elsewhere", "routed"]

PARTIES: Final = (RecordKind.VENDOR, RecordKind.CUSTOMER, RecordKind.EMPLOYEE)
"""What can be routed, in the order in which a document is looked at."""

_REST: Final = ("", "")
"""The key of the route that takes all that no other names."""

_CODE: Final = "routed-elsewhere"
_ORDER_OF: Final[Mapping[type[Document], DocumentKind]] = {
    Receipt: DocumentKind.PURCHASE_ORDER,
    Shipment: DocumentKind.SALES_ORDER,
}


class _Routes(NamedTuple):
    """The routes of a connection: by identity and by name of their parties."""

    by_record: Mapping[tuple[str, str], Route]
    by_name: Mapping[tuple[str, str], Route]

    @classmethod
    def of(cls, listed: Iterable[Route]) -> _Routes:
        """Have some at hand."""
        by_name = {each.key: each for each in listed}
        told = by_name.values()
        return cls({(each.party, each.record): each for each in told if each.record}, by_name)

    def link_of(self, kind: RecordKind, party: Reference) -> int | None:
        """Say where a party's documents go: renamed, one is still the same."""
        known = self.by_record.get((kind.value, party.id)) if party.id else None
        if known is None:
            known = self.by_name.get((kind.value, name_key(party.name)))
            is_other = known is not None and known.record is not None and party.id is not None
            known = None if is_other else known
        return None if known is None else known.link

    @property
    def rest(self) -> int | None:
        """Where all goes that no other route names; ``None``: nowhere."""
        known = self.by_name.get(_REST)
        return None if known is None else known.link


def routed(tx: Tx, view: LinkView, flow: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Say of documents that have not landed on a link which other link they belong to.

    Costs one query where there are no routes.
    """
    if flow.direction is not Direction.TO_BOOKS or not asked:
        return {}
    listed = routes.of_connection(tx, view.operations.id)
    if not listed:
        return {}
    known = _Routes.of(listed)
    there = _there(tx, view.operations.id, flow.source, [each.id for each in asked])
    orders = _orders(tx, view.operations.id, [each.at.document for each in asked])
    found: dict[str, int] = {}
    for each in asked:
        owner = there.get(each.id) or _owner(each.at.document, orders, known)
        if owner is not None and owner != view.link.id:
            found[each.id] = owner
    names = {link: _name(tx, link) for link in set(found.values())}
    return {id_: reason(_CODE, link=names[link]) for id_, link in found.items()}


def hold(tx: Tx, views: Iterable[LinkView], loaded: Iterable[Sourced]) -> None:
    """Before documents are planned, let no other link plan the same ones."""
    operations = {view.link.id: view.operations.id for view in views}
    having = {each for each in set(operations.values()) if routes.of_connection(tx, each)}
    rows = [
        each.transfer.document_row
        for each in loaded
        if operations[each.transfer.link] in having and each.pairing is None
    ]
    if rows:
        routes.hold(tx, rows)


def left_elsewhere(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]]) -> list[Sourced]:
    """Give what was left out for another link, of documents that have left that one."""
    over = [after.id for before, after in moves if _has_left(before, after)]
    if not over:
        return []
    sources: defaultdict[tuple[int, DocumentKind], set[str]] = defaultdict(set)
    for each in transfers.load(tx, over):
        link = connections.load_link(tx, each.transfer.link)
        assert link is not None, "a transfer belongs to a link"
        if each.pairing is None and routes.of_connection(tx, link.operations_id):
            sources[link.operations_id, each.kind].add(each.document_id)
    return [
        each
        for (operations, kind), ids in sources.items()
        for each in transfers.of_sources(tx, operations, kind, ids)
        if each.transfer.id not in over
        and each.transfer.state is State.SKIPPED
        and each.transfer.reason is not None
        and each.transfer.reason.code == _CODE
    ]


def _has_left(before: Transfer, after: Transfer) -> bool:
    """Whether a document may have left a link: it is out, or was never there after all."""
    was_there = before.standing is Standing.IN_FLIGHT or after.generation != before.generation
    # What was just answered is paired right after this.
    stays = after.standing is Standing.IN_FLIGHT or after.state in (State.DONE, State.CHANGED)
    return was_there and not stays


# --- Whose a document is --------------------------------------------------------------------


def _there(tx: Tx, connection: int, kind: DocumentKind, ids: Iterable[str]) -> dict[str, int]:
    """Give the links where documents have landed or may be on their way, by identity."""
    return {
        each.document_id: each.transfer.link
        for each in transfers.of_sources(tx, connection, kind, set(ids))
        if _is_there(each)
    }


def _orders(
    tx: Tx, connection: int, documents: Iterable[Document]
) -> dict[tuple[DocumentKind, str], tuple[int | None, Document]]:
    """Give the orders of goods: the link where each has landed or may be, and what it says."""
    wanted: defaultdict[DocumentKind, set[str]] = defaultdict(set)
    for goods in documents:
        kind = _ORDER_OF.get(type(goods))
        if kind is not None and isinstance(goods, (Receipt, Shipment)):
            wanted[kind].add(goods.order_id)
    found: dict[tuple[DocumentKind, str], tuple[int | None, Document]] = {}
    for kind, ids in wanted.items():
        for each in transfers.of_sources(tx, connection, kind, ids):
            key = kind, each.document_id
            if _is_there(each) or key not in found:
                link = each.transfer.link if _is_there(each) else None
                found[key] = link, decode(kind, each.body)
    return found


def _is_there(each: Sourced) -> bool:
    """Whether a document has landed by a link, or may have."""
    return each.pairing is not None or each.transfer.standing is Standing.IN_FLIGHT


def _owner(
    document: Document,
    orders: Mapping[tuple[DocumentKind, str], tuple[int | None, Document]],
    known: _Routes,
) -> int | None:
    """Say which link a document belongs to; ``None``: no route says."""
    kind = _ORDER_OF.get(type(document))
    if kind is not None and isinstance(document, (Receipt, Shipment)):
        link, order = orders.get((kind, document.order_id), (None, document))
        if link is not None:
            return link
        return _by_party(order, known) or _by_party(document, known) or known.rest
    return _by_party(document, known) or known.rest


def _by_party(document: Document, known: _Routes) -> int | None:
    links = (known.link_of(kind, each) for kind, each in _parties(document))
    return next((each for each in links if each is not None), None)


def _parties(document: Document) -> list[tuple[RecordKind, Reference]]:
    """Give who decides where a document goes, the one that counts first."""
    fields = (
        (RecordKind.VENDOR, getattr(document, "vendor", None)),
        (RecordKind.CUSTOMER, getattr(document, "customer", None)),
        (RecordKind.CUSTOMER, getattr(document, "purchased_for", None)),
        (RecordKind.EMPLOYEE, document.worker if isinstance(document, WorkEntry) else None),
    )
    return [(kind, each) for kind, each in fields if each is not None]


def _name(tx: Tx, link_id: int) -> str:
    link = connections.load_link(tx, link_id)
    assert link is not None, "a link is never deleted"
    return link.name
