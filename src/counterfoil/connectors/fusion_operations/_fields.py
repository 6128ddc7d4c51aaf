"""Every name this connector uses on the wire, in one table that a setting can correct.

The vendor documents resources and paths of v1, but hardly any property name of orders and
deliveries; the table's defaults follow the confirmed style (kebab-case).  When a real
tenant answers otherwise, ``probe`` shows its names and an override here is all it takes::

    FieldMap.of({"sales-order.client": "customer", "path.sales-orders": "/orders/"})

Keys are stable, values are theirs.  A property may be spelled ``due-date``, ``due_date`` or
``dueDate`` in answers whatever the table says: the reader folds them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from counterfoil.errors import SettingsError

__all__ = ["DEFAULTS", "FieldMap"]

_PATHS = {
    "path.prefix": "/api/v1",
    "path.authorization": "/authorization",
    "path.clients": "/clients/",
    "path.inventory": "/inventory/",
    "path.inventory-movements": "/inventory-movements/",
    "path.labor-time": "/reports/worker-labor-time",
    "path.product-families": "/product-families/",
    "path.production-orders": "/production-orders/",
    "path.productions": "/productions/",
    "path.products": "/products/",
    "path.purchase-orders": "/purchase-orders/",
    "path.sales-orders": "/sales-orders/",
    "path.suppliers": "/suppliers/",
}

# Empty: nothing is sent, which is right for a service that answers with everything.
_PARAMETERS = {
    "parameter.token": "access_token",
    "parameter.page-size": "",
    "value.page-size": "",
    # For a service that lists closed orders only when asked: such as "status", "open,closed".
    "parameter.closed-orders": "",
    "value.closed-orders": "",
    # For a report of labour time that answers only when asked for a span: such as "from",
    # "2025-01-01".
    "parameter.labor-time": "",
    "value.labor-time": "",
}

# Words by which movements say what they are.
_WORDS = {
    "word.receiving-movement": "receiving",
    "word.shipping-movement": "shipping",
}

# What a status word of theirs says in ours; further words can be added as "status.<word>".
_STATUSES = {
    "status.open": "open",
    "status.closed": "closed",
    "status.completed": "closed",
    "status.archived": "closed",
    "status.partially-shipped": "open",
    "status.shipped": "closed",
    "status.partially-received": "open",
    "status.received": "closed",
    "status.draft": "draft",
    "status.in-review": "draft",
    "status.approved": "open",
    "status.rejected": "cancelled",
    "status.cancelled": "cancelled",
    "status.canceled": "cancelled",
}

# Properties that are called the same in the key and on the wire.
_PROPERTIES = {
    "address": ("address", "city", "postal-code", "state", "country", "code", "name", "default"),
    "contact": ("name", "phone", "email", "default"),
    "client": ("id", "code", "name", "vat-number", "addresses", "contacts", "active"),
    "supplier": ("id", "code", "name", "vat-number", "address", "phone", "email", "active"),
    "product": (
        "id",
        "code",
        "name",
        "observations",
        "unit",
        "tags",
        "custom-fields",
        "active",
    ),
    "sales-order": (
        "id",
        "code",
        "creation-date",
        "client",
        "marketplace",
        "billing-address",
        "observations",
        "status",
        "archived",
        "custom-fields",
        "shippings",
        "products",
        "due-date",
        "delivery-address",
        "shipped-date",
    ),
    "shipping": (
        "id",
        "code",
        "due-date",
        "delivery-address",
        "status",
        "shipped-date",
        "tracking-number",
        "products",
    ),
    "sales-line": (
        "product",
        "quantity-ordered",
        "quantity-shipped",
        "unit-price",
        "price",
        "observations",
        "parameters",
    ),
    "purchase-order": (
        "id",
        "code",
        "supplier",
        "creation-date",
        "active",
        "approval-status",
        "status",
        "notes",
        "external-notes",
        "custom-fields",
        "receivings",
        "products",
        "due-date",
        "received-date",
    ),
    "receiving": ("id", "code", "due-date", "status", "received-date", "products"),
    "purchase-line": (
        "product",
        "quantity-ordered",
        "quantity-received",
        "unit-cost",
        "cost",
        "observations",
        "lot",
    ),
    "movement": (
        "id",
        "type",
        "date",
        "product",
        "quantity",
        "lot",
        "sales-order",
        "shipping",
        "purchase-order",
        "receiving",
    ),
    "inventory": ("product", "quantity", "unit", "warehouses"),
    "production-order": ("id", "code", "description", "client", "status", "archived"),
    "labor": ("worker", "date", "production-order", "operation", "section", "work-time"),
    "production": (
        "id",
        "production-order",
        "operation",
        "section",
        "worker",
        "work-time",
    ),
}

DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        **_PATHS,
        **_PARAMETERS,
        **_STATUSES,
        **_WORDS,
        **{f"{group}.{name}": name for group, names in _PROPERTIES.items() for name in names},
        # v1 has times; the keys are older than that knowledge, and connections may have them.
        "production.start-date": "start-time",
        "production.end-date": "end-time",
    }
)
"""The table: key -> what it is on the wire."""


class FieldMap:
    """The table with a connection's corrections; ``fields[key]`` gives the wire's word."""

    __slots__ = ("_own", "_words")

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        self._own = dict(overrides or {})
        self._words = {**DEFAULTS, **self._own}

    @classmethod
    def of(cls, overrides: Mapping[str, str]) -> FieldMap:
        """Make the map from a connection's settings.

        Raises:
            SettingsError: A key is not in the table (new status words are welcome), or a
                status is not one of ours.
        """
        for key, word in overrides.items():
            is_status = key.startswith("status.")
            if key not in DEFAULTS and not is_status:
                near = difflib.get_close_matches(key, DEFAULTS, 3)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                raise SettingsError(f"The field map has no entry “{key}”{hint}")
            if is_status and word not in {"open", "closed", "draft", "cancelled"}:
                raise SettingsError(
                    f"The field map's entry “{key}” must be open, closed, draft or cancelled, "
                    f"not “{word}”"
                )
        return cls(overrides)

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def word(self, status: str) -> str | None:
        """Give the tenant's word for one of our statuses; ``None``: it has none.

        A correction that names one goes before the word of the table.
        """
        own = [key for key, ours in self._own.items() if ours == status]
        words = [key.removeprefix("status.") for key in own if key.startswith("status.")]
        if words:
            return words[0]
        return status if self._words.get(f"status.{status}") == status else None

    def status(self, word: str) -> str | None:
        """Give our word for one of their statuses, ``None`` for a word nobody has mapped."""
        return self._words.get(f"status.{word.strip().lower().replace('_', '-')}")

    def path(self, name: str) -> str:
        """Give a path with its prefix, such as ``/api/v1/clients/``."""
        return self["path.prefix"] + self[f"path.{name}"]
