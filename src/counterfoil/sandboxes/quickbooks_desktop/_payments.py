"""Payments received from customers, and what they do to invoices (4.10, 7.5).

A payment names the invoices it pays, or leaves the choice to QuickBooks; what it does not use
stays with it and lowers the customer's balance.  An invoice counts what was applied to it as a
negative amount, as QuickBooks shows it, and both name each other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._effects import apply_effects, effect_of
from counterfoil.sandboxes.quickbooks_desktop._facts import first_of_type, reference
from counterfoil.sandboxes.quickbooks_desktop._records import Link, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, missing, not_found
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    Value,
    amount_text,
    block_of,
    blocks_of,
    decimal,
    is_true,
    plain_text,
    text_of,
)

_UNDEPOSITED = "Undeposited Funds"
_RECEIVABLE = "AccountsReceivable"
# Elements that say how a payment is applied, and are not kept as they came.
_ORDERS = ("AppliedToTxnAdd", "AppliedToTxnMod", "IsAutoApply")
_DISCOUNT_REFS = ("DiscountAccountRef", "DiscountClassRef")


def figure_payment(books: Books, header: Fields) -> None:
    """Say which invoices a payment pays and what is left of it.

    A Mod that names invoices names all of them (7.3); what the payment had paid before has
    been given back by then.
    """
    customer = reference(header, "CustomerRef") or ""
    _default_accounts(books, header)
    _keep_card(header)
    named = blocks_of(header, "AppliedToTxnAdd") or blocks_of(header, "AppliedToTxnMod")
    chooses = is_true(header.get("IsAutoApply"))
    for name in _ORDERS:
        header.pop(name, None)
    total = decimal(text_of(header, "TotalAmount") or "")
    if named:
        applied = [_applied(books, one, customer) for one in named]
    elif chooses:
        applied = _chosen(books, customer, total)
    else:
        applied = blocks_of(header, "_applied")
        for one in applied:
            _check_due(books, one)
    paid = sum((_amount(one) for one in applied), ZERO)
    if "TotalAmount" not in header:
        total = paid
    if total < 0 or paid > total:
        raise RefusedError(
            status.BUSINESS_RULE,
            f"The payment of {amount_text(total)} cannot be applied to {amount_text(paid)}.",
        )
    ids = [text_of(one, "TxnID") for one in applied]
    if len(set(ids)) < len(ids):
        raise RefusedError(status.BUSINESS_RULE, "A payment names an invoice twice.")
    header["_applied"] = list[Value](applied)
    header["TotalAmount"] = amount_text(total)
    header["UnusedPayment"] = amount_text(total - paid)
    header["UnusedCredits"] = amount_text(ZERO)
    if books.settings.preferences.multi_currency:
        rate = decimal(text_of(header, "ExchangeRate") or "1")
        header["ExchangeRate"] = plain_text(rate)
        header["TotalAmountInHomeCurrency"] = books.amount_text(total * rate)


def settle_payment(books: Books, payment: Transaction, sign: int) -> None:
    """Count a payment on its invoices: ``sign`` 1 when it is made, -1 when it is given back."""
    applied = blocks_of(payment.header, "_applied")
    for one in applied:
        invoice = books.store.transaction(text_of(one, "TxnID") or "")
        assert invoice is not None, "an invoice that was paid cannot be deleted"
        before = effect_of(books, invoice)
        _count(invoice.header, -sign * _settled(one))
        if books.settings.switches.linking_touches_order:
            invoice.modified = books.wall_now()
            invoice.edit_sequence = str(books.unix_now)
        books.store.write_transaction(invoice)
        party = invoice.entity_id
        apply_effects(books, before, effect_of(books, invoice), party, party)
    if sign > 0:
        books.store.write_links(
            Link(payment.txn_id, "", text_of(one, "TxnID") or "", "", ZERO, -_settled(one))
            for one in applied
        )
    else:
        books.store.delete_links(payment.txn_id, [""])


def payment_lines(books: Books, payment: Transaction) -> dict[str, Any]:
    """The invoices of a payment as it shows them, each with what is still due."""
    applied = blocks_of(payment.header, "_applied")
    return {"AppliedToTxnRet": [_shown(books, payment, one) for one in applied]}


def _shown(books: Books, payment: Transaction, one: Fields) -> Fields:
    invoice = books.store.transaction(text_of(one, "TxnID") or "")
    assert invoice is not None, "an invoice that was paid cannot be deleted"
    shown: Fields = {"TxnID": invoice.txn_id, "TxnType": invoice.kind, "TxnDate": invoice.txn_date}
    if invoice.ref_number:
        shown["RefNumber"] = invoice.ref_number
    shown["BalanceRemaining"] = text_of(invoice.header, "BalanceRemaining") or "0.00"
    shown["Amount"] = amount_text(_amount(one))
    shown.update(
        books.shown(
            {name: one[name] for name in ("DiscountAmount", *_DISCOUNT_REFS) if name in one}
        )
    )
    link: Fields = {
        "TxnID": payment.txn_id,
        "TxnType": payment.kind,
        "TxnDate": payment.txn_date,
        "LinkType": "AMTTYPE",
        "Amount": amount_text(-_settled(one)),
    }
    if payment.ref_number:
        link["RefNumber"] = payment.ref_number
    shown["LinkedTxn"] = [link]
    return shown


# -- which invoices, and how much ---------------------------------------------------------------


def _applied(books: Books, sent: Fields, customer: str) -> Fields:
    for credit in blocks_of(sent, "SetCredit"):
        # There are no credits in this company file.
        raise not_found(text_of(credit, "CreditTxnID") or "")
    if "PaymentAmount" not in sent and "DiscountAmount" not in sent:
        raise missing("PaymentAmount")
    one: Fields = {
        "TxnID": text_of(sent, "TxnID") or "",
        "Amount": amount_text(decimal(text_of(sent, "PaymentAmount") or "")),
    }
    if "DiscountAmount" in sent:
        one["DiscountAmount"] = amount_text(decimal(text_of(sent, "DiscountAmount") or ""))
        if reference(sent, "DiscountAccountRef") is None:
            raise missing("DiscountAccountRef")
        one.update({name: sent[name] for name in _DISCOUNT_REFS if name in sent})
    invoice = _check_due(books, one)
    if customer not in _with_parents(books, invoice.entity_id):
        raise RefusedError(
            books.settings.switches.foreign_order_status,
            f'The transaction "{invoice.txn_id}" belongs to another customer.',
        )
    return one


def _check_due(books: Books, one: Fields) -> Transaction:
    txn_id = text_of(one, "TxnID") or ""
    invoice = books.store.transaction(txn_id)
    if invoice is None or invoice.kind != "Invoice":
        raise not_found(txn_id)
    due = decimal(text_of(invoice.header, "BalanceRemaining") or "")
    parts = (_amount(one), decimal(text_of(one, "DiscountAmount") or ""))
    if min(parts) < 0 or sum(parts) > due:
        raise RefusedError(
            status.BUSINESS_RULE,
            f'{amount_text(sum(parts, ZERO))} cannot be applied to the transaction "{txn_id}": '
            f"{amount_text(due)} is due.",
        )
    return invoice


def _chosen(books: Books, customer: str, total: Decimal) -> list[Fields]:
    """An invoice of just this amount; without one, the oldest first."""
    due = [
        (invoice, decimal(text_of(invoice.header, "BalanceRemaining") or ""))
        for invoice in _invoices(books, customer)
    ]
    exact = [(invoice, balance) for invoice, balance in due if balance == total]
    applied: list[Fields] = []
    left = total
    for invoice, balance in exact[:1] or due:
        part = min(balance, left)
        if part > 0:
            applied.append({"TxnID": invoice.txn_id, "Amount": amount_text(part)})
            left -= part
    return applied


def _invoices(books: Books, customer: str) -> list[Transaction]:
    """The invoices of a customer and its jobs, oldest first."""
    parties = [customer]
    for party in parties:
        parties.extend(child.list_id for child in books.children(party))
    marks = ",".join("?" * len(parties))
    found = books.store.transaction_ids(f"kind = 'Invoice' AND entity_id IN ({marks})", parties)
    invoices = books.store.transactions([txn_id for txn_id, _ in found])
    return sorted(invoices, key=lambda each: (each.txn_date, each.number))


def _with_parents(books: Books, list_id: str) -> list[str]:
    chain: list[str] = []
    entry = books.entry(list_id)
    while entry is not None:
        chain.append(entry.list_id)
        entry = books.entry(entry.parent_id)
    return chain


def _amount(one: Fields) -> Decimal:
    return decimal(text_of(one, "Amount") or "")


def _settled(one: Fields) -> Decimal:
    """What an invoice is relieved of: payment and discount."""
    return _amount(one) + decimal(text_of(one, "DiscountAmount") or "")


def _count(invoice: Fields, change: Decimal) -> None:
    for name in ("AppliedAmount", "BalanceRemaining"):
        invoice[name] = amount_text(decimal(text_of(invoice, name) or "") + change)
    balance = decimal(text_of(invoice, "BalanceRemaining") or "")
    invoice["IsPaid"] = "true" if balance == 0 else "false"
    if "BalanceRemainingInHomeCurrency" in invoice:
        rate = decimal(text_of(invoice, "ExchangeRate") or "1")
        invoice["BalanceRemainingInHomeCurrency"] = amount_text(balance * rate)


# -- the rest of the header ---------------------------------------------------------------------


def _default_accounts(books: Books, header: Fields) -> None:
    if reference(header, "ARAccountRef") is None:
        default = first_of_type(books, "Account", "AccountType", _RECEIVABLE)
        if default is not None:
            header["ARAccountRef"] = {"ListID": default}
    deposit = books.named(("Account",), _UNDEPOSITED)
    if "DepositToAccountRef" not in header and deposit is not None:
        header["DepositToAccountRef"] = {"ListID": deposit.list_id}


def _keep_card(header: Fields) -> None:
    """Card details of a Mod stand under names of their own."""
    sent = header.pop("CreditCardTxnInfoMod", None)
    if not isinstance(sent, dict):
        return
    kept = dict(block_of(header, "CreditCardTxnInfo") or {})
    for name, part in sent.items():
        own = name.removesuffix("Mod")
        if isinstance(part, dict):
            kept[own] = {**(block_of(kept, own) or {}), **part}
    header["CreditCardTxnInfo"] = kept
