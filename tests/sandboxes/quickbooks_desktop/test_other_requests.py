"""Requests for what this company does not keep are answered, not misunderstood."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import request_names
from counterfoil.sandboxes.quickbooks_desktop._other_requests import OTHER_REQUESTS
from tests.sandboxes.quickbooks_desktop.outside import HresultError, Outside

SEQUENCE = "{http://www.w3.org/2001/XMLSchema}"


def test_every_request_of_the_schema_is_known(shared_dir: Path) -> None:
    """What the tables do not hold is in the list of other requests, and nothing besides."""
    schema = etree.parse(shared_dir / "reference/schemas/qbxmlops160.xsd")
    messages = schema.getroot().find(f".//{SEQUENCE}element[@name='QBXMLMsgsRq']")
    assert messages is not None
    names = {
        str(element.get("name")).removesuffix("Rq")
        for element in messages.iter(f"{SEQUENCE}element")
        if element is not messages
    }

    assert names - set(request_names()) == OTHER_REQUESTS


def test_each_is_answered_in_its_place(outside: Outside) -> None:
    """Between requests that are carried out, each finds nothing or says that it is not here."""
    names = sorted(OTHER_REQUESTS)
    host = "<HostQueryRq/>"
    first, *replies, last = outside.ask_all(host, *(f"<{name}Rq/>" for name in names), host)
    codes = {name: reply.code for name, reply in zip(names, replies, strict=True)}

    assert (first.code, last.code) == (0, 0)
    assert [reply.element.tag for reply in replies] == [f"{name}Rs" for name in names]
    assert set(codes.values()) == {1, 1030}
    assert all(name.endswith("Query") for name, code in codes.items() if code == 1)
    for name, code in {
        "SalesReceiptQuery": 1,
        "JournalEntryQuery": 1,
        "DepositQuery": 1,
        "SalesReceiptAdd": 1030,
        "VendorCreditMod": 1030,
        "CreditMemoMod": 1030,
        "AgingReportQuery": 1030,
        "BillToPayQuery": 1030,
        # There are some in every company, so "none found" would be untrue.
        "PaymentMethodQuery": 1030,
    }.items():
        assert codes[name] == code, name
        assert code == 1 or name in replies[names.index(name)].message


def test_a_question_keeps_its_attributes(outside: Outside) -> None:
    """Counted and read page by page, it finds nothing as any other would."""
    counted = outside.ask('<ChargeQueryRq metaData="MetaDataOnly"/>').element
    paged = outside.ask(
        '<DepositQueryRq requestID="7" iterator="Start"><MaxReturned>5</MaxReturned>'
        "<IncludeLineItems>true</IncludeLineItems></DepositQueryRq>"
    ).element

    assert (counted.get("statusCode"), counted.get("retCount")) == ("1", "0")
    assert (paged.get("requestID"), paged.get("iteratorRemainingCount")) == ("7", "0")


@pytest.mark.parametrize("name", ["SalesReceiptFind", "SalesReceipt", "BillPaymentCreditCardMod"])
def test_a_name_that_is_not_in_the_schema_breaks_the_set(outside: Outside, name: str) -> None:
    """QuickBooks cannot parse it, whatever stands around it."""
    with pytest.raises(HresultError, match="0x80040400"):
        outside.ask_all("<HostQueryRq/>", f"<{name}Rq/>")
