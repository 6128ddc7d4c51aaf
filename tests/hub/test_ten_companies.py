"""Ten companies in one hub, all at work at once: no document of one in another (issue 9, 7)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import httpx2
from fastapi import FastAPI
from lxml import etree
from sqlalchemy import event
from starlette.types import ASGIApp

from counterfoil.api.errors import handle_errors
from counterfoil.api.qbwc import router
from counterfoil.hub import accounts, desk
from counterfoil.hub.drive import drive
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.sandboxes.autotask import AutotaskState, autotask_app
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    CompanySettings,
    fill_company,
)
from counterfoil.sandboxes.web_connector import WebConnector, parse_qwc
from counterfoil.settings import SystemName
from tests.sandboxes.autotask import outside as autotask
from tests.support.autotask import BY_ITSELF
from tests.support.in_loop import InLoop
from tests.support.world import ACTOR, SECRET_KEY, ZONE, Clock

COMPANIES: Final = 10
AT_ONCE: Final = 5


class EachItsOwn(httpx2.BaseTransport):
    """A line that many threads use at once: each has a loop of its own, as processes have.

    ``app`` gives the application for another loop; what waits for a turn belongs to one.
    """

    def __init__(self, app: Callable[[], ASGIApp]) -> None:
        self._app = app
        self._lines: dict[int, InLoop] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        thread = threading.get_ident()
        line = self._lines.get(thread)
        if line is None:
            line = self._lines[thread] = InLoop(self._app())
        return line.handle_request(request)

    def hang_up(self) -> None:
        """Close every line; clients close theirs, and others go on."""
        for line in self._lines.values():
            line.close()


class Firm(autotask.Outside):
    """One of the companies: its people at Autotask's screens, and its company file."""

    def __init__(self, number: int, line: httpx2.Client, app: FastAPI, clock: Clock) -> None:
        super().__init__(line, app, autotask.FakeClock())
        self.name = f"Firm {number}"
        self.user_name = f"link@firm-{number}.example"
        self.headers = {**self.headers, "UserName": self.user_name}
        settings = CompanySettings(
            name=self.name, location=rf"C:\Books\firm-{number}.qbw", time_zone=ZONE
        )
        self.books = CompanyFile.create(None, settings, now=clock.unix)
        fill_company(self.books.process, settings)
        self.order_id = 0

    def tenant(self, method: str, path: str, body: object = None) -> Any:
        return self.control(method, f"/tenants/{self.name}/{path}", body)

    def enters(self) -> None:
        """Enter an order of which a part has come."""
        product = self.product(f"{self.name} Switch")
        line = {"product": product, "quantity": 4, "unit_cost": 12.5}
        made = self.order(line, vendor=self.vendor(f"{self.name} Supply"))
        self.order_id = made["id"]
        received = {"line": made["lines"][0]["id"], "quantity": 3}
        self.desk("receive", order=self.order_id, lines=[received])

    def connects(self, hub: Hub, hub_line: httpx2.BaseTransport, clock: Clock) -> None:
        """Set both connections and their link up."""
        credentials = {
            "base_url": autotask.SERVICE,
            "api_user": self.user_name,
            "secret": autotask.SECRET,
            "integration_code": autotask.CODE,
            "time_zone": ZONE,
        }
        desk_, file = f"{self.name} desk", f"{self.name} books"
        made = accounts.add_connection(hub, SystemName.AUTOTASK, desk_, credentials, ACTOR)
        self.desk_id = made.id
        account = accounts.add_connection(hub, SystemName.QUICKBOOKS_DESKTOP, file, {}, ACTOR)
        self.link = accounts.add_link(hub, desk_, file, ACTOR).id
        desk.set_settings(hub, self.link, BY_ITSELF, ACTOR)
        self.connector = WebConnector(
            parse_qwc(account.qwc or ""),
            account.password or "",
            self.books,
            client=httpx2.Client(transport=hub_line, timeout=None),
            sleep=clock.wait,
            timer=clock.seconds,
        )
        self.connector.add()

    def works(self, hub: Hub) -> None:
        """Let both sides run, and Autotask be told the number that QuickBooks gave."""
        assert drive(hub, self.desk_id, "schedule").problem is None
        assert self.connector.run_once().is_clean
        assert drive(hub, self.desk_id, "schedule").problem is None

    def booked(self, kind: str) -> list[Any]:
        """Everything of a kind that is in its company file, as QuickBooks answers."""
        lines = "" if kind == "Vendor" else "<IncludeLineItems>true</IncludeLineItems>"
        asked = f'<{kind}QueryRq requestID="1">{lines}</{kind}QueryRq>'
        answer = self.books.process(_SET.format(asked)).response
        return etree.fromstring(answer.encode()).findall(f".//{kind}Ret")


_SET: Final = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="16.0"?>'
    '<QBXML><QBXMLMsgsRq onError="stopOnError">{}</QBXMLMsgsRq></QBXML>'
)


@contextmanager
def ten_firms(url: str) -> Iterator[tuple[Hub, list[Firm]]]:
    """Open a hub and its companies."""
    with ExitStack() as stack:
        clock = Clock()
        state = AutotaskState(now=clock.now, sleep=clock.stall)
        stack.callback(state.close)
        service = FastAPI()
        service.mount("/autotask", autotask_app(state))
        line = EachItsOwn(lambda: service)
        stack.callback(line.hang_up)
        client = stack.enter_context(httpx2.Client(transport=line))
        firms = [Firm(number, client, service, clock) for number in range(COMPANIES)]
        for firm in firms:
            stack.callback(firm.books.close)
            users = {firm.user_name: {"secret": autotask.SECRET}}
            made = {"name": firm.name, "codes": [autotask.CODE], "users": users}
            firm.control("POST", "/tenants", made)
            firm.enters()
        configuration = Configuration(
            database_url=url, secret_key=SECRET_KEY, trust_this_computer=True
        )
        hub = stack.enter_context(
            open_hub(configuration, clock.now, sleep=clock.wait, transport=line)
        )
        event.listen(hub.database.engine, "connect", _unsafe)
        hub.database.engine.dispose()
        hub_line = EachItsOwn(lambda: _served(hub))
        stack.callback(hub_line.hang_up)
        for firm in firms:
            firm.connects(hub, hub_line, clock)
        yield hub, firms


def _served(hub: Hub) -> ASGIApp:
    api = FastAPI()
    handle_errors(api)
    api.include_router(router(hub))
    return api


def _unsafe(raw: Any, _record: object) -> None:
    """What a power cut takes away is not played here, and the disk is slow."""
    raw.execute("pragma synchronous=off")


def test_no_document_of_one_in_another(sqlite_hub_url: str) -> None:
    """Ten tenants with the same identities and ten company files, five at work at any time."""
    with ten_firms(sqlite_hub_url) as (hub, firms):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda firm: firm.works(hub), firms))

        for firm in firms:
            [order], [receipt] = firm.booked("PurchaseOrder"), firm.booked("ItemReceipt")
            own = f"{firm.name} Supply"
            assert order.findtext("VendorRef/FullName") == own
            assert receipt.findtext("VendorRef/FullName") == own
            assert order.findtext("PurchaseOrderLineRet/ReceivedQuantity") == "3"
            vendors = [each.findtext("Name") for each in firm.booked("Vendor")]
            assert [each for each in vendors if each.startswith("Firm")] == [own]
            assert firm.item("PurchaseOrders", firm.order_id)["externalPONumber"]
        states = [each.state for each in desk.rows(hub, limit=100)]
    assert states == ["done"] * (2 * COMPANIES)
    assert len({firm.order_id for firm in firms}) == 1, "their identities are the same"
