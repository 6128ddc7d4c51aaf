"""Clients by other people, each in an environment of its own, kept between runs.

Their packages are pinned, none is a dependency of the project, and none shares a process with
it: a judge is a program that is told where the stand-in is and prints what it got.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import platformdirs
import pytest

_INSTALL_S = 120.0
_RUN_S = 60.0


def run_node(program: Path, package: str, asked: dict[str, object]) -> dict[str, Any]:
    """Run a judge with a pinned package of npm, as it prints; skip where that cannot be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip(f"{package} needs Node with npm")
    home = _home(package)
    if not (home / "node_modules").exists():
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
        _install([npm, "install", "--prefix", str(home), *quiet, package], package)
    packages = {"NODE_PATH": str(home / "node_modules")}
    return _run([node, str(program)], asked, packages)


def run_python(program: Path, asked: dict[str, object], *, newest: bool = False) -> dict[str, Any]:
    """Run a judge with its pinned packages: those in the text file beside it.

    ``newest``: it needs Python 3.12 or later.
    """
    name = program.stem
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
    if uv is None:
        pytest.skip(f"{name} needs uv to make its environment")
    python = _newer_python() if newest else sys.executable
    if python is None:
        pytest.skip(f"{name} needs Python 3.12 or later")
    pins = program.with_suffix(".txt")
    home = _home(f"{name} {python} {pins.read_text('utf-8')}")
    own = home / "venv" / "bin" / "python"
    if not own.exists():
        _install([uv, "venv", "--quiet", "--python", python, str(home / "venv")], name)
        command = [uv, "pip", "install", "--quiet", "--python", str(own), "--no-deps"]
        _install([*command, "--requirement", str(pins)], name)
    return _run([str(own), "-I", str(program)], asked, {})


def _home(contents: str) -> Path:
    """The folder of an environment with these contents."""
    digest = hashlib.sha256(contents.encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("counterfoil-judges") / digest


def _newer_python() -> str | None:
    if sys.version_info >= (3, 12):
        return sys.executable
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found = [
        *(shutil.which(f"python3.{minor}") for minor in (14, 13, 12)),
        *sorted(map(str, versions.glob("3.1[2-9]*/bin/python"))),
    ]
    return next((one for one in found if one is not None and _works(one)), None)


def _works(python: str) -> bool:
    ran = subprocess.run([python, "-c", ""], capture_output=True, check=False, timeout=_RUN_S)
    return ran.returncode == 0


def _install(command: Sequence[str], name: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_INSTALL_S)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"{name} cannot be installed here: {error}")


def _run(command: Sequence[str], asked: dict[str, object], more: dict[str, str]) -> dict[str, Any]:
    ran = subprocess.run(
        [*command, json.dumps(asked)],
        capture_output=True,
        check=False,
        text=True,
        timeout=_RUN_S,
        env=os.environ | more,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    got: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return got
