"""QuickBooks Desktop: calls us through its Web Connector, a message set at a time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from counterfoil.documents import DocumentKind, RecordKind
from counterfoil.engine.operations import VoidWay
from counterfoil.errors import UsageError
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName

from ._shape import SETTLES_AFTER_S_MAX, Credential, Form, Given, Side, System, Traits
from ._typed import whole_number

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target

__all__ = ["REQUESTS_PER_SET", "SYSTEM", "account_of"]

# Requests of one message set.  QuickBooks names no limit; 25 to 100 is common practice
# (reference section 3.1), and a lost answer is asked about once for all of them.
REQUESTS_PER_SET: Final = 100
_REQUESTS_PER_SET_MAX: Final = 500

_PATH_LENGTH_MAX: Final = 260  # Windows' own
_USER_NAME_LENGTH_MAX: Final = 80


_TRAITS: Final = Traits(
    is_called=False,
    recalls_batches=True,
    tells_deletions=True,
    keeps_marks=True,
    keeps_ledger_mark=True,
    watch="changes",
    # A Web Connector hands a set on within moments; once QuickBooks has it, our question
    # waits behind it.  What remains is a computer that falls asleep in between.
    settles_after=timedelta(seconds=30),
    # What is deleted gives its number free and its order back what it took; a voided document
    # stays among the books' papers.  TxnVoid does not take all of them (TxnVoidType of qbXML
    # 16.0), and neither takes what was paid.
    ways_out={
        DocumentKind.SALES_ORDER: (VoidWay.DELETE,),
        DocumentKind.PURCHASE_ORDER: (VoidWay.DELETE,),
        DocumentKind.ESTIMATE: (VoidWay.DELETE,),
        DocumentKind.WORK_ENTRY: (VoidWay.DELETE,),
        DocumentKind.INVOICE: (VoidWay.DELETE, VoidWay.VOID),
        DocumentKind.BILL: (VoidWay.DELETE, VoidWay.VOID),
        DocumentKind.ITEM_RECEIPT: (VoidWay.DELETE, VoidWay.VOID),
        DocumentKind.STOCK_COUNT: (VoidWay.DELETE, VoidWay.VOID),
    },
    closes=frozenset({DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER}),
    # A stock count says how much there was at one moment: it is counted anew, never changed.
    changes=frozenset(
        {
            DocumentKind.SALES_ORDER,
            DocumentKind.PURCHASE_ORDER,
            DocumentKind.ESTIMATE,
            DocumentKind.INVOICE,
            DocumentKind.BILL,
            DocumentKind.ITEM_RECEIPT,
            DocumentKind.WORK_ENTRY,
        }
    ),
    lists=(
        RecordKind.CUSTOMER,
        RecordKind.VENDOR,
        RecordKind.EMPLOYEE,
        RecordKind.OTHER_NAME,
        RecordKind.ITEM,
        RecordKind.ACCOUNT,
        RecordKind.CLASS,
        RecordKind.UNIT_SET,
        RecordKind.PAYROLL_ITEM,
        RecordKind.TAX_CODE,
        RecordKind.CUSTOM_FIELD,
        RecordKind.SHIP_METHOD,
        RecordKind.INVENTORY_SITE,
    ),
    records_per_page=1000,
    documents_per_page=200,
    identity_pattern=r"[0-9A-Fa-f]+-[0-9]+",
)


def _read(given: Mapping[str, str], known: Given | None) -> Given:
    """Read what was given; a connection without a FileID gets a fresh one."""
    parameters = dict(known.parameters) if known else {}
    parameters.setdefault("file_id", "{" + str(uuid.uuid4()) + "}")
    if "company_file" in given:
        parameters["company_file"] = _path(given["company_file"])
    if "requests_per_set" in given:
        parameters["requests_per_set"] = whole_number(
            given["requests_per_set"],
            1,
            _REQUESTS_PER_SET_MAX,
            "Requests per message set",
            "requests_per_set",
        )
    if "settles_after" in given:
        parameters["settles_after_s"] = whole_number(
            given["settles_after"],
            0,
            SETTLES_AFTER_S_MAX,
            "Seconds until a set has settled",
            "settles_after",
        )
    if "file_id" in given:
        parameters["file_id"] = _guid(given["file_id"])
    user_name = known.user_name if known else None
    if "user_name" in given:
        user_name = _user_name(given["user_name"])
    return Given(
        parameters=parameters, account=known.account if known else None, user_name=user_name
    )


def _user_name(text: str) -> str:
    """Read a user name as signing in compares it: without anything that nobody sees."""
    name = text.strip()
    is_plain = name.isascii() and name.isprintable() and " " not in name
    if not is_plain or len(name) > _USER_NAME_LENGTH_MAX:
        raise UsageError(
            f"{name[:80]!r} is no user name: it has up to {_USER_NAME_LENGTH_MAX} letters, digits "
            "and signs of ASCII, and no blanks, like counterfoil-books.",
            field="user_name",
        )
    return name


def _path(text: str) -> str:
    path = text.strip()
    is_shown = path.isprintable()
    if (
        not is_shown
        or len(path) > _PATH_LENGTH_MAX
        or path.lower() in ("none", "nvu", "busy", "done")
    ):
        raise UsageError(
            f"{path[:80]!r} is no path of a company file; give it in full, like C:\\Books\\A.qbw.",
            field="company_file",
        )
    return path


def _guid(text: str) -> str:
    try:
        return "{" + str(uuid.UUID(text.strip())) + "}"
    except ValueError:
        raise UsageError(
            f"{text!r} is no FileID; it is like {{b1c7b0e2-1111-2222-3333-444455556666}}.",
            field="file_id",
        ) from None


def account_of(text: str) -> str:
    """Name the account that a FileID stands for; neither case nor braces are a promise."""
    return text.strip().strip("{}").lower()


def _target(
    connection: Connection,
    version: Version | None,
    batch_limit: int | None,
    writer: messages.Writer | None,
) -> Target:
    from .quickbooks_desktop_target import describe

    usual = int(connection.parameters.get("requests_per_set", REQUESTS_PER_SET))
    # What is not told does not rule them out: then a site that a link names is looked up.
    may_keep_sites = connection.facts.get("uses_inventory_sites") is not False
    size = min(usual, batch_limit or usual)
    return describe(_TRAITS, size, version, writer, keeps_sites=may_keep_sites)


SYSTEM: Final = System(
    name=SystemName.QUICKBOOKS_DESKTOP,
    side=Side.BOOKS,
    traits=_TRAITS,
    form=Form(
        credentials=(
            Credential(name="company_file"),
            Credential(name="user_name"),
            Credential(name="requests_per_set"),
            Credential(name="settles_after"),
            Credential(name="file_id"),
        ),
        read=_read,
        signs_in_here=True,
    ),
    target=_target,
)
