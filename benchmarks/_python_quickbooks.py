"""python-quickbooks as somebody would use it for many bills; started by ``online.py``.

It runs in an environment of its own, and prints what landed and how many batches were refused.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects.base import Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.detailline import ItemBasedExpenseLine, ItemBasedExpenseLineDetail

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def main(asked: dict[str, Any]) -> None:
    discovery = f"{asked['root']}/.well-known/openid_sandbox_configuration"
    auth = AuthClient(
        asked["id"], asked["secret"], asked["redirect"], discovery, access_token=asked["token"]
    )
    QuickBooks.api_url_v3 = QuickBooks.sandbox_api_url_v3 = f"{asked['root']}/v3"
    client = QuickBooks(auth_client=auth, refresh_token=asked["refresh"], company_id=asked["realm"])
    landed = refused = 0
    for batch in range(asked["batches"]):
        first = batch * asked["per_batch"]
        bills = [_bill(number, asked) for number in range(first, first + asked["per_batch"])]
        try:
            landed += len(batch_create(bills, qb=client).successes)
        except QuickbooksException:
            refused += 1
    print(json.dumps({"landed": landed, "refused": refused}))


def _bill(number: int, asked: dict[str, Any]) -> Bill:
    bill = Bill()
    bill.VendorRef = _ref(asked["vendor"])
    bill.DocNumber = f"V-{number}"
    bill.Line = [_line(number, asked) for _ in range(asked["lines"])]
    return bill


def _line(number: int, asked: dict[str, Any]) -> ItemBasedExpenseLine:
    line = ItemBasedExpenseLine()
    detail = ItemBasedExpenseLineDetail()
    detail.ItemRef = _ref(asked["item"])
    detail.Qty, detail.UnitPrice = number % 9 + 1, 2.5
    line.Amount = detail.Qty * detail.UnitPrice
    line.ItemBasedExpenseLineDetail = detail
    return line


def _ref(value: str) -> Ref:
    ref = Ref()
    ref.value = value
    return ref


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
