"""Sales orders, purchase orders, production: what is checked and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandboxes.fusion_operations.play import BASE_URL, Play, line


def order(code: str = "SO-1", **more: Any) -> dict[str, Any]:
    return {"code": code, "client": "ACME", "products": [line("CAKE", "3", "12.50")], **more}


class TestSalesOrders:
    def test_an_order_without_shippings_gets_one(self, shop: Play) -> None:
        """Products sent in the order itself land in one shipping with the order's dates."""
        made = shop.make("sales-orders", **order(**{"due-date": "2025-03-20T09:00:00Z"}))

        (shipping,) = made["shippings"]
        assert shipping["code"] == "SO-1-1"
        assert shipping["due-date"] == "2025-03-20T09:00:00Z"
        assert shipping["status"] == made["status"] == "open"
        assert shipping["products"][0]["quantity-shipped"] == "0"
        assert made["creation-date"] == "2025-03-04T10:00:00Z"

    @pytest.mark.parametrize(
        "quantity, price, total",
        [
            ("300", "12.50", "3750.00"),
            ("1", "0.125", "0.13"),
            (3, 0.115, "0.35"),
            ("2", "0", "0.00"),
        ],
    )
    def test_price_is_unit_price_times_quantity(
        self, shop: Play, quantity: object, price: object, total: str
    ) -> None:
        """A line's price is rounded to cents, halves up, whatever spelling was sent."""
        made = shop.make("sales-orders", code="SO-1", products=[line("CAKE", quantity, price)])

        assert made["shippings"][0]["products"][0]["price"] == total

    def test_no_unit_price_gives_no_price(self, shop: Play) -> None:
        """A line without unit price has none, rather than zero."""
        made = shop.make("sales-orders", code="SO-1", products=[line("CAKE", "1")])

        assert made["shippings"][0]["products"][0]["price"] is None

    @pytest.mark.parametrize(
        "change, status, error, field",
        [
            ({"code": ""}, 400, "Missing mandatory field code", "code"),
            ({"client": "NOBODY"}, 400, "Unknown client 'NOBODY'", "client"),
            (
                {"products": [line("PIE", "1")]},
                400,
                "Unknown product 'PIE'",
                "shippings[0].products[0].product",
            ),
            ({"products": []}, 400, "Missing mandatory field products", "products"),
            (
                {"products": [{"product": "CAKE"}]},
                400,
                "Missing mandatory field shippings[0].products[0].quantity-ordered",
                "shippings[0].products[0].quantity-ordered",
            ),
            (
                {"products": [line("CAKE", "many")]},
                400,
                "shippings[0].products[0].quantity-ordered must be a number, not 'many'",
                "shippings[0].products[0].quantity-ordered",
            ),
            (
                {"creation-date": "2025-03-03"},
                400,
                "creation-date must be a date such as 2025-03-03T09:00:00Z, not '2025-03-03'",
                "creation-date",
            ),
            (
                {"status": "asleep"},
                400,
                "status must be one of open, closed, not 'asleep'",
                "status",
            ),
            ({"code": "SO-0"}, 409, "sales-order 'SO-0' already exists", "code"),
        ],
    )
    def test_what_does_not_fit_is_named(
        self, shop: Play, change: dict[str, Any], status: int, error: str, field: str
    ) -> None:
        """A refusal names the property and the value, and nothing is stored."""
        shop.make("sales-orders", **order("SO-0"))

        answer = shop.call("POST", "/sales-orders/", order() | change)

        assert (answer.status_code, answer.json()) == (status, {"error": error, "field": field})
        assert [found["code"] for found in shop.all("sales-orders")] == ["SO-0"]

    @pytest.mark.parametrize("body", [b"{", b'{"code": NaN}', b"\xff", b"[" * 100_000])
    def test_a_body_that_is_no_json(self, shop: Play, body: bytes) -> None:
        """The service's own words for it are "Invalid JSON"."""
        answer = shop.http.post(
            f"{BASE_URL}/api/v1/sales-orders/", params={"access_token": shop.token}, content=body
        )

        assert (answer.status_code, answer.json()) == (400, {"error": "Invalid JSON"})

    def test_codes_differ_by_case_unless_strict(self, shop: Play) -> None:
        """A second code in other case is another client, and refused with strict-codes."""
        assert shop.make("clients", code="acme")["code"] == "acme"

        shop.settings(strict_codes=True)

        answer = shop.call("POST", "/clients/", {"code": "Acme"})
        assert answer.status_code == 409
        assert "differs only by case" in answer.json()["error"]

    def test_put_replaces_what_is_listed_and_forgets_the_rest(self, shop: Play) -> None:
        """A property left out of a PUT falls back to its default; unknown ones are ignored."""
        made = shop.make("sales-orders", **order(observations="boxed", marketplace="Direct"))
        changed = {**made, "observations": "loose", "colour": "red"}
        del changed["marketplace"]

        answer = shop.call("PUT", f"/sales-orders/{made['id']}", changed)

        assert answer.status_code == 200
        assert answer.json() == {**made, "observations": "loose", "marketplace": None}

    def test_put_is_checked_like_post(self, shop: Play) -> None:
        """A PUT that names an unknown client is refused, and the order stays as it was."""
        made = shop.make("sales-orders", **order())

        answer = shop.call("PUT", f"/sales-orders/{made['id']}", {**made, "client": "NOBODY"})

        assert (answer.status_code, answer.json()["field"]) == (400, "client")
        assert shop.all("sales-orders") == [made]

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_tenant_whose_orders_cannot_be_changed(self, shop: Play, method: str) -> None:
        """PUT and DELETE of an order are 405 then, and it stays; clients can still be changed."""
        shop.make("suppliers", code="MILL", name="The Mill")
        made = {
            "sales-orders": shop.make("sales-orders", **order()),
            "purchase-orders": shop.make(
                "purchase-orders",
                code="PO-1",
                supplier="MILL",
                products=[{"product": "BUN", "quantity-ordered": "5"}],
            ),
        }
        shop.settings(can_change_orders=False)
        for path, entity in made.items():
            answer = shop.call(method, f"/{path}/{entity['id']}", {**entity, "code": "NEW"})

            assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
            assert "error" in answer.json()
            assert shop.all(path) == [entity]
        (acme,) = shop.all("clients")
        assert (
            shop.call("PUT", f"/clients/{acme['id']}", {**acme, "name": "Acme"}).status_code == 200
        )

        shop.settings(can_change_orders=True)

        (entity,) = shop.all("sales-orders")
        answer = shop.call(method, f"/sales-orders/{entity['id']}", entity)
        assert answer.status_code in {200, 204}

    def test_extra_properties_are_kept_where_set(self, shop: Play) -> None:
        """A property we know nothing of can be played, and a PUT without it loses it."""
        shop.settings(extra_properties=["dock"])
        made = shop.make("sales-orders", **order(dock="7"))
        assert made["dock"] == "7"

        bare = {name: value for name, value in made.items() if name != "dock"}

        assert "dock" not in shop.call("PUT", f"/sales-orders/{made['id']}", bare).json()

    def test_a_client_renamed_is_renamed_on_its_orders(self, shop: Play) -> None:
        """Orders follow their client to its new code."""
        shop.make("sales-orders", **order())
        (acme,) = shop.all("clients")

        shop.call("PUT", f"/clients/{acme['id']}", {**acme, "code": "ACME-2"})

        assert shop.all("sales-orders")[0]["client"] == "ACME-2"

    def test_what_is_used_cannot_be_deleted(self, shop: Play) -> None:
        """A client with an order stays; without it, it goes, and so does its code."""
        made = shop.make("sales-orders", **order())
        (acme,) = shop.all("clients")
        answer = shop.call("DELETE", f"/clients/{acme['id']}")
        assert answer.status_code == 409
        assert answer.json()["error"] == "'ACME' is used by sales-order 'SO-1'"

        assert shop.call("DELETE", f"/sales-orders/{made['id']}").status_code == 204
        assert shop.call("DELETE", f"/clients/{acme['id']}").status_code == 204

        assert shop.call("GET", f"/clients/{acme['id']}").status_code == 404
        assert shop.make("clients", code="ACME")["id"] != acme["id"]

    def test_orders_are_listed_as_they_were_made(self, shop: Play) -> None:
        """A list is a bare array in order of creation, also after an update."""
        for code in ("C", "A", "B"):
            shop.make("sales-orders", **order(code))
        first = shop.all("sales-orders")[0]

        shop.call("PUT", f"/sales-orders/{first['id']}", {**first, "observations": "late"})

        assert [found["code"] for found in shop.all("sales-orders")] == ["C", "A", "B"]


class TestShipping:
    def test_a_shipped_order_closes_with_its_production(self, shop: Play) -> None:
        """Shipping all of it closes the order and the production orders linked to it."""
        made = shop.make("sales-orders", **order())
        shop.make(
            "production-orders",
            sales_order="SO-1",
            products=[{"product": "CAKE", "quantity-ordered": 3}],
        )

        shipped = shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})

        assert shipped["status"] == "closed"
        assert shipped["shippings"][0]["status"] == "shipped"
        assert shipped["shippings"][0]["shipped-date"] == "2025-03-04T10:00:00Z"
        assert shop.all("production-orders")[0]["status"] == "closed"
        assert shop.call("DELETE", f"/sales-orders/{made['id']}").status_code == 409

    def test_a_part_shipped_leaves_it_open(self, shop: Play) -> None:
        """One of three is partially shipped; the movement and the stock say so too."""
        shop.make("sales-orders", **order())

        shop.control(
            "POST",
            "/companies/acme/ship",
            {
                "order": "SO-1",
                "quantities": [{"product": "CAKE", "quantity": "1"}],
                "date": "2025-03-05T23:30:00",
                "tracking-number": "1Z-TEST",
            },
        )

        (found,) = shop.all("sales-orders")
        (shipping,) = found["shippings"]
        assert (found["status"], shipping["status"]) == ("open", "partially-shipped")
        assert shipping["products"][0]["quantity-shipped"] == "1"
        assert shipping["tracking-number"] == "1Z-TEST"
        (movement,) = shop.all("inventory-movements")
        assert movement["type"] == "shipping"
        assert movement["quantity"] == "-1"
        assert movement["sales-order"] == "SO-1"
        # New York's half past eleven in the evening is the next day in UTC.
        assert movement["date"] == "2025-03-06T04:30:00Z"
        assert shop.call("GET", "/inventory/CAKE").json()["quantity"] == "-1"

    def test_a_shipping_is_shipped_by_its_code(self, shop: Play) -> None:
        """Of two shippings the named one goes, and the order stays open."""
        shop.make(
            "sales-orders",
            code="SO-2",
            shippings=[{"products": [line("CAKE", "1")]}, {"products": [line("BUN", "2")]}],
        )

        shipped = shop.control("POST", "/companies/acme/ship", {"order": "SO-2", "part": "SO-2-2"})

        assert [part["status"] for part in shipped["shippings"]] == ["open", "shipped"]
        assert shipped["status"] == "open"

    def test_progress_survives_a_put(self, shop: Play) -> None:
        """A PUT that does not repeat shipped quantities leaves them; it may not drop them."""
        made = shop.make("sales-orders", **order())
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})
        for part in made["shippings"]:
            for product in part["products"]:
                del product["quantity-shipped"]

        kept = shop.call("PUT", f"/sales-orders/{made['id']}", made)
        other = {"code": "SO-1", "shippings": [{"products": [line("CAKE", "3")]}]}
        dropped = shop.call("PUT", f"/sales-orders/{made['id']}", other)

        assert kept.json()["shippings"][0]["products"][0]["quantity-shipped"] == "3"
        assert dropped.status_code == 409


class TestPurchasing:
    def buy(self, play: Play) -> dict[str, Any]:
        play.make("suppliers", code="MILLCO", name="Mill & Co")
        play.make("products", code="FLOUR")
        return play.make(
            "purchase-orders",
            code="PUO-1",
            supplier="MILLCO",
            receivings=[
                {"products": [{"product": "FLOUR", "quantity-ordered": 100, "unit-cost": "0.80"}]}
            ],
        )

    def test_forty_of_a_hundred_received(self, play: Play) -> None:
        """A part received makes a movement with lot and cost, and leaves the order open."""
        assert self.buy(play)["receivings"][0]["products"][0]["cost"] == "80.00"

        received = play.control(
            "POST",
            "/companies/acme/receive",
            {"order": "PUO-1", "quantities": [{"product": "FLOUR", "quantity": "40", "lot": "L7"}]},
        )

        (part,) = received["receivings"]
        assert (received["status"], part["status"]) == ("open", "partially-received")
        assert part["products"][0]["lot"] == "L7"
        (movement,) = play.all("inventory-movements")
        assert (movement["quantity"], movement["lot"], movement["unit-cost"]) == (
            "40",
            "L7",
            "0.80",
        )
        stock = play.call("GET", "/inventory/FLOUR").json()
        assert stock["warehouses"] == [
            {"warehouse": "Main", "location": None, "lot": "L7", "quantity": "40"}
        ]

    def test_a_draft_waits_for_its_approval(self, play: Play) -> None:
        """Where approval is required an order starts as draft and is received once approved."""
        play.settings(approval_required=True)
        made = self.buy(play)
        assert made["approval-status"] == "draft"
        url = f"{BASE_URL}/sandbox/companies/acme/receive"
        assert play.http.post(url, json={"order": "PUO-1"}).status_code == 409

        approved = {**made, "approval-status": "approved"}
        play.call("PUT", f"/purchase-orders/{made['id']}", approved)

        assert play.http.post(url, json={"order": "PUO-1"}).json()["status"] == "closed"


class TestProduction:
    def test_the_last_piece_completes_the_order(self, play: Play) -> None:
        """Production records start an order, raise its progress and its stock, complete it."""
        play.stock_up()
        play.control("POST", "/companies/acme/entities/workers", {"number": "12", "name": "Rita A"})
        made = play.make(
            "production-orders",
            code="PO-1",
            status=0,
            products=[{"product": "CAKE", "quantity-ordered": 3}],
            workers_assigned=[{"number": "12"}],
        )
        assert (made["status"], made["running-status"]) == ("open", "notstarted")
        record = {
            "production-order": {"code": "PO-1"},
            "start-time": "2025-03-04T08:00:00Z",
            "end-time": "2025-03-04T10:15:00Z",
            "operation": {"code": "BAKE"},
            "worker": {"number": "12"},
            "quantity": "1",
        }

        first = play.make("productions", **record)
        assert first["worker"] == {"number": "12", "name": "Rita A"}
        assert play.call("GET", "/production-orders/", **{"running-status": "started"}).json()
        play.control("POST", "/companies/acme/produce", record | {"quantity": "2"})

        (found,) = play.all("production-orders")
        assert (found["status"], found["running-status"]) == ("completed", "started")
        assert play.call("GET", "/inventory/CAKE").json()["quantity"] == "3"
        assert play.call("DELETE", f"/production-orders/{made['id']}").status_code == 409
        (row,) = play.call("GET", "/reports/worker-labor-time").json()
        assert (row["worker"], row["date"], row["work-time"]) == ("12", "2025-03-04", 16200)

    @pytest.mark.parametrize("names", ["kebab", "snake"])
    @pytest.mark.parametrize("word", ["time", "date"])
    def test_a_record_has_times(self, shop: Play, names: str, word: str) -> None:
        """They are taken under an older name, too, and shown as start-time and end-time."""
        shop.control("POST", "/companies/acme/entities/workers", {"number": "12", "name": "Rita"})
        shop.make(
            "production-orders", code="PO-1", products=[{"product": "CAKE", "quantity-ordered": 1}]
        )
        shop.settings(names=names)
        start, end = "2025-03-04T08:00:00Z", "2025-03-04T09:00:00Z"
        mark = "-" if names == "kebab" else "_"
        body = {f"start{mark}{word}": start, f"end{mark}{word}": end, "worker": {"number": "12"}}
        body[f"production{mark}order"] = {"code": "PO-1"}
        made = shop.call("POST", "/productions/", body).json()

        assert (made[f"start{mark}time"], made[f"end{mark}time"]) == (start, end)
        assert f"start{mark}date" not in made
        (row,) = shop.call("GET", "/reports/worker-labor-time").json()
        assert row["work-time"] == 3600

    def test_a_record_names_its_order_and_worker(self, shop: Play) -> None:
        """An unknown production order or worker is refused by name."""
        record = {"start-time": "2025-03-04T08:00:00Z", "production-order": {"id": "7"}}

        order_lost = shop.call("POST", "/productions/", record)
        worker_lost = shop.call("POST", "/productions/", record | {"worker": {"number": "99"}})

        assert order_lost.json()["error"] == "Unknown production-order '7'"
        assert worker_lost.json()["error"] == "Unknown worker '99'"

    def test_activate_and_problem(self, shop: Play) -> None:
        """An order is activated by a call of its own; a problem needs a short message."""
        made = shop.make(
            "production-orders", products=[{"product": "CAKE", "quantity-ordered": "1"}]
        )
        path = f"/production-orders/{made['id']}"

        assert shop.call("POST", f"{path}/activate").json()["active"] is True
        assert shop.call("POST", f"{path}/problem", {"message": "?"}).status_code == 400
        assert (
            shop.call("POST", f"{path}/problem", {"short-message": "No flour"}).status_code == 200
        )


RECORD = {"start-time": "2025-03-04T08:00:00Z", "production-order": {"code": "PO-1"}}


class TestWhatIsChecked:
    @pytest.mark.parametrize(
        "resource, change, field",
        [
            ("clients", {"code": "  "}, "code"),
            ("clients", {"code": ["A"]}, "code"),
            ("clients", {"addresses": "Main St"}, "addresses"),
            ("clients", {"addresses": ["Main St"]}, "addresses[0]"),
            ("clients", {"addresses": [{"name": "x"}]}, "addresses[0].code"),
            ("suppliers", {"code": "X"}, "name"),
            ("products", {"active": "yes"}, "active"),
            ("products", {"tags": [True]}, "tags[0]"),
            ("products", {"custom-fields": [{"value": "x"}]}, "custom-fields[0]"),
            ("products", {"family": "NONE"}, "family"),
            ("inventory-movements", {"product": "CAKE", "quantity": "1"}, "type"),
            (
                "inventory-movements",
                {"product": "CAKE", "quantity": "NaN", "type": "adjustment"},
                "quantity",
            ),
            ("productions", RECORD | {"work-time": 1.5}, "work-time"),
            ("productions", RECORD | {"production-order": "PO-1"}, "production-order"),
            (
                "production-orders",
                {"products": [line("CAKE", "-1")]},
                "products[0].quantity-ordered",
            ),
            (
                "sales-orders",
                {"products": [line("CAKE", True)]},
                "shippings[0].products[0].quantity-ordered",
            ),
        ],
    )
    def test_each_kind_of_value(
        self, shop: Play, resource: str, change: dict[str, Any], field: str
    ) -> None:
        """A value of the wrong kind, or none where one is needed, is refused by its path."""
        answer = shop.call("POST", f"/{resource}/", {"code": "NEW", **change})

        assert (answer.status_code, answer.json()["field"]) == (400, field)

    @pytest.mark.parametrize("body", [[], "x", 7, None])
    def test_a_body_that_is_no_object(self, shop: Play, body: object) -> None:
        """JSON that is no object makes no entity."""
        assert shop.call("POST", "/sales-orders/", body).status_code == 400

    def test_days_are_stored_as_days(self, shop: Play) -> None:
        """An expiration date may be a day, or an instant that means the company's day."""
        movement = {"product": "CAKE", "quantity": "-1.50", "type": "adjustment"}
        for text in ("2025-12-31", "2026-01-01T03:00:00Z"):
            made = shop.make("inventory-movements", **movement, expiration_date=text)
            assert made["expiration-date"] == "2025-12-31"

        stock = shop.call("GET", f"/inventory/{shop.all('products')[0]['id']}").json()
        assert stock["quantity"] == "-3.00"


class TestProducts:
    def test_a_bill_of_materials_is_replaced(self, shop: Play) -> None:
        """The rows sent become the bill of materials; an unknown part is refused."""
        cake = shop.all("products")[0]
        path = f"/products/{cake['id']}/bom"

        done = shop.call("POST", path, {"bom": [{"product": "BUN", "quantity": "2"}]})
        lost = shop.call("POST", path, [{"product": "GOLD", "quantity": "2"}])

        assert done.json()["bom"] == [{"product": "BUN", "quantity": "2"}]
        assert lost.json() == {"error": "Unknown product 'GOLD'", "field": "bom[0].product"}

    def test_custom_fields_come_in_both_shapes(self, play: Play) -> None:
        """An object and an array of pairs say the same; the setting decides what is shown."""
        play.make("products", code="A", custom_fields={"QB Item": "Cakes:Straw"})
        play.make("products", code="B", custom_fields=[{"name": "QB Item", "value": 7}])

        arrays = [found["custom-fields"] for found in play.all("products")]
        play.settings(pairs="object")
        objects = [found["custom-fields"] for found in play.all("products")]

        assert arrays == [
            [{"name": "QB Item", "value": "Cakes:Straw"}],
            [{"name": "QB Item", "value": "7"}],
        ]
        assert objects == [{"QB Item": "Cakes:Straw"}, {"QB Item": "7"}]

    def test_two_addresses_of_one_code(self, play: Play) -> None:
        """Address codes are unique within the client; one address is the default."""
        twice = {"code": "X", "addresses": [{"code": "A"}, {"code": "A"}]}
        assert play.call("POST", "/clients/", twice).status_code == 409

        made = play.make("clients", code="X", addresses=[{"code": "A"}, {"code": "B"}])

        assert [part["default"] for part in made["addresses"]] == [True, False]

    def test_a_standard_time_is_patched(self, shop: Play) -> None:
        """Task durations know PATCH: only what is sent changes."""
        made = shop.make("task-durations", product="CAKE", operation="BAKE", duration="00H15")

        answer = shop.call("PATCH", f"/task-durations/{made['id']}", {"duration": "00H20"})

        assert answer.json() == {**made, "duration": "00H20"}


class TestClosedOrders:
    def make_orders(self, shop: Play) -> tuple[str, str]:
        """An order that is shipped whole, and so closed, and one that is not."""
        ids = []
        for code in ("SO-1", "SO-2"):
            made = shop.make("sales-orders", code=code, client="ACME", products=[line("CAKE", "1")])
            ids.append(made["id"])
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})
        return ids[0], ids[1]

    @pytest.mark.parametrize(
        "custom, asked, codes",
        [
            ("listed", None, ["SO-1", "SO-2"]),
            ("on-request", None, ["SO-2"]),
            ("on-request", "closed", ["SO-1"]),
            ("on-request", "open,closed", ["SO-1", "SO-2"]),
            ("listed", "open", ["SO-2"]),
        ],
    )
    def test_closed_orders_are_listed_as_is_the_custom(
        self, shop: Play, custom: str, asked: str | None, codes: list[str]
    ) -> None:
        """With the others or only when asked for; alone it is there in any case."""
        closed, _ = self.make_orders(shop)
        shop.settings(closed_orders=custom)
        query = {} if asked is None else {"status": asked}
        found = shop.call("GET", "/sales-orders/", **query).json()

        assert [each["code"] for each in found] == codes
        assert shop.call("GET", f"/sales-orders/{closed}").json()["status"] == "closed"

    def test_pages_keep_the_question(self, shop: Play) -> None:
        """The next page shows the same statuses, and other lists know no such custom."""
        self.make_orders(shop)
        shop.settings(closed_orders="on-request", paging=True, page_size=1)
        first = shop.call("GET", "/sales-orders/", status="open,closed")

        assert "status=open%2Cclosed" in first.headers["link"]
        assert len(shop.all("products")) == 1


class TestPeople:
    """What somebody does at the product's screens."""

    def test_a_record_made_over_the_api_has_its_time(self, shop: Play) -> None:
        """Without a work time of its own a record says how long it took, as the report does."""
        shop.control("POST", "/companies/acme/entities/workers", {"number": "12", "name": "Ria"})
        shop.make("production-orders", code="PO-1", products=[line("CAKE", 3)])
        record = shop.make(
            "productions",
            start_time="2025-03-05T04:30:00Z",
            end_time="2025-03-05T05:30:00Z",
            production_order={"code": "PO-1"},
            worker={"number": "12"},
        )

        rows = shop.call("GET", "/reports/worker-labor-time").json()

        assert record["work-time"] == 3600
        assert [(row["date"], row["work-time"]) for row in rows] == [
            ("2025-03-04", 1800),
            ("2025-03-05", 1800),
        ]

    @pytest.mark.parametrize("status", ["completed", "closed"])
    def test_finishing_a_production_order(self, shop: Play, status: str) -> None:
        """It is completed or closed, found by its code."""
        shop.make("production-orders", code="PO-1", products=[line("CAKE", 3)])

        shop.control("POST", "/companies/acme/finish", {"order": "PO-1", "status": status})

        assert [each["status"] for each in shop.all("production-orders")] == [status]

    def test_counting_stock(self, shop: Play) -> None:
        """What was counted is what is there: one adjustment, at that warehouse only."""
        (cake, _) = shop.all("products")
        for warehouse, quantity in (("Main", "5"), ("North", "2"), ("Main", "4"), ("Main", "4")):
            body = {"product": "CAKE", "quantity": quantity, "warehouse": warehouse}
            shop.control("POST", "/companies/acme/count", body)

        assert shop.call("GET", f"/inventory/{cake['id']}").json()["quantity"] == "6"
        assert [each["quantity"] for each in shop.all("inventory-movements")] == ["5", "2", "-1"]

    def test_goods_that_are_sent_back(self, shop: Play) -> None:
        """Rejected goods are noted and still waited for."""
        shop.make("purchase-orders", code="PUO-1", receivings=[{"products": [line("CAKE", 10)]}])
        goods = [{"product": "CAKE", "quantity": 7, "rejected": 2}]

        shop.control("POST", "/companies/acme/receive", {"order": "PUO-1", "quantities": goods})

        (order,) = shop.all("purchase-orders")
        (came,) = order["receivings"][0]["products"]
        assert (came["quantity-received"], came["quantity-rejected"]) == ("7", "2")
        assert order["status"] == "open"
        assert [each["quantity"] for each in shop.all("inventory-movements")] == ["7"]
