"""The simulation uses the hub tests' companies."""

from __future__ import annotations

from tests.hub.conftest import quick, quiet

__all__ = ["quick", "quiet"]
