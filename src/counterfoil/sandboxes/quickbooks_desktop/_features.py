"""Fields that exist only when a preference is on (7.7).

Class tracking, sales tax, multi-currency and sites are preferences.  Where one is off
QuickBooks either refuses its fields with 3250 or drops them; which, is a switch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from counterfoil.sandboxes.quickbooks_desktop._refusals import feature_missing
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings
from counterfoil.sandboxes.quickbooks_desktop._values import Fields

_TAX_FIELDS = frozenset({"CustomerSalesTaxCodeRef", "ItemSalesTaxRef", "SalesTaxCodeRef"})
_UNIT_FIELDS = frozenset({"OverrideUOMSetRef", "UnitOfMeasure", "UnitOfMeasureSetRef"})
_CURRENCY_FIELDS = frozenset({"CurrencyRef", "ExchangeRate"})


@dataclass(frozen=True, slots=True)
class FieldRules:
    """``refused`` maps a field to the feature it would need; ``dropped`` are ignored."""

    refused: Mapping[str, str]
    dropped: frozenset[str]

    def permitted(self, fields: Fields, owner: str) -> Fields:
        """The fields this company takes, at this level only; lines are given one by one."""
        if not self.refused.keys().isdisjoint(fields):
            name = next(name for name in fields if name in self.refused)
            raise feature_missing(f"{name} in {owner} needs {self.refused[name]}")
        if self.dropped.isdisjoint(fields):
            return fields
        return {name: value for name, value in fields.items() if name not in self.dropped}


def field_rules(settings: CompanySettings) -> FieldRules:
    """Which fields this company's preferences rule out."""
    preferences, switches = settings.preferences, settings.switches
    refused: dict[str, str] = {}
    dropped: frozenset[str] = frozenset()
    if not preferences.multi_currency:
        refused.update(dict.fromkeys(_CURRENCY_FIELDS, "multi-currency"))
    if not (preferences.inventory_sites and settings.edition == "Enterprise"):
        refused["InventorySiteRef"] = "inventory sites"
    if settings.edition == "Pro" or preferences.units_of_measure == "off":
        refused.update(dict.fromkeys(_UNIT_FIELDS, "units of measure"))
    if not preferences.class_tracking and switches.class_tracking_off_refuses:
        refused["ClassRef"] = "class tracking"
    elif not preferences.class_tracking:
        dropped |= {"ClassRef"}
    if not preferences.sales_tax and switches.sales_tax_off_refuses:
        refused.update(dict.fromkeys(_TAX_FIELDS, "sales tax"))
    elif not preferences.sales_tax:
        dropped |= _TAX_FIELDS
    return FieldRules(refused, dropped)
