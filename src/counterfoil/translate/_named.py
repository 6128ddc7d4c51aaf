"""A record of the source under the name it shall have in the target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from counterfoil.documents import RecordKind, Reference

__all__ = ["Named", "all_names", "named"]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A party or an item under the name it shall have in the books.

    Attributes:
        reference: That name, without identity.
        origins, alternatives, identities: As in ``Translated``.
    """

    reference: Reference
    origins: Mapping[tuple[RecordKind, str], str] = {}
    alternatives: Mapping[tuple[RecordKind, str], str] = {}
    identities: Mapping[tuple[RecordKind, str], str] = {}


# The same few products and customers come again and again.
@lru_cache(maxsize=8_192)
def named(
    kind: RecordKind, name: str, source: Reference | None, *, otherwise: str | None = None
) -> Named:
    """Name the target's record for one of the source.

    Args:
        kind: The list.
        name: Its name in the target.
        source: How the source refers to it; ``None``: it has no such record.
        otherwise: The name to take where the target has none such; ``None``: there is none.
    """
    origin = source.name if source is not None else ""
    identity = None if source is None else source.id
    names = (name,) if otherwise is None else (name, otherwise)
    return Named(
        reference=Reference(name),
        origins={(kind, each): origin for each in names},
        alternatives={} if otherwise is None else {(kind, name): otherwise},
        identities={} if identity is None else {(kind, each): identity for each in names},
    )


def all_names(found: Iterable[Named]) -> dict[str, Any]:
    """Give what ``Translated`` keeps of all names of a document."""
    kept: dict[str, Any] = {"origins": {}, "alternatives": {}, "identities": {}}
    for each in found:
        for field, names in kept.items():
            if own := getattr(each, field):
                names.update(own)
    return kept
