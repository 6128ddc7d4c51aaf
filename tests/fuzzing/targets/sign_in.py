"""Sign-in: what a provider answers for tokens, and what services tell by themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Final

import httpx2

from counterfoil.connectors.called import Line
from counterfoil.connectors.oauth import PROVIDERS, App, OAuthClient, ProviderName
from counterfoil.connectors.quickbooks_online import delivery_of, is_signed_by
from counterfoil.errors import ConnectorError
from tests.fuzzing.keeping import kept

from ._target import Target, as_text, seeds_of

__all__ = ["TARGETS"]

_APP: Final = App(client_id="client-not-real", client_secret="app-secret-not-real")
_REFRESH: Final = "refresh-token-not-real"


def _answered(status: int) -> Callable[[bytes], None]:
    """Make a reader of an input as what a provider answers to who asks for tokens."""

    def read(data: bytes) -> None:
        transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=data))
        line = Line(transport=transport, sleep=lambda _: None)
        client = OAuthClient(PROVIDERS[ProviderName.INTUIT], _APP, line=line)
        with closing(client):
            try:
                granted = client.renew(_REFRESH)
            except ConnectorError as error:
                kept([error.message, error.detail, error.code])
                return
        assert granted.life_s > 0, "a token that opens never"
        # They travel in headers and forms.
        assert granted.access.isascii(), "a token that cannot be sent"
        assert granted.refresh.isascii(), "a token that cannot be sent"

    return read


def _delivered(data: bytes) -> None:
    delivery_of(data)
    assert not is_signed_by(data, as_text(data[:100]), "word-not-real"), "anybody can sign"


_TOKENS: Final = seeds_of("tokens")

TARGETS: Final = {
    "oauth-tokens": Target(_answered(200), _TOKENS),
    "oauth-refusals": Target(_answered(400), _TOKENS),
    "online-deliveries": Target(_delivered, seeds_of("deliveries")),
}
