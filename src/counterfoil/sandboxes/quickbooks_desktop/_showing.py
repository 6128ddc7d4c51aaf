"""Records as answers show them: the ``...Ret`` blocks.

What is shown follows the question (3.4): lines only with IncludeLineItems,
links only with IncludeLinkedTxns, custom fields only of the OwnerIDs named, and
with IncludeRetElement nothing but the elements it lists.  A company that returns
no marks shows no ExternalGUID to anybody who asks in qbXML.  The order of elements
is not decided here; the qbXML tables hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from counterfoil.connectors.quickbooks_desktop.qbxml import LINES
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._custom_fields import shown_fields
from counterfoil.sandboxes.quickbooks_desktop._kinds import TRANSACTIONS, LineTable
from counterfoil.sandboxes.quickbooks_desktop._links import linked_transactions
from counterfoil.sandboxes.quickbooks_desktop._lists import printed, record_fields
from counterfoil.sandboxes.quickbooks_desktop._own_rules import own_fields
from counterfoil.sandboxes.quickbooks_desktop._records import ListRecord, Transaction
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    blocks_of,
    is_true,
    text_of,
    texts_of,
)

# One record of an answer: element name and contents.
Shown = tuple[str, dict[str, Any]]

# The lines of an assembly built are asked for by a name of their own.
INCLUDE_LINES = ("IncludeLineItems", "IncludeComponentLineItems")
_IDENTITIES = frozenset({"EditSequence", "ListID", "TxnID"})
# Address fields that are also shown as printed, by transaction type.
_PRINTED = {
    "SalesOrder": ("BillAddress", "ShipAddress"),
    "Invoice": ("BillAddress", "ShipAddress"),
    "Estimate": ("BillAddress", "ShipAddress"),
    "PurchaseOrder": ("VendorAddress", "ShipAddress"),
}


@dataclass(frozen=True, slots=True)
class View:
    """What a question wants to see.

    ``elements`` is empty when everything is wanted; ``is_whole`` shows what is kept even where
    no answer of QuickBooks would show it.
    """

    lines: bool = True
    links: bool = False
    owners: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    is_whole: bool = False


def view_of(fields: Fields) -> View:
    """The view of a query's own fields."""
    return View(
        lines=any(is_true(fields.get(name)) for name in INCLUDE_LINES),
        links=is_true(fields.get("IncludeLinkedTxns")),
        owners=tuple(texts_of(fields, "OwnerID")),
        elements=frozenset(texts_of(fields, "IncludeRetElement")),
    )


def show_list_record(books: Books, record: ListRecord, view: View) -> Shown:
    fields: dict[str, Any] = record_fields(books, record)
    custom = shown_fields(books, record.list_id, view.owners).get("")
    if custom:
        fields["DataExtRet"] = custom
    return f"{record.kind}Ret", trimmed(books, fields, view)


def show_transaction(books: Books, txn: Transaction, view: View) -> Shown:
    fields: dict[str, Any] = {
        "TxnID": txn.txn_id,
        "TimeCreated": books.shown_time(txn.created),
        "TimeModified": books.shown_time(txn.modified),
        "EditSequence": txn.edit_sequence,
        "TxnNumber": str(txn.number),
        **books.shown(txn.header),
    }
    if txn.ref_number:
        fields["RefNumber"] = txn.ref_number
    for name in _PRINTED.get(txn.kind, ()):
        address = txn.header.get(name)
        if isinstance(address, dict):
            fields[f"{name}Block"] = printed(address)
    custom = shown_fields(books, txn.txn_id, view.owners)
    if custom.get(""):
        fields["DataExtRet"] = custom[""]
    if view.links:
        links = linked_transactions(books, txn)
        if links:
            fields["LinkedTxn"] = links
    if view.lines:
        _add_lines(books, txn, custom, fields)
    fields.update(own_fields(books, txn, with_lines=view.lines))
    return f"{txn.kind}Ret", trimmed(books, fields, view)


def show_as_transaction(books: Books, txn: Transaction, view: View) -> Shown:
    """The short form of TransactionQuery."""
    kind = TRANSACTIONS[txn.kind]
    shown = books.shown(txn.header)
    fields: dict[str, Any] = {
        "TxnType": txn.kind,
        "TxnID": txn.txn_id,
        "TimeCreated": books.shown_time(txn.created),
        "TimeModified": books.shown_time(txn.modified),
        "TxnDate": txn.txn_date,
    }
    entity = books.entry(txn.entity_id)
    if entity is not None:
        fields["EntityRef"] = {"ListID": entity.list_id, "FullName": entity.full_name}
    for name in ("ARAccountRef", "APAccountRef", "AccountRef"):
        if name in shown:
            fields["AccountRef"] = shown[name]
    if txn.ref_number:
        fields["RefNumber"] = txn.ref_number
    amount = text_of(txn.header, kind.total or "")
    if amount is not None:
        fields["Amount"] = amount
    for name in ("Memo", "CurrencyRef", "ExchangeRate"):
        if name in shown:
            fields[name] = shown[name]
    return "TransactionRet", trimmed(books, fields, view)


def trimmed(books: Books, fields: dict[str, Any], view: View) -> dict[str, Any]:
    """The top-level elements the question asked for; all of them when it named none."""
    if not view.is_whole:
        _drop_mark(books, fields)
    wanted = view.elements
    if not wanted:
        return fields
    if books.settings.switches.ids_always_returned:
        wanted = wanted | _IDENTITIES
    kept = {name: value for name, value in fields.items() if name in wanted}
    lines = [pair for pair in fields.get(LINES, ()) if pair[0] in wanted]
    if lines:
        kept[LINES] = lines
    return kept


def _add_lines(
    books: Books, txn: Transaction, custom: dict[str, list[Fields]], fields: dict[str, Any]
) -> None:
    for table in TRANSACTIONS[txn.kind].tables:
        mine = [line for line in txn.lines if line["_table"] in {table.add, table.group_add}]
        shown = [_shown_line(books, table, line, custom) for line in mine]
        if table.group_ret is not None:
            if shown:
                fields[LINES] = shown
        elif shown:
            fields[table.ret] = [line for _, line in shown]


def _shown_line(
    books: Books, table: LineTable, line: Fields, custom: dict[str, list[Fields]]
) -> Shown:
    shown: dict[str, Any] = books.shown(line)
    own = custom.get(str(line["TxnLineID"]))
    if own:
        shown["DataExtRet"] = own
    if line["_table"] != table.group_add:
        return table.ret, shown
    if table.role == "purchase":
        shown.pop("IsPrintItemsInGroup", None)
    shown[table.ret] = [
        _shown_line(books, table, member, custom)[1] for member in blocks_of(line, "_members")
    ]
    assert table.group_ret is not None
    return table.group_ret, shown


def _drop_mark(books: Books, fields: dict[str, Any]) -> None:
    if not books.settings.switches.marks_returned:
        fields.pop("ExternalGUID", None)


def recovery_of(books: Books, record: ListRecord | Transaction) -> Fields:
    """The ErrorRecovery block: enough to find the record again (3.3)."""
    if isinstance(record, ListRecord):
        fields: Fields = {"ListID": record.list_id, "EditSequence": record.edit_sequence}
        body = record.body
    else:
        fields = {
            "TxnID": record.txn_id,
            "TxnNumber": str(record.number),
            "EditSequence": record.edit_sequence,
        }
        body = record.header
    if "ExternalGUID" in body:
        fields["ExternalGUID"] = body["ExternalGUID"]
    _drop_mark(books, fields)
    return fields
