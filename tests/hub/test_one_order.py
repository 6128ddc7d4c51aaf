"""One order now, whatever its status and age, and what came of it by e-mail (OP15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding
from counterfoil.hub.one_order import SyncedOne, sync_one
from tests.support.autotask import ServiceDesk
from tests.support.mail import Mailbox, mail_server
from tests.support.world import ACTOR

TO = "books@acme.example"


@pytest.fixture
def box(service: ServiceDesk) -> Iterator[Mailbox]:
    before = service.hub.configuration
    with mail_server() as (box, port):
        service.hub.configuration = replace(
            before, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="counterfoil@acme.example"
        )
        yield box
    service.hub.configuration = before


def sync(service: ServiceDesk, order: object, address: str | None = None) -> SyncedOne:
    link = finding.link_named(service.hub, service.link)
    return sync_one(service.hub, link, str(order), ACTOR, address=address)


class TestSyncOne:
    def test_op15_status_and_window_do_not_bind_it(
        self, service: ServiceDesk, box: Mailbox
    ) -> None:
        """OP15: an order that is new and old goes, and the rules that were passed over are said."""
        order = service.order("Millco", "2 Rack @ 5", submit=False)
        service.settle()
        service.clock.advance(days=30)
        with service.having("purchase-order-out.look_back_days=7"):
            done = sync(service, order, TO)
            service.settle()

        assert not done.is_stopped
        assert len(done.passed) == 2
        assert "looks back" in done.passed[0] or "look back" in done.passed[0]
        assert "not submitted" in done.passed[1]
        service.check(order)
        (text,) = box.texts()
        assert f"order {order}" in text.splitlines()[0]
        assert "Passed over because somebody asked for this order:" in text

    def test_op15_it_is_read_anew_first(self, service: ServiceDesk) -> None:
        """OP15: what was changed a moment ago at its source goes as it is now."""
        order = service.order("Millco", "2 Rack @ 5", submit=False)
        service.settle()
        service.change(order, 0, quantity=7)
        sync(service, order)
        service.settle()

        service.check(order)

    def test_op15_a_cancelled_order_is_bound(self, service: ServiceDesk, box: Mailbox) -> None:
        """OP15: a cancelled order does not go, and that is mailed as well."""
        order = service.order("Millco", "1 Rack", submit=False)
        service.settle()
        service.tenant.desk("cancel", order=order)
        with service.having(f"purchase-order-out.result_address={TO}"):
            done = sync(service, order)

        assert done.is_stopped
        assert "cancelled" in done.sentence
        assert done.mailed_to == TO
        assert "cancelled" in box.texts()[0]

    def test_op15_whoever_asks_hears_of_it(self, service: ServiceDesk, box: Mailbox) -> None:
        """OP15: without an address it goes to whoever asks, before whom the settings name."""
        order = service.order("Millco", "1 Rack")
        service.settle()
        with service.having("purchase-order-out.result_address=other@example.com"):
            found = finding.link_named(service.hub, service.link)
            done = sync_one(service.hub, found, str(order), ACTOR, own_address=TO)

        assert done.mailed_to == TO

    def test_op15_what_was_transferred_is_bound(self, service: ServiceDesk) -> None:
        """OP15, K39: an order that is there, or that another integration numbered, does not go."""
        order = service.order("Millco", "1 Rack")
        service.settle()
        done = sync(service, order)
        assert done.is_done
        assert f"already, as {service.there(order)['RefNumber']}" in done.sentence

        other = service.order("Millco", "1 Rack", externalPONumber="1077")
        service.settle()
        done = sync(service, other)
        assert done.is_stopped
        assert "1077" in done.sentence
        assert service.transfer(other).state == "held"
        desk.skip(service.hub, [service.transfer(other).id], ACTOR)

    def test_op15_error_of_the_old_app_does_not_bind_it(self, service: ServiceDesk) -> None:
        """OP2, OP15: an order that bears ERROR goes, and bears its number then."""
        order = service.order("Millco", "1 Rack", externalPONumber="ERROR")
        done = sync(service, order)
        service.settle()

        assert any("ERROR" in each for each in done.passed)
        assert service.external_number(order) == service.there(order)["RefNumber"]

    def test_op15_what_keeps_it_is_told(self, service: ServiceDesk, box: Mailbox) -> None:
        """OP15, OP16: an order that stops is told with what to do; mended, it is tried again."""
        with service.having("purchase-order-out.create_missing_items=false"):
            order = service.order("Millco", "1 Unknown thing")
            sync(service, order)
            service.settle()
            again = sync(service, order, TO)
            assert again.state in ("ready", "matching")
            service.settle()
            row = service.transfer(order)
            assert (row.state, row.refusal) == ("refused", "record-unknown")
        service.settle()
        service.check(order)

    def test_op15_an_order_that_is_not_there(self, service: ServiceDesk, box: Mailbox) -> None:
        """OP15: an order that nobody sees is told, and nothing is concluded from it."""
        done = sync(service, "99999999", TO)

        assert done.is_stopped
        assert "shows no purchase order “99999999”" in done.sentence
        assert len(box.mails) == 1

    def test_op15_it_is_told_that_nothing_was_mailed(self, service: ServiceDesk) -> None:
        """OP15: without a mail server the result is told all the same, and why it was not mailed."""
        done = sync(service, "99999999", TO)

        assert done.mailed_to is None
        assert "COUNTERFOIL_SMTP_URL" in (done.mail_problem or "")

    def test_op15_an_address_that_is_none_changes_nothing(self, service: ServiceDesk) -> None:
        """OP15: an address that is none is refused before anything goes."""
        order = service.order("Millco", "1 Rack", submit=False)
        service.settle()
        with pytest.raises(UsageError, match="no e-mail address"):
            sync(service, order, "nobody")

        assert service.transfer(order).state == "held"
