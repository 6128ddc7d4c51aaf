"""Making a record of a list active again.

Who is deactivated gets a suffix to the name; whether it goes with a reactivation nobody has told.
So the plain name is said beside it: the record is called afterwards what documents call it, or the
company refuses, for somebody else is called so by now.

Source: reference sections 2.6 and 7.3.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.connectors.called import Reader
from counterfoil.documents import InvalidDocument, RecordKind, name_key, refuse
from counterfoil.engine.operations import ActivateRecord, Busy, Done, Outcome, Refused

from ._client import Deed, Item, Record
from ._codecs import changed_at, identity_of
from ._faults import NAME
from ._lists import LISTS, name_once_active, read_record

__all__ = ["ACTIVATED", "activated", "activation_of", "gone", "is_active"]

ACTIVATED: Final = frozenset(LISTS) - {RecordKind.TAX_CODE}
"""The lists whose records are made inactive, and active again, by an update; tax codes are only
read."""


def gone(operation: ActivateRecord) -> Busy:
    """What is to be made active is not there, or called otherwise: lists are read anew first."""
    record = operation.record.full_name
    refusal = refuse("chosen-record-gone", value=record, kind=operation.kind.words, target=NAME)
    return Busy(
        f"{NAME} does not have “{record}” any more", otherwise=Refused(refusal), is_outdated=True
    )


def is_active(current: Record) -> bool:
    """Whether an object as it is now is in use."""
    return Reader(current).flag("Active", default=True)


def activation_of(operation: ActivateRecord, current: Record) -> Item | Busy:
    """Change nothing of an object but that it is active, and called what it is called.

    Of another name it is left alone: nobody has said that this one shall be active.

    Args:
        current: As it is right now: its mark of the version, and its name.

    Raises:
        InvalidDocument: It does not tell its name.
    """
    listed, name = LISTS[operation.kind], read_record(operation.kind, current).name
    if name_key(name) != name_key(operation.record.name):
        return gone(operation)
    body = {
        "Id": operation.record.id,
        "SyncToken": current.get("SyncToken"),
        "sparse": True,
        "Active": True,
        listed.name: name_once_active(operation.kind, current),
    }
    return Item(entity=listed.entity, deed=Deed.UPDATE, body=body)


def activated(operation: ActivateRecord, current: Record) -> Outcome:
    """Say what a record is now that it is active."""
    identity = identity_of(Reader(current))
    try:
        learned = read_record(operation.kind, current)
    except InvalidDocument:
        learned = msgspec.structs.replace(operation.record, is_active=True, revision=None)
    return Done(
        id=identity, revision=learned.revision, record=learned, written_at=changed_at(current)
    )
