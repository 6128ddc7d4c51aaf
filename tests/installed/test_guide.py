"""The guide for Fusion Operations and QuickBooks Desktop, word for word, on the stand-ins.

Its commands are typed in their order, by the installed program, in processes of their own.
What the guide leaves to people is done between them (``ACTS``): orders are entered, the Web
Connector is started.  Only what is a company's own is put in place of the guide's examples:
addresses, the key, and which transfer is meant by ``17``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from counterfoil.sandboxes.serve import FUSION_SECRET
from tests.sandboxes.quickbooks_desktop import desk
from tests.support.world import SECRET_KEY

pytestmark = [pytest.mark.slow, pytest.mark.longest]

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "how-to" / "fusion-operations-and-quickbooks-desktop.md"
TIMEOUT_S = 120

# Typed by the fixture that installs the program, or beside it.
INSTALLING = ("./dev wheel", "pipx install")
SERVERS = ("counterfoil serve", "counterfoil sandbox serve")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Give every command of the guide's blocks with the heading it stands under."""
    for part in re.split(r"(?m)^## ", text)[1:]:
        heading = part.partition("\n")[0]
        for block in re.findall(r"```\w*\n(.*?)```", part, re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip():
                    yield heading, line


class Office:
    """A computer on which the guide is followed."""

    def __init__(self, program: Path, home: Path) -> None:
        self.program = program
        self.home = home
        self.hub_port, self.sandbox_port = _free_port(), _free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("COUNTERFOIL_", "PYTHON"))},
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
            "COUNTERFOIL_CONNECTION_SECRET": FUSION_SECRET,
            "COUNTERFOIL_PUBLIC_URL": f"http://localhost:{self.hub_port}",
        }
        self.told: dict[str, Any] = {}
        self.password = ""

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Type one command as the guide has it."""
        words = shlex.split(self._own(command), comments=True)
        return subprocess.run(
            [str(self.program), *words[1:]],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    def _own(self, command: str) -> str:
        """Put this company's own in place of the guide's examples."""
        fusion = self.told.get("fusion-operations", {})
        for example, own in {
            "8080": str(self.hub_port),
            "8090": str(self.sandbox_port),
            "https://fusionoperations.autodesk.com": fusion.get("base_url", ""),
            "--key KEY": f"--key {fusion.get('key')}",
            "BOLT-8 BOLT-10": "'Sourdough Boule' 'Cinnamon Swirl'",
        }.items():
            command = command.replace(example, own)
        if re.search(r" 17\b", command):
            command = command.replace(" 17", f" {self.meant}")
        return command

    @property
    def meant(self) -> str:
        """The transfer that is refused or changed: the guide's 17."""
        for state in ("changed", "refused"):
            rows = self.read(f"counterfoil transfers 1 --state {state}")["transfers"]
            if rows:
                return str(rows[0]["id"])
        raise AssertionError("no transfer needs a person")

    def read(self, command: str) -> Any:
        """Type a command with ``--json``."""
        return json.loads(self.run(f"{command} --json").stdout)

    @contextmanager
    def serving(self, command: str) -> Iterator[None]:
        """Start a server and leave it running."""
        words = shlex.split(self._own(command))
        name = "stand-ins" if words[1] == "sandbox" else "hub"
        with (self.home / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [str(self.program), *words[1:]],
                cwd=self.home,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        with process, process.stdout as output:
            try:
                first = output.readline()
                if name == "stand-ins":
                    self.told = json.loads(first)
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(TIMEOUT_S) == 0

    # --- What people do -----------------------------------------------------------------

    def notice(self, said: str) -> None:
        """Write down the password, as it is shown once."""
        if found := re.search(r"(?m)^Password: +(\S+)", said):
            self.password = found[1]

    def fill(self) -> None:
        """Keep shop and books for a while before the hub comes."""
        for system in ("fusion-operations", "quickbooks-desktop"):
            done = self.run(f"counterfoil sandbox load {system} --url http://localhost:8090")
            assert done.returncode == 0, done.stderr

    def update_selected(self) -> None:
        """Press the button of the Web Connector."""
        done = self.run(
            "counterfoil sandbox web-connector --qwc counterfoil.qwc --once "
            f"--password {shlex.quote(self.password)}"
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr

    def go_on(self) -> None:
        """Let hub and Web Connector do what is due."""
        self.run("counterfoil run 1")
        self.update_selected()

    def sell_to_a_stranger(self) -> None:
        """Send an order of a client whom the books do not know."""
        self._sell("SO-1900", "ZEPHYR")

    def sell_to_another(self) -> None:
        """The same once more, of an order that is in the books under another name."""
        self._sell("SO-1901", "BOREAS")

    def _sell(self, number: str, client: str) -> None:
        line = {"product": "Oat Biscuits", "quantity-ordered": "2", "unit-price": "4.00"}
        order = {"code": number, "client": client, "products": [line]}
        with self._shop() as shop:
            named = {"code": client, "name": f"{client.title()} Picnics"}
            shop.post("/clients/", json=named).raise_for_status()
            shop.post("/sales-orders/", json=order).raise_for_status()
        self.run("counterfoil run 1")
        self.run(f"counterfoil send 1 sales-order {number}")
        self.go_on()

    def change(self) -> None:
        """Order one more of the first line of SO-1001 at the shop, and let the hub see it."""
        with self._shop() as shop:
            [order] = [
                each for each in shop.get("/sales-orders/").json() if each["code"] == "SO-1001"
            ]
            first = order["shippings"][0]["products"][0]
            first["quantity-ordered"] = str(Decimal(str(first["quantity-ordered"])) + 1)
            shop.put(f"/sales-orders/{order['id']}", json=order).raise_for_status()
        self.run("counterfoil run 1")

    def go_on_and_change(self) -> None:
        """Let the change be written, and make another."""
        self.go_on()
        self.change()

    @contextmanager
    def _shop(self) -> Iterator[httpx2.Client]:
        told = self.told["fusion-operations"]
        base = f"{told['base_url']}/api/v1"
        keys = (told["key"], told["secret"])
        with httpx2.Client(base_url=base, timeout=TIMEOUT_S) as shop:
            token = shop.post("/authorization", auth=keys).json()["token"]
            shop.params = {"access_token": token}
            yield shop

    def produced(self) -> set[str]:
        """The numbers of the orders that the shop has."""
        with self._shop() as shop:
            return {each["code"] for each in shop.get("/sales-orders/").json()}

    def enter_order(self) -> None:
        """Enter an order by hand in QuickBooks."""
        with httpx2.Client(base_url=self.told["url"], timeout=TIMEOUT_S) as http:
            today = time.strftime("%Y-%m-%d")
            line = desk.line("Oat Biscuits", "3", rate="4.00")
            desk.Desk(http, None).enter(
                desk.sales_order("NORTHARC", line, ref_number="BK-1", date=today)
            )

    def booked(self, kind: str) -> list[dict[str, Any]]:
        """What QuickBooks holds of a kind."""
        control = self.told["quickbooks-desktop"]["control_url"]
        found: list[dict[str, Any]] = httpx2.get(f"{control}/records/{kind}", timeout=60).json()
        return found


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


# What people do before the command that begins so.
ACTS: dict[str, Callable[[Office], None]] = {
    "counterfoil connections add fusion": Office.fill,
    "counterfoil settings show 1": Office.update_selected,
    "counterfoil transfers 1 --state refused": Office.sell_to_a_stranger,
    "counterfoil retrieve 1 sales-order": Office.enter_order,
    "counterfoil transfers 1 --state changed": Office.change,
    "counterfoil accept 17": Office.go_on_and_change,
    "counterfoil adopt 17 --as": Office.sell_to_another,
    "counterfoil counts 1": Office.update_selected,
}


def test_the_guide_works_word_for_word(program: Path, tmp_path: Path) -> None:
    """Whoever types what the guide says has an order in the books, and one back from them."""
    office = Office(program, tmp_path)
    failed = []
    with ExitStack() as servers:
        for _heading, command in commands(GUIDE.read_text("utf-8")):
            if command.startswith(INSTALLING):
                continue
            if command.startswith(SERVERS):
                servers.enter_context(office.serving(command))
                continue
            for beginning, act in ACTS.items():
                if command.startswith(beginning):
                    act(office)
            done = office.run(command)
            print(f"$ {command}\n{done.stdout}{done.stderr}")
            if done.returncode:
                failed.append(command)
            office.notice(done.stdout)
        office.go_on()
        orders = {each.get("RefNumber") for each in office.booked("SalesOrder")}
        taken_up = office.produced()
    assert failed == []
    assert {"SO-1001", "BK-1"} <= orders
    assert "BK-1" in taken_up
