"""Stopped over a document that is there: changed, depended on, or another one's."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import ACCEPT, RETRY, SEND, SKIP
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["LANDED"]

LANDED: Mapping[str, RefusalKind] = {
    "changed-in-target": RefusalKind(
        title="The document was changed on both sides",
        sentence="The {document} was changed where it was entered, and in {target} as well: there "
        "{field} is “{found}”, where it was entered “{value}”.",
        cure="Decide which of the two holds.",
        actor=Actor.BOOKKEEPER,
        choices=(SEND, Choice(Action.ACCEPT, "Keep what stands there")),
    ),
    "cannot-change": RefusalKind(
        title="The other system cannot change a document",
        sentence="{target} cannot change a {document} that it has already; what differs: "
        "{difference}.",
        cure="Change it by hand in {target}, then accept it here.",
        actor=Actor.OPERATIONS,
        choices=(Choice(Action.ACCEPT, "It has been changed by hand"), RETRY),
    ),
    "will-not-settle": RefusalKind(
        title="The document keeps changing while it is being changed",
        sentence="{target} changed the {document} again each time it was to be changed; after "
        "{rounds} rounds nothing was written.",
        cure="Close the document in {target} if somebody has it open, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, ACCEPT),
    ),
    "paid-or-followed": RefusalKind(
        title="The document cannot be taken out: others depend on it",
        sentence="The {document} {value} cannot be taken out of {target}: {problem}.",
        cure="Take out what depends on it first, or leave it there.",
        actor=Actor.BOOKKEEPER,
        choices=(ACCEPT, RETRY),
    ),
    "undone-needs-consent": RefusalKind(
        title="Somebody changed the document that is to be taken out",
        sentence="The {document} is to be taken out of {target}, but somebody has changed it "
        "there since: {difference}.",
        cure="Look whether the change still matters; then take it out all the same, or leave it.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.UNDO, "Take it out all the same", {"consent": "true"}),
            ACCEPT,
        ),
    ),
    "already-landed": RefusalKind(
        title="The document was sent already",
        sentence="The {document} is in {target} already, as {found}; it cannot be another "
        "document there as well.",
        cure="Leave it as it is, or take it out there first.",
        actor=Actor.BOOKKEEPER,
        choices=(ACCEPT, Choice(Action.UNDO, "Take it out first")),
    ),
    "already-paired": RefusalKind(
        title="The document there belongs to another transfer",
        sentence="The {document} “{value}” turned out to be a document of {target} that belongs "
        "to transfer {owner} already.",
        cure="Look at both. Leave one of them out, or adopt the right document for it.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is another document", {}), RETRY, SKIP),
    ),
    "adopted-not-found": RefusalKind(
        title="The adopted document is not there",
        sentence="{target} has no {document} with the identity “{value}”.",
        cure="Look in {target} which document it is; without one, send it.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is another document"), RETRY, SKIP),
    ),
    "field-missing": RefusalKind(
        title="A custom field is not in the books",
        sentence="The custom field “{field}” could not be written: it is not in {target}.",
        cure="Define it in {target} for customers, spelled exactly so (capital and small letters "
        "differ), and try again; or name another field in the settings "
        "of the flow: it is then written by itself.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, Choice(Action.ACCEPT, "Leave the field unwritten")),
    ),
    "field-refused": RefusalKind(
        title="A custom field could not be written",
        sentence="The custom field “{field}” could not be written to {target}: {problem}.",
        cure="Correct what it names, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, Choice(Action.ACCEPT, "Leave the field unwritten")),
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
}
