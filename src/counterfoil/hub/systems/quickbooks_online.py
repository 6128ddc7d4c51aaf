"""QuickBooks Online: books that are called over HTTP; a person signs in for them at Intuit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from counterfoil.documents import DocumentKind, RecordKind
from counterfoil.engine.operations import VoidWay
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
from ._typed import key_text, looks_every_s, switch, way, web_address

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target

__all__ = ["SYSTEM"]

# Items of one batch (reference section 2.8).
ITEMS_PER_BATCH: Final = 30

_SECRETS: Final = ("client_secret", "webhook_token")


# --- Connecting ---------------------------------------------------------------------------


def _read(given: Mapping[str, str], known: Given | None) -> Given:
    """Read what was given; which company it is shows when a person signs in."""
    # The connector is loaded where it is needed: no command that only looks needs it.
    from counterfoil.connectors.quickbooks_online import ENVIRONMENTS, PRODUCTION

    usual = {"environment": PRODUCTION}
    parameters: dict[str, Any] = {**usual, **(known.parameters if known else {})}
    secrets: dict[str, str] = json.loads(known.secret) if known and known.secret else {}
    secrets.update({name: key_text(name, given[name]) for name in _SECRETS if name in given})
    if "client_id" in given:
        parameters["client_id"] = key_text("client_id", given["client_id"])
    if "looks_every" in given:
        parameters["looks_every_s"] = looks_every_s(given["looks_every"])
    if "environment" in given:
        parameters["environment"] = way("environment", given["environment"], [*ENVIRONMENTS])
    for name in ("allow_http", "old_webhooks"):
        if name in given:
            parameters[name] = switch(name, given[name])
    for name in ("base_url", "sign_in_url"):
        if name in given:
            parameters[name] = web_address(
                given[name],
                allows_http=bool(parameters.get("allow_http")),
                example=ENVIRONMENTS[PRODUCTION],
                secrets=("client_secret",),
                field=name,
            )
    return Given(
        parameters=parameters,
        secret=json.dumps(secrets),
        account=known.account if known else None,
    )


# --- Calling ------------------------------------------------------------------------------


_STEPS: Final = trial_steps(
    address=("Reach QuickBooks Online", "It answers."),
    credentials=("Sign in as the company's user", "It takes the sign-in."),
    permission=("Read the company, and see that bills may be written", "Both may be."),
)


def _open(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    # The HTTP client is loaded where something is called, and by no command that only looks.
    from .quickbooks_online_client import opened

    return opened(connection, parameters, secret, call)


# --- Writing ------------------------------------------------------------------------------


_TRAITS: Final = Traits(
    is_called=True,
    recalls_batches=False,
    tells_deletions=True,
    keeps_marks=True,
    guards_fields=True,
    watch="changes",
    # What is read there is metered; what waits to be written has it looked at, at once.
    looks_every=timedelta(minutes=15),
    # A call ends within two minutes and a little; what was not done by then is not done.
    settles_after=timedelta(seconds=150),
    # What is deleted gives its number free and its order back what it took; the sales forms of
    # a customer may stay among the books' papers, voided (reference section 2.6).
    ways_out={
        DocumentKind.PURCHASE_ORDER: (VoidWay.DELETE,),
        DocumentKind.BILL: (VoidWay.DELETE,),
        DocumentKind.ESTIMATE: (VoidWay.DELETE,),
        DocumentKind.INVOICE: (VoidWay.DELETE, VoidWay.VOID),
        DocumentKind.SALES_RECEIPT: (VoidWay.DELETE, VoidWay.VOID),
        DocumentKind.WORK_ENTRY: (VoidWay.DELETE,),
        DocumentKind.STOCK_COUNT: (VoidWay.DELETE,),
    },
    closes=frozenset({DocumentKind.PURCHASE_ORDER, DocumentKind.ESTIMATE}),
    # A stock count says how much there was at one moment: it is counted anew, never changed.
    changes=frozenset(
        {
            DocumentKind.PURCHASE_ORDER,
            DocumentKind.BILL,
            DocumentKind.ESTIMATE,
            DocumentKind.INVOICE,
            DocumentKind.SALES_RECEIPT,
            DocumentKind.WORK_ENTRY,
        }
    ),
    links_to=frozenset({DocumentKind.PURCHASE_ORDER, DocumentKind.ESTIMATE}),
    lists=(
        RecordKind.CUSTOMER,
        RecordKind.VENDOR,
        RecordKind.EMPLOYEE,
        RecordKind.ITEM,
        RecordKind.ACCOUNT,
        RecordKind.CLASS,
        RecordKind.TAX_CODE,
        RecordKind.PAYMENT_TERM,
        RecordKind.LOCATION,
    ),
    records_per_page=1000,
    documents_per_page=1000,
    identity_pattern=r"[0-9]+",
    described_every=timedelta(days=1),
    # Nobody puts an older copy in its place; what is taken out is told by change capture.
    may_be_older=False,
)


def _target(
    connection: Connection,
    version: Version | None,
    batch_limit: int | None,
    writer: messages.Writer | None,
) -> Target:
    from .quickbooks_online_target import describe

    return describe(_TRAITS, connection.facts, min(ITEMS_PER_BATCH, batch_limit or ITEMS_PER_BATCH))


SYSTEM: Final = System(
    name=SystemName.QUICKBOOKS_ONLINE,
    side=Side.BOOKS,
    traits=_TRAITS,
    form=Form(
        credentials=(
            Credential(name="client_id", is_needed=True),
            Credential(name="client_secret", is_needed=True, is_secret=True),
            Credential(name="environment"),
            Credential(name="looks_every"),
            Credential(name="webhook_token", is_secret=True),
            Credential(name="old_webhooks"),
            Credential(name="base_url"),
            Credential(name="sign_in_url"),
            Credential(name="allow_http"),
        ),
        read=_read,
        provider="intuit",
    ),
    target=_target,
    opener=_open,
    steps=_STEPS,
)
