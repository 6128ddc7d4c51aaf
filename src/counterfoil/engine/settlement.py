"""What one answer changes, collected: the transfers that move, and what they became.

``settling`` and what it stands on say which outcome changes what; here is how a change is kept, so
that whoever looks next sees the transfer as it is by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from counterfoil.documents import Document, ListRecord, Reason, Refusal, reason
from counterfoil.translate import TRANSLATORS, Translator

from .asked import Sent
from .deciding import Wish
from .following import FollowUp, follow
from .life import Event
from .moving import advance
from .operations import Outcome
from .ordering import linked
from .seeing import is_news, landing_of, seen_as, still
from .settling_fields import FieldSettler
from .standpoint import Standpoint
from .transfers import Landing, Pairing, Transfer

__all__ = ["Changes", "Chosen", "Settlement", "Waiting", "busy", "outcome_asked"]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer that waited for the answer.

    Attributes:
        at: What is known about it now.
        marks: Of its generations, as marks are compared.
        sent: What was recorded with its last write, for a question about that write.
        other_number: The number to try when its own is taken, ``None``: refuse.
        may_run_until: Until when the write it asks about may still be carried out;
            ``None``: it cannot any more.
    """

    transfer: Transfer
    at: Standpoint
    marks: tuple[str, ...] = ()
    sent: Sent | None = None
    other_number: str | None = None
    may_run_until: datetime | None = None


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A name that from now on means the record that was created for it."""

    link: int
    kind: str
    name: str
    record: ListRecord


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer changes.

    Attributes:
        transfers: New values of those that moved.
        landings: What documents became, or say now, by transfer, with the fingerprint of
            the source that was sent.
        seen: What pairings were seen to say, by their rows.
        linked: Whether documents are linked to their orders, by the pairings' rows.
        learned: Records the target now has.
        chosen: Names that mean a record created under another name.
        remarks: What people are told of it, by transfer.
        fields: Follow-ups that moved: as they were, and as they are.
        new_fields: Custom fields that now have to be written, by transfer.
        keeps_marks: Whether the target was seen to give our mark back; ``None``: this
            answer does not tell.
        written_at: When the system says it wrote, by its own wall clock.
        outcomes: One per operation asked, in its order.
    """

    transfers: tuple[Transfer, ...] = ()
    landings: tuple[tuple[Transfer, Landing], ...] = ()
    seen: tuple[Pairing, ...] = ()
    linked: tuple[tuple[int, bool | None], ...] = ()
    learned: tuple[ListRecord, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    remarks: tuple[tuple[int, str], ...] = ()
    fields: tuple[tuple[FollowUp, FollowUp], ...] = ()
    new_fields: tuple[FollowUp, ...] = ()
    keeps_marks: bool | None = None
    written_at: datetime | None = None
    outcomes: tuple[Outcome, ...] = ()


class Changes:
    """Collects what one answer changes; lives no longer than one call of ``settle``."""

    def __init__(self, waiting: Mapping[int, Waiting], now: datetime, target: str) -> None:
        self.waiting = waiting
        self.now = now
        self.target = target
        self.moved: dict[int, Transfer] = {}
        self.at: dict[int, Standpoint] = {}
        self.landings: list[tuple[Transfer, Landing]] = []
        self.seen: dict[int, Pairing] = {}
        self.linked: dict[int, bool | None] = {}
        self.learned: list[ListRecord] = []
        self.chosen: list[Chosen] = []
        self.remarks: list[tuple[int, str]] = []
        self.new_fields: list[FollowUp] = []
        self.keeps_marks: bool | None = None
        self.written_at: datetime | None = None
        # What the operations a transfer waits for came to, the gravest first.
        self.matching: dict[int, list[Outcome]] = {}
        # Transfers whose document was read, to be changed in the next batch.
        self.read: set[int] = set()

    def settlement(self, outcomes: tuple[Outcome, ...], fields: FieldSettler) -> Settlement:
        """Give all of it."""
        return Settlement(
            transfers=tuple(self.moved.values()),
            landings=tuple(self.landings),
            seen=tuple(self.seen.values()),
            linked=tuple(self.linked.items()),
            learned=tuple(self.learned),
            chosen=tuple(self.chosen),
            remarks=tuple(self.remarks),
            fields=fields.moves,
            new_fields=tuple(self.new_fields),
            keeps_marks=self.keeps_marks,
            written_at=self.written_at,
            outcomes=outcomes,
        )

    def current(self, transfer: int) -> Transfer:
        return self.moved.get(transfer) or self.waiting[transfer].transfer

    def standpoint(self, transfer: int) -> Standpoint:
        return self.at.get(transfer) or self.waiting[transfer].at

    def pairing(self, transfer: int) -> Pairing:
        pairing = self.standpoint(transfer).pairing
        assert pairing is not None, "only what has landed is looked at, changed or taken out"
        return pairing

    def matched(self, transfer: int, outcome: Outcome) -> None:
        """Keep what one thing that a transfer waits for came to."""
        self.matching.setdefault(transfer, []).append(outcome)

    def move(
        self,
        transfer: int,
        event: Event,
        *,
        refusal: Refusal | None = None,
        why: Reason | None = None,
        retry_after_s: float | None = None,
    ) -> Transfer:
        moved = advance(
            self.current(transfer),
            event,
            self.now,
            at=self.standpoint(transfer),
            refusal=refusal,
            why=why,
            retry_after=None if retry_after_s is None else timedelta(seconds=retry_after_s),
        )
        self.moved[transfer] = moved
        return moved

    def translator(self, transfer: int) -> Translator:
        at = self.standpoint(transfer)
        return TRANSLATORS[at.flow].under(at.link.settings)

    def land(
        self, transfer: int, landing: Landing, sent: Sent, *, untouched: str | None = None
    ) -> None:
        """Record that a transfer's document is in the target, as it was sent.

        Its custom fields are to be written now.  ``untouched``: its revision, where it is as
        our create has made it.
        """
        current = self.current(transfer)
        at = self.standpoint(transfer)
        before = at.pairing
        if before is not None:
            landing = still(before, landing, sent)
        elif sent.order is not None:
            landing = linked(landing, sent.order)
        paired = landing.as_pairing(current.sent_fingerprint, 0 if before is None else before.id)
        self.at[transfer] = at.with_pairing(paired)
        self.moved[transfer] = msgspec.structs.replace(current, notes=sent.notes)
        if landing.is_linked is False:
            moved = self.move(transfer, Event.ENTERED, why=reason("link-unproved"))
        else:
            moved = self.move(transfer, Event.WRITTEN)
        self.landings.append((moved, landing))
        self.new_fields += follow(
            transfer, landing.kind, landing.id, sent.follow_ups, self.now, revision=untouched
        )

    def land_found(
        self, transfer: int, found: Document, sent: Sent, *, is_head: bool = False
    ) -> None:
        """Record that a transfer's document was found there."""
        landing = landing_of(found, self.translator(transfer), sent, is_head=is_head)
        self.land(transfer, landing, sent)

    def taken_out(self, transfer: int) -> None:
        self.at[transfer] = self.standpoint(transfer).with_pairing(None)
        self.move(transfer, Event.WRITTEN)

    def conflict(self, transfer: int, current: Document | None) -> None:
        """The target's document is another one than we knew: keep what it says now."""
        if current is not None:
            self.see(transfer, current)
        self.move(transfer, Event.CONFLICT)

    def see(self, transfer: int, found: Document | None) -> bool:
        """Keep what the target's document says now, or that it is gone; say whether it is news.

        Whoever sent the document over what stood there did not know what is news: their wish
        ends, and they are asked again.
        """
        before = self.pairing(transfer)
        seen = seen_as(before, found, self.translator(transfer), self.now)
        self.at[transfer] = self.standpoint(transfer).with_pairing(seen)
        self.seen[seen.id] = seen
        news = is_news(before, seen)
        current = self.current(transfer)
        if news and current.wish.sends:
            self.moved[transfer] = msgspec.structs.replace(current, wish=Wish.NONE, wished_by=None)
        return news

    def absent(self, transfer: int) -> None:
        """Believe that a write never happened, once it cannot happen any more."""
        until = self.waiting[transfer].may_run_until
        if until is not None and until > self.now:
            zone = self.waiting[transfer].at.link.settings.zone
            why = reason("hold-back", until=f"{until.astimezone(zone):%H:%M:%S %Z}")
            self.move(transfer, Event.UNANSWERED, why=why)
        else:
            self.move(transfer, Event.ABSENT)


def busy(problem: str, seen: str = "") -> Reason:
    """Say that it is to be tried again; ``seen``: for an engineer."""
    return reason("busy", problem=problem, **_detail(seen))


def outcome_asked(problem: str, seen: str = "") -> Reason:
    """Say why what became of a write is asked once more; ``seen``: for an engineer."""
    return reason("outcome-asked", problem=problem, **_detail(seen))


def _detail(seen: str) -> dict[str, str]:
    return {"detail": seen} if seen else {}
