"""Tokens for whoever calls, renewed in time, by one process at a time.

The order that makes a crash survivable, as far as the provider lets it:

1. Who renews, and which version of the tokens, is committed.
2. The provider is asked, outside any transaction.
3. What it gives is committed, before anybody uses it.

Of two that begin, the second waits for the first.  An answer that is lost may have been given:
what is stored is read again, for somebody may have saved others, and tried once more, for many
a provider lets the old token live on for a while.  Only ``invalid_grant`` about the tokens that
are stored ends a connection, and then nobody asks any more until a person connects it again.
"""

from __future__ import annotations

import secrets
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from counterfoil.errors import (
    LedgerBusyError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)
from counterfoil.hub import advice
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, grants
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.grants import Grant
from counterfoil.logs import get_logger
from counterfoil.told import Told

from ._apps import client_of
from ._standing import ENDED_AT_PROVIDER, trouble_of

if TYPE_CHECKING:
    from counterfoil.connectors.called import Tokens
    from counterfoil.connectors.oauth import Granted, GrantRefusedError

__all__ = ["ACCESS", "REFRESH", "fields_of", "sealed_place", "tokens_of"]

log = get_logger(__name__)

ACCESS: Final = "access_token"
REFRESH: Final = "refresh_token"
# Renewed so long before they end, tokens last for every call that is about to leave.
_EARLY: Final = timedelta(minutes=5)
# Longer than one renewal can take, with every timeout of its client; as long as a drive's lease.
_GIVEN_UP_AFTER: Final = timedelta(minutes=10)
# Somebody else is at it: looked at again so often, so many times.
_PAUSE_S: Final = 1.0
_ROUNDS_MAX: Final = 30
# What came has to be saved: a database that is busy is asked again.
_SAVES_MAX: Final = 5


def sealed_place(connection: int, token: str) -> str:
    """Name the place to which a token is bound."""
    return f"oauth_grant/{connection}/{token}"


def tokens_of(hub: Hub, connection: int) -> Tokens:
    """Give the tokens of a connection, to whoever calls for it."""
    return _Kept(hub, connection)


def fields_of(hub: Hub, connection: int, granted: Granted, since: datetime) -> dict[str, Any]:
    """Give the columns that keep tokens; their lives count from before they were asked for."""
    return {
        ACCESS: hub.vault.seal(granted.access, sealed_place(connection, ACCESS)),
        REFRESH: hub.vault.seal(granted.refresh, sealed_place(connection, REFRESH)),
        "access_until": since + timedelta(seconds=granted.life_s),
        "idle_until": _after(since, granted.idle_s),
        "hard_until": _after(since, granted.hard_s),
    }


def _after(since: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else since + timedelta(seconds=seconds)


class _Opened(NamedTuple):
    """Tokens as they are stored, opened."""

    connection: Connection
    grant: Grant
    access: str
    refresh: str


class _Kept:
    """The tokens of one connection: a ``Tokens``."""

    def __init__(self, hub: Hub, connection: int) -> None:
        self._hub = hub
        self._id = connection

    def access(self) -> str:
        return self._good("")

    def renewed(self, rejected: str) -> str:
        return self._good(rejected)

    def _good(self, rejected: str) -> str:
        """Give a token that opens for some minutes, and is another than the rejected one.

        Raises:
            RejectedError, UnavailableError: As of ``Tokens``.
        """
        for _ in range(_ROUNDS_MAX):
            kept = self._opened()
            now = self._hub.now()
            opens = kept.access != rejected and now < kept.grant.access_until
            if opens and now + _EARLY < kept.grant.access_until:
                return kept.access
            renewer = secrets.token_hex(16)
            if self._begins(kept.grant, renewer, now):
                found = self._renew(kept, renewer, or_else=kept.access if opens else None)
                if found is not None:
                    return found
                continue
            if opens:
                return kept.access
            self._hub.sleep(_PAUSE_S)
        raise self._unavailable("Its access is being renewed by another process. Try again later.")

    # --- What is stored --------------------------------------------------------------------

    def _opened(self) -> _Opened:
        """Read what is stored.

        Raises:
            RejectedError: Nobody is signed in; the code is "401".
            SettingsError: No key of ours opens it.
        """
        hub = self._hub
        with hub.database.reading() as tx:
            connection = connections.load(tx, self._id)
            grant = grants.load(tx, self._id)
        assert connection is not None, "whoever calls for it has it"
        trouble = trouble_of(connection, grant)
        if trouble is not None or grant is None:
            raise self._rejected(connection, trouble.told if trouble is not None else Told(""))
        return _Opened(
            connection,
            grant,
            hub.vault.open(grant.access_token or "", sealed_place(self._id, ACCESS)),
            hub.vault.open(grant.refresh_token or "", sealed_place(self._id, REFRESH)),
        )

    def _has_others(self, kept: _Opened) -> bool:
        """Whether somebody has saved other tokens since."""
        return self._opened().grant.version != kept.grant.version

    def _begins(self, grant: Grant, renewer: str, now: datetime) -> bool:
        with self._hub.database.writing() as tx:
            return grants.begin_renewal(
                tx, self._id, grant.version, renewer, now, now - _GIVEN_UP_AFTER
            )

    # --- Renewing --------------------------------------------------------------------------

    def _renew(self, kept: _Opened, renewer: str, *, or_else: str | None) -> str | None:
        """Renew tokens and save them; ``None``: others are stored by now.

        Args:
            kept: As they are stored, and noted as being renewed by ``renewer``.
            renewer: Who that is.
            or_else: What still opens where the provider cannot be asked now.
        """
        is_saved = False
        try:
            since = self._hub.now()
            granted = self._asked(kept)
            is_saved = granted is not None and self._saved(kept, renewer, granted, since)
        except UnavailableError:
            if or_else is None:
                raise
            log.warning("tokens not renewed yet", connection=kept.connection.name)
            return or_else
        else:
            return granted.access if granted is not None and is_saved else None
        finally:
            if not is_saved:
                self._give_up(renewer)

    def _asked(self, kept: _Opened) -> Granted | None:
        """Ask the provider, once more after a lost answer; ``None``: others are stored by now.

        Raises:
            RejectedError: The connection has ended, or its app is wrong.
            UnavailableError: No tokens came; they may yet.
        """
        from counterfoil.connectors.oauth import GrantRefusedError

        lost: Exception | None = None
        with closing(client_of(self._hub, kept.connection)) as client:
            for _ in range(2):
                try:
                    return client.renew(kept.refresh)
                except (OutcomeUnknownError, UnreadableReplyError) as error:
                    lost = error
                except GrantRefusedError as error:
                    if not error.is_over:
                        raise self._wrong_app(kept.connection, error) from error
                    if not self._has_others(kept):
                        raise self._ended(kept) from error
                if self._has_others(kept):
                    return None
        problem = "The answer to a request for new access was lost; it is asked for again later."
        raise self._unavailable(problem) from lost

    def _saved(self, kept: _Opened, renewer: str, granted: Granted, since: datetime) -> bool:
        """Save what came; ``False``: somebody has saved others, which stay."""
        fields = fields_of(self._hub, self._id, granted, since)
        for saves_left in reversed(range(_SAVES_MAX)):
            try:
                with self._hub.database.writing() as tx:
                    return grants.renewed(tx, self._id, kept.grant.version, renewer, **fields)
            except LedgerBusyError:
                if not saves_left:
                    raise
                self._hub.sleep(_PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def _give_up(self, renewer: str) -> None:
        with self._hub.database.writing() as tx:
            grants.give_up_renewal(tx, self._id, renewer)

    # --- What goes wrong -------------------------------------------------------------------

    def _ended(self, kept: _Opened) -> RejectedError:
        """Note that the provider takes these tokens no longer, and say so."""
        hub = self._hub
        with hub.database.writing() as tx:
            has_ended = grants.end(
                tx, self._id, ENDED_AT_PROVIDER, hub.now(), version=kept.grant.version
            )
            if has_ended:
                name = kept.connection.name
                connections.note(
                    tx, hub.now(), "provider", "sign-in ended", f"connection/{self._id}", name
                )
            grant = grants.load(tx, self._id)
        log.warning("sign-in ended", connection=kept.connection.name)
        trouble = trouble_of(kept.connection, grant)
        return self._rejected(kept.connection, trouble.told if trouble is not None else Told(""))

    def _wrong_app(self, connection: Connection, error: GrantRefusedError) -> RejectedError:
        if error.is_about_app:
            wrong = "The app's client id or secret is not right, or no longer."
            enter = advice.change(connection.id, "Enter it anew")
            told = Told(f"{error.message} {wrong}", enter, detail=error.detail or "")
        else:
            again = advice.connect(connection.id, "Try again later, or connect it again")
            told = Told(error.message, again, detail=error.detail or "")
        return self._rejected(connection, told)

    def _rejected(self, connection: Connection, told: Told) -> RejectedError:
        return RejectedError(
            told.sentence,
            *told.advice,
            system=connection.system.value,
            operation="sign in",
            code="401",
            detail=told.detail or None,
        )

    def _unavailable(self, sentence: str) -> UnavailableError:
        with self._hub.database.reading() as tx:
            connection = connections.load(tx, self._id)
        assert connection is not None, "whoever calls for it has it"
        return UnavailableError(
            f"{connection.name}: {sentence}", system=connection.system.value, operation="sign in"
        )
