"""When the absence of a write is believed: one table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from counterfoil.engine.holding import Evidence, evidence_of, held_until, may_still_run
from tests.support.builders import NOW

LIMIT = timedelta(seconds=120)
SECOND = timedelta(seconds=1)


class Write(NamedTuple):
    """A write that left."""

    sent_at: datetime


@pytest.mark.parametrize(
    "age_s, limit_s, evidence, may",
    [
        (0, 120, Evidence.NOTHING, True),
        (119, 120, Evidence.NOTHING, True),
        (120, 120, Evidence.NOTHING, False),  # bounded
        (0, 120, Evidence.ALIVE, True),
        (119, 120, Evidence.ALIVE, True),
        (120, 120, Evidence.ALIVE, False),  # a lock that a crash left holds nobody for ever
        (0, 120, Evidence.OVER, False),
        (119, 120, Evidence.OVER, False),
        (0, 0, Evidence.NOTHING, False),  # a system that answers or has not done it
        (0, 0, Evidence.ALIVE, False),
        (-5, 120, Evidence.NOTHING, True),  # another process's clock is a little ahead
        (-5, 120, Evidence.OVER, False),
    ],
)
def test_a_write_may_still_run(age_s: int, limit_s: int, evidence: Evidence, may: bool) -> None:
    """Young and without proof of its end it may; nothing makes it young for ever."""
    write = Write(NOW - age_s * SECOND)

    assert may_still_run(write, NOW, limit_s * SECOND, evidence) is may


def test_until_when_is_said() -> None:
    """The end of the wait counts from when the write left."""
    write = Write(NOW - 30 * SECOND)

    assert held_until(write, NOW, LIMIT, Evidence.ALIVE) == NOW + 90 * SECOND
    assert held_until(write, NOW, LIMIT, Evidence.OVER) is None


A, B = "LOCKED:FRONTDESK:638000000000000000", "LOCKED:BACKROOM:638000000000000777"
A_LATER = "LOCKED:FRONTDESK:638000000000009999"


@pytest.mark.parametrize(
    "then, now, found",
    [
        (A, A, Evidence.ALIVE),
        (A, f" {A} ", Evidence.ALIVE),
        (A, "UNLOCKED", Evidence.OVER),
        (A, "", Evidence.OVER),
        (A, B, Evidence.NOTHING),  # taken over, perhaps in the middle
        (A, A_LATER, Evidence.NOTHING),
        (A, None, Evidence.NOTHING),
        (None, A, Evidence.NOTHING),
        (None, "UNLOCKED", Evidence.NOTHING),
        ("UNLOCKED", "UNLOCKED", Evidence.NOTHING),  # here no lock is ever held
        ("UNLOCKED", A, Evidence.NOTHING),
        (None, None, Evidence.NOTHING),
    ],
)
def test_what_locks_tell(then: str | None, now: str | None, found: Evidence) -> None:
    """Only a lock that was held and is released proves an end; silence proves nothing."""
    assert evidence_of(went_on=False, lock_then=then, lock_now=now) is found


@pytest.mark.parametrize("lock", [None, A, "UNLOCKED"])
def test_a_later_call_of_the_same_run_proves_the_end(lock: str | None) -> None:
    """One run's calls follow each other: who speaks again has ended the one before."""
    assert evidence_of(went_on=True, lock_then=A, lock_now=lock) is Evidence.OVER
