"""The rules of this house that a machine can check, each with what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "counterfoil"
FILE_SIZE_KIB_MAX = 400
# Where the engine's rule "no clock, chance, file or network" holds.
CORE = ("documents", "engine", "settings", "translate")
# What a program prints is its work; everywhere else a print is a forgotten one.
PRINTS = ("cli", "sandboxes")
# Vendored files stay as their authors made them.
VENDORED = "src/counterfoil/console/static/vendor/"

# A name is put together here so that this file does not find itself.
REGISTRIES = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js")))
INDEX_OPTIONS = re.compile(r"(?m)^\s*--(?:extra-|default-)?index(?:-url)?\b|^\s*--find-links\b")
MACHINE_PATHS = re.compile(
    r"(?<![\w./:}-])/(?:root|work|tmp/env|home/[a-z]\w*|Users/[A-Za-z]\w*)/" + r"[\w.]"
)
UNFINISHED = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + r"X)\b")
# Marks of text, by the name their bytes do not decode without.
BINARY = {".gif", ".gz", ".ico", ".png", ".woff", ".woff2", ".xlsx", ".zip", ".zst"}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the project: what git knows or would add, caches left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no git here: the list of the project's files is not known")
    names = (name for name in listed.stdout.split("\0") if name)
    return tuple(path for name in sorted(names) if (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Yield name and text of each of the project's own text files."""
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in BINARY and not name.startswith(VENDORED):
            yield name, path.read_text("utf-8")


def hits(pattern: re.Pattern[str]) -> list[str]:
    """Return ``file:line: text`` wherever the pattern occurs."""
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match.group().strip()}"
        for name, text in texts()
        for match in pattern.finditer(text)
    ]


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield name and syntax tree of every module below the folders (default: all of ours)."""
    for top in [SOURCE / folder for folder in folders] or [SOURCE]:
        for path in sorted(top.rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def called(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of every call whose name can be read off."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def calls_of(names: set[str], paths: Iterable[Path]) -> list[str]:
    """Return ``file:line`` of every call of one of these; most files do not even hold the word."""
    words = {f"{name.rpartition('.')[2]}(" for name in names}
    return [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in sorted(paths)
        if any(word in (text := path.read_text("utf-8")) for word in words)
        for line, call in called(ast.parse(text))
        if call in names
    ]


class TestFiles:
    def test_no_path_of_somebodys_machine(self) -> None:
        """No file names a folder of the machine it was written on: write a relative path."""
        assert hits(MACHINE_PATHS) == []

    def test_no_package_index_is_prescribed(self) -> None:
        """Locks and docs install from whichever index is configured, so they name none."""
        assert hits(REGISTRIES) + hits(INDEX_OPTIONS) == []

    def test_nothing_is_left_unfinished(self) -> None:
        """No file holds a note to finish it later: do it, or say in the docs what is missing."""
        assert hits(UNFINISHED) == []

    def test_no_file_is_large(self) -> None:
        """Every file fits the limit: make large data in the test, or keep it outside."""
        sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked()}

        assert {n: s for n, s in sizes.items() if s > FILE_SIZE_KIB_MAX * 1024} == {}

    @pytest.mark.parametrize(
        "name",
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE"],
    )
    def test_a_newcomer_finds_the_usual_files(self, name: str) -> None:
        """The files that people look for first are there and say something."""
        assert (ROOT / name).read_text("utf-8").strip()

    @pytest.mark.parametrize("name", ["dev", ".ci/run"])
    def test_entries_can_be_started(self, name: str) -> None:
        """The two entries are executable files."""
        assert (ROOT / name).stat().st_mode & 0o111


class TestModules:
    def test_every_folder_is_a_package_and_says_what_it_is(self) -> None:
        """A folder with modules has an ``__init__.py`` that opens with a docstring."""
        folders = {path.parent for path in SOURCE.rglob("*.py")}
        silent = [
            folder.relative_to(ROOT).as_posix()
            for folder in sorted(folders)
            if not (init := folder / "__init__.py").exists()
            or not ast.get_docstring(ast.parse(init.read_text("utf-8")))
        ]

        assert silent == []

    def test_every_module_opens_with_its_reason(self) -> None:
        """Each module begins with a docstring that says why it exists."""
        silent = [
            path.relative_to(ROOT).as_posix()
            for path in sorted(SOURCE.rglob("*.py"))
            if not path.read_text("utf-8").startswith(('"""', 'r"""'))
        ]

        assert silent == []

    def test_only_programs_print(self) -> None:
        """Nothing but the command line and the sandboxes' programs prints: log, or return it."""
        folders = {path.name for path in SOURCE.iterdir() if path.is_dir()} - set(PRINTS)
        paths = [path for folder in folders for path in (SOURCE / folder).rglob("*.py")]

        assert calls_of({"print"}, paths) == []

    def test_the_core_reads_no_clock_and_no_chance(self) -> None:
        """The pure folders are handed the time and their keys, they never ask for them."""
        ambient = re.compile(
            r"^open$|^input$|^(?:\w+\.)*(?:now|utcnow|today|monotonic|perf_counter|uuid1|uuid4)$"
        )
        found = [
            f"{name}:{line}: {call}()"
            for name, tree in modules(*CORE)
            for line, call in called(tree)
            if ambient.match(call)
        ]

        assert found == []


class TestTests:
    def test_every_test_says_what_it_promises(self) -> None:
        """Each test has a docstring: one sentence that is true while the test passes."""
        silent = [
            f"{path.relative_to(ROOT).as_posix()}:{node.lineno}: {node.name}"
            for path in sorted((ROOT / "tests").rglob("test_*.py"))
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")
            and not ast.get_docstring(node)
        ]

        assert silent == []

    def test_no_test_waits_for_a_real_clock(self) -> None:
        """No test sleeps: a clock that the test moves is passed in instead."""
        paths = (ROOT / "tests").rglob("*.py")

        assert calls_of({"sleep", "time.sleep", "asyncio.sleep"}, paths) == []


class TestLints:
    def test_a_rule_switched_off_carries_its_reason(self) -> None:
        """Every lint that is ignored says on its own line why."""
        source = (ROOT / "pyproject.toml").read_text("utf-8")
        lint = tomllib.loads(source)["tool"]["ruff"]["lint"]
        per_file = [rule for rules in lint["per-file-ignores"].values() for rule in rules]
        reasoned = re.findall(r'(?m)^  "([A-Z]+[0-9]*)", +# \S+', source)

        assert sorted(reasoned) == sorted(lint["ignore"] + per_file)

    def test_a_silenced_line_names_what_it_silences(self) -> None:
        """No checker is silenced wholesale: name the rule, and give the reason beside it."""
        wholesale = re.compile(r"# *type: *ignore(?!\[)|# *noqa(?!: *[A-Z]+[0-9])")
        found = [hit for hit in hits(wholesale) if ".py:" in hit]

        assert found == []


class TestLocks:
    @pytest.mark.parametrize("name", ["base", "browser", "dev", "postgres", "uv"])
    def test_every_locked_package_has_its_hashes(self, name: str) -> None:
        """Each pinned package lists the digests of the files that may be installed."""
        lock = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        packages = re.findall(r"(?m)^[a-z0-9][\w.-]*==[^\\]*\\\n(.+)$", lock)
        pins = re.findall(r"(?m)^[a-z0-9]", lock)

        assert pins
        assert len(packages) == len(pins)
        assert all(line.strip().startswith("--hash=sha256:") for line in packages)

    @pytest.mark.parametrize("name", ["base", "browser", "postgres", "uv"])
    def test_all_locks_agree(self, name: str) -> None:
        """What users install is what the tests ran with, version for version."""
        dev = _pins((ROOT / "requirements" / "dev.txt").read_text("utf-8"))
        other = _pins((ROOT / "requirements" / f"{name}.txt").read_text("utf-8"))

        assert {n: v for n, v in other.items() if n in dev and dev[n] != v} == {}
        assert name == "browser" or other.keys() <= dev.keys()

    def test_every_dependency_is_locked(self) -> None:
        """A dependency added to ``pyproject.toml`` reaches the locks: run ``./dev lock``."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
        names = {re.split(r"[\[<>=!;~ ]", line)[0] for line in wanted}

        assert names <= _pins((ROOT / "requirements" / "postgres.txt").read_text("utf-8")).keys()


def _pins(lock: str) -> dict[str, str]:
    """Return package -> pinned version; a package pinned twice by markers keeps both."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9][\w.-]*)==(\S+)", lock):
        found[name] = " ".join(filter(None, [found.get(name), version]))
    return found
