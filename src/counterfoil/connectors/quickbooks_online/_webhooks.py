"""What the service tells by itself: which companies a delivery is about, and who signed it.

Source: reference 2.10; corrections, row 14 (CloudEvents, several companies in one delivery).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any, Final, NamedTuple

import msgspec

__all__ = ["Delivery", "delivery_of", "is_signed_by"]


class Delivery(NamedTuple):
    """What a delivery tells.

    Attributes:
        companies: Which companies changed; none where it cannot be read.
        is_old: It has the form before CloudEvents.
    """

    companies: frozenset[str]
    is_old: bool


def is_signed_by(body: bytes, signature: str, word: str) -> bool:
    """Whether a signature is of these bytes under an app's word; compared in constant time.

    Args:
        signature: HMAC-SHA256 in base64, as it came.
    """
    try:
        given = base64.b64decode(signature.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    expected = hmac.new(word.encode(), body, hashlib.sha256).digest()
    return hmac.compare_digest(expected, given)


# Where the company stands in a CloudEvent, and in the form before.
_ACCOUNT: Final = "intuitaccountid"
_OLD_ACCOUNT: Final = "realmId"
_OLD: Final = "eventNotifications"


def delivery_of(body: bytes) -> Delivery:
    """Read a delivery; a part that cannot be read hides no other company."""
    told = _read(body)
    is_old = isinstance(told, dict) and _OLD in told
    parts = told[_OLD] if is_old else told
    account = _OLD_ACCOUNT if is_old else _ACCOUNT
    listed = parts if isinstance(parts, list) else []
    named = [each.get(account) for each in listed if isinstance(each, dict)]
    # A flag is a number to the language, and no company.
    known = {str(each) for each in named if isinstance(each, str) or type(each) is int}
    return Delivery(frozenset(known - {""}), is_old)


def _read(body: bytes) -> Any:
    """Read a body; ``None``: it is no JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
