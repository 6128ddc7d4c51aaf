"""A setup as it stands now: each step done, next, failed or for later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection

from ._judges import JUDGES, Judged, Seen
from ._rows import PAIRINGS, Act, Pairing, Part, Row
from ._setups import Setup

__all__ = ["Guide", "StepGuided", "guide", "steps_of_books"]


class StandsAs(StrEnum):
    """How a step stands, as pages mark it."""

    DONE = "done"
    NOW = "now"
    FAILED = "failed"
    LATER = "later"


class StepGuided(msgspec.Struct, frozen=True, kw_only=True):
    """A step as people see it.

    Attributes:
        number: Which one it is, from 1.
        stands: Done; next; failed; or for later, for one before it is not done.
        help: How it is done.
        sentence: What was seen, or what is missing; empty: nothing is to be told.
        since: Since when it waits for that.
        cure: What to do where it failed.
        act: What the page offers now; ``None``: nothing.
    """

    name: str
    number: int
    part: Part
    title: str
    stands: StandsAs
    help: str
    sentence: str = ""
    since: datetime | None = None
    cure: tuple[str, ...] = ()
    act: Act | None = None


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """A whole setup.

    Attributes:
        part: The stretch that it has come to.
        is_waiting: What is next comes from outside, so it is worth looking again soon.
    """

    setup: Setup
    pairing: Pairing
    steps: list[StepGuided]
    part: Part
    is_done: bool
    is_waiting: bool


def guide(hub: Hub, setup: Setup) -> Guide:
    """Say how a setup stands now."""
    pairing = PAIRINGS[setup.operations, setup.books]
    seen = Seen(hub, setup)
    steps = _stepped(pairing.by_agent if seen.agent is not None else pairing.rows, seen)
    current = next((each for each in steps if each.stands is not StandsAs.DONE), steps[-1])
    return Guide(
        setup=setup,
        pairing=pairing,
        steps=steps,
        part=current.part,
        is_done=all(each.stands is StandsAs.DONE for each in steps),
        is_waiting=current.since is not None,
    )


def steps_of_books(hub: Hub, connection: Connection) -> list[StepGuided]:
    """Give the steps of setting one connection of the books up, which is there already."""
    pair = next(each for each in PAIRINGS if each[1] is connection.system)
    seen = Seen(hub, Setup(operations=pair[0], books=pair[1], file=connection))
    rows = PAIRINGS[pair].by_agent if seen.agent is not None else PAIRINGS[pair].rows
    return _stepped(
        [row for row in rows if row.part is Part.BOOKS and row.name not in _MAKES], seen
    )


def _stepped(rows: Iterable[Row], seen: Seen) -> list[StepGuided]:
    """Judge steps in their order: the first that is not done is the next one."""
    steps: list[StepGuided] = []
    for number, row in enumerate(rows, start=1):
        is_next = all(each.stands is StandsAs.DONE for each in steps)
        steps.append(_step(row, number, _judged(row, seen), is_next=is_next))
    return steps


# What has to be there before a step can be judged at all.
_NEEDS_FILE: Final = Part.BOOKS
_NEEDS_LINK: Final = Part.FIRST
_MAKES: Final = frozenset({"operations", "books", "link"})


def _judged(row: Row, seen: Seen) -> Judged | None:
    """Judge a step; ``None``: what it is about is not there yet."""
    if row.name not in _MAKES:
        if row.part is _NEEDS_FILE and seen.setup.file is None:
            return None
        if row.part is _NEEDS_LINK and seen.setup.link is None:
            return None
    return JUDGES[row.name](seen)


def _step(row: Row, number: int, judged: Judged | None, *, is_next: bool) -> StepGuided:
    # Who had it tried sees it, wherever it stands.
    is_asked = judged is not None and row.act is Act.TRY and judged.since is not None
    stands = _standing(judged, is_next=is_next or is_asked)
    is_shown = judged is not None and stands is not StandsAs.LATER
    is_open = stands in (StandsAs.NOW, StandsAs.FAILED)
    return StepGuided(
        name=row.name,
        number=number,
        part=row.part,
        title=row.title,
        stands=stands,
        help=row.help,
        sentence=judged.sentence if judged and is_shown else "",
        since=judged.since if judged and is_open else None,
        cure=judged.cure if judged and stands is StandsAs.FAILED else (),
        act=row.act if is_open or (stands is StandsAs.DONE and row.is_repeated) else None,
    )


def _standing(judged: Judged | None, *, is_next: bool) -> StandsAs:
    if judged is None:
        return StandsAs.LATER
    if judged.is_passed:
        return StandsAs.DONE
    if judged.is_passed is False:
        return StandsAs.FAILED
    return StandsAs.NOW if is_next else StandsAs.LATER
