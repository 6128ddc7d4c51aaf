"""What QuickBooks can hold, and folding what it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import described, transliterate, unholdable


class TestUnholdable:
    @pytest.mark.parametrize("text", ["", "Bracket", "Café Zürich €5 – “x” ™", "a\tb\r\nc"])
    def test_windows_1252_can_be_held(self, text: str) -> None:
        """Western accents, euro, dashes and curly quotes are stored as they are."""
        assert unholdable(text) == ""

    def test_names_each_offender_once(self) -> None:
        """The offending characters come once each, in order of appearance."""
        assert unholdable("Łódź, 東京, Łódź") == "Łź東京"

    @pytest.mark.parametrize("text", ["\x00", "\x0b", "\x7f", "\x81", "\ufffe", "\ud800"])
    def test_controls_cannot_be_held(self, text: str) -> None:
        """Control characters, unassigned bytes and halves of pairs are offenders too."""
        assert unholdable(text) == text


class TestTransliterate:
    @pytest.mark.parametrize(
        "text, folded",
        [
            ("Café", "Café"),
            ("Dvořák", "Dvorák"),
            ("Łódź", "Lódz"),
            ("Șerban Ştefan", "Serban Stefan"),
            ("Kőbánya", "Kobánya"),
            ("Cafe\u0301", "Café"),
            ("½ ⅓", "½ 1/3"),
            ("ﬁne", "fine"),
            ("① steel", "1 steel"),
            ("10 ≤ x", "10 <= x"),
            ("東京", "??"),
            ("a\u200bb\u00adc", "ab\u00adc"),
            ("a\x00b\x0bc", "abc"),
            ("thin\u2009space", "thin space"),
            ("№ 5", "No. 5"),
        ],
    )
    def test_folds_to_the_nearest(self, text: str, folded: str) -> None:
        """Letters lose only the marks Windows-1252 lacks; what has no neighbour becomes ?."""
        assert transliterate(text) == folded

    @given(st.text())
    def test_leaves_nothing_unholdable(self, text: str) -> None:
        """Whatever the text, the folded one can be held."""
        assert unholdable(transliterate(text)) == ""

    @given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"])))
    def test_changes_nothing_that_can_be_held(self, text: str) -> None:
        """Text QuickBooks can hold is returned untouched."""
        assert transliterate(text) == text


@pytest.mark.parametrize(
    "text, sentence",
    [
        (
            "ACME\u200b Ltd",
            "the zero width space at place 5, between “ACME” and “ Ltd”",
        ),
        ("E\u0301clair", "the combining acute accent at place 2, between “E” and “clair”"),
        ("ACME\u2060", "the word joiner at place 5, at the end, after “ACME”"),
        ("\ufeffACME", "the zero width no-break space at place 1, at the beginning, before “ACME”"),
        ("\x81", "the control character number 129 at place 1, alone"),
        ("\ue000", "the nameless character number 57344 at place 1, alone"),
        (
            "我" * 5,
            (
                "the cjk unified ideograph-6211 “我” at place 1, at the beginning, before “我我我我”; "
                "the cjk unified ideograph-6211 “我” at place 2, between “我” and “我我我”; "
                "the cjk unified ideograph-6211 “我” at place 3, between “我我” and “我我”; 2 more"
            ),
        ),
    ],
)
def test_what_cannot_be_seen_is_described(text: str, sentence: str) -> None:
    """A character is told by its name, its place and its neighbours, as people read them."""
    told = described(text, unholdable(text))

    assert told == sentence
    assert told.isprintable()
