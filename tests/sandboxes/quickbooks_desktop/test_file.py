"""The company file on disk: it outlives the program, and one program holds it at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    CompanySettings,
    Preferences,
    QuickBooksConnectionError,
    Switches,
    fill_company,
    ready_company,
)
from tests.sandboxes.quickbooks_desktop.desk import (
    START,
    customer,
    document,
    line,
    sales_order,
    stock_item,
)


def now() -> float:
    return float(START)


def test_what_was_answered_is_there_after_a_restart(tmp_path: Path) -> None:
    """Records, numbers, settings and stored answers are found again."""
    path = tmp_path / "company.qbw"
    settings = CompanySettings(
        edition="Premier",
        preferences=Preferences(closing_date="2025-12-31"),
        switches=Switches(levels_max=3),
    )
    first = CompanyFile.create(path, settings, now=now)
    fill_company(first.process, settings)
    first.process(document(customer("Café Größe"), stock_item("BOLT-8"), new="run-1"))
    order = document(sales_order("Café Größe", line("BOLT-8", "2")))
    first.process(order)
    first.close()

    second = CompanyFile.open(path, now=now)
    again = second.process(document(new="run-1", old="run-1"))
    second.process(order)

    assert second.settings == settings
    assert 'messageSetStatusCode="0"' in again.response
    assert "Caf&#233; Gr&#246;&#223;e" in again.response
    assert [one["RefNumber"] for one in second.records("SalesOrder")] == ["1", "2"]
    assert second.records("ItemInventory")[0]["QuantityOnSalesOrder"] == "4"
    second.close()


def test_a_killed_program_loses_no_answered_set(tmp_path: Path) -> None:
    """What was answered is on disk before the answer, without any closing."""
    path = tmp_path / "company.qbw"
    company = CompanyFile.create(path, now=now)
    company.process(document(customer("Blue Heron Cafe"), new="run-1"))
    copy = tmp_path / "copy.qbw"
    for name in ("", "-wal"):
        (tmp_path / f"copy.qbw{name}").write_bytes((tmp_path / f"company.qbw{name}").read_bytes())
    company.close()

    revived = CompanyFile.open(copy, now=now)
    assert [one["Name"] for one in revived.records("Customer")] == ["Blue Heron Cafe"]
    revived.close()


def test_a_ready_company_is_made_once(tmp_path: Path) -> None:
    """The first call makes and fills the file, the second finds it."""
    path = tmp_path / "company.qbw"
    first = ready_company(path, CompanySettings(name="Red Kite Inn"), now=now)
    counts = first.counts()
    first.close()
    second = ready_company(path, CompanySettings(name="Another"), now=now)

    assert (second.settings.name, second.counts()) == ("Red Kite Inn", counts)
    assert counts["Account"] > 0
    second.close()


def test_a_file_is_open_in_one_program(tmp_path: Path) -> None:
    """A second program is told so at once."""
    path = tmp_path / "company.qbw"
    company = CompanyFile.create(path, now=now)

    with pytest.raises(QuickBooksConnectionError, match="in use by another program"):
        CompanyFile.open(path, now=now)
    company.close()


def test_files_that_are_not_companies(tmp_path: Path) -> None:
    """A missing file, an existing one and a foreign one are each refused with a cure or reason."""
    path = tmp_path / "company.qbw"
    with pytest.raises(FileNotFoundError, match="create one"):
        CompanyFile.open(path)
    path.write_text("Dear diary, this is no database at all.")
    with pytest.raises(FileExistsError, match="open it"):
        CompanyFile.create(path)
    with pytest.raises(ValueError, match="no company file"):
        CompanyFile.open(path)


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"edition": "Basic"}, "choose one of Pro, Premier, Enterprise"),
        ({"country": "FR"}, "choose one of US, CA, UK, AU"),
        ({"qbxml_version": "18.0"}, "the highest is 17.0"),
        ({"name": "x" * 60}, "longer than 59"),
    ],
)
def test_impossible_companies_are_refused(wrong: dict[str, str], words: str) -> None:
    """A company of no edition, country or version is not made."""
    with pytest.raises(ValueError, match=words):
        CompanySettings(**wrong)  # type: ignore[arg-type]
