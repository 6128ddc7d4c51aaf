"""Autotask, v1.0 of its REST API: the operations side of a service provider.

``_entities`` is the table of everything that is read or written, ``_query`` builds typed
questions from it, ``_client`` finds the tenant's zone and signs calls, ``_errors`` is how the
service says no, ``_orders`` and ``_receiving`` are pure translations, ``_purchasing`` says
what is read in how few calls, and ``Autotask`` answers the engine's operations.
"""

from ._account import USUAL_BASE_URL, Account, account_of
from ._client import CAPACITY, PER_MINUTE, AutotaskClient
from ._entities import ENTITIES, Entity, Type
from ._purchasing import Tenant
from ._query import Query
from ._to_dos import to_do_problem
from ._trial import Observed, observe, try_account
from ._version_one import Autotask

__all__ = [
    "CAPACITY",
    "ENTITIES",
    "PER_MINUTE",
    "USUAL_BASE_URL",
    "Account",
    "Autotask",
    "AutotaskClient",
    "Entity",
    "Observed",
    "Query",
    "Tenant",
    "Type",
    "account_of",
    "observe",
    "to_do_problem",
    "try_account",
]
