"""Numbers: which documents of the target stand in the way of one that shall bear one."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import pytest

from counterfoil.documents import Bill, Document, DocumentKind, Reference, encode
from counterfoil.engine.asked import Sent
from counterfoil.engine.confirming import (
    Word,
    confirm_create,
    number_checked,
    other_number_checked,
)
from counterfoil.engine.numbering import Claim, Known, in_the_way, vendor_in
from counterfoil.engine.operations import Page
from tests.support.builders import order

MILLCO = Claim(vendor="V1")
AGAIN = Claim(vendor="V1", repeats=True)


def bill(id_: str, vendor: str | None = "V1") -> Bill:
    """A bill that bears INV-9; ``vendor``: the identity of whose it is."""
    return Bill(id=id_, number="INV-9", vendor=Reference("Whoever", vendor))


HERS, OTHERS, NOBODYS = bill("B1"), bill("B2", "V2"), bill("B3", None)


class TestInTheWay:
    @pytest.mark.parametrize(
        "bearers, claim, written, left",
        [
            ((HERS, OTHERS), MILLCO, (), [HERS]),
            ((HERS, OTHERS), Claim(), (), [HERS, OTHERS]),
            ((NOBODYS,), MILLCO, (), [NOBODYS]),
            ((HERS,), MILLCO, ("B1",), [HERS]),
            ((HERS,), AGAIN, ("B1",), []),
            ((HERS,), AGAIN, (), [HERS]),
            ((OTHERS,), AGAIN, (), []),
        ],
        ids=[
            "another vendor's is none",
            "whose it is is not known",
            "one that names no vendor may be hers",
            "ours, too, where it may not repeat",
            "ours, where it may repeat",
            "by hand, where it may repeat",
            "another vendor's by hand",
        ],
    )
    def test_who_keeps_a_number(
        self,
        bearers: Collection[Document],
        claim: Claim,
        written: Collection[str],
        left: list[Document],
    ) -> None:
        """A bill's number counts within its vendor; it repeats among ours, where it may."""
        assert in_the_way(bearers, claim, Known(written=written)) == left

    def test_only_bills_count_within_their_vendor(self) -> None:
        """Orders are numbered over all vendors."""
        assert vendor_in(DocumentKind.BILL, HERS) == "V1"
        assert vendor_in(DocumentKind.PURCHASE_ORDER, HERS) is None
        assert vendor_in(DocumentKind.BILL, None) is None


class TestLookedUp:
    @pytest.mark.parametrize(
        "written, word", [(("B1",), Word.ABSENT), ((), Word.NUMBER_TAKEN)], ids=["ours", "by hand"]
    )
    def test_before_and_after_a_lost_answer(self, written: tuple[str, ...], word: Word) -> None:
        """What may repeat is free beside ours, and not beside one by hand; so also when asked late."""
        known, page = Known(taken=written, written=written), Page(documents=(HERS,))

        assert number_checked("INV-9", (), None, AGAIN, known, page).word is word
        assert other_number_checked("INV-9", "B7", AGAIN, known, page).word is word
        assert confirm_create("INV-9", (), Sent(claim=AGAIN), known, page).word is word

    def test_what_is_anothers_is_not_the_lost_one(self) -> None:
        """Of two that say the same, the one that belongs to another transfer is not the lost one."""
        there = order("SO-1 ACME", "1 NUT", id="T1")
        sent = Sent(document=msgspec.Raw(encode(there)), kind=DocumentKind.SALES_ORDER)
        page = Page(documents=(there,))

        assert confirm_create("SO-1", (), sent, Known(), page).word is Word.THERE
        taken = Known(taken=("T1",))
        assert confirm_create("SO-1", (), sent, taken, page).word is Word.NUMBER_TAKEN
