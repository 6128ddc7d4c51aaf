"""Changes that are proposed as a whole: earlier versions, defaults, a mode, an imported file.

Each is shown as what it changes and what it does, and saved from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from counterfoil.api import standing
from counterfoil.api.errors import ApiError
from counterfoil.api.finding import absent, conflict, find_link
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Posted
from counterfoil.console.rendering import page, said, way_within
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.errors import CounterfoilError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link
from counterfoil.settings import (
    OPTIONS,
    Change,
    apply_texts,
    defaults_of,
    options_for,
    render,
    sections_for,
)

from .editing import draft, told_changes
from .sections import save, saved_notice

__all__ = ["add", "propose"]

_CHANGE: Final = "Change the settings"
_HISTORY: Final = ("version", "saved_at", "by", "setting", "before", "after")


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_history(routes, hub)
    _add_proposals(routes, hub)


def _add_history(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/settings/history")
    def history(link: str, visit: Looking) -> Response:
        found = find_link(hub, link)
        versions = standing.history(hub, found.id)[::-1]
        return page(
            visit,
            "settings/history.html",
            link=found,
            versions=versions,
            changes_of={e.version: told_changes(_changes(e.changes)) for e in versions},
        )

    @routes.get("/links/{link}/settings/history/export")
    def export(link: str, visit: Looking, as_: TableFormat = "csv") -> Response:
        found = find_link(hub, link)
        rows = (
            (each.version, each.made_at, each.author, change.key, change.before, change.after)
            for each in standing.history(hub, found.id)
            for change in _changes(each.changes)
        )
        return table_answer(f"settings-{found.id}", as_, _HISTORY, rows)

    @routes.get("/links/{link}/settings/versions/{version}")
    def look_back(link: str, version: int, visit: Looking) -> Response:
        found = find_link(hub, link)
        return propose(
            hub, visit, found, _texts_of(hub, found, version), f"Go back to version {version}"
        )

    @routes.post("/links/{link}/settings/versions/{version}")
    def go_back(
        link: str,
        version: int,
        visit: Administering,
        back: Annotated[str, Form(max_length=200)] = "",
        of: Annotated[int, Form()] = 0,
    ) -> Response:
        """Take back what was just saved: only while nobody has saved since."""
        found = find_link(hub, link)
        texts = _texts_of(hub, found, version)
        with conflict():
            desk.change_settings(
                hub, found.id, lambda current: apply_texts(texts, current), visit.name, seen=of
            )
        verbs.wake(hub, [found.id])
        to = back or f"/links/{found.id}/settings"
        return said(visit, to, f"The settings are those of version {version} again.")


def _changes(found: list[dict[str, str]]) -> list[Change]:
    return [Change(**each) for each in found]


def _texts_of(hub: Hub, link: Link, version: int) -> dict[str, str]:
    """Give the settings of a version as texts by key; what it cannot say stays as it is."""
    with absent():
        found = views.settings_saved(hub, link.id, version)
    kept = {each.key for each in found.settings.unreadable}
    return {key: text for key, text in render(found.settings).items() if key not in kept}


def _add_proposals(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/settings/propose")
    def look(link: str, visit: Administering, back: str = "") -> Response:
        """What the settings named in the address would change: ``?sales-order-out.mode=off``."""
        found = find_link(hub, link)
        query = visit.request.query_params
        texts = {key: query[key] for key in query if key in OPTIONS}
        return propose(hub, visit, found, texts, _CHANGE, back=back)

    @routes.post("/links/{link}/settings/propose")
    def take(link: str, visit: Administering, form: Posted) -> Response:
        found = find_link(hub, link)
        texts = {
            key: text for key, text in form.items() if key in OPTIONS and isinstance(text, str)
        }
        looked, back = str(form.get("looked") or ""), str(form.get("back") or "")
        return _save(hub, visit, found, texts, looked, back)

    @routes.get("/links/{link}/settings/defaults/{section}")
    def put_back(link: str, section: str, visit: Administering) -> Response:
        found = find_link(hub, link)
        systems = views.systems_of(hub, found.id)
        if section not in sections_for(*systems):
            raise ApiError(404, f"“{found.name}” has no settings called “{section[:40]}”.")
        usual = render(defaults_of(*systems))
        texts = {each.key: usual[each.key] for each in options_for(section, *systems)}
        return propose(hub, visit, found, texts, "Back to the defaults", section=section)


def propose(
    hub: Hub,
    visit: Visit,
    link: Link,
    texts: Mapping[str, str],
    what: str,
    *,
    section: str = "general",
    back: str = "",
    fault: str = "",
    status: int = 200,
) -> Response:
    """Show what settings would change and do; ``what``: what saving them is."""
    made = draft(hub, link, texts)
    changed = {each.key for each in made.changes}
    return page(
        visit,
        "settings/difference.html",
        400 if made.settings is None else status,
        link=link,
        what=what,
        draft=made,
        changes=told_changes(made.changes),
        texts={key: text for key, text in texts.items() if key in changed},
        problems=[str(each) for each in made.problems],
        back=way_within(back or f"/links/{link.id}/settings/{section}"),
        fault=fault,
        may_change=visit.may("administer"),
    )


def _save(
    hub: Hub,
    visit: Visit,
    link: Link,
    texts: Mapping[str, str],
    looked: str,
    back: str,
) -> Response:
    made = draft(hub, link, texts)
    if made.settings is not None and not made.changes:
        to = back or f"/links/{link.id}/settings"
        return said(visit, to, "The settings say so already.")
    if made.settings is None or looked != made.digest:
        return propose(hub, visit, link, texts, _CHANGE, back=back)
    try:
        save(hub, visit, link, made)
    except CounterfoilError as error:
        return propose(
            hub, visit, link, texts, _CHANGE, back=back, fault=error.said.spoken, status=400
        )
    section = made.changes[0].key.partition(".")[0]
    return saved_notice(visit, link, section, made, back)
