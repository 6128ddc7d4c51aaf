"""Questions: what stands in them, and what never does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_online._query import (
    EVERYBODY,
    Query,
    among,
    at_least,
    at_most,
    instant,
    is_,
    is_askable,
    similar,
)
from tests.connectors.quickbooks_online.play import Company, moment, rows


class TestValues:
    @pytest.mark.parametrize(
        "value, written",
        [
            ("Acme", "'Acme'"),
            ("O'Neil", "'O\\'Neil'"),
            ("a\\b", "'a\\\\b'"),
            ("\\'", "'\\\\\\''"),
            ("", "''"),
            ("100% “Köln”", "'100% “Köln”'"),
        ],
    )
    def test_backslash_and_apostrophe_are_escaped(self, value: str, written: str) -> None:
        """A backslash is doubled, an apostrophe gets one; nothing else is touched."""
        assert is_("DisplayName", value) == f"DisplayName = {written}"

    @given(st.text().filter(is_askable))
    def test_no_value_ends_its_own_text(self, value: str) -> None:
        """Read as the service reads it, any value comes out as it went in, and ends at the end."""
        literal = is_("X", value).removeprefix("X = ")
        read, at = "", 1
        while literal[at] != "'":
            at += literal[at] == "\\"
            read += literal[at]
            at += 1
        assert (read, at) == (value, len(literal) - 1)

    @pytest.mark.parametrize("curly", ["O’Neil", "‘x", "＇", "a‛"])
    def test_a_curly_apostrophe_is_not_askable(self, curly: str) -> None:
        """What is like it is asked for instead."""
        assert not is_askable(curly)
        assert is_askable(similar("DisplayName", curly))
        assert "LIKE" in similar("DisplayName", curly)

    def test_a_list_has_each_value_once(self) -> None:
        """In the order in which they came."""
        assert among("Id", ["2", "1", "2"]) == "Id IN ('2', '1')"

    @pytest.mark.parametrize(
        "moment, written",
        [
            (moment("2026-03-02T08:00"), "2026-03-02T08:00:00+00:00"),
            (datetime(2026, 3, 2, 8, 0, 0, 999, tzinfo=UTC), "2026-03-02T08:00:00+00:00"),
            (
                datetime(2026, 3, 2, 8, 0, tzinfo=timezone(timedelta(hours=-8))),
                "2026-03-02T08:00:00-08:00",
            ),
        ],
    )
    def test_a_moment_bears_its_offset(self, moment: datetime, written: str) -> None:
        """Without a zone it is in UTC, as all times of readings are."""
        assert instant(moment) == written


class TestQuestions:
    def test_a_page_is_a_stretch_of_all_rows_by_identity(self) -> None:
        """Without an order, pages would not fit together."""
        query = Query.of("Vendor", is_("DisplayName", "A"), EVERYBODY)

        assert query.page(1001, 1000) == (
            "SELECT * FROM Vendor WHERE DisplayName = 'A' AND Active IN (true, false) "
            "ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
        )

    def test_days_are_asked_for_as_days(self) -> None:
        """A form's own date has no time."""
        day = date(2026, 3, 2)

        assert (at_least("TxnDate", day), at_most("TxnDate", day)) == (
            "TxnDate >= '2026-03-02'",
            "TxnDate <= '2026-03-02'",
        )

    def test_it_is_encoded_once_on_the_wire(self, books: Company) -> None:
        """What the service decodes is the question as it was built, plus signs and all."""
        name = "A+B & “C” 100%\\' ü"
        query = Query.of("Vendor", is_("DisplayName", name))
        books.says(rows("Vendor"))
        books.client.query(query)

        assert books.calls[0].query == query.page()

    def test_pages_share_rows_and_each_comes_once(self, books: Company) -> None:
        """What is deleted while pages are read moves no row out of sight."""
        first = [{"Id": str(number)} for number in range(1000)]
        books.says(rows("Vendor", *first), rows("Vendor", *first[980:], {"Id": "1000"}))
        found = books.client.query(Query.of("Vendor"))

        assert len(found) == 1001
        assert "STARTPOSITION 981" in books.calls[1].query
