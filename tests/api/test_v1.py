"""The JSON API: every verb, who may ask, and how it says no."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from counterfoil.errors import LedgerBusyError, UnavailableError
from counterfoil.hub import inbox, views
from counterfoil.hub.dispatcher import Dispatcher, due
from counterfoil.ledger import connections
from counterfoil.settings import OPTIONS, SystemName, sections_for
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import SECRET_KEY, World

STRICT = "sales-order-out.create_missing_customers=false"


def operations(visitor: Visitor) -> list[tuple[str, str]]:
    """Every method and path of the API, as its own document lists them."""
    paths = visitor.http.get("/api/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, found in paths.items() for method in found]


class TestWhoMayAsk:
    def test_nothing_is_told_without_a_token(self, calm: World) -> None:
        """Every address answers 401 to no token, a wrong one, and one in another place.

        Whoever brings a wrong one often is told to wait, whatever he asks for.
        """
        visitor = Visitor(calm.hub, client=NEIGHBOUR, base_url="http://localhost:8080")
        found = operations(visitor)
        assert len(found) > 25
        said = set()
        for method, path in found:
            url = path.replace("{connection}", "1").replace("{link}", "1")
            url = url.replace("{transfer}", "1").replace("{list}", "accounts")
            for headers in (
                {},
                {"Authorization": "Bearer cft_wrong"},
                {"Authorization": "Basic x"},
            ):
                answer = visitor.http.request(method, url, headers=headers, json={})
                if answer.status_code == 429:
                    continue
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
                assert answer.headers["www-authenticate"].startswith("Bearer")
                said.add(answer.json()["error"]["message"])
        assert len(said) == 1, "the answer must not tell what was wrong"

    def test_a_token_that_was_removed_ends_at_once(self, calm: World) -> None:
        """The next request is refused."""
        from counterfoil.api import tokens

        visitor = Visitor(calm.hub).sign_in(calm.hub, "short-lived")
        assert visitor.ask("GET", "/status").status_code == 200
        tokens.remove(calm.hub, "short-lived", "tests")

        assert visitor.ask("GET", "/status").status_code == 401

    def test_it_is_noted_when_a_token_is_used(self, calm: World) -> None:
        """The list of tokens tells which are still in use."""
        from counterfoil.api import tokens

        Visitor(calm.hub).sign_in(calm.hub, "used").get("/status")

        (token,) = [each for each in tokens.all_tokens(calm.hub) if each.name == "used"]
        assert token.last_used_at == calm.clock.now()

    def test_no_answer_holds_a_secret(self, reader: Visitor, calm: World) -> None:
        """Neither the connections' secrets nor hashes nor the hub's key leave the hub."""
        secrets = [fusion.SECRET, calm.account.password or "-", SECRET_KEY, "$argon2", "v1."]
        for method, path in operations(reader):
            if method != "GET":
                continue
            url = path.removeprefix("/api/v1").replace("{connection}", "2")
            url = url.replace("{link}", "1").replace("{transfer}", "1")
            url = url.replace("{list}", "customers").replace("{person}", "Ines")
            url = url.replace("{user}", "1")
            url = url.replace("{case}", inbox.cases(calm.hub)[0].key).replace("{run}", "1")
            answer = reader.ask("GET", url)
            # Nobody signs in for a company file, and that run wrote nothing.
            expected = 409 if path.endswith(("/connect", "/undo")) else 200
            assert answer.status_code == expected, f"{path}: {answer.text}"
            for secret in secrets:
                assert secret not in answer.text, path


class TestConnections:
    def test_they_are_made_and_shown(self, program: Visitor, world: World) -> None:
        """A new connection answers with its number; Desktop also with its password, once."""
        made = program.post(
            "/connections",
            {
                "system": "fusion-operations",
                "name": "Second shop",
                "base_url": fusion.BASE_URL,
                "key": "K-2",
                "secret": "S-2-not-real",
                "check": False,
            },
            status=201,
        )
        books = program.post(
            "/connections", {"system": "quickbooks-desktop", "name": "Second books"}, status=201
        )

        assert program.get(f"/connections/{made['id']}")["name"] == "Second shop"
        assert books["password"]
        assert books["qwc"] == program.ask("GET", "/connections/Second books/qwc").text
        assert "S-2-not-real" not in program.ask("GET", "/connections").text
        renewed = program.post(f"/connections/{books['id']}/password")
        assert renewed["password"] != books["password"]

    def test_setting_up(self, program: Visitor) -> None:
        """SET-6: the steps, each with its reason; a token that is told this once."""
        books = program.post(
            "/connections", {"system": "quickbooks-desktop", "name": "Third books"}, status=201
        )
        path = f"/connections/{books['id']}"
        assert program.get(f"{path}/checklist")["way"] == "web-connector"
        token = program.post(f"{path}/token")["token"]
        assert token not in program.ask("GET", path).text
        found = program.get(f"{path}/checklist")
        assert [found["way"], found["is_ready"]] == ["agent", False]
        tried = program.post(f"{path}/checklist/test-access")
        assert tried["steps"][-1]["is_passed"] is False
        program.post(f"{path}/checklist/fly", status=409)
        program.post(f"{path}/password", {"grace_minutes": 60})
        program.post("/connections/1/token", status=409)
        assert program.ask("GET", "/connections/1/checklist").status_code == 409

    def test_a_name_that_is_taken_is_a_conflict(self, program: Visitor) -> None:
        """409; the sentence names it."""
        answer = program.post(
            "/connections", {"system": "quickbooks-desktop", "name": "books"}, status=409
        )
        assert answer["error"]["kind"] == "conflict"

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"system": "quickbooks", "name": "X"},
            {"system": "fusion-operations", "name": "X"},
            {"system": "quickbooks-desktop", "name": "X", "colour": "red"},
            {"system": "quickbooks-desktop", "name": 7},
            [],
        ],
    )
    def test_what_does_not_fit_is_a_400(self, reader: Visitor, body: object) -> None:
        """One shape of failure, whoever found it."""
        error = reader.post("/connections", body, status=400)["error"]

        assert error["kind"] == "usage"
        assert error["message"]
        assert error["request_id"]

    def test_a_secret_that_does_not_fit_is_not_repeated(self, reader: Visitor) -> None:
        """The failure names the field, never its value."""
        body = {"system": "fusion-operations", "name": "X", "secret": ["hunter2"]}
        answer = reader.ask("POST", "/connections", body)

        assert answer.status_code == 400
        assert "hunter2" not in answer.text

    def test_only_a_web_connector_has_password_and_file(self, reader: Visitor) -> None:
        """A system that we call is a 409, one that is not there a 404."""
        reader.post("/connections/1/password", status=409)
        assert reader.ask("GET", "/connections/1/qwc").status_code == 409
        assert reader.ask("GET", "/connections/99/qwc").status_code == 404
        assert reader.ask("GET", "/connections/99").status_code == 404

    def test_credentials_are_tried_first(self, program: Visitor, world: World) -> None:
        """What the system does not take is a 502 in words, and nothing is kept."""
        body = {
            "system": "fusion-operations",
            "name": "Second shop",
            "base_url": fusion.BASE_URL,
            "key": "another",
            "secret": "S-2-not-real",
        }
        error = program.post("/connections", body, status=502)["error"]

        assert "Nothing was saved" in error["message"]
        assert "S-2-not-real" not in error["message"]
        assert len(program.get("/connections")["connections"]) == 2
        assert program.post("/connections/1/test")["is_reached"] is True

    def test_they_are_changed(self, program: Visitor, world: World) -> None:
        """What is given changes; a value that does not fit is a 400."""
        changed = program.ask("PATCH", "/connections/Books", {"settles_after": 60}).json()

        assert changed["parameters"]["settles_after_s"] == 60
        assert (
            program.ask("PATCH", "/connections/Books", {"settles_after": 7200}).status_code == 400
        )
        assert program.ask("PATCH", "/connections/Books", {}).status_code == 400

    def test_their_runs_are_listed(self, program: Visitor, world: World) -> None:
        """Newest first, with what each wrote, so that one can be undone."""
        world.orders(2)
        world.sync()
        found = program.get("/connections/Books/runs?limit=5")["runs"]

        assert [each["id"] for each in found] == sorted(
            (each["id"] for each in found), reverse=True
        )
        assert [each["created"] for each in found if each["created"]] == [2]
        assert found[0]["problem"] is None
        assert program.ask("GET", "/connections/9/runs").status_code == 404

    def test_a_file_is_accepted_once_one_was_refused(self, program: Visitor) -> None:
        """Before that it is a 409, and so is removing a connection that is linked."""
        accepted = program.post("/connections/Books/accept-file", status=409)["error"]
        removed = program.post("/connections/Books/remove", status=409)["error"]

        assert "No company file waits" in accepted["message"]
        assert "link" in removed["message"]
        assert program.get("/connections/Books")["is_active"] is True

    def test_they_are_tried_step_by_step(self, program: Visitor, world: World) -> None:
        """Asked for the steps, a failing trial is an answer; otherwise it is a 502."""
        program.ask("PATCH", "/connections/1", {"secret": "wrong", "check": False})
        assert program.ask("POST", "/connections/1/test").status_code == 502
        tried = program.post("/connections/1/test", steps=True)

        assert [each["is_passed"] for each in tried["steps"]] == [True, False, None]

    def test_they_are_removed_and_restored(self, program: Visitor, world: World) -> None:
        """What stays is said before; restored, the name is the old one."""
        program.post("/links/1/remove")
        assert program.get("/connections/Books/leaves")["leaves"]
        assert program.post("/connections/Books/remove")["name"] == "Books (removed)"
        program.post("/connections/2/remove", status=409)

        assert program.post("/connections/2/restore")["name"] == "Books"
        program.post("/connections/2/restore", {"name": "Books"}, status=409)


class TestLinks:
    def test_they_are_paused_resumed_and_removed(self, program: Visitor, world: World) -> None:
        """Each verb answers with the link as it is then."""
        assert program.post("/links/1/pause")["is_paused"] is True
        assert program.post("/links/1/resume")["is_paused"] is False
        assert "links resume 1" in program.get("/links/1/leaves")["leaves"][-1]
        assert program.post("/links/1/remove")["is_active"] is False
        program.post("/links/1/pause", status=409)
        resumed = program.post("/links", {"operations": 1, "books": 2}, status=201)
        assert (resumed["id"], resumed["is_resumed"]) == (1, True)

    def test_they_are_made_and_shown(self, program: Visitor, world: World) -> None:
        """A pair is linked once; both sides are named."""
        program.post("/connections", {"system": "quickbooks-desktop", "name": "B2"}, status=201)
        made = program.post("/links", {"operations": 1, "books": "B2"}, status=201)

        shown = program.get(f"/links/{made['id']}")
        assert made == {**shown, "is_resumed": False, "starts_from": made["starts_from"]}
        assert made["books_name"] == "B2"
        assert len(program.get("/links")["links"]) == 2
        program.post("/links", {"operations": 1, "books": "B2"}, status=409)
        program.post("/links", {"operations": 99, "books": "B2"}, status=404)


class TestSettings:
    def test_values_texts_and_resets(self, program: Visitor, world: World) -> None:
        """All three together, in one version; what is told afterwards is what is in force."""
        before = program.get("/links/1/settings")
        changed = program.ask(
            "PATCH",
            "/links/1/settings",
            {
                "values": {"general.retrieval_interval_minutes": 45},
                "texts": {"general.time_zone": "Europe/Lisbon"},
                "reset": ["sales-order-out.creation_date"],
            },
        ).json()

        assert changed["version"] == before["version"] + 1
        assert changed["values"]["general.retrieval_interval_minutes"] == 45
        assert changed["values"]["general.time_zone"] == "Europe/Lisbon"
        assert changed["values"]["sales-order-out.creation_date"] == "empty"
        assert set(changed["values"]) == set(OPTIONS)
        history = program.get("/links/1/settings/history")["versions"]
        assert history[-1]["author"] == "tests (token)"
        assert len(history[-1]["changes"]) == 3

    @pytest.mark.parametrize(
        "body",
        [
            {"values": {"general.colour": "red"}},
            {"values": {"general.retrieval_interval_minutes": "often"}},
            {"texts": {"sales-order-out.mode": "sometimes"}},
            {"texts": {"general.time_zone": "UTC"}, "values": {"general.time_zone": "UTC"}},
            {"reset": ["general.colour"]},
        ],
    )
    def test_what_does_not_fit_changes_nothing(self, reader: Visitor, body: object) -> None:
        """400, naming the key."""
        before = reader.get("/links/1/settings")
        answer = reader.ask("PATCH", "/links/1/settings", body)

        assert answer.status_code == 400
        assert answer.json()["error"]["message"].split(".")[0] in ("general", "sales-order-out")
        assert reader.get("/links/1/settings") == before

    def test_forms_and_schema_know_every_option(self, reader: Visitor) -> None:
        """What a form needs and what a program needs are made from one declaration."""
        form = reader.get("/links/1/settings/form")
        keys = [field["key"] for section in form["sections"] for field in section["fields"]]

        others = (None, SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP)
        sections = sections_for(*others[1:])
        assert keys == [
            key
            for key, row in OPTIONS.items()
            if row.only_with in others and row.section in sections
        ]
        assert set(reader.get("/settings/schema")["properties"]) == set(OPTIONS)

    def test_an_export_is_imported(self, program: Visitor) -> None:
        """The document brings every value back."""
        exported = program.get("/links/1/settings/export")["document"]
        before = program.get("/links/1/settings")["values"]
        program.ask("PATCH", "/links/1/settings", {"texts": {"general.time_zone": "UTC"}})
        program.post("/links/1/settings/import", {"document": exported})

        assert program.get("/links/1/settings")["values"] == before
        program.post("/links/1/settings/import", {"document": "{}"}, status=400)


class TestWork:
    def test_run_reads_what_was_entered(self, program: Visitor, world: World) -> None:
        """Without a hub in the background the request itself drives."""
        world.orders(2)
        ran = program.post("/links/1/run")

        assert [each["is_called"] for each in ran["connections"]] == [True, False]
        assert world.states() == {"SO-1": "ready", "SO-2": "ready"}

    def test_a_hub_in_the_background_is_woken(self, world: World) -> None:
        """202: it begins now; with wait=true the answer comes when it is done."""
        dispatcher = Dispatcher(world.hub)  # never started: it only remembers being woken
        program = Visitor(world.hub, dispatcher=dispatcher).sign_in(world.hub)
        world.orders(1)
        program.post("/links/1/run", status=202)
        assert world.states() == {}
        program.post("/links/1/run", wait=True)

        assert world.states() == {"SO-1": "ready"}

    @pytest.mark.parametrize(
        "method, path, body",
        [
            ("PATCH", "/links/1/settings", {"texts": {"general.time_zone": "UTC"}}),
            ("POST", "/transfers/retry", {"ids": [1]}),
        ],
    )
    def test_what_people_decide_is_looked_at_at_once(
        self, program: Visitor, world: World, method: str, path: str, body: object
    ) -> None:
        """A hub that runs in the background does not wait for its next usual time."""
        world.set(STRICT)
        world.orders(1)
        world.sync()
        later = world.clock.now() + timedelta(minutes=5)
        with world.hub.database.writing() as tx:
            connections.change(tx, world.operations_id, due_at=later)
        assert due(world.hub) == []
        assert program.ask(method, path, body).status_code == 200

        assert due(world.hub) == [world.operations_id]

    def test_send_once(self, program: Visitor, world: World) -> None:
        """FLOW-8: sent is what was just entered; a second press names what is there."""
        world.set("sales-order-out.mode=manual")
        world.orders(2)
        sent = program.post("/links/1/send", {"kind": "sales-order", "codes": ["SO-2"]})
        assert len(sent["released"]) == 1
        world.run_web_connector()
        again = program.post("/links/1/send", {"kind": "sales-order", "codes": ["SO-2"]})

        assert again["left"][0]["number"] == "SO-2"
        world.check_exactly_once("SO-2")
        program.post("/links/1/send", {"kind": "sales-order", "all": True})
        world.sync()
        world.check_exactly_once("SO-1", "SO-2")

    @pytest.mark.parametrize("word", ["stock", "stock-count"])
    def test_stock_is_a_press(self, program: Visitor, world: World, word: str) -> None:
        """STOCK-5: all products or some; account and memo stand in place of what is set."""
        asked = {"kind": word, "all": True, "reads_first": False, "memo": "March"}
        assert program.ask("POST", "/links/1/send", asked).status_code == 400
        sent = program.post("/links/1/send", asked | {"account": "Losses"})

        [shown] = program.get("/links/1/counts", press=sent["press"])["counts"]
        assert (shown["account"], shown["memo"], shown["state"]) == ("Losses", "March", "reading")
        assert program.get("/links/1/counts")["counts"] == [shown]
        assert program.ask("GET", "/links/1/counts", press=99).status_code == 404

    @pytest.mark.parametrize("word", ["stock", "stock-count"])
    def test_a_hub_in_the_background_reads_the_stock(self, world: World, word: str) -> None:
        """How much there is of all products takes long to read: no call waits for it."""
        program = Visitor(world.hub, dispatcher=Dispatcher(world.hub)).sign_in(world.hub)
        sent = program.post("/links/1/send", {"kind": word, "all": True, "account": "Losses"})

        assert sent["press"]
        assert sent.get("read") is None

    def test_a_source_that_is_down_is_told_beside_what_was_sent(
        self, program: Visitor, world: World
    ) -> None:
        """The answer says what was released and what kept the source from being read."""
        world.set("sales-order-out.mode=manual")
        world.orders(1)
        world.read_operations()
        world.shop_line.spoil = lambda _number, _body: "request"
        sent = program.post("/links/1/send", {"kind": "sales-order", "all": True})

        assert len(sent["released"]) == 1
        assert sent["read"]["problem"]

    @pytest.mark.parametrize(
        "path, body, status",
        [
            ("/links/9/send", {"kind": "sales-order", "all": True}, 404),
            ("/links/1/send", {"kind": "cake", "all": True}, 400),
            ("/links/1/send", {"kind": "sales-order"}, 400),
            ("/links/1/send", {"kind": "sales-order", "codes": ["SO-99"]}, 400),
            ("/links/1/retrieve", {"kind": "sales-order", "since": "soon"}, 400),
            ("/links/1/retrieve", {"kind": "receipt"}, 400),
            ("/links/9/run", None, 404),
            ("/links/1/match", {"kind": "customer", "name": "X"}, 400),
            ("/links/1/match", {"kind": "cake", "name": "X", "record": "Y"}, 400),
            ("/links/1/match", {"kind": "customer", "name": "X", "record": "nobody"}, 400),
            ("/transfers/retry", {}, 400),
            ("/transfers/retry", {"ids": [1], "link": 1}, 400),
            ("/transfers/retry", {"ids": [99]}, 404),
            ("/transfers/retry", {"link": 9}, 404),
            ("/transfers/skip", {"ids": []}, 400),
            ("/transfers/skip", {"ids": [99]}, 404),
            ("/transfers/accept", {"ids": [99]}, 404),
            ("/transfers/undo", {}, 400),
            ("/transfers/undo", {"ids": [1], "run": 1}, 400),
            ("/transfers/undo", {"ids": [99]}, 404),
            ("/transfers/undo", {"run": 99}, 404),
            ("/transfers/99/correct", {"fields": {"memo": "X"}}, 404),
            ("/transfers/1/correct", {}, 400),
            ("/transfers/1/correct", {"fields": {"memo": "X"}, "activate": True}, 400),
            ("/transfers/1/correct", {"activate": True, "only_check": True}, 400),
            ("/transfers/1/correct", {"activate": True, "version": 1}, 400),
            ("/transfers/1/correct", {"fields": {"quantity": "3"}}, 400),
            ("/transfers/1/correct", {"fields": {"customer": "nobody"}}, 400),
            ("/inbox/undo", {}, 400),
            ("/inbox/undo", {"number": 99}, 409),
            ("/runs/99/stop", None, 404),
            ("/transfers/99/adopt", {"target_id": "X"}, 404),
            ("/transfers/1/adopt", {"target_id": "X"}, 409),
            ("/transfers/1/adopt", {"target_id": ""}, 400),
        ],
    )
    def test_what_cannot_be_done(
        self, reader: Visitor, path: str, body: object, status: int
    ) -> None:
        """400 for what does not fit, 404 for what is not there, 409 for what is not possible now."""
        error = reader.post(path, body, status=status)["error"]

        assert error["message"]

    def test_undo(self, program: Visitor, world: World) -> None:
        """What was sent is taken out with the next run; a second press says that it is undone."""
        world.orders(1)
        world.sync()
        (row,) = world.transfers()
        undone = program.post("/transfers/undo", {"ids": [row.id]})
        assert undone == {"undone": [row.id], "left": [], "updated": []}
        world.clock.advance(minutes=31)
        world.sync()

        assert world.booked() == []
        again = program.post("/transfers/undo", {"ids": [row.id]})
        assert (again["undone"], len(again["left"])) == ([], 1)

    def test_what_cannot_be_read(self, program: Visitor, world: World) -> None:
        """Each record that could not be read is listed, and counted with its connection."""
        world.orders(1)
        world.shop_line.rewrite = lambda text: text.replace(
            '"status":"open"', '"status":"dreaming"'
        )
        world.read_operations()
        [found] = program.get("/unreadable")["unreadable"]

        assert (found["connection_name"], found["number"]) == ("Shop floor", "SO-1")
        assert found["problem"]
        assert found["kind"] == "sales-order"
        assert program.get("/unreadable", connection="Books")["unreadable"] == []
        counted = program.get("/status")["connections"]
        assert [each["unreadable"] for each in counted] == [1, 0]

    def test_retrieve_says_what_happens_next(self, program: Visitor, world: World) -> None:
        """For QuickBooks Desktop the next call of the Web Connector retrieves."""
        world.set("sales-order-in.mode=manual")
        body = {"kind": "sales-order", "since": "2025-01-31"}

        assert "Web Connector" in program.post("/links/1/retrieve", body)["sentence"]

    def test_preview(self, reader: Visitor, calm: World) -> None:
        """What would be written is told, and nothing is written."""
        before = calm.states()

        assert isinstance(reader.get("/links/1/preview")["operations"], list)
        assert calm.states() == before


class TestTransfers:
    def test_lists_are_filtered_and_paged(self, reader: Visitor) -> None:
        """P12: by link, flow, state and part of the number; ``next`` leads through all pages."""
        numbers: list[str] = []
        after: int | None = 0
        while after is not None:
            page = reader.get("/transfers", limit=1, after=after)
            numbers += [each["number"] for each in page["transfers"]]
            after = page["next"]

        assert numbers == ["SO-1", "SO-2", "SO-3"]
        assert len(reader.get("/transfers", state=["refused", "held"])["transfers"]) == 2
        assert len(reader.get("/transfers", find="o-3", link=1)["transfers"]) == 1
        assert reader.get("/transfers", flow="sales-order-in")["transfers"] == []

    @pytest.mark.parametrize(
        "query, status",
        [
            ({"state": "lost"}, 400),
            ({"flow": "cake"}, 400),
            ({"limit": 0}, 400),
            ({"limit": 1_000_000}, 400),
            ({"after": "x"}, 400),
            ({"link": "9"}, 404),
        ],
    )
    def test_filters_that_there_are_not(
        self, reader: Visitor, query: dict[str, Any], status: int
    ) -> None:
        """They are refused, not passed over."""
        assert reader.ask("GET", "/transfers", **query).status_code == status

    def test_the_counterfoil(self, reader: Visitor) -> None:
        """One transfer with its document, refusal, ways out and audit."""
        found = reader.get("/transfers", state="refused")["transfers"][0]
        details = reader.get(f"/transfers/{found['id']}")

        assert details["document"]["number"] == "SO-2"
        assert details["full_refusal"]["code"] == "record-unknown"
        assert {each["action"] for each in details["ways_out"]} >= {"retry", "use-record", "skip"}
        assert reader.ask("GET", "/transfers/99").status_code == 404
        assert reader.ask("GET", "/transfers/x").status_code == 400

    def test_a_way_out_can_be_sent_as_it_stands(self, program: Visitor, world: World) -> None:
        """The requests a refusal offers resolve it."""
        world.set(STRICT)
        world.enter_books(customer("Acme Inc"))
        world.enter("clients", code="Acme Ink", name="Acme Ink")
        world.order("SO-1", "Acme Ink", "1 BOLT 2.00")
        world.sync()
        row = world.row("SO-1")
        ways = program.get(f"/transfers/{row.id}")["ways_out"]
        way = next(each for each in ways if each["action"] == "use-record")
        for request in way["requests"]:
            answer = program.http.request(request["method"], request["path"], json=request["body"])
            assert answer.status_code == 200, answer.text
        world.sync()

        world.check_exactly_once("SO-1")

    def test_correct_and_take_back(self, program: Visitor, world: World) -> None:
        """What a document says is looked at, tried out, corrected and taken back."""
        world.orders(1)
        world.read_operations()
        way = f"/transfers/{world.row('SO-1').id}/correct"
        keys = [each["key"] for each in program.get(way)["fields"]]
        assert {"customer", "memo", "day"} <= set(keys)
        asked = {"fields": {"memo": "By hand"}}
        tried = program.post(way, asked | {"only_check": True})
        assert tried["transfers"] == []
        (differs,) = tried["differences"]
        assert differs == {"label": "Memo", "source": "", "value": "By hand", "holds": "text"}

        made = program.post(way, asked)
        assert len(made["transfers"]) == 1
        assert program.post(way, asked, status=409)["error"]["message"].startswith("It says so")
        assert program.post(f"{way}/undo")["done"][0]["sentence"].startswith("It bears what")

    def test_skip_adopt_and_retry(self, program: Visitor, world: World) -> None:
        """What a person decides is carried out, and stands in the audit with the token's name."""
        world.set(STRICT)
        world.orders(3)
        world.sync()
        assert program.post("/transfers/skip", {"ids": [1]})["transfers"] == [1]
        adopted = program.post("/transfers/2/adopt", {"target_id": "1A-7"})
        assert (adopted["transfers"], adopted["is_confirmed"]) == ([2], False)
        again = program.post("/transfers/retry", {"ids": [1, 2, 3]})

        assert again["released"] == [1, 3]
        assert [each["id"] for each in again["done"]] == [1, 3]
        assert "not confirmed yet" in again["left"][0]["sentence"]
        assert program.post("/transfers/2/adopt/undo")["sentence"].startswith("Taken back")
        assert program.post("/transfers/2/adopt/undo", status=409)["error"]["kind"] == "conflict"
        audit = program.get("/transfers/2")["audit"]
        assert [(each["actor"], each["action"]) for each in audit] == [
            ("tests (token)", "adopted"),
            ("tests (token)", "adoption taken back"),
        ]


_STRANGE: tuple[Any, ...] = (None, 7, "x", True, [], {}, 1.5, {"no_such_field": 1})


class TestOurWords:
    def test_no_library_speaks(self, reader: Visitor) -> None:
        """Whatever body an address is sent, what is wrong with it is told in our words."""
        paths = reader.http.get("/api/openapi.json").json()["paths"]
        told = []
        for path, operations in paths.items():
            address = re.sub(r"{[^}]*}", "no-such-thing", path)
            for method in operations:
                if method == "get" or "requestBody" not in operations[method]:
                    continue
                answers = [reader.http.request(method, address, json=body) for body in _STRANGE]
                answers.append(reader.http.request(method, address, content=b"{"))
                told += [each.json()["error"]["message"] for each in answers if each.is_error]
        assert len(told) > 50
        assert [each for each in told if _LIBRARY.search(each)] == []

    def test_it_names_the_field_and_never_its_value(self, reader: Visitor) -> None:
        """The field, and what it has to be; its value may be a secret."""
        body = {"system": "fusion-operations", "name": "X", "secret": ["hush"], "extra": 1}
        told = reader.post("/connections", body, status=400)["error"]["message"]
        assert "body.secret has to be a text" in told
        assert "body.extra is not known here; leave it out" in told
        assert "hush" not in told


_LIBRARY = re.compile(
    r"Input should|Field required|JSON decode|Extra inputs|valid (integer|string|list|dict)"
    r"|pydantic|value_error",
    re.IGNORECASE,
)


class TestTheDocument:
    def test_it_describes_what_is_answered(self, reader: Visitor) -> None:
        """Every reference in it leads somewhere, every address has a summary and a token."""
        openapi = reader.http.get("/api/openapi.json").json()
        text = json.dumps(openapi)
        schemas = openapi["components"]["schemas"]
        for reference in _references(openapi):
            assert reference.removeprefix("#/components/schemas/") in schemas

        assert openapi["openapi"].startswith("3.1")
        for path, methods in openapi["paths"].items():
            assert path.startswith("/api/v1/")
            for found in methods.values():
                assert found["description"]
                assert found["security"] == [{"token": []}]
        assert "qbwc" not in text

    def test_the_page_shows_all_of_it(self, calm: World) -> None:
        """/docs is made here, without anything from elsewhere, and names every address."""
        visitor = Visitor(calm.hub)
        page = visitor.http.get("/docs")
        for _method, path in operations(visitor):
            assert path in page.text

        assert page.status_code == 200
        text = page.text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http://" not in text.replace("http://hub.example", "")
        assert "<script" not in page.text.replace('<script src="/static/', "")
        assert "style=" not in page.text


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for part in value.values() for each in _references(part)]
    if isinstance(value, list):
        return [each for part in value for each in _references(part)]
    return []


class TestFailures:
    def test_nothing_at_this_address(self, reader: Visitor) -> None:
        """404 and 405 have the shape of every failure."""
        for method, path, status in (("GET", "/cakes", 404), ("DELETE", "/status", 405)):
            answer = reader.ask(method, path)
            assert answer.status_code == status
            assert set(answer.json()["error"]) == {"kind", "message", "request_id"}

    def test_a_body_that_is_too_large(self, reader: Visitor) -> None:
        """413, before it is read into memory."""
        answer = reader.http.post(
            "/api/v1/transfers/skip",
            content=b"[" + b"1," * 2_000_000 + b"1]",
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code == 413

    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"ids": [1e999]}', b"null", b""])
    def test_a_body_that_is_no_json(self, reader: Visitor, body: bytes) -> None:
        """400, whatever the bytes are."""
        answer = reader.http.post(
            "/api/v1/transfers/skip", content=body, headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == 400, answer.text

    def test_the_ledger_is_busy(self, reader: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        """503 with the cure and when to ask again."""

        def busy(*_arguments: object, **_named: object) -> None:
            raise LedgerBusyError("The database is locked. Close what holds it and try again.")

        monkeypatch.setattr(views, "link_status", busy)
        answer = reader.ask("GET", "/status")

        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["error"]["kind"] == "ledger"

    def test_an_outside_system_is_down(
        self, reader: Visitor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """502 with the system's sentence."""

        def down(*_arguments: object, **_named: object) -> None:
            raise UnavailableError("It does not answer.", system="x", operation="y")

        monkeypatch.setattr(views, "link_status", down)

        assert reader.ask("GET", "/status").status_code == 502

    def test_a_mistake_of_ours(self, reader: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        """500 with the request's id and nothing of what went wrong inside."""

        def broken(*_arguments: object, **_named: object) -> None:
            raise AssertionError("the vault's combination is 7-7-7")

        monkeypatch.setattr(views, "link_status", broken)
        answer = reader.http.get("/api/v1/status", headers={"X-Request-ID": "incident-7"})

        assert answer.status_code == 500
        assert answer.json()["error"]["request_id"] == "incident-7"
        assert "combination" not in answer.text


class TestExport:
    """The history of transfers as files."""

    def test_csv_and_workbook_hold_the_same_rows(self, reader: Visitor, calm: World) -> None:
        """Each is named as a file, of its type, and has a line for every transfer."""
        text = reader.ask("GET", "/transfers/export")
        book = reader.ask("GET", "/transfers/export", format="xlsx")
        listed = reader.get("/transfers", limit=1000)["transfers"]
        assert text.headers["content-type"].startswith("text/csv")
        assert 'filename="transfers.xlsx"' in book.headers["content-disposition"]
        lines = list(csv.DictReader(io.StringIO(text.text)))
        assert [int(each["id"]) for each in lines] == [each["id"] for each in listed]
        [sheet] = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
        assert sheet.max_row == len(listed) + 1

    def test_a_cause_needs_its_link(self, reader: Visitor, calm: World) -> None:
        """Trying one cause again is asked of a link."""
        answer = reader.ask("POST", "/transfers/retry", {"ids": [1], "cause": "busy"})
        assert answer.status_code == 400
        assert "name the link" in answer.json()["error"]["message"]
