"""All stand-ins in one server: what ``counterfoil sandbox serve`` serves.

================================  ==========================================================
``/fusion/api/v1/...``            Fusion Operations; ``/fusion/sandbox/...`` are its control paths
``/autotask/ATServicesRest/...``  Autotask; ``/autotask/sandbox/...`` are its control paths
``/online/v3/company/...``        QuickBooks Online; ``/online/connect/oauth2`` is its page where
                                  companies are connected, ``/online/sandbox/...`` control paths
``/sandbox/quickbooks/...``       a QuickBooks Desktop company: sessions, qbXML, control paths
``/sandbox``                      where everything is, and with which credentials
================================  ==========================================================

Every credential is invented and printed; a sandbox holds no real data.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from counterfoil.sandboxes.autotask import AutotaskState, Tenant, User, autotask_app
from counterfoil.sandboxes.fusion_operations import Company, FusionState, fusion_app
from counterfoil.sandboxes.quickbooks_desktop import (
    CompanyFile,
    CompanySettings,
    fill_company,
    quickbooks_router,
)
from counterfoil.sandboxes.quickbooks_online import (
    App,
    QuickBooksOnlineState,
    quickbooks_online_app,
)
from counterfoil.sandboxes.quickbooks_online import Company as OnlineCompany

__all__ = [
    "AUTOTASK_CODE",
    "AUTOTASK_SECRET",
    "AUTOTASK_TENANT",
    "AUTOTASK_USER",
    "FUSION_KEY",
    "FUSION_SECRET",
    "ONLINE_CLIENT_ID",
    "ONLINE_CLIENT_SECRET",
    "ONLINE_REALM",
    "Sandboxes",
]

FUSION_COMPANY = "Larkspur Fixtures"
FUSION_KEY = "sandbox-key"
FUSION_SECRET = "sandbox-secret-not-real"
AUTOTASK_TENANT = "Heron Managed Services"
AUTOTASK_USER = "books-link@heron.example"
AUTOTASK_SECRET = "sandbox-secret-not-real"
AUTOTASK_CODE = "SANDBOXCODE00000000000000"
ONLINE_REALM = "9130350000000001"
ONLINE_CLIENT_ID = "ABsandboxclient0000000000000"
ONLINE_CLIENT_SECRET = "sandbox-secret-not-real"
ONLINE_VERIFIER = "sandbox-verifier-not-real"
TIME_ZONE = "America/New_York"
# Where a hub with the default address takes people back.
_REDIRECT_URIS = tuple(f"http://{host}:8080/oauth/callback" for host in ("localhost", "127.0.0.1"))
_COMPANY_FILE = "quickbooks-desktop.sqlite3"


class Sandboxes:
    """The stand-ins, opened; ``close`` lets go of their files.

    Args:
        directory: Where they keep what they hold; ``None``: in memory only.
        mark: What the names of their books end with, so that nobody takes them for others.
    """

    def __init__(self, directory: Path | None = None, *, mark: str = "") -> None:
        self.fusion = FusionState(
            [Company(FUSION_COMPANY, time_zone=TIME_ZONE, keys={FUSION_KEY: FUSION_SECRET})],
            directory=directory,
        )
        self.autotask = AutotaskState([_tenant()], directory=directory)
        self.quickbooks = _company(directory, mark)
        self.online = QuickBooksOnlineState(
            [OnlineCompany(ONLINE_REALM, f"Larkspur Books{mark}", time_zone=TIME_ZONE)],
            [_app()],
            directory=directory,
        )

    def close(self) -> None:
        """Let go of the files."""
        self.fusion.close()
        self.autotask.close()
        self.quickbooks.close()
        self.online.close()

    def described(self, url: str) -> dict[str, Any]:
        """Say where everything is under the server's address, and with which credentials."""
        base = url.rstrip("/")
        settings = self.quickbooks.settings
        return {
            "url": base,
            "fusion-operations": {
                "base_url": f"{base}/fusion",
                "key": FUSION_KEY,
                "secret": FUSION_SECRET,
                "company": FUSION_COMPANY,
                "time_zone": TIME_ZONE,
                "control_url": f"{base}/fusion/sandbox",
            },
            "autotask": {
                "base_url": f"{base}/autotask/ATServicesRest/",
                "username": AUTOTASK_USER,
                "secret": AUTOTASK_SECRET,
                "integration_code": AUTOTASK_CODE,
                "tenant": AUTOTASK_TENANT,
                "control_url": f"{base}/autotask/sandbox",
            },
            "quickbooks-online": {
                "base_url": f"{base}/online",
                "discovery_url": f"{base}/online/.well-known/openid_sandbox_configuration",
                "client_id": ONLINE_CLIENT_ID,
                "client_secret": ONLINE_CLIENT_SECRET,
                "redirect_uris": [*self.online.client(ONLINE_CLIENT_ID).app.redirect_uris],
                "verifier_token": ONLINE_VERIFIER,
                "realm": ONLINE_REALM,
                "control_url": f"{base}/online/sandbox",
            },
            "quickbooks-desktop": {
                "control_url": f"{base}/sandbox/quickbooks",
                "company": settings.name,
                "company_file": settings.location,
                "qbxml_version": settings.qbxml_version,
            },
        }

    def app(self, url: str) -> FastAPI:
        """Make the server; ``url`` is where it will be reached."""
        app = FastAPI(title="Counterfoil sandboxes", docs_url=None, redoc_url=None)
        app.include_router(quickbooks_router(self.quickbooks))

        @app.get("/sandbox")
        def describe() -> dict[str, Any]:
            return self.described(url)

        app.mount("/fusion", fusion_app(self.fusion))
        app.mount("/autotask", autotask_app(self.autotask))
        app.mount("/online", quickbooks_online_app(self.online))
        return app


def _tenant() -> Tenant:
    return Tenant(
        AUTOTASK_TENANT,
        time_zone=TIME_ZONE,
        codes=(AUTOTASK_CODE,),
        users={AUTOTASK_USER: User(AUTOTASK_SECRET)},
    )


def _app() -> App:
    """Counterfoil, as whoever runs it registers it with Intuit."""
    return App(
        ONLINE_CLIENT_ID,
        ONLINE_CLIENT_SECRET,
        name="Counterfoil",
        redirect_uris=_REDIRECT_URIS,
        verifier_token=ONLINE_VERIFIER,
    )


def _company(directory: Path | None, mark: str) -> CompanyFile:
    path = None if directory is None else directory / _COMPANY_FILE
    if path is not None and path.exists():
        return CompanyFile.open(path)
    usual = CompanySettings(time_zone=TIME_ZONE)
    file, dot, ending = usual.location.rpartition(".")
    settings = replace(usual, name=f"{usual.name}{mark}", location=f"{file}{mark}{dot}{ending}")
    company = CompanyFile.create(path, settings)
    fill_company(company.process, company.settings)
    return company
