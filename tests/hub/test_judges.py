"""Programs by other people drive the hub: what they can know of the protocol is not ours.

``zeep`` knows nothing but a WSDL.  ``qbwc-kit`` plays a Web Connector and a QuickBooks, and
its QuickBooks is simpler than any real one: it keeps no answers for recovery, ignores every
filter, and names what it adds by ListID.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from counterfoil.hub.web_connector import OWNER_ID
from tests.connectors.quickbooks_desktop.web_connector.judges import (
    INTUIT_WSDL,
    kit_transport,
    over_http,
    run_update,
    zeep_service,
)
from tests.hub.conftest import OpenWorld
from tests.support.world import World, judge

URL = "http://localhost:8080/qbwc"


def hcp(world: World) -> str:
    session = world.counter.open_session(None, application="Web Connector")
    return session.host_company_preferences(OWNER_ID).response


class TestZeep:
    @pytest.mark.parametrize("wsdl", ["ours", "intuit"])
    def test_a_whole_session_from_the_wsdl_alone(self, world: World, wsdl: str) -> None:
        """A client made from the WSDL, ours or Intuit's own, brings every order over."""
        numbers = world.orders(12)
        world.read_operations()
        described = world.http.get("/qbwc?wsdl").content if wsdl == "ours" else INTUIT_WSDL
        service = zeep_service(described, over_http(world.http), URL)
        session = world.counter.open_session(None, application="Counterfoil Books")
        said = run_update(
            service,
            lambda text: session.process(text).response,
            user_name=world.account.username or "",
            password=world.account.password or "",
            host_facts=hcp(world),
            company_file=session.company_file,
        )

        assert said.server_version.startswith("Counterfoil")
        assert (said.client_answer, said.status) == ("", "")
        assert said.progress[-1] == 100
        assert said.closed == "OK: 12 documents settled."
        world.check_exactly_once(*numbers)

    def test_a_wrong_password_from_the_wsdl_alone(self, world: World) -> None:
        """The refusal reads as a refusal to a client that knows only the WSDL."""
        service = zeep_service(INTUIT_WSDL, over_http(world.http), URL)
        said = run_update(service, str, user_name=world.account.username or "", password="wrong")

        assert said.status == "nvu"
        assert said.requests == []


class LostError(Exception):
    """The kit's computer stops here."""


def transactions(answer: str) -> str:
    """Give transactions the identity they have in QuickBooks; the kit calls all a ``ListID``."""
    return re.sub(r"<ListID>(SALESORDER-\d+)</ListID>", r"<TxnID>\1</TxnID>", answer)


class Kit:
    """qbwc-kit's Web Connector and QuickBooks, pointed at the hub of a world."""

    def __init__(self, world: World) -> None:
        testing: Any = pytest.importorskip("qbwc_kit.testing")
        self.world = world
        self.quickbooks: Any = testing.FakeQuickBooks()
        self.connector: Any = testing.FakeWebConnector(
            transport=kit_transport(over_http(world.http), URL),
            username=world.account.username,
            password=world.account.password,
        )

    def run(self, responder: Callable[[str], str] | None = None) -> Any:
        answer = responder or self.quickbooks
        return self.connector.run_update(lambda text: transactions(answer(text)))

    def booked(self, element: str = "RefNumber") -> Counter[str]:
        """How often each number is in the kit's books."""
        orders = self.quickbooks.entities.get("SalesOrder", [])
        return Counter(str(order.get(element, "")) for order in orders)

    def settle(self) -> None:
        """Let the kit's Web Connector come again until nothing is left to do."""
        for _ in range(20):
            result = self.run()
            assert not result.failed, result.last_error
            if not self.world.unsettled():
                return
            self.world.clock.wait(3700)
        raise AssertionError(f"it does not come to rest: {self.world.unsettled()}")


@pytest.fixture
def kit(open_company: OpenWorld) -> Kit:
    """A company whose books are qbwc-kit's, with fifty orders waiting."""
    world = open_company(requests_per_set="20")
    world.orders(50)
    world.read_operations()
    return Kit(world)


NUMBERS = [f"SO-{position}" for position in range(1, 51)]


class TestKit:
    def test_fifty_orders(self, kit: Kit) -> None:
        """Fifty orders arrive in a QuickBooks that nobody here wrote, in few round trips."""
        result = kit.run()

        assert result.progress[-1] == 100
        assert result.close_message == "OK: 50 documents settled."
        assert kit.booked() == Counter(NUMBERS)
        assert set(kit.world.states().values()) == {"done"}
        assert kit.run().round_trips == 0

    def test_it_validates_what_it_is_handed(self, kit: Kit) -> None:
        """Every request the kit was handed satisfies Intuit's schema, at the version it named."""
        kit.run()
        for text in kit.quickbooks.seen:
            judge(text, (13, 0))
        assert len(kit.quickbooks.seen) < 12

    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("numbered_by", ["order_code", "books"])
    def test_answers_are_lost_at_random(self, kit: Kit, seed: int, numbered_by: str) -> None:
        """Without any recovery on its side, number or mark tell what became of an order."""
        kit.world.set(f"sales-order-out.document_number={numbered_by}")
        chance = random.Random(seed)

        def unreliable(text: str) -> str:
            fate = chance.random()
            if fate < 0.15:
                raise LostError
            answer: str = kit.quickbooks(text)
            if fate < 0.3:
                raise LostError
            return answer

        for _ in range(12):
            with suppress(LostError):
                kit.run(unreliable)
            if chance.random() < 0.3:
                kit.world.restart()
            kit.world.clock.wait(chance.choice([1, 60, 4000]))
        kit.settle()

        marks = kit.booked("ExternalGUID")
        assert len(marks) == 50
        assert set(marks.values()) == {1}
        assert set(kit.world.states().values()) == {"done"}
        if numbered_by == "order_code":
            assert kit.booked() == Counter(NUMBERS)
