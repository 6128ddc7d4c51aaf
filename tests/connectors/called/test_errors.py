"""The two tables of what can go wrong."""

from __future__ import annotations

import inspect
import time

import httpx2
import pytest

from counterfoil.connectors.called import Said
from counterfoil.connectors.called._errors import (
    TRANSPORT,
    Circumstances,
    of_status,
    of_transport,
)
from counterfoil.connectors.fusion_operations._errors import SERVICE, error_field, error_text
from counterfoil.errors import (
    ConnectorError,
    CounterfoilError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
)


def at(method: str) -> Circumstances:
    return Circumstances(SERVICE, f"{method} /clients/", method == "GET", "call-1")


class TestTransport:
    def test_every_exception_of_the_library_has_a_row(self) -> None:
        """An exception the HTTP library gains has to be thought about here."""
        theirs = {
            found
            for _, found in inspect.getmembers(httpx2, inspect.isclass)
            if issubclass(found, Exception)
        }

        assert theirs == set(TRANSPORT)

    @pytest.mark.parametrize(
        "type_, get, post",
        [
            (httpx2.ConnectError, UnavailableError, UnavailableError),
            (httpx2.ConnectTimeout, UnavailableError, UnavailableError),
            (httpx2.ReadTimeout, UnavailableError, OutcomeUnknownError),
            (httpx2.WriteError, UnavailableError, OutcomeUnknownError),
            (httpx2.RemoteProtocolError, UnavailableError, OutcomeUnknownError),
            (httpx2.DecodingError, UnreadableReplyError, UnreadableReplyError),
            (httpx2.UnsupportedProtocol, SettingsError, SettingsError),
        ],
    )
    def test_what_is_known_depends_on_the_method(
        self, type_: type[Exception], get: type[CounterfoilError], post: type[CounterfoilError]
    ) -> None:
        """A lost answer leaves a write in doubt; a reading is merely to be done again."""
        error = type_("https://x.example/?access_token=abc")

        assert type(of_transport(error, at("GET"))) is get
        assert type(of_transport(error, at("POST"))) is post

    def test_a_new_exception_is_treated_as_its_ancestor(self) -> None:
        """A subclass nobody has mapped counts as the nearest one that is."""

        class Novel(httpx2.ConnectError):
            pass

        assert isinstance(of_transport(Novel("x"), at("POST")), UnavailableError)

    def test_their_words_are_not_repeated(self) -> None:
        """The library's text may hold the URL with the token: only its name is told."""
        found = of_transport(httpx2.ReadTimeout("?access_token=abc"), at("POST"))

        assert "abc" not in f"{found.message} {found.detail}"
        assert found.detail == "ReadTimeout"


class TestStatuses:
    @pytest.mark.parametrize(
        "status, get, post",
        [
            (301, RejectedError, RejectedError),
            (400, RejectedError, RejectedError),
            (401, RejectedError, RejectedError),
            (404, RejectedError, RejectedError),
            (408, UnavailableError, UnavailableError),
            (409, RejectedError, RejectedError),
            (429, UnavailableError, UnavailableError),
            (500, UnavailableError, OutcomeUnknownError),
            (503, UnavailableError, OutcomeUnknownError),
            (700, UnreadableReplyError, UnreadableReplyError),
        ],
    )
    def test_what_a_status_comes_to(
        self, status: int, get: type[Exception], post: type[Exception]
    ) -> None:
        """A server error may have come after the write; a refusal came instead of it."""
        for method, type_ in (("GET", get), ("POST", post)):
            found = of_status(status, Said(status=status, text="words"), at(method))
            assert isinstance(found, type_)
            assert isinstance(found, ConnectorError)
            assert (found.code, found.request_id) == (str(status), "call-1")


class TestErrorBodies:
    @pytest.mark.parametrize(
        "body, text",
        [
            (b'{"error": "Unknown client", "field": "client"}', "Unknown client"),
            (b"Too Many Requests", "Too Many Requests"),
            (
                b"<html><head><title>x</title><style>p{}</style></head><body><h1>Bad</h1>\n gateway",
                "Bad gateway",
            ),
            (b'["error"]', '["error"]'),
            (b"\xff\xfe", "\ufffd\ufffd"),
            (b"", ""),
        ],
    )
    def test_a12_whatever_it_is_some_text_remains(self, body: bytes, text: str) -> None:
        """A12: JSON, plain text, HTML and garbage all give a short text."""
        assert error_text(body) == text

    def test_a12_it_is_shortened(self) -> None:
        """A12: never more than 500 characters, and a megabyte of HTML is quick."""
        assert len(error_text(b"<p>sorry</p>" * 100_000)) == 500
        assert len(error_text(b'{"error": "' + b"x" * 10_000 + b'"}')) == 500

    def test_the_field_is_kept(self) -> None:
        """Where the body names a property, it is known; else not."""
        assert error_field(b'{"error": "no", "field": "client"}') == "client"
        assert error_field(b"<html>") is None


@pytest.mark.parametrize(
    "page, words",
    [
        ("<html><HEAD><title>x</title></HEAD><h1>Bad gateway</h1></html>", "Bad gateway"),
        ("<header>Sorry</header><script>1 < 2</script >later<!-- <b> -->", "Sorry later"),
        ("before <b", "before"),
        ("before <script>alert", "before"),
        ("<script" * 3_000, ""),
        ("<!--" * 5_000, ""),
        ("<" * 20_000, ""),
    ],
    ids="gateway header open script scripts comments brackets".split(),
)
def test_a_page_is_read_once(page: str, words: str) -> None:
    """Its words without its markup, in a time that grows with its length only."""
    started = time.perf_counter()

    assert error_text(page.encode()) == words
    assert time.perf_counter() - started < 0.5
