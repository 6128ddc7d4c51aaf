"""What a fresh tenant holds: its own organization, people, lists and a place for stock.

No vendors, customers or products: those a test, a loader or a client brings.
"""

from __future__ import annotations

from typing import Any

from ._desk import Desk
from ._settings import API_RESOURCE
from .entities import API_LICENCE

__all__ = ["MANAGER", "STOREKEEPER", "seed"]

MANAGER, STOREKEEPER = 29682885, 29682886

_ACTIVE = {"isActive": True}


def _person(id_: int, first: str, last: str, licence: int = 1) -> dict[str, Any]:
    return {
        "id": id_,
        "email": f"{first}.{last}@example.com".lower(),
        "emailTypeCode": "Primary",
        "firstName": first,
        "hireDate": "2020-01-06T00:00:00.000",
        "isActive": True,
        "lastName": last,
        "licenseType": licence,
        "locationID": 1,
        "numberFormat": "1,234.56",
        "payrollType": 1,
        "resourceType": "Employee",
        "userName": f"{first[0]}{last}".lower(),
        "userType": 1,
    }


def _currency(id_: int, name: str, words: str, rate: float, *, internal: bool) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "description": words,
        "exchangeRate": rate,
        "isActive": True,
        "isInternalCurrency": internal,
    }


def _named(*names: str, field: str = "name", **more: object) -> list[dict[str, Any]]:
    return [{"id": id_, field: name, **_ACTIVE, **more} for id_, name in enumerate(names, 1)]


def _country(id_: int, code: str, name: str, *, default: bool = False) -> dict[str, Any]:
    return {
        "id": id_,
        "countryCode": code,
        "name": name,
        "displayName": name,
        "addressFormatID": 1,
        "isActive": True,
        "isDefaultCountry": default,
    }


def _code(id_: int, name: str, use: int) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "useType": use,
        "billingCodeType": 0,
        "generalLedgerAccount": 1,
        "isActive": True,
    }


SEED: dict[str, list[dict[str, Any]]] = {
    "InternalLocations": [
        {"id": 1, "name": "Head office", "isDefault": True, "timeZone": "Eastern Standard Time"}
    ],
    "Resources": [
        _person(MANAGER, "Olive", "Marsh"),
        _person(STOREKEEPER, "Stan", "Keel"),
        _person(API_RESOURCE, "Books", "Link", licence=API_LICENCE),
    ],
    "Currencies": [
        _currency(1, "USD", "US dollar", 1.0, internal=True),
        _currency(2, "CAD", "Canadian dollar", 1.25, internal=False),
    ],
    "Countries": [
        _country(1, "US", "United States", default=True),
        _country(2, "CA", "Canada"),
        _country(3, "GB", "United Kingdom"),
        _country(4, "DE", "Germany"),
    ],
    "PaymentTerms": [
        {"id": id_, "name": name, "paymentDueInDays": days, **_ACTIVE}
        for id_, name, days in (
            (1, "Net 30 days", 30),
            (2, "Net 45 days", 45),
            (3, "Net 60 days", 60),
            (4, "Due upon receipt", 0),
        )
    ],
    "ShippingTypes": _named("Ground", "Overnight", "Pick-up"),
    "TaxCategories": _named("Goods", "Services"),
    "TaxRegions": _named("Domestic", "Exempt"),
    "Departments": [{"id": 1, "name": "Operations", "number": "100", "primaryLocationID": 1}],
    "ActionTypes": [
        {"id": id_, "name": name, "view": view, "isSystemActionType": True, **_ACTIVE}
        for id_, name, view in (
            (1, "Phone Call", 2),
            (2, "Meeting", 3),
            (3, "Email", 2),
            (4, "General", 0),
        )
    ],
    "BillingCodes": [
        _code(1, "Service Labor", 1),
        _code(2, "Travel", 2),
        _code(3, "Internal Meeting", 3),
        _code(4, "Hardware", 4),
        _code(5, "Goods", 7),
    ],
    "InventoryLocations": [{"id": 1, "locationName": "Main", "isActive": True, "isDefault": True}],
}


def seed(desk: Desk) -> None:
    """Fill a tenant that holds nothing."""
    desk.add(
        "Companies",
        {
            "companyName": desk.tenant.name,
            "companyType": 1,
            "ownerResourceID": MANAGER,
            "phone": "555-0100",
            "isActive": True,
            "currencyID": 1,
            "countryID": 1,
            "createDate": desk.now,
            "lastTrackedModifiedDateTime": desk.now,
        },
        id_=0,
    )
    for entity, rows in SEED.items():
        for row in rows:
            desk.add(entity, row, id_=row["id"])
