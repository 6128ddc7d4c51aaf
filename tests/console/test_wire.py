"""What went over the wire is shown as it was sent: nothing lost, nothing added, no secret."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.console.documents import wire

_TEXTS = st.text(alphabet=st.sampled_from("ab <>/?!\"'&;={}[],:\n\\-1.•é☃="), max_size=80)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


def bare(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


def read(text: str) -> str:
    """All lines, one after the other."""
    return "\n".join(line.text for line in wire.lines_of(text))


@given(_TEXTS)
def test_tokens_are_the_text(text: str) -> None:
    """Put together again, the tokens are what was sent, to the character."""
    assert "".join(token for _kind, token in wire.tokens(text)) == text


@given(_TEXTS)
def test_lines_lose_nothing(text: str) -> None:
    """Breaking and indenting changes white space only, whatever the text is."""
    assert bare(read(text)) == bare(text)


@given(_VALUES)
def test_json_stays_what_it_says(value: Any) -> None:
    """JSON that was broken into lines still says the same."""
    assert json.loads(read(json.dumps(value))) == value


def test_xml_is_broken_where_its_elements_begin() -> None:
    """One element to a line; one that holds text stays whole."""
    text = '<?xml version="1.0"?><A b="1"><C>x, {y}: 2</C><D/></A>'
    assert read(text) == '<?xml version="1.0"?>\n<A b="1">\n  <C>x, {y}: 2</C>\n  <D/>\n</A>'


def test_json_is_broken_where_its_values_begin() -> None:
    """One property to a line, as deep as it lies."""
    assert read('{"a":[1,{"b":"c, d"}],"e":{}}') == (
        '{\n  "a":[\n    1,\n    {\n      "b":"c, d"\n    }\n  ],\n  "e":{\n  }\n}'
    )


def test_each_piece_says_what_it_is() -> None:
    """Names, attributes and values are told apart."""
    (line,) = wire.lines_of('<A b="1">x</A>')
    assert [piece for piece in line.pieces if piece.kind] == [
        ("A", "t"),
        ("b", "a"),
        ("1", "v"),
        ("x", "v"),
        ("A", "t"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<strPassword>hunter two</strPassword>",
        "<ticket>{hunter}</ticket>",
        '{"access_token": "hunter"}',
        '{"password":"hunter"}',
        '<A token="hunter" b="1"/>',
        '{"secret": 12345678, "b": 1}',
        '<A>3" bolt</A><Password>hunter</Password><A>4" bolt</A>',
        '[a.b] POST /x\n<A>3" bolt</A><Password>hunter</Password><A>4" bolt</A>',
    ],
)
def test_secrets_are_hidden(text: str) -> None:
    """What stands under a secret's name is hidden, and that it is is counted."""
    found = wire.shown(text)
    told = "\n".join(line.text for line in found.lines)
    assert found.masked >= 1
    assert wire.HIDDEN in told
    assert "hunter" not in told
    assert "12345678" not in told


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "' + '\\"' * 20_000,
        '{"a": "' + "<!--" * 20_000,
        "<A><!--" + "<!--" * 20_000,
        "<A>" + "<![CDATA[" * 20_000,
        "<a" * 20_000,
        "<A>" + '"' * 20_000,
        "\\" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_time_grows_with_the_length_alone(text: str) -> None:
    """Whatever somebody wrote into a memo; were each sign a new beginning, it would take minutes."""
    begun = time.process_time()
    found = list(wire.tokens(text))

    assert "".join(token for _kind, token in found) == text
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("text", ['{"number":"1","b":"2"}', "<Name>Token Ring Ltd</Name>"])
def test_what_is_no_secret_is_shown(text: str) -> None:
    """A value that looks like a secret's name is none."""
    assert wire.shown(text).masked == 0


def test_of_a_long_text_the_document_meant_is_shown() -> None:
    """A batch of thousands of lines is opened where this document stands."""
    text = "".join(f"<Order><RefNumber>SO-{number}</RefNumber></Order>" for number in range(1_000))
    found = wire.shown(text, ["SO-7"])
    assert len(found.lines) == wire.LINES_MAX
    assert found.above + found.below + len(found.lines) == 3_000
    hits = [line.text.strip() for line in found.lines if line.is_hit]
    assert hits == ["<RefNumber>SO-7</RefNumber>"]


def test_each_call_of_a_batch_begins_anew() -> None:
    """Where several calls were made, each stands below its own line."""
    text = '[q-1] POST /a?b=[1]\n{"c":[1\n\n[q-2] GET /d\n{"e":1}'
    assert read(text).splitlines()[0] == "[q-1] POST /a?b=[1]"
    assert read(text).splitlines()[-4:] == ["[q-2] GET /d", "{", '  "e":1', "}"]
