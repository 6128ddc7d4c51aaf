"""Settings before they are saved: held beside the real lists, their effect, two people at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.documents import Account, Customer, RecordKind
from counterfoil.engine.life import State
from counterfoil.engine.reading import records_cursor
from counterfoil.errors import UsageError
from counterfoil.hub import desk, needed, views
from counterfoil.hub.desk import OvertakenError
from counterfoil.hub.views import NamedStanding
from counterfoil.ledger import connections, directory, runs
from counterfoil.settings import Settings, apply_texts
from tests.hub.conftest import Household
from tests.support.world import ACTOR, World

_ACCOUNT = "sales-order-out.income_account"
_CHANNELS = "sales-order-out.channel_customers"
_CREATES = "sales-order-out.create_missing_items=true"

ACCOUNTS = [
    Account(id="A-1", name="Hampers", full_name="Sales:Hampers"),
    Account(id="A-2", name="Old", full_name="Sales:Old", is_active=False),
    Account(id="A-3", name="Twice", full_name="Twice"),
    Account(id="A-4", name="TWICE", full_name="TWICE"),
]


@pytest.fixture
def world(household: Household) -> Iterator[World]:
    """A company that lives on: nothing it sends is waited for."""
    with household.visit() as visited:
        yield visited


def learn(world: World, *, is_read: bool = True) -> None:
    """Let the books' accounts and customers be known; ``is_read``: to their end."""
    cursors = [records_cursor(kind) for kind in (RecordKind.ACCOUNT, RecordKind.CUSTOMER)]
    now = world.hub.now()
    customers = [Customer(id="C-1", name="Shop", full_name="Web:Shop")]
    with world.hub.database.writing() as tx:
        directory.learn(tx, world.books_id, [*ACCOUNTS, *customers], run=1)
        runs.forget_cursors(tx, world.books_id, cursors)
        if is_read:
            runs.keep_cursors(tx, world.books_id, [(each, now) for each in cursors], now)


def changed(world: World, *assignments: tuple[str, str]) -> Settings:
    before, _version, _problems = views.settings_of(world.hub, world.link)
    found = apply_texts(dict(assignments), before)
    assert isinstance(found, Settings)
    return found


@pytest.mark.parametrize(
    "name, is_read, standing, near",
    [
        ("sales:hampers", True, NamedStanding.FOUND, ()),
        ("Sales:Hamper", True, NamedStanding.ABSENT, ("Sales:Hampers",)),
        ("Sales:Old", True, NamedStanding.INACTIVE, ()),
        ("twice", True, NamedStanding.SEVERAL, ()),
        ("Sales:Hamper", False, NamedStanding.UNKNOWN, ()),
        ("Sales:Hampers", False, NamedStanding.FOUND, ()),
    ],
)
def test_a_name_that_is_set_is_held_beside_its_list(
    world: World, name: str, is_read: bool, standing: NamedStanding, near: tuple[str, ...]
) -> None:
    """Found, inactive, more than once, or not there; of an unread list nobody can say it is not."""
    learn(world, is_read=is_read)
    world.set(_CREATES, f"{_ACCOUNT}={name}")
    [found] = [e for e in views.named_values(world.hub, world.link) if e.key == _ACCOUNT]
    assert (found.standing, found.near[:1]) == (standing, near)
    assert bool(found.sentence) == (standing is not NamedStanding.FOUND)
    assert found.is_wrong == (standing not in (NamedStanding.FOUND, NamedStanding.UNKNOWN))


def test_what_has_no_effect_is_not_held_beside_anything(world: World) -> None:
    """An account for new items does not matter while no items are made."""
    learn(world)
    world.set(f"{_ACCOUNT}=Nowhere", "sales-order-out.create_missing_items=false")
    assert all(each.key != _ACCOUNT for each in views.named_values(world.hub, world.link))


def test_every_part_of_a_table_is_looked_at(world: World) -> None:
    """Of the customers of marketplaces each is looked up, before they are saved."""
    learn(world)
    after = changed(
        world,
        ("sales-order-out.customer_name", "channel_customer"),
        (_CHANNELS, "eBay=Web:Shop; Etsy=Web:Stall"),
    )
    found = views.named_values(world.hub, world.link, after)
    told = {each.name: each.standing for each in found if each.key == _CHANNELS}
    assert told == {"Web:Shop": NamedStanding.FOUND, "Web:Stall": NamedStanding.ABSENT}


def test_a_list_nobody_knows_is_read_next(world: World) -> None:
    """Somebody names a record of it: the next run reads the list."""
    learn(world, is_read=False)
    world.set(_CREATES, f"{_ACCOUNT}=Nowhere")
    views.named_values(world.hub, world.link)
    with world.hub.database.reading() as tx:
        books = connections.load(tx, world.books_id)
    assert books is not None
    assert RecordKind.ACCOUNT in needed.asked(books)


@pytest.mark.parametrize(
    "key, part, text, names",
    [
        (_ACCOUNT, 0, "hamp", [("Sales:Hampers", "")]),
        (_ACCOUNT, 0, "old", []),
        ("sales-order-out.income_account_id", 0, "hamp", [("A-1", "Sales:Hampers")]),
        (_CHANNELS, 1, "", [("Web:Shop", "")]),
    ],
    ids=["by name", "inactive ones are not offered", "by identity", "a part of a pair"],
)
def test_names_are_offered_while_somebody_types(
    world: World, key: str, part: int, text: str, names: list[tuple[str, str]]
) -> None:
    """Active records whose names have the text in them, as the setting wants them written."""
    learn(world)
    found = views.names_offered(world.hub, world.link, key, text, part=part)
    assert (list(found.names), found.problem) == (names, None)


@pytest.mark.parametrize("key", ["sales-order-out.mode", _CHANNELS, "nothing.at_all"])
def test_what_names_nothing_offers_nothing(world: World, key: str) -> None:
    """A choice, the free part of a pair, a setting that there is not."""
    with pytest.raises(UsageError, match="no setting that names a record"):
        views.names_offered(world.hub, world.link, key, "")


def test_the_effect_is_told_before_it_is_saved(world: World) -> None:
    """What is held becomes ready once the flow goes by itself; asking changes nothing."""
    world.set("sales-order-out.mode=manual")
    world.orders(2)
    world.read_operations()
    after = changed(world, ("sales-order-out.mode", "automatic"))
    told = desk.settings_effect(world.hub, world.link, after)
    assert told.moves == {(State.HELD, State.READY): 2}
    assert (told.looked_at, told.is_all) == (2, True)
    assert set(world.states().values()) == {"held"}


def test_of_two_who_save_the_second_looks_again(world: World) -> None:
    """Saved under a version that is no longer the newest, nothing is changed."""
    _settings, seen, _problems = views.settings_of(world.hub, world.link)
    world.set("general.quiet_minutes=7")
    with pytest.raises(OvertakenError, match="Somebody has changed"):
        desk.change_settings(
            world.hub,
            world.link,
            lambda current: apply_texts({"general.quiet_minutes": "9"}, current),
            ACTOR,
            seen=seen,
        )
    assert views.settings_of(world.hub, world.link)[0].general.quiet_minutes == 7


def test_what_a_name_means_is_listed_and_taken_back(world: World) -> None:
    """Until then every document means that record; afterwards its name is looked up again."""
    learn(world)
    desk.match_name(world.hub, world.link, "customer", "Shop online", ACTOR, record="Web:Shop")
    [row] = desk.chosen_names(world.hub, world.link)
    assert (row.side, row.name, row.meaning, row.creates) == (
        "books",
        "Shop online",
        "Web:Shop",
        False,
    )
    told = desk.unmatch_name(world.hub, world.link, "customer", "SHOP online", ACTOR)
    assert told == "The customer “SHOP online” is looked up by its name again."
    assert desk.chosen_names(world.hub, world.link) == []
    with pytest.raises(UsageError, match="Nobody has decided"):
        desk.unmatch_name(world.hub, world.link, "customer", "Shop online", ACTOR)
