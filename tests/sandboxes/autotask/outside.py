"""An outside client of the Autotask stand-in: plain HTTP, nothing of the connector."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from counterfoil.sandboxes.autotask import AutotaskState, autotask_app
from tests.support.in_loop import InLoop

USER, SECRET, CODE = "link@acme.example", "acme-secret-not-real", "ACMECODE0000000000000000000"
OTHER_USER = "other@acme.example"
TENANT = "Acme Support"
HOST = "https://autotask.example"
MOUNT = f"{HOST}/autotask"
SERVICE = f"{MOUNT}/ATServicesRest"

Json = dict[str, Any]


class FakeClock:
    """Time that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Stand at the moment at which tests begin."""
        self.moment = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
        self.stalls: list[float] = []
        self.while_stalled: Callable[[], object] = lambda: None

    def now(self) -> datetime:
        return self.moment

    def pass_s(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def stall(self, seconds: float) -> None:
        self.stalls.append(seconds)
        self.while_stalled()


class Outside:
    """One API user of one tenant, with short words for its calls."""

    def __init__(self, http: httpx2.Client, app: FastAPI, clock: FakeClock) -> None:
        self.http = http
        self.clock = clock
        self._app = app
        self.base = SERVICE
        self.headers = {"UserName": USER, "Secret": SECRET, "ApiIntegrationCode": CODE}

    # --- The API ---------------------------------------------------------------------------

    def call(
        self, method: str, path: str, body: object = None, *, version: str = "v1.0", **more: str
    ) -> httpx2.Response:
        """Make one call; ``path`` is below the version or a whole address."""
        url = path if path.startswith("http") else f"{self.base}/{version}/{path}"
        content = None if body is None else json.dumps(body)
        headers = self.headers | more | ({"Content-Type": "application/json"} if content else {})
        return self.http.request(method, url, content=content, headers=headers)

    def get(self, path: str) -> Any:
        return told(self.call("GET", path))

    def post(self, path: str, body: object) -> Any:
        return told(self.call("POST", path, body))

    def make(self, path: str, **fields: object) -> int:
        made: int = self.post(path, fields)["itemId"]
        return made

    def patch(self, path: str, **fields: object) -> int:
        changed: int = told(self.call("PATCH", path, fields))["itemId"]
        return changed

    def item(self, entity: str, id_: int) -> Json:
        found: Json = self.get(f"{entity}/{id_}")["item"]
        return found

    def find(self, entity: str, *conditions: Json, **more: object) -> list[Json]:
        """Give the first page of what fits; without conditions everything."""
        asked = {"filter": [*conditions] or [{"op": "exist", "field": "id"}], **more}
        found: list[Json] = self.post(f"{entity}/query", asked)["items"]
        return found

    def refusal(self, method: str, path: str, body: object = None) -> list[str]:
        """Give the texts of a call that must be refused with 500."""
        answer = self.call(method, path, body)
        assert answer.status_code == 500, (answer.status_code, answer.text)
        errors: list[str] = answer.json()["errors"]
        return errors

    def beside(self) -> Outside:
        """Give the same user on a line of its own, to call while another call is under way."""
        return Outside(httpx2.Client(transport=InLoop(self._app)), self._app, self.clock)

    # --- The door for tests ----------------------------------------------------------------

    def control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"{MOUNT}/sandbox{path}", json=body)
        return told(answer) if answer.content else None

    def tenant(self, method: str, path: str, body: object = None) -> Any:
        return self.control(method, f"/tenants/{TENANT}/{path}", body)

    def desk(self, deed: str, **fields: object) -> Any:
        """Do what people do at the screens."""
        return self.tenant("POST", deed, fields)

    def switch(self, **settings: object) -> None:
        body = {name.replace("_", "-"): value for name, value in settings.items()}
        self.tenant("PATCH", "settings", body)

    def user(self, **fields: object) -> None:
        self.tenant("PUT", f"users/{USER}", {"secret": SECRET, **fields})

    def fault(self, kind: str, **fields: object) -> None:
        body = {name.replace("_", "-"): value for name, value in fields.items()}
        self.control("POST", "/faults", {"kind": kind, **body})

    def record(self, entity: str, **fields: object) -> Json:
        """Put a record there that no client can make."""
        made: Json = self.tenant("POST", f"records/{entity}", fields)
        return made

    # --- Goods to trade with ---------------------------------------------------------------

    def vendor(self, name: str = "Pelican Supply", **fields: object) -> int:
        return self.make(
            "Companies",
            companyName=name,
            companyType=7,
            ownerResourceID=29682885,
            phone="555-0101",
            **fields,
        )

    def product(self, name: str = "Widget", **fields: object) -> int:
        known = {"isActive": True, "isSerialized": False, "productBillingCodeID": 5}
        return self.make("Products", name=name, **(known | fields))

    def order(self, *lines: Json, vendor: int | None = None, submit: bool = True) -> Json:
        """Enter an order at the desk; gives it with its lines."""
        found: Json = self.desk(
            "enter",
            vendor=self.vendor() if vendor is None else vendor,
            lines=[*lines],
            submit=submit,
        )
        return found


def told(answer: httpx2.Response) -> Any:
    """Give the JSON of an answer that must be a success."""
    assert answer.status_code in {200, 201, 204}, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


def condition(field: str, op: str = "exist", value: object = None, **more: object) -> Json:
    """Make one condition of a filter."""
    found: Json = {"op": op, "field": field, **more}
    return found if value is None else found | {"value": value}


class World:
    """A stand-in, opened and mounted as the product mounts it; its tenant can be made anew.

    Making the application takes longer than most tests, so one serves many of them.
    """

    def __init__(self, http: httpx2.Client, app: FastAPI, clock: FakeClock) -> None:
        self.app = app
        self._http = http
        self._clock = clock

    def again(self) -> Outside:
        """Give a caller of the tenant as it is."""
        return Outside(self._http, self.app, self._clock)

    def fresh(self, **tenant: Any) -> Outside:
        """Give a caller of a tenant that holds nothing, at the time at which tests begin."""
        self._clock.begin()
        found = self.again()
        found.control("DELETE", "/faults")
        found.control("POST", "/clock", {"unix": self._clock.moment.timestamp()})
        if any(one["name"] == TENANT for one in found.control("GET", "/tenants")):
            found.control("DELETE", f"/tenants/{TENANT}")
        users = {USER: {"secret": SECRET}}
        made = {"name": TENANT, "codes": [CODE], "users": users, **tenant}
        found.control("POST", "/tenants", made)
        return found


@contextmanager
def opened(directory: Path | None = None) -> Iterator[World]:
    """Open a stand-in without tenants of its own."""
    clock = FakeClock()
    state = AutotaskState(directory=directory, now=clock.now, sleep=clock.stall)
    root = FastAPI()
    root.mount("/autotask", autotask_app(state))
    with httpx2.Client(transport=InLoop(root)) as http:
        yield World(http, root, clock)
    state.close()


@contextmanager
def outside(directory: Path | None = None, **tenant: Any) -> Iterator[Outside]:
    """Open a stand-in of its own with one tenant."""
    with opened(directory) as world:
        yield world.fresh(**tenant)
