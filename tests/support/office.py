"""A QuickBooks computer with an agent of ours on it, beside a whole company."""

from __future__ import annotations

from itertools import count
from typing import Any

from counterfoil.cli._agent import SandboxQuickBooks
from counterfoil.connectors.quickbooks_desktop.agent import Agent, Line
from counterfoil.hub import agents
from counterfoil.ledger import connections
from tests.support.world import ACTOR, World

__all__ = ["Office"]

HUB = "http://localhost:8080"
_tickets = count(1)


class Office:
    """An agent and its QuickBooks; ``said`` is what it told whoever looked at it."""

    def __init__(self, world: World, token: str | None = None, **more: Any) -> None:
        self.world = world
        self.token = token or self.new_token()
        self.said: list[str] = []
        self.paused: list[float] = []
        self.is_stopped = False
        self.more = more
        self.agent = self.started()

    def new_token(self) -> str:
        with self.world.hub.database.reading() as tx:
            books = connections.load(tx, self.world.books_id)
        assert books is not None
        return agents.new_token_for(self.world.hub, books, ACTOR)

    def started(self) -> Agent:
        """Start the agent anew: another conversation."""
        given: dict[str, Any] = {
            "ticket": f"ticket-{next(_tickets)}",
            "computer": "BOOKS-PC",
            "version": "1.0, 64-bit",
            "bits": 64,
            "say": self.said.append,
            "pause": self._pause,
            "chance": lambda: 1.0,
            "stops": lambda: self.is_stopped,
        }
        line = Line(HUB, self.token, transport=self.world.pipe)
        quickbooks = SandboxQuickBooks(self.world.counter)
        self.agent = Agent(line, self.more.get("quickbooks", quickbooks), **given)
        return self.agent

    def _pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.world.clock.wait(seconds)

    def run(self) -> None:
        """Do what is due now."""
        self.agent.run(once=True)

    def restart(self) -> None:
        """The computer is started anew, and the agent does what is due."""
        self.started()
        self.run()

    def settle(self, runs: int = 12, wait_s: float = 3700.0) -> None:
        """Let ordinary runs follow each other, an hour apart, until nothing is left to do."""
        for _ in range(runs):
            self.world.read_operations()
            self.run()
            if not self.world.unsettled():
                return
            self.world.clock.wait(wait_s)
        raise AssertionError(f"it does not come to rest: {self.said}, {self.world.unsettled()}")
