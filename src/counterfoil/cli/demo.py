"""``counterfoil demo``: the whole thing at work, without any account anywhere."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from counterfoil.errors import UsageError
from counterfoil.sandboxes.sample_company import FOLDER

from ._goods import has_purchases, has_sales
from ._left_open import leave_open
from ._logs import quiet
from ._online import play_online_desk, play_online_shop
from ._play import Outcome, play
from ._services import play_services
from ._stage import Stage, open_stage

__all__ = ["run_demo"]

Say = Callable[[str], None]

_SALES: Final = ("customers.csv", "products.csv", "orders.csv", "order_lines.csv")
_PURCHASES: Final = (
    "vendors.csv",
    "products.csv",
    "purchase_orders.csv",
    "purchase_order_lines.csv",
)
# How often the Web Connector runs while the demonstration stays up.
_EVERY_S: Final = 15.0


def run_demo(*, once: bool, as_json: bool, data: Path | None, port: int) -> int:
    """Play the demonstration; gives the exit code.

    Args:
        once: End when it has been played; otherwise the hub stays up until interrupted.
        as_json: Print one JSON object instead of a report.
        data: A folder of CSV files; ``None``: the small company that comes with us.
        port: For the hub.

    Raises:
        UsageError: The folder is not what it should be.
    """
    folder = data or FOLDER
    files = _SALES if has_sales(folder) or not has_purchases(folder) else _PURCHASES
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        raise UsageError(
            f"The folder {str(folder)!r} lacks {', '.join(missing)}. Give a folder with "
            f"{', '.join(files)}, or leave --data out."
        )
    quiet()
    console = Console(stderr=True)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="counterfoil-demo-") as state,
        open_stage(Path(state), port) as stage,
    ):
        say = _narrator(console, started)
        outcome = play(stage, folder, say, lambda _what, _done, _total: None)
        others = {} if data else _played_others(Path(state), say)
        _report(outcome, others, time.monotonic() - started, as_json=as_json)
        if not once:
            if not data:
                say("Leaving a few orders that need you")
                leave_open(stage)
            _stay_up(stage, console)
    return 0 if all(each.is_right for each in (outcome, *others.values())) else 1


# The further companies, by the word that stands for them in JSON: what their documents are
# called, and who plays them.
_OTHERS: Final[Mapping[str, tuple[str, Callable[[Stage, Say], Outcome]]]] = {
    "services": ("the service desk's documents", play_services),
    "online": ("what goes from Fusion Operations to QuickBooks Online", play_online_shop),
    "online_services": ("the service desk's documents in QuickBooks Online", play_online_desk),
}


def _played_others(state: Path, say: Say) -> dict[str, Outcome]:
    """Play the other companies, each with a hub and books of its own."""
    played = {}
    for name, (_title, acts) in _OTHERS.items():
        with open_stage(state / name, 0) as stage:
            played[name] = acts(stage, say)
    return played


def _narrator(console: Console, started: float) -> Say:
    def say(sentence: str) -> None:
        console.print(
            f"[dim]{time.monotonic() - started:5.1f} s[/dim]  {sentence}", highlight=False
        )

    return say


def _report(
    outcome: Outcome, others: Mapping[str, Outcome], seconds: float, *, as_json: bool
) -> None:
    if as_json:
        told = {**_told(outcome), "seconds": round(seconds, 1)}
        told |= {name: _told(each) for name, each in others.items()}
        Console().print_json(json.dumps(told))
        return
    console = Console()
    _show(console, "What became of the documents", outcome)
    for name, each in others.items():
        _show(console, f"What became of {_OTHERS[name][0]}", each)
    console.print(f"{seconds:.0f} seconds.")


def _told(outcome: Outcome) -> dict[str, Any]:
    audit = outcome.audit
    return {
        "transfers": outcome.states,
        "flows": list(outcome.flows),
        "duplicates": audit.duplicates,
        "missing": audit.missing,
        "differing": list(audit.differing),
        "orders": audit.orders,
        "refused_first": outcome.refused_first,
        "round_trips": outcome.round_trips,
    }


def _show(console: Console, title: str, outcome: Outcome) -> None:
    audit = outcome.audit
    table = Table(title=title, title_justify="left")
    table.add_column("Flow")
    table.add_column("Done", justify="right")
    table.add_column("Refused", justify="right")
    for flow in outcome.flows:
        table.add_row(str(flow["flow"]), str(flow["done"]), str(flow["refused"]))
    console.print(table)
    console.print(
        f"{audit.orders} documents should be on both sides: {audit.missing} missing, "
        f"{audit.duplicates} there twice, {len(audit.differing)} differing. "
        f"{outcome.refused_first} were refused at first and resolved by commands."
        + (f" {outcome.round_trips} round trips of the Web Connector." * bool(outcome.round_trips))
    )
    for sentence in audit.differing[:5]:
        console.print(f"  {sentence}", style="red")


def _stay_up(stage: Stage, console: Console) -> None:
    """Keep the hub and the Web Connector running until somebody interrupts."""
    console.print(
        f"\nOpen [bold]{stage.hub_url}[/bold] to see and cure what is left (Ctrl+C ends it).\n"
        f"The Web Connector calls it every {_EVERY_S:.0f} seconds; the operations sandbox is at "
        f"{stage.fusion_url}.",
        highlight=False,
    )
    stage.dispatch()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    while not ended.wait(_EVERY_S):
        stage.run_web_connector()
