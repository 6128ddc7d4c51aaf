"""Stock by inventory site (K27): what locations come to, and what silence does not say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterfoil.documents import Reason
from counterfoil.engine.siting import Sites

SITES = Sites(
    {"main": "Store", "Van": "Vans", "Annex": "STORE", "Yard": "Gone"},
    {"1": "Main", "2": "Van", "3": "Annex", "4": "Yard", "5": "Depot"},
    {"s": "Store", "v": "Vans", "n": "North"},
    ["o"],
    source="Autotask",
    target="QuickBooks",
)


def units(text: str) -> dict[str, Decimal | None]:
    """Quantities by place, as in ``1:4 2:?``."""
    pairs = (each.split(":") for each in text.split())
    return {place: None if number == "?" else Decimal(number) for place, number in pairs}


def known(text: str) -> dict[str, Decimal]:
    return {place: number for place, number in units(text).items() if number is not None}


def said(found: object) -> object:
    """A reason's code, or quantities by the names of sites."""
    if isinstance(found, Reason):
        return found.code
    assert isinstance(found, dict)
    return " ".join(f"{site.name}:{number}" for site, number in found.items())


def test_only_mapped_sites_count() -> None:
    """Names are compared as everywhere, two locations may be one site, and each comes once."""
    assert [site.name for site in SITES.mapped] == ["Store", "Vans"]
    assert [each for each in "123456" if SITES.knows(each)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "at, total, pending, expected",
    [
        ("1:4 2:3 3:2", "9", "", "Store:6 Vans:3"),
        ("", "0", "", "Store:0 Vans:0"),
        ("1:4 5:0", "4", "", "Store:4 Vans:0"),
        ("1:4 5:1", "5", "", "count-location-unmapped"),
        ("1:4 4:1", "5", "", "count-site-missing"),
        ("1:4 9:1", "5", "", "count-location-unknown"),
        ("1:4 2:?", "4", "", "count-unread"),
        ("1:4", "6", "", "count-sites-differ"),
        ("1:4 2:3", "7", "2:2", "Store:4 Vans:1"),
        ("1:4", "4", "2:2", "Store:4 Vans:-2"),
        ("1:4", "4", "5:2", "count-location-unmapped"),
    ],
)
def test_locations_come_to_sites(at: str, total: str, pending: str, expected: str) -> None:
    """What lies where nobody knows the site is never summed; what a receipt brings is taken off."""
    assert said(SITES.counted(units(at), Decimal(total), known(pending))) == expected


@pytest.mark.parametrize(
    "at, total, expected",
    [
        ("s:4 v:3", "7", "Store:4 Vans:3"),
        ("s:4 n:3", "7", "Store:4 Vans:0"),
        ("", "0", "Store:0 Vans:0"),
        ("s:4", "7", "count-site-unread"),
        ("s:4 v:?", "7", "count-site-unread"),
        ("s:4 o:3", "7", "Store:4 Vans:0"),
        ("s:4 bin:0", "4", "Store:4 Vans:0"),
        ("s:4 bin:3", "4", "count-in-bins"),
        ("bin:3", "3", "count-in-bins"),
        ("s:4 bin:?", "4", "count-in-bins"),
        ("s:4 v:3 n:?", "7", "count-sites-differ-there"),
        # Of the bins of a site some came on another page.
        ("s:4 v:2", "7", "count-sites-differ-there"),
        ("s:4 v:7", "7", "count-sites-differ-there"),
        ("s:4 v:-2 o:3", "5", "Store:4 Vans:-2"),
    ],
)
def test_a_site_without_row_is_empty_where_the_others_hold_all(
    at: str, total: str, expected: str
) -> None:
    """Neither silence, rows nor bins say anything of a site while any of the whole is missing."""
    assert said(SITES.held("Bolt", units(at), Decimal(total))) == expected
