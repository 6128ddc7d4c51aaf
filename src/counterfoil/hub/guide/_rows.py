"""The steps of each pairing: in which order, with which words, and what a person does at each.

They are those of the original products: an agent or Intuit's Web Connector, a token or a password
shown once, test connection, request access, test access (SET-2, W1 to W7); for QuickBooks Online
"Step 1" and "Step 2" (O3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from counterfoil.settings import SystemName

__all__ = ["PAIRINGS", "Act", "Pairing", "Part", "Row"]


class Part(StrEnum):
    """The stretches of a setup, as the heading of a page names them."""

    OPERATIONS = "operations"
    BOOKS = "books"
    FIRST = "first"


class Act(StrEnum):
    """What a person does at a step, or asks for there."""

    CONNECT = "connect"
    """Types what opens a system."""
    SIGN_IN = "sign-in"
    """Signs in at the provider's page."""
    TOKEN = "token"  # noqa: S105 - what a page offers
    """Gets a new token for the agent, shown once."""
    FILE = "file"
    """Gets the file that introduces this hub to a Web Connector."""
    PASSWORD = "password"  # noqa: S105 - what a page offers
    """Gets a new password for the Web Connector, shown once."""
    TRY = "try"
    """Has the step tried now."""
    ACCEPT_FILE = "accept-file"
    """Says that the company file that is open is the right one."""
    LINK = "link"
    """Links both systems."""
    SETTINGS = "settings"
    """Chooses what goes, on the pages of settings."""
    READ = "read"
    """Has both systems looked at now."""
    CHECKLIST = "checklist"
    """Sees and confirms what has to be set on both sides."""
    SEND = "send"
    """Sends the first document."""


class Row(NamedTuple):
    """A step.

    Attributes:
        name: As ``JUDGES`` knows it.
        title: What is done.
        help: How, while it is not done.
        act: What the page offers; ``None``: it is done elsewhere, and seen here.
        is_repeated: It may be done again when it was done, and is offered then, too.
    """

    name: str
    part: Part
    title: str
    help: str
    act: Act | None = None
    is_repeated: bool = False


class Pairing(NamedTuple):
    """A pairing as people choose it.

    Attributes:
        carries: What goes between the two.
        needs: What has to be at hand.
        parts: What the parts of its setup are called.
        rows: Its steps, in their order; of two ways into a company file ``by_agent`` has the other.
    """

    carries: str
    needs: str
    parts: Mapping[Part, str]
    rows: Sequence[Row]
    by_agent: Sequence[Row] = ()


_FUSION = Row(
    "operations",
    Part.OPERATIONS,
    "Connect Fusion Operations",
    "An administrator of your company in Fusion Operations makes an API key. Copy key and secret "
    "here: they are tried at once, and nothing is saved unless they work.",
    Act.CONNECT,
)
_AUTOTASK = Row(
    "operations",
    Part.OPERATIONS,
    "Connect Autotask",
    "In Autotask, under Admin, Resources, add an API User (API-only), choose “Custom (internal "
    "integration)” and copy user name, secret and tracking identifier here. They are tried at "
    "once; a new user works after some five minutes.",
    Act.CONNECT,
)

# --- QuickBooks Desktop -------------------------------------------------------------------

_WAY = Row(
    "books",
    Part.BOOKS,
    "Choose how QuickBooks is reached",
    "A program on the QuickBooks computer carries what is read and written. The Web Connector is "
    "Intuit's own and calls every few minutes; Counterfoil's agent answers within a second.",
    Act.CONNECT,
)
_BY_WEB_CONNECTOR: Final = (
    _WAY,
    Row(
        "add-file",
        Part.BOOKS,
        "Add Counterfoil to the Web Connector",
        "At the QuickBooks computer, with the right company file open and signed in as Admin in "
        "single-user mode: download this file, open it, and choose “Yes, always; allow access "
        "even if QuickBooks is not running”. Install the Web Connector from Intuit first, if it "
        "is not there.",
        Act.FILE,
        is_repeated=True,
    ),
    Row(
        "password",
        Part.BOOKS,
        "Enter the password",
        "Type the password into the row that has appeared in the Web Connector, and save it.",
        Act.PASSWORD,
        is_repeated=True,
    ),
    Row(
        "first-call",
        Part.BOOKS,
        "Test connection",
        "Tick the row in the Web Connector and press Update Selected; with Auto-Run it calls by "
        "itself from then on.",
    ),
    Row(
        "test-access",
        Part.BOOKS,
        "Authorize, and test access",
        "Press this, then Update Selected in the Web Connector. QuickBooks shows the certificate "
        "of this application once: choose the last option. The test reads the company and a "
        "customer, writes a private field that nobody sees, and deletes it again.",
        Act.TRY,
        is_repeated=True,
    ),
    Row(
        "right-company",
        Part.BOOKS,
        "Make sure it is the right company",
        "The company file that is open at the first exchange is this connection's from then on.",
        Act.ACCEPT_FILE,
    ),
)
_BY_AGENT: Final = (
    _WAY,
    Row(
        "install-agent",
        Part.BOOKS,
        "Install agent",
        "Unpack the agent on the QuickBooks computer and start it as the Windows user who works "
        "with QuickBooks. It asks for this hub's address and for the token.",
    ),
    Row(
        "generate-token",
        Part.BOOKS,
        "Generate token",
        "Paste the token into the agent's window.",
        Act.TOKEN,
        is_repeated=True,
    ),
    Row(
        "test-connection",
        Part.BOOKS,
        "Test connection",
        "Passed while the agent is there.",
        Act.TRY,
        is_repeated=True,
    ),
    Row(
        "request-access",
        Part.BOOKS,
        "Request access",
        "QuickBooks opens a window on its computer. Be signed in there as Admin, in single-user "
        "mode, with only this company file open, and choose the last option: “Yes, always; allow "
        "access even if QuickBooks is not running”. If it asks about personal data, allow it.",
        Act.TRY,
        is_repeated=True,
    ),
    Row(
        "test-access",
        Part.BOOKS,
        "Test access",
        "Reads the company and a customer, writes a private field that nobody sees, and deletes it "
        "again.",
        Act.TRY,
        is_repeated=True,
    ),
)

# --- QuickBooks Online --------------------------------------------------------------------

_APP = Row(
    "books",
    Part.BOOKS,
    "Enter the keys of your app at Intuit",
    "Register an app at developer.intuit.com once, with the accounting scope, and copy client ID "
    "and client secret from Keys and credentials.",
    Act.CONNECT,
)
_SIGN_IN = Row(
    "sign-in",
    Part.BOOKS,
    "Sign in to Intuit and authorize",
    "You sign in at Intuit's own page, choose the company and press Connect. Your password stays "
    "there.",
    Act.SIGN_IN,
    is_repeated=True,
)
_ONLINE: Final = (_APP, _SIGN_IN)

# --- Together -----------------------------------------------------------------------------

_LINK = Row(
    "link",
    Part.FIRST,
    "Link both systems",
    "What was entered before today stays where it is, unless you choose an earlier start.",
    Act.LINK,
)
_CHOOSE = Row(
    "choose",
    Part.FIRST,
    "Configure settings",
    "Choose what goes, and whether it goes by itself or when somebody sends it.",
    Act.SETTINGS,
    is_repeated=True,
)
_LISTS = Row(
    "lists",
    Part.FIRST,
    "Read the lists of both sides",
    "Customers, vendors, items and accounts are read, so that names can be matched.",
    Act.READ,
)
_BEFORE = Row(
    "before-first",
    Part.FIRST,
    "Check what has to be set before the first order",
    "Some of it can be seen from here; the rest you confirm.",
    Act.CHECKLIST,
    is_repeated=True,
)
_FIRST_ORDER = Row(
    "first-order",
    Part.FIRST,
    "Send the first order",
    "Choose one; you see what will be written before it goes.",
    Act.SEND,
)
_OF_SHOP: Final = (_LINK, _CHOOSE, _LISTS, _FIRST_ORDER)
_OF_DESK: Final = (_LINK, _CHOOSE, _LISTS, _BEFORE, _FIRST_ORDER)

_DESKTOP_PARTS: Final = {Part.BOOKS: "QuickBooks", Part.FIRST: "First synchronization"}
_ONLINE_PARTS: Final = {
    Part.BOOKS: "Step 2: connect to QuickBooks",
    Part.FIRST: "First synchronization",
}
_API_KEY: Final = "an API key of Fusion Operations"
_API_USER: Final = "an Autotask API user"
_COMPUTER: Final = "the computer QuickBooks runs on"
_INTUIT: Final = "an app and a sign-in at Intuit"

PAIRINGS: Final[Mapping[tuple[SystemName, SystemName], Pairing]] = {
    (SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP): Pairing(
        carries="Sales and purchase orders, receipts, shipments, time, inventory; orders back",
        needs=f"{_API_KEY}, and {_COMPUTER}",
        parts={Part.OPERATIONS: "Fusion Operations", **_DESKTOP_PARTS},
        rows=(_FUSION, *_BY_WEB_CONNECTOR, *_OF_SHOP),
        by_agent=(_FUSION, *_BY_AGENT, *_OF_SHOP),
    ),
    (SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_ONLINE): Pairing(
        carries="The same; a sales order becomes an estimate",
        needs=f"{_API_KEY}, and {_INTUIT}",
        parts={Part.OPERATIONS: "Step 1: connect to Fusion Operations", **_ONLINE_PARTS},
        rows=(_FUSION, *_ONLINE, *_OF_SHOP),
    ),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_DESKTOP): Pairing(
        carries="Purchase orders, received items, inventory, customers and vendors",
        needs=f"{_API_USER}, and {_COMPUTER}",
        parts={Part.OPERATIONS: "Autotask", **_DESKTOP_PARTS},
        rows=(_AUTOTASK, *_BY_WEB_CONNECTOR, *_OF_DESK),
        by_agent=(_AUTOTASK, *_BY_AGENT, *_OF_DESK),
    ),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_ONLINE): Pairing(
        carries="Purchase orders as orders or bills, vendors and customers",
        needs=f"{_API_USER}, and {_INTUIT}",
        parts={Part.OPERATIONS: "Step 1: connect to Autotask", **_ONLINE_PARTS},
        rows=(_AUTOTASK, *_ONLINE, *_OF_DESK),
    ),
}
"""Pairing -> how it is told and set up."""
