"""Changing what a connection was made with; what does not work is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.errors import SettingsError, UsageError
from counterfoil.hub.grants import ENDED_BY_CHANGE
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Given, System, secret_place, system_of
from counterfoil.ledger import connections, grants
from counterfoil.ledger.connections import Connection
from counterfoil.told import Advice

from ._connections import OPENS_AS, as_name, check_free, check_user_name, loaded, typed
from ._files import APPLICATION, application_of
from ._same_company import Known, check_same, known_of
from ._trying import introduce_untried, opened_untried

__all__ = ["change_connection"]


def change_connection(
    hub: Hub,
    connection: Connection,
    given: Mapping[str, str | None],
    actor: str,
    *,
    name: str | None = None,
    checks: bool = True,
    same_company: bool = False,
) -> Connection:
    """Change what a connection was made with; what is not given stays.

    Credentials are tried first, where we are the ones who call, and nothing is kept of those
    that do not work.  Another company is no change but another connection: what was paired
    belongs to the one that is known.

    Args:
        hub: The hub.
        connection: As it is now.
        given: What the system's form asks for, as texts; ``None`` and absent are the same.
        actor: Who does it, for the audit.
        name: What people call it from now on.
        checks: Try the credentials first.
        same_company: A person says that they open the company that is known.

    Raises:
        UsageError: Nothing is given, something does not fit, it would be another company, or
            somebody else has changed the connection meanwhile.
        ConnectorError: The new credentials do not work; nothing was changed.
    """
    row = system_of(connection.system)
    wanted = typed(row, given)
    new_name = as_name(name or "") or connection.name
    if not wanted and new_name == connection.name:
        options = ", ".join(("--name", *(each.option for each in row.form.credentials)))
        raise UsageError(f"Say what to change: {options}.")
    known = _as_kept(hub, row, connection, wanted)
    read = row.form.read(wanted, known) if wanted else known
    with hub.database.reading() as tx:
        _check_free(tx, connection, new_name, read)
        company = known_of(tx, connection.id)
    works = bool(wanted) and _tried(
        hub, row, connection, read, company, checks=checks, same_company=same_company
    )
    with hub.database.writing() as tx:
        _check_unchanged(connection, loaded(tx, connection.id))
        _check_free(tx, connection, new_name, read)
        values = _columns(hub, connection, new_name, read, company)
        if works:
            values["last_problem"] = None
            connections.wake(tx, connection.id, hub.now())
        connections.change(tx, connection.id, **values)
        if any(connection.parameters.get(each) != read.parameters.get(each) for each in _OF_APP):
            # Tokens open by the app that they were given to, and by no other.
            grants.end(tx, connection.id, ENDED_BY_CHANGE, hub.now())
        told = ", ".join(sorted({*wanted, *(("name",) if new_name != connection.name else ())}))
        connections.note(
            tx, hub.now(), actor, "connection changed", f"connection/{connection.id}", told
        )
        return loaded(tx, connection.id)


# What tells an app from another; a new secret of the same one leaves its tokens good.
_OF_APP: Final = ("client_id", "environment", "sign_in_url")


def _as_kept(hub: Hub, row: System, connection: Connection, wanted: Mapping[str, str]) -> Given:
    """Give what is kept; a secret that no key opens is passed over when all is given anew."""
    secret = None
    if connection.secret is not None:
        try:
            secret = hub.vault.open(connection.secret, secret_place(connection.id))
        except SettingsError:
            if any(each.is_needed and each.name not in wanted for each in row.form.credentials):
                raise
    return Given(
        parameters=dict(connection.parameters),
        secret=secret,
        account=connection.account,
        user_name=connection.user_name,
    )


def _tried(
    hub: Hub,
    row: System,
    connection: Connection,
    read: Given,
    company: Known,
    *,
    checks: bool,
    same_company: bool,
) -> bool:
    """Try what is to be kept, and make sure that it is the same company; says if it works.

    Raises:
        UsageError, ConnectorError: It is another company, or does not work.
    """
    if row.form.provider is not None:
        # What is typed opens nothing by itself, and which company it is shows at the sign-in.
        return False
    accounts = (connection.account, connection.parameters.get(OPENS_AS))
    asks = row.opener is not None and read.account not in accounts and not same_company
    if row.opener is None or not checks:
        if asks:
            check_same(connection, company, None)
        return False
    with opened_untried(hub, row, read) as caller:
        introduce_untried(caller)
        if asks:
            check_same(connection, company, caller)
    return True


def _check_unchanged(before: Connection, now: Connection) -> None:
    """Refuse to write over what somebody else has changed while this was tried."""
    columns = ("name", "parameters", "secret", "user_name", "is_active")
    if any(getattr(before, each) != getattr(now, each) for each in columns):
        raise UsageError(
            f"{now.name} was changed by somebody else meanwhile; nothing of this was saved.",
            Advice("Look at it, and try again", f"connections show {now.id}"),
        )


def _check_free(tx: Tx, connection: Connection, name: str, read: Given) -> None:
    check_free(tx, name, read.account, but=connection.id)
    if read.user_name is not None:
        check_user_name(tx, read.user_name, but=connection.id)


def _columns(
    hub: Hub, connection: Connection, name: str, read: Given, company: Known
) -> dict[str, Any]:
    """Give the columns that change.

    The account stays the text under which the company's documents are marked, whatever key
    opens it now: under another one, what was sent would no longer be known as ours.
    """
    parameters = {key: value for key, value in read.parameters.items() if key != OPENS_AS}
    account = read.account
    if connection.account is not None and company.has_documents:
        account = connection.account
        if read.account != account:
            parameters[OPENS_AS] = read.account
    if name != connection.name and connection.user_name is not None:
        parameters.setdefault(APPLICATION, application_of(connection))
    values = {
        "name": name,
        "parameters": parameters,
        "account": account,
        "user_name": read.user_name,
    }
    if read.secret is not None:
        values["secret"] = hub.vault.seal(read.secret, secret_place(connection.id))
    return values
