"""A company that works with Autotask: the same hub and books, another operations system.

It is spoken to as its people speak: ``order`` enters a purchase order at Autotask's screens,
``receive`` saves what came, ``take_back`` un-receives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import httpx2
from fastapi import FastAPI

from counterfoil.engine.life import State
from counterfoil.hub import desk, finding, verbs
from counterfoil.sandboxes.autotask import AutotaskState, Tenant, User, autotask_app
from counterfoil.sandboxes.quickbooks_desktop import CompanySettings
from counterfoil.settings import SystemName, render
from tests.sandboxes.autotask import outside as autotask
from tests.sandboxes.fusion_operations.play import InProcess
from tests.support.in_loop import InLoop
from tests.support.world import ACTOR, ZONE, Clock, Company

__all__ = ["BY_ITSELF", "ORDERS", "ServiceDesk", "open_service_desk"]

# Orders and receipts go by themselves; the sample company's accounts in place of Autotask's.
BY_ITSELF: Final = (
    "purchase-order-out.mode=automatic",
    "purchase-order-out.income_account=Sales:Goods",
    "receipt-out.mode=automatic",
    "stock-count-out.adjustment_account=Inventory Adjustments",
)

ORDERS, RECEIPTS = "purchase-order-out", "receipt-out"

_LINE = re.compile(r"(?P<quantity>\d+) (?P<product>.+?)(?: @ (?P<cost>\S+))?")


class _TenantClock(autotask.FakeClock):
    """The company's time, for the tenant."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.moment


def _tenant(stack: ExitStack, clock: Clock) -> autotask.Outside:
    """Open a stand-in with one tenant, at the company's time."""
    time = _TenantClock(clock)
    users = {autotask.USER: User(autotask.SECRET)}
    state = AutotaskState(
        [Tenant(autotask.TENANT, codes=(autotask.CODE,), users=users)],
        now=time.now,
        sleep=clock.stall,
    )
    stack.callback(state.close)
    root = FastAPI()
    root.mount("/autotask", autotask_app(state))
    http = stack.enter_context(httpx2.Client(transport=InLoop(root)))
    return autotask.Outside(http, root, time)


class ServiceDesk(Company):
    """A company that works with Autotask; made by ``open_service_desk``.

    Attributes:
        tenant: The Autotask sandbox, over its HTTP.
    """

    system = SystemName.AUTOTASK
    credentials: Mapping[str, str] = MappingProxyType(
        {
            "base_url": autotask.SERVICE,
            "api_user": autotask.USER,
            "secret": autotask.SECRET,
            "integration_code": autotask.CODE,
            "time_zone": ZONE,
        }
    )

    def __init__(self, stack: ExitStack, url: str, settings: CompanySettings) -> None:
        clock = Clock()
        self.tenant = _tenant(stack, clock)
        super().__init__(stack, url, settings, clock, InProcess(self.tenant.http))
        self._known: dict[tuple[str, str], int] = {}

    # -- What people enter -------------------------------------------------------------------

    def vendor(self, name: str) -> int:
        """Enter a vendor, if nobody has done so; gives its number."""
        return self._know("vendor", name)

    def product(self, name: str, **fields: object) -> int:
        """Enter a product, if nobody has done so; gives its number."""
        return self._know("product", name, **fields)

    def _know(self, what: str, name: str, **fields: object) -> int:
        known = self._known.get((what, name))
        if known is None:
            known = self._known[what, name] = getattr(self.tenant, what)(name, **fields)
        return known

    def person(self, first: str, last: str, email: str, **fields: object) -> int:
        """Have a resource there; gives its number."""
        made = self.tenant.record(
            "Resources",
            **{
                "firstName": first,
                "lastName": last,
                "email": email,
                "userName": f"{first}.{last}".lower(),
                "isActive": True,
                "licenseType": 1,
                **fields,
            },
        )
        return int(made["id"])

    def to_dos(self, *, is_open: bool | None = None) -> list[dict[str, Any]]:
        """The to-dos of the local organization, oldest first."""
        found = self.tenant.find("CompanyToDos", {"op": "eq", "field": "companyID", "value": 0})
        return [
            each
            for each in sorted(found, key=lambda each: each["id"])
            if is_open is None or (each["completedDate"] is None) is is_open
        ]

    def rename(self, what: str, name: str, other: str) -> None:
        """Give a product or a vendor another name."""
        entity, field = {
            "product": ("Products", "name"),
            "vendor": ("Companies", "companyName"),
        }[what]
        self.tenant.patch(entity, id=self._known[what, name], **{field: other})

    def order(self, vendor: str, *lines: str, submit: bool = True, **fields: object) -> int:
        """Enter an order: ``order("Millco", "10 Switch @ 412.50")``; gives its number."""
        entered = self.tenant.desk(
            "enter",
            vendor=self.vendor(vendor),
            lines=[self._line(each) for each in lines],
            submit=submit,
            fields=fields,
        )
        return int(entered["id"])

    def _line(self, text: str) -> dict[str, Any]:
        found = _LINE.fullmatch(text)
        assert found is not None, f"no line: {text!r}"
        cost = float(found["cost"]) if found["cost"] else 1.0
        product = self.product(found["product"])
        return {"product": product, "quantity": int(found["quantity"]), "unit_cost": cost}

    def lines(self, order: int) -> list[dict[str, Any]]:
        """The lines of an order, as Autotask shows them."""
        found = self.tenant.get(f"PurchaseOrders/{order}/Items")["items"]
        return sorted(found, key=lambda line: line["id"])

    def receive(self, order: int, *quantities: int, invoice: str | None = None) -> list[int]:
        """Save what came of an order's lines, in their order; without figures all that is left.

        Gives the rows that it left.
        """
        asked: dict[str, Any] = {"order": order}
        if quantities:
            asked["lines"] = [
                {"line": line["id"], "quantity": quantity}
                for line, quantity in zip(self.lines(order), quantities, strict=True)
                if quantity
            ]
        if invoice is not None:
            asked["invoice"] = invoice
        return [row["id"] for row in self.tenant.desk("receive", **asked)]

    def take_back(self, row: int) -> None:
        """Un-receive a row."""
        self.tenant.desk("unreceive", receipt=row)

    def change(self, order: int, position: int, **values: object) -> None:
        """Change a line of an order, counted from 0."""
        line = self.lines(order)[position]["id"]
        self.tenant.desk("lines", order=order, changed=[{"line": line, **values}])

    def add(self, order: int, *lines: str) -> None:
        """Add lines to an order."""
        self.tenant.desk("lines", order=order, added=[self._line(each) for each in lines])

    # -- What runs ---------------------------------------------------------------------------

    def look(self, minutes: float = 90) -> None:
        """Let time pass until everything is looked at anew, and come to rest."""
        self.clock.advance(minutes=minutes)
        self.settle()

    def settle(self, runs: int = 12, wait_s: float = 3700.0) -> None:
        """Come to rest, and let Autotask be told what came of it."""
        super().settle(runs, wait_s)
        self.read_operations()

    def send(self, kind: str, *numbers: object) -> tuple[int, ...]:
        """Somebody sets documents as ready to transfer."""
        link = finding.link_named(self.hub, self.link)
        codes = [str(each) for each in numbers]
        return verbs.send(self.hub, link, kind, codes, ACTOR).released

    @contextmanager
    def having(self, *assignments: str) -> Iterator[None]:
        """Work under other settings for a while."""
        settings, _version, _problems = desk.settings_of(self.hub, self.link)
        before = render(settings)
        self.set(*assignments)
        try:
            yield
        finally:
            keys = [each.partition("=")[0] for each in assignments]
            self.set(*(f"{key}={before[key]}" for key in keys))

    # -- What came of it ---------------------------------------------------------------------

    def external_number(self, order: int) -> str | None:
        """The External P.O. Number of an order."""
        found: str | None = self.tenant.item("PurchaseOrders", order)["externalPONumber"]
        return found

    def transfer(self, order: int) -> desk.TransferRow:
        """The transfer of an order."""
        return self.row(str(order), ORDERS)

    def receipts(self, order: int) -> list[desk.TransferRow]:
        """The transfers of what was received of an order, oldest first."""
        return [
            row
            for row in self.transfers()
            if row.flow == RECEIPTS and (row.number or "").startswith(f"{order} ")
        ]

    def there(self, order: int) -> dict[str, Any]:
        """An order as QuickBooks has it; it must be there once."""
        mark = self.transfer(order).target_id
        (found,) = [each for each in self.booked("PurchaseOrder") if each["TxnID"] == mark]
        return found

    def followers(self, order: int) -> list[dict[str, Any]]:
        """The item receipts and bills that QuickBooks has of an order, oldest first."""
        ids = [row.target_id for row in self.receipts(order)]
        found = [*self.booked("ItemReceipt"), *self.booked("Bill")]
        return sorted(
            (each for each in found if each["TxnID"] in ids), key=lambda each: each["TimeCreated"]
        )

    def received(self, order: int) -> list[int]:
        """How much of each of its lines QuickBooks has received."""
        return [int(Decimal(line["ReceivedQuantity"])) for line in self.there(order)["lines"]]

    def items(self, start: str) -> dict[str, dict[str, Any]]:
        """The inventory parts of the books whose full names begin so."""
        return {
            each["FullName"]: each
            for each in self.booked("ItemInventory")
            if each["FullName"].startswith(start)
        }

    def on_hand(self, item: str) -> int:
        """The stock of an item in the books."""
        return int(Decimal(self.items(item)[item]["QuantityOnHand"]))

    def check(self, order: int) -> None:
        """Fail unless an order is in the books once, with its quantities and its total."""
        lines, there = self.lines(order), self.there(order)
        total = sum(
            (Decimal(str(line["unitCost"])) * int(line["quantity"]) for line in lines), Decimal(0)
        )
        assert self.transfer(order).state == State.DONE
        assert Decimal(there["TotalAmount"]) == total
        assert [int(Decimal(line["Quantity"])) for line in there["lines"]] == [
            line["quantity"] for line in lines
        ]
        owners = [row.target_id for row in self.transfers() if row.flow == ORDERS]
        marked = [each for each in self.booked("PurchaseOrder") if "ExternalGUID" in each]
        assert {each["TxnID"] for each in marked} <= {*owners}, "an order that nobody owns"


@contextmanager
def open_service_desk(
    url: str,
    *settings: str,
    company: CompanySettings | None = None,
    kind: type[ServiceDesk] = ServiceDesk,
    **books_parameters: str,
) -> Iterator[ServiceDesk]:
    """Open a company whose hub works on the database at ``url``; ``settings`` come on top."""
    with ExitStack() as stack:
        world = kind(stack, url, company or CompanySettings(time_zone=ZONE))
        world.connect((*BY_ITSELF, *settings), **books_parameters)
        yield world
