"""Marks that were read in a target, on documents that are no one's."""

from __future__ import annotations

from counterfoil.ledger import marks
from counterfoil.ledger.marks import Marked
from tests.ledger.builders import SALES_ORDER, World


def test_what_bears_a_mark_and_is_no_ones(world: World) -> None:
    """A mark that was read in a target finds its document; read again, it says the newest."""
    one = Marked("5ad1", SALES_ORDER, "TXN-1", "1001", "17", "12.50")
    two = Marked("5ad2", SALES_ORDER, "TXN-2", None, None, None)

    def keep(*told: Marked) -> None:
        with world.ledger.writing() as tx:
            marks.keep(tx, world.books, told)

    def marked(at: int, *wanted: str) -> dict[str, Marked]:
        with world.ledger.reading() as tx:
            return dict(marks.bearing(tx, at, wanted))

    keep(two, one)
    keep()
    assert marked(world.books, "5ad1", "5ad2", "5ad3") == {"5ad1": one, "5ad2": two}
    assert marked(world.books, "5ad2") == {"5ad2": two}
    assert marked(world.operations, "5ad1") == {}
    newer = one._replace(document_id="TXN-9", revision="18")
    keep(newer)
    assert marked(world.books, "5ad1") == {"5ad1": newer}
