"""Addresses: nothing secret in them, and nothing secret over them in the open."""

from __future__ import annotations

import pytest

from counterfoil.errors import SettingsError, UsageError
from counterfoil.hub.addresses import is_this_computer
from counterfoil.hub.configuration import load_configuration
from counterfoil.hub.systems import system_of
from counterfoil.settings import SystemName

CREDENTIALS = {"key": "KEY-1", "secret": "not a secret"}


@pytest.mark.parametrize(
    "host, is_it",
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost.example", False),
        ("192.168.1.2", False),
        ("0.0.0.0", False),
        (None, False),
    ],
)
def test_this_computer(host: str | None, is_it: bool) -> None:
    """By what no name server can change."""
    assert is_this_computer(host) is is_it


class TestPublicAddress:
    @pytest.mark.parametrize(
        "url",
        ["https://hub.example", "https://hub.example:8443/books/", "http://localhost:8080"],
    )
    def test_one_that_can_be_used(self, url: str) -> None:
        """Encrypted, or of this computer."""
        assert load_configuration({"COUNTERFOIL_PUBLIC_URL": url}).public_url == url

    @pytest.mark.parametrize(
        "url, says",
        [
            ("http://hub.example", "COUNTERFOIL_ALLOW_HTTP=true"),
            ("https://me:fake-word@hub.example", "before the “@”"),
            ("https://me:fake-word@[", "before the “@”"),
            ("https://hub.example/?a=1", "more than a host"),
            ("ftp://hub.example", "no web address"),
            ("hub.example", "no web address"),
            ("https://[", "no web address"),
            ("https://hub\0.example", "no web address"),
            ("https://hub.example/<a>", "no web address"),
        ],
    )
    def test_one_that_cannot(self, url: str, says: str) -> None:
        """It says why, and never shows what may be a password."""
        with pytest.raises(SettingsError) as caught:
            load_configuration({"COUNTERFOIL_PUBLIC_URL": url})

        assert says in caught.value.message
        assert "fake-word" not in caught.value.message

    def test_unencrypted_by_an_explicit_word(self) -> None:
        """Whoever means it says so."""
        given = {"COUNTERFOIL_PUBLIC_URL": "http://hub.example", "COUNTERFOIL_ALLOW_HTTP": "true"}

        assert load_configuration(given).public_url == "http://hub.example"


class TestBaseUrl:
    def test_one_that_can_be_used(self) -> None:
        """Encrypted, of this computer, or unencrypted by an explicit word."""
        read = system_of(SystemName.FUSION_OPERATIONS).form.read
        for more in (
            {"base_url": "https://shop.example"},
            {"base_url": "http://127.0.0.1:8081"},
            {"base_url": "http://shop.example", "allow_http": "true"},
        ):
            assert read({**CREDENTIALS, **more}, None).parameters["base_url"] == more["base_url"]

    @pytest.mark.parametrize(
        "url, says",
        [
            ("http://shop.example", "--allow-http"),
            ("https://me:fake-word@shop.example", "before the “@”"),
            ("https://me:fake-word@[", "before the “@”"),
            ("shop.example", "no web address"),
            ("https://shop.example/?a=1", "or more than one"),
            ("https://shop.example/\0", "no web address"),
            ("https://shop.example/\ud800", "no web address"),
        ],
    )
    def test_one_that_cannot(self, url: str, says: str) -> None:
        """Keys would travel in the open, or stand where they are shown."""
        read = system_of(SystemName.FUSION_OPERATIONS).form.read
        with pytest.raises(UsageError) as caught:
            read({**CREDENTIALS, "base_url": url}, None)

        assert says in str(caught.value.told)
        assert "fake-word" not in str(caught.value.told)

    @pytest.mark.parametrize("name", ["api_user", "secret", "integration_code"])
    def test_what_no_header_holds_is_no_key(self, name: str) -> None:
        """It is told where it is entered, not by the first call; the secret is not shown."""
        read = system_of(SystemName.AUTOTASK).form.read
        given = {"api_user": "u@books.example", "secret": "two words", "integration_code": "C-1"}
        assert read(given, None).parameters["api_user"] == "u@books.example"

        with pytest.raises(UsageError, match="a character that no key has") as caught:
            read({**given, name: "fake-w\u00f6rd"}, None)

        assert "fake-w" not in caught.value.message

    def test_the_word_can_be_taken_back(self) -> None:
        """Then the address that stands there has to be encrypted."""
        read = system_of(SystemName.FUSION_OPERATIONS).form.read
        open_ = {**CREDENTIALS, "base_url": "http://shop.example", "allow_http": "true"}
        known = read(open_, None)
        with pytest.raises(UsageError, match="not encrypted"):
            read({"allow_http": "false"}, known)
