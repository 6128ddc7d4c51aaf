"""Whether an address, a key and a secret work, told in words."""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.connectors.called import Trial, TrialFailure, Trying
from counterfoil.errors import ConnectorError, RejectedError, SettingsError
from counterfoil.told import Advice

from ._account import account_of
from ._client import FusionClient
from ._errors import NAME

__all__ = ["try_account"]

_CURES: Mapping[TrialFailure, Advice] = {
    TrialFailure.ADDRESS: Advice(
        "Check the base URL, such as https://fusionoperations.autodesk.com."
    ),
    TrialFailure.CREDENTIALS: Advice(
        "Copy both again from the company's profile in Fusion Operations, "
        "or ask for a new API key there."
    ),
    TrialFailure.PERMISSION: Advice(
        "Let an administrator of Fusion Operations give this key the right "
        "to read and write, or use another key."
    ),
    TrialFailure.UNREACHABLE: Advice(
        "Check the base URL and this computer's way to the internet, then try again."
    ),
    TrialFailure.BUSY: Advice("Try again in a few minutes."),
    TrialFailure.STRANGE: Advice(
        "Check the base URL; a proxy or a sign-in page may stand in between."
    ),
}


def try_account(client: FusionClient) -> Trial:
    """Try a client's account."""
    account = client.account
    trying = Trying(
        name=NAME,
        base_url=account.base_url,
        account=account_of(account.base_url, account.key),
        wrong="The key or the secret is wrong.",
        cures=_CURES,
    )
    try:
        is_readable = _reads(client)
    except SettingsError as error:
        return trying.broken_off(error, detail=None)
    except ConnectorError as error:
        detail = client.redacted(f"{error.operation}: {error.detail}")
        return trying.broken_off(error, detail=detail, is_sign_in=_is_sign_in(client, error))
    if not is_readable:
        return trying.failed(TrialFailure.PERMISSION, f"{NAME} does not let this key read.")
    return trying.passed({"system": NAME, "reachable": "true"})


def _reads(client: FusionClient) -> bool:
    """Read the shortest list; where this key may not, one that every flow needs."""
    try:
        client.fetch(client.fields.path("product-families"))
    except RejectedError as error:
        if _is_sign_in(client, error) or error.code not in {"403", "404"}:
            raise
    else:
        return True
    try:
        client.fetch(client.fields.path("clients"))
    except RejectedError as error:
        if error.code != "403":
            raise
        return False
    return True


def _is_sign_in(client: FusionClient, error: ConnectorError) -> bool:
    return error.operation.endswith(client.fields.path("authorization"))
