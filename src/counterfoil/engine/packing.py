"""One batch in the making: what it holds, what fits, and what every write of it needs.

What a new document needs next is in ``creating``, what a landed one needs in ``changing``;
``planning`` goes through the drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    RecordKind,
    Refusal,
    name_key,
    reason,
)
from counterfoil.translate import Translated

from .asked import Sent, SentOrder
from .drafting import Draft, Target, Work, spelling
from .following import FollowUp
from .life import Event
from .looking_up import LookUps, Questions
from .matching import Lookup, Paired
from .measuring import total_of
from .moving import advance
from .numbering import Claim, counts_within_vendor, vendor_in
from .operations import ActivateRecord, CreateDocument, FindDocument, Operation, UpdateDocument
from .ordering import LandedOrder, linked_to
from .paired_lines import line_texts
from .resolving import Needed, Resolver
from .transfers import Landing, Transfer

__all__ = ["Packing", "Plan", "Planned"]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An operation and for whom it is done.

    Attributes:
        transfer: The transfer whose own write or question it is.
        dependants: Transfers that wait for its answer.
        subject: Kind of document or record.
        name: Number or full name it is about.
        follow_up: The follow-up it carries out.
        sent: What its answer needs.
    """

    operation: Operation
    subject: str
    name: str | None = None
    transfer: int | None = None
    dependants: tuple[int, ...] = ()
    follow_up: int | None = None
    sent: Sent | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One batch, and every transfer that moves by asking it.

    ``transfers`` are the new values; their ``exchange`` is set by whoever records it.
    ``landings`` are those whose document was found to be there already; ``fields`` are the
    follow-ups that move: as they were, and as they are; ``new_fields`` those that begin;
    ``paired`` what the source's records were found to be.
    """

    operations: tuple[Planned, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    landings: tuple[tuple[Transfer, Landing], ...] = ()
    fields: tuple[tuple[FollowUp, FollowUp], ...] = ()
    new_fields: tuple[FollowUp, ...] = ()
    paired: tuple[Paired, ...] = ()


class Packing:
    """A batch that is being packed; lives no longer than the making of one plan."""

    def __init__(
        self,
        target: Target,
        now: datetime,
        new_key: Callable[[], str],
        *,
        may_create: Collection[DocumentKind] | None = None,
    ) -> None:
        self.target = target
        self.now = now
        self.names = Resolver(target, now, new_key)
        self.may_create = may_create
        self.operations: list[Planned] = []
        self.transfers: list[Transfer] = []
        self.landings: list[tuple[Transfer, Landing]] = []
        self.creations: dict[Lookup, tuple[Needed, list[int], set[int], str | None]] = {}
        self.questions = Questions(target.find_size, target.batch_size)
        self.fields: list[tuple[FollowUp, FollowUp]] = []
        self.new_fields: list[FollowUp] = []
        self.numbers_in_use: set[tuple[DocumentKind, str]] = set()
        self.orders_in_use: set[int] = set()
        self.orders_proving: set[int] = set()

    def room(self) -> int:
        """Operations that still fit."""
        taken = len(self.operations) + len(self.creations) + self.questions.operations
        return self.target.batch_size - taken

    def fits(self, asked: LookUps, kind: DocumentKind, beside: int = 0) -> bool:
        """Whether one more number or identity can be looked up beside so many operations."""
        costs = asked.costs(kind)
        return costs is not None and self.room() >= beside + costs

    def next_id(self) -> str:
        return str(len(self.operations) + 1)

    def move(self, work: Work, event: Event, refusal: Refusal | None = None) -> Transfer:
        moved = advance(work.transfer, event, self.now, at=work.at, refusal=refusal)
        self.transfers.append(moved)
        return moved

    def wait_for(self, work: Work, row: int, words: str) -> None:
        """Let it wait until something is decided about another document."""
        why = reason("waits-for", document=words)
        self.transfers.append(
            advance(work.transfer, Event.AWAITS, self.now, why=why, waits_for=row)
        )

    def fields_of(self, work: Work) -> tuple[tuple[str, str], ...]:
        """Give the custom fields that are written once its document is there."""
        spell = spelling(work.settings, self.target)
        fields = work.translator.follow_ups(work.document, work.settings)
        return tuple((field.name, spell(field.value)) for field in fields)

    def checked(self, operation: Operation, work: Work) -> Refusal | None:
        """Say what is wrong with an operation before it is planned."""
        return self.target.check(operation, work.settings)

    def ask_for_number(self, work: Work, number: str, vendor: str | None = None) -> None:
        """Have a number looked up, on the terms on which the document shall bear it.

        Args:
            vendor: Whose number it is, where that is known by now; what is read beside the
                question tells else.
        """
        asker, claim = work.transfer.id, msgspec.structs.replace(work.claim, vendor=vendor)
        self.questions.numbers.add(work.target_kind, number, asker)
        if claim != Claim():
            self.questions.claims[asker] = claim

    def match(self, each: Draft, missing: Mapping[Lookup, Needed]) -> None:
        """Order the records it lacks, and look its number up, as far as there is room.

        A bill's number is looked up among its vendor's, so not before the vendor is there.
        """
        work = each.work
        kind = work.target_kind
        new = [wanted for wanted in missing if wanted not in self.creations]
        # A number is looked up together with the last records, right before it is used.
        fits = self.fits(self.questions.numbers, kind, beside=len(new))
        lacks_vendor = counts_within_vendor(kind) and _is_of_list(missing, RecordKind.VENDOR)
        number = work.checked_number if fits and not lacks_vendor else None
        left_out = set(new[max(self.room(), 0) :]) if number is None else set()
        fitting = {
            wanted: creation
            for wanted, creation in missing.items()
            if wanted not in left_out and not self._is_being_created(wanted, creation)
        }
        if number is None and not fitting:
            return
        if number is not None:
            problem = self.checked(FindDocument(id="0", kind=kind, numbers=(number,)), work)
            if problem is not None:
                self.move(work, Event.DECLINED, problem)
                return
        moved = msgspec.structs.replace(
            advance(work.transfer, Event.MATCH_SENT, self.now), is_checked=False
        )
        if number is not None:
            moved = msgspec.structs.replace(moved, target_number=number)
            self.ask_for_number(work, number, self.names.vendor_of(each))
            if fields := self.fields_of(work):
                self.questions.lacks[moved.id] = fields
        self.transfers.append(moved)
        for wanted, creation in fitting.items():
            is_spelled_so = wanted.key == name_key(creation.record.full_name)
            alias = None if is_spelled_so else self.names.aliases.get(wanted)
            _, dependants, links, _ = self.creations.setdefault(
                wanted, (creation, [], set(), alias)
            )
            dependants.append(moved.id)
            links.add(work.transfer.link)

    def _is_being_created(self, wanted: Lookup, creation: Needed) -> bool:
        """Whether another name of this batch leads to a record of the same name."""
        name = name_key(creation.record.full_name)
        return any(
            other.kind is wanted.kind
            and other != wanted
            and name_key(made.record.full_name) == name
            for other, (made, *_rest) in self.creations.items()
        )

    def send(
        self,
        work: Work,
        operation: CreateDocument | UpdateDocument,
        document: Document,
        translated: Translated | None,
        *,
        closes: bool = False,
    ) -> None:
        """Plan a write of the whole document, and keep what its answer will need."""
        refusal = self.checked(operation, work)
        if refusal is not None:
            self.move(work, Event.DECLINED, refusal)
            return
        is_create = isinstance(operation, CreateDocument)
        sent = Sent(
            document=msgspec.Raw(msgspec.json.encode(document)),
            kind=work.target_kind,
            lines=line_texts(translated.document) if translated else (),
            follow_ups=self.fields_of(work) if translated else (),
            notes=translated.left_out if translated else work.transfer.notes,
            total=None if translated is None else total_of(document),
            closes=closes,
            order=self._linked_to(work, document) if is_create else None,
            claim=msgspec.structs.replace(work.claim, vendor=vendor_in(work.target_kind, document)),
        )
        self.transfers.append(
            msgspec.structs.replace(
                advance(work.transfer, Event.WRITE_SENT, self.now),
                key=work.key if is_create else work.transfer.key,
                target_kind=work.target_kind,
                target_number=document.number if is_create else work.transfer.target_number,
                sent_fingerprint=work.at.fingerprint,
                settings_version=work.settings_version,
            )
        )
        self.operations.append(
            Planned(
                operation=operation,
                subject=work.target_kind,
                name=document.number,
                transfer=work.transfer.id,
                sent=sent,
            )
        )

    def _linked_to(self, work: Work, document: Document) -> SentOrder | None:
        seen = work.order_read(self.now)
        if seen is None or not isinstance(work.order, LandedOrder):
            return None
        return linked_to(document, work.order)

    def packed(self) -> Plan:
        """Close the batch: creations and look-ups go last but are no less part of it."""
        for wanted, (creation, dependants, links, alias) in self.creations.items():
            there = creation.record.id if isinstance(creation, ActivateRecord) else None
            sent = Sent(record=there, alias=alias, links=tuple(sorted(links)))
            self.operations.append(
                Planned(
                    operation=msgspec.structs.replace(creation, id=self.next_id()),
                    subject=wanted.kind,
                    name=creation.record.full_name,
                    dependants=tuple(dependants),
                    sent=sent,
                )
            )
        for each in self.questions:
            find = msgspec.structs.replace(each.find, id=self.next_id())
            self.operations.append(
                Planned(
                    operation=find,
                    subject=find.kind,
                    dependants=each.dependants,
                    sent=each.sent,
                )
            )
        return Plan(
            operations=tuple(self.operations),
            transfers=tuple(self.transfers),
            landings=tuple(self.landings),
            fields=tuple(self.fields),
            new_fields=tuple(self.new_fields),
            paired=tuple(self.names.paired.values()),
        )


def _is_of_list(missing: Mapping[Lookup, Needed], kind: RecordKind) -> bool:
    return any(wanted.kind is kind for wanted in missing)
