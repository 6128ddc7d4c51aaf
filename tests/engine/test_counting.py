"""Counting: what an item should hold, and which lines go together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    CountLine,
    Item,
    Quantity,
    Reason,
    Reference,
    Unit,
    UnitSet,
    reason,
)
from counterfoil.engine.counting import (
    LINES_MAX,
    Keeping,
    Packing,
    Tally,
    Wanted,
    document_id,
    figure,
    position_of,
    prefix_of,
    press_of,
    without,
)
from tests.support.builders import product

DOZENS = UnitSet(
    id="U1",
    name="Count",
    full_name="Count",
    base=Unit("each"),
    related=(Unit("dozen", holds=Quantity(Decimal(12))),),
    counts=True,
)


def line(item: str, figure: str) -> CountLine:
    """A line of a count."""
    return CountLine(item=Reference(item), counted=Quantity(Decimal(figure)))


ONE = Quantity(Decimal(1))


def lines(*figures: str) -> tuple[CountLine, ...]:
    """Lines over items A, B, C, ..."""
    return tuple(line(chr(ord("A") + at), each) for at, each in enumerate(figures))


def packed(*found: CountLine) -> list[list[str]]:
    """The items of each document, in order."""
    packing = Packing()
    documents = [made for each in found for made in packing.add(each)] + list(packing.rest())
    return [[each.item.name for each in made.lines] for made in documents]


class TestFigure:
    @pytest.mark.parametrize(
        "unit, on_hand, there, found",
        [
            (None, "2.5", None, "2.5"),
            ("kg", "2.5", None, "2.5"),
            ("dozen", "2.5", "Count", "30"),
            (None, "7", "Count", "7"),
            ("pallet", "7", "Count", "count-unit"),
            (None, "7", "Gone", "count-unit"),
            (None, "0.123456", None, "count-decimals"),
            ("dozen", "0.123456", "Count", "count-decimals"),
        ],
    )
    def test_in_the_base_unit_of_the_item(
        self, unit: str | None, on_hand: str, there: str | None, found: str
    ) -> None:
        """STOCK-7: what the source has, converted by the item's own set; else said why not."""
        item = Item(
            id="I", name="X", full_name="X", unit_set=None if there is None else Reference(there)
        )
        keeping = Keeping(name="QuickBooks", places=5, sets={"count": DOZENS})

        told = figure(product("X", unit=unit), Decimal(on_hand), item, keeping)

        assert (told.code if isinstance(told, Reason) else told) == (
            found if found.startswith("count") else Decimal(found)
        )

    def test_more_decimals_are_rounded_only_where_set(self) -> None:
        """Halves away from zero, as everywhere; only the settings let it happen."""
        item = Item(id="I", name="X", full_name="X")
        keeping = Keeping(name="QuickBooks", places=5, rounds=True)

        assert figure(product("X"), Decimal("1.000005"), item, keeping) == Decimal("1.00001")


class TestPacking:
    def test_negative_figures_go_alone(self) -> None:
        """STOCK-11: one that QuickBooks may refuse takes no other line with it."""
        assert packed(*lines("1", "-1", "0")) == [["B"], ["A", "C"]]

    def test_k27_each_site_has_documents_of_its_own(self) -> None:
        """Whatever the order in which lines come; what waits still says its site."""
        vans, store = Reference("Vans", "v"), Reference("Store", "s")
        packing = Packing()
        for at, site in enumerate([vans, store] * LINES_MAX):
            made = list(packing.add(CountLine(item=Reference(f"I{at}"), counted=ONE, site=site)))
            assert [each.site for each in made] == ([site] if at >= 2 * LINES_MAX - 2 else [])
            assert all(each.site is None for document in made for each in document.lines)
        packing = Packing(lines("1"))
        assert not list(packing.add(CountLine(item=Reference("Z"), counted=ONE, site=vans)))

        assert [each.site for each in packing.waiting] == [None, vans]
        assert [each.site for each in packing.rest()] == [None, vans]

    @given(st.lists(st.integers(-2, 9), max_size=3 * LINES_MAX))
    def test_every_line_goes_once(self, figures: list[int]) -> None:
        """Whatever comes, each line is in one document, and none holds too many."""
        found = [line(f"I{at}", str(each)) for at, each in enumerate(figures)]

        documents = packed(*found)

        assert sorted(each for made in documents for each in made) == sorted(
            each.item.name for each in found
        )
        assert all(0 < len(made) <= LINES_MAX for made in documents)


class TestOneBadLine:
    @pytest.mark.parametrize(
        "where, value, left",
        [
            ("lines[1].item", None, "AC"),
            (None, "b", "AC"),
            ("account", "Shrinkage", None),
            (None, None, None),
            ("lines[7].item", None, None),
        ],
    )
    def test_it_is_the_one_that_the_refusal_names(
        self, where: str | None, value: str | None, left: str | None
    ) -> None:
        """STOCK-10: by its place or its item; where none is named, nothing is guessed."""
        found = without(lines("1", "2", "3"), where, value)

        assert (None if found is None else "".join(each.item.name for each in found)) == left

    def test_a_line_alone_stays_refused(self) -> None:
        """There is nothing left to be sent without it."""
        assert without(lines("1"), "lines[0].item", "A") is None


class TestPresses:
    @pytest.mark.parametrize(
        "newer, older, covers",
        [
            (None, None, True),
            (None, ("A",), True),
            (("A",), None, False),
            (("A", "B"), ("A",), True),
            (("A",), ("A", "B"), False),
        ],
    )
    def test_which_one_takes_the_place_of_another(
        self, newer: tuple[str, ...] | None, older: tuple[str, ...] | None, covers: bool
    ) -> None:
        """A press over all products covers every other one, one over some only theirs."""
        assert Wanted(newer, "Loss").covers(Wanted(older, "Loss")) is covers

    def test_a_document_names_its_press(self) -> None:
        """Identities of one press sort together, and none is taken for another's."""
        identity = document_id(12, 3)

        assert (press_of(identity), position_of(identity)) == (12, 3)
        assert identity.startswith(prefix_of(12))
        assert not identity.startswith(prefix_of(1))

    def test_what_people_left_out_is_counted_and_not_named(self) -> None:
        """STOCK-3: of 100,000 products without the tag nobody wants a list."""
        tally = Tally()
        tally.leave_out("A", reason("untagged", tag="Quickbooks"))
        tally.leave_out("B", reason("field-empty", field="Item"))
        tally.equal = 1

        counted = tally.counted
        assert counted.products == 3
        assert counted.left_out == {"field-empty": 1, "untagged": 1}
        assert [each.product for each in counted.named] == ["B"]
