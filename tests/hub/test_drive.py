"""The drive of a system that we call: its lease, its evidence, its end."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import Connection as Tx
from sqlalchemy import select

from counterfoil.hub import drive as driving
from counterfoil.hub import outstanding
from counterfoil.hub.drive import LEASE, LeaseLostError, drive
from counterfoil.hub.evidence import EVIDENCE_BYTES_MAX, Witness
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.schema import exchange
from tests.sandboxes.fusion_operations import play as fusion
from tests.support.world import World


def take_over(world: World) -> int | None:
    """Another process takes the operations connection, long after our lease ended."""
    later = world.clock.now() + 2 * LEASE
    with world.hub.database.writing() as tx:
        return connections.claim(tx, world.operations_id, "another", later, later + LEASE)


class TestLease:
    def test_no_call_leaves_once_it_is_lost(self, world: World) -> None:
        """Checked right before each call, not only before each batch."""
        calls = 0

        def spoil(_number: int, _body: str) -> None:
            nonlocal calls
            calls += 1
            if calls == 2:
                assert take_over(world) is not None

        world.order("SO-1", "ACME", "1 BOLT 1.00")
        world.shop_line.spoil = spoil
        report = world.read_operations()
        world.shop_line.spoil = None

        assert calls == 2
        assert "another process has taken over" in str(report.problem).lower()
        with world.hub.database.reading() as tx:
            now = connections.load(tx, world.operations_id)
        assert now is not None
        assert now.lease_owner == "another"
        assert now.last_problem is None

    def test_it_is_renewed_before_each_call(self, world: World) -> None:
        """A batch may take longer than a lease: each call begins with a whole one."""
        left: list[timedelta] = []

        def spoil(_number: int, _body: str) -> None:
            with world.hub.database.reading() as tx:
                now = connections.load(tx, world.operations_id)
            assert now is not None
            assert now.lease_until is not None
            left.append(now.lease_until - world.clock.now())
            world.clock.moment += LEASE * 0.9

        world.shop_line.spoil = spoil
        world.read_operations()
        world.shop_line.spoil = None

        assert len(left) > 2
        assert set(left) == {LEASE}

    def test_what_is_lost_is_an_error_of_its_own(self, world: World) -> None:
        """Held in a transaction it raises too, so that nothing of a stranger's is recorded."""
        lease = driving._Lease(world.hub, world.operations_id, 99)  # noqa: SLF001 - no drive around it

        with pytest.raises(LeaseLostError):
            lease.renew()


class TestEnd:
    def test_a_process_that_ends_stops_between_batches(self, world: World) -> None:
        """What is left is left, nothing is called stuck, and the next drive goes on."""
        world.order("SO-1", "ACME", "1 BOLT 1.00")
        report = drive(world.hub, world.operations_id, "schedule", ends=lambda: True)

        assert report.batches == 1
        assert report.problem is None
        world.settle()
        world.check_exactly_once("SO-1")

    def test_a_drive_that_settles_nothing_says_so(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Something waits and nothing could be done: a problem in words, not silence."""
        monkeypatch.setattr(outstanding, "remaining", lambda _tx, _connection: 2)
        report = world.read_operations()

        assert "2 documents wait for Shop floor" in str(report.problem)


class Call(NamedTuple):
    """One call as a client tells of it."""

    path: str
    answer: bytes = b""
    request_id: str = "r1"
    method: str = "GET"
    status: int = 200
    request: bytes = b""
    failure: str | None = None
    their_id: str | None = None


class TestEvidence:
    def test_what_went_over_the_wire_is_kept(self, world: World) -> None:
        """Both directions stand with the exchange, call by call, and no secret in them."""
        world.order("SO-1", "ACME", "1 BOLT 1.00")
        world.read_operations()

        with world.hub.database.reading() as tx:
            run = runs.recent(tx, world.operations_id, 1)[0]
            kept = [exchanges.texts(tx, number) for number in exchanges_of(tx, run.id)]
        asked, answered = (
            b"".join(text or b"" for text in texts) for texts in zip(*kept, strict=True)
        )
        assert b"GET /" in asked
        assert b"sales-orders" in asked
        assert b"HTTP 200" in answered
        assert b"SO-1" in answered
        for secret in (fusion.KEY, fusion.SECRET):
            assert secret.encode() not in asked + answered

    def test_calls_are_told_apart(self) -> None:
        """Each call has its line; one without an answer says so."""
        witness = Witness()
        witness(Call("/clients/?page=1", b'[{"code":"ACME"}]'))
        witness(Call("/products/", status=0, failure="ReadTimeout", request_id="r2"))

        assert witness.taken() == (
            b"[r1] GET /clients/?page=1\n\n[r2] GET /products/\n\n",
            b'[r1] HTTP 200\n[{"code":"ACME"}]\n\n[r2] no answer (ReadTimeout)\n\n',
        )

    def test_the_services_own_identity_of_a_call_is_kept(self) -> None:
        """Its support asks for it (QuickBooks Online: intuit_tid)."""
        witness = Witness()
        witness(Call("/bill", status=400, their_id="1-5f3a"))

        assert witness.taken() == (b"[r1] GET /bill\n\n", b"[r1] HTTP 400, theirs: 1-5f3a\n\n")

    def test_it_is_bounded(self) -> None:
        """However much a batch brings, so much is kept; and it says that it was cut."""
        witness = Witness()
        for _ in range(20):
            witness(Call("/clients/", b"x" * 60_000))
        taken = witness.taken()

        assert taken is not None
        assert len(taken[1]) == EVIDENCE_BYTES_MAX
        assert taken[1].endswith(b"not kept\n")
        assert witness.taken() is None


def exchanges_of(tx: Tx, run: int) -> list[int]:
    """The round trips of a run."""
    return list(tx.scalars(select(exchange.c.id).where(exchange.c.run_id == run)))
