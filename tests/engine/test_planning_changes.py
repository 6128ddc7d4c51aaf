"""Planning what is there already: read first, then change, close or take out; and marks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Action,
    Document,
    DocumentKind,
    DocumentStatus,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
    name_key,
)
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.drafting import Target, Work, draft, sources_of
from counterfoil.engine.life import State
from counterfoil.engine.matching import Entry, NameChoice, lookup, suggestions
from counterfoil.engine.objections import CONFLICT_ROUNDS_MAX
from counterfoil.engine.operations import (
    CreateDocument,
    CreateRecord,
    FindDocument,
    LineScope,
    Operation,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from counterfoil.engine.ordering import Coming
from counterfoil.engine.paired_lines import with_target_ids
from counterfoil.engine.planning import Plan, plan
from counterfoil.engine.transfers import Landing, PairedLine, Pairing, Transfer
from counterfoil.settings import (
    CancelledWay,
    ChangePolicy,
    DocumentNumber,
    FieldPair,
    Settings,
    UnholdableCharacters,
)
from counterfoil.translate.sales_order_out import SalesOrderOut
from tests.engine.books import SALES_ORDER, sound
from tests.support.builders import (
    NOW,
    customers,
    fields,
    follower,
    items,
    knowledge,
    line,
    numbered_keys,
    order,
    pairing,
    seen,
    settings,
    target,
    transfer,
    work,
)

# Numbers or identities of one question, as targets have it.
NUMBERS_PER_FIND = 100

KNOWN = knowledge([*customers("ACME", "LUK"), *items("BOLT", "NUT", "WASHER")])
AUTOMATIC = settings(
    sales_order_out={
        "changes": ChangePolicy.AUTOMATIC,
        "cancellations": ChangePolicy.AUTOMATIC,
        "cancelled_way": CancelledWay.DELETE,
    }
)
SHORT = settings(sales_order_out={"close_when_closed": True})
CLOSING = settings(sales_order_out={"cancellations": ChangePolicy.AUTOMATIC})
SOURCE = order("SO-1 ACME", line("1 NUT", id="s1"), line("2 BOLT", id="s2"))
THERE = order("77 ACME", line("1 NUT", id="t1"), line("2 BOLT", id="t2"), id="T1", revision="5")
LINES = (PairedLine("s1", "t1", "1"), PairedLine("s2", "t2", "2"))


def landed(there: SalesOrder = THERE, **changes: Any) -> Pairing:
    """What it landed on, read right before."""
    return seen(pairing(THERE, SOURCE, lines=LINES, **changes), there)


def changing(
    document: SalesOrder,
    write: Write = Write.UPDATE,
    *,
    rules: Settings = AUTOMATIC,
    on: Pairing | None = None,
    known: dict[str, Any] | None = None,
    **changes: Any,
) -> Work:
    """A landed transfer whose document was read in the batch before."""
    of = transfer(write=write, **{"is_checked": True} | changes)
    return work(document, of, rules, pairing=on or landed(), **known or {})


def planned(*works: Work, to: Target | None = None, **changes: Any) -> Plan:
    of = to or target()
    ready = [each for each in works if each.transfer.state is not State.UNKNOWN]
    unknown = [each for each in works if each.transfer.state is State.UNKNOWN]
    drafts = [draft(each, {}, of, NOW) for each in ready]
    made = plan(drafts, unknown, [], KNOWN, of, now=NOW, new_key=numbered_keys(), **changes)
    sound(made, ready, unknown, of)
    return made


def operations(made: Plan, type_: type[Operation]) -> list[Any]:
    return [each.operation for each in made.operations if isinstance(each.operation, type_)]


def only(made: Plan) -> Transfer:
    (moved,) = made.transfers
    return moved


def refused(made: Plan) -> str:
    moved = only(made)
    assert made.operations == ()
    assert moved.refusal is not None, moved.state
    return moved.refusal.code


MORE = order("SO-1 ACME", line("1 NUT", id="s1"), line("9 BOLT", id="s2"))


class TestReadFirst:
    @pytest.mark.parametrize("write", [Write.UPDATE, Write.VOID])
    def test_it_is_read_in_the_batch_before(self, write: Write) -> None:
        """Before a document is changed or taken out it is read, by its identity."""
        wish = Wish.UNDO if write is Write.VOID else Wish.NONE
        made = planned(changing(MORE, write, is_checked=False, wish=wish))

        assert [each.ids for each in operations(made, FindDocument)] == [("T1",)]
        assert only(made).state is State.MATCHING

    def test_what_was_not_kept_is_read_again(self) -> None:
        """A document that was read and not kept is read again instead of changed unseen."""
        bare = msgspec.structs.replace(landed(), seen=None)

        assert operations(planned(changing(MORE, on=bare)), FindDocument)

    def test_many_are_one_question(self) -> None:
        """Many documents are read by one operation, up to its size."""
        works = [
            work(
                MORE, transfer(n, write=Write.UPDATE), AUTOMATIC, pairing=landed(target_id=f"T{n}")
            )
            for n in range(1, NUMBERS_PER_FIND + 31)
        ]
        made = planned(*works, to=target(batch_size=500))
        finds = operations(made, FindDocument)

        assert [len(each.ids) for each in finds] == [NUMBERS_PER_FIND, 30]
        assert sum(len(each.dependants) for each in made.operations) == len(works)

    def test_7_three_rounds(self) -> None:
        """7: a document that is another one each time is refused after three rounds, kept so long."""
        rounds = CONFLICT_ROUNDS_MAX
        going = planned(changing(MORE, is_checked=False, rounds=rounds - 1))

        assert only(going).state is State.MATCHING
        assert (
            refused(planned(changing(MORE, is_checked=False, rounds=rounds))) == "will-not-settle"
        )


class TestUpdate:
    def test_upon_the_revision_seen(self) -> None:
        """An update names the revision that was read, and every line with its identity there."""
        other = msgspec.structs.replace(THERE, revision="8", memo="a payment came")
        made = planned(changing(MORE, on=landed(other)))
        (written,) = operations(made, UpdateDocument)

        assert (written.document_id, written.revision, written.expected) == ("T1", "8", other)
        assert (written.lines, written.closes) == (LineScope.ALL, None)
        assert [each.id for each in written.document.lines] == ["t1", "t2"]
        assert written.document.lines[0].item == Reference("NUT", "item:NUT")
        assert only(made).state is State.SENDING
        assert only(made).attempts == 1

    def test_the_day_stays(self) -> None:
        """DOC-5: an order that is dated by its transfer keeps that day when it is changed later."""
        dated = msgspec.structs.replace(THERE, created_on=date(2026, 1, 5))
        on = seen(pairing(dated, SOURCE, lines=LINES), dated)
        (written,) = operations(planned(changing(MORE, on=on)), UpdateDocument)

        assert written.document.created_on == date(2026, 1, 5)

    def test_the_books_number_stays(self) -> None:
        """A number that the books gave is kept by an update."""
        (written,) = operations(planned(changing(MORE)), UpdateDocument)

        assert written.document.number == "77"

    def test_what_its_answer_needs(self) -> None:
        """65: document, kind and the source's lines are kept with the write."""
        (made,) = planned(changing(MORE)).operations
        assert made.sent is not None

        assert made.sent.written is not None
        assert made.sent.lines == (("s1", "1"), ("s2", "9"))
        assert made.sent.kind is SALES_ORDER

    @pytest.mark.parametrize(
        "lines, ids",
        [
            (LINES, ["t1", "", "t2"]),
            (None, ["t1", "", "t2"]),
            ((PairedLine("s1", "gone", "1"), PairedLine("s2", "t2", "2")), ["t1", "", "t2"]),
        ],
    )
    def test_lines_are_known_or_matched(
        self, lines: tuple[PairedLine, ...] | None, ids: list[str]
    ) -> None:
        """Known lines bear their identity there, new ones none; unknown ones match by item."""
        document = order(
            "SO-1 ACME", line("1 NUT", id="s1"), line("4 WASHER", id="s9"), line("2 BOLT", id="s2")
        )
        placed = with_target_ids(document, lines, THERE)

        assert isinstance(placed, SalesOrder)
        assert [each.id for each in placed.lines] == ids

    def test_lines_without_identity_at_their_source(self) -> None:
        """Lines that bear no identity are matched by item and order, each line there once."""
        document = order("SO-1 ACME", "3 BOLT", "1 NUT", "5 BOLT")
        nameless = (PairedLine("", "t1", "1"), PairedLine("", "t2", "2"))
        placed = with_target_ids(document, nameless, THERE)

        assert isinstance(placed, SalesOrder)
        assert [each.id for each in placed.lines] == ["t2", "t1", ""]

    def test_14_below_what_was_delivered(self) -> None:
        """14: less than was invoiced is refused before anything is sent."""
        first, second = THERE.lines
        delivered = msgspec.structs.replace(second, delivered=Quantity(Decimal(2)))
        there = msgspec.structs.replace(THERE, lines=(first, delivered))
        less = order("SO-1 ACME", line("1 NUT", id="s1"), line("1 BOLT", id="s2"))

        assert refused(planned(changing(less, on=landed(there)))) == "below-delivered"
        assert operations(planned(changing(MORE, on=landed(there))), UpdateDocument)

    def test_12_a_target_that_cannot_change(self) -> None:
        """12: what cannot be changed there is refused with what differs, to be done by hand."""
        made = planned(changing(MORE), to=target(changes=frozenset()))
        refusal = only(made).refusal

        assert refusal is not None
        assert (refusal.code, refusal.where) == ("cannot-change", "lines[1].quantity")
        assert refusal.choices[0].action is Action.ACCEPT

    def test_21_opened_again(self) -> None:
        """21: an order that is no longer cancelled opens what our closing had closed."""
        made = planned(changing(SOURCE, on=landed(is_closed=True)))

        assert [each.closes for each in operations(made, UpdateDocument)] == [False]

    def test_5_what_was_changed_there_is_told(self) -> None:
        """5: what the reading before it showed changed is no longer written by itself."""
        theirs = order("77 ACME", line("1 NUT", id="t1"), id="T1", revision="9")
        made = planned(changing(MORE, on=landed(theirs)))

        assert made.operations == ()
        assert only(made).state is State.CHANGED

    @pytest.mark.parametrize(
        "size, batches", [(100, [{"ids", "numbers"}]), (1, [{"numbers"}, {"ids"}])]
    )
    def test_19_another_number(self, size: int, batches: list[set[str]]) -> None:
        """19: a number that changed at the source is looked up before the update bears it."""
        rules = settings(
            sales_order_out={
                "document_number": DocumentNumber.ORDER_CODE,
                "changes": ChangePolicy.AUTOMATIC,
            }
        )
        renamed = msgspec.structs.replace(SOURCE, number="SO-9")
        on = landed(number="SO-1")
        current = changing(renamed, rules=rules, on=on, is_checked=False, target_number="SO-1")
        for asked in batches:
            made = planned(current, to=target(batch_size=size))
            finds = operations(made, FindDocument)
            assert {
                field for each in finds for field in ("ids", "numbers") if getattr(each, field)
            } == asked
            for each in made.operations:
                assert isinstance(each.operation, FindDocument)
                assert bool(each.operation.numbers) == (each.sent is not None)
            back = msgspec.structs.replace(only(made), state=State.READY)
            current = msgspec.structs.replace(current, transfer=back)
        checked = msgspec.structs.replace(current.transfer, is_checked=True)
        made = planned(
            msgspec.structs.replace(current, transfer=checked), to=target(batch_size=size)
        )

        assert [each.document.number for each in operations(made, UpdateDocument)] == ["SO-9"]


GONE = {"is_withdrawn": True}


FINISHED = msgspec.structs.replace(SOURCE, status=DocumentStatus.CLOSED)


class TestClosingShort:
    """Orders that are closed at their source before all of them has moved."""

    def test_only_its_header_is_written(self) -> None:
        """It is closed by its header, as it was read; its lines and what is linked stay."""
        made = planned(changing(FINISHED, rules=SHORT))
        (written,) = operations(made, UpdateDocument)

        assert (written.lines, written.closes, written.revision) == (LineScope.NONE, True, "5")
        assert written.document == msgspec.structs.replace(THERE, id="", lines=())

    def test_it_is_read_first(self) -> None:
        """Whether anything of it is open there is asked in the batch before."""
        made = planned(changing(FINISHED, rules=SHORT, is_checked=False))

        assert [each.ids for each in operations(made, FindDocument)] == [("T1",)]

    @pytest.mark.parametrize("status", [DocumentStatus.CLOSED, DocumentStatus.CANCELLED])
    @pytest.mark.parametrize(
        "source, rules, known",
        [(FINISHED, SHORT, {}), (SOURCE, CLOSING, {"is_withdrawn": True})],
    )
    def test_it_is_closed_there_already(
        self, status: DocumentStatus, source: SalesOrder, rules: Settings, known: dict[str, Any]
    ) -> None:
        """All invoiced, or closed by hand: it counts as closed, and nothing is written."""
        done = msgspec.structs.replace(THERE, status=status)
        made = planned(changing(source, rules=rules, on=landed(done), known=known))
        ((after, landing),) = made.landings

        assert made.operations == ()
        assert after == only(made)
        assert after.state is State.DONE
        assert (landing.is_closed, landing.lines, landing.revision) == (True, LINES, "5")

    def test_it_waits_for_what_moved(self) -> None:
        """While something is still to be linked to it, it waits for that, unread."""
        coming = Coming(words="shipment SO-1", row=9)
        each = msgspec.structs.replace(
            changing(FINISHED, rules=SHORT, is_checked=False), coming=coming
        )
        moved = only(planned(each))

        assert (moved.state, moved.waits_for) == (State.WAITING, 9)
        assert moved.sentence == "The document waits for shipment SO-1."

    def test_it_waits_for_a_reading(self) -> None:
        """While it is not known whether something comes, it waits, and looks again by itself."""
        each = changing(FINISHED, rules=SHORT)
        moved = only(planned(msgspec.structs.replace(each, coming=Coming(words="shipments"))))

        assert (moved.state, moved.waits_for) == (State.WAITING, None)
        assert moved.retry_at is not None
        assert (moved.sentence or "").endswith("once its shipments have been read again.")

    def test_a_change_comes_first(self) -> None:
        """What changed at its source is written first; it is closed after that."""
        changed = msgspec.structs.replace(MORE, status=DocumentStatus.CLOSED)
        rules = settings(
            sales_order_out={"close_when_closed": True, "changes": ChangePolicy.AUTOMATIC}
        )
        (written,) = operations(planned(changing(changed, rules=rules)), UpdateDocument)

        assert (written.lines, written.closes) == (LineScope.ALL, None)

    @pytest.mark.parametrize("status, closes", [("open", False), ("closed", None)])
    def test_a_change_after_that(self, status: str, closes: bool | None) -> None:
        """Changed later, it is opened again only where its source is open again."""
        changed = msgspec.structs.replace(MORE, status=DocumentStatus(status))
        made = planned(changing(changed, on=landed(is_closed=True)))

        assert [each.closes for each in operations(made, UpdateDocument)] == [closes]


class TestTakingOut:
    def test_20_taken_out(self) -> None:
        """20: a cancelled order is taken out the way its system prefers."""
        made = planned(changing(SOURCE, Write.VOID, known=GONE))
        (written,) = operations(made, VoidDocument)

        assert (written.document_id, written.how) == ("T1", VoidWay.DELETE)
        assert written.revision == "5"
        assert made.operations[0].sent is not None
        assert made.operations[0].sent.how is VoidWay.DELETE

    def test_21_closed(self) -> None:
        """21: where it is closed instead, only its header is written, as it was read."""
        made = planned(changing(SOURCE, rules=CLOSING, known=GONE))
        (written,) = operations(made, UpdateDocument)

        assert (written.lines, written.closes, written.revision) == (LineScope.NONE, True, "5")
        assert written.document == msgspec.structs.replace(THERE, id="", lines=())
        assert made.operations[0].sent is not None
        assert made.operations[0].sent.closes

    @pytest.mark.parametrize(
        "rules, to, write",
        [
            (AUTOMATIC, target(ways_out={}), Write.VOID),
            (CLOSING, target(closes=frozenset()), Write.UPDATE),
        ],
    )
    def test_a_target_without_a_way(self, rules: Settings, to: Target, write: Write) -> None:
        """Where it can be neither taken out nor closed, a person is told."""
        assert refused(planned(changing(SOURCE, write, rules=rules, known=GONE), to=to)) == (
            "feature-missing"
        )

    def delivered(self) -> SalesOrder:
        first, second = THERE.lines
        return msgspec.structs.replace(
            THERE, lines=(first, msgspec.structs.replace(second, delivered=Quantity(Decimal(1))))
        )

    def test_22_what_depends_on_it_comes_first(self) -> None:
        """22, 28: what was invoiced from it, or fulfils it, keeps it there until that is out."""
        closed = msgspec.structs.replace(THERE, status=DocumentStatus.CLOSED)
        for there, after in ((self.delivered(), ()), (closed, ()), (THERE, (follower(),))):
            one = changing(
                SOURCE,
                Write.VOID,
                on=landed(there),
                known={"is_withdrawn": True, "followers": after},
            )
            assert refused(planned(one)) == "paid-or-followed"

    def test_28_what_fulfils_it_goes_first(self) -> None:
        """28: an order is undone together with its invoice: it waits until that is out."""
        one = changing(
            SOURCE, Write.VOID, known={"followers": (follower(leaves=True),)}, wish=Wish.UNDO
        )

        moved = only(planned(one))
        assert (moved.state, moved.waits_for) == (State.WAITING, 99)
        assert moved.sentence == "The document waits for invoice 1017."

    def test_33_an_undo_of_what_somebody_changed(self) -> None:
        """33: an undo asks before it takes out what a person changed; accepted, it goes."""
        theirs = order("77 ACME", line("7 NUT", id="t1"), id="T1", revision="9")
        undone = changing(SOURCE, Write.VOID, on=landed(theirs), wish=Wish.UNDO)
        accepted = seen(pairing(theirs, SOURCE), theirs)
        again = changing(SOURCE, Write.VOID, on=accepted, wish=Wish.UNDO)

        assert refused(planned(undone)) == "undone-needs-consent"
        assert operations(planned(again), VoidDocument)

    def test_a_void_translates_nothing(self) -> None:
        """What is taken out need not be translatable any more."""
        empty = order("SO-1 NOBODY")

        made = planned(changing(empty, Write.VOID, wish=Wish.UNDO))
        assert operations(made, VoidDocument)
        assert sources_of([changing(empty, Write.VOID, wish=Wish.UNDO)]) == set()


class TestAsking:
    def lost(self, write: Write, **changes: Any) -> Work:
        on = None if write is Write.CREATE else landed()
        return work(SOURCE, transfer(1, State.UNKNOWN, write=write, **changes), pairing=on)

    @pytest.mark.parametrize("write", [Write.UPDATE, Write.VOID])
    @pytest.mark.parametrize("keeps_marks", [True, False])
    def test_by_identity(self, write: Write, keeps_marks: bool) -> None:
        """What became of an update or a void is asked by the document's identity."""
        made = planned(self.lost(write), to=target(keeps_marks=keeps_marks))

        assert [each.ids for each in operations(made, FindDocument)] == [("T1",)]
        assert only(made).state is State.CONFIRMING

    def test_a_create_with_marks_is_not_asked_here(self) -> None:
        """D2: where marks come back the reading of what was written tells; no search is made."""
        assert planned(self.lost(Write.CREATE, target_number="SO-1")) == Plan()

    def test_a_create_without_marks_is_asked_by_number(self) -> None:
        """60: without marks a lost create is looked for by its number."""
        made = planned(self.lost(Write.CREATE, target_number="SO-1"), to=target(keeps_marks=False))

        assert [each.numbers for each in operations(made, FindDocument)] == [("SO-1",)]

    def test_with_neither(self) -> None:
        """D7: without mark and number nobody can tell: a person looks."""
        assert refused(planned(self.lost(Write.CREATE), to=target(keeps_marks=False))) == (
            "outcome-unclear"
        )

    def test_of_the_kind_that_was_written(self) -> None:
        """53: what became of a write is asked of the kind that was written, whatever it became."""
        bill = self.lost(Write.CREATE, target_number="SO-1", target_kind=DocumentKind.BILL)
        made = planned(bill, to=target(keeps_marks=False))

        assert [each.kind for each in operations(made, FindDocument)] == [DocumentKind.BILL]

    def test_forty_are_one_question(self) -> None:
        """59: forty lost answers are one question."""
        works = [
            work(SOURCE, transfer(n, State.UNKNOWN, target_number=f"SO-{n}")) for n in range(1, 41)
        ]
        made = planned(*works, to=target(keeps_marks=False))

        assert [len(each.numbers) for each in operations(made, FindDocument)] == [40]

    def test_68_questions_go_on_while_the_link_is_paused(self) -> None:
        """68: a paused link writes nothing, but what became of what it wrote is asked."""
        lost = work(
            SOURCE, transfer(1, State.UNKNOWN, write=Write.UPDATE), pairing=landed(), is_paused=True
        )
        fresh = work(SOURCE, transfer(2), is_paused=True)
        made = planned(lost, fresh)

        assert [type(each.operation) for each in made.operations] == [FindDocument]
        assert {each.id: each.state for each in made.transfers} == {
            1: State.CONFIRMING,
            2: State.HELD,
        }


class TestMarks:
    def test_73_it_is_there_already(self) -> None:
        """73, 74: a document that bears its mark is paired, not sent again."""
        landing = Landing(id="T9", kind=SALES_ORDER, number="77", revision="3")
        made = planned(work(SOURCE, landed=landing))

        assert made.operations == ()
        assert only(made).state is State.DONE
        assert only(made).key == work(SOURCE).key
        assert [found for _, found in made.landings] == [landing]

    def test_73_even_while_nothing_may_be_created(self) -> None:
        """What is there already needs no create, so it is paired at any time."""
        landing = Landing(id="T9", kind=SALES_ORDER)

        assert planned(work(SOURCE, landed=landing), may_create=frozenset()).landings

    def test_creates_wait_until_what_was_written_is_read(self) -> None:
        """73, 6: until what was written there lately is read, nothing is created, not even records."""
        rules = settings(sales_order_out={"create_missing_customers": True})
        new = work(order("SO-2 NEW", "1 NUT"), transfer(2), rules)
        update = changing(MORE)
        made = planned(work(SOURCE, transfer(3)), new, update, may_create=frozenset())

        assert [type(each.operation) for each in made.operations] == [UpdateDocument]
        assert [each.id for each in made.transfers] == [1]


@pytest.mark.our_mistakes
class TestOurMistakes:
    GOOD = order("SO-2 ACME", "1 NUT")

    def mixed(self, *, broken: Work) -> Plan:
        made = planned(broken, work(self.GOOD, transfer(2)))
        assert [each.state for each in made.transfers] == [State.REFUSED, State.SENDING]
        refusal = made.transfers[0].refusal
        assert refusal is not None
        assert refusal.code == "our-mistake"
        assert refusal.detail
        return made

    @pytest.mark.parametrize("method", ["needs", "target_kind", "translate", "follow_ups"])
    def test_2_whatever_raises_stops_one_document(
        self, method: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """2: a translator that raises refuses the document it raised for, and no other."""
        real = getattr(SalesOrderOut, method)

        def raising(self: SalesOrderOut, document: Document, *rest: object) -> object:
            if document.number == "SO-1":
                raise ValueError("a mistake of ours")
            return real(self, document, *rest)

        monkeypatch.setattr(SalesOrderOut, method, raising)
        works = [work(SOURCE), work(self.GOOD, transfer(2))]
        sources_of(works)

        self.mixed(broken=work(SOURCE))

    def test_2_a_rule_that_raises_holds_one_document(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """2: who may go cannot be told of one document: it waits and says so, the others go."""
        real = SalesOrderOut.rule

        def raising(self: SalesOrderOut, document: Document, *rest: Any) -> object:
            if document.number == "SO-1":
                raise ValueError("a mistake of ours")
            return real(self, document, *rest)

        monkeypatch.setattr(SalesOrderOut, "rule", raising)
        made = planned(work(SOURCE), work(self.GOOD, transfer(2)))

        assert [each.state for each in made.transfers] == [State.HELD, State.SENDING]
        assert made.transfers[0].reason is not None
        assert made.transfers[0].reason.code == "misjudged"

    def test_2_a_body_that_does_not_read(self) -> None:
        """2: a stored document that cannot be read refuses itself, and no other."""
        broken = work(SOURCE, body=b"{")
        sources_of([broken])

        self.mixed(broken=broken)

    def test_2_a_check_that_raises(self) -> None:
        """2: what a target's check raises is that document's own."""

        def check(operation: Operation, rules: Settings) -> None:
            if isinstance(operation, CreateDocument) and operation.document.number is None:
                raise ValueError("a mistake of ours")

        made = planned(work(SOURCE), to=target(check=check))

        assert [each.state for each in made.transfers] == [State.REFUSED]


class TestNamesThatBecomeAlike:
    RULES = settings(
        unholdable_characters=UnholdableCharacters.REPLACE,
        sales_order_out={"create_missing_customers": True},
    )

    def to(self) -> Target:
        return target(fold=lambda text: text.replace("Ł", "L"))

    def made(self, heading: str, choices: dict[str, str] | None = None) -> Plan:
        chosen = {
            lookup(RecordKind.CUSTOMER, name): NameChoice(
                record=Entry(RecordKind.CUSTOMER, "L", meant, True)
            )
            for name, meant in (choices or {}).items()
        }
        one = work(order(heading, "1 NUT"), rules=self.RULES, choices=chosen)
        return planned(one, to=self.to())

    @pytest.mark.parametrize(
        "heading, value, found", [("SO-1 ŁUK", "ŁUK", "LUK"), ("SO-1 ŁUK:Dom", "ŁUK", "LUK")]
    )
    def test_1_6_never_booked_on_another(self, heading: str, value: str, found: str) -> None:
        """1.6: a name, or the name above it, that is another's only after replacing is asked about."""
        refusal = only(self.made(heading)).refusal

        assert refusal is not None
        assert (refusal.code, refusal.value) == ("name-altered", value)
        use = next(each for each in refusal.choices if each.action is Action.USE_RECORD)
        assert use.arguments == {"kind": "customer", "name": value, "record": found}

    def test_created_under_the_nearest_name(self) -> None:
        """9.11: a name that is nobody's is created as the target can keep it, and remembered."""
        made = self.made("SO-1 ŁAN")
        (created,) = operations(made, CreateRecord)

        assert created.record.full_name == "LAN"
        assert made.operations[0].sent is not None
        assert (made.operations[0].sent.alias, made.operations[0].sent.links) == ("ŁAN", (1,))

    def test_a_person_says_that_it_is_that_one(self) -> None:
        """9.11: what a person chose is used, and what is below it is created there."""
        (written,) = operations(self.made("SO-1 ŁUK", {"ŁUK": "LUK"}), CreateDocument)
        (created,) = operations(self.made("SO-1 ŁUK:Dom", {"ŁUK": "LUK"}), CreateRecord)

        assert written.document.customer == Reference("LUK", "L")
        assert created.record.full_name == "LUK:Dom"

    def test_two_names_of_one_spelling(self) -> None:
        """Two new names that become one are not created twice, nor booked on each other."""
        works = [
            work(order(f"SO-{n} {name}", "1 NUT"), transfer(n), self.RULES)
            for n, name in enumerate(("ŁAN", "LAN"), 1)
        ]
        made = planned(*works, to=self.to())

        assert [each.record.full_name for each in operations(made, CreateRecord)] == ["LAN"]
        assert [each.id for each in made.transfers] == [1]


class TestComposedLetters:
    """9.11: composing changes nothing that a person can see, so nobody is asked."""

    TWO = "E\u0301clair"
    ONE = "\u00c9clair"

    @pytest.mark.parametrize("wanted", UnholdableCharacters)
    @pytest.mark.parametrize("fold", [None, str.upper])
    def test_names_texts_and_numbers(
        self, wanted: UnholdableCharacters, fold: Callable[[str], str] | None
    ) -> None:
        """Whatever the setting says, and whichever system it goes to."""
        rules = settings(
            unholdable_characters=wanted,
            sales_order_out={
                "create_missing_customers": True,
                "document_number": "order_code",
                "line_description": "line_observations",
                "save_custom_fields": True,
                "custom_fields": (FieldPair("Job", "JOB"),),
            },
        )
        to = target(fold=fold)
        spell = fold if fold and wanted is UnholdableCharacters.REPLACE else str
        source = order(f"{self.TWO} {self.TWO}", "1 NUT")
        (created,) = operations(planned(work(source, rules=rules), to=to), CreateRecord)
        assert created.record.full_name == spell(self.ONE)

        named = order(
            f"{self.TWO} ACME", line("1 NUT", notes=self.TWO), custom_fields=fields(Job=self.TWO)
        )
        ready = work(named, transfer(is_checked=True, target_number=self.ONE), rules)
        made = planned(ready, to=to)
        (written,) = operations(made, CreateDocument)
        sent = made.operations[0].sent
        assert written.document.lines[0].description == spell(self.ONE)
        assert written.document.number == spell(self.ONE)
        assert sent is not None
        assert sent.follow_ups == (("JOB", spell(self.ONE)),)

    def test_an_invisible_character_makes_no_other_name(self) -> None:
        """Names that look alike are suggested, never matched."""
        assert suggestions("ACME\u200b  Ltd", ["ACME Ltd", "Other"]) == ("ACME Ltd",)
        assert name_key("ACME\u200b Ltd") != name_key("ACME Ltd")


def test_what_is_held_back_by_now_is_not_written() -> None:
    """1.4: a draft, a flow that is off, or a rule that leaves it out is not written, though ready."""
    off = settings(sales_order_out={"mode": "off"})
    works = [
        work(order("SO-1 ACME", "1 NUT", status=DocumentStatus.DRAFT), transfer(1)),
        work(SOURCE, transfer(2), off),
        work(order("SO-3 ACME", "1 NUT", status=DocumentStatus.CANCELLED), transfer(3)),
        work(SOURCE, transfer(4, write=Write.UPDATE), pairing=landed()),
    ]
    made = planned(*works)

    assert made.operations == ()
    assert [each.state for each in made.transfers] == [
        State.HELD,
        State.HELD,
        State.SKIPPED,
        State.DONE,
    ]


def test_2_a_settled_update_goes() -> None:
    """2: an automatic update whose quiet time is over is read and written, not put off again."""
    at = NOW - timedelta(minutes=6)
    made = planned(changing(MORE, is_checked=False, known={"changed_at": at}))
    fresh = planned(changing(MORE, is_checked=False, known={"changed_at": NOW}))

    assert only(made).state is State.MATCHING
    assert only(fresh).state is State.WAITING
