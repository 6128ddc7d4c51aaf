"""A company behind a line of paper: every call is kept, and answered as a test says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import httpx2

from counterfoil.connectors.called import Line
from counterfoil.connectors.quickbooks_online import (
    Account,
    CallClass,
    OnlineClient,
    QuickBooksOnline,
    Standing,
)
from counterfoil.engine.operations import Batch, Operation, Outcome

REALM = "9130350000000001"
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
TOLD = "2026-03-20T12:00:00Z"

Answer = httpx2.Response | Exception


@dataclass(frozen=True)
class Told:
    """A call as it came."""

    method: str
    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def query(self) -> str:
        """The question it asks."""
        return self.parameters["query"]


class Service:
    """Answers calls in the order of ``answers``, and keeps them in ``calls``."""

    def __init__(self) -> None:
        self.calls: list[Told] = []
        self.answers: list[Answer | Callable[[Told], Answer]] = []

    def says(self, *answers: Any) -> Service:
        """Have the next calls answered; what is no response is the JSON of one."""
        self.answers += [
            each if isinstance(each, httpx2.Response | Exception) or callable(each) else ok(each)
            for each in answers
        ]
        return self

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        told = Told(
            request.method,
            request.url.path.removeprefix(f"/v3/company/{REALM}"),
            dict(request.url.params),
            dict(request.headers),
            json.loads(body, parse_float=Decimal) if body else None,
        )
        self.calls.append(told)
        assert self.answers, f"nobody said what {told.method} {told.path} is answered"
        answer = self.answers.pop(0)
        found = answer(told) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found
        return found


def ok(body: Any, **headers: str) -> httpx2.Response:
    """An answer of success."""
    return httpx2.Response(200, content=json.dumps(body, default=float), headers=headers)


def rows(entity: str, *records: dict[str, Any], told: str = TOLD) -> dict[str, Any]:
    """The answer to a question."""
    return {"QueryResponse": {entity: list(records)} if records else {}, "time": told}


def fault(
    code: str, detail: str = "no", *, status: int = 400, message: str = "No"
) -> httpx2.Response:
    """A fault as business rules write it."""
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    body = {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": TOLD}
    return httpx2.Response(status, content=json.dumps(body))


def item_fault(code: str, detail: str = "no") -> dict[str, Any]:
    """The fault of an item of a batch."""
    error = {"Message": "No", "Detail": detail, "code": code}
    return {"Fault": {"Error": [error], "type": "ValidationFault"}}


def batch(*items: dict[str, Any]) -> dict[str, Any]:
    """The answer to a batch, its items in order."""
    return {
        "BatchItemResponse": [{"bId": str(at), **item} for at, item in enumerate(items, start=1)],
        "time": TOLD,
    }


COMPANY: dict[str, Any] = {
    "CompanyName": "Fern & Cöpper",
    "Country": "US",
    "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}],
}
PREFERENCES: dict[str, Any] = {
    "AccountingInfoPrefs": {},
    "ProductAndServicesPrefs": {"ForPurchase": True, "QuantityOnHand": True},
    "SalesFormsPrefs": {"CustomTxnNumbers": False},
    "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
}


def company(**preferences: Any) -> dict[str, Any]:
    """The answer that tells what a company is like."""
    sku = preferences.pop("sku", None)
    info = (
        COMPANY
        if sku is None
        else {**COMPANY, "NameValue": [{"Name": "OfferingSku", "Value": sku}]}
    )
    told = {name: {**PREFERENCES.get(name, {}), **each} for name, each in preferences.items()}
    return batch(rows("CompanyInfo", info), rows("Preferences", {**PREFERENCES, **told}))


def moment(text: str) -> datetime:
    """A moment as readings bear it: in UTC and without a zone."""
    return datetime.fromisoformat(text)


class Keys:
    """Gives access tokens; each that is turned down is followed by another one."""

    def __init__(self) -> None:
        self.number = 1
        self.rejected: list[str] = []

    def access(self) -> str:
        return f"access-{self.number}"

    def renewed(self, rejected: str) -> str:
        self.rejected.append(rejected)
        self.number += 1
        return self.access()


class Open:
    """A throttle that lets everything pass."""

    def take(self) -> float:
        return 0.0


@dataclass
class Seconds:
    """A clock that stands still until somebody waits."""

    now: float = 1000.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


class Company:
    """A company with its service, its client and its connector."""

    def __init__(self) -> None:
        numbers = count(1)
        self.service, self.keys, self.clock = Service(), Keys(), Seconds()
        self.counted: dict[CallClass, int] = {}
        self.witnessed: list[Any] = []
        self.standing = Standing(self.clock)
        self.client = OnlineClient(
            Account(realm=REALM, base_url="https://online.example"),
            self.keys,
            line=Line(
                transport=httpx2.MockTransport(self.service),
                throttle=Open(),
                clock=self.clock,
                sleep=self.clock.sleep,
                chance=lambda: 0.5,
                new_id=lambda: f"call-{next(numbers)}",
                witness=self.witnessed.append,
            ),
            standing=self.standing,
            meter=self._count,
        )
        self.connector = QuickBooksOnline(self.client, lambda: NOW)

    def _count(self, kind: CallClass, number: int) -> None:
        self.counted[kind] = self.counted.get(kind, 0) + number

    def says(self, *answers: Any) -> Company:
        """Have the next calls answered."""
        self.service.says(*answers)
        return self

    def does(self, *operations: Operation) -> list[Outcome]:
        """Have a batch carried out; gives its outcomes in order."""
        return [outcome for _, outcome in self.connector.perform(Batch(operations=operations))]

    @property
    def calls(self) -> list[Told]:
        """What was called."""
        return self.service.calls
