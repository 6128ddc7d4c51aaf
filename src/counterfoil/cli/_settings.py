"""``counterfoil settings`` and ``counterfoil flows``: what can be set, and what is set."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._show import Column, emit, say, table, warn, when
from ._state import Json, LinkName, actor, opened
from ._steps import tell_stage

if TYPE_CHECKING:
    from counterfoil.hub.views import NamedValue

__all__ = ["flows", "settings"]

settings = typer.Typer(no_args_is_help=True, help="The options of a link.")


@settings.command("set")
def set_(
    context: typer.Context,
    link: LinkName,
    assignments: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE", help="All are taken, or none.")
    ],
    json: Json = False,
) -> None:
    """Change options of a link."""
    from counterfoil.hub import before_first, desk, finding, verbs, views

    with opened(context) as hub:
        version = desk.set_settings(hub, link, assignments, actor())
        verbs.wake(hub, [finding.link_named(hub, link).id])
        doubts = views.doubts_of(hub, link)
        set_up = before_first.link_checklist(hub, link)
    _tell(link, version, doubts, json=json)
    if not json:
        tell_stage(set_up)


def _tell(link: str, version: int, doubts: Sequence[str], *, json: bool) -> None:
    if json:
        emit({"link": link, "version": version, "doubts": doubts})
        return
    say(f"Settings version {version} is in force.")
    for each in doubts:
        warn(each)


@settings.command("show")
def show(
    context: typer.Context,
    link: LinkName,
    json: Json = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also options at their default.")
    ] = False,
) -> None:
    """Show a link's settings: what differs from the defaults, or everything."""
    from counterfoil.hub import views
    from counterfoil.settings import (
        OPTIONS,
        defaults_of,
        options_for,
        sections_for,
        to_json,
        to_text,
    )

    with opened(context) as hub:
        found, version, problems = views.settings_of(hub, link)
        operations, books = views.systems_of(hub, link)
        doubts = views.doubts_of(hub, link)
    if json:
        values = {key: to_json(row, found.value(key)) for key, row in OPTIONS.items()}
        texts = [str(problem) for problem in problems]
        emit(
            {
                "link": link,
                "version": version,
                "values": values,
                "problems": texts,
                "doubts": doubts,
            }
        )
        return
    for problem in (*problems, *doubts):
        warn(str(problem))
    usual = defaults_of(operations, books)
    rows = [
        (row.key, to_text(row, found.value(row.key)), to_text(row, usual.value(row.key)), row.label)
        for section in sections_for(operations, books)
        for row in options_for(section, operations, books)
        if everything or found.value(row.key) != usual.value(row.key)
    ]
    table(
        (
            Column("Key"),
            Column("Value"),
            Column("Default", is_wide=True),
            Column("Label", is_wide=True),
        ),
        rows,
        empty="Everything is at its default. See them with --all.",
    )


@settings.command("check")
def check(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Hold what a link's settings name (accounts, items, tax codes) beside the real lists."""
    from counterfoil.hub import views

    with opened(context) as hub:
        found = views.named_values(hub, link)
    if json:
        emit({"link": link, "names": found})
        return
    table(
        (
            Column("Key"),
            Column("Names"),
            Column("Stands", is_whole=True),
            Column("What to do", is_wide=True),
        ),
        ((each.key, each.name, each.standing, _advice(each)) for each in found),
        empty="The settings name no record.",
    )


def _advice(each: NamedValue) -> str:
    near = f" Near: {', '.join(each.near)}." if each.near else ""
    return each.sentence + near


@settings.command("export")
def export(
    context: typer.Context,
    link: LinkName,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Default: standard output.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The document is JSON anyway.")] = False,
) -> None:
    """Write a link's settings as a document for other installations."""
    from counterfoil import __version__
    from counterfoil.errors import UsageError
    from counterfoil.hub import finding, views
    from counterfoil.settings import export_document

    with opened(context) as hub:
        found, _version, _problems = views.settings_of(hub, link)
        with hub.database.reading() as tx:
            name = finding.find_link(tx, link).name
    text = export_document(found, program_version=__version__, link=name)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The file {str(file)!r} cannot be written: {error.strerror}. Choose another place."
        ) from error


@settings.command("import")
def import_(
    context: typer.Context,
    link: LinkName,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="An exported document; - reads standard input.")
    ],
    json: Json = False,
) -> None:
    """Take an exported document as a link's settings."""
    from counterfoil.hub import desk, finding, verbs, views

    text = _read(file)
    with opened(context) as hub:
        version = desk.take_settings(hub, link, text, actor())
        verbs.wake(hub, [finding.link_named(hub, link).id])
        doubts = views.doubts_of(hub, link)
    _tell(link, version, doubts, json=json)


def _read(file: str) -> str:
    from counterfoil.errors import UsageError

    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(
            f"The file {file!r} cannot be read: {reason}. Name one that was exported."
        ) from error


@settings.command("history")
def history(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """List the versions of a link's settings: who changed what, and when."""
    from counterfoil.api import standing

    with opened(context) as hub:
        versions = standing.history(hub, link)
    if json:
        emit({"link": link, "versions": versions})
        return
    table(
        (
            Column("Version", is_number=True),
            Column("When", is_whole=True),
            Column("Who"),
            Column("What changed"),
        ),
        (
            (
                each.version,
                when(each.made_at),
                each.author,
                "\n".join(
                    f"{change['key']}: {change['before'] or 'empty'} → {change['after'] or 'empty'}"
                    for change in each.changes
                ),
            )
            for each in versions
        ),
        empty="Nobody has set anything yet.",
    )


def flows(
    json: Json = False,
    everything: Annotated[bool, typer.Option("--options", help="With every option.")] = False,
) -> None:
    """List every flow of every pairing, with its options."""
    from counterfoil.api import standing

    found = standing.flows()
    if json:
        emit({"flows": found})
        return
    table(
        (
            Column("Flow", is_whole=True),
            Column("Operations"),
            Column("Books"),
            Column("What becomes of what", is_wide=True),
            Column("Here", is_whole=True),
        ),
        (
            (
                each.flow,
                each.operations,
                each.books,
                each.title,
                "yes" if each.is_built else "planned",
            )
            for each in found
        ),
    )
    if not everything:
        return
    shown: set[str] = set()
    for each in found:
        if each.flow in shown or not each.options:
            continue
        shown.add(each.flow)
        say()
        say(f"{each.title} ({each.flow})", bold=True)
        for option in each.options:
            default = option["default_text"] or "empty"
            say(f"{option['key']} (default: {default})", indent=2)
            say(f"{option['label']}. {option['help']}", indent=6)
            for choice in option["choices"]:
                say(f"{choice['value']}: {choice['label']}. {choice['help']}", indent=8)
