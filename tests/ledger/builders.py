"""A small company in a ledger: one link, and documents on their way through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Table, func, select

from counterfoil.documents import DocumentKind, SalesOrder
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Landing, PairedLine, Pairing, Transfer
from counterfoil.ledger import (
    Database,
    connections,
    documents,
    exchanges,
    pairings,
    runs,
    transfers,
)
from counterfoil.settings import FlowName
from tests.support.builders import NOW, order

FLOW = FlowName.SALES_ORDER_OUT
SALES_ORDER = DocumentKind.SALES_ORDER
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

_Result = TypeVar("_Result")


class World(NamedTuple):
    """A ledger with two connections, their link, and a run on the books."""

    ledger: Database
    operations: int
    books: int
    link: int
    run: int

    def see(
        self,
        *orders: SalesOrder,
        at: int | None = None,
        kind: DocumentKind = SALES_ORDER,
        keys: dict[str, str] | None = None,
        now: datetime = NOW,
    ) -> None:
        """Let a connection's documents be read; of the operations system if not said."""
        connection = at or self.operations
        with self.ledger.writing() as tx:
            known = documents.seen_fingerprints(tx, connection, kind, [each.id for each in orders])
            documents.see(tx, connection, kind, orders, keys or {}, now, known=known)

    def pending(
        self, at: int | None = None, kind: DocumentKind = SALES_ORDER
    ) -> list[documents.Pending]:
        """The documents that wait to be offered to the flows; of operations if not said."""
        with self.ledger.reading() as tx:
            return documents.pending(tx, at or self.operations, kind, 1_000)

    def begin(self, *numbers: str, state: State = State.READY, **changes: Any) -> list[Transfer]:
        """Begin transfers for new sales orders; says them in this order."""
        self.see(*(order(number) for number in numbers))
        rows = {each.number: each.row for each in self.pending()}
        with self.ledger.writing() as tx:
            transfers.begin(
                tx, [self.beginning(number, rows[number], state, **changes) for number in numbers]
            )
            documents.take_up(tx, [rows[number] for number in numbers])
        by_number = {each.number: each for each in self.all()}
        return [by_number[number] for number in numbers]

    def beginning(
        self, number: str, row: int, state: State = State.READY, **changes: Any
    ) -> Transfer:
        """A transfer of a document's row that nobody has stored yet."""
        values: dict[str, Any] = {"key": f"{{key-{number.lower()}}}", **changes}
        return Transfer(
            id=0,
            link=self.link,
            flow=FLOW.value,
            document_row=row,
            target=self.books,
            target_kind=SALES_ORDER,
            number=number,
            state=state,
            state_since=NOW,
            **values,
        )

    def all(self) -> list[Transfer]:
        """All transfers as stored."""
        with self.ledger.reading() as tx:
            return [each.transfer for each in transfers.search(tx, limit=1_000)]

    def save(self, *moves: tuple[Transfer, Transfer]) -> None:
        """Store moves in a transaction of their own."""
        with self.ledger.writing() as tx:
            transfers.save(tx, moves)

    def move(self, before: Transfer, state: State | None = None, **changes: Any) -> Transfer:
        """Store one transfer changed; says it as stored."""
        after = moved(before, state or before.state, **changes)
        self.save((before, after))
        return msgspec.structs.replace(after, version=before.version + 1)

    def land(self, *landed: tuple[Transfer, str], now: datetime = NOW, **changes: Any) -> None:
        """Pair transfers with documents of the books, by their identities there."""
        with self.ledger.writing() as tx:
            pairings.pair(
                tx,
                [
                    (each, Landing(id=target_id, kind=SALES_ORDER, **changes))
                    for each, target_id in landed
                ],
                now,
            )

    def paired(self, each: Transfer) -> Pairing | None:
        """What a transfer is in its target."""
        with self.ledger.reading() as tx:
            return transfers.load(tx, [each.id])[0].pairing

    def exchange(self, *asked: Asked, run: int | None = None, **changes: Any) -> int:
        """Record a batch of writes that leaves."""
        values: dict[str, Any] = {"key": "batch-1", "writes": True, "now": NOW} | changes
        with self.ledger.writing() as tx:
            return exchanges.record(
                tx, connection=self.books, run=run or self.run, operations=asked, **values
            )


def settle_world(ledger: Database) -> World:
    """Add Example Works' two systems and their link."""
    with ledger.writing() as tx:
        operations = add_connection(ledger, "Example Works", "fusion-operations", tx)
        books = add_connection(ledger, "Example Books", "quickbooks-desktop", tx)
        link = connections.add_link(
            tx, name="Example", operations_id=operations, books_id=books, created_at=NOW
        )
        run = runs.begin(tx, books, "web-connector", NOW)
    return World(ledger, operations, books, link, run)


def add_connection(ledger: Database, name: str, system: str, tx: Any = None) -> int:
    """Add a connection."""
    if tx is None:
        with ledger.writing() as own:
            return add_connection(ledger, name, system, own)
    return connections.add(tx, system=system, name=name, parameters={}, created_at=NOW)


def moved(transfer: Transfer, state: State, **changes: Any) -> Transfer:
    """The transfer in another state."""
    return msgspec.structs.replace(transfer, state=state, **changes)


def creation(transfer: Transfer, wire_id: str = "1") -> Asked:
    """The operation that writes a transfer's document."""
    return Asked(
        wire_id=wire_id,
        kind=Kind.CREATE_DOCUMENT,
        subject="sales-order",
        name=transfer.number,
        key=transfer.key,
        transfer=transfer.id,
    )


def rows_in(ledger: Database, *tables: Table) -> list[int]:
    """How many rows tables hold."""
    with ledger.reading() as tx:
        return [tx.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def at_once(*tasks: Callable[[], _Result]) -> list[_Result | BaseException]:
    """Run tasks in threads that start together; gives results or exceptions, in order."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], _Result]) -> _Result | BaseException:
        gate.wait(timeout=10)
        try:
            return task()
        except Exception as error:  # noqa: BLE001 - what went wrong is the result
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def numbers(found: Iterable[Transfer | transfers.Sourced]) -> list[str | None]:
    """The numbers of transfers, in order."""
    return [(e if isinstance(e, Transfer) else e.transfer).number for e in found]


LANDING = Landing(
    id="TXN-1",
    kind=SALES_ORDER,
    number="1001",
    revision="17",
    total="12.50",
    tax="1.00",
    sent_total="11.50",
    content="c" * 32,
    lines=(PairedLine("1", "L1", "2"), PairedLine("", "L2", None, "O7")),
    is_adopted=True,
)


def pair(world: World, *landings: tuple[object, Landing]) -> None:
    """Keep landings in a transaction of their own."""
    with world.ledger.writing() as tx:
        pairings.pair(tx, landings, NOW)  # type: ignore[arg-type]  # transfers, by their tests


def end(world: World, *transfers: int) -> None:
    """End pairings."""
    with world.ledger.writing() as tx:
        pairings.end(tx, transfers, NOW + MINUTE)


def see(world: World, *seen: Pairing) -> None:
    """Keep what was seen."""
    with world.ledger.writing() as tx:
        pairings.see(tx, seen)
