"""``autotask-client`` drives the stand-in; what it got is printed as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from autotask.client import AutotaskClient
from autotask.config import AutotaskConfig
from autotask.exceptions import AutotaskAPIError, AutotaskAuthError


async def main(asked: dict[str, Any]) -> None:
    got: dict[str, Any] = {}
    async with AutotaskClient(config(asked, asked["secret"])) as api:
        order = {"vendorID": asked["vendor"], "status": 1, "shipToName": "M", "shipToAddress1": "1"}
        made = (await api.post("PurchaseOrders", order))["itemId"]
        line = {
            "productID": asked["product"],
            "inventoryLocationID": 1,
            "quantity": 2,
            "unitCost": 1.25,
        }
        child = (await api.post(f"PurchaseOrders/{made}/Items", line))["itemId"]
        await api.patch("PurchaseOrders", {"id": made, "status": 2, "externalPONumber": "17"})
        got["order"] = (await api.get(f"PurchaseOrders/{made}"))["item"]
        got["line"] = (await api.get(f"PurchaseOrderItems/{child}"))["item"]
        everything = [{"op": "exist", "field": "id"}]
        got["currencies"] = len(await api.query_all("Currencies", everything))
        try:
            await api.post("PurchaseOrders", {"vendorID": asked["vendor"]})
        except AutotaskAPIError as error:
            got["refused"] = {"status": error.status_code, "body": error.response_body}
    async with AutotaskClient(config(asked, "wrong")) as api:
        try:
            await api.get("Companies/0")
        except AutotaskAuthError as error:
            got["unauthorized"] = str(error)
    print(json.dumps(got))


def config(asked: dict[str, Any], secret: str) -> AutotaskConfig:
    return AutotaskConfig(
        username=asked["user"],
        secret=secret,
        integration_code=asked["code"],
        api_url=asked["root"],
    )


asyncio.run(main(json.loads(sys.argv[1])))
