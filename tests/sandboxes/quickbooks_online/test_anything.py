"""Whatever is sent, the service answers in its own words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.sandboxes.quickbooks_online import ENTITIES
from tests.sandboxes.quickbooks_online.outside import Json, Outside, bought, ref, spent

ODD = st.recursive(
    st.sampled_from([None, "", 0, -1, 1.5, True, "x", "1", "2026-01-01", "9" * 30]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["value", "Id", "Line1", "TxnId"]), inner, max_size=2)
    ),
    max_leaves=4,
)
WRITABLE = [name for name, entity in ENTITIES.items() if entity.verbs]
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def trading(online: Outside) -> Outside:
    """Somebody to buy from, and something to buy: vendor 1, item 200."""
    assert (online.vendor()["Id"], online.item()["Id"]) == ("1", "200")
    return online


@FEW
@given(data=st.data())
def test_bodies(online: Outside, data: st.DataObject) -> None:
    """A body of any values for known properties is taken, or refused with a code."""
    name = data.draw(st.sampled_from(WRITABLE))
    properties = st.sampled_from([*ENTITIES[name].table])
    body = data.draw(st.dictionaries(properties, ODD, max_size=4))

    assert_answered(online, name, body)


@FEW
@given(at=st.sampled_from(["Line", "VendorRef", "TxnDate", "LinkedTxn"]), odd=ODD, data=st.data())
def test_a_bill_with_one_thing_wrong(
    trading: Outside, at: str, odd: Any, data: st.DataObject
) -> None:
    """So is a whole document in which one value is another one, in its lines too."""
    lines: list[Any] = [spent(1), bought("200", 1, 2)]
    if data.draw(st.booleans()):
        line = lines[1]["ItemBasedExpenseLineDetail"]
        line[data.draw(st.sampled_from([*line]))] = odd
    body: Json = {"VendorRef": ref("1"), "Line": lines, at: odd}

    assert_answered(trading, "Bill", body)


@FEW
@given(st.text(st.sampled_from("select*from Vend'\\%=<(),10 whereIdin"), max_size=40))
def test_statements(online: Outside, text: str) -> None:
    """Any statement finds something or is refused."""
    for statement in (text, f"select * from Vendor where {text}"):
        answer = online.call("GET", "query", query=statement)

        assert answer.status_code == 200 or answer.json()["Fault"]["Error"][0]["code"]


def assert_answered(online: Outside, name: str, body: Json) -> None:
    answer = online.call("POST", name.lower(), body)

    assert answer.status_code in {200, 400, 403}
    assert answer.json().keys() & {name, "Fault", "fault"}
