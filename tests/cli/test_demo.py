"""The demonstration, as a newcomer and as a script run it: real ports, and real processes.

Where real data is what is tested, it is played in this process, and what it types is, too: that each
command is a process of its own, the sample company tells.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from counterfoil.cli._stage import Stage
from counterfoil.cli.demo import run_demo
from tests.cli.conftest import Keyboard

pytestmark = [pytest.mark.slow, pytest.mark.longest]

# Seconds on a quiet machine; whoever waits longer on a busy one has found a fault.
TIMEOUT_S = 900


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


@pytest.fixture
def typed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the demonstration types is carried out in this process."""

    def command(stage: Stage, *words: str) -> Any:
        keyboard = Keyboard(stage.environment["COUNTERFOIL_DATABASE_URL"])
        keyboard.environment |= stage.environment
        return keyboard.read(*words)

    monkeypatch.setattr(Stage, "command", command)


def played(data: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Play the demonstration with somebody's data; gives what it tells."""
    assert run_demo(once=True, as_json=True, data=data, port=0) == 0
    return json.loads(capsys.readouterr().out)


def flow(result: Any, name: str) -> Any:
    return next(each for each in result["flows"] if each["flow"] == name)


OTHERS = {
    "services": {"purchase-order-out": 8, "receipt-out": 7, "stock-count-out": 1},
    "online": {
        "sales-order-out": 60,
        "purchase-order-out": 6,
        "receipt-out": 5,
        "shipment-out": 7,
        "work-entry-out": 6,
        "estimate-in": 1,
    },
    "online_services": {"purchase-order-out": 8, "receipt-out": 7},
}


def test_the_sample_company_arrives_exactly_once(tmp_path: Path) -> None:
    """Without data of one's own, every flow is played: each document ends where it should, once.

    Both operations systems, each with both kinds of books.
    """
    done = demo("--json", home=tmp_path)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["duplicates"], result["missing"], result["differing"]) == (0, 0, [])
    assert set(result["transfers"]) == {"done"}
    assert {each["flow"]: each["done"] for each in result["flows"]} == {
        "sales-order-out": 61,
        "purchase-order-out": 6,
        "receipt-out": 5,
        "shipment-out": 7,
        "work-entry-out": 6,
        "stock-count-out": 1,
        "sales-order-in": 3,
        "purchase-order-in": 1,
        "invoice-in": 1,
        "estimate-in": 1,
    }
    assert result["refused_first"] > 0
    for other, done_there in OTHERS.items():
        told = result[other]
        assert (told["duplicates"], told["missing"], told["differing"]) == (0, 0, [])
        assert set(told["transfers"]) == {"done"}
        assert {each["flow"]: each["done"] for each in told["flows"] if each["done"]} == done_there


@pytest.mark.usefixtures("typed_here")
def test_real_data_arrives_exactly_once(
    shared_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """830 real orders of 91 customers and 77 products, plus the demonstration's own, arrive."""
    result = played(shared_dir / "data" / "northwind", capsys)

    assert (result["duplicates"], result["missing"], result["differing"]) == (0, 0, [])
    assert flow(result, "sales-order-out") == {
        "link": 1,
        "flow": "sales-order-out",
        "done": 831,
        "refused": 0,
    }


@pytest.mark.usefixtures("typed_here")
def test_real_purchases_arrive_exactly_once(
    shared_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """500 real purchase orders, what came of them and was rejected, and stock: equal both ways."""
    result = played(shared_dir / "data" / "adventureworks", capsys)

    assert (result["duplicates"], result["missing"], result["differing"]) == (0, 0, [])
    assert flow(result, "purchase-order-out")["done"] == 500
    assert flow(result, "receipt-out")["done"] == 500
    assert flow(result, "stock-count-out")["done"] == 5


def test_a_folder_that_is_no_company_is_named(tmp_path: Path) -> None:
    """A folder without the files is refused in one sentence that names what is missing."""
    done = demo("--data", str(tmp_path), home=tmp_path)

    assert done.returncode == 2
    assert "customers.csv" in done.stderr
    assert "Traceback" not in done.stderr
