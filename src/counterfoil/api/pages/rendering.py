"""How pages are made from their templates, and where they may lead."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from counterfoil import __version__
from counterfoil.documents import visible

__all__ = ["page", "refused", "way_within"]

_templates = Environment(
    loader=PackageLoader("counterfoil.api", "pages/templates"),
    autoescape=True,
    undefined=StrictUndefined,
    # Names come from outside: what a browser would not show is written out.
    finalize=lambda value: visible(value) if type(value) is str else value,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Make a page."""
    return HTMLResponse(_templates.get_template(template).render(**values), status_code=status)


def refused() -> Response:
    """Say that a form came from elsewhere."""
    sentence = "The form was not sent by a page of this hub. Open the page again and send it there."
    return page("message.html", 403, title="Refused", sentence=sentence)


_WAY_LENGTH_MAX: Final = 200


def way_within(to: str) -> str:
    """Give where somebody goes on after signing in: a page of this hub, else the first one.

    Browsers read two slashes, either way round, as the beginning of another host, and drop tabs
    and ends of lines before they look.
    """
    is_plain = to.isascii() and to.isprintable() and "\\" not in to and len(to) <= _WAY_LENGTH_MAX
    if not is_plain or not to.startswith("/") or to.startswith("//"):
        return "/"
    try:
        way = urlsplit(to)
    except ValueError:
        return "/"
    return to if not way.scheme and not way.netloc else "/"


def _iso(moment: datetime) -> str:
    """Give a moment for machines, to the second."""
    return moment.isoformat(timespec="seconds")


def _local(moment: datetime, zone: tzinfo | None) -> str:
    """Give a moment as people of the company read it; ``None``: nobody has said where it is."""
    return moment.astimezone(zone or UTC).strftime("%Y-%m-%d %H:%M:%S %Z")


_templates.globals["version"] = __version__
_templates.filters["iso"] = _iso
_templates.filters["local"] = _local
