"""Work entry → timesheet entry, from the operations system to the books (OUT-TIME)."""

from __future__ import annotations

from typing import Final

from counterfoil.documents import (
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    ListRecord,
    Money,
    RecordKind,
    Reference,
    Refusal,
    WorkEntry,
    reason,
    refuse,
)
from counterfoil.settings import (
    FlowName,
    Settings,
    WorkCustomer,
    WorkerList,
    WorkMoment,
    WorkText,
)
from counterfoil.settings import WorkEntryOut as Rules

from ._carried import carried_reference
from ._heading import too_old
from ._parties import new_customer, new_employee
from ._plain import plain, plain_text
from ._translator import Alone, Context, Ruling, Translated, Verdict

__all__ = ["WorkEntryOut"]

_SECTION: Final = FlowName.WORK_ENTRY_OUT
_CREATION_SETTINGS: Final = {
    RecordKind.EMPLOYEE: f"{_SECTION}.create_missing_employees",
    RecordKind.CUSTOMER: f"{_SECTION}.create_missing_customers",
}


class WorkEntryOut(Alone):
    """The rules TIME-1 to TIME-6."""

    def rule(self, document: Document, settings: Settings) -> Ruling | None:
        """Leave out what has no time or is too old; hold what is still in production, as set."""
        entry, rules = _entry(document), settings.work_entry_out
        if entry.status is DocumentStatus.CANCELLED:
            return Ruling(Verdict.LEAVE_OUT, reason("cancelled"))
        if entry.minutes <= 0:
            return Ruling(Verdict.LEAVE_OUT, reason("no-time"))
        old = too_old(entry.worked_on, rules.start_date)
        if old is not None:
            return old
        if rules.moment is WorkMoment.COMPLETED and entry.status is not DocumentStatus.CLOSED:
            waits = reason("in-production", order=entry.order_code or "of the record")
            return Ruling(Verdict.HOLD, waits, is_passable=True)
        return None

    def target_kind(self, document: Document, settings: Settings) -> DocumentKind:
        """Time worked stays time worked."""
        return DocumentKind.WORK_ENTRY

    def needs(self, document: Document, settings: Settings) -> tuple[tuple[RecordKind, str], ...]:
        """Nothing: an entry tells all that is written of it."""
        return ()

    def number(self, document: Document, part: str, settings: Settings) -> str | None:
        """Timesheet entries have no number."""
        return None

    def must_check_number(self, settings: Settings) -> bool:
        """There is none to be checked."""
        return False

    def other_number(self, number: str, settings: Settings) -> str | None:
        """There is none."""
        return None

    def translate(
        self, document: Document, number: str | None, context: Context
    ) -> Translated | Refusal:
        """Translate time worked into the timesheet entry that books it.

        Returns:
            The entry; or the refusal of one whose worker cannot be told from another, or that
            shall be billable and lacks its customer or service item.

        Source:
            Reference section 4.3.
        """
        entry, rules = _entry(document), context.settings.work_entry_out
        customer, other = _customer_job(entry, rules)
        service = _text(entry, rules.service_item)
        payroll = _text(entry, rules.payroll_item)
        refusal = _namesakes(entry, context) or _not_billable(entry, customer, service, rules)
        if refusal is not None:
            return refusal
        alternatives: dict[tuple[RecordKind, str], str] = {}
        if customer is not None and other is not None:
            alternatives[RecordKind.CUSTOMER, customer] = other
        return Translated(
            document=WorkEntry(
                id="",
                worker=Reference(entry.worker.name),
                worked_on=entry.worked_on,
                minutes=entry.minutes,
                customer=_reference(customer),
                service_item=_reference(service),
                payroll_item=_reference(payroll),
                is_billable=rules.is_billable,
                notes=_notes(entry),
                hourly_rate=None if rules.hourly_rate is None else Money(rules.hourly_rate),
                is_contractor=rules.workers is WorkerList.VENDORS,
            ),
            may_be_contractor=rules.workers is WorkerList.EITHER,
            origins=_origins(entry, customer, other),
            alternatives=alternatives,
        )

    def carried(self, document: Document) -> Document:
        """Who, when, how long, on whom, what for, how paid, billable at what rate, notes."""
        entry = _entry(document)
        worker = carried_reference(entry.worker)
        assert worker is not None
        return WorkEntry(
            id="",
            worker=worker,
            worked_on=entry.worked_on,
            minutes=entry.minutes,
            customer=carried_reference(entry.customer),
            service_item=carried_reference(entry.service_item),
            payroll_item=carried_reference(entry.payroll_item),
            is_billable=entry.is_billable,
            notes=plain_text(entry.notes),
            hourly_rate=entry.hourly_rate and Money(plain(entry.hourly_rate.amount)),
        )

    def may_change(self, current: Document, document: Document) -> Refusal | None:
        """Whether time was billed or paid, the books know: they have the last word."""
        return None

    def has_follow_ups(self, settings: Settings) -> bool:
        """Timesheet entries have no custom fields."""
        return False

    def follow_ups(self, document: Document, settings: Settings) -> tuple[CustomField, ...]:
        """There are none."""
        return ()

    def new_record(
        self, kind: RecordKind, name: str, origin: str, context: Context
    ) -> ListRecord | Refusal | None:
        """Make the employee (TIME-4), or the customer or job (TIME-5)."""
        rules = context.settings.work_entry_out
        if kind is RecordKind.EMPLOYEE and rules.create_missing_employees:
            return new_employee(name)
        if kind is RecordKind.CUSTOMER and rules.create_missing_customers:
            return new_customer(name, context.customer(origin))
        return None

    def creation_setting(self, kind: RecordKind) -> str | None:
        """Name the switch a person can turn on."""
        return _CREATION_SETTINGS.get(kind)


def _entry(document: Document) -> WorkEntry:
    assert isinstance(document, WorkEntry), "this flow translates time worked"
    return document


def _text(entry: WorkEntry, choice: WorkText | None) -> str | None:
    """Give the text that a setting chose; ``None``: none is chosen, or it is empty."""
    if choice is None:
        return None
    texts = {
        WorkText.ORDER_CODE: entry.order_code,
        WorkText.ORDER_TEXT: entry.order_text,
        WorkText.OPERATION: entry.operation,
        WorkText.SECTION: entry.section,
    }
    return texts[choice] or None


def _notes(entry: WorkEntry) -> str | None:
    """Give the codes of production order and operation (4.3); a name stands in for no code."""
    operation = entry.operation_code or entry.operation
    return " ".join(filter(None, (entry.order_code, operation))) or None


def _customer_job(entry: WorkEntry, rules: Rules) -> tuple[str | None, str | None]:
    """TIME-1: the name to look up, and the one to take where there is no such customer."""
    chosen = _text(entry, rules.customer_job)
    client = entry.order_client.name if entry.order_client else None
    if rules.customer_reading is WorkCustomer.CHOSEN_ONLY or not client:
        return chosen, None
    return client, None if chosen == client else chosen


def _origins(
    entry: WorkEntry, customer: str | None, other: str | None
) -> dict[tuple[RecordKind, str], str]:
    """Say from whose data a new record is made: a job has no client's."""
    client = entry.order_client.name if entry.order_client else None
    origins = {(RecordKind.EMPLOYEE, entry.worker.name): entry.worker.name}
    for name in filter(None, (customer, other)):
        origins[RecordKind.CUSTOMER, name] = name if name == client else ""
    return origins


def _reference(name: str | None) -> Reference | None:
    return Reference(name) if name else None


def _namesakes(entry: WorkEntry, context: Context) -> Refusal | None:
    """Refuse the entries of all workers that have one name: theirs is nobody's in the books."""
    if not entry.namesakes:
        return None
    numbers = sorted({*entry.namesakes, entry.worker.id or "?"})
    return refuse(
        "worker-ambiguous",
        where="worker",
        value=entry.worker.name,
        found=", ".join(numbers),
        target=context.target,
    )


def _not_billable(
    entry: WorkEntry, customer: str | None, service: str | None, rules: Rules
) -> Refusal | None:
    """TIME-6: billable time needs whom and for what; refused before it is sent (B16)."""
    if not rules.is_billable or (customer and service):
        return None
    choice = rules.service_item if customer else rules.customer_job
    return refuse(
        "not-billable",
        where="service_item" if customer else "customer",
        value=entry.worker.name,
        kind="service item" if customer else "customer",
        option=f"{'Service item' if customer else 'Customer:Job'}: "
        f"{choice.label if choice else 'none'}",
        setting=f"{_SECTION}.is_billable",
    )
