"""Real processes: the hub, the sandboxes and the Web Connector, as an installation runs them."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from counterfoil.ledger import open_ledger
from tests.cli.conftest import Keyboard
from tests.support.world import SECRET_KEY

pytestmark = pytest.mark.slow

TIMEOUT_S = 60
SOURCE = Path(__file__).resolve().parents[2] / "src"
CUSTOMERS = (
    "customer_id,company_name,contact_name,address,city,region,postal_code,country,phone\n"
    "FERN,Fern & Cöpper,Ada,1 Mill Rd,Port Lumen,,10001,US,\n"
)
PRODUCTS = "product_id,name,quantity_per_unit\n1,Brass Hook,box of 10\n"
ORDERS = (
    "order_id,customer_id,order_date,required_date,freight,ship_name,ship_address,ship_city,"
    "ship_region,ship_postal_code,ship_country\n"
    "7001,FERN,2026-01-05,2026-01-09,1.50,Fern,1 Mill Rd,Port Lumen,,10001,US\n"
)
LINES = "order_id,product_id,unit_price,quantity,discount\n7001,1,2.50,4,0\n"


class Place:
    """A home of its own, in which processes run; with SQLite where no other database is named."""

    def __init__(self, home: Path, database_url: str | None = None) -> None:
        self.home = home
        self.sharing = {
            "XDG_DATA_HOME": str(home / "data"),
            "COUNTERFOIL_DATABASE_URL": database_url or f"sqlite:///{home / 'hub.db'}",
            "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
        }
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("COUNTERFOIL_")},
            "HOME": str(home),
            "PYTHONPATH": str(SOURCE),
            **self.sharing,
        }

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "counterfoil", *words],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return done

    def read(self, *words: str, code: int = 0) -> Any:
        """Run one command with ``--json``."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    @contextmanager
    def serving(self, *words: str) -> Iterator[dict[str, Any]]:
        """Run a server; gives its first line of output, and ends it with SIGTERM."""
        with (self.home / f"{words[0]}.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "counterfoil", *words],
                cwd=self.home,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        with process, process.stdout as output:
            try:
                yield json.loads(output.readline())
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(TIMEOUT_S) == 0


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def write_data(folder: Path) -> Path:
    folder.mkdir()
    for name, text in {
        "customers": CUSTOMERS,
        "products": PRODUCTS,
        "orders": ORDERS,
        "order_lines": LINES,
    }.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def test_an_order_goes_all_the_way(place: Place, tmp_path: Path, keyboard: Keyboard) -> None:
    """Sandboxes, hub and Web Connector as processes: an order ends in the books, once."""
    data = str(write_data(tmp_path / "data-files"))
    keyboard.environment |= place.sharing
    with place.serving("sandbox", "serve", "--port", "0", "--state", "state") as told:
        fusion, books = told["fusion-operations"], told["quickbooks-desktop"]
        load = ("--url", told["url"], "--data", data)
        keyboard.type("sandbox", "load", "fusion-operations", *load)
        loaded = keyboard.read("sandbox", "load", "quickbooks-desktop", *load)
        assert loaded["created"] == {"customers": 1, "items": 1}
        keyboard.type(
            *("connections", "add", "fusion-operations", "--name", "Shop"),
            *("--base-url", fusion["base_url"], "--time-zone", fusion["time_zone"]),
            *("--key", fusion["key"], "--secret", fusion["secret"]),
        )
        with place.serving("serve", "--port", "0", "--json") as hub:
            keyboard.environment["COUNTERFOIL_PUBLIC_URL"] = hub["public_url"]
            file = str(tmp_path / "b.qwc")
            made = keyboard.read(
                "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", file
            )
            keyboard.type("links", "add", "--operations", "Shop", "--books", "Books")
            keyboard.type("settings", "set", "1", "sales-order-out.mode=manual")
            assert len(keyboard.read("send", "1", "sales-order", "7001")["released"]) == 1
            connector = ("sandbox", "web-connector", "--qwc", file, "--once", "--password")
            assert place.read(*connector, made["password"])["ending"] == "done"
            assert keyboard.read(*connector, "wrong", code=1)["ending"] == "refused"
            status = keyboard.read("status")
            ready = httpx2.get(f"{hub['url']}/readyz")
            second = place.run("serve", "--port", "0", code=5)
        booked = httpx2.get(f"{books['control_url']}/records/SalesOrder").json()

    assert status["links"][0]["transfers"] == {"done": 1}
    assert "Another Counterfoil already works on hub.db" in second.stderr
    assert "Traceback" not in second.stderr
    assert ready.status_code == 200
    assert [each["TotalAmount"] for each in booked] == ["10.00"]
    lines = [json.loads(line) for line in (tmp_path / "serve.log").read_text().splitlines()]
    assert {"event", "level", "timestamp"} <= set(lines[0])
    assert made["password"] not in (tmp_path / "serve.log").read_text()


def test_sandboxes_keep_what_they_hold(place: Place, tmp_path: Path, keyboard: Keyboard) -> None:
    """With --state they begin where they ended."""
    data = str(write_data(tmp_path / "data-files"))
    load = ("sandbox", "load", "fusion-operations", "--data", data, "--url")
    reports = []
    for _ in range(2):
        with place.serving("sandbox", "serve", "--port", "0", "--state", "state") as told:
            reports.append(keyboard.read(*load, told["url"]))
            assert httpx2.get(f"{told['url']}/sandbox").json() == told

    first, second = reports
    assert first["created"]["sales-orders"] == second["already_there"]["sales-orders"] == 1


def test_loading_names_what_is_wrong(tmp_path: Path, keyboard: Keyboard) -> None:
    """A folder without the files is code 2, a sandbox that is not there code 4."""
    data = write_data(tmp_path / "data-files")
    for system in ("fusion-operations", "quickbooks-desktop"):
        load = ("sandbox", "load", system, "--url", "http://127.0.0.1:9", "--data")
        keyboard.type(*load, str(tmp_path), code=2)
        assert "sandbox serve" in keyboard.type(*load, str(data), code=4).stderr
    keyboard.type("sandbox", "load", "autotask", "--url", "x", "--data", str(data), code=2)


def test_help_is_there_at_once(place: Place) -> None:
    """Nothing heavy is imported for --help: no database, no web framework, no XML."""
    heavy = ("sqlalchemy", "fastapi", "lxml", "uvicorn", "pydantic", "cryptography", "httpx2")

    assert loaded_by(place, ["--help"], among=heavy) == []


@pytest.mark.parametrize("words", [["status"], ["transfers"], ["tokens", "list"]])
def test_looking_loads_nothing_that_serves_or_calls(place: Place, words: list[str]) -> None:
    """A command that only looks brings no web framework, no HTTP client and no log writer."""
    heavy = ("fastapi", "starlette", "uvicorn", "httpx2", "anyio", "h11", "structlog", "rapidfuzz")
    open_ledger(place.sharing["COUNTERFOIL_DATABASE_URL"]).close()

    assert loaded_by(place, words, among=heavy) == []


def loaded_by(place: Place, words: list[str], *, among: tuple[str, ...]) -> list[str]:
    """Say which of some modules a command loads."""
    program = f"""
import sys
from counterfoil.cli import app
try:
    app({words})
except SystemExit as end:
    assert not end.code, end.code
print([name for name in {among} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=place.environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    found: list[str] = ast.literal_eval(done.stderr.splitlines()[-1])
    return found
