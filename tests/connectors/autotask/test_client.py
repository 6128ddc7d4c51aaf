"""The HTTP client: zones, signing, pages, errors, and what is believed of emptiness."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from counterfoil.connectors.autotask import ENTITIES, AutotaskClient, Query
from counterfoil.connectors.autotask._query import above, is_
from counterfoil.connectors.called import Call, CallRefusedError
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)
from tests.connectors.autotask.builders import items, scripted
from tests.sandboxes.autotask.outside import CODE, SECRET, USER, Outside

MakeClient = Callable[..., AutotaskClient]

HOST = "https://webservices.example/ATServicesRest"
ORDERS = Query.of("PurchaseOrders")


def errors(*texts: object, status: int = 500, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json={"errors": texts}, headers=headers)


def html(status: int, text: str = "404 - File or directory not found.") -> httpx2.Response:
    page = f"<!DOCTYPE html><html><head><style>h1 {{}}</style></head><body><h1>{text}</h1></body>"
    return httpx2.Response(status, content=page.encode(), headers={"Content-Type": "text/html"})


class TestZones:
    def test_the_zone_is_asked_for_once_and_without_credentials(
        self, make_client: MakeClient
    ) -> None:
        """A tenant's zone is found by the user's name alone; everything else is signed."""
        seen: list[httpx2.Request] = []

        def answer(request: httpx2.Request) -> httpx2.Response:
            seen.append(request)
            if request.url.path.endswith("/zoneInformation"):
                found = {"url": "https://webservices5.example/ATServicesRest/"}
                return httpx2.Response(200, json=found)
            return items()

        client = make_client(httpx2.MockTransport(answer), base_url=HOST)
        client.query(ORDERS)
        client.query(ORDERS)

        assert [each.url.host for each in seen] == [
            "webservices.example",
            "webservices5.example",
            "webservices5.example",
        ]
        assert dict(seen[0].url.params) == {"user": USER}
        assert "secret" not in seen[0].headers
        assert [seen[1].headers[name] for name in ("UserName", "Secret", "ApiIntegrationCode")] == [
            USER,
            SECRET,
            CODE,
        ]

    def test_a_process_asks_once(self, make_client: MakeClient) -> None:
        """Clients that share what was found do not ask again."""
        transport, seen = scripted(items(), items())
        zones: dict[str, str] = {}
        for _ in range(2):
            make_client(transport, base_url=HOST, zones=zones).query(ORDERS)

        assert [*zones.values()] == ["https://zone1.example/ATServicesRest"]
        assert len(seen) == 2

    def test_row_3_a_tenant_that_moved_is_found_again(
        self, tenant: Outside, client: AutotaskClient
    ) -> None:
        """Row 3: 401 in the old zone leads to the new one, where the call goes once more."""
        tenant.switch(wrong_zone="401")
        client.count(ORDERS)
        tenant.tenant("POST", "move", {"zone": "zone5"})

        assert client.count(ORDERS) == 0
        client.prove()

    def test_row_3_an_old_zone_that_answers_nothing(
        self, tenant: Outside, client: AutotaskClient
    ) -> None:
        """Row 3: where the tenant itself is not there, the zone is looked for anew."""
        client.count(ORDERS)
        tenant.vendor()
        tenant.tenant("POST", "move", {"zone": "zone5"})
        assert client.query(Query.of("Companies")) == ()

        client.prove()

        assert len(client.query(Query.of("Companies"))) == 2

    def test_emptiness_that_is_not_proved(self, tenant: Outside, client: AutotaskClient) -> None:
        """A user who cannot see the tenant itself may be shown nothing of what there is."""
        tenant.user(unseen=["Companies"])

        with pytest.raises(UnavailableError, match="company 0"):
            client.prove()

    def test_credentials_that_are_wrong_are_tried_once(
        self, tenant: Outside, make_client: MakeClient
    ) -> None:
        """401 in the zone that is still the right one means the credentials."""
        transport, seen = scripted(html(401), html(401))
        client = make_client(transport, base_url=HOST)

        with pytest.raises(RejectedError, match="does not accept the API user name") as caught:
            client.query(ORDERS)

        assert (caught.value.code, len(seen)) == ("401", 1)

    def test_an_unknown_user_is_told_as_wrong_credentials(
        self, tenant: Outside, make_client: MakeClient
    ) -> None:
        """No zone can be found for a name that nobody knows; that comes as a server's error."""
        through = httpx2.MockTransport(tenant.http.send)

        with pytest.raises(RejectedError) as caught:
            make_client(through, user="nobody@acme.example").query(ORDERS)

        assert caught.value.code == "401"

    def test_a_wrong_tracking_identifier(self, make_client: MakeClient) -> None:
        """It comes as a server's error, too."""
        transport, _ = scripted(errors("IntegrationCode is invalid."))

        with pytest.raises(RejectedError) as caught:
            make_client(transport, base_url=HOST).query(ORDERS)

        assert caught.value.code == "401"

    @pytest.mark.parametrize(
        "url", [None, "", "ftp://x.example/", "http://zone1.example/ATServicesRest/", "https://", 7]
    )
    def test_a_zone_that_is_none(self, make_client: MakeClient, url: object) -> None:
        """Credentials go to no address that is none, nor unsealed where they were sealed."""
        told = httpx2.Response(200, json={"url": url})
        client = make_client(httpx2.MockTransport(lambda request: told), base_url=HOST)

        with pytest.raises(UnreadableReplyError):
            client.query(ORDERS)

    def test_row_4_version_1_is_pinned(self, tenant: Outside, client: AutotaskClient) -> None:
        """Row 4: V2.0 is advertised, and every call stays with 1.0."""
        assert client.versions() == ("V1.0", "V2.0")

        assert client.count(ORDERS) == 0


class TestQueries:
    def test_every_row_arrives_once(self, tenant: Outside, client: AutotaskClient) -> None:
        """However many pages there are, none is left out or repeated."""
        for number in range(5):
            tenant.record("ShippingTypes", name=f"Way {number}", isActive=True)
        query = Query.of("ShippingTypes", is_("isActive", value=True), size=2)

        found = [str(each["name"]) for each in client.query(query)]

        assert [name for name in found if name.startswith("Way")] == [
            f"Way {number}" for number in range(5)
        ]

    def test_the_next_page_bears_the_same_body(self, make_client: MakeClient) -> None:
        """A page that was asked for by POST is followed by POST, to the address it gives."""
        following = "https://zone1.example/ATServicesRest/V1.0/PurchaseOrders/query/next?paging=x"
        transport, seen = scripted(items({"id": 1}, following=following), items({"id": 2}))

        found = make_client(transport, base_url=HOST).query(ORDERS)

        assert [each["id"] for each in found] == [1, 2]
        assert [each.method for each in seen] == ["POST", "POST"]
        assert str(seen[1].url) == following
        assert seen[0].content == seen[1].content

    @pytest.mark.parametrize(
        "following",
        [
            "https://elsewhere.example/ATServicesRest/v1.0/PurchaseOrders/query/next?paging=x",
            "https://zone1.example:8443/ATServicesRest/v1.0/PurchaseOrders/query/next",
            "https://zone1.example/elsewhere?paging=x",
            "https://[zone1.example/",
            "//x",
            ["x"],
            True,
        ],
        ids=str,
    )
    def test_no_stranger_is_shown_credentials(
        self, make_client: MakeClient, following: Any
    ) -> None:
        """A next page on another host, or no address, ends the reading; a part is no whole."""
        transport, seen = scripted(items({"id": 1}, following=following))

        with pytest.raises(UnreadableReplyError):
            make_client(transport, base_url=HOST).query(ORDERS)

        assert len(seen) == 1

    def test_pages_that_lead_in_circles(self, make_client: MakeClient) -> None:
        """The same next page twice has no end."""
        following = "https://zone1.example/ATServicesRest/v1.0/PurchaseOrders/query/next?paging=x"
        transport, _ = scripted(*[items({"id": 1}, following=following)] * 3)

        with pytest.raises(UnreadableReplyError, match="cannot read"):
            make_client(transport, base_url=HOST).query(ORDERS)

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b'{"items": null}', b'{"items": [1]}', b'{"items": {}}']
    )
    def test_an_answer_without_a_list_is_no_empty_one(
        self, make_client: MakeClient, body: bytes
    ) -> None:
        """Nothing is concluded from an answer that does not hold what was asked for."""
        transport, _ = scripted(httpx2.Response(200, content=body))

        with pytest.raises(UnreadableReplyError):
            make_client(transport, base_url=HOST).query(ORDERS)

    @pytest.mark.parametrize("missing", ["null", "empty", "404"])
    def test_a_record_that_is_not_there(
        self, tenant: Outside, client: AutotaskClient, missing: str
    ) -> None:
        """Nothing in the answer, no answer at all, or 404: it is missing."""
        tenant.switch(missing_record=missing)

        assert client.get("PurchaseOrders", 4711) is None

    def test_words_of_a_picklist(self, client: AutotaskClient) -> None:
        """Values come as texts and are numbers; words differ from tenant to tenant."""
        assert client.labels("PurchaseOrders", "Status")[2] == "Submitted"

    def test_odd_words_of_a_picklist(self, make_client: MakeClient) -> None:
        """A value that is no number is passed over; a word is a line that can be kept."""
        values = (
            rb'[{"value": "--5", "label": "a"}, {"value": "' + b"9" * 5_000 + rb'", "label": "b"},'
            rb' {"value": "-1", "label": "Sub\udcf9mitted"}, {"value": 2, "label": "New"}]'
        )
        body = b'{"fields": [{"name": "status", "picklistValues": ' + values + b"}]}"
        transport, _ = scripted(httpx2.Response(200, content=body))
        found = make_client(transport, base_url=HOST).labels("PurchaseOrders", "status")

        assert found == {-1: "Sub\ufffdmitted", 2: "New"}

    def test_how_many_calls_were_made(self, client: AutotaskClient) -> None:
        """All integrations of a tenant together."""
        client.count(ORDERS)

        assert client.usage() == (2, 10_000)


class TestWrites:
    def test_row_5_a_change_names_its_record_in_the_body(
        self, tenant: Outside, client: AutotaskClient
    ) -> None:
        """Row 5: PATCH goes to the collection, and changes the named fields only."""
        order = tenant.order({"productID": tenant.product(), "quantity": 1, "unitCost": 1})

        assert client.change("PurchaseOrders", order["id"], {"externalPONumber": "1044"})

        found = tenant.item("PurchaseOrders", order["id"])
        assert (found["externalPONumber"], found["shipToName"]) == ("1044", "Main")

    def test_row_5_a_child_is_written_below_its_parent(
        self, tenant: Outside, client: AutotaskClient
    ) -> None:
        """Row 5: lines and to-dos are created and changed in their parent's collection."""
        order = tenant.order(
            {"productID": tenant.product(), "quantity": 1, "unitCost": 1}, submit=False
        )
        line = order["lines"][0]
        entity = "PurchaseOrderItems"

        client.change(entity, line["id"], {"quantity": 5}, parent=order["id"])
        values = {key: line[key] for key in ("orderID", "productID", "inventoryLocationID")}
        made = client.create(entity, {**values, "quantity": 2, "unitCost": 1}, parent=order["id"])

        assert tenant.item(entity, line["id"])["quantity"] == 5
        assert tenant.item(entity, made)["quantity"] == 2

    def test_a_field_that_is_not_there_is_our_mistake(self, client: AutotaskClient) -> None:
        """The service would pass it over in silence."""
        with pytest.raises(AssertionError, match="no field colour"):
            client.change("PurchaseOrders", 1, {"colour": "red"})

    @pytest.mark.parametrize(
        "write",
        [
            lambda client: client.create("Companies", {"companyName": "Acme"}),
            lambda client: client.change("Companies", 7, {"companyName": "Acme"}),
        ],
        ids=["POST", "PATCH"],
    )
    def test_a_write_whose_answer_is_lost_is_not_repeated(
        self, make_client: MakeClient, write: Callable[[AutotaskClient], int]
    ) -> None:
        """It may have been carried out; only its caller can find out."""
        transport, seen = scripted(httpx2.ReadTimeout("slow"))
        client = make_client(transport, base_url=HOST)

        with pytest.raises(OutcomeUnknownError):
            write(client)

        assert len(seen) == 1

    def test_a_question_whose_answer_is_lost_is_asked_again(self, make_client: MakeClient) -> None:
        """A query is a POST that changes nothing."""
        transport, seen = scripted(httpx2.ReadTimeout("slow"), html(502, "Bad Gateway"), items())

        assert make_client(transport, base_url=HOST).query(ORDERS) == ()
        assert len(seen) == 3

    def test_an_answer_that_names_nothing(self, make_client: MakeClient) -> None:
        """A write that was carried out, but does not say as what, is no silent success."""
        transport, _ = scripted(httpx2.Response(200, json={}))

        with pytest.raises(UnreadableReplyError):
            make_client(transport, base_url=HOST).create("Companies", {"companyName": "Acme"})


NO_RIGHT = "The logged in Resource does not have the adequate permissions to update this entity."


class TestErrors:
    @pytest.mark.parametrize(
        "answer, type_, code, text",
        [
            (errors("One.\r\n", "Two."), CallRefusedError, "400", "One.; Two."),
            (errors({"message": "No.", "field": "x"}), CallRefusedError, "400", "No."),
            (errors(NO_RIGHT), RejectedError, "403", NO_RIGHT),
            (httpx2.Response(403), RejectedError, "403", ""),
            (errors("No message. No matching records found."), RejectedError, "404", "No message"),
            (html(404), RejectedError, "404", "404 - File or directory not found."),
            (
                httpx2.Response(405, json={"Message": "The requested resource does not support"}),
                RejectedError,
                "405",
                "The requested resource",
            ),
            (errors("An unexpected error has occurred. 1166"), OutcomeUnknownError, "500", "1166"),
            (html(502, "Bad Gateway"), OutcomeUnknownError, "502", "Bad Gateway"),
        ],
        ids="several objects right 403 gone html 405 unexpected gateway".split(),
    )
    def test_what_an_answer_means(
        self,
        make_client: MakeClient,
        answer: httpx2.Response,
        type_: type[ConnectorError],
        code: str,
        text: str,
    ) -> None:
        """Refusals come as 500 with texts: those tell; a page of HTML is read, too."""
        transport, _ = scripted(answer)

        with pytest.raises(type_) as caught:
            make_client(transport, base_url=HOST).create("Companies", {"companyName": "Acme"})

        assert caught.value.code == code
        assert text in str(caught.value.detail)

    @pytest.mark.parametrize(
        "limit",
        [
            errors("API thread threshold of 3 threads has been exceeded.", status=429),
            errors("API thread threshold of 3 threads has been exceeded. (Itgenatr005)"),
            errors("The API request threshold of 10000 requests has been exceeded."),
            html(503, "thread threshold"),
        ],
        ids="429 500 hourly page".split(),
    )
    def test_row_15_a_limit_is_waited_for_whatever_its_status(
        self, make_client: MakeClient, limit: httpx2.Response
    ) -> None:
        """Row 15: the text tells it; nothing was done, so even a write goes again."""
        waits: list[float] = []
        transport, seen = scripted(limit, httpx2.Response(200, json={"itemId": 7}))
        client = make_client(transport, base_url=HOST, sleep=waits.append)

        assert client.create("Companies", {"companyName": "Acme"}) == 7
        assert (len(seen), len(waits)) == (2, 1)

    @pytest.mark.parametrize(
        "header, seconds",
        [("240", 240.0), ("Thu, 15 Jan 2026 09:34:00 GMT", 240.0)],
    )
    def test_row_15_a_long_wish_is_told_and_not_cut_short(
        self, make_client: MakeClient, header: str, seconds: float
    ) -> None:
        """Row 15: Retry-After in either form; more than a minute is for the caller to wait."""
        headers = {"Retry-After": header, "Date": "Thu, 15 Jan 2026 09:30:00 GMT"}
        transport, seen = scripted(httpx2.Response(429, json={"errors": ["x"]}, headers=headers))

        with pytest.raises(UnavailableError) as caught:
            make_client(transport, base_url=HOST).query(ORDERS)

        assert (caught.value.retry_after_s, len(seen)) == (seconds, 1)

    def test_no_base_url(self, make_client: MakeClient) -> None:
        """An address that is none is told to the person who wrote it."""
        with pytest.raises(SettingsError, match="base URL of Autotask"):
            make_client(httpx2.MockTransport(lambda request: items()), base_url="autotask")


class TestEvidence:
    def test_no_secret_is_seen(
        self, make_client: MakeClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Neither witness nor error nor log shows secret or tracking identifier."""
        caplog.set_level(logging.DEBUG)
        calls: list[Call] = []
        transport, _ = scripted(errors(f"Secret {SECRET} of {CODE} is no good"))
        client = make_client(transport, base_url=HOST, witness=calls.append)

        with pytest.raises(RejectedError) as caught:
            client.query(ORDERS)

        told = f"{calls} {caught.value} {caught.value.detail} {caplog.text}"
        assert SECRET not in told
        assert CODE not in told
        assert "***" in str(caught.value.detail)

    def test_evidence_holds_what_was_asked(self, make_client: MakeClient) -> None:
        """Each call is witnessed with its question and its answer."""
        calls: list[Call] = []
        transport, _ = scripted(items({"id": 7}))
        make_client(transport, base_url=HOST, witness=calls.append).query(
            Query.of("PurchaseOrders", above("id", 6))
        )

        assert [each.path.partition("?")[0] for each in calls] == [
            "/v1.0/zoneInformation",
            "/v1.0/PurchaseOrders/query",
        ]
        assert json.loads(calls[1].request)["filter"] == [{"op": "gt", "field": "id", "value": 6}]
        assert json.loads(calls[1].answer)["items"] == [{"id": 7}]


def test_one_call_at_a_time(tenant: Outside, client: AutotaskClient) -> None:
    """Row 15: at no entity, its metadata included, is more than one of our calls under way."""
    client.labels("PurchaseOrders", "status")
    client.query(ORDERS)
    client.count(ORDERS)

    told = tenant.control("GET", "/tenants/Acme Support/calls")
    assert set(told["at_once"].values()) == {1}


def test_the_stand_in_has_every_entity_and_field(tenant: Outside) -> None:
    """What the table names can be read: no entity or field is misspelt."""
    # It has no contracts, which the reference does not describe.
    unknown = [
        f"{name}.{field}"
        for name, entity in ENTITIES.items()
        if name != "Contracts"
        for field in set(entity.fields)
        - {each["name"] for each in tenant.get(f"{name}/entityInformation/fields")["fields"]}
    ]

    assert unknown == []
