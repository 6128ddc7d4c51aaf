"""Saying which document of the target a transfer is, and taking that back."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import Standing, State
from counterfoil.engine.moving import reconsider
from counterfoil.errors import UsageError
from counterfoil.hub import adopting, advice
from counterfoil.hub.document_line import called
from counterfoil.hub.finding import find_link, loaded
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.orders import followers_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import keep, standpoint
from counterfoil.hub.systems import target_by_the_newest, traits_of
from counterfoil.hub.views import Adopted
from counterfoil.ledger import adoptions, connections
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.told import Advice

from ._seen import NOT_LOOKED_AT, Seen, moved_since

__all__ = ["adopt", "take_back"]


def adopt(
    hub: Hub,
    transfer_id: int,
    named: str,
    actor: str,
    *,
    consent: bool = False,
    seen: Seen = NOT_LOOKED_AT,
) -> Adopted:
    """Say which document of the target a transfer is: somebody entered it there by hand.

    It is looked up with the target's next run, and only counts once it was seen there: until
    then the transfer is unconfirmed, and nothing is sent for it.

    Args:
        named: Its number there, or its identity.
        consent: Also a document for another customer or vendor, or with another total.
        seen: The version of it that was looked at.

    Raises:
        UsageError: It cannot be adopted now, has moved since it was seen, or nothing there can
            bear that name.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        each = loaded(tx, [transfer_id])[0]
        before = each.transfer
        for why in moved_since(tx, [each], seen).values():
            raise UsageError(why)
        _may_be_adopted(each)
        view = view_of(tx, find_link(tx, before.link))
        typed = _checked(view, each, named.strip())
        wished = msgspec.structs.replace(before, wish=Wish.ADOPT, wished_by=actor)
        if before.standing not in (Standing.STOPPED, Standing.IN_FLIGHT):
            # What was refused keeps its refusal until it is confirmed: it may be taken back.
            wished = reconsider(wished, standpoint(tx, each, view), now, pressed=True)
        keep(tx, [(before, wished)], now)
        adoptions.name(tx, transfer_id, before.target, typed, consents=consent)
        connections.wake(tx, before.target, now)
        connections.note(tx, now, actor, "adopted", f"transfer/{transfer_id}", typed)
        target = view.target_of(FLOWS[FlowName(before.flow)])
    when = (
        "with its next run"
        if traits_of(target.system).is_called
        else "when its Web Connector or agent calls next"
    )
    return Adopted(
        transfer=transfer_id,
        named=typed,
        is_confirmed=False,
        sentence=f"Unconfirmed: {target.name} is asked for {typed} {when}. Until it was seen "
        "there, nothing is sent.",
    )


def _may_be_adopted(each: Sourced) -> None:
    """Refuse what is on its way, or has a document there already."""
    before, pairing = each.transfer, each.pairing
    if before.state in (State.SENDING, State.CONFIRMING):
        raise UsageError(f"The {called(each)} is on its way; adopt it once its answer is there.")
    if pairing is not None and pairing.gone_at is None:
        there = pairing.number or pairing.target_id
        back = advice.unadopt if pairing.is_adopted else advice.undo
        raise UsageError(
            f"The {called(each)} has been sent already: it is {there} there.",
            back(before.id, "Undo that first, to make it another one"),
        )


def _checked(view: LinkView, each: Sourced, named: str) -> str:
    """Give the name once something there can bear it.

    Raises:
        UsageError: Nothing can.
    """
    flow = FlowName(each.transfer.flow)
    connection = view.target_of(FLOWS[flow])
    target = target_by_the_newest(connection)
    if named and adopting.ways_to_ask(connection, flow, view.settings, named, target):
        return named
    raise UsageError(
        f"{named!r} can be neither the number nor the identity of a document in "
        f"{connection.name}. Type the number as it stands there."
    )


def take_back(hub: Hub, transfer_id: int, actor: str) -> Adopted:
    """Take back that a transfer is a document of the target; that document stays as it is.

    Raises:
        UsageError: Nobody said so, or other documents are linked to it.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        each = loaded(tx, [transfer_id])[0]
        return take_back_one(tx, each, actor, now)


def take_back_one(tx: Tx, each: Sourced, actor: str, now: datetime) -> Adopted:
    """Take back one adoption, confirmed or not, in an open transaction."""
    before, pairing = each.transfer, each.pairing
    is_said = before.wish is Wish.ADOPT
    if not is_said and (pairing is None or not pairing.is_adopted):
        raise UsageError(f"The {called(each)} was not adopted: there is nothing to take back.")
    if before.standing is Standing.IN_FLIGHT and not is_said:
        raise UsageError(f"The {called(each)} is on its way; take that back once it has ended.")
    if followers_of(tx, [each]).get(before.id):
        raise UsageError(
            f"Other documents are linked to what the {called(each)} is there.",
            Advice("Take those out first", "undo --transfer ID"),
        )
    after = adopting.taken_back(tx, each, actor, now)
    connections.note(tx, now, actor, "adoption taken back", f"transfer/{before.id}")
    return Adopted(
        transfer=before.id,
        named="",
        is_confirmed=False,
        sentence=f"Taken back; nothing was changed there. It is {after.state} now"
        + (f": {after.sentence}" if after.sentence else "."),
    )
