"""Custom fields: up to three texts on the sales forms and on purchase orders, and none on bills.

Which there are is said by the company's preferences, by a name and by whether it is used; a form
refers to one by its place there (``DefinitionId``).

Source: reference sections 4.1 and 4.14; corrections 2, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import CustomField, DocumentKind

__all__ = ["DEFINED_BY", "custom_fields_in", "definitions_in", "with_custom_field"]

DEFINED_BY: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.PURCHASE_ORDER: "purchases",
    DocumentKind.ESTIMATE: "sales",
    DocumentKind.INVOICE: "sales",
    DocumentKind.SALES_RECEIPT: "sales",
}
"""Form -> which of the company's definitions are its own; others have no custom fields."""

_TYPE: Final = "StringType"
# ``SalesFormsPrefs.UseSalesCustom1`` says whether it is used, ``…SalesCustomName1`` what it is
# called; the place stands at the end.
_NAMED: Final = re.compile(r"\.(Use)?(?:Sales|Purchase)Custom(?:Name)?([1-9])$")
_NAME_LENGTH_MAX: Final = 100


def custom_fields_in(reader: Reader) -> tuple[CustomField, ...]:
    """Read what a form says in its custom fields; one that says nothing is left out."""
    return tuple(
        CustomField(clean_line(name, _NAME_LENGTH_MAX), value)
        for each in reader.records("CustomField")
        if (name := each.text("Name")) and (value := each.text("StringValue"))
    )


def definitions_in(preferences: Reader, array: str) -> dict[str, str]:
    """Read which custom fields are used: name -> place."""
    names: dict[str, str] = {}
    used: set[str] = set()
    for each in _members(preferences, array):
        found = _NAMED.search(each.code("Name") or "")
        if found is None:
            continue
        is_flag, place = found.groups()
        if is_flag and each.flag("BooleanValue", default=False):
            used.add(place)
        elif not is_flag and (name := each.text("StringValue")):
            names[name.strip()] = place
    return {name: place for name, place in names.items() if place in used}


def _members(preferences: Reader, array: str) -> Iterator[Reader]:
    """Give the members of both blocks: one of flags, one of names."""
    for block in preferences.records(array):
        yield from block.records("CustomField")


def with_custom_field(form: Mapping[str, Any], place: str, value: str) -> list[dict[str, Any]]:
    """Write a form's custom fields with one of them changed: a list replaces the whole list."""
    others = [
        {name: each[name] for name in _WRITTEN if name in each}
        for each in form.get("CustomField") or ()
        if isinstance(each, Mapping) and each.get("DefinitionId") != place
    ]
    return [*others, {"DefinitionId": place, "Type": _TYPE, "StringValue": value}]


_WRITTEN: Final = ("DefinitionId", "Type", "StringValue")
