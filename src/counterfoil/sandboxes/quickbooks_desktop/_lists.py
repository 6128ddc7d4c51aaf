"""Adding and changing list records: names, parents, accounts, what comes back.

The order of checks is that of 7.8 step 3: edition and preferences, references,
names, edit sequence, business rules.  Rules by name: 5.2 for names, 7.2 for
lists, 7.3 for what a Mod leaves alone, 7.6 for the accounts an item needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._kinds import (
    LISTS,
    STOCKED_KINDS,
    ListKind,
    Reference,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Entry, ListRecord, Stock
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    RefusedError,
    bad_reference,
    cannot_clear,
    duplicate_name,
    missing,
    not_found,
    stale,
)
from counterfoil.sandboxes.quickbooks_desktop._units import check_set
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    amount_text,
    block_of,
    decimal,
    is_empty,
    is_true,
    joined,
    plain_text,
    price_text,
    stored_fields,
    text_of,
    without_alternatives,
)

# Fields that have columns of their own, or are consumed by the Add.
_HEAD = frozenset({"ListID", "EditSequence", "Name", "Initial", "IsActive", "ParentRef"})
_CONSUMED = frozenset(
    {"InventoryDate", "OpenBalance", "OpenBalanceDate", "QuantityOnHand", "TotalValue"}
)
# Elements a Mod spells differently from the record they change.
_MOD_NAMES: Mapping[str, str] = {
    "AdditionalNotesMod": "AdditionalNotes",
    "ContactsMod": "Contacts",
    "EmployeePayrollInfoMod": "EmployeePayrollInfo",
    "SalesAndPurchaseMod": "SalesAndPurchase",
    "SalesOrPurchaseMod": "SalesOrPurchase",
}
_MOD_ORDERS = frozenset({"ClearItemsInGroup", "ForceUOMChange"})
# Clearing one of these is 3190 (7.3).
_NOT_CLEARABLE = frozenset(
    {"AccountRef", "AssetAccountRef", "COGSAccountRef", "ExpenseAccountRef", "IncomeAccountRef"}
)
# The accounts an item posts to, and the account types that can serve (7.6).
_ITEM_ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "IncomeAccountRef": ("Income", "OtherIncome"),
    "COGSAccountRef": ("CostOfGoodsSold",),
    "AssetAccountRef": ("OtherCurrentAsset",),
}
_SERVICE_KINDS = frozenset({"ItemService", "ItemNonInventory", "ItemOtherCharge"})


def add_record(books: Books, kind: ListKind, fields: Fields) -> ListRecord:
    """Enter a new list record; raises ``RefusedError`` for what QuickBooks would not take."""
    books.require(kind.feature)
    if kind.name == "Employee" and "EmployeePayrollInfo" in fields:
        books.require("payroll")
    sent = books.rules.permitted(fields, kind.name)
    parent = _parent(books, kind, sent.get("ParentRef"))
    body = stored_fields(
        {
            name: value
            for name, value in books.resolve_all(sent, kind.name, skip=("ParentRef",)).items()
            if name not in _HEAD and not is_empty(value)
        }
    )
    if kind.name == "UnitOfMeasureSet":
        check_set(body, single=books.settings.preferences.units_of_measure == "single")
    name = _own_name(books, kind, sent)
    full_name = _full_name(books, kind, name, parent)
    _check_free(books, kind, full_name, name)
    _check_accounts(books, kind, body)
    wall = books.wall_now()
    record = ListRecord(
        list_id=books.new_list_id(),
        kind=kind.name,
        parent_id="" if parent is None else parent.list_id,
        name=name,
        full_name=full_name,
        is_active="IsActive" not in sent or is_true(sent["IsActive"]),
        created=wall,
        modified=wall,
        edit_sequence=str(books.unix_now),
        body={field: value for field, value in body.items() if field not in _CONSUMED},
    )
    books.write_list_record(record)
    _open_balances(books, record, body)
    return record


def modify_record(books: Books, kind: ListKind, fields: Fields) -> ListRecord:
    """Change a list record; absent fields stay, empty ones are cleared (7.3)."""
    books.require(kind.feature)
    record = _known(books, kind, text_of(fields, "ListID") or "")
    sent = books.rules.permitted(fields, kind.name)
    parent = _new_parent(books, kind, record, sent)
    resolved = stored_fields(books.resolve_all(sent, kind.name, skip=("ParentRef",)))
    name = record.name
    if kind.name_field in sent or kind.name == "Employee":
        name = _own_name(books, kind, {**record.body, **sent})
    full_name = _full_name(books, kind, name, parent)
    if books.name_key(full_name) != books.name_key(record.full_name):
        _check_free(books, kind, full_name, name)
    if record.edit_sequence != text_of(fields, "EditSequence"):
        raise stale(text_of(fields, "EditSequence") or "")
    body = _merged(record.body, resolved)
    _check_accounts(books, kind, body)
    _check_fixed(books, kind, record, body)
    changed = replace(
        record,
        name=name,
        full_name=full_name,
        parent_id="" if parent is None else parent.list_id,
        is_active=is_true(sent["IsActive"]) if "IsActive" in sent else record.is_active,
        modified=books.wall_now(),
        edit_sequence=str(books.unix_now),
        body=body,
    )
    books.write_list_record(changed)
    if full_name != record.full_name:
        _rename_children(books, changed.list_id, full_name)
    return changed


def record_fields(books: Books, record: ListRecord) -> Fields:
    """A list record as its ``Ret`` element shows it, custom fields excepted."""
    kind = LISTS[record.kind]
    shown: Fields = {
        "ListID": record.list_id,
        "TimeCreated": books.shown_time(record.created),
        "TimeModified": books.shown_time(record.modified),
        "EditSequence": record.edit_sequence,
        kind.name_field: record.name,
        "IsActive": "true" if record.is_active else "false",
    }
    if kind.parented:
        shown["FullName"] = record.full_name
        shown["Sublevel"] = str(record.full_name.count(":"))
        parent = books.entry(record.parent_id)
        if parent is not None:
            shown["ParentRef"] = {"ListID": parent.list_id, "FullName": parent.full_name}
    shown.update(books.shown(_outward(record)))
    _add_computed(books, record, shown)
    return shown


def total_balance(books: Books, list_id: str) -> Decimal:
    """Own balance and that of all jobs or subaccounts below (7.2)."""
    children = (total_balance(books, child.list_id) for child in books.children(list_id))
    return books.store.balance(list_id) + sum(children, ZERO)


# -- names and parents ------------------------------------------------------------------------


def _own_name(books: Books, kind: ListKind, sent: Mapping[str, object]) -> str:
    if kind.name == "Employee":
        parts = (sent.get(part) for part in ("FirstName", "MiddleName", "LastName"))
        name = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    else:
        value = sent.get(kind.name_field)
        name = value if isinstance(value, str) else ""
    if books.settings.switches.names_trimmed:
        name = name.strip()
    if not name:
        raise missing(kind.name_field)
    if ":" in name:
        raise RefusedError(status.BAD_NAME, "Names in this list cannot contain a colon (:).")
    control = any(character in name for character in "\t\r\n")
    if control and not books.settings.switches.control_characters_in_names:
        raise RefusedError(status.BAD_NAME, f'"{name}" is not a valid name: it holds a line break.')
    return name


def _parent(books: Books, kind: ListKind, value: object) -> Entry | None:
    if value is None or not kind.parented:
        return None
    block = value if isinstance(value, dict) else {}
    try:
        return books.resolve("ParentRef", block, kind.name, Reference((kind.name,), kind.label))
    except RefusedError as refusal:
        code = books.settings.switches.parent_missing_status
        raise RefusedError(code, refusal.message) from None


def _new_parent(books: Books, kind: ListKind, record: ListRecord, sent: Fields) -> Entry | None:
    if "ParentRef" not in sent:
        return books.entry(record.parent_id)
    parent = _parent(books, kind, sent["ParentRef"])
    above = parent
    while above is not None:
        if above.list_id == record.list_id:
            raise RefusedError(
                books.settings.switches.parent_missing_status,
                f'"{record.full_name}" cannot be put below itself.',
            )
        above = books.entry(above.parent_id)
    return parent


def _full_name(books: Books, kind: ListKind, name: str, parent: Entry | None) -> str:
    if parent is None:
        return name
    full_name = joined((parent.full_name, name))
    levels = full_name.count(":") + 1
    if levels > books.settings.switches.levels_max:
        raise RefusedError(
            books.settings.switches.parent_missing_status,
            f'The {kind.label} list cannot nest "{full_name}" that deep.',
        )
    return full_name


def _check_free(books: Books, kind: ListKind, full_name: str, name: str) -> None:
    holder = books.holder(kind.space, full_name)
    if holder is None:
        return
    if holder.is_active or books.settings.switches.inactive_names_block:
        raise duplicate_name(name, kind.duplicate_status)


def _rename_children(books: Books, list_id: str, full_name: str) -> None:
    touched = books.settings.switches.rename_touches_children
    for child in books.children(list_id):
        record = books.store.list_record(child.list_id)
        assert record is not None
        changed = replace(record, full_name=joined((full_name, child.name)))
        if touched:
            changed.modified = books.wall_now()
            changed.edit_sequence = str(books.unix_now)
        books.write_list_record(changed)
        _rename_children(books, child.list_id, changed.full_name)


def release_children(books: Books, list_id: str) -> None:
    """Move everything directly below a record to the top of its list."""
    for child in books.children(list_id):
        record = books.store.list_record(child.list_id)
        assert record is not None
        books.write_list_record(replace(record, parent_id="", full_name=child.name))
        _rename_children(books, child.list_id, child.name)


# -- fields -----------------------------------------------------------------------------------


def _known(books: Books, kind: ListKind, list_id: str) -> ListRecord:
    entry = books.entry(list_id)
    record = books.store.list_record(list_id) if entry and entry.kind == kind.name else None
    if record is None:
        raise not_found(list_id)
    return record


def _merged(body: Fields, sent: Fields) -> Fields:
    merged = dict(body)
    for name, value in sent.items():
        if name in _HEAD | _CONSUMED | _MOD_ORDERS or name.startswith("Apply"):
            continue
        field = _MOD_NAMES.get(name, name)
        if is_empty(value):
            if field in _NOT_CLEARABLE:
                raise cannot_clear(field)
            merged.pop(field, None)
        elif field in {"SalesOrPurchase", "SalesAndPurchase"} and isinstance(value, dict):
            _merge_item_sides(merged, field, value)
        elif field == "EmployeePayrollInfo" and isinstance(value, dict):
            merged[field] = {
                part: kept for part, kept in value.items() if not part.startswith("Clear")
            }
        else:
            without_alternatives(merged, field)
            merged[field] = value
    if is_true(sent.get("ClearItemsInGroup")):
        merged.pop("ItemGroupLine", None)
        merged.pop("ItemInventoryAssemblyLine", None)
    return merged


def _merge_item_sides(merged: Fields, field: str, value: Fields) -> None:
    had = block_of(merged, field) or {}
    for name, part in value.items():
        if name.startswith("Apply"):
            continue
        if is_empty(part):
            if name in _NOT_CLEARABLE:
                raise cannot_clear(name)
            had.pop(name, None)
        else:
            had = dict(had)
            without_alternatives(had, name)
            had[name] = part
    merged.pop("SalesOrPurchase", None)
    merged.pop("SalesAndPurchase", None)
    merged[field] = had


def _check_accounts(books: Books, kind: ListKind, body: Fields) -> None:
    if kind.name in STOCKED_KINDS:
        for field, types in _ITEM_ACCOUNTS.items():
            account = block_of(body, field)
            if account is None:
                raise _account_missing(books, kind, field)
            _check_account_type(books, kind, field, account, types)
    elif kind.name in _SERVICE_KINDS:
        single, both = block_of(body, "SalesOrPurchase"), block_of(body, "SalesAndPurchase")
        needed = ("IncomeAccountRef", "ExpenseAccountRef") if both is not None else ("AccountRef",)
        for field in needed:
            if block_of((both if both is not None else single) or {}, field) is None:
                raise _account_missing(books, kind, field)


def _account_missing(books: Books, kind: ListKind, field: str) -> RefusedError:
    return RefusedError(
        books.settings.switches.posting_account_missing_status,
        f'There was an error when saving the {kind.label} list: the posting account "{field}" '
        "is missing.",
    )


def _check_account_type(
    books: Books, kind: ListKind, field: str, account: Fields, types: tuple[str, ...]
) -> None:
    list_id = text_of(account, "ListID") or ""
    if text_of(books.body(list_id), "AccountType") not in types:
        entry = books.entry(list_id)
        shown = entry.full_name if entry is not None else list_id
        raise bad_reference("Account", shown, f"{kind.name} ({field} needs {' or '.join(types)})")


def _check_fixed(books: Books, kind: ListKind, record: ListRecord, body: Fields) -> None:
    """What a record that is in use cannot change any more (7.3, 7.4)."""
    field = {"Account": "AccountType", "SalesTaxCode": "IsTaxable"}.get(kind.name)
    if field is None or body.get(field) == record.body.get(field):
        return
    if books.store.is_used(record.list_id):
        raise RefusedError(
            status.BUSINESS_RULE, f'{field} of "{record.full_name}" cannot change: it is in use.'
        )


def _open_balances(books: Books, record: ListRecord, sent: Fields) -> None:
    opening = text_of(sent, "OpenBalance")
    if opening:
        books.move_balance(record.list_id, decimal(opening))
    quantity = decimal(text_of(sent, "QuantityOnHand") or "")
    if record.kind in STOCKED_KINDS and quantity:
        # Given both, QuickBooks figures the value again from the cost (7.6).
        cost = text_of(sent, "PurchaseCost")
        value = quantity * decimal(cost) if cost else decimal(text_of(sent, "TotalValue") or "")
        books.move_stock({record.list_id: Stock(on_hand=quantity, value=value)})


# -- what comes back --------------------------------------------------------------------------


def _outward(record: ListRecord) -> Fields:
    """Stored fields under the names the ``Ret`` element gives them."""
    outward = dict(record.body)
    code = outward.pop("BarCode", None)
    if isinstance(code, dict) and "BarCodeValue" in code:
        outward["BarCodeValue"] = code["BarCodeValue"]
    tax_line = outward.pop("TaxLineID", None)
    if tax_line is not None:
        outward["TaxLineInfoRet"] = {"TaxLineID": tax_line}
    if record.kind == "InventorySite":
        outward.setdefault("IsDefaultSite", "false")
    day = record.created[:10]
    notes = outward.pop("AdditionalNotes", None)
    if isinstance(notes, list):
        outward["AdditionalNotesRet"] = [
            {"NoteID": str(position), "Date": day, **note}
            for position, note in enumerate(notes, 1)
            if isinstance(note, dict)
        ]
    contacts = outward.pop("Contacts", None)
    if isinstance(contacts, list):
        outward["ContactsRet"] = [
            _contact(record, one) for one in contacts if isinstance(one, dict)
        ]
    for field in ("BillAddress", "ShipAddress", "VendorAddress", "OtherNameAddress", "SiteAddress"):
        address = outward.get(field)
        # A vendor's second address has no printed form in the schema.
        printable = field != "ShipAddress" or record.kind == "Customer"
        if isinstance(address, dict) and printable:
            outward[f"{field}Block"] = printed(address)
    return outward


def _contact(record: ListRecord, contact: Fields) -> Fields:
    times: Fields = {"TimeCreated": record.created, "TimeModified": record.modified}
    return {**times, **{name: value for name, value in contact.items() if name != "EditSequence"}}


def printed(address: Mapping[str, object]) -> Fields:
    """The address as printed, at most five lines (``...AddressBlock``)."""
    lines = [
        str(address[f"Addr{number}"]) for number in range(1, 6) if address.get(f"Addr{number}")
    ]
    region = " ".join(str(address[part]) for part in ("State", "PostalCode") if address.get(part))
    place = ", ".join(part for part in (str(address.get("City") or ""), region) if part)
    lines.extend(part for part in (place, str(address.get("Country") or "")) if part)
    return {f"Addr{number}": line[:41] for number, line in enumerate(lines[:5], 1)}


def _add_computed(books: Books, record: ListRecord, shown: Fields) -> None:
    if record.kind == "Customer":
        shown["Balance"] = amount_text(books.store.balance(record.list_id))
        shown["TotalBalance"] = amount_text(total_balance(books, record.list_id))
        shown.setdefault("JobStatus", "None")
    elif record.kind == "Vendor":
        shown["Balance"] = amount_text(books.store.balance(record.list_id))
    elif record.kind == "Account":
        shown["Balance"] = amount_text(books.store.balance(record.list_id))
        shown["TotalBalance"] = amount_text(total_balance(books, record.list_id))
        shown.setdefault("CashFlowClassification", "None")
    elif record.kind in STOCKED_KINDS:
        stock = books.store.stock(record.list_id)
        shown.update(stock_fields(stock))


def stock_fields(stock: Stock) -> Fields:
    average = stock.value / stock.on_hand if stock.on_hand else ZERO
    return {
        "QuantityOnHand": plain_text(stock.on_hand),
        "AverageCost": price_text(average),
        "QuantityOnOrder": plain_text(stock.on_order),
        "QuantityOnSalesOrder": plain_text(stock.on_sales_order),
    }
