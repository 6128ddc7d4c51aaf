"""What a trial is made of: the stand-ins of a pairing, filled, connected, linked and set.

What a person would do by hand in an hour is done at once: both systems are filled with the sample,
connected under names that say that it is a trial, linked and set.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx2

from counterfoil.hub import accounts, desk, finding, stand_ins
from counterfoil.hub.accounts import Came, Made
from counterfoil.hub.setup import Hub
from counterfoil.sandboxes import sample_company, sample_services
from counterfoil.sandboxes.serve import (
    AUTOTASK_CODE,
    AUTOTASK_SECRET,
    AUTOTASK_USER,
    ONLINE_CLIENT_ID,
    ONLINE_CLIENT_SECRET,
    ONLINE_REALM,
)
from counterfoil.sandboxes.web_connector import RemoteCompany, WebConnector, parse_qwc
from counterfoil.settings import SystemName

from . import _goods, _online, _play, _services
from ._sandbox_online import load_online
from ._stand_ins import StandIns, serve_stand_ins

__all__ = ["Preparing"]

_CALL_TIMEOUT_S: Final = 120.0

Filling = Callable[[StandIns, Path], object]


class _Script(NamedTuple):
    """A pairing's trial: whose data, how both sides are filled, and what is set."""

    sample: Path
    fills: tuple[Filling, ...]
    settings: tuple[str, ...]


class Preparing:
    """Everything that comes before the first call.

    Args:
        hub: The hub that the stand-ins are connected with.
        address: Where this process itself is reached.
        actor: Who began the trial.
        say: Told what is being done.
    """

    def __init__(self, hub: Hub, address: str, actor: str, *, say: Callable[[str], None]) -> None:
        self._hub = hub
        self._address = address
        self._actor = actor
        self._say = say

    def run(
        self, stack: ExitStack, operations: SystemName, books: SystemName, sample: Path | None
    ) -> WebConnector | None:
        """Do it; the stand-ins live in ``stack``.  Gives the Web Connector, where one calls."""
        script = _SCRIPTS[operations, books]
        self._say("Starting the stand-ins")
        outside = StandIns(stack.enter_context(serve_stand_ins(mark=f" {stand_ins.SUFFIX}")))
        stack.callback(outside.close)
        self._say("Filling both systems with the sample")
        for fill in script.fills:
            fill(outside, sample or script.sample)
        self._say("Connecting both systems")
        left = self._connected(operations, outside)
        right = self._connected(books, outside)
        link = accounts.add_link(self._hub, str(left.id), str(right.id), self._actor)
        desk.set_settings(self._hub, link.id, script.settings, self._actor)
        return None if right.qwc is None else self._web_connector(stack, right, outside)

    def _connected(self, system: SystemName, outside: StandIns) -> Made:
        name, given = _ACCOUNTS[system]
        made = accounts.add_connection(
            self._hub,
            system,
            f"{name} {stand_ins.SUFFIX}",
            given(outside),
            self._actor,
            is_trial=True,
        )
        if made.connect is not None:
            self._sign_in(made, outside)
        return made

    def _sign_in(self, made: Made, outside: StandIns) -> None:
        """Do what a person does at the provider's page: choose the company, and allow the app."""
        assert made.connect is not None, "somebody signs in for it"
        outside.register(made.connect.redirect_uri)
        browser = secrets.token_urlsafe(16)
        found = finding.connection_named(self._hub, made.id)
        url = accounts.begin_connecting(self._hub, found, browser)
        answer = outside.http.post(url, data={"company": ONLINE_REALM, "decision": "connect"})
        told = dict(parse_qsl(urlsplit(answer.headers.get("location", "")).query))
        came = Came(
            state=told.get("state", ""), code=told.get("code", ""), account=told.get("realmId", "")
        )
        accounts.finish_connecting(self._hub, came, browser, self._actor)

    def _web_connector(self, stack: ExitStack, made: Made, outside: StandIns) -> WebConnector:
        """Add our file to a Web Connector that reaches this process on the loopback address."""
        assert made.qwc is not None, "it is called"
        file = replace(
            parse_qwc(made.qwc),
            app_url=f"{self._address}/qbwc",
            app_support=f"{self._address}/qbwc/support",
        )
        company = RemoteCompany(outside.quickbooks_url)
        stack.callback(company.close)
        client = stack.enter_context(httpx2.Client(timeout=_CALL_TIMEOUT_S))
        connector = WebConnector(file, made.password or "", company, client=client)
        connector.add()
        return connector


# --- What each pairing's trial is made of -------------------------------------------------


def _fusion(outside: StandIns) -> dict[str, str]:
    key, secret = outside.credentials
    return {
        "base_url": outside.fusion_url,
        "key": key,
        "secret": secret,
        "time_zone": outside.time_zone,
        # One list instead of a call for each product.
        "stock_from": "movements",
        "looks_every": "1",
    }


def _autotask(outside: StandIns) -> dict[str, str]:
    return {
        "base_url": f"{outside.autotask_url}/ATServicesRest/",
        "api_user": AUTOTASK_USER,
        "secret": AUTOTASK_SECRET,
        "integration_code": AUTOTASK_CODE,
        "time_zone": outside.time_zone,
        "looks_every": "1",
    }


def _online_books(outside: StandIns) -> dict[str, str]:
    return {
        "client_id": ONLINE_CLIENT_ID,
        "client_secret": ONLINE_CLIENT_SECRET,
        "environment": "sandbox",
        "base_url": outside.online_url,
        "sign_in_url": outside.online_url,
        "looks_every": "1",
    }


_ACCOUNTS: Final[Mapping[SystemName, tuple[str, Callable[[StandIns], dict[str, str]]]]] = {
    SystemName.FUSION_OPERATIONS: ("Larkspur Fixtures", _fusion),
    SystemName.AUTOTASK: ("Heron Managed Services", _autotask),
    SystemName.QUICKBOOKS_DESKTOP: ("Larkspur company file", lambda _outside: {}),
    SystemName.QUICKBOOKS_ONLINE: ("Larkspur Books", _online_books),
}
"""System -> what its stand-in's connection is called, and what opens it."""


def _fill_shop(outside: StandIns, sample: Path) -> None:
    outside.load(sample, lambda _what, _done, _total: None)


def _fill_online(outside: StandIns, sample: Path) -> None:
    load_online(outside.online_url, sample, progress=lambda _what, _done, _left: None)


def _fill_desk(outside: StandIns, sample: Path) -> None:
    outside.load_service_desk(sample)


_SCRIPTS: Final[Mapping[tuple[SystemName, SystemName], _Script]] = {
    (SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP): _Script(
        sample_company.FOLDER,
        (_fill_shop, _play.prepare_books),
        (*_play.SALES, *_goods.settings(sample_company.FOLDER)),
    ),
    (SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_ONLINE): _Script(
        sample_company.FOLDER, (_fill_shop, _fill_online), _online.SHOP
    ),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_DESKTOP): _Script(
        sample_services.FOLDER, (_fill_desk,), _services.SETTINGS
    ),
    (SystemName.AUTOTASK, SystemName.QUICKBOOKS_ONLINE): _Script(
        sample_services.FOLDER, (_fill_desk,), _online.DESK
    ),
}
