"""Filling a sandbox's QuickBooks company with the lists that a folder of CSV files holds.

They are entered in qbXML, as another program at the QuickBooks computer would.  The same
folder fills Fusion Operations; so a customer bears the client's code, a vendor the supplier's,
an item the product's.  Every file may be left out; further columns are passed over:

===================  =====================================  =================================
``customers.csv``    customer_id, company_name              customers
``vendors.csv``      account_number, name                   vendors
``suppliers.csv``    supplier_id, company_name              vendors
``employees.csv``    name; or first_name and last_name      employees
``work.csv``         worker_name, operation                 employees, and service items
``products.csv``     product_id, name, number (optional)    non-inventory items
``inventory.csv``    product_id, quantity                   its products are inventory items,
                                                            of which there are none yet
===================  =====================================  =================================
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx2

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Request,
    Version,
    parse_replies,
    render_set,
    transliterate,
)
from counterfoil.errors import UnavailableError, UsageError
from counterfoil.sandboxes.fusion_operations.load import code_of

__all__ = ["load_books"]

_SET_SIZE = 100
# QuickBooks' own limits and its code for a name that is taken.
_COMPANY_LENGTH_MAX = 41
_PERSON_NAME_LENGTH_MAX = 25
_NAME_TAKEN = 3100

# Accounts of the sandbox's company.
_GOODS = {"AccountRef": {"FullName": "Sales:Goods"}}
_SERVICES = {"AccountRef": {"FullName": "Sales:Services"}}
_STOCKED: Final = {
    "IncomeAccountRef": {"FullName": "Sales:Goods"},
    "COGSAccountRef": {"FullName": "Cost of Goods Sold"},
    "AssetAccountRef": {"FullName": "Inventory Asset"},
}

# File -> the columns it cannot do without.
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "customers": ("customer_id", "company_name"),
    "vendors": ("account_number", "name"),
    "suppliers": ("supplier_id", "company_name"),
    "employees": (),
    "work": ("worker_name", "operation"),
    "products": ("product_id", "name"),
    "inventory": ("product_id",),
}
_Row = Mapping[str, str]


def load_books(
    url: str, folder: Path, *, progress: Callable[[str, int, int], None]
) -> dict[str, dict[str, int]]:
    """Enter every record of a folder.

    Args:
        url: The sandbox's address.
        folder: With any of the files of the table above.
        progress: Told what is loaded, how many are done and how many are left.

    Returns:
        ``created`` and ``already_there``, each by kind.

    Raises:
        UsageError: There is nothing to load, or a file is not what it should be; nothing was
            entered.
        UnavailableError: The sandbox cannot be reached or refused an entry.
    """
    entries = _entries(folder)
    kinds = dict.fromkeys(what for what, _request in entries)
    report = {outcome: dict.fromkeys(kinds, 0) for outcome in ("created", "already_there")}
    with httpx2.Client(timeout=60) as client:
        for start in range(0, len(entries), _SET_SIZE):
            part = entries[start : start + _SET_SIZE]
            for (what, request), code, message in _entered(client, url, part):
                if code not in (0, _NAME_TAKEN):
                    raise _refused(url, f"{_named(request)}: {code} {message}")
                report["created" if code == 0 else "already_there"][what] += 1
            progress("books", start + len(part), len(entries) - start - len(part))
    return report


def _named(request: Request) -> str:
    fields = request.fields
    return str(fields.get("Name") or f"{fields.get('FirstName')} {fields.get('LastName', '')}")


_Entry = tuple[str, Request]


def _entered(
    client: httpx2.Client, url: str, part: list[_Entry]
) -> Iterator[tuple[_Entry, int | None, str]]:
    text = render_set(
        [request for _what, request in part],
        version=Version(13, 0),
        on_error="continueOnError",
    )
    base = url.rstrip("/").removesuffix("/sandbox/quickbooks")
    try:
        answer = client.post(f"{base}/sandbox/quickbooks/qbxml", content=text.encode())
        answer.raise_for_status()
    except httpx2.HTTPError as error:
        raise _refused(url, str(error)) from error
    if answer.headers.get("X-HResult"):
        raise _refused(url, answer.text)
    for entry, reply in zip(part, parse_replies(answer.text).replies, strict=True):
        yield entry, reply.status_code, reply.message


def _refused(url: str, problem: str) -> UnavailableError:
    return UnavailableError(
        f"The sandbox at {url} did not take it: {problem}. Start one with: "
        "counterfoil sandbox serve",
        system="sandbox",
        operation="load",
    )


# --- From rows to requests ------------------------------------------------------------------


def _entries(folder: Path) -> list[_Entry]:
    """Read the whole folder first, so that a bad file leaves the company as it was.

    Raises:
        UsageError: It holds none of the files, or nothing in them.
    """
    sheets = {name: list(_rows(folder / f"{name}.csv", *FILES[name])) for name in FILES}
    entries = [
        (what, Request(name, fields, request_id=str(position)))
        for position, (what, name, fields) in enumerate(_records(sheets), start=1)
    ]
    if not entries:
        raise UsageError(
            f"{folder} holds nothing for QuickBooks. It is filled from: "
            f"{', '.join(f'{name}.csv' for name in FILES)}."
        )
    return entries


def _records(sheets: Mapping[str, Sequence[_Row]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give what each record is counted as, its request, and the request's fields."""
    for row in sheets["customers"]:
        yield "customers", "CustomerAdd", _company(row["customer_id"], row["company_name"])
    for row in sheets["suppliers"]:
        yield "vendors", "VendorAdd", _company(row["supplier_id"], row["company_name"])
    for row in sheets["vendors"]:
        yield "vendors", "VendorAdd", _company(row["account_number"], row["name"])
    people = [*map(_whole_name, sheets["employees"])]
    people += [row["worker_name"] for row in sheets["work"]]
    for name in dict.fromkeys(filter(None, people)):
        yield "employees", "EmployeeAdd", _person(name)
    for name in dict.fromkeys(row["operation"] for row in sheets["work"]):
        fields = {"Name": _plain(name), "SalesOrPurchase": _SERVICES}
        yield "items", "ItemServiceAdd", fields
    counted = {row["product_id"] for row in sheets["inventory"]}
    for row in sheets["products"]:
        if row["product_id"] in counted:
            yield "items", "ItemInventoryAdd", {"Name": _plain(code_of(dict(row))), **_STOCKED}
        else:
            fields = {"Name": _plain(code_of(dict(row))), "SalesOrPurchase": _GOODS}
            yield "items", "ItemNonInventoryAdd", fields


def _company(code: str, name: str) -> dict[str, Any]:
    return {
        "Name": _plain(code)[:_COMPANY_LENGTH_MAX],
        "CompanyName": transliterate(name)[:_COMPANY_LENGTH_MAX].strip(),
    }


def _whole_name(row: _Row) -> str:
    return row.get("name") or " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))


def _person(name: str) -> dict[str, Any]:
    """Split a name as QuickBooks keeps it: the last word is the last name."""
    first, _, last = transliterate(name).strip().rpartition(" ")
    if not first:
        return {"FirstName": last[:_PERSON_NAME_LENGTH_MAX]}
    return {
        "FirstName": first[:_PERSON_NAME_LENGTH_MAX],
        "LastName": last[:_PERSON_NAME_LENGTH_MAX],
    }


def _plain(name: str) -> str:
    """Give a name without what QuickBooks cannot keep in one."""
    return transliterate(name).replace(":", " ")


def _rows(path: Path, *needed: str) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name} cannot be read: {error}. Nothing was loaded.") from error
    for number, row in enumerate(rows, start=2):
        missing = [name for name in needed if not row.get(name)]
        if missing:
            raise UsageError(
                f"{path.name}, row {number}: {missing[0]} is empty. Nothing was loaded; "
                "correct the file."
            )
    yield from rows
