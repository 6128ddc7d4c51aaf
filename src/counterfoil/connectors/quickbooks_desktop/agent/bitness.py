"""Which programs QuickBooks lets in: its request processor runs inside them.

Source: corrections 2.1: until QuickBooks 2021 32-bit programs only, from 2022 a 64-bit program
needs the 64-bit request processor; what does not fit shows as 0x80040154 or 0x80040408, which
may mean other things as well.
"""

from __future__ import annotations

import sys
from typing import Final

from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure

__all__ = ["BITS", "hint"]

BITS: Final = 64 if sys.maxsize > 2**32 else 32

_MAY_BE_BITNESS: Final = frozenset({0x80040154, 0x80040408})
_CURE: Final = {
    64: "QuickBooks 2021 and older take 32-bit programs only: install the agent there with a "
    "32-bit Python.",
    32: "QuickBooks 2022 and newer take 64-bit programs: install the agent there with a 64-bit "
    "Python.",
}


def hint(hresult: str, bits: int) -> str:
    """Say what to do where a failure may come from the wrong bitness; empty: it does not."""
    if not hresult or failure(hresult).code not in _MAY_BE_BITNESS or bits not in _CURE:
        return ""
    return f"This agent is a {bits}-bit program. {_CURE[bits]}"
