"""Setting a pairing up: which steps it has, and how each stands at every moment."""

from __future__ import annotations

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, checklist, guide, stand_ins
from counterfoil.hub.guide import PAIRINGS, Guide, Setup
from counterfoil.hub.guide._judges import JUDGES
from counterfoil.ledger import connections
from counterfoil.settings import FLOWS, SystemName
from tests.support.autotask import ServiceDesk
from tests.support.office import Office
from tests.support.online import OnlineDesk
from tests.support.world import ACTOR, World

FUSION, DESKTOP = SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP


def stands(found: Guide) -> dict[str, str]:
    """Say how each step stands."""
    return {each.name: each.stands.value for each in found.steps}


def of_link(world: World) -> Guide:
    return guide.guide(world.hub, guide.setup_of_link(world.hub, str(world.link)))


def forget(world: World) -> None:
    """Let the hub of a company be one in which nobody has connected anything."""
    with world.hub.database.writing() as tx:
        for each in (world.operations_id, world.books_id):
            stand_ins.marked(tx, each)
    stand_ins.end_trial(world.hub, ACTOR)
    stand_ins.throw_away(world.hub, ACTOR)


class TestTheTable:
    def test_every_pairing_that_has_flows_has_a_setup(self) -> None:
        """Whatever two systems this version links, a setup leads to it, and to no other."""
        built = {
            (each.operations, each.books)
            for flow in FLOWS.values()
            for each in flow.pairings
            if not each.planned
        }
        assert set(PAIRINGS) == built

    def test_every_step_is_judged(self) -> None:
        """No step of any pairing is ticked by hand, and nothing is judged that no pairing has."""
        named = {row.name for each in PAIRINGS.values() for row in (*each.rows, *each.by_agent)}
        assert named == set(JUDGES)

    def test_the_steps_have_the_names_of_the_original_products(self) -> None:
        """SET-2, in their order: agent, token, test connection, request access, test access."""
        titles = [row.title for row in PAIRINGS[FUSION, DESKTOP].by_agent]
        assert titles[2:7] == [
            "Install agent",
            "Generate token",
            "Test connection",
            "Request access",
            "Test access",
        ]

    def test_o3_online_goes_in_step_1_and_step_2(self) -> None:
        """O3: connecting operations is Step 1, connecting QuickBooks Online is Step 2."""
        parts = PAIRINGS[SystemName.AUTOTASK, SystemName.QUICKBOOKS_ONLINE].parts
        assert [*parts.values()][:2] == [
            "Step 1: connect to Autotask",
            "Step 2: connect to QuickBooks",
        ]


class TestWithAWebConnector:
    def test_nothing_is_there_yet(self, world: World) -> None:
        """The first step is next, everything else is for later."""
        forget(world)
        found = guide.guide(world.hub, guide.resumed(world.hub, FUSION, DESKTOP))

        assert stands(found).pop("operations") == "now"
        assert set(stands(found).values()) == {"now", "later"}
        assert not found.is_waiting

    def test_from_the_file_to_the_first_order(self, world: World) -> None:
        """Each step is ticked by what happens, and says meanwhile what is missing since when."""
        before = of_link(world)
        waiting = next(each for each in before.steps if each.stands == "now")
        assert (waiting.name, waiting.since is not None) == ("add-file", True)
        assert before.is_waiting

        world.order("SO-1", "ACME", "1 BOLT 2.00")
        world.sync()
        found = stands(of_link(world))
        assert [
            found[each] for each in ("add-file", "password", "first-call", "right-company")
        ] == ["done"] * 4
        assert found["test-access"] == "now"

        with world.hub.database.reading() as tx:
            books = connections.load(tx, world.books_id)
        assert books is not None
        checklist.run_step(world.hub, books, "test-access", ACTOR)
        world.settle()
        assert of_link(world).is_done

    def test_a_wrong_password_is_told_with_its_cure(self, world: World) -> None:
        """Who types a wrong password sees it at that step, and how it is put right."""
        world.web_connector(password="not-the-password").run_once()
        step = next(each for each in of_link(world).steps if each.name == "password")

        assert step.stands == "failed"
        assert step.sentence.startswith("A wrong password came at ")
        assert len(step.cure) == 2


def test_with_an_agent(world: World) -> None:
    """Where an agent shall come its own steps are told; none has called yet."""
    office = Office(world)
    assert stands(of_link(world))["install-agent"] == "now"

    office.run()
    found = stands(of_link(world))
    assert [found[each] for each in ("install-agent", "generate-token", "test-connection")] == [
        "done"
    ] * 3


def test_with_autotask_what_has_to_be_set_is_a_step(service: ServiceDesk) -> None:
    """What a person has to confirm keeps the step before the first order open."""
    setup = guide.setup_of_link(service.hub, str(service.link))
    assert "before-first" in stands(guide.guide(service.hub, setup))


def test_with_quickbooks_online_somebody_signs_in(online_desk: OnlineDesk) -> None:
    """Who signed in is told with the company; nobody calls, so no password is asked for."""
    setup = guide.setup_of_link(online_desk.hub, str(online_desk.link))
    found = guide.guide(online_desk.hub, setup)

    step = next(each for each in found.steps if each.name == "sign-in")
    assert step.stands == "done"
    assert ACTOR in step.sentence
    assert "password" not in stands(found)


class TestResuming:
    def test_it_goes_on_where_it_was_left(self, world: World) -> None:
        """A link of which nothing has arrived is the setup that was left open."""
        setup = guide.resumed(world.hub, FUSION, DESKTOP)
        assert setup.link is not None
        assert setup.link.id == world.link

    def test_what_is_linked_with_nothing_comes_first(self, world: World) -> None:
        """A connection that was made for another pairing is gone on with; the others are offered."""
        made = accounts.add_connection(world.hub, DESKTOP, "Second file", {}, ACTOR)
        setup = guide.resumed(world.hub, FUSION, DESKTOP)

        assert (setup.desk, setup.link) == (None, None)
        assert setup.file is not None
        assert setup.file.id == made.id
        assert world.operations_id in {each.id for each in setup.others}

    def test_both_that_are_named_lead_to_their_link(self, world: World) -> None:
        """The address of a setup names its connections, and nothing else is kept of it."""
        setup = guide.resumed(
            world.hub, FUSION, DESKTOP, desk=str(world.operations_id), file=str(world.books_id)
        )
        assert setup.link is not None

    def test_one_that_is_gone_is_said(self, world: World) -> None:
        """An old address does not begin something else silently."""
        with pytest.raises(UsageError, match="not there any more"):
            guide.resumed(world.hub, FUSION, DESKTOP, desk="4711")


def test_a_trial_is_nobodys_setup(world: World) -> None:
    """Stand-ins are never gone on with as if they were real."""
    with world.hub.database.writing() as tx:
        for each in (world.operations_id, world.books_id):
            stand_ins.marked(tx, each)

    assert guide.resumed(world.hub, FUSION, DESKTOP) == Setup(operations=FUSION, books=DESKTOP)
