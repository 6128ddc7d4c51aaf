"""The console beside a whole company, in this process."""

from __future__ import annotations

from tests.support.prepared import hostile_file, prepared_file
from tests.support.visitors import calm, new_hub, program, quick_and_quiet, reader, world

__all__ = [
    "calm",
    "hostile_file",
    "new_hub",
    "prepared_file",
    "program",
    "quick_and_quiet",
    "reader",
    "world",
]
