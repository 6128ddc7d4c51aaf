"""What the Web Connector's endpoint takes, of whom, and how many at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from counterfoil.api.bodies import QBXML_LIMIT_BYTES, SMALL_LIMIT_BYTES
from counterfoil.hub import web_connector
from counterfoil.hub.setup import Hub
from tests.support.visitors import Visitor

LARGE = SMALL_LIMIT_BYTES + 1
TICKET = "0123456789abcdef" * 2


def call(operation: str, **parameters: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in parameters.items())
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<{operation} xmlns="http://developer.intuit.com/">{inner}</{operation}>'
        "</s:Body></s:Envelope>"
    ).encode()


def answer(ticket: str, size: int) -> bytes:
    return call("receiveResponseXML", ticket=ticket, response="x" * size, hresult="", message="")


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """One ticket is a run's."""
    monkeypatch.setattr(
        web_connector, "company_of", lambda _hub, ticket: 1 if ticket == TICKET else None
    )


class TestSize:
    @pytest.mark.parametrize(
        "body, status",
        [
            (answer(TICKET, 10), 200),
            (answer(TICKET, LARGE), 200),
            (answer(TICKET, LARGE).decode().encode("utf-16"), 200),
            (answer("f" * 32, 10), 200),
            (answer("f" * 32, LARGE), 413),
            (answer("made up", LARGE), 413),
            (call("authenticate", strUserName="x" * LARGE, strPassword=""), 413),
            (b" " * LARGE, 413),
        ],
        ids="small large utf16 stranger stranger-large no-ticket sign-in blanks".split(),
    )
    @pytest.mark.usefixtures("opens")
    def test_large_bodies_come_with_a_runs_ticket(
        self, new_hub: Hub, body: bytes, status: int
    ) -> None:
        """Of anybody else a little is taken, which every other call fits in."""
        charset = "; charset=utf-16" if body.startswith(b"\xff\xfe") else ""
        headers = {"Content-Type": f"text/xml{charset}"}

        assert (
            Visitor(new_hub).http.post("/qbwc", content=body, headers=headers).status_code == status
        )

    def test_a_length_beyond_all_is_refused_unread(self, new_hub: Hub) -> None:
        """What the request says of itself is enough."""
        headers = {"Content-Length": str(QBXML_LIMIT_BYTES + 1)}
        found = Visitor(new_hub).http.post("/qbwc", content=iter([b"<"]), headers=headers)

        assert found.status_code == 413

    def test_an_agent_without_token_sends_little(self, new_hub: Hub) -> None:
        """The token is looked at before the report is read."""
        agent = Visitor(new_hub).http.post("/agent/report", content=b"{" * LARGE)

        assert agent.status_code == 401


def test_strangers_wait_apart(new_hub: Hub, monkeypatch: pytest.MonkeyPatch, opens: None) -> None:
    """While strangers keep the hub busy, a company's call is answered."""
    held, entered = threading.Event(), threading.Semaphore(0)
    kept = web_connector.answer

    def slow(hub: Hub, said: Any, **named: Any) -> Any:
        if said.operation.value == "authenticate":
            entered.release()
            assert held.wait(10)
        return kept(hub, said, **named)

    monkeypatch.setattr(web_connector, "answer", slow)
    visitor = Visitor(new_hub)
    with visitor.http as http:
        sign_in = call("authenticate", strUserName="nobody", strPassword="nothing")
        found: list[int] = []
        strangers = [
            threading.Thread(
                target=lambda: found.append(http.post("/qbwc", content=sign_in).status_code)
            )
            for _ in range(24)
        ]
        # The company's ticket is known already, as it is in the midst of a run.
        assert http.post("/qbwc", content=answer(TICKET, 1)).status_code == 200
        for each in strangers:
            each.start()
        assert entered.acquire(timeout=5)
        assert http.post("/qbwc", content=answer(TICKET, 1)).status_code == 200
        held.set()
        for each in strangers:
            each.join(10)
    assert set(found) <= {200, 503}
    assert found.count(200) >= 20
