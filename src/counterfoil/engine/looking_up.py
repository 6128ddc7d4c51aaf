"""The questions of one batch: numbers and identities, many of a kind in one look-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from counterfoil.documents import Document, DocumentKind, encode

from .asked import Sent
from .numbering import Claim
from .operations import FindDocument

__all__ = ["LookUp", "LookUps", "Question", "Questions"]

_Known = TypeVar("_Known")


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
    def has_all(self) -> bool:
        """Whether any kind has as many values as a batch may ask."""
        return any(len(asked) >= self._most for asked in self._asked.values())

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


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A look-up as it is asked.

    Attributes:
        find: The operation; its ``id`` is still to be given.
        dependants: Transfers that wait for its answer.
        sent: What the answer needs.
    """

    find: FindDocument
    dependants: tuple[int, ...] = ()
    sent: Sent | None = None


class Questions:
    """All that one batch looks up.

    Args:
        size, most: As those of ``LookUps``.

    Attributes:
        numbers: Whether numbers are free, or what became of a write that bears one.
        ids: Documents to be changed, and what became of such a change.
        orders: Orders that something is to be linked to.
        proofs: Orders that something was linked to, which is to be proved.
        fields: Documents whose custom fields are to be written.
        claims: Transfer -> on what terms it shall bear the number it asks for.
        wanted: Transfer -> what it is about to create under the number it asks for.
        lacks: Transfer -> the custom fields of what it is about to create.
    """

    def __init__(self, size: int, most: int) -> None:
        self.numbers = LookUps(size, most)
        self.ids = LookUps(size, most)
        self.orders = LookUps(size, most)
        self.proofs = LookUps(size, most)
        self.fields = LookUps(size, most)
        self.claims: dict[int, Claim] = {}
        self.wanted: dict[int, Document] = {}
        self.lacks: dict[int, tuple[tuple[str, str], ...]] = {}

    @property
    def operations(self) -> int:
        """How many operations they are."""
        every = (self.numbers, self.ids, self.orders, self.proofs, self.fields)
        return sum(each.operations for each in every)

    def of_documents(self) -> Iterable[LookUps]:
        """Give those that drafts ask."""
        return self.numbers, self.ids, self.orders

    def __iter__(self) -> Iterator[Question]:
        yield from (self._of_numbers(each) for each in self.numbers)
        yield from (Question(find=_by_ids(each), dependants=each.askers) for each in self.ids)
        yield from (_of_orders(each) for each in self.orders)
        yield from (_of_orders(each) for each in self.proofs)
        yield from (
            Question(find=_by_ids(each), sent=Sent(fields=each.askers)) for each in self.fields
        )

    def _of_numbers(self, asked: LookUp) -> Question:
        wanted = tuple(
            (transfer, msgspec.Raw(encode(self.wanted[transfer])))
            for transfer in asked.askers
            if transfer in self.wanted
        )
        lacks = _of_askers(asked, self.lacks)
        return Question(
            find=FindDocument(id="", kind=asked.kind, numbers=asked.values),
            dependants=asked.askers,
            sent=Sent(
                by_number=True,
                claims=_of_askers(asked, self.claims),
                wanted=wanted,
                lacks=lacks,
            ),
        )


def _of_askers(asked: LookUp, known: Mapping[int, _Known]) -> tuple[tuple[int, _Known], ...]:
    return tuple((transfer, known[transfer]) for transfer in asked.askers if transfer in known)


def _by_ids(asked: LookUp) -> FindDocument:
    return FindDocument(id="", kind=asked.kind, ids=asked.values)


def _of_orders(asked: LookUp) -> Question:
    return Question(
        find=FindDocument(id="", kind=asked.kind, ids=asked.values, links=True),
        dependants=asked.askers,
        sent=Sent(orders=tuple((asker, order) for order, asker in asked.asked)),
    )
