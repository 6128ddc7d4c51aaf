"""What a lost answer leaves behind is looked at before anything is written again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from counterfoil.hub import desk
from counterfoil.ledger import exchanges
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import DONE, RunReport
from tests.hub.conftest import OpenWorld
from tests.support.world import ACTOR, AUTOMATIC, World


def holds_a_write(world: World) -> bool:
    """Whether a set that writes has been handed out and not been answered."""
    with world.hub.database.reading() as tx:
        lost = exchanges.open_write(tx, world.books_id)
    return lost is not None and lost.state == "sent"


def to_the_write(world: World) -> Iterator[str]:
    """A Web Connector that holds a set which writes, and has not carried it out yet."""
    steps = world.web_connector().steps(RunReport(), stops_when_done=True)
    assert any(each == "sendRequestXML" and holds_a_write(world) for each in steps)
    return steps


def creations(world: World, kind: str) -> int:
    """How often QuickBooks was asked to create a record of a kind."""
    return sum(text.count(f"<{kind}AddRq") for text in world.counter.seen)


def test_the_lists_are_read_again_after_a_recovery(world: World) -> None:
    """A set is carried out late, while the next run reads: what it created is found, not made.

    That run had read the lists before the set ran, and QuickBooks keeps no answer to it.
    """
    world.books.switch(set_answers_kept="none")
    world.orders(1)
    world.sync()
    known = creations(world, "Customer")
    world.order("N-1", "Newcomer", "2 BOLT 1.50")
    world.read_operations()
    first = to_the_write(world)
    world.clock.advance(seconds=10)
    has_read = False
    for each in world.web_connector().steps(RunReport()):
        if each == "receiveResponseXML" and "<CustomerQueryRq" in world.counter.seen[-1]:
            if not has_read:
                world.clock.advance(seconds=10)
                assert next(first) == DONE
                world.clock.advance(seconds=15)
            has_read = True
    world.clock.advance(hours=1)
    world.settle()

    assert creations(world, "Customer") == known + 1
    world.check_exactly_once("SO-1", "N-1")


def test_the_lists_are_read_again_after_a_lost_creation(world: World) -> None:
    """QuickBooks' answer leaves out what became of a customer: it is there, and found."""
    world.order("SO-1", "Newcomer", "2 BOLT 1.50")

    def left_out(text: str, result: ProcessResult) -> ProcessResult:
        before, middle, rest = result.response.partition("<CustomerAddRs")
        return ProcessResult(before + rest.partition("</CustomerAddRs>")[2]) if middle else result

    world.counter.after = left_out
    world.sync()
    world.counter.well_behaved()

    assert creations(world, "Customer") == 1
    assert world.states() == {"SO-1": "done"}
    world.check_exactly_once("SO-1")


def test_an_answer_that_cannot_be_read_is_asked_for_again(open_company: OpenWorld) -> None:
    """QuickBooks keeps it: so even where no marks come back, nothing is unclear."""
    world = open_company()
    world.books.switch(marks_returned=False)
    world.orders(2)
    turns = iter([True])

    def garbage(text: str, result: ProcessResult) -> ProcessResult:
        is_write = "<SalesOrderAddRq" in text and next(turns, False)
        return ProcessResult("garbage") if is_write else result

    world.counter.after = garbage
    world.sync()
    world.clock.advance(minutes=3)
    world.settle()

    assert world.states() == {"SO-1": "done", "SO-2": "done"}
    world.check_exactly_once("SO-1", "SO-2")


def test_an_order_that_was_undone_on_its_way_is_taken_out(world: World) -> None:
    """Whoever undoes it while nobody knows what became of it gets it undone afterwards."""
    world.orders(1)
    world.read_operations()
    steps = to_the_write(world)
    while world.states() != {"SO-1": "sending"}:
        next(steps)
    said = desk.undo(world.hub, ACTOR, transfer_ids=[world.row("SO-1").id])
    assert "on its way" in str(said.left[0][1])
    world.clock.advance(minutes=3)
    world.settle()

    assert world.states() == {"SO-1": "skipped"}
    assert world.booked() == []


def test_an_undo_that_waits_is_tried_again_as_an_undo(world: World) -> None:
    """The order is locked when it shall be taken out: trying again does not send it instead."""
    world.orders(1)
    world.sync()
    desk.undo(world.hub, ACTOR, transfer_ids=[world.row("SO-1").id])
    world.books.arm("locked-record", match="TxnDel", count=5)
    world.sync()
    world.counter.well_behaved()
    assert world.states() == {"SO-1": "waiting"}

    desk.retry(world.hub, ACTOR, transfer_ids=[world.row("SO-1").id])
    world.settle()

    assert world.states() == {"SO-1": "skipped"}
    assert world.booked() == []


def test_what_is_unclear_waits_for_a_person(open_company: OpenWorld) -> None:
    """Where the books return no marks: what may be ours is sent by no edit, and does not come back.

    Only a person's word moves it, and an undo is no such word: nobody knows what to take out.
    """
    own = [each for each in AUTOMATIC if "document_number" not in each]
    world = open_company(
        *own, "sales-order-out.document_number=books", "sales-order-in.mode=automatic"
    )
    world.books.switch(marks_returned=False, set_answers_kept="none")
    world.order("SO-1", "ACME", "2 BOLT 1.50")
    world.counter.after = lambda text, result: (
        ProcessResult("", "0x80040402", "ended") if "<SalesOrderAddRq" in text else result
    )
    world.sync()
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    world.settle()
    edit(world, "SO-1", quantity=3)
    desk.request_retrieval(world.hub, world.link, "sales-order", None, ACTOR)
    world.clock.advance(days=1)
    world.settle()

    [there] = world.booked()
    row = world.row("SO-1")
    assert (row.state, row.refusal) == ("refused", "outcome-unclear")
    assert not desk.undo(world.hub, ACTOR, transfer_ids=[row.id]).undone
    assert len(world.produced()) == 1

    desk.adopt(world.hub, row.id, there["TxnID"], ACTOR, consent=True)
    world.clock.advance(days=1)
    world.settle()

    assert len(world.booked()) == len(world.produced()) == 1


def edit(world: World, number: str, *, quantity: int) -> None:
    """Somebody changes how many of an order's first line there are."""
    path = f"/sales-orders/{world.source_ids[number]}"
    world.operations.token = ""
    found = world.operations.call("GET", path).json()
    found["shippings"][0]["products"][0]["quantity-ordered"] = str(quantity)
    assert world.operations.call("PUT", path, found).is_success


def test_an_answer_that_names_the_document_of_another_order(world: World) -> None:
    """A document belongs to one order: another that is answered with it is refused, none is lost."""
    world.orders(1)
    world.sync()
    first = world.booked()[0]["TxnID"]

    def mistaken(text: str, result: ProcessResult) -> ProcessResult:
        if "<SalesOrderAddRs" not in result.response:
            return result
        return ProcessResult(re.sub(r"<TxnID>[^<]*", f"<TxnID>{first}", result.response))

    world.counter.after = mistaken
    world.order("SO-2", "ACME", "2 BOLT 1.50")
    world.sync()
    world.counter.well_behaved()

    refused = world.row("SO-2")
    assert refused.state == "refused"
    assert refused.refusal == "already-paired"
    assert world.row("SO-1").target_id == first
    assert world.states()["SO-1"] == "done"
