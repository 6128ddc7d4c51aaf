"""What a run reads, page by page.

A run begins by bringing the directory up to date and retrieving what the inward flows
want; only then does it write, so that names are matched against what the books hold
now.  The agenda is the list of readings that are still open; it is small, plain data,
and lives in the run's row between two calls.

Readings ask for what changed since the latest change that was read, by the outside
system's own wall clock, so that neither our clock nor a time zone set wrong can make us
miss anything.  They overlap: change times have a resolution of a second, and QuickBooks
reports summer times an hour off (reference sections 3.4 and 8, quirk 14).  Reading
something twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.documents import DocumentKind, RecordKind

from .operations import Operation, Page, ReadDeletions, ReadDocuments, ReadRecords

__all__ = ["DELETIONS", "Reading", "agenda", "next_page", "operation_of", "records_cursor"]

OVERLAP: Final = timedelta(hours=1, minutes=10)
DELETIONS: Final = "deletions"


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading that is open.

    Attributes:
        cursor: Name under which its progress is kept, such as ``records/customer``.
        since: Read what changed since then; ``None``: everything.
        page: Token for the next page.
        latest: The latest change read so far, by the system's own wall clock.
        requests: What people asked for and this reading brings, by the requests' ids.
    """

    cursor: str
    records: RecordKind | None = None
    documents: DocumentKind | None = None
    since: datetime | None = None
    page: str | None = None
    latest: datetime | None = None
    requests: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything is read, and not only what changed."""
        return self.since is None


def records_cursor(kind: RecordKind) -> str:
    """Name the cursor of a list."""
    return f"records/{kind}"


def agenda(
    records: Iterable[RecordKind],
    documents: Mapping[DocumentKind, datetime | None],
    read_until: Mapping[str, datetime | None],
    *,
    reads_deletions: bool,
) -> tuple[Reading, ...]:
    """List what a run reads first.

    Args:
        records: The lists that matching needs.
        documents: Kinds to retrieve -> the date a person gave, ``None`` to go on from
            where the last retrieval ended.
        read_until: Cursor -> the latest change read, by the system's wall clock; absent:
            never read.
        reads_deletions: Whether the system tells what was deleted.
    """
    readings = [
        Reading(
            cursor=records_cursor(kind),
            records=kind,
            since=_overlapped(read_until.get(records_cursor(kind))),
        )
        for kind in records
    ]
    last = read_until.get(DELETIONS)
    if reads_deletions and any(not reading.is_complete for reading in readings):
        readings.append(Reading(cursor=DELETIONS, since=_overlapped(last)))
    for kind, since in documents.items():
        cursor = f"documents/{kind}"
        readings.append(
            Reading(
                cursor=cursor,
                documents=kind,
                since=since or _overlapped(read_until.get(cursor)),
            )
        )
    return tuple(readings)


def _overlapped(until: datetime | None) -> datetime | None:
    return None if until is None else until - OVERLAP


def operation_of(
    reading: Reading, wire_id: str, *, records_per_page: int, documents_per_page: int
) -> Operation:
    """Make the operation that asks for a reading's next page."""
    if reading.records is not None:
        return ReadRecords(
            id=wire_id,
            kind=reading.records,
            since=reading.since,
            page=reading.page,
            limit=records_per_page,
        )
    if reading.documents is not None:
        return ReadDocuments(
            id=wire_id,
            kind=reading.documents,
            since=reading.since,
            page=reading.page,
            limit=documents_per_page,
        )
    return ReadDeletions(
        id=wire_id,
        records=tuple(RecordKind),
        documents=(DocumentKind.SALES_ORDER,),
        since=reading.since,
    )


def next_page(
    readings: Sequence[Reading], answered: Mapping[str, Page | None]
) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Go on after an answer.

    Args:
        readings: Those that were asked for.
        answered: Cursor -> the page that came, ``None`` where there was nothing to read;
            absent: no page came, so it is asked for again.

    Returns:
        The readings that stay open, and those that are complete.
    """
    open_: list[Reading] = []
    complete: list[Reading] = []
    for reading in readings:
        if reading.cursor not in answered:
            open_.append(reading)
            continue
        page = answered[reading.cursor]
        going_on = msgspec.structs.replace(
            reading,
            page=page.next if page else None,
            latest=_later(reading.latest, page.latest if page else None),
        )
        (open_ if going_on.page is not None else complete).append(going_on)
    return tuple(open_), tuple(complete)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, default=None)
