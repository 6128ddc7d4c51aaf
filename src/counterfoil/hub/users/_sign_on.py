"""Single sign-on: a provider of the company's says who somebody is (OpenID Connect).

A person is known by an e-mail address that the provider verified.  Whoever is no user yet comes
in as a viewer, where that is switched on and the address is of one of the company's domains; who
was invited joins by it.  Where it is the only way in, owners keep their password as the way back
for the day on which the provider is not there.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub.addresses import address_of, is_this_computer, names_a_user
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, users
from counterfoil.ledger.users import Rule, User
from counterfoil.logs import get_logger

from ._people import added, as_name, loaded, noted
from ._sessions import begin
from ._shapes import Caller, Role, Stage, is_active

if TYPE_CHECKING:
    from counterfoil.connectors.oauth import Identity, OpenIdClient

    from ._two_factor import SealAnew

__all__ = [
    "CALLBACK",
    "SIGN_ON_PLACE",
    "Leaving",
    "SignOn",
    "begin_sign_on",
    "complete_sign_on",
    "is_barred",
    "redirect_of",
    "remove_sign_on",
    "reseal_sign_on",
    "set_sign_on",
    "sign_on_of",
    "try_sign_on",
]

log = get_logger(__name__)

CALLBACK: Final = "/login/sign-on/back"
SIGN_ON_PLACE: Final = "hub_rule/sign_on/client_secret"
# How long somebody may take at the provider.
_AWAY_MAX: Final = timedelta(minutes=10)
_READ_TIMEOUT_S: Final = 10.0
_DOMAINS_MAX: Final = 20
# So many requests of this process ask the provider at once.
_places = threading.BoundedSemaphore(6)


class SignOn(msgspec.Struct, frozen=True, kw_only=True):
    """How single sign-on is set up, without its secret.

    Attributes:
        issuer: The provider's address, as it calls itself.
        creates: Whoever is no user yet becomes a viewer, if their address is of ``domains``.
        only: Nobody but owners signs in with a password.
    """

    issuer: str
    client_id: str
    creates: bool
    domains: tuple[str, ...]
    only: bool

    @property
    def host(self) -> str:
        """The provider in a word, for a button."""
        return urlsplit(self.issuer).hostname or self.issuer


class Leaving(NamedTuple):
    """Somebody who leaves for the provider: where to, and what their browser has to bring back."""

    url: str
    browser: str


# --- Setting it up ------------------------------------------------------------------------


def sign_on_of(hub: Hub) -> SignOn | None:
    """Say how it is set up; ``None``: it is not."""
    with hub.database.reading() as tx:
        return _read(users.rule(tx, Rule.SIGN_ON))


def _read(kept: Mapping[str, Any] | None) -> SignOn | None:
    if kept is None:
        return None
    return SignOn(**{name: _listed(kept[name]) for name in SignOn.__struct_fields__})


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def is_barred(tx: Tx, user: User) -> bool:
    """Whether no password opens for somebody: single sign-on is the only way but for owners."""
    found = _read(users.rule(tx, Rule.SIGN_ON))
    return found is not None and found.only and user.role != Role.OWNER


def redirect_of(hub: Hub) -> str:
    """Give the address that the provider sends people back to; it is registered there."""
    return f"{public_address(hub).url}{CALLBACK}"


def set_sign_on(
    hub: Hub,
    actor: str,
    *,
    issuer: str,
    client_id: str,
    client_secret: str | None,
    creates: bool = False,
    domains: Sequence[str] = (),
    only: bool = False,
) -> SignOn:
    """Set single sign-on up.

    Once it is the only way, whoever came in with a password is signed out, and comes in by it.

    Args:
        hub: The hub.
        actor: Who does it, for the audit.
        issuer, client_id, client_secret: As the provider's own pages show them; no secret: the
            one that is kept.
        creates, domains, only: See ``SignOn``.

    Raises:
        UsageError: Something of it cannot be used.
    """
    wanted = SignOn(
        issuer=_issuer(issuer),
        client_id=_client_id(client_id),
        creates=creates,
        domains=_domains(domains, creates=creates),
        only=only,
    )
    with hub.database.writing() as tx:
        kept = users.rule(tx, Rule.SIGN_ON, locked=True)
        before = _read(kept)
        sealed = hub.vault.seal(client_secret, SIGN_ON_PLACE) if client_secret else None
        if sealed is None and (before is None or before.issuer != wanted.issuer):
            raise UsageError("Give the client secret that the provider's page shows.")
        value = {**msgspec.to_builtins(wanted), "client_secret": sealed or kept["client_secret"]}
        users.set_rule(tx, Rule.SIGN_ON, value, actor, hub.now())
        if only and not (before is not None and before.only):
            _end_barred(tx)
        _note(tx, hub, actor, before, wanted, is_new_secret=sealed is not None)
    return wanted


def _end_barred(tx: Tx) -> None:
    for each in users.all_users(tx):
        if is_barred(tx, each):
            users.end_sessions(tx, each.id)


def remove_sign_on(hub: Hub, actor: str) -> bool:
    """Take single sign-on away; ``False``: it was not set up.

    Raises:
        UsageError: No owner has a password, so nobody would administer any more.
    """
    with hub.database.writing() as tx:
        before = _read(users.rule(tx, Rule.SIGN_ON))
        if before is None:
            return False
        owners = [each for each in users.all_users(tx) if _administers(each)]
        if owners and not any(each.password_hash for each in owners):
            raise UsageError(
                "No owner has a password, so nobody could sign in any more. Make yourself a link "
                "for one on your page under People, and open it."
            )
        users.forget_rule(tx, Rule.SIGN_ON)
        _note(tx, hub, actor, before, None, is_new_secret=False)
    return True


def _administers(user: User) -> bool:
    return user.role == Role.OWNER and is_active(user)


def _note(
    tx: Tx,
    hub: Hub,
    actor: str,
    before: SignOn | None,
    after: SignOn | None,
    *,
    is_new_secret: bool,
) -> None:
    was = msgspec.to_builtins(before) if before is not None else {}
    now = msgspec.to_builtins(after) if after is not None else {}
    names = [each for each in SignOn.__struct_fields__ if was.get(each) != now.get(each)]
    connections.note(
        tx,
        hub.now(),
        actor,
        "single sign-on changed" if after is not None else "single sign-on removed",
        "users",
        "a new client secret" if is_new_secret else None,
        before={each: was[each] for each in names if each in was},
        after={each: now[each] for each in names if each in now},
    )


def _issuer(text: str) -> str:
    typed = text.strip().rstrip("/").removesuffix("/.well-known/openid-configuration")
    address = address_of(typed)
    if address is None or names_a_user(typed) or address.query or address.fragment:
        raise UsageError(
            f"The issuer {typed[:100]!r} is no address; it is like https://login.example.com"
        )
    if address.scheme != "https" and not is_this_computer(address.hostname):
        raise UsageError("The issuer is not encrypted; begin its address with https://")
    return typed


def _client_id(text: str) -> str:
    typed = text.strip()
    if not typed or not typed.isprintable() or len(typed) > 300:
        raise UsageError("Give the client id that the provider's page shows.")
    return typed


def _domains(texts: Sequence[str], *, creates: bool) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each.strip().lower().lstrip("@") for each in texts if each.strip()))
    for each in found[: _DOMAINS_MAX + 1]:
        if address_of(f"https://{each}") is None or not set(each) <= _DOMAIN_LETTERS:
            raise UsageError(f"{each[:100]!r} is no domain; it is like example.com.")
    if len(found) > _DOMAINS_MAX:
        raise UsageError(f"At most {_DOMAINS_MAX} domains can be given.")
    if creates and not found:
        raise UsageError(
            "Say of which domain an address has to be, so that not everybody whom the provider "
            "knows comes in."
        )
    return found


_DOMAIN_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")


def reseal_sign_on(tx: Tx, seal_anew: SealAnew) -> int:
    """Seal the client secret anew where another key sealed it; says how many there were."""
    kept = users.rule(tx, Rule.SIGN_ON, locked=True)
    sealed = None if kept is None else seal_anew(kept["client_secret"], SIGN_ON_PLACE)
    if sealed is None:
        return 0
    users.change_rule(tx, Rule.SIGN_ON, {**kept, "client_secret": sealed})
    return 1


# --- There and back -----------------------------------------------------------------------


def try_sign_on(hub: Hub) -> str:
    """Ask the provider what it is, without signing in; gives a sentence that it answers.

    Raises:
        UsageError: It is not set up.
        ConnectorError: It does not answer, or is another one.
    """
    with _asking(hub) as (set_up, client):
        client.authorization_url("state", "nonce", "verifier" * 8)
    return f"{set_up.host} answers. Now sign in with it once, in another browser."


def begin_sign_on(hub: Hub, way: str) -> Leaving:
    """Send somebody to the provider.

    Args:
        hub: The hub.
        way: Where they go afterwards: a page of this hub.

    Raises:
        UsageError: It is not set up.
        ConnectorError: The provider does not answer.
    """
    state, browser, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    verifier = secrets.token_urlsafe(48)
    with _asking(hub) as (_set_up, client):
        url = client.authorization_url(state, nonce, verifier)
    now = hub.now()
    with hub.database.writing() as tx:
        sealed = hub.vault.seal(verifier, _verifier_place(nonce))
        users.begin_sign_on(
            tx, state, browser, now, now + _AWAY_MAX, verifier=sealed, nonce=nonce, way=way
        )
    return Leaving(url, browser)


def complete_sign_on(
    hub: Hub, *, state: str, code: str, browser: str, caller: Caller
) -> tuple[str, str]:
    """Let in whoever comes back from the provider; gives their cookie, and where they go.

    Args:
        hub: The hub.
        state, code: What the provider sends along.
        browser: What the browser brings that left for it.
        caller: Where they sit.

    Raises:
        UsageError: They left too long ago or in another browser, or may not come in.
        ConnectorError: The provider does not answer, or what it says is not to be believed.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        going = users.take_sign_on(tx, state, browser, now)
    if going is None:
        raise UsageError("This sign-in was begun too long ago, or in another browser. Begin again.")
    verifier = hub.vault.open(going.verifier, _verifier_place(going.nonce))
    with _asking(hub) as (set_up, client):
        who = client.identity(
            code, verifier=verifier, nonce=going.nonce, now_s=int(now.timestamp())
        )
    if not who.email:
        raise UsageError(
            f"{set_up.host} has not verified an e-mail address of yours, so nobody knows which "
            "user you are. Let its administrator verify it."
        )
    with hub.database.writing() as tx:
        user = _user_of(tx, hub, set_up, who)
        noted(tx, now, user.name, "signed in", user, after={"by": set_up.host})
        return begin(tx, user, Stage.OPEN, caller, now), going.way


def _verifier_place(nonce: str) -> str:
    return f"sign_on/{nonce}/verifier"


def _user_of(tx: Tx, hub: Hub, set_up: SignOn, who: Identity) -> User:
    """Find whose address it is; an invitation is taken by it, or a viewer is made.

    Raises:
        UsageError: Nobody may come in with this address.
    """
    login = who.email.strip().lower()
    user = users.by_login(tx, login)
    if user is None:
        return _created(tx, hub, set_up, login, who.name)
    if user.off_since is not None:
        log.warning("sign-in refused", why="switched off", user=user.id)
        raise UsageError(f"{login} is switched off here. Ask an owner of this hub.")
    if user.joined_at is None:
        users.change(tx, user.id, joined_at=hub.now())
        users.end_links(tx, user.id)
        noted(tx, hub.now(), user.name, "user joined", user)
        return loaded(tx, user.id)
    return user


def _created(tx: Tx, hub: Hub, set_up: SignOn, login: str, name: str) -> User:
    if not set_up.creates or login.rpartition("@")[2] not in set_up.domains:
        log.warning("sign-in refused", why="no user of this hub")
        raise UsageError(f"{login} is no user of this hub. Ask an owner for an invitation.")
    now = hub.now()
    called = _free_name(tx, name, login)
    return added(tx, now, login, called, Role.VIEWER, called, joined_at=now)


def _free_name(tx: Tx, name: str, login: str) -> str:
    """Give a name that nobody else has: the provider's word for it, else with the address."""
    try:
        called = as_name(name[:60])
    except UsageError:
        return as_name(login[:100])
    taken = {each.name.casefold() for each in users.all_users(tx)}
    return called if called.casefold() not in taken else as_name(login[:100])


@contextmanager
def _asking(hub: Hub) -> Iterator[tuple[SignOn, OpenIdClient]]:
    """Open a client of the provider, one of a few: anybody may begin to sign in, with every click.

    A provider that hangs would otherwise hold up whatever else is asked of this hub.

    Raises:
        UsageError: It is not set up, or as many as may are asking it.
        SettingsError: Its secret cannot be opened.
    """
    set_up, client = _client(hub)
    with closing(client):
        if not _places.acquire(blocking=False):
            raise UsageError(
                f"{set_up.host} answers slowly, and several people wait for it. Try again in a "
                "moment."
            )
        try:
            yield set_up, client
        finally:
            _places.release()


def _client(hub: Hub) -> tuple[SignOn, OpenIdClient]:
    """Open a client of the provider; the caller closes it.

    Raises:
        UsageError: It is not set up.
        SettingsError: Its secret cannot be opened.
    """
    from counterfoil.connectors.called import Line
    from counterfoil.connectors.oauth import App, OpenIdClient

    with hub.database.reading() as tx:
        kept = users.rule(tx, Rule.SIGN_ON)
    set_up = _read(kept)
    if set_up is None:
        raise UsageError("Single sign-on is not set up here. Sign in with your password.")
    app = App(
        client_id=set_up.client_id,
        client_secret=hub.vault.open(kept["client_secret"], SIGN_ON_PLACE),
        redirect_uri=redirect_of(hub),
    )
    line = Line(transport=hub.transport, sleep=hub.sleep, read_timeout_s=_READ_TIMEOUT_S)
    return set_up, OpenIdClient(set_up.issuer, app, line=line)
