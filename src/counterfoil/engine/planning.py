"""What to ask next: from waiting transfers to the next batch.

Planning is pure and has three steps, because names are looked up in bulk in between:

1. ``draft`` translates each waiting document under its link's settings.
2. The caller looks up, in two queries, every name that any draft mentions
   (``names_of``) in the target's directory, and the source's own records for those
   that are absent.
3. ``plan`` resolves the names, and packs one batch.

One batch carries, side by side, what different transfers need next: documents whose
names are all known, records that are missing and may be created, numbers to be looked
up, and questions about writes whose answer was lost.  A transfer whose records are
missing waits one round trip for them; the batch does not.  So the number of round
trips grows with the number of documents divided by the batch size.

Nothing here writes, and a plan that is never carried out leaves no trace: a preview is
a plan that is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    ListRecord,
    RecordKind,
    Reference,
    Refusal,
    refuse,
)
from counterfoil.translate import Translated

from .drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    context_of,
    find,
    fold_of,
    fold_texts,
)
from .life import Event, State
from .matching import (
    Entry,
    Fit,
    Lookup,
    lookup,
    match,
    with_references,
)
from .operations import (
    CreateDocument,
    CreateRecord,
    FindDocument,
    Operation,
    WriteField,
)
from .transfers import Transfer, advance

__all__ = ["FollowUp", "Packer", "Plan", "Planned", "plan"]

# Numbers looked up by one operation.
NUMBERS_PER_FIND: Final = 100


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field still to be written to a document that is in the target (DOC-9)."""

    id: int
    transfer: int
    kind: DocumentKind
    document_id: str
    name: str
    value: str


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An operation and for whom it is done.

    Attributes:
        transfer: The transfer whose own write or question it is.
        dependants: Transfers that wait for its answer.
        subject: Kind of document or record.
        name: Number or full name it is about.
        follow_up: The follow-up it carries out.
    """

    operation: Operation
    subject: str
    name: str | None = None
    transfer: int | None = None
    dependants: tuple[int, ...] = ()
    follow_up: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One batch, and every transfer that moves by asking it.

    ``transfers`` are the new values; their ``exchange`` is set by whoever records it.
    """

    operations: tuple[Planned, ...] = ()
    transfers: tuple[Transfer, ...] = ()


def plan(
    drafts: Sequence[Draft],
    unknown: Sequence[Work],
    follow_ups: Sequence[FollowUp],
    knowledge: Knowledge,
    target: Target,
    *,
    now: datetime,
    new_key: Callable[[], str],
) -> Plan:
    """Pack the next batch.

    Args:
        drafts: Transfers that are ready, oldest first.
        unknown: Transfers whose write was never answered, in no open exchange.
        follow_ups: Custom fields still to be written.
        knowledge: What ``names_of`` and ``missing_names`` asked for.
        target: Where it goes.
        now: The time.
        new_key: Gives a fresh mark for each record that is created.

    Returns:
        Every draft either moves, or is left for the next batch: because this one is
        full, or because an earlier transfer is about to use the same number.  The latter
        stays ready; if that number was looked up before, it is to be looked up again.
    """
    packer = Packer(target, now, new_key)
    packer.ask_about(unknown)
    packer.add_all(drafts, knowledge)
    packer.write_fields(follow_ups)
    return packer.packed()


class Packer:
    """Packs one batch; lives no longer than the making of one plan.

    For whoever draws drafts in portions, until the batch ``is_full``: drafting what does
    not fit is work done for nothing.  ``plan`` is the same in one call.
    """

    def __init__(self, target: Target, now: datetime, new_key: Callable[[], str]) -> None:
        self.target = target
        self.knowledge = Knowledge(entries={})
        self.now = now
        self.new_key = new_key
        self.operations: list[Planned] = []
        self.transfers: list[Transfer] = []
        self.creations: dict[Lookup, tuple[CreateRecord, list[int]]] = {}
        self.made: dict[tuple[int, Lookup], CreateRecord] = {}
        self.numbers: dict[DocumentKind, list[tuple[str, int]]] = {}
        self.numbers_in_use: set[tuple[DocumentKind, str]] = set()

    def add_all(self, drafts: Iterable[Draft], knowledge: Knowledge) -> None:
        """Add drafts, oldest first; ``knowledge`` is what they asked for."""
        self.knowledge = knowledge
        for each in drafts:
            self.add(each)

    @property
    def is_full(self) -> bool:
        """Whether no further draft can get anything into this batch, not even a look-up."""
        return self.room() <= 0 and not any(self._fits_number(kind) for kind in self.numbers)

    def room(self) -> int:
        """Operations that still fit."""
        finds = sum(-(-len(asked) // NUMBERS_PER_FIND) for asked in self.numbers.values())
        return self.target.batch_size - len(self.operations) - len(self.creations) - finds

    def _fits_number(self, kind: DocumentKind, beside: int = 0) -> bool:
        """Whether one more number can be looked up beside so many more operations.

        It costs none while there is a look-up that it fits into.  Numbers are bounded by
        the batch's size like all else.
        """
        asked = len(self.numbers.get(kind, ()))
        opens_another = asked % NUMBERS_PER_FIND == 0
        return asked < self.target.batch_size and self.room() >= beside + opens_another

    def next_id(self) -> str:
        return str(len(self.operations) + 1)

    def packed(self) -> Plan:
        """Close the batch: creations and look-ups go last but are no less part of it."""
        for wanted, (creation, dependants) in self.creations.items():
            self.operations.append(
                Planned(
                    operation=msgspec.structs.replace(creation, id=self.next_id()),
                    subject=wanted.kind,
                    name=creation.record.full_name,
                    dependants=tuple(dependants),
                )
            )
        for kind, wanted_numbers in self.numbers.items():
            for start in range(0, len(wanted_numbers), NUMBERS_PER_FIND):
                part = wanted_numbers[start : start + NUMBERS_PER_FIND]
                self.operations.append(
                    Planned(
                        operation=FindDocument(
                            id=self.next_id(),
                            kind=kind,
                            numbers=tuple(number for number, _ in part),
                        ),
                        subject=kind,
                        dependants=tuple(transfer for _, transfer in part),
                    )
                )
        return Plan(operations=tuple(self.operations), transfers=tuple(self.transfers))

    def move(self, work: Work, event: Event, refusal: Refusal | None = None) -> Transfer:
        moved = advance(work.transfer, event, self.now, refusal=refusal)
        self.transfers.append(moved)
        return moved

    def ask_about(self, unknown: Sequence[Work]) -> None:
        """Ask what became of writes that were never answered."""
        for work in unknown:
            assert work.transfer.state is State.UNKNOWN
            kind, number = work.flow.target, work.transfer.target_number
            if number is not None:
                self.numbers_in_use.add((kind, number))
                if self._fits_number(kind):
                    moved = self.move(work, Event.ASKED)
                    self.numbers.setdefault(kind, []).append((number, moved.id))
            elif self.room() > 0:
                moved = self.move(work, Event.ASKED)
                self.operations.append(
                    Planned(
                        operation=FindDocument(
                            id=self.next_id(),
                            kind=kind,
                            key=moved.key,
                            since=moved.released_at,
                        ),
                        subject=kind,
                        transfer=moved.id,
                    )
                )

    def add(self, each: Draft) -> None:
        """Add what this transfer needs next, if there is room for it."""
        work = each.work
        if each.refusal is not None or each.translated is None:
            assert each.refusal is not None, "a draft is a translation or a refusal"
            self.move(work, Event.DECLINED, each.refusal)
            return
        if self._number_in_use(work):
            self._distrust_number(work)
            return
        resolved = self._resolve(each, each.translated)
        if isinstance(resolved, Refusal):
            self.move(work, Event.DECLINED, resolved)
        elif not isinstance(resolved, Document):
            self._match(work, resolved)
        elif work.must_check_number:
            self._match(work, {})
        elif self.room() > self._kept_for_look_up(work):
            self._write(work, resolved)

    def _kept_for_look_up(self, work: Work) -> int:
        """Keep one operation free to look up the next batch's numbers beside these writes.

        Without it, batches that write and batches that look up would take turns.
        """
        looks_up = work.checked_number is not None and not self.numbers.get(work.flow.target)
        return int(looks_up and self.target.batch_size > 1)

    def _number_in_use(self, work: Work) -> bool:
        """Whether an earlier transfer is about to use the same number, which must be free."""
        number = work.checked_number
        if number is None:
            return False
        used = work.flow.target, number
        if used in self.numbers_in_use:
            return True
        self.numbers_in_use.add(used)
        return False

    def _distrust_number(self, work: Work) -> None:
        """Have the number looked up again: it was free before the earlier transfer used it."""
        if work.transfer.number_is_free:
            self.transfers.append(msgspec.structs.replace(work.transfer, number_is_free=False))

    def _match(self, work: Work, missing: Mapping[Lookup, CreateRecord]) -> None:
        """Order the records it lacks, and look its number up, as far as there is room."""
        kind = work.flow.target
        new = [wanted for wanted in missing if wanted not in self.creations]
        # A number is looked up together with the last records, right before it is used.
        number = work.checked_number if self._fits_number(kind, beside=len(new)) else None
        left_out = set(new[max(self.room(), 0) :]) if number is None else set()
        fitting = {
            wanted: creation for wanted, creation in missing.items() if wanted not in left_out
        }
        if number is None and not fitting:
            return
        moved = msgspec.structs.replace(
            advance(work.transfer, Event.MATCH_SENT, self.now), number_is_free=False
        )
        if number is not None:
            moved = msgspec.structs.replace(moved, target_number=number)
            self.numbers.setdefault(kind, []).append((number, moved.id))
        self.transfers.append(moved)
        for wanted, creation in fitting.items():
            _, dependants = self.creations.setdefault(wanted, (creation, []))
            dependants.append(moved.id)

    def _write(self, work: Work, document: Document) -> None:
        operation = CreateDocument(
            id=self.next_id(),
            kind=work.flow.target,
            document=document,
            key=work.transfer.key,
        )
        refusal = self.target.check(operation, work.settings)
        if refusal is not None:
            self.move(work, Event.DECLINED, refusal)
            return
        self.transfers.append(
            msgspec.structs.replace(
                advance(work.transfer, Event.WRITE_SENT, self.now),
                target_number=document.number,
                sent_fingerprint=work.fingerprint,
                settings_version=work.settings_version,
            )
        )
        self.operations.append(
            Planned(
                operation=operation,
                subject=work.flow.target,
                name=document.number,
                transfer=work.transfer.id,
            )
        )

    def write_fields(self, follow_ups: Sequence[FollowUp]) -> None:
        """Write custom fields into whatever room is left."""
        for follow_up in follow_ups[: max(self.room(), 0)]:
            self.operations.append(
                Planned(
                    operation=WriteField(
                        id=self.next_id(),
                        kind=follow_up.kind,
                        document_id=follow_up.document_id,
                        name=follow_up.name,
                        value=follow_up.value,
                    ),
                    subject=follow_up.kind,
                    name=follow_up.name,
                    follow_up=follow_up.id,
                )
            )

    def _resolve(
        self, each: Draft, translated: Translated
    ) -> Document | Refusal | dict[Lookup, CreateRecord]:
        """Give the document with ids, or the records it lacks, or why it cannot go."""
        found: dict[Lookup, Reference] = {}
        missing: dict[Lookup, CreateRecord] = {}
        for wanted, (where, name) in each.names.items():
            entry = find(wanted, each.work.choices, self.knowledge, self.target)
            if isinstance(entry, Entry):
                found[wanted] = Reference(entry.full_name, entry.id)
                continue
            link = each.work.transfer.link
            made = self.made.get((link, wanted)) or self._make(
                each, translated, where, wanted, name
            )
            if isinstance(made, Refusal):
                return made
            self.made[link, wanted] = missing[wanted] = made
        if missing:
            return missing
        return with_references(translated.document, found.__getitem__)

    def _make(
        self, each: Draft, translated: Translated, where: str, wanted: Lookup, name: str
    ) -> CreateRecord | Refusal:
        """Make the record that is missing, or say why it cannot be had."""
        work, target = each.work, self.target
        fit = match(
            wanted.kind,
            self.knowledge.entries.get(wanted.key, ()),
            lists_share_names=target.lists_share_names,
        )
        if fit.fit is not Fit.ABSENT:
            return _unfit(fit.fit, fit.entries, where, wanted, name, target)
        origin = translated.origins.get((wanted.kind, name), name)
        needs = ((wanted.kind, origin),)
        context = context_of(work, needs, self.knowledge.origins, target, self.now)
        record = work.translator.new_record(wanted.kind, name, origin, context)
        if isinstance(record, Refusal):
            return msgspec.structs.replace(record, where=record.where or where)
        if record is None:
            return refuse(
                "record-unknown",
                where=where,
                value=name,
                kind=wanted.kind.words,
                target=target.name,
                setting=work.translator.creation_setting(wanted.kind) or "",
            )
        fold = fold_of(work, target)
        if fold is not None:
            record = fold_texts(record, fold)
        problem = self._unnameable(record, wanted, where)
        if problem is not None:
            return problem
        creation = CreateRecord(
            id="0",
            kind=wanted.kind,
            record=self._below_parent(record, wanted.kind),
            key=self.new_key(),
        )
        return target.check(creation, work.settings) or creation

    def _unnameable(self, record: ListRecord, wanted: Lookup, where: str) -> Refusal | None:
        """Say why the target could not hold a record of that name."""
        name = record.full_name
        own_name = name
        if self.target.has_hierarchy and ":" in name:
            parent, _, own_name = name.rpartition(":")
            if not own_name.strip() or self._parent(wanted.kind, parent) is None:
                return refuse(
                    "name-has-colon",
                    where=where,
                    value=name,
                    kind=wanted.kind.words,
                    target=self.target.name,
                )
        limit = self.target.name_length_max.get(wanted.kind)
        if limit is not None and len(own_name.strip()) > limit:
            return refuse(
                "name-too-long",
                where=where,
                value=name,
                kind=wanted.kind.words,
                length=len(own_name.strip()),
                limit=limit,
                target=self.target.name,
            )
        return None

    def _below_parent(self, record: ListRecord, kind: RecordKind) -> ListRecord:
        """Put the record below its parent, whose name is spelled as the target does."""
        parent_name, colon, own_name = record.full_name.rpartition(":")
        if not self.target.has_hierarchy or not colon:
            return record
        parent = self._parent(kind, parent_name)
        assert parent is not None, "a name without a parent is refused first"
        name = own_name.strip()
        return msgspec.structs.replace(record, name=name, full_name=f"{parent.full_name}:{name}")

    def _parent(self, kind: RecordKind, name: str) -> Entry | None:
        wanted = lookup(kind, name)
        fit = match(
            kind,
            self.knowledge.entries.get(wanted.key, ()),
            lists_share_names=self.target.lists_share_names,
        )
        return fit.entries[0] if fit.fit is Fit.FOUND else None


def _unfit(
    fit: Fit, entries: Sequence[Entry], where: str, wanted: Lookup, name: str, target: Target
) -> Refusal:
    """Make the refusal of a name that fits no record it could be booked on."""
    kind = wanted.kind.words
    if fit is Fit.INACTIVE:
        return refuse("record-inactive", where=where, value=name, kind=kind, target=target.name)
    if fit is Fit.TAKEN:
        return refuse(
            "name-taken",
            where=where,
            value=name,
            kind=kind,
            other=entries[0].kind.words,
            target=target.name,
        )
    assert fit is Fit.AMBIGUOUS
    found = ", ".join(f"{entry.full_name} ({entry.id})" for entry in entries)
    return refuse(
        "record-ambiguous", where=where, value=name, kind=kind, found=found, target=target.name
    )
