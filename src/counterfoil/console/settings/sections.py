"""``/links/{link}/settings/{section}``: a section of a link's settings, looked at and changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import conflict, find_link
from counterfoil.console.forms import Posted
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.errors import CounterfoilError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import NamedValue
from counterfoil.ledger.connections import Link
from counterfoil.settings import (
    OPTIONS,
    Settings,
    apply_texts,
    defaults_of,
    form_fields,
    render,
    sections_for,
    title_of,
)

from .editing import Draft, draft, told_changes
from .fields import Shown, groups_of, texts_in

__all__ = ["add", "save", "saved_notice"]

_SAVE: Final = "save"


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_offers(routes, hub)

    @routes.get("/links/{link}/settings")
    def begin(link: str, visit: Looking) -> Response:
        found = find_link(hub, link)
        return RedirectResponse(f"/links/{found.id}/settings/general", 303)

    @routes.get("/links/{link}/settings/{section}")
    def show(link: str, section: str, visit: Looking) -> Response:
        found = _found(hub, link, section)
        return _shown(hub, visit, found, section, draft(hub, found, {}))

    @routes.post("/links/{link}/settings/{section}")
    def change(link: str, section: str, visit: Administering, form: Posted) -> Response:
        found = _found(hub, link, section)
        texts = _texts(hub, found, section, form)
        return _change(hub, visit, found, section, form, texts)


def _add_offers(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/settings/search")
    def offer(link: str, visit: Looking, key: str, part: int = 0, mark: str = "") -> Response:
        """The names that fit what is typed in a field, for the list below it."""
        found = find_link(hub, link)
        text = visit.request.query_params.get(key) or visit.request.query_params.get(
            f"{key}:{part}", ""
        )
        with conflict():
            offered = views.names_offered(hub, found.id, key, text, part=part)
        return page(visit, "settings/offers.html", mark=mark, names=offered.names)


def _found(hub: Hub, link: str, section: str) -> Link:
    found = find_link(hub, link)
    if section not in sections_for(*views.systems_of(hub, found.id)):
        raise ApiError(404, f"“{found.name}” has no settings called “{section[:40]}”.")
    return found


def _texts(hub: Hub, link: Link, section: str, form: FormData) -> dict[str, str]:
    """Read the form; a button beside a field puts that one back to its default."""
    systems = views.systems_of(hub, link.id)
    texts = texts_in(form, form_fields(section, Settings(), *systems))
    back = form.get("put_back")
    if isinstance(back, str) and back in texts:
        texts[back] = render(defaults_of(*systems))[back]
    return texts


def _seen(form: FormData) -> int | None:
    text = form.get("seen")
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10
    return int(str(text)) if is_number else None


def _change(
    hub: Hub,
    visit: Visit,
    link: Link,
    section: str,
    form: FormData,
    texts: Mapping[str, str],
) -> Response:
    """Show what would change, or save it where exactly that was looked at."""
    try:
        made = draft(hub, link, texts, _seen(form))
        if form.get("step") == _SAVE and made.settings is not None and not made.changes:
            # Pressed twice, or somebody else has just saved the same.
            here = f"/links/{link.id}/settings/{section}"
            return said(visit, here, "The settings say so already.")
        is_seen = not made.overtaken and form.get("looked") == made.digest
        if form.get("step") != _SAVE or made.settings is None or not is_seen:
            status = 400 if made.settings is None else 200
            return _shown(hub, visit, link, section, made, status=status)
        save(hub, visit, link, made)
    except desk.OvertakenError:
        return _shown(hub, visit, link, section, draft(hub, link, texts, _seen(form)), status=409)
    except CounterfoilError as error:
        made = draft(hub, link, texts, _seen(form))
        return _shown(hub, visit, link, section, made, fault=error.said.spoken, status=400)
    return saved_notice(visit, link, section, made)


def save(hub: Hub, visit: Visit, link: Link, made: Draft) -> None:
    """Save a change as it was looked at, and let a running hub act on it.

    Raises:
        OvertakenError: Somebody has saved since.
        CounterfoilError: Something does not fit after all.
    """
    desk.change_settings(
        hub,
        link.id,
        lambda current: apply_texts(made.texts, current),
        visit.name,
        seen=made.saved.version,
    )
    verbs.wake(hub, [link.id])


def saved_notice(
    visit: Visit, link: Link, section: str, made: Draft, to: str | None = None
) -> Response:
    """Say what was saved, with the way back to the version before; ``to``: another page."""
    number = len(made.changes)
    told = f"{number} setting{'' if number == 1 else 's'} saved."
    here = to or f"/links/{link.id}/settings/{section}"
    back = Undo(
        f"/links/{link.id}/settings/versions/{made.saved.version}",
        # Nobody else saves between: a version is given only to whoever saw the one before.
        {"of": str(made.saved.version + 1), "back": here},
    )
    return said(visit, here, told, back if made.saved.version else None)


def _shown(
    hub: Hub,
    visit: Visit,
    link: Link,
    section: str,
    made: Draft,
    *,
    fault: str = "",
    status: int = 200,
) -> Response:
    systems = views.systems_of(hub, link.id)
    problems = _problems(section, made)
    named: dict[str, list[NamedValue]] = defaultdict(list)
    now = views.named_values(hub, link.id, made.settings or made.saved.settings)
    for each in now:
        if each.sentence:
            named[each.key].append(each)
    shown = Shown(
        settings=made.saved.settings,
        acting=made.settings or made.saved.settings,
        texts=made.texts,
        problems=problems,
        named=named,
    )
    return page(
        visit,
        "settings/section.html",
        status,
        link=link,
        operations=systems[0].words,
        books=systems[1].words,
        section=section,
        heading=title_of(section, systems[0]),
        tabs=[(each, title_of(each, systems[0])) for each in sections_for(*systems)],
        groups=groups_of(hub, link.id, section, systems, shown),
        draft=made,
        changes=told_changes(made.changes),
        overtaken=told_changes(made.overtaken),
        labels={key: option.label for key, option in OPTIONS.items()},
        elsewhere=[str(each) for each in made.problems if each.key not in problems],
        faults=len(made.problems),
        fault=fault,
        doubts=views.doubts_of(hub, link.id),
        may_change=visit.may("administer"),
    )


def _problems(section: str, made: Draft) -> dict[str, str]:
    """Give what is wrong with fields of this section, by their keys."""
    found: dict[str, str] = {}
    for each in made.problems:
        if each.key.startswith(f"{section}."):
            told = f"{each.problem[:1].upper()}{each.problem[1:]}. {each.cure}"
            meant = f" Did you mean: {', '.join(each.suggestions)}?" if each.suggestions else ""
            found.setdefault(each.key, told + meant)
    return found
