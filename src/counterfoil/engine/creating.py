"""What a new document needs next: its order read, its records, its number, its creation."""

from __future__ import annotations

import msgspec

from counterfoil.documents import Document, Refusal
from counterfoil.translate import Translated

from .drafting import Draft, Work
from .following import follow
from .life import Event
from .moving import advance
from .operations import CreateDocument
from .ordering import ComingOrder, LandedOrder
from .packing import Packing
from .transfers import Landing

__all__ = ["add_create"]


def add_create(packing: Packing, each: Draft) -> None:
    """Have a new document come one step nearer to the target, as far as there is room."""
    work = each.work
    if work.landed is not None:
        _found_there(packing, work, work.landed)
        return
    if isinstance(work.order, ComingOrder):
        packing.wait_for(work, work.order.row, work.order.words)
        return
    if packing.may_create is not None and work.target_kind not in packing.may_create:
        return
    if _number_in_use(packing, work):
        _distrust_number(packing, work)
        return
    if not _take_order(packing, work):
        return
    assert each.translated is not None, "a create is made from its source"
    resolved = packing.names.resolve(each, each.translated)
    if isinstance(resolved, Refusal):
        packing.move(work, Event.DECLINED, resolved)
    elif not isinstance(resolved, Document):
        packing.match(each, resolved)
    elif work.must_check_number:
        if not packing.target.keeps_marks:
            packing.questions.wanted[work.transfer.id] = resolved
        packing.match(each, {})
    elif packing.room() > _kept_for_look_up(packing, work):
        _create(packing, work, resolved, each.translated)


def _found_there(packing: Packing, work: Work, landing: Landing) -> None:
    """It bears our mark: written by this ledger before it was restored, or by another."""
    number = landing.number
    landed = msgspec.structs.replace(
        work.transfer, key=work.key, target_kind=landing.kind, target_number=number
    )
    at = work.at.with_pairing(landing.as_pairing(work.transfer.sent_fingerprint))
    after = advance(landed, Event.WRITTEN, packing.now, at=at)
    packing.transfers.append(after)
    packing.landings.append((after, landing))
    # Whether they were written before is not known: each is read first.
    fields = packing.fields_of(work)
    packing.new_fields += follow(after.id, landing.kind, landing.id, fields, packing.now)


def _number_in_use(packing: Packing, work: Work) -> bool:
    """Whether an earlier transfer is about to use the same number, which must be free."""
    number = work.checked_number
    if number is None:
        return False
    used = work.target_kind, number
    if used in packing.numbers_in_use:
        return True
    packing.numbers_in_use.add(used)
    return False


def _distrust_number(packing: Packing, work: Work) -> None:
    """Have the number looked up again: it was free before the earlier transfer used it."""
    if work.transfer.is_checked:
        packing.transfers.append(msgspec.structs.replace(work.transfer, is_checked=False))


def _take_order(packing: Packing, work: Work) -> bool:
    """Have its order for itself in this batch, and have it read first; say whether it is.

    Two documents of one order go one after the other: how much the first one takes shows
    only when the order is read again.  It is read beside the proof of the first one's link.
    """
    order = work.order
    if not isinstance(order, LandedOrder):
        return True
    if order.pairing in packing.orders_in_use:
        if work.transfer.order_seen is not None:
            packing.transfers.append(msgspec.structs.replace(work.transfer, order_seen=None))
        return False
    packing.orders_in_use.add(order.pairing)
    if order.pairing not in packing.orders_proving and work.order_read(packing.now) is not None:
        return True
    _read_order(packing, work, order)
    return False


def _read_order(packing: Packing, work: Work, order: LandedOrder) -> None:
    """Read its order in the batch before, and look its number up beside it."""
    number, asked = work.checked_number, packing.questions
    asks = number is not None and packing.fits(asked.numbers, work.target_kind, beside=1)
    if not packing.fits(asked.orders, order.kind):
        return
    moved = msgspec.structs.replace(
        advance(work.transfer, Event.MATCH_SENT, packing.now),
        is_checked=False,
        target_number=number if asks else work.transfer.target_number,
    )
    packing.transfers.append(moved)
    asked.orders.add(order.kind, order.id, moved.id)
    if number is not None and asks:
        packing.ask_for_number(work, number)


def _kept_for_look_up(packing: Packing, work: Work) -> int:
    """Keep one operation free to look up the next batch's numbers beside these writes.

    Without it, batches that write and batches that look up would take turns.
    """
    looks_up = work.checked_number is not None and not packing.questions.numbers.asks(
        work.target_kind
    )
    return int(looks_up and packing.target.batch_size > 1)


def _create(packing: Packing, work: Work, document: Document, translated: Translated) -> None:
    operation = CreateDocument(
        id=packing.next_id(),
        kind=work.target_kind,
        document=document,
        key=work.key,
        may_repeat_number=work.may_repeat_number,
    )
    packing.send(work, operation, document, translated)
