"""Whether other credentials open the company that a connection knows.

What was sent and paired belongs to one company.  A system that does not tell which company it
is, is known by what it holds: the documents that were read there last are looked for.  One of
them there, under its number, says that it is the same; none of them says that it is another;
an answer that does not tell says nothing.  Where a number is but the identity, as two companies
may have given it, the document has to say the same, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, fingerprint
from counterfoil.engine.operations import Batch, Done, FindDocument
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.hub.systems import Caller
from counterfoil.ledger import documents
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice

__all__ = ["Known", "check_same", "known_of"]

# Orders are kept under their identity by every system; what moved is told with them.
_KINDS: Final = (DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER)
_DOCUMENTS_MAX: Final = 10
_NAMED_MAX: Final = 3

_Answer = Literal["same", "other", "unknown"]


class KnownOrder(NamedTuple):
    """An order as it was read last."""

    id: str
    number: str | None
    fingerprint: str

    def is_one_of(self, there: Iterable[Document]) -> bool:
        """Whether it is among documents that bear its identity."""
        found = [each for each in there if (each.id, each.number) == (self.id, self.number)]
        if self.number not in (None, self.id):
            return bool(found)
        return any(fingerprint(each) == self.fingerprint for each in found)


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a connection's company.

    Attributes:
        has_documents: Something was read there; else nothing can belong to another company.
        orders: Kind -> its last orders.
    """

    has_documents: bool
    orders: dict[DocumentKind, list[KnownOrder]]

    @property
    def named(self) -> str:
        """Name some of them."""
        numbers = [each.number or each.id for rows in self.orders.values() for each in rows]
        return ", ".join(numbers[:_NAMED_MAX])


def known_of(tx: Tx, connection: int) -> Known:
    """Collect what is known."""
    orders = {kind: _last_of(tx, connection, kind) for kind in _KINDS}
    return Known(
        has_documents=documents.has_any(tx, connection),
        orders={kind: rows for kind, rows in orders.items() if rows},
    )


def _last_of(tx: Tx, connection: int, kind: DocumentKind) -> list[KnownOrder]:
    rows = documents.latest(tx, connection, kind, _DOCUMENTS_MAX)
    seen = documents.seen_fingerprints(tx, connection, kind, [id_ for id_, _number in rows])
    return [KnownOrder(id_, number, seen[id_].fingerprint) for id_, number in rows]


def check_same(connection: Connection, known: Known, caller: Caller | None) -> None:
    """Make sure that new credentials open the company that is known.

    Args:
        connection: Whose credentials change.
        known: Of its company.
        caller: A client with the new credentials; ``None``: they are not to be tried.

    Raises:
        UsageError: They open another one, or that cannot be told.
    """
    if not known.has_documents:
        return
    found = _asked(known, caller) if caller is not None else "unknown"
    if found == "same":
        return
    if found == "other":
        raise UsageError(
            f"These credentials open another company than the one “{connection.name}” knows: none "
            f"of its last orders ({known.named}) is there. What was sent belongs to that one. "
            "Nothing was saved.",
            advice.add_connection("Connect the other company as a connection of its own"),
            Advice("If it is the same company all the same, say so", "--same-company"),
        )
    why = "they were not tried" if caller is None else "it did not show the orders it is known by"
    raise UsageError(
        f"Whether these credentials open the company that “{connection.name}” knows cannot be "
        f"told: {why}. What was sent belongs to that one. Nothing was saved.",
        Advice("If you know that it is the same, say so", "--same-company"),
    )


def _asked(known: Known, caller: Caller) -> _Answer:
    """Look for the last orders; two companies may give one identity to different orders."""
    answers = list(_answers(known, caller))
    if "same" in answers:
        return "same"
    return "other" if answers and set(answers) == {"other"} else "unknown"


def _answers(known: Known, caller: Caller) -> Iterator[_Answer]:
    for kind, rows in known.orders.items():
        operation = FindDocument(id="1", kind=kind, ids=tuple(each.id for each in rows))
        ((_id, outcome),) = caller.perform(Batch(operations=(operation,)))
        if not isinstance(outcome, Done) or outcome.page is None or outcome.page.unreadable:
            yield "unknown"
            continue
        there = outcome.page.documents
        yield "same" if any(each.is_one_of(there) for each in rows) else "other"
