"""Time worked, made into entries of timesheets (4.3).  Pure, and of no one interface.

One entry for each worker, local day, production order, operation and section: what several
records tell of the same is added up, and only then rounded to whole minutes, half up.  The
identity says just that, so a record that comes later makes an entry longer, not another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from counterfoil.documents import DocumentStatus, InvalidDocument, Reference, WorkEntry, validated

__all__ = ["Named", "ProductionOrder", "Stretch", "entries_of", "entry_id"]

_ID_LENGTH_MAX = 200
# The day on which clocks are set back.
_DAY_MINUTES_MAX = 25 * 60


class Named(NamedTuple):
    """An operation or a section: its code, and what people call it."""

    code: str | None = None
    name: str | None = None

    @property
    def key(self) -> str:
        """What identifies it, as far as it is told."""
        return self.code or self.name or ""

    @property
    def words(self) -> str | None:
        """What people call it; else its code."""
        return self.name or self.code


class ProductionOrder(NamedTuple):
    """What is made, and for whom; ``is_finished`` once it is completed or closed."""

    id: str
    code: str | None = None
    text: str | None = None
    client: str | None = None
    is_finished: bool = False


class Stretch(NamedTuple):
    """Time of one worker on one local day; ``seconds`` exact, inside working hours."""

    worker: Reference
    on: date
    seconds: Fraction
    order: ProductionOrder | None
    operation: Named = Named()
    section: Named = Named()


def entry_id(stretch: Stretch) -> str:
    """Give the identity of the entry a stretch belongs to.

    ``5001:12:2025-03-04:9f86d081884c``: production order, worker's number, day, and a digest
    of operation and section.
    """
    order = "none" if stretch.order is None else stretch.order.id
    worker = stretch.worker.id or stretch.worker.name
    told = f"{order}\x1f{worker}\x1f{stretch.operation.key}\x1f{stretch.section.key}"
    digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    id_ = f"{order}:{worker}:{stretch.on.isoformat()}:{digest[:12]}"
    return id_ if len(id_) <= _ID_LENGTH_MAX else f"{stretch.on.isoformat()}:{digest[:40]}"


def entries_of(
    stretches: Iterable[Stretch], refused: Callable[[str, InvalidDocument], None]
) -> list[WorkEntry]:
    """Add stretches up to entries; a day of less than half a minute is none (TIME-1).

    Args:
        stretches: In the order of the records.
        refused: Is told the identity of an entry that cannot be made, and why.
    """
    groups: dict[str, list[Stretch]] = {}
    for each in stretches:
        groups.setdefault(entry_id(each), []).append(each)
    made = []
    for id_, group in groups.items():
        minutes = _minutes(sum((each.seconds for each in group), Fraction(0)))
        if minutes < 1:
            continue
        try:
            made.append(_entry(id_, group[0], minutes))
        except InvalidDocument as error:
            refused(id_, error)
    return made


def _minutes(seconds: Fraction) -> int:
    return int(seconds / 60 + Fraction(1, 2))


def _entry(id_: str, first: Stretch, minutes: int) -> WorkEntry:
    if minutes > _DAY_MINUTES_MAX:
        told = f"{minutes // 60}:{minutes % 60:02d} hours on {first.on}"
        problem = "is more than a day has; correct the records of this worker and operation"
        raise InvalidDocument("work-time", told, problem)
    order = first.order
    is_finished = order is not None and order.is_finished
    return validated(
        WorkEntry,
        {
            "id": id_,
            "number": order and order.code,
            "status": DocumentStatus.CLOSED if is_finished else DocumentStatus.OPEN,
            "worker": first.worker,
            "worked_on": first.on,
            "minutes": minutes,
            "order_id": order and order.id,
            "order_code": order and order.code,
            "order_text": order and order.text,
            "order_client": Reference(order.client) if order and order.client else None,
            "operation": first.operation.words,
            "operation_code": first.operation.code,
            "section": first.section.words,
        },
    )
