"""What QuickBooks' status numbers mean, and what happens next: three tables.

``STATUSES``
    the ``statusCode`` of one reply (section 6)
``SET_STATUSES``
    the ``messageSetStatusCode`` of a whole set (3.3)
``HRESULTS``
    the error of the connection itself, when there is no reply at all (1.6)

A row says what to do next in one word, ``Action``; the tables below are the only place where that
is decided.  Numbers nobody has documented are judged by the range they are in, the way QuickBooks
itself groups them.  Rows whose meaning is inferred say so with ``is_confirmed=False``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Action: TypeAlias = Literal["ok", "data", "doubt", "again", "re-read", "user", "bug", "unknown"]
"""What follows.

``ok``
    it is done
``data``
    refused for what the document says; no other attempt before somebody changes it
``doubt``
    not done, for what the document says or for a lock, and nothing tells which: the same request
    a few times more, then refused
``again``
    the same request later
``re-read``
    fetch the record, build the request anew, send that
``user``
    a person must act in QuickBooks or on its computer
``bug``
    the request itself is wrong; never send it unchanged
``unknown``
    it may have been done: ask before sending anything again
"""

Who: TypeAlias = Literal["nobody", "bookkeeper", "administrator", "installer", "support"]
"""Who acts: the one who keeps the books, the QuickBooks administrator, the person who installed
the programs on that computer, or the makers of this program."""

# The codes that other modules must know by name.
OK: Final = 0
NOTHING_FOUND: Final = 1
NOT_SUPPORTED: Final = 1030
NOT_ENABLED: Final = 3250
NOT_SUBSCRIBED: Final = 3262
SOME_NOT_FOUND: Final = 500
# A record is there and QuickBooks does not return it.
CANNOT_BE_SHOWN: Final = frozenset({501, 510})
BAD_ID: Final = 3000
NAME_IN_USE: Final = 3100
NOT_FOUND: Final = 3120
FIELD_NOT_ASSIGNED: Final = 3351
BAD_REFERENCE: Final = 3140
SAVE_ERROR: Final = 3180
STALE: Final = 3200
SKIPPED: Final = 3231
ID_MISMATCH: Final = 3240

SET_NOTHING_TO_CLEAR: Final = 600
SET_CONTENT_DIFFERS: Final = 9001
SET_NOT_KEPT: Final = 9002
SET_ID_TOO_LONG: Final = 9004
SET_NOT_STORED: Final = 9005


@dataclass(frozen=True, slots=True)
class Status:
    """One status code of a reply; ``meaning`` is one sentence without a full stop."""

    code: int
    action: Action
    meaning: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which the connection to QuickBooks fails.

    ``sentence`` is for the person at the books; ``cure`` says what ``who`` does about it.
    """

    code: int
    action: Action
    who: Who
    sentence: str
    cure: str
    is_confirmed: bool = True

    @property
    def hex(self) -> str:
        """The number as Windows and the Web Connector write it."""
        return f"0x{self.code:08X}"


def status(code: int, message: str = "") -> Status:
    """What a reply's status code means.

    ``message`` decides where the code alone does not: 3180 covers every failure while saving,
    and only its text tells a lock from wrong data (``SAVE_TEXTS``).
    """
    known = STATUSES.get(code) or _by_range(code)
    if code != SAVE_ERROR:
        return known
    # What QuickBooks says itself stands behind the request processor's own sentence, and may be
    # of another language than that.
    said = message.rpartition("QuickBooks error message:")[2]
    for words, action, meaning in SAVE_TEXTS:
        if words.search(said):
            return Status(code, action, meaning)
    return known


def set_status(code: int) -> Status:
    """What a message set's own status code means."""
    return SET_STATUSES.get(code) or Status(
        code,
        "bug",
        f"QuickBooks gave the message-set status {code}, which nobody has documented",
        is_confirmed=False,
    )


def failure(hresult: int | str) -> Failure:
    """What a connection error means; ``hresult`` as a number or as text such as ``0x80040400``.

    Anything unknown, an unreadable text included, is a problem of the connection that the next
    run may not have.
    """
    code = _hresult_number(hresult)
    return HRESULTS.get(code) or Failure(
        code,
        "again",
        "installer",
        "QuickBooks could not be reached, for a reason it does not name further.",
        "Nothing has to be done now: the next run tries again. If it happens every time, restart "
        "QuickBooks and its computer, and tell support the number.",
        is_confirmed=False,
    )


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


SAVE_TEXTS: Final[tuple[tuple[re.Pattern[str], Action, str], ...]] = (
    (
        _words(
            r"another user|other users|could not (?:be )?lock|is (?:already |currently )?locked",
            r"(?<!already )\bin use\b|being (?:edited|modified|used)|been (?:changed|modified) by",
            # French Canadian editions.
            r"autre (?:utilisateur|personne)|d.autres (?:utilisateurs|personnes)|verrouill",
            r"en cours d.utilisation|\butilisée? par\b",
        ),
        "again",
        "another user holds or has just changed the record",
    ),
    (
        _words(
            r"credit limit|insufficient|not enough|already exists|already (?:been |in )?use",
            r"limite de crédit|insuffisan|existe déjà|déjà utilisé",
            # Any other sentence in English, whose words for a lock are known.
            r"\b(?:the|this|there|your?|cannot|(?:could|do|does|is|was) not|must)\b",
            r"\b(?:exceed(?:ed|s)?|invalid|missing)\b",
        ),
        "data",
        "QuickBooks could not save the record; its text says why",
    ),
)
"""What the text of 3180 says, the first that fits: words, what follows, meaning.

A text that none of them fits is of a language nobody has written down, or there is none.
"""


def _hresult_number(hresult: int | str) -> int:
    if isinstance(hresult, int):
        return hresult & 0xFFFFFFFF
    text = hresult.strip().lower().removeprefix("0x")
    try:
        return int(text, 16) & 0xFFFFFFFF
    except ValueError:
        return 0


def _by_range(code: int) -> Status:
    for last, action, meaning in _RANGES:
        if code <= last:
            return Status(code, action, f"{meaning} (code {code})", is_confirmed=False)
    return Status(code, "bug", f"a status outside every known range (code {code})", False)


# (last code of the range, what follows, what the range is for)
_RANGES: Final[tuple[tuple[int, Action, str], ...]] = (
    (-1, "bug", "the request could not be parsed"),
    (499, "ok", "information"),
    (999, "data", "a warning"),
    (1999, "user", "a general error"),
    (2999, "bug", "an error of the retired online edition"),
    (3099, "bug", "a value in the wrong format"),
    (9099, "data", "a refusal"),
    (9199, "bug", "a macro error"),
)


def _table(*rows: Status) -> MappingProxyType[int, Status]:
    table = {row.code: row for row in rows}
    assert len(table) == len(rows), "a status code stands twice"
    return MappingProxyType(table)


STATUSES: Final = _table(
    Status(0, "ok", "done"),
    Status(1, "ok", "the query matched nothing"),
    Status(500, "data", "some of the named records were not found; the others were returned"),
    Status(501, "data", "the record exists but this qbXML version cannot express it"),
    Status(510, "data", "the record cannot be returned"),
    Status(530, "bug", "this edition does not support a field"),
    Status(531, "bug", "this edition does not support an enumeration's value"),
    Status(540, "data", "a maximum of the retired online edition was exceeded"),
    Status(550, "ok", "the record was saved, its notes were not"),
    Status(560, "ok", "a deprecated field was used"),
    Status(570, "data", "the transaction to link to is already closed"),
    Status(600, "ok", "there was nothing to clear"),
    Status(1000, "again", "an internal error of QuickBooks"),
    Status(1010, "again", "the system is not available"),
    Status(1030, "user", "this edition does not support the request"),
    Status(1060, "bug", "the request id is invalid or too long"),
    Status(BAD_ID, "data", "an id is malformed or unknown"),
    Status(3010, "bug", "a boolean is invalid"),
    Status(3020, "bug", "a date is invalid"),
    Status(3030, "bug", "a date range is invalid"),
    Status(3031, "bug", "a text range is invalid"),
    Status(3035, "bug", "a time interval is invalid"),
    Status(3040, "bug", "an amount is invalid"),
    Status(3045, "bug", "a price is invalid", is_confirmed=False),
    Status(3050, "bug", "a percentage is invalid", is_confirmed=False),
    Status(3060, "data", "a quantity is invalid"),
    Status(3065, "bug", "a GUID is invalid", is_confirmed=False),
    Status(3070, "data", "a text is too long"),
    Status(3080, "data", "a text is invalid", is_confirmed=False),
    Status(3085, "data", "a number is invalid", is_confirmed=False),
    Status(3090, "data", "a name is invalid; names cannot hold a colon"),
    Status(NAME_IN_USE, "data", "the name is already in use in this list or a related one"),
    Status(3101, "data", "an amount would become too large", is_confirmed=False),
    Status(3110, "bug", "an enumeration's value is invalid"),
    Status(NOT_FOUND, "re-read", "the record named in the request cannot be found"),
    Status(3130, "data", "the parent record cannot be found", is_confirmed=False),
    Status(BAD_REFERENCE, "data", "a record referred to does not exist in its list"),
    Status(3150, "bug", "a required element is missing"),
    Status(3151, "bug", "an element is not valid here", is_confirmed=False),
    Status(3152, "bug", "elements contradict each other", is_confirmed=False),
    # Seen live: an item or another reference beside the link of a line.
    Status(3153, "bug", "elements contradict each other"),
    Status(3160, "user", "the record cannot be deleted; it is in use, or nothing can delete it"),
    Status(3161, "user", "the record cannot be deleted: its date is before the closing date"),
    Status(3162, "again", "this needs single-user mode", is_confirmed=False),
    Status(3170, "again", "the record cannot be changed now: it or its list is in use"),
    Status(3171, "user", "the transaction cannot be changed: its date is before the closing date"),
    Status(3175, "again", "the transaction is in use and could not be locked"),
    Status(3176, "again", "a related record is locked"),
    Status(3177, "again", "a related record is in the way", is_confirmed=False),
    Status(SAVE_ERROR, "doubt", "QuickBooks could not save the record"),
    Status(3185, "user", "the transaction could not be voided", is_confirmed=False),
    Status(3190, "bug", "an element that cannot be cleared was sent empty"),
    Status(3191, "bug", "an element cannot be used or cleared here", is_confirmed=False),
    Status(STALE, "re-read", "the record has been changed since it was read"),
    Status(3205, "data", "an address is invalid", is_confirmed=False),
    Status(3210, "data", "the values do not fit QuickBooks' own rules"),
    Status(3220, "user", "the request is not authorised"),
    Status(3230, "again", "the request was rolled back", is_confirmed=False),
    Status(SKIPPED, "again", "not processed, because an earlier request of the set failed"),
    Status(
        ID_MISMATCH, "re-read", "the record's id and its time of creation do not belong together"
    ),
    Status(NOT_ENABLED, "user", "the feature is not turned on, or this edition does not have it"),
    Status(3260, "user", "the QuickBooks user has no permission for this"),
    Status(3261, "user", "the application has no permission to read personal data"),
    Status(NOT_SUBSCRIBED, "user", "a payroll subscription is needed"),
    Status(3263, "user", "the company file is open for reading only"),
    Status(3264, "user", "a merchant-services subscription is needed"),
    Status(3270, "data", "a posting account is missing"),
    Status(3280, "data", "the item is of the wrong type", is_confirmed=False),
    Status(3290, "data", "the item line cannot be made", is_confirmed=False),
    Status(3300, "data", "the transaction is empty", is_confirmed=False),
    Status(3350, "data", "a custom field is in the way", is_confirmed=False),
    Status(FIELD_NOT_ASSIGNED, "bug", "the custom field cannot be assigned to such records"),
    Status(3360, "data", "a refusal whose meaning is not documented", is_confirmed=False),
    Status(3370, "data", "there are not enough components to build the assembly"),
    Status(3390, "again", "too many queries are being paged through at once"),
    Status(3500, "user", "the list records cannot be merged"),
)

SET_STATUSES: Final = _table(
    Status(0, "ok", "the set was processed, or its kept answers were found"),
    Status(SET_NOTHING_TO_CLEAR, "ok", "QuickBooks had no such message set to clear"),
    Status(
        SET_CONTENT_DIFFERS, "bug", "QuickBooks keeps a message set of this id with other contents"
    ),
    # The set never ran, or its answer was not kept, or another set has taken its place (3.3,
    # rule 5): so it says nothing about any document.
    Status(SET_NOT_KEPT, "unknown", "QuickBooks keeps no answer to its message set"),
    Status(9003, "bug", "QuickBooks gave a code that it does not use"),
    Status(SET_ID_TOO_LONG, "bug", "QuickBooks finds the id of the message set too long"),
    Status(SET_NOT_STORED, "unknown", "QuickBooks could not keep the answers of the message set"),
)

_OPEN_FILE: Final = "Open the right company file in QuickBooks, or let the Web Connector start it."
_NEXT_RUN: Final = "Nothing has to be done: the next run tries again."


def _failures(*rows: Failure) -> MappingProxyType[int, Failure]:
    table = {row.code: row for row in rows}
    assert len(table) == len(rows), "an HRESULT stands twice"
    return MappingProxyType(table)


HRESULTS: Final = _failures(
    Failure(
        0x80040400,
        "bug",
        "support",
        "QuickBooks could not read what was sent to it and did none of it.",
        "Nothing was lost: the documents of that group are sent one by one to find the one at "
        "fault. Send its evidence to support.",
    ),
    Failure(0x80040401, "again", "bookkeeper", "QuickBooks could not be reached.", _NEXT_RUN),
    Failure(
        0x80040402,
        "unknown",
        "nobody",
        "QuickBooks stopped in the middle of a request; whether it was done is asked first.",
        "If it happens again, restart QuickBooks; its log file qbsdklog.txt has the details.",
    ),
    Failure(
        0x80040403,
        "user",
        "bookkeeper",
        "QuickBooks could not open the company file.",
        "Check that the file is where the connection says it is and opens in QuickBooks.",
        is_confirmed=False,
    ),
    Failure(
        0x80040404,
        "bug",
        "support",
        "This QuickBooks release is older than the messages sent to it.",
        "Update QuickBooks, or tell support its release so that the messages can be lowered.",
        is_confirmed=False,
    ),
    Failure(
        0x80040405,
        "user",
        "installer",
        "Parts of QuickBooks that talk to other programs are missing.",
        "Repair the QuickBooks installation on that computer.",
        is_confirmed=False,
    ),
    Failure(
        0x80040406,
        "user",
        "bookkeeper",
        "The company file belongs to a newer QuickBooks release, or its release is not known.",
        "Open the file with the QuickBooks release that the company uses.",
        is_confirmed=False,
    ),
    Failure(
        0x80040407,
        "user",
        "installer",
        "The QuickBooks installation is incomplete.",
        "Repair or reinstall QuickBooks on that computer.",
        is_confirmed=False,
    ),
    Failure(
        0x80040408,
        "again",
        "bookkeeper",
        "QuickBooks could not be started, or another company file is open in it.",
        "Close the other company, check that the drive of the company file can be reached, and "
        "let the next run try again.",
    ),
    Failure(
        0x80040409,
        "user",
        "installer",
        "This QuickBooks release cannot work with the company file.",
        "Install the QuickBooks release that matches the company file.",
    ),
    Failure(
        0x8004040A,
        "again",
        "bookkeeper",
        "Another company file is open in QuickBooks.",
        _OPEN_FILE,
    ),
    Failure(
        0x8004040B,
        "again",
        "bookkeeper",
        "QuickBooks did not say which company file is open.",
        _OPEN_FILE,
        is_confirmed=False,
    ),
    Failure(
        0x8004040C,
        "again",
        "nobody",
        "The session with QuickBooks had not begun.",
        _NEXT_RUN,
        is_confirmed=False,
    ),
    Failure(0x8004040D, "again", "nobody", "QuickBooks no longer knew the session.", _NEXT_RUN),
    Failure(
        0x8004040E,
        "again",
        "installer",
        "QuickBooks ran out of memory.",
        "Restart QuickBooks; if it happens again, lower the number of requests per message.",
        is_confirmed=False,
    ),
    Failure(
        0x8004040F,
        "again",
        "nobody",
        "The connection to QuickBooks had not been opened.",
        _NEXT_RUN,
        is_confirmed=False,
    ),
    Failure(
        0x80040410,
        "again",
        "bookkeeper",
        "The company file is open in another mode (single-user or multi-user) than asked for.",
        "Switch the mode in QuickBooks' File menu, or let the connection accept either mode.",
    ),
    Failure(
        0x80040411,
        "again",
        "nobody",
        "A session with QuickBooks was still open.",
        _NEXT_RUN,
        is_confirmed=False,
    ),
    Failure(
        0x80040412,
        "again",
        "nobody",
        "A connection to QuickBooks was still open.",
        _NEXT_RUN,
        is_confirmed=False,
    ),
    Failure(
        0x80040413,
        "bug",
        "support",
        "QuickBooks does not roll back a group of requests.",
        "Send the evidence to support.",
        is_confirmed=False,
    ),
    Failure(
        0x80040414,
        "again",
        "bookkeeper",
        "A window in QuickBooks waits for an answer.",
        "Look at the QuickBooks screen and close the open window or message.",
    ),
    Failure(
        0x80040416,
        "user",
        "bookkeeper",
        "QuickBooks is not running, and no company file was named to start it with.",
        "Open the company file in QuickBooks, or set its path in the connection.",
    ),
    Failure(
        0x80040417,
        "user",
        "bookkeeper",
        "No company file is open, and none was named.",
        "Open the company file in QuickBooks, or set its path in the connection.",
        is_confirmed=False,
    ),
    Failure(
        0x80040418,
        "user",
        "administrator",
        "This company file has not yet allowed the connection.",
        "Log in to QuickBooks as Admin with the company open, run the Web Connector once and "
        "allow access.",
        is_confirmed=False,
    ),
    Failure(
        0x8004041A,
        "user",
        "administrator",
        "The connection has no permission for this company file.",
        "In QuickBooks, as Admin: Edit > Preferences > Integrated Applications; allow it there.",
    ),
    Failure(
        0x8004041B,
        "again",
        "administrator",
        "QuickBooks could not lock what it needs to grant access.",
        "Let the next run try again; if it happens again, have everyone leave the company file.",
        is_confirmed=False,
    ),
    Failure(
        0x8004041C,
        "again",
        "administrator",
        "QuickBooks had an internal error while opening the company file.",
        "Let the next run try again; if it happens again, verify the company file.",
        is_confirmed=False,
    ),
    Failure(
        0x8004041D,
        "user",
        "administrator",
        "The connection may not log in to QuickBooks on its own.",
        "In QuickBooks, as Admin: Integrated Applications > Properties; allow automatic login.",
        is_confirmed=False,
    ),
    Failure(
        0x8004041E,
        "user",
        "support",
        "The certificate of the connecting program has expired.",
        "Update the Web Connector or the agent, then tell support.",
        is_confirmed=False,
    ),
    Failure(
        0x8004041F,
        "user",
        "bookkeeper",
        "This QuickBooks edition takes no requests from other programs.",
        "A QuickBooks edition that supports integrated applications is needed.",
        is_confirmed=False,
    ),
    Failure(
        0x80040420,
        "user",
        "administrator",
        "Access to the company file was denied in QuickBooks.",
        "Run the Web Connector again with QuickBooks open as Admin, and allow access.",
    ),
    Failure(
        0x80040421,
        "user",
        "bookkeeper",
        "QuickBooks reports a problem of its own; its text says which.",
        "Read the text and look at the QuickBooks screen.",
    ),
    Failure(
        0x80040422,
        "again",
        "bookkeeper",
        "Single-user mode is needed, but another program is using the company file.",
        "Close the other program, or let the next run try again.",
    ),
    Failure(
        0x80040423,
        "bug",
        "support",
        "This QuickBooks release does not know the version of the messages sent to it.",
        "Update QuickBooks, or tell support its release so that the messages can be lowered.",
        is_confirmed=False,
    ),
    Failure(
        0x80040424,
        "again",
        "bookkeeper",
        "QuickBooks had not finished starting.",
        _NEXT_RUN,
        is_confirmed=False,
    ),
    Failure(
        0x80040427,
        "user",
        "installer",
        "This QuickBooks is not registered.",
        "Register QuickBooks on that computer.",
        is_confirmed=False,
    ),
    Failure(
        0x8004042A,
        "user",
        "administrator",
        "QuickBooks does not allow access from another computer.",
        "Run the Web Connector on the computer QuickBooks runs on, or allow remote access.",
        is_confirmed=False,
    ),
    Failure(
        0x8004042C,
        "user",
        "support",
        "The certificate of the connecting program has been revoked.",
        "Update the Web Connector or the agent, then tell support.",
        is_confirmed=False,
    ),
    Failure(
        0x80040435,
        "user",
        "administrator",
        "The connection must be allowed again in QuickBooks.",
        "In QuickBooks, as Admin: Integrated Applications; remove the connection and allow it "
        "anew.",
    ),
    Failure(
        0x80010105,
        "unknown",
        "nobody",
        "A call failed inside QuickBooks; whether the request was done is asked first.",
        "If it happens again, restart QuickBooks.",
    ),
    Failure(
        0x80040154,
        "user",
        "installer",
        "The part of QuickBooks that takes requests is not installed properly.",
        "Reinstall the Web Connector or repair QuickBooks on that computer.",
    ),
    Failure(
        0x800706BA,
        "unknown",
        "bookkeeper",
        "QuickBooks was closed or crashed; whether the request was done is asked first.",
        "Start QuickBooks again.",
        is_confirmed=False,
    ),
    Failure(
        0x800706BE,
        "unknown",
        "bookkeeper",
        "QuickBooks was closed or crashed; whether the request was done is asked first.",
        "Start QuickBooks again.",
        is_confirmed=False,
    ),
)
