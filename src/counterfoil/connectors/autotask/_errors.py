"""Autotask as a service that is called: its names, and how it says no.

Almost every refusal comes as status 500 with a list of texts; what it means is told by the
first row of ``MEANINGS`` whose words stand in them.  The same lack of a right comes as 403
and as such a text; a limit as 429 and as others.  A 500 without texts is the server's own.

Source: reference sections 2, 7 and 9; corrections 2, rows 5 and 15, section 2.
"""

from __future__ import annotations

import json
from typing import Final

from counterfoil.connectors.called import Fate, Said, Service, clean_line, words_of

__all__ = ["MEANINGS", "NAME", "SERVICE", "SYSTEM"]

SYSTEM: Final = "autotask"
NAME: Final = "Autotask"
_TEXT_LENGTH_MAX: Final = 500

MEANINGS: Final[tuple[tuple[str, int], ...]] = (
    ("threshold", 429),
    ("itgenatr005", 429),
    ("adequate permissions", 403),
    ("integrationcode is invalid", 401),
    ("zone information could not be determined", 401),
    ("no matching records found", 404),
    # Nobody knows what was done.
    ("an unexpected error has occurred", 500),
    ("", 400),
)
"""Words in lower case -> the HTTP status that says so; the last holds any text."""


def _said(status: int, body: bytes) -> Said:
    texts = _texts(body)
    if not texts:
        text = words_of(body)
        # A limit may be told with any status, and on a page of the server's.
        is_limit = status >= 400 and "thread threshold" in text.lower()
        return Said(status=429 if is_limit else status, text=text)
    text = clean_line("; ".join(texts), _TEXT_LENGTH_MAX)
    lowered = "; ".join(texts).lower()
    meaning = next(meaning for words, meaning in MEANINGS if words in lowered)
    if status != 500 and meaning in {400, 500}:
        meaning = status
    return Said(status=meaning, text=text)


def _texts(body: bytes) -> list[str]:
    """Give the errors of a body; they are texts, or objects that hold one."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    message = found.get("Message")
    errors = found.get("errors")
    listed = errors if isinstance(errors, list) else [message]
    texts = [each.get("message") if isinstance(each, dict) else each for each in listed]
    return [" ".join(each.split()) for each in texts if isinstance(each, str) and each.strip()]


SERVICE: Final = Service(
    system=SYSTEM,
    name=NAME,
    statuses=(
        (
            401,
            401,
            Fate.REFUSED,
            "does not accept the API user name, secret and tracking identifier of this connection",
        ),
        (403, 403, Fate.REFUSED, "does not let this API user do that"),
    ),
    reads=_said,
)
