"""Who is told, and one order now, over the JSON API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.mail import mail_server
from tests.support.visitors import Visitor
from tests.support.world import World

RULE = {"name": "books", "channel": "email", "place": "books@acme.example", "causes": ["refused"]}


class TestNotices:
    def test_a_rule_from_first_to_last(self, program: Visitor, world: World) -> None:
        """Added, listed, tried and removed; a trial that fails is a 502 in words."""
        with mail_server() as (box, port):
            world.hub.configuration = replace(
                world.hub.configuration,
                smtp_url=f"smtp://127.0.0.1:{port}",
                mail_from="hub@acme.example",
            )
            made = program.ask("POST", "/notices", RULE)
            assert (made.status_code, made.json()["place"]) == (201, "books@acme.example")
            told = program.ask("POST", "/notices/books/test", {}).json()["sentence"]
            assert "books@acme.example" in told
        assert len(box.mails) == 1
        failed = program.ask("POST", "/notices/books/test", {})
        assert failed.status_code == 502
        assert f"127.0.0.1:{port}" in failed.json()["error"]["message"]

        (listed,) = program.get("/notices")["rules"]
        assert listed["causes"] == ["refused"]
        assert program.ask("POST", f"/notices/{listed['id']}/remove", {}).status_code == 200
        assert program.get("/notices")["rules"] == []

    def test_when_a_rule_tells(self, program: Visitor, world: World) -> None:
        """Hours are set and changed, a rule is switched, and what was told is listed."""
        world.hub.configuration = replace(
            world.hub.configuration, smtp_url="smtp://127.0.0.1:9", mail_from="hub@acme.example"
        )
        hours = {"quiet": ["18:00-07:00"], "urgent": ["connection"], "digest": "daily@08:00"}
        made = program.post("/notices", {**RULE, **hours}, status=201)
        assert {name: made[name] for name in hours} == hours
        patched = program.ask("PATCH", "/notices/books", {"digest": None, "link": None}).json()
        assert (patched["digest"], patched["quiet"]) == (None, hours["quiet"])
        assert not program.post("/notices/books/off", {})["is_on"]
        assert program.post("/notices/books/on", {})["is_on"]
        assert program.get("/notices/told", rule="books") == {"notices": [], "next": None}

        assert program.ask("PATCH", "/notices/books", {"quiet": ["at night"]}).status_code == 409
        assert program.ask("PATCH", "/notices/nobody", {}).status_code == 404

    @pytest.mark.parametrize(
        "change", [{"channel": "fax"}, {"place": "nobody"}, {"link": "99"}, {"causes": ["rain"]}]
    )
    def test_what_does_not_fit(
        self, program: Visitor, world: World, change: dict[str, object]
    ) -> None:
        """A rule that cannot be followed is a 409 that says why."""
        world.hub.configuration = replace(
            world.hub.configuration, smtp_url="smtp://127.0.0.1:9", mail_from="hub@acme.example"
        )
        assert program.ask("POST", "/notices", {**RULE, **change}).status_code == 409
        assert program.ask("POST", "/notices/nobody/remove", {}).status_code == 404


class TestSyncOne:
    def test_an_order_that_is_not_there(self, program: Visitor, world: World) -> None:
        """OP15: what came of it is the answer, good or bad; what cannot be meant is a 409."""
        path = f"/links/{world.link}/sync-one"
        told = program.ask("POST", path, {"order": "PO-9999"}).json()
        assert told["is_stopped"]
        assert "PO-9999" in told["sentence"]

        wrong = program.ask("POST", path, {"order": "PO-9999", "mail": "nobody"})
        assert wrong.status_code == 409
