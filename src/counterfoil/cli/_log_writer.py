"""Where log lines go: written by a thread of its own, so that nobody waits for who reads them.

A pipe that nobody empties, or a disk that is full, costs lines and not the hub: what does not
fit in the queue is left out, and how much that was is said once lines go out again.
"""

from __future__ import annotations

import atexit
import json
import queue
import threading
from collections.abc import Callable
from typing import Final

__all__ = ["LogWriter"]

_LINES_MAX: Final = 10_000
# How long the end of the program waits for the last lines.
_LAST_S: Final = 2.0


class LogWriter:
    """A text file for loggers that never lets them wait.

    Args:
        write: Writes bytes and says how many; may block and may fail.
        lines_max: How many lines are kept while it blocks.
    """

    def __init__(self, write: Callable[[bytes], int], *, lines_max: int = _LINES_MAX) -> None:
        self._write = write
        self._lines: queue.Queue[str] = queue.Queue(lines_max)
        self._lost = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="log writer", daemon=True).start()
        atexit.register(self.drain)

    def write(self, text: str) -> int:
        """Take some lines; those that find no room are counted."""
        try:
            self._lines.put_nowait(text)
        except queue.Full:
            with self._lock:
                self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Nothing: who logs waits for nobody."""

    def drain(self, seconds: float = _LAST_S) -> bool:
        """Wait until what was taken is written, no longer than so; whether it is."""
        with self._lines.all_tasks_done:
            return self._lines.all_tasks_done.wait_for(
                lambda: not self._lines.unfinished_tasks, seconds
            )

    def _run(self) -> None:
        while True:
            text = self._lines.get()
            try:
                self._out(text)
                self._tell_lost()
            except (OSError, ValueError):  # a full disk, a stream that was closed
                with self._lock:
                    self._lost += 1
            finally:
                self._lines.task_done()

    def _tell_lost(self) -> None:
        with self._lock:
            lost, self._lost = self._lost, 0
        if lost:
            said = {"event": "log lines were left out", "level": "warning", "number": lost}
            try:
                self._out(json.dumps(said) + "\n")
            except (OSError, ValueError):  # a full disk, a stream that was closed
                with self._lock:
                    self._lost += lost

    def _out(self, text: str) -> None:
        left = text.encode("utf-8", "backslashreplace")
        while left:
            left = left[self._write(left) :]
