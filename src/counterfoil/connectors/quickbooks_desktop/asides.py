"""Message sets beside those of a run's work: who is there, whose file it is, may we write.

======================  ================================================================
``questions``           QuickBooks, the company and its preferences: what a Web Connector
                        asks of itself at the beginning of a run, our agent asks for us
``file_marking``        the private field that says whose company file it is
``trial``               proves that we may read *and* write, and leaves no trace
======================  ================================================================

None of them touches a document.  Each can be sent again without harm, so none is looked for
when its answer is lost.

Source: reference sections 1.5 and 4.13; that a private field of the company may be written,
deleted and written again holds in our stand-in and is not confirmed on a real file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from .marks import FILE_FIELD, OWNER_ID, TRIAL_FIELD
from .qbxml import Reply, Request, UnreadableQbxml, Version, parse_replies, render_set
from .qbxml.status import NOTHING_FOUND, OK, SAVE_ERROR

__all__ = ["Trial", "file_marking", "is_marked", "questions", "read_trial", "trial"]

_COMPANY: Final = {"OtherDataExtType": "Company"}


def questions(version: Version) -> str:
    """Ask QuickBooks about itself, the company and its preferences."""
    requests = (
        Request("HostQuery", {}, "1"),
        Request("CompanyQuery", {"OwnerID": [OWNER_ID]}, "2"),
        Request("PreferencesQuery", {}, "3"),
    )
    return render_set(requests, version=version)


def file_marking(file_id: str, version: Version, *, key: str, clears: str | None) -> str:
    """Write whose company file it is; ``clears``: the set whose answer is no longer needed."""
    requests = (
        Request("DataExtDefAdd", _definition(FILE_FIELD), "1"),
        Request("DataExtAdd", {**_field(FILE_FIELD), **_COMPANY, "DataExtValue": file_id}, "2"),
    )
    return render_set(requests, version=version, new_set_id=key, old_set_id=clears)


def is_marked(text: str) -> bool:
    """Say whether the answer to ``file_marking`` tells that the mark is there."""
    return any(each.name == "DataExtAdd" and each.status_code == OK for each in _replies(text))


def trial(version: Version, *, key: str, clears: str | None) -> str:
    """Read the company and one customer; write a private field and take it away again."""
    value = {**_field(TRIAL_FIELD), **_COMPANY}
    requests = (
        Request("CompanyQuery", {"OwnerID": [OWNER_ID]}, "1"),
        Request("CustomerQuery", {"MaxReturned": 1}, "2"),
        Request("DataExtDefAdd", _definition(TRIAL_FIELD), "3"),
        Request("DataExtAdd", {**value, "DataExtValue": "may we write"}, "4"),
        Request("DataExtDel", value, "5"),
        Request("DataExtDefDel", _field(TRIAL_FIELD), "6"),
    )
    return render_set(requests, version=version, new_set_id=key, old_set_id=clears)


class Trial(NamedTuple):
    """What a trial showed."""

    is_passed: bool
    sentence: str


_READS: Final = ("CompanyQuery", "CustomerQuery")
_WRITES: Final = ("DataExtDefAdd", "DataExtAdd", "DataExtDel", "DataExtDefDel")
# Left over from a trial that was broken off, field and value are there already.
_MAY_BE_THERE: Final = frozenset({"DataExtDefAdd", "DataExtAdd"})


def read_trial(text: str) -> Trial:
    """Judge the answer to ``trial``."""
    try:
        replies = {each.name: each for each in _replies(text)}
    except UnreadableQbxml as error:
        objection: str | None = f"QuickBooks' answer to the trial cannot be read ({error})."
    else:
        objection = _objection(replies, _READS, "read") or _objection(replies, _WRITES, "write")
    passed = "Counterfoil may read and write, and its trial left no trace."
    return Trial(is_passed=objection is None, sentence=objection or passed)


def _objection(replies: Mapping[str, Reply], names: Iterable[str], what: str) -> str | None:
    for name in names:
        reply = replies.get(name)
        if reply is None:
            return f"QuickBooks left a part of the trial unanswered ({name})."
        is_there = name in _MAY_BE_THERE and reply.status_code == SAVE_ERROR
        if not is_there and reply.status_code not in (OK, NOTHING_FOUND):
            return f"QuickBooks did not let us {what}: {_said(reply)} {_CURE}"
    return None


_CURE: Final = (
    "In QuickBooks, as Admin: Edit, Preferences, Integrated Applications, Company Preferences; "
    "choose Counterfoil, Properties, and allow it to read and modify this company file."
)


def _said(reply: Reply) -> str:
    words = " ".join((reply.message or "no reason was given").split())[:200].rstrip(".")
    return f"{words} (status {reply.status_code})."


def _field(name: str) -> dict[str, Any]:
    return {"OwnerID": OWNER_ID, "DataExtName": name}


def _definition(name: str) -> dict[str, Any]:
    return {**_field(name), "DataExtType": "STR255TYPE", "AssignToObject": ["Company"]}


def _replies(text: str) -> Sequence[Reply]:
    return parse_replies(text).replies
