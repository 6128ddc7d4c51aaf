"""``intuit-oauth`` and ``python-quickbooks`` drive the stand-in; what they got is printed as JSON.

The first one's discovery address is its environment; the second one has its address as an
attribute of its class, and its transport refuses plain HTTP unless told otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.parse
from typing import Any

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import Ref
from quickbooks.objects.bill import Bill
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.purchaseorder import PurchaseOrder
from quickbooks.objects.vendor import Vendor

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def main(asked: dict[str, Any]) -> None:
    got: dict[str, Any] = {}
    auth = connected(asked, got)
    QuickBooks.api_url_v3 = QuickBooks.sandbox_api_url_v3 = f"{asked['root']}/v3"
    client = QuickBooks(
        auth_client=auth, refresh_token=auth.refresh_token, company_id=asked["realm"]
    )
    traded(client, got)
    looked(client, got)
    changed(client, got)
    ended(asked, auth, got)
    print(json.dumps(got, default=str))


def connected(asked: dict[str, Any], got: dict[str, Any]) -> AuthClient:
    discovery = f"{asked['root']}/.well-known/openid_sandbox_configuration"
    auth = AuthClient(asked["id"], asked["secret"], asked["redirect"], discovery)
    scopes = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL, Scopes.PROFILE]
    page = auth.get_authorization_url(scopes)
    pressed = requests.post(
        page,
        data={"decision": "connect", "company": asked["realm"]},
        allow_redirects=False,
        timeout=10,
    )
    told = urllib.parse.parse_qs(urllib.parse.urlsplit(pressed.headers["location"]).query)
    got["state"] = told["state"] == [auth.state_token]
    auth.get_bearer_token(told["code"][0], realm_id=told["realmId"][0])
    got["id_token"] = auth.id_token is not None
    got["person"] = auth.get_user_info().json()
    auth.refresh()
    got["lives_s"] = [auth.expires_in, auth.x_refresh_token_expires_in]
    try:
        auth.refresh(refresh_token="AB11-somebody-elses-token-000000")
    except AuthClientError as error:
        got["bad_refresh"] = [error.status_code, error.content]
    return auth


def reference(to: Any, kind: str = "") -> Ref:
    ref = Ref()
    ref.value, ref.type = to, kind
    return ref


def spent(amount: object) -> AccountBasedExpenseLine:
    line = AccountBasedExpenseLine()
    line.Amount = amount
    line.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    line.AccountBasedExpenseLineDetail.AccountRef = reference("7")
    return line


def traded(client: QuickBooks, got: dict[str, Any]) -> None:
    vendor = Vendor()
    vendor.DisplayName = "O'Neil & Söns"
    vendor = vendor.save(qb=client)
    again = Vendor()
    again.DisplayName = "o'neil & söns"
    try:
        again.save(qb=client)
    except QuickbooksException as error:
        got["duplicate"] = [error.error_code, error.detail]
    customer = Customer()
    customer.DisplayName = "Harbor Bakery"
    customer = customer.save(qb=client)
    item = Item()
    item.Name, item.Type = "Mixing", "Service"
    item.IncomeAccountRef = reference("1")
    item = item.save(qb=client)
    order = PurchaseOrder()
    order.VendorRef, order.APAccountRef = vendor.to_ref(), reference("33")
    order.Line = [spent("12.35")]
    order = order.save(qb=client)
    bill = Bill()
    bill.VendorRef, bill.DocNumber = vendor.to_ref(), "INV-1"
    bill.Line = [spent("12.35")]
    bill = bill.save(qb=client, request_id="bill-1")
    repeated = Bill()
    repeated.VendorRef, repeated.DocNumber = vendor.to_ref(), "INV-1"
    repeated.Line = [spent("12.35")]
    repeated = repeated.save(qb=client, request_id="bill-1")
    got["replayed"] = bill.Id == repeated.Id
    invoice = Invoice()
    invoice.CustomerRef = customer.to_ref()
    line = SalesItemLine()
    line.Amount = 40
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = item.to_ref()
    invoice.Line = [line]
    invoice = invoice.save(qb=client)
    got["order"] = [order.DocNumber, str(order.TotalAmt), order.POStatus]
    got["invoice"] = [str(invoice.TotalAmt), invoice.DocNumber]
    got["voided"] = str(Invoice.get(invoice.void(qb=client)["Invoice"]["Id"], client).TotalAmt)


def looked(client: QuickBooks, got: dict[str, Any]) -> None:
    found = Vendor.where("DisplayName = 'O\\'Neil & Söns'", qb=client)
    got["found"] = [one.DisplayName for one in found]
    got["count"] = Vendor.count("Active = true", qb=client)
    got["accounts"] = len(Account.all(qb=client, max_results=5))
    got["chosen"] = len(Vendor.choose([one.Id for one in found], qb=client))
    since = change_data_capture([Vendor, Bill], "2026-11-20T00:00:00", qb=client)
    got["captured"] = [len(since.Vendor), len(since.Bill)]
    got["company"] = client.get_single_object("CompanyInfo", pk=1)["CompanyInfo"]["CompanyName"]


def changed(client: QuickBooks, got: dict[str, Any]) -> None:
    vendors = []
    for name in ("Batch One", "Batch Two", "Batch One"):
        vendor = Vendor()
        vendor.DisplayName = name
        vendors.append(vendor)
    made = batch_create(vendors, qb=client)
    got["batch"] = [len(made.successes), [fault.Error[0].code for fault in made.faults]]
    bill = Bill.filter(DocNumber="INV-1", qb=client)[0]
    bill.PrivateNote = "seen"
    bill = bill.save(qb=client)
    got["updated"] = [bill.SyncToken, bill.PrivateNote]
    bill.delete(qb=client)
    try:
        Bill.get(bill.Id, qb=client)
    except ObjectNotFoundException as error:
        got["gone"] = error.error_code


def ended(asked: dict[str, Any], auth: AuthClient, got: dict[str, Any]) -> None:
    auth.revoke(token=auth.refresh_token)
    client = QuickBooks(auth_client=auth, company_id=asked["realm"])
    try:
        Vendor.count(qb=client)
    except QuickbooksException as error:
        got["unauthorized"] = type(error).__name__


main(json.loads(sys.argv[1]))
