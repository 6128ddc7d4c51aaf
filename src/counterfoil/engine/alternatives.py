"""Second names: what stands for a name that the target does not have.

A client's code may not be a customer's name while the order's code is one; a worker who is no
employee may be a vendor.  Only what is known to be absent gives way: a list that could not be read
may hold the first.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.documents import Document, RecordKind, WorkEntry

from .drafting import Draft, Knowledge, Target, find, renamed
from .matching import Entry, Fit, Lookup, NameChoice, lookup, references

__all__ = ["with_alternatives", "with_document"]

_NOT_OF_THE_LIST: Final = (Fit.ABSENT, Fit.TAKEN)


def with_alternatives(each: Draft, knowledge: Knowledge, target: Target) -> Draft:
    """Take the second name in place of one that the list in question does not have.

    A worker who is no employee, and is a vendor, is a contractor.  That another list has it (a
    customer of the vendor's name) does not put it into this one.
    """
    each = _as_contractor(each, knowledge, target)
    if each.translated is None or not each.translated.alternatives:
        return each
    taken: dict[Lookup, str] = {}
    for (kind, name), other in each.translated.alternatives.items():
        wanted = lookup(kind, name)
        found = find(wanted, each.work.choices, knowledge, target)
        if found in _NOT_OF_THE_LIST and kind not in knowledge.unread:
            taken[wanted] = other
    if not taken:
        return each
    chosen = {wanted: NameChoice(create_as=other) for wanted, other in taken.items()}
    translated = renamed(each.translated, chosen)
    names = {wanted: (where, name) for where, wanted, name in references(translated.document)}
    return msgspec.structs.replace(each, translated=translated, names=names)


def _as_contractor(each: Draft, knowledge: Knowledge, target: Target) -> Draft:
    """Look a worker up among the vendors who is known to be no employee."""
    translated = each.translated
    if translated is None or not translated.may_be_contractor:
        return each
    entry = translated.document
    assert isinstance(entry, WorkEntry), "only work has workers"
    choices, name = each.work.choices, entry.worker.name
    employee = find(lookup(RecordKind.EMPLOYEE, name), choices, knowledge, target)
    vendor = find(lookup(RecordKind.VENDOR, name), choices, knowledge, target)
    is_employee = employee not in _NOT_OF_THE_LIST or RecordKind.EMPLOYEE in knowledge.unread
    if is_employee or not isinstance(vendor, Entry):
        return each
    return with_document(each, msgspec.structs.replace(entry, is_contractor=True))


def with_document(each: Draft, document: Document) -> Draft:
    """Give a draft of another document, and the names that are to be looked up of it."""
    assert each.translated is not None, "there is one"
    translated = msgspec.structs.replace(each.translated, document=document)
    names = {wanted: (where, name) for where, wanted, name in references(document)}
    return msgspec.structs.replace(each, translated=translated, names=names)
