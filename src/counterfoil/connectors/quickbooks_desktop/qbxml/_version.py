"""qbXML versions, with the country edition that decides which elements exist."""

from __future__ import annotations

import re
from dataclasses import dataclass

from counterfoil.connectors.quickbooks_desktop.qbxml._model import COUNTRIES, Country

_TEXT = re.compile(r"\s*(?P<country>US|CA|UK|AU)?\s*(?P<major>\d{1,2})(?:\.(?P<minor>\d{1,2}))?\s*")

# Before qbXML 6.0 the Canadian, British and Australian editions had schemas of their own, named
# with the country in front of the number (``CA2.0``).
_FIRST_COMMON_MAJOR = 6


@dataclass(frozen=True, slots=True)
class Version:
    """A qbXML version as spoken by one country's edition.

    Versions are ordered by number alone, so ``min(Version(16, 0), reported)`` is the version to
    speak; equality looks at the country too.
    """

    major: int
    minor: int = 0
    country: Country = "US"

    def __post_init__(self) -> None:
        if self.country not in COUNTRIES:
            raise ValueError(f"country {self.country!r} is none of {', '.join(COUNTRIES)}")

    @classmethod
    def parse(cls, text: str, country: Country | None = None) -> Version:
        """Read ``16.0``, ``16`` or the old country style ``CA2.0``.

        ``country`` is the edition where the text names none; without either it is US.  Raises
        ``ValueError`` for anything else.
        """
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a qbXML version such as 13.0, 16.0 or CA2.0")
        named = next((known for known in COUNTRIES if known == match["country"]), None)
        return cls(int(match["major"]), int(match["minor"] or 0), named or country or "US")

    @property
    def number(self) -> tuple[int, int]:
        """Major and minor, for comparing."""
        return (self.major, self.minor)

    def __str__(self) -> str:
        """As the ``qbxml`` processing instruction names it."""
        prefix = "" if self.country == "US" or self.major >= _FIRST_COMMON_MAJOR else self.country
        return f"{prefix}{self.major}.{self.minor}"

    def __lt__(self, other: Version) -> bool:
        return self.number < other.number

    def __le__(self, other: Version) -> bool:
        return self.number <= other.number

    def __gt__(self, other: Version) -> bool:
        return self.number > other.number

    def __ge__(self, other: Version) -> bool:
        return self.number >= other.number
