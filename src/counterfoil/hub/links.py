"""Links with their settings and both connections, as the other modules of the hub use them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, Reason, reason
from counterfoil.engine.admission import Link as Rules
from counterfoil.ledger import agents, connections
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import (
    FLOWS,
    Direction,
    Flow,
    FlowMode,
    Problem,
    Settings,
    SystemName,
    decode_settings,
    in_force,
)

__all__ = ["LinkView", "all_views", "decoded", "view_of", "views_of"]


class LinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A link as it is now.

    Attributes:
        settings: As they are in force: what depends on another option follows it.
        version: Of the settings; 0: nobody has set anything.
        problems: Stored settings this version cannot follow; no flow runs while there
            are any, for it would follow a rule nobody chose.
        not_ready: Which step of setting a connection up has failed; ``None``: none.
    """

    link: Link
    operations: Connection
    books: Connection
    settings: Settings
    version: int
    problems: tuple[Problem, ...]
    not_ready: Reason | None = None

    def source_of(self, flow: Flow) -> Connection:
        """Give the connection whose documents the flow takes."""
        return self.operations if flow.direction is Direction.TO_BOOKS else self.books

    def target_of(self, flow: Flow) -> Connection:
        """Give the connection the flow writes to."""
        return self.books if flow.direction is Direction.TO_BOOKS else self.operations

    def targets_of(self, flow: Flow) -> tuple[DocumentKind, ...]:
        """Give every kind that the flow's documents may become where they go."""
        return flow.targets_at(self.target_of(flow).system)

    def side_of(self, connection: int) -> str:
        """Say which side of the link a connection is: ``operations`` or ``books``."""
        return "operations" if connection == self.operations.id else "books"

    @property
    def rules(self) -> Rules:
        """What it says about what may go."""
        problem = "; ".join(str(each) for each in self.problems) or None
        return Rules(
            settings=self.settings,
            is_paused=self.link.is_paused or not self.link.is_active,
            problem=problem,
            # Of either edition.
            books=self.books.system.words.partition(" ")[0],
            country=self.books.facts.get("country"),
            not_ready=self.not_ready,
        )

    @property
    def flows(self) -> list[Flow]:
        """The flows that this version carries out between the two systems."""
        return [
            flow
            for flow in FLOWS.values()
            if flow.is_built(self.operations.system, self.books.system)
        ]

    @property
    def active_flows(self) -> list[Flow]:
        """Those that are not switched off."""
        if self.problems:
            return []
        return [flow for flow in self.flows if self.mode_of(flow) is not FlowMode.OFF]

    def mode_of(self, flow: Flow) -> FlowMode:
        """Say when a flow runs."""
        rules = self.settings.flow(flow.name)
        return FlowMode.OFF if rules is None else rules.mode


def views_of(tx: Tx, connection: int) -> list[LinkView]:
    """Give the active links that a connection is part of."""
    return [view_of(tx, link) for link in connections.links_of(tx, connection)]


def view_of(tx: Tx, link: Link) -> LinkView:
    """Give a link with its settings and connections."""
    operations, books = connections.ends_of(tx, link)
    failed = {
        # Only those that call us have steps.
        each.id: agents.failed_step(tx, each.id) if each.user_name is not None else None
        for each in (operations, books)
    }
    return _view(link, operations, books, connections.settings(tx, link.id), failed)


def all_views(tx: Tx) -> list[LinkView]:
    """Give every link, oldest first; however many there are, by the same few queries."""
    known = {each.id: each for each in connections.all_connections(tx)}
    stored = connections.all_settings(tx)
    failed = {connection: each.step for connection, each in agents.failed_steps(tx).items()}
    return [
        _view(
            link,
            known[link.operations_id],
            known[link.books_id],
            stored.get(link.id, connections.NO_SETTINGS),
            failed,
        )
        for link in connections.all_links(tx)
    ]


def _view(
    link: Link,
    operations: Connection,
    books: Connection,
    stored: tuple[int, str],
    failed: Mapping[int, str | None],
) -> LinkView:
    """Put a link together; ``failed``: the steps of setting up that failed, by connection."""
    version, values = stored
    settings, problems = decoded(values, operations.system, books.system)
    return LinkView(
        link=link,
        operations=operations,
        books=books,
        settings=settings,
        version=version,
        problems=problems,
        not_ready=_not_ready(operations, failed) or _not_ready(books, failed),
    )


def _not_ready(connection: Connection, failed: Mapping[int, str | None]) -> Reason | None:
    step = failed.get(connection.id)
    if step is None:
        return None
    return reason("setup-unfinished", connection=connection.name, step=step.replace("-", " "))


@lru_cache(maxsize=256)
def decoded(
    stored: str, operations: SystemName | None = None, books: SystemName | None = None
) -> tuple[Settings, tuple[Problem, ...]]:
    """Read stored settings; the same text is read by every call of every run."""
    loaded = decode_settings(stored)
    return in_force(loaded.settings, operations, books), tuple(loaded.problems)
