"""Finding list records and transactions (3.4).

A query is answered in two steps: find which records match, as IDs in order,
then show some of them.  Iterators keep the IDs of the first step and show page
by page, so what they return is what matched when they were started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._clock import filter_moment
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._kinds import (
    ITEM_KINDS,
    LISTS,
    NAME_KINDS,
    REFERENCES,
    TERMS_KINDS,
    TRANSACTIONS,
)
from counterfoil.sandboxes.quickbooks_desktop._lists import total_balance
from counterfoil.sandboxes.quickbooks_desktop._records import Entry, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, not_found
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    block_of,
    decimal,
    key,
    text_of,
    texts_of,
)

# Queries over several kinds, in the order in which they return them (4.14).
UNIONS: Mapping[str, tuple[str, ...]] = {
    "Entity": NAME_KINDS,
    "Item": ITEM_KINDS,
    "Terms": TERMS_KINDS,
}
# The fields of a query that say what to show, not what to find.
SHOWING = frozenset(
    {"IncludeComponentLineItems", "IncludeLineItems", "IncludeLinkedTxns", "IncludeRetElement",
     "MaxReturned", "OwnerID"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What matched: IDs in order, and the values asked for that nothing has."""

    ids: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    # Lookups by ID, name or number ignore MaxReturned (3.4).
    is_lookup: bool = False


# -- lists --------------------------------------------------------------------------------------


def find_list_records(books: Books, kinds: Sequence[str], fields: Fields) -> Found:
    """A list query's matches: by ListID, by FullName or by filters, in the list's order."""
    if "ListID" in fields:
        return _lookup(texts_of(fields, "ListID"), lambda one: _of_kind(books, kinds, one))
    if "FullName" in fields:
        return _lookup(texts_of(fields, "FullName"), lambda one: _named(books, kinds, one))
    active = text_of(fields, "ActiveStatus") or "ActiveOnly"
    changed = _changed_ids(books, kinds, fields)
    names = _name_test(fields)
    matches = [
        entry
        for entry in books.entries(kinds)
        if (active == "All" or entry.is_active == (active == "ActiveOnly"))
        and (changed is None or entry.list_id in changed)
        and names(entry.full_name)
        and _matches_body(books, entry, fields)
    ]
    order = {kind: position for position, kind in enumerate(kinds)}
    matches.sort(key=lambda entry: (order[entry.kind], key(entry.full_name).split(":")))
    return Found([entry.list_id for entry in matches])


def _of_kind(books: Books, kinds: Sequence[str], list_id: str) -> list[str]:
    entry = books.entry(list_id)
    return [list_id] if entry is not None and entry.kind in kinds else []


def _named(books: Books, kinds: Sequence[str], full_name: str) -> list[str]:
    entry = books.named(kinds, full_name)
    return [] if entry is None else [entry.list_id]


def _lookup(values: Iterable[str], find: Callable[[str], list[str]]) -> Found:
    found = Found(is_lookup=True)
    for value in values:
        ids = find(value)
        found.ids.extend(one for one in ids if one not in found.ids)
        if not ids:
            found.missing.append(value)
    return found


def _changed_ids(books: Books, kinds: Sequence[str], fields: Fields) -> frozenset[str] | None:
    bounds = _moments(books, fields)
    if bounds is None:
        return None
    marks = ",".join("?" * len(kinds))
    where = f"kind IN ({marks}) AND modified >= ? AND modified <= ?"
    return frozenset(books.store.list_ids(where, [*kinds, *bounds]))


def _moments(books: Books, fields: Fields) -> tuple[str, str] | None:
    """The modified range as stored text; both ends count (3.4)."""
    start, end = text_of(fields, "FromModifiedDate"), text_of(fields, "ToModifiedDate")
    if not start and not end:
        return None
    first = filter_moment(start, books.zone, end=False) if start else ""
    last = filter_moment(end, books.zone, end=True) if end else "9999"
    if first > last:
        raise RefusedError(
            status.BAD_DATE_RANGE, "The From date of a date range is later than its To date."
        )
    return first, last


def _name_test(fields: Fields) -> Callable[[str], bool]:
    one, span = block_of(fields, "NameFilter"), block_of(fields, "NameRangeFilter")
    if one is not None:
        return _text_test(text_of(one, "MatchCriterion") or "", text_of(one, "Name") or "")
    if span is not None:
        return _range_test(text_of(span, "FromName"), text_of(span, "ToName"))
    return lambda _: True


def _text_test(criterion: str, wanted: str) -> Callable[[str], bool]:
    part = key(wanted)
    return {
        "StartsWith": lambda text: key(text).startswith(part),
        "Contains": lambda text: part in key(text),
        "EndsWith": lambda text: key(text).endswith(part),
    }[criterion]


def _range_test(start: str | None, end: str | None) -> Callable[[str], bool]:
    first, last = key(start or ""), key(end or "")
    if first and last and first > last:
        raise RefusedError(
            status.BAD_TEXT_RANGE, "The From value of a range is greater than its To value."
        )
    return lambda text: first <= key(text) and (not last or key(text) <= last or
                                                key(text).startswith(last))  # fmt: skip


_COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "LessThan": lambda one, other: one < other,
    "LessThanEqual": lambda one, other: one <= other,
    "Equal": lambda one, other: one == other,
    "GreaterThan": lambda one, other: one > other,
    "GreaterThanEqual": lambda one, other: one >= other,
}


def _matches_body(books: Books, entry: Entry, fields: Fields) -> bool:
    types = texts_of(fields, "AccountType")
    if types and text_of(books.body(entry.list_id), "AccountType") not in types:
        return False
    balance = block_of(fields, "TotalBalanceFilter")
    if balance is not None:
        compare = _COMPARE[text_of(balance, "Operator") or "Equal"]
        amount = decimal(text_of(balance, "Amount") or "")
        if not compare(total_balance(books, entry.list_id), amount):
            return False
    for name, target in (("CurrencyFilter", "CurrencyRef"), ("ClassFilter", "ClassRef")):
        wanted = block_of(fields, name)
        if wanted is not None:
            ids = tree_ids(books, REFERENCES[target].kinds, wanted)
            if reference(books.body(entry.list_id), target) not in ids:
                return False
    return True


def tree_ids(books: Books, kinds: Sequence[str], wanted: Fields) -> frozenset[str]:
    """The ListIDs a filter block names, children included where it says so."""
    whole = "ListIDWithChildren" in wanted or "FullNameWithChildren" in wanted
    ids: list[str] = []
    for name in ("ListID", "ListIDWithChildren"):
        for value in texts_of(wanted, name):
            if not _of_kind(books, kinds, value):
                raise not_found(value)
            ids.append(value)
    for name in ("FullName", "FullNameWithChildren"):
        for value in texts_of(wanted, name):
            found = _named(books, kinds, value)
            if not found:
                raise not_found(value)
            ids.extend(found)
    if whole:
        for list_id in ids:
            ids.extend(child.list_id for child in books.children(list_id))
    return frozenset(ids)


# -- transactions -------------------------------------------------------------------------------


def find_transactions(books: Books, kinds: Sequence[str], fields: Fields) -> Found:
    """A transaction query's matches, oldest first."""
    marks = ",".join("?" * len(kinds))
    of_kind, values = f"kind IN ({marks})", list(kinds)
    if "TxnID" in fields:
        return _lookup(
            texts_of(fields, "TxnID"),
            lambda one: _ids(books, f"{of_kind} AND txn_id = ?", [*values, one]),
        )
    if "RefNumber" in fields:
        return _lookup(
            texts_of(fields, "RefNumber"),
            lambda one: _ids(books, f"{of_kind} AND ref_key = ?", [*values, key(one)]),
        )
    if "RefNumberCaseSensitive" in fields:
        return _lookup(
            texts_of(fields, "RefNumberCaseSensitive"),
            lambda one: _ids(books, f"{of_kind} AND ref_number = ?", [*values, one]),
        )
    where, more = _filters(books, fields)
    found = books.store.transaction_ids(" AND ".join([of_kind, *where]), [*values, *more])
    ids = [txn_id for txn_id, _ in found]
    tests = _body_tests(books, fields)
    if tests:
        kept = [
            txn.txn_id for txn in books.store.transactions(ids) if all(test(txn) for test in tests)
        ]
        return Found(kept)
    return Found(ids)


def _ids(books: Books, where: str, values: Sequence[str]) -> list[str]:
    return [txn_id for txn_id, _ in books.store.transaction_ids(where, values)]


def _filters(books: Books, fields: Fields) -> tuple[list[str], list[str]]:
    where: list[str] = []
    values: list[str] = []
    for name in ("ModifiedDateRangeFilter", "TransactionModifiedDateRangeFilter"):
        changed = block_of(fields, name)
        bounds = None if changed is None else _moments(books, changed)
        if bounds is not None:
            where.append("modified >= ? AND modified <= ?")
            values.extend(bounds)
    for name in ("TxnDateRangeFilter", "TransactionDateRangeFilter"):
        dated = block_of(fields, name)
        if dated is not None:
            where.append("txn_date >= ? AND txn_date <= ?")
            values.extend(_dates(books, dated))
    for name in ("EntityFilter", "TransactionEntityFilter", "TimeTrackingEntityFilter"):
        entity = block_of(fields, name)
        if entity is not None and "EntityTypeFilter" not in entity:
            ids = sorted(tree_ids(books, NAME_KINDS, entity))
            where.append(f"entity_id IN ({','.join('?' * len(ids))})")
            values.extend(ids)
    return where, values


def _dates(books: Books, dated: Fields) -> tuple[str, str]:
    macro = text_of(dated, "DateMacro")
    if macro is not None:
        return _macro_dates(macro, books.today())
    first = text_of(dated, "FromTxnDate") or ""
    last = text_of(dated, "ToTxnDate") or "9999"
    if first > last:
        raise RefusedError(
            status.BAD_DATE_RANGE, "The From date of a date range is later than its To date."
        )
    return first, last


def _body_tests(books: Books, fields: Fields) -> list[Callable[[Transaction], bool]]:
    """Tests that need the transaction itself."""
    tests: list[Callable[[Transaction], bool]] = []
    one, span = block_of(fields, "RefNumberFilter"), block_of(fields, "RefNumberRangeFilter")
    if one is not None:
        test = _text_test(text_of(one, "MatchCriterion") or "", text_of(one, "RefNumber") or "")
        tests.append(lambda txn: test(txn.ref_number))
    if span is not None:
        within = _range_test(text_of(span, "FromRefNumber"), text_of(span, "ToRefNumber"))
        tests.append(lambda txn: within(txn.ref_number))
    accounts = block_of(fields, "AccountFilter")
    if accounts is not None:
        wanted = tree_ids(books, ("Account",), accounts)
        tests.append(lambda txn: not wanted.isdisjoint(_accounts(books, txn)))
    items = block_of(fields, "ItemFilter")
    if items is not None:
        named = tree_ids(books, ITEM_KINDS, items)
        tests.append(lambda txn: not named.isdisjoint(_items(txn)))
    pending = text_of(fields, "PendingStatus")
    if pending in {"PendingOnly", "NotPendingOnly"}:
        wait = "true" if pending == "PendingOnly" else "false"
        tests.append(lambda txn: txn.header.get("IsPending") == wait)
    currency = block_of(fields, "CurrencyFilter")
    if currency is not None:
        currencies = tree_ids(books, ("Currency",), currency)
        tests.append(lambda txn: reference(txn.header, "CurrencyRef") in currencies)
    paid = text_of(fields, "PaidStatus") or text_of(fields, "TransactionPaidStatusFilter")
    if paid not in {None, "All", "Either"}:
        flag = "true" if paid in {"PaidOnly", "Closed"} else "false"
        tests.append(lambda txn: txn.header.get("IsPaid") == flag)
    return tests


def _items(txn: Transaction) -> set[str | None]:
    """The items a transaction names: on its lines, or as the assembly it builds."""
    built = reference(txn.header, "ItemInventoryAssemblyRef")
    return {built, *(reference(line, "ItemRef") for line in txn.lines)}


_ACCOUNT_FIELDS = (
    "APAccountRef",
    "ARAccountRef",
    "AccountRef",
    "DepositToAccountRef",
    "IncomeAccountRef",
)


def _accounts(books: Books, txn: Transaction) -> set[str | None]:
    """The accounts a transaction names itself, and those its items post sales to."""
    blocks = [txn.header, *txn.lines]
    for line in txn.lines:
        item = reference(line, "ItemRef")
        if item is not None:
            body = books.body(item)
            sides = (block_of(body, name) for name in ("SalesOrPurchase", "SalesAndPurchase"))
            blocks.extend([body, *(side for side in sides if side is not None)])
    return {reference(block, name) for block in blocks for name in _ACCOUNT_FIELDS}


def _macro_dates(macro: str, today: date) -> tuple[str, str]:
    """The first and last day of a DateMacro; fiscal years are taken as calendar years."""
    to_date = macro.endswith("ToDate")
    first, last = _span(macro.removesuffix("ToDate"), today)
    return first.isoformat(), min(last, today).isoformat() if to_date else last.isoformat()


def _span(macro: str, today: date) -> tuple[date, date]:
    if macro == "All":
        return date.min, date.max
    if macro == "Today":
        return today, today
    if macro == "Yesterday":
        day = today - timedelta(days=1)
        return day, day
    start = {"This": 0, "Last": -1, "Next": 1}[macro[:4]]
    unit = macro[4:].replace("Calendar", "").replace("Fiscal", "")
    if unit in {"Week", "FourWeeks"}:
        sunday = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(days=7 * start)
        weeks = 4 if unit == "FourWeeks" else 1
        return sunday, sunday + timedelta(days=7 * weeks - 1)
    months = {"Month": 1, "Quarter": 3, "Year": 12}[unit]
    index = (today.year * 12 + today.month - 1) // months * months + start * months
    first = date(index // 12, index % 12 + 1, 1)
    end = index + months
    return first, date(end // 12, end % 12 + 1, 1) - timedelta(days=1)


def transaction_kinds(fields: Fields) -> tuple[str, ...]:
    """The types a TransactionQuery looks through; time entries never are (4.7)."""
    all_kinds = tuple(kind for kind in TRANSACTIONS if kind != "TimeTracking")
    wanted = texts_of(block_of(fields, "TransactionTypeFilter") or {}, "TxnTypeFilter")
    if not wanted or "All" in wanted:
        return all_kinds
    return tuple(kind for kind in all_kinds if kind in wanted) or ("",)


def list_kinds(name: str) -> tuple[str, ...] | None:
    """The lists a query such as ``Item`` or ``Customer`` covers; ``None`` for other queries."""
    if name in UNIONS:
        return UNIONS[name]
    return (name,) if name in LISTS else None
