"""What a landed document needs next: to be read, changed, closed or taken out."""

from __future__ import annotations

import msgspec

from counterfoil.documents import Document, DocumentKind, Refusal, decode, difference, reason
from counterfoil.translate import Translated

from .asked import Sent
from .deciding import Wish
from .drafting import Draft, Work
from .life import Event
from .moving import advance, reconsider
from .objections import (
    CONFLICT_ROUNDS_MAX,
    cannot_change,
    kept,
    needs_consent,
    no_way_out,
    will_not_settle,
)
from .operations import LineScope, UpdateDocument, VoidDocument
from .ordering import Coming
from .packing import Packing, Planned
from .paired_lines import is_same_lines, line_texts, with_target_ids
from .seeing import is_closed, landing_of, still
from .transfers import Pairing

__all__ = ["add_update", "add_void", "await_coming", "current_of", "read_first"]


def read_first(packing: Packing, work: Work) -> None:
    """Read the target's document in the batch before it is changed or taken out."""
    pairing = work.at.pairing
    assert pairing is not None, "only what has landed is changed"
    if work.transfer.rounds >= CONFLICT_ROUNDS_MAX:
        packing.move(work, Event.DECLINED, will_not_settle(work, packing.target))
    else:
        _read_with_number(packing, work, pairing.target_id)


def _read_with_number(packing: Packing, work: Work, document_id: str) -> None:
    """Read it, and look up the other number that its source bears by now.

    Where a batch is one operation, the number goes first.
    """
    kind, number = work.target_kind, work.checked_number
    alone = packing.target.batch_size == 1
    if alone and number == work.transfer.target_number:
        number = None
    reads = number is None or not alone
    if number is not None and (
        (kind, number) in packing.numbers_in_use
        or not packing.fits(packing.questions.numbers, kind, beside=int(reads))
    ):
        return
    if reads and not packing.fits(packing.questions.ids, kind):
        return
    moved = msgspec.structs.replace(
        advance(work.transfer, Event.MATCH_SENT, packing.now),
        is_checked=False,
        target_number=number or work.transfer.target_number,
    )
    packing.transfers.append(moved)
    if number is not None:
        packing.numbers_in_use.add((kind, number))
        packing.ask_for_number(work, number)
    if reads:
        packing.questions.ids.add(kind, document_id, moved.id)


def current_of(work: Work) -> Document | None:
    """The target's document as it was read in the batch before."""
    pairing = work.at.pairing
    if pairing is None or pairing.seen is None:
        return None
    return decode(pairing.target_kind, pairing.seen)


def add_void(packing: Packing, work: Work) -> None:
    """Take out what is there, if the target has a way and nothing depends on it."""
    pairing, current = work.at.pairing, current_of(work)
    assert pairing is not None, "only what has landed is taken out"
    leaving = [each for each in work.followers if each.leaves]
    if leaving and len(leaving) == len(work.followers):
        packing.wait_for(work, leaving[0].row, leaving[0].words)
        return
    ways = packing.target.ways_out.get(work.target_kind, ())
    refusal = (
        kept(work, current, packing.target) or needs_consent(work, packing.target)
        if ways
        else no_way_out(work, packing.target)
    )
    if refusal is not None:
        packing.move(work, Event.DECLINED, refusal)
        return
    if packing.room() <= 0:
        return
    operation = VoidDocument(
        id=packing.next_id(),
        kind=work.target_kind,
        document_id=pairing.target_id,
        how=ways[0],
        revision=pairing.newest_revision,
    )
    moved = packing.move(work, Event.WRITE_SENT)
    packing.operations.append(
        Planned(
            operation=operation,
            subject=work.target_kind,
            name=pairing.number,
            transfer=moved.id,
            sent=Sent(kind=work.target_kind, how=ways[0]),
        )
    )


def add_update(packing: Packing, each: Draft) -> None:
    """Change what is there to what its source says now, or close it."""
    work, current = each.work, current_of(each.work)
    pairing = work.at.pairing
    assert pairing is not None, "only what has landed is changed"
    kind = work.target_kind
    if work.only_closes:
        _close(packing, work)
        return
    assert each.translated is not None, "an update is made from its source"
    becomes = work.translator.next_kind(kind, work.document, work.settings, pressed=False)
    if becomes is not kind:
        _replace(packing, work, becomes)
        return
    if kind not in packing.target.changes:
        differs = None if current is None else difference(each.translated.document, current)
        packing.move(work, Event.DECLINED, cannot_change(work, differs, packing.target))
        return
    resolved = packing.names.resolve(each, each.translated)
    if isinstance(resolved, Refusal):
        packing.move(work, Event.DECLINED, resolved)
        return
    if not isinstance(resolved, Document):
        packing.match(each, resolved)
        return
    if packing.room() <= 0:
        return
    if resolved.number is None:
        # The target numbered it when it was created.
        resolved = msgspec.structs.replace(resolved, number=pairing.number)
    if pairing.is_linked is not None:
        _update_linked(packing, work, pairing, resolved, each.translated)
    else:
        _update_all(packing, work, pairing, resolved, each.translated)


def _update_all(
    packing: Packing, work: Work, pairing: Pairing, document: Document, translated: Translated
) -> None:
    """Change the whole document; its known lines bear their identities."""
    current = current_of(work)
    facts = work.at.facts(work.transfer)
    placed = with_target_ids(document, pairing.lines, current)
    refusal = None if current is None else work.translator.may_change(current, placed)
    if refusal is not None:
        packing.move(work, Event.DECLINED, refusal)
        return
    operation = UpdateDocument(
        id=packing.next_id(),
        kind=work.target_kind,
        document_id=pairing.target_id,
        revision=pairing.newest_revision,
        document=placed,
        expected=current,
        closes=False if pairing.is_closed and not facts.is_finished else None,
        may_repeat_number=work.may_repeat_number,
    )
    packing.send(work, operation, document, translated)


def _update_linked(
    packing: Packing, work: Work, pairing: Pairing, document: Document, translated: Translated
) -> None:
    """Change the header of a document that is linked to its order, or write it anew.

    A change of its lines would lose the link: it is taken out and entered again.
    """
    if not is_same_lines(line_texts(translated.document), pairing.lines):
        _replace(packing, work, work.target_kind)
        return
    operation = UpdateDocument(
        id=packing.next_id(),
        kind=work.target_kind,
        document_id=pairing.target_id,
        revision=pairing.newest_revision,
        document=msgspec.structs.replace(document, lines=()),
        expected=current_of(work),
        lines=LineScope.NONE,
        may_repeat_number=work.may_repeat_number,
    )
    packing.send(work, operation, operation.document, translated)


def _replace(packing: Packing, work: Work, kind: DocumentKind) -> None:
    """Have it taken out, and written anew as a document of a kind."""
    replaced = msgspec.structs.replace(work.transfer, wish=Wish.REPLACE, target_kind=kind)
    packing.transfers.append(reconsider(replaced, work.at, packing.now))


def _close(packing: Packing, work: Work) -> None:
    """Close the document of an order that was cancelled, or closed short, at its source.

    One that is closed there already, or of which nothing is open any more, stays as it is:
    QuickBooks does not let an order be closed that is fully received.
    """
    pairing, current = work.at.pairing, current_of(work)
    assert pairing is not None, "only what has landed is closed"
    if work.target_kind not in packing.target.closes:
        packing.move(work, Event.DECLINED, no_way_out(work, packing.target))
        return
    assert current is not None, "it was read before"
    if is_closed(current):
        _found_closed(packing, work, pairing, current)
        return
    if packing.room() <= 0:
        return
    header = msgspec.structs.replace(current, id="", lines=())
    operation = UpdateDocument(
        id=packing.next_id(),
        kind=work.target_kind,
        document_id=pairing.target_id,
        revision=pairing.newest_revision,
        document=header,
        expected=current,
        lines=LineScope.NONE,
        closes=True,
    )
    packing.send(work, operation, header, None, closes=True)


def _found_closed(packing: Packing, work: Work, pairing: Pairing, current: Document) -> None:
    """Take an order that is closed there already as closed; nothing is written."""
    sent = Sent(closes=True)
    landing = still(pairing, landing_of(current, work.translator.under(work.settings), sent), sent)
    known = msgspec.structs.replace(work.transfer, sent_fingerprint=work.at.fingerprint)
    at = work.at.with_pairing(landing.as_pairing(known.sent_fingerprint, pairing.id))
    after = advance(known, Event.WRITTEN, packing.now, at=at)
    packing.transfers.append(after)
    packing.landings.append((after, landing))


def await_coming(packing: Packing, work: Work, coming: Coming) -> None:
    """Let an order wait that shall be closed: what fulfils it could be linked no more."""
    if coming.row is not None:
        packing.wait_for(work, coming.row, coming.words)
        return
    why = reason("closes-later", documents=coming.words)
    packing.transfers.append(advance(work.transfer, Event.BUSY, packing.now, why=why))
