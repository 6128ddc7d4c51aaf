"""A company that takes marks (ExternalGUID) and returns none: field case D7."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Answer,
    Desk,
    customer,
    keyed,
    line,
    query,
    request,
    sales_order,
    tags,
)

MARK = "{2F1D7C0A-5B0E-4C6F-9C53-0D7E8A4B6C11}"
OTHER = "{2F1D7C0A-5B0E-4C6F-9C53-0D7E8A4B6C12}"


def marked_order() -> str:
    return sales_order(
        "Heron", rest=tags(ExternalGUID=MARK) + line("BOLT-8", "1"), ref_number="SO-1"
    )


def marked_customer() -> str:
    return customer("Heron", rest=tags(ExternalGUID=OTHER))


def asked_in_every_way(shop: Desk) -> list[Answer]:
    """Everything that shows a record: adds, changes, queries, a stored answer."""
    answers = [shop.ask(marked_customer(), marked_order(), new="run-1")]
    answers.append(shop.ask(new="run-1", old="run-1"))
    made = answers[0][1]
    answers.append(shop.ask(request("SalesOrderMod", keyed(made) + tags(Memo="changed"))))
    answers.append(
        shop.ask(
            query("CustomerQuery"),
            query("SalesOrderQuery", tags(IncludeLineItems="true", IncludeLinkedTxns="true")),
            query("SalesOrderQuery", tags(IncludeRetElement="ExternalGUID")),
            query("TransactionQuery"),
        )
    )
    return answers


def test_marks_come_back(shop: Desk) -> None:
    """As a rule each record that bears one shows it."""
    added, stored, changed, found = asked_in_every_way(shop)

    assert added[0].texts("ExternalGUID") == [OTHER]
    assert [one.texts("ExternalGUID") for one in (added[1], stored[1], changed[0])] == [[MARK]] * 3
    assert found[0].texts("ExternalGUID") == [OTHER]
    assert found[1].texts("ExternalGUID") == found[2].texts("ExternalGUID") == [MARK]


def test_no_answer_shows_a_mark_where_none_are_returned(shop: Desk) -> None:
    """Not the Add, not the stored answer, not the Mod, no query, even if it asks for it alone."""
    shop.switch(marks_returned=False)
    answers = asked_in_every_way(shop)

    assert all(set(answer.codes) == {0} for answer in answers)
    assert [answer.raw for answer in answers if "ExternalGUID" in answer.raw] == []
    assert [answer.raw for answer in answers if MARK in answer.raw] == []


@pytest.mark.parametrize("is_returned, marks", [(True, [OTHER, MARK]), (False, [])])
def test_an_answer_without_data_shows_it_likewise(
    shop: Desk, is_returned: bool, marks: list[str]
) -> None:
    """The recovery block of ``includeNone`` follows the switch, too."""
    shop.switch(marks_returned=is_returned)
    answer = shop.ask(marked_customer(), marked_order(), more=' responseData="includeNone"')

    assert [mark for reply in answer.replies for mark in reply.texts("ExternalGUID")] == marks


def test_a_test_still_sees_what_was_marked(shop: Desk) -> None:
    """The mark is kept: the records of the control path show it, and later answers may."""
    shop.switch(marks_returned=False)
    shop.enter(marked_customer(), marked_order())
    (order,) = shop.get("/records/SalesOrder")
    assert order["ExternalGUID"] == MARK

    shop.switch(marks_returned=True)

    assert shop.one(query("SalesOrderQuery")).texts("ExternalGUID") == [MARK]
