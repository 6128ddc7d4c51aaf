"""Several people on one company file, each with a Web Connector of their own.

QuickBooks gives its permission to the application and the file bears one FileID, so both are
the connection's; what each has for themselves is a user name, a password and, where their
computer sees the file elsewhere, its place.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.hub import advice, carrying, company_file
from counterfoil.hub.passwords import new_password, password_hash
from counterfoil.hub.served import address_in
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import system_of
from counterfoil.ledger import connections, people
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person
from counterfoil.settings import SystemName
from counterfoil.told import Advice

from ._connections import as_name, check_user_name, loaded, new_user_name, renewed, typed
from ._files import qwc_under

__all__ = [
    "PersonMade",
    "add_person",
    "new_password_of",
    "people_of",
    "person_named",
    "remove_person",
    "what_person_leaves",
]


class PersonMade(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody just added; the password is shown this once: only its hash is kept."""

    id: int
    name: str
    username: str
    password: str
    qwc: str


def people_of(hub: Hub, connection: Connection) -> list[Person]:
    """List who works on a company file besides the first."""
    with hub.database.reading() as tx:
        return people.of_connection(tx, connection.id)


def add_person(
    hub: Hub,
    connection: Connection,
    name: str,
    actor: str,
    *,
    path: str | None = None,
    user_name: str | None = None,
) -> PersonMade:
    """Let somebody else work on a connection's company file, too.

    Args:
        path: Where the file is on their computer, if it is not where it is for the first: that
            it is the same file is then this person's word.
        user_name: What their Web Connector signs in with; ``None``: one is made.

    Raises:
        UsageError: The connection has no Web Connector, or a name is missing, taken or none.
    """
    _check_called(connection)
    row = system_of(SystemName(connection.system))
    read = row.form.read(typed(row, {"company_file": path, "user_name": user_name}), None)
    name, path = as_name(name), read.parameters.get("company_file")
    if not name:
        raise UsageError("Say who it is: give a name.")
    password = new_password()
    with hub.database.writing() as tx:
        now = loaded(tx, connection.id)
        _check_new(tx, now, name)
        signs_in_as = read.user_name or new_user_name()
        check_user_name(tx, signs_in_as)
        people.add(
            tx,
            now.id,
            name=name,
            user_name=signs_in_as,
            company_file=path,
            password_hash=password_hash(password),
            added_at=hub.now(),
        )
        if path is not None:
            places = company_file.places(now, {"company_file": path})
            connections.change(tx, now.id, facts={**now.facts, "places": places})
        connections.note(tx, hub.now(), actor, "person added", f"connection/{now.id}", name)
        made = _named(tx, now, name)
        file = qwc_under(address_in(tx, hub.configuration).url, now, made)
    return PersonMade(id=made.id, name=name, username=made.user_name, password=password, qwc=file)


def _check_called(connection: Connection) -> None:
    if connection.user_name is None:
        raise UsageError(
            f"{connection.name} is called by Counterfoil and has no Web Connector: nobody signs "
            "in for it."
        )
    if not connection.is_active:
        raise UsageError(
            f"{connection.name} was removed.",
            advice.restore(connection.id, "Take it up again first"),
        )


def _check_new(tx: Tx, connection: Connection, name: str) -> None:
    for each in people.of_connection(tx, connection.id):
        if each.name.casefold() == name.casefold():
            raise UsageError(
                f"{each.name} works on {connection.name} already.",
                Advice(
                    "Make a new password, if that is what is missing",
                    f"connections people password {connection.id} {each.id}",
                ),
            )


def person_named(hub: Hub, connection: Connection, id_or_name: str) -> Person:
    """Find somebody by number or name.

    Raises:
        UsageError: Nobody of that name works on the connection's file.
    """
    with hub.database.reading() as tx:
        return _named(tx, connection, id_or_name)


def _named(tx: Tx, connection: Connection, id_or_name: str) -> Person:
    everyone = people.of_connection(tx, connection.id)
    for each in everyone:
        if id_or_name == str(each.id) or id_or_name.strip().casefold() == each.name.casefold():
            return each
    known = ", ".join(f"{each.id} ({each.name})" for each in everyone)
    nobody = f"Nobody called {id_or_name!r} works on {connection.name}."
    if known:
        raise UsageError(f"{nobody} There are: {known}.")
    raise UsageError(
        f"{nobody} Only its own Web Connector signs in.",
        Advice("Add somebody", f"connections people add {connection.id} NAME"),
    )


def new_password_of(
    hub: Hub, connection: Connection, person: Person, actor: str, *, grace: timedelta = timedelta()
) -> str:
    """Give a person's Web Connector a new password.

    Args:
        grace: For how long the one before opens, too; none: it ends at once.
    """
    password = new_password()
    with hub.database.writing() as tx:
        loaded(tx, connection.id)
        now = _named(tx, connection, str(person.id))
        people.change(tx, now.id, **renewed(now, password, grace, hub.now()))
        connections.note(
            tx, hub.now(), actor, "password renewed", f"connection/{connection.id}", now.name
        )
    return password


def what_person_leaves(hub: Hub, connection: Connection, person: Person) -> list[str]:
    """Say what removing somebody leaves as it is, in sentences for the person who asks."""
    with hub.database.reading() as tx:
        run = carrying.at_work(tx, connection.id, hub.now())
    leaves = (
        f"What {person.name}'s Web Connector carried stays, with the record of it. It is refused "
        "from now on; remove the application there. The others go on as before."
    )
    if run is not None and run.facts.person == person.name:
        return [leaves, "It is at work just now; that run may still come to its end."]
    return [leaves]


def remove_person(hub: Hub, connection: Connection, person: Person, actor: str) -> None:
    """Let somebody's Web Connector in no more.

    Raises:
        UsageError: They were removed before.
    """
    with hub.database.writing() as tx:
        loaded(tx, connection.id)
        now = _named(tx, connection, str(person.id))
        people.remove(tx, now.id)
        connections.note(
            tx, hub.now(), actor, "person removed", f"connection/{connection.id}", now.name
        )
