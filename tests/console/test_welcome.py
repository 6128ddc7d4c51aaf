"""The first visit: a pairing is chosen, set up step by step, left and come back to; or tried."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient

from counterfoil.api import tokens
from counterfoil.console.app import create_app
from counterfoil.hub import accounts, checklist, guide, stand_ins
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import SystemName
from tests.support.visitors import STRANGER, Visitor, seated
from tests.support.world import ACTOR, World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
DESKTOP = "/welcome/fusion-operations/quickbooks-desktop"


def browser(hub: Hub, scope: Scope = Scope.ADMINISTER) -> TestClient:
    """Somebody who has signed in."""
    found = Visitor(hub).http
    _number, token = tokens.add(hub, f"first visit, {scope}", "tests", scope=scope)
    found.headers["Authorization"] = f"Bearer {token}"
    return found


@dataclass
class Shelf:
    """Stand-ins that only note what is asked of them."""

    hub: Hub
    asked: list[str] = field(default_factory=list)
    doing: str | None = None
    problem: str | None = None

    def begin(self, operations: SystemName, books: SystemName, actor: str) -> None:
        self.asked.append(f"{operations.value} with {books.value}")
        self.doing = "Starting the stand-ins"

    def end(self, actor: str) -> None:
        self.doing = None
        stand_ins.end_trial(self.hub, actor)
        stand_ins.throw_away(self.hub, actor)


class TestChoosing:
    def test_four_pairings_can_be_chosen(self, new_hub: Hub) -> None:
        """Each pairing tells what goes between the two, and what has to be at hand."""
        page = browser(new_hub).get("/welcome").text

        assert page.count('name="pair"') == len(guide.PAIRINGS) == 4
        assert "You need: an API key of Fusion Operations" in page

    def test_choosing_leads_on(self, new_hub: Hub) -> None:
        """The chosen pairing's page is where it begins."""
        answer = browser(new_hub).post(
            "/welcome", data={"pair": "autotask/quickbooks-online"}, headers=SAME_SITE
        )
        assert answer.headers["location"] == "/welcome/autotask/quickbooks-online"

    @pytest.mark.parametrize("pair", guide.PAIRINGS)
    def test_each_begins_with_its_operations_system(
        self, new_hub: Hub, pair: tuple[SystemName, SystemName]
    ) -> None:
        """Nothing is connected yet: the first step asks for what opens the operations system."""
        page = browser(new_hub).get(f"/welcome/{pair[0].value}/{pair[1].value}").text
        assert f'<h1 class="sentence">Connect {pair[0].words}</h1>' in page

    def test_one_that_does_not_exist_is_not_there(self, new_hub: Hub) -> None:
        """An address with a slip is a page that says so."""
        assert browser(new_hub).get("/welcome/autotask/xero").status_code == 404

    def test_who_may_not_change_connections_is_told(self, new_hub: Hub) -> None:
        """Setting up is for those who may administer."""
        assert browser(new_hub, Scope.OPERATE).get("/welcome").status_code == 403


class TestGuided:
    def test_a_wrong_key_is_told_beside_it(self, world: World) -> None:
        """What was typed stays, and the sentence stands at the field that is wrong."""
        form = {**world.credentials, "name": "Other", "key": "nobody", "secret": "wrong"}
        answer = browser(world.hub).post(f"{DESKTOP}/operations", data=form, headers=SAME_SITE)

        assert answer.status_code == 400
        assert 'id="wrong-secret"' in answer.text
        assert "no-check" not in answer.text
        assert 'value="Other"' in answer.text

    def test_a_company_file_begins_with_its_password(self, new_hub: Hub) -> None:
        """Who connects a company file sees its password once, and goes on in the setup."""
        person = browser(new_hub)
        form = {"name": "Books", "way": "web-connector"}
        page = person.post(f"{DESKTOP}/books", data=form, headers=SAME_SITE).text
        shown = re.search(r'<div class="secret"><code>([^<]+)</code>', page)
        assert shown is not None

        after = person.get(f"{DESKTOP}?file=1").text
        assert shown[1] not in after
        assert "Connect Fusion Operations" in after

    def test_it_goes_on_where_it_was_left(self, world: World) -> None:
        """The page alone knows how far it is: nothing is kept in the browser."""
        page = browser(world.hub).get(DESKTOP).text
        assert '<h1 class="sentence">Add Counterfoil to the Web Connector</h1>' in page
        assert 'hx-trigger="every 3s"' in page

    def test_pressed_twice_they_are_linked_once(self, world: World) -> None:
        """The second press leads on as the first did."""
        form = {"desk": world.operations_id, "file": world.books_id}
        answer = browser(world.hub).post(f"{DESKTOP}/link", data=form, headers=SAME_SITE)

        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"{DESKTOP}?desk=")

    def test_the_first_order_is_sent_from_there(self, world: World) -> None:
        """Once everything is ready a few orders are offered, and one press sends one."""
        world.set("sales-order-out.mode=manual")
        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.sync()
        person = browser(world.hub)
        assert "Send SO-1 to QuickBooks" not in person.get(DESKTOP).text
        with world.hub.database.reading() as tx:
            books = connections.load(tx, world.books_id)
        assert books is not None
        guide_step(world, books)

        assert "Send SO-1 to QuickBooks" in person.get(DESKTOP).text
        form = {"flow": "sales-order-out", "number": "SO-1"}
        way = f"/welcome/links/{world.link}/send"
        assert person.post(way, data=form, headers=SAME_SITE).status_code == 303
        world.sync()
        page = person.get(f"{DESKTOP}?desk={world.operations_id}&file={world.books_id}").text
        assert "are in step" in page


def guide_step(world: World, books: connections.Connection) -> None:
    """Somebody has access tested, and the Web Connector calls."""
    checklist.run_step(world.hub, books, "test-access", ACTOR, waits=False)
    world.sync()


class TestTrial:
    @pytest.fixture
    def shelf(self, new_hub: Hub) -> Shelf:
        """Stand-ins beside a hub to which nothing is connected."""
        return Shelf(new_hub)

    @pytest.fixture
    def person(self, new_hub: Hub, shelf: Shelf) -> TestClient:
        """An administrator, where stand-ins can be started."""
        app = create_app(new_hub, trials=shelf)
        _number, token = tokens.add(new_hub, "trial", "tests")
        return TestClient(
            seated(new_hub, app),
            client=STRANGER,
            base_url="http://hub.example:8080",
            headers={"Authorization": f"Bearer {token}"},
            follow_redirects=False,
        )

    def test_one_press_begins_it_once(self, person: TestClient, shelf: Shelf) -> None:
        """The chosen pair is tried; a second press begins nothing more, and progress is told."""
        for _press in range(2):
            form = {"pair": "autotask/quickbooks-desktop"}
            answer = person.post("/welcome/trial", data=form, headers=SAME_SITE)
            assert answer.headers["location"] == "/welcome/trial"

        assert shelf.asked == ["autotask with quickbooks-desktop"]
        assert "Starting the stand-ins…" in person.get("/welcome/trial").text

    def test_every_page_says_that_it_is_a_trial(
        self, person: TestClient, shelf: Shelf, new_hub: Hub
    ) -> None:
        """While a trial is there each page says so, and the way out is on it; then it is gone."""
        stand_ins.begin_trial(new_hub, "Starting the stand-ins")
        accounts.add_connection(
            new_hub, SystemName.QUICKBOOKS_DESKTOP, "Books (trial)", {}, ACTOR, is_trial=True
        )
        assert "<b>Trial.</b> Everything marked" in person.get("/connections").text

        stand_ins.end_trial(new_hub, ACTOR)
        assert "The trial ended" in person.get("/connections").text
        assert person.post("/welcome/trial/end", headers=SAME_SITE).status_code == 303
        assert "Trial." not in person.get("/connections").text

    def test_why_it_did_not_begin_is_told(self, person: TestClient, shelf: Shelf) -> None:
        """A trial that could not be prepared says why, in words."""
        shelf.problem = "The trial could not be prepared. No port is free on this computer."
        assert "No port is free" in person.get("/welcome/trial").text

    def test_where_nobody_can_start_one_none_is_offered(self, new_hub: Hub) -> None:
        """A process without stand-ins does not promise a trial."""
        assert "Start a trial" not in browser(new_hub).get("/welcome").text
