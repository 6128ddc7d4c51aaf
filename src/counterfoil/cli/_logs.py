"""Logs: JSON lines on standard error for a server, silence for a command.

The lines of libraries that use Python's own logging (uvicorn, SQLAlchemy) take the same
shape.  No line bears a secret: events name things by their ids.  Nobody waits for a line to be
written (``_log_writer``).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Final, TextIO, cast

from counterfoil.errors import SettingsError
from counterfoil.logs import silence

from ._log_writer import LogWriter

__all__ = ["quiet", "to_standard_error"]

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def quiet() -> None:
    """Let nothing through; what a command has to say, it prints."""
    silence()
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
    import structlog

    silence(on=False)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    lines = cast("TextIO", LogWriter(_into(sys.stderr)))
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(lines)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    # What was done to the tables is told by whoever did it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.INFO))


def _into(stream: TextIO) -> Callable[[bytes], int]:
    """Give what writes into a stream past its own buffer, where it has a file beneath."""
    try:
        return partial(os.write, stream.fileno())
    except (OSError, ValueError):
        return lambda data: stream.write(data.decode())
