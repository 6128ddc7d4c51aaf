"""Orders that are there: found, changed, closed and taken out, against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.fusion_operations import (
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
)
from counterfoil.documents import (
    Address,
    CustomField,
    DocumentKind,
    DocumentStatus,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    SalesOrder,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    Conflict,
    Done,
    FindDocument,
    LineScope,
    Missing,
    Operation,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteMark,
)
from tests.connectors.fusion_operations.builders import (
    SALES_ORDER,
    Telling,
    as_list,
    ask,
    changing,
    creating,
    deleting,
    expect,
    finding,
    order,
    page,
    reading,
    sold,
    wire_order,
)
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import Play, line

MakeClient = Callable[..., FusionClient]


def made(driver: FusionOperations, *args: Any, **more: Any) -> SalesOrder:
    """Create an order and give it as the service has it."""
    document = expect(Done, ask(driver, creating(order(*args, **more)))).document
    assert isinstance(document, SalesOrder)
    return document


def stored(play: Play, resource: str = "sales-orders") -> dict[str, Any]:
    (found,) = play.dump(resource)
    return found


def wanted(document: SalesOrder, **changes: Any) -> SalesOrder:
    """The same order with something changed, as the engine sends it: without an id."""
    return msgspec.structs.replace(document, id="", **changes)


class TestFinding:
    def test_by_ids(self, shop: Play, driver: FusionOperations) -> None:
        """Orders are found by their identities, whole; what is lacking is not there."""
        one, _ = made(driver, "SO-1"), made(driver, "SO-2")

        found = page(ask(driver, finding(ids=(one.id, "999"))))

        assert found.documents == (one,)

    def test_forty_numbers_are_one_call(self, shop: Play, driver: FusionOperations) -> None:
        """One question for forty numbers reads the list once."""
        made(driver, "SO-7")
        numbers = tuple(f"SO-{number}" for number in range(40))

        found = page(ask(driver, finding(*numbers)))

        assert [each.number for each in found.documents] == ["SO-7"]
        assert shop.calls()["calls"]["GET /sales-orders/"] == 1

    @pytest.mark.parametrize("fault", ["error-before", "html-ok", "timeout-before", "truncated"])
    def test_a_failed_list_is_no_empty_list(
        self, shop: Play, driver: FusionOperations, fault: str
    ) -> None:
        """A list that cannot be read says nothing about what is there."""
        made(driver, "SO-1")
        shop.fault(fault, method="GET", path="/sales-orders/", times=99)

        for question in (finding("SO-1"), finding("SO-9"), finding(ids=("9",)), reading()):
            expect(Busy, ask(driver, question))

    def test_what_was_created_meanwhile_is_found(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """A question after a creation in the same batch does not rely on the list before it."""
        first = msgspec.structs.replace(finding("SO-1"), id="1")
        last = msgspec.structs.replace(finding("SO-1"), id="3")
        batch = Batch(operations=(first, creating(order("SO-1")), last), key="b")

        outcomes = dict(driver.perform(batch))

        assert page(outcomes["1"]).documents == ()
        assert [each.number for each in page(outcomes["3"]).documents] == ["SO-1"]

    def test_receipts_by_their_ids_only(self, shop: Play, driver: FusionOperations) -> None:
        """Deliveries are found by identity; a number they need not have is not asked for."""
        kind = DocumentKind.SHIPMENT
        shop.make("sales-orders", code="SO-1", client="ACME", products=[line("CAKE", 3)])
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})
        id_ = stored(shop)["shippings"][0]["id"]

        found = page(ask(driver, FindDocument(id="op", kind=kind, ids=(id_,))))

        assert [each.id for each in found.documents] == [id_]
        by_number = FindDocument(id="op", kind=kind, numbers=("SO-1",))
        assert expect(Refused, ask(driver, by_number)).refusal.code == "feature-missing"


class TestFindingWhatCannotBeRead:
    """What is sought and cannot be read is not "not there"."""

    def telling(self, make_client: MakeClient, *elements: object) -> FusionOperations:
        client = make_client(transport=Telling({"sales-orders": as_list(*elements)}))
        return FusionOperations(client, Company(zone=NEW_YORK))

    def test_one_that_is_sought(self, make_client: MakeClient) -> None:
        """The order is there under its number, but nobody can say what it is: a person looks."""
        bad = wire_order(1, "SO-1", status="asleep")
        driver = self.telling(make_client, bad, wire_order(2, "SO-2"))

        refused = expect(Refused, ask(driver, finding("SO-1")))

        assert refused.refusal.code == "outcome-unclear"
        assert "“SO-1” could not be read: Status is a status" in str(refused.refusal.detail)
        assert refused == ask(driver, finding(ids=("1",)))

    def test_one_of_several_that_are_sought(self, make_client: MakeClient) -> None:
        """The others have an answer: each is to be asked for alone."""
        driver = self.telling(make_client, wire_order(1, "SO-1", status="asleep"))

        unknown = expect(Unknown, ask(driver, finding("SO-1", "SO-2")))

        assert "“SO-1” could not be read" in unknown.reason
        assert page(ask(driver, finding("SO-2"))).documents == ()

    @pytest.mark.parametrize("code", [None, ["SO-1"], {"a": 1}, True, ""])
    def test_one_whose_code_is_not_known(self, make_client: MakeClient, code: object) -> None:
        """An order without a readable code may be the one; so nothing is said to be absent."""
        driver = self.telling(make_client, wire_order(1, code), wire_order(2, "SO-2"))

        expect(Refused, ask(driver, finding("SO-1")))
        expect(Unknown, ask(driver, creating(order("SO-1")), recovers=True))
        assert len(page(ask(driver, finding("SO-2"))).documents) == 1

    def test_a_code_with_bad_characters_is_another_one(self, make_client: MakeClient) -> None:
        """SO-1 with half a character in it is certainly not SO-1."""
        driver = self.telling(make_client, wire_order(1, "SO-1\ud800"))

        assert page(ask(driver, finding("SO-1"))).documents == ()
        expect(Missing, ask(driver, creating(order("SO-1")), recovers=True))

    def test_an_unreadable_order_under_our_number(self, make_client: MakeClient) -> None:
        """After a lost answer it may be ours: it is not sent again, and a person looks."""
        driver = self.telling(make_client, wire_order(1, "SO-1", status="asleep"))

        refused = expect(Refused, ask(driver, creating(order("SO-1")), recovers=True))

        assert refused.refusal.code == "outcome-unclear"


class TestCreating:
    def test_the_document_as_it_is_there(self, shop: Play, driver: FusionOperations) -> None:
        """The outcome holds the whole order with its identities and computed amounts."""
        done = expect(Done, ask(driver, creating(order("SO-1", memo="ring twice"))))

        assert isinstance(done.document, SalesOrder)
        assert done.document == page(ask(driver, reading())).documents[0]
        assert done.document.lines[0].amount is not None
        assert done.document.lines[0].amount.amount == Decimal("37.50")
        assert done.line_ids == (done.document.lines[0].id,)

    def test_an_answer_that_says_less_than_was_sent(self, make_client: MakeClient) -> None:
        """Where the answer to a creation is bare, the order itself is read."""
        whole = as_list(wire_order("7", "SO-1"))[1:-1]
        service = Telling(
            {},
            {
                "POST /sales-orders/": (201, '{"id": "7", "code": "SO-1"}'),
                "GET /sales-orders/7": (200, whole),
            },
        )
        driver = FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))
        sent = order("SO-1", sold("CAKE", "1"), created_on=None)

        done = expect(Done, ask(driver, creating(sent)))

        assert isinstance(done.document, SalesOrder)
        assert [entry.item for entry in done.document.lines] == [Reference("CAKE")]
        del service.answers["GET /sales-orders/7"]
        assert expect(Done, ask(driver, creating(sent))).document is None

    @pytest.mark.parametrize(
        "change, path",
        [
            ({"memo": "for somebody else"}, "memo"),
            ({"created_on": date(2025, 3, 4)}, "created_on"),
            ({"lines": (sold("CAKE", "4", "12.50"),)}, "lines[0].quantity"),
            ({"lines": (sold("CAKE", "3", "99"),)}, "lines[0].unit_price"),
            ({"lines": (sold("CAKE", "3", "12.50"), sold("BUN", "1"))}, "lines"),
        ],
    )
    @pytest.mark.parametrize("recovers", [True, False])
    def test_another_content_under_our_number_is_not_ours(
        self,
        shop: Play,
        driver: FusionOperations,
        change: dict[str, Any],
        path: str,
        recovers: bool,
    ) -> None:
        """Whatever differs of what was sent: a person decides, and sees what and whose it is."""
        other = made(driver, "SO-1", memo="ring twice")
        sent = order("SO-1", **{"memo": "ring twice", **change})

        refused = expect(Refused, ask(driver, creating(sent), recovers=recovers))

        assert refused.refusal.code == "number-taken"
        assert f"id {other.id} of “ACME”; it differs in {path}" in refused.refusal.sentence
        assert refused.refusal.choices[0].arguments == {"id": other.id}

    def test_a_description_and_an_address_come_back_as_they_are_kept(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """What is kept otherwise than it was sent is still what was sent."""
        address = Address(("Acme", "1 Main St"), "Springfield", "OR", "97477", "USA")
        sent = order(
            "SO-1",
            sold("CAKE", "3", "12.50", description="Strawberry"),
            billing_address=address,
            delivery_address=address,
        )
        first = expect(Done, ask(driver, creating(sent)))

        assert ask(driver, creating(sent), recovers=True) == first
        assert ask(driver, creating(sent)) == first

    def test_what_could_not_be_read_back_is_not_sent(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """A number of forty digits or a code with a line end is refused before any call."""
        for sent in (
            order("SO-1", sold("CAKE", "1" * 40)),
            order("SO\n1"),
            order("SO-1", sold("CA\x0bKE", "1")),
        ):
            assert expect(Refused, ask(driver, creating(sent))).refusal.code == "value-unfit"
        assert shop.dump("sales-orders") == []


class TestChanging:
    def test_header_and_lines(self, shop: Play, driver: FusionOperations) -> None:
        """Lines are matched by their ids: one stays, one changes, one comes, one goes."""
        one = made(
            driver, "SO-1", sold("CAKE", "3", "12.50"), sold("BUN", "1"), sold("BUN", "9", "2")
        )
        cake, _, bun = one.lines
        shall = wanted(
            one,
            memo="ring twice",
            due_on=date(2025, 4, 1),
            lines=(
                msgspec.structs.replace(bun, quantity=Quantity(Decimal(10)), amount=None),
                cake,
                sold("CAKE", "1", "5"),
            ),
        )

        done = expect(Done, ask(driver, changing(one.id, shall, expected=one)))

        assert isinstance(done.document, SalesOrder)
        assert done.document == page(ask(driver, reading())).documents[0]
        assert done.document.memo == "ring twice"
        assert done.document.due_on == date(2025, 4, 1)
        (shipping,) = stored(shop)["shippings"]
        products = [
            (entry["product"], entry["quantity-ordered"], entry["price"])
            for entry in shipping["products"]
        ]
        assert products == [("BUN", "10", "20.00"), ("CAKE", "3", "37.50"), ("CAKE", "1", "5.00")]

    def test_everything_else_stays(self, shop: Play, driver: FusionOperations) -> None:
        """Unknown properties, other custom fields and the time of day are not touched."""
        shop.settings(extra_properties=["dock"])
        before = shop.make(
            "sales-orders",
            code="SO-1",
            client="ACME",
            dock={"door": "7"},
            creation_date="2025-03-03T15:45:00Z",
            custom_fields=[{"name": "Site", "value": "South"}],
            shippings=[
                {"products": [line("CAKE", 3, "2.50")], "tracking-number": "T-1"},
                {"products": [line("BUN", 1)], "due-date": "2025-05-05T04:00:00Z"},
            ],
        )
        (one,) = page(ask(driver, reading())).documents
        assert isinstance(one, SalesOrder)
        shall = wanted(one, memo="new", custom_fields=(CustomField("QB", "1042"),))

        expect(Done, ask(driver, changing(one.id, shall, expected=one)))

        pairs = [*before["custom-fields"], {"name": "QB", "value": "1042"}]
        assert stored(shop) == {**before, "observations": "new", "custom-fields": pairs}

    def test_the_header_only(self, shop: Play, driver: FusionOperations) -> None:
        """Without lines the lines stay, whatever the document says of them."""
        one = made(driver, "SO-1", sold("CAKE", "3", "12.50"), sold("BUN", "1"))
        shall = order("SO-1", sold("BUN", "99"), memo="new")

        done = expect(Done, ask(driver, changing(one.id, shall, lines=LineScope.NONE)))

        assert isinstance(done.document, SalesOrder)
        assert (done.document.memo, done.document.lines) == ("new", one.lines)

    def test_what_is_so_already_is_done(self, shop: Play, driver: FusionOperations) -> None:
        """An order that says all that it shall say is not written, whatever was expected."""
        one = made(driver, "SO-1", memo="ring twice")
        other = msgspec.structs.replace(one, memo="as it was")

        done = expect(Done, ask(driver, changing(one.id, wanted(one), expected=other)))

        assert done.document == one
        assert "PUT /sales-orders/{id}" not in shop.calls()["calls"]

    @pytest.mark.parametrize(
        "edit",
        [
            {"observations": "by hand"},
            {"client": "BRIK"},
            {"creation-date": "2025-01-01T12:00:00Z"},
        ],
    )
    def test_somebody_else_changed_it(
        self, shop: Play, driver: FusionOperations, edit: dict[str, str]
    ) -> None:
        """An order that is not what we knew is left alone, and shown as it is now."""
        shop.make("clients", code="BRIK")
        one = made(driver, "SO-1")
        shop.call("PUT", f"/sales-orders/{one.id}", {**stored(shop), **edit})
        before = stored(shop)

        conflict = expect(
            Conflict,
            ask(driver, changing(one.id, wanted(one, memo="ours"), expected=one)),
        )

        assert conflict.current == page(ask(driver, reading())).documents[0]
        assert stored(shop) == before

    def test_a_line_that_is_gone(self, shop: Play, driver: FusionOperations) -> None:
        """A line that shall be changed and is not there is a conflict, not a new line."""
        one = made(driver, "SO-1")
        ghost = sold("CAKE", "1", id="999:1")

        conflict = expect(Conflict, ask(driver, changing(one.id, wanted(one, lines=(ghost,)))))

        assert conflict.detail == "The line 999:1 is not there"
        assert conflict.current == one

    @pytest.mark.parametrize("id_", ["4711", "1/2"])
    def test_an_order_that_is_gone(self, shop: Play, driver: FusionOperations, id_: str) -> None:
        """What is not there any more cannot be changed: the engine decides what then."""
        assert expect(Conflict, ask(driver, changing(id_, order("SO-1")))).current is None

    def test_a_number_somebody_else_has(self, shop: Play, driver: FusionOperations) -> None:
        """Renumbering onto another order is refused, naming that order."""
        one, other = made(driver, "SO-1"), made(driver, "SO-2")

        refused = expect(Refused, ask(driver, changing(one.id, wanted(one, number="SO-2"))))

        assert refused.refusal.code == "number-taken"
        assert refused.refusal.choices[0].arguments == {"id": other.id}

    @pytest.mark.parametrize(
        "lines", [(sold("BUN", "1", id="?:2"),), (sold("CAKE", "1", id="?:1"), sold("BUN", "1"))]
    )
    def test_what_was_shipped_is_not_taken_back(
        self, shop: Play, driver: FusionOperations, lines: tuple[Any, ...]
    ) -> None:
        """A shipped line neither goes nor shrinks below what was shipped."""
        one = made(driver, "SO-1", sold("CAKE", "3", "12.50"), sold("BUN", "1"))
        quantities = [{"product": "CAKE", "quantity": 2}]
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1", "quantities": quantities})
        before, key = stored(shop), stored(shop)["shippings"][0]["id"]
        shall = tuple(msgspec.structs.replace(each, id=each.id.replace("?", key)) for each in lines)

        refused = expect(Refused, ask(driver, changing(one.id, wanted(one, lines=shall))))

        assert refused.refusal.code == "value-unfit"
        assert stored(shop) == before

    def test_two_deliveries(self, shop: Play, driver: FusionOperations) -> None:
        """Each line stays in its delivery; one that loses all its lines goes."""
        shop.make(
            "sales-orders",
            code="SO-1",
            client="ACME",
            shippings=[
                {"products": [line("CAKE", 3)], "due-date": "2025-05-05T04:00:00Z"},
                {"products": [line("BUN", 1), line("CAKE", 2)], "due-date": "2025-06-06T04:00:00Z"},
            ],
        )
        (one,) = page(ask(driver, reading())).documents
        assert isinstance(one, SalesOrder)
        cake, bun, more = one.lines
        bigger = msgspec.structs.replace(bun, quantity=Quantity(Decimal(5)))

        shall = wanted(one, due_on=date(2025, 5, 9), lines=(cake, bigger, more))
        now = expect(Done, ask(driver, changing(one.id, shall))).document
        assert isinstance(now, SalesOrder)
        first, second = stored(shop)["shippings"]
        assert (first["due-date"], second["due-date"]) == (
            "2025-05-09T04:00:00Z",
            "2025-06-06T04:00:00Z",
        )
        assert [entry["quantity-ordered"] for entry in second["products"]] == ["5", "2"]

        expect(Done, ask(driver, changing(one.id, wanted(now, due_on=None, lines=now.lines[1:]))))
        assert [part["id"] for part in stored(shop)["shippings"]] == [second["id"]]

    @pytest.mark.parametrize("mode", ["B", "D"])
    def test_lines_in_the_order_itself(
        self, shop: Play, driver: FusionOperations, mode: str
    ) -> None:
        """A tenant that nests no deliveries is changed in its own shape."""
        made(driver, "SO-1")
        shop.settings(shipping_mode=mode, names="snake", numbers="number", pairs="object")
        (one,) = page(ask(driver, reading())).documents
        assert isinstance(one, SalesOrder)
        shall = wanted(
            one,
            memo="new",
            custom_fields=(CustomField("QB", "7"),),
            lines=(msgspec.structs.replace(one.lines[0], quantity=Quantity(Decimal(4))),),
        )

        done = expect(Done, ask(driver, changing(one.id, shall, expected=one)))

        assert done.note is None
        entry = stored(shop)["shippings"][0]["products"][0]
        assert (entry["quantity-ordered"], entry["price"]) == ("4", "50.00")
        assert stored(shop)["custom-fields"] == [{"name": "QB", "value": "7"}]

    def test_a_purchase_order(self, shop: Play, driver: FusionOperations) -> None:
        """Purchase orders are changed the same way."""
        shop.make("suppliers", code="MILLCO", name="Mill Co")
        kind = DocumentKind.PURCHASE_ORDER
        product = {"product": "CAKE", "quantity-ordered": 2, "unit-cost": "3"}
        shop.make(
            "purchase-orders", code="PUO-1", supplier="MILLCO", receivings=[{"products": [product]}]
        )
        (one,) = page(ask(driver, reading(kind))).documents
        assert isinstance(one, PurchaseOrder)
        more = PurchaseLine(item=Reference("BUN"), quantity=Quantity(Decimal(1)))
        shall = msgspec.structs.replace(one, id="", lines=(*one.lines, more), memo="soon")

        done = expect(Done, ask(driver, changing(one.id, shall, kind=kind, expected=one)))

        assert done.number == "PUO-1"
        receiving = stored(shop, "purchase-orders")["receivings"][0]
        assert [entry["product"] for entry in receiving["products"]] == ["CAKE", "BUN"]
        assert stored(shop, "purchase-orders")["notes"] == "soon"


class TestClosing:
    def test_close_and_open_again(self, shop: Play, driver: FusionOperations) -> None:
        """An order is closed by hand and re-opened through its status."""
        one = made(driver, "SO-1")
        for closes, status in ((True, DocumentStatus.CLOSED), (False, DocumentStatus.OPEN)):
            done = expect(
                Done,
                ask(driver, changing(one.id, wanted(one), lines=LineScope.NONE, closes=closes)),
            )

            assert done.document is not None
            assert done.document.status is status

    def test_an_archived_order_is_taken_out_of_the_archive(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """Archived counts as closed, so opening ends that too."""
        one = made(driver, "SO-1")
        shop.call("PUT", f"/sales-orders/{one.id}", {**stored(shop), "archived": True})

        expect(Done, ask(driver, changing(one.id, wanted(one), closes=False)))

        assert (stored(shop)["status"], stored(shop)["archived"]) == ("open", False)

    def test_in_the_tenants_word(self, shop: Play, make_client: MakeClient) -> None:
        """A word that the field map adds goes before the usual one."""
        shop.settings(extra_properties=["mood"])
        fields = FieldMap.of({"sales-order.status": "mood", "status.asleep": "closed"})
        driver = FusionOperations(make_client(fields=fields), Company(zone=NEW_YORK))
        one = made(driver, "SO-1")

        expect(Done, ask(driver, changing(one.id, wanted(one), closes=True)))

        assert stored(shop)["mood"] == "asleep"

    def test_without_a_word_for_it(self, shop: Play, make_client: MakeClient) -> None:
        """Where the field map names no status, closing is refused in words."""
        fields = FieldMap.of({"sales-order.status": ""})
        driver = FusionOperations(make_client(fields=fields), Company(zone=NEW_YORK))
        one = made(driver, "SO-1")

        refused = expect(Refused, ask(driver, changing(one.id, wanted(one), closes=True)))

        assert "no word for closing" in refused.refusal.sentence


class TestCannotChange:
    """A service that takes no changes is told from an order that is gone."""

    WIRE = as_list(wire_order("1", "SO-1"))[1:-1]

    def driver(
        self, make_client: MakeClient, answers: dict[str, tuple[int, str]], **company: Any
    ) -> tuple[FusionOperations, Telling]:
        service = Telling(
            {"sales-orders": f"[{self.WIRE}]"},
            {"GET /sales-orders/1": (200, self.WIRE), **answers},
        )
        client = make_client(transport=service)
        return FusionOperations(client, Company(zone=NEW_YORK, **company)), service

    @pytest.mark.parametrize(
        "answers",
        [
            {"PUT /sales-orders/1": (405, "{}")},
            {"PUT /sales-orders/1": (404, "{}")},
            {"PUT /sales-orders/1": (501, "{}")},
            # It says that all is well, and nothing has changed.
            {"PUT /sales-orders/1": (200, WIRE)},
            {"PUT /sales-orders/1": (204, "")},
            # There is no call for one order either: it is looked up in the list.
            {"GET /sales-orders/1": (405, "{}")},
        ],
    )
    def test_the_difference_is_named(
        self, make_client: MakeClient, answers: dict[str, tuple[int, str]]
    ) -> None:
        """Refused in words that name what differs; never done where nothing was done."""
        driver, _ = self.driver(make_client, answers)
        shall = order("SO-1", sold("CAKE", "2"), created_on=None)

        refused = expect(Refused, ask(driver, changing("1", shall)))

        assert refused.refusal.code == "cannot-change"
        assert "what differs: the quantity of line 1 (CAKE)" in refused.refusal.sentence

    def test_by_the_connections_own_switch(self, make_client: MakeClient) -> None:
        """A connection that shall not change orders reads and refuses, and sends nothing."""
        driver, service = self.driver(make_client, {}, changes_orders=False)

        refused = expect(
            Refused, ask(driver, changing("1", order("SO-1", created_on=None, memo="x")))
        )

        assert refused.refusal.where == "memo"
        assert service.seen == ["GET /sales-orders/1"]
        same = order("SO-1", sold("CAKE", "1"), created_on=None)
        expect(Done, ask(driver, changing("1", same)))

    def test_a_total_that_no_longer_holds_is_not_sent(self, make_client: MakeClient) -> None:
        """Quantity times price is left to the service where one of both changes."""
        line_ = {"product": "CAKE", "quantity-ordered": "1", "unit-price": "2", "price": "2.00"}
        raw = wire_order("1", "SO-1", shippings=[{"id": "10", "products": [line_, line_]}])
        told = as_list(raw)[1:-1]
        sent: list[dict[str, Any]] = []

        class Keeping(Telling):
            def handle_request(self, request: Any) -> Any:
                if request.method == "PUT":
                    sent.append(json.loads(request.content))
                return super().handle_request(request)

        service = Keeping({}, {"GET /sales-orders/1": (200, told)})
        driver = FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))
        lines = (sold("CAKE", "5", "2", id="10:1"), sold("CAKE", "1", "2", id="10:2"))

        ask(driver, changing("1", order("SO-1", *lines, created_on=None)))

        (body,) = sent
        changed, kept = body["shippings"][0]["products"]
        assert changed == {"product": "CAKE", "quantity-ordered": "5", "unit-price": "2"}
        assert kept == line_

    def test_it_vanishes_in_between(self, make_client: MakeClient) -> None:
        """A PUT that finds nothing, and a reading that finds nothing: it is gone."""
        driver, service = self.driver(make_client, {})
        gone = [(200, self.WIRE), (404, "{}")]

        class Vanishing(Telling):
            def handle_request(self, request: Any) -> Any:
                if request.method == "GET" and request.url.path.endswith("/1"):
                    self.answers["GET /sales-orders/1"] = gone.pop(0)
                return super().handle_request(request)

        service = Vanishing({}, {"PUT /sales-orders/1": (404, "{}")})
        driver = FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))

        conflict = expect(Conflict, ask(driver, changing("1", order("SO-1", created_on=None))))

        assert conflict.current is None

    def test_what_cannot_be_written_back_is_not_written(self, make_client: MakeClient) -> None:
        """An order that holds 1e400 in a property nobody knows would come back as another."""
        whole = self.WIRE[:-1] + ', "weight": 1e400}'
        driver, service = self.driver(make_client, {"GET /sales-orders/1": (200, whole)})

        refused = expect(Refused, ask(driver, changing("1", order("SO-1", created_on=None))))

        assert "a value that cannot be written" in refused.refusal.sentence
        assert service.seen == ["GET /sales-orders/1"]

    def test_what_is_there_cannot_be_read(self, make_client: MakeClient) -> None:
        """Nothing is written over what nobody could read."""
        whole = as_list(wire_order("1", "SO-1", status="asleep"))[1:-1]
        driver, service = self.driver(make_client, {"GET /sales-orders/1": (200, whole)})

        refused = expect(Refused, ask(driver, changing("1", order("SO-1"))))

        assert "it cannot be read: status" in refused.refusal.sentence
        assert service.seen == ["GET /sales-orders/1"]


class TestTakingOut:
    def test_an_order(self, shop: Play, driver: FusionOperations) -> None:
        """A deleted order is gone; deleting it again counts as done."""
        one = made(driver, "SO-1")

        for _ in range(2):
            assert expect(Done, ask(driver, deleting(one.id))).id == one.id
        assert shop.dump("sales-orders") == []

    def test_it_cannot_be_voided(self, shop: Play, driver: FusionOperations) -> None:
        """There is no void there: it is refused in words, and the order stays."""
        one = made(driver, "SO-1")

        for recovers in (False, True):
            refused = expect(
                Refused, ask(driver, deleting(one.id, VoidWay.VOID), recovers=recovers)
            )
            assert "cannot be voided there, only deleted" in refused.refusal.sentence
        assert len(shop.dump("sales-orders")) == 1

    def test_one_that_was_shipped(self, shop: Play, driver: FusionOperations) -> None:
        """The service's own no reaches the person in its words."""
        one = made(driver, "SO-1")
        shop.control("POST", "/companies/acme/ship", {"order": "SO-1"})

        refused = expect(Refused, ask(driver, deleting(one.id)))

        assert (refused.code, refused.refusal.code) == ("409", "rejected")
        assert "shipped quantity" in refused.refusal.sentence

    @pytest.mark.parametrize("id_", ["", ".", ".."])
    def test_an_identity_that_is_none(self, shop: Play, driver: FusionOperations, id_: str) -> None:
        """What a path would take for the list itself is never sent."""
        made(driver, "SO-1")
        before = shop.calls()["accepted"]

        assert "no identity" in expect(Refused, ask(driver, deleting(id_))).refusal.sentence

        assert shop.calls()["accepted"] == before

    @pytest.mark.parametrize("status", [404, 405, 501])
    def test_a_service_without_this_call(self, make_client: MakeClient, status: int) -> None:
        """Not found may mean the call: as long as the list has the order, nothing is done."""
        service = Telling(
            {"sales-orders": as_list(wire_order("1"))}, {"DELETE /sales-orders/1": (status, "{}")}
        )
        driver = FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))

        refused = expect(Refused, ask(driver, deleting("1")))

        assert refused.refusal.code == "feature-missing"
        service.lists["sales-orders"] = as_list(wire_order("2"))
        expect(Done, ask(driver, deleting("1")))
        service.lists["sales-orders"] = as_list(wire_order(None))
        expect(Unknown, ask(driver, deleting("1")))
        service.answers["GET /sales-orders/"] = (500, "{}")
        expect(Busy, ask(driver, deleting("1")))

    def test_other_kinds(self, driver: FusionOperations) -> None:
        """Only orders are changed or taken out there."""
        kind = DocumentKind.RECEIPT
        for operation in (
            VoidDocument(id="op", kind=kind, document_id="1", how=VoidWay.DELETE),
            changing("1", order("SO-1"), kind=kind),
        ):
            for recovers in (False, True):
                outcome = ask(driver, operation, recovers=recovers)
                assert expect(Refused, outcome).refusal.code == "feature-missing"

    def test_a_mark_has_no_place(self, shop: Play, driver: FusionOperations) -> None:
        """The service keeps nothing for us, and says so without a call."""
        for recovers in (False, True):
            outcome = ask(driver, WriteMark(id="op", value="ledger 1"), recovers=recovers)
            assert expect(Refused, outcome).refusal.code == "feature-missing"


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
    """The client repeats PUT and DELETE; only a service that stays away leaves a doubt."""

    @pytest.mark.parametrize("fault, is_done", FAULTS)
    def test_a_change(
        self, shop: Play, driver: FusionOperations, fault: str, is_done: bool
    ) -> None:
        """The order itself tells what became of its change, and again is safe."""
        one = made(driver, "SO-1")
        operation = changing(one.id, wanted(one, memo="new"), expected=one)
        shop.fault(fault, method="PUT", path="/sales-orders/*", times=3, seconds=0)

        expect(Unknown, ask(driver, operation))
        outcome = ask(driver, operation, recovers=True)

        assert isinstance(outcome, Done if is_done else Missing)
        assert stored(shop)["observations"] == ("new" if is_done else "")
        assert isinstance(expect(Done, ask(driver, operation)).document, SalesOrder)

    def test_a_change_and_then_a_persons_edit(self, shop: Play, driver: FusionOperations) -> None:
        """Neither as it was nor as it shall be: both values are shown, nothing is guessed."""
        one = made(driver, "SO-1")
        shop.call("PUT", f"/sales-orders/{one.id}", {**stored(shop), "observations": "by hand"})
        operation = changing(one.id, wanted(one, memo="ours"), expected=one)

        conflict = expect(Conflict, ask(driver, operation, recovers=True))

        assert isinstance(conflict.current, SalesOrder)
        assert conflict.current.memo == "by hand"

    def test_a_change_of_what_nobody_remembers(self, shop: Play, driver: FusionOperations) -> None:
        """Without what was expected, an order that is not as sent is a conflict."""
        one = made(driver, "SO-1")
        operation = changing(one.id, wanted(one, memo="ours"))

        assert expect(Conflict, ask(driver, operation, recovers=True)).current == one

    @pytest.mark.parametrize("fault, is_done", FAULTS)
    def test_a_deletion(
        self, shop: Play, driver: FusionOperations, fault: str, is_done: bool
    ) -> None:
        """The list tells what became of a deletion."""
        one = made(driver, "SO-1")
        shop.fault(fault, method="DELETE", path="/sales-orders/*", times=3, seconds=0)

        outcome = ask(driver, deleting(one.id))
        if not isinstance(outcome, Done):
            # A repetition that finds nothing is answered at once.
            expect(Unknown, outcome)
            outcome = ask(driver, deleting(one.id), recovers=True)
            assert isinstance(outcome, Done if is_done else Missing)
        expect(Done, ask(driver, deleting(one.id)))
        assert shop.dump("sales-orders") == []

    def test_a_reading_within_a_write_leaves_no_doubt(
        self, shop: Play, driver: FusionOperations
    ) -> None:
        """Nothing was written where the order could not even be read first."""
        one = made(driver, "SO-1")
        shop.fault("html-ok", method="GET", times=9)
        operations: tuple[Operation, ...] = (
            changing(one.id, wanted(one, memo="new")),
            deleting("4711"),
        )

        for operation in operations:
            expect(Busy, ask(driver, operation))

    def test_a_batch_of_changes(self, shop: Play, driver: FusionOperations) -> None:
        """Of several changes each has its own outcome, and a list read later is fresh."""
        one, two = made(driver, "SO-1"), made(driver, "SO-2")
        operations: tuple[Operation, ...] = (
            msgspec.structs.replace(reading(), id="before"),
            msgspec.structs.replace(changing(one.id, wanted(one, memo="new")), id="change"),
            msgspec.structs.replace(deleting(two.id), id="delete"),
            UpdateDocument(
                id="gone", kind=SALES_ORDER, document_id="9", revision=None, document=order("X")
            ),
            msgspec.structs.replace(reading(), id="after"),
        )

        outcomes = dict(driver.perform(Batch(operations=operations, key="b")))

        assert len(page(outcomes["before"]).documents) == 2
        assert [type(outcomes[id_]) for id_ in ("change", "delete", "gone")] == [
            Done,
            Done,
            Conflict,
        ]
        (after,) = page(outcomes["after"]).documents
        assert isinstance(after, SalesOrder)
        assert after.memo == "new"
