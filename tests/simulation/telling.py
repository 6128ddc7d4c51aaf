"""Running named tests without a safeguard: ``python -m tests.simulation.telling FOLDER FAULT...``.

The product is read once; for each fault a child is split off, which takes the safeguard out
before any test is read and runs the fault's test.  What became of the faults is written to
``0.json``, ``1.json``, ... in the folder.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import traceback
from pathlib import Path

import pytest

import tests.support.world  # noqa: F401 - all that the tests stand on is read here, once
from tests.simulation.faults import Fault, fault_named

_SAID_MAX = 2000


def _run(fault: Fault, folder: Path) -> tuple[int | None, str]:
    """Run a fault's test in this process, which is good for nothing afterwards."""
    assert fault.test is not None, "the fault names its test"
    fault.breaks(pytest.MonkeyPatch())
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        # What has been read already cannot be rewritten to explain its failures: none is.
        plain = ["-q", "-x", "-p", "no:cacheprovider", "--assert=plain", f"--basetemp={folder}"]
        code = int(pytest.main([*plain, fault.test]))
    return code, said.getvalue()


def _tell(fault: Fault, position: int, folder: Path) -> None:
    """Split a child off for a fault, and write down what became of it."""
    file = folder / f"{position}.json"
    child = os.fork()
    if child == 0:
        try:
            code, said = _run(fault, folder / f"tmp-{position}")
        except BaseException:  # noqa: BLE001 - whatever it is, it is told; nothing is left to undo
            code, said = None, traceback.format_exc()
        file.write_text(json.dumps({"code": code, "said": said[-_SAID_MAX:]}))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not file.exists():
        said = f"its process ended with status {status} before it could say anything"
        file.write_text(json.dumps({"code": None, "said": said}))


def main(folder: Path, names: list[str]) -> None:
    """Run the named tests of the faults of these names, one after the other."""
    for position, name in enumerate(names):
        _tell(fault_named(name), position, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
