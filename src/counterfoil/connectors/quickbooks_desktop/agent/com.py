"""QuickBooks through ``QBXMLRP2``, its COM request processor.  Windows only.

All calls to QuickBooks are made by one thread, whose apartment they belong to, one after the
other; a session that was begun is ended and a connection that was opened is closed, whatever
happens in between.  ``pywin32`` is loaded when the first one is made.

Source: corrections 2.1.  Not tried against a real QuickBooks by this project; what public
programs disagree about stands in the constants below.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol, TypeVar

from counterfoil.errors import SettingsError

from ._seam import Opening, QuickBooksError

__all__ = ["Com", "RequestProcessor", "windows"]

# The first is a part of our process, the second a process of its own.
PROG_IDS: Final = ("QBXMLRP2.RequestProcessor", "QBXMLRP2e.RequestProcessor")
# QuickBooks on this computer, its window started where it is not there.
LOCAL_WITH_WINDOW: Final = 3
ALONE: Final = 0
AS_IT_IS: Final = 2
# AuthPreferences: we come also while nobody has QuickBooks open, and read what it takes for
# personal data (customers, employees).
UNATTENDED_REQUIRED: Final = 1
PERSONAL_DATA_REQUIRED: Final = 1
# Simple Start 1, Pro 2, Premier 4, Enterprise 8.
EVERY_EDITION: Final = 0x1 | 0x2 | 0x4 | 0x8
# 0x80000000 as the signed number that COM takes.
ASK_AGAIN: Final = -0x80000000

# COM's own number for "the method failed; the reason is inside".
_EXCEPTION: Final = 0x80020009
_NOT_REGISTERED: Final = 0x80040154

_Found = TypeVar("_Found")


class Com(Protocol):
    """What is needed of COM."""

    error: type[Exception]
    """Raised by a call that failed, with ``hresult``, ``strerror`` and ``excepinfo``."""

    def enter(self) -> None:
        """Make an apartment of the thread that calls."""

    def leave(self) -> None:
        """Take it down."""

    def make(self, prog_id: str) -> Any:
        """Make an object."""


def windows() -> Com:
    """Give this computer's COM.

    Raises:
        SettingsError: It has none, or its Python lacks ``pywin32``.
    """
    try:
        pythoncom = importlib.import_module("pythoncom")
        client = importlib.import_module("win32com.client")
    except ImportError as error:
        raise SettingsError(
            "QuickBooks can only be reached on the Windows computer where it is installed, with "
            "pywin32. Start the agent there (docs/how-to/quickbooks-agent.md), or give --sandbox "
            "for a trial without QuickBooks.",
            detail=str(error),
        ) from error
    return _Windows(pythoncom, client)


class _Windows:
    def __init__(self, pythoncom: Any, client: Any) -> None:
        self._pythoncom = pythoncom
        self._client = client
        self.error: type[Exception] = pythoncom.com_error

    def enter(self) -> None:
        self._pythoncom.CoInitialize()

    def leave(self) -> None:
        self._pythoncom.CoUninitialize()

    def make(self, prog_id: str) -> Any:
        return self._client.Dispatch(prog_id)


class RequestProcessor:
    """QuickBooks on this computer.

    Args:
        com: This computer's COM.
    """

    def __init__(self, com: Com) -> None:
        self._com = com
        self._thread = ThreadPoolExecutor(
            max_workers=1, thread_name_prefix="quickbooks", initializer=com.enter
        )

    def open(self, opening: Opening) -> _Session:
        """Open a company file; the calls are in the order that QuickBooks asks for.

        Raises:
            QuickBooksError: It could not be opened; what had been opened is closed.
        """
        return self._in_thread(lambda: self._open(opening))

    def close(self) -> None:
        """Take the apartment down, and end its thread."""
        self._thread.submit(self._com.leave).result()
        self._thread.shutdown()

    def _in_thread(self, call: Callable[[], _Found]) -> _Found:
        return self._thread.submit(call).result()

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except self._com.error as error:
            raise _quickbooks_error(error) from error

    def _make(self) -> Any:
        for prog_id in PROG_IDS:
            try:
                return self._com.make(prog_id)
            except self._com.error as error:
                last = prog_id == PROG_IDS[-1]
                if last or _number(error) != _NOT_REGISTERED:
                    raise
        raise AssertionError("there is a last one")

    def _open(self, opening: Opening) -> _Session:
        with self._understood():
            processor = self._make()
            processor.OpenConnection2("", opening.application, LOCAL_WITH_WINDOW)
            session = _Session(self, processor)
            try:
                session.begin(opening)
            except self._com.error:
                session.end()
                raise
            return session


class _Session:
    """A session, its processor and its ticket; every call is made in the one thread."""

    def __init__(self, owner: RequestProcessor, processor: Any) -> None:
        self._owner = owner
        self._processor = processor
        self._ticket: str | None = None
        self._company_file = ""

    @property
    def company_file(self) -> str:
        return self._company_file

    def begin(self, opening: Opening) -> None:
        """Say what we need, begin the session, and learn which file is open."""
        preferences = self._processor.AuthPreferences
        preferences.PutIsReadOnly(False)
        preferences.PutUnattendedModePref(UNATTENDED_REQUIRED)
        preferences.PutPersonalDataPref(PERSONAL_DATA_REQUIRED)
        preferences.PutAuthFlags(EVERY_EDITION | (ASK_AGAIN if opening.asks_access else 0))
        mode = ALONE if opening.alone else AS_IT_IS
        self._ticket = self._processor.BeginSession(opening.company_file, mode)
        self._company_file = str(self._processor.GetCurrentCompanyFileName(self._ticket))

    def process(self, text: str) -> str:
        """Give QuickBooks' answer to a message set.

        Raises:
            QuickBooksError: It gave a number instead.
        """

        def ask() -> str:
            with self._owner._understood():  # noqa: SLF001 - a session is part of its owner
                return str(self._processor.ProcessRequest(self._ticket, text))

        return self._owner._in_thread(ask)  # noqa: SLF001 - see above

    def close(self) -> None:
        """End the session and the connection; never raises."""
        self._owner._in_thread(self.end)  # noqa: SLF001 - see above

    def end(self) -> None:
        """The same, in the thread that QuickBooks belongs to."""
        processor, self._processor = self._processor, None
        if processor is None:
            return
        failure = self._owner._com.error  # noqa: SLF001 - see above
        if self._ticket is not None:
            # QuickBooks may be gone; the connection is closed all the same.
            with suppress(failure):
                processor.EndSession(self._ticket)
        with suppress(failure):
            processor.CloseConnection()


def _quickbooks_error(error: Exception) -> QuickBooksError:
    inside = _inside(error)
    words = (inside[2] if len(inside) > 2 else None) or getattr(error, "strerror", None) or error
    return QuickBooksError(f"0x{_number(error):08X}", " ".join(str(words).split()))


def _number(error: Exception) -> int:
    """Give the HRESULT: the one inside where COM only says that there is one."""
    number = int(getattr(error, "hresult", 0) or 0) & 0xFFFFFFFF
    inside = _inside(error)
    scode = int(inside[5] or 0) & 0xFFFFFFFF if len(inside) > 5 else 0
    return scode if number == _EXCEPTION and scode else number


def _inside(error: Exception) -> Sequence[Any]:
    """Give what COM tells of an exception: code, source, words, help file and page, number."""
    return getattr(error, "excepinfo", None) or ()
