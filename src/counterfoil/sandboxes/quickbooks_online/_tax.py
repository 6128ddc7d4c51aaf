"""Taxes: what a document owes, as companies of the US and of elsewhere figure it.

In the US sales tax stands on sales only, at the rate the document names, on the lines marked
``TAX``.  Elsewhere every line of every document has a tax code with its rates, and amounts are
without tax, with tax, or out of its scope.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from ._desk import Desk
from ._errors import rule_broken
from ._lines import detail_of, lines_of, total_of
from ._wire import Row, cents, number
from .entities import Entity

__all__ = ["settle_total"]

_UNTAXED = frozenset({"SubTotalLineDetail", "DescriptionOnly", "DiscountLineDetail"})
_DEMANDS: Final = {
    "CA": "Make sure all your transactions have a GST/HST rate before you save.",
    "GB": "Make sure all your transactions have a VAT rate before you save.",
    "AU": "Make sure all your transactions have a GST rate before you save.",
}


def settle_total(desk: Desk, entity: Entity, row: Row) -> None:
    """Figure a document's tax and total.

    Raises:
        ApiError: 6000 outside the US for a line without a tax code.
    """
    is_sale = "SalesItemLineDetail" in entity.lines
    total = total_of(row)
    if desk.company.country == "US":
        tax = _of_the_document(desk, row) if is_sale and desk.settings.sales_tax else None
    else:
        tax = _of_the_lines(desk, row, is_sale=is_sale)
    if tax is None:
        row.pop("TxnTaxDetail", None)
    else:
        row["TxnTaxDetail"] = {**row.get("TxnTaxDetail", {}), "TotalTax": tax}
        if row.get("GlobalTaxCalculation") != "TaxInclusive":
            total += tax
    row["TotalAmt"] = cents(total)


def _of_the_document(desk: Desk, row: Row) -> Decimal:
    """Sales tax of the US; what the client figured stands."""
    given: Row = row.get("TxnTaxDetail", {})
    if "TotalTax" in given:
        return cents(number(given["TotalTax"]))
    code = desk.find("TaxCode", given.get("TxnTaxCodeRef", {}).get("value"))
    if code is None:
        return Decimal(0)
    taxed = sum(
        number(line.get("Amount"))
        for line in lines_of(row)
        if detail_of(line).get("TaxCodeRef", {}).get("value") == "TAX"
    )
    return cents(taxed * _rate(desk, code, is_sale=True) / 100)


def _of_the_lines(desk: Desk, row: Row, *, is_sale: bool) -> Decimal:
    how = row.setdefault("GlobalTaxCalculation", "TaxExcluded")
    tax = Decimal(0)
    for line in lines_of(row):
        if line["DetailType"] in _UNTAXED or how == "NotApplicable":
            continue
        code = desk.find("TaxCode", detail_of(line).get("TaxCodeRef", {}).get("value"))
        if code is None:
            raise rule_broken(_DEMANDS[desk.company.country])
        rate, amount = _rate(desk, code, is_sale=is_sale), number(line.get("Amount"))
        share = rate / (100 + rate) if how == "TaxInclusive" else rate / 100
        tax += cents(amount * share)
    return tax


def _rate(desk: Desk, code: Row, *, is_sale: bool) -> Decimal:
    """The sum of a code's rates in percent."""
    rates = code["SalesTaxRateList" if is_sale else "PurchaseTaxRateList"]["TaxRateDetail"]
    found = (desk.get("TaxRate", one["TaxRateRef"]["value"])["RateValue"] for one in rates)
    return sum(map(number, found), Decimal(0))
