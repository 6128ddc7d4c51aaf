"""Activations: no answer counts as a success but that the record that was named is active."""

from __future__ import annotations

import pytest

from counterfoil.documents import RecordKind
from counterfoil.engine.activations import believed
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.operations import Busy, Done, Outcome, Refused, Unknown
from tests.support.builders import client, product

ACTIVE = client("ACME", id="C-9")


def asked(kind: Kind = Kind.ACTIVATE_RECORD) -> Asked:
    return Asked(
        wire_id="a1",
        kind=kind,
        subject=RecordKind.CUSTOMER,
        name="ACME",
        sent=Sent(record="C-9"),
    )


@pytest.mark.parametrize(
    "outcome, said",
    [
        (Done(id="C-9", record=client("ACME", id="C-9", is_active=False)), "has not"),
        (Done(id="C-9"), "does not tell what it is now"),
        (Done(id="C-8"), "another record"),
        (Done(id="C-8", record=ACTIVE), "another record"),
        (Done(id="C-9", record=client("ACME", id="C-8")), "another record"),
        (Done(id="C-9", record=product("ACME", id="C-9")), "another record"),
    ],
)
def test_a_success_that_is_none(outcome: Outcome, said: str) -> None:
    """Lists are read anew first; what stays so is refused, and asked no more."""
    found = believed([asked()], {"a1": outcome}, "QuickBooks")["a1"]

    assert isinstance(found, Busy)
    assert found.is_outdated
    assert isinstance(found.otherwise, Refused)
    assert said in found.reason
    assert "“ACME”" in found.otherwise.refusal.sentence


@pytest.mark.parametrize("outcome", [Done(id="C-9", record=ACTIVE), Busy("later"), Unknown("lost")])
def test_what_is_believed(outcome: Outcome) -> None:
    """That record, active; and whatever says that it is not so yet."""
    assert believed([asked()], {"a1": outcome}, "QuickBooks") == {"a1": outcome}


def test_other_answers_are_left_alone() -> None:
    """A record that was created is not held against what was to be made active."""
    outcome = Done(id="C-1", record=client("ACME", id="C-1"))
    assert believed([asked(Kind.CREATE_RECORD)], {"a1": outcome}, "QuickBooks") == {"a1": outcome}
