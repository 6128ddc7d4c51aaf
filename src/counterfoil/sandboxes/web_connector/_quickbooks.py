"""QuickBooks as the Web Connector reaches it on its PC."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult

__all__ = ["LockingSession", "QuickBooks", "QuickBooksSession"]


class QuickBooksSession(Protocol):
    """A session the request processor has opened on a company file."""

    @property
    def company_file(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def qbxml_version(self) -> tuple[int, int]: ...
    def process(self, text: str) -> ProcessResult: ...
    def host_company_preferences(self, owner_id: str) -> ProcessResult: ...
    def close(self) -> None: ...


@runtime_checkable
class LockingSession(Protocol):
    """A session that can also hold the Web Connector's lock on the company (1.5).

    What stands between a Web Connector and a company in a test may leave it out: nothing is
    locked then.
    """

    def lock(self, owner_id: str, host: str) -> None: ...
    def unlock(self, owner_id: str) -> None: ...


class QuickBooks(Protocol):
    """QuickBooks on this PC: a ``CompanyFile``, or a ``RemoteCompany``."""

    def open_session(
        self, company_file: str | None = None, *, application: str
    ) -> QuickBooksSession:
        """Raises ``QuickBooksConnectionError``."""
        ...
