"""A stand-in for QuickBooks Desktop: a company file and the program that answers for it.

It is strict where QuickBooks is strict and answers with QuickBooks' own codes
and words (reference sections 3, 5, 6 and 7).  What nobody has confirmed about
the real program is a switch with a stated default (``Switches``).

Nothing of the product is used here but the qbXML tables, so that a mistake in
the connector cannot hide behind the same mistake in its test partner.
"""

from counterfoil.sandboxes.quickbooks_desktop._app import quickbooks_app, quickbooks_router
from counterfoil.sandboxes.quickbooks_desktop._company import PERSON, CompanyFile, Session
from counterfoil.sandboxes.quickbooks_desktop._faults import FAULT_KINDS, Fault
from counterfoil.sandboxes.quickbooks_desktop._processor import ProcessResult
from counterfoil.sandboxes.quickbooks_desktop._refusals import QuickBooksConnectionError
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings, Preferences
from counterfoil.sandboxes.quickbooks_desktop._switches import Switches
from counterfoil.sandboxes.quickbooks_desktop.sample import fill_company, ready_company

__all__ = [
    "FAULT_KINDS",
    "PERSON",
    "CompanyFile",
    "CompanySettings",
    "Fault",
    "Preferences",
    "ProcessResult",
    "QuickBooksConnectionError",
    "Session",
    "Switches",
    "fill_company",
    "quickbooks_app",
    "quickbooks_router",
    "ready_company",
]
