"""A ledger of the first version, with everything in it, comes over whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, func, insert, select
from sqlalchemy import text as sql

from counterfoil.documents import DocumentKind, RecordKind, encode, fingerprint, reason, refuse
from counterfoil.documents.refusals import Refusal
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import State
from counterfoil.engine.matching import Lookup
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.errors import LedgerError
from counterfoil.ledger import (
    Database,
    connections,
    directory,
    documents,
    exchanges,
    follow_ups,
    identity,
    migrations,
    open_ledger,
    pairings,
    rereading,
    runs,
    tokens,
    transfers,
)
from counterfoil.ledger._types import to_microseconds
from counterfoil.ledger.database import sqlite_url
from counterfoil.settings import FlowName
from tests.ledger.builders import MINUTE, SALES_ORDER
from tests.support.builders import NOW, order

OPERATIONS, BOOKS, LINK, RUN = 1, 2, 1, 1
SENT, LOST = 1, 2
REFUSAL = refuse("waited-too-long", document="sales order", duration="3 days", problem="busy.")
WHO = "J. R."
EARLIER = "an earlier version"
# A run that was in the middle of reading everything.
HALF_READ = {"cursor": "documents/sales-order", "documents": "sales-order", "page": "2"}
FACTS = {
    "version": "16.0",
    "country": "US",
    "batch_limit": 50,
    "agenda_made": True,
    "has_begun": True,
    "reads_singly": True,
}


class Was(msgspec.Struct, frozen=True):
    """A transfer of the first version, and what it is to become.

    ``text``: the sentence that was kept with it; ``code`` and ``values``: of the reason that
    is made of it.
    """

    state: State
    text: str | None = None
    code: str | None = None
    values: dict[str, str] = {}
    wish: Wish = Wish.NONE
    by: str | None = None
    columns: dict[str, Any] = {}
    lands: dict[str, Any] | None = None
    released_by: str | None = None


_S = State
OLD: dict[str, Was] = {
    "H1": Was(_S.HELD, "It waits until somebody sends it.", "waits-for-person"),
    "H2": Was(_S.HELD, "by rule: The order is still a draft at its source.", "draft"),
    "R1": Was(_S.READY, wish=Wish.SEND, by=EARLIER),
    "R2": Was(_S.READY, wish=Wish.SEND, by="Zoë", released_by="Zoë"),
    "M1": Was(_S.MATCHING, wish=Wish.SEND, by=EARLIER, columns={"exchange_id": SENT}),
    "S1": Was(
        _S.SENDING,
        wish=Wish.SEND,
        by=EARLIER,
        columns={
            "exchange_id": SENT,
            "target_number": "S1",
            "number_is_free": True,
            "attempts": 1,
            "sent_fingerprint": "5" * 32,
            "settings_version": 2,
            "released_at": NOW,
        },
    ),
    "U1": Was(
        _S.UNKNOWN,
        "the connection broke",
        "outcome-asked",
        {"problem": "the connection broke"},
        wish=Wish.SEND,
        by=EARLIER,
        columns={"exchange_id": LOST},
    ),
    "C1": Was(_S.CONFIRMING, wish=Wish.SEND, by=EARLIER, columns={"exchange_id": LOST}),
    "W1": Was(
        _S.WAITING,
        "QuickBooks is busy.",
        "busy",
        {"problem": "QuickBooks is busy"},
        wish=Wish.SEND,
        by=EARLIER,
        columns={"retry_at": NOW + MINUTE, "attempts": 4},
    ),
    "F1": Was(_S.REFUSED, columns={"refusal": REFUSAL}),
    "F2": Was(
        _S.REFUSED,
        columns={"refusal": REFUSAL, "alerted_at": NOW},
        wish=Wish.SEND,
        by=WHO,
        released_by=WHO,
    ),
    "F3": Was(
        _S.REFUSED,
        "It has been refused for more than 3 days.",
        "noted",
        {"sentence": "It has been refused for more than 3 days."},
        columns={"refusal": REFUSAL},
    ),
    "D1": Was(_S.DONE, columns={"sent_fingerprint": "d" * 32}, lands={"sent": "d" * 32}),
    # A person accepted that its source says something else by now.
    "D2": Was(_S.DONE, columns={"sent_fingerprint": "e" * 32}, lands={"sent": "d" * 32}),
    "D3": Was(
        _S.DONE,
        columns={"sent_fingerprint": "d" * 32},
        lands={"sent": "d" * 32, "is_adopted": True, "number": None, "lines": []},
    ),
    "G1": Was(_S.CHANGED, None, "source-changed", lands={"sent": None}),
    "G2": Was(_S.CHANGED, "It was cancelled at its source.", "source-gone", lands={}),
    "G3": Was(_S.CHANGED, "It was deleted at its source.", "source-gone", lands={}),
    "G4": Was(
        _S.CHANGED,
        "It was cancelled or deleted at its source while it was on its way.",
        "source-gone",
        lands={},
    ),
    "L1": Was(
        _S.SKIPPED, f"Left out by {WHO}.", "left-out-by", {"who": WHO}, wish=Wish.LEAVE, by=WHO
    ),
    "L2": Was(
        _S.SKIPPED,
        "Left out by Zoë.",
        "left-out-by",
        {"who": "Zoë"},
        wish=Wish.LEAVE,
        by="Zoë",
        released_by="Zoë",
    ),
    "L3": Was(_S.SKIPPED, "by rule: The order is cancelled.", "cancelled"),
    "L4": Was(
        _S.SKIPPED,
        "by rule: The order is of 2025-12-31, before the start date 2026-01-01.",
        "too-old",
        {"day": "2025-12-31", "start": "2026-01-01"},
    ),
    "L5": Was(_S.SKIPPED, "by rule: The order is closed by hand or void.", "cancelled"),
    "L6": Was(_S.SKIPPED, "by rule: The order is fully invoiced.", "fully-invoiced"),
    "L7": Was(_S.SKIPPED, "It was cancelled at its source.", "cancelled"),
    "L8": Was(_S.SKIPPED, "It was deleted at its source.", "deleted"),
    "L9": Was(
        _S.SKIPPED, "It was cancelled or deleted at its source before it was sent.", "not-sent"
    ),
}
# The order of the documents, and so of transfers: ids from 1.
NUMBERS = tuple(OLD)
ID = {number: position for position, number in enumerate(NUMBERS, 1)}


class Older:
    """Fills a database of the first version, without a word of the present one."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx
        self.tables = MetaData()
        self.tables.reflect(tx)

    def add(self, table: str, **values: Any) -> None:
        """Add a row, values as the first version's columns have them."""
        stored = {
            name: to_microseconds(value)
            if isinstance(value, datetime)
            else json.dumps(value).encode()
            if isinstance(value, dict | list)
            else value
            for name, value in values.items()
        }
        self.tx.execute(insert(self.tables.tables[table]).values(**stored))

    def fill(self) -> None:
        """Add Example Works and all that can be in a ledger."""
        self._sides()
        self._directory()
        self._runs()
        for number, was in OLD.items():
            self._transfer(number, was)
        self._work()
        # Read, and taken up by no flow yet; and one that is gone.
        self._document(90, "N1", is_gone=False)
        self._document(91, "N2", is_gone=True)

    def _sides(self) -> None:
        common = {"created_at": NOW, "is_active": True, "password_failures": 0, "epoch": 3}
        self.add("connection", id=OPERATIONS, system="fusion-operations", name="Müller & Söhne",
                 parameters={"address": "https://example.com"}, facts={}, secret="sealed",
                 **common)  # fmt: skip
        self.add("connection", id=BOOKS, system="quickbooks-desktop", name="Bücher",
                 parameters={}, facts={"company": "Küche"}, user_name="wc", password_hash="argon",
                 clearable_key="k0", **common)  # fmt: skip
        self.add("link", id=LINK, name="Müller", operations_id=OPERATIONS, books_id=BOOKS,
                 created_at=NOW, is_active=True)  # fmt: skip
        for version in (1, 2):
            self.add("link_settings", link_id=LINK, version=version, values=f'{{"v": {version}}}',
                     author="Zoë", made_at=NOW)  # fmt: skip
        self.add("audit", at=NOW, actor="Zoë", action="added", subject="link/1", detail="x")
        self.add("api_token", name="erp", token_hash=tokens.token_hash("t"), created_at=NOW)
        self.add("budget", connection_id=OPERATIONS, tokens=5, counted_at=NOW)
        self.add("request", link_id=LINK, flow="sales-order-in", author="Zoë", made_at=NOW)

    def _directory(self) -> None:
        for record_id, name, key in (
            ("1", "Straße", "straße"),
            ("2", "ΟΔΟΣ:Ω", "οδος:ω"),
            ("3", "Acme", "acme"),
        ):
            self.add("record", connection_id=BOOKS, kind="customer", record_id=record_id,
                     full_name=name, name_key=key, is_active=True, read_in=RUN,
                     body={"id": record_id, "name": name, "full_name": name})  # fmt: skip
        # Two choices that are about one name by now; the newer one is not the last by its key.
        for name, key, record_id, at in (
            ("STRASSE", "strasse", "3", NOW + MINUTE),
            ("Straße", "straße", "1", NOW),
            ("Weiß", "weiß", "1", NOW),
            ("acme inc", "acme inc", "3", NOW),
        ):
            self.add("name_choice", link_id=LINK, side="books", kind="customer", name_key=key,
                     name=name, record_id=record_id, author="Zoë", made_at=at)  # fmt: skip
        self.add("cursor", connection_id=BOOKS, name="records/customer",
                 read_until="2026-03-02T09:00:00", read_at=NOW)  # fmt: skip

    def _runs(self) -> None:
        self.add("run", id=RUN, connection_id=BOOKS, trigger="web-connector", started_at=NOW,
                 ticket_hash="h", touched_at=NOW, agenda=[HALF_READ], facts=FACTS, round_trips=2, settled=1,
                 connection_errors=0)  # fmt: skip
        for exchange, state in ((SENT, "sent"), (LOST, "unanswered")):
            self.add("exchange", id=exchange, connection_id=BOOKS, run_id=RUN, key=f"k{exchange}",
                     state=state, writes=True, sent_at=NOW)  # fmt: skip

    def _document(self, row: int, number: str, *, is_gone: bool) -> None:
        document = order(f"{number} Müller", "2 BÖLT 1.50")
        self.add("document", id=row, connection_id=OPERATIONS, kind="sales-order",
                 document_id=f"id-{number}", number=number, status="open",
                 fingerprint=fingerprint(document), body=encode(document), seen_at=NOW,
                 is_gone=is_gone)  # fmt: skip

    def _transfer(self, number: str, was: Was) -> None:
        row = ID[number]
        self._document(row, number, is_gone=False)
        columns = {"number_is_free": False, "attempts": 0, **was.columns}
        if isinstance(columns.get("refusal"), Refusal):
            columns["refusal"] = _plain(columns["refusal"])
        self.add("transfer", id=row, link_id=LINK, flow="sales-order-out", document_id=row,
                 target_id=BOOKS, number=number, state=was.state.value, state_since=NOW,
                 key=f"{{key-{number}}}", reason=was.text, **columns)  # fmt: skip
        if was.released_by:
            for actor in ("somebody before", was.released_by):
                self.add("audit", at=NOW, actor=actor, action="released",
                         subject=f"transfer/{row}")  # fmt: skip
        if was.lands is not None:
            self.add("pairing", link_id=LINK, flow="sales-order-out", transfer_id=row,
                     source_connection_id=OPERATIONS, source_kind="sales-order",
                     source_id=f"id-{number}", target_connection_id=BOOKS,
                     target_kind="sales-order", target_id=f"TXN-{number}",
                     target_number=was.lands.get("number", number), target_revision="17",
                     target_total="3.00", lines=was.lands.get("lines", ["L1", "L2"]),
                     sent_fingerprint=was.lands.get("sent"), paired_at=NOW,
                     is_adopted=was.lands.get("is_adopted", False))  # fmt: skip

    def _work(self) -> None:
        for position, (exchange, kind, number) in enumerate(
            ((SENT, "create-document", "S1"), (SENT, "create-record", None),
             (LOST, "create-document", "U1"), (LOST, "create-document", "C1")), 1
        ):  # fmt: skip
            self.add("operation", id=position, exchange_id=exchange, wire_id=f"a{position}",
                     kind=kind, subject="sales-order" if number else "customer",
                     name=number or "Müller", key=f"{{key-{number}}}" if number else "{key}",
                     transfer_id=ID[number] if number else None,
                     dependants=None if number else [ID["M1"]])  # fmt: skip
        for position, (name, state, problem) in enumerate(
            (("Farbe", "open", None), ("Größe", "done", None), ("Maß", "failed", "no such field")),
            1,
        ):
            self.add("follow_up", id=position, transfer_id=ID["D1"], target_id=BOOKS,
                     kind="sales-order", document_id="TXN-D1", name=name, value="blau",
                     state=state, problem=problem)  # fmt: skip


def _plain(refusal: Refusal) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(refusal)
    return plain


def counted(tx: Connection, table: str) -> int:
    """How many rows a table has."""
    return tx.scalar(select(func.count()).select_from(Table(table, MetaData()))) or 0


def fill(database: Database) -> None:
    """Make the first version's tables, with everything in them."""
    with database.writing() as tx:
        command.upgrade(migrations.config_for(tx), "0001")
        Older(tx).fill()
        if not database.is_sqlite:
            # Rows were added with their ids; the next ones get others.
            for table in ("document", "transfer", "exchange", "operation", "follow_up", "run"):
                tx.execute(sql("SELECT setval(:name, 1000)"), {"name": f"{table}_id_seq"})


@pytest.fixture
def older(database_url: str) -> Iterator[Database]:
    """A database of the first version with everything in it."""
    database = Database(database_url)
    fill(database)
    yield database
    database.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def upgraded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The same after the program of today has opened it; these tests only read."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path_factory.mktemp("older") / "ledger.db")
    else:
        url = request.getfixturevalue("postgres_server").create_database()
    older = Database(url)
    fill(older)
    older.close()
    database = open_ledger(url)
    yield database
    database.close()
    if request.param == "postgres":
        request.getfixturevalue("postgres_server").drop_database(url)


class TestNothingIsLost:
    def test_every_row_is_still_there(self, older: Database) -> None:
        """No table has fewer rows afterwards; only two choices about one name become one."""
        with older.reading() as tx:
            tables = [*Older(tx).tables.tables]
            before = {table: counted(tx, table) for table in tables}
        assert all(before.values()), f"a table without a row proves nothing: {before}"
        migrations.upgrade(older)

        with older.reading() as tx:
            after = {table: counted(tx, table) for table in tables}
        assert after == {**before, "name_choice": before["name_choice"] - 1}

    def test_accounts_links_and_settings(self, upgraded: Database) -> None:
        """Connections, links, settings, tokens, cursors and notes say what they said."""
        with upgraded.reading() as tx:
            operations, books = connections.all_connections(tx)
            (link,) = connections.all_links(tx)
            assert (operations.name, operations.parameters["address"]) == (
                "Müller & Söhne",
                "https://example.com",
            )
            assert (books.user_name, books.facts, books.epoch) == ("wc", {"company": "Küche"}, 3)
            assert (link.id, link.name, link.is_active) == (LINK, "Müller", True)
            assert connections.settings(tx, LINK) == (2, '{"v": 2}')
            assert [each["actor"] for each in connections.notes(tx, "link/1")] == ["Zoë"]
            assert tokens.by_hash(tx, tokens.token_hash("t")) is not None
            assert [each.flow for each in connections.open_requests(tx, [LINK])] == [
                "sales-order-in"
            ]
            assert "records/customer" in runs.cursors(tx, BOOKS)

    def test_everything_is_decided_anew_once(self, upgraded: Database) -> None:
        """Each link is marked to be decided anew under the new rules; none is paused."""
        with upgraded.reading() as tx:
            rows = tx.execute(sql("SELECT decide_after, is_paused FROM link")).all()
        assert [(row[0], bool(row[1])) for row in rows] == [(0, False)]

    def test_it_is_somebody(self, upgraded: Database) -> None:
        """An older ledger gets its identity when it is opened."""
        with upgraded.reading() as tx:
            assert identity.identity(tx).epoch == 1


class TestTransfers:
    def test_each_is_what_it_was(self, upgraded: Database) -> None:
        """Every transfer of every state comes over as the table says, field by field."""
        with upgraded.reading() as tx:
            found = {each.transfer.number: each.transfer for each in transfers.search(tx)}
        assert tuple(found) == NUMBERS

        assert {was.state for was in OLD.values()} == set(State)
        for number, was in OLD.items():
            columns = {**was.columns}
            is_open = was.state not in {_S.HELD, _S.DONE, _S.CHANGED, _S.SKIPPED}
            assert found[number] == Transfer(
                id=ID[number],
                link=LINK,
                flow="sales-order-out",
                document_row=ID[number],
                target=BOOKS,
                target_kind=SALES_ORDER,
                number=number,
                state=was.state,
                state_since=NOW,
                key=f"{{key-{number}}}",
                write=Write.CREATE if is_open else None,
                wish=was.wish,
                wished_by=was.by,
                reason=None if was.code is None else reason(was.code, **was.values),
                exchange=columns.pop("exchange_id", None),
                is_checked=columns.pop("number_is_free", False),
                **columns,
            ), number

    def test_counted(self, upgraded: Database) -> None:
        """The counts are those of the rows."""
        with upgraded.reading() as tx:
            found = {state: number for *_, state, number in transfers.counts(tx)}
        assert found == Counter(was.state for was in OLD.values())

    def test_it_goes_on(self, older: Database) -> None:
        """What comes over can be moved, begun and paired, and is counted as it moves."""
        open_ledger(older.url).close()
        with older.reading() as tx:
            ready, _ = transfers.work(tx, BOOKS, [State.READY], 10)
            (pending,) = documents.pending(tx, OPERATIONS, SALES_ORDER, 10)
            before = {state: number for *_, state, number in transfers.counts(tx)}

        done = msgspec.structs.replace(ready.transfer, state=State.DONE)
        new = msgspec.structs.replace(ready.transfer, document_row=pending.row, key=None)
        with older.writing() as tx:
            transfers.save(tx, [(ready.transfer, done)])
            pairings.pair(tx, [(done, Landing(id="TXN-R1", kind=SALES_ORDER))], NOW)
            assert transfers.begin(tx, [new]) == 1
            after = {state: number for *_, state, number in transfers.counts(tx)}
        assert after == {**before, State.DONE: before[State.DONE] + 1}


class TestWhatTheyBecame:
    def test_pairings(self, upgraded: Database) -> None:
        """What landed is still what it became; what was not kept is unknown, without alarm."""
        landed = {number: was for number, was in OLD.items() if was.lands is not None}
        with upgraded.reading() as tx:
            found = {each.transfer.number: each.pairing for each in transfers.search(tx)}
            unread = rereading.unread(tx, BOOKS, 100)
            wanted = [(SALES_ORDER, f"TXN-{number}") for number in landed]
            owners = pairings.owners(tx, BOOKS, wanted)

        assert {number for number, pairing in found.items() if pairing} == landed.keys()
        assert [row[0] for row in unread] == [ID[number] for number in landed]
        assert owners == {(SALES_ORDER, f"TXN-{number}"): ID[number] for number in landed}
        for number, was in landed.items():
            pairing = found[number]
            assert pairing is not None
            assert (pairing.target_kind, pairing.target_id) == (SALES_ORDER, f"TXN-{number}")
            assert (pairing.revision, pairing.total) == ("17", "3.00")
            assert (pairing.lines, pairing.content, pairing.seen_content) == (None, None, None)
            assert (pairing.gone_at, pairing.is_closed) == (None, False)
            # What a person accepted is what counts as sent.
            assert pairing.sent_fingerprint == was.columns.get("sent_fingerprint")
        adopted = found["D3"]
        assert adopted is not None
        assert adopted.is_adopted
        assert adopted.number is None

    def test_follow_ups(self, upgraded: Database) -> None:
        """Custom fields that were open are ready, those that failed are refused."""
        with upgraded.reading() as tx:
            fields = follow_ups.of_transfers(tx, [ID["D1"]])
            waiting = follow_ups.waiting(tx, BOOKS, State.READY, [LINK], 10)
            assert follow_ups.any_waits(tx, BOOKS, NOW)
        assert [(each.name, each.state, each.sentence) for each in fields] == [
            ("Farbe", State.READY, None),
            ("Größe", State.DONE, None),
            ("Maß", State.REFUSED, "The custom field “Maß” could not be written: no such field."),
        ]
        assert {each.seen_at for each in fields} == {None}
        assert [each.name for each in waiting] == ["Farbe"]


class TestRoundTrips:
    def test_what_is_on_its_way(self, upgraded: Database) -> None:
        """An exchange without an answer is still open, with its operations and its key."""
        with upgraded.reading() as tx:
            open_ = exchanges.open_write(tx, BOOKS)
            sent = exchanges.for_run(tx, RUN)
            asked = exchanges.asked(tx, SENT)
            last = exchanges.last_writes(tx, [ID["S1"], ID["U1"], ID["C1"], ID["D1"]])
        assert open_ is not None
        assert sent is not None
        assert (sent.id, sent.key, sent.state) == (SENT, "k1", "sent")
        assert asked == [
            Asked(wire_id="a1", kind=Kind.CREATE_DOCUMENT, subject="sales-order", name="S1",
                  key="{key-S1}", transfer=ID["S1"]),
            Asked(wire_id="a2", kind=Kind.CREATE_RECORD, subject="customer", name="Müller",
                  key="{key}", dependants=(ID["M1"],)),
        ]  # fmt: skip
        assert {number: last[ID[number]].exchange for number in ("S1", "U1", "C1")} == {
            "S1": SENT,
            "U1": LOST,
            "C1": LOST,
        }
        assert ID["D1"] not in last
        assert all(each.sent is None for each in last.values())

    def test_a_run_reads_anew(self, upgraded: Database) -> None:
        """What earlier pages held was not kept: a reading that is half done begins again."""
        with upgraded.reading() as tx:
            run = runs.load(tx, RUN)
        assert run.agenda is None
        assert (run.facts.version, run.facts.batch_limit) == ("16.0", 50)
        assert (run.round_trips, run.settled, run.ended_at) == (2, 1, None)


class TestWhatWasRead:
    def test_what_no_flow_has_taken_up_waits(self, upgraded: Database) -> None:
        """A document without a transfer is offered to the flows; one that is gone is not."""
        with upgraded.reading() as tx:
            (found,) = documents.pending(tx, OPERATIONS, SALES_ORDER, 10)
            seen = documents.seen_fingerprints(tx, OPERATIONS, SALES_ORDER, ["id-D1"])
        assert found.number == "N1"
        assert found.fingerprint == fingerprint(order("N1 Müller", "2 BÖLT 1.50"))
        assert seen["id-D1"].fingerprint == fingerprint(order("D1 Müller", "2 BÖLT 1.50"))

    @pytest.mark.parametrize(
        "key, record_id",
        [("strasse", "1"), ("οδοσ:ω", "2"), ("acme", "3")],
    )
    def test_names_are_found_by_their_folded_form(
        self, upgraded: Database, key: str, record_id: str
    ) -> None:
        """List records are found as names are compared from now on."""
        with upgraded.reading() as tx:
            found = directory.find(tx, BOOKS, [key])
        assert [each.id for each in found[key]] == [record_id]

    def test_choices(self, upgraded: Database) -> None:
        """What people chose for a name holds; of two that are about one name, the last."""
        with upgraded.reading() as tx:
            found = directory.choices(tx, LINK, "books", BOOKS)
        chosen = {
            look.key: choice.record.id
            for look, choice in found.items()
            if choice.record is not None
        }
        assert chosen == {"strasse": "3", "weiss": "1", "acme inc": "3"}
        assert Lookup(RecordKind.CUSTOMER, "strasse") in found


class TestNoWayBack:
    def test_refused_in_words(self, upgraded: Database) -> None:
        """Nobody goes back to a version that does not know what was written; nothing changes."""
        with pytest.raises(LedgerError) as refused:
            migrations.downgrade(upgraded, "0001")

        assert "Restore the backup" in refused.value.message
        assert "Restore the backup" in refused.value.message
        assert migrations.revision(upgraded) == migrations.REVISIONS[-1]
        with upgraded.reading() as tx:
            assert len(transfers.search(tx)) == len(OLD)

    def test_every_flow_of_then_made_sales_orders(self) -> None:
        """What the first version could send is named the same today."""
        assert FlowName("sales-order-out")
        assert FlowName("sales-order-in")
        assert DocumentKind("sales-order") is SALES_ORDER
