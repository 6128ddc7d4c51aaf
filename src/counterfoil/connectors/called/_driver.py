"""A system that we call, as the engine sees it: operations in, outcomes out.

The driver hands each operation to a ``Port`` and makes outcomes of what that raises.  What
is asked and how is the port's matter, so this is the same for every interface.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from counterfoil.documents import InvalidDocument, refuse
from counterfoil.engine.operations import (
    ActivateRecord,
    Batch,
    Busy,
    CompleteToDo,
    CreateDocument,
    CreateRecord,
    CreateToDo,
    Describe,
    FindDocument,
    FindToDo,
    Missing,
    Operation,
    Outcome,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    WriteField,
    WriteMark,
    is_write,
)
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)

from ._outcomes import unsupported
from ._port import ActivatingPort, Answer, Port, ToDoPort
from ._rim import clean_line

__all__ = ["LOST_IN_A_ROW_MAX", "Driver"]

# After so many lost answers in a row the service is down: the rest of the batch waits.
LOST_IN_A_ROW_MAX = 3


class Driver:
    """The connector of one connection; ``opens`` gives the port of one batch."""

    def __init__(self, opens: Callable[[], Port]) -> None:
        self._opens = opens

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        """Carry out a batch: one outcome for each operation, in order.

        Nothing the service or the network does is raised; what was written before is never
        forgotten over it.

        Raises:
            SettingsError: The connection's address or key cannot be used at all.
            Exception: What the client's ``checkpoint`` raises to stop the batch.
        """
        visit = _Visit(self._opens())
        if not batch.recovers:
            visit.begin(batch.operations)
        ask = visit.recover if batch.recovers else visit.carry_out
        return [(operation.id, ask(operation)) for operation in batch.operations]


class _Visit:
    """One batch, and whether the service can still be reached."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._stopped: Busy | None = None
        self._lost_in_a_row = 0
        self._taken: Mapping[str, Answer] = {}
        self._answers: dict[type[Operation], Callable[[Any], Outcome]] = {
            CreateDocument: port.create,
            CreateRecord: port.create_record,
            Describe: port.describe,
            FindDocument: port.find,
            ReadDeletions: port.read_deletions,
            ReadDocuments: port.read_documents,
            ReadRecords: port.read_records,
            ReadStock: port.read_stock,
            UpdateDocument: port.update,
            VoidDocument: port.void,
            WriteField: port.write_field,
            WriteMark: lambda _: unsupported(port.name, "it has no place for a mark of ours"),
            ActivateRecord: _activation(port),
            **_to_do_answers(port),
        }
        self._recoveries: dict[type[Operation], Callable[[Any], Outcome]] = {
            CreateDocument: port.recover_creation,
            CreateRecord: port.recover_record,
            **_activation_recovered(port),
            UpdateDocument: port.recover_update,
            VoidDocument: port.recover_void,
            # Writing the same value again changes nothing.
            WriteField: lambda _: Missing("A custom field may be written again."),
        }

    def begin(self, operations: Sequence[Operation]) -> None:
        """Carry out what can travel in one call."""
        self._taken = self._port.together(operations)

    def carry_out(self, operation: Operation) -> Outcome:
        """Do what is asked, or tell what became of it together with others."""
        taken = self._taken.get(operation.id)
        if taken is not None:
            return self._settled(operation, lambda _: taken())
        return self._guarded(operation, self._answers[type(operation)])

    def recover(self, operation: Operation) -> Outcome:
        """Find out what became of an operation whose answer was lost; write nothing."""
        kind = type(operation)
        return self._guarded(operation, self._recoveries.get(kind) or self._answers[kind])

    # --- From errors to outcomes -----------------------------------------------------------

    def _guarded(self, operation: Operation, answer: Callable[[Any], Outcome]) -> Outcome:
        return self._stopped or self._settled(operation, answer)

    def _settled(self, operation: Operation, answer: Callable[[Any], Outcome]) -> Outcome:
        try:
            outcome = answer(operation)
        except InvalidDocument as error:
            # A write was carried out, but its answer does not say as what; or what would tell
            # what became of one cannot be read.
            reason = f"{self._port.name} answered with something unreadable: {error}"
            return Unknown(clean_line(reason, 500))
        except ConnectorError as error:
            return self._failed(operation, error)
        self._lost_in_a_row = 0
        return outcome

    def _failed(self, operation: Operation, error: ConnectorError) -> Outcome:
        reason, seen = error.message, error.told.detail
        if isinstance(error, RejectedError):
            return self._rejected(operation, error)
        self._lost_in_a_row += 1
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None or self._lost_in_a_row >= LOST_IN_A_ROW_MAX:
            self._stopped = Busy(reason, retry_after_s, detail=seen)
        if isinstance(error, UnavailableError):
            return Busy(reason, retry_after_s, detail=seen)
        # Of a lost or unreadable answer to a reading, or for a token, nothing is in doubt.
        is_in_doubt = isinstance(error, OutcomeUnknownError | UnreadableReplyError)
        if is_in_doubt and is_write(operation) and self._port.may_have_written(error):
            return Unknown(reason, seen)
        return Busy(reason, detail=seen)

    def _rejected(self, operation: Operation, error: RejectedError) -> Outcome:
        if error.code == "401":
            # The documents are not at fault: they wait until the key is right again.
            self._stopped = Busy(error.message, detail=error.told.detail)
            if is_write(operation) or isinstance(operation, FindDocument):
                return self._stopped
        if error.code in {"401", "403"}:
            return Refused(
                refuse(
                    "permission-missing",
                    target=self._port.name,
                    problem=error.message,
                    detail=error.told.detail,
                ),
                error.code,
            )
        return Refused(self._port.refusal_of(operation, error), error.code)


def _activation(port: Port) -> Callable[[Any], Outcome]:
    if isinstance(port, ActivatingPort):
        return port.activate_record
    lacks = unsupported(port.name, "what is inactive is made active there by hand")
    return lambda _: lacks


def _activation_recovered(port: Port) -> dict[type[Operation], Callable[[Any], Outcome]]:
    return {ActivateRecord: port.recover_activation} if isinstance(port, ActivatingPort) else {}


def _to_do_answers(port: Port) -> dict[type[Operation], Callable[[Any], Outcome]]:
    if isinstance(port, ToDoPort):
        return {
            CreateToDo: port.create_to_do,
            CompleteToDo: port.complete_to_do,
            FindToDo: port.find_to_do,
        }
    lacks = unsupported(port.name, "it keeps no lists of what is to be done")
    return dict.fromkeys((CreateToDo, CompleteToDo, FindToDo), lambda _: lacks)
