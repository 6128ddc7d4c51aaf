"""Customers and jobs, vendors, employees and other names (reference section 4.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Problem, Record, shown
from counterfoil.documents import Contact, Customer, Employee, OtherName, Vendor

from ._parts import (
    address_in,
    fitting,
    name_in,
    present,
    read_contact,
    read_list_head,
    write_address,
    write_parent,
)

__all__ = [
    "EMPLOYEE_ELEMENTS",
    "employee_problem",
    "read_customer",
    "read_employee",
    "read_other_name",
    "read_vendor",
    "write_customer",
    "write_employee",
    "write_vendor",
]

# What is wanted of an employee; addresses, pay and numbers of people are nobody's business.
EMPLOYEE_ELEMENTS: Final = (
    "ListID",
    "TimeModified",
    "EditSequence",
    "Name",
    "IsActive",
    "FirstName",
    "MiddleName",
    "LastName",
    "EmployeePayrollInfo",
)


# --- Reading ------------------------------------------------------------------------------


def _read_party(record: Record, address: str) -> dict[str, Any]:
    return {
        **read_list_head(record),
        "company_name": record.word("CompanyName"),
        "billing_address": record.value(address, address_in),
        "contact": read_contact(record),
        "currency": record.value("CurrencyRef", name_in),
    }


def read_customer(record: Record) -> Customer:
    """Read a customer or a job."""
    return Customer(
        **_read_party(record, "BillAddress"),
        delivery_address=record.value("ShipAddress", address_in),
    )


def read_vendor(record: Record) -> Vendor:
    """Read a vendor."""
    return Vendor(**_read_party(record, "VendorAddress"))


def read_other_name(record: Record) -> OtherName:
    """Read a name that is neither customer, vendor nor employee."""
    return OtherName(**_read_party(record, "OtherNameAddress"))


def read_employee(record: Record) -> Employee:
    """Read an employee; whether time makes the paychecks is known only where it is told."""
    told = record.word("EmployeePayrollInfo/UseTimeDataToCreatePaychecks")
    return Employee(
        **read_list_head(record),
        first_name=record.word("FirstName"),
        middle_name=record.word("MiddleName"),
        last_name=record.word("LastName"),
        is_paid_by_time=_PAID_BY_TIME.get(told or ""),
    )


_PAID_BY_TIME: Final[Mapping[str, bool]] = {
    "UseTimeData": True,
    "DoNotUseTimeData": False,
    "NotSet": False,
}


# --- Writing ------------------------------------------------------------------------------


def write_customer(customer: Customer, key: str) -> Fields:
    """Give the fields of a ``CustomerAdd``; with a parent it becomes a job.

    Name, company and address lines are told in full or not at all: what is too long for
    a field that nothing depends on is left out, never cut.
    """
    contact = customer.contact or Contact()
    return {
        "Name": customer.name,
        "ParentRef": write_parent(customer),
        "CompanyName": fitting(customer.company_name, 41),
        "BillAddress": write_address(customer.billing_address),
        "ShipAddress": write_address(customer.delivery_address),
        "Phone": fitting(contact.phone, 21),
        "Email": fitting(contact.email, 1023),
        "Contact": fitting(contact.name, 41),
        "ExternalGUID": key,
    }


def write_vendor(vendor: Vendor, key: str) -> Fields:
    """Give the fields of a ``VendorAdd``, by the same rule as a customer's."""
    contact = vendor.contact or Contact()
    return {
        "Name": vendor.name,
        "CompanyName": fitting(vendor.company_name, 41),
        "VendorAddress": write_address(vendor.billing_address),
        "Phone": fitting(contact.phone, 21),
        "Email": fitting(contact.email, 1023),
        "Contact": fitting(contact.name, 41),
        "ExternalGUID": key,
    }


_NAMES: Final[Mapping[str, int]] = {"FirstName": 25, "MiddleName": 5, "LastName": 25}
_EMPLOYEE_NAME_MAX: Final = 41


def write_employee(employee: Employee, key: str) -> Fields:
    """Give the fields of an ``EmployeeAdd`` (TIME-4).

    QuickBooks makes an employee's name itself, of the first, middle and last name;
    ``employee_problem`` says where that would not be the name that time entries use.
    """
    paid = {"UseTimeDataToCreatePaychecks": "UseTimeData"} if employee.is_paid_by_time else None
    names = _names_of(employee) or (None, None, None)
    return present(
        **dict(zip(_NAMES, names, strict=True)), EmployeePayrollInfo=paid, ExternalGUID=key
    )


def employee_problem(employee: Employee) -> Problem | None:
    """Say why QuickBooks could not show a new employee under the name that is wanted."""
    if len(employee.name) > _EMPLOYEE_NAME_MAX:
        length = f"has {len(employee.name)} characters; {_EMPLOYEE_NAME_MAX} are allowed"
        return Problem("too-long", "Name", shown(employee.name), f"Name {length}.")
    if _names_of(employee) is not None:
        return None
    sentence = (
        f"Name {shown(employee.name)!r} is not made of a first name, a middle name and a last "
        "name of at most 25, 5 and 25 characters with single blanks between them."
    )
    return Problem("bad-format", "Name", shown(employee.name), sentence)


def _names_of(employee: Employee) -> tuple[str | None, str | None, str | None] | None:
    """Divide a name so that QuickBooks puts it together again; ``None``: it cannot be done."""
    words = employee.name.split(" ")
    given = (employee.first_name, employee.middle_name, employee.last_name)
    divided = [
        given,
        (words[0], " ".join(words[1:-1]), words[-1] if len(words) > 1 else ""),
        *(
            (" ".join(words[:place]), "", " ".join(words[place:]))
            for place in range(len(words) - 1, 0, -1)
        ),
    ]
    for names in divided:
        if _shown_as(names) == employee.name and _all_fit(names):
            first, middle, last = (name or None for name in names)
            return first, middle, last
    return None


def _shown_as(names: tuple[str | None, ...]) -> str:
    return " ".join(name.strip() for name in names if name and name.strip())


def _all_fit(names: tuple[str | None, ...]) -> bool:
    return all(len(name or "") <= most for name, most in zip(names, _NAMES.values(), strict=True))
