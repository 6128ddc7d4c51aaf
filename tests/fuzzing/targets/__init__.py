"""The readers of what comes from outside.

``desktop``     QuickBooks, its Web Connector and its agent
``operations``  Fusion Operations
``service_desk``  Autotask
``books_online``  QuickBooks Online
``sign_in``     whoever gives tokens, and what services tell by themselves
``own``         what people write for us: settings, configuration, folders of CSV files
``requests``    whole requests, of strangers and of people who signed in
``pages``       what people type and hand in at pages, and what pages show of the outside
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from . import books_online, desktop, operations, own, pages, requests, service_desk, sign_in
from ._target import Target

__all__ = ["TARGETS", "Target"]

TARGETS: Final[Mapping[str, Target]] = {
    **books_online.TARGETS,
    **desktop.TARGETS,
    **operations.TARGETS,
    **own.TARGETS,
    **pages.TARGETS,
    **requests.TARGETS,
    **service_desk.TARGETS,
    **sign_in.TARGETS,
}
