"""Running Autotask's orders into QuickBooks Online from day to day: scans, steps, errors, logs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, before_first, desk, finding, telling, views
from counterfoil.hub.dispatcher import due
from counterfoil.hub.one_order import SyncedOne, sync_one
from counterfoil.ledger import connections
from tests.support.mail import mail_server
from tests.support.online import OnlineDesk
from tests.support.world import ACTOR

TO_DOS = (
    "purchase-order-out.to_dos=per_cause",
    "purchase-order-out.to_do_action_type=Phone Call",
    "purchase-order-out.to_do_resource=books@acme.example",
)
BILLS = ("receipt-out.mode=off", "purchase-order-out.becomes=bill")
TO = "owner@acme.example"


@pytest.fixture(scope="module")
def company(online_desk: OnlineDesk) -> OnlineDesk:
    """The company, with what it buys in its books, and somebody who gets to-dos."""
    online_desk.goods("Rack", "Cable")
    online_desk.person("Ada", "Ledger", "books@acme.example")
    online_desk.order("Pelican", "1 Rack @ 1")
    # The lists of Autotask are read again once they are some hours old.
    online_desk.clock.advance(hours=7)
    online_desk.settle()
    return online_desk


@pytest.fixture(autouse=True)
def tidy(company: OnlineDesk) -> Iterator[None]:
    yield
    left = [row.id for row in company.transfers() if row.state in ("refused", "held", "waiting")]
    desk.skip(company.hub, left, ACTOR)


def told(company: OnlineDesk) -> None:
    """Let the hub look at what stands still, and Autotask hear of it."""
    telling.look(company.hub)
    company.clock.advance(minutes=1)
    company.read_operations()


def stage(company: OnlineDesk) -> str | None:
    return before_first.link_checklist(company.hub, company.link).stage


def steps(company: OnlineDesk) -> dict[str, before_first.FirstStep]:
    found = before_first.link_checklist(company.hub, company.link)
    return {each.step: each for each in found.steps}


def sync(company: OnlineDesk, order: object, address: str | None = None) -> SyncedOne:
    link = finding.link_named(company.hub, company.link)
    return sync_one(company.hub, link, str(order), ACTOR, address=address)


class TestScans:
    def test_o3_the_first_scan_begins_at_connect(self, company: OnlineDesk) -> None:
        """O3: a connection that nobody has looked at is due at once; what it shows goes then."""
        with company.hub.database.writing() as tx:
            connections.change(tx, company.operations_id, due_at=None)

        assert company.operations_id in due(company.hub)

    def test_o4_s4_the_next_comes_15_minutes_after_the_end(self, company: OnlineDesk) -> None:
        """O4, S4, K18: the next scan is 15 minutes after the end of the one before."""
        company.settle()
        company.read_operations()
        company.clock.advance(minutes=14)
        assert company.operations_id not in due(company.hub)
        company.clock.advance(minutes=1)

        assert company.operations_id in due(company.hub)

    def test_o4_how_often_is_the_connections_own(self, company: OnlineDesk) -> None:
        """O4: as set for the connection, the next scan comes sooner, or later."""

        def every(minutes: str) -> None:
            found = finding.connection_named(company.hub, company.operations_id)
            given = {"looks_every": minutes}
            accounts.change_connection(company.hub, found, given, ACTOR, checks=False)

        every("3")
        company.read_operations()
        company.clock.advance(minutes=3)
        assert company.operations_id in due(company.hub)
        for text in ("0", "1441", "often"):
            with pytest.raises(UsageError, match="whole number from 1 to 1440"):
                every(text)
        every("15")


class TestSteps:
    def test_o3_two_steps_with_their_words(self, company: OnlineDesk) -> None:
        """O3, OP9, OP12, OP13: connecting is step 1, what is required of the settings step 2."""
        company.settle()
        assert stage(company) == "Step 1 Complete. Please Configure Settings."
        assert steps(company)["errors"].is_passed is False
        with company.having(*TO_DOS):
            assert stage(company) == "Step 2 Complete."
            for without, step in (
                ("purchase-order-out.look_back_days=0", "days"),
                ("purchase-order-out.look_back_days=", "days"),
                ("purchase-order-out.payables_account=Nowhere", "accounts"),
                ("purchase-order-out.mode=off", "goes"),
            ):
                with company.having(without):
                    assert stage(company) == "Step 1 Complete. Please Configure Settings."
                    assert steps(company)[step].is_passed is False

    def test_s5_a_person_confirms_that_the_other_is_off(self, company: OnlineDesk) -> None:
        """S5, K39: that the other integration is off nothing shows, so a person says it."""
        assert steps(company)["no-automatic"].is_passed is None
        before_first.confirm(company.hub, company.link, "no-automatic", ACTOR)
        assert steps(company)["no-automatic"].is_passed
        with pytest.raises(UsageError, match="no step to be confirmed"):
            before_first.confirm(company.hub, company.link, "decrement", ACTOR)

    def test_o3_a_new_link_looks_14_days_back(self, company: OnlineDesk) -> None:
        """O3, S6: until somebody says otherwise 14 days are looked back, and orders go by hand."""
        settings, _version, _problems = desk.settings_of(company.hub, company.link)

        assert settings.purchase_order_out.look_back_days == 14

    def test_o5_one_company_and_one_tenant(self, company: OnlineDesk) -> None:
        """O5: the same two accounts are linked once."""
        with pytest.raises(UsageError, match="linked already"):
            accounts.add_link(company.hub, "Shop floor", "Books", ACTOR)


class TestMarks:
    def test_op3_the_bill_is_named_at_its_order(self, company: OnlineDesk) -> None:
        """OP1, OP2, OP3: a submitted order becomes a bill, and bears what that is known by."""
        with company.having(*BILLS):
            order = company.order("Pelican", "2 Rack @ 99.95")
            company.settle()
            company.look()

            row = company.transfer(order)
            assert (row.state, row.target_kind) == ("done", "bill")
            assert company.external_number(order) in (row.target_id, row.target_number)

    def test_op3_error_is_a_habit_here_as_well(self, company: OnlineDesk) -> None:
        """OP3, OP11: as set, an order for an unknown item bears ERROR until it goes."""
        with company.having("purchase-order-out.mark_errors=true"):
            order = company.order("Pelican", "1 Doodad @ 1")
            company.settle()
            company.look(20)
            assert company.transfer(order).state == "refused"
            assert company.external_number(order) == "ERROR"

            company.goods("Doodad")
            company.clock.advance(hours=1)
            desk.retry(company.hub, ACTOR, transfer_ids=[company.transfer(order).id])
            company.settle()
            company.look()
            assert company.transfer(order).state == "done"
            assert company.external_number(order) == company.transfer(order).target_number

    def test_op2_what_the_old_app_left_is_listed(self, company: OnlineDesk) -> None:
        """OP2: orders that still carry ERROR are found by their cause, and sent together."""
        orders = [
            company.order("Pelican", "1 Rack @ 1", externalPONumber="ERROR") for _ in range(2)
        ]
        company.settle()
        listed = views.rows(company.hub, cause="marked-error")
        assert [row.number for row in listed] == [str(order) for order in orders]

        company.send("purchase-order", *orders)
        company.settle()
        company.look()
        for order in orders:
            assert company.external_number(order) == company.transfer(order).target_number


class TestErrors:
    def test_op13_op14_one_to_do_until_it_is_mended(self, company: OnlineDesk) -> None:
        """OP13, OP14: an item that is not there is one to-do, completed once the orders went."""
        with company.having(*TO_DOS):
            orders = [company.order("Pelican", "1 Gadget @ 1") for _ in range(2)]
            company.settle()
            told(company)
            (made,) = company.to_dos(is_open=True)
            assert "Gadget" in made["activityDescription"]

            company.goods("Gadget")
            company.clock.advance(hours=1)
            found = [company.transfer(order).id for order in orders]
            desk.retry(company.hub, ACTOR, transfer_ids=found)
            company.settle()
            told(company)
            assert {company.transfer(order).state for order in orders} == {"done"}
            assert company.to_dos(is_open=True) == []

    def test_op16_all_of_one_cause_are_tried_again(self, company: OnlineDesk) -> None:
        """OP16, K34: of what stopped, all of one cause is tried again together."""
        orders = [company.order("Pelican", "1 Trinket @ 1") for _ in range(3)]
        company.settle()
        (cause,) = {company.transfer(order).refusal for order in orders}
        assert cause is not None
        company.goods("Trinket")
        company.clock.advance(hours=1)
        desk.retry(company.hub, ACTOR, link=company.link, cause=cause)
        company.settle()

        assert {company.transfer(order).state for order in orders} == {"done"}


class TestSyncOne:
    def test_op15_s8_it_runs_through_and_is_mailed(self, company: OnlineDesk) -> None:
        """OP15, S8: one order is read, sent and confirmed at once; its number is told and mailed."""
        order = company.order("Pelican", "3 Cable @ 1.50", submit=False)
        before = company.hub.configuration
        with mail_server() as (box, port):
            company.hub.configuration = replace(
                before, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="hub@acme.example"
            )
            done = sync(company, order, TO)
            company.hub.configuration = before

        assert done.is_done
        assert done.number == company.transfer(order).target_number
        assert company.external_number(order) == done.number
        assert done.mailed_to == TO
        assert f"as {done.number}" in box.texts()[0]

    def test_op15_a_bad_result_is_told(self, company: OnlineDesk) -> None:
        """OP14, OP15: an order that stops is told at once, with what to do."""
        order = company.order("Pelican", "1 Whatsit @ 1")
        done = sync(company, order)

        assert done.is_stopped
        assert "Whatsit" in done.sentence
        assert done.cure

    def test_op15_k18_it_does_not_wait_for_a_scan(self, company: OnlineDesk) -> None:
        """K18: an order entered a moment ago goes without waiting for the next scan."""
        company.settle()
        order = company.order("Pelican", "1 Cable @ 2")
        started = company.clock.moment
        assert sync(company, order).is_done
        assert company.clock.moment - started < timedelta(minutes=15)


class TestDisconnecting:
    def test_o6_k33_settings_stay(self, company: OnlineDesk) -> None:
        """O6, K33: after somebody disconnected, the settings are what they were; orders wait."""
        company.settle()
        before, version, _problems = desk.settings_of(company.hub, company.link)
        books = finding.connection_named(company.hub, company.books_id)
        accounts.disconnect(company.hub, books, ACTOR)
        assert stage(company) == "Not connected yet."
        assert "connect" in str(steps(company)["signed-in"].sentence)
        assert desk.settings_of(company.hub, company.link)[:2] == (before, version)

        order = company.order("Pelican", "1 Cable @ 3")
        company.tick()
        assert company.transfer(order).state == "ready"
        company.sign_in()
        company.settle()
        assert company.transfer(order).state == "done"
