"""What the agent says at the QuickBooks computer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from counterfoil.connectors.quickbooks_desktop.agent import Agent

_OPEN = {"do": "open", "run": "r", "number": 1}


class Hub:
    """A hub that asks for runs, each of which ends with a sentence; then the agent stops."""

    address = "http://hub.example"

    def __init__(self, *endings: str) -> None:
        self._endings = iter(endings)
        self.looks_left = len(endings)

    def ask(self, call: str, said: dict[str, Any]) -> dict[str, Any]:
        if call == "hello":
            return {"application": "Counterfoil", "connection": "Books"}
        if call == "report":
            return {"do": "close", "sentence": next(self._endings)}
        self.looks_left -= 1
        return _OPEN


class Session:
    """QuickBooks with a company open."""

    company_file = "C:\\Books.qbw"

    def open(self, _opening: object) -> Session:
        return self

    def close(self) -> None:
        """Nothing is left open."""


def _said(*endings: str) -> Iterator[str]:
    said: list[str] = []
    hub: Any = Hub(*endings)
    quickbooks: Any = Session()
    Agent(
        hub,
        quickbooks,
        ticket="t",
        computer="BOOKS-PC",
        version="1",
        bits=64,
        say=said.append,
        pause=lambda _seconds: None,
        chance=lambda: 0.5,
        stops=lambda: hub.looks_left == 0,
    ).run()
    yield from said[1:]


def test_idle_runs_are_told_once() -> None:
    """Runs that end alike are told with one sentence; what is new is told again."""
    idle, busy = "Nothing was to be done.", "1 document settled."

    assert [*_said(idle, idle, idle, busy, busy, idle)] == [idle, busy, idle]
