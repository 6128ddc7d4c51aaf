"""``sandbox load quickbooks-desktop``: what a folder holds becomes the books' lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.cli._books_folder import FILES
from counterfoil.cli._load_books import _entries
from counterfoil.errors import UsageError

_FOLDER = {
    "customers": "customer_id,company_name\nACME,Acme & Sons\n",
    "vendors": "account_number,name\nMILL0001,Mill Co\n",
    "suppliers": "supplier_id,company_name\n7,Exotic Liquids\n",
    "employees": "first_name,last_name\nNancy,Davolio\n",
    "work": "worker_name,operation\nRita Maria Alves,Baking\nRita Maria Alves,Mixing\n",
    "products": "product_id,name,number\n1,Bolt,B-1\n2,Nut,\n",
    "inventory": "product_id,location_id,quantity\n1,1,408\n1,6,10\n",
}


def folder(place: Path, *files: str) -> Path:
    for name in files:
        (place / f"{name}.csv").write_text(_FOLDER[name], "utf-8")
    return place


def made(place: Path) -> list[tuple[str, str, str]]:
    """What is entered: counted as, request, and name."""
    return [
        (
            what,
            request.name,
            str(request.fields.get("Name") or request.fields.get("LastName")),
        )
        for what, request in _entries(place)
    ]


def test_every_file_is_loaded(tmp_path: Path) -> None:
    """Customers, vendors, employees, service items, goods and stocked goods, each once."""
    assert made(folder(tmp_path, *FILES)) == [
        ("customers", "CustomerAdd", "ACME"),
        ("vendors", "VendorAdd", "7"),
        ("vendors", "VendorAdd", "MILL0001"),
        ("employees", "EmployeeAdd", "Davolio"),
        ("employees", "EmployeeAdd", "Alves"),
        ("items", "ItemServiceAdd", "Baking"),
        ("items", "ItemServiceAdd", "Mixing"),
        ("items", "ItemInventoryAdd", "B-1"),
        ("items", "ItemNonInventoryAdd", "Nut"),
    ]


def test_a_file_may_be_left_out(tmp_path: Path) -> None:
    """What is there is loaded, whatever is not."""
    assert [name for _what, name, _ in made(folder(tmp_path, "employees"))] == ["EmployeeAdd"]


def test_an_empty_folder_gets_a_sentence(tmp_path: Path) -> None:
    """It names the files that could be there."""
    with pytest.raises(UsageError, match=r"holds nothing for QuickBooks.*vendors\.csv"):
        _entries(tmp_path)


def test_a_gap_is_named(tmp_path: Path) -> None:
    """A row that lacks what its record needs is named, before anything is entered."""
    (tmp_path / "vendors.csv").write_text("account_number,name\n,Mill Co\n", "utf-8")

    with pytest.raises(UsageError, match=r"vendors\.csv, row 2: account_number is empty"):
        _entries(tmp_path)
