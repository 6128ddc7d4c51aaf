"""What was made from what: within the books, and across a link."""

from __future__ import annotations

from msgspec.structs import replace

from counterfoil.documents import Ancestor, DocumentKind
from counterfoil.ledger import ancestry
from counterfoil.ledger.ancestry import Node
from tests.ledger.builders import SALES_ORDER, World
from tests.support.builders import order

ORDER = "sales-order"


def test_descendants_are_kept_once(world: World) -> None:
    """However often a document is read, it is a descendant once, of each of its ancestors."""
    made_from = (Ancestor(ORDER, "T8"), Ancestor(ORDER, "T9"))
    follower = replace(order("7"), made_from=made_from)
    world.see(follower)
    world.see(follower)

    with world.ledger.reading() as tx:
        found = ancestry.descendants(tx, world.operations, SALES_ORDER, ["T8", "T9", "T10"])
        elsewhere = ancestry.descendants(tx, world.books, SALES_ORDER, ["T8"])
    child = Node(SALES_ORDER, "id-7")
    assert sorted(found) == [(Node(SALES_ORDER, "T8"), child), (Node(SALES_ORDER, "T9"), child)]
    assert elsewhere == []


def test_ours_and_where_they_came_from(world: World) -> None:
    """What we wrote is known by its identity, with its number and that of its source."""
    [landed, given_up] = world.begin("SO-1", "SO-2")
    world.land((landed, "T1"), number="4711")
    ids = ["T1", "T2"]

    with world.ledger.reading() as tx:
        ours = ancestry.numbers_of_ours(tx, world.books, SALES_ORDER, ids)
        of_orders = ancestry.sources_of_orders(tx, world.books, SALES_ORDER, ids, SALES_ORDER)
        of_invoices = ancestry.sources_of_orders(
            tx, world.books, SALES_ORDER, ids, DocumentKind.INVOICE
        )
    assert (ours, of_orders, of_invoices) == ({"T1": "4711"}, {"T1": "SO-1"}, {})
    assert given_up.number == "SO-2"
