"""What people ask for: the verbs of the command line and of the API.

Each function is one verb, in one or two short transactions, and answers with plain
records that both faces render.  A verb that cannot be carried out says why, and what to
do, with a ``UsageError``; it changes nothing then.  What only looks is that of ``hub.views``.
"""

from counterfoil.hub.finding import check_going, find_link, flow_of
from counterfoil.hub.views import (
    Adopted,
    ConnectionStatus,
    CountPress,
    LinkStatus,
    TransferRow,
    connection_status,
    details,
    doubts_of,
    link_status,
    numbered,
    rows,
    settings_of,
    shown_adoption,
    status_of,
    stock_counts,
    unreadables,
    zone_of,
)

from ._adopting import adopt, take_back
from ._choices import (
    change_settings,
    match_name,
    request_retrieval,
    set_settings,
    take_settings,
)
from ._counterparts import (
    Comparison,
    Said,
    SaidRow,
    compare_lists,
    missing,
    said_rows,
    say_counterparts,
    take_back_counterparts,
)
from ._counts import Pressed, press_count, press_due_counts
from ._history import HistoryRow, history
from ._lists import (
    LISTS,
    ListPage,
    ListRow,
    ListStanding,
    list_named,
    list_page,
    list_standings,
    opened_list,
)
from ._moves import Left, Released, Undone, accept, release, retry, skip, undo
from ._one import OnePressed, order_named, press_one
from ._preview import Forecast, preview
from ._routes import RouteRow, clear_route, route_rows, set_route

__all__ = [
    "LISTS",
    "Adopted",
    "Comparison",
    "ConnectionStatus",
    "CountPress",
    "Forecast",
    "HistoryRow",
    "Left",
    "LinkStatus",
    "ListPage",
    "ListRow",
    "ListStanding",
    "OnePressed",
    "Pressed",
    "Released",
    "RouteRow",
    "Said",
    "SaidRow",
    "TransferRow",
    "Undone",
    "accept",
    "adopt",
    "change_settings",
    "check_going",
    "clear_route",
    "compare_lists",
    "connection_status",
    "details",
    "doubts_of",
    "find_link",
    "flow_of",
    "history",
    "link_status",
    "list_named",
    "list_page",
    "list_standings",
    "match_name",
    "missing",
    "numbered",
    "opened_list",
    "order_named",
    "press_count",
    "press_due_counts",
    "press_one",
    "preview",
    "release",
    "request_retrieval",
    "retry",
    "route_rows",
    "rows",
    "said_rows",
    "say_counterparts",
    "set_route",
    "set_settings",
    "settings_of",
    "shown_adoption",
    "skip",
    "status_of",
    "stock_counts",
    "systems_of",
    "take_back",
    "take_back_counterparts",
    "take_settings",
    "undo",
    "unreadables",
    "zone_of",
]
