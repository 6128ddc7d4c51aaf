"""What the next batch would do; nothing is written anywhere."""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.engine.life import State
from counterfoil.engine.operations import CreateDocument, CreateRecord, UpdateDocument, VoidDocument
from counterfoil.hub import work
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import target_of
from counterfoil.settings import (
    FLOWS,
    FlowName,
)

from ._finding import find_link

__all__ = ["Forecast", "preview"]


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What the next batch would do, if it were sent now."""

    action: str
    subject: str
    name: str | None
    transfer: int | None
    sentence: str | None = None


def preview(hub: Hub, link: int | str) -> list[Forecast]:
    """Say what the next batch to the books would do; nothing is written anywhere."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        target = target_of(view.books, version=Version(16, 0))
        loaded, made = work.plan_next(tx, view.books, [view], target, hub.now())
    before = {each.transfer.id: each.transfer for each in loaded}
    written = [
        Forecast(
            action=_ACTIONS.get(type(each.operation), "look up"),
            subject=each.subject,
            name=_name_of(each.operation) or each.name,
            transfer=each.transfer,
        )
        for each in made.operations
    ]
    stopped = [
        Forecast(
            action="stop",
            subject=FLOWS[FlowName(each.flow)].target.value,
            name=before[each.id].number,
            transfer=each.id,
            sentence=each.sentence,
        )
        for each in made.transfers
        if each.state is State.REFUSED
    ]
    return written + stopped


_ACTIONS: Final[dict[type, str]] = {
    CreateDocument: "create",
    CreateRecord: "create",
    UpdateDocument: "update",
    VoidDocument: "take out",
}


def _name_of(operation: object) -> str | None:
    if isinstance(operation, CreateRecord):
        return operation.record.full_name
    if isinstance(operation, CreateDocument):
        return operation.document.number
    return None
