"""The hub as a process of its own, killed with SIGKILL while a Web Connector runs against it.

Real processes, a real socket, SQLite with its real durability; nothing is asked politely to
end.  ``COUNTERFOIL_KILLS=100`` kills so often.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from counterfoil.sandboxes.web_connector import RunReport, WebConnector, parse_qwc
from tests.hub.conftest import OpenWorld
from tests.support.world import SECRET_KEY, World

KILLS = int(os.environ.get("COUNTERFOIL_KILLS", "3"))
ORDERS = 60
# About as long as an undisturbed run takes, so that kills fall everywhere within one.
KILLED_WITHIN_S = 0.5
ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import sys

import uvicorn
from fastapi import FastAPI

from counterfoil.api.qbwc import router
from counterfoil.hub.setup import Configuration, open_hub


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


with open_hub(Configuration(database_url=sys.argv[1], secret_key=sys.argv[2])) as hub:
    api = FastAPI()
    api.include_router(router(hub))
    Server(uvicorn.Config(api, host="127.0.0.1", port=0, log_level="critical")).run()
"""


class Hub:
    """The process that serves the hub's database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVER, self._url, SECRET_KEY],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def kill(self) -> None:
        """End it as a power cut would; harmless when it has ended."""
        if self._process is None:
            return
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None


@contextmanager
def serving(world: World) -> Iterator[Hub]:
    """Let a process of its own serve the hub's database, in place of the world's hub."""
    url = world.hub.database.url
    world.hub.database.close()
    hub = Hub(url)
    hub.start()
    try:
        yield hub
    finally:
        hub.kill()


def run(world: World, port: int) -> RunReport:
    """One run of the Web Connector against the process."""
    qwc = parse_qwc((world.account.qwc or "").replace(":8080/", f":{port}/"))
    with httpx2.Client(timeout=30, trust_env=False) as client:
        connector = WebConnector(
            qwc,
            world.account.password or "",
            world.counter,
            client=client,
            sleep=world.clock.wait,
        )
        return connector.run_once()


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is a matter of POSIX")
@pytest.mark.slow
def test_killed_at_random_moments(open_company: OpenWorld) -> None:
    """However often the process is killed, each order is there once, and the file is sound."""
    world = open_company(requests_per_set="5")
    numbers = [f"SO-{position}" for position in range(1, ORDERS + 1)]
    for position, number in enumerate(numbers, 1):
        world.order(number, f"CLIENT-{position % 7}", f"{position} PART-{position % 11} 1.25")
    world.read_operations()
    chance = random.Random(20250304)
    ended_early = 0
    with serving(world) as hub:
        for _ in range(KILLS):
            killer = threading.Timer(chance.uniform(0.02, KILLED_WITHIN_S), hub.kill)
            killer.start()
            ended_early += not run(world, hub.port).is_clean
            killer.join()
            hub.start()
        report = run(world, hub.port)
        for _ in range(10):
            if report.ending == "no work":
                break
            report = run(world, hub.port)
        assert report.is_clean, report.log

    file = world.hub.database.file
    with closing(sqlite3.connect(str(file))) as raw:
        assert raw.execute("pragma integrity_check").fetchone() == ("ok",)
    world.restart()
    assert ended_early
    assert set(world.states().values()) == {"done"}
    world.check_exactly_once(*numbers)
