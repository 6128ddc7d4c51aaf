"""Signing in for a connection at its provider, and giving that back.

A person goes from a page of ours to the provider, allows the app, and comes back with a code.
What comes back counts only in the browser that began it, once, and within a few minutes.  Which
company it is shows then: one that another connection has is refused, and one that is not this
connection's own is never taken silently, for what was sent belongs to a company.

A code is sent to the provider once; whatever goes wrong after that, a person begins anew.

Source: RFC 6749, 4.1 and 10.12; RFC 7636; reference 1.2 to 1.6.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import ended, visible
from counterfoil.errors import ConnectorError, SettingsError, UsageError
from counterfoil.hub import advice
from counterfoil.hub import grants as keeping
from counterfoil.hub.grants import (
    SignedIn,
    WayToConnect,
    client_of,
    provider_of,
    signed_in,
    way_to_connect,
)
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, documents, grants, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.grants import SignIn
from counterfoil.logs import get_logger
from counterfoil.told import Advice, Told

from ._connections import check_free, check_not_removed, loaded

__all__ = [
    "Came",
    "NotConnectedError",
    "begin_connecting",
    "disconnect",
    "finish_connecting",
    "how_signed_in",
    "how_to_connect",
    "wait_for_sign_in",
]

log = get_logger(__name__)

_LIFE: Final = timedelta(minutes=10)
_LOOK_EVERY_S: Final = 2.0
_STATE_LENGTH_MAX: Final = 200
# A realm is a whole number of about 19 digits (reference 1.2).
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Came(NamedTuple):
    """What came back from a provider, as it came; empty: it was not there."""

    state: str
    code: str = ""
    account: str = ""
    error: str = ""


class NotConnectedError(UsageError):
    """A sign-in came to nothing; what was there before stays.

    Args:
        connection: For which it was; ``None``: nobody can tell.
        is_another: The person chose another company than this connection's, and may take it.
        is_about_app: The app's client id or client secret is wrong, and can be corrected.
    """

    def __init__(
        self,
        message: str,
        *advice: Advice,
        connection: int | None = None,
        is_another: bool = False,
        is_about_app: bool = False,
    ) -> None:
        super().__init__(message, *advice)
        self.connection = connection
        self.is_another = is_another
        self.is_about_app = is_about_app


def how_to_connect(hub: Hub, connection: Connection) -> WayToConnect:
    """Say how a person signs in for a connection.

    Raises:
        UsageError: Nobody has to.
    """
    _check_signs_in(connection)
    return way_to_connect(public_address(hub), connection)


def _check_signs_in(connection: Connection) -> None:
    if provider_of(connection) is None:
        raise UsageError(
            f"{connection.name} is opened by what was typed for it; nobody signs in for it.",
            advice.look_again(connection.id, "Try it"),
        )
    if not connection.is_active:
        raise UsageError(
            f"{connection.name} is removed.",
            advice.restore(connection.id, "Take it up again first"),
        )


# --- There --------------------------------------------------------------------------------


def begin_connecting(
    hub: Hub, connection: Connection, browser: str, *, takes_another: bool = False
) -> str:
    """Give the provider's address where a person signs in.

    Args:
        hub: The hub.
        connection: For which.
        browser: What only the browser holds that will come back.
        takes_another: The person has said that it may be another company than before.

    Raises:
        UsageError: Nobody has to sign in for it, or the provider would send nobody back.
        SettingsError: The app's secret cannot be opened.
    """
    way = how_to_connect(hub, connection)
    if way.problem is not None:
        raise UsageError(way.problem.sentence, *way.problem.advice)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    now = hub.now()
    begun = SignIn(
        connection=connection.id,
        browser_hash=grants.hashed(browser),
        verifier=hub.vault.seal(verifier, _place(state)),
        redirect_uri=way.redirect_uri,
        takes_another=takes_another,
        until=now + _LIFE,
    )
    with hub.database.writing() as tx:
        grants.begin_sign_in(tx, state, begun, now)
    with closing(client_of(hub, connection, redirect=way.redirect_uri)) as client:
        return client.authorization_url(state, verifier)


def _place(state: str) -> str:
    return f"sign_in/{grants.hashed(state)}/verifier"


# --- And back -----------------------------------------------------------------------------


def finish_connecting(hub: Hub, came: Came, browser: str, actor: str) -> Connection:
    """Take what came back from a provider, and keep the tokens that it is good for.

    Args:
        hub: The hub.
        came: What came.
        browser: What only the browser holds that brought it.
        actor: Who signed in, for the audit.

    Raises:
        NotConnectedError: It is none of ours, or came to nothing; the sentence says why.
        SettingsError: The app's secret cannot be opened.
    """
    begun = _taken(hub, came.state, browser)
    with hub.database.reading() as tx:
        connection = loaded(tx, begun.connection)
    try:
        _check_came(connection, came)
        with hub.database.reading() as tx:
            _check_company(tx, connection, came.account, begun)
        since = hub.now()
        verifier = hub.vault.open(begun.verifier, _place(came.state))
        with closing(client_of(hub, connection, redirect=begun.redirect_uri)) as client:
            granted = client.exchange(came.code, verifier)
        fields = keeping.fields_of(hub, connection.id, granted, since)
        with hub.database.writing() as tx:
            # What was true before the provider was asked may be so no longer.
            connection = loaded(tx, connection.id)
            _check_company(tx, connection, came.account, begun)
            _keep(tx, hub, connection, came.account, fields, actor)
            return loaded(tx, connection.id)
    except NotConnectedError:
        raise
    except (UsageError, SettingsError) as error:
        raise NotConnectedError(error.message, *error.advice, connection=connection.id) from error
    except ConnectorError as error:
        # Loaded by now: whoever asked a provider has it.
        from counterfoil.connectors.oauth import GrantRefusedError

        is_about_app = isinstance(error, GrantRefusedError) and error.is_about_app
        sentence = _NOT_THE_APP if is_about_app else f"{error.message} Nothing was kept."
        again = () if is_about_app else (*error.advice, Advice("Begin again"))
        raise NotConnectedError(
            sentence, *again, connection=connection.id, is_about_app=is_about_app
        ) from error


def _taken(hub: Hub, state: str, browser: str) -> SignIn:
    """Take the sign-in of a state; it is over with that, whoever brought it."""
    found = None
    if 0 < len(state) <= _STATE_LENGTH_MAX:
        with hub.database.writing() as tx:
            found = grants.take_sign_in(tx, state)
    if found is None or found.until <= hub.now():
        raise NotConnectedError(_UNKNOWN, connection=None if found is None else found.connection)
    if not hmac.compare_digest(found.browser_hash, grants.hashed(browser)):
        log.warning("sign-in refused", why="another browser began it")
        raise NotConnectedError(_ELSEWHERE)
    return found


_NOT_THE_APP: Final = (
    "The provider does not know this client id with this client secret. Copy both anew from the "
    "app's keys at the provider, those for the environment that is set here, correct them, and "
    "connect again. Nothing was kept."
)
_UNKNOWN: Final = (
    "This sign-in is none that was begun here in the last ten minutes, or it has been used "
    "already. Begin again on the connection's page; nothing was changed."
)
_ELSEWHERE: Final = (
    "This sign-in was begun in another browser or session, so nothing was taken from it. Begin "
    "again in this one."
)


def _check_came(connection: Connection, came: Came) -> None:
    _check_signs_in(connection)
    provider = provider_of(connection)
    assert provider is not None, "it signs in somewhere"
    if came.error:
        sentence = _ERRORS.get(came.error, _ERROR).format(
            provider=provider.words, error=visible(came.error[:60])
        )
        has_wrong_keys = came.error == _WRONG_KEYS
        fix = [advice.change(connection.id, _SEE_KEYS)] if has_wrong_keys else []
        raise NotConnectedError(sentence, *fix, connection=connection.id)
    if not came.code:
        raise NotConnectedError(
            f"{provider.words} sent no code back. Begin again.", connection=connection.id
        )
    if provider.account is not None and not _ACCOUNT.fullmatch(came.account):
        raise NotConnectedError(
            f"{provider.words} did not say which company it is. Begin again, and choose a company "
            "there.",
            connection=connection.id,
        )


_WRONG_KEYS: Final = "unauthorized_client"
_SEE_KEYS: Final = "See that the app is there, and that its keys are right"
_ERROR: Final = "{provider} refused with “{error}”. Begin again; if it stays so, look at the app."
_ERRORS: Final[Mapping[str, str]] = {
    "access_denied": (
        "You did not allow it at {provider}, so nothing is connected. Begin again when you want to."
    ),
    "invalid_scope": (
        "The app at {provider} may not read the books. Give it the accounting scope there, and "
        "begin again."
    ),
    _WRONG_KEYS: "{provider} does not let this app sign anybody in.",
    "server_error": "{provider} had an error of its own. Begin again in a while.",
    "temporarily_unavailable": "{provider} cannot sign anybody in now. Begin again in a while.",
}
"""The word of an error -> what it means (RFC 6749, 4.1.2.1; reference 1.2)."""


def _check_company(tx: Tx, connection: Connection, account: str, begun: SignIn) -> None:
    """See that a company may become this connection's.

    Raises:
        UsageError: Another connection has it, or it is not this connection's own.
    """
    check_free(tx, connection.name, account, but=connection.id)
    if connection.account is None:
        check_not_removed(tx, account)
    if connection.account in (None, account):
        return
    company = connection.facts.get("company_name") or f"company {connection.account}"
    known = f"You chose another company (company {account}) than {connection.name} is ({company})."
    has_read = documents.has_any(tx, connection.id) or bool(runs.cursors(tx, connection.id))
    if has_read:
        raise NotConnectedError(
            f"{known} What was read and sent belongs to that one. Begin again and choose it.",
            advice.add_connection("Connect the other company as a connection of its own"),
            connection=connection.id,
        )
    if not begun.takes_another:
        raise NotConnectedError(
            f"{known} Begin again and choose that one; or, if the other one is what you want, say "
            "so and choose it again.",
            connection=connection.id,
            is_another=True,
        )
    check_not_removed(tx, account)


def _keep(
    tx: Tx, hub: Hub, connection: Connection, account: str, fields: Mapping[str, object], actor: str
) -> None:
    now = hub.now()
    grants.keep(tx, connection.id, **fields, granted_at=now, granted_by=actor)
    values: dict[str, object] = {"last_problem": None}
    if account:
        values["account"] = account
    if connection.account not in (None, account):
        # What was known is of another company.
        values["facts"] = {}
    connections.change(tx, connection.id, **values)
    connections.wake(tx, connection.id, now)
    connections.note(tx, now, actor, "signed in", f"connection/{connection.id}", account)


def how_signed_in(hub: Hub, connection: Connection) -> SignedIn:
    """Give how the sign-in stands of a connection for which somebody signs in."""
    with hub.database.reading() as tx:
        found = signed_in(connection, grants.load(tx, connection.id))
    assert found is not None, "somebody signs in for it"
    return found


def wait_for_sign_in(hub: Hub, connection: Connection) -> Connection | None:
    """Wait until somebody has signed in for a connection; ``None``: nobody has.

    It is as long as a sign-in may take that begins now.
    """
    with hub.database.reading() as tx:
        before = _signed_in_at(tx, connection.id)
    until = hub.now() + _LIFE
    while hub.now() < until:
        with hub.database.reading() as tx:
            if _signed_in_at(tx, connection.id) != before:
                return loaded(tx, connection.id)
        hub.sleep(_LOOK_EVERY_S)
    return None


def _signed_in_at(tx: Tx, connection: int) -> datetime | None:
    grant = grants.load(tx, connection)
    return None if grant is None else grant.granted_at


# --- Giving back --------------------------------------------------------------------------


def disconnect(hub: Hub, connection: Connection, actor: str) -> Told:
    """Forget the tokens of a connection, and give them back; says what came of it.

    Its links, settings and records stay: whoever connects it again goes on with them.

    Raises:
        UsageError: Nobody has to sign in for it.
    """
    provider = provider_of(connection)
    if provider is None:
        _check_signs_in(connection)
    assert provider is not None, "it signs in somewhere"
    with hub.database.writing() as tx:
        grant = grants.load(tx, connection.id)
        if grant is None or not grants.end(tx, connection.id, keeping.ENDED_HERE, hub.now()):
            return Told(f"{connection.name} is not connected; there is nothing to give back.")
        connections.note(tx, hub.now(), actor, "signed out", f"connection/{connection.id}")
    goes_on = f"{connection.name} is disconnected; its links and settings stay."
    again = advice.connect(connection.id)
    try:
        place = keeping.sealed_place(connection.id, keeping.REFRESH)
        token = hub.vault.open(grant.refresh_token or "", place)
        with closing(client_of(hub, connection)) as client:
            client.revoke(token)
    except (ConnectorError, SettingsError) as error:
        log.warning("tokens not given back", connection=connection.name, problem=error.message)
        return Told(
            f"{goes_on} {provider.words} could not be told: {ended(error.message)}",
            Advice("Whoever manages the company can disconnect the app there, too"),
            again,
        )
    return Told(goes_on, again)
