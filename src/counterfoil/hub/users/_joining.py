"""Choosing a password: the first administrator, whoever was invited, whoever wants another.

On a hub without an owner anybody who reaches it could make himself one.  So it asks for a code
that only whoever started it can see; it opens once, and only as long as there is no owner.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub.passwords import chosen_hash, is_chosen
from counterfoil.hub.setup import Hub
from counterfoil.ledger import users
from counterfoil.ledger.users import User
from counterfoil.told import Advice, Told

from ._codes import new_code, typed_code
from ._passwords import problem_with
from ._people import added, as_login, as_name, is_administered, loaded, noted
from ._sessions import SignedIn, begin
from ._shapes import Caller, Role, Stage
from ._sign_on import is_barred
from ._two_factor import is_required

__all__ = [
    "SETUP_CODE_LIFE",
    "PasswordProblemError",
    "change_password",
    "check_password",
    "first_owner",
    "invited",
    "is_administered_here",
    "join",
    "new_setup_code",
    "set_password",
]

SETUP_CODE_LIFE: Final = timedelta(days=7)
"""For how long a setup code opens."""
_SETUP_ACCOUNT: Final = "setup code"
_OVER: Final = (
    "This link opens nothing: it was used, has ended, or a newer one was made. Ask whoever sent it "
    "for another."
)
_ONLY_SIGN_ON: Final = (
    "You sign in by single sign-on here, so you need no password. Open the sign-in page and use "
    "the button for it."
)
_NOT_THE_CODE: Final = Told(
    "This is not the setup code, or it has ended. It stands where Counterfoil was started.",
    Advice("Make another there", "users setup-code"),
)


class PasswordProblemError(UsageError):
    """A password cannot be chosen, or the present one is not right (``is_present``)."""

    def __init__(self, message: str, *, is_present: bool = False) -> None:
        super().__init__(message)
        self.is_present = is_present


# --- The first administrator --------------------------------------------------------------


def is_administered_here(hub: Hub) -> bool:
    """Whether there is an owner who can sign in."""
    with hub.database.reading() as tx:
        return is_administered(tx)


def new_setup_code(hub: Hub, *, beside_others: bool = False) -> str | None:
    """Make a code with which the first administrator is created, within a week.

    Gives ``None`` where there is an owner: then no code opens anything.

    Args:
        hub: The hub.
        beside_others: Codes that were made before stay, for other processes have told them;
            otherwise they end.
    """
    code, now = new_code(), hub.now()
    with hub.database.writing() as tx:
        is_owned = is_administered(tx)
        if is_owned or not beside_others:
            users.end_setup_codes(tx)
        if is_owned:
            return None
        users.add_setup_code(tx, typed_code(code), now, now + SETUP_CODE_LIFE)
    return code


def first_owner(
    hub: Hub,
    login: str,
    name: str,
    password: str,
    caller: Caller,
    *,
    code: str | None,
) -> str:
    """Create the first administrator; gives the cookie of their browser.

    Args:
        hub: The hub.
        login, name, password: As typed.
        caller: Where they sit.
        code: The setup code as typed; ``None``: none is needed, for whoever asks sits at the
            hub's own computer.

    Raises:
        UsageError: There is an owner, the code is wrong, or something typed cannot be used.
    """
    _check_password(password, (name, login))
    called, address = as_name(name), as_login(login)
    if code is not None:
        _slow_down(hub, caller)
    hashed = chosen_hash(password)
    now = hub.now()
    with hub.database.writing() as tx:
        users.lock(tx)
        if is_administered(tx):
            raise UsageError("This hub has an administrator already. Sign in, or ask them.")
        if code is not None and not users.take_setup_code(tx, typed_code(code), now):
            raise UsageError(_NOT_THE_CODE.sentence, *_NOT_THE_CODE.advice)
        users.end_setup_codes(tx)
        values = {"password_hash": hashed, "password_set_at": now, "joined_at": now}
        user = added(tx, now, address, called, Role.OWNER, called, **values)
        return begin(tx, user, Stage.OPEN, caller, now)


def _slow_down(hub: Hub, caller: Caller) -> None:
    wait_s = hub.sign_ins.begin(_SETUP_ACCOUNT, caller.source, hub.now())
    if wait_s:
        raise UsageError(
            f"Too many setup codes were tried. Wait {int(wait_s) + 1} seconds and try again."
        )


# --- By a link ----------------------------------------------------------------------------


def invited(hub: Hub, key: str) -> User:
    """Find whom a link is for.

    Raises:
        UsageError: It opens nothing.
    """
    with hub.database.reading() as tx:
        return _let_choose(tx, users.of_link(tx, key, hub.now()))


def _let_choose(tx: Tx, user: User | None) -> User:
    """Give whose link it is, where a password would open something for them."""
    if user is None or user.off_since is not None:
        raise UsageError(_OVER)
    if is_barred(tx, user):
        raise UsageError(_ONLY_SIGN_ON)
    return user


def join(hub: Hub, key: str, password: str, caller: Caller) -> tuple[str, Stage]:
    """Choose a password by a link, which is used up; gives a cookie, and what is still to prove.

    Other browsers of theirs are signed out.  A second factor stays and is asked for.

    Raises:
        PasswordProblemError: The password cannot be chosen.
        UsageError: The link opens nothing.
    """
    user = invited(hub, key)
    _check_password(password, (user.name, user.login))
    hashed = chosen_hash(password)
    now = hub.now()
    with hub.database.writing() as tx:
        still = _let_choose(tx, users.take_link(tx, key, now))
        action = "user joined" if still.joined_at is None else "password changed"
        _keep(tx, still, hashed, now)
        noted(tx, now, still.name, action, still)
        stage = stage_after_password(tx, still)
        return begin(tx, loaded(tx, still.id), stage, caller, now), stage


def stage_after_password(tx: Tx, user: User) -> Stage:
    """Say what is still to be proved by whoever's password was right."""
    if user.totp_since is not None:
        return Stage.CODE
    return Stage.SET_UP if is_required(tx) else Stage.OPEN


# --- Another password ---------------------------------------------------------------------


def check_password(hub: Hub, user_id: int, typed: str, source: str) -> None:
    """See that whoever is signed in knows the password, before something weighty is done.

    Raises:
        PasswordProblemError: It is not right, there is none, or wrong ones came before and it was
            not looked at.
    """
    with hub.database.reading() as tx:
        user = loaded(tx, user_id)
    account = f"password {user.id}"
    if hub.sign_ins.begin(account, source, hub.now()):
        raise PasswordProblemError(
            "Too many wrong passwords were typed. Wait a minute and try again.", is_present=True
        )
    if not is_chosen(user.password_hash, typed):
        raise PasswordProblemError("This is not your present password.", is_present=True)
    hub.sign_ins.let_in(account, source)


def change_password(hub: Hub, signed_in: SignedIn, present: str, new: str, source: str) -> None:
    """Let somebody choose another password; their other browsers are signed out.

    Raises:
        PasswordProblemError: The new one cannot be chosen, or the present one is not right.
    """
    session, user = signed_in
    _check_password(new, (user.name, user.login))
    check_password(hub, user.id, present, source)
    hashed = chosen_hash(new)
    with hub.database.writing() as tx:
        _keep(tx, loaded(tx, user.id), hashed, hub.now(), but=session.id)
        noted(tx, hub.now(), user.name, "password changed", user)


def set_password(hub: Hub, user_id: int, password: str, actor: str) -> None:
    """Give somebody a password, by whoever runs the hub; all their browsers are signed out.

    Raises:
        PasswordProblemError: It cannot be chosen.
        UsageError: They were removed.
    """
    with hub.database.reading() as tx:
        user = loaded(tx, user_id)
    _check_password(password, (user.name, user.login))
    hashed = chosen_hash(password)
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        users.end_links(tx, user.id)
        _keep(tx, user, hashed, hub.now())
        noted(tx, hub.now(), actor, "password changed", user)


def _keep(tx: Tx, user: User, hashed: str, now: datetime, *, but: int | None = None) -> None:
    values: dict[str, Any] = {"password_hash": hashed, "password_set_at": now}
    if user.joined_at is None:
        values["joined_at"] = now
    users.change(tx, user.id, **values)
    users.forget_unproved_app(tx, user.id)
    users.end_sessions(tx, user.id, but=but)


def _check_password(password: str, known: tuple[str, ...]) -> None:
    problem = problem_with(password, known)
    if problem is not None:
        raise PasswordProblemError(problem)
