"""From what somebody gives, text or JSON, to settings that fit together, or to problems.

All or nothing: either every value is taken and the whole fits together, or nothing
changes and every problem is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from ._choices import (
    FlowMode,
    PurchaseOrderBecomes,
    SalesOrderBecomes,
)
from ._choices_of_lines import (
    OrderMissing,
)
from ._codec import UnfitError, fit, from_json, from_text, to_text
from ._flows import FLOWS, FlowName
from ._option import GENERAL, Option
from ._problems import Problem, nearest, shown
from ._registry import DEFAULTS, OPTIONS, SECTIONS, applies, with_values
from ._values import Settings

__all__ = ["apply_texts", "apply_values", "check", "parse_assignments", "render", "reset"]


# Whoever gives more keys that there are not has given another list, and no key of it is misspelt.
_LOOKED_UP_MAX: Final = 20


def parse_assignments(
    assignments: Sequence[str], current: Settings = DEFAULTS
) -> Settings | list[Problem]:
    """Take ``key=value`` texts over current settings.

    Hyphens and underscores are alike in keys and choices, and so are capital and small
    letters.  ``key=`` empties an option that may be empty.

    Returns:
        The new settings, or every problem found.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for assignment in assignments:
        typed, equals, text = assignment.partition("=")
        key = _normal_key(typed)
        if not equals:
            problem = _problem(shown(typed), "", "has no value", "Write key=value.")
            meant = _keys_like(typed) if len(problems) < _LOOKED_UP_MAX else ()
            problems.append(msgspec.structs.replace(problem, suggestions=meant))
        elif key in texts:
            problems.append(_problem(key, text, "is given twice", "Keep one of the two."))
        else:
            texts[key] = text
    return _applied(texts, from_text, current, problems)


def apply_texts(
    values: Mapping[str, str], current: Settings = DEFAULTS
) -> Settings | list[Problem]:
    """Take texts by exact key over current settings, as a form sends them.

    Returns:
        The new settings, or every problem found.
    """
    return _applied(values, from_text, current, [])


def apply_values(
    values: Mapping[str, object], current: Settings = DEFAULTS
) -> Settings | list[Problem]:
    """Take JSON values by exact key over current settings; ``null`` empties an option.

    Returns:
        The new settings, or every problem found.
    """
    return _applied(values, from_json, current, [])


def reset(keys: Sequence[str], current: Settings) -> Settings | list[Problem]:
    """Put options back to their defaults.

    Returns:
        The new settings, or every problem found.
    """
    unknown = [key for key in keys if _normal_key(key) not in OPTIONS]
    if unknown:
        return [_unknown(key, "", at) for at, key in enumerate(unknown)]
    options = (OPTIONS[_normal_key(key)] for key in keys)
    return _whole(with_values(current, {option.key: option.default for option in options}))


def render(settings: Settings) -> dict[str, str]:
    """Give every value as the text that reads back as it, by key, in declared order."""
    return {key: to_text(option, settings.value(key)) for key, option in OPTIONS.items()}


def check(settings: Settings) -> list[Problem]:
    """Find everything that keeps settings from being used, each value and the whole."""
    return [*_single(settings), *_together(settings)]


def _whole(settings: Settings) -> Settings | list[Problem]:
    return check(settings) or settings


def _applied(
    values: Mapping[str, Any],
    read: Callable[[Option, Any], Any],
    current: Settings,
    problems: list[Problem],
) -> Settings | list[Problem]:
    """Read every value, then look at the whole if each of them fits."""
    taken: dict[str, Any] = {}
    for key, raw in values.items():
        option = OPTIONS.get(key)
        if option is None:
            problems.append(_unknown(key, raw, len(problems)))
            continue
        try:
            taken[key] = read(option, raw)
        except UnfitError as unfit:
            problems.append(_unfit(option, raw, unfit))
    return problems or _whole(with_values(current, taken))


def _single(settings: Settings) -> Iterator[Problem]:
    for option in OPTIONS.values():
        value = settings.value(option.key)
        try:
            fit(option, value)
        except UnfitError as unfit:
            yield _unfit(option, to_text(option, value), unfit)
        if option.required and not value and applies(option, settings):
            yield _problem(
                option.key,
                "",
                f"is needed: {_because(option, settings)}",
                f"Fill in “{option.label}”.",
            )


def _because(option: Option, settings: Settings) -> str:
    condition = option.only_when
    if condition is None:
        return "the flow cannot do without"
    other = OPTIONS[f"{option.section}.{condition.option}"]
    return f"{other.key} is {to_text(other, settings.value(other.key))}"


def _together(settings: Settings) -> Iterator[Problem]:
    general = settings.general
    if (general.window_start is None) != (general.window_end is None):
        missing = "window_start" if general.window_start is None else "window_end"
        yield _problem(
            f"{GENERAL}.{missing}",
            "",
            "is empty while the other end of the daily hours is set",
            "Set both, or neither for the whole day.",
        )
    yield from _fields_twice(settings)
    yield from _no_account(settings)
    yield from _unpayable(settings)
    yield from _once_unlinked(settings)
    yield from _untaxable(settings)
    yield from _twice_owed(settings)


def _fields_twice(settings: Settings) -> Iterator[Problem]:
    """Find custom fields that the code and a pair would fill, both (DOC-9)."""
    for section in SECTIONS:
        if f"{section}.save_entity_code_to" not in OPTIONS:
            continue
        target = settings.value(f"{section}.save_entity_code_to")
        pairs = settings.value(f"{section}.custom_fields")
        if target is not None and any(pair.target == target for pair in pairs):
            yield _problem(
                f"{section}.save_entity_code_to",
                target,
                "names a custom field that a pair of custom_fields fills, too",
                "Choose another field for one of the two.",
            )


def _no_account(settings: Settings) -> Iterator[Problem]:
    """Find flows that are to create items and have no account for them (DOC-1, OP11)."""
    for section in SECTIONS:
        names = OPTIONS.get(f"{section}.income_account")
        if names is None or not applies(names, settings):
            continue
        bought = OPTIONS[f"{section}.expense_account"]
        keys = (names.key, f"{section}.income_account_id", bought.key)
        if not any(settings.value(key) for key in keys):
            yield _problem(
                names.key,
                "",
                f"is needed: {_because(names, settings)}",
                f"Fill in “{names.label}” or its id; for what is bought in QuickBooks Online "
                f"“{bought.label}” ({bought.key}).",
            )


def _unpayable(settings: Settings) -> Iterator[Problem]:
    """Find a payroll item for employees that are created without payroll (TIME-3, TIME-4).

    Source: corrections 10: QuickBooks takes a payroll item only of an employee whose time data
    makes paychecks, which only a person can set for one that was just created.
    """
    rules = settings.work_entry_out
    if rules.payroll_item is not None and rules.create_missing_employees:
        yield _problem(
            f"{FlowName.WORK_ENTRY_OUT}.create_missing_employees",
            "true",
            "cannot be on while payroll_item is set: a new employee's paychecks are not made from "
            "time data, and QuickBooks then takes no payroll item for it",
            "Create employees in QuickBooks with “use time data to create paychecks” on and "
            "leave this off, or send no payroll item.",
        )


def _once_unlinked(settings: Settings) -> Iterator[Problem]:
    """Find whole quantities for documents that may go without their order (FLOW-10, FLOW-11).

    That an order has its document already is told by the order in the books alone: of two
    shippings without it, each would carry all that was ordered.
    """
    for section, rules in (
        (FlowName.RECEIPT_OUT, settings.receipt_out),
        (FlowName.SHIPMENT_OUT, settings.shipment_out),
    ):
        if rules.whole_once and not rules.link_to_order:
            yield _problem(
                f"{section}.whole_once",
                "true",
                "cannot be on without links: only the order in the books tells whether it has "
                "its one document already",
                f"Set {section}.link_to_order=true, or leave this off.",
            )
        elif rules.whole_once and rules.order_missing is not OrderMissing.REFUSE:
            yield _problem(
                f"{section}.order_missing",
                rules.order_missing.value,
                "cannot be while whole_once is on: only the order in the books tells whether it "
                "has its one document already",
                f"Set {section}.order_missing=refuse, too.",
            )


def _untaxable(settings: Settings) -> Iterator[Problem]:
    """Find sales tax items for books that have tax codes in their place (FLOW-9)."""
    if not settings.general.send_outside_us:
        return
    for section, item in (
        (FlowName.SALES_ORDER_OUT, settings.sales_order_out.sales_tax_item),
        (FlowName.SHIPMENT_OUT, settings.shipment_out.sales_tax_item),
    ):
        if item is not None:
            yield _problem(
                f"{section}.sales_tax_item",
                item,
                "is for US books, and general.send_outside_us is on: Canadian and UK books have "
                "tax codes in its place",
                f"Give {section}.tax_code instead, or switch general.send_outside_us off.",
            )


def _twice_owed(settings: Settings) -> Iterator[Problem]:
    """Find orders that are owed as they are sent, beside what moved of them and is owed, too."""
    buys, sells = settings.purchase_order_out, settings.sales_order_out
    is_sold = sells.becomes in (SalesOrderBecomes.INVOICE, SalesOrderBecomes.SALES_RECEIPT)
    for is_owed, rules, orders, movements in (
        (
            buys.becomes is PurchaseOrderBecomes.BILL,
            buys,
            FlowName.PURCHASE_ORDER_OUT,
            FlowName.RECEIPT_OUT,
        ),
        (is_sold, sells, FlowName.SALES_ORDER_OUT, FlowName.SHIPMENT_OUT),
    ):
        moved = settings.flow(movements)
        assert moved is not None, "both flows have settings"
        if is_owed and FlowMode.OFF not in (rules.mode, moved.mode):
            yield _problem(
                f"{orders}.becomes",
                settings.value(f"{orders}.becomes"),
                f"cannot be while {movements} is on: the same goods would be owed twice",
                f"Set {movements}.mode=off, too.",
            )


def _problem(key: str, value: object, problem: str, cure: str) -> Problem:
    return Problem(key=key, value=shown(value), problem=problem, cure=cure)


def _unfit(option: Option, raw: object, unfit: UnfitError) -> Problem:
    return Problem(
        key=option.key,
        value=shown(raw),
        problem=unfit.problem,
        cure=unfit.cure,
        suggestions=unfit.suggestions,
    )


def _unknown(key: str, value: object, at: int) -> Problem:
    """Say that there is no such key, the ``at``-th problem that is told."""
    section = _normal_key(key).partition(".")[0]
    if section in set(FlowName) - set(SECTIONS):
        title = FLOWS[FlowName(section)].title
        return _problem(
            shown(key),
            value,
            f"the flow “{title}” is planned and has no settings in this version",
            "Leave it out.",
        )
    return Problem(
        key=shown(key),
        value=shown(value),
        problem="there is no such setting",
        cure="Look at the list of settings for its name.",
        suggestions=_keys_like(key) if at < _LOOKED_UP_MAX else (),
    )


def _normal_key(typed: str) -> str:
    section, dot, name = typed.strip().lower().rpartition(".")
    return section.replace("_", "-") + dot + name.replace("-", "_")


def _keys_like(typed: str) -> tuple[str, ...]:
    """Find keys that may have been meant; the section is often forgotten."""
    key = _normal_key(typed)
    name = key.rpartition(".")[2].replace("-", "_")
    same_name = [known for known, option in OPTIONS.items() if option.name == name]
    if same_name:
        return tuple(same_name)
    by_name = {option.name: known for known, option in OPTIONS.items()}
    close = (by_name[near] for near in nearest(name, by_name))
    return tuple(dict.fromkeys((*nearest(key, OPTIONS), *close)))[:3]
