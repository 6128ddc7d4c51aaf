"""``sandbox autotask``: what people do at Autotask's screens, typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from counterfoil.cli import _sandbox_note
from counterfoil.sandboxes import kit, sample_services
from counterfoil.sandboxes.autotask import (
    AutotaskState,
    Tenant,
    User,
    autotask_app,
    load_folder,
)
from counterfoil.sandboxes.serve import AUTOTASK_TENANT, AUTOTASK_USER
from tests.cli.conftest import Keyboard
from tests.support.in_loop import InLoop

TENANT = Tenant(AUTOTASK_TENANT, users={AUTOTASK_USER: User("secret-not-real")})


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of a stand-in that holds the sample company's lists and first two orders."""
    state = AutotaskState([TENANT])
    root = FastAPI()
    root.mount("/autotask", autotask_app(state))
    with httpx2.Client(transport=InLoop(root)) as http:
        control = "http://localhost/autotask/sandbox"
        load_folder(control, AUTOTASK_TENANT, sample_services.FOLDER, orders=2, http=http)
    with kit.served(root) as port:
        yield f"http://127.0.0.1:{port}"
    state.close()


class Screens:
    """The commands, typed against that stand-in."""

    def __init__(self, keyboard: Keyboard, url: str) -> None:
        self.keyboard = keyboard
        self.url = url

    def type(self, *words: str, code: int = 0) -> str:
        done = self.keyboard.type("sandbox", *words, "--url", self.url, code=code)
        return done.stdout + done.stderr

    def order(self, *words: str) -> dict[str, int]:
        """The numbers of an order that is entered anew: itself and its line."""
        made = self.keyboard.read(
            "sandbox", "autotask", "enter", "Kestrel Networks", *words,
            "--line", "Access Point AX=3@96.30", "--url", self.url,
        )  # fmt: skip
        return {"order": made["id"], "line": made["lines"][0]["id"]}


@pytest.fixture
def screens(served: str) -> Screens:
    return Screens(Keyboard("sqlite://"), served)


def test_loading_tells_what_came_of_it(screens: Screens) -> None:
    """What is new, what was there, and the value of the new orders."""
    told = screens.type("load", "autotask", "--orders", "3")

    assert "1 purchase orders loaded, 2 were there already" in told
    assert "1 order lines, total 426.00" in told
    wrong = screens.type("load", "autotask", "--key", "nobody", code=2)
    assert "The sandbox says: no tenant 'nobody'" in wrong


def test_orders_are_listed_and_looked_into(screens: Screens) -> None:
    """All with vendor and status; one with its lines and receipts."""
    told = screens.type("autotask", "orders").splitlines()
    assert told[0].split("\t") == ["Order", "Vendor", "Status", "External no."]
    assert told[1].split("\t")[1:3] == ["Kestrel Networks", "Received Full"]

    one = screens.type("autotask", "orders", told[1].split("\t")[0])

    assert "Kestrel Switch 24\t4\t212.4" in one
    assert "KN-77120\t2026-01-09T12:00:00.000Z" in one


def test_an_order_lives_its_life(screens: Screens) -> None:
    """Entered, submitted, changed, received in part, taken back, and canceled."""
    new = screens.order("--new")
    order, line = str(new["order"]), str(new["line"])

    assert f"Order {order}: Submitted" in screens.type("autotask", "submit", order)
    screens.type("autotask", "change", order, line, "--quantity", "5", "--cost", "95")
    assert "Access Point AX\t5\t95" in screens.type("autotask", "orders", order)
    part = ("receive", order, "--line", f"{line}=2", "--invoice", "KN-1", "--date", "2026-01-20")
    told = screens.type("autotask", *part)
    assert told.endswith(": 2 units\n")
    receipt = told.split()[1].rstrip(":")
    assert "was taken back: see" in screens.type("autotask", "unreceive", receipt)
    assert f"Order {order}: Canceled" in screens.type("autotask", "cancel", order)


def test_stock_is_counted(screens: Screens) -> None:
    """What somebody counts is there then."""
    told = screens.type("autotask", "count", "Rack Shelf", "4", "--location", "Van 1")

    assert told.startswith("4 units on hand")


def test_switches_are_shown_and_set(screens: Screens) -> None:
    """A value is read as what the switch holds: a word, a number, a list."""
    set_ = ("missing-record=404", "threads=5", "retry-after=120", 'versions=["V1.0"]')
    screens.type("autotask", "switches", *set_)

    now = {
        one["name"]: one["value"]
        for one in screens.keyboard.read("sandbox", "autotask", "switches", "--url", screens.url)
    }
    assert (now["missing-record"], now["threads"]) == ("404", 5)
    assert (now["retry-after"], now["versions"]) == ("120", ["V1.0"])
    back = ("missing-record=null", "threads=3", "retry-after=null", 'versions=["V1.0","V2.0"]')
    assert "missing-record\tnull\tnull" in screens.type("autotask", "switches", *back)


@pytest.mark.parametrize(
    "words, told",
    [
        (("orders", "77"), "no purchase order '77'"),
        (("cancel", "77"), "The sandbox says: no record 77 in PurchaseOrders"),
        (("enter", "Kestrel Networks", "--line", "Cable"), "--line must be like 'Patch Cable"),
        (("enter", "Nobody", "--line", "Cable=1@1"), "no record 'Nobody' in Companies"),
        (("receive", "77", "--line", "all"), "--line must be like 3000001=4"),
        (("submit", "77", "--date", "soon"), "'soon' is no day"),
        (("switches", "colour=red"), "There are: compatibility"),
        (("switches", "threads=three"), "threads is like 3, not 'three'"),
        (("switches", "over-receipt=maybe"), "Invalid enum value 'maybe'"),
    ],
)
def test_what_is_wrong_is_named(screens: Screens, words: tuple[str, ...], told: str) -> None:
    """The sandbox's words, or what was expected and an example."""
    assert told in screens.type("autotask", *words, code=2)


def test_the_sandbox_started_last_is_meant(
    screens: Screens, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without --url its noted address is called; none noted is said."""
    monkeypatch.setattr(_sandbox_note, "_note", lambda: tmp_path / "sandbox-url")
    orders = ("sandbox", "autotask", "orders")
    assert "sandbox serve" in screens.keyboard.type(*orders, code=2).stderr

    with _sandbox_note.noted(screens.url):
        assert "Kestrel Networks" in screens.keyboard.type(*orders).stdout

    assert not (tmp_path / "sandbox-url").exists()


def test_a_sandbox_that_is_not_there(screens: Screens) -> None:
    """Its address and how to start one are told."""
    gone = Screens(screens.keyboard, "http://127.0.0.1:9")

    assert "sandbox serve" in gone.type("autotask", "orders", code=4)
