"""Which records a company file holds: one row per list and per transaction type.

The tables below are all the processor knows about a record type.  What a row
says, in order of weight: the name space a list shares (5.2), which lists a
``...Ref`` field may point to (4, 7.2), which elements hold a transaction's
lines (4.1 to 4.8), and what a transaction may link to (7.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status

NAMES = "names"
ITEMS = "items"

# What an edition or a preference has to allow before a record type exists (7.6, 7.7).
Feature = Literal[
    "estimates",
    "inventory",
    "assemblies",
    "sales orders",
    "multi-currency",
    "sites",
    "time",
    "enhanced receiving",
    "units of measure",
    "payroll",
]


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list.

    Kinds with the same ``space`` share one set of names per parent.  ``label``
    is the list's name in QuickBooks' messages.  ``deletable`` follows the
    enumeration ListDelType.
    """

    name: str
    space: str
    label: str
    parented: bool = False
    name_field: str = "Name"
    duplicate_status: int = status.DUPLICATE_NAME
    feature: Feature | None = None
    deletable: bool = True

    @property
    def is_item(self) -> bool:
        return self.space == ITEMS

    @property
    def is_name(self) -> bool:
        return self.space == NAMES


def _item(name: str, *, parented: bool, feature: Feature | None = None) -> ListKind:
    return ListKind(name, ITEMS, "Item", parented, feature=feature)


def _plain(
    name: str, label: str | None = None, *, parented: bool = False, deletable: bool = True
) -> ListKind:
    return ListKind(name, name, label or name, parented, deletable=deletable)


# In the order in which ItemQuery and EntityQuery return their kinds (4.14).
_LISTS = (
    ListKind("Customer", NAMES, "Customer", parented=True),
    ListKind("Employee", NAMES, "Employee"),
    ListKind("OtherName", NAMES, "Other Name"),
    ListKind("Vendor", NAMES, "Vendor"),
    _item("ItemService", parented=True),
    _item("ItemNonInventory", parented=True),
    _item("ItemOtherCharge", parented=True),
    _item("ItemInventory", parented=True, feature="inventory"),
    _item("ItemInventoryAssembly", parented=True, feature="assemblies"),
    _item("ItemFixedAsset", parented=False),
    _item("ItemSubtotal", parented=False),
    _item("ItemDiscount", parented=True),
    _item("ItemPayment", parented=False),
    _item("ItemSalesTax", parented=False),
    _item("ItemSalesTaxGroup", parented=False),
    _item("ItemGroup", parented=False),
    _plain("Account", parented=True),
    _plain("Class", parented=True),
    ListKind("StandardTerms", "terms", "Terms"),
    ListKind("DateDrivenTerms", "terms", "Terms"),
    _plain("SalesTaxCode", "Sales Tax Code"),
    _plain("ShipMethod", "Ship Method"),
    ListKind(
        "SalesRep",
        "SalesRep",
        "Sales Rep",
        name_field="Initial",
        duplicate_status=status.SAVE_FAILED,
    ),
    ListKind("Currency", "Currency", "Currency", feature="multi-currency"),
    ListKind("InventorySite", "InventorySite", "Inventory Site", feature="sites"),
    ListKind(
        "UnitOfMeasureSet", "UnitOfMeasureSet", "Unit of Measure Set", feature="units of measure"
    ),
    _plain("CustomerType", "Customer Type", parented=True),
    _plain("VendorType", "Vendor Type", parented=True),
    ListKind("JobType", "JobType", "Job Type", parented=True, duplicate_status=status.SAVE_FAILED),
    ListKind(
        "PaymentMethod", "PaymentMethod", "Payment Method", duplicate_status=status.SAVE_FAILED
    ),
    _plain("PriceLevel", "Price Level"),
    _plain("CustomerMsg", "Customer Message"),
    _plain("Template", "Template", deletable=False),
    ListKind("PayrollItemWage", "PayrollItemWage", "Payroll Item", feature="payroll"),
    _plain("BillingRate", "Billing Rate"),
)
LISTS: Mapping[str, ListKind] = MappingProxyType({kind.name: kind for kind in _LISTS})

ITEM_KINDS = tuple(kind.name for kind in _LISTS if kind.is_item)
NAME_KINDS = tuple(kind.name for kind in _LISTS if kind.is_name)
STOCKED_KINDS = frozenset({"ItemInventory", "ItemInventoryAssembly"})
TERMS_KINDS = ("StandardTerms", "DateDrivenTerms")
# Item kinds a plain line may name; group and tax items have lines or fields of their own.
LINE_ITEM_KINDS = tuple(
    kind for kind in ITEM_KINDS if kind not in {"ItemGroup", "ItemSalesTaxGroup", "ItemSalesTax"}
)
TAX_ITEM_KINDS = ("ItemSalesTax", "ItemSalesTaxGroup")


@dataclass(frozen=True, slots=True)
class Reference:
    """The lists a ``...Ref`` field points to, and what QuickBooks calls them."""

    kinds: tuple[str, ...]
    label: str


def _to(kind: str) -> Reference:
    return Reference((kind,), LISTS[kind].label)


_ACCOUNT = _to("Account")
_VENDOR = _to("Vendor")
_TAX_ITEM = Reference(TAX_ITEM_KINDS, "Item")
_PAYEES = Reference(("Employee", "Vendor", "OtherName"), "Entity")

REFERENCES: Mapping[str, Reference] = MappingProxyType(
    {
        "APAccountRef": _ACCOUNT,
        "ARAccountRef": _ACCOUNT,
        "AccountRef": _ACCOUNT,
        "AssetAccountRef": _ACCOUNT,
        "BillingRateRef": _to("BillingRate"),
        "COGSAccountRef": _ACCOUNT,
        "ClassRef": _to("Class"),
        "CurrencyRef": _to("Currency"),
        "CustomerMsgRef": _to("CustomerMsg"),
        "CustomerRef": _to("Customer"),
        "CustomerSalesTaxCodeRef": _to("SalesTaxCode"),
        "CustomerTypeRef": _to("CustomerType"),
        "DefaultShipMethodRef": _to("ShipMethod"),
        "DepositToAccountRef": _ACCOUNT,
        "DiscountAccountRef": _ACCOUNT,
        "DiscountClassRef": _to("Class"),
        "EntityRef": _PAYEES,
        "ExpenseAccountRef": _ACCOUNT,
        "IncomeAccountRef": _ACCOUNT,
        "InventorySiteRef": _to("InventorySite"),
        "ItemGroupRef": _to("ItemGroup"),
        "ItemInventoryAssemblyRef": _to("ItemInventoryAssembly"),
        "ItemInventoryRef": Reference(
            ("ItemInventory", "ItemInventoryAssembly", "ItemNonInventory", "ItemService"), "Item"
        ),
        "ItemPurchaseTaxRef": _TAX_ITEM,
        "ItemRef": Reference(LINE_ITEM_KINDS, "Item"),
        "ItemSalesTaxRef": _TAX_ITEM,
        "ItemServiceRef": Reference(("ItemService",), "Item"),
        "JobTypeRef": _to("JobType"),
        "LiabilityAccountRef": _ACCOUNT,
        "OverrideItemAccountRef": _ACCOUNT,
        "OverrideUOMSetRef": _to("UnitOfMeasureSet"),
        "PaymentMethodRef": _to("PaymentMethod"),
        "PayrollItemWageRef": _to("PayrollItemWage"),
        "PrefVendorRef": _VENDOR,
        "PreferredPaymentMethodRef": _to("PaymentMethod"),
        "PrefillAccountRef": _ACCOUNT,
        "PriceLevelRef": _to("PriceLevel"),
        "PurchaseTaxCodeRef": _to("SalesTaxCode"),
        "SalesRepEntityRef": _PAYEES,
        "SalesRepRef": _to("SalesRep"),
        "SalesTaxCodeRef": _to("SalesTaxCode"),
        "ShipMethodRef": _to("ShipMethod"),
        "ShipToEntityRef": Reference(NAME_KINDS, "Entity"),
        "SupervisorRef": _to("Employee"),
        "TaxOnPurchasesAccountRef": _ACCOUNT,
        "TaxOnSalesAccountRef": _ACCOUNT,
        "TaxVendorRef": _VENDOR,
        "TemplateRef": _to("Template"),
        "TermsRef": Reference(TERMS_KINDS, "Terms"),
        "UnitOfMeasureSetRef": _to("UnitOfMeasureSet"),
        "VendorRef": _VENDOR,
        "VendorTypeRef": _to("VendorType"),
    }
)

LineRole = Literal["sale", "order", "purchase", "expense", "adjustment"]


@dataclass(frozen=True, slots=True)
class LineTable:
    """The elements that hold one table of lines; ``role`` decides how a line is figured."""

    role: LineRole
    add: str
    mod: str
    ret: str
    group_add: str | None = None
    group_mod: str | None = None
    group_ret: str | None = None


@dataclass(frozen=True, slots=True)
class TransactionKind:
    """One transaction type.

    ``entity`` is the field that names customer, vendor or worker; ``numbered``
    types get a RefNumber when none is sent (7.1).  ``orders`` is the type whose
    lines this one may take over (7.5).  ``total`` names the computed total.
    """

    name: str
    entity: str | None
    tables: tuple[LineTable, ...]
    total: str | None
    numbered: bool = True
    feature: Feature | None = None
    orders: str | None = None
    taxed: bool = False
    posting: bool = True
    voidable: bool = True
    template: bool = False
    custom_fields: bool = True
    has_ref_number: bool = True


def _sale_lines(name: str) -> LineTable:
    return LineTable(
        "sale",
        *(f"{name}Line{verb}" for verb in ("Add", "Mod", "Ret")),
        *(f"{name}LineGroup{verb}" for verb in ("Add", "Mod", "Ret")),
    )


_EXPENSES = LineTable("expense", "ExpenseLineAdd", "ExpenseLineMod", "ExpenseLineRet")
_PURCHASES = LineTable(
    "purchase",
    "ItemLineAdd",
    "ItemLineMod",
    "ItemLineRet",
    "ItemGroupLineAdd",
    "ItemGroupLineMod",
    "ItemGroupLineRet",
)

_TRANSACTIONS = (
    TransactionKind(
        "SalesOrder",
        "CustomerRef",
        (_sale_lines("SalesOrder"),),
        "TotalAmount",
        feature="sales orders",
        taxed=True,
        posting=False,
        voidable=False,
        template=True,
    ),
    TransactionKind(
        "Invoice",
        "CustomerRef",
        (_sale_lines("Invoice"),),
        "BalanceRemaining",
        orders="SalesOrder",
        taxed=True,
        template=True,
    ),
    TransactionKind(
        "Estimate",
        "CustomerRef",
        (_sale_lines("Estimate"),),
        "TotalAmount",
        feature="estimates",
        taxed=True,
        posting=False,
        voidable=False,
        template=True,
    ),
    TransactionKind(
        "PurchaseOrder",
        "VendorRef",
        (
            LineTable(
                "order",
                *(f"PurchaseOrderLine{verb}" for verb in ("Add", "Mod", "Ret")),
                *(f"PurchaseOrderLineGroup{verb}" for verb in ("Add", "Mod", "Ret")),
            ),
        ),
        "TotalAmount",
        feature="inventory",
        posting=False,
        voidable=False,
        template=True,
    ),
    TransactionKind(
        "Bill",
        "VendorRef",
        (_EXPENSES, _PURCHASES),
        "AmountDue",
        numbered=False,
        orders="PurchaseOrder",
    ),
    TransactionKind(
        "ItemReceipt",
        "VendorRef",
        (_EXPENSES, _PURCHASES),
        "TotalAmount",
        numbered=False,
        feature="inventory",
        orders="PurchaseOrder",
    ),
    TransactionKind(
        "TimeTracking",
        "EntityRef",
        (),
        None,
        numbered=False,
        feature="time",
        posting=False,
        voidable=False,
        custom_fields=False,
        has_ref_number=False,
    ),
    TransactionKind(
        "InventoryAdjustment",
        "CustomerRef",
        (
            LineTable(
                "adjustment",
                "InventoryAdjustmentLineAdd",
                "InventoryAdjustmentLineMod",
                "InventoryAdjustmentLineRet",
            ),
        ),
        None,
        feature="inventory",
    ),
    TransactionKind(
        "VendorCredit",
        "VendorRef",
        (_EXPENSES, _PURCHASES),
        "CreditAmount",
        numbered=False,
    ),
    TransactionKind(
        "ReceivePayment",
        "CustomerRef",
        (),
        "TotalAmount",
        numbered=False,
        voidable=False,
    ),
    TransactionKind(
        "BuildAssembly",
        None,
        (),
        None,
        feature="assemblies",
        voidable=False,
    ),
)
TRANSACTIONS: Mapping[str, TransactionKind] = MappingProxyType(
    {kind.name: kind for kind in _TRANSACTIONS}
)
# The types others take lines over from.
ORDERS = frozenset(kind.orders for kind in _TRANSACTIONS if kind.orders is not None)
