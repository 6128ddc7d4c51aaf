"""The agent, its token and the steps of setting up, as people type them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from counterfoil.cli._exits import Exit
from counterfoil.connectors.quickbooks_desktop import agent
from tests.cli.conftest import Keyboard
from tests.support.world import World

HUB = ("--hub", "http://localhost:8080")


@pytest.fixture
def line(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The agent's computer, with a line to the company's hub."""
    monkeypatch.setattr(agent, "Line", partial(agent.Line, transport=world.pipe))
    return world


def test_from_token_to_documents(line: World, at_hub: Keyboard, tmp_path: Path) -> None:
    """A token, an agent with it, and the steps passed; the sandbox plays QuickBooks."""
    token = at_hub.read("connections", "token", "Books")["token"]
    company = tmp_path / "company.sqlite3"
    typed = ("agent", *HUB, "--token", token, "--sandbox", "--sandbox-url", str(company), "--once")
    said = at_hub.type(*typed).stdout
    assert "Connected to http://localhost:8080 for Books." in said

    found = at_hub.read("connections", "checklist", "Books")
    assert [each["is_passed"] for each in found["steps"]] == [True, True, True, True, None]


def test_the_token_is_shown_with_what_to_type(at_hub: Keyboard) -> None:
    """Once only, together with the command for the other computer."""
    said = at_hub.type("connections", "token", "Books").stdout
    assert "counterfoil agent --hub http://localhost:8080 --token cfa-" in said


def test_an_old_token_ends_the_agent(line: World, at_hub: Keyboard, tmp_path: Path) -> None:
    """B20: refused at once, in one sentence, with the code of what a person has to do."""
    token = at_hub.read("connections", "token", "Books")["token"]
    at_hub.read("connections", "token", "Books")
    company = tmp_path / "company.sqlite3"
    typed = ("agent", *HUB, "--token", token, "--sandbox-url", str(company), "--once")
    assert "token is not valid" in at_hub.type(*typed, code=Exit.PERSON).stderr


def test_without_quickbooks_it_says_what_to_do(at_hub: Keyboard) -> None:
    """On a computer without Windows there is only the sandbox."""
    said = at_hub.type("agent", *HUB, "--token", "x", code=Exit.CONFIGURATION).stderr
    assert "--sandbox" in said


def test_a_failed_step_is_told(at_hub: Keyboard) -> None:
    """Passed, failed or open, with the reason; the exit code says that a person is needed."""
    at_hub.type("connections", "token", "Books")
    said = at_hub.type(
        "connections", "checklist", "Books", "--run", "request-access", code=1
    ).stdout
    assert "last option" in said
    assert "FAILED request-access" in said
    assert "passed generate-token" in said


def test_a_password_with_a_grace(at_hub: Keyboard) -> None:
    """The old one opens for a while, and the command says so."""
    said = at_hub.type("connections", "password", "Books", "--grace", "30").stdout
    assert "30 more minutes" in said
