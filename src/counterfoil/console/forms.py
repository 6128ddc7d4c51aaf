"""What was typed into a form, and what is wrong with it, so that it can be shown again.

A form with a fault comes back with everything that was typed, but for secrets, and with one
sentence beside each field that has to be put right.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from counterfoil.told import Told

__all__ = ["Posted", "Typed", "text_of"]


async def _posted(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as form:
        yield form


Posted = Annotated[FormData, Depends(_posted)]
"""A form whose fields are not known beforehand, as a route takes it."""


def text_of(form: FormData, name: str) -> str | None:
    """Read a file of a form, or a field, as text; ``None``: it is empty, or no UTF-8."""
    given = form.get(name)
    if not isinstance(given, UploadFile):
        return given or None
    try:
        # Spreadsheets and editors of Windows write a mark in front.
        return given.file.read().decode("utf-8-sig") or None
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True)
class Typed:
    """A form as it stands.

    Attributes:
        values: What is in its fields, by name.
        problems: What is wrong, by the field's name; ``""``: with the form as a whole.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str | Told] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Give what is in a field."""
        return self.values.get(name, "")

    def problem(self, name: str = "") -> str | Told:
        """Say what is wrong with a field, or with the whole; empty: nothing."""
        return self.problems.get(name, "")
