"""What flows need of an account at a system that we call, whichever interface serves it.

The driver knows this and nothing else: dispatch and what errors mean are its own; paths,
names, pages, filters and how what is written is looked for are the port's.

A port lives as long as one batch.  Each method answers one operation, or raises a
``ConnectorError``, or ``InvalidDocument`` where an answer cannot be read: the driver turns
both into outcomes.  What shall be read of:

====================  ====================================================================
orders                sales and purchase orders, closed ones included
shippings, receivings  ``Shipment`` and ``Receipt``, each line with its order's line
movements             where orders do not tell what has moved, and for stock
productions           ``WorkEntry``, closed once their production order is finished
stock                 ``Item`` with ``on_hand``
lists                 clients, suppliers, products
====================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from counterfoil.documents import Refusal
from counterfoil.engine.operations import (
    ActivateRecord,
    CompleteToDo,
    CreateDocument,
    CreateRecord,
    CreateToDo,
    Describe,
    Done,
    FindDocument,
    FindToDo,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    WriteField,
)
from counterfoil.errors import ConnectorError, RejectedError

__all__ = ["ActivatingPort", "Answer", "OneByOne", "Port", "ToDoPort"]

Answer = Callable[[], Outcome]
"""Gives the outcome of an operation that was carried out with others, or raises why not."""


class Port(Protocol):
    """One account, as one batch sees it."""

    @property
    def name(self) -> str:
        """What people call the system."""

    def together(self, operations: Sequence[Operation]) -> Mapping[str, Answer]:
        """Carry out at once what can travel in one call; the rest is asked one by one.

        Gives an answer for each operation that was taken, by its id: what has left is never
        answered by what happens to others.
        """

    # --- Readings ---

    def describe(self, operation: Describe) -> Outcome:
        """Say who answers, and what can be read and written there."""

    def read_records(self, operation: ReadRecords) -> Outcome:
        """Give a list."""

    def read_documents(self, operation: ReadDocuments) -> Outcome:
        """Give the documents of a kind; what is ``known`` and not listed is asked alone."""

    def read_deletions(self, operation: ReadDeletions) -> Outcome:
        """Give what was deleted; nothing where absence from a snapshot tells it."""

    def read_stock(self, operation: ReadStock) -> Outcome:
        """Give how much there is, summed over warehouses, in each product's own unit."""

    def find(self, operation: FindDocument) -> Outcome:
        """Look documents up by identity or number."""

    # --- Writes ---

    def create_record(self, operation: CreateRecord) -> Outcome:
        """Add a list record."""

    def create(self, operation: CreateDocument) -> Outcome:
        """Add an order."""

    def update(self, operation: UpdateDocument) -> Outcome:
        """Change, close or re-open an order, if it is still as expected."""

    def void(self, operation: VoidDocument) -> Outcome:
        """Take an order out."""

    def write_field(self, operation: WriteField) -> Outcome:
        """Set one custom field of an order."""

    # --- What became of a write whose answer was lost ---

    def recover_record(self, operation: CreateRecord) -> Outcome:
        """Look for a record."""

    def recover_creation(self, operation: CreateDocument) -> Outcome:
        """Look for an order."""

    def recover_update(self, operation: UpdateDocument) -> Outcome:
        """Let the order tell."""

    def recover_void(self, operation: VoidDocument) -> Outcome:
        """Look whether an order is still there."""

    # --- Errors ---

    def may_have_written(self, error: ConnectorError) -> bool:
        """Whether a call whose answer was lost may have changed anything."""

    def refusal_of(self, operation: Operation, error: RejectedError) -> Refusal:
        """Say for people what the system has against an operation."""


class OneByOne:
    """A port that asks one thing a call, of a service that tells of no deletion."""

    def together(self, operations: Sequence[Operation]) -> Mapping[str, Answer]:
        """Take nothing together."""
        return {}

    def read_deletions(self, operation: ReadDeletions) -> Outcome:
        """Tell of none: what a snapshot lacks is gone."""
        return Done(page=Page())


@runtime_checkable
class ActivatingPort(Protocol):
    """A ``Port`` of a system where records of lists are made active again, too."""

    def activate_record(self, operation: ActivateRecord) -> Outcome:
        """Make one active; that it is so already counts as done."""

    def recover_activation(self, operation: ActivateRecord) -> Outcome:
        """Look whether it is active."""


@runtime_checkable
class ToDoPort(Protocol):
    """A ``Port`` of a system that keeps lists of what is to be done, too."""

    def create_to_do(self, operation: CreateToDo) -> Outcome:
        """Add one, unless an open one bears its mark."""

    def complete_to_do(self, operation: CompleteToDo) -> Outcome:
        """Mark one as done."""

    def find_to_do(self, operation: FindToDo) -> Outcome:
        """Look for an open one by its mark, or say whether one was completed."""
