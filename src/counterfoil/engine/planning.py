"""What to ask next: from waiting transfers to the next batch.

Planning is pure and has three steps, because names are looked up in bulk in between:

1. ``draft`` translates each waiting document under its link's settings.
2. The caller looks up, in two queries, every name that any draft mentions
   (``names_of``) in the target's directory, and the source's own records for those
   that are absent.
3. ``plan`` resolves the names, and packs one batch.

One batch carries, side by side, what different transfers need next: documents whose
names are all known, records that are missing and may be created, numbers to be looked
up, documents to be read before they are changed, and questions about writes whose answer
was lost.  A transfer that waits for something waits one round trip for it; the batch does
not.  So the number of round trips grows with the number of documents divided by the batch
size.

Whether a document may go is asked here once more (``reconsider``): what a rule, a switch
or a pause holds back by now is not written, whatever was decided earlier.

Nothing here writes, and a plan that is never carried out leaves no trace: a preview is
a plan that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    Refusal,
    decode,
    difference,
    name_key,
    reason,
)
from counterfoil.translate import Translated

from .asked import Sent, SentOrder
from .deciding import Wish, Write
from .drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    our_mistake,
    spelling,
)
from .following import FollowUp, advance_field, follow
from .life import Event, State
from .looking_up import LookUps, Questions
from .matching import (
    Lookup,
)
from .measuring import total_of
from .moving import advance, reconsider
from .objections import (
    CONFLICT_ROUNDS_MAX,
    cannot_change,
    kept,
    needs_consent,
    no_way_out,
    unclear,
    will_not_settle,
)
from .operations import (
    CreateDocument,
    CreateRecord,
    FindDocument,
    LineScope,
    Operation,
    UpdateDocument,
    VoidDocument,
    WriteField,
)
from .ordering import Coming, ComingOrder, LandedOrder, linked_to
from .paired_lines import is_same_lines, line_texts, with_target_ids
from .resolving import Resolver
from .seeing import is_closed, landing_of, still
from .transfers import Landing, Pairing, Transfer

__all__ = ["Packer", "Plan", "Planned", "plan"]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An operation and for whom it is done.

    Attributes:
        transfer: The transfer whose own write or question it is.
        dependants: Transfers that wait for its answer.
        subject: Kind of document or record.
        name: Number or full name it is about.
        follow_up: The follow-up it carries out.
        sent: What its answer needs.
    """

    operation: Operation
    subject: str
    name: str | None = None
    transfer: int | None = None
    dependants: tuple[int, ...] = ()
    follow_up: int | None = None
    sent: Sent | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One batch, and every transfer that moves by asking it.

    ``transfers`` are the new values; their ``exchange`` is set by whoever records it.
    ``landings`` are those whose document was found to be there already; ``fields`` are the
    follow-ups that move: as they were, and as they are; ``new_fields`` those that begin.
    """

    operations: tuple[Planned, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    landings: tuple[tuple[Transfer, Landing], ...] = ()
    fields: tuple[tuple[FollowUp, FollowUp], ...] = ()
    new_fields: tuple[FollowUp, ...] = ()


def plan(
    drafts: Sequence[Draft],
    unknown: Sequence[Work],
    follow_ups: Sequence[FollowUp],
    knowledge: Knowledge,
    target: Target,
    *,
    now: datetime,
    new_key: Callable[[], str],
    may_create: Collection[DocumentKind] | None = None,
) -> Plan:
    """Pack the next batch.

    Args:
        drafts: Transfers that are ready, oldest first.
        unknown: Transfers whose write was never answered, in no open exchange.
        follow_ups: Custom fields to be written, and those whose write was never answered.
        knowledge: What ``names_of`` and ``missing_names`` asked for.
        target: Where it goes.
        now: The time.
        new_key: Gives a fresh mark for each record that is created.
        may_create: Kinds of which it has been read in this run what was written there
            lately; of others no document is created, for it may be there already.  ``None``:
            all of them.

    Returns:
        Every draft either moves, or is left for the next batch: because this one is
        full, or because an earlier transfer is about to use the same number.  The latter
        stays ready; if that number was looked up before, it is to be looked up again.
    """
    packer = Packer(target, now, new_key, may_create=may_create)
    packer.ask_about(unknown)
    packer.add_all(drafts, knowledge)
    packer.write_fields(follow_ups)
    return packer.packed()


class Packer:
    """Packs one batch; lives no longer than the making of one plan.

    For whoever draws drafts in portions, until the batch ``is_full``: drafting what does
    not fit is work done for nothing.  ``plan`` is the same in one call.
    """

    def __init__(
        self,
        target: Target,
        now: datetime,
        new_key: Callable[[], str],
        *,
        may_create: Collection[DocumentKind] | None = None,
    ) -> None:
        self.target = target
        self.now = now
        self.names = Resolver(target, now, new_key)
        self.may_create = may_create
        self.operations: list[Planned] = []
        self.transfers: list[Transfer] = []
        self.landings: list[tuple[Transfer, Landing]] = []
        self.creations: dict[Lookup, tuple[CreateRecord, list[int], set[int], str | None]] = {}
        self.questions = Questions(target.find_size, target.batch_size)
        self.fields: list[tuple[FollowUp, FollowUp]] = []
        self.new_fields: list[FollowUp] = []
        self.numbers_in_use: set[tuple[DocumentKind, str]] = set()
        self.orders_in_use: set[int] = set()

    def add_all(self, drafts: Iterable[Draft], knowledge: Knowledge) -> None:
        """Add drafts, oldest first; ``knowledge`` is what they asked for."""
        self.names.knowledge = knowledge
        for each in drafts:
            self.add(each)

    @property
    def is_full(self) -> bool:
        """Whether no further draft can get anything into this batch, not even a look-up."""
        return self.room() <= 0 and not any(
            self._fits(asked, kind)
            for asked in self.questions.of_documents()
            for kind in asked.kinds
        )

    def room(self) -> int:
        """Operations that still fit."""
        taken = len(self.operations) + len(self.creations) + self.questions.operations
        return self.target.batch_size - taken

    def _fits(self, asked: LookUps, kind: DocumentKind, beside: int = 0) -> bool:
        """Whether one more number or identity can be looked up beside so many operations."""
        costs = asked.costs(kind)
        return costs is not None and self.room() >= beside + costs

    def next_id(self) -> str:
        return str(len(self.operations) + 1)

    def packed(self) -> Plan:
        """Close the batch: creations and look-ups go last but are no less part of it."""
        for wanted, (creation, dependants, links, alias) in self.creations.items():
            sent = Sent(alias=alias, links=tuple(sorted(links)))
            self.operations.append(
                Planned(
                    operation=msgspec.structs.replace(creation, id=self.next_id()),
                    subject=wanted.kind,
                    name=creation.record.full_name,
                    dependants=tuple(dependants),
                    sent=sent,
                )
            )
        for each in self.questions:
            find = msgspec.structs.replace(each.find, id=self.next_id())
            self.operations.append(
                Planned(
                    operation=find,
                    subject=find.kind,
                    dependants=each.dependants,
                    sent=each.sent,
                )
            )
        return Plan(
            operations=tuple(self.operations),
            transfers=tuple(self.transfers),
            landings=tuple(self.landings),
            fields=tuple(self.fields),
            new_fields=tuple(self.new_fields),
        )

    def _fields_of(self, work: Work) -> tuple[tuple[str, str], ...]:
        """Give the custom fields that are written once its document is there."""
        spell = spelling(work.settings, self.target)
        fields = work.translator.follow_ups(work.document, work.settings)
        return tuple((field.name, spell(field.value)) for field in fields)

    def move(self, work: Work, event: Event, refusal: Refusal | None = None) -> Transfer:
        moved = advance(work.transfer, event, self.now, at=work.at, refusal=refusal)
        self.transfers.append(moved)
        return moved

    def ask_about(self, unknown: Sequence[Work]) -> None:
        """Ask what became of writes that were never answered.

        A create in a system that keeps our marks is not asked about here: what was written
        there lately is read at the beginning of each run, and shows whether it is there.
        """
        for work in unknown:
            assert work.transfer.state is State.UNKNOWN
            # As it was written: source and settings may ask for another kind by now.
            kind, number = work.transfer.target_kind, work.transfer.target_number
            pairing = work.at.pairing
            if work.transfer.write is Write.CREATE and pairing is not None:
                self._prove_link(work)
            elif work.transfer.write is Write.CREATE:
                if number is not None:
                    self.numbers_in_use.add((kind, number))
                if self.target.keeps_marks:
                    continue
                if number is None:
                    self.move(work, Event.DECLINED, unclear(work, self.target))
                else:
                    self._ask(work, self.questions.numbers, kind, number)
            elif pairing is None:
                self.move(work, Event.DECLINED, unclear(work, self.target))
            else:
                self._ask(work, self.questions.ids, pairing.target_kind, pairing.target_id)

    def _prove_link(self, work: Work) -> None:
        """Ask its order whether what was entered is linked to it."""
        order = work.order
        if isinstance(order, LandedOrder):
            self.orders_in_use.add(order.pairing)
            self._ask(work, self.questions.orders, order.kind, order.id)
        else:
            # Its order went meanwhile: there is nothing left that it could be linked to.
            self.move(work, Event.WRITTEN)

    def _ask(
        self,
        work: Work,
        asked: LookUps,
        kind: DocumentKind,
        value: str,
    ) -> None:
        if self._fits(asked, kind):
            moved = self.move(work, Event.ASKED)
            asked.add(kind, value, moved.id)

    def add(self, each: Draft) -> None:
        """Add what this transfer needs next, if there is room for it."""
        try:
            self._add(each)
        except Exception as error:  # noqa: BLE001 - a mistake of ours stops one document, not all
            self.move(each.work, Event.DECLINED, our_mistake(each.work, error))

    def _add(self, each: Draft) -> None:
        """Add it; nothing is added or moved before all of it is known to succeed."""
        work = each.work
        after = reconsider(work.transfer, work.at, self.now)
        if after != work.transfer:
            self.transfers.append(after)
        elif each.refusal is not None:
            self.move(work, Event.DECLINED, each.refusal)
        elif each.waits is not None:
            self.transfers.append(advance(work.transfer, Event.BUSY, self.now, why=each.waits))
        elif work.transfer.write is Write.CREATE:
            self._add_create(each)
        elif work.coming is not None and work.only_closes:
            self._await_coming(work, work.coming)
        elif not work.transfer.is_checked or self._current(work) is None:
            self._read_first(work)
        elif work.transfer.write is Write.VOID:
            self._void(work)
        else:
            self._update(each)

    # --- What is new there ----------------------------------------------------------------

    def _add_create(self, each: Draft) -> None:
        work = each.work
        if work.landed is not None:
            self._found_there(work, work.landed)
            return
        if isinstance(work.order, ComingOrder):
            self._await(work, work.order.row, work.order.words)
            return
        if self.may_create is not None and work.target_kind not in self.may_create:
            return
        if self._number_in_use(work):
            self._distrust_number(work)
            return
        if not self._take_order(work):
            return
        assert each.translated is not None, "a create is made from its source"
        resolved = self.names.resolve(each, each.translated)
        if isinstance(resolved, Refusal):
            self.move(work, Event.DECLINED, resolved)
        elif not isinstance(resolved, Document):
            self._match(work, resolved)
        elif work.must_check_number:
            if not self.target.keeps_marks:
                self.questions.wanted[work.transfer.id] = resolved
            self._match(work, {})
        elif self.room() > self._kept_for_look_up(work):
            self._create(work, resolved, each.translated)

    def _await(self, work: Work, row: int, words: str) -> None:
        """Let it wait until something is decided about another document."""
        why = reason("waits-for", document=words)
        self.transfers.append(
            advance(work.transfer, Event.AWAITS, self.now, why=why, waits_for=row)
        )

    def _take_order(self, work: Work) -> bool:
        """Have its order for itself in this batch, and have it read first; say whether it is.

        Two documents of one order go one after the other: how much the first one takes shows
        only when the order is read again.
        """
        order = work.order
        if not isinstance(order, LandedOrder):
            return True
        if order.pairing in self.orders_in_use:
            if work.transfer.order_seen is not None:
                self.transfers.append(msgspec.structs.replace(work.transfer, order_seen=None))
            return False
        self.orders_in_use.add(order.pairing)
        if work.order_read(self.now) is not None:
            return True
        self._read_order(work, order)
        return False

    def _read_order(self, work: Work, order: LandedOrder) -> None:
        """Read its order in the batch before, and look its number up beside it."""
        number = work.checked_number
        asks = number is not None and self._fits(self.questions.numbers, work.target_kind, beside=1)
        if not self._fits(self.questions.orders, order.kind):
            return
        moved = msgspec.structs.replace(
            advance(work.transfer, Event.MATCH_SENT, self.now),
            is_checked=False,
            target_number=number if asks else work.transfer.target_number,
        )
        self.transfers.append(moved)
        self.questions.orders.add(order.kind, order.id, moved.id)
        if number is not None and asks:
            self.questions.numbers.add(work.target_kind, number, moved.id)

    def _found_there(self, work: Work, landing: Landing) -> None:
        """It bears our mark: written by this ledger before it was restored, or by another."""
        number = landing.number
        landed = msgspec.structs.replace(
            work.transfer, key=work.key, target_kind=landing.kind, target_number=number
        )
        at = work.at.with_pairing(landing.as_pairing(work.transfer.sent_fingerprint))
        after = advance(landed, Event.WRITTEN, self.now, at=at)
        self.transfers.append(after)
        self.landings.append((after, landing))
        # Whether they were written before is not known: each is read first.
        fields = self._fields_of(work)
        self.new_fields += follow(after.id, landing.kind, landing.id, fields, self.now)

    def _kept_for_look_up(self, work: Work) -> int:
        """Keep one operation free to look up the next batch's numbers beside these writes.

        Without it, batches that write and batches that look up would take turns.
        """
        looks_up = work.checked_number is not None and not self.questions.numbers.asks(
            work.target_kind
        )
        return int(looks_up and self.target.batch_size > 1)

    def _number_in_use(self, work: Work) -> bool:
        """Whether an earlier transfer is about to use the same number, which must be free."""
        number = work.checked_number
        if number is None:
            return False
        used = work.target_kind, number
        if used in self.numbers_in_use:
            return True
        self.numbers_in_use.add(used)
        return False

    def _distrust_number(self, work: Work) -> None:
        """Have the number looked up again: it was free before the earlier transfer used it."""
        if work.transfer.is_checked:
            self.transfers.append(msgspec.structs.replace(work.transfer, is_checked=False))

    def _match(self, work: Work, missing: Mapping[Lookup, CreateRecord]) -> None:
        """Order the records it lacks, and look its number up, as far as there is room."""
        kind = work.target_kind
        new = [wanted for wanted in missing if wanted not in self.creations]
        # A number is looked up together with the last records, right before it is used.
        fits = self._fits(self.questions.numbers, kind, beside=len(new))
        number = work.checked_number if fits else None
        left_out = set(new[max(self.room(), 0) :]) if number is None else set()
        fitting = {
            wanted: creation
            for wanted, creation in missing.items()
            if wanted not in left_out and not self._is_being_created(wanted, creation)
        }
        if number is None and not fitting:
            return
        if number is not None:
            problem = self._checked(FindDocument(id="0", kind=kind, numbers=(number,)), work)
            if problem is not None:
                self.move(work, Event.DECLINED, problem)
                return
        moved = msgspec.structs.replace(
            advance(work.transfer, Event.MATCH_SENT, self.now), is_checked=False
        )
        if number is not None:
            moved = msgspec.structs.replace(moved, target_number=number)
            self.questions.numbers.add(kind, number, moved.id)
            if fields := self._fields_of(work):
                self.questions.lacks[moved.id] = fields
        self.transfers.append(moved)
        for wanted, creation in fitting.items():
            is_spelled_so = wanted.key == name_key(creation.record.full_name)
            alias = None if is_spelled_so else self.names.aliases.get(wanted)
            _, dependants, links, _ = self.creations.setdefault(
                wanted, (creation, [], set(), alias)
            )
            dependants.append(moved.id)
            links.add(work.transfer.link)

    def _is_being_created(self, wanted: Lookup, creation: CreateRecord) -> bool:
        """Whether another name of this batch leads to a record of the same name."""
        name = name_key(creation.record.full_name)
        return any(
            other.kind is wanted.kind
            and other != wanted
            and name_key(made.record.full_name) == name
            for other, (made, *_rest) in self.creations.items()
        )

    def _checked(self, operation: Operation, work: Work) -> Refusal | None:
        """Say what is wrong with an operation before it is planned."""
        return self.target.check(operation, work.settings)

    def _create(self, work: Work, document: Document, translated: Translated) -> None:
        operation = CreateDocument(
            id=self.next_id(), kind=work.target_kind, document=document, key=work.key
        )
        self._send(work, operation, document, translated)

    def _send(
        self,
        work: Work,
        operation: CreateDocument | UpdateDocument,
        document: Document,
        translated: Translated | None,
        *,
        closes: bool = False,
    ) -> None:
        """Plan a write of the whole document, and keep what its answer will need."""
        refusal = self._checked(operation, work)
        if refusal is not None:
            self.move(work, Event.DECLINED, refusal)
            return
        is_create = isinstance(operation, CreateDocument)
        sent = Sent(
            document=msgspec.Raw(msgspec.json.encode(document)),
            kind=work.target_kind,
            lines=line_texts(translated.document) if translated else (),
            follow_ups=self._fields_of(work) if translated else (),
            notes=translated.left_out if translated else work.transfer.notes,
            total=None if translated is None else total_of(document),
            closes=closes,
            order=self._linked_to(work, document) if is_create else None,
        )
        self.transfers.append(
            msgspec.structs.replace(
                advance(work.transfer, Event.WRITE_SENT, self.now),
                key=work.key if is_create else work.transfer.key,
                target_kind=work.target_kind,
                target_number=document.number if is_create else work.transfer.target_number,
                sent_fingerprint=work.at.fingerprint,
                settings_version=work.settings_version,
            )
        )
        self.operations.append(
            Planned(
                operation=operation,
                subject=work.target_kind,
                name=document.number,
                transfer=work.transfer.id,
                sent=sent,
            )
        )

    def _linked_to(self, work: Work, document: Document) -> SentOrder | None:
        seen = work.order_read(self.now)
        if seen is None or not isinstance(work.order, LandedOrder):
            return None
        return linked_to(document, work.order)

    # --- What is there and shall be changed -------------------------------------------------

    def _read_first(self, work: Work) -> None:
        """Read the target's document in the batch before it is changed or taken out."""
        pairing = work.at.pairing
        assert pairing is not None, "only what has landed is changed"
        if work.transfer.rounds >= CONFLICT_ROUNDS_MAX:
            self.move(work, Event.DECLINED, will_not_settle(work, self.target))
        else:
            self._read_with_number(work, pairing.target_id)

    def _read_with_number(self, work: Work, document_id: str) -> None:
        """Read it, and look up the other number that its source bears by now.

        Where a batch is one operation, the number goes first.
        """
        kind, number = work.target_kind, work.checked_number
        alone = self.target.batch_size == 1
        if alone and number == work.transfer.target_number:
            number = None
        reads = number is None or not alone
        if number is not None and (
            (kind, number) in self.numbers_in_use
            or not self._fits(self.questions.numbers, kind, beside=int(reads))
        ):
            return
        if reads and not self._fits(self.questions.ids, kind):
            return
        moved = msgspec.structs.replace(
            advance(work.transfer, Event.MATCH_SENT, self.now),
            is_checked=False,
            target_number=number or work.transfer.target_number,
        )
        self.transfers.append(moved)
        if number is not None:
            self.numbers_in_use.add((kind, number))
            self.questions.numbers.add(kind, number, moved.id)
        if reads:
            self.questions.ids.add(kind, document_id, moved.id)

    def _current(self, work: Work) -> Document | None:
        """The target's document as it was read in the batch before."""
        pairing = work.at.pairing
        if pairing is None or pairing.seen is None:
            return None
        return decode(pairing.target_kind, pairing.seen)

    def _void(self, work: Work) -> None:
        pairing, current = work.at.pairing, self._current(work)
        assert pairing is not None, "only what has landed is taken out"
        leaving = [each for each in work.followers if each.leaves]
        if leaving and len(leaving) == len(work.followers):
            self._await(work, leaving[0].row, leaving[0].words)
            return
        ways = self.target.ways_out.get(work.target_kind, ())
        refusal = (
            kept(work, current, self.target) or needs_consent(work, self.target)
            if ways
            else no_way_out(work, self.target)
        )
        if refusal is not None:
            self.move(work, Event.DECLINED, refusal)
            return
        if self.room() <= 0:
            return
        operation = VoidDocument(
            id=self.next_id(),
            kind=work.target_kind,
            document_id=pairing.target_id,
            how=ways[0],
        )
        moved = self.move(work, Event.WRITE_SENT)
        self.operations.append(
            Planned(
                operation=operation,
                subject=work.target_kind,
                name=pairing.number,
                transfer=moved.id,
                sent=Sent(kind=work.target_kind, how=ways[0]),
            )
        )

    def _update(self, each: Draft) -> None:
        work, current = each.work, self._current(each.work)
        pairing = work.at.pairing
        assert pairing is not None, "only what has landed is changed"
        kind = work.target_kind
        if work.only_closes:
            self._close(work)
            return
        assert each.translated is not None, "an update is made from its source"
        if kind not in self.target.changes:
            differs = None if current is None else difference(each.translated.document, current)
            self.move(work, Event.DECLINED, cannot_change(work, differs, self.target))
            return
        resolved = self.names.resolve(each, each.translated)
        if isinstance(resolved, Refusal):
            self.move(work, Event.DECLINED, resolved)
            return
        if not isinstance(resolved, Document):
            self._match(work, resolved)
            return
        if self.room() <= 0:
            return
        if resolved.number is None:
            # The target numbered it when it was created.
            resolved = msgspec.structs.replace(resolved, number=pairing.number)
        if pairing.is_linked is not None:
            self._update_linked(work, pairing, resolved, each.translated)
            return
        facts = work.at.facts(work.transfer)
        placed = with_target_ids(resolved, pairing.lines, current)
        refusal = None if current is None else work.translator.may_change(current, placed)
        if refusal is not None:
            self.move(work, Event.DECLINED, refusal)
            return
        operation = UpdateDocument(
            id=self.next_id(),
            kind=kind,
            document_id=pairing.target_id,
            revision=pairing.newest_revision,
            document=placed,
            expected=current,
            closes=False if pairing.is_closed and not facts.is_finished else None,
        )
        self._send(work, operation, resolved, each.translated)

    def _update_linked(
        self, work: Work, pairing: Pairing, document: Document, translated: Translated
    ) -> None:
        """Change the header of a document that is linked to its order, or write it anew.

        A change of its lines would lose the link: it is taken out and entered again.
        """
        if not is_same_lines(line_texts(translated.document), pairing.lines):
            replaced = msgspec.structs.replace(work.transfer, wish=Wish.REPLACE)
            self.transfers.append(reconsider(replaced, work.at, self.now))
            return
        operation = UpdateDocument(
            id=self.next_id(),
            kind=work.target_kind,
            document_id=pairing.target_id,
            revision=pairing.newest_revision,
            document=msgspec.structs.replace(document, lines=()),
            expected=self._current(work),
            lines=LineScope.NONE,
        )
        self._send(work, operation, operation.document, translated)

    def _close(self, work: Work) -> None:
        """Close the document of an order that was cancelled, or closed short, at its source.

        One that is closed there already, or of which nothing is open any more, stays as it is:
        QuickBooks does not let an order be closed that is fully received.
        """
        pairing, current = work.at.pairing, self._current(work)
        assert pairing is not None, "only what has landed is closed"
        if work.target_kind not in self.target.closes:
            self.move(work, Event.DECLINED, no_way_out(work, self.target))
            return
        assert current is not None, "it was read before"
        if is_closed(current):
            self._found_closed(work, pairing, current)
            return
        if self.room() <= 0:
            return
        header = msgspec.structs.replace(current, id="", lines=())
        operation = UpdateDocument(
            id=self.next_id(),
            kind=work.target_kind,
            document_id=pairing.target_id,
            revision=pairing.newest_revision,
            document=header,
            expected=current,
            lines=LineScope.NONE,
            closes=True,
        )
        self._send(work, operation, header, None, closes=True)

    def _found_closed(self, work: Work, pairing: Pairing, current: Document) -> None:
        """Take an order that is closed there already as closed; nothing is written."""
        sent = Sent(closes=True)
        landing = still(pairing, landing_of(current, work.translator, sent), sent)
        known = msgspec.structs.replace(work.transfer, sent_fingerprint=work.at.fingerprint)
        at = work.at.with_pairing(landing.as_pairing(known.sent_fingerprint, pairing.id))
        after = advance(known, Event.WRITTEN, self.now, at=at)
        self.transfers.append(after)
        self.landings.append((after, landing))

    def _await_coming(self, work: Work, coming: Coming) -> None:
        """Let an order wait that shall be closed: what fulfils it could be linked no more."""
        if coming.row is not None:
            self._await(work, coming.row, coming.words)
            return
        why = reason("closes-later", documents=coming.words)
        self.transfers.append(advance(work.transfer, Event.BUSY, self.now, why=why))

    # --- Follow-ups and names ----------------------------------------------------------------

    def write_fields(self, follow_ups: Iterable[FollowUp]) -> None:
        """Write custom fields, read them first, or ask about them, as far as there is room."""
        for field in follow_ups:
            if field.state is State.UNKNOWN:
                self._read_field(field, Event.ASKED)
            elif not field.is_read(self.now):
                self._read_field(field, Event.MATCH_SENT)
            elif self.room() > 0:
                self._write_field(field)

    def _read_field(self, field: FollowUp, event: Event) -> None:
        if self._fits(self.questions.fields, field.kind):
            self.fields.append((field, advance_field(field, event, self.now)))
            self.questions.fields.add(field.kind, field.document_id, field.id)

    def _write_field(self, field: FollowUp) -> None:
        self.fields.append((field, advance_field(field, Event.WRITE_SENT, self.now)))
        operation = WriteField(
            id=self.next_id(),
            kind=field.kind,
            document_id=field.document_id,
            name=field.name,
            value=field.value,
        )
        self.operations.append(
            Planned(operation=operation, subject=field.kind, name=field.name, follow_up=field.id)
        )
