"""What a configuration may say of proxies and of the hub's own computer."""

from __future__ import annotations

import pytest

from counterfoil.errors import SettingsError
from counterfoil.hub.setup import load_configuration


@pytest.mark.parametrize(
    "said, networks",
    [("", ()), ("127.0.0.1", ("127.0.0.1",)), (" ::1 , 10.0.0.0/8,", ("::1", "10.0.0.0/8"))],
)
def test_trusted_proxies_are_addresses_and_networks(said: str, networks: tuple[str, ...]) -> None:
    """As many as there are, separated by commas."""
    found = load_configuration({"COUNTERFOIL_TRUSTED_PROXIES": said})

    assert found.trusted_networks == networks


@pytest.mark.parametrize("said", ["*", "proxy.example", "10.0.0.1/8", "127.0.0.1 ::1"])
def test_anything_else_is_named(said: str) -> None:
    """A name, or everybody, is no address: the sentence tells which value and where it stands."""
    with pytest.raises(SettingsError) as refusal:
        load_configuration({"COUNTERFOIL_TRUSTED_PROXIES": said})

    assert repr(said) in refusal.value.message
    assert "COUNTERFOIL_TRUSTED_PROXIES" in refusal.value.message


def test_this_computer_is_not_trusted_behind_an_address_of_others() -> None:
    """The combination is refused when it is read, with what to do instead."""
    said = {
        "COUNTERFOIL_TRUST_THIS_COMPUTER": "true",
        "COUNTERFOIL_PUBLIC_URL": "https://hub.example",
    }
    with pytest.raises(SettingsError, match="trust_this_computer out, and sign in with a token"):
        load_configuration(said)
    said["COUNTERFOIL_PUBLIC_URL"] = "http://localhost:8080"
    assert load_configuration(said).trusts_this_computer
