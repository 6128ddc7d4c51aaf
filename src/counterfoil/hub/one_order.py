"""“Sync one PO”: an order read now, sent whatever its status and age, and its result (OP15)."""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.documents import DocumentKind
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.errors import UsageError
from counterfoil.hub import advice, desk, finding
from counterfoil.hub.drive import drive
from counterfoil.hub.finding import sides
from counterfoil.hub.links import view_of
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.hub.views import TransferRow, rows_of
from counterfoil.ledger import connections, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import FLOWS, FlowName
from counterfoil.told import Told

from .channels import mail_address
from .document_line import document_line
from .notices import mail, what_to_do

__all__ = ["SyncedOne", "able_links", "sync_one"]

_KIND: Final = DocumentKind.PURCHASE_ORDER


class SyncedOne(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one order.

    Attributes:
        order: As it was named.
        document: Number, vendor, day and amount in one line; ``None``: it was not found.
        transfer: Its transfer; ``None``: there is none.
        state: Where that stands now.
        is_done: It is in the books.
        is_stopped: Somebody has to do something.
        number: Its number in the books.
        sentence: All of this in words.
        cure: What to do; ``None``: nothing.
        passed: The rules that were passed over, as sentences.
        mailed_to: To whom this was mailed; ``None``: to nobody.
        mail_problem: Why it was not mailed (yet).
    """

    order: str
    document: str | None = None
    transfer: int | None = None
    state: str | None = None
    is_done: bool = False
    is_stopped: bool = False
    number: str | None = None
    sentence: str
    cure: Told | None = None
    passed: tuple[str, ...] = ()
    mailed_to: str | None = None
    mail_problem: str | None = None


def able_links(hub: Hub) -> dict[int, Link]:
    """Give the links of a service desk that can send one order of it, by number."""
    flow = FLOWS[FlowName.PURCHASE_ORDER_OUT]
    with hub.database.reading() as tx:
        systems = {each.id: each.system for each in connections.all_connections(tx)}
        links = [each for each in connections.all_links(tx) if each.is_active]
    return {
        each.id: each
        for each in links
        if traits_of(systems[each.operations_id]).seeks_orders
        and flow.is_built(systems[each.operations_id], systems[each.books_id])
    }


def sync_one(
    hub: Hub,
    link: Link,
    named: str,
    actor: str,
    *,
    address: str | None = None,
    own_address: str | None = None,
) -> SyncedOne:
    """Read one order now and send it; then mail what came of it, good or bad.

    Args:
        named: Its identity in its system, or its number.
        address: To whom it is mailed; ``None``: to whoever asks.
        own_address: Of whoever asks; ``None``: not known, so it goes to whom the settings say.

    Raises:
        UsageError: The link is paused, the flow cannot be used, several orders bear that number,
            or the address is none.
    """
    finding.check_going(link)
    order = named.strip()
    if not order or not order.isprintable():
        raise UsageError("Name the order by its identity in its system, or by its number.")
    to = _addressee(hub, link, address or own_address)
    done = _synced(hub, link, order, actor)
    if to is None:
        return done
    problem = mail(hub, to, f"{link.name}: order {done.order}", _told(hub, done))
    return msgspec.structs.replace(done, mailed_to=None if problem else to, mail_problem=problem)


def _addressee(hub: Hub, link: Link, address: str | None) -> str | None:
    with hub.database.reading() as tx:
        usual = view_of(tx, link).settings.purchase_order_out.result_address
    given = address or usual
    return None if given is None else mail_address(given)


def _synced(hub: Hub, link: Link, named: str, actor: str) -> SyncedOne:
    operations, books = sides(hub, link)
    read = drive(hub, operations.id, "person", seeks=[(_KIND, named)])
    found = desk.order_named(hub, link.id, named)
    if found is None:
        return _unseen(operations, named, read.problem)
    pressed = desk.press_one(hub, found, actor)
    if pressed.kept is not None:
        row, line = _standing(hub, found)
        return SyncedOne(
            order=named,
            document=line,
            transfer=found,
            state=row.state.value,
            is_done=pressed.is_there,
            is_stopped=not pressed.is_there,
            number=row.target_number if pressed.is_there else None,
            sentence=pressed.kept.sentence,
            cure=Told("", *pressed.kept.advice) if pressed.kept.advice else None,
        )
    for each in (books, operations):
        if traits_of(each.system).is_called:
            drive(hub, each.id, "person")
    return _result(hub, named, found, books, pressed.passed)


def _unseen(operations: Connection, named: str, problem: Told | None) -> SyncedOne:
    if problem is not None:
        return SyncedOne(
            order=named,
            is_stopped=True,
            sentence=f"The order could not be read from {operations.name}: {problem.sentence}",
            cure=Told("", *problem.advice, advice.look_again(operations.id, "Find out why")),
        )
    return SyncedOne(
        order=named,
        is_stopped=True,
        sentence=f"{operations.name} shows no purchase order “{named}” that can be read.",
        cure=Told(
            "Check its identity or number.",
            advice.see_unreadable(operations.id, "Or see what could not be read there"),
        ),
    )


def _standing(hub: Hub, transfer: int) -> tuple[TransferRow, str]:
    with hub.database.reading() as tx:
        loaded = transfers.load(tx, [transfer])
        (row,) = rows_of(tx, loaded)
    return row, document_line(loaded[0])


def _result(
    hub: Hub, named: str, transfer: int, books: Connection, passed: tuple[str, ...]
) -> SyncedOne:
    row, line = _standing(hub, transfer)
    is_there = row.target_id is not None
    return SyncedOne(
        order=named,
        document=line,
        transfer=transfer,
        state=row.state.value,
        is_done=is_there,
        is_stopped=not is_there and not _moves(row.state),
        number=row.target_number if is_there else None,
        sentence=_sentence(row, books, is_there=is_there),
        cure=None if row.cure is None else Told(row.cure),
        passed=passed,
    )


def _moves(state: State) -> bool:
    return STATES[state].standing in (Standing.WANTED, Standing.IN_FLIGHT)


def _sentence(row: TransferRow, books: Connection, *, is_there: bool) -> str:
    if is_there:
        told = f"It is in {books.name}, as {row.target_number or row.target_id}."
        return f"{told} {' '.join(row.field_problems)}".rstrip()
    if row.sentence is not None:
        return row.sentence
    if not _moves(row.state):
        return f"It is {row.state.value}."
    if traits_of(books.system).is_called:
        return f"It goes to {books.name} with the next run."
    return f"It goes to {books.name} when its Web Connector or agent calls next."


def _told(hub: Hub, done: SyncedOne) -> str:
    """Give the result as the body of an e-mail."""
    parts = [done.document or f"Purchase order {done.order}", "", done.sentence]
    if done.cure:
        parts += ["", what_to_do(hub, done.cure)]
    if done.passed:
        parts += ["", "Passed over because somebody asked for this order:"]
        parts += [f"  {each}" for each in done.passed]
    return "\n".join(parts) + "\n"
