"""The ways out that several kinds of refusal offer."""

from __future__ import annotations

from ._shapes import Action, Choice

__all__ = ["ACCEPT", "ACTIVATE", "CREATE", "CREATE_AS", "RETRY", "ROUND", "SEND", "SKIP", "USE"]

RETRY = Choice(Action.RETRY, "Try again")
SKIP = Choice(Action.SKIP, "Leave this document out")
USE = Choice(
    Action.USE_RECORD, "Use another {kind} of the books", {"kind": "{kind}", "name": "{value}"}
)
CREATE_AS = Choice(
    Action.CREATE_AS, "Create the {kind} under another name", {"kind": "{kind}", "name": "{value}"}
)
ACTIVATE = Choice(
    Action.ACTIVATE,
    "Make {record_name} active",
    {"kind": "{kind}", "name": "{record_name}", "record": "{record}"},
)
ACCEPT = Choice(Action.ACCEPT, "Leave it there as it is")
SEND = Choice(Action.SEND, "Write over it what was entered")
CREATE = Choice(
    Action.CHANGE_SETTING,
    "Let Counterfoil create missing {kind}s{besides}",
    {"setting": "{setting}", "value": "true"},
)

ROUND = Choice(
    Action.CHANGE_SETTING, "Let Counterfoil round", {"setting": "{setting}", "value": "round"}
)
