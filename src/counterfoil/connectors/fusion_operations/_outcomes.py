"""Answers in the engine's words: what is done, and refusals that say why not."""

from __future__ import annotations

from counterfoil.connectors import called
from counterfoil.connectors.called import CallRefusedError, clean_line
from counterfoil.documents import (
    DocumentKind,
    OrderLine,
    PurchaseLine,
    RecordKind,
    Refusal,
    SalesOrder,
    refuse,
)
from counterfoil.engine.operations import (
    CreateDocument,
    Done,
    Operation,
    Page,
    Refused,
    Unknown,
    Unreadable,
    UpdateDocument,
)
from counterfoil.errors import RejectedError

from ._elements import Reading
from ._errors import NAME
from ._kinds import Order
from ._terms import in_order_terms, line_words, place_of

__all__ = [
    "cannot_change",
    "done",
    "page_of",
    "refusal_of",
    "taken",
    "unclear",
    "unfit",
    "unfit_value",
    "unsupported",
]


def page_of(reading: Reading) -> Page:
    """Everything there is; what could not be read is not gone, if it tells which it is."""
    return Page(
        records=reading.records,
        documents=reading.documents,
        is_snapshot=reading.is_snapshot,
        unreadable=reading.unreadable,
        told_orders=reading.told_orders,
        formerly=dict(reading.formerly),
    )


def done(order: Order, note: str | None = None, *, is_whole: bool = True) -> Done:
    return Done(
        id=order.id,
        number=order.number,
        line_ids=tuple(line.id for line in order.lines),
        document=order if is_whole else None,
        note=note,
    )


def unsupported(problem: str) -> Refused:
    return called.unsupported(NAME, problem)


def cannot_change(
    operation: UpdateDocument, path: str, problem: str, code: str | None = None
) -> Refused:
    document = operation.document
    what = in_order_terms(path, document)
    refusal = refuse(
        "cannot-change",
        where=path,
        document=operation.kind.words,
        target=NAME,
        difference=f"{what} ({clean_line(in_order_terms(problem, document), 300)})",
    )
    return Refused(refusal, code)


def unclear(
    kind: DocumentKind | RecordKind, bad: list[Unreadable], *, is_alone: bool
) -> Refused | Unknown:
    """Answer where what is sought may be what cannot be read.

    A question for one is refused, naming it; of several the others have an answer that this
    would deny them, so each has to be asked for alone.
    """
    detail = " ".join(f"{each.sentence}." for each in bad[:3])
    if not is_alone:
        return Unknown(f"Ask for each alone, for some cannot be told: {detail}")
    return Refused(
        refuse(
            "outcome-unclear",
            document=kind.words,
            target=NAME,
            near="a record that could not be read",
            detail=detail,
        ),
    )


def taken(
    operation: CreateDocument | UpdateDocument,
    found: Order,
    path: str,
    *,
    number: str | None = None,
) -> Refusal:
    party = found.customer if isinstance(found, SalesOrder) else found.vendor
    of = f" of “{clean_line(party.name)}”" if party is not None else ""
    return refuse(
        "number-taken",
        where="number",
        value=number or operation.document.number,
        document=operation.kind.words,
        target=NAME,
        found=f"id {found.id}{of}; it differs in {path}",
        id=found.id,
    )


def refusal_of(operation: Operation, error: RejectedError) -> Refusal:
    kind = getattr(operation, "kind", None)
    words = kind.words if isinstance(kind, DocumentKind | RecordKind) else "request"
    where, problem = None, error.message
    if isinstance(error, CallRefusedError):
        where, problem = error.field, error.reason
        if isinstance(operation, CreateDocument | UpdateDocument):
            document = operation.document
            where = place_of(where or problem, document) or where
            problem = in_order_terms(problem, document)
    return refuse(
        "rejected",
        where=where,
        document=words,
        target=NAME,
        problem=problem,
        detail=f"{error.operation}: {error.detail}",
    )


def unfit_value(where: str, value: str, problem: str) -> Refusal:
    return refuse(
        "value-unfit",
        where=where,
        value=clean_line(value),
        field=f"The value of {where}",
        target=NAME,
        problem=problem,
    )


def unfit(kind: DocumentKind, document: Order) -> Refusal | None:
    """Say what would make the service refuse the order, before anything is sent."""
    if not document.number:
        return refuse(
            "value-unfit",
            where="number",
            value="",
            field="The number",
            target=NAME,
            problem="every order has to have a code there",
        )
    lines: tuple[OrderLine | PurchaseLine, ...] = document.lines
    if not any(line.item for line in lines):
        return refuse("nothing-to-send", document=kind.words)
    for index, line in enumerate(lines):
        if line.item is not None and line.quantity is None:
            return refuse(
                "value-unfit",
                where=f"lines[{index}].quantity",
                value="",
                field="The quantity",
                target=NAME,
                problem=f"{line_words(line, index)} has none",
            )
    return None
