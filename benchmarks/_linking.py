"""A QuickBooks for measuring that links invoices to the sales orders which it has taken.

Like ``_stage.PreparedCompany`` it answers from prepared text; and it keeps each order, how much
of each line is invoiced, and which invoice took it, so that an order can be read before and
after.  It stops the benchmark where a link is wrong, or takes more than is open.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from lxml import etree

from benchmarks._stage import PreparedCompany, PreparedSession, customer_name, item_name
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult

_NOTHING_INVOICED = "<Invoiced>0</Invoiced>"
_OWN_MARK = "</ExternalGUID>\n"
# Apart from the orders' identities.
_FIRST_INVOICE = 1_000_000


# What ``_stage.books_records`` lists: customers are 80000..., items 80001...
_NAMED = re.compile(
    r"<ListID>8000([01])([0-9A-F]+)(-170000000[12])</ListID>\n<FullName>[^<]*</FullName>"
)


def _with_own_name(found: re.Match[str]) -> str:
    """Name a customer or an item as the list does, for the order is read again."""
    kind, number, rest = found.groups()
    name = (customer_name, item_name)[int(kind)](int(number, 16))
    return f"<ListID>8000{kind}{number}{rest}</ListID>\n<FullName>{name}</FullName>"


class LinkingCompany(PreparedCompany):
    """The company: orders as they stand, and invoices.

    Attributes:
        kept: Document's identity -> its text, as it was taken.
        invoices: Order -> the invoice that took it.
        readings: Order -> how often it was read.
        sets: Message sets since ``count_anew``; of those, ``read_back`` only prove links.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.invoices: dict[str, str] = {}
        self.readings: dict[str, int] = {}
        self.sets = 0
        self.read_back = 0

    def open_session(
        self, company_file: str | None = None, *, application: str = "benchmark"
    ) -> LinkingSession:
        """Open a session."""
        return LinkingSession(self, self._sandbox.open_session(application=application))

    def count_anew(self) -> None:
        """Forget what was counted so far."""
        self.sets = self.read_back = 0
        self.readings.clear()

    def order_now(self, order: str) -> str:
        """Give an order as it stands."""
        text, invoice = self.kept[order], self.invoices.get(order)
        if invoice is None:
            return text
        head, *rest = text.split(_NOTHING_INVOICED)
        ordered = [each.rpartition("<Quantity>")[2].partition("<")[0] for each in (head, *rest)]
        parts = [head]
        for quantity, part in zip(ordered, rest, strict=False):
            parts += f"<Invoiced>{quantity}</Invoiced>", part
        linked = (
            f"<LinkedTxn>\n<TxnID>{invoice}</TxnID>\n<TxnType>Invoice</TxnType>\n"
            "<TxnDate>2026-03-02</TxnDate>\n<LinkType>QUANTYPE</LinkType>\n"
            "<Amount>0.00</Amount>\n</LinkedTxn>\n"
        )
        return "".join(parts).replace(_OWN_MARK, _OWN_MARK + linked)


class LinkingSession(PreparedSession):
    """One session on it."""

    _company: LinkingCompany

    def process(self, text: str) -> ProcessResult:
        """Answer a message set, and count it."""
        invoices, readings = len(self._company.invoices), sum(self._company.readings.values())
        self._proves_only = True
        result = super().process(text)
        self._company.sets += 1
        has_read = sum(self._company.readings.values()) > readings
        has_written = len(self._company.invoices) > invoices
        self._company.read_back += has_read and not has_written and self._proves_only
        return result

    def _answer(self, request: Any) -> str:
        name = request.tag.removesuffix("Rq")
        if name == "InvoiceAdd":
            return self._invoice(request[0], request.get("requestID"))
        if name.endswith("Query") and (ids := [each.text for each in request.iter("TxnID")]):
            return self._found(name, request.get("requestID"), ids)
        self._proves_only = False
        answer = super()._answer(request)
        if name == "SalesOrderAdd":
            answer = _NAMED.sub(_with_own_name, answer)
            self._keep(answer, name)
        return answer

    def _keep(self, answer: str, name: str) -> None:
        ret = answer[answer.index("\n") + 1 : answer.rindex(f"</{name}Rs>")]
        self._company.kept[ret.partition("<TxnID>")[2].partition("<")[0]] = ret

    def _found(self, name: str, request_id: str, ids: list[str]) -> str:
        for each in ids:
            if name == "SalesOrderQuery":
                self._company.readings[each] = self._company.readings.get(each, 0) + 1
                self._proves_only = self._proves_only and each in self._company.invoices
        found = "".join(self._company.order_now(each) for each in ids)
        return (
            f'<{name}Rs requestID="{request_id}" statusCode="0" statusSeverity="Info" '
            f'statusMessage="Status OK" retCount="{len(ids)}">\n{found}</{name}Rs>\n'
        )

    def _invoice(self, added: Any, request_id: str) -> str:
        lines = list(added.iterchildren("InvoiceLineAdd"))
        (order,) = {line.findtext("LinkToTxn/TxnID") for line in lines}
        if order in self._company.invoices:
            raise SystemExit(f"order {order} would be invoiced twice")
        known = etree.fromstring(self._company.kept[order])
        there = {each.findtext("TxnLineID"): each for each in known.iter("SalesOrderLineRet")}
        number = f"{_FIRST_INVOICE + len(self._company.invoices):X}-1772000000"
        told, total = [], Decimal(0)
        for position, line in enumerate(lines):
            of_order = there.pop(line.findtext("LinkToTxn/TxnLineID"))
            text, amount = _line(of_order, line, f"{number[:-11]}{position:X}-1772000000")
            told.append(text)
            total += amount
        if there:
            raise SystemExit(f"order {order} was not invoiced as a whole")
        self._company.invoices[order] = number
        answer = _added(added, request_id, number, known, total, "".join(told))
        self._keep(answer, "InvoiceAdd")
        return answer


def _line(of_order: Any, line: Any, identity: str) -> tuple[str, Decimal]:
    """Give the line of an invoice, which takes all but the quantity from its order."""
    quantity, rate = Decimal(line.findtext("Quantity")), Decimal(of_order.findtext("Rate"))
    if quantity != Decimal(of_order.findtext("Quantity")):
        raise SystemExit("a line was not invoiced as a whole")
    amount = quantity * rate
    text = (
        f"<InvoiceLineRet>\n<TxnLineID>{identity}</TxnLineID>\n"
        f"<ItemRef>\n<ListID>{of_order.findtext('ItemRef/ListID')}</ListID>\n"
        f"<FullName>{of_order.findtext('ItemRef/FullName')}</FullName>\n</ItemRef>\n"
        f"<Desc>{of_order.findtext('Desc')}</Desc>\n<Quantity>{quantity}</Quantity>\n"
        f"<Rate>{rate:.2f}</Rate>\n<Amount>{amount:.2f}</Amount>\n"
        "<SalesTaxCodeRef>\n<ListID>80000001-1700000000</ListID>\n<FullName>Tax</FullName>\n"
        "</SalesTaxCodeRef>\n</InvoiceLineRet>\n"
    )
    return text, amount


def _added(
    added: Any, request_id: str, identity: str, order: Any, total: Decimal, lines: str
) -> str:
    number = added.findtext("RefNumber") or identity.partition("-")[0]
    return (
        f'<InvoiceAddRs requestID="{request_id}" statusCode="0" statusSeverity="Info" '
        f'statusMessage="Status OK">\n<InvoiceRet>\n<TxnID>{identity}</TxnID>\n'
        "<TimeCreated>2026-03-02T09:00:00-08:00</TimeCreated>\n"
        "<TimeModified>2026-03-02T09:00:00-08:00</TimeModified>\n"
        "<EditSequence>1772000000</EditSequence>\n"
        f"<CustomerRef>\n<ListID>{order.findtext('CustomerRef/ListID')}</ListID>\n"
        f"<FullName>{order.findtext('CustomerRef/FullName')}</FullName>\n</CustomerRef>\n"
        f"<TxnDate>{added.findtext('TxnDate') or '2026-03-02'}</TxnDate>\n"
        f"<RefNumber>{number}</RefNumber>\n<IsPending>false</IsPending>\n"
        f"<DueDate>2026-04-01</DueDate>\n<Subtotal>{total:.2f}</Subtotal>\n"
        "<ItemSalesTaxRef>\n<ListID>80000002-1700000000</ListID>\n"
        "<FullName>State Sales Tax</FullName>\n</ItemSalesTaxRef>\n"
        "<SalesTaxPercentage>0.00</SalesTaxPercentage>\n<SalesTaxTotal>0.00</SalesTaxTotal>\n"
        f"<AppliedAmount>0.00</AppliedAmount>\n<BalanceRemaining>{total:.2f}</BalanceRemaining>\n"
        "<IsPaid>false</IsPaid>\n"
        f"<ExternalGUID>{added.findtext('ExternalGUID')}</ExternalGUID>\n"
        f"{lines}</InvoiceRet>\n</InvoiceAddRs>\n"
    )
