"""What is set about to-dos, held beside the operations system's own lists (OP13)."""

from __future__ import annotations

from contextlib import closing

from counterfoil.errors import UsageError
from counterfoil.ledger.connections import Connection
from counterfoil.settings import Settings, ToDos

from .setup import Hub
from .systems import Calling, KeepsToDos, calling

__all__ = ["check"]


def check(hub: Hub, operations: Connection, before: Settings, after: Settings) -> None:
    """See that to-dos can be made as it is set, where that is set anew.

    Raises:
        UsageError: There is no such action type or resource, or it gets none; says what to do.
        ConnectorError: Nobody can say: the lists could not be read.
    """
    action_type, assignee = wanted = _wanted(after)
    if wanted == _wanted(before) or action_type is None or assignee is None:
        return
    with closing(calling(operations, Calling(hub=hub))) as caller:
        if not isinstance(caller, KeepsToDos):
            return
        problem = caller.to_do_problem(action_type, assignee)
    if problem is not None:
        raise UsageError(f"{problem.where}: {problem.sentence} Nothing was changed.")


def _wanted(settings: Settings) -> tuple[str | None, str | None]:
    """Give action type and resource as they act."""
    rules = settings.purchase_order_out
    if rules.to_dos is ToDos.OFF:
        return None, None
    return rules.to_do_action_type, rules.to_do_resource
