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

from typing import Protocol

from counterfoil.documents import Refusal
from counterfoil.engine.operations import (
    CreateDocument,
    CreateRecord,
    Describe,
    FindDocument,
    Operation,
    Outcome,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    WriteField,
)
from counterfoil.errors import ConnectorError, RejectedError

__all__ = ["Port"]


class Port(Protocol):
    """One account, as one batch sees it."""

    @property
    def name(self) -> str:
        """What people call the system."""

    # --- Readings ---

    def describe(self, operation: Describe) -> Outcome:
        """Say who answers, and what can be read and written there."""

    def read_records(self, operation: ReadRecords) -> Outcome:
        """Give a list."""

    def read_documents(self, operation: ReadDocuments) -> Outcome:
        """Give the documents of a kind; what is ``known`` and not listed is asked alone."""

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
