"""The access token of a service that signs in by OAuth 2.0: the seam to whoever keeps it.

A client knows no refresh token: it asks for an access token right before each call, and says
when one was turned down.  Who keeps them shares them over all processes.
"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Tokens"]


class Tokens(Protocol):
    """Whoever keeps the tokens of one connection."""

    def access(self) -> str:
        """Give an access token that is good for some minutes, renewed where it is not.

        Raises:
            RejectedError: The connection has ended; a person has to connect it again.  Its
                code is "401".
            UnavailableError: The token service cannot be reached now.
        """
        ...

    def renewed(self, rejected: str) -> str:
        """Give another access token than one that was just turned down; raises as ``access``.

        If somebody else has renewed it meanwhile, theirs is given, and none is asked for.
        """
        ...
