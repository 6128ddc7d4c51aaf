"""Which elements stand in a block, in which order, and whether they may: compiled per version.

A block is judged by the names that stand in it, not by their values.  The same few sets of names
come again and again (every line of an import has the same columns), so each verdict is kept.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from counterfoil.connectors.quickbooks_desktop.qbxml._formats import Test, tester
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import (
    Block,
    Element,
    Group,
    Particle,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version

# Bounds what a hostile sender can make us keep: so many sets of names per block.
_VERDICTS_KEPT_MAX: Final = 512
_NO_VERSION: Final = Version(99)


class Misplaced(NamedTuple):
    """A structural fault: ``code`` as in ``Problem``, the element's name, and a whole sentence."""

    code: str
    name: str
    sentence: str


class Slot(NamedTuple):
    """One element of a block under one version, with what its contents are judged by."""

    element: Element
    rank: int
    is_line: bool
    exists: bool
    test: Test | None
    inside: Rules | None


class Rules:
    """A block under one version."""

    __slots__ = ("_verdicts", "block", "slots", "version")

    def __init__(self, block: Block, version: Version) -> None:
        self.block = block
        self.version = version
        self.slots: dict[str, Slot] = {
            name: Slot(
                element=element,
                rank=block.rank[name],
                is_line=name in block.lines,
                exists=element.exists_in(version),
                test=tester(element) if element.block is None else None,
                inside=rules(element.block, version) if element.block is not None else None,
            )
            for name, element in block.elements.items()
        }
        self._verdicts: dict[tuple[str, ...], tuple[Misplaced, ...]] = {}

    def verdict(self, names: tuple[str, ...]) -> tuple[Misplaced, ...]:
        """What is wrong with these names in this order, each run of one name given once."""
        known = self._verdicts.get(names)
        if known is None:
            known = tuple(self._judge(names))
            if len(self._verdicts) < _VERDICTS_KEPT_MAX:
                self._verdicts[names] = known
        return known

    def _judge(self, names: tuple[str, ...]) -> list[Misplaced]:
        faults = [fault for name in names if (fault := self._stranger(name))]
        known = [name for name in names if name in self.slots]
        for before, after in pairwise(known):
            if self.slots[after].rank < self.slots[before].rank:
                faults.append(
                    Misplaced("wrong-order", after, f"{after} must stand before {before}")
                )
        _judge_sequence(self.block.particles, frozenset(known), self.version, faults)
        return faults

    def _stranger(self, name: str) -> Misplaced | None:
        slot = self.slots.get(name)
        if slot is None:
            return Misplaced("unknown-element", name, f"{self.block.name} has no element {name}")
        if slot.exists:
            return None
        since, version = slot.element.since, self.version
        if since > version.number:
            first = f"{since[0]}.{since[1]}"
            return Misplaced(
                "too-new", name, f"{name} exists only from qbXML {first}; this is {version}"
            )
        return Misplaced(
            "wrong-country", name, f"{name} is not in the {version.country} edition of QuickBooks"
        )


@lru_cache(maxsize=4096)
def rules(block: Block, version: Version) -> Rules:
    """The rules of a block under a version; compiled once."""
    return Rules(block, version)


def _judge_sequence(
    particles: tuple[Particle, ...],
    present: frozenset[str],
    version: Version,
    faults: list[Misplaced],
) -> None:
    for particle in particles:
        if isinstance(particle, Group):
            _judge_group(particle, present, version, faults)
        elif particle.minimum and particle.name not in present and particle.exists_in(version):
            faults.append(Misplaced("missing", particle.name, f"{particle.name} is required"))


def _judge_group(
    group: Group, present: frozenset[str], version: Version, faults: list[Misplaced]
) -> None:
    given = [branch for branch in group.branches if present.intersection(_names(branch))]
    if group.repeats:
        if group.minimum and not given:
            faults.append(_none_of(group))
    elif len(given) > 1:
        clashing = [name for branch in given for name in _names(branch) if name in present]
        faults.append(
            Misplaced(
                "bad-choice", clashing[1], f"only one of {' and '.join(clashing)} may be given"
            )
        )
    elif given:
        _judge_sequence(given[0], present, version, faults)
    elif group.minimum and not any(_may_be_empty(branch) for branch in group.branches):
        faults.append(_none_of(group))


def _none_of(group: Group) -> Misplaced:
    first = [_names(branch)[0] for branch in group.branches]
    return Misplaced("missing", first[0], f"one of {', '.join(first)} is required")


def _names(particles: tuple[Particle, ...]) -> list[str]:
    names: list[str] = []
    for particle in particles:
        if isinstance(particle, Element):
            names.append(particle.name)
        else:
            names.extend(name for branch in particle.branches for name in _names(branch))
    return names


def _may_be_empty(particles: tuple[Particle, ...]) -> bool:
    return all(
        particle.minimum == 0
        if isinstance(particle, Element)
        else particle.minimum == 0 or any(_may_be_empty(branch) for branch in particle.branches)
        for particle in particles
    )
