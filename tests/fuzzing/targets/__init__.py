"""The readers of what comes from outside.

``desktop``     QuickBooks, its Web Connector and its agent
``operations``  Fusion Operations
``service_desk``  Autotask
``books_online``  QuickBooks Online
``sign_in``     whoever gives tokens, and what services tell by themselves
``own``         what people write for us: settings, configuration, folders of CSV files
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import books_online, desktop, operations, own, service_desk, sign_in
from ._target import Target

__all__ = ["TARGETS", "Target"]

TARGETS: Final[Mapping[str, Target]] = {
    **books_online.TARGETS,
    **desktop.TARGETS,
    **operations.TARGETS,
    **own.TARGETS,
    **service_desk.TARGETS,
    **sign_in.TARGETS,
}
