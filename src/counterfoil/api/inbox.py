"""``/api/v1/inbox``: what needs a person, each cause once, and the cures for it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pydantic
from fastapi import APIRouter, Query, Request

from counterfoil.documents import Actor as Acts
from counterfoil.errors import UsageError
from counterfoil.hub import inbox, verbs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub

from . import models
from .errors import ApiError
from .finding import ABSENT, ABSENT_OR_CONFLICT, absent, conflict, find_link, plain
from .security import Actor, Credentials, visitor_of

__all__ = ["add"]


class Cases(pydantic.BaseModel):
    """What needs a person: what holds everything up first, then the oldest."""

    cases: list[models.model_of(inbox.CaseShown)]  # type: ignore[valid-type]  # made at run time


class Candidates(pydantic.BaseModel):
    """Records that may be meant by a name, the nearest first."""

    candidates: list[models.model_of(inbox.Candidate)]  # type: ignore[valid-type]  # see above


class Cured(pydantic.BaseModel):
    """What came of a cure.

    ``undo``: what to send to take it back; ``number``: under which that is kept for thirty days;
    ``null``: it cannot be.
    """

    sentence: str
    is_done: bool
    transfers: list[int]
    left: list[models.Told]
    undo: dict[str, Any] | None
    number: int | None


class CuresDone(pydantic.BaseModel):
    """Cures that people carried out, newest first."""

    cures: list[models.model_of(inbox.CureCarriedOut)]  # type: ignore[valid-type]  # see above


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_looking(routes, hub)

    # Before that of a case, whose key it is not.
    @routes.post("/inbox/undo", response_model=models.Decided, responses=ABSENT_OR_CONFLICT)
    def take_back(
        asked: models.TakingBack, actor: Actor, request: Request, credentials: Credentials
    ) -> Any:
        """Take back what a cure did, as far as nothing has left: by its number, or its ``undo``."""
        if (asked.undo is None) is (asked.number is None):
            raise UsageError("Give the number of a cure, or its undo: one of both.")
        with conflict():
            undo = _undo_of(hub, asked)
        _check(request, credentials, undo.needs)
        with conflict():
            if asked.number is None:
                sentence = inbox.take_back(hub, undo, actor)
            else:
                sentence = inbox.take_back_done(hub, asked.number, actor)
        if dispatcher is not None:
            dispatcher.poke()
        return {"sentence": sentence}

    @routes.post("/inbox/{case}/cure", response_model=Cured, responses=ABSENT_OR_CONFLICT)
    def cure(
        case: str, asked: models.Curing, actor: Actor, request: Request, credentials: Credentials
    ) -> Any:
        """Carry a cure out on those documents that are as they were seen.

        Of two who cure one case the second changes nothing: ``is_done`` is false, and the
        sentence says what the first did.
        """
        found = inbox.find(hub, case)
        chosen = None if found is None else found.cure(asked.choice)
        if chosen is not None:
            _check(request, credentials, chosen.needs)
        wanted = inbox.Asked(
            choice=asked.choice,
            answer=asked.answer,
            documents=tuple(asked.documents),
            stand=asked.stand,
        )
        with conflict():
            cured = inbox.cure(hub, case, wanted, actor)
        if dispatcher is not None:
            dispatcher.poke()
        return {
            "sentence": cured.sentence,
            "is_done": cured.is_done,
            "transfers": cured.transfers,
            "left": verbs.told(cured.left),
            "undo": None if cured.undo is None else msgspec.to_builtins(cured.undo),
            "number": cured.number,
        }


def _undo_of(hub: Hub, asked: models.TakingBack) -> inbox.Undo:
    if asked.number is not None:
        return inbox.undo_of(hub, asked.number)
    try:
        return msgspec.convert(asked.undo, inbox.Undo)
    except msgspec.ValidationError as error:
        told = f"undo: it is not what a cure answered with ({error})."
        raise ApiError(400, told) from error


def _add_looking(routes: APIRouter, hub: Hub) -> None:
    # Before that of a case, whose key it is not.
    @routes.get("/inbox/cures", response_model=CuresDone)
    def cures(actor: Actor, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Any:
        """The cures of the last thirty days that can be, or were, taken back, newest first."""
        return {"cures": plain(inbox.cures_done(hub, limit))}

    @routes.get("/inbox", response_model=Cases, responses=ABSENT)
    def all_cases(
        actor: Actor,
        *,
        link: str | None = None,
        acts: Acts | None = None,
        documents: Annotated[bool, Query()] = True,
    ) -> Any:
        """What needs a person, each cause once.

        ``acts``: only what these can do something about; ``documents``: with the first of each
        case's documents.
        """
        id_ = None if link is None else find_link(hub, link).id
        found = inbox.cases(hub, link=id_, acts=acts)
        if documents:
            found = inbox.with_documents(hub, found)
        return {"cases": plain([inbox.shown(each) for each in found])}

    @routes.get("/inbox/{case}", response_model=models.model_of(inbox.CaseShown), responses=ABSENT)
    def one_case(case: str, actor: Actor, after: Annotated[int, Query(ge=0)] = 0) -> Any:
        """A case with its documents, a page at a time; ``after``: those of later transfers."""
        with absent():
            return plain(inbox.shown(inbox.case(hub, case, after=after)))

    @routes.get("/inbox/{case}/candidates", response_model=Candidates, responses=ABSENT)
    def candidates(
        case: str, actor: Actor, text: Annotated[str, Query(max_length=200)] = ""
    ) -> Any:
        """Records that may be meant by the name a case is about; ``text``: with this in theirs."""
        with absent():
            found = inbox.case(hub, case)
        return {"candidates": plain(list(inbox.candidates(hub, found, text)))}


def _check(request: Request, credentials: Credentials, needed: Scope) -> None:
    """See that whoever asks may do what a cure needs beyond its operation.

    Raises:
        ApiError: 403.
    """
    visitor = visitor_of(request, credentials)
    if visitor is None or not visitor.scope.covers(needed):
        raise ApiError(
            403, f"This cure needs a token with the scope “{needed.value}”: it changes settings."
        )
