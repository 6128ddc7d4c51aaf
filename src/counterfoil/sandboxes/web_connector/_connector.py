"""The Web Connector: it polls a server and carries qbXML between it and QuickBooks.

The order of calls is that of 1.4 and every return value of 1.3 has its effect.
A run is a generator that stops after each call, so that two runs can be woven
into each other and a run can be left standing at any point, as when a PC is
switched off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from typing import Literal, TypeAlias

import httpx2

from counterfoil.sandboxes.quickbooks_desktop import QuickBooksConnectionError
from counterfoil.sandboxes.web_connector._quickbooks import (
    LockingSession,
    QuickBooks,
    QuickBooksSession,
)
from counterfoil.sandboxes.web_connector._qwc import QbwcError, QwcFile
from counterfoil.sandboxes.web_connector._registration import check_support_page, register
from counterfoil.sandboxes.web_connector._report import Ending, RunFaults, RunReport
from counterfoil.sandboxes.web_connector._soap import (
    BodyStyle,
    Call,
    ReplyError,
    read_text,
    read_texts,
)

CLIENT_VERSION = "2.3.0.215"
HOST = "BOOKS-PC"
NOOP_PAUSE_S = 5.0
# Not documented by Intuit; long enough that only a server that hangs reaches it.
HTTP_TIMEOUT_S = 120.0
# The real program repeats without end; a stand-in has to notice a server that never stops.
CONNECTION_ATTEMPTS_MAX = 20
NOOP_MAX = 1000
INTERACTIVE_POLLS_MAX = 100

# What a run yields when QuickBooks has carried a message set out and nobody was told yet.
DONE = "carried out"

# The program's code for an exception during an operation (section 8).
_CODES = {
    "authenticate": 1012,
    "clientVersion": 1036,
    "sendRequestXML": 1041,
    "receiveResponseXML": 1042,
    "getLastError": 1043,
    "closeConnection": 1044,
    "connectionError": 1045,
}
_POSTPONED = "Update postponed by application."
_STOPPED: dict[str, tuple[Ending, str]] = {
    "none": ("no work", "No Data Exchange"),
    "nvu": ("refused", "Invalid password for username"),
    "busy": ("busy", "Application Busy"),
}

InteractiveUser = Literal["accepts", "refuses"]


# A stretch of a run: yields the name of each call made.
_Calls: TypeAlias = Generator[str, None, None]


class _RunOver(Exception):  # noqa: N818 - an end, not an error
    """The run ends here; the report says why."""


class WebConnector:
    """One application in a Web Connector.

    Args:
        qwc: The application's file.
        password: What the user typed in.
        quickbooks: The program and company on this PC.
        client: Goes to the server; one with a time-out is made when absent.
        sleep: Waits so many seconds (after ``NoOp``, between scheduled runs).
        timer: Seconds, for measuring only.
        style: The body style of the SOAP requests.
        interactive: What the user answers when asked to open a page.
        faults: What goes wrong on this PC.
        host: The PC's name, as it stands in the company's lock.
    """

    def __init__(
        self,
        qwc: QwcFile,
        password: str,
        quickbooks: QuickBooks,
        *,
        client: httpx2.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timer: Callable[[], float] = time.perf_counter,
        style: BodyStyle = "document",
        client_version: str = CLIENT_VERSION,
        interactive: InteractiveUser = "refuses",
        faults: RunFaults | None = None,
        host: str = HOST,
    ) -> None:
        self.qwc = qwc
        self.faults = faults or RunFaults()
        self._password = password
        self._quickbooks = quickbooks
        self._client = client or httpx2.Client(timeout=HTTP_TIMEOUT_S)
        self._sleep = sleep
        self._timer = timer
        self._style: BodyStyle = style
        self._client_version = client_version
        self._interactive = interactive
        self._host = host
        self._stops_when_done = False
        self._every_s = qwc.every_s

    def add(self) -> None:
        """What happens when the user opens the file: pages are checked, the FileID is written.

        Raises:
            QbwcError: with the program's code of section 8.
        """
        check_support_page(self.qwc, self._client)
        register(self.qwc, self._quickbooks)

    def run_once(self) -> RunReport:
        """One run from beginning to end (or to an armed fault)."""
        report = RunReport()
        for _ in self.steps(report):
            pass
        return report

    def run_scheduled(self) -> Iterator[RunReport]:
        """Run again and again, waiting in between; take as many as wanted.

        The pause is the schedule's, raised to what the server asks for in
        position 4 of authenticate, or what it names once in position 3.
        """
        while True:
            report = self.run_once()
            yield report
            if report.minimum_every_s is not None:
                self._every_s = max(self._every_s or 0, report.minimum_every_s)
            if report.postponed_s is not None:
                self._sleep(report.postponed_s)
            elif self._every_s is not None:
                self._sleep(self._every_s)
            else:
                return

    def steps(self, report: RunReport, *, stops_when_done: bool = False) -> _Calls:
        """One run, call by call: yields each operation's name after its reply was read.

        A run left standing after ``sendRequestXML`` holds a message set that QuickBooks has
        not seen; it is carried out and reported whenever the run goes on.

        Args:
            stops_when_done: Also stop, with ``DONE``, after QuickBooks has carried out a
                message set and before the server is told.
        """
        self._stops_when_done = stops_when_done
        session: list[QuickBooksSession] = []
        try:
            yield from self._run(report, session)
            self._unlock(session)
        except _RunOver:
            if report.ending != "cut":
                self._unlock(session)
        except QbwcError as error:
            report.ending = "error"
            report.qbwc_code = error.code
            report.last_result = report.last_result or error.message
            report.log.append(str(error))
            self._unlock(session)
        finally:
            for one in session:
                one.close()

    # -- the run ------------------------------------------------------------------------------

    def _run(self, report: RunReport, opened: list[QuickBooksSession]) -> _Calls:
        yield from self._versions(report)
        company_file = yield from self._authenticate(report)
        session = yield from self._connect(report, company_file)
        opened.append(session)
        started = self._timer()
        hcp = session.host_company_preferences(self.qwc.owner_id)
        report.quickbooks_s += self._timer() - started
        if not hcp.response:
            raise QbwcError(1014, f"no host, company and preferences response: {hcp.message}")
        if self.faults.holds_lock and isinstance(session, LockingSession):
            session.lock(self.qwc.owner_id, self._host)
        yield from self._exchange(report, session, hcp.response)
        yield from self._close(report)

    def _unlock(self, opened: list[QuickBooksSession]) -> None:
        """Give the lock back; a program that was ended, or whose QuickBooks died, cannot."""
        for session in opened:
            if self.faults.holds_lock and isinstance(session, LockingSession):
                session.unlock(self.qwc.owner_id)

    def _versions(self, report: RunReport) -> _Calls:
        try:
            version = self._text(report, Call("serverVersion"))
            report.log.append(f"server version {version!r}")
        except QbwcError as error:
            report.log.append(f"serverVersion failed and is optional: {error.message}")
        yield "serverVersion"
        call = Call("clientVersion", [("strVersion", self._client_version)])
        verdict = self._text(report, call)
        yield "clientVersion"
        mark, _, text = verdict.partition(":")
        if not verdict or (mark == "W" and text):
            if verdict:
                report.log.append(f"warning shown to the user, who continued: {text}")
            return
        if mark in {"E", "O"} and text:
            report.last_result = text
            raise QbwcError(1037, f"the server wants another Web Connector: {text}")
        raise QbwcError(1046, f"clientVersion was answered with {verdict!r}")

    def _authenticate(self, report: RunReport) -> Generator[str, None, str]:
        password = f"{self._password}-mistyped" if self.faults.wrong_password else self._password
        call = Call(
            "authenticate", [("strUserName", self.qwc.user_name), ("strPassword", password)]
        )
        answer: list[str] = []
        for _ in range(1 + self.faults.repeat_authenticate):
            answer = self._texts(report, call)
            yield "authenticate"
        if len(answer) < 2 or len(answer) > 4:
            raise QbwcError(1012, f"authenticate was answered with {len(answer)} strings")
        report.ticket = answer[0]
        state, later, floor = (*answer[1:], "", "")[:3]
        report.postponed_s = _seconds(later)
        report.minimum_every_s = _seconds(floor)
        if report.postponed_s is not None:
            report.ending, report.last_result = "postponed", _POSTPONED
            report.log.append(_POSTPONED)
            raise _RunOver
        stopped = _STOPPED.get(state.lower())
        if stopped is None:
            return state
        report.ending, report.last_result = stopped
        report.log.append(report.last_result)
        if state.lower() != "busy":
            text = self._closing_text(report)
            yield "closeConnection"
            report.log.append(f"closeConnection: {text}")
        raise _RunOver

    def _connect(
        self, report: RunReport, company_file: str
    ) -> Generator[str, None, QuickBooksSession]:
        wanted = company_file
        while True:
            report.connection_attempts += 1
            try:
                return self._quickbooks.open_session(wanted or None, application=self.qwc.app_name)
            except QuickBooksConnectionError as failure:
                report.log.append(f"QBWC1013: QuickBooks connection failed: {failure}")
                call = Call(
                    "connectionError",
                    [
                        ("ticket", report.ticket),
                        ("hresult", failure.hresult),
                        ("message", failure.message),
                    ],
                )
                report.last_result = failure.message
                answer = self._text(report, call)
                yield "connectionError"
                if answer.lower() == "done":
                    break
                wanted = answer
            if report.connection_attempts >= CONNECTION_ATTEMPTS_MAX:
                report.log.append("the server never gave up on connecting; this stand-in does")
                break
        report.ending = "not connected"
        report.qbwc_code = 1013
        yield from self._close(report, keep_result=True)
        raise _RunOver

    def _exchange(self, report: RunReport, session: QuickBooksSession, hcp: str) -> _Calls:
        noops = 0
        while True:
            text = self._text(report, self._request_call(report, session, hcp))
            yield "sendRequestXML"
            hcp = ""
            if text:
                noops = 0
                percent = yield from self._carry(report, session, text)
                if 0 <= percent < 100:
                    continue
                if percent >= 100:
                    return
                report.ending = "error"
            reason = self._last_error(report)
            yield "getLastError"
            if text:
                return
            if reason == "NoOp" and noops < NOOP_MAX:
                noops += 1
                self._sleep(NOOP_PAUSE_S)
                continue
            if reason == "Interactive mode":
                yield from self._show_page(report)
            return

    def _request_call(self, report: RunReport, session: QuickBooksSession, hcp: str) -> Call:
        major, minor = session.qbxml_version
        return Call(
            "sendRequestXML",
            [
                ("ticket", report.ticket),
                ("strHCPResponse", hcp),
                ("strCompanyFileName", session.company_file),
                ("qbXMLCountry", session.country),
                ("qbXMLMajorVers", str(major)),
                ("qbXMLMinorVers", str(minor)),
            ],
        )

    def _carry(
        self, report: RunReport, session: QuickBooksSession, text: str
    ) -> Generator[str, None, int]:
        """Hand a message set to QuickBooks and its answer to the server; gives the percentage."""
        report.round_trips += 1
        if report.round_trips == self.faults.drop_before:
            raise self._cut(report, "the PC stopped before QuickBooks saw the message set")
        started = self._timer()
        result = session.process(text)
        report.quickbooks_s += self._timer() - started
        if self._stops_when_done:
            yield DONE
        if report.round_trips == self.faults.drop_after:
            raise self._cut(
                report, "the PC stopped after QuickBooks had carried the message set out"
            )
        call = Call(
            "receiveResponseXML",
            [
                ("ticket", report.ticket),
                ("response", result.response),
                ("hresult", result.hresult),
                ("message", result.message),
            ],
        )
        answer = self._text(report, call)
        yield "receiveResponseXML"
        try:
            percent = int(answer)
        except ValueError:
            raise QbwcError(
                1042, f"receiveResponseXML was answered with {answer!r}, which is no integer"
            ) from None
        report.progress.append(percent)
        return percent

    def _last_error(self, report: RunReport) -> str:
        reason = self._text(report, Call("getLastError", [("ticket", report.ticket)]))
        report.log.append(f"getLastError: {reason}")
        if reason != "NoOp":
            report.last_result = reason
        return reason

    def _close(self, report: RunReport, *, keep_result: bool = False) -> _Calls:
        text = self._closing_text(report)
        yield "closeConnection"
        report.log.append(f"closeConnection: {text}")
        if not (keep_result or report.ending == "error") or not report.last_result:
            report.last_result = text

    def _closing_text(self, report: RunReport) -> str:
        return self._text(report, Call("closeConnection", [("ticket", report.ticket)]))

    def _show_page(self, report: RunReport) -> _Calls:
        """Interactive mode: the user is asked every time (1.3)."""
        call = Call(
            "getInteractiveURL", [("wcTicket", report.ticket), ("sessionID", report.ticket)]
        )
        page = self._text(report, call)
        yield "getInteractiveURL"
        if self._interactive == "refuses":
            refused = Call(
                "interactiveRejected",
                [("wcTicket", report.ticket), ("reason", "The user did not open the page.")],
            )
            report.last_result = self._text(report, refused)
            yield "interactiveRejected"
            return
        report.log.append(f"the user opened {page}")
        for _ in range(INTERACTIVE_POLLS_MAX):
            answer = self._text(report, Call("interactiveDone", [("wcTicket", report.ticket)]))
            yield "interactiveDone"
            # The guide says Done in one chapter and an empty string in two others.
            if answer in {"", "Done"}:
                return
            self._sleep(NOOP_PAUSE_S)

    # -- calls --------------------------------------------------------------------------------

    def _text(self, report: RunReport, call: Call) -> str:
        response = self._post(report, call)
        try:
            return read_text(call, response)
        except ReplyError as error:
            raise QbwcError(_CODES.get(call.operation, 1043), str(error)) from error

    def _texts(self, report: RunReport, call: Call) -> list[str]:
        response = self._post(report, call)
        try:
            return read_texts(call, response)
        except ReplyError as error:
            raise QbwcError(_CODES[call.operation], str(error)) from error

    def _post(self, report: RunReport, call: Call) -> httpx2.Response:
        if self.faults.cut_after is not None and len(report.calls) >= self.faults.cut_after:
            raise self._cut(report, f"the PC stopped after {self.faults.cut_after} calls")
        report.calls.append(call.operation)
        content = call.body(self._style)
        started = self._timer()
        try:
            response = self._client.post(self.qwc.app_url, content=content, headers=call.headers)
        except httpx2.HTTPError as error:
            code = _CODES.get(call.operation, 1043)
            raise QbwcError(code, f"{call.operation}: {type(error).__name__}: {error}") from error
        finally:
            report.server_s += self._timer() - started
        return response

    def _cut(self, report: RunReport, why: str) -> _RunOver:
        report.ending = "cut"
        report.log.append(why)
        return _RunOver()


def _seconds(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdigit() else None
