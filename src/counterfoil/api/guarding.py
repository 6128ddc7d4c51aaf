"""What a browser may do with an answer of ours, told with every one of them.

No script, style, picture, frame or form of anybody else; no guessing of what a text is; no copy
that others may read.  Where the hub is reached by https, browsers are told to ask for it in no
other way.
"""

from __future__ import annotations

from typing import Final

from counterfoil.hub.configuration import Configuration, is_local

__all__ = ["GUARDING", "NOT_KEPT", "Header", "by_https_alone"]

Header = tuple[bytes, bytes]
"""Its name, lower case, and its value."""

_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
GUARDING: Final[tuple[Header, ...]] = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
NOT_KEPT: Final[Header] = (b"cache-control", b"no-store")
"""Of an answer that says nothing else about it."""

# A year, as is advised; of this host alone, for its domain has others that we do not know.
_HTTPS_ALONE: Final[tuple[Header, ...]] = ((b"strict-transport-security", b"max-age=31536000"),)


def by_https_alone(configuration: Configuration, asked_host: str) -> tuple[Header, ...]:
    """Give what tells browsers to ask for this host by https alone; nothing where it is not so.

    Whoever asks for this computer's own address passes the proxy by that speaks https.

    Args:
        configuration: It knows how the hub is reached.
        asked_host: The ``Host`` of the request.

    Source:
        RFC 6797 (6.1.1, 7.2): a year is a usual time; never without https.
    """
    if not configuration.address.startswith("https://") or is_local(f"//{asked_host}"):
        return ()
    return _HTTPS_ALONE
