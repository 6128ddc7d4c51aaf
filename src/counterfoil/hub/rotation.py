"""A new key for everything that is sealed, with a power cut allowed between any two steps.

1. The new key is put before the old one in the key file: both open, the new one seals.
2. Every stored secret is sealed anew, in one transaction.
3. Once none is under an old key, the file is left with the new one alone.

A key file with several keys is a rotation that was cut off: the next one goes on with step 2 and
makes no further key.  Where ``COUNTERFOIL_SECRET_KEY`` holds the keys, a person does steps 1 and 3.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.ledger import connections
from counterfoil.ledger.database import hold

from .setup import Hub
from .systems import secret_place
from .vault import Vault, new_key_text, write_keys

__all__ = ["Rotated", "rotate"]


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        resealed: So many stored secrets were sealed anew.
        is_resumed: An earlier rotation was brought to its end.
        sentence: The same in words, with what a person still has to do.
    """

    resealed: int
    is_resumed: bool
    sentence: str


_BY_SETTING: Final = (
    "The key stands in COUNTERFOIL_SECRET_KEY, where only a person can change it. Make a new one "
    "with “counterfoil secret-key”, set COUNTERFOIL_SECRET_KEY to NEW,OLD wherever Counterfoil "
    "runs, start it anew, and type this command again."
)


def rotate(hub: Hub) -> Rotated:
    """Seal everything under a new key.

    Raises:
        LedgerInUseError: A hub works on this SQLite file; it would go on with the old key.
        UsageError: The keys stand in the setting, and there is no new one.
        SettingsError: A secret opens with none of the keys, or the key file cannot be written;
            what was sealed with the old key opens with it.
    """
    with hold(hub.database):
        if hub.configuration.secret_key is not None:
            return _by_setting(hub)
        return _by_file(hub)


def _by_setting(hub: Hub) -> Rotated:
    if len(hub.vault.keys) == 1:
        raise UsageError(_BY_SETTING)
    resealed = _reseal(hub, hub.vault)
    return Rotated(
        resealed=resealed,
        is_resumed=False,
        sentence=(
            f"{_told(resealed)} Now leave the first key of COUNTERFOIL_SECRET_KEY alone there: the "
            "others open nothing any more."
        ),
    )


def _by_file(hub: Hub) -> Rotated:
    file = hub.configuration.key_file
    keys = hub.vault.keys
    is_resumed = len(keys) > 1
    if not is_resumed:
        keys = (base64.urlsafe_b64decode(new_key_text()), *keys)
        write_keys(keys, file)
    vault = Vault(keys)
    resealed = _reseal(hub, vault)
    write_keys(keys[:1], file)
    # A command that had read the keys before may have sealed something meanwhile.
    resealed += _reseal(hub, vault)
    hub.vault = Vault(keys[:1])
    begun = "A rotation that was cut off is finished. " if is_resumed else ""
    sentence = (
        f"{begun}{_told(resealed)} The old key opens nothing any more; back up the new key file: "
        f"{file}"
    )
    return Rotated(resealed=resealed, is_resumed=is_resumed, sentence=sentence)


def _reseal(hub: Hub, vault: Vault) -> int:
    """Seal what is under another key than the first anew; says how many there were.

    Raises:
        LedgerBusyError: Somebody changed one meanwhile; nothing was sealed anew.
        SettingsError: One opens with none of the keys.
    """
    resealed = 0
    with hub.database.writing() as tx:
        for each in connections.all_connections(tx):
            if each.secret is None or vault.is_current(each.secret):
                continue
            place = secret_place(each.id)
            after = vault.seal(vault.open(each.secret, place), place)
            if not connections.reseal(tx, each.id, each.secret, after):
                raise LedgerBusyError(
                    f"The credentials of {each.name} were changed at the same moment. Nothing is "
                    "lost: type the command again."
                )
            resealed += 1
        if resealed:
            connections.note(
                tx, hub.now(), "key rotation", "secrets sealed anew", "", str(resealed)
            )
    return resealed


def _told(resealed: int) -> str:
    return (
        f"{resealed} stored secret{'s are' if resealed != 1 else ' is'} sealed under the new key."
    )
