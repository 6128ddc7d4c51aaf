"""Names: who may be called what, and what becomes of a name that is no longer used.

Customers, vendors and employees share one name space; every other list has its own.  A
deactivated record's name gets `` (deleted)`` appended, so that the plain name is free again.
"""

from __future__ import annotations

import re

from ._desk import Desk
from ._errors import ApiError, duplicate_name, missing
from ._wire import Row
from .entities import Entity

__all__ = ["complete_name", "complete_tree", "retire", "settle_activity"]

_RETIRED = " (deleted)"
_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_NAME_SPACE = ("Customer", "Vendor", "Employee")
_LEVELS_MAX = 5
_EMAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")


def retire(name: str) -> str:
    """The name of a record that was made inactive."""
    return name if name.endswith(_RETIRED) else f"{name}{_RETIRED}"


def settle_activity(row: Row, stored: Row | None, field: str) -> None:
    """Rename a record that was made inactive, or active again."""
    row.setdefault("Active", True if stored is None else stored.get("Active", True))
    was_active = stored is None or stored["Active"]
    if not row["Active"]:
        row[field] = retire(row[field])
    elif not was_active:
        row[field] = row[field].removesuffix(_RETIRED)


def complete_name(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    """Check and complete a customer, vendor or employee.

    Raises:
        ApiError: 2040, 2210, 6080, 6180, 6240, or 2020 for a job without a parent.
    """
    _check_email(row)
    parts = [row[name] for name in _PARTS if name in row]
    if entity.name == "Employee" and not {"GivenName", "FamilyName"} & row.keys():
        raise missing("GivenName or FamilyName")
    row.setdefault("DisplayName", " ".join(parts) or row.get("CompanyName", ""))
    if not row["DisplayName"]:
        raise ApiError(6080, "At least one name element is required")
    _check_signs(row["DisplayName"], ":\t\n", "DisplayName")
    settle_activity(row, stored, "DisplayName")
    _check_unique(desk, entity, row, stored)
    row.setdefault("PrintOnCheckName", row["DisplayName"])
    if entity.name == "Customer":
        _place(desk, row)


def _check_email(row: Row) -> None:
    address = row.get("PrimaryEmailAddr", {}).get("Address", "")
    if address and not all(_EMAIL.fullmatch(one.strip()) for one in address.split(",")):
        raise ApiError(2210, f"Email Address does not conform to RFC 822: {address}")


def _check_signs(name: str, signs: str, element: str) -> None:
    if any(sign in name for sign in signs):
        raise ApiError(2040, f"Invalid String : {name}", element)


def _check_unique(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    if not row["Active"]:
        return
    for space in _NAME_SPACE:
        for other in desk.named(space, row["DisplayName"]):
            if stored is not None and other["Id"] == stored["Id"]:
                continue
            is_told = space == entity.name or desk.settings.duplicate_name_id == "null"
            raise duplicate_name(_told_id(desk, other) if is_told else None)


def _told_id(desk: Desk, other: Row) -> str:
    return "null" if desk.settings.duplicate_name_id == "null" else str(other["Id"])


def _place(desk: Desk, row: Row) -> None:
    """Place a customer below its parent."""
    row.setdefault("Job", "ParentRef" in row)
    if row["Job"] and "ParentRef" not in row:
        raise missing("ParentRef")
    parent = desk.get("Customer", row["ParentRef"]["value"]) if "ParentRef" in row else None
    _set_level(row, parent, row["DisplayName"])
    if parent is not None:
        row.setdefault("BillWithParent", False)


def _set_level(row: Row, parent: Row | None, name: str) -> None:
    above = "" if parent is None else f"{parent['FullyQualifiedName']}:"
    level = 0 if parent is None else int(parent.get("Level", 0)) + 1
    if level >= _LEVELS_MAX:
        raise ApiError(6180, f"There can be at most {_LEVELS_MAX} levels")
    row["FullyQualifiedName"] = above + name
    if level:
        row["Level"] = level
    else:
        row.pop("Level", None)


def complete_tree(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    """Check the name of a record of a list and place it below its parent.

    Raises:
        ApiError: 2040, 6180, 6240.
    """
    _check_signs(row["Name"], ':"' if entity.name == "Account" else ":", "Name")
    settle_activity(row, stored, "Name")
    parent_id = row.get("ParentRef", {}).get("value")
    # Accounts and classes are unique among their siblings; items over all.
    among_all = entity.name == "Item"
    if row["Active"]:
        for other in desk.named(entity.name, row["Name"]):
            is_other = stored is None or other["Id"] != stored["Id"]
            is_sibling = other.get("ParentRef", {}).get("value") == parent_id
            if is_other and (among_all or is_sibling):
                raise duplicate_name(_told_id(desk, other))
    if "FullyQualifiedName" in entity.table:
        parent = None if parent_id is None else desk.get(entity.name, parent_id)
        _set_level(row, parent, row["Name"])
        if "Level" not in entity.table:
            row.pop("Level", None)
        is_below = f"Sub{entity.name}"
        if is_below in entity.table and ("ro" in entity.table[is_below] or parent is not None):
            row[is_below] = parent is not None
