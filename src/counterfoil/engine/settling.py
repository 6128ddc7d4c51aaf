"""What an answer changes: from the outcomes of one batch to what has to be recorded.

Pure, like planning.  An operation without an outcome counts as unanswered: whatever the
outside system or the line did, every operation that left comes to one of the five
outcomes, and every transfer that waited for it moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentKind, ListRecord, Refusal, refuse

from .life import Event, State
from .operations import Busy, Done, Missing, Outcome, Page, Refused, Unknown
from .planning import FollowUp
from .transfers import Landing, Transfer, advance, mark_of

__all__ = ["Asked", "FieldResult", "Kind", "Settlement", "Waiting", "settle", "unanswered"]


_GONE: Final = "It was cancelled or deleted at its source while it was on its way."


class Kind(StrEnum):
    """What an operation on its way was; the word the ledger keeps."""

    DESCRIBE = "describe"
    READ_RECORDS = "read-records"
    READ_DOCUMENTS = "read-documents"
    READ_DELETIONS = "read-deletions"
    FIND = "find"
    CREATE_RECORD = "create-record"
    CREATE_DOCUMENT = "create-document"
    WRITE_FIELD = "write-field"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that left, as the ledger remembers it."""

    wire_id: str
    kind: Kind
    subject: str | None = None
    name: str | None = None
    key: str | None = None
    transfer: int | None = None
    dependants: tuple[int, ...] = ()
    follow_up: int | None = None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer that waited for the answer.

    Attributes:
        fingerprint: Of its source document as it is now.
        fields: Custom fields of the document that was written (DOC-9).
        other_number: The number to try when its own is taken, ``None``: refuse.
        is_gone: The source document has been cancelled or deleted meanwhile.
    """

    transfer: Transfer
    fingerprint: str
    other_number: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    is_gone: bool = False


class FieldResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a follow-up; ``problem`` is ``None`` when it was written."""

    follow_up: int
    is_final: bool
    problem: str | None = None


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer changes.

    Attributes:
        transfers: New values of those that moved.
        landings: What documents became, by transfer.
        learned: Records the target now has.
        fields: What became of follow-ups.
        new_fields: Custom fields that now have to be written, by transfer.
        outcomes: One per operation asked, in its order.
    """

    transfers: tuple[Transfer, ...] = ()
    landings: tuple[tuple[Transfer, Landing], ...] = ()
    learned: tuple[ListRecord, ...] = ()
    fields: tuple[FieldResult, ...] = ()
    new_fields: tuple[FollowUp, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def unanswered(asked: Iterable[Asked], reason: str) -> dict[str, Outcome]:
    """Give the outcomes of a batch to which no answer came."""
    return {each.wire_id: Unknown(reason) for each in asked}


def settle(
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    waiting: Mapping[int, Waiting],
    now: datetime,
    *,
    target: str,
) -> Settlement:
    """Say what the answer to a batch changes.

    Args:
        asked: The operations that left.
        outcomes: What came back, by the operations' wire ids.
        waiting: The transfers of ``asked``, as they are now.
        now: The time.
        target: The target's name in running text.
    """
    settler = _Settler(waiting, now, target)
    final: list[Outcome] = []
    for each in asked:
        outcome = outcomes.get(each.wire_id) or Unknown("the answer leaves this request out")
        final.append(outcome)
        settler.take(each, outcome)
    return settler.settlement(tuple(final))


class _Settler:
    """Collects what one answer changes; lives no longer than one call of ``settle``."""

    def __init__(self, waiting: Mapping[int, Waiting], now: datetime, target: str) -> None:
        self.waiting = waiting
        self.now = now
        self.target = target
        self.moved: dict[int, Transfer] = {}
        self.landings: list[tuple[Transfer, Landing]] = []
        self.learned: list[ListRecord] = []
        self.fields: list[FieldResult] = []
        self.new_fields: list[FollowUp] = []
        # What the operations a transfer waits for came to, the gravest first.
        self.matching: dict[int, list[Outcome]] = {}

    def settlement(self, outcomes: tuple[Outcome, ...]) -> Settlement:
        for transfer, results in self.matching.items():
            self._match_answered(transfer, results)
        return Settlement(
            transfers=tuple(self.moved.values()),
            landings=tuple(self.landings),
            learned=tuple(self.learned),
            fields=tuple(self.fields),
            new_fields=tuple(self.new_fields),
            outcomes=outcomes,
        )

    def take(self, each: Asked, outcome: Outcome) -> None:
        """Take one operation's outcome."""
        match each.kind:
            case Kind.CREATE_DOCUMENT:
                assert each.transfer is not None
                self._written(each, each.transfer, outcome)
            case Kind.CREATE_RECORD:
                if isinstance(outcome, Done) and outcome.record is not None:
                    self.learned.append(outcome.record)
                for transfer in each.dependants:
                    self.matching.setdefault(transfer, []).append(outcome)
            case Kind.FIND:
                self._looked_up(each, outcome)
            case Kind.WRITE_FIELD:
                self._field_written(each, outcome)
            case Kind.DESCRIBE | Kind.READ_RECORDS | Kind.READ_DOCUMENTS | Kind.READ_DELETIONS:
                pass

    def _current(self, transfer: int) -> Transfer:
        return self.moved.get(transfer) or self.waiting[transfer].transfer

    def _move(
        self,
        transfer: int,
        event: Event,
        *,
        refusal: Refusal | None = None,
        reason: str | None = None,
        retry_after_s: float | None = None,
    ) -> Transfer:
        moved = advance(
            self._current(transfer),
            event,
            self.now,
            refusal=refusal,
            reason=reason,
            retry_after=None if retry_after_s is None else timedelta(seconds=retry_after_s),
        )
        self.moved[transfer] = moved
        return moved

    def _written(self, each: Asked, transfer: int, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._land(transfer, each.subject, _landing(outcome))
            case Missing():
                self._move(transfer, Event.ABSENT)
            case Refused(refusal):
                self._move(transfer, Event.DECLINED, refusal=refusal)
            case Busy(reason, retry_after_s):
                self._move(transfer, Event.BUSY, reason=reason, retry_after_s=retry_after_s)
            case Unknown(reason):
                self._move(transfer, Event.UNANSWERED, reason=reason)

    def _land(self, transfer: int, subject: str | None, landing: Landing) -> None:
        event = Event.ADOPTED if self._current(transfer).state is State.MATCHING else Event.WRITTEN
        moved = self._move(transfer, event)
        self.landings.append((moved, landing))
        waiting = self.waiting[transfer]
        for name, value in waiting.fields:
            self.new_fields.append(
                FollowUp(
                    id=0,
                    transfer=transfer,
                    kind=DocumentKind(subject or ""),
                    document_id=landing.id,
                    name=name,
                    value=value,
                )
            )
        if waiting.is_gone:
            self._move(transfer, Event.SOURCE_GONE, reason=_GONE)
        elif moved.sent_fingerprint not in (None, waiting.fingerprint):
            self._move(transfer, Event.SOURCE_CHANGED)

    def _match_answered(self, transfer: int, results: Sequence[Outcome]) -> None:
        if self._current(transfer).state is not State.MATCHING:
            return
        for result in results:
            if isinstance(result, Refused):
                self._move(transfer, Event.DECLINED, refusal=result.refusal)
                return
        for result in results:
            if isinstance(result, Busy):
                self._move(
                    transfer,
                    Event.BUSY,
                    reason=result.reason,
                    retry_after_s=result.retry_after_s,
                )
                return
        lost = any(isinstance(result, Unknown) for result in results)
        self._move(transfer, Event.UNANSWERED if lost else Event.MATCH_ANSWERED)

    def _looked_up(self, each: Asked, outcome: Outcome) -> None:
        page = outcome.page if isinstance(outcome, Done) else None
        transfers = each.dependants if each.transfer is None else (each.transfer,)
        for transfer in transfers:
            current = self._current(transfer)
            if not isinstance(outcome, (Done, Missing)):
                self._look_up_failed(transfer, current, outcome)
            elif current.state is State.CONFIRMING:
                self._confirm(transfer, current, each, page or Page())
            elif current.state is State.MATCHING:
                self._number_checked(transfer, current, each, page or Page())

    def _look_up_failed(self, transfer: int, current: Transfer, outcome: Outcome) -> None:
        if current.state is State.MATCHING:
            self.matching.setdefault(transfer, []).append(outcome)
        elif current.state is State.CONFIRMING:
            refusal = outcome.refusal if isinstance(outcome, Refused) else None
            reason = refusal.sentence if refusal else getattr(outcome, "reason", None)
            self._move(transfer, Event.UNANSWERED, reason=reason)

    def _confirm(self, transfer: int, current: Transfer, each: Asked, page: Page) -> None:
        """Say whether the write whose answer was lost is there after all."""
        found = _ours(current, page) or _same_number(current, page)
        if found is None:
            self._move(transfer, Event.ABSENT)
        elif _is_foreign(current, found, page):
            self._number_taken(transfer, current, each, found)
        else:
            self._land(transfer, each.subject, _landing_of(found))

    def _number_checked(self, transfer: int, current: Transfer, each: Asked, page: Page) -> None:
        """Say whether the number is free, or the document there is ours already."""
        own = _ours(current, page)
        if own is not None:
            self._land(transfer, each.subject, _landing_of(own))
            return
        found = _same_number(current, page)
        if found is None:
            self.moved[transfer] = msgspec.structs.replace(current, number_is_free=True)
            self.matching.setdefault(transfer, []).append(Done())
            return
        other = self.waiting[transfer].other_number
        if other is not None:
            self.moved[transfer] = msgspec.structs.replace(current, target_number=other)
            self.matching.setdefault(transfer, []).append(Done())
            return
        self._number_taken(transfer, current, each, found)

    def _number_taken(self, transfer: int, current: Transfer, each: Asked, found: Document) -> None:
        refusal = refuse(
            "number-taken",
            where="number",
            value=found.number,
            document=(each.subject or "document").replace("-", " "),
            target=self.target,
            found=_described(found),
            id=found.id,
        )
        # Whoever changes the number at the source starts with a clean look-up.
        self.moved[transfer] = msgspec.structs.replace(current, target_number=None)
        self._move(transfer, Event.DECLINED, refusal=refusal)

    def _field_written(self, each: Asked, outcome: Outcome) -> None:
        assert each.follow_up is not None
        problem: str | None = None
        match outcome:
            case Done():
                pass
            case Refused(refusal):
                problem = refusal.sentence
            case Missing(detail):
                problem = detail or f"{self.target} has no such custom field."
            case Busy(reason) | Unknown(reason):
                problem = reason
        # Writing the same value again is harmless, so a lost answer is simply asked again.
        is_final = not isinstance(outcome, (Busy, Unknown))
        self.fields.append(
            FieldResult(follow_up=each.follow_up, is_final=is_final, problem=problem)
        )


def _ours(transfer: Transfer, page: Page) -> Document | None:
    """Find the document that bears our mark."""
    mark = mark_of(transfer.key)
    return next(
        (
            document
            for document in page.documents
            if mark_of(page.keys.get(document.id, "")) == mark
        ),
        None,
    )


def _same_number(transfer: Transfer, page: Page) -> Document | None:
    if transfer.target_number is None:
        return None
    return next(
        (document for document in page.documents if document.number == transfer.target_number),
        None,
    )


def _is_foreign(transfer: Transfer, found: Document, page: Page) -> bool:
    """Whether the document bears a mark, and not ours."""
    mark = page.keys.get(found.id)
    return mark is not None and mark_of(mark) != mark_of(transfer.key)


def _landing(outcome: Done) -> Landing:
    assert outcome.id, "a connector answers a write with the identity of what it wrote"
    return Landing(
        id=outcome.id,
        number=outcome.number,
        revision=outcome.revision,
        total=outcome.total,
        line_ids=outcome.line_ids,
    )


def _landing_of(document: Document) -> Landing:
    total = getattr(document, "total", None)
    return Landing(
        id=document.id,
        number=document.number,
        revision=document.revision,
        total=str(total.amount) if total is not None else None,
        line_ids=tuple(line.id for line in getattr(document, "lines", ())),
    )


def _described(document: Document) -> str:
    customer = getattr(document, "customer", None) or getattr(document, "vendor", None)
    day = getattr(document, "created_on", None)
    parts = [customer.name if customer else None, f"of {day}" if day else None]
    return " ".join(part for part in parts if part) or document.id
