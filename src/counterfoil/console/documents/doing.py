"""``/documents/send``, ``/skip``, ``/accept``, ``/undo``: what would happen first, then it does.

Nothing happens twice: whoever presses twice, or comes second, hears what the first press did.
A form says which documents it showed and how they stood; what has moved since is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Response
from pydantic import StringConstraints

from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo, page, said, way_within
from counterfoil.console.visiting import Operating, Visit
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.settings import FLOWS, Direction

from .asking import Asked
from .effects import VERBS, Came, Said, Verb, effects_of, said_of, told_of
from .leafing import PICKED_MAX, asked_of

__all__ = ["add"]

Doing = Literal["send", "skip", "accept", "undo"]
Named = Annotated[list[int], Query(alias="d", max_length=PICKED_MAX)]
NamedInForm = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,15})?$")]],
    Form(alias="d", max_length=PICKED_MAX),
]
Text = Annotated[str, Form(max_length=2_000)]
# So many reasons why something stays are told in one message.
_LEFT_MAX: Final = 3


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_all(routes, hub, dispatcher)
    # Before the others, of whose words it is none.
    _add_call_off(routes, hub)
    _add_some(routes, hub, dispatcher)


def _add_some(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.get("/documents/{doing}")
    def ask(doing: Doing, visit: Operating, picked: Named = [], back: str = "") -> Response:  # noqa: B006 - FastAPI copies it
        return _asked(visit, VERBS[doing], picked, way_within(back or "/documents"))

    @routes.post("/documents/{doing}")
    def do(
        doing: Doing,
        visit: Operating,
        picked: NamedInForm = [],  # noqa: B006 - FastAPI copies it
        back: Text = "",
        because: Text = "",
        consent: Text = "",
    ) -> Response:
        verb, to = VERBS[doing], way_within(back or "/documents")
        ids, seen = _read(picked)
        rows = views.documents_named(hub, ids)
        if not rows:
            return said(visit, to, "No document was picked.")
        words = " ".join(because.split())
        if verb.asks_why and not words:
            typed = Typed({}, {"because": "Say why, for whoever looks at it later."})
            return _asked(visit, verb, ids, to, typed, status=400)
        ids = [row.transfer.id for row in rows]
        came = verb.do(hub, ids, visit.name, Said(words, consent == "yes", seen))
        _go(hub, dispatcher, came.ids)
        return said(visit, to, _told(verb, rows, came), _undo(verb, rows, came, to))


def _read(picked: Sequence[str]) -> tuple[list[int], dict[int, int]]:
    """Read which documents a form names, and in which versions it showed them."""
    pairs = [each.split(".") for each in picked]
    ids = [int(pair[0]) for pair in pairs]
    return ids, {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) > 1}


def _asked(
    visit: Visit,
    verb: Verb,
    picked: Sequence[int],
    back: str,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    rows = views.documents_named(visit.hub, picked)
    if not rows:
        return said(visit, back, "Pick documents first.")
    return page(
        visit,
        "documents/ask.html",
        status,
        verb=verb,
        rows=rows,
        back=back,
        typed=typed or Typed(),
        effects=effects_of(verb, rows),
        sum=views.sum_of(visit.hub, [row.transfer.id for row in rows]),
        question=said_of(verb.question, rows),
        button=said_of(verb.words, rows),
    )


def _told(verb: Verb, rows: Sequence[views.DocumentRow], came: Came) -> str:
    """Say what was done, and of what was not why."""
    moved = [row for row in rows if row.transfer.id in came.ids]
    sentences = [said_of(f"{verb.did}: {{documents}}.", moved)] if moved else []
    sentences += came.left[:_LEFT_MAX]
    more = len(came.left) - _LEFT_MAX
    sentences += [f"{more} more are as they were."] if more > 0 else []
    return " ".join(sentences) or "Nothing was changed: all of them are on their way already."


def _undo(verb: Verb, rows: Sequence[views.DocumentRow], came: Came, back: str) -> Undo | None:
    """Give the way back from a press on send: of what waited for a person, and does so again.

    What had stopped stops again for the reason that it had; what was left out has its own ways on
    its page.
    """
    waited = [row for row in rows if row.transfer.id in came.ids and row.transfer.state in _WAITED]
    if verb.name != "send" or not waited or len(waited) < len(came.ids):
        return None
    ids = [str(row.transfer.id) for row in waited]
    return Undo("/documents/call-off", {"d": ids, "back": back}, "Take back")


_WAITED: Final = frozenset({State.HELD, State.CHANGED, State.REFUSED})


def _add_call_off(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/documents/call-off")
    def call_off(visit: Operating, picked: NamedInForm = [], back: Text = "") -> Response:  # noqa: B006 - FastAPI copies it
        """Take a press back; what has left by now is told, and stays."""
        to = way_within(back or "/documents")
        rows = views.documents_named(hub, _read(picked)[0])
        found = desk.call_off(hub, [row.transfer.id for row in rows], visit.name)
        back_again = [row for row in rows if row.transfer.id in found.released]
        told = [said_of("Waits for you again: {documents}.", back_again)] if back_again else []
        told += told_of(found.left)[:_LEFT_MAX]
        return said(visit, to, " ".join(told) or "No document was picked.")


def _go(hub: Hub, dispatcher: Dispatcher | None, ids: Sequence[int]) -> None:
    """Let a running hub look at these documents at once."""
    if ids:
        verbs.wake_for(hub, ids)
    if dispatcher is not None:
        dispatcher.poke()


# --- All that are held -------------------------------------------------------------------------


def _add_all(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.get("/documents/send-all")
    def ask(visit: Operating) -> Response:
        asked = asked_of(visit)
        if asked.kind is None:
            return said(visit, asked.address, "Choose a kind of document first.")
        rows, total = _held(hub, asked)
        return page(
            visit,
            "documents/ask_all.html",
            asked=asked,
            rows=rows,
            stand=_stand(rows),
            number=total.number,
            sum=total,
            question=said_of("Send {documents} to {there}?", rows),
            button=said_of("Send {documents} to {there}", rows),
        )

    @routes.post("/documents/send-all")
    def do(visit: Operating, stand: Text = "") -> Response:
        asked = asked_of(visit)
        if asked.kind is None:
            return said(visit, asked.address, "Choose a kind of document first.")
        rows, _total = _held(hub, asked)
        if stand not in ("", _stand(rows)):
            return said(
                visit,
                f"/documents/send-all?{asked.query}",
                "Other documents wait by now than you saw: nothing was sent. Look once more.",
            )
        came, problems = _released(hub, rows, asked, visit.name)
        _go(hub, dispatcher, came.ids)
        told = _told(VERBS["send"], rows, came)
        return said(visit, asked.address, " ".join([told, *problems]))


def _held(hub: Hub, asked: Asked) -> tuple[list[views.DocumentRow], views.Sum]:
    """Give what is held of the kind and link that the list shows, and what it comes to."""
    sought = views.DocumentsSought(
        link=asked.link,
        kinds=() if asked.kind is None else (asked.kind,),
        direction=Direction.TO_BOOKS,
        states=(State.HELD,),
    )
    rows = [row for _each, row in views.documents_through(hub, sought)]
    return rows, views.sum_of(hub, [row.transfer.id for row in rows])


def _stand(rows: Sequence[views.DocumentRow]) -> str:
    """Say which documents are held, shortly: it changes with them."""
    which = [(row.transfer.id, row.version) for row in rows]
    return sha256(repr(which).encode()).hexdigest()[:16]


def _released(
    hub: Hub, rows: Sequence[views.DocumentRow], asked: Asked, actor: str
) -> tuple[Came, list[str]]:
    """Press on send for each link and flow that holds some of them."""
    came, problems = Came((), ()), []
    for link, flow in dict.fromkeys((row.transfer.link, row.transfer.flow) for row in rows):
        kind = FLOWS[flow].source.value
        try:
            one = desk.release(hub, link, kind, (), actor, everything=True)
        except UsageError as error:
            problems.append(error.said.spoken)
            continue
        left = tuple(f"{each.number}: {each.words}" for each in one.left)
        came = Came((*came.ids, *one.released), (*came.left, *left))
    return came, problems
