"""What the first ``sendRequestXML`` of a run tells: QuickBooks, the company file, its preferences.

The Web Connector asks QuickBooks for host, company and preferences before it asks us for work, and
passes the three answers on as one qbXML document.  From it follow three decisions: which qbXML
version to speak, whether this is the company the connection belongs to, and which documents the
company's preferences rule out, so that these are refused here, with a sentence, and not there.

Reading is tolerant: whatever is missing, damaged or new is ``None``, never an error.  Groups of
preferences are absent when their feature is off (4.14), which is why an absent sales tax group
means "off" while an absent accounting group means "not known".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    Reply,
    UnreadableQbxml,
    Version,
    parse_replies,
)
from counterfoil.documents import visible

__all__ = [
    "HIGHEST_VERSION",
    "LOWEST_VERSION",
    "HostFacts",
    "NoHostFacts",
    "Preferences",
    "PrivateValue",
    "WhyNoFacts",
    "read_hcp",
    "same_guid",
]

# The newest version whose shapes are known here, and the oldest that is spoken (3.2).
HIGHEST_VERSION: Final = Version(16, 0)
LOWEST_VERSION: Final = Version(13, 0)

# Host, company and preferences together; the largest seen are about 20 KB.
_LIMIT_BYTES: Final = 2 * 2**20


class WhyNoFacts(StrEnum):
    """Why a call brought no host facts."""

    LATER_CALL = "later call"  # only the first call of a run brings them
    POINT_OF_SALE = "point of sale"  # QBPOS sends a sentence in their place
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class NoHostFacts:
    """There are no host facts in this call; ``detail`` is for the engineer."""

    why: WhyNoFacts
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PrivateValue:
    """A value an application keeps in the company record, out of the user's sight."""

    owner_id: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The company's preferences as far as documents depend on them.  ``None``: not reported."""

    uses_account_numbers: bool | None = None
    requires_accounts: bool | None = None
    uses_classes: bool | None = None
    closing_date: date | None = None  # nothing dated on or before it can be written
    uses_estimates: bool | None = None
    uses_progress_invoicing: bool | None = None
    uses_multi_currency: bool | None = None
    home_currency: str | None = None  # its full name, such as ``US Dollar``
    uses_inventory: bool | None = None  # purchase orders depend on it too
    uses_inventory_sites: bool | None = None
    uses_sales_tax: bool | None = None
    default_sales_tax_item: str | None = None
    default_taxable_code: str | None = None
    default_non_taxable_code: str | None = None
    amounts_include_tax: bool | None = None
    uses_time_tracking: bool | None = None
    first_day_of_week: str | None = None
    uses_price_levels: bool | None = None
    uses_enhanced_receiving: bool | None = None  # a bill no longer receives the goods itself
    serial_or_lot: str | None = None  # QuickBooks' own word for what is tracked
    uses_fifo: bool | None = None
    may_sign_in_unattended: bool | None = None
    may_see_personal_data: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """QuickBooks, the company file it has open, and the company's preferences.

    Texts are ``None`` when not reported.  ``preferences`` is ``None`` when QuickBooks did not
    answer that query, ``failures`` then says why in its own words.
    """

    product_name: str | None = None
    major_version: str | None = None
    minor_version: str | None = None
    country: str | None = None
    versions: tuple[Version, ...] = ()  # every qbXML version reported, lowest first
    file_mode: str | None = None  # ``SingleUser`` or ``MultiUser``
    company_name: str | None = None
    legal_company_name: str | None = None
    is_sample_company: bool | None = None
    private_values: tuple[PrivateValue, ...] = ()
    preferences: Preferences | None = None
    failures: tuple[str, ...] = ()

    @property
    def version(self) -> Version | None:
        """The qbXML version to speak: the highest both sides know.

        ``None`` when QuickBooks reports none, or none as new as ``LOWEST_VERSION``.  Every
        release takes all versions below its highest, so nothing needs to match exactly.
        """
        highest = max(self.versions, default=None)
        if highest is None or highest < LOWEST_VERSION:
            return None
        if highest > HIGHEST_VERSION:
            return Version(HIGHEST_VERSION.major, HIGHEST_VERSION.minor, highest.country)
        return highest

    def file_id(self, owner_id: str) -> str | None:
        """The ``FileID`` the Web Connector wrote into this company file for ``owner_id``.

        Compare it with ``same_guid``: case and braces are nobody's promise.
        """
        return self.private_value(owner_id, "FileID")

    def app_lock(self, owner_id: str) -> str | None:
        """The Web Connector's lock text for ``owner_id``, as stored."""
        return self.private_value(owner_id, "AppLock")

    def locked_by(self, owner_id: str) -> str | None:
        """The computer whose Web Connector holds the lock, from ``LOCKED:<host>:<ticks>``."""
        parts = (self.app_lock(owner_id) or "").split(":")
        return parts[1] or None if len(parts) > 1 and parts[0].upper() == "LOCKED" else None

    def private_value(self, owner_id: str, name: str) -> str | None:
        """What ``owner_id`` keeps in this company file under ``name``; ``None``: nothing.

        A value that is empty or cannot be read says nothing.
        """
        for stored in self.private_values:
            if stored.name == name and stored.value and same_guid(stored.owner_id, owner_id):
                return stored.value
        return None


def same_guid(left: str, right: str) -> bool:
    """Whether two GUIDs are the same, however they are cased and with or without braces."""
    return left.strip().strip("{}").lower() == right.strip().strip("{}").lower()


def read_hcp(text: str) -> HostFacts | NoHostFacts:
    """The facts in ``strHCPResponse``, or why there are none."""
    if not text.strip():
        return NoHostFacts(WhyNoFacts.LATER_CALL)
    if "<" not in text:
        return NoHostFacts(WhyNoFacts.POINT_OF_SALE, visible(text.strip()[:300]))
    try:
        replies = parse_replies(text, limit_bytes=_LIMIT_BYTES).replies
    except UnreadableQbxml as error:
        return NoHostFacts(WhyNoFacts.UNREADABLE, str(error))
    host = _only(replies, "HostQuery", "HostRet")
    company = _only(replies, "CompanyQuery", "CompanyRet")
    preferences = _only(replies, "PreferencesQuery", "PreferencesRet")
    country = _text(host, "Country")
    return HostFacts(
        product_name=_text(host, "ProductName"),
        major_version=_text(host, "MajorVersion"),
        minor_version=_text(host, "MinorVersion"),
        country=country,
        versions=() if host is None else _versions(host.texts("SupportedQBXMLVersion"), country),
        file_mode=_text(host, "QBFileMode"),
        company_name=_text(company, "CompanyName"),
        legal_company_name=_text(company, "LegalCompanyName"),
        is_sample_company=_flag(company, "IsSampleCompany"),
        private_values=() if company is None else _private_values(company),
        preferences=None if preferences is None else _preferences(preferences),
        failures=tuple(_failures(replies)),
    )


def _only(replies: Iterable[Reply], name: str, record: str) -> Record | None:
    for reply in replies:
        if reply.name == name:
            for found in reply.records:
                if found.tag == record:
                    return found
    return None


def _failures(replies: Iterable[Reply]) -> Iterable[str]:
    for reply in replies:
        if reply.status_code not in (0, None):
            yield f"{reply.name}: {reply.message or 'no message'} (status {reply.status_code})"


def _versions(texts: Iterable[str], country: str | None) -> tuple[Version, ...]:
    known = [version for text in texts if (version := _version(text, country)) is not None]
    return tuple(sorted(known, key=lambda version: version.number))


def _version(text: str, country: str | None) -> Version | None:
    # A plain number is a version of the edition that reports it.
    for candidate in (f"{country or ''}{text.strip()}", text):
        with suppress(ValueError):
            return Version.parse(candidate)
    return None


def _private_values(company: Record) -> tuple[PrivateValue, ...]:
    return tuple(
        PrivateValue(
            _text(extension, "OwnerID") or "",
            _text(extension, "DataExtName") or "",
            _text(extension, "DataExtValue") or "",
        )
        for extension in company.children("DataExtRet")
    )


def _preferences(found: Record) -> Preferences:
    taxed = found.child("SalesTaxPreferences") is not None
    timed = found.child("TimeTrackingPreferences") is not None
    currencies = "MultiCurrencyPreferences"
    items = "ItemsAndInventoryPreferences"
    return Preferences(
        uses_account_numbers=_flag(found, "AccountingPreferences/IsUsingAccountNumbers"),
        requires_accounts=_flag(found, "AccountingPreferences/IsRequiringAccounts"),
        uses_classes=_flag(found, "AccountingPreferences/IsUsingClassTracking"),
        closing_date=_tolerant(found.date, "AccountingPreferences/ClosingDate"),
        uses_estimates=_flag(found, "JobsAndEstimatesPreferences/IsUsingEstimates"),
        uses_progress_invoicing=_flag(
            found, "JobsAndEstimatesPreferences/IsUsingProgressInvoicing"
        ),
        uses_multi_currency=_flag(found, f"{currencies}/IsMultiCurrencyOn") or False,
        home_currency=_text(found, f"{currencies}/HomeCurrencyRef/FullName"),
        uses_inventory=_flag(found, "PurchasesAndVendorsPreferences/IsUsingInventory"),
        uses_inventory_sites=_flag(
            found, "MultiLocationInventoryPreferences/IsMultiLocationInventoryEnabled"
        ),
        uses_sales_tax=taxed,
        default_sales_tax_item=_text(found, "SalesTaxPreferences/DefaultItemSalesTaxRef/FullName"),
        default_taxable_code=_text(
            found, "SalesTaxPreferences/DefaultTaxableSalesTaxCodeRef/FullName"
        ),
        default_non_taxable_code=_text(
            found, "SalesTaxPreferences/DefaultNonTaxableSalesTaxCodeRef/FullName"
        ),
        amounts_include_tax=_flag(found, "SalesTaxPreferences/IsUsingAmountsIncludeTax"),
        uses_time_tracking=timed,
        first_day_of_week=_text(found, "TimeTrackingPreferences/FirstDayOfWeek"),
        uses_price_levels=_flag(
            found, "SalesAndCustomersPreferences/PriceLevels/IsUsingPriceLevels"
        ),
        uses_enhanced_receiving=_flag(found, f"{items}/EnhancedInventoryReceivingEnabled"),
        serial_or_lot=_text(found, f"{items}/IsTrackingSerialOrLotNumber"),
        uses_fifo=_flag(found, f"{items}/FIFOEnabled"),
        may_sign_in_unattended=_flag(found, "CurrentAppAccessRights/IsAutomaticLoginAllowed"),
        may_see_personal_data=_flag(found, "CurrentAppAccessRights/IsPersonalDataAccessAllowed"),
    )


def _text(record: Record | None, path: str) -> str | None:
    return None if record is None else (_tolerant(record.text, path) or "").strip() or None


def _flag(record: Record | None, path: str) -> bool | None:
    return None if record is None else _tolerant(record.flag, path)


_Value = TypeVar("_Value")


def _tolerant(read: Callable[[str], _Value | None], path: str) -> _Value | None:
    try:
        return read(path)
    except UnreadableQbxml:
        return None
