"""What was told when, what waits, and what was given up."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import table_answer
from counterfoil.console.filters import PAGE, every, read_filters
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Administering
from counterfoil.errors import UsageError
from counterfoil.hub import notice_rules, notices
from counterfoil.hub.setup import Hub
from counterfoil.ledger.notices import Delivery

__all__ = ["add"]

_STATES: Final = {
    Delivery.SENT: ("good", "Told"),
    Delivery.WAITING: ("hold", "Waits to be sent"),
    Delivery.GIVEN_UP: ("bad", "Given up"),
}


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the route."""

    @routes.get("/admin/notices/told")
    def told(
        visit: Administering,
        *,
        rule: Annotated[str, Query(max_length=200)] = "",
        before: int | None = None,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        rules = notice_rules.all_rules(hub)
        is_known = any(str(each.id) == rule for each in rules)
        chosen = rule if is_known else ""
        filters = read_filters("/admin/notices/told", {"rule": chosen})
        if as_ in ("csv", "xlsx"):
            rows = every(lambda behind, limit: _rows(hub, chosen, behind, limit))
            return table_answer("notifications", as_, *table_of(notices.NoticeShown, rows))
        return page(
            visit,
            "notices/told.html",
            rows=_rows(hub, chosen, before, PAGE),
            filters=filters,
            before=before,
            rules=rules,
            states=_STATES,
        )


def _rows(hub: Hub, rule: str, before: int | None, limit: int) -> list[notices.NoticeShown]:
    try:
        return notices.told(hub, rule=rule or None, before=before, limit=limit)
    except UsageError:
        # It was taken away in this moment.
        return []
