"""What an answer changes: from the outcomes of one batch to what has to be recorded.

Pure, like planning.  An operation without an outcome counts as unanswered: whatever the
outside system or the line did, every operation that left comes to one of the six
outcomes, and every transfer that waited for it moves.

What follows from an answer was recorded with the write (``Sent``): the source and the
settings may be others by now.  And nothing is decided by silence: only an answer to the
question itself says that something is not there, and only when the write it asks about can
no longer run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    DocumentStatus,
    ListRecord,
    Reason,
    Refusal,
    difference,
    document_kind,
    encode,
    fingerprint,
    reason,
    refuse,
)
from counterfoil.translate import TRANSLATORS, Translator

from .deciding import Wish, Write
from .life import Event, State
from .moving import advance
from .operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
    VoidWay,
)
from .paired_lines import paired_lines
from .planning import FollowUp, Sent
from .standpoint import Standpoint
from .transfers import Landing, Pairing, Transfer, mark_of

__all__ = [
    "Asked",
    "Chosen",
    "FieldResult",
    "Kind",
    "Settlement",
    "Waiting",
    "is_news",
    "landing_of",
    "recognise",
    "seen_as",
    "settle",
    "unanswered",
]

# So often a name that is taken there, though not in our lists, is looked for in them anew.
_TAKEN_TRIES: Final = 3


class Kind(StrEnum):
    """What an operation on its way was; the word the ledger keeps."""

    DESCRIBE = "describe"
    READ_RECORDS = "read-records"
    READ_DOCUMENTS = "read-documents"
    READ_DELETIONS = "read-deletions"
    FIND = "find"
    CREATE_RECORD = "create-record"
    CREATE_DOCUMENT = "create-document"
    UPDATE_DOCUMENT = "update-document"
    VOID_DOCUMENT = "void-document"
    WRITE_FIELD = "write-field"
    WRITE_MARK = "write-mark"


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
    sent: Sent | None = None


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


class FieldResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a follow-up; ``problem`` is ``None`` when it was written."""

    follow_up: int
    is_final: bool
    problem: str | None = None


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
        learned: Records the target now has.
        chosen: Names that mean a record created under another name.
        fields: What became of follow-ups.
        new_fields: Custom fields that now have to be written, by transfer.
        keeps_marks: Whether the target was seen to give our mark back; ``None``: this
            answer does not tell.
        written_at: When the system says it wrote, by its own wall clock.
        outcomes: One per operation asked, in its order.
    """

    transfers: tuple[Transfer, ...] = ()
    landings: tuple[tuple[Transfer, Landing], ...] = ()
    seen: tuple[Pairing, ...] = ()
    learned: tuple[ListRecord, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    fields: tuple[FieldResult, ...] = ()
    new_fields: tuple[FollowUp, ...] = ()
    keeps_marks: bool | None = None
    written_at: datetime | None = None
    outcomes: tuple[Outcome, ...] = ()


def unanswered(asked: Iterable[Asked], why: str) -> dict[str, Outcome]:
    """Give the outcomes of a batch to which no answer came."""
    return {each.wire_id: Unknown(why) for each in asked}


def settle(
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    waiting: Mapping[int, Waiting],
    now: datetime,
    *,
    target: str,
    taken: Collection[str] = (),
) -> Settlement:
    """Say what the answer to a batch changes.

    Args:
        asked: The operations that left.
        outcomes: What came back, by the operations' wire ids.
        waiting: The transfers of ``asked``, as they are now.
        now: The time.
        target: The target's name in running text.
        taken: Identities of documents there that belong to transfers.
    """
    settler = _Settler(waiting, now, target, taken)
    final: list[Outcome] = []
    for each in asked:
        outcome = outcomes.get(each.wire_id) or Unknown("the answer leaves this request out")
        final.append(outcome)
        settler.take(each, outcome)
    return settler.settlement(tuple(final))


def recognise(
    waiting: Mapping[int, Waiting],
    found: Mapping[int, Document | None],
    now: datetime,
    *,
    target: str,
    heads: bool = False,
) -> Settlement:
    """Say what a reading of the target changes for creates whose answer was lost.

    Args:
        waiting: Transfers that are unknown; others are left alone.
        found: Transfer -> the document that bears its mark; ``None``: a reading that goes
            back far enough, and is complete, brought none.
        now: The time.
        target: The target's name in running text.
        heads: Only who and which the documents are was read.
    """
    settler = _Settler(waiting, now, target)
    for transfer, document in found.items():
        settler.recognise(transfer, document, heads=heads)
    return settler.settlement(())


class _Settler:
    """Collects what one answer changes; lives no longer than one call of ``settle``."""

    def __init__(
        self,
        waiting: Mapping[int, Waiting],
        now: datetime,
        target: str,
        taken: Collection[str] = (),
    ) -> None:
        self.waiting = waiting
        self.taken = set(taken)
        self.now = now
        self.target = target
        self.moved: dict[int, Transfer] = {}
        self.at: dict[int, Standpoint] = {}
        self.landings: list[tuple[Transfer, Landing]] = []
        self.seen: dict[int, Pairing] = {}
        self.learned: list[ListRecord] = []
        self.chosen: list[Chosen] = []
        self.fields: list[FieldResult] = []
        self.new_fields: list[FollowUp] = []
        self.keeps_marks: bool | None = None
        self.written_at: datetime | None = None
        # What the operations a transfer waits for came to, the gravest first.
        self.matching: dict[int, list[Outcome]] = {}
        # Transfers whose document was read, to be changed in the next batch.
        self.read: set[int] = set()

    def settlement(self, outcomes: tuple[Outcome, ...]) -> Settlement:
        for transfer, results in self.matching.items():
            self._match_answered(transfer, results)
        return Settlement(
            transfers=tuple(self.moved.values()),
            landings=tuple(self.landings),
            seen=tuple(self.seen.values()),
            learned=tuple(self.learned),
            chosen=tuple(self.chosen),
            fields=tuple(self.fields),
            new_fields=tuple(self.new_fields),
            keeps_marks=self.keeps_marks,
            written_at=self.written_at,
            outcomes=outcomes,
        )

    def take(self, each: Asked, outcome: Outcome) -> None:
        """Take one operation's outcome."""
        match each.kind:
            case Kind.CREATE_DOCUMENT | Kind.UPDATE_DOCUMENT | Kind.VOID_DOCUMENT:
                assert each.transfer is not None
                self._written(each, each.transfer, outcome)
            case Kind.CREATE_RECORD:
                self._record_created(each, outcome)
            case Kind.FIND:
                self._looked_up(each, outcome)
            case Kind.WRITE_FIELD:
                self._field_written(each, outcome)
            case (
                Kind.DESCRIBE
                | Kind.READ_RECORDS
                | Kind.READ_DOCUMENTS
                | Kind.READ_DELETIONS
                | Kind.WRITE_MARK
            ):
                pass

    def recognise(self, transfer: int, document: Document | None, *, heads: bool) -> None:
        """Take what a reading brought of a lost create."""
        current = self._current(transfer)
        lost = current.state in (State.UNKNOWN, State.CONFIRMING)
        if not lost or current.write is not Write.CREATE:
            return
        if document is None or _is_void(document):
            if current.state is State.UNKNOWN:
                self._move(transfer, Event.ASKED)
            self._absent(transfer)
            return
        sent = self.waiting[transfer].sent or Sent()
        landing = landing_of(document, self._translator(transfer), sent, is_head=heads)
        self._land(transfer, landing, sent)

    def _current(self, transfer: int) -> Transfer:
        return self.moved.get(transfer) or self.waiting[transfer].transfer

    def _standpoint(self, transfer: int) -> Standpoint:
        return self.at.get(transfer) or self.waiting[transfer].at

    def _move(
        self,
        transfer: int,
        event: Event,
        *,
        refusal: Refusal | None = None,
        why: Reason | None = None,
        retry_after_s: float | None = None,
    ) -> Transfer:
        moved = advance(
            self._current(transfer),
            event,
            self.now,
            at=self._standpoint(transfer),
            refusal=refusal,
            why=why,
            retry_after=None if retry_after_s is None else timedelta(seconds=retry_after_s),
        )
        self.moved[transfer] = moved
        return moved

    # --- Answers to writes -----------------------------------------------------------------

    def _written(self, each: Asked, transfer: int, outcome: Outcome) -> None:
        state = self._current(transfer).state
        if state not in (State.SENDING, State.CONFIRMING, State.UNKNOWN):
            # A late answer: what became of the write has been found out meanwhile.
            return
        if state is State.UNKNOWN and not isinstance(outcome, (Done, Refused, Unknown)):
            # A late answer, too: only a question asked now says that it never happened.
            return
        match outcome:
            case Done():
                self._write_done(each, transfer, outcome)
            case Missing():
                self._move(transfer, Event.ABSENT)
            case Conflict(current):
                self._conflict(transfer, current)
            case Refused(refusal):
                self._move(transfer, Event.DECLINED, refusal=refusal)
            case Busy(why, retry_after_s):
                self._move(transfer, Event.BUSY, why=_busy(why), retry_after_s=retry_after_s)
            case Unknown(why):
                self._move(transfer, Event.UNANSWERED, why=_asked(why))

    def _write_done(self, each: Asked, transfer: int, outcome: Done) -> None:
        if each.kind is Kind.VOID_DOCUMENT:
            self._taken_out(transfer)
            return
        if each.kind is Kind.CREATE_DOCUMENT and outcome.document is not None:
            self.keeps_marks = outcome.mark is not None or bool(self.keeps_marks)
        self.written_at = outcome.written_at or self.written_at
        sent = each.sent or Sent()
        kind = DocumentKind(each.subject or "")
        self._land(transfer, _landing(outcome, kind, sent, self._translator(transfer)), sent)

    def _translator(self, transfer: int) -> Translator:
        return TRANSLATORS[self._standpoint(transfer).flow]

    def _land(self, transfer: int, landing: Landing, sent: Sent) -> None:
        """Record that a transfer's document is in the target, as it was sent."""
        current = self._current(transfer)
        at = self._standpoint(transfer)
        before = at.pairing
        if before is not None:
            landing = _still(before, landing, sent)
        paired = landing.as_pairing(current.sent_fingerprint, 0 if before is None else before.id)
        self.at[transfer] = at.with_pairing(paired)
        self.moved[transfer] = msgspec.structs.replace(current, notes=sent.notes)
        moved = self._move(transfer, Event.WRITTEN)
        self.landings.append((moved, landing))
        for name, value in sent.follow_ups:
            self.new_fields.append(
                FollowUp(
                    id=0,
                    transfer=transfer,
                    kind=landing.kind,
                    document_id=landing.id,
                    name=name,
                    value=value,
                )
            )

    def _taken_out(self, transfer: int) -> None:
        self.at[transfer] = self._standpoint(transfer).with_pairing(None)
        self._move(transfer, Event.WRITTEN)

    def _conflict(self, transfer: int, current: Document | None) -> None:
        """The target's document is another one than we knew: keep what it says now."""
        if current is not None:
            self._see(transfer, current)
        self._move(transfer, Event.CONFLICT)

    def _see(self, transfer: int, found: Document | None) -> bool:
        """Keep what the target's document says now, or that it is gone; say whether it is news.

        Whoever sent the document over what stood there did not know what is news: their wish
        ends, and they are asked again.
        """
        at = self._standpoint(transfer)
        assert at.pairing is not None, "only what has landed is seen again"
        seen = seen_as(at.pairing, found, self._translator(transfer), self.now)
        self.at[transfer] = at.with_pairing(seen)
        self.seen[seen.id] = seen
        news = is_news(at.pairing, seen)
        current = self._current(transfer)
        if news and current.wish.sends:
            self.moved[transfer] = msgspec.structs.replace(current, wish=Wish.NONE, wished_by=None)
        return news

    # --- Answers to what a transfer depends on -----------------------------------------------

    def _record_created(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and outcome.record is not None:
            self.learned.append(outcome.record)
            if each.sent is not None and each.sent.alias is not None:
                self.chosen += [
                    Chosen(
                        link=link,
                        kind=each.subject or "",
                        name=each.sent.alias,
                        record=outcome.record,
                    )
                    for link in each.sent.links
                ]
        for transfer in each.dependants:
            self.matching.setdefault(transfer, []).append(outcome)

    def _match_answered(self, transfer: int, results: Sequence[Outcome]) -> None:
        if self._current(transfer).state is not State.MATCHING:
            return
        tries = self._current(transfer).attempts
        results = [_taken_meanwhile(result, tries) for result in results]
        for result in results:
            if isinstance(result, Refused):
                self._move(transfer, Event.DECLINED, refusal=result.refusal)
                return
        for result in results:
            if isinstance(result, Busy):
                self._move(
                    transfer,
                    Event.BUSY,
                    why=_busy(result.reason),
                    retry_after_s=result.retry_after_s,
                )
                return
        lost = any(isinstance(result, Unknown) for result in results)
        moved = self._move(transfer, Event.UNANSWERED if lost else Event.MATCH_ANSWERED)
        if transfer in self.read and not lost:
            self.moved[transfer] = msgspec.structs.replace(moved, is_checked=True)

    # --- Answers to questions ----------------------------------------------------------------

    def _looked_up(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and outcome.page is None:
            outcome = Unknown("the answer to the question holds nothing")
        page = outcome.page if isinstance(outcome, Done) else None
        for transfer in each.dependants:
            current = self._current(transfer)
            if not isinstance(outcome, (Done, Missing)):
                self._look_up_failed(transfer, current, outcome)
            elif current.state is State.CONFIRMING:
                self._confirm(transfer, current, each, page or Page())
            elif current.state is State.MATCHING and current.write is Write.CREATE:
                self._number_checked(transfer, current, each, page or Page())
            elif current.state is State.MATCHING and each.sent and each.sent.by_number:
                self._other_number_checked(transfer, current, each, page or Page())
            elif current.state is State.MATCHING:
                self._read_before(transfer, page or Page())

    def _look_up_failed(self, transfer: int, current: Transfer, outcome: Outcome) -> None:
        if current.state is State.MATCHING:
            self.matching.setdefault(transfer, []).append(outcome)
        elif current.state is State.CONFIRMING:
            refusal = outcome.refusal if isinstance(outcome, Refused) else None
            if refusal is not None and refusal.code == "outcome-unclear":
                # Nobody can tell: a person looks.
                self._move(transfer, Event.DECLINED, refusal=refusal)
                return
            why = refusal.sentence if refusal else getattr(outcome, "reason", "no answer came")
            self._move(transfer, Event.UNANSWERED, why=_asked(why))

    def _read_before(self, transfer: int, page: Page) -> None:
        """Keep what the document that shall be changed says now; the next plan compares."""
        pairing = self._standpoint(transfer).pairing
        assert pairing is not None, "only what has landed is read before it is changed"
        found = _by_id(page, pairing.target_id)
        if found is None and _may_lack(page, pairing.target_id):
            self.matching.setdefault(transfer, []).append(Unknown("it could not be read"))
            return
        if self._see(transfer, found):
            self._move(transfer, Event.CONFLICT)
            return
        # Whatever else it waited for in this batch decides, too.
        self.read.add(transfer)
        self.matching.setdefault(transfer, []).append(Done())

    def _other_number_checked(
        self, transfer: int, current: Transfer, each: Asked, page: Page
    ) -> None:
        """Say whether the number that a landed document's source bears by now is free."""
        pairing = self._standpoint(transfer).pairing
        assert pairing is not None, "only what has landed gets another number"
        others = [other for other in _same_number(current, page) if other.id != pairing.target_id]
        if others:
            self._number_taken(transfer, current, each, others[0])
        elif _may_lack_number(page, current.target_number):
            self.matching.setdefault(transfer, []).append(Unknown("not all could be read"))
        else:
            self.matching.setdefault(transfer, []).append(Done())

    def _confirm(self, transfer: int, current: Transfer, each: Asked, page: Page) -> None:
        """Say whether the write whose answer was lost is there after all."""
        if current.write is Write.CREATE:
            self._confirm_create(transfer, current, each, page)
            return
        pairing = self._standpoint(transfer).pairing
        assert pairing is not None, "only what has landed is changed"
        found = _by_id(page, pairing.target_id)
        if found is None and _may_lack(page, pairing.target_id):
            self._move(transfer, Event.UNANSWERED, why=_asked("it could not be read"))
        elif current.write is Write.VOID:
            self._confirm_void(transfer, pairing, found)
        else:
            self._confirm_update(transfer, pairing, found)

    def _confirm_void(self, transfer: int, pairing: Pairing, found: Document | None) -> None:
        sent = self.waiting[transfer].sent or Sent()
        if found is None or (sent.how is not VoidWay.DELETE and _is_void(found)):
            self._taken_out(transfer)
        elif _as_before(pairing, found, self._translator(transfer)):
            self._see(transfer, found)
            self._absent(transfer)
        else:
            self._conflict(transfer, found)

    def _confirm_update(self, transfer: int, pairing: Pairing, found: Document | None) -> None:
        """Content decides: as last written is absent, every field as sent is written.

        In this order: what was sent says nothing of a field it leaves open, so an update
        that only clears one would seem to be there before it ran.
        """
        if found is None:
            self._see(transfer, None)
            self._move(transfer, Event.CONFLICT)
            return
        sent = self.waiting[transfer].sent or Sent()
        translator = self._translator(transfer)
        if sent.closes and _is_closed(found):
            self._land(transfer, landing_of(found, translator, sent), sent)
        elif _content(found, translator) == pairing.content:
            self._see(transfer, found)
            self._absent(transfer)
        elif not sent.closes and sent.written and difference(sent.written, found) is None:
            self._land(transfer, landing_of(found, translator, sent), sent)
        elif _as_before(pairing, found, translator):
            self._see(transfer, found)
            self._absent(transfer)
        else:
            self._conflict(transfer, found)

    def _confirm_create(self, transfer: int, current: Transfer, each: Asked, page: Page) -> None:
        """Decide about a create by number: the target keeps no mark, so content is compared.

        A document that bears somebody else's mark is not ours, whatever it says.
        """
        sent = self.waiting[transfer].sent or Sent()
        found = self._ours(transfer, page)
        if found is None:
            others = _same_number(current, page)
            written = sent.written
            found = next(
                (
                    other
                    for other in others
                    if other.id not in page.keys
                    and written is not None
                    and difference(written, other) is None
                ),
                None,
            )
            if found is None and _may_lack_number(page, current.target_number):
                self._move(transfer, Event.UNANSWERED, why=_asked("not all could be read"))
                return
            if found is None and not others:
                self._absent(transfer)
                return
            if found is None:
                self._number_taken(transfer, current, each, others[0])
                return
        self._land(transfer, landing_of(found, self._translator(transfer), sent), sent)

    def _absent(self, transfer: int) -> None:
        """Believe that a write never happened, once it cannot happen any more."""
        until = self.waiting[transfer].may_run_until
        if until is not None and until > self.now:
            why = reason("hold-back", until=f"{until:%H:%M:%S} UTC")
            self._move(transfer, Event.UNANSWERED, why=why)
        else:
            self._move(transfer, Event.ABSENT)

    def _number_checked(self, transfer: int, current: Transfer, each: Asked, page: Page) -> None:
        """Say whether the number is free, or the document there is ours already."""
        own = self._ours(transfer, page)
        if own is not None:
            sent = Sent(lines=())
            self._land(transfer, landing_of(own, self._translator(transfer), sent), sent)
            return
        found = [
            each
            for each in _same_number(current, page)
            if not self._bears_mark(transfer, each, page)
        ]
        if not found and _may_lack_number(page, current.target_number):
            self.matching.setdefault(transfer, []).append(Unknown("not all could be read"))
            return
        if not found:
            self.moved[transfer] = msgspec.structs.replace(current, is_checked=True)
            self.matching.setdefault(transfer, []).append(Done())
            return
        same = self._same_already(transfer, current, each, found, page)
        if same is not None:
            self.taken.add(same.id)
            sent = Sent(lines=())
            self._land(transfer, landing_of(same, self._translator(transfer), sent), sent)
            return
        other = self.waiting[transfer].other_number
        if other is not None:
            self.moved[transfer] = msgspec.structs.replace(current, target_number=other)
            self.matching.setdefault(transfer, []).append(Done())
            return
        self._number_taken(transfer, current, each, found[0])

    def _same_already(
        self,
        transfer: int,
        current: Transfer,
        each: Asked,
        found: Sequence[Document],
        page: Page,
    ) -> Document | None:
        """Find what bears its number, says all that would be sent and belongs to nobody.

        Where the target keeps no mark: this ledger wrote it before it was restored, or
        somebody entered the very same by hand.  Either way it is there.
        """
        wanted = each.sent and each.sent.wanted_by(transfer, current.target_kind)
        if not wanted:
            return None
        return next(
            (
                other
                for other in found
                if other.id not in self.taken
                and other.id not in page.keys
                and not _is_void(other)
                and difference(wanted, other) is None
            ),
            None,
        )

    def _ours(self, transfer: int, page: Page) -> Document | None:
        """Find the document that bears a mark of ours, of whatever generation.

        One that was voided since is no document any more.
        """
        return next(
            (
                each
                for each in page.documents
                if self._bears_mark(transfer, each, page) and not _is_void(each)
            ),
            None,
        )

    def _bears_mark(self, transfer: int, document: Document, page: Page) -> bool:
        waiting = self.waiting[transfer]
        marks = {*waiting.marks, mark_of(waiting.transfer.key or "")} - {""}
        return mark_of(page.keys.get(document.id, "")) in marks

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
            case Missing(detail) | Conflict(detail=detail):
                problem = detail or f"{self.target} has no such custom field."
            case Busy(why) | Unknown(why):
                problem = why
        # Writing the same value again is harmless, so a lost answer is simply asked again.
        is_final = not isinstance(outcome, (Busy, Unknown))
        self.fields.append(
            FieldResult(follow_up=each.follow_up, is_final=is_final, problem=problem)
        )


def _taken_meanwhile(outcome: Outcome, tries: int) -> Outcome:
    """Have a name that came into use meanwhile looked for in the lists before asking anybody."""
    if not isinstance(outcome, Refused) or outcome.refusal.code != "name-taken":
        return outcome
    if tries >= _TAKEN_TRIES:
        return outcome
    return Busy(f"the name “{outcome.refusal.value}” came into use there meanwhile")


def _busy(problem: str) -> Reason:
    return reason("busy", problem=problem)


def _asked(problem: str) -> Reason:
    return reason("outcome-asked", problem=problem)


def _by_id(page: Page, document_id: str) -> Document | None:
    return next((each for each in page.documents if each.id == document_id), None)


def _may_lack(page: Page, document_id: str) -> bool:
    """Whether the document may be there although the page does not show it."""
    return page.next is not None or any(each.id in (None, document_id) for each in page.unreadable)


def _may_lack_number(page: Page, number: str | None) -> bool:
    """Whether a document of that number may be there although the page does not show it."""
    return page.next is not None or any(each.number in (None, number) for each in page.unreadable)


def _same_number(transfer: Transfer, page: Page) -> list[Document]:
    number = transfer.target_number
    return [each for each in page.documents if number is not None and each.number == number]


def _is_void(document: Document) -> bool:
    """Whether it stays there without amounts; one that was only closed keeps its amounts."""
    total = getattr(document, "total", None)
    return document.status is DocumentStatus.CANCELLED and total is not None and not total.amount


def _is_closed(document: Document) -> bool:
    """Whether nothing is open any more; some systems tell a closing by hand as cancelled."""
    return document.status in (DocumentStatus.CLOSED, DocumentStatus.CANCELLED)


def _content(document: Document, translator: Translator) -> str:
    return fingerprint(translator.carried(document))


def _as_before(pairing: Pairing, found: Document, translator: Translator) -> bool:
    """Whether a document says what it said when it was last written or seen."""
    return _content(found, translator) in (pairing.content, pairing.seen_content)


def is_news(before: Pairing, after: Pairing) -> bool:
    """Whether a reading showed what nobody had seen: other carried fields, or that it is gone.

    A wish to send it, made before, was made without knowing; whoever records such a reading
    ends that wish, and the facts are looked at anew.
    """
    if after.gone_at is not None:
        return before.gone_at is None
    known = before.seen_content or before.content
    return known is not None and after.seen_content != known


def seen_as(
    pairing: Pairing, found: Document | None, translator: Translator, now: datetime
) -> Pairing:
    """Give the pairing as it is after its document was read in the target.

    What was never read after our write is learnt without alarm: what it says now is what
    we wrote.
    """
    if found is None:
        return msgspec.structs.replace(pairing, gone_at=pairing.gone_at or now)
    content = _content(found, translator)
    total = getattr(found, "total", None)
    return msgspec.structs.replace(
        pairing,
        content=pairing.content or content,
        seen_content=content,
        seen_revision=found.revision,
        seen=encode(found),
        gone_at=None,
        number=found.number if pairing.content is None else pairing.number,
        total=str(total.amount) if pairing.content is None and total is not None else pairing.total,
    )


def _still(before: Pairing, landing: Landing, sent: Sent) -> Landing:
    """Keep what an update does not change: whose document it was, and lines it did not carry."""
    return msgspec.structs.replace(
        landing,
        is_adopted=before.is_adopted,
        lines=before.lines if sent.closes else landing.lines,
    )


def _landing(outcome: Done, kind: DocumentKind, sent: Sent, translator: Translator) -> Landing:
    assert outcome.id, "a connector answers a write with the identity of what it wrote"
    document = outcome.document
    return Landing(
        id=outcome.id,
        kind=kind,
        number=outcome.number,
        revision=outcome.revision,
        total=outcome.total,
        content=None if document is None else _content(document, translator),
        lines=paired_lines(sent.lines, outcome.line_ids),
        is_closed=sent.closes,
    )


def landing_of(
    document: Document, translator: Translator, sent: Sent, *, is_head: bool = False
) -> Landing:
    """Give what a document that was read in the target is as a landing.

    Of a head neither content nor lines are known; they are read later, without alarm.  Where
    it does not say what was sent, somebody changed it since: what counts as written is what
    was sent, so that the next look at it tells.
    """
    total = getattr(document, "total", None)
    line_ids = [line.id for line in getattr(document, "lines", ())]
    written = sent.written
    content = _content(document, translator)
    lines = paired_lines(sent.lines, line_ids)
    if written is not None and difference(written, document) is not None:
        content, lines = _content(written, translator), None
    return Landing(
        id=document.id,
        kind=document_kind(document),
        number=document.number,
        revision=document.revision,
        total=str(total.amount) if total is not None else None,
        content=None if is_head else content,
        lines=None if is_head else lines,
        is_closed=sent.closes,
    )


def _described(document: Document) -> str:
    customer = getattr(document, "customer", None) or getattr(document, "vendor", None)
    day = getattr(document, "created_on", None)
    parts = [customer.name if customer else None, f"of {day}" if day else None]
    return " ".join(part for part in parts if part) or document.id
