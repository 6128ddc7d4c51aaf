"""How a notice leaves: as e-mail over SMTP, or by a service that Apprise knows.

A channel raises ``DeliveryError`` in words that hold no secret.  E-mail is encrypted on its way to
any other computer: by TLS from the start (``smtps://``), or before anything is said
(``smtp://``, STARTTLS).

Nobody is waited for without end, whatever trickles in: others are to be told, too.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from counterfoil.errors import DeliveryError, SettingsError, UsageError

from .addresses import address_of, is_this_computer
from .configuration import Configuration, is_local

__all__ = [
    "Channel",
    "MailServer",
    "by_apprise",
    "mail_address",
    "send_mail",
    "webhook",
    "webhook_host",
    "within",
]

# Of each answer of a mail server, and of each of its steps.
_TIMEOUT_S: Final = 20.0
# Of a whole notice by another service, which may take several calls.
_NOTICE_S_MAX: Final = 90.0
_PORTS: Final = {"smtp": 587, "smtps": 465}
_ADDRESS_LENGTH_MAX: Final = 254


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    APPRISE = "apprise"
    WEBHOOK = "webhook"


# --- E-mail -------------------------------------------------------------------------------


class MailServer(NamedTuple):
    """Who takes our e-mail; made by ``of``."""

    host: str
    port: int
    is_sealed: bool
    user: str | None
    password: str | None
    sender: str

    @classmethod
    def of(cls, configured: Configuration) -> MailServer | None:
        """Read it from the configuration; ``None``: nobody said one.

        Raises:
            SettingsError: What is said cannot be used; it is not shown, for it holds a password.
        """
        if not configured.smtp_url:
            return None
        url = _url(configured.smtp_url)
        if url is None or url.scheme not in _PORTS or not url.hostname:
            raise SettingsError(
                "The mail server cannot be used. Set COUNTERFOIL_SMTP_URL to its address, such as "
                "smtps://USER:PASSWORD@mail.example.com or smtp://USER:PASSWORD@mail.example.com"
            )
        sender = configured.mail_from or unquote(url.username or "")
        return cls(
            host=url.hostname,
            port=url.port or _PORTS[url.scheme],
            is_sealed=url.scheme == "smtps",
            user=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            sender=_sender(sender),
        )


def _url(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text.strip())
        # A port that is none is found when it is asked for.
        _ = url.port
    except ValueError:
        return None
    return url


def _sender(text: str) -> str:
    try:
        return mail_address(text)
    except UsageError:
        raise SettingsError(
            "Nobody said from whom e-mail comes. Set COUNTERFOIL_MAIL_FROM to an address of the "
            "mail server's, such as counterfoil@example.com."
        ) from None


def mail_address(text: str) -> str:
    """Read one e-mail address.

    Raises:
        UsageError: It is none.
    """
    typed = text.strip()
    try:
        is_one = typed.isprintable() and len(typed) <= _ADDRESS_LENGTH_MAX
        found = Address(addr_spec=typed) if is_one else None
    # Python's reader of addresses stumbles over some that are none (3.11: a part in brackets).
    except (ValueError, IndexError, AttributeError, HeaderParseError):
        found = None
    if found is None or not found.username or not found.domain:
        raise UsageError(f"{typed[:100]!r} is no e-mail address; it is like books@example.com.")
    return typed


def address_in(text: str) -> str | None:
    """Give what somebody signs in as where it is an e-mail address; ``None``: it is none."""
    try:
        return mail_address(text)
    except UsageError:
        return None


def send_mail(server: MailServer, to: str, subject: str, body: str, now: datetime) -> None:
    """Hand an e-mail over to the mail server.

    Raises:
        DeliveryError: It did not take it, or is not there.
    """
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = server.sender
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    where = f"The mail server {server.host}:{server.port}"
    try:
        with _connected(server) as line:
            if server.user is not None:
                line.login(server.user, server.password or "")
            line.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise DeliveryError(
            f"{where} does not accept the user and password in COUNTERFOIL_SMTP_URL."
        ) from None
    except smtplib.SMTPRecipientsRefused:
        raise DeliveryError(f"{where} does not take e-mail to {to}.") from None
    except ssl.SSLError as error:
        raise DeliveryError(
            f"{where} shows no certificate that this computer trusts ({error.reason})."
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryError(
            f"{where} offers no encryption (STARTTLS), or no way to sign in; e-mail does not "
            "travel in the open. Begin its address with smtps:// if it speaks TLS from the start."
        ) from None
    except UnicodeError:
        raise DeliveryError(
            f"{where} is signed in to with letters beyond ASCII, which it does not take; see the "
            "user and password in COUNTERFOIL_SMTP_URL."
        ) from None
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise DeliveryError(f"{where} did not take it: {type(error).__name__}.") from None


class _Line(smtplib.SMTP):
    """A line on which every answer comes in time, or none: its timeouts are of single bytes."""

    def getreply(self) -> tuple[int, bytes]:
        with _cut_after(_TIMEOUT_S, self.sock):
            return super().getreply()


class _SealedLine(_Line, smtplib.SMTP_SSL):
    """The same, by TLS from the start."""


@contextmanager
def _cut_after(seconds: float, line: socket.socket | None) -> Iterator[None]:
    """Cut a line when what is done in the context lasts too long; whoever waits at it is woken."""
    timer = threading.Timer(seconds, _cut, [line])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: socket.socket | None) -> None:
    if line is not None:
        with suppress(OSError):
            # Not by way of TLS, which somebody else is just using.
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(server: MailServer) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    if server.is_sealed:
        return _SealedLine(server.host, server.port, timeout=_TIMEOUT_S, context=trusted)
    line = _Line(server.host, server.port, timeout=_TIMEOUT_S)
    try:
        line.ehlo()
        # On this computer nobody listens between us and the server.
        if line.has_extn("starttls") or not is_local(f"//{server.host}"):
            line.starttls(context=trusted)
            line.ehlo()
    except BaseException:
        line.close()
        raise
    return line


# --- Other services -----------------------------------------------------------------------


def by_apprise(url: str) -> Callable[[str, str], None]:
    """Open the service that an Apprise address names; gives what takes subject and body.

    Raises:
        SettingsError: Apprise is not installed.
        UsageError: It knows no such service, or something of the address is missing; it is not
            shown, for such addresses are secrets.
    """
    try:
        import apprise
    except ImportError:
        raise SettingsError(
            "Services other than e-mail need Apprise. Install it with: "
            "pip install 'counterfoil[notices]'"
        ) from None
    # It logs the addresses that it cannot use, and those hold secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if service is None:
        raise UsageError(
            "Apprise cannot use this address (it is not shown, for it may hold a secret). How one "
            "is written is told for each service at https://github.com/caronc/apprise/wiki"
        )

    def send(subject: str, body: str) -> None:
        box = apprise.Apprise()
        box.add(service)
        was_taken = within(_NOTICE_S_MAX, lambda: box.notify(title=subject, body=body))
        if was_taken is None:
            raise DeliveryError(f"{service.service_name} did not answer in time.")
        if not was_taken:
            raise DeliveryError(f"{service.service_name} did not take it.")

    return send


def webhook(url: str) -> str:
    """Give the Apprise address that posts a notice as JSON to a web address.

    Raises:
        UsageError: It is no web address, or others could read what is sent there; it is not
            shown, for it may hold a secret.
    """
    found = address_of(url)
    if found is None:
        raise UsageError(
            "This is no web address. It is like https://hooks.example.com/counterfoil."
        )
    if found.scheme == "http" and not is_this_computer(found.hostname):
        raise UsageError(
            "This web address is not encrypted, and notices name customers and amounts. Take one "
            "that begins with https://."
        )
    # What Apprise shall hand on of a query bears a minus; without, it is an option of its own.
    query = urlencode([(f"-{name}", value) for name, value in parse_qsl(found.query)])
    scheme = "jsons" if found.scheme == "https" else "json"
    return urlunsplit((scheme, found.netloc, found.path, query, ""))


def webhook_host(url: str) -> str:
    """Say where a web address leads, without what may be secret of it."""
    found = address_of(url)
    return "a webhook" if found is None or found.hostname is None else found.hostname


def within(seconds: float, ask: Callable[[], object]) -> bool | None:
    """Ask somebody who keeps to no time himself; ``None``: he has not answered in time.

    What he does then goes on beside, and holds up nobody.
    """
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(bool(ask())), daemon=True)
    asking.start()
    asking.join(seconds)
    if asking.is_alive():
        return None
    return bool(answers) and answers[0]
