"""Custom fields: definitions and values (4.13).

OwnerID ``0`` owns the public fields everybody sees; a GUID owns an
application's private ones, visible only to queries that name it.  A value
belongs to a list record, a transaction, a transaction's line or the company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._field_limits import (
    PUBLIC_OWNER,
    check_assigned,
    check_place,
    check_private_room,
    check_public_definition,
    returned,
)
from counterfoil.sandboxes.quickbooks_desktop._kinds import (
    ITEM_KINDS,
    LISTS,
    Reference,
)
from counterfoil.sandboxes.quickbooks_desktop._records import FieldDefinition, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, missing, not_found
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    block_of,
    key,
    text_of,
    texts_of,
)

COMPANY_ID = "company"
_LENGTH_MAX = {"STR255TYPE": 255, "STR1024TYPE": 1024}
_TOO_LONG = 3070


def add_definition(books: Books, fields: Fields) -> FieldDefinition:
    """DataExtDefAdd."""
    owner, name = _owner(fields), text_of(fields, "DataExtName") or ""
    if not name.strip():
        raise missing("DataExtName")
    if _definition(books, owner, name) is not None:
        raise RefusedError(
            status.SAVE_FAILED,
            f'There was an error when saving the custom field "{name}": it already exists.',
        )
    one = FieldDefinition(
        owner,
        name,
        text_of(fields, "DataExtType") or "STR255TYPE",
        tuple(texts_of(fields, "AssignToObject")),
        books.store.next_number("DataExtID"),
    )
    check_public_definition(books, one)
    books.store.write_field_definition(one)
    return one


def modify_definition(books: Books, fields: Fields) -> FieldDefinition:
    """DataExtDefMod: a new name, objects added or taken away."""
    had = _known(books, fields)
    added = tuple(texts_of(fields, "AssignToObject"))
    removed = frozenset(texts_of(fields, "RemoveFromObject"))
    objects = tuple(one for one in dict.fromkeys((*had.objects, *added)) if one not in removed)
    name = text_of(fields, "DataExtNewName") or had.name
    one = replace(had, name=name, objects=objects)
    check_public_definition(books, one)
    if key(name) != key(had.name):
        if _definition(books, had.owner, name) is not None:
            raise RefusedError(
                status.SAVE_FAILED,
                f'There was an error when saving the custom field "{name}": it already exists.',
            )
        books.store.rename_field(had.owner, had.name, name)
        books.store.delete_field_definition(had.owner, had.name)
    books.store.write_field_definition(one)
    return one


def delete_definition(books: Books, fields: Fields) -> FieldDefinition:
    """DataExtDefDel; public fields stay for ever (4.13)."""
    one = _known(books, fields)
    if one.owner == PUBLIC_OWNER:
        raise RefusedError(
            status.CANNOT_DELETE, f'The custom field "{one.name}" is public and cannot be deleted.'
        )
    books.store.delete_field_definition(one.owner, one.name)
    return one


def find_definitions(books: Books, fields: Fields) -> list[FieldDefinition]:
    """DataExtDefQuery; without an owner or an object it finds nothing (4.13)."""
    owners = {owner.lower() for owner in texts_of(fields, "OwnerID")}
    objects = set(texts_of(fields, "AssignToObject"))
    return [
        one
        for one in books.store.field_definitions()
        if one.owner.lower() in owners or objects.intersection(one.objects)
    ]


def definition_fields(one: FieldDefinition) -> Fields:
    return {
        "OwnerID": one.owner,
        "DataExtID": str(one.number),
        "DataExtName": one.name,
        "DataExtType": one.type,
        "AssignToObject": list(one.objects),
        "DataExtListRequire": "false",
        "DataExtTxnRequire": "false",
        "DataExtFormatString": "",
    }


def write_value(books: Books, fields: Fields, *, adding: bool) -> Fields:
    """DataExtAdd and DataExtMod; an Add refuses a field that already has a value."""
    definition = _known(books, fields)
    object_id, line_id = _object(books, fields, definition)
    value = text_of(fields, "DataExtValue") or ""
    _check_value(books, definition, value)
    check_private_room(books, definition, object_id, line_id, value)
    had = dict(_values(books, object_id, line_id, definition.owner))
    if adding and key(definition.name) in had:
        raise RefusedError(
            status.SAVE_FAILED,
            f'There was an error when saving the custom field "{definition.name}": '
            "it already exists.",
        )
    books.store.write_field_value(definition.owner, definition.name, object_id, line_id, value)
    books.has_field_values = True
    _touch(books, object_id)
    return _shown(definition, value)


def delete_value(books: Books, fields: Fields) -> Fields:
    """DataExtDel."""
    definition = _known(books, fields)
    object_id, line_id = _object(books, fields, definition)
    if not books.store.delete_field_value(definition.owner, definition.name, object_id, line_id):
        raise not_found(definition.name)
    _touch(books, object_id)
    return {"OwnerID": definition.owner, "DataExtName": definition.name}


def keep_private(books: Books, owner: str, name: str, value: str) -> None:
    """Write a private field of the company past all rules, as a program of Intuit's own does."""
    if _definition(books, owner, name) is None:
        number = books.store.next_number("DataExtID")
        books.store.write_field_definition(
            FieldDefinition(owner, name, "STR255TYPE", ("Company",), number)
        )
    books.store.write_field_value(owner, name, COMPANY_ID, "", value)
    books.has_field_values = True


def set_line_fields(books: Books, txn: Transaction, line_id: str, field: Fields) -> None:
    """The ``DataExt`` blocks of a new transaction's line."""
    definition = _known(books, field)
    value = text_of(field, "DataExtValue") or ""
    check_place(books, definition, txn.kind, on_line=True)
    _check_value(books, definition, value)
    check_private_room(books, definition, txn.txn_id, line_id, value)
    books.store.write_field_value(definition.owner, definition.name, txn.txn_id, line_id, value)
    books.has_field_values = True


def shown_fields(books: Books, object_id: str, owners: Sequence[str]) -> dict[str, list[Fields]]:
    """DataExtRet blocks of these owners, by line id; the record's own are under "" (3.4)."""
    if not owners or not books.has_field_values:
        return {}
    wanted = {owner.lower() for owner in owners}
    shown: dict[str, list[Fields]] = {}
    for line_id, owner, name_key, value in returned(books.store.field_values(object_id)):
        definition = _definition(books, owner, name_key)
        if owner.lower() in wanted and definition is not None:
            shown.setdefault(line_id, []).append(_shown(definition, value))
    return shown


# -- which field, on which record -------------------------------------------------------------


def _owner(fields: Fields) -> str:
    return text_of(fields, "OwnerID") or PUBLIC_OWNER


def _definition(books: Books, owner: str, name: str) -> FieldDefinition | None:
    place = (owner.lower(), key(name))
    return next(
        (
            one
            for one in books.store.field_definitions()
            if (one.owner.lower(), key(one.name)) == place
        ),
        None,
    )


def _known(books: Books, fields: Fields) -> FieldDefinition:
    name = text_of(fields, "DataExtName") or ""
    found = _definition(books, _owner(fields), name)
    if found is None:
        raise not_found(name)
    return found


def _check_value(books: Books, definition: FieldDefinition, value: str) -> None:
    limit = _LENGTH_MAX.get(definition.type)
    if limit is not None and len(value) > limit:
        raise RefusedError(
            _TOO_LONG, f'The value of "{definition.name}" is longer than {limit} characters.'
        )
    multi_user = books.settings.file_mode == "MultiUser"
    if multi_user and not books.settings.switches.header_custom_fields_in_multi_user:
        raise RefusedError(
            status.SAVE_FAILED, "Custom fields cannot be written in multi-user mode."
        )


def _object(books: Books, fields: Fields, definition: FieldDefinition) -> tuple[str, str]:
    list_type, txn_type = text_of(fields, "ListDataExtType"), text_of(fields, "TxnDataExtType")
    if list_type is not None:
        kinds = ITEM_KINDS if list_type == "Item" else (list_type,)
        label = "Item" if list_type == "Item" else LISTS[list_type].label
        entry = books.resolve(
            "ListObjRef",
            block_of(fields, "ListObjRef") or {},
            "DataExt",
            Reference(kinds, label),
            inactive_allowed=True,
        )
        if entry is None:
            raise missing("ListObjRef")
        check_assigned(definition, list_type)
        return entry.list_id, ""
    if txn_type is not None:
        txn_id, line_id = text_of(fields, "TxnID") or "", text_of(fields, "TxnLineID") or ""
        txn = books.store.transaction(txn_id)
        if txn is None or txn.kind != txn_type:
            raise not_found(txn_id)
        if line_id and all(line["TxnLineID"] != line_id for line in txn.lines):
            raise not_found(line_id)
        check_place(books, definition, txn.kind, on_line=bool(line_id))
        return txn_id, line_id
    check_assigned(definition, "Company")
    return COMPANY_ID, ""


def _values(books: Books, object_id: str, line_id: str, owner: str) -> list[tuple[str, str]]:
    return [
        (name_key, value)
        for line, holder, name_key, value in books.store.field_values(object_id)
        if line == line_id and holder.lower() == owner.lower()
    ]


def _shown(definition: FieldDefinition, value: str) -> Fields:
    return {
        "OwnerID": definition.owner,
        "DataExtName": definition.name,
        "DataExtType": definition.type,
        "DataExtValue": value,
    }


def _touch(books: Books, object_id: str) -> None:
    if not books.settings.switches.data_ext_touches_record or object_id == COMPANY_ID:
        return
    record = books.store.list_record(object_id)
    if record is not None:
        record.modified, record.edit_sequence = books.wall_now(), str(books.unix_now)
        books.write_list_record(record)
        return
    txn = books.store.transaction(object_id)
    if txn is not None:
        txn.modified, txn.edit_sequence = books.wall_now(), str(books.unix_now)
        books.store.write_transaction(txn)
