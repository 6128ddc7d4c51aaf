"""Telling people: an outbox that lasts, its sending, and what was told.

A notice is put into the outbox (the ledger) by ``telling``, in its transaction, and sent
afterwards: no run waits for a mail server, and what could not be sent is tried again, less and
less often, for about a day.  Then it is given up, and that stands under what needs attention.

A notice is sent at least once: a process that dies between sending it and recording that leaves
it to be sent again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from counterfoil.documents import ended, visible
from counterfoil.errors import CounterfoilError
from counterfoil.ledger import causes, notices
from counterfoil.ledger.notices import Delivery, Notice, Rule
from counterfoil.logs import get_logger
from counterfoil.told import Advice, Told

from .attention import Attention
from .notice_rules import is_urgent, mailing, named, place_of, quiet_of, way_of
from .notice_times import quiet_ends
from .setup import Hub
from .times import zone_of_link

__all__ = [
    "NoticeShown",
    "attention",
    "line",
    "mail",
    "send_due",
    "sign_off",
    "test",
    "told",
    "what_to_do",
]

log = get_logger(__name__)

_WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 480, 720))
"""How long to wait after the first, second, ... attempt; after the last one it is given up."""
# Longer than any channel takes.
_CLAIMED_FOR: Final = timedelta(minutes=10)
_AT_A_TIME: Final = 20
_SUBJECT_LENGTH_MAX: Final = 150


def test(hub: Hub, rule: str) -> str:
    """Tell by a rule now that it works; gives one sentence.

    Raises:
        UsageError: There is none of that name.
        DeliveryError: It does not work, and why.
        SettingsError: The place cannot be opened, or there is no mail server.
    """
    with hub.database.reading() as tx:
        found = named(tx, rule)
    body = f"This is a trial of the rule “{found.name}”.\n{sign_off(hub)}"
    way_of(hub, found)("Counterfoil: a trial", body)
    return f"The trial was taken by {place_of(hub, found)}."


# --- Words --------------------------------------------------------------------------------


def line(text: str) -> str:
    """Give a text as the subject of a notice: one short line."""
    clean = visible(" ".join(text.split()))
    return clean if len(clean) <= _SUBJECT_LENGTH_MAX else clean[: _SUBJECT_LENGTH_MAX - 1] + "…"


def what_to_do(hub: Hub, cure: Told) -> str:
    """Say what helps to whoever reads mail: each thing with the page where it is done."""
    base = hub.configuration.address
    told = [cure.sentence] if cure.sentence else []
    told += [
        f"{each.words}: {base}{each.page}" if each.page else each.spoken
        for each in cure.advice
        if each.words
    ]
    return "What to do: " + "\n  ".join(told)


def sign_off(hub: Hub) -> str:
    """Say where more is told."""
    return f"\nSee: {hub.configuration.address}/\n"


def mail(hub: Hub, address: str, subject: str, body: str) -> str | None:
    """Mail what came of what somebody asked for; gives why it has not left, ``None``: it has.

    What could not be sent now is tried again, like every notice.
    """
    row = {
        "rule": None,
        "cause": None,
        "address": address,
        "subject": line(subject),
        "body": body + sign_off(hub),
        "made_at": hub.now(),
    }
    with hub.database.writing() as tx:
        (made,) = notices.queue(tx, [row])
        waiting = notices.load(tx, made)
    _claim_and_send(hub, waiting)
    with hub.database.reading() as tx:
        kept = notices.load(tx, made)
    return None if kept.state is Delivery.SENT else kept.problem or "It waits to be sent."


# --- Sending ------------------------------------------------------------------------------


def send_due(hub: Hub) -> int:
    """Send what is to be sent by now; says how many were taken.  Nothing of it raises."""
    with hub.database.reading() as tx:
        waiting = notices.due(tx, hub.now(), _AT_A_TIME)
    return sum(_claim_and_send(hub, each) for each in waiting)


def _claim_and_send(hub: Hub, each: Notice) -> bool:
    """Send a notice, unless another process does; says whether it was taken."""
    with hub.database.writing() as tx:
        is_ours = notices.claim(tx, each, hub.now() + _CLAIMED_FOR)
        rule = None if each.rule is None else notices.rules_by_id(tx, [each.rule])[each.rule]
    return is_ours and _send(hub, each, rule)


def _send(hub: Hub, each: Notice, rule: Rule | None) -> bool:
    """Send one notice, and keep what came of it."""
    outcome: dict[str, Any]
    try:
        way = mailing(hub, each.address or "") if rule is None else way_of(hub, rule)
        way(each.subject, each.body)
    except CounterfoilError as error:
        outcome = _not_sent(hub, each, rule, error.message)
    except Exception as error:
        # A library's own failure stops one notice, never the sender.
        log.exception("a notice failed", notice=each.id)
        outcome = _not_sent(hub, each, rule, f"it failed ({type(error).__name__})")
    else:
        outcome = {"state": Delivery.SENT, "sent_at": hub.now()}
    with hub.database.writing() as tx:
        notices.settle(tx, each.id, **outcome)
    return outcome["state"] is Delivery.SENT


def _not_sent(hub: Hub, each: Notice, rule: Rule | None, problem: str) -> dict[str, Any]:
    if each.attempts >= len(_WAITS):
        log.warning("notice given up", notice=each.id, problem=problem)
        return {"state": Delivery.GIVEN_UP, "problem": problem}
    retry_at = _awake(hub, each, rule, hub.now() + _WAITS[each.attempts])
    return {"state": Delivery.WAITING, "problem": problem, "retry_at": retry_at}


def _awake(hub: Hub, each: Notice, rule: Rule | None, moment: datetime) -> datetime:
    """Give when a notice may be tried again, from a moment on: what is not urgent wakes nobody."""
    if rule is None or not rule.quiet:
        return moment
    with hub.database.reading() as tx:
        about = None if each.cause is None else causes.load(tx, each.cause)
        zone = zone_of_link(tx, rule.link)
    if about is not None and is_urgent(rule, about.kind, about.code):
        return moment
    return quiet_ends(quiet_of(rule), moment, zone)


# --- What was told ------------------------------------------------------------------------


class NoticeShown(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody was told, or is about to be.

    Attributes:
        rule, rule_name: By which rule; ``None``: the result of what a person asked for.
        place: To whom: an e-mail address, the host of a webhook, or the name of the service.
        state: ``waiting``, ``sent`` or ``given-up``.
        retry_at, problem: When it is tried next, and what went wrong the last time.
    """

    id: int
    rule: int | None
    rule_name: str | None
    place: str
    subject: str
    body: str
    state: Delivery
    attempts: int
    made_at: datetime
    sent_at: datetime | None
    retry_at: datetime | None
    problem: str | None


def told(
    hub: Hub, *, rule: str | None = None, before: int | None = None, limit: int = 50
) -> list[NoticeShown]:
    """Give a page of what was told, newest first.

    Args:
        rule: By this rule only.
        before: Only those with numbers below this one.

    Raises:
        UsageError: There is no such rule.
    """
    with hub.database.reading() as tx:
        number = None if rule is None else named(tx, rule).id
        found = notices.history(tx, rule=number, before=before, limit=limit)
        by_id = notices.rules_by_id(tx, (each.rule for each in found if each.rule is not None))
    return [_told(hub, each, by_id.get(each.rule or 0)) for each in found]


def _told(hub: Hub, each: Notice, rule: Rule | None) -> NoticeShown:
    return NoticeShown(
        id=each.id,
        rule=each.rule,
        rule_name=None if rule is None else rule.name,
        place=(each.address or "") if rule is None else place_of(hub, rule),
        subject=each.subject,
        body=each.body,
        state=each.state,
        attempts=each.attempts,
        made_at=each.made_at,
        sent_at=each.sent_at,
        retry_at=each.retry_at,
        problem=each.problem,
    )


def attention(hub: Hub) -> list[Attention]:
    """Say by which rules the newest notice was given up: nobody hears anything by them."""
    with hub.database.reading() as tx:
        newest = notices.newest_of_rules(tx)
        rules = {each.id: each for each in notices.rules(tx)}
    return [
        _unheard(each, rules.get(each.rule or 0))
        for each in newest
        if each.state is Delivery.GIVEN_UP and (each.rule is None or each.rule in rules)
    ]


def _unheard(each: Notice, rule: Rule | None) -> Attention:
    return Attention(
        about="notices",
        id=0 if rule is None else rule.id,
        name=f"notices to {each.address}" if rule is None else f"notices by “{rule.name}”",
        sentence=ended(f"The last one was given up: {each.problem}"),
        cure=Told("", _way_out(rule)),
        documents=0,
    )


def _way_out(rule: Rule | None) -> Advice:
    if rule is None:
        return Advice("Correct COUNTERFOIL_SMTP_URL, or take another address")
    return Advice("See whether it works", f"notices test {rule.id}", f"/admin/notices/{rule.id}")
