"""What receipts and shipments have in common on their way to the books.

With an order there, their lines take what is open of the order's lines; without one they bear
items, texts and prices of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from counterfoil.documents import (
    Ancestor,
    Document,
    DocumentKind,
    Receipt,
    Reference,
    Refusal,
    Shipment,
    refuse,
)
from counterfoil.settings import (
    DocumentNumber,
    FlowName,
    LinkedText,
    OrderMissing,
    ReceiptOut,
    Settings,
    ShipmentOut,
)

from ._goods import line_text, the_item
from ._heading import document_number
from ._linking import Taken, followers, order_words, taken_lines
from ._movements import (
    MovementRules,
    lacking,
    left_over,
    lines_told,
    movement_ruling,
    split_movement,
)
from ._named import Named
from ._parts import LandedPart, Part
from ._plain import plain
from ._translator import Context, OneWay, Ruling

__all__ = ["Fulfilling", "Goods", "SentLine", "goods_of"]


class SentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it goes.

    Attributes:
        taken: What of the source's line goes where.
        item: In the target; of a linked line the order's own, with its identity.
        text: DOC-2; ``None`` on a linked line that bears none.
    """

    taken: Taken
    item: Reference
    text: str | None


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a document to the books.

    Attributes:
        lines: Linked ones first, in the order's sequence.
        names: Of the items that are no order's own.
        memo: Texts that cannot stand on linked lines.
        left_out: Sentences about what does not travel.
    """

    lines: tuple[SentLine, ...]
    names: tuple[Named, ...]
    memo: tuple[str, ...]
    left_out: tuple[str, ...]


class Fulfilling(OneWay):
    """The rules FLOW-8 to FLOW-11, DOC-3 for documents that fulfil an order.

    Attributes:
        section: The flow.
        order_kind: What they fulfil.
    """

    section: FlowName
    order_kind: DocumentKind

    def rules(self, settings: Settings) -> MovementRules:
        """Give the settings of the flow."""
        found = settings.flow(self.section)
        assert isinstance(found, ReceiptOut | ShipmentOut)
        return found

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Hold what has not moved; leave out what is cancelled or too old."""
        return movement_ruling(movement(document), self.rules(settings))

    def is_split(self, settings: Settings) -> bool:
        """What has moved goes each time that more has."""
        return True

    def split(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[Part, ...] | None:
        """Give what landed, and what has moved since."""
        if isinstance(document, Receipt):
            return split_movement(document, self.rules(settings), landed)
        assert isinstance(document, Shipment)
        return split_movement(document, self.rules(settings), landed)

    def left_over(
        self, document: Document, settings: Settings, landed: Mapping[str, LandedPart]
    ) -> tuple[str, ...]:
        """FLOW-11: with whole quantities, what came after the only document."""
        return left_over(movement(document), self.rules(settings), landed)

    def lacking(
        self,
        document: Document,
        settings: Settings,
        landed: Mapping[str, LandedPart],
        *,
        is_gone: bool,
    ) -> frozenset[str] | None:
        """Name the products of which less is shown than has landed."""
        return lacking(movement(document), self.rules(settings), landed, is_gone=is_gone)

    def lines_there(
        self,
        document: Document,
        others: Mapping[str, LandedPart],
        found: Document,
        context: Context,
        item_id: Callable[[str], str | None],
    ) -> tuple[tuple[str, Decimal], ...] | None:
        """Tell by the items how much a document there carries of each line."""
        moved, rules = movement(document), self.rules(context.settings)
        items: dict[str, str] = {}
        for position, line in enumerate(moved.lines):
            item = the_item(line.item, position, rules, context)
            known = None if isinstance(item, Refusal) else item_id(item.reference.name)
            if known is None:
                return None
            items[line.item.name] = known
        there = _quantities(found)
        if there is None:
            return None
        ours, told = {*items.values()}, {item for item, _quantity in there}
        if told - ours and ours - told:
            # A line there over another item may be what one of ours became.
            return None
        return lines_told(moved, rules, others, items, there)

    def order_of(self, document: Document, settings: Settings) -> Ancestor | None:
        """Name the order, where documents are linked to theirs."""
        if not self.rules(settings).link_to_order:
            return None
        return Ancestor(self.order_kind.value, movement(document).order_id)

    def may_go_unlinked(self, settings: Settings) -> bool:
        """Whether it may go without an order that cannot come."""
        return self.rules(settings).order_missing is OrderMissing.UNLINKED

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """DOC-3: the code of the order, or of the document itself, the vendor's, or none."""
        numbers = {
            DocumentNumber.ORDER_CODE: movement(document).order_number,
            DocumentNumber.OWN_CODE: document.number,
            DocumentNumber.VENDOR_INVOICE: getattr(document, "vendor_invoice_number", None),
        }
        return document_number(numbers, part, self.rules(settings))

    def must_check_number(self, settings: Settings) -> bool:
        """DOC-3 (P): look first whether the number is in use."""
        return self.rules(settings).check_number_is_free

    def other_number(self, number: str, settings: Settings) -> str | None:
        """A number of the operations system is never altered: what bears it may be the same."""
        return None


def _quantities(found: Document) -> list[tuple[str, Decimal]] | None:
    """Give item and quantity of each line that has both; ``None``: one cannot be told."""
    told: list[tuple[str, Decimal]] = []
    lines: tuple[Any, ...] = getattr(found, "lines", ())
    for line in lines:
        if line.item is None or line.quantity is None:
            continue
        if line.item.id is None or line.quantity.unit is not None or line.quantity.value < 0:
            return None
        told.append((line.item.id, line.quantity.value))
    return told


def movement(document: Document) -> Receipt | Shipment:
    """Give a document as goods that moved."""
    assert isinstance(document, Receipt | Shipment), "this flow translates goods that moved"
    return document


def goods_of(
    moved: Receipt | Shipment, rules: MovementRules, context: Context, section: FlowName
) -> Goods | Refusal:
    """Say what becomes of the lines of goods that moved."""
    refusal = _second_of_order(rules, context, section)
    if refusal is not None:
        return refusal
    found = taken_lines(moved.lines, rules, context, section)
    if isinstance(found, Refusal):
        return found
    taken, notes = found
    lines: list[SentLine] = []
    names: list[Named] = []
    memo: list[str] = []
    left_out = [
        *notes,
        *_without_order(moved, rules, context),
        *_whole_although(moved, rules),
    ]
    for each in taken:
        text = line_text(each.line.item, each.line.notes, rules, context)
        if each.fulfils is not None and each.fulfils.item is not None:
            is_whole = context.linked_lines_are_whole
            said = text if is_whole else None
            lines.append(SentLine(taken=each, item=each.fulfils.item, text=said))
            if not is_whole:
                _put_text(each, text, rules, memo, left_out)
            continue
        item = the_item(each.line.item, each.position, rules, context)
        if isinstance(item, Refusal):
            return item
        names.append(item)
        lines.append(SentLine(taken=each, item=item.reference, text=text))
    return Goods(lines=tuple(lines), names=tuple(names), memo=tuple(memo), left_out=tuple(left_out))


def _second_of_order(rules: MovementRules, context: Context, section: FlowName) -> Refusal | None:
    """FLOW-10: with whole quantities an order has one document, and no other."""
    order = context.order
    if not rules.whole_once or order is None or not order.document.made_into:
        return None
    document = "invoice" if section is FlowName.SHIPMENT_OUT else "bill"
    return refuse(
        "one-per-order",
        document=document,
        order=order_words(order),
        found=followers(order),
        target=context.target,
        setting=f"{section}.whole_once",
    )


def _without_order(
    moved: Receipt | Shipment, rules: MovementRules, context: Context
) -> tuple[str, ...]:
    if not rules.link_to_order or context.order is not None or context.is_update:
        return ()
    code = moved.order_number or moved.order_id
    return (f"It goes without its order {code}, which is not in {context.target}.",)


def _whole_although(moved: Receipt | Shipment, rules: MovementRules) -> tuple[str, ...]:
    """Say where what goes is not what moved (FLOW-11, section 4.8)."""
    if not rules.whole_once:
        return ()
    return tuple(
        f"Line {position} ({line.item.name}) goes as ordered, with {plain(line.ordered.value):f}, "
        f"although {plain(line.moved.value):f} moved."
        for position, line in enumerate(moved.lines, start=1)
        if line.ordered is not None and line.ordered.value != line.moved.value
    )


def _put_text(
    each: Taken, text: str | None, rules: MovementRules, memo: list[str], left_out: list[str]
) -> None:
    """Put the text of a linked line where it can stand, or say that it stays."""
    if text is None:
        return
    if rules.linked_text is LinkedText.MEMO:
        memo.append(text)
        return
    left_out.append(
        f"Line {each.position + 1} ({each.line.item.name}): its text “{text}” stays, for a line "
        "that is linked to an order takes none."
    )
