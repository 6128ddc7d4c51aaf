"""QuickBooks Desktop against its stand-in: all that can be asked of documents in a company file.

What every connector has in common is in ``test_connectors``; this is what the books alone are
asked: heads, changes, deletions, and our mark on the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.quickbooks_desktop.marks import OWNER_ID, ledger_mark
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import HostFacts, read_hcp
from counterfoil.documents import (
    DocumentKind,
    DocumentStatus,
    ItemType,
    Money,
    OrderLine,
    RecordKind,
    Reference,
    SalesOrder,
    difference,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    Conflict,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    LineScope,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteMark,
)
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, fill_company
from counterfoil.sandboxes.quickbooks_desktop._faults import Fault
from tests.conformance.conftest import Books
from tests.sandboxes.quickbooks_desktop.desk import START
from tests.support.builders import client, line, order, product

SALES_ORDER = DocumentKind.SALES_ORDER
APPLICATION = "Counterfoil"


class Office:
    """A company file with ACME and BOLT in it, asked one set at a time, a minute apart."""

    def __init__(self, company: CompanyFile, moment: list[float]) -> None:
        self.company = company
        self.books = Books(partial(company.process, application=APPLICATION))
        self._moment = moment
        self._sets = count(1)
        self._marks = count(1)
        self.customer = self._listed(RecordKind.CUSTOMER, client("ACME", "Acme"))
        goods = product("BOLT", type=ItemType.NON_INVENTORY, income_account="Sales:Goods")
        self.bolt = self._listed(RecordKind.ITEM, goods)

    def _listed(self, kind: RecordKind, record: Any) -> Reference:
        done = self.ask(CreateRecord(id="1", kind=kind, record=record, key=self.mark()))
        assert isinstance(done, Done), done
        return Reference(record.full_name, done.id)

    def mark(self) -> str:
        return f"{{00000000-0000-4000-8000-{next(self._marks):012d}}}"

    def ask(self, operation: Operation) -> Outcome:
        self._moment[0] += 60
        batch = Batch(operations=(operation,), key=f"set-{next(self._sets)}")
        return self.books.perform(batch)[operation.id]

    def order(self, number: str, *lines: OrderLine, **changes: Any) -> SalesOrder:
        return order(number, *lines, customer=self.customer, **changes)

    def line(self, text: str, **changes: Any) -> OrderLine:
        return line(text, item=self.bolt, **changes)

    def enter(self, number: str, *texts: str) -> Done:
        """Enter an order over bolts through the connector."""
        lines = [self.line(text) for text in texts or ("2 BOLT 1.50", "1 BOLT 2.00")]
        document = self.order(number, *lines)
        done = self.ask(
            CreateDocument(id="1", kind=SALES_ORDER, document=document, key=self.mark())
        )
        assert isinstance(done, Done), done
        return done

    def change(self, done: Done, document: SalesOrder, **changes: Any) -> Outcome:
        """Change an order that was entered, as it was answered."""
        assert done.id is not None
        update = UpdateDocument(
            id="1",
            kind=SALES_ORDER,
            document_id=done.id,
            revision=done.revision,
            document=document,
        )
        return self.ask(msgspec.structs.replace(update, **changes))

    def delete(self, done: Done) -> Outcome:
        assert done.id is not None
        return self.ask(
            VoidDocument(id="1", kind=SALES_ORDER, document_id=done.id, how=VoidWay.DELETE)
        )

    def page(self, operation: Operation) -> Page:
        done = self.ask(operation)
        assert isinstance(done, Done), done
        assert done.page is not None
        return done.page

    def found(self, done: Done) -> list[SalesOrder]:
        """What the books hold under an order's identity."""
        page = self.page(FindDocument(id="1", kind=SALES_ORDER, ids=(done.id or "",)))
        return [each for each in page.documents if isinstance(each, SalesOrder)]

    def invoice(self, done: Done) -> None:
        """A person invoices an order at the desk."""
        text = (
            '<?xml version="1.0" encoding="utf-8"?><?qbxml version="16.0"?><QBXML>'
            '<QBXMLMsgsRq onError="stopOnError"><InvoiceAddRq requestID="1"><InvoiceAdd>'
            f"<CustomerRef><ListID>{self.customer.id}</ListID></CustomerRef>"
            f"<LinkToTxnID>{done.id}</LinkToTxnID></InvoiceAdd></InvoiceAddRq></QBXMLMsgsRq></QBXML>"
        )
        result = self.company.process(text, application="A person")
        assert 'statusCode="0"' in result.response, result

    def lock(self, request: str) -> None:
        """Somebody has the next document of such a request open on the screen."""
        self.company.faults.arm(Fault("locked-record", match=request))


@pytest.fixture
def office() -> Iterator[Office]:
    moment = [float(START)]
    company = CompanyFile.create(None, now=lambda: moment[0])
    fill_company(company.process, company.settings)
    yield Office(company, moment)
    company.close()


class TestWhatWasWritten:
    def test_the_answer_holds_the_order_as_the_books_have_it(self, office: Office) -> None:
        """Number, mark, total, lines and the whole order: nothing has to be read again."""
        done = office.enter("SO-1")

        assert (done.number, done.total) == ("SO-1", "5.00")
        assert done.mark == "{00000000-0000-4000-8000-000000000003}"
        assert isinstance(done.document, SalesOrder)
        assert [each.id for each in done.document.lines] == list(done.line_ids)
        assert office.found(done) == [done.document]

    def test_a_file_that_keeps_no_answers(self, office: Office) -> None:
        """9005: the answer itself is good, and asking again says nothing about the order."""
        office.company.faults.arm(Fault("cannot-store"))
        document = office.order("SO-1", office.line("1 BOLT 1.00"))
        create = CreateDocument(id="1", kind=SALES_ORDER, document=document, key=office.mark())
        batch = Batch(operations=(create,), key="not-kept")
        done = office.books.perform(batch)["1"]

        assert isinstance(done, Done)
        assert isinstance(office.books.recover(batch)["1"], Unknown)
        assert len(office.found(done)) == 1

    def test_an_answer_that_another_set_pushed_out(self, office: Office) -> None:
        """Only the last set is kept: an older one is unknown, a look-up of it too (D1)."""
        document = office.order("SO-1", office.line("1 BOLT 1.00"))
        operations = (
            CreateDocument(id="1", kind=SALES_ORDER, document=document, key=office.mark()),
            FindDocument(id="2", kind=SALES_ORDER, numbers=("SO-9",)),
        )
        batch = Batch(operations=operations, key="pushed-out")
        office.books.perform(batch)
        office.enter("SO-2")

        assert all(isinstance(each, Unknown) for each in office.books.recover(batch).values())


class TestFinding:
    def test_many_are_one_question(self, office: Office) -> None:
        """Of several identities those that are there come whole, with our marks on them."""
        first, second = office.enter("SO-1"), office.enter("SO-2", "7 BOLT 1.00")
        ids = (second.id or "", "99-9", first.id or "")
        page = office.page(FindDocument(id="1", kind=SALES_ORDER, ids=ids))

        assert {each.id: each for each in page.documents} == {
            first.id: first.document,
            second.id: second.document,
        }
        assert page.keys == {first.id: first.mark, second.id: second.mark}

    def test_none_is_an_empty_page(self, office: Office) -> None:
        """What QuickBooks says it has not is not there."""
        for lookup in (
            FindDocument(id="1", kind=SALES_ORDER, ids=("99-9",)),
            FindDocument(id="1", kind=SALES_ORDER, numbers=("SO-9",)),
        ):
            assert office.page(lookup) == Page()

    def test_a_look_up_that_failed_says_nothing(self, office: Office) -> None:
        """An internal error is no empty page, be it of a look-up or of a list."""
        for request, operation, says in (
            ("SalesOrderQuery", FindDocument(id="1", kind=SALES_ORDER, ids=("1-1",)), "orders"),
            ("ItemQuery", ReadRecords(id="1", kind=RecordKind.ITEM), "The item list"),
        ):
            office.company.faults.arm(Fault("internal-error", match=request))
            failed = office.ask(operation)
            assert isinstance(failed, Busy)
            assert says in failed.reason


class TestHeads:
    def test_heads_tell_who_and_which(self, office: Office) -> None:
        """Identity, number, version, customer, date, total, state and mark, and no lines."""
        done = office.enter("SO-1")
        page = office.page(ReadDocuments(id="1", kind=SALES_ORDER, heads=True))
        [head] = page.documents

        assert isinstance(head, SalesOrder)
        assert isinstance(done.document, SalesOrder)
        assert head == msgspec.structs.replace(
            done.document, lines=(), due_on=None, billing_address=None, tax_item=None
        )
        assert page.keys == {done.id: done.mark}
        assert page.latest is not None

    def test_heads_come_in_pages(self, office: Office) -> None:
        """A page names the next until all have come, each once."""
        entered = [office.enter(f"SO-{number}").id for number in range(5)]
        session = office.company.open_session(None, application=APPLICATION)
        seen: list[str] = []
        token: str | None = None
        books = Books(session.process)  # pages live in one session
        for _ in range(3):
            read = ReadDocuments(id="1", kind=SALES_ORDER, heads=True, limit=2, page=token)
            done = books.perform(Batch(operations=(read,)))["1"]
            assert isinstance(done, Done)
            assert done.page is not None
            seen += [each.id for each in done.page.documents]
            token = done.page.next
        session.close()

        assert token is None
        assert seen == entered


class TestChanging:
    def test_lines_are_kept_changed_added_and_taken_away(self, office: Office) -> None:
        """What is named with its identity stays the same line; what is not named goes."""
        done = office.enter("SO-1", "2 BOLT 1.50", "1 BOLT 2.00")
        wanted = office.order(
            "SO-1",
            office.line("9 BOLT 4.00"),
            office.line("3 BOLT 1.50", id=done.line_ids[0]),
            memo="changed",
        )
        changed = office.change(done, wanted)

        assert isinstance(changed, Done), changed
        assert (changed.id, changed.mark, changed.total) == (done.id, done.mark, "40.50")
        assert changed.revision != done.revision
        assert changed.line_ids[1] == done.line_ids[0]
        assert len(changed.line_ids) == 2
        [there] = office.found(done)
        assert there == changed.document
        assert difference(wanted, there) is None

    def test_a_header_alone_leaves_the_lines(self, office: Office) -> None:
        """A changed memo does not touch a line."""
        done = office.enter("SO-1")
        wanted = office.order("SO-1", memo="only this")
        changed = office.change(done, wanted, lines=LineScope.NONE)

        assert isinstance(changed, Done)
        assert changed.line_ids == done.line_ids
        assert isinstance(changed.document, SalesOrder)
        assert changed.document.memo == "only this"

    def test_an_order_is_closed_and_opened_again(self, office: Office) -> None:
        """Closing by hand is a change of the header, and so is taking it back."""
        done = office.enter("SO-1")
        bare = office.order("SO-1")
        closed = office.change(done, bare, lines=LineScope.NONE, closes=True)
        assert isinstance(closed, Done)
        [there] = office.found(done)
        opened = office.change(closed, bare, lines=LineScope.NONE, closes=False)

        assert there.status is DocumentStatus.CANCELLED
        assert isinstance(opened, Done)
        assert office.found(done)[0].status is DocumentStatus.OPEN

    def test_a_stale_version_changes_nothing(self, office: Office) -> None:
        """Somebody changed the order meanwhile: a conflict, and their change stays."""
        done = office.enter("SO-1")
        theirs = office.order("SO-1", memo="theirs")
        assert isinstance(office.change(done, theirs, lines=LineScope.NONE), Done)
        ours = office.change(done, office.order("SO-1", memo="ours"), lines=LineScope.NONE)

        assert isinstance(ours, Conflict)
        assert ours.current is None
        assert office.found(done)[0].memo == "theirs"

    def test_an_order_that_is_gone(self, office: Office) -> None:
        """A change of what was deleted is a conflict: it has to be looked at."""
        done = office.enter("SO-1")
        office.delete(done)

        assert isinstance(office.change(done, office.order("SO-1"), closes=None,
                                        lines=LineScope.NONE), Conflict)  # fmt: skip

    def test_an_order_somebody_has_open(self, office: Office) -> None:
        """A lock waits; it is neither a conflict nor a refusal."""
        done = office.enter("SO-1")
        office.lock("SalesOrderMod")

        assert isinstance(office.change(done, office.order("SO-1"), lines=LineScope.NONE), Busy)


class TestTakingOut:
    def test_a_deleted_order_is_out_and_told(self, office: Office) -> None:
        """It is found no more, and the list of deletions names it."""
        done = office.enter("SO-1")
        out = office.delete(done)

        assert isinstance(out, Done)
        assert (out.id, out.number) == (done.id, "SO-1")
        assert office.found(done) == []
        told = office.page(ReadDeletions(id="1", documents=(SALES_ORDER,)))
        assert told.deleted_documents == ((SALES_ORDER, done.id),)
        assert told.latest is not None

    def test_what_is_out_already_is_done(self, office: Office) -> None:
        """Deleting twice is deleting once."""
        done = office.enter("SO-1")
        office.delete(done)

        assert isinstance(office.delete(done), Done)

    def test_an_order_that_was_invoiced_stays(self, office: Office) -> None:
        """Something follows it: refused in QuickBooks' words, and it is still there."""
        done = office.enter("SO-1")
        office.invoice(done)
        refused = office.delete(done)

        assert isinstance(refused, Refused)
        assert refused.code == "3160"
        assert "another transaction is linked to it" in refused.refusal.sentence
        assert len(office.found(done)) == 1

    def test_an_order_somebody_has_open_stays(self, office: Office) -> None:
        """A lock waits."""
        done = office.enter("SO-1")
        office.lock("TxnDel")

        assert isinstance(office.delete(done), Busy)
        assert len(office.found(done)) == 1


class TestOurMarkOnTheFile:
    def mark(self, office: Office) -> str | None:
        """What the first call of a run tells of our mark."""
        session = office.company.open_session(None, application=APPLICATION)
        facts = read_hcp(session.host_company_preferences(OWNER_ID).response)
        session.close()
        assert isinstance(facts, HostFacts)
        return ledger_mark(facts)

    def test_it_is_written_and_written_anew(self, office: Office) -> None:
        """The mark is read with the first call of a run, without a request of its own."""
        assert self.mark(office) is None

        assert isinstance(office.ask(WriteMark(id="1", value="ledger 7, 12")), Done)
        assert self.mark(office) == "ledger 7, 12"
        assert isinstance(office.ask(WriteMark(id="1", value="ledger 7, 13", exists=True)), Done)
        assert self.mark(office) == "ledger 7, 13"

    def test_a_mark_that_is_there_is_not_overwritten_as_new(self, office: Office) -> None:
        """Who believes that there is none does not silently replace another's."""
        office.ask(WriteMark(id="1", value="ledger 7"))

        assert isinstance(office.ask(WriteMark(id="1", value="ledger 8")), Refused)
        assert self.mark(office) == "ledger 7"

    def test_a_field_that_was_defined_and_never_filled(self, office: Office) -> None:
        """A run that ended between the two requests does not keep the next from writing."""
        office.company.faults.arm(Fault("locked-record", match="DataExtAdd"))
        assert isinstance(office.ask(WriteMark(id="1", value="ledger 7")), Busy)

        assert isinstance(office.ask(WriteMark(id="1", value="ledger 7")), Done)
        assert self.mark(office) == "ledger 7"


def test_money_is_read_as_it_was_written(office: Office) -> None:
    """Prices with more than two decimals come back as they went."""
    done = office.enter("SO-1", "3 BOLT 0.12345")

    assert isinstance(done.document, SalesOrder)
    assert done.document.lines[0].unit_price == Money(Decimal("0.12345"))
