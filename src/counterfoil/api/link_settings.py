"""``/api/v1/links/{link}/settings``: what a link is told to do, now and before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from counterfoil import __version__
from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link
from counterfoil.settings import (
    DEFAULTS,
    OPTIONS,
    Settings,
    apply_texts,
    apply_values,
    defaults_of,
    export_document,
    form_fields,
    render,
    sections_for,
    title_of,
    to_json,
)

from . import models, standing
from .finding import ABSENT, find_link, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_values(routes, hub)
    _add_documents(routes, hub)


def _add_values(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/settings", response_model=models.SettingsShown, responses=ABSENT)
    def show_settings(link: str, actor: Actor) -> Any:
        """A link's settings."""
        return _settings(hub, find_link(hub, link))

    @routes.patch("/links/{link}/settings", response_model=models.SettingsShown, responses=ABSENT)
    def change_settings(link: str, asked: models.Setting, actor: Actor) -> Any:
        """Change settings: all that is given, or nothing."""
        found = find_link(hub, link)
        defaults = defaults_of(*views.systems_of(hub, found.id))
        desk.change_settings(
            hub, found.id, lambda current: _changed(asked, current, defaults), actor
        )
        verbs.wake(hub, [found.id])
        return _settings(hub, found)

    @routes.get("/links/{link}/settings/form", response_model=models.Form, responses=ABSENT)
    def form(link: str, actor: Actor) -> Any:
        """A link's settings as something to be shown and filled in."""
        found = find_link(hub, link)
        current, version, _problems = views.settings_of(hub, found.id)
        operations, books = views.systems_of(hub, found.id)
        sections = [
            {
                "section": section,
                "title": title_of(section, operations),
                "fields": plain(form_fields(section, current, operations, books)),
            }
            for section in sections_for(operations, books)
        ]
        return {"link": found.id, "version": version, "sections": sections}


def _add_documents(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/settings/export", response_model=models.Exported, responses=ABSENT)
    def export(link: str, actor: Actor) -> Any:
        """A link's settings as a document for other installations."""
        found = find_link(hub, link)
        current, _version, _problems = views.settings_of(hub, found.id)
        document = export_document(current, program_version=__version__, link=found.name)
        return {"link": found.id, "document": document}

    @routes.post("/links/{link}/settings/import", response_model=models.Version, responses=ABSENT)
    def import_(link: str, asked: models.Importing, actor: Actor) -> Any:
        """Take an exported document as a link's settings."""
        found = find_link(hub, link)
        version = desk.take_settings(hub, found.id, asked.document, actor)
        verbs.wake(hub, [found.id])
        return {"link": found.id, "version": version}

    @routes.get("/links/{link}/settings/history", response_model=models.History, responses=ABSENT)
    def history(link: str, actor: Actor) -> Any:
        """The versions of a link's settings: who changed what, and when."""
        found = find_link(hub, link)
        return {"link": found.id, "versions": plain(standing.history(hub, found.id))}


def _settings(hub: Hub, link: Link) -> dict[str, Any]:
    found, version, problems = views.settings_of(hub, link.id)
    return {
        "link": link.id,
        "version": version,
        "values": {key: to_json(row, found.value(key)) for key, row in OPTIONS.items()},
        "problems": [str(problem) for problem in problems],
        "doubts": list(views.doubts_of(hub, link.id)),
    }


def _changed(asked: models.Setting, current: Settings, defaults: Settings) -> Settings:
    """Carry a change out over the current settings; ``defaults`` are those of the link.

    Raises:
        UsageError: Something does not fit; names each, with its cure.
    """
    twice = sorted({*asked.values} & {*asked.texts})
    if twice:
        raise UsageError(f"{', '.join(twice)}: is given both as value and as text; keep one.")
    usual = render(defaults)
    texts = {key: usual.get(key, "") for key in asked.reset} | asked.texts
    # Together, so that options that depend on each other can change in one request.
    if asked.values:
        found = apply_values({**asked.values, **_as_json(texts)}, current)
    else:
        found = apply_texts(texts, current)
    if isinstance(found, list):
        raise UsageError("\n".join(str(problem) for problem in found))
    return found


def _as_json(texts: dict[str, str]) -> dict[str, Any]:
    """Read texts one by one, so that they can be taken together with JSON values."""
    found: dict[str, Any] = {}
    for key, text in texts.items():
        read = apply_texts({key: text}, DEFAULTS)
        if isinstance(read, list):
            raise UsageError("\n".join(str(problem) for problem in read))
        found[key] = to_json(OPTIONS[key], read.value(key))
    return found
