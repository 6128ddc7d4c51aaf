"""What QuickBooks' status codes mean for a document, as its bookkeeper reads it."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop import refusals
from counterfoil.connectors.quickbooks_desktop.messages import Writer
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Problem,
    Request,
    Version,
    check,
    parse_replies,
)
from counterfoil.connectors.quickbooks_desktop.qbxml.status import STATUSES
from counterfoil.documents import Actor, DocumentKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Outcome,
    Refused,
    Unknown,
    VoidDocument,
    VoidWay,
)


def outcome(code: int | None, message: str = "", kind: Kind = Kind.CREATE_DOCUMENT) -> Outcome:
    status = "" if code is None else f' statusCode="{code}"'
    text = (
        f'<QBXML><QBXMLMsgsRs><SalesOrderAddRs requestID="1"{status} statusSeverity="Error" '
        f'statusMessage="{message}"/></QBXMLMsgsRs></QBXML>'
    )
    [reply] = parse_replies(text).replies
    subject = "customer" if kind is Kind.CREATE_RECORD else "sales-order"
    return refusals.outcome(Asked(wire_id="1", kind=kind, subject=subject, name="ACME"), reply)


class TestOutcomes:
    @pytest.mark.parametrize(
        "code, refusal, actor",
        [
            (1030, "feature-missing", Actor.ADMINISTRATOR),
            (3140, "rejected", Actor.BOOKKEEPER),
            (3171, "period-closed", Actor.BOOKKEEPER),
            (3250, "feature-missing", Actor.ADMINISTRATOR),
            (3260, "permission-missing", Actor.ADMINISTRATOR),
            (3262, "feature-missing", Actor.ADMINISTRATOR),
            (3263, "permission-missing", Actor.ADMINISTRATOR),
            (570, "order-used-up", Actor.BOOKKEEPER),
            (3153, "request-invalid", Actor.SUPPORT),
            (3280, "item-unfit", Actor.BOOKKEEPER),
            (3290, "item-unfit", Actor.BOOKKEEPER),
            (3110, "request-invalid", Actor.SUPPORT),
            (3399, "rejected", Actor.BOOKKEEPER),
        ],
    )
    def test_what_stops_a_document(self, code: int, refusal: str, actor: Actor) -> None:
        """A code that stops a document names who can act, and keeps QuickBooks' own words."""
        found = outcome(code, "words of QuickBooks")

        assert isinstance(found, Refused)
        assert (found.refusal.code, found.refusal.actor) == (refusal, actor)
        assert "words of QuickBooks" in (found.refusal.detail or "")
        assert found.code == str(code)

    @pytest.mark.parametrize("code", [1000, 1010, 3170, 3175, 3176, 3200, 3231])
    def test_what_is_tried_again(self, code: int) -> None:
        """A lock, or a record that has changed, is no reason to stop."""
        assert isinstance(outcome(code, "in use"), Busy)

    @pytest.mark.parametrize(
        "code, message, refusal",
        [
            (3210, "The LinkToTxn field has an invalid value in the Bill.", "link-refused"),
            (3210, "PayrollItemWageRef is not for this employee.", "payroll-item-unfit"),
            (3180, "The payroll item cannot be used.", "payroll-item-unfit"),
            (3210, "The TxnDate is invalid.", "rejected"),
        ],
    )
    def test_what_a_code_with_many_meanings_is_about(
        self, code: int, message: str, refusal: str
    ) -> None:
        """Where the number says little, the element that QuickBooks names says it."""
        found = outcome(code, message)

        assert isinstance(found, Refused)
        assert found.refusal.code == refusal
        assert message in found.refusal.sentence

    @pytest.mark.parametrize(
        "code, message, waits_for",
        [
            (3162, "Not in multi-user mode.", "single-user mode"),
            (3250, "Only in single-user mode.", "single-user mode"),
            (3210, "Switch to Single User mode.", "single-user mode"),
            (3176, "Related object locked.", "who has the order it belongs to"),
        ],
    )
    def test_what_waits_for_people_says_for_what(
        self, code: int, message: str, waits_for: str
    ) -> None:
        """Corrections 12: waiting for single-user mode is a reason that people see."""
        found = outcome(code, message)

        assert isinstance(found, Busy)
        assert waits_for in found.reason
        assert message in found.reason
        assert found.otherwise is None

    def test_3160_is_about_what_hangs_on_it(self) -> None:
        """What was paid or has followers is not taken out; the cure says what to do first."""
        found = outcome(3160, "It has a payment.", Kind.VOID_DOCUMENT)

        assert isinstance(found, Refused)
        assert found.refusal.code == "paid-or-followed"
        assert "It has a payment." in found.refusal.sentence

    def test_3180_is_read_by_its_text(self) -> None:
        """The catch-all waits when it speaks of a lock, and stops when it speaks of data."""
        assert isinstance(outcome(3180, "modified by another user"), Busy)
        assert isinstance(outcome(3180, "credit limit exceeded"), Refused)

    @pytest.mark.parametrize("text", ["Alguien tiene abierto el pedido.", ""])
    def test_3180_in_unknown_words_waits_and_keeps_its_refusal(self, text: str) -> None:
        """It may be a lock; should it stay so, it is the refusal in QuickBooks' words."""
        found = outcome(3180, text)

        assert isinstance(found, Busy)
        assert found.otherwise is not None
        assert found.otherwise.code == "3180"
        assert found.otherwise.refusal.code == "rejected"
        assert (text or "could not save the record") in found.otherwise.refusal.sentence

    @pytest.mark.parametrize(
        "code, message, expected",
        [
            (3180, "The credit limit of the customer is exceeded.", "rejected"),
            (3140, "There is an invalid reference.", "rejected"),
            (3270, "A posting account is missing.", "rejected"),
            (3210, "The value is not valid.", "rejected"),
            (3070, "The string is too long.", "rejected"),
            (3250, "The feature is not enabled.", "feature-missing"),
            (-1, "", "request-invalid"),
            (3180, "Elle est en cours d'utilisation par une autre personne.", None),
            (3170, "La liste est utilisée.", None),
            (3175, "Impossible de verrouiller.", None),
            (3176, "", None),
            (3120, "", None),
            (3240, "", None),
        ],
    )
    def test_what_a_writes_status_leads_to(
        self, code: int, message: str, expected: str | None
    ) -> None:
        """Locks wait in any language; what QuickBooks says no to is refused in its words."""
        found = outcome(code, message)

        if isinstance(expected, str):
            assert isinstance(found, Refused)
            assert found.refusal.code == expected
        else:
            assert isinstance(found, Busy)
            assert found.otherwise is None

    def test_a_name_in_use_names_the_record(self) -> None:
        """3100 for a new customer is the shared name space, with its own way out."""
        found = outcome(3100, "already in use", Kind.CREATE_RECORD)

        assert isinstance(found, Refused)
        assert found.refusal.code == "name-taken"
        assert found.refusal.value == "ACME"

    def test_no_status_is_no_answer(self) -> None:
        """A reply without a status says nothing."""
        assert isinstance(outcome(None), Unknown)

    @pytest.mark.parametrize("code", sorted(STATUSES))
    def test_every_known_code_comes_to_an_outcome(self, code: int) -> None:
        """No code of the table is left undecided, and each refusal has a cure."""
        found = outcome(code, "words")

        if isinstance(found, Refused):
            assert found.refusal.cure
            assert "{" not in found.refusal.sentence + found.refusal.cure

    @pytest.mark.parametrize("kind", [Kind.UPDATE_DOCUMENT, Kind.VOID_DOCUMENT])
    def test_a_document_that_is_not_as_known(self, kind: Kind) -> None:
        """A stale version is a conflict for what is there, and no reason to wait."""
        assert outcome(3200, "out-of-date", kind) == Conflict(
            None, "SalesOrderAdd 3200: out-of-date"
        )
        assert isinstance(outcome(3200, "out-of-date", Kind.CREATE_DOCUMENT), Busy)

    def test_quickbooks_silent_refusal_has_words(self) -> None:
        """A code without a message is told by its meaning."""
        found = outcome(3260, "")

        assert isinstance(found, Refused)
        assert "no permission" in found.refusal.sentence


class TestReadings:
    @pytest.mark.parametrize(
        "code, expected",
        [(3175, Busy), (1000, Busy), (3250, Refused), (3391, Busy), (1999, Busy), (3099, Busy),
         (3030, Refused), (3000, Refused), (3120, Busy)],
    )  # fmt: skip
    def test_a_reading_waits_unless_a_person_has_to_act(self, code: int, expected: type) -> None:
        """An edition without the feature will not have it a minute later."""
        text = (
            f'<QBXML><QBXMLMsgsRs><SalesOrderQueryRs statusCode="{code}" statusSeverity="Error" '
            'statusMessage="no"/></QBXMLMsgsRs></QBXML>'
        )
        [reply] = parse_replies(text).replies
        asked = Asked(wire_id="1", kind=Kind.FIND, subject="sales-order")
        found = refusals.reading(asked, reply)

        assert isinstance(found, expected)
        if isinstance(found, Busy):
            assert found.reason == (
                f"The sales orders could not be looked up: QuickBooks answered with status {code}, "
                "“no”"
            )


class TestProblems:
    """What would be refused is refused before it is sent."""

    @pytest.mark.parametrize(
        "fields, code",
        [
            ({"Name": "N" * 42}, "value-too-long"),
            ({"Name": "Λάμδα"}, "text-unholdable"),
            ({"Name": "A\x07B"}, "value-unfit"),
            ({"Name": "A", "IsActive": "perhaps"}, "value-unfit"),
        ],
    )
    def test_a_problem_of_ours_becomes_a_refusal(self, fields: dict[str, str], code: str) -> None:
        """Length, characters and formats are named with the field and the value."""
        [problem, *_] = check(Request("CustomerAdd", fields, "1"), Version(16, 0))
        found = refusals.of_problem(problem)

        assert found.code == code
        assert found.where == problem.path
        assert "{" not in found.sentence + found.cure

    def test_what_quickbooks_has_no_way_to_do(self) -> None:
        """A sales order cannot be voided: the refusal says so and what to do instead."""
        void = VoidDocument(
            id="1", kind=DocumentKind.SALES_ORDER, document_id="1E-1", how=VoidWay.VOID
        )
        problem = Writer(Version(16, 0)).check(void)
        assert problem is not None
        found = refusals.of_problem(problem)

        assert found.code == "feature-missing"
        assert "a sales order cannot be voided in QuickBooks; delete or close" in found.sentence

    @pytest.mark.parametrize("text", ["A\x00B", "A\ud800B", "A\ufffeB"])
    def test_what_is_shown_can_be_kept(self, text: str) -> None:
        """The value of a refusal has no character that a database or page cannot hold."""
        [problem, *_] = check(Request("CustomerAdd", {"Name": text}, "1"), Version(16, 0))
        found = refusals.of_problem(problem)

        assert found.value == "A\ufffdB"
        (found.sentence + (found.detail or "")).encode()

    def test_an_unknown_problem_is_ours(self) -> None:
        """A request that is wrong in itself goes to support."""
        found = refusals.of_problem(
            Problem(code="missing", path="SalesOrderAdd/CustomerRef", value="", message="missing")
        )

        assert (found.code, found.actor) == ("request-invalid", Actor.SUPPORT)
