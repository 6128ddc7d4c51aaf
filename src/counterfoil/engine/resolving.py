"""Names resolved: the records that a draft's document refers to, or those it lacks.

Nothing is ever booked on somebody with a similar name.  What people chose comes first; then
the exact rules of ``matching``.  A record that is missing is made from the source's own,
where the settings allow it and the target could keep its name.  One that is inactive is made
active where a person wants it so for this document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import (
    Customer,
    Document,
    Item,
    ListRecord,
    RecordKind,
    Reference,
    Refusal,
    Vendor,
    composed,
    name_key,
    refuse,
)
from counterfoil.settings import with_values
from counterfoil.translate import Context, Translated

from .drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    context_of,
    find,
    fold_texts,
    inactive_entry,
    spelling,
)
from .matching import (
    SHARED_NAMES,
    Entry,
    Fit,
    Lookup,
    Match,
    NameChoice,
    Paired,
    lookup,
    match,
    parents_of,
    with_references,
)
from .numbering import counts_within_vendor
from .operations import ActivateRecord, CreateRecord

__all__ = ["Needed", "Resolver", "unfit"]

Needed = CreateRecord | ActivateRecord
"""What has to be done to a list before a document can name a record of it."""


class Resolver:
    """Resolves the names of one plan's drafts; lives no longer than the making of one plan.

    Attributes:
        knowledge: What the drafts at hand asked for.
        made: By link and name, the records to be created or made active.
        aliases: Names as documents write them, of records created under another one.
        paired: What records of the source are in the target, as far as they have identities.
    """

    def __init__(self, target: Target, now: datetime, new_key: Callable[[], str]) -> None:
        self.target = target
        self.now = now
        self.new_key = new_key
        self.knowledge = Knowledge(entries={})
        self.made: dict[tuple[int, Lookup], Needed] = {}
        self.aliases: dict[Lookup, str] = {}
        self.paired: dict[tuple[int, RecordKind, str], Paired] = {}

    def resolve(
        self, each: Draft, translated: Translated
    ) -> Document | Refusal | dict[Lookup, Needed]:
        """Give the document with ids, or what its records need first, or why it cannot go."""
        found: dict[Lookup, Reference] = {}
        missing: dict[Lookup, Needed] = {}
        for wanted, (where, name) in each.names.items():
            entry = find(wanted, each.work.choices, self.knowledge, self.target)
            if isinstance(entry, Entry):
                found[wanted] = Reference(entry.full_name, entry.id)
                self._remember(each, translated, wanted, name, entry)
                continue
            if entry is Fit.INACTIVE:
                needed = self._activation(each.work, wanted, where, name)
                if isinstance(needed, Refusal):
                    return needed
                missing[wanted] = self.made.setdefault((each.work.transfer.link, wanted), needed)
                continue
            if entry is not Fit.ABSENT:
                entries = self.knowledge.entries.get(wanted.key, ())
                return unfit(entry, entries, where, wanted.kind, name, self.target)
            link = each.work.transfer.link
            first, called = self._first_missing(each.work, wanted, name)
            made = self.made.get((link, first)) or self._make(
                each, translated, where, first, called
            )
            if isinstance(made, Refusal):
                return made
            self.made[link, first] = missing[first] = made
        if missing:
            return missing
        return with_references(translated.document, found.__getitem__)

    def _activation(
        self, work: Work, wanted: Lookup, where: str, name: str
    ) -> ActivateRecord | Refusal:
        """Have an inactive record made active, if a person wants that and the target lets us.

        Where it could be done, the refusal offers it.
        """
        entry = inactive_entry(wanted, work.choices, self.knowledge, self.target)
        record = None if entry is None else self.knowledge.inactive.get((entry.kind, entry.id))
        refusal = unfit(Fit.INACTIVE, (), where, wanted.kind, name, self.target)
        if record is None:
            return refusal
        operation = ActivateRecord(id="0", kind=wanted.kind, record=record)
        if self.target.check(operation, work.settings) is not None:
            return refusal
        correction = work.transfer.correction
        if correction is not None and correction.may_activate(wanted.kind, record.id):
            return operation
        return unfit(Fit.INACTIVE, (), where, wanted.kind, name, self.target, record)

    def vendor_of(self, each: Draft) -> str | None:
        """Give the identity of the vendor a bill is from; ``None``: no bill, or nobody there."""
        document = None if each.translated is None else each.translated.document
        party = None if document is None else document.party
        if party is None or not counts_within_vendor(each.work.target_kind):
            return None
        wanted = lookup(RecordKind.VENDOR, party.name)
        entry = find(wanted, each.work.choices, self.knowledge, self.target)
        return entry.id if isinstance(entry, Entry) else None

    def _first_missing(self, work: Work, wanted: Lookup, name: str) -> tuple[Lookup, str]:
        """Give what has to be created first: the highest level that is missing, or the name.

        Levels are only made where a sign in the source's own names says so (M14): elsewhere a
        colon stands in a name by mistake.
        """
        if work.settings.general.tilde_levels and self.target.has_hierarchy:
            for level in parents_of(name):
                if self._fit(wanted.kind, level).fit is Fit.ABSENT:
                    return lookup(wanted.kind, level), level
        return wanted, name

    def _remember(
        self, each: Draft, translated: Translated, wanted: Lookup, name: str, entry: Entry
    ) -> None:
        """Keep what a record of the source became that has an identity there (M2)."""
        identity = translated.identities.get((wanted.kind, name))
        if identity is not None:
            paired = Paired(each.work.transfer.link, wanted.kind, identity, name, entry.id)
            self.paired[paired.key] = paired

    def _make(
        self, each: Draft, translated: Translated, where: str, wanted: Lookup, name: str
    ) -> CreateRecord | Refusal:
        """Make the record that is missing, or say why it cannot be had."""
        work, target = each.work, self.target
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
                besides=self._lacking(work, wanted.kind, name, origin, context),
            )
        record = self._spelled(record, wanted, name, work)
        problem = self._unnameable(record, wanted, where) or self._altered(
            record, wanted, where, name, work
        )
        if problem is not None:
            return problem
        posted = self._posted(self._dealing(record, translated.document, name))
        if isinstance(posted, Refusal):
            return posted
        creation = CreateRecord(
            id="0",
            kind=wanted.kind,
            record=self._below_parent(posted, wanted.kind),
            key=self.new_key(),
        )
        return target.check(creation, work.settings) or creation

    def _lacking(
        self, work: Work, kind: RecordKind, name: str, origin: str, context: Context
    ) -> str:
        """Say, at the end of the offer to create it, what it would lack as things are set."""
        setting = work.translator.creation_setting(kind)
        if setting is None:
            return ""
        allowed = with_values(context.settings, {setting: True})
        allowing = msgspec.structs.replace(context, settings=allowed)
        record = work.translator.new_record(kind, name, origin, allowing)
        if not isinstance(record, Refusal):
            return ""
        keys = (choice.arguments.get("setting") for choice in record.choices)
        lacks = next((key for key in keys if key), None)
        return "" if lacks is None else f" (it needs an account, too: {lacks})"

    def _dealing(self, record: ListRecord, document: Document, name: str) -> ListRecord:
        """Give a new customer or vendor the currency of the document that it is made for."""
        currencies, party = self.target.currencies, document.party
        currency = getattr(document, "currency", None)
        is_party = party is not None and party.name == name
        if currencies is None or not currencies.are_several or not is_party or currency is None:
            return record
        if not isinstance(record, Customer | Vendor):
            return record
        return msgspec.structs.replace(record, currency=currency)

    def _posted(self, record: ListRecord) -> ListRecord | Refusal:
        """Name the accounts of a new item as the target does: by identity, where it wants that."""
        if not isinstance(record, Item) or not self.target.refers_by_id:
            return record
        found: dict[str, str] = {}
        for field in _ACCOUNTS:
            name = getattr(record, field)
            if name is None:
                continue
            fit = self._fit(RecordKind.ACCOUNT, name)
            if fit.fit is not Fit.FOUND and not name.isdecimal():
                return self._no_account(fit, name)
            found[field] = fit.entries[0].id if fit.fit is Fit.FOUND else name
        return msgspec.structs.replace(record, **found)

    def _no_account(self, fit: Match, name: str) -> Refusal:
        if fit.fit is not Fit.ABSENT:
            return unfit(fit.fit, fit.entries, "account", RecordKind.ACCOUNT, name, self.target)
        kind = RecordKind.ACCOUNT.words
        target = self.target.name
        return refuse(
            "record-unknown", value=name, kind=kind, target=target, setting="", besides=""
        )

    def _spelled(self, record: ListRecord, wanted: Lookup, name: str, work: Work) -> ListRecord:
        """Spell a new record as the target can keep it."""
        spell = spelling(work.settings, self.target)
        spelled = fold_texts(record, spell)
        if spell is not composed and name_key(spelled.full_name) != wanted.key:
            self.aliases[wanted] = name
        return spelled

    def _altered(
        self, record: ListRecord, wanted: Lookup, where: str, name: str, work: Work
    ) -> Refusal | None:
        """Refuse a name that equals another record's only after characters were replaced.

        The record above it counts, too: what is created below it is booked on it.
        """
        spelled, key = record.full_name, name_key(record.full_name)
        if key == wanted.key:
            return None
        named = self.knowledge.entries.get(key, ())
        fit = match(wanted.kind, named, lists_share_names=self.target.lists_share_names)
        if fit.fit is Fit.ABSENT:
            if not self.target.has_hierarchy or ":" not in spelled:
                return None
            name, spelled = name.rpartition(":")[0], spelled.rpartition(":")[0]
            chosen = work.choices.get(lookup(wanted.kind, name), NameChoice()).record
            meant = name if chosen is None else chosen.full_name
            if name_key(meant) == name_key(spelled):
                return None
        return refuse(
            "name-altered",
            where=where,
            value=name,
            kind=wanted.kind.words,
            found=spelled,
            target=self.target.name,
        )

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
        fit = self._fit(kind, name)
        return fit.entries[0] if fit.fit is Fit.FOUND else None

    def _fit(self, kind: RecordKind, name: str) -> Match:
        named = self.knowledge.entries.get(lookup(kind, name).key, ())
        return match(kind, named, lists_share_names=self.target.lists_share_names)


# Where a new item is booked.
_ACCOUNTS: Final = ("income_account", "expense_account", "asset_account")


def unfit(
    fit: Fit,
    entries: Sequence[Entry],
    where: str,
    wanted: RecordKind,
    name: str,
    target: Target,
    activates: ListRecord | None = None,
) -> Refusal:
    """Make the refusal of a name that fits no record it could be booked on, and is not free.

    Args:
        activates: The record that is inactive and can be made active; ``None``: none can.
    """
    kind = wanted.words
    if fit is Fit.GONE:
        return refuse("chosen-record-gone", where=where, value=name, kind=kind, target=target.name)
    if fit is Fit.INACTIVE:
        return refuse(
            "record-inactive",
            where=where,
            value=name,
            kind=kind,
            target=target.name,
            record="" if activates is None else activates.id,
            record_name="" if activates is None else activates.full_name,
        )
    if fit is Fit.TAKEN:
        others = [entry for entry in entries if entry.kind in SHARED_NAMES]
        return refuse(
            "name-taken",
            where=where,
            value=name,
            kind=kind,
            other=others[0].kind.words,
            target=target.name,
        )
    assert fit is Fit.AMBIGUOUS
    own = [entry for entry in entries if entry.kind is wanted and entry.is_active]
    found = ", ".join(f"{entry.full_name} ({entry.id})" for entry in own)
    return refuse(
        "record-ambiguous", where=where, value=name, kind=kind, found=found, target=target.name
    )
