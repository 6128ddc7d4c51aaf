"""Deciding about records: link, add or leave many at once, after the effect was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from counterfoil.api.decided_names import decisions
from counterfoil.api.finding import conflict
from counterfoil.console.forms import Posted, Typed, text_of
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Operating, Visit
from counterfoil.documents import ended
from counterfoil.engine.counterparts import Decision
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, verbs
from counterfoil.hub.desk import Said
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

from .lists import FILTERS, LISTS, Look, find_list, shown

__all__ = ["add"]

_DONE: Final[Mapping[Decision, str]] = {
    Decision.LINK: "linked",
    Decision.ADD: "to be added with the next run",
    Decision.LEAVE: "left as they are",
}
_ONE_DONE: Final = {**_DONE, Decision.LEAVE: "left as it is"}
# So many can be taken back from the message that follows.
_UNDONE_AT_ONCE_MAX: Final = 50


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_files(routes, hub)

    @routes.post("/links/{link}/names/{list_}/undo")
    def undo(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        found, look = find_list(hub, link, list_), _look(list_, form)
        with conflict():
            told = desk.take_back_records(
                hub, found.id, list_, _picked(form), visit.name, side=look.side
            )
        verbs.wake(hub, [found.id])
        sentence = told[0] if len(told) == 1 else f"{len(told)} decisions are taken back."
        return said(visit, look.way(found.id), sentence)

    @routes.post("/links/{link}/names/{list_}")
    def decide(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        """Show what is about to be decided; decide it once that was seen."""
        found, look = find_list(hub, link, list_), _look(list_, form)
        if form.get("do") == "undo":
            return undo(link, list_, visit, form)
        rows, fault = _rows(form)
        if fault:
            return _again(hub, visit, found, look, form, fault)
        if form.get("sure") != "yes":
            return _asked(hub, visit, found, look, rows)
        return _decided(hub, visit, found, look, rows, form)


def _look(list_: str, form: FormData) -> Look:
    values = {name: str(form.get(name) or "") for name in ("of", "fits", "q", "after")}
    fits = values["fits"] if values["fits"] in FILTERS else "open"
    return Look(list_, values["of"] or "books", fits, values["q"], values["after"])


def _picked(form: FormData) -> list[str]:
    return [each for each in form.getlist("pick") if isinstance(each, str)]


def _rows(form: FormData) -> tuple[list[Said], str]:
    """Read what is decided about the records that are ticked; or what is missing."""
    picked, word = _picked(form), str(form.get("do") or "")
    if word not in set(Decision):
        return [], "Choose what shall be done with the ticked ones."
    if not picked:
        return [], "Nothing is ticked yet."
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
    return str(form.get(f"to:{identity}") or "").strip() or None


def _again(hub: Hub, visit: Visit, link: Link, look: Look, form: FormData, fault: str) -> Response:
    typed = {name: text for name, text in form.items() if isinstance(text, str)}
    typed |= {f"pick:{each}": "yes" for each in _picked(form)}
    return shown(hub, visit, link, look, fault=fault, typed=typed, status=400)


def _asked(hub: Hub, visit: Visit, link: Link, look: Look, rows: Sequence[Said]) -> Response:
    operations, books = finding.sides(hub, link)
    here, there = (books, operations) if look.side == "books" else (operations, books)
    return page(
        visit,
        "names/sure.html",
        link=link,
        look=look,
        rows=rows,
        decision=rows[0].decision,
        here=here,
        there=there,
        list_words=LISTS.get(look.list, look.list).lower(),
    )


def _decided(
    hub: Hub, visit: Visit, link: Link, look: Look, rows: Sequence[Said], form: FormData
) -> Response:
    try:
        desk.say_counterparts(hub, link.id, look.list, rows, visit.name, side=look.side)
    except UsageError as error:
        return _again(hub, visit, link, look, form, error.said.spoken)
    verbs.wake(hub, [link.id])
    decision, number = rows[0].decision, len(rows)
    words = f"1 record is {_ONE_DONE[decision]}." if number == 1 else ""
    told = words or f"{number} records are {_DONE[decision]}."
    undo = Undo(
        f"/links/{link.id}/names/{look.list}/undo",
        {"pick": [each.id for each in rows], "of": look.side, "fits": look.fits},
    )
    return said(visit, look.way(link.id), told, undo if number <= _UNDONE_AT_ONCE_MAX else None)


# --- As a file ----------------------------------------------------------------------------


def _add_files(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/names/{list_}/import")
    def ask(link: str, list_: str, visit: Operating, of: str = "books") -> Response:
        return _file_asked(visit, find_list(hub, link, list_), Look(list_, of), Typed())

    @routes.post("/links/{link}/names/{list_}/import")
    def take(link: str, list_: str, visit: Operating, form: Posted) -> Response:
        found, look = find_list(hub, link, list_), _look(list_, form)
        text = text_of(form, "file")
        if text is None:
            problem = "Choose a CSV file of UTF-8 text."
            return _file_asked(visit, found, look, Typed(problems={"file": problem}))
        try:
            rows = list(decisions("The file", text))
            desk.say_counterparts(hub, found.id, list_, rows, visit.name, side=look.side)
        except UsageError as error:
            return _file_asked(visit, found, look, Typed(problems={"file": error.said}))
        if not rows:
            problem = "No row has link, add or leave under “decision”."
            return _file_asked(visit, found, look, Typed(problems={"file": problem}))
        verbs.wake(hub, [found.id])
        number = "1 record is" if len(rows) == 1 else f"{len(rows)} records are"
        return said(visit, look.way(found.id, fits="decided"), f"{number} decided.")


def _file_asked(visit: Visit, link: Link, look: Look, typed: Typed) -> Response:
    status = 400 if typed.problems else 200
    return page(visit, "names/import.html", status, link=link, look=look, lists=LISTS, typed=typed)
