"""The reference of the command line, made from the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from counterfoil.cli import app
from counterfoil.cli._exits import MEANINGS

_HEADER = """\
# Command line

Options before the command hold for every one. With `--json` a command prints one JSON value
on standard output, also when it fails: `{"error": {"kind", "message", "exit_code"}}`.
Everything that is not the result goes to standard error. On a terminal tables fit its width;
into a pipe they are plain lines with tabs between the columns.

Configuration comes from the environment (`COUNTERFOIL_...`) or from `counterfoil.toml`: see
[Operating a hub](../how-to/operate-a-hub.md).
"""


def render() -> str:
    """Give the page: exit codes, the options before a command, then every command."""
    root = typer.main.get_command(app)
    parts = [_HEADER, _exits(), "## Options before the command\n", _table(root)]
    parts += [_command(path, found) for path, found in _commands("counterfoil", root)]
    return "\n".join(parts)


def _exits() -> str:
    rows = "\n".join(f"| {int(code)} | {meaning} |" for code, meaning in MEANINGS.items())
    return f"## Exit codes\n\n| Code | Meaning |\n| --- | --- |\n{rows}\n"


def _commands(path: str, found: Any) -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, in the order of ``--help``."""
    for name, inner in found.commands.items():
        if hasattr(inner, "commands"):
            yield from _commands(f"{path} {name}", inner)
        else:
            yield f"{path} {name}", inner


def _command(path: str, found: Any) -> str:
    arguments = [each for each in found.params if each.param_type_name == "argument"]
    usage = " ".join([path, *(_argument(each) for each in arguments)])
    about = inspect.cleandoc(found.help or "")
    return f"## `{path}`\n\n```text\n{usage}\n```\n\n{about}\n\n{_table(found)}"


def _argument(each: Any) -> str:
    name: str = each.metavar or each.name.upper()
    if each.nargs == -1:
        name += "..."
    return name if each.required else f"[{name}]"


def _table(found: Any) -> str:
    rows = [_row(each) for each in found.params if each.name not in ("help", "json")]
    if any(each.name == "json" for each in found.params):
        rows.append("| `--json` | Print JSON instead of text. | |")
    if not rows:
        return ""
    return "| Name | Meaning | Default |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"


def _row(each: Any) -> str:
    if each.param_type_name == "argument":
        name = f"`{_argument(each)}`"
    else:
        value = "" if each.is_flag else f" {each.metavar or each.name.upper()}"
        name = f"`{each.opts[0]}{value}`"
    text = (each.help or "").replace("|", "\\|")
    if each.envvar:
        text += f" Environment: `{each.envvar}`."
    return f"| {name} | {text} | {_default(each)} |"


def _default(each: Any) -> str:
    if each.required:
        return "needed"
    is_flag = getattr(each, "is_flag", False)
    return "" if is_flag or each.default in (None, ()) else f"`{each.default}`"
