"""The connector against the stand-in, which shares no code with it: whole lives of documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import msgspec
import pytest

from counterfoil.connectors.called import Line
from counterfoil.connectors.quickbooks_online import Account, OnlineClient, QuickBooksOnline
from counterfoil.documents import (
    Bill,
    BillLine,
    CountLine,
    Customer,
    Document,
    DocumentKind,
    DocumentStatus,
    Employee,
    Estimate,
    Invoice,
    InvoiceLine,
    Item,
    ItemType,
    ListRecord,
    Money,
    OrderLine,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    SalesReceipt,
    StockCount,
    Vendor,
    WorkEntry,
    difference,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    Conflict,
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    LineScope,
    Operation,
    Outcome,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from tests.connectors.quickbooks_online.play import Open
from tests.sandboxes.quickbooks_online.outside import MOUNT, REALM, Outside, World, opened

KEY = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
DAY = date(2026, 1, 15)


class Keys:
    """The access token of a company that is connected."""

    def __init__(self, online: Outside) -> None:
        self._online = online

    def access(self) -> str:
        return self._online.token

    def renewed(self, rejected: str) -> str:
        told = self._online.refresh().json()
        self._online.token = told["access_token"]
        return self._online.token


class Books:
    """A connected company, and the connector that works with it."""

    def __init__(self, online: Outside) -> None:
        self.online = online
        clock = online.world.clock
        transport = httpx2.MockTransport(online.http.send)
        self.client = OnlineClient(
            Account(realm=REALM, base_url=MOUNT),
            Keys(online),
            line=Line(
                transport=transport,
                throttle=Open(),
                clock=lambda: clock.now().timestamp(),
                sleep=clock.pass_s,
                chance=lambda: 0.5,
            ),
        )
        self.connector = QuickBooksOnline(self.client, clock.now)

    def does(self, *operations: Operation) -> list[Outcome]:
        numbered = [
            msgspec.structs.replace(each, id=str(at)) for at, each in enumerate(operations, start=1)
        ]
        batch = Batch(operations=tuple(numbered))
        return [outcome for _, outcome in self.connector.perform(batch)]

    def done(self, operation: Operation) -> Done:
        (outcome,) = self.does(operation)
        assert isinstance(outcome, Done), outcome
        return outcome

    def find(self, kind: DocumentKind, id_: str) -> Document:
        page = self.done(FindDocument(id="", kind=kind, ids=(id_,))).page
        assert page is not None
        (found,) = page.documents
        return found


@pytest.fixture(scope="session")
def stand_in() -> Iterator[World]:
    """One stand-in for all tests: making it takes longer than most of them."""
    with opened() as found:
        yield found


@pytest.fixture
def books(stand_in: World) -> Iterator[Books]:
    made = Books(stand_in.fresh())
    yield made
    made.client.close()


def ref(row: dict[str, Any], name: str = "DisplayName") -> Reference:
    return Reference(row[name], row["Id"])


def create(kind: DocumentKind, document: Document, key: str = KEY) -> CreateDocument:
    return CreateDocument(id="", kind=kind, document=document, key=key)


def some(books: Books, kind: DocumentKind) -> tuple[Document, Document]:
    """A document of a kind, and what it shall become."""
    online = books.online
    vendor, customer = ref(online.vendor()), ref(online.customer())
    item = ref(online.item(), "Name")
    payables = Reference("Accounts Payable (A/P)", "33")
    three, price = Quantity(Decimal(3)), Money(Decimal("1.335"))
    four = Quantity(Decimal(4))
    match kind:
        case DocumentKind.PURCHASE_ORDER:
            order = PurchaseOrder(
                id="",
                vendor=vendor,
                payables_account=payables,
                created_on=DAY,
                due_on=date(2026, 2, 1),
                memo="for the shed",
                message_to_vendor="please hurry",
                lines=(PurchaseLine(item=item, quantity=three, unit_cost=price),),
            )
            more = PurchaseLine(item=item, quantity=four, unit_cost=price, customer=customer)
            return order, msgspec.structs.replace(order, lines=(*order.lines, more))
        case DocumentKind.BILL:
            bill = Bill(
                id="",
                number="V-1",
                vendor=vendor,
                created_on=DAY,
                memo="for the shed",
                lines=(BillLine(item=item, quantity=three, unit_cost=price),),
            )
            line = BillLine(item=item, quantity=four, unit_cost=price)
            return bill, msgspec.structs.replace(bill, lines=(line,), memo="other")
        case DocumentKind.WORK_ENTRY:
            worker = online.create("Employee", GivenName="Ada", FamilyName="Byron")
            entry = WorkEntry(
                id="", worker=ref(worker), worked_on=DAY, minutes=95, customer=customer, notes="so"
            )
            return entry, msgspec.structs.replace(entry, minutes=120)
        case DocumentKind.ESTIMATE | DocumentKind.SALES_RECEIPT | DocumentKind.INVOICE:
            type_: Any = {
                DocumentKind.ESTIMATE: Estimate,
                DocumentKind.SALES_RECEIPT: SalesReceipt,
                DocumentKind.INVOICE: Invoice,
            }[kind]
            line_type: Any = InvoiceLine if kind is DocumentKind.INVOICE else OrderLine
            sold = line_type(item=item, quantity=three, unit_price=price, description="nice")
            form = type_(
                id="", number="S-1", customer=customer, created_on=DAY, memo="so", lines=(sold,)
            )
            other = msgspec.structs.replace(sold, quantity=four)
            return form, msgspec.structs.replace(form, lines=(sold, other))
        case _:
            raise AssertionError(kind)


KINDS = (
    DocumentKind.PURCHASE_ORDER,
    DocumentKind.BILL,
    DocumentKind.ESTIMATE,
    DocumentKind.INVOICE,
    DocumentKind.SALES_RECEIPT,
    DocumentKind.WORK_ENTRY,
)


def with_ids(document: Document, current: Document) -> Document:
    """Give the lines that are there already their identities."""
    lines = getattr(document, "lines", None)
    if not lines:
        return document
    there = [line.id for line in current.lines]  # type: ignore[attr-defined]  # it has lines, too
    placed = tuple(
        msgspec.structs.replace(line, id=there[at] if at < len(there) else "")
        for at, line in enumerate(lines)
    )
    return msgspec.structs.replace(document, lines=placed)


class TestLives:
    @pytest.mark.parametrize("kind", KINDS)
    def test_what_is_written_is_read_and_changed_and_gone(
        self, books: Books, kind: DocumentKind
    ) -> None:
        """Every kind: created, found by identity, changed line by line, and taken out."""
        document, other = some(books, kind)
        made = books.done(create(kind, document))
        assert made.document is not None
        assert difference(document, made.document) is None
        assert made.mark == KEY
        found = books.find(kind, made.id or "")
        assert found == made.document
        (changed,) = books.does(
            UpdateDocument(
                id="",
                kind=kind,
                document_id=made.id or "",
                revision=found.revision,
                document=with_ids(other, found),
                expected=found,
            )
        )
        assert isinstance(changed, Done), changed
        assert changed.document is not None
        assert difference(other, changed.document) is None
        assert changed.revision != found.revision
        books.done(VoidDocument(id="", kind=kind, document_id=found.id, how=VoidWay.DELETE))
        page = books.done(FindDocument(id="", kind=kind, ids=(found.id,))).page
        assert page is not None
        assert page.documents == ()

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_lost_batch_is_seen_by_its_marks(self, books: Books, kind: DocumentKind) -> None:
        """The answer is lost after the work was done: what was written shows by its day."""
        document, _ = some(books, kind)
        second = msgspec.structs.replace(document, number="S-2" if document.number else None)
        books.done(Describe(id=""))
        books.online.fault("html-after", path="batch")
        lost = books.does(create(kind, document), create(kind, second, "{" + "1" * 32 + "}"))
        assert all(isinstance(each, Unknown) for each in lost), lost
        span = ReadDocuments(id="", kind=kind, dated=(DAY, DAY), heads=True)
        page = books.done(span).page

        assert page is not None
        assert KEY in page.keys.values()
        assert len(page.documents) == 2

    @pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.SALES_RECEIPT])
    def test_a_voided_form_stays_and_says_so(self, books: Books, kind: DocumentKind) -> None:
        """Without amounts; nobody takes it for a sale any more."""
        document, _ = some(books, kind)
        made = books.done(create(kind, document))
        books.done(VoidDocument(id="", kind=kind, document_id=made.id or "", how=VoidWay.VOID))

        assert books.find(kind, made.id or "").status is DocumentStatus.CANCELLED

    def test_somebody_elses_change_is_a_conflict(self, books: Books) -> None:
        """What a bookkeeper typed meanwhile stands, and is told."""
        bill, other = some(books, DocumentKind.BILL)
        made = books.done(create(DocumentKind.BILL, bill))
        row = books.online.read("Bill", made.id or "")
        books.online.change("Bill", row, VendorRef=row["VendorRef"], DocNumber="V-9")
        (outcome,) = books.does(
            UpdateDocument(
                id="",
                kind=DocumentKind.BILL,
                document_id=made.id or "",
                revision=made.revision,
                document=other,
            )
        )

        assert isinstance(outcome, Conflict)
        assert outcome.current is not None
        assert outcome.current.number == "V-9"


class TestOrders:
    def test_a_bill_of_some_of_it_is_linked(self, books: Books) -> None:
        """The order tells how much came, and which bill it was; then it closes by itself."""
        order, _ = some(books, DocumentKind.PURCHASE_ORDER)
        made = books.done(create(DocumentKind.PURCHASE_ORDER, order))
        assert isinstance(order, PurchaseOrder)
        for number, quantity in (("V-1", 2), ("V-2", 1)):
            line = BillLine(
                item=order.lines[0].item,
                quantity=Quantity(Decimal(quantity)),
                unit_cost=order.lines[0].unit_cost,
                link=OrderLink(made.id or "", made.line_ids[0]),
            )
            bill = Bill(id="", number=number, vendor=order.vendor, created_on=DAY, lines=(line,))
            done = books.done(create(DocumentKind.BILL, bill))
            assert isinstance(done.document, Bill)
            assert done.document.lines[0].link == line.link
        found = books.find(DocumentKind.PURCHASE_ORDER, made.id or "")

        assert isinstance(found, PurchaseOrder)
        assert len(found.made_into) == 2
        assert found.lines[0].delivered == Quantity(Decimal(3))
        assert found.status is DocumentStatus.CLOSED

    def test_an_order_is_closed_by_hand(self, books: Books) -> None:
        """With nothing of it received it counts as cancelled."""
        order, _ = some(books, DocumentKind.PURCHASE_ORDER)
        made = books.done(create(DocumentKind.PURCHASE_ORDER, order))
        assert isinstance(made.document, PurchaseOrder)
        header = msgspec.structs.replace(made.document, id="", lines=())
        books.done(
            UpdateDocument(
                id="",
                kind=DocumentKind.PURCHASE_ORDER,
                document_id=made.id or "",
                revision=made.revision,
                document=header,
                lines=LineScope.NONE,
                closes=True,
            )
        )

        found = books.find(DocumentKind.PURCHASE_ORDER, made.id or "")
        assert found.status is DocumentStatus.CANCELLED


class TestRecords:
    @pytest.mark.parametrize(
        "record",
        [
            Vendor(id="", name="O’Neil & \\ 'Sons'", full_name="O’Neil & \\ 'Sons'"),
            Employee(id="", name="Ada Byron", full_name="Ada Byron"),
            Item(
                id="",
                name="Crate",
                full_name="Crate",
                type=ItemType.INVENTORY,
                income_account="Sales of Product Income",
                expense_account="Cost of Goods Sold",
                asset_account="Inventory Asset",
            ),
            Item(
                id="",
                name="Hour",
                full_name="Hour",
                type=ItemType.SERVICE,
                expense_account="80",
                sales_price=Money(Decimal("12.5")),
            ),
        ],
    )
    def test_what_is_created_is_in_the_list(self, books: Books, record: ListRecord) -> None:
        """And is found instead of created when it is asked for once more."""
        kind = {
            Vendor: RecordKind.VENDOR,
            Employee: RecordKind.EMPLOYEE,
            Item: RecordKind.ITEM,
        }[type(record)]
        operation = CreateRecord(id="", kind=kind, record=record, key=KEY)
        made = books.done(operation)
        page = books.done(ReadRecords(id="", kind=kind, limit=1000)).page
        again = books.done(operation)

        assert page is not None
        assert (made.id, record.full_name) in [(each.id, each.full_name) for each in page.records]
        assert again.id == made.id
        assert again.note is not None

    def test_a_customer_may_not_be_called_like_a_vendor(self, books: Books) -> None:
        """Their lists share their names, whatever the capital letters."""
        books.online.vendor("Acme")
        record = Vendor(id="", name="ACME", full_name="ACME")
        (outcome,) = books.does(
            CreateRecord(
                id="",
                kind=RecordKind.CUSTOMER,
                record=Customer(id="", name="acme", full_name="acme"),
                key=KEY,
            )
        )

        assert isinstance(outcome, Refused)
        assert outcome.refusal.code == "name-taken"
        there = books.done(CreateRecord(id="", kind=RecordKind.VENDOR, record=record, key=KEY))
        assert there.note is not None

    def test_a_name_that_is_free_again_is_a_new_record(self, books: Books) -> None:
        """Whoever had it bears another name by now, and is somebody else."""
        record = Vendor(id="", name="Acme", full_name="Acme")
        first = books.done(CreateRecord(id="", kind=RecordKind.VENDOR, record=record, key=KEY))
        row = books.online.read("Vendor", first.id or "")
        books.online.change("Vendor", row, DisplayName="Acme of old")
        other = "{7d0d8b1c-52a4-5c0e-9d0e-1f6f8a9b0c11}"
        second = books.done(CreateRecord(id="", kind=RecordKind.VENDOR, record=record, key=other))

        assert second.id != first.id
        assert books.online.read("Vendor", second.id or "")["DisplayName"] == "Acme"

    def test_who_is_inactive_is_told(self, books: Books) -> None:
        """Nobody is created beside somebody who was deactivated."""
        row = books.online.vendor("Acme")
        books.online.change("Vendor", row, Active=False)
        record = Vendor(id="", name="Acme", full_name="Acme")
        (outcome,) = books.does(CreateRecord(id="", kind=RecordKind.VENDOR, record=record, key=KEY))

        assert isinstance(outcome, Refused)
        assert outcome.refusal.code == "record-inactive"


class TestStock:
    def count(self, books: Books, counted: int, **more: Any) -> CreateDocument:
        crate = books.online.stock(on_hand=5)
        count = StockCount(
            id="",
            counted_on=DAY,
            account=Reference("Inventory Shrinkage", "91"),
            lines=(CountLine(item=ref(crate, "Name"), counted=Quantity(Decimal(counted))),),
            **more,
        )
        return create(DocumentKind.STOCK_COUNT, count)

    def test_a_count_becomes_the_difference(self, books: Books) -> None:
        """What was counted is what there is afterwards."""
        books.online.switch(inventory_adjustment="free")
        made = books.done(self.count(books, 3))
        page = books.done(ReadStock(id="", limit=1000)).page

        assert isinstance(made.document, StockCount)
        assert made.document.lines[0].change == Quantity(Decimal(-2))
        assert page is not None
        (item,) = page.records
        assert isinstance(item, Item)
        assert item.on_hand == Quantity(Decimal(3))

    def test_where_the_app_has_no_plan_it_is_refused_in_words(self, books: Books) -> None:
        """Most apps have none; what to do instead is said."""
        (outcome,) = books.does(self.count(books, 3))

        assert isinstance(outcome, Refused)
        assert "Silver plan" in outcome.refusal.sentence

    def test_quantities_are_set_on_the_items_where_that_is_allowed(self, books: Books) -> None:
        """The count is done, and known by its mark: there is no document of it."""
        made = books.done(self.count(books, 3, may_set_items=True))
        page = books.done(ReadStock(id="", limit=1000)).page

        assert isinstance(made.document, StockCount)
        assert made.document.lines[0].change == Quantity(Decimal(-2))
        assert page is not None
        (item,) = page.records
        assert isinstance(item, Item)
        assert item.on_hand == Quantity(Decimal(3))
        gone = VoidDocument(
            id="", kind=DocumentKind.STOCK_COUNT, document_id=made.id or "", how=VoidWay.DELETE
        )
        assert isinstance(books.does(gone)[0], Refused)


class TestChanges:
    def test_a_look_tells_what_people_did(self, books: Books) -> None:
        """Entered, changed and deleted, in one call."""
        books.online.vendor("Early")
        books.online.world.clock.pass_s(7200)
        books.online.connect()
        since = books.online.world.clock.moment.replace(tzinfo=None)
        late = books.online.vendor("Late")
        item = books.online.item()
        line = {
            "Amount": 2,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {
                "ItemRef": {"value": item["Id"]},
                "Qty": 1,
                "UnitPrice": 2,
            },
        }
        one, other = (
            books.online.create("Bill", VendorRef={"value": late["Id"]}, Line=[line])
            for _ in range(2)
        )
        books.online.delete("Bill", one)
        books.online.control("DELETE", "/exchanges")
        outcomes = books.does(
            ReadRecords(id="", kind=RecordKind.VENDOR, since=since),
            ReadDocuments(id="", kind=DocumentKind.BILL, since=since, heads=True),
            ReadDeletions(id="", documents=(DocumentKind.BILL,), since=since),
        )
        vendors, bills, gone = (each.page for each in outcomes if isinstance(each, Done))

        assert vendors is not None
        assert bills is not None
        assert gone is not None
        assert [each.full_name for each in vendors.records] == ["Late"]
        assert [each.id for each in bills.documents] == [other["Id"]]
        assert gone.deleted_documents == ((DocumentKind.BILL, one["Id"]),)
        # One look, and the deletion that is read before it is believed.
        assert len(books.online.control("GET", "/exchanges")) == 2

    def test_a_token_that_ends_in_between_is_renewed(self, books: Books) -> None:
        """Nobody notices."""
        books.online.world.clock.pass_s(3700)

        assert books.done(ReadRecords(id="", kind=RecordKind.VENDOR)).page is not None

    def test_reads_that_are_used_up_wait_and_writes_go(self, books: Books) -> None:
        """The month's quota refuses what is read, and nothing that is written."""
        bill, _ = some(books, DocumentKind.BILL)
        books.done(create(DocumentKind.BILL, bill))
        books.online.app(core_plus_quota=0)
        read = ReadRecords(id="", kind=RecordKind.VENDOR)
        for _ in range(2):
            assert isinstance(books.does(read)[0], Busy)
            other = msgspec.structs.replace(
                bill, number=f"V-{books.online.world.clock.moment}"[:21]
            )
            books.does(create(DocumentKind.BILL, other))
            books.online.world.clock.pass_s(61)
        (refused,) = books.does(read)

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "reads-used-up"
