"""What a browser calls itself, in words that its owner knows it by."""

from __future__ import annotations

from typing import Final

__all__ = ["browser_words"]

# The first that is found counts: later ones are named by earlier ones as well.
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chromium"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_COMPUTERS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> str:
    """Name a browser and its computer, such as ``Firefox, Windows``."""
    browser = next((words for mark, words in _BROWSERS if mark in agent), "A browser")
    computer = next((words for mark, words in _COMPUTERS if mark in agent), None)
    return browser if computer is None else f"{browser}, {computer}"
