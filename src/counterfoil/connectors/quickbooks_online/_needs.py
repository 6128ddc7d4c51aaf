"""What a document needs that it does not hold: the company's habits, and what items tell.

Source: reference sections 4.1, 6 and 7.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import Document, DocumentKind, Money, Quantity, StockCount

from ._adjusting import on_hand_of
from ._client import Record
from ._company import Company
from ._naming import Names
from ._parts import PURCHASED, SOLD
from ._work import count_lines

__all__ = ["Needs", "completed", "fitted", "items_needed", "rates_needed", "with_rate"]


@dataclass(kw_only=True)
class Needs:
    """What a batch's writes need that their documents do not hold.

    Attributes:
        company: What the company is like.
        names: What is there of the names of new records; ``None``: none is created.
        items: Item -> as it is there now, for those that were asked for.
        rates: Currency and day -> what one of it is worth, for documents that do not tell.
    """

    company: Company
    names: Names | None = None
    items: Mapping[str, Record] = field(default_factory=dict)
    rates: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)


def items_needed(documents: Iterable[Document]) -> set[str]:
    """Name the items whose stock or price a document does not tell."""
    found: set[str] = set()
    for document in documents:
        for line in getattr(document, "lines", ()):
            item = getattr(line, "item", None)
            if item is None or item.id is None:
                continue
            is_counted = isinstance(document, StockCount)
            if is_counted or (_price(line) is None and line.amount is None):
                found.add(item.id)
    return found


def _price(line: Any) -> Any:
    return getattr(line, "unit_price", None) or getattr(line, "unit_cost", None)


def rates_needed(documents: Iterable[Document], company: Company) -> set[tuple[str, date]]:
    """Name currencies and days of documents in a foreign currency that do not tell their rate.

    Without one they are refused, or take whatever the service has (reference section 6).
    """
    return {
        (currency, day)
        for document in documents
        if (currency := getattr(document, "currency", None)) not in (None, company.home_currency)
        and (day := document.own_day) is not None
        and getattr(document, "exchange_rate", None) is None
    }


def with_rate(document: Document, body: dict[str, Any], needs: Needs) -> dict[str, Any]:
    currency, day = getattr(document, "currency", None), document.own_day
    rate = None if currency is None or day is None else needs.rates.get((currency, day))
    return body if rate is None else {"ExchangeRate": rate, **body}


def completed(
    kind: DocumentKind, document: Document, body: dict[str, Any], needs: Needs
) -> dict[str, Any]:
    """Give a new document's object with what it needs beside the document."""
    told = fitted(body, needs)
    if isinstance(document, StockCount):
        told["Line"] = count_lines(document, on_hand_of(needs.items))
    if kind in _NUMBERED_THERE and document.number is None and needs.company.numbers_sales:
        told.setdefault("DocNumber", "AUTO_GENERATE")
    return told


def fitted(body: Record, needs: Needs) -> dict[str, Any]:
    """Give an object as the company takes it: without a currency where it keeps but one, and
    with the price of each line.

    Naming even the home currency is refused there (reference section 6).
    """
    left_out = set() if needs.company.has_currencies else {"CurrencyRef", "ExchangeRate"}
    told = {name: value for name, value in body.items() if name not in left_out}
    if "Line" in told:
        told["Line"] = [_with_price(line, needs.items) for line in told["Line"]]
    return told


# Where people number sales forms themselves, this word asks for a number (section 7.2).
_NUMBERED_THERE: Final = frozenset(
    {DocumentKind.ESTIMATE, DocumentKind.INVOICE, DocumentKind.SALES_RECEIPT}
)


def _with_price(line: Record, items: Mapping[str, Record]) -> Record:
    """Give a line that tells neither price nor amount the item's own price."""
    for detail, price in ((SOLD, "UnitPrice"), (PURCHASED, "PurchaseCost")):
        inner = line.get(detail)
        if not isinstance(inner, Mapping) or "UnitPrice" in inner or line.get("Amount"):
            continue
        item = items.get(str((inner.get("ItemRef") or {}).get("value")))
        own = None if item is None else Reader(item).decimal(price)
        if own is not None:
            quantity = Quantity(inner.get("Qty", Decimal(1)))
            amount = Money(own).times(quantity).amount
            return {**line, "Amount": amount, detail: {**inner, "UnitPrice": own}}
    return line
