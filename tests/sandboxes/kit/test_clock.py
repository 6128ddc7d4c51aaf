"""The time a stand-in lives in."""

from __future__ import annotations

from datetime import UTC, datetime

from counterfoil.sandboxes.kit import SandboxClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class World:
    """Time for everybody else."""

    def __init__(self) -> None:
        self.unix = NOON.timestamp()

    def __call__(self) -> float:
        return self.unix


def test_it_follows_its_source() -> None:
    """Unmoved, it shows what its source shows."""
    world = World()
    clock = SandboxClock(world)
    world.unix += 60

    assert (clock(), clock.moment()) == (world.unix, datetime(2026, 3, 2, 12, 1, tzinfo=UTC))


def test_it_can_be_days_wrong_while_everybody_else_is_right() -> None:
    """Moved back or ahead it keeps its distance from the source, which goes on."""
    world = World()
    clock = SandboxClock(world)
    clock.advance(-5 * 86400)
    world.unix += 3600

    assert clock.moment() == datetime(2026, 2, 25, 13, tzinfo=UTC)
    assert world.unix == NOON.timestamp() + 3600


def test_it_can_be_set_and_reset() -> None:
    """It takes a moment to the microsecond, and shows its source again when reset."""
    clock = SandboxClock(World())
    wanted = datetime(2025, 11, 2, 5, 30, 0, 123457, tzinfo=UTC)
    clock.set(wanted.timestamp())
    assert clock.moment() == wanted

    clock.reset()

    assert clock.moment() == NOON


def test_its_shift_can_be_kept() -> None:
    """Whoever keeps it is told each new shift, and a clock made with it goes on from there."""
    kept: list[float] = []
    clock = SandboxClock(World(), shift_s=10.0, moved=kept.append)
    clock.advance(20)
    clock.set(NOON.timestamp() - 5)

    assert kept == [30.0, -5.0]
    assert SandboxClock(World(), shift_s=kept[-1])() == clock()
