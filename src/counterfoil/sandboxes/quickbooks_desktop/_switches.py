"""Behaviour of QuickBooks that nobody has confirmed, each behind a switch.

One row per fact marked U in the reference, with the default stated there.  A
company keeps its switches; a test that must not depend on a guess runs under
both values.  Nothing else in this package decides an unconfirmed matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Switches:
    """What this company file does where the real one is not known."""

    number_when_absent: bool = field(
        default=True,
        metadata={
            "source": "7.1 RefNumber omitted",
            "meaning": "An Add without RefNumber takes the next number of its type",
        },
    )
    number_when_empty: bool = field(
        default=False,
        metadata={
            "source": "7.1 RefNumber omitted",
            "meaning": "An Add with an empty RefNumber takes the next number too",
        },
    )
    bills_numbered: bool = field(
        default=False,
        metadata={
            "source": "7.1 RefNumber omitted",
            "meaning": "Bills and item receipts without RefNumber are numbered as well",
        },
    )
    linking_touches_order: bool = field(
        default=True,
        metadata={
            "source": "7.1 What bumps TimeModified",
            "meaning": "Invoicing or receiving an order, or paying an invoice, changes its "
            "TimeModified",
        },
    )
    data_ext_touches_record: bool = field(
        default=True,
        metadata={
            "source": "7.1 What bumps TimeModified",
            "meaning": "Writing a custom field changes its record's TimeModified",
        },
    )
    rename_touches_children: bool = field(
        default=False,
        metadata={
            "source": "5.2 Renaming or re-parenting",
            "meaning": "Renaming a parent changes its children's TimeModified",
        },
    )
    inactive_reference_refused: bool = field(
        default=True,
        metadata={
            "source": "7.2 IsActive",
            "meaning": "A transaction that names an inactive record is refused with 3140",
        },
    )
    names_trimmed: bool = field(
        default=True,
        metadata={
            "source": "5.2 Comparison ignores case",
            "meaning": "Blanks around a name are dropped when it is stored or compared",
        },
    )
    inactive_names_block: bool = field(
        default=True,
        metadata={
            "source": "5.2 Uniqueness is per parent",
            "meaning": "The name of an inactive record cannot be used again",
        },
    )
    control_characters_in_names: bool = field(
        default=False,
        metadata={
            "source": "5.2 Tabs/line breaks",
            "meaning": "Names may hold tabs and line breaks; otherwise 3090",
        },
    )
    levels_max: int = field(
        default=5,
        metadata={
            "source": "4.11 jobs up to 5 levels",
            "meaning": "How deep a list may nest; one more level is refused with 3130",
        },
    )
    parent_missing_status: int = field(
        default=3130,
        metadata={
            "source": "7.8 step 3",
            "meaning": "Status when ParentRef names nothing (3130 or 3140)",
        },
    )
    unit_without_set_refused: bool = field(
        default=True,
        metadata={
            "source": "4.1 UnitOfMeasure, unconfirmed for items without a set",
            "meaning": "A line's unit for an item without units is refused with 3140, else kept",
        },
    )
    posting_account_missing_status: int = field(
        default=3270,
        metadata={
            "source": "7.6 Required for ItemInventory",
            "meaning": "Status when an item lacks an account it must post to",
        },
    )
    class_tracking_off_refuses: bool = field(
        default=True,
        metadata={
            "source": "7.7 Class tracking",
            "meaning": "ClassRef with class tracking off is refused with 3250, else ignored",
        },
    )
    sales_tax_off_refuses: bool = field(
        default=False,
        metadata={
            "source": "7.4 Sales tax off",
            "meaning": "Tax elements with sales tax off are refused with 3250, else ignored",
        },
    )
    continue_with_filters_refused: bool = field(
        default=True,
        metadata={
            "source": "3.4 Iterators, quirk 13",
            "meaning": "Filters repeated with iterator Continue are refused with 3120",
        },
    )
    iterators_open_max: int = field(
        default=20,
        metadata={
            "source": "3.4 status 3390",
            "meaning": "How many iterators one session may hold open",
        },
    )
    ids_always_returned: bool = field(
        default=False,
        metadata={
            "source": "3.4 IncludeRetElement",
            "meaning": "IDs come back even when IncludeRetElement does not list them",
        },
    )
    return_count_always: bool = field(
        default=False,
        metadata={
            "source": "7.8 step 6",
            "meaning": "Query answers carry retCount even when metaData does not ask for it",
        },
    )
    message_sets_kept: int = field(
        default=1,
        metadata={
            "source": "3.3 rule 5",
            "meaning": "How many message sets are remembered per application",
        },
    )
    set_answers_kept: str = field(
        default="last",
        metadata={
            "source": "3.3 rule 2, field case of a file that keeps no answers",
            "meaning": "Whether answers of message sets are kept: last (so many as "
            "message_sets_kept says) or none, so that asking for one is always 9002 and a set "
            "that is sent again is carried out again",
        },
    )
    marks_returned: bool = field(
        default=True,
        metadata={
            "source": "3.3 second line of defence; field case D7 of a file that returns no marks",
            "meaning": "Answers and queries show ExternalGUID; it is taken and kept in any case",
        },
    )
    more_than_ordered_allowed: bool = field(
        default=True,
        metadata={
            "source": "7.5 Invoiced/received more than ordered",
            "meaning": "A follower may take more than the order holds, else 3210",
        },
    )
    foreign_order_status: int = field(
        default=3210,
        metadata={
            "source": "7.5 Link to another customer's order",
            "meaning": "Status when a follower links to another customer's or vendor's order, or "
            "a payment to another customer's invoice",
        },
    )
    link_rules_status: int = field(
        default=3210,
        metadata={
            "source": "corrections 1 rows 5 and 11, 2; no number is told",
            "meaning": "Status when a link breaks a rule: an order linked whole and by line, "
            "linked lines out of order or mixed, a quantity of nothing, a sales order without "
            "sales tax item",
        },
    )
    order_line_linked_twice: bool = field(
        default=False,
        metadata={
            "source": "corrections 1 row 5, which tells of one line for each line of the order",
            "meaning": "Two lines of one document may take from the same line of an order",
        },
    )
    beside_bill_link: str = field(
        default="refused",
        metadata={
            "source": "corrections 1 row 3, LIVE",
            "meaning": "What anything but Quantity and Amount beside the link of a bill's or item "
            "receipt's line does: refused (3153), or unlinked, the line is entered and its link "
            "dropped without a word; a sales tax code is 3210 either way",
        },
    )
    beside_invoice_link: str = field(
        default="anything",
        metadata={
            "source": "corrections 1 row 3, NS and SETUP",
            "meaning": "What the link of an invoice's line tolerates beside it: anything but the "
            "item, quantity-and-amount, or nothing; else 3153",
        },
    )
    links_kept: bool = field(
        default=True,
        metadata={
            "source": "corrections 1 row 4 and 6 D4, LIVE",
            "meaning": "Links are made; else each is dropped without a word, the lines are entered "
            "and the answer looks as always",
        },
    )
    changed_bill_line: str = field(
        default="unlinked",
        metadata={
            "source": "corrections 1 row 6 and 6 L4, GUIDE",
            "meaning": "What a Mod does to a linked line of a bill or item receipt that it "
            "changes: unlinked, the order gets back what was taken, or counted anew on the order",
        },
    )
    changed_invoice_line: str = field(
        default="counted",
        metadata={
            "source": "corrections 6 L4; the vendor tells of bills and receipts only",
            "meaning": "What a Mod does to a linked line of an invoice that it changes: counted "
            "anew on the order, or unlinked",
        },
    )
    order_cut_below_taken_allowed: bool = field(
        default=False,
        metadata={
            "source": "corrections 6 L10",
            "meaning": "A Mod may cut a line of an order below what was taken from it, or drop it "
            "(what had taken it is then unlinked), else 3210",
        },
    )
    invoiced_order_closable: bool = field(
        default=True,
        metadata={
            "source": "corrections 2 IsManuallyClosed; the vendor tells of received lines only",
            "meaning": "A fully invoiced sales order or line can be closed by hand; a fully "
            "received purchase order or line never can (3210)",
        },
    )
    sales_order_tax_item_defaulted: bool = field(
        default=True,
        metadata={
            "source": "7.2 defaults of a sales form; corrections 1 row 11 for sales orders",
            "meaning": "A sales order without sales tax item takes the customer's or the "
            "company's; else it has none, and cannot be invoiced before one is set",
        },
    )
    expense_account_required: bool = field(
        default=True,
        metadata={
            "source": "corrections 6 L11",
            "meaning": "An expense line without account is refused with 3150",
        },
    )
    total_negative_allowed: bool = field(
        default=False,
        metadata={
            "source": "corrections 6 L11",
            "meaning": "A bill or an invoice may come to less than nothing, else 3210",
        },
    )
    parent_deletable: bool = field(
        default=False,
        metadata={
            "source": "7.2 ListDel",
            "meaning": "A list record with children can be deleted; they move to the top",
        },
    )
    rounding: str = field(
        default="ROUND_HALF_UP",
        metadata={
            "source": "7.4 Line arithmetic",
            "meaning": "How amounts become cents: ROUND_HALF_UP or ROUND_HALF_EVEN",
        },
    )
    order_with_links_deletable: bool = field(
        default=False,
        metadata={
            "source": "7.5 Delete of an order with links",
            "meaning": "Deleting an order that was invoiced or received unlinks it, else 3160",
        },
    )
    closed_order_link_severity: str = field(
        default="Error",
        metadata={
            "source": "7.5 Link to a closed order",
            "meaning": "Severity of 570; Error refuses the transaction, Warn books it unlinked",
        },
    )
    list_delete_in_multi_user: str = field(
        default="inactive",
        metadata={
            "source": "7.2 ListDel",
            "meaning": "In multi-user mode ListDel answers OK and makes the record inactive",
        },
    )
    header_custom_fields_in_multi_user: bool = field(
        default=True,
        metadata={
            "source": "4.13, quirk 25",
            "meaning": "Custom fields can be written in multi-user mode, else 3180",
        },
    )
    void_memo_prefix: str = field(
        default="VOID:",
        metadata={"source": "7.5 TxnVoid", "meaning": "What a void writes before the memo"},
    )
    payroll_item_status: int = field(
        default=3210,
        metadata={
            "source": "corrections 1.10: refused, number open",
            "meaning": "Status when a payroll item stands on time of anybody but an employee "
            "whose time data makes the paychecks",
        },
    )
    unusual_durations_taken: bool = field(
        default=False,
        metadata={
            "source": "corrections 6 L12, open",
            "meaning": "Time entries may last nothing, less than nothing or more than a day, "
            "else 3035",
        },
    )
    billed_time_added: bool = field(
        default=False,
        metadata={
            "source": "corrections 6 L12, open",
            "meaning": "A time entry may be added as HasBeenBilled, else 3210; a Mod always may",
        },
    )
    adjusts_in_multi_user: str = field(
        default="never",
        metadata={
            "source": "corrections 1.12; 7.7 lists it for Enterprise",
            "meaning": "Which editions adjust inventory in multi-user mode: never or Enterprise",
        },
    )
    adjustment_in_multi_user_status: int = field(
        default=3162,
        metadata={
            "source": "corrections 8, section 6 of the reference (unconfirmed)",
            "meaning": "Status of an inventory adjustment in multi-user mode",
        },
    )
    adjustment_refused_status: int = field(
        default=3210,
        metadata={
            "source": "corrections 6 L13",
            "meaning": "Status when an adjustment names an item twice or changes nothing of it",
        },
    )
    nameless_account_status: int = field(
        default=3180,
        metadata={
            "source": "corrections 6 L13",
            "meaning": "Status when a receivable or payable account is posted to without a name",
        },
    )
    vendor_fields_on_purchase_orders: bool = field(
        default=False,
        metadata={
            "source": "corrections 1.9, open",
            "meaning": "Public custom fields of vendors can be written on purchase orders",
        },
    )
    public_fields_of_names_max: int = field(
        default=7,
        metadata={
            "source": "corrections 1.9: a small fixed number per list",
            "meaning": "Public custom fields each of customers, vendors and employees can have",
        },
    )
    public_fields_of_items_max: int = field(
        default=5,
        metadata={
            "source": "corrections 1.9: a small fixed number per list",
            "meaning": "Public custom fields the item list can have",
        },
    )
    field_limit_status: int = field(
        default=3350,
        metadata={
            "source": "corrections 1.9: refused, number open",
            "meaning": "Status when a custom field is of a wrong type, one too many or too much",
        },
    )
    conversion_keeps_txn_id: bool = field(
        default=False,
        metadata={
            "source": "4.5 enter bill against receipt; corrections 1.8",
            "meaning": "A bill that a person makes of an item receipt has the receipt's TxnID, and "
            "its ExternalGUID",
        },
    )
    conversion_noted_as_deleted: bool = field(
        default=False,
        metadata={
            "source": "4.5 enter bill against receipt, open",
            "meaning": "A receipt that became a bill is in the list of deleted transactions",
        },
    )
    fractions_built: bool = field(
        default=False,
        metadata={
            "source": "4.9: a fraction can give 3060",
            "meaning": "Assemblies can be built in fractions, else 3060",
        },
    )
    default_site_name: str = field(
        default="Unspecified Site",
        metadata={
            "source": "7.6 InventorySiteRef omitted = default site",
            "meaning": "What the site is called that a company has from the start",
        },
    )
    default_site_told: bool = field(
        default=True,
        metadata={
            "source": "7.6 InventorySiteRef omitted = default site",
            "meaning": "Orders and adjustments that name no site show the default one afterwards",
        },
    )
    linked_line_takes_order_site: bool = field(
        default=True,
        metadata={
            "source": "7.6 InventorySiteRef omitted = default site; 4.2 header only",
            "meaning": "A line linked to a purchase order is received at the order's site, else "
            "at the default one",
        },
    )
    empty_sites_told: bool = field(
        default=False,
        metadata={
            "source": "4.14 ItemSitesQuery",
            "meaning": "ItemSitesQuery shows sites that hold none of an item, too",
        },
    )
    stock_may_go_negative: bool = field(
        default=True,
        metadata={
            "source": "7.6 Stock may go negative",
            "meaning": "Selling more than is on hand is allowed, else 3180",
        },
    )

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} {getattr(self, name)!r} is unknown; choose one of "
                    f"{', '.join(str(one) for one in allowed)}"
                )


_CHOICES: dict[str, tuple[object, ...]] = {
    "beside_bill_link": ("refused", "unlinked"),
    "beside_invoice_link": ("anything", "quantity-and-amount", "nothing"),
    "changed_bill_line": ("unlinked", "counted"),
    "changed_invoice_line": ("counted", "unlinked"),
    "adjusts_in_multi_user": ("never", "Enterprise"),
    "closed_order_link_severity": ("Error", "Warn"),
    "list_delete_in_multi_user": ("inactive", "deleted"),
    "rounding": ("ROUND_HALF_UP", "ROUND_HALF_EVEN"),
    "set_answers_kept": ("last", "none"),
}


def described() -> list[dict[str, str]]:
    """Every switch with its default, meaning and source, for the control pages and docs."""
    return [
        {
            "name": one.name,
            "default": str(one.default),
            "meaning": one.metadata["meaning"],
            "source": one.metadata["source"],
        }
        for one in fields(Switches)
    ]
