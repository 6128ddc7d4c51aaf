"""One custom field of a form that is there: read right before, written over what is known only.

A field that the company does not use is passed over in silence, so whether it was taken is read
from the answer.

Source: reference sections 2.4 and 4.1.
"""

from __future__ import annotations

from typing import Final

from counterfoil.connectors.called import CallRefusedError, Reader
from counterfoil.documents import refuse, same_text
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Refused,
    WriteField,
)

from ._client import Deed, Item, OnlineClient, Record
from ._company import Company, company_of
from ._faults import NAME, STALE
from ._fields import DEFINED_BY, custom_fields_in, with_custom_field
from ._forms import FORMS

__all__ = ["write_field"]

_MEANWHILE: Final = "it was changed there in the very moment"


def write_field(client: OnlineClient, operation: WriteField) -> Outcome:
    """Write one custom field, unless something stands there that nobody of ours wrote.

    Raises:
        ConnectorError: It could not be read or written.
    """
    place = _place(company_of(client), operation)
    if isinstance(place, Refused):
        return place
    form = FORMS[operation.kind]
    current = client.read(form.entity, operation.document_id)
    if current is None:
        return Missing(f"The {operation.kind.words} is not there any more.")
    found = _said(current, operation.name)
    if same_text(found, operation.value):
        return Done(id=operation.document_id)
    if found and found != operation.expected:
        return Conflict(detail=f"the field “{operation.name}” says “{found}” by now")
    kept = {name: current[name] for name in form.needed if name in current}
    body = {
        "Id": current.get("Id"),
        "SyncToken": current.get("SyncToken"),
        "sparse": True,
        **kept,
        "CustomField": with_custom_field(current, place, operation.value),
    }
    try:
        written = client.write(Item(entity=form.entity, deed=Deed.UPDATE, body=body))
    except CallRefusedError as error:
        return _refused(operation, error)
    if not same_text(_said(written, operation.name), operation.value):
        return _unwritten(operation, "QuickBooks took the change and left the field as it was")
    return Done(id=operation.document_id)


def _place(company: Company, operation: WriteField) -> str | Refused:
    """Give the place that the company has for a name; names differ by capital letters."""
    defined = DEFINED_BY.get(operation.kind)
    if defined is None:
        return _unwritten(operation, f"a {operation.kind.words} has no custom fields there")
    place = company.custom_fields.get(defined, {}).get(operation.name)
    if place is None:
        forms = "purchase orders" if defined == "purchases" else "sales forms"
        return _unwritten(
            operation,
            f"the company uses no custom field of exactly that name on {forms}; switch it on "
            "there (the gear, Custom fields), or name another one in the flow's settings",
        )
    return place


def _said(form: Record, name: str) -> str:
    fields = custom_fields_in(Reader(form))
    return next((each.value for each in fields if each.name == name), "")


def _refused(operation: WriteField, error: CallRefusedError) -> Outcome:
    if error.fault == STALE:
        return Busy(_MEANWHILE)
    return _unwritten(operation, f"QuickBooks says: {error.reason}", error.fault)


def _unwritten(operation: WriteField, problem: str, fault: str | None = None) -> Refused:
    refusal = refuse("field-refused", field=operation.name, target=NAME, problem=problem)
    return Refused(refusal) if fault is None else Refused(refusal, fault)
