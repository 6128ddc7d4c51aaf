"""Signing in: with e-mail address and password, then with the second factor.

Whoever types an address that nobody has gets the same answer as for a wrong password, after the
same work.  Wrong tries are counted by the address as it was typed, known or not, so that the
waiting tells nothing either.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from counterfoil.errors import UsageError
from counterfoil.hub.passwords import chosen_hash, is_cheaper, is_chosen
from counterfoil.hub.setup import Hub
from counterfoil.ledger import users
from counterfoil.ledger.users import User
from counterfoil.logs import get_logger

from ._joining import stage_after_password
from ._people import noted
from ._sessions import SignedIn, begin
from ._shapes import Caller, Stage, is_active
from ._sign_on import is_barred
from ._two_factor import check_code

__all__ = ["Entered", "NotLetInError", "open_set_up", "prove", "sign_in"]

log = get_logger(__name__)

_WRONG: Final = "This e-mail address and password do not open. Type both again."
_ONLY_SIGN_ON: Final = "You sign in by single sign-on here. Use the button for it."


class NotLetInError(UsageError):
    """A sign-in that does not open; ``wait_s``: it was not looked at, and when it will be."""

    def __init__(self, message: str, *, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Entered(NamedTuple):
    """A sign-in that opens, as far as its stage says; ``cookie`` is the browser's."""

    cookie: str
    stage: Stage


def sign_in(hub: Hub, login: str, password: str, caller: Caller) -> Entered:
    """Try a password.

    Raises:
        NotLetInError: It does not open, or wrong ones came before and it was not looked at.
    """
    now = hub.now()
    typed = login.strip().lower()
    account = f"login {hashlib.blake2b(typed.encode(), digest_size=8).hexdigest()}"
    wait_s = hub.sign_ins.begin(account, caller.source, now)
    if wait_s:
        log.warning("sign-in refused", why="too soon after a wrong one", source=caller.source)
        raise NotLetInError(
            f"Too many wrong passwords came from here. Wait {int(wait_s) + 1} seconds and try "
            "again.",
            wait_s=wait_s,
        )
    with hub.database.reading() as tx:
        user = users.by_login(tx, typed)
        is_out = user is not None and is_barred(tx, user)
    kept = user.password_hash if user is not None and is_active(user) else None
    if not is_chosen(kept, password) or user is None or kept is None:
        log.warning("sign-in refused", why="wrong address or password", source=caller.source)
        raise NotLetInError(_WRONG)
    hub.sign_ins.let_in(account, caller.source)
    if is_out:
        raise NotLetInError(_ONLY_SIGN_ON)
    return _enter(hub, user, password, caller)


def _enter(hub: Hub, user: User, password: str, caller: Caller) -> Entered:
    kept = user.password_hash
    dearer = chosen_hash(password) if kept is not None and is_cheaper(kept) else None
    with hub.database.writing() as tx:
        if dearer is not None:
            users.change(tx, user.id, password_hash=dearer)
        stage = stage_after_password(tx, user)
        if stage is Stage.OPEN:
            noted(tx, hub.now(), user.name, "signed in", user)
        return Entered(begin(tx, user, stage, caller, hub.now()), stage)


def prove(hub: Hub, signed_in: SignedIn, code: str, caller: Caller) -> Entered:
    """Try the second factor of somebody whose password was right; their cookie is made anew.

    Raises:
        WrongCodeError: It does not open.
    """
    assert signed_in.session.stage == Stage.CODE, "only then a code is asked for"
    check_code(hub, signed_in.user, code, caller.source)
    return open_set_up(hub, signed_in, caller)


def open_set_up(hub: Hub, signed_in: SignedIn, caller: Caller) -> Entered:
    """Let somebody in who has proved all there is; the cookie that was for proving it ends."""
    session, user = signed_in
    with hub.database.writing() as tx:
        if not users.end_session(tx, session.id, user.id):
            raise NotLetInError("This took too long. Sign in again.")
        noted(tx, hub.now(), user.name, "signed in", user)
        return Entered(begin(tx, user, Stage.OPEN, caller, hub.now()), Stage.OPEN)
