"""Write the pages of ``docs/`` that are made from the code, or say which are stale.

Usage: ``./dev docs`` writes, ``./dev docs --check`` (part of ``./dev check``) only compares.

``PARTS`` is the whole list.  A part is either a page of its own or a named section of a
page that people write; such a section stands between two lines::

    <!-- generated: transfer-diagram -->
    <!-- end: transfer-diagram -->

Each part is a function without arguments that returns Markdown.  It must return the same
text on every machine: no dates, no paths, no order of sets.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from counterfoil.settings import reference_markdown
from tools import api_reference, cli_reference, refusals_reference, transfer_diagram

ROOT = Path(__file__).resolve().parents[1]
MARK = "<!-- Made by `./dev docs` from the code; changes here are lost. -->"


class PageError(Exception):
    """A page cannot take its generated section; the text names the page and the cure."""


@dataclass(frozen=True)
class Part:
    """One generated piece of the documentation.

    ``path`` is relative to the checkout.  ``section`` names the section of a written page;
    ``None`` means that the whole page is generated.
    """

    path: str
    render: Callable[[], str]
    section: str | None = None


PARTS: tuple[Part, ...] = (
    Part("docs/architecture.md", transfer_diagram.render, "transfer-life"),
    Part("docs/reference/api.md", api_reference.render),
    Part("docs/reference/command-line.md", cli_reference.render),
    Part("docs/reference/refusals.md", refusals_reference.render),
    Part("docs/reference/settings.md", reference_markdown),
)


def merged(part: Part, page: str) -> str:
    """Return the page's text with this part brought up to date.

    Raises:
        PageError: the page has no such section, or more than one.
    """
    body = part.render().strip() + "\n"
    if part.section is None:
        return f"{MARK}\n\n{body}"
    start, end = f"<!-- generated: {part.section} -->\n", f"<!-- end: {part.section} -->"
    if page.count(start) != 1 or page.count(end) != 1 or page.index(start) > page.index(end):
        raise PageError(
            f"{part.path}: section '{part.section}' must stand there exactly once, "
            f"between the lines '{start.strip()}' and '{end}'"
        )
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n{body}\n{end}{after}"


def pages(root: Path, parts: Iterable[Part]) -> dict[Path, tuple[str, str]]:
    """Return for each page with a generated part what it holds and what it should hold.

    A page that does not exist yet holds the empty text.
    """
    found: dict[Path, tuple[str, str]] = {}
    for part in parts:
        path = root / part.path
        now, wanted = found.get(path) or _twice(path)
        found[path] = now, merged(part, wanted)
    return found


def _twice(path: Path) -> tuple[str, str]:
    text = path.read_text("utf-8") if path.exists() else ""
    return text, text


def main(arguments: list[str], *, root: Path = ROOT, parts: Iterable[Part] = PARTS) -> int:
    """Write or compare; exit code 1 when a page is stale or cannot be made, else 0."""
    checking = "--check" in arguments
    try:
        stale = {path: want for path, (now, want) in pages(root, parts).items() if now != want}
    except PageError as error:
        print(error, file=sys.stderr)
        return 1
    for path, text in stale.items():
        name = path.relative_to(root).as_posix()
        if checking:
            print(f"{name} is stale: run ./dev docs and commit it", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
