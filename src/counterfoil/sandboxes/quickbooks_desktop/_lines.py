"""Figuring one line of a form (7.4).

- Amount given: it is stored, and the rate follows from it.
- Rate given: amount is quantity times rate, rounded half away from zero to cents.
- Neither: one of the item at its own price.
- A line without an item is a line of text.
- A group line names the group and a quantity; its members follow from that.

A line is kept as its ``Ret`` element shows it, plus ``_table``, the name of the
Add element it came as.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import (
    ItemFacts,
    TaxFacts,
    item_facts,
    reference,
)
from counterfoil.sandboxes.quickbooks_desktop._kinds import LineTable
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, missing
from counterfoil.sandboxes.quickbooks_desktop._sites import held_at
from counterfoil.sandboxes.quickbooks_desktop._units import ratio_of, set_unit
from counterfoil.sandboxes.quickbooks_desktop._values import (
    CENT,
    ZERO,
    Fields,
    Value,
    amount_text,
    block_of,
    blocks_of,
    cents,
    decimal,
    is_empty,
    plain_text,
    price_shown,
    price_text,
    quantity_shown,
    text_of,
    without_alternatives,
)

_ONE = Decimal(1)
# Sent with a line, never shown on it.
_CONSUMED = frozenset(
    {
        "DataExt",
        "LinkToTxn",
        "OptionForPriceRuleConflict",
        "OverrideItemAccountRef",
        "PriceLevelRef",
        "SetCredit",
        "TxnLineID",
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    """What a line is figured for: the form's owner name, its tax, the site of the whole form."""

    owner: str
    table: LineTable
    tax: TaxFacts | None
    site: str | None = None


def figure(books: Books, form: Form, sent: Fields, before: Sequence[Fields]) -> Fields:
    """A new line from its resolved fields; the caller gives it its TxnLineID."""
    role = form.table.role
    if role == "expense":
        return _expense(sent)
    if role == "adjustment":
        return _adjustment(books, sent, form.site)
    line = {name: value for name, value in sent.items() if name not in _CONSUMED}
    item_id = reference(sent, "ItemRef")
    if item_id is None:
        return _text_line(books, role, line)
    item = item_facts(books, item_id)
    purchases = role in {"purchase", "order"}
    set_unit(books, item_id, line, purchases=purchases)
    if "Desc" not in line:
        desc = item.purchase_desc if purchases else item.sales_desc
        if desc:
            line["Desc"] = desc
    _price(books, form, item, sent, line, before)
    if not purchases:
        _set_tax_code(form.tax, item, line)
    return line


# Sending the one makes the other follow from it again.
_FOLLOWS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sale": {
        "Quantity": ("Amount",),
        "Rate": ("Amount", "RatePercent"),
        "RatePercent": ("Amount", "Rate"),
        "Amount": ("Rate", "RatePercent"),
    },
    "order": {"Quantity": ("Amount",), "Rate": ("Amount",), "Amount": ("Rate",)},
    "purchase": {"Quantity": ("Amount",), "Cost": ("Amount",), "Amount": ("Cost",)},
}
# What a line takes from its item, and hence anew from another item.
_OF_THE_ITEM = (
    "Amount",
    "Cost",
    "Desc",
    "OverrideUOMSetRef",
    "Rate",
    "RatePercent",
    "SalesTaxCodeRef",
    "UnitOfMeasure",
)


def refigure(
    books: Books, form: Form, had: Fields, sent: Fields, before: Sequence[Fields]
) -> Fields:
    """A line of a Mod: what it had, changed by what was sent (7.3).

    A new quantity or rate without an amount figures the amount again.  A linked line that is
    only named passes unchanged, whatever has become of its item since (LIVE).
    """
    if had.get("_linked") and not sent:
        return dict(had)
    kept = _kept(form, had, sent)
    changed = {name: value for name, value in sent.items() if not is_empty(value)}
    if form.table.role == "adjustment":
        return _changed_adjustment(kept, changed)
    line = figure(books, form, {**kept, **changed}, before)
    for name, value in sent.items():
        if is_empty(value):
            line.pop(name, None)
    return line


def _kept(form: Form, had: Fields, sent: Fields) -> Fields:
    """What of a line stands beside what was sent."""
    gone = set(sent)
    for name, followers in _FOLLOWS.get(form.table.role, {}).items():
        if name in sent:
            gone.update(followers)
    if "ItemRef" in sent and reference(sent, "ItemRef") != reference(had, "ItemRef"):
        gone.update(_OF_THE_ITEM)
    kept = {name: value for name, value in had.items() if name not in gone}
    for name in sent:
        without_alternatives(kept, name)
    return kept


def group_line(books: Books, form: Form, sent: Fields, before: Sequence[Fields]) -> Fields:
    """A group line with its members expanded; only group and quantity count."""
    group_id = reference(sent, "ItemGroupRef")
    if group_id is None:
        raise missing("ItemGroupRef")
    group = books.body(group_id)
    quantity = decimal(text_of(sent, "Quantity") or "1")
    members: list[Value] = []
    for member in blocks_of(group, "ItemGroupLine"):
        each = decimal(text_of(member, "Quantity") or "1")
        part: Fields = {
            "ItemRef": member.get("ItemRef", {}),
            "Quantity": plain_text(each * quantity),
        }
        if "UnitOfMeasure" in member:
            part["UnitOfMeasure"] = member["UnitOfMeasure"]
        line = figure(books, form, part, before)
        line["_table"] = form.table.add
        members.append(line)
    shown: Fields = {
        name: value for name, value in sent.items() if name not in _CONSUMED | {"InventorySiteRef"}
    }
    if text_of(group, "ItemDesc"):
        shown.setdefault("Desc", group["ItemDesc"])
    shown["Quantity"] = plain_text(quantity)
    shown["IsPrintItemsInGroup"] = text_of(group, "IsPrintItemsInGroup") or "false"
    shown["_members"] = members
    shown["TotalAmount"] = amount_text(total(blocks_of(shown, "_members")))
    return shown


def flat(lines: Iterable[Fields]) -> Iterator[Fields]:
    """Every real line, those of groups included."""
    for line in lines:
        members = line.get("_members")
        if isinstance(members, list):
            yield from (member for member in members if isinstance(member, dict))
        else:
            yield line


def total(lines: Iterable[Fields]) -> Decimal:
    """The sum of the amounts; a subtotal line repeats what is already counted."""
    return sum(
        (
            decimal(text_of(line, "Amount") or "")
            for line in flat(lines)
            if not line.get("_subtotal")
        ),
        ZERO,
    )


def taxable_total(lines: Iterable[Fields], tax: TaxFacts) -> Decimal:
    return sum(
        (
            decimal(text_of(line, "Amount") or "")
            for line in flat(lines)
            if not line.get("_subtotal") and tax.is_taxable(reference(line, "SalesTaxCodeRef"))
        ),
        ZERO,
    )


def quantity_of(line: Fields) -> Decimal:
    """A line's quantity; one where only an amount was given."""
    text = text_of(line, "Quantity")
    return decimal(text) if text else _ONE


# -- arithmetic -------------------------------------------------------------------------------


def _price(
    books: Books,
    form: Form,
    item: ItemFacts,
    sent: Fields,
    line: Fields,
    before: Sequence[Fields],
) -> None:
    rate_field = "Cost" if form.table.role == "purchase" else "Rate"
    if item.kind == "ItemSubtotal":
        for name in ("Quantity", "Rate", "RatePercent"):
            line.pop(name, None)
        line["Amount"] = amount_text(_since_subtotal(before))
        line["_subtotal"] = "1"
        return
    percent = text_of(sent, "RatePercent")
    default_percent = item.percent if form.table.role == "sale" else None
    amount = text_of(sent, "Amount")
    rate = text_of(sent, rate_field)
    if percent is None and rate is None and amount is None and default_percent is not None:
        percent = str(default_percent)
    if percent is not None and not amount:
        line.pop(rate_field, None)
        line["RatePercent"] = plain_text(decimal(percent))
        base = decimal(text_of(before[-1], "Amount") or "") if before else ZERO
        line["Amount"] = books.amount_text(base * decimal(percent) / 100)
        return
    _plain_price(books, form, item, sent, line, rate_field)


def _plain_price(
    books: Books, form: Form, item: ItemFacts, sent: Fields, line: Fields, rate_field: str
) -> None:
    quantity = text_of(sent, "Quantity")
    amount = text_of(sent, "Amount")
    rate = text_of(sent, rate_field)
    if amount:
        line["Amount"] = amount_text(decimal(amount))
        number = decimal(quantity) if quantity else _ONE
        if number and "RatePercent" not in line:
            # A rate that gives the amount is kept; any other follows from the amount.
            if not rate or cents(decimal(rate) * number) != decimal(amount).quantize(CENT):
                line[rate_field] = price_text(decimal(amount) / number)
            else:
                line[rate_field] = price_text(decimal(rate))
        if quantity:
            line["Quantity"] = plain_text(decimal(quantity))
        return
    number = decimal(quantity) if quantity else _ONE
    line["Quantity"] = quantity_shown(quantity) if quantity else "1"
    if rate:
        price = decimal(rate)
        line[rate_field] = price_shown(rate)
    else:
        # An item's price is that of its base unit.
        price = _default_price(books, form, item, sent) * ratio_of(line)
        line[rate_field] = price_text(price)
    line["Amount"] = books.amount_text(price * number)


def _default_price(books: Books, form: Form, item: ItemFacts, sent: Fields) -> Decimal:
    if form.table.role in {"purchase", "order"}:
        return item.cost or ZERO
    price = item.price or ZERO
    level_id = reference(sent, "PriceLevelRef")
    if level_id is not None:
        percent = text_of(books.body(level_id), "PriceLevelFixedPercentage")
        price += price * decimal(percent or "") / 100
    return price


def _since_subtotal(before: Sequence[Fields]) -> Decimal:
    found = ZERO
    for line in reversed(list(flat(before))):
        if line.get("_subtotal"):
            break
        found += decimal(text_of(line, "Amount") or "")
    return found


def _text_line(books: Books, role: str, line: Fields) -> Fields:
    rate_field = "Cost" if role == "purchase" else "Rate"
    quantity, rate = text_of(line, "Quantity"), text_of(line, rate_field)
    if quantity:
        line["Quantity"] = plain_text(decimal(quantity))
    if rate:
        line[rate_field] = price_text(decimal(rate))
    if line.get("Amount"):
        line["Amount"] = amount_text(decimal(text_of(line, "Amount") or ""))
    elif rate:
        line["Amount"] = books.amount_text(decimal(rate) * decimal(quantity or "1"))
    return line


def _set_tax_code(tax: TaxFacts | None, item: ItemFacts, line: Fields) -> None:
    if tax is None:
        line.pop("SalesTaxCodeRef", None)
        return
    if reference(line, "SalesTaxCodeRef") is not None:
        return
    # A customer who pays no tax overrides the item's code (7.4).
    code = tax.override_code_id or item.tax_code_id or tax.default_code_id
    if code is not None:
        line["SalesTaxCodeRef"] = {"ListID": code}


def _expense(sent: Fields) -> Fields:
    line = {name: value for name, value in sent.items() if name not in _CONSUMED}
    line["Amount"] = amount_text(decimal(text_of(sent, "Amount") or ""))
    return line


# -- inventory adjustments ----------------------------------------------------------------------


def _adjustment(books: Books, sent: Fields, site: str | None) -> Fields:
    item_id = reference(sent, "ItemRef")
    if item_id is None:
        raise missing("ItemRef")
    if not item_facts(books, item_id).is_stocked:
        raise RefusedError(status.WRONG_ITEM_TYPE, "Only inventory items can be adjusted.")
    stock = books.store.stock(item_id)
    average = stock.value / stock.on_hand if stock.on_hand else ZERO
    by_quantity, by_value = block_of(sent, "QuantityAdjustment"), block_of(sent, "ValueAdjustment")
    change = by_quantity if by_quantity is not None else by_value
    if change is None:
        raise RefusedError(status.UNSUPPORTED, "This company file keeps no serial or lot numbers.")
    new, difference = text_of(change, "NewQuantity"), text_of(change, "QuantityDifference")
    held = held_at(books, item_id, site)
    quantity = decimal(difference or "") if new is None else decimal(new) - held
    value = quantity * average
    if by_quantity is None:
        new, difference = text_of(change, "NewValue"), text_of(change, "ValueDifference")
        if new is not None:
            value = decimal(new) - stock.value
        elif difference is not None:
            value = decimal(difference)
    return {
        "ItemRef": {"ListID": item_id},
        "QuantityDifference": plain_text(quantity),
        "ValueDifference": amount_text(value),
    }


def _changed_adjustment(kept: Fields, changed: Fields) -> Fields:
    line = {**kept, **changed}
    quantity = decimal(text_of(line, "QuantityDifference") or "")
    line["QuantityDifference"] = plain_text(quantity)
    line["ValueDifference"] = amount_text(decimal(text_of(line, "ValueDifference") or ""))
    return line
