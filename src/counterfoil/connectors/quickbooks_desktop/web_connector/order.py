"""Which call may come when, and what it means when another one comes.

The Web Connector's calls of one run are strictly sequential, so at any moment exactly one (at times
two) may follow.  What is due next is kept with the run in the database, for the call that brings
the news of a lost answer may reach another process, days later.  A call that is not due means that
something was lost on the way (1.4): a reply of ours, a response of QuickBooks, or the computer.

Two tables hold all of it.  ``decide`` reads the first: given what is due and which call came, how
to take that call.  ``due_after`` is the second: given what was due, the call and our answer, what
is due next.

What a decision asks for:

``PROCEED``   The call is due: answer it.
``HARMLESS``  The call is not due, but nothing can have been lost and nothing is to be done: answer
              it from what is known and apply nothing.  ``authenticate`` opens a new run and drops
              the old ticket; ``closeConnection`` ends the run.
``RECOVER``   A request was handed out and its response will not come: first record its outcome as
              unknown, then answer.  What became of its writes is asked in the next request, by the
              empty recovery set (3.3), before anything else is sent.
``REFUSE``    The run is over, or there never was one: change nothing, give ``polite_answer``.

A wrong password is checked before any of this: it must not end somebody else's run.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counterfoil.connectors.quickbooks_desktop.web_connector._calls import Operation
from counterfoil.connectors.quickbooks_desktop.web_connector.answers import (
    CLOSED,
    KEEP_ALIVE,
    NO_REQUEST,
    STOP_CONNECTING,
    UNKNOWN_RUN,
    AuthenticateAnswer,
    failure,
)

__all__ = ["Decision", "Due", "decide", "due_after", "polite_answer"]


class Due(StrEnum):
    """What the run waits for; the word is what the database keeps."""

    SIGN_IN = "sign-in"  # no run: unknown, expired or superseded ticket, or none yet
    CONNECT = "connect"  # sendRequestXML, or connectionError if QuickBooks does not open
    SEND = "send"  # sendRequestXML
    RECEIVE = "receive"  # receiveResponseXML: QuickBooks is at work
    PAUSE = "pause"  # getLastError after "no request now"; it may answer NoOp
    FAILURE = "failure"  # getLastError after a negative receiveResponseXML; a text ends the run
    CLOSE = "close"  # closeConnection
    CLOSED = "closed"  # nothing: the run has ended as it should


class Decision(StrEnum):
    """How to take a call; the module's header says what each asks for."""

    PROCEED = "proceed"
    HARMLESS = "harmless"
    RECOVER = "recover"
    REFUSE = "refuse"


_P, _H, _V, _R = Decision.PROCEED, Decision.HARMLESS, Decision.RECOVER, Decision.REFUSE

# One row per call, one column per thing that is due.
_COLUMNS: Final = (
    Due.SIGN_IN,
    Due.CONNECT,
    Due.SEND,
    Due.RECEIVE,
    Due.PAUSE,
    Due.FAILURE,
    Due.CLOSE,
    Due.CLOSED,
)
_DECISIONS: Final[dict[Operation, tuple[Decision, ...]]] = {
    # Before signing in there is no ticket, so these two never touch a run.
    #                               sign-in connect send receive pause failure close closed
    Operation.SERVER_VERSION: (_P, _H, _H, _H, _H, _H, _H, _H),
    Operation.GET_SERVER_VERSION: (_P, _H, _H, _H, _H, _H, _H, _H),
    Operation.CLIENT_VERSION: (_P, _H, _H, _H, _H, _H, _H, _H),
    # A run that begins while another waits for QuickBooks: that one's computer has lost it.
    Operation.AUTHENTICATE: (_P, _H, _H, _V, _H, _H, _H, _P),
    # After "no request now" some ask again without asking why; a second request while the first
    # is with QuickBooks means that its response is lost.
    Operation.SEND_REQUEST: (_R, _P, _P, _V, _P, _R, _R, _R),
    # A response nobody waits for has been applied already, or belongs to a run that was given up.
    Operation.RECEIVE_RESPONSE: (_R, _H, _H, _P, _R, _R, _H, _R),
    # Also seen in the middle of a run, when QuickBooks goes away.
    Operation.CONNECTION_ERROR: (_R, _P, _P, _V, _R, _R, _R, _R),
    # The connector asks on its own account when one of its calls failed.
    Operation.GET_LAST_ERROR: (_R, _H, _H, _V, _P, _P, _H, _H),
    # The user may cancel at any time.
    Operation.CLOSE_CONNECTION: (_H, _H, _H, _V, _H, _H, _P, _H),
    # Never offered, hence answered with constants and without effect.
    Operation.GET_INTERACTIVE_URL: (_H,) * 8,
    Operation.INTERACTIVE_DONE: (_H,) * 8,
    Operation.INTERACTIVE_REJECTED: (_H,) * 8,
}
_TABLE: Final = {
    (due, operation): decision
    for operation, row in _DECISIONS.items()
    for due, decision in zip(_COLUMNS, row, strict=True)
}

_POLITE: Final[dict[Operation, str | int]] = {
    Operation.SEND_REQUEST: NO_REQUEST,
    Operation.RECEIVE_RESPONSE: failure(),
    Operation.CONNECTION_ERROR: STOP_CONNECTING,
    Operation.GET_LAST_ERROR: UNKNOWN_RUN,
    Operation.CLOSE_CONNECTION: CLOSED,
}


def decide(due: Due, operation: Operation) -> Decision:
    """How to take a call of ``operation`` in a run that waits for ``due``."""
    return _TABLE[due, operation]


def polite_answer(operation: Operation) -> str | int:
    """What a refused call is answered with: never an exception, never anything that does harm.

    Raises:
        KeyError: ``operation`` is never refused.
    """
    return _POLITE[operation]


def due_after(due: Due, operation: Operation, answer: AuthenticateAnswer | str | int) -> Due:
    """What a run waits for once ``operation`` has been answered with ``answer``.

    For calls that were taken (``PROCEED``, ``HARMLESS``, ``RECOVER``); a refused call changes
    nothing and is not asked about.

    Raises:
        AssertionError: the answer has the wrong type, or NoOp follows a negative percentage,
            after which the Web Connector is not known to understand it.
    """
    match operation:
        case Operation.AUTHENTICATE:
            assert isinstance(answer, AuthenticateAnswer)
            return Due.CONNECT if answer.starts_run else Due.CLOSE
        case Operation.SEND_REQUEST:
            return Due.PAUSE if answer == NO_REQUEST else Due.RECEIVE
        case Operation.RECEIVE_RESPONSE:
            assert isinstance(answer, int)
            return _after_response(answer)
        case Operation.CONNECTION_ERROR:
            assert isinstance(answer, str)
            return Due.CLOSE if answer.lower() == STOP_CONNECTING else Due.CONNECT
        case Operation.GET_LAST_ERROR:
            if due is Due.CLOSED:
                return due
            assert answer != KEEP_ALIVE or due is not Due.FAILURE, "NoOp after a failure"
            return Due.SEND if answer == KEEP_ALIVE else Due.CLOSE
        case Operation.CLOSE_CONNECTION:
            return due if due is Due.SIGN_IN else Due.CLOSED
        case (
            Operation.SERVER_VERSION
            | Operation.GET_SERVER_VERSION
            | Operation.CLIENT_VERSION
            | Operation.GET_INTERACTIVE_URL
            | Operation.INTERACTIVE_DONE
            | Operation.INTERACTIVE_REJECTED
        ):
            return due


def _after_response(percentage: int) -> Due:
    if percentage < 0:
        return Due.FAILURE
    return Due.CLOSE if percentage >= 100 else Due.SEND
