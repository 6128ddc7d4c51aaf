"""What one run of the Web Connector did, and what can be made to go wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# How a run ended.  "refused": nvu.  "cut": an armed fault ended the program.
Ending = Literal["done", "no work", "refused", "busy", "postponed", "not connected", "error", "cut"]


@dataclass(slots=True)
class RunReport:
    """One run, from serverVersion to closeConnection.

    ``calls`` are the operations in order; ``round_trips`` counts the message
    sets QuickBooks was given.  ``last_result`` is what the program's window
    shows.  ``qbwc_code`` is the program's own code when it ended the run.
    ``server_s`` and ``quickbooks_s`` are the seconds spent waiting for either.
    ``postponed_s`` and ``minimum_every_s`` are what authenticate asked for.
    """

    calls: list[str] = field(default_factory=list)
    round_trips: int = 0
    ending: Ending = "done"
    last_result: str = ""
    qbwc_code: int | None = None
    server_s: float = 0.0
    quickbooks_s: float = 0.0
    log: list[str] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)
    connection_attempts: int = 0
    postponed_s: int | None = None
    minimum_every_s: int | None = None
    ticket: str = ""

    @property
    def is_clean(self) -> bool:
        """True when nothing went wrong: work was done, or there was none."""
        return self.ending in {"done", "no work"} and self.qbwc_code is None

    def to_json(self) -> dict[str, object]:
        return {
            "calls": len(self.calls),
            "round_trips": self.round_trips,
            "ending": self.ending,
            "last_result": self.last_result,
            "qbwc_code": self.qbwc_code,
            "server_s": round(self.server_s, 6),
            "quickbooks_s": round(self.quickbooks_s, 6),
            "progress": self.progress[-1] if self.progress else None,
        }


@dataclass(frozen=True, slots=True)
class RunFaults:
    """Faults of the PC the Web Connector runs on; all numbers count from 1 within a run.

    ``drop_before`` loses a message set before QuickBooks sees it, ``drop_after``
    after QuickBooks has carried it out: receiveResponseXML never comes.
    ``cut_after`` ends the program after so many calls.  ``repeat_authenticate``
    signs in again so many times and forgets the earlier tickets.
    ``wrong_password`` is what a user mistypes.  Without ``holds_lock`` it is a Web Connector
    that writes no ``AppLock`` (1.4, rule 2: what the lock is for is inferred).
    """

    drop_before: int | None = None
    drop_after: int | None = None
    cut_after: int | None = None
    repeat_authenticate: int = 0
    wrong_password: bool = False
    holds_lock: bool = True
