"""May it go: one answer, asked wherever it matters.

Asked when a document is noticed, when a person sends it, when its write is planned, and for
everything that waits when settings, routes or a pause change.  For a *create* all rules
bind; a person's press passes over those marked passable.  For an *update*, a *void* and the
create that takes the place of what was taken out, only the link's pause and the flow's
switch bind: that an order is cancelled, too old or bears our number never keeps what has
landed from being changed or taken away.
"""

from __future__ import annotations

import traceback
from datetime import date
from typing import Final

import msgspec

from counterfoil.documents import Document, Reason, reason
from counterfoil.settings import FLOWS, Direction, FlowMode, FlowName, Settings
from counterfoil.translate import TRANSLATORS, Ruling, Verdict

__all__ = ["Admission", "Go", "Hold", "LeaveOut", "Link", "admit", "admit_change", "mistake"]

# As QuickBooks names the countries of its editions (qbXML HostRet, Country).
_WRITTEN_OUTSIDE_US: Final = frozenset({"CA", "UK"})


class Go(msgspec.Struct, frozen=True):
    """It may; ``passed`` are the rules that a person's press passed over."""

    passed: tuple[Reason, ...] = ()


class Hold(msgspec.Struct, frozen=True):
    """Not yet."""

    reason: Reason


class LeaveOut(msgspec.Struct, frozen=True):
    """It is not for this flow."""

    reason: Reason


Admission = Go | Hold | LeaveOut


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """What a link says about what may go.

    Attributes:
        is_paused: A person paused it: nothing is written.
        problem: Why its settings cannot be followed, ``None``: they can.
        books: The books' name in running text.
        country: Which country's edition the books are, such as ``CA``; ``None``: not told.
        not_ready: Why one of its connections is not set up, ``None``: both are.
    """

    settings: Settings
    is_paused: bool = False
    problem: str | None = None
    books: str = "the books"
    country: str | None = None
    not_ready: Reason | None = None

    def mode(self, flow: FlowName) -> FlowMode:
        """Say when a flow runs."""
        rules = self.settings.flow(flow)
        return FlowMode.OFF if rules is None else rules.mode


def admit(
    document: Document,
    flow: FlowName,
    link: Link,
    *,
    pressed: bool,
    today: date | None = None,
    taken_by: Reason | None = None,
    doubt: Reason | None = None,
) -> Admission:
    """Say whether a document that has not landed may be created.

    Args:
        document: As its source says now.
        flow: The flow.
        link: Whose rules bind.
        pressed: A person sent it.
        today: The company's calendar day, for what nobody has begun to send; ``None``: it was
            begun, so it may grow older.
        taken_by: Where it, or what it was made from, has been taken up already; ``None``:
            nowhere.
        doubt: Why it may be part of what was sent already; a press passes over it.
    """
    held = admit_change(flow, link)
    if isinstance(held, Hold):
        return held
    if taken_by is not None:
        return LeaveOut(taken_by)
    foreign = _outside_us(flow, link)
    if foreign is not None:
        return foreign
    try:
        rulings = _rulings(document, flow, link.settings, today)
    except Exception as error:  # noqa: BLE001 - a mistake of ours stops one document, not all
        return Hold(reason("misjudged", problem=mistake(error)))
    for ruling in rulings:
        if not (pressed and ruling.is_passable):
            is_held = ruling.verdict is Verdict.HOLD
            return Hold(ruling.reason) if is_held else LeaveOut(ruling.reason)
    passed = tuple(ruling.reason for ruling in rulings)
    if doubt is None:
        return Go(passed)
    return Go((*passed, doubt)) if pressed else Hold(doubt)


def _rulings(
    document: Document, flow: FlowName, settings: Settings, today: date | None
) -> list[Ruling]:
    """Give what speaks against creating a document; what no press passes over comes first."""
    translator = TRANSLATORS[flow]
    found = [
        None if today is None else translator.window(document, settings, today),
        translator.rule(document, settings),
    ]
    return sorted(filter(None, found), key=lambda ruling: ruling.is_passable)


def _outside_us(flow: FlowName, link: Link) -> Hold | None:
    """FLOW-9: books outside the United States are written to only where that is switched on.

    Of the other editions only those are known whose fields are known; retrieving works with all.
    """
    country = link.country
    if FLOWS[flow].direction is not Direction.TO_BOOKS or country in (None, "US"):
        return None
    if country in _WRITTEN_OUTSIDE_US and link.settings.general.send_outside_us:
        return None
    return Hold(reason("outside-us", country=country))


def mistake(error: Exception) -> str:
    """Say where we made a mistake, for whoever mends it."""
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {each.name}, line {each.lineno}" for each in frame)
    return f"{type(error).__name__}{where}: {error}"[:500]


def admit_change(flow: FlowName, link: Link) -> Go | Hold:
    """Say whether what has landed may be changed, taken out or replaced."""
    if link.is_paused:
        return Hold(reason("link-paused"))
    if link.problem is not None:
        return Hold(reason("settings-problem", problem=link.problem))
    if link.not_ready is not None:
        return Hold(link.not_ready)
    if link.mode(flow) is FlowMode.OFF:
        return Hold(reason("flow-off"))
    return Go()
