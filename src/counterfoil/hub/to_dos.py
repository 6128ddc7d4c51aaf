"""What is to be done about errors, as to-dos of the operations system: begun, made, completed.

``reconcile`` says which there shall be: one for each cause, or one for each order that stopped, as
the link's settings say.  The run of the operations connection writes them, like every other write.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Reason, Refusal, ended
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.drafting import Target
from counterfoil.engine.life import Event, State
from counterfoil.engine.operations import (
    CompleteToDo,
    CreateToDo,
    FindToDo,
    Operation,
    Outcome,
    Unknown,
)
from counterfoil.engine.to_dos import (
    ToDo,
    ToDoWrite,
    advance_to_do,
    answered,
    mark_of,
    over,
    wanted_again,
)
from counterfoil.hub import advice
from counterfoil.ledger import connections, to_dos
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run
from counterfoil.settings import PurchaseOrderOut, ToDos
from counterfoil.told import Told

from .attention import Attention
from .links import LinkView
from .standpoints import account_of
from .systems import settles_after

__all__ = ["Wanted", "attention", "move", "questions", "reconcile", "take", "writes"]

_AT_A_TIME: Final = 100


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is to be done.

    Attributes:
        kind: A word of ``ToDos``: whether it is about a cause or one order.
        subject: Tells it from every other.
        text: What is to be done.
    """

    kind: str
    subject: str
    text: str


# --- Which there shall be -----------------------------------------------------------------


def reconcile(
    tx: Tx, view: LinkView, wanted: Sequence[Wanted], moving: Container[str], now: datetime
) -> None:
    """Begin what is wanted and not there, and let be completed what is wanted no more.

    ``moving``: subjects of which it is not known yet, for what they are about is tried again.
    """
    rules = view.settings.purchase_order_out
    by_subject = {(each.kind, each.subject): each for each in wanted}
    there = {(each.kind, each.subject): each for each in to_dos.open_(tx, view.link.id)}
    moves = [
        (each, _moved(each, by_subject.get(key), rules, now))
        for key, each in there.items()
        if key in by_subject or each.subject not in moving
    ]
    to_dos.save(tx, moves)
    begun = [_new(view, each, rules, now) for key, each in by_subject.items() if key not in there]
    to_dos.add(tx, begun)
    if begun or any(before != after for before, after in moves):
        connections.wake(tx, view.operations.id, now)


def _moved(each: ToDo, wanted: Wanted | None, rules: PurchaseOrderOut, now: datetime) -> ToDo:
    if wanted is None:
        return over(each, now)
    action_type, assignee = _named(rules)
    return wanted_again(each, wanted.text, action_type, assignee, now)


def _named(rules: PurchaseOrderOut) -> tuple[str, str]:
    return rules.to_do_action_type or "", rules.to_do_resource or ""


def _new(view: LinkView, wanted: Wanted, rules: PurchaseOrderOut, now: datetime) -> ToDo:
    assert rules.to_dos is not ToDos.OFF, "nothing is wanted where none are made"
    action_type, assignee = _named(rules)
    return ToDo(
        id=0,
        link=view.link.id,
        target=view.operations.id,
        kind=wanted.kind,
        subject=wanted.subject,
        text=wanted.text,
        action_type=action_type,
        assignee=assignee,
        made_at=now,
        state_since=now,
        released_at=now,
    )


# --- Writing ------------------------------------------------------------------------------


def questions(
    tx: Tx, connection: Connection, run: Run, now: datetime
) -> list[tuple[Operation, Asked]]:
    """Ask what became of writes whose answers were lost, once they can be carried out no more.

    Once a run: what it did not answer, the next one asks again.
    """
    lost = [
        each
        for each in to_dos.in_state(tx, connection.id, State.UNKNOWN, _AT_A_TIME)
        if each.sent_at is not None
        and now >= each.sent_at + settles_after(connection)
        and each.state_since < run.started_at
    ]
    to_dos.save(tx, [(each, advance_to_do(each, Event.ASKED, now)) for each in lost])
    return [
        _with_asked(_question(each, str(position), connection), each)
        for position, each in enumerate(lost, start=1)
    ]


def _question(each: ToDo, wire_id: str, connection: Connection) -> FindToDo:
    if each.write is ToDoWrite.COMPLETE:
        return FindToDo(id=wire_id, record_id=each.record_id)
    return FindToDo(id=wire_id, key=_mark(each, connection))


def writes(
    tx: Tx, connection: Connection, target: Target, now: datetime
) -> list[tuple[Operation, Asked]]:
    """Record as sent, and give, what is to be written next: at most one batch."""
    waits = to_dos.in_state(tx, connection.id, State.WAITING, _AT_A_TIME)
    due = [each for each in waits if each.retry_at is None or each.retry_at <= now]
    to_dos.save(tx, [(each, advance_to_do(each, Event.DUE, now)) for each in due])
    ready = to_dos.in_state(tx, connection.id, State.READY, target.batch_size)
    to_dos.save(tx, [(each, advance_to_do(each, Event.WRITE_SENT, now)) for each in ready])
    return [
        _with_asked(_write(each, str(position), connection, now), each)
        for position, each in enumerate(ready, start=1)
    ]


def _write(each: ToDo, wire_id: str, connection: Connection, now: datetime) -> Operation:
    if each.write is ToDoWrite.COMPLETE:
        assert each.record_id is not None, "only what is there is completed"
        return CompleteToDo(id=wire_id, record_id=each.record_id, at=now)
    return CreateToDo(
        id=wire_id,
        key=_mark(each, connection),
        text=each.text,
        action_type=each.action_type,
        assignee=each.assignee,
        due=now,
    )


def _mark(each: ToDo, connection: Connection) -> str:
    return mark_of(account_of(connection), each.kind, each.subject)


_KINDS: Final[Mapping[type[Operation], Kind]] = {
    CreateToDo: Kind.CREATE_TO_DO,
    CompleteToDo: Kind.COMPLETE_TO_DO,
    FindToDo: Kind.FIND_TO_DO,
}


def _with_asked(operation: Operation, each: ToDo) -> tuple[Operation, Asked]:
    kind = _KINDS[type(operation)]
    return operation, Asked(wire_id=operation.id, kind=kind, sent=Sent(to_do=each.id))


# --- Answers ------------------------------------------------------------------------------


def take(
    tx: Tx, asked: Sequence[Asked], outcomes: Mapping[str, Outcome], now: datetime, target: str
) -> None:
    """Take what an answer says of to-dos."""
    by_id = {
        each.sent.to_do: outcomes.get(each.wire_id, Unknown("no answer came"))
        for each in asked
        if each.sent is not None and each.sent.to_do is not None
    }
    loaded = to_dos.load(tx, by_id)
    to_dos.save(tx, [(each, answered(each, by_id[each.id], now, target)) for each in loaded])


def move(
    tx: Tx,
    asked: Iterable[Asked],
    event: Event,
    now: datetime,
    *,
    only: State,
    why: Reason | None = None,
) -> None:
    """Move the to-dos of some writes that are in one state."""
    ids = [each.sent.to_do for each in asked if each.sent is not None]
    loaded = to_dos.load(tx, [each for each in ids if each is not None])
    to_dos.save(
        tx,
        [(each, advance_to_do(each, event, now, why=why)) for each in loaded if each.state is only],
    )


# --- What needs a person ------------------------------------------------------------------


def attention(tx: Tx) -> list[Attention]:
    """Say of which links to-dos could not be made, once for each reason."""
    found: dict[tuple[int, str], Attention] = {}
    for each in to_dos.refused(tx):
        link, refusal = connections.load_link(tx, each.link), each.refusal
        if link is None or refusal is None:
            continue
        before = found.get((link.id, refusal.sentence))
        found[link.id, refusal.sentence] = Attention(
            about="to-dos",
            id=link.id,
            name=link.name,
            sentence=ended(f"A to-do could not be made: {refusal.sentence}"),
            cure=_cure(link.id, refusal),
            documents=1 + (0 if before is None else before.documents),
        )
    return list(found.values())


def _cure(link: int, refusal: Refusal) -> Told:
    if refusal.where is None:
        return Told(refusal.cure)
    return Told("", advice.set_option(link, "Choose another one", f"{refusal.where}=NAME"))
