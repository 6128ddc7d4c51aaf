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

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from counterfoil.documents import DocumentKind, Refusal, reason

from .changing import add_update, add_void, await_coming, current_of, read_first
from .creating import add_create
from .deciding import Write
from .drafting import Draft, Knowledge, Target, Work, our_mistake
from .following import FollowUp, advance_field
from .life import Event, State
from .looking_up import LookUps
from .moving import advance, reconsider
from .objections import unclear
from .operations import WriteField
from .ordering import SAID_BY_ORDER, LandedOrder
from .packing import Packing, Plan, Planned

__all__ = ["Packer", "Plan", "Planned", "plan"]


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


class Packer(Packing):
    """Packs one batch; lives no longer than the making of one plan.

    For whoever draws drafts in portions, until the batch ``is_full``: drafting what does
    not fit is work done for nothing.  ``plan`` is the same in one call.
    """

    def add_all(self, drafts: Iterable[Draft], knowledge: Knowledge) -> None:
        """Add drafts, oldest first; ``knowledge`` is what they asked for."""
        self.names.knowledge = knowledge
        for each in drafts:
            self.add(each)

    @property
    def is_full(self) -> bool:
        """Whether no further draft can get anything into this batch, not even a look-up.

        Where as many orders are read as a batch may ask, what comes next most likely asks for
        its order, too: it is drafted when it can.
        """
        if self.questions.orders.has_all:
            return True
        return self.room() <= 0 and not any(
            self.fits(asked, kind)
            for asked in self.questions.of_documents()
            for kind in asked.kinds
        )

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
            self.orders_proving.add(order.pairing)
            self._ask(work, self.questions.proofs, order.kind, order.id)
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
        if self.fits(asked, kind):
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
            self._decline(work, each.refusal)
        elif each.waits is not None:
            self.transfers.append(advance(work.transfer, Event.BUSY, self.now, why=each.waits))
        elif work.transfer.write is Write.CREATE:
            add_create(self, each)
        elif work.coming is not None and work.only_closes:
            await_coming(self, work, work.coming)
        elif not work.transfer.is_checked or current_of(work) is None:
            read_first(self, work)
        elif work.transfer.write is Write.VOID:
            add_void(self, work)
        else:
            add_update(self, each)

    def _decline(self, work: Work, refusal: Refusal) -> None:
        """Refuse it; for what its order said there, only once that was read a second time."""
        is_said_there = refusal.code in SAID_BY_ORDER and isinstance(work.order, LandedOrder)
        if not is_said_there or work.transfer.write is not Write.CREATE or work.transfer.rounds:
            self.move(work, Event.DECLINED, refusal)
            return
        waits = advance(work.transfer, Event.BUSY, self.now, why=reason("order-doubtful"))
        self.transfers.append(msgspec.structs.replace(waits, order_seen=None, rounds=1))

    def write_fields(self, follow_ups: Iterable[FollowUp]) -> None:
        """Write custom fields, read them first, or ask about them, as far as there is room."""
        for field in follow_ups:
            if field.state is State.UNKNOWN:
                self._read_field(field, Event.ASKED)
            elif not field.is_read(self.now) and not self._is_guarded(field):
                self._read_field(field, Event.MATCH_SENT)
            elif self.room() > 0:
                self._write_field(field)

    def _is_guarded(self, field: FollowUp) -> bool:
        """Whether it can be written unread: into a blank, or over what it may replace alone.

        The connector looks at that right before.
        """
        is_new = field.seen is None and field.ours is None
        return is_new and self.target.guards_fields

    def _read_field(self, field: FollowUp, event: Event) -> None:
        if self.fits(self.questions.fields, field.kind):
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
            expected=field.replaces if field.seen is None else field.seen,
        )
        self.operations.append(
            Planned(operation=operation, subject=field.kind, name=field.name, follow_up=field.id)
        )
