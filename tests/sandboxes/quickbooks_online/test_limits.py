"""What is too much, what it counts as, what goes wrong, and what is written down of it."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_online.outside import Json, Outside, code_of, made


class TestLimits:
    def test_ten_a_second(self, online: Outside) -> None:
        """The eleventh call is 429; a second later it goes on."""
        online.switch(per_second=10)
        statuses = [online.call("GET", "preferences").status_code for _ in range(11)]
        online.world.clock.pass_s(1)

        assert statuses == [200] * 10 + [429]
        assert online.call("GET", "preferences").status_code == 200

    def test_forty_batches_a_minute(self, online: Outside) -> None:
        """Batches have a limit of their own; single calls go on."""
        online.switch(batches_per_minute=2)
        item = {"bId": "1", "Query": "select count(*) from Vendor"}
        body = {"BatchItemRequest": [item]}
        statuses = [online.call("POST", "batch", body).status_code for _ in range(3)]

        assert statuses == [200, 200, 429]
        assert online.call("GET", "preferences").status_code == 200

    @pytest.mark.parametrize("form, retry", [("json", None), ("xml", "7")])
    def test_how_429_looks(self, online: Outside, form: str, retry: str | None) -> None:
        """In JSON's lower-case form or in XML; with Retry-After only by the switch."""
        online.switch(per_minute=1, throttle_format=form, retry_after=retry)
        online.call("GET", "preferences")
        answer = online.call("GET", "preferences")

        assert ("xml" in answer.headers["content-type"]) is (form == "xml")
        assert answer.headers.get("retry-after") == retry
        assert "errorCode=003001; statusCode=429" in answer.text
        usage = online.control("GET", "/apps/ABclient-not-real/usage")
        assert usage["refused"] == {"rate": 1}

    def test_a_months_reads_are_used_up(self, online: Outside) -> None:
        """Reads are 429 until the month ends, in batches too; writes go on."""
        online.app(core_plus_quota=2)
        for _ in range(2):
            online.told("GET", "preferences")
        reads = ["preferences", "companyinfo/1", "cdc", "query"]

        assert {online.call("GET", path).status_code for path in reads} == {429}
        told = online.batch(made("A"), {"bId": "2", "Query": "select * from Vendor"})
        assert (told[0]["Vendor"]["DisplayName"], code_of(told[1])) == ("A", "3001")
        online.world.clock.pass_s(20 * 86_400)
        online.token = online.refresh().json()["access_token"]
        assert online.call("GET", "preferences").status_code == 200

    def test_calls_are_counted_by_class(self, online: Outside) -> None:
        """Writes are Core, reads CorePlus; each item of a batch is one, failed ones are none."""
        online.vendor()
        online.call("GET", "vendor/99")
        online.told("GET", "preferences")
        online.batch(made("A"), made("A", "2"), {"bId": "3", "Query": "select * from Vendor"})
        usage = online.control("GET", "/apps/ABclient-not-real/usage")

        assert usage["calls"] == {"Core": 2, "CorePlus": 2}
        assert usage["month"] == {"2026-01": 2}


class TestFaults:
    @pytest.mark.parametrize(
        "kind, fields, status, is_done",
        [
            ("fault", {"code": 6000, "detail": "No."}, 400, False),
            ("fault", {"code": 10000}, 500, False),
            ("fault-after", {"code": 10000}, 500, True),
            ("fault-in-200", {"code": 6000}, 200, False),
            ("unauthorized", {}, 401, False),
            ("forbidden", {}, 403, False),
            ("throttled", {"format": "xml"}, 429, False),
            ("html", {"status": 503}, 503, False),
            ("html-after", {"status": 502}, 502, True),
            ("timeout-before", {"seconds": 3}, 504, False),
            ("timeout-after", {"seconds": 3}, 504, True),
            ("truncated", {}, 200, True),
            ("xml", {}, 200, True),
            ("slow", {"seconds": 3}, 200, True),
        ],
    )
    def test_each_kind(
        self, online: Outside, kind: str, fields: Json, status: int, *, is_done: bool
    ) -> None:
        """What it looks like, and whether the write was carried out."""
        online.fault(kind, path="vendor", method="POST", **fields)
        answer = online.call("POST", "vendor", {"DisplayName": "A"})

        assert answer.status_code == status
        assert online.query("select count(*) from Vendor") == {"totalCount": int(is_done)}
        assert online.world.clock.stalls == [fields[name] for name in fields if name == "seconds"]

    def test_every_exchange_is_written_down(self, online: Outside) -> None:
        """What was asked, what it counts as, how it ended; secrets are not told."""
        online.control("DELETE", "/exchanges")
        online.told("POST", "vendor", {"DisplayName": "A"}, requestid="r-1")
        online.call("GET", "vendor/99")
        online.batch(made("B"))
        online.refresh()
        told = online.control("GET", "/exchanges")

        assert [(one["method"], one["path"], one["class"], one["status"]) for one in told] == [
            ("POST", "vendor", "Core", 200),
            ("GET", "vendor/99", "CorePlus", 400),
            ("POST", "batch", "Core", 200),
            ("POST", "oauth2/v1/tokens/bearer", "OAuth", 200),
        ]
        assert told[0]["query"]["requestid"] == "r-1"
        assert told[1]["faults"] == ["610"]
        assert told[2]["items"] == ["create Vendor"]
        assert online.refresh_token not in str(told)
