"""qbXML versions."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.qbxml import Version


class TestVersion:
    @pytest.mark.parametrize(
        "text, version",
        [
            ("16.0", Version(16)),
            ("16", Version(16)),
            ("2.1", Version(2, 1)),
            (" 13.0 ", Version(13)),
            ("CA2.0", Version(2, 0, "CA")),
            ("AU3.0", Version(3, 0, "AU")),
            ("US13.0", Version(13)),
        ],
    )
    def test_reads_what_hosts_report(self, text: str, version: Version) -> None:
        """Plain numbers and the old style with a country in front are both read."""
        assert Version.parse(text) == version

    @pytest.mark.parametrize("text", ["", "sixteen", "16.0.1", "-1", "FR3.0", "16.0\n17.0"])
    def test_refuses_anything_else(self, text: str) -> None:
        """What is no version says so and names the text."""
        with pytest.raises(ValueError, match="is not a qbXML version"):
            Version.parse(text)

    def test_the_edition_is_taken_where_the_text_names_none(self) -> None:
        """The country of the edition is used unless the version itself names one."""
        assert Version.parse("13.0", "UK").country == "UK"
        assert Version.parse("CA3.0", "UK").country == "CA"

    def test_order_is_that_of_the_numbers(self) -> None:
        """16.0 is above 9.0, whatever the country."""
        assert Version(16) > Version(9)
        assert Version(13, country="CA") >= Version(13)
        assert Version(13, country="CA") <= Version(13)
        assert min(Version(16), Version(13, country="UK")) == Version(13, country="UK")
        assert Version(4, 1) < Version(5)

    def test_equality_looks_at_the_country(self) -> None:
        """The same number in two editions is two versions."""
        assert Version(13) != Version(13, country="CA")

    def test_is_written_as_the_instruction_names_it(self) -> None:
        """Editions have shared one numbering since 6.0; before, the country stands in front."""
        assert str(Version(13, country="CA")) == "13.0"
        assert str(Version(3, country="CA")) == "CA3.0"
        assert str(Version(2, 1)) == "2.1"
