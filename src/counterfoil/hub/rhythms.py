"""How often those call whom nobody calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

__all__ = ["RUN_EVERY"]

RUN_EVERY: Final = timedelta(minutes=10)
"""How often a Web Connector calls until somebody sets it otherwise there."""
