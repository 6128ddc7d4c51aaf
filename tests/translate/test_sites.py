"""At which inventory site orders and receipts of Autotask stand in QuickBooks Desktop (K27)."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from counterfoil.documents import (
    Bill,
    ItemReceipt,
    Money,
    MovementLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
)
from counterfoil.settings import FlowName, SiteOfLocation, SystemName, defaults_of, with_values
from counterfoil.translate import TRANSLATORS

from .goods import TODAY, receipt, refused, there, translated

ORDERS = TRANSLATORS[FlowName.PURCHASE_ORDER_OUT]
RECEIPTS = TRANSLATORS[FlowName.RECEIPT_OUT]
AUTOTASK = defaults_of(SystemName.AUTOTASK)
MAPPED = with_values(
    AUTOTASK,
    {
        "general.inventory_sites": (
            SiteOfLocation("Van 1", "Vans"),
            SiteOfLocation("Van 2", "Vans"),
            SiteOfLocation("Main", "Store"),
        )
    },
)


def order(*places: str | None, **changes: object) -> PurchaseOrder:
    """An order of one line for each place, to be received there."""
    lines = tuple(
        PurchaseLine(
            id=f"L{at}",
            item=Reference("Switch 24", "88"),
            quantity=Quantity(Decimal(2)),
            unit_cost=Money(Decimal(5)),
            site=None if place is None else Reference(place, f"at-{place}"),
        )
        for at, place in enumerate(places)
    )
    made = PurchaseOrder(
        id="501", number="501", vendor=Reference("Millco"), created_on=TODAY, lines=lines
    )
    return msgspec.structs.replace(made, **changes)


class TestOrders:
    @pytest.mark.parametrize(
        "places, site",
        [
            (("Van 1", "van 2"), "Vans"),
            (("Main",), "Store"),
            ((None, "Main"), "Store"),
            ((None,), None),
        ],
    )
    def test_k27_it_bears_the_site_of_its_lines(
        self, places: tuple[str | None, ...], site: str | None
    ) -> None:
        """Several locations may be one site; of a line that tells none nothing is made up."""
        found = translated(ORDERS, order(*places), MAPPED, keeps_sites=True).document

        assert isinstance(found, PurchaseOrder)
        assert found.site == (None if site is None else Reference(site))

    def test_k27_where_no_site_is_asked_for_none_is_given(self) -> None:
        """The books keep none, nothing is mapped, or it goes to a customer at once."""
        customer = Reference("Heron", "7")
        for document, made, keeps in (
            (order("Main", "Van 1"), MAPPED, False),
            (order("Main", "Depot"), AUTOTASK, True),
            (order("Main", "Van 1", purchased_for=customer), MAPPED, True),
        ):
            found = translated(ORDERS, document, made, keeps_sites=keeps).document
            assert isinstance(found, PurchaseOrder)
            assert found.site is None

    @pytest.mark.parametrize(
        "places, code, value",
        [
            (("Main", "Van 1"), "several-sites", None),
            (("Main", "Depot"), "location-unmapped", "Depot"),
        ],
    )
    def test_k27_what_has_no_one_site_stops(
        self, places: tuple[str, ...], code: str, value: str | None
    ) -> None:
        """QuickBooks keeps one site for an order, and none is guessed."""
        refusal = refused(ORDERS, order(*places), MAPPED, keeps_sites=True)

        assert (refusal.code, refusal.value) == (code, value)


def moved(place: str, line: str | None = None) -> MovementLine:
    """Two switches that were put somewhere."""
    return MovementLine(
        item=Reference("Switch 24", "88"),
        moved=Quantity(Decimal(2)),
        ordered=Quantity(Decimal(2)),
        order_line_id=line,
        site=Reference(place, f"at-{place}"),
    )


class TestReceipts:
    def test_k27_a_line_of_its_own_bears_its_site(self) -> None:
        """Each line that is linked to no order says where its goods are."""
        made = with_values(MAPPED, {"receipt-out.link_to_order": False})
        found = translated(
            RECEIPTS, receipt("PO-1 Millco", moved("Main"), moved("Van 2")), made, keeps_sites=True
        ).document

        assert isinstance(found, Bill | ItemReceipt)
        assert [line.site for line in found.lines] == [Reference("Store"), Reference("Vans")]
        stopped = receipt("PO-1 Millco", moved("Depot"))
        assert refused(RECEIPTS, stopped, made, keeps_sites=True).code == "location-unmapped"

    @pytest.mark.parametrize("there_at, told", [("Vans", False), ("Store", True), (None, True)])
    def test_k27_a_linked_line_says_when_its_goods_are_elsewhere(
        self, there_at: str | None, *, told: bool
    ) -> None:
        """Beside a link stands no site: goods go to the order's, and a difference is told."""
        site = None if there_at is None else Reference(there_at, "8-1")
        booked = there(["0/2 SWITCH 5"], site=site)
        found = translated(
            RECEIPTS,
            receipt("PO-17 Millco", moved("Van 1", "L1")),
            MAPPED,
            order=booked,
            keeps_sites=True,
        )

        assert isinstance(found.document, Bill | ItemReceipt)
        assert [line.site for line in found.document.lines] == [None]
        assert any("“Vans”" in each for each in found.left_out) is told
