"""Drafts: waiting documents, translated under their links' settings.

The first of planning's steps.  A draft's references bear the target's names; which names
have to be looked up, and which of the source's own records a missing one is made from,
is said here, so that the caller can look them all up in a few queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeVar

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    ListRecord,
    Reason,
    RecordKind,
    Reference,
    Refusal,
    composed,
    decode,
    encode,
    name_key,
    reason,
    refuse,
)
from counterfoil.settings import OPTIONS, Settings, UnholdableCharacters
from counterfoil.translate import TRANSLATORS, Context, OrderThere, Translated, Translator

from .admission import mistake
from .correcting import Correction, corrected
from .deciding import Wish, Write
from .matching import (
    Entry,
    Fit,
    Lookup,
    NameChoice,
    lookup,
    match,
    parents_of,
    references,
    with_references,
)
from .numbering import Claim, counts_within_vendor
from .ordering import (
    Coming,
    ComingOrder,
    Follower,
    LandedOrder,
    NoOrder,
    OrderStanding,
    order_there,
)
from .standpoint import Standpoint
from .target import Currencies, Target
from .transfers import Landing, OrderSeen, Transfer

__all__ = [
    "LIST_UNREAD",
    "Currencies",
    "Draft",
    "Knowledge",
    "Target",
    "Work",
    "context_of",
    "draft",
    "find",
    "fold_texts",
    "inactive_entries",
    "inactive_entry",
    "missing_names",
    "names_of",
    "our_mistake",
    "renamed",
    "sources_of",
    "spelling",
    "uncorrected",
    "waits_for_list",
]

LIST_UNREAD: Final = "list-unread"
"""Why a document waits: a list that it depends on could not be read."""

_AnyStruct = TypeVar("_AnyStruct", bound=msgspec.Struct)

# By the word that a transfer bears: asked for ten times per document.
_TRANSLATORS: Final = {name.value: translator for name, translator in TRANSLATORS.items()}


class Work(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A transfer that waits, with everything of its link and source that planning needs.

    Attributes:
        at: What is known about it: source, rules, pairing.
        marks: Of its generations, the newest first, as marks are compared.
        choices: What people of this link decided about names of the target.
        landed: A document of the target that bears one of its marks, ``None``: none was
            read.
        order: Where the order stands that it is to be linked to; ``None``: to none.
        followers: Documents of ours there that fulfil it; told of what is to be taken out.
        coming: What is still to fulfil it there; told of an order that is to be closed.
    """

    transfer: Transfer
    at: Standpoint
    settings_version: int
    marks: tuple[str, ...]
    choices: Mapping[Lookup, NameChoice] = {}
    landed: Landing | None = None
    order: OrderStanding | None = None
    followers: tuple[Follower, ...] = ()
    coming: Coming | None = None

    @property
    def document(self) -> Document:
        """The source document as last seen."""
        return self.at.document

    @property
    def settings(self) -> Settings:
        """Of its link."""
        return self.at.link.settings

    @property
    def translator(self) -> Translator:
        """The rules of its flow."""
        return _TRANSLATORS[self.transfer.flow]

    @cached_property
    def target_kind(self) -> DocumentKind:
        """What it is, or shall become, in the target."""
        if self.at.pairing is not None:
            return self.at.pairing.target_kind
        if self.transfer.wish is Wish.REPLACE:
            # What took its place may be of another kind than what was taken out.
            return self.transfer.target_kind
        return self.translator.target_kind(self.document, self.settings)

    @property
    def key(self) -> str:
        """The mark its document bears, or shall bear, as it is written."""
        return self.transfer.key or "{" + self.marks[0] + "}"

    @cached_property
    def wanted_number(self) -> str | None:
        """The number it shall have in the target, as source and settings say now.

        What was decided before counts only where it is the way out of a number that was
        taken: an order that got another number at its source is sent under that one.  What a
        person corrected comes before both.
        """
        correction = self.transfer.correction
        if correction is not None and correction.number is not None:
            return composed(correction.number)
        number = self.translator.number(self.document, self.transfer.part, self.settings)
        number = None if number is None else composed(number)
        decided = self.transfer.target_number
        if number is None or decided in (None, number):
            return number
        other = self.translator.other_number(number, self.settings)
        return decided if decided == other else number

    @property
    def may_repeat_number(self) -> bool:
        """Whether its number may be one that the target has already, of a bill one of ours."""
        is_ours = self.wanted_number is not None
        return is_ours and not self.translator.must_check_number(self.settings)

    @property
    def claim(self) -> Claim:
        """On what terms it shall bear its number, as far as that is known of itself."""
        return Claim(repeats=self.may_repeat_number)

    @cached_property
    def checked_number(self) -> str | None:
        """The number that has to be free in the target; ``None``: none has to be.

        That of a bill has to be in any case: where it may repeat, then only among ours.
        """
        is_to_be_free = self.translator.must_check_number(self.settings)
        if not is_to_be_free and not counts_within_vendor(self.target_kind):
            return None
        pairing, number = self.at.pairing, self.wanted_number
        if self.transfer.write is Write.CREATE:
            return number
        # An update keeps the number it has, unless its source bears another one by now.
        is_update = self.transfer.write is Write.UPDATE and not self.only_closes
        is_new = is_update and pairing is not None and number != pairing.number
        return number if is_new else None

    @cached_property
    def needs(self) -> Sequence[tuple[RecordKind, str]]:
        """The source's records that translating it reads."""
        return self.translator.needs(self.document, self.settings)

    @property
    def only_closes(self) -> bool:
        """Whether its update closes the document and changes nothing else."""
        if self.transfer.write is not Write.UPDATE:
            return False
        return self.at.is_withdrawn or self.at.facts(self.transfer).ends

    def order_read(self, now: datetime) -> OrderSeen | None:
        """The order that it is to be linked to, as it was read a moment ago."""
        seen = self.transfer.order_seen
        is_it = isinstance(self.order, LandedOrder) and seen is not None and seen.is_fresh(now)
        return seen if is_it else None

    def must_read_order(self, now: datetime) -> bool:
        """Whether its order has to be read before it can be told what it becomes."""
        is_new = self.transfer.write is Write.CREATE and self.landed is None
        return is_new and isinstance(self.order, LandedOrder) and self.order_read(now) is None

    @property
    def awaits(self) -> bool:
        """Whether its order has to come first."""
        is_new = self.transfer.write is Write.CREATE and self.landed is None
        return is_new and isinstance(self.order, ComingOrder)

    @property
    def must_check_number(self) -> bool:
        """Whether the number has to be looked up before the document is written."""
        number = self.checked_number
        is_free = self.transfer.is_checked and self.transfer.target_number == number
        return number is not None and not is_free


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A translated document, its names not yet looked up; or why there is none.

    A draft without translation and refusal needs none: the document is only closed, or
    taken out.

    Attributes:
        waits: Why it cannot be told yet what it becomes.
        names: What has to be looked up -> where it first stands in the document, and the
            name as written there.
    """

    work: Work
    translated: Translated | None = None
    refusal: Refusal | None = None
    waits: Reason | None = None
    names: Mapping[Lookup, tuple[str, str]] = {}


class Knowledge(msgspec.Struct, frozen=True, kw_only=True):
    """What the look-ups brought.

    Attributes:
        entries: Look-up key -> all entries of the target with that name.
        origins: The source's records, by link, kind and the name the source uses.
        unread: Lists of the target that could not be read, with the sentence that says so.
        origins_unread: The same of the source's lists, by link.
        inactive: The target's records that are inactive and that a draft names, by kind and
            identity.
    """

    entries: Mapping[str, Sequence[Entry]]
    origins: Mapping[tuple[int, RecordKind, str], ListRecord] = {}
    unread: Mapping[RecordKind, str] = {}
    origins_unread: Mapping[tuple[int, RecordKind], str] = {}
    inactive: Mapping[tuple[RecordKind, str], ListRecord] = {}


def sources_of(works: Iterable[Work]) -> set[tuple[int, RecordKind, str]]:
    """Name the source's records that translating will read: (link, kind, name)."""
    return {
        (work.transfer.link, kind, name)
        for work in works
        if _is_translated(work)
        for kind, name in _needs(work)
    }


def _needs(work: Work) -> Sequence[tuple[RecordKind, str]]:
    try:
        return work.needs
    except Exception:  # noqa: BLE001 - drafting fails the same way, and refuses this one document
        return ()


def _is_translated(work: Work) -> bool:
    """Whether what is written is made from the source as it is now."""
    is_gone = work.transfer.write is Write.VOID or work.at.is_withdrawn
    return not is_gone and not work.only_closes


def draft(
    work: Work,
    records: Mapping[tuple[int, RecordKind, str], ListRecord],
    target: Target,
    now: datetime,
) -> Draft:
    """Translate one waiting document; whatever fails stops this one alone."""
    if not _is_translated(work) or work.awaits or work.must_read_order(now):
        return Draft(work=work)
    try:
        return _draft(work, records, target, now)
    except Exception as error:  # noqa: BLE001 - a mistake of ours stops one document, not all
        return Draft(work=work, refusal=our_mistake(work, error))


def our_mistake(work: Work, error: Exception) -> Refusal:
    """Refuse one document over a mistake of ours, with what support needs to find it.

    Of the document only its kind as recorded is used: reading it may be what failed.
    """
    kind = work.transfer.target_kind
    return refuse("our-mistake", document=kind.words, detail=mistake(error))


def _draft(
    work: Work,
    records: Mapping[tuple[int, RecordKind, str], ListRecord],
    target: Target,
    now: datetime,
) -> Draft:
    number = work.wanted_number
    kind = work.target_kind
    limit = target.number_length_max.get(kind)
    if number is not None and limit is not None and len(number) > limit:
        return Draft(work=work, refusal=_number_too_long(work, number, limit, target))
    needs = work.needs
    if isinstance(work.order, NoOrder) and work.transfer.write is Write.CREATE:
        refusal = _without_order(work, work.order, target)
        if refusal is not None:
            return Draft(work=work, refusal=refusal)
    context = context_of(work, needs, records, target, now)
    result = work.translator.translate(work.document, number, context)
    if isinstance(result, Refusal):
        return Draft(work=work, refusal=result)
    if work.transfer.correction is not None:
        result = _corrected(result, work.transfer.correction)
    translated = renamed(_folded(result, work, target), work.choices)
    names: dict[Lookup, tuple[str, str]] = {}
    for where, wanted, name in references(translated.document):
        names.setdefault(wanted, (where, name))
    return Draft(work=work, translated=translated, names=names)


def uncorrected(
    work: Work,
    records: Mapping[tuple[int, RecordKind, str], ListRecord],
    target: Target,
    now: datetime,
) -> Document | None:
    """Give the document as source and settings alone say it; ``None``: it cannot be told now."""
    if not _is_translated(work) or work.awaits or work.must_read_order(now):
        return None
    try:
        context = context_of(work, work.needs, records, target, now)
        result = work.translator.translate(work.document, work.wanted_number, context)
    except Exception:  # noqa: BLE001 - drafting fails the same way, and refuses this one document
        return None
    return None if isinstance(result, Refusal) else result.document


def _corrected(translated: Translated, correction: Correction) -> Translated:
    """Let a person's word stand in place of the source's.

    What stands in place of an item is counted as the source counts that item.
    """
    origins = dict(translated.origins)
    for each in correction.fields:
        if each.field == "item" and (origin := origins.get((RecordKind.ITEM, each.was))):
            origins.setdefault((RecordKind.ITEM, each.value), origin)
    document = corrected(translated.document, correction)
    return msgspec.structs.replace(translated, document=document, origins=origins)


def _without_order(work: Work, order: NoOrder, target: Target) -> Refusal | None:
    """Refuse what must not go without its order."""
    if work.translator.may_go_unlinked(work.settings):
        return None
    return refuse(
        "order-not-there",
        where="order_id",
        value=work.transfer.number,
        document=work.target_kind.words,
        order=order.words,
        target=target.name,
        why=order.why,
        setting=f"{work.transfer.flow}.order_missing",
    )


def names_of(drafts: Iterable[Draft], target: Target) -> set[str]:
    """Give the keys of all names that the drafts mention, of the levels above them, and of the
    names under which records would be created.
    """
    keys: set[str] = set()
    for each in drafts:
        if target.refers_by_id:
            keys |= {name_key(name) for name in _accounts_of_new(each.work)}
        spell = spelling(each.work.settings, target)
        for wanted, (_where, name) in (*each.names.items(), *_alternative_names(each)):
            spelled = {wanted.key} if spell is composed else {wanted.key, name_key(spell(name))}
            for key in spelled:
                keys.add(key)
                if ":" in key:
                    keys.update(parents_of(key))
    return keys


def _accounts_of_new(work: Work) -> tuple[str, ...]:
    """Name the accounts on which records would be booked that are made for it."""
    try:
        return work.translator.new_accounts(work.settings)
    except Exception:  # noqa: BLE001 - drafting fails the same way, and refuses this one document
        return ()


def _alternative_names(each: Draft) -> Iterator[tuple[Lookup, tuple[str, str]]]:
    alternatives = each.translated.alternatives if each.translated else {}
    for (kind, _name), other in alternatives.items():
        yield lookup(kind, other), ("", other)


def missing_names(
    drafts: Iterable[Draft], knowledge: Knowledge, target: Target
) -> set[tuple[int, RecordKind, str]]:
    """Name the source's records for what the target lacks: (link, kind, source's name)."""
    missing: set[tuple[int, RecordKind, str]] = set()
    for each in drafts:
        if each.translated is None:
            continue
        for wanted, (_where, name) in each.names.items():
            found = find(wanted, each.work.choices, knowledge, target)
            if found is Fit.ABSENT:
                origin = each.translated.origins.get((wanted.kind, name), name)
                missing.add((each.work.transfer.link, wanted.kind, origin))
    return missing


def inactive_entries(
    drafts: Iterable[Draft], knowledge: Knowledge, target: Target
) -> set[tuple[RecordKind, str]]:
    """Name the target's inactive records that drafts mean: (kind, identity)."""
    found: set[tuple[RecordKind, str]] = set()
    for each in drafts:
        for wanted in each.names:
            entry = inactive_entry(wanted, each.work.choices, knowledge, target)
            if entry is not None:
                found.add((entry.kind, entry.id))
    return found


def inactive_entry(
    wanted: Lookup,
    choices: Mapping[Lookup, NameChoice],
    knowledge: Knowledge,
    target: Target,
) -> Entry | None:
    """Give the one inactive record that a name means; ``None``: none, or several, are meant."""
    if find(wanted, choices, knowledge, target) is not Fit.INACTIVE:
        return None
    choice = choices.get(wanted)
    if choice is not None and choice.record is not None:
        return choice.record
    named = knowledge.entries.get(wanted.key, ())
    own = [entry for entry in named if entry.kind is wanted.kind]
    return own[0] if len(own) == 1 else None


def waits_for_list(each: Draft, knowledge: Knowledge, target: Target) -> Reason | None:
    """Say which list a draft has to wait for: one that could not be read, and that may hold
    what the draft does not find; ``None``: it waits for none.

    A list that was not read is no empty list, so neither may the document be refused for a
    name, nor may anything be created.  Of the lists that share their names only the one asked
    for counts: whether another holds the name, the target says itself.
    """
    if each.work.landed is not None or not _is_translated(each.work):
        return None
    return _waits_for_origin(each, knowledge) or _waits_for_record(each, knowledge, target)


def _waits_for_origin(each: Draft, knowledge: Knowledge) -> Reason | None:
    link = each.work.transfer.link
    wanted = list(_needs(each.work))
    origins = each.translated.origins if each.translated else {}
    for (kind, key), (_where, name) in each.names.items():
        if not knowledge.entries.get(key):
            wanted.append((kind, origins.get((kind, name), name)))
    for kind, name in wanted:
        problem = knowledge.origins_unread.get((link, kind))
        if problem is not None and (link, kind, name) not in knowledge.origins:
            return reason(LIST_UNREAD, problem=problem)
    return None


def _waits_for_record(each: Draft, knowledge: Knowledge, target: Target) -> Reason | None:
    for wanted in each.names:
        problem = knowledge.unread.get(wanted.kind)
        if problem is not None and not isinstance(
            find(wanted, each.work.choices, knowledge, target), Entry
        ):
            return reason(LIST_UNREAD, problem=problem)
    return None


def find(
    wanted: Lookup,
    choices: Mapping[Lookup, NameChoice],
    knowledge: Knowledge,
    target: Target,
) -> Entry | Fit:
    """Give the entry that a name means, or why there is none: people's choices first."""
    choice = choices.get(wanted) if choices else None
    if choice is not None and choice.record is not None:
        return choice.record if choice.record.is_active else Fit.INACTIVE
    if choice is not None and choice.create_as is None:
        return Fit.GONE
    named = knowledge.entries.get(wanted.key, ())
    if len(named) == 1 and named[0].kind is wanted.kind and named[0].is_active:
        return named[0]  # what ``match`` says, too; nearly every name takes this way
    fit = match(wanted.kind, named, lists_share_names=target.lists_share_names)
    return fit.entries[0] if fit.fit is Fit.FOUND else fit.fit


def _folded(translated: Translated, work: Work, target: Target) -> Translated:
    """Spell the document's texts as the target keeps them, its names left as they are."""
    spell = spelling(work.settings, target)
    if spell is composed and encode(translated.document).isascii():
        return translated  # nearly every document takes this way
    return msgspec.structs.replace(translated, document=fold_texts(translated.document, spell))


def spelling(settings: Settings, target: Target) -> Callable[[str], str]:
    """Give what spells every text, name and number that is written to the target.

    Letters are composed without asking, for nothing visible changes; characters the target
    cannot keep are replaced where the settings want it.
    """
    fold = target.fold
    if fold is None or settings.general.unholdable_characters is not UnholdableCharacters.REPLACE:
        return composed
    return lambda text: fold(composed(text))


def fold_texts(shape: _AnyStruct, fold: Callable[[str], str]) -> _AnyStruct:
    """Give the shape with every text folded.

    References stay: replacing characters never makes a match.  ``ŁUK`` is not ``LUK``; it
    may be created under that name, and a person may say that it is that record.
    """

    def folded(value: Any) -> Any:
        if isinstance(value, Reference | Enum):
            return value
        match value:
            case str():
                return fold(value)
            case tuple():
                return tuple([folded(each) for each in value])
            case msgspec.Struct():
                return fold_texts(value, fold)
            case _:
                return value

    changes = {field: folded(getattr(shape, field)) for field in shape.__struct_fields__}
    return msgspec.structs.replace(shape, **changes)


def renamed(translated: Translated, choices: Mapping[Lookup, NameChoice]) -> Translated:
    """Put the names that people chose in place of those that the source uses."""
    if not choices:
        return translated
    renamed = {
        wanted: choices[wanted].create_as
        for _where, wanted, _name in references(translated.document)
        if wanted in choices and choices[wanted].create_as
    }
    if not renamed:
        return translated
    origins = dict(translated.origins)
    for (kind, name), origin in translated.origins.items():
        new_name = renamed.get(lookup(kind, name))
        if new_name:
            origins[kind, new_name] = origin
    names = {
        wanted: Reference(renamed.get(wanted) or name)
        for _where, wanted, name in references(translated.document)
    }
    return msgspec.structs.replace(
        translated,
        document=with_references(translated.document, names.__getitem__),
        origins=origins,
    )


def context_of(
    work: Work,
    needs: Iterable[tuple[RecordKind, str]],
    records: Mapping[tuple[int, RecordKind, str], ListRecord],
    target: Target,
    now: datetime,
) -> Context:
    """Give what a translation of this document knows besides it."""
    link = work.transfer.link
    own = {
        (kind, name): records[link, kind, name]
        for kind, name in needs
        if (link, kind, name) in records
    }
    return Context(
        settings=work.settings,
        today=_day_of(work, now),
        records=own,
        target=target.name,
        is_update=work.transfer.write is Write.UPDATE,
        order=_order_of(work, now),
        kind=work.target_kind,
        name_length_max=target.name_length_max,
        field_length_max=target.field_length_max,
        linked_lines_are_whole=target.linked_lines_are_whole,
        purchases_need_expense=target.purchases_need_expense,
        keeps_sites=target.keeps_sites,
    )


def _order_of(work: Work, now: datetime) -> OrderThere | None:
    seen = work.order_read(now)
    if seen is None or not isinstance(work.order, LandedOrder):
        return None
    return order_there(work.order, seen)


def _day_of(work: Work, now: datetime) -> date:
    """Give the company's day at which it is sent; what was sent before keeps its day."""
    pairing = work.at.pairing
    if pairing is not None and pairing.seen is not None and work.transfer.write is Write.UPDATE:
        day = getattr(decode(pairing.target_kind, pairing.seen), "created_on", None)
        if isinstance(day, date):
            return day
    return work.settings.local_date(now)


def _number_too_long(work: Work, number: str, limit: int, target: Target) -> Refusal:
    setting = f"{work.transfer.flow}.document_number"
    return refuse(
        "number-too-long",
        where="number",
        value=number,
        length=len(number),
        limit=limit,
        target=target.name,
        setting=setting if setting in OPTIONS else "",
    )
