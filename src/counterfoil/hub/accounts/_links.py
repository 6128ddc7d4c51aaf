"""Pairing connections, and pausing, resuming and removing a pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub import advice, intake
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import is_of_trial
from counterfoil.hub.systems import Side, side_of, traits_of
from counterfoil.ledger import connections, documents, routes
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import (
    OPTIONS,
    Settings,
    defaults_of,
    encode_settings,
    flows_between,
    sections_for,
)
from counterfoil.told import Advice, Told

from ._connections import as_name, loaded

__all__ = ["Linked", "add_link", "change_link"]


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A link just made, or resumed.

    Attributes:
        is_resumed: It had been removed; its transfers, settings and pairings are back.
        starts_from: What its start leaves out, in one sentence.
    """

    id: int
    name: str
    link: Link
    is_resumed: bool
    starts_from: Told


def add_link(
    hub: Hub, operations: str, books: str, actor: str, *, name: str | None = None
) -> Linked:
    """Pair an operations connection with a books connection.

    The same two accounts are linked once; a link of theirs that was removed is resumed, with
    everything it knew.

    Raises:
        UsageError: One of them does not exist, is of the wrong side, or they are linked.
    """
    with hub.database.writing() as tx:
        linked = _link_up(tx, hub, operations, books, actor, name)
    if linked.is_resumed:
        intake.decide_anew(hub, linked.id, restart=False)
    return linked


def _link_up(tx: Tx, hub: Hub, operations: str, books: str, actor: str, name: str | None) -> Linked:
    left = _side(tx, operations, Side.OPERATIONS)
    right = _side(tx, books, Side.BOOKS)
    if not any(
        flow.is_built(left.system, right.system)
        for flow in flows_between(left.system, right.system)
    ):
        raise UsageError(
            f"This version has no flow between {left.system.words} and {right.system.words}."
        )
    if is_of_trial(left) is not is_of_trial(right):
        raise UsageError(
            f"One of {left.name} and {right.name} is a stand-in of the trial, the other is real: "
            "what is invented would be sent to real books, or the other way round."
        )
    old = _link_between(tx, left, right)
    if old is not None and old.is_active:
        raise UsageError(f"They are linked already, as {old.name!r} (link {old.id}).")
    if old is not None:
        _resume(tx, hub, old)
        connections.note(tx, hub.now(), actor, "link resumed", f"link/{old.id}")
        return _linked(tx, old.id, is_resumed=True)
    made = connections.add_link(
        tx,
        name=as_name(name or "") or f"{left.name} ↔ {right.name}",
        operations_id=left.id,
        books_id=right.id,
        created_at=hub.now(),
    )
    settings = _first_settings(left, right)
    connections.keep_settings(tx, made, encode_settings(settings), actor, hub.now())
    connections.note(tx, hub.now(), actor, "link added", f"link/{made}")
    return _linked(tx, made, is_resumed=False)


def _side(tx: Tx, named: str, side: Side) -> Connection:
    found = connections.load(tx, named)
    if found is None or side_of(found.system) is not side or not found.is_active:
        raise UsageError(
            f"There is no {side.value} connection {named!r}.", Advice("", "connections list")
        )
    return found


def _link_between(tx: Tx, left: Connection, right: Connection) -> Link | None:
    """Find the link of two connections, or of others to the same two accounts.

    An active one of the same accounts stands in the way as much as one of the connections.
    """
    for link in connections.all_links(tx):
        if (link.operations_id, link.books_id) == (left.id, right.id):
            return link
    return _link_of_accounts(tx, left, right)


def _link_of_accounts(tx: Tx, left: Connection, right: Connection) -> Link | None:
    """Find an active link between the same two accounts."""
    everyone = {each.id: each for each in connections.all_connections(tx)}
    return next(
        (
            link
            for link in connections.all_links(tx)
            if link.is_active
            and _same(everyone[link.operations_id], left)
            and _same(everyone[link.books_id], right)
        ),
        None,
    )


def _same(one: Connection, other: Connection) -> bool:
    is_same_account = one.account is not None and one.account == other.account
    return one.id == other.id or (one.system is other.system and is_same_account)


def _linked(tx: Tx, link_id: int, *, is_resumed: bool) -> Linked:
    link = connections.load_link(tx, link_id)
    assert link is not None, "it is there"
    return Linked(
        id=link.id,
        name=link.name,
        link=link,
        is_resumed=is_resumed,
        starts_from=_starts_from(tx, link, is_resumed=is_resumed),
    )


def _starts_from(tx: Tx, link: Link, *, is_resumed: bool) -> Told:
    view = view_of(tx, link)
    day = view.settings.local_date(link.created_at)
    if is_resumed:
        return Told(
            f"The link of {day} goes on, with its settings and all it knows; what was entered "
            "since it was removed is taken up."
        )
    days = view.settings.purchase_order_out.look_back_days
    if days is not None:
        further = f"purchase-order-out.look_back_days={days + 30}"
        return Told(
            f"Orders that were created up to {days} days ago are taken.",
            advice.set_option(link.id, "Let it look back further, if you want to", further),
        )
    sections = sections_for(view.operations.system, view.books.system)
    first = next(each for each in sections if f"{each}.start_date" in OPTIONS)
    earlier = f"{first}.start_date={day.replace(month=1, day=1)}"
    return Told(
        f"It starts with {day}: documents from before that day are left where they are.",
        advice.set_option(link.id, "For an earlier start set a flow's start date", earlier),
    )


_LINK_CHANGES: Final[Mapping[str, tuple[str, dict[str, bool]]]] = {
    "pause": ("link paused", {"is_paused": True}),
    "resume": ("link resumed", {"is_paused": False, "is_active": True}),
    "remove": ("link removed", {"is_active": False}),
}


def change_link(hub: Hub, link: Link, verb: str, actor: str) -> Link:
    """Pause a link, resume it (also one that was removed), or remove it; nothing is forgotten.

    What is under way when it is paused or removed is finished: its answer is taken, and what
    was never answered is asked about.

    Raises:
        UsageError: It was removed and is to be paused, or resumed it would link its accounts
            twice; or it is to be removed and routes lead to it.
        KeyError: There is no such verb.
    """
    action, values = _LINK_CHANGES[verb]
    with hub.database.writing() as tx:
        connections.lock_link(tx, link.id)
        present = _present(tx, link.id)
        if not present.is_active:
            _check_removed(tx, present, verb)
        if verb == "remove":
            _check_routes(tx, present)
        if verb == "resume":
            _resume(tx, hub, present)
        else:
            connections.change_link(tx, link.id, **values, decide_after=0)
        connections.note(tx, hub.now(), actor, action, f"link/{link.id}")
        found = _present(tx, link.id)
    intake.decide_anew(hub, link.id, restart=False)
    return found


def _present(tx: Tx, link: int) -> Link:
    found = connections.load_link(tx, link)
    assert found is not None, "links are not deleted"
    return found


def _check_removed(tx: Tx, link: Link, verb: str) -> None:
    if verb == "pause":
        raise UsageError(
            f"The link “{link.name}” was removed, so nothing of it is read or sent.",
            advice.resume(link.id, "Take it up again"),
        )
    if verb == "remove":
        raise UsageError(f"The link “{link.name}” was removed already.")
    left = _side(tx, str(link.operations_id), Side.OPERATIONS)
    right = _side(tx, str(link.books_id), Side.BOOKS)
    other = _link_of_accounts(tx, left, right)
    if other is not None:
        raise UsageError(f"They are linked already, as {other.name!r} (link {other.id}).")


def _check_routes(tx: Tx, link: Link) -> None:
    """Keep a link that routes lead to: what they name would go nowhere."""
    found = routes.of_link(tx, link.id)
    if not found:
        return
    source = loaded(tx, link.operations_id)
    shown = ", ".join(each.name or "all the rest" for each in found[:5])
    raise UsageError(
        f"The routes of “{source.name}” lead to it: {shown}.",
        Advice("Lead them elsewhere first", f"routes set {source.id} LINK NAME"),
    )


def _resume(tx: Tx, hub: Hub, link: Link) -> None:
    """Let a link go on: what waits, and what was entered meanwhile, is decided about anew."""
    connections.change_link(tx, link.id, is_active=True, is_paused=False, decide_after=0)
    documents.put_up(tx, link.id)
    for side in (loaded(tx, link.operations_id), loaded(tx, link.books_id)):
        if traits_of(side.system).is_called:
            connections.wake(tx, side.id, hub.now())


def _first_settings(operations: Connection, books: Connection) -> Settings:
    """Begin with what the systems' users expect, and the company's zone: days are counted there."""
    zone = str(operations.parameters.get("time_zone") or "UTC")
    own = defaults_of(operations.system, books.system)
    return msgspec.structs.replace(
        own, general=msgspec.structs.replace(own.general, time_zone=zone)
    )
