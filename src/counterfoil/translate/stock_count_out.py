"""Stock count → inventory adjustment, from the operations system to the books (OUT-STOCK)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec

from counterfoil.documents import (
    CountLine,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    Item,
    ListRecord,
    Quantity,
    Reason,
    RecordKind,
    Reference,
    Refusal,
    StockCount,
    reason,
    refuse,
)
from counterfoil.settings import (
    CreatedItemType,
    FlowName,
    PurchaseOrderOut,
    Settings,
    StockFallback,
)

from ._carried import carried_reference
from ._goods import accounts_of_new, item_named, new_item
from ._named import all_names
from ._plain import plain_text
from ._translator import Alone, Context, Ruling, Translated, Verdict

__all__ = ["StockCountOut", "counts"]

_SECTION: Final = FlowName.STOCK_COUNT_OUT
_NOT_KEPT: Final = Quantity(Decimal(0))


def counts(product: Item, settings: Settings) -> str | Reason:
    """Name the item of the books whose stock a product's is.

    Returns:
        The item's full name: the product's code, or what its custom field says (STOCK-4); or
        why the product is left out: without the tag (STOCK-3, STOCK-11, case does not count),
        or without a value in the field, whatever its code (STOCK-9).
    """
    rules = settings.stock_count_out
    tag = rules.tag.strip().casefold()
    if rules.only_tagged and all(each.strip().casefold() != tag for each in product.tags):
        return reason("untagged", tag=rules.tag)
    if rules.match_field is None:
        return product.full_name
    name = (product.custom_field(rules.match_field) or "").strip()
    return name or reason("field-empty", field=rules.match_field)


class StockCountOut(Alone):
    """The rules STOCK-1, STOCK-2 and STOCK-12; which products are counted, ``counts`` says."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """A count that was called off is left out; only people start one (FLOW-2)."""
        if document.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        return None

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """A count stays a count: the books make the adjustment of it."""
        return DocumentKind.STOCK_COUNT

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Nothing: its lines bear all that is written."""
        return ()

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """STOCK-12: the books number it."""
        return None

    def must_check_number(self, settings: Settings) -> bool:
        """There is none to be checked."""
        return False

    def other_number(self, number: str, settings: Settings) -> str | None:
        """There is none."""
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate a count into the adjustment that books it.

        Args:
            document: Its lines bear the products' names, as ``counts`` says, and absolute figures;
                account and memo are those given when it was sent, else those of the settings.
            number: None.
            context: What else is known.

        Returns:
            The count; or the refusal of one without lines, or without an account (STOCK-1).
        """
        count, rules = _count(document), context.settings.stock_count_out
        account = count.account or _account(rules.adjustment_account)
        if account is None:
            return refuse(
                "adjustment-account-missing",
                where="account",
                target=context.target,
                setting=f"{_SECTION}.adjustment_account",
            )
        if not count.lines:
            return refuse("nothing-to-send", document="stock count")
        items = [item_named(line.item.name, line.item, context) for line in count.lines]
        return Translated(
            document=StockCount(
                id="",
                counted_on=count.counted_on or context.today,
                account=account,
                memo=count.memo or rules.adjustment_memo,
                site=None if count.site is None else Reference(count.site.name),
                may_set_items=rules.fallback is StockFallback.SET_ITEMS,
                lines=tuple(
                    CountLine(item=item.reference, counted=line.counted)
                    for line, item in zip(count.lines, items, strict=True)
                ),
            ),
            **all_names(items),
        )

    def carried(self, document: Document) -> Document:
        """Day, account and memo; the books keep differences, not what was counted."""
        count = _count(document)
        return StockCount(
            id="",
            counted_on=count.counted_on,
            account=carried_reference(count.account),
            memo=plain_text(count.memo),
            site=carried_reference(count.site),
            lines=tuple(_carried_line(line) for line in count.lines),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Stock is counted anew instead of being changed."""
        return None

    def has_follow_ups(self, settings: Settings) -> bool:
        """Adjustments have no custom fields."""
        return False

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """There are none."""
        return ()

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the part that the books lack as orders do (N4), or nothing (STOCK-10)."""
        if kind is not RecordKind.ITEM or not context.settings.stock_count_out.create_missing_items:
            return None
        rules = _item_rules(context.settings)
        return new_item(name, context.item(origin), rules, FlowName.PURCHASE_ORDER_OUT, context)

    def new_accounts(self, settings: Settings) -> tuple[str, ...]:
        """N4: those of new items, where it makes some."""
        makes = settings.stock_count_out.create_missing_items
        return accounts_of_new(_item_rules(settings)) if makes else ()

    def creation_setting(self, kind: RecordKind) -> str | None:
        """There is none: what may not be created is not counted."""
        return None


def _item_rules(settings: Settings) -> PurchaseOrderOut:
    """Give how orders create items, here always as inventory parts."""
    return msgspec.structs.replace(
        settings.purchase_order_out,
        item_type=CreatedItemType.INVENTORY,
        create_missing_items=True,
    )


def _count(document: Document) -> StockCount:
    assert isinstance(document, StockCount), "this flow translates counts"
    return document


def _account(name: str | None) -> Reference | None:
    return Reference(name) if name else None


def _carried_line(line: CountLine) -> CountLine:
    """Give what a reading tells of a line: which item, for the figure is not kept."""
    item = carried_reference(line.item)
    assert item is not None
    return CountLine(item=item, counted=_NOT_KEPT)
