"""Everything the stand-in knows: companies, apps, connections, the clock, faults and counts.

One lock guards it; a request works under it and only waits (a timeout it plays) outside.  Time
is simulated (``clock``), so a month's quota or a token's life can be lived through at once.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from counterfoil.sandboxes.kit import FaultPlan, SandboxClock

from ._desk import Desk, Event, Tables
from ._errors import DeskError
from ._faults import Fault
from ._grants import Grant, Grants
from ._limits import Limits, Usage
from ._seed import seed
from ._settings import App, Company, Person, build
from ._store import Store
from ._tokens import Signer
from ._webhooks import Delivery, Notice, delivery
from ._wire import Row
from .entities import ENTITIES

__all__ = ["Books", "Client", "QuickBooksOnlineState"]

_EXCHANGES_MAX = 5_000
_NOTICES_MAX = 20_000
_POST_S = 3.0

Post = Callable[[str, Delivery], int]
"""Brings a delivery to an address; gives the status it was answered with."""


class Books:
    """A company with what it holds and how it was called.

    Attributes:
        answers: Request id and id within a batch -> what was answered the first time.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.tables = Tables()
        self.limits = Limits()
        self.answers: dict[tuple[str, str], Row] = {}


class Client:
    """An app with what it used and the events it is to be told of."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.usage = Usage()
        self.notices: deque[Notice] = deque(maxlen=_NOTICES_MAX)


def _post(url: str, sent: Delivery) -> int:
    try:
        # Certificates are read only where they are needed: that takes longer than the call.
        verify = url.startswith("https:")
        with httpx2.Client(timeout=_POST_S, verify=verify) as http:
            return http.post(url, content=sent.body, headers=sent.headers).status_code
    except httpx2.HTTPError:
        return 0


class QuickBooksOnlineState:
    """The service's memory.

    Args:
        companies, apps: Known from the start; those kept in ``directory`` come on top.
        person: Who signs in on the page where companies are connected.
        directory: Where to keep everything, ``None``: in memory only.
        now: Source of time; ``sleep``: how a timeout is played.
        post: How events reach an app; ``spawn``: how that happens beside the call.
    """

    def __init__(
        self,
        companies: Iterable[Company] = (),
        apps: Iterable[App] = (),
        *,
        person: Person | None = None,
        directory: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        post: Post = _post,
        spawn: Callable[[Callable[[], object]], object] | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.sleep = sleep
        self.person = person or Person()
        self.signer = Signer()
        self.faults: FaultPlan[Fault] = FaultPlan()
        self.books: dict[str, Books] = {}
        self.clients: dict[str, Client] = {}
        self.exchanges: deque[dict[str, Any]] = deque(maxlen=_EXCHANGES_MAX)
        self._post = post
        self._spawn = spawn or _in_a_thread
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        self._store = Store(None if directory is None else directory / "quickbooks-online.sqlite3")
        facts = self._store.facts()
        self.clock = SandboxClock(
            lambda: now().timestamp(),
            shift_s=facts.get("clock-shift", 0.0),
            moved=lambda shift_s: self._store.keep(facts={"clock-shift": shift_s}),
        )
        self.grants = Grants(msgspec.convert(facts.get("grants", []), list[Grant]))
        self._read_back(facts)
        for app in apps:
            if app.client_id not in self.clients:
                self.set_app(app)
        for company in companies:
            if company.realm not in self.books:
                self.add_company(company)

    def _read_back(self, facts: Mapping[str, Any]) -> None:
        for fields in facts.get("apps", []):
            app = build(App, fields)
            self.clients[app.client_id] = Client(app)
        for fields in facts.get("companies", []):
            company = build(Company, fields)
            self.books[company.realm] = Books(company)
        for realm, entity, id_, row in self._store.rows():
            self.books[realm].tables.set(entity, id_, row)
        for realm, books in self.books.items():
            books.tables.last_ids |= facts.get(f"last-ids:{realm}", {})

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # --- Companies and apps --------------------------------------------------------------------

    def add_company(self, company: Company) -> Books:
        """Take a company in, with the lists a fresh one has.

        Raises:
            DeskError: Its id is taken.
        """
        if company.realm in self.books:
            raise DeskError(f"company {company.realm!r} already exists", 409)
        books = self.books[company.realm] = Books(company)
        self._keep_companies()
        self._seed(books)
        return books

    def remove_company(self, books: Books) -> None:
        """Forget a company with everything it holds, and every connection to it."""
        realm = books.company.realm
        del self.books[realm]
        self.grants.all = [one for one in self.grants.all if one.realm != realm]
        for client in self.clients.values():
            left = (one for one in client.notices if one.realm != realm)
            client.notices = deque(left, _NOTICES_MAX)
        self._keep_companies()
        self.keep_grants()
        self._store.forget(realm)

    def reset(self, books: Books) -> None:
        """Let a company hold what a fresh one does; switches, ids and connections stay."""
        last_ids = books.tables.last_ids
        books.tables = Tables()
        books.tables.last_ids = last_ids
        books.limits = Limits()
        books.answers.clear()
        self._store.forget(books.company.realm)
        self._seed(books)

    def _seed(self, books: Books) -> None:
        desk = self.desk(books)
        seed(desk)
        self._keep(books, desk)

    def company(self, realm: str) -> Books:
        """Give a company by its id or name.

        Raises:
            DeskError: 404.
        """
        for books in self.books.values():
            if realm in {books.company.realm, books.company.name}:
                return books
        raise DeskError(f"no company {realm!r}", 404)

    def change(self, books: Books, company: Company) -> Company:
        """Let a company be another: other switches."""
        books.company = company
        self._keep_companies()
        return company

    def set_app(self, app: App) -> Client:
        """Take an app in, or let the one with its id be as given."""
        client = self.clients.get(app.client_id)
        if client is None:
            client = self.clients[app.client_id] = Client(app)
        client.app = app
        apps = [msgspec.to_builtins(one.app) for one in self.clients.values()]
        self._store.keep(facts={"apps": apps})
        return client

    def client(self, client_id: str) -> Client:
        """Give an app.

        Raises:
            DeskError: 404.
        """
        if client_id not in self.clients:
            raise DeskError(f"no app {client_id!r}", 404)
        return self.clients[client_id]

    def keep_grants(self) -> None:
        """Make connections permanent as they are now."""
        self._store.keep(facts={"grants": [msgspec.to_builtins(one) for one in self.grants.all]})

    def _keep_companies(self) -> None:
        companies = [msgspec.to_builtins(one.company) for one in self.books.values()]
        self._store.keep(facts={"companies": companies})

    # --- Requests ------------------------------------------------------------------------------

    def desk(self, books: Books) -> Desk:
        """Open a desk for one request."""
        return Desk(books.company, books.tables, self.clock.moment())

    def finish(self, books: Books, desk: Desk) -> None:
        """Make what lies on the desk real and permanent, and tell the apps that are connected."""
        events = self._keep(books, desk)
        if desk.changed_settings:
            self.change(books, books.company.changed(desk.changed_settings))
        realm = books.company.realm
        connected = {
            one.client_id for one in self.grants.all if one.realm == realm and not one.is_revoked
        }
        for client_id in connected & self.clients.keys():
            self.clients[client_id].notices.extend(
                Notice(realm, entity, id_, verb, absorbed, self.clock())
                for entity, id_, verb, absorbed in events
                if ENTITIES[entity].is_called_out
            )

    def _keep(self, books: Books, desk: Desk) -> list[Event]:
        kept, events = desk.finish()
        if kept:
            realm = books.company.realm
            facts = {f"last-ids:{realm}": desk.last_ids}
            self._store.keep(facts=facts, realm=realm, changes=kept)
        return events

    # --- Webhooks ------------------------------------------------------------------------------

    def call_out(self) -> None:
        """Post what is due to the apps that have an address, beside the call at hand."""
        for client in self.clients.values():
            app = client.app
            if app.webhook_url and client.notices and app.settings.webhooks_by_themselves:
                self._spawn(partial(self.deliver, app.client_id))

    def deliver(self, client_id: str) -> tuple[Delivery, int] | None:
        """Deliver what is due to an app in one POST; what is not answered with 200 stays due.

        Gives the delivery and the status it was answered with (0: not reached, or the app has
        no address); ``None``: nothing was due.
        """
        client = self.client(client_id)
        with self.lock:
            now = self.clock()
            late_s = client.app.settings.webhook_late_s
            due = [one for one in client.notices if one.at + late_s <= now]
            if not due:
                return None
            waiting = [one for one in client.notices if one.at + late_s > now]
            client.notices = deque(waiting, _NOTICES_MAX)
            sent = delivery(client.app, due, self.clock.moment())
        url = client.app.webhook_url
        status = 0 if url is None else self._post(url, sent)
        if url is not None and status != 200:
            with self.lock:
                client.notices.extendleft(reversed(due))
        return sent, status


def _in_a_thread(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name="webhooks", daemon=True).start()
