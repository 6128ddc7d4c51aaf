"""The table of entities names what Intuit's public schemas name, where those are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from counterfoil.sandboxes.quickbooks_online import ENTITIES
from counterfoil.sandboxes.quickbooks_online.entities import STRUCTURES

XS = "{http://www.w3.org/2001/XMLSchema}"
# What the online reference has beyond the schemas.
BEYOND = {"DefaultTimeZone", "Inactive", "NoRefOnly", "ProcessBillPayment"}


@pytest.fixture(scope="module")
def known(shared_dir: Path) -> set[str]:
    """Every element and attribute that any of the schemas declares."""
    folder = shared_dir / "reference" / "schemas" / "qbo"
    if not folder.is_dir():
        pytest.skip("Intuit's schemas are not at hand")
    return {
        str(node.get("name"))
        for path in folder.glob("*.xsd")
        for node in etree.parse(path).iter(f"{XS}element", f"{XS}attribute")
        if node.get("name")
    }


@pytest.mark.parametrize("name", [*ENTITIES])
def test_entities(known: set[str], name: str) -> None:
    """Each entity and each of its properties is declared, or is one the online pages add."""
    assert name in known
    assert ENTITIES[name].table.keys() - known - BEYOND == set()


@pytest.mark.parametrize("name", [*STRUCTURES])
def test_structures(known: set[str], name: str) -> None:
    """So is each member of a structure."""
    assert STRUCTURES[name].keys() - known - BEYOND == set()
