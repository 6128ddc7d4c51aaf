"""What every flow's translator offers, and what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Protocol

import msgspec

from counterfoil.documents import (
    Customer,
    CustomField,
    Document,
    DocumentKind,
    Item,
    ListRecord,
    Reason,
    RecordKind,
    Refusal,
)
from counterfoil.settings import Settings

from ._parts import LandedPart, Part

__all__ = ["Context", "Ruling", "Translated", "Translator", "Verdict"]


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


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a translation knows besides the document.

    Attributes:
        settings: Of the link.
        today: The company's calendar day at which the document is sent.
        records: Records of the *source*, by kind and by the name the document uses.
        target: The target's name in running text, for refusals.
        is_update: It is there already, and is to be changed.
    """

    settings: Settings
    today: date
    records: Mapping[tuple[RecordKind, str], ListRecord] = {}
    target: str = "the books"
    is_update: bool = False

    def item(self, name: str) -> Item | None:
        """Give the source's item of that name, ``None`` when it has none."""
        found = self.records.get((RecordKind.ITEM, name)) if self.records else None
        return found if isinstance(found, Item) else None

    def customer(self, name: str) -> Customer | None:
        """Give the source's customer of that name."""
        found = self.records.get((RecordKind.CUSTOMER, name))
        return found if isinstance(found, Customer) else None


class Translated(msgspec.Struct, frozen=True, kw_only=True):
    """What a document becomes.

    Attributes:
        document: Its references bear the target's names and no ids yet.
        origins: Kind and target name -> the name the source uses for the same record,
            so that a record the target lacks can be made from the source's.
        left_out: Sentences about lines that do not travel.
    """

    document: Document
    origins: Mapping[tuple[RecordKind, str], str] = {}
    left_out: tuple[str, ...] = ()


class Translator(Protocol):
    """One flow's rules; implementations hold no state."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Name what speaks against creating the document; ``None``: nothing does.

        It binds a create only: that a document is cancelled or too old never keeps what
        has landed from being changed or taken away.
        """

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """Say what kind of document it becomes."""

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...]:
        """Give the parts that are documents of their own in the target.

        A part that is no longer given is gone at its source.

        Args:
            landed: Part key -> what of this document is in the target already.
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
