"""``sandbox online``: what people do in QuickBooks Online, typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from counterfoil.sandboxes import kit
from counterfoil.sandboxes.quickbooks_online import (
    App,
    Company,
    QuickBooksOnlineState,
    quickbooks_online_app,
)
from counterfoil.sandboxes.serve import ONLINE_CLIENT_ID, ONLINE_REALM
from tests.cli.conftest import Keyboard


class Screens:
    """The commands, typed against a stand-in."""

    def __init__(self, url: str) -> None:
        self.keyboard = Keyboard("sqlite://")
        self.url = url

    def type(self, *words: str, code: int = 0) -> str:
        done = self.keyboard.type("sandbox", *words, "--url", self.url, code=code)
        return done.stdout + done.stderr

    def read(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.keyboard.read("sandbox", *words, "--url", self.url)
        return found


@pytest.fixture(scope="module")
def screens() -> Iterator[Screens]:
    """The commands at a company that holds the sample company's lists."""
    state = QuickBooksOnlineState(
        [Company(ONLINE_REALM, "Larkspur Books")], [App(ONLINE_CLIENT_ID, "secret-not-real")]
    )
    root = FastAPI()
    root.mount("/online", quickbooks_online_app(state))
    with kit.served(root) as port:
        typed = Screens(f"http://127.0.0.1:{port}")
        assert "customers loaded" in typed.type("load", "quickbooks-online")
        yield typed
    state.close()


def test_loading_again_adds_nothing(screens: Screens) -> None:
    """What is there is left alone, and told."""
    told = screens.type("load", "quickbooks-online")

    assert told.startswith("0 customers loaded, ")
    assert all(line.startswith("0 ") for line in told.splitlines())


def test_the_lists_are_those_of_the_folder(screens: Screens) -> None:
    """Codes are names, company names are company names; stock is counted from none."""
    customers = screens.read("online", "list", "Customer", "--json")
    items = screens.read("online", "list", "Item", "--json")

    assert "Harbor Café & Bakery" in {one.get("CompanyName") for one in customers}
    assert {one["Type"] for one in items} == {"Service", "NonInventory", "Inventory"}
    assert "HARBOR" in screens.type("online", "list", "Customer")


def test_the_services_company_is_loaded_beside_it(screens: Screens) -> None:
    """Its vendors and products, for those who come from Autotask."""
    assert "vendors loaded" in screens.type("load", "quickbooks-online", "--services")

    assert "KESTREL" in screens.type("online", "list", "Vendor")


def test_a_document_lives_its_life(screens: Screens) -> None:
    """Entered by name, listed, changed, paid, voided, deleted."""
    bill = ("online", "enter", "Bill", "HOPPER", "--line", "Supplies=25", "--number", "H-1")
    assert "was entered. (number H-1)" in screens.type(*bill, "--date", "2026-01-05")
    assert "\tHOPPER\t25\t25" in screens.type("online", "list", "Bill")
    screens.type("online", "change", "Bill", "H-1", "PrivateNote=checked")
    assert "Payment" in screens.type("online", "pay", "H-1", "--amount", "5")
    assert screens.read("online", "list", "Bill", "--json")[0]["Balance"] == 20
    assert "was paid" in screens.type("online", "delete", "Bill", "H-1", code=2)

    item = screens.read("online", "list", "Item", "--json")[0]["Name"]
    sale = ("online", "enter", "Invoice", "HARBOR", "--line", f"{item}=2@1.5", "--number", "I-1")
    screens.type(*sale)
    assert "was voided" in screens.type("online", "void", "Invoice", "I-1")
    assert "is gone" in screens.type("online", "delete", "Invoice", "I-1")


def test_names_are_merged_and_retired(screens: Screens) -> None:
    """One takes over everything; an unused one becomes inactive."""
    assert "has everything now" in screens.type("online", "merge", "Vendor", "1", "2")
    screens.type("online", "delete", "Vendor", "SALTMARSH")

    assert "inactive" in screens.type("online", "list", "Vendor")


def test_switches_of_company_and_app(screens: Screens) -> None:
    """They are shown with their source, and set."""
    screens.type("online", "switches", "links=dropped", "per-second=0")
    screens.type("online", "switches", "--app", "refresh-token=rotates")
    company = {one["name"]: one["value"] for one in screens.read("online", "switches", "--json")}
    app = screens.read("online", "switches", "--app", "--json")

    assert (company["links"], company["per-second"]) == ("dropped", 0)
    assert {one["name"]: one["value"] for one in app}["refresh-token"] == "rotates"
    assert "links\tdropped\tkept" in screens.type("online", "switches")


def test_addresses_are_registered(screens: Screens) -> None:
    """Where answers and events go."""
    address = "http://localhost:9/callback"

    assert "is registered" in screens.type("online", "redirect", address)
    assert "are posted to" in screens.type("online", "webhooks", address)


@pytest.mark.parametrize(
    "words, told",
    [
        (("enter", "Bill", "Nobody", "--line", "Supplies=1"), "there is no Vendor 'Nobody'"),
        (("enter", "Bill", "HOPPER", "--line", "Supplies"), "--line must be like 'Patch Cable"),
        (("enter", "Deposit", "HOPPER", "--line", "Supplies=1"), "not 'Deposit'"),
        (("change", "Vendor", "HOPPER", "Notes"), "A property is set like PrivateNote=checked"),
        (("list", "Nothing"), "no entity 'Nothing'"),
        (("switches", "colour=red"), "There are: plan"),
    ],
)
def test_what_is_wrong_is_named(screens: Screens, words: tuple[str, ...], told: str) -> None:
    """The sandbox's words, or what was expected and an example."""
    assert told in screens.type("online", *words, code=2)
