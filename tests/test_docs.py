"""What the documents tell people to type exists, and what they link to is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from counterfoil.cli import app

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    if "reference" not in path.parts
)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_INLINE = re.compile(r"`((?:counterfoil|\./dev) [^`]+)`")


def _commands(text: str) -> Iterator[str]:
    """Give every command line: in fenced blocks, continued lines joined, and inline."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        joined = block.replace("\\\n", " ")
        for line in joined.splitlines():
            if line.startswith(("counterfoil ", "./dev ")):
                yield line
    yield from _INLINE.findall(text)


def _all_commands() -> list[tuple[str, str]]:
    return [
        (page.name, command)
        for page in PAGES
        for command in _commands(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("page, command", _all_commands())
def test_documented_commands_exist(page: str, command: str) -> None:
    """Every command in the documents names a real command and real options of it."""
    words = shlex.split(command, comments=True)
    if words[0] == "./dev":
        assert re.search(rf'"{re.escape(words[1])}"', (ROOT / "dev").read_text(encoding="utf-8")), (
            f"{page}: ./dev has no command {words[1]!r}"
        )
        return
    found: Any = typer.main.get_command(app)
    rest = words[1:]
    while rest and rest[0] in getattr(found, "commands", {}):
        found = found.commands[rest.pop(0)]
    if hasattr(found, "commands"):
        assert not rest or rest[0].startswith("-"), f"{page}: no command {command!r}"
    known = {option for parameter in found.params for option in parameter.opts}
    known |= {"--help", "--json"}
    for word in rest:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{page}: {command!r} has no option {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link in the documents leads to a file that is there."""
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_readme_has_the_two_commands() -> None:
    """The README promises one command to try it and one to check it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "./dev demo" in text
    assert "./dev check" in text
