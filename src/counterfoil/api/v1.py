"""``/api/v1``: the verbs of the hub as JSON.

Each endpoint finds what its path names (404 when it is not there), calls one verb, and
answers with what that gives.  A verb that cannot be carried out now is a 409.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Response

from counterfoil import __version__
from counterfoil.errors import UsageError
from counterfoil.hub import accounts, desk, verbs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.ledger import transfers as kept
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import (
    DEFAULTS,
    OPTIONS,
    SECTIONS,
    Settings,
    apply_texts,
    apply_values,
    export_document,
    form_fields,
    json_schema,
    render,
    title_of,
    to_json,
)

from . import models, setting_up, standing
from .counts import add_counts
from .errors import ApiError
from .lists import add_lists
from .security import Actor
from .ways_out import ways_out

__all__ = ["router"]

# Far more than any request of ours; the Web Connector's endpoint has a limit of its own.
BODY_LIMIT_BYTES: Final = 2 * 2**20
_PAGE_MAX: Final = 1_000

_FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": models.Failed, "description": "The request does not fit."},
    401: {"model": models.Failed, "description": "No valid token."},
    503: {"model": models.Failed, "description": "The database is busy or full."},
}
_ABSENT: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": models.Failed, "description": "It is not there."}
}
_CONFLICT: Final[dict[int | str, dict[str, Any]]] = {
    409: {"model": models.Failed, "description": "It cannot be done now, or is there already."}
}


def router(hub: Hub, dispatcher: Dispatcher | None = None) -> APIRouter:
    """Make the routes of the JSON API.

    Args:
        hub: The hub.
        dispatcher: Drives what is due in the background; ``None``: requests drive it.
    """
    routes = APIRouter(
        prefix="/api/v1", responses=_FAILURES, max_body_size=BODY_LIMIT_BYTES, tags=["v1"]
    )
    _add_overview(routes, hub, dispatcher)
    _add_connections(routes, hub)
    _add_contact(routes, hub)
    setting_up.add(
        routes, hub, find=_connection, conflict=_conflict, failures={**_ABSENT, **_CONFLICT}
    )
    add_lists(routes, hub, lambda name: _connection(hub, name))
    _add_links(routes, hub)
    _add_settings(routes, hub)
    _add_work(routes, hub, dispatcher)
    add_counts(routes, hub, lambda name: _link(hub, name))
    _add_transfers(routes, hub)
    _add_decisions(routes, hub, dispatcher)
    return routes


# --- Finding things -----------------------------------------------------------------------


def _connection(hub: Hub, id_or_name: int | str) -> Connection:
    with _absent():
        return verbs.connection_named(hub, id_or_name)


def _link(hub: Hub, id_or_name: int | str) -> Link:
    with _absent():
        return verbs.link_named(hub, id_or_name)


@contextmanager
def _absent() -> Iterator[None]:
    """What is looked up here is named by the path: 404 when it is not there."""
    try:
        yield
    except UsageError as error:
        raise ApiError(404, error.message) from error


@contextmanager
def _conflict() -> Iterator[None]:
    """What is asked for exists, so a refusal is about its present state: 409."""
    try:
        yield
    except UsageError as error:
        raise ApiError(409, error.message) from error


def _have_transfers(hub: Hub, ids: list[int]) -> None:
    with hub.database.reading() as tx:
        known = {each.transfer.id for each in kept.load(tx, ids)}
    missing = sorted(set(ids) - known)
    if missing:
        raise ApiError(404, f"There is no transfer {', '.join(str(each) for each in missing)}.")


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value)


# --- Overview -----------------------------------------------------------------------------


def _add_overview(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.get("/status", response_model=models.Standing)
    def status(actor: Actor) -> Any:
        """How every connection and every link stands."""
        return _plain(standing.status(hub, dispatcher))

    @routes.get("/flows", response_model=models.Flows)
    def flows(actor: Actor) -> Any:
        """Every flow of every pairing, with its options, defaults and help."""
        return {"flows": _plain(standing.flows())}

    @routes.get("/unreadable", response_model=models.Unread, responses={**_ABSENT})
    def unreadable(actor: Actor, *, connection: str | None = None) -> Any:
        """Records that could not be read, with what is wrong with each."""
        named = None if connection is None else _connection(hub, connection).id
        return {"unreadable": _plain(standing.unreadable(hub, named))}

    @routes.get("/settings/schema", response_model=dict[str, Any])
    def schema(actor: Actor) -> Any:
        """The JSON Schema of a link's settings."""
        return json_schema()


# --- Connections and links ----------------------------------------------------------------


def _add_connections(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections", response_model=models.Connections)
    def all_connections(actor: Actor) -> Any:
        """All connections, oldest first; never a secret."""
        return {"connections": _plain(standing.all_connections(hub))}

    @routes.post(
        "/connections", status_code=201, response_model=models.Made, responses={**_CONFLICT}
    )
    def add_connection(asked: models.Connecting, actor: Actor) -> Any:
        """Add an account; for QuickBooks Desktop the password is told this once."""
        system = verbs.system_named(asked.system)
        known = {each.name.lower() for each in standing.all_connections(hub)}
        if asked.name.strip().lower() in known:
            raise ApiError(409, f"There is a connection named {asked.name.strip()!r} already.")
        made = accounts.add_connection(
            hub, system, asked.name, asked.given(), actor, checks=asked.check
        )
        return _plain(made)

    @routes.get(
        "/connections/{connection}",
        response_model=models.ConnectionShown,
        responses={**_ABSENT},
    )
    def show_connection(connection: str, actor: Actor) -> Any:
        """One connection, by number or name."""
        return _plain(standing.shown(_connection(hub, connection), hub.now()))

    @routes.patch(
        "/connections/{connection}",
        response_model=models.ConnectionShown,
        responses={**_ABSENT},
    )
    def change_connection(connection: str, asked: models.Reconnecting, actor: Actor) -> Any:
        """Change what a connection was made with; what is not given stays."""
        changed = accounts.change_connection(
            hub,
            _connection(hub, connection),
            asked.given(),
            actor,
            name=asked.name,
            checks=asked.check,
        )
        return _plain(standing.shown(changed, hub.now()))

    @routes.post(
        "/connections/{connection}/remove",
        response_model=models.ConnectionShown,
        responses={**_ABSENT, **_CONFLICT},
    )
    def remove_connection(connection: str, actor: Actor) -> Any:
        """Take a connection out of use; what was recorded of it stays."""
        found = _connection(hub, connection)
        with _conflict():
            accounts.remove_connection(hub, found, actor)
        return _plain(standing.shown(_connection(hub, found.id), hub.now()))


def _add_contact(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/runs", response_model=models.Runs, responses={**_ABSENT})
    def runs(
        connection: str, actor: Actor, *, limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 20
    ) -> Any:
        """A connection's runs, newest first, with what each wrote."""
        return {"runs": _plain(standing.recent_runs(hub, _connection(hub, connection).id, limit))}

    @routes.post(
        "/connections/{connection}/test", response_model=models.Tried, responses={**_ABSENT}
    )
    def try_connection(connection: str, actor: Actor) -> Any:
        """Try a connection's credentials now; 502 says why it cannot be reached."""
        return _plain(accounts.try_connection(hub, _connection(hub, connection)))

    @routes.post(
        "/connections/{connection}/accept-file",
        response_model=models.Decided,
        responses={**_ABSENT, **_CONFLICT},
    )
    def accept_file(connection: str, actor: Actor) -> Any:
        """Take the company file that was refused last as the connection's own."""
        found = _connection(hub, connection)
        with _conflict():
            return {"sentence": accounts.accept_file(hub, found, actor)}

    @routes.get(
        "/connections/{connection}/qwc",
        response_class=Response,
        responses={
            200: {"content": {"application/xml": {}}, "description": "The .qwc file."},
            **_ABSENT,
            **_CONFLICT,
        },
    )
    def qwc(connection: str, actor: Actor) -> Response:
        """The file that introduces this hub to a Web Connector; it holds no secret."""
        found = _connection(hub, connection)
        if found.user_name is None:
            raise ApiError(409, f"{found.name} is not reached through a Web Connector.")
        disposition = f'attachment; filename="counterfoil-{found.id}.qwc"'
        return Response(
            accounts.qwc_of(hub, found),
            media_type="application/xml",
            headers={"Content-Disposition": disposition},
        )


def _add_links(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links", response_model=models.Links)
    def all_links(actor: Actor) -> Any:
        """All links, oldest first."""
        return {"links": _plain(standing.all_links(hub))}

    @routes.post(
        "/links",
        status_code=201,
        response_model=models.Linked,
        responses={**_ABSENT, **_CONFLICT},
    )
    def add_link(asked: models.Linking, actor: Actor) -> Any:
        """Pair an operations connection with a books connection."""
        left, right = _connection(hub, asked.operations), _connection(hub, asked.books)
        with _conflict():
            made = accounts.add_link(hub, str(left.id), str(right.id), actor, name=asked.name)
        return {
            **_plain(standing.link_shown(hub, made.link)),
            "is_resumed": made.is_resumed,
            "starts_from": made.starts_from,
        }

    @routes.get("/links/{link}", response_model=models.LinkShown, responses={**_ABSENT})
    def show_link(link: str, actor: Actor) -> Any:
        """One link, by number or name."""
        return _plain(standing.link_shown(hub, _link(hub, link)))

    @routes.post("/links/{link}/pause", response_model=models.LinkShown, responses={**_ABSENT})
    def pause(link: str, actor: Actor) -> Any:
        """Write nothing for a link until it is resumed."""
        return _changed_link(hub, link, "pause", actor)

    @routes.post(
        "/links/{link}/resume",
        response_model=models.LinkShown,
        responses={**_ABSENT, **_CONFLICT},
    )
    def resume(link: str, actor: Actor) -> Any:
        """Let a link that was paused or removed go on."""
        return _changed_link(hub, link, "resume", actor)

    @routes.post("/links/{link}/remove", response_model=models.LinkShown, responses={**_ABSENT})
    def remove_link(link: str, actor: Actor) -> Any:
        """Take a link out of use; linking the same accounts again goes on with what it knew."""
        return _changed_link(hub, link, "remove", actor)


def _changed_link(hub: Hub, link: str, verb: str, actor: str) -> Any:
    found = _link(hub, link)
    with _conflict():
        changed = accounts.change_link(hub, found, verb, actor)
    return _plain(standing.link_shown(hub, changed))


# --- Settings -----------------------------------------------------------------------------


def _add_settings(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/links/{link}/settings", response_model=models.SettingsShown, responses={**_ABSENT}
    )
    def show_settings(link: str, actor: Actor) -> Any:
        """A link's settings."""
        return _settings(hub, _link(hub, link))

    @routes.patch(
        "/links/{link}/settings", response_model=models.SettingsShown, responses={**_ABSENT}
    )
    def change_settings(link: str, asked: models.Setting, actor: Actor) -> Any:
        """Change settings: all that is given, or nothing."""
        found = _link(hub, link)
        desk.change_settings(hub, found.id, lambda current: _changed(asked, current), actor)
        verbs.wake(hub, [found.id])
        return _settings(hub, found)

    @routes.get("/links/{link}/settings/form", response_model=models.Form, responses={**_ABSENT})
    def form(link: str, actor: Actor) -> Any:
        """A link's settings as something to be shown and filled in."""
        found = _link(hub, link)
        current, version, _problems = desk.settings_of(hub, found.id)
        sections = [
            {
                "section": section,
                "title": title_of(section),
                "fields": _plain(form_fields(section, current)),
            }
            for section in SECTIONS
        ]
        return {"link": found.id, "version": version, "sections": sections}

    @routes.get(
        "/links/{link}/settings/export", response_model=models.Exported, responses={**_ABSENT}
    )
    def export(link: str, actor: Actor) -> Any:
        """A link's settings as a document for other installations."""
        found = _link(hub, link)
        current, _version, _problems = desk.settings_of(hub, found.id)
        document = export_document(current, program_version=__version__, link=found.name)
        return {"link": found.id, "document": document}

    @routes.post(
        "/links/{link}/settings/import", response_model=models.Version, responses={**_ABSENT}
    )
    def import_(link: str, asked: models.Importing, actor: Actor) -> Any:
        """Take an exported document as a link's settings."""
        found = _link(hub, link)
        version = desk.take_settings(hub, found.id, asked.document, actor)
        verbs.wake(hub, [found.id])
        return {"link": found.id, "version": version}

    @routes.get(
        "/links/{link}/settings/history", response_model=models.History, responses={**_ABSENT}
    )
    def history(link: str, actor: Actor) -> Any:
        """The versions of a link's settings: who changed what, and when."""
        found = _link(hub, link)
        return {"link": found.id, "versions": _plain(standing.history(hub, found.id))}


def _settings(hub: Hub, link: Link) -> dict[str, Any]:
    found, version, problems = desk.settings_of(hub, link.id)
    return {
        "link": link.id,
        "version": version,
        "values": {key: to_json(row, found.value(key)) for key, row in OPTIONS.items()},
        "problems": [str(problem) for problem in problems],
    }


def _changed(asked: models.Setting, current: Settings) -> Settings:
    """Carry a change out over the current settings.

    Raises:
        UsageError: Something does not fit; names each, with its cure.
    """
    twice = sorted({*asked.values} & {*asked.texts})
    if twice:
        raise UsageError(f"{', '.join(twice)}: is given both as value and as text; keep one.")
    defaults = render(DEFAULTS)
    texts = {key: defaults.get(key, "") for key in asked.reset} | asked.texts
    # Together, so that options that depend on each other can change in one request.
    if asked.values:
        found = apply_values({**asked.values, **_as_json(texts)}, current)
    else:
        found = apply_texts(texts, current)
    if isinstance(found, list):
        raise UsageError("\n".join(str(problem) for problem in found))
    return found


def _as_json(texts: dict[str, str]) -> dict[str, Any]:
    """Read texts one by one, so that they can be taken together with JSON values."""
    found: dict[str, Any] = {}
    for key, text in texts.items():
        read = apply_texts({key: text}, DEFAULTS)
        if isinstance(read, list):
            raise UsageError("\n".join(str(problem) for problem in read))
        found[key] = to_json(OPTIONS[key], read.value(key))
    return found


# --- Work ---------------------------------------------------------------------------------


def _add_work(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post(
        "/links/{link}/run",
        response_model=models.Ran,
        responses={**_ABSENT, 202: {"model": models.Ran, "description": "It begins now."}},
    )
    def run(link: str, actor: Actor, response: Response, *, wait: bool = False) -> Any:
        """Do now whatever is due; with ``wait`` the answer comes when it is done."""
        found = _link(hub, link)
        if wait or dispatcher is None:
            return _plain(verbs.run(hub, [found]))
        verbs.wake(hub, [found.id])
        dispatcher.poke()
        response.status_code = 202
        return _plain(verbs.awaited(hub, found))

    @routes.post(
        "/links/{link}/send", response_model=models.Sent, responses={**_ABSENT, **_CONFLICT}
    )
    def send(link: str, asked: models.Sending, actor: Actor) -> Any:
        """Send documents to the books; what has been sent already is named in ``left``."""
        sent = verbs.send(
            hub,
            _link(hub, link),
            asked.kind,
            asked.codes,
            actor,
            everything=asked.all,
            # How much there is of all products takes long to read: the dispatcher does it.
            reads_first=asked.reads_first and (dispatcher is None or asked.kind != "stock-count"),
            account=asked.account,
            memo=asked.memo,
        )
        _poke(dispatcher)
        return _plain(sent)

    @routes.post("/links/{link}/retrieve", response_model=models.Retrieved, responses={**_ABSENT})
    def retrieve(link: str, asked: models.Retrieving, actor: Actor) -> Any:
        """Retrieve documents from the books."""
        found = verbs.retrieve(hub, _link(hub, link), asked.kind, asked.since, actor)
        _poke(dispatcher)
        return _plain(found)

    @routes.get("/links/{link}/preview", response_model=models.Forecasts, responses={**_ABSENT})
    def preview(link: str, actor: Actor) -> Any:
        """What would be written to the books; nothing is."""
        return {"operations": _plain(desk.preview(hub, _link(hub, link).id))}

    @routes.post("/links/{link}/match", response_model=models.Decided, responses={**_ABSENT})
    def match(link: str, asked: models.Matching, actor: Actor) -> Any:
        """Decide what a name means, for all documents of a link."""
        sentence = desk.match_name(
            hub,
            _link(hub, link).id,
            asked.kind,
            asked.name,
            actor,
            record=asked.record,
            create_as=asked.create_as,
            side=asked.side,
        )
        return {"sentence": sentence}


def _poke(dispatcher: Dispatcher | None) -> None:
    if dispatcher is not None:
        dispatcher.poke()


# --- Transfers ----------------------------------------------------------------------------


def _add_transfers(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/transfers", response_model=models.Transfers, responses={**_ABSENT})
    def all_transfers(
        actor: Actor,
        *,
        link: str | None = None,
        flow: str | None = None,
        state: Annotated[list[str] | None, Query()] = None,
        find: Annotated[str | None, Query(max_length=200)] = None,
        fields: bool = False,
        limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 100,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> Any:
        """Transfers, oldest first, a page at a time.

        ``fields``: only those of which a custom field could not be written.
        """
        found = desk.rows(
            hub,
            link=_link(hub, link).id if link is not None else None,
            flow=verbs.flow_named(flow).value if flow is not None else None,
            states=[verbs.state_named(each) for each in state or ()],
            text=find,
            fields=fields,
            limit=limit,
            after=after,
        )
        following = found[-1].id if len(found) == limit else None
        return {"transfers": _plain(found), "next": following}

    @routes.get(
        "/transfers/{transfer}", response_model=models.TransferDetails, responses={**_ABSENT}
    )
    def show_transfer(transfer: int, actor: Actor) -> Any:
        """Everything known about one transfer: its counterfoil."""
        with _absent():
            details = desk.details(hub, transfer)
        return _plain({**details, "ways_out": ways_out(details)})


def _add_decisions(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    both = {**_ABSENT, **_CONFLICT}

    @routes.post("/transfers/retry", response_model=models.Released, responses=both)
    def retry(asked: models.Retrying, actor: Actor) -> Any:
        """Try transfers again that were refused or wait: these, or all of a link."""
        if bool(asked.ids) is (asked.link is not None):
            raise UsageError("Name transfers in ids, or a link for all that have stopped.")
        link = None if asked.link is None else _link(hub, asked.link).id
        _have_transfers(hub, asked.ids)
        result = desk.retry(hub, actor, transfer_ids=asked.ids, link=link)
        verbs.wake_for(hub, result.released)
        _poke(dispatcher)
        return {"released": result.released, "left": verbs.told(result.left)}

    @routes.post("/transfers/skip", response_model=models.Changed, responses=both)
    def skip(asked: models.Ids, actor: Actor) -> Any:
        """Leave documents out, until somebody sends them."""
        _have_transfers(hub, asked.ids)
        with _conflict():
            desk.skip(hub, asked.ids, actor)
        return {"transfers": asked.ids}

    @routes.post("/transfers/accept", response_model=models.Accepted, responses=both)
    def accept(asked: models.Ids, actor: Actor) -> Any:
        """Take changed documents as they are: nothing more is to be written."""
        _have_transfers(hub, asked.ids)
        with _conflict():
            result = desk.accept(hub, asked.ids, actor)
        return {"transfers": result.released, "left": verbs.told(result.left)}

    @routes.post("/transfers/undo", response_model=models.Undone, responses={**_ABSENT})
    def undo(asked: models.Undoing, actor: Actor) -> Any:
        """Take documents out of the system they were sent to: these, or all a run created."""
        if bool(asked.ids) is (asked.run is not None):
            raise UsageError("Name transfers in ids, or a run.")
        _have_transfers(hub, asked.ids)
        with _absent():
            result = desk.undo(
                hub, actor, transfer_ids=asked.ids, run=asked.run, consent=asked.consent
            )
        verbs.wake_for(hub, result.undone)
        _poke(dispatcher)
        return {
            "undone": result.undone,
            "left": verbs.told(result.left),
            "updated": result.updated,
        }

    @routes.post("/transfers/{transfer}/adopt", response_model=models.Changed, responses=both)
    def adopt(transfer: int, asked: models.Adopting, actor: Actor) -> Any:
        """Note which document of the target a transfer is."""
        _have_transfers(hub, [transfer])
        with _conflict():
            desk.adopt(hub, transfer, asked.target_id, actor)
        return {"transfers": [transfer]}
