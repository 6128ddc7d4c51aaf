"""How pages are made from their templates, what they tell of what was done, where they lead."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from counterfoil import __version__
from counterfoil.documents import ended, visible
from counterfoil.errors import SettingsError
from counterfoil.hub.vault import Vault
from counterfoil.settings import title_of
from counterfoil.told import Advice, Told

from . import wording
from .assets import asset
from .visiting import Visit

__all__ = ["Undo", "bare_page", "page", "said", "way_within"]

_SAID: Final = "counterfoil_said"
# Browsers keep cookies up to 4,096 bytes.
_SAID_MAX: Final = 3_500
_WAY_LENGTH_MAX: Final = 2_000


def _printed(value: Any) -> Any:
    """Give what a page shows of a value: of what is told, that which is for people.

    Names come from outside: what a browser would not show is written out.
    """
    if isinstance(value, Told | Advice):
        value = value.spoken
    return visible(value) if type(value) is str else value


_templates = Environment(
    loader=PackageLoader("counterfoil.console", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_printed,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(product_version=__version__, asset=asset, title_of=title_of)
_templates.filters.update(ended=ended)
wording.add_to(_templates)


class Undo(msgspec.Struct, frozen=True):
    """The way back from what was just done: a form that is sent as it stands.

    Attributes:
        action: The path that it is sent to.
        fields: What it says.
        label: What its button says.
    """

    action: str
    fields: dict[str, str | list[str]] = {}
    label: str = "Undo"


class Said(msgspec.Struct, frozen=True):
    """What was just done, told on the page that comes next."""

    sentence: str
    undo: Undo | None = None


def page(visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
    """Make a page for somebody who has signed in."""
    told = _told(visit)
    answer = _rendered(template, status, visit=visit, told=told, **values)
    if told is not None:
        answer.delete_cookie(_SAID, path="/", httponly=True, samesite="lax")
    return answer


def bare_page(template: str, status: int = 200, **values: Any) -> Response:
    """Make a page for whoever it may be."""
    return _rendered(template, status, visit=None, told=None, **values)


def _rendered(template: str, status: int, **values: Any) -> HTMLResponse:
    assert values.keys().isdisjoint(_templates.globals), "a page's values hide what every page has"
    return HTMLResponse(_templates.get_template(template).render(**values), status_code=status)


# --- What was just done -------------------------------------------------------------------


def said(visit: Visit, to: str, told: Told | str, undo: Undo | None = None) -> Response:
    """Lead on to a page after something was done, and let it tell what, with the way back.

    A way back that does not fit into a cookie is left out: what was done has a page of its own.
    """
    answer = RedirectResponse(way_within(to), status_code=303)
    sentence = (told if isinstance(told, Told) else Told(told)).spoken
    cookie = _packed(visit, Said(sentence, undo))
    if len(cookie) > _SAID_MAX:
        cookie = _packed(visit, Said(sentence[:1_000]))
    answer.set_cookie(
        _SAID,
        cookie,
        max_age=60,
        path="/",
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return answer


def _packed(visit: Visit, told: Said) -> str:
    return sealed_said(visit.hub.vault, visit.whose, told)


def _told(visit: Visit) -> Said | None:
    return opened_said(visit.hub.vault, visit.whose, visit.request.cookies.get(_SAID, ""))


def sealed_said(vault: Vault, whose: str, told: Said) -> str:
    """Seal what was done, for whoever did it: a neighbour's page can give a browser cookies, too.

    What it said would be taken for our word, and its button would do what it likes.
    """
    return vault.seal(msgspec.json.encode(told).decode(), f"said/{whose}")


def opened_said(vault: Vault, whose: str, sealed: str) -> Said | None:
    """Read what was just done; what anybody else made of it is nobody's word."""
    try:
        return msgspec.json.decode(vault.open(sealed, f"said/{whose}"), type=Said)
    except (SettingsError, ValueError, msgspec.MsgspecError):
        return None


# --- Where it goes on ---------------------------------------------------------------------


def way_within(to: str) -> str:
    """Give where somebody goes on: a page of this hub, else the first one.

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
