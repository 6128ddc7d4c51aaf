"""What a command loads before it does anything: what is not needed is what makes it slow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.world import SECRET_KEY

# What takes long to load, and what only needs who plans, drives or talks to outside systems.
HEAVY = (
    "alembic",
    "cryptography",
    "fastapi",
    "httpx2",
    "lxml",
    "pydantic",
    "rich",
    "sqlalchemy.dialects.postgresql",
    "tomllib",
    "counterfoil.hub.work",
    "counterfoil.hub.desk",
    "counterfoil.connectors.quickbooks_desktop.qbxml",
    "counterfoil.connectors.fusion_operations",
    "counterfoil.connectors.autotask",
)
# So many of our modules are enough for whoever only looks; some 230 are loaded by the most.
LOADED_MAX = 250
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
    print(*sys.modules, file=sys.stderr)
"""


def modules_of(command: str, url: str) -> set[str]:
    """Run a command in a process of its own; gives the names of what it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split()],
        env=ENVIRONMENT | {"COUNTERFOIL_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "command", ["--help", "status", "transfers", "connections list", "links list", "tokens list"]
)
def test_looking_loads_nothing_that_plans_or_drives(command: str, url: str) -> None:
    """Half a second is all that there is: loading these, or most of ours, takes longer."""
    loaded = modules_of(command, url)

    assert not loaded & set(HEAVY)
    assert len([each for each in loaded if each.startswith("counterfoil.")]) <= LOADED_MAX


def test_only_the_command_that_was_typed_is_loaded(url: str) -> None:
    """Of a hundred commands' modules one is needed."""
    loaded = modules_of("tokens list", url)

    assert "counterfoil.cli._keys" in loaded
    assert not loaded & {f"counterfoil.cli.{each}" for each in ("_work", "_transfers", "_server")}
