"""The checklist before the first transfer of Autotask with QuickBooks Desktop."""

from __future__ import annotations

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import before_first
from counterfoil.hub.before_first import FirstStep
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR


def steps(service: ServiceDesk) -> dict[str, FirstStep]:
    found = before_first.link_checklist(service.hub, service.link)
    return {each.step: each for each in found.steps}


def test_what_was_never_read_is_open(service: ServiceDesk) -> None:
    """Nobody has called yet: nothing is passed by silence, and what is to be done is told."""
    found = steps(service)

    assert [found[each].is_passed for each in ("preferences", "accounts", "decrement")] == [
        None
    ] * 3
    assert "--confirm decrement" in str(found["decrement"].sentence)


def test_what_can_be_seen_is_judged(service: ServiceDesk) -> None:
    """P11: once both sides were read, all that can be seen is passed."""
    service.order("Millco", "1 Switch @ 4.00")
    service.look()
    found = steps(service)

    assert {each.step for each in found.values() if each.is_passed} == {
        "preferences",
        "accounts",
        "rights",
        "lists",
        "routes",
        "sites",
    }


def test_moments_are_told_in_the_zone_of_the_link(service: ServiceDesk) -> None:
    """When orders were visible, and when somebody confirmed a step, is told in the link's zone."""
    service.settle()
    with service.having("general.time_zone=Asia/Tokyo"):
        found = before_first.confirm(service.hub, service.link, "decrement", ACTOR)

    told = {each.step: each.sentence for each in found.steps}
    assert str(told["rights"]).endswith(" JST.")
    assert str(told["decrement"]).endswith(" JST.")


def test_an_account_that_is_not_there_is_named(service: ServiceDesk) -> None:
    """The account, where it is missing, and the command that chooses another."""
    service.settle()
    with service.having("purchase-order-out.income_account=Nowhere"):
        found = steps(service)["accounts"]

    assert found.is_passed is False
    assert "“Nowhere”" in str(found.sentence)
    assert "purchase-order-out.income_account=" in str(found.sentence)


def test_n8_what_nothing_shows_a_person_confirms(service: ServiceDesk) -> None:
    """N8, V12: that “Decrement” is cleared, a person says: it is kept with who, and taken back."""
    found = before_first.confirm(service.hub, service.link, "decrement", ACTOR)
    said = next(each for each in found.steps if each.step == "decrement")
    assert said.is_passed
    assert ACTOR in str(said.sentence)

    before_first.confirm(service.hub, service.link, "decrement", ACTOR, is_so=False)
    assert steps(service)["decrement"].is_passed is None


def test_what_can_be_seen_is_not_confirmed(service: ServiceDesk) -> None:
    """A person's word does not stand in for what is read."""
    with pytest.raises(UsageError, match="decrement, no-other"):
        before_first.confirm(service.hub, service.link, "accounts", ACTOR)
