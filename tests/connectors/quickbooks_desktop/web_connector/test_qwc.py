"""The .qwc file: what is written, what is refused, what is read back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.web_connector.qwc import (
    Editions,
    PersonalData,
    Product,
    QwcFile,
    RunEvery,
    Style,
    Unattended,
    UnreadableQwc,
    UnusableQwc,
    parse_qwc,
    qwc_problems,
    render_qwc,
)
from tests.connectors.quickbooks_desktop.web_connector.builders import FILE, OWNER

PLAIN = QwcFile(
    app_name="Counterfoil: Acme Widgets",
    app_url="https://hub.example.com/qbwc",
    app_description="Keeps operations and books in step",
    app_support="https://hub.example.com/qbwc/support",
    user_name="acme-widgets",
    owner_id=OWNER,
    file_id=FILE,
    schedule=RunEvery(5),
)

# As a customer's disk holds it: another order, other elements, both schedules.
FOREIGN = f"""<?xml version="1.0"?>
<!-- made by hand -->
<QBWCXML>
  <AppName>Widget Sync</AppName><AppID></AppID>
  <AppURL>http://localhost:8080/qbwc</AppURL>
  <AppDescription>Caf&#233; &amp; more</AppDescription>
  <AppSupport>http://localhost:8080/</AppSupport>
  <OwnerID>{OWNER}</OwnerID>
  <UserName> widget </UserName>
  <FileID>{FILE}</FileID>
  <QBType>QBFS</QBType>
  <Scheduler><RunEveryNSeconds>90</RunEveryNSeconds><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler>
  <Notify>True</Notify>
  <IsReadOnly>false</IsReadOnly>
  <AuthFlags>0xE</AuthFlags>
  <SomethingNew>1</SomethingNew>
</QBWCXML>
"""


class TestWriting:
    def test_file_is_exactly_this(self) -> None:
        """The file holds every mandatory element and our defaults, the schedule last."""
        assert render_qwc(PLAIN) == (
            '<?xml version="1.0"?>\n'
            "<QBWCXML>\n"
            "  <AppName>Counterfoil: Acme Widgets</AppName>\n"
            "  <AppID></AppID>\n"
            "  <AppURL>https://hub.example.com/qbwc</AppURL>\n"
            "  <AppDescription>Keeps operations and books in step</AppDescription>\n"
            "  <AppSupport>https://hub.example.com/qbwc/support</AppSupport>\n"
            "  <UserName>acme-widgets</UserName>\n"
            "  <OwnerID>{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}</OwnerID>\n"
            "  <FileID>{8A1B1E6C-7C1D-4F0B-9D3C-5D2B0C1A9E77}</FileID>\n"
            "  <QBType>QBFS</QBType>\n"
            "  <Style>Document</Style>\n"
            "  <PersonalDataPref>pdpNotNeeded</PersonalDataPref>\n"
            "  <UnattendedModePref>umpOptional</UnattendedModePref>\n"
            "  <Notify>false</Notify>\n"
            "  <Scheduler>\n"
            "    <RunEveryNMinutes>5</RunEveryNMinutes>\n"
            "  </Scheduler>\n"
            "</QBWCXML>\n"
        )

    def test_never_holds_a_password_or_read_only(self) -> None:
        """Quirk 20: the password is not in the file; IsReadOnly means nothing certain."""
        text = render_qwc(replace(PLAIN, notify=True, unique_name="x", display_name="y"))

        assert "assword" not in text
        assert "IsReadOnly" not in text

    def test_is_ascii(self) -> None:
        """Names in any script survive any editor: they are written as references."""
        text = render_qwc(replace(PLAIN, app_name="Müller & Söhne <漢字>"))

        assert text.isascii()
        assert parse_qwc(text).app_name == "Müller & Söhne <漢字>"

    def test_editions_are_added_up(self) -> None:
        """AuthFlags is the sum of the editions that may connect."""
        everyone_else = Editions.PRO | Editions.PREMIER | Editions.ENTERPRISE

        assert "<AuthFlags>0xE</AuthFlags>" in render_qwc(replace(PLAIN, editions=everyone_else))

    def test_seconds_are_another_element(self) -> None:
        """A schedule in seconds is "Real Time"."""
        text = render_qwc(replace(PLAIN, schedule=RunEvery(30, "seconds")))

        assert "<RunEveryNSeconds>30</RunEveryNSeconds>" in text
        assert "Minutes" not in text

    def test_without_a_schedule_there_is_none(self) -> None:
        """W8: a file without a schedule runs only when the user says so."""
        assert "Scheduler" not in render_qwc(replace(PLAIN, schedule=None))


# Each row breaks one rule of section 2: what is changed, the element, the number, part of the words.
BROKEN = [
    ({"app_name": ""}, "AppName", 1039, "is empty"),
    ({"app_name": "a\\b"}, "AppName", None, "backslash"),
    ({"unique_name": "a\\b"}, "AppUniqueName", None, "backslash"),
    ({"app_name": "a\nb"}, "AppName", None, "control character"),
    ({"app_name": " a"}, "AppName", None, "blank"),
    ({"app_description": ""}, "AppDescription", 1039, "is empty"),
    ({"app_description": "x" * 81}, "AppDescription", None, "81 characters; shorten it to 80"),
    ({"user_name": ""}, "UserName", 1039, "is empty"),
    ({"app_url": "http://hub.example.com/qbwc"}, "AppURL", 1010, "is not https"),
    ({"app_url": "http://127.0.0.1/qbwc"}, "AppURL", 1001, "use localhost"),
    ({"app_url": "https://192.0.2.7/qbwc"}, "AppURL", 1001, "use the computer's name"),
    ({"app_url": "https://[2001:db8::1]/qbwc"}, "AppURL", 1001, "IP address"),
    ({"app_url": "http://[::1]/qbwc"}, "AppURL", 1001, "use localhost"),
    ({"app_url": "https://3221225991/qbwc"}, "AppURL", 1001, "IP address"),
    ({"app_url": "https://0xc0000207/qbwc"}, "AppURL", 1001, "IP address"),
    ({"app_url": "hub.example.com/qbwc"}, "AppURL", None, "whole web address"),
    ({"app_url": "https://a:b@hub.example.com/"}, "AppURL", None, "whole web address"),
    ({"app_url": "https://hub.example.com:x/"}, "AppURL", None, "whole web address"),
    ({"app_url": "https://hub.example.com/a b"}, "AppURL", None, "whole web address"),
    ({"app_support": "https://www.example.com/"}, "AppSupport", 1000, "one host for both"),
    ({"app_support": "https://192.0.2.7/"}, "AppSupport", 1002, "IP address"),
    ({"app_support": "https://developer.intuit.com/"}, "AppSupport", None, "Intuit"),
    ({"app_support": "https://Intuit.com/"}, "AppSupport", None, "Intuit"),
    ({"app_support": "https://notintuit.com/"}, "AppSupport", 1000, "one host for both"),
    ({"app_support": "support"}, "AppSupport", None, "whole web address"),
    ({"cert_url": "hub"}, "CertURL", None, "whole web address"),
    ({"owner_id": OWNER.strip("{}")}, "OwnerID", None, "GUID in braces"),
    ({"file_id": "{8A1B1E6C}"}, "FileID", None, "GUID in braces"),
    ({"file_id": OWNER.lower()}, "FileID", None, "its own"),
    (
        {"product": Product.POINT_OF_SALE, "editions": Editions.PRO},
        "AuthFlags",
        None,
        "not for QBPOS",
    ),
    ({"schedule": RunEvery(0)}, "Scheduler", None, "1 is the least"),
]


class TestRules:
    @pytest.mark.parametrize("change,element,code,words", BROKEN)
    def test_each_broken_rule_is_a_sentence(
        self, change: dict[str, str], element: str, code: int | None, words: str
    ) -> None:
        """Quirk 21: what the Web Connector would refuse by number is said beforehand in words."""
        broken = replace(PLAIN, **change)  # type: ignore[arg-type]  # rows of several types

        (problem,) = (found for found in qwc_problems(broken) if words in found.sentence)

        assert (problem.element, problem.code) == (element, code)
        assert problem.sentence.endswith(".")
        with pytest.raises(UnusableQwc) as refusal:
            render_qwc(broken)
        assert problem in refusal.value.problems

    def test_good_file_breaks_none(self) -> None:
        """The plain file can be used."""
        assert qwc_problems(PLAIN) == ()

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost:8080"])
    def test_localhost_is_exempt(self, host: str) -> None:
        """On localhost neither https nor the same support host is asked for."""
        local = replace(PLAIN, app_url=f"http://{host}/qbwc")

        assert qwc_problems(local) == ()

    def test_support_host_is_compared_without_case_and_port(self) -> None:
        """Host names are the same in any case, and ports do not count."""
        file = replace(PLAIN, app_support="https://HUB.example.com:8443/help")

        assert qwc_problems(file) == ()

    def test_more_hosts_can_be_let_through_without_https(self) -> None:
        """Sources differ on machine names in the local network: a caller may allow them."""
        lan = replace(PLAIN, app_url="http://workshop/qbwc", app_support="http://workshop/")

        assert [problem.code for problem in qwc_problems(lan)] == [1010]
        assert qwc_problems(lan, http_hosts=frozenset({"localhost", "workshop"})) == ()


class TestReading:
    def test_foreign_file_is_understood(self) -> None:
        """Order does not matter, unknown elements are passed over, the first schedule holds."""
        assert parse_qwc(FOREIGN) == QwcFile(
            app_name="Widget Sync",
            app_url="http://localhost:8080/qbwc",
            app_description="Café & more",
            app_support="http://localhost:8080/",
            user_name="widget",
            owner_id=OWNER,
            file_id=FILE,
            notify=True,
            editions=Editions.PRO | Editions.PREMIER | Editions.ENTERPRISE,
            schedule=RunEvery(90, "seconds"),
        )

    @pytest.mark.parametrize(
        "element", ["AppName", "AppID", "AppURL", "AppDescription", "AppSupport"]
    )
    def test_missing_element_is_1039(self, element: str) -> None:
        """A mandatory element that is missing is named, with the Web Connector's number."""
        text = FOREIGN.replace(f"<{element}>", "<X>").replace(f"</{element}>", "</X>")

        with pytest.raises(UnreadableQwc, match=element) as refusal:
            parse_qwc(text)

        assert refusal.value.code == 1039

    @pytest.mark.parametrize(
        "old,new,words",
        [
            ("<QBType>QBFS", "<QBType>QBXX", "QBType is 'QBXX'; it must be one of QBFS, QBPOS"),
            ("0xE", "0x1F", "AuthFlags is '0x1F'"),
            ("0xE", "most", "AuthFlags is 'most'"),
            (">90<", ">soon<", "RunEveryNSeconds is 'soon'"),
            ("QBWCXML", "html", "not a .qwc file"),
            ("</AppName>", "", "not well-formed"),
            ('<?xml version="1.0"?>', "<!DOCTYPE QBWCXML>", "document type declaration"),
            ("Widget Sync", "\ud800", "cannot be read"),
        ],
    )
    def test_unreadable_file_is_explained(self, old: str, new: str, words: str) -> None:
        """What cannot be read says what it is about."""
        with pytest.raises(UnreadableQwc, match=words):
            parse_qwc(FOREIGN.replace(old, new))


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
files = st.builds(
    lambda **fields: replace(PLAIN, **fields),
    app_name=names.filter(lambda name: "\\" not in name),
    user_name=names,
    app_id=st.just("") | names,
    display_name=st.just("") | names,
    app_description=names.map(lambda text: text[:80]),
    product=st.just(Product.FINANCIAL),
    style=st.sampled_from(Style),
    personal_data=st.sampled_from(PersonalData),
    unattended=st.sampled_from(Unattended),
    editions=st.integers(0, 15).map(Editions),
    notify=st.booleans(),
    schedule=st.none()
    | st.builds(RunEvery, st.integers(1, 10**6), st.sampled_from(["minutes", "seconds"])),
)


@given(file=files)
def test_what_is_written_is_read_back(file: QwcFile) -> None:
    """Every usable file survives being written and read."""
    text = render_qwc(file)

    assert parse_qwc(text) == file
    assert etree.fromstring(text.encode()).tag == "QBWCXML"
