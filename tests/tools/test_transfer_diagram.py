"""The drawn life of a transfer: complete, and true to the table."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest

from counterfoil.documents import DocumentStatus
from counterfoil.engine.life import TABLE, Effect, Event, State
from counterfoil.engine.noticing import begin
from counterfoil.settings import FlowMode, FlowName
from tests.support.builders import order, settings
from tools.generate_docs import PARTS
from tools.transfer_diagram import meanings, render


class TestDiagram:
    def test_it_draws_exactly_the_arrows_of_the_table(self) -> None:
        """Each step that leads to another state is an arrow with its cause, and no other is."""
        drawn = {
            (State(before), State(after), Event(event))
            for before, after, events in re.findall(r"    (\w+) --> (\w+): (.+)", render())
            for event in events.split(", ")
        }

        assert drawn == {
            (state, cell.state, event)
            for (state, event), cell in TABLE.items()
            if cell.state is not state
        }

    def test_it_draws_where_transfers_begin(self) -> None:
        """The diagram begins in the states in which new transfers really begin."""
        begun = {
            beginning.state.value
            for mode in FlowMode
            for status in DocumentStatus
            if (
                beginning := begin(
                    FlowName.SALES_ORDER_OUT,
                    order("SO-1 ACME", "1 NUT", status=status),
                    settings(sales_order_out={"mode": mode}),
                )
            )
        }

        assert set(re.findall(r"\[\*\] --> (\w+)", render())) == begun

    def test_it_is_the_same_every_time(self) -> None:
        """Two renderings are equal, so that only a change of the table makes the page stale."""
        assert render() == render()

    def test_it_stands_in_the_architecture(self) -> None:
        """The documentation's generator keeps the diagram's section up to date."""
        assert ("docs/architecture.md", "transfer-life") in {
            (part.path, part.section) for part in PARTS
        }


class TestTables:
    @pytest.mark.parametrize("words", [State, Event, Effect])
    def test_every_word_has_a_meaning(self, words: type[StrEnum]) -> None:
        """Each state, event and effect is explained by a sentence beside its declaration."""
        found = meanings(words)

        assert set(found) == {word.value for word in words}
        assert all(text.endswith(".") for text in found.values())

    @pytest.mark.parametrize("word", [*State, *Event, *Effect])
    def test_every_word_has_a_row(self, word: str) -> None:
        """Each of them has its row."""
        assert f"\n| *{word}* |" in render()
