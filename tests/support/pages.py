"""What the pages about the sandboxes say of switches and faults, to be compared with the truth."""

from __future__ import annotations

import re

import msgspec

__all__ = ["faults_named", "switch_row", "switches_listed"]

Switch = tuple[str, object, str, str]
"""A switch: its name, its default, what it does, and where that is known from."""


def switch_row(switch: Switch) -> str:
    """The row of a table that says all of a switch."""
    name, default, does, source = switch
    shown = default if isinstance(default, str) else msgspec.json.encode(default).decode()
    return f"| `{name}` | `{shown}` | {does} | {source} |"


def switches_listed(page: str) -> int:
    """How many switches a page has rows for."""
    text = page.partition("## Switches")[2].partition("## The door")[0]
    return text.count("\n| `")


def faults_named(page: str) -> set[str]:
    """The kinds of faults that a page names."""
    (row,) = (line for line in page.splitlines() if "/faults" in line)
    quoted = re.findall(r"`([a-z]+(?:-[a-z0-9]+)*)`", row)
    return {*quoted, *re.findall(r'"kind": "([a-z-]+)"', row)}
