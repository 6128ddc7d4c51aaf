"""What somebody typed whose session was over when they sent it: kept until they are back.

A form that comes after the end of a session does nothing.  What was typed is kept in this
process for a while, under a key that only that browser is told; ``/again/{key}`` offers, to
whoever has signed in there, to send it after all.  Nothing is ever sent by itself: somebody else
may sit there by now.  A form with a secret is not kept.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from .rendering import page, way_within
from .visiting import Looking

__all__ = ["KEPT_FOR", "KeptForms", "add"]

KEPT_FOR: Final = timedelta(minutes=30)
"""For how long a form is kept."""
_FORMS_MAX: Final = 100
_SECRET_WORDS: Final = ("password", "secret", "token", "code", "key")


class _Form(NamedTuple):
    action: str
    fields: tuple[tuple[str, str], ...]
    back: str
    until: datetime


class KeptForms:
    """The forms of one process; of very many the oldest go."""

    def __init__(self) -> None:
        self._forms: OrderedDict[str, _Form] = OrderedDict()
        self._lock = Lock()

    def keep(
        self, action: str, fields: tuple[tuple[str, str], ...], back: str, now: datetime
    ) -> str | None:
        """Keep a form; gives the way to it, ``None``: it holds a secret, or nothing.

        Args:
            action: Where it was sent to, with its query.
            fields: What was typed, in its order.
            back: The page that it stood on.
            now: Now.
        """
        names = [name.lower() for name, _value in fields]
        if not fields or any(word in name for name in names for word in _SECRET_WORDS):
            return None
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._forms[key] = _Form(action, fields, back, now + KEPT_FOR)
            while len(self._forms) > _FORMS_MAX:
                self._forms.popitem(last=False)
        return f"/again/{key}"

    def find(self, key: str, now: datetime) -> _Form | None:
        """Find a form; ``None``: it is not kept any more, or by another process."""
        with self._lock:
            found = self._forms.get(key)
            if found is not None and found.until <= now:
                del self._forms[key]
                return None
        return found


def add(routes: APIRouter) -> None:
    """Add the route."""

    @routes.get("/again/{key}")
    def again(key: str, request: Request, visit: Looking) -> Response:
        """Offer to send what was typed before somebody signed in again."""
        kept: KeptForms = request.app.state.kept_forms
        found = kept.find(key, visit.now)
        if found is None:
            return RedirectResponse("/", status_code=303)
        back = way_within(found.back)
        return page(visit, "again.html", action=found.action, fields=found.fields, back=back)
