"""What a command loads before it does anything: what is not needed is what makes it slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.world import SECRET_KEY

# What takes long to load, and what only needs who plans, drives or talks to outside systems.
HEAVY = (
    "pydantic",
    "lxml",
    "httpx2",
    "fastapi",
    "sqlalchemy.dialects.postgresql",
    "counterfoil.hub.work",
    "counterfoil.hub.desk",
    "counterfoil.connectors.quickbooks_desktop.qbxml",
    "counterfoil.connectors.fusion_operations",
    "counterfoil.connectors.autotask",
)
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
}
PROGRAM = """
import sys
from counterfoil.cli import app
try:
    app(sys.argv[1:])
finally:
    print("loaded:", *(each for each in {heavy!r} if each in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["--help", "status", "transfers"])
def test_looking_loads_nothing_that_plans_or_drives(command: str, url: str) -> None:
    """Half a second is all that there is: loading these takes longer."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=HEAVY), command],
        env=ENVIRONMENT | {"COUNTERFOIL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].strip() == "loaded:"
