"""What a document was made from, or what was made from it, may have been taken up already.

In the books an estimate becomes an order, and an order becomes invoices.  Each of them may be
what the operations system produces from; only one of them is.  So a document is left out when
an ancestor or a descendant of it was taken up, whichever was retrieved first, and when it was
made from a document that we wrote.  The same holds of a purchase order and its bills.

Of an order of which only what is left is taken, the invoices that it tells of are no part: it
goes beside them.

Of two that were both begun, and have not landed, the one that was begun first goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, Reason, decode, reason
from counterfoil.engine.life import Standing, State
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer, is_derived
from counterfoil.ledger import ancestry, documents, transfers
from counterfoil.ledger.ancestry import Node
from counterfoil.ledger.documents import Pending
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction, Flow, FlowMode, FlowName, InvoicedPart

from .links import LinkView
from .owed import owed_already

__all__ = ["ANCESTORS_FIRST", "Asked", "ancestors_first", "left_out_for", "taken_by"]

ANCESTORS_FIRST: Final = (
    DocumentKind.ESTIMATE,
    DocumentKind.SALES_ORDER,
    DocumentKind.INVOICE,
    DocumentKind.PURCHASE_ORDER,
    DocumentKind.BILL,
)
"""Kinds of documents in the order in which one is made from another."""

# Nothing is made from these.
_LAST: Final = frozenset({DocumentKind.INVOICE, DocumentKind.BILL})

# From an invoice to its estimate there are two steps; more than a few are a circle.
_STEPS_MAX: Final = 4


class Asked(NamedTuple):
    """A document that has not landed; ``transfer`` ``None``: it has not been begun."""

    id: str
    at: Standpoint
    transfer: Transfer | None = None


def ancestors_first(kinds: Iterable[DocumentKind]) -> list[DocumentKind]:
    """Order kinds so that what others are made from comes before them."""
    rank = {kind: position for position, kind in enumerate(ANCESTORS_FIRST)}
    return sorted(kinds, key=lambda kind: (rank.get(kind, -1), kind))


def taken_by(tx: Tx, view: LinkView, flow: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Say of documents of one flow where they were taken up already, by their identities.

    What none of them is related to costs no more than one query.
    """
    if flow.direction is Direction.FROM_BOOKS:
        return _Family(tx, view, flow).taken(asked)
    return owed_already(tx, view, flow, asked)


class _Family:
    """The documents of the books that become the same kind of order on one link."""

    def __init__(self, tx: Tx, view: LinkView, flow: Flow) -> None:
        self.tx = tx
        self.view = view
        self.source = view.source_of(flow)
        self.kind = flow.source
        self.flows = {
            other.source: other
            for other in view.flows
            if other.direction is Direction.FROM_BOOKS and other.target is flow.target
        }

    def taken(self, asked: Sequence[Asked]) -> dict[str, Reason]:
        """Say which were taken up as something else, by their identities."""
        if len(self.flows) < 2 or not asked:
            return {}
        known: dict[Node, Pending] = {}
        ancestors = self._ancestors(asked, known)
        descendants = self._descendants([each.id for each in asked], known)
        related = {node for nodes in (*ancestors.values(), *descendants.values()) for node in nodes}
        if not related:
            return {}
        ours = self._ours({node for nodes in ancestors.values() for node in nodes}, known)
        takers = self._takers(related)
        found: dict[str, Reason] = {}
        for each in asked:
            why = self._by_ancestor(each, ancestors[each.id], ours, takers) or self._by_descendant(
                each, descendants[each.id], takers
            )
            if why is not None:
                found[each.id] = why
        return found

    # --- Who is related --------------------------------------------------------------------

    def _ancestors(
        self, asked: Sequence[Asked], known: dict[Node, Pending]
    ) -> defaultdict[str, list[Node]]:
        """Give the ancestors of each, the nearest first."""
        found = defaultdict(list, {each.id: self._parents(each.at.document) for each in asked})
        newest = [node for nodes in found.values() for node in nodes]
        for _ in range(_STEPS_MAX):
            self._learn(newest, known)
            newest = []
            for nodes in found.values():
                new = [
                    parent
                    for node in nodes
                    if node in known
                    for parent in self._parents(decode(node.kind, known[node].body))
                    if parent not in nodes
                ]
                nodes.extend(new)
                newest += new
            if not newest:
                break
        return found

    def _parents(self, document: Document) -> list[Node]:
        kinds = {kind.value: kind for kind in self.flows}
        return [
            Node(kinds[each.kind], each.id) for each in document.made_from if each.kind in kinds
        ]

    def _descendants(
        self, ids: Iterable[str], known: dict[Node, Pending]
    ) -> defaultdict[str, list[Node]]:
        """Give what was made from each, and from that; only what still says so."""
        roots = {Node(self.kind, id_): {id_} for id_ in ids}
        found: defaultdict[str, list[Node]] = defaultdict(list)
        for _ in range(_STEPS_MAX):
            edges = [
                edge
                for kind, of_kind in _by_kind(roots).items()
                if kind not in _LAST
                for edge in ancestry.descendants(self.tx, self.source.id, kind, of_kind)
                if edge[1].kind in self.flows
            ]
            self._learn([child for _, child in edges], known)
            grown: dict[Node, set[str]] = {}
            for parent, child in edges:
                if child in known and parent in self._parents(
                    decode(child.kind, known[child].body)
                ):
                    grown.setdefault(child, set()).update(roots[parent])
            for child, of_roots in grown.items():
                for root in of_roots:
                    found[root].append(child)
            if not grown:
                break
            roots = grown
        return found

    def _learn(self, nodes: Iterable[Node], known: dict[Node, Pending]) -> None:
        for kind, ids in _by_kind(node for node in nodes if node not in known).items():
            for each in documents.by_ids(self.tx, self.source.id, kind, ids):
                known[Node(kind, each.id)] = each

    # --- What became of them ---------------------------------------------------------------

    def _ours(self, nodes: Iterable[Node], known: Mapping[Node, Pending]) -> dict[Node, str | None]:
        """Give those that we wrote, or another one of us, with their numbers."""
        wanted = set(nodes)
        found: dict[Node, str | None] = {
            node: known[node].number
            for node in wanted
            if node in known and (mark := known[node].own_key) is not None and is_derived(mark)
        }
        for kind, ids in _by_kind(wanted).items():
            numbers = ancestry.numbers_of_ours(self.tx, self.source.id, kind, ids)
            found |= {Node(kind, id_): number for id_, number in numbers.items()}
        return found

    def _takers(self, nodes: Iterable[Node]) -> dict[Node, Sourced]:
        """Give the transfers that took them up on this link."""
        return {
            Node(each.kind, each.document_id): each
            for kind, ids in _by_kind(nodes).items()
            for each in transfers.of_sources(self.tx, self.source.id, kind, ids)
            if each.transfer.link == self.view.link.id
            and each.transfer.flow == self.flows[kind].name.value
        }

    def _by_ancestor(
        self,
        asked: Asked,
        nodes: Sequence[Node],
        ours: Mapping[Node, str | None],
        takers: Mapping[Node, Sourced],
    ) -> Reason | None:
        for node in nodes:
            if node in ours:
                return _reason("made-from-ours", node, ours[node])
            taker = takers.get(node)
            if taker is not None and self._takes(taker, asked):
                return _reason("made-from", node, taker.transfer.number)
        return None

    def _by_descendant(
        self, asked: Asked, nodes: Sequence[Node], takers: Mapping[Node, Sourced]
    ) -> Reason | None:
        counted = self._left_aside(asked.at.document)
        for node in nodes:
            taker = takers.get(node)
            if taker is not None and node not in counted and self._takes(taker, asked):
                return _reason("made-into", node, taker.transfer.number)
        return None

    def _left_aside(self, document: Document) -> set[Node]:
        """Give what an order tells as made from it, where only what is left of it goes."""
        settings = self.view.settings
        taken = {
            DocumentKind.SALES_ORDER: settings.sales_order_in.part_invoiced,
            DocumentKind.PURCHASE_ORDER: settings.purchase_order_in.part_received,
        }
        if taken.get(self.kind, InvoicedPart.WHOLE) is InvoicedPart.WHOLE:
            return set()
        return {Node(DocumentKind(each.kind), each.id) for each in document.made_into}

    def _takes(self, taker: Sourced, asked: Asked) -> bool:
        """Say whether a relative of a document goes, or has gone, in its place."""
        transfer, own = taker.transfer, asked.transfer
        if taker.pairing is not None or transfer.standing is Standing.IN_FLIGHT:
            return True
        is_off = self.view.mode_of(FLOWS[FlowName(transfer.flow)]) is FlowMode.OFF
        if transfer.state is State.SKIPPED or is_off:
            return False
        return own is None or own.state is State.SKIPPED or transfer.id < own.id


def left_out_for(tx: Tx, source: int, gone: Iterable[Sourced]) -> list[Sourced]:
    """Give what was left out for documents of the books that are taken up no more."""
    newest = {Node(each.kind, each.document_id) for each in gone}
    related = set(newest)
    for _ in range(_STEPS_MAX):
        found: set[Node] = set()
        for kind, ids in _by_kind(newest).items():
            found |= {child for _, child in ancestry.descendants(tx, source, kind, ids)}
            found |= ancestry.parents(tx, source, kind, ids)
        newest = {node for node in found if node.kind in ANCESTORS_FIRST} - related
        related |= newest
    return [
        each
        for kind, ids in sorted(
            _by_kind(related).items(), key=lambda item: ANCESTORS_FIRST.index(item[0])
        )
        for each in transfers.of_sources(tx, source, kind, ids)
        if each.transfer.state is State.SKIPPED
        and each.transfer.reason is not None
        and each.transfer.reason.code in _FOR_RELATIVES
    ]


_FOR_RELATIVES: Final = frozenset({"made-from", "made-into"})


def _by_kind(nodes: Iterable[Node]) -> dict[DocumentKind, list[str]]:
    found: defaultdict[DocumentKind, list[str]] = defaultdict(list)
    for node in sorted(set(nodes)):
        found[node.kind].append(node.id)
    return found


def _reason(code: str, node: Node, number: str | None) -> Reason:
    return reason(code, kind=node.kind.words, number=number or node.id)
