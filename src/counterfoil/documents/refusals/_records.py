"""Stopped over a name: a customer, vendor, item, worker or account that is not clear."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import ACTIVATE, CREATE, CREATE_AS, RETRY, SKIP, USE
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["RECORDS"]

RECORDS: Mapping[str, RefusalKind] = {
    "reference-missing": RefusalKind(
        title="The document names no customer, vendor or item",
        sentence="The {document} names no {kind}; the setting “{option}” looks for it there.",
        cure="Fill it in where it was entered, or choose another value for the setting.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "record-unknown": RefusalKind(
        title="A customer, vendor or item is not in the books",
        sentence="The {kind} “{value}” is not in {target}.",
        # Whether Counterfoil may create it depends on the list; then a choice says so.
        cure="Create it there under exactly this name, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, USE, CREATE, SKIP),
    ),
    "record-inactive": RefusalKind(
        title="A customer, vendor or item is inactive",
        sentence="The {kind} “{value}” is inactive in {target}, so no new document may use it.",
        cure="Make it active there (its list shows it once inactive ones are included), or "
        "choose another one.",
        actor=Actor.BOOKKEEPER,
        # Offered where {target} lets a program do it.
        choices=(ACTIVATE, RETRY, USE, SKIP),
    ),
    "record-ambiguous": RefusalKind(
        title="A name fits several records",
        sentence="“{value}” fits several {kind}s of {target}: {found}.",
        cure="Choose which one is meant.",
        actor=Actor.BOOKKEEPER,
        choices=(USE, SKIP),
    ),
    "chosen-record-gone": RefusalKind(
        title="A chosen customer, vendor or item no longer exists",
        sentence="Somebody chose a {kind} of {target} for “{value}”, and that {kind} is no longer "
        "there; it was deleted, or merged into another one.",
        cure="Choose which {kind} is meant now. None is created in its place.",
        actor=Actor.BOOKKEEPER,
        choices=(USE, RETRY, SKIP),
    ),
    "last-part-shared": RefusalKind(
        title="Several items share the last part of their names",
        sentence="Only the last part of an item's name is taken, and {found} of {source} share "
        "“{value}”: it cannot be told which product of {target} is meant.",
        cure="Rename one of them in {source}, take whole names as codes, or "
        "say which product all of them are.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Take whole names as codes",
                {"setting": "{setting}", "value": "false"},
            ),
            Choice(
                Action.USE_RECORD,
                "All of them are one product",
                {"kind": "{kind}", "name": "{value}"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "worker-ambiguous": RefusalKind(
        title="Several workers have one name",
        sentence="Several workers are called “{value}”: numbers {found}. It cannot be told which "
        "employee of {target} is meant.",
        cure="Give them different names where it was entered.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "name-taken": RefusalKind(
        title="The name is taken by another list",
        sentence="The {kind} “{value}” cannot be created in {target}: a {other} already has "
        "that name, and the lists share their names.",
        cure="Choose an existing {kind}, or create it under a slightly different name.",
        actor=Actor.BOOKKEEPER,
        choices=(USE, CREATE_AS, RETRY, SKIP),
    ),
    "name-altered": RefusalKind(
        title="A name matches only after characters were replaced",
        sentence="The {kind} “{value}” becomes “{found}” once characters that {target} cannot "
        "keep are replaced, and {target} has a {kind} of that name. It may be another one.",
        cure="Say whether it is that {kind}, or create it under a name of its own.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.USE_RECORD,
                "It is the {kind} “{found}”",
                {"kind": "{kind}", "name": "{value}", "record": "{found}"},
            ),
            CREATE_AS,
            SKIP,
        ),
    ),
    "name-has-colon": RefusalKind(
        title="A name has a colon",
        sentence="The {kind} “{value}” cannot be created in {target}: a colon separates "
        "levels there and may not stand inside a name.",
        cure="Create it under a name without a colon, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(CREATE_AS, USE, SKIP),
    ),
    "name-too-long": RefusalKind(
        title="A name is too long for the books",
        sentence="The {kind} name “{value}” has {length} characters; {target} allows {limit}.",
        cure="Create it under a shorter name, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(CREATE_AS, USE, SKIP),
    ),
    "account-missing": RefusalKind(
        title="An account has to be chosen first",
        sentence="The item “{value}” cannot be created in {target}: the setting “{option}” "
        "names no account.",
        cure="Choose the account for new items.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the account", {"setting": "{setting}"}),
            USE,
            SKIP,
        ),
    ),
    "adjustment-account-missing": RefusalKind(
        title="No account was chosen for the adjustment",
        sentence="Stock cannot be sent to {target}: no account was chosen for the difference.",
        cure="Choose the adjustment account, or name one when sending.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the account", {"setting": "{setting}"}),
            RETRY,
            SKIP,
        ),
    ),
    "item-not-stocked": RefusalKind(
        title="The item of that name is no inventory part",
        sentence="The item “{value}” is a {found} item in {target}, and no stock is counted of it. "
        "{target} keeps one item of a name, so an inventory part of that name cannot be made "
        "beside it, neither here nor by an inventory synchronization.",
        cure="Use it as it is, choose another item, or create the inventory part under another "
        "name; or change its type to inventory part in {target} and try again.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.USE_RECORD,
                "Use “{value}” as it is",
                {"kind": "{kind}", "name": "{value}", "record": "{value}"},
            ),
            USE,
            CREATE_AS,
            Choice(Action.RETRY, "Its type has been changed; try again"),
            Choice(
                Action.CHANGE_SETTING,
                "Take items of any type",
                {"setting": "{setting}", "value": "false"},
            ),
            SKIP,
        ),
    ),
    "item-not-purchased": RefusalKind(
        title="The item cannot be bought",
        sentence="The item “{value}” of {target} has no expense account, so it cannot stand on a "
        "{document}.",
        cure="Tick “I purchase this product/service” for it in {target}, or choose another item.",
        actor=Actor.BOOKKEEPER,
        choices=(USE, RETRY, SKIP),
    ),
    "item-not-yet-stocked": RefusalKind(
        title="The item is counted from a later day on",
        sentence="The {document} is of {day}, and {target} counts the item “{value}” from {found} "
        "on.",
        cure="Give the document a later date, or the item an earlier start date there.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, USE, SKIP),
    ),
}
