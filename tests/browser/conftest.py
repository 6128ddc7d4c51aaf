"""A browser before the hub's pages: whoever tests a story asks for ``browse``, or for ``page``.

``site`` serves a company that works (``company``, a ``World``), ``prepared`` a hub in which much
has happened, ``empty`` one to which nothing is connected.  ``browse(site, scope, look)`` opens a
window, signed in; ``page`` is an owner's wide window on ``site``.  Tests wait with ``expect``
only.  A window in which an error, a broken policy or a call elsewhere was seen fails its test;
what a failed test saw is kept in its ``tmp_path``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from counterfoil.hub.scopes import Scope
from counterfoil.ledger.database import sqlite_url
from tests.support import browsing
from tests.support import prepared as preparing
from tests.support.autotask import ServiceDesk, open_service_desk
from tests.support.browsing import WIDE, Chromium, Look, MissingError, Site, Window
from tests.support.prepared import Prepared, hostile_file, prepared_file
from tests.support.visitors import quick_and_quiet
from tests.support.world import Clock, World, open_world
from tools.chromium import is_in_ci

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["hostile_file", "prepared_file", "quick_and_quiet"]

HERE = Path(__file__).parent
CHROMIUM = pytest.StashKey[Chromium]()
HAS_FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


# --- The browser -------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Note whether a test failed, so that its end can keep what it saw."""
    report = yield
    if report.when == "call":
        item.stash[HAS_FAILED] = report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Any:
    """Close the browser before tests of other folders: they have loops of their own to run."""
    yield
    is_next_here = nextitem is not None and nextitem.path.is_relative_to(HERE)
    if not is_next_here and CHROMIUM in item.config.stash:
        item.config.stash[CHROMIUM].close()
        del item.config.stash[CHROMIUM]


@pytest.fixture
def chromium(pytestconfig: pytest.Config) -> Chromium:
    """The browser of this process; where there is none, the test is skipped, in CI it fails."""
    if CHROMIUM not in pytestconfig.stash:
        try:
            pytestconfig.stash[CHROMIUM] = Chromium.start()
        except MissingError as missing:
            stop = pytest.fail if is_in_ci() else pytest.skip
            stop(str(missing))
    return pytestconfig.stash[CHROMIUM]


class Browse(Protocol):
    """Opens a window, as ``Chromium.window`` does, and gives its page."""

    def __call__(
        self, site: Site, scope: Scope | None = ..., look: Look = ..., **more: Any
    ) -> Page: ...


@pytest.fixture
def browse(chromium: Chromium, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Browse]:
    """Opens windows; whatever went wrong in one of them fails the test."""
    windows: list[Window] = []

    def open_window(
        site: Site, scope: Scope | None = Scope.ADMINISTER, look: Look = WIDE, **more: Any
    ) -> Page:
        windows.append(chromium.window(site, scope, look, **more))
        return windows[-1].page

    yield open_window
    problems = [problem for window in windows for problem in window.watch.problems]
    for number, window in enumerate(windows, 1):
        if problems or request.node.stash.get(HAS_FAILED, True):
            window.keep(tmp_path, f"window-{number}")
        window.page.context.close()
    assert problems == []


@pytest.fixture
def page(browse: Browse, site: Site) -> Page:
    """The owner's window on the working company's hub."""
    return browse(site)


# --- Hubs --------------------------------------------------------------------------------------


class Guarded(World):
    """A company at whose hub everybody has to sign in."""

    trusts_this_computer = False


@pytest.fixture
def company(sqlite_tables: bytes, tmp_path: Path) -> Iterator[World]:
    """A company in which everything runs by itself."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file), kind=Guarded) as opened:
        yield opened


@pytest.fixture
def site(company: World) -> Iterator[Site]:
    """The working company's pages."""
    with browsing.at(company.hub) as served:
        yield served


class GuardedDesk(ServiceDesk):
    """A company that works with Autotask, at whose hub everybody has to sign in."""

    trusts_this_computer = False


@pytest.fixture
def service_desk(sqlite_tables: bytes, tmp_path: Path) -> Iterator[tuple[ServiceDesk, Site]]:
    """A company that works with Autotask, and its pages."""
    file = tmp_path / "desk.db"
    file.write_bytes(sqlite_tables)
    with (
        open_service_desk(sqlite_url(file), kind=GuardedDesk) as opened,
        browsing.at(opened.hub) as served,
    ):
        yield opened, served


@pytest.fixture
def empty(sqlite_tables: bytes, tmp_path: Path) -> Iterator[Site]:
    """The pages of a hub to which nothing is connected."""
    file = tmp_path / "empty.db"
    file.write_bytes(sqlite_tables)
    with preparing.opened(file, Clock().moment) as hub, browsing.at(hub) as served:
        yield served


@pytest.fixture
def prepared(prepared_file: Prepared, tmp_path: Path) -> Iterator[Site]:
    """The pages of a hub in which much has happened; a copy, so a test may change it."""
    with prepared_file.opened(tmp_path / "prepared.db") as hub, browsing.at(hub) as served:
        yield served


@pytest.fixture
def hostile(hostile_file: Prepared, tmp_path: Path) -> Iterator[Site]:
    """The pages of a hub where things are called as an enemy would call them."""
    with hostile_file.opened(tmp_path / "hostile.db") as hub, browsing.at(hub) as served:
        yield served
