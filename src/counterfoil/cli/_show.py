"""How commands speak: results on standard output, everything about them on standard error.

On a terminal a table fits its width; into a pipe it is plain text, one line per row with
tabs between the cells.  Names and sentences come from outside, so no text is ever taken
as markup, and control characters (which a terminal would obey) are written out.

Rich is imported only when something is drawn: ``--json`` and ``--help`` do without.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TextIO

from counterfoil.told import Told

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Column",
    "aside",
    "builtins",
    "clean",
    "command",
    "emit",
    "last_contact",
    "progress",
    "read_in",
    "say",
    "table",
    "warn",
    "when",
]

# From this width on, columns that are only of use to some are shown, too.
WIDE = 100


class Column(NamedTuple):
    """A column of a table.

    ``is_wide``: only shown where there is room.  ``is_whole``: never cut or broken.
    """

    heading: str
    is_wide: bool = False
    is_number: bool = False
    is_whole: bool = False


def clean(value: object) -> str:
    """Give a value as text that a terminal only shows."""
    from counterfoil.documents import visible

    return visible("" if value is None else str(value)).replace("\t", "\\t")


def builtins(record: object) -> dict[str, object]:
    """Give a record as what JSON is made of, to be told with more beside it."""
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(record, enc_hook=str)
    return plain


def emit(value: object) -> None:
    """Print one JSON value on one line; structures, dates and decimals as the API gives them."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(value, enc_hook=str).decode() + "\n")


def say(text: str | Told = "", *, bold: bool = False, indent: int = 0) -> None:
    """Print a line of the result."""
    _line(text, sys.stdout, "bold" if bold else "", indent)


def command(text: str, *, indent: int = 0) -> None:
    """Print a command on one line, however long, so that it can be pasted."""
    sys.stdout.write(f"{' ' * indent}{clean(text)}\n")


def warn(text: str | Told) -> None:
    """Print a line that is not part of the result."""
    _line(text, sys.stderr, "yellow", 0)


def aside(text: str | Told) -> None:
    """Print a line about the result, which is not part of it."""
    _line(text, sys.stderr, "dim", 0)


def _line(text: str | Told, file: TextIO, style: str, indent: int) -> None:
    cleaned = clean(text)
    if not file.isatty() or not cleaned:
        file.write(f"{' ' * indent}{cleaned}\n")
        return
    from rich.padding import Padding
    from rich.text import Text

    _console(file).print(Padding(Text(cleaned, style=style), (0, 0, 0, indent), expand=False))


def _console(file: TextIO) -> Console:
    from rich.console import Console

    return Console(file=file, highlight=False, markup=False, emoji=False)


_company_zone: ContextVar[tzinfo | None] = ContextVar("company_zone", default=None)


def read_in(zone: tzinfo | None) -> None:
    """Tell moments from now on in the company's zone; ``None``: in this computer's."""
    _company_zone.set(zone)


def when(moment: datetime | str | None) -> str:
    """Give a moment in the company's zone, to the minute, with the zone's name."""
    if moment is None:
        return ""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(_company_zone.get()).strftime("%Y-%m-%d %H:%M %Z")


class _Contacted(Protocol):
    @property
    def last_seen_at(self) -> datetime | None: ...

    @property
    def refused_at(self) -> datetime | None: ...


def last_contact(connection: _Contacted) -> str:
    """Say when a connection was last heard of, and that it was then refused; empty: never."""
    seen, refused = connection.last_seen_at, connection.refused_at
    if refused is None or (seen is not None and seen > refused):
        return when(seen)
    return f"{when(refused)} refused"


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]], *, empty: str = "") -> None:
    """Print a table; ``empty`` stands in for one without rows.

    Into a pipe all columns go, under their headings; of a table without rows the sentence goes
    beside it.
    """
    cleaned = ([clean(cell) for cell in row] for row in rows)
    if not sys.stdout.isatty():
        is_empty = True
        _pipe([each.heading for each in columns])
        for row in cleaned:
            is_empty = False
            _pipe(row)
        if is_empty and empty:
            aside(empty)
        return
    found = list(cleaned)
    console = _console(sys.stdout)
    if found:
        draw(console, columns, found)
    elif empty:
        say(empty)


def _pipe(cells: Iterable[str]) -> None:
    sys.stdout.write("\t".join(cell.replace("\n", " ") for cell in cells) + "\n")


def draw(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table on a terminal, within its width."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    kept = [at for at, each in enumerate(columns) if console.width >= WIDE or not each.is_wide]
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for at in kept:
        column = columns[at]
        drawn.add_column(
            column.heading,
            justify="right" if column.is_number else "left",
            no_wrap=column.is_whole or column.is_number,
            overflow="fold",
        )
    for row in rows:
        drawn.add_row(*(Text(row[at]) for at in kept))
    console.print(drawn)


@contextmanager
def progress(title: str) -> Iterator[Any]:
    """Show how far work has come, on standard error, where somebody is watching.

    Yields:
        What to call with a name, how many are settled and how many are left.
    """
    if not sys.stderr.isatty():
        yield lambda name, settled, left: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console(sys.stderr), transient=True) as bar:
        task = bar.add_task(clean(title), total=None)

        def advance(name: str, settled: int, left: int) -> None:
            bar.update(task, description=clean(name), completed=settled, total=settled + left)

        yield advance
