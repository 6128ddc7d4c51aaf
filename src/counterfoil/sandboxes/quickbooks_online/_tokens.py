"""ID tokens: signed statements of who connected, and the keys to check them with."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

__all__ = ["Signer"]

_KEY_ID = "standin-key-1"
_BITS = 2048


class Signer:
    """A key of its own, made when it is first needed: that takes a while."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The key."""
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        return self._key

    def jwks(self) -> dict[str, Any]:
        """The public half, as a set of keys."""
        numbers = self.key.public_key().public_numbers()
        public = {"n": _unsigned(numbers.n), "e": _unsigned(numbers.e)}
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": _KEY_ID, **public}]}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Make an ID token.

        One client reads its parts with the plain alphabet of Base64: a claim that nobody reads
        is counted up until they need no other.
        """
        header = _base64(msgspec.json.encode({"kid": _KEY_ID, "alg": "RS256"}))
        assert not {"-", "_"} & set(header), "chosen so"
        payloads = (
            _base64(msgspec.json.encode({**claims, "salt": salt})) for salt in itertools.count()
        )
        payload = next(one for one in payloads if not {"-", "_"} & set(one))
        signed = f"{header}.{payload}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_base64(signature)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unsigned(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8))
