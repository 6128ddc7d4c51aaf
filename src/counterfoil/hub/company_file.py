"""Whose company file is open: what the first answer of a run tells, and what is wrong with it.

The FileID that the Web Connector wrote into the company file decides: another one, or none
where an earlier run saw it, is another file until a person says that it is right
(``accounts.accept_file``).  Where none was ever reported, the company's name and the path
of an earlier run do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from counterfoil.connectors.quickbooks_desktop.marks import OWNER_ID, ledger_mark
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import (
    HostFacts,
    read_hcp,
    same_guid,
)
from counterfoil.ledger.connections import Connection

from .systems.quickbooks_desktop import account_of

__all__ = ["OWNER_ID", "Host", "Meeting", "meeting", "owner_of_file"]

_NOTHING_WRITTEN: Final = "Nothing was written."


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """What is told with the first request of a run.

    Attributes:
        facts: QuickBooks' answers about itself, the company and its preferences, as qbXML.
        company_file: Path of the file that is open.
        country, major, minor: Edition and qbXML version, as the carrier knows them.
    """

    facts: str
    company_file: str
    country: str
    major: int
    minor: int


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """What came of meeting a company file.

    Attributes:
        facts: What tells it from others, and what else is worth showing.
        account: Whose it is, ``None``: not told.
        app_lock: The text of the Web Connector's lock on it.
        problem: Why nothing may be written; ``None``: it is ours.
        mark: The mark of a ledger that the file bears, ``None``: none was told.
        is_told: Our FileID was told, so that the same company record without our mark is a
            "no"; where the answer holds no custom fields at all, it is none.
    """

    facts: Mapping[str, Any]
    version: Version
    country: str
    account: str | None
    app_lock: str | None
    problem: str | None
    mark: str | None = None
    is_told: bool = False


def meeting(host: Host, connection: Connection, everyone: Iterable[Connection]) -> Meeting:
    """Judge the company file that is open.

    Args:
        host: What was told.
        connection: For whom it is opened.
        everyone: All connections, so that one company does not get two.
    """
    read = read_hcp(host.facts)
    told = read if isinstance(read, HostFacts) else None
    seen = _identity(told, host)
    others = [each for each in everyone if each.is_active and each.id != connection.id]
    file_id = seen.get("file_id")
    return Meeting(
        facts=seen,
        version=(told.version if told else None) or Version(host.major, host.minor),
        country=seen.get("country") or host.country or "US",
        account=account_of(file_id) if file_id else None,
        app_lock=told.app_lock(OWNER_ID) if told else None,
        problem=_of_another(seen, connection, others) or _other_file(seen, connection),
        mark=ledger_mark(told) if told else None,
        is_told=file_id is not None,
    )


def _identity(told: HostFacts | None, host: Host) -> dict[str, Any]:
    """Collect what tells one company file from another, and what else is worth showing."""
    seen: dict[str, Any] = {"company_file": host.company_file}
    if told is None:
        return seen
    preferences = told.preferences
    seen.update(
        company_name=told.company_name,
        file_id=told.file_id(OWNER_ID),
        product=told.product_name,
        country=told.country,
        file_mode=told.file_mode,
        qbxml_versions=[f"{each.major}.{each.minor}" for each in told.versions],
    )
    if preferences is not None and preferences.closing_date is not None:
        seen["closing_date"] = preferences.closing_date.isoformat()
    return {key: value for key, value in seen.items() if value is not None}


def owner_of_file(file_id: str, connections: Iterable[Connection]) -> Connection | None:
    """Find the connection that a FileID belongs to."""
    return next(
        (
            each
            for each in connections
            if each.account == account_of(file_id)
            or same_guid(str(each.parameters.get("file_id") or ""), file_id)
        ),
        None,
    )


def _of_another(
    seen: Mapping[str, Any], connection: Connection, others: Iterable[Connection]
) -> str | None:
    """Say whether the file is another connection's: served by both, all would go twice."""
    file_id = seen.get("file_id")
    others = [each for each in others if each.parameters.get("file_id")]
    owner = owner_of_file(str(file_id), others) if file_id else None
    if owner is not None and _has_met(connection):
        return (
            f"Another company file is open: {_called(seen)}, which belongs to the connection "
            f"“{owner.name}”. This connection belongs to {_called(connection.facts)}. "
            f"{_NOTHING_WRITTEN} Open the right company file and run the update again."
        )
    if owner is not None:
        return (
            f"This company file ({_called(seen)}) belongs to the connection “{owner.name}” "
            f"already; served twice, everything would go twice. {_NOTHING_WRITTEN} Use that "
            f"connection, or open the company file that “{connection.name}” is for."
        )
    if _has_met(connection):
        return None
    twin = next((each for each in others if _same_place(seen, each.facts)), None)
    if twin is None:
        return None
    return (
        f"This company file ({_called(seen)}) belongs to the connection “{twin.name}” already: "
        f"name and place are the same. {_NOTHING_WRITTEN} Use that connection; or if this is "
        f"another file on another computer, run: counterfoil connections accept-file "
        f"{connection.id}"
    )


def _has_met(connection: Connection) -> bool:
    return connection.account is not None or "company_name" in connection.facts


def _same_place(seen: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    name, path = seen.get("company_name"), seen.get("company_file")
    if not name or not path or known.get("company_name") != name:
        return False
    return str(known.get("company_file") or "").casefold() == str(path).casefold()


def _other_file(seen: Mapping[str, Any], connection: Connection) -> str | None:
    """Say whether this is another company file than the connection's own, and the cure."""
    file_id, own = seen.get("file_id"), connection.parameters.get("file_id")
    known = connection.facts
    if file_id is None and "company_name" in seen and "file_id" in known:
        if seen["company_name"] == known.get("company_name"):
            return _lost_its_mark(seen, connection)
        return _different(seen, connection)
    if file_id is not None and own is not None:
        if same_guid(str(file_id), str(own)):
            return None
        if known.get("company_name") in (None, seen.get("company_name")):
            return _bears_another_mark(seen, connection)
        return _different(seen, connection)
    if seen.get("company_name") and known.get("company_name"):
        same = seen["company_name"] == known["company_name"]
    elif seen.get("company_file") and known.get("company_file"):
        # Windows does not tell capitals from small letters in a path.
        same = seen["company_file"].casefold() == known["company_file"].casefold()
    else:
        same = True
    return None if same else _different(seen, connection)


def _called(seen: Mapping[str, Any]) -> str:
    return str(seen.get("company_name") or seen.get("company_file") or "a file without a name")


def _different(seen: Mapping[str, Any], connection: Connection) -> str:
    expected = _called(connection.facts) if connection.facts else connection.name
    return (
        f"Another company file is open: {_called(seen)}. This connection belongs to {expected}. "
        f"{_NOTHING_WRITTEN} Open the right company file and run the update again."
    )


def _bears_another_mark(seen: Mapping[str, Any], connection: Connection) -> str:
    return (
        f"A company file of the expected name ({_called(seen)}) is open, but its FileID is "
        f"{seen['file_id']} and this connection's is {connection.parameters['file_id']}: a copy, "
        f"or marked by another .qwc file. {_NOTHING_WRITTEN} Open the right file; or if this is "
        f"it, run: counterfoil connections accept-file {connection.id}"
    )


def _lost_its_mark(seen: Mapping[str, Any], connection: Connection) -> str:
    return (
        f"The company is the right one by name ({_called(seen)}), but its file no longer holds "
        f"this connection's mark: restored from a backup, or a copy. {_NOTHING_WRITTEN} If it is "
        "the right file, add the .qwc file to the Web Connector again as Admin, or run: "
        f"counterfoil connections accept-file {connection.id}. If it is a copy, open the right one."
    )
