"""Take pictures of a running hub's pages, wide and narrow, to look at them with own eyes.

Usage: ``./dev screenshots [--url URL] [--to DIR] [PATH ...]``

Start the hub first (``./dev demo`` leaves one running).  Without PATH every page is taken
that the start page links to on the same host.  Needs ``./dev browser`` once.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Width and height in CSS pixels: a bookkeeper's screen, and a telephone.
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}


def file_name(path: str, size: str) -> str:
    """Return the picture's name for a path of the hub: ``/links/7`` is ``links-7.wide.png``."""
    words = re.findall(r"[A-Za-z0-9]+", path)
    return f"{'-'.join(words) or 'start'}.{size}.png"


def linked_paths(start: str, hrefs: list[str]) -> list[str]:
    """Return the paths on the start page's own host, each once, the start page first."""
    host = urlsplit(start).netloc
    targets = (urlsplit(urljoin(start, href)) for href in hrefs)
    own = [target.path or "/" for target in targets if target.netloc == host]
    return list(dict.fromkeys([urlsplit(start).path or "/", *own]))


def shoot(page: Page, url: str, paths: list[str], folder: Path) -> None:
    """Save one picture per path and size into the folder, the whole height of each page."""
    if not paths:
        page.goto(url)
        links = page.locator("a[href]").all()
        paths = linked_paths(url, [link.get_attribute("href") or "" for link in links])
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(urljoin(url, path))
            target = folder / file_name(path, size)
            page.screenshot(path=target, full_page=True)
            print(target)


def main(arguments: list[str]) -> int:
    """Take the pictures; exit code 1 when Playwright is missing or the hub does not answer."""
    parser = argparse.ArgumentParser(prog="./dev screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080/")
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("paths", nargs="*")
    chosen = parser.parse_args(arguments)
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        print("Playwright is not installed yet: run ./dev browser", file=sys.stderr)
        return 1
    own = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=own)
            shoot(chromium.new_page(), chosen.url, chosen.paths, chosen.to)
            chromium.close()
    except Error as error:
        cure = f"Is a hub running at {chosen.url}, and a browser installed (./dev browser)?"
        print(f"{error.message}\n{cure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
