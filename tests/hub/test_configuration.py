"""What a configuration may say of proxies and of the hub's own computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.errors import SettingsError
from counterfoil.hub.configuration import load_configuration


@pytest.mark.parametrize(
    "said, networks",
    [("", ()), ("127.0.0.1", ("127.0.0.1",)), (" ::1 , 10.0.0.0/8,", ("::1", "10.0.0.0/8"))],
)
def test_trusted_proxies_are_addresses_and_networks(said: str, networks: tuple[str, ...]) -> None:
    """As many as there are, separated by commas."""
    found = load_configuration({"COUNTERFOIL_TRUSTED_PROXIES": said})

    assert found.trusted_networks == networks


@pytest.mark.parametrize(
    "content, cure",
    [
        ('public_url = "https://bücher.example"'.encode("cp1252"), "save it as UTF-8"),
        (b"log_level = " + b"[" * 9_000, "nested too deeply"),
        (b"keep_exchanges_days = " + b"9" * 5_000, "cannot be read"),
        (b"log_level = info", "cannot be read"),
    ],
    ids=["not UTF-8", "deep", "long", "no TOML"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, cure: str) -> None:
    """Whatever stands in the configuration file, its reader is told which file it is, and why."""
    file = tmp_path / "counterfoil.toml"
    file.write_bytes(content)

    with pytest.raises(SettingsError, match=cure) as refusal:
        load_configuration({"COUNTERFOIL_CONFIG": str(file)})

    assert file.name in refusal.value.message


@pytest.mark.parametrize(
    "name, said, told",
    [
        ("KEEP_EXCHANGES_DAYS", "many", "'many' is no whole number from 1 to 3650"),
        ("KEEP_EXCHANGES_DAYS", "0", "'0' is no whole number from 1 to 3650"),
        ("ALLOW_HTTP", "perhaps", "'perhaps' is neither true nor false"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_our_words(name: str, said: str, told: str) -> None:
    """Which value, what it has to be, and where it stands."""
    with pytest.raises(SettingsError) as refusal:
        load_configuration({f"COUNTERFOIL_{name}": said})

    assert told in refusal.value.message
    assert f"Change COUNTERFOIL_{name}" in refusal.value.message


@pytest.mark.parametrize(
    "line, told",
    [
        ("colour = 'red'", "There is no configuration value 'colour'"),
        ("secret_key = 12345", "it has to be a text, in quotation marks"),
    ],
)
def test_a_line_that_does_not_fit_is_told(tmp_path: Path, line: str, told: str) -> None:
    """A name that there is not, or a value of another kind; what may be secret is not shown."""
    file = tmp_path / "counterfoil.toml"
    file.write_text(line, "utf-8")
    with pytest.raises(SettingsError) as refusal:
        load_configuration({"COUNTERFOIL_CONFIG": str(file)})

    assert told in refusal.value.message
    assert "12345" not in refusal.value.message


@pytest.mark.parametrize("said", ["yes", "true", "1", "on"])
def test_a_switch_is_spelt_in_several_ways(said: str) -> None:
    """As people write it in an environment."""
    assert load_configuration({"COUNTERFOIL_ALLOW_HTTP": said}).allow_http


def test_no_secret_is_shown_with_a_configuration() -> None:
    """Neither the key nor the database's address, which may hold a password."""
    given = {"COUNTERFOIL_SECRET_KEY": "k" * 44, "COUNTERFOIL_DATABASE_URL": "sqlite:///pw.db"}
    shown = repr(load_configuration(given))

    assert "kkk" not in shown
    assert "pw.db" not in shown


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


@pytest.mark.parametrize("said", ["read", "operate", "administer"])
def test_this_computer_may_what_is_said(said: str) -> None:
    """Whoever sits there may look, unless more is said."""
    assert load_configuration({"COUNTERFOIL_THIS_COMPUTER_MAY": said}).this_computer_may == said
    assert load_configuration({}).this_computer_may == "read"


@pytest.mark.parametrize(
    "name, said, told",
    [
        ("THIS_COMPUTER_MAY", "everything", "There is no scope 'everything'; choose one of"),
        ("LOCALE", "Elvish", "'Elvish' is no locale, such as en_GB"),
    ],
)
def test_a_word_that_is_none_is_named(name: str, said: str, told: str) -> None:
    """The sentence says which value, and what there is."""
    with pytest.raises(SettingsError) as refusal:
        load_configuration({f"COUNTERFOIL_{name}": said})

    assert told in refusal.value.message
