"""A new key for everything that is sealed, with a power cut allowed between any two steps.

1. The new key is put before the old one in the key file: both open, the new one seals.
2. Every stored secret is sealed anew, in one transaction.
3. Once none is under an old key, the file is left with the new one alone.

A key file with several keys is a rotation that was cut off: the next one goes on with step 2 and
makes no further key.  Where ``COUNTERFOIL_SECRET_KEY`` holds the keys, a person does steps 1 and 3.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.ledger import connections, grants
from counterfoil.ledger.database import hold
from counterfoil.told import Advice, Told

from . import notice_rules, users
from .grants import ACCESS, REFRESH, sealed_place
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


_BY_SETTING: Final = Told(
    "The key stands in COUNTERFOIL_SECRET_KEY, where only a person can change it.",
    Advice("Make a new one", "secret-key"),
    Advice("Set COUNTERFOIL_SECRET_KEY to NEW,OLD wherever Counterfoil runs, and start it anew"),
    Advice("Then give this command again"),
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
        raise UsageError(_BY_SETTING.sentence, *_BY_SETTING.advice)
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
            after = _sealed_anew(vault, each.secret, secret_place(each.id)) or each.secret
            if not connections.reseal(tx, each.id, each.secret, after):
                raise _changed_meanwhile(f"The credentials of {each.name}")
            resealed += 1
        anew = partial(_sealed_anew, vault)
        resealed += notice_rules.reseal(tx, anew)
        resealed += users.reseal_secrets(tx, anew) + users.reseal_sign_on(tx, anew)
        resealed += _reseal_tokens(tx, vault)
        if resealed:
            connections.note(
                tx, hub.now(), "key rotation", "secrets sealed anew", "", str(resealed)
            )
    return resealed


def _sealed_anew(vault: Vault, sealed: str, place: str) -> str | None:
    """Seal under the first key what is under another; ``None``: nothing is to be done."""
    return None if vault.is_current(sealed) else vault.seal(vault.open(sealed, place), place)


def _reseal_tokens(tx: Tx, vault: Vault) -> int:
    """Seal tokens anew; sign-ins under way are over, and whoever is at one begins again."""
    resealed = 0
    for each in grants.all_grants(tx).values():
        if each.access_token is None or each.refresh_token is None:
            continue
        sealed = {ACCESS: each.access_token, REFRESH: each.refresh_token}
        if all(map(vault.is_current, sealed.values())):
            continue
        places = {name: sealed_place(each.connection, name) for name in sealed}
        after = {
            name: vault.seal(vault.open(token, places[name]), places[name])
            for name, token in sealed.items()
        }
        if not grants.reseal(tx, each, **after):
            raise _changed_meanwhile("The tokens of a connection")
        resealed += len(after)
    if resealed:
        grants.forget_sign_ins(tx)
    return resealed


def _changed_meanwhile(what: str) -> LedgerBusyError:
    return LedgerBusyError(
        f"{what} were changed at the same moment. Nothing is lost: type the command again."
    )


def _told(resealed: int) -> str:
    return (
        f"{resealed} stored secret{'s are' if resealed != 1 else ' is'} sealed under the new key."
    )
