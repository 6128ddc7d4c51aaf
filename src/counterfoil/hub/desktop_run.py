"""The run on a QuickBooks company file: qbXML text out, its answer in.

Whoever carries the text (the Web Connector's calls, or an agent of ours) does this, in
this order:

========================  ==============================================================
``begin``                 end whatever run was open; ``None``: there is nothing to do
``begin_refused``         the same for a connection that was removed: only to say so
``meet``                  learn who answers; nothing is written into a wrong file
``next_set``              the next message set; ``None``: nothing more to ask now;
                          ``work.Unfinished``: once more, in a transaction of its own
in ``desktop_answers``
``awaited``               what an answer would speak of
``understand``            read an answer, outside of any transaction
``take``                  record it with all it changes, in one short transaction
``take_trial``            the same of a set that only tries whether we may (``facts.aside``)
``threw``                 QuickBooks gave an error instead of an answer
``lose``                  no answer will come
in ``desktop_progress``
``conclude``              nothing more is asked: say what keeps what waits
========================  ==============================================================

What a run has to know between two of these is in its row (``RunState``), so any process
may take the next step.  A set is recorded, committed, and only then leaves; an answer is
recorded and committed, and only then acknowledged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop import asides, messages, refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure as hresult_failure
from counterfoil.connectors.quickbooks_desktop.web_connector.answers import (
    ALL_DONE,
    explain,
    may_have_been_done,
    progress,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import LOWEST_VERSION
from counterfoil.engine.operations import Batch
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.connections import Connection
from counterfoil.told import Told

from . import answering, checklist, ending_early, planned, restored, trials, work
from .company_file import Host, Meeting, meeting, places
from .desktop_answers import lose_open, shrink_pages
from .desktop_step import Step, target_in, version_in

__all__ = ["SUPERSEDED", "begin", "begin_refused", "meet", "next_set"]

SUPERSEDED: Final = "Another run on this company file began before this one had ended."
_ASKED_NEXT: Final = "The next run asks what became of it."
_OF_ANOTHER_SET: Final = (
    f"QuickBooks answered to another message set than the one that was asked. {_ASKED_NEXT}"
)

_NEW_SET_ID: Final = re.compile(r"<QBXMLMsgsRs\b[^<>]*\bnewMessageSetID\s*=\s*[\"']([^\"']*)[\"']")


class Step:
    """One step of a run, inside the transaction that carries it out."""

    def __init__(self, tx: Tx, run: Run, now: datetime) -> None:
        self.tx = tx
        self.now = now
        self.run = run
        connection = connections.load(tx, run.connection)
        assert connection is not None, "a run belongs to a connection"
        self.connection = connection

    @property
    def target(self) -> Target:
        return _target(self.connection, self.run.facts)

    @property
    def version(self) -> Version:
        """The qbXML version that is spoken."""
        return _version(self.run.facts)

    def reload(self) -> None:
        """Read the connection anew, after it was changed."""
        self.connection = _again(self)

    def change(self, **values: Any) -> None:
        """Change columns of the run."""
        runs.change(self.tx, self.run.id, self.now, **values)
        self.run = runs.load(self.tx, self.run.id)

    def remember(self, **facts: Any) -> None:
        """Keep something for the next steps."""
        runs.remember(self.tx, self.run.id, self.now, **facts)
        self.run = runs.load(self.tx, self.run.id)

    def fail(self, told: Told) -> None:
        """Keep what went wrong, and show it beside the connection."""
        self.change(problem=told)
        connections.change(self.tx, self.connection.id, last_problem=told)


def _target(
    connection: Connection, facts: RunState, writer: messages.Writer | None = None
) -> Target:
    return target_of(
        connection, version=_version(facts), batch_limit=facts.batch_limit, writer=writer
    )


def _version(facts: RunState) -> Version:
    if facts.version is None:
        return LOWEST_VERSION
    country: Any = facts.country  # one of an edition we do not know is taken for none
    return Version.parse(facts.version, country)


# --- Beginning ----------------------------------------------------------------------------


def begin(
    tx: Tx, connection: Connection, trigger: str, now: datetime, **columns: str
) -> int | None:
    """Begin a run; the newest wins, so those still open end.

    Returns:
        The run's id; ``None``: there is nothing to do, and none was begun.
    """
    for run_id in runs.end_others(tx, connection.id, now, SUPERSEDED):
        # Whoever carried it may still be at it: nothing here says that it is over.
        ended = runs.load(tx, run_id)
        shrink_pages(tx, connection, ended, now)
        lose_open(tx, connection, ended, now, SUPERSEDED)
    if not outstanding.has_work(tx, connection, now) and not trials.is_wanted(tx, connection.id):
        connections.change(tx, connection.id, last_problem=None)
        return None
    return runs.begin(tx, connection.id, trigger, now, **columns)


def begin_refused(
    tx: Tx, connection: Connection, trigger: str, now: datetime, **columns: str
) -> int | None:
    """Begin a run in which nothing is asked, to say why."""
    for run_id in runs.end_others(tx, connection.id, now, SUPERSEDED):
        lose_open(tx, connection, runs.load(tx, run_id), now, SUPERSEDED)
    return runs.begin(tx, connection.id, trigger, now, **columns)


def meet(step: Step, host: Host) -> Told | None:
    """Learn who answers, and make sure that it is the company file we know.

    Returns:
        Why nothing may be written, ``None`` when all is well.
    """
    if step.run.facts.version is not None:
        return None
    found = meeting(host, step.connection, connections.all_connections(step.tx))
    if found.problem is not None:
        _note_stranger(step, found)
        return found.problem
    older = restored.question(step.tx, step.connection, found.mark, is_told=found.is_told)
    if older is not None:
        _note_stranger(step, found, older=restored.BY_MARK)
        return older
    version = found.version
    if version < LOWEST_VERSION:
        return Told(
            f"This QuickBooks speaks qbXML {version.major}.{version.minor}; Counterfoil needs "
            f"{LOWEST_VERSION.major}.{LOWEST_VERSION.minor}, which QuickBooks 2014 and newer have."
        )
    step.change(problem=None)
    step.remember(
        version=f"{min(version.major, 16)}.{version.minor if version.major < 16 else 0}",
        country=found.country,
        app_lock=found.app_lock,
        page_limit=step.connection.facts.get("page_limit"),
    )
    before = step.connection.facts.items()
    facts = {key: value for key, value in before if key not in found.untold} | dict(found.facts)
    if "places" in facts:
        facts["places"] = places(step.connection, found.facts)
    if not restored.is_asked(step.connection):
        facts.pop("other_file", None)
    account = step.connection.account or found.account
    connections.change(step.tx, step.connection.id, facts=facts, account=account)
    step.reload()
    notice = restored.meet(step.tx, step.connection, found.mark, is_told=found.is_told)
    if notice is not None:
        step.fail(notice)
    step.reload()
    return None


def _note_stranger(step: Step, found: Meeting, *, older: str | None = None) -> None:
    """Keep what was met instead of our company file, for a person who says it is right.

    ``older``: how it was noticed that it is an older copy.
    """
    other = dict(found.facts) if older is None else {**found.facts, restored.OLDER: older}
    facts = {**step.connection.facts, "other_file": other}
    connections.change(step.tx, step.connection.id, facts=facts)


# --- Asking -------------------------------------------------------------------------------


def next_set(step: Step) -> str | work.Unfinished | None:
    """Decide, record and render what is asked next; ``None``: nothing more in this run."""
    writer = messages.Writer(version_in(step.run.facts))
    trial = trials.next_trial(step.tx, step.connection, step.run, writer.version, step.now)
    if trial is not None:
        step.run = runs.load(step.tx, step.run.id)
        step.reload()
        return trial
    target = target_in(step.connection, step.run.facts, writer)
    prepared = work.next_batch(step.tx, step.connection, step.run, target, step.now)
    step.run = runs.load(step.tx, step.run.id)
    if prepared is None or isinstance(prepared, work.Unfinished):
        return prepared
    text = _render(prepared.batch, writer)
    exchanges.attach_request(step.tx, prepared.exchange, text.encode())
    if step.run.facts.went_on:
        # What is carried from here on is another set.
        step.remember(went_on=False)
    return text


def _render(batch: Batch, writer: messages.Writer) -> str:
    if batch.operations or batch.recovers:
        return writer.render(batch)
    assert batch.clears is not None, "an empty batch recovers or clears"
    return messages.clear_set(batch.clears, writer.version)


# --- Answers ------------------------------------------------------------------------------


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


def take(step: Step, answered: Answered) -> str | None:
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


def take_trial(step: Step, text: str, hresult: str, message: str) -> str | None:
    """Record what a trial showed.

    Returns:
        Why the run stops, ``None``: it goes on.
    """
    shown = asides.read_trial(text) if text else None
    sentence = explain(hresult, message) if shown is None else shown.sentence
    is_passed = shown is not None and shown.is_passed
    checklist.note(
        step.tx, step.connection.id, checklist.TEST_ACCESS, step.now, sentence, is_passed=is_passed
    )
    step.remember(aside="")
    step.reload()
    return None if shown is not None else sentence


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


def _shrink_pages(tx: Tx, connection: Connection, run: Run, now: datetime) -> int | None:
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


def lose(step: Step, reason: str, sentence: str) -> str:
    """Record that the open set will get no answer, although its carrier has come back."""
    _lose_in_run(step, reason)
    return sentence


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
    limit = _shrink_pages(step.tx, step.connection, step.run, step.now)
    if limit is not None:
        step.remember(page_limit=limit)
        step.reload()
    _lose_open(step.tx, step.connection, step.run, step.now, reason)
    step.run = runs.load(step.tx, step.run.id)


def _lose_open(tx: Tx, connection: Connection, run: Run, now: datetime, reason: str) -> None:
    exchange = exchanges.for_run(tx, run.id)
    if exchange is not None:
        answering.lose(tx, exchange, _target(connection, run.facts), now, reason)
    # Iterators die with the connection to QuickBooks, so readings start afresh.
    runs.change(tx, run.id, now, agenda=[])
    runs.remember(tx, run.id, now, agenda_made=False)


def threw(step: Step, hresult: str, message: str) -> str | None:
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
        return sentence
    return lose(step, sentence, sentence)


def _refused_unread(step: Step, exchange: Exchange, sentence: str) -> str | None:
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
) -> str | None:
    """Ask again one by one; the reading that is refused alone is left out of this run."""
    if len(asked) > 1 and step.run.agenda:
        exchanges.answer(step.tx, exchange.id, state="refused", now=step.now, problem=sentence)
        step.remember(reads_singly=True)
        return None
    goes_on = bool(step.run.agenda) or not asked
    _record(step, exchange, {each.wire_id: Unknown(sentence) for each in asked}, None)
    return None if goes_on else sentence


# --- The end ------------------------------------------------------------------------------


def percent(step: Step) -> int:
    """Say how far the run is: never less than before, and 100 only when nothing is left."""
    is_reading = step.run.agenda is None or bool(step.run.agenda)
    if step.run.stopped_by is not None or (not is_reading and not _has_more(step)):
        conclude(step)
        return ALL_DONE
    return progress_so_far(step)


def _has_more(step: Step) -> bool:
    connection = _again(step)
    return work.has_work(step.tx, connection, step.now) or work.has_to_look(
        step.tx, connection, step.run
    )


def progress_so_far(step: Step) -> int:
    """Say the progress, 1 to 99, and keep it as the least that is said from now on."""
    left = work.remaining(step.tx, step.connection.id)
    told = max(step.run.facts.percent, progress(step.run.settled, step.run.settled + left))
    if told != step.run.facts.percent:
        step.remember(percent=told)
    return told


def conclude(step: Step) -> None:
    """Nothing more is asked in this run: what still waits shall not wait in silence."""
    hold = present_hold(step.tx, step.connection, step.run, step.now)
    left = work.remaining(step.tx, step.connection.id)
    if hold is not None:
        step.fail(_held_back(step, hold))
    elif step.run.problem is None and (stopped := ending_early.told(step.tx, step.run)):
        # No fault of the connection: somebody wanted it so.
        step.change(problem=stopped)
        connections.change(step.tx, step.connection.id, last_problem=None)
    elif step.run.problem is None and left and not step.run.settled:
        step.fail(
            f"{_documents(left)} for QuickBooks, and this run could settle none of them. "
            "See why with: counterfoil status, counterfoil transfers --state unknown."
        )
    else:
        connections.change(step.tx, step.connection.id, last_problem=step.run.problem)


def _documents(number: int) -> str:
    return "1 document waits" if number == 1 else f"{number} documents wait"


def _held_back(step: Step, hold: Hold) -> str:
    zone = _zone(step)
    # Rounded up: at the minute that is told, the wait is over.
    until = (hold.until + timedelta(seconds=59)).astimezone(zone)
    sent = hold.sent_at.astimezone(zone)
    who = f"The Web Connector on {hold.holder}" if hold.holder else "An earlier run"
    return (
        f"{who} took documents for QuickBooks at {sent:%H:%M} and has not said what became of "
        f"them. Until {until:%H:%M} ({zone.key}) nothing is written, so that nothing is written "
        "twice; the first run after that asks what became of them and goes on."
    )


def _zone(step: Step) -> ZoneInfo:
    """Give the time zone that the people of this connection read times in."""
    views = views_of(step.tx, step.connection.id)
    return ZoneInfo(views[0].settings.general.time_zone if views else "UTC")


def summary(step: Step) -> str:
    """Say in one line what the run did."""
    if step.run.problem:
        return step.run.problem
    left = work.remaining(step.tx, step.connection.id)
    stopped = transfers.count_in(step.tx, step.connection.id, (State.REFUSED, State.CHANGED))
    done = step.run.settled
    parts = [f"{done} document{'s' if done != 1 else ''} settled"]
    if left:
        parts.append(f"{left} still waiting")
    if stopped:
        parts.append(f"{stopped} need{'s' if stopped == 1 else ''} attention: see Counterfoil")
    # A run that was broken off before it settled anything is not well.
    beginning = "Stopped early" if left and not done else "OK"
    return f"{beginning}: {', '.join(parts)}."
