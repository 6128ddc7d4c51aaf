"""``counterfoil sandbox online``: what people do in QuickBooks Online, and its switches.

The stand-in has one page only, the one where companies are connected; these commands stand for
the others.  Names, documents and products are meant by their id, name or number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ._asking import day_typed
from ._books_folder import BookKind, BookRecord, read_books
from ._sandbox_door import Door, Url, opened_door, read_setting, show_settings
from ._show import Column, emit, say, table
from ._state import Json

__all__ = ["load_online", "online"]

online = typer.Typer(
    no_args_is_help=True, help="What people do in QuickBooks Online, done in the sandbox."
)

_COLUMNS = (
    Column("Id", is_whole=True),
    Column("Name or number"),
    Column("With"),
    Column("Total", is_number=True),
    Column("Open", is_number=True),
    Column("State"),
)
_AT_ONCE = 100
# Since when the books count stock.
_START = "2020-01-01"

Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="Such as Vendor, Bill, PurchaseOrder or Item.")
]
Key = Annotated[str, typer.Argument(metavar="WHICH", help="Its id, name or number.")]
Day = Annotated[str | None, typer.Option("--date", metavar="DAY", help="Default: today.")]


# --- Records -----------------------------------------------------------------------------------


@online.command("list")
def list_records(kind: Kind, url: Url = None, json: Json = False) -> None:
    """List what the books hold of one kind."""
    with _door(url) as door:
        found = door.call("GET", f"records/{kind}")
    if json:
        emit(found)
        return
    table(_COLUMNS, [_told(row) for row in found], empty=f"There is no {kind}.")


def _told(row: dict[str, Any]) -> tuple[object, ...]:
    names = ("FullyQualifiedName", "DisplayName", "Name", "DocNumber", "Code")
    party = row.get("VendorRef") or row.get("CustomerRef") or {}
    is_active = row.get("Active", True)
    return (
        row["Id"],
        next((row[name] for name in names if name in row), None),
        party.get("name"),
        row.get("TotalAmt"),
        row.get("Balance"),
        row.get("POStatus") or row.get("TxnStatus") or (None if is_active else "inactive"),
    )


@online.command("enter")
def enter(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="Bill, PurchaseOrder, Estimate, Invoice or SalesReceipt."
        ),
    ],
    party: Annotated[str, typer.Argument(metavar="WHO", help="The vendor or customer.")],
    line: Annotated[
        list[str],
        typer.Option(
            "--line",
            metavar="WHAT=QUANTITY@PRICE",
            help="A product, such as 'Patch Cable=10@1.855', or an account and an amount, such "
            "as 'Supplies=25'; may be repeated.",
        ),
    ],
    number: Annotated[str | None, typer.Option("--number", help="Its number.")] = None,
    date: Day = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Enter a document as a bookkeeper does."""
    day = day_typed(date)
    fields = {"DocNumber": number, "TxnDate": None if day is None else str(day)}
    asked = {
        "kind": kind,
        "party": party,
        "lines": [_line(text) for text in line],
        "fields": {name: value for name, value in fields.items() if value is not None},
    }
    with _door(url) as door:
        _tell(door.call("POST", "enter", asked), f"{kind} {{id}} was entered.", json=json)


def _line(text: str) -> dict[str, Any]:
    from counterfoil.errors import UsageError

    what, sign, rest = text.rpartition("=")
    quantity, at, price = rest.partition("@")
    if not (sign and what and quantity):
        raise UsageError(
            "--line must be like 'Patch Cable=10@1.855' (product, units, price of one) or "
            f"'Supplies=25' (account, amount), not {text!r}."
        )
    if at:
        return {"item": what, "quantity": quantity, "price": price}
    return {"account": what, "amount": quantity}


@online.command("change")
def change(
    kind: Kind,
    key: Key,
    assignment: Annotated[
        list[str], typer.Argument(metavar="PROPERTY=VALUE...", help="By the service's names.")
    ],
    url: Url = None,
    json: Json = False,
) -> None:
    """Change properties of a record, behind the back of the program that entered it."""
    fields = dict(_property(text) for text in assignment)
    with _door(url) as door:
        _tell(door.call("POST", f"change/{kind}/{key}", fields), "{id} was changed.", json=json)


def _property(text: str) -> tuple[str, Any]:
    from counterfoil.errors import UsageError

    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"A property is set like PrivateNote=checked, not {text!r}.")
    return name, {"true": True, "false": False}.get(value, value)


@online.command("delete")
def delete(kind: Kind, key: Key, url: Url = None, json: Json = False) -> None:
    """Delete a document, or make a record of a list inactive."""
    with _door(url) as door:
        _tell(door.call("POST", f"delete/{kind}/{key}"), "{id} is gone.", json=json)


@online.command("void")
def void(kind: Kind, key: Key, url: Url = None, json: Json = False) -> None:
    """Void a document: it stays, without amounts."""
    with _door(url) as door:
        _tell(door.call("POST", f"void/{kind}/{key}"), "{id} was voided.", json=json)


@online.command("pay")
def pay(
    bill: Annotated[str, typer.Argument(metavar="BILL", help="Its id or number.")],
    amount: Annotated[str | None, typer.Option("--amount", help="Default: all of it.")] = None,
    url: Url = None,
    json: Json = False,
) -> None:
    """Pay a bill."""
    with _door(url) as door:
        paid = door.call("POST", "pay", {"bill": bill, "amount": amount})
        _tell(paid, "Payment {id} was entered.", json=json)


@online.command("merge")
def merge(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Vendor or Customer.")],
    loser: Annotated[str, typer.Argument(metavar="FROM", help="Who is gone afterwards.")],
    winner: Annotated[str, typer.Argument(metavar="INTO", help="Who has everything.")],
    url: Url = None,
    json: Json = False,
) -> None:
    """Merge two names."""
    asked = {"entity": kind, "loser": loser, "winner": winner}
    with _door(url) as door:
        _tell(door.call("POST", "merge", asked), "{id} has everything now.", json=json)


def _tell(row: dict[str, Any], sentence: str, *, json: bool) -> None:
    if json:
        emit(row)
        return
    number = f" (number {row['DocNumber']})" if "DocNumber" in row else ""
    say(sentence.format(id=row["Id"]) + number)


# --- Behaviour ---------------------------------------------------------------------------------


@online.command("switches")
def show_switches(
    assignment: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME=VALUE]...", help="Switches to set otherwise."),
    ] = None,
    app: Annotated[
        bool, typer.Option("--app", help="Those of the connected app, not of the company.")
    ] = False,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show how company and service behave, or change it: the plan, preferences, open questions."""
    with _door(url) as door:
        known = door.world("GET", "switches")["app" if app else "company"]
        place = door.app if app else door.place
        now = door.world("GET", place)["settings"]
        if assignment:
            defaults = {one["name"]: one["default"] for one in known}
            set_ = (read_setting(text, defaults, "links=dropped") for text in assignment)
            now = door.world("PATCH", f"{place}/settings", dict(set_))
    show_settings(known, now, json=json)


@online.command("redirect")
def register(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="To the letter.")],
    url: Url = None,
) -> None:
    """Register one more address that a company's answer may be sent to."""
    with _door(url) as door:
        door.world("POST", f"{door.app}/redirects", {"uri": address})
    say(f"{address} is registered.")


@online.command("webhooks")
def set_webhooks(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where events are posted.")],
    url: Url = None,
) -> None:
    """Register where events are posted, as they happen."""
    with _door(url) as door:
        door.world("POST", f"{door.app}/webhooks", {"url": address})
    say(f"Events are posted to {address}.")


# --- Loading -----------------------------------------------------------------------------------


def load_online(
    url: str, folder: Path, *, progress: Callable[[str, int, int], None]
) -> dict[str, dict[str, int]]:
    """Fill the sandbox's company with the lists of a folder; what is there is left alone.

    Args:
        progress: Told what is loaded, how many are done and how many are left.

    Returns:
        ``created`` and ``already_there``, each by kind.

    Raises:
        UsageError: There is nothing to load, a file is not what it should be, or the sandbox
            refused an entry.
    """
    records = read_books(folder)
    kinds = [*dict.fromkeys(record.kind for record in records)]
    report: dict[str, dict[str, int]] = {
        outcome: dict.fromkeys((kind.words for kind in kinds), 0)
        for outcome in ("created", "already_there")
    }
    done = 0
    with _door(url) as door:
        for kind in kinds:
            bodies = [_body(one) for one in records if one.kind is kind]
            new = _entered(door, kind, bodies)
            report["created"][kind.words] += new
            report["already_there"][kind.words] += len(bodies) - new
            done += len(bodies)
            progress("books", done, len(records) - done)
    return report


def _entered(door: _Door, kind: BookKind, bodies: list[dict[str, Any]]) -> int:
    """Enter what is not there yet; gives how many that are."""
    entity, field = _ENTITIES[kind]
    there = {row.get(field) for row in door.call("GET", f"records/{entity}")}
    new = [body for body in bodies if body[field] not in there]
    for start in range(0, len(new), _AT_ONCE):
        door.call("POST", f"make/{entity}", new[start : start + _AT_ONCE])
    return len(new)


_ENTITIES = {
    BookKind.CUSTOMER: ("Customer", "DisplayName"),
    BookKind.VENDOR: ("Vendor", "DisplayName"),
    BookKind.EMPLOYEE: ("Employee", "DisplayName"),
    BookKind.SERVICE: ("Item", "Name"),
    BookKind.GOODS: ("Item", "Name"),
    BookKind.STOCK: ("Item", "Name"),
}
"""What a record is in the service: its entity, and the property that names it."""

# Accounts of the sandbox's company.
_SERVICES = {"IncomeAccountRef": {"value": "1"}, "ExpenseAccountRef": {"value": "80"}}
_GOODS = {"IncomeAccountRef": {"value": "79"}, "ExpenseAccountRef": {"value": "80"}}
_ITEMS: dict[BookKind, dict[str, Any]] = {
    BookKind.SERVICE: {"Type": "Service", **_SERVICES},
    BookKind.GOODS: {"Type": "NonInventory", **_GOODS},
    BookKind.STOCK: {
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 0,
        "InvStartDate": _START,
        "AssetAccountRef": {"value": "81"},
        **_GOODS,
    },
}


def _body(record: BookRecord) -> dict[str, Any]:
    """Write a record as the service takes it; a colon would separate levels."""
    name = record.name.replace(":", " ")
    if record.kind in _ITEMS:
        return {"Name": name, **_ITEMS[record.kind]}
    if record.kind is not BookKind.EMPLOYEE:
        return {"DisplayName": name, "CompanyName": record.company}
    first, _, last = name.strip().rpartition(" ")
    return {"DisplayName": name, **({"GivenName": first} if first else {}), "FamilyName": last}


# --- The door ----------------------------------------------------------------------------------


class _Door:
    """The sandbox's control paths, for its own company and app."""

    def __init__(self, door: Door) -> None:
        from counterfoil.sandboxes.serve import ONLINE_CLIENT_ID, ONLINE_REALM

        self._door = door
        self.place = f"companies/{ONLINE_REALM}"
        self.app = f"apps/{ONLINE_CLIENT_ID}"

    def call(self, method: str, path: str, body: object = None) -> Any:
        return self._door.call(method, f"{self.place}/{path}", body)

    def world(self, method: str, path: str, body: object = None) -> Any:
        """Call what is beside the company."""
        return self._door.call(method, path, body)


@contextmanager
def _door(url: str | None) -> Iterator[_Door]:
    with opened_door(url, "online") as door:
        yield _Door(door)
