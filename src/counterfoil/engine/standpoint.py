"""What is known about a transfer besides itself: from here its facts are told.

One value holds the source as last seen, the link's rules and the pairing; ``facts`` makes
of it and of the transfer what ``decide`` looks at.  Facts are told nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from counterfoil.documents import Document, DocumentKind, DocumentStatus, Reason, decode
from counterfoil.settings import (
    FLOWS,
    CancelledWay,
    ChangePolicy,
    Direction,
    Flow,
    FlowMode,
    FlowName,
    FlowSettings,
)

from .admission import Admission, Link, admit, admit_change
from .deciding import Facts, Source, Target, Wish
from .life import Standing
from .transfers import Pairing, Transfer

__all__ = ["QUIET_AT_MOST", "Standpoint"]

QUIET_AT_MOST: Final = timedelta(hours=1)
"""A document that is changed again and again is sent after so long all the same."""

_ORDERS: Final = frozenset({DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER})
_CLOSED_BY_HAND: Final = _ORDERS | {DocumentKind.ESTIMATE}


@dataclass(frozen=True, kw_only=True)
class Standpoint:
    """What is known about one transfer.

    Attributes:
        flow: Its flow.
        link: Whose rules bind it.
        kind, body: The source document as last seen, stored form.
        fingerprint: Of it (of the transfer's part of it).
        is_withdrawn: It was cancelled or deleted at its source.
        changed_at: When its content last became another one, ``None``: never.
        pairing: The unended pairing, ``None``: it has not landed.
        gone_as: Why it is skipped where it is withdrawn before it has landed.
        taken_by: Where it, or what it was made from, was taken up already.
        doubt: Why it may have been sent as part of another document; a person knows.
        carries: Source line -> quantity of the transfer's part; ``None``: it does not count up,
            or it is not known.
    """

    flow: FlowName
    link: Link
    kind: DocumentKind
    body: bytes
    fingerprint: str
    is_withdrawn: bool
    changed_at: datetime | None = None
    pairing: Pairing | None = None
    gone_as: str = "not-sent"
    taken_by: Reason | None = None
    doubt: Reason | None = None
    carries: tuple[tuple[str, Decimal], ...] | None = None

    @cached_property
    def document(self) -> Document:
        """The source document; decoded when somebody asks."""
        return decode(self.kind, self.body)

    @property
    def row(self) -> Flow:
        """The row of the flow table."""
        return FLOWS[self.flow]

    @property
    def is_changed_there(self) -> bool:
        """Whether somebody changed what we wrote."""
        return self._target() is Target.OTHER

    def with_pairing(self, pairing: Pairing | None) -> Standpoint:
        """Give what is known once the pairing is another one."""
        return replace(self, pairing=pairing)

    def facts(self, transfer: Transfer, now: datetime | None = None) -> Facts:
        """Tell the facts that decide about the transfer.

        ``now``: the time; ``None``: whoever asks does not ask whether it may be begun today.
        """
        rules = self.link.settings.flow(self.flow)
        to_books = self.row.direction is Direction.TO_BOOKS
        return Facts(
            landed=self.pairing is not None,
            source=self._source(),
            target=self._target(),
            admit=self.admission(transfer, now),
            # What comes from the books was retrieved on somebody's word or on schedule;
            # there is no second button to press for it (FLOW-3).
            is_manual=to_books and self.link.mode(self.flow) is not FlowMode.AUTOMATIC,
            wish=transfer.wish,
            by=transfer.wished_by,
            changes=ChangePolicy.REPORT if rules is None else rules.changes,
            cancellations=ChangePolicy.REPORT if rules is None else rules.cancellations,
            closes=self._can_be_closed
            and getattr(rules, "cancelled_way", None) is CancelledWay.CLOSE,
            is_closed=self.pairing is not None and self.pairing.is_closed,
            is_finished=self._is_finished(rules),
            closes_finished=_closes_finished(rules),
            is_unlinked=self.pairing is not None and self.pairing.is_linked is False,
            becomes_other=(
                self.pairing is not None and self.pairing.target_kind is not transfer.target_kind
            ),
            # A count is never deleted by anybody; a newer one takes its place.
            gone_as="superseded" if self.kind is DocumentKind.STOCK_COUNT else self.gone_as,
            is_paused=self.link.is_paused,
            quiet_at=self._quiet_at(transfer),
            gone_on=None if self.pairing is None else self.pairing.gone_on,
            books=self.link.books,
        )

    def admission(self, transfer: Transfer, now: datetime | None = None) -> Admission:
        """Say whether the write that may follow may go; ``now`` as in ``facts``."""
        if self.pairing is not None or transfer.wish is Wish.REPLACE:
            return admit_change(self.flow, self.link)
        if self.is_withdrawn or transfer.wish in (Wish.LEAVE, Wish.UNDO):
            # Other rows decide first; whether a create might go is not asked.
            return admit_change(self.flow, self.link)
        return admit(
            self.document,
            self.flow,
            self.link,
            pressed=transfer.wish is Wish.SEND,
            today=self._begins_on(transfer, now),
            taken_by=self.taken_by,
            doubt=self.doubt,
        )

    def _begins_on(self, transfer: Transfer, now: datetime | None) -> date | None:
        """Give the company's day for what would be begun now; ``None``: it was begun already."""
        if now is None or transfer.standing is not Standing.RESTING:
            return None
        return self.link.settings.local_date(now)

    def _source(self) -> Source:
        if self.is_withdrawn:
            return Source.GONE
        sent = None if self.pairing is None else self.pairing.sent_fingerprint
        return Source.AS_SENT if sent in (None, self.fingerprint) else Source.OTHER

    @property
    def _can_be_closed(self) -> bool:
        """Whether what it became can be closed and stay: a bill or an invoice cannot."""
        return self.pairing is None or self.pairing.target_kind in _CLOSED_BY_HAND

    def _is_finished(self, rules: FlowSettings | None) -> bool:
        """Whether it is an order that is closed at its source; looked at where it matters."""
        if self.pairing is None or self.is_withdrawn or self.kind not in _ORDERS:
            return False
        if not self._can_be_closed:
            return False
        matters = self.row.direction is Direction.TO_BOOKS and (
            self.pairing.is_closed or _closes_finished(rules)
        )
        return matters and self.document.status is DocumentStatus.CLOSED

    def _target(self) -> Target:
        pairing = self.pairing
        if pairing is None:
            return Target.AS_WRITTEN
        if pairing.gone_at is not None:
            return Target.GONE
        # What was never read is learnt without alarm.
        unread = pairing.content is None or pairing.seen_content is None
        same = unread or pairing.seen_content == pairing.content
        return Target.AS_WRITTEN if same else Target.OTHER

    def _quiet_at(self, transfer: Transfer) -> datetime | None:
        if self.changed_at is None:
            return None
        quiet = self.changed_at + timedelta(minutes=self.link.settings.general.quiet_minutes)
        if transfer.write is None or transfer.released_at is None:
            return quiet
        return min(quiet, transfer.released_at + QUIET_AT_MOST)


def _closes_finished(rules: FlowSettings | None) -> bool:
    return getattr(rules, "close_when_closed", False)
