"""The books' computer keeps its own time: days wrong, or in another zone."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    PREFIX,
    START,
    Desk,
    customer,
    keyed,
    line,
    query,
    request,
    sales_order,
    tags,
)

DAY_S = 86400
WEST = "America/Los_Angeles"


def move(desk: Desk, zone: str) -> None:
    response = desk.client.patch(f"{PREFIX}/settings", json={"time_zone": zone})
    assert response.status_code == 200, response.text


def changed_since(desk: Desk, moment: str, until: str | None = None) -> list[str]:
    """Names of customers changed from a moment on."""
    body = tags(FromModifiedDate=moment, ToModifiedDate=until)
    return desk.one(query("CustomerQuery", body)).texts("Name")


class TestAnotherDay:
    @pytest.mark.parametrize(
        "days, modified", [(-5, "2026-02-25T09:30:00-05:00"), (3, "2026-03-05T09:30:00-05:00")]
    )
    def test_times_and_edit_sequence_follow_the_books_clock(
        self, desk: Desk, days: int, modified: str
    ) -> None:
        """A clock that is days wrong stamps what is entered and what is changed."""
        made = desk.one(customer("A"))
        desk.wait(days * DAY_S)
        body = keyed(made, "ListID") + tags(CompanyName="Changed")
        changed = desk.one(request("CustomerMod", body))

        assert changed.text("TimeCreated") == "2026-03-02T09:30:00-05:00"
        assert changed.text("TimeModified") == modified
        assert changed.text("EditSequence") == str(START + days * DAY_S)
        assert desk.one(customer("B")).text("TimeCreated") == modified

    def test_what_is_entered_on_a_slow_clock_lies_before_what_was_read(self, desk: Desk) -> None:
        """Who asks for changes since the last one seen does not find it."""
        desk.enter(customer("A"))
        desk.wait(-DAY_S)
        desk.enter(customer("B"))

        assert changed_since(desk, "2026-03-02T09:30:00") == ["A"]
        assert changed_since(desk, "2026-03-01T09:30:00", "2026-03-01T09:30:00") == ["B"]

    def test_the_clock_can_be_seen_and_set(self, desk: Desk) -> None:
        """To a moment with a zone, to a second, and on from there."""
        assert desk.get("/clock") == {"unix": START}
        desk.post("/clock", {"set": "2026-02-25T09:30:00-05:00"})
        assert desk.get("/clock") == {"unix": START - 5 * DAY_S}
        assert desk.post("/clock", {"unix": START, "advance_s": 1}).json() == {"unix": START + 1}

    def test_documents_without_a_date_take_the_books_day(self, shop: Desk) -> None:
        """The default date of a document is the day on that computer."""
        shop.wait(-2 * DAY_S)
        made = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"), date=None))

        assert made.text("TxnDate") == "2026-02-28"


class TestAnotherZone:
    def test_every_time_is_shown_in_the_new_zone(self, desk: Desk) -> None:
        """What was entered before names the same instant, hours earlier and with another offset."""
        desk.enter(customer("A"))
        move(desk, WEST)
        desk.wait(600)
        desk.enter(customer("B"))
        shown = desk.one(query("CustomerQuery"))

        assert shown.texts("TimeModified") == [
            "2026-03-02T06:30:00-08:00",
            "2026-03-02T06:40:00-08:00",
        ]
        assert shown.texts("TimeCreated") == shown.texts("TimeModified")

    def test_filters_are_read_in_the_new_zone(self, desk: Desk) -> None:
        """A mark kept in the old zone's wall clock lies in the new zone's future."""
        desk.enter(customer("A"))
        move(desk, WEST)
        desk.wait(2400)
        desk.enter(customer("B"))

        assert changed_since(desk, "2026-03-02T09:30:00") == []
        assert changed_since(desk, "2026-03-02T09:30:00-05:00") == ["A", "B"]
        assert changed_since(desk, "2026-03-02T06:31:00") == ["B"]

    def test_transactions_and_deletions_move_too(self, shop: Desk) -> None:
        """Orders and the deleted list are shown in the new zone like everything else."""
        kept, gone = (
            shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"))) for _ in range(2)
        )
        shop.enter(query("TxnDel", tags(TxnDelType="SalesOrder", TxnID=gone.text("TxnID"))))
        move(shop, WEST)
        order = shop.one(query("SalesOrderQuery", tags(TxnID=kept.text("TxnID"))))
        deleted = shop.one(query("TxnDeletedQuery", tags(TxnDelType="SalesOrder")))

        assert order.text("TimeModified") == "2026-03-02T06:30:00-08:00"
        assert deleted.text("TimeDeleted") == "2026-03-02T06:30:00-08:00"
        assert order.text("EditSequence") == kept.text("EditSequence")

    def test_it_can_move_back(self, desk: Desk) -> None:
        """Nothing of a record's times is lost on the way."""
        made = desk.one(customer("A"))
        for zone in (WEST, "Europe/London", "Asia/Kolkata", "America/New_York"):
            move(desk, zone)

        assert desk.one(query("CustomerQuery")).text("TimeModified") == made.text("TimeModified")

    def test_an_unknown_zone_is_refused(self, desk: Desk) -> None:
        """A misspelt zone changes nothing."""
        response = desk.client.patch(f"{PREFIX}/settings", json={"time_zone": "Atlantis/Main"})

        assert response.status_code == 422
        assert "Atlantis" in response.json()["detail"]
        assert desk.get("")["settings"]["time_zone"] == "America/New_York"

    def test_the_country_of_a_file_never_changes(self, desk: Desk) -> None:
        """It is what the file was made for."""
        response = desk.client.patch(f"{PREFIX}/settings", json={"country": "CA"})

        assert response.status_code == 422
