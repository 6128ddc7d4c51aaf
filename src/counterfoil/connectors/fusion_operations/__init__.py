"""Autodesk Fusion Operations, v1: the operations side of a manufacturer.

``_fields`` is the table of every name on the wire, ``_wire`` and ``_movements`` are pure
translations, ``_client`` speaks HTTP, ``_errors`` is the table of what can go wrong, and
``FusionOperations`` answers the engine's operations.
"""

from ._account import Account, account_of
from ._assumptions import Assumption, Verdict
from ._client import FusionClient, Reply, Witness
from ._driver import Driver
from ._fields import DEFAULTS, FieldMap
from ._kinds import Company
from ._port import Port
from ._probe import ProbeReport, Property, probe
from ._throttle import InProcessThrottle, Throttle, TokenBucket
from ._trial import Trial, TrialFailure, try_account
from ._version_one import FusionOperations
from ._witness import Call

__all__ = [
    "DEFAULTS",
    "Account",
    "Assumption",
    "Call",
    "Company",
    "Driver",
    "FieldMap",
    "FusionClient",
    "FusionOperations",
    "InProcessThrottle",
    "Port",
    "ProbeReport",
    "Property",
    "Reply",
    "Throttle",
    "TokenBucket",
    "Trial",
    "TrialFailure",
    "Verdict",
    "Witness",
    "account_of",
    "probe",
    "try_account",
]
