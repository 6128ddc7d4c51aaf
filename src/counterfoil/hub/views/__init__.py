"""What people look at: how connections, links, transfers and presses stand.

Each function reads, in one short transaction, and answers with plain records that all faces
render.  Nothing here plans or drives, so that a command that only looks starts at once.
"""

from ._adoptions import Adopted, shown_adoption
from ._overview import (
    ConnectionStatus,
    LinkStatus,
    Pulse,
    connection_status,
    link_status,
    status_of,
    unreadables,
    zone_of,
)
from ._presses import CountPress, stock_counts
from ._settings import doubts_of, settings_of, systems_of
from ._transfers import (
    Sought,
    TransferRow,
    details,
    found,
    numbered,
    rows,
    rows_of,
    transfers_named,
)

__all__ = [
    "Adopted",
    "ConnectionStatus",
    "CountPress",
    "LinkStatus",
    "Pulse",
    "Sought",
    "TransferRow",
    "connection_status",
    "details",
    "doubts_of",
    "found",
    "link_status",
    "numbered",
    "rows",
    "rows_of",
    "settings_of",
    "shown_adoption",
    "status_of",
    "stock_counts",
    "systems_of",
    "transfers_named",
    "unreadables",
    "zone_of",
]
