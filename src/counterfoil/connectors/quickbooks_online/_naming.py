"""New list records: searched for first, in every list that shares its names.

Customers, vendors and employees share one name space, inactive ones included, and what is created
twice cannot be taken back.  So a name is looked for in all three right before, and compared as
people read it: a record of that name that is there is the record.

Source: reference sections 4.2 to 4.6 and 7.3; corrections 2, row 13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from counterfoil.documents import (
    InvalidDocument,
    ItemType,
    ListRecord,
    RecordKind,
    Refusal,
    name_key,
    refuse,
)
from counterfoil.documents import Item as Goods
from counterfoil.documents.records import Party
from counterfoil.engine.operations import ActivateRecord, CreateRecord, Done, Outcome, Refused
from counterfoil.errors import ConnectorError

from ._client import BATCH_MAX, Deed, Item, OnlineClient, Record
from ._codecs import present
from ._company import Company
from ._faults import NAME
from ._lists import LISTS, item_type, read_record, write_party
from ._query import EVERYBODY, Query, among, is_askable, similar

__all__ = ["CREATED", "Names", "creation_of_record", "name_taken"]

_SHARED: Final = (RecordKind.VENDOR, RecordKind.CUSTOMER, RecordKind.EMPLOYEE)
CREATED: Final = frozenset({*_SHARED, RecordKind.ITEM})
"""The lists to which records are added."""
_ROWS_MAX: Final = 20


class Names:
    """What a batch's new records are called, and what there is of that name.

    Args:
        client: The company.
        operations: The records to be created.

    Raises:
        ConnectorError: It could not be searched.
    """

    def __init__(self, client: OnlineClient, operations: Sequence[CreateRecord]) -> None:
        self._client = client
        self._found: dict[RecordKind, dict[str, ListRecord]] = {kind: {} for kind in CREATED}
        self._accounts: dict[str, str] = {}
        self._unread: dict[RecordKind, InvalidDocument] = {}
        questions = list(dict.fromkeys(_questions(operations)))
        for start in range(0, len(questions), BATCH_MAX):
            self._ask(questions[start : start + BATCH_MAX])

    def _ask(self, questions: Sequence[tuple[RecordKind, str]]) -> None:
        items = [Item(entity=LISTS[kind].entity, query=query) for kind, query in questions]
        answers = self._client.batch(items)
        for (kind, _), rows in zip(questions, answers, strict=True):
            if isinstance(rows, ConnectorError):
                raise rows
            for row in rows if isinstance(rows, tuple) else ():
                self._keep(kind, row)

    def _keep(self, kind: RecordKind, row: Record) -> None:
        try:
            found = read_record(kind, row)
        except InvalidDocument as error:
            self._unread[kind] = error
            return
        if kind is RecordKind.ACCOUNT:
            self._accounts[name_key(found.full_name)] = found.id
            return
        known = self._found[kind].get(name_key(found.full_name))
        # Of two of one name the active one is meant.
        if known is None or not known.is_active:
            self._found[kind][name_key(found.full_name)] = found

    def there(self, operation: CreateRecord) -> Outcome | None:
        """Say what is there of that name already; ``None``: nothing.

        Raises:
            InvalidDocument: What came of such a name cannot be read; it may be the record.
        """
        record, kind = operation.record, operation.kind
        searched = _SHARED if kind in _SHARED else (kind, RecordKind.ACCOUNT)
        unread = next((self._unread[each] for each in searched if each in self._unread), None)
        if unread is not None:
            raise unread
        known = self._found[kind].get(name_key(record.full_name))
        if known is not None and known.is_active:
            return Done(id=known.id, record=known, note=f"“{record.full_name}” was already there.")
        if known is not None:
            return Refused(
                refuse(
                    "record-inactive",
                    kind=kind.words,
                    value=record.full_name,
                    target=NAME,
                    record=known.id,
                    record_name=known.full_name,
                )
            )
        others = (
            other
            for other in (_SHARED if kind in _SHARED else ())
            if other is not kind and name_key(record.full_name) in self._found[other]
        )
        taken = next(others, None)
        return None if taken is None else Refused(name_taken(operation, taken.words))

    def parent(self, record: ListRecord, kind: RecordKind) -> str | None:
        """Give the identity of the record above one; ``None``: it has none, or it is not there."""
        above = record.parent_name
        found = None if above is None else self._found[kind].get(name_key(above))
        return None if found is None else found.id

    def account(self, name_or_id: str | None) -> str | None:
        """Give the identity of an account of that name or identity; ``None``: there is none."""
        if not name_or_id:
            return None
        known = self._accounts.get(name_key(name_or_id))
        return known or (name_or_id if name_or_id.isdecimal() else None)


def name_taken(operation: ActivateRecord | CreateRecord, other: str) -> Refusal:
    """Refuse a name that another list holds."""
    return refuse(
        "name-taken",
        value=operation.record.full_name,
        kind=operation.kind.words,
        other=other,
        target=NAME,
    )


def _questions(operations: Sequence[CreateRecord]) -> Iterator[tuple[RecordKind, str]]:
    for each in operations:
        record, kind = each.record, each.kind
        for other in _SHARED if kind in _SHARED else (kind,):
            listed = LISTS[other]
            named = _named(listed.name, record.name)
            yield other, Query.of(listed.entity, named, EVERYBODY).page(size=_ROWS_MAX)
        if record.parent_name is not None:
            above = similar("FullyQualifiedName", record.parent_name)
            yield kind, Query.of(LISTS[kind].entity, above, EVERYBODY).page(size=_ROWS_MAX)
        for account in _accounts_of(record):
            named = similar("FullyQualifiedName", account)
            yield RecordKind.ACCOUNT, Query.of("Account", named).page(size=_ROWS_MAX)


def _named(field: str, name: str) -> str:
    """Ask for a name, and for what it is called once it was deactivated."""
    if not is_askable(name):
        return similar(field, f"{name}%")
    return among(field, (name, f"{name} (deleted)"))


def _accounts_of(record: ListRecord) -> list[str]:
    if not isinstance(record, Goods):
        return []
    named = (record.income_account, record.expense_account, record.asset_account)
    return [each for each in named if each and not each.isdecimal()]


# --- Writing ------------------------------------------------------------------------------


def creation_of_record(
    operation: CreateRecord, names: Names, company: Company, today: date
) -> Item | Refusal:
    """Write a new record, or say why it cannot be one."""
    record, kind = operation.record, operation.kind
    parent = names.parent(record, kind)
    if record.parent_name is not None and parent is None:
        return refuse("record-unknown", kind=kind.words, value=record.parent_name, target=NAME)
    entity = LISTS[kind].entity
    if isinstance(record, Party):
        body = write_party(record, parent)
        if not company.has_currencies:
            body.pop("CurrencyRef", None)
        return Item(entity=entity, deed=Deed.CREATE, body=body, key=operation.key)
    assert isinstance(record, Goods), f"a {kind.words} is not created there"
    body = _goods(record, names, parent)
    lacking = next((name for name in _accounts_of(record) if names.account(name) is None), None)
    if lacking is not None:
        return refuse("record-unknown", kind="account", value=lacking, target=NAME)
    if record.type is ItemType.INVENTORY:
        body |= {
            "TrackQtyOnHand": True,
            "QtyOnHand": 0,
            "InvStartDate": (record.stocked_since or _stock_from(company, today)).isoformat(),
        }
    return Item(entity=entity, deed=Deed.CREATE, body=body, key=operation.key)


def _goods(item: Goods, names: Names, parent: str | None) -> dict[str, Any]:
    below = {} if parent is None else {"SubItem": True, "ParentRef": {"value": parent}}
    return present(
        Name=item.name,
        Type=item_type(item.type),
        Sku=item.manufacturer_number if len(item.manufacturer_number or "") <= 100 else None,
        Description=item.description,
        PurchaseDesc=item.description if len(item.description or "") <= 1000 else None,
        UnitPrice=None if item.sales_price is None else item.sales_price.amount,
        PurchaseCost=None if item.purchase_cost is None else item.purchase_cost.amount,
        IncomeAccountRef=_ref(names.account(item.income_account)),
        ExpenseAccountRef=_ref(names.account(item.expense_account)),
        AssetAccountRef=_ref(names.account(item.asset_account)),
        **below,
    )


def _ref(identity: str | None) -> Mapping[str, str] | None:
    return None if identity is None else {"value": identity}


def _stock_from(company: Company, today: date) -> date:
    """Say from which day the stock of a new item is tracked.

    As none is there yet nothing is posted; so it is early enough for any document that is still
    to come, and after what is closed.
    """
    usual = date(today.year - 1, 1, 1)
    closed = company.closed_until
    return usual if closed is None else max(usual, closed + timedelta(days=1))
