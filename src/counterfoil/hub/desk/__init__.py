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
    NameChoice,
    OvertakenError,
    change_settings,
    chosen_names,
    match_name,
    name_choice,
    put_back_name,
    request_retrieval,
    set_settings,
    take_settings,
    unmatch_name,
)
from ._comparing import Comparison
from ._corrections import (
    activate_named,
    correct,
    put_back_correction,
    replace_correction,
    uncorrect,
)
from ._counterparts import (
    Said,
    SaidRow,
    said_rows,
    take_back_counterparts,
)
from ._counts import Pressed, press_count, press_due_counts
from ._editing import (
    Difference,
    Editable,
    Edited,
    EditField,
    Proposal,
    edit,
    editable,
    offered,
    propose,
)
from ._effects import SettingsEffect, settings_effect
from ._history import HistoryRow, history
from ._leaving import accept, skip
from ._lists import (
    LISTS,
    ListPage,
    ListRow,
    ListStanding,
    ask_for_list,
    list_named,
    list_page,
    list_standings,
    opened_list,
)
from ._names import (
    compare_lists,
    decisions_on,
    missing,
    names_list,
    names_lists,
    names_page,
    say_counterparts,
    take_back_records,
)
from ._names_page import Fits, NamesPage
from ._one import OnePressed, order_named, press_one
from ._outcomes import Left, Released
from ._pressing import press, release
from ._preview import Forecast, preview
from ._retrying import retry
from ._routes import RouteRow, clear_route, route_rows, set_route
from ._seen import NOT_LOOKED_AT, Seen, last_done
from ._taking_back import call_off, put_back
from ._told_lists import Held, NamesList
from ._undoing import UndoEffect, Undone, undo, undo_effect

__all__ = [
    "LISTS",
    "NOT_LOOKED_AT",
    "Adopted",
    "Comparison",
    "ConnectionStatus",
    "CountPress",
    "Difference",
    "EditField",
    "Editable",
    "Edited",
    "Fits",
    "Forecast",
    "Held",
    "HistoryRow",
    "Left",
    "LinkStatus",
    "ListPage",
    "ListRow",
    "ListStanding",
    "NameChoice",
    "NamesList",
    "NamesPage",
    "OnePressed",
    "OvertakenError",
    "Pressed",
    "Proposal",
    "Released",
    "RouteRow",
    "Said",
    "SaidRow",
    "Seen",
    "SettingsEffect",
    "TransferRow",
    "UndoEffect",
    "Undone",
    "accept",
    "activate_named",
    "adopt",
    "ask_for_list",
    "call_off",
    "change_settings",
    "check_going",
    "chosen_names",
    "clear_route",
    "compare_lists",
    "connection_status",
    "correct",
    "decisions_on",
    "details",
    "doubts_of",
    "edit",
    "editable",
    "find_link",
    "flow_of",
    "history",
    "last_done",
    "link_status",
    "list_named",
    "list_page",
    "list_standings",
    "match_name",
    "missing",
    "name_choice",
    "names_list",
    "names_lists",
    "names_page",
    "numbered",
    "offered",
    "opened_list",
    "order_named",
    "press",
    "press_count",
    "press_due_counts",
    "press_one",
    "preview",
    "propose",
    "put_back",
    "put_back_correction",
    "put_back_name",
    "release",
    "replace_correction",
    "request_retrieval",
    "retry",
    "route_rows",
    "rows",
    "said_rows",
    "say_counterparts",
    "set_route",
    "set_settings",
    "settings_effect",
    "settings_of",
    "shown_adoption",
    "skip",
    "status_of",
    "stock_counts",
    "systems_of",
    "take_back",
    "take_back_counterparts",
    "take_back_records",
    "take_settings",
    "uncorrect",
    "undo",
    "undo_effect",
    "unmatch_name",
    "unreadables",
    "zone_of",
]
