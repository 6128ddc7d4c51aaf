"""Where stand-ins keep what they hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterfoil.sandboxes.kit import Database


class Shelf(Database):
    """Names on a shelf."""

    def __init__(self, path: Path | None, *, is_exclusive: bool = False) -> None:
        super().__init__(
            path, "CREATE TABLE IF NOT EXISTS names (name TEXT);", is_exclusive=is_exclusive
        )

    def put(self, name: str) -> None:
        self._db.execute("INSERT INTO names VALUES (?)", (name,))

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    @property
    def names(self) -> list[str]:
        return [name for (name,) in self._db.execute("SELECT name FROM names ORDER BY name")]


Open = Callable[[], Shelf]


@pytest.fixture(params=["memory", "file", "exclusive"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """A shelf of each kind."""
    path = None if request.param == "memory" else tmp_path / "shelf.sqlite3"
    one = Shelf(path, is_exclusive=request.param == "exclusive")
    yield one
    one.close()


def test_facts_are_kept_by_name(shelf: Shelf) -> None:
    """The last value of a name counts; one that was never set is ``None``."""
    shelf.set_fact("zone", "UTC")
    shelf.set_fact("sizes", {"a": [1, 2.5, None]})
    shelf.set_fact("zone", "Europe/Lisbon")

    assert shelf.facts() == {"zone": "Europe/Lisbon", "sizes": {"a": [1, 2.5, None]}}
    assert (shelf.fact("zone"), shelf.fact("colour")) == ("Europe/Lisbon", None)


def test_a_file_is_found_again(tmp_path: Path) -> None:
    """What was kept in a file is there when it is opened anew."""
    first = Shelf(tmp_path / "one.sqlite3")
    first.put("a")
    first.set_fact("n", 1)
    first.close()
    again = Shelf(tmp_path / "one.sqlite3")

    assert (again.names, again.fact("n")) == (["a"], 1)
    again.close()


def test_an_exclusive_file_is_nobody_elses(tmp_path: Path) -> None:
    """A second program is refused at once."""
    path = tmp_path / "one.sqlite3"
    first = Shelf(path, is_exclusive=True)
    first.put("a")

    with pytest.raises(sqlite3.OperationalError):
        Shelf(path, is_exclusive=True)
    first.close()


def test_a_saved_state_comes_back_whole(shelf: Shelf) -> None:
    """Rows and facts are as they were when it was saved, however often it is restored."""
    shelf.put("a")
    shelf.set_fact("n", 1)
    shelf.save("monday")
    for name in ("b", "c"):
        shelf.put(name)
        shelf.set_fact("n", 2)
        shelf.restore("monday")

        assert (shelf.names, shelf.fact("n")) == (["a"], 1)


def test_an_open_transaction_is_made_permanent_first(shelf: Shelf) -> None:
    """A store that always stands in a transaction is saved as it is, and stands in one again."""
    shelf.begin()
    shelf.put("a")
    shelf.save("monday")
    shelf.put("b")
    shelf.restore("monday")
    shelf.put("c")

    assert shelf.names == ["a", "c"]
    shelf.save("tuesday")


def test_each_name_holds_the_last_state_saved_under_it(shelf: Shelf) -> None:
    """States do not disturb each other; a name that nobody saved is a ``KeyError``."""
    shelf.save("empty")
    shelf.put("a")
    shelf.save("day")
    shelf.put("b")
    shelf.save("day")
    shelf.restore("empty")
    assert (shelf.names, shelf.saved()) == ([], ("empty", "day"))

    shelf.restore("day")

    assert shelf.names == ["a", "b"]
    with pytest.raises(KeyError):
        shelf.restore("sunday")
