"""``counterfoil agent``: the program on the QuickBooks computer."""

from __future__ import annotations

import random
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._show import say

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop.agent import Agent, Opening, QuickBooks, Session
    from counterfoil.sandboxes.web_connector import QuickBooks as SandboxCompany
    from counterfoil.sandboxes.web_connector import QuickBooksSession

__all__ = ["SandboxQuickBooks", "agent"]


def agent(
    *,
    hub: Annotated[
        str, typer.Option("--hub", metavar="URL", envvar="COUNTERFOIL_HUB", help="Its address.")
    ],
    token: Annotated[
        str,
        typer.Option(
            "--token",
            envvar="COUNTERFOIL_AGENT_TOKEN",
            help="From: counterfoil connections token CONNECTION.",
        ),
    ],
    company_file: Annotated[
        str,
        typer.Option(
            "--company-file",
            metavar="PATH",
            help="Open this company file; default: the one the hub knows, else the one that is "
            "open.",
        ),
    ] = "",
    once: Annotated[
        bool, typer.Option("--once", help="Do what is due now, then end; else until stopped.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Play QuickBooks with a company of the sandbox.")
    ] = False,
    sandbox_url: Annotated[
        str | None,
        typer.Option(
            "--sandbox-url",
            metavar="URL|FILE",
            envvar="COUNTERFOIL_SANDBOX_COMPANY",
            help="With --sandbox: a sandbox's address or a company file; default: the sandbox "
            "that was started last on this computer, else a company file of its own.",
        ),
    ] = None,
) -> None:
    """Carry what the hub asks to QuickBooks on this computer, as soon as it is asked.

    Calls outward only.  Runs as a program of the user who works with QuickBooks, not as a
    service; see docs/how-to/quickbooks-agent.md.
    """
    from counterfoil import __version__
    from counterfoil.connectors.quickbooks_desktop.agent import Agent, Line, bitness

    stopping = threading.Event()
    with ExitStack() as opened:
        line = opened.enter_context(closing(Line(hub, token)))
        books = _quickbooks(opened, sandbox=sandbox or sandbox_url is not None, named=sandbox_url)
        served = Agent(
            line,
            books,
            ticket=secrets.token_urlsafe(24),
            computer=socket.gethostname(),
            version=f"{__version__}, {bitness.BITS}-bit",
            bits=bitness.BITS,
            company_file=company_file,
            say=_tell,
            pause=stopping.wait,
            chance=random.random,
            stops=stopping.is_set,
        )
        opened.enter_context(_stops_on_signal(served, stopping))
        served.run(once=once)


def _tell(sentence: str) -> None:
    say(sentence)
    sys.stdout.flush()


@contextmanager
def _stops_on_signal(served: Agent, stopping: threading.Event) -> Iterator[None]:
    """End after what is under way: what QuickBooks is doing is waited for, and told."""
    from counterfoil.connectors.quickbooks_desktop.agent import Stopped

    def stop(_signal: int, _frame: object) -> None:
        stopping.set()
        if served.is_idle:
            raise Stopped

    kept = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)


def _quickbooks(opened: ExitStack, *, sandbox: bool, named: str | None) -> QuickBooks:
    if not sandbox:
        from counterfoil.connectors.quickbooks_desktop.agent.com import RequestProcessor, windows

        return opened.enter_context(closing(RequestProcessor(windows())))
    from counterfoil.sandboxes.quickbooks_desktop import CompanyFile
    from counterfoil.sandboxes.web_connector import RemoteCompany

    from ._sandbox import sandbox_company

    company = sandbox_company(named)
    if isinstance(company, Path):
        return SandboxQuickBooks(opened.enter_context(closing(CompanyFile.open(company))))
    return SandboxQuickBooks(opened.enter_context(closing(RemoteCompany(company))))


class SandboxQuickBooks:
    """A company of the sandbox in QuickBooks' place."""

    def __init__(self, company: SandboxCompany) -> None:
        self._company = company

    def open(self, opening: Opening) -> Session:
        """Open it.

        Raises:
            QuickBooksError: As the sandbox plays it.
        """
        from counterfoil.connectors.quickbooks_desktop.agent import QuickBooksError
        from counterfoil.sandboxes.quickbooks_desktop import QuickBooksConnectionError

        try:
            return _SandboxSession(
                self._company.open_session(
                    opening.company_file or None, application=opening.application
                )
            )
        except QuickBooksConnectionError as error:
            raise QuickBooksError(error.hresult, error.message) from error


class _SandboxSession:
    def __init__(self, session: QuickBooksSession) -> None:
        self._session = session

    @property
    def company_file(self) -> str:
        return self._session.company_file

    def process(self, text: str) -> str:
        from counterfoil.connectors.quickbooks_desktop.agent import QuickBooksError

        result = self._session.process(text)
        if result.hresult:
            raise QuickBooksError(result.hresult, result.message)
        return result.response

    def close(self) -> None:
        self._session.close()
