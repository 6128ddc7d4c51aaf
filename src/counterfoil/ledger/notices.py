"""Who is told of what, and what was told: rules, and an outbox that outlives every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from .schema import KEPT, LASTS, cause, notice, notice_rule

__all__ = [
    "Delivery",
    "Notice",
    "Rule",
    "add_rule",
    "call_off",
    "change_rule",
    "claim",
    "digested",
    "due",
    "history",
    "load",
    "newest_of_rules",
    "prune",
    "queue",
    "queued",
    "remove_rule",
    "reseal",
    "rule_named",
    "rules",
    "rules_by_id",
    "settle",
]


class Delivery(StrEnum):
    """How a notice fares."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told of what.

    Attributes:
        link: Of this link only; ``None``: of the whole hub.
        channel: A word of ``hub.notices.Channel``.
        address: An e-mail address; ``None``: the place is secret.
        secret: The sealed place.
        causes: Kinds of causes and codes; empty: all.
        quiet: Hours in which it tells nothing, as ``hub.notice_times`` writes them.
        urgent: Kinds of causes and codes that are told at once all the same.
        digest: When one message tells everything; ``None``: each cause is told by itself.
        tells_nothing: A digest comes, too, when there is nothing to tell.
        told_until: Until when the last digest told, or since when there is one.
        is_on: ``False``: somebody switched it off.
    """

    id: int
    name: str
    link: int | None
    channel: str
    address: str | None
    secret: str | None
    causes: tuple[str, ...]
    quiet: tuple[str, ...]
    urgent: tuple[str, ...]
    digest: str | None
    tells_nothing: bool
    told_until: datetime | None
    is_on: bool
    author: str
    made_at: datetime


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told.

    Attributes:
        rule, cause: By which rule, about what; ``None``: the result of what a person asked for.
        address: To whom, where no rule says so.
    """

    id: int
    rule: int | None
    cause: int | None
    address: str | None
    subject: str
    body: str
    state: Delivery
    attempts: int
    retry_at: datetime | None
    problem: str | None
    made_at: datetime
    sent_at: datetime | None


_RULE: Final = tuple(
    notice_rule.c["link_id" if name == "link" else name] for name in Rule.__struct_fields__
)
_RENAMED: Final = {"rule": "rule_id", "cause": "cause_id"}
_NOTICE: Final = tuple(notice.c[_RENAMED.get(name, name)] for name in Notice.__struct_fields__)


def _rule(row: Sequence[Any]) -> Rule:
    values = dict(zip(Rule.__struct_fields__, row, strict=True))
    lists = {name: tuple(values[name] or ()) for name in ("causes", "quiet", "urgent")}
    return Rule(**{**values, **lists})


def _notice(row: Sequence[Any]) -> Notice:
    values = dict(zip(Notice.__struct_fields__, row, strict=True))
    return Notice(**{**values, "state": Delivery(values["state"])})


# --- Rules --------------------------------------------------------------------------------


def add_rule(tx: Connection, **values: Any) -> int:
    """Keep a rule; gives its number.  ``values``: its columns."""
    made = tx.execute(insert(notice_rule).values(**values)).inserted_primary_key
    assert made is not None, "every row has a key"
    return int(made[0])


def rules(tx: Connection) -> list[Rule]:
    """Give the rules in use, oldest first."""
    rows = tx.execute(select(*_RULE).where(KEPT).order_by(notice_rule.c.id))
    return [_rule(row) for row in rows]


def rules_by_id(tx: Connection, ids: Iterable[int]) -> dict[int, Rule]:
    """Give rules by their numbers, those that were taken out of use, too."""
    rows = tx.execute(select(*_RULE).where(notice_rule.c.id.in_(sorted(set(ids)))))
    return {each.id: each for each in map(_rule, rows)}


def rule_named(tx: Connection, id_or_name: str) -> Rule | None:
    """Find a rule in use by its number or name."""
    found = rules(tx)
    by_name = next((each for each in found if each.name == id_or_name), None)
    return by_name or next((each for each in found if str(each.id) == id_or_name), None)


def change_rule(tx: Connection, id_: int, **values: Any) -> None:
    """Change columns of a rule."""
    named = {"link_id" if name == "link" else name: value for name, value in values.items()}
    tx.execute(update(notice_rule).where(notice_rule.c.id == id_).values(**named))


def digested(tx: Connection, rule: Rule, until: datetime) -> bool:
    """Note until when the digest of a rule has told; ``False``: another process was quicker."""
    query = update(notice_rule).where(
        KEPT,
        notice_rule.c.id == rule.id,
        notice_rule.c.told_until.is_not_distinct_from(rule.told_until),
    )
    return tx.execute(query.values(told_until=until)).rowcount == 1


def remove_rule(tx: Connection, id_: int, now: datetime) -> None:
    """Take a rule out of use; what waits by it is not sent any more."""
    change_rule(tx, id_, removed_at=now)
    call_off(tx, id_)


def call_off(tx: Connection, rule: int) -> None:
    """Drop what waits by a rule: it counts as not told."""
    waits = (notice.c.rule_id == rule) & (notice.c.state == Delivery.WAITING.value)
    tx.execute(delete(notice).where(waits))


def reseal(tx: Connection, id_: int, before: str | None, after: str) -> bool:
    """Put a rule's place sealed anew, if it is still sealed as it was."""
    query = update(notice_rule).where(
        notice_rule.c.id == id_, notice_rule.c.secret.is_not_distinct_from(before)
    )
    return tx.execute(query.values(secret=after)).rowcount == 1


# --- The outbox ---------------------------------------------------------------------------


def queue(tx: Connection, rows: Iterable[dict[str, Any]]) -> list[int]:
    """Put notices into the outbox, and give their numbers.

    ``rows``: rule, cause, address, subject, body, made_at.
    """
    made = []
    for row in rows:
        values = {_RENAMED.get(name, name): value for name, value in row.items()}
        kept = tx.execute(insert(notice).values(**values, state=Delivery.WAITING.value))
        assert kept.inserted_primary_key is not None, "every row has a key"
        made.append(int(kept.inserted_primary_key[0]))
    return made


def load(tx: Connection, id_: int) -> Notice:
    """Give a notice."""
    return _notice(tx.execute(select(*_NOTICE).where(notice.c.id == id_)).one())


def queued(tx: Connection) -> set[tuple[int, int]]:
    """Say of which causes that last who was told, or is about to be: rule and cause."""
    query = (
        select(notice.c.rule_id, notice.c.cause_id)
        .join(cause, cause.c.id == notice.c.cause_id)
        .where(notice.c.rule_id.is_not(None), LASTS)
    )
    return {(row[0], row[1]) for row in tx.execute(query)}


def _is_due(now: datetime) -> Any:
    is_time = notice.c.retry_at.is_(None) | (notice.c.retry_at <= now)
    return (notice.c.state == Delivery.WAITING.value) & is_time


def due(tx: Connection, now: datetime, limit: int) -> list[Notice]:
    """Give what is to be sent by now, oldest first."""
    query = select(*_NOTICE).where(_is_due(now)).order_by(notice.c.id).limit(limit)
    return [_notice(row) for row in tx.execute(query)]


def claim(tx: Connection, each: Notice, until: datetime) -> bool:
    """Take a notice to be sent; ``False``: another process did.

    Whoever takes it and dies leaves it to the next one after ``until``.
    """
    query = update(notice).where(
        notice.c.id == each.id,
        notice.c.attempts == each.attempts,
        notice.c.state == Delivery.WAITING.value,
    )
    values = {"attempts": each.attempts + 1, "retry_at": until}
    return tx.execute(query.values(**values)).rowcount == 1


def settle(
    tx: Connection,
    id_: int,
    state: Delivery,
    *,
    problem: str | None = None,
    retry_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    """Keep what came of sending a notice."""
    values = {"state": state.value, "problem": problem, "retry_at": retry_at, "sent_at": sent_at}
    tx.execute(update(notice).where(notice.c.id == id_).values(**values))


def history(
    tx: Connection, *, rule: int | None = None, before: int | None = None, limit: int = 50
) -> list[Notice]:
    """Give a page of what was told or is about to be, newest first: those with lower numbers."""
    query = select(*_NOTICE).order_by(notice.c.id.desc()).limit(limit)
    if rule is not None:
        query = query.where(notice.c.rule_id == rule)
    if before is not None:
        query = query.where(notice.c.id < before)
    return [_notice(row) for row in tx.execute(query)]


def newest_of_rules(tx: Connection) -> list[Notice]:
    """Give, of each rule and of each address without one, the newest that came to an end."""
    ended = notice.c.state != Delivery.WAITING.value
    newest = select(func.max(notice.c.id)).where(ended).group_by(notice.c.rule_id, notice.c.address)
    rows = tx.execute(select(*_NOTICE).where(notice.c.id.in_(newest)).order_by(notice.c.id))
    return [_notice(row) for row in rows]


def prune(tx: Connection, before: datetime) -> None:
    """Drop what was told, and what was over, before a moment."""
    is_over = select(cause.c.id).where(cause.c.gone_at < before)
    tx.execute(
        delete(notice).where(
            notice.c.state != Delivery.WAITING.value,
            notice.c.made_at < before,
            notice.c.cause_id.is_(None) | notice.c.cause_id.in_(is_over),
        )
    )
    told = select(notice.c.cause_id).where(notice.c.cause_id.is_not(None))
    tx.execute(delete(cause).where(cause.c.gone_at < before, cause.c.id.not_in(told)))
