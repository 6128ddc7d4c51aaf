"""The command line's entry: one application, once or on its schedule."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import httpx2

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile
from counterfoil.sandboxes.web_connector._connector import HTTP_TIMEOUT_S, WebConnector
from counterfoil.sandboxes.web_connector._quickbooks import QuickBooks
from counterfoil.sandboxes.web_connector._qwc import parse_qwc
from counterfoil.sandboxes.web_connector._remote import RemoteCompany
from counterfoil.sandboxes.web_connector._report import RunFaults, RunReport


def run_web_connector(
    qwc_text: str,
    password: str,
    quickbooks: QuickBooks | Path | str,
    *,
    once: bool = True,
    faults: RunFaults | None = None,
    client: httpx2.Client | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[RunReport]:
    """Add the application, then run it; yields the report of each run.

    Args:
        qwc_text: The text of the .qwc file.
        password: As the hub showed it when the connection was made.
        quickbooks: An open company, the path of a company file, or the address
            of a sandbox's ``/sandbox/quickbooks``.
        once: One run only; otherwise on the file's schedule until the caller stops.

    Raises:
        QbwcError: the application could not be added (codes of section 8).
        FileNotFoundError, QuickBooksConnectionError, ValueError: the company file could not
            be opened.
    """
    with ExitStack() as opened:
        http = client or opened.enter_context(httpx2.Client(timeout=HTTP_TIMEOUT_S))
        connector = WebConnector(
            parse_qwc(qwc_text),
            password,
            _reached(quickbooks, opened),
            client=http,
            sleep=sleep,
            faults=faults,
        )
        connector.add()
        if once:
            yield connector.run_once()
        else:
            yield from connector.run_scheduled()


def _reached(quickbooks: QuickBooks | Path | str, opened: ExitStack) -> QuickBooks:
    if isinstance(quickbooks, Path):
        return opened.enter_context(closing(CompanyFile.open(quickbooks)))
    if isinstance(quickbooks, str):
        return opened.enter_context(closing(RemoteCompany(quickbooks)))
    return quickbooks
