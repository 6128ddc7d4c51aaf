"""The settings of the flows of orders and goods to the books: one record for each."""

from __future__ import annotations

from typing import Annotated

from ._choices import (
    CancelledWay,
    ChangePolicy,
    CreationDate,
    FieldsOn,
    FlowMode,
    PurchaseOrderBecomes,
    ReceiptBecomes,
    ReceiptMoment,
    ReleaseMoment,
    SalesOrderBecomes,
    ShipDate,
    ShipmentMoment,
    ToDos,
    WrittenBack,
)
from ._choices_of_lines import (
    OrderMissing,
    OverDelivery,
    Prices,
    UnlinkableLines,
)
from ._choices_of_names import (
    CreatedItemType,
    CustomerName,
    DocumentNumber,
    ItemName,
    LineDescription,
    LinkedText,
    VendorName,
)
from ._flow_settings import FlowSettings
from ._flows import SystemName
from ._option import declared
from ._outward_options import (
    AssetAccount,
    BillNumber,
    BooksLocation,
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
    ExpenseAccount,
    FieldForCode,
    IncomeAccount,
    IncomeAccountId,
    InvoiceNumber,
    ItemNameField,
    LinesOutsideOrder,
    LineTaxCode,
    LinksToOrder,
    LooksBack,
    MakesToDos,
    MarksErrors,
    MoreThanOpen,
    NamesCustomer,
    NamesItem,
    NamesVendor,
    NewItemType,
    NumberPrefix,
    OnlyVendors,
    OrderedWhen,
    OrderNumber,
    PayablesAccount,
    PaymentTerms,
    PurchaseOrderNumber,
    ReleasedWhen,
    ResultAddress,
    SalesTaxItem,
    SavesFields,
    SendsPrices,
    ShippedOn,
    StartDate,
    StockedSince,
    TakesErrors,
    TextOfLinkedLines,
    ToDoActionType,
    ToDoResource,
    UsesTaxes,
    WholeOnce,
    WithoutOrder,
    WritesNumberBack,
)

__all__ = [
    "PurchaseOrderOut",
    "ReceiptOut",
    "SalesOrderOut",
    "ShipmentOut",
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
    becomes: Annotated[
        SalesOrderBecomes,
        declared(
            "Becomes",
            "What a sales order becomes in the books.",
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = SalesOrderBecomes.ORDER
    moment: ReleasedWhen = ReleaseMoment.APPROVED
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    cancelled_way: CancelledOrders = CancelledWay.CLOSE
    close_when_closed: ClosesShort = False
    document_number: OrderNumber = DocumentNumber.BOOKS
    number_prefix: NumberPrefix = None
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
    expense_account: ExpenseAccount = None
    cogs_account: CogsAccount = None
    asset_account: AssetAccount = None
    stocked_since: StockedSince = None
    send_prices: SendsPrices = Prices.ORDER
    sales_tax_item: SalesTaxItem = None
    tax_code: LineTaxCode = None
    use_taxes: UsesTaxes = None
    payment_terms: PaymentTerms = None
    location: BooksLocation = None
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
    becomes: Annotated[
        PurchaseOrderBecomes,
        declared(
            "Becomes",
            "What a purchase order becomes in the books. An order and what is received of it "
            "never both make a bill.",
            rule="OP1",
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = PurchaseOrderBecomes.PURCHASE_ORDER
    payables_account: PayablesAccount = None
    moment: OrderedWhen = ReleaseMoment.APPROVED
    only_vendors: OnlyVendors = ()
    look_back_days: LooksBack = None
    take_error_marked: TakesErrors = False
    start_date: StartDate = None
    changes: Changes = ChangePolicy.ON_REQUEST
    cancellations: Cancellations = ChangePolicy.ON_REQUEST
    cancelled_way: CancelledOrders = CancelledWay.CLOSE
    close_when_closed: ClosesShort = False
    document_number: PurchaseOrderNumber = DocumentNumber.BOOKS
    number_prefix: NumberPrefix = None
    check_number_is_free: ChecksPurchaseNumber = True
    write_number_back: WritesNumberBack = True
    written_back: Annotated[
        WrittenBack,
        declared(
            "What is written back of a bill",
            "QuickBooks gives bills no number of its own, and an order whose External P.O. Number "
            "stays blank looks as if it had not been transferred.",
            rule="OP3",
            only_when=("becomes", PurchaseOrderBecomes.BILL),
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = WrittenBack.NUMBER
    mark_errors: MarksErrors = False
    to_dos: MakesToDos = ToDos.OFF
    to_do_action_type: ToDoActionType = None
    to_do_resource: ToDoResource = None
    result_address: ResultAddress = None
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
    customer_on_lines: Annotated[
        bool,
        declared(
            "The customer on every line",
            "Whom the order is for stands on each of its lines that names nobody else.",
            rule="S13",
            only_when=("carry_details", True),
            only_with=SystemName.QUICKBOOKS_ONLINE,
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
    unknown_item_stops_all: Annotated[
        bool,
        declared(
            "An unknown item stops the run",
            "As Autotask's own app does: once an order stops over an item that the books lack, "
            "the others wait until it is settled. Off: only that order stops.",
            rule="OP11",
            advanced=True,
            only_when=("create_missing_items", False),
            only_with=SystemName.QUICKBOOKS_ONLINE,
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
    expense_account: ExpenseAccount = None
    cogs_account: CogsAccount = None
    asset_account: AssetAccount = None
    stocked_since: StockedSince = None
    send_prices: SendsPrices = Prices.ORDER
    tax_code: LineTaxCode = None
    use_taxes: UsesTaxes = None
    payment_terms: PaymentTerms = None
    location: BooksLocation = None
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
        declared(
            "Becomes",
            "What a receiving becomes in the books. QuickBooks Online has bills only.",
            only_with=SystemName.QUICKBOOKS_DESKTOP,
        ),
    ] = ReceiptBecomes.BILL
    payables_account: PayablesAccount = None
    link_to_order: LinksToOrder = True
    order_missing: WithoutOrder = OrderMissing.UNLINKED
    over_delivery: MoreThanOpen = OverDelivery.REFUSE
    lines_outside_order: LinesOutsideOrder = UnlinkableLines.REFUSE
    linked_text: TextOfLinkedLines = LinkedText.LEAVE_OUT
    whole_once: WholeOnce = False
    document_number: BillNumber = DocumentNumber.BOOKS
    number_prefix: NumberPrefix = None
    check_number_is_free: ChecksBillNumber = True
    vendor_name: NamesVendor = VendorName.CODE_OR_NAME
    create_missing_vendors: CreatesVendors = False
    creation_date: CreatedOn = CreationDate.EMPTY
    line_description: DescribesLines = LineDescription.EMPTY
    item_name: NamesItem = ItemName.PRODUCT_CODE
    item_name_field: ItemNameField = None
    send_prices: SendsPrices = Prices.ORDER
    tax_code: LineTaxCode = None
    use_taxes: UsesTaxes = None
    payment_terms: PaymentTerms = None
    location: BooksLocation = None
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
            only_with=SystemName.QUICKBOOKS_DESKTOP,
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
    number_prefix: NumberPrefix = None
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
    use_taxes: UsesTaxes = None
    payment_terms: PaymentTerms = None
    location: BooksLocation = None
    save_custom_fields: SavesFields = False
    save_entity_code_to: FieldForCode = None
    custom_fields: CopiedFields = ()
