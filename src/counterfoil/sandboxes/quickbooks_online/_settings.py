"""A company of this service, an app that connects to it, and the switches of both.

Some switches are what a bookkeeper sets in the product (preferences, the plan that was
bought); the others are the stand-in's: where the reference leaves something open, each
reading can be played.  A switch says what it does, what is played by default, and where that
is known from (``switches`` lists them for the documentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from ._errors import DeskError

__all__ = ["App", "AppSettings", "Company", "Person", "Settings", "build", "switches"]

Plan = Literal[
    "QuickBooks Online Simple Start",
    "QuickBooks Online Essentials",
    "QuickBooks Online Plus",
    "QuickBooks Online Advanced",
]

_PREFERENCE = "a setting of the service"


def _switch(words: str, source: str = _PREFERENCE) -> msgspec.Meta:
    return msgspec.Meta(description=words, extra={"source": source})


class Settings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How one company behaves."""

    # --- What a bookkeeper sets ---

    plan: Annotated[
        Plan,
        _switch(
            "The plan that was bought. Purchase orders, stock, classes and locations need Plus, "
            "bills, time and other currencies need Essentials; else 5020.",
            "the service's table of errors names purchase orders as a case of 5020",
        ),
    ] = "QuickBooks Online Plus"
    multicurrency: Annotated[bool, _switch("Other currencies than the home currency are on.")] = (
        False
    )
    custom_sales_numbers: Annotated[
        bool,
        _switch("Estimates, invoices and sales receipts are numbered by hand: none is made."),
    ] = False
    custom_purchase_numbers: Annotated[
        bool, _switch("Purchase orders are numbered by hand: none is made.")
    ] = False
    warn_duplicate_bill_number: Annotated[
        bool,
        _switch(
            "The preference of that name; with duplicate-bill-number=by-preference it decides.",
        ),
    ] = True
    purchase_orders: Annotated[bool, _switch("The company uses purchase orders.")] = True
    quantity_on_hand: Annotated[bool, _switch("Quantity on hand is tracked.")] = True
    for_purchase: Annotated[
        bool, _switch("Products are shown on bills and orders; else item lines there are refused.")
    ] = True
    track_classes: Annotated[bool, _switch("Classes are kept, per line; else passed over.")] = False
    track_departments: Annotated[bool, _switch("Locations are kept; else passed over.")] = False
    sales_fields: Annotated[
        tuple[str, ...],
        _switch("Custom fields of the sales forms, three at most; others are passed over."),
    ] = ()
    purchase_fields: Annotated[
        tuple[str, ...], _switch("The same of purchase orders; bills have none.")
    ] = ()
    sales_tax: Annotated[bool, _switch("Sales tax is set up.")] = False
    book_close_date: Annotated[
        str | None, _switch("Nothing dated then or earlier is entered or changed.")
    ] = None
    book_close_password: Annotated[
        bool, _switch("The closed books have a password: 6210, else 6200.")
    ] = False

    # --- Who may do what ---

    unwritable: Annotated[
        tuple[str, ...],
        _switch(
            "Entities that the person who connected may not write; *: none at all.",
            "the service's table of errors: 5020 is a role without the right",
        ),
    ] = ()
    inventory_adjustment: Annotated[
        Literal["free", "premium", "premium-everywhere"],
        _switch(
            "Whether the interface for stock adjustments is open to every app, or answers 403 "
            "to one without a paid tier; everywhere: change capture that names it is 403, too.",
            "the service's partner pages: premium; what the 403 says exactly is not known",
        ),
    ] = "premium"

    # --- Where the reference is open ---

    duplicate_bill_number: Annotated[
        Literal["refused", "by-preference", "taken"],
        _switch(
            "A number that another bill of the vendor has.",
            "the documentation says refused; whether the preference lets it pass is not known",
        ),
    ] = "refused"
    replay: Annotated[
        Literal["first-answer", "6000-in-batches", "forgets"],
        _switch(
            "What a repeated requestid gives: the first answer; that, but a generic 6000 on "
            "every item of a batch; or a second object.",
            "documented as the first answer; 6000 seen in batches; forgetting after an unknown "
            "time",
        ),
    ] = "6000-in-batches"
    links: Annotated[
        Literal["kept", "dropped"],
        _switch(
            "Whether a link from a bill to an order is kept if all is right with it; a wrong "
            "one is always dropped without a word.",
            "seen by users of several clients; the full list of reasons is not known",
        ),
    ] = "kept"
    bill_reopens_order: Annotated[
        bool, _switch("An order opens again when a bill of it is deleted.", "not known")
    ] = True
    inactive_reference: Annotated[
        Literal["610", "2500"],
        _switch("The code for a reference to something inactive.", "both were seen"),
    ] = "610"
    missing_rate: Annotated[
        Literal["refused", "rate-of-the-day"],
        _switch(
            "A foreign document without an exchange rate: 2410, or the rate that is known.",
            "documented as the rate of the day; 2410 seen in a Canadian company",
        ),
    ] = "refused"
    unknown_currency: Annotated[
        Literal["added", "ignored"],
        _switch(
            "A vendor's or customer's currency that the company does not have yet: is added to "
            "its list, or the home currency is taken instead.",
            "documented as added; ignored in one test",
        ),
    ] = "added"
    over_billing: Annotated[
        Literal["taken", "dropped"],
        _switch(
            "What becomes of a link from a bill's line with more than the order's line awaits.",
            "no check is published",
        ),
    ] = "taken"
    linked_order_delete: Annotated[
        Literal["6000", "620"],
        _switch("The code for deleting an order that has a bill.", "not known"),
    ] = "6000"
    invoiced_estimate: Annotated[
        Literal["Closed", "Converted"],
        _switch("The status of an estimate that became an invoice.", "both are documented"),
    ] = "Closed"
    duplicate_name_id: Annotated[
        Literal["told", "null"],
        _switch(
            "Whether 6240 tells the id of the one that has the name.",
            "recorded answers have both",
        ),
    ] = "told"
    customer_required: Annotated[
        bool,
        _switch(
            "Sales receipts need a customer.", "documented so; without one accepted in practice"
        ),
    ] = False

    time_date: Annotated[
        Literal["sent", "server"],
        _switch(
            "Whether hours are kept on the day that was sent, or silently on today's.",
            "clients met dates and names other than sent; when is not known",
        ),
    ] = "sent"

    # --- Limits ---

    per_second: Annotated[
        int,
        _switch("Calls in a second per company and app; 0: unlimited.", "the service, Aug 2025"),
    ] = 10
    per_minute: Annotated[
        int, _switch("Calls in a minute per company; 0: unlimited.", "the service's limits page")
    ] = 500
    batches_per_minute: Annotated[
        int,
        _switch(
            "Batches in a minute per company and app; 0: unlimited.",
            "the service's limits page of 2026; a post of 2025 adds 120 for all apps",
        ),
    ] = 40
    throttle_format: Annotated[
        Literal["json", "xml"],
        _switch("In what 429 is written, whatever was asked for.", "both were seen"),
    ] = "json"
    retry_after: Annotated[
        str | None, _switch("The Retry-After header of 429.", "none was ever seen")
    ] = None


class AppSettings(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """How the service treats one app."""

    refresh_token: Annotated[
        Literal["same-for-a-day", "rotates"],
        _switch(
            "Whether a refresh within 24 hours gives the same refresh token or a new one.",
            "two texts of the service disagree; clients report both",
        ),
    ] = "same-for-a-day"
    replaced_token: Annotated[
        Literal["dies", "lives-a-day"],
        _switch(
            "What becomes of a refresh token that was replaced.",
            "two texts of the service disagree",
        ),
    ] = "dies"
    refresh_idle_s: Annotated[
        int, _switch("How long a refresh token lives unused.", "answers say 101 days")
    ] = 8_726_400
    refresh_hard_s: Annotated[
        int,
        _switch("How long a connection lives at most.", "the service's policy of Nov 2025"),
    ] = 157_680_000
    describes_invalid_grant: Annotated[
        bool,
        _switch("Whether invalid_grant comes with a description.", "most captured ones have none"),
    ] = False
    core_plus_quota: Annotated[
        int | None,
        _switch(
            "Reads (CorePlus calls) in a calendar month, over all companies; then 429 until the "
            "month ends, while writes pass. null: unlimited.",
            "the service's partner pages: 500,000 for a free app",
        ),
    ] = None
    webhook_format: Annotated[
        Literal["cloudevents", "legacy"],
        _switch("How events are written.", "the service: CloudEvents from 31 Jul 2026"),
    ] = "cloudevents"
    webhook_duplicates: Annotated[
        bool, _switch("Every event is delivered twice.", "the service's advice: may happen")
    ] = False
    webhook_late_s: Annotated[
        float, _switch("How old an event is before it is delivered.", "up to five minutes seen")
    ] = 0.0
    webhooks_by_themselves: Annotated[
        bool,
        _switch(
            "Events are posted as soon as they are due, where the app has an address for them; "
            "else when the desk says so.",
            "the service posts by itself",
        ),
    ] = True


class Company(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One company.

    Attributes:
        realm: Its id, a text of digits.
        environment: Which keys may connect to it.
        time_zone: Whose day a document without a date gets.
    """

    realm: str
    name: str
    country: Literal["US", "CA", "GB", "AU"] = "US"
    home_currency: str = "USD"
    environment: Literal["sandbox", "production"] = "sandbox"
    time_zone: str = "America/Los_Angeles"
    settings: Settings = Settings()

    def changed(self, settings: dict[str, Any]) -> Company:
        """Give the company with some switches set otherwise.

        Raises:
            DeskError: An unknown switch or value.
        """
        return msgspec.structs.replace(self, settings=_changed(self.settings, settings))


class App(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One app, as its maker registered it.

    Attributes:
        redirect_uris: Compared to the letter.
        webhook_url: Where events are posted; ``None``: nowhere.
        verifier_token: Signs them.
    """

    client_id: str
    client_secret: str
    name: str = "An app"
    environment: Literal["sandbox", "production"] = "sandbox"
    redirect_uris: tuple[str, ...] = ()
    webhook_url: str | None = None
    verifier_token: str = "verifier-not-real"
    settings: AppSettings = AppSettings()

    def changed(self, settings: dict[str, Any]) -> App:
        """Give the app with some switches set otherwise.

        Raises:
            DeskError: An unknown switch or value.
        """
        return msgspec.structs.replace(self, settings=_changed(self.settings, settings))


class Person(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """Who signs in to connect; the stand-in asks for no password."""

    sub: str = "person-0001"
    given_name: str = "Robin"
    family_name: str = "Marsh"
    email: str = "robin.marsh@books.example"
    email_verified: bool = True


def build(type_: Any, fields: object) -> Any:
    """Make one of the shapes above from JSON values.

    Raises:
        DeskError: In msgspec's words.
    """
    try:
        return msgspec.convert(fields, type_)
    except msgspec.ValidationError as error:
        raise DeskError(str(error)) from None


def _changed(settings: Any, fields: dict[str, Any]) -> Any:
    return build(type(settings), msgspec.to_builtins(settings) | fields)


def switches(shape: type = Settings) -> Iterator[tuple[str, object, str, str]]:
    """Give each switch: its name, its default, what it does, where that is known from."""
    hints = get_type_hints(shape, include_extras=True)
    for field in msgspec.structs.fields(shape):
        meta = get_args(hints[field.name])[1]
        yield field.encode_name, field.default, meta.description, meta.extra["source"]
