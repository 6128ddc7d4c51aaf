"""``counterfoil sandbox``: stand-ins for the outside systems, for trials and tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import Exit
from ._sandbox_autotask import autotask, load_autotask
from ._sandbox_note import noted, read_note
from ._sandbox_online import online
from ._server import listening, serve_app
from ._show import emit, progress, say, warn
from ._state import Json

if TYPE_CHECKING:
    from counterfoil.sandboxes.web_connector import RunReport

__all__ = ["sandbox", "sandbox_company"]

sandbox = typer.Typer(
    no_args_is_help=True, help="Stand-ins for the outside systems: no account needed."
)

sandbox.add_typer(autotask, name="autotask")
sandbox.add_typer(online, name="online")

# Endings after which a person has to look; after all others the next run goes on.
_FOR_A_PERSON = frozenset({"refused", "error"})


@sandbox.command("serve")
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 chooses a free one.")],
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Keep everything here.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The first line is JSON anyway.")] = False,
) -> None:
    """Serve all stand-ins; the first line of output is one JSON object with all credentials."""
    from counterfoil.errors import SettingsError
    from counterfoil.sandboxes.quickbooks_desktop import QuickBooksConnectionError
    from counterfoil.sandboxes.serve import Sandboxes

    with listening(host, port) as server:
        url = f"http://{host}:{server.getsockname()[1]}"
        try:
            stand_ins = Sandboxes(state)
        except (OSError, ValueError, QuickBooksConnectionError) as error:
            raise SettingsError(
                f"The folder {str(state)!r} cannot be used: {error}. "
                "Choose another one with --state."
            ) from error
        try:
            emit(stand_ins.described(url))
            sys.stdout.flush()
            with noted(url):
                serve_app(stand_ins.app(url), server)
        finally:
            stand_ins.close()


@sandbox.command("load")
def load(
    system: Annotated[
        str,
        typer.Argument(
            metavar="SYSTEM",
            help="fusion-operations, autotask, quickbooks-desktop or quickbooks-online.",
        ),
    ],
    url: Annotated[
        str, typer.Option("--url", help="The sandbox: its own address, or the system's there.")
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Folder with CSV files; default: a sample."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", help="For Autotask the user name. Default: the sandbox's own."),
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--secret", help="Default: the sandbox's own.")
    ] = None,
    orders: Annotated[
        int, typer.Option("--orders", min=0, help="For Autotask: at most so many orders.")
    ] = 500,
    *,
    services: Annotated[
        bool,
        typer.Option(
            "--services", help="For the books: the sample of an IT services company, not a bakery."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Fill a stand-in: orders and lists, or the books' lists.

    Autotask takes vendors, products with their vendors, stock and purchase orders with what
    was received of them, in the columns of the public AdventureWorks data.

    The books take what the folder holds of: customers.csv (customer_id, company_name),
    vendors.csv (account_number, name), suppliers.csv (supplier_id, company_name),
    employees.csv (name, or first_name and last_name), work.csv (worker_name, operation, which
    becomes a service item), products.csv (product_id, name, number) and inventory.csv
    (product_id: that product is an inventory item).
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub.finding import system_named
    from counterfoil.sandboxes import sample_company, sample_services
    from counterfoil.settings import SystemName

    from ._load_books import load_books
    from ._sandbox_online import load_online

    folder = data or (sample_services.FOLDER if services else sample_company.FOLDER)
    bakery, goods = data or sample_company.FOLDER, data or sample_services.FOLDER
    loaders = {
        SystemName.AUTOTASK: lambda: load_autotask(url, goods, key, orders, json=json),
        SystemName.FUSION_OPERATIONS: lambda: _load_fusion(url, bakery, key, secret, json=json),
        SystemName.QUICKBOOKS_DESKTOP: lambda: _load_lists(load_books, url, folder, json=json),
        SystemName.QUICKBOOKS_ONLINE: lambda: _load_lists(load_online, url, folder, json=json),
    }
    found = system_named(system)
    if found not in loaders:
        raise UsageError(f"{found.words} has no sandbox in this version.")
    loaders[found]()


def _load_fusion(url: str, data: Path, key: str | None, secret: str | None, *, json: bool) -> None:
    import dataclasses

    import httpx2

    from counterfoil.errors import UnavailableError, UsageError
    from counterfoil.sandboxes.fusion_operations import LoadError, load_folder
    from counterfoil.sandboxes.serve import FUSION_KEY, FUSION_SECRET

    base = url.rstrip("/")
    if not base.endswith("/fusion"):
        base += "/fusion"
    with progress("Loading") as advance:
        try:
            report = load_folder(
                base,
                key or FUSION_KEY,
                secret or FUSION_SECRET,
                data,
                progress=lambda what, done, total: advance(what, done, total - done),
            )
        except LoadError as error:
            raise UsageError(f"{error}. Nothing was loaded; correct the file.") from error
        except httpx2.HTTPError as error:
            raise UnavailableError(
                f"The sandbox at {base} did not take it: {error}. Start one with: "
                "counterfoil sandbox serve",
                system="sandbox",
                operation="load",
            ) from error
    if json:
        emit(dataclasses.asdict(report))
        return
    for what, number in report.created.items():
        already = report.already_there.get(what, 0)
        say(f"{number} {what} loaded" + (f", {already} were there already" if already else ""))
    say(f"{report.order_lines} order lines, total {report.total}")


def _load_lists(
    load: Callable[..., dict[str, dict[str, int]]], url: str, data: Path, *, json: bool
) -> None:
    """Fill the books of either QuickBooks with their lists, and tell what came of it."""
    with progress("Loading") as advance:
        report = load(url, data, progress=advance)
    if json:
        emit(report)
        return
    for what, number in report["created"].items():
        already = report["already_there"][what]
        say(f"{number} {what} loaded" + (f", {already} were there already" if already else ""))


@sandbox.command("web-connector")
def web_connector(
    qwc: Annotated[Path, typer.Option("--qwc", metavar="FILE", help="The hub's .qwc file.")],
    password: Annotated[
        str,
        typer.Option(
            "--password",
            envvar="COUNTERFOIL_WEB_CONNECTOR_PASSWORD",
            help="As the hub showed it.",
        ),
    ],
    once: Annotated[bool, typer.Option("--once", help="One run, not the schedule.")] = False,
    company: Annotated[
        str | None,
        typer.Option(
            "--company",
            metavar="URL|FILE",
            envvar="COUNTERFOIL_SANDBOX_COMPANY",
            help="A sandbox's address or a company file; default: the sandbox that was "
            "started last on this computer, else a company file of its own.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Play the Web Connector against any hub, with a QuickBooks company of the sandbox."""
    from counterfoil.errors import UnavailableError, UsageError
    from counterfoil.sandboxes.quickbooks_desktop import QuickBooksConnectionError
    from counterfoil.sandboxes.web_connector import QbwcError, run_web_connector

    try:
        text = qwc.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The file {str(qwc)!r} cannot be read. Save one with: counterfoil connections qwc"
        ) from error
    clean = True
    for_a_person = False
    try:
        for report in run_web_connector(text, password, sandbox_company(company), once=once):
            clean = clean and report.is_clean
            for_a_person = for_a_person or report.ending in _FOR_A_PERSON
            _tell(report, json=json)
    except QbwcError as error:
        raise UsageError(f"The Web Connector does not take {qwc}: {error}") from error
    except (QuickBooksConnectionError, OSError, ValueError) as error:
        raise UnavailableError(
            f"QuickBooks cannot be reached: {error}. Start it with: counterfoil sandbox serve",
            system="quickbooks-desktop",
            operation="open",
        ) from error
    if for_a_person:
        raise typer.Exit(Exit.PERSON)
    if not clean:
        raise typer.Exit(Exit.UNAVAILABLE)


def _tell(report: RunReport, *, json: bool) -> None:
    if json:
        emit(report.to_json())
    else:
        trips = f"{report.round_trips} round trip{'' if report.round_trips == 1 else 's'}"
        (say if report.is_clean else warn)(f"{report.ending}: {report.last_result} ({trips})")
    sys.stdout.flush()


def sandbox_company(named: str | None) -> Path | str:
    """Say which company to open: the one named, the running sandbox's, or one of our own."""
    from counterfoil.hub.configuration import default_folder
    from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, fill_company

    if named is None:
        named = read_note() or str(default_folder() / "sandbox-company.sqlite3")
    if named.startswith(("http://", "https://")):
        base = named.rstrip("/")
        return base if base.endswith("/sandbox/quickbooks") else f"{base}/sandbox/quickbooks"
    path = Path(named)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = CompanyFile.create(path)
        fill_company(made.process, made.settings)
        made.close()
    return path
