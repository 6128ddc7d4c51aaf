"""From document to document under settings: one module per flow, all pure.

A translator decides three things about a source document: whether it may go at all
(``eligibility``), what it becomes in the target (``translate``), and what a record has
to look like that the target lacks (``new_record``).  It knows neither system's wire
format and never looks a name up: references come out under the *target's* names, and
the engine finds what they mean there.
"""

from collections.abc import Mapping

from counterfoil.settings import FlowName

from ._translator import Context, Eligibility, Translated, Translator, Verdict
from .sales_order_in import SalesOrderIn
from .sales_order_out import SalesOrderOut

TRANSLATORS: Mapping[FlowName, Translator] = {
    FlowName.SALES_ORDER_OUT: SalesOrderOut(),
    FlowName.SALES_ORDER_IN: SalesOrderIn(),
}

__all__ = [
    "TRANSLATORS",
    "Context",
    "Eligibility",
    "Translated",
    "Translator",
    "Verdict",
]
