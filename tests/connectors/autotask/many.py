"""A tenant with very many orders: answers questions from lists, and counts the calls."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

Row = dict[str, Any]

ZONE = "https://zone1.example/ATServicesRest"
STATUSES = ("New", "Submitted", "Received Partial", "Received Full", "Canceled")

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, value: found == value,
    "in": lambda found, value: found in value,
    "gt": lambda found, value: found is not None and found > value,
    "gte": lambda found, value: found is not None and found >= value,
}


class Many(httpx2.BaseTransport):
    """Orders of three lines each, received in part; ``calls`` counts what was asked.

    Attributes:
        page_max: Rows a page holds at most, however many were asked for.
        ignored: Fields by which questions choose in vain.
        repeated: How many of its last rows a page repeats at the start of the next one.
    """

    def __init__(self, orders: int, *, status: int = 3) -> None:
        self.calls: Counter[str] = Counter()
        self.page_max = 500
        self.ignored: set[str] = set()
        self.repeated = 0
        self.lists: dict[str, list[Row]] = {
            "Companies": [
                {"id": 0, "companyName": "Acme"},
                {"id": 7, "companyName": "Pelican Supply"},
            ],
            "Products": [{"id": each, "name": f"Widget {each}"} for each in range(1, 51)],
            "Currencies": [],
            "Tickets": [],
            "PurchaseOrders": [_order(each, status) for each in range(1, orders + 1)],
            "PurchaseOrderItems": [_line(each) for each in range(3 * orders)],
            "PurchaseOrderItemReceiving": [_row(each) for each in range(3 * orders)],
        }

    def taken(self) -> Counter[str]:
        """Give the calls since they were last asked for."""
        found, self.calls = self.calls, Counter()
        return found

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.rpartition("/v1.0/")[2]
        if path == "zoneInformation":
            return httpx2.Response(200, json={"url": f"{ZONE}/"})
        entity, _, rest = path.partition("/")
        self.calls[f"{entity} {re.sub(r'[0-9]+', '', rest)}".strip()] += 1
        if rest == "entityInformation/fields":
            values = [{"value": str(n), "label": each} for n, each in enumerate(STATUSES, 1)]
            return httpx2.Response(
                200, json={"fields": [{"name": "status", "picklistValues": values}]}
            )
        if rest.isdecimal():
            found = [row for row in self.lists[entity] if row["id"] == int(rest)]
            return httpx2.Response(200, json={"item": found[0] if found else None})
        return self._answered(entity, rest, request)

    def _answered(self, entity: str, rest: str, request: httpx2.Request) -> httpx2.Response:
        asked = json.loads(request.read())
        told = [each for each in asked["filter"] if each.get("field") not in self.ignored]
        fits = [row for row in self.lists[entity] if _fits(row, told)]
        if rest == "query/count":
            return httpx2.Response(200, json={"queryCount": len(fits)})
        start = int(request.url.params.get("from", "0"))
        end = min(start + asked["MaxRecords"], start + self.page_max, len(fits))
        page = fits[max(0, start - self.repeated) : end]
        following = f"{ZONE}/v1.0/{entity}/query/next?from={end}" if end < len(fits) else None
        return httpx2.Response(200, json={"items": page, "pageDetails": {"nextPageUrl": following}})


def _fits(row: Row, conditions: list[Row]) -> bool:
    return all(
        any(_fits(row, [each]) for each in condition["items"])
        if condition["op"] == "or"
        else _OPERATORS[condition["op"]](row.get(condition["field"]), condition["value"])
        for condition in conditions
    )


def _order(number: int, status: int) -> Row:
    return {
        "id": number,
        "vendorID": 7,
        "status": status,
        "createDateTime": "2025-12-01T09:30:00Z",
        "submitDateTime": "2025-12-01T09:31:00Z",
    }


def _line(number: int) -> Row:
    return {
        "id": number + 1,
        "orderID": number // 3 + 1,
        "productID": number % 50 + 1,
        "quantity": 10,
        "unitCost": 2.5,
    }


def _row(number: int) -> Row:
    return {
        "id": number + 1,
        "purchaseOrderItemID": number + 1,
        "quantityNowReceiving": 4,
        "receiveDate": "2025-12-03T09:30:00Z",
    }
