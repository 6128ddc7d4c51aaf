"""``counts``: what came of presses on “send stock”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ._csv import AsCsv, Workbook, one_output, write_table
from ._show import Column, emit, say, table, when
from ._state import Json, LinkName, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.views import CountPress

__all__ = ["counts"]


def counts(
    context: typer.Context,
    link: LinkName,
    press: Annotated[int | None, typer.Argument(metavar="PRESS", help="One press in full.")] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many.")] = 20,
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Compare all products with the books, and write nothing."),
    ] = False,
    as_csv: AsCsv = False,
    workbook: Workbook = None,
    json: Json = False,
) -> None:
    """Show what came of presses on “send stock”, the newest first.

    Of one press, the products that were left out are named with the reason.  A preview is a
    press of its own: once the books have been read, it tells what differs.
    """
    from counterfoil.hub import verbs, views

    one_output(json=json, as_csv=as_csv, workbook=workbook)
    with opened(context) as hub:
        if preview:
            press = verbs.preview_count(hub, link, actor()).id
        found = views.stock_counts(hub, link, press=press, limit=limit)
    if json:
        emit({"counts": found} if press is None else found[0])
    elif as_csv or workbook is not None:
        write_table(
            workbook, *(_all_cells(found) if press is None else views.press_table(found[0]))
        )
    elif press is None:
        _show_all(found)
    elif preview:
        say(f"Preview {press}. {found[0].sentence} See: counterfoil counts {link} {press}")
    else:
        _show_one(found[0])


def _all_cells(found: list[CountPress]) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Give the history of synchronizations as a table."""
    names = (
        *("id", "made_at", "author", "products", "state", "is_preview", "looked_at"),
        *("equal", "differing", "finished_at", "sentence"),
    )
    return names, [tuple(getattr(each, name) for name in names) for each in found]


def _show_all(found: list[CountPress]) -> None:
    done = [each for each in found if each.state == "counted" and not each.is_preview]
    if done:
        say(f"Last synchronized: {when(done[0].finished_at)}")
    table(
        (
            Column("ID", is_number=True),
            Column("Pressed", is_whole=True),
            Column("By", is_wide=True),
            Column("Products", is_number=True),
            Column("State", is_whole=True),
            Column("What came of it"),
        ),
        (
            (
                each.id,
                when(each.made_at),
                each.author,
                "all" if each.products is None else each.products,
                each.state,
                each.sentence,
            )
            for each in found
        ),
        empty="No stock has been sent yet. Send it with: counterfoil send LINK stock --all",
    )


def _show_one(press: CountPress) -> None:
    say(f"Press {press.id}: {press.state}", bold=True)
    say(press.sentence, indent=2)
    products = "all products" if press.products is None else f"{press.products} products"
    products = "1 product" if press.products == 1 else products
    say(f"{products}, pressed by {press.author}, {when(press.made_at)}", indent=2)
    say(f"Account {press.account}" + (f", memo “{press.memo}”" if press.memo else ""), indent=2)
    if press.transfer_ids:
        numbers = ", ".join(str(each) for each in press.transfer_ids)
        say(f"Transfers {numbers}", indent=2)
    if press.resync:
        say(f"Needs resync: {', '.join(press.resync)}", indent=2)
    if press.differences:
        say()
        _show_differences(press)
    if press.left_out:
        say()
        table(
            (Column("Left out", is_whole=True), Column("Why")),
            ((each["product"], each["sentence"]) for each in press.named),
            empty="Left out on purpose, by the settings.",
        )


def _show_differences(press: CountPress) -> None:
    sites = (Column("Site"),) if any(each["site"] for each in press.differences) else ()
    columns = {"here": "To be", "there": "In the books", "difference": "Difference"}
    table(
        (
            Column("Item", is_whole=True),
            *sites,
            *(Column(title, is_number=True) for title in columns.values()),
            Column("Value", is_number=True),
        ),
        (
            (
                each["item"],
                *((each["site"] or "",) if sites else ()),
                *(each[key] for key in columns),
                each["value"] or "",
            )
            for each in press.differences
        ),
        empty="",
    )
