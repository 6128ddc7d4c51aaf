"""Refusals: why a document stopped, and what a person can do about it.

A refusal is a value that lands in the ledger and on the screen beside its document.
Every kind of refusal is one row of ``REFUSAL_KINDS``; the sentences, who can act,
and the choices offered are made from that row, and so is the docs' reference.  The rows
stand by what stopped the document: a name, its contents, its money, its order, an answer, or
that it is there already.

Codes are stable: users search for them, scripts compare them.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.documents._sentences import filled

from ._answers import ANSWERS
from ._contents import CONTENTS
from ._landed import LANDED
from ._money import MONEY
from ._orders import ORDERS
from ._records import RECORDS
from ._shapes import Action, Actor, Choice, Refusal, RefusalKind

__all__ = ["REFUSAL_KINDS", "Action", "Actor", "Choice", "Refusal", "RefusalKind", "refuse"]

REFUSAL_KINDS: Mapping[str, RefusalKind] = {
    **RECORDS,
    **CONTENTS,
    **MONEY,
    **ORDERS,
    **ANSWERS,
    **LANDED,
}


# What has to be told for a choice to be offered.
_NEEDED = {
    Action.CHANGE_SETTING: "setting",
    Action.ACTIVATE: "record",
}


def refuse(
    code: str,
    *,
    where: str | None = None,
    detail: str | None = None,
    value: object = None,
    **places: object,
) -> Refusal:
    """Make the refusal of one kind.

    Args:
        code: A key of ``REFUSAL_KINDS``.
        where: Field it is about.
        detail: For the engineer.
        value: The offending value.
        places: What the row's texts name in braces.

    Raises:
        KeyError: No such kind: our mistake.
    """
    kind = REFUSAL_KINDS[code]
    shown = None if value is None else str(value)
    names = {**places, "value": shown if shown is not None else ""}
    choices = tuple(
        Choice(
            choice.action,
            filled(choice.label, names),
            {key: filled(text, names) for key, text in choice.arguments.items()},
        )
        for choice in kind.choices
        # Where it would not help, or cannot be done, the button is left out.
        if (needed := _NEEDED.get(choice.action)) is None or places.get(needed)
    )
    return Refusal(
        code=code,
        sentence=filled(kind.sentence, names),
        cure=filled(kind.cure, names),
        actor=kind.actor,
        detail=detail,
        where=where,
        value=shown,
        choices=choices,
    )
