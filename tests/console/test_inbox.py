"""The inbox's pages: the list, one case with what would happen, and the press that does it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from counterfoil.api import tokens
from counterfoil.hub import desk, inbox
from counterfoil.hub.inbox import Case
from counterfoil.hub.inbox._done import kept
from counterfoil.hub.scopes import Scope
from counterfoil.ledger import connections
from counterfoil.told import Told
from tests.hub.test_life import amend
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.visitors import Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def owner(world: World, name: str = "Mara") -> Visitor:
    """Somebody who may do everything."""
    return Visitor(world.hub).sign_in(world.hub, name)


def with_scope(world: World, scope: Scope) -> Visitor:
    """Somebody who may do no more than this."""
    visitor = Visitor(world.hub)
    name = f"only {scope.value}"
    if name in {each.name for each in tokens.all_tokens(world.hub)}:
        tokens.remove(world.hub, name, "tests")
    _number, token = tokens.add(world.hub, name, "tests", scope=scope)
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    return visitor


def case_of(world: World) -> Case:
    """The first case, with its documents."""
    return inbox.with_documents(world.hub, inbox.cases(world.hub)[:1])[0]


def press(visitor: Visitor, case: Case, cure: str, **fields: Any) -> httpx2.Response:
    """Send the form of a case as the page shows it."""
    form = {
        "cure": cure,
        "stand": case.stand,
        "d": [each.token for each in case.documents],
        **fields,
    }
    return visitor.http.post(f"/inbox/{case.key}", data=form, headers=SAME_SITE)


def told(visitor: Visitor) -> str:
    """What the next page says of what was done."""
    text = visitor.http.get("/inbox").text
    found = re.search(r'<div class="toast"><p>(.*?)</p>', text, re.DOTALL)
    return html.unescape(found[1]) if found else ""


@contextmanager
def broken(world: World, problem: Told) -> Iterator[None]:
    """Have the operations system be out of reach for a while."""
    for each in (problem, None):
        with world.hub.database.writing() as tx:
            connections.change(tx, world.operations_id, last_problem=each)
        if each is not None:
            yield


@pytest.fixture
def stopped(world: World) -> World:
    """A company with two orders for a customer that the books know by another name."""
    world.set("sales-order-out.create_missing_customers=false")
    world.enter_books(customer("PICNIC"))
    world.order("SO-1", "PICNIC-LTD", "2 BOLT 1.50")
    world.order("SO-2", "PICNIC-LTD", "1 BOLT 1.50")
    world.sync()
    return world


class TestList:
    def test_a_case_with_its_first_cure(self, calm: World) -> None:
        """A row says what, whose, who acts and since when; its button leads to what would be."""
        text = owner(calm).http.get("/inbox").text
        case = case_of(calm)

        assert "1 document waits for a person, for 1 cause." in text
        assert "The customer “NOBODY” is not in QuickBooks." in text
        assert "bookkeeper" in text
        assert f'href="/inbox/{case.key}?cure=use-record"' in text
        assert "Leave out for good…" in text

    def test_by_who_acts(self, calm: World) -> None:
        """Those for whom there is nothing are told so, and where there is something."""
        text = owner(calm).http.get("/inbox?for=operations").text

        assert "Nothing here for them" in text
        assert owner(calm).http.get("/inbox?for=nobody").status_code in (400, 422)

    def test_an_empty_inbox_is_calm(self, world: World) -> None:
        """Nothing to do is one sentence."""
        assert "Nothing needs you" in owner(world).http.get("/inbox").text

    def test_whoever_may_only_look_sees_no_buttons(self, calm: World) -> None:
        """A viewer sees what is wrong and may not decide."""
        viewer = with_scope(calm, Scope.READ)
        case = case_of(calm)

        assert "cure=" not in viewer.http.get("/inbox").text
        assert '<button class="button primary"' not in viewer.http.get(f"/inbox/{case.key}").text
        assert press(viewer, case, "retry").status_code == 403

    def test_the_list_as_a_file(self, calm: World) -> None:
        """Every document with its cause, for spreadsheets."""
        answer = owner(calm).http.get("/inbox/export?format=csv")
        header, line = answer.text.splitlines()

        assert header.startswith("key,cause,advice,acts,first,link,since,number,party")
        assert "SO-2,NOBODY" in line

    def test_what_went_over_the_wire_is_for_whoever_helps(self, calm: World) -> None:
        """A broken connection is a sentence; what was seen lies beneath a fold, and in the JSON."""
        seen = "GET /v1.0/zoneInformation, ConnectError"
        with broken(calm, Told("Fusion Operations cannot be reached.", detail=seen)):
            visitor, case = owner(calm), case_of(calm)
            pages = {to: visitor.http.get(to).text for to in ("/", "/inbox", "/links/1")}
            fold = visitor.http.get(f"/inbox/{case.key}").text.partition("For whoever helps you")[2]
            told = inbox.shown(case)

        for to, text in pages.items():
            assert "Fusion Operations cannot be reached.<" in text, to
            assert "zoneInformation" not in text, to
        assert seen in fold
        assert (told.sentence[-11:], told.detail) == ("be reached.", seen)

    def test_records_that_could_not_be_read(self, world: World) -> None:
        """They are a case of operations, and its page lists them."""
        world.orders(1)
        world.shop_line.rewrite = lambda text: text.replace(
            '"status":"open"', '"status":"dreaming"'
        )
        world.read_operations()
        visitor = owner(world)

        assert "1 record could not be read" in visitor.http.get("/inbox").text
        text = visitor.http.get(f"/inbox/{case_of(world).key}").text
        assert "dreaming" in text
        assert "sales order SO-1" in text


class TestCase:
    def test_what_would_happen_is_told_first(self, stopped: World) -> None:
        """The page names the record, the documents, the effect and the way back."""
        case = case_of(stopped)
        text = owner(stopped).http.get(f"/inbox/{case.key}").text

        assert "Which customer is meant?" in text
        assert "one name begins with the other" in text
        assert "2 orders, 4.50, go to QuickBooks with the customer PICNIC." in text
        assert "Can be undone until they leave" in text
        assert "Use PICNIC and send 2" in text

    def test_a_cured_name_is_no_open_question_on_the_page_of_names(self, stopped: World) -> None:
        """What was chosen in the inbox stands among what is decided, on either side."""
        visitor = owner(stopped)
        lists = {"operations": "PICNIC-LTD", "books": "PICNIC"}
        path = "/links/1/names/customers?of={}&fits={}"
        for side, name in lists.items():
            assert f"Tick {name}" in visitor.http.get(path.format(side, "open")).text
        press(visitor, case_of(stopped), "use-record", answer="PICNIC")

        for side, name in lists.items():
            assert f"Tick {name}" not in visitor.http.get(path.format(side, "open")).text
            assert f"Tick {name}" in visitor.http.get(path.format(side, "decided")).text

    def test_fewer_documents_are_told_as_fewer(self, stopped: World) -> None:
        """Whoever unticks a document is told of one only."""
        case = case_of(stopped)
        query = {"stand": case.stand, "d": case.documents[0].token}
        text = owner(stopped).http.get(f"/inbox/{case.key}", params=query).text

        assert "Use PICNIC and send 1" in text

    def test_all_of_a_case_that_is_not_shown_whole(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All are meant at first; once one that is shown is unticked, only what is ticked is."""
        monkeypatch.setattr(inbox.with_documents, "__kwdefaults__", {"limit": 1, "after": 0})
        visitor, case = owner(stopped), case_of(stopped)
        text = visitor.http.get(f"/inbox/{case.key}").text
        assert "All 2, not only the 1 that are shown" in text
        assert "Use PICNIC and send 2" in text

        press(visitor, case, "skip", all="1", answer="By hand")
        assert told(visitor) == "2 orders are left out."

    def test_all_that_are_others_by_now(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever meant all, and did not see what came since, does nothing yet and hears of it."""
        monkeypatch.setattr(inbox.with_documents, "__kwdefaults__", {"limit": 1, "after": 0})
        visitor, case = owner(stopped), case_of(stopped)
        stopped.order("SO-3", "PICNIC-LTD", "1 BOLT 1.50")
        stopped.sync()

        press(visitor, case, "skip", all="1", answer="By hand")
        assert "Look once more" in told(visitor)
        assert set(stopped.states().values()) == {"refused"}

    def test_search(self, stopped: World) -> None:
        """What is typed is looked for among all records; nothing found is told."""
        visitor, case = owner(stopped), case_of(stopped)

        found = visitor.http.get(f"/inbox/{case.key}", params={"q": "pic"}).text
        assert 'value="PICNIC"' in found
        nothing = visitor.http.get(f"/inbox/{case.key}", params={"q": "zzz"}).text
        assert "QuickBooks has none with “zzz” in its name." in nothing

    def test_a_case_that_is_over_says_so(self, calm: World) -> None:
        """An old address is a page of ours, and leads on."""
        answer = owner(calm).http.get("/inbox/0123456789ab")

        assert answer.status_code == 404
        assert "This has been solved" in answer.text

    def test_an_open_case_hears_that_it_has_moved(self, stopped: World) -> None:
        """Whoever has a case open is told when it is another one by now; nothing is taken away."""
        case = case_of(stopped)
        desk.skip(stopped.hub, [case.documents[0].id], "Ben")
        text = owner(stopped).http.get(f"/inbox/{case.key}", params={"stand": case.stand}).text

        assert "Something has changed here since you looked" in text


class TestPress:
    def test_cured_and_arrived_and_told(self, stopped: World) -> None:
        """The press says what it did, and the orders arrive."""
        visitor, case = owner(stopped), case_of(stopped)
        answer = press(visitor, case, "use-record", answer="PICNIC")

        assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
        assert told(visitor) == "2 orders are on their way to QuickBooks as “PICNIC”."
        stopped.settle()
        stopped.check_exactly_once("SO-1", "SO-2")

    def test_undo(self, stopped: World) -> None:
        """The toast's own form takes it back."""
        visitor, case = owner(stopped), case_of(stopped)
        press(visitor, case, "skip", answer="By hand")
        text = visitor.http.get("/inbox").text
        packed = re.search(r'name="done" value="([^"]+)"', text)
        assert packed
        undo = {"done": html.unescape(packed[1])}

        visitor.http.post("/inbox/undo", data=undo, headers=SAME_SITE)
        assert told(visitor) == "2 documents are looked at again."
        visitor.http.post("/inbox/undo", data=undo, headers=SAME_SITE)
        assert "has taken it back already, at " in told(visitor)

    @pytest.mark.parametrize("undo", ["", "{}", "-1", "9999", "9" * 30, "\x00"])
    def test_a_made_up_way_back_does_nothing(self, calm: World, undo: str) -> None:
        """What no page of ours wrote is told as that."""
        visitor = owner(calm)
        answer = visitor.http.post("/inbox/undo", data={"done": undo}, headers=SAME_SITE)

        assert answer.status_code in (303, 400, 422)

    def test_the_second_hears_what_the_first_did(self, stopped: World) -> None:
        """Two people cure one case: the second changes nothing, and hears of the first."""
        case = case_of(stopped)
        press(owner(stopped, "Anna"), case, "skip", answer="By hand")
        ben = owner(stopped, "Ben")
        press(ben, case, "use-record", answer="PICNIC")

        assert told(ben).startswith("Nothing was done twice: Anna")
        assert stopped.states() == {"SO-1": "skipped", "SO-2": "skipped"}

    def test_a_fault_keeps_what_was_typed(self, stopped: World) -> None:
        """No such record: the form again, with the sentence beside it."""
        visitor, case = owner(stopped), case_of(stopped)
        answer = press(visitor, case, "use-record", answer="NOBODY")

        assert answer.status_code == 400
        assert "has no customer “NOBODY”" in html.unescape(answer.text)

    def test_nothing_ticked_is_a_fault(self, stopped: World) -> None:
        """Without a document nothing is done."""
        answer = press(owner(stopped), case_of(stopped), "retry", d=[])

        assert answer.status_code == 400
        assert "Tick at least one document." in answer.text

    def test_a_setting_needs_an_owner(self, stopped: World) -> None:
        """An operator is not offered what changes settings, and may not press it either."""
        operator, case = with_scope(stopped, Scope.OPERATE), case_of(stopped)
        choice = next(each for each in case.cures if each.needs is Scope.ADMINISTER)

        assert choice.label not in operator.http.get("/inbox").text
        assert press(operator, case, choice.choice).status_code == 403

    def test_a_foreign_page_presses_nothing(self, stopped: World) -> None:
        """A form that another site sent is not taken."""
        case = case_of(stopped)
        answer = owner(stopped).http.post(
            f"/inbox/{case.key}",
            data={"cure": "skip", "d": [case.documents[0].token]},
            headers={"Sec-Fetch-Site": "cross-site"},
        )

        assert answer.status_code == 403
        assert set(stopped.states().values()) == {"refused"}


class TestChange:
    def test_both_sides_side_by_side(self, world: World) -> None:
        """What was changed in the books is shown beside the source, both ways out above it."""
        world.orders(1)
        world.settle()
        world.clock.wait(4000)
        amend(world, "SO-1", "5")
        world.settle()
        case = case_of(world)
        text = owner(world).http.get(f"/inbox/{case.key}").text

        assert "SO-1 on both sides" in text
        assert "1 × BOLT at 1.25" in text
        assert "5 × BOLT at 1.25" in text
        assert "Keep what QuickBooks says" in text
        assert "Write what Fusion Operations says" in text


class TestWhatWasDone:
    def test_a_cure_is_taken_back_later(self, stopped: World) -> None:
        """Who did what stands there when its notice is long gone; the second who tries hears so."""
        press(owner(stopped), case_of(stopped), "skip", answer="By hand")
        visitor = owner(stopped, "Ben")
        text = visitor.http.get("/inbox/cures").text
        number = re.search(r'name="done" value="(\d+)"', text)
        assert number is not None
        assert "left out" in text
        assert "Mara" in text
        form = {"done": number[1], "back": "/inbox/cures"}
        answer = visitor.http.post("/inbox/undo", data=form, headers=SAME_SITE)
        assert answer.headers["location"] == "/inbox/cures"

        stopped.sync()
        assert inbox.cases(stopped.hub)
        text = visitor.http.get("/inbox/cures").text
        assert "Taken back by Ben" in text
        assert 'name="done"' not in text

    def test_whoever_may_not_sees_no_way_back(self, calm: World) -> None:
        """A change of settings is taken back by owners, and nothing by whoever only looks."""
        for name in (inbox.CureName.SET, inbox.CureName.SKIP):
            undo = inbox.Undo(name=name, link=1)
            kept(calm.hub, inbox.Cured(sentence="It was done.", undo=undo), "Mara")
        seen = {
            scope: with_scope(calm, scope).http.get("/inbox/cures").text.count('name="done"')
            for scope in (Scope.READ, Scope.OPERATE, Scope.ADMINISTER)
        }

        assert seen == {Scope.READ: 0, Scope.OPERATE: 1, Scope.ADMINISTER: 2}

    def test_page_by_page_and_as_a_file(self, calm: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many there are, each is reached once, the newest first."""
        for number in range(3):
            undo = inbox.Undo(name=inbox.CureName.SKIP, link=1)
            done = inbox.Cured(sentence=f"Cure {number} was done.", undo=undo)
            kept(calm.hub, done, "Mara")
        monkeypatch.setattr("counterfoil.console.inbox.carried_out.PAGE", 2)
        monkeypatch.setattr("counterfoil.console.filters.PAGE", 2)
        visitor = owner(calm)
        first = visitor.http.get("/inbox/cures").text
        older = re.search(r'href="(/inbox/cures\?before=\d+)">Older', first)
        assert older is not None

        second = visitor.http.get(older[1]).text
        made = [f"Cure {number} was done." for number in (2, 1, 0)]
        assert [each in first for each in made] == [True, True, False]
        assert [each in second for each in made] == [False, False, True]
        lines = visitor.http.get("/inbox/cures/export?format=csv").text.splitlines()
        assert len([each for each in lines if "Cure " in each]) == 3
        assert lines[0].startswith("id,link,at,actor,sentence")
