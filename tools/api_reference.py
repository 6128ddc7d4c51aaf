"""The reference of the JSON API, made from its OpenAPI document."""

from __future__ import annotations

from counterfoil.api import reference
from counterfoil.api.app import create_app
from counterfoil.hub.setup import Configuration, Hub, utc_now
from counterfoil.hub.vault import KEY_LENGTH, Vault
from counterfoil.ledger import Database


def render() -> str:
    """Give the page; the application is made over a database in memory that stays empty."""
    database = Database("sqlite://")
    try:
        hub = Hub(database, Vault([bytes(KEY_LENGTH)]), Configuration(), utc_now)
        return reference.reference_markdown(create_app(hub).openapi())
    finally:
        database.close()
