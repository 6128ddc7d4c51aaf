"""Custom fields: what a company uses, and one field of a form written."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.connectors.quickbooks_online import company_of
from counterfoil.documents import CustomField, DocumentKind
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    FindDocument,
    Missing,
    Refused,
    WriteField,
)
from tests.connectors.quickbooks_online.play import Company, company, fault, rows

JOB = {"DefinitionId": "1", "Name": "Job", "Type": "StringType"}
CREW = {"DefinitionId": "2", "Name": "Crew", "Type": "StringType", "StringValue": "Night"}


def used(group: str, forms: str, *names: str, off: int = 0) -> list[dict[str, Any]]:
    """The two blocks in which preferences tell custom fields; ``off``: how many are not used."""
    flags = [
        {
            "Name": f"{group}.Use{forms}Custom{place}",
            "Type": "BooleanType",
            "BooleanValue": place > off,
        }
        for place, _name in enumerate(names, start=1)
    ]
    texts = [
        {"Name": f"{group}.{forms}CustomName{place}", "Type": "StringType", "StringValue": name}
        for place, name in enumerate(names, start=1)
    ]
    return [{"CustomField": flags}, {"CustomField": texts}]


@pytest.fixture
def books(unknown: Company) -> Company:
    """A company that uses custom fields on its orders and, of two, one on its sales forms."""
    unknown.says(
        company(
            VendorAndPurchasesPrefs={
                "POCustomField": used("PurchasePrefs", "Purchase", "Job", "Crew")
            },
            SalesFormsPrefs={
                "CustomField": used("SalesFormsPrefs", "Sales", "Old", "Plant", off=1)
            },
        )
    )
    company_of(unknown.client)
    unknown.calls.clear()
    return unknown


def order(*fields: dict[str, Any], token: str = "3") -> dict[str, Any]:
    """A purchase order as the service answers it."""
    return {
        "Id": "9",
        "SyncToken": token,
        "VendorRef": {"value": "56", "name": "Acme"},
        "APAccountRef": {"value": "33"},
        "CustomField": list(fields),
    }


def writing(name: str = "Job", expected: str | None = None, **changes: Any) -> WriteField:
    usual: dict[str, Any] = {
        "id": "1",
        "kind": DocumentKind.PURCHASE_ORDER,
        "document_id": "9",
        "name": name,
        "value": "J-7",
    }
    return WriteField(**{**usual, **changes}, expected=expected)


def test_a_company_tells_which_fields_it_uses(books: Company) -> None:
    """By the place at the end of their names; one that is switched off is none."""
    assert company_of(books.client).custom_fields == {
        "purchases": {"Job": "1", "Crew": "2"},
        "sales": {"Plant": "2"},
    }


def test_a_form_tells_its_fields(books: Company) -> None:
    """What a form says is read with it; a field that says nothing is left out."""
    books.says(rows("PurchaseOrder", order(JOB, CREW)))
    (found,) = books.does(FindDocument(id="1", kind=DocumentKind.PURCHASE_ORDER, ids=("9",)))

    assert isinstance(found, Done)
    assert found.page is not None
    assert found.page.documents[0].custom_fields == (CustomField("Crew", "Night"),)


def test_one_field_is_written_and_the_others_stay(books: Company) -> None:
    """By its place, over the version that was just read, with what an update has to repeat."""
    books.says(
        {"PurchaseOrder": order(CREW)},
        {"PurchaseOrder": order({**JOB, "StringValue": "J-7"}, CREW, token="4")},
    )
    (done,) = books.does(writing())

    assert isinstance(done, Done)
    assert books.calls[-1].body == {
        "Id": "9",
        "SyncToken": "3",
        "sparse": True,
        "VendorRef": {"value": "56", "name": "Acme"},
        "APAccountRef": {"value": "33"},
        "CustomField": [
            {"DefinitionId": "2", "Type": "StringType", "StringValue": "Night"},
            {"DefinitionId": "1", "Type": "StringType", "StringValue": "J-7"},
        ],
    }


def test_what_stands_there_already_is_not_written(books: Company) -> None:
    """A value that is there is done; another one is written over only where it was expected."""
    there = {**JOB, "StringValue": "J-7"}
    books.says({"PurchaseOrder": order(there)})
    assert isinstance(books.does(writing())[0], Done)

    other = {**JOB, "StringValue": "by hand"}
    books.says({"PurchaseOrder": order(other)})
    (conflict,) = books.does(writing())
    assert isinstance(conflict, Conflict)
    assert conflict.detail == "the field “Job” says “by hand” by now"

    books.says({"PurchaseOrder": order(other)}, {"PurchaseOrder": order(there, token="4")})
    assert isinstance(books.does(writing(expected="by hand"))[0], Done)


@pytest.mark.parametrize(
    "operation, told",
    [
        (writing("job"), "no custom field of exactly that name on purchase orders"),
        (writing("Old", kind=DocumentKind.INVOICE), "of exactly that name on sales forms"),
        (writing(kind=DocumentKind.BILL), "a bill has no custom fields there"),
    ],
    ids=["spelled otherwise", "switched off", "bills have none"],
)
def test_a_field_that_is_not_there(books: Company, operation: WriteField, told: str) -> None:
    """It is refused in plain words, and without a call."""
    (refused,) = books.does(operation)

    assert isinstance(refused, Refused)
    assert refused.refusal.code == "field-refused"
    assert told in refused.refusal.sentence
    assert books.calls == []


def test_what_the_service_did_with_it(books: Company) -> None:
    """Gone, changed in that moment, refused, or passed over in silence: each is told as it is."""
    books.says(fault("610"))
    assert isinstance(books.does(writing())[0], Missing)
    books.says({"PurchaseOrder": order()}, fault("5010"))
    assert isinstance(books.does(writing())[0], Busy)
    books.says({"PurchaseOrder": order()}, fault("2050"))
    assert isinstance(books.does(writing())[0], Refused)
    books.says({"PurchaseOrder": order()}, {"PurchaseOrder": order(token="5")})
    (silent,) = books.does(writing())
    assert isinstance(silent, Refused)
    assert "left the field as it was" in silent.refusal.sentence
