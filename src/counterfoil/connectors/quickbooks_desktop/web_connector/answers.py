"""Every value a Web Connector call may be answered with, by name (1.3).

The protocol answers with bare texts and numbers whose meaning hangs on a word, a position or a
sign.  One wrong one stops a customer's runs without a message, so no other module spells them out;
combinations that do harm cannot be built here:

- ``O:`` from ``clientVersion`` reads like "OK" and ends the run; ``W:`` opens a dialog that nobody
  answers on an unattended computer.  Neither exists here.
- A postponement beside work means that the run never starts (quirk 35); beside ``nvu`` it hides
  from the user that the password is wrong.
- 100 percent means "nothing left": rounding up to it would drop the rest.
- ``connectionError`` answered with another try each time would go on for ever (quirk 36).

Source: Web Connector Programmer's Guide, chapters 2, 4, 8 and 10, with the corrections in 1.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from counterfoil.connectors.quickbooks_desktop.qbxml.status import HRESULTS
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure as hresult_failure
from counterfoil.connectors.quickbooks_desktop.trouble import FOLDER, see
from counterfoil.documents import visible
from counterfoil.told import one_stop

__all__ = [
    "ALL_DONE",
    "CLOSED",
    "CURRENT_FILE",
    "INTERACTIVE_DONE",
    "INTERACTIVE_REJECTED",
    "INTERACTIVE_URL",
    "KEEP_ALIVE",
    "NO_REQUEST",
    "STOP_CONNECTING",
    "UNKNOWN_RUN",
    "VERSION_ACCEPTED",
    "AuthenticateAnswer",
    "busy",
    "client_version_answer",
    "connection_error_answer",
    "explain",
    "failure",
    "last_error",
    "may_have_been_done",
    "no_work",
    "not_valid_user",
    "postponed",
    "progress",
    "work",
]

# clientVersion
VERSION_ACCEPTED: Final = ""
# sendRequestXML: no request now; the connector asks ``getLastError`` next.
NO_REQUEST: Final = ""
# getLastError, after an empty sendRequestXML only: wait about five seconds, then ask again.
KEEP_ALIVE: Final = "NoOp"
# receiveResponseXML: no work is left; the connector closes.
ALL_DONE: Final = 100
# connectionError: try the file that is open now / give up.
CURRENT_FILE: Final = ""
STOP_CONNECTING: Final = "done"
# closeConnection: the run's final status, shown to the user.
CLOSED: Final = "OK"
# The interactive three are never offered (they need Internet Explorer), but always answered.  Where
# the guide names two end values for ``interactiveDone`` this is the one in its reference chapter.
INTERACTIVE_URL: Final = ""
INTERACTIVE_DONE: Final = "Done"
INTERACTIVE_REJECTED: Final = ""
# getLastError for a ticket that nobody knows any more.
UNKNOWN_RUN: Final = (
    "This run is no longer known, because a newer one has begun or the server was set up anew. "
    "Press Update Selected to start again."
)

_NOTHING_WRONG: Final = "No error is recorded for this run."
# The Status column shows one line; more belongs on the support page.
_SENTENCE_LENGTH_MAX: Final = 400
_QUOTED_LENGTH_MAX: Final = 100
_PAGE_LENGTH_MAX: Final = 60

# Failures that another answer to "which file?" may cure (1.6).
_WHICH_FILE: Final = frozenset(
    {
        0x80040403,  # could not open the file
        0x80040408,  # could not start QuickBooks, or another file is open, or the path is gone
        0x8004040A,  # another file is open than the one asked for
        0x8004040B,  # could not tell which file is open
        0x80040416,  # QuickBooks is not running and no file was named
        0x80040417,  # no file is open and none was named
    }
)
# Numbers beside which QuickBooks' own text has to stand.
_TEXT_OF_QUICKBOOKS: Final = frozenset(
    {
        0x80040410,  # another mode; one public note takes it for the next one, and that for this
        0x80040416,  # nothing is open and no file was named
        0x80040421,  # the number says nothing
    }
)

_NO_WORK, _NOT_VALID_USER, _BUSY = "none", "nvu", "busy"
_WORDS: Final = frozenset({_NO_WORK, _NOT_VALID_USER, _BUSY})
# Texts of getLastError that are commands and not shown to anybody.
_COMMANDS: Final = frozenset({"noop", "interactive mode"})


@dataclass(frozen=True, slots=True)
class AuthenticateAnswer:
    """The answer to ``authenticate``; made by the functions below.

    Attributes:
        ticket: Echoed in every later call of the run; must not be guessable.
        status: Empty: use the file that is open.  One of three words: no run.  Else: the path of
            the company file to open.
        postpone_s: Break off and start again after so many seconds.
        floor_s: The connector's schedule is raised to this many seconds if it is quicker.  Works,
            like ``postpone_s``, only while the user has Auto Run ticked.
    """

    ticket: str
    status: str = ""
    postpone_s: int | None = None
    floor_s: int | None = None

    def __post_init__(self) -> None:
        assert self.ticket, "every answer carries a ticket"
        assert self.postpone_s is None or self.postpone_s >= 1, "0 seconds is not described"
        assert self.floor_s is None or self.floor_s >= 1, "0 seconds is not described"
        if self.postpone_s is not None:
            assert self.status in (_NO_WORK, _BUSY), "a postponement hides every other status"

    @property
    def starts_run(self) -> bool:
        """Whether the connector goes on to open QuickBooks."""
        return self.status not in _WORDS

    @property
    def strings(self) -> tuple[str, ...]:
        """As many values as needed, the skipped ones empty: an absent one is no empty one."""
        values = (
            self.ticket,
            self.status,
            "" if self.postpone_s is None else str(self.postpone_s),
            "" if self.floor_s is None else str(self.floor_s),
        )
        if self.floor_s is not None:
            return values
        return values[:3] if self.postpone_s is not None else values[:2]


def work(ticket: str, *, company_file: str = "", floor_s: int | None = None) -> AuthenticateAnswer:
    """There is work: open ``company_file``, or with the empty text whatever is open.

    Raises:
        ValueError: ``company_file`` is a word the connector takes for a status.
    """
    if company_file.strip().lower() in _WORDS or company_file != company_file.strip():
        raise ValueError(f"company file {company_file!r} is no path; give it in full, as C:\\...")
    return AuthenticateAnswer(ticket, company_file, None, floor_s)


def no_work(ticket: str, *, floor_s: int | None = None) -> AuthenticateAnswer:
    """Nothing to do: QuickBooks is not touched."""
    return AuthenticateAnswer(ticket, _NO_WORK, None, floor_s)


def not_valid_user(ticket: str, *, floor_s: int | None = None) -> AuthenticateAnswer:
    """User name or password is wrong; the user is told so."""
    return AuthenticateAnswer(ticket, _NOT_VALID_USER, None, floor_s)


def busy(ticket: str, *, floor_s: int | None = None) -> AuthenticateAnswer:
    """Not now: the run ends with "Application Busy" and comes back on its schedule."""
    return AuthenticateAnswer(ticket, _BUSY, None, floor_s)


def postponed(ticket: str, after_s: int, *, floor_s: int | None = None) -> AuthenticateAnswer:
    """Not now: come back after ``after_s`` seconds, sooner or later than the schedule says."""
    return AuthenticateAnswer(ticket, _NO_WORK, after_s, floor_s)


def client_version_answer(reported: str, *, oldest: str = "") -> str:
    """Accept the connector, or refuse one older than ``oldest`` (empty: accept all).

    Versions are compared part by part as numbers: 2.10 is newer than 2.9.  One that cannot be
    read is accepted: a run that works is worth more than a number.
    """
    have, need = _version(reported), _version(oldest)
    length = max(len(have), len(need))
    if not have or _padded(have, length) >= _padded(need, length):
        return VERSION_ACCEPTED
    return (
        f"E:This Web Connector is version {reported.strip()}; version {oldest} or newer is needed. "
        "Install the current QuickBooks Web Connector and run the update again."
    )


def progress(done: int, total: int) -> int:
    """The percentage for "more work is waiting": 1 to 99, rounded down."""
    if total <= 0:
        return 1
    return min(99, max(1, 100 * done // total))


def failure(code: int = 1) -> int:
    """The negative answer for "something is wrong, ask ``getLastError``"; ``code`` is ours."""
    assert code >= 1, "only a negative number is a failure"
    return -code


def connection_error_answer(attempt: int, hresult: str, *, company_file: str = "") -> str:
    """What to do after QuickBooks or the company file did not open.

    Where the trouble is which file to open: first the path remembered for this connection, then
    whatever file is open (its identity is checked before anything is written), then no more.
    Whatever else is wrong, such as an open dialog or a missing permission, is still wrong a second
    later: stop, the next run tries again.

    Args:
        attempt: How many ``connectionError`` calls this ticket has seen, this one included.
        hresult: As it came.
        company_file: The remembered path; empty when none is known.
    """
    assert attempt >= 1, "the call being answered counts"
    tries = [CURRENT_FILE]
    if company_file and company_file.lower() != STOP_CONNECTING:
        tries.insert(0, company_file)
    if hresult_failure(hresult).code not in _WHICH_FILE or attempt > len(tries):
        return STOP_CONNECTING
    return tries[attempt - 1]


def explain(hresult: str, message: str) -> str:
    """A connection failure as ``getLastError`` says it: what is wrong, what to do, and its page.

    QuickBooks' own words follow where the number alone says nothing, or not surely enough.
    """
    found = hresult_failure(hresult)
    said = visible(" ".join(message.split()))[:_QUOTED_LENGTH_MAX]
    if said and (found.code not in HRESULTS or found.code in _TEXT_OF_QUICKBOOKS):
        told = f"{found.sentence} {one_stop(f'QuickBooks says: {said}.')} {found.cure}"
    else:
        told = f"{found.sentence} {found.cure}"
    # Without a number there is nothing to look up.
    return last_error(f"{told} {see(found.hex)}" if found.code else told)


def may_have_been_done(hresult: str) -> bool:
    """Whether a request answered with ``hresult`` instead of a response may have been carried out.

    ``False`` only for numbers whose documented meaning excludes it.  For the rest, asking what
    became of the request costs one round trip, and sending it twice costs a duplicate.
    """
    found = hresult_failure(hresult)
    return found.action == "unknown" or not found.is_confirmed


def last_error(sentence: str) -> str:
    """``sentence`` as ``getLastError`` shows it: one line, not too long, never a command."""
    line = one_stop(" ".join(sentence.split()))
    if not line:
        return _NOTHING_WRONG
    if line.lower() in _COMMANDS:
        return f"{line}."
    if len(line) <= _SENTENCE_LENGTH_MAX:
        return line
    # Where all of it can be read stays, whatever is cut.
    before, found, page = line.rpartition(f" See {FOLDER}/")
    tail = f"{found}{page}" if found and len(page) < _PAGE_LENGTH_MAX else ""
    head = before if tail else line
    return head[: _SENTENCE_LENGTH_MAX - 1 - len(tail)].rstrip() + "…" + tail


def _version(text: str) -> tuple[int, ...]:
    """The leading numbers of ``2.3.0.215``; empty when it starts with none."""
    match = re.match(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _padded(version: tuple[int, ...], length: int) -> tuple[int, ...]:
    return version + (0,) * (length - len(version))
