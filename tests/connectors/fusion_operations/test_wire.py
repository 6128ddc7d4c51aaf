"""JSON to documents and back, pure."""

from __future__ import annotations

from datetime import date, tzinfo
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.fusion_operations import FieldMap
from counterfoil.connectors.fusion_operations._wire import (
    merge_for_put,
    parse_client,
    parse_product,
    parse_purchase_order,
    parse_sales_order,
    parse_supplier,
    render_client,
    render_product,
    render_purchase_order,
    render_sales_order,
    render_supplier,
    same_order,
)
from counterfoil.documents import (
    Address,
    Contact,
    Customer,
    CustomField,
    DocumentStatus,
    InvalidDocument,
    Item,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    SalesOrder,
    Vendor,
    fingerprint,
)
from counterfoil.errors import SettingsError

NEW_YORK = ZoneInfo("America/New_York")
FIELDS = FieldMap()

# In the shape of section 3.5 of the reference; the values are made up.
ORDER: dict[str, Any] = {
    "id": "3007",
    "code": "SO-0815",
    "creation-date": "2025-03-03T09:00:00Z",
    "client": "ACME",
    "marketplace": "Direct",
    "status": "open",
    "archived": False,
    "observations": "",
    "custom-fields": [{"name": "Site", "value": "South"}],
    "shippings": [
        {
            "id": "4011",
            "code": "SO-0815-1",
            "due-date": "2025-03-20T00:00:00Z",
            "requested-date": "2025-03-18T00:00:00Z",
            "status": "open",
            "shipped-date": None,
            "products": [
                {
                    "product": "CAKE-RED",
                    "quantity-ordered": "40",
                    "quantity-shipped": "0",
                    "unit-price": "12.50",
                    "price": "500.00",
                    "observations": "boxed",
                }
            ],
        }
    ],
}


def sales_order(raw: object, zone: tzinfo = NEW_YORK, fields: FieldMap = FIELDS) -> SalesOrder:
    return parse_sales_order(raw, zone, fields)


def renamed(value: Any, spell: Any) -> Any:
    """Spell every property otherwise."""
    if isinstance(value, dict):
        return {spell(name): renamed(inner, spell) for name, inner in value.items()}
    return [renamed(inner, spell) for inner in value] if isinstance(value, list) else value


def camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part.title() for part in rest)


class TestSalesOrder:
    def test_every_property_has_its_place(self) -> None:
        """Every property lands where the trade would look for it."""
        assert sales_order(ORDER) == SalesOrder(
            id="3007",
            number="SO-0815",
            customer=Reference("ACME"),
            sales_channel="Direct",
            created_on=date(2025, 3, 3),
            # Midnight in UTC is the evening before in New York.
            due_on=date(2025, 3, 19),
            custom_fields=(CustomField("Site", "South"),),
            lines=(
                OrderLine(
                    id="4011:1",
                    item=Reference("CAKE-RED"),
                    quantity=Quantity(Decimal(40)),
                    unit_price=Money(Decimal("12.50")),
                    amount=Money(Decimal("500.00")),
                    notes="boxed",
                ),
            ),
        )

    @pytest.mark.parametrize(
        "spell",
        [lambda name: name.replace("-", "_"), camel, str.upper],
        ids=["snake", "camel", "up"],
    )
    def test_any_spelling_is_read(self, spell: Any) -> None:
        """kebab-case, snake_case and camelCase give the same order."""
        assert sales_order(renamed(ORDER, spell)) == sales_order(ORDER)

    def test_numbers_objects_and_flat_fields(self) -> None:
        """Ids and amounts as numbers, a client as object, custom fields as one object."""
        other = {
            **ORDER,
            "id": 3007,
            "client": {"id": 5, "code": " ACME ", "name": "Acme"},
            "custom-fields": {"Site": "South"},
        }

        assert sales_order(other) == sales_order(ORDER)

    def test_lines_of_all_shippings(self) -> None:
        """Two shippings give all their lines in order; the earliest due date counts."""
        shipping = ORDER["shippings"][0]
        second = {**shipping, "id": None, "due-date": "2025-03-10T12:00:00Z"}

        order = sales_order({**ORDER, "shippings": [shipping, second]})

        assert [line.id for line in order.lines] == ["4011:1", "3007:2:1"]
        assert order.due_on == date(2025, 3, 10)

    def test_an_order_without_nested_shippings(self) -> None:
        """Lines in the order itself count as its only delivery."""
        shipping = ORDER["shippings"][0]
        flat = {name: value for name, value in ORDER.items() if name != "shippings"}

        order = sales_order(
            {**flat, "products": shipping["products"], "due-date": shipping["due-date"]}
        )

        assert [line.id for line in order.lines] == ["3007:1:1"]
        assert order.due_on == date(2025, 3, 19)

    @pytest.mark.parametrize(
        "change, status",
        [
            ({}, DocumentStatus.OPEN),
            ({"status": None}, DocumentStatus.OPEN),
            ({"status": "Closed"}, DocumentStatus.CLOSED),
            ({"archived": True}, DocumentStatus.CLOSED),
            ({"status": "draft"}, DocumentStatus.DRAFT),
            ({"status": "canceled", "archived": True}, DocumentStatus.CANCELLED),
        ],
    )
    def test_status(self, change: dict[str, Any], status: DocumentStatus) -> None:
        """Archived counts as closed, unless the order was withdrawn."""
        assert sales_order({**ORDER, **change}).status is status

    def test_an_unknown_status_is_not_guessed(self) -> None:
        """A word nobody has mapped leaves the order out, and says how to map it."""
        raw = {**ORDER, "status": "Sleeping"}
        with pytest.raises(InvalidDocument, match=r"map it as status\.sleeping"):
            sales_order(raw)

        fields = FieldMap.of({"status.sleeping": "draft"})

        assert sales_order(raw, fields=fields).status is DocumentStatus.DRAFT

    def test_a_mapped_name(self) -> None:
        """A tenant's own name for a property is one override away."""
        raw = {**ORDER, "customer-code": "BRIK"}

        order = sales_order(raw, fields=FieldMap.of({"sales-order.client": "customer-code"}))

        assert order.customer == Reference("BRIK")

    @pytest.mark.parametrize(
        "change, where",
        [
            ({"id": None}, "id"),
            ({"code": " "}, "code"),
            ({"creation-date": "yesterday"}, "creation-date"),
            ({"shippings": "none"}, "shippings"),
            ({"shippings": [7]}, "shippings[0]"),
            (
                {"shippings": [{"products": [{"quantity-ordered": "1"}]}]},
                "shippings[0].products[0].product",
            ),
            (
                {"shippings": [{"products": [{"product": "X", "quantity-ordered": "1,5"}]}]},
                "shippings[0].products[0].quantity-ordered",
            ),
            (
                {"shippings": [{"products": [{"product": "X", "unit-price": True}]}]},
                "shippings[0].products[0].unit-price",
            ),
            ({"archived": "perhaps"}, "archived"),
        ],
    )
    def test_what_is_no_order_is_named(self, change: dict[str, Any], where: str) -> None:
        """What makes no document says which property it is."""
        with pytest.raises(InvalidDocument) as caught:
            sales_order({**ORDER, **change})

        assert caught.value.where == where

    def test_an_empty_order(self) -> None:
        """An order without lines is one; who receives it decides."""
        assert sales_order({"id": "1", "code": "X"}).lines == ()

    def test_progress_is_no_change(self) -> None:
        """Shipping an order does not change its fingerprint; another quantity does."""
        shipped = renamed(ORDER, str)
        shipped["status"] = "closed"
        shipped["shippings"][0]["products"][0]["quantity-shipped"] = "40"
        other = renamed(ORDER, str)
        other["shippings"][0]["products"][0]["quantity-ordered"] = "41"

        assert fingerprint(sales_order(shipped)) == fingerprint(sales_order(ORDER))
        assert fingerprint(sales_order(other)) != fingerprint(sales_order(ORDER))


class TestRenderedSalesOrder:
    def test_dates_are_the_companys_midnights(self) -> None:
        """A calendar day leaves as an instant with a designator (1.5)."""
        body = render_sales_order(sales_order(ORDER), NEW_YORK, FIELDS)

        assert body["creation-date"] == "2025-03-03T05:00:00Z"
        assert body["shippings"][0]["due-date"] == "2025-03-19T04:00:00Z"

    def test_what_is_not_said_is_not_sent(self) -> None:
        """A line without price, a document without customer: the property stays away."""
        order = SalesOrder(
            id="",
            number="1",
            lines=(
                OrderLine(item=Reference("CAKE"), quantity=Quantity(Decimal(2)), description="Red"),
                OrderLine(description="Thank you"),
            ),
        )

        assert render_sales_order(order, NEW_YORK, FIELDS) == {
            "code": "1",
            "shippings": [
                {"products": [{"product": "CAKE", "quantity-ordered": "2", "observations": "Red"}]}
            ],
        }

    def test_an_address_is_free_text(self) -> None:
        """The order's address is written line by line and read as lines."""
        order = SalesOrder(
            id="", number="1", delivery_address=Address(("Acme", "1 Main St"), "Springfield", "OR", "97477")
        )  # fmt: skip

        text = render_sales_order(order, NEW_YORK, FIELDS)["shippings"][0]["delivery-address"]

        assert text == "Acme\n1 Main St\nSpringfield OR 97477"

    amounts = st.decimals("0", "1e9", places=5).map(Decimal.normalize)

    @given(
        lines=st.lists(st.tuples(amounts, st.none() | amounts), min_size=1, max_size=5),
        created=st.dates(date(2000, 1, 1), date(2050, 1, 1)),
        zone=st.sampled_from(["America/New_York", "Europe/Lisbon", "Pacific/Apia", "Asia/Beirut"]),
    )
    def test_what_is_written_is_read(
        self, lines: list[tuple[Decimal, Decimal | None]], created: date, zone: str
    ) -> None:
        """Whatever the lines, the day and the zone, an order comes back as it was sent."""
        sent = SalesOrder(
            id="9",
            number="SO-9",
            customer=Reference("ACME"),
            created_on=created,
            due_on=created,
            memo="müde",
            lines=tuple(
                OrderLine(
                    id=f"9:1:{index}",
                    item=Reference("CAKE"),
                    quantity=Quantity(quantity),
                    unit_price=None if price is None else Money(price),
                )
                for index, (quantity, price) in enumerate(lines, start=1)
            ),
        )
        body = render_sales_order(sent, ZoneInfo(zone), FIELDS)

        found = sales_order({**body, "id": "9"}, ZoneInfo(zone))

        assert found == sent
        assert same_order(sent, found)


class TestSameOrder:
    sent = sales_order(ORDER)

    @pytest.mark.parametrize(
        "path, value, is_same",
        [
            (("observations",), "edited since", True),
            (("status",), "closed", True),
            (("client",), "BRIK", False),
            (("code",), "SO-2", False),
            (("shippings", 0, "due-date"), "2025-04-01T00:00:00Z", True),
            (("shippings", 0, "products", 0, "quantity-ordered"), "40.0", True),
            (("shippings", 0, "products", 0, "quantity-ordered"), "41", False),
            (("shippings", 0, "products", 0, "unit-price"), "12.51", False),
            (("shippings", 0, "products", 0, "product"), "BUN", False),
        ],
    )
    def test_party_items_quantities_and_prices_decide(
        self, path: tuple[Any, ...], value: str, is_same: bool
    ) -> None:
        """Texts and dates may have been edited since; what was ordered may not."""
        raw = renamed(ORDER, str)
        holder = raw
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value

        assert same_order(self.sent, sales_order(raw)) is is_same


class TestRecords:
    def test_a_client(self) -> None:
        """Documents name clients by code; the name is what stands on papers."""
        client = parse_client(
            {
                "id": 3,
                "code": "ACME",
                "name": "Acme Bakeries",
                "vat-number": "US-1",
                "addresses": [
                    {"code": "A", "address": "2 Side St", "default": False},
                    {"code": "B", "address": "1 Main St\nSuite 4", "city": "Springfield", "country": "US", "default": True},
                ],
                "contacts": [{"name": "Ana", "phone": "555-0100", "email": "ana@acme.example"}],
            },
            NEW_YORK,
            FIELDS,
        )  # fmt: skip

        assert client == Customer(
            id="3",
            name="ACME",
            full_name="ACME",
            company_name="Acme Bakeries",
            tax_number="US-1",
            billing_address=Address(("1 Main St", "Suite 4"), "Springfield", country="US"),
            contact=Contact("Ana", "555-0100", "ana@acme.example"),
        )

    def test_a_product(self) -> None:
        """The name is the description, observations are notes, tags stay as written."""
        product = parse_product(
            {
                "id": "7",
                "code": "CAKE-RED",
                "name": "Red cake",
                "observations": "chill",
                "tags": ["Quickbooks"],
                "custom-fields": [{"name": "QB Item", "value": "Cakes:Red"}],
                "active": False,
            },
            NEW_YORK,
            FIELDS,
        )

        assert product == Item(
            id="7",
            name="CAKE-RED",
            full_name="CAKE-RED",
            description="Red cake",
            notes="chill",
            tags=("Quickbooks",),
            custom_fields=(CustomField("QB Item", "Cakes:Red"),),
            is_active=False,
        )

    @pytest.mark.parametrize(
        "tags",
        [["A", "B"], [{"name": "A"}, {"name": "B"}], "A, B"],
        ids=["texts", "objects", "text"],
    )
    def test_tags_in_three_shapes(self, tags: object) -> None:
        """An array of texts, of objects, and one text say the same."""
        item = parse_product({"id": 1, "code": "X", "tags": tags}, NEW_YORK, FIELDS)

        assert item.tags == ("A", "B")

    def test_records_come_back(self) -> None:
        """A client, a supplier and a product written are the ones read."""
        contact = Contact(phone="555-0100", email="a@b.example")
        client = Customer(
            id="1", name="Ä&B:C", full_name="Ä&B:C", company_name="Ä & B", contact=contact,
            billing_address=Address(("1 Main St",), "Springfield", "OR", "97477", "US"),
        )  # fmt: skip
        vendor = Vendor(
            id="2", name="MILL", full_name="MILL", company_name="Mill Co", contact=contact,
            billing_address=Address(("1 Main St", "Springfield")),
        )  # fmt: skip
        item = Item(
            id="3", name="CAKE", full_name="CAKE", description="Cake", notes="cold", unit="un",
            tags=("Quickbooks",), custom_fields=(CustomField("A", "b"),),
        )  # fmt: skip

        rows: list[tuple[Any, Any, Any]] = [
            (client, render_client, parse_client),
            (vendor, render_supplier, parse_supplier),
            (item, render_product, parse_product),
        ]
        for record, render, parse in rows:
            body = render(record, NEW_YORK, FIELDS)
            assert parse({**body, "id": record.id}, NEW_YORK, FIELDS) == record

    def test_a_record_of_the_books_gets_code_and_name(self) -> None:
        """Without a name for papers, code and name are the full name (IN-SO)."""
        customer = Customer(id="", name="Kitchen", full_name="Abercrombie:Kitchen")

        assert render_client(customer, NEW_YORK, FIELDS) == {
            "code": "Abercrombie:Kitchen",
            "name": "Abercrombie:Kitchen",
        }


class TestPurchaseOrder:
    # In the shape of section 3.6 of the reference.
    raw: ClassVar[dict[str, Any]] = {
        "id": "6301", "code": "PUO-17", "supplier": "MILLCO",
        "creation-date": "2025-03-01T08:00:00Z", "active": True,
        "approval-status": "approved", "status": "open", "notes": "",
        "external-notes": "ring twice",
        "receivings": [
            {
                "id": "7401", "due-date": "2025-03-10T00:00:00Z",
                "status": "partially-received", "received-date": "2025-03-09T13:20:00Z",
                "products": [
                    {
                        "product": "FLOUR", "quantity-ordered": "100", "quantity-received": "40",
                        "unit-cost": "0.80", "lot": "L5",
                    }
                ],
            }
        ],
    }  # fmt: skip

    def test_every_property_has_its_place(self) -> None:
        """Ordered quantities and costs by line, notes for us and for the vendor apart."""
        order = parse_purchase_order(self.raw, NEW_YORK, FIELDS)

        assert order == PurchaseOrder(
            id="6301",
            number="PUO-17",
            vendor=Reference("MILLCO"),
            created_on=date(2025, 3, 1),
            due_on=date(2025, 3, 9),
            message_to_vendor="ring twice",
            lines=(
                PurchaseLine(
                    id="7401:1",
                    item=Reference("FLOUR"),
                    quantity=Quantity(Decimal(100)),
                    unit_cost=Money(Decimal("0.80")),
                ),
            ),
        )

    @pytest.mark.parametrize(
        "change, status",
        [
            ({"approval-status": None}, DocumentStatus.OPEN),
            ({"approval-status": "draft"}, DocumentStatus.DRAFT),
            ({"approval-status": "in_review"}, DocumentStatus.DRAFT),
            ({"approval-status": "rejected"}, DocumentStatus.CANCELLED),
            ({"active": False}, DocumentStatus.DRAFT),
            ({"status": "closed"}, DocumentStatus.CLOSED),
        ],
    )
    def test_approval_decides_first(self, change: dict[str, Any], status: DocumentStatus) -> None:
        """What is not approved is a draft, what was rejected is cancelled."""
        order = parse_purchase_order({**self.raw, **change}, NEW_YORK, FIELDS)

        assert order.status is status

    def test_it_comes_back(self) -> None:
        """A purchase order written is the one read."""
        sent = parse_purchase_order(self.raw, NEW_YORK, FIELDS)
        body = render_purchase_order(sent, NEW_YORK, FIELDS)
        body["receivings"][0]["id"] = "7401"

        assert parse_purchase_order({**body, "id": "6301"}, NEW_YORK, FIELDS) == sent


class TestMergeForPut:
    def test_a11_what_we_do_not_know_is_kept(self) -> None:
        """A11: unknown properties survive at every depth, under their own spelling."""
        current = {
            "id": "1",
            "colour": "red",
            "custom_fields": [{"name": "A", "value": "1", "locked": True}],
            "shippings": [{"id": "7", "dock": "3", "due_date": "x"}],
        }

        merged = merge_for_put(
            current,
            {
                "custom-fields": [{"name": "B", "value": "2"}, {"name": "A", "value": "9"}],
                "shippings": [{"id": "7", "due-date": "y"}],
            },
        )

        assert merged == {
            "id": "1",
            "colour": "red",
            "custom_fields": [
                {"name": "B", "value": "2"},
                {"name": "A", "value": "9", "locked": True},
            ],
            "shippings": [{"id": "7", "dock": "3", "due_date": "y"}],
        }

    def test_elements_without_identity_are_matched_by_place(self) -> None:
        """Lines have no id: the first changes the first; one left out is gone."""
        current = {"products": [{"product": "A", "x": 1}, {"product": "B", "x": 2}]}

        assert merge_for_put(current, {"products": [{"product": "C"}]}) == {
            "products": [{"product": "C", "x": 1}]
        }

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "name", "a-b", "c"]), inner, max_size=3)
            ),
            max_leaves=10,
        )
    )
    def test_no_change_changes_nothing(self, value: Any) -> None:
        """Merging an object with itself, or with nothing, gives it back."""
        current = {"x": value}

        assert merge_for_put(current, {}) == current
        assert set(merge_for_put(current, current)) == {"x"}


class TestFieldMap:
    def test_a_key_that_is_none(self) -> None:
        """A misspelt key is refused with the nearest ones that exist."""
        with pytest.raises(SettingsError, match=r"did you mean .*sales-order\.client"):
            FieldMap.of({"sales-order.clients": "customer"})

    def test_a_status_that_is_none(self) -> None:
        """Their word may be anything, ours is one of four."""
        with pytest.raises(SettingsError, match="must be open, closed, draft or cancelled"):
            FieldMap.of({"status.sleeping": "asleep"})
