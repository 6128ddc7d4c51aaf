"""The pages of what was done: runs, transfers, one run while it is on, and taking it back."""

from __future__ import annotations

import re

import pytest

from counterfoil.console.live import Seen, Streams
from counterfoil.hub import views
from counterfoil.ledger import runs
from tests.support.visitors import Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def looks(calm: World) -> Visitor:
    """Somebody who has signed in at the calm company's hub."""
    return Visitor(calm.hub).sign_in(calm.hub)


def wrote(world: World) -> views.RunRow:
    """The first run that wrote something."""
    return views.runs_page(world.hub, how="wrote")[-1]


class TestLists:
    @pytest.mark.parametrize(
        "path",
        [
            "/history",
            "/history?everything=yes&how=wrote&link=1&connection=2",
            "/history?since=2020-01-01&until=2030-01-01",
            "/history/transfers",
            "/history/transfers?flow=sales-order-out&outcome=arrived",
            "/history/stock",
            "/history/stock?link=1",
        ],
    )
    def test_each_is_a_page(self, looks: Visitor, path: str) -> None:
        """Every list answers with a page that marks where one is."""
        answer = looks.http.get(path)

        assert answer.status_code == 200, answer.text
        assert 'aria-current="page">' in answer.text

    def test_a_run_is_listed_with_what_it_wrote(self, looks: Visitor, calm: World) -> None:
        """Its number leads to it; those that only looked are left out until asked for."""
        run = wrote(calm)
        text = looks.http.get("/history").text

        assert f'href="/runs/{run.id}"' in text
        assert "1 document sent: Books" in text
        assert looks.http.get("/history?everything=yes").text.count('href="/runs/') > text.count(
            'href="/runs/'
        )

    def test_a_day_that_is_none_is_told_beside_it(self, looks: Visitor) -> None:
        """What was typed stays, and says what is wrong with it."""
        answer = looks.http.get("/history?since=yesterday")

        assert answer.status_code == 400
        assert "is no day" in answer.text
        assert 'aria-describedby="wrong-since"' in answer.text

    def test_nothing_fits(self, looks: Visitor) -> None:
        """An empty list says why, and leads back."""
        text = looks.http.get("/history/transfers?outcome=checked").text

        assert "Nothing fits these filters" in text

    @pytest.mark.parametrize(
        "path", ["/history", "/history/transfers", "/history/stock", "/runs/{run}"]
    )
    @pytest.mark.parametrize("as_", ["csv", "xlsx"])
    def test_each_goes_to_a_spreadsheet(
        self, looks: Visitor, calm: World, path: str, as_: str
    ) -> None:
        """Every list can be had as a file."""
        answer = looks.http.get(path.format(run=wrote(calm).id), params={"format": as_})

        assert answer.status_code == 200
        assert f".{as_}" in answer.headers["content-disposition"]

    def test_pages_by_number(self, looks: Visitor, calm: World) -> None:
        """The page behind begins where this one ends."""
        run = wrote(calm)
        text = looks.http.get(f"/history?everything=yes&before={run.id + 1}").text

        assert f'href="/runs/{run.id}"' in text
        assert f'href="/runs/{run.id + 1}"' not in text
        assert ">Newer</a>" in text


class TestOneRun:
    def test_what_it_did(self, looks: Visitor, calm: World) -> None:
        """Its documents lead to their own pages; steps and calls are told in words."""
        run = wrote(calm)
        text = looks.http.get(f"/runs/{run.id}").text

        assert re.search(r"1 of \d arrived", text)
        assert re.search(r'href="/transfers/\d+"', text)
        assert "Looked for changes" in text
        assert "Sent 1 sales order" in text
        assert f'href="/runs/{run.id}/undo"' in text
        assert "hx-sse:connect" not in text

    def test_what_it_left(self, looks: Visitor, calm: World) -> None:
        """What stopped in it stands there with why, and what helps."""
        stopped = next(
            each for each in views.runs_page(calm.hub) if views.run_stopped(calm.hub, each.id)
        )
        text = looks.http.get(f"/runs/{stopped.id}").text

        assert "SO-2" in text
        assert "NOBODY" in text

    def test_one_that_is_not_there(self, looks: Visitor) -> None:
        """It is a page in words."""
        for path in ("/runs/99999", "/runs/99999/undo", "/runs/99999/live"):
            answer = looks.http.get(path)
            assert answer.status_code == 404
            assert "There is no run" in answer.text


class TestLive:
    def test_it_ends_once_the_run_has(self, looks: Visitor, calm: World) -> None:
        """Of a run that is over the region comes once, and then the word that ends it."""
        answer = looks.http.get(f"/runs/{wrote(calm).id}/live")

        assert answer.headers["content-type"].startswith("text/event-stream")
        assert re.search(r"1 of \d arrived", answer.text)
        assert answer.text.rstrip().endswith("data: end")

    def test_a_run_that_is_on_is_followed(self, world: World) -> None:
        """Its page asks for what moves; whatever process drives it, the ledger tells."""
        with world.hub.database.writing() as tx:
            run = runs.begin(tx, world.books_id, "agent", world.clock.now())
        visitor = Visitor(world.hub).sign_in(world.hub)
        text = visitor.http.get(f"/runs/{run}").text

        assert f'hx-sse:connect="/runs/{run}/live"' in text
        assert "the run goes on" in text
        with world.hub.database.writing() as tx:
            runs.change(tx, run, world.clock.now(), ended_at=world.clock.now())
        assert "The run goes on" not in visitor.http.get(f"/runs/{run}").text

    @pytest.mark.anyio
    async def test_what_is_the_same_is_not_sent_again(self) -> None:
        """A region is sent at once and when it is another one; then it ends by itself."""
        marks = iter([1, 1, 2, 2, 3])
        waited: list[float] = []

        def look() -> Seen:
            mark = next(marks)
            return Seen(mark, mark == 3, lambda: f"<p>{mark}</p>")

        async def pause(seconds: float) -> None:
            waited.append(seconds)

        streams = Streams(pause=pause)
        sent = [each async for each in streams.follow(_Asked(), look)]  # type: ignore[arg-type]  # asked for its app only

        assert [each.raw_data for each in sent] == ["<p>1</p>", "<p>2</p>", "<p>3</p>", "end"]
        assert sent[-1].event == "end"
        assert len(waited) == 4

    @pytest.mark.anyio
    async def test_no_more_than_so_many(self) -> None:
        """Whoever comes when all are taken sees it once, and asks again a little later."""
        streams = Streams(most=0)
        seen = Seen(1, False, lambda: "<p>1</p>")
        sent = [each async for each in streams.follow(_Asked(), lambda: seen)]  # type: ignore[arg-type]  # asked for its app only

        assert sent[0].raw_data == "<p>1</p>"
        assert (sent[1].comment, sent[1].retry) == ("full", 10_000)

    @pytest.mark.anyio
    async def test_a_server_that_ends_is_not_kept(self) -> None:
        """A stream ends with the server, which would wait for it."""
        seen = Seen(1, False, lambda: "")
        asked = _Asked(is_ending=True)

        assert [each async for each in Streams().follow(asked, lambda: seen)] == []  # type: ignore[arg-type]  # asked for its app only


class _Asked:
    """A request, as far as a stream looks at it."""

    def __init__(self, *, is_ending: bool = False) -> None:
        self.app = self
        self.state = self
        self._is_ending = is_ending

    def is_ending(self) -> bool:
        return self._is_ending


class TestUndo:
    def test_the_effect_first_then_the_deed(self, world: World) -> None:
        """What would be taken out is shown; taken out, it says so; a second click does no more."""
        world.orders(1)
        world.sync()
        run = wrote(world)
        visitor = Visitor(world.hub).sign_in(world.hub)
        text = visitor.http.get(f"/runs/{run.id}/undo").text
        assert "Will be taken out" in text
        assert "Take 1 out of Books" in text

        done = visitor.http.post(f"/runs/{run.id}/undo", headers=SAME_SITE)
        assert (done.status_code, done.headers["location"]) == (303, f"/runs/{run.id}")
        assert "1 document taken out of Books" in visitor.http.get(f"/runs/{run.id}").text
        world.settle()
        again = visitor.http.post(f"/runs/{run.id}/undo", headers=SAME_SITE)
        assert again.status_code == 303
        assert world.booked() == []
        assert "It has been undone already." in visitor.http.get(f"/runs/{run.id}/undo").text

    def test_only_a_page_of_ours_asks_for_it(self, looks: Visitor, calm: World) -> None:
        """A form of another site is refused."""
        path = f"/runs/{wrote(calm).id}/undo"

        assert looks.http.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


class TestStop:
    def test_what_has_ended_is_not_stopped(self, world: World) -> None:
        """A run that is over says so; whoever may only look stops nothing."""
        world.orders(1)
        world.sync()
        run = views.runs_page(world.hub, everything=True)[0].id
        visitor = Visitor(world.hub).sign_in(world.hub)
        same_site = {"Sec-Fetch-Site": "same-origin"}
        answer = visitor.http.post(f"/runs/{run}/stop", headers=same_site)

        assert (answer.status_code, answer.headers["location"]) == (303, f"/runs/{run}")
        assert "has ended already" in visitor.http.get(f"/runs/{run}").text
        assert visitor.http.post("/runs/9999/stop", headers=same_site).status_code == 404
