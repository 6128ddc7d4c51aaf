"""Making and changing connections and links, and the file that introduces us to a Web Connector.

An account is connected once: two connections to the same company would do everything twice.
Which account it is, the system's row in the register tells (Fusion Operations: address and
key) or the system itself at the first meeting (QuickBooks: the company file's FileID).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.connectors.quickbooks_desktop.web_connector.qwc import (
    QwcFile,
    RunEvery,
    UnusableQwc,
    render_qwc,
)
from counterfoil.errors import RejectedError, SettingsError, UnavailableError, UsageError
from counterfoil.ledger import connections, documents
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import Settings, SystemName, encode_settings, flows_between

from . import intake, restored, signing_in
from .company_file import OWNER_ID, owner_of_file, places
from .links import view_of
from .passwords import new_password, password_hash
from .setup import Hub
from .systems import Calling, Given, Side, System, secret_place, side_of, system_of
from .systems.quickbooks_desktop import account_of

__all__ = [
    "Linked",
    "Made",
    "Tried",
    "accept_file",
    "add_connection",
    "add_link",
    "application_of",
    "change_connection",
    "change_link",
    "new_password_for",
    "qwc_of",
    "remove_connection",
    "try_connection",
]

_RUN_EVERY_MINUTES: Final = 10
# A password that was given away is not kept for longer.
GRACE_MAX: Final = timedelta(days=7)


# --- Connections --------------------------------------------------------------------------


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A connection just made; password and file only for QuickBooks Desktop.

    ``password`` is shown this once: only its hash is kept.
    """

    id: int
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
) -> Made:
    """Add a connection.

    Args:
        hub: The hub.
        system: The outside system.
        name: What people call it; unique.
        given: What the system's form asks for, as texts; ``None`` and absent are the same.
        actor: Who does it, for the audit.
        checks: Try the credentials first, where we are the ones who call.

    Raises:
        UsageError: The name or the account is taken, or something is missing.
        ConnectorError: The system could not be reached, or does not take the credentials.
            Nothing was saved.
    """
    row = system_of(system)
    if not name.strip():
        raise UsageError("A connection needs a name: give --name.")
    read = row.form.read(_wanted(row, given), None)
    with hub.database.reading() as tx:
        _check_free(tx, name.strip(), read.account)
    if checks:
        _try(hub, row, read)
    with hub.database.writing() as tx:
        _check_free(tx, name.strip(), read.account)
        return _kept(tx, hub, row, name.strip(), read, actor)


def _wanted(row: System, given: Mapping[str, str | None]) -> dict[str, str]:
    """Take what the form asks for.

    Raises:
        UsageError: Something that is needed is missing.
    """
    wanted = {
        each.name: value
        for each in row.form.credentials
        if (value := given.get(each.name)) and value.strip()
    }
    for each in row.form.credentials:
        if each.is_needed and each.name not in wanted:
            raise UsageError(f"{row.name.words} needs {each.option}.")
    return wanted


def _kept(tx: Tx, hub: Hub, row: System, name: str, read: Given, actor: str) -> Made:
    user_name = password = None
    if row.form.signs_in_here:
        user_name = "counterfoil-" + secrets.token_hex(4)
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
    file = qwc_of(hub, _loaded(tx, made)) if row.form.signs_in_here else None
    return Made(id=made, username=user_name, password=password, qwc=file)


def _loaded(tx: Tx, connection: int) -> Connection:
    found = connections.load(tx, connection)
    assert found is not None, "it is there"
    return found


def _check_free(tx: Tx, name: str, account: str | None, *, but: int | None = None) -> None:
    """Refuse a name or an account that another connection has."""
    for each in connections.all_connections(tx):
        if each.id == but:
            continue
        if each.name.casefold() == name.casefold():
            raise UsageError(
                f"There is a connection named {each.name!r} already; choose another name."
            )
        if account is not None and each.account == account and each.is_active:
            raise UsageError(
                f"This account is connected already, as “{each.name}” (connection {each.id}). "
                "Connected twice, every document would go twice; use that one."
            )


# --- Trying -------------------------------------------------------------------------------


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying a connection.

    Attributes:
        is_reached: It answered and takes our credentials; ``None``: it calls us, so this
            shows only when it does.
        sentence: The same in words.
        facts: What it told about itself.
    """

    id: int
    is_reached: bool | None
    sentence: str
    facts: dict[str, str] = {}


def try_connection(hub: Hub, connection: Connection) -> Tried:
    """Try a connection's credentials now.

    Raises:
        ConnectorError, SettingsError: Why it cannot be reached, in words.
    """
    row = system_of(connection.system)
    if row.opener is None:
        return Tried(id=connection.id, is_reached=None, sentence=_last_call(connection, hub.now()))
    facts = _introduced(hub, row, connection.id, connection.parameters, connection.secret)
    sentence = f"{connection.name} answers, and takes the credentials."
    return Tried(id=connection.id, is_reached=True, sentence=sentence, facts=facts)


def _last_call(connection: Connection, now: datetime) -> str:
    seen = connection.last_seen_at
    refused = signing_in.sentence(connection, now)
    if refused is not None:
        return refused
    if seen is None:
        return (
            f"{connection.name} calls this hub, and has not called yet. Add the file from "
            f"“counterfoil connections qwc {connection.id}” to its Web Connector and press "
            "Update Selected."
        )
    return (
        f"{connection.name} calls this hub; it did so last at {seen:%Y-%m-%d %H:%M} UTC. To try "
        "it now, press Update Selected in its Web Connector."
    )


def _try(hub: Hub, row: System, read: Given) -> None:
    """Try credentials that are not kept yet.

    Raises:
        ConnectorError: They do not work; the sentence says that nothing was saved.
    """
    if row.opener is None:
        return
    try:
        _introduced(hub, row, None, read.parameters, read.secret)
    except (RejectedError, UnavailableError) as error:
        raise type(error)(
            f"{error.message} {_NOT_SAVED}",
            system=error.system,
            operation=error.operation,
            request_id=error.request_id,
            code=error.code,
            detail=error.detail,
        ) from error


_NOT_SAVED: Final = "Nothing was saved; to save it all the same, give --no-check."


def _introduced(
    hub: Hub,
    row: System,
    connection: int | None,
    parameters: Mapping[str, Any],
    secret: str | None,
) -> dict[str, str]:
    assert row.opener is not None, "only systems that we call are asked"
    with closing(row.opener(connection, parameters, secret, Calling(hub=hub))) as caller:
        return dict(caller.introduce())


# --- Changing -----------------------------------------------------------------------------


def change_connection(
    hub: Hub,
    connection: Connection,
    given: Mapping[str, str | None],
    actor: str,
    *,
    name: str | None = None,
    checks: bool = True,
) -> Connection:
    """Change what a connection was made with; what is not given stays.

    Credentials are tried first, where we are the ones who call.  Another account is no
    change but another connection: what was paired belongs to the old one.

    Raises:
        UsageError: Nothing is given, something does not fit, or it would be another account.
        ConnectorError: The new credentials do not work; nothing was changed.
    """
    row = system_of(connection.system)
    wanted = {
        each.name: value
        for each in row.form.credentials
        if (value := given.get(each.name)) and value.strip()
    }
    new_name = (name or "").strip() or connection.name
    if not wanted and new_name == connection.name:
        options = ", ".join(("--name", *(each.option for each in row.form.credentials)))
        raise UsageError(f"Say what to change: {options}.")
    known = _known(hub, connection)
    read = row.form.read(wanted, known) if wanted else known
    if wanted and checks:
        _try(hub, row, read)
    with hub.database.writing() as tx:
        _check_free(tx, new_name, read.account, but=connection.id)
        values: dict[str, Any] = {
            "name": new_name,
            "parameters": read.parameters,
            "account": read.account,
        }
        if read.secret is not None:
            values["secret"] = hub.vault.seal(read.secret, secret_place(connection.id))
        connections.change(tx, connection.id, **values)
        told = ", ".join(sorted({*wanted, *(("name",) if new_name != connection.name else ())}))
        connections.note(
            tx, hub.now(), actor, "connection changed", f"connection/{connection.id}", told
        )
        return _loaded(tx, connection.id)


def _known(hub: Hub, connection: Connection) -> Given:
    secret = None
    if connection.secret is not None:
        secret = hub.vault.open(connection.secret, secret_place(connection.id))
    return Given(parameters=dict(connection.parameters), secret=secret, account=connection.account)


def accept_file(hub: Hub, connection: Connection, actor: str) -> str:
    """Take the company file that was refused last as this connection's own.

    For the person who looked: it is the right company, restored from a backup, marked
    anew, moved or renamed.  Says what was done in one sentence.

    Raises:
        UsageError: None was refused, or it is another connection's.
    """
    with hub.database.writing() as tx:
        current = _loaded(tx, connection.id)
        other = current.facts.get("other_file")
        if not isinstance(other, dict):
            raise UsageError(
                f"No company file waits to be accepted for {current.name}. Open it in QuickBooks, "
                "and press Update Selected in the Web Connector first."
            )
        file_id = other.get("file_id")
        everyone = [each for each in connections.all_connections(tx) if each.is_active]
        owner = owner_of_file(str(file_id), everyone) if file_id else None
        if owner is not None and owner.id != current.id:
            raise UsageError(
                f"That company file is “{owner.name}”'s (connection {owner.id}). Remove that "
                f"connection first: counterfoil connections remove {owner.id}"
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
        sentence = f"{called} is the company file of {current.name} from now on."
        if is_older:
            restored.look_back(tx, current)
            sentence += (
                " Every document that was written there is looked up before anything is sent; what "
                "is gone is shown as changed: counterfoil transfers --state changed"
            )
        connections.note(
            tx, hub.now(), actor, "company file accepted", f"connection/{current.id}", sentence
        )
        return sentence


# What was known of the file before.
_OF_A_FILE: Final = frozenset({"other_file", "file_id", "company_name", "company_file"})


def remove_connection(hub: Hub, connection: Connection, actor: str) -> None:
    """Take a connection out of use; what was recorded of it stays.

    Raises:
        UsageError: A link still needs it.
    """
    with hub.database.writing() as tx:
        links = connections.links_of(tx, connection.id)
        if links:
            raise UsageError(
                f"{connection.name} is part of the link “{links[0].name}”. Remove that first: "
                f"counterfoil links remove {links[0].id}"
            )
        connections.change(tx, connection.id, is_active=False)
        connections.note(tx, hub.now(), actor, "connection removed", f"connection/{connection.id}")


def qwc_of(hub: Hub, connection: Connection) -> str:
    """Make the file that introduces this hub to a Web Connector; it holds no secret.

    Raises:
        SettingsError: The hub's public address does not suit the Web Connector.
    """
    base = hub.configuration.public_url.rstrip("/")
    file = QwcFile(
        app_name=application_of(connection),
        app_url=f"{base}/qbwc",
        app_description="Keeps QuickBooks in step with the operations system",
        app_support=f"{base}/qbwc/support",
        user_name=connection.user_name or "",
        owner_id=OWNER_ID,
        file_id=str(connection.parameters["file_id"]),
        schedule=RunEvery(_RUN_EVERY_MINUTES, "minutes"),
    )
    try:
        return render_qwc(file)
    except UnusableQwc as error:
        raise SettingsError(
            "The Web Connector cannot reach this hub under COUNTERFOIL_PUBLIC_URL "
            f"{base!r}: {error}"
        ) from error


def application_of(connection: Connection) -> str:
    """Give the name under which QuickBooks knows us, whoever carries what we ask.

    It keeps a permission, and the answers to be asked for again, for that name.
    """
    return f"Counterfoil {connection.name}"[:80]


def new_password_for(
    hub: Hub, connection: Connection, actor: str, *, grace: timedelta = timedelta()
) -> str:
    """Give a Web Connector a new password.

    Args:
        grace: For how long the one before opens, too; none: it ends at once.
    """
    if connection.user_name is None:
        raise UsageError(f"{connection.name} has no Web Connector password.")
    if not timedelta() <= grace <= GRACE_MAX:
        raise UsageError("The old password can stay valid for 0 minutes to a week (10080).")
    password = new_password()
    with hub.database.writing() as tx:
        connection = _loaded(tx, connection.id)
        connections.change(
            tx,
            connection.id,
            password_hash=password_hash(password),
            old_password_hash=connection.password_hash if grace else None,
            old_password_until=hub.now() + grace if grace else None,
            **signing_in.renewed(connection),
        )
        connections.note(tx, hub.now(), actor, "password renewed", f"connection/{connection.id}")
    return password


# --- Links --------------------------------------------------------------------------------


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A link just made, or resumed.

    Attributes:
        is_resumed: It had been removed; its transfers, settings and pairings are back.
        starts_from: What its start leaves out, in one sentence.
    """

    id: int
    name: str
    link: Link
    is_resumed: bool
    starts_from: str


def add_link(
    hub: Hub, operations: str, books: str, actor: str, *, name: str | None = None
) -> Linked:
    """Pair an operations connection with a books connection.

    The same two accounts are linked once; a link of theirs that was removed is resumed, with
    everything it knew.

    Raises:
        UsageError: One of them does not exist, is of the wrong side, or they are linked.
    """
    with hub.database.writing() as tx:
        linked = _link_up(tx, hub, operations, books, actor, name)
    if linked.is_resumed:
        intake.decide_anew(hub, linked.id, restart=False)
    return linked


def _link_up(tx: Tx, hub: Hub, operations: str, books: str, actor: str, name: str | None) -> Linked:
    left = _side(tx, operations, Side.OPERATIONS)
    right = _side(tx, books, Side.BOOKS)
    if not any(
        flow.is_built(left.system, right.system)
        for flow in flows_between(left.system, right.system)
    ):
        raise UsageError(
            f"This version has no flow between {left.system.words} and {right.system.words}."
        )
    old = _link_between(tx, left, right)
    if old is not None and old.is_active:
        raise UsageError(f"They are linked already, as {old.name!r} (link {old.id}).")
    if old is not None:
        _resume(tx, old.id)
        connections.note(tx, hub.now(), actor, "link resumed", f"link/{old.id}")
        return _linked(tx, old.id, is_resumed=True)
    made = connections.add_link(
        tx,
        name=name or f"{left.name} ↔ {right.name}",
        operations_id=left.id,
        books_id=right.id,
        created_at=hub.now(),
    )
    settings = _first_settings(left)
    connections.keep_settings(tx, made, encode_settings(settings), actor, hub.now())
    connections.note(tx, hub.now(), actor, "link added", f"link/{made}")
    return _linked(tx, made, is_resumed=False)


def _side(tx: Tx, named: str, side: Side) -> Connection:
    found = connections.load(tx, named)
    if found is None or side_of(found.system) is not side or not found.is_active:
        raise UsageError(
            f"There is no {side.value} connection {named!r}. See: counterfoil connections list"
        )
    return found


def _link_between(tx: Tx, left: Connection, right: Connection) -> Link | None:
    """Find the link of two connections, or of others to the same two accounts.

    An active one of the same accounts stands in the way as much as one of the connections.
    """
    everyone = {each.id: each for each in connections.all_connections(tx)}
    of_accounts = None
    for link in connections.all_links(tx):
        if (link.operations_id, link.books_id) == (left.id, right.id):
            return link
        theirs = everyone[link.operations_id], everyone[link.books_id]
        if link.is_active and _same(theirs[0], left) and _same(theirs[1], right):
            of_accounts = link
    return of_accounts


def _same(one: Connection, other: Connection) -> bool:
    is_same_account = one.account is not None and one.account == other.account
    return one.id == other.id or (one.system is other.system and is_same_account)


def _linked(tx: Tx, link_id: int, *, is_resumed: bool) -> Linked:
    link = connections.load_link(tx, link_id)
    assert link is not None, "it is there"
    return Linked(
        id=link.id,
        name=link.name,
        link=link,
        is_resumed=is_resumed,
        starts_from=_starts_from(tx, link, is_resumed=is_resumed),
    )


def _starts_from(tx: Tx, link: Link, *, is_resumed: bool) -> str:
    day = view_of(tx, link).settings.local_date(link.created_at)
    if is_resumed:
        return (
            f"The link of {day} goes on, with its settings and all it knows; what was entered "
            "since it was removed is taken up."
        )
    return (
        f"It starts with {day}: documents from before that day are left where they are. For an "
        f"earlier start set a flow's start date, for example: counterfoil settings set {link.id} "
        f"sales-order-out.start_date={day.replace(month=1, day=1)}"
    )


_LINK_CHANGES: Final[Mapping[str, tuple[str, dict[str, bool]]]] = {
    "pause": ("link paused", {"is_paused": True}),
    "resume": ("link resumed", {"is_paused": False, "is_active": True}),
    "remove": ("link removed", {"is_active": False}),
}


def change_link(hub: Hub, link: Link, verb: str, actor: str) -> Link:
    """Pause a link, resume it (also one that was removed), or remove it; nothing is forgotten.

    Raises:
        UsageError: Resumed, its accounts would be linked twice.
        KeyError: There is no such verb.
    """
    action, values = _LINK_CHANGES[verb]
    with hub.database.writing() as tx:
        connections.lock_link(tx, link.id)
        if verb == "resume" and not link.is_active:
            left, right = _loaded(tx, link.operations_id), _loaded(tx, link.books_id)
            _side(tx, str(left.id), Side.OPERATIONS)
            _side(tx, str(right.id), Side.BOOKS)
        if verb == "resume":
            _resume(tx, link.id)
        else:
            connections.change_link(tx, link.id, **values, decide_after=0)
        connections.note(tx, hub.now(), actor, action, f"link/{link.id}")
        found = connections.load_link(tx, link.id)
        assert found is not None, "links are not deleted"
    intake.decide_anew(hub, link.id, restart=False)
    return found


def _resume(tx: Tx, link_id: int) -> None:
    """Let a link go on: what waits, and what was entered meanwhile, is decided about anew."""
    connections.change_link(tx, link_id, is_active=True, is_paused=False, decide_after=0)
    documents.put_up(tx, link_id)


def _first_settings(operations: Connection) -> Settings:
    """Begin with the operations company's time zone: days are counted there."""
    zone = str(operations.parameters.get("time_zone") or "UTC")
    general = msgspec.structs.replace(Settings().general, time_zone=zone)
    return msgspec.structs.replace(Settings(), general=general)
