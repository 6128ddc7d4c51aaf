"""Host facts: what is read from the first call of a run, and what damage does to it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import (
    HostFacts,
    NoHostFacts,
    Preferences,
    WhyNoFacts,
    read_hcp,
    same_guid,
)
from tests.connectors.quickbooks_desktop.web_connector.builders import (
    COMPANY,
    FILE,
    HOST,
    OWNER,
    PREFERENCES,
    host_facts,
)


def facts(text: str) -> HostFacts:
    found = read_hcp(text)
    assert isinstance(found, HostFacts), found
    return found


def reporting(*versions: str, country: str = "US") -> HostFacts:
    listed = "".join(f"<SupportedQBXMLVersion>{text}</SupportedQBXMLVersion>" for text in versions)
    return facts(
        host_facts(
            '<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info">'
            f"<HostRet><Country>{country}</Country>{listed}</HostRet></HostQueryRs>"
        )
    )


class TestCompleteAnswer:
    def test_names_product_and_company(self) -> None:
        """Product, version, country, file mode and company are read as QuickBooks says them."""
        found = facts(host_facts())

        assert found.product_name == "QuickBooks Enterprise Solutions: Manufacturing 24.0"
        assert (found.major_version, found.minor_version, found.country) == ("34", "0", "US")
        assert found.file_mode == "MultiUser"
        assert (found.company_name, found.legal_company_name) == (
            "Acme Widgets",
            "Acme Widgets, Inc.",
        )
        assert found.is_sample_company is False
        assert found.failures == ()

    def test_file_id_is_the_one_under_our_owner(self) -> None:
        """Other applications keep a FileID too: only ours counts, however the GUID is cased."""
        found = facts(host_facts())

        assert found.file_id(OWNER) == FILE
        assert found.file_id(OWNER.lower().strip("{}")) == FILE
        assert found.file_id("{11111111-1111-1111-1111-111111111111}") is None

    def test_any_private_value_is_found_under_its_owner(self) -> None:
        """A value of ours is found by owner and name, another's is not."""
        ours = (
            f"<DataExtRet><OwnerID>{OWNER}</OwnerID><DataExtName>Ledger</DataExtName>"
            "<DataExtType>STR255TYPE</DataExtType><DataExtValue>7</DataExtValue></DataExtRet>"
        )
        found = facts(host_facts(COMPANY.replace("</CompanyRet>", f"{ours}</CompanyRet>")))

        assert found.private_value(OWNER.lower(), "Ledger") == "7"
        assert found.private_value(OWNER, "ledger") is None
        assert found.private_value("{00000000-0000-4000-8000-000000000000}", "Ledger") is None

    def test_an_endless_text_is_not_known(self) -> None:
        """A value too long to be one leaves all others known."""
        text = host_facts(COMPANY.replace("Acme Widgets", "x" * 10_000, 1))

        assert facts(text).company_name is None
        assert facts(text).file_id(OWNER) == FILE

    def test_lock_names_its_computer(self) -> None:
        """The Web Connector's lock tells which computer runs."""
        found = facts(host_facts())

        assert found.app_lock(OWNER) == "LOCKED:FRONTDESK:638000000000000000"
        assert found.locked_by(OWNER) == "FRONTDESK"

    @pytest.mark.parametrize("text", ["UNLOCKED", "", "LOCKED", "LOCKED::1"])
    def test_other_lock_texts_name_nobody(self, text: str) -> None:
        """A lock that is free or unreadable is held by nobody we could name."""
        altered = host_facts().replace("LOCKED:FRONTDESK:638000000000000000", text)

        assert facts(altered).locked_by(OWNER) is None

    def test_preferences_are_read(self) -> None:
        """Each preference documents depend on is read."""
        assert facts(host_facts()).preferences == Preferences(
            uses_account_numbers=True,
            requires_accounts=True,
            uses_classes=True,
            closing_date=date(2025, 12, 31),
            uses_estimates=True,
            uses_progress_invoicing=False,
            uses_multi_currency=True,
            home_currency="US Dollar",
            uses_inventory=True,
            uses_inventory_sites=None,
            uses_sales_tax=True,
            default_sales_tax_item="State Tax",
            default_taxable_code="Tax",
            default_non_taxable_code="Non",
            amounts_include_tax=None,
            uses_time_tracking=True,
            first_day_of_week="Monday",
            uses_price_levels=True,
            uses_enhanced_receiving=False,
            serial_or_lot="None",
            uses_fifo=False,
            may_sign_in_unattended=True,
            may_see_personal_data=False,
        )


class TestVersion:
    @pytest.mark.parametrize(
        "reported,spoken",
        [
            (("1.0", "13.0", "16.0"), Version(16, 0)),
            (("16.0", "13.0", "9.0"), Version(16, 0)),
            (("13.0", "14.0"), Version(14, 0)),
            (("13.0", "17.0"), Version(16, 0)),
            (("9.0", "10.0", "13.0"), Version(13, 0)),
            (("12.0",), None),
            ((), None),
            (("soon", "14.0"), Version(14, 0)),
        ],
    )
    def test_is_the_highest_both_know(
        self, reported: tuple[str, ...], spoken: Version | None
    ) -> None:
        """The highest reported, at most 16.0, and none below 13.0; numbers, not texts."""
        assert reporting(*reported).version == spoken

    def test_belongs_to_the_edition(self) -> None:
        """A Canadian edition's version is Canadian, also where it names itself so."""
        assert reporting("CA3.0", "13.0", country="CA").version == Version(13, 0, "CA")
        assert reporting("14.0", "17.0", country="UK").version == Version(16, 0, "UK")
        assert reporting("14.0", country="ZZ").version == Version(14, 0)


class TestWhatIsMissing:
    def test_later_calls_bring_nothing(self) -> None:
        """Only the first call of a run has facts."""
        assert read_hcp(" ") == NoHostFacts(WhyNoFacts.LATER_CALL)

    def test_point_of_sale_sends_a_sentence(self) -> None:
        """QBPOS says that it supports none of the three queries."""
        sentence = "QBPOS does not support HostQuery, CompanyQuery or PreferencesQuery."

        assert read_hcp(sentence) == NoHostFacts(WhyNoFacts.POINT_OF_SALE, sentence)

    def test_what_cannot_be_seen_is_written_out(self) -> None:
        """A sentence is kept in a form that every log and database takes."""
        assert read_hcp("QBPOS\x00") == NoHostFacts(WhyNoFacts.POINT_OF_SALE, r"QBPOS\x00")

    @pytest.mark.parametrize(
        "text",
        [
            host_facts()[:-30],
            "<html><body>404</body></html>",
            "<!DOCTYPE QBXML>" + host_facts()[22:],
            "<QBXML/>",
        ],
        ids=["truncated", "html", "doctype", "no replies"],
    )
    def test_unreadable_text_is_a_value(self, text: str) -> None:
        """Damage is no exception: the run can go on to say what is wrong."""
        found = read_hcp(text)

        assert isinstance(found, NoHostFacts)
        assert found.why is WhyNoFacts.UNREADABLE
        assert found.detail

    def test_refused_preferences_are_not_known(self) -> None:
        """A query QuickBooks refused leaves its part unknown and its words on record."""
        refused = (
            '<PreferencesQueryRs requestID="2" statusCode="3260" statusSeverity="Error"'
            ' statusMessage="Insufficient permission level to perform this action."/>'
        )

        found = facts(host_facts(HOST, COMPANY, refused))

        assert found.preferences is None
        assert found.failures == (
            "PreferencesQuery: Insufficient permission level to perform this action. (status 3260)",
        )

    def test_absent_groups_mean_off_or_unknown(self) -> None:
        """Sales tax, time tracking and currencies are off when absent; the rest is unknown."""
        empty = (
            '<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info">'
            "<PreferencesRet></PreferencesRet></PreferencesQueryRs>"
        )

        found = facts(host_facts(empty)).preferences

        assert found == Preferences(
            uses_sales_tax=False, uses_time_tracking=False, uses_multi_currency=False
        )

    def test_odd_values_are_not_known(self) -> None:
        """Quirk 10: a value outside the schema costs that value, nothing else."""
        odd = PREFERENCES.replace("2025-12-31", "last year").replace(
            "<IsUsingInventory>true", "<IsUsingInventory>mostly"
        )

        found = facts(host_facts(HOST, COMPANY, odd)).preferences

        assert found is not None
        assert (found.closing_date, found.uses_inventory) == (None, None)
        assert found.uses_classes is True

    @pytest.mark.parametrize("stray", ["\x02", "&#x1;", "\x0c"])
    def test_stray_control_characters_do_not_matter(self, stray: str) -> None:
        """Quirk 7: characters XML cannot hold are shown in the name, and lose nothing else."""
        damaged = host_facts().replace("Acme Widgets<", f"Acme{stray} Widgets<")

        assert facts(damaged).company_name == "Acme\ufffd Widgets"

    def test_replies_may_come_in_any_number_and_order(self) -> None:
        """A missing or additional reply leaves the others readable."""
        found = facts(host_facts('<SomethingNewRs statusCode="0"/>', COMPANY))

        assert found.company_name == "Acme Widgets"
        assert (found.product_name, found.version, found.preferences) == (None, None, None)

    @given(st.text(max_size=60))
    def test_noise_is_a_value(self, noise: str) -> None:
        """Whatever the text, reading it gives a value."""
        assert isinstance(read_hcp(noise), NoHostFacts)


def test_guids_are_compared_without_case_and_braces() -> None:
    """The same GUID in another spelling is the same."""
    assert same_guid(" {ABCD-1}", "abcd-1")
    assert not same_guid("{ABCD-1}", "{ABCD-2}")
