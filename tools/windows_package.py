"""Makes the agent's package for a QuickBooks computer: ``./dev windows-package [DIR]``.

A zip with the wheel, the locked requirements with their hashes, the scripts that install,
start and remove it, a README, and ``SHA256SUMS`` over all of them.  The packages themselves
are not in it: they are fetched when it is installed, from whichever index that computer is
set to, and each has to have its hash.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from counterfoil import __version__

from .wheel import build_wheel

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "tools" / "windows"
LOCK = ROOT / "requirements" / "agent.txt"
# The same content makes the same zip.
_DATED = (2026, 1, 1, 0, 0, 0)


def contents(wheel: Path) -> Mapping[str, bytes]:
    """Give the package's files by name."""
    files = {wheel.name: wheel.read_bytes(), "requirements.txt": LOCK.read_bytes()}
    for script in sorted(SCRIPTS.iterdir()):
        # Windows' own line ends: Notepad and PowerShell's older readers want them.
        files[script.name] = script.read_bytes().replace(b"\n", b"\r\n")
    sums = "".join(f"{hashlib.sha256(each).hexdigest()}  {name}\n" for name, each in files.items())
    return {**files, "SHA256SUMS": sums.encode()}


def write_zip(files: Mapping[str, bytes], target: Path) -> None:
    """Write the files into one folder of a zip."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{target.stem}/{name}", _DATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)


def main(arguments: list[str]) -> int:
    """Make the package in a folder, ``dist`` by default, and say where it is."""
    folder = Path(arguments[0]) if arguments else ROOT / "dist"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"counterfoil-agent-{__version__}-windows.zip"
    with tempfile.TemporaryDirectory() as build:
        write_zip(contents(build_wheel(Path(build))), target)
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
