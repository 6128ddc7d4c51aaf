"""How commands fail: one sentence with its cure, the exit codes, and the shape with --json."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from counterfoil.cli import _exits, _server, _work, app
from counterfoil.cli._exits import MEANINGS, Exit, exit_of
from counterfoil.cli._misunderstood import misunderstood
from counterfoil.cli._reading import read_here
from counterfoil.errors import (
    LedgerBusyError,
    LedgerFullError,
    LedgerInUseError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnreadableReplyError,
    UsageError,
)
from counterfoil.hub.vault import new_key_text
from counterfoil.ledger.database import Database, hold, sqlite_url
from tests.cli.conftest import Keyboard

OUTSIDE = {"system": "fusion-operations", "operation": "GET /clients/"}


class TestExitCodes:
    @pytest.mark.parametrize(
        "error, code",
        [
            (UsageError("x"), Exit.USAGE),
            (SettingsError("x"), Exit.CONFIGURATION),
            (RejectedError("x", **OUTSIDE), Exit.PERSON),
            (UnavailableError("x", **OUTSIDE), Exit.UNAVAILABLE),
            (OutcomeUnknownError("x", **OUTSIDE), Exit.UNAVAILABLE),
            (UnreadableReplyError("x", **OUTSIDE), Exit.UNAVAILABLE),
            (LedgerBusyError("x"), Exit.LEDGER),
            (LedgerFullError("x"), Exit.LEDGER),
            (LedgerInUseError("x"), Exit.LEDGER),
            (AssertionError("x"), Exit.BUG),
            (KeyError("x"), Exit.BUG),
        ],
    )
    def test_every_failure_has_its_code(self, error: Exception, code: Exit) -> None:
        """The table of exit codes covers the whole tree of errors."""
        assert exit_of(error) is code

    def test_every_code_is_explained(self, keyboard: Keyboard) -> None:
        """The help lists each code with what it means."""
        text = keyboard.type("--help").stdout

        assert set(MEANINGS) == set(Exit)
        for code in Exit:
            assert f"{int(code):>5}  " in text

    def test_kinds_have_words(self) -> None:
        """The kind in JSON says what the code says."""
        assert _exits.kind_of(UsageError("x")) == "usage"
        assert _exits.kind_of(ValueError("x")) == "bug"


class TestSentences:
    @pytest.mark.parametrize(
        "words",
        [("frobnicate",), ("run", "--frob"), ("transfers", "--limit", "many"), ("adopt",)],
    )
    def test_a_command_that_is_none(self, keyboard: Keyboard, words: tuple[str, ...]) -> None:
        """Code 2, and where the right words are found."""
        done = keyboard.type(*words, code=2)

        assert done.stderr.startswith("Error: ")
        assert "--help" in done.stderr
        assert done.stdout == ""

    def test_with_json_the_failure_is_json(self, keyboard: Keyboard) -> None:
        """Kind, message and exit code; whatever failed, standard output is one JSON value."""
        for words, kind in ((("show", "99"), "usage"), (("run", "--frob"), "usage")):
            error = keyboard.read(*words, code=2)["error"]
            assert error["kind"] == kind
            assert error["exit_code"] == 2
            assert error["message"]

    def test_a_mistake_of_ours_shows_no_trace(
        self, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Code 70 and how to report it; the trace comes with --debug."""
        from counterfoil.api import standing

        def broken(_hub: object) -> None:
            raise AssertionError("two and two are five")

        monkeypatch.setattr(standing, "status", broken)
        plain = keyboard.type("status", code=70)
        full = keyboard.type("--debug", "status", code=70)

        assert "--debug" in plain.stderr
        assert "Traceback" not in plain.output
        assert "Traceback" in full.stderr
        assert json.loads(keyboard.type("status", "--json", code=70).stdout)["error"]["kind"] == (
            "bug"
        )

    def test_no_words_show_the_help(self, keyboard: Keyboard) -> None:
        """Without a command the list of commands is shown, and the code says that none ran."""
        done = keyboard.type(code=2)

        assert "Commands:" in done.output

    def test_the_version(self, keyboard: Keyboard) -> None:
        """--version needs neither command nor database."""
        assert keyboard.type("--version").stdout.startswith("Counterfoil ")


class TestConfiguration:
    def test_a_key_that_is_none(self, keyboard: Keyboard) -> None:
        """Code 3; the sentence names the command that makes one, and not the key."""
        keyboard.environment["COUNTERFOIL_SECRET_KEY"] = "hunter2"
        done = keyboard.type("status", code=3)

        assert "counterfoil secret-key" in done.stderr
        assert "hunter2" not in done.output

    def test_another_key_than_the_databases_own(self, keyboard: Keyboard) -> None:
        """What was sealed with one key is not opened with another; the cure names both ways."""
        keyboard.type(
            *("connections", "add", "fusion-operations", "--name", "Shop"),
            *(
                "--base-url",
                "http://127.0.0.1:1/fusion",
                "--key",
                "k",
                "--secret",
                "s",
                "--no-check",
            ),
        )
        keyboard.environment["COUNTERFOIL_SECRET_KEY"] = new_key_text()
        done = keyboard.type("probe", "Shop", code=3)

        assert "COUNTERFOIL_SECRET_KEY" in done.stderr

    def test_a_new_key_is_fit(self, keyboard: Keyboard) -> None:
        """``secret-key`` prints what COUNTERFOIL_SECRET_KEY takes; two are never equal."""
        first = keyboard.read("secret-key")["secret_key"]
        second = keyboard.type("secret-key").stdout.strip()
        keyboard.environment["COUNTERFOIL_SECRET_KEY"] = first

        assert first != second
        keyboard.type("status")

    def test_a_database_that_cannot_be(self, keyboard: Keyboard, tmp_path: Path) -> None:
        """Code 5 with a cure, for a folder in place of a file, a text, and a strange address."""
        other = tmp_path / "letter.txt"
        other.write_text("Dear Sir or Madam, " * 100, "utf-8")
        for url in (sqlite_url(tmp_path), sqlite_url(other), "oracle://somewhere/db"):
            keyboard.environment["COUNTERFOIL_DATABASE_URL"] = url
            assert "COUNTERFOIL_DATABASE_URL" in keyboard.type("status", code=5).stderr

    def test_a_folder_that_may_not_be_written(self, keyboard: Keyboard, tmp_path: Path) -> None:
        """Code 5 and which folder, where a first command would make the database."""
        file = tmp_path / "letter.txt"
        file.write_text("Dear Sir or Madam", "utf-8")
        keyboard.environment["COUNTERFOIL_DATABASE_URL"] = sqlite_url(file / "data" / "hub.db")
        error = keyboard.read("tokens", "add", "first", code=5)["error"]

        assert str(file / "data") in error["message"]
        assert (error["kind"], error["exit_code"]) == ("ledger", 5)

    def test_options_come_before_the_environment(self, keyboard: Keyboard, tmp_path: Path) -> None:
        """--database and --config hold for the one command."""
        elsewhere = sqlite_url(tmp_path / "elsewhere.db")
        keyboard.environment["COUNTERFOIL_DATABASE_URL"] = None
        file = tmp_path / "mine.toml"
        file.write_text(f'database_url = "{elsewhere}"\n', "utf-8")
        keyboard.type("--config", str(file), "tokens", "add", "first")
        listed = keyboard.read("--database", elsewhere, "tokens", "list")["tokens"]

        assert [each["name"] for each in listed] == ["first"]

    def test_a_configuration_file_that_is_not_there(self, keyboard: Keyboard) -> None:
        """Code 3; it is not made up from the defaults."""
        assert "absent.toml" in keyboard.type("--config", "absent.toml", "status", code=3).stderr


class TestServe:
    def test_a_second_hub_is_refused(
        self, keyboard: Keyboard, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Code 5 with the cure, while another hub holds the SQLite file."""
        monkeypatch.setattr(_server, "_WAIT_FOR_GUARD_S", 0.0)
        database = Database(url)
        with hold(database):
            refused = keyboard.type("serve", "--port", "0", code=5)
        database.close()

        assert "Stop that one first" in refused.stderr

    def test_the_wrong_key_is_told_at_the_start(self, keyboard: Keyboard) -> None:
        """Code 3, naming the connection, rather than a failure at night."""
        keyboard.type(
            *("connections", "add", "fusion-operations", "--name", "Shop"),
            *(
                "--base-url",
                "http://127.0.0.1:1/fusion",
                "--key",
                "k",
                "--secret",
                "s",
                "--no-check",
            ),
        )
        keyboard.environment["COUNTERFOIL_SECRET_KEY"] = new_key_text()
        refused = keyboard.type("serve", "--port", "0", code=3)

        assert refused.stderr.startswith("Error: Shop: ")
        assert "COUNTERFOIL_SECRET_KEY" in refused.stderr

    def test_a_port_that_is_taken_is_named(self, keyboard: Keyboard) -> None:
        """Code 3 and the option that helps."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            refused = keyboard.type("serve", "--port", port, code=3)

        assert port in refused.stderr
        assert "--port" in refused.stderr

    def test_a_log_level_that_there_is_not(self, keyboard: Keyboard) -> None:
        """Code 3 and the levels there are."""
        keyboard.environment["COUNTERFOIL_LOG_LEVEL"] = "chatty"

        assert "warning" in keyboard.type("serve", "--port", "0", code=3).stderr


class TestTokens:
    def test_a_token_is_shown_once(self, keyboard: Keyboard) -> None:
        """The list has names and dates; the database has a hash."""
        made = keyboard.read("tokens", "add", "reports")
        listed = keyboard.type("tokens", "list", "--json").stdout

        assert made["token"] not in listed
        assert json.loads(listed)["tokens"][0]["name"] == "reports"
        file = Path(
            str(keyboard.environment["COUNTERFOIL_DATABASE_URL"]).removeprefix("sqlite:///")
        )
        stored = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
        assert made["token"].encode() not in stored

    def test_names_are_unique_and_can_be_removed(self, keyboard: Keyboard) -> None:
        """A second of the name is refused; after removing it the name is free."""
        keyboard.type("tokens", "add", "reports")
        keyboard.type("tokens", "add", "reports", code=2)
        assert keyboard.read("tokens", "remove", "reports")["name"] == "reports"
        keyboard.type("tokens", "add", "reports")
        keyboard.type("tokens", "remove", "nobody", code=2)
        keyboard.type("tokens", "add", "  ", code=2)


def test_interrupting_is_no_failure(keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with code 130 and no trace."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_work, "opened", interrupted)

    assert "Traceback" not in keyboard.type("status", code=130).output


LIBRARY = re.compile(
    r"is not a valid|Input should|Field required|Invalid value|Missing (argument|option|command)"
    r"|No such|unexpected extra|requires an argument|does not take|Extra inputs|pydantic|sqlalchemy"
    r"|Traceback",
    re.IGNORECASE,
)
_WHAT_NOBODY_MEANS = ("", "many", "-1", "99999999999999999999", "1.5", "no-such-thing", "\x00")


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command, with the words that lead to it."""
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command


def _typed(command: Any) -> Iterator[tuple[str, ...]]:
    """One bad value of each kind for every option, and words too many and too few."""
    yield ()
    yield ("--no-such-option",)
    yield ("x",) * 9
    for param in command.params:
        option = next((each for each in param.opts if each.startswith("--")), None)
        if option is None or option == "--help":
            continue
        if getattr(param, "is_flag", False):
            yield (f"{option}=x",)
            continue
        yield (option,)
        if isinstance(getattr(param, "annotation", None), type) or "INT" in str(param.metavar):
            yield from ((f"{option}={value}",) for value in _WHAT_NOBODY_MEANS)


class TestOurWords:
    def test_no_library_speaks(self) -> None:
        """Whatever is wrong with the words of any command, the sentence is one of ours."""
        root = typer.main.get_command(app)
        read_here(root)
        seen = 0
        for path, command in _commands(root):
            for words in _typed(command):
                try:
                    command.make_context(" ".join(path), list(words), obj=None)
                except typer.TyperException as error:
                    seen += 1
                    told = misunderstood(error)
                    assert not LIBRARY.search(told), (path, words, told)
        assert seen > 100

    @pytest.mark.parametrize(
        "words, told",
        [
            (("frobnicate",), "There is no command 'frobnicate'."),
            (("statsu",), "There is no command 'statsu'. Did you mean status?"),
            (("connections", "ad"), "There is no command 'ad'. Did you mean add?"),
            (("run", "--frob"), "There is no option --frob."),
            (("transfers", "--limit", "many"), "--limit has to be a whole number ('many' is not)."),
            (("transfers", "--limit", "0"), "--limit has to be at least 1 ('0' is not)."),
            (("transfers", "--limit"), "--limit needs a value."),
            (("status", "--json=x"), "--json takes no value."),
            (("status", "extra"), "'extra' is more than this command takes."),
            (("skip",), "ID is missing: the transfers' numbers."),
        ],
    )
    def test_it_names_the_word(self, keyboard: Keyboard, words: tuple[str, ...], told: str) -> None:
        """The option, the value, and what it has to be."""
        assert told in keyboard.type(*words, code=2).stderr
