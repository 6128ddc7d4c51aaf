"""What has to be set on both sides before a link's first transfer: each passed, failed or open.

What can be seen is judged from what was last read of either side, whenever it is shown.  What no
interface shows is confirmed by a person; who did so, and when, is in the audit.  It is told only
for pairings that have such steps: Autotask with QuickBooks Desktop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, name_key
from counterfoil.errors import UsageError
from counterfoil.ledger import connections, directory, routes
from counterfoil.ledger.connections import Link
from counterfoil.settings import SystemName

from .finding import find_link
from .links import LinkView, view_of
from .needed import lists_needed
from .setup import Hub
from .unread import unread_lists

__all__ = ["FirstStep", "LinkChecklist", "confirm", "link_checklist"]

_PAIRING: Final = (SystemName.AUTOTASK, SystemName.QUICKBOOKS_DESKTOP)

_CONFIRMED: Final = "confirmed {step}"
_WITHDRAWN: Final = "not confirmed {step}"

# Settings that name accounts of the books.
_ACCOUNTS: Final = (
    "purchase-order-out.income_account",
    "purchase-order-out.cogs_account",
    "purchase-order-out.asset_account",
    "stock-count-out.adjustment_account",
)


class FirstStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as people see it.

    Attributes:
        step: Its name, as commands take it.
        is_passed: ``None``: open, nobody can say yet.
        sentence: Why, and what to do.
        by_person: Nothing shows it, so a person confirms it.
    """

    step: str
    title: str
    is_passed: bool | None
    sentence: str
    by_person: bool = False


class LinkChecklist(msgspec.Struct, frozen=True, kw_only=True):
    """All steps of a link."""

    link: int
    name: str
    is_ready: bool
    steps: list[FirstStep]


class _Judged(NamedTuple):
    is_passed: bool | None
    sentence: str


class _Seen(NamedTuple):
    """What a step is judged from."""

    tx: Tx
    view: LinkView


# --- What can be seen ---------------------------------------------------------------------


def _preferences(seen: _Seen) -> _Judged:
    uses = seen.view.books.facts.get("uses_inventory")
    where = "Edit, Preferences, Items & Inventory, Company Preferences"
    if uses is None:
        return _Judged(None, "QuickBooks has not told its preferences yet: let it call once.")
    if uses:
        return _Judged(True, "“Inventory and purchase orders are active” is on.")
    return _Judged(False, f"Switch “Inventory and purchase orders are active” on: {where}.")


def _accounts(seen: _Seen) -> _Judged:
    view = seen.view
    named = {key: view.settings.value(key) for key in _ACCOUNTS}
    unset = next((key for key, name in named.items() if not name), None)
    if unset is not None:
        return _Judged(False, f"None is set: {_set(view, unset)}")
    if RecordKind.ACCOUNT in unread_lists(seen.tx, view.books):
        return _Judged(None, "The accounts have not been read yet: let QuickBooks call once.")
    found = directory.find(seen.tx, view.books.id, {name_key(name) for name in named.values()})
    for key, name in named.items():
        entries = found.get(name_key(name), ())
        if not any(each.kind is RecordKind.ACCOUNT and each.is_active for each in entries):
            told = f"{view.books.name} has no active account “{name}”. Make it there, or choose one"
            return _Judged(False, f"{told}: {_set(view, key)}")
    return _Judged(True, "All of them are there.")


def _set(view: LinkView, key: str) -> str:
    return f"counterfoil settings set {view.link.id} {key}=NAME"


def _rights(seen: _Seen) -> _Judged:
    desk = seen.view.operations
    cure = f"Look again with: counterfoil connections test {desk.id}"
    if desk.last_problem is not None:
        return _Judged(False, f"{desk.last_problem} {cure}")
    if desk.last_seen_at is None:
        return _Judged(None, f"It has not been read yet: counterfoil run {seen.view.link.id}")
    when = _at(desk.last_seen_at)
    return _Judged(True, f"Orders, items, products and companies were visible at {when}.")


def _lists(seen: _Seen) -> _Judged:
    view = seen.view
    for side in (view.operations, view.books):
        unread, wanted = unread_lists(seen.tx, side), lists_needed(side, [view])
        why = next((unread[kind] for kind in wanted if kind in unread), None)
        if why is not None:
            cure = f"counterfoil run {view.link.id}, and let QuickBooks call"
            return _Judged(None, f"{side.name}: {why}. Then it is: {cure}")
    return _Judged(True, "All lists that the flows need were read from both sides.")


def _routes(seen: _Seen) -> _Judged:
    source = seen.view.operations
    links = [each for each in connections.links_of(seen.tx, source.id) if each.is_active]
    if len(links) < 2:
        return _Judged(True, "There is one company file: everything goes there.")
    there = routes.of_connection(seen.tx, source.id)
    if any(not each.name for each in there):
        return _Judged(True, f"{len(there)} routes say what goes to which of {len(links)} links.")
    return _Judged(
        False,
        f"{len(links)} links share {source.name}, and no default says where the rest goes: "
        f"counterfoil connections routes {source.id} --help",
    )


# --- What a person confirms ---------------------------------------------------------------


class _Step(NamedTuple):
    title: str
    judge: Callable[[_Seen], _Judged] | None
    cure: str = ""


_STEPS: Final[Mapping[str, _Step]] = {
    "preferences": _Step("Inventory and purchase orders are on in QuickBooks", _preferences),
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
}


def link_checklist(hub: Hub, link: int | str) -> LinkChecklist:
    """Give the steps of a link as they stand now; none where its pairing has none.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        view = view_of(tx, find_link(tx, link))
        notes = connections.notes(tx, _subject(view.link))
        steps = [_shown(name, _Seen(tx, view), notes) for name in _STEPS] if _has(view) else []
    return LinkChecklist(
        link=view.link.id,
        name=view.link.name,
        is_ready=all(each.is_passed for each in steps),
        steps=steps,
    )


def confirm(
    hub: Hub, link: int | str, step: str, actor: str, *, is_so: bool = True
) -> LinkChecklist:
    """Keep that a person says that a step is done, or takes that back.

    Raises:
        UsageError: There is no such link or step, or the step is one that can be seen.
    """
    known = [name for name, each in _STEPS.items() if each.judge is None]
    if step not in known:
        raise UsageError(f"{step!r} is no step to be confirmed. Choose one of: {', '.join(known)}.")
    action = _CONFIRMED if is_so else _WITHDRAWN
    with hub.database.writing() as tx:
        view = view_of(tx, find_link(tx, link))
        _check(view)
        connections.note(tx, hub.now(), actor, action.format(step=step), _subject(view.link))
    return link_checklist(hub, view.link.id)


def _has(view: LinkView) -> bool:
    return (view.operations.system, view.books.system) == _PAIRING


def _check(view: LinkView) -> None:
    if not _has(view):
        raise UsageError(
            f"Only links of Autotask with QuickBooks Desktop have this checklist. What "
            f"{view.books.name} needs: counterfoil connections checklist {view.books.id}"
        )


def _subject(link: Link) -> str:
    return f"link/{link.id}"


def _shown(name: str, seen: _Seen, notes: Sequence[Mapping[str, Any]]) -> FirstStep:
    step = _STEPS[name]
    judged = _said(name, seen, notes) if step.judge is None else step.judge(seen)
    return FirstStep(
        step=name,
        title=step.title,
        is_passed=judged.is_passed,
        sentence=judged.sentence,
        by_person=step.judge is None,
    )


def _said(name: str, seen: _Seen, notes: Sequence[Mapping[str, Any]]) -> _Judged:
    """Say what a person said last of a step."""
    about = (_CONFIRMED.format(step=name), _WITHDRAWN.format(step=name))
    last = next((each for each in reversed(notes) if each["action"] in about), None)
    if last is not None and last["action"] == about[0]:
        return _Judged(True, f"Confirmed by {last['actor']}, {_at(last['at'])}.")
    how = f"counterfoil links checklist {seen.view.link.id} --confirm {name}"
    return _Judged(None, f"{_STEPS[name].cure} Then confirm it: {how}")


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d at %H:%M} UTC"
