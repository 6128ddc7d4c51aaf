"""One request, one answer: which rule a request's name leads to.

Names are read as QuickBooks builds them: a record type and ``Add``, ``Mod`` or
``Query``, or one of a few requests of their own.  What this company file does
not do is answered with 1030.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from counterfoil.connectors.quickbooks_desktop.qbxml import Answer, IncomingRequest
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._company_info import (
    company_fields,
    host_fields,
    preferences_fields,
)
from counterfoil.sandboxes.quickbooks_desktop._custom_fields import (
    add_definition,
    definition_fields,
    delete_definition,
    delete_value,
    find_definitions,
    modify_definition,
    write_value,
)
from counterfoil.sandboxes.quickbooks_desktop._deletions import (
    delete_list_record,
    delete_transaction,
    deleted_list_records,
    deleted_transactions,
    void_transaction,
)
from counterfoil.sandboxes.quickbooks_desktop._ignored import IGNORED_TEXT, without_links
from counterfoil.sandboxes.quickbooks_desktop._kinds import LISTS, TRANSACTIONS
from counterfoil.sandboxes.quickbooks_desktop._lists import add_record, modify_record
from counterfoil.sandboxes.quickbooks_desktop._other_requests import (
    OTHER_REQUESTS,
    refuse_other_request,
)
from counterfoil.sandboxes.quickbooks_desktop._queries import (
    SHOWING,
    Found,
    find_list_records,
    find_transactions,
    list_kinds,
    transaction_kinds,
)
from counterfoil.sandboxes.quickbooks_desktop._records import ListRecord, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError
from counterfoil.sandboxes.quickbooks_desktop._showing import (
    Shown,
    View,
    recovery_of,
    show_as_transaction,
    show_list_record,
    show_transaction,
    trimmed,
    view_of,
)
from counterfoil.sandboxes.quickbooks_desktop._site_stock import (
    find_item_sites,
    show_item_site,
)
from counterfoil.sandboxes.quickbooks_desktop._transactions import (
    add_transaction,
    modify_transaction,
)
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, is_true, text_of

REQUEST_ID_LENGTH_MAX = 50
NO_MATCH_TEXT = (
    "A query request did not find a matching object in QuickBooks"  # status 1, severity Info
)


@dataclass(slots=True)
class Iterator:
    """A query being read page by page: what matched at its start, and how far it got."""

    name: str
    ids: list[str]
    position: int = 0


@dataclass(slots=True)
class Reader:
    """What one connection of an application has open; dies with it (3.4)."""

    iterators: dict[str, Iterator] = field(default_factory=dict)


def answer(books: Books, reader: Reader, request: IncomingRequest, *, with_data: bool) -> Answer:
    """Carry out one request; raises ``RefusedError`` when QuickBooks would refuse it.

    ``with_data`` is false under ``responseData="includeNone"``: an Add or Mod
    then answers with its ErrorRecovery block only (3.3).
    """
    name, fields = request.name, cast("Fields", request.fields)
    if name in _OWN:
        return _OWN[name](books, request, fields)
    if name == "ItemSitesQuery":
        return _found(books, reader, request, fields, lambda: find_item_sites(books, fields))
    if name in OTHER_REQUESTS:
        refuse_other_request(books, name)
        return _found(books, reader, request, fields, Found)
    for suffix, write in _WRITES.items():
        kind = name.removesuffix(suffix)
        if name.endswith(suffix) and (kind in LISTS or kind in TRANSACTIONS):
            carried_out, is_less = without_links(kind, fields)
            record = write(books, kind, carried_out)
            written = _written(books, request, record, with_data=with_data)
            return _warned(written) if is_less else written
    if name.endswith("Query"):
        found = _query(books, reader, request, fields, name.removesuffix("Query"))
        if found is not None:
            return found
    raise RefusedError(
        status.UNSUPPORTED, f"{name} is not supported by this implementation of QuickBooks."
    )


def refusal(request: IncomingRequest, reason: RefusedError) -> Answer:
    """The answer to a request that was refused."""
    return Answer(
        name=request.name,
        request_id=request.request_id,
        status_code=reason.status,
        severity=cast("Literal['Info', 'Warn', 'Error']", reason.severity),
        message=reason.message,
    )


# -- writes -------------------------------------------------------------------------------------


def _add(books: Books, kind: str, fields: Fields) -> ListRecord | Transaction:
    if kind in LISTS:
        return add_record(books, LISTS[kind], fields)
    return add_transaction(books, TRANSACTIONS[kind], fields)


def _mod(books: Books, kind: str, fields: Fields) -> ListRecord | Transaction:
    if kind in LISTS:
        return modify_record(books, LISTS[kind], fields)
    return modify_transaction(books, TRANSACTIONS[kind], fields)


_WRITES: Mapping[str, Callable[[Books, str, Fields], ListRecord | Transaction]] = {
    "Add": _add,
    "Mod": _mod,
}


def _written(
    books: Books, request: IncomingRequest, record: ListRecord | Transaction, *, with_data: bool
) -> Answer:
    if not with_data:
        return _ok(request, recovery=recovery_of(books, record))
    view = View(elements=frozenset(request.include))
    if isinstance(record, ListRecord):
        return _ok(request, [show_list_record(books, record, view)])
    return _ok(request, [show_transaction(books, record, view)])


def _warned(answer: Answer) -> Answer:
    """The same answer, with the warning that a field of the request was ignored."""
    return replace(answer, status_code=status.FIELD_IGNORED, severity="Warn", message=IGNORED_TEXT)


def _ok(
    request: IncomingRequest,
    records: Sequence[Shown] = (),
    *,
    fields: Fields | None = None,
    recovery: Fields | None = None,
) -> Answer:
    return Answer(
        name=request.name,
        request_id=request.request_id,
        message=status.STATUS_OK_TEXT,
        records=records,
        fields=fields,
        recovery=recovery,
    )


# -- queries ------------------------------------------------------------------------------------


def _query(
    books: Books, reader: Reader, request: IncomingRequest, fields: Fields, name: str
) -> Answer | None:
    kinds = list_kinds(name)
    if kinds is not None:
        for kind in kinds if len(kinds) == 1 else ():
            books.require(LISTS[kind].feature)
        return _found(
            books, reader, request, fields, lambda: find_list_records(books, kinds, fields)
        )
    if name == "Transaction":
        types = transaction_kinds(fields)
    elif name in TRANSACTIONS:
        books.require(TRANSACTIONS[name].feature)
        types = (name,)
    else:
        return None
    return _found(books, reader, request, fields, lambda: find_transactions(books, types, fields))


def _found(
    books: Books,
    reader: Reader,
    request: IncomingRequest,
    fields: Fields,
    find: Callable[[], Found],
) -> Answer:
    limit_text = text_of(fields, "MaxReturned")
    limit = int(limit_text) if limit_text else None
    step = request.attributes.get("iterator")
    if step == "Stop":
        _opened(reader, request)
        return _ok(request)
    if step is None:
        found = find()
        ids = found.ids if found.is_lookup or limit is None else found.ids[:limit]
        return _page(books, request, fields, ids, found, total=len(found.ids))
    if step == "Start":
        iterator_id, iterator = _started(books, reader, request, find)
    else:
        iterator_id, iterator = _continued(books, reader, request, fields)
    end = len(iterator.ids) if limit is None else iterator.position + limit
    ids = iterator.ids[iterator.position : end]
    iterator.position += len(ids)
    remaining = len(iterator.ids) - iterator.position
    if remaining:
        reader.iterators[iterator_id] = iterator
    page = _page(books, request, fields, ids, Found(), total=len(iterator.ids))
    return replace(page, remaining=remaining, iterator_id=iterator_id)


def _started(
    books: Books, reader: Reader, request: IncomingRequest, find: Callable[[], Found]
) -> tuple[str, Iterator]:
    if len(reader.iterators) >= books.settings.switches.iterators_open_max:
        raise RefusedError(status.TOO_MANY_ITERATORS, "Too many iterators are open.")
    return f"{{{uuid.uuid4()}}}", Iterator(request.name, find().ids)


def _opened(reader: Reader, request: IncomingRequest) -> tuple[str, Iterator]:
    """Take an open iterator out of the reader."""
    iterator_id = request.attributes.get("iteratorID", "")
    iterator = reader.iterators.get(iterator_id)
    if iterator is None or iterator.name != request.name:
        raise RefusedError(status.NOT_FOUND, f'The iterator "{iterator_id}" is not open.')
    return iterator_id, reader.iterators.pop(iterator_id)


def _continued(
    books: Books, reader: Reader, request: IncomingRequest, fields: Fields
) -> tuple[str, Iterator]:
    filters = fields.keys() - SHOWING
    if filters and books.settings.switches.continue_with_filters_refused:
        raise RefusedError(
            status.NOT_FOUND,
            "An iterator continues without the filters of its start: "
            f"{', '.join(sorted(filters))}.",
        )
    return _opened(reader, request)


def _page(
    books: Books,
    request: IncomingRequest,
    fields: Fields,
    ids: Sequence[str],
    found: Found,
    *,
    total: int,
) -> Answer:
    meta = request.attributes.get("metaData", "NoMetaData")
    counted = meta != "NoMetaData" or books.settings.switches.return_count_always
    code, severity, message = status.OK, "Info", status.STATUS_OK_TEXT
    if found.missing:
        code, severity = status.PARTLY_FOUND, "Warn"
        message = (
            "The query request has not been fully completed.  There was a required element "
            f'("{found.missing[0]}") that could not be found in QuickBooks.'
        )
    elif not total:
        code, message = status.NO_MATCH, NO_MATCH_TEXT
    return Answer(
        name=request.name,
        request_id=request.request_id,
        status_code=code,
        severity=cast("Literal['Info', 'Warn', 'Error']", severity),
        message=message,
        records=[] if meta == "MetaDataOnly" else _shown(books, request.name, ids, fields),
        ret_count=total if counted else None,
    )


def _shown(books: Books, name: str, ids: Sequence[str], fields: Fields) -> list[Shown]:
    view = view_of(fields)
    if name == "ItemSitesQuery":
        return [show_item_site(books, place, view) for place in ids]
    if name == "TransactionQuery":
        return [show_as_transaction(books, txn, view) for txn in books.store.transactions(ids)]
    if name.removesuffix("Query") in TRANSACTIONS:
        return [show_transaction(books, txn, view) for txn in books.store.transactions(ids)]
    return [show_list_record(books, record, view) for record in books.store.list_records(ids)]


# -- requests of their own ------------------------------------------------------------------------


def _records(books: Books, request: IncomingRequest, shown: list[Shown]) -> Answer:
    only_count = request.attributes.get("metaData") == "MetaDataOnly"
    counted = request.attributes.get("metaData", "NoMetaData") != "NoMetaData"
    return Answer(
        name=request.name,
        request_id=request.request_id,
        status_code=status.OK if shown else status.NO_MATCH,
        message=status.STATUS_OK_TEXT if shown else NO_MATCH_TEXT,
        records=[] if only_count else shown,
        ret_count=len(shown) if counted else None,
    )


def _one(
    books: Books, request: IncomingRequest, fields: Fields, element: str, shown: dict[str, Any]
) -> Answer:
    return _ok(request, [(element, trimmed(books, shown, view_of(fields)))])


def _host(books: Books, request: IncomingRequest, fields: Fields) -> Answer:
    block = fields.get("IncludeListMetaData")
    wanted = isinstance(block, dict) and is_true(block.get("IncludeMaxCapacity"))
    return _one(books, request, fields, "HostRet", host_fields(books, with_capacities=wanted))


def _company(books: Books, request: IncomingRequest, fields: Fields) -> Answer:
    shown = company_fields(books, view_of(fields))
    return _one(books, request, fields, "CompanyRet", shown)


def _preferences(books: Books, request: IncomingRequest, fields: Fields) -> Answer:
    return _one(books, request, fields, "PreferencesRet", preferences_fields(books))


def _definitions(books: Books, request: IncomingRequest, fields: Fields) -> Answer:
    view = view_of({name: value for name, value in fields.items() if name != "OwnerID"})
    return _records(
        books,
        request,
        [
            (
                "DataExtDefRet",
                trimmed(books, definition_fields(one), view),
            )
            for one in find_definitions(books, fields)
        ],
    )


_Own = Callable[[Books, IncomingRequest, Fields], Answer]
_OWN: Mapping[str, _Own] = {
    "CompanyQuery": _company,
    "DataExtAdd": lambda books, request, fields: _ok(
        request, [("DataExtRet", write_value(books, fields, adding=True))]
    ),
    "DataExtDefAdd": lambda books, request, fields: _ok(
        request,
        [("DataExtDefRet", definition_fields(add_definition(books, fields)))],
    ),
    "DataExtDefDel": lambda books, request, fields: _ok(
        request, [("DataExtDefDelRet", _deleted_definition(books, fields))]
    ),
    "DataExtDefMod": lambda books, request, fields: _ok(
        request,
        [
            (
                "DataExtDefRet",
                definition_fields(modify_definition(books, fields)),
            )
        ],
    ),
    "DataExtDefQuery": _definitions,
    "DataExtDel": lambda books, request, fields: _ok(
        request, [("DataExtDelRet", delete_value(books, fields))]
    ),
    "DataExtMod": lambda books, request, fields: _ok(
        request, [("DataExtRet", write_value(books, fields, adding=False))]
    ),
    "HostQuery": _host,
    "ListDel": lambda books, request, fields: _ok(
        request, fields=delete_list_record(books, fields)
    ),
    "ListDeletedQuery": lambda books, request, fields: _records(
        books,
        request,
        [("ListDeletedRet", one) for one in deleted_list_records(books, fields)],
    ),
    "PreferencesQuery": _preferences,
    "TxnDel": lambda books, request, fields: _ok(request, fields=delete_transaction(books, fields)),
    "TxnDeletedQuery": lambda books, request, fields: _records(
        books,
        request,
        [("TxnDeletedRet", one) for one in deleted_transactions(books, fields)],
    ),
    "TxnVoid": lambda books, request, fields: _ok(request, fields=void_transaction(books, fields)),
}


def _deleted_definition(books: Books, fields: Fields) -> Fields:
    one = delete_definition(books, fields)
    deleted = books.shown_time(books.wall_now())
    return {"OwnerID": one.owner, "DataExtName": one.name, "TimeDeleted": deleted}
