"""Under which heading forms show an option: one table, by the options' names."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ._option import Option

__all__ = ["THEMES", "Theme", "theme_of"]


class Theme(StrEnum):
    """A heading; the value is what people read, and the order is that of forms."""

    WHEN = "When, and what it becomes"
    WHICH = "Which documents"
    PARTIES = "Customers, vendors and workers"
    ITEMS = "Items and accounts"
    DOCUMENT = "The document and its lines"
    ORDER = "The order it belongs to"
    CHANGES = "Changes and cancellations"
    FIELDS = "Custom fields"
    TROUBLE = "When something stops"
    COMPANY = "The company"
    LIMITS = "What QuickBooks cannot keep"


THEMES: Final[Mapping[Theme, tuple[str, ...]]] = {
    Theme.WHEN: (
        "mode",
        "becomes",
        "moment",
        "daily_at",
        "weekday",
        "window_start",
        "window_end",
        "retrieval_interval_minutes",
        "quiet_minutes",
        "resync_first",
    ),
    Theme.WHICH: (
        "start_date",
        "look_back_days",
        "only_vendors",
        "take_error_marked",
        "include_fully_invoiced",
        "include_fully_received",
        "closed_by_hand",
        "part_invoiced",
        "part_received",
        "negative_lines",
        "only_tagged",
        "tag",
        "received",
    ),
    Theme.PARTIES: (
        "customer_name",
        "channel_customers",
        "create_missing_customers",
        "create_missing_clients",
        "vendor_name",
        "create_missing_vendors",
        "create_missing_suppliers",
        "customer_on_lines",
        "workers",
        "create_missing_employees",
        "customer_job",
        "customer_reading",
    ),
    Theme.ITEMS: (
        "inventory_sites",
        "item_name",
        "item_name_field",
        "match_field",
        "create_missing_items",
        "create_missing_products",
        "item_type",
        "only_stocked_items",
        "unknown_item_stops_all",
        "ignore_categories",
        "product_name",
        "income_account",
        "income_account_id",
        "expense_account",
        "cogs_account",
        "asset_account",
        "stocked_since",
        "payables_account",
        "adjustment_account",
        "adjustment_memo",
        "fallback",
        "service_item",
        "payroll_item",
    ),
    Theme.DOCUMENT: (
        "document_number",
        "number_prefix",
        "check_number_is_free",
        "number_taken",
        "write_number_back",
        "written_back",
        "creation_date",
        "ship_date",
        "expected_date",
        "line_description",
        "send_prices",
        "sales_tax_item",
        "tax_code",
        "use_taxes",
        "payment_terms",
        "location",
        "carry_details",
        "is_billable",
        "hourly_rate",
    ),
    Theme.ORDER: (
        "link_to_order",
        "order_missing",
        "over_delivery",
        "lines_outside_order",
        "linked_text",
        "whole_once",
    ),
    Theme.CHANGES: ("changes", "cancellations", "cancelled_way", "close_when_closed"),
    Theme.FIELDS: (
        "save_custom_fields",
        "save_entity_code_to",
        "custom_fields",
        "custom_fields_on",
        "custom_field",
    ),
    Theme.TROUBLE: (
        "to_dos",
        "to_do_action_type",
        "to_do_resource",
        "mark_errors",
        "result_address",
    ),
    Theme.COMPANY: (
        "time_zone",
        "leading",
        "home_currency",
        "several_currencies",
        "foreign_currency",
        "charges_sales_tax",
        "send_outside_us",
    ),
    Theme.LIMITS: ("unholdable_characters", "excess_decimals", "long_item_names", "tilde_levels"),
}
"""Heading -> the names of the options below it, in whichever section they stand."""

_THEME_OF: Final = {name: theme for theme, names in THEMES.items() for name in names}


def theme_of(option: Option) -> Theme:
    """Say under which heading an option stands."""
    return _THEME_OF[option.name]
