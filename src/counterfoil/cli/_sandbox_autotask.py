"""``counterfoil sandbox autotask``: what people do at Autotask's screens, and its switches.

The stand-in has no screens; these commands stand for them.  Orders, vendors, products and
locations are meant by their id or by their name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ._asking import day_typed
from ._sandbox_door import Door, Url, opened_door, read_setting, show_settings
from ._show import Column, emit, progress, say, table
from ._state import Json

__all__ = ["autotask", "load_autotask"]

autotask = typer.Typer(
    no_args_is_help=True, help="What people do at Autotask's screens, done in the sandbox."
)

Order = Annotated[str, typer.Argument(metavar="ORDER", help="Its id or number.")]
Date = Annotated[
    str | None, typer.Option("--date", metavar="DAY", help="When it was done; default: now.")
]

_ORDER_COLUMNS = (
    Column("Order", is_whole=True),
    Column("Vendor"),
    Column("Status"),
    Column("External no."),
)
_LINE_COLUMNS = (
    Column("Line", is_whole=True),
    Column("Product"),
    Column("Ordered", is_number=True),
    Column("Unit cost", is_number=True),
)
_RECEIPT_COLUMNS = (
    Column("Receipt", is_whole=True),
    Column("Line"),
    Column("Quantity", is_number=True),
    Column("Invoice"),
    Column("Received"),
)
_STATUSES = {1: "New", 2: "Submitted", 3: "Received Partial", 4: "Received Full", 5: "Canceled"}


# --- Orders ------------------------------------------------------------------------------------


@autotask.command("orders")
def orders(
    order: Annotated[
        str | None, typer.Argument(metavar="[ORDER]", help="One of them, with its lines.")
    ] = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """List purchase orders, or the lines of one and what was received of them."""
    with _door(url) as door:
        found = door.read("PurchaseOrders")
        if order is not None:
            _show_lines(door, _one_of(found, order), json=json)
            return
        vendors = {row["id"]: row["companyName"] for row in door.read("Companies")}
    if json:
        emit(found)
        return
    table(
        [
            Column("Order", is_whole=True),
            Column("Vendor"),
            Column("Status"),
            Column("External no."),
        ],
        [
            (
                row["id"],
                vendors[row["vendorID"]],
                _STATUSES[row["status"]],
                row["externalPONumber"],
            )
            for row in found
        ],
        empty="There are no orders. Load some with: counterfoil sandbox load autotask",
    )


def _one_of(orders: list[dict[str, Any]], key: str) -> dict[str, Any]:
    from counterfoil.errors import UsageError

    for row in orders:
        if key in {str(row["id"]), row["purchaseOrderNumber"]}:
            return row
    raise UsageError(f"The sandbox has no purchase order {key!r}. See: sandbox autotask orders")


def _show_lines(door: _Door, order: dict[str, Any], *, json: bool) -> None:
    lines = [row for row in door.read("PurchaseOrderItems") if row["orderID"] == order["id"]]
    ids = {row["id"] for row in lines}
    receipts = [
        row for row in door.read("PurchaseOrderItemReceiving") if row["purchaseOrderItemID"] in ids
    ]
    if json:
        emit({**order, "lines": lines, "receipts": receipts})
        return
    products = {row["id"]: row["name"] for row in door.read("Products")}
    say(f"Order {order['id']}: {_STATUSES[order['status']]}")
    told = [
        (one["id"], products.get(one["productID"]), one["quantity"], one["unitCost"])
        for one in lines
    ]
    table(_LINE_COLUMNS, told)
    names = ("id", "purchaseOrderItemID", "quantityNowReceiving", "vendorInvoiceNumber")
    came = [(*(one[name] for name in names), one["receiveDate"]) for one in receipts]
    table(_RECEIPT_COLUMNS, came, empty="Nothing was received yet.")


@autotask.command("enter")
def enter(
    vendor: Annotated[str, typer.Argument(metavar="VENDOR", help="Its id or name.")],
    line: Annotated[
        list[str],
        typer.Option(
            "--line",
            metavar="PRODUCT=QUANTITY@COST",
            help="One line, such as 'Patch Cable 2 m=10@1.855'; may be repeated.",
        ),
    ],
    new: Annotated[bool, typer.Option("--new", help="Leave it New, do not submit it.")] = False,
    url: Url = None,
    json: Json = False,
) -> None:
    """Enter a purchase order and submit it."""
    asked = {"vendor": _key(vendor), "lines": [_line(text) for text in line], "submit": not new}
    with _door(url) as door:
        _tell(door.do("enter", asked), json=json)


def _line(text: str) -> dict[str, Any]:
    from counterfoil.errors import UsageError

    product, _, rest = text.rpartition("=")
    quantity, _, cost = rest.partition("@")
    try:
        return {"product": _key(product), "quantity": int(quantity), "unit_cost": float(cost)}
    except ValueError:
        raise UsageError(
            f"--line must be like 'Patch Cable 2 m=10@1.855' (product, units, cost of one), "
            f"not {text!r}."
        ) from None


@autotask.command("submit")
def submit(order: Order, date: Date = None, url: Url = None, json: Json = False) -> None:
    """Submit an order that is New."""
    with _door(url) as door:
        _tell(door.do("submit", {"order": _key(order), "date": _noon(date)}), json=json)


@autotask.command("cancel")
def cancel(order: Order, date: Date = None, url: Url = None, json: Json = False) -> None:
    """Cancel an order of which nothing was received."""
    with _door(url) as door:
        _tell(door.do("cancel", {"order": _key(order), "date": _noon(date)}), json=json)


@autotask.command("change")
def change(
    order: Order,
    line: Annotated[int, typer.Argument(metavar="LINE", help="The line's id.")],
    product: Annotated[str | None, typer.Option("--product", help="Its id or name.")] = None,
    quantity: Annotated[int | None, typer.Option("--quantity", min=1)] = None,
    cost: Annotated[float | None, typer.Option("--cost", min=0, help="Of one unit.")] = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Change a line of an order that is not received in full."""
    asked: dict[str, Any] = {"line": line}
    if product is not None:
        asked["product"] = _key(product)
    if quantity is not None:
        asked["quantity"] = quantity
    if cost is not None:
        asked["unit_cost"] = cost
    with _door(url) as door:
        lines = door.do("lines", {"order": _key(order), "changed": [asked]})
    if json:
        emit(lines)
        return
    say(f"Line {line} of order {order} was changed.")


# --- Goods -------------------------------------------------------------------------------------


@autotask.command("receive")
def receive(
    order: Order,
    line: Annotated[
        list[str] | None,
        typer.Option(
            "--line",
            metavar="LINE=QUANTITY",
            help="How many units of a line came; default: all that is left of every line.",
        ),
    ] = None,
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="The vendor's invoice number.")
    ] = None,
    date: Date = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Receive goods of a submitted order, in one save."""
    lines = None if line is None else [_part(text) for text in line]
    asked = {"order": _key(order), "lines": lines, "invoice": invoice, "date": _noon(date)}
    with _door(url) as door:
        rows = door.do("receive", asked)
    if json:
        emit(rows)
        return
    for row in rows:
        say(f"Receipt {row['id']}: {row['quantityNowReceiving']} units")


def _part(text: str) -> dict[str, int]:
    from counterfoil.errors import UsageError

    line, _, quantity = text.partition("=")
    try:
        return {"line": int(line), "quantity": int(quantity)}
    except ValueError:
        raise UsageError(f"--line must be like 3000001=4 (line, units), not {text!r}.") from None


@autotask.command("unreceive")
def unreceive(
    receipt: Annotated[int, typer.Argument(metavar="RECEIPT", help="The receipt's id.")],
    quantity: Annotated[
        int | None, typer.Option("--quantity", min=1, help="Default: all of it.")
    ] = None,
    date: Date = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Take back what was received, or a part of it."""
    with _door(url) as door:
        row = door.do("unreceive", {"receipt": receipt, "quantity": quantity, "date": _noon(date)})
    if json:
        emit(row)
        return
    say(f"Receipt {receipt} was taken back" + ("." if row is None else f": see {row['id']}."))


@autotask.command("count")
def count(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="Its id or name.")],
    quantity: Annotated[int, typer.Argument(metavar="QUANTITY", min=0)],
    location: Annotated[
        str | None, typer.Option("--location", help="Its id or name; default: the default one.")
    ] = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Say how many units of a product are on hand at a location."""
    asked: dict[str, Any] = {"product": _key(product), "quantity": quantity}
    if location is not None:
        asked["location"] = _key(location)
    with _door(url) as door:
        row = door.do("count", asked)
    if json:
        emit(row)
        return
    say(f"{row['quantityOnHand']} units on hand at location {row['inventoryLocationID']}")


# --- Behaviour ---------------------------------------------------------------------------------


@autotask.command("switches")
def show_switches(
    assignment: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="Switches to set otherwise."),
    ] = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show how the sandbox behaves where Autotask's own behaviour is not known, or change it."""
    with _door(url) as door:
        known, now = door.switches()
        if assignment:
            defaults = {one["name"]: one["default"] for one in known}
            set_ = (read_setting(text, defaults, "over-receipt=taken") for text in assignment)
            now = door.change(dict(set_))
    show_settings(known, now, json=json)


# --- Loading -----------------------------------------------------------------------------------


def load_autotask(url: str, data: Path, user: str | None, number: int, *, json: bool) -> None:
    """Fill the tenant that a user belongs to; ``None``: the sandbox's own."""
    import dataclasses

    from counterfoil.errors import UsageError
    from counterfoil.sandboxes.autotask import LoadError, RefusedError, load_folder

    with progress("Loading") as advance, _door(url, user) as door:
        try:
            report = load_folder(
                door.control_url,
                door.tenant,
                data,
                orders=number,
                http=door.http,
                progress=lambda what, done, total: advance(what, done, total - done),
            )
        except LoadError as error:
            raise UsageError(f"{error}. Nothing was loaded; correct the file.") from error
        except RefusedError as error:
            raise UsageError(f"The sandbox says: {error}") from error
    if json:
        emit(dataclasses.asdict(report))
        return
    for what, created in report.created.items():
        already = report.already_there[what]
        say(f"{created} {what} loaded" + (f", {already} were there already" if already else ""))
    say(f"{report.order_lines} order lines, total {report.total}")


# --- The door ----------------------------------------------------------------------------------


class _Door:
    """The sandbox's control paths, for one tenant."""

    def __init__(self, door: Door, user: str | None) -> None:
        from counterfoil.sandboxes.serve import AUTOTASK_TENANT

        self._door = door
        self.http = door.http
        self.control_url = door.control_url
        self.tenant = user or AUTOTASK_TENANT

    def read(self, entity: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"records/{entity}")
        return found

    def do(self, deed: str, asked: dict[str, Any]) -> Any:
        return self._call("POST", deed, asked)

    def change(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Set switches otherwise; gives all of them as they are then."""
        changed: dict[str, Any] = self._call("PATCH", "settings", settings)
        return changed

    def switches(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Every switch as it is described, and how each is set."""
        return self._door.call("GET", "switches"), self._call("GET", "")["settings"]

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return self._door.call(method, f"tenants/{self.tenant}/{path}", body)


@contextmanager
def _door(url: str | None, user: str | None = None) -> Iterator[_Door]:
    with opened_door(url, "autotask") as door:
        yield _Door(door, user)


def _noon(day: str | None) -> str | None:
    """Read a day; noon there is the same day in most time zones."""
    found = day_typed(day)
    return None if found is None else f"{found}T12:00:00Z"


def _key(text: str) -> int | str:
    """Read an id or a name."""
    return int(text) if text.isdecimal() else text


def _tell(order: dict[str, Any], *, json: bool) -> None:
    if json:
        emit(order)
        return
    say(f"Order {order['id']}: {_STATUSES[order['status']]}")
    for line in order["lines"]:
        say(f"Line {line['id']}: {line['quantity']} at {line['unitCost']}", indent=2)
