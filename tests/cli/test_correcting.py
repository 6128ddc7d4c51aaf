"""``counterfoil correct``, typed: what a document can say, what differs, and taking it back."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Keyboard
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.world import World


@pytest.fixture
def stopped(world: World) -> str:
    """An order for a customer that the books do not have; its transfer's number."""
    world.set("sales-order-out.create_missing_customers=false")
    world.enter_books(customer("PICNIC"), customer("SLEEPY", active="false"))
    world.order("SO-1", "SLEEPY", "2 BOLT 1.50")
    world.sync()
    return str(world.row("SO-1").id)


def test_what_it_can_say(at_hub: Keyboard, stopped: str) -> None:
    """Without a field it lists them, with what the source says."""
    shown = at_hub.type("correct", stopped)

    assert "customer" in shown.stdout
    assert "SLEEPY" in shown.stdout


def test_asked_before_it_is_kept(at_hub: Keyboard, stopped: str) -> None:
    """What differs is told; with --yes it is kept, and --undo takes it back."""
    asked = at_hub.type("correct", stopped, "customer=PICNIC", code=2)
    assert "Customer: SLEEPY becomes PICNIC." in asked.stderr
    done = at_hub.type("correct", stopped, "customer=PICNIC", "--yes", "--json")
    assert json.loads(done.stdout)["transfers"] == [int(stopped)]
    assert "Corrected: It bears the customer “PICNIC”" in at_hub.type("show", stopped).stdout
    at_hub.type("correct", stopped, "--undo")

    assert "PICNIC" not in at_hub.type("correct", stopped).stdout
    again = at_hub.type("correct", stopped, "--undo", code=1)
    assert "Nobody has corrected it" in again.stdout


def test_an_inactive_record_is_wanted_active(at_hub: Keyboard, stopped: str, world: World) -> None:
    """What “show” offers can be typed, and lets the order arrive."""
    shown = at_hub.type("show", stopped).stdout
    assert f"counterfoil correct {stopped} --activate" in shown
    done = at_hub.type("correct", stopped, "--activate").stdout
    assert f"counterfoil retry {stopped}" in done, "nothing is sent by it"
    assert "SLEEPY is made active there first" in at_hub.type("correct", stopped).stdout
    again = at_hub.type("retry", stopped).stdout
    assert "counterfoil retry" not in again
    waiting = at_hub.type("correct", stopped, "memo=Second try", "--yes").stdout
    assert "counterfoil retry" not in waiting, "it goes by itself by now"
    world.clock.wait(60)
    world.settle()

    assert world.states() == {"SO-1": "done"}


@pytest.mark.parametrize(
    "words, says",
    [
        (("customer",), "write it as FIELD=VALUE"),
        (("customer=NOBODY", "--yes"), "has no customer"),
        (("memo=x", "--undo"), "one of them"),
    ],
)
def test_what_cannot_be(at_hub: Keyboard, stopped: str, words: tuple[str, ...], says: str) -> None:
    """What does not fit is told, and nothing is kept."""
    assert says in at_hub.type("correct", stopped, *words, code=2).stderr
