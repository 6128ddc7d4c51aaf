"""What is assumed of Fusion Operations v1, and whether a real tenant bears it out.

The vendor documents v1 only in part, so much that this connector does rests on a reading of
it.  Each row says one such reading, whether what a tenant answers agrees, and what to set
where it does not.  Nothing is written to find out; what only a write would tell stays open.

No value of the tenant is shown: names of properties, numbers of elements and words of status
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import InvalidDocument
from counterfoil.told import Advice

from ._elements import says_closed
from ._fields import FieldMap
from ._kinds import ORDERS, Resource
from ._movements import iter_receivings, iter_shippings
from ._productions import Record, parse_labor_row, parse_production, parse_production_order
from ._wire import PURCHASES, SALES, Side, parse_product

__all__ = ["Assumption", "Evidence", "Verdict", "judged"]


class Verdict(StrEnum):
    """Whether an assumption holds."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "cannot tell"


@dataclass(frozen=True)
class Assumption:
    """One row.

    Attributes:
        name: Stable, for programs.
        sentence: What is assumed.
        verdict: Whether it is so here.
        found: What was seen.
        cure: What to set or to look at; ``None``: nothing.
    """

    name: str
    sentence: str
    verdict: Verdict
    found: str
    cure: Advice | None = None


class Evidence(NamedTuple):
    """What a tenant answered.

    Attributes:
        lists: Resource -> its elements; one that could not be read is absent.
        inventory: Way -> what the stock of one product was answered with when it was asked for
            by ``id`` and by ``code``; ``None``: the service knows none such.
    """

    lists: Mapping[str, tuple[Any, ...]]
    inventory: Mapping[str, Any]
    zone: tzinfo
    fields: FieldMap

    def of(self, resource: str) -> tuple[Any, ...]:
        """Give the elements of a list; none where it could not be read."""
        return self.lists.get(resource, ())


def judged(evidence: Evidence) -> tuple[Assumption, ...]:
    """Judge every assumption."""
    return tuple(check(evidence) for check in _CHECKS)


_NO_MARKETPLACE = "Do not choose customers by marketplace before an order tells one"
_FIELD_MAP = Advice("Name what is called otherwise", "--field-map MAP")


# --- Orders -----------------------------------------------------------------------------------


def _orders_are_read(resource: Resource, words: str) -> Callable[[Evidence], Assumption]:
    def check(evidence: Evidence) -> Assumption:
        return _all_are_read(
            evidence,
            resource.path,
            f"{words} are called and spelled as the field map says.",
            lambda raw: resource.parse(raw, evidence.zone, evidence.fields),
        )

    return check


def _all_are_read(
    evidence: Evidence, path: str, sentence: str, read: Callable[[object], object]
) -> Assumption:
    elements, problems = evidence.of(path), []
    for raw in elements:
        try:
            read(raw)
        except InvalidDocument as error:
            problems.append(error.sentence)
    name = f"{path}-readable"
    if not elements:
        return Assumption(name, sentence, Verdict.OPEN, "There is none to look at.")
    if not problems:
        return Assumption(name, sentence, Verdict.HOLDS, f"All {len(elements)} could be read.")
    found = f"{len(problems)} of {len(elements)} could not be read: {clean_line(problems[0], 200)}"
    return Assumption(name, sentence, Verdict.FAILS, found, _FIELD_MAP)


def _lists_closed(resource: Resource, words: str) -> Callable[[Evidence], Assumption]:
    def check(evidence: Evidence) -> Assumption:
        elements = evidence.of(resource.path)
        closed = sum(says_closed(raw, resource.group, evidence.fields) for raw in elements)
        return Assumption(
            f"{resource.path}-list-closed",
            f"The list of {words.lower()} shows closed ones, too.",
            Verdict.HOLDS if closed else Verdict.OPEN,
            f"{closed} of {len(elements)} are closed.",
            None
            if closed
            else Advice(
                "If there are closed ones, have them asked for; until then each is asked for alone",
                "--field-map parameter.closed-orders=NAME,value.closed-orders=VALUE",
            ),
        )

    return check


def _tells_deliveries(side: Side, words: str, option: str) -> Callable[[Evidence], Assumption]:
    iterate = iter_shippings if side is SALES else iter_receivings

    def check(evidence: Evidence) -> Assumption:
        moved, nested = 0, 0
        orders = evidence.of(f"{side.order}s")
        for raw in orders:
            nested += isinstance(raw, Mapping) and Reader(raw).has(
                evidence.fields[f"{side.order}.{side.parts}"]
            )
            try:
                deliveries = [*iterate(raw, evidence.zone, evidence.fields)]
            except InvalidDocument:
                continue
            moved += any(line.moved.value for each in deliveries for line in each.lines)
        movements = sum(_is_movement(raw, side, evidence.fields) for raw in evidence.of(_MOVEMENTS))
        way = "within their deliveries" if nested else "on their lines"
        verdict = Verdict.HOLDS if moved else Verdict.FAILS if movements else Verdict.OPEN
        return Assumption(
            f"{words}-in-orders",
            f"Orders tell what was {side.moved.removeprefix('quantity-')} of them.",
            verdict,
            f"{moved} of {len(orders)} orders do, {way}; {movements} movements name an order.",
            Advice("Read them from the movements", f"{option} movements")
            if verdict is Verdict.FAILS
            else None,
        )

    return check


_MOVEMENTS = "inventory-movements"


def _is_movement(raw: object, side: Side, fields: FieldMap) -> bool:
    try:
        reader = Reader(raw)
        word = (reader.text(fields["movement.type"]) or "").lower()
        is_of_side = word == fields[f"word.{side.part}-movement"].lower()
        return is_of_side and reader.code(fields[f"movement.{side.order}"]) is not None
    except InvalidDocument:
        return False


def _tells_marketplace(evidence: Evidence) -> Assumption:
    orders = evidence.of("sales-orders")
    number = sum(_has(raw, evidence.fields["sales-order.marketplace"]) for raw in orders)
    return Assumption(
        "marketplaces",
        "Orders tell the marketplace they came from.",
        Verdict.HOLDS if number else Verdict.OPEN,
        f"{number} of {len(orders)} do.",
        None if number else Advice(_NO_MARKETPLACE),
    )


def _has(raw: object, name: str) -> bool:
    try:
        return Reader(raw).value(name) is not None
    except InvalidDocument:
        return False


# --- Work -------------------------------------------------------------------------------------


def _production_orders_are_read(evidence: Evidence) -> Assumption:
    return _all_are_read(
        evidence,
        "production-orders",
        "Production orders tell whether they are finished, in words that are known.",
        lambda raw: parse_production_order(raw, evidence.zone, evidence.fields),
    )


def _records(evidence: Evidence) -> Iterator[Record]:
    for raw in evidence.of("productions"):
        try:
            yield parse_production(raw, evidence.zone, evidence.fields)
        except InvalidDocument:
            continue


def _tells_hours(evidence: Evidence) -> Assumption:
    worked = sum(bool(each.days) and each.order is not None for each in _records(evidence))
    rows = 0
    for raw in evidence.of("labor-time"):
        try:
            rows += bool(parse_labor_row(raw, evidence.zone, evidence.fields).days)
        except InvalidDocument:
            continue
    verdict = Verdict.HOLDS if worked else Verdict.FAILS if rows else Verdict.OPEN
    records = len(evidence.of("productions"))
    return Assumption(
        "hours-in-productions",
        "Production records tell who worked how long on which production order.",
        verdict,
        f"{worked} of {records} records do; so do {rows} rows of the report of labour time.",
        Advice("Read them from the report", "--hours-from report")
        if verdict is Verdict.FAILS
        else None,
    )


def _tells_names(evidence: Evidence) -> Assumption:
    records = [*_records(evidence)]
    named = sum(each.worker.name != each.worker.id for each in records)
    operations = sum(each.operation.name is not None for each in records)
    verdict = Verdict.OPEN
    if records:
        verdict = Verdict.HOLDS if named and operations else Verdict.FAILS
    return Assumption(
        "names-in-productions",
        "Production records tell workers and operations by name, not by number only.",
        verdict,
        f"Of {len(records)} records {named} name the worker and {operations} the operation.",
        Advice("Numbers and codes stand in their place: name employees and service items so")
        if verdict is Verdict.FAILS
        else None,
    )


# --- Products and stock -----------------------------------------------------------------------


def _products_are_read(evidence: Evidence) -> Assumption:
    return _all_are_read(
        evidence,
        "products",
        "Products, their tags and their custom fields have a shape that is known.",
        lambda raw: parse_product(raw, evidence.zone, evidence.fields),
    )


def _tells_stock(evidence: Evidence) -> Assumption:
    ways = [way for way, raw in evidence.inventory.items() if _tells_quantity(raw, evidence)]
    verdict = Verdict.OPEN
    if evidence.inventory:
        verdict = Verdict.HOLDS if ways else Verdict.FAILS
    asked = " or ".join(evidence.inventory) or "nothing"
    return Assumption(
        "stock-of-a-product",
        "The stock of a product is told when it is asked for by its id or its code.",
        verdict,
        f"Asked by {asked}: told by {' and '.join(ways) or 'none'}.",
        Advice("Sum the movements in its place", "--stock-from movements")
        if verdict is Verdict.FAILS
        else None,
    )


def _tells_quantity(raw: object, evidence: Evidence) -> bool:
    if isinstance(raw, list):
        return bool(raw)
    names = ("inventory.quantity", "inventory.warehouses")
    return raw is not None and any(_has(raw, evidence.fields[name]) for name in names)


# --- The service as a whole -------------------------------------------------------------------


def _answers_v1(evidence: Evidence) -> Assumption:
    return Assumption(
        "interface-v1",
        "The tenant still answers the interface v1, with a key's usual rights.",
        Verdict.HOLDS if evidence.lists else Verdict.FAILS,
        f"{len(evidence.lists)} lists could be read.",
        None
        if evidence.lists
        else Advice("Ask the vendor whether v1 is still open to this company"),
    )


def _lists_are_whole(evidence: Evidence) -> Assumption:
    # A list that ends at a round number may have been cut there.
    round_ones = [name for name, found in evidence.lists.items() if found and not len(found) % 50]
    return Assumption(
        "lists-whole",
        "A list comes whole, or tells its next page.",
        Verdict.OPEN if round_ones else Verdict.HOLDS,
        f"A round number of elements, as of a page: {', '.join(sorted(round_ones))}."
        if round_ones
        else "No list ends at a round number.",
        Advice(
            "Compare with what Fusion Operations shows; a page size can be set",
            "--field-map parameter.page-size=NAME,value.page-size=NUMBER",
        )
        if round_ones
        else None,
    )


def _dates_have_zones(evidence: Evidence) -> Assumption:
    dated = [*_dates(evidence)]
    bare = sum(
        not text.endswith(("Z", "z")) and "+" not in text[10:] and "-" not in text[10:]
        for text in dated
    )
    return Assumption(
        "dates-with-zone",
        "Dates bear their zone; those without are in the company's.",
        Verdict.OPEN if bare or not dated else Verdict.HOLDS,
        f"{bare} of {len(dated)} creation dates bear none.",
        Advice("See that the time zone is the one set in Fusion Operations", "--time-zone ZONE")
        if bare
        else None,
    )


def _dates(evidence: Evidence) -> Iterator[str]:
    for resource in ORDERS.values():
        name = evidence.fields[f"{resource.group}.creation-date"]
        for raw in evidence.of(resource.path):
            try:
                text = Reader(raw).text(name)
            except InvalidDocument:
                continue
            if text is not None and "T" in text:
                yield text.strip()


def _only_by_writing(name: str, sentence: str, cure: str) -> Callable[[Evidence], Assumption]:
    def check(evidence: Evidence) -> Assumption:
        del evidence
        return Assumption(name, sentence, Verdict.OPEN, "Only a write would tell.", Advice(cure))

    return check


_SALES_ORDERS, _PURCHASE_ORDERS = ORDERS.values()

_CHECKS: Iterable[Callable[[Evidence], Assumption]] = (
    _answers_v1,
    _orders_are_read(_SALES_ORDERS, "Sales orders"),
    _orders_are_read(_PURCHASE_ORDERS, "Purchase orders"),
    _tells_deliveries(SALES, "shipments", "--shipments-from"),
    _tells_deliveries(PURCHASES, "receipts", "--receipts-from"),
    _lists_closed(_SALES_ORDERS, "Sales orders"),
    _lists_closed(_PURCHASE_ORDERS, "Purchase orders"),
    _tells_marketplace,
    _production_orders_are_read,
    _tells_hours,
    _tells_names,
    _products_are_read,
    _tells_stock,
    _lists_are_whole,
    _dates_have_zones,
    _only_by_writing(
        "orders-changeable",
        "Orders can be changed and deleted, and keep what is sent back unchanged.",
        "The first change that is sent tells; a service that does not take it refuses in words",
    ),
    _only_by_writing(
        "codes-unique",
        "A code that is taken is refused, with 409, 400 or 422.",
        "Nothing to set: whichever it is, the order of that code is looked for",
    ),
)
