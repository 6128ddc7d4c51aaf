"""Builds what is installed: ``./dev wheel [DIR]``.

One wheel for every computer, and beside it ``constraints.txt``: the versions this checkout
was tested with, for whoever wants exactly those.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "requirements" / "postgres.txt"


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into a folder."""
    building = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    # The builder tells the path on its error output, too.
    subprocess.run(building, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("counterfoil-*.whl"))


def main(arguments: list[str]) -> int:
    """Build into a folder, ``dist`` by default, and say where the wheel is."""
    folder = Path(arguments[0]) if arguments else ROOT / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    for older in folder.glob("counterfoil-*.whl"):
        older.unlink()
    print(build_wheel(folder))
    shutil.copyfile(CONSTRAINTS, folder / "constraints.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
