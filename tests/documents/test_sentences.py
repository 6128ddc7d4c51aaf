"""Texts become sentences with one full stop, whatever stands last in them."""

from __future__ import annotations

import pytest

from counterfoil.documents import ended


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("It is Harbor Supply", "It is Harbor Supply."),
        ("It is Larkspur Fixtures Co.", "It is Larkspur Fixtures Co."),
        ("It is Yes!", "It is Yes!"),
        ("It is “Acme Inc.”", "It is “Acme Inc.”."),
    ],
)
def test_a_name_that_ends_with_a_full_stop_brings_the_sentences_own(
    text: str, sentence: str
) -> None:
    """No sentence ends with two of them."""
    assert ended(text) == sentence
