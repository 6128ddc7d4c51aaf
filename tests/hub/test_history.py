"""What was done long ago costs nothing, nor does the number of links cost queries."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event, update

from counterfoil.api import standing
from counterfoil.engine.life import State
from counterfoil.hub import health
from counterfoil.hub.dispatcher import keep_house
from counterfoil.hub.setup import Hub
from counterfoil.ledger import agents, connections, exchanges, runs, schema, transfers
from counterfoil.told import Told
from tests.hub.test_holding import to_the_write
from tests.hub.test_web_connector_calls import Phone
from tests.support.world import World


def queries(hub: Hub, ask: Callable[[], object]) -> int:
    """How many statements the database was asked."""
    asked: list[object] = []

    def notice(*given: object) -> None:
        asked.append(given[2])

    event.listen(hub.database.engine, "before_cursor_execute", notice)
    ask()
    event.remove(hub.database.engine, "before_cursor_execute", notice)
    return len(asked)


def test_a_set_costs_no_more_statements_with_more_orders(world: World) -> None:
    """Twelve orders in a set are asked for, kept and answered by as many statements as one."""

    def asked(orders: int, first: int) -> int:
        world.orders(orders, first=first)
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        text = to_the_write(phone)
        assert text.count("<SalesOrderAddRq ") == orders
        answer = phone.quickbooks(text)
        return queries(world.hub, lambda: phone.receive(answer))

    world.orders(1)
    world.settle()
    one = asked(1, first=2)
    assert one <= 35
    world.settle()
    assert asked(12, first=3) == one


def link_more(world: World, number: int) -> None:
    """Add more connections and links, each with settings."""
    now = world.clock.now()
    with world.hub.database.writing() as tx:
        for position in range(number):
            operations, books = (
                connections.add(
                    tx, system=system, name=f"{system} {position}", parameters={}, created_at=now
                )
                for system in ("fusion-operations", "quickbooks-desktop")
            )
            link = connections.add_link(
                tx,
                name=f"Link {position}",
                operations_id=operations,
                books_id=books,
                created_at=now,
            )
            connections.keep_settings(tx, link, "{}", "test", now)


def test_many_links_cost_no_more_queries(world: World) -> None:
    """The state of all, the list of links and how each is ask as often for eleven as for one."""

    def asked() -> list[int]:
        return [
            queries(world.hub, lambda: standing.status(world.hub)),
            queries(world.hub, lambda: standing.all_links(world.hub)),
            queries(world.hub, lambda: health.links_health(world.hub)),
        ]

    one = asked()
    link_more(world, 10)

    assert asked() == one
    assert len(standing.status(world.hub).links) == len(standing.all_links(world.hub)) == 11


def test_each_link_stands_as_it_is_alone(world: World) -> None:
    """Put together for all at once, each link and connection says what is its own."""
    world.orders(2)
    world.read_operations()
    link_more(world, 1)
    with world.hub.database.writing() as tx:
        agents.keep_step(
            tx,
            world.books_id,
            "test-access",
            world.clock.now(),
            is_passed=False,
            sentence=Told("It was refused."),
        )

    found = standing.status(world.hub)

    first, second = found.links
    assert first.transfers == {"ready": 2}
    assert first.settings_version > second.settings_version == 1
    assert second.transfers == {}
    assert {each.name: each.waiting for each in found.connections if each.waiting} == {"Books": 2}
    told = [each.problem for each in found.connections]
    assert sum("failed. It was refused." in str(each) for each in told) == 1


def test_very_many_that_are_due_are_woken_in_pages(world: World) -> None:
    """However many wait for the same moment, each is woken with the next run."""
    world.orders(3)
    world.read_operations()
    now = world.clock.now()
    with world.hub.database.writing() as tx:
        tx.execute(update(schema.transfer).values(state=State.WAITING.value, retry_at=now))
        assert len(transfers.due(tx, world.books_id, now, 2)) == 2

    report = world.run_web_connector()

    assert report.is_clean
    assert world.states() == dict.fromkeys(["SO-1", "SO-2", "SO-3"], "done")


def test_old_texts_are_dropped_in_pages(world: World) -> None:
    """House-keeping takes one short transaction after the other, until nothing old is left."""
    now = world.clock.now()
    with world.hub.database.writing() as tx:
        run = runs.begin(tx, world.books_id, "schedule", now)
        for number in range(501):
            made = exchanges.record(
                tx,
                connection=world.books_id,
                run=run,
                key=f"b{number}",
                writes=True,
                operations=(),
                now=now,
            )
            exchanges.attach_request(tx, made, b"<request/>")
            exchanges.answer(tx, made, state="answered", now=now)
    world.clock.advance(days=400)

    keep_house(world.hub)

    with world.hub.database.reading() as tx:
        kept = tx.execute(schema.exchange.select().where(schema.KEEPS_TEXTS)).all()
    assert kept == []
