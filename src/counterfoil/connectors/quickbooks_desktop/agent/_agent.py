"""What an agent does: hello, look for work, carry a run out, again.

Every call may be made again: the hub knows a greeting by its ticket, a look and a report by
their numbers.  So a call without an answer is repeated until one comes.  While the hub cannot
be reached in the middle of a run, QuickBooks is given back after a while, and what it answered
last is still told as soon as the hub is there again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from counterfoil.errors import RejectedError, UnavailableError

from ._line import Line
from ._seam import Opening, QuickBooks, QuickBooksError, Session
from .bitness import hint

__all__ = ["Agent", "Stopped"]

# The request processor's own number for a session that is not there.
_NO_SESSION: Final = "0x8004040D"
_TOO_LARGE: Final = "0x8004040E"  # out of memory: the hub then asks for smaller pages
_PAUSE_MAX_S: Final = 60.0
# So long a company file stays open for a hub that does not answer.
_KEEPS_OPEN_S: Final = 30.0


class Stopped(Exception):  # noqa: N818 - it was asked for, it is no error
    """The agent was told to stop while it waited for the hub."""


class Done(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an instruction."""

    run: str
    number: int
    company_file: str = ""
    text: str = ""
    hresult: str = ""
    message: str = ""
    is_last: bool = False


class Agent:
    """An agent of one company file.

    Args:
        line: To the hub.
        quickbooks: On this computer.
        ticket: Names this agent's conversation; fresh chance.
        computer, version: Told to the hub, for people.
        bits: Of this program, for the cure of a wrong one.
        company_file: Opened whatever the hub knows; empty: as the hub says.
        say: Told in sentences what happens.
        pause: Waits so many seconds; may be cut short when ``stops``.
        chance: A number from 0 to 1, so that many agents do not come back at one moment.
        stops: Whether to come to an end.
    """

    def __init__(
        self,
        line: Line,
        quickbooks: QuickBooks,
        *,
        ticket: str,
        computer: str,
        version: str,
        bits: int,
        company_file: str = "",
        say: Callable[[str], None],
        pause: Callable[[float], object],
        chance: Callable[[], float],
        stops: Callable[[], bool],
    ) -> None:
        self._line = line
        self._quickbooks = quickbooks
        self._greeting = {"ticket": ticket, "computer": computer, "version": version}
        self._ticket = ticket
        self._bits = bits
        self._company_file = company_file
        self._say = say
        self._told = ""
        self._pause = pause
        self._chance = chance
        self._stops = stops
        self._application = ""
        self._looks = 0
        self._session: Session | None = None
        self._opened = ""
        self.is_idle = False
        """Nothing is under way: it may be broken off at any moment, with ``Stopped``."""

    def run(self, *, once: bool = False) -> None:
        """Serve the hub until told to stop; ``once``: until nothing is left to do now.

        Raises:
            RejectedError: The token opens nothing, another agent has taken over, or it is no
                hub: a person has to act.
        """
        try:
            welcome = self._ask("hello", self._greeting)
            self._application = str(welcome["application"])
            self._tell(f"Connected to {self._line.address} for {welcome['connection']}.")
            while not self._stops():
                found = self._look(waits=not once)
                if found["do"] == "open":
                    self._carry_out(found)
                elif once:
                    return
        except Stopped:
            return

    def _tell(self, sentence: str) -> None:
        """Say a sentence, unless it is the one that was said last: idle runs all end alike."""
        if sentence != self._told:
            self._told = sentence
            self._say(sentence)

    # -- The line -------------------------------------------------------------------------

    def _look(self, *, waits: bool) -> dict[str, Any]:
        self._looks += 1
        said = {"ticket": self._ticket, "number": self._looks, "waits": waits}
        self.is_idle = True
        try:
            return self._ask("look", said)
        finally:
            self.is_idle = False

    def _ask(self, call: str, said: dict[str, Any]) -> dict[str, Any]:
        """Make a call until it is answered.

        Raises:
            RejectedError: It is refused.
            Stopped: It was not answered when the agent had to stop.
        """
        waited, tries = 0.0, 0
        while True:
            try:
                return self._line.ask(call, said)
            except UnavailableError as error:
                if self._stops():
                    raise Stopped from error
                pause = min(_PAUSE_MAX_S, 2.0**tries) * (0.5 + self._chance() / 2)
                if tries in (0, 5):
                    self._tell(f"{error.message} Trying again.")
                self._pause(pause)
                waited, tries = waited + pause, tries + 1
                if waited >= _KEEPS_OPEN_S and self._session is not None:
                    self._tell("QuickBooks is given back until the hub can be reached.")
                    self._close()
                    # What was answered is told; more cannot be carried in this run.
                    said["is_last"] = True

    # -- A run ----------------------------------------------------------------------------

    def _carry_out(self, instruction: dict[str, Any]) -> None:
        """Carry one run out, from opening QuickBooks to closing it."""
        try:
            while instruction["do"] != "close":
                instruction = self._report(self._done(instruction))
        finally:
            self._close()
        if instruction.get("sentence"):
            self._tell(str(instruction["sentence"]))

    def _report(self, done: Done) -> dict[str, Any]:
        if self._stops():
            done = msgspec.structs.replace(done, is_last=True)
        said = {"ticket": self._ticket, **msgspec.to_builtins(done)}
        try:
            return self._ask("report", said)
        except RejectedError as error:
            if error.code != "413":
                raise
        words = "the answer is larger than the hub takes"
        return self._ask("report", {**said, "text": "", "hresult": _TOO_LARGE, "message": words})

    def _done(self, instruction: dict[str, Any]) -> Done:
        said = Done(run=str(instruction["run"]), number=int(instruction["number"]))
        try:
            if instruction["do"] == "open":
                self._open(instruction)
                return msgspec.structs.replace(said, company_file=self._opened)
            text = self._process(str(instruction["text"]))
        except QuickBooksError as error:
            told = hint(error.hresult, self._bits)
            if told:
                self._tell(f"{error.message} {told}")
            return msgspec.structs.replace(said, hresult=error.hresult, message=error.message)
        return msgspec.structs.replace(said, company_file=self._opened, text=text)

    def _open(self, instruction: dict[str, Any]) -> None:
        self._close()
        if instruction.get("asks_access"):
            self._tell("QuickBooks asks for permission now: look at its window on this computer.")
        opening = Opening(
            application=self._application,
            company_file=self._company_file or str(instruction.get("company_file", "")),
            alone=instruction.get("mode") == "single",
            asks_access=bool(instruction.get("asks_access")),
        )
        self._session = self._quickbooks.open(opening)
        self._opened = self._session.company_file

    def _process(self, text: str) -> str:
        if self._session is None:
            raise QuickBooksError(_NO_SESSION, "The session with QuickBooks is over.")
        return self._session.process(text)

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
