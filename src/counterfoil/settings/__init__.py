"""Settings: every option a user can set, declared once.

The typed records in ``_values`` are the declaration; options, forms, JSON schema, the
reference page, reading, writing and checking are all made from them.  Nothing here
reads a clock, a file or the network: moments are passed in.
"""

from ._assign import apply_texts, apply_values, check, parse_assignments, render, reset
from ._choices import (
    CancelledWay,
    ChangePolicy,
    Choices,
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
from ._codec import time_zones, to_json, to_text
from ._flows import FLOWS, Direction, Flow, FlowName, Pairing, SystemName, flows_between
from ._forms import (
    FormChoice,
    FormCondition,
    FormField,
    form_fields,
    json_schema,
    title_of,
)
from ._option import GENERAL, ChannelCustomer, Condition, FieldPair, Option, OptionType
from ._problems import Problem
from ._reference import reference_markdown
from ._registry import DEFAULTS, OPTIONS, SECTIONS, applies, in_force, options_in
from ._schedule import in_window, next_window_opening, retrieval_due
from ._stored import (
    FORMAT,
    FORMAT_VERSION,
    Loaded,
    decode_settings,
    encode_settings,
    export_document,
    import_document,
)
from ._values import (
    FlowSettings,
    GeneralSettings,
    SalesOrderIn,
    SalesOrderOut,
    Settings,
    Unreadable,
)
from ._versions import Change, SettingsVersion, diff, next_version

__all__ = [
    "DEFAULTS",
    "FLOWS",
    "FORMAT",
    "FORMAT_VERSION",
    "GENERAL",
    "OPTIONS",
    "SECTIONS",
    "CancelledWay",
    "Change",
    "ChangePolicy",
    "ChannelCustomer",
    "Choices",
    "Condition",
    "CreatedItemType",
    "CreationDate",
    "CustomerName",
    "Direction",
    "DocumentNumber",
    "ExcessDecimals",
    "FieldPair",
    "Flow",
    "FlowMode",
    "FlowName",
    "FlowSettings",
    "FormChoice",
    "FormCondition",
    "FormField",
    "GeneralSettings",
    "InvoicedPart",
    "ItemName",
    "LineDescription",
    "Loaded",
    "NegativeLines",
    "NumberTaken",
    "Option",
    "OptionType",
    "Pairing",
    "Prices",
    "Problem",
    "ProductName",
    "SalesOrderIn",
    "SalesOrderOut",
    "Settings",
    "SettingsVersion",
    "ShipDate",
    "SystemName",
    "UnholdableCharacters",
    "Unreadable",
    "applies",
    "apply_texts",
    "apply_values",
    "check",
    "decode_settings",
    "diff",
    "encode_settings",
    "export_document",
    "flows_between",
    "form_fields",
    "import_document",
    "in_force",
    "in_window",
    "json_schema",
    "next_version",
    "next_window_opening",
    "options_in",
    "parse_assignments",
    "reference_markdown",
    "render",
    "reset",
    "retrieval_due",
    "time_zones",
    "title_of",
    "to_json",
    "to_text",
]
