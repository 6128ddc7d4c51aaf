"""Stopped over money: on which account, at what rate, in which currency."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import RETRY, SKIP, USE
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["MONEY"]

MONEY: Mapping[str, RefusalKind] = {
    "payables-account-missing": RefusalKind(
        title="No accounts payable account was chosen",
        sentence="The {document} cannot be sent to {target}: no account was chosen that it is "
        "owed on.",
        cure="Choose the accounts payable account.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the account", {"setting": "{setting}"}),
            RETRY,
            SKIP,
        ),
    ),
    "hourly-rate-missing": RefusalKind(
        title="Billable time needs a rate",
        sentence="The time entry of {value} is to be billable, and {target} wants to know at what "
        "rate.",
        cure="Give the hourly rate, or send entries that are not billable.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Give the rate", {"setting": "{setting}"}),
            RETRY,
            SKIP,
        ),
    ),
    "currency-differs": RefusalKind(
        title="The currencies of document and books differ",
        sentence="The {document} is in {currency}, and the {kind} “{value}” of {target} deals in "
        "{found}.",
        cure="Give the {kind} the same currency on both sides; in QuickBooks that is another "
        "{kind}, for its currency cannot be changed.",
        actor=Actor.BOOKKEEPER,
        choices=(USE, RETRY, SKIP),
    ),
    "currency-unknown": RefusalKind(
        title="The document does not tell its currency",
        sentence="The {document} does not tell its currency, and there are several in the system "
        "it comes from.",
        cure="Give the vendor or customer a currency where it was entered; if there is but one, "
        "say so.",
        actor=Actor.OPERATIONS,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "There is but one currency",
                {"setting": "{setting}", "value": "no"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "currencies-off": RefusalKind(
        title="The books know one currency",
        sentence="The {document} is in {currency}, for the system it comes from deals in several "
        "currencies, and {target} knows only one: nothing is transferred.",
        cure="Switch multicurrency on in {target}; or, if all amounts are in the home currency, "
        "say that there is but one.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "There is but one currency",
                {"setting": "{setting}", "value": "no"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "currency-foreign": RefusalKind(
        title="The customer or vendor has a foreign currency",
        sentence="The {kind} “{value}” of {target} deals in {found}, and the {document} has no "
        "currency of its own.",
        cure="Enter it there by hand, choose another {kind}, or let it go at the rate 1.00.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Send such documents at the rate 1.00",
                {"setting": "{setting}", "value": "at_par"},
            ),
            USE,
            RETRY,
            SKIP,
        ),
    ),
}
