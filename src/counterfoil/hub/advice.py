"""What people are told to do in many places: in words, as a command, and where in the console.

A test sees that every command is one of the command line's, and that every page is there.
"""

from __future__ import annotations

import shlex

from counterfoil.told import Advice

__all__ = [
    "accept_file",
    "add_connection",
    "change",
    "connect",
    "look_again",
    "read_again",
    "restore",
    "resume",
    "run_step",
    "see_transfers",
    "see_unreadable",
    "see_why",
    "set_option",
    "unadopt",
    "undo",
]


def see_why(command: str, page: str = "") -> Advice:
    """Look for the reason."""
    return Advice("See why", command, page)


def see_transfers(rest: str = "") -> Advice:
    """List transfers."""
    return Advice("", f"transfers {rest}".rstrip())


def see_unreadable(connection: int, words: str = "See which, and what is wrong") -> Advice:
    """List the records of a connection that could not be read."""
    return Advice(words, f"unreadable {connection}", f"/connections/{connection}")


def look_again(connection: int, words: str = "Look at every step") -> Advice:
    """Try a connection, step by step."""
    return Advice(words, f"connections test {connection}", f"/connections/{connection}")


def change(connection: int, words: str, rest: str = "") -> Advice:
    """Enter something else for a connection."""
    command = f"connections change {connection} {rest}".rstrip()
    return Advice(words, command, f"/connections/{connection}/change")


def connect(connection: int, words: str = "Connect it again") -> Advice:
    """Sign in for a connection at its provider."""
    return Advice(words, f"connections connect {connection}", f"/connect/{connection}")


def restore(connection: int, words: str = "Take it up again") -> Advice:
    """Take a removed connection up again."""
    return Advice(words, f"connections restore {connection}", f"/connections/{connection}")


def add_connection(words: str) -> Advice:
    """Make another connection."""
    return Advice(words, "connections add", "/connections/new")


def accept_file(connection: int, words: str) -> Advice:
    """Take the company file that is open for a connection's own."""
    return Advice(words, f"connections accept-file {connection}", f"/connections/{connection}")


def run_step(connection: int, step: str, words: str = "Try it") -> Advice:
    """Try a step of setting a connection up."""
    command = f"connections checklist {connection} --run {step}"
    return Advice(words, command, f"/connections/{connection}")


def resume(link: int, words: str = "Resume it") -> Advice:
    """Let a link go on."""
    return Advice(words, f"links resume {link}", f"/links/{link}")


def read_again(link: int, words: str = "Check it, or read again") -> Advice:
    """Do now whatever is due on a link."""
    return Advice(words, f"run {link}", f"/links/{link}")


def set_option(link: int, words: str, *options: str) -> Advice:
    """Change options of a link, each as ``section.name=value``."""
    typed = " ".join(map(shlex.quote, options))
    return Advice(words, f"settings set {link} {typed}", f"/links/{link}/settings")


def undo(transfer: int, words: str) -> Advice:
    """Take a document back out of its target."""
    return Advice(words, f"undo --transfer {transfer}", f"/transfers/{transfer}")


def unadopt(transfer: int, words: str) -> Advice:
    """Take back that a transfer is a document of its target."""
    return Advice(words, f"adopt {transfer} --undo", f"/transfers/{transfer}")
