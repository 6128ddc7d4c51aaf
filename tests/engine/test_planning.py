"""Planning: one batch carries what many transfers need next, and nothing is decided twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    Action,
    Choice,
    Customer,
    Item,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    refuse,
)
from counterfoil.engine.correcting import Activation, Correction
from counterfoil.engine.deciding import Write
from counterfoil.engine.drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    draft,
    missing_names,
    names_of,
    sources_of,
)
from counterfoil.engine.following import FollowUp
from counterfoil.engine.life import State
from counterfoil.engine.matching import Entry, NameChoice, lookup
from counterfoil.engine.operations import (
    ActivateRecord,
    CreateDocument,
    CreateRecord,
    FindDocument,
    Operation,
    WriteField,
)
from counterfoil.engine.ordering import LandedOrder
from counterfoil.engine.planning import Packer, Plan, plan
from counterfoil.settings import (
    OPTIONS,
    CustomerName,
    DocumentNumber,
    FlowName,
    LineDescription,
    Settings,
    UnholdableCharacters,
)
from tests.engine.books import SALES_ORDER, Books, Desk, sound
from tests.support.builders import (
    LINK,
    NOW,
    client,
    customers,
    entry,
    fields,
    items,
    knowledge,
    line,
    mark,
    numbered_keys,
    order,
    origins,
    pairing,
    product,
    settings,
    target,
    transfer,
    work,
)

CUSTOMER, ITEM = RecordKind.CUSTOMER, RecordKind.ITEM
CREATING = settings(
    sales_order_out={
        "create_missing_customers": True,
        "create_missing_items": True,
        "income_account": "Sales",
    }
)
NUMBERED = settings(sales_order_out={"document_number": DocumentNumber.ORDER_CODE})
KNOWN = knowledge([*customers("ACME"), *items("BOLT", "NUT")])


# Numbers or identities of one question, as targets have it.
NUMBERS_PER_FIND = 100


def drafts_of(
    documents: list[SalesOrder], rules: Settings, to: Target, **changes: Any
) -> list[Draft]:
    works = [
        work(document, transfer(n, **changes), rules) for n, document in enumerate(documents, 1)
    ]
    return [draft(each, {}, to, NOW) for each in works]


def linked_work(n: int, state: State = State.READY, **known: Any) -> Work:
    """A document whose order is in the target, as ``T-n``, and has not been read."""
    there = LandedOrder(pairing=100 + n, kind=SALES_ORDER, id=f"T-{n}")
    return work(order(f"SO-{n} ACME", "1 NUT"), transfer(n, state), order=there, **known)


def planned(
    *documents: SalesOrder,
    rules: Settings | None = None,
    known: Knowledge = KNOWN,
    to: Target | None = None,
    **changes: Any,
) -> Plan:
    """Plan a batch for orders that are ready, in their order."""
    of = to or target()
    drafts = drafts_of(list(documents), rules or settings(), of, **changes)
    made = plan(drafts, [], [], known, of, now=NOW, new_key=numbered_keys())
    sound(made, [each.work for each in drafts], [], of)
    return made


def operations(made: Plan, type_: type[Operation]) -> list[Any]:
    return [each.operation for each in made.operations if isinstance(each.operation, type_)]


def refusal_of(made: Plan) -> Refusal:
    (moved,) = made.transfers
    assert moved.refusal is not None, moved.state
    assert made.operations == ()
    return moved.refusal


def choice(refusal: Refusal, action: Action) -> Choice:
    return next(each for each in refusal.choices if each.action is action)


class TestDraft:
    def test_b8_the_day_is_the_companys_own(self) -> None:
        """B8: shortly before local midnight the document still bears the old day."""
        at = datetime(2026, 3, 2, 7, 59, tzinfo=UTC)
        made = draft(
            work(order("SO-1 ACME", "1 NUT"), rules=settings(zone="America/Los_Angeles")),
            {},
            target(),
            at,
        )

        assert made.translated is not None
        assert isinstance(made.translated.document, SalesOrder)
        assert made.translated.document.created_on == date(2026, 3, 1)

    @pytest.mark.parametrize("code, is_refused", [("SO-12345678", False), ("SO-123456789", True)])
    def test_b6_number_too_long(self, code: str, is_refused: bool) -> None:
        """B6: eleven characters fit a sales order, twelve are refused and never cut."""
        made = draft(work(order(f"{code} ACME", "1 NUT"), rules=NUMBERED), {}, target(), NOW)

        assert (made.refusal is not None) is is_refused
        if made.refusal is not None:
            assert made.refusal.code == "number-too-long"
            assert (made.refusal.where, made.refusal.value) == ("number", code)
            change = choice(made.refusal, Action.CHANGE_SETTING)
            assert change.arguments["setting"] in OPTIONS
            assert change.arguments["value"] in list(DocumentNumber)

    def test_a_flow_that_cannot_leave_numbering_offers_no_such_button(self) -> None:
        """Inward there is no setting that lets the target number documents, so no button."""
        short = target(number_length_max={SALES_ORDER: 3})
        inward = transfer(flow=FlowName.SALES_ORDER_IN)
        made = draft(work(order("1042 ACME", "1 NUT"), inward), {}, short, NOW)

        assert made.refusal is not None
        assert Action.CHANGE_SETTING not in {each.action for each in made.refusal.choices}

    def test_books_that_number_take_any_code(self) -> None:
        """A code that is not sent may be as long as it likes."""
        made = draft(work(order("SO-123456789012 ACME", "1 NUT")), {}, target(), NOW)

        assert made.refusal is None

    def test_a_refusal_of_the_translator_is_kept(self) -> None:
        """What cannot be translated is a draft with the reason."""
        made = draft(work(order("SO-1 ACME")), {}, target(), NOW)

        assert made.refusal is not None
        assert made.refusal.code == "nothing-to-send"
        assert (made.translated, made.names) == (None, {})

    def test_it_sees_records_of_its_own_link_only(self) -> None:
        """Another link's client of the same code is no client of this one."""
        rules = settings(sales_order_out={"customer_name": CustomerName.CLIENT_NAME})
        acme = client("ACME", "Acme LLC")
        other = {(LINK + 1, CUSTOMER, "ACME"): client("ACME", "Somebody else")}
        waiting = work(order("SO-1 ACME", "1 NUT"), rules=rules)

        own = draft(waiting, {**origins(acme), **other}, target(), NOW)
        none = draft(waiting, other, target(), NOW)

        assert lookup(CUSTOMER, "Acme LLC") in own.names
        assert none.refusal is not None
        assert none.refusal.code == "reference-missing"

    def test_what_translating_reads_is_named(self) -> None:
        """The source's records that will be read are asked for by link, list and name."""
        rules = settings(
            sales_order_out={
                "customer_name": CustomerName.CLIENT_NAME,
                "line_description": LineDescription.PRODUCT_NAME,
            }
        )
        assert sources_of([work(order("SO-1 ACME", "1 NUT"), rules=rules)]) == {
            (LINK, CUSTOMER, "ACME"),
            (LINK, ITEM, "NUT"),
        }
        assert sources_of([work(order("SO-1 ACME", "1 NUT"))]) == set()

    def test_unholdable_characters_are_replaced_in_texts_only(self) -> None:
        """9.11: texts go in characters the target keeps; names are looked up as they are."""
        to = target(fold=lambda text: text.replace("Ω", "O"))
        rules = settings(
            unholdable_characters=UnholdableCharacters.REPLACE,
            sales_order_out={"line_description": LineDescription.LINE_OBSERVATIONS},
        )
        source = order("SO-1 ΩMEGA", line("1 BΩLT", notes="5 Ω"))

        folded = draft(work(source, rules=rules), {}, to, NOW)

        assert set(folded.names) == {lookup(CUSTOMER, "ΩMEGA"), lookup(ITEM, "BΩLT")}
        assert folded.translated is not None
        assert isinstance(folded.translated.document, SalesOrder)
        assert folded.translated.document.lines[0].description == "5 O"


class TestNames:
    def test_every_name_and_its_parent(self) -> None:
        """The names that drafts mention are looked up with all names above them, each once."""
        drafts = drafts_of(
            [order("1 Acme:Roof", "1 A:B:C", "2 NUT"), order("2 ACME:ROOF", "1 nut")],
            settings(),
            target(),
        )

        assert names_of(drafts, target()) == {
            "acme:roof",
            "acme",
            "a:b:c",
            "a:b",
            "a",
            "nut",
        }

    def test_a_refused_draft_mentions_nothing(self) -> None:
        """A draft that is refused anyway costs no look-up."""
        assert names_of(drafts_of([order("1 ACME")], settings(), target()), target()) == set()

    def test_missing_names_are_told_as_the_source_writes_them(self) -> None:
        """For what the target lacks the source's record is named, under the source's name."""
        inward = settings(sales_order_in={"ignore_categories": True})
        drafts = drafts_of(
            [order("7 Zenith", "1 Parts:BOLT", "1 NUT")],
            inward,
            target(has_hierarchy=False),
            flow=FlowName.SALES_ORDER_IN,
        )
        known = knowledge(items("NUT"))

        assert missing_names(drafts, known, target()) == {
            (LINK, CUSTOMER, "Zenith"),
            (LINK, ITEM, "Parts:BOLT"),
        }

    def test_what_cannot_be_created_is_not_asked_for(self) -> None:
        """Inactive, ambiguous and taken names need no record of the source."""
        known = knowledge(
            [
                entry(RecordKind.VENDOR, "ACME"),
                entry(ITEM, "NUT", active=False),
                *[entry(ITEM, "BOLT", str(n)) for n in (1, 2)],
            ]
        )
        drafts = drafts_of([order("1 ACME", "1 NUT", "1 BOLT")], settings(), target())

        assert missing_names(drafts, known, target()) == set()


class TestWriting:
    def test_a_document_whose_names_are_known(self) -> None:
        """It is written with the target's names and ids, under its transfer's own key."""
        made = planned(order("SO-1 acme ", "2 bolt 1.50", "1 NUT"))
        (written,) = operations(made, CreateDocument)
        (moved,) = made.transfers

        assert written.document.customer == Reference("ACME", "customer:ACME")
        assert [each.item for each in written.document.lines] == [
            Reference("BOLT", "item:BOLT"),
            Reference("NUT", "item:NUT"),
        ]
        assert written.key == mark(1)
        assert moved.state is State.SENDING

    def test_what_is_recorded_with_it(self) -> None:
        """The fingerprint, number and settings version it was made under are kept with it."""
        waiting = work(
            order("SO-1 ACME", "1 NUT"),
            transfer(target_number="SO-1", is_checked=True),
            NUMBERED,
        )
        made = plan(
            [draft(waiting, {}, target(), NOW)],
            [],
            [],
            KNOWN,
            target(),
            now=NOW,
            new_key=numbered_keys(),
        )
        (moved,) = made.transfers

        assert moved.state is State.SENDING
        assert moved.sent_fingerprint == waiting.at.fingerprint
        assert (moved.settings_version, moved.target_number, moved.attempts) == (1, "SO-1", 1)

    def test_documents_keep_their_order(self) -> None:
        """The oldest goes first, so that the books number them in the order of their entry."""
        made = planned(*[order(f"SO-{n} ACME", f"{n} NUT") for n in range(1, 8)])

        assert [each.transfer for each in made.operations] == list(range(1, 8))
        quantities = [
            each.document.lines[0].quantity.value for each in operations(made, CreateDocument)
        ]
        assert quantities == list(range(1, 8))

    def test_a_full_batch_leaves_the_rest_untouched(self) -> None:
        """What does not fit any more is neither asked nor moved."""
        made = planned(
            *[order(f"SO-{n} ACME", "1 NUT") for n in range(1, 8)], to=target(batch_size=3)
        )

        assert [each.id for each in made.transfers] == [1, 2, 3]
        assert len(made.operations) == 3

    def test_a_refusal_takes_no_room(self) -> None:
        """One bad document spoils nothing: the others go in the same batch."""
        made = planned(
            order("SO-1 ACME"),
            order("SO-2 NEMO", "1 NUT"),
            order("SO-3 ACME", "1 NUT"),
            to=target(batch_size=1),
        )

        assert [each.state for each in made.transfers] == [
            State.REFUSED,
            State.REFUSED,
            State.SENDING,
        ]

    def test_the_targets_own_check(self) -> None:
        """What the target could not take is refused before it is sent, by the target's words."""
        refusal = refuse("value-unfit", field="Memo", problem="too odd", target="QuickBooks")
        made = planned(
            order("SO-1 ACME", "1 NUT"), to=target(check=lambda operation, rules: refusal)
        )

        assert refusal_of(made) == refusal

    def test_nothing_waits(self) -> None:
        """Without work there is nothing to ask."""
        assert planned() == Plan()


class TestOneBatchForAll:
    def test_side_by_side(self) -> None:
        """Writes, creations, look-ups, questions and follow-ups travel in one batch."""
        rules = settings(
            sales_order_out={
                "document_number": DocumentNumber.ORDER_CODE,
                "create_missing_customers": True,
            }
        )
        free = transfer(1, target_number="SO-1", is_checked=True)
        drafts = [
            draft(work(order("SO-1 ACME", "1 NUT"), free, rules), {}, target(), NOW),
            draft(work(order("SO-2 NEW", "1 NUT"), transfer(2), rules), {}, target(), NOW),
            draft(work(order("SO-3 ACME", "1 NUT"), transfer(3), rules), {}, target(), NOW),
        ]
        lost = transfer(4, State.UNKNOWN, target_number="SO-4")
        update = transfer(5, State.UNKNOWN, write=Write.UPDATE)
        unknown = [
            work(order("SO-4 ACME", "1 NUT"), lost),
            work(order("x ACME", "1 NUT"), update, pairing=pairing()),
        ]
        to = target(keeps_marks=False)
        follow_up = FollowUp(
            id=9,
            transfer=8,
            kind=SALES_ORDER,
            document_id="T1",
            name="JOB",
            value="7",
            state_since=NOW,
            seen="",
            seen_at=NOW,
        )

        made = plan(drafts, unknown, [follow_up], KNOWN, to, now=NOW, new_key=numbered_keys())

        sound(made, [each.work for each in drafts], unknown, to)
        by_number, by_id = operations(made, FindDocument)
        assert set(by_number.numbers) == {"SO-2", "SO-3", "SO-4"}
        assert (by_id.ids, by_id.numbers) == (("T1",), ())
        assert len(operations(made, CreateDocument)) == len(operations(made, CreateRecord)) == 1
        (written,) = operations(made, WriteField)
        assert (written.document_id, written.name, written.value) == ("T1", "JOB", "7")
        assert {each.id: each.state for each in made.transfers} == {
            1: State.SENDING,
            2: State.MATCHING,
            3: State.MATCHING,
            4: State.CONFIRMING,
            5: State.CONFIRMING,
        }

    def test_a_missing_record_is_created_once_for_all(self) -> None:
        """Many orders of one new customer order one creation, and all wait for it."""
        made = planned(
            *[order(f"SO-{n} NEW", "1 NUT") for n in range(1, 5)],
            order("SO-5 new ", "1 FRESH"),
            rules=CREATING,
        )
        created = {each.operation.record.full_name: each.dependants for each in made.operations}  # type: ignore[attr-defined]

        assert created == {"NEW": (1, 2, 3, 4, 5), "FRESH": (5,)}

    def test_each_creation_has_its_own_key(self) -> None:
        """Every record that is created bears a mark of ours, new for each."""
        made = planned(order("SO-1 NEW", "1 FRESH", "1 OTHER"), rules=CREATING)

        assert [each.key for each in operations(made, CreateRecord)] == ["key-1", "key-2", "key-3"]

    def test_numbers_share_look_ups(self) -> None:
        """Many numbers are looked up by one operation, up to its size."""
        orders = [order(f"SO-{n} ACME", "1 NUT") for n in range(NUMBERS_PER_FIND + 30)]
        made = planned(*orders, rules=NUMBERED, to=target(batch_size=500))
        finds = operations(made, FindDocument)

        assert [len(each.numbers) for each in finds] == [NUMBERS_PER_FIND, 30]
        assert sum(len(each.dependants) for each in made.operations) == len(orders)

    @pytest.mark.parametrize("size", range(1, 8))
    def test_the_batch_never_exceeds_its_size(self, size: int) -> None:
        """Look-ups and creations count, too: no mixture makes the batch larger than allowed."""
        rules = msgspec.structs.replace(
            CREATING,
            sales_order_out=msgspec.structs.replace(
                CREATING.sales_order_out, document_number=DocumentNumber.ORDER_CODE
            ),
        )
        made = planned(
            *[order(f"SO-{n} NEW-{n}", "1 NUT", f"1 FRESH-{n}") for n in range(1, 10)],
            rules=rules,
            to=target(batch_size=size),
        )

        assert 0 < len(made.operations) <= size

    def test_follow_ups_take_what_room_is_left(self) -> None:
        """Custom fields never keep a document waiting."""
        follow_ups = [
            FollowUp(
                id=n,
                transfer=9,
                kind=SALES_ORDER,
                document_id="T1",
                name="JOB",
                value="7",
                state_since=NOW,
                seen="",
                seen_at=NOW,
            )
            for n in range(1, 6)
        ]
        to = target(batch_size=3)
        drafts = drafts_of([order(f"SO-{n} ACME", "1 NUT") for n in range(2)], settings(), to)
        made = plan(drafts, [], follow_ups, KNOWN, to, now=NOW, new_key=numbered_keys())

        assert [each.follow_up for each in made.operations] == [None, None, 1]

    def test_more_missing_records_than_a_batch_holds(self) -> None:
        """An order that needs more records than fit is not left waiting for ever."""
        books = Books()
        desk = Desk(books, rules=CREATING, to=target(batch_size=4))
        desk.take(order("SO-1 NEW", *[f"1 ITEM-{n}" for n in range(10)]))
        desk.run()

        desk.exactly_once()
        assert (len(books.records), desk.batches) == (11, 4)


class TestPortions:
    def test_portions_make_the_same_plan(self) -> None:
        """Drafts may be drawn in portions: packed one after the other they make the same plan."""
        orders = [order(f"SO-{n} NEW-{n % 3}", "1 NUT", f"1 FRESH-{n % 4}") for n in range(9)]
        to = target(batch_size=6)
        drafts = drafts_of(orders, CREATING, to)
        whole = plan(drafts, [], [], KNOWN, to, now=NOW, new_key=numbered_keys())
        packer = Packer(to, NOW, numbered_keys())
        for start in range(0, len(drafts), 2):
            packer.add_all(drafts[start : start + 2], KNOWN)

        assert packer.packed() == whole

    def test_full_of_documents(self) -> None:
        """A batch is full when nothing more can be asked in it."""
        to = target(batch_size=2)
        packer = Packer(to, NOW, numbered_keys())
        seen = []
        for each in drafts_of([order(f"SO-{n} ACME", "1 NUT") for n in range(3)], settings(), to):
            packer.add_all([each], KNOWN)
            seen.append(packer.is_full)

        assert seen == [False, True, True]
        assert len(packer.packed().operations) == 2

    def test_a_look_up_has_room_for_more_numbers(self) -> None:
        """A batch with a look-up takes further numbers, as many as it may carry operations."""
        to = target(batch_size=3)
        packer = Packer(to, NOW, numbered_keys())
        written = [order(f"SO-{n} ACME", "1 NUT") for n in range(2)]
        packer.add_all(drafts_of(written, settings(), to), KNOWN)
        seen = []
        for n, each in enumerate([order(f"N-{n} ACME", "1 NUT") for n in range(4)], 10):
            packer.add_all([draft(work(each, transfer(n), NUMBERED), {}, to, NOW)], KNOWN)
            seen.append(packer.is_full)

        assert seen == [False, False, True, True]
        assert operations(packer.packed(), FindDocument)[0].numbers == ("N-0", "N-1", "N-2")

    def test_as_many_orders_as_a_batch_may_read(self) -> None:
        """Where a batch reads as many orders as it may, nothing more is drafted for it."""
        to = target(batch_size=3)
        packer = Packer(to, NOW, numbered_keys())
        seen = []
        for n in range(1, 4):
            packer.add_all([draft(linked_work(n), {}, to, NOW)], KNOWN)
            seen.append(packer.is_full)

        assert seen == [False, False, True]
        assert packer.room() > 0

    def test_proofs_stand_beside_readings(self) -> None:
        """The links of one batch are proved in the set that reads the orders of the next one."""
        to = target(batch_size=3)
        packer = Packer(to, NOW, numbered_keys())
        packer.ask_about([linked_work(n, State.UNKNOWN, pairing=pairing()) for n in range(1, 4)])
        packer.add_all([draft(linked_work(n), {}, to, NOW) for n in range(4, 7)], KNOWN)

        readings, proofs = operations(packer.packed(), FindDocument)
        assert proofs.ids == ("T-1", "T-2", "T-3")
        assert readings.ids == ("T-4", "T-5", "T-6")

    def test_the_next_of_an_order_is_read_beside_the_proof(self) -> None:
        """What follows an order is proved, and the order read for what follows next, in one set."""
        to = target(batch_size=3)
        packer = Packer(to, NOW, numbered_keys())
        packer.ask_about([linked_work(1, State.UNKNOWN, pairing=pairing())])
        following = linked_work(2)
        following = msgspec.structs.replace(following, order=linked_work(1).order)
        packer.add_all([draft(following, {}, to, NOW)], KNOWN)

        reading, proof = operations(packer.packed(), FindDocument)
        assert reading.ids == proof.ids == ("T-1",)


class TestNumbers:
    @pytest.mark.parametrize("check", [True, False])
    def test_doc_3_looked_up_first(self, check: bool) -> None:
        """DOC-3: a number of ours is looked up before the document is written, if so set."""
        rules = settings(
            sales_order_out={
                "document_number": DocumentNumber.ORDER_CODE,
                "check_number_is_free": check,
            }
        )
        (moved,) = planned(order("SO-1 ACME", "1 NUT"), rules=rules).transfers

        assert moved.state is (State.MATCHING if check else State.SENDING)
        assert moved.target_number == "SO-1"

    def test_a_number_that_was_free_is_used(self) -> None:
        """After the look-up the document is written under that number."""
        made = planned(
            order("SO-1 ACME", "1 NUT"), rules=NUMBERED, target_number="SO-1", is_checked=True
        )

        assert operations(made, CreateDocument)[0].document.number == "SO-1"

    def test_another_number_at_the_source(self) -> None:
        """An order that got another number after its look-up is looked up under the new one."""
        made = planned(
            order("SO-2 ACME", "1 NUT"), rules=NUMBERED, target_number="SO-1", is_checked=True
        )

        assert operations(made, FindDocument)[0].numbers == ("SO-2",)
        assert made.transfers[0].target_number == "SO-2"

    def test_numbering_left_to_the_books_after_all(self) -> None:
        """A person who lets the books number documents is obeyed, whatever was decided before."""
        made = planned(order("SO-1 ACME", "1 NUT"), target_number="SO-1")

        assert operations(made, CreateDocument)[0].document.number is None
        assert made.transfers[0].target_number is None

    def test_our_suffix_is_looked_up_too(self) -> None:
        """The number tried instead of a taken one has to be free as well."""
        to = target(has_hierarchy=False, number_length_max={})
        inward: dict[str, Any] = {"flow": FlowName.SALES_ORDER_IN, "target_number": "7-QB"}
        asked = planned(order("7 ACME", "1 NUT"), to=to, **inward)
        written = planned(order("7 ACME", "1 NUT"), to=to, is_checked=True, **inward)

        assert operations(asked, FindDocument)[0].numbers == ("7-QB",)
        assert operations(written, CreateDocument)[0].document.number == "7-QB"

    def test_two_of_one_number_go_one_after_the_other(self) -> None:
        """Of two orders with one number the second waits until the first is there."""
        twins = [order("SO-1 ACME", "1 NUT", id=str(n)) for n in range(2)]
        made = planned(*twins, rules=NUMBERED)

        assert [each.id for each in made.transfers] == [1]

    def test_a_number_that_an_earlier_one_now_uses(self) -> None:
        """A number found free is distrusted once an earlier transfer is about to use it."""
        twins = [order("SO-1 ACME", "1 NUT", id=str(n)) for n in range(2)]
        made = planned(*twins, rules=NUMBERED, target_number="SO-1", is_checked=True)
        first, second = made.transfers

        assert (first.state, second.state) == (State.SENDING, State.READY)
        assert second.is_checked is False

    @pytest.mark.parametrize("keeps_marks, asked", [(True, []), (False, [1])])
    def test_a_number_whose_fate_is_unknown(self, keeps_marks: bool, asked: list[int]) -> None:
        """While it is unknown whether a number is used, no other transfer takes it."""
        lost = work(order("SO-1 ACME", "1 NUT"), transfer(1, State.UNKNOWN, target_number="SO-1"))
        twin = work(order("SO-1 ACME", "1 NUT"), transfer(2), NUMBERED)
        to = target(keeps_marks=keeps_marks)
        drafts = [draft(twin, {}, to, NOW)]
        made = plan(drafts, [lost], [], KNOWN, to, now=NOW, new_key=numbered_keys())

        assert [each.id for each in made.transfers] == asked


class TestRefusals:
    def test_unknown(self) -> None:
        """A name the target lacks is refused with the name, its field and a switch to turn."""
        refusal = refusal_of(planned(order("SO-1 ACME", "1 NUT", "1 WASHER")))

        assert (refusal.code, refusal.where, refusal.value) == (
            "record-unknown",
            "lines[1].item",
            "WASHER",
        )
        assert choice(refusal, Action.CHANGE_SETTING).arguments == {
            "setting": "sales-order-out.create_missing_items",
            "value": "true",
        }
        assert choice(refusal, Action.USE_RECORD).arguments == {"kind": "item", "name": "WASHER"}

    def test_inactive(self) -> None:
        """An inactive record is refused, even where missing ones may be created."""
        known = knowledge([entry(CUSTOMER, "ACME", active=False), *items("NUT")])
        refusal = refusal_of(planned(order("SO-1 Acme", "1 NUT"), rules=CREATING, known=known))

        assert (refusal.code, refusal.where) == ("record-inactive", "customer")
        assert choice(refusal, Action.USE_RECORD).arguments == {"kind": "customer", "name": "Acme"}

    def test_inactive_and_wanted_active(self) -> None:
        """A record that a person wants active is made so first, once for all that name it."""
        known = self.with_an_inactive_customer()
        wanted = Correction(activates=(Activation(kind=CUSTOMER, id="C-9", name="ACME"),))
        made = planned(
            order("SO-1 ACME", "1 NUT"),
            order("SO-2 ACME", "1 NUT"),
            rules=CREATING,
            known=known,
            correction=wanted,
        )

        (activation,) = operations(made, ActivateRecord)
        assert (activation.kind, activation.record.id) == (CUSTOMER, "C-9")
        assert [each.dependants for each in made.operations] == [(1, 2)]
        assert {each.state for each in made.transfers} == {State.MATCHING}

    def test_inactive_and_can_be_made_active(self) -> None:
        """Where the target lets us make it active, that is offered; else it is not."""
        known, document = self.with_an_inactive_customer(), order("SO-1 ACME", "1 NUT")
        offered = refusal_of(planned(document, known=known))
        no = refuse("feature-missing", target="T", problem="no")
        kept = refusal_of(
            planned(document, known=known, to=target(check=lambda _operation, _settings: no))
        )

        assert choice(offered, Action.ACTIVATE).arguments == {
            "kind": "customer",
            "name": "ACME",
            "record": "C-9",
        }
        assert Action.ACTIVATE not in {each.action for each in kept.choices}

    def test_another_inactive_record_stays_so(self) -> None:
        """Only the record that a person named is made active."""
        other = Correction(activates=(Activation(kind=CUSTOMER, id="C-8", name="ACME"),))
        known = self.with_an_inactive_customer()

        made = planned(order("SO-1 ACME", "1 NUT"), known=known, correction=other)
        assert refusal_of(made).code == "record-inactive"

    def with_an_inactive_customer(self) -> Knowledge:
        """Books whose customer ACME is inactive, as its list was read."""
        there = client("ACME", id="C-9", is_active=False, revision="5")
        known = knowledge([entry(CUSTOMER, "ACME", "C-9", active=False), *items("NUT")])
        return msgspec.structs.replace(known, inactive={(CUSTOMER, "C-9"): there})

    def test_ambiguous(self) -> None:
        """A name of two records is refused, and both are shown with their ids."""
        known = knowledge([*customers("ACME"), entry(ITEM, "NUT", "1"), entry(ITEM, "Nut", "2")])
        refusal = refusal_of(planned(order("SO-1 ACME", "1 NUT"), rules=CREATING, known=known))

        assert refusal.code == "record-ambiguous"
        assert "NUT (1), Nut (2)" in refusal.sentence

    def test_taken(self) -> None:
        """5.2: a customer cannot be created under a vendor's name; another name is offered."""
        known = knowledge([entry(RecordKind.VENDOR, "ACME"), *items("NUT")])
        refusal = refusal_of(planned(order("SO-1 ACME", "1 NUT"), rules=CREATING, known=known))

        assert refusal.code == "name-taken"
        assert "a vendor already has that name" in refusal.sentence
        assert choice(refusal, Action.CREATE_AS).arguments == {"kind": "customer", "name": "ACME"}

    def test_taken_only_where_lists_share_names(self) -> None:
        """Where each list has its own names, a vendor is in nobody's way."""
        known = knowledge([entry(RecordKind.VENDOR, "ACME"), *items("NUT")])
        made = planned(
            order("SO-1 ACME", "1 NUT"),
            rules=CREATING,
            known=known,
            to=target(lists_share_names=False),
        )

        assert [each.record.name for each in operations(made, CreateRecord)] == ["ACME"]

    @pytest.mark.parametrize("name", ["Acme: Roofing", "Acme:", ":Acme", "Roof:Tiles:Red"])
    def test_colon(self, name: str) -> None:
        """A colon means a level: without the record above it the name cannot be created."""
        refusal = refusal_of(
            planned(order(f"SO-1 {name}", "1 NUT"), rules=CREATING, known=knowledge(items("NUT")))
        )

        assert (refusal.code, refusal.where) == ("name-has-colon", "customer")
        assert refusal.choices[0].action is Action.CREATE_AS

    def test_a_colon_without_hierarchy(self) -> None:
        """Where names have no levels a colon is a character like others."""
        made = planned(
            order("7 Acme:Roof", "1 NUT"),
            known=knowledge(items("NUT")),
            to=target(has_hierarchy=False, number_length_max={}),
            flow=FlowName.SALES_ORDER_IN,
        )

        assert [each.record.full_name for each in operations(made, CreateRecord)] == ["Acme:Roof"]

    @pytest.mark.parametrize(
        "heading, text, code",
        [
            ("SO-1 " + "x" * 41, "1 NUT", None),
            ("SO-1 " + "x" * 42, "1 NUT", "name-too-long"),
            ("SO-1 ACME", "1 " + "y" * 31, None),
            ("SO-1 ACME", "1 " + "y" * 32, "name-too-long"),
            ("SO-1 ACME:" + "x" * 41, "1 NUT", None),
            ("SO-1 ACME:" + "x" * 42, "1 NUT", "name-too-long"),
        ],
    )
    def test_name_too_long(self, heading: str, text: str, code: str | None) -> None:
        """A name is measured without the names above it, and never cut."""
        made = planned(order(heading, text), rules=CREATING)
        (moved,) = made.transfers

        assert (moved.refusal and moved.refusal.code) == code
        assert (moved.state is State.MATCHING) == (code is None)

    def test_account_missing(self) -> None:
        """Without an income account no item is created; the line is named with the setting."""
        rules = settings(sales_order_out={"create_missing_items": True})
        refusal = refusal_of(planned(order("SO-1 ACME", "1 NUT", "1 NEW"), rules=rules))

        assert (refusal.code, refusal.where) == ("account-missing", "lines[1].item")
        assert choice(refusal, Action.CHANGE_SETTING).arguments == {
            "setting": "sales-order-out.income_account"
        }

    def test_nothing_partial(self) -> None:
        """4.8: an order with one bad name creates nothing for its good ones."""
        known = knowledge([*items("NUT"), entry(ITEM, "OLD", active=False)])
        made = planned(order("SO-1 NEW", "1 OLD"), rules=CREATING, known=known)

        assert made.operations == ()

    def test_every_refusal_offers_a_way_out(self) -> None:
        """Whatever the cause, a person has something to press."""
        for name in ("ACME:", "x" * 60, "NEMO"):
            refusal = refusal_of(planned(order(f"SO-1 {name}", "1 NUT")))

            assert len(refusal.choices) >= 2


class TestBelowAParent:
    def test_a_job_of_an_existing_customer(self) -> None:
        """A job is created below its customer, whose name is spelled as the target does."""
        made = planned(order("SO-1 acme : Roof ", "1 NUT"), rules=CREATING)
        (created,) = operations(made, CreateRecord)

        assert isinstance(created.record, Customer)
        assert (created.record.name, created.record.full_name) == ("Roof", "ACME:Roof")
        assert created.record.parent_name == "ACME"

    def test_an_inactive_customer_takes_no_jobs(self) -> None:
        """Below an inactive record nothing is created."""
        known = knowledge([entry(CUSTOMER, "ACME", active=False), *items("NUT")])
        made = planned(order("SO-1 ACME:Roof", "1 NUT"), rules=CREATING, known=known)

        assert refusal_of(made).code == "name-has-colon"

    def test_a_new_record_takes_what_the_source_has(self) -> None:
        """What the source says of a record goes into the one that is created."""
        known = msgspec.structs.replace(
            KNOWN, origins=origins(client("NEW", "New Ventures"), product("FRESH", "Fresh air"))
        )
        made = planned(order("SO-1 NEW", "1 FRESH"), rules=CREATING, known=known)
        new, fresh = [each.record for each in operations(made, CreateRecord)]

        assert isinstance(new, Customer)
        assert isinstance(fresh, Item)
        assert (new.company_name, fresh.description) == ("New Ventures", "Fresh air")


class TestChoicesOfPeople:
    def made(
        self,
        choices: dict[str, NameChoice],
        known: Knowledge = KNOWN,
        heading: str = "SO-1 Acme Inc",
    ) -> Plan:
        chosen = {lookup(CUSTOMER, name): each for name, each in choices.items()}
        waiting = work(order(heading, "1 NUT"), rules=CREATING, choices=chosen)
        drafts = [draft(waiting, {}, target(), NOW)]
        return plan(drafts, [], [], known, target(), now=NOW, new_key=numbered_keys())

    def customer_of(self, made: Plan) -> Reference | None:
        written: CreateDocument
        (written,) = operations(made, CreateDocument)
        assert isinstance(written.document, SalesOrder)
        return written.document.customer

    def test_use_another_record(self) -> None:
        """A name that a person has explained means the record they chose, in any writing."""
        made = self.made({"ACME INC": NameChoice(record=Entry(CUSTOMER, "77", "Acme", True))})

        assert self.customer_of(made) == Reference("Acme", "77")

    def test_a_choice_comes_before_the_rules(self) -> None:
        """What a person chose goes before a record that bears the very name."""
        chosen = {"ACME": NameChoice(record=Entry(CUSTOMER, "77", "Acme West", True))}

        assert self.customer_of(self.made(chosen, heading="SO-1 ACME")) == Reference(
            "Acme West", "77"
        )

    def test_a_chosen_record_that_is_inactive_now(self) -> None:
        """A choice that leads to an inactive record is asked again; no namesake is taken for it."""
        chosen = {"ACME": NameChoice(record=Entry(CUSTOMER, "77", "Acme West", False))}

        assert refusal_of(self.made(chosen, heading="SO-1 ACME")).code == "record-inactive"

    def test_create_as(self) -> None:
        """A record is created under the name a person gave, from the source's own record."""
        known = knowledge(
            [entry(RecordKind.VENDOR, "Acme Inc"), *items("NUT")], client("Acme Inc", "Acme LLC")
        )
        made = self.made({"Acme Inc": NameChoice(create_as="Acme Inc (C)")}, known)
        (created,) = operations(made, CreateRecord)

        assert created.record.full_name == "Acme Inc (C)"
        assert isinstance(created.record, Customer)
        assert created.record.company_name == "Acme LLC"

    def test_create_as_a_name_that_is_there(self) -> None:
        """A name that meanwhile exists is used, not created again."""
        made = self.made({"Acme Inc": NameChoice(create_as="acme")})

        assert self.customer_of(made) == Reference("ACME", "customer:ACME")

    def test_a_choice_that_is_gone(self) -> None:
        """9.11: a choice whose record is gone is a doubt; nothing is created in its place."""
        made = self.made({"Acme Inc": NameChoice()})

        assert refusal_of(made).code == "chosen-record-gone"


class TestPure:
    @given(st.data())
    def test_any_mixture_is_sound(self, data: st.DataObject) -> None:
        """Whatever waits, every draft moves once or not at all, and equal input gives an equal plan."""
        names = st.sampled_from(["ACME", "NEW", "OLD", "VEN", "Acme:Roof", "A:B", "x" * 50])
        goods = st.sampled_from(["NUT", "BOLT", "FRESH", "OLD", "TWIN"])
        orders = data.draw(
            st.lists(
                st.builds(
                    lambda number, name, lines: order(f"{number} {name}", *lines),
                    st.sampled_from(["SO-1", "SO-2", "SO-3", "SO-1234567890"]),
                    names,
                    st.lists(goods.map(lambda item: f"1 {item}"), max_size=4),
                ),
                max_size=12,
            )
        )
        to = target(batch_size=data.draw(st.integers(1, 12)))
        rules = settings(
            sales_order_out={
                "document_number": data.draw(st.sampled_from(DocumentNumber)),
                "create_missing_customers": data.draw(st.booleans()),
                "create_missing_items": data.draw(st.booleans()),
                "income_account": data.draw(st.sampled_from([None, "Sales"])),
            }
        )
        known = knowledge(
            [
                *customers("ACME"),
                *items("NUT", "BOLT", "Twin", "TWIN"),
                entry(CUSTOMER, "OLD", active=False),
                entry(RecordKind.VENDOR, "VEN"),
            ]
        )
        drafts = drafts_of(orders, rules, to)
        unknown = [
            work(order("SO-1 ACME", "1 NUT"), transfer(50 + n, State.UNKNOWN, target_number=number))
            for n, number in enumerate(
                data.draw(st.lists(st.sampled_from([None, "SO-1"]), max_size=3))
            )
        ]

        one = plan(drafts, unknown, [], known, to, now=NOW, new_key=numbered_keys())
        two = plan(drafts, unknown, [], known, to, now=NOW, new_key=numbered_keys())

        assert one == two
        sound(one, [each.work for each in drafts], unknown, to)
        assert one.operations or not drafts or one.transfers or unknown

    def test_a_preview_leaves_no_trace(self) -> None:
        """A plan that is not carried out changes nothing: drafts and knowledge stay as they were."""
        drafts = drafts_of([order("SO-1 NEW", "1 NUT")], CREATING, target())
        before = msgspec.json.encode([msgspec.to_builtins(each.work.transfer) for each in drafts])
        plan(drafts, [], [], KNOWN, target(), now=NOW, new_key=numbered_keys())

        after = msgspec.json.encode([msgspec.to_builtins(each.work.transfer) for each in drafts])
        assert before == after
        assert names_of(drafts, target()) == {"new", "nut"}

    def test_only_unknown_transfers_are_asked_about(self) -> None:
        """Asking what became of a write that was never sent is our mistake."""
        with pytest.raises(AssertionError):
            plan(
                [],
                [work(order("SO-1 ACME", "1 NUT"))],
                [],
                KNOWN,
                target(),
                now=NOW,
                new_key=numbered_keys(),
            )


def company(orders: int) -> list[SalesOrder]:
    """A year of a trading company: 91 customers, 77 products, two or three lines an order."""
    return [
        order(
            f"{10_000 + n} Customer {n * 17 % 91}",
            *[f"{1 + k} Product {(n * 5 + k * 31) % 77} {k + 1}.25" for k in range(2 + n % 2)],
        )
        for n in range(orders)
    ]


class TestRoundTrips:
    @pytest.mark.parametrize("numbering", DocumentNumber)
    @pytest.mark.parametrize("known, limit", [(True, 0.05), (False, 0.08)])
    def test_830_orders(self, known: bool, limit: float, numbering: DocumentNumber) -> None:
        """830 orders need at most 0.05 round trips each, 0.08 where names are created on the way."""
        books = Books()
        if known:
            books.add(*[client(f"Customer {n}") for n in range(91)])
            books.add(*[product(f"Product {n}") for n in range(77)])
        rules = {
            "document_number": numbering,
            "create_missing_customers": True,
            "create_missing_items": True,
            "income_account": "Sales",
        }
        desk = Desk(books, rules=settings(sales_order_out=rules))
        desk.refresh()
        desk.take(*company(830))
        desk.run()

        desk.exactly_once()
        assert len(books.documents) == 830
        assert len(books.records) == 91 + 77
        assert desk.batches / 830 <= limit

    def test_work_grows_with_the_orders_only(self) -> None:
        """Twice the orders need about twice the round trips, not more."""
        trips = []
        for count in (200, 400):
            books = Books()
            books.add(*[client(f"Customer {n}") for n in range(91)])
            books.add(*[product(f"Product {n}") for n in range(77)])
            desk = Desk(books)
            desk.refresh()
            desk.take(*company(count))
            desk.run()
            trips.append(desk.batches)

        assert trips == [2, 4]


def test_a_second_run_moves_nothing() -> None:
    """FLOW-8, B2: what is done is not planned again."""
    books = Books()
    books.add(client("ACME"), product("NUT"))
    desk = Desk(books)
    desk.refresh()
    desk.take(order("SO-1 ACME", "1 NUT", custom_fields=fields(Job="7")))
    desk.run()
    before = dict(desk.transfers)

    assert desk.plan() == Plan()
    assert desk.transfers == before
    assert len(books.documents) == 1
