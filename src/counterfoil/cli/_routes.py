"""``counterfoil routes``: which of several company files takes what."""

from __future__ import annotations

from typing import Annotated

import typer

from ._show import Column, emit, say, table, when
from ._state import Json, actor, opened

__all__ = ["routes"]

routes = typer.Typer(
    no_args_is_help=True,
    help="Several company files of one operations system: which link takes what.",
)

ConnectionName = Annotated[
    str,
    typer.Argument(metavar="CONNECTION", help="The operations connection's number or name."),
]
Customer = Annotated[
    str | None, typer.Option("--customer", metavar="NAME", help="What is for this customer.")
]
Vendor = Annotated[
    str | None, typer.Option("--vendor", metavar="NAME", help="What is from this vendor.")
]
Employee = Annotated[
    str | None, typer.Option("--employee", metavar="NAME", help="What this person worked.")
]
Rest = Annotated[bool, typer.Option("--rest", help="What no other route names.")]


def _party(
    customer: str | None, vendor: str | None, employee: str | None, *, rest: bool
) -> tuple[str | None, str | None]:
    from counterfoil.errors import UsageError

    named = {"customer": customer, "vendor": vendor, "employee": employee}
    given = [(party, name) for party, name in named.items() if name is not None]
    if len(given) + rest != 1:
        raise UsageError("Give one of --customer, --vendor, --employee and --rest.")
    return given[0] if given else (None, None)


@routes.command("list")
def list_routes(context: typer.Context, connection: ConnectionName, json: Json = False) -> None:
    """List where documents go; without any route each link takes every document."""
    from counterfoil.hub import desk, finding

    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        found = desk.route_rows(hub, named)
        if json:
            emit({"routes": found})
            return
        table(
            (
                Column("Of", is_whole=True),
                Column("Name"),
                Column("Goes to"),
                Column("By", is_wide=True),
                Column("At", is_wide=True, is_whole=True),
            ),
            (
                (
                    each.party or "all the rest",
                    each.name or "",
                    f"{each.link} ({each.link_name})",
                    each.author,
                    when(each.made_at),
                )
                for each in found
            ),
            empty=f"Every link of {named.name} takes all its documents.",
        )


@routes.command("set")
def set_route(
    context: typer.Context,
    connection: ConnectionName,
    link: Annotated[str, typer.Argument(metavar="LINK", help="The link that takes them.")],
    *,
    customer: Customer = None,
    vendor: Vendor = None,
    employee: Employee = None,
    rest: Rest = False,
    json: Json = False,
) -> None:
    """Let a link take what is for a customer or vendor, or all that no other route names.

    What has landed or may be on its way stays where it is; what was not sent moves.
    """
    from counterfoil.hub import desk, finding

    party, name = _party(customer, vendor, employee, rest=rest)
    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        told = desk.set_route(hub, named, link, actor(), party=party, name=name)
    emit({"sentence": told}) if json else say(told)


@routes.command("clear")
def clear_route(
    context: typer.Context,
    connection: ConnectionName,
    *,
    customer: Customer = None,
    vendor: Vendor = None,
    employee: Employee = None,
    rest: Rest = False,
    json: Json = False,
) -> None:
    """Take a route back."""
    from counterfoil.hub import desk, finding

    party, name = _party(customer, vendor, employee, rest=rest)
    with opened(context) as hub:
        named = finding.connection_named(hub, connection)
        told = desk.clear_route(hub, named, actor(), party=party, name=name)
    emit({"sentence": told}) if json else say(told)
