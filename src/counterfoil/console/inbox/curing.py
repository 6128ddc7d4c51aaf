"""One case: its documents, what would happen, and the button that does it; and the way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo as WayBack
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import BarredError, Looking, Operating, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import inbox, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.inbox import Asked, Asks, Candidate, Case, CaseKind, Cure, CureName
from counterfoil.hub.setup import Hub

from .listing import look_at

__all__ = ["add"]

_TOKENS_MAX: Final = 500

Typing = Annotated[str, Form(max_length=20_000)]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    # Before those of a case, whose key it is not.
    @routes.post("/inbox/undo")
    def undo(visit: Operating, done: Typing = "", back: Typing = "/inbox") -> Response:
        return _taken_back(visit, done, back, dispatcher)

    @routes.get("/inbox/{key}")
    def one_case(visit: Looking, key: str, request: Request) -> Response:
        asked = request.query_params
        return _shown(visit, key, _Chosen(asked, asked.getlist("d")))

    @routes.post("/inbox/{key}")
    def cure(
        visit: Operating,
        key: str,
        *,
        cure: Typing = "",
        answer: Typing = "",
        stand: Typing = "",
        everything: Annotated[str | None, Form(alias="all")] = None,
        d: Annotated[list[str], Form()] = [],  # noqa: B006 - the framework copies it
    ) -> Response:
        said = {"cure": cure, "answer": answer, "stand": stand}
        chosen = _Chosen(said if everything is None else {**said, "all": everything}, d)
        return _cured(visit, key, chosen, dispatcher)


class _Chosen:
    """What a person has chosen so far, as the form says it.

    Attributes:
        choice: Which cure; empty: the first.
        answer: What they said to what it asks.
        text: What they look for among the records.
        documents: Tokens of the documents that are ticked.
        is_all: All of the case are meant, not only those that are shown.
        stand: The case as they saw it.
        is_form: It comes from the form, so what is not ticked was unticked.
    """

    def __init__(self, said: Mapping[str, Any], documents: Sequence[str]) -> None:
        self.choice = str(said.get("cure", ""))
        self.answer = str(said.get("answer", ""))[:500]
        self.text = str(said.get("q", "")).strip()[:200]
        self.documents = tuple(documents[:_TOKENS_MAX])
        self.is_all = "all" in said
        self.stand = str(said.get("stand", ""))
        self.is_form = bool(self.stand)


# --- Looking ------------------------------------------------------------------------------


def _shown(
    visit: Visit, key: str, chosen: _Chosen, *, status: int = 200, problem: str = ""
) -> Response:
    found = inbox.find(visit.hub, key)
    if found is None:
        return page(visit, "inbox/gone.html", status=404, next=_first_other(visit.hub))
    case = inbox.with_documents(visit.hub, [found])[0]
    cures = [each for each in case.cures if visit.may(each.needs)]
    cure = case.cure(chosen.choice) or (cures or case.cures)[0]
    near = inbox.candidates(visit.hub, case, chosen.text) if cure.asks is Asks.RECORD else ()
    ticked = _ticked(case, cure, chosen)
    is_all = _means_all(case, cure, chosen)
    number = case.number if is_all else len(ticked)
    answer = _answer(cure, chosen, near)
    return page(
        visit,
        "inbox/case.html",
        status=status,
        case=case,
        cure=cure,
        cures=cures,
        candidates=near,
        chosen=chosen,
        is_all=is_all,
        answer=answer,
        ticked=ticked,
        number=number,
        effect=inbox.effect(case, cure, answer, number=number),
        typed=Typed({"answer": answer, "q": chosen.text}, {"answer": problem} if problem else {}),
        has_moved=chosen.is_form and chosen.stand != case.stand,
        compared=_compared(visit.hub, case, visit.request.query_params.get("of", "")),
        unread=_unread(visit.hub, case),
        look_at=look_at,
    )


def _first_other(hub: Hub) -> Case | None:
    """Give a case that a person may go on with; ``None``: the inbox is empty."""
    return next(iter(inbox.cases(hub)), None)


def _ticked(case: Case, cure: Cure, chosen: _Chosen) -> frozenset[str]:
    """Give the tokens of the documents that are ticked: at first all that the cure can take."""
    every = [each.token for each in case.documents]
    if chosen.is_form:
        return frozenset(every).intersection(chosen.documents)
    return frozenset(every[:1] if cure.is_single else every)


def _means_all(case: Case, cure: Cure, chosen: _Chosen) -> bool:
    """Whether all documents of a case are meant: at first they are, and while none is unticked."""
    if cure.is_single or case.is_whole:
        return False
    every = {each.token for each in case.documents}
    return not chosen.is_form or (chosen.is_all and every.issubset(chosen.documents))


def _answer(cure: Cure, chosen: _Chosen, near: Sequence[Candidate]) -> str:
    """Give what is filled in: what was said, what is likely, or the nearest record."""
    names = [each.full_name for each in near]
    given = chosen.answer or cure.answer
    if cure.asks is not Asks.RECORD or given in names:
        return given
    return names[0] if names else given


def _compared(hub: Hub, case: Case, of: str) -> dict[str, Any] | None:
    """Give both sides of one of a case's documents, where both have it."""
    if case.kind is not CaseKind.CHANGED or not case.documents:
        return None
    asked = next((each for each in case.documents if str(each.id) == of), case.documents[0])
    details = views.details(hub, asked.id)
    return {
        "document": asked,
        "sides": inbox.sides(hub, asked.id),
        "difference": details["difference"],
    }


def _unread(hub: Hub, case: Case) -> Sequence[Any]:
    if case.kind is not CaseKind.UNREADABLE:
        return ()
    return views.unreadables(hub, case.connection)


# --- Curing -------------------------------------------------------------------------------


def _cured(visit: Visit, key: str, chosen: _Chosen, dispatcher: Dispatcher | None) -> Response:
    found = inbox.find(visit.hub, key)
    cure = None if found is None else found.cure(chosen.choice)
    if cure is not None and not visit.may(cure.needs):
        raise BarredError(visit, cure.needs)
    if not chosen.documents:
        return _shown(visit, key, chosen, status=400, problem="Tick at least one document.")
    if cure is not None and cure.name is CureName.EDIT:
        return _to_its_form(visit, key, chosen)
    whole = None if found is None else inbox.with_documents(visit.hub, [found])[0]
    is_all = whole is not None and cure is not None and _means_all(whole, cure, chosen)
    # Whoever meant all, and saw other ones, hears that: some of them are not what was meant.
    has_moved = whole is not None and chosen.is_all and chosen.stand != whole.stand
    asked = Asked(
        choice=chosen.choice,
        answer=chosen.answer,
        documents=() if is_all or has_moved else chosen.documents,
        stand=chosen.stand,
    )
    try:
        cured = inbox.cure(visit.hub, key, asked, visit.name)
    except UsageError as error:
        return _shown(visit, key, chosen, status=400, problem=error.said.spoken)
    if dispatcher is not None:
        dispatcher.poke()
    back = None if cured.number is None else WayBack("/inbox/undo", {"done": str(cured.number)})
    return said(visit, "/inbox", cured.sentence, back)


def _to_its_form(visit: Visit, key: str, chosen: _Chosen) -> Response:
    """Lead on to where one document is corrected."""
    head = chosen.documents[0].partition(".")[0]
    if len(chosen.documents) > 1 or not head.isdecimal():
        return _shown(
            visit, key, chosen, status=400, problem="Tick one document: each has its own."
        )
    return RedirectResponse(f"/transfers/{head}/correct", status_code=303)


# --- Taking back --------------------------------------------------------------------------


def _taken_back(visit: Visit, done: str, back: str, dispatcher: Dispatcher | None) -> Response:
    if not done.isascii() or not done.isdigit() or len(done) > _NUMBER_MAX:
        return said(visit, back, "This cannot be taken back from here.")
    try:
        undo = inbox.undo_of(visit.hub, int(done))
        if not visit.may(undo.needs):
            raise BarredError(visit, undo.needs)
        sentence = inbox.take_back_done(visit.hub, int(done), visit.name)
    except UsageError as error:
        return said(visit, back, error.said)
    if dispatcher is not None:
        dispatcher.poke()
    return said(visit, back, sentence)


_NUMBER_MAX: Final = 18
