"""Getting started without duplicates: two lists side by side, decided in bulk.

A name that does not match exactly becomes a second record with the first document.  So before
that, the lists of both sides are held beside each other, and people say of each record what it
is there: the same as another one, to be added, or left.  What they said can be taken back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, ended, name_key
from counterfoil.engine.counterparts import (
    Counterpart,
    Decision,
    advance_counterpart,
    as_new,
)
from counterfoil.engine.life import Event, Standing, State
from counterfoil.errors import UsageError
from counterfoil.hub import adding
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Side, side_of, target_of
from counterfoil.ledger import connections, counterparts, directory
from counterfoil.ledger.connections import Connection

from ._comparing import compared_list, sides_of

__all__ = [
    "Said",
    "SaidRow",
    "said_rows",
    "say_of_records",
    "take_back_counterparts",
    "told_problems",
]

_PROBLEMS_TOLD_MAX: Final = 20


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of one record.

    Attributes:
        id: Its identity, or its full name.
        decision: What about it.
        record: Of a link: identity or full name of the record that it is.
        name: Of one to be added: what it shall be called there; ``None``: as it is.
        called: What it was called when it was looked at; ``None``: nobody says.
    """

    id: str
    decision: Decision
    record: str | None = None
    name: str | None = None
    called: str | None = None


# --- Deciding -----------------------------------------------------------------------------


def say_of_records(
    hub: Hub, link: int | str, word: str, said: Sequence[Said], actor: str, *, side: str = "books"
) -> dict[str, int]:
    """Take what a person said of records: all of it, or nothing.

    What was said of a record before is taken back, unless it is on its way.

    Returns:
        How often each decision was taken.

    Raises:
        UsageError: Something does not fit; names each row, with its cure.
    """
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        connections.lock_link(tx, view.link.id)
        source, target = sides_of(view, side)
        kind = compared_list(source, target, word)
        saying = _Saying(tx, view.link.id, kind, source, target, actor, hub.now())
        made = [(row.id, saying.take(row)) for row in said]
        holding = counterparts.of_link(tx, view.link.id, kind=kind)
        known = {each.source_record: each for each in holding if each.source == source.id}
        fit = [each for _id, each in made if isinstance(each, Counterpart)]
        problems = [f"{id_}: {each}" for id_, each in made if isinstance(each, str)]
        problems += _objections(fit, known)
        problems += _taken(fit, holding, source.id)
        if problems:
            raise UsageError(told_problems(problems))
        gone = [known[each.source_record] for each in fit if each.source_record in known]
        _take_back(tx, gone, actor, hub.now())
        counterparts.add(tx, fit)
        _remember(tx, fit, actor, hub.now())
        return dict(Counter(each.decision.value for each in fit))


def _objections(made: Iterable[Counterpart], known: Mapping[str, Counterpart]) -> list[str]:
    """Say what speaks against decisions that fit, each by itself.

    Args:
        known: What holds of records of this side.
    """
    problems = []
    often = Counter(each.source_record for each in made)
    for each in made:
        before = known.get(each.source_record)
        if before is not None and before.standing is Standing.IN_FLIGHT:
            problems.append(f"{each.source_name}: it is being added at this moment; try later.")
        if often[each.source_record] > 1:
            problems.append(f"{each.source_name}: it is decided more than once.")
    return list(dict.fromkeys(problems))


class _Pair(NamedTuple):
    """Two records that are said to be one; ``None``: that end is not there, or nothing."""

    said: Counterpart
    own: str | None
    there: str | None

    @classmethod
    def of(cls, said: Counterpart, side: int) -> _Pair:
        """Give it as seen from the records of a connection."""
        ends = (said.source_record, said.record_id)
        return cls(said, *(ends if said.source == side else ends[::-1]))


def _taken(made: Sequence[Counterpart], holding: Iterable[Counterpart], side: int) -> list[str]:
    """Say which records would be two of the other side: a name means one, the last one told.

    Args:
        holding: What holds of either side; what is said anew of a record takes its place.
        side: The connection whose records are decided about.
    """
    anew = {each.source_record for each in made}
    before = [_Pair.of(each, side) for each in holding]
    stay = [each for each in before if each.said.source != side or each.own not in anew]
    new = [_Pair.of(each, side) for each in made]
    by_own = {each.own: each for each in stay}
    by_there: defaultdict[str | None, list[_Pair]] = defaultdict(list)
    for each in (*stay, *new):
        by_there[each.there].append(each)
    problems = []
    for each in new:
        said = by_own.get(each.own)
        if said is not None and said.there != each.there:
            problems.append(
                f"{each.said.source_name}: it was said to be “{said.said.source_name}” of the "
                f"other side; take number {said.said.id} back first."
            )
        if each.there is not None:
            others = (other for other in by_there[each.there] if other.own not in (None, each.own))
            problems += [_same(each, other.said) for other in others]
    return problems


def _same(each: _Pair, other: Counterpart) -> str:
    """Say that two records would be the same one of the other side."""
    told = f"{each.said.source_name}: it would be the same record of the other side as"
    if other.id:
        return f"{told} number {other.id} of what was decided; take that back first."
    return f"{told} “{other.source_name}”; link one of them, and leave the other."


class _Saying(NamedTuple):
    """Understands what a person says of the records of one list."""

    tx: Tx
    link: int
    kind: RecordKind
    source: Connection
    target: Connection
    actor: str
    now: datetime

    def take(self, row: Said) -> Counterpart | str:
        """Give what a row says; or what is wrong with it."""
        entry = directory.entry(self.tx, self.source.id, self.kind, row.id)
        if entry is None:
            return f"{self.source.name} has no {self.kind.words} of this identity or name."
        if row.called is not None and name_key(row.called) != name_key(entry.full_name):
            return (
                f"{self.source.name} calls it “{entry.full_name}”, and the row “{row.called}”; "
                "compare once more, and let no program change the identities."
            )
        plain = Counterpart(
            id=0,
            link=self.link,
            kind=self.kind,
            source=self.source.id,
            source_record=entry.id,
            source_name=entry.full_name,
            target=self.target.id,
            decision=row.decision,
            author=self.actor,
            made_at=self.now,
            state=State.SKIPPED,
            state_since=self.now,
        )
        match row.decision:
            case Decision.LEAVE:
                return plain
            case Decision.LINK:
                return self._linked(plain, row)
            case Decision.ADD:
                return self._added(plain, row)

    def _linked(self, plain: Counterpart, row: Said) -> Counterpart | str:
        if not row.record:
            return f"say which {self.kind.words} of {self.target.name} it is, or add or leave it."
        there = directory.entry(self.tx, self.target.id, self.kind, row.record)
        if there is None:
            return f"{self.target.name} has no {self.kind.words} “{row.record}”."
        return msgspec.structs.replace(plain, state=State.DONE, record_id=there.id)

    def _added(self, plain: Counterpart, row: Said) -> Counterpart | str:
        if self.kind is RecordKind.ITEM and side_of(self.target.system) is Side.BOOKS:
            return (
                f"an item is added to {self.target.name} by the first document that names it, "
                "with its type and the accounts that are set there; link or leave it."
            )
        known = directory.read_known(self.tx, self.source.id, self.kind, [plain.source_record])
        new = as_new(known[plain.source_record], row.name)
        limits = target_of(self.target)
        limit = limits.name_length_max.get(self.kind)
        if limit is not None and len(new.name) > limit:
            return (
                f"“{new.name}” has {len(new.name)} characters; {self.target.name} takes {limit}. "
                "Give a shorter name."
            )
        if ":" in new.full_name and not limits.has_hierarchy:
            return (
                f"“{new.full_name}” has a colon, and {self.target.name} has no levels. "
                "Give another name."
            )
        return msgspec.structs.replace(plain, state=State.READY, record=new, released_at=self.now)


def _remember(tx: Tx, made: Sequence[Counterpart], actor: str, now: datetime) -> None:
    for each in made:
        if each.decision is Decision.LINK:
            adding.remember(tx, each)
    for decision, number in Counter(each.decision for each in made).items():
        connections.note(
            tx, now, actor, f"records to {decision.value}", f"link/{made[0].link}", str(number)
        )


def told_problems(problems: Sequence[str]) -> str:
    """Say why nothing was decided."""
    shown = "\n".join(problems[:_PROBLEMS_TOLD_MAX])
    more = len(problems) - _PROBLEMS_TOLD_MAX
    rest = f"\n… and {more} more." if more > 0 else ""
    return f"Nothing was decided, for these do not fit:\n{shown}{rest}"


# --- Taking back --------------------------------------------------------------------------


class SaidRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a record, and what became of it.

    Attributes:
        kind: Which list.
        name: Of the record.
        record: Identity of what it is on the other side; ``None``: not there yet, or nothing.
        why: Why it is where it is, for people; ``None``: nothing is to be said.
        undone_at: When it was taken back; ``None``: it holds.
    """

    id: int
    kind: str
    name: str
    decision: str
    state: str
    record: str | None
    why: str | None
    author: str
    made_at: datetime
    undone_at: datetime | None


def said_rows(hub: Hub, link: int | str, *, taken_back: bool = False) -> list[SaidRow]:
    """List what was said for a link, in the order in which it was said."""
    with hub.database.reading() as tx:
        found = counterparts.of_link(tx, find_link(tx, link).id, taken_back=taken_back)
    return [
        SaidRow(
            id=each.id,
            kind=each.kind.words,
            name=each.source_name,
            decision=each.decision.value,
            state=each.state.value,
            record=each.record_id,
            why=each.sentence,
            author=each.author,
            made_at=each.made_at,
            undone_at=each.undone_at,
        )
        for each in found
    ]


def take_back_counterparts(hub: Hub, link: int | str, ids: Sequence[int], actor: str) -> list[str]:
    """Take back what was said of records; says of each what became of it.

    Raises:
        UsageError: One of them is not known, or is on its way; then nothing is taken back.
    """
    with hub.database.writing() as tx:
        found_link = find_link(tx, link)
        known = {each.id: each for each in counterparts.of_link(tx, found_link.id)}
        for each in ids:
            if each not in known:
                raise UsageError(f"Nothing that holds has the number {each} on this link.")
            if known[each].standing is Standing.IN_FLIGHT:
                raise UsageError(
                    f"{each}: it is being added at this moment; try again after the next run."
                )
        gone = [known[each] for each in dict.fromkeys(ids)]
        _take_back(tx, gone, actor, hub.now())
        return [_gone(tx, each) for each in gone]


def _take_back(tx: Tx, gone: Sequence[Counterpart], actor: str, now: datetime) -> None:
    moves = []
    for each in gone:
        after = each
        if each.standing is Standing.WANTED or each.state is State.REFUSED:
            after = advance_counterpart(each, Event.CALLED_OFF, now)
        moves.append((each, msgspec.structs.replace(after, undone_at=now)))
        adding.forget(tx, each)
        connections.note(
            tx,
            now,
            actor,
            "decision taken back",
            f"link/{each.link}",
            f"{each.kind.words} “{each.source_name}”",
        )
    counterparts.save(tx, moves)
    _remember_others(tx, gone)


def _remember_others(tx: Tx, gone: Sequence[Counterpart]) -> None:
    """Let names mean again what is still said of the records of something taken back."""
    touched = {id_ for each in gone for id_ in (each.source_record, each.record_id)}
    for link, kind in dict.fromkeys((each.link, each.kind) for each in gone):
        for each in counterparts.of_link(tx, link, kind=kind):
            if each.record_id is not None and {each.source_record, each.record_id} & touched:
                adding.remember(tx, each)


def _gone(tx: Tx, each: Counterpart) -> str:
    """Say what became of something that was taken back."""
    target = connections.load(tx, each.target)
    assert target is not None, "counterparts name a connection"
    name = f"The {each.kind.words} “{each.source_name}”"
    if each.decision is Decision.ADD and each.state is State.DONE:
        return (
            f"{name} was added to {target.name} and stays there: Counterfoil takes no list "
            "record out. Make it inactive there if nobody needs it."
        )
    if each.decision is Decision.ADD:
        return ended(f"{name} will not be added to {target.name}")
    return f"{name} is undecided again."
