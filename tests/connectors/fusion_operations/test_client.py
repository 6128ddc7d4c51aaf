"""The HTTP client against the sandbox: A1 to A5, A10, A12, A13."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.called import Call, Line
from counterfoil.connectors.fusion_operations import (
    Account,
    FieldMap,
    FusionClient,
    _client,
    account_of,
)
from counterfoil.connectors.fusion_operations._client import _linked, _says_next
from counterfoil.errors import (
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, Play

CLIENTS = "/api/v1/clients/"

MakeClient = Callable[..., FusionClient]


class Open:
    """A throttle that lets everything pass."""

    def take(self) -> float:
        return 0.0


def scripted(
    *answers: httpx2.Response | Exception,
) -> tuple[httpx2.MockTransport, list[httpx2.Request]]:
    """A service that gives these answers in order; a token first, whenever one is asked for."""
    seen: list[httpx2.Request] = []
    left = iter(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/authorization"):
            return httpx2.Response(200, json={"token": "minted"})
        seen.append(request)
        found = next(left)
        if isinstance(found, Exception):
            raise found
        return found

    return httpx2.MockTransport(answer), seen


class TestTokens:
    def test_a1_an_old_token_is_renewed_once(self, play: Play, client: FusionClient) -> None:
        """A1: after two hours one renewal happens, and the request succeeds."""
        client.fetch(CLIENTS)
        play.clock.wait(2 * 3600 + 1)

        client.fetch(CLIENTS)
        client.fetch(CLIENTS)

        assert play.calls()["calls"] == {"POST /authorization": 2, "GET /clients/": 3}

    def test_a1_a_token_is_renewed_before_it_ends(self, play: Play, client: FusionClient) -> None:
        """A1: at 110 minutes a new token is asked for, so that none ends in mid-run."""
        client.fetch(CLIENTS)
        play.clock.wait(110 * 60 - 1)
        client.fetch(CLIENTS)
        assert play.calls()["calls"]["POST /authorization"] == 1

        play.clock.wait(1)
        client.fetch(CLIENTS)

        assert play.calls()["calls"]["POST /authorization"] == 2

    def test_a1_a_token_ended_by_the_service(self, play: Play, client: FusionClient) -> None:
        """A1: a 401 in mid-run costs one renewal and one repetition, for a write too."""
        client.fetch(CLIENTS)
        play.control("POST", "/clock", {"advance-seconds": 7200})

        client.send("POST", CLIENTS, {"code": "ACME"})

        assert len(play.dump("clients")) == 1
        assert play.calls()["calls"] == {
            "POST /authorization": 2, "GET /clients/": 1, "POST /clients/": 1,
        }  # fmt: skip

    def test_a1_no_second_renewal(self, play: Play, client: FusionClient) -> None:
        """A1: a service that keeps saying 401 is asked twice, no more."""
        client.fetch(CLIENTS)
        play.fault("unauthorized", path="/clients/", times=9)

        with pytest.raises(RejectedError) as caught:
            client.fetch(CLIENTS)

        assert caught.value.code == "401"
        assert play.calls()["calls"] == {"POST /authorization": 2, "GET /clients/": 3}

    def test_a1_a_fresh_token_that_is_refused(self, play: Play, client: FusionClient) -> None:
        """A token refused right after it was made is not renewed: it would help nothing."""
        play.fault("unauthorized", path="/clients/", times=9)

        with pytest.raises(RejectedError):
            client.fetch(CLIENTS)

        assert play.calls()["calls"] == {"POST /authorization": 1, "GET /clients/": 1}

    def test_a2_a_wrong_secret_is_tried_once(self, play: Play, make_client: MakeClient) -> None:
        """A2: one attempt, one clear sentence, no waiting."""
        seen: list[str] = []

        class Counting(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                seen.append(f"{request.method} {request.url.path}")
                return play.transport.handle_request(request)

        client = make_client(secret="wrong", transport=Counting())

        with pytest.raises(RejectedError, match="does not accept the API key and secret"):
            client.fetch(CLIENTS)

        assert seen == ["POST /fusion/api/v1/authorization"]
        assert play.clock.waits == []

    def test_a_token_is_first_asked_for_without_scopes(self, make_client: MakeClient) -> None:
        """A service that insists on scopes gets the only one known; configured ones go first."""
        bodies: list[bytes] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/authorization"):
                bodies.append(request.content)
                is_named = b"scopes" in request.content
                return httpx2.Response(200 if is_named else 400, json={"token": "t"})
            return httpx2.Response(200, json=[])

        make_client(transport=httpx2.MockTransport(answer)).fetch(CLIENTS)
        make_client(transport=httpx2.MockTransport(answer), scopes=("orders",)).fetch(CLIENTS)

        assert bodies == [b"", b'{"scopes":["productions_write"]}', b'{"scopes":["orders"]}']

    @pytest.mark.parametrize(
        "answer",
        [{"jwt": "x"}, {"token": ""}, {"token": "a b"}, {"token": "\ud800"}, {"token": 1e400}, []],
    )
    def test_an_answer_without_token_is_unreadable(
        self, make_client: MakeClient, answer: object
    ) -> None:
        """Version drift of the token answer is told as such."""
        content = json.dumps(answer).encode()
        transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=content))

        with pytest.raises(UnreadableReplyError, match="gave no token"):
            make_client(transport=transport).fetch(CLIENTS)

    def test_the_token_is_asked_for_again_after_a_lost_answer(
        self, play: Play, client: FusionClient
    ) -> None:
        """Asking for a token changes nothing, so that POST may be repeated."""
        play.fault("timeout-after", path="/authorization")

        client.fetch(CLIENTS)

        assert play.calls()["calls"] == {"POST /authorization": 2, "GET /clients/": 1}


class TestRateLimit:
    def test_a3_150_calls_with_the_usual_throttle(self, play: Play, client: FusionClient) -> None:
        """A3: our own limit keeps 150 calls below the service's: no 429 at all."""
        for _ in range(150):
            client.fetch(CLIENTS)

        assert play.calls()["accepted"] == 151
        assert play.calls()["rejected"] == 0
        assert 70 < play.clock.seconds() < 90

    def test_a3_150_calls_without_a_throttle(self, play: Play, make_client: MakeClient) -> None:
        """A3: each 429 is waited for as long as it asks, and all calls succeed."""
        client = make_client(throttle=Open())

        for number in range(150):
            client.send("POST", CLIENTS, {"code": f"C{number}"})

        found = play.calls()
        assert found["calls"]["POST /clients/"] == 150
        assert (found["rejected"], found["impatient"]) == (1, 0)
        assert play.clock.waits == [60.0]

    def test_a4_without_retry_after_the_default_is_waited(
        self, play: Play, client: FusionClient
    ) -> None:
        """A4: a 429 that names no time is waited for 60 seconds."""
        play.fault("too-many", path="/clients/")

        client.fetch(CLIENTS)

        assert play.clock.waits == [60.0]

    @pytest.mark.parametrize(
        "header, wait_s", [("7", 7.0), ("60", 60.0), ("soon", 60.0), ("-3", 60.0)]
    )
    def test_a4_what_is_waited(
        self, play: Play, make_client: MakeClient, header: str, wait_s: float
    ) -> None:
        """A4: whole seconds are obeyed up to a minute; what cannot be read counts as absent."""
        too_many = httpx2.Response(429, headers={"Retry-After": header})
        transport, _ = scripted(too_many, httpx2.Response(200, json=[]))

        make_client(transport=transport).fetch(CLIENTS)

        assert play.clock.waits == [wait_s]

    @pytest.mark.parametrize("header, told_s", [("61", 61.0), ("300", 300.0), ("9" * 400, 3600.0)])
    def test_a_long_wish_is_told_at_once(
        self, play: Play, make_client: MakeClient, header: str, told_s: float
    ) -> None:
        """Who holds a lease does not sit out five minutes: he is told when to come back."""
        too_many = httpx2.Response(429, headers={"Retry-After": header})
        transport, seen = scripted(too_many)

        with pytest.raises(UnavailableError) as caught:
            make_client(transport=transport).send("POST", CLIENTS, {"code": "ACME"})

        assert (play.clock.waits, len(seen)) == ([], 1)
        assert (caught.value.code, caught.value.retry_after_s) == ("429", told_s)

    def test_all_waiting_of_a_call_is_bounded(self, play: Play, client: FusionClient) -> None:
        """A service that says 429 for ever costs a minute, not five times as much."""
        play.fault("too-many", path="/clients/", times=99)

        with pytest.raises(UnavailableError) as caught:
            client.send("POST", CLIENTS, {"code": "ACME"})

        assert play.clock.waits == [60.0]
        assert (caught.value.code, caught.value.retry_after_s) == ("429", 60.0)

    def test_five_short_rounds_are_the_most(self, play: Play, make_client: MakeClient) -> None:
        """However short the wish, the sixth 429 in a row ends as an error."""
        too_many = (httpx2.Response(429, headers={"Retry-After": "1"}) for _ in range(9))
        transport, seen = scripted(*too_many)

        with pytest.raises(UnavailableError):
            make_client(transport=transport).fetch(CLIENTS)

        assert (play.clock.waits, len(seen)) == ([1.0] * 5, 6)

    def test_our_own_limit_is_not_waited_for_for_ever(
        self, play: Play, make_client: MakeClient
    ) -> None:
        """Where other processes use the budget up, the call gives way, and nothing was sent."""

        class Shut:
            def take(self) -> float:
                return 10.0

        with pytest.raises(UnavailableError, match="as often as this connection may") as caught:
            make_client(throttle=Shut()).fetch(CLIENTS)

        assert sum(play.clock.waits) <= 75
        assert caught.value.retry_after_s == 10.0
        assert play.calls()["accepted"] == 0

    def test_a_list_that_asks_to_come_back(self, make_client: MakeClient) -> None:
        """A 503 that names a time passes it on."""
        later = (httpx2.Response(503, headers={"Retry-After": "90"}) for _ in range(3))
        transport, _ = scripted(*later)

        with pytest.raises(UnavailableError) as caught:
            make_client(transport=transport).fetch(CLIENTS)

        assert caught.value.retry_after_s == 90.0

    def test_an_answer_that_trickles_in(self, play: Play, make_client: MakeClient) -> None:
        """A body that never ends within two minutes is a lost answer, byte by byte or not."""

        def trickle() -> Iterator[bytes]:
            while True:
                play.clock.moment += timedelta(seconds=50)
                yield b" "

        transport, _ = scripted(httpx2.Response(200, content=trickle()))

        with pytest.raises(OutcomeUnknownError, match="did not answer in time"):
            make_client(transport=transport).send("POST", CLIENTS, {"code": "ACME"})


class TestCheckpoint:
    def test_it_is_asked_before_every_call(self, play: Play, make_client: MakeClient) -> None:
        """Calls for tokens, pages and repetitions count alike: each is asked for first."""
        asked: list[int] = []
        play.make("clients", code="A")
        play.make("clients", code="B")
        play.settings(paging=True, page_size=1)
        play.control("DELETE", f"/companies/{KEY}/calls")
        play.fault("error-before", method="GET", path="/clients/")
        client = make_client(checkpoint=lambda: asked.append(play.calls()["accepted"]))

        client.fetch_list(CLIENTS)

        # The token, a lost try, and two pages.
        assert asked == [0, 1, 2, 3]

    def test_nothing_leaves_once_it_stops(self, play: Play, make_client: MakeClient) -> None:
        """What the checkpoint raises comes out as it is, and the call is not made."""

        class TakenOverError(Exception):
            pass

        def stop() -> None:
            raise TakenOverError

        with pytest.raises(TakenOverError):
            make_client(checkpoint=stop).send("POST", CLIENTS, {"code": "ACME"})

        assert play.calls()["accepted"] == 0


class TestWitness:
    def test_what_went_over_the_wire(self, play: Play, make_client: MakeClient) -> None:
        """Each call is told with both bodies, so that an exchange has its evidence."""
        told: list[Call] = []
        client = make_client(witness=told.append)

        client.send("POST", CLIENTS, {"code": "ACME"})

        token, call = told
        assert (token.method, token.path) == ("POST", "/api/v1/authorization")
        assert (call.method, call.path, call.status) == ("POST", CLIENTS, 201)
        assert call.request == b'{"code":"ACME"}'
        assert json.loads(call.answer)["code"] == "ACME"
        assert (call.request_id, call.is_cut, call.failure) == ("call-2", False, None)

    def test_a_lost_answer_is_told_too(self, make_client: MakeClient) -> None:
        """Of a call without an answer there is what was sent, and what happened."""
        told: list[Call] = []
        transport, _ = scripted(httpx2.ReadTimeout("late"))

        with pytest.raises(OutcomeUnknownError):
            make_client(transport=transport, witness=told.append).send("POST", CLIENTS, {"a": "b"})

        assert (told[-1].status, told[-1].failure) == (0, "ReadTimeout")
        assert told[-1].request == b'{"a":"b"}'

    def test_no_secret_is_in_it(self, make_client: MakeClient) -> None:
        """Key, secret and tokens are in no path and no body, however they are spelled."""
        told: list[Call] = []
        secret = 'päss/"w√rd'
        spelled = [
            secret,
            json.dumps(secret),
            json.dumps(secret, ensure_ascii=False),
            json.dumps(secret).replace("/", "\\/"),
            quote(secret, safe=""),
            base64.b64encode(f"{KEY}:{secret}".encode()).decode(),
            f"{BASE_URL}/x?access_token=other&b=1",
            "minted",
            KEY,
        ]
        transport, _ = scripted(httpx2.Response(400, text="; ".join(spelled)))
        client = make_client(transport=transport, secret=secret, witness=told.append)

        with pytest.raises(RejectedError):
            client.send("POST", "/api/v1/clients/?access_token=minted", {"code": secret})

        text = repr([vars(call) for call in told])
        assert [word for word in (*spelled, "other", "päss") if word in text] == []
        assert "access_token=***" in text

    @pytest.mark.parametrize("place", range(65_536 - 8, 65_536 + 8))
    def test_a_body_is_bounded_and_a_secret_is_not_cut_open(
        self, make_client: MakeClient, place: int
    ) -> None:
        """Of a long body 64 KiB are kept, and no half of a secret at its end."""
        told: list[Call] = []
        # What was taken out before makes room for what stands behind.
        before = SECRET.encode() * 3
        dots = place - len(before) - len(SECRET) // 2
        body = before + b"." * dots + SECRET.encode() * 9 + b"." * 99_999
        transport, _ = scripted(httpx2.Response(200, content=b'["' + body + b'"]'))

        make_client(transport=transport, witness=told.append).fetch(CLIENTS)

        assert told[-1].is_cut
        assert 65_000 < len(told[-1].answer) <= 65_536
        assert SECRET[:4].encode() not in told[-1].answer


class TestRepeating:
    @pytest.mark.parametrize(
        "fault", ["error-before", "timeout-before", "truncated", "html", "html-ok"]
    )
    def test_a_reading_is_tried_three_times(
        self, play: Play, client: FusionClient, fault: str
    ) -> None:
        """Two bad answers are waited out, longer each time; the third try brings the list."""
        play.make("clients", code="ACME")
        play.fault(fault, method="GET", times=2, seconds=0)

        assert [raw["code"] for raw in client.fetch_list(CLIENTS)] == ["ACME"]

        assert [wait for wait in play.clock.waits if wait] == [0.75, 1.5]

    def test_a_third_bad_answer_is_an_error(self, play: Play, client: FusionClient) -> None:
        """After three tries the reading is given up."""
        play.fault("error-before", method="GET", times=3)

        with pytest.raises(UnavailableError) as caught:
            client.fetch(CLIENTS)

        assert caught.value.code == "500"
        assert play.calls()["calls"]["GET /clients/"] == 3

    @pytest.mark.parametrize(
        "fault, error",
        [
            ("error-before", OutcomeUnknownError),
            ("error-after", OutcomeUnknownError),
            ("html", OutcomeUnknownError),
            ("timeout-before", OutcomeUnknownError),
            ("timeout-after", OutcomeUnknownError),
            ("truncated", UnreadableReplyError),
            ("html-ok", UnreadableReplyError),
        ],
    )
    def test_a5_a_post_is_never_repeated_blindly(
        self, play: Play, client: FusionClient, fault: str, error: type[Exception]
    ) -> None:
        """A5: whatever became of it, a POST leaves once and its caller is told of the doubt."""
        play.fault(fault, method="POST", path="/clients/*")

        with pytest.raises(error):
            client.send("POST", CLIENTS, {"code": "ACME"})

        assert play.calls()["calls"]["POST /clients/"] == 1

    def test_a_post_that_never_left_may_go_again(self, make_client: MakeClient) -> None:
        """Without a connection nothing was sent, so the next try is the first."""
        transport, seen = scripted(
            httpx2.ConnectError("refused"), httpx2.Response(201, json={"id": "1"})
        )

        make_client(transport=transport).send("POST", CLIENTS, {"code": "ACME"})

        assert len(seen) == 2

    def test_put_and_delete_may_be_repeated(self, play: Play, client: FusionClient) -> None:
        """Doing the same again changes nothing: a lost answer costs another try."""
        made = play.make("clients", code="ACME")
        play.fault("timeout-after", method="PUT", seconds=0)

        client.send("PUT", f"{CLIENTS}{made['id']}", {**made, "name": "Acme"})

        assert play.dump("clients")[0]["name"] == "Acme"
        assert play.calls()["calls"]["PUT /clients/{id}"] == 2


class TestLists:
    def fill(self, play: Play) -> list[str]:
        for number in range(5):
            play.make("clients", code=f"C{number}")
        return [f"C{number}" for number in range(5)]

    def codes(self, client: FusionClient) -> list[str]:
        return [raw["code"] for raw in client.fetch_list(CLIENTS)]

    @pytest.mark.parametrize(
        "settings",
        [
            {"wrapper": True},
            {"paging": True, "page_size": 2},
            {"paging": True, "page_size": 2, "wrapper": True},
        ],
    )
    def test_a10_a_list_is_read_however_it_comes(
        self, play: Play, client: FusionClient, settings: dict[str, Any]
    ) -> None:
        """A10: bare, in an object, or in pages told by header or member: all elements, once."""
        codes = self.fill(play)
        play.settings(**settings)

        assert self.codes(client) == codes

    def test_a_page_size_can_be_asked_for(self, play: Play, make_client: MakeClient) -> None:
        """The parameter's name and value come from the field map."""
        codes = self.fill(play)
        play.settings(paging=True, page_size=1)
        client = make_client(
            fields=FieldMap.of({"parameter.page-size": "page-size", "value.page-size": "5"})
        )

        assert self.codes(client) == codes
        assert play.calls()["calls"]["GET /clients/"] == 1

    @pytest.mark.parametrize(
        "answer, problem",
        [
            (httpx2.Response(200, json={"error": "later"}), "holds no list"),
            (httpx2.Response(200, json="x"), "holds no list"),
            (httpx2.Response(200, json={"warnings": [], "errors": []}), "holds no list"),
            (httpx2.Response(204), "holds no list"),
            (httpx2.Response(200, json={"next": "http://[/", "rows": []}), "its next page is"),
            (httpx2.Response(200, json={"next": "/a b", "rows": []}), "is no address"),
            (httpx2.Response(200, json={"next": "/" + "a" * 3000, "rows": []}), "is no address"),
            (httpx2.Response(200, content=b'{"next": "/\\ud800", "rows": []}'), "is no address"),
            (
                httpx2.Response(
                    200, json=[], headers={"Link": '<https://evil.example/x>; rel="next"'}
                ),
                "on another host, evil.example",
            ),
            (httpx2.Response(200, json={"next": 7, "rows": []}), "its next page is '7'"),
            (
                httpx2.Response(200, json=[], headers={"Link": '<?page=1>; rel="next"'}),
                "its pages never end",
            ),
        ],
    )
    def test_a_part_is_never_taken_for_the_whole(
        self, make_client: MakeClient, answer: httpx2.Response, problem: str
    ) -> None:
        """Where a list or its next page cannot be followed, nothing is returned."""
        again = httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)
        transport, seen = scripted(answer, again)

        with pytest.raises(UnreadableReplyError) as caught:
            make_client(transport=transport).fetch_list(CLIENTS)

        assert problem in str(caught.value.detail)
        assert {request.url.host for request in seen} == {"fusion.example"}

    def test_the_list_among_several(self, make_client: MakeClient) -> None:
        """Beside an empty list of warnings the clients are still the clients."""
        answer = {"warnings": [], "clients": [{"code": "ACME"}], "errors": []}
        transport, _ = scripted(httpx2.Response(200, json=answer))

        assert make_client(transport=transport).fetch_list(CLIENTS) == ({"code": "ACME"},)

    @pytest.mark.parametrize(
        "link", ["https://fusion.example//[", "/?page=2#[", "//fusion.example//]"]
    )
    def test_a_page_behind_an_odd_path_is_asked_for(
        self, make_client: MakeClient, link: str
    ) -> None:
        """Whatever a path of that host looks like, it is only a path."""
        transport, seen = scripted(
            httpx2.Response(200, json={"next": link, "rows": [{"code": "A"}]}),
            httpx2.Response(200, json=[{"code": "B"}]),
        )

        found = make_client(transport=transport).fetch_list(CLIENTS)

        assert found == ({"code": "A"}, {"code": "B"})
        assert {request.url.host for request in seen} == {"fusion.example"}

    @given(link=st.text() | st.from_regex(r"(https?://)?[/\[\]?#@:%.a-z0-9]{1,30}"))
    def test_no_link_is_worse_than_unreadable(self, link: str) -> None:
        """Whatever stands where the next page's address should: a list, or a typed error."""
        pages = iter([{"next": link, "rows": []}])

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/authorization"):
                return httpx2.Response(200, json={"token": "minted"})
            assert request.url.host == "fusion.example"
            content = json.dumps(next(pages, []))
            return httpx2.Response(200, content=content.encode())

        account = Account(base_url=BASE_URL, key=KEY, secret=SECRET)
        client = FusionClient(
            account, line=Line(transport=httpx2.MockTransport(answer), throttle=Open())
        )

        with suppress(UnreadableReplyError):
            assert client.fetch_list(CLIENTS) == ()

    def test_an_answer_without_end(self, make_client: MakeClient) -> None:
        """An answer of more than 64 MiB is not read to its end."""
        read: list[int] = []

        def endless() -> Iterator[bytes]:
            for number in range(1000):
                read.append(number)
                yield b" " * 1024 * 1024

        transport, _ = scripted(httpx2.Response(201, content=endless()))

        with pytest.raises(UnreadableReplyError):
            make_client(transport=transport).send("POST", CLIENTS, {"code": "ACME"})

        assert len(read) == 65

    def test_numbers_stay_exact(self, play: Play, client: FusionClient) -> None:
        """A price written as a JSON number is read to its last digit."""
        play.stock_up()
        play.make(
            "sales-orders",
            code="SO-1",
            products=[
                {"product": "CAKE", "quantity-ordered": "1", "unit-price": "0.10000000000000000001"}
            ],
        )
        play.settings(numbers="number")

        (order,) = client.fetch_list("/api/v1/sales-orders/")

        assert order["shippings"][0]["products"][0]["unit-price"] == Decimal(
            "0.10000000000000000001"
        )


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "fusion.example",
            "ftp://fusion.example",
            "https://",
            "https://x.example/?a=b",
            "https://[",
            "https://x.example:99999",
            "https://me:word@x.example",
            "https://x.example/#a",
        ],
    )
    def test_a_base_url_that_is_none(self, url: str) -> None:
        """A wrong address is told before the first call, with an example of a right one."""
        with pytest.raises(SettingsError, match=r"must be like https://"):
            FusionClient(Account(base_url=url, key="k", secret="s"))

    @pytest.mark.parametrize(
        "url",
        [
            "https://X.example",
            "http://x.example/",
            "https://x.example:443/fusion",
            "https://x.example.",
        ],
    )
    def test_one_company_however_it_is_spelled(self, url: str) -> None:
        """The same key at the same host is the same company."""
        assert account_of(url, " K ") == account_of("https://x.example", "K")

    def test_other_companies(self) -> None:
        """Another key, host or port is another company; neither can be read from the text."""
        told = {
            account_of("https://x.example", "K"),
            account_of("https://x.example", "L"),
            account_of("https://y.example", "K"),
            account_of("https://x.example:8443", "K"),
        }

        assert len(told) == 4
        assert all("example" not in each and len(each) == 50 for each in told)

    def test_a_redirect_is_not_followed(self, make_client: MakeClient) -> None:
        """A token is not carried to wherever the service points; the operator is told."""
        moved = httpx2.Response(301, headers={"Location": "https://other.example/"})
        transport, seen = scripted(moved)

        with pytest.raises(RejectedError, match="check the connection's base URL"):
            make_client(transport=transport).fetch(CLIENTS)

        assert len(seen) == 1

    def test_every_call_has_an_identity(self, make_client: MakeClient) -> None:
        """The id in our log and error travels as X-Request-Id."""
        transport, seen = scripted(httpx2.Response(403, json={"error": "no"}))

        with pytest.raises(RejectedError) as caught:
            make_client(transport=transport).fetch(CLIENTS)

        assert seen[0].headers["X-Request-Id"] == caught.value.request_id == "call-2"


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """Everything anybody logged, ours and the HTTP library's, at the finest level."""
    caplog.set_level(logging.DEBUG)
    # Whatever else this process has run may have let less be heard.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    with structlog.testing.capture_logs() as events:
        yield lambda: f"{caplog.text}\n{events}"


class TestSecrets:
    def test_a13_a_run_logs_no_secret(
        self, play: Play, make_client: MakeClient, heard: Callable[[], str]
    ) -> None:
        """A13: tokens, key and secret are in no line, through success and failure alike."""
        tokens: set[str] = set()

        class Watching(httpx2.BaseTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                tokens.update(filter(None, [request.url.params.get("access_token")]))
                return play.transport.handle_request(request)

        client = make_client(transport=Watching())
        client.fetch(CLIENTS)
        play.fault("unauthorized", path="/clients/")
        client.send("POST", CLIENTS, {"code": "ACME"})
        for fault in ("timeout-after", "html", "truncated", "error-after"):
            play.fault(fault, method="POST", path="/clients/*")
            with pytest.raises((OutcomeUnknownError, UnreadableReplyError)) as caught:
                client.send("POST", CLIENTS, {"code": f"X-{fault}"})
            assert not any(secret in repr(vars(caught.value)) for secret in (*tokens, SECRET, KEY))

        text = heard()
        assert len(tokens) == 2
        assert "GET /api/v1/clients/" in text
        assert "HTTP Request: GET" in text
        assert [secret for secret in (*tokens, SECRET, KEY, "Basic ") if secret in text] == []

    def test_a13_an_error_body_that_repeats_the_url(self, make_client: MakeClient) -> None:
        """A13: a service that echoes our URL or header does not get them into our errors."""
        echo = f"bad: {BASE_URL}/x?access_token=minted&a=1 {KEY}:{SECRET} token minted"
        transport, _ = scripted(httpx2.Response(400, json={"error": echo}))

        with pytest.raises(RejectedError) as caught:
            make_client(transport=transport).fetch(CLIENTS)

        assert caught.value.detail == (
            f"HTTP 400: bad: {BASE_URL}/x?access_token=***&a=1 ***:*** token ***"
        )

    def test_a13_an_account_hides_its_secret(self) -> None:
        """A13: printing the account shows no secret."""
        assert SECRET not in repr(Account(base_url=BASE_URL, key=KEY, secret=SECRET))


class TestHostilePeers:
    def test_a_head_that_trickles_in_is_cut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A byte now and then is not waited for beyond the time of one call."""
        monkeypatch.setattr("counterfoil.connectors.called._client.EXCHANGE_S_MAX", 0.1)
        monkeypatch.setattr("counterfoil.connectors.called._client.TRIES_MAX", 1)
        ended = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=_trickle, args=(listener, ended), daemon=True)
            thread.start()
            account = Account(
                base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", key="k", secret="s"
            )
            started = time.monotonic()
            with pytest.raises(OutcomeUnknownError, match="did not answer in time"):
                FusionClient(account).fetch(CLIENTS)
            elapsed_s = time.monotonic() - started
            ended.set()
            thread.join(5)

        assert elapsed_s < 5

    @pytest.mark.parametrize(
        "name, value",
        [("LIST_BYTES_MAX", 10), ("LIST_S_MAX", -1.0)],
    )
    def test_all_pages_together_are_bounded(
        self,
        make_client: MakeClient,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        value: float,
    ) -> None:
        """A list that is too large, or comes for too long, is not read, not even in part."""
        monkeypatch.setattr(f"counterfoil.connectors.fusion_operations._client.{name}", value)
        transport, _ = scripted(httpx2.Response(200, json=[{"code": "ACME"}]))

        with pytest.raises(UnreadableReplyError) as caught:
            make_client(transport=transport).fetch_list(CLIENTS)

        assert "pages together" in str(caught.value.detail)

    @pytest.mark.parametrize(
        "header, target",
        [
            ('<?page=2>; rel="next"', "?page=2"),
            ("<?page=1>; rel=prev, <?page=3>; title=x; REL = 'last Next'", "?page=3"),
            ('<?page=2>; rel="nextish"', None),
            ('<?page=2>; title="rel=next"', None),
            ("?page=2; rel=next", None),
            ("<" * 100_000, None),
            ("<>" * 50_000 + "; rel" + "=" * 50_000, None),
            ("<>; rel" + " " * 100_000 + "x" + "; rel=" * 20_000, None),
        ],
        ids="plain second other title bare open many blanks".split(),
    )
    def test_links_are_read_once(
        self, header: str, target: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever a header holds, no character of it is handed on more than once."""
        looked_at: list[int] = []

        def counted(parameter: str) -> bool:
            looked_at.append(len(parameter) + 1)
            return _says_next(parameter)

        monkeypatch.setattr(_client, "_says_next", counted)

        assert _linked(header) == target
        assert sum(looked_at) <= len(header) + header.count("<")
        assert len(looked_at) <= header.count("<") + header.count(";")


def _trickle(listener: socket.socket, ended: threading.Event) -> None:
    """Answer with one byte of a header now and then."""
    peer, _ = listener.accept()
    with peer, suppress(OSError):
        peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not ended.wait(0.02):
            peer.sendall(b"a")
