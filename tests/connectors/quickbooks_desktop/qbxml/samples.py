"""Requests and records made from the shape tables, as full as they can be.

A sample takes one branch of every choice; ``branch`` says which, counted round where a choice has
fewer.  Values are the longest or most telling their element takes, so that one more character is
one too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml import LINES, Request, Version
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import (
    Block,
    Element,
    Group,
    Particle,
    Shape,
    request_names,
    shape,
)

NEWEST = Version(16)
GUID = "{6b063959-81b0-4622-85d6-f548c8cca517}"

VALUES = {
    "id": "80000001-1234567890",
    "amt": "1234567890123.45",
    "price": "-1234567890.12345",
    "qty": "2.5",
    "pct": "19",
    "flt": "1.23456789",
    "int": "12",
    "b": "true",
    "d": "2026-01-31",
    "dt": "2026-01-31T23:59:59",
    "dur": "PT1H30M0S",
    "guid": GUID,
}

Include = Callable[[Element], bool]


def everything(element: Element) -> bool:
    """Every element of every country and version."""
    return True


def available(version: Version) -> Include:
    """What one version and edition has."""
    return lambda element: element.exists_in(version)


def required(element: Element) -> bool:
    """Nothing that may be left out."""
    return element.minimum > 0


def text_of(element: Element) -> str:
    """A value for a leaf, as long as it may be up to a limit that keeps documents small."""
    if element.kind == "e":
        return min(element.values)
    if element.kind == "text":
        return ('Bracket & <plate>, "5\'" é ' * 8)[: min(element.length or 20, 120)]
    return VALUES[element.kind]


def fields_of(block: Block, *, branch: int = 0, include: Include = everything) -> dict[str, Any]:
    """Full contents of a block."""
    return dict(_filled(block, block.particles, branch, include))


def _filled(
    block: Block, particles: tuple[Particle, ...], branch: int, include: Include
) -> Iterator[tuple[str, Any]]:
    for particle in particles:
        if isinstance(particle, Group):
            if particle.repeats:
                if include is not required or particle.minimum:
                    yield (
                        LINES,
                        [
                            (element.name, _value(element, branch, include))
                            for alternative in [*particle.branches, particle.branches[0]]
                            for element in alternative
                            if isinstance(element, Element) and include(element)
                        ],
                    )
            elif include is not required or particle.minimum:
                offered = [each for each in particle.branches if _any(each, include)]
                if offered:
                    yield from _filled(block, offered[branch % len(offered)], branch, include)
        elif include(particle):
            value = _value(particle, branch, include)
            yield particle.name, value if particle.maximum == 1 else [value, value]


def _any(particles: tuple[Particle, ...], include: Include) -> bool:
    return any(
        include(each)
        if isinstance(each, Element)
        else any(_any(branch, include) for branch in each.branches)
        for each in particles
    )


def _value(element: Element, branch: int, include: Include) -> Any:
    if element.is_reference:
        if branch % 2:
            return {"ListID": VALUES["id"]}
        limit = element.block.elements["FullName"].length if element.block else None
        return {"FullName": "N" * min(limit or 30, 209)}
    if element.block is not None:
        return fields_of(element.block, branch=branch, include=include)
    return text_of(element)


def branches_of(name: str) -> int:
    """How many samples it takes to have every branch of every choice once."""
    return _widest(shape(name).block)


def _widest(block: Block) -> int:
    widths = [len(group.branches) for group in _groups(block.particles)]
    inside = [
        _widest(element.block)
        for element in block.elements.values()
        if element.block is not None and not element.is_reference
    ]
    return max([1, *widths, *inside])


def _groups(particles: tuple[Particle, ...]) -> Iterator[Group]:
    for particle in particles:
        if isinstance(particle, Group):
            yield particle
            for branch in particle.branches:
                yield from _groups(branch)


def full_request(name: str, *, branch: int = 0, include: Include = everything) -> Request:
    """A request with everything its shape has."""
    known: Shape = shape(name)
    attributes = {}
    if known.takes_metadata:
        attributes["metaData"] = "MetaDataAndResponseData"
    if known.takes_iterator:
        attributes |= {"iterator": "Continue", "iteratorID": GUID}
    return Request(
        name,
        fields_of(known.block, branch=branch, include=include),
        request_id="r-1",
        attributes=attributes,
        include=("TxnID", "ListID") if known.takes_trim else (),
    )


def all_requests() -> list[tuple[str, int]]:
    """Every request, once per branch of its widest choice."""
    return [(name, branch) for name in request_names() for branch in range(branches_of(name))]


def intuit_schema(shared_dir: Path) -> etree.XMLSchema:
    """Intuit's qbXML 16.0 schema, from the reference files."""
    return etree.XMLSchema(
        etree.parse(str(shared_dir / "reference" / "schemas" / "qbxmlops160.xsd"))
    )
