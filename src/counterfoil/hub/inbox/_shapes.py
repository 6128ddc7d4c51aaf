"""What the inbox shows: cases, their documents, and the cures that a person chooses from."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from counterfoil.documents import Actor, DocumentKind
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.piles import Pile
from counterfoil.settings import FlowName

__all__ = [
    "Asks",
    "Candidate",
    "Case",
    "CaseDocument",
    "CaseKind",
    "Cure",
    "CureName",
    "Total",
    "short_key",
]


class CaseKind(StrEnum):
    """What kind of thing waits for a person."""

    REFUSED = "refused"
    """Documents stopped."""
    CHANGED = "changed"
    """Documents that are there have changed since, on either side."""
    FIELDS = "fields"
    """A custom field of documents that are there could not be written."""
    OVERDUE = "overdue"
    """Documents have been where they are for longer than they should."""
    UNREADABLE = "unreadable"
    """Records of a system could not be read."""
    CONNECTION = "connection"
    """A connection does not work, or will not for long."""
    LINK = "link"
    """The settings of a link cannot be followed."""


class CureName(StrEnum):
    """What a cure does; each is a verb."""

    USE_RECORD = "use-record"
    """A name means a record that is there."""
    CREATE_AS = "create-as"
    """A name means a record that is created, or found, under another name."""
    ACTIVATE = "activate"
    """A record that is there and inactive is made active, and documents go with it."""
    SET = "set"
    """A setting of the link is changed."""
    ADOPT = "adopt"
    """A document is one that is there already."""
    DATE = "date"
    """Documents bear another day where they go."""
    NUMBER = "number"
    """A document bears another number where it goes."""
    EDIT = "edit"
    """What one document says where it goes is corrected; a form of its own asks for it."""
    RETRY = "retry"
    """Documents are tried again as they are."""
    SEND = "send"
    """What the source says is written over what is there."""
    ACCEPT = "accept"
    """What is there stays, and counts as meant."""
    UNDO = "undo"
    """What was written is taken out."""
    SKIP = "skip"
    """Documents are left out for good."""
    LOOK = "look"
    """Nothing is done here: it says where to look."""


class Asks(StrEnum):
    """What a cure asks of a person before it is carried out."""

    RECORD = "record"
    NAME = "name"
    DAY = "day"
    NUMBER = "number"
    DOCUMENT = "document"
    REASON = "reason"


class Cure(msgspec.Struct, frozen=True, kw_only=True):
    """A way out of a case, ready to be carried out.

    Attributes:
        name: What it does; ``choice`` tells it from others of the case that do the same.
        label: What its button says, in a verb and, where it is known, with what.
        asks: What a person has to say first; ``None``: nothing.
        arguments: What is known: ``kind``, ``name_meant`` and ``side`` (of a name), ``record``,
            ``day``, ``number``, ``id``, ``setting``, ``value``, ``consent``.
        needs: What somebody has to be allowed to do to choose it.
        is_single: Only for one document at a time.
    """

    name: CureName
    choice: str
    label: str
    asks: Asks | None = None
    arguments: dict[str, str] = {}
    needs: Scope = Scope.OPERATE
    is_single: bool = False

    @property
    def answer(self) -> str:
        """What is filled in for what it asks, as far as that is known."""
        return "" if self.asks is None else self.arguments.get(self.asks.value, "")


class Total(msgspec.Struct, frozen=True):
    """What documents come to in one currency; ``currency`` empty: the books' own, not told."""

    amount: Decimal
    currency: str = ""


class CaseDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a case keeps.

    Attributes:
        id, version: Of its transfer, as it is now.
        number: What people call it.
        party, day, amount, currency: As its source says; ``None``: it does not.
        there: Its number in the target; ``None``: it is not there, or bears none.
    """

    id: int
    version: int
    kind: DocumentKind
    number: str
    party: str | None = None
    day: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    there: str | None = None

    @property
    def token(self) -> str:
        """Which document was seen, and as it stood."""
        return f"{self.id}.{self.version}"


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A record that may be meant by a name.

    Attributes:
        detail: What else tells it from others: an address, a description.
        why: Why it is offered, in few words each.
    """

    id: str
    full_name: str
    is_active: bool = True
    detail: str = ""
    why: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps something from going on, however many documents it keeps.

    Attributes:
        key: Short, and the same from look to look.
        code: Of the refusal or the reason, or of what else it is.
        sentence, advice: What is wrong, and what helps.
        detail: What was seen, for the engineer; empty: nothing beyond that.
        acts: Who can do something about it.
        link, link_name: Whose; ``None``: of none alone.
        connection: The connection it is about; ``None``: about documents or settings.
        source, target: What the two sides are called, of documents.
        since: Since when the oldest of it waits; ``None``: not known.
        number: How many documents it keeps.
        noun: What they are, such as ``orders``; empty: it keeps none.
        stand: Changes with every change of what it keeps.
        documents: The oldest of them, as far as they are shown.
        totals: What those that are shown come to.
        cures: The ways out; the first is what helps most often.
        pile: Where its documents lie; ``None``: it keeps none here.
    """

    key: str
    kind: CaseKind
    code: str
    sentence: str
    advice: str
    acts: Actor
    detail: str = ""
    link: int | None = None
    link_name: str = ""
    connection: int | None = None
    flow: FlowName | None = None
    source: str = ""
    target: str = ""
    since: datetime | None = None
    number: int = 0
    noun: str = ""
    stand: str = ""
    documents: tuple[CaseDocument, ...] = ()
    totals: tuple[Total, ...] = ()
    cures: tuple[Cure, ...] = ()
    pile: Pile | None = None

    @property
    def primary(self) -> Cure:
        """The way out that helps most often."""
        return self.cures[0]

    @property
    def is_whole(self) -> bool:
        """Whether all its documents are shown."""
        return len(self.documents) >= self.number

    def cure(self, choice: str) -> Cure | None:
        """Find a cure by the word that tells it from the others."""
        return next((each for each in self.cures if each.choice == choice), None)


def short_key(*words: object) -> str:
    """Make the key of a case: short enough for an address and for a command."""
    text = "\x1f".join(str(word) for word in words)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
