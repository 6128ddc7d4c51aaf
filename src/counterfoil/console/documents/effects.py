"""What can be done with documents, what each would do, and what it came to.

A row of the table is one verb: what its button says, for which states it is offered, what its
effect is, told before it is confirmed, and by which verb of the hub it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from counterfoil.engine.life import State
from counterfoil.engine.transfers import OUTCOME_UNCLEAR
from counterfoil.hub import desk
from counterfoil.hub.desk import NOT_LOOKED_AT
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import DocumentRow

from .words import called, several

__all__ = ["VERBS", "Came", "Effect", "Said", "Verb", "effects_of", "offered", "said_of", "told_of"]


class Effect(NamedTuple):
    """A line of what would happen: its sign, how many, and the rest of the sentence."""

    icon: str
    number: int
    words: str


class Came(NamedTuple):
    """What a verb came to.

    Attributes:
        ids: Transfers that it moved.
        left: Why others are as they were, each reason once with the numbers.
    """

    ids: tuple[int, ...]
    left: tuple[str, ...]


class Said(NamedTuple):
    """What whoever does something says to it.

    Attributes:
        because: Why; empty: they do not say.
        consents: Also to what somebody else has changed, or entered, there.
        seen: In which versions they saw the documents.
    """

    because: str = ""
    consents: bool = False
    seen: desk.Seen = NOT_LOOKED_AT


class Verb(NamedTuple):
    """What can be done with documents.

    Attributes:
        words: What the button says, with places for how many and where.
        question: What is asked before.
        fits: The states of documents that it moves.
        there: Whether it moves those that are in the target; ``None``: both.
        did: What it did, in one sentence's beginning.
        asks_why: Whoever does it says why.
    """

    name: str
    words: str
    question: str
    icon: str
    fits: frozenset[State]
    there: bool | None
    did: str
    do: Callable[[Hub, Sequence[int], str, Said], Came]
    asks_why: bool = False


def _sent(hub: Hub, ids: Sequence[int], actor: str, said: Said) -> Came:
    return _came(desk.retry(hub, actor, transfer_ids=ids, seen=said.seen))


def _skipped(hub: Hub, ids: Sequence[int], actor: str, said: Said) -> Came:
    return _came(desk.skip(hub, ids, actor, because=said.because or None, seen=said.seen))


def _accepted(hub: Hub, ids: Sequence[int], actor: str, said: Said) -> Came:
    return _came(desk.accept(hub, ids, actor, seen=said.seen))


def _undone(hub: Hub, ids: Sequence[int], actor: str, said: Said) -> Came:
    found = desk.undo(hub, actor, transfer_ids=ids, consent=said.consents, seen=said.seen)
    return Came(found.undone, told_of(found.left))


def _came(found: desk.Released) -> Came:
    return Came(found.released, told_of(found.left))


def told_of(left: Iterable[desk.Left]) -> tuple[str, ...]:
    """Tell each reason once, with the numbers of those that it kept."""
    together: dict[str, list[str]] = {}
    for each in left:
        together.setdefault(each.words, []).append(each.number)
    return tuple(f"{', '.join(numbers)}: {why}" for why, numbers in together.items())


VERBS: Final[Mapping[str, Verb]] = {
    verb.name: verb
    for verb in (
        Verb(
            "send",
            "Send {documents} to {there}",
            "Send {documents} to {there}?",
            "moving",
            frozenset({State.HELD, State.SKIPPED, State.REFUSED, State.WAITING, State.CHANGED}),
            None,
            "On the way to {there}",
            _sent,
        ),
        Verb(
            "skip",
            "Leave out {documents}",
            "Leave out {documents}?",
            "skip",
            frozenset({State.HELD, State.READY, State.WAITING, State.REFUSED}),
            False,
            "Left out",
            _skipped,
            asks_why=True,
        ),
        Verb(
            "accept",
            "Keep {there} as it is",
            "Keep {there} as it is for {documents}?",
            "hold",
            frozenset({State.CHANGED, State.REFUSED}),
            True,
            "Kept as in {there}",
            _accepted,
        ),
        Verb(
            "undo",
            "Take {documents} out of {there}",
            "Take {documents} out of {there} again?",
            "undo",
            frozenset({State.DONE, State.CHANGED, State.READY}),
            None,
            "Being taken out of {there}",
            _undone,
        ),
    )
}


def offered(row: DocumentRow) -> list[Verb]:
    """List what can be done with a document, as it stands."""
    return [verb for verb in VERBS.values() if _fits(verb, row)]


def _fits(verb: Verb, row: DocumentRow) -> bool:
    is_there = row.transfer.target_id is not None
    return row.transfer.state in verb.fits and verb.there in (None, is_there)


def effects_of(verb: Verb, rows: Sequence[DocumentRow]) -> list[Effect]:
    """Say what would happen to documents."""
    fitting = [row for row in rows if _fits(verb, row)]
    rest = len(rows) - len(fitting)
    found = list(_EFFECTS[verb.name](fitting))
    if rest:
        stays = "stays as it is" if rest == 1 else "stay as they are"
        found.append(Effect("hold", rest, f"{stays}: on the way, there already, or done with."))
    return found


def _where(rows: Sequence[DocumentRow]) -> str:
    return " and ".join(sorted({called(row.there) for row in rows}))


def _of_send(rows: Sequence[DocumentRow]) -> Iterator[Effect]:
    new = [row for row in rows if row.transfer.target_id is None]
    changed = [row for row in rows if row.transfer.target_id is not None]
    unclear = sum(row.transfer.refusal == OUTCOME_UNCLEAR for row in new)
    if unclear:
        words = f"may be in {_where(new)} already: send only what you looked for and did not find."
        yield Effect("again", unclear, words)
    if new:
        become = "becomes new" if len(new) == 1 else "become new"
        yield Effect("moving", len(new), f"{become} in {_where(new)}.")
    if changed:
        are = "is" if len(changed) == 1 else "are"
        words = f"{are} there already and changed to what {_source(changed)} says."
        yield Effect("again", len(changed), words)


def _source(rows: Sequence[DocumentRow]) -> str:
    return " and ".join(sorted({called(row.here) for row in rows}))


def _of_skip(rows: Sequence[DocumentRow]) -> Iterator[Effect]:
    if rows:
        stays = "stays" if len(rows) == 1 else "stay"
        words = f"{stays} out of {_where(rows)} until somebody sends {_them(rows)} after all."
        yield Effect("skip", len(rows), words)


def _of_accept(rows: Sequence[DocumentRow]) -> Iterator[Effect]:
    if rows:
        stays = "stays" if len(rows) == 1 else "stay"
        words = f"{stays} as {_where(rows)} has {_them(rows)}; nothing is written."
        yield Effect("check", len(rows), words)


def _of_undo(rows: Sequence[DocumentRow]) -> Iterator[Effect]:
    there = [row for row in rows if row.transfer.target_id is not None]
    waiting = len(rows) - len(there)
    if there:
        words = f"{'is' if len(there) == 1 else 'are'} taken out of {_where(there)} again."
        yield Effect("undo", len(there), words)
    if waiting:
        yield Effect("skip", waiting, f"{'does' if waiting == 1 else 'do'} not go.")


def _them(rows: Sequence[DocumentRow]) -> str:
    return "it" if len(rows) == 1 else "them"


_EFFECTS: Final[Mapping[str, Callable[[Sequence[DocumentRow]], Iterator[Effect]]]] = {
    "send": _of_send,
    "skip": _of_skip,
    "accept": _of_accept,
    "undo": _of_undo,
}


def said_of(words: str, rows: Sequence[DocumentRow]) -> str:
    """Fill in how many documents a sentence is about, and where they go."""
    kinds = {row.kind for row in rows}
    number = len(rows)
    if number == 1:
        documents = rows[0].transfer.number or f"{rows[0].kind.words} {rows[0].transfer.id}"
    elif len(kinds) == 1:
        documents = several(kinds.pop(), number)
    else:
        documents = f"{number:,} documents"
    return words.format(documents=documents, there=_where(rows) or "QuickBooks")
