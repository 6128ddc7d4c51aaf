"""The guides for QuickBooks Online, their commands typed in order beside a whole company.

What connects is left out: the company is connected, as other tests do word for word.  Only what is
a company's own stands in place of the guides' examples: names, numbers, and who gets to-dos.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from counterfoil.hub import setup
from tests.cli.conftest import Keyboard
from tests.support.online import OnlineDesk, OnlineShop, open_online_desk, open_online_shop

pytestmark = pytest.mark.slow

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
# Typed elsewhere, or told of the stand-ins in other processes.
CONNECTING = (
    "counterfoil sandbox",
    "counterfoil connections add",
    "counterfoil connections connect",
    "counterfoil links add",
)

Act = Callable[[], object]


def commands(guide: str) -> Iterator[str]:
    """Give every command of a guide's numbered sections, in their order."""
    text = (HOW_TO / guide).read_text("utf-8")
    for part in re.split(r"(?m)^## (?=\d)", text)[1:]:
        for block in re.findall(r"(?m)^```\w*\n(.*?)```", part, re.DOTALL):
            yield from filter(None, block.replace("\\\n", " ").splitlines())


def follow(keyboard: Keyboard, guide: str, own: dict[str, str], acts: dict[str, Act]) -> list[str]:
    """Type a guide's commands; each has to end well.

    Args:
        own: What the guide says -> what it is here.
        acts: How a command begins -> what people, and time, do before it.
    """
    typed = []
    for command in commands(guide):
        if command.startswith(CONNECTING):
            continue
        for beginning, act in acts.items():
            if command.startswith(beginning):
                act()
        words = [own.get(each, each) for each in shlex.split(command, comments=True)]
        keyboard.type(*words[1:])
        typed.append(command)
    return typed


@pytest.fixture
def desk(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnlineDesk]:
    """A company with Autotask, signed in to QuickBooks Online, of which nothing is set."""
    with open_online_desk(url) as company:
        company.set("purchase-order-out.mode=manual")
        _beside(company, monkeypatch)
        yield company


@pytest.fixture
def shop(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OnlineShop]:
    """The same with Fusion Operations."""
    with open_online_shop(url) as company:
        _beside(company, monkeypatch)
        yield company


def _beside(company: OnlineDesk | OnlineShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands work on the company: at its time, over its lines."""
    same = partial(
        setup.open_hub,
        now=company.clock.now,
        sleep=company.clock.wait,
        transport=company.outward,
    )
    monkeypatch.setattr(setup, "open_hub", same)


def test_autotask_and_quickbooks_online(desk: OnlineDesk, url: str) -> None:
    """Whoever types what the guide says has its orders in QuickBooks Online, left ones included."""
    desk.goods("Rack")
    left = [desk.order("Pelican", "1 Rack @ 10", externalPONumber="ERROR") for _ in range(2)]
    unknown = [desk.order("Pelican", f"1 Unheard of {number} @ 10") for number in range(3)]
    own = {
        "29001": str(left[0]),
        "29002": str(left[1]),
        "Service desk": "Shop floor",
        "purchase-order-out.to_do_resource=books@example.com": "purchase-order-out.to_do_resource=Olive Marsh",
    }

    def stopped() -> None:
        desk.settle()
        meant = (str(desk.transfer(each).id) for each in unknown)
        own.update(zip(("17", "18", "19"), meant, strict=True))

    typed = follow(
        Keyboard(url),
        "autotask-quickbooks-online.md",
        own,
        {"counterfoil transfers 1": stopped, "counterfoil retry": stopped},
    )

    desk.settle()
    assert len(typed) >= 12
    assert {desk.transfer(each).state for each in left} == {"done"}
    assert {desk.transfer(each).refusal for each in unknown} == {"record-unknown"}


def test_fusion_operations_and_quickbooks_online(shop: OnlineShop, url: str) -> None:
    """Whoever types what the guide says has an order as an estimate, and one as a bill."""
    shop.goods("BOLT")
    shop.make("Customer", DisplayName="ACME")
    shop.order("SO-1", "ACME", "10 BOLT 1.20")

    typed = follow(Keyboard(url), "fusion-operations-quickbooks-online.md", {}, {})

    shop.settle()
    assert len(typed) >= 4
    assert shop.row("SO-1").state == "done"
