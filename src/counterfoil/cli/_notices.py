"""``counterfoil notices``: who is told when something stands still."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._asking import Yes, agreed
from ._show import Column, emit, say, table, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.notice_rules import RuleShown

__all__ = ["notices"]

notices = typer.Typer(
    no_args_is_help=True,
    help="Who is told, by e-mail or another service, when something stands still.",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rule's name or number.")]
_APPRISE = "COUNTERFOIL_APPRISE_URL"
_WEBHOOK = "COUNTERFOIL_WEBHOOK_URL"

Causes = Annotated[
    list[str] | None,
    typer.Option(
        "--on",
        metavar="CAUSE",
        help="Only of this: refused, fields, overdue, unreadable, connection, link, or the "
        "code of a refusal; can be repeated.",
    ),
]
QuietHours = Annotated[
    list[str] | None,
    typer.Option(
        "--quiet",
        metavar="HOURS",
        help="Tell nothing then: 18:00-07:00, mon-fri 18:00-07:00, or sat,sun 00:00-24:00; can "
        "be repeated.",
    ),
]
Urgent = Annotated[
    list[str] | None,
    typer.Option(
        "--urgent", metavar="CAUSE", help="Told at once, at whatever hour; can be repeated."
    ),
]
DigestAt = Annotated[
    str | None,
    typer.Option(
        "--digest",
        metavar="WHEN",
        help="One message that tells everything: daily@08:00 or monday@08:00.",
    ),
]
TellsNothing = Annotated[
    bool | None,
    typer.Option(
        "--if-nothing/--only-if-something", help="Send a digest, too, that has nothing to tell."
    ),
]


@notices.command("add")
def add_rule(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="What people call the rule.")],
    *,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="Tell by e-mail.")
    ] = None,
    apprise: Annotated[
        bool,
        typer.Option(
            "--apprise",
            help=f"Tell by the service whose Apprise address stands in {_APPRISE}, or is asked "
            "for.",
        ),
    ] = False,
    webhook: Annotated[
        bool,
        typer.Option(
            "--webhook",
            help=f"Post JSON to the web address that stands in {_WEBHOOK}, or is asked for.",
        ),
    ] = False,
    link: Annotated[
        str | None, typer.Option("--link", metavar="LINK", help="Only of this link.")
    ] = None,
    causes: Causes = None,
    quiet: QuietHours = None,
    urgent: Urgent = None,
    digest: DigestAt = None,
    tells_nothing: TellsNothing = None,
    json: Json = False,
) -> None:
    """Let somebody be told: one notice for each cause, however many documents it keeps.

    With --digest one message tells of all of them.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import notice_rules

    if sum((email is not None, apprise, webhook)) != 1:
        raise UsageError("Give one of --email, --apprise and --webhook.")
    channel, place = _place(email, apprise=apprise)
    with opened(context) as hub:
        made = notice_rules.add(
            hub,
            name,
            channel,
            place,
            actor(),
            link=link,
            causes=causes or (),
            quiet=quiet or (),
            urgent=urgent or (),
            digest=digest,
            tells_nothing=bool(tells_nothing),
        )
    if json:
        emit(made)
        return
    say(f"{made.place} is told from now on. Try it: counterfoil notices test {made.id}")


def _place(email: str | None, *, apprise: bool) -> tuple[str, str]:
    """Give the channel and the address.

    A secret one is read where nobody looks over a shoulder or in a history.
    """
    if email is not None:
        return "email", email
    channel, variable, words = (
        ("apprise", _APPRISE, "Apprise address")
        if apprise
        else ("webhook", _WEBHOOK, "Web address")
    )
    found = os.environ.get(variable)
    return channel, found or str(typer.prompt(f"{words} (it is not shown)", hide_input=True))


@notices.command("change")
def change_rule(
    context: typer.Context,
    name: Name,
    *,
    called: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    link: Annotated[
        str | None, typer.Option("--link", metavar="LINK", help="Only of this link; all: of all.")
    ] = None,
    causes: Causes = None,
    quiet: QuietHours = None,
    urgent: Urgent = None,
    digest: DigestAt = None,
    tells_nothing: TellsNothing = None,
    json: Json = False,
) -> None:
    """Change what a rule tells, and when; what is not named stays.

    The word none takes something away: --quiet none, --urgent none, --digest none, --on none.
    """
    from counterfoil.hub import notice_rules

    wanted: dict[str, Any] = {
        "name": called,
        "link": link,
        "causes": causes,
        "quiet": quiet,
        "urgent": urgent,
        "digest": digest,
        "tells_nothing": tells_nothing,
    }
    changes = {key: _meant(key, value) for key, value in wanted.items() if value is not None}
    with opened(context) as hub:
        changed = notice_rules.change(hub, name, actor(), **changes)
    if json:
        emit(changed)
        return
    say(f"“{changed.name}” tells {changed.place} {_when(changed)}.")


def _meant(key: str, value: Any) -> Any:
    """Read the words that take something away."""
    if key == "link":
        return None if value == "all" else value
    if key == "digest":
        return None if value == "none" else value
    return [] if value == ["none"] else value


@notices.command("on")
def switch_on(context: typer.Context, name: Name, json: Json = False) -> None:
    """Switch a rule on; what lasts is told then."""
    _switch(context, name, on=True, json=json)


@notices.command("off")
def switch_off(context: typer.Context, name: Name, json: Json = False) -> None:
    """Switch a rule off, without forgetting it; what waits by it is not sent any more."""
    _switch(context, name, on=False, json=json)


def _switch(context: typer.Context, name: str, *, on: bool, json: bool) -> None:
    from counterfoil.hub import notice_rules

    with opened(context) as hub:
        switched = notice_rules.switch(hub, name, actor(), on=on)
    if json:
        emit(switched)
        return
    say(f"“{switched.name}” is {'on' if on else 'off'}.")


@notices.command("told")
def list_told(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="By this rule only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many.")] = 20,
    before: Annotated[
        int | None, typer.Option("--before", metavar="ID", help="Only what is older than this.")
    ] = None,
    json: Json = False,
) -> None:
    """List what was told, newest first, and what could not be."""
    from counterfoil.hub import notices as hub_notices

    with opened(context) as hub:
        found = hub_notices.told(hub, rule=name, before=before, limit=limit)
    if json:
        emit({"notices": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Made", is_whole=True),
            Column("Rule", is_wide=True),
            Column("To"),
            Column("State", is_whole=True),
            Column("What"),
            Column("Problem"),
        ),
        (
            (
                each.id,
                when(each.made_at),
                each.rule_name or "",
                each.place,
                each.state.value,
                each.subject,
                each.problem or "",
            )
            for each in found
        ),
        empty="Nothing has been told yet.",
    )


@notices.command("list")
def list_rules(context: typer.Context, json: Json = False) -> None:
    """List who is told of what."""
    from counterfoil.hub import notice_rules

    with opened(context) as hub:
        found = notice_rules.all_rules(hub)
    if json:
        emit({"rules": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Name"),
            Column("Tells", is_whole=True),
            Column("Of"),
            Column("Link"),
            Column("When"),
            Column("Since", is_wide=True, is_whole=True),
        ),
        (
            (
                each.id,
                each.name,
                each.place,
                ", ".join(each.causes) or "everything",
                each.link_name or "all",
                _when(each),
                when(each.made_at),
            )
            for each in found
        ),
        empty="Nobody is told of anything yet. Change that with: counterfoil notices add",
    )


@notices.command("test")
def try_rule(context: typer.Context, name: Name, json: Json = False) -> None:
    """Tell by a rule now that it works."""
    from counterfoil.hub import notices as hub_notices

    with opened(context) as hub:
        told = hub_notices.test(hub, name)
    if json:
        emit({"sentence": told})
        return
    say(told)


@notices.command("remove")
def remove_rule(
    context: typer.Context, name: Name, *, yes: Yes = False, json: Json = False
) -> None:
    """Let a rule tell nobody any more."""
    from counterfoil.hub import notice_rules

    with opened(context) as hub:
        shown = notice_rules.find(hub, name)
        agreed(f"Remove the rule “{shown.name}”?", [f"{shown.place} is not told."], yes=yes)
        gone = notice_rules.remove(hub, name, actor())
    if json:
        emit(gone)
        return
    say(f"{gone.place} is not told by “{gone.name}” any more.")


def _when(rule: RuleShown) -> str:
    """Say in words when a rule tells."""
    if not rule.is_on:
        return "never: it is off"
    parts = [f"in a digest, {rule.digest}" if rule.digest else "at once"]
    parts += [f"quiet {', '.join(rule.quiet)}"] if rule.quiet else []
    parts += [f"at any time: {', '.join(rule.urgent)}"] if rule.urgent else []
    return "; ".join(parts)
