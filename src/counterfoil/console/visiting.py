"""Who looks at a page, what they may do, and what every page needs to know of them.

A route of the console takes exactly one of three dependencies, each a ``Visit``: ``Looking``,
``Operating`` or ``Administering``, after the least that its visitor must be allowed; or it stands
in ``OPEN_ROUTES``.  Whoever has not signed in is led to the form and back, whoever may less gets a
page that says so, and what would change something is taken only from a page of this hub.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Annotated, Final

from babel import Locale
from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials

from counterfoil.api.security import COOKIE, Credentials, is_same_site, visitor_of
from counterfoil.hub import inbox, times
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import trial_shown

from .places import Place, place_of

__all__ = [
    "OPEN_ROUTES",
    "Administering",
    "BarredError",
    "Fields",
    "ForeignFormError",
    "Looking",
    "Operating",
    "SignedOutError",
    "Visit",
    "scope_needed",
    "visit_of",
]

OPEN_ROUTES: Final = frozenset(
    {
        "GET /login",
        "POST /login",
        "GET /login/code",
        "POST /login/code",
        "GET /login/set-up",
        "POST /login/set-up",
        "GET /login/sign-on",
        "GET /login/sign-on/back",
        "POST /logout",
        "GET /join",
        "POST /join",
        "GET /welcome/administrator",
        "POST /welcome/administrator",
        "GET /docs",
        "GET /static/{name}",
    }
)
"""What is there for whoever has not signed in: method and path as declared."""

_ROLES: Final = {
    Scope.METRICS: "collector of figures",
    Scope.READ: "viewer",
    Scope.OPERATE: "operator",
    Scope.ADMINISTER: "owner",
}
_WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


_TRIAL_RUNS: Final = (
    "Everything marked “(trial)” is invented and goes to stand-ins; nothing of it is real."
)
_TRIAL_ENDED: Final = (
    "The trial ended when Counterfoil was stopped. What it did is still shown; nothing goes on."
)


Fields = tuple[tuple[str, str], ...]
"""What stands in a form, in its order."""


class SignedOutError(Exception):
    """Nobody has signed in, or it is over.

    Args:
        to: The page to come back to.
        typed: What came in a form that nothing was done with.
    """

    def __init__(self, to: str, typed: Fields = ()) -> None:
        super().__init__(to)
        self.to = to
        self.typed = typed


class BarredError(Exception):
    """Whoever looks may not do this."""

    def __init__(self, visit: Visit, needed: Scope) -> None:
        super().__init__(needed)
        self.visit = visit
        self.needed = needed


class ForeignFormError(Exception):
    """A form was not sent by a page of this hub."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at a page.

    Attributes:
        name: Who it is, as the audit names them.
        scope: What they may do.
        user: Their number among the people; ``None``: a token or this computer looks.
    """

    hub: Hub
    request: Request
    name: str
    scope: Scope
    user: int | None
    now: datetime

    def may(self, needed: Scope | str) -> bool:
        """Whether they may do what needs a scope."""
        return self.scope.covers(Scope(needed))

    @property
    def session(self) -> str | None:
        """The cookie they signed in with; ``None``: none is needed, or a token came instead."""
        return self.request.cookies.get(COOKIE)

    @property
    def whose(self) -> str:
        """By what theirs is known, whatever they are called, and whoever else was called so."""
        return self.name if self.user is None else f"user/{self.user}"

    @property
    def initials(self) -> str:
        """One or two letters that stand for them."""
        words = [word for word in self.name.replace("@", " ").split() if word[0].isalnum()]
        return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper() or "?"

    @property
    def role(self) -> str:
        """What they are, by what they may do."""
        return _ROLES[self.scope]

    @cached_property
    def trial(self) -> str:
        """What the banner of a trial says; empty: there is none."""
        found = trial_shown(self.hub)
        if found is None:
            return ""
        return _TRIAL_RUNS if found.is_running else _TRIAL_ENDED

    @property
    def path(self) -> str:
        """The page, with what was asked of it."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    @cached_property
    def place(self) -> Place:
        """Where the company is: how it writes times, dates and numbers."""
        return place_of(self.hub)

    @property
    def zone(self) -> tzinfo | None:
        """The zone that the company's people read times in; ``None``: nobody has said."""
        return self.place.zone

    @property
    def locale(self) -> Locale:
        """How dates, numbers and amounts are written."""
        return self.place.locale

    def local(self, moment: datetime) -> str:
        """Write a moment in full, with its zone."""
        return times.local_time(moment, self.zone)

    @cached_property
    def needs(self) -> int:
        """How many causes need a person, for the mark in the navigation."""
        return inbox.count(self.hub)


def visit_of(
    request: Request, credentials: HTTPAuthorizationCredentials | None = None
) -> Visit | None:
    """Say who looks at a page; ``None``: nobody who may see anything.

    Raises:
        ApiError: 401, 403 or 429, a token came with the request and does not open.
    """
    hub: Hub = request.app.state.hub
    visitor = visitor_of(request, credentials)
    if visitor is None:
        return None
    return Visit(
        hub=hub,
        request=request,
        name=visitor.name,
        scope=visitor.scope,
        user=visitor.user,
        now=hub.now(),
    )


async def _typed(request: Request) -> Fields:
    """Read what a form without files holds; whoever answers it reads from the same place."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method not in _WRITING or kind != "application/x-www-form-urlencoded":
        return ()
    form = await request.form()
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


class _AtLeast:
    """The dependency of routes that need a scope."""

    def __init__(self, needed: Scope) -> None:
        self.needed = needed

    def __call__(
        self,
        request: Request,
        credentials: Credentials,
        typed: Annotated[Fields, Depends(_typed)],
    ) -> Visit:
        if request.method in _WRITING and not is_same_site(request):
            raise ForeignFormError
        visit = visit_of(request, credentials)
        if visit is None:
            raise SignedOutError(_way_back(request), typed)
        if not visit.may(self.needed):
            raise BarredError(visit, self.needed)
        return visit


# What a provider sent somebody back with is worth nothing to whoever signs in later.
_NEVER_AGAIN: Final = {"/oauth/callback": "/connect"}


def _way_back(request: Request) -> str:
    """Give the page to come back to after signing in: of a form, the page that it stood on."""
    if request.url.path in _NEVER_AGAIN:
        return _NEVER_AGAIN[request.url.path]
    if request.method not in _WRITING:
        return f"{request.url.path}?{request.url.query}".removesuffix("?")
    before = request.headers.get("referer", "")
    _scheme, _slashes, rest = before.partition("://")
    host, slash, path = rest.partition("/")
    return slash + path if host == request.headers.get("host") else "/"


def scope_needed(route: APIRoute) -> Scope | None:
    """Say which scope a route of the console needs; ``None``: it is open to everybody."""
    calls = [each.call for each in route.dependant.dependencies]
    found = [call.needed for call in calls if isinstance(call, _AtLeast)]
    assert len(found) <= 1, f"{route.path} takes one visit"
    return found[0] if found else None


Looking = Annotated[Visit, Depends(_AtLeast(Scope.READ))]
"""Somebody who may look."""
Operating = Annotated[Visit, Depends(_AtLeast(Scope.OPERATE))]
"""Somebody who may send, decide, pause and resume."""
Administering = Annotated[Visit, Depends(_AtLeast(Scope.ADMINISTER))]
"""Somebody who may change connections, links, settings and people."""
