"""What became of a write whose answer was lost: looked for, and never written again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.documents import (
    Bill,
    BillLine,
    DocumentKind,
    Money,
    Quantity,
    RecordKind,
    Reference,
    Vendor,
)
from counterfoil.engine.operations import (
    Batch,
    Conflict,
    CreateDocument,
    CreateRecord,
    Done,
    Missing,
    Operation,
    Outcome,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from tests.connectors.quickbooks_online.play import Company, batch, fault, rows

KEY = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
MARK = "[counterfoil 0c7f4a529a3e5d1b8f662b1d1c0a9e77]"


@pytest.fixture(autouse=True)
def nothing_is_written(books: Company) -> Iterator[None]:
    """Whoever looks writes nothing."""
    yield
    assert all(call.method == "GET" or call.path == "/batch" for call in books.calls)
    assert all("requestid" not in call.parameters for call in books.calls)


def recovered(books: Company, operation: Operation) -> Outcome:
    ((_, outcome),) = books.connector.perform(Batch(operations=(operation,), recovers=True))
    return outcome


def bill(number: str | None = "V-1", quantity: int = 3) -> Bill:
    line = BillLine(
        item=Reference("Bolt", "11"),
        quantity=Quantity(Decimal(quantity)),
        unit_cost=Money(Decimal(2)),
    )
    vendor = Reference("Acme", "56")
    return Bill(id="", number=number, vendor=vendor, created_on=date(2026, 3, 2), lines=(line,))


def there(**more: Any) -> dict[str, Any]:
    detail = {"ItemRef": {"value": "11"}, "Qty": 3, "UnitPrice": 2}
    line = {"Id": "1", "DetailType": "ItemBasedExpenseLineDetail"}
    usual = {
        "Id": "145",
        "SyncToken": "4",
        "DocNumber": "V-1",
        "TxnDate": "2026-03-02",
        "VendorRef": {"value": "56"},
        "PrivateNote": MARK,
        "Line": [{**line, "ItemBasedExpenseLineDetail": detail}],
    }
    return {**usual, **more}


class TestCreations:
    @pytest.mark.parametrize(
        "number, asked",
        [("V-1", "DocNumber IN ('V-1')"), (None, "TxnDate >= '2026-03-02'")],
    )
    def test_what_bears_our_mark_is_it(
        self, books: Company, number: str | None, asked: str
    ) -> None:
        """Among what bears its number, or, without one, its day."""
        books.says(rows("Bill", there(Id="9", PrivateNote=None), there()))
        kind = DocumentKind.BILL
        operation = CreateDocument(id="1", kind=kind, document=bill(number), key=KEY)
        outcome = recovered(books, operation)

        assert isinstance(outcome, Done)
        assert (outcome.id, outcome.mark) == ("145", KEY)
        assert asked in books.calls[0].query

    def test_without_our_mark_it_is_not_there(self, books: Company) -> None:
        """Whatever number somebody else's bears."""
        books.says(rows("Bill", there(PrivateNote="by hand")))
        operation = CreateDocument(id="1", kind=DocumentKind.BILL, document=bill(), key=KEY)

        assert isinstance(recovered(books, operation), Missing)

    @pytest.mark.parametrize(
        "found, type_", [([{"Id": "5", "DisplayName": "Acme"}], Done), ([], Missing)]
    )
    def test_a_record_is_known_by_its_name(
        self, books: Company, found: list[dict[str, Any]], type_: type[Outcome]
    ) -> None:
        """List records bear no mark."""
        books.says(batch(rows("Vendor", *found), rows("Customer"), rows("Employee")))
        record = Vendor(id="", name="Acme", full_name="Acme")
        operation = CreateRecord(id="1", kind=RecordKind.VENDOR, record=record, key=KEY)

        assert isinstance(recovered(books, operation), type_)


class TestChanges:
    @pytest.mark.parametrize(
        "answer, type_",
        [
            ({"Bill": there()}, Missing),
            ({"Bill": there(SyncToken="5")}, Done),
            ({"Bill": there(SyncToken="5", DocNumber="V-9")}, Conflict),
            (fault("610"), Conflict),
        ],
    )
    def test_the_document_tells(self, books: Company, answer: Any, type_: type[Outcome]) -> None:
        """As it was, as it should be, another, or gone."""
        books.says(answer)
        operation = UpdateDocument(
            id="1", kind=DocumentKind.BILL, document_id="145", revision="4", document=bill()
        )

        assert isinstance(recovered(books, operation), type_)

    @pytest.mark.parametrize("answer, type_", [({"Bill": there()}, Missing), (fault("610"), Done)])
    def test_a_document_that_was_taken_out_is_gone(
        self, books: Company, answer: Any, type_: type[Outcome]
    ) -> None:
        """One that is there was not."""
        books.says(answer)
        operation = VoidDocument(
            id="1", kind=DocumentKind.BILL, document_id="145", how=VoidWay.DELETE
        )

        assert isinstance(recovered(books, operation), type_)
