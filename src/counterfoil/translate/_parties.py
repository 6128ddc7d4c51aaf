"""Whose a document is in the books: its customer (DOC-4), its vendor."""

from __future__ import annotations

from typing import Final

from counterfoil.documents import (
    Customer,
    Employee,
    RecordKind,
    Reference,
    Refusal,
    Vendor,
    refuse,
)
from counterfoil.settings import (
    CustomerName,
    PurchaseOrderOut,
    ReceiptOut,
    SalesOrderOut,
    ShipmentOut,
    VendorName,
    customer_of_channel,
)

from ._named import Named, named
from ._names import levelled
from ._translator import Context

__all__ = [
    "bought_for",
    "customer_needs",
    "new_customer",
    "new_employee",
    "new_vendor",
    "the_customer",
    "the_vendor",
    "vendor_needs",
]

CustomerRules = SalesOrderOut | ShipmentOut
VendorRules = PurchaseOrderOut | ReceiptOut

_BY_CLIENT: Final = (CustomerName.CLIENT_CODE, CustomerName.CLIENT_NAME)


# --- Customers ------------------------------------------------------------------------------


def customer_needs(
    client: Reference | None, rules: CustomerRules
) -> tuple[tuple[RecordKind, str], ...]:
    """Read the client where its name is wanted."""
    if client is None or rules.customer_name is not CustomerName.CLIENT_NAME:
        return ()
    return ((RecordKind.CUSTOMER, client.name),)


def the_customer(
    client: Reference | None,
    channel: str | None,
    rules: CustomerRules,
    context: Context,
    document: str,
) -> Named | Refusal:
    """DOC-4: the text that names the customer in the books; ``document`` in words."""
    name: str | None = None
    match rules.customer_name:
        case CustomerName.CLIENT_CODE:
            name = client.name if client else None
        case CustomerName.CLIENT_NAME:
            record = context.customer(client.name) if client else None
            name = record.company_name if record else None
        case CustomerName.SALES_CHANNEL:
            name = channel
        case CustomerName.CHANNEL_CUSTOMER:
            name = customer_of_channel(rules.channel_customers, channel) if channel else None
    if not name:
        return refuse(
            "reference-missing",
            where="customer",
            document=document,
            kind="customer",
            option=f"Quickbooks Customer Name: {rules.customer_name.label}",
        )
    # A marketplace has no client whose data a new customer could take.
    behind = client if rules.customer_name in _BY_CLIENT else None
    return named(RecordKind.CUSTOMER, name, behind)


def bought_for(
    customer: Reference | None, rules: PurchaseOrderOut, context: Context
) -> Named | None:
    """Name the customer for whom something is bought (P21, P25); ``None``: it is for stock."""
    if customer is None or not customer.name or not rules.carry_details:
        return None
    return named(RecordKind.CUSTOMER, levelled(customer.name, context.settings), customer)


def new_customer(name: str, client: Customer | None) -> Customer:
    """Make the customer that the books lack, with its client's data where there is one."""
    if client is None:
        return Customer(id="", name=name, full_name=name)
    return Customer(
        id="",
        name=name,
        full_name=name,
        company_name=client.company_name,
        billing_address=client.billing_address,
        delivery_address=client.delivery_address,
        contact=client.contact,
    )


# --- Vendors --------------------------------------------------------------------------------


def vendor_needs(
    supplier: Reference | None, rules: VendorRules
) -> tuple[tuple[RecordKind, str], ...]:
    """Read the supplier where its name is wanted."""
    if supplier is None or rules.vendor_name is VendorName.SUPPLIER_CODE:
        return ()
    return ((RecordKind.VENDOR, supplier.name),)


def the_vendor(
    supplier: Reference | None, rules: VendorRules, context: Context, document: str
) -> Named | Refusal:
    """Name the vendor: by the supplier's code, its name, or the code and else the name."""
    code = supplier.name if supplier else None
    record = context.vendor(code) if code else None
    called = record.company_name if record else None
    name = called if rules.vendor_name is VendorName.SUPPLIER_NAME else code
    if not code or not name:
        return refuse(
            "reference-missing",
            where="vendor",
            document=document,
            kind="vendor",
            option=f"Vendor name: {rules.vendor_name.label}",
        )
    is_other = rules.vendor_name is VendorName.CODE_OR_NAME and called not in (None, "", code)
    return named(RecordKind.VENDOR, name, supplier, otherwise=called if is_other else None)


def new_vendor(name: str, supplier: Vendor | None) -> Vendor:
    """Make the vendor that the books lack, with its supplier's data where there is one."""
    if supplier is None:
        return Vendor(id="", name=name, full_name=name)
    return Vendor(
        id="",
        name=name,
        full_name=name,
        company_name=supplier.company_name,
        billing_address=supplier.billing_address,
        contact=supplier.contact,
    )


# --- Employees ------------------------------------------------------------------------------


def new_employee(name: str) -> Employee:
    """Make the employee that the books lack: under the worker's name (TIME-4)."""
    return Employee(id="", name=name, full_name=name)
