"""What shall be: the decision over the whole product of its facts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import msgspec
import pytest

from counterfoil.documents import REASON_KINDS, reason
from counterfoil.engine.admission import Go, Hold, LeaveOut
from counterfoil.engine.deciding import (
    DECISIONS,
    Decision,
    End,
    Facts,
    Make,
    Rest,
    Source,
    Target,
    Wish,
    Write,
    decide,
)
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.settings import ChangePolicy
from tests.support.builders import NOW

LATER = NOW + timedelta(minutes=5)
PAUSED = Hold(reason("link-paused"))
OFF = Hold(reason("flow-off"))
DRAFT = Hold(reason("draft"))
OLD = LeaveOut(reason("cancelled"))
BOTH = (False, True)
# What else can be wrong with a document that is there.
FAULTS: tuple[dict[str, bool], ...] = ({}, {"is_unlinked": True}, {"becomes_other": True})
# Whether its source is closed, and is to be closed there.
FINISHED: tuple[dict[str, bool], ...] = (
    {"is_finished": True},
    {"is_finished": True, "closes_finished": True},
)


def product() -> Iterator[Facts]:
    """Every combination of facts that can be: a paused link admits nothing, for one."""
    policies = list(itertools.product(ChangePolicy, ChangePolicy, BOTH))
    quiet = (None, LATER)
    for wish, source, paused, moment in itertools.product(Wish, Source, BOTH, quiet):
        for (changes, cancellations, closes), manual in itertools.product(policies, BOTH):
            common = Facts(
                landed=False,
                source=source,
                wish=wish,
                is_manual=manual,
                changes=changes,
                cancellations=cancellations,
                closes=closes,
                is_paused=paused,
                quiet_at=moment,
                by="Dana",
            )
            for admit in (PAUSED,) if paused else (Go(), DRAFT, OLD):
                yield msgspec.structs.replace(common, admit=admit)
            for target, closed, change, fault in itertools.product(
                Target, BOTH, (PAUSED,) if paused else (Go(), OFF), _more(source)
            ):
                yield msgspec.structs.replace(
                    common, landed=True, target=target, is_closed=closed, admit=change, **fault
                )


def _more(source: Source) -> tuple[dict[str, bool], ...]:
    """What is gone at its source is not closed there."""
    return FAULTS if source is Source.GONE else FAULTS + FINISHED


@cache
def decided() -> list[tuple[Facts, Decision]]:
    """All facts with what is decided about them."""
    return [(facts, decide(facts)) for facts in product()]


def ended(facts: Facts) -> Facts:
    """The facts once the pairing has ended."""
    return msgspec.structs.replace(
        facts,
        landed=False,
        target=Target.AS_WRITTEN,
        is_closed=False,
        is_unlinked=False,
        becomes_other=False,
    )


def carried_out(facts: Facts, write: Write) -> Facts:
    """The facts once a write was made."""
    wish = Wish.NONE if facts.wish.sends else facts.wish
    gone = facts.source is Source.GONE
    source = Source.GONE if gone else Source.AS_SENT
    if write is Write.VOID:
        wish = Wish.REPLACE if facts.wish is Wish.SEND else facts.wish
        return msgspec.structs.replace(ended(facts), source=source, wish=wish)
    return msgspec.structs.replace(
        facts,
        landed=True,
        source=source,
        target=Target.AS_WRITTEN,
        is_closed=write is Write.UPDATE and (gone or facts.ends),
        wish=wish,
    )


class TestProduct:
    def test_always_a_decision(self) -> None:
        """Every combination of facts is decided, and each row of the table decides some."""
        rows = {next(row.name for row in DECISIONS if row.fits(facts)) for facts, _ in decided()}

        assert len(decided()) > 10_000
        assert rows == {row.name for row in DECISIONS}

    def test_an_end_is_followed_by_a_decision(self) -> None:
        """A pairing that ends is followed by a decision that ends none."""
        after = [decide(ended(facts)) for facts, decision in decided() if isinstance(decision, End)]

        assert after
        assert not any(isinstance(decision, End) for decision in after)

    def test_it_comes_to_rest(self) -> None:
        """However often it is decided and carried out, few writes lead to a state of rest."""
        for begun, first in decided():
            facts, decision, writes = begun, first, []
            while not isinstance(decision, Rest):
                if isinstance(decision, Make):
                    writes.append(decision.write)
                    facts = carried_out(facts, decision.write)
                else:
                    facts = ended(facts)
                decision = decide(facts)
                assert len(writes) <= 2 + begun.closes_finished, (begun, writes)
            assert writes.count(Write.CREATE) <= 1

    def test_it_is_asked_of_what_rests_only(self) -> None:
        """What is decided is a state of rest, never one in which a write fares."""
        for _, decision in decided():
            if isinstance(decision, Rest):
                assert STATES[decision.state].standing is Standing.RESTING

    def test_every_rest_but_done_has_its_reason(self) -> None:
        """Nothing is held, skipped or changed without saying why, in a sentence."""
        for facts, decision in decided():
            if isinstance(decision, Rest):
                assert (decision.reason is None) == (decision.state is State.DONE), facts
                if decision.reason is not None:
                    assert decision.reason.code in REASON_KINDS
                    assert "…" not in decision.reason.sentence

    def test_states_know_whether_it_is_there(self) -> None:
        """Held and skipped is what is not there; done and changed what is."""
        for facts, decision in decided():
            if isinstance(decision, Rest):
                there = decision.state in (State.DONE, State.CHANGED)
                assert there == facts.landed, facts


class TestWrites:
    def made(self) -> Iterator[tuple[Facts, Make]]:
        for facts, decision in decided():
            if isinstance(decision, Make):
                yield facts, decision

    def test_what_is_there_is_not_created_again(self) -> None:
        """FLOW-7, FLOW-8: only what has not landed is created; only what has is changed."""
        for facts, decision in self.made():
            assert facts.landed == (decision.write is not Write.CREATE), facts

    def test_31_a_paused_link_never_writes(self) -> None:
        """31, 68: while a link is paused nothing is written, whoever wishes it."""
        assert not [facts for facts, _ in self.made() if facts.is_paused]

    def test_5_no_write_over_a_persons_edit(self) -> None:
        """5: what a person changed there is written over or taken out on a person's word only."""
        for facts, _ in self.made():
            if facts.target is Target.OTHER:
                assert facts.wish.sends or facts.wish is Wish.UNDO, facts

    def test_54_what_is_gone_is_not_changed(self) -> None:
        """54: a document that is gone there is neither changed nor taken out."""
        assert not [facts for facts, _ in self.made() if facts.target is Target.GONE]

    def test_nothing_by_itself_while_a_person_left_it(self) -> None:
        """What a person left stays as it is, whatever the policies say."""
        assert not [facts for facts, _ in self.made() if facts.wish is Wish.LEAVE]

    def test_policies_are_kept(self) -> None:
        """Without a wish a landed document is changed only where its policy is automatic."""
        for facts, decision in self.made():
            if not facts.landed or facts.wish is not Wish.NONE:
                continue
            if facts.ends:
                assert decision == Make(Write.UPDATE)
                continue
            gone = facts.source is Source.GONE
            policy = facts.cancellations if gone else facts.changes
            assert policy is ChangePolicy.AUTOMATIC, facts
            assert decision.write is (Write.VOID if gone and not facts.closes else Write.UPDATE), (
                facts
            )

    def test_a_create_needs_all_rules(self) -> None:
        """Only what may go is created: released at its source, and sent where a person sends."""
        for facts, decision in self.made():
            if decision.write is Write.CREATE:
                assert isinstance(facts.admit, Go)
                assert facts.source is not Source.GONE
                assert facts.wish is not Wish.UNDO
                assert facts.wish.sends or not facts.is_manual

    def test_2_only_what_nobody_waits_for_is_awaited(self) -> None:
        """2: an automatic update waits until its source is quiet; a person's does not."""
        for facts, decision in self.made():
            if decision.not_before is not None:
                assert (decision.write, facts.wish) == (Write.UPDATE, Wish.NONE)
            elif decision.write is Write.UPDATE and facts.source is not Source.GONE:
                if facts.ends:
                    continue
                assert facts.wish.sends or facts.quiet_at is None


class TestRests:
    def test_done_says_what_its_source_says(self) -> None:
        """Done is as sent and as written, or closed because its source is gone; nothing else.

        What is to be written anew, or is not linked to its order, has rows of its own.
        """
        for facts, decision in decided():
            if not facts.landed or facts.wish in (Wish.UNDO, Wish.REPLACE):
                continue
            if facts.is_unlinked or (facts.becomes_other and facts.wish is Wish.SEND):
                continue
            is_reopened = facts.is_closed and not facts.is_finished
            as_sent = facts.source is (Source.GONE if is_reopened else Source.AS_SENT)
            is_same = as_sent and facts.target is Target.AS_WRITTEN and not facts.ends
            assert (decision == Rest(State.DONE)) == is_same, facts

    def test_27_gone_on_both_sides(self) -> None:
        """27: gone at its source and in the target: the pairing ends, it is skipped."""
        for facts, decision in decided():
            if facts.landed and facts.source is Source.GONE and facts.target is Target.GONE:
                assert isinstance(decision, End)
                after = decide(ended(facts))
                assert isinstance(after, Rest)
                # What somebody says is there is looked for first.
                is_named = facts.wish is Wish.ADOPT
                assert after.state is (State.HELD if is_named else State.SKIPPED)

    def test_32_an_undo_ends_skipped(self) -> None:
        """30 to 32: once out, what was undone is skipped until a person sends it."""
        for facts, decision in decided():
            if facts.wish is not Wish.UNDO:
                continue
            if not facts.landed:
                assert decision == Rest(State.SKIPPED, reason("undone-by", who="Dana"))
            elif facts.target is Target.GONE:
                assert isinstance(decision, End)
            elif facts.is_paused:
                assert decision == Rest(State.CHANGED, reason("link-paused"))
            else:
                assert decision == Make(Write.VOID)

    def test_31_an_undo_needs_no_flow(self) -> None:
        """31: an undo goes with the flow switched off."""
        facts = Facts(landed=True, source=Source.AS_SENT, wish=Wish.UNDO, admit=OFF)

        assert decide(facts) == Make(Write.VOID)

    def test_15_what_has_landed_is_never_held(self) -> None:
        """15: what keeps a landed document from being changed leaves it changed, and says so."""
        for facts, decision in decided():
            if facts.landed and isinstance(decision, Rest):
                assert decision.state not in (State.HELD, State.SKIPPED)
        off = Facts(landed=True, source=Source.OTHER, wish=Wish.SEND, admit=OFF)
        assert decide(off) == Rest(State.CHANGED, reason("flow-off"))

    @pytest.mark.parametrize(
        "source, target, code",
        [
            (Source.OTHER, Target.AS_WRITTEN, "source-changed"),
            (Source.GONE, Target.AS_WRITTEN, "source-gone"),
            (Source.AS_SENT, Target.OTHER, "target-changed"),
            (Source.OTHER, Target.OTHER, "conflict"),
            (Source.GONE, Target.OTHER, "conflict"),
            (Source.AS_SENT, Target.GONE, "target-gone"),
            (Source.OTHER, Target.GONE, "target-gone"),
        ],
    )
    def test_what_changed_is_named(self, source: Source, target: Target, code: str) -> None:
        """Which side changed, and how, is a code that programs can compare."""
        facts = Facts(landed=True, source=source, target=target)

        assert decide(facts) == Rest(State.CHANGED, reason(code))

    def test_closed_short(self) -> None:
        """Closed at its source: closed there where it is to be, unless a person left it."""
        facts = Facts(landed=True, source=Source.AS_SENT, is_finished=True, closes_finished=True)
        given = msgspec.structs.replace

        assert decide(facts) == Make(Write.UPDATE)
        assert decide(given(facts, closes_finished=False)) == Rest(State.DONE)
        assert decide(given(facts, is_closed=True)) == Rest(State.DONE)
        assert decide(given(facts, wish=Wish.LEAVE)) == Rest(State.DONE)
        assert decide(given(facts, admit=PAUSED)) == Rest(State.CHANGED, PAUSED.reason)
        both = given(facts, target=Target.OTHER)
        assert decide(both) == Rest(State.CHANGED, reason("target-changed"))

    def test_opened_again(self) -> None:
        """What our closing had closed is changed at its source once that is open again."""
        facts = Facts(landed=True, source=Source.AS_SENT, is_closed=True)
        automatic = msgspec.structs.replace(facts, changes=ChangePolicy.AUTOMATIC)

        assert decide(facts) == Rest(State.CHANGED, reason("source-changed"))
        assert decide(automatic) == Make(Write.UPDATE)
        assert decide(msgspec.structs.replace(automatic, is_finished=True)) == Rest(State.DONE)

    def test_51_a_replacement_is_bound_by_the_change_only(self) -> None:
        """51: what takes the place of what was taken out is created whatever the create's rules say."""
        facts = Facts(landed=False, source=Source.OTHER, wish=Wish.REPLACE, is_manual=True)

        assert decide(facts) == Make(Write.CREATE)
