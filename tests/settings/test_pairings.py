"""What a link begins with, and what of the settings is for its systems."""

from __future__ import annotations

import pytest

from counterfoil.settings import (
    BOOKS,
    DEFAULTS,
    OPTIONS,
    CreatedItemType,
    PurchaseOrderBecomes,
    ReceiptBecomes,
    SalesOrderBecomes,
    Settings,
    SiteOfLocation,
    SystemName,
    check,
    defaults_of,
    form_fields,
    in_force,
    options_for,
    parse_assignments,
    sections_for,
    with_values,
)

FUSION, AUTOTASK = SystemName.FUSION_OPERATIONS, SystemName.AUTOTASK
DESKTOP, ONLINE = SystemName.QUICKBOOKS_DESKTOP, SystemName.QUICKBOOKS_ONLINE
ORDER, ESTIMATE = SalesOrderBecomes.ORDER, SalesOrderBecomes.ESTIMATE


class TestDefaults:
    @pytest.mark.parametrize("system", [*SystemName, None])
    @pytest.mark.parametrize("books", [*sorted(BOOKS), None])
    def test_a_new_link_has_no_problem(
        self, system: SystemName | None, books: SystemName | None
    ) -> None:
        """What a link begins with fits together, whatever its systems."""
        assert check(defaults_of(system, books)) == []

    def test_m4_m6_p34_autotask_begins_as_its_users_know_it(self) -> None:
        """M4, M6, P34: what is missing is created, items as inventory parts on the accounts."""
        rules = defaults_of(AUTOTASK).purchase_order_out

        assert rules.create_missing_vendors
        assert rules.create_missing_items
        assert rules.create_missing_customers
        assert rules.item_type is CreatedItemType.INVENTORY
        assert (rules.income_account, rules.cogs_account, rules.asset_account) == (
            "Autotask Income from PO",
            "Cost of Goods Sold",
            "Inventory Asset",
        )

    def test_autotask_bills_with_the_vendors_invoice(self) -> None:
        """Goods that came are an item receipt until the vendor's invoice is known."""
        assert defaults_of(AUTOTASK).receipt_out.becomes is ReceiptBecomes.BILL_WITH_INVOICE

    def test_online_begins_with_what_it_has(self) -> None:
        """Books without sales orders begin with estimates; Autotask's items need an account first."""
        assert defaults_of(FUSION, ONLINE).sales_order_out.becomes is SalesOrderBecomes.ESTIMATE
        rules = defaults_of(AUTOTASK, ONLINE).purchase_order_out
        assert rules.becomes is PurchaseOrderBecomes.PURCHASE_ORDER
        assert rules.create_missing_vendors
        assert not rules.create_missing_items
        assert rules.customer_on_lines
        assert defaults_of(AUTOTASK, DESKTOP) == defaults_of(AUTOTASK)

    def test_s11_what_the_original_asks_for_is_there(self) -> None:
        """S11, OP10 to OP12: numbering, payables account, and what becomes of unknown items."""
        keys = {each.key for each in options_for("purchase-order-out", AUTOTASK, ONLINE)}

        names = "mode document_number payables_account create_missing_items expense_account"
        assert {f"purchase-order-out.{name}" for name in names.split()} <= keys
        desktop = {each.key for each in options_for("purchase-order-out", AUTOTASK, DESKTOP)}
        assert "purchase-order-out.payables_account" not in desktop
        assert "purchase-order-out.tax_code" in desktop - keys

    @pytest.mark.parametrize("system", [FUSION, None])
    def test_the_others_begin_with_the_general_ones(self, system: SystemName | None) -> None:
        """A system without defaults of its own begins with those of everybody."""
        assert defaults_of(system) == DEFAULTS


class TestApplies:
    def test_an_option_of_another_system_has_no_effect(self) -> None:
        """What is set and is for another system's links acts as if nobody had set it."""
        stored = parse_assignments(["purchase-order-out.vendor_name=supplier_name"])
        assert isinstance(stored, Settings)

        assert in_force(stored, FUSION) == stored
        assert in_force(stored, AUTOTASK) == DEFAULTS

    def test_an_option_of_other_books_has_no_effect(self) -> None:
        """What is for one kind of books acts in links with that kind alone."""
        stored = parse_assignments(
            ["purchase-order-out.becomes=bill", "receipt-out.mode=off", "receipt-out.becomes=bill"]
        )
        assert isinstance(stored, Settings)

        bill, order = PurchaseOrderBecomes.BILL, PurchaseOrderBecomes.PURCHASE_ORDER
        assert in_force(stored, AUTOTASK, ONLINE).purchase_order_out.becomes is bill
        assert in_force(stored, AUTOTASK, DESKTOP).purchase_order_out.becomes is order
        assert in_force(stored, AUTOTASK).purchase_order_out.becomes is bill

    def test_books_without_sales_orders_take_an_estimate(self) -> None:
        """What the books have for an order is told by the books; the choice is kept as it was."""
        assert in_force(DEFAULTS, FUSION, ONLINE).sales_order_out.becomes is ESTIMATE
        assert in_force(DEFAULTS, FUSION, DESKTOP).sales_order_out.becomes is ORDER
        assert in_force(DEFAULTS, FUSION).sales_order_out.becomes is ORDER

    def test_forms_show_what_is_for_the_link(self) -> None:
        """A form shows the options of its link's system, with that system's defaults."""
        section = "purchase-order-out"
        shown = {each.key: each for each in form_fields(section, DEFAULTS, AUTOTASK)}

        assert f"{section}.vendor_name" not in shown
        assert shown[f"{section}.write_number_back"].only_with is AUTOTASK
        assert shown[f"{section}.create_missing_items"].default is True
        others = {each.key for each in options_for(section, FUSION)}
        assert f"{section}.write_number_back" not in others
        assert {each.key for each in options_for(section, None)} == {
            key for key in OPTIONS if key.startswith(section)
        }

    def test_an_option_may_be_for_one_pairing(self) -> None:
        """Sites are Autotask's with QuickBooks Desktop: no other link has the option, or its value."""
        key = "general.inventory_sites"
        pairs = (SiteOfLocation("Main", "Store"),)
        given = with_values(DEFAULTS, {key: pairs})

        for operations, books, has in (
            (AUTOTASK, DESKTOP, True),
            (AUTOTASK, ONLINE, False),
            (FUSION, DESKTOP, False),
        ):
            shown = {each.key for each in options_for("general", operations, books)}
            acting = in_force(given, operations, books).general.inventory_sites
            assert (key in shown, acting == pairs) == (has, has)

    def test_a_link_has_the_sections_of_its_flows(self) -> None:
        """A link shows the settings of the flows that its two systems can have."""
        assert sections_for(AUTOTASK, DESKTOP) == [
            "general",
            "purchase-order-out",
            "receipt-out",
            "work-entry-out",
            "stock-count-out",
        ]


class TestNames:
    def test_names_are_read_and_written(self) -> None:
        """A list of names is typed with semicolons, and read from JSON as a list."""
        found = parse_assignments(["purchase-order-out.only_vendors= Millco ; Salt & Co;"])

        assert isinstance(found, Settings)
        assert found.purchase_order_out.only_vendors == ("Millco", "Salt & Co")

    @pytest.mark.parametrize("text", ["Millco; MILLCO", "; ".join(map(str, range(101)))])
    def test_a_list_that_cannot_be_is_a_problem(self, text: str) -> None:
        """A name that stands there twice is told, and so is a list that is too long."""
        found = parse_assignments([f"purchase-order-out.only_vendors={text}"])

        assert isinstance(found, list)
        assert found[0].key == "purchase-order-out.only_vendors"
