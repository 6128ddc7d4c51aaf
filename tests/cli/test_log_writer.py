"""Log lines never keep the hub waiting."""

from __future__ import annotations

import json
import threading

import pytest

from counterfoil.cli._log_writer import LogWriter


class Pipe:
    """What lines are written into; ``stuck`` until it is let go."""

    def __init__(self) -> None:
        self.goes = threading.Event()
        self.entered = threading.Event()
        self.got = b""
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        self.entered.set()
        assert self.goes.wait(10)
        if self.error is not None:
            raise self.error
        self.got += data[:7]
        return min(7, len(data))


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


def test_lines_arrive_whole_and_in_order(pipe: Pipe) -> None:
    """However little the other end takes at a time."""
    pipe.goes.set()
    writer = LogWriter(pipe.write)
    for number in range(20):
        writer.write(f"line number {number} é\n")

    assert writer.drain(5)
    assert pipe.got.decode().splitlines() == [f"line number {number} é" for number in range(20)]


def test_a_pipe_that_nobody_empties_costs_lines_only(pipe: Pipe) -> None:
    """Nobody waits; how many lines were left out is said once it goes on."""
    writer = LogWriter(pipe.write, lines_max=3)
    writer.write("first\n")
    assert pipe.entered.wait(5)
    for number in range(10):
        writer.write(f"{number}\n")
    assert not writer.drain(0.01)
    pipe.goes.set()

    assert writer.drain(5)
    lines = pipe.got.decode().splitlines()
    assert [line for line in lines if not line.startswith("{")] == ["first", "0", "1", "2"]
    [told] = [json.loads(line) for line in lines if line.startswith("{")]
    assert told["number"] == 7


def test_a_full_disk_costs_lines_only(pipe: Pipe) -> None:
    """What could not be written is counted, and later lines are written."""
    pipe.goes.set()
    pipe.error = OSError(28, "No space left on device")
    writer = LogWriter(pipe.write)
    writer.write("lost\n")
    assert writer.drain(5)
    pipe.error = None
    writer.write("kept\n")

    assert writer.drain(5)
    assert pipe.got.decode().startswith("kept\n")
    assert '"number": 1' in pipe.got.decode()
