"""What connecting a system takes, as options: declared once, for making and for changing.

The register (``hub.systems``) says which system asks for which; it is not read here, for
``--help`` has to be there at once.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, NamedTuple

import typer

__all__ = ["CREDENTIALS", "Given", "takes_credentials"]

Given = Mapping[str, str | None]
"""Name of a credential -> what was typed, ``None``: nothing."""


class _Credential(NamedTuple):
    name: str
    help: str
    metavar: str = "TEXT"
    envvar: str | None = None

    def option(self, *, reads_environment: bool) -> Any:
        envvar = self.envvar if reads_environment else None
        declared = typer.Option(
            f"--{self.name.replace('_', '-')}",
            metavar=self.metavar,
            help=self.help,
            envvar=envvar,
        )
        return Annotated[str | None, declared]


CREDENTIALS: Final = (
    _Credential("base_url", "Address of the service.", "URL"),
    _Credential("key", "The account's API key.", envvar="COUNTERFOIL_CONNECTION_KEY"),
    _Credential("api_user", "User name (key) of the API user in Autotask.", "NAME"),
    _Credential(
        "secret",
        "The secret of the API key or user; asked for when it is left out on a terminal.",
        envvar="COUNTERFOIL_CONNECTION_SECRET",
    ),
    _Credential(
        "integration_code",
        "Tracking identifier of the API user in Autotask; asked for like the secret.",
        envvar="COUNTERFOIL_CONNECTION_INTEGRATION_CODE",
    ),
    _Credential("client_id", "Of your app at Intuit, under Keys and credentials.", "ID"),
    _Credential(
        "client_secret",
        "Of your app at Intuit; asked for like the secret.",
        envvar="COUNTERFOIL_CONNECTION_CLIENT_SECRET",
    ),
    _Credential("environment", "Which keys of the app these are: production or sandbox.", "WHICH"),
    _Credential("sign_in_url", "Of a stand-in for Intuit's sign-in.", "URL"),
    _Credential(
        "webhook_token",
        "Verifier token of the app's webhooks: changes are read as soon as they happen.",
        envvar="COUNTERFOIL_CONNECTION_WEBHOOK_TOKEN",
    ),
    _Credential(
        "old_webhooks", "Whether webhooks in the form before CloudEvents count.", "true|false"
    ),
    _Credential(
        "allow_http", "Whether the base URL of another computer may be unencrypted.", "true|false"
    ),
    _Credential("time_zone", "The company's, like America/New_York.", "ZONE"),
    _Credential(
        "shipments_from", "Where Fusion Operations shows shipments: orders or movements.", "WHERE"
    ),
    _Credential(
        "receipts_from",
        "Where Fusion Operations shows what was received: orders or movements.",
        "WHERE",
    ),
    _Credential(
        "hours_from", "Where Fusion Operations shows time worked: productions or report.", "WHERE"
    ),
    _Credential(
        "stock_from",
        "Where Fusion Operations shows stock: inventory, or movements for many products; what "
        "Autotask's stock is: on-hand, or available without reserved and picked units.",
        "WHERE",
    ),
    _Credential(
        "field_map", "What Fusion Operations calls things, where probe shows other names.", "JSON"
    ),
    _Credential(
        "looks_every",
        "How long after a look at a system that is called the next one comes by itself.",
        "MINUTES",
    ),
    _Credential("company_file", "Path of the company file on the QuickBooks computer.", "PATH"),
    _Credential("user_name", "What the Web Connector signs in with; one is made up.", "NAME"),
    _Credential("requests_per_set", "Requests per round trip, 1 to 500.", "NUMBER"),
    _Credential(
        "settles_after",
        "How long a message set without an answer may still be carried out, 0 to 3600.",
        "SECONDS",
    ),
    _Credential("file_id", "The mark in the company file.", "GUID"),
)


def takes_credentials(
    *, reads_environment: bool
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each credential; it takes them together, as ``given``.

    Args:
        reads_environment: Key and secret may come from the environment.  For a change they
            may not: what a shell happens to hold would be taken for what is to change.
    """

    def taking(command: Callable[..., None]) -> Callable[..., None]:
        parameters = inspect.signature(command, eval_str=True).parameters
        own = [each for name, each in parameters.items() if name != "given"]
        options = [
            inspect.Parameter(
                each.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=each.option(reads_environment=reads_environment),
            )
            for each in CREDENTIALS
        ]

        @functools.wraps(command)
        def taken(**values: Any) -> None:
            given = {each.name: values.pop(each.name) for each in CREDENTIALS}
            command(**values, given=given)

        del taken.__wrapped__  # Typer would look through to it
        shown = [*own, *options]
        taken.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined] # read by Typer
        taken.__annotations__ = {each.name: each.annotation for each in shown}
        return taken

    return taking
