"""What we keep in a company file itself: one private field of the company record.

Private fields belong to an owner and are seen by nobody but those who name it.  The Web
Connector keeps its own fields (``FileID``, ``AppLock``) under the same owner, because the
.qwc file names it, and its first question of a run brings all of the owner's fields along;
so our mark is read without a request of its own.

Source: reference sections 1.5, 2 and 4.13.
"""

from __future__ import annotations

from typing import Final

from .web_connector.hcp import HostFacts

__all__ = ["LEDGER_FIELD", "LEDGER_LENGTH_MAX", "OWNER_ID", "ledger_mark"]

# Never changed: it is in every .qwc file and every company file we have met.
OWNER_ID: Final = "{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}"

LEDGER_FIELD: Final = "CounterfoilLedger"
LEDGER_LENGTH_MAX: Final = 255


def ledger_mark(facts: HostFacts) -> str | None:
    """Give what the last ``WriteMark`` kept; ``None``: the company file bears no mark of ours.

    ``None`` is a "no" only where the company was told at all (``facts.company_name``); where
    QuickBooks did not answer that question, it is not known.
    """
    return facts.private_value(OWNER_ID, LEDGER_FIELD) or None
