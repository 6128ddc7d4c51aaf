"""Two hubs as processes of their own, on one PostgreSQL database, driven from all sides at once.

One company's Web Connector calls now the one and now the other hub, both drive what is due,
people press, and orders keep coming in.  ``COUNTERFOIL_SECONDS=60`` goes on so long.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx2
import pytest

from counterfoil.sandboxes.web_connector import RemoteCompany, WebConnector, parse_qwc
from tests.cli.conftest import Keyboard
from tests.cli.test_processes import Place, write_data

pytestmark = pytest.mark.slow

SECONDS: Final = float(os.environ.get("COUNTERFOIL_SECONDS", "4"))
# While a hub is at it, its connection is leased: what is asked then waits for the next round.
BUSY: Final = (200, 202, 409, 503)


class Company:
    """A company that two hubs serve, with the people and programs that use both."""

    def __init__(self, place: Place, keyboard: Keyboard, folder: Path, stack: ExitStack) -> None:
        self._keyboard = keyboard
        keyboard.environment |= place.sharing
        told = stack.enter_context(place.serving("sandbox", "serve", "--port", "0"))
        self._fusion, self._books = told["fusion-operations"], told["quickbooks-desktop"]
        data = str(write_data(folder / "data-files"))
        for system in ("fusion-operations", "quickbooks-desktop"):
            keyboard.type("sandbox", "load", system, "--url", told["url"], "--data", data)
        self._connect(folder)
        self._token = str(keyboard.read("tokens", "add", "tests")["token"])
        served = [
            stack.enter_context(place.serving("serve", "--port", "0", "--json")) for _ in range(2)
        ]
        self.hubs = [each["url"] for each in served]
        self.setup_codes = [each["setup_code"] for each in served]
        self._floor = httpx2.Client(base_url=self._fusion["base_url"], timeout=30)
        stack.callback(self._floor.close)
        company = f"{self._fusion['control_url']}/companies/{self._fusion['key']}"
        # What is played here is several programs at once, not the service's own limit.
        httpx2.patch(f"{company}/settings", json={"rate-limit": 0}).raise_for_status()
        signed_in = self._floor.post(
            "/api/v1/authorization", auth=(self._fusion["key"], self._fusion["secret"])
        )
        self._access = {"access_token": signed_in.json()["token"]}

    def _connect(self, folder: Path) -> None:
        run = self._keyboard.type
        run(
            *("connections", "add", "fusion-operations", "--name", "Shop"),
            *("--base-url", self._fusion["base_url"], "--time-zone", self._fusion["time_zone"]),
            *("--key", self._fusion["key"], "--secret", self._fusion["secret"]),
        )
        file = folder / "books.qwc"
        made = self._keyboard.read(
            "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", str(file)
        )
        run("links", "add", "--operations", "Shop", "--books", "Books")
        run(
            *("settings", "set", "1", "sales-order-out.mode=automatic"),
            "sales-order-out.document_number=order_code",
        )
        self._qwc, self._password = file.read_text("utf-8"), str(made["password"])

    def enter_order(self, number: str) -> None:
        """Enter one order at the shop floor."""
        line = {"product": "Brass Hook", "quantity-ordered": "4", "unit-price": "2.50"}
        body = {"code": number, "client": "FERN", "shippings": [{"products": [line]}]}
        answer = self._floor.post("/api/v1/sales-orders/", params=self._access, json=body)
        assert answer.status_code < 300, answer.text

    def create_administrator(self, hub: str, code: str) -> int:
        """Create the first administrator in the browser; gives the answer's status."""
        typed = {
            "name": "Mara Quill",
            "login": "mara@x.example",
            "password": "plum orbit candle 47",
        }
        answer = httpx2.post(
            f"{hub}/welcome/administrator",
            data={**typed, "code": code},
            headers={"Sec-Fetch-Site": "same-origin"},
            timeout=60,
        )
        return answer.status_code

    def press(self, hub: str, path: str, body: object = None) -> None:
        """Press something at one of the hubs."""
        answer = httpx2.post(
            f"{hub}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=60,
        )
        assert answer.status_code in BUSY, f"{path}: {answer.status_code} {answer.text}"

    def call(self, hub: str) -> str:
        """Let the Web Connector call one of the hubs; gives how its run ended."""
        port = httpx2.URL(hub).port
        qwc = parse_qwc(self._qwc.replace(":8080/", f":{port}/"))
        control = self._books["control_url"]
        with httpx2.Client(timeout=30, trust_env=False) as client:
            company = RemoteCompany(control, client=client)
            return WebConnector(qwc, self._password, company, client=client).run_once().ending

    def booked(self) -> Counter[str]:
        """How often each number stands in the books."""
        found = httpx2.get(f"{self._books['control_url']}/records/SalesOrder").json()
        return Counter(each["RefNumber"] for each in found)


@contextmanager
def opened(place: Place, keyboard: Keyboard, folder: Path) -> Iterator[Company]:
    with ExitStack() as stack:
        yield Company(place, keyboard, folder, stack)


def for_a_while(jobs: list[Callable[[int], object]]) -> list[str]:
    """Do each job over and over, all at once, each told its round; gives what went wrong."""
    wrong: list[str] = []
    ends = time.monotonic() + SECONDS

    def go_on(job: Callable[[int], object]) -> None:
        turn = 0
        while time.monotonic() < ends and not wrong:
            try:
                job(turn)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                wrong.append(f"{type(error).__name__}: {error}")
            turn += 1

    threads = [threading.Thread(target=go_on, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 120)
    return wrong


def test_two_hubs_serve_one_company(postgres_url: str, keyboard: Keyboard, tmp_path: Path) -> None:
    """No deadlock and no failure anywhere; every order is in the books, once."""
    place = Place(tmp_path, database_url=postgres_url)
    entered = ["7001"]
    with opened(place, keyboard, tmp_path) as company:
        first, second = company.hubs
        # The code that the one has told opens at the other, once the other has told its own.
        assert company.create_administrator(second, "abcd-efgh-jkmn-pqrs") == 400
        assert company.create_administrator(second, company.setup_codes[0]) == 303

        def enter_and_call(turn: int) -> None:
            for number in (f"SO-{turn}-1", f"SO-{turn}-2"):
                company.enter_order(number)
                entered.append(number)
            company.call(company.hubs[turn % 2])

        wrong = for_a_while(
            [
                enter_and_call,
                lambda _turn: company.press(first, "/links/1/run?wait=true"),
                lambda _turn: company.press(second, "/links/1/run?wait=true"),
                lambda turn: company.press(
                    company.hubs[turn % 2], "/transfers/retry", {"link": "1"}
                ),
            ]
        )
        assert wrong == []
        for turn in range(30):
            company.press(company.hubs[turn % 2], "/links/1/run?wait=true")
            company.call(company.hubs[turn % 2])
            if company.booked() == Counter(entered):
                break
        assert company.booked() == Counter(entered)
        states = keyboard.read("status")["links"][0]["transfers"]
    logs = "".join(file.read_text("utf-8") for file in tmp_path.glob("*.log"))

    assert states == {"done": len(entered)}
    assert "deadlock" not in logs.lower()
    assert "Traceback" not in logs
