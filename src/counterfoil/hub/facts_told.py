"""What an account is like, in words: which of a connection's facts people see, and how.

Facts are kept for the program (which file it was, what was read to where); a row of the table
makes one worth reading.  What has no row is nobody's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

__all__ = ["told"]


class _Row(NamedTuple):
    label: str
    words: Callable[[Any], str] = str


def _either(yes: str, no: str) -> Callable[[Any], str]:
    """Word a flag; called systems tell theirs as text."""
    return lambda value: yes if value in (True, "yes", "true") else no


def _day(value: Any) -> str:
    return date.fromisoformat(str(value)).isoformat()


def _counted(value: Any) -> str:
    """Word what a reading showed: ``PurchaseOrders:12 Products:3``."""
    pairs = (each.partition(":") for each in str(value).split())
    return ", ".join(f"{count} {name}" for name, _, count in pairs)


def _file_mode(value: Any) -> str:
    return {"SingleUser": "one person", "MultiUser": "several people"}.get(value, str(value))


_USED: Final = _either("used", "not used")
_KEPT: Final = _either("kept", "not kept")
_NUMBERED: Final = _either("by hand", "by QuickBooks")

_ROWS: Final[Mapping[str, _Row]] = {
    "company_name": _Row("Company"),
    "company_file": _Row("Company file"),
    "product": _Row("QuickBooks"),
    "edition": _Row("Edition"),
    "country": _Row("Country"),
    "file_mode": _Row("Opened for", _file_mode),
    "home_currency": _Row("Home currency"),
    "multi_currency": _Row("Currencies", _either("several", "the home currency only")),
    "closing_date": _Row("Books closed up to", _day),
    "uses_inventory": _Row("Inventory and purchase orders", _USED),
    "uses_inventory_sites": _Row("Inventory sites", _either("several", "one")),
    "purchase_orders": _Row("Purchase orders", _either("in this edition", "not in this edition")),
    "items_on_purchases": _Row("Items on purchases", _USED),
    "quantity_on_hand": _Row("Quantities on hand", _KEPT),
    "custom_numbers_sales": _Row("Sales forms are numbered", _NUMBERED),
    "custom_numbers_purchases": _Row("Purchase orders are numbered", _NUMBERED),
    "classes": _Row("Classes", _KEPT),
    "locations": _Row("Locations", _KEPT),
    "sales_tax": _Row("Sales tax", _USED),
    "visible": _Row("Visible to us", _counted),
}


def told(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what is worth reading of a connection's facts: what it is called, and what it says."""
    return [
        (row.label, row.words(facts[name]))
        for name, row in _ROWS.items()
        if facts.get(name) not in (None, "")
    ]
