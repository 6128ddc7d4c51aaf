"""The page for who operates a hub: every command that it names is typed, in its order.

Only what is a company's own is put in place of the page's examples (``OWN``); what happens to a
company between two of them is done before the command that begins so (``ACTS``).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from counterfoil.hub import views
from counterfoil.ledger import runs
from tests.cli.conftest import Keyboard
from tests.sandboxes.fusion_operations import play as fusion
from tests.support.world import World

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "operate-a-hub.md"

# Spans that name a command without typing it, and what needs a database with a key file.
NAMED_ONLY = frozenset({"connections add", "connections qwc", "connections token", "keys rotate"})
OWN: Mapping[str, str] = {
    "connections change NAME --secret SECRET": (
        f"connections change 'Shop floor' --secret {fusion.SECRET}"
    ),
    # At a terminal they ask.
    "links remove LINK": "links remove 1 --yes",
    "connections remove NAME": "connections remove Books --yes",
    "tokens add NAME": "tokens add Till",
    "NAME": "Books",
    "LINK": "1",
    "SCOPE": "read",
    "DAYS": "30",
    "MINUTES": "5",
    "SECONDS": "60",
    " 17": " 2",
}


def commands(text: str) -> Iterator[str]:
    """Give every command of the page, without the program's name, in their order."""
    for block, span in re.findall(r"```\n(.*?)```|`([^`]+)`", text, re.DOTALL):
        for line in block.splitlines() or [span.replace("\n", " ")]:
            words = line.removeprefix("counterfoil ")
            is_command = words != line or words.startswith(("links ", "connections "))
            if is_command and words not in NAMED_ONLY:
                yield words


def typed(world: World, command: str) -> list[str]:
    """Put this company's own in place of the page's examples."""
    newest = max((each.id for each in views.runs_page(world.hub)), default=1)
    for example, own in {**OWN, "RUN": str(newest)}.items():
        command = command.replace(example, own)
    return shlex.split(command, comments=True)


def unlink(world: World, at_hub: Keyboard) -> None:
    """Remove the link, as the page says."""
    at_hub.type("links", "remove", "1", "--yes")


def move_file(world: World, at_hub: Keyboard) -> None:
    """Open the company file from another place than before."""
    world.run_web_connector()
    world.clock.advance(hours=2)
    world.counter.location = rf"D:\Books\{world.clock.now():%H}.qbw"
    report = world.run_web_connector()
    assert "accept it in Counterfoil" in report.last_result


def order_again(world: World, _at_hub: Keyboard) -> None:
    """Enter another order, which has not been sent yet."""
    if "SO-2" not in world.states():
        world.orders(1, first=2)
        world.read_operations()


def begin_run(world: World, _at_hub: Keyboard) -> None:
    """Let the Web Connector be at work."""
    with world.hub.database.writing() as tx:
        runs.begin(tx, world.books_id, "web-connector", world.clock.now())


ACTS: Mapping[str, Callable[[World, Keyboard], None]] = {
    "connections remove": unlink,
    "connections accept-file": move_file,
    "adopt": order_again,
    "runs --stop": begin_run,
}


@pytest.mark.slow
def test_every_command_of_the_page_works(world: World, at_hub: Keyboard) -> None:
    """Whoever types what the page says is not told that he typed something wrong."""
    world.orders(1)
    world.read_operations()
    for command in commands(PAGE.read_text("utf-8")):
        for beginning, act in ACTS.items():
            if command.startswith(beginning):
                act(world, at_hub)
        told = at_hub.type(*typed(world, command)).stdout
        if password := re.search(r"(?m)^Password: +(\S+)", told):
            world.account = msgspec.structs.replace(world.account, password=password[1])
