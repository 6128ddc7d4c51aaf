"""Every reader withstands a short run; ``./dev fuzz`` makes long ones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from .__main__ import main
from .keeping import kept
from .mutation import spoilt
from .running import fuzz, judged
from .targets import TARGETS, Target

# Whole requests want a whole company.
_READERS = [
    pytest.param(name, marks=pytest.mark.slow) if target.prepare else name
    for name, target in TARGETS.items()
]


@pytest.mark.parametrize("name", _READERS)
def test_seeds_are_read(name: str) -> None:
    """What is spoilt is whole before: a reader takes each of its seeds; of requests some are asked."""
    target = TARGETS[name]
    for seed in target.seeds[:: 8 if target.prepare else 1]:
        target.read(seed)


@pytest.mark.parametrize("name", _READERS)
def test_nothing_escapes_a_short_run(name: str) -> None:
    """A few spoilt inputs are read, or refused as the reader says it may."""
    assert [*map(str, fuzz(TARGETS[name], first=0, runs=20))] == []


def test_a_number_is_an_input() -> None:
    """The same number spoils the same seeds in the same way, and others in other ways."""
    seeds = (b'<a b="1">2</a>', b"<c>3</c>")

    assert [spoilt(seeds, number) for number in range(50)] == [
        spoilt(seeds, number) for number in range(50)
    ]
    assert len({spoilt(seeds, number) for number in range(50)}) > 40


def test_what_a_reader_may_not_raise_escapes() -> None:
    """A failure the reader does not promise is an escape; one it does promise is none."""
    assert "ValueError" in str(judged(Target(int, ()), b"x"))
    assert judged(Target(int, (), (ValueError,)), b"x") is None


@pytest.mark.parametrize("value", [Decimal("NaN"), float("inf"), "a\x00", {"\ud800": 1}, [["\0"]]])
def test_what_cannot_be_kept_escapes(value: object) -> None:
    """However deep inside: a number that is not finite, a text that no database takes."""
    with pytest.raises(AssertionError):
        kept(value)


def test_an_escape_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its input is in a file, and the line that is told reads it once more."""
    monkeypatch.setitem(TARGETS, "numbers", Target(int, (b"1",)))

    assert main(["numbers", "--runs", "9", "--into", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    file = next(tmp_path.iterdir())
    assert f"./dev fuzz numbers --replay {file}" in told
    assert main(["numbers", "--replay", str(file)]) == 1
