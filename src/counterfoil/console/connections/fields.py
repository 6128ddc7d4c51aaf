"""The forms in which people connect a system: how each thing is called there, and what it is for.

What a system asks for, its row in the register says (``hub.systems``); here stand the words, and
what of it most people never touch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from counterfoil.errors import ConnectorError, CounterfoilError, UsageError
from counterfoil.hub.systems import system_of
from counterfoil.settings import SystemName
from counterfoil.told import Advice, Told

__all__ = ["NAME", "Field", "cleaned", "fields_of", "known_values", "missing", "problems_of"]

NAME: Final = "name"
"""The field with what people call a connection."""


class Field(NamedTuple):
    """A field of a form.

    Attributes:
        choices: What can be chosen, with its words; none: it is typed.
        is_folded: For the few who need it.
    """

    name: str
    label: str
    help: str = ""
    placeholder: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_folded: bool = False
    is_needed: bool = False
    is_secret: bool = False


_YES_NO: Final = (("false", "No"), ("true", "Yes"))
_LOOKS: Final = Field(
    "looks_every",
    "Minutes between looks",
    "How long after a look the next one comes by itself, 1 to 1440.",
    is_folded=True,
)
_HTTP: Final = Field(
    "allow_http",
    "Allow an address that is not encrypted",
    "Key and secret would travel in the open.",
    choices=_YES_NO,
    is_folded=True,
)
_ZONE: Final = Field(
    "time_zone",
    "Time zone of the company",
    "Days are counted there, and times are told in it.",
    "America/New_York",
)

_FIELDS: Final[Mapping[SystemName, Sequence[Field]]] = {
    SystemName.FUSION_OPERATIONS: (
        Field("key", "API key", "From your company's settings in Fusion Operations."),
        Field("secret", "API secret", "Kept sealed, and never shown again."),
        Field(
            "base_url",
            "Address",
            "Where your company signs in.",
            "https://fusionoperations.autodesk.com",
        ),
        _ZONE,
        Field(
            "shipments_from",
            "Shipments are read from",
            choices=(("orders", "The orders"), ("movements", "Stock movements")),
            is_folded=True,
        ),
        Field(
            "receipts_from",
            "Receivings are read from",
            choices=(("orders", "The orders"), ("movements", "Stock movements")),
            is_folded=True,
        ),
        Field(
            "hours_from",
            "Time worked is read from",
            choices=(("productions", "Productions"), ("report", "The time report")),
            is_folded=True,
        ),
        Field(
            "stock_from",
            "Stock is read from",
            "Stock movements are one list, for companies with many products.",
            choices=(("inventory", "Each product"), ("movements", "Stock movements")),
            is_folded=True,
        ),
        Field(
            "field_map",
            "Corrections of the field map",
            "Where your company calls things otherwise, as JSON.",
            '{"status.done": "closed"}',
            is_folded=True,
        ),
        _LOOKS,
        _HTTP,
    ),
    SystemName.AUTOTASK: (
        Field(
            "api_user",
            "Username (Key)",
            "Of an API User (API-only) in Autotask.",
            "abc123@example.com",
        ),
        Field("secret", "Password (Secret)", "Kept sealed, and never shown again."),
        Field("integration_code", "Tracking identifier", "Custom (internal integration)."),
        _ZONE,
        Field(
            "stock_from",
            "What counts as stock",
            choices=(("on-hand", "All units on hand"), ("available", "Units that are available")),
            is_folded=True,
        ),
        _LOOKS,
        Field("base_url", "Address", "Found by the user's name; leave it empty.", is_folded=True),
        _HTTP,
    ),
    SystemName.QUICKBOOKS_DESKTOP: (
        Field(
            "company_file",
            "Path of the company file",
            "On the QuickBooks computer. Leave it empty to use the file that is open.",
            "C:\\Books\\Company.qbw",
            is_folded=True,
        ),
        Field(
            "user_name",
            "User name of the Web Connector",
            "One is made up if it is left empty.",
            is_folded=True,
        ),
        Field("requests_per_set", "Requests per round trip", "1 to 500.", "100", is_folded=True),
        Field(
            "settles_after",
            "Seconds until an unanswered round trip is over",
            "0 to 3600.",
            "30",
            is_folded=True,
        ),
        Field(
            "file_id",
            "Mark in the company file",
            "Only to take over another hub's file.",
            is_folded=True,
        ),
    ),
    SystemName.QUICKBOOKS_ONLINE: (
        Field("client_id", "Client ID", "Of your app at Intuit, under Keys and credentials."),
        Field("client_secret", "Client secret", "Kept sealed, and never shown again."),
        Field(
            "environment",
            "Which keys these are",
            choices=(("production", "Production"), ("sandbox", "Development (sandbox companies)")),
        ),
        Field(
            "webhook_token",
            "Verifier token of the webhooks",
            "Changes are read as soon as they happen.",
            is_folded=True,
        ),
        Field(
            "old_webhooks",
            "Webhooks in the form before CloudEvents count",
            choices=_YES_NO,
            is_folded=True,
        ),
        _LOOKS,
        Field("base_url", "Address of a stand-in", is_folded=True),
        Field("sign_in_url", "Address of a stand-in's sign-in", is_folded=True),
        _HTTP,
    ),
}


def fields_of(system: SystemName) -> list[Field]:
    """List the fields of a system's form, in their order."""
    asked = {each.name: each for each in system_of(system).form.credentials}
    return [
        each._replace(
            is_needed=asked[each.name].is_needed,
            is_secret=asked[each.name].is_secret or each.name in _SECRETS,
        )
        for each in _FIELDS[system]
    ]


# Keys of an app are pasted like passwords, and not shown again.
_SECRETS: Final = frozenset({"client_secret", "webhook_token"})


def known_values(system: SystemName, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give what is in the fields of a connection as it is; never a secret."""
    found = {}
    for each in fields_of(system):
        value = _known(each, parameters)
        if value is not None and not each.is_secret:
            found[each.name] = value
    return found


def _known(field: Field, parameters: Mapping[str, Any]) -> str | None:
    if field.name == "looks_every":
        seconds = parameters.get("looks_every_s")
        return None if seconds is None else str(int(seconds) // 60)
    value = parameters.get("settles_after_s" if field.name == "settles_after" else field.name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return None if value is None else str(value)


def cleaned(system: SystemName, form: Mapping[str, str]) -> dict[str, str]:
    """Take from a form what its system asks for, as texts; what it does not ask for is left."""
    names = (NAME, *(each.name for each in fields_of(system)))
    return {name: form[name] for name in names if name in form}


def missing(system: SystemName, typed: Mapping[str, str]) -> dict[str, str]:
    """Say which fields that are needed are empty."""
    needed = [NAME, *(each.name for each in fields_of(system) if each.is_needed)]
    return {name: _NEEDED for name in needed if not typed.get(name, "").strip()}


_NEEDED: Final = "This is needed."

# Kind of failure (``TrialFailure``) -> the fields that it can be about, the likeliest first.
_OF_FAILURE: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("base_url",),
    "unreachable": ("base_url",),
    "strange": ("base_url",),
    "credentials": ("secret", "client_secret"),
}


def problems_of(system: SystemName, error: CounterfoilError) -> dict[str, Told]:
    """Say what is wrong with a form, by field; ``""``: with the whole of it."""
    fields = {each.name: each for each in fields_of(system)}
    named = NAME if isinstance(error, UsageError) and error.field == NAME else None
    if isinstance(error, UsageError) and error.field in fields:
        named = error.field
    if isinstance(error, ConnectorError):
        named = next(
            (each for each in _OF_FAILURE.get(error.code or "", ()) if each in fields), None
        )
    return {named or "": _by_label(error.said, fields.values())}


def _by_label(told: Told, fields: Iterable[Field]) -> Told:
    """Name the field of the form where the command line would name its option."""
    labels = {f"--{each.name.replace('_', '-')}": each.label for each in fields}
    return Told(
        told.sentence,
        *(
            Advice(f"{each.words}: “{labels[each.command]}”") if each.command in labels else each
            for each in told.advice
        ),
        detail=told.detail,
    )
