"""What the register says of QuickBooks Desktop, held against what QuickBooks has."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.messages import Writer
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Version,
    allowed_values,
    length_limit,
)
from counterfoil.documents import DocumentKind, RecordKind
from counterfoil.engine.operations import VoidDocument, VoidWay
from counterfoil.hub.systems.quickbooks_desktop import SYSTEM
from counterfoil.hub.systems.quickbooks_desktop_target import NUMBER_LENGTH_MAX

WORDS = {
    DocumentKind.SALES_ORDER: "SalesOrder",
    DocumentKind.PURCHASE_ORDER: "PurchaseOrder",
    DocumentKind.ESTIMATE: "Estimate",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.BILL: "Bill",
    DocumentKind.ITEM_RECEIPT: "ItemReceipt",
    DocumentKind.STOCK_COUNT: "InventoryAdjustment",
    DocumentKind.WORK_ENTRY: "TimeTracking",
}
TRAITS = SYSTEM.traits


class TestTraits:
    @pytest.mark.parametrize("kind", WORDS, ids=str)
    def test_the_ways_out_are_those_of_quickbooks(self, kind: DocumentKind) -> None:
        """What is deleted gives its order back what it took, so that comes first."""
        ways = TRAITS.ways_out[kind]
        can_be_voided = WORDS[kind] in allowed_values("TxnVoid", "TxnVoidType")

        assert WORDS[kind] in allowed_values("TxnDel", "TxnDelType")
        assert ways == (VoidWay.DELETE, VoidWay.VOID)[: 2 if can_be_voided else 1]
        for way in ways:
            void = VoidDocument(id="1", kind=kind, document_id="1-1", how=way)
            assert Writer(Version(13, 0)).check(void) is None

    @pytest.mark.parametrize("kind", NUMBER_LENGTH_MAX, ids=str)
    def test_numbers_are_as_long_as_their_field(self, kind: DocumentKind) -> None:
        """DOC-3: eleven characters, of bills and item receipts twenty; time has no number."""
        assert set(NUMBER_LENGTH_MAX) == set(WORDS) - {DocumentKind.WORK_ENTRY}
        assert NUMBER_LENGTH_MAX[kind] == length_limit(f"{WORDS[kind]}Add", "RefNumber")

    def test_a_count_is_made_anew_and_never_changed(self) -> None:
        """STOCK-7: a figure is true of one moment; all else that is written can be changed."""
        assert set(WORDS) - TRAITS.changes == {DocumentKind.STOCK_COUNT}

    def test_every_list_is_read(self) -> None:
        """Whatever a flow may name is known before it is planned; some only the other books have."""
        online = {RecordKind.PAYMENT_TERM, RecordKind.LOCATION}
        assert set(TRAITS.lists) == set(RecordKind) - online
