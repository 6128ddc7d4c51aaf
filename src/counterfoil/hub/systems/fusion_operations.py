"""Fusion Operations: called over HTTP, one order a call, no marks of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from counterfoil.documents import DocumentKind, RecordKind, ended
from counterfoil.engine.operations import VoidWay
from counterfoil.errors import SettingsError, UsageError
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName

from ._shape import (
    Caller,
    Calling,
    Credential,
    Form,
    Given,
    Side,
    System,
    Traits,
)
from ._trial_steps import trial_steps
from ._typed import looks_every_s, switch, time_zone, way, web_address

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target

__all__ = ["SYSTEM", "WAYS"]


_NAME: Final = SystemName.FUSION_OPERATIONS
_SECRETS: Final = ("key", "secret")

# Where a company's facts are found: credential -> the ways there are, the usual one first.
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "shipments_from": ("orders", "movements"),
    "receipts_from": ("orders", "movements"),
    "hours_from": ("productions", "report"),
    "stock_from": ("inventory", "movements"),
}
_FIELD_MAP_LENGTH_MAX: Final = 20_000


# --- Connecting ---------------------------------------------------------------------------


def _read(given: Mapping[str, str], known: Given | None) -> Given:
    # The connector is loaded where it is needed: no command that only looks needs it.
    from counterfoil.connectors.fusion_operations import account_of

    parameters = {"time_zone": "UTC", **(known.parameters if known else {})}
    secrets: dict[str, str] = json.loads(known.secret) if known and known.secret else {}
    secrets.update({name: given[name] for name in _SECRETS if name in given})
    if "allow_http" in given:
        parameters["allow_http"] = switch("allow_http", given["allow_http"])
    if "base_url" in given or "allow_http" in given:
        address = given.get("base_url") or str(parameters["base_url"])
        parameters["base_url"] = web_address(
            address,
            allows_http=bool(parameters.get("allow_http")),
            example="https://fusionoperations.autodesk.com",
            secrets=_SECRETS,
        )
    if "time_zone" in given:
        parameters["time_zone"] = time_zone(given["time_zone"])
    if "looks_every" in given:
        parameters["looks_every_s"] = looks_every_s(given["looks_every"])
    if "field_map" in given:
        parameters["field_map"] = _field_map(given["field_map"])
    for name, ways in WAYS.items():
        if name in given:
            parameters[name] = way(name, given[name], ways)
    return Given(
        parameters=parameters,
        secret=json.dumps(secrets),
        account=account_of(str(parameters["base_url"]), secrets["key"]),
    )


def _field_map(text: str) -> dict[str, str]:
    """Read corrections of the field map: one JSON object of texts; an empty one takes all back.

    Raises:
        UsageError: It is none, or the map has no such entry.
    """
    from counterfoil.connectors.fusion_operations import FieldMap

    try:
        found = json.loads(text[:_FIELD_MAP_LENGTH_MAX])
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(map(_is_word, (*found, *found.values()))):
        raise UsageError(
            "The field map is a JSON object of texts, like "
            '{"sales-order.client": "customer", "status.done": "closed"}.',
            field="field_map",
        )
    try:
        FieldMap.of(found)
    except SettingsError as error:
        raise UsageError(ended(error.message), *error.advice, field="field_map") from None
    return found


def _is_word(value: object) -> bool:
    """Whether it is a text that any database keeps; JSON spells halves of characters, too."""
    return isinstance(value, str) and value.isprintable()


# --- Calling ----------------------------------------------------------------------------


_STEPS: Final = trial_steps(
    address=("Reach Fusion Operations at its address", "It answers there."),
    credentials=("Sign in with key and secret", "It takes them."),
    permission=("Read a list", "The key may read."),
)


def _open(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    # The HTTP client is loaded where something is called, and by no command that only looks.
    from .fusion_operations_client import opened

    return opened(connection, parameters, secret, call)


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
    from ._called_target import describe

    return describe(
        _NAME,
        _TRAITS,
        batch_limit=batch_limit,
        # Numbers are sent with at most six decimals (reference of the second interface, 1.7).
        quantity_places=6,
        price_places=6,
    )


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
            Credential(name="looks_every"),
            Credential(name="allow_http"),
            *(Credential(name=name) for name in WAYS),
        ),
        read=_read,
    ),
    target=_target,
    opener=_open,
    steps=_STEPS,
)
