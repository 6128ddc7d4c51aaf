"""E-mail leaves over a real mail server's line, and other notices by Apprise; both say why not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from counterfoil.errors import DeliveryError, SettingsError, UsageError
from counterfoil.hub import channels
from counterfoil.hub.channels import (
    MailServer,
    by_apprise,
    mail_address,
    send_mail,
)
from counterfoil.hub.configuration import Configuration
from tests.support.mail import PASSWORD, REFUSED, USER, certificate, mail_server

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TO = "books@acme.example"


def server(url: str, sender: str = USER) -> MailServer:
    found = MailServer.of(Configuration(smtp_url=url, mail_from=sender))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def trusted(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The certificate, which this computer trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(sealed))
    return sealed


class TestMail:
    def test_it_arrives_whole(self) -> None:
        """Subject, body and sender arrive as they were, and the mail says that a program sent it."""
        with mail_server() as (box, port):
            send_mail(server(f"smtp://127.0.0.1:{port}"), TO, "Order 501 – Acmé", "Größe", NOW)

        (mail,) = box.mails
        assert (mail["Subject"], mail.get_content().strip()) == ("Order 501 – Acmé", "Größe")
        assert (mail["From"], mail["To"]) == (USER, TO)
        assert (mail["Date"], mail["Auto-Submitted"]) == (
            "Mon, 02 Mar 2026 09:30:00 +0000",
            "auto-generated",
        )

    def test_by_tls_from_the_start(self, trusted: Path) -> None:
        """With smtps:// nothing is said before the line is encrypted."""
        with mail_server(trusted) as (box, port):
            send_mail(server(f"smtps://localhost:{port}"), TO, "A trial", "It works.", NOW)

        assert len(box.mails) == 1

    def test_by_starttls_with_a_password(self, trusted: Path) -> None:
        """With smtp:// the line is encrypted before user and password are said."""
        user, password = USER.replace("@", "%40"), PASSWORD
        with mail_server(trusted, starts_tls=True) as (box, port):
            url = f"smtp://{user}:{password}@localhost:{port}"
            send_mail(server(url), TO, "A trial", "It works.", NOW)

            wrong = server(url.replace(password, "wrong-not-real"))
            with pytest.raises(DeliveryError, match="does not accept the user") as told:
                send_mail(wrong, TO, "A trial", "It works.", NOW)

        assert len(box.mails) == 1
        assert "wrong-not-real" not in str(told.value)

    def test_an_unknown_certificate(self, sealed: Path) -> None:
        """A server whose certificate nobody vouches for gets nothing."""
        with mail_server(sealed) as (box, port), pytest.raises(DeliveryError, match="certificate"):
            send_mail(server(f"smtps://localhost:{port}"), TO, "A trial", "It works.", NOW)

        assert box.mails == []

    def test_who_gets_none_is_named(self) -> None:
        """An address that the server does not know is named."""
        with mail_server() as (_box, port), pytest.raises(DeliveryError, match=REFUSED):
            send_mail(server(f"smtp://127.0.0.1:{port}"), REFUSED, "A trial", "It works.", NOW)

    def test_nobody_is_there(self) -> None:
        """A server that is not there is told with its address."""
        with mail_server() as (_box, port):
            pass
        with pytest.raises(DeliveryError, match=f"127.0.0.1:{port} did not take it"):
            send_mail(server(f"smtp://127.0.0.1:{port}"), TO, "A trial", "It works.", NOW)

    @pytest.mark.parametrize("greeting", [b"x", b"220-wait\r\n"])
    def test_a_server_that_trickles_is_left(
        self, greeting: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each byte comes in time, and the answer never ends; whoever waits to be told is."""
        monkeypatch.setattr(channels, "_TIMEOUT_S", 0.2)
        with trickling(greeting) as port, pytest.raises(DeliveryError, match="did not take it"):
            send_mail(server(f"smtp://127.0.0.1:{port}"), TO, "A trial", "It works.", NOW)

    def test_a_password_that_cannot_travel(self, trusted: Path) -> None:
        """It is told as what it is, and not shown."""
        with mail_server(trusted, starts_tls=True) as (_box, port):
            wrong = server(f"smtp://u:{quote('pässword-not-real')}@localhost:{port}")
            with pytest.raises(DeliveryError, match="COUNTERFOIL_SMTP_URL") as told:
                send_mail(wrong, TO, "A trial", "It works.", NOW)

        assert "not-real" not in str(told.value)


@contextmanager
def trickling(greeting: bytes) -> Iterator[int]:
    """A mail server that never comes to the end of its greeting; gives its port."""
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):
                while not is_over.wait(0.02):
                    line.sendall(greeting)

        talking = threading.Thread(target=talk)
        talking.start()
        try:
            yield listening.getsockname()[1]
        finally:
            is_over.set()
            talking.join()


class TestMailServer:
    def test_none_is_set(self) -> None:
        """Without a mail server no e-mail is sent, and that is no mistake."""
        assert MailServer.of(Configuration()) is None

    @pytest.mark.parametrize(
        "url",
        [
            "mail.example.com",
            "http://u:secret-not-real@mail.example.com",
            "smtps://u:secret-not-real@mail.example.com:port",
            "smtps://",
        ],
    )
    def test_an_address_that_is_none(self, url: str) -> None:
        """What cannot be a mail server is refused before anything is sent, and not shown."""
        with pytest.raises(SettingsError, match="COUNTERFOIL_SMTP_URL") as told:
            server(url)

        assert "secret-not-real" not in str(told.value)

    def test_nobody_said_from_whom(self) -> None:
        """Where the user is no address, somebody has to say from whom e-mail comes."""
        with pytest.raises(SettingsError, match="COUNTERFOIL_MAIL_FROM"):
            server("smtps://apikey:secret-not-real@mail.example.com", sender="")

    def test_a_password_is_not_shown(self) -> None:
        """The configuration does not show its mail server's password."""
        configured = Configuration(smtp_url="smtps://u:secret-not-real@mail.example.com")

        assert "secret-not-real" not in repr(configured)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            ";",
            "books",
            "books@",
            "a b@c.example",
            "a@b.example\nBcc: x",
            "a\0@b.example",
            '"',
            "a@[10.0.0.1",
        ],
    )
    def test_what_is_no_e_mail_address(self, text: str) -> None:
        """An address that is none is refused, with what one looks like."""
        with pytest.raises(UsageError, match="is no e-mail address"):
            mail_address(text)


class TestWaiting:
    def test_nobody_is_waited_for_without_end(self) -> None:
        """A service that hangs holds up no other notice."""
        is_over = threading.Event()
        try:
            assert channels.within(0.01, is_over.wait) is None
        finally:
            is_over.set()

    @pytest.mark.parametrize("answer, taken", [(True, True), (False, False), (None, False)])
    def test_an_answer_counts(self, answer: bool | None, taken: bool) -> None:
        """No answer is no yes."""
        assert channels.within(5, lambda: answer) is taken


class _Hook(BaseHTTPRequestHandler):
    taken: list[bytes]
    status = 200

    def do_POST(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


# Apprise loads every service that it knows with the first.
@pytest.mark.slow
class TestApprise:
    @pytest.mark.parametrize("status", [200, 500])
    def test_a_service_takes_it_or_not(self, status: int) -> None:
        """What a service takes has arrived; what it does not is told, without its address."""
        taken: list[bytes] = []

        class Hook(_Hook):
            pass

        Hook.taken, Hook.status = taken, status
        line = HTTPServer(("127.0.0.1", 0), Hook)
        line.timeout = 5
        thread = threading.Thread(target=line.handle_request)
        thread.start()
        try:
            send = by_apprise(f"json://127.0.0.1:{line.server_port}/secret-not-real")
            if status == 200:
                send("Order 501", "It stopped.")
            else:
                with pytest.raises(DeliveryError) as told:
                    send("Order 501", "It stopped.")
                assert "secret-not-real" not in str(told.value)
        finally:
            thread.join()
            line.server_close()
        assert b"It stopped." in taken[0]

    def test_an_address_that_is_none(self, caplog: pytest.LogCaptureFixture) -> None:
        """An address that Apprise cannot use is refused, and neither shown nor logged."""
        with caplog.at_level("DEBUG"), pytest.raises(UsageError) as told:
            by_apprise("nothing://secret-not-real")

        assert "secret-not-real" not in str(told.value) + caplog.text
