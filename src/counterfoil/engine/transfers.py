"""A transfer, what it landed on, and the mark it bears there, as values."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentKind, Reason, Refusal, decode, reason

from .correcting import Correction
from .deciding import Wish, Write
from .life import STATES, Standing, State

__all__ = [
    "ORDER_READ_FOR",
    "OUTCOME_UNCLEAR",
    "Landing",
    "OrderSeen",
    "PairedLine",
    "Pairing",
    "SetAside",
    "Surplus",
    "Transfer",
    "derived_mark",
    "is_derived",
    "mark_of",
    "marks_of",
]


class PairedLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of a pairing, packed.

    Attributes:
        source, target: The line's identities; empty: it has none there.
        quantity: In the source's unit, decimal text; ``None``: the line has none.
        order_line: The order's line in the target that it fulfils, ``None`` for none.
    """

    source: str
    target: str
    quantity: str | None = None
    order_line: str | None = None


class OrderSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The order that a document fulfils, as it was read in the target right before.

    Attributes:
        kind: What it is there.
        at: When it was read.
        body: The document, stored form.
    """

    kind: DocumentKind
    at: datetime
    body: msgspec.Raw

    @property
    def document(self) -> Document:
        """The order; decoded when somebody asks."""
        return decode(self.kind, bytes(self.body))

    def is_fresh(self, now: datetime) -> bool:
        """Whether nobody will have billed of it since."""
        return self.at > now - ORDER_READ_FOR


ORDER_READ_FOR: Final = timedelta(minutes=10)
"""An order that was read longer ago is read again before anything is linked to it."""

OUTCOME_UNCLEAR: Final = "outcome-unclear"
"""Code of the refusal of what may have arrived or not: only a person's word ends it."""


class Landing(msgspec.Struct, frozen=True, kw_only=True):
    """What a document became in the target: the stub that stays behind.

    Attributes:
        id: The target's identity of it.
        kind: What it is there.
        number: Its number there; ``None``: it has none, or it is not told yet.
        revision: The target's mark of that version, ``None`` where it keeps none.
        total: What it comes to there, decimal text, ``None`` where not told.
        tax: Of that total, as the books figured it; ``None`` where not told.
        sent_total: What the lines come to as we sent them; ``None``: not known, for some
            line left its price to the target, or it was not we who wrote it.
        content: Of the fields we write, as the answer gave them back; ``None``: to be read.
        lines: ``None``: unknown, to be read.
        is_adopted: ``True``: a person named it, we did not write it.
        is_closed: Our write closed it, for its source was cancelled or closed short; or it was
            found closed when it was to be.
        written: As it was sent, stored form, where ``content`` is still to be read.
        fulfils: The pairing of the order that it was linked to; ``None``: to none.
        is_linked: That link is proved; ``None``: there is none to be proved.
    """

    id: str
    kind: DocumentKind
    number: str | None = None
    revision: str | None = None
    total: str | None = None
    tax: str | None = None
    sent_total: str | None = None
    content: str | None = None
    lines: tuple[PairedLine, ...] | None = None
    is_adopted: bool = False
    is_closed: bool = False
    written: bytes | None = None
    fulfils: int | None = None
    is_linked: bool | None = None

    def as_pairing(self, sent_fingerprint: str | None, pairing: int = 0) -> Pairing:
        """Give it as the pairing that it makes.

        Args:
            sent_fingerprint: Of the source it was made from, ``None``: not known.
            pairing: The pairing's row, 0 while it has none.
        """
        return Pairing(
            id=pairing,
            target_kind=self.kind,
            target_id=self.id,
            number=self.number,
            revision=self.revision,
            total=self.total,
            tax=self.tax,
            sent_total=self.sent_total,
            sent_fingerprint=sent_fingerprint,
            content=self.content,
            seen_content=None,
            seen_revision=None,
            seen=None,
            gone_at=None,
            lines=self.lines,
            is_adopted=self.is_adopted,
            is_closed=self.is_closed,
            written=self.written,
            fulfils=self.fulfils,
            is_linked=self.is_linked,
        )


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """An unended pairing: which document of the target a transfer is.

    Attributes:
        total, tax, sent_total: As in ``Landing``.
        sent_fingerprint: Of the source as last written; ``None``: not known (adopted
            before it was read, or from an older version), which counts as sent.
        content: Of the carried fields as answered after our last write; ``None``: unread.
        seen_content, seen_revision: As last seen there, ``None``: not seen since the write.
        seen: The document as last seen, stored form, while it is of use.
        gone_at: Since when it is known to be gone there.
        gone_on: The day on which it was deleted there, by that system's own calendar;
            ``None``: it does not say.
        written: As in ``Landing``: what the first reading is compared with.
        fulfils, is_linked: As in ``Landing``.
    """

    id: int
    target_kind: DocumentKind
    target_id: str
    number: str | None
    revision: str | None
    total: str | None
    tax: str | None
    sent_total: str | None
    sent_fingerprint: str | None
    content: str | None
    seen_content: str | None
    seen_revision: str | None
    seen: bytes | None
    gone_at: datetime | None
    lines: tuple[PairedLine, ...] | None
    is_adopted: bool
    is_closed: bool
    gone_on: date | None = None
    written: bytes | None = None
    fulfils: int | None = None
    is_linked: bool | None = None

    @property
    def newest_revision(self) -> str | None:
        """The revision that an update has to name."""
        return self.seen_revision or self.revision

    @property
    def surplus(self) -> Surplus | None:
        """By how much the target's total differs from ours; ``None``: it does not, or it
        cannot be told.
        """
        if self.total is None or self.sent_total is None:
            return None
        amount = Decimal(self.total) - Decimal(self.sent_total)
        tax = Decimal(self.tax or 0)
        return Surplus(amount=amount, tax=tax) if amount else None


class Surplus(msgspec.Struct, frozen=True, kw_only=True):
    """By how much a document comes to more in the target than we sent (less: negative).

    Attributes:
        amount: Target's total less ours.
        tax: What the target figured as tax, 0 where it names none.
    """

    amount: Decimal
    tax: Decimal

    @property
    def is_explained(self) -> bool:
        """Whether it is the tax, all of it and nothing else."""
        return self.amount == self.tax

    def sentence(self, pairing: Pairing, target: str) -> str:
        """Say it for people."""
        both = f"It comes to {pairing.total} there and to {pairing.sent_total} here"
        if self.is_explained:
            return f"{both}: {target} added tax of {self.tax}."
        if self.tax:
            rest = self.amount - self.tax
            return f"{both}: {target} added tax of {self.tax}; {rest} remain unexplained."
        return f"{both}; {self.amount} remain unexplained."


class SetAside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a transfer stood before a person had it tried again.

    Attributes:
        refusal: Why it had stopped.
        wish, wished_by, target_number: As in ``Transfer``.
    """

    refusal: Refusal
    wish: Wish = Wish.NONE
    wished_by: str | None = None
    target_number: str | None = None


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One document's passage through one flow.

    Attributes:
        id: Ours; what people type.
        document_row: The source document's row in the ledger.
        number: The source document's number, for people.
        target: Id of the connection it goes to.
        target_kind: What it becomes there; frozen when its write is recorded.
        part: Which part of the source document; empty: the whole.
        key: Our mark on the target's document, ``None`` until its create is recorded.
        generation: Grows when a pairing ends: a document sent again bears another mark.
        write: What shall be done, or is being done; ``None`` while it rests.
        wish, wished_by: What a person wants of it.
        target_number: Number it is to have in the target; ``None``: not decided, or the
            target numbers it.
        is_checked: What has to be looked at right before its write has been: its number
            is free, or the document to be changed was read.
        sent_fingerprint: Of the source document in the write that is in flight or was last
            attempted, ``None`` before.
        settings_version: Of the link, at the last write.
        exchange: The exchange whose answer it waits for, ``None`` for none.
        rounds: How often the target's document was another one than we knew, in a row.
        waits_for: Row of the document that has to come first.
        reason: Why it is held, skipped, waiting, changed or unknown.
        notes: Sentences about what does not travel with it.
        order_seen: The order it fulfils, as it was read right before its write.
        left_out: What a person left out of it: source line -> quantity; ``None``: nothing, or
            it is not known.
        correction: What a person lets it say in the target in place of its source.
        set_aside: Why it had stopped before a person had it tried again, until anything of it
            leaves, or something else is known or wished of it: so that the press can be taken
            back.
        version: Grows with every change of the row: what was read is what is changed.
    """

    id: int
    link: int
    flow: str
    document_row: int
    target: int
    target_kind: DocumentKind
    number: str | None
    state: State
    state_since: datetime
    part: str = ""
    key: str | None = None
    generation: int = 0
    write: Write | None = None
    wish: Wish = Wish.NONE
    wished_by: str | None = None
    released_at: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    target_number: str | None = None
    is_checked: bool = False
    sent_fingerprint: str | None = None
    settings_version: int | None = None
    exchange: int | None = None
    rounds: int = 0
    waits_for: int | None = None
    refusal: Refusal | None = None
    reason: Reason | None = None
    notes: tuple[str, ...] = ()
    order_seen: OrderSeen | None = None
    left_out: tuple[tuple[str, str], ...] | None = None
    correction: Correction | None = None
    set_aside: SetAside | None = None
    alerted_at: datetime | None = None
    version: int = 0

    @property
    def sentence(self) -> str | None:
        """Why it is where it is, for people; ``None``: nothing is to be said."""
        if self.wish is Wish.ADOPT:
            return reason("adopted-unread").sentence
        if self.refusal is not None:
            return self.refusal.sentence
        return None if self.reason is None else self.reason.sentence

    @property
    def standing(self) -> Standing:
        """What kind of state it is in."""
        return STATES[self.state].standing

    @property
    def is_unclear(self) -> bool:
        """Whether it stopped because nobody knows if its create arrived: a person says so."""
        is_stopped = self.state is State.REFUSED and self.write is Write.CREATE
        return is_stopped and self.refusal is not None and self.refusal.code == OUTCOME_UNCLEAR


def mark_of(key: str) -> str:
    """Give a key as marks are compared: without braces, in lower case."""
    return key.strip("{}").lower()


# One for this program, whatever its version and whoever installs it.
_NAMESPACE: Final = uuid.UUID("5b0d6c0e-5c1b-4f43-9a5e-0f4bb6b7c6a1")


# Derived when a document leaves, and again when its answer comes.
@lru_cache(maxsize=4_096)
def derived_mark(
    source: str, target: str, flow: str, document: str, part: str, generation: int
) -> str:
    """Derive the mark that a document of ours bears in the target.

    Made from what it is, not from chance: a hub restored from its backup, a second hub and
    a link made again know it as theirs.

    Args:
        source, target: The accounts, as their connections identify them.
        document: The source document's identity there.
        part, generation: Of the transfer.

    Returns:
        In braces and small letters, as QuickBooks takes a GUID.
    """
    name = msgspec.json.encode([source, target, flow, document, part, generation]).decode()
    return "{" + str(uuid.uuid5(_NAMESPACE, name)) + "}"


def marks_of(
    source: str, target: str, flow: str, document: str, part: str, generation: int
) -> tuple[str, ...]:
    """Give the marks of a transfer's generations as they are compared, the newest first."""
    return tuple(
        mark_of(derived_mark(source, target, flow, document, part, each))
        for each in range(generation, -1, -1)
    )


_DERIVED_VERSION: Final = 5


def is_derived(mark: str) -> bool:
    """Say whether a mark is one that Counterfoil derives: ours, or another hub's.

    Of all that write to the books, none is known that marks documents with a GUID of
    version 5; our older marks, of version 4, are known from the transfers that bear them.
    """
    try:
        return uuid.UUID(mark).version == _DERIVED_VERSION
    except ValueError:
        return False
