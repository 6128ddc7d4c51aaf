"""Work entry → timesheet entry: TIME-1 to TIME-6, each by its name."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Customer,
    DocumentKind,
    DocumentStatus,
    Employee,
    RecordKind,
    Reference,
    WorkEntry,
)
from counterfoil.settings import OPTIONS, FlowName, Settings, WorkCustomer, WorkMoment, WorkText
from counterfoil.translate import TRANSLATORS, WHOLE, Translated, Verdict
from tests.support.builders import client, settings

from .goods import TODAY, context, outcome, refused, translated

OUT = TRANSLATORS[FlowName.WORK_ENTRY_OUT]
ENTRY = WorkEntry(
    id="9001:2026-02-27",
    number="JOB-5",
    status=DocumentStatus.CLOSED,
    worker=Reference("Rita Alves", "12"),
    worked_on=date(2026, 2, 27),
    minutes=135,
    order_id="5001",
    order_code="JOB-5",
    order_text="Cakes for ACME",
    order_client=Reference("ACME"),
    operation="Baking",
    section="Ovens",
)
TEXTS = {
    WorkText.ORDER_CODE: "JOB-5",
    WorkText.ORDER_TEXT: "Cakes for ACME",
    WorkText.OPERATION: "Baking",
    WorkText.SECTION: "Ovens",
}


def rules(**changes: Any) -> Settings:
    return settings(flows={"work_entry_out": changes})


def entry(**changes: Any) -> WorkEntry:
    return msgspec.structs.replace(ENTRY, **changes)


def booked(document: WorkEntry, made: Settings) -> WorkEntry:
    found = translated(OUT, document, made).document
    assert isinstance(found, WorkEntry)
    return found


class TestRule:
    @pytest.mark.parametrize(
        "changes, made, expected",
        [
            ({}, {}, None),
            (
                {"status": DocumentStatus.OPEN},
                {},
                (Verdict.HOLD, "in-production", True),
            ),
            ({"status": DocumentStatus.OPEN}, {"moment": WorkMoment.RECORDED}, None),
            ({"minutes": 0}, {}, (Verdict.LEAVE_OUT, "no-time", False)),
            (
                {"status": DocumentStatus.CANCELLED},
                {},
                (Verdict.LEAVE_OUT, "cancelled", False),
            ),
            ({}, {"start_date": TODAY}, (Verdict.LEAVE_OUT, "too-old", True)),
        ],
    )
    def test_flow_1_once_the_order_is_completed(
        self, changes: dict[str, Any], made: dict[str, Any], expected: tuple[Any, ...] | None
    ) -> None:
        """FLOW-1: time goes once its production order is completed; zero minutes never do."""
        found = OUT.rule(entry(**changes), rules(**made))

        told = None if found is None else (found.verdict, found.reason.code, found.is_passable)
        assert told == expected


class TestMapping:
    def test_section_4_3(self) -> None:
        """4.3: worker, day, minutes and the note travel; the entry has no number."""
        found = booked(ENTRY, rules())

        assert found == WorkEntry(
            id="",
            worker=Reference("Rita Alves"),
            worked_on=date(2026, 2, 27),
            minutes=135,
            customer=Reference("ACME"),
            service_item=Reference("Baking"),
            notes="JOB-5 Baking",
        )
        assert OUT.number(ENTRY, WHOLE, rules()) is None
        assert OUT.other_number("x", rules()) is None
        assert not OUT.must_check_number(rules())
        assert OUT.target_kind(ENTRY, rules()) is DocumentKind.WORK_ENTRY

    @pytest.mark.parametrize(
        "changes, notes",
        [
            ({"operation_code": "OP-10"}, "JOB-5 OP-10"),
            ({}, "JOB-5 Baking"),
            ({"operation_code": "OP-10", "order_code": None}, "OP-10"),
            ({"operation": None}, "JOB-5"),
            ({"operation": None, "order_code": None}, None),
        ],
    )
    def test_section_4_3_notes(self, changes: dict[str, Any], notes: str | None) -> None:
        """4.3: the notes are the codes of production order and operation, as far as known."""
        assert booked(entry(**changes), rules()).notes == notes

    @pytest.mark.parametrize("choice", WorkText)
    def test_b15_time_1_customer_job(self, choice: WorkText) -> None:
        """B15, TIME-1: each of the four texts is the customer:job, looked up alone as set."""
        made = rules(customer_job=choice, customer_reading=WorkCustomer.CHOSEN_ONLY)
        found = translated(OUT, ENTRY, made)

        assert isinstance(found.document, WorkEntry)
        assert found.document.customer == Reference(TEXTS[choice])
        assert found.alternatives == {}

    @pytest.mark.parametrize(
        "changes, name, other",
        [
            ({}, "ACME", "JOB-5"),
            ({"order_client": None}, "JOB-5", None),
            ({"order_code": None}, "ACME", None),
            ({"order_code": "ACME"}, "ACME", None),
            ({"order_client": None, "order_code": ""}, None, None),
        ],
    )
    def test_time_1_the_client_first(
        self, changes: dict[str, Any], name: str | None, other: str | None
    ) -> None:
        """TIME-1: the client is looked up first, and the chosen text where it is not found."""
        found = translated(OUT, entry(**changes), rules())

        assert isinstance(found.document, WorkEntry)
        assert found.document.customer == (Reference(name) if name else None)
        assert found.alternatives == ({(RecordKind.CUSTOMER, name): other} if other else {})

    @pytest.mark.parametrize("choice", WorkText)
    def test_b15_time_2_service_item(self, choice: WorkText) -> None:
        """B15, TIME-2: each of the four texts names the service item."""
        assert booked(ENTRY, rules(service_item=choice)).service_item == Reference(TEXTS[choice])

    @pytest.mark.parametrize("choice", WorkText)
    def test_b15_time_3_payroll_item(self, choice: WorkText) -> None:
        """B15, TIME-3: each of the four texts names the payroll item."""
        assert booked(ENTRY, rules(payroll_item=choice)).payroll_item == Reference(TEXTS[choice])

    def test_empty_texts_are_left_out(self) -> None:
        """4.3: an empty text leaves the service item or the payroll item out."""
        made = rules(service_item=WorkText.SECTION, payroll_item=WorkText.SECTION)
        found = booked(entry(section=None), made)
        assert (found.service_item, found.payroll_item) == (None, None)
        assert booked(ENTRY, rules(service_item=None)).service_item is None

    @pytest.mark.parametrize(
        "changes, missing",
        [
            ({}, None),
            ({"operation": None}, "service item"),
            ({"order_client": None, "order_code": None}, "customer"),
        ],
    )
    def test_b16_time_6_billable(self, changes: dict[str, Any], missing: str | None) -> None:
        """B16, TIME-6: billable time without customer or service item is refused unsent."""
        made = rules(is_billable=True)
        result = outcome(OUT, entry(**changes), made)
        if missing is None:
            assert isinstance(result, Translated)
            assert booked(ENTRY, made).is_billable
            return
        found = refused(OUT, entry(**changes), made)
        assert found.code == "not-billable"
        assert f"names no {missing}" in found.sentence
        assert not booked(entry(**changes), rules()).is_billable


class TestWorkers:
    @pytest.mark.parametrize("worker, namesake", [("12", "47"), ("47", "12")])
    def test_two_workers_of_one_name_are_told_apart(self, worker: str, namesake: str) -> None:
        """4.3: the entries of two workers of one name stop, both, and the numbers are named."""
        document = entry(worker=Reference("Rita Alves", worker), namesakes=(namesake,))
        found = refused(OUT, document, rules())

        assert found.code == "worker-ambiguous"
        assert "numbers 12, 47" in found.sentence

    @pytest.mark.parametrize("allowed", [True, False])
    def test_b15_time_4_missing_employees(self, allowed: bool) -> None:
        """B15, TIME-4: an employee is created under the worker's name, only where allowed."""
        made = rules(create_missing_employees=allowed)
        found = OUT.new_record(RecordKind.EMPLOYEE, "Rita Alves", "Rita Alves", context(made))

        expected = Employee(id="", name="Rita Alves", full_name="Rita Alves")
        assert found == (expected if allowed else None)
        assert OUT.creation_setting(RecordKind.EMPLOYEE) in OPTIONS

    @pytest.mark.parametrize("allowed", [True, False])
    def test_b15_time_5_missing_jobs(self, allowed: bool) -> None:
        """B15, TIME-5: a job is created under the chosen text, only where allowed.

        It takes no data of the client, whose job it is not known to be.
        """
        made = rules(create_missing_customers=allowed)
        origin = translated(OUT, ENTRY, made).origins[RecordKind.CUSTOMER, "JOB-5"]
        found = OUT.new_record(
            RecordKind.CUSTOMER, "JOB-5", origin, context(made, client("ACME", "Acme LLC"))
        )

        assert found == (Customer(id="", name="JOB-5", full_name="JOB-5") if allowed else None)
        assert OUT.creation_setting(RecordKind.CUSTOMER) in OPTIONS

    def test_items_are_not_created(self) -> None:
        """4.3: no option creates a missing service item."""
        assert OUT.new_record(RecordKind.ITEM, "Baking", "Baking", context(rules())) is None
        assert OUT.creation_setting(RecordKind.ITEM) is None


class TestCarried:
    @pytest.mark.parametrize(
        "changes, same",
        [
            ({"id": "X", "status": DocumentStatus.OPEN, "order_code": None}, True),
            ({"worker": Reference("rita alves")}, True),
            ({"worker": Reference("Rita Alvez")}, False),
            ({"minutes": 136}, False),
            ({"worked_on": TODAY}, False),
            ({"customer": Reference("NEMO")}, False),
            ({"service_item": None}, False),
            ({"payroll_item": Reference("Hourly")}, False),
            ({"is_billable": True}, False),
            ({"notes": "x"}, False),
        ],
    )
    def test_what_we_write(self, changes: dict[str, Any], same: bool) -> None:
        """Who, when, how long, on whom, what for and the note are ours."""
        before = msgspec.structs.replace(booked(ENTRY, rules()), worker=Reference("Rita Alves"))
        read = msgspec.structs.replace(before, **changes)

        assert (OUT.carried(read) == OUT.carried(before)) is same
        assert OUT.may_change(before, read) is None
        assert not OUT.has_follow_ups(rules())
        assert OUT.follow_ups(ENTRY, rules()) == ()
