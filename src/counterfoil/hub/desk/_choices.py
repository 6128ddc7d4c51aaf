"""What people decide for a link: names, retrievals, settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, name_key
from counterfoil.engine.matching import Entry, lookup, suggestions
from counterfoil.engine.reading import documents_cursor
from counterfoil.errors import UsageError
from counterfoil.hub import fields, intake, to_do_settings
from counterfoil.hub.audits import changed_members
from counterfoil.hub.finding import built, find_link, flow_of
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import connections, directory, documents, runs
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.directory import Chosen
from counterfoil.settings import (
    FLOWS,
    Direction,
    FlowMode,
    Problem,
    Settings,
    decode_settings,
    encode_settings,
    import_document,
    parse_assignments,
)
from counterfoil.told import Advice

__all__ = [
    "NameChoice",
    "OvertakenError",
    "Wanted",
    "change_settings",
    "chosen_names",
    "keep_choice",
    "match_name",
    "name_choice",
    "no_record",
    "put_back_name",
    "request_retrieval",
    "set_settings",
    "take_settings",
    "unmatch_name",
    "unmatch_names",
]


class OvertakenError(UsageError):
    """Somebody else has saved since this one looked; whoever saves looks again."""


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
        raise UsageError(
            "Name either a record that is there or a new name.",
            Advice("Give one of them", "--record NAME or --create-as NAME"),
        )
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        connection = view.books if side == "books" else view.operations
        entry = None
        if record is not None:
            entry = directory.entry(tx, connection.id, RecordKind(kind), record)
            if entry is None:
                raise UsageError(no_record(tx, connection, RecordKind(kind), record))
        wanted = Wanted(RecordKind(kind), name, entry, create_as)
        return keep_choice(tx, view, side, wanted, actor, hub.now())


class Wanted(NamedTuple):
    """What a name shall mean: a record, or the name to find or create it under."""

    kind: RecordKind
    name: str
    entry: Entry | None
    create_as: str | None = None


def keep_choice(
    tx: Tx, view: LinkView, side: str, wanted: Wanted, actor: str, now: datetime
) -> str:
    """Keep what a name means from now on; says so in one sentence."""
    kind, name, entry, create_as = wanted
    directory.choose(
        tx,
        {
            "link_id": view.link.id,
            "side": side,
            "kind": kind.value,
            "name_key": name_key(name),
            "name": name,
            "record_id": entry.id if entry else None,
            "create_as": create_as,
            "author": actor,
            "made_at": now,
        },
    )
    there = view.books if side == "books" else view.operations
    meaning = entry.full_name if entry else create_as
    sentence = f"The {kind} “{name}” is “{meaning}” in {there.name} from now on."
    connections.note(tx, now, actor, "name matched", f"link/{view.link.id}", sentence)
    return sentence


def chosen_names(hub: Hub, link: int | str) -> list[Chosen]:
    """List what people decided that names of documents mean on a link."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        sides = {"books": view.books.id, "operations": view.operations.id}
        return directory.chosen(tx, view.link.id, sides)


def unmatch_name(
    hub: Hub, link: int | str, kind: str, name: str, actor: str, *, side: str = "books"
) -> str:
    """Take back what a person decided about a name: it is looked up as documents write it again.

    Raises:
        UsageError: No such kind, or nobody decided anything about the name.
    """
    if kind not in set(RecordKind):
        raise UsageError(f"{kind!r} is no list. Choose one of: {', '.join(RecordKind)}.")
    told = unmatch_names(hub, link, RecordKind(kind), [(side, name)], actor)
    if not told:
        raise UsageError(f"Nobody has decided what the {kind} “{name}” means.")
    return told[0]


def unmatch_names(
    hub: Hub, link: int | str, kind: RecordKind, names: Iterable[tuple[str, str]], actor: str
) -> list[str]:
    """Take back what people decided about names, each with its side; says it of each that it is so.

    About those of which nobody decided anything nothing is said.
    """
    told = []
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        for side, name in names:
            if directory.drop_choice(tx, view.link.id, side, lookup(kind, name)):
                told.append(f"The {kind} “{name}” is looked up by its name again.")
                about = f"link/{view.link.id}"
                connections.note(tx, hub.now(), actor, "name unmatched", about, told[-1])
    return told


class NameChoice(msgspec.Struct, frozen=True):
    """What a person decided that a name means; neither: nobody decided anything.

    Attributes:
        record: Identity of the record meant.
        create_as: Name to find or create it under.
    """

    record: str | None = None
    create_as: str | None = None


def name_choice(hub: Hub, link: int | str, kind: str, name: str, side: str) -> NameChoice:
    """Say what is decided about a name."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        connection = view.books if side == "books" else view.operations
        sought = lookup(RecordKind(kind), name)
        choice = directory.choices(tx, view.link.id, side, connection.id).get(sought)
    if choice is None:
        return NameChoice()
    if choice.record is not None:
        return NameChoice(record=choice.record.id)
    return NameChoice(create_as=choice.create_as)


def put_back_name(
    hub: Hub,
    link: int | str,
    kind: str,
    name: str,
    actor: str,
    *,
    side: str,
    made: NameChoice,
    before: NameChoice,
) -> str:
    """Let a name mean what it meant before somebody decided about it.

    Args:
        made: What they decided: as long as nobody decided anew since.
        before: What it meant then.

    Raises:
        UsageError: Somebody has decided since; nothing is put back.
    """
    if name_choice(hub, link, kind, name, side) != made:
        raise UsageError(f"Somebody has decided since what “{name}” means; nothing was put back.")
    if before == NameChoice():
        return unmatch_name(hub, link, kind, name, actor, side=side)
    return match_name(
        hub, link, kind, name, actor, side=side, record=before.record, create_as=before.create_as
    )


def no_record(tx: Tx, connection: Connection, kind: RecordKind, name: str) -> str:
    """Say that a list has no such record, and what may have been meant."""
    near = suggestions(name, directory.names(tx, connection.id, kind))
    hint = f" Did you mean: {', '.join(near)}?" if near else ""
    return f"{connection.name} has no {kind.words} “{name}”.{hint}"


def request_retrieval(hub: Hub, link: int | str, kind: str, since: date | None, actor: str) -> str:
    """Ask for documents of the books to be retrieved; says what happens next."""
    flow = flow_of(kind, Direction.FROM_BOOKS)
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        built(view, flow)
        connections.request_retrieval(tx, view.link.id, flow.name.value, since, actor, hub.now())
        connections.note(
            tx, hub.now(), actor, "retrieval asked", f"link/{view.link.id}", flow.name.value
        )
    changed = f" created or changed since {since}" if since else ""
    called = (
        "the next run"
        if traits_of(view.books.system).is_called
        else "the next call of the Web Connector or the agent"
    )
    return f"{flow.source.words.capitalize()}s{changed} are retrieved with {called}."


def set_settings(hub: Hub, link: int | str, assignments: Sequence[str], actor: str) -> int:
    """Change settings: all of the assignments, or none; says the new version.

    Raises:
        UsageError: An assignment does not fit; names each, with its cure.
    """
    return change_settings(
        hub, link, lambda current: parse_assignments(assignments, current), actor
    )


def take_settings(hub: Hub, link: int | str, text: str, actor: str) -> int:
    """Take exported settings; says the new version."""
    return change_settings(hub, link, lambda _current: import_document(text), actor)


def change_settings(
    hub: Hub,
    link: int | str,
    changed: Callable[[Settings], Settings | list[Problem]],
    actor: str,
    *,
    seen: int | None = None,
) -> int:
    """Change a link's settings by a function of the present ones; says the new version.

    Read and written in one transaction under the link's lock: of two people who save at
    once the second changes what the first has saved.

    Args:
        seen: The version that whoever saves has looked at; ``None``: whichever it is.

    Raises:
        OvertakenError: Somebody has saved since that version; nothing is changed.
        UsageError: What comes of it does not fit; names each problem, with its cure.
        ConnectorError: What is set about to-dos could not be held beside the real lists.
    """
    _check_to_dos(hub, link, changed)
    with hub.database.writing() as tx:
        found = find_link(tx, link)
        connections.lock_link(tx, found.id)
        version, stored = connections.settings(tx, found.id)
        if seen is not None and seen != version:
            raise OvertakenError(
                "Somebody has changed these settings since you looked at them. See what they "
                "changed, and save once more."
            )
        result = changed(decode_settings(stored).settings)
        if isinstance(result, list):
            raise UsageError("\n".join(_told(problem) for problem in result))
        text = encode_settings(result)
        if text == stored:
            return version
        made = connections.keep_settings(tx, found.id, text, actor, hub.now())
        before, after = changed_members(json.loads(stored), json.loads(text))
        about = f"link/{found.id}"
        connections.note(
            tx, hub.now(), actor, "settings changed", about, before=before, after=after
        )
        _retrieve_from_start(tx, found, decode_settings(stored).settings, result, actor, hub.now())
        documents.put_up(tx, found.id)
        connections.change_link(tx, found.id, decide_after=0)
    intake.decide_anew(hub, found.id, restart=True)
    fields.decide_anew(hub, found.id)
    return made


def _check_to_dos(
    hub: Hub, link: int | str, changed: Callable[[Settings], Settings | list[Problem]]
) -> None:
    """Hold what is set anew about to-dos beside the real lists, before it is taken (OP13)."""
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        _version, stored = connections.settings(tx, view.link.id)
    before = decode_settings(stored).settings
    after = changed(before)
    if isinstance(after, Settings):
        to_do_settings.check(hub, view.operations, before, after)


def _told(problem: Problem) -> str:
    """Say what is wrong with a setting, and what may have been meant."""
    if not problem.suggestions:
        return str(problem)
    return f"{problem} Did you mean: {', '.join(problem.suggestions)}?"


def _retrieve_from_start(
    tx: Tx, link: Link, before: Settings, after: Settings, actor: str, now: datetime
) -> None:
    """Ask for what a new start date of a retrieval brings in.

    Only where others have read the books already: a first retrieval begins there by itself.
    """
    read = runs.cursors(tx, link.books_id)
    for flow in FLOWS.values():
        old, new = before.flow(flow.name), after.flow(flow.name)
        if flow.direction is not Direction.FROM_BOOKS or new is None:
            continue
        was_on = old is not None and old.mode is not FlowMode.OFF
        is_on = new.mode is FlowMode.AUTOMATIC and new.start_date is not None
        if documents_cursor(flow.source) not in read:
            continue
        if is_on and (not was_on or old is None or old.start_date != new.start_date):
            connections.request_retrieval(tx, link.id, flow.name.value, new.start_date, actor, now)
