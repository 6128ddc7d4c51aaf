"""The life of a document as a timeline: what people decided, what was asked, how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from counterfoil.engine.asked import Kind
from counterfoil.engine.life import State
from counterfoil.hub.views import DocumentShown, ExchangeShown, Happening

from .words import called, status_of

__all__ = ["Event", "asked_words", "life_of"]


class Event(NamedTuple):
    """Something in the life of a document.

    Attributes:
        kind: How it is marked: good, need, again, or empty.
        by: Who did it; empty: nobody did.
        run: The run in which it happened; ``None``: in none.
    """

    at: datetime
    icon: str
    kind: str
    sentence: str
    by: str = ""
    run: int | None = None


_ASKED: Final[Mapping[Kind, str]] = {
    Kind.CREATE_DOCUMENT: "Sent to {there}",
    Kind.UPDATE_DOCUMENT: "Change sent to {there}",
    Kind.VOID_DOCUMENT: "Taken out of {there}",
    Kind.CREATE_RECORD: "{name} created in {there}",
    Kind.ACTIVATE_RECORD: "{name} made active in {there}",
    Kind.FIND: "Looked for in {there}",
    Kind.READ_DOCUMENTS: "Read in {there}",
    Kind.WRITE_FIELD: "Field {name} written in {there}",
    Kind.WRITE_MARK: "Number written back",
    Kind.CREATE_TO_DO: "To-do made",
    Kind.COMPLETE_TO_DO: "To-do completed",
    Kind.FIND_TO_DO: "To-do looked for",
}
"""What was asked, as the timeline says it."""

_BECAME: Final[Mapping[str | None, tuple[str, str, str]]] = {
    "done": ("check", "good", "{asked}"),
    "missing": ("ask", "", "{asked}: not there"),
    "refused": ("need", "need", "{asked}, and not taken: {detail}"),
    "busy": ("hold", "", "{asked}: not now. {detail}"),
    "unknown": ("ask", "", "{asked}: no answer came"),
    "conflict": ("again", "again", "{asked}, and not taken: it is another one there by now"),
    None: ("moving", "", "{asked}: the answer is awaited"),
}
"""What became of it: sign, mark and words."""

_DECIDED: Final[Mapping[str, tuple[str, str]]] = {
    "released": ("moving", "Send pressed"),
    "skipped": ("skip", "Left out"),
    "change accepted": ("check", "Kept as it is there"),
    "undone": ("undo", "To be taken out again"),
    "adopted": ("person", "Said to be there already"),
    "adoption confirmed": ("check", "Seen there, and taken for it"),
    "adoption taken back": ("undo", "Not there after all"),
    "custom fields again": ("again", "Custom fields tried again"),
    "custom fields left": ("skip", "Custom fields left as they are there"),
    "name remembered": ("person", "A name was remembered"),
    "bill recognised": ("check", "Recognised"),
}
"""What the audit calls what was decided: sign and words."""


def life_of(shown: DocumentShown) -> list[Event]:
    """Tell the life of a document, the newest first."""
    # Of one moment, what comes last in a document's life stands first.
    travelled = [event for each in shown.exchanges for event in _travelled(each, shown)]
    found = [
        *_now(shown),
        *_landed(shown),
        *reversed(travelled),
        *(_decided(each) for each in reversed(shown.happenings)),
        Event(shown.seen_at, "document", "", f"Read in {called(shown.row.here)} as it is now"),
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _now(shown: DocumentShown) -> Iterator[Event]:
    """Tell how it stands, where that is more than what happened last."""
    if shown.row.transfer.state is State.DONE:
        return
    status = status_of(shown.row)
    sentence = shown.row.transfer.sentence
    told = f"{status.words}: {sentence}" if sentence else status.words
    icons = {"good": "check", "busy": "moving", "need": "need", "again": "again", "ask": "ask"}
    kind = status.kind if status.kind in ("good", "need", "again") else ""
    yield Event(shown.row.transfer.since, icons.get(status.kind, "hold"), kind, told)


def _landed(shown: DocumentShown) -> Iterator[Event]:
    there = shown.there
    if there is None or there.paired_at is None:
        return
    name = f"{there.kind.words} {there.number or there.id}"
    is_found = there.is_adopted
    words = "Found there and taken for it" if is_found else f"Arrived in {called(shown.row.there)}"
    yield Event(there.paired_at, "check", "good", f"{words} as {name}")
    if there.gone_at is not None:
        yield Event(there.gone_at, "again", "again", f"No longer in {called(shown.row.there)}")


def _decided(each: Happening) -> Event:
    icon, words = _DECIDED.get(each.action, ("person", each.action.capitalize()))
    told = f"{words}: {each.detail}" if each.detail else words
    return Event(each.at, icon, "", told, by=each.actor)


def _travelled(exchange: ExchangeShown, shown: DocumentShown) -> Iterator[Event]:
    for step in exchange.steps:
        icon, kind, words = _BECAME.get(step.outcome, _BECAME[None])
        asked = asked_words(step.kind, step.name, shown)
        sentence = words.format(asked=asked, detail=step.detail or "")
        at = exchange.answered_at or exchange.sent_at
        yield Event(at, icon, kind, sentence.strip(), run=exchange.run)


def asked_words(kind: Kind, name: str | None, shown: DocumentShown) -> str:
    """Say what was asked of the other side."""
    words = _ASKED.get(kind, "Asked of {there}")
    return words.format(there=called(shown.row.there), name=f"“{name}”" if name else "A record")
