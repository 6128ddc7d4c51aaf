"""The values that picklists offer.

The ids differ between tenants, except for those the service itself gives; a client has to
read them.  Purchase order statuses and company types are as one weak source each has them,
all others are numbered in the order in which the reference lists their labels.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["API_LICENCE", "PICKLISTS", "VENDOR", "Choice", "OrderStatus"]

VENDOR = 7
"""The company type of vendors."""

API_LICENCE = 7
"""The licence type of API users, to whom nothing can be assigned."""


class OrderStatus(IntEnum):
    """How far a purchase order has come."""

    NEW = 1
    SUBMITTED = 2
    RECEIVED_PARTIAL = 3
    RECEIVED_FULL = 4
    CANCELED = 5


Choice = tuple[int | str, str]
"""A value and its label."""


def _numbered(*labels: str, start: int = 1) -> tuple[Choice, ...]:
    return tuple(enumerate(labels, start))


PICKLISTS: dict[str, tuple[Choice, ...]] = {
    "ActionView": _numbered("None", "Calendar", "To Do", "Both", start=0),
    "BillingCodeType": _numbered("Normal", "System", "Non-Billable", start=0),
    "BillingCodeUse": _numbered(
        "General Allocation Code",
        "Expense Code",
        "Internal Allocation Code",
        "Material Cost Code",
        "Recurring Contract Service Code",
        "Milestone Code",
        "Product Code",
    ),
    "BillingItemType": _numbered(
        "Labor",
        "Project Cost",
        "Ticket Cost",
        "Expense",
        "Subscription",
        "Setup Fee",
        "Recurring Services",
        "Recurring Services Adjustment",
        "Recurring Service Bundle",
        "Recurring Service Bundle Adjustment",
        "Milestone",
        "Contract Block",
        "Contract Retainer",
        "Contract Cost",
        "Contract Incident",
    ),
    "ChargeStatus": _numbered(
        "Pending", "Need To Order/Fulfill", "On Order", "Ready To Deliver", "Delivered", "Canceled"
    ),
    "ChargeType": _numbered("Operational", "Capitalized"),
    "CompanyType": (
        (1, "Customer"),
        (2, "Lead"),
        (3, "Prospect"),
        (4, "Dead"),
        (6, "Cancellation"),
        (VENDOR, "Vendor"),
        (8, "Partner"),
    ),
    "CostSource": _numbered("Average Cost", "Last Received Cost", "Product Catalog", "Manual"),
    "DescriptionSource": _numbered("Product (Catalog)", "Quote Item", "Charge"),
    "ExpenseCategory": _numbered("Mileage", "Entertainment Expense", "Lodging", "Parts"),
    "ExpensePayment": _numbered(
        "Company Check",
        "Visa",
        "Master Card",
        "American Express",
        "Cash",
        "Personal Check",
        "Other",
        "Company Credit Card",
    ),
    "ExpenseReportStatus": _numbered(
        "In Progress",
        "Awaiting Approval",
        "Approved for Payment",
        "Rejected",
        "Paid",
        "Transferred to QuickBooks",
    ),
    "InvoiceMethod": _numbered("None", "Print", "Email", "Print and Email", start=0),
    "LedgerAccount": _numbered("Sales of Goods", "Service Income", "Travel Expense"),
    "LicenseType": (
        (1, "Professional"),
        (2, "Team Member"),
        (3, "Dashboard User"),
        (API_LICENCE, "API User (system) (API-only)"),
    ),
    "PayrollType": _numbered("Salary", "Hourly", "Contractor", "Salary Non Exempt"),
    "Period": _numbered("One-Time", "Monthly", "Quarterly", "Yearly"),
    "ProductBilling": _numbered("Standard", "Recurring"),
    "ProjectStatus": _numbered("New", "In Progress", "Waiting", "Complete"),
    "ProjectType": _numbered("Proposal", "Template", "Internal", "Client"),
    "PurchaseOrderStatus": tuple(
        (status.value, status.name.replace("_", " ").title()) for status in OrderStatus
    ),
    "ResourceType": (("Employee", "Employee"), ("Contractor", "Contractor")),
    "StockStatus": _numbered("Available", "Reserved", "Picked", "Delivered", "Removed"),
    "TicketPriority": _numbered("High", "Medium", "Low"),
    "TicketStatus": (
        (1, "New"),
        (5, "Complete"),
        (8, "In Progress"),
    ),
    "TimeEntryType": _numbered("ITServiceRequest", "ProjectTask", "Activity", "TravelTime"),
    "UdfDataType": _numbered("String", "Date", "List", "Numeric"),
    "UdfOwner": (
        (1, "Account"),
        (2, "Contact"),
        (3, "Installed Product"),
        (4, "Product"),
        (5, "Ticket"),
        (6, "Project"),
    ),
}
