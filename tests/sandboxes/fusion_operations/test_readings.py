"""The readings that the documentation leaves open, the faults, and what survives."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from tests.sandboxes.fusion_operations.play import BASE_URL, HOST, FakeClock, Play, line, playing


@pytest.fixture
def sold(shop: Play) -> Play:
    """A company with one order of two shippings, the first of them shipped."""
    shop.make(
        "sales-orders",
        code="SO-1",
        client="ACME",
        creation_date="2025-07-01T23:30:00",
        shippings=[
            {"due-date": "2025-07-20T00:00:00", "products": [line("CAKE", "2", "1.50")]},
            {"products": [line("BUN", "5", "0.25")]},
        ],
    )
    shop.control("POST", "/companies/acme/ship", {"order": "SO-1", "part": "SO-1-1"})
    return shop


class TestShippingModes:
    def test_mode_b_shows_lines_with_progress(self, sold: Play) -> None:
        """Without nested shippings the order's own lines tell what was shipped."""
        sold.settings(shipping_mode="B")

        (order,) = sold.all("sales-orders")

        assert "shippings" not in order
        assert [product["quantity-shipped"] for product in order["products"]] == ["2", "0"]
        assert order["due-date"] == "2025-07-20T04:00:00Z"

    def test_mode_d_shows_movements_only(self, sold: Play) -> None:
        """Lines say what was ordered; what was shipped stands in the movements."""
        sold.settings(shipping_mode="D")

        (order,) = sold.all("sales-orders")
        (movement,) = sold.all("inventory-movements")

        assert all("quantity-shipped" not in product for product in order["products"])
        assert (movement["sales-order"], movement["product"]) == ("SO-1", "CAKE")
        assert movement["shipping"] == sold.dump("sales-orders")[0]["shippings"][0]["id"]

    def test_a_flat_order_can_be_written_back(self, shop: Play) -> None:
        """In mode B what was read may be sent back; the one shipping keeps its id."""
        shop.make("sales-orders", code="SO-1", products=[line("CAKE", "2")])
        before = shop.dump("sales-orders")[0]["shippings"][0]["id"]
        shop.settings(shipping_mode="B")
        (order,) = shop.all("sales-orders")

        answer = shop.call("PUT", f"/sales-orders/{order['id']}", order)

        assert answer.json() == order
        assert shop.dump("sales-orders")[0]["shippings"][0]["id"] == before


class TestSpelling:
    def test_snake_case(self, sold: Play) -> None:
        """The switch renames every property, nested ones too, and takes both spellings."""
        sold.settings(names="snake")

        (order,) = sold.all("sales-orders")
        made = sold.call(
            "POST",
            "/sales-orders/",
            {
                "code": "SO-2",
                "due_date": "2025-03-20T00:00:00Z",
                "products": [{"product": "CAKE", "quantity_ordered": 1, "unit_price": "2"}],
            },
        )

        assert order["shippings"][0]["products"][0]["quantity_ordered"] == "2"
        assert not any("-" in name for name in order)
        assert made.json()["shippings"][0]["due_date"] == "2025-03-20T00:00:00Z"
        assert made.json()["shippings"][0]["products"][0]["price"] == "2.00"

    def test_numbers_as_numbers(self, sold: Play) -> None:
        """The switch writes JSON numbers with the decimals they have."""
        sold.settings(numbers="number")

        text = sold.call("GET", "/sales-orders/").text

        assert '"quantity-ordered":2,' in text
        assert '"unit-price":1.50,' in text

    @pytest.mark.parametrize(
        "dates, shown",
        [
            ("utc", "2025-07-02T03:30:00Z"),
            ("offset", "2025-07-01T23:30:00-04:00"),
            ("local", "2025-07-01T23:30:00"),
        ],
    )
    def test_dates(self, sold: Play, dates: str, shown: str) -> None:
        """A date sent without zone is the company's, and is shown as set."""
        sold.settings(dates=dates)

        assert sold.all("sales-orders")[0]["creation-date"] == shown

    @pytest.mark.parametrize(
        "text", ["2025-03-03T12:00:00+01:00", "2025-03-03T12:00:00+0100", "2025-03-03T12:00:00+01"]
    )
    def test_offsets_in_three_spellings(self, shop: Play, text: str) -> None:
        """All three spellings of an offset are one instant."""
        made = shop.make(
            "sales-orders", code="SO-1", creation_date=text, products=[line("CAKE", 1)]
        )

        assert made["creation-date"] == "2025-03-03T11:00:00Z"


class TestLists:
    def test_pages_are_linked(self, play: Play) -> None:
        """With paging on, every element is on exactly one page, found by the links."""
        for number in range(5):
            play.make("clients", code=f"C{number}")
        play.settings(paging=True, page_size=2)
        codes = []
        answer = play.call("GET", "/clients/")
        while True:
            codes.append([found["code"] for found in answer.json()])
            if "next" not in answer.links:
                break
            url = answer.links["next"]["url"]
            assert url.startswith(f"{BASE_URL}/api/v1/clients/")
            assert play.token not in url
            answer = play.http.get(httpx2.URL(url).copy_merge_params({"access_token": play.token}))

        assert codes == [["C0", "C1"], ["C2", "C3"], ["C4"]]

    def test_wrapped(self, play: Play) -> None:
        """The wrapper holds the list, and with paging the next page's address."""
        for number in range(3):
            play.make("clients", code=f"C{number}")
        play.settings(wrapper=True, paging=True, page_size=2)

        body = play.call("GET", "/clients/").json()

        assert [found["code"] for found in body["clients"]] == ["C0", "C1"]
        assert body["next"] == f"{BASE_URL}/api/v1/clients/?page=2&page-size=2"

    def test_the_feed_is_off_until_activated(self, sold: Play) -> None:
        """Activated, it tells each change once, in order, from where one left off."""
        assert sold.call("GET", "/changes-feed-channels/").status_code == 403

        sold.settings(changes_feed=True)
        channels = {
            row["channel"]: row["last-sequence"]
            for row in sold.call("GET", "/changes-feed-channels/").json()
        }
        lines = sold.call("GET", "/changes-feed-channels/sales-orders", since="0").json()

        assert [row["action"] for row in lines] == ["created", "updated"]
        assert lines[-1]["sequence"] == channels["sales-orders"]
        last = str(channels["sales-orders"])
        assert sold.call("GET", "/changes-feed-channels/sales-orders", since=last).json() == []


class TestFaults:
    @pytest.mark.parametrize(
        "kind, status, is_done",
        [
            ("error-before", 500, False),
            ("error-after", 500, True),
            ("html", 502, False),
            ("html-ok", 200, False),
            ("unauthorized", 401, False),
            ("too-many", 429, False),
            ("truncated", 201, True),
        ],
    )
    def test_a_fault_strikes_where_it_is_set(
        self, play: Play, kind: str, status: int, is_done: bool
    ) -> None:
        """Each kind answers as named, once, and has or has not carried out the write."""
        play.sign_in()
        play.fault(kind, method="POST", path="/clients/*")

        answer = play.call("POST", "/clients/", {"code": "ACME"})

        assert answer.status_code == status
        assert [found["code"] for found in play.dump("clients")] == ["ACME"] * is_done
        play.sign_in()
        assert play.call("POST", "/clients/", {"code": "NEXT"}).status_code == 201

    @pytest.mark.parametrize("kind, is_done", [("timeout-before", False), ("timeout-after", True)])
    def test_a_timeout_says_nothing(self, play: Play, kind: str, is_done: bool) -> None:
        """The caller waits in vain; before or after the write was carried out."""
        play.sign_in()
        play.fault(kind, method="POST")

        with pytest.raises(httpx2.ReadTimeout):
            play.call("POST", "/clients/", {"code": "ACME"})

        assert [found["code"] for found in play.dump("clients")] == ["ACME"] * is_done

    def test_skip_and_times(self, play: Play) -> None:
        """A fault can let some calls pass and then strike several times."""
        play.fault("error-before", path="/clients/", skip=1, times=2)

        statuses = [play.call("GET", "/clients/").status_code for _ in range(4)]

        assert statuses == [200, 500, 500, 200]

    def test_an_element_twice(self, play: Play) -> None:
        """A list can show an element twice."""
        play.make("clients", code="ACME")
        play.fault("duplicate")

        assert [found["code"] for found in play.all("clients")] == ["ACME", "ACME"]

    def test_an_unknown_fault_is_refused(self, play: Play) -> None:
        """A misspelt fault is told, rather than never striking."""
        answer = play.http.post(f"{HOST}/fusion/sandbox/faults", json={"kind": "gremlins"})

        assert answer.status_code == 400


class TestPersistence:
    def test_everything_but_tokens_survives(self, tmp_path: Path) -> None:
        """After a restart entities, settings, clock and feed are there, and ids go on."""
        clock = FakeClock()
        with playing(directory=tmp_path, clock=clock) as play:
            play.stock_up()
            play.make("sales-orders", code="SO-1", products=[line("CAKE", "1")])
            gone = play.make("clients", code="GONE")
            play.call("DELETE", f"/clients/{gone['id']}")
            play.settings(shipping_mode="B", changes_feed=True)
            play.control("POST", "/clock", {"advance-seconds": 3600})
            before = play.control("GET", "/companies/acme/dump")
            token = play.token

        with playing(directory=tmp_path, clock=clock) as play:
            assert play.control("GET", "/companies/acme/dump") == before
            assert play.control("GET", "/clock") == {"now": "2025-03-04T11:00:00Z"}
            play.token = token
            assert play.call("GET", "/clients/").status_code == 401
            play.token = ""
            assert "products" in play.all("sales-orders")[0]
            assert int(play.make("clients", code="NEW")["id"]) > int(gone["id"])
            assert len(play.call("GET", "/changes-feed-channels/clients").json()) == 4

    def test_a_refused_write_leaves_nothing(self, tmp_path: Path) -> None:
        """A record refused after its order was found has not started that order."""
        with playing(directory=tmp_path) as play:
            play.stock_up()
            play.make("production-orders", products=[{"product": "CAKE", "quantity-ordered": "1"}])
            order_id = play.all("production-orders")[0]["id"]
            record = {
                "start-time": "2025-03-04T08:00:00Z",
                "production-order": {"id": order_id},
                "product": "GOLD",
            }
            assert play.call("POST", "/productions/", record).status_code == 400

        with playing(directory=tmp_path) as play:
            assert play.all("production-orders")[0]["running-status"] == "notstarted"

    def test_a_reset_company_stays_empty(self, tmp_path: Path) -> None:
        """What was reset does not come back with a restart, and its feed begins anew."""
        with playing(directory=tmp_path) as play:
            play.stock_up()
            play.control("POST", "/reset", {})

        with playing(directory=tmp_path) as play:
            play.settings(changes_feed=True)
            assert play.call("GET", "/changes-feed-channels/").json() == []
            assert play.all("products") == []

    def test_reset_empties_a_company(self, shop: Play) -> None:
        """Entities, counts and faults go; the company, its keys and settings stay."""
        shop.fault("error-before", times=99)

        shop.control("POST", "/reset", {"company": "acme"})

        shop.sign_in()
        assert shop.all("clients") == []
        assert shop.calls()["accepted"] == 2
