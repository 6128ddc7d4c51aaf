"""``counterfoil users``: people who use the console; the way back in when nobody else is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ._asking import Yes, agreed
from ._show import Column, emit, say, table, warn, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.setup import Hub
    from counterfoil.hub.users import Linked

__all__ = ["users"]

users = typer.Typer(no_args_is_help=True, help="People who use the console.")
sign_on = typer.Typer(no_args_is_help=True, help="Single sign-on, by OpenID Connect.")
users.add_typer(sign_on, name="sign-on")

User = Annotated[str, typer.Argument(metavar="USER", help="Their number, e-mail address or name.")]
Role = Annotated[
    str, typer.Option("--role", metavar="ROLE", help="What they may do: owner, operator, viewer.")
]
Login = Annotated[
    str, typer.Option("--email", metavar="ADDRESS", help="The address they sign in with.")
]
Called = Annotated[str, typer.Argument(metavar="NAME", help="What people call them.")]
_PASSWORD = "COUNTERFOIL_USER_PASSWORD"  # noqa: S105 - the name of a variable
_CLIENT_SECRET = "COUNTERFOIL_CLIENT_SECRET"  # noqa: S105 - the name of a variable


def _secret(variable: str, asked: str, *, twice: bool = False) -> str:
    """Read a secret where nobody looks over a shoulder or in a history."""
    found = os.environ.get(variable)
    return found or str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice, err=True))


# --- Who there is -------------------------------------------------------------------------


@users.command("list")
def list_users(context: typer.Context, json: Json = False) -> None:
    """List who uses the console, what they may do, and when they were here last."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.all_users(hub)
    if json:
        emit({"users": found})
        return
    table(
        (
            Column("ID", is_number=True),
            Column("Name"),
            Column("E-mail", is_whole=True),
            Column("Role"),
            Column("State"),
            Column("Two-factor", is_wide=True),
            Column("Last here", is_wide=True, is_whole=True),
        ),
        (
            (
                each.id,
                each.name,
                each.login,
                each.role,
                each.state,
                "on" if each.has_second_factor else "off",
                when(each.last_seen_at) or "never",
            )
            for each in found
        ),
        empty="Nobody yet. Invite somebody with: counterfoil users invite NAME --email ADDRESS",
    )


@users.command("add")
def add(
    context: typer.Context,
    name: Called,
    email: Login,
    role: Role = "owner",
    json: Json = False,
) -> None:
    """Add somebody with a password, which is asked for, or read from COUNTERFOIL_USER_PASSWORD."""
    from counterfoil.errors import CounterfoilError
    from counterfoil.hub import users as hub_users

    wanted = hub_users.role_named(role)
    password = _secret(_PASSWORD, "Password (it is not shown)", twice=True)
    with opened(context, makes=True) as hub:
        made = hub_users.add(hub, email, name, wanted, actor())
        try:
            hub_users.set_password(hub, made.id, password, actor())
        except CounterfoilError:
            hub_users.remove(hub, made.id, actor())
            raise
        shown = hub_users.find(hub, made.id)
    if json:
        emit(shown)
        return
    say(f"{made.name} signs in with {made.login}, as {wanted}.")


@users.command("invite")
def invite(
    context: typer.Context,
    name: Called,
    email: Login,
    role: Role = "operator",
    json: Json = False,
) -> None:
    """Invite somebody: prints a link, this once, by which they choose a password within a week."""
    from counterfoil.hub import users as hub_users

    wanted = hub_users.role_named(role)
    with opened(context, makes=True) as hub:
        made = hub_users.invite(hub, email, name, wanted, actor())
        _tell_link(hub, made, json=json)


def _tell_link(hub: Hub, made: Linked, *, json: bool) -> None:
    from counterfoil.hub import users as hub_users

    way = hub_users.way_to_join(hub, made.key)
    if json:
        emit({"user": made.user, "link": way, "mailed": made.was_mailed, "told": made.told})
        return
    say(way)
    if made.told:
        warn(made.told)
    warn(f"It is shown this once, and opens once. Hand it to {made.user.name} alone.")


# --- Changing -----------------------------------------------------------------------------


@users.command("role")
def change_role(
    context: typer.Context,
    user: User,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="owner, operator or viewer.")],
    json: Json = False,
) -> None:
    """Let somebody do more, or less; it holds from their next click on."""
    from counterfoil.hub import users as hub_users

    wanted = hub_users.role_named(role)
    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        changed = hub_users.change(hub, found.id, actor(), role=wanted)
    if json:
        emit(changed)
        return
    say(f"{changed.name}: {hub_users.ROLE_WORDS[changed.role]}.")


@users.command("rename")
def rename(
    context: typer.Context,
    user: User,
    *,
    name: Annotated[str | None, typer.Option("--name", help="What people call them.")] = None,
    email: Annotated[
        str | None, typer.Option("--email", metavar="ADDRESS", help="What they sign in with.")
    ] = None,
    json: Json = False,
) -> None:
    """Change somebody's name or e-mail address."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        changed = hub_users.change(hub, found.id, actor(), name=name, login=email)
    if json:
        emit(changed)
        return
    say(f"{changed.name} signs in with {changed.login}.")


@users.command("password")
def password(
    context: typer.Context,
    user: User,
    *,
    link: Annotated[
        bool, typer.Option("--link", help="Print a link by which they choose it themselves.")
    ] = False,
    json: Json = False,
) -> None:
    """Give somebody a new password, which is asked for, or read from COUNTERFOIL_USER_PASSWORD.

    Every browser of theirs is signed out.
    """
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        if link:
            _tell_link(hub, hub_users.make_link(hub, found.id, actor()), json=json)
            return
        typed = _secret(_PASSWORD, "New password (it is not shown)", twice=True)
        hub_users.set_password(hub, found.id, typed, actor())
    if json:
        emit({"id": found.id, "name": found.name})
        return
    say(f"{found.name} signs in with the new password; every browser is signed out.")


@users.command("reset-two-factor")
def reset_two_factor(context: typer.Context, user: User, json: Json = False) -> None:
    """Ask somebody for no code any more, who has lost phone and recovery codes."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        was_on = hub_users.reset_two_factor(hub, found.id, actor())
    if json:
        emit({"id": found.id, "name": found.name, "was_on": was_on})
        return
    say(
        f"{found.name} signs in with the password alone, and sets it up anew."
        if was_on
        else f"{found.name} has no two-factor sign-in."
    )


@users.command("two-factor")
def two_factor(
    context: typer.Context,
    asked: Annotated[str, typer.Argument(metavar="OF", help="of everybody, or up-to-each.")],
    json: Json = False,
) -> None:
    """Ask everybody for a code, or leave it to each."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import users as hub_users

    if asked not in ("everybody", "up-to-each"):
        raise UsageError(f"Say everybody or up-to-each, not {asked[:50]!r}.")
    with opened(context) as hub:
        hub_users.require_two_factor(hub, actor(), required=asked == "everybody")
    if json:
        emit({"required": asked == "everybody"})
        return
    say(
        "Everybody is asked for a code; whoever has none sets it up when signing in."
        if asked == "everybody"
        else "It is up to each."
    )


@users.command("sign-out")
def sign_out(context: typer.Context, user: User, json: Json = False) -> None:
    """Sign somebody out on every browser."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        ended = hub_users.end_all_sessions(hub, found.id, actor())
    if json:
        emit({"id": found.id, "ended": ended})
        return
    say(f"{found.name} was signed out on {ended} browser{'s' if ended != 1 else ''}.")


@users.command("off")
def switch_off(context: typer.Context, user: User, json: Json = False) -> None:
    """Let somebody in no more, until they are switched on again."""
    _switch(context, user, json=json, on=False)


@users.command("on")
def switch_on(context: typer.Context, user: User, json: Json = False) -> None:
    """Let somebody in again."""
    _switch(context, user, json=json, on=True)


def _switch(context: typer.Context, user: str, *, json: bool, on: bool) -> None:
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        meant = hub_users.user_named(hub, user)
        switch = hub_users.switch_on if on else hub_users.switch_off
        found = switch(hub, meant.id, actor())
    if json:
        emit(found)
        return
    what = "can sign in again" if on else "is signed out and cannot sign in"
    say(f"{found.name} {what}.")


@users.command("remove")
def remove(context: typer.Context, user: User, *, yes: Yes = False, json: Json = False) -> None:
    """Remove somebody; what they did stays in the audit."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found = hub_users.user_named(hub, user)
        leaves = ["They are signed out. What they did stays in the audit, with their name."]
        agreed(f"Remove {found.name}?", leaves, yes=yes)
        gone = hub_users.remove(hub, found.id, actor())
    if json:
        emit(gone)
        return
    say(f"{gone.name} is removed.")


@users.command("setup-code")
def setup_code(context: typer.Context, json: Json = False) -> None:
    """Print a new code with which the first administrator is created in the browser."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import users as hub_users

    with opened(context, makes=True) as hub:
        code = hub_users.new_setup_code(hub)
    if code is None:
        raise UsageError(
            "This hub has an owner already, so no setup code opens anything. Whoever cannot sign "
            "in gets a new password with: counterfoil users password USER"
        )
    if json:
        emit({"setup_code": code})
        return
    say(code)
    warn("Type it in the browser, where the first administrator is created. It opens once.")


# --- Single sign-on -----------------------------------------------------------------------


@sign_on.command("show")
def show_sign_on(context: typer.Context, json: Json = False) -> None:
    """Say how single sign-on is set up, without its secret."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        found, redirect = hub_users.sign_on_of(hub), hub_users.redirect_of(hub)
    if json:
        emit({"sign_on": found, "redirect_uri": redirect})
        return
    if found is None:
        say("Single sign-on is not set up.")
    else:
        say(f"Issuer: {found.issuer}")
        say(f"Client id: {found.client_id}")
        say(f"Creates viewers: {', '.join(found.domains) if found.creates else 'no'}")
        say(f"Passwords: {'owners only' if found.only else 'everybody'}")
    say(f"Redirect address: {redirect}")


@sign_on.command("set")
def set_sign_on(
    context: typer.Context,
    issuer: Annotated[str, typer.Option("--issuer", help="The provider, as it calls itself.")],
    client_id: Annotated[str, typer.Option("--client-id", help="This hub, as it is known there.")],
    *,
    keeps_secret: Annotated[
        bool, typer.Option("--keep-secret", help="Keep the client secret that is stored.")
    ] = False,
    domains: Annotated[
        list[str] | None,
        typer.Option(
            "--create-viewers-of",
            metavar="DOMAIN",
            help="Whoever is no user yet becomes a viewer with an address of it; can be repeated.",
        ),
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="Passwords open for owners only.")] = False,
    json: Json = False,
) -> None:
    """Set single sign-on up; the client secret is asked for, or read from
    COUNTERFOIL_CLIENT_SECRET.
    """
    from counterfoil.hub import users as hub_users

    asked = "Client secret (it is not shown)"
    secret = None if keeps_secret else _secret(_CLIENT_SECRET, asked)
    with opened(context) as hub:
        made = hub_users.set_sign_on(
            hub,
            actor(),
            issuer=issuer,
            client_id=client_id,
            client_secret=secret,
            creates=bool(domains),
            domains=domains or (),
            only=only,
        )
        redirect = hub_users.redirect_of(hub)
    if json:
        emit({"sign_on": made, "redirect_uri": redirect})
        return
    say(f"People sign in by {made.host}. It has to know this redirect address: {redirect}")


@sign_on.command("try")
def try_sign_on(context: typer.Context, json: Json = False) -> None:
    """Ask the provider whether it is there."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        told = hub_users.try_sign_on(hub)
    if json:
        emit({"sentence": told})
        return
    say(told)


@sign_on.command("remove")
def remove_sign_on(context: typer.Context, *, yes: Yes = False, json: Json = False) -> None:
    """Let nobody sign in by single sign-on any more."""
    from counterfoil.hub import users as hub_users

    with opened(context) as hub:
        leaves = ["Whoever has no password gets a link: counterfoil users password USER --link"]
        agreed("Take single sign-on away?", leaves, yes=yes)
        was_there = hub_users.remove_sign_on(hub, actor())
    if json:
        emit({"removed": was_there})
        return
    say("Single sign-on is taken away." if was_there else "Single sign-on is not set up.")
