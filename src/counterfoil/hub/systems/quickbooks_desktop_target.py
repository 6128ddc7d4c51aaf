"""QuickBooks Desktop as planning sees it: how long names may be, and what can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from counterfoil.connectors.quickbooks_desktop import messages, refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import Version, transliterate
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import LOWEST_VERSION
from counterfoil.documents import DocumentKind, RecordKind, Refusal
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import Operation
from counterfoil.settings import Settings

from ._shape import Traits

__all__ = ["NUMBER_LENGTH_MAX", "describe"]

# Source: reference section 5.1 (DOC-3).
NUMBER_LENGTH_MAX: Final = {
    DocumentKind.SALES_ORDER: 11,
    DocumentKind.PURCHASE_ORDER: 11,
    DocumentKind.INVOICE: 11,
    DocumentKind.ESTIMATE: 11,
    DocumentKind.STOCK_COUNT: 11,
    DocumentKind.BILL: 20,
    DocumentKind.ITEM_RECEIPT: 20,
}
_NAME_LENGTH_MAX: Final = {
    RecordKind.CUSTOMER: 41,
    RecordKind.VENDOR: 41,
    RecordKind.EMPLOYEE: 41,
    RecordKind.ITEM: 31,
}


def describe(
    traits: Traits,
    batch_size: int,
    version: Version | None,
    writer: messages.Writer | None,
    *,
    keeps_sites: bool = False,
) -> Target:
    """Describe a company file; see ``systems.target_of``.

    ``keeps_sites``: it tells that it keeps stock at several inventory sites, or tells nothing.
    """
    return Target(
        name="QuickBooks",
        batch_size=batch_size,
        lists_share_names=True,
        has_hierarchy=True,
        number_length_max=NUMBER_LENGTH_MAX,
        name_length_max=_NAME_LENGTH_MAX,
        check=_check(writer or messages.Writer(version or LOWEST_VERSION)),
        fold=transliterate,
        keeps_marks=traits.keeps_marks,
        changes=traits.changes,
        ways_out=traits.ways_out,
        closes=traits.closes,
        keeps_sites=keeps_sites,
    )


def _check(writer: messages.Writer) -> Callable[[Operation, Settings], Refusal | None]:
    def checked(operation: Operation, settings: Settings) -> Refusal | None:
        problem = writer.check(operation)
        return None if problem is None else refusals.of_problem(problem)

    return checked
