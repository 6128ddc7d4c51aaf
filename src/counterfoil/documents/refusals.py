"""Refusals: why a document stopped, and what a person can do about it.

A refusal is a value that lands in the ledger and on the screen beside its document.
Every kind of refusal is one row of ``REFUSAL_KINDS``; the sentences, who can act,
and the choices offered are made from that row, and so is the docs' reference.

Codes are stable: users search for them, scripts compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from ._sentences import filled

__all__ = ["REFUSAL_KINDS", "Action", "Actor", "Choice", "Refusal", "RefusalKind", "refuse"]


class Actor(StrEnum):
    """Who can resolve a refusal."""

    BOOKKEEPER = "bookkeeper"
    OPERATIONS = "operations"
    ADMINISTRATOR = "administrator"
    INSTALLER = "installer"
    SUPPORT = "support"


class Action(StrEnum):
    """What a choice does when taken; each is a verb of the command line and the API."""

    RETRY = "retry"
    SKIP = "skip"
    USE_RECORD = "use-record"
    CREATE_AS = "create-as"
    CHANGE_SETTING = "change-setting"
    ADOPT = "adopt"
    SEND = "send"
    """Write the source's content over what is there."""
    ACCEPT = "accept"
    """Take what is there as what was meant, from now on."""
    UNDO = "undo"
    """Take out of the target what was written."""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way out, ready to be carried out.

    ``arguments`` depend on the action: ``setting`` and ``value`` (change-setting),
    ``kind`` and ``name`` (use-record, create-as; ``record`` where it is known which one),
    ``id`` (adopt), ``consent`` (undo: also what somebody has changed since).
    """

    action: Action
    label: str
    arguments: dict[str, str] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why one document stopped.

    Attributes:
        code: A key of ``REFUSAL_KINDS``.
        sentence: What happened, for the bookkeeper.
        cure: What to do about it.
        actor: Who can do it.
        detail: For the engineer: the outside system's own code and words.
        where: Field the refusal is about, such as ``lines[2].item``; ``None``: the whole.
        value: The offending value as text.
        choices: Ways out that a button or a command carries out.
    """

    code: str
    sentence: str
    cure: str
    actor: Actor
    detail: str | None = None
    where: str | None = None
    value: str | None = None
    choices: tuple[Choice, ...] = ()


class RefusalKind(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table: texts with ``{name}`` places, who acts, what is offered."""

    title: str
    sentence: str
    cure: str
    actor: Actor
    choices: tuple[Choice, ...] = ()


_RETRY = Choice(Action.RETRY, "Try again")
_SKIP = Choice(Action.SKIP, "Leave this document out")
_USE = Choice(
    Action.USE_RECORD, "Use another {kind} of the books", {"kind": "{kind}", "name": "{value}"}
)
_CREATE_AS = Choice(
    Action.CREATE_AS, "Create the {kind} under another name", {"kind": "{kind}", "name": "{value}"}
)
_ACCEPT = Choice(Action.ACCEPT, "Leave it there as it is")
_SEND = Choice(Action.SEND, "Write the source's content over it")
_CREATE = Choice(
    Action.CHANGE_SETTING,
    "Let Counterfoil create missing {kind}s",
    {"setting": "{setting}", "value": "true"},
)

_ROUND = Choice(
    Action.CHANGE_SETTING, "Let Counterfoil round", {"setting": "{setting}", "value": "round"}
)

REFUSAL_KINDS: Mapping[str, RefusalKind] = {
    "reference-missing": RefusalKind(
        title="The document names no customer, vendor or item",
        sentence="The {document} names no {kind}; the setting “{option}” looks for it there.",
        cure="Fill it in at the source, or choose another value for the setting.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "record-unknown": RefusalKind(
        title="A customer, vendor or item is not in the books",
        sentence="The {kind} “{value}” is not in {target}.",
        # Whether Counterfoil may create it depends on the list; then a choice says so.
        cure="Create it there under exactly this name, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _USE, _CREATE, _SKIP),
    ),
    "record-inactive": RefusalKind(
        title="A customer, vendor or item is inactive",
        sentence="The {kind} “{value}” is inactive in {target}, so no new document may use it.",
        cure="Make it active there, or choose another one.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _USE, _SKIP),
    ),
    "record-ambiguous": RefusalKind(
        title="A name fits several records",
        sentence="“{value}” fits several {kind}s of {target}: {found}.",
        cure="Choose which one is meant.",
        actor=Actor.BOOKKEEPER,
        choices=(_USE, _SKIP),
    ),
    "last-part-shared": RefusalKind(
        title="Several items share the last part of their names",
        sentence="Only the last part of an item's name is taken, and {found} of {source} share "
        "“{value}”: it cannot be told which product of {target} is meant.",
        cure="Rename one of them in {source}, take whole names as codes (setting {setting}), or "
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
            _RETRY,
            _SKIP,
        ),
    ),
    "name-taken": RefusalKind(
        title="The name is taken by another list",
        sentence="The {kind} “{value}” cannot be created in {target}: a {other} already has "
        "that name, and the lists share their names.",
        cure="Choose an existing {kind}, or create it under a slightly different name.",
        actor=Actor.BOOKKEEPER,
        choices=(_USE, _CREATE_AS, _RETRY, _SKIP),
    ),
    "name-has-colon": RefusalKind(
        title="A name has a colon",
        sentence="The {kind} “{value}” cannot be created in {target}: a colon separates "
        "levels there and may not stand inside a name.",
        cure="Create it under a name without a colon, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(_CREATE_AS, _USE, _SKIP),
    ),
    "name-too-long": RefusalKind(
        title="A name is too long for the books",
        sentence="The {kind} name “{value}” has {length} characters; {target} allows {limit}.",
        cure="Create it under a shorter name, or choose an existing one.",
        actor=Actor.BOOKKEEPER,
        choices=(_CREATE_AS, _USE, _SKIP),
    ),
    "number-too-long": RefusalKind(
        title="The document number is too long",
        sentence="The number “{value}” has {length} characters; {target} allows {limit}.",
        cure="Shorten it at the source, or let {target} number the document.",
        actor=Actor.OPERATIONS,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Let the books number documents",
                {"setting": "{setting}", "value": "books"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "number-taken": RefusalKind(
        title="The document number is already used",
        sentence="{target} already has a {document} with the number “{value}” ({found}).",
        cure="If it is the same document, adopt it; otherwise change the number at the source.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.ADOPT, "It is the same document", {"id": "{id}"}),
            _RETRY,
            _SKIP,
        ),
    ),
    "nothing-to-send": RefusalKind(
        title="The document has no lines",
        sentence="The {document} has no line that could be sent.",
        cure="Add a line at the source, or leave this document out.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "quantity-unfit": RefusalKind(
        title="A line has a negative quantity, or none",
        sentence="{field} has the quantity {value}; {target} takes no {what} quantities.",
        cure="Remove the line in {source}, or let Counterfoil leave such lines out (setting "
        "{setting}).",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Leave such lines out",
                {"setting": "{setting}", "value": "leave_out"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "rest-unclear": RefusalKind(
        title="What is left of a changed order cannot be told",
        sentence="The {document} is in {target} already, and part of it is invoiced or closed by "
        "hand since or before: {problem}. What is left of it cannot be told anew.",
        cure="Change the quantities in {target} by hand, then accept it here; or take orders as "
        "a whole (setting {setting}).",
        actor=Actor.OPERATIONS,
        choices=(_ACCEPT, _RETRY),
    ),
    "value-too-long": RefusalKind(
        title="A text is too long for the books",
        sentence="{field} “{value}” has {length} characters; {target} allows {limit}.",
        cure="Shorten it at the source.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "value-unfit": RefusalKind(
        title="A value does not fit the books",
        sentence="{field} “{value}” cannot be written to {target}: {problem}.",
        cure="Correct it at the source.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "too-many-decimals": RefusalKind(
        title="A quantity or price has more decimals than the books keep",
        sentence="{field}: the {what} {value} has {length} decimals; {target} keeps {limit}.",
        cure="Shorten it at the source, or let Counterfoil round (setting {setting}).",
        actor=Actor.OPERATIONS,
        choices=(_ROUND, _RETRY, _SKIP),
    ),
    "rounds-to-nothing": RefusalKind(
        title="A quantity or price is too small for the books",
        sentence="{field}: the {what} {value} would be rounded to nothing; {target} keeps "
        "{limit} decimals.",
        cure="Correct it at the source.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "unit-unknown": RefusalKind(
        title="It is not known how much a unit is",
        sentence="{field}: the quantity is {value}, and {problem}.",
        cure="Give the item a unit of measure set that has this unit, or use a unit that it has.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
    ),
    "unit-inexact": RefusalKind(
        title="A quantity or price cannot be converted exactly",
        sentence="{field}: {value} is no exact {what} {problem}; {target} keeps {limit} decimals.",
        cure="Use another unit at the source, or let Counterfoil round (setting {setting}).",
        actor=Actor.OPERATIONS,
        choices=(_ROUND, _RETRY, _SKIP),
    ),
    "text-unholdable": RefusalKind(
        title="A text has characters the books cannot keep",
        sentence="{field} “{value}” has characters that {target} cannot keep: {problem}.",
        cure="Change the text at the source, or let Counterfoil replace such characters by "
        "their nearest plain ones.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Replace characters the books cannot keep",
                {"setting": "{setting}", "value": "replace"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "account-missing": RefusalKind(
        title="An account has to be chosen first",
        sentence="The item “{value}” cannot be created in {target}: the setting “{option}” "
        "names no account.",
        cure="Choose the account for new items.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the account", {"setting": "{setting}"}),
            _USE,
            _SKIP,
        ),
    ),
    "already-billed": RefusalKind(
        title="The order is billed or received already",
        sentence="{field} “{value}” of the {document}: {moved} came, and {open} of the {ordered} "
        "on {target}'s {order} are still open; it has {found} already.",
        cure="If a bill for it was entered by hand, adopt that one. If more came than was "
        "ordered, change the order in {target}, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is entered already", {}), _RETRY, _SKIP),
    ),
    "already-invoiced": RefusalKind(
        title="The order is invoiced already",
        sentence="{field} “{value}” of the {document}: {moved} left, and {open} of the {ordered} "
        "on {target}'s {order} are still open; it has {found} already.",
        cure="If an invoice for it was entered by hand, adopt that one. If more left than was "
        "ordered, change the order in {target}, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is entered already", {}), _RETRY, _SKIP),
    ),
    "over-delivered": RefusalKind(
        title="More moved than is open of the order",
        sentence="{field} “{value}” of the {document}: {moved} were to go, and {open} of the "
        "{ordered} on {target}'s {order} are still open; it has {found} already.",
        cure="Change the order in {target}, or let Counterfoil take what is open (setting "
        "{setting}).",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Take what is open",
                {"setting": "{setting}", "value": "take_open"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "order-line-unknown": RefusalKind(
        title="A line belongs to no line of the order in the books",
        sentence="{field} “{value}” of the {document} cannot be linked: {target}'s {order} has "
        "{problem}.",
        cure="Add the line to the order in {target}, or let such lines go beside the order "
        "(setting {setting}).",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Send such lines beside the order",
                {"setting": "{setting}", "value": "unlinked"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "one-per-order": RefusalKind(
        title="Only one document of an order goes to the books",
        sentence="Only one {document} of an order goes to {target}, with whole quantities, and "
        "the {order} has {found} already.",
        cure="Leave this one out, or let every one go with what it moved (setting {setting}).",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Let every one go with what it moved",
                {"setting": "{setting}", "value": "false"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "tax-item-missing": RefusalKind(
        title="The order has no sales tax item",
        sentence="{target} makes no invoice of the {order}: it has no sales tax item, and the "
        "books charge sales tax.",
        cure="Choose one on the order in {target}, then try again; orders sent from now on take "
        "that of the setting {setting}.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the item", {"setting": "{setting}"}),
            _RETRY,
            _SKIP,
        ),
    ),
    "not-billable": RefusalKind(
        title="Billable time needs a customer and a service item",
        sentence="The time entry of {value} is to be billable, and names no {kind}; the setting "
        "“{option}” looks for it.",
        cure="Fill it in at the source, choose another text for the setting, or send entries "
        "that are not billable (setting {setting}).",
        actor=Actor.OPERATIONS,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Send entries that are not billable",
                {"setting": "{setting}", "value": "false"},
            ),
            _RETRY,
            _SKIP,
        ),
    ),
    "worker-ambiguous": RefusalKind(
        title="Several workers have one name",
        sentence="Several workers are called “{value}”: numbers {found}. It cannot be told which "
        "employee of {target} is meant.",
        cure="Give them different names at the source.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "adjustment-account-missing": RefusalKind(
        title="No account was chosen for the adjustment",
        sentence="Stock cannot be sent to {target}: no account was chosen for the difference.",
        cure="Choose the adjustment account (setting {setting}), or name one when sending.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the account", {"setting": "{setting}"}),
            _RETRY,
            _SKIP,
        ),
    ),
    "rejected": RefusalKind(
        title="The books refused the document",
        sentence="{target} refused the {document}: {problem}",
        cure="Correct what it names, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
    ),
    "period-closed": RefusalKind(
        title="The accounting period is closed",
        sentence="{target} does not take the {document}: its date is in a closed period.",
        cure="Give the document a later date, or open the period in the books.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
    ),
    "order-used-up": RefusalKind(
        title="Nothing of the order is open any more",
        sentence="{target} does not link the {document} to its order: {problem}",
        cure="Somebody has billed, received or closed the order there. If the {document} was "
        "entered by hand, adopt it; else open the order again, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It was entered by hand", {}), _RETRY, _SKIP),
    ),
    "link-refused": RefusalKind(
        title="The document cannot be linked to its order",
        sentence="{target} does not make this link to an order. {field}: {problem}",
        cure="Look which lines and quantities of the order are open in {target}, and correct the "
        "document at its source; then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
    ),
    "payroll-item-unfit": RefusalKind(
        title="A payroll item is only for employees who are paid by their time",
        sentence="{target} does not take the payroll item of the {document}: {problem}",
        cure="Tick “Use time data to create paychecks” in the payroll info of the employee there, "
        "or send time without a payroll item.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
    ),
    "item-unfit": RefusalKind(
        title="An item cannot stand on such a line",
        sentence="{target} does not take an item of the {document}: {problem}",
        cure="Choose an item that takes a quantity: no subtotal, group, discount or payment item, "
        "and for a stock count one that is stocked.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _SKIP),
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
            _USE,
            _CREATE_AS,
            Choice(Action.RETRY, "Its type has been changed; try again"),
            Choice(
                Action.CHANGE_SETTING,
                "Take items of any type",
                {"setting": "{setting}", "value": "false"},
            ),
            _SKIP,
        ),
    ),
    "permission-missing": RefusalKind(
        title="Counterfoil lacks a permission",
        sentence="{target} does not let Counterfoil do this: {problem}",
        cure="Let an administrator of {target} grant the permission, then try again.",
        actor=Actor.ADMINISTRATOR,
        choices=(_RETRY,),
    ),
    "feature-missing": RefusalKind(
        title="The books lack a feature",
        sentence="{target} cannot do this in its edition or with its preferences: {problem}",
        cure="Switch the feature on in its preferences, or turn this flow off.",
        actor=Actor.ADMINISTRATOR,
        choices=(_RETRY, _SKIP),
    ),
    "request-invalid": RefusalKind(
        title="The books could not read what Counterfoil wrote",
        sentence="{target} could not read the {document} as Counterfoil wrote it.",
        cure="Send this document's record to support; other documents are not affected.",
        actor=Actor.SUPPORT,
        choices=(_RETRY, _SKIP),
    ),
    "outcome-unclear": RefusalKind(
        title="It is not known whether the document arrived",
        sentence="No answer came for the {document}, and {target} cannot tell whether it has it. "
        "What is there and may be it: {near}.",
        cure="Look in {target}. If it is there, adopt it; if not, try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is there", {}), _RETRY, _SKIP),
    ),
    "link-dropped": RefusalKind(
        title="It was entered without the link to its order",
        sentence="{target} took the {document} {value} twice without linking it to its order: "
        "the order does not show it.",
        cure="Look at the order in {target}: close it there if somebody has it open, and see "
        "whether anything of it is left to bill. Then try again, which takes the {document} out "
        "and enters it anew; or accept it as it is.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _ACCEPT),
    ),
    "order-not-there": RefusalKind(
        title="Its order is not there",
        sentence="The {document} {value} belongs to the {order}, which is not in {target}: {why}.",
        cure="Send the order first, then try again; or let such documents go without their order "
        "(setting {setting}).",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, _SKIP),
    ),
    "waited-too-long": RefusalKind(
        title="The document waited too long",
        sentence="The {document} could not be sent for {duration}: {problem}",
        cure="Look into the reason, then try again.",
        actor=Actor.ADMINISTRATOR,
        choices=(_RETRY, _SKIP),
    ),
    "below-delivered": RefusalKind(
        title="Less would remain ordered than was delivered",
        sentence="{field} “{value}” of the {document} cannot be changed: {problem}.",
        cure="Correct the order at its source, or change it by hand where it was sent to.",
        actor=Actor.OPERATIONS,
        choices=(_RETRY, Choice(Action.ACCEPT, "It has been settled by hand")),
    ),
    "changed-in-target": RefusalKind(
        title="The document was changed on both sides",
        sentence="The {document} was changed at its source, and in {target} as well: there "
        "{field} is “{found}”, at the source “{value}”.",
        cure="Decide which of the two holds.",
        actor=Actor.BOOKKEEPER,
        choices=(_SEND, Choice(Action.ACCEPT, "Keep what stands there")),
    ),
    "cannot-change": RefusalKind(
        title="The other system cannot change a document",
        sentence="{target} cannot change a {document} that it has already; what differs: "
        "{difference}.",
        cure="Change it by hand in {target}, then accept it here.",
        actor=Actor.OPERATIONS,
        choices=(Choice(Action.ACCEPT, "It has been changed by hand"), _RETRY),
    ),
    "already-paired": RefusalKind(
        title="The document there belongs to another transfer",
        sentence="The {document} “{value}” turned out to be a document of {target} that belongs "
        "to transfer {owner} already.",
        cure="Look at both. Leave one of them out, or adopt the right document for it.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is another document", {}), _RETRY, _SKIP),
    ),
    "already-landed": RefusalKind(
        title="The document was sent already",
        sentence="The {document} is in {target} already, as {found}; it cannot be another "
        "document there as well.",
        cure="Leave it as it is, or take it out there first.",
        actor=Actor.BOOKKEEPER,
        choices=(_ACCEPT, Choice(Action.UNDO, "Take it out first")),
    ),
    "adopted-not-found": RefusalKind(
        title="The adopted document is not there",
        sentence="{target} has no {document} with the identity “{value}”.",
        cure="Look in {target} which document it is; without one, send it.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is another document"), _RETRY, _SKIP),
    ),
    "paid-or-followed": RefusalKind(
        title="The document cannot be taken out: others depend on it",
        sentence="The {document} {value} cannot be taken out of {target}: {problem}.",
        cure="Take out what depends on it first, or leave it there.",
        actor=Actor.BOOKKEEPER,
        choices=(_ACCEPT, _RETRY),
    ),
    "will-not-settle": RefusalKind(
        title="The document keeps changing while it is being changed",
        sentence="{target} changed the {document} again each time it was to be changed; after "
        "{rounds} rounds nothing was written.",
        cure="Close the document in {target} if somebody has it open, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, _ACCEPT),
    ),
    "our-mistake": RefusalKind(
        title="Counterfoil made a mistake with this document",
        sentence="Counterfoil made a mistake with the {document}, and stopped it.",
        cure="Send this document's report to support; other documents are not affected.",
        actor=Actor.SUPPORT,
        choices=(_RETRY, _SKIP),
    ),
    "field-missing": RefusalKind(
        title="A custom field is not in the books",
        sentence="The custom field “{field}” could not be written: it is not in {target}.",
        cure="Define it in {target} for customers, spelled exactly so (capital and small letters "
        "differ), and try again; or name another field in the flow's settings "
        "save_entity_code_to or custom_fields: it is then written by itself.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, Choice(Action.ACCEPT, "Leave the field unwritten")),
    ),
    "field-refused": RefusalKind(
        title="A custom field could not be written",
        sentence="The custom field “{field}” could not be written to {target}: {problem}.",
        cure="Correct what it names, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(_RETRY, Choice(Action.ACCEPT, "Leave the field unwritten")),
    ),
    "field-conflict": RefusalKind(
        title="A custom field holds something else",
        sentence="The custom field “{field}” was not written: {target} holds “{found}” there, not "
        "“{value}”, and Counterfoil did not write that.",
        cure="Say which of the two is right: write “{value}” over it, or leave it as it is.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.RETRY, "Write “{value}” over it"),
            Choice(Action.ACCEPT, "Leave the field as it is"),
        ),
    ),
    "undone-needs-consent": RefusalKind(
        title="Somebody changed the document that is to be taken out",
        sentence="The {document} is to be taken out of {target}, but somebody has changed it "
        "there since: {difference}.",
        cure="Look whether the change still matters; then take it out all the same, or leave it.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.UNDO, "Take it out all the same", {"consent": "true"}),
            _ACCEPT,
        ),
    ),
    "chosen-record-gone": RefusalKind(
        title="A chosen customer, vendor or item no longer exists",
        sentence="Somebody chose a {kind} of {target} for “{value}”, and that {kind} is no longer "
        "there; it was deleted, or merged into another one.",
        cure="Choose which {kind} is meant now. None is created in its place.",
        actor=Actor.BOOKKEEPER,
        choices=(_USE, _RETRY, _SKIP),
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
            _CREATE_AS,
            _SKIP,
        ),
    ),
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
        # Where no setting would help, the button that changes it is left out.
        if choice.action is not Action.CHANGE_SETTING or places.get("setting")
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
