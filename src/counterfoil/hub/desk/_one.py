"""One order now, whatever its status and age (OP15): what binds a person all the same."""

from __future__ import annotations

import shlex
from typing import Final

import msgspec

from counterfoil.engine.admission import Go
from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub.finding import built, find_link, loaded
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.standpoints import standpoint
from counterfoil.ledger import transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.told import Advice, Told

from ._pressing import press_all

__all__ = ["OnePressed", "order_named", "press_one"]

_FLOW: Final = FLOWS[FlowName.PURCHASE_ORDER_OUT]
# Whoever numbered it has transferred it: a press on “send” alone passes over that.
_TRANSFERRED: Final = "numbered-elsewhere"
_NAMED_MAX: Final = 20


class OnePressed(msgspec.Struct, frozen=True, kw_only=True):
    """What a press for one order came to.

    Attributes:
        kept: Why it does not go; ``None``: it does.
        is_there: It is in the books already.
        passed: The rules that the press passed over, as sentences.
    """

    kept: Told | None = None
    is_there: bool = False
    passed: tuple[str, ...] = ()


def order_named(hub: Hub, link: int | str, named: str) -> int | None:
    """Find the transfer of an order by its identity or number; ``None``: it was never seen.

    Raises:
        UsageError: Several bear that number, or the flow cannot be used.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        built(view, _FLOW)
        numbered = transfers.search(
            tx, link_id=view.link.id, flow=_FLOW.name.value, codes=[named], limit=_NAMED_MAX
        )
        identified = transfers.of_sources(tx, view.operations.id, _FLOW.source, [named])
    found = {
        each.transfer.id: each
        for each in (*identified, *numbered)
        if each.transfer.link == view.link.id and each.transfer.flow == _FLOW.name.value
    }
    exact = [each for each in found.values() if each.document_id == named]
    ids = [each.transfer.id for each in exact or found.values()]
    if len(ids) > 1:
        known = ", ".join(sorted(each.document_id for each in found.values()))
        raise UsageError(
            f"Several orders bear the number “{named}”. Name the one meant by its identity: "
            f"{known}."
        )
    return ids[0] if ids else None


def press_one(hub: Hub, transfer_id: int, actor: str) -> OnePressed:
    """Send one order now: its status and its age do not bind a person.

    That it is cancelled, or transferred already, does.
    """
    with hub.database.writing() as tx:
        (each,) = loaded(tx, [transfer_id])
        view = view_of(tx, find_link(tx, each.transfer.link))
        if each.pairing is not None:
            return OnePressed(kept=_there(each, view), is_there=True)
        if each.transfer.is_unclear:
            # Whoever names an order does not say that it did not arrive.
            return OnePressed(kept=_told(each.transfer.sentence))
        at = standpoint(tx, each, view)
        wished = msgspec.structs.replace(each.transfer, wish=Wish.SEND)
        admission = at.admission(wished, hub.now())
        passed = admission.passed if isinstance(admission, Go) else ()
        foreign = next((rule for rule in passed if rule.code == _TRANSFERRED), None)
        if foreign is not None:
            return OnePressed(kept=Told(foreign.sentence))
        pressed = press_all(tx, [each], actor, view, hub.now())
    return OnePressed(
        kept=_told(pressed.left[0].sentence) if pressed.left else None,
        passed=tuple(rule.sentence for rule in passed),
    )


def _told(sentence: Told | str | None) -> Told | None:
    return Told(sentence) if isinstance(sentence, str) else sentence


def _there(each: Sourced, view: LinkView) -> Told:
    assert each.pairing is not None, "it has landed"
    number = each.pairing.number or each.pairing.target_id
    told = f"It is in {view.books.name} already, as {number}."
    if each.transfer.state is State.DONE:
        return Told(told)
    named = shlex.quote(each.transfer.number or each.document_id)
    return Told(
        f"{told} It has changed since.",
        Advice(
            "Send that",
            f"send {view.link.id} purchase-order {named}",
            f"/transfers/{each.transfer.id}",
        ),
    )
