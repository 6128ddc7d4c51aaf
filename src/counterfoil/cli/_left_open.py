"""What the demonstration leaves for whoever looks: a few orders that need a person.

All its own documents have arrived by then.  Two of these name a customer that the books do not
have, though one of nearly that name; one names an item that somebody made inactive meanwhile.
Each can be cured in the inbox.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from ._play import enter_client, enter_order, set_item_active
from ._stage import Stage

__all__ = ["leave_open"]

_LINK: Final = "1"
_UNKNOWN: Final = "PICNIC LTD"
_ENTERED: Final = date(2026, 1, 28)


def leave_open(stage: Stage) -> None:
    """Enter them, and let them come to where they stop."""
    client = stage.operations("GET", "clients/")[0]["code"]
    items = [each["Name"] for each in stage.books("ItemNonInventory")]
    products = [each["code"] for each in stage.operations("GET", "products/")]
    sold, withdrawn = [code for code in products if code in items][-2:]
    set_item_active(stage, withdrawn, is_active=False)
    enter_client(stage, _UNKNOWN, "Picnic Republic Ltd")
    enter_order(stage, "EXTRA-2", _UNKNOWN, sold, _ENTERED)
    enter_order(stage, "EXTRA-3", _UNKNOWN, sold, _ENTERED)
    enter_order(stage, "EXTRA-4", client, withdrawn, _ENTERED)
    stage.command("settings", "set", _LINK, "sales-order-out.create_missing_customers=false")
    stage.command("run", _LINK)
    stage.run_web_connector()
