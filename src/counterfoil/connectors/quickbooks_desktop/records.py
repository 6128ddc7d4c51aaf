"""Between the records of a company file and our own: one pair of functions per record.

``read_…`` turns a ``…Ret`` into a document or list record, tolerantly: what QuickBooks
added or left out never stops the rest, and a value that cannot be read raises
``UnreadableValue`` and nothing else, of which ``unreadable`` makes a row that people see.
``write_…`` turns ours into the fields of an ``…Add``, ``change_…`` into those of a
``…Mod``; the shape tables know their order.

Source: reference sections 4.1 (SalesOrder), 4.11 (names), 4.12 (items), 4.13 (classes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

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
    Unit,
    UnitSet,
    Vendor,
)
from counterfoil.engine.operations import LineScope, Unreadable, UpdateDocument

from .qbxml import Fields, Record, UnreadableQbxml, UnreadableValue, shown

__all__ = [
    "CREATED_ITEMS",
    "ITEM_TYPES",
    "NEW_LINE",
    "change_sales_order",
    "read_bare",
    "read_record",
    "read_sales_order",
    "unreadable",
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

# The types of items that we create, with their requests.
CREATED_ITEMS: Final[Mapping[ItemType | None, str]] = {
    ItemType.INVENTORY: "ItemInventoryAdd",
    ItemType.NON_INVENTORY: "ItemNonInventoryAdd",
    ItemType.SERVICE: "ItemServiceAdd",
    ItemType.OTHER_CHARGE: "ItemOtherChargeAdd",
}

# What a Mod calls a line that is not there yet (reference section 3.5).
NEW_LINE: Final = "-1"


# --- Reading ------------------------------------------------------------------------------


def read_record(record: Record) -> ListRecord | None:
    """Read a record of any list; ``None``: a kind of record we keep nothing of."""
    if record.tag in ITEM_TYPES:
        return _read_item(record)
    reader = _READERS.get(record.tag)
    return reader(record) if reader is not None else None


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
        return _reference(record, "UnitOfMeasureSetRef")
    except UnreadableValue as error:
        # It has one, of which nothing is known.
        return Reference(shown(error.value))


def _head(record: Record) -> dict[str, Any]:
    """Read what all lists share; lists without levels have no full name of their own."""
    name = record.word("Name") or ""
    return {
        "id": record.word("ListID") or "",
        "name": name,
        "full_name": record.word("FullName") or name,
        "is_active": record.flag("IsActive") is not False,
        "revision": record.word("EditSequence"),
        "custom_fields": _custom_fields(record),
    }


def _party(record: Record, address: str) -> dict[str, Any]:
    return {
        **_head(record),
        "company_name": record.word("CompanyName"),
        "billing_address": _address(record.child(address)),
        "contact": _contact(record),
        "currency": record.word("CurrencyRef/FullName"),
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
        number=record.word("AccountNumber"),
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
        unit_set=_reference(record, "UnitOfMeasureSetRef"),
        description=(
            (sale.text("Desc") if sale else texts.text("SalesDesc"))
            or record.text("ItemDesc")
            or None
        ),
        sales_price=None if price is None else Money(price),
        purchase_cost=_money(prices.decimal("PurchaseCost")),
        income_account=(
            sale.word("AccountRef/FullName") if sale else texts.word("IncomeAccountRef/FullName")
        ),
        on_hand=None if on_hand is None else Quantity(on_hand),
    )


def _read_unit_set(record: Record) -> UnitSet:
    """Read a set of units: how many base units each related unit is (reference section 4.11)."""
    base = record.child("BaseUnit")
    return UnitSet(
        **_head(record),
        base=Unit(_unit_name(base), None if base is None else base.word("Abbreviation")),
        related=tuple(
            Unit(_unit_name(unit), unit.word("Abbreviation"), Quantity(_ratio(unit)))
            for unit in record.children("RelatedUnit")
        ),
        counts=_COUNTS.get(record.word("UnitOfMeasureType") or ""),
    )


_SET: Final = "UnitOfMeasureSetRet"

# UnitOfMeasureType: what it measures otherwise; "Other" may be anything.
_COUNTS: Final[Mapping[str, bool]] = {
    "Count": True,
    "Area": False,
    "Length": False,
    "Time": False,
    "Volume": False,
    "Weight": False,
}


def _unit_name(unit: Record | None) -> str:
    name = None if unit is None else unit.word("Name") or unit.word("Abbreviation")
    if not name:
        raise UnreadableValue(_SET, "Name", "", "the name of a unit")
    return name


def _ratio(unit: Record) -> Decimal:
    ratio = unit.decimal("ConversionRatio")
    if ratio is None or ratio <= 0:
        text = unit.text("ConversionRatio") or ""
        raise UnreadableValue(_SET, "ConversionRatio", text, "a number of base units")
    return ratio


_READERS: Final[Mapping[str, Callable[[Record], ListRecord]]] = {
    "CustomerRet": _read_customer,
    "VendorRet": _read_vendor,
    "EmployeeRet": _read_employee,
    "OtherNameRet": _read_other_name,
    "AccountRet": _read_account,
    "ClassRet": _read_class,
    "UnitOfMeasureSetRet": _read_unit_set,
}


_BARE: Final[Mapping[str, type[ListRecord]]] = {
    "CustomerRet": Customer,
    "VendorRet": Vendor,
    "EmployeeRet": Employee,
    "OtherNameRet": OtherName,
    "AccountRet": Account,
    "ClassRet": AccountingClass,
}


def read_sales_order(record: Record) -> SalesOrder:
    """Read a sales order with its lines.

    A line group's components are lines of their own; the group line itself says nothing
    more.  ``due_on`` is the ship date, else the due date (reference section 4.6, inward).
    """
    return SalesOrder(
        id=record.word("TxnID") or "",
        number=record.word("RefNumber"),
        status=_order_status(record),
        revision=record.word("EditSequence"),
        customer=_reference(record, "CustomerRef"),
        created_on=record.date("TxnDate"),
        due_on=record.date("ShipDate") or record.date("DueDate"),
        billing_address=_address(record.child("BillAddress")),
        delivery_address=_address(record.child("ShipAddress")),
        customer_order_number=record.word("PONumber"),
        memo=record.text("Memo") or None,
        currency=record.word("CurrencyRef/FullName"),
        lines=tuple(_read_lines(record)),
        total=_money(record.decimal("TotalAmount")),
        tax=_money(record.decimal("SalesTaxTotal")),
        custom_fields=_custom_fields(record),
    )


def _order_status(record: Record) -> DocumentStatus:
    """FLOW-4: closed by hand counts as cancelled, fully invoiced does not."""
    if record.flag("IsManuallyClosed"):
        return DocumentStatus.CANCELLED
    return DocumentStatus.CLOSED if record.flag("IsFullyInvoiced") else DocumentStatus.OPEN


def _read_lines(record: Record) -> Iterator[OrderLine]:
    parts = record.children("SalesOrderLineRet", "SalesOrderLineGroupRet")
    lines = (
        line
        for part in parts
        for line in (
            part.children("SalesOrderLineRet") if part.tag == "SalesOrderLineGroupRet" else (part,)
        )
    )
    for number, line in enumerate(lines, start=1):
        try:
            yield _read_line(line)
        except UnreadableValue as error:
            raise error.in_line(number) from error


def _read_line(line: Record) -> OrderLine:
    quantity, unit = line.decimal("Quantity"), line.word("UnitOfMeasure")
    invoiced = line.decimal("Invoiced")
    return OrderLine(
        id=line.word("TxnLineID") or "",
        item=_reference(line, "ItemRef"),
        description=line.text("Desc") or None,
        quantity=None if quantity is None else Quantity(quantity, unit),
        delivered=Quantity(invoiced, unit) if invoiced else None,
        is_closed=line.flag("IsManuallyClosed") is True,
        unit_price=_money(line.decimal("Rate")),
        amount=_money(line.decimal("Amount")),
        accounting_class=_reference(line, "ClassRef"),
        unit_set=_reference(line, "OverrideUOMSetRef"),
        custom_fields=_custom_fields(line),
    )


def _reference(record: Record, name: str) -> Reference | None:
    found = record.child(name)
    if found is None:
        return None
    full_name, list_id = found.word("FullName"), found.word("ListID")
    return Reference(full_name or list_id or "", list_id) if full_name or list_id else None


def _money(amount: Decimal | None) -> Money | None:
    return None if amount is None else Money(amount)


def _address(record: Record | None) -> Address | None:
    if record is None:
        return None
    lines = (record.text(f"Addr{number}") for number in range(1, 6))
    return Address(
        lines=tuple(line for line in lines if line),
        city=record.word("City"),
        state=record.word("State"),
        postal_code=record.word("PostalCode"),
        country=record.word("Country"),
    )


def _contact(record: Record) -> Contact | None:
    name, phone, email = record.word("Contact"), record.word("Phone"), record.text("Email") or None
    return Contact(name, phone, email) if name or phone or email else None


def _custom_fields(record: Record) -> tuple[CustomField, ...]:
    return tuple(
        CustomField(name, field.text("DataExtValue") or "")
        for field in record.children("DataExtRet")
        if (name := field.word("DataExtName"))
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


# Element -> our field, and what people call it.
_CALLED: Final[Mapping[str, tuple[str, str]]] = {
    "TxnDate": ("created_on", "date"),
    "ShipDate": ("due_on", "ship date"),
    "DueDate": ("due_on", "due date"),
    "TotalAmount": ("total", "total"),
    "SalesTaxTotal": ("tax", "tax"),
    "Quantity": ("quantity", "quantity"),
    "Invoiced": ("delivered", "invoiced quantity"),
    "Rate": ("unit_price", "price"),
    "Amount": ("amount", "amount"),
    "Price": ("sales_price", "sales price"),
    "SalesPrice": ("sales_price", "sales price"),
    "PurchaseCost": ("purchase_cost", "cost"),
    "QuantityOnHand": ("on_hand", "quantity on hand"),
    "RefNumber": ("number", "number"),
    "Memo": ("memo", "memo"),
    "Name": ("name", "name"),
    "FullName": ("full_name", "full name"),
    "Desc": ("description", "description"),
    "ConversionRatio": ("ratio", "conversion ratio of a unit"),
    "IsActive": ("is_active", "mark “active”"),
    "IsManuallyClosed": ("status", "mark “closed”"),
    "IsFullyInvoiced": ("status", "mark “invoiced”"),
}


def unreadable(record: Record, why: UnreadableQbxml | str) -> Unreadable:
    """Make the row that people see of a record that made no document or list record.

    Identity and number are told as far as they can be read, so that the record is not taken
    for deleted.
    """
    identity = _legible(record, "TxnID") or _legible(record, "ListID")
    number = next(
        (found for name in ("RefNumber", "FullName", "Name") if (found := _legible(record, name))),
        None,
    )
    party, dated = _legible(record, "CustomerRef/FullName"), _dated(record)
    if not isinstance(why, UnreadableValue):
        problem = why if isinstance(why, str) else "QuickBooks' answer holds it in a damaged form"
        return Unreadable(id=identity, number=number, party=party, dated=dated, problem=problem)
    field, words = _CALLED.get(why.name, (why.name, f"field {why.name}"))
    place = "" if why.line_number is None else f"line {why.line_number}: "
    path = "" if why.line_number is None else f"lines[{why.line_number - 1}]."
    return Unreadable(
        id=identity,
        number=number,
        party=party,
        dated=dated,
        field=path + field,
        value=why.value,
        problem=f"{place}the {words} {_quoted(why.value)} cannot be read as {why.wanted}",
    )


def _quoted(value: str) -> str:
    """Quote a value, unless it is figures and marks that nobody takes for words."""
    return value if _FIGURES.fullmatch(value) else f"“{value}”"


_FIGURES: Final = re.compile(r"[0-9.,'()+-]+", re.ASCII)


def _dated(record: Record) -> date | None:
    try:
        return record.date("TxnDate")
    except UnreadableValue:
        return None


def _legible(record: Record, name: str) -> str | None:
    """Give an identity or name for showing, cut where it is too long to be one."""
    try:
        return record.word(name)
    except UnreadableValue as error:
        return shown(error.value) if name not in ("TxnID", "ListID") else None


# --- Writing ------------------------------------------------------------------------------


def write_sales_order(order: SalesOrder, key: str) -> Fields:
    """Give the fields of a ``SalesOrderAdd``; ``key`` becomes its ExternalGUID.

    A line carries quantity and rate and leaves the amount to QuickBooks, which rounds as
    it does everywhere.  A missing rate makes QuickBooks take the item's price; a missing unit
    makes it count in the item's default sales unit, so the unit is named where there is one.
    """
    lines = [_write_line(line) for line in order.lines]
    return {**_order_head(order), "ExternalGUID": key, "SalesOrderLineAdd": lines}


def change_sales_order(change: UpdateDocument) -> Fields:
    """Give the fields of a ``SalesOrderMod``.

    What the Add would leave out is left out here, too, and so stays as it is in the books.
    With lines, all of them are named, known ones by their identity, in their order: a line
    that is not named is taken away (reference section 7.3).
    """
    order = change.document
    assert isinstance(order, SalesOrder), f"a sales order cannot become a {type(order).__name__}"
    fields = {
        "TxnID": change.document_id,
        "EditSequence": change.revision,
        **_order_head(order),
        **_present(IsManuallyClosed=change.closes),
    }
    if change.lines is LineScope.ALL:
        fields["SalesOrderLineMod"] = [
            {"TxnLineID": line.id or NEW_LINE, **_write_line(line)} for line in order.lines
        ]
    return fields


def _order_head(order: SalesOrder) -> dict[str, Any]:
    return _present(
        CustomerRef=_write_reference(order.customer),
        TxnDate=order.created_on,
        RefNumber=order.number,
        PONumber=order.customer_order_number,
        ShipDate=order.due_on,
        Memo=order.memo,
    )


def _present(**fields: Any) -> dict[str, Any]:
    """Leave out what is absent: an element with ``None`` costs a look each time."""
    return {name: value for name, value in fields.items() if value is not None}


def _write_line(line: OrderLine) -> dict[str, Any]:
    return _present(
        ItemRef=_write_reference(line.item),
        Desc=line.description,
        Quantity=line.quantity.value if line.quantity is not None else None,
        UnitOfMeasure=line.quantity.unit if line.quantity is not None else None,
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
        return CREATED_ITEMS[item.type], {
            **name,
            "SalesDesc": item.description,
            "SalesPrice": item.sales_price.amount if item.sales_price else None,
            "IncomeAccountRef": _account(item.income_account),
            "COGSAccountRef": _account(item.expense_account),
            "AssetAccountRef": _account(item.asset_account),
        }
    assert item.type in CREATED_ITEMS, f"items of type {item.type} are not created"
    return CREATED_ITEMS[item.type], {
        **name,
        "SalesOrPurchase": {
            "Desc": item.description,
            "Price": item.sales_price.amount if item.sales_price else None,
            "AccountRef": _account(item.income_account),
        },
    }


def _account(name: str | None) -> Fields | None:
    return {"FullName": name} if name else None
