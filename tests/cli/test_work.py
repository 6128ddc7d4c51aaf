"""``run``, ``send``, ``retrieve``, ``status``, ``transfers``, ``show`` and the decisions."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from counterfoil.hub.desk import _preview
from tests.cli.conftest import Keyboard
from tests.sandboxes.quickbooks_desktop.desk import customer, request, tags
from tests.support.world import World

MANUAL = "sales-order-out.mode=manual"
STRICT = ("sales-order-out.create_missing_customers=false",)


def refused(at_hub: Keyboard) -> dict[str, Any]:
    """The only transfer that is refused."""
    (found,) = at_hub.read("transfers", "--state", "refused")["transfers"]
    return dict(found)


def changed(world: World) -> None:
    """SO-1 has been sent, and has changed at its source since."""
    world.orders(1)
    world.sync()
    path = f"/sales-orders/{world.source_ids['SO-1']}"
    order = world.operations.call("GET", path).json()
    order["shippings"][0]["products"][0]["quantity-ordered"] = "5"
    assert world.operations.call("PUT", path, order).status_code == 200
    world.clock.advance(hours=1)
    world.read_operations()
    assert world.states() == {"SO-1": "changed"}


class TestRun:
    def test_it_reads_and_says_what_waits(self, at_hub: Keyboard, world: World) -> None:
        """The operations system is read; for the books it says what waits, and since when."""
        world.orders(3)
        ran = at_hub.read("run", "1")
        shop, books = ran["connections"]

        assert (shop["is_called"], shop["problem"]) == (True, None)
        assert (books["is_called"], books["waiting"]) == (False, 3)
        assert "neither has called yet" in books["sentence"]
        world.run_web_connector()
        world.clock.advance(hours=2)
        assert "2 hours ago" in at_hub.type("run", "--all").stdout

    def test_a_system_that_is_down_is_code_4(self, at_hub: Keyboard, world: World) -> None:
        """The sentence names the connection; nothing is lost, so the next run goes on."""
        world.orders(1)
        world.shop_line.spoil = lambda _number, _body: "request"
        done = at_hub.type("run", "1", code=4)
        world.shop_line.spoil = None

        assert "Shop floor" in done.stderr
        at_hub.type("run", "1")
        assert [each["number"] for each in at_hub.read("transfers")["transfers"]] == ["SO-1"]

    @pytest.mark.parametrize("words", [(), ("1", "--all"), ("7",), ("no such",)])
    def test_what_is_meant_must_be_clear(
        self, at_idle_hub: Keyboard, words: tuple[str, ...]
    ) -> None:
        """Neither a link nor all, both at once, or a link that is not there: code 2."""
        assert at_idle_hub.read("run", *words, code=2)["error"]["exit_code"] == 2

    def test_a_second_process_beside_the_hub(self, at_hub: Keyboard, world: World) -> None:
        """A hub that holds the file does not keep commands from running; leases decide."""
        from counterfoil.ledger.database import hold

        world.orders(1)
        with hold(world.hub.database):
            at_hub.type("run", "1")

        assert world.states() == {"SO-1": "ready"}

    def test_leases_of_a_crash_are_freed(self, at_hub: Keyboard, world: World) -> None:
        """Where no hub holds the file, a lease that a crash left does not stop a command."""
        from datetime import timedelta

        from counterfoil.ledger import connections

        now = world.clock.now()
        with world.hub.database.writing() as tx:
            until = now + timedelta(minutes=10)
            connections.claim(tx, world.operations_id, "killed/1", now, until)

        assert at_hub.read("run", "1")["connections"][0]["is_busy"] is False


class TestSend:
    def test_what_was_just_entered_is_sent(self, at_hub: Keyboard, world: World) -> None:
        """The source is read first, so that an order of this minute is known."""
        world.set(MANUAL)
        world.orders(3)
        sent = at_hub.read("send", "1", "sales-order", "SO-2")

        assert len(sent["released"]) == 1
        assert "Web Connector" in sent["next"]
        world.run_web_connector()
        world.check_exactly_once("SO-2")

    def test_all_that_are_held(self, at_hub: Keyboard, world: World) -> None:
        """With --all every document that is held goes."""
        world.set(MANUAL)
        numbers = world.orders(3)

        assert "3 documents released" in at_hub.type("send", "1", "sales-order", "--all").stdout
        world.run_web_connector()
        world.check_exactly_once(*numbers)

    def test_once_only(self, at_hub: Keyboard, world: World) -> None:
        """FLOW-8: what was sent is named with its number in the books, and not sent again."""
        world.orders(2)
        world.sync()
        sent = at_hub.read("send", "1", "sales-order", "SO-1", code=1)

        assert sent["released"] == []
        assert sent["left"][0]["number"] == "SO-1"
        assert "SO-1 in Books" in sent["left"][0]["sentence"]
        world.sync()
        world.check_exactly_once("SO-1", "SO-2")

    def test_what_is_on_its_way_is_named(self, at_hub: Keyboard, world: World) -> None:
        """A second press before the Web Connector came changes nothing, and says so."""
        world.set(MANUAL)
        world.orders(1)
        at_hub.type("send", "1", "sales-order", "SO-1")
        again = at_hub.read("send", "1", "sales-order", "SO-1")

        assert (again["released"], again["waiting"], again["left"]) == ([], ["SO-1"], [])
        assert "already" in at_hub.type("send", "1", "sales-order", "SO-1").stdout

    def test_an_unknown_number_sends_nothing(self, at_hub: Keyboard, world: World) -> None:
        """Not even those that are known: a list with a slip of the pen is looked at first."""
        world.set(MANUAL)
        world.orders(1)

        at_hub.type("send", "1", "sales-order", "SO-1", "SO-9", code=2)
        assert world.states() == {"SO-1": "held"}

    def test_with_the_source_down_what_is_known_goes(self, at_hub: Keyboard, world: World) -> None:
        """Sent is what was read before; the warning says so, and the code is 4."""
        world.set(MANUAL)
        world.orders(1)
        world.read_operations()
        world.shop_line.spoil = lambda _number, _body: "request"
        done = at_hub.type("send", "1", "sales-order", "SO-1", code=4)

        assert "known before" in done.stderr
        assert world.states() == {"SO-1": "ready"}

    @pytest.mark.parametrize(
        "words, told",
        [
            (("sales-order",), "--all"),
            (("sales-order", "X", "--all"), "--all"),
            (("cake", "--all"), "cake"),
        ],
    )
    def test_what_is_meant_must_be_clear(
        self, at_idle_hub: Keyboard, words: tuple[str, ...], told: str
    ) -> None:
        """Neither numbers nor all, both, or no such kind: code 2, and the message says which."""
        assert told in at_idle_hub.type("send", "1", *words, code=2).stderr


class TestRetrieve:
    def test_it_says_what_happens_next(self, at_hub: Keyboard, world: World) -> None:
        """For QuickBooks Desktop the next call of the Web Connector retrieves."""
        world.set("sales-order-in.mode=manual")
        done = at_hub.type("retrieve", "1", "sales-order", "--since", "2025-01-31")

        assert "2025-01-31" in done.stdout
        assert "Web Connector" in done.stdout

    @pytest.mark.parametrize(
        "words, told",
        [
            (("sales-order", "--since", "yesterday"), "yesterday"),
            (("cake",), "cake"),
            (("estimate",), "switched off"),
        ],
    )
    def test_what_cannot_be_retrieved(
        self, at_idle_hub: Keyboard, words: tuple[str, ...], told: str
    ) -> None:
        """A day, kind or flow that there is not ends with code 2, and is named."""
        assert told in at_idle_hub.type("retrieve", "1", *words, code=2).stderr


class TestLists:
    def test_status_counts(self, at_hub: Keyboard, world: World) -> None:
        """Connections, links, flows and how many transfers are in which state."""
        world.orders(2)
        world.sync()
        found = at_hub.read("status")

        assert [each["system"] for each in found["connections"]] == [
            "fusion-operations",
            "quickbooks-desktop",
        ]
        (link,) = found["links"]
        assert link["transfers"] == {"done": 2}
        flows = {each["flow"]: each["states"] for each in link["flows"]}
        assert flows["sales-order-out"] == {"done": 2}
        assert "2 done" in at_hub.type("status").stdout

    def test_status_of_nothing(self, keyboard: Keyboard) -> None:
        """A new hub says how to begin."""
        empty: dict[str, Any] = {"connections": [], "links": [], "driving": None, "attention": []}
        assert keyboard.read("status") == empty
        assert "connections add" in keyboard.type("status").stdout

    def test_status_names_the_next_step(self, keyboard: Keyboard) -> None:
        """One side alone, then both without a link: the command that goes on, with its numbers."""
        keyboard.type("connections", "add", "quickbooks-desktop", "--name", "Books")
        assert "Connect an operations system" in keyboard.type("status").stdout
        shop = ("--base-url", "http://127.0.0.1:1/fusion", "--key", "k", "--secret", "s")
        keyboard.type(
            *("connections", "add", "fusion-operations", "--name", "Shop", *shop, "--no-check")
        )

        told = keyboard.type("status").stdout
        assert "counterfoil links add --operations 2 --books 1" in told
        keyboard.type("links", "add", "--operations", "2", "--books", "1")
        assert "links add" not in keyboard.type("status").stdout

    def test_filters_and_pages(self, at_hub: Keyboard, world: World) -> None:
        """By state, flow and part of the number; a page says where the next one begins."""
        world.orders(5)
        world.sync()

        first = at_hub.read("transfers", "1", "--limit", "2")
        assert [each["number"] for each in first["transfers"]] == ["SO-1", "SO-2"]
        rest = at_hub.read("transfers", "--limit", "9", "--after", str(first["next"]))
        assert [each["number"] for each in rest["transfers"]] == ["SO-3", "SO-4", "SO-5"]
        assert rest["next"] is None
        assert len(at_hub.read("transfers", "--find", "o-4")["transfers"]) == 1
        assert at_hub.read("transfers", "--state", "refused,held")["transfers"] == []
        assert at_hub.read("transfers", "--flow", "sales-order-in")["transfers"] == []

    @pytest.mark.parametrize(
        "words, told",
        [
            (("--state", "lost"), "lost"),
            (("--flow", "cakes"), "cakes"),
            (("--limit", "0"), "--limit"),
            (("9",), "9"),
        ],
    )
    def test_filters_that_there_are_not(
        self, at_idle_hub: Keyboard, words: tuple[str, ...], told: str
    ) -> None:
        """A state, flow, size or link that there is not ends with code 2, and is named."""
        assert told in at_idle_hub.type("transfers", *words, code=2).stderr

    def test_a_pipe_gets_lines_with_tabs(self, at_hub: Keyboard, world: World) -> None:
        """Headings first, one line per transfer, no colours and no boxes."""
        world.orders(2)
        world.sync()
        heading, *lines = at_hub.type("transfers").stdout.splitlines()

        assert heading.split("\t")[:2] == ["ID", "Number"]
        assert [line.split("\t")[1] for line in lines] == ["SO-1", "SO-2"]
        assert "\x1b" not in heading

    def test_preview_writes_nothing(self, at_hub: Keyboard, world: World) -> None:
        """What would be created is named; the books stay as they are."""
        world.orders(1)
        world.sync()
        world.order("SO-2", "ACME", "1 BOLT 2.00")
        world.read_operations()
        before = world.states()
        found = at_hub.read("preview", "1")["operations"]

        assert [(each["action"], each["name"], each["is_held"]) for each in found] == [
            ("create", "SO-2", False)
        ]
        assert world.states() == before
        assert world.numbers_booked() == {"SO-1": 1}

    def test_preview_plans_what_is_held(
        self, at_hub: Keyboard, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Held documents are told as such, page after page; a record is created once."""
        monkeypatch.setattr(_preview, "_PAGE", 1)
        world.set(MANUAL)
        world.sync()
        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.order("SO-2", "ACME", "1 BOLT 2.00")
        world.read_operations()
        found = at_hub.read("preview", "1")["operations"]

        assert [(each["name"], each["action"]) for each in found if each["is_held"]] == [
            ("SO-1", "create"),
            ("SO-2", "create"),
        ]
        assert [each["name"] for each in found if each["subject"] == "customer"] == ["ACME"]
        assert set(world.states().values()) == {"held"}

    def test_preview_before_the_lists_were_read(self, at_hub: Keyboard, world: World) -> None:
        """What the books hold is not known yet, so nothing is said to be missing there."""
        world.set(*STRICT)
        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.read_operations()
        [told] = at_hub.read("preview", "1")["operations"]

        assert (told["action"], told["name"]) == ("wait", "SO-1")
        assert "not been read yet" in told["sentence"]


class TestShow:
    def test_the_counterfoil_tells_everything(self, at_hub: Keyboard, world: World) -> None:
        """Document, what it became, its exchanges and who did what."""
        world.set(MANUAL)
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        at_hub.type("send", "1", "sales-order", "SO-1")
        world.run_web_connector()
        found = at_hub.read("show", "1")

        assert found["state"] == "done"
        assert found["document"]["number"] == "SO-1"
        assert found["landing"]["number"] == "SO-1"
        assert [each["outcome"] for each in found["exchanges"]][-1] == "done"
        assert [each["action"] for each in found["audit"]] == ["released"]
        text = at_hub.type("show", "1").stdout
        for piece in ("SO-1", "It became", "BOLT", "released"):
            assert piece in text

    def test_it_is_found_by_the_documents_number(self, at_hub: Keyboard, world: World) -> None:
        """Of several documents of one number all are listed; of none, it says so."""
        world.orders(1)
        world.purchase("SO-1", "MILLCO", "1 FLOUR 0.80")
        world.sync()
        found = at_hub.read("show", "SO-1")

        assert len(found["transfers"]) == 2
        assert "show one by its ID" in at_hub.type("show", "SO-1").stdout
        assert "No transfer and no document" in at_hub.type("show", "SO-77", code=2).stderr

    def test_times_are_the_companys(self, at_hub: Keyboard, world: World) -> None:
        """They bear the name of its zone."""
        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.read_operations()
        world.set("general.time_zone=Asia/Tokyo")

        assert " JST" in at_hub.type("show", "1").stdout

    def test_every_way_out_can_be_pasted(self, at_hub: Keyboard, world: World) -> None:
        """Each command that a refusal offers is understood as it stands."""
        world.set(*STRICT)
        world.enter("clients", code="O'Brien & Sons", name="O'Brien")
        world.order("SO-1", "O'Brien & Sons", "1 BOLT 1.00")
        world.sync()
        row = refused(at_hub)
        ways = at_hub.read("show", str(row["id"]))["ways_out"]

        assert {each["action"] for each in ways} >= {"retry", "skip", "use-record"}
        for way in ways:
            for command in way["commands"]:
                program, *words = shlex.split(command)
                assert program == "counterfoil"
                done = at_hub.type(*words, "--help")
                assert "Usage: counterfoil" in done.stdout
        text = at_hub.type("show", str(row["id"])).stdout
        assert f"counterfoil retry {row['id']}" in text

    def test_a_transfer_that_is_not_there(self, at_hub: Keyboard, world: World) -> None:
        """Code 2 and where to look."""
        assert "counterfoil transfers" in at_hub.type("show", "99", code=2).stderr

    def test_hostile_names_cannot_steer_the_terminal(self, at_hub: Keyboard, world: World) -> None:
        """Control characters from outside are replaced, brackets are no markup."""
        world.set(*STRICT)
        world.enter("clients", code="[red]EVIL\x1b[2J", name="Evil")
        world.order("SO-1", "[red]EVIL\x1b[2J", "1 BOLT 1.00")
        world.sync()
        text = at_hub.type("unreadable").stdout
        assert "\x1b" not in text
        assert "[red]EVIL" in text


class TestDecisions:
    def test_match_and_retry(self, at_hub: Keyboard, world: World) -> None:
        """A name is matched to a record of the books; tried again, the document goes."""
        world.set(*STRICT)
        world.enter_books(customer("Acme Inc"))
        world.order("SO-1", "ACME", "1 BOLT 1.00")
        world.sync()
        row = refused(at_hub)

        said = at_hub.read("match", "1", "customer", "ACME", "--record", "acme inc")
        assert "Acme Inc" in said["sentence"]
        assert at_hub.read("retry", str(row["id"]))["released"] == [row["id"]]
        world.sync()
        world.check_exactly_once("SO-1")

    def test_retry_where_nothing_has_stopped(self, at_hub: Keyboard, world: World) -> None:
        """A new setting let the order go already: that is told, not that nothing will go."""
        world.set(*STRICT)
        world.orders(1)
        world.sync()
        world.set("sales-order-out.create_missing_customers=true")

        assert "goes by itself" in at_hub.type("retry", "--link", "1").stdout
        world.sync()
        world.check_exactly_once("SO-1")

    def test_retry_of_a_whole_link(self, at_hub: Keyboard, world: World) -> None:
        """What was missing has been entered in the books: everything that had stopped goes."""
        world.set(*STRICT)
        numbers = world.orders(3)
        world.sync()
        world.enter_books(customer("ACME"))
        assert "3 transfers" in at_hub.type("retry", "--link", "1").stdout
        world.sync()

        world.check_exactly_once(*numbers)

    def test_skip_leaves_out_and_retry_takes_in(self, at_hub: Keyboard, world: World) -> None:
        """A document that was left out can be sent after all."""
        world.set(*STRICT)
        world.orders(1)
        world.sync()
        told = at_hub.read("skip", "1")
        assert (told["transfers"], told["left"]) == ([1], [])
        assert told["done"][0]["number"] == "SO-1"
        assert world.states() == {"SO-1": "skipped"}
        assert at_hub.read("retry", "1")["released"] == [1]

    def test_adopt_names_the_document_that_is_there(self, at_hub: Keyboard, world: World) -> None:
        """It is unconfirmed until it was seen in the books, and can be taken back."""
        world.set(*STRICT)
        world.orders(1)
        world.sync()
        told = at_hub.read("adopt", "1", "--as", "1A-1")
        assert (told["transfers"], told["is_confirmed"]) == ([1], False)
        assert "Unconfirmed" in at_hub.type("show", "1").stdout
        left = at_hub.read("retry", "1", code=1)["left"]
        assert "adopt 1 --undo" in left[0]["sentence"]
        world.sync()
        found = at_hub.read("show", "SO-1")
        assert (found["state"], found["landing"]) == ("refused", None)
        assert "has no document" in found["adoption"]["sentence"]

        assert "Taken back" in at_hub.type("adopt", "1", "--undo").stdout
        assert at_hub.read("show", "1")["adoption"] is None
        again = at_hub.read("adopt", "1", "--undo", code=2)
        assert again["error"]["kind"] == "usage"

    def test_what_is_done_is_not_tried_again(self, at_hub: Keyboard, world: World) -> None:
        """Code 1, and the sentence names the document in the books."""
        world.orders(1)
        world.sync()
        left = at_hub.read("retry", "1", code=1)

        assert left["released"] == []
        assert "sent already" in left["left"][0]["sentence"]

    def test_accept_ends_a_change(self, at_hub: Keyboard, world: World) -> None:
        """FLOW-7: a document changed after it was sent is shown until somebody accepts it."""
        changed(world)
        accepted = at_hub.read("accept", "1")

        assert (accepted["transfers"], accepted["left"]) == ([1], [])

        assert world.states() == {"SO-1": "done"}
        again = at_hub.read("accept", "1", code=1)
        assert again["transfers"] == []
        assert "done" in again["left"][0]["sentence"]

    def test_send_takes_a_change(self, at_hub: Keyboard, world: World) -> None:
        """A document that has changed is named by its number, and sent as a change."""
        changed(world)
        sent = at_hub.read("send", "1", "sales-order", "SO-1")

        assert (sent["released"], sent["left"]) == ([1], [])
        world.run_web_connector()
        assert world.states() == {"SO-1": "done"}
        assert world.booked()[0]["lines"][0]["Quantity"] == "5"

    def test_a_change_is_shown_with_its_ways_out(self, at_hub: Keyboard, world: World) -> None:
        """``show`` says why a document is changed, what can be done, and its run."""
        changed(world)
        told = at_hub.type("show", "1").stdout

        assert "changed where it was entered" in told
        assert "counterfoil send 1 sales-order SO-1" in told
        assert "counterfoil accept 1" in told
        shown = at_hub.read("show", "1")
        assert (shown["reason"], shown["wish"], shown["write"]) == ("source-changed", "none", None)
        assert shown["exchanges"][-1]["run"]
        assert shown["landing"]["paired_at"]

    def test_undo_takes_it_out(self, at_hub: Keyboard, world: World) -> None:
        """By its transfer; the next run takes it out, and a second press says so."""
        world.orders(2)
        world.sync()
        assert at_hub.read("undo", "--transfer", "1") == {"undone": [1], "left": [], "updated": []}
        world.clock.advance(minutes=31)
        world.sync()

        assert world.states() == {"SO-1": "skipped", "SO-2": "done"}
        assert world.numbers_booked() == {"SO-2": 1}
        assert "undone already" in at_hub.type("undo", "--transfer", "1", code=1).stdout

    def test_undo_a_run(self, at_hub: Keyboard, world: World) -> None:
        """All that a run created is undone; ``runs`` says which run that was."""
        world.orders(3)
        world.sync()
        listed = at_hub.read("runs", "Books")["runs"]
        [run] = [each["id"] for each in listed if each["created"]]
        assert at_hub.read("show", "1")["exchanges"][-1]["run"] == run
        assert [each["created"] for each in listed if each["id"] == run] == [3]
        assert f"\n{run}\t" in at_hub.type("runs", "Books").stdout
        assert "3 transfers will be undone" in at_hub.type("undo", "--run", str(run)).stdout
        world.clock.advance(minutes=31)
        world.sync()

        assert world.booked() == []

    def test_undo_with_consent(self, at_hub: Keyboard, world: World) -> None:
        """What somebody changed in the books is left there, and goes with consent."""
        world.orders(1)
        world.sync()
        (order,) = world.booked()
        world.clock.advance(minutes=31)
        keys = tags(TxnID=order["TxnID"], EditSequence=order["EditSequence"])
        world.enter_books(request("SalesOrderMod", keys + tags(TxnDate="2025-01-01")))
        world.sync()
        at_hub.type("undo", "--transfer", "1")
        world.sync()
        told = at_hub.type("show", "1").stdout
        assert "counterfoil undo --transfer 1 --consent" in told
        assert "What stands there now" in told
        assert "2025-01-01" in told

        at_hub.type("undo", "--transfer", "1", "--consent")
        world.sync()
        assert world.booked() == []

    def test_what_cannot_be_read_is_listed(self, at_hub: Keyboard, world: World) -> None:
        """Status counts it, and the list says which record it is and what is wrong with it."""
        world.orders(1)
        assert at_hub.read("unreadable") == {"unreadable": []}
        world.shop_line.rewrite = lambda text: text.replace(
            '"status":"open"', '"status":"dreaming"'
        )
        world.read_operations()
        listed = {each["kind"]: each for each in at_hub.read("unreadable")["unreadable"]}
        found = listed["sales-order"]

        assert (found["number"], found["kind"], found["value"]) == (
            "SO-1",
            "sales-order",
            "dreaming",
        )
        assert "dreaming" in at_hub.type("unreadable", "Shop floor").stdout
        assert "1 record could not be read" in at_hub.type("status").stderr
        assert at_hub.read("unreadable", "Books") == {"unreadable": []}

    def test_custom_fields_and_what_was_left_out_are_shown(
        self, at_hub: Keyboard, world: World
    ) -> None:
        """DOC-9: each field with its value and its state."""
        world.set(
            "sales-order-out.save_custom_fields=true",
            "sales-order-out.save_entity_code_to=Work order",
        )
        world.orders(1)
        world.sync()
        world.sync()
        world.sync()
        (field,) = at_hub.read("show", "1")["custom_fields"]

        assert (field["name"], field["value"]) == ("Work order", "SO-1")
        assert "Done, but the custom field “Work order”" in at_hub.type("show", "1").stdout
        assert "counterfoil retry 1" in at_hub.type("show", "1").stdout
        assert "done !" in at_hub.type("transfers").stdout
        assert [each["id"] for each in at_hub.read("transfers", "--fields")["transfers"]] == [1]
        assert "Custom fields of 1 document" in at_hub.type("status").stderr
        assert at_hub.read("retry", "1")["released"] == [1]

    @pytest.mark.parametrize(
        "words",
        [
            ("retry",),
            ("retry", "1", "--link", "1"),
            ("retry", "99"),
            ("skip", "99"),
            ("accept", "99"),
            ("undo",),
            ("undo", "--transfer", "1", "--run", "1"),
            ("undo", "--transfer", "99"),
            ("undo", "--run", "99"),
            ("unreadable", "no such"),
            ("adopt", "99", "--as", "X"),
            ("match", "1", "cake", "ACME", "--record", "X"),
            ("match", "1", "customer", "ACME"),
            ("match", "1", "customer", "ACME", "--record", "X", "--create-as", "Y"),
            ("match", "1", "customer", "ACME", "--record", "nobody"),
            ("match", "1", "customer", "ACME", "--create-as", "X", "--side", "left"),
        ],
    )
    def test_what_cannot_be_decided(self, at_idle_hub: Keyboard, words: tuple[str, ...]) -> None:
        """Code 2, one sentence, no trace."""
        done = at_idle_hub.type(*words, code=2)

        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.output
