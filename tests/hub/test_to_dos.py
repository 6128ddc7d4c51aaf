"""Errors as to-dos of Autotask's local organization (OP13)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk, telling
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR

REFUSES = "purchase-order-out.create_missing_items=false"
CREATES = "purchase-order-out.create_missing_items=true"
WAY = "purchase-order-out.to_dos=per_cause"
NAMED = (
    "purchase-order-out.to_do_action_type=Phone Call",
    "purchase-order-out.to_do_resource=books@acme.example",
)
API_LICENCE = 7


@pytest.fixture(scope="module")
def bookkeeper(service: ServiceDesk) -> int:
    """A resource who may get to-dos."""
    return service.person("Ada", "Ledger", "books@acme.example")


@pytest.fixture
def errors(service: ServiceDesk, bookkeeper: int) -> Iterator[ServiceDesk]:
    """The company while orders for unknown products stop, and that becomes to-dos."""
    with service.having(REFUSES, WAY, *NAMED):
        yield service
        service.set(CREATES)
        service.settle()
        told(service)
    assert service.to_dos(is_open=True) == []


def told(service: ServiceDesk) -> None:
    """Let the hub look at what stands still, and Autotask hear of it."""
    telling.look(service.hub)
    service.clock.advance(minutes=1)
    service.read_operations()


def stop(service: ServiceDesk, *products: str) -> list[int]:
    orders = [service.order("Millco", f"1 {product}") for product in products]
    service.settle()
    assert {service.transfer(each).state for each in orders} == {"refused"}
    return orders


class TestPerCause:
    def test_op13_one_to_do_for_each_cause(self, errors: ServiceDesk, bookkeeper: int) -> None:
        """OP13, K35: two orders for one unknown product are one to-do, of whom and as it is set."""
        before = len(errors.to_dos())
        first, second, other = stop(errors, "Gizmo", "Gizmo", "Widget")
        told(errors)
        told(errors)

        made = errors.to_dos()[before:]
        assert len(made) == 2
        gizmo = next(each for each in made if "Gizmo" in each["activityDescription"])
        assert gizmo["assignedToResourceID"] == bookkeeper
        assert gizmo["actionType"] == 1
        for words in (f"order {first}, Millco", f"order {second}", "What to do:", "localhost"):
            assert words in gizmo["activityDescription"]
        assert f"order {other}," not in gizmo["activityDescription"]

    def test_op13_it_is_completed_once_the_cause_is_gone(self, errors: ServiceDesk) -> None:
        """OP13, K35: what was mended is marked as done by itself, and comes back as another one."""
        (order,) = stop(errors, "Sprocket")
        told(errors)
        (made,) = errors.to_dos(is_open=True)

        errors.set(CREATES)
        errors.settle()
        told(errors)
        errors.check(order)
        assert errors.tenant.item("CompanyToDos", made["id"])["completedDate"] is not None

    def test_op13_one_that_somebody_took_away_is_not_missed(self, errors: ServiceDesk) -> None:
        """OP13: a to-do that a person deleted stays deleted."""
        (order,) = stop(errors, "Cog")
        told(errors)
        (made,) = errors.to_dos(is_open=True)
        errors.tenant.call("DELETE", f"Companies/0/ToDos/{made['id']}")
        told(errors)
        assert errors.to_dos(is_open=True) == []

        desk.skip(errors.hub, [errors.transfer(order).id], ACTOR)
        told(errors)
        assert errors.to_dos(is_open=True) == []

    def test_op13_it_stays_while_orders_are_tried_again(self, errors: ServiceDesk) -> None:
        """OP13: orders that are tried again, and stop again, keep the to-do they had."""
        (order,) = stop(errors, "Gear")
        told(errors)
        (made,) = errors.to_dos(is_open=True)
        desk.retry(errors.hub, ACTOR, transfer_ids=[errors.transfer(order).id])
        told(errors)
        assert errors.transfer(order).state == "ready"
        errors.settle()
        told(errors)

        assert [each["id"] for each in errors.to_dos(is_open=True)] == [made["id"]]

    @pytest.mark.parametrize("fate", ["request", "answer"])
    def test_op13_a_lost_answer_makes_no_second_one(self, errors: ServiceDesk, fate: str) -> None:
        """OP13: a to-do whose answer was lost is looked for by its mark, and is there once."""
        stop(errors, f"Spindle {fate}")
        telling.look(errors.hub)
        lost: list[str] = []

        def spoil(_call: int, body: str) -> str | None:
            if lost or "activityDescription" not in body or "filter" in body:
                return None
            lost.append(body)
            return fate

        errors.shop_line.spoil = spoil
        try:
            errors.read_operations()
        finally:
            errors.shop_line.spoil = None
        assert len(lost) == 1
        for _ in range(3):
            errors.clock.advance(minutes=5)
            told(errors)

        assert len(errors.to_dos(is_open=True)) == 1


class TestPerError:
    def test_op13_as_the_original_one_for_each_order(
        self, service: ServiceDesk, bookkeeper: int
    ) -> None:
        """OP13: as set, each order that stops has a to-do of its own, completed once it goes."""
        with service.having(REFUSES, "purchase-order-out.to_dos=per_error", *NAMED):
            before = len(service.to_dos())
            orders = stop(service, "Ratchet", "Ratchet")
            told(service)
            made = service.to_dos()[before:]
            assert len(made) == 2

            service.set(CREATES)
            service.settle()
            told(service)
            for order in orders:
                service.check(order)
            assert service.to_dos(is_open=True) == []


class TestSettings:
    @pytest.mark.parametrize(
        "setting, words",
        [
            ("to_do_action_type=Fax", "the active ones are: Email, General, Meeting, Phone Call"),
            ("to_do_resource=nobody@acme.example", "no resource is called so"),
            ("to_do_resource=gone@acme.example", "it is not active"),
            ("to_do_resource=machine@acme.example", "it is an API user"),
        ],
    )
    def test_op13_they_are_held_beside_the_real_lists(
        self, service: ServiceDesk, bookkeeper: int, setting: str, words: str
    ) -> None:
        """OP13: an action type or resource that gets no to-dos is refused when it is set."""
        if not service.tenant.find(
            "Resources", {"op": "eq", "field": "email", "value": "gone@acme.example"}
        ):
            service.person("Gone", "Away", "gone@acme.example", isActive=False)
            service.person("A", "Machine", "machine@acme.example", licenseType=API_LICENCE)
        given = [WAY, *NAMED, f"purchase-order-out.{setting}"]
        name = setting.partition("=")[0]
        given = [each for each in given if name not in each or each.endswith(setting)]
        with pytest.raises(UsageError, match=words):
            service.set(*given)

    def test_op13_both_are_required(self, service: ServiceDesk) -> None:
        """OP13: to-dos without an action type or a resource are refused, naming both."""
        with pytest.raises(UsageError, match=r"to_do_action_type(.|\n)*to_do_resource"):
            service.set(WAY)

    def test_op13_a_resource_that_left_is_told(self, service: ServiceDesk, bookkeeper: int) -> None:
        """OP13: a resource who became inactive since is told with its cure, and mended by it."""
        from counterfoil.api import standing

        service.person("Left", "Soon", "left@acme.example")
        left = "purchase-order-out.to_do_resource=left@acme.example"
        with service.having(REFUSES, WAY, NAMED[0], left):
            (found,) = service.tenant.find(
                "Resources", {"op": "eq", "field": "email", "value": "left@acme.example"}
            )
            service.tenant.tenant("PATCH", f"records/Resources/{found['id']}", {"isActive": False})
            stop(service, "Flange")
            told(service)
            (line,) = [
                each for each in standing.status(service.hub).attention if each.about == "to-dos"
            ]
            assert "it is not active" in line.sentence
            assert f"settings set {service.link} purchase-order-out.to_do_resource" in str(
                line.cure
            )

            service.set(NAMED[1])
            service.settle()
            told(service)
            assert len(service.to_dos(is_open=True)) == 1
            service.set(CREATES)
            service.settle()
            told(service)
        assert service.to_dos(is_open=True) == []
