"""The settings of the flows to the books: one record for each."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from ._choices import (
    CancelledWay,
    ChangePolicy,
    CreatedItemType,
    CreationDate,
    CustomerName,
    DocumentNumber,
    FieldsOn,
    FlowMode,
    ItemName,
    LineDescription,
    LinkedText,
    OrderMissing,
    OverDelivery,
    Prices,
    ReceiptBecomes,
    ReceiptMoment,
    ReceivedGoods,
    ReleaseMoment,
    ShipDate,
    ShipmentMoment,
    UnlinkableLines,
    VendorName,
    Weekday,
    WorkCustomer,
    WorkMoment,
    WorkText,
)
from ._flow_settings import FlowSettings
from ._flows import SystemName
from ._option import OptionType, declared
from ._outward_options import (
    AssetAccount,
    BillNumber,
    Cancellations,
    CancelledOrders,
    CarriesDetails,
    Changes,
    ChecksBillNumber,
    ChecksInvoiceNumber,
    ChecksOrderNumber,
    ChecksPurchaseNumber,
    ClosesShort,
    CogsAccount,
    CopiedFields,
    CreatedOn,
    CreatesVendors,
    CustomersOfChannels,
    DescribesLines,
    FieldForCode,
    IncomeAccount,
    IncomeAccountId,
    InvoiceNumber,
    ItemNameField,
    LinesOutsideOrder,
    LineTaxCode,
    LinksToOrder,
    MoreThanOpen,
    NamesCustomer,
    NamesItem,
    NamesVendor,
    NewItemType,
    OnlyVendors,
    OrderedWhen,
    OrderNumber,
    PurchaseOrderNumber,
    ReleasedWhen,
    SalesTaxItem,
    SavesFields,
    SendsPrices,
    ShippedOn,
    StartDate,
    TextOfLinkedLines,
    WholeOnce,
    WithoutOrder,
    WritesNumberBack,
)

__all__ = [
    "PurchaseOrderOut",
    "ReceiptOut",
    "SalesOrderOut",
    "ShipmentOut",
    "StockCountOut",
    "WorkEntryOut",
]


class SalesOrderOut(FlowSettings, frozen=True, kw_only=True):
    """Sales orders that go to the books."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send sales orders",
            "Whether sales orders go to the books, and who starts it.",
            rule="FLOW-1",
        ),
    ] = FlowMode.MANUAL
    moment: ReleasedWhen = ReleaseMoment.APPROVED
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    cancelled_way: CancelledOrders = CancelledWay.CLOSE
    close_when_closed: ClosesShort = False
    document_number: OrderNumber = DocumentNumber.BOOKS
    check_number_is_free: ChecksOrderNumber = True
    customer_name: NamesCustomer = CustomerName.CLIENT_CODE
    channel_customers: CustomersOfChannels = ()
    create_missing_customers: Annotated[
        bool,
        declared(
            "Create missing customers",
            "A customer that the books lack is created there. Off: the order stops and says "
            "which name was looked up. The vendor's own integration "
            "never creates customers.",
        ),
    ] = False
    creation_date: CreatedOn = CreationDate.EMPTY
    ship_date: ShippedOn = ShipDate.EMPTY
    line_description: DescribesLines = LineDescription.EMPTY
    item_name: NamesItem = ItemName.PRODUCT_CODE
    item_name_field: ItemNameField = None
    create_missing_items: Annotated[
        bool,
        declared(
            "Create missing items",
            "A product that the books lack is created there as an item. The vendor's own "
            "integration does so for purchase orders only; here sales orders may, too.",
            rule="DOC-1",
        ),
    ] = False
    item_type: NewItemType = CreatedItemType.NON_INVENTORY
    income_account_id: IncomeAccountId = None
    income_account: IncomeAccount = None
    cogs_account: CogsAccount = None
    asset_account: AssetAccount = None
    send_prices: SendsPrices = Prices.ORDER
    sales_tax_item: SalesTaxItem = None
    tax_code: LineTaxCode = None
    save_custom_fields: SavesFields = False
    save_entity_code_to: FieldForCode = None
    custom_fields: CopiedFields = ()


class PurchaseOrderOut(FlowSettings, frozen=True, kw_only=True):
    """Purchase orders that go to the books."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send purchase orders",
            "Whether purchase orders go to the books, and who starts it.",
            rule="FLOW-1",
        ),
    ] = FlowMode.MANUAL
    moment: OrderedWhen = ReleaseMoment.APPROVED
    only_vendors: OnlyVendors = ()
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    cancelled_way: CancelledOrders = CancelledWay.CLOSE
    close_when_closed: ClosesShort = False
    document_number: PurchaseOrderNumber = DocumentNumber.BOOKS
    check_number_is_free: ChecksPurchaseNumber = True
    write_number_back: WritesNumberBack = True
    vendor_name: NamesVendor = VendorName.CODE_OR_NAME
    create_missing_vendors: CreatesVendors = False
    carry_details: CarriesDetails = False
    create_missing_customers: Annotated[
        bool,
        declared(
            "Create missing customers",
            "A customer for whom something is bought and whom the books lack is created there. "
            "Off: the order stops and says which name was looked up.",
            only_when=("carry_details", True),
        ),
    ] = False
    creation_date: CreatedOn = CreationDate.EMPTY
    expected_date: Annotated[
        bool,
        declared(
            "Expected date",
            "The earliest day on which goods of the order are due is its expected date in the "
            "books.",
            rule="DOC-6",
        ),
    ] = True
    line_description: DescribesLines = LineDescription.EMPTY
    item_name: NamesItem = ItemName.PRODUCT_CODE
    item_name_field: ItemNameField = None
    create_missing_items: Annotated[
        bool,
        declared(
            "Create missing items",
            "A product that the books lack is created there as an item, posted to the income "
            "account. Off: the order stops and names the product.",
            rule="DOC-1",
        ),
    ] = False
    item_type: NewItemType = CreatedItemType.NON_INVENTORY
    only_stocked_items: Annotated[
        bool,
        declared(
            "Only items that are stocked",
            "A product whose name is that of an item of another type, such as a non-inventory "
            "part, stops the order before it is sent, until somebody says what is meant.",
            rule="P5",
            advanced=True,
        ),
    ] = False
    income_account_id: IncomeAccountId = None
    income_account: IncomeAccount = None
    cogs_account: CogsAccount = None
    asset_account: AssetAccount = None
    send_prices: SendsPrices = Prices.ORDER
    tax_code: LineTaxCode = None
    save_custom_fields: SavesFields = False
    save_entity_code_to: FieldForCode = None
    custom_fields: CopiedFields = ()


class ReceiptOut(FlowSettings, frozen=True, kw_only=True):
    """Receivings that go to the books as bills or item receipts."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send receivings",
            "Whether receivings go to the books, and who starts it.",
            rule="FLOW-1",
        ),
    ] = FlowMode.MANUAL
    moment: Annotated[
        ReceiptMoment,
        declared("Send from", "The moment from which a receiving goes.", rule="FLOW-1"),
    ] = ReceiptMoment.RECEIVED
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    becomes: Annotated[
        ReceiptBecomes,
        declared("Becomes", "What a receiving becomes in the books."),
    ] = ReceiptBecomes.BILL
    link_to_order: LinksToOrder = True
    order_missing: WithoutOrder = OrderMissing.UNLINKED
    over_delivery: MoreThanOpen = OverDelivery.REFUSE
    lines_outside_order: LinesOutsideOrder = UnlinkableLines.REFUSE
    linked_text: TextOfLinkedLines = LinkedText.LEAVE_OUT
    whole_once: WholeOnce = False
    document_number: BillNumber = DocumentNumber.BOOKS
    check_number_is_free: ChecksBillNumber = True
    vendor_name: NamesVendor = VendorName.CODE_OR_NAME
    create_missing_vendors: CreatesVendors = False
    creation_date: CreatedOn = CreationDate.EMPTY
    line_description: DescribesLines = LineDescription.EMPTY
    item_name: NamesItem = ItemName.PRODUCT_CODE
    item_name_field: ItemNameField = None
    send_prices: SendsPrices = Prices.ORDER
    tax_code: LineTaxCode = None
    save_custom_fields: Annotated[
        bool,
        declared(
            "Save Fusion Operations Entity Code to Quickbooks Custom Field",
            "Custom fields of the receiving go along. QuickBooks' bills have no custom fields of "
            "their own; “Custom fields go to” says where they stand instead.",
            rule="DOC-9",
            advanced=True,
            only_with=SystemName.FUSION_OPERATIONS,
        ),
    ] = False
    save_entity_code_to: FieldForCode = None
    custom_fields: CopiedFields = ()
    custom_fields_on: Annotated[
        FieldsOn,
        declared(
            "Custom fields go to",
            "Where the custom fields of a receiving stand in the books.",
            rule="DOC-9",
            advanced=True,
            only_when=("save_custom_fields", True),
        ),
    ] = FieldsOn.MEMO


class ShipmentOut(FlowSettings, frozen=True, kw_only=True):
    """Shippings that go to the books as invoices."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send shippings",
            "Whether shippings go to the books, and who starts it.",
            rule="FLOW-1",
        ),
    ] = FlowMode.MANUAL
    moment: Annotated[
        ShipmentMoment,
        declared("Send from", "The moment from which a shipping goes.", rule="FLOW-1"),
    ] = ShipmentMoment.SHIPPED
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    link_to_order: LinksToOrder = True
    order_missing: WithoutOrder = OrderMissing.UNLINKED
    over_delivery: MoreThanOpen = OverDelivery.REFUSE
    lines_outside_order: LinesOutsideOrder = UnlinkableLines.REFUSE
    linked_text: TextOfLinkedLines = LinkedText.LEAVE_OUT
    whole_once: WholeOnce = False
    document_number: InvoiceNumber = DocumentNumber.BOOKS
    check_number_is_free: ChecksInvoiceNumber = True
    customer_name: NamesCustomer = CustomerName.CLIENT_CODE
    channel_customers: CustomersOfChannels = ()
    creation_date: CreatedOn = CreationDate.EMPTY
    ship_date: ShippedOn = ShipDate.EMPTY
    line_description: DescribesLines = LineDescription.EMPTY
    item_name: NamesItem = ItemName.PRODUCT_CODE
    item_name_field: ItemNameField = None
    send_prices: SendsPrices = Prices.ORDER
    sales_tax_item: SalesTaxItem = None
    tax_code: LineTaxCode = None
    save_custom_fields: SavesFields = False
    save_entity_code_to: FieldForCode = None
    custom_fields: CopiedFields = ()


class WorkEntryOut(FlowSettings, frozen=True, kw_only=True):
    """Time worked that goes to the books as timesheet entries."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send timesheet entries",
            "Whether time worked goes to the books, and who starts it.",
            rule="FLOW-1",
        ),
    ] = FlowMode.MANUAL
    moment: Annotated[
        WorkMoment,
        declared("Send from", "The moment from which time worked goes.", rule="FLOW-1"),
    ] = WorkMoment.COMPLETED
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    customer_job: Annotated[
        WorkText,
        declared(
            "Customer:Job",
            "Which text of the work record names the customer or job in the books.",
            rule="TIME-1",
            advanced=True,
        ),
    ] = WorkText.ORDER_CODE
    customer_reading: Annotated[
        WorkCustomer,
        declared(
            "Customer:Job, looked up as",
            "Whether the chosen text is looked up alone, or only where the production order's "
            "client is not found.",
            rule="TIME-1",
            advanced=True,
        ),
    ] = WorkCustomer.CLIENT_FIRST
    service_item: Annotated[
        WorkText | None,
        declared(
            "Service item",
            "Which text of the work record names the service item in the books. Empty: none is "
            "sent.",
            rule="TIME-2",
            advanced=True,
        ),
    ] = WorkText.OPERATION
    payroll_item: Annotated[
        WorkText | None,
        declared(
            "Payroll item",
            "Which text of the work record names the payroll wage item in the books. Empty: none "
            "is sent. QuickBooks takes one only for employees whose “use time data to create "
            "paychecks” is on.",
            rule="TIME-3",
            advanced=True,
        ),
    ] = None
    create_missing_employees: Annotated[
        bool,
        declared(
            "Create missing employee",
            "An employee that the books lack is created there with the worker's name. Off: the "
            "entry stops and says which name was looked up.",
            rule="TIME-4",
            advanced=True,
        ),
    ] = False
    create_missing_customers: Annotated[
        bool,
        declared(
            "Create missing customer job",
            "A customer or job that the books lack is created there, under the text chosen for "
            "Customer:Job; where that text is empty, under the client's code. Off: the entry "
            "stops and says which name was looked up.",
            rule="TIME-5",
            advanced=True,
        ),
    ] = False
    is_billable: Annotated[
        bool,
        declared(
            "Set “Billable” to true when submitting time entries",
            "Entries are marked to be invoiced to the customer. QuickBooks wants a customer and "
            "a service item for that.",
            rule="TIME-6",
            advanced=True,
        ),
    ] = False


class StockCountOut(FlowSettings, frozen=True, kw_only=True):
    """Stock that goes to the books as inventory adjustments, by hand (FLOW-2) or at a set time."""

    mode: Annotated[
        FlowMode,
        declared(
            "Send inventory",
            "Whether stock can be sent to the books. Only people start it.",
            rule="FLOW-2",
        ),
    ] = FlowMode.MANUAL
    adjustment_account: Annotated[
        str | None,
        declared(
            "Adjustment Account",
            "Full name of the account on which the difference is booked; asked again at the "
            "moment of sending. Without one nothing can be sent.",
            rule="STOCK-1",
            type=OptionType.ACCOUNT,
            lengths=(159,),
        ),
    ] = None
    adjustment_memo: Annotated[
        str | None,
        declared(
            "Adjustment Memo",
            "What stands in the memo of the adjustment; asked again at the moment of sending.",
            rule="STOCK-2",
        ),
    ] = None
    only_tagged: Annotated[
        bool,
        declared(
            "Only sync products marked with the Quickbooks tag",
            "Products that do not bear the tag are left out.",
            rule="STOCK-3",
            only_with=SystemName.FUSION_OPERATIONS,
        ),
    ] = False
    tag: Annotated[
        str,
        declared(
            "Tag",
            "The tag of the products that are sent; capital and small letters are alike.",
            rule="STOCK-11",
            advanced=True,
            only_when=("only_tagged", True),
        ),
    ] = "Quickbooks"
    match_field: Annotated[
        str | None,
        declared(
            "Custom field to match quickbooks item",
            "The product's custom field that holds the item's full name. Empty: the product "
            "code is the item's full name. A product without the field is left out; the code is "
            "not tried instead.",
            rule="STOCK-4",
            type=OptionType.FIELD,
        ),
    ] = None
    create_missing_items: Annotated[
        bool,
        declared(
            "Create missing items",
            "A product in stock that the books lack is created there, as purchase orders create "
            "items. Off: it is skipped.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = False
    received: Annotated[
        ReceivedGoods,
        declared(
            "Received against a transferred order",
            "How products are counted whose receipts go to the books by themselves.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = ReceivedGoods.AS_COUNTED
    resync_first: Annotated[
        bool,
        declared(
            "Send what needs resync first",
            "Orders and receipts that changed after their transfer are sent again before stock is "
            "compared. Off: they are only named.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = False
    daily_at: Annotated[
        time | None,
        declared(
            "Synchronize at",
            "Time of day, in the company's zone, at which stock is sent by itself. Empty: only "
            "when somebody sends it.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = None
    weekday: Annotated[
        Weekday | None,
        declared(
            "Synchronize on",
            "The day of the week on which stock is sent by itself. Empty: every day.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = None
