"""What people ask for: the verbs of the command line and of the API.

Each function is one verb, in one or two short transactions, and answers with plain
records that both faces render.  A verb that cannot be carried out says why, and what to
do, with a ``UsageError``; it changes nothing then.
"""

from ._adopting import Adopted, adopt, shown_adoption, take_back
from ._choices import (
    change_settings,
    doubts_of,
    match_name,
    request_retrieval,
    set_settings,
    settings_of,
    take_settings,
)
from ._counts import CountPress, press_count, stock_counts
from ._finding import check_going, find_link, flow_of
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
from ._preview import Forecast, preview
from ._views import (
    ConnectionStatus,
    LinkStatus,
    TransferRow,
    connection_status,
    details,
    link_status,
    numbered,
    rows,
    status_of,
    unreadables,
    zone_of,
)

__all__ = [
    "LISTS",
    "Adopted",
    "ConnectionStatus",
    "CountPress",
    "Forecast",
    "Left",
    "LinkStatus",
    "ListPage",
    "ListRow",
    "ListStanding",
    "Released",
    "TransferRow",
    "Undone",
    "accept",
    "adopt",
    "change_settings",
    "check_going",
    "connection_status",
    "details",
    "doubts_of",
    "find_link",
    "flow_of",
    "link_status",
    "list_named",
    "list_page",
    "list_standings",
    "match_name",
    "numbered",
    "opened_list",
    "press_count",
    "preview",
    "release",
    "request_retrieval",
    "retry",
    "rows",
    "set_settings",
    "settings_of",
    "shown_adoption",
    "skip",
    "status_of",
    "stock_counts",
    "take_back",
    "take_settings",
    "undo",
    "unreadables",
    "zone_of",
]
