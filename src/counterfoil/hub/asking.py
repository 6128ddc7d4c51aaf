"""How what is asked is recorded: an exchange with its operations, before the batch may leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import (
    ActivateRecord,
    Batch,
    CompleteToDo,
    CreateDocument,
    CreateRecord,
    CreateToDo,
    FindDocument,
    FindToDo,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    WriteField,
    WriteMark,
)
from counterfoil.engine.planning import Planned
from counterfoil.ledger import connections, exchanges
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run

from .keys import new_batch_key

__all__ = ["Prepared", "asked_of", "kind_of", "question", "write"]


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is recorded and may leave."""

    exchange: int
    batch: Batch


def question(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[tuple[Operation, Asked]],
    now: datetime,
) -> Prepared:
    """Record questions: whatever becomes of them, nothing was written."""
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=[each for _operation, each in asked],
        now=now,
    )
    batch = Batch(operations=tuple(operation for operation, _each in asked))
    return Prepared(exchange=exchange, batch=batch)


def write(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[tuple[Operation, Asked]],
    now: datetime,
) -> Prepared:
    """Record a batch of writes, under a key by which what became of it can be asked."""
    batch = Batch(
        operations=tuple(operation for operation, _each in asked),
        key=new_batch_key(),
        clears=connection.clearable_key,
    )
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key=batch.key,
        writes=True,
        operations=[each for _operation, each in asked],
        now=now,
    )
    connections.change(tx, connection.id, position=connection.position + 1)
    return Prepared(exchange=exchange, batch=batch)


def asked_of(each: Planned) -> Asked:
    """Give what is kept of a planned operation until it is answered."""
    operation = each.operation
    return Asked(
        wire_id=operation.id,
        kind=kind_of(operation),
        subject=each.subject,
        name=each.name,
        key=getattr(operation, "key", None),
        transfer=each.transfer,
        dependants=each.dependants,
        follow_up=each.follow_up,
        sent=each.sent,
    )


def kind_of(operation: Operation) -> Kind:
    """Name the kind of an operation, as it is kept."""
    for type_, kind in _KINDS:
        if isinstance(operation, type_):
            return kind
    raise AssertionError(f"no word for {operation!r:.60}")


_KINDS: Final = (
    (CreateDocument, Kind.CREATE_DOCUMENT),
    (CreateRecord, Kind.CREATE_RECORD),
    (ActivateRecord, Kind.ACTIVATE_RECORD),
    (UpdateDocument, Kind.UPDATE_DOCUMENT),
    (VoidDocument, Kind.VOID_DOCUMENT),
    (WriteMark, Kind.WRITE_MARK),
    (FindDocument, Kind.FIND),
    (WriteField, Kind.WRITE_FIELD),
    (CreateToDo, Kind.CREATE_TO_DO),
    (CompleteToDo, Kind.COMPLETE_TO_DO),
    (FindToDo, Kind.FIND_TO_DO),
    (ReadRecords, Kind.READ_RECORDS),
    (ReadDocuments, Kind.READ_DOCUMENTS),
    (ReadDeletions, Kind.READ_DELETIONS),
    (ReadStock, Kind.READ_STOCK),
)
