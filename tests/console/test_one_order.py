"""One purchase order of a service desk: asked for on a page, sent now, and its result told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from counterfoil.api.security import COOKIE
from counterfoil.hub import users
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.database import sqlite_url
from tests.support.autotask import ServiceDesk, open_service_desk
from tests.support.visitors import Visitor, session_of
from tests.support.world import ACTOR

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
WAY = "/documents/send-one"


@pytest.fixture(scope="module")
def service(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceDesk]:
    """A company that works with Autotask."""
    file = tmp_path_factory.mktemp("one-order") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_service_desk(sqlite_url(file)) as opened:
        # A tenant without any vendor is taken for one that lets nothing be seen.
        opened.order("Millco", "1 Rack", submit=False)
        yield opened


@pytest.fixture(scope="module")
def operator(service: ServiceDesk) -> Visitor:
    """Somebody there."""
    return Visitor(service.hub).sign_in(service.hub)


def send(visitor: Visitor, **form: str) -> tuple[int, str]:
    """Send the form; gives the status, and what is told."""
    answer = visitor.http.post(WAY, data={"link": "1", **form}, headers=SAME_SITE)
    if answer.status_code != 303:
        return answer.status_code, unescape(answer.text)
    assert re.fullmatch(r"/transfers/\d+", answer.headers["location"])
    shown = visitor.http.get(answer.headers["location"]).text
    told = re.search(r'<div class="toast"><p>(.*?)</p>', shown)
    assert told is not None
    return 303, unescape(told[1])


@pytest.mark.parametrize("page", ["/documents", "/links/1"])
def test_op15_it_is_offered(operator: Visitor, page: str) -> None:
    """On the link's page, and beside the documents."""
    assert WAY in operator.http.get(page).text
    assert "Send 1 order to QuickBooks" in operator.http.get(WAY).text


def test_op15_a_new_and_unsubmitted_order_goes(service: ServiceDesk, operator: Visitor) -> None:
    """OP15: it leads to the document, and says where it is and which rule was passed over."""
    order = service.order("Millco", "2 Rack @ 5", submit=False)
    status, told = send(operator, order=str(order))

    assert status == 303
    assert "when its Web Connector or agent calls next" in told
    assert "Passed over, because you asked for it:" in told
    assert service.transfer(order).state == "ready"


def test_op15_whoever_asks_hears_of_it(service: ServiceDesk) -> None:
    """OP15: the field is filled with what the person signs in as, where that is an address."""
    login = "books@acme.example"
    made = users.add(service.hub, login, "Jo Books", users.Role.OPERATOR, ACTOR)
    users.set_password(service.hub, made.id, "plain oak shelves 12", ACTOR)
    visitor = Visitor(service.hub)
    visitor.http.cookies.set(COOKIE, session_of(service.hub, Scope.OPERATE))

    assert f'value="{login}"' in visitor.http.get(WAY).text


@pytest.mark.parametrize(
    "form, problem",
    [
        ({"order": "4711"}, "shows no purchase order “4711” that can be read."),
        ({"order": " "}, "Name the order: its number, or its ID in Autotask."),
        ({"order": "1", "mail": "nobody"}, "“nobody” is no e-mail address"),
        ({"order": "1", "link": "77"}, "Choose whose order it is."),
    ],
)
def test_op15_what_is_wrong_is_told_above_the_form(
    operator: Visitor, form: dict[str, str], problem: str
) -> None:
    """OP15: in red, with what was typed; no command of a terminal is named."""
    status, told = send(operator, **form)

    assert status == 400
    assert problem in told
    assert f'value="{form["order"].strip()}"' in told
    assert "counterfoil unreadable" not in told
