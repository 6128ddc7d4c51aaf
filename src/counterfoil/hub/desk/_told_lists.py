"""Lists of which one side has names only, held beside the books': workers, marketplaces, accounts.

Fusion Operations and Autotask tell workers and marketplaces only through their documents, and have
neither accounts nor tax codes: there the settings say what is needed for what.  So on the one side
stands what documents or settings name, on the other what the books have; people decide as they
do with records, and what they decide is kept where planning looks: as a choice about a name, or
in the settings.

Source: reference sections 4.3 (workers), DOC-4 (marketplaces), M5 to M9 (accounts by purpose).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Account, AccountType, RecordKind, name_key
from counterfoil.engine.matching import Lookup, NameChoice, lookup
from counterfoil.hub.links import LinkView
from counterfoil.hub.scopes import Scope
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import directory, told_names
from counterfoil.ledger.told_names import NameOf
from counterfoil.settings import (
    CustomerName,
    FlowMode,
    FlowName,
    Naming,
    Option,
    SalesOrderOut,
    ShipmentOut,
    WorkerList,
    applies,
    customer_of_channel,
    options_for,
    title_of,
)

__all__ = [
    "UNUSED_MARKETPLACES",
    "Held",
    "NamesList",
    "Row",
    "fitting",
    "lists_of",
    "rows_of",
    "table_flows",
]


class Held(StrEnum):
    """Where the names of one side come from."""

    RECORDS = "records"
    """A list that its system gives."""
    DOCUMENTS = "documents"
    """What documents name; what a person decides is a choice about a name."""
    SETTINGS = "settings"
    """What settings need; what a person decides is a setting."""


class NamesList(msgspec.Struct, frozen=True, kw_only=True):
    """A list of names that can be held side by side on a link.

    Attributes:
        word: As addresses and commands call it.
        title, noun: What people call it, and one of its names.
        kinds: Lists of the books in which its names are looked up, the usual one first.
        note: Which of its names cannot be read, and what to do about it; empty: all are.
        needs: What somebody has to be allowed to do to decide.
        may_be_entered: A name that nothing has told yet can be decided as well.
    """

    word: str
    title: str
    noun: str
    held: Held
    kinds: tuple[RecordKind, ...]
    note: str = ""
    needs: Scope = Scope.OPERATE
    may_be_entered: bool = False


_RECORDS: Final = (
    ("customers", "Customers", "customer", RecordKind.CUSTOMER),
    ("vendors", "Vendors", "vendor", RecordKind.VENDOR),
    ("items", "Items", "item", RecordKind.ITEM),
)
_OF_SETTINGS: Final = (
    ("accounts", "Accounts", "account", RecordKind.ACCOUNT),
    ("tax-codes", "Tax codes", "tax code", RecordKind.TAX_CODE),
)


def lists_of(view: LinkView) -> tuple[NamesList, ...]:
    """Give the lists of names that mean something on a link, in the order in which they stand."""
    return tuple(_lists(view))


def _lists(view: LinkView) -> Iterator[NamesList]:
    both = {*traits_of(view.books.system).lists} & {*traits_of(view.operations.system).lists}
    for word, title, noun, kind in _RECORDS:
        if kind in both:
            yield NamesList(word=word, title=title, noun=noun, held=Held.RECORDS, kinds=(kind,))
    built = {flow.name for flow in view.flows}
    if FlowName.WORK_ENTRY_OUT in built:
        yield _employees(view)
    if built & _WITH_MARKETPLACES:
        yield _marketplaces(view)
    for word, title, noun, kind in _OF_SETTINGS:
        if any(_options(view, kind)):
            yield NamesList(
                word=word,
                title=title,
                noun=noun,
                held=Held.SETTINGS,
                kinds=(kind,),
                note=f"Counterfoil reads no {noun}s from {view.operations.system.words}: on the "
                f"left stands what the settings need {_an(noun)} for.",
                needs=Scope.ADMINISTER,
            )


def _an(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


# --- Workers ------------------------------------------------------------------------------

_WORKERS_IN: Final[Mapping[WorkerList, tuple[RecordKind, ...]]] = MappingProxyType(
    {
        WorkerList.EMPLOYEES: (RecordKind.EMPLOYEE,),
        WorkerList.VENDORS: (RecordKind.VENDOR,),
        WorkerList.EITHER: (RecordKind.EMPLOYEE, RecordKind.VENDOR),
    }
)


def _employees(view: LinkView) -> NamesList:
    kinds = _WORKERS_IN[view.settings.work_entry_out.workers]
    # What is chosen of a vendor's name may be of a supplier: nobody can tell who was entered.
    may_be_entered = kinds == (RecordKind.EMPLOYEE,)
    note = (
        f"Counterfoil reads no list of workers from {view.operations.system.words}: shown is who "
        "stands in time that was read."
    )
    return NamesList(
        word="employees",
        title="Employees",
        noun="employee",
        held=Held.DOCUMENTS,
        kinds=kinds,
        note=f"{note} Whoever is missing can be entered, too." if may_be_entered else note,
        may_be_entered=may_be_entered,
    )


# --- Marketplaces -------------------------------------------------------------------------

_WITH_MARKETPLACES: Final = {FlowName.SALES_ORDER_OUT, FlowName.SHIPMENT_OUT}
_BY_MARKETPLACE: Final = (CustomerName.CHANNEL_CUSTOMER, CustomerName.SALES_CHANNEL)


def _selling(view: LinkView) -> Iterator[tuple[FlowName, SalesOrderOut | ShipmentOut]]:
    """Give the rules of the flows whose documents tell a marketplace, where they are on."""
    for flow in view.flows:
        rules = view.settings.flow(flow.name)
        if isinstance(rules, SalesOrderOut | ShipmentOut) and rules.mode is not FlowMode.OFF:
            yield flow.name, rules


def table_flows(view: LinkView) -> tuple[FlowName, ...]:
    """Give the flows whose table says which customer stands for which marketplace (DOC-4)."""
    return tuple(
        name
        for name, rules in _selling(view)
        if rules.customer_name is CustomerName.CHANNEL_CUSTOMER
    )


def _marketplaces(view: LinkView) -> NamesList:
    ways = {rules.customer_name for _name, rules in _selling(view)}
    has_table = CustomerName.CHANNEL_CUSTOMER in ways
    is_chosen = not has_table and CustomerName.SALES_CHANNEL in ways
    return NamesList(
        word="marketplaces",
        title="Marketplaces",
        noun="marketplace",
        held=Held.DOCUMENTS if is_chosen else Held.SETTINGS,
        kinds=(RecordKind.CUSTOMER,),
        note=_told_of(view, has_table=has_table) if has_table or is_chosen else UNUSED_MARKETPLACES,
        needs=Scope.OPERATE if is_chosen else Scope.ADMINISTER,
        may_be_entered=has_table,
    )


def _told_of(view: LinkView, *, has_table: bool) -> str:
    there = view.operations.system.words
    note = f"Counterfoil reads no list of marketplaces from {there}: shown are those of orders"
    if not has_table:
        return f"{note} that were read."
    return f"{note} that were read, and those that the settings name. Others can be entered, too."


UNUSED_MARKETPLACES: Final = (
    "Documents are booked on their client, whatever their marketplace. To book them on a customer "
    "by their marketplace, choose so under “Quickbooks Customer Name” in the settings."
)
"""What is to be said where a marketplace means nothing."""


# --- Rows ---------------------------------------------------------------------------------


class Row(NamedTuple):
    """A name of one side, and what is said of it.

    Attributes:
        id: By which it is decided: the name itself, or the setting's key.
        name: As people read it.
        given: What it is said to be in the books; ``None``: nothing is said.
        by_identity: ``given`` is an identity.
        choice: What a person chose that it means, or what we made for it.
        looks_up: Where nothing is said it is looked up by its own name.
        must: Something has to be said of it.
        differs: Two settings say two things of it.
        naming: The setting's; ``None``: it is of documents.
    """

    id: str
    name: str
    given: str | None = None
    by_identity: bool = False
    choice: tuple[RecordKind, NameChoice] | None = None
    looks_up: bool = False
    must: bool = True
    differs: bool = False
    naming: Naming | None = None


def rows_of(tx: Tx, view: LinkView, which: NamesList) -> list[Row]:
    """Give the names of a list that has no records, in the order of their names."""
    if which.word == "employees":
        found = _of_documents(tx, view, which, NameOf.WORKER)
    elif which.word == "marketplaces":
        is_chosen = which.held is Held.DOCUMENTS
        of = _of_documents if is_chosen else _of_table
        found = of(tx, view, which, NameOf.MARKETPLACE)
    else:
        found = [_purpose(view, option) for option in _options(view, which.kinds[0])]
    return sorted(found, key=lambda each: (name_key(each.name), each.id))


def _of_documents(tx: Tx, view: LinkView, which: NamesList, told: NameOf) -> list[Row]:
    choices = directory.choices(tx, view.link.id, "books", view.books.id)
    names = {name_key(each): each for each in told_names.told_names(tx, view.operations.id, told)}
    if which.word == "employees":
        names = _entered(tx, view, which) | names
    return [
        Row(name, name, choice=_chosen(choices, which, name), looks_up=True)
        for name in names.values()
    ]


def _entered(tx: Tx, view: LinkView, which: NamesList) -> dict[str, str]:
    """Give the names that only people told."""
    return {
        each.name_key: each.name
        for each in directory.chosen(tx, view.link.id, {"books": view.books.id})
        if each.kind is RecordKind.EMPLOYEE and each.kind in which.kinds
    }


def _chosen(
    choices: Mapping[Lookup, NameChoice], which: NamesList, name: str
) -> tuple[RecordKind, NameChoice] | None:
    for kind in which.kinds:
        found = choices.get(lookup(kind, name))
        if found is not None:
            return kind, found
    return None


def _of_table(tx: Tx, view: LinkView, _which: NamesList, told: NameOf) -> list[Row]:
    rules = dict(_selling(view))
    flows = table_flows(view)
    tables = [rules[flow].channel_customers for flow in flows]
    names = {
        name_key(each): each
        for each in (
            *(row.channel for table in tables for row in table),
            *told_names.told_names(tx, view.operations.id, told),
        )
    }
    found = []
    for name in names.values():
        said = {customer_of_channel(table, name) for table in tables}
        given = next(iter(sorted(filter(None, said))), None)
        found.append(Row(name, name, given, must=bool(flows), differs=len(said) > 1))
    return found


# --- Settings -----------------------------------------------------------------------------


def _options(view: LinkView, kind: RecordKind) -> Iterator[Option]:
    """Give the settings of flows that are on which name one record of a list of the books."""
    systems = view.operations.system, view.books.system
    for flow in view.flows:
        if view.mode_of(flow) is FlowMode.OFF:
            continue
        for option in options_for(flow.name, *systems):
            naming = _naming(option)
            if naming is None or naming.list is not kind or not applies(option, view.settings):
                continue
            # Two settings name one account, one of them by its identity: few use that.
            if not naming.by_identity or view.settings.value(option.key):
                yield option


def _naming(option: Option) -> Naming | None:
    """Say which one record of the books an option names; ``None``: none, or several."""
    naming = option.names[0] if len(option.names) == 1 else None
    return naming if naming is not None and naming.is_of_books else None


def _purpose(view: LinkView, option: Option) -> Row:
    naming = _naming(option)
    assert naming is not None, "only options that name a record are purposes"
    title = title_of(option.section, view.operations.system)
    return Row(
        option.key,
        f"{option.label}: {title}",
        view.settings.value(option.key) or None,
        by_identity=naming.by_identity,
        must=option.required,
        naming=naming,
    )


def fitting(tx: Tx, view: LinkView, types: tuple[AccountType, ...]) -> list[str]:
    """Give the active accounts of the books that are of some types, by name."""
    found = directory.every(tx, view.books.id, RecordKind.ACCOUNT, only_active=True)
    return [each.full_name for each in found if isinstance(each, Account) and each.type in types]
