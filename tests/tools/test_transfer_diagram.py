"""The drawn life of a transfer: complete, and true to the table."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from counterfoil.engine.deciding import DECISIONS, Wish
from counterfoil.engine.life import DECIDE, STATES, TABLE, Effect, Event, Standing, State
from tools.transfer_diagram import meanings, render


class TestDiagram:
    def test_it_draws_exactly_the_arrows_of_the_table(self) -> None:
        """Each step that leads elsewhere is an arrow with its cause, and no other is."""
        drawn = {
            (before, after, event)
            for before, after, events in re.findall(r"    (\w+) --> (\w+): (.+)", render())
            for event in events.split(", ")
            if event != "a fact changed"
        }

        assert drawn == {
            (state.value, "decide" if cell.to is DECIDE else str(cell.to), event.value)
            for (state, event), cell in TABLE.items()
            if cell.to is not state
        }

    def test_what_rests_is_moved_by_facts(self) -> None:
        """Each state of rest leads to a decision when a fact changes."""
        assert set(re.findall(r"    (\w+) --> decide: a fact changed", render())) == {
            state for state, traits in STATES.items() if traits.standing is Standing.RESTING
        }

    def test_it_begins_with_a_decision(self) -> None:
        """A transfer begins where the facts of its document put it."""
        assert re.findall(r"\[\*\] --> (\w+)", render()) == ["decide"]

    def test_it_lists_what_shall_be(self) -> None:
        """Each row of the first table is a row of the page, in its order."""
        rows = [f"| {' | '.join(row.name.rsplit(': ', 1))} |" for row in DECISIONS]
        page = render()

        assert [page.index(row) for row in rows] == sorted(page.index(row) for row in rows)

    def test_it_is_the_same_every_time(self) -> None:
        """Two renderings are equal, so that only a change of the table makes the page stale."""
        assert render() == render()

    def test_it_stands_in_the_architecture(self) -> None:
        """The documentation's generator keeps the diagram's section up to date."""
        from tools.generate_docs import PARTS

        assert ("docs/architecture.md", "transfer-life") in {
            (part.path, part.section) for part in PARTS
        }


class TestTables:
    @pytest.mark.parametrize("words", [State, Event, Effect, Wish])
    def test_every_word_has_a_meaning(self, words: type[StrEnum]) -> None:
        """Each state, event and effect is explained by a sentence beside its declaration."""
        found = meanings(words)

        assert set(found) == {word.value for word in words}
        assert all(text.endswith(".") for text in found.values())

    @pytest.mark.parametrize("word", [*State, *Event, *Effect, *Wish])
    def test_every_word_has_a_row(self, word: str) -> None:
        """Each of them has its row."""
        assert f"\n| *{word}* |" in render()
