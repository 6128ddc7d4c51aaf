"""The hub's web application beside a whole company, in this process."""

from __future__ import annotations

from tests.support.visitors import calm, new_hub, program, quick_and_quiet, reader, world

__all__ = ["calm", "new_hub", "program", "quick_and_quiet", "reader", "world"]
