"""A stand-in for Autodesk Fusion Operations, v1, spoken to over HTTP only.

It plays companies with clients, products, suppliers, sales and purchase orders, production
and stock: strict about codes, references, dates, tokens and the rate limit, and able to
show every reading that the documentation leaves open (``Settings``) and every fault a
client has to survive (``FaultKind``).

Tokens stand in URLs, as in the real service: serve it without an access log.

``fusion_app(FusionState(...))`` is the service; ``load_folder`` fills it over its own API.
"""

from ._app import fusion_app
from ._company import Company, Settings
from ._controls import control_router
from ._faults import FaultKind
from ._resources import RESOURCES
from ._state import FusionState
from .load import LoadError, LoadReport, load_folder

__all__ = [
    "RESOURCES",
    "Company",
    "FaultKind",
    "FusionState",
    "LoadError",
    "LoadReport",
    "Settings",
    "control_router",
    "fusion_app",
    "load_folder",
]
