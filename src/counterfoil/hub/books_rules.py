"""What the books say of the parties and items of a document: found before anything is sent.

QuickBooks Online keeps a currency with each customer and vendor, and with each stocked item the
day from which on it is counted; an item without an expense account cannot be bought.  All of it
is in our copy of its lists, so it costs no call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    Bill,
    Customer,
    Document,
    DocumentKind,
    Item,
    ListRecord,
    PurchaseOrder,
    RecordKind,
    Reference,
    Refusal,
    Vendor,
    document_kind,
    name_key,
    refuse,
)
from counterfoil.engine.alternatives import with_document
from counterfoil.engine.currencies import Dealing, in_currency
from counterfoil.engine.drafting import Draft, Knowledge, Target, find
from counterfoil.engine.matching import Entry, Lookup, lookup
from counterfoil.ledger import directory
from counterfoil.ledger.connections import Connection

__all__ = ["checked"]

_BOUGHT: Final = frozenset({DocumentKind.PURCHASE_ORDER, DocumentKind.BILL})
# What moves stock or money; an order and an estimate move neither.
_POSTING: Final = frozenset({DocumentKind.BILL, DocumentKind.INVOICE, DocumentKind.SALES_RECEIPT})
_WATCHED: Final = (RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM)

Known = Mapping[tuple[RecordKind, str], ListRecord]


def checked(
    tx: Tx, connection: Connection, drafts: Sequence[Draft], knowledge: Knowledge, target: Target
) -> tuple[list[Draft], Knowledge]:
    """Give the drafts, in the currency that the books take, and those refused that they would not.

    With them what is known once their accounts are those of their currencies.  Costs a query for
    each list where the target keeps such rules, and none elsewhere.
    """
    if target.currencies is None and not target.keeps_item_rules:
        return list(drafts), knowledge

    def entry_of(each: Draft, wanted: Lookup) -> Entry | None:
        found = find(wanted, each.work.choices, knowledge, target)
        return found if isinstance(found, Entry) else None

    known = _records(tx, connection, drafts, entry_of)
    judged = [_judged(each, known, entry_of, target) for each in drafts]
    return _on_own_accounts(tx, connection, judged, knowledge, target)


EntryOf = Callable[[Draft, Lookup], Entry | None]


def _records(tx: Tx, connection: Connection, drafts: Iterable[Draft], entry_of: EntryOf) -> Known:
    """Read the records that the drafts mean."""
    wanted = {
        (entry.kind, entry.id)
        for each in drafts
        for name in each.names
        if name.kind in _WATCHED and (entry := entry_of(each, name)) is not None
    }
    return {
        (kind, id_): record
        for kind in _WATCHED
        for id_, record in directory.read_known(
            tx, connection.id, kind, (id_ for of, id_ in wanted if of is kind)
        ).items()
    }


def _judged(each: Draft, known: Known, entry_of: EntryOf, target: Target) -> Draft:
    if each.translated is None:
        return each
    document = each.translated.document
    refusal = next(_unfit_items(each, document, known, entry_of, target), None)
    if refusal is not None:
        return msgspec.structs.replace(each, translated=None, refusal=refusal)
    if target.currencies is None or not isinstance(document, Dealing):
        return each
    party = _party(each, document, known, entry_of)
    found = in_currency(document, party, target.currencies, each.work.settings, target.name)
    if isinstance(found, Refusal):
        return msgspec.structs.replace(each, translated=None, refusal=found)
    return with_document(each, found)


def _on_own_accounts(
    tx: Tx, connection: Connection, drafts: Sequence[Draft], knowledge: Knowledge, target: Target
) -> tuple[list[Draft], Knowledge]:
    """Owe on the account of a document's currency: each foreign one has its own.

    QuickBooks makes it, and calls it like ``Accounts Payable (A/P) - EUR`` (reference section 6).
    Where there is none of that name, a bill leaves it to QuickBooks.
    """
    named = {each.work.transfer.id: _foreign_account(each, target) for each in drafts}
    keys = {name_key(name) for name in named.values() if name is not None}
    if not keys:
        return list(drafts), knowledge
    entries = directory.find(tx, connection.id, keys)
    known = msgspec.structs.replace(knowledge, entries={**knowledge.entries, **entries})
    return [_owed_on(each, named[each.work.transfer.id], known, target) for each in drafts], known


def _foreign_account(each: Draft, target: Target) -> str | None:
    """Name the payables account of a document in a foreign currency; ``None``: it has none."""
    document = each.translated.document if each.translated else None
    if not isinstance(document, PurchaseOrder | Bill) or target.currencies is None:
        return None
    account, currency = document.payables_account, document.currency
    if account is None or currency in (None, target.currencies.home):
        return None
    return f"{account.name} - {currency}"


def _owed_on(each: Draft, name: str | None, knowledge: Knowledge, target: Target) -> Draft:
    if name is None or each.translated is None:
        return each
    wanted = lookup(RecordKind.ACCOUNT, name)
    is_there = isinstance(find(wanted, each.work.choices, knowledge, target), Entry)
    document = each.translated.document
    if not is_there and not isinstance(document, Bill):
        return each
    account = Reference(name) if is_there else None
    return with_document(each, msgspec.structs.replace(document, payables_account=account))


def _party(
    each: Draft, document: Document, known: Known, entry_of: EntryOf
) -> Customer | Vendor | None:
    """Give whom the document is for or from, as the books have them."""
    if document.party is None:
        return None
    kind = RecordKind.VENDOR if hasattr(document, "vendor") else RecordKind.CUSTOMER
    entry = entry_of(each, lookup(kind, document.party.name))
    record = known.get((kind, entry.id)) if entry else None
    return record if isinstance(record, Customer | Vendor) else None


def _unfit_items(
    each: Draft, document: Document, known: Known, entry_of: EntryOf, target: Target
) -> Iterator[Refusal]:
    """Refuse items that cannot be bought, or are counted from a later day on (6270)."""
    if not target.keeps_item_rules:
        return
    kind, day = document_kind(document), document.own_day
    for wanted, (where, _name) in each.names.items():
        entry = entry_of(each, wanted) if wanted.kind is RecordKind.ITEM else None
        item = known.get((RecordKind.ITEM, entry.id)) if entry else None
        if not isinstance(item, Item):
            continue
        places = {
            "where": where,
            "value": item.full_name,
            "document": kind.words,
            "kind": RecordKind.ITEM.words,
            "target": target.name,
        }
        if kind in _BOUGHT and item.is_purchased is False:
            yield refuse("item-not-purchased", **places)
        since = item.stocked_since
        if kind in _POSTING and day is not None and since is not None and day < since:
            yield refuse("item-not-yet-stocked", day=day, found=since, **places)
