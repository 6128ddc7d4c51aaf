"""Days in the life of a company, drawn from a seed, in which everything that can fail does.

People on both sides enter, change and cancel orders; clocks jump; the lines lose calls and
answers; QuickBooks is closed, locked, or ends in the middle; the hub's process is killed
between any two calls, and in the middle of its own calls.  After every round, and once
everything has been quiet for a while, the books are held against what people entered.

What is drawn depends on the seed alone, so a seed replays its days.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from counterfoil.engine.life import OWNERS, State
from counterfoil.hub import desk
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import RunFaults, RunReport
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    line,
    request,
    sales_order,
    service,
    tags,
    vendor,
)
from tests.support.world import ACTOR, AUTOMATIC, World

__all__ = ["SETTINGS", "Life"]

SETTINGS: Final = (
    *AUTOMATIC,
    "sales-order-in.mode=automatic",
    "sales-order-in.start_date=2020-01-01",
)

# Clients and what becomes of their orders: ``None`` goes, else the refusal it ends with.
_CLIENTS: Final[dict[str, str | None]] = {
    "ACME": None,
    "Blue-Heron": None,
    "Café-Ångström": None,
    "O'Brien&Söhne": None,
    "TAKEN": "name-taken",
    "COL:ON": "name-has-colon",
    "SLEEPY": "record-inactive",
    "Λάμδα": "text-unholdable",
}
_PRODUCTS: Final = ("BOLT", "NUT", "GEAR", "M8", "Größe")
_GARBAGE: Final = ("", "garbage", "<QBXML><QBXMLMsgsRs>", "<QBXML><QBXMLMsgsRs/></QBXML>")
_SESSION_FAULTS: Final = ("busy", "closed", "modal-dialog", "permission", "unreachable")
_SET_FAULTS: Final = (
    "crash-before",
    "crash-after-commit",
    "crash-midway",
    "cannot-store",
    "modal-dialog-during-run",
)
_REQUEST_FAULTS: Final = ("locked-record", "locked-list", "locked-related", "unavailable")
_SERVICE_FAULTS: Final = (
    "error-before",
    "error-after",
    "timeout-before",
    "timeout-after",
    "truncated",
    "html",
    "html-ok",
    "unauthorized",
    "too-many",
)


class Life:
    """One company's days.

    Attributes:
        log: What was done, for whoever has to understand a failure.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.log: list[str] = []
        # Outward: number -> refusal expected, None: it goes.  Inward: number.
        self.outward: dict[str, str | None] = {}
        self.inward: set[str] = set()
        self.edited: set[str] = set()
        self.cancelled: set[str] = set()
        # Deleted at their source, and known to be, before they were sent.
        self.gone: set[str] = set()
        # What orders of the books name is there, whoever would enter it first.
        world.enter("clients", code="ACME", name="Acme Works")
        world.enter("products", code="BOLT", name="Bolt")
        world.enter_books(
            customer("ACME"),
            customer("SLEEPY", active="false"),
            vendor("TAKEN"),
            service("BOLT", "1.00"),
        )

    # --- Chance ---------------------------------------------------------------------------

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def note(self, text: str) -> None:
        self.log.append(f"{self.world.clock.now():%d %H:%M:%S} {text}")

    # --- Rounds -----------------------------------------------------------------------------

    def live(self, rounds: int) -> None:
        """Let so many rounds pass, then quiet days."""
        for _ in range(rounds):
            for step in self._steps():
                step()
            self._check_now()
        self._rest()
        self._check_in_the_end()

    def _steps(self) -> list[Callable[[], None]]:
        steps: list[Callable[[], None]] = [
            self._enter_orders,
            self._drive,
            self._web_connector,
            self._pass_time,
        ]
        for step, share in (
            (self._enter_orders, 0.3),
            (self._enter_in_books, 0.5),
            (self._edit, 0.4),
            (self._edit_in_books, 0.3),
            (self._cancel, 0.25),
            (self._retry, 0.2),
            (self._web_connector, 0.5),
            (self._drive, 0.7),
            (self._restart, 0.2),
        ):
            if self.happens(share):
                steps.append(step)
        self.chance.shuffle(steps)
        return steps

    # --- People -----------------------------------------------------------------------------

    def _enter_orders(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            serial = len(self.outward) + 1
            client = self.chance.choice([*_CLIENTS, *(["ACME", "Blue-Heron"] * 4)])
            long = self.happens(0.07)
            number = f"SO-LONG-{serial:04d}" if long else f"SO-{serial}"
            lines = [
                f"{self.chance.randint(1, 99)} {self.chance.choice(_PRODUCTS)} "
                f"{Decimal(self.chance.randint(1, 99_999)) / 100}"
                for _ in range(self.chance.randint(1, 4))
            ]
            self.world.order(number, client, *lines)
            self.outward[number] = "number-too-long" if long else _CLIENTS[client]
            self.note(f"order {number} of {client}")

    def _enter_in_books(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            number = f"QB-{len(self.inward) + 1}"
            quantity = str(self.chance.randint(1, 9))
            self.world.enter_books(
                sales_order("ACME", line("BOLT", quantity, rate="2.50"), ref_number=number)
            )
            self.inward.add(number)
            self.note(f"{number} entered in the books")

    def _edit_in_books(self) -> None:
        found = [each for each in self.world.booked() if each["RefNumber"] in self.inward]
        if found:
            order = self.chance.choice(found)
            keys = tags(TxnID=order["TxnID"], EditSequence=order["EditSequence"])
            memo = tags(Memo=f"memo {len(self.log)}")
            self.world.enter_books(request("SalesOrderMod", keys + memo))
            self.note(f"memo on {order['RefNumber']}")

    def _edit(self) -> None:
        number = self._pick()
        if number is not None:
            self.edited.add(number)
            order = self._fetch(number)
            products = order["shippings"][0]["products"]
            products[0]["quantity-ordered"] = str(self.chance.randint(1, 99))
            self._call("PUT", number, order)
            self.note(f"{number} edited")

    def _cancel(self) -> None:
        number = self._pick()
        if number is not None:
            self.cancelled.add(number)
            self._call("DELETE", number)
            self.note(f"{number} deleted at its source")

    def _pick(self) -> str | None:
        there = sorted(set(self.outward) - self.cancelled)
        return self.chance.choice(there) if there else None

    def _fetch(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self._call("GET", number)
        return found

    def _call(self, method: str, number: str, body: object = None) -> Any:
        self.world.operations.token = ""
        with_faults = self.world.operations.control("GET", "/faults")
        self.world.operations.control("DELETE", "/faults")
        answer = self.world.operations.call(
            method, f"/sales-orders/{self.world.source_ids[number]}", body
        )
        assert answer.is_success, answer.text
        for fault in with_faults:
            self.world.operations.control("POST", "/faults", fault)
        return answer.json() if answer.content else None

    def _retry(self) -> None:
        desk.retry(self.world.hub, ACTOR, link=self.world.link)
        self.note("a person tries everything again")

    def _pass_time(self) -> None:
        seconds = self.chance.choice([1, 20, 61, 600, 1900, 4000, 15_000])
        self.world.clock.advance(seconds=seconds)
        if self.happens(0.1):
            back = self.chance.choice([30, 1200])
            self.world.clock.advance(seconds=-back)
            self.note(f"all clocks are set back by {back} s")
        if self.happens(0.1):
            jump = self.chance.choice([-3600, -90, 90, 3600])
            self.world.books.wait(jump)
            self.note(f"the clock of the books' computer jumps by {jump} s")

    # --- Machines -----------------------------------------------------------------------------

    def _restart(self) -> None:
        self.world.restart()
        self.note("the hub is restarted")

    def _drive(self) -> None:
        """The hub works on the operations system; its calls fail, or it dies in the middle."""
        world = self.world
        share = self.chance.choice([0.0, 0.0, 0.1, 0.25])
        if share:
            with_fault = self.chance.choice(_SERVICE_FAULTS)
            world.operations.fault(
                with_fault,
                method=self.chance.choice(["*", "POST", "GET"]),
                skip=self.chance.randint(0, 5),
                times=self.chance.randint(1, 3),
            )
            self.note(f"service fault {with_fault}")
        fates = ["request", "answer", "kill before", "kill after"]

        def spoil(number: int, _body: str) -> str | None:
            return self._drawn(share, fates, f"call {number} to the service")

        world.shop_line.spoil = spoil
        report = world.read_operations()
        world.shop_line.spoil = None
        world.operations.control("DELETE", "/faults")
        if not share and not report.skipped and report.problem is None:
            # It knows now of all that were deleted; what was not sent by then never is.
            there = world.numbers_booked()
            self.gone |= {number for number in self.cancelled if not there[number]}

    def _web_connector(self) -> None:
        """One run of the Web Connector, in which things go wrong."""
        world = self.world
        share = self.chance.choice([0.0, 0.04, 0.1])
        self._spoil_quickbooks(share)
        fates = ["request", "answer", "twice", "twice"]
        world.pipe.spoil = lambda number, _body: self._drawn(
            share, fates, f"call {number} to the hub"
        )
        faults = RunFaults(
            repeat_authenticate=self.chance.choice([0, 0, 0, 1, 2]),
            wrong_password=self.happens(0.03),
        )
        report = RunReport()
        steps = world.web_connector(faults=faults).steps(report)
        for operation in steps:
            if self.happens(share):
                world.restart()
                self.note(f"the hub is restarted after {operation}")
            if self.happens(share):
                # The operations system is used, and read, while QuickBooks works.
                self.chance.choice([self._edit, self._cancel])()
                world.read_operations()
            if self.happens(share / 2):
                self.note(f"the Web Connector's computer stops after {operation}")
                break
            if operation != "sendRequestXML" and self.happens(share / 3):
                self.note(f"another Web Connector comes after {operation}")
                world.run_web_connector()
        self.note(f"run: {report.ending}, {report.last_result} ({len(report.calls)} calls)")
        world.counter.well_behaved()
        world.pipe.spoil = None

    def _spoil_quickbooks(self, share: float) -> None:
        """Let sets and requests fail, each with some chance; at times no session opens."""
        world = self.world
        if self.happens(share):
            self._arm(self.chance.choice(_SESSION_FAULTS), count=self.chance.randint(1, 3))

        def before(text: str) -> None:
            if self.happens(share * 2):
                requests = max(1, text.count("requestID="))
                done = self.chance.randrange(requests)
                self._arm(self.chance.choice(_SET_FAULTS), done=done)
            elif self.happens(share * 2):
                self._arm(
                    self.chance.choice(_REQUEST_FAULTS),
                    match=self.chance.choice(["SalesOrder", "CustomerAdd", "Item", ""]),
                    count=self.chance.randint(1, 4),
                )

        def after(text: str, result: ProcessResult) -> ProcessResult:
            if not self.happens(share):
                return result
            said = self.chance.choice([*_GARBAGE, "crashed"])
            self.note(f"an answer of QuickBooks becomes {said!r}")
            if said == "crashed":
                return ProcessResult("", "0x80040402", "QuickBooks ended unexpectedly.")
            return ProcessResult(said)

        world.counter.before, world.counter.after = before, after

    def _drawn(self, share: float, fates: list[str], what: str) -> str | None:
        if not self.happens(share):
            return None
        fate = self.chance.choice(fates)
        self.note(f"{what}: {fate}")
        return fate

    def _arm(self, kind: str, **more: Any) -> None:
        self.world.books.arm(kind, **more)
        self.note(f"QuickBooks fault {kind} {more}")

    def _rest(self) -> None:
        """Quiet days: everything works, and somebody has tried again what stopped."""
        self.world.operations.control("DELETE", "/faults")
        for _ in range(3):
            self.world.clock.advance(days=1)
            self._retry()
            self.world.settle()
        # Inward orders are read by the books' run and written by the drive after it.
        self.world.read_operations()
        self.world.settle()

    # --- What must hold -------------------------------------------------------------------------

    def _check_now(self) -> None:
        """In the middle of everything: nothing twice, and everything has a state and an owner."""
        world = self.world
        booked = world.booked()
        twice = {
            number: count
            for number, count in Counter(each["RefNumber"] for each in booked).items()
            if count > 1
        }
        assert twice == {}, "an order is in the books twice"
        marks = Counter(each["ExternalGUID"] for each in booked if "ExternalGUID" in each)
        assert set(marks.values()) <= {1}, "a mark is in the books twice"
        codes = Counter(str(each["code"]) for each in world.produced())
        assert set(codes.values()) <= {1}, f"a code is in the operations system twice: {codes}"
        for row in world.transfers():
            assert State(row.state) in OWNERS
            if row.state in {State.REFUSED, State.WAITING}:
                assert row.sentence, f"{row.number} is {row.state} and does not say why"
            if row.state == State.REFUSED:
                assert row.actor
                assert row.cure
        # Whatever QuickBooks has with our number belongs to an order that was entered.
        assert not self.gone & {each["RefNumber"] for each in booked}, "sent though deleted"
        own = {each["RefNumber"] for each in booked} - self.inward
        assert own <= {number for number, refusal in self.outward.items() if refusal is None}

    def _check_in_the_end(self) -> None:
        """At rest: each order exactly once, or refused as it should be; sums agree."""
        world = self.world
        world.check_books()
        states = {row.number: row for row in world.transfers() if row.flow == "sales-order-out"}
        booked = {each["RefNumber"]: each for each in world.booked()}
        for number, refusal in self.outward.items():
            row = states.get(number)
            if number in self.cancelled:
                there = number in booked
                state = row.state if row is not None else "never read"
                assert state == "changed" if there else state in {"skipped", "never read"}, (
                    f"{number} was cancelled, is {state}, and "
                    f"{'is' if there else 'is not'} in the books"
                )
                continue
            assert row is not None, f"{number} has no transfer"
            if refusal is not None:
                assert (row.state, row.refusal) == ("refused", refusal), number
                assert number not in booked
                continue
            assert number in booked, f"{number} is missing: {row}"
            allowed = {"done", "changed"} if number in self.edited else {"done"}
            assert row.state in allowed, f"{number} is {row.state}: {row.sentence}"
        self._check_inward()

    def _check_inward(self) -> None:
        world = self.world
        rows = {row.number: row for row in world.transfers() if row.flow == "sales-order-in"}
        codes = Counter(str(each["code"]) for each in world.produced())
        assert set(rows) == self.inward, "what came from the books is not what was entered there"
        for number in self.inward:
            assert rows[number].state in {"done", "changed"}, rows[number]
            assert codes[number] == 1
        assert set(codes) == (set(self.outward) - self.cancelled) | self.inward
