"""The simulation uses the hub tests' companies."""

from __future__ import annotations

from tests.hub.conftest import quick_and_quiet, sqlite_tables

__all__ = ["quick_and_quiet", "sqlite_tables"]
