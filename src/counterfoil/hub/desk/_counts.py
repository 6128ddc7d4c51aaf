"""Stock: what people press, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Item, RecordKind, ended
from counterfoil.engine.counting import Wanted
from counterfoil.errors import UsageError
from counterfoil.hub import advice, needed
from counterfoil.hub.counting import FLOW, is_on
from counterfoil.hub.finding import built, check_going, find_link
from counterfoil.hub.links import LinkView, all_views, view_of
from counterfoil.hub.received import needing_resync
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import connections, directory, presses
from counterfoil.settings import count_due_since
from counterfoil.told import Advice

from ._pressing import press_all

__all__ = ["Pressed", "press_count", "press_due_counts"]

# Products named one by one; more are all of them.
_CODES_MAX = 10_000


class Pressed(NamedTuple):
    """A press on “send stock”.

    Attributes:
        id: Under which it is told what comes of it.
        resync: Numbers of orders and receipts that need resync: their goods count as they were
            sent, unless the settings send them first (N7).
    """

    id: int
    resync: tuple[str, ...]


def press_count(
    hub: Hub,
    link: int | str,
    codes: Sequence[str],
    actor: str,
    *,
    everything: bool,
    account: str | None = None,
    memo: str | None = None,
    is_preview: bool = False,
    once_within: timedelta = timedelta(),
) -> Pressed:
    """Note that a person wants the stock of products sent, or a preview of that.

    Account and memo are those of the settings where none is given.  Nothing is asked of any
    system yet.

    Args:
        once_within: Who presses for the very same again within so long, while the first press is
            open, has pressed once; that one is given.

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
            is_preview=is_preview,
        )
        same = _same(tx, view, wanted, actor, now - once_within)
        return _press(tx, view, wanted, actor, now) if same is None else same


def _same(tx: Tx, view: LinkView, wanted: Wanted, actor: str, since: datetime) -> Pressed | None:
    """Give the newest press, where it is the same person's for the very same since then."""
    newest = next(iter(presses.opened(tx, view.link.id)), None)
    if newest is None or newest.author != actor or newest.made_at <= since:
        return None
    resync = newest.wanted.resync
    if msgspec.structs.replace(wanted, resync=resync) != newest.wanted:
        return None
    return Pressed(newest.id, resync)


def press_due_counts(hub: Hub) -> list[int]:
    """Press for the links whose time has come by their settings; gives the presses."""
    now = hub.now()
    with hub.database.reading() as tx:
        if not _due(tx, now):
            return []
    with hub.database.writing() as tx:
        return [_press(tx, view, _of_all(view), _SCHEDULE, now).id for view in _due(tx, now)]


_SCHEDULE: Final = "schedule"
# Presses are few; one of these was the last that wrote anything.
_LOOKED_BACK: Final = 100


def _due(tx: Tx, now: datetime) -> list[LinkView]:
    return [view for view in all_views(tx) if _is_due(tx, view, now)]


def _is_due(tx: Tx, view: LinkView, now: datetime) -> bool:
    since = count_due_since(view.settings, now)
    if since is None or not is_on(view) or not view.settings.stock_count_out.adjustment_account:
        return False
    return not any(
        each.made_at >= since and each.wanted.items is None and not each.wanted.is_preview
        for each in presses.of_link(tx, view.link.id, _LOOKED_BACK)
    )


def _of_all(view: LinkView) -> Wanted:
    rules = view.settings.stock_count_out
    account = _account(view, rules.adjustment_account)
    return Wanted(items=None, account=account, memo=rules.adjustment_memo)


def _press(tx: Tx, view: LinkView, wanted: Wanted, actor: str, now: datetime) -> Pressed:
    """Keep a press, with what needs resync; as set, that is sent first in the same run."""
    changed = needing_resync(tx, view)
    resync = tuple(each.transfer.number or str(each.transfer.id) for each in changed)
    wanted = msgspec.structs.replace(wanted, resync=resync)
    press = presses.add(tx, view.link.id, wanted, actor, now)
    what = "all products" if wanted.items is None else f"{len(wanted.items)} products"
    connections.note(tx, now, actor, "stock sent", f"link/{view.link.id}", f"press {press}: {what}")
    if view.settings.stock_count_out.resync_first and not wanted.is_preview:
        press_all(tx, changed, actor, view, now)
    if traits_of(view.operations.system).lists_every:
        # Products that were entered since the list was read count, too (N4).
        needed.ask(tx, view.operations.id, RecordKind.ITEM)
    connections.wake(tx, view.operations.id, now)
    return Pressed(press, resync)


def _may(view: LinkView) -> None:
    built(view, FLOW)
    if view.problems:
        told = " ".join(ended(str(each)) for each in view.problems)
        raise UsageError(f"The settings of the link have a problem that comes first. {told}")
    check_going(view.link)


def _account(view: LinkView, named: str | None) -> str:
    if named is None or not named.strip():
        raise UsageError(
            "Stock cannot be sent without the account on which the difference is booked.",
            Advice("Name it", "--account NAME"),
            advice.set_option(
                view.link.id,
                "Or set one for every time",
                f"{FLOW.name}.adjustment_account=NAME",
            ),
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
            f"{view.operations.name}.",
            advice.read_again(view.link.id, "Check the code, or read again"),
        )
    inactive = [code for code in codes if not products[code].is_active]
    if inactive:
        raise UsageError(f"Not active in {view.operations.name}: {', '.join(inactive)}.")
    return tuple(sorted({each.id for each in products.values()}))
