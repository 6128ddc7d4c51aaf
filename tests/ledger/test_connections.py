"""Connections and links: leases, settings, requests, budgets, tokens, audit."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from counterfoil.errors import LedgerError
from counterfoil.ledger import Database, connections, people, tokens
from counterfoil.told import Told
from tests.ledger.builders import DAY, MINUTE, World, add_connection, at_once, settle_world
from tests.support.builders import NOW

SECOND = timedelta(seconds=1)


def test_a_call_is_kept_and_told_at_once(world: World) -> None:
    """Whoever called is given with what was just kept of the call."""
    with world.ledger.writing() as tx:
        seen = connections.seen(tx, world.books, NOW + DAY)
        assert seen == connections.load(tx, world.books)

    assert seen.last_seen_at == NOW + DAY


def test_both_ends_of_a_link(world: World) -> None:
    """The operations side comes first, whatever their ids."""
    with world.ledger.writing() as tx:
        link = connections.add_link(
            tx, name="Turned", operations_id=world.books, books_id=world.operations, created_at=NOW
        )
        turned = connections.load_link(tx, link)
        assert turned is not None
        ends = connections.ends_of(tx, turned)

    assert [each.id for each in ends] == [world.books, world.operations]


class TestNames:
    def found(self, world: World, typed: int | str) -> str | None:
        """The name of the connection that a person means."""
        with world.ledger.reading() as tx:
            found = connections.load(tx, typed)
        return None if found is None else found.name

    def test_by_id_or_name(self, world: World) -> None:
        """A connection is found by its id, as number or text, and by its name in any case."""
        for typed in (world.books, str(world.books), "Example Books", "EXAMPLE books"):
            assert self.found(world, typed) == "Example Books"

    def test_other_letters_than_a_to_z(self, world: World) -> None:
        """Case does not count beyond English letters either, on any database."""
        add_connection(world.ledger, "Müller & Søn ÅB", "autotask")

        assert self.found(world, "MÜLLER & SØN åb") == "Müller & Søn ÅB"

    def test_the_exact_name_comes_first(self, world: World) -> None:
        """Of two names that differ in case the one typed exactly is meant."""
        add_connection(world.ledger, "EXAMPLE BOOKS", "autotask")

        assert self.found(world, "Example Books") == "Example Books"
        assert self.found(world, "EXAMPLE BOOKS") == "EXAMPLE BOOKS"

    def test_a_name_of_digits(self, world: World) -> None:
        """A number that is nobody's id is a name, however long."""
        add_connection(world.ledger, "2026", "autotask")
        add_connection(world.ledger, "9" * 30, "autotask")

        assert self.found(world, "2026") == "2026"
        assert self.found(world, "9" * 30) == "9" * 30

    @pytest.mark.parametrize("typed", ["", "nobody", "77", 77, "²", "9" * 40, "-1"])
    def test_what_does_not_exist(self, world: World, typed: int | str) -> None:
        """What nobody is called is not found, and is no error."""
        assert self.found(world, typed) is None

    def test_a_name_is_given_once(self, world: World) -> None:
        """Two connections cannot have the same name."""
        with pytest.raises(LedgerError):
            add_connection(world.ledger, "Example Books", "autotask")

    def test_everything_kept_comes_back(self, world: World) -> None:
        """A connection comes back with what was stored and changed."""
        with world.ledger.writing() as tx:
            connections.change(
                tx,
                world.books,
                parameters={"file": "C:\\Büro\\books.qbw"},
                facts={"country": "US"},
                secret="sealed",
                password_failures=3,
                clearable_key="batch-1",
                account="fusion-operations:1",
            )
            found = connections.load(tx, world.books)
            everyone = connections.all_connections(tx)

        assert found is not None
        assert found in everyone
        assert [each.id for each in everyone] == [world.operations, world.books]
        assert found.parameters == {"file": "C:\\Büro\\books.qbw"}
        assert found.facts == {"country": "US"}
        assert found.secret == "sealed"
        assert found.password_failures == 3
        assert found.clearable_key == "batch-1"
        assert found.account == "fusion-operations:1"
        assert found.is_active
        assert found.epoch == 0
        assert found.lease_until is None


class TestSignIns:
    def test_wrong_passwords_add_up(self, world: World) -> None:
        """Each counts; since when stays, the last one moves; a right one forgets them."""
        with world.ledger.writing() as tx:
            books = connections.load(tx, world.books)
            assert books is not None
            people.note_refused(tx, books, NOW)
            people.note_refused(tx, books, NOW + MINUTE)
            wrong = connections.load(tx, world.books)
            people.note_let_in(tx, books, NOW + 2 * MINUTE, is_new=True)
            people.note_let_in(tx, books, NOW + 3 * MINUTE, is_new=True)
            right = connections.load(tx, world.books)

        assert wrong is not None
        assert right is not None
        assert wrong.password_failures == 2
        assert (wrong.wrong_password_since, wrong.sign_in_refused_at) == (NOW, NOW + MINUTE)
        assert (right.password_failures, right.wrong_password_since) == (0, None)
        assert right.sign_in_refused_at is None
        assert right.password_used_at == NOW + 2 * MINUTE


class TestLinks:
    def test_found_from_both_sides(self, world: World) -> None:
        """A link is part of both its connections, and is found by id and name."""
        with world.ledger.reading() as tx:
            link = connections.load_link(tx, "example")
            assert link is not None
            assert (link.id, link.operations_id, link.books_id) == (
                world.link,
                world.operations,
                world.books,
            )
            assert connections.load_link(tx, str(world.link)) == link
            assert connections.load_link(tx, "nothing") is None
            assert connections.links_of(tx, world.operations) == [link]
            assert connections.links_of(tx, world.books) == [link]
            assert connections.all_links(tx) == [link]

    def test_two_systems_are_linked_once(self, world: World) -> None:
        """The same two connections cannot be linked twice."""
        with pytest.raises(LedgerError), world.ledger.writing() as tx:
            connections.add_link(
                tx,
                name="again",
                operations_id=world.operations,
                books_id=world.books,
                created_at=NOW,
            )

    def test_paused_removed_and_back(self, world: World) -> None:
        """A link is changed by name; an inactive one is part of nothing."""
        with world.ledger.writing() as tx:
            connections.change_link(tx, world.link, is_paused=True, is_active=False)
            found = connections.load_link(tx, world.link)
            assert found is not None
            assert (found.is_paused, found.is_active) == (True, False)
            assert connections.links_of(tx, world.books) == []


class TestWaking:
    def woken(self, world: World) -> set[int]:
        """Who is to be driven."""
        with world.ledger.reading() as tx:
            return connections.woken(tx)

    def test_until_a_drive_takes_it(self, world: World) -> None:
        """Woken once or twice is woken; a drive answers all of its own and nobody else's."""
        with world.ledger.writing() as tx:
            connections.wake(tx, world.operations, NOW)
            connections.wake(tx, world.operations, NOW + SECOND)
            connections.wake(tx, world.books, NOW)
        assert self.woken(world) == {world.operations, world.books}

        with world.ledger.writing() as tx:
            connections.take_wakes(tx, world.operations)
        assert self.woken(world) == {world.books}

    def test_from_a_transaction_of_another_connection(self, world: World) -> None:
        """While a connection's own row is locked, whoever wakes it does not wait for it."""
        if world.ledger.is_sqlite:
            pytest.skip("an SQLite file has one writer at a time")
        with world.ledger.writing() as holding:
            connections.change(holding, world.operations, last_seen_at=NOW)
            with world.ledger.writing() as tx:
                tx.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
                connections.change(tx, world.books, last_seen_at=NOW)
                connections.wake(tx, world.operations, NOW)
        assert self.woken(world) == {world.operations}


class TestSettings:
    def test_two_who_save_at_once_follow_each_other(self, world: World) -> None:
        """Read and written under the link's lock, no change is lost."""

        def save(name: str) -> None:
            with world.ledger.writing() as tx:
                connections.lock_link(tx, world.link)
                _version, known = connections.settings(tx, world.link)
                connections.keep_settings(tx, world.link, f"{known}{name}", name, NOW)

        at_once(*(lambda name=name: save(name) for name in "abcd"))

        with world.ledger.reading() as tx:
            version, stored = connections.settings(tx, world.link)
        assert version == 4
        assert sorted(stored.removeprefix("{}")) == list("abcd")

    def test_every_version_is_kept(self, world: World) -> None:
        """Settings are kept version by version; the newest counts."""
        with world.ledger.writing() as tx:
            assert connections.settings(tx, world.link)[0] == 0
            assert connections.keep_settings(tx, world.link, '{"a": 1}', "anna", NOW) == 1
            assert connections.keep_settings(tx, world.link, '{"a": 2}', "ben", NOW + DAY) == 2

        with world.ledger.reading() as tx:
            assert connections.settings(tx, world.link) == (2, '{"a": 2}')
            assert connections.settings_versions(tx, world.link) == [
                {"version": 1, "values": '{"a": 1}', "author": "anna", "made_at": NOW},
                {"version": 2, "values": '{"a": 2}', "author": "ben", "made_at": NOW + DAY},
            ]

    def test_two_people_at_once(self, world: World) -> None:
        """People who save at the same moment make versions one after the other."""

        def keep() -> int:
            with world.ledger.writing() as tx:
                return connections.keep_settings(tx, world.link, "{}", "anna", NOW)

        assert sorted(at_once(*[keep] * 5), key=str) == [1, 2, 3, 4, 5]


class TestLease:
    def claim(self, world: World, owner: str, at: datetime = NOW) -> int | None:
        """Try to take the books for a minute."""
        with world.ledger.writing() as tx:
            return connections.claim(tx, world.books, owner, at, at + MINUTE)

    def extend(self, world: World, epoch: int, until: datetime) -> bool:
        """Try to keep the books."""
        with world.ledger.writing() as tx:
            return connections.extend(tx, world.books, epoch, until)

    def test_of_many_claimers_one_gets_it(self, world: World) -> None:
        """However many ask at once, exactly one drives."""
        ends = at_once(*(lambda name=name: self.claim(world, name) for name in "abcdefgh"))

        assert sorted(map(str, ends)) == ["1"] + ["None"] * 7

    def test_free_again_when_given_back(self, world: World) -> None:
        """A lease given back can be taken at once, and what was found out is kept."""
        epoch = self.claim(world, "a")
        assert epoch == 1
        assert self.claim(world, "b") is None
        with world.ledger.writing() as tx:
            connections.release(tx, world.books, epoch, due_at=NOW + DAY, last_problem="x")

        assert self.claim(world, "b") == 2
        with world.ledger.reading() as tx:
            found = connections.load(tx, world.books)
        assert found is not None
        assert (found.due_at, found.last_problem) == (NOW + DAY, Told("x"))
        assert found.lease_owner == "b"

    def test_free_again_when_expired(self, world: World) -> None:
        """The lease of one who died ends by itself, not before its time."""
        assert self.claim(world, "a") == 1

        assert self.claim(world, "b", NOW + MINUTE) is None
        assert self.claim(world, "b", NOW + MINUTE + SECOND) == 2

    def test_kept_by_extending(self, world: World) -> None:
        """Who extends in time keeps the lease for as long as it said."""
        assert self.claim(world, "a") == 1
        assert self.extend(world, 1, NOW + 5 * MINUTE)

        assert self.claim(world, "b", NOW + 4 * MINUTE) is None

    def test_one_that_lost_it_can_do_nothing(self, world: World) -> None:
        """A drive whose lease was taken over is fenced off: it extends and gives back nothing."""
        assert self.claim(world, "a") == 1
        assert self.claim(world, "b", NOW + DAY) == 2

        assert not self.extend(world, 1, NOW + 2 * DAY)
        with world.ledger.writing() as tx:
            connections.release(tx, world.books, 1, last_problem="late")
        assert self.claim(world, "c", NOW + DAY) is None
        with world.ledger.reading() as tx:
            found = connections.load(tx, world.books)
        assert found is not None
        assert (found.lease_owner, found.last_problem) == ("b", None)

    def test_one_that_gave_it_back_cannot_extend_it(self, world: World) -> None:
        """After giving a lease back, a late extension does not block the others."""
        assert self.claim(world, "a") == 1
        with world.ledger.writing() as tx:
            connections.release(tx, world.books, 1)

        assert not self.extend(world, 1, NOW + DAY)
        assert self.claim(world, "b") == 2

    def test_claiming_again_fences_oneself(self, world: World) -> None:
        """The same owner may claim again; its earlier drive is fenced off like any other."""
        assert self.claim(world, "a") == 1
        assert self.claim(world, "a") == 2

        assert not self.extend(world, 1, NOW + DAY)
        assert self.extend(world, 2, NOW + DAY)

    def test_extending_keeps_others_out_until_the_commit(self, postgres_ledger_url: str) -> None:
        """A lease extended in a transaction cannot be taken before that transaction ends."""
        world = settle_world(Database(postgres_ledger_url))
        impatient = Database(f"{postgres_ledger_url}?options=-clock_timeout%3D10")
        assert self.claim(world, "a") == 1

        with world.ledger.writing() as tx:
            assert connections.extend(tx, world.books, 1, NOW + MINUTE)
            with pytest.raises(LedgerError), impatient.writing() as other:
                connections.claim(other, world.books, "b", NOW + DAY, NOW + 2 * DAY)
        impatient.close()
        world.ledger.close()

    def test_each_connection_has_its_own(self, world: World) -> None:
        """Driving one connection holds no other one up."""
        assert self.claim(world, "a") == 1
        with world.ledger.writing() as tx:
            assert connections.claim(tx, world.operations, "b", NOW, NOW + MINUTE) == 1

    def test_all_are_free_after_a_start(self, world: World) -> None:
        """The only process of a file frees what a crash left behind."""
        assert self.claim(world, "a") == 1
        with world.ledger.writing() as tx:
            connections.release_all(tx)

        assert self.claim(world, "b") == 2


class TestRequests:
    def test_open_until_carried_out(self, world: World) -> None:
        """What people asked for waits in order until a run has done it."""
        with world.ledger.writing() as tx:
            ask = connections.request_retrieval
            one = ask(tx, world.link, "sales-order-in", date(2026, 3, 1), "anna", NOW)
            two = ask(tx, world.link, "invoice-in", None, "anna", NOW)

        def open_() -> list[connections.Request]:
            with world.ledger.reading() as tx:
                return connections.open_requests(tx, [world.link])

        assert open_() == [
            connections.Request(
                id=one, link_id=world.link, flow="sales-order-in", since=date(2026, 3, 1)
            ),
            connections.Request(id=two, link_id=world.link, flow="invoice-in", since=None),
        ]
        with world.ledger.writing() as tx:
            connections.take_requests(tx, [one], NOW)
            connections.take_requests(tx, [], NOW)
        assert [each.id for each in open_()] == [two]

    def test_only_of_the_links_asked_for(self, world: World) -> None:
        """Another link's requests are not this run's."""
        with world.ledger.writing() as tx:
            connections.request_retrieval(tx, world.link, "invoice-in", None, "anna", NOW)

            assert connections.open_requests(tx, [77]) == []
            assert connections.open_requests(tx, []) == []


class TestBudget:
    CAPACITY, PER_MINUTE = 10, 60

    def take(self, world: World, at: datetime) -> float:
        """Ask for one call."""
        with world.ledger.writing() as tx:
            return connections.take_token(
                tx, world.books, at, capacity=self.CAPACITY, per_minute=self.PER_MINUTE
            )

    def test_as_many_at_once_as_it_holds(self, world: World) -> None:
        """A fresh budget lets its capacity through at once, then names the time to wait."""
        assert [self.take(world, NOW) for _ in range(self.CAPACITY)] == [0.0] * self.CAPACITY
        assert self.take(world, NOW) == 1.0
        assert self.take(world, NOW + SECOND / 4) == pytest.approx(0.75)

    def test_asking_after_the_wait_succeeds(self, world: World) -> None:
        """Who comes back after the time named gets its call; asking alone costs nothing."""
        for _ in range(self.CAPACITY):
            self.take(world, NOW)
        wait_s = [self.take(world, NOW) for _ in range(5)][-1]

        assert self.take(world, NOW + timedelta(seconds=wait_s)) == 0.0
        assert self.take(world, NOW + timedelta(seconds=wait_s)) == pytest.approx(1.0)

    def test_it_fills_up_but_not_over(self, world: World) -> None:
        """After a quiet day there is one capacity, not more."""
        self.take(world, NOW)

        at_noon = [self.take(world, NOW + DAY) for _ in range(self.CAPACITY + 1)]

        assert at_noon.count(0.0) == self.CAPACITY

    def test_threads_share_it(self, world: World) -> None:
        """Threads that ask at once get together no more than one would, from the first call on."""

        def ask() -> int:
            return sum(self.take(world, NOW) == 0 for _ in range(4))

        assert sum(n for n in at_once(*[ask] * 6) if isinstance(n, int)) == self.CAPACITY

    def test_a_clock_that_goes_back_adds_nothing(self, world: World) -> None:
        """A machine whose clock is behind neither gains nor loses calls for the others."""
        for _ in range(self.CAPACITY):
            self.take(world, NOW)

        assert self.take(world, NOW - DAY) == 1.0
        assert self.take(world, NOW) == 1.0
        assert self.take(world, NOW + SECOND) == 0.0

    def test_never_more_than_allowed_over_any_stretch(self, world: World) -> None:
        """Whoever asks whenever: between any two moments no more calls leave than promised."""
        chance = random.Random(8812)
        at, left = NOW, []
        for _ in range(200):
            at += timedelta(seconds=chance.choice((0, 0, 0, 0.05, 0.3, 1.7, 9.0)))
            if self.take(world, at) == 0:
                left.append(at)

        assert len(left) > 60
        for first, begin in enumerate(left):
            for last in range(first, len(left)):
                seconds = (left[last] - begin).total_seconds()
                assert last - first + 1 <= self.CAPACITY + self.PER_MINUTE * seconds / 60 + 1e-6


class TestTokens:
    def test_only_its_hash_is_kept(self, world: World) -> None:
        """An API token is known by its name; the token itself is nowhere."""
        with world.ledger.writing() as tx:
            tokens.add(tx, "scanner", "fake-token-1", NOW)

        with world.ledger.reading() as tx:
            known = tokens.by_hash(tx, tokens.token_hash("fake-token-1"))
            assert known is not None
            assert known.name == "scanner"
            assert tokens.by_hash(tx, tokens.token_hash("fake-token-2")) is None
            assert tokens.by_hash(tx, "fake-token-1") is None


class TestAudit:
    def test_who_did_what_in_order(self, world: World) -> None:
        """The audit of a subject tells its story, oldest first, and nobody else's."""
        with world.ledger.writing() as tx:
            connections.note(tx, NOW, "anna", "sent", "transfer 1")
            connections.note(tx, NOW, "ben", "sent", "transfer 2")
            connections.note(tx, NOW + MINUTE, "anna", "skipped", "transfer 1", "a duplicate")

        with world.ledger.reading() as tx:
            assert connections.notes(tx, "transfer 1") == [
                {"at": NOW, "actor": "anna", "action": "sent", "detail": None},
                {
                    "at": NOW + MINUTE,
                    "actor": "anna",
                    "action": "skipped",
                    "detail": "a duplicate",
                },
            ]
