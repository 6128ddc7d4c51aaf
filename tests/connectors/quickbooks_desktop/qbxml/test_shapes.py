"""The shape tables and their notation."""

from __future__ import annotations

import subprocess
import sys

import pytest

from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import (
    Element,
    UnknownShapeError,
    is_defined,
    record_names,
    request_names,
    shape,
)

EVERY_NAME = (
    *request_names(),
    *record_names(),
    "TxnDelRs",
    "TxnVoidRs",
    "ListDelRs",
    "ListMergeRs",
)

# Section 4 of the protocol notes, by what a request does.
TRANSACTIONS = [
    "Bill", "BuildAssembly", "Estimate", "InventoryAdjustment", "Invoice", "ItemReceipt",
    "PurchaseOrder", "ReceivePayment", "SalesOrder", "TimeTracking",
]  # fmt: skip
LISTS_WITH_MOD = [
    "Account", "Class", "Currency", "Customer", "Employee", "InventorySite", "ItemGroup",
    "ItemInventory", "ItemInventoryAssembly", "ItemNonInventory", "ItemOtherCharge",
    "ItemSalesTax", "ItemService", "OtherName", "PayrollItemWage", "SalesRep", "SalesTaxCode",
    "Vendor",
]  # fmt: skip
LISTS_WITHOUT_MOD = ["ShipMethod", "StandardTerms", "UnitOfMeasureSet"]
QUERIES_ALONE = [
    "Company", "DataExtDef", "Entity", "Host", "Item", "ItemSites", "ListDeleted", "Preferences",
    "Template", "Terms", "Transaction", "TxnDeleted",
]  # fmt: skip


class TestTables:
    @pytest.mark.parametrize("name", EVERY_NAME)
    def test_every_definition_can_be_read(self, name: str) -> None:
        """No definition has a slip of the pen."""
        assert shape(name).block.elements or name == "HostQuery"

    @pytest.mark.parametrize("name", TRANSACTIONS + LISTS_WITH_MOD)
    def test_what_can_be_changed_has_all_four(self, name: str) -> None:
        """Add, Mod, Query and record are there."""
        assert all(is_defined(name + kind) for kind in ("Add", "Mod", "Query", "Ret"))

    @pytest.mark.parametrize("name", LISTS_WITHOUT_MOD)
    def test_what_cannot_be_changed_has_no_mod(self, name: str) -> None:
        """Terms, shipping methods and units of measure can only be added and asked for."""
        assert all(is_defined(name + kind) for kind in ("Add", "Query", "Ret"))
        assert not is_defined(name + "Mod")

    @pytest.mark.parametrize("name", QUERIES_ALONE)
    def test_general_queries_are_there(self, name: str) -> None:
        """What is asked for across types, or about the company, can be asked."""
        assert is_defined(name + "Query")

    def test_an_unknown_name_is_said_to_be_unknown(self) -> None:
        """Asking for a shape nobody defined names it."""
        with pytest.raises(UnknownShapeError, match="LeadAdd"):
            shape("LeadAdd")


class TestFacts:
    """Facts of section 4 and 5 that are easily got wrong, read from the tables."""

    @pytest.mark.parametrize(
        "name, length",
        [
            ("SalesOrderAdd", 11),
            ("PurchaseOrderAdd", 11),
            ("InvoiceAdd", 11),
            ("EstimateAdd", 11),
            ("InventoryAdjustmentAdd", 11),
            ("BuildAssemblyAdd", 11),
            ("BillAdd", 20),
            ("ItemReceiptAdd", 20),
            ("ReceivePaymentAdd", 20),
        ],
    )
    def test_length_of_numbers(self, name: str, length: int) -> None:
        """5.1: sales side and adjustments 11, vendor side and payments 20."""
        assert shape(name).block.elements["RefNumber"].length == length

    @pytest.mark.parametrize("name", ["SalesOrderLineAdd", "InvoiceLineAdd"])
    def test_other_fields_of_lines(self, name: str) -> None:
        """5.1: Other1 and Other2 of a line hold 29 characters."""
        line = shape(name.replace("LineAdd", "Add")).block.elements[name].block
        assert line is not None
        assert line.elements["Other1"].length == line.elements["Other2"].length == 29

    @pytest.mark.parametrize(
        "name, parent_first",
        [
            ("ItemNonInventoryAdd", True),
            ("ItemNonInventoryMod", False),
            ("ItemInventoryAdd", False),
            ("ItemServiceAdd", False),
            ("ItemOtherChargeAdd", False),
            ("ItemInventoryAssemblyAdd", False),
        ],
    )
    def test_the_trap_of_non_inventory_items(self, name: str, parent_first: bool) -> None:
        """4.12: ItemNonInventoryAdd alone has ParentRef before ClassRef."""
        rank = shape(name).block.rank
        assert (rank["ParentRef"] < rank["ClassRef"]) is parent_first

    def test_paging(self) -> None:
        """4.15: orders and items can be paged through, accounts and employees cannot."""
        assert shape("SalesOrderQuery").takes_iterator
        assert shape("ItemQuery").takes_iterator
        assert not shape("AccountQuery").takes_iterator
        assert not shape("EmployeeQuery").takes_iterator
        assert shape("AccountQuery").takes_metadata
        assert not shape("HostQuery").takes_metadata

    def test_what_pays_and_what_is_new(self) -> None:
        """4.1: the sales channel exists only after 14.0; tax-included prices not in the US."""
        elements = shape("SalesOrderAdd").block.elements
        assert not elements["SOChannel"].exists_in(Version(14))
        assert elements["SOChannel"].exists_in(Version(15))
        assert not elements["IsTaxIncluded"].exists_in(Version(16, country="US"))
        assert elements["IsTaxIncluded"].exists_in(Version(16, country="UK"))

    def test_no_voiding_of_orders(self) -> None:
        """4.16: sales orders, purchase orders and estimates can be deleted but not voided."""
        voidable = shape("TxnVoid").block.elements["TxnVoidType"].values
        deletable = shape("TxnDel").block.elements["TxnDelType"].values
        assert {"SalesOrder", "PurchaseOrder", "Estimate"}.isdisjoint(voidable)
        assert {"SalesOrder", "PurchaseOrder", "Estimate"} <= deletable

    def test_references_hold_an_id_or_a_name(self) -> None:
        """4.0: an element named ...Ref holds ListID and FullName, the latter of its length."""
        customer = shape("SalesOrderAdd").block.elements["CustomerRef"]
        assert customer.is_reference
        assert customer.block is not None
        assert list(customer.block.elements) == ["ListID", "FullName"]
        assert customer.block.elements["FullName"].length == 209

    @pytest.mark.parametrize("name", EVERY_NAME)
    def test_every_enumeration_has_values(self, name: str) -> None:
        """An element that is an enumeration says which values it takes."""
        leaves: list[Element] = list(shape(name).block.elements.values())
        assert all(leaf.values for leaf in leaves if leaf.kind == "e")


def test_importing_reads_no_table() -> None:
    """Import stays cheap: neither tables nor what reads package files are touched by it."""
    code = (
        "import sys, counterfoil.connectors.quickbooks_desktop.qbxml as package\n"
        "from counterfoil.connectors.quickbooks_desktop.qbxml import _shapes\n"
        "assert _shapes._library.cache_info().currsize == 0\n"
        "assert 'importlib.resources' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
