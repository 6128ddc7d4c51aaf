"""Ways out of a refusal: every choice is a command to paste and a request to send."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from counterfoil.api.ways_out import AT_REST, WayOut, ways_out
from counterfoil.documents import REASON_KINDS, REFUSAL_KINDS, Action, refuse


def offered(code: str, **places: str) -> list[WayOut]:
    """The ways out of transfer 12 of link 3, stopped with this refusal."""
    refusal = refuse(code, **places)
    details: dict[str, Any] = {
        "id": 12,
        "link": 3,
        "flow": "sales-order-out",
        "number": "SO-1",
        "source": {"kind": "sales-order", "id": "9"},
        "full_refusal": msgspec.to_builtins(refusal),
    }
    return ways_out(details)


def way(code: str, action: Action, **places: str) -> WayOut:
    return next(each for each in offered(code, **places) if each.action == action)


class TestEveryAction:
    def test_every_action_is_offered_somewhere(self) -> None:
        """No action is declared that no refusal offers."""
        assert {c.action for kind in REFUSAL_KINDS.values() for c in kind.choices} == set(Action)

    @pytest.mark.parametrize("code", REFUSAL_KINDS)
    def test_every_choice_has_a_command_and_a_request(self, code: str) -> None:
        """Whatever a refusal offers can be typed, and sent over the API."""
        for each in offered(code, setting="general.time_zone", kind="item", value="X"):
            assert each.commands
            assert all(command.startswith("counterfoil ") for command in each.commands)
            assert all(request["path"].startswith("/api/v1/") for request in each.requests)


@pytest.mark.parametrize(
    "code, action, command, body",
    [
        (
            "changed-in-target",
            Action.SEND,
            "counterfoil send 3 sales-order SO-1",
            {"kind": "sales-order", "codes": ["SO-1"]},
        ),
        ("changed-in-target", Action.ACCEPT, "counterfoil accept 12", {"ids": [12]}),
        ("already-landed", Action.UNDO, "counterfoil undo --transfer 12", {"ids": [12]}),
        (
            "undone-needs-consent",
            Action.UNDO,
            "counterfoil undo --transfer 12 --consent",
            {"ids": [12], "consent": True},
        ),
    ],
)
def test_what_has_landed(code: str, action: Action, command: str, body: dict[str, Any]) -> None:
    """What has landed is sent again, accepted or taken out, as the person decides."""
    found = way(code, action)

    assert found.commands == [command]
    assert [request["body"] for request in found.requests] == [body]


def resting(code: str, flow: str = "sales-order-out") -> list[str]:
    """The commands for transfer 12 of link 3, which rests for this reason."""
    details: dict[str, Any] = {
        "id": 12,
        "link": 3,
        "flow": flow,
        "number": "SO-1",
        "source": {"kind": "sales-order", "id": "9"},
        "full_refusal": None,
        "reason": code,
    }
    return [command for each in ways_out(details) for command in each.commands]


def test_what_rests_can_be_decided() -> None:
    """A document that waits for a person names what the person can do, and nothing else does."""
    assert set(AT_REST) <= set(REASON_KINDS)
    assert resting("conflict") == ["counterfoil send 3 sales-order SO-1", "counterfoil accept 12"]
    assert resting("target-gone") == resting("conflict")
    assert resting("waits-for-person")[1] == "counterfoil skip 12"
    assert resting("conflict", "sales-order-in") == [
        "counterfoil retry 12",
        "counterfoil accept 12",
    ]
    assert resting("settling") == []


def test_what_has_landed_is_not_left_out() -> None:
    """Where a refusal offers to leave a document out that is in the target, it is accepted."""
    refusal = refuse("feature-missing", target="QuickBooks", problem="x")
    details: dict[str, Any] = {
        "id": 12,
        "link": 3,
        "flow": "sales-order-out",
        "number": "SO-1",
        "source": {"kind": "sales-order", "id": "9"},
        "full_refusal": msgspec.to_builtins(refusal),
        "landing": {"id": "1-1"},
    }

    assert [each.action for each in ways_out(details)] == [Action.RETRY, Action.ACCEPT]


def test_a_found_record_is_named_by_its_refusal() -> None:
    """The record that a refusal found is the one its command chooses."""
    found = way("name-altered", Action.USE_RECORD, value="ŁUK", found="LUK", kind="customer")

    assert found.commands[0] == "counterfoil match 3 customer 'ŁUK' --record LUK"
    assert found.requests[0]["body"]["record"] == "LUK"
