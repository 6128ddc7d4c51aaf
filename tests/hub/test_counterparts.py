"""Getting started without duplicates: both sides' lists compared, decided and filled up."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil.documents import RecordKind
from counterfoil.engine.counterparts import Decision, Likeness
from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub import accounts, adding, desk, finding
from counterfoil.hub.desk import Said
from counterfoil.ledger import counterparts
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.world import ACTOR, World


@pytest.fixture
def starting(world: World) -> World:
    """A company whose books know three vendors, of which the shop floor knows one or two."""
    world.enter_books(
        books.vendor("Millwright Tools"),
        books.vendor("Granite & Sons"),
        books.vendor("Zephyr Air Freight"),
    )
    world.enter("suppliers", code="MILLWRIGHT TOOLS", name="Millwright")
    world.enter("suppliers", code="Granite and Sons Ltd", name="Granite")
    with pytest.raises(UsageError):
        compared(world)
    world.sync()
    return world


def compared(world: World) -> dict[str, str]:
    """Vendor of the books -> how it fits the shop floor's suppliers."""
    found = desk.compare_lists(world.hub, world.link, "vendors")
    return {each.name: each.likeness for each in found.rows}


def say(world: World, *said: Said) -> dict[str, int]:
    return desk.say_counterparts(world.hub, world.link, "vendors", said, ACTOR)


def state_of(world: World, name: str) -> str:
    rows = desk.said_rows(world.hub, world.link)
    return next(each.state for each in rows if each.name == name)


def suppliers(world: World) -> list[str]:
    return sorted(each["code"] for each in world.operations.dump("suppliers"))


def test_a_list_that_was_not_read_is_not_compared(world: World) -> None:
    """W11: what is not there in a list that nobody has read may be there: it says so, and is read."""
    with pytest.raises(UsageError, match="has not been read yet"):
        desk.compare_lists(world.hub, world.link, "vendors")
    world.sync()
    assert compared(world) is not None


def test_lists_are_compared_by_name_alone(starting: World) -> None:
    """Equal as names are compared is the same, alike is a suggestion, all else is not there."""
    found = compared(starting)
    assert found["Millwright Tools"] == Likeness.SAME
    assert found["Granite & Sons"] == Likeness.NEAR
    assert found["Zephyr Air Freight"] == Likeness.NONE


def test_what_is_to_be_added_is_added_once(starting: World) -> None:
    """I1: the books' vendor gets a supplier of its name, and is the same from then on."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    for _ in range(3):
        starting.sync()
    assert suppliers(starting).count("Zephyr Air Freight") == 1
    assert state_of(starting, "Zephyr Air Freight") == "done"


@pytest.mark.parametrize("fate", ["request", "answer", "kill before", "kill after"])
def test_whatever_is_lost_it_is_added_once(starting: World, fate: str) -> None:
    """A lost call, a lost answer or an end in the middle neither doubles nor loses a supplier."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    fates = iter([fate])
    starting.shop_line.spoil = lambda _n, body: next(fates, None) if "Zephyr" in body else None
    starting.read_operations()
    assert next(fates, None) is None, "it was on its way"
    for _ in range(2):
        starting.clock.advance(hours=1)
        starting.read_operations()
    assert suppliers(starting).count("Zephyr Air Freight") == 1
    assert state_of(starting, "Zephyr Air Freight") == "done"


def test_what_may_still_be_carried_out_is_waited_for(starting: World) -> None:
    """A list that was read while a lost write may still run says nothing about it."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    fates = iter(["answer"])
    starting.shop_line.spoil = lambda _n, body: next(fates, None) if "Zephyr" in body else None
    for _ in range(2):
        starting.read_operations()
        assert state_of(starting, "Zephyr Air Freight") == "unknown"
    starting.clock.advance(hours=1)
    starting.read_operations()
    assert state_of(starting, "Zephyr Air Freight") == "done"


def test_a_list_that_cannot_be_read_holds_back_no_other(starting: World) -> None:
    """What waits for it is left out where the rest is taken up, however much it is."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    with starting.hub.database.reading() as tx:
        shop = finding.connection_named(starting.hub, "Shop floor").id
        ready = [
            counterparts.waiting(tx, shop, State.READY, [starting.link], 1, but=but)
            for but in ((), (RecordKind.CUSTOMER,), (RecordKind.VENDOR,))
        ]
    assert [len(each) for each in ready] == [1, 1, 0]


@pytest.mark.parametrize(
    "faults", [{"drop_before": 3}, {"drop_after": 3}], ids=["it never ran", "its answer is lost"]
)
def test_what_is_added_to_the_books_is_there_once(starting: World, faults: dict[str, int]) -> None:
    """The other way round, whatever becomes of the message set."""
    found = desk.compare_lists(starting.hub, starting.link, "vendors", side="operations")
    assert {each.name: each.likeness for each in found.rows} == {
        "MILLWRIGHT TOOLS": Likeness.SAME,
        "Granite and Sons Ltd": Likeness.NEAR,
    }
    said = [Said(id="Granite and Sons Ltd", decision=Decision.ADD, name="Granite & Sons (UK)")]
    desk.say_counterparts(starting.hub, starting.link, "vendors", said, ACTOR, side="operations")
    starting.run_web_connector(**faults)
    for _ in range(2):
        starting.clock.advance(hours=1)
        starting.sync()
    names = [each["Name"] for each in starting.booked("Vendor")]
    assert names.count("Granite & Sons (UK)") == 1
    assert state_of(starting, "Granite and Sons Ltd") == "done"


def test_a_name_that_another_list_has_is_refused(starting: World) -> None:
    """The books keep one name space: what would be refused there is not sent."""
    starting.enter_books(books.customer("Ironside"))
    starting.enter("suppliers", code="Ironside", name="Ironside")
    starting.clock.advance(hours=1)
    starting.sync()
    found = desk.compare_lists(starting.hub, starting.link, "vendors", side="operations")
    fits = {each.name: each.likeness for each in found.rows}
    assert fits["Ironside"] == Likeness.DOUBTFUL
    said = [Said(id="Ironside", decision=Decision.ADD)]
    desk.say_counterparts(starting.hub, starting.link, "vendors", said, ACTOR, side="operations")
    starting.clock.advance(hours=1)
    starting.sync()
    assert state_of(starting, "Ironside") == "refused"


def test_a_link_holds_for_documents(starting: World) -> None:
    """I2: what is linked is one vendor, however its name is written, and none is created."""
    starting.set(
        "purchase-order-out.mode=automatic",
        "purchase-order-out.create_missing_vendors=true",
        "purchase-order-out.create_missing_items=true",
        "purchase-order-out.income_account=Sales:Goods",
    )
    say(starting, Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"))
    starting.purchase("PO-1", "Granite and Sons Ltd", "2 BOLT 1.50")
    starting.clock.advance(hours=1)
    starting.settle()
    assert [each["VendorRef"]["FullName"] for each in starting.booked("PurchaseOrder")] == [
        "Granite & Sons"
    ]
    assert compared(starting)["Granite & Sons"] == Likeness.DECIDED


def test_what_was_said_can_be_taken_back(starting: World) -> None:
    """I4: before it leaves nothing is added; afterwards it stays there, and that is told."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    [row] = desk.said_rows(starting.hub, starting.link)
    [told] = desk.take_back_counterparts(starting.hub, starting.link, [row.id], ACTOR)
    assert "will not be added" in told
    starting.sync()
    assert "Zephyr Air Freight" not in suppliers(starting)
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    starting.sync()
    [row] = desk.said_rows(starting.hub, starting.link)
    [told] = desk.take_back_counterparts(starting.hub, starting.link, [row.id], ACTOR)
    assert "stays there" in told
    assert "Zephyr Air Freight" in suppliers(starting)
    rows = desk.said_rows(starting.hub, starting.link, taken_back=True)
    assert [each.undone_at is not None for each in rows] == [True, True]


def test_two_records_are_not_one(starting: World) -> None:
    """A second record that would be the same one of the other side is refused, and names both."""
    one, other = (
        Said(id=name, decision=Decision.LINK, record="Granite and Sons Ltd")
        for name in ("Granite & Sons", "Zephyr Air Freight")
    )
    with pytest.raises(UsageError, match="the same record of the other side as “Granite & Sons”"):
        say(starting, one, other)
    say(starting, one)
    with pytest.raises(UsageError, match="as number 1 of what was decided; take that back first"):
        say(starting, other)
    from_there = Said(id="Granite and Sons Ltd", decision=Decision.LINK, record=other.id)
    with pytest.raises(UsageError, match="said to be “Granite & Sons” of the other side"):
        desk.say_counterparts(
            starting.hub, starting.link, "vendors", [from_there], ACTOR, side="operations"
        )
    desk.take_back_counterparts(starting.hub, starting.link, [1], ACTOR)
    assert say(starting, other) == {"link": 1}


def test_what_was_said_of_both_can_change_places(starting: World) -> None:
    """Said anew together, two records may be what the other one was."""
    pairs = {"Granite & Sons": "Granite and Sons Ltd", "Zephyr Air Freight": "MILLWRIGHT TOOLS"}
    linked = [Said(id=each, decision=Decision.LINK, record=there) for each, there in pairs.items()]
    say(starting, *linked)
    others = reversed(pairs.values())
    swapped = [
        Said(id=each, decision=Decision.LINK, record=there)
        for each, there in zip(pairs, others, strict=True)
    ]
    assert say(starting, *swapped) == {"link": 2}


def test_taking_one_back_leaves_the_others(starting: World) -> None:
    """Of two that an earlier version let be one, the other still is when one is taken back."""
    starting.set(
        "purchase-order-out.mode=automatic",
        "purchase-order-out.create_missing_vendors=true",
        "purchase-order-out.create_missing_items=true",
        "purchase-order-out.income_account=Sales:Goods",
    )
    say(
        starting,
        Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"),
        Said(id="Zephyr Air Freight", decision=Decision.LEAVE),
    )
    with starting.hub.database.writing() as tx:
        first, second = counterparts.of_link(tx, finding.find_link(tx, starting.link).id)
        both = msgspec.structs.replace(second, decision=first.decision, record_id=first.record_id)
        counterparts.save(tx, [(second, both)])
        adding.remember(tx, both)
    wrong = next(
        each.id
        for each in desk.said_rows(starting.hub, starting.link)
        if each.name == "Zephyr Air Freight"
    )
    desk.take_back_counterparts(starting.hub, starting.link, [wrong], ACTOR)
    starting.purchase("PO-1", "Granite and Sons Ltd", "2 BOLT 1.50")
    starting.clock.advance(hours=1)
    starting.settle()
    assert [each["VendorRef"]["FullName"] for each in starting.booked("PurchaseOrder")] == [
        "Granite & Sons"
    ]


@pytest.mark.parametrize("decision", [Decision.ADD, Decision.LEAVE])
def test_what_was_said_from_the_other_side_holds(starting: World, decision: Decision) -> None:
    """A supplier that is one of the books' vendors is not added beside it from its own side."""
    say(starting, Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"))
    said = [Said(id="Granite and Sons Ltd", decision=decision)]
    with pytest.raises(UsageError, match="said to be “Granite & Sons” of the other side"):
        desk.say_counterparts(
            starting.hub, starting.link, "vendors", said, ACTOR, side="operations"
        )


@pytest.mark.parametrize(
    "said, told",
    [
        (Said(id="Nobody", decision=Decision.ADD), "has no vendor of this identity or name"),
        (Said(id="Granite & Sons", decision=Decision.LINK), "say which vendor of Shop floor"),
        (
            Said(id="Granite & Sons", decision=Decision.LINK, record="Nobody"),
            "Shop floor has no vendor “Nobody”",
        ),
        (Said(id="Zephyr Air Freight", decision=Decision.ADD), "decided more than once"),
        (
            Said(id="Granite & Sons", decision=Decision.LEAVE, called="Zephyr"),
            "calls it “Granite & Sons”, and the row “Zephyr”",
        ),
        (
            Said(id="Granite & Sons", decision=Decision.ADD, name="Granite: Sons"),
            "has a colon, and Shop floor has no levels",
        ),
    ],
)
def test_all_is_taken_or_nothing(starting: World, said: Said, told: str) -> None:
    """One row that does not fit is named, and no other row is taken."""
    with pytest.raises(UsageError, match=told):
        say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD), said)
    assert desk.said_rows(starting.hub, starting.link) == []


def test_an_item_needs_accounts_in_the_books(world: World) -> None:
    """No item is sent there without its type and accounts: who would add it is told at once."""
    world.enter("products", code="WIDGET-9", name="Widget")
    world.sync()
    said = [Said(id="WIDGET-9", decision=Decision.ADD)]
    with pytest.raises(UsageError, match="by the first document that names it"):
        desk.say_counterparts(world.hub, world.link, "items", said, ACTOR, side="operations")


def test_whatever_nothing_is_like_is_added_at_once(starting: World) -> None:
    """In bulk only what nothing there is like: near names are a person's to look at."""
    wanted = desk.missing(starting.hub, starting.link, "vendors")
    names = {each["ListID"]: each["Name"] for each in starting.booked("Vendor")}
    assert "Zephyr Air Freight" in {names[each.id] for each in wanted}
    assert {"Granite & Sons", "Millwright Tools"}.isdisjoint(names[each.id] for each in wanted)


def test_nothing_is_added_for_a_paused_link(starting: World) -> None:
    """A link that rests writes nothing, list records no more than documents."""
    say(starting, Said(id="Zephyr Air Freight", decision=Decision.ADD))
    link = finding.link_named(starting.hub, str(starting.link))
    accounts.change_link(starting.hub, link, "pause", ACTOR)
    starting.sync()
    assert "Zephyr Air Freight" not in suppliers(starting)
    accounts.change_link(starting.hub, link, "resume", ACTOR)
    starting.sync()
    assert "Zephyr Air Freight" in suppliers(starting)
