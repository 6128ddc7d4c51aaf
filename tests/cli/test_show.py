"""Drawing on terminals: tables fit, texts are only shown."""

from __future__ import annotations

import io
from datetime import datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from counterfoil.cli._keys import show_report
from counterfoil.cli._show import Column, clean, draw, last_contact, when
from counterfoil.connectors.fusion_operations import Assumption, ProbeReport, Verdict
from counterfoil.told import Advice

COLUMNS = (
    Column("ID", is_number=True),
    Column("Number", is_whole=True),
    Column("Flow", is_wide=True),
    Column("State", is_whole=True),
    Column("Why"),
)
ROWS = [
    [
        "154",
        "SO-10401",
        "sales-order-out",
        "refused",
        "The customer “Rattlesnake” is not there. " * 3,
    ],
    ["155", "SO-10402", "sales-order-out", "done", ""],
]


def drawn(width: int, rows: list[list[str]]) -> list[str]:
    file = io.StringIO()
    draw(Console(file=file, width=width, color_system=None), COLUMNS, rows)
    return file.getvalue().splitlines()


class TestLastContact:
    @pytest.mark.parametrize(
        "seen, refused, told",
        [
            (None, None, ""),
            (5, None, "5"),
            (5, 3, "5"),
            (3, 5, "5 refused"),
            (None, 5, "5 refused"),
        ],
    )
    def test_it_says_when_somebody_was_refused(
        self, seen: int | None, refused: int | None, told: str
    ) -> None:
        """The later of both counts: a Web Connector with an old password is not asleep."""

        def moment(minute: int | None) -> datetime | None:
            return None if minute is None else datetime(2026, 5, 4, 12, minute).astimezone()

        heard = SimpleNamespace(last_seen_at=moment(seen), refused_at=moment(refused))

        assert last_contact(heard) == told.replace("5", when(moment(5)))


class TestTables:
    @pytest.mark.parametrize("width", [60, 80, 120, 200])
    def test_no_line_is_wider_than_the_terminal(self, width: int) -> None:
        """Long sentences break; numbers and states stay whole."""
        lines = drawn(width, ROWS)

        assert max(len(line) for line in lines) <= width
        assert any("SO-10401" in line and "refused" in line for line in lines)

    def test_narrow_terminals_leave_out_what_only_some_need(self) -> None:
        """At 80 columns the flow is not shown, at 120 it is."""
        assert not any("sales-order-out" in line for line in drawn(80, ROWS))
        assert any("sales-order-out" in line for line in drawn(120, ROWS))

    def test_brackets_are_no_markup(self) -> None:
        """A name like [red] is shown as it is."""
        assert any("[red]x" in line for line in drawn(80, [["1", "[red]x", "", "done", ""]]))

    @given(st.lists(st.text(max_size=60), min_size=5, max_size=5))
    def test_any_text_can_be_shown(self, row: list[str]) -> None:
        """Whatever stands in a cell, drawing does not fail."""
        assert drawn(80, [[clean(cell) for cell in row]])


@given(st.text(max_size=200))
def test_what_is_clean_does_not_steer(text: str) -> None:
    """No control character but the line break is left, and no letter is changed."""
    found = clean(text)

    assert not any(ord(each) < 32 and each != "\n" for each in found)
    assert not any(0x7F <= ord(each) <= 0x9F for each in found)
    assert [each for each in text if each.isalpha()] == [
        each for each in found if each.isalpha() and each in text
    ] or not text.isprintable()


@pytest.mark.parametrize(
    "text, shown",
    [
        ("SO-\x071", "SO-\\x071"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\tb", "a\\tb"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("Žluťoučký\xa0kůň 👩‍🔧", "Žluťoučký\xa0kůň 👩‍🔧"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    """Two numbers that differ are seen to differ; what can be seen stays."""
    assert clean(text) == shown


def test_a_probe_says_what_does_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside what things are called: each assumption, whether it holds here, and what to set."""
    cure = Advice("Set this", "--shipments-from movements")
    row = Assumption("shipments", "Orders tell.", Verdict.FAILS, "None of 3 does.", cure)

    show_report(ProbeReport(assumptions=(row,)))

    shown = " ".join(capsys.readouterr().out.split())
    for words in ("Orders tell.", "does not hold", "None of 3 does.", "--shipments-from"):
        assert words in shown
