"""What a row of the register holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable

import msgspec

from counterfoil.documents import DocumentKind, RecordKind, Refusal
from counterfoil.engine.life import State
from counterfoil.engine.operations import Batch, Outcome, VoidWay
from counterfoil.hub.evidence import WireCall
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName
from counterfoil.told import Told

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target
    from counterfoil.hub.setup import Hub

__all__ = [
    "LOOKS_EVERY_S_MAX",
    "SETTLES_AFTER_S_MAX",
    "Assumed",
    "Caller",
    "Calling",
    "Checkpoint",
    "Credential",
    "Form",
    "Given",
    "KeepsToDos",
    "SharedThrottle",
    "Side",
    "System",
    "Traits",
    "TrialStep",
    "secret_place",
]

# An hour: longer than any message set takes, and short enough to wait for.
SETTLES_AFTER_S_MAX: Final = 3600
# A day: whoever looks less often sends by hand.
LOOKS_EVERY_S_MAX: Final = 86_400


class Side(StrEnum):
    """On which side of a link a system stands."""

    OPERATIONS = "operations"
    BOOKS = "books"


class Traits(msgspec.Struct, frozen=True, kw_only=True):
    """How a system is driven, and what can be done with what was written to it.

    Attributes:
        is_called: ``True``: we call it; ``False``: it calls us.
        recalls_batches: It can say what became of a whole batch whose answer was lost.
        tells_deletions: It can be asked what was deleted.
        keeps_marks: What we create bears our mark and gives it back.
        watch: How the documents we wrote are watched: by what changed since the last
            look, by reading all there is (or, by a bookmark, all that may have changed), or
            not at all.
        settles_after: How long after it was sent a write may still be carried out, when
            no answer came; a connection may have its own (``settles_after``).
        ways_out: Kind -> how a document of ours can be taken out, best first; absent:
            only by hand.
        closes: Kinds that can be closed and stay.
        changes: Kinds that can be changed after they were written.
        links_to: Kinds of its own to which what fulfils them can be linked.
        lists: Lists that matching reads.
        lists_every: A list that was read so lately is not read again, unless it is asked for.
        records_per_page, documents_per_page: Sizes of a reading's page.
        keeps_ledger_mark: It has a place for who we are, beside its own identity.
        identity_pattern: What its identities of documents look like.
        takes_numbers: Kinds of its own that keep the number which the books gave them.
        may_be_older: An older copy of it may take its place: a file that is restored.  Then
            each run sees whether it still holds what was written last.
        described_every: How often it is asked what an account is like; ``None``: never, for
            nothing that planning needs depends on it.
        keeps_to_dos: It has lists of what is to be done, in which errors may be told.
        seeks_orders: One order of it can be read by its number, whatever its status and age.
        looks_every: How often it is looked at when nothing wakes us, counted from the end of the
            look before; a connection may have its own (``looks_every``).
        guards_fields: Its connector reads a field right before it writes it, and compares.
        tells_identities: Its documents name products and parties by identity as well: one that
            is renamed stays what it is.
    """

    is_called: bool
    recalls_batches: bool
    tells_deletions: bool
    keeps_marks: bool
    watch: Literal["changes", "snapshot", "none"]
    settles_after: timedelta
    ways_out: Mapping[DocumentKind, tuple[VoidWay, ...]] = MappingProxyType({})
    closes: frozenset[DocumentKind] = frozenset()
    changes: frozenset[DocumentKind] = frozenset()
    links_to: frozenset[DocumentKind] = frozenset(
        {DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER}
    )
    lists: tuple[RecordKind, ...]
    lists_every: timedelta = timedelta(0)
    records_per_page: int
    documents_per_page: int
    keeps_ledger_mark: bool = False
    identity_pattern: str = ".+"
    takes_numbers: frozenset[DocumentKind] = frozenset()
    guards_fields: bool = False
    tells_identities: bool = False
    may_be_older: bool = True
    described_every: timedelta | None = None
    keeps_to_dos: bool = False
    seeks_orders: bool = False
    looks_every: timedelta = timedelta(minutes=5)


# --- Connecting ---------------------------------------------------------------------------


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that connecting a system asks for.

    Attributes:
        name: As commands and requests call it, such as ``base_url``.
        is_needed: Nothing goes without it.
        is_secret: Sealed when it is stored, and never shown again.
    """

    name: str
    is_needed: bool = False
    is_secret: bool = False

    @property
    def option(self) -> str:
        """Its name on the command line."""
        return "--" + self.name.replace("_", "-")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a person gave for a connection, read and checked.

    Attributes:
        parameters: What is not secret.
        secret: What is; ``None``: the system has none.
        account: Which real account it is; ``None``: only the system can tell.
        user_name: What it signs in here with; ``None``: one is made up.
    """

    parameters: dict[str, Any]
    secret: str | None = None
    account: str | None = None
    user_name: str | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What connecting a system takes.

    Attributes:
        credentials: What is asked for, in this order.
        read: Checks texts as people typed them (none is empty, all of them are in
            ``credentials``), over what is known already; raises ``UsageError``.
        signs_in_here: It calls us, so it gets a user name and a password of ours, and a
            file that introduces us.
        provider: A person signs in there, at this provider (``connectors.oauth``), and which
            account it is shows then; ``None``: what is typed opens it.  ``client_id`` and
            ``client_secret`` are among the credentials then, ``environment`` among the
            parameters, and ``sign_in_url`` where a stand-in takes the provider's place.
    """

    credentials: tuple[Credential, ...]
    read: Callable[[Mapping[str, str], Given | None], Given]
    signs_in_here: bool = False
    provider: str | None = None


# --- Trying -------------------------------------------------------------------------------


class TrialStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of trying a system that we call.

    Attributes:
        name: Stable, for programs.
        title: What is tried, for people.
        passed: The sentence when it worked.
        failures: Codes of the errors that say that this step failed.
    """

    name: str
    title: str
    passed: str
    failures: frozenset[str] = frozenset()


class Assumed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is taken for true of a system, and whether it is so.

    Attributes:
        is_so: ``None``: nothing that is there tells.
        sentence: What was seen, and what to set.
    """

    name: str
    title: str
    is_so: bool | None
    sentence: Told


# --- Calling ------------------------------------------------------------------------------

Checkpoint = Callable[[], None]
"""Asked right before each call to the outside; raises when the drive has to stop."""


class Caller(Protocol):
    """A system that carries out batches when it is called."""

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        """Carry a batch out; every operation comes to an outcome, none raises."""

    def introduce(self) -> Mapping[str, str]:
        """Sign in, read a little, and say what is known of who answers.

        Raises:
            RejectedError: The address or the credentials are wrong, in words.
            UnavailableError: Nobody answers there now.
        """

    def assumptions(self) -> Sequence[Assumed]:
        """Read every list once, and say what of that which is taken for true is so.

        What cannot be read tells nothing; none raises.
        """

    def close(self) -> None:
        """Let go of the network."""


@runtime_checkable
class KeepsToDos(Protocol):
    """A ``Caller`` whose system keeps lists of what is to be done, too."""

    def to_do_problem(self, action_type: str, assignee: str) -> Refusal | None:
        """Say why to-dos of a type cannot be given to somebody; ``None``: they can.

        Raises:
            ConnectorError: The lists could not be read.
        """


class Calling(msgspec.Struct, frozen=True, kw_only=True):
    """How a system is called.

    Attributes:
        hub: Whose network, clock, vault and budget.
        checkpoint: Asked before each call.
        witness: Told of each call once it is over.
        tells_sites: It matters to the books of some link where in the system stock lies.
    """

    hub: Hub
    checkpoint: Checkpoint = lambda: None
    witness: Callable[[WireCall], None] = lambda call: None
    tells_sites: bool = False


class SharedThrottle:
    """A connection's budget of calls, counted in the ledger for all processes."""

    def __init__(self, hub: Hub, connection: int, *, capacity: int, per_minute: int) -> None:
        self._hub = hub
        self._connection = connection
        self._capacity = capacity
        self._per_minute = per_minute

    def take(self) -> float:
        """Take one call; 0: it may leave now, else ask again after so many seconds."""
        hub = self._hub
        with hub.database.writing() as tx:
            return connections.take_token(
                tx,
                self._connection,
                hub.now(),
                capacity=self._capacity,
                per_minute=self._per_minute,
            )


def secret_place(connection: int) -> str:
    """Name the place to which a connection's secret is bound."""
    return f"connection/{connection}/secret"


# --- The row ------------------------------------------------------------------------------


class Targeting(Protocol):
    """Describes a connection as planning sees it; see ``target_of``."""

    def __call__(
        self,
        connection: Connection,
        version: Version | None,
        batch_limit: int | None,
        writer: messages.Writer | None,
    ) -> Target:
        """Give the description."""


Opener = Callable[[int | None, Mapping[str, Any], str | None, Calling], Caller]
"""From a connection's id, parameters and secret to a client.  Without an id the secret is
not sealed yet, and no budget is counted: so credentials are tried before they are kept."""


class System(msgspec.Struct, frozen=True, kw_only=True):
    """An outside system as the hub knows it.

    Attributes:
        target: Describes one of its connections as planning sees it.
        opener: Opens a client; ``None``: it calls us.
        steps: What trying it goes through, in this order; none where it calls us.
        state_words: What its users call a state of a document of theirs, where that is another
            word than ours.
    """

    name: SystemName
    side: Side
    traits: Traits
    form: Form
    target: Targeting
    opener: Opener | None = None
    steps: tuple[TrialStep, ...] = ()
    state_words: Mapping[State, str] = MappingProxyType({})
