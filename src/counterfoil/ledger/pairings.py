"""Pairings: what documents became in their targets, and what they were seen to say there.

Rows are stored in one order, whoever stores them, so that two processes never wait for each
other crosswise; in one transaction, transfers (``transfers.save``) come before pairings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    LargeBinary,
    and_,
    bindparam,
    case,
    insert,
    null,
    select,
    update,
)
from sqlalchemy import type_coerce as coerced
from sqlalchemy.exc import IntegrityError

from counterfoil.documents import DocumentKind
from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.engine.transfers import Landing, PairedLine, Pairing, Transfer
from counterfoil.errors import LedgerError

from . import words
from ._prepared import Prepared, Values, among, listed
from ._types import from_microseconds, to_microseconds
from .schema import (
    UNENDED,
    document,
    pairing,
    transfer,
)

__all__ = [
    "PAIRING_COLUMNS",
    "EndOf",
    "FollowerOf",
    "Origin",
    "PartOf",
    "end",
    "ends_at",
    "followers",
    "know_lines",
    "origins",
    "owners",
    "pair",
    "paired_at",
    "pairing_of",
    "parts_of",
    "prove",
    "see",
    "written",
]

# In the order of Pairing's fields, as the driver has them.
PAIRING_COLUMNS: Final = (
    pairing.c.id,
    pairing.c.target_kind,
    pairing.c.target_id.label("paired_id"),
    pairing.c.target_number.label("paired_number"),
    pairing.c.target_revision,
    pairing.c.target_total,
    pairing.c.target_tax,
    pairing.c.sent_total,
    pairing.c.sent_fingerprint.label("paired_fingerprint"),
    pairing.c.target_content,
    pairing.c.seen_content,
    pairing.c.seen_revision,
    pairing.c.seen,
    coerced(pairing.c.gone_at, BigInteger),
    coerced(pairing.c.lines, LargeBinary),
    pairing.c.is_adopted,
    pairing.c.is_closed,
    pairing.c.gone_on,
    pairing.c.written,
    pairing.c.fulfils_id,
    pairing.c.is_linked,
)
assert len(PAIRING_COLUMNS) == len(Pairing.__struct_fields__), "every field has its column"

_LINES = msgspec.json.Decoder(tuple[PairedLine, ...])
_LEFT_OUT = msgspec.json.Decoder(tuple[tuple[str, str], ...])


def pairing_of(row: Sequence[Any]) -> Pairing | None:
    """Read a pairing from its columns; ``None``: there is none."""
    if row[0] is None:
        return None
    values = dict(zip(Pairing.__struct_fields__, row, strict=True))
    values["target_kind"] = DocumentKind(values["target_kind"])
    values["gone_at"] = None if values["gone_at"] is None else from_microseconds(values["gone_at"])
    values["lines"] = None if values["lines"] is None else _LINES.decode(values["lines"])
    values["is_adopted"] = bool(values["is_adopted"])
    values["is_closed"] = bool(values["is_closed"])
    values["is_linked"] = None if values["is_linked"] is None else bool(values["is_linked"])
    values["gone_on"] = values["gone_on"] and date.fromisoformat(values["gone_on"])
    return Pairing(**values)


# What a landing says; where it came from is the document's own row.
_LANDED: Final = (
    "link_id",
    "flow",
    "transfer_id",
    "target_connection_id",
    "target_kind",
    "target_id",
    "target_number",
    "target_revision",
    "target_total",
    "target_tax",
    "sent_total",
    "target_content",
    "lines",
    "sent_fingerprint",
    "paired_at",
    "is_adopted",
    "is_closed",
    "is_unread",
    "written",
    "fulfils_id",
    "is_linked",
)
_PAIR = Prepared(
    lambda _dialect: insert(pairing).from_select(
        ["source_connection_id", "source_kind", "source_id", *_LANDED],
        select(
            document.c.connection_id,
            document.c.kind,
            document.c.document_id,
            *(bindparam(name, type_=pairing.c[name].type) for name in _LANDED),
        ).where(document.c.id == bindparam("document_row")),
    )
)
_AGAIN: Final = (
    "target_number",
    "target_revision",
    "target_total",
    "target_tax",
    "sent_total",
    "target_content",
    "lines",
    "sent_fingerprint",
    "is_closed",
    "is_unread",
    "written",
    "fulfils_id",
    "is_linked",
)
_SEEN_BEFORE: Final = ("seen_content", "seen_revision", "seen", "gone_at", "gone_on")
_PAIR_AGAIN = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.transfer_id == bindparam("transfer"), UNENDED)
        .values(
            {
                **{name: bindparam(name, type_=pairing.c[name].type) for name in _AGAIN},
                # What was seen before the write is over.
                **{
                    name: null()
                    for name in ("seen_content", "seen_revision", "seen", "gone_at", "gone_on")
                },
            }
        )
    )
)


def pair(tx: Connection, landings: Iterable[tuple[Transfer, Landing]], now: datetime) -> None:
    """Keep what documents became, or what they say after they were changed.

    Raises:
        LedgerError: A target document already belongs to another transfer; nothing may be
            stored.  Callers ask ``owners`` first and refuse that one transfer.
    """
    stubs = (_stub(each, to, to_microseconds(now)) for each, to in landings)
    rows = sorted(stubs, key=itemgetter("target_connection_id", "target_kind", "target_id"))
    if not rows:
        return
    landed = _landed(tx, [row["transfer_id"] for row in rows])
    again = sorted(
        (row for row in rows if row["transfer_id"] in landed), key=itemgetter("transfer_id")
    )
    new = [row for row in rows if row["transfer_id"] not in landed]
    _PAIR_AGAIN.many(tx, [{**row, "transfer": row["transfer_id"]} for row in again])
    try:
        stored = _PAIR.many(tx, new)
    except IntegrityError as error:
        raise LedgerError(
            "A document in the target already belongs to another transfer; nothing was "
            "changed. Look both transfers up and leave one of them out.",
            detail=str(error.orig),
        ) from error
    assert stored == len(new), "a transfer without its source document"
    words.add_numbers(tx, ((row["document_row"], row["target_number"]) for row in rows))


def _landed(tx: Connection, transfers: Iterable[int]) -> set[int]:
    found = _LANDED_ALREADY.all(tx, {"ids": listed(tx, transfers)})
    return {row[0] for row in found}


_LANDED_ALREADY = Prepared(
    lambda dialect: select(pairing.c.transfer_id).where(
        among(dialect, pairing.c.transfer_id, "ids"), UNENDED
    )
)


def _stub(each: Transfer, to: Landing, now: int) -> dict[str, Any]:
    return {
        "link_id": each.link,
        "flow": each.flow,
        "transfer_id": each.id,
        "document_row": each.document_row,
        "target_connection_id": each.target,
        "target_kind": to.kind.value,
        "target_id": to.id,
        "target_number": to.number,
        "target_revision": to.revision,
        "target_total": to.total,
        "target_tax": to.tax,
        "sent_total": to.sent_total,
        "target_content": to.content,
        "lines": None if to.lines is None else msgspec.json.encode(to.lines),
        "sent_fingerprint": each.sent_fingerprint,
        "paired_at": now,
        "is_adopted": to.is_adopted,
        "is_closed": to.is_closed,
        "is_unread": to.content is None,
        "written": to.written,
        "fulfils_id": to.fulfils,
        "is_linked": to.is_linked,
    }


_END = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.transfer_id == bindparam("transfer"), UNENDED)
        .values(ended_at=bindparam("now", type_=BigInteger))
    )
)


def end(tx: Connection, transfers: Iterable[int], now: datetime) -> None:
    """Keep that pairings have ceased to count."""
    moment = to_microseconds(now)
    _END.many(tx, [{"transfer": each, "now": moment} for each in sorted(transfers)])


_SEEN: Final = (
    "target_content",
    "target_number",
    "target_total",
    "target_tax",
    "seen_content",
    "seen_revision",
    "seen",
    "gone_at",
    "gone_on",
    "lines",
    "sent_fingerprint",
    "is_closed",
    "written",
)
_SEE = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.id == bindparam("row"), UNENDED)
        .values(
            {
                "is_unread": False,
                **{name: bindparam(name, type_=pairing.c[name].type) for name in _SEEN},
            }
        )
    )
)


def see(tx: Connection, seen: Iterable[Pairing]) -> None:
    """Keep what the target's documents were seen to say."""
    rows = sorted((_seen(each) for each in seen if each.id), key=itemgetter("row"))
    _SEE.many(tx, rows)
    words.add_numbers(tx, words.numbers_of(tx, [row["row"] for row in rows]))


def _seen(each: Pairing) -> Values:
    return {
        "row": each.id,
        "target_content": each.content,
        "target_number": each.number,
        "target_total": each.total,
        "target_tax": each.tax,
        "seen_content": each.seen_content,
        "seen_revision": each.seen_revision,
        "seen": each.seen,
        "gone_at": None if each.gone_at is None else to_microseconds(each.gone_at),
        "gone_on": each.gone_on and each.gone_on.isoformat(),
        "lines": None if each.lines is None else msgspec.json.encode(each.lines),
        "sent_fingerprint": each.sent_fingerprint,
        "is_closed": each.is_closed,
        "written": each.written,
    }


_KNOW_LINES = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.id == bindparam("row"), UNENDED)
        .values(lines=bindparam("lines", type_=pairing.c.lines.type))
    )
)


def know_lines(tx: Connection, told: Iterable[Pairing]) -> None:
    """Keep what documents carry of which only was known that they are there."""
    _KNOW_LINES.many(
        tx,
        sorted(
            ({"row": each.id, "lines": msgspec.json.encode(each.lines)} for each in told),
            key=itemgetter("row"),
        ),
    )


_PROVE = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.id == bindparam("row"), UNENDED)
        .values(is_linked=bindparam("linked", type_=Boolean))
    )
)


def prove(tx: Connection, known: Iterable[tuple[int, bool | None]]) -> None:
    """Keep whether documents are linked to their orders, by the pairings' rows."""
    _PROVE.many(tx, [{"row": row, "linked": linked} for row, linked in sorted(known)])


class PartOf(NamedTuple):
    """A part of a source document that was taken up.

    ``lines``: what it became, or what a person left out; ``None``: not known, or it never landed.
    """

    link: int
    flow: str
    document_row: int
    part: str
    state: State
    wish: Wish
    has_landed: bool
    lines: tuple[PairedLine, ...] | None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it may have landed, which only an answer will tell."""
        return not self.has_landed and STATES[self.state].standing is Standing.IN_FLIGHT

    @property
    def stays_out(self) -> bool:
        """Whether a person took it back out, or left it out."""
        return not self.has_landed and self.wish in (Wish.UNDO, Wish.LEAVE)


def parts_of(tx: Connection, rows: Iterable[int]) -> list[PartOf]:
    """List the parts of source documents that were taken up, by the documents' rows."""
    found = {
        row[0]: PartOf(
            link=row[1],
            flow=row[2],
            document_row=row[3],
            part=row[4],
            state=State(row[5]),
            wish=Wish(row[6]),
            has_landed=row[7] is not None,
            lines=_lines_of(row[8], row[9]),
        )
        for row in _PARTS_OF.all(tx, {"rows": listed(tx, rows)})
    }
    out = [row for row, each in found.items() if each.stays_out and each.lines is None]
    for row, packed in _LAST_LINES.all(tx, {"ids": listed(tx, out)}) if out else ():
        lines = None if packed is None else _LINES.decode(packed)
        found[row] = found[row]._replace(lines=lines)
    return list(found.values())


def _lines_of(landed: bytes | None, left_out: bytes | None) -> tuple[PairedLine, ...] | None:
    if landed is not None:
        return _LINES.decode(landed)
    if left_out is None:
        return None
    return tuple(PairedLine(line, "", quantity) for line, quantity in _LEFT_OUT.decode(left_out))


_PARTS_OF = Prepared(
    lambda dialect: (
        select(
            transfer.c.id,
            transfer.c.link_id,
            transfer.c.flow,
            transfer.c.document_id,
            transfer.c.part,
            transfer.c.state,
            transfer.c.wish,
            pairing.c.id,
            coerced(pairing.c.lines, LargeBinary),
            transfer.c.left_out,
        )
        .select_from(
            transfer.outerjoin(pairing, and_(pairing.c.transfer_id == transfer.c.id, UNENDED))
        )
        .where(among(dialect, transfer.c.document_id, "rows"))
        .order_by(transfer.c.id)
    )
)
# What ended last comes last.
_LAST_LINES = Prepared(
    lambda dialect: (
        select(pairing.c.transfer_id, coerced(pairing.c.lines, LargeBinary))
        .where(among(dialect, pairing.c.transfer_id, "ids"))
        .order_by(pairing.c.id)
    )
)


class EndOf(NamedTuple):
    """The document that a pairing names on one of its sides."""

    kind: DocumentKind
    id: str


def ends_at(tx: Connection, connection: int, rows: Iterable[int]) -> dict[int, EndOf]:
    """Give the documents of a connection that pairings name, whichever way they went.

    By the pairings' rows; those that have ended are not there.
    """
    is_target = pairing.c.target_connection_id == connection
    found = tx.execute(
        select(
            pairing.c.id,
            case((is_target, pairing.c.target_kind), else_=pairing.c.source_kind),
            case((is_target, pairing.c.target_id), else_=pairing.c.source_id),
        ).where(UNENDED, among(tx.dialect, pairing.c.id, "rows")),
        {"rows": listed(tx, rows)},
    )
    return {row[0]: EndOf(DocumentKind(row[1]), row[2]) for row in found}


class FollowerOf(NamedTuple):
    """A pairing that fulfils an order's.  ``wish``: what a person wants of its transfer."""

    order: int
    document_row: int
    kind: DocumentKind
    number: str | None
    id: str
    wish: str


def followers(tx: Connection, orders: Iterable[int]) -> list[FollowerOf]:
    """List what fulfils some orders, by the orders' pairings."""
    rows = _FOLLOWERS.all(tx, {"orders": listed(tx, orders)})
    return [FollowerOf(row[0], row[1], DocumentKind(row[2]), *row[3:]) for row in rows]


_FOLLOWERS = Prepared(
    lambda dialect: (
        select(
            pairing.c.fulfils_id,
            transfer.c.document_id,
            pairing.c.target_kind,
            pairing.c.target_number,
            pairing.c.target_id,
            transfer.c.wish,
        )
        .select_from(pairing.join(transfer, transfer.c.id == pairing.c.transfer_id))
        .where(among(dialect, pairing.c.fulfils_id, "orders"), UNENDED, pairing.c.gone_at.is_(None))
        .order_by(pairing.c.id)
    )
)


class Origin(NamedTuple):
    """Which document of the other side a document was made from.

    ``is_gone``: that one was deleted since.
    """

    pairing: int
    kind: DocumentKind
    id: str
    lines: tuple[PairedLine, ...] | None
    is_gone: bool


def origins(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> dict[str, Origin]:
    """Say from which documents the documents of a target were made, as far as we made them."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return {
        row[0]: Origin(
            row[1],
            DocumentKind(row[2]),
            row[3],
            None if row[4] is None else _LINES.decode(row[4]),
            bool(row[5]),
        )
        for row in _ORIGINS.all(tx, values)
    }


_ORIGINS = Prepared(
    lambda dialect: (
        select(
            pairing.c.target_id,
            pairing.c.id,
            pairing.c.source_kind,
            pairing.c.source_id,
            coerced(pairing.c.lines, LargeBinary),
            document.c.is_gone,
        )
        .select_from(
            pairing.join(transfer, transfer.c.id == pairing.c.transfer_id).join(
                document, document.c.id == transfer.c.document_id
            )
        )
        .where(
            UNENDED,
            pairing.c.target_connection_id == bindparam("connection"),
            pairing.c.target_kind == bindparam("kind"),
            among(dialect, pairing.c.target_id, "ids"),
        )
    )
)


def owners(
    tx: Connection, connection: int, wanted: Iterable[tuple[DocumentKind, str]]
) -> Mapping[tuple[DocumentKind, str], int]:
    """Give the transfers that documents of a target belong to; absent: no one's."""
    return {each: owner for each, owner, _is_adopted in _owned(tx, connection, wanted)}


def written(
    tx: Connection, connection: int, wanted: Iterable[tuple[DocumentKind, str]]
) -> set[tuple[DocumentKind, str]]:
    """Say which documents of a target we wrote; one that a person said is ours, we did not."""
    owned = _owned(tx, connection, wanted)
    return {each for each, _owner, is_adopted in owned if not is_adopted}


def _owned(
    tx: Connection, connection: int, wanted: Iterable[tuple[DocumentKind, str]]
) -> Iterator[tuple[tuple[DocumentKind, str], int, bool]]:
    by_kind: defaultdict[DocumentKind, list[str]] = defaultdict(list)
    for kind, document_id in wanted:
        by_kind[kind].append(document_id)
    # Kind by kind, as the index has them.
    for kind, ids in by_kind.items():
        values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
        for document_id, owner, is_adopted in _OWNERS.all(tx, values):
            yield (kind, document_id), owner, bool(is_adopted)


_OWNERS = Prepared(
    lambda dialect: select(pairing.c.target_id, pairing.c.transfer_id, pairing.c.is_adopted).where(
        UNENDED,
        pairing.c.target_connection_id == bindparam("connection"),
        pairing.c.target_kind == bindparam("kind"),
        among(dialect, pairing.c.target_id, "ids"),
    )
)


def paired_at(tx: Connection, transfer_id: int) -> datetime | None:
    """Say when a transfer landed, ``None``: it has not."""
    found: datetime | None = tx.scalar(
        select(pairing.c.paired_at).where(UNENDED, pairing.c.transfer_id == transfer_id)
    )
    return found
