"""The reference of refusals, made from their table."""

from __future__ import annotations

from counterfoil.documents import REFUSAL_KINDS, RefusalKind

_HEADER = """\
# Refusals

Why a document stops, and what can be done about it. Codes stay the same from version to
version. `{names}` in braces stand for what the refusal is about. Carry a choice out with the
commands that `counterfoil show ID` prints.
"""


def render() -> str:
    """Give the page: one section per kind, by code."""
    kinds = "\n".join(_kind(code, REFUSAL_KINDS[code]) for code in sorted(REFUSAL_KINDS))
    return f"{_HEADER}\n{kinds}"


def _kind(code: str, kind: RefusalKind) -> str:
    choices = "\n".join(f"- {choice.label} (`{choice.action}`)" for choice in kind.choices)
    return (
        f"## `{code}`\n\n{kind.title}.\n\n"
        f"> {kind.sentence}\n\n"
        f"**Cure:** {kind.cure}\n\n"
        f"**Who:** {kind.actor}\n\n{choices}\n"
    )
