"""The interface v1.0 as the engine sees it.

Orders and receipts are read (``_purchasing``), and one number is written back; lists and
stock are read, companies created (``_records``, ``_stock``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from counterfoil.connectors.called import CallRefusedError, Driver, OneByOne, unsupported
from counterfoil.documents import (
    EXTERNAL_NUMBER,
    DocumentKind,
    RecordKind,
    Refusal,
    refuse,
)
from counterfoil.engine.operations import (
    CompleteToDo,
    Conflict,
    CreateDocument,
    CreateRecord,
    CreateToDo,
    Describe,
    Done,
    FindDocument,
    FindToDo,
    Missing,
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

from ._client import AutotaskClient
from ._errors import NAME
from ._purchasing import KINDS, Purchasing, Tenant
from ._records import KINDS as RECORDS
from ._records import Records
from ._stock import Stock
from ._to_dos import ToDos
from ._trial import seen_by
from ._visible import Names, Visible

__all__ = ["Autotask", "VersionOne"]


class Autotask(Driver):
    """The connector of one connection.

    Args:
        client: The connection's API user; owned by the caller.
        tenant: What the connection's settings say of it.
        now: The clock by which looks and sweeps are timed.
    """

    def __init__(
        self,
        client: AutotaskClient,
        tenant: Tenant,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        names = Names(client)
        super().__init__(lambda: VersionOne(client, tenant, names, now()))


class VersionOne(OneByOne):
    """A tenant by v1.0, as one batch sees it: a ``Port``."""

    name = NAME

    def __init__(self, client: AutotaskClient, tenant: Tenant, names: Names, now: datetime) -> None:
        self._client = client
        self._tenant = tenant
        self._visible = Visible(client)
        self._purchasing = Purchasing(self._visible, names, tenant, now)
        self._records = Records(client, self._visible, names)
        self._to_dos = ToDos(client, self._visible, names)
        self._stock = Stock(self._visible, counts_promised=tenant.counts_promised)

    # --- Readings ---

    def describe(self, operation: Describe) -> Outcome:
        """See the tenant itself, and count what is visible of it."""
        self._client.prove()
        seen = seen_by(self._client)
        return Done(
            facts={
                "system": NAME,
                "account": self._client.account.name,
                "reachable": "true",
                "time_zone": str(self._tenant.zone),
                "visible": " ".join(f"{name}:{count}" for name, count in seen.items()),
                "records": " ".join(sorted(RECORDS)),
                "documents": " ".join(sorted(KINDS)),
                "creates": " ".join(sorted([RecordKind.CUSTOMER, RecordKind.VENDOR])),
                "changes": "",
                "takes_out": "",
            }
        )

    def read_records(self, operation: ReadRecords) -> Outcome:
        """Give a whole list."""
        return self._visible.believed(lambda: self._records.read(operation))

    def read_documents(self, operation: ReadDocuments) -> Outcome:
        """Give what the bookmark leads to."""
        if operation.kind not in KINDS:
            return unsupported(NAME, f"it has no list of {operation.kind.words}s")
        page = self._visible.believed(lambda: self._purchasing.read(operation))
        return Done(page=page)

    def read_stock(self, operation: ReadStock) -> Outcome:
        """Give the sums over all locations."""
        return self._visible.believed(lambda: self._stock.read(operation))

    def find(self, operation: FindDocument) -> Outcome:
        """Look orders up."""
        if operation.kind is not DocumentKind.PURCHASE_ORDER:
            return unsupported(NAME, f"a {operation.kind.words} is not looked up there")
        page = self._visible.believed(lambda: self._purchasing.find(operation))
        return Done(page=page)

    # --- Writes ---

    def create_record(self, operation: CreateRecord) -> Outcome:
        """Add a company."""
        return self._records.create(operation)

    def create(self, operation: CreateDocument) -> Outcome:
        """Add no document: Autotask leads."""
        return unsupported(NAME, f"a {operation.kind.words} is not created there")

    def update(self, operation: UpdateDocument) -> Outcome:
        """Change no document."""
        return unsupported(NAME, f"a {operation.kind.words} is not changed there")

    def void(self, operation: VoidDocument) -> Outcome:
        """Take no document out."""
        return unsupported(NAME, f"a {operation.kind.words} is not taken out there")

    def write_field(self, operation: WriteField) -> Outcome:
        """Write an order's external number, over nothing but what was read there.

        It is read again right before: a number that we did not write is another
        integration's (corrections 2, section 4).  Whether it was taken is read afterwards,
        for fields that a service does not take it passes over in silence.
        """
        is_order = operation.kind is DocumentKind.PURCHASE_ORDER
        if not is_order or operation.name != EXTERNAL_NUMBER:
            return unsupported(NAME, f"a {operation.kind.words} has no field “{operation.name}”")
        id_ = int(operation.document_id)
        found = self._external_number(id_)
        if found is None:
            return Missing("The purchase order is not there, or not visible to the API user.")
        if found == operation.value:
            return Done(id=operation.document_id)
        if found and found != operation.expected:
            return Conflict(
                detail=f"the purchase order bears “{found}” by now, which Counterfoil did not "
                "write; another integration may transfer the same orders"
            )
        self._client.change("PurchaseOrders", id_, {"externalPONumber": operation.value})
        self._visible.forget()
        written = self._external_number(id_)
        if written != operation.value:
            return Conflict(detail=f"{NAME} took “{operation.value}”, and bears “{written}”")
        return Done(id=operation.document_id)

    def _external_number(self, id_: int) -> str | None:
        """Give what an order bears; ``None``: it is not there."""
        found = self._visible.believed(lambda: self._visible.one("PurchaseOrders", id_))
        number = None if found is None else found.get("externalPONumber")
        return None if found is None else str(number or "").strip()

    # --- To-dos ---

    def create_to_do(self, operation: CreateToDo) -> Outcome:
        """Add one to the tenant's own organization."""
        return self._to_dos.create(operation)

    def complete_to_do(self, operation: CompleteToDo) -> Outcome:
        """Mark one as done."""
        return self._to_dos.complete(operation)

    def find_to_do(self, operation: FindToDo) -> Outcome:
        """Look for one."""
        return self._to_dos.find(operation)

    # --- What became of a write whose answer was lost ---

    def recover_record(self, operation: CreateRecord) -> Outcome:
        """Look for its name."""
        return self._records.recover(operation)

    def recover_creation(self, operation: CreateDocument) -> Outcome:
        """Nothing was created."""
        return Missing("No document is created there.")

    def recover_update(self, operation: UpdateDocument) -> Outcome:
        """Nothing was changed."""
        return Missing("No document is changed there.")

    def recover_void(self, operation: VoidDocument) -> Outcome:
        """Nothing was taken out."""
        return Missing("No document is taken out there.")

    # --- Errors ---

    def may_have_written(self, error: ConnectorError) -> bool:
        """Neither a reading did, nor a question."""
        return not error.operation.startswith("GET ") and "/query" not in error.operation

    def refusal_of(self, operation: Operation, error: RejectedError) -> Refusal:
        """Say it in the service's own words."""
        kind = getattr(operation, "kind", None)
        return refuse(
            "rejected",
            where=None,
            document=kind.words if isinstance(kind, DocumentKind | RecordKind) else "request",
            target=NAME,
            problem=error.reason if isinstance(error, CallRefusedError) else error.message,
            detail=f"{error.operation}: {error.detail}",
        )
