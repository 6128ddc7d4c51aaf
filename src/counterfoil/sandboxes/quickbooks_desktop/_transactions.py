"""Adding and changing transactions.

One path for every type in ``_kinds.TRANSACTIONS``: edition and preferences,
references, edit sequence, closing date, business rules (7.8 step 3), then the
lines are figured, totals follow from the lines, and the record, its links and
its effect on stock and balances are written together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from counterfoil.connectors.quickbooks_desktop.qbxml import LINES
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._custom_fields import set_line_fields
from counterfoil.sandboxes.quickbooks_desktop._effects import (
    Effect,
    apply_effects,
    average_cost,
    effect_of,
)
from counterfoil.sandboxes.quickbooks_desktop._facts import (
    due_date,
    first_of_type,
    item_facts,
    reference,
    tax_facts,
)
from counterfoil.sandboxes.quickbooks_desktop._form_rules import check_form, check_total
from counterfoil.sandboxes.quickbooks_desktop._kinds import LineTable, TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._lines import (
    Form,
    figure,
    flat,
    group_line,
    quantity_of,
    refigure,
    taxable_total,
    total,
)
from counterfoil.sandboxes.quickbooks_desktop._linked_changes import (
    settle_closing,
    settle_links,
    settle_order,
)
from counterfoil.sandboxes.quickbooks_desktop._linking_rules import (
    linking,
    set_linked_amount,
    take_addresses,
)
from counterfoil.sandboxes.quickbooks_desktop._links import (
    Taken,
    count_taken,
    line_from_order,
    lines_from_orders,
    set_completion,
)
from counterfoil.sandboxes.quickbooks_desktop._own_rules import (
    check_change,
    check_may_write,
    check_own_rules,
    settle,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Link, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    RefusedError,
    cannot_clear,
    not_found,
    stale,
)
from counterfoil.sandboxes.quickbooks_desktop._sites import default_site
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    amount_text,
    blocks_of,
    cents,
    decimal,
    is_empty,
    is_true,
    plain_text,
    stored_fields,
    text_of,
    without_alternatives,
)

# Header elements that order something instead of being kept.
_ORDERS = frozenset(
    {"TxnID", "EditSequence", "LinkToTxnID", "SetCredit", "ClearExpenseLines", "ClearItemLines",
     "CreateChangeOrder", LINES}
)  # fmt: skip
# Clearing one of these is 3190 (7.3).
_NOT_CLEARABLE = frozenset(
    {"APAccountRef", "ARAccountRef", "AccountRef", "CustomerRef", "EntityRef", "TemplateRef",
     "VendorRef"}
)  # fmt: skip
_LINE_NOT_CLEARABLE = frozenset(
    {"Amount", "ItemRef", "OverrideItemAccountRef", "Quantity", "Rate", "SalesTaxCodeRef"}
)
# Their site stands on the head.
_AT_ONE_SITE = frozenset({"InventoryAdjustment", "PurchaseOrder"})
# What a new transaction shows although nobody sent it.
_HEADER_DEFAULTS: dict[str, dict[str, str]] = {
    "SalesOrder": {"IsManuallyClosed": "false", "IsFullyInvoiced": "false"},
    "Invoice": {"IsPending": "false", "IsFinanceCharge": "false", "AppliedAmount": "0.00"},
    "Estimate": {"IsActive": "true"},
    "PurchaseOrder": {"IsManuallyClosed": "false", "IsFullyReceived": "false"},
    "Bill": {"IsPaid": "false"},
}
_LINE_DEFAULTS: dict[str, dict[str, str]] = {
    "SalesOrder": {"Invoiced": "0", "IsManuallyClosed": "false"},
    "PurchaseOrder": {"ReceivedQuantity": "0", "IsManuallyClosed": "false"},
}
_PRINTED = frozenset({"SalesOrder", "Invoice", "PurchaseOrder"})
_TRAILING_DIGITS = re.compile(r"^(.*?)([0-9]+)$")


@dataclass(slots=True)
class _Draft:
    """A transaction being written: what is linked and what custom fields its lines bring."""

    kind: TransactionKind
    header: Fields
    lines: list[Fields]
    links: list[tuple[Fields, str, str]]
    line_fields: list[tuple[Fields, Fields]]


def add_transaction(books: Books, kind: TransactionKind, fields: Fields) -> Transaction:
    """Enter a new transaction; raises ``RefusedError`` for what QuickBooks would not take."""
    check_may_write(books, kind)
    header = _header(books, kind, fields)
    entity = reference(header, kind.entity) if kind.entity else None
    _copy_entity_defaults(books, kind, header, entity)
    txn_date = text_of(header, "TxnDate") or books.today().isoformat()
    header["TxnDate"] = txn_date
    draft = _Draft(kind, header, [], [], [])
    _add_lines(books, draft, fields, entity or "")
    check_form(books, kind, header, draft.lines)
    settle_closing(books, kind, None, header, draft.lines)
    check_open(books, txn_date, status.CLOSED_FOR_CHANGE)
    check_own_rules(books, kind, header, draft.lines, is_new=True)
    _finish_header(books, kind, header, txn_date)
    wall = books.wall_now()
    txn = Transaction(
        txn_id=books.new_txn_id(),
        kind=kind.name,
        number=books.store.next_number("TxnNumber"),
        ref_number=_ref_number(books, kind, header),
        txn_date=txn_date,
        entity_id=entity or "",
        created=wall,
        modified=wall,
        edit_sequence=str(books.unix_now),
        header=header,
        lines=draft.lines,
    )
    _write(books, kind, txn, draft, Effect(), txn.entity_id)
    return txn


def modify_transaction(books: Books, kind: TransactionKind, fields: Fields) -> Transaction:
    """Change a transaction (7.3): absent stays, empty clears, mentioned lines are the lines."""
    check_may_write(books, kind)
    txn = books.store.transaction(text_of(fields, "TxnID") or "")
    if txn is None or txn.kind != kind.name:
        raise not_found(text_of(fields, "TxnID") or "")
    sent = _header(books, kind, fields)
    if txn.edit_sequence != text_of(fields, "EditSequence"):
        raise stale(text_of(fields, "EditSequence") or "")
    check_change(books, txn, fields)
    before = effect_of(books, txn)
    header = _merged_header(txn.header, sent)
    entity = (reference(header, kind.entity) if kind.entity else None) or ""
    _check_entity(books, kind, txn, entity)
    txn_date = text_of(header, "TxnDate") or txn.txn_date
    draft = _Draft(kind, header, txn.lines, [], [])
    _change_lines(books, draft, txn, fields)
    check_form(books, kind, header, draft.lines)
    settle_order(books, kind, txn, draft.lines)
    settle_closing(books, kind, txn, header, draft.lines)
    settle(books, txn, -1)
    check_open(books, min(txn_date, txn.txn_date), status.CLOSED_FOR_CHANGE)
    check_own_rules(books, kind, header, draft.lines, is_new=False)
    if kind.has_ref_number and "RefNumber" in sent:
        ref_number = text_of(sent, "RefNumber") or ""
    else:
        ref_number = txn.ref_number
    header.pop("RefNumber", None)
    changed = replace(
        txn,
        ref_number=ref_number,
        txn_date=txn_date,
        entity_id=entity,
        modified=books.wall_now(),
        edit_sequence=str(books.unix_now),
        header=header,
        lines=draft.lines,
    )
    _finish_header(books, kind, header, txn_date)
    _write(books, kind, changed, draft, before, txn.entity_id)
    return changed


def check_open(books: Books, txn_date: str, code: int) -> None:
    """Refuse what is dated on or before the closing date (7.7)."""
    closing = books.settings.preferences.closing_date
    if closing is not None and txn_date <= closing:
        what = "deleted" if code == status.CLOSED_FOR_DELETE else "saved"
        raise RefusedError(
            code,
            f"A transaction dated {txn_date} cannot be {what}: the books are closed through "
            f"{closing}.",
        )


def set_totals(books: Books, kind: TransactionKind, header: Fields, lines: list[Fields]) -> None:
    """The computed fields of a header, from its lines (7.4)."""
    if kind.total is None or not kind.tables:
        return
    amount = cents(total(lines))
    if kind.taxed:
        header["Subtotal"] = amount_text(amount)
        tax = tax_facts(books, header)
        if tax is not None:
            due = decimal(books.amount_text(taxable_total(lines, tax) * tax.rate / 100))
            header["SalesTaxPercentage"] = plain_text(tax.rate)
            header["SalesTaxTotal"] = amount_text(due)
            amount += due
    if kind.name == "Invoice":
        # What was applied is kept as a negative amount, as QuickBooks shows it.
        amount += decimal(text_of(header, "AppliedAmount") or "")
        header["IsPaid"] = "true" if amount == 0 else "false"
    header[kind.total] = amount_text(amount)
    if kind.name in {"Bill", "VendorCredit"}:
        header["OpenAmount"] = header[kind.total]
    if books.settings.preferences.multi_currency:
        rate = decimal(text_of(header, "ExchangeRate") or "1")
        header["ExchangeRate"] = plain_text(rate)
        header[f"{kind.total}InHomeCurrency"] = amount_text(amount * rate)


# -- the header -------------------------------------------------------------------------------


def _header(books: Books, kind: TransactionKind, fields: Fields) -> Fields:
    lines = {LINES, *(element for table in kind.tables for element in (table.add, table.mod))}
    sent = {name: value for name, value in fields.items() if name not in lines}
    resolved = books.resolve_all(books.rules.permitted(sent, kind.name), kind.name)
    return stored_fields(resolved)


def _copy_entity_defaults(
    books: Books, kind: TransactionKind, header: Fields, entity: str | None
) -> None:
    for name in [name for name, value in header.items() if is_empty(value)]:
        if name != "RefNumber":
            del header[name]
    for name in _ORDERS & header.keys():
        del header[name]
    header.update(
        {name: value for name, value in _HEADER_DEFAULTS.get(kind.name, {}).items()
         if name not in header}
    )  # fmt: skip
    _default_accounts(books, kind, header)
    _default_site(books, kind, header)
    if entity is None:
        return
    party = books.body(entity)
    copied: tuple[str, ...] = ()
    if kind.taxed:
        copied = ("TermsRef", "SalesRepRef", "BillAddress", "ShipAddress")
        _default_tax(books, kind, header, party)
    elif kind.name in {"PurchaseOrder", "Bill"}:
        copied = ("TermsRef", "VendorAddress")
    for name in copied:
        if name not in header and name in party:
            header[name] = party[name]
    if books.settings.preferences.multi_currency and kind.total is not None:
        currency = party.get("CurrencyRef") or _home_currency(books)
        if currency:
            header["CurrencyRef"] = currency


def _default_site(books: Books, kind: TransactionKind, header: Fields) -> None:
    is_said = header.keys() & {"InventorySiteRef", "ShipToEntityRef"}
    if kind.name not in _AT_ONE_SITE or is_said or not books.settings.switches.default_site_told:
        return
    site = default_site(books)
    if site is not None:
        header["InventorySiteRef"] = books.reference_block(site)


def _default_tax(books: Books, kind: TransactionKind, header: Fields, party: Fields) -> None:
    preferences, switches = books.settings.preferences, books.settings.switches
    if not preferences.sales_tax:
        return
    if "CustomerSalesTaxCodeRef" not in header and "SalesTaxCodeRef" in party:
        header["CustomerSalesTaxCodeRef"] = party["SalesTaxCodeRef"]
    needs_none = kind.name == "SalesOrder" and not switches.sales_order_tax_item_defaulted
    if "ItemSalesTaxRef" in header or needs_none:
        return
    if "ItemSalesTaxRef" in party:
        header["ItemSalesTaxRef"] = party["ItemSalesTaxRef"]
    else:
        entry = books.named(("ItemSalesTax",), preferences.default_sales_tax_item)
        if entry is not None:
            header["ItemSalesTaxRef"] = {"ListID": entry.list_id}


def _home_currency(books: Books) -> Fields | None:
    entry = books.named(("Currency",), books.settings.preferences.home_currency)
    return None if entry is None else {"ListID": entry.list_id}


def _default_accounts(books: Books, kind: TransactionKind, header: Fields) -> None:
    field, wanted = {
        "Invoice": ("ARAccountRef", "AccountsReceivable"),
        "Bill": ("APAccountRef", "AccountsPayable"),
        "ItemReceipt": ("APAccountRef", "AccountsPayable"),
        "VendorCredit": ("APAccountRef", "AccountsPayable"),
    }.get(kind.name, (None, ""))
    if field is not None and field not in header:
        account = first_of_type(books, "Account", "AccountType", wanted)
        if account is not None:
            header[field] = {"ListID": account}
    if kind.template and "TemplateRef" not in header:
        template = first_of_type(books, "Template", "TemplateType", kind.name)
        if template is not None:
            header["TemplateRef"] = {"ListID": template}


def _finish_header(books: Books, kind: TransactionKind, header: Fields, txn_date: str) -> None:
    falls_due = kind.taxed or kind.name in {"PurchaseOrder", "Bill"}
    if falls_due and "DueDate" not in header:
        terms = reference(header, "TermsRef")
        header["DueDate"] = due_date(books, terms, date.fromisoformat(txn_date)).isoformat()
    if kind.taxed and kind.name != "Estimate":
        header.setdefault("ShipDate", txn_date)
    if kind.name in _PRINTED:
        header.setdefault("IsToBePrinted", "false")
        header.setdefault("IsToBeEmailed", "false")


def _merged_header(had: Fields, sent: Fields) -> Fields:
    header = dict(had)
    for name, value in sent.items():
        if name in _ORDERS:
            continue
        if is_empty(value):
            if name in _NOT_CLEARABLE:
                raise cannot_clear(name)
            header.pop(name, None)
        else:
            without_alternatives(header, name)
            header[name] = value
    if ("TermsRef" in sent or "TxnDate" in sent) and "DueDate" not in sent:
        header.pop("DueDate", None)
    return header


def _ref_number(books: Books, kind: TransactionKind, header: Fields) -> str:
    sent = header.pop("RefNumber", None)
    if isinstance(sent, str) and sent:
        return sent
    switches = books.settings.switches
    wanted = switches.number_when_absent if sent is None else switches.number_when_empty
    if not ((kind.numbered or switches.bills_numbered) and kind.has_ref_number and wanted):
        return ""
    last = books.store.last_ref_number(kind.name)
    match = _TRAILING_DIGITS.match(last)
    if match is None:
        return "1" if not last else ""
    head, digits = match.groups()
    return head + str(int(digits) + 1).zfill(len(digits))


def _check_entity(books: Books, kind: TransactionKind, txn: Transaction, entity: str) -> None:
    if entity == txn.entity_id:
        return
    outgoing, incoming = books.store.links_of(txn.txn_id)
    if outgoing or incoming:
        raise RefusedError(
            status.BUSINESS_RULE,
            f"{kind.entity} cannot change: the transaction is linked to another one.",
        )


# -- the lines --------------------------------------------------------------------------------


def _sent_lines(kind: TransactionKind, fields: Fields) -> list[tuple[LineTable, str, Fields]]:
    """Every line element of a request with its table, tables in order, lines in order."""
    sent: list[tuple[LineTable, str, Fields]] = []
    # Lines of several kinds come as (element name, contents) pairs.
    mixed: list[tuple[str, Fields]] = cast("Any", fields.get(LINES) or [])
    for table in kind.tables:
        names = {table.add, table.mod, table.group_add, table.group_mod}
        for name in (table.add, table.mod):
            sent.extend((table, name, block) for block in blocks_of(fields, name))
        sent.extend((table, name, block) for name, block in mixed if name in names)
    return sent


def _resolved_line(books: Books, kind: TransactionKind, name: str, sent: Fields) -> Fields:
    return books.resolve_all(books.rules.permitted(sent, name), name)


def _add_lines(books: Books, draft: _Draft, fields: Fields, entity: str) -> None:
    kind = draft.kind
    tax = tax_facts(books, draft.header) if kind.taxed else None
    links = linking(books, kind, fields)
    for table, name, sent in _sent_lines(kind, fields):
        form = Form(kind.name, table, tax, reference(draft.header, "InventorySiteRef"))
        resolved = _resolved_line(books, kind, name, sent)
        if name == table.group_add:
            _append(books, draft, group_line(books, form, resolved, draft.lines), name, resolved)
        elif "LinkToTxn" in resolved:
            taken = line_from_order(books, kind, links, resolved, entity)
            if taken is not None:
                _take(books, draft, form, taken, resolved)
        else:
            _append(books, draft, figure(books, form, resolved, draft.lines), table.add, resolved)
    for taken in lines_from_orders(books, kind, links, entity) if kind.orders else ():
        _take(books, draft, Form(kind.name, kind.tables[-1], tax), taken, {})
    take_addresses(books, kind, draft.header, links.orders)
    if kind.tables and kind.posting and not draft.lines:
        raise RefusedError(status.EMPTY_TRANSACTION, "The transaction is empty.")


def _take(books: Books, draft: _Draft, form: Form, taken: Taken, sent: Fields) -> None:
    line = figure(books, form, taken.fields, draft.lines)
    set_linked_amount(line, sent)
    _append(books, draft, line, form.table.add, sent)
    if taken.is_linked:
        draft.links.append((line, taken.order_id, taken.line_id))


def _append(books: Books, draft: _Draft, line: Fields, table: str, sent: Fields) -> None:
    line["_table"] = table
    line["TxnLineID"] = books.new_txn_id()
    for member in blocks_of(line, "_members"):
        if "TxnLineID" not in member:
            member["TxnLineID"] = books.new_txn_id()
    for one in flat([line]):
        _complete_line(books, draft.kind, one)
    for field in blocks_of(sent, "DataExt"):
        draft.line_fields.append((line, field))
    draft.lines.append(line)


def _complete_line(books: Books, kind: TransactionKind, line: Fields) -> None:
    if "ItemRef" not in line:
        return
    for name, value in _LINE_DEFAULTS.get(kind.name, {}).items():
        line.setdefault(name, value)
    if kind.name == "PurchaseOrder":
        line.setdefault("UnbilledQuantity", text_of(line, "Quantity") or "0")
        line.setdefault("IsBilled", "false")
    item = reference(line, "ItemRef")
    if kind.name == "Invoice" and item is not None and item_facts(books, item).is_stocked:
        line.setdefault("_cost", str(average_cost(books, item)))


def _change_lines(books: Books, draft: _Draft, txn: Transaction, fields: Fields) -> None:
    """Mentioned lines are the complete list, table by table (7.3)."""
    kind = draft.kind
    tax = tax_facts(books, draft.header) if kind.taxed else None
    sent = _sent_lines(kind, fields)
    had = txn.lines
    draft.lines = []
    for table in kind.tables:
        mine = [line for line in had if line["_table"] in {table.add, table.group_add}]
        asked = [(name, block) for where, name, block in sent if where is table]
        cleared = is_true(fields.get(_CLEARS.get(table.role, "")))
        if cleared and asked:
            raise RefusedError(
                status.CONFLICTING_ELEMENTS, "Lines cannot be cleared and given at once."
            )
        if not asked:
            draft.lines.extend([] if cleared else mine)
            continue
        form = Form(kind.name, table, tax)
        known = {str(line["TxnLineID"]): line for line in mine}
        for name, block in asked:
            _change_line(books, draft, form, known, name, block)
    settle_links(books, kind, txn, draft.lines)


_CLEARS = {"expense": "ClearExpenseLines", "purchase": "ClearItemLines"}


def _change_line(
    books: Books, draft: _Draft, form: Form, known: dict[str, Fields], name: str, sent: Fields
) -> None:
    for field, value in sent.items():
        if is_empty(value) and field in _LINE_NOT_CLEARABLE:
            raise cannot_clear(field)
    resolved = _resolved_line(books, draft.kind, name, sent)
    line_id = text_of(resolved, "TxnLineID") or ""
    resolved.pop("TxnLineID", None)
    is_group = name == form.table.group_mod
    table = form.table.group_add if is_group else form.table.add
    assert table is not None
    if line_id == "-1":
        new = (group_line if is_group else figure)(books, form, resolved, draft.lines)
        _append(books, draft, new, table, {})
        return
    had = known.pop(line_id, None)
    if had is None or had["_table"] != table:
        raise not_found(line_id)
    if is_group:
        line = _changed_group(books, form, had, resolved, draft.lines)
    else:
        line = refigure(books, form, had, resolved, draft.lines)
    _check_linked_item(books, had, line)
    line["_table"] = table
    line["TxnLineID"] = line_id
    for one in flat([line]):
        _complete_line(books, draft.kind, one)
    draft.lines.append(line)


def _changed_group(
    books: Books, form: Form, had: Fields, sent: Fields, before: Sequence[Fields]
) -> Fields:
    members = {str(one["TxnLineID"]): one for one in blocks_of(had, "_members")}
    asked = blocks_of(sent, form.table.mod)
    if not asked and "Quantity" not in sent and "ItemGroupRef" not in sent:
        return {**had, **{name: value for name, value in sent.items() if not is_empty(value)}}
    if not asked:
        line = group_line(books, form, {**had, **sent}, before)
    else:
        line = {**had, **{name: value for name, value in sent.items() if name != form.table.mod}}
        changed = []
        for one in asked:
            resolved = books.resolve_all(one, form.table.mod)
            line_id = str(resolved.pop("TxnLineID", "-1"))
            was = members.get(line_id)
            member = (
                figure(books, form, resolved, before)
                if was is None
                else refigure(books, form, was, resolved, before)
            )
            member["_table"] = form.table.add
            if was is not None:
                member["TxnLineID"] = line_id
            changed.append(member)
        line["_members"] = list(changed)
        line["TotalAmount"] = amount_text(total(changed))
    for member in blocks_of(line, "_members"):
        if "TxnLineID" not in member:
            member["TxnLineID"] = books.new_txn_id()
    return line


def _check_linked_item(books: Books, had: Fields, line: Fields) -> None:
    if reference(had, "ItemRef") == reference(line, "ItemRef"):
        return
    taken = text_of(had, "Invoiced") or text_of(had, "ReceivedQuantity") or "0"
    if decimal(taken) or had.get("_linked"):
        raise RefusedError(
            status.BUSINESS_RULE, "The item of a line that is linked to another one cannot change."
        )


# -- writing ----------------------------------------------------------------------------------


def _write(
    books: Books,
    kind: TransactionKind,
    txn: Transaction,
    draft: _Draft,
    before: Effect,
    entity_before: str,
) -> None:
    set_totals(books, kind, txn.header, txn.lines)
    check_total(books, kind, txn.header)
    set_completion(txn)
    links = [
        Link(
            txn.txn_id,
            str(line["TxnLineID"]),
            order_id,
            line_id,
            quantity_of(line),
            Decimal(text_of(line, "Amount") or 0),
        )
        for line, order_id, line_id in draft.links
    ]
    for line, _, _ in draft.links:
        line["_linked"] = "1"
    books.store.write_transaction(txn)
    apply_effects(books, before, effect_of(books, txn), entity_before, txn.entity_id)
    if links:
        books.store.write_links(links)
        count_taken(books, links, txn.kind, 1)
    settle(books, txn, 1)
    for line, field in draft.line_fields:
        set_line_fields(books, txn, str(line["TxnLineID"]), field)
