"""What a refusal is: who acts, what is offered, and the rows that refusals are made from."""

from __future__ import annotations

from enum import StrEnum

import msgspec

__all__ = ["Action", "Actor", "Choice", "Refusal", "RefusalKind"]


class Actor(StrEnum):
    """Who can resolve a refusal."""

    BOOKKEEPER = "bookkeeper"
    OPERATIONS = "operations"
    ADMINISTRATOR = "administrator"
    INSTALLER = "installer"
    SUPPORT = "support"


class Action(StrEnum):
    """What a choice does when taken; each is a verb of the command line and the API."""

    RETRY = "retry"
    SKIP = "skip"
    USE_RECORD = "use-record"
    CREATE_AS = "create-as"
    ACTIVATE = "activate"
    """Make a record of the target active again."""
    CHANGE_SETTING = "change-setting"
    ADOPT = "adopt"
    SEND = "send"
    """Write the source's content over what is there."""
    ACCEPT = "accept"
    """Take what is there as what was meant, from now on."""
    UNDO = "undo"
    """Take out of the target what was written."""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way out, ready to be carried out.

    ``arguments`` depend on the action: ``setting`` and ``value`` (change-setting),
    ``kind`` and ``name`` (use-record, create-as; ``record`` where it is known which one),
    ``kind``, ``name`` and ``record``, its identity (activate),
    ``id`` (adopt), ``consent`` (undo: also what somebody has changed since).
    """

    action: Action
    label: str
    arguments: dict[str, str] = {}


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why one document stopped.

    Attributes:
        code: A key of ``REFUSAL_KINDS``.
        sentence: What happened, for the bookkeeper.
        cure: What to do about it.
        actor: Who can do it.
        detail: For the engineer: the outside system's own code and words.
        where: Field the refusal is about, such as ``lines[2].item``; ``None``: the whole.
        value: The offending value as text.
        choices: Ways out that a button or a command carries out.
    """

    code: str
    sentence: str
    cure: str
    actor: Actor
    detail: str | None = None
    where: str | None = None
    value: str | None = None
    choices: tuple[Choice, ...] = ()


class RefusalKind(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table: texts with ``{name}`` places, who acts, what is offered."""

    title: str
    sentence: str
    cure: str
    actor: Actor
    choices: tuple[Choice, ...] = ()
