"""Lists: parties, items, accounts and classes (reference sections 4.2 to 4.6 and 4.13).

Who is deactivated gets a suffix to the name, so that the name can be given anew; here it keeps
its name, for it is the same customer all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import (
    Account,
    AccountingClass,
    AccountType,
    Contact,
    Customer,
    Employee,
    InvalidDocument,
    Item,
    ItemType,
    ListRecord,
    Location,
    PaymentTerm,
    Quantity,
    RecordKind,
    TaxCode,
    Vendor,
)
from counterfoil.documents.records import Party

from ._client import Record
from ._codecs import (
    ADDRESS,
    CODE,
    CURRENCY,
    DAY,
    MONEY,
    NAMED,
    QUANTITY,
    TEXT,
    Field,
    identity_of,
    present,
    read_fields,
    write_fields,
)

__all__ = [
    "LISTS",
    "US_TAX_CODES",
    "List",
    "item_type",
    "name_once_active",
    "read_record",
    "write_party",
]


@dataclass(frozen=True, kw_only=True)
class List:
    """A list of a company.

    Attributes:
        entity: Its name there.
        name: The property that names a record, without its levels.
        read: Makes a record of an object.
        has_inactive: It keeps what is inactive, and leaves it out unless asked.
        is_captured: Change capture carries it.
    """

    entity: str
    name: str
    read: Callable[[Reader], ListRecord]
    has_inactive: bool = True
    is_captured: bool = True


# --- Reading ------------------------------------------------------------------------------

# What a name gets when its record is deactivated (reference section 7.3).
_DEACTIVATED: Final = re.compile(r" \(deleted(?: \d+)?\)$")
_NAME_LENGTH_MAX: Final = 500


def _head(reader: Reader, named: str) -> dict[str, Any]:
    is_active = reader.flag("Active", default=True)
    name = clean_line(reader.named(named), _NAME_LENGTH_MAX)
    full_name = clean_line(reader.text("FullyQualifiedName") or name, 5 * _NAME_LENGTH_MAX)
    if not is_active:
        name, full_name = (_DEACTIVATED.sub("", each) for each in (name, full_name))
    return {
        "id": identity_of(reader),
        "name": name,
        "full_name": full_name,
        "is_active": is_active,
        "revision": reader.code("SyncToken"),
    }


_PARTY: Final = (
    Field("company_name", "CompanyName", TEXT),
    Field("billing_address", "BillAddr", ADDRESS),
    Field("currency", "CurrencyRef", CURRENCY),
)
_CUSTOMER: Final = (*_PARTY, Field("delivery_address", "ShipAddr", ADDRESS))
_EMPLOYEE: Final = (
    Field("first_name", "GivenName", TEXT),
    Field("middle_name", "MiddleName", TEXT),
    Field("last_name", "FamilyName", TEXT),
)


def _contact(reader: Reader) -> Contact | None:
    given = " ".join(filter(None, (reader.text("GivenName"), reader.text("FamilyName"))))
    phone, mail = reader.value("PrimaryPhone"), reader.value("PrimaryEmailAddr")
    contact = Contact(
        name=given or None,
        phone=None if phone is None else Reader(phone, "PrimaryPhone").text("FreeFormNumber"),
        email=None if mail is None else Reader(mail, "PrimaryEmailAddr").text("Address"),
    )
    return None if contact == Contact() else contact


def _customer(reader: Reader) -> Customer:
    told = {**_head(reader, "DisplayName"), **read_fields(reader, _CUSTOMER)}
    return Customer(**told, contact=_contact(reader))


def _vendor(reader: Reader) -> Vendor:
    told = {**_head(reader, "DisplayName"), **read_fields(reader, _PARTY)}
    return Vendor(**told, contact=_contact(reader))


def _employee(reader: Reader) -> Employee:
    return Employee(**_head(reader, "DisplayName"), **read_fields(reader, _EMPLOYEE))


_ITEM: Final = (
    Field("sales_price", "UnitPrice", MONEY),
    Field("purchase_cost", "PurchaseCost", MONEY),
    Field("income_account", "IncomeAccountRef", NAMED),
    Field("expense_account", "ExpenseAccountRef", NAMED),
    Field("asset_account", "AssetAccountRef", NAMED),
    Field("manufacturer_number", "Sku", CODE),
    Field("stocked_since", "InvStartDate", DAY),
)
_ITEM_TYPES: Final[Mapping[str, ItemType]] = {
    "Inventory": ItemType.INVENTORY,
    "NonInventory": ItemType.NON_INVENTORY,
    "Service": ItemType.SERVICE,
    # Neither stands on a line by itself: a bundle of items, and a folder for them.
    "Group": ItemType.GROUP,
    "Category": ItemType.GROUP,
}


def item_type(type_: ItemType | None) -> str | None:
    """Give the service's word for a type of item that is created; ``None``: it has none."""
    known = {ItemType.INVENTORY, ItemType.NON_INVENTORY, ItemType.SERVICE}
    return next(
        (word for word, each in _ITEM_TYPES.items() if each is type_ and each in known), None
    )


def _item(reader: Reader) -> Item:
    type_ = _ITEM_TYPES.get(reader.code("Type") or "")
    is_stocked = type_ is ItemType.INVENTORY
    on_hand: Quantity | None = QUANTITY.read(reader, "QtyOnHand") if is_stocked else None
    told = read_fields(reader, _ITEM)
    # What is bought names the account of its cost; of what is stocked there always is one.
    is_purchased = is_stocked or told["expense_account"] is not None
    return Item(
        **_head(reader, "Name"),
        **told,
        is_purchased=is_purchased,
        type=type_,
        description=reader.text("Description") or reader.text("PurchaseDesc"),
        on_hand=on_hand,
    )


_ACCOUNT_TYPES: Final[Mapping[str, AccountType]] = {
    "Bank": AccountType.BANK,
    "Accounts Receivable": AccountType.ACCOUNTS_RECEIVABLE,
    "Other Current Asset": AccountType.OTHER_CURRENT_ASSET,
    "Fixed Asset": AccountType.FIXED_ASSET,
    "Other Asset": AccountType.OTHER_ASSET,
    "Accounts Payable": AccountType.ACCOUNTS_PAYABLE,
    "Credit Card": AccountType.CREDIT_CARD,
    "Other Current Liability": AccountType.OTHER_CURRENT_LIABILITY,
    "Long Term Liability": AccountType.LONG_TERM_LIABILITY,
    "Equity": AccountType.EQUITY,
    "Income": AccountType.INCOME,
    "Other Income": AccountType.OTHER_INCOME,
    "Cost of Goods Sold": AccountType.COST_OF_GOODS_SOLD,
    "Expense": AccountType.EXPENSE,
    "Other Expense": AccountType.OTHER_EXPENSE,
}


def _account(reader: Reader) -> Account:
    return Account(
        **_head(reader, "Name"),
        type=_ACCOUNT_TYPES.get(reader.text("AccountType") or ""),
        number=reader.code("AcctNum"),
    )


def _class(reader: Reader) -> AccountingClass:
    return AccountingClass(**_head(reader, "Name"))


def _term(reader: Reader) -> PaymentTerm:
    return PaymentTerm(**_head(reader, "Name"))


def _location(reader: Reader) -> Location:
    return Location(**_head(reader, "Name"))


def _tax_code(reader: Reader) -> TaxCode:
    is_taxable = reader.flag("Taxable", default=False) if reader.has("Taxable") else None
    return TaxCode(**_head(reader, "Name"), is_taxable=is_taxable)


LISTS: Final[Mapping[RecordKind, List]] = {
    RecordKind.CUSTOMER: List(entity="Customer", name="DisplayName", read=_customer),
    RecordKind.VENDOR: List(entity="Vendor", name="DisplayName", read=_vendor),
    RecordKind.EMPLOYEE: List(entity="Employee", name="DisplayName", read=_employee),
    RecordKind.ITEM: List(entity="Item", name="Name", read=_item),
    RecordKind.ACCOUNT: List(entity="Account", name="Name", read=_account),
    RecordKind.CLASS: List(entity="Class", name="Name", read=_class),
    RecordKind.PAYMENT_TERM: List(entity="Term", name="Name", read=_term),
    RecordKind.LOCATION: List(entity="Department", name="Name", read=_location),
    RecordKind.TAX_CODE: List(entity="TaxCode", name="Name", read=_tax_code, is_captured=False),
}
"""The lists that are read (reference sections 2.9 and 4)."""


US_TAX_CODES: Final = (
    TaxCode(id="TAX", name="TAX", full_name="TAX", is_taxable=True),
    TaxCode(id="NON", name="NON", full_name="NON", is_taxable=False),
)
"""What lines of a company in the US bear, though no list holds them (reference section 4.13)."""


def read_record(kind: RecordKind, raw: Record) -> ListRecord:
    """Make a record of an object.

    Raises:
        InvalidDocument: Naming the field.
    """
    record = LISTS[kind].read(Reader(raw))
    if ":" in record.name:
        raise InvalidDocument(LISTS[kind].name, record.name, "has a colon, which parts levels")
    return record


def name_once_active(kind: RecordKind, raw: Record) -> str:
    """Give what an inactive object is called when it is active again, to the letter.

    Raises:
        InvalidDocument: It does not tell its name.
    """
    return _DEACTIVATED.sub("", Reader(raw).named(LISTS[kind].name))


# --- Writing ------------------------------------------------------------------------------


def write_party(party: Party, parent: str | None) -> dict[str, Any]:
    """Write a new customer, vendor or employee; below a parent it is a sub-customer."""
    contact = party.contact or Contact()
    fields = _CUSTOMER if isinstance(party, Customer) else _PARTY
    told = write_fields(party, () if isinstance(party, Employee) else fields)
    if isinstance(party, Employee):
        told |= _names(party)
    below = {} if parent is None else {"Job": True, "ParentRef": {"value": parent}}
    return present(
        DisplayName=party.name,
        PrimaryPhone={"FreeFormNumber": contact.phone} if _fits(contact.phone, 30) else None,
        PrimaryEmailAddr={"Address": contact.email} if _is_mail(contact.email) else None,
        **told,
        **below,
    )


def _names(employee: Employee) -> dict[str, Any]:
    """Write an employee's names: one of the first and the last has to be there."""
    first, middle, last = employee.first_name, employee.middle_name, employee.last_name
    if not first and not last:
        first, _, last = employee.name.rpartition(" ")
    return {
        name: text
        for name, text in (("GivenName", first), ("MiddleName", middle), ("FamilyName", last))
        if text and len(text) <= 100
    }


def _fits(text: str | None, most: int) -> bool:
    """Whether a text that nothing depends on goes along: in full or not at all."""
    return text is not None and len(text) <= most


def _is_mail(text: str | None) -> bool:
    return (
        text is not None and len(text) <= 100 and re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None
    )
