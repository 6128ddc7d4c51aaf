"""A look at what stands still: kept while it lasts, told once, and made something to be done.

One look compares what keeps anything from going on now (``causes``) with what was known: what is
new is kept and told by every rule that it fits, as one notice; what is over ends, and so do the
to-dos that were made for it.  Nothing of it is sent here.

In a rule's quiet hours nothing is told by it that is not urgent; what still lasts when they end is
told then, for it was not told yet.  Nothing has to be remembered for that.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.ledger import causes as kept
from counterfoil.ledger import connections, notices, transfers
from counterfoil.ledger.causes import KeptCause
from counterfoil.ledger.notices import Rule
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import ToDos
from counterfoil.told import Told

from . import to_dos
from .causes import Cause, CauseKind, present
from .digests import due_digests
from .document_line import document_line
from .links import LinkView, all_views
from .notice_rules import fits, is_urgent, quiet_of
from .notice_times import is_quiet
from .notices import line, send_due, sign_off, what_to_do
from .setup import Hub
from .systems import traits_of
from .times import zone_of_link
from .to_dos import Wanted

__all__ = ["look", "tell"]

# So many of the documents that a cause keeps are named.
_NAMED_MAX: Final = 20
# What is over and back within so long is the same trouble, and is not told anew.
_RETURNS_WITHIN: Final = timedelta(hours=1)
# What often mends itself is told once it has lasted so long: code -> how long.
_PATIENCE: Final[Mapping[str, timedelta]] = {"connection-problem": timedelta(minutes=20)}


def tell(hub: Hub) -> None:
    """Look, and send what is to be sent."""
    look(hub)
    send_due(hub)


def look(hub: Hub) -> None:
    """Keep what stands still now, tell of what is new, and say what is to be done."""
    now = hub.now()
    found = {each.key: each for each in present(hub)}
    with hub.database.writing() as tx:
        kept.hold(tx)
        known = kept.lasting(tx)
        tried = _tried_again(tx, [each for key, each in known.items() if key not in found])
        changed = _keep(tx, found, known, tried, now)
        notices.queue(tx, _new_notices(hub, tx, found, now))
        moving = {*tried, *(f"transfer/{id_}" for ids in tried.values() for id_ in ids)}
        for view in all_views(tx):
            if traits_of(view.operations.system).keeps_to_dos:
                wanted = _to_do(hub, tx, view, found.values())
                to_dos.reconcile(tx, view, wanted, moving, now)
            if view.link.id in changed and view.settings.purchase_order_out.mark_errors:
                connections.wake(tx, view.operations.id, now)


def _keep(
    tx: Tx,
    found: Mapping[str, Cause],
    known: Mapping[str, KeptCause],
    tried: Container[str],
    now: datetime,
) -> set[int | None]:
    """Keep what began, what is over and what is told otherwise; gives the links concerned."""
    over = [each for key, each in known.items() if key not in found and key not in tried]
    new = [each for key, each in found.items() if key not in known]
    other = [
        (known[key].id, each)
        for key, each in found.items()
        if key in known
        and (each.sentence, each.transfers) != (known[key].sentence, known[key].transfers)
    ]
    kept.end(tx, [each.id for each in over], now)
    kept.begin(tx, [_kept(each, now) for each in new], now - _RETURNS_WITHIN)
    for id_, each in other:
        kept.change(tx, id_, each.sentence, each.transfers)
    told: list[KeptCause | Cause] = [*over, *new, *(each for _id, each in other)]
    return {each.link for each in told}


def _tried_again(tx: Tx, gone: Iterable[KeptCause]) -> Mapping[str, set[int]]:
    """Give the causes that stop nothing just now, for what they kept is being tried again.

    With the transfers of which that is so: whether the cause is over will be seen by what becomes
    of them.
    """
    moving = {each.key: kept.moving(tx, each.transfers) for each in gone if each.transfers}
    return {key: ids for key, ids in moving.items() if ids}


def _kept(each: Cause, now: datetime) -> KeptCause:
    return KeptCause(
        id=0,
        kind=each.kind.value,
        key=each.key,
        link=each.link,
        connection=each.connection,
        code=each.code,
        sentence=each.sentence,
        transfers=each.transfers,
        began_at=now,
    )


# --- Notices ------------------------------------------------------------------------------


def _new_notices(
    hub: Hub, tx: Tx, found: Mapping[str, Cause], now: datetime
) -> Iterator[dict[str, Any]]:
    """Give a notice for each rule and each cause that it fits and has not told yet."""
    rules = [each for each in notices.rules(tx) if each.is_on]
    if not rules:
        return
    told = notices.queued(tx)
    open_ = dict(_told_by_now(kept.lasting(tx), found, now))
    for rule in rules:
        waits = rule.digest is not None or _is_quiet(tx, rule, now)
        for key, each in open_.items():
            cause = found[key]
            if (rule.id, each.id) in told or not _fits(tx, rule, each):
                continue
            if not waits or is_urgent(rule, each.kind, each.code):
                yield {
                    "rule": rule.id,
                    "cause": each.id,
                    "address": None,
                    "subject": line(f"{_whose(tx, cause)}: {cause.sentence}"),
                    "body": _body(hub, tx, cause),
                    "made_at": now,
                }
    yield from due_digests(hub, tx, open_, lambda rule, each: _fits(tx, rule, each), now)


def _told_by_now(
    lasting: Mapping[str, KeptCause], found: Mapping[str, Cause], now: datetime
) -> Iterator[tuple[str, KeptCause]]:
    """Give what lasts and has lasted long enough to be told."""
    for key, each in lasting.items():
        if key in found and now - each.began_at >= _PATIENCE.get(each.code, timedelta(0)):
            yield key, each


def _is_quiet(tx: Tx, rule: Rule, now: datetime) -> bool:
    hours = quiet_of(rule)
    return bool(hours) and is_quiet(hours, now, zone_of_link(tx, rule.link))


def _fits(tx: Tx, rule: Rule, cause: KeptCause) -> bool:
    links: Sequence[int] = ()
    if cause.connection is not None and rule.link is not None:
        links = [each.id for each in connections.links_of(tx, cause.connection)]
    return fits(rule, link=cause.link, links=links, kind=cause.kind, code=cause.code)


def _whose(tx: Tx, cause: Cause) -> str:
    link = None if cause.link is None else connections.load_link(tx, cause.link)
    return "Counterfoil" if link is None else link.name


def _body(hub: Hub, tx: Tx, cause: Cause) -> str:
    """Say what it is, which documents it keeps, what helps, and where more is told."""
    parts = [cause.sentence, "", what_to_do(hub, cause.cure)]
    parts += _documents(tx, cause.transfers)
    return "\n".join(parts) + "\n" + sign_off(hub)


def _documents(tx: Tx, ids: Sequence[int]) -> list[str]:
    if not ids:
        return []
    named = [document_line(each) for each in transfers.load(tx, ids[:_NAMED_MAX])]
    more = len(ids) - len(named)
    head = "1 document is kept by it:" if len(ids) == 1 else f"{len(ids)} documents are kept by it:"
    rest = [f"  and {more} more"] if more > 0 else []
    return ["", head, *(f"  {each}" for each in named), *rest]


# --- To-dos -------------------------------------------------------------------------------


def _to_do(hub: Hub, tx: Tx, view: LinkView, found: Iterable[Cause]) -> list[Wanted]:
    """Say what is to be done about the documents of a link that stopped, as it is set."""
    way = view.settings.purchase_order_out.to_dos
    if way is ToDos.OFF or not view.link.is_active:
        return []
    of_link = [each for each in found if each.link == view.link.id and each.kind in _TO_BE_DONE]
    if way is ToDos.PER_CAUSE:
        return [
            Wanted(kind=way.value, subject=each.key, text=_body(hub, tx, each)) for each in of_link
        ]
    return [
        Wanted(kind=way.value, subject=f"transfer/{row.transfer.id}", text=_of_one(hub, each, row))
        for each in of_link
        for row in transfers.load(tx, each.transfers)
    ]


_TO_BE_DONE: Final = frozenset({CauseKind.REFUSED, CauseKind.FIELDS})


def _of_one(hub: Hub, cause: Cause, row: Sourced) -> str:
    refusal = row.transfer.refusal
    sentence = cause.sentence if refusal is None else refusal.sentence
    cure = cause.cure if refusal is None else Told(refusal.cure)
    return f"{document_line(row)}\n\n{sentence}\n\n{what_to_do(hub, cure)}\n{sign_off(hub)}"
