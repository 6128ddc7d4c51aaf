"""The inbox as lines of a table, for spreadsheets and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec

from counterfoil.hub.setup import Hub

from ._cases import SHOWN_MAX, with_documents
from ._shapes import Case

__all__ = ["InboxRow", "listing"]


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document and what it waits for; of what keeps no document, the cause alone.

    Attributes:
        key: Of the case.
        cause, advice, acts: What is wrong, what helps, who acts.
        first: What helps most often, as its button says.
        link: The link's name.
        since: Since when the oldest document of the case waits.
        number, party, dated, amount, currency: The document at its source.
    """

    key: str
    cause: str
    advice: str
    acts: str
    first: str
    link: str
    since: datetime | None
    number: str | None = None
    party: str | None = None
    dated: date | None = None
    amount: Decimal | None = None
    currency: str | None = None


def listing(hub: Hub, cases: Iterable[Case]) -> Iterator[InboxRow]:
    """Go through cases, document by document, some of them at a time."""
    for case in cases:
        head = InboxRow(
            key=case.key,
            cause=case.sentence,
            advice=case.advice,
            acts=case.acts.value,
            first=case.primary.label,
            link=case.link_name,
            since=case.since,
        )
        if case.pile is None:
            yield head
            continue
        after = 0
        while page := with_documents(hub, [case], after=after)[0].documents:
            for each in page:
                yield msgspec.structs.replace(
                    head,
                    number=each.number,
                    party=each.party,
                    dated=each.day,
                    amount=each.amount,
                    currency=each.currency or None,
                )
            if len(page) < SHOWN_MAX:
                break
            after = page[-1].id
