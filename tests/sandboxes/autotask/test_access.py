"""Zones, rights and limits: why an Autotask shows nothing, and why it refuses."""

from __future__ import annotations

import threading

import pytest

from tests.sandboxes.autotask.outside import (
    MOUNT,
    SERVICE,
    USER,
    Outside,
    condition,
)


class TestZones:
    def test_a_tenant_is_told_where_it_lives(self, autotask: Outside) -> None:
        """The zone's address is that of the answer, and works."""
        autotask.tenant("POST", "move", {"zone": "zone5"})

        told = autotask.http.get(f"{SERVICE}/v1.0/zoneInformation", params={"user": USER}).json()

        assert told["url"] == f"{MOUNT}/zone5/ATServicesRest/"
        autotask.base = told["url"].rstrip("/")
        assert autotask.item("Companies", 0)["companyName"] == "Acme Support"

    def test_the_old_zone_knows_nothing_after_a_move(self, autotask: Outside) -> None:
        """Every question finds nothing, and no write goes in: emptiness proves nothing."""
        vendor = autotask.vendor()
        autotask.tenant("POST", "move", {"zone": "zone5"})

        assert autotask.find("Companies") == []
        assert autotask.item("Companies", 0) is None
        body = {"filter": [condition("id")]}
        assert autotask.post("Companies/query/count", body) == {"queryCount": 0}
        assert autotask.get("PurchaseOrders/1/Items")["items"] == []
        assert autotask.refusal("PATCH", "Companies", {"id": vendor, "phone": "1"})

    def test_a_wrong_zone_may_say_401(self, autotask: Outside) -> None:
        """The other behaviour that was seen is a switch."""
        autotask.switch(wrong_zone="401")
        autotask.tenant("POST", "move", {"zone": "zone5"})

        assert autotask.call("GET", "Companies/0").status_code == 401


class TestRights:
    def test_what_may_not_be_seen_is_not_there(self, autotask: Outside) -> None:
        """Without the right to see an entity a user finds none, and no error says so."""
        product = autotask.product()
        autotask.user(unseen=["Products"])

        assert autotask.find("Products") == []
        assert autotask.item("Products", product) is None
        info = autotask.get("Products/entityInformation")["info"]
        assert info["userAccessForQuery"] == "None"

    @pytest.mark.parametrize("refusal, words", [("500", "adequate permissions"), ("403", "403")])
    def test_what_may_not_be_written_is_refused(
        self, autotask: Outside, refusal: str, words: str
    ) -> None:
        """A missing right is 500 with the service's words or 403, as the switch says."""
        autotask.switch(refusal=refusal)
        autotask.user(unwritable=["Companies"])

        answer = autotask.call("PATCH", "Companies", {"id": 0, "phone": "1"})

        assert (answer.status_code, words in answer.text) == (int(refusal), True)

    def test_costs_may_be_hidden(self, autotask: Outside) -> None:
        """Without the right to see costs a product's unit cost is null."""
        product = autotask.product(unitCost=5.25)
        autotask.user(**{"sees-costs": False})

        assert autotask.item("Products", product)["unitCost"] is None

    def test_a_resource_can_be_named_as_the_writer(self, autotask: Outside) -> None:
        """The record keeps both; entities that allow it not, and API users as writer, refuse."""
        body = {
            "companyName": "P",
            "companyType": 7,
            "ownerResourceID": 29682885,
            "phone": "5",
        }
        made = autotask.call("POST", "Companies", body, ImpersonationResourceId="29682886")

        row = autotask.item("Companies", made.json()["itemId"])
        assert row["createdByResourceID"] == 29682886
        assert row["impersonatorCreatorResourceID"] == 29682900
        api_user = autotask.call("POST", "Companies", body, ImpersonationResourceId="29682900")
        assert "ImpersonationResourceId" in api_user.text
        other = {"name": "x", "dataType": 1, "udfType": 1}
        unlisted = autotask.call(
            "POST", "UserDefinedFieldDefinitions", other, ImpersonationResourceId="29682886"
        )
        assert "Impersonation is not supported" in unlisted.text


class TestLimits:
    def test_metadata_counts_and_zones_do_not(self, autotask: Outside) -> None:
        """Every call with credentials is counted, what is open to everybody is not."""
        autotask.http.get(f"{SERVICE}/v1.0/zoneInformation", params={"user": USER})
        autotask.get("Products/entityInformation/fields")

        assert autotask.get("ThresholdInformation")["currentTimeframeRequestCount"] == 2

    def test_the_refusal_may_say_when_to_come_again(self, autotask: Outside) -> None:
        """Status and Retry-After of a refusal are switches."""
        autotask.switch(threshold=1, limit_status=503, retry_after="90")
        autotask.get("Companies/0")

        answer = autotask.call("GET", "Companies/0")

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "90")
        assert autotask.tenant("GET", "calls")["rejected"] == 1

    def test_the_last_slot_is_given_back_late(self, autotask: Outside) -> None:
        """With two calls under way a third one after a fourth has ended is refused for a while."""
        statuses = []

        def meanwhile() -> None:
            beside = autotask.beside()
            if len(autotask.clock.stalls) < 2:
                beside.call("GET", "Countries/1")
            else:
                for wait_s in (0.0, 0.1, 0.2):
                    autotask.clock.pass_s(wait_s)
                    statuses.append(beside.call("GET", "Countries/2").status_code)
            beside.http.close()

        autotask.clock.while_stalled = meanwhile
        autotask.fault("timeout-after", path="countries/1", times=2)
        autotask.call("GET", "Countries/1")

        assert statuses == [200, 429, 200]
        assert autotask.tenant("GET", "calls")["at_once"]["countries"] == 3

    def test_calls_that_come_together_are_counted_together(self, autotask: Outside) -> None:
        """A call takes its slot when it comes, not when its turn has come."""
        autotask.switch(threads=1, slot_late_s=0.0)
        arrived, answered = threading.Barrier(2), []

        def call() -> None:
            beside = autotask.beside()
            arrived.wait(10)
            answered.append(beside.call("GET", "Countries/1").status_code)
            beside.http.close()

        def meanwhile() -> None:
            callers = [threading.Thread(target=call) for _ in range(2)]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join(10)

        autotask.clock.while_stalled = meanwhile
        autotask.fault("timeout-after", path="countries/1", times=1)
        autotask.call("GET", "Countries/1")

        assert answered == [429, 429]


class TestTenants:
    def test_two_tenants_do_not_see_each_other(self, autotask: Outside) -> None:
        """A user of one tenant finds nothing of another's, and its own limits."""
        autotask.vendor("Only Acme's")
        other = {"secret": "other-secret-not-real"}
        autotask.control(
            "POST",
            "/tenants",
            {"name": "Brik", "codes": ["BRIKCODE"], "users": {"link@brik.example": other}},
        )
        autotask.headers |= {
            "UserName": "link@brik.example",
            "Secret": other["secret"],
            "ApiIntegrationCode": "BRIKCODE",
        }

        assert [row["companyName"] for row in autotask.find("Companies")] == ["Brik"]
        assert autotask.get("ThresholdInformation")["currentTimeframeRequestCount"] == 2
        autotask.control("DELETE", "/tenants/Brik")

    def test_secrets_are_not_shown(self, autotask: Outside) -> None:
        """The door for tests tells users without their secrets."""
        told = autotask.http.get(f"{MOUNT}/sandbox/tenants").text

        assert USER in told
        assert "secret" not in told

    @pytest.mark.parametrize(
        "path, body, words",
        [
            ("settings", {"over-receipt": "perhaps"}, "over-receipt"),
            ("settings", {"no-such": 1}, "no-such"),
        ],
    )
    def test_a_wrong_switch_is_named(
        self, autotask: Outside, path: str, body: dict[str, object], words: str
    ) -> None:
        """A switch or value that there is not is refused in words."""
        answer = autotask.http.patch(f"{MOUNT}/sandbox/tenants/{USER}/{path}", json=body)

        assert (answer.status_code, words in answer.json()["error"]) == (400, True)
