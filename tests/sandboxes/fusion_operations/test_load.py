"""Filling a company from CSV files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from counterfoil.sandboxes.fusion_operations import LoadError, LoadReport, load_folder
from counterfoil.sandboxes.fusion_operations.load import product_code
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, Play, playing

NORTHWIND = Path(__file__).resolve().parents[4] / "shared" / "data" / "northwind"

FILES = {
    "customers.csv": """\
customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone
ACME,Acme Bäckerei,Ana,Owner,1 Main St,Springfield,OR,97477,USA,555-0100
""",
    "products.csv": """\
product_id,name,quantity_per_unit,unit_price
1,Strawberry cake,1 box,12.50
2,A cake whose name is longer than any item may be,2 boxes,3
""",
    "orders.csv": """\
order_id,customer_id,order_date,required_date,freight,ship_name,ship_address,ship_city,ship_region,ship_postal_code,ship_country
700,ACME,2025-07-01,2025-07-20,3.25,Acme,1 Main St,Springfield,,97477,USA
""",
    "order_lines.csv": """\
order_id,product_id,unit_price,quantity,discount
700,1,12.50,3,0.05
700,2,9.8,10,0
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def load(play: Play, folder: Path) -> LoadReport:
    return load_folder(BASE_URL, KEY, SECRET, folder, http=play.http, sleep=play.clock.wait)


class TestSmallFolder:
    def test_rows_become_entities(self, play: Play, folder: Path) -> None:
        """Codes, names, addresses, local dates and net prices are those of the files."""
        report = load(play, folder)

        (client,) = play.all("clients")
        assert (client["code"], client["name"]) == ("ACME", "Acme Bäckerei")
        assert client["addresses"][0]["city"] == "Springfield"
        assert [(p["code"], p["observations"]) for p in play.all("products")] == [
            ("Strawberry cake", "1 box"),
            ("A cake whose name is longer t~2", "2 boxes"),
        ]
        (order,) = play.all("sales-orders")
        assert order["creation-date"] == "2025-07-01T04:00:00Z"
        (shipping,) = order["shippings"]
        assert shipping["delivery-address"] == "Acme\n1 Main St\nSpringfield 97477\nUSA"
        assert [line["unit-price"] for line in shipping["products"]] == ["11.875", "9.8"]
        assert report.created == {"clients": 1, "products": 2, "suppliers": 0, "sales-orders": 1}
        assert (report.order_lines, report.total) == (2, Decimal("133.63"))
        assert report.freight_left_out == Decimal("3.25")

    def test_loading_twice_adds_nothing(self, play: Play, folder: Path) -> None:
        """What is there by its code is counted and left alone."""
        load(play, folder)

        report = load(play, folder)

        assert set(report.created.values()) == {0}
        assert report.already_there["sales-orders"] == 1
        assert len(play.all("sales-orders")) == 1

    def test_progress_is_told(self, play: Play, folder: Path) -> None:
        """Each entity is reported with how many of how many are done."""
        seen: list[tuple[str, int, int]] = []

        load_folder(
            BASE_URL, KEY, SECRET, folder, http=play.http, progress=lambda *step: seen.append(step)
        )

        assert seen == [
            ("clients", 1, 1), ("products", 1, 2), ("products", 2, 2), ("sales-orders", 1, 1),
        ]  # fmt: skip

    def test_the_limit_comes_back(self, play: Play, folder: Path) -> None:
        """The company's rate limit is lifted while loading and set again afterwards."""
        load(play, folder)

        assert play.control("GET", f"/companies/{KEY}")["settings"]["rate-limit"] == 120
        assert play.calls()["rejected"] == 0

    def test_a_limit_that_cannot_be_lifted_is_obeyed(self, play: Play, folder: Path) -> None:
        """A service without the switch answers 404 there; 429 is then waited for."""

        class WithoutControls(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                if "/sandbox/" in request.url.path:
                    return httpx2.Response(404)
                return play.transport.handle_request(request)

        play.settings(rate_limit=3)
        with httpx2.Client(transport=WithoutControls()) as http:
            report = load_folder(BASE_URL, KEY, SECRET, folder, http=http, sleep=play.clock.wait)

        assert report.created["sales-orders"] == 1
        assert play.clock.waits == [60.0]
        assert play.calls()["impatient"] == 0

    def test_a_wrong_secret_is_told(self, play: Play, folder: Path) -> None:
        """The service's refusal reaches the caller."""
        with pytest.raises(httpx2.HTTPStatusError, match="401"):
            load_folder(BASE_URL, KEY, "wrong", folder, http=play.http)


class TestBadFiles:
    @pytest.mark.parametrize(
        "name, old, new, message",
        [
            (
                "order_lines.csv",
                "12.50,3",
                "12.50,three",
                "order_lines.csv, row 2, column quantity: must be a number (found 'three')",
            ),
            (
                "order_lines.csv",
                "12.50,3",
                "12.50,3e999999999",
                (
                    "order_lines.csv, row 2, column quantity: has more than 15 digits before or "
                    "behind the point (found '3e999999999')"
                ),
            ),
            (
                "order_lines.csv",
                ",0.05",
                ",5",
                "order_lines.csv, row 2, column discount: must be between 0 and 1 (found '5')",
            ),
            (
                "order_lines.csv",
                "12.50,3,0.05",
                "12.5055,3,0.055",
                (
                    "order_lines.csv, row 2, column unit_price: less its discount has more than 5 "
                    "decimals: 11.8176975 (found '12.5055')"
                ),
            ),
            (
                "order_lines.csv",
                "700,2",
                "700,9",
                "order_lines.csv, row 3, column product_id: is not in products.csv (found '9')",
            ),
            (
                "orders.csv",
                "2025-07-20",
                "20/07/2025",
                (
                    "orders.csv, row 2, column required_date: must be a date such as 2025-03-01 "
                    "(found '20/07/2025')"
                ),
            ),
            (
                "orders.csv",
                "700,ACME",
                "701,ACME",
                "orders.csv, row 2, column order_id: has no row in order_lines.csv (found '701')",
            ),
            ("products.csv", "name,", "title,", "products.csv, row 1: there is no column 'name'"),
            (
                "customers.csv",
                "\nACME,",
                "\n,",
                "customers.csv, row 2, column customer_id: must not be empty (found '')",
            ),
        ],
    )
    def test_a_bad_file_is_named_with_row_column_and_value(
        self, play: Play, folder: Path, name: str, old: str, new: str, message: str
    ) -> None:
        """One sentence says where; nothing has been sent."""
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        if name == "orders.csv" and "701" in new:
            lines = (folder / "order_lines.csv").read_text("utf-8").splitlines()[0]
            (folder / "order_lines.csv").write_text(lines + "\n", encoding="utf-8")

        with pytest.raises(LoadError) as caught:
            load(play, folder)

        assert str(caught.value) == message
        assert play.dump("clients") == []

    def test_a_missing_or_binary_file(self, play: Play, folder: Path) -> None:
        """A file that is not there, or is no text, is named too."""
        (folder / "orders.csv").write_bytes(b"order_id\xff\xfe\n")
        with pytest.raises(LoadError, match=r"orders\.csv, row \d+: is no CSV file in UTF-8"):
            load(play, folder)

        (folder / "orders.csv").unlink()
        with pytest.raises(LoadError, match=r"orders\.csv, row 1: there is no such file"):
            load(play, folder)


PURCHASES = {
    "products.csv": "product_id,name,number\n1,Adjustable Race,AR-5381\n2,Ball,BA-8327\n",
    "vendors.csv": "vendor_id,account_number,name,active\n9,MILL0001,Mill & Co,1\n",
    "purchase_orders.csv": (
        "purchase_order_id,status,vendor_id,order_date\n7,Complete,9,2022-04-15\n"
    ),
    "purchase_order_lines.csv": (
        "purchase_order_id,due_date,quantity,product_id,unit_price,received,rejected\n"
        "7,2022-04-29,10,1,50.2600,6.00,2.00\n"
        "7,2022-04-29,3,2,0.5,0.00,0.00\n"
    ),
    "inventory.csv": "product_id,location_id,quantity\n1,1,400\n1,6,24\n",
    "locations.csv": "location_id,name\n1,Tool Crib\n",
}
DEEDS = {
    "shipments.csv": "order_id,product_id,quantity,shipped_date\n700,1,2,2025-07-20\n",
    "work.csv": (
        "production_order_id,product_id,quantity,worker_number,worker_name,operation,started,ended\n"
        "MO-1,1,5,W-1,Mara,Baking,2025-07-01T08:00:00,2025-07-01T12:00:00\n"
        "MO-1,1,5,W-2,Ned,Packing,2025-07-01T12:00:00,2025-07-01T13:30:00\n"
    ),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class TestPurchases:
    """Folders in the columns of the public AdventureWorks data."""

    def test_what_came_and_what_was_rejected(self, play: Play, tmp_path: Path) -> None:
        """Goods are received as the lines say; what was rejected is not in stock any more."""
        report = load(play, write(tmp_path, PURCHASES))

        (order,) = play.all("purchase-orders")
        (receiving,) = order["receivings"]
        assert (order["code"], order["supplier"]) == ("7", "MILL0001")
        assert [
            (
                each["product"],
                each["quantity-ordered"],
                each["quantity-received"],
                each["unit-cost"],
            )
            for each in receiving["products"]
        ] == [("AR-5381", "10", "6", "50.26"), ("BA-8327", "3", "0", "0.5")]
        moved = sum(Decimal(each["quantity"]) for each in play.dump("inventory-movements"))
        assert moved == 400 + 24 + 6 - 2
        places = {each["warehouse"] for each in play.dump("inventory-movements")}
        assert places == {"Main", "Tool Crib", "6"}
        assert report.created == {
            "clients": 0, "products": 2, "suppliers": 1, "sales-orders": 0, "purchase-orders": 1,
            "inventory-movements": 3, "receivings": 1,
        }  # fmt: skip

    def test_twice_moves_nothing_again(self, play: Play, tmp_path: Path) -> None:
        """What was there before was received and counted before, too."""
        folder = write(tmp_path, PURCHASES)
        load(play, folder)
        before = play.dump("inventory-movements")

        report = load(play, folder)

        assert play.dump("inventory-movements") == before
        assert set(report.created.values()) == {0}

    def test_shipments_and_hours(self, play: Play, folder: Path) -> None:
        """Part of an order leaves; workers' hours stand with their production order."""
        report = load(play, write(folder, DEEDS))

        (order,) = play.all("sales-orders")
        shipped = [each["quantity-shipped"] for each in order["shippings"][0]["products"]]
        assert shipped == ["2", "0"]
        hours = play.dump("productions")
        assert [(each["worker"]["name"], each["quantity"]) for each in hours] == [
            ("Mara", "0"),
            ("Ned", "5"),
        ]
        assert hours[0]["production-order"]["code"] == "MO-1"
        assert (report.created["shippings"], report.created["productions"]) == (1, 2)
        assert play.dump("production-orders")[0]["status"] == "completed"

    @pytest.mark.parametrize(
        "name, old, new, message",
        [
            (
                "purchase_orders.csv",
                ",9,",
                ",8,",
                "column vendor_id: is not in the list of vendors",
            ),
            ("purchase_order_lines.csv", ",6.00,", ",six,", "column received: must be a number"),
            ("inventory.csv", "1,6,", "3,6,", "row 3, column product_id: is not in products.csv"),
        ],
    )
    def test_what_does_not_fit_is_named(
        self, play: Play, tmp_path: Path, name: str, old: str, new: str, message: str
    ) -> None:
        """File, row and column; nothing has been sent."""
        write(tmp_path, PURCHASES | {name: PURCHASES[name].replace(old, new, 1)})

        with pytest.raises(LoadError, match=message):
            load(play, tmp_path)

        assert play.dump("products") == []


class TestProductCode:
    def test_a_code_fits_31_characters(self) -> None:
        """A name of 31 characters is the code; a longer one is cut before its id."""
        assert product_code("1", "x" * 31) == "x" * 31
        assert product_code("65", "Louisiana Fiery Hot Pepper Sauce") == (
            "Louisiana Fiery Hot Pepper S~65"
        )


@pytest.fixture(scope="module")
def northwind() -> Iterator[tuple[Play, LoadReport]]:
    if not NORTHWIND.is_dir():
        pytest.skip("the Northwind data is not beside the checkout (../shared/data/northwind)")
    with playing() as play:
        yield play, load(play, NORTHWIND)


class TestNorthwind:
    def test_all_of_it_arrives(self, northwind: tuple[Play, LoadReport]) -> None:
        """830 orders with 2,155 lines, 91 customers, 77 products and 29 suppliers."""
        play, report = northwind

        assert report.created == {
            "clients": 91, "products": 77, "suppliers": 29, "sales-orders": 830,
        }  # fmt: skip
        assert report.order_lines == 2155
        assert report.total == Decimal("1265793.29")
        assert len({order["code"] for order in play.all("sales-orders")}) == 830

    def test_the_list_of_all_orders_is_quick(self, northwind: tuple[Play, LoadReport]) -> None:
        """All 830 orders are listed in less than 0.3 seconds of computing."""
        play, _ = northwind
        play.all("clients")
        started = time.process_time()

        answer = play.call("GET", "/sales-orders/")

        assert time.process_time() - started < 0.3
        assert len(answer.json()) == 830
