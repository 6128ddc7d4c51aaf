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
    Item,
    ListRecord,
    RecordKind,
    Refusal,
)
from counterfoil.settings import Settings

__all__ = ["Context", "Eligibility", "Translated", "Translator", "Verdict"]


class Verdict(StrEnum):
    """Whether a document may go."""

    GO = "go"
    HOLD = "hold"
    """Not yet: the source has not released it."""
    LEAVE_OUT = "leave out"


class Eligibility(msgspec.Struct, frozen=True):
    """A verdict and, unless it may go, one sentence why."""

    verdict: Verdict
    reason: str | None = None


GO = Eligibility(Verdict.GO)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a translation knows besides the document.

    Attributes:
        settings: Of the link.
        today: The company's calendar day at which the document is sent.
        records: Records of the *source*, by kind and by the name the document uses.
        target: The target's name in running text, for refusals.
    """

    settings: Settings
    today: date
    records: Mapping[tuple[RecordKind, str], ListRecord] = {}
    target: str = "the books"

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

    def eligibility(self, document: Document, settings: Settings) -> Eligibility:
        """Say whether the document may go at all."""

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Name the source's records that ``translate`` wants to read."""

    def number(self, document: Document, settings: Settings) -> str | None:
        """Give the number it shall have in the target; ``None``: the target numbers it."""

    def must_check_number(self, settings: Settings) -> bool:
        """Whether that number has to be looked up in the target first."""

    def other_number(self, number: str, settings: Settings) -> str | None:
        """Give the number to try when that one is taken; ``None``: refuse."""

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate; pure, so trying again gives an equal document."""

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
