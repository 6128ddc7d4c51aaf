"""What a tick asks costs what is open, not what was done: no table is read through.

SQLite tells how it carries a query out (``EXPLAIN QUERY PLAN``): ``SEARCH`` looks into an
index, ``SCAN`` reads all of it.  A partial index may be read through: it holds only what is
open.  PostgreSQL chooses by the number of rows; ``benchmarks/history.py`` measures both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from counterfoil.engine.life import STATES, State
from counterfoil.ledger import (
    Database,
    audits,
    causes,
    connections,
    daybook,
    documents,
    exchanges,
    follow_ups,
    listing,
    notices,
    pairings,
    piles,
    rereading,
    runs,
    transfers,
    users,
    written,
)
from counterfoil.ledger.listing import Place, Wanted
from counterfoil.ledger.piles import Heap, Pile
from tests.ledger.builders import DAY, FLOW, SALES_ORDER, World, settle_world
from tests.support.builders import NOW

Ask = Callable[[Connection], object]
PLACE = Place("2026-01-01", 5)
PILE = Pile(Heap.REFUSED, 1, FLOW.value, "record-unknown", "X", 1, 1, NOW, "")
OPEN_STATES = [state for state, traits in STATES.items() if not traits.is_settled]
# Lists that are handed in, the rows just found, and indexes of what is open.
_MAY_BE_SCANNED = (
    "VIRTUAL TABLE",
    "anon_1",
    "CONSTANT ROW",
    "ix_transfer_age",
    "ix_transfer_work",
    "ix_transfer_skipped",
    "ix_transfer_day",
    "ix_document_pending",
    "ix_exchange_unanswered",
    "ix_pairing_unread",
)


@pytest.fixture
def world(sqlite_ledger_url: str) -> Iterator[World]:
    """A ledger on SQLite."""
    database = Database(sqlite_ledger_url)
    yield settle_world(database)
    database.close()


def plans(world: World, ask: Ask) -> list[str]:
    """How SQLite carries out the queries that a function makes, line by line."""
    asked: list[tuple[str, Any]] = []

    def notice(_tx: Any, _cursor: Any, words: str, values: Any, *_more: Any) -> None:
        asked.append((words, values))

    with world.ledger.writing() as tx:
        event.listen(world.ledger.engine, "before_cursor_execute", notice)
        ask(tx)
        event.remove(world.ledger.engine, "before_cursor_execute", notice)
        assert asked
        return [
            row[3]
            for words, values in asked
            for row in tx.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {words}", values[0] if isinstance(values, list) else values
            )
        ]


def test_a_scan_is_noticed(world: World) -> None:
    """What reads a table through says so in its plan."""
    found = plans(world, lambda tx: tx.exec_driver_sql("SELECT * FROM transfer WHERE rounds = 1"))

    assert found == ["SCAN transfer"]


ASKED: dict[str, tuple[str, Ask]] = {
    "work": ("ix_transfer_work", lambda tx: transfers.work(tx, 2, [State.READY], 100)),
    "any_waits": ("ix_transfer_work", lambda tx: transfers.any_waits(tx, 2, NOW)),
    "count_in": ("ix_transfer_work", lambda tx: transfers.count_in(tx, 2, OPEN_STATES)),
    "due": ("ix_transfer_work", lambda tx: transfers.due(tx, 2, NOW, 100)),
    "of_link": ("ix_transfer_link", lambda tx: transfers.of_link(tx, 1, 0, 200)),
    "oldest": ("ix_transfer_age", transfers.oldest),
    "counts_in": ("ix_transfer_work", lambda tx: transfers.counts_in(tx, OPEN_STATES)),
    "waiting_for": ("ix_transfer_waits_for", lambda tx: transfers.waiting_for(tx, [1])),
    "by_key": (
        "ix_transfer_key",
        lambda tx: transfers.by_key(tx, 2, ["k"], [State.UNKNOWN, State.DONE]),
    ),
    "search by code": (
        "ix_transfer_number",
        lambda tx: transfers.search(
            tx, link_id=1, flow="sales-order-out", codes=["SO1"], limit=500
        ),
    ),
    "of_sources": (
        "sqlite_autoindex_document_1",
        lambda tx: transfers.of_sources(tx, 1, SALES_ORDER, ["1"]),
    ),
    "pending": (
        "ix_document_pending",
        lambda tx: documents.pending(tx, 1, SALES_ORDER, 100),
    ),
    "seen_fingerprints": (
        "sqlite_autoindex_document_1",
        lambda tx: documents.seen_fingerprints(tx, 1, SALES_ORDER, ["1", "2"]),
    ),
    "by_numbers": (
        "ix_document_number",
        lambda tx: documents.by_numbers(tx, 1, SALES_ORDER, ["SO1"]),
    ),
    "on_its_way": (
        "ix_transfer_work",
        lambda tx: documents.on_its_way(tx, 2, ["SO1"]),
    ),
    "listed": ("ix_transfer_day", lambda tx: listing.page(tx, Wanted(), 50)),
    "listed, of a state": (
        "ix_transfer_state_day",
        lambda tx: listing.page(tx, Wanted(link=1, flows=(FLOW,), states=(State.REFUSED,)), 50),
    ),
    "listed, of a flow": (
        "ix_transfer_flow_day",
        lambda tx: listing.page(tx, Wanted(flows=(FLOW,)), 50, older_than=PLACE),
    ),
    "listed, of a link": (
        "ix_transfer_link_day",
        lambda tx: listing.page(tx, Wanted(link=1, first=NOW.date()), 50, newer_than=PLACE),
    ),
    "listed, by words": (
        "ix_document_word_word",
        lambda tx: listing.page(tx, Wanted(words=(("so-1",),), states=(State.READY,)), 50),
    ),
    "overdue": ("ix_transfer_age", causes.overdue),
    "what somebody did": (
        "ix_audit_actor",
        lambda tx: audits.lines(tx, actor="Mara", beyond=(NOW, 7), limit=50),
    ),
    "what was done to something": (
        "ix_audit_subject",
        lambda tx: audits.lines(tx, subject="link/1", limit=50),
    ),
    "what was done in a time": (
        "ix_audit_time",
        lambda tx: audits.lines(tx, since=NOW, until=NOW, limit=50),
    ),
    "whose browser": (
        "sqlite_autoindex_user_session_1",
        lambda tx: users.session_of(tx, "u.cookie", NOW),
    ),
    "unread": ("ix_pairing_unread", lambda tx: rereading.unread(tx, 2, 100)),
    "stale": ("uq_pairing_transfer", lambda tx: rereading.stale(tx, [1])),
    "by_ids": (
        "sqlite_autoindex_document_1",
        lambda tx: documents.by_ids(tx, 1, SALES_ORDER, ["1"]),
    ),
    "written_in": ("ix_exchange_run_id", lambda tx: written.written_in(tx, 1)),
    "writes": ("ix_operation_written", lambda tx: written.page(tx, before_id=100)),
    "writes of a run": ("ix_exchange_run_id", lambda tx: written.page(tx, run_id=1)),
    "writes since": (
        "ix_run_started",
        lambda tx: written.page(tx, since=NOW, until=NOW + DAY),
    ),
    "tallies": ("ix_exchange_run_id", lambda tx: written.tallies(tx, [1, 2])),
    "written before": (
        "ix_operation_transfer_id",
        lambda tx: written.before(tx, [1, 2], 3),
    ),
    "round trips": ("ix_exchange_run_id", lambda tx: written.round_trips(tx, 1)),
    "asked in": ("sqlite_autoindex_operation_1", lambda tx: written.asked_in(tx, [1])),
    "open states": ("ix_transfer_work", lambda tx: written.open_states(tx, 2)),
    "stopped": ("ix_transfer_work", lambda tx: written.stopped(tx, 2, NOW, None, 50)),
    "spans": ("ix_exchange_run_id", lambda tx: written.spans(tx, 1)),
    "runs that did something": (
        "ix_exchange_writes",
        lambda tx: runs.page(tx, only_what_did=True, connections=[2], since=NOW),
    ),
    "noted": (
        "ix_audit_subject",
        lambda tx: connections.noted(tx, ["transfer/1"], ["released"]),
    ),
    "what was over": ("ix_cause_over", lambda tx: causes.over_since(tx, NOW, NOW)),
    "notices of a rule": ("ix_notice_rule", lambda tx: notices.history(tx, rule=1)),
    "owners": (
        "uq_pairing_target",
        lambda tx: pairings.owners(tx, 2, [(SALES_ORDER, "T1")]),
    ),
    "watched": (
        "uq_pairing_target",
        lambda tx: rereading.watched(tx, 2, SALES_ORDER, ["T1"]),
    ),
    "end": ("uq_pairing_transfer", lambda tx: pairings.end(tx, [1], NOW)),
    "last_writes": (
        "ix_operation_transfer_id",
        lambda tx: exchanges.last_writes(tx, [1, 2]),
    ),
    "open_write": ("ix_exchange_unanswered", lambda tx: exchanges.open_write(tx, 2)),
    "for_run": ("ix_exchange_run_id", lambda tx: exchanges.for_run(tx, 1)),
    "asked": ("sqlite_autoindex_operation_1", lambda tx: exchanges.asked(tx, 1)),
    "exchanges counted": ("ix_exchange_unanswered", exchanges.counts),
    "drop_texts": ("ix_exchange_texts", lambda tx: exchanges.drop_texts(tx, NOW)),
    "prune": ("ix_run_judged", lambda tx: runs.prune(tx, NOW)),
    "end_others": ("ix_run_open", lambda tx: runs.end_others(tx, 2, NOW, "over")),
    "open_since": ("ix_run_open", lambda tx: runs.open_since(tx, 2, NOW)),
    "recent": ("ix_run_connection", lambda tx: runs.recent(tx, 2, 20)),
    "open_ids": ("ix_document_open", lambda tx: documents.open_ids(tx, 1, SALES_ORDER, NOW)),
    "open_ids, closed since": (
        "ix_document_closed",
        lambda tx: documents.open_ids(tx, 1, SALES_ORDER, NOW),
    ),
    "newest": ("ix_pairing_newest", lambda tx: rereading.newest(tx, 2, 20)),
    "never_read": ("ix_pairing_brought", lambda tx: rereading.never_read(tx, 1, SALES_ORDER)),
    "stale_receipts": (
        "ix_pairing_receipts",
        lambda tx: rereading.stale_receipts(tx, 2, NOW - DAY),
    ),
    "fields that wait": ("ix_follow_up_open", lambda tx: follow_ups.any_waits(tx, 2, NOW)),
    "fields that are late": (
        "ix_follow_up_state",
        lambda tx: follow_ups.overdue(tx, State.REFUSED, NOW, 200),
    ),
    "fields refused": ("ix_follow_up_state", lambda tx: follow_ups.counts(tx, State.REFUSED)),
    "fields refused of a link": (
        "ix_follow_up_state",
        lambda tx: follow_ups.refused_of_link(tx, 1, 0, 100),
    ),
    "piles": ("ix_transfer_age", piles.piles),
    "piles counted": ("ix_transfer_age", lambda tx: piles.count(tx, ["connection"])),
    "members of a pile": ("ix_transfer_age", lambda tx: piles.members(tx, PILE, limit=50)),
    "daybook": ("ix_daybook_began", lambda tx: daybook.since(tx, NOW)),
}

# What every batch asks.
HOT = [
    "work",
    "any_waits",
    "count_in",
    "due",
    "waiting_for",
    "owners",
    "last_writes",
    "open_write",
    "for_run",
    "asked",
]


@pytest.mark.parametrize("index, ask", [pytest.param(*row, id=name) for name, row in ASKED.items()])
def test_by_its_index(world: World, index: str, ask: Ask) -> None:
    """What is asked again and again looks into the index made for it, and reads nothing through."""
    found = plans(world, ask)

    assert any(index in line for line in found), found
    assert not scans(found)


@pytest.mark.parametrize("name", HOT)
def test_prepared_once(world: World, name: str) -> None:
    """A batch's statement is prepared once: another value bound to it does not undo that."""
    _index, ask = ASKED[name]
    looked: list[object] = []

    def notice(*given: object) -> int:
        looked.append(given)
        return sqlite3.SQLITE_OK

    with world.ledger.writing() as tx:
        driver: Any = tx.connection.dbapi_connection
        # SQLite asks whether it may, whenever it prepares a statement.
        driver.set_authorizer(notice)
        ask(tx)
        assert looked
        looked.clear()
        ask(tx)
        driver.set_authorizer(None)

    assert not looked


# What people look for -> the index that finds it, in order of ids.
SOUGHT: dict[str, tuple[str, dict[str, Any]]] = {
    "a link": ("ix_transfer_listed", {"link_id": 1}),
    "a flow": ("ix_transfer_flow", {"flow": FLOW.value}),
    "a flow of a link": ("ix_transfer_listed", {"link_id": 1, "flow": FLOW.value}),
    "what is done": ("ix_transfer_listed", {"link_id": 1, "states": [State.DONE]}),
    "what was left out": ("ix_transfer_skipped", {"states": [State.SKIPPED]}),
    "what a link left out": ("ix_transfer_link", {"link_id": 1, "states": [State.SKIPPED]}),
    "what is open": ("ix_transfer_age", {"states": [State.REFUSED, State.HELD]}),
    "what is open of a flow": (
        "ix_transfer_age",
        {"link_id": 1, "flow": FLOW.value, "states": [State.REFUSED]},
    ),
    "refused fields": ("ix_follow_up_state", {"link_id": 1, "fields": True}),
    "a number": ("ix_transfer_number", {"link_id": 1, "flow": FLOW.value, "codes": ["SO1"]}),
}


@pytest.mark.parametrize(
    "index, wanted", [pytest.param(*row, id=name) for name, row in SOUGHT.items()]
)
def test_a_list_by_its_index(world: World, index: str, wanted: dict[str, Any]) -> None:
    """A page of a list costs what is on it: no row is read that is not, and none is sorted."""
    found = plans(world, lambda tx: transfers.search(tx, **wanted, limit=100))

    assert any(index in line for line in found), found
    assert not scans(found)


@pytest.mark.parametrize("state", OPEN_STATES)
def test_what_is_late(world: World, state: State) -> None:
    """Whether something is late is asked of what is open in that state."""
    found = plans(world, lambda tx: transfers.by_state(tx, state, NOW, 200, waits_since=27 * DAY))

    assert any("ix_transfer_age" in line for line in found), found
    assert not scans(found)


def scans(plan: list[str]) -> list[str]:
    """Those lines that read a whole table, or a whole index of everything."""
    return [
        line
        for line in plan
        if line.startswith("SCAN") and not any(name in line for name in _MAY_BE_SCANNED)
    ]
