"""Two company files of one service desk: routes, two Web Connectors at once, a restored hub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import etree

from counterfoil.hub import accounts, desk, finding, verbs
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, CompanySettings, fill_company
from counterfoil.sandboxes.web_connector import RunReport, WebConnector, parse_qwc
from counterfoil.settings import SystemName
from tests.hub.test_restored import _backup, _restore
from tests.support.autotask import BY_ITSELF, ORDERS, ServiceDesk, open_service_desk
from tests.support.world import ACTOR, ZONE


class TwoFiles:
    """A service desk with a second company file, “West”, for one of its vendors."""

    def __init__(self, service: ServiceDesk) -> None:
        self.service = service
        settings = CompanySettings(name="West", location=r"C:\Books\west.qbw", time_zone=ZONE)
        self.file = CompanyFile.create(None, settings, now=service.clock.unix)
        fill_company(self.file.process, settings)
        self.account = accounts.add_connection(
            service.hub, SystemName.QUICKBOOKS_DESKTOP, "West", {}, ACTOR
        )
        self.link = accounts.add_link(service.hub, "Shop floor", "West", ACTOR, name="West").id
        desk.set_settings(service.hub, self.link, BY_ITSELF, ACTOR)
        self.connector().add()
        self.route(service.link)
        service.vendor("Pacific")
        service.vendor("Millco")
        service.read_operations()
        self.route(self.link, party="vendor", name="Pacific")

    def route(self, link: int, **party: str) -> None:
        shop = finding.connection_named(self.service.hub, "Shop floor")
        desk.set_route(self.service.hub, shop, link, ACTOR, **party)

    def connector(self) -> WebConnector:
        """West's Web Connector."""
        return WebConnector(
            parse_qwc(self.account.qwc or ""),
            self.account.password or "",
            self.file,
            client=httpx2.Client(transport=self.service.pipe, timeout=None),
            sleep=self.service.clock.wait,
            timer=self.service.clock.seconds,
        )

    def both(self) -> Iterator[None]:
        """Both Web Connectors run at once, a call of one after a call of the other."""
        ours = self.service.web_connector().steps(RunReport())
        theirs = self.connector().steps(RunReport())
        for _ in zip_longest(ours, theirs):
            yield

    def run(self) -> None:
        """Let everything run once."""
        self.service.read_operations()
        for _ in self.both():
            pass
        self.service.clock.advance(minutes=12)

    def vendors(self) -> tuple[list[str], list[str]]:
        """Of whom there are orders, in ours and in West."""
        ours = [each["VendorRef"]["FullName"] for each in self.service.booked("PurchaseOrder")]
        return sorted(ours), sorted(_named(self.file))


def _named(file: CompanyFile) -> Sequence[str]:
    asked = '<PurchaseOrderQueryRq requestID="1"></PurchaseOrderQueryRq>'
    text = (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="16.0"?>'
        f'<QBXML><QBXMLMsgsRq onError="stopOnError">{asked}</QBXMLMsgsRq></QBXML>'
    )
    found: Any = etree.fromstring(file.process(text).response.encode())
    return [str(each.text) for each in found.findall(".//PurchaseOrderRet/VendorRef/FullName")]


@pytest.fixture
def two(sqlite_hub_url: str) -> Iterator[TwoFiles]:
    """A service desk and its two company files."""
    with open_service_desk(sqlite_hub_url) as service:
        made = TwoFiles(service)
        yield made
        made.file.close()


def enter(two: TwoFiles, times: int) -> tuple[list[str], list[str]]:
    """Enter orders of both vendors, each received in part; says where they belong."""
    for _ in range(times):
        for vendor in ("Millco", "Pacific"):
            order = two.service.order(vendor, "4 Switch @ 2.50")
            two.service.receive(order, 3)
    return ["Millco"] * times, ["Pacific"] * times


def states(two: TwoFiles) -> dict[str, int]:
    """How many transfers of each state there are."""
    found = [each.state.value for each in two.service.transfers()]
    return {state: found.count(state) for state in set(found)}


def test_two_web_connectors_at_once(two: TwoFiles) -> None:
    """W15: call by call in turns, each file gets its own orders and receipts, and no other."""
    belong = enter(two, 3)
    for _ in range(3):
        two.run()

    assert two.vendors() == belong
    assert states(two) == {"done": 12, "skipped": 12}


def test_a_route_that_changes_between_two_calls(two: TwoFiles) -> None:
    """Whichever call a route changes after, an order is in one file."""
    for after in range(2, 14, 3):
        two.service.order("Pacific", "4 Switch @ 2.50")
        two.service.read_operations()
        goes_to = two.service.link if after % 2 else two.link
        for number, _ in enumerate(two.both()):
            if number == after:
                two.route(goes_to, party="vendor", name="Pacific")
        two.service.clock.advance(minutes=12)
    for _ in range(3):
        two.run()

    ours, west = two.vendors()
    assert len(ours) + len(west) == 4
    assert states(two) == {"done": 4, "skipped": 4}


def test_a_restored_hub_sends_to_neither_file_twice(two: TwoFiles, tmp_path: Path) -> None:
    """What both files got after the backup is known by its marks, in each of them.

    The numbers that were written back are another's to the older hub: a person sends them.
    """
    service = two.service
    file = tmp_path / "hub.db"
    two.run()
    backup = _backup(service, file)
    belong = enter(two, 2)
    for _ in range(2):
        two.run()
    assert two.vendors() == belong

    _restore(service, file, backup)
    for _ in range(3):
        two.run()
        service.answers_about_file()
    assert two.vendors() == belong
    held = [each for each in service.transfers() if each.state == "held"]
    assert {(each.flow, each.reason) for each in held} <= {(ORDERS, "numbered-elsewhere")}

    for each in held:
        link = finding.link_named(service.hub, each.link)
        verbs.send(service.hub, link, "purchase-order", [str(each.number)], ACTOR)
    for _ in range(2):
        two.run()
    assert two.vendors() == belong
    assert states(two) == {"done": 8, "skipped": 8}
