"""What every flow's settings have; each flow says in its own words what it means there."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from ._choices import ChangePolicy, FlowMode
from ._option import declared

__all__ = ["FlowSettings"]


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
            "What happens when a document changes where it was entered after it was sent.",
        ),
    ] = ChangePolicy.REPORT
    cancellations: Annotated[
        ChangePolicy,
        declared(
            "When a document is cancelled",
            "What happens when a document is cancelled or deleted where it was entered after it "
            "was sent.",
        ),
    ] = ChangePolicy.REPORT
