"""QuickBooks Online, its Accounting API: books that are called.

``_forms`` and ``_lists`` are the tables of what is read and written, made of ``_codecs``;
``_query`` builds questions, ``_faults`` is how the service says no, ``_client`` signs and counts
calls within ``_limits``; ``_reading`` asks what changed in one call, ``_writing`` sends a batch in
one, and ``QuickBooksOnline`` answers the engine's operations.
"""

from ._account import ENVIRONMENTS, PRODUCTION, Account
from ._activating import ACTIVATED
from ._client import CallClass, Meter, OnlineClient, Standing
from ._company import Company, company_of
from ._faults import FAULTS, NAME, SYSTEM
from ._limits import CAPACITY, PER_MINUTE
from ._marks import NOTE_LENGTH_MAX
from ._online import QuickBooksOnline
from ._trial import Observed, observe, try_account
from ._webhooks import Delivery, delivery_of, is_signed_by

__all__ = [
    "ACTIVATED",
    "CAPACITY",
    "ENVIRONMENTS",
    "FAULTS",
    "NAME",
    "NOTE_LENGTH_MAX",
    "PER_MINUTE",
    "PRODUCTION",
    "SYSTEM",
    "Account",
    "CallClass",
    "Company",
    "Delivery",
    "Meter",
    "Observed",
    "OnlineClient",
    "QuickBooksOnline",
    "Standing",
    "company_of",
    "delivery_of",
    "is_signed_by",
    "observe",
    "try_account",
]
