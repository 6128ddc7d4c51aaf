"""The calls to the hub, over HTTPS, outward only."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from counterfoil.errors import ConnectorError, RejectedError, UnavailableError, UsageError

__all__ = ["Line"]

_SYSTEM: Final = "hub"
# The hub answers a look after a quarter of a minute at the latest.
_TIMEOUT: Final = httpx2.Timeout(90.0, connect=20.0)
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# The hub may have moved, or its proxy may be in between: everything else is worth another try.
_FINAL: Final = frozenset({400, 401, 403, 404, 405, 409, 413})
_ELSEWHERE: Final = (
    "There is no Counterfoil hub at {address} ({status}). Give its address as people open it in "
    "the browser: --hub https://…"
)


class Line:
    """A line to one hub.

    Args:
        address: The hub's public address.
        token: Of the connection's agent.
        transport: Where calls go instead of the network; ``None``: there.

    Raises:
        UsageError: The address would send the token and the books over an open line.
    """

    def __init__(
        self, address: str, token: str, *, transport: httpx2.BaseTransport | None = None
    ) -> None:
        parts = urlsplit(address.strip())
        is_open = parts.scheme == "http" and parts.hostname not in _HERE
        if parts.scheme not in ("http", "https") or not parts.hostname or is_open:
            raise UsageError(
                f"{address!r} is no address of a hub: it begins with https:// (http:// only where "
                "the hub runs on this computer)."
            )
        self.address = address.strip().rstrip("/")
        self._client = httpx2.Client(
            base_url=self.address,
            headers={"Authorization": f"Bearer {token.strip()}"},
            timeout=_TIMEOUT,
            transport=transport,
        )

    def close(self) -> None:
        """Let go of the network."""
        self._client.close()

    def ask(self, call: str, said: dict[str, Any]) -> dict[str, Any]:
        """Make a call.

        Raises:
            UnavailableError: No answer came; the same call may be made again.
            RejectedError: It was understood and refused; ``code`` is the HTTP status.
        """
        try:
            answer = self._client.post(f"/agent/{call}", json=said)
        except httpx2.HTTPError as error:
            raise self._error(
                UnavailableError, call, f"The hub at {self.address} cannot be reached: {error}."
            ) from error
        if answer.status_code in _FINAL:
            raise self._error(RejectedError, call, self._words(answer), str(answer.status_code))
        found = _json(answer)
        if not answer.is_success or not isinstance(found, dict):
            told = f"The hub at {self.address} answers with HTTP {answer.status_code} now."
            raise self._error(UnavailableError, call, told, str(answer.status_code))
        return found

    def _words(self, answer: httpx2.Response) -> str:
        """Give the hub's own sentence, where it was the hub that answered."""
        try:
            told = _json(answer)["error"]["message"]
        except (KeyError, TypeError):
            told = None
        elsewhere = _ELSEWHERE.format(address=self.address, status=f"HTTP {answer.status_code}")
        return str(told) if told and answer.status_code != 404 else elsewhere

    @staticmethod
    def _error(
        kind: type[ConnectorError], call: str, sentence: str, code: str | None = None
    ) -> ConnectorError:
        return kind(sentence, system=_SYSTEM, operation=f"POST /agent/{call}", code=code)


def _json(answer: httpx2.Response) -> Any:
    """Give the answer's JSON; ``None``: it is none, such as a proxy's page."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None
