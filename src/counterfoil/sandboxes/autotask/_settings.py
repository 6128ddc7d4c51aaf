"""A tenant of this service: its zone, its users, and the switches of its behaviour.

The switches are the stand-in's, not the service's: where the reference leaves something open,
each reading can be played.  A switch says what it does, what is played by default, and where
that is known from (``switches`` lists them for the documentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from ._errors import DeskError

__all__ = ["API_RESOURCE", "Settings", "Tenant", "User", "build", "switches"]

API_RESOURCE = 29682900
"""The resource that stands for API users; it can be assigned to nothing."""


def _switch(words: str, source: str) -> msgspec.Meta:
    return msgspec.Meta(description=words, extra={"source": source})


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How one tenant behaves."""

    compatibility: Annotated[
        bool,
        _switch(
            "An id in the path of PATCH and PUT, DELETE on a child's own path and a count "
            "without filter are taken, as py-autotask sends them.",
            "py-autotask sends them; the service's description has no such routes",
        ),
    ] = False
    missing_record: Annotated[
        Literal["null", "empty", "404"],
        _switch(
            "What GET answers for an id that is not there: 200 with item null, 200 with an "
            "empty body, or 404.",
            "clients in use handle null, others met an empty body or expect 404",
        ),
    ] = "null"
    refusal: Annotated[
        Literal["403", "500"],
        _switch(
            "How a right that the user lacks is refused.",
            "clients in use handle 403, others quote the text of a 500",
        ),
    ] = "500"
    wrong_zone: Annotated[
        Literal["empty", "401"],
        _switch(
            "What a zone answers that the tenant does not live in: nothing found, or 401.",
            "users of several clients met both",
        ),
    ] = "empty"
    text_finds_numbers: Annotated[
        bool,
        _switch(
            "A text in a filter on a numeric field is read as a number; else it finds nothing.",
            "seen by the makers of an n8n node",
        ),
    ] = False
    not_exist_finds_empty: Annotated[
        bool,
        _switch("notExist finds empty text, too.", "not known"),
    ] = False
    read_only_fields: Annotated[
        Literal["ignored", "refused"],
        _switch(
            "What happens to a read-only field that is sent; invoices and billing items always "
            "refuse it.",
            "not known; unknown fields are passed over, as one user saw",
        ),
    ] = "ignored"
    dates: Annotated[
        Literal["z", "bare"],
        _switch(
            "Whether a date-time ends with Z.",
            "the vendor's help shows it without, captured answers with it",
        ),
    ] = "z"
    versions: Annotated[
        tuple[str, ...],
        _switch("The versions told; all but V1.0 are 404.", "seen on live zones in September 2026"),
    ] = ("V1.0", "V2.0")
    over_receipt: Annotated[
        Literal["refused", "taken"],
        _switch(
            "What happens to more than was ordered; beyond a charge it becomes a new line.",
            "the vendor's help on receiving",
        ),
    ] = "refused"
    unreceive: Annotated[
        Literal["negative-row", "row-gone", "null-quantity"],
        _switch(
            "What un-receiving leaves: a row with a negative quantity, no row, or the row "
            "without its quantity.",
            "not known; the vendor's help says that the entity holds un-received units",
        ),
    ] = "negative-row"
    closed_orders: Annotated[
        Literal["writable", "locked"],
        _switch(
            "Whether a header can be changed once the order is received in full or canceled.",
            "not known",
        ),
    ] = "writable"
    vendor_invoice_required: Annotated[
        bool,
        _switch("Receiving needs the vendor's invoice number.", "a setting of the service"),
    ] = False
    order_numbers: Annotated[
        bool,
        _switch(
            "New orders get a purchaseOrderNumber; else it stays null.",
            "a setting of the service",
        ),
    ] = False
    multicurrency: Annotated[
        bool,
        _switch(
            "Orders are in their vendor's currency; internalCurrency… are converted. The list "
            "of currencies is there either way.",
            "a setting of the service; the vendor's help on currencies",
        ),
    ] = False
    threshold: Annotated[
        int,
        _switch("Calls per rolling hour; 0: unlimited.", "the vendor's help on thresholds"),
    ] = 10_000
    slowdown: Annotated[
        bool,
        _switch(
            "From half the threshold each call takes 0.5 s longer, from three quarters 1 s.",
            "the vendor's help on thresholds; the exact steps are not known",
        ),
    ] = False
    threads: Annotated[
        int,
        _switch(
            "Calls at the same time per integration and endpoint, metadata included; 0: unlimited.",
            "the vendor's help on thread limiting; live logs",
        ),
    ] = 3
    slot_late_s: Annotated[
        float,
        _switch(
            "For so many seconds after a call its slot is still taken (only that of the call "
            "which ended last).",
            "seen by the makers of an n8n node; how long is not known",
        ),
    ] = 0.2
    limit_status: Annotated[
        int,
        _switch(
            "The status with which both limits refuse.",
            "429 in live logs; other codes were seen",
        ),
    ] = 429
    retry_after: Annotated[
        str | None,
        _switch(
            "The Retry-After header of those refusals, in seconds or as a date.",
            "not known",
        ),
    ] = None


class User(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Who signs in.

    Attributes:
        resource: Whose writes they are.
        licence: Only ``api-only`` users may call.
        unseen: Entities of which nothing is shown: for those the security level lacks the
            right to see.
        unwritable: Entities that may not be written; ``*``: none may.
        sees_costs: Whether costs of products are shown.
    """

    secret: str
    resource: int = API_RESOURCE
    licence: Literal["api-only", "other"] = "api-only"
    unseen: tuple[str, ...] = ()
    unwritable: tuple[str, ...] = ()
    sees_costs: bool = True


class Tenant(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One tenant.

    Attributes:
        name: Its own organization's name: company 0.
        zone: The path segment before ``ATServicesRest``, such as ``zone5``; ``""``: none.
        codes: The integration codes it takes.
        users: User name -> who that is.
    """

    name: str
    zone: str = ""
    client_id: int = 100001
    time_zone: str = "America/New_York"
    codes: tuple[str, ...] = ()
    users: dict[str, User] = {}
    settings: Settings = Settings()

    def changed(self, settings: dict[str, Any]) -> Tenant:
        """Give the tenant with some switches set otherwise.

        Raises:
            DeskError: An unknown switch or value.
        """
        return msgspec.structs.replace(
            self, settings=build(Settings, msgspec.to_builtins(self.settings) | settings)
        )


def build(type_: Any, fields: object) -> Any:
    """Make one of the shapes above from JSON values.

    Raises:
        DeskError: In msgspec's words.
    """
    try:
        return msgspec.convert(fields, type_)
    except msgspec.ValidationError as error:
        raise DeskError(str(error)) from None


def switches() -> Iterator[tuple[str, object, str, str]]:
    """Give each switch: its name, its default, what it does, where that is known from."""
    hints = get_type_hints(Settings, include_extras=True)
    for field in msgspec.structs.fields(Settings):
        meta = get_args(hints[field.name])[1]
        yield field.encode_name, field.default, meta.description, meta.extra["source"]
