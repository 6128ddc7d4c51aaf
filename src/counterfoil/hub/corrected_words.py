"""What a person said of a document in place of its source, in words."""

from __future__ import annotations

from counterfoil.engine.correcting import Correction, Said

__all__ = ["told_of"]


def told_of(made: Correction | None) -> str:
    """Say in words what a document says in place of its source; ``None``: nothing."""
    if made is None:
        return "It bears what was entered."
    said = [
        *([] if made.day is None else [f"the day {made.day}"]),
        *([] if made.number is None else [f"the number {made.number}"]),
        *(_told_field(each) for each in made.fields),
    ]
    sentences = [f"It bears {', '.join(said)} where it is sent to."] if said else []
    sentences += [
        f"The {each.kind.words} {each.name} is made active there first." for each in made.activates
    ]
    return " ".join(sentences)


def _told_field(said: Said) -> str:
    words = said.field.replace("_on", " date").replace("_", " ")
    of = " on one line" if said.line else ""
    return f"the {words} “{said.value}”{of}"
