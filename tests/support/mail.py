"""A mail server on this computer that keeps what it is given: plain, or by TLS from the start."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

__all__ = ["PASSWORD", "USER", "Mailbox", "certificate", "mail_server"]

USER, PASSWORD = "counterfoil@acme.example", "mail-secret-not-real"
REFUSED = "nobody@acme.example"


class Mailbox:
    """What was delivered, oldest first."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.is_down = False

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == REFUSED:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.is_down:
            return "451 not now"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def texts(self) -> list[str]:
        """Subject and body of each."""
        return [f"{each['Subject']}\n{each.get_content()}" for each in self.mails]


def _authenticated(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and data == LoginPassword(
        USER.encode(), PASSWORD.encode()
    )
    # Unhandled, the server itself says no.
    return AuthResult(success=is_right, handled=is_right)


@contextmanager
def mail_server(
    sealed: Path | None = None, *, starts_tls: bool = False
) -> Iterator[tuple[Mailbox, int]]:
    """Serve on 127.0.0.1; gives the mailbox and the port.

    Args:
        sealed: The file of ``certificate``; ``None``: everything is in the open.
        starts_tls: By STARTTLS, not from the start; a sign-in is wanted then.
    """
    box = Mailbox()
    context = None
    if sealed is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sealed)
    own: dict[str, Any] = {}
    if context is not None and starts_tls:
        own = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": _authenticated,
            "auth_required": True,
        }
    elif context is not None:
        own = {"ssl_context": context}
    port = _free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **own)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def certificate(folder: Path) -> Path:
    """Make a certificate of localhost, with its key; gives the file that holds both."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
