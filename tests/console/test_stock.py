"""Inventory on its pages: asked, previewed, sent once, followed, and told afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from counterfoil.hub import views
from counterfoil.ledger.database import sqlite_url
from tests.support.visitors import Visitor
from tests.support.world import World, open_world

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
ACCOUNT = "Cost of Goods Sold"


@pytest.fixture(scope="module")
def stocked(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company whose shop floor has three bolts, which the books do not know."""
    file = tmp_path_factory.mktemp("stocked") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        opened.set(f"stock-count-out.adjustment_account={ACCOUNT}")
        opened.enter("products", code="BOLT", name="A bolt")
        opened.settle()
        yield opened


@pytest.fixture
def desk(stocked: World) -> Visitor:
    """Somebody who has signed in there."""
    return Visitor(stocked.hub).sign_in(stocked.hub)


def newest(world: World) -> views.CountPress:
    """The last press."""
    return views.count_presses(world.hub, limit=1)[0]


Form = Mapping[str, str | list[str]]


def send(
    desk: Visitor, typed: Form = MappingProxyType({}), *, deed: str = "send"
) -> tuple[int, str]:
    """Send the form; gives the status and where it leads, or what it says."""
    form: dict[str, str | list[str]] = {"account": ACCOUNT, "memo": "", **typed}
    answer = desk.http.post(f"/links/1/stock/{deed}", data=form, headers=SAME_SITE)
    return answer.status_code, answer.headers.get("location", answer.text)


class TestAsked:
    def test_account_and_memo_are_filled_in(self, desk: Visitor) -> None:
        """As they are set; the accounts of the books are offered."""
        text = desk.http.get("/links/1/stock").text

        assert f'value="{ACCOUNT}"' in text
        assert f'<option value="{ACCOUNT}">' in text

    @pytest.mark.parametrize(
        "typed, words",
        [
            ({"account": " "}, "Name the account"),
            ({"account": "Nowhere"}, "no account there"),
            ({"product": ["SCREW"]}, "SCREW"),
        ],
    )
    def test_what_does_not_fit(self, desk: Visitor, typed: Form, words: str) -> None:
        """It is told where it was typed, and nothing is sent."""
        status, text = send(desk, {"memo": "what was typed", **typed})

        assert (status, words in text) == (400, True)
        assert "what was typed" in text

    def test_products_are_found_by_name(self, desk: Visitor) -> None:
        """Part of a name finds them, each to be ticked."""
        assert 'value="BOLT"' in desk.http.get("/links/1/stock?q=bol").text
        assert "No product has" in desk.http.get("/links/1/stock?q=nothing").text

    def test_a_link_that_is_not_there(self, desk: Visitor) -> None:
        """It is a page in words, and so is a count that is none of it."""
        for path in ("/links/77/stock", "/links/1/stock/77777"):
            assert desk.http.get(path).status_code == 404


class TestPressed:
    def test_a_preview_first_then_what_is_ticked(self, desk: Visitor, stocked: World) -> None:
        """A preview writes nothing; a double click is one; what is ticked is sent."""
        status, to = send(desk, deed="preview")
        assert status == 303
        assert send(desk, deed="preview") == (303, to)
        assert "Progress" in desk.http.get(to).text
        stocked.settle()
        press = newest(stocked)
        assert press.is_preview
        text = desk.http.get(to).text
        assert "Nothing has been written." in text
        assert "hx-sse:connect" not in text
        assert desk.http.get(to, params={"format": "csv"}).text.startswith("product,")

        status, to = send(desk, {"product": ["BOLT"], "memo": "March"})
        assert status == 303
        assert send(desk, {"product": ["BOLT"], "memo": "March"}) == (303, to)
        sent = newest(stocked)
        assert (sent.products, sent.memo, sent.is_preview) == (1, "March", False)
        assert "hx-sse:connect" in desk.http.get(to).text
        stocked.settle()
        streamed = desk.http.get(f"{to}/live").text
        assert streamed.rstrip().endswith("data: end")
        beyond = to.rpartition("/")[0]
        assert desk.http.get(f"{beyond}/99999/live").status_code == 404
        history = desk.http.get("/history/stock").text
        assert history.count(f'href="{to}"') == 1

    def test_only_a_page_of_ours_sends(self, desk: Visitor, stocked: World) -> None:
        """A form of another site is refused."""
        answer = desk.http.post(
            "/links/1/stock/send",
            data={"account": ACCOUNT},
            headers={"Sec-Fetch-Site": "cross-site"},
        )

        assert answer.status_code == 403


def test_each_step_is_told(stocked: World) -> None:
    """What is being asked, what was compared, and what was adjusted."""
    visitor = Visitor(stocked.hub).sign_in(stocked.hub)
    stocked.clock.advance(minutes=5)
    _status, to = send(visitor)
    press = newest(stocked)
    before = views.count_steps(stocked.hub, stocked.link, press.id)
    stocked.settle()
    after = views.count_steps(stocked.hub, stocked.link, press.id)

    assert [each.state for each in before] == ["now", "later", "later"]
    assert before[0].title == "Asks Shop floor how much there is"
    assert [each.state for each in after] == ["done"] * 3
    assert Path(to).name == str(press.id)
