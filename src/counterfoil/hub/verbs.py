"""Verbs of several steps: read first, then send; drive every system of a link that we call.

``hub.desk`` holds what one transaction does.  Both are one body, of which the command line,
the JSON API and the console are the faces, so that they cannot come to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

from counterfoil.documents import ended
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, outstanding
from counterfoil.hub.document_line import how_many_wait
from counterfoil.hub.drive import DriveReport, drive
from counterfoil.hub.finding import sides
from counterfoil.hub.links import view_of, views_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.hub.views import Adopted, shown_adoption
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import Direction
from counterfoil.told import Advice, Told

__all__ = [
    "Driven",
    "Ran",
    "Retrieved",
    "Sent",
    "adopt",
    "ago",
    "awaited",
    "lasting",
    "needs_a_person",
    "preview_count",
    "retrieve",
    "run",
    "send",
    "take_back",
    "told",
    "wake",
    "wake_for",
]

Progress = Callable[[str, int, int], None]
"""Told the connection's name, how many transfers are settled and how many are left."""

_NEEDS_A_PERSON: Final = (State.REFUSED, State.CHANGED)
_NO_PROGRESS: Final[Progress] = lambda name, settled, left: None  # noqa: E731 - a default


def adopt(hub: Hub, transfer_id: int, named: str, actor: str, *, consent: bool = False) -> Adopted:
    """Say which document of its target a transfer is; where we are the ones who call, look now.

    Raises:
        UsageError: It cannot be adopted now, or nothing there can bear that name.
    """
    made = desk.adopt(hub, transfer_id, named, actor, consent=consent)
    with hub.database.reading() as tx:
        target = connections.load(tx, transfers.load(tx, [transfer_id])[0].transfer.target)
    assert target is not None, "a transfer goes to a connection"
    if not traits_of(target.system).is_called:
        return made
    _drive(hub, target, _NO_PROGRESS)
    with hub.database.reading() as tx:
        open_ = shown_adoption(tx, transfer_id)
    if open_ is not None:
        return open_
    return msgspec.structs.replace(
        made, is_confirmed=True, sentence=ended(f"Confirmed: it is {made.named} in {target.name}")
    )


def take_back(hub: Hub, transfer_id: int, actor: str) -> Adopted:
    """Take back that a transfer is a document of its target; that document stays as it is.

    Raises:
        UsageError: Nobody said so, or other documents are linked to it.
    """
    return desk.take_back(hub, transfer_id, actor)


def told(left: Sequence[desk.Left]) -> list[dict[str, Any]]:
    """Give what is told of documents one by one, as both faces tell it."""
    return [{"number": each.number, "sentence": str(each.sentence), "id": each.id} for each in left]


# --- Work ---------------------------------------------------------------------------------


class Driven(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did on one connection, or for what it waits there.

    Attributes:
        is_called: ``False``: it calls us, so nothing was done now.
        round_trips: Made in this run.
        settled: Transfers that came to an end in this run.
        waiting: Transfers that this connection still has to take.
        last_seen_at: When it last answered or called.
        problem: What went wrong, one sentence; ``None``: nothing.
        is_busy: Somebody else is driving it, so nothing was done.
        is_paused: All its links are paused, so nothing is read or written.
        sentence: All of this in words.
    """

    id: int
    name: str
    system: str
    is_called: bool
    round_trips: int
    settled: int
    waiting: int
    last_seen_at: datetime | None
    problem: Told | None
    is_busy: bool
    sentence: Told
    is_paused: bool = False


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to; ``refused`` counts transfers that stopped in it."""

    connections: list[Driven]
    refused: int

    @property
    def problems(self) -> list[str]:
        """What went wrong outside, one sentence each."""
        return [
            str(each.problem.after(f"{each.name}:")) for each in self.connections if each.problem
        ]


def run(hub: Hub, links: Sequence[Link], *, progress: Progress = _NO_PROGRESS) -> Ran:
    """Do now whatever is due on these links, as far as we are the ones who call.

    The operations side is driven first, for what was just entered there; where both sides
    are called, it is driven once more for what the books brought.
    """
    desk.press_due_counts(hub)
    before = _stopped(hub, links)
    pairs = [sides(hub, link) for link in links]
    operations = {left.id: left for left, _right in pairs}
    books = {right.id: right for _left, right in pairs}
    found: dict[int, Driven] = {}
    for each in (*operations.values(), *books.values()):
        found[each.id] = _drive(hub, each, progress)
    again = {
        left.id: left
        for left, right in pairs
        if traits_of(right.system).is_called and not found[left.id].problem
    }
    for each in again.values():
        found[each.id] = _joined(found[each.id], _drive(hub, each, progress))
    return Ran(
        connections=list(found.values()),
        refused=max(0, _stopped(hub, links) - before),
    )


def _joined(first: Driven, second: Driven) -> Driven:
    return msgspec.structs.replace(
        second,
        round_trips=first.round_trips + second.round_trips,
        settled=first.settled + second.settled,
    )


def _stopped(hub: Hub, links: Sequence[Link]) -> int:
    with hub.database.reading() as tx:
        counted = transfers.counts(tx)
    of_these = {link.id for link in links}
    return needs_a_person([each for each in counted if each[0] in of_these])


def needs_a_person(counted: Sequence[tuple[int, str, State, int]]) -> int:
    """Count the transfers that a person has to decide about."""
    return sum(number for _link, _flow, state, number in counted if state in _NEEDS_A_PERSON)


def _drive(hub: Hub, connection: Connection, progress: Progress) -> Driven:
    report = DriveReport()
    is_called = traits_of(connection.system).is_called
    if is_called:
        report = drive(
            hub,
            connection.id,
            "person",
            progress=lambda settled, left: progress(connection.name, settled, left),
        )
    return _driven(hub, connection, report)


def _driven(hub: Hub, connection: Connection, report: DriveReport) -> Driven:
    is_called = traits_of(connection.system).is_called
    with hub.database.reading() as tx:
        now = connections.load(tx, connection.id) or connection
        waiting = outstanding.remaining(tx, connection.id)
        is_paused = outstanding.rests(tx, connection.id, views_of(tx, connection.id))
    driven = Driven(
        id=now.id,
        name=now.name,
        system=now.system.value,
        is_called=is_called,
        round_trips=report.batches,
        settled=report.settled,
        waiting=waiting,
        last_seen_at=now.last_seen_at,
        problem=report.problem if is_called else None,
        is_busy=report.skipped,
        sentence=Told(""),
        is_paused=is_paused,
    )
    return msgspec.structs.replace(driven, sentence=_sentence(driven, hub.now()))


def _sentence(driven: Driven, now: datetime) -> Told:
    waiting = _documents(driven.waiting)
    if driven.is_paused:
        return Told(f"Its link is paused or removed: nothing is read or written. {waiting} for it.")
    if not driven.is_called:
        seen = driven.last_seen_at
        if seen is None:
            steps = Advice("", f"connections checklist {driven.id}", f"/connections/{driven.id}")
            told = f"{waiting} for the Web Connector or the agent; neither has called yet."
            return Told(told, steps)
        last = f"the last call was {ago(seen, now)}"
        return Told(f"{waiting} for the Web Connector or the agent; {last}.")
    if driven.is_busy:
        return Told("Another process is driving it right now; nothing was done twice.")
    if driven.problem:
        return driven.problem
    calls = f"{driven.round_trips} round trip{'' if driven.round_trips == 1 else 's'}"
    return Told(f"Up to date after {calls}; {driven.settled} settled, {driven.waiting} waiting.")


def _documents(number: int) -> str:
    return how_many_wait(number) if number else "No document waits"


def ago(moment: datetime, now: datetime) -> str:
    """Say in words how long ago a moment was."""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {word}{'' if number == 1 else 's'} ago"
    return "just now" if seconds < 10 else f"{seconds} seconds ago"


def lasting(moment: datetime, now: datetime) -> str:
    """Say in words for how long something has been so: “for 3 minutes”."""
    past = ago(moment, now)
    return f"for {past.removesuffix(' ago')}" if past.endswith(" ago") else "for a moment"


def awaited(hub: Hub, link: Link) -> Ran:
    """Say how the two sides of a link stand, without driving either."""
    found = []
    for side in sides(hub, link):
        shown_now = _driven(hub, side, DriveReport())
        if shown_now.is_called and not shown_now.is_paused:
            driven = Told(f"It is driven now; {shown_now.waiting} waiting.")
            shown_now = msgspec.structs.replace(shown_now, sentence=driven)
        found.append(shown_now)
    return Ran(connections=found, refused=0)


def wake(hub: Hub, link_ids: Sequence[int]) -> None:
    """Let a running hub look at these links at once, not at its next usual time."""
    with hub.database.writing() as tx:
        for link_id in link_ids:
            view = view_of(tx, finding.find_link(tx, link_id))
            for side in (view.operations, view.books):
                if traits_of(side.system).is_called:
                    connections.wake(tx, side.id, hub.now())


def wake_for(hub: Hub, transfer_ids: Sequence[int]) -> None:
    """Let a running hub look at the links of these transfers at once."""
    with hub.database.reading() as tx:
        links = sorted({each.transfer.link for each in transfers.load(tx, transfer_ids)})
    if links:
        wake(hub, links)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's send came to.

    Attributes:
        released: Transfers that are on their way now.
        waiting: Numbers that were on their way already.
        left: Number and reason of each document that was not released.
        read: What reading the source first came to, ``None``: it was not asked for.
        next: What happens now, in one sentence.
        press: Of stock: the press, under which it is told what comes of it.
        resync: Of stock: orders and receipts that changed after their transfer.
    """

    released: tuple[int, ...]
    waiting: list[str]
    left: list[dict[str, Any]]
    read: Driven | None
    next: str
    press: int | None = None
    resync: tuple[str, ...] = ()


def send(
    hub: Hub,
    link: Link,
    kind: str,
    codes: Sequence[str],
    actor: str,
    *,
    everything: bool = False,
    reads_first: bool = True,
    account: str | None = None,
    memo: str | None = None,
    progress: Progress = _NO_PROGRESS,
) -> Sent:
    """Send documents to the books: those with the given numbers, or all that are held.

    The operations side is read first, so that what was just entered there is known.  When
    it cannot be reached, what is known is sent, and ``read`` says so.

    Of stock, the numbers are products' codes, and all are all products: a press, for which the
    operations side is read afterwards.

    Args:
        account, memo: Of stock: where the difference is booked, and a remark; ``None``: as set.

    Raises:
        UsageError: No such kind, flow or number, neither numbers nor all are asked for, or the
            link is paused.
    """
    finding.check_going(link)
    if bool(codes) == everything:
        raise UsageError(
            "Name the documents' numbers.", Advice("Or take every one that is held", "--all")
        )
    flow = finding.flow_of(kind, Direction.TO_BOOKS)
    operations, books = sides(hub, link)
    if flow.is_counted:
        press = desk.press_count(
            hub, link.id, codes, actor, everything=everything, account=account, memo=memo
        )
        read = _drive(hub, operations, progress) if reads_first else None
        return Sent(
            released=(),
            waiting=[],
            left=[],
            read=read,
            next=_next_count(books, press.resync),
            press=press.id,
            resync=press.resync,
        )
    if account is not None or memo is not None:
        raise UsageError("An account and a memo go with stock only.")
    read = _drive(hub, operations, progress) if reads_first else None
    result = desk.release(hub, link.id, kind, codes, actor, everything=everything)
    return Sent(
        released=result.released,
        waiting=list(result.waiting),
        left=told(result.left),
        read=read,
        next=_next(books, has_any=bool(result.released or result.waiting)),
    )


def preview_count(
    hub: Hub, link: int | str, actor: str, *, account: str | None = None, memo: str | None = None
) -> desk.Pressed:
    """Ask what sending all stock would change; nothing is written, and the next run tells.

    Args:
        account, memo: Where the difference would be booked, and a remark; ``None``: as set.

    Raises:
        UsageError: The flow cannot be used, or the link is paused.
    """
    made = desk.press_count(
        hub, link, (), actor, everything=True, account=account, memo=memo, is_preview=True
    )
    operations, _books = sides(hub, finding.link_named(hub, str(link)))
    _drive(hub, operations, _NO_PROGRESS)
    return made


def _next(books: Connection, *, has_any: bool) -> str:
    if not has_any:
        return "Nothing is on its way."
    if traits_of(books.system).is_called:
        return f"They go to {books.name} with the next run."
    return f"They go to {books.name} when its Web Connector or agent calls next."


def _next_count(books: Connection, resync: Sequence[str]) -> str:
    when = (
        "with its next run"
        if traits_of(books.system).is_called
        else "when its Web Connector or agent calls next"
    )
    named = f" Needs resync: {', '.join(resync[:_NAMED_MAX])}." if resync else ""
    return f"It is compared with {books.name} {when}; what differs is adjusted.{named}"


# So many documents are named in one sentence.
_NAMED_MAX: Final = 20


class Retrieved(msgspec.Struct, frozen=True, kw_only=True):
    """What a retrieval came to; ``ran``: what was driven for it, empty where we wait."""

    sentence: str
    ran: list[Driven]


def retrieve(
    hub: Hub,
    link: Link,
    kind: str,
    since: date | None,
    actor: str,
    *,
    progress: Progress = _NO_PROGRESS,
) -> Retrieved:
    """Ask for documents of the books; where we are the ones who call, fetch them now.

    Raises:
        UsageError: No such kind or flow, or the link is paused.
    """
    finding.check_going(link)
    sentence = desk.request_retrieval(hub, link.id, kind, since, actor)
    _operations, books = sides(hub, link)
    if not traits_of(books.system).is_called:
        return Retrieved(sentence=sentence, ran=[])
    return Retrieved(sentence=sentence, ran=run(hub, [link], progress=progress).connections)
