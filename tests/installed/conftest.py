"""The program as it is installed: from its wheel, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import wheel

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed ``counterfoil``; its packages come from the index that is configured."""
    place = tmp_path_factory.mktemp("installed")
    assert wheel.main([str(place / "dist")]) == 0
    installing = [
        *(sys.executable, "-m", "uv", "tool", "install", "--quiet", "--python", sys.executable),
        *("--constraints", str(place / "dist" / "constraints.txt")),
        str(next((place / "dist").glob("*.whl"))),
    ]
    own = {
        "UV_TOOL_DIR": str(place / "tools"),
        "UV_TOOL_BIN_DIR": str(place / "bin"),
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(installing, check=True, env={**os.environ, **own}, timeout=300)
    return place / "bin" / "counterfoil"
