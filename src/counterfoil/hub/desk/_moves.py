"""What people wish of documents: send, try again, leave out, accept.

A press is a wish that is kept with the transfer until it is fulfilled, and written to the
audit; what follows from it is decided like everything else, from the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.admission import Go
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import Standing, State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Pairing, Transfer
from counterfoil.errors import UsageError
from counterfoil.hub import advice, fields
from counterfoil.hub.document_line import plural
from counterfoil.hub.finding import built, find_link, flow_of, loaded
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint
from counterfoil.ledger import connections, pairings, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction
from counterfoil.told import Advice, Told
from counterfoil.translate import TRANSLATORS

from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = [
    "Left",
    "Released",
    "accept",
    "press",
    "press_all",
    "pressed",
    "release",
    "retry",
    "skip",
]

_PAGE: Final = 500
# So many of the documents that one became are named.
_NAMED_MAX: Final = 5


class Left(NamedTuple):
    """What is told of one document; ``id``: its transfer, ``None``: several of one number."""

    number: str
    sentence: Told | str
    id: int | None = None

    @property
    def words(self) -> str:
        """It for whoever has no terminal."""
        told = self.sentence
        return (told if isinstance(told, Told) else Told(told)).spoken


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's press came to."""

    released: tuple[int, ...]
    done: tuple[Left, ...] = ()
    """What was done, one by one."""
    left: tuple[Left, ...] = ()
    """Those that are as they were, and why."""
    waiting: tuple[str, ...] = ()
    """Numbers of those that are about to go already."""


# --- Sending ------------------------------------------------------------------------------


def release(
    hub: Hub, link: int | str, kind: str, codes: Sequence[str], actor: str, *, everything: bool
) -> Released:
    """Send documents now: all that are held, or those with the given numbers.

    A document that was sent and has changed since is sent as a modification.

    Raises:
        UsageError: The flow cannot be used, or a number is not known.
    """
    flow = flow_of(kind, Direction.TO_BOOKS)
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        built(view, flow)
        states = (State.HELD,) if everything else ()
        found = _all(tx, view.link.id, flow.name.value, states, codes)
        known = {each.transfer.number for each in found}
        missing = [code for code in codes if code not in known]
        if missing:
            raise UsageError(
                f"No {flow.source.words} with the number {', '.join(missing)} has been read from "
                f"{view.operations.name}.",
                advice.read_again(view.link.id, "Check the number, or read again"),
            )
        doubtful = [each for each in found if everything and _is_doubtful(each)]
        told = press_all(
            tx, [each for each in found if each not in doubtful], actor, view, hub.now()
        )
        left = ((_name(each), each.transfer.sentence or "") for each in doubtful)
        return msgspec.structs.replace(told, left=(*told.left, *left))


def _is_doubtful(each: Sourced) -> bool:
    """Whether it may have been sent already: only somebody who names it says that it was not."""
    reason = each.transfer.reason
    return reason is not None and reason.code == "sent-elsewhere"


def _all(
    tx: Tx, link: int, flow: str | None, states: Iterable[State], codes: Sequence[str] = ()
) -> list[Sourced]:
    wanted = list(states)
    found: list[Sourced] = []
    after = 0
    while page := transfers.search(
        tx, link_id=link, flow=flow, states=wanted, codes=codes, limit=_PAGE, after=after
    ):
        found += page
        after = page[-1].transfer.id
    return found


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
    told: list[Released] = []
    for start in range(0, len(transfer_ids), _PAGE):
        with hub.database.writing() as tx:
            view = view_of(tx, find_link(tx, link))
            page = loaded(tx, transfer_ids[start : start + _PAGE])
            told.append(press_all(tx, page, actor, view, hub.now(), seen=seen))
    return Released(
        released=tuple(id_ for each in told for id_ in each.released),
        done=tuple(left for each in told for left in each.done),
        left=tuple(left for each in told for left in each.left),
        waiting=tuple(number for each in told for number in each.waiting),
    )


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
    left: list[Left] = []
    waiting: list[str] = []
    sent: _Sent = defaultdict(list)
    moved = moved_since(tx, found, seen)
    for each in found:
        before = each.transfer
        if before.state in (State.READY, State.MATCHING):
            waiting.append(_name(each))
            continue
        at = standpoint(tx, each, view)
        wanted = _as_wanted(before, at)
        if _is_sent(wanted, at):
            sent[_name(each), view.target_of(FLOWS[at.flow]).name].append(at.pairing)
            continue
        reason = moved.get(before.id) or _kept_from(wanted)
        after = before if reason is not None else pressed(wanted, at, actor, now)
        rests = after.standing is Standing.RESTING and after.state is not State.DONE
        # Whoever tries again what was unclear says that it is not there: that is kept.
        if reason is None and rests and not before.is_unclear:
            # The press changes nothing: it is not kept, so that nothing is sent by it later.
            reason = after.reason.sentence if after.reason else "It is not for this flow."
        if reason is not None:
            left.append(Left(_name(each), reason, before.id))
            continue
        moves.append((before, after))
        connections.note(
            tx, now, actor, "released", f"transfer/{before.id}", _passed(before, after, at, now)
        )
    left += _told_sent(sent, {*waiting, *(before.number for before, _after in moves)})
    keep(tx, moves, now)
    for target in {after.target for _before, after in moves}:
        connections.wake(tx, target, now)
    return Released(
        released=tuple(after.id for _before, after in moves),
        done=tuple(Left(_named(after), _going(after), after.id) for _before, after in moves),
        left=tuple(left),
        waiting=tuple(waiting),
    )


def _kept_from(transfer: Transfer) -> Told | str | None:
    """Say why no press moves a transfer now; ``None``: one may."""
    if transfer.wish is Wish.ADOPT:
        return _unconfirmed(transfer)
    return _ON_ITS_WAY if transfer.standing is Standing.IN_FLIGHT else None


def _unconfirmed(transfer: Transfer) -> Told:
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


def _name(each: Sourced) -> str:
    return _named(each.transfer)


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
    return reconsider(wished, at, now, pressed=True)


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
    names = [_there(pairing) for pairing in pairings[:_NAMED_MAX]]
    more = len(pairings) - len(names)
    names += [f"{more} more"] if more else []
    if len(names) == 1:
        return f"{one} {names[0]}"
    return f"{plural(one)} {', '.join(names[:-1])} and {names[-1]}"


def _there(pairing: Pairing | None) -> str:
    return "?" if pairing is None else pairing.number or pairing.target_id


def retry(
    hub: Hub,
    actor: str,
    *,
    transfer_ids: Sequence[int] = (),
    link: int | str | None = None,
    cause: str | None = None,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Try refused and waiting transfers again: the given ones, or all of a link.

    ``cause``: of the link only what this refusal stopped, by its code.  Of what may have arrived
    somebody has to say that it did not: it is tried again by its id or by this cause alone.

    Custom fields that could not be written are tried again, too.  Of the given transfers also
    those that hold something else there: what a person was told of is written over, unless it
    has moved since it was ``seen``.

    Raises:
        UsageError: A transfer does not exist, or nothing was stopped for this cause.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        if link is not None:
            view = view_of(tx, find_link(tx, link))
            stopped = _all(tx, view.link.id, None, (State.REFUSED, State.WAITING))
            stopped = _same_cause(stopped, cause)
            unclear = [each for each in stopped if each.transfer.is_unclear and cause is None]
            pressed = press_all(
                tx, [each for each in stopped if each not in unclear], actor, view, now
            )
            kept = tuple(Left(_name(each), _UNCLEAR, each.transfer.id) for each in unclear)
            pressed = msgspec.structs.replace(pressed, left=(*pressed.left, *kept))
            if cause is not None:
                return pressed
            again = fields.retry_link(tx, view.link.id, actor, now)
            both = dict.fromkeys((*pressed.released, *again))
            return Released(
                released=tuple(both),
                done=(*pressed.done, *_fields_tried(tx, again)),
                left=pressed.left,
            )
        tried = [_retry_one(tx, each, actor, now, seen) for each in loaded(tx, transfer_ids)]
        return Released(
            released=tuple(dict.fromkeys(id_ for one in tried for id_ in one.released)),
            done=tuple(told for one in tried for told in one.done),
            left=tuple(told for one in tried for told in one.left),
        )


_UNCLEAR: Final = (
    "It may be there already. Look there first; then say which one it is, or try again this one."
)


def _same_cause(found: Iterable[Sourced], cause: str | None) -> list[Sourced]:
    """Give what one cause stopped; ``None``: all of it.

    Raises:
        UsageError: Nothing stopped for it.
    """
    if cause is None:
        return list(found)
    known = {each.transfer.refusal.code for each in found if each.transfer.refusal is not None}
    if cause not in known:
        there = ", ".join(sorted(known))
        raise UsageError(
            f"Nothing has stopped for {cause!r}. "
            + (f"What there is: {there}." if there else "Nothing is refused there at all.")
        )
    return [
        each
        for each in found
        if each.transfer.refusal is not None and each.transfer.refusal.code == cause
    ]


def _retry_one(tx: Tx, each: Sourced, actor: str, now: datetime, seen: Seen) -> Released:
    """Try one transfer again, or its custom fields."""
    transfer = each.transfer
    fields_again: tuple[int, ...] = ()
    if fields.retry(tx, transfer, actor, now):
        fields_again = (transfer.id,)
        if transfer.standing is Standing.RESTING:
            return Released(released=fields_again, done=_fields_tried(tx, fields_again))
    view = view_of(tx, find_link(tx, transfer.link))
    one = press_all(tx, [each], actor, view, now, seen=seen)
    waiting = tuple(Left(number, _GOES_ALREADY, transfer.id) for number in one.waiting)
    return msgspec.structs.replace(
        one,
        released=(*fields_again, *one.released),
        done=(*_fields_tried(tx, fields_again), *one.done),
        left=(*one.left, *waiting),
        waiting=(),
    )


_GOES_ALREADY: Final = "It is about to go already, with the next run."


def _fields_tried(tx: Tx, ids: Sequence[int]) -> tuple[Left, ...]:
    found = transfers.load(tx, ids) if ids else []
    told = "Its custom fields are tried again."
    return tuple(Left(_name(each), told, each.transfer.id) for each in found)


# --- Leaving and accepting ----------------------------------------------------------------


def skip(
    hub: Hub,
    transfer_ids: Sequence[int],
    actor: str,
    *,
    because: str | None = None,
    seen: Seen = NOT_LOOKED_AT,
) -> Released:
    """Leave documents out for good (until somebody sends them after all).

    What is on its way, or was sent, is left as it is, and why is told.

    Args:
        because: Why, in the person's words; kept in the audit.
        seen: What has moved since is left as it is.

    Raises:
        UsageError: A transfer does not exist.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        moves: list[tuple[Transfer, Transfer]] = []
        left: list[Left] = []
        found = loaded(tx, transfer_ids)
        moved = moved_since(tx, found, seen)
        for each in found:
            before = each.transfer
            kept = moved.get(before.id) or _kept_in(each)
            if kept is not None:
                left.append(Left(_name(each), kept, before.id))
                continue
            view = view_of(tx, find_link(tx, before.link))
            wished = msgspec.structs.replace(before, wish=Wish.LEAVE, wished_by=actor)
            after = reconsider(wished, standpoint(tx, each, view), now, pressed=True)
            moves.append((before, after))
            connections.note(tx, now, actor, "skipped", f"transfer/{before.id}", because)
        keep(tx, moves, now)
        return Released(
            released=tuple(after.id for _before, after in moves),
            done=tuple(
                Left(_named(after), "It is left out until somebody sends it.", after.id)
                for _before, after in moves
            ),
            left=tuple(left),
        )


def _kept_in(each: Sourced) -> Told | str | None:
    """Say why a transfer cannot be left out; ``None``: it can."""
    transfer, pairing = each.transfer, each.pairing
    if pairing is not None and pairing.gone_at is None:
        there = f"It is there already, as {_there(pairing)}."
        return Told(there, advice.undo(transfer.id, "Undo it, to take it out"))
    if pairing is not None:
        accept_it = Advice("Accept that", f"accept {transfer.id}", f"/transfers/{transfer.id}")
        return Told("It was there and is gone.", accept_it)
    if transfer.standing is Standing.IN_FLIGHT:
        return "It is on its way. Leave it out, or undo it, once its answer is there."
    if transfer.state is State.SKIPPED and transfer.wish is Wish.LEAVE:
        return "It has been left out already."
    return None


def accept(
    hub: Hub, transfer_ids: Sequence[int], actor: str, *, seen: Seen = NOT_LOOKED_AT
) -> Released:
    """Note that a change has been dealt with by hand, or is as it shall be.

    What was seen becomes what was sent and written; a document that is gone in the target
    is left out from now on.  Custom fields that could not be written stay as they are.

    Args:
        seen: What has moved since is left as it is.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        done: list[Left] = []
        left: list[Left] = []
        found = loaded(tx, transfer_ids)
        moved = moved_since(tx, found, seen)
        for each in found:
            before, pairing = each.transfer, each.pairing
            if before.id in moved:
                left.append(Left(_name(each), moved[before.id], before.id))
                continue
            is_refused_change = before.state is State.REFUSED and before.write is not Write.CREATE
            if fields.leave(tx, before, actor, now) and before.state is State.DONE:
                told = "Its custom fields stay as they are there."
                done.append(Left(_name(each), told, before.id))
                continue
            if pairing is None or not (before.state is State.CHANGED or is_refused_change):
                left.append(Left(_name(each), _nothing_to_accept(each), before.id))
                continue
            view = view_of(tx, find_link(tx, before.link))
            _accept(tx, each, pairing, view, actor, now)
            done.append(Left(_name(each), _accepted(pairing), before.id))
        return Released(
            released=tuple(told.id for told in done if told.id is not None),
            done=tuple(done),
            left=tuple(left),
        )


def _accepted(pairing: Pairing) -> str:
    if pairing.gone_at is not None:
        return "It is gone there, and is left out until somebody sends it."
    return f"What {_there(pairing)} says there stays; nothing is written over it."


def _nothing_to_accept(each: Sourced) -> Told | str:
    """Say why there is no change to be accepted, and what there is to do instead."""
    transfer = each.transfer
    if transfer.wish is Wish.ADOPT:
        return _unconfirmed(transfer)
    if each.pairing is None:
        return Told(
            f"It is {transfer.state} and has not been sent: there is nothing there that could be "
            "accepted.",
            Advice("Leave it out", f"skip {transfer.id}", f"/transfers/{transfer.id}"),
        )
    return f"It is {transfer.state}: no change is to be accepted."


def _accept(
    tx: Tx, each: Sourced, pairing: Pairing, view: LinkView, actor: str, now: datetime
) -> None:
    known = standpoint(tx, each, view)
    accepted = msgspec.structs.replace(
        pairing,
        sent_fingerprint=known.fingerprint,
        content=pairing.seen_content or pairing.content,
        seen=None,
        # An order that is cancelled and stays in the books counts as dealt with.
        is_closed=pairing.is_closed or known.is_withdrawn,
        # That it is not linked to its order is as it shall be.
        is_linked=pairing.is_linked or None,
    )
    wish = Wish.LEAVE if pairing.gone_at is not None else Wish.NONE
    wished = msgspec.structs.replace(
        each.transfer,
        wish=wish,
        wished_by=actor if wish is Wish.LEAVE else None,
        sent_fingerprint=known.fingerprint,
    )
    at = known.with_pairing(accepted)
    pairings.see(tx, [accepted])
    pairings.prove(tx, [(accepted.id, accepted.is_linked)])
    keep(tx, [(each.transfer, reconsider(wished, at, now, pressed=True))], now)
    connections.note(tx, now, actor, "change accepted", f"transfer/{each.transfer.id}")
