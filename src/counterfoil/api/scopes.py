"""Which scope each operation of the JSON API needs: one table, proved whole by a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counterfoil.hub.scopes import Scope

__all__ = ["SCOPES", "scope_of"]

_READ: Final = (
    "GET /status",
    "GET /flows",
    "GET /unreadable",
    "GET /settings/schema",
    "GET /connections",
    "GET /connections/{connection}",
    "GET /connections/{connection}/runs",
    "GET /connections/{connection}/leaves",
    "GET /connections/{connection}/qwc",
    "GET /connections/{connection}/people",
    "GET /connections/{connection}/people/{person}/qwc",
    "GET /connections/{connection}/people/{person}/leaves",
    "GET /connections/{connection}/connect",
    "GET /connections/{connection}/checklist",
    "GET /connections/{connection}/routes",
    "GET /connections/{connection}/lists",
    "GET /connections/{connection}/lists/{list}",
    "GET /links",
    "GET /links/{link}",
    "GET /links/{link}/settings",
    "GET /links/{link}/settings/form",
    "GET /links/{link}/settings/export",
    "GET /links/{link}/settings/history",
    "GET /links/{link}/leaves",
    "GET /links/{link}/preview",
    "GET /links/{link}/checklist",
    "GET /links/{link}/counts",
    "GET /links/{link}/names",
    "GET /links/{link}/names/lists",
    "GET /links/{link}/names/{list}",
    "GET /inbox",
    "GET /inbox/cures",
    "GET /inbox/{case}",
    "GET /inbox/{case}/candidates",
    "GET /notices",
    "GET /notices/told",
    "GET /runs",
    "GET /runs/{run}",
    "GET /runs/{run}/undo",
    "GET /transfers/{transfer}/correct",
    "GET /writes",
    "GET /transfers",
    "GET /transfers/export",
    "GET /transfers/{transfer}",
)
_OPERATE: Final = (
    "POST /connections/{connection}/test",
    "POST /connections/{connection}/checklist/{step}",
    "POST /links/{link}/pause",
    "POST /links/{link}/resume",
    "POST /links/{link}/run",
    "POST /links/{link}/checklist/{step}",
    "POST /links/{link}/counts/preview",
    "POST /links/{link}/send",
    "POST /links/{link}/sync-one",
    "POST /links/{link}/retrieve",
    "POST /links/{link}/match",
    "POST /links/{link}/names/{list}",
    "POST /links/{link}/names/{list}/undo",
    "POST /links/{link}/names/undo",
    "POST /inbox/undo",
    "POST /inbox/{case}/cure",
    "POST /runs/{run}/stop",
    "POST /transfers/retry",
    "POST /transfers/skip",
    "POST /transfers/accept",
    "POST /transfers/undo",
    "POST /transfers/{transfer}/correct",
    "POST /transfers/{transfer}/correct/undo",
    "POST /transfers/{transfer}/adopt",
    "POST /transfers/{transfer}/adopt/undo",
)
_ADMINISTER: Final = (
    "POST /connections",
    "POST /connections/{connection}/routes",
    "POST /connections/{connection}/routes/clear",
    "PATCH /connections/{connection}",
    "POST /connections/{connection}/remove",
    "POST /connections/{connection}/restore",
    "POST /connections/{connection}/accept-file",
    "POST /connections/{connection}/disconnect",
    "POST /connections/{connection}/password",
    "POST /connections/{connection}/token",
    "POST /connections/{connection}/people",
    "POST /connections/{connection}/people/{person}/password",
    "POST /connections/{connection}/people/{person}/remove",
    "GET /users",
    "POST /users",
    "POST /users/two-factor",
    "GET /users/{user}",
    "PATCH /users/{user}",
    "POST /users/{user}/remove",
    "POST /users/{user}/link",
    "POST /users/{user}/link/end",
    "POST /users/{user}/off",
    "POST /users/{user}/on",
    "GET /users/{user}/sessions",
    "POST /users/{user}/sign-out",
    "POST /users/{user}/reset-two-factor",
    "POST /links",
    "POST /notices",
    "PATCH /notices/{rule}",
    "POST /notices/{rule}/on",
    "POST /notices/{rule}/off",
    "POST /notices/{rule}/test",
    "POST /notices/{rule}/remove",
    "POST /links/{link}/remove",
    "PATCH /links/{link}/settings",
    "POST /links/{link}/settings/import",
)

SCOPES: Final[Mapping[str, Scope]] = {
    **dict.fromkeys(_READ, Scope.READ),
    **dict.fromkeys(_OPERATE, Scope.OPERATE),
    **dict.fromkeys(_ADMINISTER, Scope.ADMINISTER),
}


def scope_of(method: str, path: str) -> Scope:
    """Say what an operation needs; ``path`` as it is declared, with its prefix.

    What is not in the table needs the most.
    """
    return SCOPES.get(f"{method} {path.removeprefix('/api/v1')}", Scope.ADMINISTER)
