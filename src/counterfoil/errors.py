"""What can go wrong with the world, grouped by what happens next.

::

    CounterfoilError                 never raised itself
    ├── SettingsError                before the first transfer: the operator edits settings
    ├── UsageError                   what was asked for does not exist or cannot be done
    ├── ConnectorError               carries system, operation, request id, the system's words
    │   ├── UnavailableError         the same request again later (busy, locked, rate limit)
    │   ├── RejectedError            the same request will be refused again; a person decides
    │   ├── OutcomeUnknownError      it may have been done: ask before sending again
    │   └── UnreadableReplyError     version drift or our mistake; the raw reply is kept
    ├── DeliveryError                a notice could not be handed over; again later
    └── LedgerError                  stop: what cannot be recorded must not be sent
        ├── LedgerBusyError          the database is locked; nothing was written
        ├── LedgerFullError          no room left on the disk; nothing was written
        └── LedgerInUseError         another hub already works on this database file

Data that is wrong is no error but a value, a ``Refusal``, kept with its document.
That *we* are wrong is an ``AssertionError``.  Only outermost loops catch
``Exception``, and they record it.
"""

from __future__ import annotations

from counterfoil.told import Advice, Told, one_stop

__all__ = [
    "ConnectorError",
    "CounterfoilError",
    "DeliveryError",
    "LedgerBusyError",
    "LedgerError",
    "LedgerFullError",
    "LedgerInUseError",
    "OutcomeUnknownError",
    "RejectedError",
    "SettingsError",
    "UnavailableError",
    "UnreadableReplyError",
    "UsageError",
]


class CounterfoilError(Exception):
    """The root of every failure this program knows.

    Args:
        message: What happened, for anybody, in one sentence or a few.
        advice: What to do about it.
        detail: One sentence for the engineer: what was seen.  Never a secret.
    """

    def __init__(self, message: str, *advice: Advice, detail: str | None = None) -> None:
        self.message = one_stop(message)
        super().__init__(self.message)
        self.advice = advice
        self.detail = detail

    def __str__(self) -> str:
        return str(self.said)

    @property
    def told(self) -> Told:
        """What is told of it, with what was seen."""
        return Told(self.message, *self.advice, detail=self.detail or "")

    @property
    def said(self) -> Told:
        """What is told to whoever asked for what failed: the log holds what was seen."""
        return Told(self.message, *self.advice)


class SettingsError(CounterfoilError):
    """A setting is missing or does not fit."""


class UsageError(CounterfoilError):
    """A command or request names something that does not exist or cannot be done.

    ``field`` is what of a form it is about, by the name that forms and options share; ``None``:
    the whole.
    """

    def __init__(
        self, message: str, *advice: Advice, detail: str | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, *advice, detail=detail)
        self.field = field


class DeliveryError(CounterfoilError):
    """A notice could not be handed over to whoever carries it; it may be tried again."""


class ConnectorError(CounterfoilError):
    """An outside system did not do what was asked.

    Args:
        system: Such as ``fusion-operations``.
        operation: What was asked, such as ``GET /sales-orders/``.
        request_id: Our identity for the call, found in the log of both sides.
        code: The system's own code, ``None`` when it gave none.
    """

    def __init__(
        self,
        message: str,
        *advice: Advice,
        system: str,
        operation: str,
        request_id: str = "",
        code: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message, *advice, detail=detail)
        self.system = system
        self.operation = operation
        self.request_id = request_id
        self.code = code

    @property
    def told(self) -> Told:
        """What is told of it, with the call and what was seen of it."""
        seen = ", ".join(filter(None, (self.operation, self.detail)))
        return Told(self.message, *self.advice, detail=seen)


class UnavailableError(ConnectorError):
    """Not now; the same request can be sent again later.

    ``retry_after_s`` is the system's own wish in seconds, ``None`` when it named none.
    """

    retry_after_s: float | None = None


class RejectedError(ConnectorError):
    """No; the same request would be refused again."""


class OutcomeUnknownError(ConnectorError):
    """No answer came, and the request may have been carried out."""


class UnreadableReplyError(ConnectorError):
    """An answer came that this version cannot read."""


class LedgerError(CounterfoilError):
    """The record cannot be kept, so nothing may be sent."""


class LedgerBusyError(LedgerError):
    """Another process holds the database; nothing was written, try again."""


class LedgerFullError(LedgerError):
    """No room is left on the disk; nothing was written."""


class LedgerInUseError(LedgerError):
    """Another hub already works on this database file."""
