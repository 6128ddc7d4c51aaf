"""What planning has to know about each system that is written to: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from counterfoil.connectors.quickbooks_desktop import messages, refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import Version, transliterate
from counterfoil.documents import DocumentKind, RecordKind, Refusal
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import Operation
from counterfoil.ledger.connections import Connection
from counterfoil.settings import Settings, SystemName

__all__ = ["Traits", "target_of", "traits_of"]

# Requests of one message set.  QuickBooks names no limit; 25 to 100 is common practice
# (reference section 3.1), and a lost answer is asked about once for all of them.
REQUESTS_PER_SET: Final = 100
# Fusion Operations takes one order a call; a crash leaves at most this many to ask about.
CALLS_PER_BATCH: Final = 20

LOWEST_VERSION: Final = Version(13, 0)


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """How a system is driven.

    Attributes:
        is_called: ``True``: we call it; ``False``: it calls us.
        recalls_batches: It can say what became of a whole batch whose answer was lost.
        tells_deletions: It can be asked what was deleted.
        lists: Lists that matching reads.
        records_per_page, documents_per_page: Sizes of a reading's page.
    """

    is_called: bool
    recalls_batches: bool
    tells_deletions: bool
    lists: tuple[RecordKind, ...]
    records_per_page: int
    documents_per_page: int


_TRAITS: Final[Mapping[SystemName, Traits]] = {
    SystemName.QUICKBOOKS_DESKTOP: Traits(
        is_called=False,
        recalls_batches=True,
        tells_deletions=True,
        lists=(
            RecordKind.CUSTOMER,
            RecordKind.VENDOR,
            RecordKind.EMPLOYEE,
            RecordKind.OTHER_NAME,
            RecordKind.ITEM,
            RecordKind.ACCOUNT,
        ),
        records_per_page=1000,
        documents_per_page=200,
    ),
    SystemName.FUSION_OPERATIONS: Traits(
        is_called=True,
        recalls_batches=False,
        tells_deletions=False,
        lists=(RecordKind.CUSTOMER, RecordKind.ITEM),
        records_per_page=1000,
        documents_per_page=1000,
    ),
}


def traits_of(system: SystemName) -> Traits:
    """Say how a system is driven.

    Raises:
        KeyError: This version has no connector for it.
    """
    return _TRAITS[system]


def target_of(
    connection: Connection,
    *,
    version: Version | None,
    batch_limit: int | None = None,
    writer: messages.Writer | None = None,
) -> Target:
    """Describe a connection as planning sees it.

    Args:
        connection: Where documents go.
        version: The qbXML version of this run, QuickBooks Desktop only.
        batch_limit: Smaller than usual after a set that QuickBooks could not read.
        writer: Renders the batch afterwards, QuickBooks Desktop only; of that version.
    """
    if connection.system is SystemName.QUICKBOOKS_DESKTOP:
        usual = int(connection.parameters.get("requests_per_set", REQUESTS_PER_SET))
        return Target(
            name="QuickBooks",
            batch_size=min(usual, batch_limit or usual),
            lists_share_names=True,
            has_hierarchy=True,
            number_length_max={DocumentKind.SALES_ORDER: 11},
            name_length_max={RecordKind.CUSTOMER: 41, RecordKind.ITEM: 31},
            check=_desktop_check(writer or messages.Writer(version or LOWEST_VERSION)),
            fold=transliterate,
        )
    return Target(
        name=connection.system.words,
        batch_size=CALLS_PER_BATCH,
        lists_share_names=False,
        has_hierarchy=False,
        number_length_max={},
        name_length_max={},
        check=_no_check,
    )


def _desktop_check(
    writer: messages.Writer,
) -> Callable[[Operation, Settings], Refusal | None]:
    def checked(operation: Operation, settings: Settings) -> Refusal | None:
        problem = writer.check(operation)
        return None if problem is None else refusals.of_problem(problem)

    return checked


def _no_check(operation: Operation, settings: Settings) -> Refusal | None:
    return None
