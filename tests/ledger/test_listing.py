"""The list of documents: each page holds the newest that fit, however they are found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from counterfoil.engine.heading import alternatives
from counterfoil.engine.life import State
from counterfoil.engine.transfers import Landing
from counterfoil.ledger import Database, documents, listing, pairings, transfers
from counterfoil.ledger.listing import Place, Wanted
from tests.ledger.builders import FLOW, SALES_ORDER, World
from tests.support.builders import NOW, order

STATES = (State.DONE, State.REFUSED, State.HELD, State.SKIPPED)


def fill(world: World, count: int = 12) -> None:
    """Transfers of orders dated to and fro, in four states."""
    world.see(
        *(
            order(
                f"SO-{position:03} {'Harbor & Vine' if position % 3 else 'Café Ole'}",
                f"1 BOLT {position}.50",
                created_on=date(2026, 1, 1 + position * 7 % 28),
            )
            for position in range(count)
        )
    )
    rows = world.pending()
    with world.ledger.writing() as tx:
        for position, row in enumerate(rows):
            state = STATES[position % 4]
            transfers.begin(tx, [world.beginning(row.number or "", row.row, state)])
        documents.take_up(tx, [row.row for row in rows])


def found(world: World, wanted: Wanted, limit: int = 100, **edge: Any) -> list[str]:
    """The numbers on a page, in its order."""
    with world.ledger.reading() as tx:
        places = listing.page(tx, wanted, limit, **edge)
        loaded = {each.transfer.id: each.transfer for each in transfers.load(tx, ids(places))}
    return [loaded[place.id].number or "" for place in places]


def ids(places: Iterable[Place]) -> list[int]:
    """The transfers at some places."""
    return [place.id for place in places]


def search(text: str) -> Wanted:
    """What is wanted by who types this."""
    return Wanted(words=alternatives(text))


WANTED = [
    Wanted(),
    Wanted(link=1),
    Wanted(flows=(FLOW.value,)),
    Wanted(link=1, flows=(FLOW.value,)),
    Wanted(states=(State.REFUSED,)),
    Wanted(states=(State.REFUSED, State.SKIPPED), flows=(FLOW.value,), link=1),
    Wanted(states=(State.DONE,)),
    Wanted(first=date(2026, 1, 8), last=date(2026, 1, 22)),
    Wanted(states=(State.HELD,), first=date(2026, 1, 8)),
    search("harbor"),
    search("harbor")._replace(states=(State.DONE, State.HELD), link=1, first=date(2026, 1, 8)),
]


@pytest.mark.parametrize("is_rare", [True, False], ids=["few", "many"])
def test_pages_are_the_list_cut_up(
    world: World, monkeypatch: pytest.MonkeyPatch, is_rare: bool
) -> None:
    """Leafing down and up again shows each transfer that fits once, the newest day first."""
    monkeypatch.setattr(listing, "_RARE_MAX", 1_000 if is_rare else 0)
    fill(world)
    with world.ledger.reading() as tx:
        everything = transfers.load(tx, ids(listing.page(tx, Wanted(), 100)))
        for wanted in WANTED:
            whole = listing.page(tx, wanted, 100)
            assert whole == sorted(whole, reverse=True)
            assert len(whole) == sum(_fits(each.transfer, wanted, whole) for each in everything)
            down: list[Place] = []
            while page := listing.page(tx, wanted, 3, older_than=down[-1] if down else None):
                down += page
            assert down == whole
            for position in range(4, len(whole)):
                edge = whole[position]
                assert (
                    listing.page(tx, wanted, 3, newer_than=edge) == whole[position - 3 : position]
                )


def _fits(transfer: Any, wanted: Wanted, whole: list[Place]) -> bool:
    """What is wanted by its state fits; what by day or words is counted as it was found."""
    if wanted.words or wanted.first or wanted.last:
        return any(place.id == transfer.id for place in whole)
    return not wanted.states or transfer.state in wanted.states


@pytest.mark.parametrize(
    "typed, numbers",
    [
        ("SO-003", ["SO-003"]),
        ("so-00 vine", ["SO-007", "SO-002", "SO-005", "SO-001", "SO-004", "SO-008"]),
        ("011", ["SO-011"]),
        ("cafe 6", ["SO-006"]),
        ("CAFÉ 9.50", ["SO-009"]),
        ("$9.5", ["SO-009"]),
        ("9,50", ["SO-009"]),
        ("arbor", []),
        ("vine nobody", []),
    ],
)
@pytest.mark.parametrize("is_rare", [True, False], ids=["few", "many"])
def test_what_is_typed_finds(
    world: World, monkeypatch: pytest.MonkeyPatch, typed: str, numbers: list[str], is_rare: bool
) -> None:
    """Beginnings of numbers, of names without case and accents, and of amounts find documents."""
    monkeypatch.setattr(listing, "_RARE_MAX", 1_000 if is_rare else 0)
    fill(world)
    assert sorted(found(world, search(typed))) == sorted(numbers)


def test_several_words_of_a_document_hide_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where documents bear two words that begin as typed, those of later words are found, too."""
    monkeypatch.setattr(listing, "_RARE_MAX", 8)
    parties = ["Aa Ab"] * 4 + ["Ac"] * 4
    world.see(*(order(f"{at} {party}", "1 BOLT 7.50") for at, party in enumerate(parties, 1)))
    rows = world.pending()
    with world.ledger.writing() as tx:
        for row in rows:
            transfers.begin(tx, [world.beginning(row.number or "", row.row, State.DONE)])
        documents.take_up(tx, [row.row for row in rows])

    assert sorted(found(world, search("a"))) == list("12345678")


def test_the_number_it_has_there_finds_it(world: World) -> None:
    """Who types the number in the books finds the order, also where it is told later."""
    fill(world, 2)
    with world.ledger.writing() as tx:
        each = transfers.load(tx, [1])[0].transfer
        pairings.pair(tx, [(each, Landing(id="Q1", kind=SALES_ORDER, number=None))], NOW)
    assert found(world, search("10388")) == []
    with world.ledger.writing() as tx:
        paired = transfers.load(tx, [1])[0].pairing
        assert paired is not None
        pairings.see(tx, [_replaced(paired, number="10388")])
    assert found(world, search("1038")) == ["SO-000"]


def test_a_changed_document_is_found_by_what_it_says_now(world: World) -> None:
    """Another customer, day and amount replace the words and the place; its number there stays."""
    fill(world, 1)
    with world.ledger.writing() as tx:
        each = transfers.load(tx, [1])[0].transfer
        pairings.pair(tx, [(each, Landing(id="Q1", kind=SALES_ORDER, number="10388"))], NOW)
    assert found(world, search("cafe 10388")) == ["SO-000"]
    world.see(order("SO-000 Quayside", created_on=date(2027, 5, 1)))
    assert found(world, search("quayside 10388")) == ["SO-000"]
    assert found(world, search("cafe")) == []
    with world.ledger.reading() as tx:
        assert listing.page(tx, Wanted(), 5) == [Place("2027-05-01", 1)]


def test_what_bears_no_day_stands_under_that_of_its_beginning(world: World) -> None:
    """A document without a date is not put at the end of a list that nobody leafs to."""
    world.see(_replaced(order("SO-9"), created_on=None))
    row = world.pending()[0].row
    with world.ledger.writing() as tx:
        transfers.begin(tx, [world.beginning("SO-9", row, State.HELD)])
    with world.ledger.reading() as tx:
        assert listing.page(tx, Wanted(), 5) == [Place(NOW.date().isoformat(), 1)]


def test_amounts_of_some(ledger: Database, world: World) -> None:
    """What transfers come to is told one by one; what is not known is not nothing."""
    fill(world, 2)
    world.begin("SO-N")
    with ledger.reading() as tx:
        amounts = listing.sums(tx, [1, 2, 3])
    assert sorted(amount.total or "?" for amount in amounts) == ["0.50", "1.50", "?"]


def _replaced(struct: Any, **changes: Any) -> Any:
    from msgspec.structs import replace

    return replace(struct, **changes)
