"""A stand-in for QuickBooks Online's Accounting API v3, spoken to over HTTP only.

It plays companies with their names, lists and documents, the pages on which a person connects
an app, tokens, webhooks and limits; strict about types, lengths, references, SyncTokens, names,
numbers and currencies, and able to show every reading that the documentation leaves open
(``Settings``, ``AppSettings``) and every fault a client has to survive (``FaultKind``).

``quickbooks_online_app(QuickBooksOnlineState(...))`` is the service.
"""

from ._app import quickbooks_online_app
from ._faults import FaultKind
from ._settings import App, AppSettings, Company, Person, Settings, switches
from ._state import QuickBooksOnlineState
from .entities import ENTITIES

__all__ = [
    "ENTITIES",
    "App",
    "AppSettings",
    "Company",
    "FaultKind",
    "Person",
    "QuickBooksOnlineState",
    "Settings",
    "quickbooks_online_app",
    "switches",
]
