"""Assemblies built: parts go, the assembly comes (4.9, 7.6).

A build that wants more parts than there are is refused with 3370, or is entered as pending when
the request allows it; what is pending moves nothing until somebody takes the mark away.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import Any

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._effects import average_cost
from counterfoil.sandboxes.quickbooks_desktop._facts import item_facts, reference
from counterfoil.sandboxes.quickbooks_desktop._records import Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, missing
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    Value,
    blocks_of,
    decimal,
    is_true,
    plain_text,
    text_of,
)


def figure_build(books: Books, header: Fields) -> None:
    """Say which parts a build takes and whether there are enough of them.

    ``_parts`` of the header are those of the build before a Mod; unless it was pending, they
    are there to be taken again.
    """
    assembly = reference(header, "ItemInventoryAssemblyRef")
    if assembly is None:
        raise missing("ItemInventoryAssemblyRef")
    quantity = decimal(text_of(header, "QuantityToBuild") or "")
    _check_quantity(books, quantity)
    had_pending = is_true(header.get("IsPending"))
    taken = {} if had_pending else _needed(blocks_of(header, "_parts"))
    parts = _parts(books, assembly, quantity)
    may_wait = is_true(header.pop("MarkPendingIfRequired", None))
    removes = is_true(header.pop("RemovePending", None))
    short = [
        item
        for item, needed in _needed(parts).items()
        if item_facts(books, item).is_stocked
        and needed > books.store.stock(item).on_hand + taken.get(item, ZERO)
    ]
    waits = had_pending and not removes
    if short and not may_wait and not waits:
        entry = books.entry(short[0])
        name = short[0] if entry is None else entry.full_name
        raise RefusedError(
            status.NOT_ENOUGH_PARTS,
            f'There are not enough components to build the assembly: "{name}" is short.',
        )
    header["IsPending"] = "true" if waits or short else "false"
    header["QuantityToBuild"] = plain_text(quantity)
    header["_parts"] = list[Value](parts)


def build_fields(books: Books, build: Transaction) -> dict[str, Any]:
    """The quantities a build shows: those of now, not of when it was entered."""
    stock = books.store.stock(reference(build.header, "ItemInventoryAssemblyRef") or "")
    built = decimal(text_of(build.header, "QuantityToBuild") or "")
    possible = [
        books.store.stock(item).on_hand / (needed / built)
        for item, needed in _needed(blocks_of(build.header, "_parts")).items()
        if needed and item_facts(books, item).is_stocked
    ]
    able = max(min(possible, default=ZERO), ZERO)
    return {
        "QuantityCanBuild": plain_text(able.to_integral_value(ROUND_FLOOR)),
        "QuantityOnHand": plain_text(stock.on_hand),
        "QuantityOnSalesOrder": plain_text(stock.on_sales_order),
    }


def build_lines(books: Books, build: Transaction) -> dict[str, Any]:
    """The parts of a build as it shows them."""
    shown: list[Fields] = []
    for part in blocks_of(build.header, "_parts"):
        item = reference(part, "ItemRef") or ""
        line = books.shown(part)
        facts = item_facts(books, item)
        if facts.purchase_desc or facts.sales_desc:
            line["Desc"] = facts.purchase_desc or facts.sales_desc or ""
        line["QuantityOnHand"] = plain_text(books.store.stock(item).on_hand)
        shown.append(line)
    return {"ComponentItemLineRet": shown}


def _check_quantity(books: Books, quantity: Decimal) -> None:
    is_whole = quantity == quantity.to_integral_value()
    if quantity <= 0 or not (is_whole or books.settings.switches.fractions_built):
        raise RefusedError(
            status.BAD_QUANTITY, f"The quantity {plain_text(quantity)} cannot be built."
        )


def _parts(books: Books, assembly: str, quantity: Decimal) -> list[Fields]:
    parts: list[Fields] = []
    for line in blocks_of(books.body(assembly), "ItemInventoryAssemblyLine"):
        item = reference(line, "ItemInventoryRef")
        if item is None:
            continue
        facts = item_facts(books, item)
        cost = average_cost(books, item) if facts.is_stocked else facts.cost or ZERO
        each = decimal(text_of(line, "Quantity") or "1")
        parts.append(
            {
                "ItemRef": {"ListID": item},
                "QuantityNeeded": plain_text(each * quantity),
                "_cost": str(cost),
            }
        )
    return parts


def _needed(parts: list[Fields]) -> dict[str, Decimal]:
    needed: dict[str, Decimal] = {}
    for part in parts:
        item = reference(part, "ItemRef") or ""
        quantity = decimal(text_of(part, "QuantityNeeded") or "")
        needed[item] = needed.get(item, ZERO) + quantity
    return needed
