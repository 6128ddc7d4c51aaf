"""Receipt → bill or item receipt, from the operations system to the books (OUT-BILL)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from counterfoil.documents import (
    Bill,
    BillLine,
    CustomField,
    Document,
    DocumentKind,
    ItemReceipt,
    ListRecord,
    PurchaseLine,
    Receipt,
    RecordKind,
    Reference,
    Refusal,
)
from counterfoil.settings import FieldsOn, FlowName, Prices, ReceiptBecomes, Settings
from counterfoil.settings import ReceiptOut as Rules

from ._carried import carried_bill
from ._fulfilling import Fulfilling, Goods, SentLine, goods_of
from ._goods import item_needs
from ._heading import MEMO_JOINT, creation_date, custom_fields, places_of, tax_code_of
from ._linking import amount_to_send
from ._named import Named, all_names
from ._parties import new_vendor, the_vendor, vendor_needs
from ._sites import site_of_line, sites_elsewhere
from ._translator import Context, Translated

__all__ = ["ReceiptOut"]

_FIRST_KIND: Final = {
    ReceiptBecomes.BILL: DocumentKind.BILL,
    ReceiptBecomes.ITEM_RECEIPT: DocumentKind.ITEM_RECEIPT,
    ReceiptBecomes.ITEM_RECEIPT_THEN_BILL: DocumentKind.ITEM_RECEIPT,
    ReceiptBecomes.BILL_WITH_INVOICE: DocumentKind.ITEM_RECEIPT,
}


_BILLS_ONCE_PRESSED: Final = (ReceiptBecomes.BILL, ReceiptBecomes.ITEM_RECEIPT_THEN_BILL)


class ReceiptOut(Fulfilling):
    """The rules FLOW-11, DOC-2, DOC-3, DOC-5 and DOC-9 for goods that came."""

    section = FlowName.RECEIPT_OUT
    order_kind = DocumentKind.PURCHASE_ORDER

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A bill or an item receipt, as set."""
        rules = settings.receipt_out
        return DocumentKind.BILL if _is_billed(document, rules) else _FIRST_KIND[rules.becomes]

    def next_kind(
        self, landed: DocumentKind, document: Document, settings: Settings, *, pressed: bool
    ) -> DocumentKind:
        """An item receipt becomes a bill where bills are wanted; a bill stays one."""
        rules = settings.receipt_out
        if _is_billed(document, rules):
            return DocumentKind.BILL
        is_next = pressed and rules.becomes in _BILLS_ONCE_PRESSED
        return DocumentKind.BILL if is_next else landed

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Read the supplier for its name, and the products for their texts or fields."""
        receipt, rules = _receipt(document), settings.receipt_out
        return (
            *vendor_needs(receipt.vendor, rules),
            *item_needs((line.item for line in receipt.lines), rules),
        )

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate what came into the bill or item receipt that books it.

        Returns:
            The document, its lines linked to the order's where there is one; or the refusal
            of one that does not name its vendor or an item, or that takes more of the order
            than is open.

        Source:
            Reference section 4.6, column OUT-BILL; corrections 3 to 9.
        """
        receipt, rules = _receipt(document), context.settings.receipt_out
        party = _vendor(receipt, rules, context)
        if isinstance(party, Refusal):
            return party
        goods = goods_of(receipt, rules, context, self.section)
        if isinstance(goods, Refusal):
            return goods
        fields = custom_fields(receipt.order_number, receipt.custom_field, rules)
        on_lines = rules.custom_fields_on is FieldsOn.LINES
        memo = goods.memo if on_lines else (*goods.memo, *_in_memo(fields))
        lines = tuple(
            _line(each, fields if on_lines else (), rules, context) for each in goods.lines
        )
        head: dict[str, Any] = {
            "id": "",
            "number": number,
            "vendor": party.reference,
            "created_on": creation_date(receipt.received_on, rules, context.today),
            "memo": MEMO_JOINT.join(memo) or None,
            "currency": receipt.currency,
            "payables_account": Reference(rules.payables_account)
            if rules.payables_account
            else None,
            **places_of(rules),
            "lines": lines,
        }
        refusal = next((line for line in lines if isinstance(line, Refusal)), None)
        if refusal is not None:
            return refusal
        kind = context.kind or self.target_kind(receipt, context.settings)
        return Translated(
            document=Bill(**head) if kind is DocumentKind.BILL else ItemReceipt(**head),
            **all_names((party, *goods.names)),
            left_out=(
                *goods.left_out,
                *_fields_left_out(goods, fields, on_lines=on_lines),
                *_put_elsewhere(goods, context),
            ),
        )

    def carried(self, document: Document) -> Document:
        """Number, vendor, day, memo and the lines: item, text, quantity, cost."""
        assert isinstance(document, Bill | ItemReceipt), "this flow writes bills and receipts"
        return carried_bill(document)

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Nothing is delivered of a bill."""
        return None

    def has_follow_ups(self, settings: Settings) -> bool:
        """QuickBooks' bills have no custom fields of their own: theirs go with them."""
        return False

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """There are none (corrections 9)."""
        return ()

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the vendor, where that is allowed; items only purchase orders make (DOC-1)."""
        if kind is RecordKind.VENDOR and context.settings.receipt_out.create_missing_vendors:
            return new_vendor(name, context.vendor(origin))
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return f"{self.section}.create_missing_vendors" if kind is RecordKind.VENDOR else None


def _receipt(document: Document) -> Receipt:
    assert isinstance(document, Receipt), "this flow translates goods that came"
    return document


def _is_billed(document: Document, rules: Rules) -> bool:
    """Whether the vendor's invoice makes a bill of it."""
    waits = rules.becomes is ReceiptBecomes.BILL_WITH_INVOICE
    return waits and bool(_receipt(document).vendor_invoice_number)


def _vendor(receipt: Receipt, rules: Rules, context: Context) -> Named | Refusal:
    """Name the vendor: a linked document's is the order's."""
    order = context.order
    vendor: Reference | None = getattr(order.document, "vendor", None) if order else None
    if vendor is not None:
        return Named(reference=vendor)
    return the_vendor(receipt.vendor, rules, context, "receiving")


def _line(
    each: SentLine, fields: tuple[CustomField, ...], rules: Rules, context: Context
) -> BillLine | Refusal:
    taken = each.taken
    if context.order is not None and isinstance(taken.fulfils, PurchaseLine):
        linked = BillLine(
            id=taken.key,
            item=each.item,
            quantity=taken.quantity,
            amount=amount_to_send(taken.fulfils.unit_cost, taken.quantity),
            link=taken.link(context.order),
        )
        return _whole(linked, taken.fulfils, each) if context.linked_lines_are_whole else linked
    site = site_of_line(taken.line.site, taken.position, context)
    if isinstance(site, Refusal):
        return site
    return BillLine(
        id=taken.key,
        item=each.item,
        site=site,
        description=each.text,
        quantity=taken.quantity,
        unit_cost=taken.line.unit_value if rules.send_prices is Prices.ORDER else None,
        tax_code=tax_code_of(rules, context.settings),
        custom_fields=fields,
    )


def _put_elsewhere(goods: Goods, context: Context) -> tuple[str, ...]:
    """Tell of goods that the books put where their order says, and not where they are."""
    order = None if context.order is None else context.order.document
    linked = [
        (each.taken.position, each.taken.line.site)
        for each in goods.lines
        if each.taken.fulfils is not None
    ]
    return sites_elsewhere(linked, getattr(order, "site", None), context)


def _whole(linked: BillLine, fulfils: PurchaseLine, each: SentLine) -> BillLine:
    """Say on a linked line what its order's line says: price, text, customer and tax."""
    return msgspec.structs.replace(
        linked,
        description=each.text or fulfils.description,
        unit_cost=fulfils.unit_cost or each.taken.line.unit_value,
        amount=None,
        customer=fulfils.customer,
        accounting_class=fulfils.accounting_class,
        tax_code=fulfils.tax_code,
    )


def _in_memo(fields: tuple[CustomField, ...]) -> tuple[str, ...]:
    return tuple(f"{field.name}: {field.value}" for field in fields)


def _fields_left_out(
    goods: Goods, fields: tuple[CustomField, ...], *, on_lines: bool
) -> tuple[str, ...]:
    """Say which lines bear none of the custom fields: linked ones cannot."""
    if not on_lines or not fields:
        return ()
    return tuple(
        f"Line {each.taken.position + 1} ({each.item.name}): the custom fields stay, for a line "
        "that is linked to an order takes none."
        for each in goods.lines
        if each.taken.fulfils is not None
    )
