"""Documents: the list, what can be done from it, and each of them in full."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest

from counterfoil.hub import desk, inbox, views
from tests.sandboxes.quickbooks_desktop.desk import modify_line, request, tags
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def look(visitor: Visitor, path: str, status: int = 200) -> str:
    """The page at an address, without the white space between its elements."""
    answer = visitor.http.get(path)
    assert answer.status_code == status, answer.text
    return re.sub(r"\s+", " ", answer.text)


def send(visitor: Visitor, path: str, **form: Any) -> tuple[str, str]:
    """Press a button: where it leads, and what that page tells was done."""
    answer = visitor.http.post(path, data=form, headers=SAME_SITE)
    assert answer.status_code == 303, answer.text
    to = answer.headers["location"]
    told = re.search(r'<div class="toast"><p>(.*?)</p>', look(visitor, to))
    assert told is not None, "nothing was said"
    return to, told[1]


def listed(page: str) -> list[str]:
    """The numbers on a page of the list, in its order."""
    return re.findall(r'<a href="/transfers/\d+">([^<]*)</a>', page)


def id_of(world: World, number: str) -> int:
    """The transfer of a number."""
    return world.row(number).id


class TestTheList:
    def test_a_row_says_who_when_and_how_much(self, reader: Visitor) -> None:
        """Number, customer, day, amount, status and both numbers of each document."""
        page = look(reader, "/documents")
        row = page[page.index("/transfers/1") :].partition("</tr>")[0]
        for said in ("SO-1", "ACME", "Mar", "1.25", "In QuickBooks"):
            assert said in row, said
        assert listed(page) == ["SO-3", "SO-2", "SO-1"]
        for said in ("Ready to send", "Needs attention"):
            assert said in page, said

    @pytest.mark.parametrize(
        "asked, numbers",
        [
            ("status=attention", ["SO-2"]),
            ("status=held", ["SO-3"]),
            ("status=done", ["SO-1"]),
            ("status=resync", []),
            ("kind=sales-order&way=to", ["SO-3", "SO-2", "SO-1"]),
            ("way=from", []),
            ("kind=receipt", []),
            ("q=nobody", ["SO-2"]),
            ("q=acm+2.00", ["SO-3"]),
            ("q=so-1", ["SO-1"]),
            ("link=1&when=days&from=2000-01-01", ["SO-3", "SO-2", "SO-1"]),
            ("when=days&to=2000-01-01", []),
            ("link=99", []),
            ("kind=nonsense&status=?&when=x&from=y&older=z&link=1e9", ["SO-3", "SO-2", "SO-1"]),
        ],
    )
    def test_it_shows_what_is_asked_for(
        self, reader: Visitor, asked: str, numbers: list[str]
    ) -> None:
        """Filters and the search fit together; what an address says wrongly does not matter."""
        assert listed(look(reader, f"/documents?{asked}")) == numbers

    def test_totals_lead_to_what_they_count(self, reader: Visitor) -> None:
        """Each total is a link to the list of those that it counts."""
        page = look(reader, "/documents?kind=sales-order")
        figures = re.findall(r'<a href="([^"]*)"[^>]*><b>(?:<svg.*?</svg>)?(\d+)</b>([^<]*)', page)
        assert {words: int(number) for _way, number, words in figures} == {
            "all": 3,
            "need attention": 1,
            "need resync": 0,
            "ready or held": 1,
            "on their way": 0,
            "being checked": 0,
            "arrived": 1,
            "left out": 0,
        }
        for way, number, _words in figures:
            assert len(listed(look(reader, way.replace("&amp;", "&")))) == int(number)

    def test_pages_keep_what_is_asked_for(
        self, reader: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Older and newer pages keep the filter, and leafing to and fro ends where it began."""
        monkeypatch.setattr("counterfoil.console.documents.leafing.PAGE", 1)
        page, seen = look(reader, "/documents?way=to"), []
        while True:
            seen += listed(page)
            older = re.search(r'<a class="button" href="([^"]*)">Older', page)
            if older is None:
                break
            page = look(reader, older[1].replace("&amp;", "&"))
            assert 'value="to" selected' in page
        assert seen == ["SO-3", "SO-2", "SO-1"]
        for number in ("SO-2", "SO-3"):
            newer = re.search(r'<a class="button" href="([^"]*)">Newer', page)
            assert newer is not None
            page = look(reader, newer[1].replace("&amp;", "&"))
            assert listed(page) == [number]

    def test_who_may_only_look_sees_no_buttons(self, calm: World) -> None:
        """What somebody may not do is not offered, and not done either."""
        viewer = Visitor(calm.hub, client=NEIGHBOUR, base_url="http://localhost:8080")
        page = look(viewer, "/documents?kind=sales-order")
        assert "SO-1" in page
        assert not re.search(r"Send|Retrieve|checkbox", page.partition("<main")[2])
        answer = viewer.http.post("/documents/send", data={"d": "3"}, headers=SAME_SITE)
        assert answer.status_code == 403

    def test_names_are_shown_and_never_run(self, world: World, program: Visitor) -> None:
        """What a customer is called is text, wherever it stands."""
        world.order("SO-<b>", "<script>alert(1)</script>", "1 BOLT 2.00")
        world.read_operations()
        for path in ("/documents", "/documents?q=<script>", "/transfers/1"):
            page = look(program, path)
            assert "<script>alert" not in page
            assert "&lt;script&gt;" in page

    def test_without_documents_it_says_why(self, world: World, program: Visitor) -> None:
        """An empty list says when it fills, and a search without results how to see all."""
        assert "No documents yet" in look(program, "/documents")
        assert "Nothing fits" in look(program, "/documents?q=x")


class TestTheFile:
    def test_a_workbook_holds_real_values_and_totals(self, reader: Visitor) -> None:
        """Days are days, amounts numbers; the header stays in view, and amounts are summed."""
        answer = reader.http.get("/documents/export?format=xlsx&kind=sales-order")
        assert answer.headers["content-disposition"].endswith('documents.xlsx"')
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        header, *rows = sheet.iter_rows(values_only=True)
        first = dict(zip(header, rows[0], strict=True))
        assert (first["Number"], first["Status"]) == ("SO-3", "Ready to send")
        assert isinstance(first["Date"], datetime)
        assert first["Amount"] == pytest.approx(2.0)
        total = dict(zip(header, rows[-1], strict=True))
        assert (total["Number"], total["Amount"]) == ("Total", pytest.approx(5.25))
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == "A1:O4"

    def test_it_holds_what_the_list_shows(self, reader: Visitor) -> None:
        """A file has the rows of the filter in use."""
        text = reader.http.get("/documents/export?format=csv&status=attention").text
        assert [line.partition(",")[0] for line in text.splitlines()] == ["Number", "SO-2"]


class TestSending:
    @pytest.fixture
    def held(self, world: World) -> World:
        """A company with two orders that wait for a person."""
        world.set("sales-order-out.mode=manual")
        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.order("SO-2", "ACME", "3 BOLT 2.00")
        world.read_operations()
        return world

    def test_the_effect_is_shown_first(self, held: World, program: Visitor) -> None:
        """Before anything is sent it is told how many, where to, and what they come to."""
        page = look(program, f"/documents/send?d={id_of(held, 'SO-1')}&d={id_of(held, 'SO-2')}")
        assert "Send 2 sales orders to QuickBooks?" in page
        assert "<b>2</b> become new in QuickBooks." in page
        assert "Together: <b>8.00</b>" in page
        assert held.booked() == []

    def test_pressing_twice_sends_once(self, held: World, program: Visitor) -> None:
        """The second press says that it is about to go, and the books hold one order."""
        form = {"d": id_of(held, "SO-1"), "back": "/documents?status=held"}
        to, told = send(program, "/documents/send", **form)
        assert to == "/documents?status=held"
        assert told == "On the way to QuickBooks: SO-1."
        _to, again = send(program, "/documents/send", **form)
        assert "It is about to go already" in again
        held.settle()
        _to, third = send(program, "/documents/send", **form)
        assert "It has been sent already" in third
        held.settle()
        assert [each["RefNumber"] for each in held.booked()] == ["SO-1"]

    def test_all_that_are_held(self, held: World, program: Visitor) -> None:
        """One press sends every order that waits, and a second one finds none."""
        page = look(program, "/documents/send-all?kind=sales-order")
        assert "<b>2</b> go, as far as the rules let them: 8.00" in page
        _to, told = send(program, "/documents/send-all?kind=sales-order")
        assert told == "On the way to QuickBooks: 2 sales orders."
        assert "Nothing waits to be sent" in look(program, "/documents/send-all?kind=sales-order")
        held.settle()
        assert len(held.booked()) == 2

    def test_what_was_just_sent_can_be_taken_back(self, held: World, program: Visitor) -> None:
        """The message that tells of a press has the way back: then the order waits as before."""
        to, _told = send(program, "/documents/send", d=id_of(held, "SO-1"))
        assert to == "/documents"
        _to, told = send(program, "/documents/call-off", d=id_of(held, "SO-1"))
        assert told == "Waits for you again: SO-1."
        held.settle()
        assert held.booked() == []
        assert held.row("SO-1").state == "held"

    def test_what_has_left_is_not_taken_back(self, held: World, program: Visitor) -> None:
        """Pressed late, the way back takes nothing out of the books, and says so."""
        send(program, "/documents/send", d=id_of(held, "SO-1"))
        held.settle()
        _to, told = send(program, "/documents/call-off", d=id_of(held, "SO-1"))
        assert told.startswith("SO-1: It has left already")
        held.settle()
        assert held.row("SO-1").state == "done"
        assert len(held.booked()) == 1

    def test_what_moved_since_it_was_shown_is_left_alone(
        self, held: World, program: Visitor
    ) -> None:
        """A form that was open while another left the order out sends nothing, and says who."""
        page = look(program, f"/documents/send?d={id_of(held, 'SO-1')}")
        shown = re.findall(r'name="d" value="([\d.]+)"', page)
        desk.skip(held.hub, [id_of(held, "SO-1")], "Ben", because="Entered by hand")

        _to, told = send(program, "/documents/send", d=shown)
        assert told.startswith(
            "SO-1: It has moved since you looked at it, and is skipped now. Ben left it out at "
        )
        assert held.row("SO-1").state == "skipped"

    def test_all_are_those_that_were_shown(self, held: World, program: Visitor) -> None:
        """Of another number of orders than was told nothing goes: it is told anew."""
        page = look(program, "/documents/send-all?kind=sales-order")
        [stand] = re.findall(r'name="stand" value="(\w+)"', page)
        held.order("SO-3", "ACME", "5 BOLT 2.00")
        held.read_operations()

        to, told = send(program, "/documents/send-all?kind=sales-order", stand=stand)
        assert to == "/documents/send-all?kind=sales-order"
        assert told.startswith("Other documents wait by now than you saw")
        assert set(held.states().values()) == {"held"}

    def test_leaving_out_asks_why_and_keeps_it(self, held: World, program: Visitor) -> None:
        """Without a reason the form comes back; with one it is kept with the document."""
        number = id_of(held, "SO-1")
        answer = program.http.post("/documents/skip", data={"d": number}, headers=SAME_SITE)
        assert answer.status_code == 400
        assert "Say why" in answer.text
        send(program, "/documents/skip", d=number, because="A test order")
        assert held.row("SO-1").state == "skipped"
        assert "Left out: A test order" in look(program, f"/transfers/{number}")

    def test_what_is_picked_is_summed(self, held: World, program: Visitor) -> None:
        """The bar beneath the list says how many are picked and what they come to."""
        picked = f"d={id_of(held, 'SO-1')}&d={id_of(held, 'SO-2')}"
        assert "<b>2 selected</b> · 8.00" in look(program, f"/documents/sum?{picked}")
        assert "<b>2 selected</b>" in look(program, "/documents?pick=all")
        assert "<b>Selected</b>" in look(program, "/documents/sum")

    def test_nothing_picked_is_told(self, held: World, program: Visitor) -> None:
        """Who sends nothing, or what is not there, is told so."""
        answer = program.http.get("/documents/send", params={"d": 999})
        assert answer.headers["location"] == "/documents"
        assert send(program, "/documents/send")[1] == "No document was picked."

    def test_the_way_back_stays_here(self, held: World, program: Visitor) -> None:
        """An address of somebody else is no page to go back to."""
        form = {"d": id_of(held, "SO-1"), "back": "//evil.example/"}
        assert send(program, "/documents/send", **form)[0] == "/"


class TestRetrieving:
    def test_since_a_day(self, world: World, program: Visitor) -> None:
        """What is to be retrieved is kept for the next call, with its day."""
        assert "Sales orders from QuickBooks" in look(program, "/documents/retrieve")
        form = {"what": f"{world.link}/sales-order", "since": "2026-01-31"}
        world.set("sales-order-in.mode=automatic")
        _to, told = send(program, "/documents/retrieve", **form)
        assert told.startswith("Sales orders created or changed since 2026-01-31 are retrieved")

    @pytest.mark.parametrize(
        "form, problem",
        [
            ({"what": "7/sales-order"}, "Choose what to retrieve."),
            ({"what": "1/sales-order", "since": "soon"}, "“soon” is no day."),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(
        self, world: World, program: Visitor, form: dict[str, str], problem: str
    ) -> None:
        """The form comes back with what was typed, and says what is wrong."""
        answer = program.http.post("/documents/retrieve", data=form, headers=SAME_SITE)
        assert answer.status_code == 400
        assert problem in answer.text
        assert 'aria-invalid="true"' in answer.text


class TestViews:
    def test_one_is_saved_shown_and_removed(self, world: World, program: Visitor) -> None:
        """A view keeps what the list is asked for, and its removal can be undone."""
        query = "status=held&q=acme"
        to, told = send(program, "/documents/views", name=" Mine ", query=query)
        assert told == "Saved as “Mine”."
        assert parse_qs(urlsplit(to).query) == {"status": ["held"], "q": ["acme"]}
        page = look(program, "/documents")
        assert "Mine" in page
        assert "Mine" not in look(Visitor(world.hub).sign_in(world.hub, "another"), "/documents")
        _to, told = send(program, "/documents/views/1/remove")
        assert told == "The view “Mine” is removed."
        assert "Undo" in page or "Mine" not in look(program, "/documents")

    def test_everybodys(self, world: World, program: Visitor) -> None:
        """A view for everybody is seen by all, and removed under its own address only."""
        send(program, "/documents/views", name="Month end", query="when=month", shared="yes")
        other = Visitor(world.hub).sign_in(world.hub, "another")
        assert "Month end" in look(other, "/documents")
        assert send(other, "/documents/views/1/remove")[1] == "That view is not there any more."
        assert "removed" in send(other, "/documents/shared-views/1/remove")[1]

    @pytest.mark.parametrize("name, problem", [(" ", "Give the view a name"), ("x" * 99, "60")])
    def test_a_name_is_needed(
        self, world: World, program: Visitor, name: str, problem: str
    ) -> None:
        """Without a name, or with too long a one, the form comes back and says so."""
        answer = program.http.post(
            "/documents/views", data={"name": name, "query": ""}, headers=SAME_SITE
        )
        assert answer.status_code == 400
        assert problem in answer.text


class TestADocument:
    def test_both_sides_and_its_life(self, calm: World, reader: Visitor) -> None:
        """What was sent, how it arrived, and where it belongs."""
        page = look(reader, f"/transfers/{id_of(calm, 'SO-1')}")
        for said in ("SO-1 · ACME", "In QuickBooks", "Arrived in QuickBooks as sales order SO-1"):
            assert said in page, said
        for said in ("Both sides", "as it answered", "not read yet", "answered in under 1 s"):
            assert said in page, said
        for said in ("BOLT", "Sent to QuickBooks", "Belongs to", "Exchanges"):
            assert said in page, said

    def test_one_that_stopped_shows_the_way_out(self, calm: World, reader: Visitor) -> None:
        """The sentence, who can help, and the case of the inbox that cures it."""
        number = id_of(calm, "SO-2")
        page = look(reader, f"/transfers/{number}")
        assert "The customer “NOBODY” is not in" in page
        cases = [each.key for each in inbox.cases(calm.hub)]
        assert any(f'href="/inbox/{key}"' in page for key in cases)
        assert 'commandfor="do-send">Try again…' in page

    def test_a_difference_is_marked(self, world: World, program: Visitor) -> None:
        """What somebody changed in the books stands beside what was sent, with both values."""
        number = _changed_there(world)
        page = look(program, f"/transfers/{number}")
        assert "Needs resync" in page
        assert re.search(r"differs: </span>1</span><span class=\"help\">QuickBooks 5<", page)
        assert "<del>5</del> becomes <ins>1</ins>" in page
        key = next(iter(inbox.cases(world.hub))).key
        assert f'href="/inbox/{key}"' in page

    def test_keeping_theirs(self, world: World, program: Visitor) -> None:
        """Who keeps what stands in the books has nothing left to do."""
        number = _changed_there(world)
        _to, told = send(program, "/documents/accept", d=number)
        assert told.startswith("Kept as in QuickBooks")
        assert world.row("SO-1").state == "done"

    def test_what_is_not_there_is_said_so(self, reader: Visitor) -> None:
        """A number that is none is answered with a page."""
        assert "no document 999" in look(reader, "/transfers/999", status=404)

    def test_what_belongs_to_it_is_linked(self, world: World, program: Visitor) -> None:
        """An order of which goods came in three parts names their receipts, and they name it."""
        world.set("receipt-out.mode=automatic")
        world.set("purchase-order-out.mode=automatic")
        world.purchase("PO-1", "SUPPLY", "9 BOLT 1.00")
        world.read_operations()
        for part in ("2", "3", "4"):
            world.receive("PO-1", f"{part} BOLT")
            world.read_operations()
        order = next(row for row in desk.rows(world.hub) if row.flow == "purchase-order-out")
        page = look(program, f"/transfers/{order.id}")
        receipts = [row for row in desk.rows(world.hub) if row.flow == "receipt-out"]
        assert receipts
        assert all(f"/transfers/{row.id}" in page for row in receipts)
        assert f"/transfers/{order.id}" in look(program, f"/transfers/{receipts[0].id}")


class TestTheWire:
    def test_it_is_readable_and_can_be_saved(self, calm: World, reader: Visitor) -> None:
        """The request is broken into lines, says where the document is, and is saved as it went."""
        number = id_of(calm, "SO-1")
        exchange = views.document_shown(calm.hub, number).exchanges[-1].id
        way = f"/transfers/{number}/exchanges/{exchange}"
        page = look(reader, way)
        assert '<span class="t">SalesOrderAddRq</span>' in page
        assert re.search(r'<span class="l hit">.{0,80}<span class="t">RefNumber', page)
        saved = reader.http.get(f"{way}/request")
        assert saved.headers["content-type"] == "text/plain; charset=utf-8"
        assert "<SalesOrderAddRq" in saved.text
        assert look(reader, f"{way}/answer").count("SalesOrderRet") >= 2

    @pytest.mark.parametrize("path", ["/transfers/3/exchanges/1", "/transfers/1/exchanges/99"])
    def test_only_its_own(self, reader: Visitor, path: str) -> None:
        """What went for other documents alone is not shown as this one's."""
        assert reader.http.get(path).status_code == 404
        assert reader.http.get(f"{path}/request").status_code == 404


def _changed_there(world: World) -> int:
    """An order that arrived, and of which somebody then changed a quantity in the books."""
    world.order("SO-1", "ACME", "1 BOLT 2.00")
    world.sync()
    world.run_web_connector()
    (there,) = world.booked()
    (line,) = there["lines"]
    changed = tags(TxnID=there["TxnID"], EditSequence=there["EditSequence"])
    changed += modify_line("SalesOrder", line["TxnLineID"], tags(Quantity="5"))
    world.clock.advance(seconds=5)
    world.enter_books(request("SalesOrderMod", changed))
    world.clock.advance(minutes=31)
    world.sync()
    assert world.row("SO-1").state == "changed"
    return id_of(world, "SO-1")
