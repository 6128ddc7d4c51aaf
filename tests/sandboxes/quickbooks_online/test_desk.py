"""People at the product, and the experimenter: the paths under ``/sandbox/``."""

from __future__ import annotations

import pytest

from counterfoil.sandboxes.quickbooks_online import AppSettings, Settings, switches
from tests.sandboxes.quickbooks_online.outside import CONTROLS, REALM, Json, Outside


def refusal(online: Outside, path: str, body: object) -> tuple[int, str]:
    answer = online.http.post(f"{CONTROLS}/companies/{REALM}/{path}", json=body)
    return answer.status_code, answer.json()["error"]


def test_documents_are_entered_by_name(online: Outside) -> None:
    """A bookkeeper names vendor, product and account; a bill may take from an order."""
    online.vendor("Pelican Supply")
    online.item("Widget")
    line = {"item": "widget", "quantity": "3", "price": "1.115"}
    order = online.desk("enter", {"kind": "PurchaseOrder", "party": "1", "lines": [line]})
    taken = {**line, "order": order["DocNumber"], "order_line": "1"}
    bill = online.desk(
        "enter",
        {
            "kind": "Bill",
            "party": "pelican supply",
            "lines": [taken, {"account": "Supplies", "amount": "2.5", "description": "x"}],
            "fields": {"DocNumber": "P-1"},
        },
    )

    assert (str(order["TotalAmt"]), str(bill["TotalAmt"])) == ("3.35", "5.85")
    assert bill["LinkedTxn"] == [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]


def test_sales_are_entered_by_name(online: Outside) -> None:
    """An estimate and an invoice for a customer."""
    online.customer("Harbor")
    online.item("Widget")
    asked = {"party": "Harbor", "lines": [{"item": "Widget", "quantity": 2, "price": 4}]}

    for kind in ("Estimate", "Invoice", "SalesReceipt"):
        assert online.desk("enter", {"kind": kind, **asked})["TotalAmt"] == 8


def test_people_change_delete_and_deactivate(online: Outside) -> None:
    """Behind an app's back, without a SyncToken; a document goes, a name becomes inactive."""
    vendor = online.vendor("Acme")
    lines = [{"account": "Supplies", "amount": 1}]
    bill = online.desk("enter", {"kind": "Bill", "party": "Acme", "lines": lines})
    changed = online.desk(f"change/Bill/{bill['Id']}", {"PrivateNote": "mine"})
    gone = online.desk(f"delete/Bill/{bill['Id']}")
    inactive = online.desk("delete/Vendor/Acme")

    assert (changed["SyncToken"], changed["PrivateNote"]) == ("1", "mine")
    assert gone["Id"] == bill["Id"]
    assert (inactive["Id"], inactive["Active"]) == (vendor["Id"], False)
    assert online.control("GET", f"/companies/{REALM}/records/Bill") == []


@pytest.mark.parametrize(
    "path, body, status, words",
    [
        ("enter", {"kind": "Deposit", "party": "A", "lines": []}, 400, "not 'Deposit'"),
        ("enter", {"kind": "Bill", "party": "Nobody", "lines": []}, 404, "no Vendor 'Nobody'"),
        ("enter", {"kind": "Bill"}, 400, "missing required field"),
        ("make/Nothing", {}, 404, "no entity 'Nothing'"),
        ("make/Vendor", {}, 409, "6080"),
        ("pay", {"bill": "77"}, 404, "no Bill '77'"),
        ("merge", {"entity": "Item", "loser": "1", "winner": "2"}, 404, "no Item"),
        ("settings", {}, 405, ""),
    ],
)
def test_what_cannot_be_done_is_told(
    online: Outside, path: str, body: Json, status: int, words: str
) -> None:
    """In words, with the service's own code where a rule of it was broken."""
    answer = online.http.post(f"{CONTROLS}/companies/{REALM}/{path}", json=body)

    assert (answer.status_code, words in answer.text) == (status, True)


def test_an_array_is_carried_out_as_one(online: Outside) -> None:
    """One that is wrong leaves nothing behind."""
    bodies = [{"DisplayName": "A"}, {"DisplayName": "a"}]

    assert refusal(online, "make/Vendor", bodies)[0] == 409
    assert online.control("GET", f"/companies/{REALM}/records/Vendor") == []


def test_a_company_is_emptied(online: Outside) -> None:
    """Connections and switches stay; ids are not used again."""
    before = online.vendor()
    online.desk("reset")

    assert int(online.vendor()["Id"]) > int(before["Id"])


def test_switches_are_described(online: Outside) -> None:
    """Each says what it does and where that is known from; a wrong one is named."""
    told = online.control("GET", "/switches")

    assert [one["name"] for one in told["company"]] == [name for name, *_ in switches(Settings)]
    assert [one["name"] for one in told["app"]] == [name for name, *_ in switches(AppSettings)]
    assert all(one["does"] and one["source"] for one in told["company"] + told["app"])
    answer = online.http.patch(f"{CONTROLS}/companies/{REALM}/settings", json={"links": "lost"})
    assert (answer.status_code, "lost" in answer.text) == (400, True)


def test_secrets_are_not_told(online: Outside) -> None:
    """An app is shown without secret and verifier."""
    told = str(online.control("GET", "/apps"))

    assert "Ledger Link" in told
    assert "not-real" not in told.replace("ABclient-not-real", "")
