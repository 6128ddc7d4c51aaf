"""The directory: names are found by the engine's rules, however many there are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Account,
    Customer,
    Item,
    ListRecord,
    RecordKind,
    Reference,
    Vendor,
    name_key,
)
from counterfoil.engine.matching import Entry, Lookup, NameChoice, Paired
from counterfoil.ledger import directory
from tests.ledger.builders import World
from tests.support.builders import NOW, client, product


def learn(
    world: World, *records: ListRecord, run: int | None = None, at: int | None = None
) -> None:
    """Keep records as just read."""
    with world.ledger.writing() as tx:
        directory.learn(tx, at or world.books, records, run or world.run)


def find(world: World, *names: str) -> dict[str, list[tuple[str, bool]]]:
    """Which records bear these names: key -> id and whether it is active."""
    with world.ledger.reading() as tx:
        found = directory.find(tx, world.books, [name_key(name) for name in names])
    return {key: sorted((e.id, e.is_active) for e in entries) for key, entries in found.items()}


def choose(world: World, name: str, **values: Any) -> None:
    """Let a person decide about a customer's name."""
    row = {
        "link_id": world.link,
        "side": "books",
        "kind": "customer",
        "name_key": name_key(name),
        "name": name,
        "author": "anna",
        "made_at": NOW,
        **values,
    }
    with world.ledger.writing() as tx:
        directory.choose(tx, row)


def chosen(world: World) -> dict[Lookup, NameChoice]:
    """What people decided."""
    with world.ledger.reading() as tx:
        return dict(directory.choices(tx, world.link, "books", world.books))


class TestByIdentity:
    def test_whole_records_are_read(self, world: World) -> None:
        """Records of one list are found by their identities; other lists' are not."""
        learn(world, product("BOLT", id="I1"), product("NUT", id="I2"), client("ACME", id="I3"))
        with world.ledger.reading() as tx:
            found = directory.read_known(tx, world.books, RecordKind.ITEM, ["I1", "I3", "I9"])

        assert {key: each.name for key, each in found.items()} == {"I1": "BOLT"}

    def test_only_those_that_say_something_in_a_field(self, world: World) -> None:
        """Of records asked for by a field, those that leave it at its default are left out."""
        counted = msgspec.structs.replace(product("NUT", id="I2"), unit_set=Reference("Each"))
        learn(world, product("unit_set", id="I1"), counted)
        with world.ledger.reading() as tx:
            found = directory.read_known(
                tx, world.books, RecordKind.ITEM, ["I1", "I2"], naming="unit_set"
            )

        assert found == {"I2": counted}


class TestNames:
    def test_case_and_blanks_around_do_not_count(self, world: World) -> None:
        """A name is found however it is capitalised, accents included, and spaced outside."""
        learn(world, client("Übung & Söhne", id="C1"), product("Bakery:Cakes", id="I1"))

        assert find(world, " ÜBUNG & SÖHNE ", "bakery : CAKES") == {
            "übung & söhne": [("C1", True)],
            "bakery:cakes": [("I1", True)],
        }

    def test_a_name_is_the_whole_path(self, world: World) -> None:
        """A record below another is not found by its own name alone."""
        learn(world, product("Bakery:Cakes"))

        assert find(world, "Cakes", "Bakery") == {}

    def test_records_of_all_kinds_are_found(self, world: World) -> None:
        """One name brings every record that bears it, active or not, for the rules to judge."""
        vendor = Vendor(id="V1", name="Acme", full_name="Acme", is_active=False)
        learn(world, client("ACME", id="C1"), vendor)

        with world.ledger.reading() as tx:
            found = directory.find(tx, world.books, ["acme"])
        assert sorted(found["acme"]) == [
            Entry(RecordKind.CUSTOMER, "C1", "ACME", is_active=True),
            Entry(RecordKind.VENDOR, "V1", "Acme", is_active=False),
        ]

    def test_each_connection_has_its_own(self, world: World) -> None:
        """A name of one system is not found in another."""
        learn(world, client("Acme"), at=world.operations)

        assert find(world, "Acme") == {}

    def test_two_thousand_names_in_one_go(self, world: World) -> None:
        """A large batch's names are all found at once, those that are absent left out."""
        learn(world, *(client(f"Customer {n:04}", id=f"C{n}") for n in range(2_000)))

        found = find(world, *(f"CUSTOMER {n:04}" for n in range(0, 4_000, 2)))

        assert found == {f"customer {n:04}": [(f"C{n}", True)] for n in range(0, 2_000, 2)}

    @pytest.mark.parametrize("name", ['O\'Brien "Bob" %s ? :x {}', "a\\b", "名前", "x" * 400])
    def test_any_characters(self, world: World, name: str) -> None:
        """Quotes, signs of SQL, other scripts and long names are names like any other."""
        learn(world, client(name, id="C1"))

        assert find(world, name) == {name_key(name): [("C1", True)]}

    def test_no_name_at_all(self, world: World) -> None:
        """Looking nothing up finds nothing."""
        learn(world, client("Acme"))

        assert find(world) == {}


class TestKeepingFresh:
    def test_a_record_read_again_replaces_what_was_known(self, world: World) -> None:
        """A renamed record is found by its new name only."""
        learn(world, client("Acme", id="C1"))
        learn(world, client("Acme Ltd", id="C1", is_active=False))

        assert find(world, "Acme", "Acme Ltd") == {"acme ltd": [("C1", False)]}

    def test_twice_in_one_page(self, world: World) -> None:
        """A record that comes twice in one reading counts as it came last."""
        learn(world, client("Acme", id="C1"), client("Acme Ltd", id="C1"))

        assert find(world, "Acme", "Acme Ltd") == {"acme ltd": [("C1", True)]}

    def test_ids_are_per_list(self, world: World) -> None:
        """Two lists may use the same identity without mixing."""
        learn(world, client("Acme", id="1"), product("BOLT", id="1"))

        assert find(world, "Acme", "BOLT") == {"acme": [("1", True)], "bolt": [("1", True)]}

    def test_forgetting_what_was_deleted(self, world: World) -> None:
        """A record deleted in its system is gone, its namesake in another list is not."""
        learn(world, client("Acme", id="1"), product("Acme", id="1"))
        with world.ledger.writing() as tx:
            directory.forget(tx, world.books, [(RecordKind.CUSTOMER, "1"), (RecordKind.ITEM, "9")])
            directory.forget(tx, world.operations, [(RecordKind.ITEM, "1")])

        with world.ledger.reading() as tx:
            assert directory.count(tx, world.books) == {RecordKind.ITEM: 1}

    def test_a_complete_reading_sweeps_the_rest(self, world: World) -> None:
        """What a complete reading of a list did not bring is dropped, other lists are kept."""
        learn(world, client("Old", id="1"), client("Kept", id="2"), product("BOLT"), run=1)
        learn(world, client("Kept", id="2"), client("New", id="3"), run=2)

        with world.ledger.writing() as tx:
            assert directory.sweep(tx, world.books, RecordKind.CUSTOMER, 2) == 1

        assert find(world, "Old", "Kept", "New", "BOLT").keys() == {"kept", "new", "bolt"}

    def test_counting_by_list(self, world: World) -> None:
        """The directory says how many records of each list it holds."""
        learn(
            world, client("A"), client("B"), product("C"), Account(id="1", name="D", full_name="D")
        )

        with world.ledger.reading() as tx:
            assert directory.count(tx, world.books) == {
                RecordKind.ACCOUNT: 1,
                RecordKind.CUSTOMER: 2,
                RecordKind.ITEM: 1,
            }


class TestWholeRecords:
    def test_read_by_the_documents_own_spelling(self, world: World) -> None:
        """A record is given under each spelling asked for, with everything known of it."""
        bolt = product("BOLT", "A bolt", unit="pcs")
        learn(world, bolt, client("Bolt"))
        wanted = [
            (RecordKind.ITEM, "bolt"),
            (RecordKind.ITEM, " Bolt"),
            (RecordKind.VENDOR, "bolt"),
        ]

        with world.ledger.reading() as tx:
            assert directory.read(tx, world.books, wanted) == dict.fromkeys(wanted[:2], bolt)

    def test_the_active_one_of_two_namesakes(self, world: World) -> None:
        """Of two records of a name the active one is given, whichever was read first."""
        active = product("BOLT", id="I5")
        learn(world, product("Bolt", id="I1", is_active=False), active)
        learn(world, product("bolt", id="I9", is_active=False))

        with world.ledger.reading() as tx:
            found = directory.read(tx, world.books, [(RecordKind.ITEM, "Bolt")])
        assert list(found.values()) == [active]


class TestForPeople:
    def test_suggestions_are_active_names_in_order(self, world: World) -> None:
        """Names offered to people are those of one list, active, sorted."""
        learn(world, client("B"), client("A"), client("C", is_active=False), product("D"))

        with world.ledger.reading() as tx:
            assert directory.names(tx, world.books, RecordKind.CUSTOMER) == ["A", "B"]

    def test_a_record_by_id_before_name(self, world: World) -> None:
        """What a person types is an identity first, then a name, active ones first."""
        learn(
            world,
            client("One", id="1", is_active=False),
            client("1", id="2"),
            client("Two", id="3", is_active=False),
            client("TWO", id="4"),
        )

        def entry(typed: str) -> str | None:
            with world.ledger.reading() as tx:
                found = directory.entry(tx, world.books, RecordKind.CUSTOMER, typed)
            return found and found.id

        assert [entry(typed) for typed in ("1", "one", "two", "three")] == ["1", "1", "4", None]


class TestChoices:
    def test_a_record_chosen_for_a_name(self, world: World) -> None:
        """A choice names the record as the directory now has it."""
        learn(world, client("Acme Limited", id="C1"))
        choose(world, "ACME", record_id="C1")

        assert chosen(world) == {
            Lookup(RecordKind.CUSTOMER, "acme"): NameChoice(
                record=Entry(RecordKind.CUSTOMER, "C1", "Acme Limited", is_active=True)
            )
        }

    def test_a_name_to_create_under(self, world: World) -> None:
        """A choice can be a name instead."""
        choose(world, "A:B", create_as="A-B")

        assert chosen(world) == {Lookup(RecordKind.CUSTOMER, "a:b"): NameChoice(create_as="A-B")}

    def test_the_last_choice_counts(self, world: World) -> None:
        """Deciding again replaces the earlier decision entirely."""
        choose(world, "Acme", create_as="Acme 2")
        learn(world, client("Other", id="C1"))
        choose(world, "ACME", record_id="C1")

        (choice,) = chosen(world).values()
        assert choice.create_as is None
        assert choice.record is not None
        assert choice.record.id == "C1"

    def test_a_record_that_is_gone_decides_nothing(self, world: World) -> None:
        """When the chosen record was deleted, the choice says nothing any more."""
        learn(world, client("Acme", id="C1"))
        choose(world, "Acme", record_id="C1")
        with world.ledger.writing() as tx:
            directory.forget(tx, world.books, [(RecordKind.CUSTOMER, "C1")])

        assert chosen(world) == {Lookup(RecordKind.CUSTOMER, "acme"): NameChoice()}

    def test_each_side_has_its_own(self, world: World) -> None:
        """What was decided about the other side's names does not matter here."""
        choose(world, "Acme", side="operations", create_as="X")

        assert chosen(world) == {}


def test_what_is_learned_is_whole(world: World) -> None:
    """A record comes back with every field as it was read."""
    customer = client("Acme", "Acme Works Ltd", tax_number="GB 123", currency="EUR")
    item = Item(id="I", name="N", full_name="P:N", tags=("a", "b"))
    learn(world, customer, item)

    with world.ledger.reading() as tx:
        found = directory.read(
            tx, world.books, [(RecordKind.CUSTOMER, "acme"), (RecordKind.ITEM, "p:n")]
        )
    assert list(found.values()) == [customer, item]
    assert isinstance(found[RecordKind.CUSTOMER, "acme"], Customer)


def test_doc_8_namesakes(world: World) -> None:
    """DOC-8: items are found by the last part of their names, whatever stands above it."""
    learn(
        world,
        product("Parts:Bolts:M8"),
        product("Kits: m8"),
        product("M8"),
        product("Old:M8", is_active=False),
        product("M8:Blue"),
        client("Kits:M8"),
    )

    with world.ledger.reading() as tx:
        found = directory.namesakes(tx, world.books, RecordKind.ITEM, ["m8", "blue", "green"])
    assert {key: sorted(names) for key, names in found.items()} == {
        "m8": ["Kits: m8", "M8", "Parts:Bolts:M8"],
        "blue": ["M8:Blue"],
    }


class TestEvery:
    """A whole list, for people."""

    @pytest.fixture
    def full(self, world: World) -> World:
        names = ("alpha", "Beta", "beta", "100% wool", "gone")
        learn(world, *(client(name, id=f"C-{at}") for at, name in enumerate(names)))
        return world

    def every(self, world: World, **wanted: Any) -> list[str]:
        with world.ledger.reading() as tx:
            found = directory.every(tx, world.books, RecordKind.CUSTOMER, **wanted)
            return [each.full_name for each in found]

    def test_in_order_of_their_names(self, full: World) -> None:
        """Two of one name are told apart by their identities, so that pages can be made."""
        names = ["100% wool", "alpha", "Beta", "beta", "gone"]
        assert self.every(full) == names
        assert self.every(full, after=("beta", "C-1")) == names[3:]
        assert self.every(full, after=("alpha", "C-0"), limit=2) == names[2:4]

    def test_by_part_of_a_name_or_by_identity(self, full: World) -> None:
        """As names are compared; what means something in a pattern is only a letter here."""
        assert self.every(full, text="BET") == ["Beta", "beta"]
        assert self.every(full, text="%") == ["100% wool"]
        assert self.every(full, text="C-4") == ["gone"]


class TestPaired:
    def pair(self, world: World, identity: str, record_id: str) -> None:
        with world.ledger.writing() as tx:
            each = Paired(world.link, RecordKind.ITEM, identity, "Rack", record_id)
            directory.pair(tx, each, NOW)

    def paired(self, world: World, *identities: str) -> dict[str, str]:
        wanted = [(RecordKind.ITEM, each) for each in identities]
        with world.ledger.reading() as tx:
            found = directory.paired(tx, world.link, world.books, wanted)
        return {identity: entry.id for (_kind, identity), entry in found.items()}

    def test_a_record_is_known_again_by_its_identity(self, world: World) -> None:
        """What a source's record became is found by its identity there; the last time counts."""
        learn(world, product("RACK", id="I1"), product("RACK 2", id="I2"))
        self.pair(world, "88", "I1")
        assert self.paired(world, "88", "89") == {"88": "I1"}

        self.pair(world, "88", "I2")
        assert self.paired(world, "88") == {"88": "I2"}

    def test_what_is_gone_is_not_told(self, world: World) -> None:
        """A record that was deleted in the target stands for nothing any more."""
        learn(world, product("RACK", id="I1"))
        self.pair(world, "88", "I1")
        with world.ledger.writing() as tx:
            directory.forget(tx, world.books, [(RecordKind.ITEM, "I1")])

        assert self.paired(world, "88") == {}

    def test_it_is_nobodys_decision(self, world: World) -> None:
        """What a record became is not among the names that people decided about."""
        learn(world, product("RACK", id="I1"))
        self.pair(world, "RACK", "I1")

        assert chosen(world) == {}
