"""Configuration, and what exists once per process.

Configuration comes from the environment (``COUNTERFOIL_…``), else from a
``counterfoil.toml`` in the working directory (or where ``COUNTERFOIL_CONFIG`` says),
else from the defaults below, which suit one company on one computer.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs
import pydantic

from counterfoil.errors import LedgerError, SettingsError
from counterfoil.ledger import open_ledger
from counterfoil.ledger.database import Database, sqlite_url

from .vault import Vault, load_keys

if TYPE_CHECKING:
    import httpx2

__all__ = ["Configuration", "Hub", "load_configuration", "open_hub"]

_PREFIX: Final = "COUNTERFOIL_"
_FILE: Final = "counterfoil.toml"


class Configuration(pydantic.BaseModel):
    """How a hub is set up.

    Attributes:
        database_url: SQLAlchemy URL; default: an SQLite file in the user's data folder.
        secret_key: Seals stored passwords; several, separated by commas, for rotation.
            Default: a key file beside the SQLite file, made at first use.
        public_url: How browsers and Web Connectors reach this hub.
        keep_exchanges_days: How long wire texts are kept.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    database_url: str = ""
    secret_key: pydantic.SecretStr | None = None
    public_url: str = "http://localhost:8080"
    keep_exchanges_days: int = pydantic.Field(default=30, ge=1, le=3650)
    log_level: str = "info"

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or sqlite_url(default_folder() / "counterfoil.db")

    @property
    def key_file(self) -> Path:
        """Where the key is kept when no setting holds it."""
        path = sqlite_path(self.database)
        return (path.parent if path else default_folder()) / "counterfoil.key"


def default_folder() -> Path:
    """Say where an installation without configuration keeps its things."""
    return Path(platformdirs.user_data_dir("counterfoil", appauthor=False))


def sqlite_path(url: str) -> Path | None:
    """Give the file of an SQLite URL; ``None``: another database, or one in memory."""
    path = url.removeprefix("sqlite:///")
    return None if path == url or path in ("", ":memory:") else Path(path)


def load_configuration(
    environment: Mapping[str, str] | None = None, **given: object
) -> Configuration:
    """Read the configuration.

    Args:
        environment: Default: that of the process.
        given: Values that come before all others; ``None`` is not given.

    Raises:
        SettingsError: A value does not fit, or a name is not known.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = dict(_from_file(environment))
    for name in Configuration.model_fields:
        text = environment.get(_PREFIX + name.upper())
        if text:
            values[name] = text
    values.update({key: value for key, value in given.items() if value is not None})
    try:
        return Configuration.model_validate(values)
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The configuration value {name!r} cannot be used: {first['msg']}. "
            f"Change {_PREFIX}{name.upper()} or the line in {_FILE}."
        ) from None


def _from_file(environment: Mapping[str, str]) -> Mapping[str, object]:
    named = environment.get(_PREFIX + "CONFIG")
    path = Path(named or _FILE)
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if named:
            raise SettingsError(
                f"There is no configuration file {named!r}. Correct COUNTERFOIL_CONFIG."
            ) from None
        return {}
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise SettingsError(
            f"The configuration file {str(path)!r} cannot be read: {error}."
        ) from error


class Hub:
    """What exists once per process; everything in the hub is handed this.

    Attributes:
        database: The ledger.
        vault: Opens stored secrets.
        configuration: As read at the start.
        now: The clock; ``sleep`` waits so many seconds by it.
        transport: Where calls to outside systems go instead of the network; ``None``: there.
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


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@contextmanager
def open_hub(
    configuration: Configuration,
    now: Callable[[], datetime] = utc_now,
    *,
    sleep: Callable[[float], None] = time.sleep,
    transport: httpx2.BaseTransport | None = None,
) -> Iterator[Hub]:
    """Open the ledger, bringing its schema up to date, and give the hub; see ``Hub``.

    Raises:
        LedgerError: The database cannot be opened.
        SettingsError: The secret key is not usable.
    """
    path = sqlite_path(configuration.database)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"The folder {str(path.parent)!r} for the database cannot be made: {error}. "
                "Set COUNTERFOIL_DATABASE_URL to a place you may write to."
            ) from error
    secret = configuration.secret_key
    keys = load_keys(secret.get_secret_value() if secret else None, configuration.key_file)
    database = open_ledger(configuration.database)
    try:
        yield Hub(database, Vault(keys), configuration, now, sleep=sleep, transport=transport)
    finally:
        database.close()
