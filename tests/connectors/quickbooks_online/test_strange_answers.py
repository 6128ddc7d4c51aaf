"""Answers that tell of something else than was asked: nothing is lost, doubled or mixed up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.connectors.quickbooks_online import observe, try_account
from counterfoil.connectors.quickbooks_online._client import Item
from counterfoil.connectors.quickbooks_online._query import Query
from counterfoil.documents import (
    BillLine,
    CountLine,
    DocumentKind,
    Quantity,
    RecordKind,
    Reference,
    StockCount,
    Vendor,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    Operation,
    Outcome,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from counterfoil.errors import UnreadableReplyError
from tests.connectors.quickbooks_online.play import (
    NOW,
    Company,
    batch,
    company,
    fault,
    item_fault,
    moment,
    rows,
)
from tests.connectors.quickbooks_online.test_reading import changes, deleted, page_of
from tests.connectors.quickbooks_online.test_writing import BOLT, KEY, answered, bill, created

OTHER_KEY = "{1c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
OTHER_MARK = "[counterfoil 1c7f4a529a3e5d1b8f662b1d1c0a9e77]"
SINCE = moment("2026-03-20T09:00")
CHANGE = UpdateDocument(
    id="1", kind=DocumentKind.BILL, document_id="145", revision="0", document=bill()
)
REMOVAL = VoidDocument(id="1", kind=DocumentKind.BILL, document_id="145", how=VoidWay.DELETE)
COUNT = CreateDocument(
    id="1",
    kind=DocumentKind.STOCK_COUNT,
    document=StockCount(
        id="",
        counted_on=NOW.date(),
        account=Reference("Shrinkage", "9"),
        lines=(CountLine(item=BOLT, counted=Quantity(Decimal(5))),),
        may_set_items=True,
    ),
    key=KEY,
)


def recovered(books: Company, operation: Operation) -> Outcome:
    """What becomes of a write whose answer was lost."""
    ((_, outcome),) = books.connector.perform(Batch(operations=(operation,), recovers=True))
    return outcome


class TestAnotherObject:
    @pytest.mark.parametrize("operation", [CHANGE, REMOVAL], ids=["change", "removal"])
    def test_what_is_read_before_a_write_is_what_was_asked_for(
        self, books: Company, operation: Operation
    ) -> None:
        """Of another bill of the same version nothing is changed and nothing deleted."""
        books.says({"Bill": answered(Id="146")})
        (outcome,) = books.does(operation)

        assert isinstance(outcome, Busy)
        assert [call.method for call in books.calls] == ["GET"]

    @pytest.mark.parametrize("operation", [CHANGE, REMOVAL], ids=["change", "removal"])
    def test_what_answers_a_write_is_what_was_written(
        self, books: Company, operation: Operation
    ) -> None:
        """Nobody knows what became of it then, and it is looked for."""
        books.says({"Bill": answered()}, {"Bill": answered(Id="146")})

        assert isinstance(books.does(operation)[0], Unknown)

    def test_an_identity_in_two_spellings_is_one(self, books: Company) -> None:
        """What is checked is what is kept."""
        books.says({"Bill": answered()}, {"Bill": answered(ID="146")})

        assert isinstance(books.does(CHANGE)[0], Unknown)

    def test_an_answer_with_the_mark_of_another_document_makes_no_link(
        self, books: Company
    ) -> None:
        """It is looked for by its own mark."""
        books.says({"Bill": answered(PrivateNote=OTHER_MARK)})

        assert isinstance(books.does(created(bill()))[0], Unknown)

    @pytest.mark.parametrize("identity", ["", "\ud800", "1\n2", "9" * 300, None, True, 1.5])
    def test_an_identity_that_is_none_makes_no_link(self, books: Company, identity: Any) -> None:
        """Nothing could be read by it again."""
        books.says({"Bill": answered(Id=identity)})

        assert isinstance(books.does(created(bill()))[0], Unknown)

    def test_an_identity_travels_as_one_part_of_the_path(self, books: Company) -> None:
        """Whatever stands in it leads nowhere else."""
        books.says(fault("610"))
        books.client.read("Bill", "1/../2?x=1#y")

        (call,) = books.calls
        assert call.path == "/bill/1/../2?x=1#y"
        assert "x" not in call.parameters

    @pytest.mark.parametrize("rate", [0, -1, True, "much", {"a": 1}])
    def test_a_rate_that_is_none_is_not_written(self, books: Company, rate: Any) -> None:
        """Books at a wrong rate are worse than a bill that waits."""
        books.says({"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": rate}})

        with pytest.raises(UnreadableReplyError):
            books.client.rate("EUR", date(2026, 3, 2))

    def test_the_rate_of_another_currency_is_not_written(self, books: Company) -> None:
        """Nor is one that answers another question."""
        books.says({"ExchangeRate": {"SourceCurrencyCode": "JPY", "Rate": 0.006}})

        with pytest.raises(UnreadableReplyError):
            books.client.rate("EUR", date(2026, 3, 2))


class TestBatches:
    def test_an_item_that_is_told_of_twice_is_told_of_not_at_all(self, books: Company) -> None:
        """Else one document would be linked to what another one became."""
        first = answered(PrivateNote=None)
        told = [{"bId": "1", "Bill": first}, {"bId": "1", "Bill": {**first, "Id": "146"}}]
        books.says({"BatchItemResponse": told})
        outcomes = books.does(created(bill("A")), created(bill("B"), "2", OTHER_KEY))

        assert [type(each) for each in outcomes] == [Unknown, Unknown]

    def test_what_cannot_be_read_of_one_item_takes_no_other_along(self, books: Company) -> None:
        """A number that is taken, by something without an identity: only that one is in doubt."""
        own = answered(Id=None)
        books.says(
            batch(item_fault("6140"), {"Bill": answered(PrivateNote=OTHER_MARK)}),
            rows("Bill", own),
        )
        first, second = books.does(created(bill()), created(bill("B"), "2", OTHER_KEY))

        assert isinstance(first, Unknown)
        assert isinstance(second, Done)


class TestQuestions:
    def test_rows_of_another_kind_are_no_answer(self, books: Company) -> None:
        """Read as none, a bill whose answer was lost would be written twice."""
        books.says(rows("Invoice", {"Id": "7"}))

        assert isinstance(recovered(books, created(bill())), Busy | Unknown)

    def test_rows_without_an_identity_do_not_hide_one_another(self, books: Company) -> None:
        """Each is told as one that cannot be read; one of them may be ours."""
        books.says(rows("Bill", answered(Id=None), answered(Id=None, PrivateNote="")))
        (found,) = books.does(
            FindDocument(id="1", kind=DocumentKind.BILL, numbers=("PO-17",)),
        )

        assert len(page_of(found).unreadable) == 2

    def test_our_mark_is_seen_on_what_has_no_identity(self, books: Company) -> None:
        """A bill that is there is not written again because something else lacks its identity."""
        books.says(rows("Bill", answered(Id=None), answered(Id=None, PrivateNote="")))

        assert isinstance(recovered(books, created(bill())), Unknown)

    def test_rows_without_an_identity_are_counted_by_the_client(self, books: Company) -> None:
        """While one that comes twice, by pages that overlap, is told once."""
        books.says(rows("Bill", {"Id": 1}, {"Id": "1"}, {}, {}))

        assert len(books.client.query(Query.of("Bill"))) == 3


class TestChangeCapture:
    @pytest.mark.parametrize(
        "answer",
        [
            {"CDCResponse": []},
            {"CDCResponse": [{"QueryResponse": []}]},
            {"CDCResponse": [{"QueryResponse": [None]}]},
            {"CDCResponse": [{"QueryResponse": [[{"Bill": []}]]}]},
            changes(Bill=None),
            changes(Bill={"Id": "1"}),
            changes(Bill=["1"]),
        ],
    )
    def test_what_cannot_be_read_is_not_nothing(self, books: Company, answer: Any) -> None:
        """Else what was changed would never be looked at again."""
        books.says(*[answer] * 3)
        (outcome,) = books.does(
            ReadDocuments(id="1", kind=DocumentKind.BILL, since=SINCE, heads=True)
        )

        assert isinstance(outcome, Busy)

    @pytest.mark.parametrize("identity", ["", "a\tb", None, {}])
    def test_a_deletion_of_nobody_knows_what_is_told_as_unreadable(
        self, books: Company, identity: Any
    ) -> None:
        """No object is asked for by it, and none is taken for gone."""
        books.says(changes(Vendor=[{**deleted("1"), "Id": identity}]))
        gone, vendors = books.does(
            ReadDeletions(id="1", records=(RecordKind.VENDOR,), since=SINCE),
            ReadRecords(id="2", kind=RecordKind.VENDOR, since=SINCE),
        )

        assert page_of(gone).deleted_records == ()
        assert len(page_of(vendors).unreadable) == 1
        assert len(books.calls) == 1


class TestWhatWritesNeed:
    def test_a_company_that_cannot_be_read_has_writes_wait(self, unknown: Company) -> None:
        """Nothing has left, and what was seen names the property."""
        unknown.says(company(SalesFormsPrefs={"CustomTxnNumbers": "maybe"}))
        outcomes = unknown.does(created(bill()), created(bill("B"), "2", OTHER_KEY))

        assert all(isinstance(each, Busy) for each in outcomes)
        assert "CustomTxnNumbers" in str(outcomes[0].detail)  # type: ignore[union-attr]  # seen above

    @pytest.mark.parametrize(
        "answer",
        [
            batch(rows("CompanyInfo"), rows("Preferences")),
            batch(rows("CompanyInfo", {"CompanyName": "Acme"}), rows("Preferences")),
            company(AccountingInfoPrefs={"BookCloseDate": "soon"}),
            {"BatchItemResponse": []},
        ],
    )
    def test_what_a_company_does_not_tell_is_not_taken_for_no(
        self, unknown: Company, answer: Any
    ) -> None:
        """No closing date that could be read is not one that is not set."""
        unknown.says(answer, answer, answer)
        (outcome,) = unknown.does(created(bill()))
        trial = try_account(unknown.client)

        assert isinstance(outcome, Busy)
        assert not trial.works
        assert observe(unknown.client)[0].is_so is None

    @pytest.mark.parametrize(
        "lines", [5, "x", [5], [{"Id": "1"}, None], [{"DetailType": {"x": 1}}]]
    )
    def test_a_line_that_cannot_be_read_is_not_dropped(self, books: Company, lines: Any) -> None:
        """A change replaces all lines; one that nobody understands would be gone by it."""
        books.says({"Bill": answered(Line=lines)})

        assert isinstance(books.does(CHANGE)[0], Busy)
        assert [call.method for call in books.calls] == ["GET"]

    @pytest.mark.parametrize("price", [True, "much", [2]])
    def test_a_price_that_is_none_is_not_written(self, books: Company, price: Any) -> None:
        """True is no price of 1."""
        line = BillLine(item=BOLT, quantity=Quantity(Decimal(3)))
        books.says(rows("Item", {"Id": "11", "PurchaseCost": price}))

        assert isinstance(books.does(created(bill(lines=(line,))))[0], Busy)

    def test_what_bears_a_number_is_told_in_words_that_can_be_kept(self, books: Company) -> None:
        """Whatever stands where its date should be."""
        there = {"Id": "\ud800", "DocNumber": "PO-17", "TxnDate": "\ud800" * 500}
        books.says(fault("6140"), rows("Bill", there))
        (outcome,) = books.does(created(bill()))

        assert isinstance(outcome, Refused)
        assert len(outcome.refusal.sentence.encode()) < 1000

    def test_a_name_that_cannot_be_read_holds_up_no_document(self, books: Company) -> None:
        """A vendor waits, for the one that is there may be it; a bill beside it goes."""
        acme = Vendor(id="", name="Acme", full_name="Acme")
        vendor = CreateRecord(id="2", kind=RecordKind.VENDOR, record=acme, key=OTHER_KEY)
        strange = {"Id": "1", "DisplayName": {"x": 1}}
        books.says(
            batch(rows("Vendor", strange), rows("Customer"), rows("Employee")),
            {"Bill": answered()},
        )
        sent, waits = books.does(created(bill()), vendor)

        assert isinstance(sent, Done)
        assert isinstance(waits, Busy)

    @pytest.mark.parametrize("quantity", ["many", {"a": 1}, [1], True])
    def test_a_quantity_that_is_none_has_a_count_wait(self, books: Company, quantity: Any) -> None:
        """It is not taken for 0: the adjustment would be wrong by all that is there."""
        books.says(rows("Item", {"Id": "11", "Name": "Bolt", "QtyOnHand": quantity}))

        assert isinstance(books.does(COUNT)[0], Busy)

    @pytest.mark.parametrize(
        "told, words",
        [([], "not in QuickBooks"), ([{"Id": "11", "Name": "Bolt"}], "no inventory item")],
    )
    def test_what_has_no_quantity_there_is_not_counted(
        self, books: Company, told: list[dict[str, Any]], words: str
    ) -> None:
        """The bookkeeper reads which item it is."""
        books.says(rows("Item", *told))
        (outcome,) = books.does(COUNT)

        assert isinstance(outcome, Refused)
        assert "Bolt" in outcome.refusal.sentence
        assert words in outcome.refusal.sentence

    def test_a_count_never_leaves_an_item_out_in_silence(self, books: Company) -> None:
        """One that is gone while quantities are set on items leaves the count undone."""
        books.says(
            rows("Item", {"Id": "11", "Name": "Bolt", "SyncToken": "0", "QtyOnHand": 3}),
            fault("5020", status=403),
            rows("Item"),
        )

        assert isinstance(books.does(COUNT)[0], Unknown)
        assert len(books.calls) == 3


def test_an_item_that_was_changed_meanwhile_is_counted_again(books: Company) -> None:
    """Stock moves between its reading and the writing: that is no refusal of the count."""
    item = {"Id": "11", "SyncToken": "3", "Name": "Bolt", "Type": "Inventory", "QtyOnHand": 2}
    books.says(
        rows("Item", item),
        fault("5020", status=403),
        rows("Item", item),
        batch(item_fault("5010")),
    )

    assert isinstance(books.does(COUNT)[0], Busy)


def test_a_question_of_a_batch_about_another_kind_is_no_answer(books: Company) -> None:
    """As one that goes alone."""
    books.says(batch(rows("Customer", {"Id": "1"})))
    (result,) = books.client.batch([Item(entity="Vendor", query=Query.of("Vendor").page())])

    assert isinstance(result, UnreadableReplyError)
