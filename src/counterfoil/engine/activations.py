"""What an answer says of a record that was to be made active, held against what was asked.

Nothing is learned of a record but the one that was named, and no success is one that leaves it
inactive: a document would be booked on somebody else, or the same be asked without end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from counterfoil.documents import RecordKind, record_kind, refuse

from .asked import Asked, Kind
from .operations import Busy, Done, Outcome, Refused

__all__ = ["believed"]


def believed(
    asked: Sequence[Asked], outcomes: Mapping[str, Outcome], target: str
) -> Mapping[str, Outcome]:
    """Give the outcomes; a success that is none sends us to the lists first.

    Where it stays so it is a refusal.

    Args:
        target: The target's name in running text.
    """
    doubted: dict[str, Outcome] = {}
    for each in asked:
        outcome = outcomes.get(each.wire_id)
        if each.kind is not Kind.ACTIVATE_RECORD or not isinstance(outcome, Done):
            continue
        problem = _difference(each, outcome)
        if problem is not None:
            kind = RecordKind(each.subject or "").words
            refusal = refuse("rejected", target=target, document=kind, problem=problem)
            doubted[each.wire_id] = Busy(problem, otherwise=Refused(refusal), is_outdated=True)
    return {**outcomes, **doubted} if doubted else outcomes


def _difference(each: Asked, done: Done) -> str | None:
    """Say what is wrong with an answer; ``None``: the record that was named is active."""
    wanted, record = None if each.sent is None else each.sent.record, done.record
    if record is None and done.id == wanted:
        return f"it was to make “{each.name}” active, and does not tell what it is now."
    if record is None or record_kind(record) != each.subject or {done.id, record.id} != {wanted}:
        return f"it was to make “{each.name}” active, and answered of another record."
    return None if record.is_active else f"it was to make “{each.name}” active, and has not."
