"""What a service tells by itself: a delivery is checked, and wakes whom it is about.

A delivery is only a hint.  What it says changed is read from the service itself, so one that
comes twice, late or in another order does no harm, and one that never comes is made up for by
looking once a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from counterfoil.errors import SettingsError
from counterfoil.ledger import connections, grants
from counterfoil.ledger.connections import Connection
from counterfoil.logs import get_logger

from .setup import Hub
from .systems import SYSTEMS, secret_place

__all__ = ["receive"]

log = get_logger(__name__)

# Credential of a connection: the word by which its app signs.
_WORD: Final = "webhook_token"
# Parameter of a connection: deliveries in the form before CloudEvents count, too.
_OLD_FORM: Final = "old_webhooks"


def receive(hub: Hub, body: bytes, signature: str) -> int | None:
    """Take a delivery; says how many connections it woke, ``None``: nobody we know signed it.

    Args:
        hub: The hub.
        body: As it came, byte by byte.
        signature: As it came with it.
    """
    from counterfoil.connectors.quickbooks_online import delivery_of

    signed = list(_signed_by(hub, body, signature))
    if not signed:
        return None
    companies, is_old = delivery_of(body)
    about = [each for each in signed if each.account in companies]
    told = [each for each in about if not is_old or each.parameters.get(_OLD_FORM)]
    if len(told) < len(about):
        log.warning("a delivery has the old form", cure="set old_webhooks, or choose CloudEvents")
    if not companies:
        log.warning("a delivery tells of nothing that can be read", size=len(body))
    if told:
        now = hub.now()
        with hub.database.writing() as tx:
            grants.hint(tx, [each.id for each in told], now)
            for each in told:
                connections.wake(tx, each.id, now)
    return len(told)


def _signed_by(hub: Hub, body: bytes, signature: str) -> Iterator[Connection]:
    """Give the connections whose app signed a delivery; each app's word is tried once."""
    from counterfoil.connectors.quickbooks_online import is_signed_by

    with hub.database.reading() as tx:
        found = connections.all_connections(tx)
    tried: dict[str, bool] = {}
    for each in found:
        word = _word_of(hub, each) if each.is_active and _is_told(each) else None
        if word is None:
            continue
        if word not in tried:
            tried[word] = is_signed_by(body, signature, word)
        if tried[word]:
            yield each


def _is_told(connection: Connection) -> bool:
    """Whether its system tells by itself of changes, under a word of its app."""
    row = SYSTEMS.get(connection.system)
    return row is not None and any(each.name == _WORD for each in row.form.credentials)


def _word_of(hub: Hub, connection: Connection) -> str | None:
    """Open the word of a connection's app; ``None``: it has none."""
    if connection.secret is None:
        return None
    try:
        opened = json.loads(hub.vault.open(connection.secret, secret_place(connection.id)))
    except SettingsError as error:
        log.warning("a secret cannot be opened", connection=connection.name, problem=error.message)
        return None
    word = opened.get(_WORD)
    return str(word) if word else None
