"""What the documents tell people to type exists, and what they link to is there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from counterfoil.cli import app
from counterfoil.connectors.quickbooks_desktop import trouble
from counterfoil.connectors.quickbooks_desktop.qbxml.status import HRESULTS
from counterfoil.connectors.quickbooks_desktop.web_connector import qwc
from counterfoil.connectors.quickbooks_desktop.web_connector.answers import explain

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    if "reference" not in path.parts
)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_INLINE = re.compile(r"`((?:counterfoil|\./dev) [^`]+)`")


# The tree of all commands takes longer to make than to look through.
COMMANDS = typer.main.get_command(app)


def _commands(text: str) -> Iterator[str]:
    """Give every command line: in fenced blocks, continued lines joined, and inline."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
        joined = block.replace("\\\n", " ")
        for line in joined.splitlines():
            typed = line.removeprefix("$ ")
            if typed.startswith(("counterfoil ", "./dev ")):
                yield typed
    yield from _INLINE.findall(text)


def _all_commands() -> list[tuple[str, str]]:
    return [
        (page.name, command)
        for page in PAGES
        for command in _commands(page.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("page, command", _all_commands())
def test_documented_commands_exist(page: str, command: str) -> None:
    """Every command in the documents names a real command, and the options that it needs."""
    words = shlex.split(command, comments=True)
    if words[0] == "./dev":
        assert re.search(rf'"{re.escape(words[1])}"', (ROOT / "dev").read_text(encoding="utf-8")), (
            f"{page}: ./dev has no command {words[1]!r}"
        )
        return
    found: Any = COMMANDS
    rest = words[1:]
    while rest and rest[0] in getattr(found, "commands", {}):
        found = found.commands[rest.pop(0)]
    if hasattr(found, "commands"):
        assert not rest or rest[0].startswith("-"), f"{page}: no command {command!r}"
    known = {option for parameter in found.params for option in parameter.opts}
    known |= {"--help", "--json"}
    given = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert given <= known, f"{page}: {command!r} has no option {given - known}"
    needed = {each.opts[0] for each in found.params if each.required and each.opts[0][:2] == "--"}
    assert needed <= given or "--help" in given, f"{page}: {command!r} lacks {needed - given}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link in the documents leads to a file that is there."""
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def _told(page: Path) -> str:
    """Give a page without its fenced blocks."""
    return re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_a_heading_stands_by_itself(page: Path) -> None:
    """A blank line comes before each, also where two branches have added to one page."""
    assert re.findall(r"(?<!\n)\n#+ .*", _told(page)) == []


def test_readme_has_the_two_commands() -> None:
    """The README promises one command to try it and one to check it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "./dev demo" in text
    assert "./dev check" in text


# --- The pages about trouble ----------------------------------------------------------------

TROUBLE = ROOT / trouble.FOLDER
TROUBLE_PAGES = sorted({*trouble.PAGES.values(), trouble.ANOTHER_FILE})
_SECTIONS = ["What you see", "What it means", "What to do", "When to ask for help"]
_CODE = re.compile(r"QBWC1\d{3}|0x80[0-9A-F]{6}")


def test_every_page_about_trouble_is_there_and_no_other() -> None:
    """The table names the pages that are in the folder, and the index leads to each."""
    index = (TROUBLE / f"{trouble.INDEX}.md").read_text(encoding="utf-8")

    assert sorted(path.stem for path in TROUBLE.glob("*.md")) == sorted(
        [trouble.INDEX, *TROUBLE_PAGES]
    )
    assert [page for page in TROUBLE_PAGES if f"({page}.md)" not in index] == []


@pytest.mark.parametrize("page", TROUBLE_PAGES)
def test_a_page_about_trouble_answers_four_questions(page: str) -> None:
    """What you see, what it means, what to do in order, when to ask; and it names its codes."""
    text = (TROUBLE / f"{page}.md").read_text(encoding="utf-8")

    assert re.findall(r"(?m)^## (.*)", text) == _SECTIONS
    assert re.search(r"(?m)^1\. ", text)
    codes = {code for code, of in trouble.PAGES.items() if of == page}
    assert set(_CODE.findall(text)) >= codes


def test_every_code_that_can_be_met_has_a_page() -> None:
    """What the tables of failures and of broken rules know leads to more than the index."""
    rules = ast.parse(Path(qwc.__file__).read_text(encoding="utf-8"))
    numbers = {
        node.value
        for node in ast.walk(rules)
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value >= 1000
    }

    assert {row.hex for row in HRESULTS.values()} <= trouble.PAGES.keys()
    assert {1000, 1010, 1039} <= numbers
    assert {f"QBWC{number}" for number in numbers if number < 2000} <= trouble.PAGES.keys()
    for usual in (1012, 1013, 1039, 1042, 1048):
        assert trouble.page_of(f"QBWC{usual}") == f"qbwc{usual}"


@pytest.mark.parametrize("code", [*HRESULTS, 0x80049999])
def test_a_failure_that_is_told_leads_to_its_page(code: int) -> None:
    """The sentence ends with the page, however much is said; an unknown number's is the index."""
    said = explain(f"0x{code:08X}", "words " * 100)

    assert said.endswith(trouble.see(f"0x{code:08X}"))
    [path] = re.findall(r"docs/\S+\.md", said)
    assert (ROOT / path).exists()


def test_a_file_that_would_be_refused_leads_to_its_page() -> None:
    """A broken rule of the Web Connector is told with the page of its number."""
    problem = qwc.QwcProblem("AppURL", "AppURL is not https.", 1010)

    assert str(qwc.UnusableQwc((problem, problem))) == (
        "AppURL is not https. AppURL is not https. See docs/trouble/hub-address.md (QBWC1010)."
    )


def test_no_message_names_a_code_beside_its_page() -> None:
    """Codes stand in the tables; a text of the product that named one itself would lack its page."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "src" / "counterfoil").rglob("*.py"))
        if "sandboxes" not in path.parts and _CODE.search(text := path.read_text(encoding="utf-8"))
        for node in _texts(ast.parse(text))
        # A bare code is handed to ``see``.
        if _CODE.search(str(node.value)) and not _CODE.fullmatch(str(node.value))
    ]

    assert found == []


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Give the texts of a module that are no docstrings."""
    spoken = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in spoken
        ):
            yield node
