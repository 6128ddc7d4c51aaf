"""Finding a Chromium, and installing one: with made-up programs in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import chromium


class Computer:
    """A computer on which only those programs are that were put there.

    Attributes:
        done: What was run to install, word by word.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._diary = folder / "diary"

    def has(self, name: str, *lines: str) -> None:
        """Put a program there; without lines it does nothing, and succeeds."""
        program = self._folder / name
        program.write_text("\n".join(["#!/bin/sh", *lines, ""]), "utf-8")
        program.chmod(0o755)

    def packages(self, *, need_lists: bool = False) -> None:
        """Let it install packages; those that need lists only once these were read."""
        bin_, diary = self._folder, self._diary
        install = f'printf "#!/bin/sh\\n" > "{bin_}/chromium" && /bin/chmod 755 "{bin_}/chromium"'
        guard = f'[ -e "{bin_}/lists" ] || exit 100' if need_lists else ":"
        self.has(
            "apt-get",
            f'echo "$1" >> "{diary}"',
            f'if [ "$1" = update ]; then : > "{bin_}/lists"; exit 0; fi',
            guard,
            install,
        )

    @property
    def done(self) -> list[str]:
        return self._diary.read_text("utf-8").split() if self._diary.exists() else []


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    """A computer without any programs, on which we may do everything."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return Computer(tmp_path)


class TestFound:
    def test_goes_by_any_of_its_names(self, computer: Computer, tmp_path: Path) -> None:
        """Chrome does as well."""
        computer.has("google-chrome")

        assert chromium.found() == str(tmp_path / "google-chrome")

    def test_a_stub_is_none(self, computer: Computer) -> None:
        """Ubuntu's package says where else to look, and fails."""
        computer.has("chromium-browser", "exit 1")

        assert chromium.found() is None


class TestInstallPackage:
    def test_root_asks_nobody(self, computer: Computer, tmp_path: Path) -> None:
        """The package is installed, and what it brought is found."""
        computer.packages()

        assert chromium.install_package() == str(tmp_path / "chromium")
        assert computer.done == ["install"]

    def test_package_lists_are_read_where_they_are_missing(self, computer: Computer) -> None:
        """As in a container that never had any."""
        computer.packages(need_lists=True)

        assert chromium.install_package() is not None
        assert computer.done == ["install", "update", "install"]

    @pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "a sudo that asks"])
    def test_nobody_is_asked_for_a_password(
        self, computer: Computer, monkeypatch: pytest.MonkeyPatch, sudo: str | None
    ) -> None:
        """Whoever is not root, and has no sudo without one, installs nothing."""
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        computer.packages()
        if sudo is not None:
            computer.has("sudo", sudo)

        assert chromium.install_package() is None
        assert computer.done == []

    def test_sudo_without_a_password_will_do(
        self, computer: Computer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As on the machines of most services that check changes."""
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        computer.packages()
        computer.has("true")
        computer.has("sudo", "shift", 'exec "$@"')

        assert chromium.install_package() is not None

    def test_other_systems_have_other_packages(self, computer: Computer) -> None:
        """Without apt-get nothing is tried."""
        assert chromium.install_package() is None


@pytest.mark.parametrize(
    "value, is_ci", [("true", True), ("1", True), ("", False), ("false", False)]
)
def test_ci_says_so_itself(monkeypatch: pytest.MonkeyPatch, value: str, is_ci: bool) -> None:
    """Every service that checks changes sets ``CI``."""
    monkeypatch.setenv("CI", value)

    assert chromium.is_in_ci() is is_ci
