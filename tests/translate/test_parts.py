"""Parts of a counting-up document: the design stories 34 to 37 and 43 to 45, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import SalesOrder
from counterfoil.settings import FlowName
from counterfoil.translate import (
    TRANSLATORS,
    WHOLE,
    CountedParts,
    LandedPart,
    Part,
    Portion,
    part_number,
    split_counting_up,
)
from tests.support.builders import line, order, settings


def quantities(text: str) -> dict[str, Decimal]:
    """``"A 4, B 2.5"``: line A shows 4, line B shows 2.5."""
    pairs = [each.split() for each in text.split(",") if each.strip()]
    return {name: Decimal(number) for name, number in pairs}


def landed(*texts: str) -> dict[str, LandedPart]:
    """``"1: A 4"``: part 1 landed with 4 of line A; ``"1: ?"``: nobody knows with what."""
    parts = {}
    for text in texts:
        key, _, rest = text.partition(":")
        known = None if rest.strip() == "?" else tuple(quantities(rest).items())
        parts[key] = LandedPart(key, known)
    return parts


def told(parts: CountedParts | None) -> list[str]:
    """``"1 landed: A 4"``, ``"2 open: A 3"``, and ``"left: A 1"`` for what no part carries."""
    assert parts is not None
    rows = [
        f"{each.key} {'landed' if each.has_landed else 'open'}: {_words(each.lines)}"
        for each in parts.portions
    ]
    return rows + [f"left: {_words(parts.left_over)}"] * bool(parts.left_over)


def _words(lines: tuple[tuple[str, Decimal], ...]) -> str:
    return ", ".join(f"{name} {number}" for name, number in lines)


@pytest.mark.parametrize(
    "story, shown, before, after",
    [
        ("received for the first time", "A 4", [], ["1 open: A 4"]),
        ("nothing received", "A 0", [], []),
        ("34: 4 billed, as billed", "A 4", ["1: A 4"], ["1 landed: A 4"]),
        ("34: 4 billed, grows to 7", "A 7", ["1: A 4"], ["1 landed: A 4", "2 open: A 3"]),
        ("35: grows while 4 is unknown; absent", "A 7", [], ["1 open: A 7"]),
        ("35: recovered", "A 7", ["1: A 4"], ["1 landed: A 4", "2 open: A 3"]),
        ("36: grows while 4 is refused", "A 7", [], ["1 open: A 7"]),
        (
            "37: 7 back to 5, bills of 4 and 3",
            "A 5",
            ["1: A 4", "2: A 3"],
            ["1 landed: A 4", "2 landed: A 1"],
        ),
        ("37: the newest is void, the open part", "A 5", ["1: A 4"], ["1 landed: A 4", "2 open: A 1"]),
        ("37: 7 back to 4: the newest is gone", "A 4", ["1: A 4", "2: A 3"], ["1 landed: A 4"]),
        ("37: 7 back to 2: and the oldest is short", "A 2", ["1: A 4", "2: A 3"], ["1 landed: A 2"]),
        ("37: everything taken back", "", ["1: A 4", "2: A 3"], []),
        ("37: below zero is nothing", "A -1", ["1: A 4"], []),
        (
            "43: long ago, then a new arrival",
            "A 10",
            ["1: A 4", "2: A 3", "3: A 2"],
            ["1 landed: A 4", "2 landed: A 3", "3 landed: A 2", "4 open: A 1"],
        ),
        ("43: of an adopted whole", "A 5", [": A 4"], [" landed: A 4", "2 open: A 1"]),
        ("44: late row in one save", "A 4, B 2", ["1: A 4"], ["1 landed: A 4", "2 open: B 2"]),
        (
            "44: un-received row: newest first",
            "A 4, B 1",
            ["1: A 3, B 1", "2: A 2"],
            ["1 landed: A 3, B 1", "2 landed: A 1"],
        ),
        (
            "44: one row more, another less",
            "A 4, B 2",
            ["1: A 4", "2: B 3"],
            ["1 landed: A 4", "2 landed: B 2"],
        ),
        (
            "44: one short, another grown",
            "A 6, B 2",
            ["1: A 4", "2: B 3"],
            ["1 landed: A 4", "2 landed: B 2", "3 open: A 2"],
        ),
        ("a part in between was taken out", "A 9", ["1: A 4", "3: A 2"],
         ["1 landed: A 4", "3 landed: A 2", "4 open: A 3"]),
        ("the tenth comes after the ninth", "A 11", ["10: A 1", "9: A 10"],
         ["9 landed: A 10", "10 landed: A 1"]),
        ("however the number is spelled", "A 4.00, B 100", ["1: A 4, B 1E+2"],
         ["1 landed: A 4, B 100"]),
    ],
)  # fmt: skip
def test_stories(story: str, shown: str, before: list[str], after: list[str]) -> None:
    """What landed stays as it is, one open part carries the rest, the newest is short first."""
    assert told(split_counting_up(quantities(shown), landed(*before))) == after


@pytest.mark.parametrize(
    "story, ordered, before, after",
    [
        ("45: part 1 carries what is ordered", "A 10", [], ["1 open: A 10"]),
        ("45: once it landed, nothing follows", "A 10", ["1: A 10"], ["1 landed: A 10"]),
        ("45: growth is told, not written", "A 12", ["1: A 10"], ["1 landed: A 10", "left: A 2"]),
        ("45: less is a change like any", "A 8", ["1: A 10"], ["1 landed: A 8"]),
    ],
)
def test_whole_quantities_once(
    story: str, ordered: str, before: list[str], after: list[str]
) -> None:
    """FLOW-11: one bill over what is ordered; what is ordered later is told, never billed again."""
    assert told(split_counting_up(quantities(ordered), landed(*before), once=True)) == after


def test_a_line_carried_in_two_rows_is_one_quantity() -> None:
    """44: what landed of one source line in several rows counts together."""
    twice = {"1": LandedPart("1", (("A", Decimal(3)), ("A", Decimal(1))))}

    assert told(split_counting_up(quantities("A 6"), twice)) == ["1 landed: A 4", "2 open: A 2"]


@pytest.mark.parametrize("before", [["1: ?"], ["1: A 4", "2: ?"], ["1: ?", "2: A 3"]])
def test_nothing_opens_on_a_guess(before: list[str]) -> None:
    """Where it is not known what a landed part carried, what remains is not known either."""
    assert split_counting_up(quantities("A 10"), landed(*before)) is None


@pytest.mark.parametrize(
    "number, part, expected",
    [
        ("PO-17", WHOLE, "PO-17"),
        ("PO-17", "1", "PO-17"),
        ("PO-17", "2", "PO-17-2"),
        ("PO-17", "12", "PO-17-12"),
        (None, "2", None),
    ],
)
def test_38_numbers_of_parts(number: str | None, part: str, expected: str | None) -> None:
    """38: the first bill of an order bears its number, the second the number with -2."""
    assert part_number(number, part) == expected


@pytest.mark.parametrize("flow", [FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN])
def test_an_order_is_one_part(flow: FlowName) -> None:
    """Orders go as a whole, whatever has landed; the part changes when the order does."""

    def part(source: SalesOrder, has: Mapping[str, LandedPart]) -> Part:
        parts = TRANSLATORS[flow].split(source, settings(), has)
        assert parts is not None
        (only,) = parts
        return only

    source = order("SO-1 ACME", line("2 BOLT", id="1"))
    first = part(source, {})

    assert (first.key, first.document) == (WHOLE, source)
    assert part(source, landed(": 1 2")) == first
    assert part(order("SO-1 ACME", "3 BOLT"), {}).fingerprint != first.fingerprint


amounts = st.decimals("0", "1e6", places=3)
lines_shown = st.dictionaries(st.sampled_from("ABC"), amounts, max_size=3)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, LandedPart]:
    """Parts that landed, each with some of the lines."""
    carried = draw(
        st.lists(st.dictionaries(st.sampled_from("ABC"), amounts, min_size=1), max_size=4)
    )
    return {
        str(n): LandedPart(str(n), tuple(lines.items())) for n, lines in enumerate(carried, start=1)
    }


@given(shown=lines_shown, before=histories())
def test_everything_shown_is_carried_once(
    shown: dict[str, Decimal], before: dict[str, LandedPart]
) -> None:
    """Whatever landed before, the parts together carry what the source shows: no more, no less."""
    found = split_counting_up(shown, before)

    assert found is not None
    sums = {name: Decimal(0) for name in shown}
    for portion in found.portions:
        for name, quantity in portion.lines:
            assert quantity > 0
            sums[name] += quantity
    assert sums == shown


@given(shown=lines_shown, before=histories())
def test_landed_parts_never_grow_and_one_part_is_open(
    shown: dict[str, Decimal], before: dict[str, LandedPart]
) -> None:
    """A landed part carries at most what it carried, and one part at most is open, the last."""
    found = split_counting_up(shown, before)

    assert found is not None
    open_ones = [each for each in found.portions if not each.has_landed]
    assert open_ones in ([], list(found.portions[-1:]))
    assert all(each.key not in before for each in open_ones)
    for portion in found.portions:
        if portion.has_landed:
            carried = dict(before[portion.key].lines or ())
            assert all(quantity <= carried[name] for name, quantity in portion.lines)


@given(shown=lines_shown)
def test_a_part_that_lands_is_as_it_was(shown: dict[str, Decimal]) -> None:
    """When the open part has landed, the same source shows the same part, and none is open."""
    before: dict[str, LandedPart] = {}
    first = split_counting_up(shown, before)
    assert first is not None
    for portion in first.portions:
        before[portion.key] = LandedPart(portion.key, portion.lines)

    assert split_counting_up(shown, before) == CountedParts(
        tuple(Portion(each.key, each.lines, has_landed=True) for each in first.portions)
    )
