"""One message a day or a week, in place of one for each cause: what is open, what came, what ended.

A digest is due once the clock has passed its hour since the last one.  That it was told is kept in
the transaction that puts it into the outbox, so that no restart tells it twice; a hub that was off
at several of its hours tells once, of all that came meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.ledger import causes as kept
from counterfoil.ledger import notices
from counterfoil.ledger.causes import KeptCause
from counterfoil.ledger.notices import Rule

from .notice_rules import digest_of, quiet_of
from .notice_times import is_quiet
from .notices import line, sign_off
from .setup import Hub
from .times import local_time, zone_of_link

__all__ = ["due_digests"]

# So many causes of each kind are named in one message.
_NAMED_MAX: Final = 50

Fits = Callable[[Rule, KeptCause], bool]


class _Told(NamedTuple):
    """What a digest tells of."""

    came: Sequence[KeptCause]
    goes_on: Sequence[KeptCause]
    over: Sequence[KeptCause]

    @property
    def is_empty(self) -> bool:
        return not (self.came or self.goes_on or self.over)


def due_digests(
    hub: Hub, tx: Tx, open_: Mapping[str, KeptCause], fits: Fits, now: datetime
) -> Iterator[dict[str, Any]]:
    """Give the digests that are due now, for the outbox; each is noted as told.

    Args:
        open_: What lasts, by key.
        fits: Says whether a rule tells of a cause.
    """
    for rule in notices.rules(tx):
        if not _is_due(tx, rule, now):
            continue
        told = _gathered(tx, rule, open_, fits, now)
        is_ours = notices.digested(tx, rule, now)
        if is_ours and (rule.tells_nothing or not told.is_empty):
            yield {
                "rule": rule.id,
                "cause": None,
                "address": None,
                "subject": line(f"Counterfoil: {_counts(told)}"),
                "body": _body(hub, tx, rule, told),
                "made_at": now,
            }


def _is_due(tx: Tx, rule: Rule, now: datetime) -> bool:
    digest = digest_of(rule)
    if digest is None or not rule.is_on:
        return False
    zone = zone_of_link(tx, rule.link)
    if is_quiet(quiet_of(rule), now, zone):
        return False
    return digest.last(now, zone) > _since(rule)


def _since(rule: Rule) -> datetime:
    return rule.told_until or rule.made_at


def _gathered(
    tx: Tx, rule: Rule, open_: Mapping[str, KeptCause], fits: Fits, now: datetime
) -> _Told:
    lasting = [each for each in open_.values() if fits(rule, each)]
    return _Told(
        came=[each for each in lasting if each.began_at > _since(rule)],
        goes_on=[each for each in lasting if each.began_at <= _since(rule)],
        over=[each for each in kept.over_since(tx, _since(rule), now) if fits(rule, each)],
    )


def _counts(told: _Told) -> str:
    """Say how many there are: ``3 open (1 new), 2 over``."""
    if told.is_empty:
        return "nothing needs you"
    open_ = len(told.came) + len(told.goes_on)
    parts = [f"{open_} open" + (f" ({len(told.came)} new)" if told.came else "")]
    parts += [f"{len(told.over)} over"] if told.over else []
    return ", ".join(parts)


def _body(hub: Hub, tx: Tx, rule: Rule, told: _Told) -> str:
    since = local_time(_since(rule), zone_of_link(tx, rule.link))
    sections = [
        (f"New since {since}:", told.came),
        ("Still open:", told.goes_on),
        (f"Over since {since}:", told.over),
    ]
    lines = [text for head, found in sections if found for text in _section(head, found)]
    if not lines:
        lines = [f"Nothing stands still, and nothing did since {since}."]
    return "\n".join(lines).rstrip() + "\n" + sign_off(hub)


def _section(head: str, found: Sequence[KeptCause]) -> list[str]:
    more = len(found) - _NAMED_MAX
    named = [f"  {each.sentence}{_documents(each)}" for each in found[:_NAMED_MAX]]
    return [head, *named, *([f"  and {more} more"] if more > 0 else []), ""]


def _documents(each: KeptCause) -> str:
    number = len(each.transfers)
    if not number:
        return ""
    return " (1 document)" if number == 1 else f" ({number} documents)"
