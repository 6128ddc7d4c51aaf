"""Inventory synchronization of a company that works with Autotask; rows N1 to N11."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, desk, finding, received, verbs
from counterfoil.hub.links import view_of
from counterfoil.hub.views import CountPress
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR, ZONE

COUNTS = "stock-count-out"


def stock(service: ServiceDesk, product: str, *quantities: int) -> None:
    """Put so many of a product into each of several locations."""
    number = service.product(product, unitCost=2.5)
    for at, quantity in enumerate(quantities):
        place = service.tenant.make(
            "InventoryLocations", locationName=f"{product} {at}", isActive=True
        )
        service.tenant.desk("count", product=number, quantity=quantity, location=place)


def count(service: ServiceDesk, *, preview: bool = False) -> CountPress:
    """Somebody sends all stock, or previews it; gives what came of it."""
    link = finding.link_named(service.hub, service.link)
    if preview:
        press = verbs.preview_count(service.hub, link.id, ACTOR).id
    else:
        sent = verbs.send(service.hub, link, "stock-count", (), ACTOR, everything=True)
        assert sent.press is not None
        press = sent.press
    service.settle()
    return told(service, press)


def told(service: ServiceDesk, press: int) -> CountPress:
    (found,) = desk.stock_counts(service.hub, service.link, press=press)
    return found


def adjustments(service: ServiceDesk, item: str) -> list[dict[str, Any]]:
    """The adjustments of the books that name an item."""
    return [each for each in service.booked("InventoryAdjustment") if item in repr(each)]


def left_out(press: CountPress) -> dict[str, str]:
    return {each["product"]: each["reason"] for each in press.named}


class TestCounting:
    def test_n3_n4_n5_n9_all_locations_make_one_figure(self, service: ServiceDesk) -> None:
        """N3, N4, N5: the sum over all locations is on hand; the missing item was created.

        N9: it is an adjustment on the account that is set.
        """
        stock(service, "Patch panel", 3, 4)
        press = count(service)

        assert press.state == "counted"
        assert press.finished_at is not None
        assert service.on_hand("Patch panel") == 7
        (adjusted,) = adjustments(service, "Patch panel")
        assert adjusted["AccountRef"]["FullName"] == "Inventory Adjustments"

    def test_a_second_count_changes_nothing(self, service: ServiceDesk) -> None:
        """What is equal is not adjusted again, whatever it is called by then (M2)."""
        stock(service, "Rack rail", 5)
        count(service)
        before = len(service.booked("InventoryAdjustment"))
        service.rename("product", "Rack rail", "Rack rail, long")
        press = count(service)

        assert press.differing == 0
        assert len(service.booked("InventoryAdjustment")) == before

    def test_k7_a_long_name_is_one_item(self, service: ServiceDesk) -> None:
        """A product whose name QuickBooks cannot hold is created under a short one, and found."""
        name = "Uninterruptible power supply 3000 VA"
        stock(service, name, 2)
        count(service)
        assert count(service).differing == 0
        assert [
            int(float(each["QuantityOnHand"])) for each in service.items(name[:20]).values()
        ] == [2]

    def test_preview_writes_nothing(self, service: ServiceDesk) -> None:
        """N11, K26: item, both counts, difference and value are told; the books stay as they are."""
        stock(service, "Label roll", 6)
        before = len(service.booked("InventoryAdjustment"))
        press = count(service, preview=True)

        row = next(each for each in press.differences if each["item"] == "Label roll")
        assert (row["here"], row["there"], row["difference"]) == ("6", "0", "6")
        assert row["value"] == "15.00"
        assert "to be adjusted" in press.sentence
        assert len(service.booked("InventoryAdjustment")) == before
        assert not service.items("Label roll")


class TestReceived:
    def order(self, service: ServiceDesk, product: str, quantity: int) -> int:
        number = service.order("Millco", f"{quantity} {product} @ 2.50")
        service.look()
        return number

    def test_n1_what_a_receipt_brought_is_not_adjusted(self, service: ServiceDesk) -> None:
        """N1: received and transferred: both sides hold the same, so nothing is counted twice."""
        order = self.order(service, "Transceiver", 4)
        service.receive(order)
        service.look()
        count(service)

        assert service.on_hand("Transceiver") == 4
        assert adjustments(service, "Transceiver") == []

    def test_n6_a_receipt_that_waits_is_taken_off(self, service: ServiceDesk) -> None:
        """N6: what is received and not in the books yet comes by its receipt, and only by it."""
        order = self.order(service, "Bracket", 10)
        with service.having("receipt-out.mode=manual"):
            service.receive(order, 4)
            service.look()
            service.clock.advance(minutes=5)
            count(service)
            assert service.on_hand("Bracket") == 0
        service.look()
        assert service.on_hand("Bracket") == 4
        assert count(service).state == "counted"
        assert service.on_hand("Bracket") == 4

    def test_n6_as_the_original_does_it_is_skipped(self, service: ServiceDesk) -> None:
        """N6, K26: such a product is skipped, because…, and no error."""
        order = self.order(service, "Cage nut", 10)
        service.receive(order, 4)
        service.look()
        with service.having(f"{COUNTS}.received=skip"):
            press = count(service)

        assert left_out(press)["Cage nut"] == "count-received"
        assert next(
            each["sentence"] for each in press.named if each["product"] == "Cage nut"
        ).startswith("Skipped, because")

    def test_a_receipt_entered_while_stock_is_read_is_left_for_the_next(
        self, service: ServiceDesk
    ) -> None:
        """Nobody can say whether the figure holds it: the product is skipped this time."""
        order = self.order(service, "Fuse", 10)
        service.receive(order, 4)
        press = count(service)

        assert left_out(press)["Fuse"] == "count-receipt-waits"

    def test_a_receipt_that_sets_out_is_noticed(self, service: ServiceDesk) -> None:
        """Sent after the books' stock was read, it would be undone by the count: that is told."""
        order = self.order(service, "Ferrule", 10)
        with service.having("receipt-out.mode=manual"):
            service.receive(order, 4)
            service.look()
            link = finding.link_named(service.hub, service.link)
            found = []
            for _ in range(2):
                with service.hub.database.reading() as tx:
                    since = service.clock.moment
                    found.append(received.moved_since(tx, view_of(tx, link), since))
                service.send("receipt", service.receipts(order)[0].number)
        service.look()

        assert found == [False, True]

    @pytest.mark.parametrize("first", [False, True])
    def test_n7_what_needs_resync_is_named(self, service: ServiceDesk, *, first: bool) -> None:
        """N7: orders that need resync are named with the press; as set, they are sent first."""
        order = self.order(service, "Splitter", 3)
        service.change(order, 0, quantity=5)
        service.look()
        with service.having(f"{COUNTS}.resync_first={str(first).lower()}"):
            press = count(service)

        assert str(order) in press.resync
        state = service.transfer(order).state.value
        assert state == ("done" if first else "changed")


class TestWhen:
    def test_n2_k26_by_itself_at_its_time(self, service: ServiceDesk) -> None:
        """On a schedule: once a day at its time, by nobody's press, and not twice."""
        service.clock.advance(minutes=2)
        at = f"{service.clock.moment.astimezone(ZoneInfo(ZONE)):%H:%M}"
        service.clock.advance(minutes=1)
        with service.having(f"{COUNTS}.daily_at={at}"):
            first = desk.press_due_counts(service.hub)
            assert len(first) == 1
            assert desk.press_due_counts(service.hub) == []
            assert told(service, first[0]).author == "schedule"
            service.clock.advance(minutes=24 * 60)
            assert len(desk.press_due_counts(service.hub)) == 1
        assert desk.press_due_counts(service.hub) == []

    @pytest.mark.parametrize("leading", ["purchasing_only", "books"])
    def test_n10_where_the_books_lead_stock_stays(self, service: ServiceDesk, leading: str) -> None:
        """N10, D10: managing inventory in QuickBooks: no stock goes, and the refusal says why."""
        with (
            service.having(f"general.leading={leading}"),
            pytest.raises(UsageError, match=r"general\.leading"),
        ):
            count(service)


def test_n5_what_is_on_hand_is_one_of_two(service: ServiceDesk) -> None:
    """Another word than on-hand or available is refused, and both are named."""
    desk_side = finding.connection_named(service.hub, str(service.operations_id))
    with pytest.raises(UsageError, match="on-hand or available"):
        accounts.change_connection(service.hub, desk_side, {"stock_from": "all"}, ACTOR)
