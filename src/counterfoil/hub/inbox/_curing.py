"""Carrying a cure out, and taking it back.

What a person saw goes with what they ask for: documents that have moved since are left alone, and
the person hears who moved them and how.  So of two who cure one case the second undoes nothing
of the first's, and whoever presses twice does it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec

from counterfoil.documents import RecordKind
from counterfoil.engine.correcting import Activation, Correction
from counterfoil.engine.transfers import OUTCOME_UNCLEAR
from counterfoil.errors import UsageError
from counterfoil.hub import desk, verbs
from counterfoil.hub.desk import Left, NameChoice, Released, Seen
from counterfoil.hub.finding import find_link
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, directory, piles, transfers
from counterfoil.ledger.piles import Heap
from counterfoil.settings import decode_settings, form_fields
from counterfoil.told import Advice

from ._cures import as_day, setting_in_words
from ._shapes import Asks, Case, Cure, CureName

__all__ = ["Asked", "Cured", "Undo", "carry_out", "take_back"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks for.

    Attributes:
        choice: Which cure of the case.
        answer: What they said to what it asks.
        documents: Tokens of those that they chose; empty: all.
        stand: The case as they saw it; empty: as it is now.
    """

    choice: str
    answer: str = ""
    documents: tuple[str, ...] = ()
    stand: str = ""


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """How what was done is taken back.

    Attributes:
        name: What was done.
        link: On which link.
        transfers: With which documents.
        arguments: Whatever else taking it back needs, as it was before.
        actor: Who did it; ``None``: it was kept before that was.
    """

    name: CureName
    link: int
    transfers: tuple[int, ...] = ()
    arguments: dict[str, str] = {}
    actor: str | None = None

    @property
    def needs(self) -> Scope:
        """What somebody has to be allowed to do to take it back: what doing it needs."""
        return Scope.ADMINISTER if self.name is CureName.SET else Scope.OPERATE


class Cured(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        sentence: In one sentence, what was done, or why nothing was.
        is_done: Something was.
        transfers: Which documents moved by it.
        left: Those that are as they were, and why.
        undo: How it is taken back; ``None``: it cannot be.
        number: Under which that is kept; ``None``: it is not.
    """

    sentence: str
    is_done: bool = True
    transfers: tuple[int, ...] = ()
    left: tuple[Left, ...] = ()
    undo: Undo | None = None
    number: int | None = None


class _Order(NamedTuple):
    """A cure to be carried out on documents that are as they were seen."""

    hub: Hub
    case: Case
    cure: Cure
    answer: str
    ids: tuple[int, ...]
    seen: Seen
    actor: str

    @property
    def link(self) -> int:
        assert self.case.link is not None, "documents are of a link"
        return self.case.link


_Done = tuple[Released, str, Undo | None]


def carry_out(hub: Hub, case: Case | None, asked: Asked, actor: str) -> Cured:
    """Carry a cure out on those of a case's documents that are as they were seen.

    Args:
        case: As it is now; ``None``: it is over.

    Raises:
        UsageError: There is no such cure, or what was said does not fit it.
    """
    seen = {} if case is None else _as_seen(hub, case, asked)
    ids = tuple(seen)
    if case is None or not ids:
        return Cured(sentence=_overtaken(hub, case, asked), is_done=False)
    cure = case.cure(asked.choice)
    if cure is None or cure.name is CureName.LOOK:
        known = ", ".join(each.choice for each in case.cures if each.name is not CureName.LOOK)
        raise UsageError(f"{asked.choice!r} is no cure of this. Choose one of: {known}.")
    if cure.is_single and len(ids) > 1:
        raise UsageError(f"“{cure.label}” is one document's: choose one of the {len(ids)}.")
    if cure.name is CureName.EDIT:
        raise UsageError(
            "What it shall say is said field by field.",
            Advice("Say it", f"correct {ids[0]} FIELD=VALUE", f"/transfers/{ids[0]}/correct"),
        )
    order = _Order(hub, case, cure, _answer(cure, asked.answer), ids, seen, actor)
    result, sentence, undo = _CARRIED[cure.name](order)
    verbs.wake(hub, [order.link])
    missed = len(asked.documents) - len(ids) if asked.documents else 0
    moved = f" {missed} of them had moved meanwhile and were left alone." if missed > 0 else ""
    return Cured(
        sentence=sentence + moved,
        is_done=bool(result.released) or undo is not None,
        transfers=result.released,
        left=result.left,
        undo=undo,
    )


def _answer(cure: Cure, given: str) -> str:
    answer = given.strip() or cure.answer
    if cure.asks is None or cure.asks is Asks.REASON or answer:
        return answer
    raise UsageError(_MISSING[cure.asks])


_MISSING: Final[Mapping[Asks, str]] = {
    Asks.RECORD: "Choose which record is meant.",
    Asks.NAME: "Give the name under which it shall be created.",
    Asks.DAY: "Choose a day.",
    Asks.NUMBER: "Give the number that it shall have.",
    Asks.DOCUMENT: "Give the number of the document that it is.",
}


# --- What was seen ------------------------------------------------------------------------


def _as_seen(hub: Hub, case: Case, asked: Asked) -> Seen:
    """Give the documents that are chosen and are as they were seen."""
    if case.pile is None or (not asked.documents and asked.stand not in ("", case.stand)):
        return {}
    with hub.database.reading() as tx:
        members = piles.members(tx, case.pile)
    chosen = set(asked.documents)
    return {
        each.id: each.version
        for each in members
        if not chosen or f"{each.id}.{each.version}" in chosen
    }


def _overtaken(hub: Hub, case: Case | None, asked: Asked) -> str:
    """Say why nothing was done: who was quicker, and with what."""
    told = _last_done(hub, _seen_ids(asked))
    if told is not None:
        return f"Nothing was done twice: {told}"
    if case is None:
        return "Nothing is left to do here: it has been solved meanwhile."
    return "Something has changed since you looked. Look once more, then decide."


def _seen_ids(asked: Asked) -> list[int]:
    """Give documents that the person saw: those chosen, or the first one of all."""
    tokens = asked.documents or (".".join(asked.stand.split(".")[1:2]),)
    heads = (token.partition(".")[0] for token in tokens)
    return [int(head) for head in heads if head.isdigit()]


def _last_done(hub: Hub, ids: Sequence[int]) -> str | None:
    """Say what somebody last did with the first of some documents; ``None``: nobody did."""
    with hub.database.reading() as tx:
        return desk.last_done(tx, ids[0]) if ids else None


# --- The verbs ----------------------------------------------------------------------------


def _tried(order: _Order) -> Released:
    """Try the documents again, all of them on the link that they are of."""
    pile = order.case.pile
    if pile is not None and pile.heap is Heap.FIELDS:
        return desk.retry(order.hub, order.actor, transfer_ids=order.ids, seen=order.seen)
    return desk.press(order.hub, order.link, order.ids, order.actor, seen=order.seen)


def _on_their_way(order: _Order, result: Released) -> str:
    """Say how many are on their way."""
    count = len(result.released) + len(result.waiting)
    noun = order.case.noun if count == order.case.number else "documents"
    if count == 1:
        return f"{_one(order, result)} is on its way to {order.case.target}"
    if not count and result.left:
        return f"Nothing went: {result.left[0].sentence}"
    return f"{count} {noun} are on their way to {order.case.target}"


def _one(order: _Order, result: Released) -> str:
    names = [each.number for each in result.done] or list(result.waiting)
    return names[0] if names else f"1 {order.case.noun.removesuffix('s')}"


def _named(order: _Order, **choice: str) -> _Done:
    known = order.cure.arguments
    kind, name, side = known["kind"], known["name_meant"], known["side"]
    before = desk.name_choice(order.hub, order.link, kind, name, side)
    desk.match_name(
        order.hub,
        order.link,
        kind,
        name,
        order.actor,
        record=choice.get("record"),
        create_as=choice.get("create_as"),
        side=side,
    )
    made = desk.name_choice(order.hub, order.link, kind, name, side)
    result = _tried(order)
    arguments = {"kind": kind, "name": name, "side": side}
    arguments |= _kept(before) | _kept(made, _MADE)
    undo = Undo(
        name=order.cure.name, link=order.link, transfers=result.released, arguments=arguments
    )
    return result, f"{_on_their_way(order, result)} as “{order.answer}”.", undo


_MADE: Final = "made_"


def _kept(choice: NameChoice, prefix: str = "") -> dict[str, str]:
    """Give a decision as what takes it back is told."""
    told = msgspec.to_builtins(choice)
    return {f"{prefix}{key}": value for key, value in told.items() if value is not None}


def _choice_in(arguments: Mapping[str, str], prefix: str = "") -> NameChoice:
    return NameChoice(arguments.get(f"{prefix}record"), arguments.get(f"{prefix}create_as"))


def _use_record(order: _Order) -> _Done:
    return _named(order, record=order.answer)


def _create_as(order: _Order) -> _Done:
    return _named(order, create_as=order.answer)


def _set(order: _Order) -> _Done:
    setting, value = order.cure.arguments["setting"], order.cure.arguments["value"]
    before = _set_before(order, setting)
    made = desk.set_settings(order.hub, order.link, [f"{setting}={value}"], order.actor)
    # Other settings let all that stopped be looked at anew: it is as nobody has seen it.
    result = _tried(order._replace(seen={}))
    undo = Undo(
        name=CureName.SET,
        link=order.link,
        transfers=result.released,
        arguments={"setting": setting, "value": before, "version": str(made)},
    )
    name, now = setting_in_words(order.cure.arguments)
    return result, f"“{name}” is “{now}” now. {_on_their_way(order, result)}.", undo


def _set_before(order: _Order, setting: str) -> str:
    """Give what a setting is now, as people type it."""
    with order.hub.database.reading() as tx:
        _version, stored = connections.settings(tx, order.link)
    section = setting.partition(".")[0]
    fields = form_fields(section, decode_settings(stored).settings)
    return next(each.text for each in fields if each.key == setting)


def _adopt(order: _Order) -> _Done:
    consents = order.cure.arguments.get("consent") == "true"
    made = desk.adopt(
        order.hub, order.ids[0], order.answer, order.actor, consent=consents, seen=order.seen
    )
    undo = Undo(name=CureName.ADOPT, link=order.link, transfers=order.ids)
    return Released(released=order.ids), made.sentence, undo


def _corrected(order: _Order, correction: Correction, words: str) -> _Done:
    with order.hub.database.reading() as tx:
        stood = {
            _SAID_BEFORE.format(id=each.transfer.id): _encoded(each.transfer.correction)
            for each in transfers.load(tx, order.ids)
            if each.transfer.correction is not None
        }
    result = desk.correct(order.hub, order.ids, correction, order.actor, seen=order.seen)
    tried = desk.press(order.hub, order.link, result.released, order.actor)
    undo = Undo(
        name=order.cure.name,
        link=order.link,
        transfers=result.released,
        arguments={**order.cure.arguments, **stood, _SAID: _encoded(correction)},
    )
    both = msgspec.structs.replace(tried, left=(*result.left, *tried.left))
    return both, f"{_on_their_way(order, tried)} {words}.", undo


_SAID: Final = "said"
_SAID_BEFORE: Final = "said_before_{id}"


def _encoded(correction: Correction) -> str:
    """Write a correction as what takes it back is told."""
    return msgspec.json.encode(correction).decode()


def _uncorrected(hub: Hub, undo: Undo, actor: str) -> Released:
    """Let documents say what they said before a cure, unless somebody was there since.

    Raises:
        UsageError: None of them does.
    """
    before = {
        id_: msgspec.json.decode(undo.arguments[key], type=Correction)
        for id_ in undo.transfers
        if (key := _SAID_BEFORE.format(id=id_)) in undo.arguments
    }
    made = msgspec.json.decode(undo.arguments[_SAID], type=Correction)
    result = desk.uncorrect(hub, undo.transfers, made, actor, before=before)
    if not result.released:
        raise UsageError(_too_late(result))
    return result


def _date(order: _Order) -> _Done:
    try:
        day = date.fromisoformat(order.answer)
    except ValueError as error:
        raise UsageError(f"{order.answer!r} is no day. Write it as 2026-11-01.") from error
    return _corrected(order, Correction(day=day), f"dated {as_day(day)}")


def _number(order: _Order) -> _Done:
    return _corrected(order, Correction(number=order.answer), f"as {order.answer}")


def _activate(order: _Order) -> _Done:
    known = order.cure.arguments
    record = Activation(
        kind=RecordKind(known["kind"]), id=known["record"], name=known["name_meant"]
    )
    words = f"once {record.name} is active there"
    return _corrected(order, Correction(activates=(record,)), words)


def _retry(order: _Order) -> _Done:
    result = _tried(order)
    pile = order.case.pile
    # Custom fields are tried again at once, and of what may be there a person has spoken.
    is_final = order.case.code == OUTCOME_UNCLEAR or (pile is not None and pile.heap is Heap.FIELDS)
    undo = Undo(name=CureName.RETRY, link=order.link, transfers=result.released, actor=order.actor)
    can_be_undone = bool(result.released) and not is_final
    return result, f"{_on_their_way(order, result)}.", undo if can_be_undone else None


def _send(order: _Order) -> _Done:
    result = _tried(order)
    undo = Undo(name=CureName.SEND, link=order.link, transfers=result.released, actor=order.actor)
    return result, f"{_on_their_way(order, result)}.", undo if result.released else None


def _accept(order: _Order) -> _Done:
    result = desk.accept(order.hub, order.ids, order.actor, seen=order.seen)
    return result, _counted(order, result, "accepted as {is_} there"), None


def _take_out(order: _Order) -> _Done:
    consents = order.cure.arguments.get("consent") == "true"
    undone = desk.undo(
        order.hub, order.actor, transfer_ids=order.ids, consent=consents, seen=order.seen
    )
    result = Released(released=undone.undone, left=undone.left)
    return result, _counted(order, result, f"to be taken out of {order.case.target}"), None


def _skip(order: _Order) -> _Done:
    result = desk.skip(
        order.hub, order.ids, order.actor, because=order.answer or None, seen=order.seen
    )
    undo = Undo(name=CureName.SKIP, link=order.link, transfers=result.released)
    can_be_undone = result.released and order.case.code != OUTCOME_UNCLEAR
    return result, _counted(order, result, "left out"), undo if can_be_undone else None


def _counted(order: _Order, result: Released, deed: str) -> str:
    count = len(result.released)
    if not count:
        return (
            f"Nothing was done: {result.left[0].sentence}" if result.left else "Nothing was done."
        )
    if count == 1:
        return f"{result.done[0].number if result.done else '1 document'} is {deed}.".replace(
            "{is_}", "it is"
        )
    noun = order.case.noun if count == order.case.number else "documents"
    return f"{count} {noun} are {deed}.".replace("{is_}", "they are")


_CARRIED: Final[Mapping[CureName, Callable[[_Order], _Done]]] = {
    CureName.USE_RECORD: _use_record,
    CureName.CREATE_AS: _create_as,
    CureName.ACTIVATE: _activate,
    CureName.SET: _set,
    CureName.ADOPT: _adopt,
    CureName.DATE: _date,
    CureName.NUMBER: _number,
    CureName.RETRY: _retry,
    CureName.SEND: _send,
    CureName.ACCEPT: _accept,
    CureName.UNDO: _take_out,
    CureName.SKIP: _skip,
}


# --- Taking back --------------------------------------------------------------------------


def take_back(hub: Hub, undo: Undo, actor: str) -> str:
    """Take back what was done, as far as it has not left; says what came of it.

    Raises:
        UsageError: It cannot be taken back, or not any more.
    """
    take = _TAKEN_BACK.get(undo.name)
    if take is None:
        raise UsageError("This cannot be taken back.")
    try:
        sentence = take(hub, undo, actor)
    except (KeyError, IndexError) as error:
        raise UsageError("Too little is told of what was done; it cannot be taken back.") from error
    verbs.wake(hub, [undo.link])
    return sentence


_STOP_AGAIN: Final = "What has not left stops again with the next call."


def _unname(hub: Hub, undo: Undo, actor: str) -> str:
    known = undo.arguments
    told = desk.put_back_name(
        hub,
        undo.link,
        known["kind"],
        known["name"],
        actor,
        side=known["side"],
        made=_choice_in(known, _MADE),
        before=_choice_in(known),
    )
    return f"{told} {_STOP_AGAIN}"


def _unset(hub: Hub, undo: Undo, actor: str) -> str:
    with hub.database.reading() as tx:
        version, _stored = connections.settings(tx, find_link(tx, undo.link).id)
    if str(version) != undo.arguments["version"]:
        raise UsageError(
            "Somebody has changed the settings since; nothing was put back. See their history."
        )
    assignment = f"{undo.arguments['setting']}={undo.arguments['value']}"
    desk.set_settings(hub, undo.link, [assignment], actor)
    return f"The setting is as it was before. {_STOP_AGAIN}"


def _uncorrect(hub: Hub, undo: Undo, actor: str) -> str:
    what = "day" if undo.name is CureName.DATE else "number"
    result = _uncorrected(hub, undo, actor)
    told = f"They bear the {what} again that they had before. {_STOP_AGAIN}{_late(result)}"
    return _whole(result, told)


def _inactivate(hub: Hub, undo: Undo, actor: str) -> str:
    name, is_active = undo.arguments["name_meant"], _is_active(hub, undo)
    try:
        result = _uncorrected(hub, undo, actor)
    except UsageError as error:
        if is_active:
            stays = f"{name} stays active until somebody makes it inactive there."
            raise UsageError(f"{error.message} {stays}") from error
        raise
    if is_active:
        told = f"{name} has been made active by now, and stays so. {_STOP_AGAIN}"
    else:
        told = f"{name} is not made active for them. {_STOP_AGAIN}"
    return _whole(result, told + _late(result))


def _late(result: Released) -> str:
    """Say how many stay as they are by now; empty: none."""
    late = len(result.left) - (result.unreached is not None)
    return f" {late} had left, or moved, by then and stay so." if late else ""


def _whole(result: Released, told: str) -> str:
    """Give what is told of what was taken back whole.

    Raises:
        UsageError: Some of it was not reached: it can be taken back once more.
    """
    if result.unreached is not None:
        raise UsageError(f"{told} {result.unreached.number}: {result.unreached.sentence}")
    return told


def _is_active(hub: Hub, undo: Undo) -> bool:
    """Whether the record that was to be made active is so, as its list was read last."""
    known = RecordKind(undo.arguments["kind"]), undo.arguments["record"]
    with hub.database.reading() as tx:
        found = transfers.load(tx, undo.transfers[:1])
        record = directory.read_ids(tx, found[0].transfer.target, [known]).get(known)
    return record is not None and record.is_active


def _too_late(result: Released) -> str:
    why = f": {result.left[0].sentence}" if result.left else "."
    return f"It cannot be taken back any more{why}"


def _unskip(hub: Hub, undo: Undo, actor: str) -> str:
    result = desk.put_back(hub, undo.transfers, actor)
    return _reached(result, "is looked at again.", "are looked at again.")


def _unsend(hub: Hub, undo: Undo, actor: str) -> str:
    result = desk.call_off(hub, undo.transfers, actor, pressed_by=undo.actor)
    return _reached(result, "waits for you again.", "wait for you again.")


def _unretry(hub: Hub, undo: Undo, actor: str) -> str:
    result = desk.call_off(hub, undo.transfers, actor, pressed_by=undo.actor)
    as_before = "as before, for the same reason."
    return _reached(result, f"stands {as_before}", f"stand {as_before}")


def _reached(result: Released, of_one: str, of_many: str) -> str:
    """Tell how many documents were reached, and what is so of them.

    Raises:
        UsageError: None was, or not all.
    """
    if not result.released:
        raise UsageError(_too_late(result))
    count = len(result.released)
    words = f"1 document {of_one}" if count == 1 else f"{count} documents {of_many}"
    return _whole(result, f"{words}{_late(result)}")


def _unadopt(hub: Hub, undo: Undo, actor: str) -> str:
    return desk.take_back(hub, undo.transfers[0], actor).sentence


_TAKEN_BACK: Final[Mapping[CureName, Callable[[Hub, Undo, str], str]]] = {
    CureName.USE_RECORD: _unname,
    CureName.CREATE_AS: _unname,
    CureName.ACTIVATE: _inactivate,
    CureName.SET: _unset,
    CureName.DATE: _uncorrect,
    CureName.NUMBER: _uncorrect,
    CureName.SKIP: _unskip,
    CureName.RETRY: _unretry,
    CureName.SEND: _unsend,
    CureName.ADOPT: _unadopt,
}
