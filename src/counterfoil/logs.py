"""Loggers that cost nothing until something is logged.

structlog brings a formatter of tracebacks with it, which takes longer to load than most
commands take to run; and a command logs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Logger", "get_logger", "silence"]

_silent = False


def silence(*, on: bool = True) -> None:
    """Let no logger say anything in this process from now on; or let them speak again."""
    global _silent  # noqa: PLW0603 - logs are one to a process
    _silent = on


class Logger:
    """Stands for structlog's logger of a name, which is made when it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def bind(self, **facts: object) -> Any:
        """Give a logger that tells these facts with every event."""
        if _silent:
            return self
        return self.__getattr__("bind")(**facts)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if _silent:
            return _unsaid
        import structlog

        found: Callable[..., Any] = getattr(structlog.get_logger(self._name), method)
        return found


def _unsaid(*_event: object, **_facts: object) -> None:
    pass


def get_logger(name: str) -> Logger:
    """Give the logger of a module."""
    return Logger(name)
