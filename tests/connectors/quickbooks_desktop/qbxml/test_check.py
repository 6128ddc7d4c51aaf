"""Finding, before anything is sent, what QuickBooks would refuse."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    LINES,
    Country,
    Fields,
    InvalidQbxml,
    Problem,
    Request,
    Version,
    check,
    parse_request_set,
    prepare,
    render_set,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._certainty import is_surely_right
from counterfoil.connectors.quickbooks_desktop.qbxml._check import _problems
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import request_names, shape
from counterfoil.connectors.quickbooks_desktop.qbxml._structure import rules
from tests.connectors.quickbooks_desktop.qbxml.samples import (
    GUID,
    available,
    branches_of,
    full_request,
)

V13, V16 = Version(13), Version(16)


def order(*lines: dict[str, Any], **fields: Any) -> Request:
    """A sales order of Acme, with one line unless others are given."""
    return Request(
        "SalesOrderAdd",
        {
            "CustomerRef": {"FullName": "Acme"},
            **fields,
            "SalesOrderLineAdd": list(lines) or [{"ItemRef": {"FullName": "Bolt"}}],
        },
    )


def only_problem(request: Request, version: Version = V13) -> Problem:
    problems = check(request, version)
    assert len(problems) == 1, problems
    return problems[0]


class TestRightRequests:
    @pytest.mark.parametrize("country", ["US", "CA", "UK", "AU"])
    @pytest.mark.parametrize("name", request_names())
    def test_the_fullest_request_of_an_edition_is_right(self, name: str, country: Country) -> None:
        """Everything an edition has may be sent to it, and its company file takes it."""
        version = Version(16, country=country)
        if not shape(name).exists_in(version):
            pytest.skip(f"the {country} edition has no {name}")
        for branch in range(branches_of(name)):
            request = full_request(name, branch=branch, include=available(version))

            assert check(request, version) == ()

    def test_values_of_every_type(self) -> None:
        """Decimals, dates, date-times, intervals, booleans and whole numbers are taken."""
        assert not check(
            order(
                {"Quantity": Decimal("2.5"), "Rate": Decimal("1.12345"), "Amount": Decimal(3)},
                TxnDate=date(2026, 1, 31),
                IsToBePrinted=False,
                ExchangeRate=Decimal("1.23456789"),
            ),
            V13,
        )
        assert not check(
            Request(
                "CustomerQuery",
                {"MaxReturned": 100, "FromModifiedDate": datetime(2026, 1, 31)},  # noqa: DTZ001
            ),
            V13,
        )
        assert not check(
            Request(
                "TimeTrackingAdd",
                {"EntityRef": {"FullName": "Ann"}, "Duration": timedelta(hours=1, minutes=30)},
            ),
            V13,
        )

    def test_none_is_absent(self) -> None:
        """An element given as None is not there, so it cannot be wrong, nor be what is required."""
        assert not check(order(StoreName=None, Memo=None), V13)
        assert only_problem(order(CustomerRef=None)).code == "missing"


class TestStructure:
    def test_unknown_request(self) -> None:
        """A request qbXML does not have is named."""
        assert only_problem(Request("SalesOrderVoid")).code == "unknown-request"
        assert only_problem(Request("SalesOrderRet")).code == "unknown-request"

    def test_unknown_element(self) -> None:
        """An element nobody knows is named with its place."""
        problem = only_problem(order({"ItemName": "Bolt"}))

        assert (problem.code, problem.path) == ("unknown-element", "SalesOrderLineAdd[1]/ItemName")

    def test_too_new_for_the_version(self) -> None:
        """@15: the store name is refused for 13.0 and 14.0, and taken from 15.0 on."""
        assert only_problem(order(StoreName="Web")).code == "too-new"
        assert only_problem(order(StoreName="Web"), Version(14)).code == "too-new"
        assert check(order(StoreName="Web"), Version(15)) == ()

    def test_request_too_new_or_not_in_the_edition(self) -> None:
        """A request as a whole may be missing from a version or edition."""
        sites = Request("InventorySiteQuery")
        assert only_problem(sites, Version(9)).code == "too-new"
        assert only_problem(sites, Version(13, country="AU")).code == "too-new"
        assert check(sites, V13) == ()

    def test_not_in_this_country(self) -> None:
        """-US: prices that include tax exist everywhere but in the US edition."""
        request = order(IsTaxIncluded=True)

        assert only_problem(request).code == "wrong-country"
        assert check(request, Version(13, country="UK")) == ()

    def test_missing_required(self) -> None:
        """A required element is missed where it should stand."""
        problem = only_problem(Request("TxnDel", {"TxnDelType": "Invoice"}))

        assert (problem.code, problem.path) == ("missing", "TxnID")

    def test_missing_lines(self) -> None:
        """A sales order needs a line; an invoice does not."""
        problem = only_problem(Request("SalesOrderAdd", {"CustomerRef": {"FullName": "Acme"}}))

        assert problem.code == "missing"
        assert "SalesOrderLineAdd" in problem.message
        assert check(Request("InvoiceAdd", {"CustomerRef": {"FullName": "Acme"}}), V13) == ()

    def test_choice(self) -> None:
        """A rate and a percentage cannot both be given."""
        problem = only_problem(order({"Rate": "1", "RatePercent": "5"}))

        assert (problem.code, problem.path) == ("bad-choice", "SalesOrderLineAdd[1]/RatePercent")

    def test_choice_with_a_sequence(self) -> None:
        """A custom field belongs to a list record or a transaction, and to that completely."""
        field: dict[str, Any] = {"OwnerID": "0", "DataExtName": "Machine", "DataExtValue": "M1"}
        both: dict[str, Any] = {
            "ListDataExtType": "Item",
            "ListObjRef": {"FullName": "Bolt"},
            "OtherDataExtType": "Company",
        }
        half: dict[str, Any] = {"TxnDataExtType": "Invoice"}

        assert only_problem(Request("DataExtAdd", field | both)).code == "bad-choice"
        assert only_problem(Request("DataExtAdd", field | half)).path == "TxnID"
        assert only_problem(Request("DataExtAdd", field)).code == "missing"

    def test_a_reference_has_one_of_two(self) -> None:
        """4.0: a reference is sent by id or by name, never by both or neither."""
        both = {"ListID": "1-2", "FullName": "Acme"}

        assert only_problem(order(CustomerRef=both)).code == "bad-choice"
        assert only_problem(order(CustomerRef={})).code == "missing"
        assert check(order(ClassRef={"FullName": ""}), V13) == ()

    def test_how_often(self) -> None:
        """What may stand once stands once; eight additional contacts are the most."""
        contact = {"ContactName": "Mobile", "ContactValue": "5"}
        customer: Fields = {"Name": "Acme", "AdditionalContactRef": [contact] * 9}

        assert only_problem(order(Memo=["a", "b"])).code == "repeated"
        assert only_problem(Request("CustomerAdd", customer)).code == "repeated"

    def test_lines_in_their_order(self) -> None:
        """Under the reserved key, lines of both kinds are counted each by its own kind."""
        request = Request(
            "SalesOrderAdd",
            {
                "CustomerRef": {"FullName": "Acme"},
                LINES: [
                    ("SalesOrderLineAdd", {}),
                    ("SalesOrderLineGroupAdd", {"ItemGroupRef": {"FullName": "Kit"}}),
                    ("SalesOrderLineAdd", {"Amount": "1.5"}),
                    ("InvoiceLineAdd", {}),
                ],
            },
        )

        wrong, stranger = check(request, V13)
        assert wrong.path == "SalesOrderLineAdd[2]/Amount"
        assert (stranger.code, stranger.path) == ("unknown-element", "InvoiceLineAdd[1]")

    def test_elements_and_values_are_not_mixed_up(self) -> None:
        """A block is not a value, nor a value a block."""
        assert only_problem(order(ClassRef="Shop")).code == "wrong-kind"
        assert only_problem(order(Memo={"Text": "x"})).code == "wrong-kind"


class TestValues:
    @pytest.mark.parametrize("length", [12, 4096])
    def test_too_long(self, length: int) -> None:
        """5.1: the message names field, value, length and limit."""
        problem = only_problem(order(RefNumber="9" * length))

        assert (problem.code, problem.path) == ("too-long", "RefNumber")
        assert f"has {length} characters; 11 are allowed" in problem.message
        assert len(problem.value) <= 60

    def test_length_counts_characters(self) -> None:
        """Eleven umlauts are eleven characters."""
        assert check(order(RefNumber="ü" * 11), V13) == ()

    @pytest.mark.parametrize(
        "element, value",
        [
            ("Amount", "1.5"),
            ("Amount", Decimal("1.005")),
            ("Amount", Decimal(12345678901234)),
            ("Amount", Decimal("NaN")),
            ("Amount", True),
            ("Rate", Decimal("0.123456")),
            ("Quantity", "1,000"),
            ("Quantity", Decimal(12345678901)),
            ("OptionForPriceRuleConflict", "Highest"),
            ("IsManuallyClosed", "yes"),
        ],
    )
    def test_bad_format(self, element: str, value: object) -> None:
        """3.5: what is not in its type's form is shown with the form it should have."""
        problem = only_problem(order({element: value}))

        assert (problem.code, problem.path) == ("bad-format", f"SalesOrderLineAdd[1]/{element}")

    @pytest.mark.parametrize("value", ["6b063959", GUID.strip("{}"), "{0}"])
    def test_bad_guid(self, value: str) -> None:
        """A GUID stands in braces."""
        assert only_problem(order(ExternalGUID=value)).code == "bad-format"

    @pytest.mark.parametrize("value", ["31.01.2026", "2026-02-30", "2026-1-5"])
    def test_bad_date(self, value: str) -> None:
        """A date is in the calendar and written year first."""
        assert only_problem(order(TxnDate=value)).code == "bad-format"

    def test_control_character(self) -> None:
        """A character XML cannot carry is named by its number."""
        problem = only_problem(order(Memo="a\x0bb"))

        assert problem.code == "control-character"
        assert "control character number 11 at place" in problem.message

    @pytest.mark.parametrize("number", ["1e999999999999", "-1e41", "1e-999999999999", "9" * 5000])
    @pytest.mark.parametrize("element", ["Quantity", "Rate", "Amount"])
    def test_a_number_without_end(self, element: str, number: str) -> None:
        """A number too large or too fine is refused without ever being written out."""
        problem = only_problem(order({element: Decimal(number)}))

        assert problem.code == "bad-format"
        assert len(problem.message) < 300

    def test_line_breaks_and_tabs_are_fine(self) -> None:
        """Line breaks and tabs belong into notes."""
        assert check(order(Memo="a\n\tb\r\nc"), V13) == ()

    def test_unholdable(self) -> None:
        """3.6: what Windows-1252 cannot hold is named; accents it can."""
        problem = only_problem(order(Memo="Łódź"))

        assert problem.code == "unholdable"
        assert problem.message == (
            "Memo holds the latin capital letter l with stroke “Ł” at place 1, at the "
            "beginning, before “ódź”; the latin small letter z with acute “ź” at place 4, at the "
            "end, after “Łód”"
        )
        assert check(order(Memo="Café – Zürich"), V13) == ()

    def test_every_problem_is_found_at_once(self) -> None:
        """A document with three faults is told all three."""
        found = check(order({"Amount": "x"}, RefNumber="9" * 12, Memo="\x00"), V13)

        assert {problem.code for problem in found} == {
            "bad-format",
            "too-long",
            "control-character",
        }


class TestAttributes:
    def test_request_id(self) -> None:
        """1060: a request id has 50 characters at most."""
        assert check(Request("HostQuery", request_id="x" * 50), V13) == ()
        assert only_problem(Request("HostQuery", request_id="x" * 51)).code == "too-long"

    @pytest.mark.parametrize(
        "name, attributes",
        [
            ("AccountQuery", {"iterator": "Start"}),
            ("CustomerQuery", {"iterator": "Begin"}),
            ("CustomerQuery", {"iterator": "Continue"}),
            ("CustomerAdd", {"metaData": "NoMetaData"}),
            ("CustomerQuery", {"pageSize": "5"}),
        ],
    )
    def test_bad_attributes(self, name: str, attributes: dict[str, str]) -> None:
        """4.15: only some queries take iterators, with their own values."""
        fields = {"Name": "Acme"} if name == "CustomerAdd" else {}

        assert only_problem(Request(name, fields, attributes=attributes)).code == "bad-attribute"

    @pytest.mark.parametrize("text", ["a\x0bb", "a\x00", "\ud800"])
    def test_control_characters_in_attributes(self, text: str) -> None:
        """Ids and tokens are checked like values: no XML can carry a control character."""
        iterator = {"iterator": "Continue", "iteratorID": text}
        for request in (
            Request("CustomerQuery", {}, "1", iterator),
            Request("CustomerQuery", {}, text),
            Request("CustomerAdd", {"Name": "A"}, "1", include=(text,)),
        ):
            problem = only_problem(request)
            assert problem.code == "control-character"
            (problem.message + problem.value).encode()

    def test_trimming(self) -> None:
        """IncludeRetElement may follow an Add, with 50 characters, but not a custom field's."""
        customer = {"Name": "Acme"}
        field = {
            "OwnerID": "0",
            "DataExtName": "M",
            "OtherDataExtType": "Company",
            "DataExtValue": "1",
        }

        assert check(Request("CustomerAdd", customer, include=["ListID"]), V13) == ()
        assert only_problem(Request("CustomerAdd", customer, include=["x" * 51])).code == "too-long"
        assert (
            only_problem(Request("DataExtAdd", field, include=["ListID"])).path
            == "IncludeRetElement"
        )


# --- The check against its two relatives --------------------------------------------------------

_TEXTS = st.one_of(
    st.sampled_from(["", "1.50", "1.5", "true", "2026-01-31", GUID, "0", "All", "Bolt", "x" * 42]),
    st.text(max_size=12),
)
_VALUES = st.one_of(
    _TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-10, 10**12),
    st.decimals(allow_nan=True, places=None),
    st.dates(),
    st.datetimes(),
    st.timedeltas(),
    st.just([]),
    st.just({}),
    st.fixed_dictionaries({"FullName": _TEXTS}),
    st.fixed_dictionaries({"ListID": _TEXTS, "FullName": _TEXTS}),
    st.just([("SalesOrderLineAdd", {})]),
)


@st.composite
def damaged_requests(draw: st.DrawFn) -> tuple[Request, Version]:
    """A full request in which a few values were exchanged, taken away or put in."""
    version = Version(draw(st.sampled_from([13, 16])), country=draw(st.sampled_from(["US", "AU"])))
    name = draw(st.sampled_from(request_names()))
    seed = draw(st.integers(0, 10**6))
    request = full_request(name, branch=seed % branches_of(name), include=available(Version(16)))
    fields = dict(request.fields)
    chance = random.Random(seed)
    for _ in range(draw(st.integers(0, 3))):
        key = chance.choice([*fields, "Memo", "StoreName", "FullName", LINES])
        if draw(st.booleans()):
            fields.pop(key, None)
        else:
            fields[key] = draw(_VALUES)
    return Request(name, fields, request_id="1"), version


@given(damaged_requests())
def test_a_quick_yes_is_never_wrong(damaged: tuple[Request, Version]) -> None:
    """Where the quick look says "surely right", the close look finds nothing."""
    request, version = damaged
    block = shape(request.name).block
    try:
        sure = is_surely_right(request.fields, block, version)
    except (TypeError, ValueError):
        pytest.fail("the quick look may say no, but not stumble")
    if sure:
        assert _problems(request.fields, rules(block, version), "") == []


@given(damaged_requests())
def test_what_is_prepared_is_what_is_written(damaged: tuple[Request, Version]) -> None:
    """A prepared request stands in its set exactly as the request itself would."""
    request, version = damaged
    prepared = prepare(request, version)
    if isinstance(prepared, str):
        assert render_set([prepared], version=version) == render_set([request], version=version)
    else:
        assert prepared == check(request, version)


@given(damaged_requests())
def test_what_is_checked_is_taken(damaged: tuple[Request, Version]) -> None:
    """A request the check finds right is rendered, and the company file takes it."""
    request, version = damaged
    if check(request, version):
        return
    try:
        found = parse_request_set(render_set([request], version=version), country=version.country)
    except InvalidQbxml as refusal:
        pytest.fail(f"the check let pass what is refused: {refusal}")
    assert found.requests[0].name == request.name
