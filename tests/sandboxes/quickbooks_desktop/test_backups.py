"""A person makes a backup of the company file and restores it over the file later."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile
from tests.sandboxes.quickbooks_desktop.desk import (
    PREFIX,
    START,
    Desk,
    customer,
    document,
    invoice,
    line,
    query,
    request,
    sales_order,
    tags,
)

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
DAY_S = 86400


def back_up(desk: Desk, name: str = "yesterday") -> None:
    assert desk.post("/saves", {"name": name}).status_code == 201


def restore(desk: Desk, name: str = "yesterday") -> None:
    assert desk.post(f"/saves/{name}/restore").status_code == 200


def numbers(desk: Desk) -> list[str]:
    return [order["RefNumber"] for order in desk.get("/records/SalesOrder")]


def order(number: str | None = None) -> str:
    return sales_order("Blue Heron Cafe", line("BOLT-8", "2"), ref_number=number)


def test_the_file_is_as_it_was(shop: Desk) -> None:
    """What was entered since is gone, what was deleted or used is back, stock is as then."""
    first = shop.one(order("SO-1"))
    before = shop.get("/records/ItemInventory")
    back_up(shop)
    shop.wait(DAY_S)
    shop.enter(order("SO-2"), customer("Red Kite Inn"))
    shop.enter(invoice("Blue Heron Cafe", order=first.text("TxnID")))
    restore(shop)

    assert numbers(shop) == ["SO-1"]
    assert shop.get("/records/ItemInventory") == before
    assert "Invoice" not in shop.get("/counts")
    assert shop.one(query("CustomerQuery", tags(FullName="Red Kite Inn"))).code == 500
    assert shop.one(customer("Red Kite Inn")).code == 0


def test_numbers_go_on_from_the_backup(shop: Desk) -> None:
    """The next document takes the number that one of the lost documents had, with its own id."""
    shop.enter(order())
    back_up(shop)
    lost = shop.one(order())
    shop.wait(DAY_S)
    restore(shop)
    made = shop.one(order())

    assert made.text("RefNumber") == lost.text("RefNumber") == "2"
    assert made.text("TxnNumber") == lost.text("TxnNumber")
    assert made.text("TxnID") != lost.text("TxnID")


def test_stored_answers_are_those_of_the_backup(shop: Desk) -> None:
    """The set of yesterday is answered again, the set of today never ran."""
    shop.ask(order("SO-1"), new="run-1")
    back_up(shop)
    shop.ask(order("SO-2"), new="run-2")
    restore(shop)

    assert shop.ask(new="run-1", old="run-1")[0].texts("RefNumber") == ["SO-1"]
    assert shop.ask(new="run-2", old="run-2").set_status == "9002"


def test_private_fields_are_those_of_the_backup(shop: Desk) -> None:
    """A mark that was written into the company since is not there any more."""
    back_up(shop)
    shop.enter(
        request(
            "DataExtDefAdd",
            tags(
                OwnerID=OWNER,
                DataExtName="FileID",
                DataExtType="STR255TYPE",
                AssignToObject="Company",
            ),
        ),
        request(
            "DataExtAdd",
            tags(
                OwnerID=OWNER, DataExtName="FileID", OtherDataExtType="Company", DataExtValue="one"
            ),
        ),
    )
    restore(shop)

    company = shop.one(query("CompanyQuery", tags(OwnerID=OWNER)))
    assert company.texts("DataExtRet/DataExtName") == []


def test_the_preferences_come_back_and_the_computer_stays(shop: Desk) -> None:
    """The closing date is yesterday's; clock, zone, switches and edition are today's."""
    back_up(shop)
    shop.prefer(closing_date="2026-01-31", class_tracking=False)
    shop.switch(marks_returned=False)
    shop.client.patch(f"{PREFIX}/settings", json={"edition": "Premier"})
    shop.wait(DAY_S)
    restore(shop)
    shown = shop.get("")

    assert shown["settings"]["preferences"]["closing_date"] is None
    assert shown["settings"]["preferences"]["class_tracking"] is True
    assert shown["settings"]["switches"]["marks_returned"] is False
    assert shown["settings"]["edition"] == "Premier"
    assert shown["unix"] == START + DAY_S


def test_a_computer_that_moved_shows_an_older_backup_in_its_own_zone(shop: Desk) -> None:
    """Times of the backup are shown in the zone the computer stands in when it is restored."""
    shop.enter(order("SO-1"))
    back_up(shop)
    shop.client.patch(f"{PREFIX}/settings", json={"time_zone": "America/Los_Angeles"})
    restore(shop)

    (kept,) = shop.get("/records/SalesOrder")
    assert kept["TimeModified"] == "2026-03-02T06:30:00-08:00"
    assert shop.get("")["settings"]["time_zone"] == "America/Los_Angeles"


def test_open_sessions_end(shop: Desk) -> None:
    """Nobody can be in a file that is being replaced: the session's ticket is invalid."""
    connection = shop.session()
    assert connection.ask(customer("A")).codes == [0]
    back_up(shop)
    restore(shop)

    assert connection.ask(customer("B")).hresult == "0x8004040D"
    assert shop.session().ask(customer("B")).codes == [0]


def test_backups_have_names(shop: Desk) -> None:
    """Each can be restored, again and again; another name is not there."""
    for number in ("1", "2"):
        shop.enter(order(number))
        back_up(shop, f"after {number}")
    shop.enter(order("3"))
    found: list[list[str]] = []
    for name in ("after 1", "after 2", "after 1"):
        restore(shop, name)
        found.append(numbers(shop))

    assert found == [["1"], ["1", "2"], ["1"]]
    assert shop.get("/saves") == ["after 1", "after 2"]
    assert shop.post("/saves/never/restore").status_code == 404
    shop.reset()
    assert shop.get("/saves") == []


def test_a_file_on_disk_is_restored_there(tmp_path: Path) -> None:
    """After a restart the restored file is what is found, and it works on."""
    path = tmp_path / "company.qbw"
    company = CompanyFile.create(path, now=lambda: float(START))
    company.process(document(customer("A")))
    company.save("yesterday")
    company.process(document(customer("B")))
    company.restore("yesterday")
    company.process(document(customer("C")))
    company.close()

    again = CompanyFile.open(path, now=lambda: float(START))
    assert [one["Name"] for one in again.records("Customer")] == ["A", "C"]
    with pytest.raises(KeyError):
        again.restore("yesterday")
    again.close()
