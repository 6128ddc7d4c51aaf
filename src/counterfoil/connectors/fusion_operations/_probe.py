"""What a real tenant calls things, without telling what it holds.

The names of many properties are not documented (``_fields``).  ``probe`` reads every list
once and reports each property with an example whose letters and digits are masked, and which
assumptions of this connector hold (``_assumptions``), so that the report can be sent to
somebody who corrects the field map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from counterfoil.connectors.called import Reader, Unfit, clean_line, code_problem
from counterfoil.documents import InvalidDocument
from counterfoil.errors import ConnectorError, RejectedError

from ._assumptions import Assumption, Evidence, judged
from ._client import FusionClient
from ._lists import QUESTIONS

__all__ = ["ProbeReport", "Property", "masked", "probe"]

RESOURCES = (
    "clients",
    "inventory-movements",
    "labor-time",
    "product-families",
    "production-orders",
    "productions",
    "products",
    "purchase-orders",
    "sales-orders",
    "suppliers",
)
EXAMPLE_LENGTH_MAX = 40
# Free names may stand where property names do (custom fields as one object), so no more.
NAMES_MAX = 500


@dataclass
class Property:
    """One property: how often it was there, as which JSON types, and a masked example."""

    count: int = 0
    types: set[str] = field(default_factory=set)
    example: str = ""


@dataclass
class ProbeReport:
    """What was found.

    Attributes:
        counts: Resource -> elements in its list.
        properties: Resource -> path such as ``shippings[].due-date`` -> property.
        failures: Resource -> why it could not be read.
        assumptions: What this connector takes for true, and whether it is so here.
    """

    counts: dict[str, int] = field(default_factory=dict)
    properties: dict[str, dict[str, Property]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()


def probe(client: FusionClient, zone: tzinfo = UTC) -> ProbeReport:
    """Read every list once; a list that cannot be read is reported, not raised.

    ``zone``: the company's, for dates that bear none.
    """
    report = ProbeReport()
    lists: dict[str, tuple[Any, ...]] = {}
    for resource in RESOURCES:
        try:
            elements = client.fetch_list(
                client.fields.path(resource), question=QUESTIONS.get(resource, "")
            )
        except ConnectorError as error:
            report.failures[resource] = f"{error.message} ({error.detail})"
            continue
        lists[resource] = elements
        report.counts[resource] = len(elements)
        found = report.properties.setdefault(resource, {})
        for element in elements:
            _note_all(found, element)
    inventory = _inventory(client, lists.get("products", ()), report)
    report.assumptions = judged(Evidence(lists, inventory, zone, client.fields))
    return report


def _inventory(
    client: FusionClient, products: tuple[Any, ...], report: ProbeReport
) -> dict[str, Any]:
    """Ask for the stock of the first product, by its id and by its code."""
    answers: dict[str, Any] = {}
    for way, key in _keys(client, products):
        path = client.fields.path("inventory") + quote(key, safe="")
        try:
            answers[way] = client.fetch(path).json
        except RejectedError:
            answers[way] = None
        except ConnectorError as error:
            report.failures["inventory"] = f"{error.message} ({error.detail})"
            break
        else:
            _note_all(report.properties.setdefault("inventory", {}), answers[way])
    return answers


def _keys(client: FusionClient, products: tuple[Any, ...]) -> list[tuple[str, str]]:
    for raw in products:
        try:
            reader = Reader(raw)
            id_ = reader.own_identity(client.fields["product.id"])
            code = reader.required(client.fields["product.code"])
        except InvalidDocument:
            continue
        if id_ != code and not {id_, code} & {".", ".."} and code_problem(code) is None:
            return [("id", id_), ("code", code)]
    return []


def _note_all(found: dict[str, Property], element: Any) -> None:
    for path, value in _walk(element, ""):
        if path in found or len(found) < NAMES_MAX:
            _note(found.setdefault(path, Property()), value)


def masked(value: object) -> str:
    """Give the shape of a value: letters as ``x``, digits as ``9``.

    The letters that spell a date or a truth value stay, for they are what one looks for.
    """
    if value is None or isinstance(value, bool):
        return str(value).lower()
    text = re.sub(r"\d", "9", clean_line(str(value)[:EXAMPLE_LENGTH_MAX]))
    if re.fullmatch(r"9999-99-99(T99:99(:99)?(\.9+)?(Z|[+-]99(:?99)?)?)?", text):
        return text
    return re.sub(r"[^\W\d_]", "x", text)


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{clean_line(str(name))}".lstrip("."))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _walk(inner, f"{path}[]")
    else:
        yield path, value


def _note(known: Property, value: object) -> None:
    known.count += 1
    known.types.add(_type(value))
    if not known.example or known.example == "null":
        known.example = masked(value)


def _type(value: object) -> str:
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "boolean"),
        ((int, Decimal, Unfit), "number"),
        (str, "string"),
        (list, "array"),
    )
    return next((name for type_, name in names if isinstance(value, type_)), "null")
