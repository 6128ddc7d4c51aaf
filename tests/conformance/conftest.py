"""Both sides of a company, each behind the same few verbs.

A ``Peer`` is one outside system as a connector reaches it: ``perform`` carries a batch out,
``recover`` asks what became of one whose answer was lost.  Nothing in the suite knows which
system it talks to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest

from counterfoil.connectors.called import Line
from counterfoil.connectors.fusion_operations import (
    Account,
    Company,
    FusionClient,
    FusionOperations,
)
from counterfoil.connectors.quickbooks_desktop.messages import read_answer, render_batch
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    FindDocument,
    Operation,
    Outcome,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    WriteField,
    WriteMark,
)
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, ProcessResult, fill_company
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, playing
from tests.sandboxes.quickbooks_desktop.desk import START
from tests.support.world import judge

KINDS: Mapping[type[Operation], Kind] = {
    CreateDocument: Kind.CREATE_DOCUMENT,
    CreateRecord: Kind.CREATE_RECORD,
    FindDocument: Kind.FIND,
    ReadRecords: Kind.READ_RECORDS,
    ReadDocuments: Kind.READ_DOCUMENTS,
    ReadDeletions: Kind.READ_DELETIONS,
    ReadStock: Kind.READ_STOCK,
    UpdateDocument: Kind.UPDATE_DOCUMENT,
    VoidDocument: Kind.VOID_DOCUMENT,
    WriteField: Kind.WRITE_FIELD,
    WriteMark: Kind.WRITE_MARK,
}


class Peer(Protocol):
    """An outside system behind its connector."""

    name: str

    def perform(self, batch: Batch) -> dict[str, Outcome]:
        """Carry a batch out."""

    def recover(self, batch: Batch) -> dict[str, Outcome]:
        """Ask what became of a batch whose answer was lost."""


class Books:
    """QuickBooks Desktop: message sets into a company file, answers out of it."""

    name = "quickbooks-desktop"

    def __init__(self, process: Callable[[str], ProcessResult]) -> None:
        self._process = process

    def perform(self, batch: Batch) -> dict[str, Outcome]:
        return self._ask(batch, batch.operations, recovers=False)

    def recover(self, batch: Batch) -> dict[str, Outcome]:
        question = Batch(operations=(), key=batch.key, recovers=True)
        return self._ask(question, batch.operations, recovers=True)

    def _ask(
        self, batch: Batch, operations: tuple[Operation, ...], *, recovers: bool
    ) -> dict[str, Outcome]:
        text = render_batch(batch, Version(16, 0))
        judge(text, (16, 0))
        result = self._process(text)
        assert not result.hresult, result.message
        asked = [_asked(each) for each in operations]
        answer = read_answer(asked, result.response, recovers=recovers, key=batch.key)
        return dict(answer)


def _asked(operation: Operation) -> Asked:
    subject = getattr(operation, "kind", None)
    return Asked(wire_id=operation.id, kind=KINDS[type(operation)], subject=subject)


class Shop:
    """Fusion Operations: calls to its service."""

    name = "fusion-operations"

    def __init__(self, driver: FusionOperations) -> None:
        self._driver = driver

    def perform(self, batch: Batch) -> dict[str, Outcome]:
        return dict(self._driver.perform(batch))

    def recover(self, batch: Batch) -> dict[str, Outcome]:
        return dict(
            self._driver.perform(Batch(operations=batch.operations, key=batch.key, recovers=True))
        )


def _books(stack: ExitStack) -> Peer:
    company = CompanyFile.create(None, now=lambda: float(START))
    stack.callback(company.close)
    fill_company(company.process, company.settings)
    return Books(partial(company.process, application="Counterfoil"))


def _shop(stack: ExitStack) -> Peer:
    play = stack.enter_context(playing())
    client = FusionClient(
        Account(base_url=BASE_URL, key=KEY, secret=SECRET),
        line=Line(transport=play.transport, clock=play.clock.seconds, sleep=play.clock.wait),
    )
    stack.callback(client.close)
    return Shop(FusionOperations(client, Company(zone=ZoneInfo("America/New_York"))))


PEERS: Mapping[str, Callable[[ExitStack], Peer]] = {Books.name: _books, Shop.name: _shop}


@pytest.fixture(params=sorted(PEERS))
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Runs the test once per connector, against its sandbox."""
    with ExitStack() as stack:
        yield PEERS[request.param](stack)
