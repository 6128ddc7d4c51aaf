"""Sets beside a run's work: what their answers are taken for."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop import asides
from counterfoil.connectors.quickbooks_desktop.qbxml import Version, parse_request_set

VERSION = Version(13, 0)
KEY = "0" * 24
NAMES = (
    "CompanyQuery",
    "CustomerQuery",
    "DataExtDefAdd",
    "DataExtAdd",
    "DataExtDel",
    "DataExtDefDel",
)


def answer(*left_out: str, **statuses: int) -> str:
    """An answer to the trial: all fine but those named."""
    replies = "".join(
        f'<{name}Rs requestID="{position}" statusCode="{statuses.get(name, 0)}" '
        'statusSeverity="Info" statusMessage="words of QuickBooks"/>'
        for position, name in enumerate(NAMES, 1)
        if name not in left_out
    )
    return f"<QBXML><QBXMLMsgsRs>{replies}</QBXMLMsgsRs></QBXML>"


@pytest.mark.parametrize(
    "text, names",
    [
        (asides.questions(VERSION), ["HostQuery", "CompanyQuery", "PreferencesQuery"]),
        (
            asides.file_marking("{x}", VERSION, key=KEY, clears=None),
            ["DataExtDefAdd", "DataExtAdd"],
        ),
        (asides.trial(VERSION, key=KEY, clears="1" * 24), list(NAMES)),
    ],
    ids=["questions", "mark", "trial"],
)
def test_quickbooks_takes_them(text: str, names: list[str]) -> None:
    """Read as strictly as QuickBooks reads: every element, in its order, of its length."""
    assert [each.name for each in parse_request_set(text, country="US").requests] == names


@pytest.mark.parametrize(
    "text, is_passed, words",
    [
        (answer(), True, "no trace"),
        (answer(CustomerQuery=1), True, "no trace"),
        (answer(DataExtDefAdd=3180, DataExtAdd=3180), True, "no trace"),
        (answer(CompanyQuery=3260), False, "did not let us read"),
        (answer(DataExtDefAdd=3263), False, "did not let us write"),
        (answer(DataExtDel=3180), False, "did not let us write"),
        (answer(DataExtDefDel=3260), False, "(status 3260)"),
        (answer("DataExtDel"), False, "unanswered (DataExtDel)"),
        (answer("CompanyQuery"), False, "unanswered (CompanyQuery)"),
        ("<html>", False, "cannot be read"),
    ],
)
def test_what_a_trial_showed(text: str, is_passed: bool, words: str) -> None:
    """Passed only if both readings and every step of the write are answered, and well.

    Left over from a trial that was broken off, field and value may be there already; that they
    could be deleted proves as much.
    """
    found = asides.read_trial(text)
    assert found.is_passed is is_passed
    assert words in found.sentence
