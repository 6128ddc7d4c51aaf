"""Autodesk Fusion Operations, v1: the operations side of a manufacturer.

``_fields`` is the table of every name on the wire, ``_wire`` and ``_movements`` are pure
translations, ``_client`` signs in and reads lists, ``_errors`` is how the service says no, and
``FusionOperations`` answers the engine's operations.
"""

from ._account import Account, account_of
from ._assumptions import Assumption, Verdict
from ._client import CAPACITY, PER_MINUTE, FusionClient
from ._fields import DEFAULTS, FieldMap
from ._kinds import Company
from ._probe import ProbeReport, Property, probe
from ._trial import try_account
from ._version_one import FusionOperations

__all__ = [
    "CAPACITY",
    "DEFAULTS",
    "PER_MINUTE",
    "Account",
    "Assumption",
    "Company",
    "FieldMap",
    "FusionClient",
    "FusionOperations",
    "ProbeReport",
    "Property",
    "Verdict",
    "account_of",
    "probe",
    "try_account",
]
