"""Who uses the console: listed, invited, changed, switched off, removed.

Every change stands in the audit with what it was before and after.  However many people change
others at once, there is always an owner who can sign in: whoever changes one locks all first.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub.channels import mail_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, users
from counterfoil.ledger.users import User
from counterfoil.told import Advice

from ._mail import mailed
from ._shapes import LINK_LIFE, Role, UserShown, is_active, shown

__all__ = [
    "Linked",
    "add",
    "all_users",
    "as_login",
    "as_name",
    "change",
    "find",
    "invite",
    "make_link",
    "noted",
    "remove",
    "revoke_link",
    "switch_off",
    "switch_on",
    "user_named",
]

_NAME_LENGTH_MAX: Final = 100
# By these others stand in the audit.
_TAKEN_NAMES: Final = frozenset({"counterfoil", "this computer", "command line", "key rotation"})


class Linked(NamedTuple):
    """A link for somebody, which is shown this once.

    Attributes:
        user: For whom.
        key: What stands in the link.
        told: What became of mailing it; ``None``: no mail server is set.
        was_mailed: Whether it was handed over to the mail server.
    """

    user: UserShown
    key: str
    told: str | None
    was_mailed: bool


# --- Listing ------------------------------------------------------------------------------


def all_users(hub: Hub) -> list[UserShown]:
    """List everybody, in the order in which they were added."""
    now = hub.now()
    with hub.database.reading() as tx:
        links = users.links(tx)
        return [shown(each, links.get(each.id), now) for each in users.all_users(tx)]


def find(hub: Hub, user_id: int) -> UserShown | None:
    """Find somebody by number; ``None``: there is nobody."""
    with hub.database.reading() as tx:
        user = users.by_id(tx, user_id)
        return None if user is None else _shown(hub, tx, user)


def user_named(hub: Hub, typed: str) -> UserShown:
    """Find somebody by number, e-mail address or name.

    Raises:
        UsageError: There is nobody of that name.
    """
    with hub.database.reading() as tx:
        for each in users.all_users(tx):
            if typed.strip().casefold() in (str(each.id), each.login, each.name.casefold()):
                return _shown(hub, tx, each)
    raise UsageError(f"There is no user {typed[:100]!r}.", Advice("", "users list"))


def _shown(hub: Hub, tx: Tx, user: User) -> UserShown:
    return shown(user, users.links(tx).get(user.id), hub.now())


def loaded(tx: Tx, user_id: int) -> User:
    """Load a user whom somebody else may have removed meanwhile.

    Raises:
        UsageError: They were.
    """
    found = users.by_id(tx, user_id)
    if found is None:
        raise UsageError("This person was removed meanwhile. Look at the list again.")
    return found


# --- What people are called ---------------------------------------------------------------


def as_name(text: str) -> str:
    """Read what people call somebody.

    Raises:
        UsageError: It cannot be a name.
    """
    name = " ".join(text.split())
    if not name or len(name) > _NAME_LENGTH_MAX or not name.isprintable():
        raise UsageError(f"A name has 1 to {_NAME_LENGTH_MAX} characters that can be seen.")
    if name.casefold() in _TAKEN_NAMES or name.casefold().endswith("(token)"):
        raise UsageError(f"{name!r} stands for somebody else in the audit. Choose another name.")
    return name


def as_login(text: str) -> str:
    """Read the e-mail address with which somebody signs in; capitals make no difference.

    Raises:
        UsageError: It is none.
    """
    return mail_address(text).lower()


def check_free(tx: Tx, *, login: str | None = None, name: str, but: int | None = None) -> None:
    """Check that nobody else has this address or name.

    Raises:
        UsageError: Somebody has.
    """
    for each in users.all_users(tx):
        if each.id == but:
            continue
        if each.login == login:
            raise UsageError(f"{each.name} has the e-mail address {login} already.")
        if each.name.casefold() == name.casefold():
            raise UsageError(
                f"There is somebody named {each.name} already. Add something that tells them apart."
            )


# --- Adding -------------------------------------------------------------------------------


def add(hub: Hub, login: str, name: str, role: Role, actor: str, **values: Any) -> User:
    """Add somebody; see ``invite`` for how they get in.

    Raises:
        UsageError: Address or name cannot be used, or somebody else has them.
    """
    with hub.database.writing() as tx:
        return added(tx, hub.now(), login, name, role, actor, **values)


def added(
    tx: Tx, now: datetime, login: str, name: str, role: Role, actor: str, **values: Any
) -> User:
    """Add somebody within a transaction; see ``add``."""
    address, called = as_login(login), as_name(name)
    users.lock(tx)
    check_free(tx, login=address, name=called)
    user = users.add(tx, login=address, name=called, role=role.value, added_at=now, **values)
    noted(tx, now, actor, "user added", user, after=_told(user))
    return user


def _told(user: User) -> dict[str, Any]:
    return {"name": user.name, "login": user.login, "role": user.role}


def noted(
    tx: Tx,
    now: datetime,
    actor: str,
    action: str,
    user: User,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write about a user into the audit."""
    about = f"user/{user.id}"
    connections.note(tx, now, actor, action, about, user.name, before=before, after=after)


def invite(hub: Hub, login: str, name: str, role: Role, actor: str) -> Linked:
    """Add somebody with a link by which they choose a password; it is mailed where that is set.

    Raises:
        UsageError: Address or name cannot be used, or somebody else has them.
    """
    return make_link(hub, add(hub, login, name, role, actor).id, actor)


def make_link(hub: Hub, user_id: int, actor: str) -> Linked:
    """Make a link by which somebody chooses a password; one that was made before ends.

    Raises:
        UsageError: They were removed, or are switched off.
    """
    key = secrets.token_urlsafe(32)
    now = hub.now()
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if user.off_since is not None:
            raise UsageError(f"{user.name} is switched off. Switch them on first.")
        users.make_link(tx, user.id, key, actor, now, now + LINK_LIFE)
        action = "user invited" if user.joined_at is None else "password link made"
        noted(tx, now, actor, action, user)
        made = _shown(hub, tx, user)
    was_mailed, told = mailed(hub, user, key, actor)
    return Linked(user=made, key=key, told=told, was_mailed=was_mailed)


def revoke_link(hub: Hub, user_id: int, actor: str) -> bool:
    """End somebody's link; ``False``: there was none."""
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if not users.end_links(tx, user.id):
            return False
        noted(tx, hub.now(), actor, "link ended", user)
    return True


# --- Changing -----------------------------------------------------------------------------


def change(
    hub: Hub,
    user_id: int,
    actor: str,
    *,
    name: str | None = None,
    login: str | None = None,
    role: Role | None = None,
) -> UserShown:
    """Change what somebody is called or may do; ``None``: as it is.

    A link that was made for another e-mail address ends: whoever has that one may have it.

    Raises:
        UsageError: It cannot be used, somebody else has it, or nobody would administer any more.
    """
    wanted: dict[str, Any] = {
        "name": None if name is None else as_name(name),
        "login": None if login is None else as_login(login),
        "role": None if role is None else role.value,
    }
    with hub.database.writing() as tx:
        users.lock(tx)
        user = loaded(tx, user_id)
        new = {
            each: value
            for each, value in wanted.items()
            if value is not None and value != getattr(user, each)
        }
        if new:
            check_free(tx, login=new.get("login"), name=new.get("name", user.name), but=user.id)
            if new.get("role", Role.OWNER) != Role.OWNER:
                _check_owner_left(tx, user)
            users.change(tx, user.id, **new)
            if "login" in new:
                users.end_links(tx, user.id)
            before = {each: getattr(user, each) for each in new}
            noted(tx, hub.now(), actor, "user changed", user, before=before, after=new)
        return _shown(hub, tx, loaded(tx, user_id))


def switch_off(hub: Hub, user_id: int, actor: str) -> UserShown:
    """Let somebody in no more, and end their sessions; they can be switched on again.

    Raises:
        UsageError: They are the only owner, or were removed.
    """
    with hub.database.writing() as tx:
        users.lock(tx)
        user = loaded(tx, user_id)
        if user.off_since is None:
            _check_owner_left(tx, user)
            users.change(tx, user.id, off_since=hub.now())
            users.end_sessions(tx, user.id)
            users.end_links(tx, user.id)
            noted(tx, hub.now(), actor, "user switched off", user)
        return _shown(hub, tx, loaded(tx, user_id))


def switch_on(hub: Hub, user_id: int, actor: str) -> UserShown:
    """Let somebody in again.

    Raises:
        UsageError: They were removed.
    """
    with hub.database.writing() as tx:
        user = loaded(tx, user_id)
        if user.off_since is not None:
            users.change(tx, user.id, off_since=None)
            noted(tx, hub.now(), actor, "user switched on", user)
        return _shown(hub, tx, loaded(tx, user_id))


def remove(hub: Hub, user_id: int, actor: str) -> UserShown:
    """Remove somebody, and end their sessions; what they did stays in the audit.

    Raises:
        UsageError: They are the only owner, or were removed before.
    """
    with hub.database.writing() as tx:
        users.lock(tx)
        user = loaded(tx, user_id)
        _check_owner_left(tx, user)
        gone = _shown(hub, tx, user)
        users.remove(tx, user.id)
        noted(tx, hub.now(), actor, "user removed", user, before=_told(user))
    return gone


def _check_owner_left(tx: Tx, user: User) -> None:
    """Check that somebody else administers; whoever does not may always be taken out.

    Raises:
        UsageError: Nobody would.
    """
    others = (each for each in users.all_users(tx) if each.id != user.id)
    if _administers(user) and not any(map(_administers, others)):
        raise UsageError(
            f"{user.name} is the only owner who can sign in. Make somebody else an owner first."
        )


def _administers(user: User) -> bool:
    return user.role == Role.OWNER and is_active(user)


def is_administered(tx: Tx) -> bool:
    """Whether there is an owner who can sign in."""
    return any(map(_administers, users.all_users(tx)))
