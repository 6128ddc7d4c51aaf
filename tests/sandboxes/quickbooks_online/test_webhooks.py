"""Events: how they are written, signed and delivered, and to whom."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandboxes.quickbooks_online.outside import (
    CLIENT_ID,
    CLIENT_SECRET,
    REALM,
    VERIFIER,
    Json,
    Outside,
    ref,
    sold,
    spent,
)

URL = "https://hub.example/webhooks/quickbooks-online"


def delivered(online: Outside) -> Any:
    """Deliver what is due; gives its body."""
    told = online.control("POST", f"/apps/{CLIENT_ID}/deliver")
    return None if told is None else json.loads(base64.b64decode(told["body"]))


def listening(online: Outside, **settings: object) -> None:
    """Register an address for events."""
    app = {"client-secret": CLIENT_SECRET, "webhook-url": URL, "verifier-token": VERIFIER}
    online.control("PUT", f"/apps/{CLIENT_ID}", {**app, "settings": settings})


def what(events: list[Json]) -> list[tuple[str, str]]:
    return [(event["type"], event["intuitentityid"]) for event in events]


def test_every_change_is_an_event(online: Outside) -> None:
    """Created, updated, deleted, voided, emailed and merged, with the ids they are about."""
    vendor = online.vendor("Acme")
    online.change("Vendor", vendor, Notes="x")
    bill = online.create("Bill", VendorRef=ref(vendor), Line=[spent(1)])
    online.delete("Bill", bill)
    line = sold(online.item(), 1, 1)
    invoice = online.create("Invoice", CustomerRef=ref(online.customer()), Line=[line])
    online.told("POST", f"invoice/{invoice['Id']}/send", sendTo="a@b.example")
    online.desk(f"void/Invoice/{invoice['Id']}")
    online.vendor("Acme Ltd")
    merged = {"entity": "Vendor", "loser": "Acme Ltd", "winner": "Acme"}
    online.desk("merge", merged)
    events = delivered(online)

    told = [event["type"].removeprefix("qbo.").removesuffix(".v1") for event in events]
    for kind in ("bill.deleted", "invoice.emailed", "invoice.voided", "vendor.merged"):
        assert kind in told
    assert told[:3] == ["vendor.created", "vendor.updated", "bill.created"]
    [merge] = [event for event in events if event["type"] == "qbo.vendor.merged.v1"]
    assert merge["data"] == {"deletedid": "3"}
    assert {event["intuitaccountid"] for event in events} == {REALM}


def test_an_update_that_changes_nothing_is_none(online: Outside) -> None:
    """Nor is one of an entity that webhooks do not carry."""
    online.switch(inventory_adjustment="free")
    vendor, stock = online.vendor(Notes="x"), online.stock()
    delivered(online)
    online.change("Vendor", vendor, Notes="x")
    kind = "ItemAdjustmentLineDetail"
    line = {"DetailType": kind, kind: {"ItemRef": ref(stock), "QtyDiff": 1}}
    online.create(
        "InventoryAdjustment", AdjustAccountRef=ref("91"), TxnDate="2026-01-15", Line=[line]
    )

    assert what(delivered(online)) == [("qbo.item.updated.v1", stock["Id"])]


def test_a_delivery_is_signed_and_holds_several_companies(online: Outside) -> None:
    """One POST to the app's address; the signature is over the bytes as they are."""
    listening(online, **{"webhooks-by-themselves": False})
    online.control("POST", "/companies", {"realm": "42", "name": "Other"})
    online.vendor()
    online.realm = "42"
    online.connect()
    online.vendor()
    online.control("POST", f"/apps/{CLIENT_ID}/deliver")
    [(url, body, headers)] = online.world.postman.taken

    digest = hmac.new(VERIFIER.encode(), body, hashlib.sha256).digest()
    assert url == URL
    assert headers["intuit-signature"] == base64.b64encode(digest).decode()
    assert [event["intuitaccountid"] for event in json.loads(body)] == [REALM, "42"]


def test_events_go_out_by_themselves(online: Outside) -> None:
    """Where an address is set nobody has to ask."""
    listening(online)
    online.vendor()

    assert len(online.world.postman.taken) == 1
    assert delivered(online) is None


def test_what_is_not_taken_stays_due(online: Outside) -> None:
    """An answer other than 200 brings the events again, in their order."""
    listening(online)
    online.world.postman.status = 500
    online.vendor("A")
    online.world.postman.status = 200
    online.vendor("B")
    last = json.loads(online.world.postman.taken[-1][1])

    assert [event["intuitentityid"] for event in last] == ["1", "2"]


def test_duplicates_and_late_ones(online: Outside) -> None:
    """By the switches an event comes twice, with the same id, and only when it is old enough."""
    online.app(webhook_duplicates=True, webhook_late_s=60)
    online.vendor()
    assert delivered(online) is None
    online.world.clock.pass_s(60)
    events = delivered(online)

    assert len(events) == 2
    assert events[0]["id"] == events[1]["id"]


def test_the_legacy_form(online: Outside) -> None:
    """Companies with their entities, and Intuit's old words."""
    online.app(webhook_format="legacy")
    online.vendor()
    [told] = delivered(online)["eventNotifications"]

    assert told["realmId"] == REALM
    assert told["dataChangeEvent"]["entities"] == [
        {
            "name": "Vendor",
            "id": "1",
            "operation": "Create",
            "lastUpdated": "2026-01-15T17:30:00.000Z",
        }
    ]


def test_only_who_is_connected_is_told(online: Outside) -> None:
    """After the connection ended nothing is due."""
    online.desk("disconnect")
    online.desk("make/Vendor", {"DisplayName": "A"})

    assert delivered(online) is None


@pytest.mark.parametrize("path", ["/apps/nobody/deliver", "/apps/nobody"])
def test_an_unknown_app_is_told(online: Outside, path: str) -> None:
    """The door for tests says which app there is not."""
    method = "POST" if path.endswith("deliver") else "GET"
    answer = online.http.request(method, f"https://qbo.example/online/sandbox{path}")

    assert (answer.status_code, answer.json()) == (404, {"error": "no app 'nobody'"})
