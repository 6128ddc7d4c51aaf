"""Which ways out a case offers, in the order in which they help, and what their buttons say.

A refusal names its choices itself (``documents.REFUSAL_KINDS``); this is the one place that says
what a person sees of them.  What helps most often comes first, what leaves documents out last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from counterfoil.documents import Action, Choice, RecordKind, Refusal, name_key
from counterfoil.engine.transfers import OUTCOME_UNCLEAR
from counterfoil.hub.scopes import Scope
from counterfoil.settings import OPTIONS, in_words

from ._changes import CHANGES, OTHER_CHOICES
from ._shapes import Asks, Cure, CureName

__all__ = ["Setting", "as_day", "of_change", "of_refusal", "record_kind", "setting_in_words"]


class Setting(NamedTuple):
    """What is known where a case stands, for what its buttons say.

    Attributes:
        side: In whose lists names are looked up: ``books`` or ``operations``.
        near: The record that is most likely meant; ``None``: none is likely.
        today: The company's day.
        facts: What the target told about itself.
        is_there: The documents are in the target already.
    """

    source: str
    target: str
    side: str
    today: date
    facts: Mapping[str, Any]
    near: str | None = None
    is_there: bool = False


def as_day(day: date) -> str:
    """Write a day for people, whatever their language: ``1 Nov 2026``."""
    return f"{day.day} {day:%b %Y}"


def setting_in_words(arguments: Mapping[str, str]) -> tuple[str, str]:
    """Give the setting that a cure changes and what it becomes, as the settings' page says it."""
    option = OPTIONS[arguments["setting"]]
    return option.label, in_words(option, arguments["value"])


def record_kind(refusal: Refusal) -> RecordKind | None:
    """Say in which list the name is looked up that a refusal is about; ``None``: about none."""
    for choice in refusal.choices:
        word = choice.arguments.get("kind", "").replace(" ", "-")
        if word in set(RecordKind):
            return RecordKind(word)
    return None


# --- Of documents that stopped ------------------------------------------------------------


def of_refusal(refusal: Refusal, at: Setting) -> tuple[Cure, ...]:
    """Give the cures of what stopped with a refusal, what helps most often first."""
    solved = _solved(refusal, at)
    if solved is not None:
        at = at._replace(near=None)
    found = [
        *_corrections(refusal, at),
        *(_of_choice(place, each, at) for place, each in enumerate(refusal.choices)),
    ]
    # Each choice once: two that do the same with nothing known are one.
    once = {each.choice: each for each in found}
    if solved is not None and CureName.RETRY in once:
        once[CureName.RETRY] = _with(once[CureName.RETRY], record=solved)
        once.pop(CureName.ACTIVATE, None)
    return tuple(sorted(once.values(), key=lambda cure: _rank(cure, refusal.code)))


def _solved(refusal: Refusal, at: Setting) -> str | None:
    """Give the record that was missing or inactive, if it is there and active by now."""
    is_there = at.near is not None and name_key(at.near) == name_key(refusal.value or "")
    return at.near if is_there and refusal.code in _OF_MISSING else None


def _rank(cure: Cure, code: str) -> tuple[int, bool]:
    if cure.name is CureName.RETRY and cure.arguments:
        return _FIRST, False
    is_known = cure.asks is None or bool(cure.answer)
    if cure.name is CureName.EDIT and code in _OF_TEXTS:
        return _ORDER[CureName.DATE], False
    return _ORDER[cure.name] if is_known else max(_ORDER[cure.name], _UNKNOWN), not is_known


# What is known to be meant comes before what a person has to look for; settings hold for more
# than the documents at hand, so they are never the first thing to press.
_ORDER: Final[Mapping[CureName, int]] = {
    CureName.ADOPT: 0,
    CureName.USE_RECORD: 1,
    CureName.ACTIVATE: 2,
    CureName.DATE: 3,
    CureName.SEND: 4,
    CureName.UNDO: 5,
    CureName.NUMBER: 6,
    CureName.CREATE_AS: 7,
    CureName.RETRY: 8,
    CureName.EDIT: 9,
    CureName.SET: 10,
    CureName.ACCEPT: 11,
    CureName.SKIP: 12,
    CureName.LOOK: 13,
}
_UNKNOWN: Final = 7
_FIRST: Final = -1

_OF_MISSING: Final = frozenset({"reference-missing", "record-inactive"})
_DATED: Final = frozenset({"period-closed", "item-not-yet-stocked"})
_OF_TEXTS: Final = frozenset({"value-too-long", "text-unholdable", "value-unfit"})
_NUMBERED: Final = frozenset({"number-too-long", "number-taken"})


def _corrections(refusal: Refusal, at: Setting) -> Iterator[Cure]:
    """Give what helps beside the choices of a refusal: another day, number, text or name."""
    if refusal.code in _DATED:
        day = _open_day(at)
        yield Cure(
            name=CureName.DATE,
            choice=CureName.DATE,
            label=f"Date it {as_day(day)}",
            asks=Asks.DAY,
            arguments={Asks.DAY.value: day.isoformat()},
        )
    if refusal.code in _NUMBERED:
        yield Cure(
            name=CureName.NUMBER,
            choice=CureName.NUMBER,
            label="Give it another number…",
            asks=Asks.NUMBER,
            is_single=True,
        )
    if not at.is_there and refusal.code != OUTCOME_UNCLEAR:
        label = "Edit and resend…"
        yield Cure(name=CureName.EDIT, choice=CureName.EDIT, label=label, is_single=True)


def _open_day(at: Setting) -> date:
    """Give the first day after the closed period, or today where nobody told which is closed."""
    told = at.facts.get("closing_date")
    return at.today if told is None else date.fromisoformat(str(told)) + timedelta(days=1)


def _of_choice(place: int, choice: Choice, at: Setting) -> Cure:
    match choice.action:
        case Action.USE_RECORD:
            return _use(place, choice, at)
        case Action.CREATE_AS:
            kind = choice.arguments.get("kind", "record")
            label = f"Create this {kind} under another name…"
            return _naming(CureName.CREATE_AS, place, label, Asks.NAME, choice, at)
        case Action.ACTIVATE:
            return _activate(choice)
        case Action.CHANGE_SETTING:
            return _set(place, choice)
        case Action.ADOPT:
            return _adopt(place, choice)
        case Action.SKIP if not at.is_there:
            label = "Leave out for good…"
            return Cure(name=CureName.SKIP, choice="skip", label=label, asks=Asks.REASON)
        case Action.SKIP:
            # What is there is not left out any more: it can only be left as it is.
            return Cure(name=CureName.ACCEPT, choice="accept", label="Leave it there as it is")
        case Action.SEND:
            return Cure(
                name=CureName.SEND,
                choice="send",
                label=f"Write what {at.source} says",
            )
        case Action.UNDO:
            return Cure(
                name=CureName.UNDO,
                choice="undo",
                label=choice.label,
                arguments=dict(choice.arguments),
            )
        case Action.ACCEPT:
            return Cure(name=CureName.ACCEPT, choice="accept", label=choice.label)
        case _:
            assert choice.action is Action.RETRY, "every action has a cure"
            return Cure(name=CureName.RETRY, choice="retry", label=choice.label)


def _use(place: int, choice: Choice, at: Setting) -> Cure:
    known = choice.arguments.get("record")
    record = known or at.near
    kind = choice.arguments.get("kind", "record")
    label = f"Use {record}" if record else f"Choose the {kind}…"
    if known:
        label = choice.label
    cure = _naming(CureName.USE_RECORD, place if known else None, label, Asks.RECORD, choice, at)
    return cure if record is None else _with(cure, record=record)


def _naming(
    name: CureName, place: int | None, label: str, asks: Asks, choice: Choice, at: Setting
) -> Cure:
    """Make a cure that decides what a name means."""
    named = {
        "kind": choice.arguments.get("kind", "").replace(" ", "-"),
        "name_meant": choice.arguments.get("name", ""),
        "side": at.side,
    }
    word = name.value if place is None else f"{name.value}-{place}"
    return Cure(name=name, choice=word, label=label, asks=asks, arguments=named)


def _with(cure: Cure, **known: str) -> Cure:
    arguments = {**cure.arguments, **known}
    return Cure(
        name=cure.name,
        choice=cure.choice,
        label=cure.label,
        asks=cure.asks,
        arguments=arguments,
    )


def _activate(choice: Choice) -> Cure:
    return Cure(
        name=CureName.ACTIVATE,
        choice=CureName.ACTIVATE,
        label=f"{choice.label} and send",
        arguments={
            "kind": choice.arguments["kind"].replace(" ", "-"),
            "name_meant": choice.arguments["name"],
            "record": choice.arguments["record"],
        },
    )


def _set(place: int, choice: Choice) -> Cure:
    arguments = dict(choice.arguments)
    if "value" not in arguments:
        # What it shall be is chosen among the settings, with their help beside it.
        return Cure(
            name=CureName.LOOK,
            choice=f"settings-{place}",
            label=f"{choice.label} in the settings",
            arguments=arguments,
            needs=Scope.ADMINISTER,
        )
    return Cure(
        name=CureName.SET,
        choice=f"set-{place}",
        label=choice.label,
        arguments=arguments,
        needs=Scope.ADMINISTER,
    )


def _adopt(place: int, choice: Choice) -> Cure:
    target = choice.arguments.get("id", "")
    known = {Asks.DOCUMENT.value: target} if target else {}
    return Cure(
        name=CureName.ADOPT,
        choice=f"adopt-{place}",
        label=choice.label if target else f"{choice.label}…",
        asks=Asks.DOCUMENT,
        arguments={**known, **choice.arguments},
        is_single=True,
    )


# --- Of documents that have changed -------------------------------------------------------


def of_change(code: str, at: Setting) -> tuple[Cure, ...]:
    """Give the cures of documents that are there and have changed since."""
    change = CHANGES.get(code)
    choices = OTHER_CHOICES if change is None else change.choices
    return tuple(
        Cure(name=name, choice=name.value, label=label.format(source=at.source, target=at.target))
        for name, label in choices
    )
