"""QuickBooks through COM, played by an object that follows a script."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from counterfoil.connectors.quickbooks_desktop.agent import Opening, QuickBooksError, bitness
from counterfoil.connectors.quickbooks_desktop.agent.com import PROG_IDS, RequestProcessor, windows
from counterfoil.errors import SettingsError

FILE = "C:\\Books\\Fernhill.qbw"


class ComError(Exception):
    """Shaped as ``pywintypes.com_error``: number, text, what is inside, which argument."""

    def __init__(self, hresult: int, strerror: str, excepinfo: Any = None) -> None:
        super().__init__(hresult, strerror, excepinfo, None)
        self.hresult = hresult - 2**32 if hresult >= 2**31 else hresult
        self.strerror = strerror
        self.excepinfo = excepinfo


def thrown(scode: int, words: str) -> ComError:
    """An error as QuickBooks throws it: COM's own number outside, QuickBooks' inside."""
    inside = (0, "QBXMLRP2.RequestProcessor.2", words, None, 0, scode - 2**32)
    return ComError(0x80020009, "Exception occurred.", inside)


class ScriptedCom:
    """COM and the request processor in it: notes every call and its thread, fails as told."""

    error: type[Exception] = ComError

    def __init__(self, **fails: Exception) -> None:
        self.fails = fails
        self.calls: list[tuple[Any, ...]] = []
        self.threads: set[int] = set()

    def note(self, name: str, *arguments: Any) -> None:
        self.calls.append((name, *arguments))
        self.threads.add(threading.get_ident())
        if name in self.fails:
            raise self.fails[name]

    @property
    def names(self) -> list[str]:
        return [call[0] for call in self.calls]

    def enter(self) -> None:
        self.note("CoInitialize")

    def leave(self) -> None:
        self.note("CoUninitialize")

    def make(self, prog_id: str) -> Any:
        self.note(prog_id)
        return _Processor(self)


class _Processor:
    def __init__(self, com: ScriptedCom) -> None:
        self._com = com
        self.AuthPreferences = _Noting(com)

    def __getattr__(self, name: str) -> Any:
        return getattr(_Noting(self._com), name)


ANSWERS = {
    "BeginSession": "the ticket",
    "GetCurrentCompanyFileName": FILE,
    "ProcessRequest": "<QBXML/>",
}


class _Noting:
    def __init__(self, com: ScriptedCom) -> None:
        self._com = com

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self._com.note(name, *arguments)
            return ANSWERS.get(name)

        return call


OPENING = Opening(application="Counterfoil Books")


@pytest.fixture
def com() -> ScriptedCom:
    """A QuickBooks in which everything goes well."""
    return ScriptedCom()


@pytest.fixture
def processor(com: ScriptedCom) -> Iterator[RequestProcessor]:
    """A request processor on it."""
    with closing(RequestProcessor(com)) as made:
        yield made


class TestOrder:
    def test_a_session_from_beginning_to_end(self, com: ScriptedCom) -> None:
        """Each call in its order: preferences before BeginSession, everything ended after."""
        with closing(RequestProcessor(com)) as processor:
            session = processor.open(OPENING)
            assert session.company_file == FILE
            assert session.process("<ask/>") == "<QBXML/>"
            session.close()
        assert com.calls == [
            ("CoInitialize",),
            ("QBXMLRP2.RequestProcessor",),
            ("OpenConnection2", "", "Counterfoil Books", 3),
            ("PutIsReadOnly", False),
            ("PutUnattendedModePref", 1),
            ("PutPersonalDataPref", 1),
            ("PutAuthFlags", 15),
            ("BeginSession", "", 2),
            ("GetCurrentCompanyFileName", "the ticket"),
            ("ProcessRequest", "the ticket", "<ask/>"),
            ("EndSession", "the ticket"),
            ("CloseConnection",),
            ("CoUninitialize",),
        ]

    def test_all_calls_are_of_one_thread(self, com: ScriptedCom) -> None:
        """An apartment belongs to a thread; it is not the one that asks."""
        with closing(RequestProcessor(com)) as processor:
            for _ in range(3):
                session = processor.open(OPENING)
                session.process("<ask/>")
                session.close()
        assert len(com.threads) == 1
        assert threading.get_ident() not in com.threads

    def test_a_file_is_opened_for_one_user_when_asked(
        self, com: ScriptedCom, processor: RequestProcessor
    ) -> None:
        """Mode 0 for stock, with the path that is wanted."""
        processor.open(Opening(application="x", company_file=FILE, alone=True)).close()
        assert ("BeginSession", FILE, 0) in com.calls

    def test_permission_is_asked_for_anew(
        self, com: ScriptedCom, processor: RequestProcessor
    ) -> None:
        """SET-2: the press opens QuickBooks' window at that moment, also where it is allowed."""
        processor.open(Opening(application="x", asks_access=True)).close()
        assert ("PutAuthFlags", 15 - 2**31) in com.calls

    def test_closing_twice_ends_once(self, com: ScriptedCom, processor: RequestProcessor) -> None:
        """A session that is over is not ended again."""
        session = processor.open(OPENING)
        session.close()
        session.close()
        assert com.names.count("EndSession") == com.names.count("CloseConnection") == 1


class TestFailures:
    @pytest.mark.parametrize(
        "call, ended",
        [
            ("OpenConnection2", []),
            ("PutAuthFlags", ["CloseConnection"]),
            ("BeginSession", ["CloseConnection"]),
            ("GetCurrentCompanyFileName", ["EndSession", "CloseConnection"]),
        ],
    )
    def test_what_was_opened_is_closed(self, call: str, ended: list[str]) -> None:
        """A left session keeps the file locked, so it is ended wherever opening breaks off."""
        com = ScriptedCom(**{call: thrown(0x8004041A, "No permission.")})
        with closing(RequestProcessor(com)) as processor, pytest.raises(QuickBooksError) as failed:
            processor.open(OPENING)
        assert failed.value.hresult == "0x8004041A"
        assert failed.value.message == "No permission."
        assert [name for name in com.names if name in ("EndSession", "CloseConnection")] == ended

    def test_quickbooks_that_is_gone_is_still_let_go(self) -> None:
        """EndSession fails when QuickBooks died; the connection is closed all the same."""
        gone = ComError(0x800706BA, "The RPC server is unavailable.")
        com = ScriptedCom(ProcessRequest=gone, EndSession=gone, CloseConnection=gone)
        with closing(RequestProcessor(com)) as processor:
            session = processor.open(OPENING)
            with pytest.raises(QuickBooksError) as failed:
                session.process("<ask/>")
            session.close()
        assert failed.value.hresult == "0x800706BA"
        assert com.names[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]

    def test_the_other_processor_is_tried(self) -> None:
        """Where the first is not registered, the one that is a process of its own may be."""
        com = ScriptedCom(**{PROG_IDS[0]: ComError(0x80040154, "Class not registered")})
        with closing(RequestProcessor(com)) as processor:
            processor.open(OPENING).close()
        assert com.names[1:3] == list(PROG_IDS)

    def test_another_failure_is_no_reason_to_try_it(self) -> None:
        """Only "not registered" leads on."""
        com = ScriptedCom(**{PROG_IDS[0]: ComError(0x80040408, "Could not start")})
        with closing(RequestProcessor(com)) as processor, pytest.raises(QuickBooksError):
            processor.open(OPENING)
        assert PROG_IDS[1] not in com.names


class TestBitness:
    @pytest.mark.parametrize(
        "hresult, bits, words",
        [
            ("0x80040154", 64, "2021 and older"),
            ("0x80040408", 64, "2021 and older"),
            ("0x80040154", 32, "2022 and newer"),
            ("0x8004041A", 64, ""),
            ("", 64, ""),
        ],
    )
    def test_the_cure_of_a_wrong_one_is_named(self, hresult: str, bits: int, words: str) -> None:
        """Both numbers it shows as may mean other things, too: it is a hint, no verdict."""
        found = bitness.hint(hresult, bits)
        assert words in found
        assert bool(found) is bool(words)


def test_elsewhere_than_on_windows_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pywin32: one sentence, and what to do for a trial."""

    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(SettingsError, match="--sandbox"):
        windows()
