"""The client: signing, counting, limits, and every way in which the service says no."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from counterfoil.connectors.called import CallRefusedError
from counterfoil.connectors.quickbooks_online import FAULTS, CallClass
from counterfoil.connectors.quickbooks_online._client import Deed, Item
from counterfoil.connectors.quickbooks_online._faults import meaning_of
from counterfoil.connectors.quickbooks_online._limits import Gate, Pace, Quota
from counterfoil.connectors.quickbooks_online._query import Query
from counterfoil.documents import REFUSAL_KINDS
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)
from tests.connectors.quickbooks_online.play import Company, Open, Seconds, batch, fault, ok, rows

VENDORS = Query.of("Vendor")
NEW = Item(entity="Vendor", deed=Deed.CREATE, body={"DisplayName": "Acme"})


def gateway(status: int, code: str, detail: str | None = None, **headers: str) -> httpx2.Response:
    """A fault as the gateway writes it, in small letters."""
    error = {"message": f"message=X; errorCode=00{code}", "detail": detail, "code": code}
    body = {"warnings": None, "fault": {"error": [error], "type": "SERVICE"}, "time": 1633520295688}
    return httpx2.Response(status, content=json.dumps(body), headers=headers)


def xml(status: int, code: str, detail: str) -> httpx2.Response:
    """A fault as XML, in the service's namespace."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026-01-05T00:00:00Z">'
        f'<Fault type="SERVICE"><Error code="{code}"><Message>m</Message><Detail>{detail}</Detail>'
        "</Error></Fault></IntuitResponse>"
    )
    return httpx2.Response(status, content=body, headers={"content-type": "application/xml"})


def write(books: Company) -> Any:
    return books.client.write(NEW)


class TestEveryCall:
    def test_it_is_signed_and_names_its_version(self, books: Company) -> None:
        """JSON is asked for: without it the answer would be XML."""
        books.says(rows("Vendor"))
        books.client.query(VENDORS)

        (call,) = books.calls
        assert call.headers["authorization"] == "Bearer access-1"
        assert call.headers["accept"] == "application/json"
        assert call.parameters["minorversion"] == "75"

    def test_no_token_is_shown(self, books: Company) -> None:
        """Neither what went over the wire nor an error holds one, though an answer does."""
        books.says(fault("2010", "Bearer access-1 is strange"))
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert "access-1" not in f"{caught.value.detail} {caught.value.reason}"
        assert b"access-1" not in books.witnessed[-1].answer

    def test_the_services_own_identity_of_a_call_is_kept(self, books: Company) -> None:
        """Intuit's support asks for it."""
        books.says(ok(rows("Vendor"), intuit_tid="1-5f3a-77"))
        books.client.query(VENDORS)

        assert books.witnessed[-1].their_id == "1-5f3a-77"

    def test_calls_are_counted_by_their_class(self, books: Company) -> None:
        """What failed costs nothing; items of a batch are counted one by one."""
        books.says(rows("Vendor"), {"Vendor": {"Id": "1"}}, fault("2010"))
        books.client.query(VENDORS)
        write(books)
        with pytest.raises(CallRefusedError):
            write(books)
        books.says(batch({"Vendor": {"Id": "2"}}, rows("Vendor"), {"Fault": {"Error": []}}))
        books.client.batch([NEW, Item(entity="Vendor", query=VENDORS.page()), NEW])

        assert books.counted == {CallClass.CORE: 2, CallClass.CORE_PLUS: 2}


class TestSigningIn:
    def test_a_token_that_ended_is_renewed_once(self, books: Company) -> None:
        """In the middle of anything; the call then goes once more."""
        books.says(gateway(401, "3200", "Token expired"), rows("Vendor"))
        books.client.query(VENDORS)

        assert books.keys.rejected == ["access-1"]
        assert [call.headers["authorization"] for call in books.calls] == [
            "Bearer access-1",
            "Bearer access-2",
        ]

    def test_one_that_is_turned_down_again_ends_it(self, books: Company) -> None:
        """No third try; the words say what to do."""
        books.says(gateway(401, "3200"), gateway(401, "3200"))
        with pytest.raises(RejectedError, match="connect the company again") as caught:
            books.client.query(VENDORS)

        assert caught.value.code == "401"
        assert len(books.calls) == 2

    def test_a_body_that_is_none_says_the_same(self, books: Company) -> None:
        """The status decides."""
        books.says(httpx2.Response(401, content=b"<html>no</html>"), rows("Vendor"))

        assert books.client.query(VENDORS) == ()


# What each code of section 5.4 comes to when a document is written: with its own status where
# the reference names one.
_LATER, _UNKNOWN = UnavailableError, OutcomeUnknownError
_STATUSES = {"3200": 401, "3100": 403, "3001": 429, "10000": 500}
_LIKE_A_STATUS: dict[str, type[ConnectorError]] = {
    **dict.fromkeys(("3001", "130", "140", "150", "10200"), _LATER),
    **dict.fromkeys(("10000", "1000", "1010", "1020", "-1"), _UNKNOWN),
}
_TEXTS = {
    "610": "Object Not Found : Something you're trying to use has been made inactive.",
    "2010": "Property Name:failed to parse json object",
    "2020": "Required parameter Line is missing in the request",
    "2050": "String length specified does not match the supported length. Min:0 Max:21",
    "2500": "Invalid Reference Id : Accounts element id 999 not found",
    "3001": "The request limit was reached.  Try again later",
    "3200": "Malformed bearer token: too short or too long",
    "4000": 'QueryParserError: Encountered " <IDENTIFIER> " at line 1, column 29.',
    "4001": "QueryValidationError: Property NoSuchField not found for Entity Purchase",
    "5010": "Stale Object Error : You and Ada were working on this at the same time.",
    "6000": "Business Validation Error: Unexpected Internal Error. (-30003)",
    "6070": "Amount is not equal to UnitPrice * Qty. Supplied value:58",
    "6140": "DocNumber=1234 is assigned to TxnType=Credit Memo with TxnId=111",
    "6240": "The name supplied already exists. : Id=425",
    "6270": "Transaction date is prior to start date for inventory item",
    "10000": "System Failure Error: java.lang.NullPointerException",
}
# Every code that the reference lists, ranges written out.
_LISTED = (
    "-1 100 110 120 130 140 150 500 600 610 620 630 700 800 900 1000 1010 1020 1040 1050 2000 "
    "2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 2120 2130 2140 2150 2160 2170 2180 "
    "2190 2200 2210 2220 2250 2290 2300 2410 2500 2600 3000 3001 3100 3200 3202 4000 4001 4002 "
    "5000 5010 5020 5030 6000 6010 6020 6040 6041 6050 6060 6090 6110 6120 6130 6150 6160 6170 "
    "6220 6230 6250 6280 6030 6070 6080 6100 6140 6180 6190 6200 6210 6240 6270 6290 6300 6310 "
    "6320 6330 6340 6350 6360 6370 6380 6390 6430 6440 6450 6480 6490 6500 6510 6520 6530 6540 "
    "6560 10000 10100 10200"
).split()


class TestEveryCode:
    def test_the_table_is_whole(self) -> None:
        """Each code that the reference lists has a meaning, and a refusal that people read."""
        assert set(_LISTED) <= set(FAULTS)
        assert {each.refusal for each in FAULTS.values()} <= set(REFUSAL_KINDS)

    @pytest.mark.parametrize("code", [each for each in _LISTED if each not in {"3200", "3202"}])
    def test_what_it_comes_to(self, books: Company, code: str) -> None:
        """Not now, unknown, or no: by the code alone, whatever its words say."""
        status = _STATUSES.get(code, 400)
        text = _TEXTS.get(code, "une règle de la société")
        answer = (
            gateway(status, code, text)
            if status in {403, 429}
            else fault(code, text, status=status)
        )
        books.says(*[answer] * 6)
        expected = _LIKE_A_STATUS.get(code, CallRefusedError)
        if code in {"100", "110"}:
            books.says(answer)
        with pytest.raises(expected) as caught:
            write(books)

        assert type(caught.value) is expected or expected is CallRefusedError
        if isinstance(caught.value, CallRefusedError):
            assert caught.value.fault == code
            assert caught.value.reason

    def test_a_code_that_nobody_knows_is_a_refusal_in_its_own_words(self, books: Company) -> None:
        """As the HTTP status says."""
        books.says(fault("7777", "Quelque chose"))
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert (caught.value.reason, meaning_of("7777").refusal) == (
            "No: Quelque chose",
            "rejected",
        )

    def test_several_errors_are_all_told(self, books: Company) -> None:
        """The first one's code counts."""
        errors = [
            {"Message": "a", "Detail": "one", "code": "2020"},
            {"Message": "b", "Detail": "two", "code": "6000"},
        ]
        body = {"Fault": {"Error": errors, "type": "ValidationFault"}}
        books.says(httpx2.Response(400, content=json.dumps(body)))
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert (caught.value.fault, caught.value.reason) == ("2020", "a: one; b: two")


class TestShapes:
    @pytest.mark.parametrize(
        "answer",
        [
            xml(400, "6240", "taken"),
            fault("6240", "taken"),
            gateway(400, "6240", "taken"),
            ok({"Fault": {"Error": [{"Message": "m", "Detail": "taken", "code": "6240"}]}}),
            ok({"fault": {"error": [{"message": "m", "detail": "taken", "code": 6240}]}}),
        ],
    )
    def test_one_refusal_in_every_shape(self, books: Company, answer: httpx2.Response) -> None:
        """JSON in both spellings, XML, and a fault in an answer of success."""
        books.says(answer)
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert caught.value.fault == "6240"
        assert "taken" in caught.value.reason

    def test_half_a_character_in_its_words_reaches_nobody(self, books: Company) -> None:
        """No log and no ledger could keep it."""
        body = b'{"Fault": {"Error": [{"Message": "m\\ud800", "Detail": null, "code": "6000"}]}}'
        books.says(httpx2.Response(200, content=body))
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert caught.value.reason.encode()

    @pytest.mark.parametrize(
        "body",
        [
            b'<Fault type="x"><Error code="6000"><Message>m</Message><Error code="1"></Fault>',
            b'<Fault><Error code="6000"><Message>m</Message><D:>n</D:></Error></Fault>',
        ],
    )
    def test_malformed_xml_is_read_as_far_as_it_goes(self, books: Company, body: bytes) -> None:
        """Several errors came so from the real service; a name that is none hides no other."""
        books.says(httpx2.Response(400, content=body))
        with pytest.raises(CallRefusedError) as caught:
            write(books)

        assert caught.value.fault == "6000"

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_a_page_of_the_gateway_leaves_a_write_unknown(
        self, books: Company, status: int
    ) -> None:
        """It may have been carried out; it is not sent again."""
        books.says(httpx2.Response(status, content=b"<html><b>Bad gateway</b></html>"))
        with pytest.raises(OutcomeUnknownError):
            write(books)

        assert len(books.calls) == 1

    def test_a_read_is_tried_again(self, books: Company) -> None:
        """Nothing is in doubt about it."""
        books.says(httpx2.Response(503), httpx2.ReadTimeout("late"), rows("Vendor"))

        assert books.client.query(VENDORS) == ()

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"other": 1}', b"", b"null"])
    def test_success_that_says_nothing_is_unreadable(self, books: Company, body: bytes) -> None:
        """Neither a write nor its absence can be told from it."""
        books.says(httpx2.Response(200, content=body))
        with pytest.raises(UnreadableReplyError):
            write(books)

    def test_an_object_that_is_gone_is_none(self, books: Company) -> None:
        """610 answers a read by identity."""
        books.says(fault("610"))

        assert books.client.read("Bill", "7") is None


class TestThrottling:
    @pytest.mark.parametrize(
        "answer, waited",
        [
            (gateway(429, "3001"), 60.0),
            (xml(429, "3001", "The request limit was reached."), 60.0),
            (gateway(429, "3001", **{"Retry-After": "7"}), 7.0),
            (httpx2.Response(429), 60.0),
        ],
    )
    def test_it_is_waited_for_as_long_as_it_says(
        self, books: Company, answer: httpx2.Response, waited: float
    ) -> None:
        """A minute where it says nothing; the status decides, whatever the body is."""
        books.says(answer, {"Vendor": {"Id": "1"}})
        write(books)

        assert waited in books.clock.waited

    def test_a_refusal_halves_the_pace_for_a_while(self) -> None:
        """Others call the same company, too."""
        clock = Seconds()
        pace = Pace(clock)
        pace.slow_down(is_batch=True)
        slow = pace.batches.take()
        clock.now += 301
        assert pace.batches.take() == 0.0
        pace.batches.take(), pace.batches.take()

        assert slow == pytest.approx(2 * pace.batches.take())

    def test_our_own_limits_lie_below_theirs(self) -> None:
        """At most ten calls in any second, and forty batches in any minute."""
        clock = Seconds()
        gate = Gate(Open(), Pace(clock))
        left = []
        while clock.now < 1300:
            gate.expect(is_batch=True)
            while (wait_s := gate.take()) > 0:
                clock.sleep(wait_s)
            left.append(clock.now)
        in_a_minute = max(sum(at <= each < at + 60 for each in left) for at in left)
        assert in_a_minute <= 40
        # And no more than a fifth of what is allowed is given away.
        assert len(left) >= 0.8 * 40 * 5

    def test_a_wait_is_never_too_short_to_be_seen(self) -> None:
        """A clock that is told in binary may fall a hair short of the moment."""
        clock = Seconds(now=1_700_000_000.0)
        pace = Pace(clock)
        for _ in range(200):
            while (wait_s := pace.batches.take()) > 0:
                assert wait_s >= 0.001
                clock.sleep(wait_s)

    def test_calls_that_are_no_batches_go_faster(self) -> None:
        """Ten a second hold for all of them."""
        clock = Seconds()
        gate = Gate(Open(), Pace(clock))
        left = []
        while clock.now < 1010:
            gate.expect(is_batch=False)
            while (wait_s := gate.take()) > 0:
                clock.sleep(wait_s)
            left.append(clock.now)
        assert max(sum(at <= each < at + 1 for each in left) for at in left) <= 10
        assert len(left) >= 75


class TestQuota:
    def test_refused_reads_while_writes_go_are_the_months_end(self) -> None:
        """After two minutes; a burst is over by then."""
        clock = Seconds()
        quota = Quota(clock)
        quota.read(is_refused=True)
        quota.wrote(is_refused=False)
        clock.now += 119
        assert not quota.is_used_up
        clock.now += 2
        assert quota.is_used_up

    def test_without_a_write_it_takes_longer(self) -> None:
        """Others may keep the company busy for some minutes."""
        clock = Seconds()
        quota = Quota(clock)
        quota.read(is_refused=True)
        clock.now += 600
        assert not quota.is_used_up
        clock.now += 301
        assert quota.is_used_up

    def test_writes_that_are_refused_too_speak_of_a_burst(self) -> None:
        """Then nothing is used up."""
        clock = Seconds()
        quota = Quota(clock)
        quota.read(is_refused=True)
        quota.wrote(is_refused=True)
        clock.now += 1000
        assert not quota.is_used_up

    def test_it_is_tried_once_an_hour_and_ends_by_itself(self) -> None:
        """The month ends some day."""
        clock = Seconds()
        quota = Quota(clock)
        quota.read(is_refused=True)
        clock.now += 1000
        assert quota.wait_s() == 2600.0
        clock.now += 2600
        assert quota.wait_s() == 0.0
        quota.read(is_refused=False)
        assert not quota.is_used_up

    def test_a_clock_that_was_set_back_keeps_no_read_waiting(self) -> None:
        """What was tried at a time that has not come yet says nothing of when to try again."""
        clock = Seconds()
        quota = Quota(clock)
        quota.read(is_refused=True)
        clock.now += 30 * 86400
        quota.read(is_refused=True)
        clock.now -= 29 * 86400
        assert quota.wait_s() == 0.0

    def test_used_up_reads_are_not_asked_and_writes_go(self, books: Company) -> None:
        """It has its own words, and there is no storm of calls."""
        books.standing.quota.read(is_refused=True)
        books.standing.quota.wrote(is_refused=False)
        books.clock.now += 200
        with pytest.raises(UnavailableError, match="month's reads") as caught:
            books.client.query(VENDORS)
        books.says({"Vendor": {"Id": "1"}})
        write(books)

        assert caught.value.retry_after_s is not None
        assert [call.method for call in books.calls] == ["POST"]
