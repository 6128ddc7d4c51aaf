"""``counts``: what came of presses on “send stock”."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._show import Column, emit, say, table, when
from ._state import Json, LinkName, opened

if TYPE_CHECKING:
    from counterfoil.hub.desk import CountPress

__all__ = ["counts"]


def counts(
    context: typer.Context,
    link: LinkName,
    press: Annotated[int | None, typer.Argument(metavar="PRESS", help="One press in full.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="How many.")] = 20,
    json: Json = False,
) -> None:
    """Show what came of presses on “send stock”, the newest first.

    Of one press, the products that were left out are named with the reason.
    """
    from counterfoil.hub import desk

    with opened(context) as hub:
        found = desk.stock_counts(hub, link, press=press, limit=limit)
    if json:
        emit({"counts": found} if press is None else found[0])
    elif press is None:
        _show_all(found)
    else:
        _show_one(found[0])


def _show_all(found: list[CountPress]) -> None:
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
    if press.left_out:
        say()
        table(
            (Column("Left out", is_whole=True), Column("Why")),
            ((each["product"], each["sentence"]) for each in press.named),
            empty="Left out on purpose, by the settings.",
        )
