"""Deciding about records: link, add or leave many at once, after the effect was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from counterfoil.api.decided_names import decisions
from counterfoil.api.finding import conflict
from counterfoil.console.forms import Posted, Typed, text_of
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import BarredError, Operating, Visit
from counterfoil.documents import ended
from counterfoil.engine.counterparts import Decision
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, verbs, views
from counterfoil.hub.desk import Held, NamesList, Said
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

from .lists import FILTERS, Look, find_list, shown

__all__ = ["add"]

_DONE: Final[Mapping[Decision, str]] = {
    Decision.LINK: "linked",
    Decision.ADD: "to be added with the next run",
    Decision.LEAVE: "left as they are",
}
_ONE_DONE: Final = {**_DONE, Decision.LEAVE: "left as it is"}
# The button beside a name that nothing has told.
_ENTER: Final = "enter"
# So many can be taken back from the message that follows.
_UNDONE_AT_ONCE_MAX: Final = 50


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_files(routes, hub)

    @routes.post("/links/{link}/names/{list_}/undo")
    def undo(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        (found, which), look = find_list(hub, link, list_), _look(list_, form)
        _check(visit, which)
        with conflict():
            told = desk.take_back_records(
                hub,
                found.id,
                list_,
                _picked(form),
                visit.name,
                side=look.side,
                made=_made(form),
            )
        verbs.wake(hub, [found.id])
        sentence = told[0] if len(told) == 1 else f"{len(told)} decisions are taken back."
        return said(visit, look.way(found.id), sentence)

    @routes.post("/links/{link}/names/{list_}")
    def decide(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        """Show what is about to be decided; decide it once that was seen."""
        (found, which), look = find_list(hub, link, list_), _look(list_, form)
        _check(visit, which)
        if form.get("do") == "undo":
            return undo(link, list_, visit, form)
        pressed = _Pressed(hub, visit, found, which, look, form)
        rows, fault = _rows(form)
        if fault:
            return _again(pressed, fault)
        if form.get("sure") != "yes":
            return _asked(pressed, rows)
        return _decided(pressed, rows)


def _check(visit: Visit, which: NamesList) -> None:
    """See that whoever decides may do what the list needs beyond its address.

    Raises:
        BarredError: They may do less.
    """
    if not visit.may(which.needs):
        raise BarredError(visit, which.needs)


class _Pressed(NamedTuple):
    """A form that was sent from the page of a list."""

    hub: Hub
    visit: Visit
    link: Link
    which: NamesList
    look: Look
    form: FormData


def _look(list_: str, form: FormData) -> Look:
    values = {name: str(form.get(name) or "") for name in ("of", "fits", "q", "after")}
    fits = values["fits"] if values["fits"] in FILTERS else "open"
    return Look(list_, values["of"] or "books", fits, values["q"], values["after"])


def _picked(form: FormData) -> list[str]:
    return [each for each in form.getlist("pick") if isinstance(each, str)]


def _made(form: FormData) -> list[int]:
    """Give the decisions that a way back is of; none: it is of what holds."""
    told = [each for each in form.getlist("made") if isinstance(each, str)]
    return [int(each) for each in told if each.isascii() and each.isdigit()]


def _rows(form: FormData) -> tuple[list[Said], str]:
    """Read what is decided about the records that are ticked; or what is missing."""
    picked, word = _picked(form), str(form.get("do") or "")
    entered = str(form.get("entered") or "").strip()
    if word == _ENTER:
        picked, word = [entered] if entered else [], Decision.LINK.value
    if word not in set(Decision):
        return [], "Choose what shall be done with the ticked ones."
    if not picked:
        nothing = "Say who or what it is." if form.get("do") == _ENTER else "Nothing is ticked yet."
        return [], nothing
    decision = Decision(word)
    rows = [
        Said(
            id=each,
            decision=decision,
            record=_typed(form, each) if decision is Decision.LINK else None,
            called=str(form.get(f"called:{each}") or "") or None,
        )
        for each in picked
    ]
    unsaid = [each for each in rows if decision is Decision.LINK and not each.record]
    if unsaid:
        names = ", ".join(each.called or each.id for each in unsaid[:5])
        return [], ended(f"Say which record it is: {names}")
    return rows, ""


def _typed(form: FormData, identity: str) -> str | None:
    if form.get("do") == _ENTER:
        return str(form.get("to:entered") or "").strip() or None
    return str(form.get(f"to:{identity}") or "").strip() or None


def _again(pressed: _Pressed, fault: str) -> Response:
    form = pressed.form
    typed = {name: text for name, text in form.items() if isinstance(text, str)}
    typed |= {f"pick:{each}": "yes" for each in _picked(form)}
    where = (pressed.hub, pressed.visit, pressed.link, pressed.which, pressed.look)
    return shown(*where, fault=fault, typed=typed, status=400)


def _asked(pressed: _Pressed, rows: Sequence[Said]) -> Response:
    operations, books = finding.sides(pressed.hub, pressed.link)
    is_of_books = pressed.which.held is Held.RECORDS and pressed.look.side == "books"
    here, there = (books, operations) if is_of_books else (operations, books)
    return page(
        pressed.visit,
        "names/sure.html",
        link=pressed.link,
        which=pressed.which,
        look=pressed.look,
        rows=rows,
        decision=rows[0].decision,
        here=here,
        there=there,
        list_words=pressed.which.noun if len(rows) == 1 else pressed.which.title.lower(),
    )


def _decided(pressed: _Pressed, rows: Sequence[Said]) -> Response:
    hub, visit, link, which, look, _form = pressed
    version = views.settings_saved(hub, link.id).version
    try:
        desk.say_counterparts(hub, link.id, look.list, rows, visit.name, side=look.side)
    except UsageError as error:
        return _again(pressed, error.said.spoken)
    verbs.wake(hub, [link.id])
    decision, number = rows[0].decision, len(rows)
    noun = "record" if which.held is Held.RECORDS else which.noun
    nouns = "records" if which.held is Held.RECORDS else which.title.lower()
    words = f"1 {noun} is {_ONE_DONE[decision]}." if number == 1 else ""
    told = words or f"{number} {nouns} are {_DONE[decision]}."
    if which.held is Held.SETTINGS:
        return said(visit, look.way(link.id), told, _settings_back(link, look, version))
    ids = [each.id for each in rows[:_UNDONE_AT_ONCE_MAX]]
    made = [str(each) for each in desk.decisions_on(hub, link.id, look.list, ids, side=look.side)]
    undo = Undo(
        f"/links/{link.id}/names/{look.list}/undo",
        {"pick": ids, "made": made, "of": look.side, "fits": look.fits},
    )
    return said(visit, look.way(link.id), told, undo if number <= _UNDONE_AT_ONCE_MAX else None)


def _settings_back(link: Link, look: Look, version: int) -> Undo | None:
    """Give the way back to the settings as they were; ``None``: nothing had been set."""
    if not version:
        return None
    fields: dict[str, str | list[str]] = {"of": str(version + 1), "back": look.way(link.id)}
    return Undo(f"/links/{link.id}/settings/versions/{version}", fields)


# --- As a file ----------------------------------------------------------------------------


def _add_files(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/names/{list_}/import")
    def ask(link: str, list_: str, visit: Operating, of: str = "books") -> Response:
        found, which = find_list(hub, link, list_)
        _check(visit, which)
        return _file_asked(visit, found, which, Look(list_, of), Typed())

    @routes.post("/links/{link}/names/{list_}/import")
    def take(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        (found, which), look = find_list(hub, link, list_), _look(list_, form)
        _check(visit, which)
        text = text_of(form, "file")
        if text is None:
            problem = "Choose a CSV file of UTF-8 text."
            return _file_asked(visit, found, which, look, Typed(problems={"file": problem}))
        try:
            rows = list(decisions("The file", text))
            desk.say_counterparts(hub, found.id, list_, rows, visit.name, side=look.side)
        except UsageError as error:
            return _file_asked(visit, found, which, look, Typed(problems={"file": error.said}))
        if not rows:
            problem = "No row has link, add or leave under “decision”."
            return _file_asked(visit, found, which, look, Typed(problems={"file": problem}))
        verbs.wake(hub, [found.id])
        number = "1 record is" if len(rows) == 1 else f"{len(rows)} records are"
        return said(visit, look.way(found.id, fits="decided"), f"{number} decided.")


def _file_asked(visit: Visit, link: Link, which: NamesList, look: Look, typed: Typed) -> Response:
    status = 400 if typed.problems else 200
    return page(visit, "names/import.html", status, link=link, look=look, which=which, typed=typed)
