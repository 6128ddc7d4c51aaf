"""Orders that stopped, and what their External P.O. Number says of it (OP2, OP3, OP9)."""

from __future__ import annotations

from counterfoil.hub import desk
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR

REFUSES = "purchase-order-out.create_missing_items=false"
MARKS = "purchase-order-out.mark_errors=true"


def stop(service: ServiceDesk, product: str) -> int:
    """Enter an order for a product that the books lack; gives its number."""
    order = service.order("Millco", f"1 {product}")
    service.settle()
    service.look(20)
    assert service.transfer(order).state == "refused"
    return order


class TestMark:
    def test_op3_error_is_written_only_as_a_habit(self, service: ServiceDesk) -> None:
        """OP3, K3: unless that is set, an order that stops keeps its blank number."""
        with service.having(REFUSES):
            order = stop(service, "Unknown plain")

            assert service.external_number(order) is None
        service.settle()
        service.check(order)

    def test_op3_error_goes_again_by_itself(self, service: ServiceDesk) -> None:
        """OP3: as set, an order that stopped bears ERROR, and its number once it went."""
        with service.having(REFUSES, MARKS):
            order = stop(service, "Unknown marked")
            assert service.external_number(order) == "ERROR"
            service.look()
            assert service.transfer(order).state == "refused"

            service.set("purchase-order-out.create_missing_items=true")
            service.settle()
            service.check(order)
            assert service.external_number(order) == service.there(order)["RefNumber"]

    def test_op3_error_goes_with_the_habit(self, service: ServiceDesk) -> None:
        """OP3: who gives the habit up, or leaves the order out, finds the number blank again."""
        with service.having(REFUSES):
            with service.having(MARKS):
                order = stop(service, "Unknown twice")
            service.look(20)

            assert service.external_number(order) in (None, "")
        service.settle()

    def test_op3_error_takes_no_ones_place(self, service: ServiceDesk) -> None:
        """OP3, K39: another integration's number is not written over by ERROR."""
        with service.having(REFUSES, MARKS):
            order = service.order("Millco", "1 Unknown numbered", externalPONumber="1099")
            service.settle()
            service.send("purchase-order", order)
            service.settle()
            service.look(20)

            assert service.transfer(order).state == "refused"
            assert service.external_number(order) == "1099"
        desk.skip(service.hub, [service.transfer(order).id], ACTOR)


class TestOldMark:
    def test_op2_an_order_with_error_goes_when_it_is_sent(self, service: ServiceDesk) -> None:
        """OP2: what the old app marked is listed; sent, it goes, and bears its number."""
        order = service.order("Millco", "1 Rack", externalPONumber="ERROR")
        service.settle()
        assert service.transfer(order).reason == "marked-error"

        service.send("purchase-order", order)
        service.settle()
        service.check(order)
        assert service.external_number(order) == service.there(order)["RefNumber"]

    def test_op2_as_set_it_goes_by_itself(self, service: ServiceDesk) -> None:
        """OP2: by a switch such orders are taken like those whose number is blank."""
        order = service.order("Millco", "1 Rack", externalPONumber="ERROR")
        service.settle()
        with service.having("purchase-order-out.take_error_marked=true"):
            service.settle()

            service.check(order)
            assert service.external_number(order) == service.there(order)["RefNumber"]

    def test_op2_cleared_at_its_source_it_goes(self, service: ServiceDesk) -> None:
        """OP2: an order whose ERROR somebody takes out goes like any other."""
        order = service.order("Millco", "1 Rack", externalPONumber="ERROR")
        service.settle()
        service.tenant.patch("PurchaseOrders", id=order, externalPONumber="")
        service.look()
        service.settle()

        service.check(order)


class TestWindow:
    def test_op9_it_looks_back_so_many_days(self, service: ServiceDesk) -> None:
        """OP9: 0 pauses; later an older order stays, one of the window goes, and so one begun."""
        with service.having("purchase-order-out.look_back_days=0"):
            old = service.order("Millco", "1 Rack")
            service.settle()
            assert service.transfer(old).reason == "looks-not-back"
            service.clock.advance(days=3)
            new = service.order("Millco", "2 Rack")
            service.settle()

            service.set("purchase-order-out.look_back_days=2")
            begun = service.order("Millco", "3 Rack")
            service.read_operations()
            service.clock.advance(days=9)
            service.look()
            service.settle()

            assert service.transfer(old).reason == "outside-window"
            for order in (new, begun):
                service.check(order)
