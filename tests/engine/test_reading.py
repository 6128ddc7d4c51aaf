"""What a run reads first: the agenda, page by page, and how far it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import Customer, DocumentKind, RecordKind
from counterfoil.engine.operations import Page, ReadDeletions, ReadDocuments, ReadRecords
from counterfoil.engine.reading import (
    CLOCK_UNKNOWN,
    DELETIONS,
    OVERLAP,
    WIDE_OVERLAP,
    PageSizes,
    Reading,
    Watch,
    agenda,
    documents_cursor,
    earlier,
    has_lost_its_place,
    next_page,
    operation_of,
    reached,
    records_cursor,
    stands_still,
    watch_cursor,
)

ORDERS = DocumentKind.SALES_ORDER
LISTS = (RecordKind.CUSTOMER, RecordKind.ITEM)
MONDAY = datetime(2026, 3, 2, 8, 0)  # noqa: DTZ001  (a system's own wall clock has no zone)
CUSTOMERS = records_cursor(RecordKind.CUSTOMER)
ITEMS = records_cursor(RecordKind.ITEM)
RETRIEVED = f"documents/{ORDERS}"


class TestAgenda:
    def test_the_first_run_reads_everything(self) -> None:
        """Lists never read are read whole; then there is nothing deleted to ask about."""
        found = agenda(LISTS, {}, {}, reads_deletions=True)

        assert [each.cursor for each in found] == [CUSTOMERS, ITEMS]
        assert all(each.is_complete and each.since is None for each in found)

    def test_documents_are_asked_for_with_their_deletions(self) -> None:
        """What is retrieved may have been deleted, so that is asked, too, even the first time."""
        found = agenda((), {ORDERS: None}, {}, reads_deletions=True)

        assert [each.cursor for each in found] == [DELETIONS, RETRIEVED]

    def test_later_runs_read_what_changed(self) -> None:
        """A list read before is read from its latest change on, and deletions are asked for."""
        until = {CUSTOMERS: MONDAY, ITEMS: MONDAY, DELETIONS: MONDAY}
        found = agenda(LISTS, {}, until, reads_deletions=True)

        assert [each.cursor for each in found] == [CUSTOMERS, ITEMS, DELETIONS]
        assert {each.since for each in found} == {MONDAY - OVERLAP}
        assert not any(each.is_complete for each in found)

    def test_sets_of_units_are_read_whole(self) -> None:
        """They are few, and nobody tells which were deleted; so each run reads them all."""
        sets = records_cursor(RecordKind.UNIT_SET)
        found = agenda((RecordKind.UNIT_SET,), {}, {sets: MONDAY}, reads_deletions=True)

        assert [(each.cursor, each.since) for each in found] == [(sets, None)]

    def test_readings_overlap_by_more_than_a_summer_hour(self) -> None:
        """8, quirk 14: times an hour off and of one second's resolution make nothing missed."""
        assert timedelta(hours=1) < OVERLAP <= timedelta(hours=2)

    def test_deletions_never_asked_before(self) -> None:
        """A system whose deletions were never read is asked for all it still knows."""
        found = agenda(LISTS, {}, {CUSTOMERS: MONDAY}, reads_deletions=True)

        assert found[-1] == Reading(cursor=DELETIONS)

    def test_a_system_that_tells_no_deletions(self) -> None:
        """Deletions are asked for only where the system tells them."""
        found = agenda(LISTS, {}, {CUSTOMERS: MONDAY}, reads_deletions=False)

        assert DELETIONS not in {each.cursor for each in found}

    @pytest.mark.parametrize(
        "given_, until, since",
        [
            (None, None, None),
            (None, MONDAY, MONDAY - OVERLAP),
            (MONDAY, None, MONDAY),
            (MONDAY, MONDAY + timedelta(days=3), MONDAY),
        ],
    )
    def test_flow_4_retrieval(
        self, given_: datetime | None, until: datetime | None, since: datetime | None
    ) -> None:
        """FLOW-4: a person's date counts; without one retrieval goes on where it ended."""
        (found,) = agenda((), {ORDERS: given_}, {RETRIEVED: until}, reads_deletions=False)

        assert (found.documents, found.since) == (ORDERS, since)

    def test_lists_come_before_documents(self) -> None:
        """Names are brought up to date before the documents that use them."""
        found = agenda(LISTS, {ORDERS: None}, {CUSTOMERS: MONDAY}, reads_deletions=True)

        assert [each.cursor for each in found] == [CUSTOMERS, ITEMS, DELETIONS, RETRIEVED]


class TestWatching:
    WATCHED = watch_cursor(ORDERS)

    def test_heads_of_what_we_write_are_read(self) -> None:
        """9.13: what we write there is watched by heads, from where the last reading ended."""
        (found,) = agenda(
            (),
            {},
            {self.WATCHED: MONDAY},
            watches=[Watch(ORDERS, None)],
            reads_deletions=False,
        )

        assert (found.cursor, found.since) == (self.WATCHED, MONDAY - OVERLAP)
        assert (found.watches, found.heads) == (True, True)

    def test_the_first_time_from_when_the_link_began(self) -> None:
        """A kind that was never watched is read from the moment given, or wholly."""
        for since in (MONDAY, None):
            (found,) = agenda((), {}, {}, watches=[Watch(ORDERS, since)], reads_deletions=False)

            assert found.since == since

    @pytest.mark.parametrize(
        "retrieved, watched, readings",
        [
            (None, None, 1),
            (MONDAY, MONDAY, 1),
            (MONDAY, MONDAY + timedelta(days=1), 1),
            (MONDAY, MONDAY - timedelta(days=1), 2),
            (MONDAY, None, 2),
        ],
    )
    def test_a_retrieval_that_covers_it_watches_too(
        self, retrieved: datetime | None, watched: datetime | None, readings: int
    ) -> None:
        """One reading serves both where it reaches back far enough; else each has its own."""
        found = agenda(
            (), {ORDERS: retrieved}, {}, watches=[Watch(ORDERS, watched)], reads_deletions=False
        )

        assert len(found) == readings
        assert [each.watches for each in found].count(True) == 1

    def test_deletions_are_asked_beside_a_watch(self) -> None:
        """What is watched can be deleted, too."""
        found = agenda((), {}, {}, watches=[Watch(ORDERS, MONDAY)], reads_deletions=True)

        assert DELETIONS in {each.cursor for each in found}


class TestClocks:
    """9.12: a wall clock that is wrong widens the next reading, it never narrows it."""

    NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        "latest, before, offset_h, expected",
        [
            (None, None, 0, None),
            (MONDAY, None, 0, MONDAY),
            (None, MONDAY, 0, MONDAY),
            (MONDAY, MONDAY + timedelta(hours=1), 0, MONDAY + timedelta(hours=1)),
            # A record of 2037 does not hide what follows.
            (datetime(2037, 1, 1), MONDAY, 0, datetime(2026, 3, 2, 12, 0)),  # noqa: DTZ001
            # The system's own now, five hours behind ours.
            (datetime(2037, 1, 1), MONDAY, -5, datetime(2026, 3, 2, 7, 0)),  # noqa: DTZ001
            # The clock went back: so does the cursor.
            (None, datetime(2026, 3, 5), 0, datetime(2026, 3, 2, 12, 0)),  # noqa: DTZ001
        ],
    )
    def test_never_past_the_systems_own_now(
        self,
        latest: datetime | None,
        before: datetime | None,
        offset_h: int,
        expected: datetime | None,
    ) -> None:
        """A cursor stands at the latest change read, at most at the system's own now."""
        assert reached(latest, before, self.NOW, timedelta(hours=offset_h)) == expected

    def test_an_unknown_zone(self) -> None:
        """As long as the system's clock is unknown, it may be as far behind as any zone."""
        wall = self.NOW.replace(tzinfo=None)

        assert reached(wall, None, self.NOW, None) == wall - CLOCK_UNKNOWN
        assert timedelta(hours=12) <= CLOCK_UNKNOWN

    @pytest.mark.parametrize(
        "offset_h, zone_h, ahead_h",
        [
            (-5, -5, -5),
            # Moved west since our last write, or east: the one further behind counts.
            (-5, -8, -7),
            (-5, 5, -5),
            (None, -5, -4),
            # No zone is two days ahead: that clock is wrong.
            (48, None, 14),
            (48, -5, -4),
        ],
    )
    def test_the_zone_of_the_times_holds_it_back(
        self, offset_h: int | None, zone_h: int | None, ahead_h: int
    ) -> None:
        """Of what is known of the system's clock, the most cautious counts."""
        found = reached(
            datetime(2037, 1, 1),  # noqa: DTZ001 - a wall clock has no zone
            None,
            self.NOW,
            None if offset_h is None else timedelta(hours=offset_h),
            zone=None if zone_h is None else timedelta(hours=zone_h),
        )

        assert found == self.NOW.replace(tzinfo=None) + timedelta(hours=ahead_h)

    def test_what_a_wide_reading_shows_counts(self) -> None:
        """It looked back past any move of the clock: earlier times shown there are the new ones."""
        before, shown = MONDAY, MONDAY - timedelta(hours=3)

        assert reached(shown, before, self.NOW, timedelta(0)) == before
        assert reached(shown, before, self.NOW, timedelta(0), is_wide=True) == shown
        assert reached(None, before, self.NOW, timedelta(0), is_wide=True) == before

    @pytest.mark.parametrize(
        "changes, latest, is_lost",
        [
            ({}, MONDAY, False),
            ({}, MONDAY + OVERLAP, False),
            ({}, MONDAY - timedelta(seconds=1), True),
            ({}, None, True),
            ({"is_wide": True}, None, False),
            # Everything was asked for, or only what is newer than the place.
            ({"since": None}, None, False),
            ({"since": MONDAY + timedelta(days=1)}, None, False),
        ],
    )
    def test_a_place_is_lost(
        self, changes: dict[str, Any], latest: datetime | None, is_lost: bool
    ) -> None:
        """A reading that does not bring the change its cursor stands at says nothing."""
        reading = Reading(cursor=RETRIEVED, documents=ORDERS, since=MONDAY - OVERLAP)
        reading = msgspec.structs.replace(reading, **changes)

        assert has_lost_its_place(reading, latest, MONDAY) is is_lost
        assert not has_lost_its_place(reading, latest, None)

    @pytest.mark.parametrize(
        "announced, page, is_none",
        [
            (None, Page(), False),
            (0, Page(), False),
            (3, Page(), True),
            (3, None, True),
            (3, Page(remaining=3), True),
            (3, Page(remaining=0), False),
            (3, Page(records=(Customer(id="1", name="A", full_name="A"),), remaining=2), False),
        ],
    )
    def test_an_iterator_that_vanished(
        self, announced: int | None, page: Page | None, is_none: bool
    ) -> None:
        """More was announced: "nothing found" does not end the list, and it has to go on."""
        reading = Reading(cursor=CUSTOMERS, records=RecordKind.CUSTOMER, remaining=announced)

        assert stands_still(reading, page) is is_none

    def test_a_wide_reading_outlasts_any_change_of_zone(self) -> None:
        """Now and then a reading looks back further than a clock can be moved."""
        (found,) = agenda(
            [RecordKind.ITEM], {}, {ITEMS: MONDAY}, reads_deletions=False, is_wide=True
        )

        assert found.since == MONDAY - WIDE_OVERLAP
        assert timedelta(hours=26) <= WIDE_OVERLAP

    def test_the_first_moment_there_is(self) -> None:
        """A cursor at the beginning of time is not taken back past it."""
        first = datetime(1, 1, 1)  # noqa: DTZ001  (a system's own wall clock has no zone)

        assert earlier(first, OVERLAP) == first

    def test_a_persons_date_goes_before_the_overlap(self) -> None:
        """A date that somebody gave is read from that day."""
        (found,) = agenda(
            (), {ORDERS: MONDAY}, {documents_cursor(ORDERS): MONDAY}, reads_deletions=False
        )

        assert found.since == MONDAY


class TestOperations:
    def made(self, reading: Reading) -> object:
        return operation_of(reading, "3", PageSizes(records=500, documents=200, heads=300))

    def test_heads_have_pages_of_their_own(self) -> None:
        """Heads are small, so more of them fit a page; after too large an answer, fewer do."""
        heads = Reading(cursor="watch", documents=ORDERS, heads=True)
        sizes = PageSizes(records=500, documents=200, heads=300)

        assert self.made(heads) == ReadDocuments(id="3", kind=ORDERS, limit=300, heads=True)
        assert sizes.shrunk(250) == PageSizes(records=250, documents=200, heads=250)
        assert sizes.shrunk(None) == sizes

    @pytest.mark.parametrize(
        "reading, words",
        [
            (Reading(cursor=CUSTOMERS, records=RecordKind.CUSTOMER), "the customer list"),
            (Reading(cursor=RETRIEVED, documents=ORDERS), "the sales orders"),
            (Reading(cursor=DELETIONS), "what was deleted"),
        ],
    )
    def test_a_reading_has_words(self, reading: Reading, words: str) -> None:
        """What is read is named for people."""
        assert reading.words == words

    def test_each_reading_has_its_operation(self) -> None:
        """Records, documents and deletions are asked for with their own operation and page size."""
        records = Reading(cursor=CUSTOMERS, records=RecordKind.CUSTOMER, since=MONDAY, page="p2")
        documents = Reading(cursor=RETRIEVED, documents=ORDERS, page="p3")

        assert self.made(records) == ReadRecords(
            id="3", kind=RecordKind.CUSTOMER, since=MONDAY, page="p2", limit=500
        )
        assert self.made(documents) == ReadDocuments(id="3", kind=ORDERS, page="p3", limit=200)
        deletions = self.made(Reading(cursor=DELETIONS, since=MONDAY))
        assert isinstance(deletions, ReadDeletions)
        assert (set(deletions.records), deletions.since) == (set(RecordKind), MONDAY)


class TestPages:
    READING = Reading(cursor=CUSTOMERS, records=RecordKind.CUSTOMER)

    def test_a_last_page_completes(self) -> None:
        """A page without a next one ends the reading, which knows the latest change it saw."""
        open_, complete = next_page([self.READING], {CUSTOMERS: Page(latest=MONDAY)})

        assert open_ == ()
        assert [each.latest for each in complete] == [MONDAY]

    def test_another_page_follows(self) -> None:
        """A page with a token stays open at that token."""
        (going_on,), complete = next_page([self.READING], {CUSTOMERS: Page(next="p2")})

        assert (going_on.page, complete) == ("p2", ())

    def test_no_page_is_asked_for_again(self) -> None:
        """A reading to which no page came stays as it was."""
        at_two = msgspec.structs.replace(self.READING, page="p2", latest=MONDAY)

        assert next_page([at_two], {}) == ((at_two,), ())

    def test_nothing_to_read_completes(self) -> None:
        """A system that has nothing for it completes the reading where it was."""
        at_two = msgspec.structs.replace(self.READING, page="p2", latest=MONDAY)
        open_, (done,) = next_page([at_two], {CUSTOMERS: None})

        assert open_ == ()
        assert (done.latest, done.page) == (MONDAY, None)

    def test_readings_go_on_each_at_its_own_pace(self) -> None:
        """Readings of one batch end, go on and are repeated independently."""
        other = Reading(cursor=ITEMS, records=RecordKind.ITEM)
        third = Reading(cursor=RETRIEVED, documents=ORDERS)
        open_, complete = next_page(
            [self.READING, other, third], {CUSTOMERS: Page(), ITEMS: Page(next="p2")}
        )

        assert [each.cursor for each in open_] == [ITEMS, RETRIEVED]
        assert [each.cursor for each in complete] == [CUSTOMERS]


@given(st.lists(st.none() | st.integers(0, 1000), min_size=1, max_size=8))
def test_the_high_water_mark_is_the_latest_of_all_pages(minutes: list[int | None]) -> None:
    """However changes lie on the pages, the reading ends at the latest one, read once per page."""
    times = [None if m is None else MONDAY + timedelta(minutes=m) for m in minutes]
    reading, pages = Reading(cursor=CUSTOMERS, records=RecordKind.CUSTOMER), 0
    complete: tuple[Reading, ...] = ()
    while not complete:
        token = str(pages + 1) if pages + 1 < len(times) else None
        open_, complete = next_page([reading], {CUSTOMERS: Page(latest=times[pages], next=token)})
        pages += 1
        reading = open_[0] if open_ else reading

    assert pages == len(times)
    assert complete[0].latest == max((t for t in times if t is not None), default=None)
