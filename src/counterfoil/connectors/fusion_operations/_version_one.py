"""The interface v1: one HTTP call per write, whole lists, ids and codes.

Lists are read once per batch, however many operations need them (``_lists``); what is read
of documents is in ``_documents``, what is written of orders in ``_orders``, of records in
``_records``.
"""

from __future__ import annotations

from counterfoil.connectors.called import Driver, OneByOne
from counterfoil.documents import DocumentKind, Refusal
from counterfoil.engine.operations import (
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    Operation,
    Outcome,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteField,
)
from counterfoil.errors import ConnectorError, RejectedError

from ._account import account_of
from ._client import FusionClient
from ._documents import Documents
from ._errors import NAME
from ._kinds import DERIVED, ORDERS, RECORDS, Company
from ._lists import Lists
from ._orders import Orders
from ._outcomes import refusal_of
from ._records import Records
from ._stock import Learnt, Stock

__all__ = ["FusionOperations", "VersionOne"]


class FusionOperations(Driver):
    """The connector of one connection that speaks v1.

    Args:
        client: Signed in as the connection's key; owned by the caller.
        company: What the connection's settings say of it.
    """

    def __init__(self, client: FusionClient, company: Company) -> None:
        learnt = Learnt()
        super().__init__(lambda: VersionOne(client, company, learnt))


class VersionOne(OneByOne):
    """A company by v1, as one batch sees it: a ``Port``."""

    name = NAME

    def __init__(self, client: FusionClient, company: Company, learnt: Learnt) -> None:
        self._client = client
        self._company = company
        self._lists = Lists(client)
        self._orders = Orders(self._lists, company, client.fields)
        self._records = Records(self._lists, company, client.fields)
        self._documents = Documents(self._lists, company, client.fields)
        self._stock = Stock(self._lists, self._records, company, client.fields, learnt)

    def describe(self, operation: Describe) -> Outcome:
        """Read the shortest list there is; what counts is that it answers."""
        try:
            self._lists.elements("product-families")
        except RejectedError as error:
            if error.code not in {"403", "404"}:
                raise
        account, company = self._client.account, self._company
        return Done(
            facts={
                "system": NAME,
                "account": account_of(account.base_url, account.key),
                "reachable": "true",
                "time_zone": str(company.zone),
                "country": company.country,
                "records": " ".join(sorted(RECORDS)),
                "documents": " ".join(sorted([*ORDERS, *DERIVED, DocumentKind.WORK_ENTRY])),
                "creates": " ".join(sorted([*RECORDS, *ORDERS])),
                "changes": " ".join(sorted(ORDERS)) if company.changes_orders else "",
                "takes_out": VoidWay.DELETE.value,
            }
        )

    def read_records(self, operation: ReadRecords) -> Outcome:
        """Give a whole list."""
        return self._records.read(operation)

    def read_documents(self, operation: ReadDocuments) -> Outcome:
        """Give whole documents, heads too, for the lists hold nothing less."""
        return self._documents.read(operation)

    def read_stock(self, operation: ReadStock) -> Outcome:
        """Give a page of stock."""
        return self._stock.read(operation)

    def find(self, operation: FindDocument) -> Outcome:
        """Look through the list."""
        return self._documents.find(operation)

    def create_record(self, operation: CreateRecord) -> Outcome:
        """Add a client, a supplier or a product."""
        return self._records.create(operation)

    def create(self, operation: CreateDocument) -> Outcome:
        """Add an order."""
        return self._orders.create(operation)

    def update(self, operation: UpdateDocument) -> Outcome:
        """Read, compare, write back whole."""
        return self._orders.update(operation)

    def void(self, operation: VoidDocument) -> Outcome:
        """Delete an order."""
        return self._orders.void(operation)

    def write_field(self, operation: WriteField) -> Outcome:
        """Read, set, write back whole."""
        return self._orders.write_field(operation)

    def recover_record(self, operation: CreateRecord) -> Outcome:
        """Look for its code."""
        return self._records.recover(operation)

    def recover_creation(self, operation: CreateDocument) -> Outcome:
        """Look for its code."""
        return self._orders.recover_creation(operation)

    def recover_update(self, operation: UpdateDocument) -> Outcome:
        """Let the order tell."""
        return self._orders.recover_update(operation)

    def recover_void(self, operation: VoidDocument) -> Outcome:
        """Look in the list."""
        return self._orders.recover_void(operation)

    def may_have_written(self, error: ConnectorError) -> bool:
        """Neither a reading did, nor the call for a token."""
        is_signing_in = error.operation.endswith(self._client.fields.path("authorization"))
        return not (error.operation.startswith("GET ") or is_signing_in)

    def refusal_of(self, operation: Operation, error: RejectedError) -> Refusal:
        """Say it in the terms of orders."""
        return refusal_of(operation, error)
