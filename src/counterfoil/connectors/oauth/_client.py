"""The calls of OAuth 2.0 to one provider, for one app.

No code and no refresh token is sent twice by this client, unless nothing has left: the provider
may have answered, and what it gives for the same token again is for whoever keeps them to ask.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7009 import prepare_revoke_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from counterfoil.connectors.called import (
    Ask,
    CallRefusedError,
    HttpClient,
    InProcessThrottle,
    Line,
    Reply,
    Secrets,
    Service,
)

from ._granted import Granted, granted_from
from ._providers import Provider
from ._refused import GrantRefusedError, said_by

__all__ = ["App", "OAuthClient"]

_FORM: Final = "application/x-www-form-urlencoded"
# Far more than one connection needs, far less than a loop makes.
_CAPACITY: Final = 10
_PER_MINUTE: Final = 20


@dataclass(frozen=True, kw_only=True)
class App:
    """A program as a provider knows it.

    Attributes:
        redirect_uri: Where the provider sends people back to; registered there.
        instead: Address of a stand-in for the provider; ``None``: the provider itself.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str = ""
    instead: str | None = None

    def secrets(self) -> Secrets:
        """Give what nobody may read of it: the secret, alone and as a header bears it."""
        pair = b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return Secrets((self.client_secret, pair))


class OAuthClient:
    """Asks one provider for tokens, for one app.

    Args:
        provider: The provider.
        app: The app.
        line: How the world is reached; it has no witness, for every answer is a secret.
    """

    def __init__(self, provider: Provider, app: App, *, line: Line | None = None) -> None:
        line = line or Line()
        assert line.witness is None, "nobody may see tokens"
        self._provider = provider
        self._app = app
        self._secrets = app.secrets()
        self._http = HttpClient(
            Service(system=provider.name.value, name=provider.words, reads=said_by),
            base_url="",
            secrets=self._secrets,
            throttle=InProcessThrottle(line.clock, capacity=_CAPACITY, per_minute=_PER_MINUTE),
            line=line,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def authorization_url(self, state: str, verifier: str) -> str:
        """Give the address where a person signs in; nothing in it is secret but the state."""
        provider, app = self._provider, self._app
        url: str = prepare_grant_uri(
            provider.at(provider.authorize, app.instead),
            client_id=app.client_id,
            response_type="code",
            redirect_uri=app.redirect_uri,
            scope=" ".join(provider.scopes),
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    def exchange(self, code: str, verifier: str) -> Granted:
        """Give tokens for a code, once.

        Raises:
            GrantRefusedError: The provider gives none.
            ConnectorError: As its name says.
        """
        self._secrets.add(code)
        self._secrets.add(verifier)
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=self._app.redirect_uri,
            code_verifier=verifier,
        )
        return self._granted(body, before=None)

    def renew(self, refresh: str) -> Granted:
        """Give new tokens for a refresh token, which may end by it.

        Raises:
            GrantRefusedError: The provider gives none.
            UnavailableError: It was not asked, or puts us off: the token is as good as before.
            OutcomeUnknownError, UnreadableReplyError: It may have given others, which are lost.
            ConnectorError: As its name says.
        """
        self._secrets.add(refresh)
        body = prepare_token_request("refresh_token", refresh_token=refresh)
        return self._granted(body, before=refresh)

    def revoke(self, token: str) -> None:
        """Give a token back, and with it everything that came of the same sign-in.

        Raises:
            ConnectorError: The provider was not told, or may not have been.
        """
        self._secrets.add(token)
        provider = self._provider
        content, body = _FORM, prepare_revoke_token_request(token)[0]
        if provider.revokes_by == "json":
            content, body = "application/json", json.dumps({"token": token})
        self._posted(provider.revoke, body, content=content, is_harmless=True)

    def _granted(self, body: str, *, before: str | None) -> Granted:
        reply, ask = self._posted(
            self._provider.token, body, content=_FORM, headers=dict(self._provider.token_headers)
        )
        try:
            return granted_from(reply.json, self._provider, before=before)
        except ValueError as error:
            raise self._http.unreadable(ask, str(error)) from None

    def _posted(
        self,
        address: str,
        body: str,
        *,
        content: str,
        headers: dict[str, str] | None = None,
        is_harmless: bool = False,
    ) -> tuple[Reply, Ask]:
        app = self._app
        _uri, signed, text = ClientAuth(
            app.client_id, app.client_secret, "client_secret_basic"
        ).prepare("POST", address, {**(headers or {}), "Content-Type": content}, body)
        at = urlsplit(self._provider.at(address, app.instead))
        self._http.base_url = f"{at.scheme}://{at.netloc}"
        ask = Ask(
            method="POST",
            path=at.path,
            body=text.encode(),
            headers=signed,
            is_harmless=is_harmless,
            hides_answer=True,
        )
        reply = self._http.perform(ask, self._http.patience()).reply
        if isinstance(reply, Reply):
            return reply, ask
        if isinstance(reply, CallRefusedError):
            raise self._refused(reply) from reply
        raise reply

    def _refused(self, error: CallRefusedError) -> GrantRefusedError:
        return GrantRefusedError(
            f"{self._provider.words} refused: {error.reason}.",
            why=error.field or "",
            system=error.system,
            operation=error.operation,
            request_id=error.request_id,
            code=error.code,
            detail=error.detail,
        )
