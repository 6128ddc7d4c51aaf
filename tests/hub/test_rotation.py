"""A new key: everything opens before, between and after each of its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counterfoil.errors import SettingsError, UsageError
from counterfoil.hub import accounts, rotation
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.systems import secret_place
from counterfoil.hub.vault import new_key_text
from counterfoil.ledger import connections
from counterfoil.ledger.database import sqlite_url
from counterfoil.settings import SystemName

GIVEN = {"base_url": "https://fusion.example", "key": "KEY-1", "secret": "not a secret"}


class CutOffError(Exception):
    """The power goes."""


@pytest.fixture
def configuration(template: bytes, tmp_path: Path) -> Configuration:
    """A hub with a key file and one stored secret."""
    file = tmp_path / "hub.db"
    file.write_bytes(template)
    configuration = Configuration(database_url=sqlite_url(file))
    with open_hub(configuration) as hub:
        system = SystemName.FUSION_OPERATIONS
        accounts.add_connection(hub, system, "Shop floor", GIVEN, "tests", checks=False)
    return configuration


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an SQLite file with our tables."""
    file = tmp_path_factory.mktemp("rotation") / "template.db"
    with open_hub(Configuration(database_url=sqlite_url(file))):
        pass
    return file.read_bytes()


def stored(hub: Hub) -> str:
    """Open the secret that is stored."""
    with hub.database.reading() as tx:
        (found,) = connections.all_connections(tx)
    assert found.secret is not None
    return hub.vault.open(found.secret, secret_place(found.id))


def keys_in(configuration: Configuration) -> list[str]:
    return configuration.key_file.read_text().split()


def test_the_old_key_opens_nothing_any_more(configuration: Configuration) -> None:
    """The file holds one new key, which opens what is stored."""
    (before,) = keys_in(configuration)
    with open_hub(configuration) as hub:
        done = rotation.rotate(hub)
        assert "not a secret" in stored(hub)
    (after,) = keys_in(configuration)

    assert (done.resealed, done.is_resumed) == (1, False)
    assert after != before
    with open_hub(configuration) as hub:
        assert "not a secret" in stored(hub)
    old = replace(configuration, secret_key=before)
    with open_hub(old) as hub, pytest.raises(SettingsError):
        stored(hub)


@pytest.mark.parametrize("step", range(8))
def test_a_cut_between_any_two_steps_costs_nothing(
    configuration: Configuration, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is stored opens after it, and the next rotation brings it to its end."""
    left = [step]

    def cutting(name: str, *, after: bool) -> Callable[..., Any]:
        does = getattr(rotation, name)

        def do(*given: Any) -> Any:
            if not after and not left[0]:
                raise CutOffError
            left[0] -= not after
            found = does(*given)
            if after and not left[0]:
                raise CutOffError
            left[0] -= after
            return found

        return do

    with open_hub(configuration) as hub, monkeypatch.context() as patched:
        for name in ("write_keys", "_reseal"):
            patched.setattr(rotation, name, cutting(name, after=False))
            patched.setattr(rotation, name, cutting(name, after=True))
        with pytest.raises(CutOffError):
            rotation.rotate(hub)

    with open_hub(configuration) as hub:
        assert "not a secret" in stored(hub)
        rotation.rotate(hub)
        assert "not a secret" in stored(hub)
    assert len(keys_in(configuration)) == 1


class TestKeysInTheSetting:
    def test_a_person_puts_the_new_one_there_first(self, configuration: Configuration) -> None:
        """With one key the command says what to do; with two it seals under the first."""
        (old,) = keys_in(configuration)
        new = new_key_text()
        for text in (old, f"{new},{old}"):
            given = replace(configuration, secret_key=text)
            with open_hub(given) as hub:
                if text == old:
                    with pytest.raises(UsageError, match="NEW,OLD"):
                        rotation.rotate(hub)
                else:
                    assert rotation.rotate(hub).resealed == 1
        given = replace(configuration, secret_key=new)
        with open_hub(given) as hub:
            assert "not a secret" in stored(hub)
