"""The one way this service says no: a status and a short JSON body."""

from __future__ import annotations

__all__ = ["ApiError"]


class ApiError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
        message: The ``error`` member of the body.
        field: Path of the property it is about.
        headers: Sent with the answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, str]:
        """The JSON body: ``error``, and ``field`` where one is meant."""
        return {"error": self.message} | ({"field": self.field} if self.field else {})
