"""An outside client of the QuickBooks Online stand-in: plain HTTP, nothing of any connector."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI

from counterfoil.sandboxes.quickbooks_online import (
    App,
    QuickBooksOnlineState,
    quickbooks_online_app,
)
from tests.support.in_loop import InLoop

CLIENT_ID, CLIENT_SECRET = "ABclient-not-real", "client-secret-not-real"
VERIFIER = "verifier-not-real"
REALM, COMPANY = "9130350000000077", "Acme Books"
REDIRECT = "http://localhost:8080/callback"
HOST = "https://qbo.example"
MOUNT = f"{HOST}/online"
CONTROLS = f"{MOUNT}/sandbox"

Json = dict[str, Any]


class FaultedError(Exception):
    """A call was answered with a fault."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__(f"{answer.status_code} {answer.text}")
        self.status = answer.status_code
        error = answer.json()["Fault"]["Error"][0]
        self.code: str = error["code"]
        self.detail: str = error["Detail"]
        self.element: str = error["element"]


class Outside:
    """One app that is connected to one company, with short words for its calls."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.http
        self.realm = REALM
        self.token = ""
        self.refresh_token = ""

    # --- The API -----------------------------------------------------------------------------

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> httpx2.Response:
        """Make one call below the company."""
        content = json.dumps(body, default=float) if body is not None else None
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if content is not None:
            sent["Content-Type"] = "application/json"
        return self.http.request(
            method,
            f"{MOUNT}/v3/company/{self.realm}/{path}",
            content=content,
            params={"minorversion": "75", **params},
            headers=sent | dict(headers or {}),
        )

    def told(self, method: str, path: str, body: object = None, **params: Any) -> Json:
        """Give the body of a call that succeeds; its numbers are exact."""
        answer = self.call(method, path, body, **params)
        if answer.status_code != 200:
            raise FaultedError(answer)
        found: Json = json.loads(answer.text, parse_float=Decimal)
        return found

    def create(self, entity: str, **fields: object) -> Json:
        found: Json = self.told("POST", entity.lower(), fields)[entity]
        return found

    def read(self, entity: str, id_: str) -> Json:
        found: Json = self.told("GET", f"{entity.lower()}/{id_}")[entity]
        return found

    def change(self, entity: str, row: Json, **fields: object) -> Json:
        """Make a sparse update from the record as it was seen."""
        envelope = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
        found: Json = self.told("POST", entity.lower(), {**envelope, **fields})[entity]
        return found

    def replace(self, entity: str, row: Json, **fields: object) -> Json:
        """Make a full update."""
        envelope = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
        found: Json = self.told("POST", entity.lower(), {**envelope, **fields})[entity]
        return found

    def delete(self, entity: str, row: Json) -> Json:
        body = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
        found: Json = self.told("POST", entity.lower(), body, operation="delete")[entity]
        return found

    def query(self, statement: str) -> Json:
        found: Json = self.told("GET", "query", query=statement)["QueryResponse"]
        return found

    def find(self, statement: str) -> list[Json]:
        """Give the rows of a statement, of whatever entity."""
        return next((rows for rows in self.query(statement).values() if type(rows) is list), [])

    def batch(self, *items: Json, **params: Any) -> list[Json]:
        body = {"BatchItemRequest": [*items]}
        found: list[Json] = self.told("POST", "batch", body, **params)["BatchItemResponse"]
        return found

    def changes(self, since: str, *entities: str) -> Json:
        answer = self.told("GET", "cdc", entities=",".join(entities), changedSince=since)
        told: Json = {}
        for page in answer["CDCResponse"][0]["QueryResponse"]:
            told |= {name: rows for name, rows in page.items() if type(rows) is list}
        return told

    # --- OAuth -------------------------------------------------------------------------------

    def oauth(self, path: str, **form: str) -> httpx2.Response:
        """Post a form as the app."""
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
        return self.http.post(f"{MOUNT}/{path}", data=form, headers=headers)

    def refresh(self, token: str | None = None, **headers: str) -> httpx2.Response:
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        form = {"grant_type": "refresh_token", "refresh_token": token or self.refresh_token}
        return self.http.post(
            f"{MOUNT}/oauth2/v1/tokens/bearer",
            data=form,
            headers={"Authorization": f"Basic {pair}"} | headers,
        )

    def authorize(self, **params: str) -> httpx2.Response:
        """Ask for the page."""
        asked = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "com.intuit.quickbooks.accounting openid profile email",
            "state": "state-1",
            **params,
        }
        return self.http.get(f"{MOUNT}/connect/oauth2", params=asked)

    def press(self, decision: str, **params: Any) -> Json:
        """Press a button on the page; gives what the app is told."""
        page = self.authorize(**params)
        form = {"decision": decision, "company": self.realm}
        answer = self.http.post(str(page.request.url), data=form)
        assert answer.status_code == 302, answer.text
        told = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in told.items()}

    # --- The door for tests ------------------------------------------------------------------

    def control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"{CONTROLS}{path}", json=body)
        assert answer.status_code in {200, 201, 204}, (answer.status_code, answer.text)
        return json.loads(answer.text, parse_float=Decimal) if answer.content else None

    def desk(self, path: str, body: object = None) -> Any:
        """Do what people do in the product."""
        return self.control("POST", f"/companies/{self.realm}/{path}", body)

    def switch(self, **settings: object) -> None:
        body = {name.replace("_", "-"): value for name, value in settings.items()}
        self.control("PATCH", f"/companies/{self.realm}/settings", body)

    def app(self, **settings: object) -> None:
        body = {name.replace("_", "-"): value for name, value in settings.items()}
        self.control("PATCH", f"/apps/{CLIENT_ID}/settings", body)

    def fault(self, kind: str, **fields: object) -> None:
        body = {name.replace("_", "-"): value for name, value in fields.items()}
        self.control("POST", "/faults", {"kind": kind, **body})

    def connect(self) -> None:
        told = self.control("POST", "/connect", {"client-id": CLIENT_ID, "realm": self.realm})
        self.token, self.refresh_token = told["access_token"], told["refresh_token"]

    # --- Somebody to trade with ----------------------------------------------------------------

    def vendor(self, name: str = "Pelican Supply", **fields: object) -> Json:
        return self.create("Vendor", DisplayName=name, **fields)

    def customer(self, name: str = "Harbor Café", **fields: object) -> Json:
        return self.create("Customer", DisplayName=name, **fields)

    def item(self, name: str = "Widget", **fields: object) -> Json:
        known = {"Name": name, "Type": "NonInventory"}
        accounts = {"ExpenseAccountRef": ref("80"), "IncomeAccountRef": ref("79")}
        return self.create("Item", **{**known, **accounts, **fields})

    def stock(self, name: str = "Crate", on_hand: int = 0, **fields: object) -> Json:
        return self.item(
            name,
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=on_hand,
            InvStartDate="2026-01-01",
            AssetAccountRef=ref("81"),
            **fields,
        )


def ref(row: Json | str) -> Json:
    """Refer to a record."""
    return {"value": row if isinstance(row, str) else row["Id"]}


def spent(amount: object, account: str = "7", **more: object) -> Json:
    """A line of a bill or an order on an account."""
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": ref(account)}, **more}


def bought(item: Json | str, quantity: object, price: object, **more: object) -> Json:
    """A line of a bill or an order on an item."""
    kind = "ItemBasedExpenseLineDetail"
    detail = {"ItemRef": ref(item), "Qty": quantity, "UnitPrice": price}
    return {"Amount": _times(quantity, price), "DetailType": kind, kind: detail, **more}


def sold(item: Json, quantity: object, price: object, **detail: object) -> Json:
    """A line of a sales form."""
    kind = "SalesItemLineDetail"
    inner = {"ItemRef": ref(item), "Qty": quantity, "UnitPrice": price, **detail}
    return {"Amount": _times(quantity, price), "DetailType": kind, kind: inner}


def _times(quantity: object, price: object) -> Decimal:
    product = Decimal(str(quantity)) * Decimal(str(price))
    return product.quantize(Decimal("0.01"), ROUND_HALF_UP)


def linked(order: Json, line: int = 0) -> list[Json]:
    """A link to a line of an order."""
    id_ = order["Line"][line]["Id"]
    return [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": id_}]


def refused(code: int) -> pytest.RaisesExc[FaultedError]:
    """What a call raises that is answered with that code."""
    return pytest.RaisesExc(FaultedError, check=lambda error: error.code == str(code))


def ordered(online: Outside, vendor: Json, *lines: Json, **fields: object) -> Json:
    return online.create(
        "PurchaseOrder", VendorRef=ref(vendor), APAccountRef=ref("33"), Line=[*lines], **fields
    )


def billed(online: Outside, vendor: Json, *lines: Json, **fields: object) -> Json:
    return online.create("Bill", VendorRef=ref(vendor), Line=[*lines], **fields)


def code_of(item: Json) -> str:
    """The code of the fault of one item of a batch."""
    code: str = item["Fault"]["Error"][0]["code"]
    return code


def made(name: str, id_: str = "1") -> Json:
    return {"bId": id_, "operation": "create", "Vendor": {"DisplayName": name}}


class FakeClock:
    """Time that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.stalls: list[float] = []
        self.begin()

    def begin(self) -> None:
        """Stand at the moment at which tests begin."""
        self.moment = datetime(2026, 1, 15, 17, 30, tzinfo=UTC)
        self.stalls.clear()

    def now(self) -> datetime:
        return self.moment

    def pass_s(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Postman:
    """Takes deliveries, and answers as told."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Hold nothing, and answer that all is well."""
        self.taken: list[tuple[str, bytes, dict[str, str]]] = []
        self.status = 200

    def __call__(self, url: str, sent: Any) -> int:
        self.taken.append((url, sent.body, sent.headers))
        return self.status


class World:
    """A stand-in, opened and mounted as the product mounts it; its company can be made anew.

    Making the application takes longer than most tests, so one serves many of them.
    """

    def __init__(
        self, http: httpx2.Client, app: FastAPI, clock: FakeClock, postman: Postman
    ) -> None:
        self.http = http
        self.app = app
        self.clock = clock
        self.postman = postman

    def again(self) -> Outside:
        """Give a caller of the company as it is."""
        return Outside(self)

    def fresh(self, **company: Any) -> Outside:
        """Give an app connected to a company that holds nothing, when tests begin."""
        self.clock.begin()
        self.postman.begin()
        found = self.again()
        found.control("DELETE", "/faults")
        found.control("DELETE", "/exchanges")
        found.control("POST", "/clock", {"unix": self.clock.moment.timestamp()})
        for one in found.control("GET", "/companies"):
            found.control("DELETE", f"/companies/{one['realm']}")
        app = {"client-secret": CLIENT_SECRET, "name": "Ledger Link", "verifier-token": VERIFIER}
        found.control("PUT", f"/apps/{CLIENT_ID}", {**app, "redirect-uris": [REDIRECT]})
        found.control("DELETE", f"/apps/{CLIENT_ID}/usage")
        found.control("POST", "/companies", {"realm": REALM, "name": COMPANY, **company})
        found.switch(per_second=0, per_minute=0, batches_per_minute=0)
        found.connect()
        return found


@contextmanager
def opened(directory: Path | None = None) -> Iterator[World]:
    """Open a stand-in without companies of its own."""
    clock, postman = FakeClock(), Postman()
    state = QuickBooksOnlineState(
        apps=[App(CLIENT_ID, CLIENT_SECRET)],
        directory=directory,
        now=clock.now,
        sleep=clock.stalls.append,
        post=postman,
        spawn=lambda work: work(),
    )
    root = FastAPI()
    root.mount("/online", quickbooks_online_app(state))
    with httpx2.Client(transport=InLoop(root)) as http:
        yield World(http, root, clock, postman)
    state.close()
