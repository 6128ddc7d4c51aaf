"""Stopped over what the document says: its number, quantities, prices, units and texts."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import RETRY, ROUND, SKIP
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["CONTENTS"]

CONTENTS: Mapping[str, RefusalKind] = {
    "number-too-long": RefusalKind(
        title="The document number is too long",
        sentence="The number “{value}” has {length} characters; {target} allows {limit}.",
        cure="Shorten it where it was entered, or let {target} number the document.",
        actor=Actor.OPERATIONS,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Let the books number documents",
                {"setting": "{setting}", "value": "books"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "number-taken": RefusalKind(
        title="The document number is already used",
        sentence="{target} already has a {document} with the number “{value}” ({found}).",
        cure="If it is the same document, adopt it; otherwise change the number where it was "
        "entered.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.ADOPT, "It is the same document", {"id": "{id}"}),
            RETRY,
            SKIP,
        ),
    ),
    "nothing-to-send": RefusalKind(
        title="The document has no lines",
        sentence="The {document} has no line that could be sent.",
        cure="Add a line where it was entered, or leave this document out.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "not-billable": RefusalKind(
        title="Billable time needs a customer and a service item",
        sentence="The time entry of {value} is to be billable, and names no {kind}; the setting "
        "“{option}” looks for it.",
        cure="Fill it in where it was entered, choose another text for the setting, or send "
        "entries that are not billable.",
        actor=Actor.OPERATIONS,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Send entries that are not billable",
                {"setting": "{setting}", "value": "false"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "quantity-unfit": RefusalKind(
        title="A line has a negative quantity, or none",
        sentence="{field} has the quantity {value}; {target} takes no {what} quantities.",
        cure="Remove the line in {source}, or let Counterfoil leave such lines out.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Leave such lines out",
                {"setting": "{setting}", "value": "leave_out"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "too-many-decimals": RefusalKind(
        title="A quantity or price has more decimals than the books keep",
        sentence="{field}: the {what} {value} has {length} decimals; {target} keeps {limit}.",
        cure="Shorten it where it was entered, or let Counterfoil round.",
        actor=Actor.OPERATIONS,
        choices=(ROUND, RETRY, SKIP),
    ),
    "rounds-to-nothing": RefusalKind(
        title="A quantity or price is too small for the books",
        sentence="{field}: the {what} {value} would be rounded to nothing; {target} keeps "
        "{limit} decimals.",
        cure="Correct it where it was entered.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "unit-unknown": RefusalKind(
        title="It is not known how much a unit is",
        sentence="{field}: the quantity is {value}, and {problem}.",
        cure="Give the item a unit of measure set that has this unit, or use a unit that it has.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "unit-inexact": RefusalKind(
        title="A quantity or price cannot be converted exactly",
        sentence="{field}: {value} is no exact {what} {problem}; {target} keeps {limit} decimals.",
        cure="Use another unit where it was entered, or let Counterfoil round.",
        actor=Actor.OPERATIONS,
        choices=(ROUND, RETRY, SKIP),
    ),
    "value-too-long": RefusalKind(
        title="A text is too long for the books",
        sentence="{field} “{value}” has {length} characters; {target} allows {limit}.",
        cure="Shorten it where it was entered.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "to-do-unfit": RefusalKind(
        title="A to-do cannot be made",
        sentence="{target} has no {what} “{value}” for to-dos: {problem}.",
        cure="Choose another one in the settings of the link.",
        actor=Actor.ADMINISTRATOR,
        choices=(RETRY,),
    ),
    "value-unfit": RefusalKind(
        title="A value does not fit the books",
        sentence="{field} “{value}” cannot be written to {target}: {problem}.",
        cure="Correct it where it was entered.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "text-unholdable": RefusalKind(
        title="A text has characters the books cannot keep",
        sentence="{field} “{value}” has characters that {target} cannot keep: {problem}.",
        cure="Change the text where it was entered, or let Counterfoil replace such characters by "
        "their nearest plain ones.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Replace characters the books cannot keep",
                {"setting": "{setting}", "value": "replace"},
            ),
            RETRY,
            SKIP,
        ),
    ),
}
