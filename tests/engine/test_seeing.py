"""Contents: what counts as the same, and what is compared beside what always is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import Address, Bill, Money, PurchaseOrder, Reference
from counterfoil.engine.seeing import content_of, is_news, says_same, seen_as
from counterfoil.engine.transfers import Pairing
from counterfoil.settings import FlowName, with_values
from counterfoil.translate import TRANSLATORS
from tests.support.builders import NOW, order, pairing, settings

PLAIN = TRANSLATORS[FlowName.PURCHASE_ORDER_OUT]
DETAILED = PLAIN.under(with_values(settings(), {"purchase-order-out.carry_details": True}))
BOUGHT = PurchaseOrder(id="T1", number="29001", vendor=Reference("Millco", "V1"), ship_via="Ground")


def but(**changes: Any) -> PurchaseOrder:
    return msgspec.structs.replace(BOUGHT, **changes)


def written(content: str) -> Pairing:
    """A pairing whose document said that when it was written."""
    return msgspec.structs.replace(pairing(order("SO-1 ACME")), content=content, seen_content=None)


@pytest.mark.parametrize(
    "changed",
    [
        but(ship_via="Air"),
        but(ship_via=None),
        but(freight=Money(Decimal("25.5"))),
        but(delivery_address=Address(city="Albany")),
        but(purchased_for=Reference("Harbor Hotel", "C7")),
        but(message_to_vendor="Ring twice"),
    ],
    ids=["ship via", "none any more", "freight", "address", "customer", "message"],
)
def test_further_fields_are_compared_where_they_are_carried(changed: PurchaseOrder) -> None:
    """P21, P22, P28 to P30: as set, a change of one of them is news; else it is nobody's."""
    assert PLAIN.under(settings()) is PLAIN
    assert content_of(changed, PLAIN) == content_of(BOUGHT, PLAIN)
    assert not says_same(content_of(BOUGHT, DETAILED), content_of(changed, DETAILED))


def test_a_bill_of_an_order_has_no_further_fields() -> None:
    """What was bought as a bill is compared as bills are."""
    bill = Bill(id="B1", number="29001", vendor=Reference("Millco", "V1"))
    assert content_of(bill, DETAILED) == content_of(bill, PLAIN)


def test_what_was_kept_without_them_is_learnt_without_alarm() -> None:
    """A content of before is compared as far as it tells, and told in full from then on."""
    known = written(content_of(BOUGHT, PLAIN))
    seen = seen_as(known, BOUGHT, DETAILED, NOW)

    assert not is_news(known, seen)
    assert seen.content == seen.seen_content == content_of(BOUGHT, DETAILED)
    assert is_news(seen, seen_as(seen, but(ship_via="Air"), DETAILED, NOW))
    assert is_news(known, seen_as(known, but(number="29002"), DETAILED, NOW))


def test_a_content_fits_its_column() -> None:
    """With or without a second part it has 32 characters."""
    assert {len(content_of(BOUGHT, each)) for each in (PLAIN, DETAILED)} == {32}
