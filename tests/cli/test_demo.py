"""The demonstration, as a newcomer and as a script run it: real processes, real ports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TIMEOUT_S = 300


def demo(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run ``counterfoil demo`` in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "counterfoil", "demo", "--once", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
        env={**os.environ, "HOME": str(home), "COLUMNS": "100"},
    )


def flow(result: Any, name: str) -> Any:
    return next(each for each in result["flows"] if each["flow"] == name)


def test_the_sample_company_arrives_exactly_once(tmp_path: Path) -> None:
    """Without data of one's own, every order of the sample ends on both sides, once."""
    done = demo("--json", home=tmp_path)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["duplicates"], result["missing"], result["differing"]) == (0, 0, [])
    assert result["transfers"] == {"done": 64}
    assert flow(result, "sales-order-out")["done"] == 61
    assert flow(result, "sales-order-in")["done"] == 3
    assert result["refused_first"] > 0


def test_real_data_arrives_exactly_once(shared_dir: Path, tmp_path: Path) -> None:
    """830 real orders of 91 customers and 77 products, plus the demonstration's own, arrive."""
    done = demo("--json", "--data", str(shared_dir / "data" / "northwind"), home=tmp_path)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["duplicates"], result["missing"], result["differing"]) == (0, 0, [])
    assert flow(result, "sales-order-out") == {
        "link": 1,
        "flow": "sales-order-out",
        "done": 831,
        "refused": 0,
    }


def test_a_folder_that_is_no_company_is_named(tmp_path: Path) -> None:
    """A folder without the files is refused in one sentence that names what is missing."""
    done = demo("--data", str(tmp_path), home=tmp_path)

    assert done.returncode == 2
    assert "customers.csv" in done.stderr
    assert "Traceback" not in done.stderr
