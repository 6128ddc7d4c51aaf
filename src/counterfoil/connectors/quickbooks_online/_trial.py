"""Whether a connection to a company works, told in words, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from counterfoil.connectors.called import CallRefusedError, Trial, TrialFailure, Trying
from counterfoil.errors import ConnectorError, SettingsError
from counterfoil.told import Advice

from ._client import Deed, Item, OnlineClient
from ._company import Company, company_of, has_orders
from ._faults import NAME
from ._query import Query

__all__ = ["Observed", "observe", "try_account"]

_CURES: Final[Mapping[TrialFailure, Advice]] = {
    TrialFailure.ADDRESS: Advice(
        "Leave the base URL out, unless somebody told you another one, and see "
        "that the environment (production or sandbox) is that of the app's keys."
    ),
    TrialFailure.CREDENTIALS: Advice("Connect the company again", "connections connect NAME"),
    TrialFailure.PERMISSION: Advice(
        "Use the production keys of the app for a real company and its development keys for a "
        "sandbox company. If the app was disconnected in QuickBooks, connect the company again, as "
        "somebody who is an administrator there."
    ),
    TrialFailure.UNREACHABLE: Advice("Check this computer's way to the internet, then try again."),
    TrialFailure.BUSY: Advice("Try again in a few minutes."),
    TrialFailure.STRANGE: Advice(
        "Check the base URL; a proxy or a sign-in page may stand in between."
    ),
}


def try_account(client: OnlineClient) -> Trial:
    """Sign in, read the company and its preferences, and see whether bills may be written."""
    trying = Trying(
        name=NAME,
        base_url=client.account.base_url,
        account=client.account.realm,
        wrong=f"{NAME} does not accept the connection's sign-in any more.",
        cures=_CURES,
    )
    try:
        company = company_of(client, anew=True)
        client.page(Query.of("Bill"), 1, 1)
        denied = _denied(client, "Bill")
    except (ConnectorError, SettingsError) as error:
        detail = None
        if isinstance(error, ConnectorError):
            detail = client.redacted(f"{error.operation}: {error.detail}")
        return trying.broken_off(error, detail=detail)
    if denied is not None:
        return trying.failed(
            TrialFailure.PERMISSION,
            f"The user who connected {company.name} may not write bills there. {NAME} says: "
            f"{denied.reason}",
            client.redacted(f"{denied.operation}: {denied.detail}"),
        )
    facts = {"system": NAME, "reachable": "true", "realm": client.account.realm}
    return trying.passed({**facts, **company.facts})


def _denied(client: OnlineClient, entity: str) -> CallRefusedError | None:
    """Say why a form may not be written; ``None``: it may.

    An empty one is sent, which is refused in any case: for what it lacks, or for the right or the
    feature that is missing (5020, 5030).

    Raises:
        ConnectorError: It cannot be asked.
    """
    try:
        client.write(Item(entity=entity, deed=Deed.CREATE, body={}))
    except CallRefusedError as error:
        return error if error.fault in _DENIALS or error.code == "403" else None
    return None


_DENIALS: Final = frozenset({"5020", "5030", "120"})


# --- What is so of the company --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Something that matters for the work, and whether it is so; ``None``: it cannot be told."""

    name: str
    title: str
    is_so: bool | None
    sentence: str


def observe(client: OnlineClient) -> tuple[Observed, ...]:
    """Look at each; what cannot be read tells nothing."""
    try:
        company = company_of(client)
    except ConnectorError as error:
        return (Observed(name="company", title=_TITLE, is_so=None, sentence=error.message),)
    told = (look(company) for look in _LOOKS)
    return (_orders(client, company), *told, _adjustments(client))


_TITLE: Final = "The company can be read"


def _orders(client: OnlineClient, company: Company) -> Observed:
    """See whether purchase orders can be written: the edition decides, and the user's role."""
    is_so: bool | None = has_orders(company)
    sentence = f"{company.edition or 'The edition, which is not told,'} has them."
    try:
        denied = _denied(client, "PurchaseOrder")
    except ConnectorError as error:
        is_so, sentence = None, error.message
    else:
        if denied is not None or not is_so:
            is_so = False
            said = f" {NAME} says: {denied.reason}" if denied is not None else ""
            sentence = (
                f"{company.edition or 'The edition'} or the role of the user who connected it has "
                f"none: let purchase orders become bills, or upgrade to Plus.{said}"
            )
    return Observed(
        name="purchase-orders",
        title="Purchase orders can be written",
        is_so=is_so,
        sentence=sentence,
    )


def _items(company: Company) -> Observed:
    return Observed(
        name="items-on-purchases",
        title="Lines of purchases may name items",
        is_so=company.buys_items,
        sentence="They may."
        if company.buys_items
        else "They may not: switch on “Show items table on expense and purchase forms” (Account "
        "and settings, Expenses).",
    )


def _stock(company: Company) -> Observed:
    return Observed(
        name="stock",
        title="Quantities on hand are kept",
        # A company that keeps no stock lacks nothing.
        is_so=company.tracks_stock or None,
        sentence="They are." if company.tracks_stock else "They are not; stock cannot be sent.",
    )


def _closed(company: Company) -> Observed:
    return Observed(
        name="closing-date",
        title="The books are open",
        is_so=None if company.closed_until else True,
        sentence=f"They are closed up to {company.closed_until}; what is dated then or earlier is "
        "not taken."
        if company.closed_until
        else "No closing date is set.",
    )


_LOOKS: Final[tuple[Callable[[Company], Observed], ...]] = (_items, _stock, _closed)


def _adjustments(client: OnlineClient) -> Observed:
    """See whether inventory adjustments are open to this app: its plan decides, too."""
    title, is_so = "Inventory adjustments are open to this app", True
    sentence = "They are."
    try:
        client.page(Query.of("InventoryAdjustment"), 1, 1)
    except CallRefusedError:
        is_so = False
        sentence = (
            "They are not: Intuit opens them to apps of the Silver plan and higher only, and to "
            "companies with Plus or Advanced. Only stock counts need them: let quantities be set "
            "on the items instead (stock-count-out.fallback=set_items)."
        )
    except ConnectorError as error:
        return Observed(name="adjustments", title=title, is_so=None, sentence=error.message)
    return Observed(name="adjustments", title=title, is_so=is_so, sentence=sentence)
