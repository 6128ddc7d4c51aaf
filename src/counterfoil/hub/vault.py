"""Secrets at rest: sealed with the hub's key, and bound to the row they belong to.

AES-GCM with the place (``table/row/column``) as associated data: a sealed secret that is
moved to another row does not open.  Several keys may be given, for rotation: the first
seals, all of them open.

Source: NIST SP 800-38D; 96-bit random nonces.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.errors import SettingsError

__all__ = ["Vault", "load_keys", "new_key_text"]

KEY_LENGTH: Final = 32
_NONCE_LENGTH: Final = 12
_VERSION: Final = "v1"


def new_key_text() -> str:
    """Make a key, as it is written in ``COUNTERFOIL_SECRET_KEY``."""
    return base64.urlsafe_b64encode(os.urandom(KEY_LENGTH)).decode()


def load_keys(text: str | None, key_file: Path) -> list[bytes]:
    """Read the hub's keys from the setting or, without it, from its key file.

    The file is made, readable by its owner alone, when neither is there yet.

    Raises:
        SettingsError: A key is not what it should be; the key itself is not shown.
    """
    if text is None:
        text = _key_file_text(key_file)
    keys = []
    for position, part in enumerate(text.replace(",", " ").split(), start=1):
        try:
            key = base64.b64decode(part, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_LENGTH:
            raise SettingsError(
                f"Key {position} of COUNTERFOIL_SECRET_KEY is not {KEY_LENGTH} bytes in base64. "
                "Make one with: counterfoil secret-key"
            )
        keys.append(key)
    if not keys:
        raise SettingsError(
            "COUNTERFOIL_SECRET_KEY is empty. Make a key with: counterfoil secret-key"
        )
    return keys


def _key_file_text(key_file: Path) -> str:
    try:
        return key_file.read_text(encoding="ascii")
    except FileNotFoundError:
        pass
    text = new_key_text()
    key_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return key_file.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        # What is sealed with it can be read with nothing else, so it comes to the disk first.
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(key_file.parent)
    return text


def _sync_folder(folder: Path) -> None:
    """Bring a new name in a folder to the disk, where the system can (Windows does so itself)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Vault:
    """Seals and opens secrets.

    Args:
        keys: The first seals; all of them open.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        assert keys, "a vault has a key"
        self._current = _key_id(keys[0])
        self._keys = {_key_id(key): AESGCM(key) for key in keys}

    def seal(self, secret: str, place: str) -> str:
        """Seal a secret for one place, such as ``connection/7/secret``."""
        nonce = os.urandom(_NONCE_LENGTH)
        sealed = self._keys[self._current].encrypt(nonce, secret.encode(), place.encode())
        text = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}.{self._current}.{text}"

    def open(self, sealed: str, place: str) -> str:
        """Open what was sealed for that place.

        Raises:
            SettingsError: It was sealed with a key this hub does not have, or it is not
                what was sealed there.
        """
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        key = self._keys.get(key_id) if version == _VERSION else None
        if key is None:
            raise SettingsError(
                "The stored password of a connection was sealed with another secret key. Set "
                "COUNTERFOIL_SECRET_KEY to the key this database was set up with (or put its "
                "key file back beside the database), or enter the connection's secret again.",
                detail=f"{place}: key {key_id} is not among {', '.join(self._keys)}",
            )
        data = base64.urlsafe_b64decode(text)
        try:
            opened = key.decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], place.encode())
        except InvalidTag:
            raise SettingsError(
                "The stored password of a connection has been altered or moved; enter the "
                "connection's secret again.",
                detail=f"{place}: authentication failed",
            ) from None
        return opened.decode()


def _key_id(key: bytes) -> str:
    """Name a key without telling anything of it."""
    return hashlib.blake2b(key, digest_size=4, person=b"counterfoil").hexdigest()
