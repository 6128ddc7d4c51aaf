"""What is told travels in parts: what was seen, what to do about it, and what engineers ask for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from counterfoil.cli import app
from counterfoil.documents import REFUSAL_KINDS
from counterfoil.documents.reasons import REASON_KINDS
from counterfoil.errors import UnavailableError, UsageError
from counterfoil.ledger._told import kept, read
from counterfoil.told import Advice, Told
from tests.support.console_routes import declared

SOURCE: Final = Path(__file__).parents[1] / "src" / "counterfoil"
# They speak at a terminal: the command line, and the agent on the QuickBooks computer.  Nobody
# who is told something about a company sees the stand-ins.  ``ways_out`` gives programs each
# command in a field of its own.
_AT_A_TERMINAL: Final = (
    "cli",
    "sandboxes",
    "connectors/quickbooks_desktop/agent",
    "api/ways_out.py",
)
# Within a sentence; in backticks it stands in the description of the JSON API.
_COMMAND: Final = re.compile(
    r"[\w.,;:“] *(?<!`)(?:counterfoil (?P<command>[a-z][a-z-]+)|--[a-z][a-z-]+)"
)
_ENGINEERS: Final = re.compile(r"\((?:GET|POST|HTTP|setting|any more)\b|\{setting\}|\{operation\}")


class TestParts:
    TOLD: Final = Told(
        "Nothing could be read.",
        Advice("Find out why", "connections test 3", "/connections/3"),
        Advice("Let somebody look there"),
        Advice("", "status"),
        detail="GET /a, HTTP 500",
    )

    def test_for_a_terminal(self) -> None:
        """All of it, with commands, and a stop behind each that something follows."""
        assert str(self.TOLD) == (
            "Nothing could be read. (GET /a, HTTP 500) Find out why: counterfoil connections "
            "test 3. Let somebody look there. See: counterfoil status"
        )

    def test_for_people(self) -> None:
        """What was seen and what to do; what only a terminal can do is left out."""
        assert self.TOLD.spoken == ("Nothing could be read. Find out why. Let somebody look there.")

    def test_options_are_no_commands(self) -> None:
        """An option is given with the command that was typed."""
        assert str(Advice("Say so", "--yes")) == "Say so: --yes"

    def test_of_an_error(self) -> None:
        """Whoever asked is told what to do; whoever helps, what was seen as well."""
        cure = Advice("Look there", "status")
        error = UnavailableError("It is busy.", cure, system="x", operation="GET /a", detail="500")

        assert error.told == Told("It is busy.", cure, detail="GET /a, 500")
        assert error.said == Told("It is busy.", cure)
        assert UsageError("No.", cure, detail="seen").told == Told("No.", cure, detail="seen")

    @pytest.mark.parametrize(
        "sentence, told",
        [
            ("It is Fernhill Inc..", "It is Fernhill Inc."),
            ("It is Fernhill Inc.. Send it.", "It is Fernhill Inc. Send it."),
            ("It is “Acme Inc.”.", "It is “Acme Inc.”."),
            ("Who is it?. Nobody!.", "Who is it? Nobody!"),
            ("Wait... It goes on… then.", "Wait... It goes on… then."),
            ("See 1..2 there.", "See 1..2 there."),
        ],
    )
    def test_one_stop_ends_a_sentence(self, sentence: str, told: str) -> None:
        """A name, or a peer's words, may end with one; what is told has it once."""
        assert Told(sentence).sentence == UsageError(sentence).message == told

    def test_behind_a_name(self) -> None:
        """Where a name comes first, all other parts stay."""
        assert self.TOLD.after("Books:") == Told(
            "Books: Nothing could be read.", *self.TOLD.advice, detail=self.TOLD.detail
        )


class TestKeeping:
    @pytest.mark.parametrize(
        "told",
        [
            TestParts.TOLD,
            Told("Busy."),
            Told("Busy (as ever).", detail="x"),
            Told("", Advice("a")),
            Told("The connection “my counterfoil books” is busy."),
            Told("It says so. (GET /a, B)"),
        ],
        ids=["all", "sentence", "detail", "advice", "named like a command", "like a request"],
    )
    def test_what_is_kept_is_read(self, told: Told) -> None:
        """A column of text gives every part back."""
        assert read(kept(told)) == told

    def test_the_sentence_comes_first(self) -> None:
        """Whoever looks into the database reads it; a peer's line ends do not end it."""
        assert kept(TestParts.TOLD).startswith("Nothing could be read.\n{")
        assert kept(Told("a\nb", detail="x")).partition("\n")[0] == "a b"

    @pytest.mark.parametrize(
        "text, told",
        [
            (
                "It is busy. (GET /a, B (c)). Call.",
                Told("It is busy. Call.", detail="GET /a, B (c)"),
            ),
            ("It is busy. (GET /a, B): none.", Told("It is busy: none.", detail="GET /a, B")),
            ("It is busy. (GET /a, cut (off", Told("It is busy. (GET /a, cut (off")),
            ("It is busy (as ever). Or not.", Told("It is busy (as ever). Or not.")),
            (
                "2 wait. See why with: counterfoil status",
                Told("2 wait.", Advice("See why", "status")),
            ),
            (
                "Nobody signed in. Connect it: counterfoil connections connect 2. Documents wait.",
                Told(
                    "Nobody signed in. Documents wait.",
                    Advice("Connect it", "connections connect 2"),
                ),
            ),
        ],
    )
    def test_what_earlier_versions_kept(self, text: str, told: Told) -> None:
        """One text, in which all parts stood: it is taken apart as well as that can be done."""
        assert read(text) == told


# --- Every text of the product ------------------------------------------------------------


def _modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(_AT_A_TERMINAL) and "migrations" not in path.parts:
            yield path


@cache
def _sources() -> tuple[tuple[str, str], ...]:
    return tuple(
        (path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8"))
        for path in _modules()
    )


def _trees(holding: re.Pattern[str]) -> Iterator[tuple[str, ast.Module]]:
    """Read the modules in which something is found, as reading all of them takes long."""
    for name, source in _sources():
        if holding.search(source):
            yield name, ast.parse(source)


_ADVICE: Final = re.compile(r"\bAdvice\(")


def _advice(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Advice":
            yield node


def _texts(tree: ast.Module) -> Iterator[ast.Constant]:
    """Give the texts of a module that are neither docstrings nor the command of an advice."""
    spared = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for call in _advice(tree):
        spared |= {id(node) for each in call.args[1:2] for node in ast.walk(each)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in spared:
            assert isinstance(node, ast.Constant)
            yield node


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def _names_command(text: str) -> bool:
    found = _COMMAND.search(text)
    if found is None:
        return False
    return found["command"] is None or found["command"] in _root().commands


def test_no_sentence_holds_a_command() -> None:
    """A command stands in an ``Advice`` alone, so that pages can leave it out."""
    found = [
        f"{name}:{text.lineno}: {text.value!r}"
        for name, tree in _trees(_COMMAND)
        for text in _texts(tree)
        if _names_command(str(text.value))
    ]

    assert found == []


def test_no_sentence_holds_what_only_engineers_need() -> None:
    """What went over the wire, and the keys of settings, stand beside the sentence."""
    found = [
        f"{code}: {text}"
        for code, kind in REFUSAL_KINDS.items()
        for text in (kind.title, kind.sentence, kind.cure)
        if _ENGINEERS.search(text)
    ]
    found += [f"{code}: {text}" for code, text in REASON_KINDS.items() if _ENGINEERS.search(text)]
    found += [
        f"{name}:{text.lineno}: {text.value!r}"
        for name, tree in _trees(_ENGINEERS)
        for text in _texts(tree)
        if _ENGINEERS.search(str(text.value)) and " " in str(text.value).strip()
    ]

    assert found == []


def _filled(node: ast.expr) -> str | None:
    """Give a text with ``1`` in every place; ``None``: it is made elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "1" for part in node.values
        )
    return None


def _given(place: int) -> list[tuple[str, str]]:
    """List what all advice of the product gives at one place, with where it stands."""
    return [
        (f"{name}:{call.lineno}", text)
        for name, tree in _trees(_ADVICE)
        for call in _advice(tree)
        for text in map(_filled, call.args[place : place + 1])
        if text
    ]


def _all_options(command: Any) -> set[str]:
    own = {option for each in command.params for option in each.opts}
    return own.union(*map(_all_options, getattr(command, "commands", {}).values()))


def _problem_of(command: str) -> str:
    """Say what is wrong with a command; empty: nothing."""
    if command.startswith("--"):
        return (
            ""
            if command.split(maxsplit=1)[0] in _all_options(_root())
            else "no command has that option"
        )
    at, words = _root(), command.split()
    while words and hasattr(at, "commands"):
        word = words.pop(0)
        if word not in at.commands:
            return f"there is no command {word!r}"
        at = at.commands[word]
    known = {option for each in at.params for option in each.opts}
    unknown = [each for each in words if each.startswith("--") and each not in known]
    return f"it has no option {unknown[0]}" if unknown else ""


def test_every_command_that_is_advised_is_there() -> None:
    """It is spelled as the command line has it, with options that it takes."""
    given = _given(1)
    wrong = [f"{at}: {text}: {why}" for at, text in given if (why := _problem_of(text))]

    assert len(given) > 50
    assert wrong == []


def test_every_page_that_is_advised_is_there() -> None:
    """Its address leads to a page of the console."""
    pages = [
        re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(each.path)))
        for each in declared()
        if each.method == "GET"
    ]
    given = [(at, text.partition("?")[0]) for at, text in _given(2)]

    assert len(given) > 20
    assert [one for one in given if not any(each.fullmatch(one[1]) for each in pages)] == []
