"""What went over the wire to a system that we call, kept with the exchange.

A client tells of every call once it is over; a batch may be many calls.  Both directions
are kept as text, one call after the other, bounded, and without secrets (the client takes
them out).
"""

from __future__ import annotations

from typing import Final, Protocol

__all__ = ["EVIDENCE_BYTES_MAX", "WireCall", "Witness"]

# Of each direction of a batch.
EVIDENCE_BYTES_MAX: Final = 512 * 1024
_CUT: Final = b"\n... what followed was not kept\n"


class WireCall(Protocol):
    """One call, as it was made and answered; bodies are bounded already.

    Attributes:
        request_id: Our identity of the call, as in the log.
        status: The HTTP status; 0: no answer came, and ``failure`` says why.
        their_id: The service's own identity of the call, ``None`` where it tells none.
    """

    @property
    def request_id(self) -> str: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def request(self) -> bytes: ...
    @property
    def answer(self) -> bytes: ...
    @property
    def failure(self) -> str | None: ...
    @property
    def their_id(self) -> str | None: ...


class Witness:
    """Collects the calls of one batch."""

    def __init__(self) -> None:
        self._asked = bytearray()
        self._answered = bytearray()

    def __call__(self, call: WireCall) -> None:
        """Take a call down."""
        name = f"[{call.request_id}] "
        _append(self._asked, f"{name}{call.method} {call.path}", call.request)
        became = f"HTTP {call.status}" if call.status else f"no answer ({call.failure})"
        if call.their_id is not None:
            became += f", theirs: {call.their_id}"
        _append(self._answered, name + became, call.answer)

    def taken(self) -> tuple[bytes, bytes] | None:
        """Give what was asked and what was answered, and begin anew; ``None``: no call."""
        if not self._asked:
            return None
        found = bytes(self._asked), bytes(self._answered)
        self._asked, self._answered = bytearray(), bytearray()
        return found


def _append(kept: bytearray, line: str, body: bytes) -> None:
    if len(kept) >= EVIDENCE_BYTES_MAX:
        return
    kept += line.encode("utf-8", "replace") + b"\n" + body + (b"\n\n" if body else b"\n")
    if len(kept) > EVIDENCE_BYTES_MAX:
        del kept[EVIDENCE_BYTES_MAX - len(_CUT) :]
        kept += _CUT
