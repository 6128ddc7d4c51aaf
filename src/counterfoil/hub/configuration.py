"""How a hub is set up: from the environment, a file, or as suits one company on one computer.

Configuration comes from the environment (``COUNTERFOIL_…``), else from a
``counterfoil.toml`` in the working directory (or where ``COUNTERFOIL_CONFIG`` says),
else from the defaults below.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from counterfoil.errors import SettingsError, UsageError
from counterfoil.ledger.database import sqlite_url
from counterfoil.told import Advice

from .addresses import public_address_problem
from .scopes import Scope, scope_named

__all__ = ["Configuration", "default_folder", "is_local", "load_configuration"]

_PREFIX: Final = "COUNTERFOIL_"
_FILE: Final = "counterfoil.toml"
_NOT_SAID: Final = "http://localhost:8080"
_THIS_COMPUTER: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """How a hub is set up.

    Attributes:
        database_url: SQLAlchemy URL; default: an SQLite file in the user's data folder.
        secret_key: Seals stored passwords; several, separated by commas, for rotation.
            Default: a key file beside the SQLite file, made at first use.
        public_url: How browsers and Web Connectors reach this hub; empty: nobody said.
        allow_http: Whether a public address of another computer may be unencrypted.
        keep_exchanges_days: How long wire texts are kept.
        trusted_proxies: Addresses or networks of reverse proxies, separated by commas.  Only
            their ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        trust_this_computer: Whether whoever sits at the hub's own computer sees the pages
            without signing in.  Only for a hub whose public address is this computer's own.
        this_computer_may: What they may do there, a scope; default: look.
        smtp_url: Who takes e-mail: ``smtps://USER:PASSWORD@HOST``, or ``smtp://…`` for a server
            that is encrypted by STARTTLS; empty: no e-mail is sent.
        mail_from: From whom e-mail comes; default: the user in ``smtp_url``.
        locale: How pages write dates, numbers and amounts, such as ``en_GB``; default: as is usual
            in the country that the books tell.
    """

    database_url: str = field(default="", repr=False)
    secret_key: str | None = field(default=None, repr=False)
    public_url: str = ""
    keep_exchanges_days: int = 30
    log_level: str = "info"
    allow_http: bool = False
    trusted_proxies: str = ""
    trust_this_computer: bool = False
    this_computer_may: Scope = Scope.READ
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    locale: str = ""

    @property
    def address(self) -> str:
        """The public address without a last slash, the default filled in."""
        return (self.public_url or _NOT_SAID).rstrip("/")

    @property
    def trusted_networks(self) -> tuple[str, ...]:
        """The addresses and networks of ``trusted_proxies``."""
        return _listed(self.trusted_proxies)

    @property
    def trusts_this_computer(self) -> bool:
        """Whether whoever calls from this computer may look: never while others can reach it."""
        return self.trust_this_computer and is_local(self.address)

    @property
    def database(self) -> str:
        """The database URL, the default filled in."""
        return self.database_url or sqlite_url(default_folder() / "counterfoil.db")

    @property
    def key_file(self) -> Path:
        """Where the key is kept when no setting holds it."""
        path = _sqlite_path(self.database)
        return (path.parent if path else default_folder()) / "counterfoil.key"


def is_local(url: str) -> bool:
    """Whether an address of the web is this computer's own, however it is written."""
    try:
        return (urlsplit(url).hostname or "") in _THIS_COMPUTER
    except ValueError:
        return False


def default_folder() -> Path:
    """Say where an installation without configuration keeps its things."""
    import platformdirs

    return Path(platformdirs.user_data_dir("counterfoil", appauthor=False))


def _sqlite_path(url: str) -> Path | None:
    """Give the file of an SQLite URL; ``None``: another database, or one in memory."""
    path = url.removeprefix("sqlite:///")
    return None if path == url or path in ("", ":memory:") else Path(path)


def load_configuration(
    environment: Mapping[str, str] | None = None, *, database_url: str | None = None
) -> Configuration:
    """Read the configuration.

    Args:
        environment: Default: that of the process.
        database_url: Comes before all that is said elsewhere.

    Raises:
        SettingsError: A value does not fit, or a name is not known.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = dict(_from_file(environment))
    for name in _READ:
        text = environment.get(_PREFIX + name.upper())
        if text:
            values[name] = text
    if database_url is not None:
        values["database_url"] = database_url
    return _sensible(Configuration(**{name: _read(name, raw) for name, raw in values.items()}))


def _sensible(configured: Configuration) -> Configuration:
    problem = public_address_problem(configured.address, allows_http=configured.allow_http)
    if problem is not None:
        # The address may hold a password, so it is not shown.
        raise SettingsError(f"The public address COUNTERFOIL_PUBLIC_URL cannot be used: {problem}.")
    if configured.trust_this_computer and not configured.trusts_this_computer:
        raise SettingsError(
            f"The hub is reached under {configured.address!r}, so calls from this computer may "
            "be anybody's.",
            Advice("Take trust_this_computer out, and sign in with a token", "tokens add NAME"),
        )
    return configured


# --- The file -----------------------------------------------------------------------------


def _from_file(environment: Mapping[str, str]) -> Mapping[str, object]:
    named = environment.get(_PREFIX + "CONFIG")
    path = Path(named or _FILE)
    try:
        with path.open("rb") as file:
            import tomllib  # hardly any hub has such a file

            return tomllib.load(file)
    except FileNotFoundError:
        if named:
            raise SettingsError(
                f"There is no configuration file {named!r}. Correct COUNTERFOIL_CONFIG."
            ) from None
        return {}
    except (ValueError, RecursionError, OSError) as error:
        raise SettingsError(
            f"The configuration file {str(path)!r} cannot be read: {_unread(error)}."
        ) from error


def _unread(error: Exception) -> str:
    """Say why a configuration file could not be read."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8; save it as UTF-8 in your editor"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


# --- Values -------------------------------------------------------------------------------

_KEPT_DAYS_MAX: Final = 3650
_SWITCHES: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0"), False),
}


def _read(name: str, raw: object) -> Any:
    reader = _READ.get(name)
    if reader is None:
        raise SettingsError(
            f"There is no configuration value {name!r}. Take the line out of {_FILE}; there are: "
            f"{', '.join(_READ)}."
        )
    try:
        return reader(raw)
    except ValueError as error:
        raise SettingsError(
            f"The configuration value {name!r} cannot be used: {error}. "
            f"Change {_PREFIX}{name.upper()} or the line in {_FILE}."
        ) from None


def _text(raw: object) -> str:
    """Read a text; it may be secret, so it is not told."""
    if isinstance(raw, str):
        return raw
    raise ValueError("it has to be a text, in quotation marks")


def _days(raw: object) -> int:
    try:
        days = int(str(raw).strip())
    except ValueError:
        days = 0
    if not 1 <= days <= _KEPT_DAYS_MAX:
        raise ValueError(f"{str(raw)[:80]!r} is no whole number from 1 to {_KEPT_DAYS_MAX}")
    return days


def _switch(raw: object) -> bool:
    found = _SWITCHES.get(str(raw).strip().lower())
    if found is None:
        raise ValueError(f"{str(raw)[:80]!r} is neither true nor false")
    return found


def _scope(raw: object) -> Scope:
    try:
        return scope_named(_text(raw))
    except UsageError as error:
        raise ValueError(error.message.rstrip(".")) from None


def _locale(raw: object) -> str:
    # Only a hub that is told so needs it here.
    from babel import Locale, UnknownLocaleError

    text = _text(raw).strip()
    try:
        Locale.parse(text.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{text[:80]!r} is no locale, such as en_GB") from None
    return text


def _networks(raw: object) -> str:
    text = _text(raw)
    for each in _listed(text):
        try:
            ipaddress.ip_network(each)
        except ValueError:
            raise ValueError(
                f"{each!r} is no address or network, such as 127.0.0.1 or 10.0.0.0/8"
            ) from None
    return text


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


_READ: Final[Mapping[str, Callable[[object], Any]]] = {
    "database_url": _text,
    "secret_key": _text,
    "public_url": _text,
    "keep_exchanges_days": _days,
    "log_level": _text,
    "allow_http": _switch,
    "trusted_proxies": _networks,
    "trust_this_computer": _switch,
    "this_computer_may": _scope,
    "smtp_url": _text,
    "mail_from": _text,
    "locale": _locale,
}
"""What each value is read by; raises ``ValueError`` with what is wrong, for a sentence."""
