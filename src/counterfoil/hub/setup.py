"""What exists once per process, and how it is opened."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from counterfoil.ledger import connections, notices, open_ledger, users
from counterfoil.ledger.database import Database
from counterfoil.ledger.private_files import make_private_folder, tighten

from .back_off import CODE, SignIns
from .configuration import Configuration, default_folder
from .recognised import Recognised
from .vault import Vault, load_keys

if TYPE_CHECKING:
    import httpx2

    from counterfoil.connectors.quickbooks_online import Standing

__all__ = ["Configuration", "Hub", "open_hub"]


class Hub:
    """What exists once per process; everything in the hub is handed this.

    Attributes:
        database: The ledger.
        vault: Opens stored secrets.
        configuration: As read at the start.
        now: The clock; ``sleep`` waits so many seconds by it.
        transport: Where calls to outside systems go instead of the network; ``None``: there.
        sign_ins: Who may try a secret now; ``codes``: who may try a code of six digits.
        recognised: Web Connector passwords that were right since the start.
        zones: Account of a system that has zones -> where it was found since the start.
        standings: Account of QuickBooks Online -> what was learned of it since the start.
        process: What this process calls itself before others that serve the same hub.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        configuration: Configuration,
        now: Callable[[], datetime],
        *,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.database = database
        self.vault = vault
        self.configuration = configuration
        self.now = now
        self.sleep = sleep
        self.transport = transport
        self.sign_ins = SignIns()
        self.codes = SignIns(account=CODE)
        self.recognised = Recognised()
        self.zones: dict[str, str] = {}
        self.standings: dict[str, Standing] = {}
        self.process = secrets.token_hex(8)


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@contextmanager
def open_hub(
    configuration: Configuration,
    now: Callable[[], datetime] = utc_now,
    *,
    makes: bool = True,
    sleep: Callable[[float], None] = time.sleep,
    transport: httpx2.BaseTransport | None = None,
) -> Iterator[Hub]:
    """Open the ledger, bringing its schema up to date, and give the hub; see ``Hub``.

    Args:
        configuration: How the hub is set up.
        now, sleep, transport: See ``Hub``.
        makes: Make the database where it is not there yet.

    Raises:
        LedgerError: The database cannot be opened.
        SettingsError: The secret key is not usable.
    """
    if not configuration.database_url:
        make_private_folder(default_folder())
        tighten(default_folder())
    database = open_ledger(configuration.database, makes=makes)
    try:
        vault = Vault(_keys(configuration, database))
        yield Hub(database, vault, configuration, now, sleep=sleep, transport=transport)
    finally:
        database.close()


def _keys(configuration: Configuration, database: Database) -> list[bytes]:
    """Read the keys; the key file is made only while nothing was sealed with one."""
    secret = configuration.secret_key
    if secret is not None:
        return load_keys(secret, configuration.key_file)
    with database.reading() as tx:
        is_sealed = (
            any(each.secret for each in connections.all_connections(tx))
            or any(each.secret for each in notices.rules(tx))
            or users.holds_sealed(tx)
        )
    return load_keys(None, configuration.key_file, makes=not is_sealed)
