"""Payments received and the invoices they pay, told by a stranger's client (4.10, 7.5)."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look

CAFE, KITCHEN, OTHER = "Blue Heron Cafe", "Blue Heron Cafe:Kitchen", "Adder Works"


@pytest.fixture
def till(outside: Outside) -> Outside:
    """A company with a customer, one of its jobs, another customer and a service at 10.00."""
    side = fields({"Desc": "Fitting", "Price": "10.00", "AccountRef.FullName": "Sales:Services"})
    for inner in (
        act("CustomerAdd", fields({"Name": CAFE})),
        act("CustomerAdd", fields({"Name": "Kitchen", "ParentRef.FullName": CAFE})),
        act("CustomerAdd", fields({"Name": OTHER})),
        act("ItemServiceAdd", f"<Name>Fitting</Name><SalesOrPurchase>{side}</SalesOrPurchase>"),
    ):
        outside.enter(inner)
    return outside


def invoice(till: Outside, quantity: int, customer: str = CAFE, date: str = "2026-03-02") -> str:
    """Enter an invoice of ten times the quantity; its TxnID."""
    head = fields({"CustomerRef.FullName": customer, "TxnDate": date})
    line = fields({"ItemRef.FullName": "Fitting", "Quantity": str(quantity)})
    made = till.enter(act("InvoiceAdd", f"{head}<InvoiceLineAdd>{line}</InvoiceLineAdd>"))
    return made.text("TxnID") or ""


def applied(verb: str, txn_id: str, amount: str | None, **more: str) -> str:
    body = fields({"TxnID": txn_id, "PaymentAmount": amount})
    body += fields({name.replace("__", "."): value for name, value in more.items()})
    return f"<AppliedToTxn{verb}>{body}</AppliedToTxn{verb}>"


def pay(
    till: Outside, total: str | None, *paid: tuple[str, str], auto: str | None = None, **more: str
) -> Reply:
    """A payment of the cafe, applied to these invoices or as QuickBooks chooses."""
    head = {"CustomerRef.FullName": more.get("customer", CAFE), "TxnDate": "2026-03-05"}
    head |= {"RefNumber": "check 17", "TotalAmount": total} if total else {}
    how = "".join(applied("Add", *one) for one in paid) or fields({"IsAutoApply": auto or "false"})
    return till.ask(act("ReceivePaymentAdd", fields(head) + how))


def state(till: Outside, txn_id: str) -> tuple[str | None, str | None, str | None]:
    """What an invoice says was applied, what is left, and whether it is paid."""
    seen = till.ask(look("InvoiceQuery", fields({"TxnID": txn_id})))
    return seen.text("AppliedAmount"), seen.text("BalanceRemaining"), seen.text("IsPaid")


def balance(till: Outside, customer: str = CAFE) -> str | None:
    return till.ask(look("CustomerQuery", fields({"FullName": customer}))).text("TotalBalance")


def test_a_payment_pays_its_invoices(till: Outside) -> None:
    """Each invoice counts it as a negative amount, what is over stays with the payment."""
    whole, part = invoice(till, 5), invoice(till, 4)
    made = pay(till, "70.00", (whole, "50.00"), (part, "15.00"))

    assert made.code == 0, made.message
    assert (made.text("TotalAmount"), made.text("UnusedPayment")) == ("70.00", "5.00")
    assert made.texts("AppliedToTxnRet/TxnID") == [whole, part]
    assert made.texts("AppliedToTxnRet/Amount") == ["50.00", "15.00"]
    assert made.texts("AppliedToTxnRet/BalanceRemaining") == ["0.00", "25.00"]
    assert made.text("DepositToAccountRef/FullName") == "Undeposited Funds"
    assert made.text("ARAccountRef/FullName") == "Accounts Receivable"
    assert state(till, whole) == ("-50.00", "0.00", "true")
    assert state(till, part) == ("-15.00", "25.00", "false")
    assert balance(till) == "20.00"


def test_both_name_each_other(till: Outside) -> None:
    """The link is one of amounts, on the invoice and inside the payment."""
    paid = invoice(till, 5)
    made = pay(till, "50.00", (paid, "50.00"))
    asked = {"TxnID": paid, "IncludeLinkedTxns": "true"}
    seen = till.ask(look("InvoiceQuery", fields(asked)))

    assert seen.text("LinkedTxn/TxnID") == made.text("TxnID")
    for reply, path in ((seen, "LinkedTxn"), (made, "AppliedToTxnRet/LinkedTxn")):
        link = {name: reply.text(f"{path}/{name}") for name in ("TxnType", "LinkType", "Amount")}
        assert link == {"TxnType": "ReceivePayment", "LinkType": "AMTTYPE", "Amount": "-50.00"}


def test_quickbooks_chooses_the_invoices(till: Outside) -> None:
    """One of just the amount; else the oldest first, jobs included, others never."""
    newer = invoice(till, 4, date="2026-03-04")
    older = invoice(till, 3, KITCHEN, "2026-03-01")
    foreign = invoice(till, 3, OTHER, "2026-02-01")
    exact = pay(till, "40.00", auto="true")
    rest = pay(till, "35.00", auto="true")

    assert exact.texts("AppliedToTxnRet/TxnID") == [newer]
    assert rest.texts("AppliedToTxnRet/TxnID") == [older]
    assert rest.text("UnusedPayment") == "5.00"
    assert state(till, foreign)[1] == "30.00"


def test_a_payment_on_account_pays_nothing(till: Outside) -> None:
    """Without a choice and a name it is all unused, and lowers the balance."""
    left = invoice(till, 5)
    made = pay(till, "20.00")

    assert (made.text("UnusedPayment"), made.texts("AppliedToTxnRet")) == ("20.00", [])
    assert (state(till, left)[1], balance(till)) == ("50.00", "30.00")


@pytest.mark.parametrize(
    "total, amount", [("60.00", "50.01"), ("40.00", "45.00"), ("5.00", "-5.00")]
)
def test_nobody_pays_more_than_is_due(till: Outside, total: str, amount: str) -> None:
    """More than the invoice's balance, more than the payment and less than nothing are 3210."""
    paid = invoice(till, 5)

    assert pay(till, total, (paid, amount)).code == 3210
    assert state(till, paid) == ("0.00", "50.00", "false")
    assert till.ask(look("ReceivePaymentQuery", "")).code == 1


def test_whose_invoice_it_is(till: Outside) -> None:
    """A customer pays for its jobs, not for others; what is no invoice is not found."""
    job, foreign = invoice(till, 5, KITCHEN), invoice(till, 5, OTHER)
    twice = pay(till, "20.00", (job, "10.00"), (job, "10.00"))

    assert pay(till, "50.00", (job, "50.00")).code == 0
    assert (twice.code, pay(till, "50.00", (foreign, "50.00")).code) == (3210, 3210)
    assert pay(till, "50.00", ("9-9", "50.00")).code == 3120


def test_a_discount_settles_the_rest(till: Outside) -> None:
    """It needs an account; invoice and balance count payment and discount."""
    paid = invoice(till, 5)
    head = fields({"CustomerRef.FullName": CAFE, "TotalAmount": "48.00"})
    without = head + applied("Add", paid, "48.00", DiscountAmount="2.00")
    having = head + applied(
        "Add",
        paid,
        "48.00",
        DiscountAmount="2.00",
        DiscountAccountRef__FullName="Materials and Supplies",
    )
    refused, made = till.ask_all(
        act("ReceivePaymentAdd", without), act("ReceivePaymentAdd", having)
    )

    assert (refused.code, made.code) == (3150, 0)
    assert made.text("AppliedToTxnRet/DiscountAmount") == "2.00"
    assert state(till, paid) == ("-50.00", "0.00", "true")
    assert balance(till) == "0.00"


def test_a_credit_that_is_not_there(till: Outside) -> None:
    """No credit memo is in these books, so none can be set off."""
    credit = fields({"CreditTxnID": "8-8", "AppliedAmount": "5.00"})
    body = fields({"TxnID": invoice(till, 5), "PaymentAmount": "5.00"})
    how = f"<AppliedToTxnAdd>{body}<SetCredit>{credit}</SetCredit></AppliedToTxnAdd>"
    head = fields({"CustomerRef.FullName": CAFE, "TotalAmount": "5.00"})

    assert till.ask(act("ReceivePaymentAdd", head + how)).code == 3120


def test_a_change_names_all_invoices_it_pays(till: Outside) -> None:
    """Those named are the complete list; a Mod without any leaves them."""
    first, second = invoice(till, 5), invoice(till, 4)
    made = pay(till, "50.00", (first, "50.00"))
    keyed = {name: made.text(name) for name in ("TxnID", "EditSequence")}
    moved = till.enter(act("ReceivePaymentMod", fields(keyed) + applied("Mod", second, "40.00")))
    states = state(till, first), state(till, second)
    keyed["EditSequence"] = moved.text("EditSequence")
    noted = till.enter(act("ReceivePaymentMod", fields({**keyed, "Memo": "late"})))
    keyed["EditSequence"] = noted.text("EditSequence")
    too_little = act("ReceivePaymentMod", fields({**keyed, "TotalAmount": "30.00"}))

    assert states == (("0.00", "50.00", "false"), ("-40.00", "0.00", "true"))
    assert (moved.text("UnusedPayment"), balance(till)) == ("10.00", "40.00")
    assert noted.texts("AppliedToTxnRet/TxnID") == [second]
    assert till.ask(too_little).code == 3210
    assert state(till, second)[1] == "0.00"


def test_deleting_gives_the_invoices_back(till: Outside) -> None:
    """A paid invoice cannot be deleted or voided; without its payment it can."""
    paid = invoice(till, 5)
    made = pay(till, "60.00", (paid, "50.00"))
    delete = look("TxnDel", fields({"TxnDelType": "Invoice", "TxnID": paid}))
    void = look("TxnVoid", fields({"TxnVoidType": "Invoice", "TxnID": paid}))
    till.switch(order_with_links_deletable=True)
    held = [reply.code for reply in till.ask_all(delete, void)]
    till.enter(
        look("TxnDel", fields({"TxnDelType": "ReceivePayment", "TxnID": made.text("TxnID")}))
    )

    assert held == [3160, 3160]
    assert (state(till, paid), balance(till)) == (("0.00", "50.00", "false"), "50.00")
    gone = till.ask(look("TxnDeletedQuery", fields({"TxnDelType": "ReceivePayment"})))
    assert gone.texts("TxnID") == [made.text("TxnID")]
    assert (till.ask(delete).code, balance(till)) == (0, "0.00")


def test_paying_changes_the_invoice(till: Outside) -> None:
    """Its EditSequence is another one afterwards, unless the switch says otherwise."""
    sequences = []
    for touches in (True, False):
        till.switch(linking_touches_order=touches)
        paid = invoice(till, 5)
        asked = look("InvoiceQuery", fields({"TxnID": paid}))
        before = till.ask(asked).text("EditSequence")
        till.wait(60)
        pay(till, "50.00", (paid, "50.00"))
        sequences.append(before == till.ask(asked).text("EditSequence"))

    assert sequences == [False, True]


def test_payments_are_found_like_anything_else(till: Outside) -> None:
    """By number, by customer and among all transactions; their invoices only when asked for."""
    made = pay(till, "50.00", (invoice(till, 5), "50.00"))
    pay(till, "10.00", customer=OTHER)
    by_number = till.ask(look("ReceivePaymentQuery", fields({"RefNumber": "CHECK 17"})))
    cafe = f"<EntityFilter>{fields({'FullName': CAFE})}</EntityFilter>"
    by_customer = till.ask(look("ReceivePaymentQuery", cafe + fields({"IncludeLineItems": "true"})))
    kinds = f"<TransactionTypeFilter>{fields({'TxnTypeFilter': 'ReceivePayment'})}</TransactionTypeFilter>"
    everything = till.ask(look("TransactionQuery", kinds))

    assert len(by_number.element) == 2
    assert by_number.texts("AppliedToTxnRet") == []
    assert by_customer.text("TxnID") == made.text("TxnID")
    assert by_customer.text("AppliedToTxnRet/Amount") == "50.00"
    assert everything.texts("Amount") == ["50.00", "10.00"]


def test_only_a_receivable_account_serves(till: Outside) -> None:
    """Any other account as ARAccountRef is refused as one that is not there, as on an invoice."""
    head = {"CustomerRef.FullName": CAFE, "ARAccountRef.FullName": "Checking"}
    sent = fields({**head, "TotalAmount": "5.00", "IsAutoApply": "false"})

    refused = till.ask(act("ReceivePaymentAdd", sent))

    assert refused.code == 3140
    assert 'AR Account "Checking" in the ReceivePayment' in refused.message
