"""Names that only documents tell: kept once each as they are read, and by the upgrade."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import update
from sqlalchemy.schema import DropTable

from counterfoil.documents import Document, Reference, SalesOrder, Shipment, WorkEntry
from counterfoil.ledger import documents, told_names
from counterfoil.ledger.schema import document, told_name
from counterfoil.ledger.told_names import NameOf, told_by
from tests.ledger.builders import MINUTE, SALES_ORDER, World
from tests.support.builders import NOW

DAY = date(2026, 3, 2)
# Nobody goes back behind the revisions that came after it.
REVISION: Any = import_module("counterfoil.ledger.migrations.versions.0018_told_names")


def order(number: int, channel: str | None) -> SalesOrder:
    return SalesOrder(
        id=f"S-{number}", customer=Reference("ACME"), created_on=DAY, sales_channel=channel
    )


@pytest.mark.parametrize(
    "read, told",
    [
        (order(1, "Bazaar"), (NameOf.MARKETPLACE, "Bazaar")),
        (order(1, " "), None),
        (order(1, None), None),
        (
            WorkEntry(id="W-1", worker=Reference("Rita"), worked_on=DAY, minutes=5),
            (NameOf.WORKER, "Rita"),
        ),
    ],
)
def test_what_a_document_names(read: Document, told: tuple[NameOf, str] | None) -> None:
    """Workers and marketplaces; an empty text names nothing."""
    assert told_by(read) == told


def test_each_name_is_kept_once_as_it_was_written_first(world: World) -> None:
    """However it is written later; each connection has its own."""
    with world.ledger.writing() as tx:
        told_names.keep(tx, world.operations, [order(1, "Bazaar"), order(2, "Web")], NOW)
        again = [order(3, "BAZAAR "), order(4, None)]
        told_names.keep(tx, world.operations, again, NOW + MINUTE)
        names = told_names.told_names(tx, world.operations, NameOf.MARKETPLACE)
        assert names == ["Bazaar", "Web"]
        assert told_names.told_names(tx, world.operations, NameOf.WORKER) == []
        assert told_names.told_names(tx, world.books, NameOf.MARKETPLACE) == []


def test_a_text_that_is_no_name_is_not_kept(world: World) -> None:
    """An index takes a name, not a page of text; its document is read all the same."""
    text = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(20_000))
    with world.ledger.writing() as tx:
        told_names.keep(tx, world.operations, [order(1, text), order(2, text[:255])], NOW)
        assert told_names.told_names(tx, world.operations, NameOf.MARKETPLACE) == [text[:255]]


def test_the_upgrade_reads_what_is_there(world: World) -> None:
    """Documents that were read before tell their names; one that cannot be read tells none."""
    with world.ledger.writing() as tx:
        read = [order(1, "Bazaar"), order(2, "bazaar"), order(3, None), order(4, "Spoilt")]
        documents.see(tx, world.operations, SALES_ORDER, read, {}, NOW, known={})
        spoilt = update(document).where(document.c.document_id == "S-4")
        tx.execute(spoilt.values(body=b"spoilt"))
        tx.execute(DropTable(told_name))
        with Operations.context(MigrationContext.configure(tx)):
            REVISION.add_table()
        names = told_names.told_names(tx, world.operations, NameOf.MARKETPLACE)
    assert names == ["Bazaar"]


def test_a_shipment_tells_its_order_s_marketplace() -> None:
    """As its order does."""
    shipment = Shipment(
        id="SH-1",
        order_id="S-1",
        customer=Reference("ACME"),
        shipped_on=DAY,
        sales_channel="Bazaar",
        lines=(),
    )
    assert told_by(shipment) == (NameOf.MARKETPLACE, "Bazaar")
