"""A real Chromium before a real hub, and a watch that notices whatever goes wrong in its windows.

A ``Site`` is a hub's pages, served as the program serves them.  ``Chromium`` opens windows on
them; a window's ``Watch`` notes errors of the page, what its policy forbade, and calls elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from counterfoil.api.security import COOKIE
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from tests.support.serving import served
from tests.support.visitors import seated, session_of
from tools import chromium

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Playwright,
        Request,
        Response,
    )

__all__ = ["DARK", "PHONE", "WIDE", "Chromium", "Look", "MissingError", "Site", "Window", "at"]

# A busy machine answers late; whoever waits longer has found a fault.
PATIENCE_MS: Final = 30_000


class MissingError(Exception):
    """There is no browser here; its text says what to do."""


class Look(NamedTuple):
    """How somebody looks at the pages: the window's size in CSS pixels, and its colours."""

    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


WIDE: Final = Look(1280, 800)
DARK: Final = WIDE._replace(scheme="dark")
PHONE: Final = Look(390, 844)


# --- The hub's side ------------------------------------------------------------------------


class Site:
    """A hub's pages.

    Attributes:
        hub: The hub.
        url: Their address, without a slash at its end.
    """

    def __init__(self, hub: Hub, url: str) -> None:
        self.hub = hub
        self.url = url


@contextmanager
def at(hub: Hub) -> Iterator[Site]:
    """Serve a hub's pages on a port of this computer.

    All hubs of this process share one application, so a test has windows on one of them at a time.
    """
    with served(seated(hub)) as (host, port):
        url = f"http://{host}:{port}"
        hub.configuration = replace(hub.configuration, public_url=url)
        yield Site(hub, url)


# --- The browser's side --------------------------------------------------------------------


class Watch:
    """Notes what goes wrong in a window.

    Attributes:
        problems: Each as a sentence.
    """

    def __init__(self, context: BrowserContext, hosts: Sequence[str]) -> None:
        self.problems: list[str] = []
        self._hosts = frozenset(hosts)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.problems.append(f"script failed: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # Which answers are faults is decided where they come in.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme not in {"data", "blob"} and target.netloc not in self._hosts:
            self.problems.append(f"a request elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        is_page = response.request.resource_type in {"document", "fetch", "xhr"}
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"{response.status} for {response.url}")


class Window(NamedTuple):
    """A page in a browser of its own, and its watch."""

    page: Page
    watch: Watch

    def keep(self, folder: Path, name: str) -> None:
        """Keep what the page shows, as a picture and as text."""
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)
        (folder / f"{name}.html").write_text(self.page.content(), "utf-8")


class Chromium:
    """A browser of this process.

    While it is open, Playwright's loop counts as the one that runs in this thread.
    """

    def __init__(self, playwright: Playwright, browser: Browser) -> None:
        self._playwright = playwright
        self._browser = browser

    @classmethod
    def start(cls) -> Self:
        """Start it.

        Raises:
            MissingError: There is none here.
        """
        try:
            from playwright.sync_api import Error, expect, sync_playwright
        except ModuleNotFoundError:
            raise MissingError("Playwright is not installed. Run: ./dev browser") from None
        expect.set_options(timeout=PATIENCE_MS)
        playwright = sync_playwright().start()
        try:
            browser = playwright.chromium.launch(
                executable_path=chromium.found(),
                # No name leads anywhere but to this computer.
                args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            )
        except Error as error:
            playwright.stop()
            reason = error.message.partition("\n")[0]
            raise MissingError(f"No Chromium starts here ({reason}). Run: ./dev browser") from error
        return cls(playwright, browser)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, with all its windows."""
        self._browser.close()
        self._playwright.stop()

    def window(
        self,
        site: Site,
        scope: Scope | None,
        look: Look = WIDE,
        *,
        scripts: bool = True,
        elsewhere: Sequence[str] = (),
    ) -> Window:
        """Open a window for somebody who is signed in with a scope (``None``: who is not).

        Args:
            site: Whose pages; addresses without a host are theirs.
            scope: What the person may do.
            look: The window's size and colours.
            scripts: Whether pages may run scripts.
            elsewhere: Other addresses that pages may lead to, such as stand-ins'.
        """
        context = self._browser.new_context(
            base_url=site.url,
            viewport={"width": look.width, "height": look.height},
            color_scheme=look.scheme,
            reduced_motion="reduce",
            locale="en-US",
            has_touch=look.width < PHONE.width * 2,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_MS)
        if scope is not None:
            context.add_cookies(
                [{"name": COOKIE, "value": session_of(site.hub, scope), "url": site.url}]
            )
        hosts = [urlsplit(url).netloc for url in (site.url, *elsewhere)]
        watch = Watch(context, hosts)
        return Window(context.new_page(), watch)


def slug(text: str) -> str:
    """Give a name for files from any text."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", text)) or "start"
