"""A Fusion Operations sandbox in this process: spoken to over its HTTP only, time in a bottle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from counterfoil.sandboxes.fusion_operations import Company, FusionState, fusion_app
from tests.support.in_loop import InLoop

KEY, SECRET = "ACME-KEY", "acme-secret-not-real"
# Another key of the same company.
NEW_KEY, NEW_SECRET = "ACME-KEY-2", "acme-secret-2-not-real"
HOST = "https://fusion.example"
BASE_URL = f"{HOST}/fusion"


class FakeClock:
    """Time that stands still until somebody waits; every wait is noted."""

    def __init__(self) -> None:
        self.started = self.moment = datetime(2025, 3, 4, 10, 0, tzinfo=UTC)
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return (self.moment - self.started).total_seconds()

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def stall(self, seconds: float) -> None:
        """Play a silence that outlasts every caller's patience."""
        self.moment += timedelta(seconds=seconds)
        raise httpx2.ReadTimeout("timed out")


class InProcess(httpx2.BaseTransport):
    """Brings a client's requests to the sandbox without a port."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._http.send(request, follow_redirects=False)
        return httpx2.Response(
            answer.status_code, headers=answer.headers, content=answer.content, request=request
        )


class Play:
    """One company of the sandbox, with a token and short words for its calls."""

    def __init__(self, http: httpx2.Client, clock: FakeClock) -> None:
        self.http = http
        self.clock = clock
        self.token = ""

    @property
    def transport(self) -> InProcess:
        return InProcess(self.http)

    def sign_in(self, key: str = KEY, secret: str = SECRET) -> str:
        answer = self.http.post(f"{BASE_URL}/api/v1/authorization", auth=(key, secret))
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["token"]
        return self.token

    def call(self, method: str, path: str, body: object = None, **query: str) -> httpx2.Response:
        if not self.token:
            self.sign_in()
        return self.http.request(
            method,
            f"{BASE_URL}/api/v1{path}",
            params={**query, "access_token": self.token},
            json=body,
        )

    def make(self, resource: str, **properties: Any) -> dict[str, Any]:
        """Create an entity; ``unit_price`` stands for ``unit-price``."""
        body = {name.replace("_", "-"): value for name, value in properties.items()}
        answer = self.call("POST", f"/{resource}/", body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def all(self, resource: str) -> list[dict[str, Any]]:
        answer = self.call("GET", f"/{resource}/")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"{BASE_URL}/sandbox{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def settings(self, **settings: object) -> None:
        body = {name.replace("_", "-"): value for name, value in settings.items()}
        self.control("PATCH", f"/companies/{KEY}/settings", body)

    def fault(self, kind: str, **fields: object) -> None:
        self.control("POST", "/faults", {"kind": kind, **fields})

    def dump(self, resource: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"/companies/{KEY}/dump")[resource]
        return found

    def calls(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"/companies/{KEY}/calls")
        return found

    def stock_up(self) -> None:
        """Make the client and the products that orders of the tests name."""
        self.make("clients", code="ACME", name="Acme Bakeries")
        self.make("products", code="CAKE", name="Strawberry cake", observations="keep cold")
        self.make("products", code="BUN", name="Bun")


def line(product: str, quantity: object, price: object = None, **more: object) -> dict[str, object]:
    """Make one line of a sales order."""
    found: dict[str, object] = {"product": product, "quantity-ordered": quantity, **more}
    return found if price is None else found | {"unit-price": price}


@contextmanager
def playing(
    *, directory: Path | None = None, clock: FakeClock | None = None, **company: Any
) -> Iterator[Play]:
    """Open a sandbox with one company, mounted as the product mounts it."""
    clock = clock or FakeClock()
    acme = Company(**{"name": "acme", "keys": {KEY: SECRET, NEW_KEY: NEW_SECRET}, **company})
    state = FusionState([acme], directory=directory, now=clock.now, sleep=clock.stall)
    root = FastAPI()
    root.mount("/fusion", fusion_app(state))
    line = InLoop(root)
    with httpx2.Client(transport=line, base_url=HOST, follow_redirects=True) as http:
        yield Play(http, clock)
    state.close()
