"""Deleting and voiding, and the lists that remember it (7.2, 7.5, 4.13)."""

from __future__ import annotations

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._clock import filter_moment
from counterfoil.sandboxes.quickbooks_desktop._effects import Effect, apply_effects, effect_of
from counterfoil.sandboxes.quickbooks_desktop._kinds import LISTS, ORDERS, TRANSACTIONS
from counterfoil.sandboxes.quickbooks_desktop._lines import flat
from counterfoil.sandboxes.quickbooks_desktop._links import count_taken
from counterfoil.sandboxes.quickbooks_desktop._lists import release_children
from counterfoil.sandboxes.quickbooks_desktop._own_rules import settle
from counterfoil.sandboxes.quickbooks_desktop._records import Deleted, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, not_found
from counterfoil.sandboxes.quickbooks_desktop._transactions import check_open
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, block_of, text_of, texts_of

_TRANSACTION_FAMILY, _LIST_FAMILY = "transaction", "list"


def delete_transaction(books: Books, fields: Fields) -> Fields:
    """TxnDel: orders that something follows are kept; what it had taken is given back."""
    kind, txn_id = text_of(fields, "TxnDelType") or "", text_of(fields, "TxnID") or ""
    txn = _known(books, kind, txn_id)
    check_open(books, txn.txn_date, status.CLOSED_FOR_DELETE)
    outgoing, incoming = books.store.links_of(txn_id)
    is_held = kind not in ORDERS or not books.settings.switches.order_with_links_deletable
    if incoming and is_held:
        raise RefusedError(
            status.CANNOT_DELETE,
            f'The {kind} "{txn_id}" cannot be deleted: another transaction is linked to it.',
        )
    before = effect_of(books, txn)
    settle(books, txn, -1)
    count_taken(books, [link for link in outgoing if link.to_line], kind, -1)
    books.store.delete_transaction(txn_id)
    apply_effects(books, before, Effect(), txn.entity_id, txn.entity_id)
    wall = books.wall_now()
    entry = Deleted(kind, txn_id, txn.created, wall, txn.ref_number)
    books.store.note_deleted(_TRANSACTION_FAMILY, entry, books.unix_now)
    answer: Fields = {
        "TxnDelType": kind,
        "TxnID": txn_id,
        "TimeDeleted": books.shown_time(wall),
    }
    if txn.ref_number:
        answer["RefNumber"] = txn.ref_number
    return answer


def void_transaction(books: Books, fields: Fields) -> Fields:
    """TxnVoid: amounts and quantities become zero, record and number stay."""
    kind, txn_id = text_of(fields, "TxnVoidType") or "", text_of(fields, "TxnID") or ""
    txn = _known(books, kind, txn_id)
    if not TRANSACTIONS[kind].voidable:
        raise RefusedError(status.UNSUPPORTED, f"A {kind} cannot be voided; delete or close it.")
    check_open(books, txn.txn_date, status.CLOSED_FOR_CHANGE)
    outgoing, incoming = books.store.links_of(txn_id)
    if incoming:
        raise RefusedError(
            status.CANNOT_DELETE,
            f'The {kind} "{txn_id}" cannot be voided: another transaction is linked to it.',
        )
    before = effect_of(books, txn)
    settle(books, txn, -1)
    count_taken(books, [link for link in outgoing if link.to_line], kind, -1)
    books.store.delete_links(txn_id, [link.from_line for link in outgoing])
    _zero(books, txn)
    books.store.write_transaction(txn)
    apply_effects(books, before, effect_of(books, txn), txn.entity_id, txn.entity_id)
    answer: Fields = {
        "TxnVoidType": kind,
        "TxnID": txn_id,
        "TimeCreated": books.shown_time(txn.created),
        "TimeModified": books.shown_time(txn.modified),
    }
    if txn.ref_number:
        answer["RefNumber"] = txn.ref_number
    return answer


def delete_list_record(books: Books, fields: Fields) -> Fields:
    """ListDel: refused while in use; in multi-user mode it may only make inactive (7.2)."""
    kind, list_id = text_of(fields, "ListDelType") or "", text_of(fields, "ListID") or ""
    entry = books.entry(list_id)
    if entry is None or entry.kind != kind:
        raise not_found(list_id)
    wall = books.wall_now()
    answer: Fields = {
        "ListDelType": kind,
        "ListID": list_id,
        "TimeDeleted": books.shown_time(wall),
        "FullName": entry.full_name,
    }
    multi_user = books.settings.file_mode == "MultiUser"
    if multi_user and books.settings.switches.list_delete_in_multi_user == "inactive":
        record = books.store.list_record(list_id)
        assert record is not None
        record.is_active = False
        record.modified, record.edit_sequence = wall, str(books.unix_now)
        books.write_list_record(record)
        return answer
    children = books.children(list_id)
    keeps_children = bool(children) and not books.settings.switches.parent_deletable
    if keeps_children or books.store.is_used(list_id):
        raise RefusedError(
            status.CANNOT_DELETE,
            f'There was an error when deleting the {LISTS[kind].label} "{entry.full_name}".  '
            "QuickBooks error message: It is in use.",
        )
    release_children(books, list_id)
    record = books.store.list_record(list_id)
    assert record is not None
    books.delete_list_record(list_id)
    gone = Deleted(kind, list_id, record.created, wall, entry.full_name)
    books.store.note_deleted(_LIST_FAMILY, gone, books.unix_now)
    return answer


def deleted_transactions(books: Books, fields: Fields) -> list[Fields]:
    """TxnDeletedQuery: type by type, oldest first."""
    return [
        _shown(books, "TxnDelType", "TxnID", "RefNumber", entry)
        for entry in _deleted(books, _TRANSACTION_FAMILY, texts_of(fields, "TxnDelType"), fields)
    ]


def deleted_list_records(books: Books, fields: Fields) -> list[Fields]:
    """ListDeletedQuery: type by type, oldest first."""
    return [
        _shown(books, "ListDelType", "ListID", "FullName", entry)
        for entry in _deleted(books, _LIST_FAMILY, texts_of(fields, "ListDelType"), fields)
    ]


def _deleted(books: Books, family: str, kinds: list[str], fields: Fields) -> list[Deleted]:
    span = block_of(fields, "DeletedDateRangeFilter") or {}
    start, end = text_of(span, "FromDeletedDate"), text_of(span, "ToDeletedDate")
    first = filter_moment(start, books.zone, end=False) if start else ""
    last = filter_moment(end, books.zone, end=True) if end else "9999"
    return [
        entry
        for kind in dict.fromkeys(kinds)
        for entry in books.store.deleted(family, kind, books.deleted_since())
        if first <= entry.deleted <= last
    ]


def _shown(books: Books, kind: str, identity: str, label: str, entry: Deleted) -> Fields:
    fields: Fields = {
        kind: entry.kind,
        identity: entry.id,
        "TimeCreated": books.shown_time(entry.created),
        "TimeDeleted": books.shown_time(entry.deleted),
    }
    if entry.label:
        fields[label] = entry.label
    return fields


def _known(books: Books, kind: str, txn_id: str) -> Transaction:
    txn = books.store.transaction(txn_id)
    if txn is None or txn.kind != kind:
        raise not_found(txn_id)
    return txn


def _zero(books: Books, txn: Transaction) -> None:
    for line in flat(txn.lines):
        for name in ("Quantity", "QuantityDifference"):
            if name in line:
                line[name] = "0"
        for name in ("Amount", "ValueDifference"):
            if name in line:
                line[name] = "0.00"
    for name in list(txn.header):
        if name in _AMOUNTS:
            txn.header[name] = "0.00"
    for line in txn.lines:
        if "TotalAmount" in line:
            line["TotalAmount"] = "0.00"
    prefix = books.settings.switches.void_memo_prefix
    txn.header["Memo"] = f"{prefix} {text_of(txn.header, 'Memo') or ''}".rstrip()
    txn.modified, txn.edit_sequence = books.wall_now(), str(books.unix_now)


_AMOUNTS = frozenset(
    {
        "AmountDue",
        "AmountDueInHomeCurrency",
        "AppliedAmount",
        "BalanceRemaining",
        "BalanceRemainingInHomeCurrency",
        "CreditAmount",
        "CreditAmountInHomeCurrency",
        "OpenAmount",
        "SalesTaxTotal",
        "Subtotal",
        "TotalAmount",
        "TotalAmountInHomeCurrency",
    }
)
