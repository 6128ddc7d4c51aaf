"""Refusals: texts without gaps, buttons that carry what they need, codes that stay."""

from __future__ import annotations

import ast
import re
import string

import msgspec
import pytest

from counterfoil.documents import REFUSAL_KINDS, Action, Actor, Refusal, RefusalKind, refuse
from tests.support.callers import SOURCE, calls_of

OWN = {"where", "detail", "value"}
# What the arguments of a choice are called, by what the choice does.
ARGUMENTS: dict[Action, list[set[str]]] = {
    Action.RETRY: [set()],
    Action.SKIP: [set()],
    Action.USE_RECORD: [{"kind", "name"}, {"kind", "name", "record"}],
    Action.CREATE_AS: [{"kind", "name"}],
    Action.ACTIVATE: [{"kind", "name", "record"}],
    Action.CHANGE_SETTING: [{"setting"}, {"setting", "value"}],
    Action.ADOPT: [set(), {"id"}],
    Action.SEND: [set()],
    Action.ACCEPT: [set()],
    Action.UNDO: [set(), {"consent"}],
}


CALLS = calls_of("refuse")


def places(kind: RefusalKind) -> set[str]:
    """Give the names in braces of all texts of a row."""
    texts = [kind.sentence, kind.cure]
    for choice in kind.choices:
        texts += [choice.label, *choice.arguments.values()]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def texts_of(refusal: Refusal) -> list[str]:
    labels = [choice.label for choice in refusal.choices]
    arguments = [text for choice in refusal.choices for text in choice.arguments.values()]
    return [refusal.sentence, refusal.cure, *labels, *arguments]


class TestTable:
    def test_codes_are_words_that_can_be_typed(self) -> None:
        """Every code is lower-case words joined by hyphens."""
        assert [c for c in REFUSAL_KINDS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", c)] == []

    def test_codes_and_titles_are_unique(self) -> None:
        """No code is declared twice, and no two codes share a title."""
        declared = [
            ast.literal_eval(key)
            for path in (SOURCE / "documents" / "refusals").glob("_*.py")
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
            for key in node.value.keys
            if key is not None
        ]

        assert sorted(declared) == sorted(set(declared)) == sorted(REFUSAL_KINDS)
        assert len({kind.title for kind in REFUSAL_KINDS.values()}) == len(REFUSAL_KINDS)

    @pytest.mark.parametrize("code", REFUSAL_KINDS)
    def test_every_kind_says_what_to_do_and_who(self, code: str) -> None:
        """Each row has a sentence, a cure and at least one way out."""
        kind = REFUSAL_KINDS[code]

        assert kind.sentence
        assert kind.cure.endswith(".")
        assert kind.choices

    @pytest.mark.parametrize("code", REFUSAL_KINDS)
    def test_choices_carry_what_a_machine_needs(self, code: str) -> None:
        """A choice has exactly the arguments that its action is carried out with."""
        for choice in REFUSAL_KINDS[code].choices:
            assert choice.arguments.keys() in ARGUMENTS[choice.action]

    @pytest.mark.parametrize("code", REFUSAL_KINDS)
    def test_all_places_can_be_filled(self, code: str) -> None:
        """With all its places given, no text of a row keeps a brace."""
        kind = REFUSAL_KINDS[code]
        given = {name: f"a {name}" for name in places(kind) - OWN}

        refusal = refuse(code, value="Vis & Co", **given)

        assert [text for text in texts_of(refusal) if "{" in text or "}" in text] == []


class TestCallers:
    def test_callers_are_found(self) -> None:
        """The calls that the next tests check are really there."""
        assert len(CALLS) >= 10

    @pytest.mark.parametrize("where, code, names", CALLS, ids=[call[0] for call in CALLS])
    def test_a_caller_fills_every_place(self, where: str, code: str, names: set[str]) -> None:
        """Wherever the code refuses, it names a known code and fills all that is shown."""
        assert code in REFUSAL_KINDS
        given = {name: f"a {name}" for name in names - OWN}
        own = dict.fromkeys(names & OWN, "text")

        refusal = refuse(code, **own, **given)

        assert [text for text in texts_of(refusal) if "{" in text or "}" in text] == []


class TestRefuse:
    def test_it_names_value_field_and_cause(self) -> None:
        """A refusal holds the offending value, where it stands, and words for the engineer."""
        refusal = refuse(
            "record-unknown",
            where="lines[2].item",
            detail="3140",
            value="BOLT",
            kind="item",
            target="QuickBooks",
        )

        assert refusal.sentence == "The item “BOLT” is not in QuickBooks."
        assert (refusal.where, refusal.value, refusal.detail) == ("lines[2].item", "BOLT", "3140")
        assert refusal.actor is Actor.BOOKKEEPER

    def test_a_choice_is_ready_to_be_carried_out(self) -> None:
        """Choosing another record needs nothing but the record: kind and name are there."""
        refusal = refuse("record-inactive", value="BOLT", kind="item", target="QuickBooks")
        use = next(c for c in refusal.choices if c.action is Action.USE_RECORD)

        assert use.arguments == {"kind": "item", "name": "BOLT"}
        assert use.label == "Use another item of the books"

    @pytest.mark.parametrize("setting", ["", None])
    @pytest.mark.parametrize("code", ["record-unknown", "number-too-long", "text-unholdable"])
    def test_no_setting_no_button(self, code: str, setting: str | None) -> None:
        """Where no setting would help, the button that changes one is left out."""
        named = {} if setting is None else {"setting": setting}
        refusal = refuse(code, value="X", target="QuickBooks", **named)

        assert Action.CHANGE_SETTING not in {choice.action for choice in refusal.choices}
        assert refusal.choices
        assert "let Counterfoil create" not in refusal.cure

    def test_braces_of_a_value_are_only_text(self) -> None:
        """A name with braces is shown as it is, and fills no place."""
        refusal = refuse("record-unknown", value="{target}", kind="item", target="QuickBooks")

        assert refusal.sentence == "The item “{target}” is not in QuickBooks."

    @pytest.mark.parametrize("name", ["Acme Inc.", "Acme… ..", "{kind}."])
    def test_a_names_own_full_stop_is_enough(self, name: str) -> None:
        """A name that ends in a full stop ends the sentence, and is kept as it is in a button."""
        refusal = refuse("record-unknown", value=name, kind="customer", target="Books of A. Inc.")

        assert refusal.sentence == f"The customer “{name}” is not in Books of A. Inc."
        assert {c.arguments["name"] for c in refusal.choices if "name" in c.arguments} == {name}

    def test_a_matched_name_is_offered_by_its_name(self) -> None:
        """Only a person says that ŁUK is LUK: the button names the record that was found."""
        refusal = refuse("name-altered", value="ŁUK", found="LUK", kind="customer", target="QB")
        use = refusal.choices[0]

        assert use.action is Action.USE_RECORD
        assert use.arguments == {"kind": "customer", "name": "ŁUK", "record": "LUK"}
        assert use.label == "It is the customer “LUK”"

    def test_an_unknown_code_is_our_mistake(self) -> None:
        """A code that is not in the table raises."""
        with pytest.raises(KeyError):
            refuse("no-such-code")

    def test_it_is_stored_and_read_again(self) -> None:
        """A refusal survives the ledger as it is."""
        refusal = refuse("number-taken", value="SO-1", document="sales order", found="x", id="9")

        plain = msgspec.json.encode(refusal)
        assert msgspec.json.decode(plain, type=Refusal) == refusal
