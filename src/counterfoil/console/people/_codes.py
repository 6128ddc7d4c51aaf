"""Codes as people take them along: a picture for the phone's camera, recovery codes as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import segno
from fastapi import Response
from fastapi.responses import PlainTextResponse
from markupsafe import Markup

from counterfoil.api.errors import ApiError
from counterfoil.hub.users import RECOVERY_CODES

__all__ = ["codes_file", "qr_code"]

_CODE: Final = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", re.ASCII)
_HEADING: Final = (
    "Counterfoil: recovery codes\n"
    "Each opens once in place of a code of the app. Keep them where you keep what opens doors.\n\n"
)


def qr_code(text: str) -> Markup:
    """Draw a text as a picture for a camera; black on white in either colour scheme."""
    drawn = segno.make(text, error="m").svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff", border=3
    )
    # Made of numbers and colours alone, whatever the text.
    return Markup(drawn)  # noqa: S704 - see above


def codes_file(codes: Sequence[str]) -> Response:
    """Give codes back as a file, as a page of ours showed them.

    Raises:
        ApiError: 400, these are none.
    """
    if not 0 < len(codes) <= RECOVERY_CODES or not all(map(_CODE.fullmatch, codes)):
        raise ApiError(400, "These are no recovery codes.")
    return PlainTextResponse(
        _HEADING + "\n".join(codes) + "\n",
        headers={"content-disposition": 'attachment; filename="counterfoil-recovery-codes.txt"'},
    )
