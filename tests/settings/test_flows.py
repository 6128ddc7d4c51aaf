"""The table of flows."""

from __future__ import annotations

import pytest

from counterfoil.documents import DocumentKind
from counterfoil.settings import FLOWS, Direction, FlowName, SystemName, flows_between

FUSION, AUTOTASK = SystemName.FUSION_OPERATIONS, SystemName.AUTOTASK
DESKTOP, ONLINE = SystemName.QUICKBOOKS_DESKTOP, SystemName.QUICKBOOKS_ONLINE


class TestFlows:
    def test_every_name_has_a_row(self) -> None:
        """Each flow name stands in the table once, in the order of the names."""
        assert list(FLOWS) == list(FlowName)
        assert all(flow.name is name for name, flow in FLOWS.items())

    def test_built_is_what_is_carried_out(self) -> None:
        """Every flow is between Fusion Operations and either books; Autotask has three."""
        built = {
            (flow.name, pairing.operations, pairing.books)
            for flow in FLOWS.values()
            for pairing in flow.pairings
            if not pairing.planned
        }
        assert built == {
            *((name, FUSION, DESKTOP) for name in FlowName if name != "bill-in"),
            *((name, FUSION, ONLINE) for name in FlowName if name != "sales-order-in"),
            *(
                (name, AUTOTASK, books)
                for name in (
                    FlowName.PURCHASE_ORDER_OUT,
                    FlowName.RECEIPT_OUT,
                    FlowName.STOCK_COUNT_OUT,
                )
                for books in (DESKTOP, ONLINE)
            ),
        }

    def test_a_flow_has_the_title_its_users_know(self) -> None:
        """What Autotask's users call otherwise has a title of their own, for them alone."""
        receipts = FLOWS[FlowName.RECEIPT_OUT]

        assert receipts.title_with(FUSION) == receipts.title_with(None) == receipts.title
        assert receipts.title_with(AUTOTASK) == "Received items to QuickBooks"

    def test_flow_2_only_stock_counts_are_never_automatic(self) -> None:
        """FLOW-2, STOCK-6: only the stock count is left to people."""
        manual = [flow.name for flow in FLOWS.values() if not flow.may_be_automatic]
        assert manual == [FlowName.STOCK_COUNT_OUT]

    @pytest.mark.parametrize(
        "name, source, target",
        [
            ("sales-order-out", "sales-order", "sales-order"),
            ("purchase-order-out", "purchase-order", "purchase-order"),
            ("receipt-out", "receipt", "bill"),
            ("shipment-out", "shipment", "invoice"),
            ("work-entry-out", "work-entry", "work-entry"),
            ("stock-count-out", "stock-count", "stock-count"),
            ("sales-order-in", "sales-order", "sales-order"),
            ("purchase-order-in", "purchase-order", "purchase-order"),
            ("invoice-in", "invoice", "sales-order"),
            ("estimate-in", "estimate", "sales-order"),
            ("bill-in", "bill", "purchase-order"),
        ],
    )
    def test_says_what_becomes_of_what(self, name: str, source: str, target: str) -> None:
        """Section 4.2: source, target and direction of each flow."""
        flow = FLOWS[FlowName(name)]
        assert (flow.source, flow.target) == (DocumentKind(source), DocumentKind(target))
        assert (flow.direction is Direction.TO_BOOKS) == name.endswith("-out")

    @pytest.mark.parametrize(
        "flow, system, kinds",
        [
            ("sales-order-out", DESKTOP, "sales-order"),
            ("sales-order-out", ONLINE, "estimate invoice sales-receipt"),
            ("purchase-order-out", DESKTOP, "purchase-order"),
            ("purchase-order-out", ONLINE, "purchase-order bill"),
            ("receipt-out", DESKTOP, "bill item-receipt"),
            ("receipt-out", ONLINE, "bill"),
            ("bill-in", FUSION, "purchase-order"),
            ("bill-in", ONLINE, ""),
        ],
    )
    def test_says_what_becomes_of_it_where(self, flow: str, system: SystemName, kinds: str) -> None:
        """QuickBooks Online has neither sales orders nor item receipts; others stand for them."""
        found = FLOWS[FlowName(flow)].targets_at(system)
        assert found == tuple(DocumentKind(kind) for kind in kinds.split())

    def test_systems_have_names_for_people(self) -> None:
        """Each system has the name its maker gives it."""
        assert [system.words for system in SystemName] == [
            "Fusion Operations",
            "Autotask",
            "QuickBooks Desktop",
            "QuickBooks Online",
        ]

    def test_c4_autotasks_time_goes_nowhere_yet(self) -> None:
        """C3, C4: orders, receipts and stock go to either books; Autotask's time is planned."""
        for books in (DESKTOP, ONLINE):
            built = [flow.name for flow in FLOWS.values() if flow.is_built(AUTOTASK, books)]
            assert built == [
                FlowName.PURCHASE_ORDER_OUT,
                FlowName.RECEIPT_OUT,
                FlowName.STOCK_COUNT_OUT,
            ]
            planned = FLOWS[FlowName.WORK_ENTRY_OUT].pairing(AUTOTASK, books)
            assert planned is not None
            assert planned.planned

    def test_lists_flows_between_two_systems(self) -> None:
        """All but bills stand between Fusion Operations and the Desktop; Autotask has fewer."""
        assert [flow.name for flow in flows_between(FUSION, DESKTOP)] == list(FlowName)[:-1]
        assert {flow.name for flow in flows_between(AUTOTASK, DESKTOP)} == {
            FlowName.PURCHASE_ORDER_OUT,
            FlowName.RECEIPT_OUT,
            FlowName.WORK_ENTRY_OUT,
            FlowName.STOCK_COUNT_OUT,
        }
        assert flows_between(DESKTOP, FUSION) == []
        assert not FLOWS[FlowName.SALES_ORDER_OUT].is_built(AUTOTASK, DESKTOP)
