"""Pages, what they tell of what was done, and the files that they load."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from babel import Locale

from counterfoil import console
from counterfoil.console import wording
from counterfoil.console.places import Place
from counterfoil.console.rendering import (
    Said,
    Undo,
    bare_page,
    opened_said,
    sealed_said,
    way_within,
)
from counterfoil.hub.vault import Vault
from tests.support.visitors import Visitor
from tests.support.world import World

STATIC = Path(console.__file__).parent / "static"
NOW = datetime(2026, 11, 28, 15, 0, tzinfo=UTC)


def place(locale: str = "en_US", zone: str = "America/New_York") -> Place:
    """Where a company is."""
    return Place(ZoneInfo(zone), Locale.parse(locale))


VAULT = Vault([bytes(32)])
TOLD = Said("Sent “Öl”.", Undo("/inbox/undo", {"id": ["1", "2"]}, "Take it back"))
SEALED = sealed_said(VAULT, "user/7", TOLD)


class TestSaid:
    def test_it_comes_back_as_it_was_said(self) -> None:
        """The sentence and the way back survive the way over the browser."""
        assert opened_said(VAULT, "user/7", SEALED) == TOLD

    @pytest.mark.parametrize(
        "cookie",
        [
            *("", "x", "%%%", "v1.é", "A" * 4_000),
            base64.urlsafe_b64encode(msgspec.json.encode(TOLD)).decode(),
            SEALED[:-4],
            SEALED[:30],
            sealed_said(Vault([bytes([1]) * 32]), "user/7", TOLD),
            sealed_said(VAULT, "user/8", TOLD),
        ],
        ids=[
            *("empty", "a letter", "signs", "not ASCII", "long"),
            *("open", "cut at its end", "cut short", "another key", "another person"),
        ],
    )
    def test_what_is_no_word_of_ours_is_nothing(self, cookie: str) -> None:
        """Spoilt, made by whoever can give a browser cookies, or said to somebody else."""
        assert opened_said(VAULT, "user/7", cookie) is None


class TestWayWithin:
    @pytest.mark.parametrize(
        "to, way",
        [
            ("/inbox", "/inbox"),
            ("/documents?q=a%20b&after=3", "/documents?q=a%20b&after=3"),
            ("https://evil.example/", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("inbox", "/"),
            ("", "/"),
            ("javascript:alert(1)", "/"),
        ],
    )
    def test_only_pages_of_this_hub(self, to: str, way: str) -> None:
        """Whatever could be read as another host leads home."""
        assert way_within(to) == way


class TestWords:
    @pytest.mark.parametrize(
        "locale, currency, value, told",
        [
            ("en_US", "USD", "1234.5", "1,234.50"),
            ("en_US", "JPY", "1234", "1,234"),
            ("en_US", "USD", "-3", "−3.00"),
            ("en_GB", "GBP", "1234567.891", "1,234,567.89"),
            ("de_DE", "EUR", "1234.5", "1.234,50"),
            ("en_US", None, "2.125", "2.125"),
            ("en_US", None, None, ""),
            ("en_US", "USD", "9" * 40, "9" * 40),
            ("en_US", None, "-" + "9" * 40, "−" + "9" * 40),
        ],
    )
    def test_amounts(self, locale: str, currency: str | None, value: str | None, told: str) -> None:
        """As the company's people write them, with the decimals of the currency."""
        assert wording.amount_in(place(locale), value, currency) == told

    @pytest.mark.parametrize(
        "locale, day, told",
        [
            ("en_US", date(2026, 11, 3), "Nov 3"),
            ("en_GB", date(2026, 11, 3), "3 Nov"),
            ("en_GB", date(2025, 11, 3), "3 Nov 2025"),
        ],
    )
    def test_days(self, locale: str, day: date, told: str) -> None:
        """Without the year where it is this one."""
        assert wording.day_in(place(locale), day, NOW) == told

    @pytest.mark.parametrize(
        "days, told",
        [
            (0, "today, 10:00 EST"),
            (1, "yesterday, 10:00 EST"),
            (2, "Sat, 28 Nov 2026, 10:00 EST"),
            (-1, "Sat, 28 Nov 2026, 10:00 EST"),
        ],
    )
    def test_moments_bear_their_zone(self, days: int, told: str) -> None:
        """A moment is in the company's zone and says which that is; near days are named."""
        seen_at = NOW + timedelta(days=days)

        assert wording.moment_in(place("en_GB"), NOW, seen_at) == told


class TestFiles:
    def test_foreign_ones_are_as_they_were_published(self) -> None:
        """Each file of others has the checksum that is written beside its origin."""
        rows = re.findall(
            r"^\| `([^`]+)` .* `([0-9a-f]{64})` \|$",
            (STATIC / "VENDOR.md").read_text(),
            re.MULTILINE,
        )
        assert {name for name, _digest in rows} == {each.name for each in STATIC.glob("*.min.js")}
        for name, digest in rows:
            assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest

    def test_they_are_kept_for_good_under_their_digest(self, calm: World) -> None:
        """What a page names with its digest never changes; without it, it may."""
        visitor = Visitor(calm.hub)
        named = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.http.get("/docs").text)
        assert named
        for each in named:
            assert "immutable" in visitor.http.get(each).headers["cache-control"]
            plain = visitor.http.get(each.partition("?")[0])
            assert "immutable" not in plain.headers["cache-control"]

    def test_nothing_else_is_there(self, calm: World) -> None:
        """Only what pages load is given."""
        assert Visitor(calm.hub).http.get("/static/VENDOR.md").status_code == 404


def test_no_value_hides_what_every_page_has() -> None:
    """A document's version, say, would stand at the foot of its page as the program's."""
    with pytest.raises(AssertionError, match="hide what every page has"):
        bare_page("error.html", product_version="0")
