"""``counterfoil names``: the lists of both sides beside each other, before go-live and after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ._csv import write_csv
from ._show import Column, emit, say, table, when
from ._state import Json, LinkName, actor, opened

if TYPE_CHECKING:
    from counterfoil.engine.counterparts import Compared
    from counterfoil.hub.desk import Said

__all__ = ["names"]

names = typer.Typer(
    no_args_is_help=True,
    help="Get started without duplicates: compare both sides' lists and decide in bulk.",
)

ListName = Annotated[
    str,
    typer.Argument(
        metavar="LIST",
        help="customers, vendors, items, employees, marketplaces, accounts or tax-codes.",
    ),
]
SideName = Annotated[
    str,
    typer.Option(
        "--of", metavar="SIDE", help="Whose records are gone through: books or operations."
    ),
]

_FILE_LENGTH_MAX: Final = 64 * 2**20


@names.command("lists")
def lists(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Say which lists of names mean something on a link, and what cannot be read of them."""
    from counterfoil.hub import desk

    with opened(context) as hub:
        found = desk.names_lists(hub, link)
    if json:
        emit({"lists": found})
        return
    columns = (Column("List", is_whole=True), Column("What is shown"))
    both = "Both sides' lists, beside each other."
    table(columns, ((each.word, each.note or both) for each in found), empty="There is none.")


@names.command("compare")
def compare(
    context: typer.Context,
    link: LinkName,
    list_: ListName,
    *,
    side: SideName = "books",
    fits: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="FITS",
            help="Only what is same, decided, doubtful, near, none or unset.",
        ),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, to be filled in and given to `decide`.")
    ] = False,
    json: Json = False,
) -> None:
    """Hold a list of one side beside the other's: what is there, what is alike, what is not.

    Names that are alike are suggestions; nothing is ever matched by them.
    """
    from counterfoil.api import decided_names
    from counterfoil.engine.counterparts import Likeness
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk

    if json and as_csv:
        raise UsageError("Give --json or --csv, not both.")
    if fits is not None and fits not in set(Likeness):
        raise UsageError(f"--only is one of {', '.join(Likeness)}, not {fits!r}.")
    with opened(context) as hub:
        found = desk.compare_lists(hub, link, list_, side=side)
    rows = [each for each in found.rows if fits is None or each.likeness == fits]
    if json:
        emit({"list": found.list, "counts": found.counts, "rows": rows})
        return
    if as_csv:
        write_csv(decided_names.HEADER, decided_names.table_rows(rows))
        return
    counted = ", ".join(f"{number} {word}" for word, number in sorted(found.counts.items()))
    say(f"{found.source} beside {found.target}: {counted or 'nothing to compare'}.")
    table(
        (
            Column("ID", is_whole=True, is_wide=True),
            Column("Name"),
            Column("Fits", is_whole=True),
            Column("There"),
        ),
        (
            (
                each.id,
                each.name,
                each.likeness,
                _there(each),
            )
            for each in rows
        ),
        empty="Nothing there fits so.",
    )


def _there(row: Compared) -> str:
    """Give what a record is on the other side; what is only meant to be, or like it, as such."""
    from counterfoil.engine.counterparts import Likeness

    known = row.record_name or row.record or row.given or ""
    if known and row.likeness not in (Likeness.NEAR, Likeness.NONE):
        return known
    missing = [f"{known} (not there)"] if known else []
    return "; ".join([*missing, *(f"{near}?" for near in row.near)])


@names.command("decide")
def decide(
    context: typer.Context,
    link: LinkName,
    list_: ListName,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="What `compare --csv` printed, with link, add or leave under “decision”.",
        ),
    ] = None,
    *,
    side: SideName = "books",
    add_missing: Annotated[
        bool,
        typer.Option("--add-missing", help="Add all that nothing there is like; no file needed."),
    ] = False,
    json: Json = False,
) -> None:
    """Say what records are on the other side: link them, add them there, or leave them.

    All of it is taken, or nothing. What is to be added goes with the next run of that side;
    `names list` shows what became of it, and `names undo` takes it back.  Of names that stand in
    no list `names compare` shows it, and `names take-back` takes it back.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk

    if (file is None) == (not add_missing):
        raise UsageError("Give a FILE with decisions, or --add-missing.")
    with opened(context) as hub:
        said = desk.missing(hub, link, list_, side=side) if file is None else _decisions(file)
        if not said:
            raise UsageError(
                "There is nothing to decide: no row has link, add or leave under “decision”."
                if file is not None
                else "There is nothing to add: everything is there, or something is like it."
            )
        counts = desk.say_counterparts(hub, link, list_, said, actor(), side=side)
    if json:
        emit({"decided": counts})
        return
    for word, number in sorted(counts.items()):
        say(f"{number} to {word}.")
    if "add" in counts:
        say("They are added with the next run; see them: counterfoil names list " + link)


def _decisions(file: Path) -> list[Said]:
    """Read the rows of a file in which something was decided.

    Raises:
        UsageError: The file cannot be read, or a row does not say what it means.
    """
    from counterfoil.api.decided_names import decisions
    from counterfoil.errors import UsageError

    try:
        if file.stat().st_size > _FILE_LENGTH_MAX:
            raise UsageError(f"{file} has more than 64 MB; decide in parts.")
        # Spreadsheets write a mark in front.
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8; save it as “CSV UTF-8”.") from None
    return list(decisions(str(file), text))


@names.command("list")
def list_said(
    context: typer.Context,
    link: LinkName,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was taken back since.")
    ] = False,
    json: Json = False,
) -> None:
    """List what was decided about records, and what became of what was to be added.

    What names mean that stand in no list, such as workers', `names compare` shows.
    """
    from counterfoil.hub import desk

    with opened(context) as hub:
        found = desk.said_rows(hub, link, taken_back=everything)
        if json:
            emit({"decided": found})
            return
        table(
            (
                Column("No.", is_number=True),
                Column("List", is_whole=True, is_wide=True),
                Column("Name"),
                Column("Decision", is_whole=True),
                Column("State", is_whole=True),
                Column("Why", is_wide=True),
                Column("By", is_wide=True),
                Column("At", is_wide=True, is_whole=True),
            ),
            (
                (
                    each.id,
                    each.kind,
                    each.name,
                    each.decision,
                    "taken back" if each.undone_at else each.state,
                    each.why or "",
                    each.author,
                    when(each.made_at),
                )
                for each in found
            ),
            empty="No record was decided about here yet. Begin with: "
            "counterfoil names compare LINK customers",
        )


@names.command("undo")
def undo(
    context: typer.Context,
    link: LinkName,
    numbers: Annotated[
        list[int], typer.Argument(metavar="NO...", help="As `names list` numbers them.")
    ],
    json: Json = False,
) -> None:
    """Take back what was decided; says of each what became of it."""
    from counterfoil.hub import desk

    with opened(context) as hub:
        told = desk.take_back_counterparts(hub, link, numbers, actor())
    if json:
        emit({"told": told})
        return
    for each in told:
        say(each)


@names.command("take-back")
def take_back(
    context: typer.Context,
    link: LinkName,
    list_: ListName,
    ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help="As `names compare` shows them.")
    ],
    side: SideName = "books",
    *,
    json: Json = False,
) -> None:
    """Take back what was decided about names of a list, wherever somebody decided it."""
    from counterfoil.hub import desk

    with opened(context) as hub:
        told = desk.take_back_records(hub, link, list_, ids, actor(), side=side)
    if json:
        emit({"told": told})
        return
    for each in told:
        say(each)
