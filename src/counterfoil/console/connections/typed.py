"""What a form holds whose fields a table says: all of them, as they were typed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

__all__ = ["FormTyped"]


async def _read(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


FormTyped = Annotated[dict[str, str], Depends(_read)]
"""Name of a field -> what is in it."""
