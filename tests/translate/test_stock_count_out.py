"""Stock count → inventory adjustment: STOCK-1 to STOCK-12, those that a translation decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    CountLine,
    DocumentKind,
    DocumentStatus,
    Quantity,
    Reason,
    RecordKind,
    Reference,
    StockCount,
)
from counterfoil.settings import OPTIONS, FlowName, Settings
from counterfoil.translate import TRANSLATORS, WHOLE, Verdict, counts
from tests.support.builders import fields, product, settings

from .goods import TODAY, context, refused, translated

OUT = TRANSLATORS[FlowName.STOCK_COUNT_OUT]
COUNT = StockCount(
    id="count/1/1",
    lines=(
        CountLine(item=Reference("Parts:BOLT"), counted=Quantity(Decimal("12.5"))),
        CountLine(item=Reference("NUT"), counted=Quantity(Decimal(-3))),
    ),
)


def rules(**changes: Any) -> Settings:
    return settings(flows={"stock_count_out": changes})


def booked(document: StockCount, made: Settings) -> StockCount:
    found = translated(OUT, document, made).document
    assert isinstance(found, StockCount)
    return found


@pytest.mark.parametrize(
    "tagged, field, tags, value, expected",
    [
        (False, None, (), None, "BOLT"),
        (True, None, ("quickbooks",), None, "BOLT"),
        (True, None, ("Steel", " QUICKBOOKS "), None, "BOLT"),
        (True, None, ("Steel",), None, "untagged"),
        (True, None, (), None, "untagged"),
        (False, "QB", (), "Parts:BOLT", "Parts:BOLT"),
        (False, "QB", (), " ", "field-empty"),
        (False, "QB", (), None, "field-empty"),
        (False, "qb", (), "Parts:BOLT", "field-empty"),
        (True, "QB", ("Quickbooks",), "Parts:BOLT", "Parts:BOLT"),
        (True, "QB", ("Quickbooks",), None, "field-empty"),
        (True, "QB", (), "Parts:BOLT", "untagged"),
    ],
)
def test_b14_which_item_a_product_is(
    tagged: bool, field: str | None, tags: tuple[str, ...], value: str | None, expected: str
) -> None:
    """B14, STOCK-3, STOCK-4, STOCK-9, STOCK-11: tag and field, each alone and together.

    Without a value in the field the code is not tried; tags know no case, fields do.
    """
    bolt = product("BOLT", tags=tags, custom_fields=fields(QB=value) if value else ())
    found = counts(bolt, rules(only_tagged=tagged, match_field=field))

    assert (found.code if isinstance(found, Reason) else found) == expected


def test_another_tag() -> None:
    """STOCK-3: the rule on tags names its tag, and a product that is left out says which."""
    found = counts(product("BOLT", tags=("Quickbooks",)), rules(only_tagged=True, tag="Books"))

    assert isinstance(found, Reason)
    assert "“Books”" in found.sentence


class TestTranslate:
    def test_b13_no_account(self) -> None:
        """B13, STOCK-1: without an account the count is refused before any call."""
        found = refused(OUT, COUNT, rules())

        assert found.code == "adjustment-account-missing"
        assert found.choices[0].arguments["setting"] in OPTIONS

    @pytest.mark.parametrize(
        "account, memo, expected",
        [
            (None, None, ("Shrinkage", "Counted")),
            (Reference("Scrap"), "Yearly", ("Scrap", "Yearly")),
        ],
    )
    def test_stock_1_stock_2_account_and_memo(
        self, account: Reference | None, memo: str | None, expected: tuple[str, str]
    ) -> None:
        """STOCK-1, STOCK-2: what was named when sending counts, else what is set."""
        made = rules(adjustment_account="Shrinkage", adjustment_memo="Counted")
        found = booked(msgspec.structs.replace(COUNT, account=account, memo=memo), made)

        assert found.account is not None
        assert (found.account.name, found.memo) == expected

    def test_stock_7_stock_8_stock_11_absolute_figures(self) -> None:
        """STOCK-7, 8, 11: what was counted goes as it is, below zero, too."""
        found = booked(COUNT, rules(adjustment_account="Shrinkage"))

        assert found.lines == COUNT.lines
        assert found.id == ""

    @pytest.mark.parametrize("day, expected", [(None, TODAY), (date(2026, 2, 1), date(2026, 2, 1))])
    def test_stock_12_day_and_number(self, day: date | None, expected: date) -> None:
        """STOCK-12: the adjustment bears the local day of the run; the books number it."""
        made = rules(adjustment_account="Shrinkage")
        found = booked(msgspec.structs.replace(COUNT, counted_on=day), made)

        assert (found.counted_on, found.number) == (expected, None)
        assert OUT.number(COUNT, WHOLE, made) is None
        assert not OUT.must_check_number(made)
        assert OUT.other_number("x", made) is None

    def test_a_count_of_nothing(self) -> None:
        """A count without lines has nothing to book."""
        made = rules(adjustment_account="Shrinkage")
        found = refused(OUT, msgspec.structs.replace(COUNT, lines=()), made)
        assert found.code == "nothing-to-send"


class TestRule:
    def test_only_what_was_called_off_is_left_out(self) -> None:
        """A count goes unless it was called off."""
        cancelled = msgspec.structs.replace(COUNT, status=DocumentStatus.CANCELLED)
        found = OUT.rule(cancelled, rules())

        assert OUT.rule(COUNT, rules()) is None
        assert found is not None
        assert found.verdict is Verdict.LEAVE_OUT

    def test_stock_10_nothing_is_created(self) -> None:
        """STOCK-10: an item that the books lack is not created."""
        for kind in RecordKind:
            assert OUT.new_record(kind, "X", "X", context(rules())) is None
            assert OUT.creation_setting(kind) is None
        assert not OUT.has_follow_ups(rules())
        assert OUT.follow_ups(COUNT, rules()) == ()
        assert OUT.needs(COUNT, rules()) == ()


class TestCarried:
    ADJUSTED = msgspec.structs.replace(COUNT, account=Reference("Scrap"), counted_on=TODAY)

    @pytest.mark.parametrize(
        "changes, same",
        [
            ({"id": "X", "number": "7"}, True),
            (
                {
                    "lines": tuple(
                        CountLine(item=each.item, counted=Quantity(Decimal(1)))
                        for each in COUNT.lines
                    )
                },
                True,
            ),
            ({"lines": COUNT.lines[:1]}, False),
            ({"account": Reference("Other")}, False),
            ({"memo": "x"}, False),
            ({"counted_on": None}, False),
        ],
    )
    def test_what_we_write(self, changes: dict[str, Any], same: bool) -> None:
        """Day, account, memo and items are ours; the books keep no absolute figure."""
        read = msgspec.structs.replace(self.ADJUSTED, **changes)

        assert (OUT.carried(read) == OUT.carried(self.ADJUSTED)) is same
        assert OUT.may_change(self.ADJUSTED, read) is None
        assert OUT.target_kind(COUNT, rules()) is DocumentKind.STOCK_COUNT
