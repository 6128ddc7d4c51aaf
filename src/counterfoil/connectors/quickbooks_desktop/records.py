"""Between the records of a company file and our own: one pair of functions per record.

``read_…`` turns a ``…Ret`` into a document or list record, tolerantly: what QuickBooks
added or left out never stops the rest.  ``write_…`` turns ours into the fields of an
``…Add``; the shape tables know their order.

Source: reference sections 4.1 (SalesOrder), 4.11 (names), 4.12 (items), 4.13 (classes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from counterfoil.documents import (
    Account,
    AccountingClass,
    AccountType,
    Address,
    Contact,
    Customer,
    CustomField,
    DocumentStatus,
    Employee,
    Item,
    ItemType,
    ListRecord,
    Money,
    OrderLine,
    OtherName,
    Quantity,
    Reference,
    SalesOrder,
    Vendor,
)

from .qbxml import Fields, Record

__all__ = [
    "ITEM_TYPES",
    "read_record",
    "read_sales_order",
    "write_customer",
    "write_item",
    "write_sales_order",
]

ITEM_TYPES: Final[Mapping[str, ItemType]] = {
    "ItemServiceRet": ItemType.SERVICE,
    "ItemNonInventoryRet": ItemType.NON_INVENTORY,
    "ItemInventoryRet": ItemType.INVENTORY,
    "ItemInventoryAssemblyRet": ItemType.ASSEMBLY,
    "ItemOtherChargeRet": ItemType.OTHER_CHARGE,
    "ItemGroupRet": ItemType.GROUP,
    "ItemSubtotalRet": ItemType.SUBTOTAL,
    "ItemDiscountRet": ItemType.DISCOUNT,
    "ItemPaymentRet": ItemType.PAYMENT,
    "ItemSalesTaxRet": ItemType.SALES_TAX,
    "ItemSalesTaxGroupRet": ItemType.SALES_TAX_GROUP,
    "ItemFixedAssetRet": ItemType.FIXED_ASSET,
}


# --- Reading ------------------------------------------------------------------------------


def read_record(record: Record) -> ListRecord | None:
    """Read a record of any list; ``None``: a kind of record we keep nothing of."""
    if record.tag in ITEM_TYPES:
        return _read_item(record)
    reader = _READERS.get(record.tag)
    return reader(record) if reader is not None else None


def _head(record: Record) -> dict[str, Any]:
    """Read what all lists share; lists without levels have no full name of their own."""
    name = record.text("Name") or ""
    return {
        "id": record.text("ListID") or "",
        "name": name,
        "full_name": record.text("FullName") or name,
        "is_active": record.flag("IsActive") is not False,
        "revision": record.text("EditSequence"),
        "custom_fields": _custom_fields(record),
    }


def _party(record: Record, address: str) -> dict[str, Any]:
    return {
        **_head(record),
        "company_name": record.text("CompanyName"),
        "billing_address": _address(record.child(address)),
        "contact": _contact(record),
        "currency": record.text("CurrencyRef/FullName"),
    }


def _read_customer(record: Record) -> Customer:
    return Customer(
        **_party(record, "BillAddress"),
        delivery_address=_address(record.child("ShipAddress")),
    )


def _read_vendor(record: Record) -> Vendor:
    return Vendor(**_party(record, "VendorAddress"))


def _read_employee(record: Record) -> Employee:
    return Employee(**_head(record))


def _read_other_name(record: Record) -> OtherName:
    return OtherName(**_party(record, "OtherNameAddress"))


def _read_account(record: Record) -> Account:
    return Account(
        **_head(record),
        type=_account_type(record.text("AccountType")),
        number=record.text("AccountNumber"),
    )


def _read_class(record: Record) -> AccountingClass:
    return AccountingClass(**_head(record))


def _read_item(record: Record) -> Item:
    sale = record.child("SalesOrPurchase")
    both = record.child("SalesAndPurchase")
    texts, prices = both or record, both or record
    price = sale.decimal("Price") if sale else prices.decimal("SalesPrice")
    on_hand = record.decimal("QuantityOnHand")
    return Item(
        **_head(record),
        type=ITEM_TYPES[record.tag],
        description=(
            (sale.text("Desc") if sale else texts.text("SalesDesc"))
            or record.text("ItemDesc")
            or None
        ),
        sales_price=None if price is None else Money(price),
        purchase_cost=_money(prices.decimal("PurchaseCost")),
        income_account=(
            sale.text("AccountRef/FullName") if sale else texts.text("IncomeAccountRef/FullName")
        ),
        on_hand=None if on_hand is None else Quantity(on_hand),
    )


_READERS: Final[Mapping[str, Callable[[Record], ListRecord]]] = {
    "CustomerRet": _read_customer,
    "VendorRet": _read_vendor,
    "EmployeeRet": _read_employee,
    "OtherNameRet": _read_other_name,
    "AccountRet": _read_account,
    "ClassRet": _read_class,
}


def read_sales_order(record: Record) -> SalesOrder:
    """Read a sales order with its lines.

    A line group's components are lines of their own; the group line itself says nothing
    more.  ``due_on`` is the ship date, else the due date (reference section 4.6, inward).
    """
    return SalesOrder(
        id=record.text("TxnID") or record.text("ListID") or "",
        number=record.text("RefNumber") or None,
        status=_order_status(record),
        revision=record.text("EditSequence"),
        customer=_reference(record, "CustomerRef"),
        created_on=record.date("TxnDate"),
        due_on=record.date("ShipDate") or record.date("DueDate"),
        billing_address=_address(record.child("BillAddress")),
        delivery_address=_address(record.child("ShipAddress")),
        customer_order_number=record.text("PONumber") or None,
        memo=record.text("Memo") or None,
        currency=record.text("CurrencyRef/FullName"),
        lines=tuple(
            _read_line(line)
            for part in record.children("SalesOrderLineRet", "SalesOrderLineGroupRet")
            for line in (
                part.children("SalesOrderLineRet")
                if part.tag == "SalesOrderLineGroupRet"
                else (part,)
            )
        ),
        total=_money(record.decimal("TotalAmount")),
        custom_fields=_custom_fields(record),
    )


def _order_status(record: Record) -> DocumentStatus:
    """FLOW-4: closed by hand counts as cancelled, fully invoiced does not."""
    if record.flag("IsManuallyClosed"):
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if record.flag("IsFullyInvoiced") else DocumentStatus.OPEN


def _read_line(line: Record) -> OrderLine:
    quantity = line.decimal("Quantity")
    return OrderLine(
        id=line.text("TxnLineID") or "",
        item=_reference(line, "ItemRef"),
        description=line.text("Desc") or None,
        quantity=None if quantity is None else Quantity(quantity, line.text("UnitOfMeasure")),
        unit_price=_money(line.decimal("Rate")),
        amount=_money(line.decimal("Amount")),
        accounting_class=_reference(line, "ClassRef"),
        custom_fields=_custom_fields(line),
    )


def _reference(record: Record, name: str) -> Reference | None:
    found = record.child(name)
    if found is None:
        return None
    full_name, list_id = found.text("FullName"), found.text("ListID")
    return Reference(full_name or list_id or "", list_id) if full_name or list_id else None


def _money(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount)


def _address(record: Record | None) -> Address | None:
    if record is None:
        return None
    lines = (record.text(f"Addr{number}") for number in range(1, 6))
    return Address(
        lines=tuple(line for line in lines if line),
        city=record.text("City") or None,
        state=record.text("State") or None,
        postal_code=record.text("PostalCode") or None,
        country=record.text("Country") or None,
    )


def _contact(record: Record) -> Contact | None:
    name, phone, email = (record.text(tag) or None for tag in ("Contact", "Phone", "Email"))
    return Contact(name, phone, email) if name or phone or email else None


def _custom_fields(record: Record) -> tuple[CustomField, ...]:
    return tuple(
        CustomField(name, field.text("DataExtValue") or "")
        for field in record.children("DataExtRet")
        if (name := field.text("DataExtName"))
    )


def _account_type(text: str | None) -> AccountType | None:
    """Read ``CostOfGoodsSold`` as our ``cost_of_goods_sold``; unknown ones as ``None``."""
    if not text:
        return None
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in text)
    try:
        return AccountType(snake.lstrip("_"))
    except ValueError:
        return None


# --- Writing ------------------------------------------------------------------------------


def write_sales_order(order: SalesOrder, key: str) -> Fields:
    """Give the fields of a ``SalesOrderAdd``; ``key`` becomes its ExternalGUID.

    A line carries quantity and rate and leaves the amount to QuickBooks, which rounds as
    it does everywhere.  A missing rate makes QuickBooks take the item's price.
    """
    return _present(
        CustomerRef=_write_reference(order.customer),
        TxnDate=order.created_on,
        RefNumber=order.number,
        PONumber=order.customer_order_number,
        ShipDate=order.due_on,
        Memo=order.memo,
        ExternalGUID=key,
        SalesOrderLineAdd=[_write_line(line) for line in order.lines],
    )


def _present(**fields: Any) -> dict[str, Any]:
    """Leave out what is absent: an element with ``None`` costs a look each time."""
    return {name: value for name, value in fields.items() if value is not None}


def _write_line(line: OrderLine) -> Fields:
    return _present(
        ItemRef=_write_reference(line.item),
        Desc=line.description,
        Quantity=line.quantity.value if line.quantity is not None else None,
        Rate=line.unit_price.amount if line.unit_price is not None else None,
        ClassRef=_write_reference(line.accounting_class),
    )


def _write_reference(reference: Reference | None) -> Fields | None:
    """Refer by ListID where it is known: full names mismatch on quotes and ampersands."""
    if reference is None:
        return None
    if reference.id is not None:
        return {"ListID": reference.id}
    return {"FullName": reference.name}


def _parent(record: ListRecord) -> Fields | None:
    return {"FullName": record.parent_name} if record.name != record.full_name else None


def write_customer(customer: Customer, key: str) -> Fields:
    """Give the fields of a ``CustomerAdd``.

    Name, company and address lines are told in full or not at all: what is too long for
    a field that nothing depends on is left out, never cut.
    """
    contact = customer.contact or Contact()
    return {
        "Name": customer.name,
        "ParentRef": _parent(customer),
        "CompanyName": _fitting(customer.company_name, 41),
        "BillAddress": _write_address(customer.billing_address),
        "ShipAddress": _write_address(customer.delivery_address),
        "Phone": _fitting(contact.phone, 21),
        "Email": _fitting(contact.email, 1023),
        "Contact": _fitting(contact.name, 41),
        "ExternalGUID": key,
    }


def _fitting(text: str | None, length_max: int) -> str | None:
    return text if text and len(text) <= length_max else None


def _write_address(address: Address | None) -> Fields | None:
    if address is None:
        return None
    fields: dict[str, Any] = {
        f"Addr{number}": line
        for number, line in enumerate(address.lines[:5], start=1)
        if len(line) <= 41
    }
    fields["City"] = _fitting(address.city, 31)
    fields["State"] = _fitting(address.state, 21)
    fields["PostalCode"] = _fitting(address.postal_code, 13)
    fields["Country"] = _fitting(address.country, 31)
    return fields if any(fields.values()) else None


def write_item(item: Item, key: str) -> tuple[str, Fields]:
    """Give the request's name and its fields for a new item.

    Raises:
        AssertionError: Items of that type are not created by us.
    """
    name = {
        "Name": item.name,
        "ParentRef": _parent(item),
        "ExternalGUID": key,
    }
    if item.type is ItemType.INVENTORY:
        return "ItemInventoryAdd", {
            **name,
            "SalesDesc": item.description,
            "SalesPrice": item.sales_price.amount if item.sales_price else None,
            "IncomeAccountRef": _account(item.income_account),
            "COGSAccountRef": _account(item.expense_account),
            "AssetAccountRef": _account(item.asset_account),
        }
    requests = {
        ItemType.NON_INVENTORY: "ItemNonInventoryAdd",
        ItemType.SERVICE: "ItemServiceAdd",
        ItemType.OTHER_CHARGE: "ItemOtherChargeAdd",
    }
    assert item.type in requests, f"items of type {item.type} are not created"
    return requests[item.type], {
        **name,
        "SalesOrPurchase": {
            "Desc": item.description,
            "Price": item.sales_price.amount if item.sales_price else None,
            "AccountRef": _account(item.income_account),
        },
    }


def _account(name: str | None) -> Fields | None:
    return {"FullName": name} if name else None
