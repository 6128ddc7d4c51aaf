"""Our mark: beside what people write, and never in its way."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_online._marks import marked, split

KEY = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
MARK = "[counterfoil 0c7f4a529a3e5d1b8f662b1d1c0a9e77]"


class TestMarks:
    @pytest.mark.parametrize("note", [None, "", "for Ada", "two\nlines", "ends [so]"])
    def test_memo_and_mark_come_apart(self, note: str | None) -> None:
        """What was written is read, without the mark."""
        assert split(marked(note, KEY)) == (note or None, KEY)

    @given(st.text(max_size=50), st.uuids())
    def test_any_memo_comes_back(self, memo: str, key: uuid.UUID) -> None:
        """But for blanks at its ends."""
        found, mark = split(marked(memo, f"{{{key}}}"))

        assert (found or "").strip() == memo.strip()
        assert mark == f"{{{key}}}"

    @pytest.mark.parametrize(
        "note, memo, key",
        [
            (None, None, None),
            ("plain", "plain", None),
            (f"before\n{MARK}\nafter", "before\nafter", KEY),
            (f"Voided\n{MARK}", "Voided", KEY),
            (f"a {MARK} in a line", f"a {MARK} in a line", None),
            (f"  {MARK}  ", None, KEY),
            ("[counterfoil 12]", None, "12"),
            (f"[counterfoil {'z' * 32}]", None, "z" * 32),
            (f"[counterfoil urn:uuid:{'0' * 23}]", None, f"urn:uuid:{'0' * 23}"),
        ],
    )
    def test_people_may_write_around_it(
        self, note: str | None, memo: str | None, key: str | None
    ) -> None:
        """Only a line of its own is a mark."""
        found, mark = split(note)
        assert ((found or "").strip() or None, mark) == (memo, key)

    def test_it_is_short(self) -> None:
        """People see it in the books."""
        assert len(marked(None, KEY)) < 50
