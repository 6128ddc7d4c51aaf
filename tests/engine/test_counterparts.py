"""What a person said of list records: comparing them by name, and how additions fare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from counterfoil.documents import RecordKind, Vendor, name_key, refuse
from counterfoil.engine.counterparts import (
    Counterpart,
    Decision,
    Known,
    Likeness,
    advance_counterpart,
    answered,
    as_new,
    compared,
    looked_up,
)
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Alike, Entry
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Refused,
    Unknown,
)
from tests.support.builders import target

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
VENDOR = RecordKind.VENDOR
REFUSAL = refuse("name-taken", value="Zephyr", kind="vendor", target="Books", other="customer")


BOOKS = target()


def vendor(name: str, id_: str = "V-1") -> Vendor:
    return Vendor(id=id_, name=name, full_name=name, revision="7")


def entry(name: str, *, kind: RecordKind = VENDOR, active: bool = True) -> Entry:
    return Entry(kind, f"T-{name}", name, active)


def said(state: State = State.READY) -> Counterpart:
    return Counterpart(
        id=1,
        link=1,
        kind=VENDOR,
        source=1,
        source_record="V-1",
        source_name="Zephyr",
        target=2,
        decision=Decision.ADD,
        author="A tester",
        made_at=NOW,
        state_since=NOW,
        sent_at=NOW,
        record=as_new(vendor("Zephyr")),
        state=state,
    )


@pytest.mark.parametrize(
    "there, share, fits",
    [
        ([entry("ZEPHYR")], True, Likeness.SAME),
        ([entry("Zephyr"), entry("zephyr")], True, Likeness.DOUBTFUL),
        ([entry("Zephyr", active=False)], True, Likeness.DOUBTFUL),
        ([entry("Zephyr", kind=RecordKind.CUSTOMER)], True, Likeness.DOUBTFUL),
        ([entry("Zephyr", kind=RecordKind.CUSTOMER)], False, Likeness.NONE),
        ([entry("Zephir Ltd")], True, Likeness.NEAR),
        ([entry("Millwright")], True, Likeness.NONE),
        ([], True, Likeness.NONE),
    ],
)
def test_how_a_record_fits(there: list[Entry], share: bool, fits: Likeness) -> None:
    """One active record of its name is the same; whatever nobody can tell is never "not there"."""
    by_key: dict[str, list[Entry]] = {}
    for each in there:
        by_key.setdefault(name_key(each.full_name), []).append(each)
    names = [each.full_name for each in there if each.kind is VENDOR and each.is_active]
    [found] = compared([vendor("Zephyr")], by_key, Alike(names), VENDOR, {}, share_names=share)
    assert found.likeness is fits


def test_what_was_said_is_told() -> None:
    """A record about which somebody decided is not compared again."""
    known = {"V-1": Known(Decision.ADD)}
    [found] = compared([vendor("Zephyr")], {}, Alike([]), VENDOR, known)
    assert (found.likeness, found.decision) == (Likeness.DECIDED, Decision.ADD)


@pytest.mark.parametrize("is_firm, fits", [(True, Likeness.DECIDED), (False, Likeness.SAME)])
def test_what_names_tell_comes_between(is_firm: bool, fits: Likeness) -> None:
    """What a person said of a record comes before its name, what else means it after."""
    known = {"V-1": Known(Decision.LINK, "T-2", "Zephyr Air", is_firm)}
    there = {"zephyr": [entry("Zephyr")]}
    [found] = compared([vendor("Zephyr")], there, Alike([]), VENDOR, known)
    assert found.likeness is fits


def test_a_new_record_leaves_its_identity_at_home() -> None:
    """What is added elsewhere has neither identity nor revision there, and may be renamed."""
    new = as_new(vendor("Zephyr"), "Cargo:Zephyr")
    assert (new.id, new.revision, new.full_name, new.name) == ("", None, "Cargo:Zephyr", "Zephyr")


@pytest.mark.parametrize(
    "state, outcome, becomes",
    [
        (State.SENDING, Done(record=vendor("Zephyr", "T-9")), State.DONE),
        (State.SENDING, Done(), State.UNKNOWN),
        (State.SENDING, Missing("it never ran"), State.READY),
        (State.SENDING, Busy("locked"), State.WAITING),
        (State.SENDING, Refused(REFUSAL), State.REFUSED),
        (State.SENDING, Unknown("no answer"), State.UNKNOWN),
        (State.SENDING, Conflict(), State.UNKNOWN),
        (State.CONFIRMING, Done(record=vendor("Zephyr", "T-9")), State.DONE),
        (State.CONFIRMING, Missing("it is not there"), State.UNKNOWN),
        (State.CONFIRMING, Unknown("no answer"), State.UNKNOWN),
        (State.UNKNOWN, Unknown("no answer"), State.UNKNOWN),
        (State.UNKNOWN, Refused(REFUSAL), State.UNKNOWN),
        (State.UNKNOWN, Done(record=vendor("Zephyr", "T-9")), State.DONE),
        (State.DONE, Unknown("late"), State.DONE),
        (State.READY, Done(record=vendor("Zephyr", "T-9")), State.READY),
    ],
)
def test_what_an_answer_makes_of_it(state: State, outcome: Outcome, becomes: State) -> None:
    """Only an answer that names the record ends it; silence and odd answers leave it unknown."""
    after = answered(said(state), outcome, NOW, "Books")
    assert after.state is becomes
    assert (after.record_id == "T-9") is (becomes is State.DONE and state is not State.DONE)


@pytest.mark.parametrize(
    "state, there, becomes",
    [
        (State.READY, [], None),
        (State.READY, [entry("Zephyr")], State.DONE),
        (State.READY, [entry("Zephyr", active=False)], State.REFUSED),
        (State.READY, [entry("Zephyr"), entry("zephyr")], State.REFUSED),
        (State.READY, [entry("Zephyr", kind=RecordKind.CUSTOMER)], State.REFUSED),
        (State.UNKNOWN, [], State.READY),
        (State.UNKNOWN, [entry("Zephyr")], State.DONE),
        (State.UNKNOWN, [entry("Zephyr", kind=RecordKind.CUSTOMER)], State.READY),
        (State.UNKNOWN, [entry("Zephyr", active=False)], State.REFUSED),
    ],
)
def test_what_the_list_says(state: State, there: list[Entry], becomes: State | None) -> None:
    """What is there already is not sent; what was lost is there, or may be sent again."""
    after = looked_up(said(state), there, NOW, BOOKS)
    assert (None if after is None else after.state) is becomes


def test_it_waits_as_long_as_it_is_told() -> None:
    """A busy system says when to come again."""
    after = answered(said(State.SENDING), Busy("limit", 900.0), NOW, "Books")
    assert after.retry_at is not None
    assert after.retry_at >= NOW + timedelta(seconds=900)
    assert advance_counterpart(after, Event.DUE, after.retry_at).state is State.READY


def test_it_tells_why() -> None:
    """A refusal explains itself, and so does what waits."""
    assert said().sentence is None
    refused = answered(said(State.SENDING), Refused(REFUSAL), NOW, "Books")
    assert refused.sentence == REFUSAL.sentence
    waits = msgspec.structs.replace(said(State.SENDING))
    assert "No answer came" in (answered(waits, Unknown("lost"), NOW, "Books").sentence or "")
