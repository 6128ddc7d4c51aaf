"""What an agent says is read whole, or refused in words that name the trouble."""

from __future__ import annotations

import pytest

from counterfoil.hub import agents


@pytest.mark.parametrize(
    "body, words",
    [
        (b"[]", "Expected `object`"),
        (b"{", "truncated"),
        (b'{"ticket": "\xff"}', "UTF-8"),
        (b'{"more": ' + b"[" * 9_000, "nested too deeply"),
    ],
    ids=["list", "cut", "not UTF-8", "deep"],
)
def test_what_is_no_greeting_is_refused(body: bytes, words: str) -> None:
    """Whatever comes instead of a greeting, the agent is told what is wrong with it."""
    with pytest.raises(ValueError, match=words):
        agents.parse(body, agents.Greeting)


def test_what_no_line_holds_becomes_a_blank() -> None:
    """Control characters are taken out of what people read, and left in QuickBooks' answer."""
    said = agents.parse(
        b'{"ticket": "t", "run": "r", "number": 1, "text": "a\\u0000", "message": "b\\u0000"}',
        agents.Report,
    )

    assert (said.text, said.message) == ("a\x00", "b ")
