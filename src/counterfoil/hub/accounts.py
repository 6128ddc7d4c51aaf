"""Making connections and links, and the file that introduces us to a Web Connector."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from counterfoil.connectors.quickbooks_desktop.web_connector.qwc import (
    QwcFile,
    RunEvery,
    UnusableQwc,
    render_qwc,
)
from counterfoil.errors import SettingsError, UsageError
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import Settings, SystemName, encode_settings, flows_between

from .callers import secret_place
from .passwords import new_password, password_hash
from .setup import Hub
from .web_connector import OWNER_ID

__all__ = ["Made", "add_connection", "add_link", "new_password_for", "qwc_of"]

_OPERATIONS: Final = frozenset({SystemName.FUSION_OPERATIONS, SystemName.AUTOTASK})
_BUILT: Final = frozenset({SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP})
_RUN_EVERY_MINUTES: Final = 10


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A connection just made; password and file only for QuickBooks Desktop.

    ``password`` is shown this once: only its hash is kept.
    """

    id: int
    username: str | None = None
    password: str | None = None
    qwc: str | None = None


def add_connection(
    hub: Hub, system: SystemName, name: str, given: Mapping[str, str | None], actor: str
) -> Made:
    """Add a connection.

    Args:
        hub: The hub.
        system: The outside system.
        name: What people call it; unique.
        given: ``base_url``, ``key``, ``secret``, ``time_zone`` (Fusion Operations);
            ``company_file``, ``requests_per_set`` (QuickBooks Desktop).  ``None`` and
            absent are the same.
        actor: Who does it, for the audit.

    Raises:
        UsageError: The name is taken, or something needed is missing.
    """
    wanted = {key: value for key, value in given.items() if value}
    if system not in _BUILT:
        raise UsageError(
            f"{system.words} is not in this version yet. Connect "
            f"{' or '.join(sorted(each.value for each in _BUILT))}."
        )
    if not name.strip():
        raise UsageError("A connection needs a name: give --name.")
    if system is SystemName.QUICKBOOKS_DESKTOP:
        return _add_desktop(hub, name.strip(), wanted, actor)
    return _add_fusion(hub, name.strip(), wanted, actor)


def _add_fusion(hub: Hub, name: str, given: Mapping[str, str], actor: str) -> Made:
    for needed in ("base_url", "key", "secret"):
        if needed not in given:
            option = "--" + needed.replace("_", "-")
            raise UsageError(f"Fusion Operations needs {option}.")
    address = urlsplit(given["base_url"])
    if address.scheme not in ("http", "https") or not address.hostname:
        raise UsageError(
            f"The base URL {given['base_url']!r} is no web address; it is like "
            "https://fusionoperations.autodesk.com."
        )
    zone = given.get("time_zone", "UTC")
    _check_zone(zone)
    parameters = {"base_url": given["base_url"].rstrip("/"), "time_zone": zone}
    secret = json.dumps({"key": given["key"], "secret": given["secret"]})
    with hub.database.writing() as tx:
        _check_name(tx, name)
        made = connections.add(
            tx,
            system=SystemName.FUSION_OPERATIONS.value,
            name=name,
            parameters=parameters,
            created_at=hub.now(),
        )
        sealed = hub.vault.seal(secret, secret_place(made))
        connections.change(tx, made, secret=sealed)
        connections.note(tx, hub.now(), actor, "connection added", f"connection/{made}", name)
    return Made(id=made)


def _add_desktop(hub: Hub, name: str, given: Mapping[str, str], actor: str) -> Made:
    parameters: dict[str, Any] = {"file_id": "{" + str(uuid.uuid4()) + "}"}
    if "company_file" in given:
        parameters["company_file"] = given["company_file"]
    if "requests_per_set" in given:
        parameters["requests_per_set"] = _requests_per_set(given["requests_per_set"])
    user_name = "counterfoil-" + secrets.token_hex(4)
    password = new_password()
    with hub.database.writing() as tx:
        _check_name(tx, name)
        made = connections.add(
            tx,
            system=SystemName.QUICKBOOKS_DESKTOP.value,
            name=name,
            parameters=parameters,
            user_name=user_name,
            password_hash=password_hash(password),
            created_at=hub.now(),
        )
        connections.note(tx, hub.now(), actor, "connection added", f"connection/{made}", name)
        connection = connections.load(tx, made)
        assert connection is not None, "it was just added"
        # Within the transaction: a connection whose file cannot be made is not kept.
        file = qwc_of(hub, connection)
    return Made(id=made, username=user_name, password=password, qwc=file)


def _requests_per_set(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 500:
        raise UsageError(
            f"Requests per message set must be a whole number from 1 to 500, not {text!r}."
        )
    return int(text)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            f"{zone!r} is no time zone; name one like America/New_York or Europe/Lisbon."
        ) from None


def _check_name(tx: Any, name: str) -> None:
    taken = next(
        (each for each in connections.all_connections(tx) if each.name.lower() == name.lower()),
        None,
    )
    if taken is not None:
        raise UsageError(
            f"There is a connection named {taken.name!r} already; choose another name."
        )


def qwc_of(hub: Hub, connection: Connection) -> str:
    """Make the file that introduces this hub to a Web Connector; it holds no secret.

    Raises:
        SettingsError: The hub's public address does not suit the Web Connector.
    """
    base = hub.configuration.public_url.rstrip("/")
    file = QwcFile(
        app_name=f"Counterfoil {connection.name}"[:80],
        app_url=f"{base}/qbwc",
        app_description="Keeps QuickBooks in step with the operations system",
        app_support=f"{base}/qbwc/support",
        user_name=connection.user_name or "",
        owner_id=OWNER_ID,
        file_id=str(connection.parameters["file_id"]),
        schedule=RunEvery(_RUN_EVERY_MINUTES, "minutes"),
    )
    try:
        return render_qwc(file)
    except UnusableQwc as error:
        raise SettingsError(
            "The Web Connector cannot reach this hub under COUNTERFOIL_PUBLIC_URL "
            f"{base!r}: {error}"
        ) from error


def new_password_for(hub: Hub, connection: Connection, actor: str) -> str:
    """Give a Web Connector a new password; the old one ends at once."""
    if connection.user_name is None:
        raise UsageError(f"{connection.name} has no Web Connector password.")
    password = new_password()
    with hub.database.writing() as tx:
        connections.change(
            tx,
            connection.id,
            password_hash=password_hash(password),
            password_failures=0,
            locked_until=None,
        )
        connections.note(tx, hub.now(), actor, "password renewed", f"connection/{connection.id}")
    return password


def add_link(hub: Hub, operations: str, books: str, actor: str, *, name: str | None = None) -> Link:
    """Pair an operations connection with a books connection.

    Raises:
        UsageError: One of them does not exist, is of the wrong side, or they are linked.
    """
    with hub.database.writing() as tx:
        left = connections.load(tx, operations)
        right = connections.load(tx, books)
        if left is None or left.system not in _OPERATIONS:
            raise UsageError(
                f"There is no operations connection {operations!r}. "
                "See: counterfoil connections list"
            )
        if right is None or right.system in _OPERATIONS:
            raise UsageError(
                f"There is no books connection {books!r}. See: counterfoil connections list"
            )
        if not any(
            flow.is_built(left.system, right.system)
            for flow in flows_between(left.system, right.system)
        ):
            raise UsageError(
                f"This version has no flow between {left.system.words} and {right.system.words}."
            )
        for link in connections.all_links(tx):
            if (link.operations_id, link.books_id) == (left.id, right.id):
                raise UsageError(f"They are linked already, as {link.name!r} (link {link.id}).")
        made = connections.add_link(
            tx,
            name=name or f"{left.name} ↔ {right.name}",
            operations_id=left.id,
            books_id=right.id,
            created_at=hub.now(),
        )
        settings = _first_settings(left)
        connections.keep_settings(tx, made, encode_settings(settings), actor, hub.now())
        connections.note(tx, hub.now(), actor, "link added", f"link/{made}")
        added = connections.load_link(tx, made)
        assert added is not None, "it was just added"
        return added


def _first_settings(operations: Connection) -> Settings:
    """Begin with the operations company's time zone: days are counted there."""
    zone = str(operations.parameters.get("time_zone") or "UTC")
    general = msgspec.structs.replace(Settings().general, time_zone=zone)
    return msgspec.structs.replace(Settings(), general=general)
