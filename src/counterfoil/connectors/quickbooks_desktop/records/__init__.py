"""Between the records of a company file and our own: one module per family of records.

``read_…`` turns a ``…Ret`` into a document or list record, tolerantly: what QuickBooks
added or left out never stops the rest, and a value that cannot be read raises
``UnreadableValue`` and nothing else, of which ``unreadable`` makes a row that people see.
``write_…`` turns ours into the fields of an ``…Add``, ``change_…`` into those of a
``…Mod``; the shape tables know their order.  ``…_problem`` says what the shapes cannot: why
QuickBooks would refuse a record as a whole.

``_parts``    what all of them have in common
``_links``    documents made from others, and lines that fulfil an order's lines
``_orders``   sales orders, purchase orders, estimates
``_billing``  invoices, bills, item receipts
``_work``     time entries
``_stock``    inventory adjustments
``_lists``    lists; ``_parties`` and ``_items`` hold those that are written, too

Source: reference sections 4.1 to 4.13, and their corrections.
"""

from ._billing import (
    bill_problem,
    change_bill,
    change_invoice,
    change_item_receipt,
    invoice_problem,
    invoice_total,
    read_bill,
    read_invoice,
    read_item_receipt,
    receipt_problem,
    write_bill,
    write_invoice,
    write_item_receipt,
)
from ._items import CREATED_ITEMS, ITEM_TYPES, write_item
from ._links import change_problem
from ._lists import CHANGED_TABLES, read_bare, read_record, table_of
from ._orders import (
    NEW_LINE,
    change_estimate,
    change_purchase_order,
    change_sales_order,
    read_estimate,
    read_purchase_order,
    read_sales_order,
    write_estimate,
    write_purchase_order,
    write_sales_order,
)
from ._parties import (
    EMPLOYEE_ELEMENTS,
    employee_problem,
    write_customer,
    write_employee,
    write_vendor,
)
from ._parts import PUBLIC, money_in
from ._stock import (
    SITE_ELEMENTS,
    STOCK_ELEMENTS,
    change_stock_count,
    count_problem,
    read_stock_at,
    read_stock_count,
    write_stock_count,
)
from ._unreadable import unreadable
from ._work import change_work_entry, read_work_entry, write_work_entry

__all__ = [
    "CHANGED_TABLES",
    "CREATED_ITEMS",
    "EMPLOYEE_ELEMENTS",
    "ITEM_TYPES",
    "NEW_LINE",
    "PUBLIC",
    "SITE_ELEMENTS",
    "STOCK_ELEMENTS",
    "bill_problem",
    "change_bill",
    "change_estimate",
    "change_invoice",
    "change_item_receipt",
    "change_problem",
    "change_purchase_order",
    "change_sales_order",
    "change_stock_count",
    "change_work_entry",
    "count_problem",
    "employee_problem",
    "invoice_problem",
    "invoice_total",
    "money_in",
    "read_bare",
    "read_bill",
    "read_estimate",
    "read_invoice",
    "read_item_receipt",
    "read_purchase_order",
    "read_record",
    "read_sales_order",
    "read_stock_at",
    "read_stock_count",
    "read_work_entry",
    "receipt_problem",
    "table_of",
    "unreadable",
    "write_bill",
    "write_customer",
    "write_employee",
    "write_estimate",
    "write_invoice",
    "write_item",
    "write_item_receipt",
    "write_purchase_order",
    "write_sales_order",
    "write_stock_count",
    "write_vendor",
    "write_work_entry",
]
