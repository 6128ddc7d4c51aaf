"""Whether an API user works, and what is so of its tenant, told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from counterfoil.connectors.called import Trial, TrialFailure, Trying, clean_line
from counterfoil.errors import ConnectorError, SettingsError, UnavailableError
from counterfoil.told import Advice

from ._client import HOURLY, VERSION, AutotaskClient
from ._errors import NAME
from ._query import Query, is_

__all__ = ["Observed", "observe", "seen_by", "try_account"]

_NEEDED: Final[Mapping[str, str]] = {
    "PurchaseOrders": "purchase order",
    "PurchaseOrderItems": "line of a purchase order",
    "Products": "product",
    "Companies": "organization",
}

_CURES: Final[Mapping[TrialFailure, Advice]] = {
    TrialFailure.ADDRESS: Advice("Leave the base URL out, unless somebody told you another one."),
    TrialFailure.CREDENTIALS: Advice(
        "In Autotask open the API user (it must be of the type “API User (API-only)”): copy its "
        "user name (key) and its tracking identifier, and make a new secret if it is lost. A new "
        "user works after some five minutes; a password may have expired."
    ),
    TrialFailure.PERMISSION: Advice(
        "Let an administrator of Autotask give the API user's security level "
        "the rights to see organizations, products, inventory and purchase orders."
    ),
    TrialFailure.UNREACHABLE: Advice("Check this computer's way to the internet, then try again."),
    TrialFailure.BUSY: Advice("Try again in a few minutes."),
    TrialFailure.STRANGE: Advice(
        "Check the base URL; a proxy or a sign-in page may stand in between."
    ),
}


def seen_by(client: AutotaskClient) -> dict[str, int]:
    """Count what the user can see of what is needed: nothing at all may be a missing right."""
    return {name: client.count(Query.of(name)) for name in _NEEDED}


def try_account(client: AutotaskClient) -> Trial:
    """Find the zone, sign in, see the tenant itself and something of what is needed."""
    account = client.account
    trying = Trying(
        name=NAME,
        base_url=account.base_url,
        account=account.name,
        wrong="The API user name, its secret or the tracking identifier is wrong, or the user is "
        "no API-only user.",
        cures=_CURES,
    )
    try:
        client.prove()
        seen = seen_by(client)
    except SettingsError as error:
        return trying.broken_off(error, detail=None)
    except UnavailableError as error:
        if error.code is None and error.retry_after_s is None:
            return trying.failed(TrialFailure.PERMISSION, error.message, error.detail)
        return trying.broken_off(error, detail=_detail(client, error))
    except ConnectorError as error:
        return trying.broken_off(error, detail=_detail(client, error))
    hidden = [_NEEDED[name] for name, count in seen.items() if not count]
    facts = {"system": NAME, "reachable": "true"}
    return trying.passed(facts | {"visible": _told(seen), "none_visible": ", ".join(hidden)})


def _detail(client: AutotaskClient, error: ConnectorError) -> str:
    return client.redacted(f"{error.operation}: {error.detail}")


def _told(seen: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in seen.items())


# --- What is so of the tenant ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Something that matters for the work, and whether it is so; ``None``: it cannot be told."""

    name: str
    title: str
    is_so: bool | None
    sentence: str


_Finding = tuple[bool | None, str]


def observe(client: AutotaskClient) -> tuple[Observed, ...]:
    """Look at each; what cannot be read tells nothing."""
    return tuple(
        Observed(name=name, title=title, is_so=is_so, sentence=sentence)
        for name, title, look in _LOOKS
        for is_so, sentence in [_seen(client, look)]
    )


def _seen(client: AutotaskClient, look: Callable[[AutotaskClient], _Finding]) -> _Finding:
    try:
        return look(client)
    except ConnectorError as error:
        return None, f"It could not be read: {clean_line(error.message, 300)}"


def _visible(client: AutotaskClient) -> _Finding:
    seen = seen_by(client)
    hidden = [_NEEDED[name] for name, count in seen.items() if not count]
    if not hidden:
        return True, f"Visible are {_told(seen)}."
    return False, (
        f"Not one {', not one '.join(hidden)} is visible: there is none, or the security level of "
        "the API user does not let it see them."
    )


def _writable(client: AutotaskClient) -> _Finding:
    may = client.rights("PurchaseOrders").get("userAccessForUpdate")
    if may is None:
        return None, "Autotask does not say."
    if str(may).lower() in {"none", "0"}:
        return False, (
            "The API user may not change purchase orders, so their external number cannot be "
            "written back."
        )
    return True, "The external number of purchase orders can be written back."


def _version(client: AutotaskClient) -> _Finding:
    told = client.versions()
    newer = [each for each in told if each.lower() != VERSION]
    if not told or VERSION not in {each.lower() for each in told}:
        return None, f"Autotask tells of {', '.join(told) or 'no version'}."
    beside = f", beside {', '.join(newer)}, which is not used" if newer else ""
    return True, f"Autotask offers version 1.0{beside}."


def _calls(client: AutotaskClient) -> _Finding:
    usage = client.usage()
    if usage is None:
        return None, "Autotask does not say how many calls were made."
    made, allowed = usage
    sentence = f"All integrations together made {made} of {allowed} calls within the last hour."
    if allowed < HOURLY:
        return False, f"{sentence} {HOURLY} are usual."
    return made * 2 < allowed, sentence


def _one_currency(client: AutotaskClient) -> _Finding:
    active = client.count(Query.of("Currencies", is_("isActive", value=True)))
    if active > 1:
        return None, f"{active} are active: an order is then in the currency of its vendor."
    return True, "One currency is active, so all orders are in it."


_LOOKS: Final[tuple[tuple[str, str, Callable[[AutotaskClient], _Finding]], ...]] = (
    ("visible", "What is needed can be seen", _visible),
    ("writable", "Purchase orders can be changed", _writable),
    ("version", "Version 1.0 is there", _version),
    ("calls", "Calls are left this hour", _calls),
    ("currency", "There is one currency", _one_currency),
)
