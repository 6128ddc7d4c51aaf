"""``./dev``: what it decides before it runs anything, and what it reports afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRINTS = [sys.executable, "-c", "print('checked')"]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working on a made-up checkout in the test's own folder."""
    loader = SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = spec_from_loader("dev_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "BIN": venv / "bin",
        "LOCKS": tmp_path / "requirements",
        "STAMP": venv / "counterfoil-stamp",
    }
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    (tmp_path / "requirements").mkdir()
    for name in ("requirements/dev.txt", "requirements/browser.txt", "pyproject.toml"):
        (tmp_path / name).write_text(f"{name}\n", "utf-8")
    return module


@pytest.fixture
def steps(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the script would have run; making the environment leaves an interpreter behind."""
    ran: list[list[str]] = []

    def must(*command: object) -> None:
        ran.append([str(word) for word in command])
        dev.BIN.mkdir(parents=True, exist_ok=True)
        (dev.BIN / dev.PYTHON).touch()

    monkeypatch.setattr(dev, "must", must)
    return ran


class TestEnvironment:
    def test_first_use_installs_only_what_is_locked(
        self, dev: ModuleType, steps: list[list[str]]
    ) -> None:
        """Everything that comes from outside is checked against a hash; ours is built offline."""
        dev.ensure_environment()

        made, bootstrap, sync, project = steps
        assert made[1:3] == ["-m", "venv"]
        assert "--require-hashes" in bootstrap
        assert "--require-hashes" in sync
        assert sync[-1] == str(dev.LOCKS / "dev.txt")
        assert {"--offline", "--no-deps", "--no-build-isolation"} <= set(project)

    def test_nothing_runs_when_nothing_has_changed(
        self, dev: ModuleType, steps: list[list[str]]
    ) -> None:
        """The second command starts at once."""
        dev.ensure_environment()
        steps.clear()

        dev.ensure_environment()

        assert steps == []

    def test_a_changed_lock_is_installed_without_starting_over(
        self, dev: ModuleType, steps: list[list[str]]
    ) -> None:
        """A new lock is synchronised into the environment that is there."""
        dev.ensure_environment()
        steps.clear()
        (dev.LOCKS / "dev.txt").write_text("another\n", "utf-8")

        dev.ensure_environment()

        assert [step[1:3] for step in steps] == [["pip", "sync"], ["pip", "install"]]

    def test_another_python_starts_over(
        self, dev: ModuleType, steps: list[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An environment made by another Python, or in another place, is made again."""
        dev.ensure_environment()
        steps.clear()
        monkeypatch.setattr(dev, "interpreter", lambda: "3.99 elsewhere")

        dev.ensure_environment()

        assert steps[0][1:4] == ["-m", "venv", "--clear"]

    def test_a_lost_interpreter_starts_over(self, dev: ModuleType, steps: list[list[str]]) -> None:
        """An environment whose Python was uninstalled is made again."""
        dev.ensure_environment()
        steps.clear()
        (dev.BIN / dev.PYTHON).unlink()

        dev.ensure_environment()

        assert steps[0][1:4] == ["-m", "venv", "--clear"]

    def test_an_interrupted_preparation_is_not_taken_for_a_finished_one(
        self, dev: ModuleType, steps: list[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only the last step leaves the mark, so whatever stopped before it runs again."""

        def stop(*_: object) -> None:
            raise dev.StopError("no network")

        with monkeypatch.context() as patch:
            patch.setattr(dev, "must", stop)
            with pytest.raises(dev.StopError):
                dev.ensure_environment()

        dev.ensure_environment()

        assert len(steps) == 4

    def test_what_drives_a_browser_is_installed_for_commands_that_do(
        self, dev: ModuleType, steps: list[list[str]]
    ) -> None:
        """An environment without Playwright is completed for ``./dev check``."""
        dev.ensure_environment()
        steps.clear()

        dev.ensure_environment(browser=True)

        assert steps[0][-1] == str(dev.LOCKS / "browser.txt")

    def test_an_environment_that_drives_browsers_suits_every_command(
        self, dev: ModuleType, steps: list[list[str]]
    ) -> None:
        """What ``./dev check`` has added stays: the next command takes nothing away."""
        dev.ensure_environment(browser=True)
        steps.clear()

        dev.ensure_environment()

        assert steps == []

    def test_an_old_python_is_told_what_to_do(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Python 3.9 ends with one message that names the version needed, and code 1."""
        monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

        assert dev.main(["run", "--help"]) == 1
        assert "needs Python 3.11 or newer" in capsys.readouterr().err

    def test_a_python_without_venv_is_told_what_to_install(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Debian's bare Python ends with the exact command that completes it."""
        monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)

        assert dev.main(["run", "--help"]) == 1
        hint = f"apt-get install python3.{sys.version_info[1]}-venv"
        assert hint in capsys.readouterr().err

    def test_bytecode_is_written(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever the shell says: else each of the tests' processes compiles all it imports."""
        monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

        assert "PYTHONDONTWRITEBYTECODE" not in dev.environment()


@pytest.fixture
def chromium(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The computer's Chromium: where it is, and where its package would put one."""
    computer = SimpleNamespace(own="/bin/chromium", package=None, is_in_ci=lambda: False)
    computer.found = lambda: computer.own
    computer.install_package = lambda: computer.package
    monkeypatch.setattr(dev, "chromium", computer)
    return computer


class TestCheck:
    @pytest.fixture
    def played(self) -> list[str]:
        """What runs in place of the tests."""
        return PRINTS

    @pytest.fixture
    def asked(
        self,
        dev: ModuleType,
        chromium: SimpleNamespace,
        monkeypatch: pytest.MonkeyPatch,
        played: list[str],
    ) -> list[list[str]]:
        """The programs that a check would run; the linter finds something."""
        ran: list[list[str]] = []

        def call(*command: object, within_s: float | None = None) -> int:
            ran.append([str(word) for word in command])
            return int("check" in ran[-1] or "playwright" in ran[-1][0])

        def begun(*command: object) -> subprocess.Popen[bytes]:
            ran.append([str(word) for word in command])
            return begin(*played)

        begin: Callable[..., subprocess.Popen[bytes]] = dev.begun
        monkeypatch.setattr(dev, "call", call)
        monkeypatch.setattr(dev, "begun", begun)
        return ran

    def test_goes_on_after_a_failure_and_names_it_at_the_end(
        self, dev: ModuleType, asked: list[list[str]], capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One run shows everything that is wrong, and its exit code says that something is."""
        assert dev.check([]) == 1

        lines = capsys.readouterr().out.splitlines()
        assert lines[-1] == "check failed: lint"
        assert [Path(words[0]).name for words in asked] == [
            "ruff",
            "ruff",
            "python",
            "mypy",
            "lint-imports",
            "python",
        ]

    @pytest.mark.parametrize(
        "played, said, failed",
        [(PRINTS, ["checked"], "lint"), (FAILS, [], "lint, tests")],
        ids=["passed", "failed"],
    )
    def test_the_tests_begin_beside_the_others_and_are_shown_last(
        self,
        dev: ModuleType,
        asked: list[list[str]],
        capfd: pytest.CaptureFixture[str],
        said: list[str],
        failed: str,
    ) -> None:
        """What they print stands by itself, below all else; their end is the check's."""
        assert dev.check([]) == 1

        lines = capfd.readouterr().out.splitlines()
        begin = lines.index("--- tests")
        assert lines[begin - 1].startswith("--- docs: ok")
        assert lines[begin + 1 : -2] == said
        assert lines[-1] == f"check failed: {failed}"

    def test_hands_the_choice_of_tests_on(self, dev: ModuleType, asked: list[list[str]]) -> None:
        """``--fast`` leaves out slow tests; anything else is pytest's."""
        dev.check(["--fast", "-k", "orders"])

        (tests,) = (words for words in asked if "pytest" in words)
        assert tests[-4:] == ["-m", "not slow", "-k", "orders"]

    @pytest.mark.parametrize("is_in_ci, failed", [(True, "lint, browser"), (False, "lint")])
    def test_insists_on_a_browser_in_ci(
        self,
        dev: ModuleType,
        asked: list[list[str]],
        chromium: SimpleNamespace,
        capsys: pytest.CaptureFixture[str],
        is_in_ci: bool,
        failed: str,
    ) -> None:
        """Without one no change passes; on a developer's machine its tests are left out, loudly."""
        chromium.own, chromium.is_in_ci = None, lambda: is_in_ci

        dev.check([])

        said = capsys.readouterr()
        assert said.out.splitlines()[-1] == f"check failed: {failed}"
        assert "There is no Chromium here" in said.err
        assert any("pytest" in words for words in asked)


class TestBrowser:
    @pytest.fixture
    def fetched(
        self, dev: ModuleType, chromium: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
    ) -> list[tuple[list[str], float | None]]:
        """What was run to fetch a browser, and how long it might take; all succeeds."""
        ran: list[tuple[list[str], float | None]] = []

        def call(*command: object, within_s: float | None = None) -> int:
            ran.append(([str(word) for word in command], within_s))
            return 0

        monkeypatch.setattr(dev, "call", call)
        return ran

    @pytest.mark.parametrize(
        "own, package", [("/bin/chromium", None), (None, "/bin/chromium")], ids=["own", "package"]
    )
    def test_the_system_s_own_is_preferred(
        self,
        dev: ModuleType,
        chromium: SimpleNamespace,
        fetched: list[object],
        own: str | None,
        package: str | None,
    ) -> None:
        """One that is there, or whose package could be installed: nothing is fetched."""
        chromium.own, chromium.package = own, package

        assert dev.browser([]) == 0
        assert fetched == []

    def test_else_playwright_fetches_its_own(
        self,
        dev: ModuleType,
        chromium: SimpleNamespace,
        fetched: list[tuple[list[str], float | None]],
    ) -> None:
        """And may take no longer than it is given."""
        chromium.own = None

        assert dev.browser([]) == 0
        ((command, within_s),) = fetched
        assert command[1:] == ["install", "--only-shell", "chromium"]
        assert within_s == dev.DOWNLOAD_S_MAX

    def test_a_program_that_takes_too_long_has_failed(
        self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A download that hangs ends, and the check goes on."""

        def hangs(words: list[str], timeout: float, **_: object) -> None:
            raise subprocess.TimeoutExpired(words, timeout)

        monkeypatch.setattr(dev.subprocess, "run", hangs)

        assert dev.call("fetch", within_s=1) == 1


class TestEntry:
    def test_runs_from_any_directory(self, tmp_path: Path) -> None:
        """The help comes from wherever it is asked for, without an environment."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "dev"), "help"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )

        assert done.stdout.startswith("usage: ./dev COMMAND")

    def test_an_unknown_command_is_a_usage_error(self, dev: ModuleType) -> None:
        """A typing error ends with code 2 and prepares nothing."""
        assert dev.main(["chekc"]) == 2
        assert not dev.VENV.exists()

    def test_every_command_is_in_the_help(self, dev: ModuleType) -> None:
        """The help lists each command the script knows, and no other."""
        listed = set(re.findall(r"(?m)^  ([\w-]+)", dev.USAGE))

        assert listed == set(dev.COMMANDS)

    def test_an_unknown_benchmark_is_answered_with_the_known_ones(self, dev: ModuleType) -> None:
        """Asking for a benchmark that is not there names those that are."""
        (dev.ROOT / "benchmarks").mkdir()
        (dev.ROOT / "benchmarks" / "web_connector.py").touch()

        with pytest.raises(dev.StopError, match="there are: web_connector"):
            dev.bench(["webconnector"])
