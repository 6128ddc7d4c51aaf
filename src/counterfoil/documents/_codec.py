"""Documents as bytes, for the ledger; and the fingerprint that tells a change.

The encoding is JSON with exact decimals as text.  Fields at their default are left
out, which is what lets a document gain a field without changing what older records
say or how they fingerprint.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from ._base import Document, DocumentStatus, InvalidDocument, ListRecord
from ._kinds import DOCUMENT_TYPES, RECORD_TYPES, DocumentKind, RecordKind
from .billing import Estimate, Invoice, SalesReceipt
from .orders import PurchaseOrder, SalesOrder
from .stock import Receipt

__all__ = ["decode", "decode_record", "encode", "fingerprint", "may_name", "validated"]

_AnyStruct = TypeVar("_AnyStruct", bound=msgspec.Struct)

_TAXED = (SalesOrder, Estimate, Invoice, SalesReceipt)
_WITH_ORDER_LINES = (PurchaseOrder, *_TAXED)

_encoder = msgspec.json.Encoder()


@cache
def _decoder(kind: DocumentKind | RecordKind) -> msgspec.json.Decoder[Any]:
    """Make a kind's decoder, at its first use: most commands read a few kinds, or none."""
    types: Mapping[Any, type[Any]] = (
        DOCUMENT_TYPES if isinstance(kind, DocumentKind) else RECORD_TYPES
    )
    return msgspec.json.Decoder(types[kind])


def encode(value: Document | ListRecord) -> bytes:
    """Give the stored form."""
    return _encoder.encode(value)


def decode(kind: DocumentKind, data: bytes) -> Document:
    """Read a stored document; fields this version does not know are passed over."""
    return cast("Document", _decoder(kind).decode(data))


def decode_record(kind: RecordKind, data: bytes) -> ListRecord:
    """Read a stored list record."""
    return cast("ListRecord", _decoder(kind).decode(data))


def may_name(data: bytes, field: str) -> bool:
    """Whether a stored form may say something in a field; that it does not is sure.

    A field at its default is left out.  A look at the bytes costs a twentieth of reading them.
    """
    return f'"{field}":'.encode() in data


def fingerprint(document: Document | ListRecord) -> str:
    """Tell whether two versions say the same business facts: 32 hexadecimal digits.

    The system's revision mark, what it was made from and into, the tax that the books figure,
    the number of another system, and the progress of a document (open, closed, how much of a
    line was delivered) are left out: shipping an order does not change what was ordered.  So is
    where goods were put that came: a receipt stays one, wherever they are moved.
    """
    bare: Document | ListRecord
    if isinstance(document, Document):
        bare = msgspec.structs.replace(
            document,
            revision=None,
            status=DocumentStatus.OPEN,
            made_from=(),
            made_into=(),
            **_undelivered(document),
        )
    else:
        bare = msgspec.structs.replace(document, revision=None)
    return hashlib.blake2b(_encoder.encode(bare), digest_size=16).hexdigest()


def _undelivered(document: Document) -> dict[str, Any]:
    """Give what was left out, where there is any: others' figures, and what was delivered."""
    if isinstance(document, Receipt) and any(line.site is not None for line in document.lines):
        lines = (msgspec.structs.replace(line, site=None) for line in document.lines)
        return {"lines": tuple(lines)}
    if not isinstance(document, _WITH_ORDER_LINES):
        return {}
    bare: dict[str, Any] = {}
    if isinstance(document, _TAXED) and document.tax is not None:
        bare["tax"] = None
    if isinstance(document, PurchaseOrder) and document.external_number is not None:
        bare["external_number"] = None
    if any(line.delivered is not None or line.is_closed for line in document.lines):
        bare["lines"] = tuple(
            msgspec.structs.replace(line, delivered=None, is_closed=False)
            for line in document.lines
        )
    return bare


def validated(type_: type[_AnyStruct], fields: dict[str, Any]) -> _AnyStruct:
    """Build a document at the rim, checking every type once.

    Args:
        type_: A document or record type of this package.
        fields: Its fields; nested shapes may already be built.

    Raises:
        InvalidDocument: A field is missing or of the wrong type.
    """
    try:
        return msgspec.convert(fields, type_, from_attributes=True)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        where = path.strip("`.")
        value = _value_at(fields, where)
        raise InvalidDocument(where or type_.__name__, value, problem) from error


def _value_at(fields: object, where: str) -> str:
    """Give what stands at a path such as ``lines[2].quantity``, as text; empty: nothing does."""
    found = fields
    for step in re.findall(r"[^.\[\]]+", where):
        try:
            found = found[int(step) if step.isdecimal() else step]  # type: ignore[index]
        except (LookupError, TypeError):
            return ""
    return "" if found is fields else str(found)
