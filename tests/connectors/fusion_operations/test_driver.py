"""The connector against the sandbox: operations in, outcomes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from counterfoil.connectors.fusion_operations import (
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
    probe,
)
from counterfoil.documents import (
    Customer,
    CustomField,
    DocumentKind,
    Item,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
    Shipment,
    Vendor,
    WorkEntry,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    Missing,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
    WriteField,
)
from counterfoil.sandboxes.fusion_operations import load_folder
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, Play, line

MakeClient = Callable[..., FusionClient]
Kind = TypeVar("Kind", bound=Outcome)

NORTHWIND = Path(__file__).resolve().parents[4] / "shared" / "data" / "northwind"


def order(number: str | None = "SO-1", *lines: OrderLine, **more: Any) -> SalesOrder:
    return SalesOrder(
        **{
            "id": "",
            "number": number,
            "customer": Reference("ACME"),
            "created_on": date(2025, 3, 3),
            "lines": lines or (sold("CAKE", "3", "12.50"),),
            **more,
        }
    )


def sold(item: str, quantity: str, price: str) -> OrderLine:
    return OrderLine(
        item=Reference(item),
        quantity=Quantity(Decimal(quantity)),
        unit_price=Money(Decimal(price)),
    )


def creating(document: SalesOrder | PurchaseOrder, id_: str = "op") -> CreateDocument:
    is_sale = isinstance(document, SalesOrder)
    kind = DocumentKind.SALES_ORDER if is_sale else DocumentKind.PURCHASE_ORDER
    return CreateDocument(id=id_, kind=kind, document=document, key=f"key-{id_}")


def adding(kind: RecordKind, record: Customer | Item | Vendor) -> CreateRecord:
    return CreateRecord(id="op", kind=kind, record=record, key="key")


def ask(driver: FusionOperations, operation: Operation, *, recovers: bool = False) -> Outcome:
    ((id_, outcome),) = driver.perform(
        Batch(operations=(operation,), key="batch-1", recovers=recovers)
    )
    assert id_ == operation.id
    return outcome


def expect(type_: type[Kind], outcome: Outcome) -> Kind:
    assert isinstance(outcome, type_), outcome
    return outcome


def page(outcome: Outcome) -> Page:
    found = expect(Done, outcome).page
    assert found is not None
    return found


def orders(play: Play) -> list[str]:
    return [found["code"] for found in play.dump("sales-orders")]


class TestDescribe:
    def test_what_it_says(self, driver: FusionOperations) -> None:
        """A reachable tenant is described by what the connection knows and we can do."""
        facts = expect(Done, ask(driver, Describe(id="op"))).facts

        assert facts["reachable"] == "true"
        assert facts["time_zone"] == "America/New_York"
        assert facts["records"] == "customer item vendor"
        assert facts["creates"] == "customer item purchase-order sales-order vendor"

    def test_a_wrong_secret(self, make_client: MakeClient) -> None:
        """A key that is refused is a matter for an administrator."""
        driver = FusionOperations(make_client(secret="wrong"), Company(zone=NEW_YORK))

        refused = expect(Refused, ask(driver, Describe(id="op")))

        assert (refused.code, refused.refusal.code) == ("401", "permission-missing")


class TestReading:
    def test_lists_are_snapshots(self, shop: Play, driver: FusionOperations) -> None:
        """Every list is read whole, and what it lacks is gone."""
        found = page(ask(driver, ReadRecords(id="op", kind=RecordKind.ITEM, limit=1)))

        assert [record.full_name for record in found.records] == ["CAKE", "BUN"]
        assert found.is_snapshot
        assert found.next is None

    def test_records_of_each_kind(self, shop: Play, driver: FusionOperations) -> None:
        """Clients are customers, suppliers are vendors; other lists are not kept there."""
        shop.make("suppliers", code="MILLCO", name="Mill Co")

        (customer,) = page(ask(driver, ReadRecords(id="op", kind=RecordKind.CUSTOMER))).records
        (vendor,) = page(ask(driver, ReadRecords(id="op", kind=RecordKind.VENDOR))).records
        refused = expect(Refused, ask(driver, ReadRecords(id="op", kind=RecordKind.ACCOUNT)))

        assert isinstance(customer, Customer)
        assert customer.company_name == "Acme Bakeries"
        assert isinstance(vendor, Vendor)
        assert refused.refusal.code == "feature-missing"

    def test_one_bad_document_spoils_nothing(self, shop: Play, make_client: MakeClient) -> None:
        """What makes no document is told by name, and since it is there, nothing is gone."""
        shop.settings(extra_properties=["mood"])
        bad = shop.make("sales-orders", code="SO-1", products=[line("CAKE", 1)], mood="asleep")
        shop.make("sales-orders", code="SO-2", products=[line("CAKE", 1)], mood="open")
        shop.make("sales-orders", code="SO-3", products=[line("CAKE", 1)], mood="closed")
        client = make_client(fields=FieldMap.of({"sales-order.status": "mood"}))
        driver = FusionOperations(client, Company(zone=NEW_YORK))

        found = page(ask(driver, ReadDocuments(id="op", kind=DocumentKind.SALES_ORDER)))

        assert [document.number for document in found.documents] == ["SO-2", "SO-3"]
        (told,) = found.unreadable
        assert (told.id, told.number) == (bad["id"], "SO-1")
        assert (told.field, told.value) == ("mood", "asleep")
        assert told.sentence.startswith("“SO-1” could not be read: Mood is a status Counterfoil")
        assert found.is_snapshot

    def test_an_element_shown_twice_counts_once(self, shop: Play, driver: FusionOperations) -> None:
        """A list that repeats an element gives it once."""
        shop.fault("duplicate", path="/clients/")

        found = page(ask(driver, ReadRecords(id="op", kind=RecordKind.CUSTOMER)))

        assert len(found.records) == 1

    def test_a_list_is_read_once_per_batch(self, shop: Play, driver: FusionOperations) -> None:
        """Ten questions about orders and shipments cost one call."""
        shop.make("sales-orders", code="SO-1", products=[line("CAKE", 1)])
        questions: list[Operation] = [
            FindDocument(id=f"f{number}", kind=DocumentKind.SALES_ORDER, numbers=(f"SO-{number}",))
            for number in range(9)
        ]
        questions.append(ReadDocuments(id="s", kind=DocumentKind.SHIPMENT))

        outcomes = dict(driver.perform(Batch(operations=tuple(questions))))

        assert page(outcomes["f1"]).documents[0].number == "SO-1"
        assert {page(outcomes[f"f{n}"]).documents for n in (0, *range(2, 9))} == {()}
        assert shop.calls()["calls"]["GET /sales-orders/"] == 1

    def test_nothing_tells_of_deletions(self, driver: FusionOperations) -> None:
        """A question for deletions is answered with none, without a call."""
        assert page(ask(driver, ReadDeletions(id="op"))) == Page()

    @pytest.mark.parametrize("mode, is_dated", [("A", True), ("B", False), ("D", True)])
    def test_shipments_in_every_way(
        self, shop: Play, client: FusionClient, mode: str, is_dated: bool
    ) -> None:
        """Nested, by lines, or by movements: the same shipment, its day where it is told."""
        shop.make(
            "sales-orders",
            code="SO-1",
            client="ACME",
            products=[line("CAKE", 3, 2), line("BUN", 1)],
        )
        shop.make("sales-orders", code="SO-2", client="ACME", products=[line("CAKE", 1)])
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})
        shop.settings(shipping_mode=mode)
        driver = FusionOperations(
            client,
            Company(zone=NEW_YORK, shipments_from="movements" if mode == "D" else "orders"),
        )

        (found,) = page(ask(driver, ReadDocuments(id="op", kind=DocumentKind.SHIPMENT))).documents

        assert isinstance(found, Shipment)
        assert found.order_number == "SO-1"
        assert [entry.moved.value for entry in found.lines] == [3, 1]
        assert (found.shipped_on == date(2025, 3, 4)) is is_dated

    def test_receipts_and_work(self, shop: Play, driver: FusionOperations) -> None:
        """Receivings and production records are read as documents too."""
        shop.make("suppliers", code="MILLCO", name="Mill Co")
        product = {"product": "CAKE", "quantity-ordered": 100}
        shop.make(
            "purchase-orders", code="PUO-1", supplier="MILLCO", receivings=[{"products": [product]}]
        )
        shop.control(
            "POST",
            "/companies/acme/receive",
            {"order": "PUO-1", "quantities": [{"product": "CAKE", "quantity": 40}]},
        )
        shop.control("POST", "/companies/acme/entities/workers", {"number": "7", "name": "Ria"})
        shop.make("production-orders", code="PO-1", products=[product])
        shop.control(
            "POST",
            "/companies/acme/produce",
            {
                "production-order": {"code": "PO-1"},
                "worker": {"number": "7"},
                "start-time": "2025-03-04T08:00:00Z",
                "end-time": "2025-03-04T08:20:00Z",
            },
        )

        (receipt,) = page(ask(driver, ReadDocuments(id="op", kind=DocumentKind.RECEIPT))).documents
        (work,) = page(ask(driver, ReadDocuments(id="op", kind=DocumentKind.WORK_ENTRY))).documents

        assert receipt.id == shop.dump("purchase-orders")[0]["receivings"][0]["id"]
        assert isinstance(work, WorkEntry)
        assert (work.minutes, work.worker.name) == (20, "Ria")

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"names": "snake"},
            {"numbers": "number", "dates": "offset"},
            {"dates": "local", "pairs": "object"},
            {"wrapper": True, "paging": True, "page_size": 1},
        ],
    )
    def test_every_reading_gives_the_same_order(
        self, shop: Play, driver: FusionOperations, settings: dict[str, Any]
    ) -> None:
        """However the tenant spells it, the order and so its fingerprint are the same."""
        made = shop.make(
            "sales-orders",
            code="SO-1",
            client="ACME",
            creation_date="2025-07-01T23:30:00",
            custom_fields=[{"name": "Site", "value": "South"}],
            shippings=[
                {"due-date": "2025-07-20T00:00:00", "products": [line("CAKE", "2.5", "1.20")]},
                {"products": [line("BUN", "1")]},
            ],
        )
        first, second = made["shippings"]
        shop.make("sales-orders", code="SO-2", products=[line("CAKE", 1)])
        shop.settings(**settings)

        found = page(ask(driver, ReadDocuments(id="op", kind=DocumentKind.SALES_ORDER))).documents

        assert len(found) == 2
        assert found[0] == SalesOrder(
            id=made["id"],
            number="SO-1",
            customer=Reference("ACME"),
            created_on=date(2025, 7, 1),
            due_on=date(2025, 7, 20),
            custom_fields=(CustomField("Site", "South"),),
            lines=(
                OrderLine(
                    id=f"{first['id']}:1",
                    item=Reference("CAKE"),
                    quantity=Quantity(Decimal("2.5")),
                    unit_price=Money(Decimal("1.20")),
                    amount=Money(Decimal("3.00")),
                ),
                OrderLine(
                    id=f"{second['id']}:1", item=Reference("BUN"), quantity=Quantity(Decimal(1))
                ),
            ),
        )


class TestCreating:
    def test_an_order(self, shop: Play, driver: FusionOperations) -> None:
        """The outcome names what the service now has: id, number and line ids."""
        sent = order("SO-1", sold("CAKE", "3", "12.50"), OrderLine(description="Thank you"))

        done = expect(Done, ask(driver, creating(sent)))

        (stored,) = shop.dump("sales-orders")
        (shipping,) = stored["shippings"]
        assert (done.id, done.number) == (stored["id"], "SO-1")
        assert done.line_ids == (f"{shipping['id']}:1",)
        assert done.note == "Lines without an item were left out: 1."
        assert stored["creation-date"] == "2025-03-03T05:00:00Z"
        assert shipping["products"][0]["price"] == "37.50"

    def test_a_purchase_order(self, shop: Play, driver: FusionOperations) -> None:
        """Purchase orders go the same way."""
        shop.make("suppliers", code="MILLCO", name="Mill Co")
        sent = PurchaseOrder(
            id="",
            number="PUO-1",
            vendor=Reference("MILLCO"),
            lines=(PurchaseLine(item=Reference("CAKE"), quantity=Quantity(Decimal(2))),),
        )

        done = expect(Done, ask(driver, creating(sent)))

        assert done.id == shop.dump("purchase-orders")[0]["id"]

    def test_records(self, play: Play, driver: FusionOperations) -> None:
        """Clients, products and suppliers are created and come back as records."""
        customer = Customer(id="", name="C", full_name="A:C", company_name="C Ltd")
        for kind, record, resource in (
            (RecordKind.CUSTOMER, customer, "clients"),
            (RecordKind.ITEM, Item(id="", name="X", full_name="X"), "products"),
            (RecordKind.VENDOR, Vendor(id="", name="V", full_name="V"), "suppliers"),
        ):
            done = expect(Done, ask(driver, adding(kind, record)))

            (stored,) = play.dump(resource)
            assert done.record is not None
            assert (done.id, done.record.full_name) == (stored["id"], record.full_name)

    @pytest.mark.parametrize(
        "sent, code, where",
        [
            (order(None), "value-unfit", "number"),
            (order("SO-1", OrderLine(description="Hello")), "nothing-to-send", None),
            (
                order("SO-1", OrderLine(item=Reference("CAKE"))),
                "value-unfit",
                "lines[0].quantity",
            ),
        ],
    )
    def test_what_cannot_be_an_order_there(
        self, shop: Play, driver: FusionOperations, sent: SalesOrder, code: str, where: str | None
    ) -> None:
        """A document the service would refuse is refused before any call."""
        before = shop.calls()["accepted"]

        refused = expect(Refused, ask(driver, creating(sent)))

        assert (refused.refusal.code, refused.refusal.where) == (code, where)
        assert refused.code is None
        assert shop.calls()["accepted"] == before

    def test_an_unknown_code_is_named(self, shop: Play, driver: FusionOperations) -> None:
        """The service's own words reach the bookkeeper, and its property as a line of the order."""
        sent = order("SO-1", sold("PIE", "1", "1"))

        refused = expect(Refused, ask(driver, creating(sent)))

        assert (refused.code, refused.refusal.code) == ("400", "rejected")
        assert "Unknown product 'PIE'" in refused.refusal.sentence
        assert refused.refusal.where == "lines[0].item"

    def test_a_number_somebody_else_has(self, shop: Play, driver: FusionOperations) -> None:
        """A different order of that number is a matter for a person, who may adopt it."""
        made = shop.make("sales-orders", code="SO-1", client="ACME", products=[line("BUN", 1)])

        refused = expect(Refused, ask(driver, creating(order("SO-1"))))

        assert (refused.code, refused.refusal.code) == ("409", "number-taken")
        assert refused.refusal.choices[0].arguments == {"id": made["id"]}
        assert len(orders(shop)) == 1

    def test_a_number_that_is_the_same_order(self, shop: Play, driver: FusionOperations) -> None:
        """An order sent before, its answer lost and forgotten, counts as done."""
        first = expect(Done, ask(driver, creating(order("SO-1"))))

        again = expect(Done, ask(driver, creating(order("SO-1"))))

        assert again == first
        assert orders(shop) == ["SO-1"]

    def test_a_list_read_before_a_write_is_not_trusted_after_it(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """An order created in the same batch is found, though the list was read before."""
        find = FindDocument(id="find", kind=DocumentKind.SALES_ORDER, numbers=("SO-1",))
        operations = (find, creating(order("SO-1"), "one"), creating(order("SO-1"), "two"))

        outcomes = dict(driver.perform(Batch(operations=operations, key="b")))

        assert page(outcomes["find"]).documents == ()
        assert expect(Done, outcomes["two"]).id == expect(Done, outcomes["one"]).id

    def test_a_record_that_is_there(self, shop: Play, driver: FusionOperations) -> None:
        """A client of exactly that code counts as created."""
        customer = Customer(id="", name="ACME", full_name="ACME")

        done = expect(Done, ask(driver, adding(RecordKind.CUSTOMER, customer)))

        assert done.id == shop.dump("clients")[0]["id"]
        assert done.note == "“ACME” was already there."

    def test_a_record_that_differs_by_case(self, shop: Play, driver: FusionOperations) -> None:
        """Where the service tells codes apart by more than case, a person decides."""
        shop.settings(strict_codes=True)
        customer = Customer(id="", name="Acme", full_name="Acme")

        refused = expect(Refused, ask(driver, adding(RecordKind.CUSTOMER, customer)))

        assert refused.refusal.code == "name-taken"
        assert "“ACME”" in refused.refusal.sentence

    def test_kinds_that_are_not_kept_there(self, driver: FusionOperations) -> None:
        """What Fusion Operations does not have is refused, not attempted."""
        invoice = CreateDocument(id="op", kind=DocumentKind.INVOICE, document=order("1"), key="k")

        assert expect(Refused, ask(driver, invoice)).refusal.code == "feature-missing"


class TestWritingAField:
    def test_a11_everything_else_stays(self, shop: Play, driver: FusionOperations) -> None:
        """A11: one custom field is set; unknown properties and other fields are kept."""
        shop.settings(extra_properties=["dock"])
        made = shop.make(
            "sales-orders",
            code="SO-1",
            dock={"door": "7"},
            custom_fields=[{"name": "Site", "value": "South"}],
            products=[line("CAKE", 1)],
        )
        write = WriteField(
            id="op",
            kind=DocumentKind.SALES_ORDER,
            document_id=made["id"],
            name="QB Number",
            value="1042",
        )

        expect(Done, ask(driver, write))

        (stored,) = shop.dump("sales-orders")
        pairs = [*made["custom-fields"], {"name": "QB Number", "value": "1042"}]
        assert stored == {**made, "custom-fields": pairs}

    def test_a_document_that_is_gone(self, play: Play, driver: FusionOperations) -> None:
        """A field of a deleted order cannot be written: it is missing."""
        write = WriteField(
            id="op", kind=DocumentKind.SALES_ORDER, document_id="1/2", name="A", value="b"
        )

        expect(Missing, ask(driver, write))

    def test_in_the_tenants_own_shape(self, shop: Play, driver: FusionOperations) -> None:
        """Where custom fields are one object, an object is sent back."""
        made = shop.make("sales-orders", code="SO-1", products=[line("CAKE", 1)])
        shop.settings(pairs="object", names="snake")
        write = WriteField(
            id="op", kind=DocumentKind.SALES_ORDER, document_id=made["id"], name="A", value="b"
        )

        expect(Done, ask(driver, write))

        assert shop.dump("sales-orders")[0]["custom-fields"] == [{"name": "A", "value": "b"}]


FAULTS = [
    ("error-before", False),
    ("error-after", True),
    ("timeout-before", False),
    ("timeout-after", True),
    ("truncated", True),
    ("html", False),
    ("html-ok", False),
]


class TestLostAnswers:
    @pytest.mark.parametrize("fault, is_done", FAULTS)
    def test_a5_every_write_exactly_once(
        self, shop: Play, driver: FusionOperations, fault: str, is_done: bool
    ) -> None:
        """A5: after a lost answer the order is looked up by its code: done, or safe to send."""
        shop.fault(fault, method="POST", path="/sales-orders/")
        operation = creating(order("SO-1"))

        expect(Unknown, ask(driver, operation))
        outcome = ask(driver, operation, recovers=True)
        if isinstance(outcome, Missing):
            assert not is_done
            outcome = ask(driver, operation)

        assert expect(Done, outcome).id == shop.dump("sales-orders")[0]["id"]
        assert orders(shop) == ["SO-1"]

    @pytest.mark.parametrize("fault, is_done", FAULTS)
    def test_a_record_exactly_once(
        self, play: Play, driver: FusionOperations, fault: str, is_done: bool
    ) -> None:
        """A client whose creation was lost is found by its code, or sent again."""
        play.fault(fault, method="POST", path="/clients/")
        operation = adding(RecordKind.CUSTOMER, Customer(id="", name="ACME", full_name="ACME"))

        expect(Unknown, ask(driver, operation))
        found = ask(driver, operation, recovers=True)

        assert isinstance(found, Done if is_done else Missing)
        assert expect(Done, ask(driver, operation)).id == play.dump("clients")[0]["id"]

    @pytest.mark.parametrize("fault", ["unauthorized", "too-many"])
    def test_what_was_refused_unread_just_goes_again(
        self, shop: Play, driver: FusionOperations, fault: str
    ) -> None:
        """A 401 or 429 in mid-run was no attempt: the client itself sends again."""
        driver.perform(Batch(operations=(Describe(id="op"),)))
        shop.fault(fault, method="POST", path="/sales-orders/")

        expect(Done, ask(driver, creating(order("SO-1"))))

        assert orders(shop) == ["SO-1"]

    def test_recovery_does_not_take_a_strangers_order(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """A different order under our number is not what became of ours."""
        shop.make("sales-orders", code="SO-1", client="ACME", products=[line("BUN", 1)])

        outcome = ask(driver, creating(order("SO-1")), recovers=True)

        assert expect(Refused, outcome).refusal.code == "number-taken"

    def test_an_answer_that_names_nothing(self, shop: Play, make_client: MakeClient) -> None:
        """A 201 whose order cannot be read was carried out: it is looked up, not repeated."""
        strange = FieldMap.of({"sales-order.id": "uid"})
        driver = FusionOperations(make_client(fields=strange), Company(zone=NEW_YORK))

        unknown = expect(Unknown, ask(driver, creating(order("SO-1"))))

        assert "uid: is missing" in unknown.reason
        assert orders(shop) == ["SO-1"]

    def test_what_may_be_done_again_is_not_looked_up(self, driver: FusionOperations) -> None:
        """A custom field may be written twice, a reading asked twice."""
        write = WriteField(
            id="op", kind=DocumentKind.SALES_ORDER, document_id="1", name="A", value="b"
        )

        expect(Missing, ask(driver, write, recovers=True))
        expect(Done, ask(driver, Describe(id="op"), recovers=True))

    def test_a_scope_that_does_not_cover_it(self, shop: Play, make_client: MakeClient) -> None:
        """A key that may not write is a matter for an administrator, not for each document."""
        driver = FusionOperations(make_client(scopes=("reports",)), Company(zone=NEW_YORK))

        refused = expect(Refused, ask(driver, creating(order("SO-1"))))

        assert (refused.code, refused.refusal.code) == ("403", "permission-missing")

    def test_recovery_writes_nothing(self, shop: Play, driver: FusionOperations) -> None:
        """A recovery looks every write up with one call per list, and sends none."""
        batch = Batch(
            operations=tuple(creating(order(f"SO-{n}"), f"op{n}") for n in range(5)),
            key="batch-1",
            recovers=True,
        )

        outcomes = driver.perform(batch)

        assert {type(outcome) for _, outcome in outcomes} == {Missing}
        assert orders(shop) == []
        assert shop.calls()["calls"]["GET /sales-orders/"] == 1

    def test_one_bad_document_spoils_nothing(self, shop: Play, driver: FusionOperations) -> None:
        """In a batch a refused, a lost and a good order each get their own outcome."""
        shop.fault("error-after", method="POST", path="/sales-orders/", skip=1)
        batch = Batch(
            operations=(
                creating(order("SO-1", sold("PIE", "1", "1")), "bad"),
                creating(order("SO-2"), "lost"),
                creating(order("SO-3"), "good"),
            ),
            key="batch-1",
        )

        outcomes = dict(driver.perform(batch))

        assert [type(outcome) for outcome in outcomes.values()] == [Refused, Unknown, Done]
        assert orders(shop) == ["SO-2", "SO-3"]

    def test_a_service_that_is_down_is_left_alone(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """After three lost answers in a row the rest of the batch waits, unsent."""
        shop.fault("timeout-before", method="POST", path="/sales-orders/", times=99)
        batch = Batch(
            operations=tuple(creating(order(f"SO-{n}"), f"op{n}") for n in range(6)),
            key="batch-1",
        )

        outcomes = [type(outcome) for _, outcome in driver.perform(batch)]

        assert outcomes == [Unknown] * 3 + [Busy] * 3
        assert shop.calls()["calls"]["POST /sales-orders/"] == 3

    def test_a_wrong_secret_stops_the_batch_at_once(
        self, shop: Play, make_client: MakeClient
    ) -> None:
        """A2: with a refused key the documents wait; nobody is asked again for each of them."""
        seen: list[str] = []

        class Counting(type(shop.transport)):  # type: ignore[misc]  # the sandbox's transport
            def handle_request(self, request: Any) -> Any:
                seen.append(request.url.path)
                return super().handle_request(request)

        client = make_client(secret="wrong", transport=Counting(shop.http))
        driver = FusionOperations(client, Company(zone=NEW_YORK))
        batch = Batch(
            operations=tuple(creating(order(f"SO-{n}"), f"op{n}") for n in range(4)), key="b"
        )

        outcomes = [outcome for _, outcome in driver.perform(batch)]

        assert {type(outcome) for outcome in outcomes} == {Busy}
        assert "API key and secret" in expect(Busy, outcomes[0]).reason
        assert len(seen) == 1

    def test_a_limit_without_end_leaves_work_pending(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """After a minute of 429 the batch is busy, with the service's own wish."""
        shop.fault("too-many", times=99)

        busy = expect(Busy, ask(driver, creating(order("SO-1"))))

        assert busy.retry_after_s == 60.0
        assert orders(shop) == []

    def test_a_reading_that_fails_is_busy(self, shop: Play, driver: FusionOperations) -> None:
        """A list that cannot be read now is asked for again later."""
        shop.fault("html-ok", method="GET", times=99)

        expect(Busy, ask(driver, ReadDocuments(id="op", kind=DocumentKind.SALES_ORDER)))

    def test_many_orders_under_many_faults(self, shop: Play, driver: FusionOperations) -> None:
        """Forty orders over a service that loses every third answer: each is there once."""
        shop.settings(rate_limit=0)
        for kind, skip in (("timeout-after", 2), ("error-before", 9), ("truncated", 14)):
            for again in range(4):
                shop.fault(
                    kind, method="POST", path="/sales-orders/", skip=skip + 5 * again, seconds=0
                )
        waiting = [creating(order(f"SO-{n:02}"), f"op{n}") for n in range(40)]
        doubtful: list[CreateDocument] = []
        done: dict[str, str | None] = {}
        for _ in range(20):
            for batch, recovers in ((doubtful, True), (waiting, False)):
                outcomes = dict(
                    driver.perform(Batch(operations=tuple(batch), key="b", recovers=recovers))
                )
                by_id = {operation.id: operation for operation in batch}
                doubtful = [] if recovers else doubtful
                waiting = waiting if recovers else []
                for id_, outcome in outcomes.items():
                    if isinstance(outcome, Done):
                        assert id_ not in done
                        done[id_] = outcome.number
                    else:
                        left = doubtful if isinstance(outcome, Unknown) else waiting
                        left.append(by_id[id_])

        assert sorted(orders(shop)) == sorted(f"SO-{n:02}" for n in range(40))
        assert len(done) == 40
        assert shop.control("GET", "/faults") == []


class TestProbe:
    def test_names_without_values(self, shop: Play, client: FusionClient) -> None:
        """The report names properties and their shape, and nothing the tenant holds."""
        shop.make("sales-orders", code="SO-77", client="ACME", products=[line("CAKE", 3, "1.50")])
        shop.settings(numbers="number")

        report = probe(client)

        found = report.properties["sales-orders"]
        assert report.counts["sales-orders"] == 1
        assert found["code"].example == "xx-99"
        assert found["creation-date"].example == "9999-99-99T99:99:99Z"
        price = found["shippings[].products[].unit-price"]
        assert (price.types, price.example, price.count) == ({"number"}, "9.99", 1)
        assert "ACME" not in repr(report)
        assert report.failures == {}

    def test_a_list_that_is_closed_to_us(self, play: Play, client: FusionClient) -> None:
        """A list that cannot be read is reported, and the others are read all the same."""
        play.fault("error-before", path="/productions/", times=3)

        report = probe(client)

        assert list(report.failures) == ["productions"]
        assert report.counts["suppliers"] == 0


class TestNorthwind:
    def test_real_orders_are_read_to_the_cent(self, play: Play, driver: FusionOperations) -> None:
        """830 orders with 2,155 lines: totals equal, accents intact, four calls."""
        if not NORTHWIND.is_dir():
            pytest.skip("the Northwind data is not beside the checkout (../shared/data/northwind)")
        report = load_folder(BASE_URL, KEY, SECRET, NORTHWIND, http=play.http)
        play.control("DELETE", f"/companies/{KEY}/calls")
        batch = Batch(
            operations=(
                ReadRecords(id="clients", kind=RecordKind.CUSTOMER),
                ReadRecords(id="products", kind=RecordKind.ITEM),
                ReadDocuments(id="orders", kind=DocumentKind.SALES_ORDER),
            )
        )

        outcomes = dict(driver.perform(batch))

        pages = {id_: page(outcome) for id_, outcome in outcomes.items()}
        found = [doc for doc in pages["orders"].documents if isinstance(doc, SalesOrder)]
        amounts = [entry.amount for document in found for entry in document.lines]
        codes = {record.full_name for record in pages["products"].records}
        assert (len(found), len(amounts)) == (830, 2155)
        assert sum(amount.amount for amount in amounts if amount) == report.total
        assert all(
            entry.item and entry.item.name in codes
            for document in found
            for entry in document.lines
        )
        assert found[0].created_on == date(1996, 7, 4)
        names = [record for record in pages["clients"].records if isinstance(record, Customer)]
        assert "Blondesddsl père et fils" in {record.company_name for record in names}
        assert play.calls()["accepted"] == 4
