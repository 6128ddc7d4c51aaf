"""``/documents/send-one``: one purchase order, now, whatever its status and age (OP15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.api.security import own_address
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Operating, Visit
from counterfoil.documents import ended
from counterfoil.errors import UsageError
from counterfoil.hub.channels import address_in
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.one_order import SyncedOne, able_links, sync_one
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

__all__ = ["add"]

Text = Annotated[str, Form(max_length=255)]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    @routes.get("/documents/send-one")
    def ask(visit: Operating, link: str = "") -> Response:
        return _form(visit, Typed({"link": link, "mail": own_address(visit.request) or ""}))

    @routes.post("/documents/send-one")
    def send(visit: Operating, link: Text = "", order: Text = "", mail: Text = "") -> Response:
        values = {"link": link, "order": order.strip(), "mail": mail.strip()}
        able = {str(number): each for number, each in able_links(hub).items()}
        problems = dict(_problems(able, values))
        if problems:
            return _form(visit, Typed(values, problems), status=400)
        try:
            done = _sent(visit, able[link], values)
        except UsageError as error:
            return _form(visit, Typed(values, {"": error.said}), status=400)
        if dispatcher is not None:
            dispatcher.poke()
        if done.transfer is None:
            return _form(visit, Typed(values, {"": " ".join(_told(done))}), status=400)
        return said(visit, f"/transfers/{done.transfer}", " ".join(_told(done)))


def _sent(visit: Visit, link: Link, values: dict[str, str]) -> SyncedOne:
    return sync_one(
        visit.hub,
        link,
        values["order"],
        visit.name,
        address=values["mail"] or None,
        own_address=own_address(visit.request),
    )


def _form(visit: Visit, typed: Typed, status: int = 200) -> Response:
    links = able_links(visit.hub)
    return page(
        visit,
        "documents/one_order.html",
        status,
        links=links.values(),
        own=own_address(visit.request),
        typed=typed,
    )


def _problems(able: dict[str, Link], values: dict[str, str]) -> Iterator[tuple[str, str]]:
    if values["link"] not in able:
        yield "link", "Choose whose order it is."
    if not values["order"]:
        yield "order", "Name the order: its number, or its ID in Autotask."
    if values["mail"] and address_in(values["mail"]) is None:
        yield "mail", f"“{values['mail']}” is no e-mail address; it is like books@example.com."


def _told(done: SyncedOne) -> Iterator[str]:
    """Tell what came of it: the result, what helps, what was passed over, and who heard."""
    yield done.sentence
    if done.transfer is None and done.cure:
        yield done.cure.spoken
    if done.passed:
        yield f"Passed over, because you asked for it: {' '.join(done.passed)}"
    if done.mailed_to is not None:
        yield ended(f"Mailed to {done.mailed_to}")
    elif done.mail_problem is not None:
        yield f"Not mailed yet: {done.mail_problem}"
