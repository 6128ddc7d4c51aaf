"""``/welcome/{operations}/{books}``: a pairing set up step by step, left and come back to.

The address names the connections that it is about; everything else is looked up in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import absent, conflict
from counterfoil.console.connections.fields import NAME, cleaned, fields_of
from counterfoil.console.connections.keeping import kept
from counterfoil.console.connections.secrets import new_secret_page
from counterfoil.console.connections.typed import FormTyped
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.engine.life import State
from counterfoil.hub import accounts, before_first, guide, verbs, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.guide import Guide, Part, Setup
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import signs_in, system_of
from counterfoil.ledger.connections import Connection
from counterfoil.settings import FLOWS, FlowName, SystemName

from .choosing import pair_in

__all__ = ["add"]

_OFFERED: Final = 5
_ORDERS: Final = (FlowName.SALES_ORDER_OUT, FlowName.PURCHASE_ORDER_OUT)
_Id = Annotated[str, Query(max_length=20)]
_Text = Annotated[str, Form(max_length=200)]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_page(routes, hub)
    _add_connecting(routes, hub)
    _add_linking(routes, hub, dispatcher)


# --- The page -----------------------------------------------------------------------------


def _add_page(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/welcome/links/{link}")
    def of_link(link: str, visit: Administering) -> Response:
        """The setup of a link, where it stands."""
        with absent():
            setup = guide.setup_of_link(hub, link)
        return RedirectResponse(_way(setup), 303)

    @routes.get("/welcome/{operations}/{books}")
    def show(
        operations: str, books: str, visit: Administering, desk: _Id = "", file: _Id = ""
    ) -> Response:
        setup = _setup(hub, operations, books, desk, file)
        return _shown(hub, visit, setup)


def _setup(hub: Hub, operations: str, books: str, desk: str = "", file: str = "") -> Setup:
    left, right = pair_in(f"{operations}/{books}")
    with absent():
        return guide.resumed(hub, left, right, desk=desk, file=file)


def _way(setup: Setup, **more: int) -> str:
    """Give the address of a setup: it names what is there, so that it can be come back to."""
    known = {"desk": setup.desk, "file": setup.file}
    named = {name: each.id for name, each in known.items() if each is not None} | more
    query = f"?{urlencode(named)}" if named else ""
    return f"/welcome/{setup.operations.value}/{setup.books.value}{query}"


def _shown(
    hub: Hub,
    visit: Visit,
    setup: Setup,
    *,
    typed: Typed | None = None,
    side: str = "",
    status: int = 200,
) -> Response:
    found = guide.guide(hub, setup)
    return page(
        visit,
        "welcome/guided.html",
        status,
        guide=found,
        setup=setup,
        way=_way(setup),
        base=f"/welcome/{setup.operations.value}/{setup.books.value}",
        parts_shown=_parts(found),
        fields={each: fields_of(each) for each in (setup.operations, setup.books)},
        calls_us=system_of(setup.books).form.signs_in_here,
        others=_others(setup),
        typed=typed or Typed(),
        faulty=side,
        forms=_forms(setup, typed, side),
        checklist=_checklist(hub, found),
        offered=_offered(hub, found),
    )


def _forms(setup: Setup, typed: Typed | None, side: str) -> dict[str, Typed]:
    """Give both forms as they stand: one with what was typed, the other with a name to begin."""
    fresh = {"operations": setup.operations.words, "books": setup.books.words}
    return {
        name: typed if typed is not None and name == side else Typed({NAME: words})
        for name, words in fresh.items()
    }


def _parts(found: Guide) -> list[tuple[Part, str, str]]:
    """Give the parts of a setup with their titles, each done, current or later."""
    order = [*found.pairing.parts]
    at = order.index(found.part)
    return [
        (
            part,
            found.pairing.parts[part],
            "done" if found.is_done or n < at else "now" if n == at else "later",
        )
        for n, part in enumerate(order)
    ]


def _others(setup: Setup) -> dict[str, list[Connection]]:
    """Give, by side, what is connected already and could be used here."""
    return {
        "desk": [each for each in setup.others if each.system is setup.operations],
        "file": [each for each in setup.others if each.system is setup.books],
    }


def _checklist(hub: Hub, found: Guide) -> list[before_first.FirstStep]:
    link = found.setup.link
    return [] if link is None else before_first.link_checklist(hub, link.id).steps


def _offered(hub: Hub, found: Guide) -> list[views.TransferRow]:
    """List a few orders of which the first may be sent: what follows from orders comes later."""
    link = found.setup.link
    if link is None or found.is_done:
        return []
    held = (
        views.rows(hub, link=link.id, flow=flow.value, states=[State.HELD], limit=_OFFERED)
        for flow in _ORDERS
    )
    return next(filter(None, held), [])


# --- Connecting ---------------------------------------------------------------------------


def _add_connecting(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/welcome/{operations}/{books}/operations")
    def connect_operations(
        operations: str, books: str, form: FormTyped, visit: Administering
    ) -> Response:
        """Connect the operations system, with what was typed."""
        setup = _setup(hub, operations, books, file=form.get("file", ""))
        made = _made(hub, setup.operations, form, visit)
        if isinstance(made, Typed):
            setup = msgspec.structs.replace(setup, desk=None, link=None)
            return _shown(hub, visit, setup, typed=made, side="operations", status=400)
        told = f"{setup.operations.words} is connected: what you entered was tried, and works."
        return said(visit, _way(setup, desk=made), told)

    @routes.post("/welcome/{operations}/{books}/books")
    def connect_books(
        operations: str, books: str, form: FormTyped, visit: Administering
    ) -> Response:
        """Connect the books; a company file's first password or token is shown at once."""
        setup = _setup(hub, operations, books, desk=form.get("desk", ""))
        made = _made(hub, setup.books, form, visit)
        if isinstance(made, Typed):
            setup = msgspec.structs.replace(setup, file=None, link=None)
            return _shown(hub, visit, setup, typed=made, side="books", status=400)
        way = _way(setup, file=made)
        if system_of(setup.books).form.signs_in_here:
            by_agent = form.get("way") == "agent"
            return new_secret_page(hub, visit, made, way, by_agent=by_agent)
        if signs_in(setup.books):
            return said(visit, way, "The keys are kept. Now somebody signs in with them.")
        return RedirectResponse(way, 303)


def _made(hub: Hub, system: SystemName, form: Mapping[str, str], visit: Visit) -> int | Typed:
    typed = cleaned(system, form)
    typed.setdefault(NAME, system.words)
    made = kept(hub, system, typed, visit.name)
    return made if isinstance(made, int) else Typed({**typed, "way": form.get("way", "")}, made)


# --- Linking, and the first order ---------------------------------------------------------


def _add_linking(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post("/welcome/{operations}/{books}/link")
    def link(
        operations: str, books: str, visit: Administering, desk: _Text = "", file: _Text = ""
    ) -> Response:
        setup = _setup(hub, operations, books, desk, file)
        if setup.link is not None:
            # Pressed twice, or by two: they are linked once.
            return RedirectResponse(_way(setup), 303)
        with conflict():
            made = accounts.add_link(hub, desk, file, visit.name)
        verbs.wake(hub, [made.id])
        _poke(dispatcher)
        return said(visit, _way(setup), "Both systems are linked, and are being read.")

    @routes.post("/welcome/links/{link}/read")
    def read(link: str, visit: Administering) -> Response:
        """Have both systems looked at now."""
        setup = _of_link(hub, link)
        assert setup.link is not None, "it was just found"
        verbs.wake(hub, [setup.link.id])
        _poke(dispatcher)
        return said(visit, _way(setup), "Both systems are being read.")

    @routes.post("/welcome/links/{link}/confirm")
    def confirm(link: str, visit: Administering, step: _Text, is_so: _Text = "yes") -> Response:
        """Say of a step that nothing shows that it is done, or take that back."""
        setup = _of_link(hub, link)
        with conflict():
            before_first.confirm(hub, link, step, visit.name, is_so=is_so == "yes")
        told = "Confirmed." if is_so == "yes" else "That is taken back."
        return said(visit, _way(setup), told)

    @routes.post("/welcome/links/{link}/send")
    def send(link: str, visit: Administering, flow: _Text, number: _Text) -> Response:
        """Send one document, the first."""
        setup = _of_link(hub, link)
        assert setup.link is not None, "it was just found"
        kind = next((each.source for each in FLOWS.values() if each.name.value == flow), None)
        if kind is None:
            raise ApiError(404, f"There is no flow {flow!r}.")
        with conflict():
            sent = verbs.send(hub, setup.link, kind.value, [number], visit.name, reads_first=False)
        verbs.wake(hub, [setup.link.id])
        _poke(dispatcher)
        told = f"{number} is on its way." if sent.released or sent.waiting else "It went before."
        return said(visit, _way(setup), told)


def _of_link(hub: Hub, link: str) -> Setup:
    with absent():
        return guide.setup_of_link(hub, link)


def _poke(dispatcher: Dispatcher | None) -> None:
    if dispatcher is not None:
        dispatcher.poke()
