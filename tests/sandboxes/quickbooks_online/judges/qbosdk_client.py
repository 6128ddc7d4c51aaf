"""``qbosdk`` drives the stand-in; what it got is printed as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from qbosdk import QuickbooksOnlineSDK


def main(asked: dict[str, Any]) -> None:
    QuickbooksOnlineSDK.TOKEN_URL = f"{asked['root']}/oauth2/v1/tokens/bearer"
    sdk = QuickbooksOnlineSDK(
        client_id=asked["id"],
        client_secret=asked["secret"],
        refresh_token=asked["refresh_token"],
        realm_id=asked["realm"],
        environment="sandbox",
    )
    for part in vars(sdk).values():
        if hasattr(part, "set_server_url"):
            part.set_server_url(f"{asked['root']}/v3/company/{asked['realm']}")
    got: dict[str, Any] = {}
    made = sdk.vendors.post({"DisplayName": "Pelican Supply"})
    got["vendor"] = made["Vendor"]["DisplayName"]
    got["vendors"] = [one["DisplayName"] for one in sdk.vendors.get()]
    line = {
        "Amount": 5,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
    }
    bill = sdk.bills.post({"VendorRef": {"value": made["Vendor"]["Id"]}, "Line": [line]})
    got["bill"] = bill["Bill"]["TotalAmt"]
    got["accounts"] = sum(len(page) for page in sdk.accounts.get_all_generator())
    got["company"] = sdk.company_info.get()["CompanyName"]
    got["currency"] = sdk.preferences.get()["CurrencyPrefs"]["HomeCurrency"]["value"]
    print(json.dumps(got))


main(json.loads(sys.argv[1]))
