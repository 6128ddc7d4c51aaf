"""What kind of company file this is: who, where, which edition, which preferences.

Source: 4.14 (HostRet, CompanyRet, PreferencesRet) and 7.7 for what an edition
and a preference allow.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from counterfoil.sandboxes.quickbooks_desktop._switches import Switches

Country = Literal["US", "CA", "UK", "AU"]
Edition = Literal["Pro", "Premier", "Enterprise"]
FileMode = Literal["SingleUser", "MultiUser"]
# One unit per item, or sets of several that convert into each other.
UnitMode = Literal["off", "single", "multiple"]

# Every level QuickBooks has had, lowest first; a host reports those up to its own (3.2).
QBXML_LEVELS = (
    "1.0 1.1 2.0 2.1 3.0 4.0 4.1 5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 13.0 14.0 15.0 16.0 17.0"
).split()
# The program's own major version number for a level: 16.0 is the release of 2024 (34).  Nobody
# has said which release brought 17.0; the next one is taken.
_MAJOR_OF_LEVEL = {"13.0": "24", "14.0": "31", "15.0": "32", "16.0": "34", "17.0": "35"}


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the company has switched on; all of it is readable, nearly nothing writable."""

    inventory: bool = True
    class_tracking: bool = True
    sales_tax: bool = True
    multi_currency: bool = False
    estimates: bool = True
    time_tracking: bool = True
    payroll: bool = True  # a payroll subscription; without one its lists are refused with 3262
    account_numbers: bool = False
    inventory_sites: bool = False
    enhanced_receiving: bool = False  # item receipts and bills kept apart; Enterprise only
    units_of_measure: UnitMode = "multiple"
    closing_date: str | None = None  # YYYY-MM-DD; None = the books are open
    home_currency: str = "US Dollar"
    default_sales_tax_item: str = "Out of State"  # an ItemSalesTax; taxed at 0 until it exists
    taxable_code: str = "Tax"
    non_taxable_code: str = "Non"


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """Everything that is fixed when a company file is made, and the unconfirmed switches."""

    name: str = "Larkspur Fixtures Co."
    location: str = r"C:\Users\Public\Documents\Intuit\QuickBooks\Larkspur Fixtures.qbw"
    country: Country = "US"
    edition: Edition = "Enterprise"
    qbxml_version: str = "16.0"
    file_mode: FileMode = "SingleUser"
    time_zone: str = "America/New_York"
    preferences: Preferences = field(default_factory=Preferences)
    switches: Switches = field(default_factory=Switches)

    def __post_init__(self) -> None:
        if self.preferences.units_of_measure not in get_args(UnitMode):
            choices = ", ".join(get_args(UnitMode))
            raise ValueError(f"units_of_measure is one of {choices}")
        for name, allowed in (("country", Country), ("edition", Edition), ("file_mode", FileMode)):
            value = getattr(self, name)
            if value not in get_args(allowed):
                choices = ", ".join(get_args(allowed))
                raise ValueError(f"{name} {value!r} is unknown; choose one of {choices}")
        if self.qbxml_version not in QBXML_LEVELS:
            raise ValueError(
                f"qbxml_version {self.qbxml_version!r} is unknown; "
                f"the highest is {QBXML_LEVELS[-1]}"
            )
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"time_zone {self.time_zone!r} is unknown") from error
        if len(self.name) > 59:
            raise ValueError(f"company name {self.name!r} is longer than 59 characters")

    @property
    def supported_levels(self) -> tuple[str, ...]:
        return tuple(QBXML_LEVELS[: QBXML_LEVELS.index(self.qbxml_version) + 1])

    @property
    def product_name(self) -> str:
        return f"QuickBooks {self.edition} (Counterfoil sandbox)"

    @property
    def major_version(self) -> str:
        return _MAJOR_OF_LEVEL.get(self.qbxml_version, "20")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> CompanySettings:
        """Read settings from a control request or the file; unknown names are refused."""
        rest = dict(data)
        try:
            preferences = Preferences(**rest.pop("preferences", {}))
            switches = Switches(**rest.pop("switches", {}))
            return CompanySettings(preferences=preferences, switches=switches, **rest)
        except TypeError as error:
            raise ValueError(f"unknown company setting: {error}") from error
