"""What is asked when inventory is sent, and that a double click sends it once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from counterfoil.api.errors import ApiError
from counterfoil.console.forms import Typed
from counterfoil.console.visiting import Visit
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, views
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

__all__ = ["accounts_offered", "found_link", "press_once", "typed_of", "wrong"]

_ACCOUNT: Final = "stock-count-out.adjustment_account"
_ACCOUNTS_MAX: Final = 200
# A second press of the same person for the same within so long is a double click.
_TWICE_WITHIN: Final = timedelta(minutes=1)


def found_link(hub: Hub, link: str) -> Link:
    """Find the link of a page, or answer 404."""
    try:
        return finding.link_named(hub, link)
    except UsageError as error:
        raise ApiError(404, error.said) from error


def typed_of(hub: Hub, link: Link, **typed: str) -> Typed:
    """Give the form as it is first: account and memo as they are set."""
    settings, _version, _problems = views.settings_of(hub, link.id)
    rules = settings.stock_count_out
    values = {"account": rules.adjustment_account or "", "memo": rules.adjustment_memo or ""}
    return Typed({**values, **typed})


def accounts_offered(hub: Hub, link: Link) -> views.NamesOffered:
    """Give the accounts that may be named."""
    return views.names_offered(hub, link.id, _ACCOUNT, "", limit=_ACCOUNTS_MAX)


def wrong(hub: Hub, link: Link, typed: Typed) -> dict[str, str]:
    """Say what is wrong with account and memo, by field."""
    account = typed.value("account").strip()
    if not account:
        return {"account": "Name the account on which the difference is booked."}
    offered = views.names_offered(hub, link.id, _ACCOUNT, account, limit=_ACCOUNTS_MAX)
    names = {name.casefold() for name, _remark in offered.names}
    if offered.problem is None and account.casefold() not in names:
        return {"account": f"{account[:80]!r} is no account there. Choose one of the list."}
    return {}


def press_once(
    visit: Visit, link: Link, typed: Typed, codes: Sequence[str], *, is_preview: bool = False
) -> int:
    """Press on “send”, unless that was a double click; gives the press.

    Raises:
        UsageError: It cannot be sent; says why.
    """
    return desk.press_count(
        visit.hub,
        link.id,
        codes,
        visit.name,
        everything=not codes,
        account=typed.value("account").strip(),
        memo=typed.value("memo").strip(),
        is_preview=is_preview,
        once_within=_TWICE_WITHIN,
    ).id
