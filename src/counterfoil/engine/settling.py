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

from counterfoil.documents import Document, DocumentKind, ListRecord, name_key

from .asked import Asked, Kind, Sent
from .deciding import Write
from .following import FollowUp
from .life import Event, State
from .numbering import Known
from .operations import Busy, Conflict, Done, Missing, Outcome, Refused, Unknown
from .seeing import is_void, landing_of_answer
from .settlement import Changes, Chosen, Settlement, Waiting, busy, outcome_asked
from .settling_fields import FieldSettler
from .settling_look_ups import LookUpSettler

__all__ = ["recognise", "settle", "unanswered"]

# So often a name that is taken there, though not in our lists, is looked for in them anew.
_TAKEN_TRIES: Final = 3
# So often what may be a lock is tried before it is taken for the refusal it may be as well;
# at a Web Connector's usual pace that is about an hour.
_DOUBT_TRIES: Final = 6
# So often what names a record that the target does not know is tried, its lists read anew.
_OUTDATED_TRIES: Final = 3


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
    settler = _Settler(Changes(waiting, now, target), known, fields)
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
    settler = _Settler(Changes(waiting, now, target))
    for transfer, document in found.items():
        settler.recognise(transfer, document, heads=heads)
    return settler.settlement(())


class _Settler:
    """Takes one answer, operation by operation; lives no longer than one call of ``settle``."""

    def __init__(
        self, changes: Changes, known: Known | None = None, fields: FieldSettler | None = None
    ) -> None:
        self.changes = changes
        self.look_ups = LookUpSettler(changes, known)
        self.fields = fields or FieldSettler({}, changes.now, changes.target)

    def settlement(self, outcomes: tuple[Outcome, ...]) -> Settlement:
        """Give what the answer changes, once all of it is taken."""
        for transfer, results in self.changes.matching.items():
            self._match_answered(transfer, results)
        return self.changes.settlement(outcomes, self.fields)

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
                self.look_ups.take(each, outcome)
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
        current = self.changes.current(transfer)
        lost = current.state in (State.UNKNOWN, State.CONFIRMING)
        if not lost or current.write is not Write.CREATE:
            return
        if document is None or is_void(document):
            if current.state is State.UNKNOWN:
                self.changes.move(transfer, Event.ASKED)
            self.changes.absent(transfer)
            return
        sent = self.changes.waiting[transfer].sent or Sent()
        self.changes.land_found(transfer, document, sent, is_head=heads)

    # --- Answers to writes -----------------------------------------------------------------

    def _written(self, each: Asked, transfer: int, outcome: Outcome) -> None:
        state = self.changes.current(transfer).state
        if state not in (State.SENDING, State.CONFIRMING, State.UNKNOWN):
            # A late answer: what became of the write has been found out meanwhile.
            return
        if state is State.UNKNOWN and not isinstance(outcome, (Done, Refused, Unknown)):
            # A late answer, too: only a question asked now says that it never happened.
            return
        outcome = _beyond_doubt(outcome, self.changes.current(transfer).attempts)
        match outcome:
            case Done():
                self._write_done(each, transfer, outcome)
            case Missing():
                self.changes.move(transfer, Event.ABSENT)
            case Conflict(current):
                self.changes.conflict(transfer, current)
            case Refused(refusal):
                self.changes.move(transfer, Event.DECLINED, refusal=refusal)
            case Busy(why, retry_after_s, detail=seen):
                told = busy(why, seen)
                self.changes.move(transfer, Event.BUSY, why=told, retry_after_s=retry_after_s)
            case Unknown(why, seen):
                self.changes.move(transfer, Event.UNANSWERED, why=outcome_asked(why, seen))

    def _write_done(self, each: Asked, transfer: int, outcome: Done) -> None:
        if each.kind is Kind.VOID_DOCUMENT:
            self.changes.taken_out(transfer)
            return
        if each.kind is Kind.CREATE_DOCUMENT and outcome.document is not None:
            self.changes.keeps_marks = outcome.mark is not None or bool(self.changes.keeps_marks)
        self.changes.written_at = outcome.written_at or self.changes.written_at
        sent = each.sent or Sent()
        kind = DocumentKind(each.subject or "")
        landing = landing_of_answer(outcome, kind, sent, self.changes.translator(transfer))
        made = each.kind is Kind.CREATE_DOCUMENT
        self.changes.land(transfer, landing, sent, untouched=landing.revision if made else None)

    # --- Answers to what a transfer depends on -----------------------------------------------

    def _record_created(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            self.changes.written_at = outcome.written_at or self.changes.written_at
        if isinstance(outcome, Done) and outcome.record is not None:
            self.changes.learned.append(outcome.record)
            self._remember_name(each, outcome.record)
        for transfer in each.dependants:
            self.changes.matched(transfer, outcome)

    def _record_activated(self, each: Asked, outcome: Outcome) -> None:
        if isinstance(outcome, Done):
            self.changes.written_at = outcome.written_at or self.changes.written_at
            self.changes.learned += [] if outcome.record is None else [outcome.record]
        for transfer in each.dependants:
            self.changes.matched(transfer, outcome)

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
        self.changes.chosen += [
            Chosen(link=link, kind=each.subject or "", name=name, record=record)
            for link in sent.links
        ]
        told = (
            f"{self.changes.target} keeps the {kind} “{name}” as “{record.full_name}” "
            f"({record.id}); “{name}” means that {kind} from now on."
        )
        self.changes.remarks += [(transfer, told) for transfer in each.dependants]

    def _match_answered(self, transfer: int, results: Sequence[Outcome]) -> None:
        if self.changes.current(transfer).state is not State.MATCHING:
            return
        tries = self.changes.current(transfer).attempts
        results = [_beyond_doubt(_taken_meanwhile(each, tries), tries) for each in results]
        for result in results:
            if isinstance(result, Refused):
                self.changes.move(transfer, Event.DECLINED, refusal=result.refusal)
                return
        for result in results:
            if isinstance(result, Busy):
                self.changes.move(
                    transfer,
                    Event.BUSY,
                    why=busy(result.reason, result.detail),
                    retry_after_s=result.retry_after_s,
                )
                return
        lost = any(isinstance(result, Unknown) for result in results)
        moved = self.changes.move(transfer, Event.UNANSWERED if lost else Event.MATCH_ANSWERED)
        if transfer in self.changes.read and not lost:
            self.changes.moved[transfer] = msgspec.structs.replace(moved, is_checked=True)


def _is_by_number(each: Asked) -> bool:
    return each.sent is not None and each.sent.by_number


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
