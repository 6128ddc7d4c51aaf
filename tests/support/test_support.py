"""The ground that other tests stand on: databases of their own and a closed network."""

from __future__ import annotations

import socket
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from counterfoil.engine import admission, drafting
from tests import conftest
from tests.support import postgres


def conninfo(url: str) -> str:
    """Return the URL in the form that PostgreSQL's own library reads."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class TestDatabases:
    def test_a_database_is_empty_and_can_be_written(self, database_url: str) -> None:
        """On either kind of database a test starts without tables and may make some."""
        engine = create_engine(database_url)
        with engine.begin() as connection:
            found = inspect(connection).get_table_names()
            connection.execute(text("CREATE TABLE counterfoil (number integer)"))
        engine.dispose()

        assert found == []

    def test_two_databases_know_nothing_of_each_other(
        self, postgres_server: postgres.Server, postgres_url: str
    ) -> None:
        """What one test writes, another one's database does not hold."""
        other = postgres_server.create_database()
        with psycopg.connect(conninfo(postgres_url)) as connection:
            connection.execute("CREATE TABLE mine (number integer)")

        with psycopg.connect(conninfo(other)) as connection:
            seen = connection.execute("SELECT to_regclass('mine')").fetchone()
        postgres_server.drop_database(other)

        assert seen == (None,)

    def test_a_template_is_prepared_once_and_copied(self, postgres_server: postgres.Server) -> None:
        """However often it is asked for, a template is filled once; each copy holds its rows."""
        prepared: list[str] = []

        def prepare(url: str) -> None:
            prepared.append(url)
            with psycopg.connect(conninfo(url)) as connection:
                connection.execute("CREATE TABLE stub AS SELECT 7 AS number")

        names = {postgres_server.template("support", prepare) for _ in range(2)}
        copy = postgres_server.create_database(names.pop())
        with psycopg.connect(conninfo(copy)) as connection:
            row = connection.execute("SELECT number FROM stub").fetchone()
        postgres_server.drop_database(copy)

        assert (len(prepared), names, row) == (1, set(), (7,))

    def test_a_named_server_is_used_as_it_is(self, tmp_path: Path) -> None:
        """The environment variable goes before the programs that are installed."""
        environ = {postgres.URL_VARIABLE: "postgresql://me:secret@db.example/tests"}

        server = postgres.start(tmp_path, environ)

        shown = server.url.render_as_string(hide_password=False)
        assert shown == "postgresql+psycopg://me:secret@db.example/tests"
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_closed_to_others_is_noticed(self, tmp_path: Path) -> None:
        """Programs below a private folder cannot be run by another account."""
        inner = tmp_path / "private" / "pginstall"
        inner.mkdir(parents=True)
        inner.parent.chmod(0o700)

        assert not postgres.open_to_all(inner)


class TestNetwork:
    def test_an_address_elsewhere_is_refused(self) -> None:
        """A connection to another machine fails the test before a packet leaves."""
        with socket.socket() as ours, pytest.raises(pytest.fail.Exception, match=r"192\.0\.2\.1"):
            ours.connect(("192.0.2.1", 443))

    def test_a_name_elsewhere_is_not_even_looked_up(self) -> None:
        """Nobody is asked where a host of the outside is."""
        with pytest.raises(pytest.fail.Exception, match=r"books\.example"):
            socket.create_connection(("books.example", 443))

    def test_the_machine_itself_can_be_reached(self) -> None:
        """Servers that a test starts on the loopback address answer."""
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(("localhost", server.getsockname()[1])) as ours,
        ):
            assert ours.getpeername()[0] == "127.0.0.1"


@pytest.mark.our_mistakes
@pytest.mark.parametrize("module", [admission, drafting])
def test_a_mistake_of_the_engine_is_heard(module: ModuleType, mistakes: list[str]) -> None:
    """Whoever stops a document over a mistake of ours is heard by the test that runs."""
    module.mistake(ValueError("a mistake of ours"))

    assert mistakes == ["ValueError: a mistake of ours"]


@pytest.mark.parametrize(
    "is_worker, order",
    [(True, ["long", "other long", "first"]), (False, ["first", "long", "other long"])],
)
def test_workers_begin_with_the_longest(is_worker: bool, order: list[str]) -> None:
    """What takes longest comes first, else in its order; whoever runs tests alone has theirs."""
    marks = {"first": None, "long": pytest.mark.longest, "other long": pytest.mark.longest}
    items: list[Any] = [
        SimpleNamespace(name=name, get_closest_marker=lambda _name, mark=mark: mark)
        for name, mark in marks.items()
    ]
    config: Any = SimpleNamespace(**({"workerinput": {}} if is_worker else {}))

    conftest.pytest_collection_modifyitems(config, items)

    assert [item.name for item in items] == order
