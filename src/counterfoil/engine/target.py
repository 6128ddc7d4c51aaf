"""What planning has to know about the system that is written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from counterfoil.documents import DocumentKind, RecordKind, Refusal
from counterfoil.settings import Settings

from .operations import Operation, VoidWay

__all__ = ["Currencies", "Target"]


class Currencies(msgspec.Struct, frozen=True):
    """What a target says of currencies.

    Attributes:
        home: The one its books are kept in, three letters; ``None``: it did not say.
        are_several: It deals in others, too.
    """

    home: str | None
    are_several: bool


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What planning has to know about the system that is written to.

    Attributes:
        name: In running text, for refusals.
        batch_size: Operations of one round trip, at most.
        lists_share_names: Customers, vendors and employees share one name space.
        has_hierarchy: A colon in a name means a level.
        number_length_max, name_length_max: Characters allowed; absent: no limit known.
        check: Says what is wrong with an operation before it is sent, ``None`` for
            nothing; pure.
        fold: Replaces characters the target cannot keep by their nearest; used where
            the link's settings say so.  ``None``: the target keeps all.
        keeps_marks: Documents bear our mark there, and it is read back with what changed.
        changes: Kinds that can be changed there.
        ways_out: Kind -> how a document of it can be taken out, the preferred way first.
        closes: Kinds that can be closed by hand.
        quantity_places, price_places: Decimals that it keeps.
        guards_fields: Its connector reads a custom field right before it writes it, and writes
            over nothing but a blank and what is expected.
        find_size: Numbers or identities of one question, at most; smaller after one for
            many was not answered.
        refers_by_id: What is written there names accounts by identity only.
        keeps_item_rules: Its items say from which day on, and whether at all, they are bought.
        currencies: ``None``: it has no say in them.
        field_length_max, linked_lines_are_whole, purchases_need_expense: As in
            ``translate.Context``.
        has_ship_methods: It keeps a list of ways in which goods travel.
        keeps_sites: It keeps stock at several inventory sites, or does not say.
    """

    name: str
    batch_size: int
    lists_share_names: bool
    has_hierarchy: bool
    number_length_max: Mapping[DocumentKind, int]
    name_length_max: Mapping[RecordKind, int]
    check: Callable[[Operation, Settings], Refusal | None]
    fold: Callable[[str], str] | None = None
    keeps_marks: bool = False
    changes: frozenset[DocumentKind] = frozenset()
    ways_out: Mapping[DocumentKind, tuple[VoidWay, ...]] = {}
    closes: frozenset[DocumentKind] = frozenset()
    quantity_places: int = 5
    price_places: int = 5
    guards_fields: bool = False
    find_size: int = 100
    refers_by_id: bool = False
    keeps_item_rules: bool = False
    currencies: Currencies | None = None
    field_length_max: Mapping[str, int] = {}
    linked_lines_are_whole: bool = False
    purchases_need_expense: bool = False
    has_ship_methods: bool = True
    keeps_sites: bool = False
