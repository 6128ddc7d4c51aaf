"""What a person does so that a system that calls us does so now."""

from __future__ import annotations

from sqlalchemy import Connection as Tx

from counterfoil.ledger import agents
from counterfoil.told import Advice

__all__ = ["how_to_call", "way_to_begin"]

_BY_ITSELF = "see that the agent runs on its computer; it then calls by itself"


def how_to_call(tx: Tx, connection: int) -> str:
    """Say how the next call comes about, by what calls: an agent, else a Web Connector."""
    if agents.load(tx, connection) is not None:
        return _BY_ITSELF
    return "press Update Selected in its Web Connector"


def way_to_begin(tx: Tx, connection: int) -> Advice:
    """Say how the first call comes about."""
    if agents.load(tx, connection) is not None:
        return Advice(f"{_BY_ITSELF[0].upper()}{_BY_ITSELF[1:]}")
    return Advice(
        "Add its file to its Web Connector and press Update Selected; the file is made here",
        f"connections qwc {connection}",
        f"/connections/{connection}/qwc",
    )
