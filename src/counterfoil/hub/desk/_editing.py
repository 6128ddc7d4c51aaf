"""“Edit and resend”: what a person may let one document say, checked against the real lists.

A form asks for the fields, is told what is wrong with what was typed and what would differ, and
only then keeps it.  What is kept is a correction (``engine.correcting``): the source stays as it
is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, RecordKind, composed, name_key
from counterfoil.engine.correcting import LISTS, Correction, Place, Said, Value, corrected, places
from counterfoil.engine.drafting import Target, Work
from counterfoil.engine.matching import Fit, lookup, match, suggestions
from counterfoil.engine.operations import CreateDocument
from counterfoil.errors import UsageError
from counterfoil.hub import planned
from counterfoil.hub.corrected_words import DAY, NUMBER, label_of, said_of
from counterfoil.hub.finding import find_link, loaded
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import target_by_the_newest, traits_of
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName

from ._corrections import kept_from_correcting, replace_correction
from ._outcomes import Released

__all__ = [
    "Difference",
    "EditField",
    "Editable",
    "Edited",
    "Proposal",
    "edit",
    "editable",
    "offered",
    "propose",
]

_TEXT_MAX: Final = 4_000


class EditField(msgspec.Struct, frozen=True, kw_only=True):
    """A field that may be corrected.

    Attributes:
        key: What forms and commands call it: ``memo``; of a line ``item@`` and its identity.
        label: What people call it.
        holds: ``record``, ``text`` or ``day``.
        source: What source and settings say; a record by its name, a day as ``2026-01-31``.
        value: What goes: the same, or what was said in its place.
        list: In which list a record is looked for; empty: it is none.
    """

    key: str
    label: str
    holds: Value
    source: str
    value: str
    list: str = ""


class Editable(msgspec.Struct, frozen=True, kw_only=True):
    """What of a document may be corrected now.

    Attributes:
        transfer, version: Which, as it was looked at.
        number: What people call it.
        connection: Where it goes, for looking its lists up.
        target, source: What both sides are called.
        fields: Head first, then line by line.
        is_whole: ``False``: only day and number are told, for what it becomes is not known now.
        kept: Why nothing of it may be corrected now; empty: it may.
        said: What is corrected of it already, in words; empty: nothing.
    """

    transfer: int
    version: int
    number: str
    connection: int
    target: str
    source: str
    fields: tuple[EditField, ...]
    is_whole: bool
    kept: str = ""
    said: str = ""


class Difference(NamedTuple):
    """What would be said in place of what; empty: nothing.

    ``holds``: what kind of thing it is; a day is written as ``2026-01-31``.
    """

    label: str
    source: str
    value: str
    holds: Value = Value.TEXT


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What comes of what was typed.

    Attributes:
        differences: Of all that is said in place of the source, by field.
        problems: What is wrong, by field; ``""``: with the document as a whole.
        correction: To be kept; ``None``: nothing is said any more.
        is_new: It is another one than is kept now.
    """

    differences: tuple[Difference, ...]
    problems: Mapping[str, str]
    correction: Correction | None
    is_new: bool


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an edit: what is kept now, and what was before, to put back."""

    result: Released
    made: Correction | None
    before: Correction | None


class _Desk(NamedTuple):
    """What is known where a document is edited.

    Attributes:
        plain: What it becomes by source and settings alone; ``None``: not known now.
    """

    tx: Tx
    each: Sourced
    view: LinkView
    connection: Connection
    target: Target
    work: Work
    plain: Document | None


def editable(hub: Hub, transfer_id: int) -> Editable:
    """Say what of a document may be corrected, and what stands there.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        at = _desk(tx, hub, transfer_id)
        transfer = at.each.transfer
        return Editable(
            transfer=transfer.id,
            version=transfer.version,
            number=transfer.number or str(transfer.id),
            connection=at.connection.id,
            target=at.target.name,
            source=at.view.source_of(FLOWS[FlowName(transfer.flow)]).name,
            fields=tuple(_fields(at)),
            is_whole=at.plain is not None,
            kept=kept_from_correcting(transfer) or "",
            said=said_of(transfer),
        )


def propose(hub: Hub, transfer_id: int, typed: Mapping[str, str]) -> Proposal:
    """Say what something typed would come to; nothing is kept.

    Args:
        typed: By the fields' keys; what is not named stays as it is.  What source and settings
            say themselves, or nothing, takes a correction back.

    Raises:
        UsageError: There is no such transfer, or no such field of it.
    """
    with hub.database.reading() as tx:
        return _proposed(_desk(tx, hub, transfer_id), typed)


def offered(hub: Hub, transfer_id: int, key: str, text: str) -> tuple[str, ...]:
    """Give names of active records with a text in them, for a field that names one.

    Empty where the field names none.

    Raises:
        UsageError: There is no such transfer.
    """
    with hub.database.reading() as tx:
        each = loaded(tx, [transfer_id])[0]
        kind = LISTS.get(key.partition("@")[0])
        if kind is None:
            return ()
        found = directory.every(
            tx, each.transfer.target, kind, text=text.strip(), only_active=True, limit=_OFFERED
        )
        return tuple(record.full_name for record in found)


_OFFERED: Final = 20


def edit(
    hub: Hub, transfer_id: int, typed: Mapping[str, str], actor: str, *, version: int | None = None
) -> Edited:
    """Keep what a person lets a document say; nothing is sent by it.

    Args:
        typed: As for ``propose``.
        version: In which it was looked at; ``None``: as it is.

    Raises:
        UsageError: Something is wrong with what was typed, or nothing differs.
    """
    with hub.database.reading() as tx:
        at = _desk(tx, hub, transfer_id)
        made = _proposed(at, typed)
    if made.problems:
        raise UsageError(" ".join(made.problems.values()))
    if not made.is_new:
        raise UsageError("It says so already: nothing was changed.")
    before = at.each.transfer.correction
    seen = at.each.transfer.version if version is None else version
    result = replace_correction(hub, transfer_id, made.correction, actor, seen={transfer_id: seen})
    return Edited(result=result, made=made.correction, before=before)


# --- What stands there --------------------------------------------------------------------


def _desk(tx: Tx, hub: Hub, transfer_id: int) -> _Desk:
    each = loaded(tx, [transfer_id])[0]
    view = view_of(tx, find_link(tx, each.transfer.link))
    connection = view.target_of(FLOWS[FlowName(each.transfer.flow)])
    target = target_by_the_newest(connection)
    work, plain = planned.uncorrected_one(tx, connection, each, view, target, hub.now())
    return _Desk(tx, each, view, connection, target, work, plain)


def _fields(at: _Desk) -> Iterator[EditField]:
    said = at.each.transfer.correction or Correction()
    number, day = _own(at)
    if at.target.number_length_max.get(at.work.target_kind) is not None or number:
        yield _whole(NUMBER, Value.TEXT, number, said.number or "")
    if at.plain is None or at.plain.day_field is not None:
        yield _whole(DAY, Value.DAY, day, "" if said.day is None else said.day.isoformat())
    kept = {each.place: each for each in said.fields}
    lists = traits_of(at.connection.system).lists
    for place in places(at.plain) if at.plain is not None else ():
        kind = LISTS.get(place.field)
        if kind is not None and kind not in lists:
            continue
        told = kept.get((place.line, place.field))
        yield EditField(
            key=_key(place),
            label=_label(place, at.work.target_kind),
            holds=place.holds,
            source=place.text,
            value=told.value if told is not None and told.was == place.text else place.text,
            list="" if kind is None else kind.value,
        )


def _own(at: _Desk) -> tuple[str, str]:
    """Give the number and the day that source and settings say; empty: none, or not known."""
    day = None if at.plain is None else at.plain.own_day
    return at.work.wanted_number or "", "" if day is None else day.isoformat()


def _whole(key: str, holds: Value, source: str, said: str) -> EditField:
    return EditField(key=key, label=label_of(key), holds=holds, source=source, value=said or source)


def _key(place: Place) -> str:
    return f"{place.field}@{place.line}" if place.line else place.field


def _label(place: Place, kind: DocumentKind) -> str:
    words = label_of(place.field, kind)
    return f"Line {place.number}: {words}" if place.line else words


# --- What was typed -----------------------------------------------------------------------


def _proposed(at: _Desk, typed: Mapping[str, str]) -> Proposal:
    fields = {each.key: each for each in _fields(at)}
    unknown = [key for key in typed if key not in fields]
    if unknown:
        raise UsageError(f"{unknown[0]!r} cannot be corrected. What can: {', '.join(fields)}.")
    problems: dict[str, str] = {}
    said: list[Said] = []
    whole: dict[str, str] = {}
    differences: list[Difference] = []
    for key, field in fields.items():
        value = composed(typed.get(key, field.value).strip())
        if value in ("", field.source):
            continue
        value, record, problem = _checked(at, field, value)
        if problem:
            problems[key] = f"{field.label}: {problem}"
        differences.append(Difference(field.label, field.source, value, field.holds))
        if key in (DAY, NUMBER):
            whole[key] = value
        else:
            said.append(_said(key, field, value, record))
    if problems:
        return Proposal(
            differences=tuple(differences), problems=problems, correction=None, is_new=True
        )
    before = at.each.transfer.correction or Correction()
    made = Correction(
        day=date.fromisoformat(whole[DAY]) if DAY in whole else None,
        number=whole.get(NUMBER),
        fields=tuple(said),
        activates=before.activates,
    )
    refused = _refused(at, made)
    return Proposal(
        differences=tuple(differences),
        problems={} if refused is None else {_where(typed, fields): refused},
        correction=None if made == Correction() else made,
        is_new=made != before,
    )


def _said(key: str, field: EditField, value: str, record: str) -> Said:
    name, _at, line = key.partition("@")
    return Said(field=name, line=line, value=value, was=field.source, record=record)


def _checked(at: _Desk, field: EditField, value: str) -> tuple[str, str, str]:
    """Give a value as it is kept, the record it names, and what is wrong; empty: nothing."""
    if field.list:
        return _record(at, RecordKind(field.list), value)
    if field.holds is Value.DAY:
        try:
            date.fromisoformat(value)
        except ValueError:
            return value, "", f"“{value}” is no day. Write it as 2026-01-31."
    limit = at.target.number_length_max.get(at.work.target_kind) if field.key == NUMBER else None
    most = _TEXT_MAX if limit is None else limit
    if len(value) > most:
        return value, "", f"it has {len(value)} characters; {most} are allowed."
    return value, "", ""


def _record(at: _Desk, kind: RecordKind, name: str) -> tuple[str, str, str]:
    """Look a record up in the target's list, as it was read last."""
    entry = directory.entry(at.tx, at.connection.id, kind, name)
    if entry is None:
        near = suggestions(name, directory.names(at.tx, at.connection.id, kind))
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        return name, "", f"{at.target.name} has no {kind.words} “{name}”.{hint}"
    if not entry.is_active:
        told = f"the {kind.words} “{entry.full_name}” is inactive in {at.target.name}."
        return entry.full_name, entry.id, told
    key = name_key(entry.full_name)
    named = directory.find(at.tx, at.connection.id, [key]).get(key, ())
    found = match(kind, named, lists_share_names=at.target.lists_share_names)
    if found.fit is not Fit.FOUND or found.entries[0].id != entry.id:
        return entry.full_name, entry.id, f"several are called “{entry.full_name}”."
    choice = at.work.choices.get(lookup(kind, entry.full_name))
    if choice is not None and (choice.record is None or choice.record.id != entry.id):
        told = f"on this link the name “{entry.full_name}” means another {kind.words}."
        return entry.full_name, entry.id, told
    return entry.full_name, entry.id, ""


def _refused(at: _Desk, made: Correction) -> str | None:
    """Say which text the target would not take, before it is sent; ``None``: it takes all."""
    if at.plain is None:
        return None
    document = corrected(at.plain, made)
    if made.number is not None:
        document = msgspec.structs.replace(document, number=made.number)
    operation = CreateDocument(id="0", kind=at.work.target_kind, document=document, key=at.work.key)
    refusal = at.target.check(operation, at.work.settings)
    return None if refusal is None or refusal.code not in _OF_TEXTS else refusal.sentence


_OF_TEXTS: Final = frozenset({"value-too-long", "text-unholdable", "value-unfit"})


def _where(typed: Mapping[str, str], fields: Mapping[str, EditField]) -> str:
    """Say beside which field a problem with a text stands: the one that was typed, if it is one."""
    texts = [
        key
        for key, value in typed.items()
        if fields[key].holds is Value.TEXT and value.strip() != fields[key].source
    ]
    return texts[0] if len(texts) == 1 else ""
