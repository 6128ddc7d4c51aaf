"""What every flow's translator offers, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, Self

import msgspec

from counterfoil.documents import (
    Ancestor,
    Customer,
    CustomField,
    Document,
    DocumentKind,
    Item,
    ListRecord,
    Reason,
    RecordKind,
    Refusal,
    Vendor,
)
from counterfoil.settings import Settings

from ._parts import LandedPart, Part, whole

__all__ = [
    "Alone",
    "Became",
    "Context",
    "OneWay",
    "OrderThere",
    "Ruling",
    "Translated",
    "Translator",
    "Verdict",
]


class Verdict(StrEnum):
    """What keeps a document from being created in the target."""

    HOLD = "hold"
    """Not yet: the source has not released it."""
    LEAVE_OUT = "leave out"


class Ruling(msgspec.Struct, frozen=True):
    """A rule of the flow that speaks against creating a document.

    Attributes:
        verdict: What becomes of the document.
        reason: Why.
        is_passable: ``True``: a person who presses send passes over it.  No rule that is
            not passable stands behind one that is.
    """

    verdict: Verdict
    reason: Reason
    is_passable: bool = False


class OrderThere(msgspec.Struct, frozen=True, kw_only=True):
    """The order that a document fulfils, as it stands in the target right now.

    Attributes:
        document: A sales or purchase order of the target, its lines with identities,
            what is delivered of each, and whether it is closed.
        lines: Line of the source's order -> line of ``document``, by their identities; one
            that is not there is not known.
    """

    document: Document
    lines: Mapping[str, str]


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a translation knows besides the document.

    Attributes:
        settings: Of the link.
        today: The company's calendar day at which the document is sent.
        records: Records of the *source*, by kind and by the name the document uses.
        target: The target's name in running text, for refusals.
        is_update: It is there already, and is to be changed.
        order: The order to which the document is to be linked; ``None``: to none.
        kind: What it is, or shall become, in the target; ``None``: what the flow makes of it
            first.
        name_length_max: Characters that the target keeps of a name; absent: no limit known.
        field_length_max: Characters that the target keeps of an order's fields, where it keeps
            other than QuickBooks Desktop; 0: it has no place for the field.
        linked_lines_are_whole: A line that is linked to an order says all that others say.
        purchases_need_expense: An item that is bought has to have an expense account.
        keeps_sites: The target keeps stock at several inventory sites, or does not say.
    """

    settings: Settings
    today: date
    records: Mapping[tuple[RecordKind, str], ListRecord] = {}
    target: str = "the books"
    is_update: bool = False
    order: OrderThere | None = None
    kind: DocumentKind | None = None
    name_length_max: Mapping[RecordKind, int] = {}
    field_length_max: Mapping[str, int] = {}
    linked_lines_are_whole: bool = False
    purchases_need_expense: bool = False
    keeps_sites: bool = False

    def item(self, name: str) -> Item | None:
        """Give the source's item of that name, ``None`` when it has none."""
        found = self.records.get((RecordKind.ITEM, name)) if self.records else None
        return found if isinstance(found, Item) else None

    def customer(self, name: str) -> Customer | None:
        """Give the source's customer of that name."""
        found = self.records.get((RecordKind.CUSTOMER, name))
        return found if isinstance(found, Customer) else None

    def vendor(self, name: str) -> Vendor | None:
        """Give the source's supplier of that name."""
        found = self.records.get((RecordKind.VENDOR, name))
        return found if isinstance(found, Vendor) else None


class Translated(msgspec.Struct, frozen=True, kw_only=True):
    """What a document becomes.

    Attributes:
        document: Its references bear the target's names and no ids yet.
        origins: Kind and target name -> the name the source uses for the same record,
            so that a record the target lacks can be made from the source's.
        left_out: Sentences about lines that do not travel.
        alternatives: Kind and target name -> the name to take in its place where the target
            has none such (TIME-1: the client's name, else the order's code).
        identities: Kind and target name -> the source's identity of the record that is meant,
            where it tells one: what it became in the target it stays (M2).
        may_be_contractor: A worker who is no employee of the target may be a vendor there.
    """

    document: Document
    origins: Mapping[tuple[RecordKind, str], str] = {}
    left_out: tuple[str, ...] = ()
    alternatives: Mapping[tuple[RecordKind, str], str] = {}
    identities: Mapping[tuple[RecordKind, str], str] = {}
    may_be_contractor: bool = False


class Became(msgspec.Struct, frozen=True):
    """What a document is in the target: its kind, identity and number there."""

    kind: DocumentKind
    id: str
    number: str | None


class OneWay:
    """What flows answer of whose documents nothing goes back to the source."""

    def under(self, settings: Settings) -> Self:
        """Which fields they compare does not hang on the settings."""
        return self

    def beside(self, document: Document) -> Document | None:
        """All that they write is in ``carried``."""
        return None

    def window(self, document: Document, settings: Settings, today: date) -> Ruling | None:
        """It is taken up on any day."""
        return None

    def write_back(
        self, document: Document, became: Became, settings: Settings
    ) -> tuple[CustomField, ...]:
        """Nothing of it goes back to its source."""
        return ()

    def new_accounts(self, settings: Settings) -> tuple[str, ...]:
        """It makes no records that are booked on accounts."""
        return ()


class Alone(OneWay):
    """What flows answer whose documents go as a whole and fulfil no order."""

    def is_split(self, settings: Settings) -> bool:
        """A document is one document there, too."""
        return False

    def order_of(self, document: Document, settings: Settings) -> Ancestor | None:
        """It fulfils no order."""
        return None

    def may_go_unlinked(self, settings: Settings) -> bool:
        """There is nothing to be linked to."""
        return True

    def next_kind(
        self, landed: DocumentKind, document: Document, settings: Settings, *, pressed: bool
    ) -> DocumentKind:
        """It stays what it is."""
        return landed

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...] | None:
        """It goes as a whole."""
        return whole(document)

    def left_over(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[str, ...]:
        """Nothing is left of what goes as a whole."""
        return ()

    def lacking(
        self,
        document: Document,
        settings: Settings,
        landed: Mapping[str, LandedPart],
        *,
        is_gone: bool,
    ) -> frozenset[str] | None:
        """What goes as a whole is as much as it was."""
        return frozenset()

    def lines_there(
        self,
        document: Document,
        others: Mapping[str, LandedPart],
        found: Document,
        context: Context,
        item_id: Callable[[str], str | None],
    ) -> tuple[tuple[str, Decimal], ...] | None:
        """Nobody asks of what goes as a whole how much of it went."""
        return None


class Translator(Protocol):
    """One flow's rules; implementations hold no state."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Name what speaks against creating the document; ``None``: nothing does.

        It binds a create only: that a document is cancelled or too old never keeps what
        has landed from being changed or taken away.
        """

    def window(self, document: Document, settings: Settings, today: date) -> Ruling | None:
        """Name what speaks against beginning with it today; ``None``: nothing does.

        It binds what nobody has begun to send: what is on its way, or was stopped there, grows
        older and goes all the same.  Always passable.
        """

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """Say what kind of document it becomes."""

    def next_kind(
        self, landed: DocumentKind, document: Document, settings: Settings, *, pressed: bool
    ) -> DocumentKind:
        """Say what becomes of what landed as a document of a kind when it is sent again.

        Another kind: what landed is taken out, and that takes its place.

        Args:
            landed: As what it landed.
            document: What its source says now.
            settings: The link's.
            pressed: Somebody sends it again; ``False``: its source changed.
        """

    def is_split(self, settings: Settings) -> bool:
        """Whether a document can become several documents of the target."""

    def order_of(self, document: Document, settings: Settings) -> Ancestor | None:
        """Name the order, of the same source, to which it is linked in the target.

        ``None``: it fulfils none, or shall not be linked.
        """

    def may_go_unlinked(self, settings: Settings) -> bool:
        """Whether it may go without its order where that order cannot come."""

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...] | None:
        """Give the parts that are documents of their own in the target.

        A part that is no longer given is gone at its source.  ``None``: it cannot be told,
        for what a landed part carried is not known.

        Args:
            landed: Part key -> what of this document is in the target already.
        """

    def left_over(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[str, ...]:
        """Say what of a document no part carries, and none will; to be told, not written."""

    def lacking(
        self,
        document: Document,
        settings: Settings,
        landed: Mapping[str, LandedPart],
        *,
        is_gone: bool,
    ) -> frozenset[str] | None:
        """Name the products of which a document shows less than landed of it; ``None``: any.

        Args:
            document: As last seen; ``is_gone``: it shows nothing any more.
            settings: The link's.
            landed: Part key -> what of this document is in the target, or was left out.
        """

    def lines_there(
        self,
        document: Document,
        others: Mapping[str, LandedPart],
        found: Document,
        context: Context,
        item_id: Callable[[str], str | None],
    ) -> tuple[tuple[str, Decimal], ...] | None:
        """Tell how much a document of the target, which is a part of ours, carries of each line.

        Args:
            document: The whole source document.
            others: Part key -> what its other parts carry, where that is known.
            found: As it was read in the target.
            context: With the records that ``needs`` names.
            item_id: Gives the identity there of the item of a name; ``None``: none, or unknown.

        Returns:
            Source line -> quantity, in the source's unit; ``None``: it cannot be told.
        """

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Name the source's records that ``translate`` wants to read."""

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """Give the number a part shall have in the target; ``None``: the target numbers it."""

    def must_check_number(self, settings: Settings) -> bool:
        """Whether that number has to be looked up in the target first."""

    def other_number(self, number: str, settings: Settings) -> str | None:
        """Give the number to try when that one is taken; ``None``: refuse."""

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate; pure, so trying again gives an equal document."""

    def carried(self, document: Document) -> Document:
        """Reduce a document *of the target* to what this flow writes, in one spelling.

        Two readings have equal fingerprints of it exactly when the fields that we write
        say the same.  What the target adds (identities, revision, progress, totals) is
        left out.
        """

    def under(self, settings: Settings) -> Translator:
        """Give the same rules as they compare documents under a link's settings."""

    def beside(self, document: Document) -> Document | None:
        """Reduce a document of the target to what is written as set, beside what is ``carried``.

        ``None``: nothing.  Kept apart, for what was written before is known without it.
        """

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Refuse a change that would cut below what was delivered; ``None``: it may be.

        Args:
            current: The target's document as it is now.
            document: As it shall be, all its lines; those there already with the identity
                of the target.
        """

    def has_follow_ups(self, settings: Settings) -> bool:
        """Whether documents can have custom fields that are written afterwards."""

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """Give the custom fields to be written once the document is there (DOC-9).

        They are those the target cannot take together with the document.
        """

    def write_back(
        self, document: Document, became: Became, settings: Settings
    ) -> tuple[CustomField, ...]:
        """Give the fields of the *source's* document to be written once it has landed.

        Args:
            document: As last seen at the source.
            became: What it is in the target.
            settings: The link's.
        """

    def new_accounts(self, settings: Settings) -> tuple[str, ...]:
        """Name the accounts on which records that it makes are booked, as they are set."""

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the record that the target lacks; ``None``: the settings forbid it.

        Args:
            kind: The list.
            name: Full name in the target, without colons at the top level.
            origin: What the source calls it.
        """

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Key of the setting that allows creating, ``None`` when there is none."""
