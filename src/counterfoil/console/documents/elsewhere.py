"""Where a document is to be seen in the system that it went to: addresses of QuickBooks Online.

Source: the addresses that QuickBooks Online's own pages have; ``txnId`` is the document's
identity in the API.  Kinds whose address is not known are not linked to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode

from counterfoil.documents import DocumentKind
from counterfoil.settings import SystemName

__all__ = ["way_there"]


class _Site(NamedTuple):
    """A system's own pages: the host by its environment, the page by the kind of document."""

    hosts: Mapping[str, str]
    pages: Mapping[DocumentKind, str]


_SITES: Final[Mapping[SystemName, _Site]] = {
    SystemName.QUICKBOOKS_ONLINE: _Site(
        hosts={
            "production": "https://app.qbo.intuit.com",
            "sandbox": "https://app.sandbox.qbo.intuit.com",
        },
        pages={
            DocumentKind.BILL: "bill",
            DocumentKind.ESTIMATE: "estimate",
            DocumentKind.INVOICE: "invoice",
            DocumentKind.PURCHASE_ORDER: "purchaseorder",
            DocumentKind.SALES_RECEIPT: "salesreceipt",
        },
    ),
}


def way_there(
    system: SystemName, environment: str | None, kind: DocumentKind, document_id: str
) -> str | None:
    """Give the address of a document in its system's own pages; ``None``: none is known.

    ``environment``: which of the vendor's; ``None``: none of them, but a stand-in.
    """
    site = _SITES.get(system)
    if site is None or (environment or "") not in site.hosts or kind not in site.pages:
        return None
    query = urlencode({"txnId": document_id})
    return f"{site.hosts[environment or '']}/app/{site.pages[kind]}?{query}"
