"""What machines ask: liveness, readiness, metrics, request ids and log lines."""

from __future__ import annotations

import re

import pytest
import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from structlog.testing import capture_logs

from counterfoil.api.errors import is_for_programs
from counterfoil.errors import LedgerError
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.ledger import exchanges, migrations, runs
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import World


def here(world: World, *, alone: bool = False) -> Visitor:
    return Visitor(world.hub, client=NEIGHBOUR, base_url="http://localhost:8080", alone=alone)


def value(text: str, name: str, **labels: str) -> float | None:
    """One sample of a scrape."""
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name:
            given = dict(re.findall(r'(\w+)="([^"]*)"', found[2] or ""))
            if labels.items() <= given.items():
                return float(found[3])
    return None


class TestHealth:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_a_hub_that_works(self, calm: World, path: str, method: str) -> None:
        """Both answer 200 to anybody, without saying more than that."""
        assert Visitor(calm.hub).http.request(method, path).status_code == 200

    def test_not_ready_while_the_tables_are_older(
        self, calm: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """503, while /healthz goes on answering."""
        monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9999"))
        visitor = Visitor(calm.hub)

        assert visitor.http.get("/readyz").status_code == 503
        assert visitor.http.get("/healthz").status_code == 200

    def test_not_ready_while_the_database_does_not_answer(
        self, calm: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """503 with the database's own sentence."""

        def gone() -> None:
            raise LedgerError("The database server does not answer. Start it.")

        monkeypatch.setattr(calm.hub.database, "reading", gone)
        answer = Visitor(calm.hub).http.get("/readyz")

        assert answer.status_code == 503
        assert "Start it" in answer.json()["error"]["message"]


class TestDriving:
    @pytest.fixture
    def idle(self, world: World) -> Dispatcher:
        """A dispatcher that nobody has started."""
        return Dispatcher(world.hub)

    def test_not_ready_while_nothing_is_driven(self, world: World, idle: Dispatcher) -> None:
        """Readiness, status and the page say it; the process itself is up."""
        visitor = Visitor(
            world.hub, client=NEIGHBOUR, base_url="http://localhost:8080", dispatcher=idle
        )
        answer = visitor.http.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["error"]["kind"] == "driving"
        assert visitor.http.get("/healthz").status_code == 200
        assert "Nothing goes by itself" in visitor.http.get("/").text
        status = visitor.sign_in(world.hub).get("/status")
        assert "Nothing goes by itself" in status["driving"]["stands_still"]
        text = here(world).http.get("/metrics").text
        assert value(text, "counterfoil_driving_up") is None
        assert value(visitor.http.get("/metrics").text, "counterfoil_driving_up") == 0


def addresses(app: FastAPI) -> list[str]:
    """Every address that programs read, with numbers for what its path names."""
    names = {
        "connection": "2",
        "link": "1",
        "transfer": "1",
        "page": "README.md",
        "list": "items",
        "person": "Ines",
        "rule": "1",
        "user": "1",
        "run": "1",
        "case": "1234",
    }
    return sorted(
        {
            str(route.path).format(**names)
            for route in iter_route_contexts(app.routes)
            if "GET" in (getattr(route, "methods", None) or ())
            and is_for_programs(str(getattr(route, "path", "")))
        }
    )


# Nobody signs in for a company file, no case begins like that, and that run wrote nothing.
ANSWERED_OTHERWISE = {
    "/api/v1/connections/2/connect": (409,),
    "/api/v1/inbox/1234": (404,),
    "/api/v1/runs/1/undo": (409,),
    "/api/v1/inbox/1234/candidates": (404,),
}


class TestAddresses:
    def test_each_is_read_as_people_write_it(self, calm: World) -> None:
        """With a slash at its end or without, GET or HEAD: one answer, and no redirect for it."""
        visitor = here(calm).sign_in(calm.hub)
        found = addresses(visitor.app)
        assert len(found) > 20
        for path in found:
            plain = visitor.http.get(path)
            assert plain.status_code in ANSWERED_OTHERWISE.get(path, (200, 303)), path
            head = visitor.http.head(f"{path.rstrip('/')}/")
            assert (head.status_code, head.content) == (plain.status_code, b""), path
            assert head.headers.get("content-type") == plain.headers.get("content-type"), path

    def test_head_tells_the_length_and_asks_for_a_token(self, calm: World) -> None:
        """It is GET in all but the body, for strangers, too."""
        visitor = here(calm)
        length = len(visitor.http.get("/qbwc").content)

        assert int(visitor.http.head("/qbwc/").headers["content-length"]) == length
        assert Visitor(calm.hub).http.head("/api/v1/status/").status_code == 401
        assert visitor.http.head("/nowhere").status_code == 404
        assert visitor.http.head("/api/v1/transfers/retry").status_code in (400, 401, 405, 422)

    def test_it_is_counted_by_its_route(self, calm: World) -> None:
        """HEAD and a slash make no address of their own in the metrics."""
        visitor = here(calm, alone=True)
        visitor.http.head("/qbwc/support/")
        name = "counterfoil_http_request_duration_seconds_count"
        text = visitor.http.get("/metrics").text

        assert value(text, name, route="/qbwc/support", method="HEAD") == 1


class TestWebConnectorsAddress:
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize(
        "path",
        ["/qbwc", "/qbwc/", "/qbwc/support", "/qbwc/support/", "//qbwc//support", "/qbwc/%2F"],
    )
    def test_is_read_as_people_write_it(self, calm: World, path: str, method: str) -> None:
        """With slashes at its end or without, GET or HEAD: 200, and no redirect."""
        answer = Visitor(calm.hub).http.request(method, f"http://hub.example:8080{path}")

        assert answer.status_code == 200
        assert ("Web Connector" in answer.text) is (method == "GET")

    @pytest.mark.parametrize("path", ["/qbwc?wsdl", "/qbwc/?wsdl"])
    def test_gives_the_wsdl(self, calm: World, path: str) -> None:
        """The description is there under both spellings."""
        assert "definitions" in Visitor(calm.hub).http.get(path).text

    def test_takes_calls_under_both_spellings(self, calm: World) -> None:
        """A POST would not follow a redirect."""
        for path in ("/qbwc", "/qbwc/", "/qbwc/?wsdl"):
            assert Visitor(calm.hub).http.post(path, content=b"no call").status_code == 500


class TestMetrics:
    def test_they_count_what_the_ledger_holds(self, calm: World) -> None:
        """Transfers by flow and state, ages, round trips without an answer, and contacts."""
        with calm.hub.database.writing() as tx:
            (run,) = runs.recent(tx, calm.books_id, 1)
            exchanges.record(
                tx,
                connection=calm.books_id,
                run=run.id,
                key="",
                writes=False,
                operations=(),
                now=calm.clock.now(),
            )
        text = here(calm).http.get("/metrics").text

        flow = {"link": "1", "flow": "sales-order-out"}
        assert value(text, "counterfoil_transfers", state="done", **flow) == 1
        assert value(text, "counterfoil_transfers", state="refused", **flow) == 1
        assert value(text, "counterfoil_ledger_up") == 1
        assert value(text, "counterfoil_exchanges", connection="2", state="sent") == 1
        assert value(text, "counterfoil_exchanges", connection="2", state="answered") is None
        assert value(text, "counterfoil_connection_problem", connection="1") == 0
        assert value(text, "counterfoil_transfer_oldest_seconds", state="done") is None

    def test_ages_grow_with_time(self, world: World) -> None:
        """The oldest held document has been held for as long as it has."""
        world.set("sales-order-out.mode=manual")
        world.orders(1)
        world.read_operations()
        world.clock.advance(hours=3)
        text = here(world).http.get("/metrics").text

        assert value(text, "counterfoil_transfer_oldest_seconds", state="held") == 3 * 3600

    def test_requests_and_calls_are_counted(self, calm: World) -> None:
        """By route, never by path; Web Connector calls by their operation."""
        visitor = here(calm, alone=True)
        for transfer in (1, 2, 99):
            visitor.http.get(f"/api/v1/transfers/{transfer}")
        visitor.http.post("/qbwc", content=b"<x/>", headers={"SOAPAction": '"x/authenticate"'})
        visitor.http.post("/qbwc", content=b"<x/>", headers={"SOAPAction": "made-up"})
        text = visitor.http.get("/metrics").text

        name = "counterfoil_http_request_duration_seconds_count"
        assert value(text, name, route="/api/v1/transfers/{transfer}", status="401") == 3
        calls = "counterfoil_web_connector_calls_total"
        assert value(text, calls, call="authenticate") == 1
        assert value(text, calls, call="other") == 1
        assert "made-up" not in text

    def test_a_ledger_that_fails_is_a_metric_too(
        self, calm: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The scrape answers, and says that the ledger does not."""

        def gone() -> None:
            raise LedgerError("gone")

        visitor = here(calm)
        monkeypatch.setattr(calm.hub.database, "reading", gone)

        assert value(visitor.http.get("/metrics").text, "counterfoil_ledger_up") == 0

    def test_strangers_need_a_token(self, calm: World) -> None:
        """What is sold and booked is nobody else's business."""
        visitor = Visitor(calm.hub)
        assert visitor.http.get("/metrics").status_code == 401

        assert visitor.sign_in(calm.hub).http.get("/metrics").status_code == 200


class TestRequestIds:
    def test_each_request_has_one(self, calm: World) -> None:
        """In the answer's header, and no two are equal."""
        visitor = Visitor(calm.hub)
        ids = {visitor.http.get("/healthz").headers["x-request-id"] for _ in range(5)}

        assert len(ids) == 5

    def test_a_proxys_id_is_kept_where_it_is_one(self, calm: World) -> None:
        """Anything that could break a log line is replaced."""
        visitor = Visitor(calm.hub)
        kept = visitor.http.get("/healthz", headers={"X-Request-ID": "abc-123"})
        strange = visitor.http.get("/healthz", headers={"X-Request-ID": 'a"b{}' + "x" * 100})

        assert kept.headers["x-request-id"] == "abc-123"
        assert re.fullmatch(r"[0-9a-f]{16}", strange.headers["x-request-id"])

    def test_each_request_is_a_line_of_the_log(self, calm: World) -> None:
        """Method, path, status and duration; never the query, which may name people."""
        visitor = Visitor(calm.hub).sign_in(calm.hub)
        quiet = structlog.get_config()["wrapper_class"]
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
        with capture_logs() as lines:
            visitor.http.get("/api/v1/transfers", params={"find": "private"})
        structlog.configure(wrapper_class=quiet)

        (line,) = [each for each in lines if each["event"] == "request"]
        assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/transfers", 200)
        assert line["duration_ms"] >= 0
        assert "private" not in str(line)
