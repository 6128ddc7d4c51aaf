"""The settings of a link: typed records whose fields *are* the declaration.

A field's annotation holds everything that forms, command line, API and reference show
about it (see ``_option``).  To add an option, add a field; to open a flow, add a record
and a field of ``Settings`` named like the flow.

``None`` and the empty list mean *not set*.  Records are trusted: what comes from outside
goes through ``parse_assignments``, ``apply_values`` or ``import_document``, which check.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from ._choices import (
    CancelledWay,
    ChangePolicy,
    CreatedItemType,
    CreationDate,
    CustomerName,
    DocumentNumber,
    ExcessDecimals,
    FlowMode,
    InvoicedPart,
    ItemName,
    LineDescription,
    NegativeLines,
    NumberTaken,
    Prices,
    ProductName,
    ShipDate,
    UnholdableCharacters,
)
from ._flows import FlowName
from ._option import ChannelCustomer, FieldPair, OptionType, declared

__all__ = [
    "FlowSettings",
    "GeneralSettings",
    "SalesOrderIn",
    "SalesOrderOut",
    "Settings",
    "Unreadable",
]

# QuickBooks' own limits: DataExtName, AccountRef/FullName, CustomerRef/FullName.
_BOOKS_FIELD_NAME_LENGTH_MAX = 31
_ACCOUNT_LENGTH_MAX = 159
_CUSTOMER_LENGTH_MAX = 209


class GeneralSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the whole link."""

    time_zone: Annotated[
        str,
        declared(
            "Time zone",
            "The company's time zone. It decides which calendar day a document bears and when "
            "the daily hours begin and end.",
            type=OptionType.TIME_ZONE,
        ),
    ] = "UTC"
    home_currency: Annotated[
        str | None,
        declared(
            "Home currency",
            "Three letters, such as USD: the currency the books are kept in. Leave it empty "
            "for books that know only one.",
            type=OptionType.CURRENCY,
            advanced=True,
        ),
    ] = None
    unholdable_characters: Annotated[
        UnholdableCharacters,
        declared(
            "Characters the books cannot keep",
            "QuickBooks Desktop keeps Western European characters only. This says what happens "
            "to a document that has others, such as Greek letters or emoji.",
            rule="3.6",
        ),
    ] = UnholdableCharacters.REFUSE
    excess_decimals: Annotated[
        ExcessDecimals,
        declared(
            "More decimals than can be kept",
            "QuickBooks Desktop keeps five decimals of a quantity and of a price. This says what "
            "happens to a document that has more, or whose units cannot be converted exactly.",
            rule="7.4",
        ),
    ] = ExcessDecimals.REFUSE
    window_start: Annotated[
        time | None,
        declared(
            "Daily hours: from",
            "From this time of day on, automatic retrieval may start. Leave both times empty "
            "for the whole day; an end before the start means past midnight.",
            rule="FLOW-5",
        ),
    ] = None
    window_end: Annotated[
        time | None,
        declared(
            "Daily hours: until",
            "From this time of day on, automatic retrieval no longer starts.",
            rule="FLOW-5",
        ),
    ] = None
    retrieval_interval_minutes: Annotated[
        int,
        declared(
            "Retrieve every",
            "How long after the start of one automatic retrieval the next one starts.",
            rule="FLOW-3",
            advanced=True,
            minimum=5,
            maximum=1440,
            unit="minutes",
        ),
    ] = 30
    quiet_minutes: Annotated[
        int,
        declared(
            "Changes have settled after",
            "A document that changes at its source is written again by itself only after it has "
            "not changed for so long, so that an order under edit is not written at every save. "
            "One that keeps changing waits an hour at most.",
            advanced=True,
            minimum=0,
            maximum=60,
            unit="minutes",
        ),
    ] = 5


class FlowSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every flow has; each flow says in its own words what it means there."""

    mode: Annotated[
        FlowMode,
        declared("When", "Whether the flow runs, and who starts it.", rule="FLOW-1"),
    ] = FlowMode.MANUAL
    start_date: Annotated[
        date | None,
        declared("Start date", "Older documents are left out; empty: none is too old."),
    ] = None
    changes: Annotated[
        ChangePolicy,
        declared(
            "When a document changes",
            "What happens when a document changes at its source after it was sent.",
        ),
    ] = ChangePolicy.REPORT
    cancellations: Annotated[
        ChangePolicy,
        declared(
            "When a document is cancelled",
            "What happens when a document is cancelled or deleted at its source after it was sent.",
        ),
    ] = ChangePolicy.REPORT


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
    start_date: Annotated[
        date | None,
        declared(
            "Start date",
            "Orders entered before this day are left out. A new link starts from its start date, "
            "and says what that leaves out, so that it does not send what the books already have. "
            "Empty: no order is too old.",
        ),
    ] = None
    changes: Annotated[
        ChangePolicy,
        declared(
            "When an order changes",
            "What happens when an order changes at its source after it was sent: the sales order "
            "in the books is changed, too, or the change is only shown. Nobody's own change in "
            "the books is ever written over without being asked.",
        ),
    ] = ChangePolicy.ON_REQUEST
    cancellations: Annotated[
        ChangePolicy,
        declared(
            "When an order is cancelled",
            "What happens when an order is cancelled or deleted at its source after it was sent: "
            "the sales order in the books goes the same way, or it is only shown.",
        ),
    ] = ChangePolicy.ON_REQUEST
    cancelled_way: Annotated[
        CancelledWay,
        declared(
            "Sales orders of cancelled orders",
            "What becomes of the sales order in the books. QuickBooks cannot void sales orders.",
            only_when=("cancellations", (ChangePolicy.ON_REQUEST, ChangePolicy.AUTOMATIC)),
        ),
    ] = CancelledWay.CLOSE
    document_number: Annotated[
        DocumentNumber,
        declared(
            "Document number",
            "Which number the sales order bears in the books. An order code that is too long "
            "stops the order; it is never cut.",
            rule="DOC-3",
        ),
    ] = DocumentNumber.BOOKS
    check_number_is_free: Annotated[
        bool,
        declared(
            "Refuse a number that is taken",
            "Look first whether the books already have a sales order with this number.",
            rule="DOC-3",
            advanced=True,
            only_when=("document_number", DocumentNumber.ORDER_CODE),
        ),
    ] = True
    customer_name: Annotated[
        CustomerName,
        declared(
            "Customer name",
            "Which text of the order names the customer in the books. It must be the customer's "
            "full name there; capital and small letters are alike.",
            rule="DOC-4",
        ),
    ] = CustomerName.CLIENT_CODE
    channel_customers: Annotated[
        tuple[ChannelCustomer, ...],
        declared(
            "Customers of marketplaces",
            "For each marketplace, the full name of the customer that its orders are booked on.",
            rule="DOC-4",
            only_when=("customer_name", CustomerName.CHANNEL_CUSTOMER),
            required=True,
            lengths=(None, _CUSTOMER_LENGTH_MAX),
            count_max=100,
        ),
    ] = ()
    create_missing_customers: Annotated[
        bool,
        declared(
            "Create missing customers",
            "A customer that the books lack is created there. Off: the order stops and says "
            "which name was looked up. The vendor's own integration "
            "never creates customers.",
        ),
    ] = False
    creation_date: Annotated[
        CreationDate,
        declared("Creation date", "Which day the sales order bears in the books.", rule="DOC-5"),
    ] = CreationDate.EMPTY
    ship_date: Annotated[
        ShipDate,
        declared("Ship date", "Which ship date the sales order bears in the books.", rule="DOC-6"),
    ] = ShipDate.EMPTY
    line_description: Annotated[
        LineDescription,
        declared(
            "Line description",
            "What stands in the description of each line. Where the chosen text is empty, "
            "QuickBooks writes the item's own.",
            rule="DOC-2",
        ),
    ] = LineDescription.EMPTY
    item_name: Annotated[
        ItemName,
        declared(
            "Item name",
            "Which text of a product names the item in the books. It must be the item's full "
            "name there.",
            advanced=True,
        ),
    ] = ItemName.PRODUCT_CODE
    item_name_field: Annotated[
        str | None,
        declared(
            "Field with the item name",
            "The product's custom field that holds the item's full name. A product without it "
            "stops the order; the code is not tried instead.",
            type=OptionType.FIELD,
            advanced=True,
            only_when=("item_name", ItemName.CUSTOM_FIELD),
            required=True,
        ),
    ] = None
    create_missing_items: Annotated[
        bool,
        declared(
            "Create missing items",
            "A product that the books lack is created there as an item. The vendor's own "
            "integration does so for purchase orders only; here sales orders may, too.",
            rule="DOC-1",
        ),
    ] = False
    item_type: Annotated[
        CreatedItemType,
        declared(
            "Type of new items",
            "What kind of item is created. QuickBooks does not let it be changed freely later.",
            rule="DOC-1",
            only_when=("create_missing_items", True),
        ),
    ] = CreatedItemType.NON_INVENTORY
    income_account: Annotated[
        str | None,
        declared(
            "Income account",
            "Full name of the account on which sales of new items are booked.",
            rule="DOC-1",
            type=OptionType.ACCOUNT,
            only_when=("create_missing_items", True),
            required=True,
            lengths=(_ACCOUNT_LENGTH_MAX,),
        ),
    ] = None
    cogs_account: Annotated[
        str | None,
        declared(
            "Cost of goods sold account",
            "Full name of the account on which the cost of sold stock is booked.",
            rule="DOC-1",
            type=OptionType.ACCOUNT,
            only_when=("item_type", CreatedItemType.INVENTORY),
            required=True,
            lengths=(_ACCOUNT_LENGTH_MAX,),
        ),
    ] = None
    asset_account: Annotated[
        str | None,
        declared(
            "Inventory asset account",
            "Full name of the account that holds the value of the stock.",
            rule="DOC-1",
            type=OptionType.ACCOUNT,
            only_when=("item_type", CreatedItemType.INVENTORY),
            required=True,
            lengths=(_ACCOUNT_LENGTH_MAX,),
        ),
    ] = None
    send_prices: Annotated[
        Prices,
        declared("Prices", "Whose prices stand on the lines in the books.", advanced=True),
    ] = Prices.ORDER
    save_custom_fields: Annotated[
        bool,
        declared(
            "Write custom fields",
            "Custom fields of the sales order in the books are filled right after it is created.",
            rule="DOC-9",
            advanced=True,
        ),
    ] = False
    save_entity_code_to: Annotated[
        str | None,
        declared(
            "Field for the order code",
            "The custom field in the books that takes the order's code; empty: none does. "
            "Capital and small letters differ.",
            rule="DOC-9",
            type=OptionType.FIELD,
            advanced=True,
            only_when=("save_custom_fields", True),
            lengths=(_BOOKS_FIELD_NAME_LENGTH_MAX,),
        ),
    ] = None
    custom_fields: Annotated[
        tuple[FieldPair, ...],
        declared(
            "Custom fields",
            "Up to three pairs: a custom field of the order, and the custom field in the books "
            "that takes its value. Capital and small letters differ.",
            rule="DOC-9",
            advanced=True,
            only_when=("save_custom_fields", True),
            lengths=(None, _BOOKS_FIELD_NAME_LENGTH_MAX),
            count_max=3,
        ),
    ] = ()

    def customer_of_channel(self, channel: str) -> str | None:
        """Give the customer of a sales channel; ``None``: the table does not name it.

        Capital and small letters are alike, as they are in QuickBooks' names.
        """
        wanted = channel.strip().casefold()
        return next(
            (row.customer for row in self.channel_customers if row.channel.casefold() == wanted),
            None,
        )


class SalesOrderIn(FlowSettings, frozen=True, kw_only=True):
    """Sales orders that come from the books."""

    mode: Annotated[
        FlowMode,
        declared(
            "Retrieve sales orders",
            "Whether sales orders come from the books, and who starts it.",
            rule="FLOW-3",
        ),
    ] = FlowMode.MANUAL
    start_date: Annotated[
        date | None,
        declared(
            "Start date",
            "Orders that were neither created nor changed in the books since this day are left "
            "out. A new link starts from its start date, and says what that leaves out. "
            "Empty: none is too old.",
            rule="FLOW-4",
        ),
    ] = None
    changes: Annotated[
        ChangePolicy,
        declared(
            "When an order changes in the books",
            "What happens when a sales order changes in the books after it was retrieved: it is "
            "only shown, or the order that came of it is changed, too, when somebody says so.",
            rule="FLOW-7",
            among=(ChangePolicy.REPORT, ChangePolicy.ON_REQUEST),
        ),
    ] = ChangePolicy.REPORT
    cancellations: Annotated[
        ChangePolicy,
        declared(
            "When an order is cancelled in the books",
            "What happens when a sales order is voided, closed by hand or deleted in the books "
            "after it was retrieved: it is only shown, or the order that came of it is deleted "
            "when somebody says so.",
            among=(ChangePolicy.REPORT, ChangePolicy.ON_REQUEST),
        ),
    ] = ChangePolicy.REPORT
    include_fully_invoiced: Annotated[
        bool,
        declared(
            "Include fully invoiced orders",
            "Orders that are invoiced on every row are retrieved like others. Cancelled ones "
            "never are.",
            rule="FLOW-4",
        ),
    ] = True
    part_invoiced: Annotated[
        InvoicedPart,
        declared(
            "Partly invoiced orders",
            "What is taken of an order that is partly invoiced already, or has lines that were "
            "closed by hand.",
        ),
    ] = InvoicedPart.WHOLE
    negative_lines: Annotated[
        NegativeLines,
        declared(
            "Lines with a negative quantity or none",
            "Returns and corrections stand on orders as negative lines; Fusion Operations takes "
            "only what is to be made.",
        ),
    ] = NegativeLines.REFUSE
    ignore_categories: Annotated[
        bool,
        declared(
            "Ignore category names",
            "Only the last part of an item's name becomes the product code: “Parts:Bolts:M8” "
            "is the product “M8”. Off: the whole name is the code.",
            rule="DOC-8",
        ),
    ] = False
    product_name: Annotated[
        ProductName,
        declared(
            "Name of new products",
            "What a product is called that Fusion Operations does not know yet.",
            rule="DOC-2",
        ),
    ] = ProductName.CODE
    number_taken: Annotated[
        NumberTaken,
        declared(
            "When the order code is taken",
            "What happens when another order already bears the number as its code.",
        ),
    ] = NumberTaken.APPEND
    create_missing_clients: Annotated[
        bool,
        declared(
            "Create missing clients",
            "A customer whose name no client has as its code is created as a client. Off: the "
            "order stops.",
        ),
    ] = True
    create_missing_products: Annotated[
        bool,
        declared(
            "Create missing products",
            "An item that no product has as its code is created as a product. Off: the order "
            "stops.",
            advanced=True,
        ),
    ] = True
    custom_field: Annotated[
        FieldPair | None,
        declared(
            "Custom field",
            "A custom field of the sales order in the books, and the custom field of the order "
            "that takes its value. Capital and small letters differ.",
            rule="DOC-7",
            advanced=True,
            lengths=(_BOOKS_FIELD_NAME_LENGTH_MAX, None),
        ),
    ] = None


class Unreadable(msgspec.Struct, frozen=True):
    """A stored value this version cannot read, kept as it was: ``value`` is JSON text."""

    key: str
    value: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one link at one version; ``Settings()`` is all defaults.

    Attributes:
        unreadable: What a newer version stored and this one does not know, in order of
            the keys; written back unchanged, never lost.
    """

    general: GeneralSettings = GeneralSettings()
    sales_order_out: SalesOrderOut = SalesOrderOut()
    sales_order_in: SalesOrderIn = SalesOrderIn()
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def zone(self) -> tzinfo:
        """The company's time zone."""
        return ZoneInfo(self.general.time_zone)

    def local_date(self, at: datetime) -> date:
        """Give the company's calendar day at a moment (which must bear a zone)."""
        assert at.tzinfo is not None, "a moment without a zone has no local day"
        return at.astimezone(self.zone).date()

    def flow(self, name: FlowName) -> FlowSettings | None:
        """Give a flow's settings; ``None``: this version has none for it."""
        section = getattr(self, name.replace("-", "_"), None)
        return section if isinstance(section, FlowSettings) else None

    def value(self, key: str) -> Any:
        """Give one value by its outside key, such as ``general.time_zone``.

        Raises:
            AttributeError: No such key.
        """
        section, _, name = key.partition(".")
        return getattr(getattr(self, section.replace("-", "_")), name)
