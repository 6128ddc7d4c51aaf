"""“Edit and resend”: a form with what a document says, then what would differ, then it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Form, Query, Response

from counterfoil.api.finding import absent
from counterfoil.console.forms import Posted, Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Operating, Visit
from counterfoil.engine.correcting import Correction, Value
from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.desk import Editable
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub

__all__ = ["add"]

# Before a field's key in the form, so that no key is taken for what else the form says.
_FIELD: Final = "say-"
_KEPT = msgspec.json.Decoder(Correction | None)

Text = Annotated[str, Form(max_length=20_000)]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    @routes.get("/transfers/{transfer}/correct")
    def show(transfer: int, visit: Operating) -> Response:
        with absent():
            at = desk.editable(hub, transfer)
        return _shown(visit, at, Typed({_FIELD + each.key: each.value for each in at.fields}))

    @routes.get("/transfers/{transfer}/correct/search")
    def offer(
        transfer: int,
        visit: Operating,
        key: Annotated[str, Query(max_length=200)] = "",
        mark: Annotated[str, Query(pattern=r"^[a-z0-9-]{1,40}$")] = "names",
    ) -> Response:
        """The names that fit what is typed in a field, for the list below it."""
        text = visit.request.query_params.get(_FIELD + key, "")[:200]
        with absent():
            names = desk.offered(hub, transfer, key, text)
        return page(visit, "settings/offers.html", mark=mark, names=[(each, "") for each in names])

    @routes.post("/transfers/{transfer}/correct")
    def correct(transfer: int, visit: Operating, form: Posted) -> Response:
        with absent():
            at = desk.editable(hub, transfer)
        return _corrected(hub, visit, at, {name: str(form[name]) for name in form}, dispatcher)

    @routes.post("/transfers/{transfer}/correct/undo")
    def undo(transfer: int, visit: Operating, made: Text = "", before: Text = "") -> Response:
        return _taken_back(hub, visit, transfer, made, before)


def _shown(
    visit: Visit, at: Editable, typed: Typed, *, version: str = "", status: int = 200
) -> Response:
    return page(
        visit,
        "documents/correct.html",
        status,
        at=at,
        typed=typed,
        version=version or at.version,
        says=_says,
        row=views.document_shown(visit.hub, at.transfer).row,
    )


def _says(holds: Value, text: str) -> str | date:
    """Give what a field says as a page writes it: a day as a day."""
    return date.fromisoformat(text) if holds is Value.DAY and text else text


def _corrected(
    hub: Hub,
    visit: Visit,
    at: Editable,
    form: Mapping[str, str],
    dispatcher: Dispatcher | None,
) -> Response:
    known = {each.key for each in at.fields}
    typed = {
        name.removeprefix(_FIELD): text
        for name, text in form.items()
        if name.startswith(_FIELD) and name.removeprefix(_FIELD) in known
    }
    version = form.get("version", "")
    made = desk.propose(hub, at.transfer, typed)
    problems = {_FIELD + key if key else "": told for key, told in made.problems.items()}
    if not problems and not made.is_new:
        problems = {"": "Nothing differs from what it says now: change a field first."}
    if problems or form.get("again"):
        status = 400 if problems else 200
        return _shown(visit, at, Typed(form, problems), version=version, status=status)
    if form.get("agreed") != "yes":
        return page(
            visit,
            "documents/correct_check.html",
            at=at,
            typed=form,
            field=_FIELD,
            version=version,
            says=_says,
            differences=made.differences,
        )
    return _kept(hub, visit, at, typed, form, dispatcher)


def _kept(
    hub: Hub,
    visit: Visit,
    at: Editable,
    typed: Mapping[str, str],
    form: Mapping[str, str],
    dispatcher: Dispatcher | None,
) -> Response:
    to = f"/transfers/{at.transfer}"
    seen = int(form["version"]) if form.get("version", "").isdecimal() else at.version
    try:
        edited = desk.edit(hub, at.transfer, typed, visit.name, version=seen)
    except UsageError as error:
        return said(visit, to, error.said)
    if not edited.result.released:
        return said(visit, to, edited.result.left[0].words)
    told = edited.result.done[0].words
    if form.get("then") == "send":
        sent = desk.retry(hub, visit.name, transfer_ids=[at.transfer])
        told += " " + (sent.done or sent.left)[0].words
        verbs.wake_for(hub, [at.transfer])
        if dispatcher is not None:
            dispatcher.poke()
    way_back: dict[str, str | list[str]] = {
        "made": _packed(edited.made),
        "before": _packed(edited.before),
    }
    return said(visit, to, told, Undo(f"{to}/correct/undo", way_back))


def _packed(correction: Correction | None) -> str:
    return msgspec.json.encode(correction).decode()


def _taken_back(hub: Hub, visit: Visit, transfer: int, made: str, before: str) -> Response:
    to = f"/transfers/{transfer}"
    try:
        result = desk.put_back_correction(
            hub,
            transfer,
            visit.name,
            made=_KEPT.decode(made),
            before=_KEPT.decode(before),
        )
    except msgspec.MsgspecError:
        return said(visit, to, "This cannot be taken back from here.")
    except UsageError as error:
        return said(visit, to, error.said)
    told = result.done or result.left
    return said(visit, to, told[0].words)
