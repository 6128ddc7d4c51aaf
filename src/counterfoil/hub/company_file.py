"""Whose company file is open: what the first answer of a run tells, and what is wrong with it.

The FileID that the Web Connector wrote into the company file (or our agent, in a field of its
own) decides: another one, or none where an earlier run saw it, is another file until a person
says that it is right (``accounts.accept_file``).  A copy bears it as well, so another place or
another name of the company is a question, too.  Where no FileID was ever reported, name and
place decide alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from counterfoil.connectors.quickbooks_desktop.marks import OWNER_ID, file_mark, ledger_mark
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.trouble import ANOTHER_FILE, see_page
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import (
    HostFacts,
    read_hcp,
    same_guid,
)
from counterfoil.hub import advice
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice, Told

from .systems.quickbooks_desktop import account_of

__all__ = ["OWNER_ID", "Host", "Meeting", "meeting", "owner_of_file", "places"]

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
        untold: Facts that preferences tell where they are so, and did not tell this time.
        is_told: Our FileID was told, so that the same company record without our mark is a
            "no"; where the answer holds no custom fields at all, it is none.
    """

    facts: Mapping[str, Any]
    version: Version
    country: str
    account: str | None
    app_lock: str | None
    problem: Told | None
    mark: str | None = None
    untold: frozenset[str] = frozenset()
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
    others = [each for each in everyone if each.id != connection.id]
    active = [each for each in others if each.is_active]
    file_id = seen.get("file_id")
    return Meeting(
        facts=seen,
        version=(told.version if told else None) or Version(host.major, host.minor),
        country=seen.get("country") or host.country or "US",
        account=account_of(file_id) if file_id else None,
        app_lock=told.app_lock(OWNER_ID) if told else None,
        problem=_of_another(seen, connection, active)
        or _of_removed(seen, connection, [each for each in others if not each.is_active])
        or _other_file(seen, connection),
        mark=ledger_mark(told) if told else None,
        untold=_untold(told, seen),
        is_told=file_id is not None,
    )


# A closing date is taken away again, and an edition without sites tells nothing of them.
_PREFERRED: Final = frozenset({"closing_date", "uses_inventory_sites"})


def _untold(told: HostFacts | None, seen: Mapping[str, Any]) -> frozenset[str]:
    has_told = told is not None and told.preferences is not None
    return _PREFERRED - seen.keys() if has_told else frozenset()


def _identity(told: HostFacts | None, host: Host) -> dict[str, Any]:
    """Collect what tells one company file from another, and what else is worth showing."""
    seen: dict[str, Any] = {"company_file": host.company_file}
    if told is None:
        return seen
    preferences = told.preferences
    seen.update(
        company_name=told.company_name,
        file_id=file_mark(told),
        product=told.product_name,
        country=told.country,
        file_mode=told.file_mode,
        qbxml_versions=[f"{each.major}.{each.minor}" for each in told.versions],
    )
    if preferences is not None and preferences.closing_date is not None:
        seen["closing_date"] = preferences.closing_date.isoformat()
    if preferences is not None:
        seen["uses_inventory"] = preferences.uses_inventory
        seen["uses_inventory_sites"] = preferences.uses_inventory_sites
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
) -> Told | None:
    """Say whether the file is another connection's: served by both, all would go twice."""
    file_id = seen.get("file_id")
    others = [each for each in others if each.parameters.get("file_id")]
    owner = owner_of_file(str(file_id), others) if file_id else None
    if owner is not None and _has_met(connection):
        return Told(
            f"Another company file is open: {_called(seen)}, which belongs to the connection "
            f"“{owner.name}”. This connection belongs to {_called(connection.facts)}. "
            f"{_NOTHING_WRITTEN}",
            _OPEN_THE_RIGHT_ONE,
        )
    if owner is not None:
        return Told(
            f"The company file {_called(seen)} belongs to the connection “{owner.name}” already; "
            f"served twice, everything would go twice. {_NOTHING_WRITTEN}",
            Advice(
                f"Use that connection, or open the company file that “{connection.name}” is for"
            ),
        )
    if _has_met(connection):
        return None
    twin = next((each for each in others if _same_place(seen, each.facts)), None)
    if twin is None:
        return None
    return Told(
        f"The company file {_called(seen)} belongs to the connection “{twin.name}” already: name "
        f"and place are the same. {_NOTHING_WRITTEN}",
        Advice("Use that connection"),
        advice.accept_file(
            connection.id,
            "Or if this is another file on another computer, accept it in Counterfoil",
        ),
    )


def _of_removed(
    seen: Mapping[str, Any], connection: Connection, removed: Iterable[Connection]
) -> Told | None:
    """Ask about a file that a removed connection served: it alone knows what was sent there."""
    if _has_met(connection):
        return None
    file_id = seen.get("file_id")
    met = [each for each in removed if _has_met(each)]
    owner = owner_of_file(str(file_id), met) if file_id else None
    owner = owner or next((each for each in met if _same_place(seen, each.facts)), None)
    if owner is None:
        return None
    return Told(
        f"The company file {_called(seen)} was served by “{owner.name}”. What was sent there is "
        f"known to that connection only. {_NOTHING_WRITTEN}",
        advice.restore(owner.id, f"Take “{owner.name}” up again"),
        advice.accept_file(connection.id, "Or accept the file, to begin anew here"),
    )


def _has_met(connection: Connection) -> bool:
    return connection.account is not None or "company_name" in connection.facts


def _same_place(seen: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    name, path = seen.get("company_name"), seen.get("company_file")
    if not name or not path or known.get("company_name") != name:
        return False
    return str(known.get("company_file") or "").casefold() == str(path).casefold()


def _other_file(seen: Mapping[str, Any], connection: Connection) -> Told | None:
    """Say whether this is another company file than the connection's own, and the cure."""
    file_id, own = seen.get("file_id"), connection.parameters.get("file_id")
    known = connection.facts
    if file_id is None and "company_name" in seen and "file_id" in known:
        if seen["company_name"] == known.get("company_name"):
            return _lost_its_mark(seen, connection)
        return _different(seen, connection)
    if file_id is not None and own is not None:
        if same_guid(str(file_id), str(own)):
            return _moved(seen, connection) or _renamed(seen, connection)
        if known.get("company_name") in (None, seen.get("company_name")):
            return _bears_another_mark(seen, connection)
        return _different(seen, connection)
    if seen.get("company_name") and known.get("company_name"):
        if not _same_name(seen["company_name"], known["company_name"]):
            return _different(seen, connection)
        return _moved(seen, connection)
    if seen.get("company_file") and known.get("company_file"):
        return None if _is_known_place(seen, connection) else _different(seen, connection)
    return None


# So many places are remembered: the computers of an office may see one file in several.
_PLACES_MAX: Final = 8


def places(connection: Connection, seen: Mapping[str, Any]) -> list[str]:
    """Give the places at which a connection's file is known to be, once it is accepted here."""
    known = [*_known_places(connection), str(seen.get("company_file") or "")]
    return list({_place(each): each for each in known if each}.values())[-_PLACES_MAX:]


def _known_places(connection: Connection) -> list[str]:
    facts = connection.facts
    named = (facts.get("company_file"), connection.parameters.get("company_file"))
    return [str(each) for each in (*facts.get("places", ()), *named) if each]


def _place(path: str) -> str:
    """Windows does not tell capitals from small letters in a path, nor both kinds of slash."""
    return path.strip().replace("/", "\\").casefold()


def _is_known_place(seen: Mapping[str, Any], connection: Connection) -> bool:
    place = _place(str(seen["company_file"]))
    return any(_place(each) == place for each in _known_places(connection))


def _moved(seen: Mapping[str, Any], connection: Connection) -> Told | None:
    """Ask about our file in another place: moved, or a copy that bears all our marks."""
    before = connection.facts.get("company_file")
    if not before or not seen.get("company_file") or _is_known_place(seen, connection):
        return None
    return Told(
        f"The company file of {_called(seen)} is open from another place than before: "
        f"{seen['company_file']}, and not {before}. It was moved, or this is a copy. "
        f"{_NOTHING_WRITTEN}",
        *_accept_or_open(connection),
    )


def _renamed(seen: Mapping[str, Any], connection: Connection) -> Told | None:
    """Ask about our file under another company's name: renamed, or a copy that became one."""
    name, before = seen.get("company_name"), connection.facts.get("company_name")
    if not name or not before or _same_name(name, before):
        return None
    return Told(
        f"The company in this company file is called {name} now, and was called {before}: it was "
        f"renamed, or another company was made of a copy. {_NOTHING_WRITTEN}",
        *_accept_or_open(connection),
    )


def _same_name(left: object, right: object) -> bool:
    return " ".join(str(left).split()) == " ".join(str(right).split())


_OPEN_THE_RIGHT_ONE: Final = Advice("Open the right company file and run the update again")
_MORE: Final = Advice(see_page(ANOTHER_FILE))


def _accept_or_open(connection: Connection) -> tuple[Advice, ...]:
    return (
        advice.accept_file(connection.id, "If it is the right file, accept it in Counterfoil"),
        Advice("If not, open the right one"),
        _MORE,
    )


def _called(seen: Mapping[str, Any]) -> str:
    return str(seen.get("company_name") or seen.get("company_file") or "a file without a name")


def _different(seen: Mapping[str, Any], connection: Connection) -> Told:
    expected = _called(connection.facts) if connection.facts else connection.name
    return Told(
        f"Another company file is open: {_called(seen)}. This connection belongs to {expected}. "
        f"{_NOTHING_WRITTEN}",
        _OPEN_THE_RIGHT_ONE,
        _MORE,
    )


def _bears_another_mark(seen: Mapping[str, Any], connection: Connection) -> Told:
    return Told(
        f"A company file of the expected name is open, {_called(seen)}, but it bears another mark "
        "than this connection's: it is a copy, or was marked by another .qwc file. "
        f"{_NOTHING_WRITTEN}",
        *_accept_or_open(connection),
        detail=f"FileID {seen['file_id']}, expected {connection.parameters['file_id']}",
    )


def _lost_its_mark(seen: Mapping[str, Any], connection: Connection) -> Told:
    return Told(
        f"The company is the right one by name, {_called(seen)}, but its file no longer holds this "
        f"connection's mark: restored from a backup, or a copy. {_NOTHING_WRITTEN}",
        advice.accept_file(
            connection.id,
            "If it is the right file, add the .qwc file to the Web Connector again as Admin, or "
            "accept it in Counterfoil",
        ),
        Advice("If it is a copy, open the right one"),
        _MORE,
    )
