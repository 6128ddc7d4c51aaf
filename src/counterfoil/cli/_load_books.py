"""Filling a sandbox's QuickBooks company with the lists that a folder of CSV files holds.

They are entered in qbXML, as another program at the QuickBooks computer would; which files and
columns there are stands in ``_books_folder``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from counterfoil.errors import UnavailableError

from ._books_folder import BookKind, BookRecord, read_books

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
    return [
        (record.kind.words, Request(*_ADDED[record.kind](record), request_id=str(position)))
        for position, record in enumerate(read_books(folder), start=1)
    ]


def _company(record: BookRecord) -> dict[str, Any]:
    return {
        "Name": _plain(record.name)[:_COMPANY_LENGTH_MAX],
        "CompanyName": transliterate(record.company)[:_COMPANY_LENGTH_MAX].strip(),
    }


def _person(record: BookRecord) -> dict[str, Any]:
    """Split a name as QuickBooks keeps it: the last word is the last name."""
    first, _, last = transliterate(record.name).strip().rpartition(" ")
    if not first:
        return {"FirstName": last[:_PERSON_NAME_LENGTH_MAX]}
    return {
        "FirstName": first[:_PERSON_NAME_LENGTH_MAX],
        "LastName": last[:_PERSON_NAME_LENGTH_MAX],
    }


def _item(record: BookRecord, accounts: dict[str, Any]) -> dict[str, Any]:
    return {"Name": _plain(record.name), **accounts}


def _plain(name: str) -> str:
    """Give a name without what QuickBooks cannot keep in one."""
    return transliterate(name).replace(":", " ")


_ADDED: Final[Mapping[BookKind, Callable[[BookRecord], tuple[str, dict[str, Any]]]]] = {
    BookKind.CUSTOMER: lambda one: ("CustomerAdd", _company(one)),
    BookKind.VENDOR: lambda one: ("VendorAdd", _company(one)),
    BookKind.EMPLOYEE: lambda one: ("EmployeeAdd", _person(one)),
    BookKind.SERVICE: lambda one: ("ItemServiceAdd", _item(one, {"SalesOrPurchase": _SERVICES})),
    BookKind.GOODS: lambda one: ("ItemNonInventoryAdd", _item(one, {"SalesOrPurchase": _GOODS})),
    BookKind.STOCK: lambda one: ("ItemInventoryAdd", _item(one, _STOCKED)),
}
"""What a record is in qbXML: its request and the request's fields."""
