"""A person enters the bill against an item receipt; no request can do it (4.5; corrections 1.8).

The receipt becomes the bill: it is gone, and the order is linked to the bill alone.  An
Enterprise company can keep receipts and bills apart: then both exist, the bill is linked to the
receipt and moves no stock of its own, and what a receipt's lines cost cannot be changed.  What
that company makes of a bill which an application links to an order is not known; here it is
taken like anywhere else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

from counterfoil.connectors.quickbooks_desktop.qbxml import LINES
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._effects import Effect, apply_effects, effect_of
from counterfoil.sandboxes.quickbooks_desktop._facts import due_date, reference
from counterfoil.sandboxes.quickbooks_desktop._lines import flat, quantity_of
from counterfoil.sandboxes.quickbooks_desktop._links import count_billed_on, count_taken
from counterfoil.sandboxes.quickbooks_desktop._records import Deleted, Link, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, not_found
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    Value,
    block_of,
    blocks_of,
    decimal,
    text_of,
)

# Where the order stands that a line of an apart bill is for; the line moves no stock.
ORDER_MARK = "_order"
_TOTAL, _DUE = "TotalAmount", "AmountDue"


def keeps_apart(books: Books) -> bool:
    """Whether receipts stay beside their bills."""
    return books.allows("enhanced receiving")


def convert_receipt(
    books: Books, txn_id: str, *, ref_number: str | None, txn_date: str | None
) -> Transaction:
    """Make a receipt the vendor's bill, of this number and date where they are given.

    The caller has seen to it that the books are open on both dates.  Raises ``RefusedError``
    for what is no receipt or has its bill already.
    """
    receipt = books.store.transaction(txn_id)
    if receipt is None or receipt.kind != "ItemReceipt":
        raise not_found(txn_id)
    outgoing, incoming = books.store.links_of(txn_id)
    if incoming:
        raise RefusedError(
            status.ALREADY_CLOSED, f'The item receipt "{txn_id}" has its bill already.', "Error"
        )
    if keeps_apart(books):
        return _bill_beside(books, receipt, outgoing, _bill(books, receipt, ref_number, txn_date))
    keeps_id = books.settings.switches.conversion_keeps_txn_id
    bill = _bill(books, receipt, ref_number, txn_date)
    if keeps_id:
        bill = replace(
            bill,
            txn_id=receipt.txn_id,
            number=receipt.number,
            created=receipt.created,
            lines=receipt.lines,
        )
    else:
        bill.header.pop("ExternalGUID", None)
    lines = dict(zip(_line_ids(receipt), _line_ids(bill), strict=True))
    before = effect_of(books, receipt)
    count_taken(books, outgoing, receipt.kind, -1)
    if keeps_id:
        books.store.delete_links(txn_id, [link.from_line for link in outgoing])
    else:
        books.store.delete_transaction(txn_id)
    books.store.write_transaction(bill)
    apply_effects(books, before, effect_of(books, bill), receipt.entity_id, bill.entity_id)
    links = [
        replace(link, from_txn=bill.txn_id, from_line=lines[link.from_line]) for link in outgoing
    ]
    books.store.write_links(links)
    count_taken(books, links, bill.kind, 1)
    if books.settings.switches.conversion_noted_as_deleted and not keeps_id:
        gone = Deleted(receipt.kind, txn_id, receipt.created, books.wall_now(), receipt.ref_number)
        books.store.note_deleted("transaction", gone, books.unix_now)
    return bill


def count_billed(books: Books, bill: Transaction, sign: int) -> None:
    """Count a bill that stands beside its receipt on the order's lines (``sign`` as for links)."""
    for line in flat(bill.lines):
        mark = block_of(line, ORDER_MARK)
        order = None if mark is None else books.store.transaction(text_of(mark, "TxnID") or "")
        if mark is None or order is None:
            continue
        for ordered in flat(order.lines):
            if ordered["TxnLineID"] == mark["TxnLineID"]:
                count_billed_on(ordered, sign * quantity_of(line))
        if books.settings.switches.linking_touches_order:
            order.modified, order.edit_sequence = books.wall_now(), str(books.unix_now)
        books.store.write_transaction(order)


def check_costs_kept(books: Books, receipt: Transaction, fields: Fields) -> None:
    """Refuse a Mod that gives a receipt's line another cost, where receipts stand apart."""
    if not keeps_apart(books):
        return
    had = {str(line["TxnLineID"]): line for line in flat(receipt.lines)}
    sent = [block for _, block in cast("Any", fields.get(LINES) or [])]
    for block in [*sent, *(each for group in sent for each in blocks_of(group, "ItemLineMod"))]:
        line = had.get(text_of(block, "TxnLineID") or "")
        for name in ("Cost", "Amount"):
            text = text_of(block, name)
            kept = None if line is None else text_of(line, name)
            if text and kept is not None and decimal(text) != decimal(kept):
                raise RefusedError(
                    status.BUSINESS_RULE,
                    f"{name} of an item receipt cannot change: enhanced inventory receiving is "
                    "on, and the bill says what was paid.",
                )


# -- making the bill ------------------------------------------------------------------------------


def _bill(
    books: Books, receipt: Transaction, ref_number: str | None, txn_date: str | None
) -> Transaction:
    """The bill a receipt becomes, with identities of its own; nothing is written."""
    dated = txn_date or receipt.txn_date
    header: Fields = dict(receipt.header)
    for had, named in ((_TOTAL, _DUE), (f"{_TOTAL}InHomeCurrency", f"{_DUE}InHomeCurrency")):
        if had in header:
            header[named] = header.pop(had)
    header["OpenAmount"] = header[_DUE]
    header["IsPaid"] = "false"
    header["TxnDate"] = dated
    party = books.body(receipt.entity_id)
    for name in ("TermsRef", "VendorAddress"):
        if name in party:
            header[name] = party[name]
    terms = reference(header, "TermsRef")
    header["DueDate"] = due_date(books, terms, date.fromisoformat(dated)).isoformat()
    wall = books.wall_now()
    return Transaction(
        txn_id=books.new_txn_id(),
        kind="Bill",
        number=books.store.next_number("TxnNumber"),
        ref_number=receipt.ref_number if ref_number is None else ref_number,
        txn_date=dated,
        entity_id=receipt.entity_id,
        created=wall,
        modified=wall,
        edit_sequence=str(books.unix_now),
        header=header,
        lines=[_copy(books, line) for line in receipt.lines],
    )


def _copy(books: Books, line: Fields) -> Fields:
    copied: Fields = {**line, "TxnLineID": books.new_txn_id()}
    if "_members" in line:
        copied["_members"] = list[Value](
            _copy(books, member) for member in blocks_of(line, "_members")
        )
    return copied


def _bill_beside(
    books: Books, receipt: Transaction, outgoing: list[Link], bill: Transaction
) -> Transaction:
    bill.header.pop("ExternalGUID", None)
    orders = {link.from_line: link for link in outgoing}
    copies = list(flat(bill.lines))
    for line_id, line in zip(_line_ids(receipt), copies, strict=True):
        line["_received"] = "1"
        if line_id in orders:
            link = orders[line_id]
            line[ORDER_MARK] = {"TxnID": link.to_txn, "TxnLineID": link.to_line}
    books.store.write_transaction(bill)
    apply_effects(books, Effect(), effect_of(books, bill), bill.entity_id, bill.entity_id)
    amount = decimal(text_of(bill.header, _DUE) or "")
    books.store.write_links([Link(bill.txn_id, "", receipt.txn_id, "", ZERO, amount)])
    count_billed(books, bill, 1)
    return bill


def _line_ids(txn: Transaction) -> list[str]:
    return [str(line["TxnLineID"]) for line in flat(txn.lines)]
