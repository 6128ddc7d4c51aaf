"""Orders and what fulfils them: what is linked to them, and what proves it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from counterfoil.documents import (
    Ancestor,
    Bill,
    BillLine,
    DocumentKind,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    encode,
    fingerprint,
)
from counterfoil.engine.asked import Asked, Kind, Sent, SentOrder
from counterfoil.engine.deciding import Write
from counterfoil.engine.life import State
from counterfoil.engine.operations import Done, Page
from counterfoil.engine.ordering import LandedOrder, linked, linked_to, order_there, proves
from counterfoil.engine.settlement import Waiting
from counterfoil.engine.settling import settle
from counterfoil.engine.transfers import ORDER_READ_FOR, Landing, OrderSeen, PairedLine
from tests.support.builders import NOW, order, standpoint, transfer

PO = DocumentKind.PURCHASE_ORDER


def quantity(number: str | None) -> Quantity | None:
    return None if number is None else Quantity(Decimal(number))


def purchase(*lines: str, into: str = "", id: str = "PO") -> PurchaseOrder:
    """``"a GEAR 10 4"``: line a over ten gears, four of them received; ``into``: bills."""
    made = []
    for text in lines:
        name, item, ordered, *received = text.split()
        made.append(
            PurchaseLine(
                id=name,
                item=Reference(item, f"#{item}"),
                quantity=quantity(ordered),
                delivered=quantity(received[0] if received else None),
            )
        )
    bills = tuple(Ancestor(DocumentKind.BILL.value, each) for each in into.split())
    return PurchaseOrder(id=id, lines=tuple(made), made_into=bills)


def seen(order: PurchaseOrder) -> OrderSeen:
    return OrderSeen(kind=PO, at=NOW, body=msgspec.Raw(encode(order)))


def bill(*lines: str) -> Bill:
    """``"s1 a 4"``: line s1 of the source, linked to line a of the order, over four."""
    made = []
    for text in lines:
        source, line, number = text.split()
        link = OrderLink("PO", line) if line != "-" else None
        made.append(BillLine(id=source, quantity=quantity(number), link=link))
    return Bill(id="", lines=tuple(made))


ORDER = LandedOrder(pairing=5, kind=PO, id="PO", lines={"s1": "a", "s2": "b"})
SENT = SentOrder(pairing=5, lines=("a",))
LANDED = Landing(
    id="B", kind=DocumentKind.BILL, lines=(PairedLine("s1", "t1", "4", "a"),)
).as_pairing("f")
BEFORE = purchase("a GEAR 10 2")


class TestBefore:
    def test_an_order_as_a_translation_sees_it(self) -> None:
        """Lines that are no longer on the order are not known."""
        there = order_there(ORDER, seen(purchase("a GEAR 10")))

        assert there.lines == {"s1": "a"}
        assert isinstance(there.document, PurchaseOrder)

    def test_49_lines_of_an_adopted_order(self) -> None:
        """49: where nobody kept which line is which, lines are matched by item, in order."""
        source = purchase("s1 GEAR 10", "s2 BOLT 5", "s3 GEAR 1")
        adopted = LandedOrder(pairing=5, kind=PO, id="PO", source_kind=PO, source=encode(source))
        there = order_there(adopted, seen(purchase("a BOLT 5", "b GEAR 10", "c GEAR 1")))

        assert there.lines == {"s1": "b", "s2": "a", "s3": "c"}

    def test_an_order_gets_old(self) -> None:
        """What was read too long ago is read again: people bill by hand, too."""
        order = seen(purchase("a GEAR 10"))

        assert order.is_fresh(NOW + ORDER_READ_FOR - timedelta(seconds=1))
        assert not order.is_fresh(NOW + ORDER_READ_FOR)

    def test_what_is_linked(self) -> None:
        """Each line names the line of the order, if any; a document beside its order none."""
        sent = linked_to(bill("s1 a 4", "s2 - 1", "s3 b 5"), ORDER)

        assert sent == SentOrder(pairing=5, lines=("a", None, "b"))
        assert linked_to(bill("s1 - 4"), ORDER) is None

    def test_a_landing_remembers_its_order(self) -> None:
        """The pairing names the order's pairing and lines; the link is still to be proved."""
        lines = (PairedLine("s1", "t1", "4"),)
        landing = linked(Landing(id="B", kind=DocumentKind.BILL, lines=lines), SENT)

        assert (landing.fulfils, landing.is_linked) == (5, False)
        assert landing.lines == (PairedLine("s1", "t1", "4", "a"),)


class TestProof:
    @pytest.mark.parametrize(
        "after, is_proved",
        [
            (purchase("a GEAR 10 6", into="B"), True),
            # Somebody else received two more meanwhile.
            (purchase("a GEAR 10 8", into="B C"), True),
            # Our bill is not among those that were made from it.
            (purchase("a GEAR 10 6", into="C"), False),
            (purchase("a GEAR 10 6"), False),
            # It is, but this line's link was dropped, or only part of it counted.
            (purchase("a GEAR 10 2", into="B"), False),
            (purchase("a GEAR 10 5", into="B"), False),
            (purchase("b GEAR 10 6", into="B"), False),
        ],
    )
    def test_50_the_order_proves_it(self, after: PurchaseOrder, *, is_proved: bool) -> None:
        """50: only the order tells: it names the bill, and shows as much more as was sent."""
        assert proves(after, LANDED, BEFORE) is is_proved

    def test_nobody_kept_how_it_was(self) -> None:
        """Where it is not known what was delivered before, as much as was sent has to be."""
        assert proves(purchase("a GEAR 10 4", into="B"), LANDED, None)
        assert not proves(purchase("a GEAR 10 3", into="B"), LANDED, None)

    def test_an_order_that_tells_no_quantity_delivered(self) -> None:
        """Silence is no answer: the bill that the order names is not taken out for it."""
        assert proves(purchase("a GEAR 10", "b BOLT 5", into="B"), LANDED, BEFORE)
        assert not proves(purchase("a GEAR 10", into="C"), LANDED, BEFORE)
        # It tells of another line, so this one's link was dropped.
        assert not proves(purchase("a GEAR 10", "b BOLT 5 1", into="B"), LANDED, BEFORE)


def test_an_order_that_is_gone_proves_nothing() -> None:
    """QuickBooks keeps an order that something is linked to: of one that is gone, nothing was."""
    entered = msgspec.structs.replace(LANDED, id=9, fulfils=5, is_linked=False)
    source = order("SO-1 ACME", "4 BOLT")
    moving = transfer(1, State.CONFIRMING, write=Write.CREATE, sent_fingerprint=fingerprint(source))
    at = standpoint(source, pairing=entered)
    asked = Asked(
        wire_id="1",
        kind=Kind.FIND,
        subject=PO,
        dependants=(1,),
        sent=Sent(orders=((1, "PO"),)),
    )

    result = settle(
        [asked],
        {"1": Done(page=Page())},
        {1: Waiting(transfer=moving, at=at)},
        NOW,
        target="QuickBooks",
    )
    assert result.linked == ((9, False),)
    assert [each.state for each in result.transfers] == [State.CHANGED]
