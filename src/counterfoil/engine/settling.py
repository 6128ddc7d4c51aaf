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

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    ListRecord,
    Reason,
    Refusal,
    decode,
    document_kind,
    encode,
    name_key,
    reason,
    refuse,
)
from counterfoil.translate import TRANSLATORS, Translator

from .asked import Asked, Kind, Sent
from .confirming import (
    Verdict,
    Word,
    confirm_create,
    confirm_update,
    confirm_void,
    number_checked,
    other_number_checked,
)
from .deciding import Wish, Write
from .following import FollowUp, follow
from .life import Event, State
from .moving import advance
from .numbering import Claim, Known, vendor_in
from .operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
)
from .ordering import linked, proves
from .seeing import (
    is_news,
    is_void,
    landing_of,
    landing_of_answer,
    may_lack,
    seen_as,
    still,
    with_id,
)
from .settling_fields import FieldSettler
from .standpoint import Standpoint
from .transfers import Landing, OrderSeen, Pairing, Transfer, mark_of

__all__ = [
    "Asked",
    "Chosen",
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
# So often what may be a lock is tried before it is taken for the refusal it may be as well;
# at a Web Connector's usual pace that is about an hour.
_DOUBT_TRIES: Final = 6
# So often what names a record that the target does not know is tried, its lists read anew.
_OUTDATED_TRIES: Final = 3
_NOT_ALL_READ: Final = "not all could be read"


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
    known: Known | None = None,
    follow_ups: Mapping[int, FollowUp] | None = None,
    settles_after: timedelta = timedelta(0),
    zone: tzinfo = UTC,
) -> Settlement:
    """Say what the answer to a batch changes.

    Args:
        asked: The operations that left.
        outcomes: What came back, by the operations' wire ids.
        waiting: The transfers of ``asked``, as they are now.
        now: The time.
        target: The target's name in running text.
        known: Of the documents that were found by their numbers.
        follow_ups: The follow-ups of ``asked``, as they are now.
        settles_after: For how long a follow-up's write may still be carried out after it left.
        zone: In which people read times.
    """
    fields = FieldSettler(follow_ups or {}, now, target, settles_after, zone)
    settler = _Settler(waiting, now, target, known, fields)
    final = tuple(
        outcomes.get(each.wire_id) or Unknown("the answer leaves this request out")
        for each in asked
    )
    # Numbers last: whose they are is told by the orders and documents that were read beside them.
    answered = zip(asked, final, strict=True)
    for each, outcome in sorted(answered, key=lambda pair: _is_by_number(pair[0])):
        settler.take(each, outcome)
    return settler.settlement(final)


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
        known: Known | None = None,
        fields: FieldSettler | None = None,
    ) -> None:
        self.waiting = waiting
        self.fields = fields or FieldSettler({}, now, target)
        self.known = known or Known()
        self.taken = set(self.known.taken)
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

    def settlement(self, outcomes: tuple[Outcome, ...]) -> Settlement:
        for transfer, results in self.matching.items():
            self._match_answered(transfer, results)
        return Settlement(
            transfers=tuple(self.moved.values()),
            landings=tuple(self.landings),
            seen=tuple(self.seen.values()),
            linked=tuple(self.linked.items()),
            learned=tuple(self.learned),
            chosen=tuple(self.chosen),
            remarks=tuple(self.remarks),
            fields=self.fields.moves,
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
            case Kind.ACTIVATE_RECORD:
                self._record_activated(each, outcome)
            case Kind.FIND:
                self._looked_up(each, outcome)
                self.fields.read(each, outcome)
            case Kind.WRITE_FIELD:
                self.fields.written(each, outcome)
            case (
                Kind.DESCRIBE
                | Kind.READ_RECORDS
                | Kind.READ_DOCUMENTS
                | Kind.READ_DELETIONS
                | Kind.READ_STOCK
                | Kind.WRITE_MARK
                | Kind.CREATE_TO_DO
                | Kind.COMPLETE_TO_DO
                | Kind.FIND_TO_DO
            ):
                pass

    def recognise(self, transfer: int, document: Document | None, *, heads: bool) -> None:
        """Take what a reading brought of a lost create."""
        current = self._current(transfer)
        lost = current.state in (State.UNKNOWN, State.CONFIRMING)
        if not lost or current.write is not Write.CREATE:
            return
        if document is None or is_void(document):
            if current.state is State.UNKNOWN:
                self._move(transfer, Event.ASKED)
            self._absent(transfer)
            return
        sent = self.waiting[transfer].sent or Sent()
        self._land_found(transfer, document, sent, is_head=heads)

    def _current(self, transfer: int) -> Transfer:
        return self.moved.get(transfer) or self.waiting[transfer].transfer

    def _standpoint(self, transfer: int) -> Standpoint:
        return self.at.get(transfer) or self.waiting[transfer].at

    def _pairing(self, transfer: int) -> Pairing:
        pairing = self._standpoint(transfer).pairing
        assert pairing is not None, "only what has landed is looked at, changed or taken out"
        return pairing

    def _matched(self, transfer: int, outcome: Outcome) -> None:
        """Keep what one thing that a transfer waits for came to."""
        self.matching.setdefault(transfer, []).append(outcome)

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
        outcome = _beyond_doubt(outcome, self._current(transfer).attempts)
        match outcome:
            case Done():
                self._write_done(each, transfer, outcome)
            case Missing():
                self._move(transfer, Event.ABSENT)
            case Conflict(current):
                self._conflict(transfer, current)
            case Refused(refusal):
                self._move(transfer, Event.DECLINED, refusal=refusal)
            case Busy(why, retry_after_s, detail=seen):
                told = _busy(why, seen)
                self._move(transfer, Event.BUSY, why=told, retry_after_s=retry_after_s)
            case Unknown(why, seen):
                self._move(transfer, Event.UNANSWERED, why=_asked(why, seen))

    def _write_done(self, each: Asked, transfer: int, outcome: Done) -> None:
        if each.kind is Kind.VOID_DOCUMENT:
            self._taken_out(transfer)
            return
        if each.kind is Kind.CREATE_DOCUMENT and outcome.document is not None:
            self.keeps_marks = outcome.mark is not None or bool(self.keeps_marks)
        self.written_at = outcome.written_at or self.written_at
        sent = each.sent or Sent()
        kind = DocumentKind(each.subject or "")
        landing = landing_of_answer(outcome, kind, sent, self._translator(transfer))
        made = each.kind is Kind.CREATE_DOCUMENT
        self._land(transfer, landing, sent, untouched=landing.revision if made else None)

    def _translator(self, transfer: int) -> Translator:
        at = self._standpoint(transfer)
        return TRANSLATORS[at.flow].under(at.link.settings)

    def _land(
        self, transfer: int, landing: Landing, sent: Sent, *, untouched: str | None = None
    ) -> None:
        """Record that a transfer's document is in the target, as it was sent.

        Its custom fields are to be written now.  ``untouched``: its revision, where it is as
        our create has made it.
        """
        current = self._current(transfer)
        at = self._standpoint(transfer)
        before = at.pairing
        if before is not None:
            landing = still(before, landing, sent)
        elif sent.order is not None:
            landing = linked(landing, sent.order)
        paired = landing.as_pairing(current.sent_fingerprint, 0 if before is None else before.id)
        self.at[transfer] = at.with_pairing(paired)
        self.moved[transfer] = msgspec.structs.replace(current, notes=sent.notes)
        if landing.is_linked is False:
            moved = self._move(transfer, Event.ENTERED, why=reason("link-unproved"))
        else:
            moved = self._move(transfer, Event.WRITTEN)
        self.landings.append((moved, landing))
        self.new_fields += follow(
            transfer, landing.kind, landing.id, sent.follow_ups, self.now, revision=untouched
        )

    def _land_found(
        self, transfer: int, found: Document, sent: Sent, *, is_head: bool = False
    ) -> None:
        """Record that a transfer's document was found there."""
        landing = landing_of(found, self._translator(transfer), sent, is_head=is_head)
        self._land(transfer, landing, sent)

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
        before = self._pairing(transfer)
        seen = seen_as(before, found, self._translator(transfer), self.now)
        self.at[transfer] = self._standpoint(transfer).with_pairing(seen)
        self.seen[seen.id] = seen
        news = is_news(before, seen)
        current = self._current(transfer)
        if news and current.wish.sends:
            self.moved[transfer] = msgspec.structs.replace(current, wish=Wish.NONE, wished_by=None)
        return news

    # --- Answers to what a transfer depends on -----------------------------------------------

    def _record_created(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            self.written_at = outcome.written_at or self.written_at
        if isinstance(outcome, Done) and outcome.record is not None:
            self.learned.append(outcome.record)
            self._remember_name(each, outcome.record)
        for transfer in each.dependants:
            self._matched(transfer, outcome)

    def _record_activated(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            self.written_at = outcome.written_at or self.written_at
            self.learned += [] if outcome.record is None else [outcome.record]
        for transfer in each.dependants:
            self._matched(transfer, outcome)

    def _remember_name(self, each: Asked, record: ListRecord) -> None:
        """Let the name that was asked for mean the record that was created for it.

        Systems trim names, replace characters and write them in another case: the identity
        that the answer gives is the only sure thing.
        """
        sent = each.sent or Sent()
        name = sent.alias or each.name
        if name is None or name_key(name) == name_key(record.full_name):
            return
        kind = (each.subject or "record").replace("-", " ")
        self.chosen += [
            Chosen(link=link, kind=each.subject or "", name=name, record=record)
            for link in sent.links
        ]
        told = (
            f"{self.target} keeps the {kind} “{name}” as “{record.full_name}” ({record.id}); "
            f"“{name}” means that {kind} from now on."
        )
        self.remarks += [(transfer, told) for transfer in each.dependants]

    def _match_answered(self, transfer: int, results: Sequence[Outcome]) -> None:
        if self._current(transfer).state is not State.MATCHING:
            return
        tries = self._current(transfer).attempts
        results = [_beyond_doubt(_taken_meanwhile(each, tries), tries) for each in results]
        for result in results:
            if isinstance(result, Refused):
                self._move(transfer, Event.DECLINED, refusal=result.refusal)
                return
        for result in results:
            if isinstance(result, Busy):
                self._move(
                    transfer,
                    Event.BUSY,
                    why=_busy(result.reason, result.detail),
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
            elif each.sent is not None and each.sent.orders:
                self._order_read(transfer, each.sent, page or Page())
            elif current.state is State.CONFIRMING:
                self._confirm(transfer, each, page or Page())
            elif current.state is State.MATCHING and current.write is Write.CREATE:
                self._number_checked(transfer, each, page or Page())
            elif current.state is State.MATCHING and each.sent and each.sent.by_number:
                self._other_number_checked(transfer, each, page or Page())
            elif current.state is State.MATCHING:
                self._read_before(transfer, page or Page())

    def _order_read(self, transfer: int, sent: Sent, page: Page) -> None:
        """Keep the order that was read before something is linked to it, or prove the link."""
        order_id = next(order for asker, order in sent.orders if asker == transfer)
        found = with_id(page, order_id)
        is_unread = found is None and may_lack(page, order_id)
        current = self._current(transfer)
        if current.state is State.CONFIRMING:
            self._prove(transfer, found, is_unread=is_unread)
        elif current.state is State.MATCHING and is_unread:
            self._matched(transfer, Unknown(_NOT_ALL_READ))
        elif current.state is State.MATCHING:
            # An order that is gone there is noticed by itself: the next plan asks again.
            seen = None if found is None else _order_seen(found, self.now)
            self.moved[transfer] = msgspec.structs.replace(current, order_seen=seen)
            gone = Busy("its order was not found there")
            self._matched(transfer, Done() if found is not None else gone)

    def _prove(self, transfer: int, order: Document | None, *, is_unread: bool) -> None:
        """Say whether what was entered is linked to its order, by the order itself."""
        pairing, current = self._pairing(transfer), self._current(transfer)
        before = None if current.order_seen is None else current.order_seen.document
        if is_unread:
            self._move(transfer, Event.UNANSWERED, why=_asked(_NOT_ALL_READ))
        elif order is None or proves(order, pairing, before):
            # An order that is gone had nothing linked to it: QuickBooks would have kept it.
            self._link_known(transfer, is_linked=order is not None)
            self._move(transfer, Event.WRITTEN)
        elif current.wish is Wish.REPLACE:
            # It was written anew for this very reason: a person looks.
            self._drop_wish(transfer)
            self._move(transfer, Event.DECLINED, refusal=self._link_dropped(transfer))
        else:
            self._move(transfer, Event.UNLINKED)

    def _link_known(self, transfer: int, *, is_linked: bool) -> None:
        known = msgspec.structs.replace(self._pairing(transfer), is_linked=is_linked)
        self.at[transfer] = self._standpoint(transfer).with_pairing(known)
        self.linked[known.id] = is_linked

    def _drop_wish(self, transfer: int) -> None:
        current = self._current(transfer)
        self.moved[transfer] = msgspec.structs.replace(current, wish=Wish.NONE, wished_by=None)

    def _link_dropped(self, transfer: int) -> Refusal:
        pairing = self._pairing(transfer)
        return refuse(
            "link-dropped",
            document=pairing.target_kind.words,
            value=pairing.number or pairing.target_id,
            target=self.target,
        )

    def _look_up_failed(self, transfer: int, current: Transfer, outcome: Outcome) -> None:
        if current.state is State.MATCHING:
            self._matched(transfer, outcome)
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
        pairing = self._pairing(transfer)
        found = with_id(page, pairing.target_id)
        if found is None and may_lack(page, pairing.target_id):
            self._matched(transfer, Unknown("it could not be read"))
        elif self._see(transfer, found):
            self._move(transfer, Event.CONFLICT)
        else:
            # Whatever else it waited for in this batch decides, too.
            self.read.add(transfer)
            self._matched(transfer, Done())

    def _other_number_checked(self, transfer: int, each: Asked, page: Page) -> None:
        current = self._current(transfer)
        target_id, claim = self._pairing(transfer).target_id, self._claim(transfer, each)
        number = current.target_number
        verdict = other_number_checked(number, target_id, claim, self._known(), page)
        if verdict.word is Word.UNREAD:
            self._matched(transfer, Unknown(_NOT_ALL_READ))
        elif verdict.document is not None:
            self._number_taken(transfer, each, verdict.document)
        else:
            self._matched(transfer, Done())

    def _number_checked(self, transfer: int, each: Asked, page: Page) -> None:
        current = self._current(transfer)
        wanted = each.sent.wanted_by(transfer, current.target_kind) if each.sent else None
        marks, claim = self._marks(transfer), self._claim(transfer, each)
        verdict = number_checked(current.target_number, marks, wanted, claim, self._known(), page)
        other = self.waiting[transfer].other_number
        if verdict.word is Word.UNREAD:
            self._matched(transfer, Unknown(_NOT_ALL_READ))
        elif verdict.document is None:
            self.moved[transfer] = msgspec.structs.replace(current, is_checked=True)
            self._matched(transfer, Done())
        elif verdict.word is Word.THERE:
            self.taken.add(verdict.document.id)
            fields = each.sent.fields_of(transfer) if each.sent else ()
            self._land_found(transfer, verdict.document, Sent(follow_ups=fields))
        elif other is not None:
            self.moved[transfer] = msgspec.structs.replace(current, target_number=other)
            self._matched(transfer, Done())
        else:
            self._number_taken(transfer, each, verdict.document)

    def _claim(self, transfer: int, each: Asked) -> Claim:
        """On what terms it shall bear the number it asked for; what was read tells whose it is."""
        claim = Claim() if each.sent is None else each.sent.claim_of(transfer)
        if claim.vendor is not None:
            return claim
        current, pairing = self._current(transfer), self._standpoint(transfer).pairing
        read = current.order_seen.document if current.order_seen is not None else None
        if pairing is not None and pairing.seen is not None:
            read = decode(pairing.target_kind, pairing.seen)
        vendor = vendor_in(current.target_kind, read)
        return msgspec.structs.replace(claim, vendor=vendor)

    def _known(self) -> Known:
        """What is known of documents there, with what this answer has given to transfers."""
        return msgspec.structs.replace(self.known, taken=self.taken)

    def _confirm(self, transfer: int, each: Asked, page: Page) -> None:
        """Say whether the write whose answer was lost is there after all."""
        current = self._current(transfer)
        sent = self.waiting[transfer].sent or Sent()
        translator = self._translator(transfer)
        match current.write:
            case Write.CREATE:
                marks = self._marks(transfer)
                number = current.target_number
                verdict = confirm_create(number, marks, sent, self._known(), page)
            case Write.UPDATE:
                verdict = confirm_update(self._pairing(transfer), sent, translator, page)
            case _:
                verdict = confirm_void(self._pairing(transfer), sent, translator, page)
        self._confirmed(transfer, each, verdict, sent)

    def _confirmed(self, transfer: int, each: Asked, verdict: Verdict, sent: Sent) -> None:
        found = verdict.document
        match verdict.word:
            case Word.UNREAD:
                self._move(transfer, Event.UNANSWERED, why=_asked(_NOT_ALL_READ))
            case Word.THERE:
                assert found is not None, "what is there was read"
                self._land_found(transfer, found, sent)
            case Word.NUMBER_TAKEN:
                assert found is not None, "what bears the number was read"
                self._number_taken(transfer, each, found)
            case Word.AS_BEFORE:
                self._see(transfer, found)
                self._absent(transfer)
            case Word.ABSENT:
                self._absent(transfer)
            case Word.ANOTHER:
                self._conflict(transfer, found)
            case Word.GONE if self._current(transfer).write is Write.VOID:
                self._taken_out(transfer)
            case Word.GONE:
                self._see(transfer, None)
                self._move(transfer, Event.CONFLICT)

    def _absent(self, transfer: int) -> None:
        """Believe that a write never happened, once it cannot happen any more."""
        until = self.waiting[transfer].may_run_until
        if until is not None and until > self.now:
            zone = self.waiting[transfer].at.link.settings.zone
            why = reason("hold-back", until=f"{until.astimezone(zone):%H:%M:%S %Z}")
            self._move(transfer, Event.UNANSWERED, why=why)
        else:
            self._move(transfer, Event.ABSENT)

    def _marks(self, transfer: int) -> set[str]:
        waiting = self.waiting[transfer]
        return {*waiting.marks, mark_of(waiting.transfer.key or "")} - {""}

    def _number_taken(self, transfer: int, each: Asked, found: Document) -> None:
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
        current = self._current(transfer)
        self.moved[transfer] = msgspec.structs.replace(current, target_number=None)
        self._move(transfer, Event.DECLINED, refusal=refusal)


def _is_by_number(each: Asked) -> bool:
    return each.sent is not None and each.sent.by_number


def _order_seen(order: Document, now: datetime) -> OrderSeen:
    body = msgspec.Raw(encode(order))
    return OrderSeen(kind=document_kind(order), at=now, body=body)


def _taken_meanwhile(outcome: Outcome, tries: int) -> Outcome:
    """Have a name that came into use meanwhile looked for in the lists before asking anybody."""
    if not isinstance(outcome, Refused) or outcome.refusal.code != "name-taken":
        return outcome
    if tries >= _TAKEN_TRIES:
        return outcome
    return Busy(f"the name “{outcome.refusal.value}” came into use there meanwhile")


def _beyond_doubt(outcome: Outcome, tries: int) -> Outcome:
    """Take what may be a lock for the refusal it may be as well, once it has stayed so."""
    if not isinstance(outcome, Busy) or outcome.otherwise is None:
        return outcome
    enough = _OUTDATED_TRIES if outcome.is_outdated else _DOUBT_TRIES
    return outcome.otherwise if tries >= enough else outcome


def _busy(problem: str, seen: str = "") -> Reason:
    return reason("busy", problem=problem, **_detail(seen))


def _asked(problem: str, seen: str = "") -> Reason:
    return reason("outcome-asked", problem=problem, **_detail(seen))


def _detail(seen: str) -> dict[str, str]:
    return {"detail": seen} if seen else {}


def _described(document: Document) -> str:
    customer = getattr(document, "customer", None) or getattr(document, "vendor", None)
    day = getattr(document, "created_on", None)
    parts = [customer.name if customer else None, f"of {day}" if day else None]
    return " ".join(part for part in parts if part) or document.id
