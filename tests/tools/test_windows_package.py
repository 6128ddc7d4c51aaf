"""The agent's package for a QuickBooks computer."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path

import pytest

from tools import windows_package

SCRIPTS = ("install.ps1", "start-agent.ps1", "remove.ps1")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the package, as they come out of the zip."""
    folder = tmp_path_factory.mktemp("package")
    assert windows_package.main([str(folder)]) == 0
    with zipfile.ZipFile(next(folder.glob("*.zip"))) as made:
        assert made.testzip() is None
        return {name.partition("/")[2]: made.read(name) for name in made.namelist()}


@pytest.mark.slow
class TestPackage:
    def test_it_is_whole(self, package: dict[str, bytes]) -> None:
        """Every file is there and is what the list of sums says."""
        lines = package["SHA256SUMS"].decode().splitlines()
        told = {name: digest for digest, name in (line.split("  ") for line in lines)}
        assert told == {
            name: hashlib.sha256(content).hexdigest()
            for name, content in package.items()
            if name != "SHA256SUMS"
        }
        assert {"README.txt", "requirements.txt", *SCRIPTS} < told.keys()

    def test_the_wheel_holds_the_agent(self, package: dict[str, bytes]) -> None:
        """The program is in it, with what speaks to QuickBooks."""
        wheel = next(content for name, content in package.items() if name.endswith(".whl"))
        with zipfile.ZipFile(io.BytesIO(wheel)) as opened:
            names = opened.namelist()
        assert "counterfoil/connectors/quickbooks_desktop/agent/com.py" in names
        assert "counterfoil/cli/_agent.py" in names

    @pytest.mark.parametrize("script", SCRIPTS)
    def test_scripts_are_for_windows(self, package: dict[str, bytes], script: str) -> None:
        """ASCII, for PowerShell 5 reads anything else in the computer's own code page; CRLF."""
        content = package[script]
        assert content.isascii()
        assert content.count(b"\n") == content.count(b"\r\n")


class TestScripts:
    def test_the_installer_checks_every_hash(self) -> None:
        """Nothing is installed that is not locked, and the wheel brings nothing along."""
        text = (windows_package.SCRIPTS / "install.ps1").read_text()
        assert "--require-hashes" in text
        assert "--no-deps" in text

    def test_it_is_no_service(self) -> None:
        """SET-5: a task of the user who is signed in, started at log-on."""
        text = (windows_package.SCRIPTS / "install.ps1").read_text()
        assert "-AtLogOn" in text
        assert "-LogonType Interactive" in text
        assert "New-Service" not in text

    def test_the_readme_says_what_was_not_tried(self) -> None:
        """Plainly: no real QuickBooks, no Windows."""
        text = (windows_package.SCRIPTS / "README.txt").read_text()
        assert "What has not been tried" in text
        assert Path(windows_package.SCRIPTS / "install.ps1").exists()


def test_every_requirement_is_locked_with_hashes() -> None:
    """pywin32 among them, for Windows."""
    text = windows_package.LOCK.read_text()
    pinned = re.findall(r"(?m)^([a-z0-9-]+)(?:\[[^\]]*\])?==\S+.*\\\n((?:    --hash=.*\n)+)", text)
    assert len(pinned) == len(re.findall(r"(?m)^[a-z0-9]\S*==", text))
    assert "pywin32" in {name for name, _ in pinned}
