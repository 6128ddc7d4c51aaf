"""Records that the source knows by identity: renamed, they are still the same.

A reference with an identity says by it which record is meant; the name is what the record was
called when the document was read.  So a product that is renamed changes no order.  Sources that
tell names only are compared by name.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from counterfoil.documents import Reference

__all__ = ["by_identity"]

_AnyStruct = TypeVar("_AnyStruct", bound=msgspec.Struct)


def by_identity(shape: _AnyStruct) -> _AnyStruct:
    """Give a document, or a line of one, whose identified references bear no names."""
    changes = {
        field: Reference("", value.id)
        for field in shape.__struct_fields__
        if isinstance(value := getattr(shape, field), Reference) and value.id is not None
    }
    return msgspec.structs.replace(shape, **changes) if changes else shape
