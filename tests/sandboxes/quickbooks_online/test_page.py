"""The page about the stand-in says of every switch and fault what is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.sandboxes.quickbooks_online import AppSettings, FaultKind, Settings, switches
from tests.support.pages import faults_named, switch_row, switches_listed

PAGE = (Path(__file__).parents[3] / "docs" / "sandbox" / "quickbooks-online.md").read_text("utf-8")
SWITCHES = [*switches(Settings), *switches(AppSettings)]


@pytest.mark.parametrize("row", [*map(switch_row, SWITCHES)])
def test_each_switch_stands_on_the_page(row: str) -> None:
    """With its default, what it does, and where that is known from."""
    assert row in PAGE


def test_no_other_switch_stands_there() -> None:
    """A switch that is gone is gone from the page."""
    assert switches_listed(PAGE) == len(SWITCHES)


def test_faults_that_are_named_exist() -> None:
    """The kinds on the page are kinds of faults."""
    named = faults_named(PAGE)

    assert named <= {kind.value for kind in FaultKind}
    assert len(named) > 5
