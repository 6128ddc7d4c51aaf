"""A case as programs see it: without what only we need, and with what each cure would do."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from ._effects import effect
from ._shapes import Case, CaseDocument, Cure, Total

__all__ = ["CaseShown", "shown"]


class CureShown(msgspec.Struct, frozen=True, kw_only=True):
    """A way out of a case.

    Attributes:
        choice: What to choose it by; ``name``: what it does.
        label: What its button says.
        asks: What a person has to say first: record, name, day, number, document or reason;
            ``None``: nothing.
        answer: What is likely, where it asks.
        needs: The scope it needs.
        effect: What would happen with all documents that the case keeps.
        way_back: What can be taken back afterwards.
    """

    choice: str
    name: str
    label: str
    asks: str | None
    answer: str
    needs: str
    effect: tuple[str, ...]
    way_back: str


class DocumentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a case keeps; ``token`` says which one was seen, and as it stood."""

    transfer: int
    token: str
    kind: str
    number: str
    party: str | None
    day: date | None
    amount: Decimal | None
    currency: str


class CaseShown(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps something from going on, however many documents it keeps.

    Attributes:
        key: Tells it from the others, from look to look.
        kind: refused, changed, fields, overdue, unreadable, connection or link.
        code: Of the refusal or reason.
        sentence, advice, acts: What is wrong, what helps, and who acts.
        detail: What was seen, for the engineer; empty: nothing beyond that.
        link, link_name, connection, flow: Whose it is.
        since: Since when the oldest of it waits.
        number: How many documents it keeps; ``documents``: the first of them.
        stand: Changes with every change of what it keeps.
        totals: What the documents that are shown come to.
        cures: The ways out, what helps most often first.
    """

    key: str
    kind: str
    code: str
    sentence: str
    advice: str
    detail: str
    acts: str
    link: int | None
    link_name: str
    connection: int | None
    flow: str | None
    since: datetime | None
    number: int
    stand: str
    documents: tuple[DocumentShown, ...]
    totals: tuple[Total, ...]
    cures: tuple[CureShown, ...]


def shown(case: Case) -> CaseShown:
    """Give a case as programs see it."""
    return CaseShown(
        key=case.key,
        kind=case.kind.value,
        code=case.code,
        sentence=case.sentence,
        advice=case.advice,
        detail=case.detail,
        acts=case.acts.value,
        link=case.link,
        link_name=case.link_name,
        connection=case.connection,
        flow=None if case.flow is None else case.flow.value,
        since=case.since,
        number=case.number,
        stand=case.stand,
        documents=tuple(_document(each) for each in case.documents),
        totals=case.totals,
        cures=tuple(_cure(case, each) for each in case.cures),
    )


def _cure(case: Case, cure: Cure) -> CureShown:
    told = effect(case, cure)
    return CureShown(
        choice=cure.choice,
        name=cure.name.value,
        label=cure.label,
        asks=None if cure.asks is None else cure.asks.value,
        answer=cure.answer,
        needs=cure.needs.value,
        effect=told.lines,
        way_back=told.way_back,
    )


def _document(each: CaseDocument) -> DocumentShown:
    return DocumentShown(
        transfer=each.id,
        token=each.token,
        kind=each.kind.value,
        number=each.number,
        party=each.party,
        day=each.day,
        amount=each.amount,
        currency=each.currency,
    )
