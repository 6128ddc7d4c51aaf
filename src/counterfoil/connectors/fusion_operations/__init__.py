"""Autodesk Fusion Operations, v1: the operations side of a manufacturer.

``_fields`` is the table of every name on the wire, ``_wire`` and ``_movements`` are pure
translations, ``_client`` speaks HTTP, ``_errors`` is the table of what can go wrong, and
``FusionOperations`` answers the engine's operations.
"""

from ._account import Account, account_of
from ._client import FusionClient, Reply, Witness
from ._driver import FusionOperations
from ._fields import DEFAULTS, FieldMap
from ._kinds import Company
from ._probe import ProbeReport, Property, probe
from ._throttle import InProcessThrottle, Throttle, TokenBucket
from ._trial import Trial, TrialFailure, try_account
from ._witness import Call

__all__ = [
    "DEFAULTS",
    "Account",
    "Call",
    "Company",
    "FieldMap",
    "FusionClient",
    "FusionOperations",
    "InProcessThrottle",
    "ProbeReport",
    "Property",
    "Reply",
    "Throttle",
    "TokenBucket",
    "Trial",
    "TrialFailure",
    "Witness",
    "account_of",
    "probe",
    "try_account",
]
