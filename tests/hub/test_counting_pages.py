"""Stock is compared a page at a time, and whatever happens between two of them counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from counterfoil.documents import CustomField
from counterfoil.hub import comparing, desk
from counterfoil.ledger import connections
from tests.hub.conftest import OpenWorld
from tests.hub.test_counting import ANNA, Shop, open_shop
from tests.hub.test_counting_companies import opened
from tests.support.office import Office

CODES = ("A", "B", "C", "D", "E")
HOUR = timedelta(hours=1, minutes=1)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two products are a page."""
    monkeypatch.setattr(comparing, "_PAGE", 2)


@pytest.fixture
def shop(sqlite_hub_url: str) -> Iterator[Shop]:
    """Five products, of each of which there are two and the books hold one."""
    with open_shop(sqlite_hub_url) as opened_shop:
        for code in CODES:
            opened_shop.has(code, "2", "1")
        opened_shop.read()
        yield opened_shop


def once(act: Callable[[], object]) -> Callable[[], None]:
    """Do something after the first page only."""
    left = [act]

    def between() -> None:
        if left:
            left.pop()()

    return between


def pressed(shop: Shop, *codes: str) -> int:
    """Press send, and have the shop floor read."""
    press = shop.press(*codes)
    shop.read()
    return press


def test_each_page_is_a_transaction_and_all_are_one_count(shop: Shop) -> None:
    """STOCK-7: nothing leaves before all is compared; lines of several pages go together."""
    press = pressed(shop)
    shop.between_pages = lambda: seen.append(len(shop.adjusted))
    seen: list[int] = []
    shop.deliver()

    assert seen == [0, 0, 0]
    assert shop.lines() == [dict.fromkeys(CODES, Decimal(2))]
    assert (shop.result(press).looked_at, shop.result(press).differing) == (5, 5)


@pytest.mark.parametrize("rule", ["code", "field", "choice"])
def test_one_item_on_two_pages(shop: Shop, rule: str) -> None:
    """Two products that are one item are left out, however far apart they are (STOCK-4)."""
    code = "a" if rule == "code" else "Z"
    shop.has(code, "7", None)
    if rule == "field":
        shop.set("stock-count-out.match_field=Item")
        for each in (*CODES, code):
            fields = (CustomField("Item", "A" if each == code else each),)
            shop.has(each, shop.stock[each], None, custom_fields=fields)
    shop.read()
    if rule == "choice":
        shop.deliver()
        desk.match_name(shop.hub, shop.link, "item", "Z", ANNA, record="A")
    result = shop.send()

    assert dict(result.left_out) == {"count-item-twice": 2}
    assert shop.lines() == [dict.fromkeys("BCDE", Decimal(2))]


def test_what_was_named_and_is_gone_is_told(shop: Shop) -> None:
    """A product that is gone when its page comes is left out with its reason, not forgotten."""
    press = shop.press(*CODES)
    shop.read()
    del shop.products["C"]
    shop.time += HOUR
    shop.read()
    shop.deliver()

    assert shop.lines() == [dict.fromkeys("ABDE", Decimal(2))]
    assert dict(shop.result(press).left_out) == {"count-not-there": 1}


def test_another_run_goes_on(shop: Shop) -> None:
    """Where a run ends between two pages, the next one counts all anew, and each line once."""
    press = pressed(shop)
    shop.between_pages = once(shop.deliver)
    shop.deliver()

    assert shop.lines() == [dict.fromkeys(CODES, Decimal(2))]
    assert shop.result(press).transfers == {"done": 1}


def test_a_newer_press_between_two_pages(shop: Shop) -> None:
    """What is pressed meanwhile takes the place of what has not landed, all of it."""
    older = pressed(shop)
    shop.between_pages = once(shop.press)
    shop.deliver()
    assert shop.adjusted == []
    shop.stock["A"] = "9"
    shop.time += HOUR
    shop.read()
    shop.deliver()

    assert shop.lines() == [dict.fromkeys(CODES, Decimal(2)) | {"A": Decimal(9)}]
    assert shop.result(older).state == "superseded"


def test_other_settings_between_two_pages(shop: Shop) -> None:
    """All products are compared by one version of the settings: the newest."""
    press = pressed(shop)
    shop.between_pages = once(lambda: shop.set("stock-count-out.only_tagged=true"))
    shop.deliver()

    assert shop.adjusted == []
    assert dict(shop.result(press).left_out) == {"untagged": 5}


def test_a_pause_between_two_pages(shop: Shop) -> None:
    """A link that is paused meanwhile adjusts nothing; resumed, it counts anew."""
    press = pressed(shop)
    shop.between_pages = once(lambda: _paused(shop, is_paused=True))
    shop.deliver()
    assert shop.adjusted == []
    _paused(shop, is_paused=False)
    shop.stock["A"] = "9"
    for _ in range(2):
        shop.time += HOUR
        shop.read()
        shop.deliver()

    assert shop.lines() == [dict.fromkeys(CODES, Decimal(2)) | {"A": Decimal(9)}]
    assert shop.result(press).transfers == {"done": 1}


def _paused(shop: Shop, *, is_paused: bool) -> None:
    with shop.hub.database.writing() as tx:
        connections.change_link(tx, shop.link, is_paused=is_paused)


@pytest.mark.parametrize("carrier", ["web connector", "agent"])
def test_a_whole_company(open_company: OpenWorld, carrier: str) -> None:
    """Whoever carries the sets gets the adjustment with the answer that it waits for."""
    room = opened(open_company)
    press = room.send()
    if carrier == "agent":
        Office(room.world).run()
    else:
        room.world.run_web_connector()

    assert room.held() == {"BOLT": Decimal(12), "NUT": Decimal(5), "GEAR": Decimal("2.5")}
    assert room.result(press).transfers == {"done": 1}
