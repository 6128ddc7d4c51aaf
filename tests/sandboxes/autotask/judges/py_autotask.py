"""``py-autotask`` drives the stand-in; what it got is printed as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import py_autotask


def main(asked: dict[str, Any]) -> None:
    got: dict[str, Any] = {}
    api = py_autotask.AutotaskClient.create(
        username=asked["user"],
        integration_code=asked["code"],
        secret=asked["secret"],
        api_url=f"{asked['root']}/atservicesrest",
    )
    got["connected"] = api.auth.test_connection()
    order = {"vendorID": asked["vendor"], "status": 1, "shipToName": "M", "shipToAddress1": "1"}
    made = item_id(api.create_entity("PurchaseOrders", order))
    line = {"productID": asked["product"], "inventoryLocationID": 1, "quantity": 2, "unitCost": 1.5}
    child = item_id(api.create_child_entity("PurchaseOrders", made, "Items", line))
    api.update_child_entity("PurchaseOrders", made, "Items", {"id": child, "quantity": 3})
    api.update("PurchaseOrders", {"id": made, "status": 2})
    got["order"] = api.get("PurchaseOrders", made)
    got["line"] = api.get("PurchaseOrderItems", child)
    got["missing"] = api.get("PurchaseOrders", 5)
    got["count"] = api.count("PurchaseOrders")
    to_do = {
        "actionType": 1,
        "assignedToResourceID": asked["person"],
        "startDateTime": "2026-01-15T09:00:00Z",
        "endDateTime": "2026-01-15T10:00:00Z",
    }
    noted = item_id(api.create_child_entity("Companies", 0, "ToDos", to_do))
    got["deleted"] = api.delete("CompanyToDos", noted)
    got["fields"] = len(api.get_field_info("PurchaseOrders")["fields"])
    print(json.dumps(got))


def item_id(answer: Any) -> int:
    found = answer["itemId"] if isinstance(answer, dict) else answer.item_id
    return int(found)


main(json.loads(sys.argv[1]))
