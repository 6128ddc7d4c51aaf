"""Fusion Operations: called over HTTP, one order a call, no marks of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.connectors.fusion_operations import (
    Account,
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
    TrialFailure,
    account_of,
    try_account,
)
from counterfoil.connectors.quickbooks_desktop import messages
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.documents import DocumentKind, RecordKind, Refusal
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import Batch, Operation, Outcome, VoidWay
from counterfoil.errors import RejectedError, SettingsError, UnavailableError, UsageError
from counterfoil.ledger.connections import Connection
from counterfoil.settings import Settings, SystemName

from ._shape import (
    Calling,
    Credential,
    Form,
    Given,
    SharedThrottle,
    Side,
    System,
    Traits,
    secret_place,
)

__all__ = ["SYSTEM", "client_of", "company_of"]

# One order a call; a crash leaves at most this many to ask about.
CALLS_PER_BATCH: Final = 20

# The service takes 120 calls a minute from all integrations of a company together; a
# bucket of 20 that fills at 100 a minute leaves room (reference section 1.4).
_CAPACITY: Final = 20
_PER_MINUTE: Final = 100

_NAME: Final = SystemName.FUSION_OPERATIONS
_SECRETS: Final = ("key", "secret")

# Where a company's facts are found: credential -> the ways there are, the usual one first.
_WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "shipments_from": ("orders", "movements"),
    "receipts_from": ("orders", "movements"),
    "hours_from": ("productions", "report"),
    "stock_from": ("inventory", "movements"),
}
_FIELD_MAP_LENGTH_MAX: Final = 20_000


# --- Connecting ---------------------------------------------------------------------------


def _read(given: Mapping[str, str], known: Given | None) -> Given:
    parameters = {"time_zone": "UTC", **(known.parameters if known else {})}
    secrets: dict[str, str] = json.loads(known.secret) if known and known.secret else {}
    secrets.update({name: given[name] for name in _SECRETS if name in given})
    if "base_url" in given:
        parameters["base_url"] = _address(given["base_url"])
    if "time_zone" in given:
        parameters["time_zone"] = _zone(given["time_zone"])
    if "field_map" in given:
        parameters["field_map"] = _field_map(given["field_map"])
    for name, ways in _WAYS.items():
        if name in given:
            parameters[name] = _way(name, given[name], ways)
    return Given(
        parameters=parameters,
        secret=json.dumps(secrets),
        account=account_of(str(parameters["base_url"]), secrets["key"]),
    )


def _address(text: str) -> str:
    try:
        address = urlsplit(text.strip())
        is_address = address.scheme in ("http", "https") and bool(address.hostname)
        is_address = is_address and (address.port is None or address.port > 0)
    except ValueError:
        is_address = False
    if not is_address:
        raise UsageError(
            f"The base URL {text!r} is no web address; it is like "
            "https://fusionoperations.autodesk.com."
        )
    return text.strip().rstrip("/")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{text!r} is no time zone; name one like America/New_York or Europe/Lisbon."
        ) from None
    return text


def _way(name: str, text: str, ways: tuple[str, ...]) -> str:
    word = text.strip().lower()
    if word not in ways:
        option = "--" + name.replace("_", "-")
        raise UsageError(f"{option} is {' or '.join(ways)}, not {text[:100]!r}.")
    return word


def _field_map(text: str) -> dict[str, str]:
    """Read corrections of the field map: one JSON object of texts; an empty one takes all back.

    Raises:
        UsageError: It is none, or the map has no such entry.
    """
    try:
        found = json.loads(text[:_FIELD_MAP_LENGTH_MAX])
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(word, str) for word in found.values()):
        raise UsageError(
            "The field map is a JSON object of texts, like "
            '{"sales-order.client": "customer", "status.done": "closed"}.'
        )
    try:
        FieldMap.of(found)
    except SettingsError as error:
        raise UsageError(f"{error.message}.") from None
    return found


# --- Calling ------------------------------------------------------------------------------


class _Client:
    """A client with its company."""

    def __init__(self, client: FusionClient, company: Company) -> None:
        self._client = client
        self._operations = FusionOperations(client, company)

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        return self._operations.perform(batch)

    def introduce(self) -> Mapping[str, str]:
        trial = try_account(self._client)
        if trial.works:
            return trial.facts
        error = UnavailableError if trial.failure in _LATER else RejectedError
        raise error(
            f"{trial.sentence} {trial.cure}",
            system=_NAME.value,
            operation="sign in",
            code=trial.failure,
            detail=trial.detail,
        )

    def close(self) -> None:
        self._client.close()


_LATER: Final = frozenset({TrialFailure.BUSY, TrialFailure.UNREACHABLE})


def client_of(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> FusionClient:
    """Make the HTTP client of a connection; without an id, ``secret`` is not sealed.

    Raises:
        SettingsError: The secret cannot be opened.
    """
    hub = call.hub
    opened = secret or "{}"
    throttle = None
    if connection is not None:
        opened = hub.vault.open(secret or "", secret_place(connection))
        throttle = SharedThrottle(hub, connection, capacity=_CAPACITY, per_minute=_PER_MINUTE)
    secrets = json.loads(opened)
    return FusionClient(
        Account(
            base_url=str(parameters["base_url"]),
            key=str(secrets["key"]),
            secret=str(secrets["secret"]),
        ),
        fields=FieldMap(parameters.get("field_map")),
        throttle=throttle,
        transport=hub.transport,
        sleep=hub.sleep,
        checkpoint=call.checkpoint,
        witness=call.witness,
    )


def _open(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> _Client:
    client = client_of(connection, parameters, secret, call)
    return _Client(client, company_of(parameters))


def company_of(parameters: Mapping[str, Any]) -> Company:
    """Say what a connection's settings say of its company."""
    ways: dict[str, Any] = {name: parameters[name] for name in _WAYS if name in parameters}
    return Company(zone=ZoneInfo(str(parameters.get("time_zone") or "UTC")), **ways)


# --- Writing ------------------------------------------------------------------------------


_TRAITS: Final = Traits(
    is_called=True,
    recalls_batches=False,
    tells_deletions=False,
    keeps_marks=False,
    watch="snapshot",
    # A call ends within two minutes and a little; what was not done by then is not done.
    settles_after=timedelta(seconds=150),
    ways_out={
        DocumentKind.SALES_ORDER: (VoidWay.DELETE,),
        DocumentKind.PURCHASE_ORDER: (VoidWay.DELETE,),
    },
    changes=frozenset({DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER}),
    lists=(RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM),
    records_per_page=1000,
    documents_per_page=1000,
)


def _target(
    connection: Connection,
    version: Version | None,
    batch_limit: int | None,
    writer: messages.Writer | None,
) -> Target:
    return Target(
        name=connection.system.words,
        batch_size=min(CALLS_PER_BATCH, batch_limit or CALLS_PER_BATCH),
        lists_share_names=False,
        has_hierarchy=False,
        number_length_max={},
        name_length_max={},
        check=_no_check,
        # Numbers are sent with at most six decimals (reference of the second interface, 1.7).
        quantity_places=6,
        price_places=6,
        keeps_marks=_TRAITS.keeps_marks,
        changes=_TRAITS.changes,
        ways_out=_TRAITS.ways_out,
        closes=_TRAITS.closes,
    )


def _no_check(operation: Operation, settings: Settings) -> Refusal | None:
    return None


SYSTEM: Final = System(
    name=_NAME,
    side=Side.OPERATIONS,
    traits=_TRAITS,
    form=Form(
        credentials=(
            Credential(name="base_url", is_needed=True),
            Credential(name="key", is_needed=True),
            Credential(name="secret", is_needed=True, is_secret=True),
            Credential(name="time_zone"),
            Credential(name="field_map"),
            *(Credential(name=name) for name in _WAYS),
        ),
        read=_read,
    ),
    target=_target,
    opener=_open,
)
