"""Autotask: called over HTTP; orders are read and one number is written back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from counterfoil.documents import DocumentKind, RecordKind
from counterfoil.engine.life import State
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
from ._typed import key_text, looks_every_s, switch, time_zone, way, web_address

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target

__all__ = ["SYSTEM"]

# Lists of products tell no changes: they are read whole, and so only a few times a day.
LISTS_EVERY: Final = timedelta(hours=6)

AVAILABLE: Final = "available"
# Which units are on hand: all of them, or only those that are neither reserved nor picked.
STOCK_FROM: Final = ("on-hand", AVAILABLE)

_SECRETS: Final = ("secret", "integration_code")


# --- Connecting ---------------------------------------------------------------------------


def _read(given: Mapping[str, str], known: Given | None) -> Given:
    # The connector is loaded where it is needed: no command that only looks needs it.
    from counterfoil.connectors.autotask import USUAL_BASE_URL, account_of

    usual = {"time_zone": "UTC", "base_url": USUAL_BASE_URL}
    parameters: dict[str, Any] = {**usual, **(known.parameters if known else {})}
    secrets: dict[str, str] = json.loads(known.secret) if known and known.secret else {}
    secrets.update(
        {name: key_text(name, given[name], holds_blanks=True) for name in _SECRETS if name in given}
    )
    if "api_user" in given:
        parameters["api_user"] = key_text("api_user", given["api_user"])
    if "allow_http" in given:
        parameters["allow_http"] = switch("allow_http", given["allow_http"])
    parameters["base_url"] = web_address(
        given.get("base_url") or str(parameters["base_url"]),
        allows_http=bool(parameters.get("allow_http")),
        example=USUAL_BASE_URL,
        secrets=_SECRETS,
    )
    if "time_zone" in given:
        parameters["time_zone"] = time_zone(given["time_zone"])
    if "looks_every" in given:
        parameters["looks_every_s"] = looks_every_s(given["looks_every"])
    if "stock_from" in given:
        parameters["stock_from"] = way("stock_from", given["stock_from"], STOCK_FROM)
    return Given(
        parameters=parameters,
        secret=json.dumps(secrets),
        account=account_of(str(parameters["base_url"]), str(parameters["api_user"])),
    )


# --- Calling ------------------------------------------------------------------------------


_STEPS: Final = trial_steps(
    address=("Find the tenant's zone", "It is known there."),
    credentials=(
        "Sign in as the API user",
        "It takes the user, its secret and the tracking identifier.",
    ),
    permission=("See the tenant's own organization", "It is visible."),
)


def _open(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    # The HTTP client is loaded where something is called, and by no command that only looks.
    from .autotask_client import opened

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
    lists=(
        RecordKind.VENDOR,
        RecordKind.CUSTOMER,
        RecordKind.ITEM,
        RecordKind.INVENTORY_SITE,
    ),
    lists_every=LISTS_EVERY,
    records_per_page=500,
    documents_per_page=500,
    tells_identities=True,
    takes_numbers=frozenset({DocumentKind.PURCHASE_ORDER}),
    keeps_to_dos=True,
    seeks_orders=True,
    # As the vendor's own app scans (O4).
    looks_every=timedelta(minutes=15),
    guards_fields=True,
)


def _target(
    connection: Connection,
    version: Version | None,
    batch_limit: int | None,
    writer: messages.Writer | None,
) -> Target:
    from ._called_target import describe

    return describe(
        SystemName.AUTOTASK,
        _TRAITS,
        batch_limit=batch_limit,
        # Units are whole there, and prices have as many decimals as are sent.
        quantity_places=0,
        price_places=6,
    )


SYSTEM: Final = System(
    name=SystemName.AUTOTASK,
    side=Side.OPERATIONS,
    traits=_TRAITS,
    form=Form(
        credentials=(
            Credential(name="api_user", is_needed=True),
            Credential(name="secret", is_needed=True, is_secret=True),
            Credential(name="integration_code", is_needed=True, is_secret=True),
            Credential(name="time_zone"),
            Credential(name="stock_from"),
            Credential(name="looks_every"),
            Credential(name="base_url"),
            Credential(name="allow_http"),
        ),
        read=_read,
    ),
    target=_target,
    opener=_open,
    steps=_STEPS,
    # The column “QuickBooks Needs Resync” of its lists (P7).
    state_words={State.CHANGED: "needs resync"},
)
