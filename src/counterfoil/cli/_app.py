"""The command line, put together: every command, the options before them, the exit codes.

Commands import what they need when they run, so that ``--help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, cast

import typer
from typer.core import TyperGroup

from counterfoil import __version__

from ._exits import MEANINGS, Exit
from ._on_demand import CommandsOnDemand
from ._reading import read_words
from ._show import clean, emit
from ._state import State

__all__ = ["app"]


# Word -> where it is, in the order of ``--help``.
_COMMANDS: Final = {
    "demo": "_demo.demo",
    "serve": "_server.serve",
    "agent": "_agent.agent",
    "status": "_work.status",
    "run": "_work.run",
    "runs": "_runs.runs",
    "writes": "_runs.writes",
    "send": "_work.send",
    "sync-one": "_work.sync_one",
    "retrieve": "_work.retrieve",
    "counts": "_counts.counts",
    "preview": "_work.preview",
    "inbox": "_inbox.inbox",
    "cure": "_inbox.cure",
    "uncure": "_inbox.uncure",
    "correct": "_correcting.correct",
    "transfers": "_transfers.transfers",
    "show": "_transfers.show",
    "retry": "_transfers.retry",
    "skip": "_transfers.skip",
    "accept": "_transfers.accept",
    "adopt": "_transfers.adopt",
    "undo": "_transfers.undo",
    "unreadable": "_transfers.unreadable",
    "match": "_work.match",
    "flows": "_settings.flows",
    "audit": "_audit_log.audit",
    "secret-key": "_keys.secret_key",
    "probe": "_keys.probe",
    "connections": "_connections.connections",
    "links": "_links.links",
    "names": "_names.names",
    "notices": "_notices.notices",
    "routes": "_routes.routes",
    "settings": "_settings.settings",
    "tokens": "_keys.tokens",
    "users": "_users.users",
    "keys": "_keys.keys",
    "sandbox": "_sandbox.sandbox",
}


class _Commands(TyperGroup):
    """Ends every command with its exit code, and every failure in one sentence."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = cast("Any", CommandsOnDemand(_COMMANDS))  # nothing is added to it

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        read_words(self)
        try:
            code = super().main(
                args=args,
                prog_name=prog_name or "counterfoil",
                complete_var=complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except typer.Abort:
            code = Exit.INTERRUPTED
        except BrokenPipeError:  # whoever read our output has had enough
            sys.stderr.close()
            code = Exit.OK
        except Exception as error:  # noqa: BLE001 - the outermost loop: every failure ends here
            code = _failed(error, as_json="--json" in given, debug="--debug" in given)
        sys.exit(int(code) if isinstance(code, int) else Exit.OK)


def _failed(error: Exception, *, as_json: bool, debug: bool) -> Exit:
    """Tell a failure in one sentence with its cure; says the exit code."""
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, typer.TyperException):
        return _misunderstood(error, as_json=as_json)
    from counterfoil.errors import CounterfoilError

    from ._exits import exit_of, kind_of

    if isinstance(error, CounterfoilError):
        sentence, detail = str(error.said), error.detail
    else:
        sentence = (
            "Something went wrong inside Counterfoil. Run the command again with --debug before "
            "it, and report what is shown."
        )
        detail = f"{type(error).__name__}: {error}"
    code = exit_of(error)
    _tell(kind_of(error), sentence, detail, code, as_json=as_json)
    return code


def _misunderstood(error: typer.TyperException, *, as_json: bool) -> Exit:
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error.format_message()}\n")
        return Exit.USAGE
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "counterfoil"
    from ._misunderstood import misunderstood

    sentence = f"{misunderstood(error)} See: {path} --help"
    _tell("usage", sentence, None, Exit.USAGE, as_json=as_json)
    return Exit.USAGE


def _tell(kind: str, sentence: str, detail: str | None, code: Exit, *, as_json: bool) -> None:
    if as_json:
        said: dict[str, object] = {"kind": kind, "message": sentence, "exit_code": int(code)}
        if detail:
            said["detail"] = detail
        emit({"error": said})
        return
    colour, plain = ("\x1b[31m", "\x1b[0m") if sys.stderr.isatty() else ("", "")
    sys.stderr.write(f"{colour}Error:{plain} {clean(sentence)}\n")
    if kind == "bug" and detail:
        sys.stderr.write(f"{clean(detail)}\n")


# The first line keeps Click from filling the paragraph.
_EXITS = "\b\nExit codes:\n" + "\n".join(
    f"{int(code):>5}  {meaning}" for code, meaning in MEANINGS.items()
)

app = typer.Typer(
    name="counterfoil",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Keeps Fusion Operations and Autotask in step with QuickBooks.",
    epilog=_EXITS,
)


def _version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"Counterfoil {__version__}\n")
        raise typer.Exit


@app.callback()
def _before(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", metavar="FILE", help="Configuration file; default: counterfoil.toml here."
        ),
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="URL", help="Use this database.")
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where a failure comes from.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
    ] = False,
) -> None:
    context.obj = State(config=config, database=database)
