"""The questions of one batch: numbers and identities, many of a kind in one look-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from counterfoil.documents import DocumentKind

__all__ = ["LookUp", "LookUps"]


class LookUp(msgspec.Struct, frozen=True):
    """One question: for so many values of a kind, each with its asker: transfer or follow-up."""

    kind: DocumentKind
    asked: tuple[tuple[str, int], ...]

    @property
    def values(self) -> tuple[str, ...]:
        """Each value once, in the order asked."""
        return tuple(dict.fromkeys(value for value, _ in self.asked))

    @property
    def askers(self) -> tuple[int, ...]:
        """Who asks."""
        return tuple(asker for _, asker in self.asked)


class LookUps:
    """Collects what one batch asks by number, or by identity.

    Args:
        size: Values of one look-up, at most.
        most: Values of one kind in a batch, at most.
    """

    def __init__(self, size: int, most: int) -> None:
        self._size = size
        self._most = most
        self._asked: dict[DocumentKind, list[tuple[str, int]]] = {}

    def add(self, kind: DocumentKind, value: str, asker: int) -> None:
        """Have a value looked up for a transfer, or for a follow-up."""
        self._asked.setdefault(kind, []).append((value, asker))

    def asks(self, kind: DocumentKind) -> bool:
        """Whether anything of a kind is looked up."""
        return bool(self._asked.get(kind))

    @property
    def kinds(self) -> Sequence[DocumentKind]:
        """The kinds that are looked up."""
        return list(self._asked)

    @property
    def operations(self) -> int:
        """How many operations the look-ups are."""
        return sum(-(-len(asked) // self._size) for asked in self._asked.values())

    def costs(self, kind: DocumentKind) -> int | None:
        """Operations that one more value costs; ``None``: the kind has no room for it.

        It costs none while there is a look-up that it fits into.
        """
        number = len(self._asked.get(kind, ()))
        return None if number >= self._most else int(number % self._size == 0)

    def __iter__(self) -> Iterator[LookUp]:
        for kind, asked in self._asked.items():
            for start in range(0, len(asked), self._size):
                yield LookUp(kind, tuple(asked[start : start + self._size]))
