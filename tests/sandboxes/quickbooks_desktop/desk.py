"""The tests' place at the counter of a company file: ask in qbXML over HTTP, read what comes back.

Requests are built from text and answers read with lxml alone, so nothing here
shares an opinion on qbXML with what is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

import httpx2
from lxml import etree

PREFIX = "/sandbox/quickbooks"
# 2 March 2026, 09:30 in New York.
START = 1_772_461_800
GOODS, SERVICES = "Sales:Goods", "Sales:Services"


@dataclass(frozen=True, slots=True)
class Reply:
    """One ``...Rs`` element."""

    element: etree._Element

    @property
    def code(self) -> int:
        return int(self.element.get("statusCode", "-1"))

    @property
    def severity(self) -> str:
        return self.element.get("statusSeverity", "")

    @property
    def message(self) -> str:
        return self.element.get("statusMessage", "")

    @property
    def records(self) -> list[etree._Element]:
        return list(self.element)

    @property
    def record(self) -> etree._Element:
        """The only record; an answer without one shows its status in the failure."""
        assert len(self.element) == 1, f"{self.code} {self.message}: {len(self.element)} records"
        return self.element[0]

    def text(self, path: str) -> str | None:
        return self.record.findtext(path)

    def texts(self, path: str) -> list[str]:
        """The texts at a path, through all records."""
        return [found.text or "" for record in self.records for found in record.iterfind(path)]

    def attribute(self, name: str) -> str | None:
        return self.element.get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a message set, or the HRESULT of one that was refused."""

    raw: str
    hresult: str = ""
    replies: list[Reply] = field(default_factory=list)
    set_status: str | None = None
    set_id: str | None = None

    def __getitem__(self, position: int) -> Reply:
        return self.replies[position]

    @property
    def codes(self) -> list[int]:
        return [reply.code for reply in self.replies]


class Desk:
    """A company file reached over its control paths.

    ``schema`` is Intuit's, where it is at hand: every answer and every accepted
    request must then satisfy it.
    """

    def __init__(self, client: httpx2.Client, schema: etree.XMLSchema | None) -> None:
        self.client = client
        self.schema = schema

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> httpx2.Response:
        return self.client.post(PREFIX + path, json=body or {})

    def get(self, path: str, **asked: str) -> Any:
        response = self.client.get(PREFIX + path, params=asked)
        assert response.status_code == 200, response.text
        return response.json()

    def reset(self, **settings: Any) -> None:
        """A new company with its small lists; what is not named is as usual."""
        shown = self.get("")["settings"]
        fresh = {**shown, "preferences": {}, "switches": {}, **_USUAL, **settings}
        response = self.post("/reset", {"settings": fresh})
        assert response.status_code == 200, response.text

    def prefer(self, **preferences: Any) -> None:
        self._change({"preferences": preferences})

    def switch(self, **switches: Any) -> None:
        self._change({"switches": switches})

    def wait(self, seconds: float) -> None:
        self.post("/clock", {"advance_s": seconds})

    def arm(self, kind: str, **fault: Any) -> None:
        response = self.post("/faults", {"kind": kind, **fault})
        assert response.status_code == 201, response.text

    def send(self, text: str, application: str = "Test") -> Answer:
        """A whole document, as it is."""
        response = self.client.post(
            f"{PREFIX}/qbxml",
            params={"application": application},
            content=text.encode(),
            headers={"Content-Type": "text/xml"},
        )
        assert response.status_code == 200, response.text
        return self.read(text, response)

    def ask(self, *requests: str, application: str = "Test", **envelope: Any) -> Answer:
        """A message set of these requests; see ``document`` for ``envelope``."""
        return self.send(document(*requests, **envelope), application)

    def one(self, request: str, **envelope: Any) -> Reply:
        """The answer to a single request."""
        answer = self.ask(request, **envelope)
        assert len(answer.replies) == 1, answer.raw
        return answer[0]

    def enter(self, *requests: str) -> Answer:
        """Requests that have to succeed."""
        answer = self.ask(*requests)
        assert set(answer.codes) == {0}, answer.raw
        return answer

    def read(self, sent: str, response: httpx2.Response) -> Answer:
        hresult = response.headers.get("X-HResult", "")
        if hresult:
            return Answer(response.text, hresult)
        root = etree.fromstring(response.content)
        self._check(root, sent)
        messages = root[0]
        return Answer(
            raw=response.text,
            replies=[Reply(element) for element in messages],
            set_status=messages.get("messageSetStatusCode"),
            set_id=messages.get("newMessageSetID"),
        )

    def open(self, **asked: str) -> httpx2.Response:
        return self.post("/session", {"application": "Test", **asked})

    def session(self) -> Connection:
        response = self.open()
        assert response.status_code == 200, response.text
        return Connection(self, response.json()["session"])

    def _change(self, changes: Mapping[str, Any]) -> None:
        response = self.client.patch(f"{PREFIX}/settings", json=changes)
        assert response.status_code == 200, response.text

    def _check(self, root: etree._Element, sent: str) -> None:
        if self.schema is None:
            return
        assert self.schema.validate(root), self.schema.error_log
        if "ValueAdjustment" not in sent:
            request = etree.fromstring(sent.encode())
            assert self.schema.validate(request), f"accepted against the schema: {sent}"


@dataclass(frozen=True, slots=True)
class Connection:
    """One session, as a Web Connector in another process holds it."""

    desk: Desk
    id: str

    def ask(self, *requests: str, **envelope: Any) -> Answer:
        sent = document(*requests, **envelope)
        response = self.desk.client.post(
            f"{PREFIX}/session/{self.id}/process", content=sent.encode()
        )
        assert response.status_code == 200, response.text
        return self.desk.read(sent, response)

    def hcp(self, owner_id: str) -> Answer:
        response = self.desk.client.post(
            f"{PREFIX}/session/{self.id}/host-company-preferences", content=owner_id.encode()
        )
        return self.desk.read(document("<HostQueryRq/>"), response)

    def close(self) -> None:
        self.desk.client.delete(f"{PREFIX}/session/{self.id}")


_USUAL = {
    "name": "Larkspur Fixtures Co.",
    "country": "US",
    "edition": "Enterprise",
    "qbxml_version": "16.0",
    "file_mode": "SingleUser",
    "time_zone": "America/New_York",
}


# --- Builders ----------------------------------------------------------------------------------


def document(
    *requests: str,
    on_error: str = "continueOnError",
    new: str | None = None,
    old: str | None = None,
    version: str = "16.0",
    more: str = "",
) -> str:
    """A request document; ``new`` and ``old`` are message-set IDs."""
    attributes = f'onError="{on_error}"'
    attributes += f' newMessageSetID="{new}"' if new is not None else ""
    attributes += f' oldMessageSetID="{old}"' if old is not None else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
        f"<QBXML><QBXMLMsgsRq {attributes}{more}>{''.join(requests)}</QBXMLMsgsRq></QBXML>"
    )


def tags(**fields: str | None) -> str:
    """Elements in the order given; ``None`` leaves one out, ``""`` makes it empty."""
    return "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value is not None
    )


def ref(name: str, full_name: str | None) -> str:
    return "" if full_name is None else f"<{name}><FullName>{escape(full_name)}</FullName></{name}>"


def request(name: str, body: str, **attributes: str) -> str:
    """A request with its inner block, for Add and Mod."""
    return query(name, f"<{name}>{body}</{name}>", **attributes)


def query(name: str, body: str = "", **attributes: str) -> str:
    marks = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}Rq{marks}>{body}</{name}Rq>" if body else f"<{name}Rq{marks}/>"


def customer(
    name: str, parent: str | None = None, rest: str = "", active: str | None = None
) -> str:
    head = tags(Name=name, IsActive=active) + ref("ParentRef", parent)
    return request("CustomerAdd", head + rest)


def vendor(name: str) -> str:
    return request("VendorAdd", tags(Name=name))


def stock_item(
    name: str,
    price: str = "2.00",
    *,
    cost: str = "1.00",
    on_hand: str | None = None,
    parent: str | None = None,
    active: str | None = None,
    tax_code: str | None = None,
    units: str | None = None,
) -> str:
    return request(
        "ItemInventoryAdd",
        tags(Name=name, IsActive=active)
        + ref("ParentRef", parent)
        + ref("UnitOfMeasureSetRef", units)
        + ref("SalesTaxCodeRef", tax_code)
        + tags(SalesDesc=f"{name} for sale", SalesPrice=price)
        + ref("IncomeAccountRef", GOODS)
        + tags(PurchaseDesc=f"{name} bought", PurchaseCost=cost)
        + ref("COGSAccountRef", "Cost of Goods Sold")
        + ref("AssetAccountRef", "Inventory Asset")
        + tags(QuantityOnHand=on_hand),
    )


def unit_set(
    name: str, base: str, *related: str, kind: str = "Count", sales: str | None = None
) -> str:
    """A set of units: ``unit_set("Count in each", "each", "case 12")``."""
    units = f"<BaseUnit>{tags(Name=base, Abbreviation=base[:2])}</BaseUnit>"
    for text in related:
        called, ratio = text.rsplit(" ", 1)
        inner = tags(Name=called, Abbreviation=called[:2], ConversionRatio=ratio)
        units += f"<RelatedUnit>{inner}</RelatedUnit>"
    if sales is not None:
        units += f"<DefaultUnit>{tags(UnitUsedFor='Sales', Unit=sales)}</DefaultUnit>"
    return request("UnitOfMeasureSetAdd", tags(Name=name, UnitOfMeasureType=kind) + units)


def service(
    name: str, price: str = "60.00", parent: str | None = None, active: str | None = None
) -> str:
    side = tags(Desc=f"{name} work", Price=price) + ref("AccountRef", SERVICES)
    body = tags(Name=name, IsActive=active) + ref("ParentRef", parent)
    return request("ItemServiceAdd", f"{body}<SalesOrPurchase>{side}</SalesOrPurchase>")


def line(
    item: str | None = None,
    quantity: str | None = None,
    *,
    rate: str | None = None,
    amount: str | None = None,
    desc: str | None = None,
    rest: str = "",
    kind: str = "SalesOrder",
) -> str:
    """A sales line's Add element."""
    return (
        f"<{kind}LineAdd>{ref('ItemRef', item)}{tags(Desc=desc, Quantity=quantity, Rate=rate)}"
        f"{tags(Amount=amount)}{rest}</{kind}LineAdd>"
    )


def sales_order(
    customer_name: str,
    *lines: str,
    ref_number: str | None = None,
    date: str | None = "2026-03-02",
    rest: str = "",
    attributes: Mapping[str, str] | None = None,
) -> str:
    head = ref("CustomerRef", customer_name) + tags(TxnDate=date, RefNumber=ref_number)
    return request("SalesOrderAdd", head + rest + "".join(lines), **(attributes or {}))


def invoice(customer_name: str, *lines: str, order: str | None = None, rest: str = "") -> str:
    head = ref("CustomerRef", customer_name) + tags(TxnDate="2026-03-03") + rest
    return request("InvoiceAdd", head + tags(LinkToTxnID=order) + "".join(lines))


def keyed(reply: Reply, name: str = "TxnID") -> str:
    """The key elements of a Mod, for the record in a reply."""
    return tags(**{name: reply.text(name), "EditSequence": reply.text("EditSequence")})


def modify_line(kind: str, line_id: str | None, body: str = "") -> str:
    return f"<{kind}LineMod>{tags(TxnLineID=line_id)}{body}</{kind}LineMod>"
