"""The order of calls: every pair decided, and the roads the reference describes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.web_connector import answers
from counterfoil.connectors.quickbooks_desktop.web_connector.order import (
    Decision,
    Due,
    decide,
    due_after,
    polite_answer,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.soap import Operation, render_reply

PAIRS = list(itertools.product(Due, Operation))
Answer = answers.AuthenticateAnswer | str | int

# What a server may answer to each operation, one of each effect.
ANSWERS: dict[Operation, list[Answer]] = {
    Operation.AUTHENTICATE: [
        answers.work("t"),
        answers.work("t", company_file="C:\\a.qbw"),
        answers.no_work("t"),
        answers.not_valid_user("t"),
        answers.busy("t"),
        answers.postponed("t", 60),
    ],
    Operation.SEND_REQUEST: [answers.NO_REQUEST, "<QBXML/>"],
    Operation.RECEIVE_RESPONSE: [1, 99, answers.ALL_DONE, answers.failure()],
    Operation.CONNECTION_ERROR: [answers.CURRENT_FILE, "C:\\a.qbw", answers.STOP_CONNECTING],
    Operation.GET_LAST_ERROR: [answers.KEEP_ALIVE, "QuickBooks is busy."],
}


def possible(due: Due, operation: Operation) -> list[Answer]:
    found = ANSWERS.get(operation, [""])
    return [answer for answer in found if not (due is Due.FAILURE and answer == answers.KEEP_ALIVE)]


@pytest.mark.parametrize("due,operation", PAIRS)
class TestEveryPair:
    def test_is_decided(self, due: Due, operation: Operation) -> None:
        """No call in no state is undecided."""
        assert decide(due, operation) in Decision

    def test_leads_on(self, due: Due, operation: Operation) -> None:
        """Every call that is taken leads somewhere, whatever it is answered with."""
        if decide(due, operation) is not Decision.REFUSE:
            for answer in possible(due, operation):
                assert due_after(due, operation, answer) in Due

    def test_refusal_has_its_answer(self, due: Due, operation: Operation) -> None:
        """Every refused call has a harmless answer of the right type."""
        if decide(due, operation) is Decision.REFUSE:
            assert render_reply(operation, polite_answer(operation))

    def test_response_on_its_way_is_never_forgotten(self, due: Due, operation: Operation) -> None:
        """While QuickBooks is at work, a call either brings the response or starts a recovery."""
        calls_without_ticket = {
            Operation.SERVER_VERSION,
            Operation.GET_SERVER_VERSION,
            Operation.CLIENT_VERSION,
            Operation.GET_INTERACTIVE_URL,
            Operation.INTERACTIVE_DONE,
            Operation.INTERACTIVE_REJECTED,
        }
        decision = decide(due, operation)

        assert (decision is Decision.RECOVER) == (
            due is Due.RECEIVE
            and operation not in {Operation.RECEIVE_RESPONSE, *calls_without_ticket}
        )
        if due is Due.RECEIVE and operation in calls_without_ticket:
            assert due_after(due, operation, "") is Due.RECEIVE


class TestRules:
    @pytest.mark.parametrize("due", Due)
    def test_response_is_applied_only_when_one_is_due(self, due: Due) -> None:
        """A response is applied once: only where it is waited for."""
        decision = decide(due, Operation.RECEIVE_RESPONSE)

        assert (decision is Decision.PROCEED) == (due is Due.RECEIVE)

    @pytest.mark.parametrize("due", Due)
    def test_request_is_handed_out_only_inside_a_run(self, due: Due) -> None:
        """After the end, or without a run, sendRequestXML gets nothing."""
        over = due in {Due.SIGN_IN, Due.FAILURE, Due.CLOSE, Due.CLOSED}

        assert (decide(due, Operation.SEND_REQUEST) is Decision.REFUSE) == over

    @pytest.mark.parametrize(
        "operation,polite",
        [
            (Operation.SEND_REQUEST, ""),
            (Operation.RECEIVE_RESPONSE, -1),
            (Operation.CONNECTION_ERROR, "done"),
        ],
    )
    def test_unknown_ticket_gets_a_harmless_answer(
        self, operation: Operation, polite: str | int
    ) -> None:
        """1.4 rule 1: an unknown ticket is answered with '', -1 or done."""
        assert decide(Due.SIGN_IN, operation) is Decision.REFUSE
        assert polite_answer(operation) == polite

    def test_unknown_ticket_is_told_why(self) -> None:
        """1.4 rule 4: the reason follows from getLastError, and is no keep-alive."""
        reason = polite_answer(Operation.GET_LAST_ERROR)

        assert isinstance(reason, str)
        assert reason == answers.last_error(reason)

    def test_second_sign_in_recovers_a_lost_response(self) -> None:
        """1.4 rule 4: authenticate while a response is due means that it is lost."""
        assert decide(Due.RECEIVE, Operation.AUTHENTICATE) is Decision.RECOVER

    @pytest.mark.parametrize("due", [Due.CONNECT, Due.SEND, Due.PAUSE, Due.FAILURE])
    def test_second_run_takes_over(self, due: Due) -> None:
        """Quirk 24: the newest sign-in wins; with nothing under way the old run just ends."""
        assert decide(due, Operation.AUTHENTICATE) is Decision.HARMLESS
        assert due_after(due, Operation.AUTHENTICATE, answers.work("t2")) is Due.CONNECT

    def test_second_sign_in_before_the_close_is_harmless(self) -> None:
        """1.4 rule 4: authenticate while only the close is due drops the old ticket."""
        assert decide(Due.CLOSE, Operation.AUTHENTICATE) is Decision.HARMLESS

    def test_second_request_recovers(self) -> None:
        """1.4 rule 4: a second sendRequestXML means that the response is lost."""
        assert decide(Due.RECEIVE, Operation.SEND_REQUEST) is Decision.RECOVER

    def test_keep_alive_after_a_failure_is_our_mistake(self) -> None:
        """NoOp is documented after an empty sendRequestXML only."""
        with pytest.raises(AssertionError, match="NoOp"):
            due_after(Due.FAILURE, Operation.GET_LAST_ERROR, answers.KEEP_ALIVE)

    def test_states_are_short_words(self) -> None:
        """A state is stored as a short lower-case word and read back from it."""
        for due in Due:
            assert Due(str(due)) is due
            assert len(due) <= 10
            assert due == due.lower()


# One line per call: operation, our answer, what is due then.
ROADS: dict[str, list[tuple[Operation, Answer, Due]]] = {
    "two requests": [
        (Operation.SERVER_VERSION, "Counterfoil", Due.SIGN_IN),
        (Operation.CLIENT_VERSION, "", Due.SIGN_IN),
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
        (Operation.SEND_REQUEST, "<QBXML/>", Due.RECEIVE),
        (Operation.RECEIVE_RESPONSE, 50, Due.SEND),
        (Operation.SEND_REQUEST, "<QBXML/>", Due.RECEIVE),
        (Operation.RECEIVE_RESPONSE, 100, Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "waiting inside a run": [
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
        (Operation.SEND_REQUEST, "", Due.PAUSE),
        (Operation.GET_LAST_ERROR, "NoOp", Due.SEND),
        (Operation.SEND_REQUEST, "", Due.PAUSE),
        (Operation.GET_LAST_ERROR, "Nothing more to do.", Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "refused request": [
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
        (Operation.SEND_REQUEST, "<QBXML/>", Due.RECEIVE),
        (Operation.RECEIVE_RESPONSE, -101, Due.FAILURE),
        (Operation.GET_LAST_ERROR, "QuickBooks could not read the request.", Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "file does not open": [
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
        (Operation.CONNECTION_ERROR, "", Due.CONNECT),
        (Operation.CONNECTION_ERROR, "done", Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "file opens at the second try": [
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
        (Operation.CONNECTION_ERROR, "C:\\a.qbw", Due.CONNECT),
        (Operation.SEND_REQUEST, "<QBXML/>", Due.RECEIVE),
        (Operation.RECEIVE_RESPONSE, 100, Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "no work": [
        (Operation.AUTHENTICATE, answers.no_work("t"), Due.CLOSE),
        (Operation.CLOSE_CONNECTION, "OK", Due.CLOSED),
    ],
    "no work, and no close": [
        (Operation.AUTHENTICATE, answers.postponed("t", 60), Due.CLOSE),
        (Operation.SERVER_VERSION, "Counterfoil", Due.CLOSE),
        (Operation.AUTHENTICATE, answers.work("t"), Due.CONNECT),
    ],
}


@pytest.mark.parametrize("road", ROADS.values(), ids=ROADS.keys())
def test_documented_roads_are_open(road: list[tuple[Operation, Answer, Due]]) -> None:
    """1.4: each order of calls the reference describes goes through without a recovery."""
    due = Due.SIGN_IN
    for operation, answer, then in road:
        assert decide(due, operation) in {Decision.PROCEED, Decision.HARMLESS}
        due = due_after(due, operation, answer)
        assert due is then


@given(st.data())
def test_no_road_loses_a_request(data: st.DataObject) -> None:
    """Whatever calls come in whatever order, each request handed out is answered or recovered."""
    due, outstanding = Due.SIGN_IN, False
    for _ in range(20):
        operation = data.draw(st.sampled_from(Operation))
        decision = decide(due, operation)
        assert outstanding == (due is Due.RECEIVE)
        if decision is Decision.REFUSE:
            continue
        if decision is Decision.RECOVER or (
            decision is Decision.PROCEED and operation is Operation.RECEIVE_RESPONSE
        ):
            assert outstanding
            outstanding = False
        answer = data.draw(st.sampled_from(possible(due, operation)))
        due = due_after(due, operation, answer)
        if operation is Operation.SEND_REQUEST and answer:
            assert not outstanding
            outstanding = True
