"""Adding a connection; its company file and its password."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub import advice, restored, signing_in, stand_ins
from counterfoil.hub.calling import how_to_call
from counterfoil.hub.company_file import owner_of_file, places
from counterfoil.hub.grants import WayToConnect, way_to_connect
from counterfoil.hub.passwords import new_password, password_hash
from counterfoil.hub.served import address_in
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Given, System, secret_place, system_of
from counterfoil.hub.systems.quickbooks_desktop import account_of
from counterfoil.ledger import connections, documents, people
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person
from counterfoil.settings import SystemName
from counterfoil.told import Advice, Told

from ._files import qwc_under
from ._trying import introduce_untried, opened_untried

__all__ = [
    "GRACE_MAX",
    "OPENS_AS",
    "Made",
    "accept_file",
    "add_connection",
    "as_name",
    "check_free",
    "check_not_removed",
    "check_user_name",
    "loaded",
    "new_password_for",
    "new_user_name",
    "renewed",
    "typed",
]

# The parameter that says as which account the present credentials are known, where that is
# another text than the one the company's documents are marked under.
OPENS_AS: Final = "opens_as"
# Control characters, halves of pairs, and ends of lines.
_NO_NAMES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# A password that was given away is not kept for longer.
GRACE_MAX: Final = timedelta(days=7)


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A connection just made; password and file only for QuickBooks Desktop.

    ``password`` is shown this once: only its hash is kept.  ``connect`` is where a person signs
    in for it, where one has to.
    """

    id: int
    connect: WayToConnect | None = None
    username: str | None = None
    password: str | None = None
    qwc: str | None = None


def add_connection(
    hub: Hub,
    system: SystemName,
    name: str,
    given: Mapping[str, str | None],
    actor: str,
    *,
    checks: bool = True,
    is_trial: bool = False,
) -> Made:
    """Add a connection.

    Args:
        hub: The hub.
        system: The outside system.
        name: What people call it; unique.
        given: What the system's form asks for, as texts; ``None`` and absent are the same.
        actor: Who does it, for the audit.
        checks: Try the credentials first, where we are the ones who call.
        is_trial: It is a stand-in of a trial (``hub.stand_ins``).

    Raises:
        UsageError: The name or the account is taken, or something is missing.
        ConnectorError: The system could not be reached, or does not take the credentials.
            Nothing was saved.
    """
    row = system_of(system)
    name = as_name(name)
    if not name:
        raise UsageError(
            "A connection needs a name.", Advice("Give it", "--name NAME"), field="name"
        )
    read = row.form.read(_wanted(row, given), None)
    with hub.database.reading() as tx:
        _check_new(tx, name, read)
    if checks and row.opener is not None and row.form.provider is None:
        with opened_untried(hub, row, read) as caller:
            introduce_untried(caller)
    with hub.database.writing() as tx:
        _check_new(tx, name, read)
        made = _kept(tx, hub, row, name, read, actor)
        if is_trial:
            stand_ins.marked(tx, made.id)
        return made


def as_name(given: str) -> str:
    """Give a name as it is kept: without blanks around it.

    Raises:
        UsageError: It holds what nobody could type again, and no file of ours could hold.
    """
    name = given.strip()
    if any(unicodedata.category(each) in _NO_NAMES or each in "\ufffe\uffff" for each in name):
        raise UsageError(
            "The name holds a control character, which cannot be seen; type it anew.", field="name"
        )
    return name


def typed(row: System, given: Mapping[str, str | None]) -> dict[str, str]:
    """Give what of a system's form was filled in."""
    return {
        each.name: value
        for each in row.form.credentials
        if (value := given.get(each.name)) and value.strip()
    }


def _wanted(row: System, given: Mapping[str, str | None]) -> dict[str, str]:
    """Take what the form asks for.

    Raises:
        UsageError: Something that is needed is missing.
    """
    wanted = typed(row, given)
    for each in row.form.credentials:
        if each.is_needed and each.name not in wanted:
            raise UsageError(f"{row.name.words} needs {each.option}.", field=each.name)
    return wanted


def _kept(tx: Tx, hub: Hub, row: System, name: str, read: Given, actor: str) -> Made:
    user_name = password = None
    if row.form.signs_in_here:
        user_name = read.user_name or new_user_name()
        password = new_password()
    made = connections.add(
        tx,
        system=row.name.value,
        name=name,
        parameters=read.parameters,
        account=read.account,
        user_name=user_name,
        password_hash=None if password is None else password_hash(password),
        created_at=hub.now(),
    )
    if read.secret is not None:
        sealed = hub.vault.seal(read.secret, secret_place(made))
        connections.change(tx, made, secret=sealed)
    connections.note(tx, hub.now(), actor, "connection added", f"connection/{made}", name)
    # Within the transaction: a connection whose file cannot be made is not kept.
    file = None
    if row.form.signs_in_here:
        file = qwc_under(address_in(tx, hub.configuration).url, loaded(tx, made))
    connect = None
    if row.form.provider is not None:
        address = address_in(tx, hub.configuration)
        connect = way_to_connect(address, loaded(tx, made))
    return Made(id=made, username=user_name, password=password, qwc=file, connect=connect)


def new_user_name() -> str:
    """Make a user name for a Web Connector."""
    return "counterfoil-" + secrets.token_hex(4)


def loaded(tx: Tx, connection: int) -> Connection:
    found = connections.load(tx, connection)
    assert found is not None, "it is there"
    return found


def _check_new(tx: Tx, name: str, read: Given) -> None:
    check_free(tx, name, read.account)
    if read.user_name is not None:
        check_user_name(tx, read.user_name)
    check_not_removed(tx, read.account)


def check_not_removed(tx: Tx, account: str | None) -> None:
    """Refuse an account of which only a removed connection knows what was sent."""
    removed = next(
        (
            each
            for each in connections.all_connections(tx)
            if not each.is_active and _is_of(each, account) and documents.has_any(tx, each.id)
        ),
        None,
    )
    if removed is not None:
        raise UsageError(
            f"This account was connected before, as “{removed.name}”, and removed. What was sent "
            "is known to that connection only.",
            advice.restore(removed.id),
        )


def check_free(tx: Tx, name: str, account: str | None, *, but: int | None = None) -> None:
    """Refuse a name or an account that another connection has."""
    for each in connections.all_connections(tx):
        if each.id == but:
            continue
        if each.name.casefold() == name.casefold():
            raise UsageError(
                f"There is a connection named {each.name!r} already; choose another name.",
                field="name",
            )
        if each.is_active and _is_of(each, account):
            raise UsageError(
                f"This account is connected already, as “{each.name}”. "
                "Connected twice, every document would go twice; use that one."
            )


def _is_of(connection: Connection, account: str | None) -> bool:
    known = (connection.account, connection.parameters.get(OPENS_AS))
    return account is not None and account in known


def check_user_name(tx: Tx, user_name: str, *, but: int | None = None) -> None:
    """Refuse a user name that another connection signs in with, be it removed."""
    found = people.known_as(tx, user_name)
    if found is None or (found.person is None and found.connection.id == but):
        return
    who = f"{found.person.name}, at" if found.person else "The connection"
    raise UsageError(
        f"{who} “{found.connection.name}”, signs in as {user_name!r} already; choose another "
        "user name.",
        field="user_name",
    )


# --- Company file and password ------------------------------------------------------------


def accept_file(hub: Hub, connection: Connection, actor: str) -> Told:
    """Take the company file that was refused last as this connection's own.

    For the person who looked: it is the right company, restored from a backup, marked
    anew, moved or renamed.  Says what was done in one sentence.

    Raises:
        UsageError: None was refused, or it is another connection's.
    """
    with hub.database.writing() as tx:
        current = loaded(tx, connection.id)
        other = current.facts.get("other_file")
        if not isinstance(other, dict):
            raise UsageError(
                f"No company file waits to be accepted for {current.name}. Open it in QuickBooks "
                f"first, and {how_to_call(tx, current.id)}."
            )
        file_id = other.get("file_id")
        everyone = [each for each in connections.all_connections(tx) if each.is_active]
        owner = owner_of_file(str(file_id), everyone) if file_id else None
        if owner is not None and owner.id != current.id:
            raise UsageError(
                f"That company file is “{owner.name}”'s.",
                Advice(
                    "Remove that connection first",
                    f"connections remove {owner.id}",
                    f"/connections/{owner.id}/remove",
                ),
            )
        parameters = dict(current.parameters)
        is_older = restored.OLDER in other
        known = {key: value for key, value in other.items() if key != restored.OLDER}
        facts = {key: value for key, value in current.facts.items() if key not in _OF_A_FILE}
        facts |= known | {"places": places(current, known)}
        account = current.account
        if file_id:
            parameters["file_id"] = file_id
            account = account_of(str(file_id))
        connections.change(
            tx, current.id, parameters=parameters, facts=facts, account=account, last_problem=None
        )
        called = other.get("company_name") or other.get("company_file") or "The open file"
        told = Told(f"{called} is the company file of {current.name} from now on.")
        if is_older:
            restored.look_back(tx, current)
            told = Told(
                f"{told.sentence} Every document that was written there is looked up before "
                "anything is sent; what is gone is shown as changed.",
                advice.see_transfers("--state changed"),
            )
        connections.note(
            tx, hub.now(), actor, "company file accepted", f"connection/{current.id}", told.sentence
        )
        return told


# What was known of the file before.
_OF_A_FILE: Final = frozenset({"other_file", "file_id", "company_name", "company_file"})


def new_password_for(
    hub: Hub, connection: Connection, actor: str, *, grace: timedelta = timedelta()
) -> str:
    """Give a Web Connector a new password.

    Args:
        grace: For how long the one before opens, too; none: it ends at once.
    """
    if connection.user_name is None:
        raise UsageError(f"{connection.name} has no Web Connector password.")
    password = new_password()
    with hub.database.writing() as tx:
        now = loaded(tx, connection.id)
        connections.change(tx, now.id, **renewed(now, password, grace, hub.now()))
        connections.note(tx, hub.now(), actor, "password renewed", f"connection/{now.id}")
    return password


def renewed(
    account: Connection | Person, password: str, grace: timedelta, now: datetime
) -> dict[str, Any]:
    """Give the columns of an account that gets a new password.

    Raises:
        UsageError: The old one would stay valid for too long.
    """
    if not timedelta() <= grace <= GRACE_MAX:
        raise UsageError("The old password can stay valid for 0 minutes to a week (10080).")
    return {
        "password_hash": password_hash(password),
        "old_password_hash": account.password_hash if grace else None,
        "old_password_until": now + grace if grace else None,
        **signing_in.RENEWED,
    }
