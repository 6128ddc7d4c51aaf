"""People: signing in, their own accounts, who they are and what they may do.

================  ====================================================================
``signing_in``    ``/login``, its code, setting a second factor up at the door; ``/logout``
``joining``       ``/join`` by a link; ``/welcome/administrator``, the first of all
``sign_on``       to the provider of single sign-on and back; ``/admin/people/sign-on``
``account``       ``/account``: what everybody sees to themselves
``overview``      ``/admin``: what there is to administer
``listing``       ``/admin/people``: who there is; inviting
``one``           ``/admin/people/{user}``: one of them
``api_tokens``    ``/admin/tokens``: keys for programs
``audit``         ``/admin/audit``: who did what
================  ====================================================================
"""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.setup import Hub

from . import account, api_tokens, audit, joining, listing, one, overview, sign_on, signing_in

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    areas = (signing_in, joining, sign_on, account, overview, listing, one, api_tokens, audit)
    for area in areas:
        area.add(routes, hub)
