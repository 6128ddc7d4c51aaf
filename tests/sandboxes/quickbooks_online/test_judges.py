"""Clients by other people find in the stand-in what they find in QuickBooks Online."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.sandboxes import kit
from tests.sandboxes.quickbooks_online.outside import (
    CLIENT_ID,
    CLIENT_SECRET,
    COMPANY,
    REALM,
    REDIRECT,
    Outside,
    World,
)
from tests.support.judging import run_node, run_python

JUDGES = Path(__file__).parent / "judges"

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(world: World, online: Outside) -> Iterator[dict[str, object]]:
    """What a judge is told: where the stand-in is, which app it is, and a connection."""
    online.control("POST", "/clock", {"unix": time.time()})
    online.connect()
    with kit.served(world.app) as port:
        yield {
            "root": f"http://127.0.0.1:{port}/online",
            "id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "redirect": REDIRECT,
            "realm": REALM,
            "token": online.token,
            "refresh_token": online.refresh_token,
            "since": "2026-01-01T00:00:00Z",
        }


def test_intuit_oauth_and_python_quickbooks(asked: dict[str, object]) -> None:
    """The two Python clients connect, write, look, change, delete and end without a switch."""
    got = run_python(JUDGES / "intuit.py", asked)

    assert (got["state"], got["id_token"]) == (True, True)
    assert got["person"]["email"] == "robin.marsh@books.example"
    assert got["lives_s"] == [3600, 8_726_400]
    assert got["bad_refresh"] == [400, 'b\'{"error":"invalid_grant"}\'']
    assert got["duplicate"][0] == 6240
    assert got["replayed"]
    assert got["order"] == ["1001", "12.35", "Open"]
    assert (got["invoice"], got["voided"]) == (["40", "1001"], "0")
    assert (got["found"], got["count"], got["chosen"]) == (["O'Neil & Söns"], 1, 1)
    assert (got["accounts"], got["company"]) == (5, COMPANY)
    assert got["captured"] == [1, 1]
    assert got["batch"] == [2, ["6240"]]
    assert got["updated"] == ["1", "seen"]
    assert got["gone"] == 610
    assert got["unauthorized"] == "AuthorizationException"


def test_qbosdk(asked: dict[str, object]) -> None:
    """The client of an expense tool refreshes at once, posts and pages."""
    got = run_python(JUDGES / "qbosdk_client.py", asked)

    assert (got["vendor"], got["vendors"]) == ("Pelican Supply", ["Pelican Supply"])
    assert (got["bill"], got["company"], got["currency"]) == (5, COMPANY, "USD")
    assert got["accounts"] > 10


def test_node_quickbooks(asked: dict[str, object], online: Outside) -> None:
    """The Node client's habits are taken: lower-case entities, revoke as a form, no bare JSON."""
    since = online.control("GET", "/clock")["now"]

    got = run_node(
        JUDGES / "node_quickbooks.js", "node-quickbooks@2.0.50", {**asked, "since": since}
    )

    assert (got["found"], got["count"]) == ([True], 1)
    assert got["accounts"] > 10
    assert got["order"] == ["Open", 12.35]
    assert (got["duplicate"], got["twin"]) == ("6140", True)
    assert (got["updated"], got["deleted"]) == (["1", "seen"], "Deleted")
    assert got["batch"] == ["Batch", "6240"]
    assert got["captured"] == ["Vendor", "Bill"]
    assert got["ended"] == 401


def test_intuit_oauth_for_node(asked: dict[str, object]) -> None:
    """Intuit's own Node client gets a token, its hard end, the person and the company."""
    got = run_node(JUDGES / "intuit_oauth.js", "intuit-oauth@4.2.5", asked)

    assert got["token"] == ["bearer", REALM]
    assert (got["hard_end"], got["person"]) == (True, "person-0001")
    assert got["company"] == COMPANY


def test_quickbooks_node_promise(asked: dict[str, object]) -> None:
    """A client with a request id on every POST writes, deletes and sends batches."""
    package = "quickbooks-node-promise@3.3.14"

    got = run_node(JUDGES / "quickbooks_node_promise.js", package, asked)

    assert (got["found"], got["deleted"]) == ([True], "Deleted")
    assert got["batch"] == [["Vendor", "bId"], ["QueryResponse", "bId"]]
