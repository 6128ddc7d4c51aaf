"""Counting stock: from a press on “send stock” to documents that adjust what differs.

========================  ==============================================================
a press                   is kept as a row (``ledger.presses``)
the operations' run       reads how much there is of each product, last of all
the books' run            reads how much the books hold, in the same session, and compares
``hub.comparing``         says what differs, a page of products in each transaction; 100
                          lines make a document, begun ready
the same run              sends the documents
========================  ==============================================================

Figures are absolute, so an old one would undo what has happened since.  Three things follow.
A count leaves only in the run that compared it: what waited longer (single-user mode, a busy
file, a lost answer, a pause) gets its lines anew from a fresh reading, as the same document.
What the source says counts for an hour; a press that waits longer has it read again.  And
while nobody knows whether an earlier count arrived, none is made.

A newer press takes the place of what has not landed of older ones, product by product.

Source: STOCK-1 to STOCK-12; stories 40 and 41.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    DocumentKind,
    RecordKind,
    Reference,
    StockCount,
    decode,
    encode,
    fingerprint,
    reason,
)
from counterfoil.engine.counting import (
    Counted,
    Packed,
    Packing,
    Progress,
    document_id,
    position_of,
    press_of,
    without,
)
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import Event, Standing, State, states_that_are
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import Page
from counterfoil.engine.reading import STOCK, STOCK_AT_SITES, Reading
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import connections, documents, presses, runs, stock, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.presses import Press
from counterfoil.ledger.runs import Run, RunState
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName

from . import sites
from .comparing import Comparison, stocked_items
from .links import LinkView, view_of
from .received import moved_since, waits_to_be_sent
from .standpoints import keep, standpoint
from .unread import unread_lists

__all__ = ["FLOW", "compare", "finish", "is_due", "is_on", "look_after", "readings", "take_page"]

FLOW: Final = FLOWS[FlowName.STOCK_COUNT_OUT]
_KIND: Final = DocumentKind.STOCK_COUNT

# So long the source's quantities count, once they are read.
FRESH_FOR: Final = timedelta(hours=1)
# While a press waits they are read again after so long, so that they are fresh when the
# books' next run comes along.
_READ_AGAIN_AFTER: Final = timedelta(minutes=30)
# So many items are asked for by name; for more, everything that is stocked is read.
_NAMED_MAX: Final = 500
# What waits to be counted anew is looked at by every run that counts; this only bounds it.
_WAITS_FOR: Final = timedelta(hours=1)
_COUNT_WAITS: Final = "count-waits"

_WANTED: Final = tuple(states_that_are(Standing.WANTED))
_IN_FLIGHT: Final = tuple(states_that_are(Standing.IN_FLIGHT))


# --- What is read -------------------------------------------------------------------------


def is_on(view: LinkView) -> bool:
    """Whether a link counts stock now."""
    return FLOW in view.active_flows and view.link.is_active and not view.link.is_paused


def is_due(tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime) -> bool:
    """Say whether a press waits for a run of the books."""
    return any(
        _is_fresh(press, now)
        for view in _into(connection, views)
        for press in _waiting(tx, view, now)
    )


def readings(
    tx: Tx,
    connection: Connection,
    run: Run,
    facts: RunState,
    views: Sequence[LinkView],
    now: datetime,
) -> tuple[Reading, ...]:
    """Give what a run reads for presses, last of all; once that is read, it compares.

    ``facts`` are those of the run by now.
    """
    if facts.has_counted or facts.stock_from is not None or _is_early(tx, connection, views, now):
        return ()
    found = _of_source(tx, connection, views, now) or _of_books(tx, connection, views, now)
    if found is None:
        return ()
    at_sites = (_at_sites(found),) if _asks_for_sites(connection, views) else ()
    runs.change(tx, run.id, now, agenda=(found, *at_sites))
    runs.remember(tx, run.id, now, stock_from=now, sites_open=bool(at_sites))
    return (found, *at_sites)


def _at_sites(sums: Reading) -> Reading:
    """Ask in the same breath how much of it there is at each site."""
    return msgspec.structs.replace(sums, cursor=STOCK_AT_SITES, at_sites=True)


def _asks_for_sites(connection: Connection, views: Iterable[LinkView]) -> bool:
    """Whether a connection is asked where its stock lies: some books keep it at sites."""
    for view in views:
        if is_on(view) and view.source_of(FLOW).id == connection.id and sites.tells_sites(view):
            return True
    return bool(_into(connection, views)) and sites.are_asked(connection)


def _is_early(tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime) -> bool:
    """Whether orders and receipts have to leave first for stock to be counted in this run."""
    return any(
        waits_to_be_sent(tx, view) for view in _into(connection, views) if _waiting(tx, view, now)
    )


def _into(connection: Connection, views: Iterable[LinkView]) -> list[LinkView]:
    """Give the links that count into a connection now."""
    return [view for view in views if is_on(view) and view.target_of(FLOW).id == connection.id]


def _of_source(
    tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime
) -> Reading | None:
    """Give the reading of the source's quantities, for presses that wait for it."""
    wanted = [
        press
        for view in views
        if is_on(view) and view.source_of(FLOW).id == connection.id
        for press in _open(tx, view, now)
        if press.counted_at is None or press.counted_at + _READ_AGAIN_AFTER <= now
    ]
    if not wanted:
        return None
    named = [press.wanted.items for press in wanted]
    items = {item for each in named for item in each or ()}
    return Reading(
        cursor=STOCK,
        stock=True,
        items=() if None in named else tuple(sorted(items)),
        requests=tuple(sorted(press.id for press in wanted)),
    )


def _of_books(
    tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime
) -> Reading | None:
    """Give the reading of the books' quantities, for presses that wait to be compared."""
    items: set[str] | None = set()
    is_wanted = False
    for view in _into(connection, views):
        for press in _waiting(tx, view, now):
            if not _is_fresh(press, now):
                connections.wake(tx, view.operations.id, now)
                continue
            is_wanted = True
            found = stocked_items(tx, view, press, _NAMED_MAX)
            items = None if items is None or found is None else items | found
    if not is_wanted:
        return None
    is_few = items is not None and len(items) <= _NAMED_MAX
    return Reading(cursor=STOCK, stock=True, items=tuple(sorted(items or ())) if is_few else ())


def _is_fresh(press: Press, now: datetime) -> bool:
    return press.counted_at is not None and press.counted_at + FRESH_FOR > now


def _open(tx: Tx, view: LinkView, now: datetime) -> list[Press]:
    """Give the presses of which something is to be done; what is settled is closed."""
    found = presses.opened(tx, view.link.id)
    waits = {press_of(each.document_id) for each in _unsettled(tx, view)} if found else set()
    going_on = [press for press in found if press.result is None or press.id in waits]
    for press in found:
        if press not in going_on:
            presses.change(tx, press.id, taken_at=now)
    return going_on


def _waiting(tx: Tx, view: LinkView, now: datetime) -> list[Press]:
    """Give the presses that are to be compared: for the first time, or once more."""
    found = presses.opened(tx, view.link.id)
    again = {
        press_of(each.document_id)
        for each in (_unsettled(tx, view, _WANTED) if found else ())
        if _is_ripe(each.transfer, now)
    }
    return [press for press in found if press.result is None or press.id in again]


def _is_ripe(transfer: Transfer, now: datetime) -> bool:
    """Whether a count that waits may go by now."""
    if transfer.state is not State.WAITING or _counts_anew(transfer):
        return True
    return transfer.retry_at is not None and transfer.retry_at <= now


def _counts_anew(transfer: Transfer) -> bool:
    return transfer.reason is not None and transfer.reason.code == _COUNT_WAITS


def _unsettled(
    tx: Tx, view: LinkView, states: Iterable[State] = (*_WANTED, *_IN_FLIGHT)
) -> list[Sourced]:
    """Load the counts of a link that are to be created and have not landed."""
    found = presses.unsettled(tx, view.link.id, states)
    return [each for each in found if each.transfer.write is Write.CREATE]


def take_page(tx: Tx, connection: Connection, reading: Reading, page: Page, now: datetime) -> None:
    """Keep what a page says of quantities; what could not be read is kept as unknown."""
    if reading.at_sites:
        at_sites = {(each.item, each.site): each.quantity for each in page.at_sites}
        stock.keep_at_sites(tx, connection.id, at_sites, now)
        return
    found = {
        each.id: quantity.value if (quantity := getattr(each, "on_hand", None)) else None
        for each in page.records
    }
    unread = {each.id: None for each in page.unreadable if each.id is not None}
    stock.keep(tx, connection.id, {**found, **unread}, now)


def finish(tx: Tx, reading: Reading, run: int, now: datetime) -> None:
    """Note that a reading of quantities is complete; once all are, let the books' run come."""
    done = {"sites_open": False} if reading.at_sites else {"stock_read": True}
    if not _is_read(runs.remember(tx, run, now, **done)):
        return
    for press in presses.load(tx, reading.requests).values():
        presses.change(tx, press.id, counted_at=now)
        link = connections.load_link(tx, press.link)
        assert link is not None, "a press belongs to a link"
        connections.wake(tx, view_of(tx, link).target_of(FLOW).id, now)


def _is_read(facts: RunState) -> bool:
    """Whether all that a run asked of quantities has been read."""
    return facts.stock_read and not facts.sites_open


# --- Counting -----------------------------------------------------------------------------


def compare(
    tx: Tx,
    connection: Connection,
    run: Run,
    facts: RunState,
    views: Sequence[LinkView],
    now: datetime,
) -> bool:
    """Compare a page of what presses want, if there is one left; says whether there was.

    ``facts`` are those of the run by now.  Nothing may be planned before all is compared.
    """
    if facts.has_counted or (facts.stock_from is None and _is_early(tx, connection, views, now)):
        return False
    if _is_read(facts) and facts.stock_from is not None:
        before = facts.comparing or Progress()
        for view in _into(connection, views):
            progress = _compare_page(tx, view, run, facts.stock_from, before, now)
            if progress is not None:
                runs.remember(tx, run.id, now, comparing=progress)
                return True
    runs.remember(tx, run.id, now, has_counted=True, comparing=None)
    return False


def _compare_page(
    tx: Tx, view: LinkView, run: Run, since: datetime, before: Progress, now: datetime
) -> Progress | None:
    """Compare a page for the newest press of a link that is not done; ``None``: all are.

    What somebody pressed, changed or settled since the page before counts.
    """
    if _unsettled(tx, view, _IN_FLIGHT) or _is_blind(tx, view):
        return None
    newer: list[Press] = []
    claimed = set[str]()
    waiting = {press.id for press in _waiting(tx, view, now)} - set(before.done)
    for press in _newest_first(tx, view, before, now):
        if any(each.wanted.covers(press.wanted) for each in newer):
            _supersede(tx, view, press, now)
        elif press.id in waiting and _is_fresh(press, now):
            books = _Books(tx, view, press, run, now)
            return books.go_on(Comparison(tx, view, press, claimed, since), before)
        newer.append(press)
        if press.wanted.is_preview:
            continue
        claimed.update(press.wanted.items or ())
    _supersede_stopped(tx, view, newer, now)
    return None


def _newest_first(tx: Tx, view: LinkView, before: Progress, now: datetime) -> list[Press]:
    """Give the open presses of a link, and those that this run is done with."""
    done = [press for press in presses.load(tx, before.done).values() if press.link == view.link.id]
    found = {press.id: press for press in (*done, *_open(tx, view, now))}
    return sorted(found.values(), key=lambda press: -press.id)


def _is_blind(tx: Tx, view: LinkView) -> bool:
    """Whether a list could not be read without which nobody can say what is missing."""
    here, there = unread_lists(tx, view.operations), unread_lists(tx, view.books)
    places = set(sites.lists_of(view, FLOW.name))
    needed = {RecordKind.ITEM, RecordKind.UNIT_SET} | places
    return bool(({RecordKind.ITEM} | places) & set(here) or needed & set(there))


class _Books:
    """Writes the documents of one press; lives no longer than a page of its comparing.

    Documents that have not left get their lines anew, so that a count that waits stays one
    document, with its reason and its age.
    """

    def __init__(self, tx: Tx, view: LinkView, press: Press, run: Run, now: datetime) -> None:
        self._tx = tx
        self._view = view
        self._press = press
        self._run = run
        self._now = now
        made = presses.documents_of(tx, press.id, view.operations.id)
        self._last = max((position_of(each) for _id, each, _state in made), default=0)

    def go_on(self, comparison: Comparison, before: Progress) -> Progress:
        """Compare the next page, and put what differs into documents."""
        found = comparison.page(self._begun_by(before))
        progress = found.progress
        if self._press.wanted.is_preview:
            return self._previewed(progress, is_last=found.is_last)
        packing = Packing(progress.lines)
        full = [packed for line in found.lines for packed in packing.add(line)]
        if found.is_last:
            full += packing.rest()
        filled = self._fill(full, progress.filled)
        if not found.is_last:
            return msgspec.structs.replace(progress, lines=packing.waiting, filled=filled)
        self._end(progress.so_far, filled)
        return Progress(done=(*progress.done, self._press.id))

    def _previewed(self, progress: Progress, *, is_last: bool) -> Progress:
        """Keep what would be adjusted; no document comes of it."""
        if not is_last:
            return progress
        self._end(progress.so_far, ())
        return Progress(done=(*progress.done, self._press.id))

    def _begun_by(self, before: Progress) -> Progress:
        """Go on where the page before ended, or begin: other settings tell other things."""
        if (before.press, before.settings) == (self._press.id, self._view.version):
            return before
        return Progress(done=before.done, press=self._press.id, settings=self._view.version)

    def _fill(self, full: Iterable[Packed], filled: tuple[int, ...]) -> tuple[int, ...]:
        """Write documents, first in place of those that are there; says which are written."""
        free = iter(self._stale(filled))
        return (*filled, *(self.put(packed, next(free, None)) for packed in full))

    def _stale(self, filled: Collection[int]) -> list[Sourced]:
        """Give the documents that have not left and bear the figures of an earlier comparison."""
        return [
            each
            for each in _unsettled(self._tx, self._view, _WANTED)
            if press_of(each.document_id) == self._press.id
            and position_of(each.document_id) not in filled
        ]

    def _end(self, counted: Counted, filled: Sequence[int]) -> None:
        """Leave out what is too many, and keep what it came to."""
        withdraw(self._tx, self._view, self._stale(filled), self._now)
        taken_at = None if filled else self._now
        presses.change(self._tx, self._press.id, result=counted, taken_at=taken_at)

    def put(self, packed: Packed, there: Sourced | None) -> int:
        """Write a document, in place of one that has not left or a new one; says its position."""
        if there is None:
            self._last += 1
            position = self._last
        else:
            position = position_of(there.document_id)
        document = StockCount(
            id=document_id(self._press.id, position),
            number=f"C{self._press.id}-{position}",
            revision=str(self._run.id),
            counted_on=self._view.settings.local_date(self._now),
            account=Reference(self._press.wanted.account),
            memo=self._press.wanted.memo,
            site=packed.site,
            lines=packed.lines,
        )
        row = self._keep(document)
        if there is None:
            transfers.begin(self._tx, [self._begun(document, row)])
        else:
            keep(self._tx, [(there.transfer, self._moved(there, document))], self._now)
        return position

    def _keep(self, document: StockCount) -> int:
        source = self._view.operations.id
        known = documents.seen_fingerprints(self._tx, source, _KIND, [document.id])
        documents.see(self._tx, source, _KIND, [document], {}, self._now, known=known)
        [seen] = documents.by_ids(self._tx, source, _KIND, [document.id])
        # It is this press's alone: other links of the same source have no part in it.
        documents.take_up(self._tx, [seen.row])
        return seen.row

    def _begun(self, document: StockCount, row: int) -> Transfer:
        blank = Transfer(
            id=0,
            link=self._view.link.id,
            flow=FLOW.name.value,
            document_row=row,
            target=self._view.target_of(FLOW).id,
            target_kind=_KIND,
            number=document.number,
            state=State.HELD,
            state_since=self._now,
            released_at=self._now,
            wish=Wish.SEND,
            wished_by=self._press.author,
        )
        at = Standpoint(
            flow=FLOW.name,
            link=self._view.rules,
            kind=_KIND,
            body=encode(document),
            fingerprint=fingerprint(document),
            is_withdrawn=False,
        )
        return reconsider(blank, at, self._now, pressed=True)

    def _moved(self, there: Sourced, document: StockCount) -> Transfer:
        """Let a document go on that has its lines anew."""
        before = there.transfer
        if before.state is State.REFUSED:
            at = replace(
                standpoint(self._tx, there, self._view),
                body=encode(document),
                fingerprint=fingerprint(document),
            )
            return reconsider(before, at, self._now, restart=True)
        return advance(before, Event.DUE, self._now) if _counts_anew(before) else before


# --- What is not sent ---------------------------------------------------------------------


def withdraw(tx: Tx, view: LinkView, found: Sequence[Sourced], now: datetime) -> None:
    """Leave out documents in whose place newer ones stand."""
    documents.mark_gone(tx, view.operations.id, _KIND, [each.document_id for each in found])
    keep(
        tx,
        [
            (
                each.transfer,
                reconsider(
                    each.transfer, replace(standpoint(tx, each, view), is_withdrawn=True), now
                ),
            )
            for each in found
        ],
        now,
    )


def _supersede(tx: Tx, view: LinkView, press: Press, now: datetime) -> None:
    """End a press in whose place a newer one stands; what has landed of it stays."""
    waits = [
        each for each in _unsettled(tx, view, _WANTED) if press_of(each.document_id) == press.id
    ]
    withdraw(tx, view, waits, now)
    result = msgspec.structs.replace(press.result or Counted(), is_superseded=True)
    presses.change(tx, press.id, result=result, taken_at=now)


def _supersede_stopped(tx: Tx, view: LinkView, newer: Sequence[Press], now: datetime) -> None:
    """Leave out what was refused or held of presses in whose place newer ones stand."""
    stopped = presses.unsettled(tx, view.link.id, (State.REFUSED, State.HELD))
    stopped = [each for each in stopped if each.pairing is None]
    if not stopped or not newer:
        return
    owners = presses.load(tx, {press_of(each.document_id) for each in stopped})
    withdraw(
        tx,
        view,
        [each for each in stopped if _is_covered(owners[press_of(each.document_id)], newer)],
        now,
    )


def _is_covered(press: Press, newer: Iterable[Press]) -> bool:
    return any(each.id > press.id and each.wanted.covers(press.wanted) for each in newer)


def look_after(
    tx: Tx, connection: Connection, run: Run, views: Sequence[LinkView], now: datetime
) -> None:
    """See that no count leaves that another run made, and that one bad line stops one line.

    What became ready otherwise (its time to wait is over, somebody tried it again, a pause
    ended) waits until it is counted anew.
    """
    for view in views:
        if view.target_of(FLOW).id != connection.id or FLOW not in view.flows:
            continue
        found = _unsettled(tx, view, (State.READY, State.REFUSED))
        ready = [each for each in found if each.transfer.state is State.READY]
        is_stale = bool(ready) and _has_moved(tx, view, run)
        _put_off(tx, view, [each for each in ready if is_stale or not _is_of(each, run)], now)
        if is_on(view):
            refused = [each for each in found if each.transfer.state is State.REFUSED]
            _set_apart(tx, view, run, [each for each in refused if _is_of(each, run)], now)


def _has_moved(tx: Tx, view: LinkView, run: Run) -> bool:
    """Whether a receipt set out since this run read the books' stock."""
    since = runs.load(tx, run.id).facts.stock_from
    return since is not None and moved_since(tx, view, since)


def _count_of(each: Sourced) -> StockCount:
    document = decode(_KIND, each.body)
    assert isinstance(document, StockCount), "counts make stock counts"
    return document


def _is_of(each: Sourced, run: Run) -> bool:
    return _count_of(each).revision == str(run.id)


def _put_off(tx: Tx, view: LinkView, stale: Sequence[Sourced], now: datetime) -> None:
    """Let counts wait that are to be made anew, and open their presses once more."""
    if not stale:
        return
    why = reason(_COUNT_WAITS)
    keep(
        tx,
        [
            (
                each.transfer,
                advance(each.transfer, Event.BUSY, now, why=why, retry_after=_WAITS_FOR),
            )
            for each in stale
        ],
        now,
    )
    for press in sorted({press_of(each.document_id) for each in stale}):
        presses.change(tx, press, taken_at=None)
    connections.wake(tx, view.operations.id, now)


def _set_apart(tx: Tx, view: LinkView, run: Run, refused: Sequence[Sourced], now: datetime) -> None:
    """Send a refused document without the line that the refusal names, and that line alone.

    QuickBooks takes all lines of an adjustment or none (STOCK-10).
    """
    owners: Mapping[int, Press] = {}
    if refused:
        owners = presses.load(tx, {press_of(each.document_id) for each in refused})
    for each in refused:
        count, refusal = _count_of(each), each.transfer.refusal
        lines = count.lines
        rest = None if refusal is None else without(lines, refusal.where, refusal.value)
        if rest is None:
            continue
        books = _Books(tx, view, owners[press_of(each.document_id)], run, now)
        books.put(Packed(count.site, rest), each)
        apart = tuple(line for line in lines if line not in rest)
        books.put(Packed(count.site, apart), None)
