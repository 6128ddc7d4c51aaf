"""The page about the stand-in says of every switch what is true."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from counterfoil.sandboxes.autotask import FaultKind, switches

PAGE = Path(__file__).parents[3] / "docs" / "sandbox" / "autotask.md"


@pytest.mark.parametrize("switch", [*switches()], ids=lambda switch: switch[0])
def test_each_switch_stands_on_the_page(switch: tuple[str, object, str, str]) -> None:
    """With its default, what it does, and where that is known from."""
    name, default, does, source = switch
    shown = default if isinstance(default, str) else msgspec.json.encode(default).decode()

    assert f"| `{name}` | `{shown}` | {does} | {source} |" in PAGE.read_text("utf-8")


def test_no_other_switch_stands_there() -> None:
    """A switch that is gone is gone from the page."""
    text = PAGE.read_text("utf-8").partition("## Switches")[2].partition("## The door")[0]

    assert text.count("\n| `") == len([*switches()])


def test_faults_that_are_named_exist() -> None:
    """The kinds on the page are kinds of faults."""
    (row,) = (line for line in PAGE.read_text("utf-8").splitlines() if "/faults" in line)
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", row)) | set(
        re.findall(r'"kind": "([a-z-]+)"', row)
    )

    assert named <= {kind.value for kind in FaultKind}
    assert len(named) > 5
