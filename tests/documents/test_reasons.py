"""Reasons: codes with values, and sentences a bookkeeper can read."""

from __future__ import annotations

import re
from string import Formatter

import msgspec
import pytest

from counterfoil.documents import REASON_KINDS, REFUSAL_KINDS, Reason, reason
from tests.support.callers import calls_of


def places(code: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(REASON_KINDS[code]) if name}


CALLS = calls_of("reason")


class TestTable:
    def test_codes_are_words_that_can_be_typed(self) -> None:
        """Every code is lower-case words joined by hyphens, and none is a refusal's."""
        assert [c for c in REASON_KINDS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", c)] == []
        assert REASON_KINDS.keys() & REFUSAL_KINDS.keys() == set()

    def test_no_two_reasons_read_alike(self) -> None:
        """A sentence belongs to one code."""
        assert len(set(REASON_KINDS.values())) == len(REASON_KINDS)

    @pytest.mark.parametrize("code", REASON_KINDS)
    def test_each_is_one_sentence(self, code: str) -> None:
        """With its values given a reason is one sentence, without a gap, ending in a stop."""
        sentence = reason(code, **{name: f"Some {name}" for name in places(code)}).sentence

        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert sentence.count(".") == 1
        assert not {"{", "}"} & set(sentence)

    @pytest.mark.parametrize("where, code, names", CALLS, ids=[call[0] for call in CALLS])
    def test_callers_fill_every_place(self, where: str, code: str, names: set[str]) -> None:
        """Wherever the code gives a reason, it names a known code and all that is shown."""
        assert places(code) <= names, where


class TestReason:
    @pytest.mark.parametrize(
        "made, sentence",
        [
            (reason("draft"), "The document is still a draft where it was entered."),
            (
                reason("too-old", day="2026-01-31", start="2026-02-01"),
                "The document is of 2026-01-31, before the start date 2026-02-01.",
            ),
            (
                reason("made-from", kind="estimate", number="E-7"),
                "The document was made from the estimate E-7, which was taken up already.",
            ),
            (
                reason("busy", problem="QuickBooks is open at Acme Inc."),
                "The other system cannot take the document now: QuickBooks is open at Acme Inc.",
            ),
            (reason("left-out-by", who="{who}"), "{who} left the document out."),
        ],
    )
    def test_reads_as_a_sentence(self, made: Reason, sentence: str) -> None:
        """Values stand in the sentence as they are, and no full stop follows another."""
        assert made.sentence == sentence

    def test_keeps_more_than_it_says(self) -> None:
        """What the sentence does not name is kept beside it, for programs."""
        assert reason("draft", row=7).values == {"row": "7"}

    def test_it_is_stored_and_read_again(self) -> None:
        """A reason survives the ledger as it is."""
        made = reason("waits-for", document="sales order SO-1")

        assert msgspec.json.decode(msgspec.json.encode(made), type=Reason) == made

    def test_a_later_versions_reason_still_reads(self) -> None:
        """A code this version does not know, or a value it lacks, is no failure to show it."""
        assert "moon-is-full" in Reason("moon-is-full").sentence
        assert Reason("waits-for").sentence == "The document waits for …"

    def test_a_mistake_of_ours_is_found(self) -> None:
        """An unknown code raises, and so does a value that was forgotten."""
        with pytest.raises(KeyError):
            reason("no-such-code")
        with pytest.raises(AssertionError, match="needs day, start"):
            reason("too-old")
