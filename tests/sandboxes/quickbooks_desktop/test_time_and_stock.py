"""What the books refuse of time entries and of stock counts, told by a stranger's client."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import SERVICES
from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look

FLAGGED, UNFLAGGED, VENDOR = "Ida Moss", "Ben Crane", "Tool Hire"


@pytest.fixture
def crew(outside: Outside) -> Outside:
    """A company with two employees, one paid by time data, a subcontractor and paid hours."""
    payroll = {"UseTimeDataToCreatePaychecks": "UseTimeData"}
    side = fields({"Desc": "Fitting", "Price": "60.00", "AccountRef.FullName": SERVICES})
    for inner in (
        act("VendorAdd", fields({"Name": VENDOR})),
        act("CustomerAdd", fields({"Name": "Blue Heron Cafe"})),
        act(
            "PayrollItemWageAdd",
            fields(
                {"Name": "Hourly", "WageType": "HourlyRegular", "ExpenseAccountRef.FullName": WAGES}
            ),
        ),
        act("ItemServiceAdd", f"<Name>Fitting</Name><SalesOrPurchase>{side}</SalesOrPurchase>"),
        act("EmployeeAdd", fields({"FirstName": "Ben", "LastName": "Crane"})),
        act(
            "EmployeeAdd",
            fields({"FirstName": "Ida", "LastName": "Moss"})
            + f"<EmployeePayrollInfo>{fields(payroll)}</EmployeePayrollInfo>",
        ),
    ):
        outside.enter(inner)
    return outside


WAGES = "Wages"


def hours(worker: str = FLAGGED, duration: str = "PT2H0M0S", **more: str) -> str:
    head = {"TxnDate": "2026-03-02", "EntityRef.FullName": worker}
    if more.get("billable"):
        head |= {
            "CustomerRef.FullName": "Blue Heron Cafe",
            "ItemServiceRef.FullName": "Fitting",
        }
    head["Duration"] = duration
    if "wage" in more:
        head["PayrollItemWageRef.FullName"] = more["wage"]
    return act("TimeTrackingAdd", fields({**head, "BillableStatus": more.get("billable")}))


class TestTime:
    @pytest.mark.parametrize("worker, code", [(FLAGGED, 0), (UNFLAGGED, 3210), (VENDOR, 3210)])
    def test_a_payroll_item_needs_an_employee_paid_by_time(
        self, crew: Outside, worker: str, code: int
    ) -> None:
        """Anybody else's time is refused with one, and taken without."""
        refused = crew.ask(hours(worker, wage="Hourly"))

        assert (refused.code, crew.ask(hours(worker)).code) == (code, 0)
        assert code == 0 or "PayrollItemWageRef" in refused.message

    def test_the_status_of_a_misplaced_payroll_item_is_a_switch(self, crew: Outside) -> None:
        """Nobody has seen the number."""
        crew.switch(payroll_item_status=3140)

        assert crew.ask(hours(VENDOR, wage="Hourly")).code == 3140

    @pytest.mark.parametrize("duration", ["-PT1H0M0S", "PT0H0M0S", "PT0H0M59S", "PT25H0M0S"])
    def test_how_long_an_entry_may_last_is_a_switch(self, crew: Outside, duration: str) -> None:
        """Less than a minute and more than a day are refused, unless the switch says otherwise."""
        refused = crew.ask(hours(duration=duration))
        crew.switch(unusual_durations_taken=True)

        assert (refused.code, crew.ask(hours(duration=duration)).code) == (3035, 0)

    def test_a_day_is_not_unusual(self, crew: Outside) -> None:
        """Twenty-four hours and one minute are both taken."""
        assert crew.ask(hours(duration="PT24H0M0S")).code == 0
        assert crew.ask(hours(duration="PT1M")).text("Duration") == "PT0H1M0S"

    def test_time_is_billed_by_a_change(self, crew: Outside) -> None:
        """An Add as billed is refused (switch); a Mod sets it."""
        refused = crew.ask(hours(billable="HasBeenBilled"))
        made = crew.enter(hours(billable="Billable"))
        keyed = {name: made.text(name) for name in ("TxnID", "EditSequence")}
        billed = {
            "EntityRef.FullName": FLAGGED,
            "Duration": "PT2H0M0S",
            "BillableStatus": "HasBeenBilled",
        }
        changed = crew.enter(act("TimeTrackingMod", fields({**keyed, **billed})))
        crew.switch(billed_time_added=True)

        assert refused.code == 3210
        assert changed.text("BillableStatus") == "HasBeenBilled"
        assert crew.ask(hours(billable="HasBeenBilled")).code == 0


# --- Stock counts ------------------------------------------------------------------------------

BOLT, NUT = "BOLT-8", "NUT-8"


@pytest.fixture
def store(outside: Outside) -> Outside:
    """A company with two items of stock and a customer."""
    for name in (BOLT, NUT):
        accounts = {
            "IncomeAccountRef.FullName": "Sales:Goods",
            "COGSAccountRef.FullName": "Cost of Goods Sold",
            "AssetAccountRef.FullName": "Inventory Asset",
        }
        outside.enter(
            act("ItemInventoryAdd", fields({"Name": name, **accounts, "QuantityOnHand": "10"}))
        )
    outside.enter(act("CustomerAdd", fields({"Name": "Blue Heron Cafe"})))
    return outside


def counted(item: str, change: str = "1", kind: str = "QuantityDifference") -> str:
    quantity = f"<QuantityAdjustment>{fields({kind: change})}</QuantityAdjustment>"
    return (
        f"<InventoryAdjustmentLineAdd>{fields({'ItemRef.FullName': item})}{quantity}"
        "</InventoryAdjustmentLineAdd>"
    )


def count(*lines: str, account: str = "Inventory Adjustments", customer: str | None = None) -> str:
    head = {"AccountRef.FullName": account, "CustomerRef.FullName": customer}
    return act("InventoryAdjustmentAdd", fields(head) + "".join(lines))


class TestAdjustments:
    @pytest.mark.parametrize("edition", ["Pro", "Enterprise"])
    def test_stock_is_adjusted_by_one_user_only(self, store: Outside, edition: str) -> None:
        """In multi-user mode an Add is refused whatever the edition, and nothing moves."""
        made = store.enter(count(counted(BOLT)))
        store.change(file_mode="MultiUser", edition=edition)
        keyed = {name: made.text(name) for name in ("TxnID", "EditSequence")}
        added = store.ask(count(counted(BOLT)))
        changed = store.ask(act("InventoryAdjustmentMod", fields({**keyed, "Memo": "again"})))
        seen = store.ask(look("ItemInventoryQuery", fields({"FullName": BOLT})))
        store.change(file_mode="SingleUser")

        assert (added.code, changed.code) == (3162, 3162)
        assert "single-user mode" in added.message
        assert seen.text("QuantityOnHand") == "11"
        assert store.ask(count(counted(BOLT))).code == 0

    def test_the_number_and_an_exception_for_enterprise_are_switches(self, store: Outside) -> None:
        """One list of features has Enterprise adjust in multi-user mode; the number is open."""
        store.change(file_mode="MultiUser", edition="Pro")
        store.switch(adjusts_in_multi_user="Enterprise", adjustment_in_multi_user_status=3250)
        premier = store.ask(count(counted(BOLT)))
        store.change(edition="Enterprise")

        assert (premier.code, store.ask(count(counted(BOLT))).code) == (3250, 0)

    @pytest.mark.parametrize(
        "lines, words",
        [
            ((counted(BOLT), counted(NUT), counted(BOLT, "2")), "more than one line"),
            ((counted(BOLT), counted(NUT, "0")), "Nothing changes"),
            ((counted(BOLT, "10", "NewQuantity"),), "Nothing changes"),
        ],
    )
    def test_each_item_changes_once(
        self, store: Outside, lines: tuple[str, ...], words: str
    ) -> None:
        """An item named twice or not changed at all refuses the whole adjustment."""
        refused = store.ask(count(*lines))
        store.switch(adjustment_refused_status=3180)

        assert (refused.code, store.ask(count(*lines)).code) == (3210, 3180)
        assert words in refused.message
        assert store.ask(look("InventoryAdjustmentQuery", "")).code == 1

    @pytest.mark.parametrize(
        "account, customer, code",
        [
            ("Accounts Receivable", None, 3180),
            ("Accounts Receivable", "Blue Heron Cafe", 0),
            ("Accounts Payable", "Blue Heron Cafe", 3180),
            ("Inventory Adjustments", None, 0),
            ("Inventory Asset", None, 0),
        ],
    )
    def test_what_others_owe_needs_their_name(
        self, store: Outside, account: str, customer: str | None, code: int
    ) -> None:
        """A receivable account needs a customer; a payable one a vendor, whom it cannot name."""
        reply: Reply = store.ask(count(counted(BOLT), account=account, customer=customer))

        assert reply.code == code
