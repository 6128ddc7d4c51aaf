"""What people ask for: the verbs of the command line and of the API.

Each function is one verb, in one or two short transactions, and answers with plain
records that both faces render.  A verb that cannot be carried out says why, and what to
do, with a ``UsageError``; it changes nothing then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.documents import DocumentKind, RecordKind, Refusal, decode
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import name_key, suggestions
from counterfoil.engine.noticing import begin
from counterfoil.engine.operations import CreateDocument, CreateRecord
from counterfoil.engine.transfers import Landing, Transfer, advance
from counterfoil.errors import UsageError
from counterfoil.ledger import connections, directory, exchanges, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import (
    FLOWS,
    Direction,
    Flow,
    FlowMode,
    FlowName,
    Problem,
    Settings,
    decode_settings,
    encode_settings,
    import_document,
    parse_assignments,
)

from . import work
from .links import LinkView, view_of
from .setup import Hub
from .targets import target_of, traits_of

__all__ = [
    "ConnectionStatus",
    "Forecast",
    "LinkStatus",
    "Released",
    "TransferRow",
    "accept",
    "adopt",
    "connection_status",
    "details",
    "find_link",
    "flow_of",
    "link_status",
    "match_name",
    "preview",
    "release",
    "request_retrieval",
    "retry",
    "rows",
    "set_settings",
    "settings_of",
    "skip",
    "take_settings",
]

_PAGE: Final = 500


class TransferRow(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer as lists show it."""

    id: int
    link: int
    flow: str
    number: str | None
    state: str
    since: datetime
    target_id: str | None
    target_number: str | None
    target_total: str | None
    refusal: str | None
    sentence: str | None
    cure: str | None
    actor: str | None
    retry_at: datetime | None
    attempts: int


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a link stands: transfers by flow and state."""

    id: int
    name: str
    operations: str
    books: str
    settings_version: int
    problems: tuple[str, ...]
    flows: tuple[tuple[str, str, dict[str, int]], ...]
    """Flow, mode, and how many transfers are in which state."""


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection stands."""

    id: int
    system: str
    name: str
    last_seen_at: datetime | None
    problem: str | None
    facts: dict[str, Any]
    records: dict[str, int]
    waiting: int


class Released(msgspec.Struct, frozen=True, kw_only=True):
    """What a person's send or retry came to."""

    released: tuple[int, ...]
    left: tuple[tuple[str, str], ...] = ()
    """Number and sentence of those that were not released."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What the next batch would do, if it were sent now."""

    action: str
    subject: str
    name: str | None
    transfer: int | None
    sentence: str | None = None


# --- Finding things -----------------------------------------------------------------------


def find_link(tx: Tx, link: int | str) -> Link:
    """Find a link by its number or name.

    Raises:
        UsageError: There is none.
    """
    found = connections.load_link(tx, link)
    if found is None:
        known = ", ".join(f"{each.id} ({each.name})" for each in connections.all_links(tx))
        raise UsageError(
            f"There is no link {str(link)!r}. "
            + (f"There are: {known}." if known else "Make one with: counterfoil links add")
        )
    return found


def flow_of(kind: str, direction: Direction) -> Flow:
    """Find the flow that takes a kind of document one way.

    Raises:
        UsageError: No such kind or no such flow.
    """
    known = {flow.source.value: flow for flow in FLOWS.values() if flow.direction is direction}
    flow = known.get(kind)
    if flow is None:
        raise UsageError(
            f"{kind!r} is no kind that can go this way. Choose one of: {', '.join(sorted(known))}."
        )
    return flow


def _built(view: LinkView, flow: Flow) -> None:
    if flow not in view.flows:
        raise UsageError(
            f"“{flow.title}” between {view.operations.system.words} and "
            f"{view.books.system.words} is not in this version yet. See: counterfoil flows"
        )
    if view.mode_of(flow) is FlowMode.OFF:
        raise UsageError(
            f"The flow “{flow.title}” is switched off. Switch it on with: counterfoil settings "
            f"set {view.link.id} {flow.name}.mode=manual"
        )


def connection_status(hub: Hub) -> list[ConnectionStatus]:
    """Say how every connection stands."""
    with hub.database.reading() as tx:
        return [
            ConnectionStatus(
                id=each.id,
                system=each.system.value,
                name=each.name,
                last_seen_at=each.last_seen_at,
                problem=each.last_problem,
                facts=dict(each.facts),
                records={kind.value: n for kind, n in directory.count(tx, each.id).items()},
                waiting=work.remaining(tx, each.id),
            )
            for each in connections.all_connections(tx)
        ]


def link_status(hub: Hub) -> list[LinkStatus]:
    """Say how every link stands."""
    with hub.database.reading() as tx:
        return [_link_status(tx, view_of(tx, link)) for link in connections.all_links(tx)]


def _link_status(tx: Tx, view: LinkView) -> LinkStatus:
    counted: dict[str, dict[str, int]] = {flow.name.value: {} for flow in view.flows}
    for _link, flow, state, number in transfers.counts(tx, view.link.id):
        counted.setdefault(flow, {})[state.value] = number
    return LinkStatus(
        id=view.link.id,
        name=view.link.name,
        operations=view.operations.name,
        books=view.books.name,
        settings_version=view.version,
        problems=tuple(str(problem) for problem in view.problems),
        flows=tuple(
            (name, view.mode_of(FLOWS[FlowName(name)]).value, states)
            for name, states in counted.items()
        ),
    )


def rows(
    hub: Hub,
    *,
    link: int | str | None = None,
    flow: str | None = None,
    states: Iterable[State] = (),
    text: str | None = None,
    limit: int = 100,
    after: int = 0,
) -> list[TransferRow]:
    """List transfers, oldest first."""
    with hub.database.reading() as tx:
        link_id = find_link(tx, link).id if link is not None else None
        found = transfers.search(
            tx,
            link_id=link_id,
            flow=flow,
            states=states,
            text=text,
            limit=limit,
            after=after,
        )
        paired = transfers.pairings(tx, [each.transfer.id for each in found])
    return [_row(each.transfer, paired.get(each.transfer.id)) for each in found]


def _row(transfer: Transfer, paired: Any) -> TransferRow:
    refusal = transfer.refusal
    return TransferRow(
        id=transfer.id,
        link=transfer.link,
        flow=transfer.flow,
        number=transfer.number,
        state=transfer.state.value,
        since=transfer.state_since,
        target_id=paired.target_id if paired is not None else None,
        target_number=paired.target_number if paired is not None else transfer.target_number,
        target_total=paired.target_total if paired is not None else None,
        refusal=refusal.code if refusal else None,
        sentence=refusal.sentence if refusal else transfer.reason,
        cure=refusal.cure if refusal else None,
        actor=refusal.actor.value if refusal else None,
        retry_at=transfer.retry_at,
        attempts=transfer.attempts,
    )


def details(hub: Hub, transfer_id: int) -> dict[str, Any]:
    """Give everything known about one transfer: the counterfoil.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        found = transfers.load(tx, [transfer_id])
        if not found:
            raise UsageError(f"There is no transfer {transfer_id}. See: counterfoil transfers")
        each = found[0]
        paired = transfers.pairings(tx, [transfer_id]).get(transfer_id)
        history = exchanges.touching(tx, transfer_id)
        audit = connections.notes(tx, f"transfer/{transfer_id}")
        near = _suggestions(tx, each.transfer)
    document = decode(DocumentKind(each.kind), each.body)
    return {
        **msgspec.to_builtins(_row(each.transfer, paired)),
        "source": {"kind": each.kind, "id": each.document_id},
        "document": msgspec.to_builtins(document),
        "has_refusal": msgspec.to_builtins(each.transfer.refusal),
        "suggestions": list(near),
        "landing": _landing(paired),
        "exchanges": [dict(step) for step in history],
        "audit": [dict(line) for line in audit],
        "key": each.transfer.key,
        "settings_version": each.transfer.settings_version,
    }


def _landing(paired: Any) -> dict[str, Any] | None:
    if paired is None:
        return None
    return {
        "id": paired.target_id,
        "number": paired.target_number,
        "revision": paired.target_revision,
        "total": paired.target_total,
        "lines": list(paired.lines),
        "paired_at": paired.paired_at,
        "is_adopted": paired.is_adopted,
    }


def _suggestions(tx: Tx, transfer: Transfer) -> Sequence[str]:
    """Give names of the target like the one that was not found."""
    refusal = transfer.refusal
    if refusal is None or not refusal.value:
        return ()
    kind = _kind_of(refusal)
    if kind is None:
        return ()
    return suggestions(refusal.value, directory.names(tx, transfer.target, kind))


def _kind_of(refusal: Refusal) -> RecordKind | None:
    for choice in refusal.choices:
        text = choice.arguments.get("kind", "")
        if text.replace(" ", "-") in set(RecordKind):
            return RecordKind(text.replace(" ", "-"))
    return None


# --- Moving transfers ---------------------------------------------------------------------


def release(
    hub: Hub, link: int | str, kind: str, codes: Sequence[str], actor: str, *, everything: bool
) -> Released:
    """Send documents now: all that are held, or those with the given numbers.

    Raises:
        UsageError: The flow cannot be used, or a number is not known.
    """
    flow = flow_of(kind, Direction.TO_BOOKS)
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        _built(view, flow)
        states = (State.HELD,) if everything else ()
        found = _all(tx, view.link.id, flow.name.value, states, codes)
        known = {each.transfer.number for each in found}
        missing = [code for code in codes if code not in known]
        if missing:
            raise UsageError(
                f"No {flow.source.words} with the number {', '.join(missing)} has been read from "
                f"{view.operations.name}. Check the number, or read again with: counterfoil run "
                f"{view.link.id}"
            )
        return _release(hub, tx, found, actor, view)


def _all(
    tx: Tx, link: int, flow: str | None, states: Iterable[State], codes: Sequence[str] = ()
) -> list[Sourced]:
    wanted = list(states)
    found: list[Sourced] = []
    after = 0
    while page := transfers.search(
        tx, link_id=link, flow=flow, states=wanted, codes=codes, limit=_PAGE, after=after
    ):
        found += page
        after = page[-1].transfer.id
    return found


def _release(hub: Hub, tx: Tx, found: Sequence[Sourced], actor: str, view: LinkView) -> Released:
    now = hub.now()
    moves: list[tuple[Transfer, Transfer]] = []
    left: list[tuple[str, str]] = []
    for each in found:
        reason = _why_not(tx, each, view)
        if reason is not None:
            left.append((each.transfer.number or str(each.transfer.id), reason))
            continue
        after = advance(each.transfer, Event.RELEASED, now)
        # Whoever tries again wants the number looked up again.
        if after is not each.transfer:
            after = msgspec.structs.replace(after, target_number=None, number_is_free=False)
            moves.append((each.transfer, after))
    transfers.save(tx, moves)
    for before, _after in moves:
        connections.note(tx, now, actor, "released", f"transfer/{before.id}")
    return Released(released=tuple(after.id for _before, after in moves), left=tuple(left))


def _why_not(tx: Tx, each: Sourced, view: LinkView) -> str | None:
    """Say why a transfer cannot be released, ``None`` when it can."""
    transfer = each.transfer
    if transfer.state in (State.DONE, State.CHANGED):
        paired = transfers.pairings(tx, [transfer.id]).get(transfer.id)
        number = (paired.target_number or paired.target_id) if paired is not None else "?"
        return f"It has been sent already: it is {number} in {view.books.name}."
    if transfer.state in (State.SENDING, State.UNKNOWN, State.CONFIRMING):
        return "It is on its way; what became of it is being asked."
    document = decode(DocumentKind(each.kind), each.body)
    beginning = begin(FlowName(transfer.flow), document, view.settings)
    if beginning is not None and beginning.state is State.SKIPPED:
        return (beginning.reason or "").removeprefix("by rule: ")
    return None


def retry(
    hub: Hub, actor: str, *, transfer_ids: Sequence[int] = (), link: int | str | None = None
) -> Released:
    """Try refused and waiting transfers again: the given ones, or all of a link.

    Raises:
        UsageError: A transfer does not exist.
    """
    with hub.database.writing() as tx:
        if link is not None:
            view = view_of(tx, find_link(tx, link))
            stopped = _all(tx, view.link.id, None, (State.REFUSED, State.WAITING))
            return _release(hub, tx, stopped, actor, view)
        released: list[int] = []
        left: list[tuple[str, str]] = []
        for each in _load(tx, transfer_ids):
            view = view_of(tx, find_link(tx, each.transfer.link))
            one = _release(hub, tx, [each], actor, view)
            released += one.released
            left += one.left
        return Released(released=tuple(released), left=tuple(left))


def _load(tx: Tx, ids: Sequence[int]) -> list[Sourced]:
    found = transfers.load(tx, ids)
    missing = set(ids) - {each.transfer.id for each in found}
    if missing:
        names = ", ".join(str(each) for each in sorted(missing))
        raise UsageError(f"There is no transfer {names}. See: counterfoil transfers")
    return found


def skip(hub: Hub, transfer_ids: Sequence[int], actor: str) -> None:
    """Leave documents out for good (until somebody sends them after all)."""
    _move(hub, transfer_ids, Event.EXCLUDED, actor, "skipped", f"Left out by {actor}.")


def accept(hub: Hub, transfer_ids: Sequence[int], actor: str) -> None:
    """Note that a change at the source has been dealt with by hand in the target."""
    with hub.database.writing() as tx:
        found = _load(tx, transfer_ids)
        moves = []
        for each in found:
            after = advance(each.transfer, Event.ACCEPTED, hub.now())
            after = msgspec.structs.replace(after, sent_fingerprint=each.fingerprint)
            moves.append((each.transfer, after))
        transfers.save(tx, [move for move in moves if move[0].state is State.CHANGED])
        for each in found:
            connections.note(
                tx, hub.now(), actor, "change accepted", f"transfer/{each.transfer.id}"
            )


def _move(hub: Hub, ids: Sequence[int], event: Event, actor: str, action: str, reason: str) -> None:
    with hub.database.writing() as tx:
        found = _load(tx, ids)
        moves = [
            (each.transfer, advance(each.transfer, event, hub.now(), reason=reason))
            for each in found
        ]
        for before, after in moves:
            if before.state is not State.SKIPPED and after is before:
                raise UsageError(
                    f"Transfer {before.id} is {before.state}; it cannot be {action} now."
                )
        transfers.save(tx, moves)
        for before, _after in moves:
            connections.note(tx, hub.now(), actor, action, f"transfer/{before.id}")


def adopt(hub: Hub, transfer_id: int, target_id: str, actor: str) -> None:
    """Note which document of the target a transfer is: somebody entered it there by hand.

    Raises:
        UsageError: It cannot be adopted now, or that document belongs to another transfer.
    """
    with hub.database.writing() as tx:
        each = _load(tx, [transfer_id])[0]
        after = advance(each.transfer, Event.ADOPTED, hub.now())
        if after.state is not State.DONE or each.transfer.state in (State.DONE, State.CHANGED):
            raise UsageError(f"Transfer {transfer_id} is {each.transfer.state}; wait for its end.")
        kind = FLOWS[FlowName(each.transfer.flow)].target
        other = transfers.of_target(tx, each.transfer.target, kind, target_id)
        if other is not None:
            raise UsageError(f"{target_id!r} is the document of transfer {other} already.")
        after = msgspec.structs.replace(after, sent_fingerprint=each.fingerprint)
        transfers.save(tx, [(each.transfer, after)])
        transfers.pair(tx, [(after, Landing(id=target_id, is_adopted=True))], hub.now())
        connections.note(tx, hub.now(), actor, "adopted", f"transfer/{transfer_id}", target_id)


# --- Names, retrievals, settings ----------------------------------------------------------


def match_name(
    hub: Hub,
    link: int | str,
    kind: str,
    name: str,
    actor: str,
    *,
    record: str | None = None,
    create_as: str | None = None,
    side: str = "books",
) -> str:
    """Decide what a name means, once for all documents of a link.

    Args:
        name: As documents write it.
        record: Full name or identity of the record meant.
        create_as: Name to find or create it under.
        side: In whose lists: ``books`` or ``operations``.

    Returns:
        One sentence: what was decided.

    Raises:
        UsageError: No such kind or record, or not exactly one of the two is given.
    """
    if kind not in set(RecordKind):
        raise UsageError(f"{kind!r} is no list. Choose one of: {', '.join(RecordKind)}.")
    if (record is None) == (create_as is None):
        raise UsageError("Give either --record (an existing one) or --create-as (a new name).")
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        connection = view.books if side == "books" else view.operations
        entry = None
        if record is not None:
            entry = directory.entry(tx, connection.id, RecordKind(kind), record)
            if entry is None:
                raise UsageError(_no_record(tx, connection, RecordKind(kind), record))
        directory.choose(
            tx,
            {
                "link_id": view.link.id,
                "side": side,
                "kind": kind,
                "name_key": name_key(name),
                "name": name,
                "record_id": entry.id if entry else None,
                "create_as": create_as,
                "author": actor,
                "made_at": hub.now(),
            },
        )
        meaning = entry.full_name if entry else create_as
        sentence = f"The {kind} “{name}” is “{meaning}” in {connection.name} from now on."
        connections.note(tx, hub.now(), actor, "name matched", f"link/{view.link.id}", sentence)
        return sentence


def _no_record(tx: Tx, connection: Connection, kind: RecordKind, name: str) -> str:
    near = suggestions(name, directory.names(tx, connection.id, kind))
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    return f"{connection.name} has no {kind.words} “{name}”.{hint}"


def request_retrieval(hub: Hub, link: int | str, kind: str, since: date | None, actor: str) -> str:
    """Ask for documents of the books to be retrieved; says what happens next."""
    flow = flow_of(kind, Direction.FROM_BOOKS)
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        _built(view, flow)
        connections.request_retrieval(tx, view.link.id, flow.name.value, since, actor, hub.now())
        connections.note(
            tx, hub.now(), actor, "retrieval asked", f"link/{view.link.id}", flow.name.value
        )
    changed = f" created or changed since {since}" if since else ""
    called = (
        "the next run"
        if traits_of(view.books.system).is_called
        else ("the next call of the Web Connector")
    )
    return f"{flow.source.words.capitalize()}s{changed} are retrieved with {called}."


def settings_of(hub: Hub, link: int | str) -> tuple[Settings, int, tuple[Problem, ...]]:
    """Give a link's settings as stored, their version, and what is wrong with them."""
    with hub.database.reading() as tx:
        version, stored = connections.settings(tx, find_link(tx, link).id)
    loaded = decode_settings(stored)
    return loaded.settings, version, tuple(loaded.problems)


def set_settings(hub: Hub, link: int | str, assignments: Sequence[str], actor: str) -> int:
    """Change settings: all of the assignments, or none; says the new version.

    Raises:
        UsageError: An assignment does not fit; names each, with its cure.
    """
    current, _version, _problems = settings_of(hub, link)
    return _keep(hub, link, parse_assignments(assignments, current), actor)


def take_settings(hub: Hub, link: int | str, text: str, actor: str) -> int:
    """Take exported settings; says the new version."""
    return _keep(hub, link, import_document(text), actor)


def _keep(hub: Hub, link: int | str, result: Settings | list[Problem], actor: str) -> int:
    if isinstance(result, list):
        raise UsageError("\n".join(str(problem) for problem in result))
    with hub.database.writing() as tx:
        found = find_link(tx, link)
        version, stored = connections.settings(tx, found.id)
        text = encode_settings(result)
        if text == stored:
            return version
        made = connections.keep_settings(tx, found.id, text, actor, hub.now())
        connections.note(tx, hub.now(), actor, "settings changed", f"link/{found.id}")
        return made


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
            sentence=each.refusal.sentence if each.refusal else each.reason,
        )
        for each in made.transfers
        if each.state is State.REFUSED
    ]
    return written + stopped


_ACTIONS: Final[dict[type, str]] = {CreateDocument: "create", CreateRecord: "create"}


def _name_of(operation: object) -> str | None:
    if isinstance(operation, CreateRecord):
        return operation.record.full_name
    if isinstance(operation, CreateDocument):
        return operation.document.number
    return None
