"""A hub whose connection is signed in for at the stand-in of Intuit's pages, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2
from sqlalchemy import delete

from counterfoil.hub import accounts
from counterfoil.hub.accounts import Came
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import connections, grants, schema
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.grants import Grant
from counterfoil.settings import SystemName
from tests.sandboxes.quickbooks_online import outside
from tests.support.world import ACTOR, SECRET_KEY

__all__ = ["HUB", "NAME", "WEBHOOK_TOKEN", "SignInOffice", "Wire", "came_by", "open_office"]

HUB: Final = "https://hub.example"
NAME: Final = "Acme Books"
REDIRECT: Final = f"{HUB}/oauth/callback"
WEBHOOK_TOKEN: Final = "webhook-token-not-real"
_TOKENS: Final = "/oauth2/v1/tokens/bearer"


# --- The line to the provider --------------------------------------------------------------


class Wire(httpx2.BaseTransport):
    """Brings requests to the stand-in; of those for tokens some are lost on the way.

    Attributes:
        fates: What becomes of the next requests for tokens: ``before`` and ``after`` they were
            carried out the answer is lost, ``html`` stands in its place, ``unsent`` never left.
        asked: Forms of the requests for tokens, in their order.
        before: Called before a request for tokens is carried out.
    """

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._lock = threading.Lock()
        self.fates: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.revoked: list[bytes] = []
        self.before: Callable[[], object] = lambda: None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        if request.url.path.endswith("/revoke"):
            self.revoked.append(body)
        fate = ""
        if request.url.path.endswith(_TOKENS):
            self.before()
            fate = self.fates.pop(0) if self.fates else ""
            self.asked.append({n: v[0] for n, v in parse_qs(body.decode()).items()})
            self.headers.append(dict(request.headers))
        if fate == "unsent":
            raise httpx2.ConnectError("no way")
        if fate == "before":
            raise httpx2.ReadTimeout("no answer")
        with self._lock:
            answer = self._http.send(request, follow_redirects=False)
        if fate == "after":
            raise httpx2.ReadTimeout("no answer")
        content = b"<html>busy</html>" if fate == "html" else answer.content
        return httpx2.Response(
            answer.status_code, headers=answer.headers, content=content, request=request
        )


class Clock:
    """The stand-in's time; waiting moves it."""

    def __init__(self, provider: outside.FakeClock) -> None:
        self._provider = provider

    def now(self) -> datetime:
        return self._provider.now()

    def sleep(self, seconds: float) -> None:
        self._provider.pass_s(seconds)

    def advance(self, **amount: float) -> None:
        self._provider.moment += timedelta(**amount)


# --- The office ----------------------------------------------------------------------------


class SignInOffice:
    """A hub with one connection, and a person who signs in for it.

    Attributes:
        provider: The stand-in, over its HTTP; its app knows our redirect address.
        connection: The connection's number.
    """

    browser = "cookie-of-one-browser"

    def __init__(self, hub: Hub, provider: outside.Outside, wire: Wire, clock: Clock) -> None:
        self.hub = hub
        self.provider = provider
        self.wire = wire
        self.clock = clock
        self.connection = self.add(NAME)

    def add(self, name: str, **given: str) -> int:
        """Add a connection."""
        keys = {
            "client_id": outside.CLIENT_ID,
            "client_secret": outside.CLIENT_SECRET,
            "environment": "sandbox",
            "base_url": outside.MOUNT,
            "sign_in_url": outside.MOUNT,
        }
        made = accounts.add_connection(
            self.hub, SystemName.QUICKBOOKS_ONLINE, name, {**keys, **given}, ACTOR
        )
        return made.id

    def change(self, **given: str) -> None:
        """Change what the connection was made with."""
        accounts.change_connection(self.hub, self.loaded, given, ACTOR)

    def link(self) -> int:
        """Link the connection with an operations system that is never called."""
        given = {"base_url": "https://fusion.example", "key": "k", "secret": "s"}
        made = accounts.add_connection(
            self.hub, SystemName.FUSION_OPERATIONS, "Factory", given, ACTOR, checks=False
        )
        return accounts.add_link(self.hub, str(made.id), str(self.connection), ACTOR).id

    @property
    def loaded(self) -> Connection:
        """The connection as it is kept."""
        return self.kept(self.connection)

    def kept(self, connection: int) -> Connection:
        """A connection as it is kept."""
        with self.hub.database.reading() as tx:
            found = connections.load(tx, connection)
        assert found is not None
        return found

    @property
    def grant(self) -> Grant | None:
        """The tokens as they are kept."""
        with self.hub.database.reading() as tx:
            return grants.load(tx, self.connection)

    def sealed(self) -> Grant:
        """The same, where they have to be there."""
        found = self.grant
        assert found is not None
        return found

    def begin_anew(self) -> None:
        """Forget that anybody ever signed in, here and at the stand-in."""
        _fresh(self.provider.world)
        self.wire.fates, self.wire.asked, self.wire.revoked = [], [], []
        self.wire.before = lambda: None
        with self.hub.database.writing() as tx:
            for table in (schema.oauth_grant, schema.sign_in, schema.wake):
                tx.execute(delete(table))
            for each in connections.all_connections(tx):
                is_ours = each.id == self.connection
                connections.change(tx, each.id, account=None, last_problem=None, is_active=is_ours)
                if not is_ours:
                    connections.change(tx, each.id, name=f"{each.name} (removed {each.id})")

    # -- What a person does -------------------------------------------------------------------

    def begin(self, *, connection: int | None = None, **more: bool) -> str:
        """Go to the provider; gives its address."""
        found = self.kept(connection or self.connection)
        return accounts.begin_connecting(self.hub, found, self.browser, **more)

    def press(self, url: str, *, realm: str = outside.REALM, decision: str = "connect") -> Came:
        """Press a button on the provider's page; gives what comes back."""
        return came_by(self.pressed(url, realm=realm, decision=decision))

    def pressed(self, url: str, *, realm: str = outside.REALM, decision: str = "connect") -> str:
        """Press a button on the provider's page; gives the address it sends the browser to."""
        answer = self.provider.http.post(url, data={"decision": decision, "company": realm})
        assert answer.status_code == 302, answer.text
        location: str = answer.headers["location"]
        return location

    def finish(self, came: Came) -> Connection:
        """Come back."""
        return accounts.finish_connecting(self.hub, came, self.browser, ACTOR)

    def connect(self, *, realm: str = outside.REALM, connection: int | None = None) -> Connection:
        """Sign in, from the beginning to the end."""
        return self.finish(self.press(self.begin(connection=connection), realm=realm))

    # -- What happens elsewhere -----------------------------------------------------------------

    def revoke(self) -> None:
        """Disconnect the app in the product."""
        answer = self.provider.oauth("v2/oauth2/tokens/revoke", token=self.refresh)
        assert answer.status_code == 200, answer.text

    @property
    def access(self) -> str:
        """The access token that is kept."""
        return self._opened("access_token", self.sealed().access_token)

    @property
    def refresh(self) -> str:
        """The refresh token that is kept."""
        return self._opened("refresh_token", self.sealed().refresh_token)

    def _opened(self, name: str, sealed: str | None) -> str:
        return self.hub.vault.open(sealed or "", f"oauth_grant/{self.connection}/{name}")


def came_by(location: str) -> Came:
    """Read what an address brings back."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
    return Came(
        state=query.get("state", ""),
        code=query.get("code", ""),
        account=query.get("realmId", ""),
        error=query.get("error", ""),
    )


def _fresh(world: outside.World) -> outside.Outside:
    """Let the stand-in begin anew, with our app."""
    provider = world.fresh()
    app = {"client-secret": outside.CLIENT_SECRET, "name": "Counterfoil"}
    provider.control("PUT", f"/apps/{outside.CLIENT_ID}", {**app, "redirect-uris": [REDIRECT]})
    return provider


@contextmanager
def open_office(
    world: outside.World, url: str, *, kind: type[SignInOffice] | None = None, **configured: Any
) -> Iterator[SignInOffice]:
    """Open a hub beside a stand-in, with a connection for which nobody has signed in."""
    provider = _fresh(world)
    wire, clock = Wire(world.http), Clock(world.clock)
    known = {"public_url": HUB, "secret_key": SECRET_KEY} | configured
    configuration = Configuration(database_url=url, **known)
    with open_hub(configuration, clock.now, sleep=clock.sleep, transport=wire) as hub:
        yield (kind or SignInOffice)(hub, provider, wire, clock)
