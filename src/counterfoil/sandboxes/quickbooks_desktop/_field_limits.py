"""Where custom fields can be, and how many and how large they may be (4.13; corrections 1.9).

Public fields are texts of 255 characters, a few per list.  They cannot be attached to
transactions as such: those of customers stand on the header of sales forms, those of items on
lines, and no others anywhere.  Private data of all applications together has 4,096 bytes on one
record; on a line it is kept and never given back.
"""

from __future__ import annotations

from collections.abc import Iterable

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._records import FieldDefinition
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError

PUBLIC_OWNER = "0"
PRIVATE_BYTES_MAX = 4096
_PUBLIC_TYPE = "STR255TYPE"
# Through the SDK public fields can be assigned to these only (status 3351).
_PUBLIC_OBJECTS = frozenset({"Customer", "Employee", "Item", "Vendor"})
# Sales forms, on whose header the customer's fields stand.
_CUSTOMERS_FORMS = frozenset({"Estimate", "Invoice", "SalesOrder"})


def check_public_definition(books: Books, one: FieldDefinition) -> None:
    """Refuse a public field of a wrong kind, for a wrong list, or one too many for its list."""
    if one.owner != PUBLIC_OWNER:
        return
    unknown = frozenset(one.objects) - _PUBLIC_OBJECTS
    if unknown:
        raise RefusedError(
            status.BAD_FIELD_OWNER,
            f"A public custom field cannot be assigned to {', '.join(sorted(unknown))}.",
        )
    switches = books.settings.switches
    if one.type != _PUBLIC_TYPE:
        raise RefusedError(
            switches.field_limit_status,
            f'The public custom field "{one.name}" must be of the type {_PUBLIC_TYPE}, '
            f"not {one.type}.",
        )
    others = [
        each
        for each in books.store.field_definitions()
        if each.owner == PUBLIC_OWNER and each.number != one.number
    ]
    for place in one.objects:
        most = (
            switches.public_fields_of_items_max
            if place == "Item"
            else switches.public_fields_of_names_max
        )
        if sum(place in each.objects for each in others) >= most:
            raise RefusedError(
                switches.field_limit_status,
                f"There are {most} public custom fields of {place} already; no more can be had.",
            )


def check_place(books: Books, definition: FieldDefinition, kind: str, *, on_line: bool) -> None:
    """Refuse a field where a transaction of this kind cannot have it."""
    if definition.owner != PUBLIC_OWNER:
        needed: str | None = kind
    elif on_line:
        needed = "Item"
    elif kind in _CUSTOMERS_FORMS:
        needed = "Customer"
    elif kind == "PurchaseOrder" and books.settings.switches.vendor_fields_on_purchase_orders:
        needed = "Vendor"
    else:
        needed = None
    if needed is None:
        raise RefusedError(
            status.BAD_FIELD_OWNER,
            f'The custom field "{definition.name}" cannot be used: a {kind} has none.',
        )
    check_assigned(definition, needed)


def check_assigned(definition: FieldDefinition, target: str) -> None:
    """Refuse a field for a record type it was not defined for."""
    if target not in definition.objects:
        raise RefusedError(
            status.BAD_FIELD_OWNER,
            f'The custom field "{definition.name}" is not assigned to {target}.',
        )


def check_private_room(
    books: Books, definition: FieldDefinition, object_id: str, line_id: str, value: str
) -> None:
    """Refuse private data that is too much for its record, all applications counted."""
    if definition.owner == PUBLIC_OWNER:
        return
    place = (line_id, definition.owner.casefold(), definition.name.casefold())
    kept = sum(
        _size(each)
        for line, owner, name_key, each in books.store.field_values(object_id)
        if owner != PUBLIC_OWNER and (line, owner.casefold(), name_key) != place
    )
    if kept + _size(value) > PRIVATE_BYTES_MAX:
        raise RefusedError(
            books.settings.switches.field_limit_status,
            f'"{definition.name}" would make more than {PRIVATE_BYTES_MAX} bytes of private '
            "data on this record.",
        )


def returned(
    values: Iterable[tuple[str, str, str, str]],
) -> list[tuple[str, str, str, str]]:
    """What of a record's values is ever given back: private data on lines is not."""
    return [each for each in values if not each[0] or each[1] == PUBLIC_OWNER]


def _size(value: str) -> int:
    return len(value.encode("cp1252", "replace"))
