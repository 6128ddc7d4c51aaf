"""The settings of a link: typed records whose fields *are* the declaration.

A field's annotation holds everything that forms, command line, API and reference show
about it (see ``_option``).  To add an option, add a field; to open a flow, add a record
and a field of ``Settings`` named like the flow.

``None`` and the empty list mean *not set*.  Records are trusted: what comes from outside
goes through ``parse_assignments``, ``apply_values`` or ``import_document``, which check.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec

from counterfoil.documents import RecordKind

from ._choices import (
    Leading,
)
from ._choices_of_lines import (
    ExcessDecimals,
    ForeignCurrency,
    SeveralCurrencies,
)
from ._choices_of_names import (
    LongNames,
    UnholdableCharacters,
)
from ._flow_settings import FlowSettings
from ._flows import FlowName, SystemName
from ._inward import BillIn, EstimateIn, InvoiceIn, PurchaseOrderIn, SalesOrderIn
from ._option import Naming, OptionType, SiteOfLocation, declared
from ._outward import PurchaseOrderOut, ReceiptOut, SalesOrderOut, ShipmentOut
from ._outward_inside import StockCountOut, WorkEntryOut

__all__ = [
    "GeneralSettings",
    "Settings",
    "Unreadable",
]


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
    several_currencies: Annotated[
        SeveralCurrencies,
        declared(
            "Several currencies in operations",
            "Whether the operations system deals in more than one currency. If it does and "
            "QuickBooks does not, nothing is sent; if both do, the currencies have to agree.",
            rule="OP6",
            advanced=True,
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = SeveralCurrencies.AS_SEEN
    foreign_currency: Annotated[
        ForeignCurrency,
        declared(
            "Foreign customers and vendors",
            "What happens to a document without a currency of its own whose customer or vendor "
            "has a foreign one in QuickBooks.",
            rule="OP7",
            advanced=True,
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = ForeignCurrency.AT_PAR
    unholdable_characters: Annotated[
        UnholdableCharacters,
        declared(
            "Characters the books cannot keep",
            "QuickBooks Desktop keeps Western European characters only. This says what happens "
            "to a document that has others, such as Greek letters or emoji.",
            rule="3.6",
            only_with=SystemName.QUICKBOOKS_DESKTOP,
        ),
    ] = UnholdableCharacters.REFUSE
    excess_decimals: Annotated[
        ExcessDecimals,
        declared(
            "More decimals than can be kept",
            "QuickBooks keeps five decimals of a quantity and of a price. This says what "
            "happens to a document that has more, or whose units cannot be converted exactly.",
            rule="7.4",
        ),
    ] = ExcessDecimals.REFUSE
    long_item_names: Annotated[
        LongNames,
        declared(
            "Product names longer than item names",
            "QuickBooks Desktop keeps 31 characters of an item's name, QuickBooks Online 100. This "
            "says what happens to a product with a longer one that has no item yet.",
            rule="M16",
        ),
    ] = LongNames.REFUSE
    tilde_levels: Annotated[
        bool,
        declared(
            "“~” makes sub-items and jobs",
            "A “~” in the name of a product, vendor or customer separates levels: “Cables~Cat 6” "
            "is the item “Cat 6” below “Cables”. The upper one is created, too, if it is missing.",
            rule="M14",
            advanced=True,
        ),
    ] = False
    leading: Annotated[
        Leading,
        declared(
            "Which system leads",
            "Where orders are made and stock is kept; the flows that this excludes are off.",
            only_with=SystemName.AUTOTASK,
        ),
    ] = Leading.OPERATIONS
    inventory_sites: Annotated[
        tuple[SiteOfLocation, ...],
        declared(
            "Inventory sites",
            "Where QuickBooks keeps stock at several sites (Advanced Inventory): which site each "
            "inventory location of Autotask is. Stock is counted, ordered and received by site; "
            "what lies at a location that is not named here is told and left alone. Several "
            "locations may be one site.",
            rule="K27",
            lengths=(50, 31),
            count_max=200,
            only_with=SystemName.AUTOTASK,
            only_books=SystemName.QUICKBOOKS_DESKTOP,
            names=(
                Naming(RecordKind.INVENTORY_SITE, is_of_books=False),
                Naming(RecordKind.INVENTORY_SITE),
            ),
        ),
    ] = ()
    window_start: Annotated[
        time | None,
        declared(
            "Synchronization Interval Start Time",
            "From this time of day on, automatic retrieval may start. Leave both times empty "
            "for the whole day; an end before the start means past midnight.",
            rule="FLOW-5",
        ),
    ] = None
    window_end: Annotated[
        time | None,
        declared(
            "Synchronization Interval End Time",
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
            "A document that changes where it was entered is written again by itself only after "
            "it has "
            "not changed for so long, so that an order under edit is not written at every save. "
            "One that keeps changing waits an hour at most.",
            advanced=True,
            minimum=0,
            maximum=60,
            unit="minutes",
        ),
    ] = 5
    charges_sales_tax: Annotated[
        bool,
        declared(
            "The books charge sales tax",
            "US books with sales tax switched on: QuickBooks invoices no sales order that has no "
            "sales tax item, so such a document stops before it is sent.",
            advanced=True,
            only_with=SystemName.QUICKBOOKS_DESKTOP,
        ),
    ] = False
    send_outside_us: Annotated[
        bool,
        declared(
            "Send to books outside the United States",
            "Canadian and UK books: documents are sent, with tax codes in place of sales tax "
            "items (QuickBooks Online: those of “Use Taxes”). Off: only retrieval works there.",
            rule="FLOW-9",
            advanced=True,
        ),
    ] = False


class Unreadable(msgspec.Struct, frozen=True):
    """A stored value this version cannot read, kept as it was: ``value`` is JSON text."""

    key: str
    value: str


# Asked for a dozen times per document.
_SECTIONS: Final = {name: name.replace("-", "_") for name in FlowName}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one link at one version; ``Settings()`` is all defaults.

    Attributes:
        unreadable: What a newer version stored and this one does not know, in order of
            the keys; written back unchanged, never lost.
    """

    general: GeneralSettings = GeneralSettings()
    sales_order_out: SalesOrderOut = SalesOrderOut()
    purchase_order_out: PurchaseOrderOut = PurchaseOrderOut()
    receipt_out: ReceiptOut = ReceiptOut()
    shipment_out: ShipmentOut = ShipmentOut()
    work_entry_out: WorkEntryOut = WorkEntryOut()
    stock_count_out: StockCountOut = StockCountOut()
    sales_order_in: SalesOrderIn = SalesOrderIn()
    purchase_order_in: PurchaseOrderIn = PurchaseOrderIn()
    invoice_in: InvoiceIn = InvoiceIn()
    estimate_in: EstimateIn = EstimateIn()
    bill_in: BillIn = BillIn()
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
        section = getattr(self, _SECTIONS[name], None)
        return section if isinstance(section, FlowSettings) else None

    def value(self, key: str) -> Any:
        """Give one value by its outside key, such as ``general.time_zone``.

        Raises:
            AttributeError: No such key.
        """
        section, _, name = key.partition(".")
        return getattr(getattr(self, section.replace("-", "_")), name)
