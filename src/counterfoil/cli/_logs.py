"""Logs: JSON lines on standard error for a server, silence for a command.

The lines of libraries that use Python's own logging (uvicorn, SQLAlchemy) take the same
shape.  No line bears a secret: events name things by their ids.
"""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog

from counterfoil.errors import SettingsError

__all__ = ["quiet", "to_standard_error"]

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def quiet() -> None:
    """Let nothing through; what a command has to say, it prints."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.lastResort = None


def to_standard_error(level: str) -> None:
    """Write JSON lines from ``level`` up.

    Raises:
        SettingsError: There is no such level.
    """
    number = _LEVELS.get(level.lower())
    if number is None:
        raise SettingsError(
            f"The log level {level!r} is not known. Set COUNTERFOIL_LOG_LEVEL to one of: "
            f"{', '.join(_LEVELS)}."
        )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))
