"""What is wrong with a value that somebody gave, in our words.

The API reads what it is given with pydantic.  Of its findings only the kind and the limits are
used, never a sentence: ``WORDS`` has one of ours for each kind that a value of ours can meet,
and what it does not have is told in general.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["WORDS", "whats_wrong"]

WORDS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; leave it out",
    "json_invalid": "is no JSON",
    "model_attributes_type": "has to be a JSON object",
    "model_type": "has to be a JSON object",
    "dict_type": "has to be a JSON object",
    "list_type": "has to be a list",
    "string_type": "has to be a text",
    "string_too_short": "has to have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "too_short": "has to have at least {min_length} entries",
    "too_long": "may have at most {max_length} entries",
    "int_type": "has to be a whole number",
    "int_parsing": "has to be a whole number",
    "int_parsing_size": "has to be a smaller whole number",
    "int_from_float": "has to be a whole number",
    "float_type": "has to be a number",
    "float_parsing": "has to be a number",
    "finite_number": "has to be a number",
    "decimal_parsing": "has to be a number",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "greater_than": "has to be more than {gt}",
    "greater_than_equal": "has to be at least {ge}",
    "less_than": "has to be less than {lt}",
    "less_than_equal": "has to be at most {le}",
    "literal_error": "has to be one of: {expected}",
    "enum": "has to be one of: {expected}",
    "date_type": "has to be a day like 2026-01-31",
    "date_parsing": "has to be a day like 2026-01-31",
    "date_from_datetime_parsing": "has to be a day like 2026-01-31",
    "date_from_datetime_inexact": "has to be a day without a time, like 2026-01-31",
    "datetime_type": "has to be a moment like 2026-01-31T14:05:00+01:00",
    "datetime_parsing": "has to be a moment like 2026-01-31T14:05:00+01:00",
    "datetime_from_date_parsing": "has to be a moment like 2026-01-31T14:05:00+01:00",
    "timezone_aware": "has to name its offset, like 2026-01-31T14:05:00+01:00",
    "string_unicode": "has to be a text in UTF-8",
    "unkept_character": (
        "holds in “{field}” a character that no text has: number 0, or half of a pair"
    ),
    "string_pattern_mismatch": "is not written as it has to be",
}
"""Kind of the finding -> what is wrong, with places for the limits."""

_ELSE: Final = "cannot be used as it was given"


def whats_wrong(finding: Mapping[str, Any]) -> str:
    """Say what is wrong with a value, without the value: it may be a secret.

    Args:
        finding: One of pydantic's: ``type`` and ``ctx`` are looked at.
    """
    template = WORDS.get(str(finding.get("type")), _ELSE)
    limits: Mapping[str, Any] = finding.get("ctx") or {}
    try:
        return template.format_map(limits)
    except KeyError:
        return _ELSE
