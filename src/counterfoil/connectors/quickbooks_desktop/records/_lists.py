"""The lists of a company file: one reader per record (reference sections 4.11 to 4.13)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from counterfoil.connectors.quickbooks_desktop.qbxml import Record, UnreadableValue, shown
from counterfoil.documents import (
    Account,
    AccountingClass,
    AccountType,
    Customer,
    Employee,
    FieldDefinition,
    InventorySite,
    Item,
    ItemType,
    ListRecord,
    OtherName,
    PayrollItem,
    Reference,
    ShipMethod,
    TaxCode,
    Vendor,
)

from ._items import ITEM_TYPES, read_item, read_unit_set
from ._parties import read_customer, read_employee, read_other_name, read_vendor
from ._parts import read_list_head, reference_in

__all__ = ["CHANGED_TABLES", "read_bare", "read_record", "table_of"]


def read_record(record: Record) -> ListRecord | None:
    """Read a record of any list; ``None``: a kind of record we keep nothing of."""
    if record.tag in ITEM_TYPES:
        return read_item(record)
    reader = _READERS.get(record.tag)
    return reader(record) if reader is not None else None


def table_of(record: ListRecord) -> str | None:
    """Say as what a record is changed; ``None``: no request that we know changes its kind.

    Source: reference sections 4.9 to 4.14, the Mod requests of lists.
    """
    if isinstance(record, Item):
        return _CHANGED_ITEMS.get(record.type)
    return _CHANGED.get(type(record))


_CHANGED: Final[Mapping[type[ListRecord], str]] = {
    Customer: "Customer",
    Vendor: "Vendor",
    Employee: "Employee",
    OtherName: "OtherName",
    Account: "Account",
    AccountingClass: "Class",
    InventorySite: "InventorySite",
    PayrollItem: "PayrollItemWage",
    TaxCode: "SalesTaxCode",
}
_CHANGED_ITEMS: Final[Mapping[ItemType | None, str]] = {
    ItemType.ASSEMBLY: "ItemInventoryAssembly",
    ItemType.GROUP: "ItemGroup",
    ItemType.INVENTORY: "ItemInventory",
    ItemType.NON_INVENTORY: "ItemNonInventory",
    ItemType.OTHER_CHARGE: "ItemOtherCharge",
    ItemType.SALES_TAX: "ItemSalesTax",
    ItemType.SERVICE: "ItemService",
}


CHANGED_TABLES: Final = frozenset({*_CHANGED.values(), *_CHANGED_ITEMS.values()})
"""As what records are changed."""


def read_bare(record: Record) -> ListRecord | None:
    """Read of a record which one it is, where something else of it cannot be read.

    Documents that name it need no more, but the units that an item is counted in.
    ``None``: not even that can be read, or nobody knows whether it is in use.
    """
    type_ = Item if record.tag in ITEM_TYPES else _BARE.get(record.tag)
    if type_ is None:
        return None
    try:
        name = record.word("Name") or ""
        found = type_(
            id=record.word("ListID") or "",
            name=name,
            full_name=record.word("FullName") or name,
            is_active=record.flag("IsActive") is not False,
        )
    except UnreadableValue:
        return None
    if not found.id or not found.name:
        return None
    if isinstance(found, Item):
        return replace(found, type=ITEM_TYPES[record.tag], unit_set=_bare_unit_set(record))
    return found


def _bare_unit_set(record: Record) -> Reference | None:
    """Say in which units an item is counted: without them, cases would be taken for pieces."""
    try:
        return record.value("UnitOfMeasureSetRef", reference_in)
    except UnreadableValue as error:
        # It has one, of which nothing is known.
        return Reference(shown(error.value))


def _read_account(record: Record) -> Account:
    return Account(
        **read_list_head(record),
        type=_account_type(record.text("AccountType")),
        number=record.word("AccountNumber"),
    )


def _account_type(text: str | None) -> AccountType | None:
    """Read ``CostOfGoodsSold`` as our ``cost_of_goods_sold``; unknown ones as ``None``."""
    try:
        return AccountType(_CAPITAL.sub(r"_\1", text or "").lower())
    except ValueError:
        return None


# A capital letter inside a word of QuickBooks: "CostOfGoodsSold".
_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")


def _read_class(record: Record) -> AccountingClass:
    return AccountingClass(**read_list_head(record))


def _read_payroll_item(record: Record) -> PayrollItem:
    return PayrollItem(**read_list_head(record))


def _read_tax_code(record: Record) -> TaxCode:
    return TaxCode(**read_list_head(record), is_taxable=record.flag("IsTaxable"))


def _read_ship_method(record: Record) -> ShipMethod:
    return ShipMethod(**read_list_head(record))


def _read_site(record: Record) -> InventorySite:
    """Read a site; the answer gives no full name, so a bin gets its site's before its own."""
    name, parent = record.word("Name") or "", record.value("ParentSiteRef", reference_in)
    head = read_list_head(record)
    return InventorySite(
        **{**head, "full_name": name if parent is None else f"{parent.name}:{name}"},
        is_default=record.flag("IsDefaultSite"),
    )


def _read_field_definition(record: Record) -> FieldDefinition:
    """Read which records have a custom field: ``SalesOrder`` becomes our ``sales-order``."""
    name = record.word("DataExtName") or ""
    return FieldDefinition(
        id=name,
        name=name,
        full_name=name,
        owners=tuple(
            _CAPITAL.sub(r"-\1", owner).lower() for owner in record.texts("AssignToObject")
        ),
    )


_READERS: Final[Mapping[str, Callable[[Record], ListRecord]]] = {
    "CustomerRet": read_customer,
    "VendorRet": read_vendor,
    "EmployeeRet": read_employee,
    "OtherNameRet": read_other_name,
    "AccountRet": _read_account,
    "ClassRet": _read_class,
    "UnitOfMeasureSetRet": read_unit_set,
    "PayrollItemWageRet": _read_payroll_item,
    "SalesTaxCodeRet": _read_tax_code,
    "DataExtDefRet": _read_field_definition,
    "ShipMethodRet": _read_ship_method,
    "InventorySiteRet": _read_site,
}

_BARE: Final[Mapping[str, type[ListRecord]]] = {
    "CustomerRet": Customer,
    "VendorRet": Vendor,
    "EmployeeRet": Employee,
    "OtherNameRet": OtherName,
    "AccountRet": Account,
    "ClassRet": AccountingClass,
    "PayrollItemWageRet": PayrollItem,
    "SalesTaxCodeRet": TaxCode,
    "ShipMethodRet": ShipMethod,
}
