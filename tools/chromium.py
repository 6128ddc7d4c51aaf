"""Where this computer's Chromium is, and how it gets one: for browser tests and pictures.

Found is what can be started: Ubuntu's package ``chromium-browser`` is a stub that only says
where else to look.  Installing asks nobody: it is done as root, or with a ``sudo`` that needs
no password, and ends in time.  Needs nothing beyond Python itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

__all__ = ["found", "install_package", "is_in_ci"]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A cold start from a slow disk; a snap that is not there answers at once.
ANSWER_S_MAX = 30
# A package and what it needs: about 150 MB.
INSTALL_S_MAX = 300

Command = Sequence[str]


def found() -> str | None:
    """Return the path of the computer's own Chromium, or None when none can be started."""
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and _answers(path)), None)


def is_in_ci() -> bool:
    """Whether a machine checks a change, where a browser that is missing is a failure."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def install_package() -> str | None:
    """Install the system's package where that needs no person; returns the path, or None.

    Debian and Ubuntu only.  The package lists are read anew only when they do not help, as on
    a machine that never had any.
    """
    before = _may_install()
    if before is None:
        return None
    install = (*before, "apt-get", "install", "-y", "--quiet", "chromium")
    if not _ends_well(install):
        _ends_well((*before, "apt-get", "update", "--quiet"))
        _ends_well(install)
    return found()


def _may_install() -> Command | None:
    """Return what stands before a command that installs packages; None: nobody may."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ()
    sudo = ("sudo", "--non-interactive")
    return sudo if shutil.which("sudo") and _ends_well((*sudo, "true")) else None


def _answers(path: str) -> bool:
    try:
        asked = [path, "--version"]
        done = subprocess.run(asked, capture_output=True, timeout=ANSWER_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _ends_well(command: Command) -> bool:
    """Run a command that asks nothing; whether it succeeded, within the time it has."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, timeout=INSTALL_S_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
