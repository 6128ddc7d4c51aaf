"""Home: what needs a person, how every link is, and what happened lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Query, Response

from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.hub import guide, health, inbox, stand_ins, verbs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.health import Contact, FlowDays, LinkHealth
from counterfoil.hub.setup import Hub
from counterfoil.settings import FLOWS, Direction, Flow, FlowName, title_of

from .inbox.listing import look_at
from .rendering import page
from .visiting import Looking

__all__ = ["add"]

# So many cases stand here; the inbox has all.
_CASES: Final = 4
# The picture of a day: height of the tallest bar above the line, and below it.
_UP: Final = 40
_DOWN: Final = 14
_STEP: Final = 10


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    @routes.get("/")
    def home(visit: Looking, days: Annotated[str, Query(max_length=10)] = "") -> Response:
        shown = _shown(hub, visit.now, dispatcher)
        waits = _trial_waits(hub) if visit.trial and not shown["number"] else None
        if waits is not None:
            shown["sentence"] = waits
        return page(visit, "home.html", as_table=days == "table", **shown)

    @routes.get("/days/export")
    def export(visit: Looking, as_: TableFormat = "csv") -> Response:
        header = ("flow", "day", "arrived", "needed attention")
        return table_answer("days", as_, header, _day_rows(health.days_of_flows(hub)))


def _shown(hub: Hub, now: datetime, dispatcher: Dispatcher | None) -> dict[str, Any]:
    cases = inbox.cases(hub)
    links = health.links_health(hub)
    silent = list(_silent(links))
    pulse = None if dispatcher is None else dispatcher.pulse()
    return {
        "stands_still": None if pulse is None else pulse.stands_still,
        "cases": inbox.with_documents(hub, cases[:_CASES]),
        "number": len(cases),
        "needing": sum(each.number for each in cases),
        "sentence": _sentence(cases, links, silent, now),
        "oldest": min((each.since for each in cases if each.since), default=None),
        "links": links,
        "silent": silent,
        "arrived": sum(each.arrived for each in links),
        "bars": [_bars(each) for each in health.days_of_flows(hub)],
        "look_at": look_at,
        "every": _every,
        "for_long": lambda moment: _for_long(now - moment),
    }


def _silent(links: Sequence[LinkHealth]) -> Iterator[Contact]:
    seen = set[int]()
    for link in links:
        for each in link.contacts:
            if each.is_silent and each.connection not in seen:
                seen.add(each.connection)
                yield each


class _Sentence(NamedTuple):
    """The one sentence; ``needing`` is what leads on, to ``way``."""

    needing: str
    rest: str
    way: str = "/inbox"


def _trial_waits(hub: Hub) -> _Sentence | None:
    """Say at which step a trial is that has not come to its end; ``None``: it has, or is over."""
    trial = stand_ins.trial_shown(hub)
    if trial is None or not trial.is_running or trial.link is None:
        return None
    found = guide.guide(hub, guide.setup_of_link(hub, str(trial.link)))
    if found.is_done:
        return None
    step = next(each for each in found.steps if each.stands != "done")
    return _Sentence("The trial", f" waits at its next step: {step.title}.", "/welcome/trial")


def _sentence(
    cases: Sequence[inbox.Case],
    links: Sequence[LinkHealth],
    silent: Sequence[Contact],
    now: datetime,
) -> _Sentence:
    documents = sum(each.number for each in cases)
    if documents:
        noun = _noun(cases, documents)
        needing = f"{documents} {noun} {'needs' if documents == 1 else 'need'} you"
    elif cases:
        needing = "1 thing needs you" if len(cases) == 1 else f"{len(cases)} things need you"
    else:
        needing = ""
    if silent:
        name = silent[0].name if len(silent) == 1 else f"{len(silent)} connections"
        has = "has" if len(silent) == 1 else "have"
        return _Sentence(needing, f"{', and ' if needing else ''}{name} {has} gone silent.")
    last = _last_contact(links, now)
    if needing:
        return _Sentence(needing, f"; {last}." if last else ".")
    return _Sentence("", f"Nothing needs you{f'; {last}' if last else ''}.")


def _noun(cases: Sequence[inbox.Case], documents: int) -> str:
    """Call the documents by what they are, where they all are one thing."""
    nouns = {each.noun.removesuffix("s") for each in cases if each.number}
    one = nouns.pop() if len(nouns) == 1 else "document"
    return one if documents == 1 else f"{one}s"


def _last_contact(links: Sequence[LinkHealth], now: datetime) -> str:
    """Say when the books were last heard of; empty: they never were."""
    seen = [
        (each.last_seen_at, each.system.partition(" ")[0])
        for link in links
        for each in link.contacts[-1:]
        if each.last_seen_at is not None
    ]
    if not seen:
        return ""
    moment, name = max(seen)
    return f"{name} was last in contact {verbs.ago(moment, now)}"


def _every(interval: timedelta) -> str:
    minutes = max(1, round(interval.total_seconds() / 60))
    if minutes % 60 == 0 and minutes > 60:
        return f"{minutes // 60} hours"
    return "minute" if minutes == 1 else f"{minutes} minutes"


def _for_long(passed: timedelta) -> str:
    minutes = int(passed.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} days"
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part
    )


# --- The picture --------------------------------------------------------------------------


class _Bar(NamedTuple):
    """A rectangle of the picture."""

    kind: str
    x: int
    y: float
    height: float


class _Picture(NamedTuple):
    """A flow's last days as bars, with what they say in words and numbers.

    ``way``: the list of its documents.
    """

    way: str
    title: str
    days: tuple[date, ...]
    arrived: tuple[int, ...]
    stopped: tuple[int, ...]
    bars: tuple[_Bar, ...]
    label: str

    @property
    def arrived_in_all(self) -> int:
        return sum(self.arrived)

    @property
    def stopped_in_all(self) -> int:
        return sum(self.stopped)


def _bars(flow: FlowDays) -> _Picture:
    most_up, most_down = max(*flow.arrived, 1), max(*flow.stopped, 1)
    title = title_of(flow.flow)
    label = (
        f"{title}, last {len(flow.days)} days: {sum(flow.arrived)} arrived, {sum(flow.stopped)} "
        f"needed attention, at most {max(flow.arrived)} a day"
    )
    return _Picture(
        way=_way(FLOWS[FlowName(flow.flow)]),
        title=title,
        days=flow.days,
        arrived=flow.arrived,
        stopped=flow.stopped,
        bars=tuple(_drawn(flow, most_up, most_down)),
        label=label,
    )


def _way(flow: Flow) -> str:
    """Give the list of the documents that a flow takes."""
    way = "to" if flow.direction is Direction.TO_BOOKS else "from"
    return f"/documents?kind={flow.source.value}&way={way}"


def _drawn(flow: FlowDays, most_up: int, most_down: int) -> Iterator[_Bar]:
    for place, (arrived, stopped) in enumerate(zip(flow.arrived, flow.stopped, strict=True)):
        x = place * _STEP + 1
        if arrived:
            height = round(max(1.5, _UP * arrived / most_up), 1)
            yield _Bar("ok", x, round(_UP - height, 1), height)
        else:
            yield _Bar("none", x, _UP - 1, 1)
        if stopped:
            yield _Bar("need", x, _UP + 2, round(max(3.0, _DOWN * stopped / most_down), 1))


def _day_rows(flows: Sequence[FlowDays]) -> Iterator[tuple[object, ...]]:
    for flow in flows:
        for day, arrived, stopped in zip(flow.days, flow.arrived, flow.stopped, strict=True):
            yield title_of(flow.flow), day, arrived, stopped
