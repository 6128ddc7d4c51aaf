"""A stand-in for Autotask's REST API v1.0, spoken to over HTTP only.

It plays tenants with companies, products, purchase orders and what was received of them,
stock, and what else points to those; strict about zones, credentials, types, references,
limits and the life of an order, and able to show every reading that the documentation leaves
open (``Settings``) and every fault a client has to survive (``FaultKind``).

``autotask_app(AutotaskState(...))`` is the service; ``load_folder`` fills a tenant.
"""

from ._app import autotask_app
from ._controls import control_router
from ._faults import FaultKind
from ._seed import MANAGER, STOREKEEPER
from ._settings import API_RESOURCE, Settings, Tenant, User, switches
from ._state import AutotaskState
from .entities import ENTITIES
from .load import ORDERS, LoadError, LoadReport, RefusedError, load_folder

__all__ = [
    "API_RESOURCE",
    "ENTITIES",
    "MANAGER",
    "ORDERS",
    "STOREKEEPER",
    "AutotaskState",
    "FaultKind",
    "LoadError",
    "LoadReport",
    "RefusedError",
    "Settings",
    "Tenant",
    "User",
    "autotask_app",
    "control_router",
    "load_folder",
    "switches",
]
