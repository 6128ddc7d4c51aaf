"""What somebody needs to set up a Web Connector, as commands tell it: password, file, address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._show import say, warn

if TYPE_CHECKING:
    from counterfoil.hub.served import Address

__all__ = [
    "Grace",
    "QwcFile",
    "save_qwc",
    "tell_doubt",
    "tell_grace",
    "tell_password",
    "tell_qwc",
]

QwcFile = Annotated[
    Path | None, typer.Option("--qwc", metavar="FILE", help="Save the Web Connector's file here.")
]
Grace = Annotated[
    int,
    typer.Option(
        "--grace",
        metavar="MINUTES",
        min=0,
        help="For how long the old password opens, too; 0: it ends at once.",
    ),
]


def save_qwc(path: Path | None, text: str, again: str) -> None:
    """Save the file for a Web Connector; ``again``: the words that print it."""
    from counterfoil.errors import UsageError
    from counterfoil.ledger.private_files import write_private

    if path is None:
        return
    try:
        write_private(path, text)
    except OSError as error:
        raise UsageError(
            f"The file {str(path)!r} cannot be written: {error.strerror}. Choose another place, "
            f"and get the text again with: counterfoil connections {again}"
        ) from error


def tell_password(user_name: str, password: str) -> None:
    """Show a password, this once."""
    say(f"User name:  {user_name}")
    say(f"Password:   {password}")
    say("The Web Connector asks for it; it is shown this once and kept only as a hash.")


def tell_grace(minutes: int) -> None:
    """Say for how long the old password opens."""
    if minutes:
        say(f"The old password opens for {minutes} more minutes, too.")


def tell_doubt(address: Address) -> None:
    """Warn where the address may not be the right one."""
    if address.doubt is not None:
        warn(address.doubt)


def tell_qwc(saved: Path | None, text: str) -> None:
    """Say what is done with the file for a Web Connector."""
    if saved is not None:
        say(f"Add {saved} to the Web Connector: File, Add an Application.")
        return
    say("Save what follows as counterfoil.qwc and add it to the Web Connector:")
    say()
    say(text)
