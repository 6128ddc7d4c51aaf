"""Configuration, and what exists once per process.

Configuration comes from the environment (``COUNTERFOIL_…``), else from a
``counterfoil.toml`` in the working directory (or where ``COUNTERFOIL_CONFIG`` says),
else from the defaults below, which suit one company on one computer.
"""

from __future__ import annotations

import ipaddress
import os
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import platformdirs
import pydantic
import pydantic_core

from counterfoil.errors import SettingsError
from counterfoil.ledger import connections, open_ledger
from counterfoil.ledger.database import Database, sqlite_url
from counterfoil.ledger.private_files import make_private_folder, tighten

from .addresses import public_address_problem
from .back_off import SignIns
from .recognised import Recognised
from .vault import Vault, load_keys

if TYPE_CHECKING:
    import httpx2

__all__ = ["THIS_COMPUTER", "Configuration", "Hub", "is_local", "load_configuration", "open_hub"]

_PREFIX: Final = "COUNTERFOIL_"
_FILE: Final = "counterfoil.toml"
THIS_COMPUTER: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Configuration(pydantic.BaseModel):
    """How a hub is set up.

    Attributes:
        database_url: SQLAlchemy URL; default: an SQLite file in the user's data folder.
        secret_key: Seals stored passwords; several, separated by commas, for rotation.
            Default: a key file beside the SQLite file, made at first use.
        public_url: How browsers and Web Connectors reach this hub.
        allow_http: Whether a public address of another computer may be unencrypted.
        keep_exchanges_days: How long wire texts are kept.
        trusted_proxies: Addresses or networks of reverse proxies, separated by commas.  Only
            their ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        trust_this_computer: Whether whoever sits at the hub's own computer sees the status page
            without signing in.  Only for a hub whose public address is this computer's own.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    database_url: str = ""
    secret_key: pydantic.SecretStr | None = None
    public_url: str = "http://localhost:8080"
    keep_exchanges_days: int = pydantic.Field(default=30, ge=1, le=3650)
    log_level: str = "info"
    allow_http: bool = False
    trusted_proxies: str = ""
    trust_this_computer: bool = False

    @pydantic.field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for each in _listed(text):
            try:
                ipaddress.ip_network(each)
            except ValueError:
                raise pydantic_core.PydanticCustomError(
                    "network",
                    "{given} is no address or network, such as 127.0.0.1 or 10.0.0.0/8",
                    {"given": repr(each)},
                ) from None
        return text

    @property
    def trusted_networks(self) -> tuple[str, ...]:
        """The addresses and networks of ``trusted_proxies``."""
        return _listed(self.trusted_proxies)

    @property
    def trusts_this_computer(self) -> bool:
        """Whether whoever calls from this computer may look: never while others can reach it."""
        return self.trust_this_computer and is_local(self.public_url)

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or sqlite_url(default_folder() / "counterfoil.db")

    @property
    def key_file(self) -> Path:
        """Where the key is kept when no setting holds it."""
        path = sqlite_path(self.database)
        return (path.parent if path else default_folder()) / "counterfoil.key"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def is_local(url: str) -> bool:
    """Whether an address of the web is this computer's own, however it is written."""
    try:
        return (urlsplit(url).hostname or "") in THIS_COMPUTER
    except ValueError:
        return False


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
        configured = _sensible(Configuration.model_validate(values))
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The configuration value {name!r} cannot be used: {first['msg']}. "
            f"Change {_PREFIX}{name.upper()} or the line in {_FILE}."
        ) from None
    problem = public_address_problem(configured.public_url, allows_http=configured.allow_http)
    if problem is not None:
        # The address may hold a password, so it is not shown.
        raise SettingsError(f"The public address COUNTERFOIL_PUBLIC_URL cannot be used: {problem}.")
    return configured


def _sensible(configured: Configuration) -> Configuration:
    if configured.trust_this_computer and not is_local(configured.public_url):
        raise SettingsError(
            f"The hub is reached under {configured.public_url!r}, so calls from this computer may "
            "be anybody's. Take trust_this_computer out, and sign in with a token: "
            "counterfoil tokens add NAME"
        )
    return configured


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
        sign_ins: Who may try a secret now.
        recognised: Web Connector passwords that were right since the start.
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
        self.recognised = Recognised()


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
        return load_keys(secret.get_secret_value(), configuration.key_file)
    with database.reading() as tx:
        is_sealed = any(each.secret for each in connections.all_connections(tx))
    return load_keys(None, configuration.key_file, makes=not is_sealed)
