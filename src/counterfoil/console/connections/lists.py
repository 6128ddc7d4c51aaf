"""``/connections/{connection}/lists/{word}``: what a list of a system holds, as read last."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from counterfoil.api.finding import absent, find_connection
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Looking, Operating
from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.desk import ListPage, ListRow
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection

__all__ = ["add"]

_PAGE: Final = 50
# The columns that some lists have, with their words.
_COLUMNS: Final = {
    "type": "Type",
    "number": "Number",
    "description": "Description",
    "income_account": "Income account",
    "unit": "Unit",
    "units": "Other units",
    "is_taxable": "Taxable",
    "used_by": "Used by",
}


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/connections/{connection}/lists/{word}")
    def browse(
        connection: str,
        word: str,
        visit: Looking,
        *,
        q: Annotated[str, Query(max_length=200)] = "",
        everything: Annotated[bool, Query(alias="all")] = False,
        after: Annotated[str, Query(max_length=2_000)] = "",
    ) -> Response:
        """A page of a list, by name."""
        found = find_connection(hub, connection)
        with absent():
            desk.list_named(found, word)
        shown = _page(hub, found, word, q, everything=everything, after=after)
        return page(
            visit,
            "connections/records.html",
            connection=found,
            word=word,
            q=q,
            everything=everything,
            is_first=not after,
            problem=shown if isinstance(shown, str) else "",
            found=None if isinstance(shown, str) else shown,
            columns=[] if isinstance(shown, str) else _columns_of(shown.rows),
        )

    @routes.get("/connections/{connection}/lists/{word}/export")
    def export(
        connection: str,
        word: str,
        visit: Looking,
        *,
        q: Annotated[str, Query(max_length=200)] = "",
        everything: Annotated[bool, Query(alias="all")] = False,
        as_: TableFormat = "csv",
    ) -> Response:
        """The whole list as a file."""
        found = find_connection(hub, connection)
        rows: list[ListRow] = []
        with absent():
            desk.list_named(found, word)
            after: str | None = None
            while True:
                shown = desk.list_page(
                    hub,
                    found,
                    word,
                    text=q or None,
                    everything=everything,
                    limit=1_000,
                    after=after,
                    asks=False,
                )
                rows += shown.rows
                after = shown.next
                if after is None:
                    break
        header = ("Name", "Active", *_COLUMNS.values(), "Identity")
        return table_answer(f"{word}-{found.id}", as_, header, (_cells(each) for each in rows))

    @routes.post("/connections/{connection}/lists/{word}/read")
    def read(connection: str, word: str, visit: Operating) -> Response:
        """Let the next run read a list that no flow needs."""
        found = find_connection(hub, connection)
        with absent():
            desk.ask_for_list(hub, found, word)
        told = "It is read with the next run."
        return said(visit, f"/connections/{found.id}/lists/{word}", told)


def _page(
    hub: Hub, connection: Connection, word: str, text: str, *, everything: bool, after: str
) -> ListPage | str:
    """Give a page of a list, or say why there is none."""
    try:
        return desk.list_page(
            hub,
            connection,
            word,
            text=text or None,
            everything=everything,
            limit=_PAGE,
            after=after or None,
            asks=False,
        )
    except UsageError as error:
        return error.said.spoken


def _columns_of(rows: tuple[ListRow, ...]) -> list[tuple[str, str]]:
    """Give the columns that hold anything on a page."""
    return [
        (name, words)
        for name, words in _COLUMNS.items()
        if any(getattr(each, name) not in (None, "", ()) for each in rows)
    ]


def _cells(row: ListRow) -> tuple[Any, ...]:
    values = (getattr(row, name) for name in _COLUMNS)
    told = (", ".join(each) if isinstance(each, tuple) else each for each in values)
    return (row.full_name, row.is_active, *told, row.id)
