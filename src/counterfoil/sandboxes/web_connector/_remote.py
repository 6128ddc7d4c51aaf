"""A company file in another process, reached through its sandbox's control paths."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult, QuickBooksConnectionError

# Processing a large message set may take QuickBooks minutes.
_TIMEOUT_S = 600.0
# The request processor's own words for a PC on which QuickBooks cannot be reached.
_UNREACHABLE = "0x80040401"


class RemoteCompany:
    """The company of a running sandbox.

    Args:
        base_url: Up to and including ``/sandbox/quickbooks``, as the sandbox names it.
    """

    def __init__(self, base_url: str, *, client: httpx2.Client | None = None) -> None:
        self._base = base_url.rstrip("/")
        self._client = client or httpx2.Client(timeout=_TIMEOUT_S)

    def close(self) -> None:
        """Close the connections to the sandbox; the company stays open there."""
        self._client.close()

    def open_session(self, company_file: str | None = None, *, application: str) -> RemoteSession:
        """Raises ``QuickBooksConnectionError``, also when the sandbox itself cannot be reached."""
        try:
            response = self._client.post(
                f"{self._base}/session",
                json={"company_file": company_file or "", "application": application},
            )
            if response.status_code != 409:
                response.raise_for_status()
        except httpx2.HTTPError as error:
            raise QuickBooksConnectionError(
                _UNREACHABLE, f"Could not access QuickBooks: {error}"
            ) from error
        answer = response.json()
        if response.status_code == 409:
            raise QuickBooksConnectionError(answer["hresult"], answer["message"])
        major, minor = answer["qbxml_version"].split(".")
        return RemoteSession(
            self._client,
            f"{self._base}/session/{answer['session']}",
            answer["company_file"],
            answer["country"],
            (int(major), int(minor)),
        )


@dataclass(frozen=True, slots=True)
class RemoteSession:
    """A session held open on a remote company."""

    client: httpx2.Client
    url: str
    company_file: str
    country: str
    qbxml_version: tuple[int, int]

    def process(self, text: str) -> ProcessResult:
        """As the request processor answers; a sandbox that went away is a crash."""
        return self._post("process", text)

    def host_company_preferences(self, owner_id: str) -> ProcessResult:
        return self._post("host-company-preferences", owner_id)

    def lock(self, owner_id: str, host: str) -> None:
        self._write_lock(owner_id, host)

    def unlock(self, owner_id: str) -> None:
        self._write_lock(owner_id, None)

    def _write_lock(self, owner_id: str, host: str | None) -> None:
        try:
            self.client.put(f"{self.url}/lock", json={"owner_id": owner_id, "host": host})
        except httpx2.HTTPError:
            # What the file says then stays as it is: nobody could reach it.
            return

    def close(self) -> None:
        try:
            self.client.delete(self.url)
        except httpx2.HTTPError:
            # The session ends with the sandbox, too.
            return

    def _post(self, path: str, text: str) -> ProcessResult:
        try:
            response = self.client.post(
                f"{self.url}/{path}",
                content=text.encode("utf-8"),
                headers={"Content-Type": "text/xml; charset=utf-8"},
            )
            response.raise_for_status()
        except httpx2.HTTPError as error:
            return ProcessResult("", "0x800706BA", f"The RPC server is unavailable: {error}")
        hresult = response.headers.get("X-HResult", "")
        if hresult:
            return ProcessResult("", hresult, response.text)
        return ProcessResult(response.text)
