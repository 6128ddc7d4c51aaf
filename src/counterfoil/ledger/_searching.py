"""Which questions find the transfers that people look for, each by the index made for it.

However much was done before, a page costs what is on it: a list of many rows is read in the
order of ids from where the page begins, and what is rare is found in an index that holds
nothing else.  Where no single index does both, several questions are asked, one for each flow
or each state; together they find everything, and the first of all they find are the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, TextClause, func, select

from counterfoil.engine.life import STATES, State
from counterfoil.settings import FlowName

from .schema import NOT_DONE, OPEN, SKIPPED, follow_up, transfer

__all__ = ["Sought", "ways"]

Condition = ColumnElement[bool] | TextClause
Way = tuple[Condition, ...]
"""Conditions of one question."""


class Sought(NamedTuple):
    """What people look for; empty: it does not matter.

    Attributes:
        text: Part of the number, without regard to the case of A to Z.
        codes: Exact numbers.
        fields: Only those of which a custom field is refused.
        after: Only those above this id.
        since: Only those that came where they stand at this instant or later.
    """

    link: int | None = None
    flow: str | None = None
    states: tuple[State, ...] = ()
    text: str | None = None
    codes: tuple[str, ...] = ()
    fields: bool = False
    after: int = 0
    since: datetime | None = None


def ways(sought: Sought) -> list[Way]:
    """Give the questions that together find what is sought."""
    always = tuple(_always(sought))
    if sought.codes or sought.fields:
        return [(*always, *_rarely(sought), *_by_the_way(sought), *_in_states(sought))]
    if sought.states and State.DONE not in sought.states:
        return [(*always, *_standing(sought, state)) for state in dict.fromkeys(sought.states)]
    return [(*always, *place, *_in_states(sought)) for place in _places(sought)]


def _always(sought: Sought) -> Iterator[Condition]:
    yield transfer.c.id > sought.after
    if sought.text:
        yield _holds(sought.text)
    if sought.since is not None:
        yield transfer.c.state_since >= sought.since


def _rarely(sought: Sought) -> Iterator[Condition]:
    """Few transfers have these numbers, or fields that are refused."""
    if sought.codes:
        yield transfer.c.number.in_(sought.codes)
    if sought.fields:
        yield transfer.c.id.in_(
            select(follow_up.c.transfer_id).where(follow_up.c.state == State.REFUSED.value)
        )


def _by_the_way(sought: Sought) -> Iterator[Condition]:
    """Link and flow of what another index finds: a reckoned value is in none of theirs."""
    if sought.link is not None:
        yield transfer.c.link_id + 0 == sought.link
    if sought.flow is not None:
        yield transfer.c.flow.concat("") == sought.flow


def _in_states(sought: Sought) -> Iterator[Condition]:
    if sought.states:
        yield transfer.c.state.in_([state.value for state in sought.states])


def _standing(sought: Sought, state: State) -> Iterator[Condition]:
    """What stands in a state other than done."""
    if not STATES[state].is_settled:
        yield OPEN
        yield transfer.c.state == state.value
        yield from _by_the_way(sought)
        return
    assert state is State.SKIPPED, "there are two ends"
    yield SKIPPED
    if sought.link is None:
        yield from _by_the_way(sought)
        return
    yield NOT_DONE
    yield transfer.c.link_id == sought.link
    yield from _by_the_way(sought._replace(link=None))


def _places(sought: Sought) -> list[Way]:
    """The flows of a link, or a flow of all links, in order of ids."""
    if sought.link is None:
        return [() if sought.flow is None else (transfer.c.flow == sought.flow,)]
    flows = [flow.value for flow in FlowName] if sought.flow is None else [sought.flow]
    return [(transfer.c.link_id == sought.link, transfer.c.flow == flow) for flow in flows]


def _holds(text: str) -> ColumnElement[bool]:
    # Databases differ in what they take for the small form of other letters.
    small = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    number: ColumnElement[Any] = func.lower(transfer.c.number)
    return number.contains(small, autoescape=True)
