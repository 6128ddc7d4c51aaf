"""Rules of notices: who is told of what, by which way, and at which hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import REFUSAL_KINDS
from counterfoil.errors import CounterfoilError, SettingsError, UsageError
from counterfoil.ledger import connections, notices
from counterfoil.ledger.notices import Rule
from counterfoil.told import Advice

from .causes import CauseKind
from .channels import (
    Channel,
    MailServer,
    by_apprise,
    mail_address,
    send_mail,
    webhook,
    webhook_host,
)
from .finding import find_link
from .notice_times import Digest, Quiet, read_digest, read_quiet
from .setup import Hub

__all__ = [
    "Changes",
    "RuleShown",
    "Terms",
    "Way",
    "add",
    "all_rules",
    "change",
    "digest_of",
    "find",
    "fits",
    "is_urgent",
    "mailing",
    "named",
    "place_of",
    "quiet_of",
    "remove",
    "reseal",
    "shown",
    "switch",
    "way_of",
]

_NAME_LENGTH_MAX: Final = 100
_QUIET_MAX: Final = 10


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule without its secrets.

    Attributes:
        link, link_name: Of this link only; ``None``: of the whole hub.
        place: To whom: an e-mail address, the host of a webhook, or the name of the service.
        causes: Kinds of causes and codes; empty: all.
        quiet: Hours in which it tells nothing, such as ``mon-fri 18:00-07:00``.
        urgent: Kinds of causes and codes that are told at once all the same.
        digest: When one message tells everything, such as ``daily@08:00``; ``None``: each cause
            is told by itself.
        tells_nothing: A digest comes, too, when there is nothing to tell.
        is_on: ``False``: somebody switched it off.
    """

    id: int
    name: str
    link: int | None
    link_name: str | None
    channel: Channel
    place: str
    causes: tuple[str, ...]
    quiet: tuple[str, ...]
    urgent: tuple[str, ...]
    digest: str | None
    tells_nothing: bool
    is_on: bool
    author: str
    made_at: datetime


class Terms(TypedDict, total=False):
    """What a rule tells, and when; what is left out is as it was, or none.

    Attributes:
        link: Of this link only; ``None``: of the whole hub.
        causes, urgent: Kinds of causes and codes of refusals.
        quiet, digest: As ``notice_times`` reads them.
    """

    link: int | str | None
    causes: Sequence[str]
    quiet: Sequence[str]
    urgent: Sequence[str]
    digest: str | None
    tells_nothing: bool


class Changes(Terms, total=False):
    """What is changed of a rule; ``place``: an address as its channel wants it."""

    name: str
    place: str


# --- What people do with them -------------------------------------------------------------


def all_rules(hub: Hub) -> list[RuleShown]:
    """List the rules, oldest first."""
    with hub.database.reading() as tx:
        return [shown(hub, tx, each) for each in notices.rules(tx)]


def find(hub: Hub, rule: str) -> RuleShown:
    """Give one rule.

    Raises:
        UsageError: There is none of that name.
    """
    with hub.database.reading() as tx:
        return shown(hub, tx, named(tx, rule))


def add(
    hub: Hub, name: str, channel: str, place: str, actor: str, **terms: Unpack[Terms]
) -> RuleShown:
    """Let somebody be told.

    Args:
        name: What people call the rule.
        channel: A word of ``Channel``.
        place: An e-mail address; or an Apprise address or a webhook's, which is sealed.

    Raises:
        UsageError: Something of it cannot be used; says what, but never a secret address.
        SettingsError: Apprise is not installed, or no mail server is set.
    """
    chosen = _channel(channel)
    address = _checked(hub, chosen, place)
    with hub.database.writing() as tx:
        values = _columns(tx, {"name": name, "causes": (), **terms})
        made = notices.add_rule(
            tx,
            **{"link_id" if key == "link" else key: value for key, value in values.items()},
            channel=chosen.value,
            address=address,
            author=actor,
            made_at=hub.now(),
            told_until=hub.now(),
        )
        if address is None:
            notices.reseal(tx, made, None, hub.vault.seal(place.strip(), _sealed_at(made)))
        return _noted(hub, tx, made, actor, "notice rule added")


def change(hub: Hub, rule: str, actor: str, **changes: Unpack[Changes]) -> RuleShown:
    """Change what a rule tells, to whom and when.

    Without its digest it tells of each cause by itself again: also of what lasts by then.

    Raises:
        UsageError: There is none of that name, or something of the change cannot be used.
        SettingsError: Apprise is not installed, or no mail server is set.
    """
    with hub.database.writing() as tx:
        before = named(tx, rule)
        values = _columns(tx, changes, before)
        if before.digest is None and values.get("digest") is not None:
            values["told_until"] = hub.now()
        place = changes.get("place")
        if place is not None:
            values["address"] = _checked(hub, Channel(before.channel), place)
        notices.change_rule(tx, before.id, **values)
        if place is not None and values["address"] is None:
            sealed = hub.vault.seal(place.strip(), _sealed_at(before.id))
            notices.reseal(tx, before.id, before.secret, sealed)
        return _noted(hub, tx, before.id, actor, "notice rule changed")


def switch(hub: Hub, rule: str, actor: str, *, on: bool) -> RuleShown:
    """Switch a rule on or off; what lasts when it is switched on is told then.

    Raises:
        UsageError: There is none of that name.
    """
    with hub.database.writing() as tx:
        found = named(tx, rule)
        notices.change_rule(tx, found.id, is_on=on)
        if not on:
            notices.call_off(tx, found.id)
        what = f"notice rule switched {'on' if on else 'off'}"
        return _noted(hub, tx, found.id, actor, what)


def remove(hub: Hub, rule: str, actor: str) -> RuleShown:
    """Let a rule tell nobody any more.

    Raises:
        UsageError: There is none of that name.
    """
    with hub.database.writing() as tx:
        found = named(tx, rule)
        gone = _noted(hub, tx, found.id, actor, "notice rule removed")
        notices.remove_rule(tx, found.id, hub.now())
    return gone


def _noted(hub: Hub, tx: Tx, rule: int, actor: str, what: str) -> RuleShown:
    found = named(tx, str(rule), by_number=True)
    connections.note(tx, hub.now(), actor, what, f"notice-rule/{rule}", found.name)
    return shown(hub, tx, found)


def reseal(tx: Tx, again: Callable[[str, str], str | None]) -> int:
    """Seal the secret places anew; says how many.

    ``again`` gives what was sealed for a place under another key; ``None``: it is under the first.
    """
    count = 0
    for rule in notices.rules(tx):
        after = None if rule.secret is None else again(rule.secret, _sealed_at(rule.id))
        if rule.secret is not None and after is not None:
            count += notices.reseal(tx, rule.id, rule.secret, after)
    return count


# --- What a rule says ---------------------------------------------------------------------


def named(tx: Tx, rule: str, *, by_number: bool = False) -> Rule:
    """Find a rule in use.

    Raises:
        UsageError: There is none of that name or number.
    """
    if by_number:
        return next(each for each in notices.rules(tx) if str(each.id) == rule)
    found = notices.rule_named(tx, rule)
    if found is None:
        known = ", ".join(each.name for each in notices.rules(tx))
        unknown = f"There is no rule {rule[:100]!r}."
        if known:
            raise UsageError(f"{unknown} There are: {known}.")
        raise UsageError(unknown, Advice("Make one", "notices add", "/admin/notices/new"))
    return found


def shown(hub: Hub, tx: Tx, rule: Rule) -> RuleShown:
    """Give a rule as people see it."""
    link = None if rule.link is None else connections.load_link(tx, rule.link)
    return RuleShown(
        id=rule.id,
        name=rule.name,
        link=rule.link,
        link_name=None if link is None else link.name,
        channel=Channel(rule.channel),
        place=place_of(hub, rule),
        causes=rule.causes,
        quiet=rule.quiet,
        urgent=rule.urgent,
        digest=rule.digest,
        tells_nothing=rule.tells_nothing,
        is_on=rule.is_on,
        author=rule.author,
        made_at=rule.made_at,
    )


def fits(rule: Rule, *, link: int | None, links: Sequence[int], kind: str, code: str) -> bool:
    """Whether a rule tells of a cause.

    ``link``: whose the cause is; ``None``: it is a connection's, of these ``links``.
    """
    of_it = (link,) if link is not None else tuple(links)
    if rule.link is not None and rule.link not in of_it:
        return False
    return not rule.causes or kind in rule.causes or code in rule.causes


def is_urgent(rule: Rule, kind: str, code: str) -> bool:
    """Whether a cause is told at once, at whatever hour."""
    return kind in rule.urgent or code in rule.urgent


def quiet_of(rule: Rule) -> tuple[Quiet, ...]:
    """Give the hours in which a rule tells nothing."""
    return tuple(read_quiet(each) for each in rule.quiet)


def digest_of(rule: Rule) -> Digest | None:
    """Give when a rule's digest comes; ``None``: it has none."""
    return None if rule.digest is None else read_digest(rule.digest)


def place_of(hub: Hub, rule: Rule) -> str:
    """Say to whom a rule tells; of a secret address no more than its service or host."""
    if rule.address is not None:
        return rule.address
    try:
        opened = hub.vault.open(rule.secret or "", _sealed_at(rule.id))
    except CounterfoilError:
        return "a place that cannot be opened"
    if rule.channel == Channel.WEBHOOK:
        return webhook_host(opened)
    return opened.partition("://")[0]


def _sealed_at(rule: int) -> str:
    """Name the place to which a rule's address is bound."""
    return f"notice_rule/{rule}/secret"


Way = Callable[[str, str], None]
"""Takes the subject and the body of a notice; raises ``DeliveryError``."""


def way_of(hub: Hub, rule: Rule) -> Way:
    """Open the channel of a rule."""
    if rule.address is not None:
        return mailing(hub, rule.address)
    opened = hub.vault.open(rule.secret or "", _sealed_at(rule.id))
    return by_apprise(webhook(opened) if rule.channel == Channel.WEBHOOK else opened)


def mailing(hub: Hub, address: str) -> Way:
    """Open the way to an e-mail address."""
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


# --- What people type ---------------------------------------------------------------------


def _channel(word: str) -> Channel:
    typed = word.strip().lower()
    if typed not in set(Channel):
        raise UsageError(f"{word[:50]!r} is no channel. Choose one of: {', '.join(Channel)}.")
    return Channel(typed)


def _checked(hub: Hub, channel: Channel, place: str) -> str | None:
    """Check that a place can be told; gives an e-mail address, ``None``: it is secret."""
    if channel is Channel.EMAIL:
        address = mail_address(place)
        _mail_server(hub)
        return address
    by_apprise(webhook(place) if channel is Channel.WEBHOOK else place)
    return None


def _columns(tx: Tx, changes: Mapping[str, Any], before: Rule | None = None) -> dict[str, Any]:
    """Give the columns that changes come to; each is checked."""
    return {
        name: read(tx, changes[name], before) for name, read in _READS.items() if name in changes
    }


def _name(tx: Tx, name: str, before: Rule | None) -> str:
    called = " ".join(name.split())
    if not called or len(called) > _NAME_LENGTH_MAX or not called.isprintable():
        raise UsageError(f"A name has 1 to {_NAME_LENGTH_MAX} characters that can be seen.")
    taken = next((each for each in notices.rules(tx) if each.name == called), None)
    if taken is not None and (before is None or taken.id != before.id):
        raise UsageError(f"There is a rule {called!r} already. Take another name.")
    return called


def _link(tx: Tx, link: int | str | None, _before: Rule | None) -> int | None:
    return None if link is None else find_link(tx, link).id


def _causes(_tx: Tx, words: Sequence[str], _before: Rule | None) -> list[str]:
    """Read kinds of causes and codes of refusals.

    Raises:
        UsageError: One of them is neither.
    """
    typed = list(dict.fromkeys(each.strip().lower().replace("_", "-") for each in words))
    for each in typed:
        if each not in set(CauseKind) and each not in REFUSAL_KINDS:
            raise UsageError(
                f"{each[:60]!r} is neither a kind of cause ({', '.join(CauseKind)}) nor the code "
                "of a refusal.",
                Advice("A document's own page names its code", "show NUMBER"),
            )
    return typed


def _quiet(_tx: Tx, texts: Sequence[str], _before: Rule | None) -> list[str]:
    if len(texts) > _QUIET_MAX:
        raise UsageError(f"Name at most {_QUIET_MAX} spans of quiet hours.")
    return [str(read_quiet(each)) for each in texts]


def _digest(_tx: Tx, text: str | None, _before: Rule | None) -> str | None:
    return None if text is None else str(read_digest(text))


def _tells_nothing(_tx: Tx, value: bool, _before: Rule | None) -> bool:  # noqa: FBT001 - as its siblings
    return value


_READS: Final[dict[str, Callable[..., Any]]] = {
    "name": _name,
    "link": _link,
    "causes": _causes,
    "quiet": _quiet,
    "urgent": _causes,
    "digest": _digest,
    "tells_nothing": _tells_nothing,
}
