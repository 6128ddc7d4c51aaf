"""Currencies: in which one a document goes to books that know several, and at what rate.

A document of such books is in the currency of its customer or vendor, and no other.  So:

* **Both sides know several** (OP6): the currency that the source tells has to be that one.
* **Only the books do** (OP7): a source without currencies means the home currency.  For a foreign
  customer or vendor the amount goes at the rate 1.00, or the document stops, as set.
* **Only the source does** (OP8): nothing is sent.

Whether the source knows several is told by its documents: those bear a currency then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from counterfoil.documents import (
    Bill,
    Customer,
    Document,
    Estimate,
    Invoice,
    ItemReceipt,
    Money,
    PurchaseOrder,
    Refusal,
    SalesReceipt,
    Vendor,
    document_kind,
    refuse,
)
from counterfoil.settings import ForeignCurrency, Settings, SeveralCurrencies

from .target import Currencies

__all__ = ["Dealing", "in_currency"]

Dealing = PurchaseOrder | Bill | ItemReceipt | Estimate | Invoice | SalesReceipt
"""Documents that are in a currency and bear a rate."""

_AT_PAR: Final = Decimal(1)


def in_currency(
    document: Dealing,
    party: Customer | Vendor | None,
    books: Currencies,
    settings: Settings,
    target: str,
) -> Dealing | Refusal:
    """Give a document in the currency in which the books take it, or say why they would not.

    Args:
        document: As translated; its currency is what its source told, ``None``: nothing.
        party: Its customer or vendor as the books have it; ``None``: still to be created, and
            then in the document's currency.
        books: What the books deal in.
        settings: The link's.
        target: The books' name in running text.
    """
    is_one = settings.general.several_currencies is SeveralCurrencies.NO
    told = None if is_one else document.currency
    if told is None and settings.general.several_currencies is SeveralCurrencies.YES:
        return _refused("currency-unknown", document, target, party)
    if not books.are_several:
        if told is None:
            return msgspec.structs.replace(document, currency=None)
        return _refused("currencies-off", document, target, party)
    deals_in = (party.currency if party else told) or books.home
    if told is not None and deals_in != told:
        return _refused("currency-differs", document, target, party, found=deals_in or "another")
    if told is None and deals_in != books.home:
        if settings.general.foreign_currency is ForeignCurrency.REFUSE:
            return _refused("currency-foreign", document, target, party, found=deals_in or "")
        rate = Money(_AT_PAR, books.home)
        return msgspec.structs.replace(document, currency=deals_in, exchange_rate=rate)
    return msgspec.structs.replace(document, currency=deals_in)


# Refusal -> the setting that lets such documents go.
_SETTINGS: Final = {
    "currency-unknown": "general.several_currencies",
    "currencies-off": "general.several_currencies",
    "currency-foreign": "general.foreign_currency",
}


def _refused(
    code: str, document: Dealing, target: str, party: Customer | Vendor | None, **places: Any
) -> Refusal:
    named = _party_of(document)
    return refuse(
        code,
        where="currency",
        value=party.full_name if party else named,
        document=document_kind(document).words,
        currency=document.currency or "",
        kind="vendor" if hasattr(document, "vendor") else "customer",
        target=target,
        setting=_SETTINGS.get(code, ""),
        **places,
    )


def _party_of(document: Document) -> str:
    return document.party.name if document.party else ""
