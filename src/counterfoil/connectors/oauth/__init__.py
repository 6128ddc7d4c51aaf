"""Signing in at services by OAuth 2.0: the providers, a row each, and the calls of the protocol.

Requests are worded by ``authlib``; they travel by the client that every system we call has, so
that one table says what a failure means, and no token reaches a log, an error or an evidence.

Source: RFC 6749 (codes and tokens), RFC 7009 (giving back), RFC 7636 (PKCE), OpenID Connect Core
1.0 (who somebody is).
"""

from ._client import App, OAuthClient
from ._granted import Granted
from ._open_id import Identity, OpenIdClient
from ._providers import PROVIDERS, Provider, ProviderName
from ._refused import GrantRefusedError

__all__ = [
    "PROVIDERS",
    "App",
    "GrantRefusedError",
    "Granted",
    "Identity",
    "OAuthClient",
    "OpenIdClient",
    "Provider",
    "ProviderName",
]
