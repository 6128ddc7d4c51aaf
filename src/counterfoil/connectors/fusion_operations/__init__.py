"""Autodesk Fusion Operations, v1: the operations side of a manufacturer.

``_fields`` is the table of every name on the wire, ``_wire`` and ``_movements`` are pure
translations, ``_client`` speaks HTTP, ``_errors`` is the table of what can go wrong, and
``FusionOperations`` answers the engine's operations.
"""

from ._client import Account, FusionClient, Reply
from ._driver import Company, FusionOperations
from ._fields import DEFAULTS, FieldMap
from ._probe import ProbeReport, Property, probe
from ._throttle import InProcessThrottle, Throttle, TokenBucket

__all__ = [
    "DEFAULTS",
    "Account",
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
    "probe",
]
