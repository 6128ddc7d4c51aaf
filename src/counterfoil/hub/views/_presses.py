"""Presses on “send stock” as people see them: what came of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.counting import Differing
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub.document_line import several
from counterfoil.hub.finding import find_link
from counterfoil.hub.links import LinkView, all_views, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import presses, runs
from counterfoil.ledger.presses import Press
from counterfoil.ledger.runs import Run

from ._runs import RunStep

__all__ = [
    "CountPress",
    "count_presses",
    "count_steps",
    "last_presses",
    "press_table",
    "stock_counts",
]

PressState = Literal["reading", "waiting", "counted", "superseded"]


class CountPress(msgspec.Struct, frozen=True, kw_only=True):
    """A press on “send stock”, and what came of it so far.

    Attributes:
        products: How many were named; ``None``: all of them.
        state: ``reading`` (the operations system), ``waiting`` (for the books' next run, or
            for what waits to be sent), ``counted`` or ``superseded``.
        looked_at, equal, differing: What comparing both sides came to, the last time.
        left_out: How many products were left out, by the reason's code.
        named: Those products with the reason, up to a thousand; told of one press only.
        resync: Orders and receipts that needed resync when it was pressed.
        is_preview: Nothing is written: it is told what would be.
        differences: Of a preview, what differs; told of one press only.
        finished_at: When all that came of it was settled: the time of that synchronization.
        transfers: State -> how many documents of this press are in it.
        sentence: All of this in words.
    """

    id: int
    link: int
    made_at: datetime
    author: str
    products: int | None
    account: str
    memo: str | None
    state: PressState
    looked_at: int = 0
    equal: int = 0
    differing: int = 0
    left_out: Mapping[str, int] = {}
    named: tuple[dict[str, str], ...] = ()
    resync: tuple[str, ...] = ()
    is_preview: bool = False
    differences: tuple[dict[str, str | None], ...] = ()
    finished_at: datetime | None = None
    transfers: Mapping[str, int] = {}
    transfer_ids: tuple[int, ...] = ()
    sentence: str


def stock_counts(
    hub: Hub, link: int | str, *, press: int | None = None, limit: int = 20
) -> list[CountPress]:
    """Say what came of the presses of a link, the newest first, or of one of them.

    Raises:
        UsageError: There is no such link or press.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        if press is None:
            found = presses.of_link(tx, view.link.id, limit)
        else:
            found = list(presses.load(tx, [press]).values())
            if not found or found[0].link != view.link.id:
                raise UsageError(f"Link {view.link.id} has no press {press}.")
        shown = [
            _shown(view, each, presses.documents_of(tx, each.id, view.operations.id))
            for each in found
        ]
    if press is not None:
        return shown
    return [msgspec.structs.replace(each, named=(), differences=()) for each in shown]


def count_presses(
    hub: Hub, *, link: int | str | None = None, before: int | None = None, limit: int = 50
) -> list[CountPress]:
    """Give a page of what came of presses, of one link or of all, the newest first.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        of = None if link is None else find_link(tx, link).id
        found = presses.page(tx, of, before, limit)
        known = {each.link.id: each for each in all_views(tx)}
        shown = [
            _shown(view, each, presses.documents_of(tx, each.id, view.operations.id))
            for each in found
            if (view := known.get(each.link)) is not None
        ]
    return [msgspec.structs.replace(each, named=(), differences=()) for each in shown]


def count_steps(hub: Hub, link: int | str, press: int) -> list[RunStep]:
    """Tell a press as the steps that it goes through.

    Raises:
        UsageError: There is no such link or press.
    """
    (shown,) = stock_counts(hub, link, press=press)
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        (kept,) = presses.load(tx, [press]).values()
        run = runs.open_since(tx, view.books.id, hub.now() - _SILENT)
    return list(_steps(shown, kept, view, run))


# A run of which nobody has heard for so long compares nothing any more.
_SILENT: Final = timedelta(minutes=15)


def _steps(shown: CountPress, kept: Press, view: LinkView, run: Run | None) -> Iterator[RunStep]:
    operations, books = view.operations.name, view.books.name
    is_over = shown.state in ("counted", "superseded")
    if kept.counted_at is None and not is_over:
        yield RunStep(title=f"Asks {operations} how much there is", state="now")
    else:
        yield RunStep(
            title=f"Asked {operations} how much there is", state="done", at=kept.counted_at
        )
    if shown.looked_at:
        note = several("product", shown.looked_at)
        yield RunStep(title=f"Compared with {books}", state="done", note=note)
    elif kept.counted_at is None or is_over:
        yield RunStep(title=f"Compare with {books}", state="later")
    else:
        yield RunStep(title=f"Compares with {books}", state="now", note=_compared(shown, view, run))
    if not shown.is_preview:
        yield _adjusting(shown, books, is_over=is_over)


def _compared(shown: CountPress, view: LinkView, run: Run | None) -> str:
    """Say how far comparing is, or for what it waits."""
    comparing = None if run is None else run.facts.comparing
    if comparing is not None and comparing.press == shown.id:
        return f"{several('product', comparing.so_far.products)} so far"
    if run is not None:
        return "reading what it holds"
    if traits_of(view.books.system).is_called:
        return "with its next run"
    return "when its Web Connector or agent calls next"


def _adjusting(shown: CountPress, books: str, *, is_over: bool) -> RunStep:
    done = shown.transfers.get(State.DONE.value, 0)
    total = sum(shown.transfers.values())
    note = f"{done} of {several('adjustment', total)} arrived" if total else ""
    if is_over:
        title = f"Adjusted what differs in {books}" if total else "Nothing had to be adjusted"
        return RunStep(title=title, state="done", at=shown.finished_at, note=note)
    return RunStep(
        title=f"Adjust what differs in {books}",
        state="now" if shown.looked_at else "later",
        note=note,
    )


def press_table(
    press: CountPress,
) -> tuple[Sequence[str], list[tuple[str | Decimal | None, ...]]]:
    """Give one press as a table: what differs, and what was left out with the reason."""
    amounts = ("here", "there", "difference", "value")
    differing = [
        (each["item"], each["site"], *(_decimal(each[name]) for name in amounts), "")
        for each in press.differences
    ]
    left_out = [
        (each["product"], None, *(None for _ in amounts), each["sentence"]) for each in press.named
    ]
    header = ("product", "site", "to_be", "in_the_books", "difference", "value", "left_out")
    return header, [*differing, *left_out]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def last_presses(tx: Tx, views: Sequence[LinkView]) -> dict[int, str]:
    """Say, by link, what came of the last press; a link that never had one is left out.

    How its documents stand is told with those of the flow.
    """
    newest = presses.newest(tx)
    return {
        each.link.id: _shown(each, newest[each.link.id], ()).sentence
        for each in views
        if each.link.id in newest
    }


def _shown(view: LinkView, press: Press, made: Sequence[tuple[int, str, State]]) -> CountPress:
    states = Counter(state.value for _id, _document, state in made)
    result = press.result
    shown = CountPress(
        id=press.id,
        link=press.link,
        made_at=press.made_at,
        author=press.author,
        products=None if press.wanted.items is None else len(press.wanted.items),
        account=press.wanted.account,
        memo=press.wanted.memo,
        state=_state(press),
        resync=press.wanted.resync,
        is_preview=press.wanted.is_preview,
        finished_at=press.taken_at,
        transfers=dict(sorted(states.items())),
        transfer_ids=tuple(transfer for transfer, _document, _state in made),
        sentence="",
    )
    if result is not None:
        shown = msgspec.structs.replace(
            shown,
            looked_at=result.products,
            equal=result.equal,
            differing=result.differing,
            left_out=result.left_out,
            named=tuple(
                {
                    "product": each.product,
                    "reason": each.reason.code,
                    "sentence": each.reason.sentence,
                }
                for each in result.named
            ),
            differences=tuple(_difference(each) for each in result.rows),
        )
    return msgspec.structs.replace(shown, sentence=_sentence(shown, view))


def _difference(each: Differing) -> dict[str, str | None]:
    return {
        "item": each.item,
        "product": each.product or None,
        "site": each.site or None,
        "here": format(each.here, "f"),
        "there": format(each.there, "f"),
        "difference": format(each.here - each.there, "f"),
        "value": None if each.value is None else format(each.value, ".2f"),
    }


def _state(press: Press) -> PressState:
    if press.result is not None and press.result.is_superseded:
        return "superseded"
    if press.result is not None and press.taken_at is not None:
        return "counted"
    if press.counted_at is None:
        return "reading"
    return "waiting"


def _sentence(shown: CountPress, view: LinkView) -> str:
    match shown.state:
        case "superseded":
            return "A newer press took the place of what had not landed of it."
        case "reading":
            return f"{view.operations.name} is being asked how much there is."
        case "waiting" if not shown.looked_at:
            return f"It is compared with {view.books.name} in its next run."
    left_out = sum(shown.left_out.values())
    adjusted = "to be adjusted" if shown.is_preview else "adjusted"
    told = [f"{shown.differing} {adjusted}"] if shown.differing else []
    # Where nothing could be compared, nothing is known to agree.
    told += ["nothing differs"] if not shown.differing and (shown.equal or not left_out) else []
    told += [f"{shown.equal} equal"] if shown.equal else []
    told += [f"{left_out} left out"] if left_out else []
    told += [f"{number} {state}" for state, number in shown.transfers.items() if state != "done"]
    products = "1 product" if shown.looked_at == 1 else f"{shown.looked_at} products"
    return f"{products}: {', '.join(told)}."
