"""Sending documents: those that are held, and those that somebody names.

A press is a wish that is kept with the transfer until it is fulfilled, and written to the
audit; what follows from it is decided like everything else, from the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.admission import Go
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import Standing, State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Pairing, SetAside, Transfer
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.hub.document_line import plural
from counterfoil.hub.finding import built, find_link, flow_of
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction
from counterfoil.told import Told
from counterfoil.translate import TRANSLATORS

from ._outcomes import BATCH, Left, Released, called_there, in_batches, name
from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = ["every", "press", "press_all", "pressed", "release", "unconfirmed"]

# So many of the documents that one became are named.
_NAMED_MAX: Final = 5


def release(
    hub: Hub, link: int | str, kind: str, codes: Sequence[str], actor: str, *, everything: bool
) -> Released:
    """Send documents now: all that are held, or those with the given numbers.

    A document that was sent and has changed since is sent as a modification.

    Raises:
        UsageError: The flow cannot be used, or a number is not known.
    """
    flow = flow_of(kind, Direction.TO_BOOKS)
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        built(view, flow)
        states = (State.HELD,) if everything else ()
        named = [
            _Named(each.transfer.id, each.transfer.version, name(each), _doubt(each))
            for each in every(tx, view.link.id, flow.name.value, states, codes)
        ]
    known = {each.number for each in named}
    missing = [code for code in codes if code not in known]
    if missing:
        raise UsageError(
            f"No {flow.source.words} with the number {', '.join(missing)} has been read from "
            f"{view.operations.name}.",
            advice.read_again(view.link.id, "Check the number, or read again"),
        )
    left = [each for each in named if everything and each.doubt is not None]
    going = {each.id: each.version for each in named if each not in left}
    told = press(hub, view.link.id, tuple(going), actor, seen=going)
    doubtful = (Left(each.number, each.doubt or "", each.id) for each in left)
    return msgspec.structs.replace(told, left=(*told.left, *doubtful))


class _Named(NamedTuple):
    """A document that is to be sent; ``doubt``: why only somebody who names it sends it."""

    id: int
    version: int
    number: str
    doubt: str | None


def _doubt(each: Sourced) -> str | None:
    """Say that it may have been sent already; ``None``: it was not."""
    reason = each.transfer.reason
    is_doubtful = reason is not None and reason.code == "sent-elsewhere"
    return (each.transfer.sentence or "") if is_doubtful else None


def every(
    tx: Tx, link: int, flow: str | None, states: Iterable[State], codes: Sequence[str] = ()
) -> Iterator[Sourced]:
    """Give the transfers of a link in some states, or with some numbers, oldest first."""
    wanted = list(states)
    after = 0
    while page := transfers.search(
        tx, link_id=link, flow=flow, states=wanted, codes=codes, limit=BATCH, after=after
    ):
        yield from page
        after = page[-1].transfer.id


def press(
    hub: Hub,
    link: int | str,
    transfer_ids: Sequence[int],
    actor: str,
    *,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Send, or try again, some documents of one link, however many.

    A page at a time, each in a transaction of its own.

    Args:
        seen: What has moved since is left as it is.

    Raises:
        UsageError: There is no such link or transfer.
    """

    def carry_out(tx: Tx, found: Sequence[Sourced]) -> Released:
        view = view_of(tx, find_link(tx, link))
        return press_all(tx, found, actor, view, hub.now(), seen=seen)

    return in_batches(hub, transfer_ids, carry_out)


def press_all(
    tx: Tx,
    found: Sequence[Sourced],
    actor: str,
    view: LinkView,
    now: datetime,
    *,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Carry out a press on send, or on try again, for documents of one link."""
    moves: list[tuple[Transfer, Transfer]] = []
    joined_in: list[tuple[Transfer, Transfer]] = []
    left: list[Left] = []
    waiting: list[str] = []
    sent: _Sent = defaultdict(list)
    moved = moved_since(tx, found, seen)
    for each in found:
        before = each.transfer
        if before.state in (State.READY, State.MATCHING):
            waiting.append(name(each))
            joined_in.append((before, _wished_too(before, actor)))
            continue
        at = standpoint(tx, each, view)
        wanted = _as_wanted(before, at)
        if _is_sent(wanted, at):
            sent[name(each), view.target_of(FLOWS[at.flow]).name].append(at.pairing)
            continue
        reason = moved.get(before.id) or _kept_from(wanted)
        after = before if reason is not None else pressed(wanted, at, actor, now)
        rests = after.standing is Standing.RESTING and after.state is not State.DONE
        # Whoever tries again what was unclear says that it is not there: that is kept.
        if reason is None and rests and not before.is_unclear:
            # The press changes nothing: it is not kept, so that nothing is sent by it later.
            reason = after.reason.sentence if after.reason else "It is not for this flow."
        if reason is not None:
            left.append(Left(name(each), reason, before.id))
            continue
        moves.append((before, after))
        connections.note(
            tx, now, actor, "released", f"transfer/{before.id}", _passed(before, after, at, now)
        )
    left += _told_sent(sent, {*waiting, *(before.number for before, _after in moves)})
    keep(tx, [*moves, *joined_in], now)
    for target in {after.target for _before, after in moves}:
        connections.wake(tx, target, now)
    return Released(
        released=tuple(after.id for _before, after in moves),
        done=tuple(Left(_named(after), _going(after), after.id) for _before, after in moves),
        left=tuple(left),
        waiting=tuple(waiting),
    )


def _wished_too(transfer: Transfer, actor: str) -> Transfer:
    """Give what goes already as this person wants it, too: no earlier press takes it back."""
    is_pressed = transfer.wish is Wish.SEND or transfer.set_aside is not None
    if not is_pressed or transfer.wished_by == actor:
        return transfer
    return msgspec.structs.replace(transfer, wished_by=actor, set_aside=None)


def _kept_from(transfer: Transfer) -> Told | str | None:
    """Say why no press moves a transfer now; ``None``: one may."""
    if transfer.wish is Wish.ADOPT:
        return unconfirmed(transfer)
    return _ON_ITS_WAY if transfer.standing is Standing.IN_FLIGHT else None


def unconfirmed(transfer: Transfer) -> Told:
    """Say that somebody has to take back first that it is there."""
    return Told(
        "Somebody says that it is there already, and that is not confirmed yet.",
        advice.unadopt(transfer.id, "To send it all the same, take that back first"),
    )


def _going(transfer: Transfer) -> str:
    """Say what a press brought on its way."""
    if transfer.is_unclear or transfer.standing is Standing.RESTING:
        return transfer.sentence or f"It is {transfer.state}."
    words = _WRITES[transfer.write] if transfer.write is not None else "sent"
    return f"It is {words} with the next run."


_WRITES: Final = {Write.CREATE: "sent", Write.UPDATE: "changed there", Write.VOID: "taken out"}


def _named(transfer: Transfer) -> str:
    return transfer.number or str(transfer.id)


def pressed(transfer: Transfer, at: Standpoint, actor: str, now: datetime) -> Transfer:
    """Give the transfer after a person wished it sent."""
    wish = transfer.wish
    is_stopped = transfer.state in (State.REFUSED, State.WAITING)
    if wish is not Wish.UNDO or not is_stopped:
        # Trying an undo again is no wish to have the document sent.
        is_retry = transfer.state is State.REFUSED and transfer.write is not Write.CREATE
        wish = wish if is_retry else Wish.SEND
    wished = msgspec.structs.replace(
        transfer,
        wish=wish,
        wished_by=actor,
        # Whoever tries again wants everything looked up again.
        target_number=None if transfer.write is Write.CREATE else transfer.target_number,
        is_checked=False,
        rounds=0,
    )
    after = reconsider(wished, at, now, pressed=True)
    if transfer.refusal is None or transfer.is_unclear or after.state is not State.READY:
        return after
    stood = SetAside(
        refusal=transfer.refusal,
        wish=transfer.wish,
        wished_by=transfer.wished_by,
        target_number=transfer.target_number,
    )
    return msgspec.structs.replace(after, set_aside=stood)


def _passed(before: Transfer, after: Transfer, at: Standpoint, now: datetime) -> str | None:
    """Name the rules that the press passed over, for the audit."""
    wished = msgspec.structs.replace(before, wish=after.wish)
    admission = at.admission(wished, now)
    if not isinstance(admission, Go) or not admission.passed:
        return None
    return "passed over: " + " ".join(each.sentence for each in admission.passed)


def _as_wanted(transfer: Transfer, at: Standpoint) -> Transfer:
    """Give the transfer with the kind that its document becomes when it is sent again."""
    if at.pairing is None or transfer.standing is not Standing.RESTING:
        return transfer
    kind = TRANSLATORS[at.flow].next_kind(
        at.pairing.target_kind, at.document, at.link.settings, pressed=True
    )
    return msgspec.structs.replace(transfer, target_kind=kind)


_ON_ITS_WAY: Final = "It is on its way; what became of it is being asked."


def _is_sent(transfer: Transfer, at: Standpoint) -> bool:
    """Whether it is in the target as its source says: nothing is left to be sent."""
    return transfer.state is State.DONE and not at.facts(transfer).becomes_other


_Sent = defaultdict[tuple[str, str], list[Pairing | None]]
"""What was sent before: number and target -> what its parts became."""


def _told_sent(sent: _Sent, gone: Collection[str | None]) -> list[Left]:
    """Say of what was sent before what it became: once per number, however many parts it has.

    A number of which something goes now is no second send: what was sent of it is not told.
    """
    return [
        Left(number, f"It has been sent already: it is {_became(pairings)} in {target}.")
        for (number, target), pairings in sent.items()
        if number not in gone
    ]


def _became(pairings: Sequence[Pairing | None]) -> str:
    """Name documents of the target: ``bill 17``, ``bills 17, 18 and 2 more``."""
    kinds = {pairing.target_kind.words for pairing in pairings if pairing is not None}
    one = kinds.pop() if len(kinds) == 1 else "document"
    names = [called_there(pairing) for pairing in pairings[:_NAMED_MAX]]
    more = len(pairings) - len(names)
    names += [f"{more} more"] if more else []
    if len(names) == 1:
        return f"{one} {names[0]}"
    return f"{plural(one)} {', '.join(names[:-1])} and {names[-1]}"
