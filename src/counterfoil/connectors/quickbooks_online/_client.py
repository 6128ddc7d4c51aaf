"""The client of QuickBooks Online: sign each call, count it, and read every kind of "no".

* Every call names the version that this program was written for.
* A write that goes alone has a ``requestid`` made of what it writes, so that it is never carried
  out twice; after a refusal it gets another one, for the service would tell the same refusal
  again.  A list record bears no mark of ours, so its key is in it as well: whoever once had its
  name may bear another by now.  That is no leave to send it again: what became of a write
  without an answer is looked for.
* A batch holds 30 items at most, and has a ``requestid`` of its own: one that comes again is not
  answered as the first time.  The service joins it and each item's ``bId`` and takes 50
  characters, so the one has 32 and the other at most ten.
* On 401 another access token is asked for once, and the call goes once more.
* Success with a ``Fault`` in it is none; an item of a batch has its own.
* A page is read until one brings fewer rows than were asked for.
* An answer counts only for what was asked: one about another object or another kind of objects,
  and two about one item of a batch, are answers that cannot be read.

Source: reference sections 2 and 3; corrections 2, rows 1 and 12.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import httpx2

from counterfoil.connectors.called import (
    Answered,
    Ask,
    CallRefusedError,
    HttpClient,
    InProcessThrottle,
    Line,
    Reader,
    Reply,
    Secrets,
    Tokens,
    encoded,
    shown,
)
from counterfoil.documents import InvalidDocument
from counterfoil.errors import ConnectorError, UnavailableError

from ._account import Account, address_of
from ._codecs import identity_in
from ._faults import NAME, NOT_FOUND, SERVICE, SYSTEM, fault_in, meaning_of
from ._limits import CAPACITY, PER_MINUTE, Gate, Pace, Quota
from ._newest import Newest
from ._query import PAGE_MAX, Query, instant

__all__ = [
    "BATCH_MAX",
    "MINOR_VERSION",
    "CallClass",
    "Changes",
    "Deed",
    "Item",
    "Meter",
    "OnlineClient",
    "Record",
    "Result",
    "Rows",
    "Standing",
    "each_once",
    "next_start",
]

MINOR_VERSION: Final = "75"
BATCH_MAX: Final = 30
# One answer of change capture holds no more objects; one that holds so many may lack others.
CHANGES_MAX: Final = 1000
_PAGES_MAX: Final = 2000
# Rows that pages share: what is deleted while pages are read moves no row out of sight.
_PAGES_SHARE: Final = 20

Record = Mapping[str, Any]
"""An object as it came: decimals are ``Decimal``."""
Result = Record | ConnectorError
"""What became of one item of a batch."""


class Deed(StrEnum):
    """What an item of a batch, or a call of its own, does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is written or asked.

    Attributes:
        entity: Such as ``Bill``.
        deed: What is done; ``None``: it is a question.
        body: What is written.
        query: What is asked.
        options: ``include`` of a call of its own, ``optionsData`` of an item.
        key: What tells it from another write of the same; empty: its body does.
    """

    entity: str
    deed: Deed | None = None
    body: Record | None = None
    query: str = ""
    options: str | None = None
    key: str = ""


class Rows(NamedTuple):
    """Some rows, and when the service told them.

    By its own clock, in UTC and without a zone; ``None``: it does not say.
    """

    rows: tuple[Record, ...]
    told_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What change capture told.

    Attributes:
        records: Entity -> the objects that were changed, deleted ones as what is left of them.
        told_at: When, as in ``Rows``.
    """

    records: Mapping[str, Sequence[Record]]
    told_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out for want of room."""
        return sum(map(len, self.records.values())) < CHANGES_MAX


class Standing:
    """What a process knows of a company between two runs: pace, quota, and what was believed.

    Attributes:
        gone: Entity and identity of what was reported as deleted, and is.
        uncaptured: Entities that change capture turned out not to carry.
        looked: Entities of which it was read, to the end, what was changed there.
        stock_since: Item -> the day from which its stock is tracked.
        closed_until: Entities that are closed to the app, and when they are asked for again.
        refused: What was written -> how often it was refused.
        company: What it is like, and when that was read; whoever reads it keeps it here.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.pace = Pace(clock)
        self.quota = Quota(clock)
        self.gone: Newest[tuple[str, str], None] = Newest()
        self.uncaptured: set[str] = set()
        self.looked: set[str] = set()
        self.stock_since: dict[str, date] = {}
        self.closed_until: dict[str, float] = {}
        self.refused: Newest[str, int] = Newest()
        self.company: tuple[float, Any] | None = None

    def is_blind(self, entity: str) -> bool:
        """Whether what we wrote of an entity may be there without anybody here knowing it.

        So it may while reads are used up and none has been made since this process began: its
        ledger may have been restored from a backup.
        """
        return self.quota.is_used_up and entity not in self.looked


class CallClass(StrEnum):
    """How a call is metered."""

    CORE = "core"
    """What is written: free."""
    CORE_PLUS = "core-plus"
    """What is read: so many a month."""


Meter = Callable[[CallClass, int], None]
"""Is told of successful calls, and how many of a class they were."""


class OnlineClient:
    """A connection to one company.

    Args:
        account: The company.
        tokens: Whoever keeps its access tokens.
        line: How the world is reached; its throttle holds for a minute.
        standing: Shared by the clients of a process.
        meter: Counts successful calls by their class.

    Raises:
        SettingsError: The base URL is none.
    """

    def __init__(
        self,
        account: Account,
        tokens: Tokens,
        *,
        line: Line | None = None,
        standing: Standing | None = None,
        meter: Meter = lambda kind, number: None,
    ) -> None:
        line = line or Line()
        self.account = account
        self.standing = standing or Standing(line.clock)
        self._tokens = tokens
        self._new_id = line.new_id
        self._meter = meter
        self._lock = threading.RLock()
        usual = InProcessThrottle(line.clock, capacity=CAPACITY, per_minute=PER_MINUTE)
        self._gate = Gate(line.throttle or usual, self.standing.pace)
        self._secrets = Secrets(())
        self._http = HttpClient(
            SERVICE,
            base_url=f"{address_of(account.base_url).geturl().rstrip('/')}/v3/company/{account.realm}",
            secrets=self._secrets,
            throttle=self._gate,
            line=line,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def redacted(self, text: str) -> str:
        """Give a text without our credentials."""
        return self._http.redacted(text)

    # --- Readings --------------------------------------------------------------------------

    def read(self, entity: str, id_: str) -> Record | None:
        """Read one object; ``None``: the service says that it is not there.

        Raises:
            ConnectorError: The most specific of the tree.
        """
        ask = _ask("GET", f"/{entity.lower()}/{quote(id_, safe='')}")
        try:
            found = self._called(ask)
        except CallRefusedError as error:
            if error.fault == NOT_FOUND:
                return None
            raise
        return self._object(ask, found, entity, id_)

    def one(self, entity: str) -> Record:
        """Read what a company has one of, such as its preferences.

        Raises:
            ConnectorError: As above.
        """
        ask = _asking(Query.of(entity).whole())
        rows = self._rows(ask, self._called(ask), entity)
        if not rows:
            raise self._http.unreadable(ask, f"it tells of no {entity}")
        return rows[0]

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Read what one of a currency is worth in the home currency on a day; ``None``: not told.

        Raises:
            ConnectorError: As above.
        """
        asked = {"sourcecurrencycode": currency, "asofdate": day.isoformat()}
        ask = _ask("GET", "/exchangerate", **asked)
        told = Reader(self._object(ask, self._called(ask), "ExchangeRate"))
        try:
            rate, of = told.decimal("Rate"), told.code("SourceCurrencyCode")
        except InvalidDocument as error:
            raise self._http.unreadable(ask, str(error)) from error
        if (rate is not None and rate <= 0) or of not in (None, currency):
            raise self._http.unreadable(ask, f"one {of or currency} is worth {rate}")
        return rate

    def page(self, query: Query, start: int, size: int) -> Rows:
        """Read a stretch of rows, the first of which is number ``start``.

        Raises:
            ConnectorError: As above.
        """
        ask = _asking(query.page(start, size))
        found = self._called(ask)
        return Rows(self._rows(ask, found, query.entity), _told_at(found))

    def query(self, query: Query) -> tuple[Record, ...]:
        """Read all rows, each once.

        Raises:
            ConnectorError: As above.
        """
        return each_once(row for page in self._pages(query) for row in page)

    def _pages(self, query: Query) -> Iterator[tuple[Record, ...]]:
        start = 1
        for _ in range(_PAGES_MAX):
            rows, _ = self.page(query, start, PAGE_MAX)
            yield rows
            following = next_start(start, len(rows), PAGE_MAX)
            if following is None:
                return
            start = following
        raise self._http.unreadable(_asking(query.page()), "its pages never end")

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """Read what was changed or deleted since a moment, at most 30 days ago.

        Raises:
            ConnectorError: As above.
        """
        ask = _ask("GET", "/cdc", entities=",".join(entities), changedSince=instant(since))
        told: dict[str, list[Record]] = {entity: [] for entity in entities}
        found = self._called(ask)
        for part in self._parts(ask, found.get("CDCResponse")):
            for entity in told.keys() & part.keys():
                told[entity] += self._listed(ask, part[entity])
        return Changes(records=told, told_at=_told_at(found))

    def _parts(self, ask: Ask, answers: Any) -> Iterator[Record]:
        """Give the parts of what change capture tells; nothing of it is passed over.

        Raises:
            ConnectorError: One of them is a fault, or none that can be read.
        """
        for answer in answers if isinstance(answers, list) and answers else [None]:
            self._raise_fault(ask, answer)
            parts = answer.get("QueryResponse") if isinstance(answer, Mapping) else None
            for part in parts if isinstance(parts, list) and parts else [None]:
                self._raise_fault(ask, part)
                if not isinstance(part, Mapping):
                    raise self._http.unreadable(ask, "the answer holds no changes")
                yield part

    # --- Writes ----------------------------------------------------------------------------

    def write(self, item: Item) -> Record:
        """Carry one write out; gives the object as it is now.

        Raises:
            OutcomeUnknownError: No answer came; it may have been carried out.
            UnreadableReplyError: It was carried out, but the answer cannot be read.
            CallRefusedError: The service said no.
            ConnectorError: As above.
        """
        assert item.deed is not None, "a question is no write"
        options = dict(_VOIDS.get(item.entity, _VOID)) if item.deed is Deed.VOID else {}
        if item.deed is Deed.DELETE:
            options["operation"] = "delete"
        if item.options is not None:
            options["include"] = item.options
        ask = _ask("POST", f"/{item.entity.lower()}", **options)
        body = encoded(SERVICE, ask.operation, item.body or {})
        beside = repr((sorted(options.items()), item.key))
        written = hashlib.sha256(body + beside.encode()).hexdigest()
        refused = self.standing.refused.get(written, 0)
        identity = _shortened(f"{item.entity} {written} {refused}")
        ask = replace(ask, body=body, parameters={**ask.parameters, "requestid": identity})
        try:
            return self._object(ask, self._called(ask), item.entity, _known_as(item))
        except CallRefusedError:
            self.standing.refused[written] = refused + 1
            raise

    def batch(self, items: Sequence[Item]) -> list[Result | tuple[Record, ...]]:
        """Carry out up to 30 items in one call; gives what became of each, in their order.

        A question gives its rows.  What the answer leaves out may have been carried out.

        Raises:
            ConnectorError: The call failed as a whole, as of ``write``.
        """
        assert 0 < len(items) <= BATCH_MAX, "a batch has 1 to 30 items"
        requests = [_request(str(at), item) for at, item in enumerate(items, start=1)]
        is_reading = all(item.deed is None for item in items)
        identity = {} if is_reading else {"requestid": _shortened(self._new_id())}
        ask = _ask("POST", "/batch", **identity)
        body = encoded(SERVICE, ask.operation, {"BatchItemRequest": requests})
        ask = replace(ask, body=body, reads=is_reading)
        listed = self._called(ask).get("BatchItemResponse")
        if not isinstance(listed, list):
            raise self._http.unreadable(ask, "the answer holds no items")
        told = _by_item(each for each in listed if isinstance(each, Mapping))
        results = [
            self._result(ask, item, told.get(str(at))) for at, item in enumerate(items, start=1)
        ]
        self._count_items(items, results)
        return results

    def _result(self, ask: Ask, item: Item, told: Record | None) -> Result | tuple[Record, ...]:
        if told is None:
            return self._http.unreadable(ask, "the answer leaves an item out")
        try:
            self._raise_fault(ask, told, is_reading=item.deed is None)
            if item.deed is None:
                return self._rows(ask, told, item.entity)
            return self._object(ask, told, item.entity, _known_as(item))
        except ConnectorError as error:
            return error

    # --- Answers ---------------------------------------------------------------------------

    def _object(self, ask: Ask, found: Record, entity: str, id_: str | None = None) -> Record:
        """Give the object of an answer: that of an identity, where one was asked for."""
        record = found.get(entity)
        if not isinstance(record, Mapping):
            raise self._http.unreadable(ask, f"the answer holds no {entity}")
        if id_ is not None and identity_in(record) != id_:
            raise self._http.unreadable(ask, f"it tells of {shown(record.get('Id'))}, not of {id_}")
        return record

    def _rows(self, ask: Ask, found: Record, entity: str) -> tuple[Record, ...]:
        answer = found.get("QueryResponse")
        if not isinstance(answer, Mapping):
            raise self._http.unreadable(ask, "the answer holds no rows")
        others = [name for name, rows in answer.items() if isinstance(rows, list)]
        if entity not in answer and others:
            raise self._http.unreadable(ask, f"it tells of {shown(others[0])}, not of {entity}")
        return tuple(self._listed(ask, answer.get(entity, [])))

    def _listed(self, ask: Ask, rows: Any) -> Sequence[Record]:
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self._http.unreadable(ask, f"its rows are {shown(rows)}")
        return rows

    def _raise_fault(self, ask: Ask, found: Any, *, is_reading: bool | None = None) -> None:
        """Raise the fault that stands in a successful answer.

        Raises:
            ConnectorError: The most specific of the tree.
        """
        errors = fault_in(found)
        if errors is None:
            return
        code = errors[0][0] if errors else None
        words = self.redacted("; ".join(words for _, words in errors)) or f"code {code}"
        meant = meaning_of(code).status or httpx2.codes.BAD_REQUEST
        raise self._http.refused(ask, meant, words, fault=code, is_reading=is_reading)

    # --- Calling ---------------------------------------------------------------------------

    def _called(self, ask: Ask) -> Record:
        """Perform a call as the connection's user; gives the object that answers it."""
        is_batch = ask.path == "/batch"
        with self._lock:
            if ask.is_reading:
                self._see_quota(ask)
            self._gate.expect(is_batch=is_batch)
            reply = self._signed(ask).reply
            self._learn(ask, reply, is_batch=is_batch)
            if not isinstance(reply, Reply):
                raise reply
            if not isinstance(reply.json, Mapping):
                raise self._http.unreadable(ask, f"it is {shown(reply.json)}")
            self._raise_fault(ask, reply.json)
            if not is_batch:
                self._meter(_class_of(is_reading=ask.is_reading), 1)
            return reply.json

    def _signed(self, ask: Ask) -> Answered:
        patience = self._http.patience()
        token = self._tokens.access()
        answered = self._http.perform(self._with(ask, token), patience)
        if answered.status == httpx2.codes.UNAUTHORIZED:
            token = self._tokens.renewed(token)
            answered = self._http.perform(self._with(ask, token), patience)
        return answered

    def _with(self, ask: Ask, token: str) -> Ask:
        self._secrets.add(token)
        return replace(ask, headers={"Authorization": f"Bearer {token}"})

    def _see_quota(self, ask: Ask) -> None:
        """Let no read go in vain.

        Raises:
            UnavailableError: This month's are used up.
        """
        wait_s = self.standing.quota.wait_s()
        if wait_s > 0:
            raise self._used_up(ask, wait_s)

    def _used_up(self, ask: Ask, wait_s: float) -> UnavailableError:
        error = UnavailableError(
            f"{NAME} refuses to be read: this month's reads of the app seem to be used up. What "
            "is written still goes; reading goes on next month, or with a larger plan of the app.",
            system=SYSTEM,
            operation=ask.operation,
            code="429",
            detail="reads are refused for longer than any burst lasts; nothing was sent",
        )
        error.retry_after_s = wait_s
        return error

    def _learn(self, ask: Ask, reply: object, *, is_batch: bool) -> None:
        """Learn from an answer how much is too much."""
        is_limit = isinstance(reply, UnavailableError) and reply.code == "429"
        if is_limit:
            self.standing.pace.slow_down(is_batch=is_batch)
        if ask.is_reading and (is_limit or isinstance(reply, Reply)):
            self.standing.quota.read(is_refused=is_limit)
        elif is_limit or isinstance(reply, Reply):
            self.standing.quota.wrote(is_refused=is_limit)

    def _count_items(self, items: Sequence[Item], results: Sequence[object]) -> None:
        """Count each item like a call of its own, as the service does."""
        for is_reading in (True, False):
            number = sum(
                (item.deed is None) is is_reading and not isinstance(result, ConnectorError)
                for item, result in zip(items, results, strict=True)
            )
            if number:
                self._meter(_class_of(is_reading=is_reading), number)


# How a sales form is voided where it has no operation of its own (reference section 2.6).
_VOID: Final[Mapping[str, str]] = {"operation": "update", "include": "void"}
_VOIDS: Final[Mapping[str, Mapping[str, str]]] = {"Invoice": {"operation": "void"}}


def _class_of(*, is_reading: bool) -> CallClass:
    return CallClass.CORE_PLUS if is_reading else CallClass.CORE


def next_start(start: int, rows: int, size: int) -> int | None:
    """Say with which row the next page begins; ``None``: there is none."""
    return None if rows < size else start + max(rows - _PAGES_SHARE, 1)


def each_once(rows: Iterable[Record]) -> tuple[Record, ...]:
    """Give rows, of each identity the last; those that tell none stay, for they may be many."""
    told = {identity_in(row) or (at,): row for at, row in enumerate(rows)}
    return tuple(told.values())


def _by_item(listed: Iterable[Record]) -> Mapping[str, Record]:
    """Give the answers of a batch by their items; what is told twice is told of nobody."""
    told: dict[str, list[Record]] = {}
    for each in listed:
        told.setdefault(str(each.get("bId")), []).append(each)
    return {of: answers[0] for of, answers in told.items() if len(answers) == 1}


def _known_as(item: Item) -> str | None:
    """Give the identity of what an item changes; ``None``: it makes something new."""
    found = (item.body or {}).get("Id")
    return None if found is None else str(found)


def _shortened(text: str) -> str:
    """Make an identity of a text: 32 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _told_at(found: Record) -> datetime | None:
    """Say when an answer was made; it only says how far was read."""
    try:
        moment = Reader(found).instant("time", UTC)
    except InvalidDocument:
        return None
    return None if moment is None else moment.replace(tzinfo=None)


def _ask(method: str, path: str, **parameters: str) -> Ask:
    return Ask(method=method, path=path, parameters={**parameters, "minorversion": MINOR_VERSION})


def _asking(statement: str) -> Ask:
    return _ask("GET", "/query", query=statement)


def _request(id_: str, item: Item) -> Record:
    if item.deed is None:
        return {"bId": id_, "Query": item.query}
    assert item.deed is not Deed.VOID, "what is voided goes alone"
    told: dict[str, Any] = {"bId": id_, "operation": item.deed.value, item.entity: item.body}
    if item.options is not None:
        told["optionsData"] = item.options
    return told
