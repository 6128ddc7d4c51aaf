"""Connections and links: what is one account, what a sign-in leaves, what the register says."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.fusion_operations import Company, FieldMap
from counterfoil.documents import DocumentKind
from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.hub import accounts, desk, systems
from counterfoil.hub.systems import SYSTEMS, Side
from counterfoil.hub.systems.fusion_operations_client import company_of
from counterfoil.hub.times import clock_time, local_time
from counterfoil.hub.vault import load_keys
from counterfoil.ledger import connections
from counterfoil.settings import Problem, Settings, SystemName
from tests.hub.test_web_connector_calls import Phone
from tests.support.world import ACTOR, ZONE, World

SHOP = {"base_url": "https://shop.example", "key": "K-1", "secret": "S-1"}


def add_shop(world: World, name: str, **given: str) -> int:
    """Add a Fusion Operations connection, untried."""
    made = accounts.add_connection(
        world.hub, SystemName.FUSION_OPERATIONS, name, {**SHOP, **given}, ACTOR, checks=False
    )
    return made.id


def connection_of(world: World, named: int | str) -> connections.Connection:
    """A connection as it is now."""
    with world.hub.database.reading() as tx:
        found = connections.load(tx, named)
    assert found is not None
    return found


class TestAccounts:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"base_url": "https://SHOP.example/"},
            {"base_url": "https://shop.example:443"},
            {"base_url": "https://shop.example"},
            {"secret": "another"},
            {"time_zone": "Europe/Lisbon"},
        ],
    )
    def test_the_same_one_is_connected_once(self, world: World, given: dict[str, str]) -> None:
        """However its address is written; the sentence names the first connection."""
        add_shop(world, "First")

        with pytest.raises(UsageError, match="“First”"):
            add_shop(world, "Second", **given)

    @pytest.mark.parametrize("given", [{"base_url": "https://other.example"}, {"key": "K-2"}])
    def test_another_one_is_another(self, world: World, given: dict[str, str]) -> None:
        """Another company has another address or another key."""
        add_shop(world, "First")

        assert add_shop(world, "Second", **given)

    def test_it_tells_nothing_of_the_key(self, world: World) -> None:
        """What is kept of an account names it and gives nothing away."""
        made = add_shop(world, "First", key="a-key-of-theirs")

        assert "a-key-of-theirs" not in (connection_of(world, made).account or "")

    def test_a_removed_one_is_out_of_the_way(self, world: World) -> None:
        """Its account can be connected again."""
        first = add_shop(world, "First")
        accounts.remove_connection(world.hub, connection_of(world, first), ACTOR)

        assert add_shop(world, "Second") != first

    def test_where_its_facts_are_found(self, world: World) -> None:
        """Deliveries, hours and stock have their places, which a connection may say otherwise."""
        made = add_shop(
            world,
            "First",
            shipments_from="movements",
            hours_from="Report",
            field_map='{"sales-order.client": "customer", "status.done": "closed"}',
        )

        parameters = connection_of(world, made).parameters
        assert company_of(parameters) == Company(
            zone=ZoneInfo("UTC"), shipments_from="movements", hours_from="report"
        )
        assert FieldMap(parameters["field_map"])["sales-order.client"] == "customer"
        assert company_of({}) == Company(zone=ZoneInfo("UTC"))

    @pytest.mark.parametrize(
        "given, problem",
        [
            ({"receipts_from": "bills"}, "--receipts-from is orders or movements, not 'bills'"),
            ({"stock_from": "report"}, "--stock-from is inventory or movements"),
            ({"hours_from": "orders"}, "--hours-from is productions or report"),
            ({"field_map": "client=customer"}, "is a JSON object of texts"),
            ({"field_map": '{"sales-order.client": 7}'}, "is a JSON object of texts"),
            ({"field_map": "[" * 5000}, "is a JSON object of texts"),
            ({"field_map": '{"status.\\ud800": "open"}'}, "is a JSON object of texts"),
            ({"field_map": '{"sales-order.cliend": "x"}'}, "did you mean sales-order.client"),
            ({"field_map": '{"status.done": "gone"}'}, "must be open, closed, draft or cancelled"),
        ],
    )
    def test_what_is_no_place(self, world: World, given: dict[str, str], problem: str) -> None:
        """A word that is none is refused where it is given, with those there are."""
        with pytest.raises(UsageError, match=problem):
            add_shop(world, "First", **given)

    def test_the_same_accounts_are_linked_once(self, world: World) -> None:
        """Through whichever of their connections."""
        second = add_shop(world, "Again")
        shop = connection_of(world, world.operations_id)
        with world.hub.database.writing() as tx:
            connections.change(tx, second, account=shop.account)

        with pytest.raises(UsageError, match="linked already"):
            accounts.add_link(world.hub, str(second), str(world.books_id), ACTOR)

    def test_a_removed_link_comes_back_with_all_it_knew(self, world: World) -> None:
        """What was sent before is not sent again."""
        world.orders(1)
        assert world.sync().is_clean
        with world.hub.database.reading() as tx:
            link = connections.load_link(tx, world.link)
        assert link is not None
        accounts.change_link(world.hub, link, "remove", ACTOR)
        world.clock.advance(hours=1)
        assert world.sync().round_trips == 0
        linked = accounts.add_link(world.hub, "Shop floor", "Books", ACTOR)

        assert (linked.id, linked.is_resumed) == (link.id, True)
        world.clock.advance(hours=1)
        world.settle()
        world.check_exactly_once("SO-1")


class TestSigningIn:
    def test_failures_are_shown(self, world: World) -> None:
        """How many, since when, the last, and what to do; gone after the right password."""
        phone = Phone(world)
        world.orders(1)
        world.read_operations()
        assert world.status().refused_at is None
        phone.authenticate(password="wrong")
        since = world.clock.now()
        assert "1 sign-in with a wrong password since" in str(world.status().problem)
        for _ in range(9):
            world.clock.advance(minutes=5)
            phone.authenticate(password="wrong")
        status = world.status()
        problem = status.problem

        assert status.refused_at == world.hub.now()
        assert (
            f"10 sign-ins with a wrong password since {local_time(since, ZoneInfo(ZONE))}"
            in str(problem)
        )
        assert f"the last at {clock_time(status.refused_at, ZoneInfo(ZONE))}" in str(problem)
        assert "UTC" not in str(problem)
        assert f"counterfoil connections password {world.books_id}" in str(problem)
        assert "Auto-Run goes on with an old password" in str(problem)
        assert "docs/trouble/qbwc1012.md" in str(problem)
        tried = accounts.try_connection(world.hub, connection_of(world, world.books_id))
        assert tried.sentence == problem

        world.clock.advance(minutes=5)
        assert phone.authenticate()[1] == ""
        assert world.status().problem is None
        assert world.status().refused_at is None

    def test_what_is_refused_too_soon_is_not_written_down(self, world: World) -> None:
        """Whoever hammers at a door costs the database nothing."""
        phone = Phone(world)
        for _ in range(50):
            assert phone.authenticate(password="wrong")[1] == "nvu"

        assert connection_of(world, world.books_id).password_failures == 5

    def test_an_old_problem_comes_back_into_sight(self, world: World) -> None:
        """What was wrong before somebody mistyped a password is still told after it."""
        world.orders(1)
        world.read_operations()
        world.books.arm("modal-dialog", count=1)
        world.run_web_connector()
        before = world.status().problem
        assert before
        Phone(world).authenticate(password="wrong")
        assert world.status().problem != before
        world.orders(1, first=2)
        Phone(world).authenticate()

        assert world.status().problem == before

    def test_a_new_password_opens_at_once(self, world: World) -> None:
        """What slowed the old password down, and its sentence, go with it."""
        phone = Phone(world)
        world.orders(1)
        world.read_operations()
        for _ in range(10):
            phone.authenticate(password="wrong")
        books = connection_of(world, world.books_id)
        fresh = accounts.new_password_for(world.hub, books, ACTOR)

        assert world.status().problem is None
        assert phone.authenticate(password=fresh)[1] == ""

    def test_blanks_in_what_is_pasted_are_forgiven(self, world: World) -> None:
        """Ours hold none, in user name and password, and copying brings them along."""
        world.orders(1)
        world.read_operations()
        name, password = world.account.username, world.account.password
        for around in ("{} ", " {}", "{}\r\n", "\t{}\n", "{}\u00a0", "\u200b{}", "\ufeff {}\u2060"):
            said = Phone(world).authenticate(
                user=around.format(name), password=around.format(password)
            )
            assert said[1] == "", ascii(around)
        # Marks of direction from Windows, a line that was broken, a division that nobody sees.
        for within in ("\u202a{}\u202c", "\u200b \u200b{}\u200e"):
            said = Phone(world).authenticate(user=name or "", password=within.format(password))
            assert said[1] == "", ascii(within)
        for between in ("\r\n", " ", "\u00ad", "\u200b"):
            pasted = f"{password[:13]}{between}{password[13:]}" if password else ""
            assert Phone(world).authenticate(password=pasted)[1] == "", ascii(between)


class TestSettings:
    def test_nobody_saves_between_reading_and_writing(self, world: World) -> None:
        """Present settings are read under the lock, so that two who save lose nothing."""
        world.pragma("busy_timeout=0")

        is_locked = []

        def changed(current: Settings) -> Settings | list[Problem]:
            try:
                world.set("general.retrieval_interval_minutes=45")
            except LedgerBusyError:
                is_locked.append(True)
            else:
                is_locked.append(False)
            return current

        desk.change_settings(world.hub, world.link, changed, ACTOR)
        world.set("general.retrieval_interval_minutes=45")

        # What is set about to-dos is held beside the real lists before, under no lock.
        assert is_locked == [False, True]


class TestRegister:
    @pytest.mark.parametrize("name", list(SYSTEMS))
    def test_every_row_is_whole(self, name: SystemName) -> None:
        """What is called can be opened, what calls us signs in; ways out are of written kinds."""
        row = SYSTEMS[name]

        assert row.name is name
        assert (row.opener is not None) is row.traits.is_called
        assert row.form.signs_in_here is not row.traits.is_called
        assert 0 <= row.traits.settles_after.total_seconds() <= systems.SETTLES_AFTER_S_MAX
        assert all(row.traits.ways_out.values())
        assert row.traits.closes <= set(DocumentKind)
        secrets = {each.name for each in row.form.credentials if each.is_secret}
        assert bool(secrets) is row.traits.is_called

    def test_every_system_has_a_side(self) -> None:
        """Also those that this version does not connect yet."""
        sides = {name: systems.side_of(name) for name in SystemName}

        assert sides == {
            SystemName.FUSION_OPERATIONS: Side.OPERATIONS,
            SystemName.AUTOTASK: Side.OPERATIONS,
            SystemName.QUICKBOOKS_DESKTOP: Side.BOOKS,
            SystemName.QUICKBOOKS_ONLINE: Side.BOOKS,
        }

    def test_nothing_outside_asks_which_system_it_is(self) -> None:
        """``if system is ...`` stands in the register and in the declaration of flows only."""
        source = Path(systems.__file__).parents[2]
        asking = [
            str(path.relative_to(source))
            for path in source.rglob("*.py")
            if " is SystemName." in (text := path.read_text("utf-8"))
            or " is not SystemName." in text
        ]

        assert [each for each in asking if not each.startswith(("settings/", "hub/systems/"))] == []


class TestKeyFile:
    def test_it_comes_to_the_disk_before_anything_is_sealed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The file and its name in the folder: without it nothing sealed can be opened."""
        synced: list[str] = []
        original = os.fsync

        def fsync(descriptor: int) -> None:
            is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            synced.append("folder" if is_folder else "file")
            original(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)
        first = load_keys(None, tmp_path / "counterfoil.key")

        assert synced == ["file", "folder"]
        assert load_keys(None, tmp_path / "counterfoil.key") == first
        assert synced == ["file", "folder"]
