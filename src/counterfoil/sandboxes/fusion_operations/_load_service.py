"""The service as a loader uses it: entities through its API, deeds through the controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx2

__all__ = ["Service"]


# The API has no call for these.
_CONTROLLED = frozenset({"workers"})


class _Limit:
    """Lifts the sandbox's rate limit while loading; another service answers 404: obey then."""

    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url
        self._before: int | None = None

    def __enter__(self) -> None:
        found = self._client.get(self._url)
        if found.status_code == httpx2.codes.OK:
            self._before = found.json()["settings"]["rate-limit"]
            self._set(0)

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            self._set(self._before)

    def _set(self, limit: int) -> None:
        settings = {"rate-limit": limit}
        self._client.patch(f"{self._url}/settings", json=settings).raise_for_status()


class Service:
    def __init__(
        self,
        client: httpx2.Client,
        base_url: str,
        credentials: tuple[str, str],
        sleep: Callable[[float], None],
    ) -> None:
        self._client = client
        self._base_url = base_url
        self._credentials = credentials
        self._sleep = sleep
        self._token = ""

    def unlimited(self) -> _Limit:
        return _Limit(self._client, f"{self._base_url}/sandbox/companies/{self._credentials[0]}")

    def create(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make one entity; ``None`` when its code is taken."""
        if resource in _CONTROLLED:
            return self.do(f"entities/{resource}", body)
        may_renew = bool(self._token)
        if not self._token:
            self._token = self._mint()
        while True:
            answer = self._client.post(
                f"{self._base_url}/api/v1/{resource}/",
                params={"access_token": self._token},
                json=body,
            )
            if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
                self._sleep(float(answer.headers.get("Retry-After", "60")))
            elif answer.status_code == httpx2.codes.UNAUTHORIZED and may_renew:
                self._token, may_renew = self._mint(), False
            elif answer.status_code == httpx2.codes.CONFLICT:
                return None
            else:
                answer.raise_for_status()
                made: dict[str, Any] = answer.json()
                return made

    def do(self, deed: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Do what people do in the product itself; ``None`` when it was done before."""
        url = f"{self._base_url}/sandbox/companies/{self._credentials[0]}/{deed}"
        answer = self._client.post(url, json=body)
        if answer.status_code == httpx2.codes.CONFLICT:
            return None
        answer.raise_for_status()
        done: dict[str, Any] = answer.json()
        return done

    def _mint(self) -> str:
        answer = self._client.post(f"{self._base_url}/api/v1/authorization", auth=self._credentials)
        answer.raise_for_status()
        token: str = answer.json()["token"]
        return token
