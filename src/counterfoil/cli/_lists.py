"""``connections lists``: what the books hold, with the identities that settings ask for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ._csv import write_csv
from ._show import Column, aside, emit, say, table, warn, when
from ._state import Json, opened

if TYPE_CHECKING:
    from counterfoil.hub.desk import ListRow, ListStanding

__all__ = ["lists"]

_HEADINGS = {
    "id": "ID",
    "full_name": "Name",
    "is_active": "Active",
    "is_taxable": "Taxable",
    "used_by": "Used by",
}
# What a table shows of a list, where that is not only identity and name.
_SHOWN = {
    "accounts": ("type", "number"),
    "items": ("type", "unit", "income_account", "description"),
    "employees": ("number",),
    "units": ("unit", "units"),
    "tax-codes": ("is_taxable",),
    "custom-fields": ("used_by",),
}


def lists(
    context: typer.Context,
    connection: Annotated[
        str, typer.Argument(metavar="CONNECTION", help="The connection's number or name.")
    ],
    list_: Annotated[
        str | None,
        typer.Argument(
            metavar="LIST",
            help=(
                "accounts, items, customers, vendors, employees, payroll-items, custom-fields, "
                "classes, tax-codes, units, ship-methods, inventory-sites or other-names; left "
                "out: which lists there are."
            ),
        ),
    ] = None,
    *,
    find: Annotated[
        str | None, typer.Option("--find", metavar="TEXT", help="Part of the name, or an id.")
    ] = None,
    only_active: Annotated[
        bool, typer.Option("--active/--all", help="Without what is inactive, or with it.")
    ] = True,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of text.")] = False,
    json: Json = False,
) -> None:
    """Show what a connection's lists hold, as last read: accounts, items, customers and so on.

    Settings that ask for an account's id or full name mean what stands here.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk, finding

    if json and as_csv:
        raise UsageError("Give --json or --csv, not both.")
    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        if list_ is None:
            _overview(desk.list_standings(hub, named), as_csv=as_csv, as_json=json)
            return
        found = desk.opened_list(hub, named, list_, text=find, everything=not only_active)
        with found as (standing, rows):
            if json:
                _emit_list(standing, rows)
                return
            _tell(standing)
            shown = ("id", "full_name", *_SHOWN.get(standing.list, ()), "is_active")
            _print(shown, rows, as_csv=as_csv)


def _overview(standings: Sequence[ListStanding], *, as_csv: bool, as_json: bool) -> None:
    if as_json:
        emit({"lists": standings})
        return
    if as_csv:
        write_csv(
            ("list", "records", "read", "problem"),
            ((each.list, each.records, when(each.read_at), each.problem) for each in standings),
        )
        return
    columns = (
        Column("List", is_whole=True),
        Column("Records", is_number=True),
        Column("Last read", is_whole=True),
        Column("Problem"),
    )
    table(columns, (_standing_cells(each) for each in standings))
    if any(_is_unread(each) for each in standings):
        say("A list is read by the next run; one that no flow needs, after somebody looked at it.")


def _standing_cells(each: ListStanding) -> tuple[object, ...]:
    """Tell of a list; that it was never read is said by its time alone."""
    if not _is_unread(each):
        return each.list, each.records, when(each.read_at) or "not yet", each.problem
    return each.list, each.records, "not yet" if each.is_needed else "not needed", None


def _is_unread(each: ListStanding) -> bool:
    return each.read_at is None and not each.records


def _tell(standing: ListStanding) -> None:
    """Say as of when the list holds, beside the result."""
    if standing.read_at is not None:
        aside(f"{standing.name}, {standing.list}: last read {when(standing.read_at)}.")
    if standing.problem:
        warn(standing.problem)


def _print(shown: Sequence[str], rows: Iterable[ListRow], *, as_csv: bool) -> None:
    cells = (tuple(_cell(getattr(each, name)) for name in shown) for each in rows)
    if as_csv:
        write_csv(shown, cells)
        return
    columns = [
        Column(
            _HEADINGS.get(name, name.replace("_", " ").capitalize()),
            is_whole=name == "id",
            is_wide=name in ("is_active", "description"),
        )
        for name in shown
    ]
    table(columns, cells, empty="Nothing there fits.")


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value


def _emit_list(standing: ListStanding, rows: Iterator[ListRow]) -> None:
    """Print a list as one JSON value, record by record, however long it is."""
    import msgspec

    head = msgspec.json.encode(standing, enc_hook=str).decode()
    sys.stdout.write(f'{head[:-1]},"rows":[')
    for position, each in enumerate(rows):
        sys.stdout.write("," * (position > 0) + msgspec.json.encode(each, enc_hook=str).decode())
    sys.stdout.write("]}\n")
