"""The file that introduces us to a Web Connector, and the name under which QuickBooks knows us."""

from __future__ import annotations

from typing import Final

from counterfoil.connectors.quickbooks_desktop.web_connector.qwc import (
    QwcFile,
    RunEvery,
    UnusableQwc,
    render_qwc,
)
from counterfoil.errors import SettingsError
from counterfoil.hub.company_file import OWNER_ID
from counterfoil.hub.rhythms import RUN_EVERY
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person, SignIn

__all__ = ["APPLICATION", "application_of", "qwc_of", "qwc_under"]

# The parameter that holds the name, once the connection has got another one.
APPLICATION: Final = "application"


def qwc_of(hub: Hub, connection: Connection, person: Person | None = None) -> str:
    """Make the file that introduces this hub to a Web Connector; it holds no secret.

    Args:
        person: Whose Web Connector; ``None``: the connection's own.

    Raises:
        SettingsError: The hub's public address does not suit the Web Connector.
    """
    return qwc_under(public_address(hub).url, connection, person)


def qwc_under(base: str, connection: Connection, person: Person | None = None) -> str:
    """Make it for a hub that is reached under an address without a slash at its end.

    All who work on one company file have its FileID, which the first of them writes into it and
    the others find there, and the same application, which is what QuickBooks gives a permission.

    Raises:
        SettingsError: The address does not suit the Web Connector.
    """
    file = QwcFile(
        app_name=application_of(connection),
        app_url=f"{base}/qbwc",
        app_description="Keeps QuickBooks in step with the operations system",
        app_support=f"{base}/qbwc/support",
        user_name=SignIn(connection, person).account.user_name or "",
        owner_id=OWNER_ID,
        file_id=str(connection.parameters["file_id"]),
        schedule=RunEvery(int(RUN_EVERY.total_seconds()) // 60, "minutes"),
    )
    try:
        return render_qwc(file)
    except UnusableQwc as error:
        raise SettingsError(
            "The Web Connector cannot reach this hub under COUNTERFOIL_PUBLIC_URL "
            f"{base!r}: {error}"
        ) from error


def application_of(connection: Connection) -> str:
    """Give the name under which QuickBooks knows us, whoever carries what we ask.

    It keeps a permission, and the answers to be asked for again, for that name; so a
    connection that is called otherwise keeps the name it began with.
    """
    kept = connection.parameters.get(APPLICATION)
    return str(kept) if kept else f"Counterfoil {connection.name}"[:80]
