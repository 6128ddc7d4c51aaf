"""The readers of what comes from outside.

``desktop``     QuickBooks, its Web Connector and its agent
``operations``  Fusion Operations
``service_desk``  Autotask
``own``         what people write for us: settings, configuration, folders of CSV files
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import desktop, operations, own, service_desk
from ._target import Target

__all__ = ["TARGETS", "Target"]

TARGETS: Final[Mapping[str, Target]] = {
    **desktop.TARGETS,
    **operations.TARGETS,
    **own.TARGETS,
    **service_desk.TARGETS,
}
