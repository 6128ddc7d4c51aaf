"""What every test finds ready: databases, reference files, and a network that ends at home.

Hypothesis runs the same examples every time; ``COUNTERFOIL_TEST_PROFILE=explore`` lets it
look for new ones.
"""

from __future__ import annotations

import gc
import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
from filelock import FileLock
from hypothesis import HealthCheck, settings

from counterfoil.engine import admission, drafting
from counterfoil.ledger import open_ledger
from counterfoil.ledger.database import sqlite_url as sqlite_url_of
from tests.support import postgres

ROOT = Path(__file__).resolve().parents[1]
SHARED_VARIABLE = "COUNTERFOIL_SHARED_DIR"

# The machine may be busy, so no example has a deadline.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", settings.get_profile("ci"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("COUNTERFOIL_TEST_PROFILE", "ci"))


# --- The run -----------------------------------------------------------------------------------

RUN_FOLDER = pytest.StashKey[Path]()
RUN_END = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run one folder for its PostgreSQL; workers are told where it is."""
    handed_down = getattr(config, "workerinput", {}).get("postgres_folder")
    if handed_down is not None:
        config.stash[RUN_FOLDER] = Path(handed_down)
        return
    stack = ExitStack()
    config.stash[RUN_FOLDER] = stack.enter_context(postgres.run_folder())
    config.stash[RUN_END] = stack


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run has started, in the process that owns it."""
    if stack := config.stash.get(RUN_END, None):
        stack.close()


def pytest_collection() -> None:
    """Collect no garbage while tests are collected: nearly all that is made stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays to the end: thousands of tests, all modules."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers begin with what takes longest: begun late, it would go on when all else is done."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("longest") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist which folder the run has."""
    node.workerinput["postgres_folder"] = str(node.config.stash[RUN_FOLDER])


# --- Databases ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> postgres.Server:
    """The run's PostgreSQL; skips where there is none (see ``tests/support/postgres.py``)."""
    try:
        return postgres.start(pytestconfig.stash[RUN_FOLDER])
    except postgres.MissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture
def postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is this test's own."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'counterfoil.db'}"


def _make_tables(url: str) -> None:
    open_ledger(url).close()


@pytest.fixture(scope="session")
def sqlite_tables(pytestconfig: pytest.Config) -> bytes:
    """The bytes of an SQLite file with our tables, made once per run: copying it is quicker."""
    file = pytestconfig.stash[RUN_FOLDER] / "tables.db"
    with FileLock(file.with_suffix(".making")):
        if not file.exists():
            _make_tables(sqlite_url_of(file))
    return file.read_bytes()


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: postgres.Server) -> str:
    """The name of a PostgreSQL database with our tables, to be copied."""
    return postgres_server.template("tables", _make_tables)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test twice: on an empty SQLite file and on an empty PostgreSQL database."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


# --- Reference files ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of reference files that are not part of this repository.

    They are other people's (vendors' schemas, sample data), so they are looked for beside
    the checkout and the tests that need them are skipped where they are absent.
    """
    named = os.environ.get(SHARED_VARIABLE)
    folder = Path(named) if named else ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            f"no reference files: {folder.name}/ is not beside the checkout; "
            f"name their folder in {SHARED_VARIABLE}"
        )
    return folder


# --- The network -------------------------------------------------------------------------------


def _is_local(host: str) -> bool:
    if host in {"", "localhost"} or host == socket.gethostname():
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse(host: object) -> None:
    """Fail the test; ``pytest.fail`` is no ``Exception``, so no retry loop swallows it."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if isinstance(host, str) and not _is_local(host):
        pytest.fail(f"a test tried to reach {host!r}: only this machine's own address is allowed")


@pytest.fixture(scope="session", autouse=True)
def network_guard() -> Iterator[None]:
    """No test leaves this machine, not even to ask for a name."""
    connect, connect_ex, resolve = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse(address[0])
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        _refuse(host)
        return resolve(host, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Give every test the loggers as they come: commands set them up for their process."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.lastResort
    structured = structlog.get_config()
    yield
    structlog.configure(**structured)
    root.handlers[:], root.level, logging.lastResort = before[0], before[1], before[2]


# --- Our mistakes ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def mistakes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """Fail where the engine stopped a document over a mistake of ours, unless a test provokes it.

    In a company one stopped document must not stop the others; in a test it would hide a bug.
    ``@pytest.mark.our_mistakes`` says that a test provokes them.
    """
    made: list[str] = []
    say = admission.mistake

    def heard(error: Exception) -> str:
        made.append(say(error))
        return made[-1]

    # Whoever turns an exception into a refusal or a reason says where it was made.
    for module in (admission, drafting):
        monkeypatch.setattr(module, "mistake", heard)
    yield made
    if request.node.get_closest_marker("our_mistakes") is None:
        assert made == [], "the engine made a mistake, and stopped the document instead of failing"
