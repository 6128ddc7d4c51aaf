"""Time worked: records and report made into entries (4.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.fusion_operations import (
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
)
from counterfoil.connectors.fusion_operations._productions import (
    Record,
    parse_labor_row,
    parse_production,
    parse_production_order,
)
from counterfoil.connectors.fusion_operations._work import (
    Named,
    ProductionOrder,
    Stretch,
    entries_of,
    entry_id,
)
from counterfoil.documents import (
    DocumentKind,
    DocumentStatus,
    InvalidDocument,
    Reference,
    WorkEntry,
)
from counterfoil.engine.operations import Done, FindDocument, Page
from tests.connectors.fusion_operations.builders import Telling, as_list, ask, expect, page, reading

MakeClient = Callable[..., FusionClient]

NEW_YORK = ZoneInfo("America/New_York")
FIELDS = FieldMap()

RIA = Reference("Ria Lopes", "12")
BAKING = Named("BAKE", "Baking")
CAKES = ProductionOrder("5001", "PO-1", "Cakes", "ACME")


class TestRecord:
    raw: ClassVar[dict[str, Any]] = {
        "id": "9001",
        "start-time": "2025-03-05T04:30:00Z",
        "end-time": "2025-03-05T05:30:00Z",
        "production-order": {"id": "5001", "code": "PO-1", "description": "Cakes"},
        "operation": {"code": "BAKE", "name": "Baking"},
        "section": None,
        "worker": {"number": "12", "name": "Ria Lopes"},
    }

    def read(self, **changes: Any) -> Record:
        return parse_production({**self.raw, **changes}, NEW_YORK, FIELDS)

    def test_a9_two_days_of_thirty_minutes(self) -> None:
        """A9: a record from 23:30 to 00:30 local time is half an hour of either day."""
        found = self.read()

        half = Fraction(1800)
        assert found.days == ((date(2025, 3, 4), half), (date(2025, 3, 5), half))
        assert found.worker == RIA
        assert found.operation == BAKING
        assert found.order == ProductionOrder("5001", "PO-1", "Cakes")

    @pytest.mark.parametrize(
        "started, ended, hours",
        [
            ("2025-03-09T00:00:00", "2025-03-10T00:00:00", 23),
            ("2025-11-02T00:00:00", "2025-11-03T00:00:00", 25),
        ],
    )
    def test_daylight_saving(self, started: str, ended: str, hours: int) -> None:
        """A9: a local day has 23 or 25 hours where the clocks change."""
        ((_, seconds),) = self.read(**{"start-time": started, "end-time": ended}).days

        assert seconds == hours * 3600

    @pytest.mark.parametrize(
        "seconds, shared", [(1800, [900, 900]), ("3601", [Fraction(3601, 2)] * 2), (0, [])]
    )
    def test_work_time_is_shared_out(self, seconds: object, shared: list[Fraction]) -> None:
        """Time inside working hours is what the record says, shared as the clock time is."""
        found = self.read(**{"work-time": seconds})

        assert [part for _, part in found.days] == shared

    def test_a_running_record(self) -> None:
        """A record without end has no time yet; one without start is none."""
        found = self.read(**{"end-time": None})

        assert (found.days, found.is_running) == ((), True)
        with pytest.raises(InvalidDocument, match="start-time"):
            self.read(**{"start-time": None})

    def test_older_names_of_the_times(self) -> None:
        """Some said dates where v1 has times: both are read, and a setting may name a third."""

        def renamed(**names: str) -> dict[str, Any]:
            return {names.get(name.replace("-", "_"), name): raw for name, raw in self.raw.items()}

        older = renamed(start_time="start-date", end_time="end-date")
        third = renamed(start_time="begun", end_time="done")
        words = {"production.start-date": "begun", "production.end-date": "done"}

        assert parse_production(older, NEW_YORK, FIELDS) == self.read()
        assert parse_production(third, NEW_YORK, FieldMap.of(words)) == self.read()

    def test_plain_codes_will_do(self) -> None:
        """Order, operation and worker may be bare codes instead of objects."""
        found = self.read(**{"production-order": "PO-1", "operation": "BAKE", "worker": "12"})

        assert found.order == ProductionOrder("", "PO-1")
        assert found.operation.words == "BAKE"
        assert found.worker == Reference("12", "12")

    @pytest.mark.parametrize("worked", ["-1", "99999999999", "soon"])
    def test_what_is_no_time(self, worked: str) -> None:
        """A time that cannot be is told with its property, not rounded to one that can."""
        with pytest.raises(InvalidDocument, match="work-time"):
            self.read(**{"work-time": worked})

    def test_a_row_of_the_report(self) -> None:
        """The report tells day and seconds outright."""
        found = parse_labor_row(
            {
                "worker": "12",
                "date": "2025-03-04",
                "production-order": "PO-1",
                "operation": "BAKE",
                "work-time": 3600,
            },
            NEW_YORK,
            FIELDS,
        )

        assert found.days == ((date(2025, 3, 4), Fraction(3600)),)

    @pytest.mark.parametrize("lacking", ["date", "work-time", "worker"])
    def test_a_row_that_lacks_something(self, lacking: str) -> None:
        """Without worker, day or time a row says nothing that can be booked."""
        row = {"worker": "12", "date": "2025-03-04", "work-time": 3600}
        del row[lacking]

        with pytest.raises(InvalidDocument, match=lacking):
            parse_labor_row(row, NEW_YORK, FIELDS)


@pytest.mark.parametrize(
    "told, is_finished",
    [
        ({}, False),
        ({"status": "open"}, False),
        ({"status": "completed"}, True),
        ({"status": "closed"}, True),
        ({"status": "open", "archived": True}, True),
    ],
)
def test_when_a_production_order_is_finished(told: dict[str, Any], *, is_finished: bool) -> None:
    """Completed, closed or archived: then its hours may go by themselves."""
    raw = {"id": "5001", "code": "PO-1", "client": {"code": "ACME"}, **told}

    found = parse_production_order(raw, NEW_YORK, FIELDS)

    assert (found.client, found.is_finished) == ("ACME", is_finished)


class TestEntries:
    def stretch(self, minutes: object = 30, **more: Any) -> Stretch:
        usual: dict[str, Any] = {
            "worker": RIA,
            "on": date(2025, 3, 4),
            "order": CAKES,
            "operation": BAKING,
            "seconds": Fraction(str(minutes)) * 60,
        }
        return Stretch(**{**usual, **more})

    def made(self, *stretches: Stretch) -> list[WorkEntry]:
        refused: list[str] = []
        found = entries_of(stretches, lambda id_, _: refused.append(id_))
        assert refused == []
        return found

    def test_what_an_entry_says(self) -> None:
        """TIME-1 to TIME-3: order, client, operation and section by their names."""
        (entry,) = self.made(self.stretch(section=Named("S2", "Ovens")))

        assert (entry.number, entry.order_id, entry.order_code) == ("PO-1", "5001", "PO-1")
        assert (entry.order_text, entry.order_client) == ("Cakes", Reference("ACME"))
        assert (entry.operation, entry.section) == ("Baking", "Ovens")
        assert (entry.worker, entry.worked_on, entry.minutes) == (RIA, date(2025, 3, 4), 30)

    def test_records_of_the_same_are_one_entry(self) -> None:
        """One entry per worker, day, production order, operation and section."""
        other = [
            self.stretch(worker=Reference("Ria Lopes", "13")),
            self.stretch(on=date(2025, 3, 5)),
            self.stretch(order=CAKES._replace(id="5002")),
            self.stretch(operation=Named("PACK")),
            self.stretch(section=Named("S2")),
        ]

        found = self.made(self.stretch(), *other, self.stretch(12))

        assert [each.minutes for each in found] == [42, 30, 30, 30, 30, 30]
        assert len({each.id for each in found}) == 6

    @pytest.mark.parametrize(
        "minutes, booked", [(("0.25", "0.25"), 1), (("0.5",), 1), (("1.49",), 1), (("0.49",), 0)]
    )
    def test_minutes_are_rounded_once(self, minutes: tuple[str, ...], booked: int) -> None:
        """TIME-1: seconds are added up first, then rounded half up; nothing is no entry."""
        found = self.made(*(self.stretch(each) for each in minutes))

        assert sum(each.minutes for each in found) == booked
        assert len(found) == bool(booked)

    def test_open_until_the_order_is_finished(self) -> None:
        """An entry is closed once its production order is; one of no order never is."""
        states = [
            self.made(self.stretch(order=order))[0].status
            for order in (CAKES, CAKES._replace(is_finished=True), None)
        ]

        assert states == [DocumentStatus.OPEN, DocumentStatus.CLOSED, DocumentStatus.OPEN]

    def test_the_identity_is_stable(self) -> None:
        """It says whose, when and of what, in a form that never changes; never too long."""
        assert entry_id(self.stretch()) == "5001:12:2025-03-04:b75ef8307bd9"
        assert entry_id(self.stretch(order=CAKES._replace(is_finished=True))) == entry_id(
            self.stretch()
        )
        assert len(entry_id(self.stretch(worker=Reference("R", "9" * 255)))) < 60


class TestReading:
    """What the connector answers, from all three lists."""

    def record(self, id_: str, **more: Any) -> dict[str, Any]:
        return {
            "id": id_,
            "start-time": "2025-03-04T13:00:00Z",
            "end-time": "2025-03-04T14:00:00Z",
            "production-order": {"id": "5001", "code": "PO-1"},
            "operation": {"code": "BAKE", "name": "Baking"},
            "worker": {"number": "12", "name": "Ria Lopes"},
            **more,
        }

    order: ClassVar[dict[str, Any]] = {
        "id": "5001",
        "code": "PO-1",
        "description": "Cakes",
        "client": "ACME",
        "status": "completed",
    }

    def answered(self, make: MakeClient, service: Telling, hours_from: Any = "productions") -> Done:
        company = Company(zone=NEW_YORK, hours_from=hours_from)
        driver = FusionOperations(make(transport=service), company)
        return expect(Done, ask(driver, reading(DocumentKind.WORK_ENTRY)))

    def service(self, *records: dict[str, Any], orders: str | None = None, **more: Any) -> Telling:
        lists = {
            "productions": as_list(*records),
            "production-orders": as_list(self.order) if orders is None else orders,
            **more,
        }
        return Telling(lists)

    def entries(self, done: Done) -> list[WorkEntry]:
        assert done.page is not None
        return [each for each in done.page.documents if isinstance(each, WorkEntry)]

    def test_entries_with_their_production_order(self, make_client: MakeClient) -> None:
        """Client, description and whether it is finished come from the production order."""
        done = self.answered(make_client, self.service(self.record("1"), self.record("2")))

        (entry,) = self.entries(done)
        assert (entry.minutes, entry.order_client) == (120, Reference("ACME"))
        assert (entry.order_text, entry.status) == ("Cakes", DocumentStatus.CLOSED)
        assert page(done).is_snapshot

    def test_workers_of_one_name_are_told_of_each_other(self, make_client: MakeClient) -> None:
        """4.3: each entry tells the numbers of other workers of its worker's name, in any case."""
        done = self.answered(
            make_client,
            self.service(
                self.record("1"),
                self.record("2", worker={"number": "47", "name": "RIA LOPES"}),
                self.record("3", worker={"number": "9", "name": "Rui Lopes"}),
            ),
        )

        told = {entry.worker.id: entry.namesakes for entry in self.entries(done)}
        assert told == {"12": ("47",), "47": ("12",), "9": ()}

    def test_what_is_left_out_is_counted(self, make_client: MakeClient) -> None:
        """Running records, and those of operations without time, are told by number."""
        done = self.answered(
            make_client,
            self.service(
                self.record("1", **{"end-time": None}),
                self.record("2", **{"work-time": 0}),
                self.record("3", **{"work-time": 0}),
            ),
        )

        assert self.entries(done) == []
        assert done.facts == {"left_out_running": "1", "left_out_without_time": "2"}
        assert done.note == (
            "Left out of the time worked: 1 records that still run and 2 records without time."
        )

    def test_a_bad_record_spoils_the_entries_of_its_order(self, make_client: MakeClient) -> None:
        """Without it they may be too short: they are there, told, and not sent."""
        other = self.record("3", **{"production-order": {"id": "5002", "code": "PO-2"}})
        bad = self.record("2", **{"start-time": "yesterday"})

        found = page(self.answered(make_client, self.service(self.record("1"), bad, other)))

        assert [each.number for each in found.documents] == ["PO-2"]
        assert [each.number for each in found.unreadable] == ["2", "PO-1"]
        assert not found.is_snapshot

    def test_more_hours_than_a_day_has_are_not_sent(self, make_client: MakeClient) -> None:
        """Whether one record tells them or two together: what is wrong is told, with the day."""
        long = {"work-time": 13 * 3600}

        done = self.answered(
            make_client, self.service(self.record("1", **long), self.record("2", **long))
        )

        (told,) = page(done).unreadable
        assert self.entries(done) == []
        assert (told.field, told.value) == ("work-time", "26:00 hours on 2025-03-04")
        assert "is more than a day has" in told.problem

    @pytest.mark.parametrize("named", [{"code": "PO-1"}, "PO-1"], ids=["object", "bare"])
    def test_an_order_named_by_its_code_is_spoilt_as_well(
        self, make_client: MakeClient, named: object
    ) -> None:
        """A bad record that tells the code only is of the same order as those with its identity."""
        bad = self.record("2", **{"start-time": "yesterday", "production-order": named})

        found = page(self.answered(make_client, self.service(self.record("1"), bad)))

        assert found.documents == ()
        assert [each.number for each in found.unreadable] == ["2", "PO-1"]

    def test_an_unknown_status_is_not_guessed(self, make_client: MakeClient) -> None:
        """Whether its order is finished cannot be told, so the entry is not either."""
        orders = as_list({**self.order, "status": 7})

        found = page(self.answered(make_client, self.service(self.record("1"), orders=orders)))

        (told,) = found.unreadable
        assert found.documents == ()
        assert told.number == "PO-1"
        assert "map it as status.7" in told.problem
        assert found.is_snapshot

    def test_an_order_that_is_not_listed_is_asked_alone(self, make_client: MakeClient) -> None:
        """A list may hold no finished ones; what cannot be asked is not taken for finished."""
        import json

        service = self.service(self.record("1"), orders="[]")
        service.answers["GET /production-orders/5001"] = (200, json.dumps(self.order))
        hidden = self.service(self.record("1"), orders="[]")
        hidden.answers["GET /production-orders/5001"] = (405, "{}")

        (shown,) = self.entries(self.answered(make_client, service))
        (unknown,) = self.entries(self.answered(make_client, hidden))

        assert (shown.status, unknown.status) == (DocumentStatus.CLOSED, DocumentStatus.OPEN)
        assert shown.id == unknown.id

    def test_hours_from_the_report(self, make_client: MakeClient) -> None:
        """The same entries by either source: same identity, names from the records."""
        row = {
            "worker": "12",
            "date": "2025-03-04",
            "production-order": "PO-1",
            "operation": "BAKE",
            "work-time": 3600,
        }
        service = self.service(self.record("1"), **{"reports/worker-labor-time": as_list(row)})

        by_report = self.entries(self.answered(make_client, service, "report"))

        assert by_report == self.entries(self.answered(make_client, service))

    @pytest.mark.parametrize(
        "orders, problem",
        [
            ([], "is no production order's"),
            ([order, {**order, "id": "5002"}], "is that of several production orders"),
        ],
    )
    def test_a_code_that_names_no_one_order(
        self, make_client: MakeClient, orders: list[Any], problem: str
    ) -> None:
        """Codes of production orders may repeat: then whose the hours are is not known."""
        record = self.record("1", **{"production-order": "PO-1"})

        found = page(self.answered(make_client, self.service(record, orders=as_list(*orders))))

        (told,) = found.unreadable
        assert problem in told.problem
        assert found.documents == ()

    def test_entries_are_found_by_identity(self, make_client: MakeClient) -> None:
        """One that is sought is there, or is not."""
        service = self.service(self.record("1"))
        (entry,) = self.entries(self.answered(make_client, service))
        driver = FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))

        def sought(id_: str) -> Page:
            question = FindDocument(id="op", kind=DocumentKind.WORK_ENTRY, ids=(id_,))
            return page(ask(driver, question))

        assert sought(entry.id).documents == (entry,)
        assert sought("5001:13:2025-03-04:0").documents == ()
