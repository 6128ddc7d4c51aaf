"""The pages of connections: how each stands, adding, changing, removing, secrets shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from counterfoil.api import tokens
from counterfoil.console.connections.fields import fields_of
from counterfoil.hub import accounts, finding
from counterfoil.hub.scopes import Scope
from counterfoil.hub.systems import SYSTEMS
from counterfoil.ledger import connections
from counterfoil.ledger.database import sqlite_url
from counterfoil.settings import SystemName
from tests.hub.test_history import link_more, queries
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World, open_world

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """Somebody who has signed in, and may administer unless said otherwise."""

    def __init__(self, world: World, scope: Scope = Scope.ADMINISTER) -> None:
        self.world = world
        self.http = Visitor(world.hub).http
        names = tokens.all_tokens(world.hub)
        _number, token = tokens.add(world.hub, f"console-{len(names)}", "tests", scope=scope)
        self.http.headers["Authorization"] = f"Bearer {token}"

    def see(self, path: str, status: int = 200) -> str:
        """Open a page; gives its text."""
        answer = self.http.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def press(self, path: str, status: int = 303, **form: object) -> httpx2.Response:
        """Send a form of ours."""
        answer = self.http.post(path, data=form, headers=SAME_SITE)
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture(scope="module")
def shared(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company that lives on from test to test, and is left as it was found."""
    file = tmp_path_factory.mktemp("connections") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        yield opened


@pytest.fixture
def calm_browser(calm: World) -> Browser:
    """Somebody who looks at the calm company."""
    return Browser(calm)


@pytest.fixture
def browser(shared: World) -> Browser:
    """Somebody who changes things."""
    return Browser(shared)


@contextmanager
def told_by(world: World, facts: Mapping[str, Any]) -> Iterator[None]:
    """Have the company file tell this of itself for a while."""
    before = finding.connection_named(world.hub, world.books_id)
    with world.hub.database.writing() as tx:
        connections.change(tx, before.id, facts=facts)
    yield
    with world.hub.database.writing() as tx:
        connections.change(tx, before.id, facts=before.facts)


class TestTheForms:
    @pytest.mark.parametrize("system", [*SystemName])
    def test_every_credential_has_a_field(self, system: SystemName) -> None:
        """What the register asks for can be typed, and nothing else: no option is terminal-only."""
        asked = {each.name for each in SYSTEMS[system].form.credentials}
        assert {each.name for each in fields_of(system)} == asked

    @pytest.mark.parametrize("system", [*SystemName])
    def test_what_is_secret_is_typed_blindly(
        self, calm_browser: Browser, system: SystemName
    ) -> None:
        """Secrets are fields of passwords, which browsers neither show nor give back."""
        page = calm_browser.see(f"/connections/new/{system.value}")
        for each in fields_of(system):
            assert (f'name="{each.name}" type="password"' in page) == each.is_secret


class TestLooking:
    def test_the_list_says_how_each_stands(self, calm_browser: Browser) -> None:
        """Each connection with its system, its health in a word, and what uses it."""
        page = calm_browser.see("/connections")

        assert "Shop floor" in page
        assert "QuickBooks Desktop" in page
        assert "Works" in page

    @pytest.mark.parametrize("as_", ["csv", "xlsx"])
    def test_the_list_is_a_file_as_well(self, calm_browser: Browser, as_: str) -> None:
        """Whoever wants the list in a spreadsheet gets it."""
        answer = calm_browser.http.get("/connections/export", params={"format": as_})
        assert answer.status_code == 200
        assert f"connections.{as_}" in answer.headers["content-disposition"]

    def test_a_company_file_shows_its_steps(self, calm_browser: Browser) -> None:
        """The page of a company file is the checklist, with what is known beside it."""
        page = calm_browser.see(f"/connections/{calm_browser.world.books_id}")

        assert "Add Counterfoil to the Web Connector" in page
        assert "Test access" in page
        assert "Ines" in page

    def test_what_a_file_told_of_itself_is_worded(self, browser: Browser) -> None:
        """Days and flags as elsewhere, the company in a sentence with one full stop."""
        world = browser.world
        known = finding.connection_named(world.hub, world.books_id).facts
        told = {"company_name": "Larkspur Fixtures Co.", "classes": True, "file_id": "{4711}"}
        with told_by(world, {**known, **told, "closing_date": "2026-01-31"}):
            page = browser.see(f"/connections/{world.books_id}")

        assert "<dt>Classes</dt><dd>kept</dd>" in page
        assert "<dt>Books closed up to</dt><dd>2026-01-31</dd>" in page
        assert "It is Larkspur Fixtures Co.<" in page
        assert "{4711}" not in page

    def test_no_command_is_told(self, calm_browser: Browser) -> None:
        """Whoever reads a page has buttons: no sentence on it names a command."""
        for each in (calm_browser.world.books_id, calm_browser.world.operations_id):
            assert "counterfoil connections" not in calm_browser.see(f"/connections/{each}")

    def test_who_may_only_look_sees_no_button(self, calm: World) -> None:
        """What somebody may not do is not offered, and refused where they try it all the same."""
        reader = Browser(calm, Scope.READ)

        assert "Remove…" not in reader.see(f"/connections/{calm.books_id}")
        reader.press(f"/connections/{calm.books_id}/password", status=403)

    def test_one_that_is_not_there_is_a_page(self, calm_browser: Browser) -> None:
        """A wrong address is told in words."""
        calm_browser.see("/connections/4711", status=404)


class TestAdding:
    def test_a_company_file_and_its_password_once(self, browser: Browser) -> None:
        """The first password is shown on the page that answers, and on no other."""
        form = {"name": "First file", "way": "web-connector"}
        page = browser.press("/connections/new/quickbooks-desktop", status=200, **form).text
        shown = re.search(r'<div class="secret"><code>([^<]+)</code>', page)
        assert shown is not None

        made = finding.connection_named(browser.world.hub, "First file")
        assert shown[1] not in browser.see(f"/connections/{made.id}")
        assert "<QBWCXML>" in browser.see(f"/connections/{made.id}/qwc")

    def test_with_an_agent_it_is_a_token(self, browser: Browser) -> None:
        """Who chose the agent sees its token, with the address that it asks for."""
        form = {"name": "Second file", "way": "agent"}
        page = browser.press("/connections/new/quickbooks-desktop", status=200, **form).text
        assert "The token of the agent" in page
        assert "Address of this hub" in page

    def test_a_wrong_secret_is_told_beside_its_field(self, browser: Browser) -> None:
        """What was typed is tried; everything but secrets is still there, with what is wrong."""
        form = {**browser.world.credentials, "name": "Again", "key": "k", "secret": "wrong-secret"}
        page = browser.press("/connections/new/fusion-operations", status=400, **form).text

        assert 'id="wrong-secret"' in page
        assert 'value="Again"' in page
        assert "wrong-secret" not in page.replace('id="wrong-secret"', "").replace(
            'wrong-secret"', ""
        )

    def test_what_is_missing_is_told_beside_each_field(self, browser: Browser) -> None:
        """All that is missing is said at once."""
        page = browser.press("/connections/new/autotask", status=400).text
        for name in ("name", "api_user", "secret", "integration_code"):
            assert f'id="wrong-{name}"' in page

    def test_an_address_without_encryption_is_refused_at_its_field(self, browser: Browser) -> None:
        """The cure is told by the field's label, not by an option of a command."""
        form = {"name": "A", "key": "k", "secret": "s", "base_url": "http://fo.example"}
        page = browser.press("/connections/new/fusion-operations", status=400, **form).text

        assert 'id="wrong-base_url"' in page
        assert "“Allow an address that is not encrypted”" in page


class TestChanging:
    def test_only_what_differs_is_changed(self, browser: Browser) -> None:
        """A new name leaves everything else, the secret as well."""
        world = browser.world
        browser.press(f"/connections/{world.operations_id}/change", name="Workshop", secret="")
        assert finding.connection_named(world.hub, "Workshop").id == world.operations_id
        assert world.read_operations().problem is None
        browser.press(f"/connections/{world.operations_id}/change", name="Shop floor")

    def test_a_secret_that_does_not_work_is_not_kept(self, browser: Browser) -> None:
        """A wrong secret is refused beside its field, and what worked goes on."""
        world = browser.world
        way = f"/connections/{world.operations_id}/change"
        page = browser.press(way, status=400, name="Shop floor", secret="wrong").text

        assert 'id="wrong-secret"' in page
        assert world.read_operations().problem is None


class TestSteps:
    def test_a_press_has_a_step_tried(self, browser: Browser) -> None:
        """What was asked for waits for the next call, and the page says so by itself."""
        way = f"/connections/{browser.world.books_id}"
        browser.world.sync()
        browser.press(f"{way}/steps/test-access")
        waiting = browser.see(way)
        assert "when it calls, tries it" in waiting
        assert 'hx-trigger="every 3s"' in waiting

        browser.world.sync()
        assert "waiting since" not in browser.see(way)

    def test_testing_a_called_system_tells_each_step(self, browser: Browser) -> None:
        """The page that answers shows what was tried."""
        way = f"/connections/{browser.world.operations_id}/test"
        assert "Sign in with key and secret" in browser.press(way, status=200).text

    def test_a_form_from_elsewhere_does_nothing(self, browser: Browser) -> None:
        """Another site's form makes no password."""
        way = f"/connections/{browser.world.books_id}/password"
        answer = browser.http.post(way, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


class TestRemoving:
    def test_what_a_link_needs_stays(self, browser: Browser) -> None:
        """Why it cannot be removed is told before anybody presses."""
        page = browser.see(f"/connections/{browser.world.books_id}/remove")
        assert "is part of the link" in page
        browser.press(f"/connections/{browser.world.books_id}/remove", status=409)

    def test_there_and_back(self, browser: Browser) -> None:
        """It is gone from use, and comes back with a press."""
        hub = browser.world.hub
        made = accounts.add_connection(hub, SystemName.QUICKBOOKS_DESKTOP, "Spare", {}, ACTOR).id
        browser.press(f"/connections/{made}/remove")
        assert "Removed" in browser.see("/connections")
        browser.press(f"/connections/{made}/restore")
        assert finding.connection_named(hub, "Spare").is_active


class TestLists:
    def test_a_list_is_found_in_and_exported(self, calm_browser: Browser) -> None:
        """Names are found by a part of them; the whole list is a file as well."""
        way = f"/connections/{calm_browser.world.books_id}/lists/items"
        assert "BOLT" in calm_browser.see(f"{way}?q=bol")
        assert "Nothing bears that name" in calm_browser.see(f"{way}?q=zzz")
        assert "BOLT" in calm_browser.see(f"{way}/export?format=csv")

    def test_one_that_was_not_read_is_not_empty(self, calm_browser: Browser) -> None:
        """Looking asks for nothing; a press lets the next run read it."""
        way = f"/connections/{calm_browser.world.books_id}/lists/classes"
        assert "has not been read yet" in calm_browser.see(way)
        calm_browser.press(f"{way}/read")


class TestPeople:
    def test_somebody_is_added_and_removed(self, browser: Browser) -> None:
        """Each gets a user name, a file and a password of their own, shown once."""
        way = f"/connections/{browser.world.books_id}"
        page = browser.press(f"{way}/people", status=200, name="Noor").text
        assert "The password of Noor" in page
        assert "Noor" in browser.see(way)

        who = accounts.people_of(
            browser.world.hub, finding.connection_named(browser.world.hub, browser.world.books_id)
        )[0]
        assert "What it leaves" in browser.see(f"{way}/people/{who.id}/remove")
        browser.press(f"{way}/people/{who.id}/remove")
        assert "Noor" not in browser.see(way).replace("Noor&#39;s Web Connector", "")


def test_many_connections_cost_as_many_questions_as_two(world: World) -> None:
    """How they stand is asked once for all of them, not once for each."""
    browser = Browser(world)
    browser.see("/connections")
    few = queries(world.hub, lambda: browser.see("/connections"))
    link_more(world, 5)
    text = browser.see("/connections")
    assert "quickbooks-desktop 4" in text
    assert queries(world.hub, lambda: browser.see("/connections")) == few
