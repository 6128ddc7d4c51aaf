"""``connections`` and ``links``: making them, and what is told of them afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.api.models import Connecting, Reconnecting
from counterfoil.cli import _asking
from counterfoil.cli._credentials import CREDENTIALS
from counterfoil.hub.served import serve_under
from counterfoil.hub.setup import Configuration, open_hub
from counterfoil.hub.systems import SYSTEMS
from tests.cli.conftest import Keyboard
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET
from tests.support.world import SECRET_KEY, World

FUSION = (
    *("connections", "add", "fusion-operations", "--name", "Shop"),
    *("--base-url", BASE_URL, "--no-check"),
)


def connected(keyboard: Keyboard) -> tuple[int, int]:
    left = keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)
    right = keyboard.read("connections", "add", "quickbooks-desktop", "--name", "Books")
    return left["id"], right["id"]


class TestAdd:
    def test_fusion_operations(self, keyboard: Keyboard) -> None:
        """The answer is the new connection's number and nothing else."""
        made = keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)

        assert made == {"id": 1}

    def test_autotask(self, keyboard: Keyboard) -> None:
        """Its tracking identifier may come from the environment, and neither secret is shown."""
        keyboard.environment |= {
            "COUNTERFOIL_CONNECTION_SECRET": SECRET,
            "COUNTERFOIL_CONNECTION_INTEGRATION_CODE": "ACMECODE0000000000000000000",
        }
        added = ("add", "autotask", "--name", "Desk", "--api-user", "a@acme.example", "--no-check")

        assert keyboard.read("connections", *added) == {"id": 1}

        shown = keyboard.type("connections", "show", "Desk", "--json").output
        assert "a@acme.example" in shown
        assert not {SECRET, "ACMECODE"} & {*shown.split('"')}

    def test_quickbooks_desktop_tells_its_password_once(
        self, keyboard: Keyboard, tmp_path: Path
    ) -> None:
        """User name, password and file come with the making, and no password later."""
        file = tmp_path / "books.qwc"
        made = keyboard.read(
            "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", str(file)
        )

        assert set(made) == {"id", "username", "password", "qwc"}
        assert file.read_text("ascii") == made["qwc"]
        assert made["username"] in made["qwc"]
        for later in (("show", "Books"), ("list",), ("qwc", "Books")):
            for words in (later, (*later, "--json")):
                assert made["password"] not in keyboard.type("connections", *words).output

    def test_the_secret_may_come_from_the_environment(self, keyboard: Keyboard) -> None:
        """A secret need not stand in the history of a shell."""
        keyboard.environment |= {
            "COUNTERFOIL_CONNECTION_KEY": KEY,
            "COUNTERFOIL_CONNECTION_SECRET": SECRET,
        }

        assert keyboard.read(*FUSION) == {"id": 1}

    def test_no_secret_is_ever_shown(self, keyboard: Keyboard) -> None:
        """Key and secret of a connection appear in no list and no view of it."""
        keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)

        for words in (("list",), ("show", "1"), ("list", "--json"), ("show", "1", "--json")):
            shown = keyboard.type("connections", *words).output
            assert KEY not in shown
            assert SECRET not in shown

    @pytest.mark.parametrize(
        "words, named",
        [
            (("quickbooks", "--name", "X"), "quickbooks-desktop"),
            (("quickbooks-online", "--name", "X"), "--client-id"),
            (("autotask", "--name", "X"), "--api-user"),
            (("fusion-operations", "--name", "X"), "--base-url"),
            (("quickbooks-desktop", "--name", "X", "--requests-per-set", "0"), "from 1 to 500"),
        ],
    )
    def test_what_cannot_be_made_names_what_can(
        self, keyboard: Keyboard, words: tuple[str, ...], named: str
    ) -> None:
        """A wrong system or value ends with code 2 and one sentence that names the right one."""
        done = keyboard.type("connections", "add", *words, code=2)

        assert named in done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.output

    def test_a_file_that_cannot_be_written_is_told(
        self, keyboard: Keyboard, tmp_path: Path
    ) -> None:
        """The password is shown all the same; the cure is a command that gives the text again."""
        away = str(tmp_path / "nowhere" / "books.qwc")
        done = keyboard.type(
            "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", away, code=2
        )

        assert "Password:" in done.stdout
        assert "counterfoil connections qwc 1" in done.stderr


class TestPasswordAndFile:
    def test_a_new_password_replaces_the_old(self, keyboard: Keyboard) -> None:
        """It is told once more, with the same user name."""
        _left, right = connected(keyboard)
        first = keyboard.read("connections", "password", str(right))
        second = keyboard.read("connections", "password", "Books")

        assert first["username"] == second["username"]
        assert first["password"] != second["password"]

    def test_the_file_comes_again(self, keyboard: Keyboard, tmp_path: Path) -> None:
        """The same text as JSON, as output and as file."""
        _left, right = connected(keyboard)
        text = keyboard.read("connections", "qwc", str(right))["qwc"]
        keyboard.type("connections", "qwc", "Books", "--qwc", str(tmp_path / "b.qwc"))

        assert keyboard.type("connections", "qwc", "Books").stdout == text
        assert (tmp_path / "b.qwc").read_text("ascii") == text

    @pytest.mark.parametrize("verb", ["password", "qwc"])
    def test_only_for_a_web_connector(self, keyboard: Keyboard, verb: str) -> None:
        """A system that we call has neither."""
        left, _right = connected(keyboard)

        assert "Web Connector" in keyboard.type("connections", verb, str(left), code=2).stderr


class TestCredentials:
    """Credentials of a system that we call are tried before they are kept."""

    ADD = (
        *("connections", "add", "fusion-operations", "--name", "Second shop"),
        *("--base-url", BASE_URL),
    )

    def test_wrong_ones_are_told_and_not_kept(self, at_hub: Keyboard, world: World) -> None:
        """A key that is not taken is a failure in words, and nothing is saved."""
        done = at_hub.read(*self.ADD, "--key", "another", "--secret", "wrong", code=1)

        assert "Nothing was saved" in done["error"]["message"]
        assert "--no-check" in done["error"]["message"]
        assert len(at_hub.read("connections", "list")["connections"]) == 2

    def test_they_are_kept_untried_when_asked(self, at_hub: Keyboard, world: World) -> None:
        """``--no-check`` is for a system that is not there yet."""
        made = at_hub.read(*self.ADD, "--key", "another", "--secret", "wrong", "--no-check")

        assert at_hub.read("connections", "test", str(made["id"]), code=1)["error"]["message"]

    def test_a_connection_is_tried_again_any_time(self, at_hub: Keyboard, world: World) -> None:
        """One that works says so; one that calls us says when it did."""
        shop = at_hub.read("connections", "test", "Shop floor")
        books = at_hub.read("connections", "test", "Books")

        assert shop["is_reached"] is True
        assert books["is_reached"] is None
        assert "has not called yet" in books["sentence"]

    def test_the_same_account_is_connected_once(self, at_hub: Keyboard, world: World) -> None:
        """Connected twice everything would go twice; the sentence names the first."""
        done = at_hub.read(*self.ADD, "--key", KEY, "--secret", SECRET, code=2)

        assert "“Shop floor”" in done["error"]["message"]

    def test_a_change_is_tried_as_well(self, at_hub: Keyboard, world: World) -> None:
        """A new secret that does not work changes nothing."""
        change = ("connections", "change", "Shop floor", "--secret", "wrong")
        refused = at_hub.read(*change, code=1)
        assert "Nothing was saved" in refused["error"]["message"]
        assert at_hub.read("connections", "test", "Shop floor")["is_reached"] is True
        at_hub.read(*change, "--no-check")
        failed = at_hub.read("connections", "test", "Shop floor", code=1)
        assert "The key or the secret is wrong" in failed["error"]["message"]
        assert [each["is_passed"] for each in failed["steps"]] == [True, False, None]
        drawn = at_hub.type("connections", "test", "Shop floor", code=1).stdout
        assert "FAILED credentials: Sign in with key and secret" in drawn


class TestChange:
    @pytest.mark.parametrize(
        "options, parameter, value",
        [
            (("--settles-after", "300"), "settles_after_s", 300),
            (("--settles-after", "0"), "settles_after_s", 0),
            (("--requests-per-set", "20"), "requests_per_set", 20),
            (("--company-file", "D:\\Books\\A.qbw"), "company_file", "D:\\Books\\A.qbw"),
        ],
    )
    def test_one_thing(
        self, keyboard: Keyboard, options: tuple[str, ...], parameter: str, value: object
    ) -> None:
        """What is given changes, and everything else stays."""
        connected(keyboard)
        before = keyboard.read("connections", "show", "Books")["parameters"]
        after = keyboard.read("connections", "change", "Books", *options)["parameters"]

        assert after == {**before, parameter: value}

    @pytest.mark.parametrize(
        "options, told",
        [
            ((), "Say what to change"),
            (("--settles-after", "3601"), "from 0 to 3600"),
            (("--settles-after", "-1"), "from 0 to 3600"),
            (("--file-id", "none"), "no FileID"),
            (("--company-file", "busy"), "no path"),
            (("--name", "shop"), "already"),
            (("--base-url", "http://[/", "--no-check"), "Say what to change"),
        ],
    )
    def test_what_does_not_fit(
        self, keyboard: Keyboard, options: tuple[str, ...], told: str
    ) -> None:
        """One sentence says what would fit, and nothing is changed."""
        connected(keyboard)

        assert told in keyboard.type("connections", "change", "Books", *options, code=2).stderr

    def test_no_file_waits_to_be_accepted(self, keyboard: Keyboard) -> None:
        """Only a file that was refused can be accepted; the cure says how to get there."""
        connected(keyboard)
        done = keyboard.type("connections", "accept-file", "Books", code=2)

        assert "Update Selected" in done.stderr

    def test_with_an_agent_nobody_presses_update_selected(self, keyboard: Keyboard) -> None:
        """What calls is named: an agent calls by itself, a Web Connector is pressed."""
        connected(keyboard)
        assert "Update Selected" in keyboard.type("connections", "test", "Books").stdout
        keyboard.type("connections", "token", "Books")
        told = keyboard.type("connections", "test", "Books").stdout
        refused = keyboard.type("connections", "accept-file", "Books", code=2).stderr

        for text in (told, refused):
            assert "Update Selected" not in text
            assert "agent runs on its computer" in " ".join(text.split())

    def test_a_linked_connection_is_not_removed(self, keyboard: Keyboard) -> None:
        """First the link; the sentence is the command for it."""
        connected(keyboard)
        keyboard.read("links", "add", "--operations", "Shop", "--books", "Books")
        done = keyboard.type("connections", "remove", "Books", code=2)
        assert "links remove 1" in done.stderr

        keyboard.type("links", "remove", "1", "--yes")
        keyboard.type("connections", "remove", "Books", "--yes")
        again = keyboard.type("links", "add", "--operations", "Shop", "--books", "Books", code=2)
        assert "no books connection" in again.stderr


class TestRemove:
    def test_it_says_what_it_leaves_and_asks(
        self, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """At a terminal it waits for a yes; elsewhere it wants ``--yes``, and does nothing."""
        connected(keyboard)
        refused = keyboard.type("connections", "remove", "Books", code=2)
        assert "--yes" in refused.stderr
        assert "stay readable" in refused.stderr
        monkeypatch.setattr(_asking, "is_at_terminal", lambda: True)
        keyboard.type("connections", "remove", "Books", keys="n\n", code=130)
        assert keyboard.read("connections", "show", "Books")["is_active"] is True
        keyboard.type("connections", "remove", "Books", keys="y\n")

        assert keyboard.read("connections", "show", "Books (removed)")["is_active"] is False

    def test_it_comes_back(self, keyboard: Keyboard) -> None:
        """Under its old name, or under another one where that is taken."""
        connected(keyboard)
        told = keyboard.read("connections", "remove", "Books", "--yes")
        assert told["listed_as"] == "Books (removed)"
        keyboard.read("connections", "add", "quickbooks-desktop", "--name", "Books")
        keyboard.type("connections", "restore", "2", code=2)
        restored = keyboard.read("connections", "restore", "2", "--name", "Old books")

        assert (restored["name"], restored["is_active"]) == ("Old books", True)


class TestOptions:
    def test_there_is_one_for_each_credential(self) -> None:
        """Of every system, and for no other; the API has the same."""
        declared = {each.name for each in CREDENTIALS}

        assert declared == {each.name for row in SYSTEMS.values() for each in row.form.credentials}
        for model in (Connecting, Reconnecting):
            assert declared <= set(model.model_fields)


class TestAddress:
    def test_the_file_names_the_hub_that_is_served(self, keyboard: Keyboard) -> None:
        """Made by a command without configuration, it names the port that was served last."""
        connected(keyboard)
        configured = keyboard.environment.pop("COUNTERFOIL_PUBLIC_URL")
        keyboard.environment["COUNTERFOIL_PUBLIC_URL"] = None
        assert "has not been served" in keyboard.type("connections", "qwc", "Books").stderr
        url = str(keyboard.environment["COUNTERFOIL_DATABASE_URL"])
        served = Configuration(
            database_url=url, public_url="http://localhost:8099", secret_key=SECRET_KEY
        )
        with open_hub(served) as hub:
            serve_under(hub)
        told = keyboard.type("connections", "qwc", "Books")

        assert "http://localhost:8099/qbwc" in told.stdout
        assert told.stderr == ""
        keyboard.environment["COUNTERFOIL_PUBLIC_URL"] = configured
        contradicted = keyboard.type("connections", "qwc", "Books")
        assert "last served under http://localhost:8099" in contradicted.stderr


class TestLinks:
    def test_a_removed_link_goes_on(self, keyboard: Keyboard) -> None:
        """Linked again, the two have their old link back, with its settings."""
        connected(keyboard)
        pair = ("--operations", "Shop", "--books", "Books")
        keyboard.read("links", "add", *pair)
        keyboard.type("settings", "set", "1", "sales-order-out.mode=automatic")
        assert keyboard.read("links", "remove", "1", "--yes")["is_active"] is False
        made = keyboard.read("links", "add", *pair)

        assert (made["id"], made["is_resumed"]) == (1, True)
        assert "goes on" in made["starts_from"]
        shown = keyboard.read("settings", "show", "1")
        assert shown["values"]["sales-order-out.mode"] == "automatic"

    @pytest.mark.parametrize(
        "books, key",
        [
            (("quickbooks-desktop",), "purchase-order-out.start_date="),
            (("quickbooks-online", "--client-id", "x"), "purchase-order-out.look_back_days="),
        ],
    )
    def test_an_earlier_start_is_set_by_a_setting_of_the_link(
        self, keyboard: Keyboard, books: tuple[str, ...], key: str
    ) -> None:
        """The example of an earlier start is of a flow that the link has, and of what binds it."""
        keyboard.environment["COUNTERFOIL_CONNECTION_SECRET"] = "secret-not-real"
        keyboard.environment["COUNTERFOIL_CONNECTION_INTEGRATION_CODE"] = "code-not-real"
        keyboard.environment["COUNTERFOIL_CONNECTION_CLIENT_SECRET"] = "secret-not-real"
        desk = ("autotask", "--name", "Desk", "--api-user", "a@acme.example", "--no-check")
        keyboard.read("connections", "add", *desk, "--time-zone", "America/New_York")
        keyboard.read("connections", "add", *books, "--name", "Books")
        made = keyboard.read("links", "add", "--operations", "Desk", "--books", "Books")

        assert key in made["starts_from"]
        assert "sales-order-out" not in made["starts_from"]

    def test_a_link_is_paused_and_resumed(self, keyboard: Keyboard) -> None:
        """Both are shown in the list of links."""
        connected(keyboard)
        keyboard.read("links", "add", "--operations", "Shop", "--books", "Books")

        assert keyboard.read("links", "pause", "1")["is_paused"] is True
        assert keyboard.read("links", "list")["links"][0]["is_paused"] is True
        assert keyboard.read("links", "resume", "1")["is_paused"] is False

    def test_a_pair_is_linked_once(self, keyboard: Keyboard) -> None:
        """By number or by name; a second link between the two is refused."""
        left, right = connected(keyboard)
        made = keyboard.read("links", "add", "--operations", str(left), "--books", "Books")

        assert made["id"] == 1
        assert made["is_resumed"] is False
        assert "start_date" in made["starts_from"]
        again = keyboard.read("links", "add", "--operations", "Shop", "--books", "2", code=2)
        assert "linked already" in again["error"]["message"]
        (listed,) = keyboard.read("links", "list")["links"]
        assert (listed["operations"], listed["books"]) == (left, right)

    def test_sides_are_not_interchangeable(self, keyboard: Keyboard) -> None:
        """Books are no operations connection; the cure names the list."""
        left, right = connected(keyboard)
        done = keyboard.type(
            "links", "add", "--operations", str(right), "--books", str(left), code=2
        )

        assert "connections list" in done.stderr

    def test_lists_say_how_to_begin(self, keyboard: Keyboard) -> None:
        """An empty list is valid JSON, and headings only when it is piped."""
        assert keyboard.read("connections", "list") == {"connections": []}
        assert keyboard.read("links", "list") == {"links": []}
        assert keyboard.type("links", "list").stdout.count("\n") == 1
