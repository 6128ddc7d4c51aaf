"""The fields of a section of settings, grouped under headings, and read back from a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from starlette.datastructures import FormData

from counterfoil.hub import views
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import NamedValue
from counterfoil.settings import (
    OPTIONS,
    PAIR_TYPES,
    THEMES,
    FormField,
    OptionType,
    Settings,
    SystemName,
    Theme,
    form_fields,
    in_words,
    pair_rows,
    pair_text,
    theme_of,
    time_zones,
)

__all__ = ["Field", "Group", "Shown", "groups_of", "texts_in"]

_EMPTY_ROWS: Final = 2
# More choices than these stand in a list that opens.
_SHOWN_CHOICES_MAX: Final = 4


@dataclass(frozen=True)
class Field:
    """A field as the page shows it.

    Attributes:
        form: Its declaration.
        text: What stands in it.
        saved: What is set, in words.
        is_changed: It differs from its default.
        is_edited: It differs from what is set.
        rows: Of pairs, what stands in each row; two empty ones follow.
        offers: Names to choose from, for each part, each with a remark.
        offer_problem: Why there may be others.
        problem: What is wrong with it.
        named: What it names that is not, or may not be, there.
        condition: While what it has an effect; empty: it has one.
    """

    form: FormField
    text: str
    saved: str
    is_changed: bool
    is_edited: bool
    rows: tuple[tuple[str, str], ...] = ()
    offers: tuple[tuple[tuple[str, str], ...], ...] = ()
    offer_problem: str = ""
    problem: str = ""
    named: tuple[NamedValue, ...] = ()
    condition: str = ""

    @property
    def id(self) -> str:
        """A word for it in the page."""
        return self.form.key.replace(".", "-")

    @property
    def default(self) -> str:
        """Its default in words."""
        return in_words(OPTIONS[self.form.key], self.form.default_text)

    @property
    def is_few(self) -> bool:
        """Whether all of its choices are shown at once."""
        return len(self.form.choices) + self.form.optional <= _SHOWN_CHOICES_MAX

    @property
    def is_aside(self) -> bool:
        """Whether it is shown on request: it is seldom changed, or has no effect now."""
        is_plain = not self.problem and not self.is_edited
        return is_plain and (self.form.advanced or bool(self.condition))

    @property
    def lines(self) -> str:
        """Of several names, one on each line."""
        return "\n".join(each.strip() for each in self.text.split(";") if each.strip())

    @property
    def describedby(self) -> str:
        """What tells more about it."""
        marks = [
            ("help", True),
            ("wrong", self.problem or self.named),
            ("offer", self.offer_problem),
        ]
        return " ".join(f"{mark}-{self.id}" for mark, is_there in marks if is_there)


@dataclass(frozen=True)
class Group:
    """Fields under one heading: those in sight, and those shown on request."""

    title: str
    shown: tuple[Field, ...]
    aside: tuple[Field, ...]

    @property
    def differing(self) -> int:
        """How many of those shown on request differ from their default."""
        return sum(each.is_changed for each in self.aside)


@dataclass(frozen=True)
class Shown:
    """What the fields of a section are made of.

    Attributes:
        settings: What is set.
        acting: What would be, after what was typed.
        texts: What was typed and differs, by key.
        problems, named: What is wrong, by key.
    """

    settings: Settings
    acting: Settings
    texts: Mapping[str, str]
    problems: Mapping[str, str]
    named: Mapping[str, Sequence[NamedValue]]


def groups_of(
    hub: Hub, link: int, section: str, systems: tuple[SystemName, SystemName], shown: Shown
) -> list[Group]:
    """Give the fields of a section under their headings, in the headings' order."""
    by_theme: dict[Theme, list[Field]] = {theme: [] for theme in THEMES}
    now = {each.key: each for each in form_fields(section, shown.settings, *systems)}
    for form in form_fields(section, shown.acting, *systems):
        theme = theme_of(OPTIONS[form.key])
        by_theme[theme].append(_field(hub, link, form, now[form.key].text, shown))
    return [
        Group(
            theme.value,
            tuple(each for each in fields if not each.is_aside),
            tuple(each for each in fields if each.is_aside),
        )
        for theme, fields in by_theme.items()
        if fields
    ]


def _field(hub: Hub, link: int, form: FormField, saved: str, shown: Shown) -> Field:
    text = shown.texts.get(form.key, saved)
    offers, problem = _offers(hub, link, form, text)
    return Field(
        form=form,
        text=text,
        saved=in_words(OPTIONS[form.key], saved),
        is_changed=text != form.default_text,
        is_edited=text != saved,
        rows=_rows(form, text),
        offers=offers,
        offer_problem=problem,
        problem=shown.problems.get(form.key, ""),
        named=tuple(shown.named.get(form.key, ())),
        condition=_condition(form),
    )


def _condition(form: FormField) -> str:
    if form.has_effect or form.only_when is None:
        return ""
    other = OPTIONS[form.only_when.key]
    wanted = " or ".join(f"“{in_words(other, text)}”" for text in form.only_when.values)
    return f"Counts only while “{other.label}” is {wanted}."


def _rows(form: FormField, text: str) -> tuple[tuple[str, str], ...]:
    """Give the rows of pairs as they can be filled in, with empty ones after them."""
    if form.type not in PAIR_TYPES:
        return ()
    filled = [(row[0].strip(), "=".join(row[1:]).strip()) for row in pair_rows(text)]
    most = 1 if form.type is OptionType.FIELD_PAIR else form.count_max or len(filled) + _EMPTY_ROWS
    empty = [("", "")] * max(0, min(_EMPTY_ROWS, most - len(filled)))
    return (*filled, *empty)


def _offers(
    hub: Hub, link: int, form: FormField, text: str
) -> tuple[tuple[tuple[tuple[str, str], ...], ...], str]:
    """Give what there is to choose from, and why there may be more."""
    if form.type is OptionType.TIME_ZONE:
        return ((tuple((name, "") for name in sorted(time_zones().values()))),), ""
    naming = OPTIONS[form.key].names
    if not any(naming):
        return (), ""
    typed = text if len(naming) == 1 and form.type is not OptionType.NAMES else ""
    found = [
        None if each is None else views.names_offered(hub, link, form.key, typed, part=part)
        for part, each in enumerate(naming)
    ]
    problems = [each.problem for each in found if each is not None and each.problem]
    return tuple(() if each is None else each.names for each in found), "".join(problems[:1])


# --- Read back ----------------------------------------------------------------------------


def texts_in(form: FormData, fields: Sequence[FormField]) -> dict[str, str]:
    """Read what stands in the fields of a form; one that was not sent is left out."""
    found = {each.key: _text_in(form, each) for each in fields}
    return {key: text for key, text in found.items() if text is not None}


def _text_in(form: FormData, field: FormField) -> str | None:
    if field.type in PAIR_TYPES:
        left, right = (_all(form, f"{field.key}:{part}") for part in (0, 1))
        if not left and not right:
            return None
        rows = zip_longest(left, right, fillvalue="")
        return pair_text(row for row in rows if any(part.strip() for part in row))
    values = _all(form, field.key)
    if not values:
        return None
    text = values[-1].strip()
    return "; ".join(text.splitlines()) if field.type is OptionType.NAMES else text


def _all(form: FormData, name: str) -> list[str]:
    return [each for each in form.getlist(name) if isinstance(each, str)]
