"""What names of documents mean, by a person's choice; and what settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from counterfoil.api.finding import conflict, find_link
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Posted, Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Looking, Operating, Visit
from counterfoil.documents import RecordKind
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, verbs, views
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger.connections import Link
from counterfoil.settings import OPTIONS, title_of

from .lists import tabs_of

__all__ = ["add"]

_CHOSEN: Final = ("list", "side", "name", "means", "creates", "by", "since")
_NAMED: Final = ("setting", "name", "list", "connection", "standing", "near", "sentence")
_FIELDS: Final = ("kind", "side", "name", "record", "create_as")


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_named(routes, hub)
    _add_choosing(routes, hub)

    @routes.get("/links/{link}/names/chosen")
    def show(link: str, visit: Looking) -> Response:
        return _shown(hub, visit, find_link(hub, link), Typed())

    @routes.get("/links/{link}/names/chosen/export")
    def export(link: str, visit: Looking, as_: TableFormat = "csv") -> Response:
        found = find_link(hub, link)
        rows = (
            (e.kind.words, e.side, e.name, e.meaning, e.creates, e.author, e.made_at)
            for e in desk.chosen_names(hub, found.id)
        )
        return table_answer(f"names-chosen-{found.id}", as_, _CHOSEN, rows)


def _add_choosing(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/links/{link}/names/chosen")
    def choose(link: str, visit: Operating, form: Posted) -> Response:
        found = find_link(hub, link)
        values = {name: str(form.get(name) or "").strip() for name in _FIELDS}
        if not values["name"]:
            problems = {"name": "Say the name as documents write it."}
            return _shown(hub, visit, found, Typed(values, problems))
        try:
            before = _choice(hub, found, values)
            told = desk.match_name(
                hub,
                found.id,
                values["kind"],
                values["name"],
                visit.name,
                record=values["record"] or None,
                create_as=values["create_as"] or None,
                side=values["side"],
            )
        except UsageError as error:
            return _shown(hub, visit, found, Typed(values, {"record": error.said}))
        verbs.wake(hub, [found.id])
        made = _choice(hub, found, values)
        back: dict[str, str | list[str]] = {name: values[name] for name in _NAMES}
        back |= {
            "record": before.record or "",
            "create_as": before.create_as or "",
            "made_record": made.record or "",
            "made_create_as": made.create_as or "",
        }
        undo = Undo(f"/links/{found.id}/names/chosen/undo", back)
        return said(visit, f"/links/{found.id}/names/chosen", told, undo)

    @routes.post("/links/{link}/names/chosen/undo")
    def take_back(link: str, visit: Operating, form: Posted) -> Response:
        found = find_link(hub, link)
        kind, side, name = (str(form.get(each) or "") for each in _NAMES)
        made = _choice_in(form, "made_")
        with conflict():
            if made == desk.NameChoice():
                told = desk.unmatch_name(hub, found.id, kind, name, visit.name, side=side)
            else:
                before = _choice_in(form)
                told = desk.put_back_name(
                    hub, found.id, kind, name, visit.name, side=side, made=made, before=before
                )
        return said(visit, f"/links/{found.id}/names/chosen", told)


_NAMES: Final = ("kind", "side", "name")


def _choice(hub: Hub, link: Link, values: Mapping[str, str]) -> desk.NameChoice:
    """Say what is decided about the name that a form names; of no list: nothing is."""
    if values["kind"] not in set(RecordKind):
        return desk.NameChoice()
    return desk.name_choice(hub, link.id, values["kind"], values["name"], values["side"])


def _choice_in(form: FormData, prefix: str = "") -> desk.NameChoice:
    """Read a decision as the message after a press told it."""
    record, create_as = (str(form.get(f"{prefix}{each}") or "") for each in ("record", "create_as"))
    return desk.NameChoice(record or None, create_as or None)


def _shown(hub: Hub, visit: Visit, link: Link, typed: Typed) -> Response:
    operations, books = finding.sides(hub, link)
    kinds = sorted({*traits_of(books.system).lists, *traits_of(operations.system).lists})
    return page(
        visit,
        "names/chosen.html",
        400 if typed.problems else 200,
        link=link,
        rows=desk.chosen_names(hub, link.id),
        sides={"books": books.name, "operations": operations.name},
        kinds=[RecordKind(each) for each in kinds],
        lists=tabs_of(hub, link),
        typed=typed,
        may_decide=visit.may("operate"),
    )


def _add_named(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/names/settings")
    def named(link: str, visit: Looking) -> Response:
        found = find_link(hub, link)
        return page(
            visit,
            "names/named.html",
            link=found,
            lists=tabs_of(hub, found),
            rows=[
                (each, OPTIONS[each.key].label, title_of(OPTIONS[each.key].section))
                for each in views.named_values(hub, found.id)
            ],
        )

    @routes.get("/links/{link}/names/settings/export")
    def export_named(link: str, visit: Looking, as_: TableFormat = "csv") -> Response:
        found = find_link(hub, link)
        rows = (
            (e.key, e.name, e.list, e.connection, e.standing, "; ".join(e.near), e.sentence)
            for e in views.named_values(hub, found.id)
        )
        return table_answer(f"names-in-settings-{found.id}", as_, _NAMED, rows)
