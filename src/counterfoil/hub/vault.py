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
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counterfoil.errors import LedgerError, SettingsError
from counterfoil.ledger.private_files import (
    is_loose,
    make_private_folder,
    sync_folder,
    write_private,
)
from counterfoil.told import Advice

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Vault", "load_keys", "new_key_text", "read_keys", "write_keys"]

KEY_LENGTH: Final = 32
_NONCE_LENGTH: Final = 12
_VERSION: Final = "v1"


def new_key_text() -> str:
    """Make a key, as it is written in ``COUNTERFOIL_SECRET_KEY``."""
    return base64.urlsafe_b64encode(os.urandom(KEY_LENGTH)).decode()


def load_keys(text: str | None, key_file: Path, *, makes: bool = True) -> list[bytes]:
    """Read the hub's keys from the setting or, without it, from its key file.

    Args:
        text: The setting.
        key_file: Where they are without it.
        makes: Make the file, readable by its owner alone, where it is not there yet.

    Raises:
        SettingsError: A key is not what it should be, or others may read the file; the key
            itself is not shown.
    """
    if text is not None:
        return read_keys(text, "COUNTERFOIL_SECRET_KEY")
    return read_keys(_key_file_text(key_file, makes=makes), f"the key file {str(key_file)!r}")


def read_keys(text: str, place: str) -> list[bytes]:
    """Read keys, separated by commas or blanks.

    Raises:
        SettingsError: There is none, or one is not what it should be.
    """
    keys = []
    for position, part in enumerate(text.replace(",", " ").split(), start=1):
        try:
            key = base64.b64decode(part, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_LENGTH:
            raise SettingsError(
                f"Key {position} of {place} is not {KEY_LENGTH} bytes in base64.", _MAKE_KEY
            )
        keys.append(key)
    if not keys:
        raise SettingsError(f"There is no key in {place}: it is empty.", _MAKE_KEY)
    return keys


_MAKE_KEY: Final = Advice("Make one", "secret-key")


def write_keys(keys: Sequence[bytes], key_file: Path) -> None:
    """Put keys in the key file's place, wholly or not at all; the first seals.

    Raises:
        SettingsError: It cannot be written.
    """
    lines = [base64.urlsafe_b64encode(key).decode() + "\n" for key in keys]
    try:
        write_private(key_file, "".join(lines))
    except OSError as error:
        raise SettingsError(
            f"The key file {str(key_file)!r} cannot be written: {error.strerror or error}. Give "
            "the user that runs Counterfoil the right to write in its folder."
        ) from error


def _key_file_text(key_file: Path, *, makes: bool) -> str:
    try:
        text = key_file.read_text(encoding="ascii")
        is_open = is_loose(key_file)
    except (FileNotFoundError, NotADirectoryError):
        if makes:
            return _made_key_file(key_file)
        raise SettingsError(
            f"The key file {str(key_file)!r} is not there, and passwords were sealed with it.",
            Advice("Put it back from your backup, or set COUNTERFOIL_SECRET_KEY to what it held"),
            Advice(
                "If it is lost for good, set COUNTERFOIL_SECRET_KEY to a new one",
                "secret-key",
            ),
            Advice("And enter every connection's secret again", "connections change NAME"),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(f"The key file {str(key_file)!r} cannot be read: {why}.") from error
    if is_open:
        raise SettingsError(
            f"Others may read the key file {str(key_file)!r}, which opens every stored password. "
            f"Make it yours alone: chmod 600 {shlex.quote(str(key_file))}"
        )
    return text


def _made_key_file(key_file: Path) -> str:
    """Make the key file; of several processes at once, one does."""
    text = new_key_text()
    try:
        make_private_folder(key_file.parent)
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # Another process made it just now; or it is a link to where nothing is.
        return _key_file_text(key_file, makes=False)
    except OSError as error:
        raise LedgerError(
            f"Nothing can be written in the folder {str(key_file.parent)!r}, where the key file "
            f"belongs: {error.strerror or error}.",
            Advice("Give the user that runs Counterfoil the right to"),
            Advice("Or set COUNTERFOIL_SECRET_KEY to a key made by this", "secret-key"),
        ) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
        # What is sealed with it can be read with nothing else, so it comes to the disk first.
        file.flush()
        os.fsync(file.fileno())
    sync_folder(key_file.parent)
    return text


class Vault:
    """Seals and opens secrets.

    Args:
        keys: The first seals; all of them open.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        assert keys, "a vault has a key"
        self.keys = tuple(keys)
        self._current = _key_id(keys[0])
        self._keys = {_key_id(key): key for key in keys}

    def seal(self, secret: str, place: str) -> str:
        """Seal a secret for one place, such as ``connection/7/secret``."""
        nonce = os.urandom(_NONCE_LENGTH)
        sealed = _cipher(self.keys[0]).encrypt(nonce, secret.encode(), place.encode())
        text = base64.urlsafe_b64encode(nonce + sealed).decode()
        return f"{_VERSION}.{self._current}.{text}"

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the first key."""
        return sealed.startswith(f"{_VERSION}.{self._current}.")

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
        from cryptography.exceptions import InvalidTag

        cipher, data = _cipher(key), base64.urlsafe_b64decode(text)
        try:
            opened = cipher.decrypt(data[:_NONCE_LENGTH], data[_NONCE_LENGTH:], place.encode())
        except InvalidTag:
            raise SettingsError(
                "The stored password of a connection has been altered or moved; enter the "
                "connection's secret again.",
                detail=f"{place}: authentication failed",
            ) from None
        return opened.decode()


def _cipher(key: bytes) -> AESGCM:
    """Give what seals and opens; loaded when there is something to, for most commands have not."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _key_id(key: bytes) -> str:
    """Name a key without telling anything of it."""
    return hashlib.blake2b(key, digest_size=4, person=b"counterfoil").hexdigest()
