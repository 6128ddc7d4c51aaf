"""Who is told when something stands still: rules, one notice for each cause, and their sending.

A notice is put into the outbox (the ledger) by ``telling``, in its transaction, and sent
afterwards: no run waits for a mail server, and what could not be sent is tried again, less and
less often, for about a day.  Then it is given up, and that stands under what needs attention.

A notice is sent at least once: a process that dies between sending it and recording that leaves
it to be sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import REFUSAL_KINDS, visible
from counterfoil.errors import CounterfoilError, SettingsError, UsageError
from counterfoil.ledger import connections, notices
from counterfoil.ledger.notices import Delivery, Notice, Rule
from counterfoil.logs import get_logger

from .attention import Attention
from .causes import CauseKind
from .channels import Channel, MailServer, by_apprise, mail_address, send_mail
from .finding import find_link
from .setup import Hub

__all__ = [
    "RuleShown",
    "add",
    "all_rules",
    "attention",
    "fits",
    "line",
    "mail",
    "remove",
    "reseal",
    "send_due",
    "sign_off",
    "test",
]

log = get_logger(__name__)

_WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 480, 720))
"""How long to wait after the first, second, ... attempt; after the last one it is given up."""
# Longer than any channel takes.
_CLAIMED_FOR: Final = timedelta(minutes=10)
_AT_A_TIME: Final = 20
_SUBJECT_LENGTH_MAX: Final = 150
_NAME_LENGTH_MAX: Final = 100


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule without its secrets.

    Attributes:
        link, link_name: Of this link only; ``None``: of the whole hub.
        place: To whom: an e-mail address, or the name of the service.
        causes: Kinds of causes and codes; empty: all.
    """

    id: int
    name: str
    link: int | None
    link_name: str | None
    channel: Channel
    place: str
    causes: tuple[str, ...]
    author: str
    made_at: datetime


# --- Rules --------------------------------------------------------------------------------


def all_rules(hub: Hub) -> list[RuleShown]:
    """List the rules, oldest first."""
    with hub.database.reading() as tx:
        return [_shown(hub, tx, each) for each in notices.rules(tx)]


def add(
    hub: Hub,
    name: str,
    channel: str,
    place: str,
    actor: str,
    *,
    link: int | str | None = None,
    causes: Sequence[str] = (),
) -> RuleShown:
    """Let somebody be told.

    Args:
        name: What people call the rule.
        channel: A word of ``Channel``.
        place: An e-mail address, or an Apprise address, which is sealed.
        link: Of this link only.
        causes: Kinds of causes and codes of refusals; none: all.

    Raises:
        UsageError: Something of it cannot be used; says what, but never an Apprise address.
        SettingsError: Apprise is not installed, or no mail server is set.
    """
    called = " ".join(name.split())
    if not called or len(called) > _NAME_LENGTH_MAX or not called.isprintable():
        raise UsageError(f"A name has 1 to {_NAME_LENGTH_MAX} characters that can be seen.")
    chosen = _channel(channel)
    address = mail_address(place) if chosen is Channel.EMAIL else None
    if chosen is Channel.EMAIL:
        _mail_server(hub)
    else:
        by_apprise(place)
    known = _causes(causes)
    with hub.database.writing() as tx:
        if notices.rule_named(tx, called) is not None:
            raise UsageError(f"There is a rule {called!r} already. Take another name.")
        made = notices.add_rule(
            tx,
            name=called,
            link_id=None if link is None else find_link(tx, link).id,
            channel=chosen.value,
            address=address,
            causes=known,
            author=actor,
            made_at=hub.now(),
        )
        if address is None:
            notices.reseal(tx, made, None, hub.vault.seal(place.strip(), _place(made)))
        connections.note(tx, hub.now(), actor, "notice rule added", f"notice-rule/{made}", called)
        return _shown(hub, tx, _named(tx, str(made)))


def remove(hub: Hub, named: str, actor: str) -> RuleShown:
    """Let a rule tell nobody any more.

    Raises:
        UsageError: There is none of that name.
    """
    with hub.database.writing() as tx:
        rule = _named(tx, named)
        shown = _shown(hub, tx, rule)
        notices.remove_rule(tx, rule.id, hub.now())
        about = f"notice-rule/{rule.id}"
        connections.note(tx, hub.now(), actor, "notice rule removed", about, rule.name)
    return shown


def test(hub: Hub, named: str) -> str:
    """Tell by a rule now that it works; gives one sentence.

    Raises:
        UsageError: There is none of that name.
        DeliveryError: It does not work, and why.
        SettingsError: The place cannot be opened, or there is no mail server.
    """
    with hub.database.reading() as tx:
        rule = _named(tx, named)
    body = f"This is a trial of the rule “{rule.name}”.\n{sign_off(hub)}"
    _way(hub, rule)("Counterfoil: a trial", body)
    return f"The trial was taken by {_place_of(hub, rule)}."


def reseal(tx: Tx, again: Callable[[str, str], str | None]) -> int:
    """Seal the secret places anew; says how many.

    ``again`` gives what was sealed for a place under another key; ``None``: it is under the first.
    """
    count = 0
    for rule in notices.rules(tx):
        after = None if rule.secret is None else again(rule.secret, _place(rule.id))
        if rule.secret is not None and after is not None:
            count += notices.reseal(tx, rule.id, rule.secret, after)
    return count


def fits(rule: Rule, *, link: int | None, links: Sequence[int], kind: str, code: str) -> bool:
    """Whether a rule tells of a cause.

    ``link``: whose the cause is; ``None``: it is a connection's, of these ``links``.
    """
    of_it = (link,) if link is not None else tuple(links)
    if rule.link is not None and rule.link not in of_it:
        return False
    return not rule.causes or kind in rule.causes or code in rule.causes


def _channel(word: str) -> Channel:
    typed = word.strip().lower()
    if typed not in set(Channel):
        raise UsageError(f"{word[:50]!r} is no channel. Choose one of: {', '.join(Channel)}.")
    return Channel(typed)


def _causes(words: Sequence[str]) -> list[str]:
    """Read kinds of causes and codes of refusals.

    Raises:
        UsageError: One of them is neither.
    """
    typed = list(dict.fromkeys(each.strip().lower().replace("_", "-") for each in words))
    for each in typed:
        if each not in set(CauseKind) and each not in REFUSAL_KINDS:
            raise UsageError(
                f"{each[:60]!r} is neither a kind of cause ({', '.join(CauseKind)}) nor the code "
                "of a refusal, as counterfoil show tells it."
            )
    return typed


def _named(tx: Tx, named: str) -> Rule:
    found = notices.rule_named(tx, named)
    if found is None:
        known = ", ".join(each.name for each in notices.rules(tx))
        hint = f"There are: {known}." if known else "Make one with: counterfoil notices add"
        raise UsageError(f"There is no rule {named[:100]!r}. {hint}")
    return found


def _shown(hub: Hub, tx: Tx, rule: Rule) -> RuleShown:
    link = None if rule.link is None else connections.load_link(tx, rule.link)
    return RuleShown(
        id=rule.id,
        name=rule.name,
        link=rule.link,
        link_name=None if link is None else link.name,
        channel=Channel(rule.channel),
        place=_place_of(hub, rule),
        causes=rule.causes,
        author=rule.author,
        made_at=rule.made_at,
    )


def _place_of(hub: Hub, rule: Rule) -> str:
    """Say to whom a rule tells; of a secret address no more than its service."""
    if rule.address is not None:
        return rule.address
    try:
        opened = hub.vault.open(rule.secret or "", _place(rule.id))
    except CounterfoilError:
        return "a place that cannot be opened"
    return opened.partition("://")[0]


def _place(rule: int) -> str:
    """Name the place to which a rule's address is bound."""
    return f"notice_rule/{rule}/secret"


# --- Words --------------------------------------------------------------------------------


def line(text: str) -> str:
    """Give a text as the subject of a notice: one short line."""
    clean = visible(" ".join(text.split()))
    return clean if len(clean) <= _SUBJECT_LENGTH_MAX else clean[: _SUBJECT_LENGTH_MAX - 1] + "…"


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
        rule = next((rule for rule in notices.rules(tx) if rule.id == each.rule), None)
    return is_ours and _send(hub, each, rule)


def _send(hub: Hub, each: Notice, rule: Rule | None) -> bool:
    """Send one notice, and keep what came of it."""
    outcome: dict[str, Any]
    try:
        way = _mailing(hub, each.address or "") if rule is None else _way(hub, rule)
        way(each.subject, each.body)
    except CounterfoilError as error:
        outcome = _not_sent(each, error.message, hub.now())
    except Exception as error:
        # A library's own failure stops one notice, never the sender.
        log.exception("a notice failed", notice=each.id)
        outcome = _not_sent(each, f"it failed ({type(error).__name__})", hub.now())
    else:
        outcome = {"state": Delivery.SENT, "sent_at": hub.now()}
    with hub.database.writing() as tx:
        notices.settle(tx, each.id, **outcome)
    return outcome["state"] is Delivery.SENT


def _not_sent(each: Notice, problem: str, now: datetime) -> dict[str, Any]:
    if each.attempts >= len(_WAITS):
        log.warning("notice given up", notice=each.id, problem=problem)
        return {"state": Delivery.GIVEN_UP, "problem": problem}
    retry_at = now + _WAITS[each.attempts]
    return {"state": Delivery.WAITING, "problem": problem, "retry_at": retry_at}


_Way = Callable[[str, str], None]


def _way(hub: Hub, rule: Rule) -> _Way:
    """Open the channel of a rule."""
    if rule.address is not None:
        return _mailing(hub, rule.address)
    return by_apprise(hub.vault.open(rule.secret or "", _place(rule.id)))


def _mailing(hub: Hub, address: str) -> _Way:
    server = _mail_server(hub)
    return lambda subject, body: send_mail(server, address, subject, body, hub.now())


def _mail_server(hub: Hub) -> MailServer:
    found = MailServer.of(hub.configuration)
    if found is None:
        raise SettingsError(
            "No mail server is set. Set COUNTERFOIL_SMTP_URL to its address, such as "
            "smtps://USER:PASSWORD@mail.example.com, and start the hub anew."
        )
    return found


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
        sentence=f"The last one was given up: {each.problem}",
        cure=(
            "See whether it works: counterfoil notices test " + str(rule.id)
            if rule is not None
            else "Correct COUNTERFOIL_SMTP_URL, or take another address."
        ),
        documents=0,
    )
