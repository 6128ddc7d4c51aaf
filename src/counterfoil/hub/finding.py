"""Finding what people name: a connection, a link, a flow, a state, transfers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import (
    FLOWS,
    Direction,
    Flow,
    FlowMode,
    FlowName,
    Leading,
    SystemName,
)
from counterfoil.told import Advice

__all__ = [
    "all_there",
    "built",
    "check_going",
    "connection_named",
    "find_link",
    "flow_named",
    "flow_of",
    "link_named",
    "loaded",
    "sides",
    "state_named",
    "system_named",
]

_Word = TypeVar("_Word", SystemName, State, FlowName)

# --- By number or name --------------------------------------------------------------------


def find_link(tx: Tx, link: int | str) -> Link:
    """Find a link by its number or name.

    Raises:
        UsageError: There is none.
    """
    found = connections.load_link(tx, link)
    if found is None:
        known = ", ".join(f"{each.id} ({each.name})" for each in connections.all_links(tx))
        raise _none(f"There is no link {str(link)!r}.", known, _ADD_LINK)
    return found


def link_named(hub: Hub, id_or_name: int | str) -> Link:
    """Find a link by its number or name.

    Raises:
        UsageError: There is none.
    """
    with hub.database.reading() as tx:
        return find_link(tx, id_or_name)


def connection_named(hub: Hub, id_or_name: int | str) -> Connection:
    """Find a connection by its number or name.

    Raises:
        UsageError: There is none.
    """
    with hub.database.reading() as tx:
        found = connections.load(tx, id_or_name)
        if found is not None:
            return found
        known = ", ".join(f"{each.id} ({each.name})" for each in connections.all_connections(tx))
    unknown = f"There is no connection {str(id_or_name)!r}."
    raise _none(unknown, known, advice.add_connection("Make one"))


_ADD_LINK: Final = Advice("Make one", "links add", "/links/new")


def _none(unknown: str, known: str, add: Advice) -> UsageError:
    return UsageError(f"{unknown} There are: {known}.") if known else UsageError(unknown, add)


def sides(hub: Hub, link: Link) -> tuple[Connection, Connection]:
    """Give a link's two connections, operations first."""
    with hub.database.reading() as tx:
        view = view_of(tx, link)
    return view.operations, view.books


def check_going(link: Link) -> None:
    """Refuse to begin anything for a link that does not go on.

    Raises:
        UsageError: It is paused or was removed; says how it goes on.
    """
    if link.is_active and not link.is_paused:
        return
    why = "is paused" if link.is_active else "was removed"
    raise UsageError(
        f"The link “{link.name}” {why}, so nothing of it is read or sent.",
        advice.resume(link.id),
    )


def loaded(tx: Tx, ids: Sequence[int]) -> list[Sourced]:
    """Load the transfers that people name by their ids.

    Raises:
        UsageError: One of them does not exist.
    """
    found = transfers.load(tx, ids)
    _need({each.transfer.id for each in found}, ids)
    return found


def all_there(tx: Tx, ids: Sequence[int]) -> None:
    """See that the transfers exist that people name by their ids, however many.

    Raises:
        UsageError: One of them does not.
    """
    _need(transfers.known(tx, ids), ids)


def _need(known: Collection[int], ids: Sequence[int]) -> None:
    missing = set(ids) - set(known)
    if missing:
        names = ", ".join(str(each) for each in sorted(missing))
        raise UsageError(f"There is no transfer {names}.", advice.see_transfers())


# --- By a word ----------------------------------------------------------------------------


def system_named(text: str) -> SystemName:
    """Read the name of an outside system.

    Raises:
        UsageError: There is no such system.
    """
    return _one_of(SystemName, text, "system")


def state_named(text: str) -> State:
    """Read the name of a transfer's state.

    Raises:
        UsageError: There is no such state.
    """
    return _one_of(State, text, "state")


def flow_named(text: str) -> FlowName:
    """Read the name of a flow.

    Raises:
        UsageError: There is no such flow.
    """
    return _one_of(FlowName, text, "flow")


def _one_of(words: type[_Word], text: str, what: str) -> _Word:
    typed = text.strip().lower().replace("_", "-")
    for each in words:
        if each.value == typed:
            return each
    raise UsageError(f"{text!r} is no {what}. Choose one of: {', '.join(words)}.")


# What people call documents where they come from.
_ALSO_CALLED: Final[Mapping[str, DocumentKind]] = MappingProxyType(
    {
        "receiving": DocumentKind.RECEIPT,
        "shipping": DocumentKind.SHIPMENT,
        "production": DocumentKind.WORK_ENTRY,
        "production-order": DocumentKind.WORK_ENTRY,
        "timesheet": DocumentKind.WORK_ENTRY,
        "time-entry": DocumentKind.WORK_ENTRY,
        "time-entries": DocumentKind.WORK_ENTRY,
        "work-entries": DocumentKind.WORK_ENTRY,
        "inventory": DocumentKind.STOCK_COUNT,
        "stock": DocumentKind.STOCK_COUNT,
    }
)


def flow_of(kind: str, direction: Direction) -> Flow:
    """Find the flow that takes a kind of document one way.

    The kind may be named as its system's users do, in the singular or the plural:
    ``receiving`` is a receipt.

    Raises:
        UsageError: No such kind or no such flow.
    """
    known = {flow.source.value: flow for flow in FLOWS.values() if flow.direction is direction}
    typed = "-".join(kind.lower().replace("_", " ").replace("-", " ").split())
    for word in (typed, typed.removesuffix("s")):
        flow = known.get(_ALSO_CALLED.get(word, word))
        if flow is not None:
            return flow
    also = {word for word, meant in _ALSO_CALLED.items() if meant in known and meant != word}
    raise UsageError(
        f"{kind!r} is no kind that can go this way. Choose one of: {', '.join(sorted(known))}"
        + (f" (or: {', '.join(sorted(also))})." if also else ".")
    )


def built(view: LinkView, flow: Flow) -> None:
    """Refuse a flow that cannot be used on a link.

    Raises:
        UsageError: It is not in this version, or is switched off.
    """
    if flow not in view.flows:
        raise UsageError(
            f"“{flow.title}” between {view.operations.system.words} and "
            f"{view.books.system.words} is not in this version yet.",
            Advice("", "flows"),
        )
    if view.mode_of(flow) is FlowMode.OFF:
        leading = view.settings.general.leading
        if leading is not Leading.OPERATIONS:
            raise UsageError(
                f"The flow “{flow.title}” is off while the link is set to “{leading.label}”: "
                f"{leading.help}",
                advice.set_option(view.link.id, "Change that", "general.leading=operations"),
            )
        raise UsageError(
            f"The flow “{flow.title}” is switched off.",
            advice.set_option(view.link.id, "Switch it on", f"{flow.name}.mode=manual"),
        )
