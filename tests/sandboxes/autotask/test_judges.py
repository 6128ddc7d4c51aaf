"""Clients by other people find in the stand-in what they find in Autotask.

The first is the strict judge: it needs no switch.  The others pass what it leaves out, and
py-autotask what only the compatibility switch takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.sandboxes import kit
from tests.sandboxes.autotask.outside import CODE, SECRET, USER, Outside, World
from tests.support.judging import run_node, run_python

JUDGES = Path(__file__).parent / "judges"
PERSON = 29682885
API_USER = 29682900
MISSING = [
    "Missing Required Field: shipToAddress1",
    "Missing Required Field: shipToName",
    "Value does not reference an existing entity for status . ",
]

pytestmark = pytest.mark.slow


@pytest.fixture
def asked(world: World, autotask: Outside) -> Iterator[dict[str, object]]:
    """What a judge is told: where the stand-in is, whom to be, and what to trade with."""
    with kit.served(world.app) as port:
        root = f"http://127.0.0.1:{port}/autotask"
        yield {
            "root": root,
            "base": f"{root}/ATServicesRest/",
            "user": USER,
            "secret": SECRET,
            "code": CODE,
            "vendor": autotask.vendor(),
            "product": autotask.product(),
            "person": PERSON,
        }


def test_apigrate(asked: dict[str, object]) -> None:
    """The Node client orders, receives, finds, is refused, and deletes, without any switch."""
    got = run_node(JUDGES / "apigrate.js", "@apigrate/autotask-restapi@2.0.1", asked)

    assert got["zone"] == asked["base"]
    assert (got["order"]["status"], got["order"]["externalPONumber"]) == (3, "1044")
    assert got["order"]["vendorInvoiceNumber"] == "V-1"
    receipt = got["receipt"]
    assert (receipt["quantityNowReceiving"], receipt["quantityBackOrdered"]) == (4, 5)
    assert (got["found"], got["count"]) == ([got["order"]["id"]], 1)
    assert got["statuses"][-1] == "Canceled"
    assert got["missing"] == {"item": None}
    assert got["refused"] == {"status": 500, "errors": MISSING}
    assert got["toDo"]["creatorResourceID"] == PERSON
    assert got["toDo"]["impersonatorCreatorResourceID"] == API_USER
    assert got["deleted"]
    assert got["gone"]["errors"][0].startswith("No message. No matching records found.")


def test_autotask_client(asked: dict[str, object], autotask: Outside) -> None:
    """The asynchronous client orders, reads more than a page by its own way, and is refused."""
    rows = [{"name": f"{number:03}"} for number in range(501)]
    autotask.tenant("POST", "records/Currencies", rows)

    got = run_python(JUDGES / "autotask_client.py", asked, newest=True)

    assert (got["order"]["status"], got["order"]["externalPONumber"]) == (2, "17")
    assert (got["line"]["quantity"], got["line"]["unitCost"]) == (2, 1.25)
    assert got["currencies"] == 503
    assert got["refused"]["status"] == 500
    assert MISSING[0] in got["refused"]["body"]
    assert "401" in got["unauthorized"]


def test_py_autotask(asked: dict[str, object], autotask: Outside) -> None:
    """With the compatibility switch this one's ids in paths and empty counts are taken."""
    autotask.switch(compatibility=True)

    got = run_python(JUDGES / "py_autotask.py", asked)

    assert got["connected"]
    assert got["order"]["status"] == 2
    assert got["line"]["quantity"] == 3
    assert got["missing"] is None
    assert (got["count"], got["deleted"], got["fields"]) == (1, True, 33)


def test_nothing_is_taken_without_the_switch(autotask: Outside) -> None:
    """An id in the path of PATCH, a child deleted at its root and a bare count are refused."""
    assert autotask.call("PATCH", "Companies/0", {"id": 0}).status_code == 405
    assert autotask.call("DELETE", "CompanyToDos/1").status_code == 405
    assert "filter" in autotask.refusal("POST", "Companies/query/count", {})[0]
