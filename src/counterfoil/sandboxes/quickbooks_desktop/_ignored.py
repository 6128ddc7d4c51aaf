"""What QuickBooks takes, does not do, and warns of (status 530; corrections 2).

The lines of a vendor's credit are those of a bill, so the schema lets them name an order's line;
the credit is entered, linked to nothing.
"""

from __future__ import annotations

from typing import Any, cast

from counterfoil.connectors.quickbooks_desktop.qbxml import LINES
from counterfoil.sandboxes.quickbooks_desktop._values import Fields

_LINK = "LinkToTxn"
_UNLINKED_KINDS = frozenset({"VendorCredit"})
IGNORED_TEXT = "The field LinkToTxn is not supported in this request and was ignored."


def without_links(kind: str, fields: Fields) -> tuple[Fields, bool]:
    """The fields of an Add as they are carried out, and whether links were left out of them."""
    lines: list[tuple[str, Fields]] = cast("Any", fields.get(LINES) or [])
    if kind not in _UNLINKED_KINDS or all(_LINK not in line for _, line in lines):
        return fields, False
    kept = [
        (name, {field: value for field, value in line.items() if field != _LINK})
        for name, line in lines
    ]
    return {**fields, LINES: cast("Any", kept)}, True
