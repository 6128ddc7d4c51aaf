"""Take pictures of every page of the console, to look at them with own eyes.

Usage: ``./dev screenshots [--to DIR] [--only TEXT] [--docs]``

Nothing has to run: a hub in which much has happened is made for it, and one without anything.
Each page is taken wide and narrow, light and dark; ``--only`` takes those whose address holds a
text.  ``--docs`` takes the few that the docs show, into their place.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from counterfoil.hub import views
from counterfoil.hub.scopes import Scope
from tests.support import prepared
from tests.support.browsing import PHONE, WIDE, Chromium, Look, MissingError, Site, Window, at
from tests.support.console_routes import pages
from tests.support.world import cheap_passwords

ROOT: Final = Path(__file__).resolve().parents[1]
LOOKS: Final = tuple(
    look._replace(scheme=scheme) for look in (WIDE, PHONE) for scheme in ("light", "dark")
)
# What the docs show: picture, address, look.
DOCS: Final = (
    ("home", "/", WIDE),
    ("inbox", "/inbox", WIDE),
    ("document", "/transfers/1", WIDE),
    ("home-phone", "/", PHONE._replace(scheme="dark")),
)


def file_name(way: str, look: Look) -> str:
    """Return the picture's name for an address: ``/links/7`` is ``links-7.1280-light.png``."""
    words = re.findall(r"[A-Za-z0-9]+", way)
    return f"{'-'.join(words) or 'home'}.{look}.png"


def wanted(site: Site, only: str) -> list[tuple[str, bool]]:
    """List addresses of a hub, and whether each is open to whoever has not signed in.

    In a hub without anything those that name something are left out.
    """
    is_empty = not views.connection_status(site.hub)
    return [
        (way, each.needed is None)
        for each in pages()
        if not (is_empty and "{" in each.path)
        for way in each.ways(site.hub)
        if only in way
    ]


def shoot(chromium: Chromium, site: Site, ways: Iterable[tuple[str, bool]], folder: Path) -> None:
    """Save a picture per address and look, the whole height of each page.

    ``ways`` says of each address whether it is open to whoever has not signed in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    windows = {
        is_open: chromium.window(site, None if is_open else Scope.ADMINISTER)
        for is_open in (False, True)
    }
    for way, is_open in ways:
        windows[is_open].page.goto(way)
        for look in LOOKS:
            take(windows[is_open], look, folder / file_name(way, look))
    for window in windows.values():
        window.page.context.close()


def take(window: Window, look: Look, picture: Path, *, whole: bool = True) -> None:
    """Save what a window shows in a look."""
    window.page.set_viewport_size({"width": look.width, "height": look.height})
    window.page.emulate_media(color_scheme=look.scheme)
    window.page.screenshot(path=picture, full_page=whole)
    print(picture)


def shoot_docs(chromium: Chromium, site: Site, folder: Path) -> None:
    """Save what the docs show: what fits into a window."""
    for name, way, look in DOCS:
        window = chromium.window(site, Scope.ADMINISTER, look)
        window.page.goto(way)
        take(window, look, folder / f"{name}.png", whole=False)
        window.page.context.close()


@contextmanager
def prepared_hub(folder: Path) -> Iterator[tuple[prepared.Prepared, Site]]:
    """Serve a hub in which much has happened."""
    with cheap_passwords():
        made = prepared.prepare(folder / "prepared.db")
        with made.opened(folder / "served.db") as hub, at(hub) as site:
            yield made, site


def main(arguments: list[str]) -> int:
    """Take the pictures; exit code 1 when there is no browser."""
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--docs", action="store_true")
    chosen = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            prepared_hub(Path(folder)) as (made, site),
            Chromium.start() as chromium,
        ):
            if chosen.docs:
                shoot_docs(chromium, site, ROOT / "docs" / "images")
                return 0
            shoot(chromium, site, wanted(site, chosen.only), chosen.to)
            with prepared.opened(Path(folder) / "empty.db", made.moment) as hub, at(hub) as bare:
                shoot(chromium, bare, wanted(bare, chosen.only), chosen.to / "empty")
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
