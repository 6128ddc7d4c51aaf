"""What keeps anything from going on now: each cause once, however many documents it keeps.

A cause is told from another by its key, which stays the same from look to look: a refusal by its
code and by what it is about (an item, a vendor), not by the documents it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import Refusal
from counterfoil.engine.life import State
from counterfoil.hub import advice, views
from counterfoil.hub.attention import Attention, attention
from counterfoil.hub.health import Contact, silent
from counterfoil.hub.setup import Hub
from counterfoil.ledger import causes
from counterfoil.ledger.causes import Stopped
from counterfoil.settings import title_of
from counterfoil.told import Told

__all__ = ["Cause", "CauseKind", "beside_documents", "present", "subject_of"]


class CauseKind(StrEnum):
    """What kind of thing keeps something from going on."""

    REFUSED = "refused"
    """Documents stopped, and a person decides."""
    FIELDS = "fields"
    """A field of documents that are there could not be written."""
    OVERDUE = "overdue"
    """Documents have been where they are for longer than they should."""
    UNREADABLE = "unreadable"
    """Records of a system could not be read."""
    CONNECTION = "connection"
    """A connection does not work, or will not for long."""
    LINK = "link"
    """The settings of a link cannot be followed."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A cause as it is now.

    Attributes:
        key: Tells it from all others.
        link, connection: Whose; ``None``: of none alone.
        code: Of the refusal, or of what else it is.
        sentence, cure: What is wrong, and what helps.
        detail: What was seen, for an engineer.
        transfers: Those that it keeps, oldest first.
    """

    kind: CauseKind
    key: str
    link: int | None = None
    connection: int | None = None
    code: str
    sentence: str
    cure: Told
    detail: str = ""
    transfers: tuple[int, ...] = ()


def subject_of(refusal: Refusal) -> str:
    """Say what a refusal is about: the value that it names, or else all it says.

    A value that the sentence does not name is the document's own, such as its number.
    """
    is_named = bool(refusal.value) and (refusal.value or "") in refusal.sentence
    return (is_named and refusal.value) or refusal.sentence


def present(hub: Hub) -> list[Cause]:
    """List what keeps anything from going on now, each once."""
    with hub.database.reading() as tx:
        stopped = causes.stopped(tx)
        late = causes.overdue(tx)
    found = [
        *_refused(stopped),
        *(_late(*key, ids) for key, ids in late.items()),
        *_of_connections_and_links(hub),
    ]
    return list({each.key: each for each in found}.values())


def beside_documents(hub: Hub) -> list[Cause]:
    """List what keeps anything from going on now, but no single document that a person sees.

    What has changed and waits for a person is late by itself; it is seen without that.
    """
    with hub.database.reading() as tx:
        late = causes.overdue(tx)
    found = [
        *(_late(*key, ids) for key, ids in late.items() if key[2] is not State.CHANGED),
        *_of_connections_and_links(hub),
    ]
    return list({each.key: each for each in found}.values())


def _of_connections_and_links(hub: Hub) -> Iterator[Cause]:
    connected, linked = views.connection_status(hub), views.link_status(hub)
    yield from (_of(each) for each in attention(connected, linked) if each.about in _ABOUT)
    yield from (_unreadable(each) for each in connected if each.unreadable)
    troubled = {each.id for each in connected if each.problem or each.trouble}
    yield from (_silent(each) for each in silent(hub) if each.connection not in troubled)


def _refused(stopped: Iterable[Stopped]) -> Iterator[Cause]:
    together: dict[str, tuple[Stopped, list[int]]] = {}
    for each in stopped:
        key = _key_of(each)
        together.setdefault(key, (each, []))[1].append(each.transfer)
    for key, (first, ids) in together.items():
        yield Cause(
            kind=CauseKind.FIELDS if first.is_field else CauseKind.REFUSED,
            key=key,
            link=first.link,
            code=first.refusal.code,
            sentence=first.refusal.sentence,
            cure=Told(first.refusal.cure),
            detail=first.refusal.detail or "",
            transfers=tuple(dict.fromkeys(ids)),
        )


def _key_of(each: Stopped) -> str:
    about = hashlib.blake2b(subject_of(each.refusal).encode(), digest_size=16).hexdigest()
    what = "fields" if each.is_field else each.flow
    return f"link/{each.link}/{what}/{each.refusal.code}/{about}"


def _late(link: int, flow: str, state: State, ids: list[int]) -> Cause:
    documents = "1 document has" if len(ids) == 1 else f"{len(ids)} documents have"
    return Cause(
        kind=CauseKind.OVERDUE,
        key=f"link/{link}/{flow}/overdue/{state.value}",
        link=link,
        code=f"overdue-{state.value}",
        sentence=f"{title_of(flow)}: {documents} been {state.value} for too long.",
        cure=Told(
            "",
            advice.see_why(
                f"transfers {link} --state {state.value}",
                f"/documents?link={link}&state={state.value}",
            ),
        ),
        transfers=tuple(ids),
    )


_ABOUT: Final = {"connection": CauseKind.CONNECTION, "link": CauseKind.LINK}


def _of(each: Attention) -> Cause:
    return Cause(
        kind=_ABOUT[each.about],
        key=f"{each.about}/{each.id}/{each.code}",
        link=each.id if each.about == "link" else None,
        connection=each.id if each.about == "connection" else None,
        code=f"{each.about}-{each.code}",
        sentence=f"{each.name}: {each.sentence}",
        cure=each.cure,
        detail=each.detail,
    )


def _silent(each: Contact) -> Cause:
    """Tell of a side that is not heard of any more; what it is told as stays the same for long."""
    waits = f" {each.waiting} documents wait for it." if each.waiting > 1 else ""
    return Cause(
        kind=CauseKind.CONNECTION,
        key=f"connection/{each.connection}/silent",
        connection=each.connection,
        code="connection-silent",
        sentence=f"{each.name}: nothing has been heard of {each.system} for too long.{waits}",
        cure=Told(each.likely),
    )


def _unreadable(each: views.ConnectionStatus) -> Cause:
    records = "1 record" if each.unreadable == 1 else f"{each.unreadable} records"
    return Cause(
        kind=CauseKind.UNREADABLE,
        key=f"connection/{each.id}/unreadable",
        connection=each.id,
        code="unreadable",
        sentence=f"{each.name}: {records} could not be read.",
        cure=Told("", advice.see_unreadable(each.id)),
    )
