"""A stand-in for the QuickBooks Web Connector.

It reads a ``.qwc`` file, signs in at the server over real HTTP and SOAP, and
carries qbXML between the server and a company file, in the documented order of
calls and with the documented reading of every return value (reference sections
1, 2 and 8).
"""

from counterfoil.sandboxes.web_connector._connector import (
    CLIENT_VERSION,
    DONE,
    WebConnector,
)
from counterfoil.sandboxes.web_connector._quickbooks import (
    LockingSession,
    QuickBooks,
    QuickBooksSession,
)
from counterfoil.sandboxes.web_connector._qwc import QbwcError, QwcFile, parse_qwc
from counterfoil.sandboxes.web_connector._remote import RemoteCompany, RemoteSession
from counterfoil.sandboxes.web_connector._report import RunFaults, RunReport
from counterfoil.sandboxes.web_connector._run import run_web_connector

__all__ = [
    "CLIENT_VERSION",
    "DONE",
    "LockingSession",
    "QbwcError",
    "QuickBooks",
    "QuickBooksSession",
    "QwcFile",
    "RemoteCompany",
    "RemoteSession",
    "RunFaults",
    "RunReport",
    "WebConnector",
    "parse_qwc",
    "run_web_connector",
]
