"""Which page of ``docs/trouble`` tells what a code means: the one table.

A code is the Web Connector's (``QBWC1012``) or Windows' number for a connection to QuickBooks
that failed (``0x80040408``).  A message that names one ends with ``see``, so that whoever reads
it finds the page in the documentation that came with the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = [
    "ANOTHER_FILE",
    "FOLDER",
    "INDEX",
    "PAGES",
    "SIGNING_IN",
    "page_of",
    "path_of",
    "see",
    "see_page",
]

FOLDER: Final = "docs/trouble"
INDEX: Final = "README"
# Pages about what only this hub says, with no code of others.
ANOTHER_FILE: Final = "another-company-file"
SIGNING_IN: Final = "qbwc1012"

_NUMBERS: Final[Mapping[str, tuple[int, ...]]] = {
    "hub-address": (1000, 1001, 1002, 1003, 1004, 1010),
    SIGNING_IN: (1012, 1030, 1040),
    "qbwc1013": (1007, 1008, 1009, 1013, 1014, 1022, 1023, 1024),
    "qbwc1039": (1025, 1026, 1027, 1039),
    "qbwc1042": (1036, 1041, 1042, 1043, 1044, 1045, 1046),
    "qbwc1048": (1048,),
}
_HRESULTS: Final[Mapping[str, tuple[int, ...]]] = {
    "request-unreadable": (0x80040400, 0x80040404, 0x80040413, 0x80040423),
    "quickbooks-stopped": (0x80040402, 0x80010105, 0x800706BA, 0x800706BE),
    "quickbooks-not-started": (0x80040401, 0x80040408, 0x80040416, 0x80040424),
    "company-file-not-open": (
        0x80040403,
        0x80040406,
        0x80040409,
        0x8004040A,
        0x8004040B,
        0x80040417,
        0x8004041C,
    ),
    "single-user-mode": (0x80040410, 0x80040422),
    "open-window": (0x80040414, 0x80040421),
    "not-allowed": (
        0x80040418,
        0x8004041A,
        0x8004041B,
        0x8004041D,
        0x8004041E,
        0x80040420,
        0x8004042A,
        0x8004042C,
        0x80040435,
    ),
    "installation": (0x80040154, 0x80040405, 0x80040407, 0x8004041F, 0x80040427),
    "session-lost": (0x8004040C, 0x8004040D, 0x8004040E, 0x8004040F, 0x80040411, 0x80040412),
}


def _by_code() -> Mapping[str, str]:
    rows = [(f"QBWC{number}", page) for page, numbers in _NUMBERS.items() for number in numbers]
    rows += [(f"0x{code:08X}", page) for page, codes in _HRESULTS.items() for code in codes]
    found = dict(rows)
    assert len(found) == len(rows), "a code stands twice"
    return MappingProxyType(found)


PAGES: Final = _by_code()
"""Code -> name of its page."""


def page_of(code: str) -> str:
    """Name the page about a code: ``QBWC1012``, ``0x8004040A``; the index for any other."""
    return PAGES.get(code, INDEX)


def path_of(page: str) -> str:
    """Give a page's path, in the sources as on the hub."""
    return f"{FOLDER}/{page}.md"


def see(code: str) -> str:
    """Give the sentence that leads from a code to its page."""
    return f"See {path_of(page_of(code))} ({code})."


def see_page(page: str) -> str:
    """Give the sentence that leads to a page where no code is known."""
    return f"See {path_of(page)} for more."
