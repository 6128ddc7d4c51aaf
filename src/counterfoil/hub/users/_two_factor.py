"""The second factor: codes of an authenticator app (TOTP), and recovery codes for when it is lost.

Each code opens once: the period of the last one is kept, and none of it or before opens again.
A clock may be one period off.  Six digits can be guessed by somebody who knows the password, so
after some wrong ones they are looked at ever more rarely; a recovery code, which nobody guesses,
then opens all the same, and so does an app on a network from which it opened before.

Source: RFC 6238 (5.2: once only, and how much delay to allow), RFC 4226 (7.3: throttling).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import pyotp
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, users
from counterfoil.ledger.users import Rule, User

from ._codes import new_code, typed_code
from ._people import loaded, noted

__all__ = [
    "RECOVERY_CODES",
    "Enrolment",
    "SealAnew",
    "WrongCodeError",
    "begin_enrolment",
    "check_code",
    "confirm_enrolment",
    "is_code_of_app",
    "is_required",
    "is_two_factor_required",
    "new_recovery_codes",
    "recovery_codes_left",
    "require_two_factor",
    "reseal_secrets",
    "reset_two_factor",
    "sealed_place",
]

SealAnew = Callable[[str, str], str | None]
"""Gives what was sealed at a place under the first key; ``None``: it is already."""

RECOVERY_CODES: Final = 10
_PERIOD_S: Final = 30
_DIGITS: Final = 6
_ISSUER: Final = "Counterfoil"


class WrongCodeError(UsageError):
    """A code that does not open."""


class Enrolment(NamedTuple):
    """What an authenticator app has to know; both are secret."""

    secret: str
    uri: str

    @property
    def grouped(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def sealed_place(user_id: int) -> str:
    """Name the place to which a secret is bound."""
    return f"hub_user/{user_id}/totp_secret"


# --- Setting it up ------------------------------------------------------------------------


def begin_enrolment(hub: Hub, user_id: int) -> Enrolment:
    """Make what an app has to know, or give it again while its first code was not typed.

    Raises:
        UsageError: There is a second factor already.
    """
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if user.totp_since is not None:
            raise UsageError("Two-factor sign-in is set up already. Remove it first.")
        if user.totp_secret is None:
            sealed = hub.vault.seal(pyotp.random_base32(), sealed_place(user.id))
            users.change(tx, user.id, totp_secret=sealed, totp_period=None)
            user = loaded(tx, user_id)
    app = _app_of(hub, user)
    return Enrolment(app.secret, app.provisioning_uri(name=user.login, issuer_name=_ISSUER))


def confirm_enrolment(hub: Hub, user_id: int, code: str) -> list[str]:
    """Ask for codes from now on, as the first one is right; gives recovery codes, this once.

    Raises:
        WrongCodeError: It is not.
        UsageError: Nothing is being set up.
    """
    now = hub.now()
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if user.totp_secret is None or user.totp_since is not None:
            raise UsageError("No two-factor sign-in is being set up. Begin again.")
        if not _opens(hub, tx, user, code, now):
            raise WrongCodeError(
                "This code does not fit. See that the clock of the phone is right, and type the "
                "code that the app shows now."
            )
        users.change(tx, user.id, totp_since=now)
        users.put_recovery_codes(tx, user.id, map(typed_code, codes))
        noted(tx, now, user.name, "two-factor set up", user)
    return codes


def new_recovery_codes(hub: Hub, user_id: int) -> list[str]:
    """Make recovery codes in place of those before; gives them, this once.

    Raises:
        UsageError: There is no second factor.
    """
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if user.totp_since is None:
            raise UsageError("Set two-factor sign-in up first.")
        users.put_recovery_codes(tx, user.id, map(typed_code, codes))
        noted(tx, hub.now(), user.name, "recovery codes made", user)
    return codes


def recovery_codes_left(hub: Hub, user_id: int) -> int:
    """Count the recovery codes that somebody has not used."""
    with hub.database.reading() as tx:
        return users.recovery_codes_left(tx, user_id)


def reset_two_factor(hub: Hub, user_id: int, actor: str, *, keeps: int | None = None) -> bool:
    """Ask for no code any more, and sign other browsers out; ``False``: none was asked for.

    Args:
        hub: The hub.
        user_id: Whose it is.
        actor: Who does it, for the audit.
        keeps: The session that stays; ``None``: none does.

    Raises:
        UsageError: They were removed.
    """
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        users.change(tx, user.id, totp_secret=None, totp_since=None, totp_period=None)
        users.put_recovery_codes(tx, user.id, ())
        if user.totp_since is None:
            return False
        users.end_sessions(tx, user.id, but=keeps)
        noted(tx, hub.now(), actor, "two-factor removed", user)
    return True


# --- Codes --------------------------------------------------------------------------------


def is_code_of_app(code: str) -> bool:
    """Whether it looks like one of an app, and not like a recovery code."""
    typed = typed_code(code)
    return typed.isascii() and typed.isdigit() and len(typed) == _DIGITS


def check_code(hub: Hub, user: User, code: str, source: str) -> None:
    """Try a code of somebody's app, or a recovery code, which is used up by it.

    Raises:
        WrongCodeError: It does not open, or wrong ones came before and it was not looked at.
    """
    now = hub.now()
    is_of_app = is_code_of_app(code)
    counted = hub.codes if is_of_app else hub.sign_ins
    account = f"code {user.id}"
    wait_s = counted.begin(account, source, now)
    if wait_s:
        raise WrongCodeError(_too_soon(wait_s, is_of_app=is_of_app))
    with hub.database.writing() as tx:
        fresh = loaded(tx, user.id)
        if is_of_app:
            is_right = _opens(hub, tx, fresh, code, now)
        else:
            is_right = users.take_recovery_code(tx, user.id, typed_code(code))
            if is_right:
                noted(tx, now, user.name, "recovery code used", user)
    if not is_right:
        raise WrongCodeError("This code does not open, or was used before. Type the next one.")
    counted.let_in(account, source)


def _too_soon(wait_s: float, *, is_of_app: bool) -> str:
    told = f"Too many wrong codes were typed. Wait {int(wait_s) + 1} seconds"
    return f"{told}, or use a recovery code." if is_of_app else f"{told} and try again."


def _opens(hub: Hub, tx: Tx, user: User, code: str, now: datetime) -> bool:
    """Whether a code of the app opens, which it does once."""
    if user.totp_secret is None:
        return False
    app, typed = _app_of(hub, user), typed_code(code)
    present = int(now.timestamp()) // _PERIOD_S
    for period in (present - 1, present, present + 1):
        if secrets.compare_digest(app.generate_otp(period).encode(), typed.encode()):
            return users.take_period(tx, user.id, period)
    return False


def _app_of(hub: Hub, user: User) -> pyotp.TOTP:
    assert user.totp_secret is not None, "whoever calls has looked"
    return pyotp.TOTP(hub.vault.open(user.totp_secret, sealed_place(user.id)))


# --- Required of all ----------------------------------------------------------------------


def is_required(tx: Tx) -> bool:
    """Whether everybody who signs in with a password has to have a second factor."""
    return users.rule(tx, Rule.TWO_FACTOR) is not None


def is_two_factor_required(hub: Hub) -> bool:
    """The same, outside a transaction."""
    with hub.database.reading() as tx:
        return is_required(tx)


def require_two_factor(hub: Hub, actor: str, *, required: bool) -> bool:
    """Ask everybody for a second factor, or nobody any more; ``False``: it was so before.

    Whoever has none is signed out, and sets one up when signing in.
    """
    with hub.database.writing() as tx:
        before = is_required(tx)
        if before is required:
            return False
        if required:
            users.set_rule(tx, Rule.TWO_FACTOR, {"required": True}, actor, hub.now())
            for each in users.all_users(tx):
                if each.totp_since is None:
                    users.end_sessions(tx, each.id)
        else:
            users.forget_rule(tx, Rule.TWO_FACTOR)
        connections.note(
            tx,
            hub.now(),
            actor,
            "two-factor rule changed",
            "users",
            before={"required of all": before},
            after={"required of all": required},
        )
    return True


def reseal_secrets(tx: Tx, seal_anew: SealAnew) -> int:
    """Seal the secrets of apps anew where another key sealed them; says how many there were."""
    resealed = 0
    for each in users.all_users(tx):
        if each.totp_secret is None:
            continue
        sealed = seal_anew(each.totp_secret, sealed_place(each.id))
        if sealed is not None:
            users.change(tx, each.id, totp_secret=sealed)
            resealed += 1
    return resealed
