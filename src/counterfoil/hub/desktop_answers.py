"""What comes back in a run on a QuickBooks company file: an answer, an error, or nothing.

An answer is read outside of any transaction and recorded in a short one; what does not come
is lost, and what became of it is asked by the next run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import asides, messages, refusals
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure as hresult_failure
from counterfoil.connectors.quickbooks_desktop.web_connector.answers import (
    explain,
    may_have_been_done,
)
from counterfoil.engine.asked import Asked
from counterfoil.engine.life import Event, State
from counterfoil.engine.operations import Outcome, Unknown
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run
from counterfoil.logs import get_logger
from counterfoil.told import Told

from . import answering, checklist, planned
from .desktop_step import Step, target_in
from .systems import traits_of
from .systems.quickbooks_desktop import REQUESTS_PER_SET

__all__ = [
    "Answered",
    "Awaited",
    "awaited",
    "lose",
    "lose_open",
    "shrink_pages",
    "take",
    "take_late",
    "take_trial",
    "threw",
    "understand",
    "went_on",
]

log = get_logger(__name__)

# The answer "access denied / parse error": the set was refused as a whole, unread.
_UNREADABLE_SET: Final = 0x80040400
# A page is never asked for in smaller pieces than this.
_PAGE_LIMIT_MIN: Final = 10
# So long a size that proved right is kept: tried larger at every page, a reading that only
# small pages can finish would never come to its end.
_GROW_AFTER: Final = timedelta(days=1)
_ASKED_NEXT: Final = "The next run asks what became of it."
_OF_ANOTHER_SET: Final = (
    f"QuickBooks answered to another message set than the one that was asked. {_ASKED_NEXT}"
)
_NEW_SET_ID: Final = re.compile(r"<QBXMLMsgsRs\b[^<>]*\bnewMessageSetID\s*=\s*[\"']([^\"']*)[\"']")


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that has been read and not recorded.

    Attributes:
        exchange: What it answers.
        asked: The exchange's own operations.
        outcomes: By wire id; for a recovery, of the operations it asked about.
        text: As it came.
        key: The message set's id that the answer bears, ``None``: none.
    """

    exchange: Exchange
    asked: Sequence[Asked]
    outcomes: Mapping[str, Outcome]
    text: str
    key: str | None

    @property
    def is_its_own(self) -> bool:
        """Whether the answer bears the exchange's own id."""
        return _same(self.key, self.exchange.key)

    @property
    def is_anothers(self) -> bool:
        """Whether the answer bears another id than the exchange's."""
        return bool(self.key and self.exchange.key) and not self.is_its_own


def _same(borne: str | None, own: str) -> bool:
    return bool(borne) and (borne or "").lower() == own.lower()


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """A set that waits for its answer; ``about``: the operations an answer speaks of."""

    exchange: Exchange
    about: Sequence[Asked]


def awaited(tx: Tx, run: Run) -> Awaited | None:
    """Give what a run waits for, ``None``: nothing; for a run that has ended, its write."""
    exchange = exchanges.for_run(tx, run.id) or _open_of(tx, run)
    if exchange is None:
        return None
    recovered = exchange.recovers_id
    about = exchanges.asked(tx, exchange.id if recovered is None else recovered)
    return Awaited(exchange=exchange, about=about)


def understand(waiting: Awaited, text: str) -> Answered:
    """Read an answer; in no transaction, for it can be many megabytes."""
    recovers = waiting.exchange.recovers_id is not None
    return Answered(
        exchange=waiting.exchange,
        asked=() if recovers else waiting.about,
        outcomes=messages.read_answer(
            waiting.about, text, recovers=recovers, key=waiting.exchange.key
        ),
        text=text,
        key=_key_of(text),
    )


def _open_of(tx: Tx, run: Run) -> Exchange | None:
    """Give a write of the run to which an answer is still worth something."""
    lost = exchanges.open_write(tx, run.connection)
    return lost if lost is not None and lost.run_id == run.id else None


def _key_of(text: str) -> str | None:
    found = _NEW_SET_ID.search(text, 0, 4096)
    return found[1] if found else None


def take(step: Step, answered: Answered) -> Told | None:
    """Record an answer and all it changes.

    Returns:
        Why the run stops, ``None``: it goes on.
    """
    exchange = exchanges.load(step.tx, answered.exchange.id)
    if exchange.state != "sent":
        log.info("an answer came twice", exchange=exchange.id)
        return None
    if answered.is_anothers:
        return lose(step, "the answer belongs to another message set", _OF_ANOTHER_SET)
    if _is_unreadable(exchange, answered.outcomes):
        return lose(step, "the answer could not be read", _unread(answered.outcomes))
    if _is_settled(step.tx, exchange):
        # Its own answer came by another way, while this question was under way.
        exchanges.answer(step.tx, exchange.id, state="answered", now=step.now)
        return None
    _grow(step, exchange)
    own = answered.asked if exchange.recovers_id is None else None
    _record(step, exchange, answered.outcomes, answered.text, asked=own)
    stall = answering.stalled(exchange, answered.outcomes)
    if stall is not None:
        planned.explain(step.tx, step.connection, step.target, step.now)
    return stall


def take_trial(step: Step, text: str, hresult: str, message: str) -> Told | None:
    """Record what a trial showed.

    Returns:
        Why the run stops, ``None``: it goes on.
    """
    shown = asides.read_trial(text) if text else None
    told = Told(explain(hresult, message) if shown is None else shown.sentence)
    is_passed = shown is not None and shown.is_passed
    checklist.note(
        step.tx, step.connection.id, checklist.TEST_ACCESS, step.now, told, is_passed=is_passed
    )
    step.remember(aside="")
    step.reload()
    return None if shown is not None else told


def take_late(step: Step, answered: Answered | None) -> bool:
    """Take the answer to a write of a run that has ended; says whether it was of use.

    It is evidence of what happened, whoever brings it, as long as nothing has been decided
    about the write; and it has to bear the write's own id.
    """
    if answered is None or not answered.is_its_own:
        return False
    exchange = exchanges.load(step.tx, answered.exchange.id)
    if not exchange.writes or exchange.state not in ("sent", "unanswered"):
        log.warning("an answer came too late", exchange=exchange.id, state=exchange.state)
        return False
    if _is_unreadable(exchange, answered.outcomes):
        return False
    # From unknown, only an answer to the question what became of it leads on.
    answering.move(step.tx, answered.asked, Event.ASKED, step.now, only=State.UNKNOWN)
    _record(step, exchange, answered.outcomes, answered.text, asked=answered.asked)
    log.info("a late answer was taken", exchange=exchange.id)
    return True


def _is_unreadable(exchange: Exchange, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether not one operation of a write came back: then its answer counts as lost."""
    lost = bool(outcomes) and all(isinstance(each, Unknown) for each in outcomes.values())
    return lost and exchange.writes


def _unread(outcomes: Mapping[str, Outcome]) -> str:
    """Say why not one operation came back, in the connector's words."""
    why = next(each.reason for each in outcomes.values() if isinstance(each, Unknown))
    return f"{why[:1].upper()}{why[1:].rstrip('.')}. {_ASKED_NEXT}"


def _is_settled(tx: Tx, exchange: Exchange) -> bool:
    if exchange.recovers_id is None:
        return False
    return exchanges.load(tx, exchange.recovers_id).state not in ("sent", "unanswered")


def _record(
    step: Step,
    exchange: Exchange,
    outcomes: Mapping[str, Outcome],
    text: str | None,
    *,
    asked: Sequence[Asked] | None = None,
) -> None:
    answering.take_answer(
        step.tx,
        step.connection,
        step.run,
        exchange,
        outcomes,
        step.target,
        step.now,
        text=None if text is None else text.encode(),
        asked=asked,
    )
    step.run = runs.load(step.tx, step.run.id)


def _grow(step: Step, exchange: Exchange) -> None:
    """After a set that went well, let the next one be twice as large again."""
    facts = step.run.facts
    if facts.batch_limit is not None:
        step.remember(batch_limit=min(facts.batch_limit * 2, REQUESTS_PER_SET))
    if facts.page_limit is not None and not exchange.writes and exchange.recovers_id is None:
        usual = traits_of(step.connection.system).records_per_page
        limited_at = step.connection.facts.get("page_limited_at")
        if limited_at is None or datetime.fromisoformat(limited_at) + _GROW_AFTER <= step.now:
            larger = facts.page_limit * 2
            limit = larger if larger < usual else None
            step.remember(page_limit=limit)
            _keep_page_limit(step.tx, step.connection, limit, step.now)
            step.reload()


def shrink_pages(tx: Tx, connection: Connection, run: Run, now: datetime) -> int | None:
    """Let pages be half as large after a reading of a run whose answer did not come.

    It may have been too large for QuickBooks, for the line or for us, and would be again.

    Returns:
        How large they may be now, ``None``: it was no reading that was lost.
    """
    exchange = exchanges.for_run(tx, run.id)
    if exchange is None or exchange.writes or exchange.recovers_id is not None:
        return None
    usual = run.facts.page_limit or traits_of(connection.system).records_per_page
    limit = max(_PAGE_LIMIT_MIN, usual // 2)
    _keep_page_limit(tx, connection, limit, now)
    return limit


def _keep_page_limit(tx: Tx, connection: Connection, limit: int | None, now: datetime) -> None:
    """Keep how large pages may be in the runs that follow, ``None``: as usual."""
    kept = connection.facts.items()
    facts = {key: value for key, value in kept if key not in ("page_limit", "page_limited_at")}
    if limit is not None:
        facts |= {"page_limit": limit, "page_limited_at": now.isoformat()}
    connections.change(tx, connection.id, facts=facts)


# --- No answer ----------------------------------------------------------------------------


def lose(step: Step, reason: str, sentence: str) -> Told:
    """Record that the open set will get no answer, although its carrier has come back."""
    _lose_in_run(step, reason)
    return Told(sentence)


def went_on(step: Step) -> None:
    """Record that a later call came from a run, so its set has ended, whatever became of it."""
    exchange = exchanges.for_run(step.tx, step.run.id)
    if exchange is not None:
        _lose_in_run(step, "the Web Connector went on without an answer")
    elif not step.run.facts.went_on:
        step.remember(went_on=True)


def _lose_in_run(step: Step, reason: str) -> None:
    # Its carrier is here and speaks of something else, so it carries the set no more.
    step.remember(went_on=True)
    limit = shrink_pages(step.tx, step.connection, step.run, step.now)
    if limit is not None:
        step.remember(page_limit=limit)
        step.reload()
    lose_open(step.tx, step.connection, step.run, step.now, reason)
    step.run = runs.load(step.tx, step.run.id)


def lose_open(tx: Tx, connection: Connection, run: Run, now: datetime, reason: str) -> None:
    """Record that the open set of a run will get no answer."""
    exchange = exchanges.for_run(tx, run.id)
    if exchange is not None:
        answering.lose(tx, exchange, target_in(connection, run.facts), now, reason)
    # Iterators die with the connection to QuickBooks, so readings start afresh.
    runs.change(tx, run.id, now, agenda=[])
    runs.remember(tx, run.id, now, agenda_made=False)


def threw(step: Step, hresult: str, message: str) -> Told | None:
    """Take the error that QuickBooks gave instead of an answer.

    Returns:
        Why the run stops, ``None``: it goes on.
    """
    exchange = exchanges.for_run(step.tx, step.run.id)
    if exchange is None:
        return None
    sentence = explain(hresult, message)
    log.warning("quickbooks threw", hresult=hresult, exchange=exchange.id)
    if hresult and hresult_failure(hresult).code == _UNREADABLE_SET:
        return _refused_unread(step, exchange, sentence)
    never_ran = bool(hresult) and not may_have_been_done(hresult)
    if never_ran and exchange.writes:
        asked = exchanges.asked(step.tx, exchange.id)
        _record(step, exchange, answering.never_ran(asked, sentence), None)
        return Told(sentence)
    return lose(step, sentence, sentence)


def _refused_unread(step: Step, exchange: Exchange, sentence: str) -> Told | None:
    """The whole set was refused for one bad request: find it, and let all others go on.

    Nothing of the set ran.  Sets that write are halved down to the culprit, which is
    refused, with its wire text kept for support.
    """
    if exchange.recovers_id is not None:
        # This QuickBooks cannot be asked about whole sets: look for each document.
        asked = exchanges.asked(step.tx, exchange.recovers_id)
        _record(step, exchange, {each.wire_id: Unknown(sentence) for each in asked}, None)
        return None
    asked = exchanges.asked(step.tx, exchange.id)
    if not exchange.writes:
        return _reading_refused(step, exchange, asked, sentence)
    step.remember(batch_limit=max(1, len(asked) // 2))
    outcomes = answering.never_ran(asked, sentence)
    if len(asked) == 1:
        outcomes = {asked[0].wire_id: refusals.unreadable_request(asked[0], sentence)}
    _record(step, exchange, outcomes, None)
    return None


def _reading_refused(
    step: Step, exchange: Exchange, asked: Sequence[Asked], sentence: str
) -> Told | None:
    """Ask again one by one; the reading that is refused alone is left out of this run."""
    if len(asked) > 1 and step.run.agenda:
        exchanges.answer(step.tx, exchange.id, state="refused", now=step.now, problem=sentence)
        step.remember(reads_singly=True)
        return None
    goes_on = bool(step.run.agenda) or not asked
    _record(step, exchange, {each.wire_id: Unknown(sentence) for each in asked}, None)
    return None if goes_on else Told(sentence)
