"""The rules: added, changed, tried, switched and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Final, cast

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from counterfoil.api import standing
from counterfoil.api.errors import ApiError
from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import CounterfoilError, DeliveryError, SettingsError, UsageError
from counterfoil.hub import notice_rules, notices
from counterfoil.hub.causes import CauseKind
from counterfoil.hub.channels import Channel, MailServer
from counterfoil.hub.notice_times import read_digest, read_quiet
from counterfoil.hub.setup import Hub
from counterfoil.settings import Weekday
from counterfoil.told import Told

__all__ = ["add"]

KINDS: Final = {
    CauseKind.REFUSED: "Documents that need attention",
    CauseKind.FIELDS: "Fields of documents that could not be written",
    CauseKind.OVERDUE: "Documents that wait for too long",
    CauseKind.UNREADABLE: "Records that could not be read",
    CauseKind.CONNECTION: "A connection that does not work",
    CauseKind.LINK: "Settings that cannot be followed",
}
_CHANNELS: Final = {
    Channel.EMAIL: ("E-mail", "books@example.com"),
    Channel.APPRISE: ("Chat or another service (Apprise address)", "slack://… or msteams://…"),
    Channel.WEBHOOK: ("Webhook (JSON by POST)", "https://hooks.example.com/…"),
}
_SECRET: Final = frozenset({Channel.APPRISE.value, Channel.WEBHOOK.value})
_SPANS: Final = 3


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/admin/notices")
    def list_rules(visit: Administering) -> Response:
        return page(
            visit,
            "notices/rules.html",
            rules=notice_rules.all_rules(hub),
            kinds=KINDS,
            channels=_CHANNELS,
            digest=lambda text: read_digest(text).words,
            quiet=lambda text: read_quiet(text).words,
            has_mail=_has_mail(hub),
        )

    @routes.get("/admin/notices/export")
    def export(visit: Administering, as_: TableFormat = "csv") -> Response:
        rules = table_of(notice_rules.RuleShown, notice_rules.all_rules(hub))
        return table_answer("notification-rules", as_, *rules)

    @routes.get("/admin/notices/new")
    def ask(visit: Administering) -> Response:
        return _form(visit, Typed({"channel": Channel.EMAIL, "way": "each", "digest_at": "08:00"}))

    @routes.post("/admin/notices/new")
    async def make(visit: Administering, request: Request) -> Response:
        typed = _typed(await request.form(max_fields=200))
        return await _in_thread(lambda: _make(visit, typed))

    @routes.get("/admin/notices/{rule}")
    def show(visit: Administering, rule: str) -> Response:
        found = _found(hub, rule)
        return _form(visit, _as_typed(found), found)

    @routes.post("/admin/notices/{rule}")
    async def change(visit: Administering, rule: str, request: Request) -> Response:
        typed = _typed(await request.form(max_fields=200))
        return await _in_thread(lambda: _change(visit, rule, typed))

    _add_deeds(routes, hub)


def _add_deeds(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/admin/notices/{rule}/test")
    def test(visit: Administering, rule: str) -> Response:
        _found(hub, rule)
        try:
            told = Told(notices.test(hub, rule))
        except (DeliveryError, SettingsError) as error:
            told = error.said.after("The trial did not arrive.")
        return said(visit, "/admin/notices", told)

    @routes.post("/admin/notices/{rule}/on")
    def switch_on(visit: Administering, rule: str) -> Response:
        return _switched(visit, rule, on=True)

    @routes.post("/admin/notices/{rule}/off")
    def switch_off(visit: Administering, rule: str) -> Response:
        return _switched(visit, rule, on=False)

    @routes.get("/admin/notices/{rule}/remove")
    def ask_to_remove(visit: Administering, rule: str) -> Response:
        return page(visit, "notices/remove.html", rule=_found(hub, rule))

    @routes.post("/admin/notices/{rule}/remove")
    def remove(visit: Administering, rule: str) -> Response:
        found = _found(hub, rule)
        notice_rules.remove(hub, rule, visit.name)
        return said(visit, "/admin/notices", f"“{found.name}” tells {found.place} no more.")


def _found(hub: Hub, rule: str) -> notice_rules.RuleShown:
    try:
        return notice_rules.find(hub, rule)
    except UsageError as error:
        raise ApiError(404, "This rule is not there any more; somebody took it away.") from error


def _switched(visit: Visit, rule: str, *, on: bool) -> Response:
    _found(visit.hub, rule)
    shown = notice_rules.switch(visit.hub, rule, visit.name, on=on)
    word, other = ("on", "off") if on else ("off", "on")
    undo = Undo(f"/admin/notices/{shown.id}/{other}")
    return said(visit, "/admin/notices", f"“{shown.name}” is {word}.", undo)


async def _in_thread(do: Callable[[], Response]) -> Response:
    from anyio import to_thread

    return await to_thread.run_sync(do)


# --- The form -----------------------------------------------------------------------------


def _form(
    visit: Visit, typed: Typed, rule: notice_rules.RuleShown | None = None, status: int = 200
) -> Response:
    return page(
        visit,
        "notices/rule.html",
        status,
        typed=typed,
        rule=rule,
        links=standing.all_links(visit.hub),
        kinds=KINDS,
        channels=_CHANNELS,
        days=list(Weekday),
        spans=range(_SPANS),
        has_mail=_has_mail(visit.hub),
        has=lambda name, value: value in typed.value(name).split(","),
    )


def _has_mail(hub: Hub) -> bool:
    try:
        return MailServer.of(hub.configuration) is not None
    except SettingsError:
        return False


def _typed(form: FormData) -> Typed:
    """Take what was typed; what is ticked several times stands behind commas."""
    values: dict[str, str] = {}
    for name in form:
        texts = [each for each in form.getlist(name) if isinstance(each, str)]
        values[name] = ",".join(texts)[:4_000]
    return Typed(values)


def _as_typed(rule: notice_rules.RuleShown) -> Typed:
    """Give a rule as its form has it."""
    values = {
        "name": rule.name,
        "channel": rule.channel.value,
        "place": "" if rule.channel in _SECRET else rule.place,
        "link": "" if rule.link is None else str(rule.link),
        "causes": ",".join(rule.causes),
        "urgent": ",".join(rule.urgent),
        "way": "each",
        "digest_at": "08:00",
        "tells_nothing": "yes" if rule.tells_nothing else "",
    }
    if rule.digest is not None:
        digest = read_digest(rule.digest)
        day = "" if digest.weekday is None else list(Weekday)[digest.weekday].value
        values |= {"way": "digest", "digest_day": day, "digest_at": f"{digest.at:%H:%M}"}
    for number, text in enumerate(rule.quiet[:_SPANS]):
        quiet = read_quiet(text)
        names = [day.value[:3] for at, day in enumerate(Weekday) if at in quiet.days]
        values |= {
            f"quiet_days_{number}": ",".join(names),
            f"quiet_from_{number}": f"{quiet.begin:%H:%M}",
            f"quiet_to_{number}": f"{quiet.end:%H:%M}",
        }
    return Typed(values)


def _make(visit: Visit, typed: Typed) -> Response:
    terms, problems = _terms(typed)
    if not typed.value("place").strip():
        problems["place"] = "Say to whom it tells."
    made = None
    if not problems:
        try:
            made = notice_rules.add(
                visit.hub,
                typed.value("name"),
                typed.value("channel"),
                typed.value("place"),
                visit.name,
                **terms,
            )
        except CounterfoilError as error:
            made = _just_made(visit, typed)
            problems |= _beside(error)
    if made is None:
        return _form(visit, _without_secret(typed, problems), status=400)
    return said(visit, "/admin/notices", f"{made.place} is told from now on.")


# The same of the same person within so long is a double click.
_TWICE_WITHIN: Final = timedelta(minutes=1)


def _just_made(visit: Visit, typed: Typed) -> notice_rules.RuleShown | None:
    """Give the rule that the same form has just made; ``None``: none."""
    name = " ".join(typed.value("name").split())
    for each in notice_rules.all_rules(visit.hub):
        is_recent = visit.now - each.made_at < _TWICE_WITHIN
        if each.name == name and each.author == visit.name and is_recent:
            return each
    return None


def _change(visit: Visit, rule: str, typed: Typed) -> Response:
    found = _found(visit.hub, rule)
    terms, problems = _terms(typed)
    place = typed.value("place").strip()
    is_new = bool(place) and place != found.place
    changes = {**terms, "name": typed.value("name"), **({"place": place} if is_new else {})}
    if not problems:
        try:
            changed = notice_rules.change(
                visit.hub, rule, visit.name, **cast("notice_rules.Changes", changes)
            )
        except CounterfoilError as error:
            problems |= _beside(error)
        else:
            return said(visit, "/admin/notices", f"“{changed.name}” is changed.")
    kept = Typed({**typed.values, "channel": found.channel.value})
    return _form(visit, _without_secret(kept, problems), found, 400)


def _without_secret(typed: Typed, problems: dict[str, str]) -> Typed:
    """Give a form back as it was typed; an address that is secret is asked for again."""
    if typed.value("channel") not in _SECRET or not typed.value("place"):
        return Typed(typed.values, problems)
    asked = {"place": "Type the address once more: it is secret, so it is not shown here."}
    return Typed({**typed.values, "place": ""}, {**asked, **problems})


def _terms(typed: Typed) -> tuple[notice_rules.Terms, dict[str, str]]:
    """Give what a form says of a rule, and what is wrong with it by field."""
    problems: dict[str, str] = {}
    quiet = [text for at in range(_SPANS) if (text := _span(typed, at, problems))]
    terms: notice_rules.Terms = {
        "link": typed.value("link") or None,
        "causes": _ticked(typed, "causes"),
        "urgent": _ticked(typed, "urgent"),
        "quiet": quiet,
        "digest": _digest(typed, problems) if typed.value("way") == "digest" else None,
        "tells_nothing": bool(typed.value("tells_nothing")),
    }
    return terms, problems


def _ticked(typed: Typed, name: str) -> list[str]:
    return [each.strip() for each in typed.value(name).split(",") if each.strip()]


def _span(typed: Typed, number: int, problems: dict[str, str]) -> str:
    """Give one span of quiet hours as it is written; empty: none is meant."""
    begin, end = typed.value(f"quiet_from_{number}"), typed.value(f"quiet_to_{number}")
    if not begin and not end:
        return ""
    if not _is_time(begin) or not _is_time(end):
        problems[f"quiet_{number}"] = "Say from when to when, like 18:00 and 07:00."
        return ""
    days = typed.value(f"quiet_days_{number}")
    try:
        return str(read_quiet(f"{days} {begin[:5]}-{end[:5]}".strip()))
    except UsageError as error:
        problems[f"quiet_{number}"] = error.message
        return ""


def _digest(typed: Typed, problems: dict[str, str]) -> str | None:
    at = typed.value("digest_at")
    if not _is_time(at):
        problems["digest_at"] = "Say when it comes, like 08:00."
        return None
    try:
        return str(read_digest(f"{typed.value('digest_day') or 'daily'}@{at[:5]}"))
    except UsageError as error:
        problems["digest_at"] = error.said.spoken
        return None


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


# Whose fault a refusal is, by what its sentence is about.
_ABOUT: Final[Mapping[str, str]] = {
    "e-mail address": "place",
    "Apprise": "place",
    "web address": "place",
    "A name has": "name",
    "Take another name": "name",
    "is no channel": "channel",
    "There is no link": "link",
}


def _beside(error: CounterfoilError) -> dict[str, str]:
    """Put a refusal beside the field that it is about."""
    field = next((name for words, name in _ABOUT.items() if words in error.message), "")
    return {field: error.said.spoken}
