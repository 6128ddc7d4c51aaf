"""What a cure will do and what of it can be taken back, told before anybody confirms it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from counterfoil.engine.transfers import OUTCOME_UNCLEAR

from ._cures import as_day, setting_in_words
from ._shapes import Case, Cure, CureName, Total

__all__ = ["Effect", "effect"]


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What will happen.

    Attributes:
        lines: What, in the order in which it does.
        way_back: What can be taken back afterwards, and until when.
        button: What the button that does it says.
    """

    lines: tuple[str, ...]
    way_back: str
    button: str


def effect(case: Case, cure: Cure, answer: str = "", *, number: int | None = None) -> Effect:
    """Say what a cure does with so many of a case's documents; ``None``: with all of them.

    Args:
        answer: What the person said to what it asks; empty: what is likely.
    """
    count = case.number if number is None else number
    said = _Said(case, cure, answer or cure.answer, count)
    tell = _TOLD[cure.name]
    lines, way_back, button = tell(said)
    return Effect(lines=tuple(line for line in lines if line), way_back=way_back, button=button)


class _Said:
    """What the sentences name."""

    def __init__(self, case: Case, cure: Cure, answer: str, count: int) -> None:
        self.case, self.cure, self.answer, self.count = case, cure, answer, count
        self.target, self.source = case.target, case.source
        self.they = _counted(case, count)
        self.amount = _amount(case.totals) if count == len(case.documents) else ""
        self.go = "goes" if count == 1 else "go"
        self.stay = "stays" if count == 1 else "stay"
        self.kind = cure.arguments.get("kind", "").replace("-", " ")
        self.name = cure.arguments.get("name_meant", "")

    @property
    def goods(self) -> str:
        """The documents, and what they come to."""
        return f"{self.they}, {self.amount}," if self.amount else self.they


def _counted(case: Case, count: int) -> str:
    noun = case.noun
    if count == 1 and case.number != 1:
        noun = f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")
    return f"{count} {noun}"


def _amount(totals: tuple[Total, ...]) -> str:
    return " and ".join(f"{each.currency} {_grouped(each.amount)}".strip() for each in totals)


def _grouped(amount: Decimal) -> str:
    return f"{amount:,.2f}"


_Told = tuple[list[str], str, str]

_UNTIL_THE_CALL: Final = (
    "Can be undone until they leave with the next call; what has arrived by then stays, and is "
    "taken out there document by document."
)


def _use_record(said: _Said) -> _Told:
    named = f"the {said.kind} {said.answer}" if said.answer else f"the {said.kind} you choose"
    return (
        [
            f"{said.goods} {said.go} to {said.target} with {named}.",
            f"Later documents that name “{said.name}” mean {said.answer or 'it'} as well.",
        ],
        _UNTIL_THE_CALL,
        f"Use {said.answer} and send {said.count}"
        if said.answer
        else f"Use it and send {said.count}",
    )


def _create_as(said: _Said) -> _Told:
    named = f"“{said.answer}”" if said.answer else "of the name you give"
    return (
        [
            f"The {said.kind} {named} is created in {said.target}, unless it is there already.",
            f"{said.goods} {said.go} to {said.target} with it.",
            f"Later documents that name “{said.name}” mean it as well.",
        ],
        _UNTIL_THE_CALL,
        f"Create it and send {said.count}",
    )


_UNTIL_ACTIVE: Final = (
    "Can be undone until they leave with the next call. After that {name} stays active until "
    "somebody makes it inactive in {target} itself."
)


def _activate(said: _Said) -> _Told:
    return (
        [
            f"The {said.kind} {said.name} is made active in {said.target}; it keeps all else.",
            f"{said.goods} {said.go} to {said.target} with it.",
            "It is active for everybody who works there.",
        ],
        _UNTIL_ACTIVE.format(name=said.name, target=said.target),
        f"Make it active and send {said.count}",
    )


def _set(said: _Said) -> _Told:
    setting, value = setting_in_words(said.cure.arguments)
    return (
        [
            f"The setting “{setting}” of {said.case.link_name} becomes “{value}”.",
            "It holds for all documents from now on.",
            f"{said.goods} {said.go} to {said.target} by it.",
        ],
        "The setting can be put back; what has arrived by then stays.",
        f"Change the setting and send {said.count}",
    )


def _adopt(said: _Said) -> _Told:
    there = said.answer or "the one you name"
    return (
        [
            f"{said.they} counts as the document {there} of {said.target}; nothing is written.",
            f"It is confirmed once it was read in {said.target}.",
        ],
        "Can be undone; the document there stays as it is.",
        "It is the same document",
    )


def _date(said: _Said) -> _Told:
    day = _as_day(said.answer)
    it = "it keeps its" if said.count == 1 else "they keep their"
    return (
        [
            f"{said.goods} {said.go} to {said.target} dated {day}.",
            f"In {said.source} {it} own date.",
        ],
        _UNTIL_THE_CALL,
        f"Date {'it' if said.count == 1 else 'them'} {day} and send {said.count}",
    )


def _as_day(text: str) -> str:
    try:
        return as_day(date.fromisoformat(text))
    except ValueError:
        return "the day you choose"


def _number(said: _Said) -> _Told:
    number = said.answer or "the number you give"
    return (
        [
            f"{said.goods} {said.go} to {said.target} as {number}.",
            f"In {said.source} it keeps its own number.",
        ],
        _UNTIL_THE_CALL,
        f"Send it as {said.answer}" if said.answer else "Send it under this number",
    )


def _edit(said: _Said) -> _Told:
    return (
        [
            f"You say what it shall say in {said.target}: whom it is for, items, texts, days.",
            "What differs is shown before anything is kept.",
            f"In {said.source} it stays as it is.",
        ],
        "Can be undone until it leaves with the next call.",
        "Edit it",
    )


def _retry(said: _Said) -> _Told:
    if said.case.code == OUTCOME_UNCLEAR:
        return (
            [
                f"You say that it did not arrive: {said.goods} {said.go} to {said.target} as new.",
                f"What is in {said.target} after all is there twice then: look there first.",
            ],
            "Cannot be undone.",
            f"{'It is' if said.count == 1 else 'They are'} not there, send {said.count}",
        )
    if said.cure.label != "Try again":
        return (
            [f"{said.they}: {said.cure.label}."],
            "Cannot be undone once it left.",
            said.cure.label,
        )
    record = said.cure.arguments.get("record")
    return (
        [
            f"{record} is there now, and active." if record else "",
            f"{said.goods} {said.go} to {said.target} with the next call, as things are now.",
            "What still stands in the way stops them again; nothing is sent twice.",
        ],
        "Can be undone until they leave with the next call; then they stand as before.",
        f"Try {said.count} again",
    )


def _send(said: _Said) -> _Told:
    return (
        [f"{said.they} in {said.target}: {said.cure.label}.", _SENT.get(said.case.code, "")],
        "Can be undone until it leaves with the next call.",
        f"{said.cure.label} ({said.count})" if said.count > 1 else said.cure.label,
    )


_SENT: Final[Mapping[str, str]] = {
    "target-changed": "What somebody changed there is written over.",
    "conflict": "What somebody changed there is written over.",
}


def _accept(said: _Said) -> _Told:
    they_are = "it is" if said.count == 1 else "they are"
    return (
        [
            f"{said.they} {said.stay} in {said.target} as {they_are}; nothing is written.",
            "A later change is told again.",
        ],
        "Cannot be undone.",
        f"{said.cure.label} ({said.count})" if said.count > 1 else said.cure.label,
    )


def _undo(said: _Said) -> _Told:
    return (
        [
            f"{said.they} are taken out of {said.target}."
            if said.count != 1
            else f"{said.they} is taken out of {said.target}."
        ],
        "Can be sent again afterwards, as a new document.",
        said.cure.label,
    )


def _skip(said: _Said) -> _Told:
    it = "it" if said.count == 1 else "them"
    return (
        [
            f"{said.goods} {said.go} nowhere until somebody sends {it}.",
            f"Nothing is written to {said.target}, and nothing changes in {said.source}.",
        ],
        _UNCLEAR_STAYS if said.case.code == OUTCOME_UNCLEAR else "Can be undone at any time.",
        f"Leave out {said.count}",
    )


_UNCLEAR_STAYS: Final = "Cannot be undone: whoever sends it afterwards says that it is not there."


def _look(said: _Said) -> _Told:
    return [], "", said.cure.label


_TOLD: Final[Mapping[CureName, Callable[[_Said], _Told]]] = {
    CureName.USE_RECORD: _use_record,
    CureName.CREATE_AS: _create_as,
    CureName.ACTIVATE: _activate,
    CureName.SET: _set,
    CureName.ADOPT: _adopt,
    CureName.DATE: _date,
    CureName.NUMBER: _number,
    CureName.EDIT: _edit,
    CureName.RETRY: _retry,
    CureName.SEND: _send,
    CureName.ACCEPT: _accept,
    CureName.UNDO: _undo,
    CureName.SKIP: _skip,
    CureName.LOOK: _look,
}
assert set(_TOLD) == set(CureName), "every cure says what it does"
