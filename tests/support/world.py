"""A whole company in one process: the hub between both systems, and time in a bottle.

A ``Company`` has an operations system, books (the QuickBooks sandbox with a Web Connector
beside it) and a hub on a database of its own.  A ``World`` is one that works with Fusion
Operations; ``autotask`` has the one that works with Autotask.  It is spoken to
as the people of such a company speak: ``order`` enters an order, ``sync`` lets everything
run once, ``booked`` reads the books.  What a test wants to know of a sandbox it asks over
the sandbox's HTTP paths; what it wants to know of the hub it asks with the hub's verbs.

Between the Web Connector and QuickBooks stands a ``Counter``, which reads everything that
leaves the hub for QuickBooks: whatever a test is about, every message set in it has to
satisfy Intuit's schema (where that is at hand) and the rules of the reference (``judge``).
It can also play a QuickBooks that misbehaves in ways the sandbox's own faults cannot.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import argon2
import httpx2
from fastapi import FastAPI
from lxml import etree
from sqlalchemy import event
from starlette.types import ASGIApp, Receive, Scope, Send

from counterfoil.api import agent
from counterfoil.api.errors import handle_errors
from counterfoil.api.qbwc import router
from counterfoil.engine.life import State
from counterfoil.hub import accounts, desk, passwords
from counterfoil.hub import drive as drives
from counterfoil.hub.drive import DriveReport, drive
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import connections
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    CompanySettings,
    ProcessResult,
    Session,
    fill_company,
    quickbooks_app,
)
from counterfoil.sandboxes.web_connector import (
    QuickBooks,
    QuickBooksSession,
    RunFaults,
    RunReport,
    WebConnector,
    parse_qwc,
)
from counterfoil.settings import SystemName
from counterfoil.told import Told
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.in_loop import InLoop

__all__ = [
    "ACTOR",
    "AUTOMATIC",
    "ZONE",
    "Clock",
    "Company",
    "Counter",
    "KilledError",
    "Pipe",
    "World",
    "cheap_passwords",
    "judge",
    "open_world",
]

SCHEMA: Final = Path(__file__).resolve().parents[3] / "shared/reference/schemas/qbxmlops160.xsd"
SECRET_KEY: Final = "A" * 43 + "="
ZONE: Final = "America/New_York"
ACTOR: Final = "A tester"
SET_ID_LENGTH_MAX: Final = 24
SIGNED_IN_FOR: Final = timedelta(hours=1)

# Everything by itself, numbers kept, whatever is missing created.
AUTOMATIC: Final = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
    "sales-order-out.create_missing_customers=true",
    "sales-order-out.create_missing_items=true",
    "sales-order-out.income_account=Sales:Goods",
    "sales-order-out.creation_date=document_date",
)


# --- Time ----------------------------------------------------------------------------------


class Clock(fusion.FakeClock):
    """Time that moves only when somebody waits or a test says so."""

    def unix(self) -> float:
        return self.moment.timestamp()

    def advance(self, **amount: float) -> None:
        """Let time pass: ``clock.advance(minutes=30)``."""
        self.moment += timedelta(**amount)


# --- The judge of everything that leaves for QuickBooks -----------------------------------------


@cache
def _schema() -> etree.XMLSchema | None:
    return etree.XMLSchema(etree.parse(str(SCHEMA))) if SCHEMA.exists() else None


_INSTRUCTION = re.compile(
    r'<\?qbxml version="(?P<mark>[A-Z]{0,2})(?P<major>\d+)\.(?P<minor>\d)"\?>'
)
_WRITES = re.compile(r"<\w+(?:Add|Mod|Del|Void)Rq[ >]")


def judge(text: str, reported: tuple[int, int]) -> None:
    """Fail unless a message set is one QuickBooks must take (8.1, checks 3 and 6).

    ASCII only; an instruction that names a version QuickBooks reported; an identity on each
    request, unique in the set; a set that writes can be recovered.  Intuit's schema comes
    last, so that the message names the rule that was broken.
    """
    assert text.isascii(), f"characters beyond ASCII: {text!a:.300}"
    found = _INSTRUCTION.search(text)
    assert found, f"no qbxml instruction: {text[:200]}"
    assert (int(found["major"]), int(found["minor"])) <= reported, f"too new: {found[0]}"
    root = etree.fromstring(text.encode())
    message_set = root.find("QBXMLMsgsRq")
    assert message_set is not None, f"no message set: {text[:200]}"
    ids = [request.get("requestID") for request in message_set]
    assert all(ids), f"a request without an identity: {ids}"
    assert len(set(ids)) == len(ids), f"two requests with one identity: {ids}"
    assert message_set.get("onError") in {"continueOnError", "stopOnError"}
    for name in ("newMessageSetID", "oldMessageSetID"):
        assert len(message_set.get(name) or "") <= SET_ID_LENGTH_MAX
    if _WRITES.search(text):
        assert message_set.get("newMessageSetID"), f"a write that cannot be recovered: {text:.300}"
    schema = _schema()
    # The one known defect of the schema (4.8).
    if schema is not None and "ValueAdjustment" not in text:
        assert schema.validate(root), f"{schema.error_log}\n{text:.2000}"


Before = Callable[[str], ProcessResult | None]
After = Callable[[str, ProcessResult], ProcessResult]


class Counter:
    """QuickBooks as the Web Connector reaches it, with a judge at the counter.

    Attributes:
        seen: Every message set QuickBooks was handed since the world began.
        before: Answers in QuickBooks' place, without it hearing of the set; ``None``: ask it.
        after: Spoils an answer on its way back.
        hears: Told each set and QuickBooks' own answer to it, before that is spoilt.
        hcp: Spoils the answer to the three queries each run opens with.
    """

    def __init__(self, company: CompanyFile) -> None:
        self.company = company
        self.seen: list[str] = []
        self.before: Before | None = None
        self.after: After | None = None
        self.hears: Callable[[str, ProcessResult], None] | None = None
        self.hcp: Callable[[ProcessResult], ProcessResult] | None = None
        self.location: str | None = None

    def open_session(
        self, company_file: str | None = None, *, application: str
    ) -> QuickBooksSession:
        return _Window(self, self.company.open_session(company_file, application=application))

    def well_behaved(self) -> None:
        """End every misbehaviour of this counter and every armed fault."""
        self.before = self.after = self.hcp = self.location = None
        self.company.faults.clear()


class _Window:
    """One session at the counter."""

    def __init__(self, counter: Counter, session: Session) -> None:
        self._counter = counter
        self._session = session

    @property
    def company_file(self) -> str:
        return self._counter.location or self._session.company_file

    @property
    def country(self) -> str:
        return self._session.country

    @property
    def qbxml_version(self) -> tuple[int, int]:
        return self._session.qbxml_version

    def process(self, text: str) -> ProcessResult:
        counter = self._counter
        judge(text, self._session.qbxml_version)
        counter.seen.append(text)
        result = counter.before(text) if counter.before else None
        if result is None:
            result = self._session.process(text)
        if counter.hears is not None:
            counter.hears(text, result)
        return counter.after(text, result) if counter.after else result

    def host_company_preferences(self, owner_id: str) -> ProcessResult:
        result = self._session.host_company_preferences(owner_id)
        return self._counter.hcp(result) if self._counter.hcp else result

    def lock(self, owner_id: str, host: str) -> None:
        self._session.lock(owner_id, host)

    def unlock(self, owner_id: str) -> None:
        self._session.unlock(owner_id)

    def close(self) -> None:
        self._session.close()


# --- The line to the hub --------------------------------------------------------------------------


class KilledError(BaseException):
    """A process ends here, and tidies nothing up."""


class Pipe(httpx2.BaseTransport):
    """A line between two programs, which can lose calls and answers.

    Attributes:
        spoil: Asked before each call with its number (from 1) and its body; says what
            happens to it: ``None`` nothing, ``"request"`` it never arrives, ``"answer"`` its
            answer is lost, ``"twice"`` it arrives twice, ``"kill before"`` and ``"kill after"``
            the caller's process ends there.
        rewrite: Changes the text of an answer: what the other end cannot be made to say.
        hears: Told each request before it leaves.
        refused: Bodies of the answers that were no success, such as SOAP faults.
    """

    def __init__(self, beyond: httpx2.BaseTransport) -> None:
        self._beyond = beyond
        self.calls = 0
        self.refused: list[str] = []
        self.spoil: Callable[[int, str], str | None] | None = None
        self.rewrite: Callable[[str], str] | None = None
        self.hears: Callable[[httpx2.Request], object] | None = None

    @contextmanager
    def spoiled_at(self, call: int, fate: str) -> Iterator[None]:
        """Spoil one call, counted from here."""
        self.calls = 0
        self.spoil = lambda number, _body: fate if number == call else None
        try:
            yield
        finally:
            self.spoil = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.calls += 1
        body = request.read().decode("utf-8", "replace")
        if self.hears is not None:
            self.hears(request)
        fate = self.spoil(self.calls, body) if self.spoil else None
        if fate == "kill before":
            raise KilledError
        if fate == "request":
            raise httpx2.ConnectError("the line is down", request=request)
        answer = self._beyond.handle_request(request)
        if fate == "twice":
            answer = self._beyond.handle_request(request)
        if not answer.is_success:
            self.refused.append(answer.text)
        if fate == "kill after":
            raise KilledError
        if fate == "answer":
            raise httpx2.ReadTimeout("the answer did not come", request=request)
        if self.rewrite is not None:
            text = self.rewrite(answer.read().decode())
            return httpx2.Response(answer.status_code, content=text.encode(), request=request)
        return answer


# --- The company ------------------------------------------------------------------------------------


class Company:
    """One company with its two systems and the hub, whatever the operations system is.

    Attributes:
        system, credentials: The operations system, and what its connection asks for.
        clock: What time it is, for everybody.
        books: The QuickBooks sandbox's desk, over its HTTP.
        counter: Between Web Connector and QuickBooks.
        pipe: The line between Web Connector and hub.
        shop_line: The line between hub and operations system.
        hub: The hub as it runs now; ``restart`` makes another one.
        meanwhile: Happens each time the hub waits for work for an agent.
    """

    system: SystemName
    credentials: Mapping[str, str]
    public_url: str = ""
    trusts_this_computer: bool = True

    def __init__(
        self,
        stack: ExitStack,
        url: str,
        settings: CompanySettings,
        clock: Clock,
        operations: httpx2.BaseTransport,
    ) -> None:
        self.clock = clock
        self._url = url
        self._hub_stack = ExitStack()
        stack.callback(self._hub_stack.close)
        self.shop_line = Pipe(operations)
        self._open_books(stack, settings)
        self.meanwhile: Callable[[], object] | None = None
        self._api: ASGIApp = FastAPI()
        line = InLoop(self._serve)
        stack.callback(line.close)
        self.pipe = Pipe(line)
        self.http = httpx2.Client(transport=line, base_url="http://localhost:8080")
        self.hub: Hub
        self.restart()

    def _open_books(self, stack: ExitStack, settings: CompanySettings) -> None:
        """Open the books: a company file of QuickBooks Desktop."""
        company = CompanyFile.create(None, settings, now=self.clock.unix)
        stack.callback(company.close)
        fill_company(company.process, company.settings)
        self.counter = Counter(company)
        desk_line = InLoop(quickbooks_app(company))
        stack.callback(desk_line.close)
        self.books = books.Desk(httpx2.Client(transport=desk_line, base_url="http://books"), None)

    @property
    def outward(self) -> httpx2.BaseTransport:
        """The hub's line to the systems that it calls."""
        return self.shop_line

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._api(scope, receive, send)

    def restart(self) -> None:
        """End the hub and start it again: nothing survives but its database."""
        self._hub_stack.close()
        self._hub_stack = ExitStack()
        configuration = Configuration(
            database_url=self._url,
            secret_key=SECRET_KEY,
            trust_this_computer=self.trusts_this_computer,
            public_url=self.public_url,
        )
        self.hub = self._hub_stack.enter_context(
            open_hub(
                configuration,
                self.clock.now,
                sleep=self.clock.wait,
                transport=self.outward,
            )
        )
        if self.hub.database.is_sqlite:
            # What a power cut takes away is not played here, and the disk is slow.
            self.pragma("synchronous=off")
        api = FastAPI()
        handle_errors(api)
        api.include_router(router(self.hub))
        api.include_router(agent.router(self.hub, pause=self._pause))
        self._api = api

    async def _pause(self, seconds: float) -> None:
        """Let time pass while an agent waits for work, and whatever happens meanwhile happen."""
        self.clock.wait(seconds)
        if self.meanwhile is not None:
            # The other systems have event loops of their own.
            await asyncio.to_thread(self.meanwhile)

    def pragma(self, *texts: str) -> None:
        """Open the hub's connections to its SQLite file anew, with other pragmas."""

        def prepare(raw: Any, _record: object) -> None:
            for text in texts:
                raw.execute(f"pragma {text}")

        event.listen(self.hub.database.engine, "connect", prepare)
        self.hub.database.engine.dispose()

    def connect(self, settings: Sequence[str] = AUTOMATIC, **books_parameters: str) -> None:
        """Set both connections and their link up, and add the file to the Web Connector."""
        made = accounts.add_connection(
            self.hub,
            self.system,
            "Shop floor",
            self.credentials,
            ACTOR,
        )
        self.operations_id = made.id
        self.account = accounts.add_connection(
            self.hub, SystemName.QUICKBOOKS_DESKTOP, "Books", books_parameters, ACTOR
        )
        self.books_id = self.account.id
        self.link = accounts.add_link(self.hub, "Shop floor", "Books", ACTOR).id
        self.set(*settings)
        # What the Web Connector itself asks then is not the hub's.
        self.web_connector(quickbooks=self.counter.company).add()

    def set(self, *assignments: str) -> None:
        """Change settings of the link."""
        desk.set_settings(self.hub, self.link, assignments, ACTOR)

    def enter_books(self, *requests: str) -> books.Answer:
        """Enter records in QuickBooks by hand; all have to succeed."""
        return self.books.enter(*requests)

    # -- What runs ---------------------------------------------------------------------------

    def web_connector(
        self,
        *,
        faults: RunFaults | None = None,
        password: str | None = None,
        quickbooks: QuickBooks | None = None,
    ) -> WebConnector:
        """Our company's Web Connector, ready to run."""
        return WebConnector(
            parse_qwc(self.account.qwc or ""),
            password or self.account.password or "",
            quickbooks or self.counter,
            client=httpx2.Client(transport=self.pipe, timeout=None),
            sleep=self.clock.wait,
            timer=self.clock.seconds,
            faults=faults,
        )

    def run_web_connector(self, **faults: Any) -> RunReport:
        """One run of the Web Connector; keywords are faults of its computer."""
        return self.web_connector(faults=RunFaults(**faults)).run_once()

    def read_operations(self) -> DriveReport:
        """Let the hub work on the operations system: read it, and write what waits for it.

        Where the line kills the hub in the middle, another one is started.
        """
        # A process that is killed skips it.
        drives._finish = _nothing_more  # noqa: SLF001 - see above
        try:
            return drive(self.hub, self.operations_id, "schedule")
        except KilledError:
            self.restart()
            return DriveReport(problem=Told("killed"))
        finally:
            drives._finish = _tidy  # noqa: SLF001 - see above

    def answers_about_file(self) -> bool:
        """A person says of the company file that the hub asks about that it is the right one.

        Says whether anything was asked.
        """
        with self.hub.database.reading() as tx:
            books = connections.load(tx, self.books_id)
        assert books is not None
        if "other_file" not in books.facts:
            return False
        accounts.accept_file(self.hub, books, ACTOR)
        return True

    def sync(self) -> RunReport:
        """Everything runs once: the shop floor is read, then the Web Connector comes."""
        self.read_operations()
        return self.run_web_connector()

    def settle(self, runs: int = 12, wait_s: float = 3700.0) -> None:
        """Let ordinary runs follow each other, an hour apart, until nothing is left to do."""
        said = "it never ran"
        for _ in range(runs):
            self.read_operations()
            report = self.run_web_connector()
            if report.is_clean and not self.unsettled():
                return
            said = report.last_result
            self.clock.wait(wait_s)
        raise AssertionError(f"it does not come to rest: {said!r}, {self.unsettled()}")

    # -- What came of it ----------------------------------------------------------------------

    def transfers(self, *states: State) -> list[desk.TransferRow]:
        """All transfers, as lists show them."""
        return desk.rows(self.hub, states=states, limit=10_000)

    def states(self, flow: str = "sales-order-out") -> dict[str, str]:
        """Number -> state, of one flow."""
        return {row.number or "": row.state for row in self.transfers() if row.flow == flow}

    def row(self, number: str, flow: str = "sales-order-out") -> desk.TransferRow:
        """The transfer of one document."""
        return next(row for row in self.transfers() if row.number == number and row.flow == flow)

    def unsettled(self) -> dict[str, str]:
        """Transfers that somebody other than a person still has to work on."""
        return {f"{row.flow} {row.number}": row.state for row in self.transfers(*_WORK)}

    def booked(self, kind: str = "SalesOrder") -> list[dict[str, Any]]:
        """Everything of a kind that is in the books, as QuickBooks shows it."""
        found: list[dict[str, Any]] = self.books.get(f"/records/{kind}")
        return found

    def status(self) -> desk.ConnectionStatus:
        """How the books' connection stands."""
        return next(each for each in desk.connection_status(self.hub) if each.id == self.books_id)


class World(Company):
    """A company that works with Fusion Operations; made by ``open_world``.

    Attributes:
        operations: The Fusion Operations sandbox, over its HTTP.
    """

    system = SystemName.FUSION_OPERATIONS
    credentials: Mapping[str, str] = MappingProxyType(
        {
            "base_url": fusion.BASE_URL,
            "key": fusion.KEY,
            "secret": fusion.SECRET,
            "time_zone": ZONE,
        }
    )

    def __init__(self, stack: ExitStack, url: str, settings: CompanySettings) -> None:
        clock = Clock()
        self.operations = stack.enter_context(fusion.playing(clock=clock, time_zone=ZONE))
        super().__init__(stack, url, settings, clock, self.operations.transport)
        self._made: set[tuple[str, str]] = set()
        self._signed_in = self.clock.moment
        # What tests enter there shall not use up the minute's calls.
        self.operations.settings(rate_limit=0)
        self.source_ids: dict[str, str] = {}

    # -- What people enter -------------------------------------------------------------------

    def order(self, number: str, client: str, *lines: str, **properties: Any) -> str:
        """Enter an order in the operations system: ``order("SO-1", "ACME", "2 BOLT 1.50")``.

        The client and the products are entered too, if nobody has done so.  Gives its id.
        """
        rows = []
        for text in lines:
            quantity, product, *price = text.split(" ")
            self._know("products", product)
            rows.append(fusion.line(product, quantity, *price))
        self._know("clients", client)
        made = self.enter("sales-orders", code=number, client=client, products=rows, **properties)
        self.source_ids[number] = str(made["id"])
        return str(made["id"])

    def purchase(self, number: str, supplier: str, *lines: str, **properties: Any) -> str:
        """Enter a purchase order: ``purchase("PO-1", "MILLCO", "10 FLOUR 0.80")``; gives its id."""
        rows = []
        for text in lines:
            quantity, product, *cost = text.split(" ")
            self._know("products", product)
            row = {"product": product, "quantity-ordered": quantity}
            rows.append(row | ({"unit-cost": cost[0]} if cost else {}))
        self._know("suppliers", supplier)
        made = self.enter(
            "purchase-orders", code=number, supplier=supplier, products=rows, **properties
        )
        self.source_ids[number] = str(made["id"])
        return str(made["id"])

    def ship(self, number: str, *goods: str, **deed: Any) -> None:
        """Ship of an order: ``ship("SO-1", "4 BOLT")``; without goods all that is left."""
        self._move("ship", number, goods, deed)

    def receive(self, number: str, *goods: str, **deed: Any) -> None:
        """Receive of a purchase order: ``receive("PO-1", "4 FLOUR")``."""
        self._move("receive", number, goods, deed)

    def _move(self, what: str, number: str, goods: Sequence[str], deed: Mapping[str, Any]) -> None:
        body: dict[str, Any] = {"order": number, **deed}
        if goods:
            pairs = [text.split(" ") for text in goods]
            body["quantities"] = [
                {"product": product, "quantity": quantity} for quantity, product in pairs
            ]
        self.operations.control("POST", f"/companies/{fusion.KEY}/{what}", body)

    def orders(self, count: int, *, first: int = 1, client: str = "ACME") -> list[str]:
        """Enter so many orders over a bolt each; gives their numbers."""
        numbers = [f"SO-{position}" for position in range(first, first + count)]
        for position, number in enumerate(numbers, first):
            self.order(number, client, f"{position} BOLT 1.25")
        return numbers

    def fresh_orders(self, count: int = 1) -> list[str]:
        """Enter so many orders for clients and over products nobody knows; read them."""
        first = len(self.source_ids) + 1
        numbers = [f"F-{position}" for position in range(first, first + count)]
        for position, number in enumerate(numbers, 1):
            self.order(number, f"CLIENT-{first}", f"{position} PART-{first} 1.25")
        self.read_operations()
        return numbers

    def _know(self, resource: str, code: str) -> None:
        if (resource, code) not in self._made:
            self.enter(resource, code=code, name=f"{code} by name")

    def enter(self, resource: str, **properties: Any) -> dict[str, Any]:
        """Enter anything in the operations system; gives it as the service answers."""
        if self.clock.moment > self._signed_in + SIGNED_IN_FOR:
            self.operations.token, self._signed_in = "", self.clock.moment
        self._made.add((resource, properties["code"]))
        return self.operations.make(resource, **properties)

    def numbers_booked(self) -> Tally[str]:
        """How often each number is in the books."""
        return Tally(each.get("RefNumber", "") for each in self.booked())

    def produced(self) -> list[dict[str, Any]]:
        """Everything that is ordered in the operations system."""
        return self.operations.dump("sales-orders")

    def check_exactly_once(self, *numbers: str) -> None:
        """Fail unless each of these orders, and no other, is in the books once and right."""
        assert self.numbers_booked() == Tally(numbers)
        self.check_books()

    def check_each_once(self, *numbers: str) -> None:
        """Fail unless each of these orders is in the books once, right, and nothing unknown is.

        For companies that live on: the books hold as many orders as were ever entered.
        """
        rows = {row.number: row for row in self.transfers() if row.flow == "sales-order-out"}
        entered = {str(each["id"]): each for each in self.produced()}
        for number in numbers:
            found: list[dict[str, Any]] = self.books.get("/records/SalesOrder", ref_number=number)
            assert [each["RefNumber"] for each in found] == [number]
            assert rows[number].target_id == found[0]["TxnID"]
            total = Decimal(found[0]["TotalAmount"])
            assert total == Decimal(rows[number].target_total or "NaN")
            assert total == _sum_of(entered[self.source_ids[number]])
        assert self.books.get("/counts")["SalesOrder"] == len(self.source_ids)

    def check_books(self) -> None:
        """Fail unless books, pairings and the orders' own sums agree to the cent.

        Every order of the books that bears a mark bears another one; every transfer that is
        done names an order of the books, with its number and total; and that order's total
        is what the source's lines come to.
        """
        booked = {each["TxnID"]: each for each in self.booked()}
        marks = Tally(each["ExternalGUID"] for each in booked.values() if "ExternalGUID" in each)
        assert [mark for mark, count in marks.items() if count > 1] == [], "one order twice"
        sums = {str(each["id"]): _sum_of(each) for each in self.produced()}
        landed = [
            row
            for row in self.transfers(State.DONE, State.CHANGED)
            if row.flow == "sales-order-out"
        ]
        assert len({row.target_id for row in landed}) == len(landed), "two transfers, one order"
        for row in landed:
            order = booked[row.target_id or ""]
            assert order.get("RefNumber") == row.target_number
            assert Decimal(order["TotalAmount"]) == Decimal(row.target_total or "NaN")
            source = self.source_ids.get(row.number or "")
            if row.state == State.DONE and source in sums:
                assert Decimal(order["TotalAmount"]) == sums[source], row.number


_tidy = drives._finish  # noqa: SLF001 - the original, whoever replaces it


def _nothing_more(*arguments: Any, **named: Any) -> DriveReport:
    """Stand in for the end of a drive: done as usual, unless the process is being killed."""
    if isinstance(sys.exc_info()[1], KilledError):
        return DriveReport()
    return _tidy(*arguments, **named)


_WORK: Final = frozenset(
    {
        State.READY,
        State.MATCHING,
        State.SENDING,
        State.UNKNOWN,
        State.CONFIRMING,
        State.WAITING,
    }
)


def _sum_of(order: Mapping[str, Any]) -> Decimal:
    """What an order of the operations system comes to, each line rounded to cents."""
    total = Decimal(0)
    for shipping in order["shippings"]:
        for line in shipping["products"]:
            amount = Decimal(line["quantity-ordered"]) * Decimal(line["unit-price"] or 0)
            total += amount.quantize(Decimal("0.01"))
    return total


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hash passwords quickly: their cost is what they are for, and not what tests are about."""
    names = ("_hasher", "_chosen")
    dear = {name: getattr(passwords, name) for name in names}
    for name in names:  # there is no setting for it, on purpose
        setattr(passwords, name, argon2.PasswordHasher(1, memory_cost=8, parallelism=1))
    try:
        yield
    finally:
        for name in names:
            setattr(passwords, name, dear[name])


@contextmanager
def open_world(
    url: str,
    *settings: str,
    company: CompanySettings | None = None,
    kind: type[World] = World,
    **books_parameters: str,
) -> Iterator[World]:
    """Open a company whose hub works on the database at ``url``.

    ``settings`` replace ``AUTOMATIC``; ``books_parameters`` are those of the connection to
    QuickBooks.
    """
    with ExitStack() as stack:
        world = kind(stack, url, company or CompanySettings(time_zone=ZONE))
        world.connect(settings or AUTOMATIC, **books_parameters)
        yield world
