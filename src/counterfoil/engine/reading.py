"""What a run reads, page by page.

A run begins by bringing the directory up to date, by reading what was written in the
target lately (*watching*), and by retrieving what the inward flows want; only then does it
write, so that names are matched against what the books hold now, and nothing is written
that is there already.  The agenda is the list of readings that are still open; it is small,
plain data, and lives in the run's row between two calls.

Readings ask for what changed since the latest change that was read, by the outside
system's own wall clock, so that neither our clock nor a time zone set wrong can make us
miss anything.  They overlap: change times have a resolution of a second, and QuickBooks
reports summer times an hour off (reference sections 3.4 and 8, quirk 14).  Reading
something twice is harmless.

That wall clock can itself be wrong: set ahead and back again, moved to another zone,
restored with an old file.  So a cursor never passes the system's own "now" as far as we
know it (``reached``); a reading that does not bring the change its cursor stands at
(``has_lost_its_place``), or brings times of another zone, is followed by one that looks back
further (``WIDE_OVERLAP``); and so is the first of each day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from counterfoil.documents import DocumentKind, RecordKind

from .operations import Operation, Page, ReadDeletions, ReadDocuments, ReadRecords, ReadStock

__all__ = [
    "DELETIONS",
    "STOCK",
    "STOCK_AT_SITES",
    "PageSizes",
    "Reading",
    "Watch",
    "agenda",
    "documents_cursor",
    "has_lost_its_place",
    "looks_for",
    "next_page",
    "operation_of",
    "reached",
    "records_cursor",
    "stands_still",
    "watch_cursor",
]

OVERLAP: Final = timedelta(hours=1, minutes=10)
WIDE_OVERLAP: Final = timedelta(hours=26)
"""Longer than any change of time zone: what a clock that moved has hidden is found in it."""
CLOCK_UNKNOWN: Final = timedelta(hours=14)
"""How far a wall clock in an unknown zone may be behind UTC, and then some."""
SUMMER: Final = timedelta(hours=1)
"""A wall clock may be so much ahead of the zone that its times bear."""
_ZONE_AHEAD_MAX: Final = timedelta(hours=14)
"""No zone is further ahead of UTC; a clock that seems to be is wrong."""
_DAYS_TOGETHER: Final = timedelta(days=31)
DELETIONS: Final = "deletions"
STOCK: Final = "stock"
STOCK_AT_SITES: Final = "stock/sites"
# A company has a handful of them, and their systems do not tell which were deleted.
_READ_WHOLE: Final = frozenset({RecordKind.UNIT_SET, RecordKind.INVENTORY_SITE})
_FIRST: Final = datetime(1, 1, 1)  # noqa: DTZ001 - a wall clock has no zone


class Reading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading that is open.

    Attributes:
        cursor: Name under which its progress is kept, such as ``records/customer``.
        since: Read what changed since then; ``None``: everything.
        dated: Read what bears a date of this span instead, both days included.
        page: Token for the next page.
        remaining: How many more the system said there are; ``None``: it does not say.
        latest: The latest change read so far, by the system's own wall clock.
        requests: What people asked for and this reading brings, by the requests' ids.
        watches: It shows what was written there lately: a write whose answer was lost, and
            whose mark it does not bring, is not there.
        heads: Only who and which the documents are is read.
        is_wide: It looks back further than usual, for a clock that may have moved.
        deleted: Of which kinds of documents it asks what was deleted.
        known: Orders that were open lately, where absence from a list may mean closed.
        present: What the earlier pages of a reading of everything held, by identity;
            ``None``: it is no such reading.
        stock: How much there is of items; ``items`` names them, empty: all.
        at_sites: Of stock, how much there is at each inventory site, not the sums.
        bookmark: Where the last page ended, or the last reading, as the connector wrote it.
    """

    cursor: str
    records: RecordKind | None = None
    documents: DocumentKind | None = None
    since: datetime | None = None
    dated: tuple[date, date] | None = None
    page: str | None = None
    remaining: int | None = None
    latest: datetime | None = None
    requests: tuple[int, ...] = ()
    watches: bool = False
    heads: bool = False
    is_wide: bool = False
    known: tuple[str, ...] = ()
    deleted: tuple[DocumentKind, ...] = ()
    present: tuple[str, ...] | None = ()
    stock: bool = False
    items: tuple[str, ...] = ()
    at_sites: bool = False
    bookmark: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything is read, and not only what changed."""
        return self.since is None and self.dated is None and self.bookmark is None

    @property
    def words(self) -> str:
        """What is read, in running text."""
        if self.records is RecordKind.OTHER_NAME:
            return "the list of other names"
        if self.records is not None:
            return f"the {self.records.words} list"
        if self.documents is not None:
            return f"the {self.documents.words}s"
        if self.stock:
            return "the stock"
        return "what was deleted"


class Watch(NamedTuple):
    """A kind of document that we write to a system, and from when on it is read there.

    ``since`` counts while nothing of it has been read; ``None``: everything.
    """

    kind: DocumentKind
    since: datetime | None


class PageSizes(NamedTuple):
    """How much of each a page holds, at most."""

    records: int
    documents: int
    heads: int

    def shrunk(self, limit: int | None) -> PageSizes:
        """Give them no larger than a limit, after an answer that was too large."""
        return self if limit is None else PageSizes(*(min(each, limit) for each in self))


def records_cursor(kind: RecordKind) -> str:
    """Name the cursor of a list."""
    return f"records/{kind}"


def documents_cursor(kind: DocumentKind) -> str:
    """Name the cursor of a retrieval."""
    return f"documents/{kind}"


def watch_cursor(kind: DocumentKind) -> str:
    """Name the cursor of what is watched."""
    return f"watch/{kind}"


def agenda(
    records: Iterable[RecordKind],
    documents: Mapping[DocumentKind, datetime | None],
    read_until: Mapping[str, datetime | None],
    *,
    watches: Iterable[Watch] = (),
    reads_deletions: bool,
    deletable: Iterable[DocumentKind] = (),
    is_wide: bool = False,
) -> tuple[Reading, ...]:
    """List what a run reads first.

    Args:
        records: The lists that matching needs.
        documents: Kinds to retrieve -> the date a person gave, ``None`` to go on from
            where the last retrieval ended.
        read_until: Cursor -> the latest change read, by the system's wall clock; absent:
            never read.
        watches: Kinds that we write there, to be watched.
        reads_deletions: Whether the system tells what was deleted.
        deletable: Kinds that matter there, whether this run reads them or not: what was
            deleted is asked for all of them at once.
        is_wide: Look back further than usual.
    """
    overlap = WIDE_OVERLAP if is_wide else OVERLAP

    def overlapped(cursor: str) -> datetime | None:
        until = read_until.get(cursor)
        return None if until is None else earlier(until, overlap)

    readings = [
        Reading(
            cursor=records_cursor(kind),
            records=kind,
            since=None if kind in _READ_WHOLE else overlapped(records_cursor(kind)),
            is_wide=is_wide,
        )
        for kind in records
    ]
    retrieved = [
        Reading(
            cursor=documents_cursor(kind),
            documents=kind,
            since=since or overlapped(documents_cursor(kind)),
            is_wide=is_wide,
        )
        for kind, since in documents.items()
    ]
    for kind, since in watches:
        wanted = overlapped(watch_cursor(kind)) or since
        position = next((at for at, each in enumerate(retrieved) if each.documents is kind), None)
        if position is not None and _covers(retrieved[position].since, wanted):
            retrieved[position] = msgspec.structs.replace(retrieved[position], watches=True)
        else:
            retrieved.append(
                Reading(
                    cursor=watch_cursor(kind),
                    documents=kind,
                    since=wanted,
                    watches=True,
                    heads=True,
                    is_wide=is_wide,
                )
            )
    incremental = any(not reading.is_complete for reading in readings)
    if reads_deletions and (incremental or retrieved):
        readings.append(
            Reading(
                cursor=DELETIONS,
                since=overlapped(DELETIONS),
                is_wide=is_wide,
                deleted=tuple(sorted(deletable)),
            )
        )
    return (*readings, *retrieved)


def looks_for(kind: DocumentKind, days: Iterable[date]) -> tuple[Reading, ...]:
    """List the readings that show every document of a kind that bears one of these dates.

    What is looked for was written with its date, and no clock that was wrong, or has been
    set since, can hide it.  Days that are near each other are read together.
    """
    spans: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if spans and day - spans[-1][1] <= _DAYS_TOGETHER:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return tuple(
        Reading(
            cursor=f"lost/{kind}/{first}",
            documents=kind,
            dated=(first, last),
            watches=True,
            heads=True,
            present=None,
        )
        for first, last in spans
    )


def _covers(since: datetime | None, wanted: datetime | None) -> bool:
    return since is None or (wanted is not None and since <= wanted)


def earlier(moment: datetime, by: timedelta) -> datetime:
    """Give an earlier wall-clock moment, the first one there is if need be."""
    return moment - by if moment - _FIRST > by else _FIRST


def reached(
    latest: datetime | None,
    before: datetime | None,
    began: datetime,
    offset: timedelta | None,
    *,
    zone: timedelta | None = None,
    is_wide: bool = False,
) -> datetime | None:
    """Say how far a complete reading came, by the system's own wall clock.

    Args:
        latest: The latest change it brought.
        before: How far the readings before it came.
        began: When, by our clock (UTC), it was not yet begun: what changed during it may
            not be on it.
        offset: The system's wall clock minus ours, as last learnt from its answer to a
            write; ``None``: never.
        zone: How far ahead of UTC the zone is that its times bear; ``None``: they bear none.
        is_wide: It looked back so far that what it showed counts, whatever was shown before:
            a clock that moved has moved those times with it.

    Returns:
        The later of both, but not later than the system's own "now": a change dated in the
        future (a clock that was ahead, a record of 2037) must not hide what follows.
    """
    if is_wide and latest is not None:
        before = None
    known = [moment for moment in (latest, before) if moment is not None]
    if not known:
        return None
    return min(max(known), began.replace(tzinfo=None) + _ahead(offset, zone))


def _ahead(offset: timedelta | None, zone: timedelta | None) -> timedelta:
    """Say how far the wall clock is ahead of UTC: of what is known, the most cautious."""
    known = [] if offset is None else [min(offset, _ZONE_AHEAD_MAX)]
    if zone is not None:
        known.append(zone + SUMMER)
    return min(known, default=-CLOCK_UNKNOWN)


def has_lost_its_place(reading: Reading, latest: datetime | None, until: datetime | None) -> bool:
    """Say whether a reading did not bring the change that its cursor stands at.

    It asked for that change, too.  If it is not there, it was deleted, or the system's wall
    clock shows it at another time now, and may hide newer ones.
    """
    if reading.is_wide or reading.since is None or until is None or reading.since > until:
        return False
    return latest is None or latest < until


def stands_still(reading: Reading, page: Page | None) -> bool:
    """Say whether a page is none: more was announced, and it does not go on to it.

    So an iterator that has vanished, and is answered with "nothing found", ends no list.
    """
    if not reading.remaining:
        return False
    if page is None or page.remaining is None:
        return True
    brought = page.records or page.documents or page.unreadable
    return not brought and page.remaining > 0


def operation_of(reading: Reading, wire_id: str, sizes: PageSizes) -> Operation:
    """Make the operation that asks for a reading's next page."""
    if reading.records is not None:
        return ReadRecords(
            id=wire_id,
            kind=reading.records,
            since=reading.since,
            page=reading.page,
            limit=sizes.records,
        )
    if reading.documents is not None:
        return ReadDocuments(
            id=wire_id,
            kind=reading.documents,
            since=reading.since,
            dated=reading.dated,
            page=reading.page,
            limit=sizes.heads if reading.heads else sizes.documents,
            heads=reading.heads,
            known=reading.known,
            bookmark=reading.bookmark,
        )
    if reading.stock:
        return ReadStock(
            id=wire_id,
            items=reading.items,
            page=reading.page,
            limit=sizes.records,
            at_sites=reading.at_sites,
        )
    return ReadDeletions(
        id=wire_id,
        records=tuple(RecordKind),
        documents=reading.deleted,
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
            remaining=page.remaining if page else None,
            latest=_later(reading.latest, page.latest if page else None),
            present=_present(reading, page),
            bookmark=(page.bookmark if page else None) or reading.bookmark,
        )
        (open_ if going_on.page is not None else complete).append(going_on)
    return tuple(open_), tuple(complete)


def _present(reading: Reading, page: Page | None) -> tuple[str, ...] | None:
    """Say what a reading of everything has held so far; ``None``: it is none."""
    if reading.present is None or page is None or not page.is_snapshot:
        return None
    unreadable = (each.id for each in page.unreadable if each.id is not None)
    return (*reading.present, *(each.id for each in page.documents), *unreadable)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, default=None)
