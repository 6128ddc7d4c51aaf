"""What has to be set on both sides before a link's first transfer: each passed, failed or open.

What can be seen is judged from what was last read of either side, whenever it is shown.  What no
interface shows is confirmed by a person; who did so, and when, is in the audit.  It is told only
for pairings that have such steps: Autotask with either kind of QuickBooks.

With QuickBooks Online connecting is the first of two steps, as it was in the vendor's own app, and
what is required of the settings is the second (O3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, ended, name_key
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.ledger import connections, directory, grants, notices, routes
from counterfoil.ledger.connections import Link
from counterfoil.settings import (
    FlowMode,
    ForeignCurrency,
    SeveralCurrencies,
    SystemName,
    ToDos,
)
from counterfoil.told import Advice, Told

from . import sites
from .finding import find_link
from .grants import trouble_of
from .links import LinkView, view_of
from .needed import lists_needed
from .setup import Hub
from .systems import traits_of
from .times import local_time
from .unread import unread_lists

__all__ = ["FirstStep", "LinkChecklist", "confirm", "has_stages", "link_checklist"]

_CONFIRMED: Final = "confirmed {step}"
_WITHDRAWN: Final = "not confirmed {step}"

# Settings that name accounts of the books.
_ACCOUNTS: Final[Mapping[SystemName, tuple[str, ...]]] = {
    SystemName.QUICKBOOKS_DESKTOP: (
        "purchase-order-out.income_account",
        "purchase-order-out.cogs_account",
        "purchase-order-out.asset_account",
        "stock-count-out.adjustment_account",
    ),
    SystemName.QUICKBOOKS_ONLINE: ("purchase-order-out.payables_account",),
}
# Where missing items are created, on these accounts, too (OP11).
_OF_NEW_ITEMS: Final[Mapping[SystemName, tuple[str, ...]]] = {
    SystemName.QUICKBOOKS_ONLINE: ("purchase-order-out.expense_account",),
}


class FirstStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as people see it.

    Attributes:
        step: Its name, as commands take it.
        is_passed: ``None``: open, nobody can say yet.
        sentence: Why, and what to do about it.
        by_person: Nothing shows it, so a person confirms it.
    """

    step: str
    title: str
    is_passed: bool | None
    sentence: Told
    by_person: bool = False


class LinkChecklist(msgspec.Struct, frozen=True, kw_only=True):
    """All steps of a link."""

    link: int
    name: str
    is_ready: bool
    steps: list[FirstStep]
    stage: str | None = None
    """How far setting it up has come, in the words of the vendor's app; ``None``: it has none."""


class _Judged(NamedTuple):
    """How a step stands, and why."""

    is_passed: bool | None
    told: Told


class _Seen(NamedTuple):
    """What a step is judged from."""

    tx: Tx
    view: LinkView

    def told(self, moment: datetime) -> str:
        return local_time(moment, self.view.settings.zone)


# --- What can be seen ---------------------------------------------------------------------


def _preferences(seen: _Seen) -> _Judged:
    uses = seen.view.books.facts.get("uses_inventory")
    where = "Edit, Preferences, Items & Inventory, Company Preferences"
    if uses is None:
        return _Judged(None, Told("QuickBooks has not told its preferences yet: let it call once."))
    if uses:
        return _Judged(True, Told("“Inventory and purchase orders are active” is on."))
    return _Judged(False, Told(f"Switch “Inventory and purchase orders are active” on: {where}."))


def _sites(seen: _Seen) -> _Judged:
    """K27: which location is which site, where QuickBooks keeps stock at several."""
    view = seen.view
    if "uses_inventory" not in view.books.facts:
        return _Judged(None, Told("QuickBooks has not told its preferences yet: let it call once."))
    if not sites.are_kept(seen.tx, view.books):
        return _Judged(
            True, Told("QuickBooks does not tell of several sites: stock is at one place.")
        )
    pairs = "LOCATION=SITE; LOCATION=SITE"
    words = "Say which location of Autotask is which"
    how = _set(view, words, "general.inventory_sites", pairs)
    if not sites.are_mapped(view):
        return _Judged(False, Told("Stock is kept at several inventory sites.", how))
    found = sites.locations_unknown(seen.tx, view)
    if found:
        told = f"Of these locations it is not known which active site they are: {', '.join(found)}."
        return _Judged(False, Told(told, how))
    if not sites.are_asked(view.books):
        told = (
            "QuickBooks tells quantities by site in the United States only: stock is not counted."
        )
        return _Judged(True, Told(told))
    return _Judged(True, Told("Each location has its inventory site."))


def _accounts(seen: _Seen) -> _Judged:
    view = seen.view
    keys = _ACCOUNTS[view.books.system]
    if _creates_items(view):
        keys += _OF_NEW_ITEMS.get(view.books.system, ())
    named = {key: view.settings.value(key) for key in keys}
    unset = next((key for key, name in named.items() if not name), None)
    if unset is not None:
        return _Judged(False, Told("None is set.", _set(view, "Choose one", unset)))
    if RecordKind.ACCOUNT in unread_lists(seen.tx, view.books):
        return _Judged(None, Told("The accounts have not been read yet.", _read_them(view)))
    found = directory.find(seen.tx, view.books.id, {name_key(name) for name in named.values()})
    for key, name in named.items():
        entries = found.get(name_key(name), ())
        if not any(each.kind is RecordKind.ACCOUNT and each.is_active for each in entries):
            told = f"{view.books.name} has no active account “{name}”"
            return _Judged(False, Told(f"{told}.", _set(view, "Make it there, or choose one", key)))
    return _Judged(True, Told("All of them are there."))


def _creates_items(view: LinkView) -> bool:
    return view.settings.purchase_order_out.create_missing_items


def _read_them(view: LinkView) -> Advice:
    """Say how the books' lists come to be read."""
    if traits_of(view.books.system).is_called:
        return advice.read_again(view.link.id, "Read them")
    return Advice("Let QuickBooks call once")


def _set(view: LinkView, words: str, key: str, value: str = "NAME") -> Advice:
    return advice.set_option(view.link.id, words, f"{key}={value}")


def _rights(seen: _Seen) -> _Judged:
    desk = seen.view.operations
    if desk.last_problem is not None:
        return _Judged(
            False, desk.last_problem.with_advice(advice.look_again(desk.id, "Look again"))
        )
    if desk.last_seen_at is None:
        read = advice.read_again(seen.view.link.id, "Read it")
        return _Judged(None, Told("It has not been read yet.", read))
    when = seen.told(desk.last_seen_at)
    return _Judged(True, Told(f"Orders, items, products and companies were visible on {when}."))


def _lists(seen: _Seen) -> _Judged:
    view = seen.view
    for side in (view.operations, view.books):
        unread, wanted = unread_lists(seen.tx, side), lists_needed(side, [view])
        why = next((unread[kind] for kind in wanted if kind in unread), None)
        if why is not None:
            lets_call = not traits_of(view.books.system).is_called
            words = "Read it, and let QuickBooks call" if lets_call else "Read it"
            read = advice.read_again(view.link.id, words)
            return _Judged(None, Told(f"{side.name}: {ended(why)}", read))
    return _Judged(True, Told("All lists that the flows need were read from both sides."))


def _routes(seen: _Seen) -> _Judged:
    source = seen.view.operations
    links = [each for each in connections.links_of(seen.tx, source.id) if each.is_active]
    if len(links) < 2:
        return _Judged(True, Told("There is one company file: everything goes there."))
    there = routes.of_connection(seen.tx, source.id)
    if any(not each.name for each in there):
        return _Judged(
            True, Told(f"{len(there)} routes say what goes to which of {len(links)} links.")
        )
    return _Judged(
        False,
        Told(
            f"{len(links)} links share {source.name}, and no default says where the rest goes.",
            Advice(
                "Say which link takes what no other route names",
                f"routes set {source.id} LINK --rest",
                f"/links/{seen.view.link.id}/routes",
            ),
        ),
    )


# --- What is required with QuickBooks Online ----------------------------------------------


def _signed_in(seen: _Seen) -> _Judged:
    books = seen.view.books
    trouble = trouble_of(books, grants.load(seen.tx, books.id))
    if trouble is not None:
        return _Judged(False, trouble.told)
    company = books.facts.get("company_name")
    told = "The first look tells the company." if company is None else ended(f"It is {company}")
    return _Judged(True, Told(told))


def _currencies(seen: _Seen) -> _Judged:
    """OP6 to OP8: who deals in several currencies, as QuickBooks tells and the setting says."""
    view = seen.view
    told = view.books.facts.get("multi_currency")
    if told not in ("yes", "no"):
        return _Judged(None, Told("QuickBooks has not told its currencies yet.", _read_them(view)))
    home = view.books.facts.get("home_currency") or "its home currency"
    source = view.settings.general.several_currencies
    if told == "no":
        if source is not SeveralCurrencies.YES:
            return _Judged(
                True, Told(f"QuickBooks keeps {home} only; an order in another one stops.")
            )
        words = "Switch Multicurrency on there, or say that Autotask deals in one"
        return _Judged(
            False,
            Told(
                f"Autotask deals in several and QuickBooks in {home} only, so nothing is sent.",
                _set(view, words, "general.several_currencies", "no"),
            ),
        )
    if source is SeveralCurrencies.NO:
        at_par = view.settings.general.foreign_currency is not ForeignCurrency.REFUSE
        goes = f"goes as {home} at the rate 1.00" if at_par else "stops"
        return _Judged(True, Told(f"Autotask deals in one: what is for a foreign vendor {goes}."))
    return _Judged(
        True, Told("QuickBooks keeps several: an order's currency has to be its vendor's.")
    )


def _days(seen: _Seen) -> _Judged:
    days = seen.view.settings.purchase_order_out.look_back_days
    cure = _set(seen.view, "Say how far back", "purchase-order-out.look_back_days", "14")
    if days is None:
        return _Judged(False, Told("However old, every order would go.", cure))
    if days == 0:
        return _Judged(
            False, Told("The settings look back no days: no order goes by itself.", cure)
        )
    return _Judged(True, Told(f"Orders created {days} days ago or later go."))


def _errors(seen: _Seen) -> _Judged:
    rules = seen.view.settings.purchase_order_out
    if rules.to_dos is not ToDos.OFF:
        whose = f"To-dos of the type “{rules.to_do_action_type}” go to {rules.to_do_resource}."
        return _Judged(True, Told(whose))
    link = seen.view.link.id
    if any(each.link in (None, link) for each in notices.rules(seen.tx)):
        return _Judged(True, Told("Somebody is told by a rule.", _SEE_RULES))
    return _Judged(
        False,
        Told(
            "Nobody hears of an order that stops.",
            advice.set_option(
                link,
                "Let errors become to-dos",
                "purchase-order-out.to_dos=per_cause",
                "purchase-order-out.to_do_action_type=TYPE",
                "purchase-order-out.to_do_resource=EMAIL",
            ),
            Advice("Or let somebody be told", "notices add", "/admin/notices/new"),
        ),
    )


_SEE_RULES: Final = Advice("", "notices list", "/admin/notices")


def _goes(seen: _Seen) -> _Judged:
    mode = seen.view.settings.purchase_order_out.mode
    if mode is FlowMode.AUTOMATIC:
        return _Judged(True, Told("They go by themselves."))
    cure = _set(seen.view, "Let them go by themselves", "purchase-order-out.mode", "automatic")
    if mode is FlowMode.MANUAL:
        return _Judged(True, Told("They go when somebody sends them.", cure))
    return _Judged(False, Told("They are switched off.", cure))


# --- What a person confirms ---------------------------------------------------------------


class _Step(NamedTuple):
    title: str
    judge: Callable[[_Seen], _Judged] | None
    cure: str = ""


_STEPS: Final[Mapping[str, _Step]] = {
    "preferences": _Step("Inventory and purchase orders are on in QuickBooks", _preferences),
    "sites": _Step("Each location has its inventory site", _sites),
    "accounts": _Step("The accounts are chosen, and there", _accounts),
    "rights": _Step("The API user sees orders, items and products", _rights),
    "lists": _Step("The lists of both sides are read", _lists),
    "routes": _Step("Several company files: it is said what goes where", _routes),
    "decrement": _Step(
        "Autotask's “Decrement…” setting is cleared",
        None,
        "Clear “Decrement inventory when…” in the inventory settings of Autotask: with it, items "
        "leave stock before QuickBooks knows.",
    ),
    "no-other": _Step(
        "No other integration transfers orders",
        None,
        "Switch purchase orders off in Autotask's QuickBooks Extension and in the Smart Accounting "
        "Hub: two integrations enter every order twice.",
    ),
    "signed-in": _Step("Somebody is signed in to QuickBooks Online", _signed_in),
    "currencies": _Step("Both sides deal in the same currencies", _currencies),
    "days": _Step("It is said how many days are looked back", _days),
    "errors": _Step("Somebody hears of errors", _errors),
    "goes": _Step("Purchase orders go", _goes),
    "no-automatic": _Step(
        "Automatic Purchase Order Sync is off in the other integration",
        None,
        "Switch Automatic Purchase Order Sync off in the Smart Accounting Hub, and disconnect the "
        "app that was used before: two integrations enter every order twice.",
    ),
}

_OF: Final[Mapping[tuple[SystemName, SystemName], tuple[str, ...]]] = {
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_DESKTOP): (
        "preferences",
        "sites",
        "accounts",
        "rights",
        "lists",
        "routes",
        "decrement",
        "no-other",
    ),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_ONLINE): (
        "signed-in",
        "rights",
        "accounts",
        "currencies",
        "days",
        "errors",
        "goes",
        "lists",
        "routes",
        "no-automatic",
    ),
}
"""Pairing -> its steps, in their order."""

# Pairings that are set up in two steps: what has to be passed before the first and the second (O3).
_FIRST: Final = ("signed-in", "rights")
_SECOND: Final = ("accounts", "days", "errors", "goes")


def has_stages(operations: SystemName | None, books: SystemName | None) -> bool:
    """Whether setting up a link between two systems goes in two steps; ``None``: one is removed."""
    if operations is None or books is None:
        return False
    return {*_FIRST, *_SECOND} <= {*_OF.get((operations, books), ())}


def link_checklist(hub: Hub, link: int | str) -> LinkChecklist:
    """Give the steps of a link as they stand now; none where its pairing has none.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        about = connections.notes(tx, _subject(view.link))
        steps = [_shown(name, _Seen(tx, view), about) for name in _steps_of(view)]
    return LinkChecklist(
        link=view.link.id,
        name=view.link.name,
        is_ready=all(each.is_passed for each in steps),
        steps=steps,
        stage=_stage(view, steps),
    )


def _stage(view: LinkView, steps: Sequence[FirstStep]) -> str | None:
    """Say how far setting up has come, in the words that the users of the vendor's app know."""
    passed = {each.step for each in steps if each.is_passed}
    if not set(_FIRST) <= {each.step for each in steps}:
        return None
    if not set(_FIRST) <= passed:
        return "Not connected yet."
    if set(_SECOND) <= passed:
        return "Step 2 Complete."
    return "Step 1 Complete. Please Configure Settings."


def confirm(
    hub: Hub, link: int | str, step: str, actor: str, *, is_so: bool = True
) -> LinkChecklist:
    """Keep that a person says that a step is done, or takes that back.

    Raises:
        UsageError: There is no such link or step, or the step is one that can be seen.
    """
    action = _CONFIRMED if is_so else _WITHDRAWN
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        _check(view, step)
        connections.note(tx, hub.now(), actor, action.format(step=step), _subject(view.link))
    return link_checklist(hub, view.link.id)


def _steps_of(view: LinkView) -> tuple[str, ...]:
    return _OF.get((view.operations.system, view.books.system), ())


def _check(view: LinkView, step: str) -> None:
    steps = _steps_of(view)
    if not steps:
        raise UsageError(
            "Only links of Autotask have this checklist.",
            Advice(
                f"See what {view.books.name} needs",
                f"connections checklist {view.books.id}",
                f"/connections/{view.books.id}",
            ),
        )
    known = [name for name in steps if _STEPS[name].judge is None]
    if step not in known:
        raise UsageError(f"{step!r} is no step to be confirmed. Choose one of: {', '.join(known)}.")


def _subject(link: Link) -> str:
    return f"link/{link.id}"


def _shown(name: str, seen: _Seen, notes: Sequence[Mapping[str, Any]]) -> FirstStep:
    step = _STEPS[name]
    judged = _said(name, seen, notes) if step.judge is None else step.judge(seen)
    return FirstStep(
        step=name,
        title=step.title,
        is_passed=judged.is_passed,
        sentence=judged.told,
        by_person=step.judge is None,
    )


def _said(name: str, seen: _Seen, notes: Sequence[Mapping[str, Any]]) -> _Judged:
    """Say what a person said last of a step."""
    about = (_CONFIRMED.format(step=name), _WITHDRAWN.format(step=name))
    last = next((each for each in reversed(notes) if each["action"] in about), None)
    if last is not None and last["action"] == about[0]:
        return _Judged(True, Told(f"Confirmed by {last['actor']} on {seen.told(last['at'])}."))
    link = seen.view.link.id
    confirm_it = Advice(
        "Then confirm it", f"links checklist {link} --confirm {name}", f"/links/{link}"
    )
    return _Judged(None, Told(_STEPS[name].cure, confirm_it))
