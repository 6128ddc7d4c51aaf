"""The settings of the flows of time worked and of stock to the books."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated

from counterfoil.documents import AccountType, RecordKind

from ._choices import (
    ChangePolicy,
    FlowMode,
    Weekday,
    WorkMoment,
)
from ._choices_of_lines import (
    ReceivedGoods,
    StockFallback,
)
from ._choices_of_names import (
    WorkCustomer,
    WorkerList,
    WorkText,
)
from ._flow_settings import FlowSettings
from ._flows import SystemName
from ._option import Naming, OptionType, declared
from ._outward_options import (
    Cancellations,
    Changes,
    StartDate,
)

__all__ = ["StockCountOut", "WorkEntryOut"]


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
    workers: Annotated[
        WorkerList,
        declared(
            "Workers are",
            "In which list of the books the worker is looked up.",
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = WorkerList.EMPLOYEES
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
            only_with=SystemName.QUICKBOOKS_DESKTOP,
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
            "a service item for that; QuickBooks Online wants a rate, too.",
            rule="TIME-6",
            advanced=True,
        ),
    ] = False
    hourly_rate: Annotated[
        Decimal | None,
        declared(
            "Hourly rate",
            "What an hour is invoiced at, in the home currency. QuickBooks Online takes no "
            "billable time without one.",
            advanced=True,
            only_when=("is_billable", True),
            minimum=0,
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = None


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
            names=Naming(
                RecordKind.ACCOUNT, types=(AccountType.COST_OF_GOODS_SOLD, AccountType.EXPENSE)
            ),
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
    fallback: Annotated[
        StockFallback,
        declared(
            "Where no adjustment is taken",
            "QuickBooks Online takes inventory adjustments only from apps of its paid partner "
            "tiers; a company's own app is normally refused.",
            only_with=SystemName.QUICKBOOKS_ONLINE,
        ),
    ] = StockFallback.REFUSE
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
