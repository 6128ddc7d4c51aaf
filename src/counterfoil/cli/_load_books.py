"""Filling a sandbox's QuickBooks company with customers and items from CSV files.

They are entered in qbXML, as another program at the QuickBooks computer would.  The same
folder fills Fusion Operations; so a customer bears the client's code, and an item the
product's.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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

INCOME_ACCOUNT = "Sales:Goods"
_SET_SIZE = 100
# QuickBooks' own limits and its code for a name that is taken.
_CUSTOMER_LENGTH_MAX = 41
_NAME_TAKEN = 3100


def load_books(
    url: str, folder: Path, *, progress: Callable[[str, int, int], None]
) -> dict[str, dict[str, int]]:
    """Enter every customer and product of a folder.

    Args:
        url: The sandbox's address.
        folder: With ``customers.csv`` and ``products.csv``; where it holds purchase orders,
            customers may be left out.
        progress: Told what is loaded, how many are done and how many are left.

    Returns:
        ``created`` and ``already_there``, each by kind.

    Raises:
        UsageError: A file is missing or not what it should be; nothing was entered.
        UnavailableError: The sandbox cannot be reached or refused an entry.
    """
    has_customers = (folder / "customers.csv").exists()
    needs_customers = has_customers or not (folder / "purchase_orders.csv").exists()
    entries = [*(_customers(folder) if needs_customers else ()), *_items(folder)]
    report: dict[str, dict[str, int]] = {
        outcome: {"customers": 0, "items": 0} for outcome in ("created", "already_there")
    }
    with httpx2.Client(timeout=60) as client:
        for start in range(0, len(entries), _SET_SIZE):
            part = entries[start : start + _SET_SIZE]
            for (what, request), code, message in _entered(client, url, part):
                if code not in (0, _NAME_TAKEN):
                    raise _refused(url, f"{request.fields.get('Name')}: {code} {message}")
                report["created" if code == 0 else "already_there"][what] += 1
            progress("books", start + len(part), len(entries) - start - len(part))
    return report


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


def _customers(folder: Path) -> Iterator[_Entry]:
    for position, row in enumerate(
        _rows(folder / "customers.csv", "customer_id", "company_name"), start=1
    ):
        fields = {
            "Name": transliterate(row["customer_id"]).replace(":", " ")[:_CUSTOMER_LENGTH_MAX],
            "CompanyName": transliterate(row["company_name"])[:_CUSTOMER_LENGTH_MAX].strip(),
        }
        yield "customers", Request("CustomerAdd", fields, request_id=f"c{position}")


def _items(folder: Path) -> Iterator[_Entry]:
    rows = _rows(folder / "products.csv", "product_id", "name")
    for position, row in enumerate(rows, start=1):
        fields: dict[str, Any] = {
            "Name": transliterate(code_of(row)).replace(":", " "),
            "SalesOrPurchase": {"AccountRef": {"FullName": INCOME_ACCOUNT}},
        }
        yield "items", Request("ItemNonInventoryAdd", fields, request_id=f"i{position}")


def _rows(path: Path, *needed: str) -> Iterator[dict[str, str]]:
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
