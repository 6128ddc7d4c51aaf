"""``/documents/retrieve``: fetch documents of the books that are older than the last look."""

from __future__ import annotations

from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, Response

from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Operating, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.finding import check_going, find_link
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import FLOWS, Direction, FlowName

__all__ = ["add"]

Text = Annotated[str, Form(max_length=200)]


class Retrievable(NamedTuple):
    """A kind of documents that a link brings from its books."""

    link: int
    link_name: str
    flow: FlowName
    title: str

    @property
    def key(self) -> str:
        """What the form calls it."""
        return f"{self.link}/{FLOWS[self.flow].source.value}"


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    @routes.get("/documents/retrieve")
    def ask(visit: Operating, what: str = "") -> Response:
        return _form(visit, Typed({"what": what}))

    @routes.post("/documents/retrieve")
    def retrieve(visit: Operating, what: Text = "", since: Text = "") -> Response:
        typed = Typed({"what": what, "since": since}, _problems(hub, what, since))
        if typed.problems:
            return _form(visit, typed, status=400)
        link, _slash, kind = what.partition("/")
        day = date.fromisoformat(since) if since else None
        try:
            told = _retrieved(hub, dispatcher, int(link), kind, day, visit.name)
        except UsageError as error:
            return _form(visit, Typed(typed.values, {"what": error.said}), status=400)
        return said(visit, f"/documents?kind={kind}&way=from", told)


def _problems(hub: Hub, what: str, since: str) -> dict[str, str]:
    found = {}
    if what not in {each.key for each in _retrievable(hub)}:
        found["what"] = "Choose what to retrieve."
    try:
        date.fromisoformat(since or "2000-01-01")
    except ValueError:
        found["since"] = f"“{since}” is no day. Write it like 2026-01-31, or leave it empty."
    return found


def _retrieved(
    hub: Hub, dispatcher: Dispatcher | None, link: int, kind: str, since: date | None, actor: str
) -> str:
    with hub.database.reading() as tx:
        found = find_link(tx, link)
    if dispatcher is None:
        return verbs.retrieve(hub, found, kind, since, actor).sentence
    check_going(found)
    told = desk.request_retrieval(hub, link, kind, since, actor)
    verbs.wake(hub, [link])
    dispatcher.poke()
    return told


def _form(visit: Visit, typed: Typed, status: int = 200) -> Response:
    found = _retrievable(visit.hub)
    several = len({each.link for each in found}) > 1
    return page(visit, "documents/retrieve.html", status, found=found, typed=typed, several=several)


def _retrievable(hub: Hub) -> list[Retrievable]:
    """List what links in use bring from their books."""
    with hub.database.reading() as tx:
        systems = {each.id: each.system for each in connections.all_connections(tx)}
        links = [each for each in connections.all_links(tx) if each.is_active]
    return [
        Retrievable(link.id, link.name, name, flow.title)
        for link in links
        for name, flow in FLOWS.items()
        if flow.direction is Direction.FROM_BOOKS
        and flow.is_built(systems[link.operations_id], systems[link.books_id])
    ]
