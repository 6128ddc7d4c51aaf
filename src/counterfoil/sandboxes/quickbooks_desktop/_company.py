"""A QuickBooks company file one can open sessions on.

``CompanyFile`` is the program QuickBooks with one company open in it.  It serves
one request at a time, whoever asks: the Web Connector through a ``Session``, or
a person at the computer through ``process``, who is just another application.
"""

from __future__ import annotations

import itertools
import sqlite3
import threading
import time
import weakref
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from counterfoil.sandboxes.kit import FaultPlan, Now, SandboxClock
from counterfoil.sandboxes.quickbooks_desktop import _faults as faults
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._converting import convert_receipt
from counterfoil.sandboxes.quickbooks_desktop._custom_fields import keep_private
from counterfoil.sandboxes.quickbooks_desktop._faults import Fault
from counterfoil.sandboxes.quickbooks_desktop._kinds import LISTS, TRANSACTIONS
from counterfoil.sandboxes.quickbooks_desktop._processor import (
    Connection,
    ProcessResult,
    process,
)
from counterfoil.sandboxes.quickbooks_desktop._queries import (
    Found,
    find_list_records,
    find_transactions,
)
from counterfoil.sandboxes.quickbooks_desktop._records import ListRecord
from counterfoil.sandboxes.quickbooks_desktop._refusals import QuickBooksConnectionError
from counterfoil.sandboxes.quickbooks_desktop._requests import Reader
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings
from counterfoil.sandboxes.quickbooks_desktop._showing import (
    View,
    show_list_record,
    show_transaction,
)
from counterfoil.sandboxes.quickbooks_desktop._sites import default_site
from counterfoil.sandboxes.quickbooks_desktop._store import Store
from counterfoil.sandboxes.quickbooks_desktop._transactions import check_open
from counterfoil.sandboxes.quickbooks_desktop._values import Fields

PERSON = "A person in QuickBooks"

# The private field of the company in which a Web Connector notes that it is at work (1.5).
APP_LOCK = "AppLock"
# .NET counts ticks of 100 ns from the year 1.
_TICKS_PER_SECOND = 10_000_000
_SECONDS_BEFORE_1970 = 62_135_596_800

# Records every company file is born with and no request can add.
_BUILT_IN: tuple[tuple[str, str, Fields], ...] = (
    ("Template", "Custom Sales Order", {"TemplateType": "SalesOrder"}),
    ("Template", "Product Invoice", {"TemplateType": "Invoice"}),
    ("Template", "Custom Estimate", {"TemplateType": "Estimate"}),
    ("Template", "Custom Purchase Order", {"TemplateType": "PurchaseOrder"}),
    ("PaymentMethod", "Cash", {}),
    ("PaymentMethod", "Check", {}),
    ("CustomerMsg", "Thank you for your business.", {}),
)


class CompanyFile:
    """One company file, open in QuickBooks.

    Make one with ``create`` or ``open``; ``close`` it when done.  All methods may
    be called from any thread.
    """

    def __init__(self, store: Store, settings: CompanySettings, now: Now) -> None:
        self.clock = SandboxClock(now)
        self.faults: FaultPlan[Fault] = FaultPlan()
        self._books = Books(store, settings, self.clock)
        self._store = store
        self._lock = threading.RLock()
        self._sessions: weakref.WeakSet[Session] = weakref.WeakSet()

    @classmethod
    def create(
        cls,
        path: Path | None = None,
        settings: CompanySettings | None = None,
        *,
        now: Now = time.time,
    ) -> CompanyFile:
        """A new company in the file ``path``, in memory when there is none.

        Raises:
            FileExistsError: there is a file already.
        """
        if path is not None and path.exists():
            raise FileExistsError(f"{path} exists; open it, or remove it to begin anew")
        chosen = settings or CompanySettings()
        store = Store(path)
        store.set_fact("settings", chosen.to_json())
        company = cls(store, chosen, now)
        company._enter_built_in()
        store.commit()
        return company

    @classmethod
    def open(cls, path: Path, *, now: Now = time.time) -> CompanyFile:
        """The company in the file ``path``.

        Raises:
            FileNotFoundError: there is no such file.
            QuickBooksConnectionError: another program has it open.
            ValueError: it is no company file.
        """
        if not path.exists():
            raise FileNotFoundError(f"there is no company file {path}; create one")
        try:
            store = Store(path)
        except sqlite3.OperationalError as error:
            raise QuickBooksConnectionError(
                faults.CANNOT_START, f"the company file {path} is in use by another program"
            ) from error
        except sqlite3.DatabaseError as error:
            raise ValueError(f"{path} is no company file of this sandbox") from error
        stored = store.fact("settings")
        if stored is None:
            raise ValueError(f"{path} is no company file of this sandbox")
        return cls(store, CompanySettings.from_json(stored), now)

    @property
    def settings(self) -> CompanySettings:
        return self._books.settings

    def change_settings(self, **changes: Any) -> CompanySettings:
        """What a person changes in the Preferences window or by reopening the file.

        ``preferences`` and ``switches`` take mappings of the fields to change.  A new
        ``time_zone`` is a computer that moved, or another one: every time of the file is
        shown in it from now on.  The country of a company file never changes.

        Raises:
            ValueError: a value is unknown, or the country another one.
        """
        with self._lock:
            settings = self.settings
            for name in ("preferences", "switches"):
                if name in changes:
                    changed = replace(getattr(settings, name), **changes.pop(name))
                    settings = replace(settings, **{name: changed})
            if changes.get("country", settings.country) != settings.country:
                raise ValueError("the country of a company file cannot change")
            settings = replace(settings, **changes)
            self._books.change_settings(settings)
            self._enter_default_site()
            self._store.commit()
            return settings

    def reset(self, settings: CompanySettings | None = None) -> None:
        """Begin anew in the same file: no records, backups or faults, the clock as it runs."""
        with self._lock:
            self._store.wipe()
            self._store.forget_saved()
            self.faults.clear()
            self.clock.reset()
            chosen = settings or self.settings
            self._store.set_fact("settings", chosen.to_json())
            self._books = Books(self._store, chosen, self.clock)
            self._enter_built_in()
            self._store.commit()

    def saved(self) -> tuple[str, ...]:
        """The names of the backups, oldest first."""
        with self._lock:
            return self._store.saved()

    def save(self, name: str) -> None:
        """Make a backup of the whole file under a name, for as long as it is open here."""
        with self._lock:
            self._store.save(name)

    def restore(self, name: str) -> None:
        """What a person does who restores a backup over the file.

        Records, numbers, custom fields, stored answers, name and preferences are as they were
        then.  What belongs to the computer and the program stays: clock, zone, edition, place
        of the file, switches and armed faults.  Sessions that were open are not any more.

        Raises:
            KeyError: there is no backup of that name.
        """
        with self._lock:
            now = self.settings
            self._store.restore(name)
            then = CompanySettings.from_json(self._store.fact("settings"))
            self._books = Books(self._store, then, self.clock)
            self._books.change_settings(replace(now, name=then.name, preferences=then.preferences))
            self._store.commit()
            for session in tuple(self._sessions):
                session.close()

    def open_session(
        self, company_file: str | None = None, *, application: str = PERSON
    ) -> Session:
        """OpenConnection and BeginSession: ``company_file`` is a path, or empty for the open one.

        Raises:
            QuickBooksConnectionError: with the HRESULT of 1.6; armed faults strike here.
        """
        with self._lock:
            fault = self.faults.struck(lambda one: one.strikes("session"))
            if fault is not None:
                code = fault.what.code
                if fault.kind == "closed" and company_file:
                    code = faults.CANNOT_START
                raise QuickBooksConnectionError(code, fault.what.message)
            if company_file and company_file.casefold() != self.settings.location.casefold():
                other = faults.FAULT_KINDS["wrong-file"]
                raise QuickBooksConnectionError(other.code, other.message)
            return Session(self, application)

    def process(self, text: str, *, application: str = PERSON) -> ProcessResult:
        """One message set in a session of its own: what a person at the computer does."""
        session = Session(self, application)
        try:
            return session.process(text)
        finally:
            session.close()

    def records(self, kind: str, **asked: str) -> list[dict[str, Any]]:
        """Every record of a kind as its ``Ret`` fields, lines, links and custom fields included.

        ``asked`` narrows by ``ListID``, ``FullName``, ``TxnID`` or ``RefNumber``; active or not.

        Raises:
            KeyError: there is no such kind.
        """
        fields: Fields = {name: [value] for name, value in asked.items()}
        with self._lock:
            owners = {one.owner for one in self._store.field_definitions()}
            view = View(links=True, owners=tuple(owners), is_whole=True)
            if kind in LISTS:
                fields.setdefault("ActiveStatus", "All")
                found: Found = find_list_records(self._books, (kind,), fields)
                records = self._store.list_records(found.ids)
                return [show_list_record(self._books, one, view)[1] for one in records]
            if kind not in TRANSACTIONS:
                raise KeyError(kind)
            found = find_transactions(self._books, (kind,), fields)
            transactions = self._store.transactions(found.ids)
            return [show_transaction(self._books, one, view)[1] for one in transactions]

    def convert_receipt(
        self, txn_id: str, *, ref_number: str | None = None, txn_date: str | None = None
    ) -> str:
        """What a person does who enters the bill against an item receipt; the bill's TxnID.

        Raises:
            RefusedError: there is no such receipt, it has its bill, or the books are closed.
        """
        with self._lock:
            books = self._books
            receipt = self._store.transaction(txn_id)
            for dated in {txn_date, None if receipt is None else receipt.txn_date} - {None}:
                check_open(books, dated or "", status.CLOSED_FOR_CHANGE)
            with self._store.atomic():
                bill = convert_receipt(books, txn_id, ref_number=ref_number, txn_date=txn_date)
            self._store.commit()
            return bill.txn_id

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        with self._lock:
            return self._store.count()

    def close(self) -> None:
        with self._lock:
            self._store.close()

    def _register(self, session: Session) -> None:
        with self._lock:
            self._sessions.add(session)

    def _keep_private(self, owner: str, name: str, value: str) -> None:
        with self._lock:
            keep_private(self._books, owner, name, value)
            self._store.commit()

    def _process(self, reader: Reader, application: str, text: str) -> ProcessResult:
        with self._lock:
            return process(Connection(self._books, reader, self.faults, application), text)

    def _enter_built_in(self) -> None:
        for kind, name, body in _BUILT_IN:
            self._enter(kind, name, body)
        self._enter_default_site()

    def _enter_default_site(self) -> None:
        """A company that keeps sites has one for what names none."""
        books = self._books
        if books.allows("sites") and default_site(books) is None:
            name = books.settings.switches.default_site_name
            self._enter("InventorySite", name, {"IsDefaultSite": "true"})

    def _enter(self, kind: str, name: str, body: Fields) -> None:
        books = self._books
        wall = books.wall_now()
        books.write_list_record(
            ListRecord(
                list_id=books.new_list_id(),
                kind=kind,
                parent_id="",
                name=name,
                full_name=name,
                is_active=True,
                created=wall,
                modified=wall,
                edit_sequence=str(books.unix_now),
                body=body,
            )
        )


class Session:
    """A connection of one application with a session on the open company file.

    Iterators live and die with it.  After a crash it answers nothing any more.
    """

    _numbers = itertools.count(1)

    def __init__(self, company: CompanyFile, application: str) -> None:
        self.company = company
        self.application = application
        self.id = f"session-{next(self._numbers)}"
        self.is_open = True
        self._reader = Reader()
        company._register(self)  # noqa: SLF001 - a session is part of its company

    @property
    def company_file(self) -> str:
        """The full path of the company file, as the Web Connector reports it."""
        return self.company.settings.location

    @property
    def country(self) -> str:
        return self.company.settings.country

    @property
    def qbxml_version(self) -> tuple[int, int]:
        """The highest level of the request processor."""
        major, minor = self.company.settings.qbxml_version.split(".")
        return int(major), int(minor)

    def process(self, text: str) -> ProcessResult:
        """ProcessRequest: an answer, or an HRESULT without one."""
        if not self.is_open:
            return ProcessResult("", faults.INVALID_TICKET, "The ticket parameter is invalid.")
        try:
            return self.company._process(self._reader, self.application, text)  # noqa: SLF001 - as above
        except QuickBooksConnectionError as failure:
            self.close()
            return ProcessResult("", failure.hresult, failure.message)

    def host_company_preferences(self, owner_id: str) -> ProcessResult:
        """The three queries the Web Connector opens each run with (1.5)."""
        version = self.company.settings.qbxml_version
        return self.process(
            f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?><QBXML>'
            '<QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="0"/>'
            f'<CompanyQueryRq requestID="1"><OwnerID>{owner_id}</OwnerID></CompanyQueryRq>'
            '<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
        )

    def lock(self, owner_id: str, host: str) -> None:
        """Write the Web Connector's ``AppLock`` of an application: taken by a computer (1.5).

        It is the program's own doing, not a message set: no fault strikes it and no stored
        answer gives way to it.  Nothing is written once the session is over.
        """
        now = Decimal(self.company.clock())
        ticks = int((now + _SECONDS_BEFORE_1970) * _TICKS_PER_SECOND)
        self._write_lock(owner_id, f"LOCKED:{host}:{ticks}")

    def unlock(self, owner_id: str) -> None:
        """Write that nobody holds it."""
        self._write_lock(owner_id, "UNLOCKED")

    def _write_lock(self, owner_id: str, text: str) -> None:
        if self.is_open:
            self.company._keep_private(owner_id, APP_LOCK, text)  # noqa: SLF001 - as above

    def close(self) -> None:
        """EndSession and CloseConnection; harmless when already done."""
        self.is_open = False
        self._reader.iterators.clear()
