"""The agent's calls, answered: a conversation, and in it one run after the other.

An agent says *hello*, then *looks* for work until it is given a run, and *reports* what became
of each instruction; the answer to a report is the next instruction.  ``docs/agent-protocol.md``
tells the calls and why each may come twice or late:

* Instructions of a run are numbered and a report names the one it answers.  One that was taken
  already is answered with the same instruction again; one of a run that is over is kept as
  evidence (``desktop_answers.take_late``).
* What a run has to know between two calls is in its row, so any process may take the next.
* The newest conversation ends the older ones, and the newest run the older ones, be they an
  agent's or a Web Connector's.

What is asked and what an answer changes is ``hub.desktop_run``'s.  Transactions lock the
connection's row first and the run's after it, always.
"""

from ._calls import (
    NotOpenError,
    SupersededError,
    begin_look,
    check,
    hello,
    look,
    new_token_for,
    report,
)
from ._words import Greeting, Instruction, Looking, Report, Welcome, parse

__all__ = [
    "Greeting",
    "Instruction",
    "Looking",
    "NotOpenError",
    "Report",
    "SupersededError",
    "Welcome",
    "begin_look",
    "check",
    "hello",
    "look",
    "new_token_for",
    "parse",
    "report",
]
