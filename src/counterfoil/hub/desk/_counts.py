"""Stock: what people press, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Item, RecordKind
from counterfoil.engine.counting import Wanted
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub.counting import FLOW
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, directory, presses
from counterfoil.ledger.presses import Press

from ._finding import built, check_going, find_link

__all__ = ["CountPress", "last_presses", "press_count", "stock_counts"]

# Products named one by one; more are all of them.
_CODES_MAX = 10_000

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
    transfers: Mapping[str, int] = {}
    transfer_ids: tuple[int, ...] = ()
    sentence: str


def press_count(
    hub: Hub,
    link: int | str,
    codes: Sequence[str],
    actor: str,
    *,
    everything: bool,
    account: str | None = None,
    memo: str | None = None,
) -> int:
    """Note that a person wants the stock of products sent; says the press's id.

    Account and memo are those of the settings where none is given.  Nothing is asked of any
    system yet.

    Raises:
        UsageError: The flow cannot be used, no account is set (STOCK-1), or a code is not
            known.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        _may(view)
        rules = view.settings.stock_count_out
        wanted = Wanted(
            items=None if everything else _products(tx, view, codes),
            account=_account(view, account or rules.adjustment_account),
            memo=rules.adjustment_memo if memo is None else memo or None,
        )
        press = presses.add(tx, view.link.id, wanted, actor, now)
        what = "all products" if wanted.items is None else ", ".join(codes)[:200]
        connections.note(
            tx, now, actor, "stock sent", f"link/{view.link.id}", f"press {press}: {what}"
        )
        connections.wake(tx, view.operations.id, now)
        return press


def _may(view: LinkView) -> None:
    built(view, FLOW)
    if view.problems:
        told = "; ".join(str(each) for each in view.problems)
        raise UsageError(f"The settings of the link have a problem that comes first: {told}")
    check_going(view.link)


def _account(view: LinkView, named: str | None) -> str:
    if named is None or not named.strip():
        raise UsageError(
            "Stock cannot be sent without the account on which the difference is booked. Name "
            f"it with --account, or set it with: counterfoil settings set {view.link.id} "
            f"{FLOW.name}.adjustment_account=NAME"
        )
    return named.strip()


def _products(tx: Tx, view: LinkView, codes: Sequence[str]) -> tuple[str, ...]:
    """Find the products with these codes."""
    if len(codes) > _CODES_MAX:
        raise UsageError(f"Name at most {_CODES_MAX} products, or send all of them.")
    named = {(RecordKind.ITEM, code) for code in codes}
    found = directory.read(tx, view.operations.id, named)
    products = {name: each for (_kind, name), each in found.items() if isinstance(each, Item)}
    missing = [code for code in codes if code not in products]
    if missing:
        raise UsageError(
            f"No product with the code {', '.join(missing)} has been read from "
            f"{view.operations.name}. Check the code, or read again with: counterfoil run "
            f"{view.link.id}"
        )
    inactive = [code for code in codes if not products[code].is_active]
    if inactive:
        raise UsageError(f"Not active in {view.operations.name}: {', '.join(inactive)}.")
    return tuple(sorted({each.id for each in products.values()}))


# --- What came of it ----------------------------------------------------------------------


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
    return [msgspec.structs.replace(each, named=()) for each in shown]


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
        )
    return msgspec.structs.replace(shown, sentence=_sentence(shown, view))


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
    told = [f"{shown.differing} adjusted"] if shown.differing else []
    # Where nothing could be compared, nothing is known to agree.
    told += ["nothing differs"] if not shown.differing and (shown.equal or not left_out) else []
    told += [f"{shown.equal} equal"] if shown.equal else []
    told += [f"{left_out} left out"] if left_out else []
    told += [f"{number} {state}" for state, number in shown.transfers.items() if state != "done"]
    products = "1 product" if shown.looked_at == 1 else f"{shown.looked_at} products"
    return f"{products}: {', '.join(told)}."
