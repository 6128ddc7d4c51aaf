"""What an agent and the hub say to each other."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, TypeVar

import msgspec

__all__ = ["Greeting", "Instruction", "Looking", "Report", "Welcome", "parse"]

# What every database keeps.
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Greeting(msgspec.Struct, frozen=True, kw_only=True):
    """The beginning of a conversation.

    Attributes:
        ticket: Names the conversation in every later call; made by the agent from chance, so
            that a greeting that comes twice is one conversation.
        computer, version: Of the agent, for people.
    """

    ticket: str
    computer: str = ""
    version: str = ""


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """A look for work.

    Attributes:
        number: Grows with every look of the conversation.
        waits: Wait a while for work that comes.
    """

    ticket: str
    number: _Number
    waits: bool = True


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a greeting; ``application``: the name under which QuickBooks knows us."""

    connection: str
    application: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an instruction.

    Attributes:
        ticket: The conversation's.
        run, number: Of the instruction.
        company_file: Path of the file that is open; empty: none is.
        text: QuickBooks' answer as qbXML; empty where it gave none.
        hresult, message: What it gave instead, as Windows writes numbers.
        is_last: The agent can carry nothing more in this run.
    """

    ticket: str
    run: str
    number: _Number
    company_file: str = ""
    text: str = ""
    hresult: str = ""
    message: str = ""
    is_last: bool = False


_Said = TypeVar("_Said", Greeting, Looking, Report)

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def parse(body: bytes, kind: type[_Said]) -> _Said:
    """Read what an agent says, with blanks for what no line and no database holds.

    QuickBooks' own answer (``text``) stays as it is: it is evidence, and judged by its reader.

    Raises:
        ValueError: It is not that; the words end a sentence.
    """
    try:
        return _cleaned(msgspec.json.decode(body, type=kind))
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _cleaned(said: _Said) -> _Said:
    unfit = {
        name: _CONTROLS.sub(" ", value)
        for name, value in msgspec.structs.asdict(said).items()
        if name != "text" and isinstance(value, str) and _CONTROLS.search(value)
    }
    return msgspec.structs.replace(said, **unfit) if unfit else said


class Instruction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an agent is to do.

    Attributes:
        do: ``wait``: nothing now, look again; ``open`` a session; ``carry`` the set ``text`` to
            QuickBooks; ``close`` the session, the run is over.
        run, number: To be named in the report.
        company_file: Which file to open; empty: the one that is open.
        mode: Open it for one user alone, or as it is.
        asks_access: Let QuickBooks ask the person at it for permission.
        sentence: How the run ended, for whoever looks at the agent.
    """

    do: Literal["wait", "open", "carry", "close"]
    run: str = ""
    number: int = 0
    company_file: str = ""
    mode: Literal["any", "single"] = "any"
    asks_access: bool = False
    text: str = ""
    sentence: str = ""
