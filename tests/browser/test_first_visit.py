"""The first visit, for each pairing: from nothing to the first order in the books, with clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from playwright.sync_api import expect

from counterfoil.cli._stand_ins import StandIns, serve_stand_ins
from counterfoil.hub import accounts, desk, finding, notice_rules, verbs
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Configuration, open_hub
from counterfoil.ledger.database import sqlite_url
from counterfoil.sandboxes import sample_services
from counterfoil.sandboxes.serve import (
    AUTOTASK_CODE,
    AUTOTASK_SECRET,
    AUTOTASK_USER,
    ONLINE_CLIENT_ID,
    ONLINE_CLIENT_SECRET,
    ONLINE_REALM,
)
from counterfoil.sandboxes.web_connector import RemoteCompany, WebConnector, parse_qwc
from tests.browser.conftest import Browse
from tests.support import browsing
from tests.support.browsing import Site
from tests.support.world import SECRET_KEY

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SECRET = frozenset({"secret", "integration_code"})
_NOBODY = "https://127.0.0.1:9/never-called"
_INCOME = {"quickbooks-desktop": "Sales:Goods", "quickbooks-online": "Sales of Product Income"}


@pytest.fixture
def outside() -> Iterator[StandIns]:
    """The stand-ins of all four systems, with orders on the operations side."""
    with serve_stand_ins() as url:
        found = StandIns(url)
        _enter_order(found)
        found.load_service_desk(sample_services.FOLDER)
        yield found
        found.close()


def _enter_order(outside: StandIns) -> None:
    goods = {"product": "BRACKET", "quantity-ordered": "2", "unit-price": "9.75"}
    day = f"{datetime.now(UTC):%Y-%m-%dT12:00:00Z}"
    outside.operations("POST", "clients/", {"code": "HARBOR", "name": "Harbor Cafe"})
    outside.operations("POST", "products/", {"code": "BRACKET", "name": "Bracket"})
    body = {"code": "SO-1", "client": "HARBOR", "creation-date": day}
    shippings = [{"due-date": day, "products": [goods]}]
    outside.operations("POST", "sales-orders/", {**body, "shippings": shippings})


@pytest.fixture
def now_site(sqlite_tables: bytes, tmp_path: Path) -> Iterator[Site]:
    """The pages of a hub to which nothing is connected, with this computer's clock and network."""
    file = tmp_path / "first.db"
    file.write_bytes(sqlite_tables)
    configuration = Configuration(database_url=sqlite_url(file), secret_key=SECRET_KEY)
    with open_hub(configuration) as hub, browsing.at(hub) as served:
        yield served


class Visit:
    """Somebody who sets a pairing up for the first time."""

    def __init__(self, page: Page, site: Site, outside: StandIns, operations: str, books: str):
        self.page = page
        self.site = site
        self.outside = outside
        self.operations = operations
        self.books = books
        self.connector: WebConnector | None = None
        self.closing = ExitStack()

    # -- what the person does ----------------------------------------------------------------

    def choose(self) -> None:
        self.page.goto("/welcome")
        self.page.check(f'input[value="{self.operations}/{self.books}"]')
        self.page.get_by_role("button", name="Begin").click()

    def fill(self, **values: str) -> None:
        """Fill the form of the step that is next; what few need is unfolded first."""
        expect(self.page.locator(f"#f-{next(iter(values))}")).to_be_attached()
        for fold in self.page.locator("details.fold:not([open]) > summary").all():
            fold.click()
        for name, value in values.items():
            field = self.page.locator(f"#f-{name}")
            if field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def connect_operations(self, **other: str) -> None:
        self.fill(**{**self.operations_typed(), **other})
        self.page.locator("#step-operations form button").last.click()

    def connect_books(self) -> None:
        {"quickbooks-desktop": self._company_file, "quickbooks-online": self._online}[self.books]()

    def link_and_set(self) -> None:
        self.page.get_by_role("button", name="Link both systems").click()
        self.page.wait_for_selector("#step-link.done")
        desk.set_settings(self.site.hub, 1, self._settings(), "Mara Quill")
        notice_rules.add(self.site.hub, "Desk", "webhook", _NOBODY, "Mara Quill")
        for _run in range(2):
            self.let_all_run()
        self.page.reload()
        while self.page.get_by_role("button", name="It is so").count():
            self.page.get_by_role("button", name="It is so").first.click()

    def send_first(self) -> None:
        self.page.get_by_role("button", name=re.compile("Send .* to QuickBooks")).first.click()
        for _run in range(2):
            self.let_all_run()

    # -- what happens outside ----------------------------------------------------------------

    def let_all_run(self) -> None:
        """The hub drives what it calls, and the Web Connector comes."""
        verbs.run(self.site.hub, [finding.link_named(self.site.hub, 1)])
        if self.connector is not None:
            self.connector.run_once()

    def operations_typed(self) -> dict[str, str]:
        """What lets the hub into the operations system."""
        if self.operations == "autotask":
            return {
                "name": "Service desk",
                "api_user": AUTOTASK_USER,
                "secret": AUTOTASK_SECRET,
                "integration_code": AUTOTASK_CODE,
                "base_url": f"{self.outside.autotask_url}/ATServicesRest/",
                "time_zone": self.outside.time_zone,
            }
        key, secret = self.outside.credentials
        return {
            "name": "Shop floor",
            "key": key,
            "secret": secret,
            "base_url": self.outside.fusion_url,
            "time_zone": self.outside.time_zone,
        }

    def _company_file(self) -> None:
        self.page.locator("#step-books form button").last.click()
        password = self.page.locator(".secret code").inner_text()
        with self.page.expect_download() as saved:
            self.page.get_by_role("link", name="Download the file").click()
        file = parse_qwc(Path(saved.value.path()).read_text())
        self.page.get_by_role("link", name="I have it, go on").click()
        here = replace(file, app_url=f"{self.site.url}/qbwc")
        company = RemoteCompany(self.outside.quickbooks_url)
        self.closing.callback(company.close)
        client = self.closing.enter_context(httpx2.Client(timeout=60))
        self.connector = WebConnector(here, password, company, client=client)
        self.connector.add()
        self.connector.run_once()
        # The page sees the call by itself.
        self.page.wait_for_selector("#step-first-call.done")
        self.page.locator("#do-test-access").click()
        self.connector.run_once()
        self.page.wait_for_selector("#step-right-company.done")

    def _online(self) -> None:
        self.fill(**self.online_typed())
        self.page.locator("#step-books form button").last.click()
        self.sign_in_online(2)
        self.page.wait_for_url("**/connect/2/connected")
        self.page.goto(f"/welcome/{self.operations}/{self.books}?desk=1&file=2")

    def online_typed(self) -> dict[str, str]:
        """What QuickBooks Online knows the hub by."""
        return {
            "client_id": ONLINE_CLIENT_ID,
            "client_secret": ONLINE_CLIENT_SECRET,
            "environment": "sandbox",
            "base_url": self.outside.online_url,
            "sign_in_url": self.outside.online_url,
        }

    def sign_in_online(self, connection: int) -> None:
        """Press Connect, choose the company at Intuit's page, and allow it."""
        found = finding.connection_named(self.site.hub, connection)
        self.outside.register(accounts.how_to_connect(self.site.hub, found).redirect_uri)
        self.page.get_by_role(
            "button", name=re.compile("^Connect .*to QuickBooks|^Connect to")
        ).click()
        self.page.wait_for_url("**/connect/oauth2**")
        company = self.page.locator(f'[name="company"][value="{ONLINE_REALM}"]')
        if company.count() and company.get_attribute("type") == "radio":
            company.check()
        self.page.locator('button[value="connect"]').click()

    def _settings(self) -> tuple[str, ...]:
        income = _INCOME[self.books]
        online = self.books == "quickbooks-online"
        if self.operations == "autotask":
            return (
                "purchase-order-out.mode=manual",
                "purchase-order-out.look_back_days=3650",
                f"purchase-order-out.income_account={income}",
                "purchase-order-out.to_dos=off",
                *(
                    _OF_ONLINE
                    if online
                    else ("stock-count-out.adjustment_account=Cost of Goods Sold",)
                ),
            )
        return (
            "sales-order-out.mode=manual",
            "sales-order-out.create_missing_customers=true",
            "sales-order-out.create_missing_items=true",
            f"sales-order-out.income_account={income}",
        )


_OF_ONLINE = (
    "purchase-order-out.payables_account=Accounts Payable (A/P)",
    "purchase-order-out.expense_account=Cost of Goods Sold",
    "purchase-order-out.create_missing_items=true",
    "purchase-order-out.create_missing_vendors=true",
    "general.several_currencies=no",
)


def visit(browse: Browse, site: Site, outside: StandIns, *pair: str, **more: Any) -> Visit:
    if pair[1] == "quickbooks-desktop":
        # A Web Connector takes no numbers for addresses.
        local = site.url.replace("127.0.0.1", "localhost")
        site.hub.configuration = replace(site.hub.configuration, public_url=local)
    page = browse(site, Scope.ADMINISTER, elsewhere=[outside.online_url], **more)
    return Visit(page, site, outside, *pair)


@pytest.mark.parametrize("books", ["quickbooks-desktop", "quickbooks-online"])
@pytest.mark.parametrize("operations", ["fusion-operations", "autotask"])
def test_from_nothing_to_the_first_order(
    browse: Browse, now_site: Site, outside: StandIns, operations: str, books: str
) -> None:
    """Whoever follows the page, step by step, has the first order in the books at its end."""
    person = visit(browse, now_site, outside, operations, books)
    with person.closing:
        person.choose()
        person.connect_operations()
        person.page.wait_for_selector("#step-operations.done")
        person.connect_books()
        person.link_and_set()
        person.send_first()

    person.page.reload()
    person.page.wait_for_selector("#step-first-order.done")


@pytest.mark.parametrize(
    "operations, said",
    [
        ("fusion-operations", "The key or the secret is wrong"),
        ("autotask", "its secret or the tracking identifier is wrong"),
    ],
)
def test_a_wrong_token_is_told_and_put_right(
    browse: Browse, now_site: Site, outside: StandIns, operations: str, said: str
) -> None:
    """The sentence stands at the field; everything else is still typed, and the right one works."""
    person = visit(browse, now_site, outside, operations, "quickbooks-desktop")
    right = person.operations_typed()
    person.choose()
    person.connect_operations(secret="wrong")
    page = person.page
    assert said in page.locator("#wrong-secret").inner_text()
    for name, value in right.items():
        kept = "" if name in _SECRET else value
        assert page.locator(f"#f-{name}").input_value() == kept, name

    person.fill(**{name: right[name] for name in _SECRET if name in right})
    page.locator("#step-operations form button").last.click()
    page.wait_for_selector("#step-operations.done")


def test_a_wrong_client_secret_is_told_and_put_right(
    browse: Browse, now_site: Site, outside: StandIns
) -> None:
    """QuickBooks Online tells it after the sign-in: the page says so, and leads to the field."""
    person = visit(browse, now_site, outside, "fusion-operations", "quickbooks-online")
    page = person.page
    page.goto("/connections/new/quickbooks-online")
    person.fill(name="Books online", **{**person.online_typed(), "client_secret": "wrong"})
    page.locator("main form button[type='submit']").last.click()
    person.sign_in_online(1)
    expect(page.get_by_role("alert")).to_contain_text("with this client secret")

    page.get_by_role("link", name="Change the keys").click()
    assert page.locator("#f-client_id").input_value() == ONLINE_CLIENT_ID
    person.fill(client_secret=ONLINE_CLIENT_SECRET)
    page.locator("main form button[type='submit']").last.click()
    page.goto("/connect/1")
    person.sign_in_online(1)
    expect(page.get_by_role("heading", level=1)).to_contain_text("is connected to")
