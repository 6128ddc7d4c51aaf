"""A folder of CSV files becomes a tenant's vendors, products, stock and orders."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from counterfoil.sandboxes import sample_services
from counterfoil.sandboxes.autotask import ORDERS, LoadError, LoadReport, load_folder
from tests.sandboxes.autotask.outside import MOUNT, TENANT, Outside, condition

ADVENTUREWORKS = Path(__file__).parents[4] / "shared" / "data" / "adventureworks"
SUBMITTED, PARTIAL, FULL = 2, 3, 4


def load(autotask: Outside, folder: Path, *, orders: int = ORDERS) -> LoadReport:
    return load_folder(f"{MOUNT}/sandbox", TENANT, folder, orders=orders, http=autotask.http)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample company's files, to be spoilt."""
    for path in sample_services.FOLDER.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


class TestSample:
    def test_everything_is_loaded(self, autotask: Outside) -> None:
        """Lists, prices, stock and orders, and the sums of what the lines say."""
        report = load(autotask, sample_services.FOLDER)

        assert report.created == {
            "locations": 2,
            "vendors": 4,
            "products": 10,
            "prices": 11,
            "stock": 9,
            "purchase orders": 8,
            "receipts": 6,
            "returns": 2,
        }
        assert report.already_there["locations"] == 1  # a fresh tenant has a place for stock
        assert (report.order_lines, report.total) == (13, Decimal("6360.200"))
        assert (report.units_received, report.units_rejected) == (288, 3)

    def test_orders_are_where_their_lines_are(self, autotask: Outside) -> None:
        """Received in full, in part or not at all; dated by the files, with invoice numbers."""
        load(autotask, sample_services.FOLDER)

        orders = {row["generalMemo"]: row for row in autotask.find("PurchaseOrders")}
        assert Counter(row["status"] for row in orders.values()) == {
            FULL: 1,
            PARTIAL: 5,
            SUBMITTED: 2,
        }
        first = orders["Order 2001"]
        assert first["createDateTime"] == "2026-01-05T12:00:00.000Z"
        assert first["vendorInvoiceNumber"] == "KN-77120"
        rows = autotask.find("PurchaseOrderItemReceiving")
        assert rows[0]["receiveDate"] == "2026-01-09T12:00:00.000Z"
        assert [row["quantityNowReceiving"] for row in rows[-2:]] == [-1, -2]

    def test_stock_is_what_was_counted_and_came(self, autotask: Outside) -> None:
        """Counts by location, and what was received less what went back."""
        load(autotask, sample_services.FOLDER)

        names = {row["id"]: row["name"] for row in autotask.find("Products")}
        found: Counter[str] = Counter()
        for row in autotask.find("InventoryItems"):
            found[names[row["productID"]]] += row["quantityOnHand"]
        assert found["Patch Cable 2 m"] == 120 + 25 + 150
        assert found["Mini UPS 600"] == 4 + 6 - 1
        assert found["Cable Tray"] == 12 - 2

    def test_an_inactive_vendor_has_its_orders(self, autotask: Outside) -> None:
        """It is inactive afterwards, as in a tenant that has a history."""
        load(autotask, sample_services.FOLDER)

        (vendor,) = autotask.find("Companies", condition("isActive", "eq", value=False))
        orders = autotask.find("PurchaseOrders", condition("vendorID", "eq", vendor["id"]))
        assert (vendor["companyName"], len(orders)) == ("Old Port Computers", 1)

    def test_a_second_time_changes_nothing(self, autotask: Outside) -> None:
        """What is there is counted and left alone."""
        load(autotask, sample_services.FOLDER)
        before = autotask.find("InventoryItems")

        report = load(autotask, sample_services.FOLDER)

        assert set(report.created.values()) == {0}
        assert report.already_there["purchase orders"] == 8
        assert autotask.find("InventoryItems") == before

    def test_only_so_many_orders(self, autotask: Outside) -> None:
        """The first ones; the next time the others follow."""
        assert load(autotask, sample_services.FOLDER, orders=3).created["purchase orders"] == 3
        assert load(autotask, sample_services.FOLDER).created["purchase orders"] == 5

    def test_the_hours_threshold_is_left_alone(self, autotask: Outside) -> None:
        """Loading is no call of a client's."""
        load(autotask, sample_services.FOLDER)

        assert autotask.get("ThresholdInformation")["currentTimeframeRequestCount"] == 1


@pytest.mark.parametrize(
    "name, old, new, words",
    [
        ("purchase_order_lines", ",4,1,212.40", ",4.5,1,212.40", "row 2, column quantity"),
        ("purchase_order_lines", ",4,1,212.40", ",4,99,212.40", "is not in products.csv"),
        ("purchase_order_lines", "2026-01-09", "soon", "must be a date"),
        ("purchase_orders", "2001,1", "2001,9", "is not in vendors.csv"),
        ("purchase_order_lines", "2008,13", "2007,13", "is not in purchase_order_lines.csv"),
        ("inventory", "1,1,3", "1,7,3", "is not in locations.csv"),
        ("product_vendors", "212.40", "cheap", "must be a number"),
        ("vendors", "account_number", "number", "there is no column 'account_number'"),
    ],
)
def test_a_bad_file_leaves_the_tenant_as_it_was(
    autotask: Outside, folder: Path, name: str, old: str, new: str, words: str
) -> None:
    """The file, row, column and value are named, and nothing was loaded."""
    spoil(folder, name, old, new)

    with pytest.raises(LoadError, match=words):
        load(autotask, folder)

    assert autotask.find("Products") == []


@pytest.mark.slow
@pytest.mark.skipif(not ADVENTUREWORKS.exists(), reason="the public data is not on this machine")
def test_adventureworks(autotask: Outside) -> None:
    """A bicycle maker's first 500 orders: what is ordered, came and lies there adds up."""
    report = load(autotask, ADVENTUREWORKS)

    with (ADVENTUREWORKS / "purchase_order_lines.csv").open(encoding="utf-8") as file:
        lines = [*csv.DictReader(file)]
    assert report.created["purchase orders"] == 500
    assert report.total == sum(Decimal(one["line_total"]) for one in lines)
    assert report.units_received == sum(Decimal(one["received"]) for one in lines)
    assert report.units_rejected == sum(Decimal(one["rejected"]) for one in lines)
    with (ADVENTUREWORKS / "inventory.csv").open(encoding="utf-8") as file:
        counted = sum(int(one["quantity"]) for one in csv.DictReader(file))
    rows = autotask.tenant("GET", "records/InventoryItems")
    on_hand = sum(row["quantityOnHand"] for row in rows)
    assert on_hand == counted + report.units_received - report.units_rejected
    assert autotask.post("PurchaseOrders/query/count", {"filter": [condition("id")]}) == {
        "queryCount": 500
    }
