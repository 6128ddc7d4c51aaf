"""A company of this service: its zone, its keys, and how its tenant behaves.

The settings are switches of the sandbox, not of the real service: the reference leaves open
how v1 spells names and numbers or where it shows shipments, so each reading can be played.
"""

from __future__ import annotations

from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from ._errors import ApiError

__all__ = ["Company", "Settings"]

# The service's own limit: requests per minute and company, all integrations together.
RATE_LIMIT_PER_MINUTE = 120


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How one company's tenant behaves.

    Attributes:
        approval_required: Purchase orders start as drafts and are received once approved.
        shipping_mode: ``A``: shippings and receivings nested in orders; ``B``: lines with
            what was shipped or received; ``D``: lines without, only movements tell.
        paging: Lists come in pages with ``Link`` headers.
        page_size: Elements per page when the client names no size.
        closed_orders: Closed sales and purchase orders are ``listed`` with the others, or only
            ``on-request`` (``?status=closed``, ``?status=open,closed``), as in v2; what v1
            does is not known.
        can_change_orders: Sales and purchase orders take PUT and DELETE; otherwise 405.
        strict_auth: The token only as query parameter, which is all that is attested; else
            as Bearer, too.
        strict_codes: A second code that differs only by case is refused.
        names: Spelling of property names.
        numbers: Decimals as JSON strings or numbers.
        dates: UTC with ``Z``, the company's time with its offset, or without any.
        pairs: Custom fields as array of name and value, or as one object.
        wrapper: Lists inside an object instead of bare.
        changes_feed: The feed answers.
        rate_limit: Requests per minute; 0: unlimited, and not counted towards a later limit.
        extra_properties: Properties unknown to the table that are kept as sent.
    """

    approval_required: bool = False
    shipping_mode: Literal["A", "B", "D"] = "A"
    paging: bool = False
    page_size: int = 100
    closed_orders: Literal["listed", "on-request"] = "listed"
    can_change_orders: bool = True
    strict_auth: bool = True
    strict_codes: bool = False
    names: Literal["kebab", "snake"] = "kebab"
    numbers: Literal["string", "number"] = "string"
    dates: Literal["utc", "offset", "local"] = "utc"
    pairs: Literal["array", "object"] = "array"
    wrapper: bool = False
    changes_feed: bool = False
    rate_limit: int = RATE_LIMIT_PER_MINUTE
    extra_properties: tuple[str, ...] = ()


class Company(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One tenant; ``keys`` maps API key to secret, ``country`` has two letters."""

    name: str
    time_zone: str = "America/New_York"
    country: str = "US"
    keys: dict[str, str] = {}
    settings: Settings = Settings()

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which dates without designator are read."""
        return ZoneInfo(self.time_zone)

    def changed(self, settings: dict[str, Any]) -> Company:
        """Give the company with some settings replaced.

        Raises:
            ApiError: 400 for an unknown setting or value.
        """
        return msgspec.structs.replace(
            self, settings=build(Settings, msgspec.to_builtins(self.settings) | settings)
        )


def build(type_: Any, fields: object) -> Any:
    """Make one of the shapes above from JSON values.

    Raises:
        ApiError: 400, in msgspec's words.
    """
    try:
        made = msgspec.convert(fields, type_)
        if isinstance(made, Company):
            made.zone  # noqa: B018 - an unknown zone is refused here, not at the first date
    except (msgspec.ValidationError, KeyError, ValueError) as error:
        raise ApiError(400, str(error)) from None
    return made
