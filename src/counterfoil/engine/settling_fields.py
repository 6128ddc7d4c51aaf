"""What an answer changes in follow-ups: fields that were read, written or asked about.

Pure, like ``settling``, which hands over what concerns custom fields.  Whatever becomes of a
field, its document is where it is: no transfer moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from counterfoil.documents import Reason, Refusal, reason, refuse, same_text

from .asked import Asked
from .following import (
    WITHDRAWN_MAX,
    FollowUp,
    advance_field,
    holds,
    may_write,
)
from .life import Event, State
from .operations import Busy, Conflict, Done, Missing, Outcome, Page, Refused, Unknown
from .seeing import may_lack, with_id

__all__ = ["FieldSettler"]


class FieldSettler:
    """Collects what one answer changes in follow-ups.

    Args:
        fields: Those that waited for it, as they are now; of others nothing is said.
        now: The time.
        target: The target's name in running text.
        settles_after: For how long a write may still be carried out after it has left.
        zone: In which people read times.
    """

    def __init__(
        self,
        fields: Mapping[int, FollowUp],
        now: datetime,
        target: str,
        settles_after: timedelta = timedelta(0),
        zone: tzinfo = UTC,
    ) -> None:
        self._fields = fields
        self._now = now
        self._target = target
        self._settles_after = settles_after
        self._zone = zone
        self.moved: dict[int, FollowUp] = {}

    @property
    def moves(self) -> tuple[tuple[FollowUp, FollowUp], ...]:
        """Those that moved: each as it was, and as it is."""
        return tuple((self._fields[id_], after) for id_, after in self.moved.items())

    def written(self, each: Asked, outcome: Outcome) -> None:
        """Take what became of a write."""
        assert each.follow_up is not None, "a field is written for a follow-up"
        field = self._current(each.follow_up)
        if field is None or field.state not in (State.SENDING, State.UNKNOWN, State.CONFIRMING):
            # A late answer: what became of the write has been found out meanwhile.
            return
        if field.state is State.UNKNOWN and not isinstance(outcome, (Done, Refused, Unknown)):
            return
        match outcome:
            case Done():
                self._move(field, Event.WRITTEN)
            case Missing(detail) if field.attempts >= WITHDRAWN_MAX:
                self._move(field, Event.DECLINED, refusal=self._refused(field, detail))
            case Missing():
                self._move(field, Event.ABSENT)
            case Conflict() if field.seen is None:
                # Written unread, and something stands there: it is read, and a person told what.
                self._move(msgspec.structs.replace(field, seen=""), Event.ABSENT)
            case Conflict(detail=detail):
                self._move(field, Event.CONFLICT, refusal=self._refused(field, detail))
            case Refused(refusal):
                self._move(field, Event.DECLINED, refusal=refusal)
            case Busy(why, retry_after_s):
                self._put_off(field, why, retry_after_s)
            case Unknown(why):
                self._move(field, Event.UNANSWERED, why=reason("outcome-asked", problem=why))

    def read(self, each: Asked, outcome: Outcome) -> None:
        """Take what was read to be written, or to find out what became of a write."""
        for asker in each.sent.fields if each.sent is not None else ():
            field = self._current(asker)
            if field is None or field.state not in (State.MATCHING, State.CONFIRMING):
                continue
            match outcome:
                case Done(page=Page() as page):
                    self._found(field, page)
                case Missing():
                    self._found(field, Page())
                case Refused(refusal) if field.state is State.MATCHING:
                    self._move(field, Event.DECLINED, refusal=refusal)
                case Refused(refusal):
                    self._unread(field, refusal.sentence)
                case Busy(why, retry_after_s):
                    self._unread(field, why, retry_after_s)
                case Unknown(why):
                    self._unread(field, why)
                case _:
                    self._unread(field, "the answer to the question holds nothing")

    def _current(self, field: int) -> FollowUp | None:
        return self.moved.get(field) or self._fields.get(field)

    def _move(
        self,
        field: FollowUp,
        event: Event,
        *,
        refusal: Refusal | None = None,
        why: Reason | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        self.moved[field.id] = advance_field(
            field, event, self._now, refusal=refusal, why=why, retry_after=retry_after
        )

    def _put_off(self, field: FollowUp, why: str, retry_after_s: float | None) -> None:
        after = None if retry_after_s is None else timedelta(seconds=retry_after_s)
        self._move(field, Event.BUSY, why=reason("busy", problem=why), retry_after=after)

    def _unread(self, field: FollowUp, why: str, retry_after_s: float | None = None) -> None:
        """Try a reading that failed again: later, or by asking once more."""
        if field.state is State.MATCHING:
            self._put_off(field, why, retry_after_s)
        else:
            self._move(field, Event.UNANSWERED, why=reason("outcome-asked", problem=why))

    def _found(self, field: FollowUp, page: Page) -> None:
        document = with_id(page, field.document_id)
        if document is None and may_lack(page, field.document_id):
            self._unread(field, "not all could be read")
            return
        found = holds(document, field.name)
        asked = field.state is State.CONFIRMING
        if found is None:
            # With its document the field has ended; a write that never happened is over, too.
            gone = reason("target-gone")
            self._move(field, Event.ABSENT if asked else Event.CALLED_OFF, why=gone)
        elif same_text(found, field.value):
            self._move(field, Event.WRITTEN)
        elif asked and same_text(found, field.seen or ""):
            self._absent(field)
        elif may_write(field, found, document.revision if document is not None else None):
            if asked:
                self._absent(field)
                return
            seen = msgspec.structs.replace(field, seen=found, seen_at=self._now)
            self._move(seen, Event.MATCH_ANSWERED)
        else:
            seen = msgspec.structs.replace(field, seen=found)
            self._move(seen, Event.CONFLICT, refusal=self._conflict(field, found))

    def _absent(self, field: FollowUp) -> None:
        """Believe that a write never happened, once it cannot happen any more."""
        until = None if field.sent_at is None else field.sent_at + self._settles_after
        if until is not None and until > self._now:
            why = reason("hold-back", until=f"{until.astimezone(self._zone):%H:%M:%S %Z}")
            self._move(field, Event.UNANSWERED, why=why)
        else:
            self._move(field, Event.ABSENT)

    def _conflict(self, field: FollowUp, found: str) -> Refusal:
        return refuse(
            "field-conflict",
            where=field.name,
            value=field.value,
            field=field.name,
            found=found,
            target=self._target,
        )

    def _refused(self, field: FollowUp, problem: str | None) -> Refusal:
        return refuse(
            "field-refused",
            where=field.name,
            value=field.value,
            field=field.name,
            target=self._target,
            problem=problem or f"{self._target} does not find it",
        )
