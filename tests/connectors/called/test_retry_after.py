"""How long a service asks to wait."""

from __future__ import annotations

import pytest

from counterfoil.connectors.called._retry_after import retry_after_s

NOON = "Sat, 28 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    "header, date, seconds",
    [
        (None, None, 60),
        ("17", None, 17),
        (" 90 ", NOON, 90),
        ("120\x1d", NOON, 120),
        ("\x1d2\x85", NOON, 2),
        ("999999", NOON, 3600),
        ("Sat, 28 Nov 2026 12:02:30 GMT", NOON, 150),
        ("Sat, 28 Nov 2026 11:00:00 GMT", NOON, 0),
        ("Sun, 29 Nov 2026 12:00:00 GMT", NOON, 3600),
        ("Sat, 28 Nov 2026 12:02:30 GMT", None, 60),
        ("soon", NOON, 60),
        ("-5", NOON, 60),
    ],
)
def test_both_forms_are_read(header: str | None, date: str | None, seconds: float) -> None:
    """Seconds count as they are, a moment from the answer's own date on; else it is a minute."""
    assert retry_after_s(header, date) == seconds
