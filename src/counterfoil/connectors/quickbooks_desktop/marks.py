"""What we keep in a company file itself: private fields of the company record.

Private fields belong to an owner and are seen by nobody but those who name it.  The Web
Connector keeps its own fields (``FileID``, ``AppLock``) under the same owner, because the
.qwc file names it, and its first question of a run brings all of the owner's fields along;
so our marks are read without a request of their own.

``FileID`` is the Web Connector's to write, and says whose file it is.  A file that only our
agent serves has none, so the agent keeps the same value in a field of our own.

Source: reference sections 1.5, 2 and 4.13.
"""

from __future__ import annotations

from typing import Final

from .web_connector.hcp import HostFacts

__all__ = [
    "FILE_FIELD",
    "LEDGER_FIELD",
    "LEDGER_LENGTH_MAX",
    "OWNER_ID",
    "TRIAL_FIELD",
    "file_mark",
    "ledger_mark",
]

# Never changed: it is in every .qwc file and every company file we have met.
OWNER_ID: Final = "{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}"

LEDGER_FIELD: Final = "CounterfoilLedger"
LEDGER_LENGTH_MAX: Final = 255

FILE_FIELD: Final = "CounterfoilFile"
# Written and deleted in one message set, to prove that we may write.
TRIAL_FIELD: Final = "CounterfoilTrial"


def ledger_mark(facts: HostFacts) -> str | None:
    """Give what the last ``WriteMark`` kept; ``None``: the company file bears no mark of ours.

    ``None`` is a "no" only where the company was told at all (``facts.company_name``); where
    QuickBooks did not answer that question, it is not known.
    """
    return facts.private_value(OWNER_ID, LEDGER_FIELD) or None


def file_mark(facts: HostFacts) -> str | None:
    """Give whose file it is: the Web Connector's ``FileID``, else what our agent wrote.

    ``None`` is a "no" only where the company was told at all, as of ``ledger_mark``.
    """
    return facts.file_id(OWNER_ID) or facts.private_value(OWNER_ID, FILE_FIELD) or None
