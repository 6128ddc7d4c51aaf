"""Dates, times, numbers and amounts as the company's people write them: filters of the templates.

Each takes the visit from the template's context, for its place.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel import dates, numbers
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from counterfoil.hub import verbs

from .places import Place
from .visiting import Visit

__all__ = ["add_to", "amount_in", "day_in", "moment_in"]

_MINUS: Final = "\u2212"


def add_to(templates: Environment) -> None:
    """Add the filters."""
    templates.filters.update(
        ago=_ago,
        amount=_amount,
        count=_count,
        day=_day,
        lasting=_lasting,
        iso=lambda moment: moment.isoformat(timespec="seconds"),
        moment=_moment,
        money=_money,
        number=_number,
    )


def amount_in(place: Place, value: Decimal | str | None, currency: str | None = None) -> str:
    """Write an amount without its currency, which says how many decimals it has.

    ``None`` is not known, and an empty text.
    """
    if value is None:
        return ""
    with suppress(InvalidOperation):
        return _signed(_grouped(place, Decimal(value), currency))
    # Longer than anybody reckons with: it is shown as it is.
    return _signed(str(value))


def _grouped(place: Place, value: Decimal, currency: str | None) -> str:
    if currency:
        pattern = place.locale.currency_formats["standard"].pattern.replace("\xa4", "").strip()
        told = numbers.format_currency(value, currency, format=_plain(pattern), locale=place.locale)
    else:
        told = numbers.format_decimal(value, format="#,##0.00###", locale=place.locale)
    return told.strip()


def _plain(pattern: str) -> str:
    """Give a pattern of an amount with a plain minus, not in brackets."""
    return pattern.split(";", maxsplit=1)[0].strip()


def _signed(text: str) -> str:
    return text.replace("-", _MINUS)


def day_in(place: Place, day: date, now: datetime | None = None) -> str:
    """Write a day; with ``now``, without the year where it is this one."""
    is_this_year = now is not None and day.year == now.astimezone(place.zone or UTC).year
    return dates.format_skeleton("MMMd" if is_this_year else "yMMMd", day, locale=place.locale)


def moment_in(place: Place, moment: datetime, now: datetime) -> str:
    """Write a moment in the company's zone, with the zone's name; today and yesterday by name."""
    zone = place.zone or UTC
    local = moment.astimezone(zone)
    day = _NEAR.get((now.astimezone(zone).date() - local.date()).days)
    if day is None:
        day = dates.format_skeleton("yMMMEd", local.date(), locale=place.locale)
    return f"{day}, {dates.format_time(local.time(), 'short', locale=place.locale)} {local:%Z}"


_NEAR: Final = {0: "today", 1: "yesterday"}


def _visit(context: Context) -> Visit:
    visit: Visit = context["visit"]
    return visit


@pass_context
def _ago(context: Context, moment: datetime) -> str:
    return verbs.ago(moment, _visit(context).now)


@pass_context
def _lasting(context: Context, moment: datetime) -> str:
    return verbs.lasting(moment, _visit(context).now)


@pass_context
def _amount(context: Context, value: Any, currency: str | None = None) -> str:
    return amount_in(_visit(context).place, value, currency)


@pass_context
def _money(context: Context, value: Any, currency: str | None) -> str:
    """Write an amount with its currency's code in front."""
    told = _amount(context, value, currency)
    return f"{currency}\N{NO-BREAK SPACE}{told}" if told and currency else told


@pass_context
def _number(context: Context, value: Any) -> str:
    """Write a quantity, with as many decimals as it has."""
    locale = _visit(context).locale
    with suppress(InvalidOperation):
        told = numbers.format_decimal(Decimal(value), format="#,##0.##########", locale=locale)
        return _signed(told)
    return _signed(str(value))


@pass_context
def _count(context: Context, value: int) -> str:
    return numbers.format_decimal(value, locale=_visit(context).locale)


@pass_context
def _day(context: Context, value: date | None) -> str:
    visit = _visit(context)
    return "" if value is None else day_in(visit.place, value, visit.now)


@pass_context
def _moment(context: Context, value: datetime) -> str:
    visit = _visit(context)
    return moment_in(visit.place, value, visit.now)
